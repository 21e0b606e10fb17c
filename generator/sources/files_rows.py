"""Somebody else's listing → the rows of a snapshot, and what is to be said of them.

Two layouts: the Hub's own answers go through the parser of the crawl, everything else column by column. Nothing wrong
gets in: an id, a count or a date that is none stops the file. Words that no vocabulary knows are missing, and too
many of them stop it as well, for then the column is another one than its name says.
"""

import datetime as dt
import itertools
from array import array
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

import pandas as pd
import pyarrow as pa

from generator.base.encode import label
from generator.base.errors import SnapshotError
from generator.base.settings import MAX_OFFENDERS, MAX_UNREAD_FRACTION
from generator.sources.files_cells import (
    READERS,
    mend_id,
    read_answer,
    read_count,
    read_date,
    read_flag,
    read_id,
    read_tags,
)
from generator.sources.files_names import DATE, FLAGS, TAGS, Names, is_hub_row
from generator.sources.files_open import Raw, read_chunks
from generator.sources.hub_rows import LeftOut, Quarantined, parse_row
from generator.sources.kinds import FIELDS, Unread
from generator.sources.snapshot import SCHEMA, author_of

HUB: Final = "hub"
_PLACEHOLDER: Final = "0"
# An all-time counter that is below the count of thirty days.
_BELOW: Final = "downloads_all_time beside downloads_30d"
# Columns of words and of what else may be missing in a row, without making it wrong.
_LENIENT: Final = frozenset(
    {"task", "library", "license", "languages", "parameters", "base_models", "base_relation", "gated", TAGS, _BELOW}
)
# A snapshot's columns, and when a row's counts were taken.
_COUNTED_AT: Final = "counted_at"
_SCHEMA: Final = SCHEMA.append(pa.field(_COUNTED_AT, pa.timestamp("s", tz="UTC")))
_HUB_COUNTS: Final = ("downloads", "downloadsAllTime", "likes")
_HUB_NAMES: Final = frozenset({"_id", "id", "modelId", "createdAt", "tags", "private", "disabled", *FIELDS})
# What the tags of a row say where its own columns do not.
_FROM_TAGS: Final = ("task", "library", "license", "languages")


@dataclass(frozen=True)
class Reading:
    """How a file is to be read.

    Attributes:
        layout: `hub` or `snapshot`; empty to tell by the names of its columns.
        told: theirs → ours; an empty word leaves a column out.
        dates: `day-first` or `month-first`; empty where dates have the year first.
    """

    layout: str = ""
    told: Mapping[str, str] = field(default_factory=dict)
    dates: str = ""


@dataclass(frozen=True)
class Listing:
    """What was read of a file.

    Attributes:
        tables: by date, None where the file says none: the snapshot's columns, a row a model, in the file's order.
        repeated: by date: rows of a model that came again, in the Hub's list or on that date, and were kept once.
        notes: what is to be said of it, sentence by sentence.
    """

    tables: dict[dt.date | None, pa.Table]
    repeated: dict[dt.date | None, int]
    notes: tuple[str, ...]


@dataclass
class _Account:
    """What was found while rows were read: offenders by column, and counts.

    Attributes:
        rows: rows that were looked at; the first is row 1.
        kept: the numbers of those that are in the table.
        wrong: values that are not what they must be, by column and what was expected.
        examples: the first of each, in words.
        mended: ids that were mended.
        left_out: rows that are no public models, by reason.
        gated: rows that are gated, without a word how.
        unread: fields of another kind, of rows of the Hub.
    """

    rows: int = 0
    kept: "array[int]" = field(default_factory=lambda: array("q"))
    wrong: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    mended: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    gated: int = 0
    unread: Unread = field(default_factory=Unread)

    def keep(self, read: Callable[[Raw], Raw | None], raw: Raw) -> Raw | None:
        """Read the next row, and remember its number where it stays."""
        self.rows += 1
        row = read(raw)
        if row:
            self.kept.append(self.rows)
        return row

    def add(self, column: str, model_id: object, value: object, expected: str) -> None:
        """Add a value of the present row that is not what it must be."""
        self.wrong[column, expected] += 1
        shown = self.examples.setdefault((column, expected), [])
        if len(shown) < MAX_OFFENDERS:
            named = "" if column == "id" else f" ({label(model_id)[:80]})"
            shown.append(f"row {self.rows:,}{named} {value!r:.60}")

    def describe(self) -> tuple[list[str], list[str]]:
        """Say what stops the file, and what is only missing."""
        stops, notes = list[str](), list[str]()
        for (column, expected), count in self.wrong.items():
            examples = ", ".join(self.examples[column, expected])
            text = f"column {column!r}, {count:,} of {self.rows:,} values: {examples}; {expected}"
            is_lenient = column in _LENIENT and count <= MAX_UNREAD_FRACTION * self.rows
            (notes if is_lenient else stops).append(text)
        return stops, [f"taken as missing: {text}" for text in notes]

    def list_notes(self) -> list[str]:
        """Say what was mended and left out."""
        notes = [f"{count:,} rows left out: {reason}" for reason, count in sorted(self.left_out.items())]
        if self.mended:
            notes.append(f"{self.mended:,} ids mended: blanks around them, or addresses of huggingface.co")
        if self.gated:
            notes.append(f"{self.gated:,} models are gated, and nothing says how: `gated` is missing there")
        return notes


def read_listing(path: Path, reading: Reading) -> Listing:
    """Read a file of models.

    Raises:
        UntoldError: a column's meaning must be told.
        SnapshotError: the file cannot be read, or holds what is wrong; all of it is named.
    """
    names = Names(reading.told)
    chunks = read_chunks(path, lambda name: name in _HUB_NAMES or names.is_wanted(name))
    first = next(chunks)
    is_hub = reading.layout == HUB or (not reading.layout and not reading.told and is_hub_row(first.names))
    account = _Account()
    read = partial(_read_hub, account) if is_hub else partial(_read_named, account, names, reading.dates)
    batches = []
    for chunk in itertools.chain([first], chunks):
        names.learn(chunk.names)
        if not is_hub:
            names.check(path)
        rows = [row for raw in chunk.rows if (row := account.keep(read, raw))]
        batches.append(pa.RecordBatch.from_pylist(rows, schema=_SCHEMA))
    heard = _describe_hub(names) if is_hub else names.describe()
    return _finish(path, pa.Table.from_batches(batches), account, heard, is_hub=is_hub)


def _describe_hub(names: Names) -> list[str]:
    left = [name for name in names.seen if name not in _HUB_NAMES]
    return ["read: rows as the Hub's API gives them"] + [f"left out: {', '.join(left)}"] * bool(left)


def _finish(path: Path, table: pa.Table, account: _Account, heard: list[str], *, is_hub: bool) -> Listing:
    """Put a listing together, or say all that is wrong with it."""
    rows = table.select(["id", _COUNTED_AT]).to_pandas()
    rows["date"] = rows[_COUNTED_AT].dt.date
    stops, missing = account.describe()
    stops += [] if is_hub else _describe_doubled(rows, account)
    stops += [excess] if (excess := account.unread.describe_excess()) else []
    stops += [] if account.rows else ["it has no rows"]
    stops += [] if table.num_rows or stops else ["none of its rows is a public model"]
    if stops:
        raise SnapshotError(
            f"{path} is not taken in: {'. '.join(stops)}. Correct the file and import it again; --map COLUMN= leaves a "
            "column out that a listing can do without."
        )
    tables = _split(table, rows, keep="first" if is_hub else "last")
    counted = rows["date"].value_counts()
    repeated = {
        date: (len(rows) if date is None else int(counted[date])) - found.num_rows for date, found in tables.items()
    }
    return Listing(tables, repeated, (*heard, *account.list_notes(), *missing))


def _split(table: pa.Table, rows: pd.DataFrame, keep: Literal["first", "last"]) -> dict[dt.date | None, pa.Table]:
    """Return the table of each date, in which a model's row is the one of its last moment."""
    once = rows.sort_values(_COUNTED_AT, kind="stable").drop_duplicates(["date", "id"], keep=keep).sort_index()
    plain = table.drop_columns([_COUNTED_AT])
    return {
        date if isinstance(date, dt.date) else None: plain.take(pa.array(group.index.to_numpy()))
        for date, group in once.astype({"date": "object"}).groupby("date", dropna=False)
    }


def _describe_doubled(rows: pd.DataFrame, account: _Account) -> list[str]:
    """Say which rows name a model that an earlier one of the same moment names; nothing where none does."""
    doubled = rows.duplicated(["id", _COUNTED_AT]).to_numpy()
    shown = [
        f"row {account.kept[place]:,} {rows['id'][place]!r}" for place in doubled.nonzero()[0][:MAX_OFFENDERS].tolist()
    ]
    expected = f"one row a model was expected, or a column with the date of the counts, told as --map COLUMN={DATE}"
    text = f"column 'id', {int(doubled.sum()):,} of {account.rows:,} values come again: {', '.join(shown)}; {expected}"
    return [text] * bool(shown)


def _read_hub(account: _Account, raw: Raw) -> Raw | None:
    """Read a row of the Hub by the crawl's own parser; what it would take for missing in a count or an id is told."""
    given = {name: read_answer(value) for name, value in raw.items() if name in _HUB_NAMES}
    name = given.get("id") or given.get("modelId")
    given["id"] = _take(account, "id", name, name, read_id)
    _count_mended(account, name, given["id"])
    for column in _HUB_COUNTS:
        given[column] = _take(account, column, name, given.get(column), read_count)
    time = _take(account, "createdAt", name, given.get("createdAt"), read_date)
    given["createdAt"] = time.isoformat() if isinstance(time, dt.datetime) else None
    row = parse_row({**given, "_id": given.get("_id") or _PLACEHOLDER})
    if isinstance(row, LeftOut):
        account.left_out[row.reason] += 1
    if isinstance(row, LeftOut) or given["id"] is None:
        return None
    if isinstance(row, Quarantined):
        account.add("_id", name, given.get("_id"), row.reason)
        return None
    account.unread.look_at(given, row)
    _check_counters(account, row)
    return {**row, "key": row["key"] if given.get("_id") else None}


def _read_named(account: _Account, names: Names, dates: str, raw: Raw) -> Raw | None:
    """Read a row column by column."""
    cells = {ours: raw.get(theirs) for ours, theirs in names.found.items()}
    for flag in FLAGS:
        if read_flag(cells.get(flag)):
            account.left_out[flag] += 1
            return None
    row: Raw = dict.fromkeys(_SCHEMA.names)
    for ours, reader in READERS.items():
        if ours in cells:
            read = partial(read_date, order=dates) if reader is read_date else reader
            row[ours] = _take(account, ours, cells.get("id"), cells[ours], read)
    if DATE in cells:
        row[_COUNTED_AT] = _take(account, names.found[DATE], cells.get("id"), cells[DATE], partial(_read_moment, dates))
    if row["id"] is None:
        return None
    _count_mended(account, cells["id"], row["id"])
    account.gated += read_flag(cells.get("gated"))
    _fill_from_tags(account, row, cells.get(TAGS))
    _check_counters(account, row)
    bases = [base for base in row["base_models"] or [] if base != row["id"]] or None
    return {**row, "author": author_of(row["id"]) or row["author"], "base_models": bases}


def _read_moment(dates: str, value: object) -> dt.datetime:
    time = read_date(value, dates)
    if time is None:
        raise ValueError("the date of the counts was expected")
    return time


def _fill_from_tags(account: _Account, row: Raw, value: object) -> None:
    """Fill what the row leaves open from the Hub's tags; base models and the relation to them come together."""
    tags = _take(account, TAGS, row["id"], value, read_tags)
    told = parse_row({"_id": _PLACEHOLDER, "id": row["id"], "tags": tags}) if tags else None
    if not isinstance(told, dict):
        return
    row |= {name: row[name] or told[name] for name in _FROM_TAGS}
    if told["base_models"]:
        row |= {name: told[name] for name in ("base_models", "base_relation")}


def _check_counters(account: _Account, row: Raw) -> None:
    """Take a counter of all time that is below that of thirty days for missing: one of the two is another count."""
    month, whole = row["downloads_30d"], row["downloads_all_time"]
    if month is not None and whole is not None and whole < month:
        account.add(_BELOW, row["id"], f"{whole:,} < {month:,}", "all time holds at least the thirty days")
        row["downloads_all_time"] = None


def _take(account: _Account, column: str, model_id: object, value: object, read: Callable[[object], Any]) -> Any:
    """Return what a reader makes of a value; None where it is not what it must be, which is counted."""
    try:
        return read(value)
    except ValueError as error:
        account.add(column, mend_id(model_id), value, str(error))
        return None


def _count_mended(account: _Account, given: object, model_id: object) -> None:
    account.mended += model_id is not None and given != model_id
