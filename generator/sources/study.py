"""Bring in the public file of "Economies of Open Intelligence": all-time counters of some models on many dates.

The file is `one_year_rolling.csv` of the Hub dataset mmpr/open_model_evolution_data: one row per model (`_id`) and
date (`time`), for models in their first year. Each date becomes a snapshot. Its own annotation of country, kind and
lineage of publishers is left behind; the registry decides here as everywhere.
"""

import ast
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa

from generator.base.errors import SnapshotError
from generator.sources.snapshot import SCHEMA, SnapshotInfo, author_of, snapshot_path, write_snapshot

COLUMNS: Final = ("_id", "model", "time", "created", "downloadsAllTime", "merged_derived_from", "merged_modality")
# Our task for each of the study's modalities that has one; the others stay unstated.
TASK_OF: Final = {
    "Text --> Text": "text-generation",
    "Image + Text --> Text": "image-text-to-text",
    "Image + Text + Video --> Text": "video-text-to-text",
    "Image --> Text": "image-to-text",
    "Audio + Image + Text --> Text": "any-to-any",
    "Audio + Image + Text + Video --> Text": "any-to-any",
    "Image + Text --> Image + Text": "any-to-any",
    "Text --> Audio + Text": "any-to-any",
    "Text --> Text Embed/Class": "feature-extraction",
    "Image --> Image Embed/Class": "image-feature-extraction",
    "Image + Text --> Image Embed/Class": "zero-shot-image-classification",
    "Image + Text --> Image Embed/Class + Text Embed/Class": "zero-shot-image-classification",
    "Audio --> Text": "automatic-speech-recognition",
    "Audio --> Text Embed/Class": "audio-classification",
    "Text --> Audio": "text-to-speech",
    "Audio + Text --> Audio": "text-to-speech",
    "Text --> Image": "text-to-image",
    "Image --> Image": "image-to-image",
    "Image + Text --> Image": "image-to-image",
    "Text --> Video": "text-to-video",
    "Image --> Video": "image-to-video",
    "Image + Text --> Video": "image-text-to-video",
    "Image + Text + Video --> Video": "video-to-video",
    "Tabular --> Tabular": "tabular-regression",
}


def import_study(path: Path, store: Path, source: str, name: str = "") -> tuple[SnapshotInfo, ...]:
    """Write each date of the study's file as a snapshot, oldest first; snapshots of these dates are replaced.

    Only `downloads_all_time` is counted there: `downloads_30d` is missing in every row. Of several rows of a model on
    one date the one with the largest counter is kept; 12 January 2026 has five of each.

    Args:
        path: `.csv`, also `.csv.gz`.
        store: the store's folder.
        source: where the data came from, in words for readers.
        name: how sentences name the list; empty where the source's words do.

    Raises:
        SnapshotError: the file cannot be read, a column is missing, or values are not what they must be.
    """
    models = parse_study(_read(path), path)
    infos = []
    for date in sorted(set(models["date"])):
        rows = models[models["date"] == date]
        info = SnapshotInfo(date, source, "selection", repeated=int(rows["repeated"].sum()), name=name)
        table = pa.Table.from_pandas(rows[SCHEMA.names], schema=SCHEMA, preserve_index=False)
        infos.append(write_snapshot(snapshot_path(store, date), [table], info))
    return tuple(infos)


def parse_study(raw: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Turn the file's rows, all cells as text, into snapshot rows.

    Args:
        raw: with `COLUMNS` among its columns.
        path: named in messages.

    Returns:
        One row per model and `date`, by date and id, with the snapshot's columns and `repeated`, the rows of that
        model and date that were left out.

    Raises:
        SnapshotError: with all columns that are missing or hold values that are not what they must be.
    """
    problems = [f"column {name!r} is missing" for name in COLUMNS if name not in raw.columns]
    checked = {} if problems else _convert(raw, problems)
    if problems or raw.empty:
        raise SnapshotError(
            f"{path} is not the study's file: {'; '.join(problems) or 'it has no rows'}. Expected the columns "
            f"{', '.join(COLUMNS)} of one_year_rolling.csv; correct the file, or leave --layout out for a snapshot."
        )
    rows = pd.DataFrame(dict.fromkeys(SCHEMA.names), index=raw.index).assign(**checked)
    rows = rows.sort_values(["date", "key", "downloads_all_time"], kind="stable")
    rows["repeated"] = rows.groupby(["date", "key"])["id"].transform("size") - 1
    return rows.drop_duplicates(["date", "key"], keep="last").sort_values(["date", "id"], ignore_index=True)


def _read(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])
    except (OSError, EOFError, ValueError) as error:
        found = " ".join(str(error).split())
        raise SnapshotError(f"{path} cannot be read: {found}. Check that the file is complete.") from error


def _convert(raw: pd.DataFrame, problems: list[str]) -> dict[str, pd.Series]:
    """Convert the columns; add what is wrong to `problems`."""
    counts = pd.to_numeric(raw["downloadsAllTime"], errors="coerce")
    days = pd.to_datetime(raw["time"], format="%Y-%m-%d", errors="coerce")
    created = pd.to_datetime(raw["created"], utc=True, format="ISO8601", errors="coerce")
    for column, bad in (
        ("_id", raw["_id"].isna()),
        ("model", raw["model"].isna()),
        ("time", days.isna()),
        ("created", created.isna()),
        ("downloadsAllTime", counts.isna() | (counts < 0) | (counts % 1 != 0)),
    ):
        if bad.any():
            found = raw[column][bad].iloc[0]
            problems.append(f"{int(bad.sum())} values of {column!r} are not valid, the first is {str(found)[:60]!r}")
    if problems:
        return {}
    return {
        "date": days.dt.date,
        "key": raw["_id"],
        "id": raw["model"],
        "author": raw["model"].map(author_of),
        "created_at": created.dt.as_unit("s"),
        "downloads_all_time": counts.astype("Int64"),
        "task": raw["merged_modality"].map(TASK_OF),
        "base_models": raw["merged_derived_from"].map(parse_bases),
    }


def parse_bases(text: object) -> list[str] | None:
    """Return the Hub ids in a cell such as "['Qwen/Qwen3-8B']"; None where it names none.

    What is no id (`No`, `Unsure`, two ids run together) is left out.
    """
    try:
        found = ast.literal_eval(text) if isinstance(text, str) else []
    except (ValueError, SyntaxError):
        return None
    return [name for name in found if isinstance(name, str) and name.count("/") == 1] or None
