"""What changed: for each calendar week with a snapshot, its newest date compared with the newest one before it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import groupby
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from generator.ledger.intervals import SMALL
from generator.questions.claims.tables import Outcome, list_claims, list_tests
from generator.questions.ground import Ground, Tables
from generator.star.coded import Numbers
from generator.star.columns import COLUMNS
from generator.star.compared import Pairs, compare_dates
from generator.star.definitions import Definition
from generator.star.named import take_date
from generator.star.shares import NOT_PLACES, ShareRow, ShareTable
from generator.star.table import Column, Row, Table, ask_table, declare_table
from generator.text.say import say

# The length of the lists whose new entries are told.
TOP: Final = 10
# Smaller moves of a share are not told: with one decimal they hardly show.
MIN_MOVE: Final = 0.002

_WEEK: Final = Column("week", "text", say("Week"), "Calendar week as 2026-w41 (ISO 8601).")
_PREVIOUS: Final = Column(
    "previous", "date", say("Compared with"), "The newest date of an earlier week; missing in the first week."
)
_CHANGE: Final = Column(
    "change",
    "text",
    say("Change"),
    "rise, fall, nobody (what is attributed to no country), leader, model, publisher, claim, counter-fell, gap, "
    "repeated or correction.",
)
_SUBJECT: Final = Column(
    "subject",
    "text",
    say("Of what"),
    "Country code, definition, model, publisher, a claim's test, or what was put right; missing for a gap.",
)
_COUNTS: Final = (
    Column("models_before", "count", say("Models before"), "In the snapshot of the date before; 0 without.", "models"),
    Column("models_after", "count", say("Models now"), "In the snapshot of the date.", "models"),
)

CHANGES: Final = declare_table(
    "weeks",
    "What changed",
    "A change in a calendar week.",
    *(_WEEK, COLUMNS["as_of"], _PREVIOUS, _CHANGE, _SUBJECT, COLUMNS["country_code"]),
    Column("before", "number", say("Before"), "Share of a country, or a counter since creation."),
    Column("after", "number", say("After"), "The same now; the rank of a new entry; the days of a gap."),
    Column("before_without", "number", say("Before, without"), "The share before without that model."),
    Column("after_without", "number", say("After, without"), "The same now."),
    Column("without", "model", say("Without"), "The model that explains most of a share's move."),
    Column("stood", "text", say("Stood"), "Leader before, a claim's condition, or what stood where it was put right."),
    Column("stands", "text", say("Stands"), "The same now."),
    Column("changed_on", "date", say("On"), "Date of a claim's new condition, a repeated snapshot or a correction."),
    COLUMNS["downloads_30d"],
)
WEEKS: Final = declare_table(
    "weeks-dates",
    "Weeks",
    "A calendar week with a snapshot, the newest first.",
    _WEEK,
    Column("starts_on", "date", say("From"), "Its Monday."),
    Column("ends_on", "date", say("To"), "Its Sunday."),
    *(COLUMNS["as_of"], _PREVIOUS, COLUMNS["window"], COLUMNS["universe"], COLUMNS["attribution"]),
    Column("leader_code", "place", say("Leader"), "Country with the largest share; missing without one."),
    Column("share_of_leader", "share", say("Its share"), "Fraction of the downloads of the definition."),
    Column(
        "models_on_both",
        "count",
        say("Models compared"),
        "Models of a selection counted on both dates, which moves are measured over; 0 where all are.",
        "models",
    ),
    Column("share_on_both", "share", say("They hold"), "The smaller of their parts of the downloads on each date."),
    Column("definitions", "count", say("Definitions"), "Those that have a leader on both dates.", "definitions"),
    Column("tests_measured", "count", say("Tests of claims"), "Those measured on the date before already.", "tests"),
    *_COUNTS,
)
# Only asked for: the new entries of the lists of the most downloaded.
ENTRIES: Final = declare_table(
    "weeks-entries",
    "New entries",
    "A model or publisher.",
    *(CHANGES.column(name) for name in ("as_of", "change", "subject", "country_code", "after", "downloads_30d")),
)


_ENTER: Final = f"""
    WITH first AS (
        SELECT *, row_number() OVER (
            PARTITION BY change, period ORDER BY downloads_30d DESC, downloads_all_time DESC NULLS LAST, subject
        ) AS place
        FROM (
            SELECT period, 'model' AS change, model AS joined, id::VARCHAR AS subject,
                publisher_code::VARCHAR AS country_code, downloads_30d, downloads_all_time
            FROM weeks_models
            UNION ALL BY NAME
            SELECT period, 'publisher' AS change, account AS joined, account::VARCHAR AS subject,
                code::VARCHAR AS country_code, downloads_30d
            FROM weeks_accounts
        ) QUALIFY place <= {TOP}
    )
    SELECT as_of, now.change, subject, country_code, place::DOUBLE AS after, downloads_30d::BIGINT AS downloads_30d
    FROM weeks_ends JOIN first AS now USING (period)
        ANTI JOIN first AS held ON held.period = earlier AND held.change = now.change AND held.joined = now.joined
    WHERE earlier IS NOT NULL ORDER BY as_of, now.change, place
"""


def list_weeks(tables: Tables) -> dict[str, Row]:
    """List the weeks by the name of their page."""
    return {week["week"]: week for week in tables["weeks-dates"].records()}


def compute(ground: Ground) -> tuple[Table, ...]:
    """Compare each week's newest date with the newest one before it."""
    weeks = _pair_weeks(ground)
    entries, claims = _list_entries(ground, weeks), ground.topics.get("claims")
    tests = list_tests(list_claims(claims.by_name).values()) if claims else ()
    measured = [result.points[0].date for result in tests if result.since]
    changes = [
        {**week.name, **row}
        for week in weeks
        for row in (*week.list_changes(), *entries[week.day], *week.list_notes(tests))
    ]
    return CHANGES.fill(changes), WEEKS.fill([{**week.name, **week.describe(measured)} for week in weeks])


@dataclass(frozen=True)
class _Week:
    """A week's newest date and the one before it.

    Attributes:
        ground: what both are of.
        tables: shares of each definition by date.
        definition: what moves are shares of.
        previous: None in the first week, which has nothing to compare.
        day: the newest date with a snapshot in the week.
    """

    ground: Ground
    tables: Mapping[Definition, Mapping[dt.date, ShareTable]]
    definition: Definition
    previous: dt.date | None
    day: dt.date

    @property
    def name(self) -> Row:
        """Return what every row of the week begins with."""
        year, number, _ = self.day.isocalendar()
        return {"week": f"{year}-w{number:02d}", "as_of": self.day, "previous": self.previous}

    def describe(self, measured: Sequence[dt.date]) -> Row:
        """Return what the week is and what its changes are told of; given is since when each test is measured."""
        start = self.day - dt.timedelta(days=self.day.weekday())
        compared = self.pairs.compared if not self.ground.scope.is_hub and self.pairs else None
        leader = self._find_leader(self.definition, self.day)
        models = {interval.end: interval.models for interval in self.ground.reading.intervals}
        return {
            **asdict(self.definition),
            "starts_on": start,
            "ends_on": start + dt.timedelta(days=6),
            "leader_code": leader.code if leader else None,
            "share_of_leader": leader.share if leader else None,
            "models_on_both": compared.models if compared else 0,
            "share_on_both": compared.cover if compared else 1.0,
            "definitions": len(self.leaders),
            "tests_measured": sum(since <= self.previous for since in measured) if self.previous else 0,
            "models_before": models[self.previous] if self.previous else 0,
            "models_after": models[self.day],
        }

    def list_changes(self) -> Iterator[Row]:
        """List the largest rise and fall of a share, the move of what no country is given, and changes of the lead."""
        told = [move for move in self._list_moves() if abs(_change(move)) >= MIN_MOVE]
        for name, sign in (("rise", 1), ("fall", -1)):
            moved = [move for move in told if move["country_code"] and _change(move) * sign > 0]
            if moved:
                largest = max(moved, key=lambda move: (abs(_change(move)), move["country_code"]))
                yield {"change": name, "subject": largest["country_code"], **largest, **self._explain(largest)}
        yield from ({"change": "nobody", **move} for move in told if not move["country_code"])
        for definition, (stood, stands) in self.leaders.items():
            if stood != stands:
                yield {"change": "leader", "subject": definition.slug, "stood": stood, "stands": stands}

    def list_notes(self, tests: Sequence[Outcome]) -> Iterator[Row]:
        """List claims that changed, counters that fell, days that no count covers, and what was set or put right."""
        yield from (
            {"change": "claim", "subject": result.test["test"], "stood": change.before, "stands": change.after}
            | {"changed_on": change.date}
            for result in tests
            for change in result.changes
            if self.previous and self.previous < change.date <= self.day
        )
        spanned = [interval for interval in self.ground.reading.intervals if self._is_within(interval.end)]
        fell = [found for interval in spanned for found in interval.anomalies if found.kind == "counter-fell"]
        for fall in sorted(fell, key=lambda fall: (fall.after - fall.before, fall.model)):
            yield {"change": "counter-fell", "subject": fall.model, "before": fall.before, "after": fall.after}
        if days := sum(interval.gap_days for interval in spanned):
            yield {"change": "gap", "after": days}
        yield from ({"change": "repeated", "changed_on": day} for day in self.ground.repeated if self._is_within(day))
        yield from (
            {"change": "correction", "subject": row.what, "stood": row.before, "stands": row.after}
            | {"changed_on": row.date}
            for row in self.ground.registry.corrections
            if self.previous and self._is_within(row.date)
        )

    @cached_property
    def leaders(self) -> dict[Definition, tuple[str, str]]:
        """Return the leaders before and now of the definitions that have one on both dates."""
        days = (self.previous, self.day)
        found = {each: [self._find_leader(each, day) for day in days] for each in self.tables}
        return {each: (rows[0].code, rows[1].code) for each, rows in found.items() if rows[0] and rows[1]}

    @cached_property
    def pairs(self) -> Pairs | None:
        """Return the models counted on both dates."""
        return (
            compare_dates(self.ground.reading.named, self.previous, self.day, self.definition)
            if self.previous
            else None
        )

    def _is_within(self, day: dt.date) -> bool:
        return (self.previous or dt.date.min) < day <= self.day

    def _find_leader(self, definition: Definition, day: dt.date | None) -> ShareRow | None:
        table = self.tables[definition].get(day) if day else None
        return next(iter(table.places), None) if table else None

    def _list_moves(self) -> list[Row]:
        """List the moves of all countries and of what none is given: of a selection, over the models on both dates."""
        before, after = self._find_shares()
        codes = [code for code in dict.fromkeys((*after, *before)) if code not in NOT_PLACES]
        nobody = [sum(shares.get(code, 0.0) for code in NOT_PLACES) for shares in (before, after)]
        moves = [_move(code, before.get(code, 0.0), after.get(code, 0.0)) for code in codes]
        return [*moves, _move(None, *nobody)]

    def _find_shares(self) -> tuple[Mapping[str, float], Mapping[str, float]]:
        """Return the shares on both dates; none where there is nothing to compare."""
        if self.previous is None:
            return {}, {}
        if not self.ground.scope.is_hub and self.definition.window == "30d":
            return (self.pairs.compared.before, self.pairs.compared.after) if self.pairs else ({}, {})
        tables = [self.tables[self.definition].get(day) for day in (self.previous, self.day)]
        before, after = ({row.code: row.share for row in table.rows} if table else {} for table in tables)
        return (before, after) if all(tables) else ({}, {})

    def _explain(self, move: Row) -> Row:
        """Return the model that explains most of a move, and the shares without it."""
        found = self.pairs.explain(move["country_code"]) if self.pairs and self.definition.window == "30d" else None
        return {"without": found.name, "before_without": found.before, "after_without": found.after} if found else {}


def _move(code: str | None, before: float, after: float) -> Row:
    return {"country_code": code, "before": before, "after": after}


def _change(move: Row) -> float:
    return float(move["after"] - move["before"])


def _pair_weeks(ground: Ground) -> list[_Week]:
    """Return the weeks, the newest first."""
    wanted = Definition("30d", ground.headline.universe, ground.headline.attribution)
    definition = wanted if wanted in ground.histories else ground.headline
    tables = {each: {table.as_of: table for table in found} for each, found in ground.histories.items()}
    days = groupby((interval.end for interval in ground.reading.intervals), key=lambda day: day.isocalendar()[:2])
    newest = [list(group)[-1] for _, group in days]
    pairs = zip([None, *newest], newest, strict=False)
    return [_Week(ground, tables, definition, *pair) for pair in pairs][::-1]


def _pick_largest(rows: pd.DataFrame, days: Sequence[dt.date]) -> pd.DataFrame:
    """Pick the rows of each date with as many downloads as the last that a list has: few among millions to rank.

    What is folded into one name is none of them.
    """
    dated = (take_date(rows, day) for day in days)
    found = [mine.index[_is_large(mine)] for mine in dated]
    return rows.loc[np.concatenate(found)]


def _is_large(rows: pd.DataFrame) -> Numbers:
    counts: Numbers = rows["downloads_30d"].to_numpy("float64", na_value=0.0)
    if "account" in rows:
        counts = np.where(rows["account"] == SMALL, 0.0, counts)
    least = np.partition(counts, -TOP)[-TOP] if len(counts) > TOP else 0.0
    is_large: Numbers = (counts >= least) & (counts > 0)
    return is_large


def _list_entries(ground: Ground, weeks: Sequence[_Week]) -> dict[dt.date, list[Row]]:
    """List what is new among the most downloaded models and publishers at the end of each week."""
    numbers = {day: number for number, day in enumerate(ground.reading.star.ends)}
    ends = pa.table(
        {
            "period": pa.array([numbers[week.day] for week in weeks], pa.int16()),
            "earlier": pa.array([week.previous and numbers[week.previous] for week in weeks], pa.int16()),
            "as_of": [week.day for week in weeks],
        }
    )
    connection = ground.reading.star.connection
    connection.register("weeks_ends", ends)
    models = ground.reading.named[["end", "model", "id", "publisher_code", "downloads_30d", "downloads_all_time"]]
    for name, rows in (("weeks_models", models), ("weeks_accounts", ground.reading.accounts)):
        largest = _pick_largest(rows, [week.day for week in weeks])
        period = largest["end"].astype("object").map(numbers).astype("int16")
        connection.register(name, largest.drop(columns="end").assign(period=period))
    entries = defaultdict(list)
    for row in ask_table(connection, ENTRIES, _ENTER).records():
        entries[row["as_of"]].append(row)
    return entries
