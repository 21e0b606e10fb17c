"""Claims: known answers for each state, every change of it, and the real ones on the bundled data."""

import datetime as dt
import shutil
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.charts.topics import build_topic_figures, state_item, state_topic
from generator.charts.topics.claims import name_side, state_since, write_pair
from generator.datafiles import render_csv
from generator.errors import RegistryError
from generator.i18n import Language
from generator.metrics.topics.claims import STATES, Bounded, ClaimPoint, Claims, list_changes, measure_claim
from generator.pages import build_pages
from generator.registry import Registry, load_registry
from generator.registry.load import FOLDER
from generator.report import Report
from tests.histories import CELLS, make_claim, make_history

ENGLISH = Language("en")
FIRST = dt.date(2026, 9, 1)
REAL = load_registry().claims
# Series of which the bundled catalogue has no model: it leaves video out.
NOT_BUNDLED = frozenset({"tasks.share.video.CN", "tasks.share.video.US"})


def day(number: int) -> dt.date:
    """Return the first of September 2026 and some days."""
    return FIRST + dt.timedelta(days=number)


def series(*values: float, doubt: float = 0.0) -> tuple[Bounded, ...]:
    """Make a series of a value a week, each of which could be larger by what is in doubt."""
    return tuple(Bounded(day(7 * n), value, value, value + doubt) for n, value in enumerate(values))


def measure(found: Mapping[str, Sequence[Bounded]], as_of: dt.date | None = None, **cells: str):
    """Measure the usual claim, or one that differs, by series under the short names `CN` and `US`."""
    last = max((points[-1].date for points in found.values() if points), default=FIRST)
    names = {f"share/30d-all-publisher/{code}": points for code, points in found.items()} | dict(found)
    return measure_claim(make_claim(**cells), lambda name: names.get(name, ()), as_of or last)


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
    """Within two points of 17.1 %, whatever is in doubt."""
    found = {"CN": series(value, doubt=0.5)}
    assert measure(found, operator="about", against="0.171", level_within="0.02").state == state


def test_it_no_longer_holds_only_if_it_once_did() -> None:
    """A claim that failed on every date does not hold; one that held before no longer does."""
    assert measure({"CN": series(0.3, 0.3), "US": series(0.5, 0.5)}).state == "does-not"
    found = measure({"CN": series(0.6, 0.4), "US": series(0.3, 0.5)})
    assert found.state == "no-longer"
    assert (found.since, found.since_start) == (day(7), False)


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
    assert state_since(found, ENGLISH) == "It has held on every date that could be measured, from 1 Sep 2026 on."


@given(st.lists(st.sampled_from(["holds", "level", "fails"]), max_size=40))
def test_changes_alternate(conditions: list[str]) -> None:
    """Each change begins where the one before ended, leads to another state, and comes later."""
    points = [ClaimPoint(day(n), 0.0, 0.0, condition) for n, condition in enumerate(conditions)]
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
    result = measure(found, measure="a.x + a.y", against="0.5")
    assert [round(point.value, 9) for point in result.points] == [0.6, 0.6]


def test_a_measure_that_has_stopped_says_nothing_of_today() -> None:
    """After 75 days it is too old; the numbers stay in sight."""
    found = {"CN": series(0.6), "US": series(0.3)}
    assert measure(found, as_of=day(75)).state == "holds"
    late = measure(found, as_of=day(76))
    assert (late.state, late.missing, len(late.points), late.since) == ("too-little", "old", 1, None)


def test_a_year_that_is_not_held_is_told_and_another_window_shown() -> None:
    """The points then are of the history held, and say nothing about the state."""
    year = {"measure": "share/12m-all-publisher/CN", "against": "share/12m-all-publisher/US"}
    held = {"share/held-all-publisher/CN": series(0.6), "share/held-all-publisher/US": series(0.3)}
    result = measure(held, **year)
    assert (result.state, result.missing, result.meanwhile) == ("too-little", "short-history", "held")
    assert (len(result.points), result.changes, result.since) == (1, (), None)
    assert measure({}, **year).points == ()


def test_a_topic_that_there_is_not_is_an_error() -> None:
    """It is told when claims are measured, with the claim's name; the registry knows no topics."""
    snapshots = [(dt.date(2026, 9, 1), {"east/a": 60_000})]
    with pytest.raises(RegistryError, match=r"china-ahead is measured by 'vidoe\.share\.CN', and there is no topic"):
        make_history(snapshots, make_claim(measure="vidoe.share.CN"))


def test_what_no_count_can_tell_has_no_number() -> None:
    """A claim without a measure is not measurable, for a reason that it gives."""
    cells = dict.fromkeys(("measure", "operator", "against", "unit", "test"), "") | {"reason": "It is an opinion."}
    assert measure({"CN": series(0.6)}, **cells).state == "not-measurable"


def test_a_claim_is_followed_from_the_ledger_to_its_page() -> None:
    """Three snapshots: China ahead, then behind; the page has state, numbers and the change."""
    snapshots = [
        (dt.date(2026, 9, 1), {"east/a": 60_000, "west/b": 40_000}),
        (dt.date(2026, 9, 10), {"east/a": 70_000, "west/b": 30_000}),
        (dt.date(2026, 9, 20), {"east/a": 30_000, "west/b": 70_000}),
    ]
    report, registry = make_history(snapshots, make_claim(value_then="0.171", against_then="0.158"))
    pages = build_pages(report, ENGLISH, registry, {"claims-china-ahead"})
    result = report.topics["claims"].items["china-ahead"]
    assert (result.state, result.since) == ("no-longer", dt.date(2026, 9, 20))
    said = state_item("claims", result, report, ENGLISH)
    assert said["now"] == "China 30.0% against United States 70.0% on 20 Sep 2026."
    assert said["since"] == "It has not held since 20 Sep 2026; on 10 Sep 2026 it held."
    assert said["then"] == "Then: 17.1% against 15.8%."
    page = pages["topics/claims/china-ahead.md"]
    for words in ("no longer holds", "::figure claims-china-ahead::", "10 Sep 2026", "Somebody"):
        assert words in page
    assert "no longer holds" in pages["topics/claims.md"]
    assert "topics/claims/china-ahead.html" in pages["index.md"]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"slug": "Not a slug"}, "slug is 'Not a slug', expected a name like a-b-1"),
        ({"slug": "aux"}, "slug is 'aux', expected a name like a-b-1, and none that a computer keeps for a device"),
        ({"claim": ""}, "claim is '', expected words"),
        ({"claimed_on": "lately"}, "claimed_on is 'lately', expected a date as YYYY-MM-DD"),
        ({"source_url": "example"}, "source_url is 'example', expected a web address"),
        ({"measure": "share/30d-all/CN"}, "measure is 'share/30d-all/CN', expected share/<definition>/<code>"),
        ({"measure": "share/30d-all-publisher/XX"}, "is of 'XX', expected a code of countries.csv"),
        ({"operator": "over"}, "operator is 'over', expected one of about, above, below"),
        ({"against": "much"}, "against is 'much', expected a number or series"),
        ({"operator": "about", "against": "0.1"}, "level_within is '', expected a number"),
        ({"unit": "percent"}, "unit is 'percent', expected one of"),
        ({"test": ""}, "test is '', expected words"),
        ({"value_then": "some"}, "value_then is 'some', expected a number"),
        ({"measure": ""}, "reason is '', expected words: why"),
        ({"measure": "", "reason": "It is an opinion."}, "expected nothing without a measure"),
    ],
)
def test_each_mistake_of_a_claim_is_told(tmp_path: Path, changed: dict[str, str], told: str) -> None:
    """With file and line, what was found and what was expected."""
    for path in FOLDER.glob("*.csv"):
        shutil.copy(path, tmp_path)
    path = tmp_path / "claims.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + ",".join((CELLS | changed).values()) + "\n", encoding="utf-8")
    with pytest.raises(RegistryError) as caught:
        load_registry(tmp_path)
    assert f"claims.csv:{text.count(chr(10)) + 1}: " in str(caught.value)
    assert told in str(caught.value)


def test_a_claim_stands_once() -> None:
    """Two of the same name would be one page."""
    assert len({claim.slug for claim in REAL}) == len(REAL) >= 16


@pytest.mark.parametrize("claim", REAL, ids=lambda claim: claim.slug)
def test_every_series_that_a_claim_names_exists(claim, bundled_report: Report) -> None:
    """A misspelt series would be a claim without a number for ever."""
    names = [name for name in claim.series if not name.startswith("share/")]
    for name in names:
        if name in NOT_BUNDLED:
            assert not _has(bundled_report, name), f"{name} is there: take it out of NOT_BUNDLED"
        else:
            assert _has(bundled_report, name), name


def test_a_series_that_the_bundled_data_lack_exists_where_its_models_do() -> None:
    """A single model for video, from each of the two countries."""
    snapshots = [(dt.date(2026, 9, 20), {"east/text-to-video": 60_000, "west/text-to-video": 40_000})]
    report, _ = make_history(snapshots, task="text-to-video")
    assert [name for name in NOT_BUNDLED if not _has(report, name)] == []


def test_every_claim_has_a_state_and_a_page(bundled_report: Report, registry: Registry) -> None:
    """On the bundled data: a state each, all counted, a page each, a figure where there are numbers."""
    claims = bundled_report.topics["claims"]
    assert isinstance(claims, Claims)
    assert sum(claims.count(state) for state in STATES) == len(REAL) == len(claims.items)
    figures = {figure.slug for figure in build_topic_figures(bundled_report, ENGLISH)}
    pages = build_pages(bundled_report, ENGLISH, registry, figures)
    for result in claims.results:
        text = pages[f"topics/claims/{result.claim.slug}.md"]
        assert (f"::figure claims-{result.claim.slug}::" in text) == bool(result.points)


def test_a_year_cannot_be_told_from_the_bundled_data(bundled_report: Report) -> None:
    """They cover less, and have no counter since creation: no claim on a year or on all time may hold or fail."""
    for result in bundled_report.topics["claims"].items.values():
        if any(name.startswith(("share/12m", "share/all-time")) for name in result.claim.measure):
            assert result.state == "too-little"


def test_the_headline_of_a_claims_figure_states_its_newest_numbers(bundled_report: Report) -> None:
    """Both numbers stand in it as the last row of the table has them."""
    results = bundled_report.topics["claims"].items
    figures = [f for f in build_topic_figures(bundled_report, ENGLISH) if f.slug.startswith("claims-")]
    assert figures
    for figure in figures:
        result = results[figure.slug.removeprefix("claims-")]
        assert figure.headline.startswith(write_pair(result.claim, result.points[-1], ENGLISH))
        assert figure.rows[-1][1:3] == (result.points[-1].value, result.points[-1].against)
        assert result.claim.claim in figure.subtitle


def test_the_finding_counts_every_claim(bundled_report: Report) -> None:
    """The numbers in the sentence add up to all claims."""
    finding = state_topic("claims", bundled_report, ENGLISH)["finding"]
    head, _, tail = finding.partition(": ")
    assert f"Of {len(REAL)} claims" in head
    assert sum(int(part.split()[0]) for part in tail.rstrip(".").split(", ")) == len(REAL)


def test_the_tables_have_a_row_for_each_claim_and_point(bundled_report: Report) -> None:
    """As CSV; a claim without a number has empty cells, not zeros."""
    claims = bundled_report.topics["claims"]
    states, points = (render_csv(table).splitlines()[1:] for table in claims.tables)
    assert len(states) == len(REAL)
    assert len(points) == sum(len(result.points) for result in claims.items.values())


def test_families_are_spelled_as_in_the_claim() -> None:
    """A series has a slug; the sentence has the name."""
    claim = make_claim(claim="Qwen and DeepSeek lead.", measure="f.CN.qwen + f.CN.deepseek", against="0.5")
    assert name_side(claim, claim.measure, ENGLISH) == "Qwen + DeepSeek"
