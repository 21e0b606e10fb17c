"""Claims: what others said, measured on every date: the state of each, since when, and every change before."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from generator.errors import RegistryError
from generator.metrics.definitions import Definition
from generator.metrics.shares import ShareTable
from generator.metrics.table import DataFile, Field
from generator.metrics.topics import EVERY, Ground, Point, Topic
from generator.registry.claims import Claim

AFTER: Final = (EVERY,)

STATES: Final = ("holds", "level", "no-longer", "does-not", "too-little", "not-measurable")
# A measure that was last had longer ago than this says nothing about today; monthly ones are up to two months old.
MAX_AGE_DAYS: Final = 75
# What is shown meanwhile where a window of shares has no number yet: the longest one that has.
_MEANWHILE: Final[Mapping[str, tuple[str, ...]]] = {"12m": ("held", "30d"), "all-time": ("12m", "held", "30d")}
_NO_NUMBER: Final[Mapping[str, str]] = {"12m": "short-history", "all-time": "no-counter"}


@dataclass(frozen=True)
class Bounded:
    """A measure on a date, with what it would be without and with all that is unreviewed.

    Attributes:
        date: the last day that it speaks for.
        value: in the series' unit.
        lower: the lowest that it can be; the value itself where the series has no bounds.
        upper: the highest that it can be.
    """

    date: dt.date
    value: float
    lower: float
    upper: float


@dataclass(frozen=True)
class ClaimPoint:
    """A claim on a date.

    Attributes:
        date: the last day that both sides speak for.
        value: the measure.
        against: what it is held against.
        condition: `holds`, `level` or `fails`.
    """

    date: dt.date
    value: float
    against: float
    condition: str


@dataclass(frozen=True)
class ClaimChange:
    """A change of a claim's condition.

    Attributes:
        date: the first date on which the new condition was seen.
        last_seen: the last date on which the one before was seen; the change lies between the two.
        before: `holds`, `level` or `fails`.
        after: another one of them.
    """

    date: dt.date
    last_seen: dt.date
    before: str
    after: str


@dataclass(frozen=True)
class ClaimResult:
    """A claim, measured.

    Attributes:
        claim: the claim.
        state: one of `STATES`; `no-longer` if it fails and held on an earlier date, `does-not` if it never did.
        missing: why there is no number: `short-history`, `no-counter`, `no-measure` or `old`; empty where there is one.
        points: on every date on which both sides have a value, oldest first.
        changes: every change of its condition, oldest first; each begins where the one before ended.
        since: the first date of the present condition; None without a point.
        since_start: whether that is the first date that could be measured.
        meanwhile: the window (`held`, `30d` …) of `points` where the claim's own has no number; they then say nothing
            about the state. Empty otherwise.
    """

    claim: Claim
    state: str
    missing: str
    points: tuple[ClaimPoint, ...]
    changes: tuple[ClaimChange, ...]
    since: dt.date | None
    since_start: bool
    meanwhile: str

    @property
    def newest(self) -> ClaimPoint | None:
        """Return the newest point."""
        return self.points[-1] if self.points else None


@dataclass(frozen=True)
class Claims:
    """All claims.

    Attributes:
        results: in the registry's order.
    """

    results: tuple[ClaimResult, ...]

    @property
    def series(self) -> Mapping[str, tuple[Point, ...]]:
        """Return no measures: what claims are tested by belongs to other topics."""
        return {}

    @property
    def tables(self) -> tuple[DataFile, ...]:
        """Return the states, and the points on every date."""
        return (_build_states(self.results), _build_points(self.results))

    @property
    def items(self) -> Mapping[str, ClaimResult]:
        """Return each claim's result."""
        return {result.claim.slug: result for result in self.results}

    @property
    def groups(self) -> tuple[tuple[ClaimResult, ...], ...]:
        """Return the results by source, in the order in which the sources come first."""
        groups: dict[str, list[ClaimResult]] = {}
        for result in self.results:
            groups.setdefault(result.claim.source, []).append(result)
        return tuple(map(tuple, groups.values()))

    def count(self, *states: str) -> int:
        """Count the claims in some states."""
        return sum(result.state in states for result in self.results)


def compute(ground: Ground) -> Claims:
    """Measure every claim of the registry.

    Raises:
        RegistryError: a claim names a series of a topic that there is not.
    """
    _check_topics(ground.registry.claims, set(ground.topics))
    find = _Finder(ground.histories, ground.topics)
    return Claims(tuple(measure_claim(claim, find, ground.as_of) for claim in ground.registry.claims))


def _check_topics(claims: Sequence[Claim], topics: set[str]) -> None:
    """Check that each claim's topics exist; a country or family that a topic has no number of may well be missing."""
    problems = [
        f"claims.csv: {claim.slug} is measured by {name!r}, and there is no topic {name.partition('.')[0]!r}"
        for claim in claims
        for name in claim.series
        if not name.startswith("share/") and name.partition(".")[0].replace("-", "_") not in topics
    ]
    if problems:
        raise RegistryError(
            f"{len(problems)} measure(s) of claims cannot be found. There are series of "
            f"{', '.join(sorted(topics)) or 'no topic'}; correct the names:\n" + "\n".join(f"  {p}" for p in problems)
        )


def measure_claim(claim: Claim, find: Callable[[str], Sequence[Bounded]], as_of: dt.date) -> ClaimResult:
    """Measure a claim.

    Args:
        claim: the claim.
        find: returns a series by its name, oldest first; nothing for one that has no value.
        as_of: the newest date of the data.
    """
    if not claim.measure:
        return ClaimResult(claim, "not-measurable", "", (), (), None, since_start=False, meanwhile="")
    points = _list_points(claim, find, claim.measure, claim.against)
    if points and (as_of - points[-1].date).days <= MAX_AGE_DAYS:
        return _judge(claim, points)
    if points:
        return ClaimResult(claim, "too-little", "old", points, (), None, since_start=False, meanwhile="")
    window, other = _find_meanwhile(claim, find)
    missing = _NO_NUMBER.get(_window_of(claim.measure[0]), "no-measure")
    return ClaimResult(claim, "too-little", missing, other, (), None, since_start=False, meanwhile=window)


def find_condition(claim: Claim, value: Bounded, against: Bounded) -> str:
    """Tell whether a claim holds on a date.

    `above` and `below` hold, or fail, only where no outcome of the review could change that and the difference is
    more than what the claim calls level; `about` compares the values.
    """
    within = claim.level_within
    if claim.operator == "about":
        return "holds" if abs(value.value - against.value) <= within else "fails"
    larger, smaller = (value, against) if claim.operator == "above" else (against, value)
    if larger.lower - smaller.upper > within:
        return "holds"
    return "fails" if smaller.lower - larger.upper > within else "level"


def list_changes(points: Sequence[ClaimPoint]) -> tuple[ClaimChange, ...]:
    """List every change of the condition, oldest first."""
    return tuple(
        ClaimChange(after.date, before.date, before.condition, after.condition)
        for before, after in pairwise(points)
        if before.condition != after.condition
    )


class _Finder:
    """Finds series by their names."""

    def __init__(self, histories: Mapping[Definition, Sequence[ShareTable]], topics: Mapping[str, Topic]) -> None:
        self._tables = {definition.slug: tables for definition, tables in histories.items()}
        self._series = {
            f"{topic}.{name.removeprefix(topic + '.')}": points
            for topic, record in topics.items()
            for name, points in record.series.items()
        }

    def __call__(self, name: str) -> tuple[Bounded, ...]:
        """Return a series; nothing for one that has no value."""
        if name.startswith("share/"):
            _, slug, code = name.split("/")
            return tuple(_read_share(table, code) for table in self._tables.get(slug, ()))
        points = self._series.get(name, ())
        return tuple(Bounded(p.date, p.value, p.value, p.value) for p in points if p.value is not None)


def _read_share(table: ShareTable, code: str) -> Bounded:
    row = table.find(code)
    if row is None:
        return Bounded(table.as_of, 0.0, 0.0, min(table.share_of("UNREVIEWED"), 1.0))
    return Bounded(table.as_of, row.share, row.lower, row.upper)


def _list_points(
    claim: Claim, find: Callable[[str], Sequence[Bounded]], measure: Sequence[str], against: Sequence[str]
) -> tuple[ClaimPoint, ...]:
    left = _sum(measure, find)
    threshold = claim.threshold
    right = _sum(against, find) if threshold is None else {day: _exactly(day, threshold) for day in left}
    return tuple(
        ClaimPoint(day, left[day].value, right[day].value, find_condition(claim, left[day], right[day]))
        for day in sorted(left.keys() & right.keys())
    )


def _sum(names: Sequence[str], find: Callable[[str], Sequence[Bounded]]) -> dict[dt.date, Bounded]:
    """Sum series on the dates that all of them have."""
    series = [{point.date: point for point in find(name)} for name in names]
    days = set.intersection(*(set(points) for points in series))
    return {
        day: Bounded(
            day,
            sum(points[day].value for points in series),
            sum(points[day].lower for points in series),
            sum(points[day].upper for points in series),
        )
        for day in days
    }


def _exactly(day: dt.date, value: float) -> Bounded:
    return Bounded(day, value, value, value)


def _judge(claim: Claim, points: tuple[ClaimPoint, ...]) -> ClaimResult:
    changes = list_changes(points)
    condition = points[-1].condition
    if condition == "fails":
        condition = "no-longer" if any(point.condition == "holds" for point in points) else "does-not"
    since = changes[-1].date if changes else points[0].date
    return ClaimResult(claim, condition, "", points, changes, since, since_start=not changes, meanwhile="")


def _find_meanwhile(claim: Claim, find: Callable[[str], Sequence[Bounded]]) -> tuple[str, tuple[ClaimPoint, ...]]:
    """Return the longest window that has the shares of a claim whose own window has none."""
    own = _window_of(claim.measure[0])
    for window in _MEANWHILE.get(own, ()):
        names = [tuple(_change_window(name, own, window) for name in side) for side in (claim.measure, claim.against)]
        points = _list_points(claim, find, *names)
        if points:
            return window, points
    return "", ()


def _window_of(name: str) -> str:
    """Return the window of a share's name, as in a definition's slug; nothing for other series."""
    return next((window for window in _NO_NUMBER if name.startswith(f"share/{window}-")), "")


def _change_window(name: str, own: str, window: str) -> str:
    prefix = f"share/{own}-"
    return f"share/{window}-{name.removeprefix(prefix)}" if name.startswith(prefix) else name


def _build_states(results: Sequence[ClaimResult]) -> DataFile:
    fields = (
        Field("claim", "text", "Name of the claim."),
        Field("words", "text", "What is claimed, in our own words."),
        Field("claimed_by", "text", "Who said it."),
        Field("claimed_on", "date", "When."),
        Field("source", "text", "Where, in words."),
        Field("source_url", "text", "Where it can be read; empty where no free address is known."),
        Field("measure", "text", "Names of the series that are summed; empty where Hub counts cannot tell."),
        Field("operator", "text", "above, below or about."),
        Field("against", "text", "Series or number that the measure is held against."),
        Field("level_within", "number", "Difference within which the two are called level, in the unit."),
        Field("unit", "text", "share (fraction), days, parameters or number."),
        Field("value_then", "number", "What the source gave for the measure; empty where it gave nothing."),
        Field("against_then", "number", "What the source gave for the other side."),
        Field("state", "text", "holds, level, no-longer, does-not, too-little (history) or not-measurable."),
        Field("as_of", "date", "Last day that the state speaks for; empty without a number."),
        Field("value", "number", "The measure on that day."),
        Field("against_value", "number", "The other side on that day."),
        Field("since", "date", "First date of the present condition."),
        Field("since_start", "text", "yes if that is the first date that could be measured, else no."),
        Field("changes", "count", "Changes of the condition before."),
        Field("reason", "text", "Why it cannot be measured, or what the test leaves out."),
    )
    return DataFile("claims", "Claims", "A claim with its state.", fields, tuple(map(_list_state, results)))


def _list_state(result: ClaimResult) -> tuple[object, ...]:
    claim = result.claim
    point = None if result.state == "too-little" else result.newest
    return (
        claim.slug,
        claim.claim,
        claim.claimed_by,
        claim.claimed_on,
        claim.source,
        claim.source_url,
        " + ".join(claim.measure),
        claim.operator,
        " + ".join(claim.against),
        claim.level_within if claim.measure else None,
        claim.unit,
        claim.value_then,
        claim.against_then,
        result.state,
        point.date if point else None,
        point.value if point else None,
        point.against if point else None,
        result.since,
        ("yes" if result.since_start else "no") if point else None,
        len(result.changes) if point else None,
        claim.reason,
    )


def _build_points(results: Sequence[ClaimResult]) -> DataFile:
    fields = (
        Field("claim", "text", "Name of the claim."),
        Field("date", "date", "Last day that both sides speak for."),
        Field("window", "text", "Empty, or the window that stands in while the claim's own has no number."),
        Field("value", "number", "The measure."),
        Field("against", "number", "What it is held against."),
        Field("condition", "text", "holds, level or fails."),
    )
    rows = tuple(
        (result.claim.slug, point.date, result.meanwhile, point.value, point.against, point.condition)
        for result in results
        for point in result.points
    )
    return DataFile("claims-history", "Claims over time", "A claim on a date.", fields, rows)
