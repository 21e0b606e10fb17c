"""Claims: known answers for each state, every change of it, and the real ones on the bundled data."""

import datetime as dt
import shutil
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.base.errors import RegistryError
from generator.base.scope import EXAMPLE, WHOLE_HUB
from generator.publish.datafiles import render_csv
from generator.publish.pages import build_pages, prose
from generator.questions.claims.tables import (
    STATES,
    Bounded,
    ClaimPoint,
    ClaimResult,
    Outcome,
    Sides,
    describe_test,
    fill_tables,
    list_changes,
    list_claims,
    list_tests,
    measure_test,
)
from generator.questions.claims.words import name_side, state_now, state_since, write_pair
from generator.questions.gallery import build_figures
from generator.questions.report import Report
from generator.questions.topics import state_item, state_topic
from generator.registry import load_registry
from generator.registry.claims import find_other_reading
from generator.registry.load import FOLDER
from tests.histories import CELLS, TEST_CELLS, make_claim, make_history, make_test
from tests.spoken import ENGLISH, speak

pytestmark = pytest.mark.slow

FIRST = dt.date(2026, 9, 1)
REAL = load_registry().claims
REAL_TESTS = tuple(load_registry().claim_tests.values())
# Series of which the bundled catalogue has no model: it leaves video out.
NOT_BUNDLED = frozenset({"tasks.origin-share.video.CN", "tasks.origin-share.video.US"})
BOTH_WAYS = "share/30d-all-{}/{}"
# Every assertion of the press article of 27 November 2025, with the claim that holds it.
ARTICLE = {
    "China 17.1% against 15.8% of a year's downloads": "china-ahead-of-us",
    "the first time that it is ahead": "china-ahead-first-time",
    "the German text: a growth of 17%": "german-text-growth",
    "DeepSeek and Qwen are the most downloaded": "qwen-deepseek-most-of-china",
    "China releases every one or two weeks": "china-releases-fortnightly",
    "the United States every six to twelve months": "us-releases-half-yearly",
    "China leads in video": "china-leads-video",
    "small models": "china-smaller-models",
    "that can do much": "china-small-capable",
    "cheap and easy to run on limited hardware": "china-runs-on-less",
    "adaptable": "china-adaptable",
    "DeepSeek is comparable at lower cost": "deepseek-as-good-for-less",
    "OpenAI opens weights, not data": "openai-weights-not-data",
    "Meta turns to closed models": "meta-turns-closed",
    "Olmo 3 is fully open": "olmo-fully-open",
    "the United States lack a large independent team": "us-companies-dominate",
    "cheap chips and a wide base of research, despite a lack of chips": "china-chips",
    "weight in the world's market": "china-market-weight",
    "who shapes the future": "leaders-shape-future",
}


def day(number: int) -> dt.date:
    """Return the first of September 2026 and some days."""
    return FIRST + dt.timedelta(days=number)


def series(*values: float, doubt: float = 0.0) -> tuple[Bounded, ...]:
    """Make a series of a value a week, each of which could be larger by what is in doubt."""
    return tuple(Bounded(day(7 * n), value, value, value + doubt) for n, value in enumerate(values))


def measure(
    found: Mapping[str, Sequence[Bounded]], as_of: dt.date | None = None, *, may_judge: bool = True, **cells: str
) -> Outcome:
    """Measure the usual test, or one that differs, by series under the short names `CN` and `US`."""
    last = max((points[-1].date for points in found.values() if points), default=FIRST)
    names = {f"share/30d-all-publisher/{code}": points for code, points in found.items()} | dict(found)
    return measure_test(make_test(**cells), lambda name: names.get(name, ()), as_of or last, may_judge=may_judge)


def count(**shares: float) -> dict[str, Sequence[Bounded]]:
    """Make shares of China and the United States by `publisher` and `origin`: `publisher_CN=0.4`."""
    return {BOTH_WAYS.format(*name.split("_")): series(share) for name, share in shares.items()}


def claims_of(report: Report) -> tuple[ClaimResult, ...]:
    """Return the claims of a report with their tests."""
    return tuple(report.topics["claims"].items.values())


def _has(report: Report, name: str) -> bool:
    topic, _, rest = name.partition(".")
    return bool({rest, name} & set(report.topics[topic].series))


@pytest.mark.parametrize(
    ("china", "america", "doubt", "state"),
    [
        (0.5, 0.3, 0.0, "holds"),
        (0.5, 0.3, 0.1, "holds"),
        (0.5, 0.3, 0.3, "level"),  # all that is in doubt could be American
        (0.3, 0.5, 0.3, "level"),
        (0.3, 0.5, 0.1, "does-not"),
        (0.4, 0.4, 0.0, "level"),
    ],
)
def test_above_holds_only_beyond_doubt(china: float, america: float, doubt: float, state: str) -> None:
    """The lower bound of the one against the upper bound of the other, as with leads."""
    found = {"CN": series(china, doubt=doubt), "US": series(america, doubt=doubt)}
    assert measure(found).state == state


@pytest.mark.parametrize(("value", "state"), [(0.53, "holds"), (0.51, "level"), (0.49, "level"), (0.47, "does-not")])
def test_a_difference_within_the_tolerance_is_level(value: float, state: str) -> None:
    """Against one half, within two points."""
    assert measure({"CN": series(value)}, against="0.5", level_within="0.02").state == state


@pytest.mark.parametrize(("value", "state"), [(10, "holds"), (13.5, "level"), (40, "does-not")])
def test_below_is_above_the_other_way_round(value: float, state: str) -> None:
    """Under fourteen days, level within one."""
    cells = {"operator": "below", "against": "14", "level_within": "1", "unit": "days"}
    assert measure({"CN": series(value)}, **cells).state == state


@pytest.mark.parametrize(("value", "state"), [(0.17, "holds"), (0.152, "holds"), (0.2, "does-not")])
def test_about_compares_the_values(value: float, state: str) -> None:
    """Within two points of 17.1%, whatever is in doubt."""
    found = {"CN": series(value, doubt=0.5)}
    assert measure(found, operator="about", against="0.171", level_within="0.02").state == state


def test_one_that_held_before_says_until_when() -> None:
    """It does not hold, as one that never did; since when is told."""
    found = measure({"CN": series(0.6, 0.4), "US": series(0.3, 0.5)})
    assert (found.state, found.since, found.since_start) == ("does-not", day(7), False)
    assert speak(state_since(found)) == "It has not held since 8 Sep 2026; on 1 Sep 2026 it held."


@pytest.mark.parametrize(
    ("origin", "publisher", "state"),
    [
        ((0.5, 0.3), (0.4, 0.3), "holds"),
        ((0.3, 0.5), (0.2, 0.5), "does-not"),
        ((0.4, 0.4), (0.4, 0.4), "level"),
        ((0.5, 0.3), (0.3, 0.5), "depends"),
        ((0.5, 0.3), (0.4, 0.4), "depends"),  # level is another answer than held
    ],
)
def test_the_other_attribution_stands_beside_and_must_agree(
    origin: tuple[float, float], publisher: tuple[float, float], state: str
) -> None:
    """Makers by origin, with the uploaders beside them."""
    found = count(origin_CN=origin[0], origin_US=origin[1], publisher_CN=publisher[0], publisher_US=publisher[1])
    sides = {"measure": BOTH_WAYS.format("origin", "CN"), "against": BOTH_WAYS.format("origin", "US")}
    outcome = measure(found, about="makers", **sides)
    assert outcome.state == state
    assert [(point.own.value, point.own.against) for point in outcome.points] == [origin]
    assert [(point.other.value, point.other.against) for point in outcome.points if point.other] == [publisher]


def test_both_ways_of_counting_are_said() -> None:
    """Where they disagree, and what each says."""
    found = count(origin_CN=0.3, origin_US=0.5, publisher_CN=0.5, publisher_US=0.3)
    said = speak(state_now(measure(found), WHOLE_HUB))
    assert said == (
        "On 1 Sep 2026, counted by publisher: China 50.0% against United States 30.0%. Counted by maker: China "
        "30.0% against United States 50.0%. By maker it does not hold, by publisher it holds."
    )


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("share/12m-all-publisher/CN", "share/12m-all-origin/CN"),
        ("share/12m-all-origin/CN", "share/12m-all-publisher/CN"),
        ("sizes.share-laptop.CN", "sizes.origin-share-laptop.CN"),
        ("tasks.origin-share.video.CN", "tasks.share.video.CN"),
    ],
)
def test_each_series_has_a_twin_by_the_other_attribution(name: str, other: str) -> None:
    """Shares name the attribution at their end, topics' series at their beginning."""
    assert find_other_reading(name) == other


def test_a_claim_on_the_whole_hub_is_not_judged_over_a_selection() -> None:
    """The numbers stand there without a state; over the whole Hub there is one."""
    found = {"CN": series(0.6), "US": series(0.3)}
    outcome = measure(found, needs="hub", may_judge=False)
    assert (outcome.state, outcome.since, outcome.is_drawn) == ("selection", None, False)
    assert speak(state_now(outcome, EXAMPLE)) == (
        "It is about all public models; models in the llmfit catalogue are only some of them. Among "
        "models in the llmfit catalogue: China 60.0% against United States 30.0% on "
        "1 Sep 2026."
    )
    assert measure(found, needs="hub").state == "holds"


def test_a_measure_without_a_model_is_no_data_and_not_too_little_history() -> None:
    """No time will bring a number of what the list leaves out; a missing counter is no matter of time either."""
    assert measure({}, measure="tasks.share.video.CN", against="0.5", needs="hub").state == "no-data"
    year, ever = ({"measure": f"share/{window}-all-publisher/CN", "against": "0.5"} for window in ("12m", "all-time"))
    assert (measure({}, **year).state, measure({}, **ever).state) == ("too-little", "no-data")


def test_every_change_names_both_dates() -> None:
    """Held, level, failed, held again: three changes, each with the last date of the state before."""
    found = measure({"CN": series(0.6, 0.5, 0.5, 0.4, 0.6), "US": series(0.3, 0.5, 0.5, 0.5, 0.5)})
    assert [(change.date, change.last_seen, change.before, change.after) for change in found.changes] == [
        (day(7), day(0), "holds", "level"),
        (day(21), day(14), "level", "fails"),
        (day(28), day(21), "fails", "holds"),
    ]
    assert (found.state, found.since, found.since_start) == ("holds", day(28), False)


def test_without_a_change_it_stands_since_the_first_date() -> None:
    """And says that it may have stood before."""
    found = measure({"CN": series(0.6, 0.6), "US": series(0.3, 0.3)})
    assert (found.since, found.since_start, found.changes) == (day(0), True, ())
    assert speak(state_since(found)) == "It has held on every date that could be measured, from 1 Sep 2026 on."


def test_what_the_tables_hold_is_what_was_measured() -> None:
    """Read again, a test has its state, both ways of counting on every date, and its changes."""
    found = count(publisher_CN=0.5, publisher_US=0.3, origin_CN=0.3, origin_US=0.5)
    names = {
        BOTH_WAYS.format("publisher", "CN"): series(0.2, 0.5),
        BOTH_WAYS.format("publisher", "US"): series(0.3, 0.3),
    }
    measured = [measure(found | names), measure({"CN": series(0.6), "US": series(0.3)}, needs="hub", may_judge=False)]
    for outcome in measured:
        tables = {table.name: table for table in fill_tables([make_claim()], {"china-above-us": outcome})}
        (result,) = list_claims(tables).values()
        (read,) = result.tests
        assert (read.points, read.changes, read.since) == (outcome.points, outcome.changes, outcome.since)
        assert (read.state, read.missing, read.since_start) == (outcome.state, outcome.missing, outcome.since_start)


@given(st.lists(st.sampled_from(["holds", "level", "fails"]), max_size=40))
def test_changes_alternate(conditions: list[str]) -> None:
    """Each change begins where the one before ended, leads to another state, and comes later."""
    points = [ClaimPoint(day(n), Sides(0.0, 0.0, condition), None) for n, condition in enumerate(conditions)]
    changes = list_changes(points)
    assert all(change.before != change.after and change.last_seen < change.date for change in changes)
    assert all(first.after == second.before and first.date < second.date for first, second in pairwise(changes))
    assert [change.after for change in changes][-1:] in ([], conditions[-1:])


def test_only_dates_that_both_sides_have_count() -> None:
    """A side that is missing on a date leaves that date out; nothing is filled in."""
    america = (Bounded(day(7), 0.3, 0.3, 0.3),)
    assert [point.date for point in measure({"CN": series(0.6, 0.5, 0.4), "US": america}).points] == [day(7)]


def test_a_sum_needs_all_its_parts() -> None:
    """Two families together have more than half; on a date without one of them there is no sum."""
    found = {"a.x": series(0.3, 0.4, 0.5), "a.y": series(0.3, 0.2)}
    result = measure(found, measure="a.x + a.y", against="0.5", about="")
    assert [round(point.own.value, 9) for point in result.points] == [0.6, 0.6]


def test_a_measure_that_has_stopped_says_nothing_of_today() -> None:
    """After 75 days it is too old; the numbers stay in sight."""
    found = {"CN": series(0.6), "US": series(0.3)}
    assert measure(found, as_of=day(75)).state == "holds"
    late = measure(found, as_of=day(76))
    assert (late.state, late.missing, len(late.points), late.since) == ("no-data", "old", 1, None)


def test_a_year_that_is_not_held_is_told_and_another_window_shown() -> None:
    """The points then are of all dates recorded, and say nothing about the state."""
    year = {"measure": "share/12m-all-publisher/CN", "against": "share/12m-all-publisher/US"}
    held = {"share/held-all-publisher/CN": series(0.6), "share/held-all-publisher/US": series(0.3)}
    result = measure(held, **year)
    assert (result.state, result.missing, result.meanwhile) == ("too-little", "short-history", "held")
    assert (len(result.points), result.changes, result.since) == (1, (), None)
    assert measure({}, **year).points == ()


def test_a_topic_that_there_is_not_is_an_error() -> None:
    """It is told when claims are measured, with the claim's name; the registry knows no topics."""
    snapshots = [(dt.date(2026, 9, 1), {"east/a": 60_000})]
    with pytest.raises(RegistryError, match=r"china-above-us is measured by 'vidoe\.share\.CN', and there is no topic"):
        make_history(snapshots, make_claim(), tests=(make_test(measure="vidoe.share.CN"),))


def test_what_no_count_can_tell_has_its_reason_for_a_state() -> None:
    """A claim without a test is not measurable, and its page says why."""
    snapshots = [(dt.date(2026, 9, 1), {"east/a": 60_000})]
    report, registry = make_history(snapshots, make_claim(tests="", reason="It is an opinion."))
    result = report.topics["claims"].items["china-ahead"]
    assert (result.states, result.tests) == (("not-measurable",), ())
    page = build_pages(report, ENGLISH, registry, set())["topics/claims/china-ahead.md"]
    assert "not measurable" in page
    assert prose("It is an opinion") in page


def test_a_claim_is_followed_from_the_ledger_to_its_page() -> None:
    """Three snapshots: China ahead, then behind; the page has the sentence that is tested, its state and the change."""
    snapshots = [
        (dt.date(2026, 9, 1), {"east/a": 60_000, "west/b": 40_000}),
        (dt.date(2026, 9, 10), {"east/a": 70_000, "west/b": 30_000}),
        (dt.date(2026, 9, 20), {"east/a": 30_000, "west/b": 70_000}),
    ]
    report, registry = make_history(snapshots, make_claim(value_then="0.171", against_then="0.158"))
    pages = build_pages(report, ENGLISH, registry, {"claims-china-above-us"})
    result = report.topics["claims"].items["china-ahead"]
    assert (result.states, result.tests[0].since) == (("does-not",), dt.date(2026, 9, 20))
    said = speak(state_item("claims", result, report))
    assert said["china-above-us:now"] == (
        "On 20 Sep 2026, counted by publisher: China 30.0% against United States 70.0%. Counted by maker: China "
        "30.0% against United States 70.0%."
    )
    assert said["china-above-us:since"] == "It has not held since 20 Sep 2026; on 10 Sep 2026 it held."
    assert said["then"] == "Then: 17.1% against 15.8%."
    page = pages["topics/claims/china-ahead.md"]
    for words in ("does not hold", "::figure claims-china-above-us::", "10 Sep 2026", "Somebody"):
        assert words in page
    for name in ("topics/claims.md", "index.md"):
        _, claim, rest = pages[name].partition(prose("China is ahead"))
        assert claim
        assert rest.index("does not hold") < rest.index(prose("China's share is above that of the United States"))
    assert "topics/claims/china-ahead.html" in pages["index.md"]


def test_two_claims_that_share_a_test_count_it_once() -> None:
    """The second page says so."""
    snapshots = [(dt.date(2026, 9, 1), {"east/a": 60_000, "west/b": 40_000})]
    second = make_claim(slug="china-first", claimed_by="Somebody else")
    report, _ = make_history(snapshots, make_claim(), second)
    claims = claims_of(report)
    assert (len(claims), [test.state for test in list_tests(claims)]) == (2, ["holds"])
    assert [figure.slug for figure in speak(build_figures(report)) if "claims-" in figure.slug] == [
        "claims-china-above-us"
    ]
    said = speak(state_item("claims", claims[1], report))
    assert said["china-above-us:shared"] == "This test also stands for a claim by Somebody; it counts once."


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"slug": "Not a slug"}, "slug is 'Not a slug', expected a name like a-b-1"),
        ({"slug": "aux"}, "slug is 'aux', expected a name like a-b-1, and none that a computer keeps for a device"),
        ({"claim": ""}, "claim is '', expected words"),
        ({"claimed_on": "lately"}, "claimed_on is 'lately', expected a date as YYYY-MM-DD"),
        ({"source_url": "example"}, "source_url is 'example', expected a web address"),
        ({"value_then": "some"}, "value_then is 'some', expected a number"),
        ({"tests": ""}, "reason is '', expected words: why"),
        ({"tests": "", "value_then": "0.1"}, "value_then is '0.1', expected nothing without a test"),
        ({"tests": "china-above"}, "tests has 'china-above', expected a name of claim_tests.csv"),
    ],
)
def test_each_mistake_of_a_claim_is_told(tmp_path: Path, changed: dict[str, str], told: str) -> None:
    """With file and line, what was found and what was expected."""
    told_by = _load_with(tmp_path, "claims.csv", CELLS | {"tests": "qwen-ahead-of-llama"} | changed)
    assert "claims.csv:" in told_by
    assert told in told_by


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"slug": "Not a slug"}, "slug is 'Not a slug', expected a name like a-b-1"),
        ({"test": ""}, "test is '', expected words"),
        ({"about": "nobody"}, "about is 'nobody', expected one of"),
        ({"about": ""}, "about is '', expected makers or uploaders: a share has one of them"),
        ({"about": "makers"}, "expected a share by maker for makers, by publisher for uploaders"),
        ({"measure": "sizes.origin-share-laptop.CN"}, "about is 'uploaders', expected makers: it goes by maker"),
        ({"measure": ""}, "measure is '', expected names of series"),
        ({"measure": "share/30d-all/CN"}, "measure is 'share/30d-all/CN', expected share/<definition>/<code>"),
        ({"measure": "share/30d-all-publisher/XX"}, "is of 'XX', expected a code of countries.csv"),
        ({"operator": "over"}, "operator is 'over', expected one of about, above, below"),
        ({"against": "much"}, "against is 'much', expected a number or series"),
        ({"operator": "about", "against": "0.1"}, "level_within is '', expected a number"),
        ({"unit": "percent"}, "unit is 'percent', expected one of"),
        ({"needs": "much"}, "needs is 'much', expected one of"),
        ({}, "no claim names the test 'china-above-us'"),
    ],
)
def test_each_mistake_of_a_test_is_told(tmp_path: Path, changed: dict[str, str], told: str) -> None:
    """With file and line, what was found and what was expected."""
    told_by = _load_with(tmp_path, "claim_tests.csv", TEST_CELLS | changed)
    assert "claim_tests.csv:" in told_by
    assert told in told_by


def _load_with(folder: Path, file: str, cells: Mapping[str, str]) -> str:
    """Load the real registry with a line more, and return what is told of it."""
    for path in FOLDER.glob("*.csv"):
        shutil.copy(path, folder)
    path = folder / file
    path.write_text(path.read_text(encoding="utf-8") + ",".join(cells.values()) + "\n", encoding="utf-8")
    with pytest.raises(RegistryError) as caught:
        load_registry(folder)
    return str(caught.value)


def test_a_claim_stands_once() -> None:
    """Two of the same name would be one page."""
    assert len({claim.slug for claim in REAL}) == len(REAL) >= 16


def test_every_assertion_of_the_article_has_a_claim() -> None:
    """Nineteen, each tested or with the reason why it cannot be; no claim of the article stands for none."""
    found = [claim for claim in REAL if claim.source.startswith("Article of 27 November 2025")]
    assert sorted(claim.slug for claim in found) == sorted(ARTICLE.values())
    assert (len(ARTICLE), sum(bool(claim.tests) for claim in found)) == (19, 8)
    assert all(claim.reason for claim in found if not claim.tests)


@pytest.mark.parametrize("test", REAL_TESTS, ids=lambda test: test.slug)
def test_every_series_that_a_test_names_exists(test, bundled_report: Report) -> None:
    """A misspelt series would be a claim without a number for ever."""
    names = [name for name in test.series if not name.startswith("share/")]
    for name in names:
        if name in NOT_BUNDLED:
            assert not _has(bundled_report, name), f"{name} is there: take it out of NOT_BUNDLED"
        else:
            assert _has(bundled_report, name), name


@pytest.mark.parametrize("test", REAL_TESTS, ids=lambda test: test.slug)
def test_what_exists_both_ways_is_counted_both_ways(test, bundled_report: Report) -> None:
    """A test by origin of a measure with a twin has that twin beside it; one of makers is never by publisher."""
    for name in test.series:
        twin = find_other_reading(name)
        if not name.startswith("share/") and _has(bundled_report, twin) and not name.endswith(".all"):
            assert (test.about, "origin-" in name) == ("makers", True)


def test_a_series_that_the_bundled_data_lack_exists_where_its_models_do() -> None:
    """A single model for video, from each of the two countries."""
    snapshots = [(dt.date(2026, 9, 20), {"east/text-to-video": 60_000, "west/text-to-video": 40_000})]
    report, _ = make_history(snapshots, task="text-to-video")
    assert [name for name in NOT_BUNDLED if not _has(report, name)] == []


def test_every_claim_has_a_state_and_a_page(bundled_report: Report, bundled_pages: Mapping[str, str]) -> None:
    """On the bundled data: a state each, all counted, a page each, a figure where there are numbers."""
    claims = claims_of(bundled_report)
    assert {test.state for test in list_tests(claims)} <= set(STATES)
    assert [claim.slug for claim in REAL] == [result.claim["claim"] for result in claims]
    assert {test.slug for test in REAL_TESTS} == {test.test["test"] for test in list_tests(claims)}
    for result in claims:
        text = bundled_pages[f"topics/claims/{result.claim['claim']}.md"]
        for test in result.tests:
            assert (f"::figure claims-{test.test['test']}::" in text) == test.is_drawn


def test_no_claim_on_the_whole_hub_has_a_state_over_the_bundled_data(bundled_report: Report) -> None:
    """They are a selection: what speaks of the whole Hub may neither hold nor fail."""
    states = {test.state for test in list_tests(claims_of(bundled_report)) if test.test["needs"] == "hub"}
    assert states == {"selection", "no-data"}


def test_the_headline_of_a_tests_figure_states_its_newest_numbers(bundled_report: Report) -> None:
    """Both numbers stand in it as the last row of the table has them."""
    results = {result.test["test"]: result for result in list_tests(claims_of(bundled_report))}
    figures = [f for f in speak(build_figures(bundled_report)) if f.slug.startswith("claims-")]
    assert figures
    for figure in figures:
        result = results[figure.slug.removeprefix("claims-")]
        assert speak(write_pair(result.test, result.points[-1].own)) in figure.headline
        assert figure.rows[-1][1:3] == (result.points[-1].own.value, result.points[-1].own.against)
        assert result.test["words"] in figure.subtitle


def test_the_finding_counts_every_test_and_claim(bundled_report: Report) -> None:
    """The numbers of tests in the sentence add up to all of them, and what has none is counted apart."""
    finding = speak(state_topic("claims", bundled_report))["finding"]
    first, rest = finding.split(". ", 1)
    head, _, tail = first.partition(": ")
    assert head.startswith(f"{len(REAL)} claims by others and {len(REAL_TESTS)} tests of them, measured on ")
    assert sum(int(part.split()[0]) for part in tail.split(", ")) == len(REAL_TESTS)
    assert rest.startswith(f"{sum(not claim.tests for claim in REAL)} claims cannot be measured")


def test_the_tables_have_a_row_for_each_claim_test_and_point(bundled_report: Report) -> None:
    """As CSV; a point of both attributions has two rows; what has no number has empty cells, not zeros."""
    topic = bundled_report.topics["claims"]
    claims, tests, points = (render_csv(table).splitlines()[1:] for table in topic.tables)
    assert (len(claims), len(tests)) == (len(REAL), len(REAL_TESTS))
    assert len(points) == sum(
        1 + bool(point.other) for result in list_tests(topic.items.values()) for point in result.points
    )


def test_families_are_spelled_as_in_the_test() -> None:
    """A series has a slug; the sentence has the name."""
    test = make_test(test="Qwen and DeepSeek's lead.", measure="f.CN.qwen + f.CN.deepseek", against="0.5", about="")
    assert speak(name_side(describe_test(test), "measure")) == "Qwen + DeepSeek"
