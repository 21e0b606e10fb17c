"""Thinning by age: which dates of a history stand on their own, and the intervals between them joined.

Nights for ninety days, then one date a week, after two years one a month. Everything that the report holds over time
is computed from what stands here; the numbers of every single date stand in the data files and in the ledger.
"""

import datetime as dt
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import groupby, pairwise
from types import MappingProxyType
from typing import Final

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from generator.base.settings import MAX_ANOMALIES, THIN_TO_MONTHS_DAYS, THIN_TO_WEEKS_DAYS, YEAR_DAYS
from generator.ledger.intervals import DIMENSIONS, MODEL_COLUMNS, Anomaly, Interval, LedgerEntry, encode_texts
from generator.sources.snapshot import to_frame

_KINDS: Final = ("counter-fell", "counter-jumped", "counter-stalled")


def thin_dates(dates: Collection[dt.date]) -> tuple[dt.date, ...]:
    """Return the dates that stand on their own, oldest first: nights, then the last of a week, then of a month.

    Ages are counted from the newest date. A date that was left out never comes back as the history grows.
    """
    weeks = thin_to_weeks(dates)
    if not weeks:
        return ()
    limit = weeks[-1] - dt.timedelta(days=THIN_TO_MONTHS_DAYS)
    old = [day for day in weeks if day < limit]
    return (*_keep_last(old, lambda day: (day.year, day.month)), *weeks[len(old) :])


def thin_to_weeks(dates: Collection[dt.date]) -> tuple[dt.date, ...]:
    """Return the dates of the last ninety days and, before, the last of each calendar week, oldest first."""
    ordered = sorted(dates)
    if not ordered:
        return ()
    limit = ordered[-1] - dt.timedelta(days=THIN_TO_WEEKS_DAYS)
    old = [day for day in ordered if day < limit]
    return (*_keep_last(old, lambda day: day.isocalendar()[:2]), *ordered[len(old) :])


def thin_entries(entries: Sequence[LedgerEntry]) -> tuple[LedgerEntry, ...]:
    """Join the intervals between dates that do not stand on their own; each week keeps its date.

    Only what is alike is joined: the same source, list and basis, without a gap between, within a calendar year. The
    interval in which the newest date's year begins stays as it is, so that the newest twelve months are exact.
    """
    if not entries:
        return ()
    kept = _list_kept([entry.interval for entry in entries])
    groups: list[list[LedgerEntry]] = [[]]
    for entry in entries:
        groups[-1].append(entry)
        if entry.interval.end in kept:
            groups.append([])
    return tuple(group[0] if len(group) == 1 else JoinedEntry.of(group) for group in groups if group)


class JoinedEntry(LedgerEntry):
    """Adjoining intervals as one: flows are summed, what is counted at the end is the last one's.

    Of the models by name those of the last one stay, with their flow in all intervals that name them.
    """

    @classmethod
    def of(cls, parts: Sequence[LedgerEntry]) -> "JoinedEntry":
        """Return the entry of some adjoining intervals, oldest first; nothing is read yet."""
        entry = cls.__new__(cls)
        object.__setattr__(entry, "interval", _join_intervals([part.interval for part in parts]))
        object.__setattr__(entry, "parts", tuple(parts))
        return entry

    def __getattr__(self, name: str) -> pd.DataFrame:
        """Join a frame; called for what the entry does not hold itself."""
        if name not in _JOINS or "parts" not in self.__dict__:
            raise AttributeError(f"{type(self).__name__!r} has no attribute {name!r}")
        return to_frame(_JOINS[name](self.__dict__["parts"]))

    def read(self, name: str, columns: Sequence[str]) -> pa.Table:
        """Return columns of a joined frame as a table whose texts are numbers with a dictionary."""
        joined = _JOINS[name](self.__dict__["parts"])
        return pa.table({column: encode_texts(joined[column]) for column in columns})


def _list_kept(intervals: Sequence[Interval]) -> set[dt.date]:
    """List the ends that are not joined to what follows."""
    ends = [interval.end for interval in intervals]
    year = ends[-1] - dt.timedelta(days=YEAR_DAYS)
    around = {*[end for end in ends if end <= year][-1:], *[end for end in ends if end >= year][:1]}
    unlike = {one.end for one, other in pairwise(intervals) if not _is_joinable(one, other)}
    return {*thin_to_weeks(ends), *around, *unlike}


def _is_joinable(one: Interval, other: Interval) -> bool:
    alike = all(getattr(one, name) == getattr(other, name) for name in ("source", "scope", "name", "basis"))
    return alike and one.end == other.start and not other.gap_days and one.end.year == other.end.year


def _keep_last(dates: Sequence[dt.date], period: Callable[[dt.date], Hashable]) -> list[dt.date]:
    """Keep the last date of each period; the dates are ascending."""
    return [list(group)[-1] for _, group in groupby(dates, key=period)]


def _join_intervals(parts: Sequence[Interval]) -> Interval:
    anomalies = [anomaly for part in parts for anomaly in part.anomalies]
    return replace(
        parts[-1],
        start=parts[0].start,
        covered_days=sum(part.covered_days for part in parts),
        added=sum(part.added for part in parts),
        removed=sum(part.removed for part in parts),
        anomalies=tuple(found for kind in _KINDS for found in _pick_largest(anomalies, kind)),
    )


def _pick_largest(anomalies: Sequence[Anomaly], kind: str) -> list[Anomaly]:
    """Pick the largest of a kind; of counters that stood still, the first ones."""
    mine = [anomaly for anomaly in anomalies if anomaly.kind == kind]
    return sorted(mine, key=lambda anomaly: -abs(anomaly.after - anomaly.before))[:MAX_ANOMALIES]


def _join_flows(parts: Sequence[LedgerEntry]) -> pa.Table:
    keys = ", ".join(DIMENSIONS)
    return query_rows(
        parts,
        "flows",
        f"SELECT {keys}, sum(flow) AS flow, "  # noqa: S608 - our own columns
        "coalesce(sum(downloads_30d) FILTER (is_last), 0)::BIGINT AS downloads_30d, "
        "(sum(downloads_all_time) FILTER (is_last))::BIGINT AS downloads_all_time, "
        "coalesce(sum(models) FILTER (is_last), 0)::BIGINT AS models "
        f"FROM parts GROUP BY ALL",
    )


def _join_models(parts: Sequence[LedgerEntry]) -> pa.Table:
    last = parts[-1].read("models", MODEL_COLUMNS)
    sums = query_rows(parts, "models", "SELECT coalesce(key, id) AS model, sum(flow) AS flow FROM parts GROUP BY ALL")
    models = pc.coalesce(*(last[name].cast(pa.string()) for name in ("key", "id")))
    flows = sums["flow"].take(pc.index_in(models, value_set=sums["model"].combine_chunks()))
    return last.set_column(last.schema.get_field_index("flow"), "flow", flows)


def _list_all(name: str) -> Callable[[Sequence[LedgerEntry]], pa.Table]:
    """Return what puts the rows of a frame one after the other."""
    return lambda parts: query_rows(
        parts, name, "SELECT * EXCLUDE (is_last, place, file_row_number) FROM parts ORDER BY place, file_row_number"
    )


@cache
def _open_engine() -> duckdb.DuckDBPyConnection:
    """Open the engine once: that takes longer than most queries. One thread, so that rows come in one order."""
    return duckdb.connect(config={"threads": 1})


def _number_rows(frame: pd.DataFrame, place: int) -> pa.Table:
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    numbers = pa.array(np.arange(table.num_rows))
    return table.append_column("file_row_number", numbers).append_column(
        "place", pa.array(np.full(table.num_rows, place))
    )


def query_rows(
    parts: Sequence[LedgerEntry], name: str, query: str, tables: Mapping[str, pa.Table] = MappingProxyType({})
) -> pa.Table:
    """Run a query over `parts`: the rows of a frame with their `place` in the history, and whether it is the last.

    Other tables that the query names are given by name. Files are read by the engine itself.
    """
    with _open_engine().cursor() as connection:
        for other, table in tables.items():
            connection.register(other, table)
        paths = [str(path) for part in parts if (path := part.locate(name))]
        if len(paths) == len(parts):
            connection.register("places", pa.table({"path": paths, "place": list(range(len(paths)))}))
            connection.register("files", connection.read_parquet(paths, filename=True, file_row_number=True))
            rows = "SELECT files.* EXCLUDE (filename), place FROM files JOIN places ON files.filename = places.path"
        else:
            numbered = (_number_rows(getattr(part, name), place) for place, part in enumerate(parts))
            connection.register("rows", pa.concat_tables(numbered))
            rows = "SELECT * FROM rows"
        last = len(parts) - 1
        head = f"WITH parts AS (SELECT *, place = {last} AS is_last FROM ({rows}))"  # noqa: S608 - our own words
        found: pa.Table = connection.sql(f"{head} {query}").to_arrow_table()
        return found


_JOINS: Final = {
    "flows": _join_flows,
    "models": _join_models,
    "births": _list_all("births"),
    "releases": _list_all("releases"),
}
