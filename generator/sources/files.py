"""Bring a snapshot in from a file that somebody else made: Parquet, CSV or JSON lines."""

import datetime as dt
import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from generator.base.errors import SnapshotError
from generator.base.settings import FRESH_MIN_DOWNLOADS
from generator.sources.hub_rows import read_list
from generator.sources.snapshot import (
    SCHEMA,
    SnapshotInfo,
    author_of,
    list_snapshots,
    put_back_unchanged,
    read_snapshot,
    snapshot_path,
    to_frame,
    write_snapshot,
)

REQUIRED: Final = ("id", "downloads_30d")
# Whole numbers up to here are exact in every format, and millions of times the Hub's largest count.
MAX_COUNT: Final = 2**53
_COUNTS: Final = ("downloads_30d", "downloads_all_time", "likes", "parameters", "unchanged_30d")
_LISTS: Final = ("languages", "base_models")
_LIST_SEPARATOR: Final = ";"


@dataclass(frozen=True)
class Imported:
    """A snapshot that was made from a file.

    Attributes:
        info: what it says of itself.
        previous: date of the snapshot that its 30-day counts were compared with; None where they were not.
        unchanged: part of the list's 30-day downloads whose counts stand as on that date.
    """

    info: SnapshotInfo
    previous: dt.date | None = None
    unchanged: float = 0.0


def import_file(
    path: Path,
    date: dt.date,
    store: Path,
    source: str,
    scope: str,
    name: str = "",
    *,
    keep_unchanged: bool = False,
) -> Imported:
    """Write a file's models as the snapshot of a date.

    In a list without all-time counters, a 30-day count that stands as in the store's snapshot before was not collected
    again: it becomes `unchanged_30d`, and the row's `downloads_30d` is missing.

    Args:
        path: `.parquet`, `.csv`, `.jsonl` or `.json`, the last three also with `.gz`; its columns are the
            snapshot's, of which `id` and `downloads_30d` are required; in CSV a list is joined by semicolons.
        date: the UTC date of the counts.
        store: the store's folder.
        source: where the data came from, in words for readers.
        scope: `hub` for every public model, `selection` for a part.
        name: how sentences name the selection; empty where the source's words do.
        keep_unchanged: such counts were collected again and happen to be the same.

    Raises:
        SnapshotError: the file cannot be read, a column is unknown or missing, or values are not what they must be.
    """
    frame = _check_frame(_read_any(path), path)
    earlier = [found for found in list_snapshots(store) if found.stem < date.isoformat()]
    has_counters = frame["downloads_all_time"].notna().any()
    is_old = find_unchanged(frame, earlier[-1]) if earlier and not has_counters else None
    if is_old is not None and not keep_unchanged:
        frame["unchanged_30d"] = frame["unchanged_30d"].fillna(frame["downloads_30d"].where(is_old))
        frame["downloads_30d"] = frame["downloads_30d"].mask(is_old)
    table = pa.Table.from_pandas(frame, schema=SCHEMA, preserve_index=False)
    info = write_snapshot(snapshot_path(store, date), [table], SnapshotInfo(date, source, scope, name=name))
    if is_old is None:
        return Imported(info)
    listed = frame["downloads_30d"].fillna(frame["unchanged_30d"])
    unchanged = int(listed[is_old].sum()) / max(int(listed.sum()), 1)
    return Imported(info, dt.date.fromisoformat(earlier[-1].stem), unchanged)


def find_unchanged(models: pd.DataFrame, previous: Path) -> "pd.Series[bool]":
    """Tell which models' 30-day counts stand, from 1,000 on, as in the list that an earlier snapshot was made from."""
    before = to_frame(put_back_unchanged(read_snapshot(previous, ["id", "downloads_30d", "unchanged_30d"])))
    last = models["id"].map(before.set_index("id")["downloads_30d"]).astype("Int64")
    counts = models["downloads_30d"]
    return ((counts == last) & (counts >= FRESH_MIN_DOWNLOADS)).fillna(value=False).astype(bool)


def _read_any(path: Path) -> pd.DataFrame:
    suffixes = "".join(path.suffixes[-2:]).lower()
    try:
        if suffixes.endswith(".parquet"):
            return to_frame(pq.read_table(path))
        if suffixes.endswith((".csv", ".csv.gz")):
            return _read_csv(path)
        if suffixes.endswith((".jsonl", ".jsonl.gz", ".json", ".json.gz")):
            return pd.DataFrame(list(_read_json_rows(path)))
    except (OSError, EOFError, ValueError, zlib.error, pa.ArrowException) as error:
        found = " ".join(str(error).split())
        raise SnapshotError(f"{path} cannot be read: {found}. Check that the file is complete.") from error
    raise SnapshotError(
        f"{path} ends in {path.suffix!r}; .parquet, .csv, .jsonl or .json was expected (CSV and JSON also with .gz)."
    )


def _read_csv(path: Path) -> pd.DataFrame:
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])
    if not isinstance(frame.index, pd.RangeIndex):  # pandas takes cells beyond the header as row names
        raise ValueError("its rows have more cells than its header")  # noqa: TRY004 - about data
    return frame


def _read_json_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Read one JSON object a line, or one JSON array of objects."""
    with _open_text(path) as file:
        first = file.read(1)
        file.seek(0)
        rows = json.load(file) if first == "[" else (json.loads(line) for line in file if line.strip())
        for number, row in enumerate(rows, start=1):
            if not isinstance(row, dict):
                raise ValueError(f"row {number} is {type(row).__name__}, expected a JSON object")  # noqa: TRY004 - about data
            yield row


def _open_text(path: Path) -> IO[str]:
    return gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")


def _check_frame(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Return the frame with exactly the snapshot's columns and types."""
    problems = [f"column {name!r} is missing" for name in REQUIRED if name not in frame.columns]
    problems += [f"column {name!r} is not a snapshot's column" for name in frame.columns if name not in SCHEMA.names]
    if not problems:
        problems = _find_bad_ids(frame["id"])
    checked: dict[str, pd.Series] = {}
    for name in SCHEMA.names if not problems else []:
        values = frame[name] if name in frame.columns else pd.Series(None, index=frame.index, dtype="object")
        try:
            checked[name] = _convert(name, values)
        except (ValueError, TypeError) as error:
            problems.append(f"column {name!r}: {str(error).splitlines()[0]}")
    if problems:
        raise SnapshotError(
            f"{path} is not a snapshot: {'; '.join(problems)}. Expected the columns {', '.join(SCHEMA.names)}, "
            f"of which {' and '.join(REQUIRED)} are required; correct the file and import it again."
        )
    checked["author"] = checked["author"].fillna(checked["id"].map(author_of))
    return pd.DataFrame(checked)


def _find_bad_ids(ids: pd.Series) -> list[str]:
    problems = []
    if len(ids) == 0:
        problems.append("it has no rows")
    if ids.isna().any():
        problems.append(f"{int(ids.isna().sum())} rows have no id, the first at row {int(ids.isna().argmax()) + 1}")
    unnamed = ids[ids.notna() & ~ids.map(lambda value: isinstance(value, str) and value != "").astype(bool)]
    if len(unnamed):
        return [*problems, f"{len(unnamed)} ids are not text, the first is {str(unnamed.iloc[0])[:100]!r}"]
    elsewhere = ids[ids.map(lambda value: isinstance(value, str) and not {".", ".."}.isdisjoint(value.split("/")))]
    if len(elsewhere):
        problems.append(f"{len(elsewhere)} ids lead to another page, the first is {str(elsewhere.iloc[0])[:100]!r}")
    doubled = ids[ids.duplicated()]
    if len(doubled):
        problems.append(f"{len(doubled)} ids come twice, the first is {str(doubled.iloc[0])[:100]!r}")
    return problems


def _convert(name: str, values: pd.Series) -> pd.Series:
    if name in _COUNTS:
        numbers = pd.to_numeric(values, errors="raise").astype("Float64")
        if ((numbers < 0) | (numbers % 1 != 0) | (numbers > MAX_COUNT)).any():
            raise ValueError("a value is negative, not a whole number, or too large to be a count")
        return numbers.astype("Int64")
    if name == "created_at":
        return pd.to_datetime(values, utc=True, errors="raise", format="ISO8601").dt.as_unit("s")
    if name in _LISTS:
        return values.map(_split_list)
    return values.map(_check_text).astype("object")


def _check_text(value: object) -> str | None:
    """Return a text, or None where it is missing; `gated` is False on the Hub for what is open to all."""
    if value is False:
        return "no"
    if isinstance(value, str):
        return value or None
    if _is_missing(value):
        return None
    raise TypeError(f"a value is {type(value).__name__}, expected text")


def _split_list(value: object) -> list[str] | None:
    """Return a list's texts, or None where it has none; it may come as JSON text, or joined by semicolons.

    Raises:
        TypeError: it is something else, which must not be taken for missing.
    """
    if isinstance(value, str):
        items = read_list(value) if value.lstrip().startswith("[") else value.split(_LIST_SEPARATOR)
    elif isinstance(value, (list, tuple, np.ndarray)):
        items = list(value)
    else:
        items = [] if _is_missing(value) else None
    if items is None or not all(isinstance(item, str) or _is_missing(item) for item in items):
        expected = "a list of texts: JSON, or joined by semicolons"
        raise TypeError(f"a value is {value!r:.60} ({type(value).__name__}), expected {expected}")
    return [item for item in items if isinstance(item, str) and item] or None


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NA or value != value  # a missing value of pandas differs from itself
