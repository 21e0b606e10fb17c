"""Somebody else's listing → the rows of a snapshot, and what is to be said of them.

Column by column, whoever wrote it: the Hub's own answers differ in what their `downloads` count, and their tags go
through the parser of the crawl. Nothing wrong gets in: an id, a count or a date that is none stops the file. Words that
no vocabulary knows are missing, and too many of them stop it as well, for then the column is another one than its name
says.
"""

import datetime as dt
from array import array
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from generator.base.encode import label
from generator.base.errors import SnapshotError
from generator.base.settings import MAX_OFFENDERS, MAX_UNREAD_FRACTION
from generator.sources.files_cells import (
    READERS,
    find_language_names,
    mend_id,
    read_date,
    read_flag,
    read_object,
    read_relation,
    read_tags,
)
from generator.sources.files_names import COUNTS, DATE, FLAGS, TAGS, Names
from generator.sources.files_open import Raw, read_chunks
from generator.sources.hub_rows import LICENSE_TAG, MAX_BASE_MODELS, MAX_LANGUAGES, MAX_TEXT_LENGTH, parse_row
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
# What a list of a row may hold at most, as the crawl's do.
_MOST: Final = {"languages": MAX_LANGUAGES, "base_models": MAX_BASE_MODELS}
# What the tags of a row say where its own columns do not.
_FROM_TAGS: Final = ("task", "library", "license", "languages")


@dataclass(frozen=True)
class Reading:
    """How a file is to be read.

    Attributes:
        layout: `hub` or `snapshot`; empty to tell by its rows.
        told: theirs → ours; an empty word leaves a column out.
        dates: `day-first` or `month-first`; empty where dates have the year first.
        by_moment: a file in which models come again is taken apart by a column that says when, which nobody need tell.
    """

    layout: str = ""
    told: Mapping[str, str] = field(default_factory=dict)
    dates: str = ""
    by_moment: bool = False


@dataclass(frozen=True)
class Listing:
    """What was read of a file.

    Attributes:
        tables: by date, None where the file says none: the snapshot's columns, a row a model, in the file's order.
        repeated: by date: rows of a model that came again at the same moment, and were kept once.
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
        languages: English names of languages that were read, with their codes.
        shortened: lists that held more than a row may, by column.
    """

    rows: int = 0
    kept: "array[int]" = field(default_factory=lambda: array("q"))
    wrong: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    mended: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    gated: int = 0
    languages: dict[str, str] = field(default_factory=dict)
    shortened: Counter[str] = field(default_factory=Counter)

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

    def describe(self, theirs: Mapping[str, str]) -> tuple[list[str], list[str]]:
        """Say what stops the file, and what is only missing; `theirs` has the file's own names of columns."""
        stops, notes = list[str](), list[str]()
        for (column, expected), count in self.wrong.items():
            examples = ", ".join(self.examples[column, expected])
            text = f"column {theirs.get(column, column)!r}, {count:,} of {self.rows:,} values: {examples}; {expected}"
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
        if self.languages:
            named = [f"{label(name)} as {code}" for name, code in sorted(self.languages.items())]
            notes.append(f"languages by their English names: {', '.join(named)}")
        notes += [
            f"column {column!r}, {count:,} lists held more than {_MOST[column]}: the first {_MOST[column]} were kept"
            for column, count in sorted(self.shortened.items())
        ]
        return notes


def read_listing(path: Path, reading: Reading) -> Listing:
    """Read a file of models.

    Raises:
        UntoldError: a column's meaning must be told.
        SnapshotError: the file cannot be read, or holds what is wrong; all of it is named.
    """
    names = Names(reading.told, reading.layout == HUB if reading.layout else None)
    account = _Account()
    batches = []
    for chunk in read_chunks(path, names.is_wanted):
        names.learn(chunk.names, chunk.rows)
        names.check(path)
        read = partial(_read_row, account, names, reading.dates)
        rows = [row for raw in chunk.rows if (row := account.keep(read, raw))]
        batches.append(pa.RecordBatch.from_pylist(rows, schema=_SCHEMA))
    return _finish(path, pa.Table.from_batches(batches), account, names, by_moment=reading.by_moment)


def _finish(path: Path, table: pa.Table, account: _Account, names: Names, *, by_moment: bool) -> Listing:
    """Put a listing together, or say all that is wrong with it."""
    rows = table.select(["id", _COUNTED_AT, *COUNTS]).to_pandas()
    if DATE not in names.found:
        rows[_COUNTED_AT] = _find_moments(rows, names, by_moment=by_moment)
    rows["date"] = rows[_COUNTED_AT].dt.date
    stops, missing = account.describe(names.found)
    doubled, counted_twice = _describe_doubled(rows, account, names.moment)
    stops += doubled
    stops += [] if account.rows else ["it has no rows"]
    stops += [] if table.num_rows or stops else ["none of its rows is a public model"]
    if stops:
        raise SnapshotError(
            f"{path} is not taken in: {'. '.join(stops)}. Correct the file and import it again; --map COLUMN= leaves a "
            "column out that a listing can do without."
        )
    tables = _split(table, rows)
    again = rows[rows.duplicated(["id", _COUNTED_AT])]["date"].value_counts(dropna=False)
    repeated = {date: int(again.get(date, 0)) if date else int(again.sum()) for date in tables}
    earlier = table.num_rows - sum(found.num_rows for found in tables.values()) - sum(repeated.values())
    said = [f"{earlier:,} rows are of an earlier moment of the same day: the last of a day stands"] * bool(earlier)
    return Listing(tables, repeated, (*names.describe(), *account.list_notes(), *said, *counted_twice, *missing))


def _find_moments(rows: pd.DataFrame, names: Names, *, by_moment: bool) -> pd.Series:
    """Return when rows were counted, where that is to be gone by and tells a model's rows apart; else nothing."""
    moments = rows[_COUNTED_AT]
    is_history = moments.notna().all() and rows.duplicated("id").sum() > rows.duplicated(["id", _COUNTED_AT]).sum()
    if by_moment and is_history:
        names.found[DATE] = names.moment
        return moments
    return pd.Series(pd.NaT, rows.index, moments.dtype)


def _split(table: pa.Table, rows: pd.DataFrame) -> dict[dt.date | None, pa.Table]:
    """Return the table of each date, in which a model's row is the last one of its last moment."""
    once = rows.sort_values(_COUNTED_AT, kind="stable").drop_duplicates(["date", "id"], keep="last").sort_index()
    plain = table.drop_columns([_COUNTED_AT])
    return {
        date if isinstance(date, dt.date) else None: plain.take(pa.array(group.index.to_numpy()))
        for date, group in once.astype({"date": "object"}).groupby("date", dropna=False)
    }


def _describe_doubled(rows: pd.DataFrame, account: _Account, moment: str) -> tuple[list[str], list[str]]:
    """Say which rows have other counts than an earlier one of the model and moment: what stops the file, what is noted.

    A few are slips, such as of a list that was put together of two; many are another date's rows.
    """
    same = ["id", _COUNTED_AT]
    doubled = (rows.duplicated(same) & ~rows.duplicated([*same, *COUNTS])).to_numpy()
    count = int(doubled.sum())
    if not count:
        return [], []
    shown = ", ".join(
        f"row {account.kept[place]:,} {rows['id'][place]!r}" for place in doubled.nonzero()[0][:MAX_OFFENDERS].tolist()
    )
    found = f"column 'id', {count:,} of {account.rows:,} values come again with other counts: {shown}"
    if count <= max(MAX_OFFENDERS, MAX_UNREAD_FRACTION * account.rows):
        return [], [f"{found}; the last row of a model stands"]
    column = moment or "COLUMN"
    expected = f"one row a model was expected, or a column with the date of the counts, told as --map {column}={DATE}"
    return [f"{found}; {expected}"], []


def _read_row(account: _Account, names: Names, dates: str, raw: Raw) -> Raw | None:
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
    row[_COUNTED_AT] = _read_counted(account, names, dates, raw)
    if row["id"] is None:
        return None
    account.mended += cells["id"] != row["id"]
    account.gated += read_flag(cells.get("gated"))
    account.languages |= find_language_names(cells.get("languages")) if row["languages"] else {}
    _fill_relation(account, row, cells.get("base_models"))
    _fill_from_tags(account, row, cells.get(TAGS))
    _check_counters(account, row)
    bases = [base for base in row["base_models"] or [] if base != row["id"]] or None
    return _shorten(account, {**row, "author": author_of(row["id"]) or row["author"], "base_models": bases})


def _read_counted(account: _Account, names: Names, dates: str, raw: Raw) -> Any:
    """Return when a row's counts were taken: by the column that was told, or by one that may say it."""
    if DATE in names.found:
        value = raw.get(names.found[DATE])
        return _take(account, DATE, raw.get(names.found["id"]), value, partial(_read_moment, dates))
    try:
        return read_date(raw.get(names.moment), dates) if names.moment else None
    except ValueError:
        return None


def _shorten(account: _Account, row: Raw) -> Raw:
    """Return a row whose lists hold no more than a snapshot's may, and count those that did."""
    long = {name: row[name][:most] for name, most in _MOST.items() if row[name] and len(row[name]) > most}
    account.shortened.update(long.keys())
    return {**row, **long}


def _read_moment(dates: str, value: object) -> dt.datetime:
    time = read_date(value, dates)
    if time is None:
        raise ValueError("the date of the counts was expected")
    return time


def _fill_relation(account: _Account, row: Raw, value: object) -> None:
    """Fill in what the Hub's account of base models says of the relation to them."""
    given = read_object(value)
    if given is not None and set(row["base_models"] or ()) - {row["id"]}:
        row["base_relation"] = row["base_relation"] or _take(
            account, "base_relation", row["id"], given.get("relation"), read_relation
        )


def _fill_from_tags(account: _Account, row: Raw, value: object) -> None:
    """Fill what the row leaves open from the Hub's tags; base models and the relation to them come together."""
    tags = _take(account, TAGS, row["id"], value, read_tags) or []
    long = [tag for tag in tags if tag.startswith(LICENSE_TAG) and len(tag) > MAX_TEXT_LENGTH + len(LICENSE_TAG)]
    for tag in long:
        account.add(TAGS, row["id"], tag, f"licences of at most {MAX_TEXT_LENGTH} characters were expected")
    tags = [tag for tag in tags if tag not in long]
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
