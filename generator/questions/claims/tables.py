"""Claims: what others said, and what their tests say on every date: the state of each, since when, every change."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

from generator.base.errors import RegistryError
from generator.questions.ground import Answer, Ground, Tables
from generator.registry.claims import HUB, UPLOADERS, Claim, ClaimTest, find_other_reading
from generator.star.columns import COLUMNS
from generator.star.definitions import Definition
from generator.star.shares import ShareTable
from generator.star.table import Column, Row, Table, declare_table
from generator.text import words
from generator.text.say import say

# Of a test, and of a claim that has none.
STATES: Final = (
    *("holds", "does-not", "depends", "level"),
    *("too-little", "no-data", "selection", "not-measurable"),
)
# By the newest condition, or by why there is no state.
_STATE_OF: Final[Mapping[str, str]] = {
    "holds": "holds",
    "level": "level",
    "fails": "does-not",
    "depends": "depends",
    "short-history": "too-little",
    "no-counter": "no-data",
    "no-measure": "no-data",
    "old": "no-data",
    "selection": "selection",
}
# A measure that was last had longer ago than this says nothing about today; monthly ones are up to two months old.
MAX_AGE_DAYS: Final = 75
# What is shown meanwhile where a window of shares has no number yet: the longest one that has.
_MEANWHILE: Final[Mapping[str, tuple[str, ...]]] = {"12m": ("held", "30d"), "all-time": ("12m", "held", "30d")}
_NO_NUMBER: Final[Mapping[str, str]] = {"12m": "short-history", "all-time": "no-counter"}

# Between names that stand in one cell.
_JOINED: Final = " + "

_TEST: Final = Column("test", "text", say("Test"), "Name of the test.")
_WORDS: Final = Column("words", "text", say("In words"), "What is claimed or tested, in our own words.")
_UNIT: Final = "In the unit of the test."
VALUE: Final = Column("value", "number", say("Measure"), f"The measure. {_UNIT}")
AGAINST: Final = Column("against_value", "number", say("Against"), f"What it is held against. {_UNIT}")
OTHER: Final = Column(
    "other_value", "number", say("The other way"), "The measure by the other attribution; missing where there is none."
)
OTHER_AGAINST: Final = Column(
    "other_against_value", "number", say("Against"), "The other side by the other attribution; likewise."
)
CONDITION: Final = Column(
    "condition",
    "text",
    say("The test"),
    "holds, level or fails; in a picture depends, where the two attributions disagree.",
    vocabulary=words.CONDITIONS,
)

CLAIMS: Final = declare_table(
    "claims",
    "Claims",
    "A claim with the states of its tests.",
    Column("claim", "text", say("Claim"), "Name of the claim."),
    _WORDS,
    Column("claimed_by", "text", say("Claimed by"), "Who said it."),
    Column("claimed_on", "date", say("Claimed on"), "When."),
    Column("source", "text", say("Source"), "Where, in words."),
    COLUMNS["source_url"],
    Column("tests", "text", say("Tests"), "Names of its tests, joined by +; empty where Hub counts cannot tell."),
    Column("states", "text", say("States"), "The state of each test, in the same order; not-measurable without one."),
    Column("value_then", "number", say("Then"), "What the source gave for the first test's measure."),
    Column("against_then", "number", say("Against, then"), "What the source gave for the other side."),
    Column("reason", "text", say("Reason"), "Why it cannot be measured, or what is to be known of it."),
    COLUMNS["checked_on"],
)
TESTS: Final = declare_table(
    "claims-tests",
    "Tests of claims",
    "A test with its state.",
    *(_TEST, _WORDS),
    Column("about", "text", say("About"), "makers: by maker; uploaders: by publisher; empty where neither is meant."),
    Column("measure", "text", say("Measure"), "Names of the series that are summed, joined by +."),
    Column("operator", "text", say("Operator"), "above, below or about."),
    Column("against", "text", say("Against"), "Series, joined by +, or number that the measure is held against."),
    Column("threshold", "number", say("Threshold"), f"That number; missing where it is a series. {_UNIT}"),
    Column("level_within", "number", say("Level within"), f"Difference within which the two are level. {_UNIT}"),
    Column("unit", "text", say("Unit"), "share (fraction), days, parameters or number."),
    Column("needs", "text", say("Needs"), "hub where only all public models can tell, else empty."),
    Column("state", "text", say("State"), f"{', '.join(STATES[:-1])}.", vocabulary=words.STATES),
    Column(
        "missing",
        "text",
        say("No state"),
        "Why: short-history, no-counter, no-measure, old or selection; empty with a state.",
    ),
    COLUMNS["window"],
    *(COLUMNS["as_of"], VALUE, AGAINST, OTHER, OTHER_AGAINST),
    Column("stands_since", "date", say("Since"), "First date of the present condition."),
    Column("since_start", "text", say("From the start"), "yes if that is the first date that could be measured."),
    Column("changes", "count", say("Changes"), "Changes of the condition before.", "changes"),
    Column("leaves_out", "text", say("Leaves out"), "What the test leaves out."),
)
HISTORY: Final = declare_table(
    "claims-history",
    "Tests over time",
    "A test on a date under an attribution, that of the claim first; the window is one that stands in for its own.",
    *(_TEST, COLUMNS["as_of"], COLUMNS["window"], COLUMNS["attribution"], VALUE, AGAINST, CONDITION),
)

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
    def condition(self) -> str:
        """Return `holds`, `level` or `fails`, or `depends` where the two ways of counting disagree."""
        agrees = self.other is None or self.other.condition == self.own.condition
        return self.own.condition if agrees else "depends"

    @property
    def row(self) -> Row:
        """Return date and sides, both ways, as the tables name them."""
        return {
            "as_of": self.date,
            "value": self.own.value,
            "against_value": self.own.against,
            "other_value": self.other.value if self.other else None,
            "other_against_value": self.other.against if self.other else None,
        }


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
        test: its row, as `describe_test` returns it.
        missing: why there is no state: `short-history`, `no-counter`, `no-measure`, `old` or `selection`; else empty.
        points: on every date on which both sides have a value, oldest first.
        meanwhile: the window (`held`, `30d` …) of `points` where the test's own has no number; they then say nothing
            about the state. Empty otherwise.
    """

    test: Row
    missing: str
    points: tuple[ClaimPoint, ...]
    meanwhile: str = ""

    @property
    def state(self) -> str:
        """Return one of `STATES`, but never `not-measurable`."""
        return _STATE_OF[self.missing or self.points[-1].condition]

    @cached_property
    def changes(self) -> tuple[ClaimChange, ...]:
        """Return every change of its condition, oldest first; each begins where the one before ended."""
        return () if self.missing else list_changes(self.points)

    @property
    def since(self) -> dt.date | None:
        """Return the first date of the present condition; None without a state."""
        if self.missing:
            return None
        return self.changes[-1].date if self.changes else self.points[0].date

    @property
    def since_start(self) -> bool:
        """Return whether that is the first date that could be measured."""
        return not (self.missing or self.changes)

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
    """A claim, its row, with its tests; none where no count of downloads can tell."""

    claim: Row
    tests: tuple[Outcome, ...]

    @property
    def states(self) -> tuple[str, ...]:
        """Return the state of each test; of a claim without one that it is not measurable."""
        return tuple(test.state for test in self.tests) or ("not-measurable",)

    @property
    def is_judged(self) -> bool:
        """Return whether one of the tests has been judged."""
        return any(test.since for test in self.tests)


def list_claims(tables: Tables) -> dict[str, ClaimResult]:
    """List the claims with their tests by the name of their page, in the registry's order."""
    points = _read_points(tables["claims-history"])
    tests = {
        row["test"]: Outcome(row, row["missing"], points.get(row["test"], ()), row["window"])
        for row in tables["claims-tests"].records()
    }
    return {
        row["claim"]: ClaimResult(row, tuple(tests[name] for name in list_names(row["tests"])))
        for row in tables["claims"].records()
    }


def list_tests(results: Iterable[ClaimResult]) -> tuple[Outcome, ...]:
    """Return each test once, whatever number of claims rests on it, in the order of the claims."""
    return tuple({test.test["test"]: test for result in results for test in result.tests}.values())


def list_names(joined: str) -> tuple[str, ...]:
    """Return the names of tests or series in a column of several, which stand joined by +."""
    return tuple(joined.split(_JOINED)) if joined else ()


def find_claim(test: str, results: Iterable[ClaimResult]) -> Row:
    """Return the first claim that rests on a test."""
    return next(result.claim for result in results if test in list_names(result.claim["tests"]))


def compute(ground: Ground) -> tuple[Table, ...]:
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
    return fill_tables(ground.registry.claims, measured)


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
    points, about = _list_points(test, find, test.measure, test.against), describe_test(test)
    if not points and not window:
        return Outcome(about, "no-measure", ())
    if test.needs == HUB and not may_judge:
        return Outcome(about, "selection", points)
    if not points:
        meanwhile, other = _find_meanwhile(test, find)
        return Outcome(about, _NO_NUMBER[window], other, meanwhile)
    return Outcome(about, "old" if (as_of - points[-1].date).days > MAX_AGE_DAYS else "", points)


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

    def __init__(self, histories: Mapping[Definition, Sequence[ShareTable]], topics: Mapping[str, Answer]) -> None:
        self._tables = {definition.slug: tables for definition, tables in histories.items()}
        self._series = {name: points for record in topics.values() for name, points in record.series.items()}

    def __call__(self, name: str) -> tuple[Bounded, ...]:
        """Return a series; nothing for one that has no value."""
        if name.startswith("share/"):
            _, slug, code = name.split("/")
            return tuple(_read_share(table, code) for table in self._tables.get(slug, ()))
        points = self._series.get(name, ())
        return tuple(_exactly(point.date, point.value) for point in points if point.value is not None)


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


def fill_tables(claims: Iterable[Claim], measured: Mapping[str, Outcome]) -> tuple[Table, ...]:
    """Return claims, the tests that they rest on, and the points of these; given is each test measured, by its name."""
    held = list(claims)
    tests = {name: measured[name] for claim in held for name in claim.tests}
    points = [row for outcome in tests.values() for row in _list_points_of(outcome)]
    return (
        CLAIMS.fill([_describe_claim(claim, measured) for claim in held]),
        TESTS.fill([_describe_outcome(outcome) for outcome in tests.values()]),
        HISTORY.fill(points),
    )


def describe_test(test: ClaimTest) -> Row:
    """Return what a row says of a test before it is measured."""
    taken = ("about", "operator", "level_within", "unit", "needs", "leaves_out", "threshold")
    return {name: getattr(test, name) for name in taken} | {
        "test": test.slug,
        "words": test.test,
        "measure": _JOINED.join(test.measure),
        "against": _JOINED.join(test.against),
    }


def _describe_claim(claim: Claim, measured: Mapping[str, Outcome]) -> Row:
    taken = (
        *("claimed_by", "claimed_on", "source", "source_url", "value_then", "against_then", "reason", "checked_on"),
    )
    states = [measured[name].state for name in claim.tests] or ["not-measurable"]
    return {name: getattr(claim, name) for name in taken} | {
        "claim": claim.slug,
        "words": claim.claim,
        "tests": _JOINED.join(claim.tests),
        "states": _JOINED.join(states),
    }


def _describe_outcome(result: Outcome) -> Row:
    about = {**result.test, "state": result.state, "missing": result.missing, "window": result.meanwhile}
    if result.missing:
        return about
    return {
        **about,
        **result.points[-1].row,
        "stands_since": result.since,
        "since_start": "yes" if result.since_start else "no",
        "changes": len(result.changes),
    }


def _list_points_of(result: Outcome) -> Iterator[Row]:
    for point in result.points:
        for name, sides in zip(list_attributions(result.test["about"]), (point.own, point.other), strict=False):
            if sides:
                held = {"value": sides.value, "against_value": sides.against, "condition": sides.condition}
                about = {"test": result.test["test"], "as_of": point.date, "window": result.meanwhile}
                yield {**about, "attribution": name, **held}


def _read_points(history: Table) -> dict[str, tuple[ClaimPoint, ...]]:
    """Return the points of each test; of two rows of a date the first is as the claim asks for it."""
    found: dict[str, dict[dt.date, list[Sides]]] = defaultdict(lambda: defaultdict(list))
    for row in history.records():
        sides = Sides(row["value"], row["against_value"], row["condition"])
        found[row["test"]][row["as_of"]].append(sides)
    return {
        test: tuple(ClaimPoint(day, sides[0], sides[1] if len(sides) > 1 else None) for day, sides in days.items())
        for test, days in found.items()
    }


def list_attributions(about: str) -> tuple[str, ...]:
    """Return the attribution that a test asks for, then the other; an empty name where it is about neither."""
    if not about:
        return ("",)
    return ("publisher", "origin") if about == UPLOADERS else ("origin", "publisher")
