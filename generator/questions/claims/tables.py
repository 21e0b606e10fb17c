"""Claims: what others said, and what their tests say on every date: the state of each, since when, every change."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

from generator.base.errors import RegistryError
from generator.questions.ground import EVERY, Ground, Topic
from generator.questions.series import Point
from generator.registry.claims import HUB, UPLOADERS, Claim, ClaimTest, find_other_reading
from generator.star.definitions import Definition
from generator.star.files import DataFile, Field
from generator.star.shares import ShareTable

AFTER: Final = (EVERY,)

# Of a test, and of a claim that has none.
STATES: Final = (
    *("holds", "does-not", "depends", "level"),
    *("too-little", "no-data", "selection", "not-measurable"),
)
_STATE_OF: Final[Mapping[str, str]] = {
    "holds": "holds",
    "level": "level",
    "fails": "does-not",
    "depends": "depends",
}
# A measure that was last had longer ago than this says nothing about today; monthly ones are up to two months old.
MAX_AGE_DAYS: Final = 75
# What is shown meanwhile where a window of shares has no number yet: the longest one that has.
_MEANWHILE: Final[Mapping[str, tuple[str, ...]]] = {"12m": ("held", "30d"), "all-time": ("12m", "held", "30d")}
_NO_NUMBER: Final[Mapping[str, str]] = {"12m": "short-history", "all-time": "no-counter"}

_Find = Callable[[str], "Sequence[Bounded]"]


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
class Sides:
    """Both sides of a test on a date, counted in one way.

    Attributes:
        value: the measure.
        against: what it is held against.
        condition: `holds`, `level` or `fails`.
    """

    value: float
    against: float
    condition: str


@dataclass(frozen=True)
class ClaimPoint:
    """A test on a date.

    Attributes:
        date: the last day that both sides speak for.
        own: the two sides as the claim asks for: makers by origin, uploaders by publisher.
        other: the two sides the other way; None where there is no other way, or no number.
    """

    date: dt.date
    own: Sides
    other: Sides | None

    @property
    def value(self) -> float:
        """Return the measure as the claim asks for it."""
        return self.own.value

    @property
    def against(self) -> float:
        """Return what it is held against."""
        return self.own.against

    @property
    def condition(self) -> str:
        """Return `holds`, `level` or `fails`, or `depends` where the two ways of counting disagree."""
        agrees = self.other is None or self.other.condition == self.own.condition
        return self.own.condition if agrees else "depends"


@dataclass(frozen=True)
class ClaimChange:
    """A change of a test's condition.

    Attributes:
        date: the first date on which the new condition was seen.
        last_seen: the last date on which the one before was seen; the change lies between the two.
        before: `holds`, `level`, `fails` or `depends`.
        after: another one of them.
    """

    date: dt.date
    last_seen: dt.date
    before: str
    after: str


@dataclass(frozen=True)
class Outcome:
    """A test, measured.

    Attributes:
        test: the test.
        state: one of `STATES`, but never `not-measurable`.
        missing: why there is no state: `short-history`, `no-counter`, `no-measure`, `old` or `selection`; else empty.
        points: on every date on which both sides have a value, oldest first.
        changes: every change of its condition, oldest first; each begins where the one before ended.
        since: the first date of the present condition; None without a state.
        since_start: whether that is the first date that could be measured.
        meanwhile: the window (`held`, `30d` …) of `points` where the test's own has no number; they then say nothing
            about the state. Empty otherwise.
    """

    test: ClaimTest
    state: str
    missing: str
    points: tuple[ClaimPoint, ...]
    changes: tuple[ClaimChange, ...] = ()
    since: dt.date | None = None
    since_start: bool = False
    meanwhile: str = ""

    @property
    def newest(self) -> ClaimPoint | None:
        """Return the newest point."""
        return self.points[-1] if self.points else None

    @property
    def is_drawn(self) -> bool:
        """Return whether it has a picture: a selection's numbers beside a claim on the whole Hub would mislead."""
        return bool(self.points) and self.state != "selection"


@dataclass(frozen=True)
class ClaimResult:
    """A claim with its tests, none where no count of downloads can tell."""

    claim: Claim
    tests: tuple[Outcome, ...]

    @property
    def states(self) -> tuple[str, ...]:
        """Return the state of each test; of a claim without one that it is not measurable."""
        return tuple(test.state for test in self.tests) or ("not-measurable",)

    @property
    def is_judged(self) -> bool:
        """Return whether one of the tests has been judged."""
        return any(test.since for test in self.tests)


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
        """Return the claims, their tests with the states, and the points on every date."""
        return (_build_claims(self.results), _build_tests(self.tests), _build_points(self.tests))

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

    @cached_property
    def tests(self) -> tuple[Outcome, ...]:
        """Return each test once, whatever number of claims rests on it, in the order of the claims."""
        return tuple({test.test.slug: test for result in self.results for test in result.tests}.values())

    @property
    def unmeasurable(self) -> tuple[ClaimResult, ...]:
        """Return the claims that no count of downloads can test."""
        return tuple(result for result in self.results if not result.tests)

    def find_claim(self, test: str) -> Claim:
        """Return the first claim that rests on a test."""
        return next(result.claim for result in self.results if test in result.claim.tests)

    def count(self, state: str) -> int:
        """Count the tests in a state, each once."""
        return sum(test.state == state for test in self.tests)


def compute(ground: Ground) -> Claims:
    """Measure every claim of the registry.

    Raises:
        RegistryError: a test names a series of a topic that there is not.
    """
    tests = ground.registry.claim_tests
    _check_topics(tests.values(), set(ground.topics))
    find = _Finder(ground.histories, ground.topics)
    measured = {
        slug: measure_test(test, find, ground.as_of, may_judge=ground.scope.may_judge_levels)
        for slug, test in tests.items()
    }
    return Claims(
        tuple(ClaimResult(claim, tuple(measured[name] for name in claim.tests)) for claim in ground.registry.claims)
    )


def _check_topics(tests: Iterable[ClaimTest], topics: set[str]) -> None:
    """Check that each test's topics exist; a country or family that a topic has no number of may well be missing."""
    problems = [
        f"claim_tests.csv: {test.slug} is measured by {name!r}, and there is no topic {name.partition('.')[0]!r}"
        for test in tests
        for name in test.series
        if not name.startswith("share/") and name.partition(".")[0].replace("-", "_") not in topics
    ]
    if problems:
        raise RegistryError(
            f"{len(problems)} measure(s) of claims cannot be found. There are series of "
            f"{', '.join(sorted(topics)) or 'no topic'}; correct the names:\n" + "\n".join(f"  {p}" for p in problems)
        )


def measure_test(test: ClaimTest, find: _Find, as_of: dt.date, *, may_judge: bool) -> Outcome:
    """Measure a test.

    Args:
        test: the test.
        find: returns a series by its name, oldest first; nothing for one that has no value.
        as_of: the newest date of the data.
        may_judge: whether a claim about the whole Hub can hold or fail over these data.
    """
    window = _window_of(test.measure[0])
    points = _list_points(test, find, test.measure, test.against)
    if not points and not window:
        return Outcome(test, "no-data", "no-measure", ())
    if test.needs == HUB and not may_judge:
        return Outcome(test, "selection", "selection", points)
    if not points:
        meanwhile, other = _find_meanwhile(test, find)
        state = "too-little" if window == "12m" else "no-data"
        return Outcome(test, state, _NO_NUMBER[window], other, meanwhile=meanwhile)
    if (as_of - points[-1].date).days > MAX_AGE_DAYS:
        return Outcome(test, "no-data", "old", points)
    return _judge(test, points)


def find_condition(test: ClaimTest, value: Bounded, against: Bounded) -> str:
    """Tell whether a test's condition holds on a date.

    `above` and `below` hold, or fail, only where no outcome of the review could change that and the difference is
    more than what the test calls level; `about` compares the values.
    """
    within = test.level_within
    if test.operator == "about":
        return "holds" if abs(value.value - against.value) <= within else "fails"
    larger, smaller = (value, against) if test.operator == "above" else (against, value)
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
    test: ClaimTest, find: _Find, measure: Sequence[str], against: Sequence[str]
) -> tuple[ClaimPoint, ...]:
    own = _list_sides(test, find, measure, against)
    turned = (tuple(map(find_other_reading, side)) for side in (measure, against))
    other = _list_sides(test, find, *turned) if test.about else {}
    return tuple(ClaimPoint(day, sides, other.get(day)) for day, sides in sorted(own.items()))


def _list_sides(test: ClaimTest, find: _Find, measure: Sequence[str], against: Sequence[str]) -> dict[dt.date, Sides]:
    left, threshold = _sum(measure, find), test.threshold
    right = _sum(against, find) if threshold is None else {day: _exactly(day, threshold) for day in left}
    return {
        day: Sides(left[day].value, right[day].value, find_condition(test, left[day], right[day]))
        for day in left.keys() & right.keys()
    }


def _sum(names: Sequence[str], find: _Find) -> dict[dt.date, Bounded]:
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


def _judge(test: ClaimTest, points: tuple[ClaimPoint, ...]) -> Outcome:
    changes = list_changes(points)
    since = changes[-1].date if changes else points[0].date
    state = _STATE_OF[points[-1].condition]
    return Outcome(test, state, "", points, changes, since, since_start=not changes)


def _find_meanwhile(test: ClaimTest, find: _Find) -> tuple[str, tuple[ClaimPoint, ...]]:
    """Return the longest window that has the shares of a test whose own window has none."""
    own = _window_of(test.measure[0])
    for window in _MEANWHILE.get(own, ()):
        names = [tuple(_change_window(name, own, window) for name in side) for side in (test.measure, test.against)]
        points = _list_points(test, find, *names)
        if points:
            return window, points
    return "", ()


def _window_of(name: str) -> str:
    """Return the window of a share's name, as in a definition's slug; nothing for other series."""
    return next((window for window in _NO_NUMBER if name.startswith(f"share/{window}-")), "")


def _change_window(name: str, own: str, window: str) -> str:
    prefix = f"share/{own}-"
    return f"share/{window}-{name.removeprefix(prefix)}" if name.startswith(prefix) else name


def _build_claims(results: Sequence[ClaimResult]) -> DataFile:
    fields = (
        Field("claim", "text", "Name of the claim."),
        Field("words", "text", "What is claimed, in our own words."),
        Field("claimed_by", "text", "Who said it."),
        Field("claimed_on", "date", "When."),
        Field("source", "text", "Where, in words."),
        Field("source_url", "text", "Where it can be read; empty where no free address is known."),
        Field("tests", "text", "Names of its tests, joined by +; empty where Hub counts cannot tell."),
        Field("states", "text", "The state of each test, in the same order; not-measurable without one."),
        Field("value_then", "number", "What the source gave for the first test's measure; empty without one."),
        Field("against_then", "number", "What the source gave for the other side."),
        Field("reason", "text", "Why it cannot be measured, or what is to be known of it."),
    )
    rows = tuple(
        (
            *(result.claim.slug, result.claim.claim, result.claim.claimed_by, result.claim.claimed_on),
            *(result.claim.source, result.claim.source_url),
            *(" + ".join(result.claim.tests), " + ".join(result.states)),
            *(result.claim.value_then, result.claim.against_then, result.claim.reason),
        )
        for result in results
    )
    return DataFile("claims", "Claims", "A claim with the states of its tests.", fields, rows)


def _build_tests(results: Sequence[Outcome]) -> DataFile:
    fields = (
        Field("test", "text", "Name of the test."),
        Field("words", "text", "The sentence that is tested."),
        Field("about", "text", "makers: by origin; uploaders: by publisher; empty where neither is meant."),
        Field("measure", "text", "Names of the series that are summed."),
        Field("operator", "text", "above, below or about."),
        Field("against", "text", "Series or number that the measure is held against."),
        Field("level_within", "number", "Difference within which the two are called level, in the unit."),
        Field("unit", "text", "share (fraction), days, parameters or number."),
        Field("needs", "text", "hub where only all public models can tell, else empty."),
        Field("state", "text", f"{', '.join(STATES[:-1])}."),
        Field("as_of", "date", "Last day that the state speaks for; empty without one."),
        Field("value", "number", "The measure on that day."),
        Field("against_value", "number", "The other side on that day."),
        Field("other_value", "number", "The measure by the other attribution; empty where there is none."),
        Field("other_against_value", "number", "The other side by the other attribution."),
        Field("since", "date", "First date of the present condition."),
        Field("since_start", "text", "yes if that is the first date that could be measured, else no."),
        Field("changes", "count", "Changes of the condition before."),
        Field("leaves_out", "text", "What the test leaves out."),
    )
    return DataFile(
        "claims-tests", "Tests of claims", "A test with its state.", fields, tuple(map(_list_test, results))
    )


def _list_test(result: Outcome) -> tuple[object, ...]:
    test, point = result.test, result.newest if result.since else None
    other = point.other if point else None
    return (
        *(test.slug, test.test, test.about, " + ".join(test.measure), test.operator, " + ".join(test.against)),
        *(test.level_within, test.unit, test.needs, result.state),
        *((point.date, point.value, point.against) if point else (None, None, None)),
        *((other.value, other.against) if other else (None, None)),
        result.since,
        ("yes" if result.since_start else "no") if point else None,
        len(result.changes) if point else None,
        test.leaves_out,
    )


def _build_points(results: Sequence[Outcome]) -> DataFile:
    fields = (
        Field("test", "text", "Name of the test."),
        Field("date", "date", "Last day that both sides speak for."),
        Field("window", "text", "Empty, or the window that stands in while the test's own has no number."),
        Field("attribution", "text", "publisher or origin; empty where the test is about neither."),
        Field("value", "number", "The measure."),
        Field("against", "number", "What it is held against."),
        Field("condition", "text", "holds, level or fails."),
    )
    rows = tuple(
        (result.test.slug, point.date, result.meanwhile, name, sides.value, sides.against, sides.condition)
        for result in results
        for point in result.points
        for name, sides in zip(list_attributions(result.test), (point.own, point.other), strict=False)
        if sides
    )
    return DataFile("claims-history", "Tests over time", "A test on a date under an attribution.", fields, rows)


def list_attributions(test: ClaimTest) -> tuple[str, ...]:
    """Return the attribution that a test asks for, then the other; an empty name where it asks for none."""
    if not test.about:
        return ("",)
    return ("publisher", "origin") if test.about == UPLOADERS else ("origin", "publisher")
