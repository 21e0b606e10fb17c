"""What the gates read of a new snapshot and of the last accepted one: a few numbers and names, one statement a table.

The engine reads the files itself and holds no more than it may; whole columns never come into this process.
A 30-day count is the one that the list gave: one that was not collected again counts as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import duckdb
import pandas as pd
import pyarrow as pa

from generator.base.engine import connect
from generator.base.settings import FRESH_MIN_DOWNLOADS, MAX_UNREVIEWED_PUBLISHER, SURGE_PART
from generator.ledger.pairs import Source, join_snapshots, show_snapshot
from generator.registry import UNREVIEWED, Registry
from generator.sources.snapshot import SCHEMA

COUNTS: Final = ("downloads_30d", "downloads_all_time")
# Columns of which the gates ask whether they are filled: all but the mark of counts that were not collected again.
FILLED: Final = tuple(name for name in SCHEMA.names if name != "unchanged_30d")

Engine: TypeAlias = duckdb.DuckDBPyConnection
Row: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Listing:
    """What is read of the new snapshot alone.

    Attributes:
        repeated: rows of a model that stands in it already.
        total: its 30-day downloads.
        missing: canaries that are not in it.
        large: the publishers above the limit for one that nobody reviewed, with their 30-day downloads.
        largest: the model with the most 30-day downloads, and they; None where it has no such counts.
    """

    repeated: int
    total: float
    missing: frozenset[str]
    large: "pd.Series[float]"
    largest: tuple[str, int] | None


@dataclass(frozen=True)
class Side:
    """The models of one of two snapshots that are compared.

    Attributes:
        models: how many.
        counted: of them with a 30-day count.
        codes: each count summed by the publisher's country code or category; a column a count.
        filled: for each column of a snapshot, how many models have a value in it; an empty text or list is none.
    """

    models: int
    counted: int
    codes: pd.DataFrame
    filled: Mapping[str, int]

    def sum(self, measure: str) -> float:
        """Return the downloads of all its models."""
        return float(self.codes[measure].sum())

    def shares(self, measure: str) -> dict[str, float]:
        """Return each code's share of the downloads; nothing where there are none."""
        total = self.sum(measure)
        return {str(code): float(count) / total for code, count in self.codes[measure].items()} if total > 0 else {}

    def share_filled(self, column: str) -> float:
        """Return the part of its models that have a value in a column."""
        return self.filled[column] / self.models


@dataclass(frozen=True)
class Comparison:
    """What two snapshots say together.

    For the whole Hub all models of both are compared; for a selection only those in both, because a list that grows or
    is cut moves every total without any count being wrong.

    Attributes:
        rows_before: rows of the last accepted snapshot.
        total_before: its 30-day downloads.
        known_before: canaries in it.
        renamed: those of them that the new one holds under another id.
        largest_before: its count of the model that is the new one's largest; None where it has none.
        now: the models of the new snapshot that are compared.
        before: those of the last accepted one.
        matches: sums over the models in both, as `_sum_matches` names them.
        large: models in both with a visible part of the 30-day downloads, before or now: `id`, `now` and `before`.
    """

    rows_before: int
    total_before: float
    known_before: frozenset[str]
    renamed: frozenset[str]
    largest_before: int | None
    now: Side
    before: Side
    matches: Row
    large: pd.DataFrame

    @property
    def measure(self) -> str:
        """Return the count to compare: of 30 days where both sides have it, else of all time."""
        return "downloads_30d" if self.now.counted and self.before.counted else "downloads_all_time"


def compare_snapshots(
    current: Source, previous: Source | None, registry: Registry, *, only_matches: bool
) -> tuple[Listing, Comparison | None]:
    """Read what the gates ask of a snapshot, and of it beside the last accepted one.

    Args:
        current: the snapshot to judge.
        previous: the last accepted one; None where there is none to compare with.
        registry: says which country a publisher counts for, and names the canaries.
        only_matches: compare the models alone that stand in both.

    Raises:
        SnapshotError: a file is missing or not a snapshot.
        duckdb.Error: the rows of a file cannot be read.
    """
    with connect() as engine:
        _show_registry(engine, registry)
        _show_listed(engine, "newer", current)
        listing = _read_listing(engine)
        if previous is None:
            return listing, None
        _show_listed(engine, "older", previous)
        _match(engine)
        sides = [_sum_side(engine, _choose(side, only_matches=only_matches)) for side in ("newer", "older")]
        return listing, _compare(engine, listing, *sides)


def _show_registry(engine: Engine, registry: Registry) -> None:
    """Show the engine the reviewed accounts, by their handles in lower case, and the canaries."""
    handles = registry.canonical_handles
    codes = [registry.code(handle) for handle in handles]
    accounts = {"handle": pa.array(handles, pa.string()), "account": pa.array(handles.values(), pa.string())}
    engine.from_arrow(pa.table(accounts | {"code": pa.array(codes, pa.string())})).create_view("accounts")
    canaries = pa.array([canary.id for canary in registry.canaries], pa.string())
    engine.from_arrow(pa.table({"id": canaries})).create_view("canaries")


def _show_listed(engine: Engine, name: str, source: Source) -> None:
    """Show the engine a snapshot with its 30-day counts as the list gave them."""
    show_snapshot(engine, f"{name}_rows", source, SCHEMA.names)
    listed = "coalesce(downloads_30d, unchanged_30d) AS downloads_30d, unchanged_30d IS NOT NULL AS unchanged_30d"
    engine.execute(f"CREATE VIEW {name} AS SELECT * REPLACE ({listed}) FROM {name}_rows")


def _read_listing(engine: Engine) -> Listing:
    total = float(_ask(engine, "SELECT coalesce(sum(downloads_30d), 0) AS total FROM newer")["total"])
    repeats = "CREATE TEMP TABLE repeats AS SELECT coalesce(key, id) AS name, count(*) AS rows FROM newer GROUP BY name"
    engine.execute(f"{repeats} HAVING count(*) > 1")
    largest = """
        SELECT id, downloads_30d FROM newer WHERE downloads_30d IS NOT NULL
        ORDER BY downloads_30d DESC, id LIMIT 1"""
    return Listing(
        repeated=int(_ask(engine, "SELECT coalesce(sum(rows - 1), 0) AS repeated FROM repeats")["repeated"]),
        total=total,
        missing=_list(engine, "SELECT id FROM canaries ANTI JOIN newer USING (id)"),
        large=_sum_large_publishers(engine, total),
        largest=next(iter(engine.execute(largest).fetchall()), None),
    )


def _sum_large_publishers(engine: Engine, total: float) -> "pd.Series[float]":
    """Sum the 30-day downloads of each publisher above the limit, in the order of their handles."""
    statement = """
        SELECT coalesce(account, author, '') AS account, sum(downloads_30d)::DOUBLE AS downloads
        FROM newer LEFT JOIN accounts ON handle = lower(author)
        WHERE downloads_30d > 0
        GROUP BY ALL HAVING downloads > ? ORDER BY account"""
    found = engine.execute(statement, [MAX_UNREVIEWED_PUBLISHER * total]).fetchall()
    return pd.Series(dict(found), dtype="float64")


def _match(engine: Engine) -> None:
    """Put the models in both snapshots before the engine, each row of the new one with its first of the one before."""
    counts = ", ".join(f"newer_{name} AS {name}, older_{name} AS {name}_before" for name in COUNTS)
    columns = f"newer_place AS place, older_place AS place_before, {counts}, newer_unchanged_30d AS is_unchanged"
    join_snapshots(engine).project(columns).to_table("matches")
    engine.execute("""
        DELETE FROM matches USING (
            SELECT place, min(place_before) AS first_before FROM matches GROUP BY place HAVING count(*) > 1
        ) AS several WHERE matches.place = several.place AND place_before > first_before""")


def _choose(side: str, *, only_matches: bool) -> str:
    """Return the rows of a side that are compared, as a statement names them."""
    place = {"newer": "place", "older": "place_before"}[side]
    matched = f"(SELECT {side}.* FROM {side} JOIN matches ON {side}.place = matches.{place})"
    return matched if only_matches else side


def _sum_side(engine: Engine, rows: str) -> Side:
    """Sum what is compared of a side, by the code of the publisher."""
    sums = [f"coalesce(sum({name}), 0)::DOUBLE AS {name}" for name in COUNTS]
    filled = [f"count_if({_is_filled(name)}) AS filled_{name}" for name in FILLED]
    found = engine.execute(f"""
        SELECT coalesce(code, '{UNREVIEWED}') AS code, count(*) AS models, count(downloads_30d) AS counted,
            {", ".join([*sums, *filled])}
        FROM {rows} LEFT JOIN accounts ON handle = lower(author)
        GROUP BY ALL ORDER BY code""").df()
    totals = found.drop(columns="code").sum()
    return Side(
        models=int(totals["models"]),
        counted=int(totals["counted"]),
        codes=found.set_index("code")[list(COUNTS)],
        filled={name: int(totals[f"filled_{name}"]) for name in FILLED},
    )


def _is_filled(column: str) -> str:
    kind = SCHEMA.field(column).type
    if pa.types.is_list(kind):
        return f"len({column}) > 0"
    return f"{column} <> ''" if pa.types.is_string(kind) else f"{column} IS NOT NULL"


def _compare(engine: Engine, listing: Listing, now: Side, before: Side) -> Comparison:
    whole = _ask(engine, "SELECT count(*) AS rows, coalesce(sum(downloads_30d), 0) AS total FROM older")
    largest = listing.largest[0] if listing.largest else ""
    same = "SELECT max(downloads_30d) AS count FROM older WHERE id = ?"
    renamed = """
        SELECT older.id FROM older SEMI JOIN canaries USING (id)
        JOIN matches ON place_before = older.place JOIN newer ON newer.place = matches.place
        WHERE newer.id <> older.id"""
    return Comparison(
        rows_before=int(whole["rows"]),
        total_before=float(whole["total"]),
        known_before=_list(engine, "SELECT id FROM canaries SEMI JOIN older USING (id)"),
        renamed=_list(engine, renamed),
        largest_before=_ask(engine, same, [largest])["count"],
        now=now,
        before=before,
        matches=_sum_matches(engine),
        large=_list_large(engine, now.sum("downloads_30d"), before.sum("downloads_30d")),
    )


def _sum_matches(engine: Engine) -> Row:
    """Sum over the models in both snapshots.

    Returns:
        `models`, `kept` (models of the one before that are still there). For each count, under its name: `both` (models
        that have it twice), `counted` (that are not 0 both times) and `same` (of those, equal). `unchanged` (30-day
        downloads that stand as before or were marked as such), `all_time_before`, `falls`, `fallen` (downloads),
        `flow`, and `rate` and `rate_before` (30-day downloads of the models that have a flow).
    """
    by_count = ", ".join(
        f"""count({name} + {name}_before) AS both_{name},
        count_if(greatest({name}, {name}_before) > 0 AND {name} + {name}_before IS NOT NULL) AS counted_{name},
        count_if({name} = {name}_before AND {name} > 0) AS same_{name}"""
        for name in COUNTS
    )
    difference = "(downloads_all_time - downloads_all_time_before)"
    flows = f"FILTER ({difference} IS NOT NULL)"
    return _ask(
        engine,
        f"""SELECT count(*) AS models, count(*) - ({_REPEATED_MATCHES}) AS kept, {by_count},
        sum(downloads_30d) FILTER (downloads_30d_before IS NOT NULL AND (is_unchanged
            OR downloads_30d = downloads_30d_before AND downloads_30d >= {FRESH_MIN_DOWNLOADS})) AS unchanged,
        sum(downloads_all_time_before) AS all_time_before, count({difference}) AS flows,
        count_if({difference} < 0) AS falls, -sum({difference}) FILTER ({difference} < 0) AS fallen,
        sum({difference}) FILTER ({difference} > 0) AS flow,
        sum(downloads_30d) {flows} AS rate, sum(downloads_30d_before) {flows} AS rate_before
        FROM matches""",
    )


# Of models that stand in the new snapshot several times, the rows after the first that stood in the one before.
_REPEATED_MATCHES: Final = """
    SELECT coalesce(sum(rows - 1), 0) FROM (
        SELECT count(*) AS rows FROM newer JOIN repeats ON name = coalesce(key, id) SEMI JOIN matches USING (place)
        GROUP BY name)"""


def _list_large(engine: Engine, total: float, total_before: float) -> pd.DataFrame:
    """List the models in both with a visible part of the 30-day downloads, in the order of the new snapshot."""
    statement = """
        SELECT id, matches.downloads_30d AS now, downloads_30d_before AS before
        FROM matches JOIN newer USING (place)
        WHERE now IS NOT NULL AND before IS NOT NULL AND (now / ? >= ? OR before / ? >= ?) ORDER BY place"""
    limits = [max(total, 1.0), SURGE_PART, max(total_before, 1.0), SURGE_PART]
    return engine.execute(statement, limits).df()


def _ask(engine: Engine, statement: str, values: Sequence[object] = ()) -> Row:
    """Return the one row of a statement by its columns."""
    found = engine.execute(statement, list(values))
    names = [column[0] for column in found.description or ()]
    return dict(zip(names, found.fetchall()[0], strict=True))


def _list(engine: Engine, statement: str) -> frozenset[str]:
    return frozenset(text for (text,) in engine.execute(statement).fetchall())
