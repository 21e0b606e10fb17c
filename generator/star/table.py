"""A table: rows with declared columns. What a column is, is said once; files, figures and pages read it there."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias, get_args

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from generator.base.encode import label
from generator.text.say import Sentence, known

# What a value is: a word of a vocabulary or a text, a name that files or columns bear, an account or a model by its
# name on the Hub, an address of a page, a day, a second in UTC, yes or no, a country code or category, a whole number,
# a fraction from 0 to 1, a difference of two, a number with decimals; on pages alone, both ends of a range, a sentence.
Kind: TypeAlias = Literal[
    "text",
    "code",
    "account",
    "model",
    "address",
    "date",
    "time",
    "flag",
    "place",
    "count",
    "share",
    "points",
    "number",
    "range",
    "said",
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
NUMBERS: Final = ("count", "share", "points", "number", "range")
_WORDS: Final = ("text", "code", "account", "model", "address", "place", "date")
# A value of a table as Python has it; None where it is missing.
Cell: TypeAlias = str | int | float | bool | dt.date | tuple[float, float] | None
Row: TypeAlias = Mapping[str, Any]
_BATCH_ROWS: Final = 122_880


@dataclass(frozen=True)
class Column:
    """A column: what its values are wherever they are shown or published.

    Attributes:
        name: as it is published: the same in every file, figure, page and series.
        kind: what a value is.
        title: how a reader's table heads it.
        meaning: what a value says, its window, and when it is missing.
        unit: what it is counted in (`downloads`, `models`, `parameters`); empty for words, dates and shares.
        digits: decimals that are published; None for all of them.
        vocabulary: what its codes are called, in the order in which they are shown; empty for names and places.
    """

    name: str
    kind: Kind
    title: Sentence | str
    meaning: str
    unit: str = ""
    digits: int | None = None
    vocabulary: Mapping[str, Sentence] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a kind that no reader of tables knows."""
        if self.kind not in KINDS:
            raise ValueError(f"The column {self.name} is of the kind {self.kind!r}; expected: {', '.join(KINDS)}.")

    @property
    def is_number(self) -> bool:
        """Return whether its values are numbers."""
        return self.kind in NUMBERS


@dataclass(frozen=True, eq=False)
class Table:
    """Rows of one kind with the columns that they are declared with.

    Attributes:
        name: of its files, without an ending.
        title: what it holds.
        row: what a row is.
        columns: in the order in which they stand.
        frame: a column each, by its name.
    """

    name: str
    title: str
    row: str
    columns: tuple[Column, ...]
    frame: pd.DataFrame

    def __post_init__(self) -> None:
        """Refuse columns that are not declared, and declared ones that are missing."""
        check_declared(self.name, self.frame.columns.tolist(), [column.name for column in self.columns])

    def __eq__(self, other: object) -> bool:
        """Compare values: a frame has no truth of its own."""
        if not isinstance(other, Table):
            return NotImplemented
        about = (self.name, self.title, self.row, self.columns)
        return about == (other.name, other.title, other.row, other.columns) and self.frame.equals(other.frame)

    def column(self, name: str) -> Column:
        """Return the declaration of a column.

        Raises:
            KeyError: there is none of this name.
        """
        return {column.name: column for column in self.columns}[name]

    def fill(self, rows: Sequence[Row]) -> "Table":
        """Return the table with these rows instead of its own; a column that a row has not is missing there."""
        frame = pd.DataFrame(rows, columns=[column.name for column in self.columns])
        counts = [column.name for column in self.columns if column.kind == "count"]
        whole = [name for name in counts if frame[name].hasnans and (frame[name].dropna() % 1 == 0).all()]
        return replace(self, frame=frame.astype(dict.fromkeys(whole, "Int64")))

    def hold(self, rows: Iterable[tuple[object, ...]]) -> "Table":
        """Return the table with these rows, one value a column, each as it is; texts may be anything."""
        names = [column.name for column in self.columns]
        return replace(self, frame=pd.DataFrame(list(rows), columns=names, dtype="object"))

    def where(self, **values: object) -> "Table":
        """Return the rows that have these values in the columns of these names; of a tuple or list, any of it."""
        found = self.frame
        for name, value in values.items():
            found = found[found[name].isin(value if isinstance(value, tuple | list) else (value,))]
        return replace(self, frame=found)

    def pick(self, *names: str) -> "Table":
        """Return these columns alone, in this order."""
        return replace(self, columns=tuple(self.column(name) for name in names), frame=self.frame[list(names)])

    def first(self, most: int) -> "Table":
        """Return the first rows, at most so many."""
        return replace(self, frame=self.frame.head(most))

    def last(self, most: int) -> "Table":
        """Return the last rows, at most so many, the last one first."""
        return replace(self, frame=self.frame.tail(most).iloc[::-1])

    def newest(self, most: int) -> "Table":
        """Return the rows of the newest dates, of at most so many, the newest date first."""
        days = sorted(set(self.frame["as_of"]), reverse=True)[:most]
        return replace(self, frame=self.where(as_of=days).frame.sort_values("as_of", ascending=False, kind="stable"))

    def span(self, name: str, lower: str, upper: str, title: str, way: str) -> "Table":
        """Return one column of ranges, written in a way that a sentence knows, for those of their two ends."""
        column = Column(name, "range", title, "", way)
        columns = tuple(column if each.name == lower else each for each in self.columns if each.name != upper)
        ends = pd.Series(list(zip(self.frame[lower], self.frame[upper], strict=True)), self.frame.index, "object")
        frame = self.frame.rename(columns={lower: name}).drop(columns=upper)
        frame[name] = ends.where(frame[name].notna(), None)
        return replace(self, columns=columns, frame=frame)

    def show(self, columns: Sequence[Column], **said: Callable[[Row], Sentence | None]) -> "Table":
        """Return these columns, some of them with what is said of each row, by the name of the column."""
        rows = [{**row, **{name: tell(row) for name, tell in said.items()}} for row in self.records()]
        return replace(
            self, columns=tuple(columns), frame=pd.DataFrame(rows, columns=[column.name for column in columns])
        )

    def find(self, **values: object) -> Row | None:
        """Return the first row that has these values; None without one."""
        names = [column.name for column in self.columns]
        wanted = {
            names.index(name): value if isinstance(value, tuple | list) else (value,) for name, value in values.items()
        }
        found = (row for row in self._rows if all(row[place] in value for place, value in wanted.items()))
        return next((dict(zip(names, row, strict=True)) for row in found), None)

    def records(self) -> list[Row]:
        """Return the rows by the names of the columns."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self._rows]

    def rows(self) -> list[tuple[Cell, ...]]:
        """Return the rows, one value a column."""
        return list(self._rows)

    @cached_property
    def _rows(self) -> tuple[tuple[Cell, ...], ...]:
        """The rows as Python has them: pages, files and sentences ask the same table for them many times."""
        return tuple(zip(*(_list_cells(self.frame[column.name]) for column in self.columns), strict=True))

    def unpivot(self, codes: Mapping[str, str], key: Column, value: Column) -> "Table":
        """Return a row for each of some columns instead of one for all of them.

        Args:
            codes: what a column's rows have in the new column of keys, by the column's name.
            key: the column that tells which one a value is of.
            value: the column of the values.
        """
        kept = [column for column in self.columns if column.name not in codes]
        parts = []
        for name, code in codes.items():
            added: dict[str, Any] = {key.name: code, value.name: self.frame[name]}
            parts.append(self.frame[[column.name for column in kept]].assign(**added))
        long = pd.concat(parts).sort_index(kind="stable")
        return replace(self, columns=(*kept, key, value), frame=long.reset_index(drop=True))


def _list_cells(values: pd.Series) -> list[Cell]:
    missing = values.isna().to_numpy()
    cells: list[Cell] = values.tolist()
    return [None if gone else cell for cell, gone in zip(cells, missing, strict=True)] if missing.any() else cells


def declare(*columns: Column) -> Mapping[str, Column]:
    """Declare columns, each under its name.

    Raises:
        ValueError: a name is declared twice.
    """
    names = [column.name for column in columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"Declared twice: {', '.join(twice)}. A column is declared once; use that declaration.")
    return MappingProxyType({column.name: column for column in columns})


def check_declared(what: str, found: Sequence[str], declared: Sequence[str]) -> None:
    """Check that the columns found are those declared, in any order.

    Raises:
        ValueError: one is not declared, stands twice, or is missing.
    """
    unknown = [name for name in found if name not in declared]
    if unknown or len(set(found)) < len(found):
        raise ValueError(
            f"{what}: {', '.join(unknown) or 'a name that stands twice'} is not declared; found {', '.join(found)}, "
            f"declared {', '.join(declared)}. Declare the column, or name it in the query as one that is (`as`)."
        )
    missing = [name for name in declared if name not in found]
    if missing:
        raise ValueError(f"{what}: {', '.join(missing)} is declared and missing; found {', '.join(found)}.")


def ask(
    connection: duckdb.DuckDBPyConnection,
    what: str,
    query: str,
    columns: Sequence[Column],
    values: Mapping[str, object] = MappingProxyType({}),
) -> pd.DataFrame:
    """Ask a question in SQL; its answer has the declared columns and no other.

    Args:
        connection: to the database whose relations the query names.
        what: the question, for the message of an error.
        query: one statement; a value in it is `$name`.
        columns: of the answer; of the kind `time` it has seconds since 1970.
        values: of the query's parameters, by name.

    Returns:
        The rows in the order of the query, the columns in that of their declarations: words and places as categories in
        ascending order, dates as ordered ones, times as timestamps in UTC, flags as booleans, counts as whole numbers
        (`Int64` where one is missing; floats where the query makes them so), shares and numbers as floats (NaN where
        one is missing).

    Raises:
        ValueError: a column of the answer is not declared, or one declared is missing.
    """
    return read_answer(what, fetch(connection, query, values), columns)


def fetch(
    connection: duckdb.DuckDBPyConnection, query: str, values: Mapping[str, object] = MappingProxyType({})
) -> pa.Table:
    """Return the rows of a query, its words as numbers with a dictionary, encoded on the way to save memory.

    Each batch is copied: one column of the database's own would keep the texts of all others in memory.
    """
    batches: pa.RecordBatchReader = connection.sql(query, params=dict(values)).to_arrow_reader(_BATCH_ROWS)
    encoded = [_encode(batch).copy_to(pa.default_cpu_memory_manager()) for batch in batches]
    return pa.Table.from_batches(encoded, encoded[0].schema) if encoded else batches.schema.empty_table()


def ask_table(
    connection: duckdb.DuckDBPyConnection, table: Table, query: str, values: Mapping[str, object] = MappingProxyType({})
) -> Table:
    """Return a table as it is declared with the rows that a query finds; arguments and errors as of `ask`."""
    return replace(table, frame=ask(connection, table.name, query, table.columns, values))


def say_known(table: Table, *names: str) -> Table:
    """Return a table in which the texts of columns, which the registry keeps, are said as they are translated."""
    said = {name: {text: known(label(text)) for text in table.frame[name].dropna().unique()} for name in names}
    return replace(
        table,
        columns=tuple(replace(each, vocabulary=said.get(each.name, each.vocabulary)) for each in table.columns),
    )


def declare_table(name: str, title: str, row: str, *columns: Column) -> Table:
    """Declare a table that has no rows yet."""
    return Table(name, title, row, columns, pd.DataFrame(columns=[column.name for column in columns]))


def read_answer(what: str, answer: pa.Table, columns: Sequence[Column]) -> pd.DataFrame:
    """Return an answer as `ask` does.

    Raises:
        ValueError: as `ask` raises it.
    """
    check_declared(what, answer.column_names, [column.name for column in columns])
    left = dict(zip(answer.column_names, answer.columns, strict=True))
    del answer  # a column that is read is let go, so that millions of rows are not held twice
    return pd.DataFrame({column.name: _read(left.pop(column.name), column.kind) for column in columns}, copy=False)


def _encode(batch: pa.RecordBatch) -> pa.RecordBatch:
    words = [pa.types.is_string(field.type) or pa.types.is_date(field.type) for field in batch.schema]
    arrays = [
        column.dictionary_encode() if is_word else column for column, is_word in zip(batch.columns, words, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, batch.schema.names)


def _read(values: pa.ChunkedArray, kind: Kind) -> object:
    """Return a column's values as frames hold its kind."""
    if kind in _WORDS:
        return categorize(values, ordered=kind == "date")
    if kind == "flag":
        return values.cast(pa.bool_()).to_numpy()
    if kind == "time":
        return pd.DatetimeIndex(values.cast(pa.int64()).cast(pa.timestamp("s")).to_numpy(), tz="UTC")
    if kind == "count" and not pa.types.is_floating(values.type):
        whole = values.cast(pa.int64())
        counts = whole.fill_null(0).to_numpy()
        return pd.arrays.IntegerArray(counts, whole.is_null().to_numpy()) if whole.null_count else counts
    return values.cast(pa.float64()).to_numpy()


def categorize(values: pa.ChunkedArray, *, ordered: bool = False) -> pd.Categorical:
    """Return values as categories in ascending order, those alone that are there."""
    if not pa.types.is_dictionary(values.type):
        values = values.dictionary_encode()
    words = values.unify_dictionaries()
    distinct = words.chunk(0).dictionary if words.num_chunks else pa.array([])
    names = np.array(distinct.to_pylist(), dtype=object)
    numbers = np.concatenate(
        [np.asarray(chunk.indices.cast(pa.int32()).fill_null(-1)) for chunk in words.chunks] or [np.array([], int)]
    )
    used = np.zeros(len(names) + 1, dtype=bool)
    used[numbers] = True
    ranks = np.flatnonzero(used[:-1])
    ranks = ranks[np.argsort(names[ranks], kind="stable")]
    place = np.full(len(names) + 1, -1, "int32")
    place[ranks] = np.arange(len(ranks))
    words_there = pd.Index(names[ranks])
    found: pd.Categorical = pd.Categorical.from_codes(place[numbers], categories=words_there, ordered=ordered)
    return found
