"""The star: the ledger's rows, the accounts of the registry and the windows' weights as relations of one database.

    nights      night, period, is_last: every interval of the ledger, and the joined one that it belongs to
    periods     period, end, nights: their numbers, last days, and how many nights they join
    accounts    handle (lower case), account, code: of every reviewed account; what stands in no row is unreviewed
    classes     class, task_group, language, generative, first_year, size_band, relation, license_class
    cells       period, publisher_code, origin_code, class, is_own and measures: flows of the whole period, counts of
                its last night; `is_own` where publisher and origin are one account
    attributed  the same twice, with `attribution` and the `code` counted by
    days        night, publisher_code, origin_code, language, generative, first_year and measures; `lay_out_days` reads
                them and drops them
    weights     window, as_of, period, weight: which part of a period's flow lies in the window that ends with another;
                only of windows that have a number
    named       period, model and what it is, with size, size_basis, laptop and created: models by name at the end of a
                period
    named_newest, named_last
                the rows of `named` of the newest period; those of the window of flows that ends with it

Sums of a period may be kept beside the ledger (`kept.py`), and its rows are then not read again for them.
Rows of the nights themselves (`rows`) are read from the files whenever a query needs accounts or models by name. A flow
is kept in 65,536ths of a download: such numbers add up exactly in any order, on any number of threads. A weight is
exact too; where it is no whole number, flows are summed first and weighted after.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from generator.base.engine import connect
from generator.base.settings import STAR_MEMORY
from generator.ledger.classify import LANGUAGE_GROUPS
from generator.ledger.intervals import LedgerEntry
from generator.ledger.thinning import Period
from generator.registry import UNREVIEWED, Registry
from generator.star.definitions import WINDOWS
from generator.star.kept import COLUMNS, KeptSums
from generator.star.known_sizes import classify_laptop
from generator.star.shares import MAX_UNCOUNTED, weigh_intervals

# Nights that are summed at once: so many make a table of half a million cells, which no history makes larger.
_NIGHTS_AT_ONCE: Final = 90
# A text as a number with a dictionary, as it is in the files.
TEXT: Final = pa.dictionary(pa.int32(), pa.string())
_DIMENSIONS: Final = ("task_group", "generative", "first_year", "size_band", "relation", "license_class")

_SCHEMA: Final = f"""
    CREATE TABLE classes (
        class INTEGER, task_group VARCHAR, generative BOOLEAN, first_year BOOLEAN, size_band VARCHAR, relation VARCHAR,
        license_class VARCHAR, language BOOLEAN);
    CREATE TYPE place AS ENUM (SELECT DISTINCT code FROM reviewed UNION SELECT '{UNREVIEWED}' ORDER BY 1);
    CREATE TABLE accounts AS SELECT handle, account, code::place AS code FROM reviewed;
    CREATE TABLE nights AS SELECT * FROM numbered;
    CREATE TABLE periods AS SELECT * FROM ended;
    CREATE TABLE weights AS SELECT * FROM weighed;
    CREATE TABLE cells (
        period SMALLINT, publisher_code place, origin_code place, class INTEGER, is_own BOOLEAN, flow DOUBLE,
        downloads_30d DOUBLE, downloads_all_time DOUBLE, counted BIGINT, uncounted DOUBLE, models DOUBLE);
    CREATE TABLE days (
        night SMALLINT, publisher_code place, origin_code place, language BOOLEAN, generative BOOLEAN,
        first_year BOOLEAN, flow DOUBLE, downloads_30d DOUBLE, downloads_all_time DOUBLE, counted BIGINT,
        uncounted DOUBLE, models DOUBLE);
    CREATE VIEW attributed AS
        SELECT *, 'publisher' AS attribution, publisher_code AS code FROM cells
        UNION ALL SELECT *, 'origin', origin_code FROM cells;
"""
# Values of a class that no row had before: every combination with the known ones gets a number.
_LEARN: Final = f"""
    INSERT INTO classes
    WITH {
    ", ".join(f"each_{name} AS (SELECT {name} FROM classes UNION SELECT {name} FROM unlearned)" for name in _DIMENSIONS)
}
    SELECT (SELECT count(*) FROM classes) + row_number() OVER (ORDER BY {
    ", ".join(_DIMENSIONS)
}) - 1, *, list_contains(?, task_group)
    FROM (SELECT * FROM {" CROSS JOIN ".join(f"each_{name}" for name in _DIMENSIONS)}
          EXCEPT SELECT {", ".join(_DIMENSIONS)} FROM classes)
"""
# The accounts of a row's publisher (`p`) and origin (`o`).
TO_ACCOUNTS: Final = """
    LEFT JOIN accounts AS p ON lower(publisher) = p.handle
    LEFT JOIN accounts AS o ON lower(origin) = o.handle
"""
_SUM: Final = f"""
    CREATE OR REPLACE TEMP TABLE fresh AS
    SELECT night, coalesce(p.code, '{UNREVIEWED}'::place) AS publisher_code,
        coalesce(o.code, '{UNREVIEWED}'::place) AS origin_code, class,
        publisher = origin OR coalesce(p.account = o.account, false) AS is_own,
        sum(flow) AS flow, sum(downloads_30d::DOUBLE) AS downloads_30d,
        sum(downloads_all_time::DOUBLE) AS downloads_all_time, count(downloads_all_time) AS counted,
        sum(downloads_30d::DOUBLE) FILTER (downloads_all_time IS NULL) AS uncounted, sum(models::DOUBLE) AS models
    FROM rows {TO_ACCOUNTS}
        LEFT JOIN classes USING ({", ".join(_DIMENSIONS)})
    GROUP BY ALL
"""
_LAY_OUT: Final = """
    INSERT INTO cells
    SELECT period, publisher_code, origin_code, class, is_own, sum(flow), sum(downloads_30d) FILTER (is_last),
        sum(downloads_all_time) FILTER (is_last), sum(counted) FILTER (is_last), sum(uncounted) FILTER (is_last),
        sum(models) FILTER (is_last)
    FROM fresh JOIN nights USING (night) GROUP BY ALL;
    INSERT INTO days
    SELECT night, publisher_code, origin_code, language, generative, first_year, sum(flow), sum(downloads_30d),
        sum(downloads_all_time), sum(counted), sum(uncounted), sum(models)
    FROM fresh JOIN classes USING (class) GROUP BY ALL;
    DROP TABLE fresh;
"""
# Dates on which too much of what is downloaded has no counter since creation.
_LEAVE_OUT: Final = f"""
    DELETE FROM weights WHERE "window" = 'all_time' AND period IN (
        SELECT period FROM cells GROUP BY period
        HAVING sum(counted) = 0 OR sum(uncounted) > {MAX_UNCOUNTED} * sum(downloads_30d))
"""
_MEASURES: Final = "flow, downloads_30d, downloads_all_time, counted, uncounted, models"
_TAKE_KEPT: Final = f"""
    INSERT INTO cells
    SELECT period, publisher_code::place, origin_code::place, class, is_own, {_MEASURES}
    FROM kept JOIN classes USING ({", ".join(_DIMENSIONS)}) WHERE "offset" IS NULL;
    INSERT INTO days
    SELECT first + "offset", publisher_code::place, origin_code::place, kept.language, generative, first_year,
        {_MEASURES}
    FROM kept WHERE "offset" IS NOT NULL;
"""
_KEEP: Final = f"""
    SELECT period, {", ".join(f'"{name}"' for name in COLUMNS)} FROM (
        SELECT period, publisher_code, origin_code, {", ".join(_DIMENSIONS)}, is_own, sum(flow) AS flow,
            sum(downloads_30d) AS downloads_30d, sum(downloads_all_time) AS downloads_all_time,
            sum(counted)::BIGINT AS counted, sum(uncounted) AS uncounted, sum(models) AS models,
            NULL AS language, NULL AS "offset"
        FROM cells JOIN classes USING (class) WHERE period IN (SELECT period FROM fresh_periods) GROUP BY ALL
        UNION ALL BY NAME
        SELECT period, publisher_code, origin_code, language, generative, first_year, night - first AS "offset",
            {_MEASURES}
        FROM days JOIN nights USING (night) JOIN fresh_periods USING (period))
    ORDER BY ALL
"""


@dataclass(frozen=True)
class Star:
    """An open star.

    Attributes:
        connection: to the database that holds the relations.
        periods: the intervals, those between dates that do not stand on their own joined; oldest first.
        entries: every interval of the ledger, oldest first; the numbers of nights are positions in it.
    """

    connection: duckdb.DuckDBPyConnection
    periods: tuple[Period, ...]
    entries: tuple[LedgerEntry, ...]

    @property
    def ends(self) -> list[dt.date]:
        """Return the last day of each period, by its number."""
        return [period.interval.end for period in self.periods]

    @cached_property
    def last_nights(self) -> list[int]:
        """Return the number of the last night of each period."""
        return [number - 1 for number in accumulate(len(period.entries) for period in self.periods)]

    def nights_of(self, period: int) -> range:
        """Return the numbers of the nights of a period."""
        last = self.last_nights[period]
        return range(last - len(self.periods[period].entries) + 1, last + 1)

    def define(self, name: str, query: str) -> None:
        """Let a name stand for the rows of a query in later ones."""
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")

    def forget(self) -> None:
        """Let go of the tables that a question has made: together they take as much memory as the star itself."""
        made = self.connection.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall()
        for (name,) in made:
            self.connection.execute(f'DROP TABLE "{name}"')

    def show_rows(self, frame: str, nights: Sequence[int]) -> None:
        """Make `rows` the rows of some nights: those of a frame of the entry, with `night` and `file_row_number`."""
        paths = {str(path): night for night in nights if (path := self.entries[night].locate(frame))}
        if len(paths) < len(nights):
            numbered = (_number_rows(self.entries[night], frame, night) for night in nights)
            self.connection.register("rows", pa.concat_tables(numbered, promote_options="permissive"))
            return
        files = pa.table({"filename": list(paths), "night": pa.array(paths.values(), pa.int16())})
        self.connection.register("files", files)
        found = self.connection.read_parquet(
            list(paths), filename=True, file_row_number=True, union_by_name=frame == "models"
        )
        self.connection.register("read", found)
        self.connection.execute(
            "CREATE OR REPLACE TEMP VIEW rows AS SELECT read.* EXCLUDE (filename), night FROM read JOIN files "
            "USING (filename)"
        )

    def read_rows(self, frame: str, night: int, schema: pa.Schema) -> pa.Table:
        """Return columns of a night's rows in the order of their file, missing ones as nulls; no query decodes them."""
        path = self.entries[night].locate(frame)
        texts = [name for name in schema.names if schema.field(name).type == TEXT]
        if path is None:
            rows = _number_rows(self.entries[night], frame, night)
        else:
            with pq.ParquetFile(path, read_dictionary=texts) as file:
                rows = file.read(columns=schema.names, use_threads=False)
        empty = pa.nulls(rows.num_rows)
        columns = [rows[name] if name in rows.column_names else pa.chunked_array([empty]) for name in schema.names]
        cast = [column.cast(type_, safe=False) for column, type_ in zip(columns, schema.types, strict=True)]
        return pa.Table.from_arrays(cast, schema=schema)


def open_star(
    periods: Sequence[Period], registry: Registry, threads: int | None = None, *, keep_in: Path | None = None
) -> Star:
    """Open a ledger with a registry: every row is read once and summed by night, period, countries and class.

    Args:
        periods: the ledger, joined by `join_nights`.
        registry: gives accounts their countries, and aliases the accounts that they belong to.
        threads: of the database; all cores where nothing is said. The sums are the same.
        keep_in: the store that keeps the sums of periods; those that it has are not summed again, and the others are
            kept there in place of what is no part of the ledger. None where nothing is kept.
    """
    # Arrow's own pool would keep what was freed of a history, a quarter of a GB.
    pa.set_memory_pool(pa.system_memory_pool())
    connection = connect(threads, STAR_MEMORY)
    entries = tuple(entry for period in periods for entry in period.entries)
    accounts = _list_accounts(registry)
    connection.register("reviewed", accounts)
    connection.register("numbered", _number_nights(periods))
    connection.register("ended", _number_periods(periods))
    connection.register("weighed", _weigh_windows(periods))
    connection.execute(_SCHEMA)
    star = Star(connection, tuple(periods), entries)
    _sum_rows(star, KeptSums.of(keep_in, accounts, Path(__file__)) if keep_in else None)
    connection.execute(_LEAVE_OUT)
    return star


def _sum_rows(star: Star, kept: KeptSums | None) -> None:
    """Fill `cells` and `days` from kept sums, and from the rows of the periods that have none."""
    fresh = _take_kept(star, kept) if kept else range(len(star.periods))
    for numbers in _split_nights(star, fresh):
        star.show_rows("flows", [night for number in numbers for night in star.nights_of(number)])
        _add_rows(star.connection)
        if kept:
            _keep(star, kept, numbers)
    if kept:
        kept.remove_others(star.periods)


def show_models(star: Star, named: pd.DataFrame) -> None:
    """Make `named` the models by name, as `read_ledger` returns them, with what a laptop holds."""
    ends = named["end"].cat.categories
    periods = np.array([*map(star.ends.index, ends), -1], "int16")
    added: dict[str, Any] = {
        "period": periods[named["end"].cat.codes],
        "model": named["model"].cat.codes,
        "laptop": classify_laptop(named),
        "created": pd.DatetimeIndex(named["created_at"]).asi8.view("datetime64[s]"),  # no copy
    }
    shown = named.drop(columns=["end", "created_at"]).assign(**added)
    firsts = {"named": 0, "named_newest": len(star.periods) - 1, "named_last": _find_first(star)}
    for name, first in firsts.items():  # views of the same rows, which stand in the order of their dates
        star.connection.register(name, shown.iloc[np.searchsorted(shown["period"], first) :])


def _find_first(star: Star) -> int:
    """Return the first period of the window of flows that ends with the newest one; itself where there is none.

    The history held is none beside the twelve months.
    """
    query = """SELECT coalesce(min(period) FILTER ("window" = '12m'), min(period)) FROM weights
        WHERE "window" IN ('12m', 'held') AND as_of = ?"""
    ((first,),) = star.connection.execute(query, [star.ends[-1]]).fetchall()
    return len(star.periods) - 1 if first is None else int(first)


def _split_nights(star: Star, periods: Sequence[int]) -> Iterator[list[int]]:
    """Yield periods that follow one another, so many nights each time as are summed at once; at least one period."""
    found: list[int] = []
    nights = 0
    for number in periods:
        more = len(star.nights_of(number))
        if found and nights + more > _NIGHTS_AT_ONCE:
            yield found
            found, nights = [], 0
        found, nights = [*found, number], nights + more
    if found:
        yield found


def _take_kept(star: Star, kept: KeptSums) -> list[int]:
    """Take the kept sums into `cells` and `days`; return the periods that have none."""
    fresh = []
    for first in range(0, len(star.periods), _NIGHTS_AT_ONCE):
        numbers = range(first, min(first + _NIGHTS_AT_ONCE, len(star.periods)))
        found = {number: sums for number in numbers if (sums := kept.read(star.periods[number])) is not None}
        fresh += [number for number in numbers if number not in found]
        if found:
            star.connection.register("kept", pa.concat_tables(_number_kept(star, *pair) for pair in found.items()))
            _learn(star.connection, 'kept WHERE "offset" IS NULL')
            star.connection.execute(_TAKE_KEPT)
            star.connection.unregister("kept")
    return fresh


def _number_kept(star: Star, period: int, sums: pa.Table) -> pa.Table:
    """Return kept sums with the number of their period, and that of its first night."""
    numbers = {"period": period, "first": star.nights_of(period)[0]}
    for name, number in numbers.items():
        sums = sums.append_column(name, pa.array(np.full(sums.num_rows, number, "int16")))
    return sums


def _keep(star: Star, kept: KeptSums, periods: Sequence[int]) -> None:
    """Keep the sums of periods whose rows were read."""
    firsts = [star.nights_of(number)[0] for number in periods]
    numbered = pa.table({"period": pa.array(periods, pa.int16()), "first": pa.array(firsts, pa.int16())})
    star.connection.register("fresh_periods", numbered)
    sums = star.connection.sql(_KEEP).to_arrow_table()
    ends = np.searchsorted(sums["period"].to_numpy(), periods, "right")
    for number, first, end in zip(periods, [0, *ends[:-1]], ends, strict=True):
        kept.keep(star.periods[number], sums.slice(first, end - first).drop_columns("period"))


def _add_rows(connection: duckdb.DuckDBPyConnection) -> None:
    """Add the rows that are shown to `cells` and `days`."""
    connection.execute(_SUM)
    if connection.execute("SELECT 1 FROM fresh WHERE class IS NULL LIMIT 1").fetchall():
        _learn(connection, "rows")
        connection.execute(_SUM)
    connection.execute(_LAY_OUT)


def _learn(connection: duckdb.DuckDBPyConnection, rows: str) -> None:
    """Number the classes of rows, those that no row had before."""
    connection.execute(f"CREATE OR REPLACE TEMP VIEW unlearned AS SELECT {', '.join(_DIMENSIONS)} FROM {rows}")
    connection.execute(_LEARN, [sorted(LANGUAGE_GROUPS)])


def _list_accounts(registry: Registry) -> pa.Table:
    accounts = registry.canonical_handles
    codes = [registry.code(account) for account in accounts.values()]
    return pa.table({"handle": list(accounts), "account": list(accounts.values()), "code": codes})


def _number_nights(periods: Sequence[Period]) -> pa.Table:
    numbers = [number for number, period in enumerate(periods) for _ in period.entries]
    lasts = [entry is period.entries[-1] for period in periods for entry in period.entries]
    nights = pa.array(range(len(numbers)), pa.int16())
    return pa.table({"night": nights, "period": pa.array(numbers, pa.int16()), "is_last": lasts})


def _number_periods(periods: Sequence[Period]) -> pa.Table:
    numbers, nights = range(len(periods)), [len(period.entries) for period in periods]
    ends = [period.interval.end for period in periods]
    return pa.table({"period": pa.array(numbers, pa.int16()), "end": ends, "nights": pa.array(nights, pa.int16())})


def _weigh_windows(periods: Sequence[Period]) -> pa.Table:
    """Return the weights of every window that ends with a period."""
    intervals = [period.interval for period in periods]
    rows = [
        (window, intervals[newest].end, place, weight)
        for window in WINDOWS
        for newest in range(len(intervals))
        for place, weight in weigh_intervals(intervals[: newest + 1], window, intervals[newest].end).items()
    ]
    windows, ends, places, weights = zip(*rows, strict=True)
    columns = {"window": windows, "as_of": ends, "period": pa.array(places, pa.int16()), "weight": weights}
    return pa.table(columns)


def _number_rows(entry: LedgerEntry, frame: str, night: int) -> pa.Table:
    """Return the rows of an entry in memory with the numbers that the database gives those of files."""
    table = pa.Table.from_pandas(getattr(entry, frame), preserve_index=False).replace_schema_metadata(None)
    empty = [field.name for field in table.schema if pa.types.is_null(field.type)]
    table = table.cast(
        pa.schema([field.with_type(pa.string()) if field.name in empty else field for field in table.schema])
    )
    numbers: Mapping[str, pa.Array] = {
        "file_row_number": pa.array(np.arange(table.num_rows)),
        "night": pa.array(np.full(table.num_rows, night, "int16")),
    }
    for name, column in numbers.items():
        table = table.append_column(name, column)
    return table
