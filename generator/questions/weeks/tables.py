"""What changed: for each calendar week with a snapshot, its newest date compared with the newest one before it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import Final

import pandas as pd

from generator.ledger.intervals import SMALL, Anomaly, Interval
from generator.questions.claims.tables import Claims
from generator.questions.ground import Ground
from generator.questions.series import Point
from generator.registry import Correction
from generator.star.compared import Compared, Explained, Pairs, compare_dates
from generator.star.definitions import Definition
from generator.star.files import DataFile, Field
from generator.star.shares import NOT_PLACES, ShareTable

AFTER: Final = ("claims",)
# The length of the lists whose new entries are told.
TOP: Final = 10
# Smaller moves of a share are not told: with one decimal they hardly show.
MIN_MOVE: Final = 0.002
# The code of what is international, unaffiliated or unreviewed.
NOBODY: Final = "NOBODY"


@dataclass(frozen=True)
class Move:
    """A share on two dates, as fractions.

    Attributes:
        code: of a country, or `NOBODY` for what no country is given.
        before: its share on the earlier date.
        after: the same on the later one.
        explained: the model that explains most of the move; None where none does.
    """

    code: str
    before: float
    after: float
    explained: Explained | None = None

    @property
    def change(self) -> float:
        """Return the difference, as a fraction."""
        return self.after - self.before


@dataclass(frozen=True)
class LeaderChange:
    """A definition under which another country has most downloads than before."""

    definition: Definition
    before: str
    after: str


@dataclass(frozen=True)
class Entrant:
    """A model or publisher that was not among the ten most downloaded before.

    Attributes:
        name: its id or handle, as a stranger wrote it.
        code: country code or category of its publisher.
        rank: 1 to 10.
        downloads_30d: the Hub's count of the thirty days before.
    """

    name: str
    code: str
    rank: int
    downloads_30d: int


@dataclass(frozen=True)
class Flip:
    """A claim's test whose condition changed.

    Attributes:
        slug: the claim's name.
        test: the test's name.
        words: the sentence that is tested.
        before: `holds`, `level`, `fails` or `depends`.
        after: another one of them.
        date: the first date on which the new condition was seen.
    """

    slug: str
    test: str
    words: str
    before: str
    after: str
    date: dt.date


@dataclass(frozen=True)
class Week:
    """A calendar week (ISO 8601), Monday to Sunday.

    Attributes:
        slug: `2026-w41`.
        year: the year that the week belongs to.
        number: 1 to 53.
        start: its Monday.
        end: its Sunday.
        as_of: the newest date with a snapshot in it.
        previous: the newest such date of an earlier week; None in the first week, which has nothing to compare.
        definition: what the moves are shares of.
        leader: the country with most downloads under it and its share before and now; None without one.
        rise: the largest rise of a country's share since `previous`; None without one worth telling.
        fall: the largest fall; None without one worth telling.
        nobody: the move of what no country is given; None without one worth telling.
        over: models that the moves are measured over, those of a selection that are counted on both dates; 0 where the
            whole Hub is, and in the first week.
        cover: the smaller of the parts that these hold of the downloads on each date, 0 to 1.
        leaders: definitions compared under which the leader changed.
        compared: definitions that have a leader on both dates.
        models: new among the most downloaded models, best rank first.
        publishers: the same for publishers.
        flips: tests of claims whose condition changed.
        claims: tests that could be measured on `previous` or before; 0 without one.
        falls: counters since creation that fell, of the intervals since `previous`, the largest first.
        gap_days: days of these intervals that no count covers.
        repeated: dates since `previous` whose snapshot repeated the one before and was set aside.
        corrections: the hand-written part of the log of corrections since `previous`, in its order.
        models_before: models in the snapshot of `previous`; 0 without one.
        models_now: models in that of `as_of`.
    """

    slug: str
    year: int
    number: int
    start: dt.date
    end: dt.date
    as_of: dt.date
    previous: dt.date | None
    definition: Definition
    leader: Move | None
    rise: Move | None
    fall: Move | None
    nobody: Move | None
    over: int
    cover: float
    leaders: tuple[LeaderChange, ...]
    compared: int
    models: tuple[Entrant, ...]
    publishers: tuple[Entrant, ...]
    flips: tuple[Flip, ...]
    claims: int
    falls: tuple[Anomaly, ...]
    gap_days: int
    repeated: tuple[dt.date, ...]
    corrections: tuple[Correction, ...]
    models_before: int
    models_now: int


@dataclass(frozen=True)
class Weeks:
    """All weeks.

    Attributes:
        weeks: newest first.
    """

    weeks: tuple[Week, ...]

    @property
    def series(self) -> Mapping[str, tuple[Point, ...]]:
        """Return no measures."""
        return {}

    @property
    def tables(self) -> tuple[DataFile, ...]:
        """Return the changes, one a row."""
        return (_build_changes(self.weeks),)

    @property
    def items(self) -> Mapping[str, Week]:
        """Return each week."""
        return {week.slug: week for week in self.weeks}


def compute(ground: Ground) -> Weeks:
    """Compare each week's newest date with the newest one before it."""
    compare = _Comparison(ground)
    days = [
        list(group) for _, group in groupby((i.end for i in ground.intervals), key=lambda day: day.isocalendar()[:2])
    ]
    newest = [group[-1] for group in days]
    pairs = zip([None, *newest], newest, strict=False)
    return Weeks(tuple(compare.build_week(previous, day) for previous, day in pairs)[::-1])


class _Comparison:
    """Compares two dates of the history."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        wanted = Definition("30d", ground.headline.universe, ground.headline.attribution)
        self._definition = wanted if wanted in ground.histories else ground.headline

    def build_week(self, previous: dt.date | None, day: dt.date) -> Week:
        """Build the week of a date, compared with an earlier date."""
        year, number, weekday = day.isocalendar()
        start = day - dt.timedelta(days=weekday - 1)
        spanned = [each for each in self._ground.intervals if (previous or dt.date.min) < each.end <= day]
        pairs = None if self._ground.scope.is_hub else self._compare_models(previous, day)
        compared = pairs.compared if pairs else None
        moves = self._list_moves(previous, day, compared) if previous else []
        told = [move for move in moves if abs(move.change) >= MIN_MOVE and move.code != NOBODY]
        if told and pairs is None:  # over the whole Hub, models are compared where they have to explain something
            pairs = self._compare_models(previous, day)
        leaders = self._compare_leaders(previous, day) if previous else []
        return Week(
            slug=f"{year}-w{number:02d}",
            year=year,
            number=number,
            start=start,
            end=start + dt.timedelta(days=6),
            as_of=day,
            previous=previous,
            definition=self._definition,
            leader=self._find_leader(previous, day),
            rise=_find_largest([move for move in told if move.change > 0], pairs),
            fall=_find_largest([move for move in told if move.change < 0], pairs),
            nobody=next((move for move in moves if move.code == NOBODY and abs(move.change) >= MIN_MOVE), None),
            over=compared.models if compared else 0,
            cover=compared.cover if compared else 1.0,
            leaders=tuple(change for change in leaders if change.before != change.after),
            compared=len(leaders),
            models=_list_new(self._models.get(previous, {}), self._models.get(day, {})) if previous else (),
            publishers=_list_new(self._publishers.get(previous, {}), self._publishers.get(day, {})) if previous else (),
            flips=tuple(flip for flip in self._flips if previous and previous < flip.date <= day),
            claims=sum(bool(previous and since <= previous) for since in self._measured),
            falls=tuple(
                sorted(
                    (found for interval in spanned for found in interval.anomalies if found.kind == "counter-fell"),
                    key=lambda a: (a.after - a.before, a.model),
                )
            ),
            gap_days=sum(interval.gap_days for interval in spanned),
            repeated=tuple(date for date in self._ground.repeated if (previous or dt.date.min) < date <= day),
            corrections=tuple(
                row for row in self._ground.registry.corrections if previous and previous < row.date <= day
            ),
            models_before=self._intervals[previous].models if previous else 0,
            models_now=self._intervals[day].models,
        )

    @cached_property
    def _intervals(self) -> dict[dt.date, Interval]:
        return {interval.end: interval for interval in self._ground.intervals}

    @cached_property
    def _tables(self) -> dict[Definition, dict[dt.date, ShareTable]]:
        return {
            definition: {table.as_of: table for table in tables}
            for definition, tables in self._ground.histories.items()
        }

    @cached_property
    def _claims(self) -> Claims:
        claims = self._ground.topics.get("claims")
        return claims if isinstance(claims, Claims) else Claims(())

    @cached_property
    def _flips(self) -> list[Flip]:
        return [
            Flip(
                self._claims.find_claim(result.test.slug).slug,
                result.test.slug,
                result.test.test,
                change.before,
                change.after,
                change.date,
            )
            for result in self._claims.tests
            for change in result.changes
        ]

    @cached_property
    def _measured(self) -> list[dt.date]:
        """Return the first date of each test that has a state."""
        return [result.points[0].date for result in self._claims.tests if result.since]

    def _table(self, day: dt.date | None) -> ShareTable | None:
        return self._tables[self._definition].get(day) if day else None

    def _find_leader(self, previous: dt.date | None, day: dt.date) -> Move | None:
        table, before = self._table(day), self._table(previous)
        if table is None or not table.places:
            return None
        first = table.places[0]
        return Move(first.code, before.share_of(first.code) if before else first.share, first.share)

    def _compare_models(self, previous: dt.date | None, day: dt.date) -> Pairs | None:
        return compare_dates(self._ground.named, previous, day, self._definition) if previous else None

    def _list_moves(self, previous: dt.date, day: dt.date, compared: Compared | None) -> list[Move]:
        """List the moves of all countries: over a selection those of the models counted on both dates."""
        if not self._ground.scope.is_hub and self._definition.window == "30d":
            return _compare_shares(compared.before, compared.after) if compared else []
        before, after = self._table(previous), self._table(day)
        if before is None or after is None:
            return []
        return _compare_shares(*({row.code: row.share for row in table.rows} for table in (before, after)))

    def _compare_leaders(self, previous: dt.date, day: dt.date) -> list[LeaderChange]:
        found = []
        for definition, tables in self._tables.items():
            before, after = tables.get(previous), tables.get(day)
            if before and after and before.places and after.places:
                found.append(LeaderChange(definition, before.places[0].code, after.places[0].code))
        return found

    @cached_property
    def _models(self) -> dict[dt.date, dict[str, Entrant]]:
        """Return the most downloaded models of each date by what joins them over dates."""
        columns = ["model", "id", "publisher_code", "downloads_30d"]
        named = self._ground.named
        return _list_first(named.loc[named["downloads_30d"] > 0, ["end", *columns]], columns)

    @cached_property
    def _publishers(self) -> dict[dt.date, dict[str, Entrant]]:
        """Return the most downloaded publishers of each date by their handle."""
        accounts = self._ground.accounts
        is_one = (accounts["attribution"] == "publisher") & (accounts["account"] != SMALL)
        mine = accounts.loc[is_one, ["end", "account", "code", "downloads_30d"]]
        floors = mine.groupby("end", observed=True)["downloads_30d"].nlargest(TOP).groupby(level=0, observed=True).min()
        first = mine[mine["downloads_30d"] >= mine["end"].map(floors).astype("float64")]  # sorting all takes seconds
        ordered = first.sort_values(["end", "downloads_30d", "account"], ascending=[True, False, True])
        return _list_first(ordered, ["account", "account", "code", "downloads_30d"])


def _compare_shares(before: Mapping[str, float], after: Mapping[str, float]) -> list[Move]:
    """Return the move of each country, and that of what none is given."""
    places = [code for code in dict.fromkeys((*after, *before)) if code not in NOT_PLACES]
    nobody = [sum(shares.get(code, 0.0) for code in NOT_PLACES) for shares in (before, after)]
    moves = [Move(code, before.get(code, 0.0), after.get(code, 0.0)) for code in places]
    return [*moves, Move(NOBODY, nobody[0], nobody[1])]


def _find_largest(moves: Sequence[Move], pairs: Pairs | None) -> Move | None:
    """Return the largest move with the model that explains most of it; None without a move."""
    largest = max(moves, key=_size, default=None)
    if largest is None or pairs is None or pairs.compared.definition.window != "30d":
        return largest
    return replace(largest, explained=pairs.explain(largest.code))


def _list_first(rows: pd.DataFrame, columns: Sequence[str]) -> dict[dt.date, dict[str, Entrant]]:
    """List the first rows of each date by their key; the columns are those of key, name, code and downloads."""
    found: dict[dt.date, dict[str, Entrant]] = {}
    first = rows.groupby("end", observed=True).head(TOP)
    for end, key, name, code, downloads in zip(first["end"], *(first[column] for column in columns), strict=True):
        held = found.setdefault(end, {})
        held[key] = Entrant(name, code, len(held) + 1, int(downloads))
    return found


def _list_new(before: Mapping[str, Entrant], after: Mapping[str, Entrant]) -> tuple[Entrant, ...]:
    return tuple(entrant for key, entrant in after.items() if key not in before)


def _size(move: Move) -> tuple[float, str]:
    return abs(move.change), move.code


def _build_changes(weeks: Sequence[Week]) -> DataFile:
    fields = (
        Field("week", "text", "Calendar week as 2026-w41 (ISO 8601)."),
        Field("as_of", "date", "Its newest date with a snapshot."),
        Field("previous", "date", "The date that it is compared with; empty in the first week."),
        Field(
            "kind", "text", "rise, fall, leader, model, publisher, claim, counter-fell, gap, repeated or correction."
        ),
        Field(
            "subject",
            "text",
            "Country code, definition, id, handle, a claim's test, or what was put right; empty for a gap.",
        ),
        Field("before", "text", "Share, country code, state or counter before; empty for new entries."),
        Field(
            "after", "text", "The same now; the rank for new entries, days for a gap, the date of a repeated snapshot."
        ),
    )
    rows = tuple(
        (week.slug, week.as_of, week.previous, kind, subject, before, after)
        for week in weeks
        for kind, subject, before, after in _list_rows(week)
    )
    return DataFile("weeks", "What changed", "A change in a calendar week.", fields, rows)


def _list_rows(week: Week) -> list[tuple[str, str | None, str | None, str]]:
    moves = [(kind, move) for kind, move in (("rise", week.rise), ("fall", week.fall)) if move]
    return [
        *((kind, move.code, f"{move.before:.6f}", f"{move.after:.6f}") for kind, move in moves),
        *(("leader", change.definition.slug, change.before, change.after) for change in week.leaders),
        *(("model", entrant.name, None, str(entrant.rank)) for entrant in week.models),
        *(("publisher", entrant.name, None, str(entrant.rank)) for entrant in week.publishers),
        *(("claim", flip.test, flip.before, flip.after) for flip in week.flips),
        *(("counter-fell", fall.model, str(fall.before), str(fall.after)) for fall in week.falls),
        *([("gap", None, None, str(week.gap_days))] if week.gap_days else []),
        *(("repeated", None, None, day.isoformat()) for day in week.repeated),
        *(("correction", row.what, row.before or None, row.after) for row in week.corrections),
    ]
