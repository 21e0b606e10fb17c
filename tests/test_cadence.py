"""The topic of releases: days between them, releases a month, calendars; known answers, and the bundled data."""

import datetime as dt
from itertools import pairwise

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from generator.questions.releases.figures import state_remark
from generator.questions.releases.tables import (
    Releases,
    Spread,
    describe_cadence,
    interpret,
    list_gaps,
    list_month_ends,
)
from generator.questions.report import Report
from generator.questions.topics import build_topic_figures, state_item, state_topic
from generator.registry import Registry
from generator.star.releases import Release
from tests.small import make_publisher, make_registry, make_report
from tests.spoken import ENGLISH, speak
from tests.test_ledger import utc

REGISTRY = make_registry(
    make_publisher("east", "CN"),
    make_publisher("far-east", "CN"),
    make_publisher("west", "US"),
    make_publisher("someone", "", kind="person"),
)
# One to two weeks, six to twelve months.
FITS = (("CN", 7, 14), ("US", 182, 365))
days = st.dates(dt.date(2024, 1, 1), dt.date(2026, 12, 31))


def release(day: str | dt.date, publisher: str = "east", code: str = "CN") -> Release:
    """Make a release of a day."""
    date = dt.date.fromisoformat(day) if isinstance(day, str) else day
    return Release(publisher, code, "acme", "1", date, date, (f"{publisher}/acme",), "language")


def find(report: Report) -> Releases:
    """Return the topic's record."""
    record = report.topics["releases"]
    assert isinstance(record, Releases)
    return record


def models(*rows: tuple[str, str]) -> list[dict[str, object]]:
    """Describe models by name and day of creation."""
    return [{"id": name, "created_at": utc(day), "downloads_30d": 900} for name, day in rows]


def test_gaps_lie_between_days_of_one_publisher() -> None:
    """Two releases of one day are one day; another publisher's day cuts no gap."""
    found = list_gaps(
        [release("2026-05-01"), release("2026-05-01"), release("2026-05-11"), release("2026-05-05", "far-east")]
    )
    assert [(dt.date(2026, 5, 11), 10)] == found


def test_a_gap_belongs_to_the_day_that_ends_it() -> None:
    """The one from December to January counts in the new year, whole; the one after its end does not."""
    dates = ["2025-12-02", "2026-01-01", "2026-01-11", "2026-01-31", "2026-06-30"]
    found = describe_cadence([release(day) for day in dates], "CN", "east", dt.date(2026, 1, 1), dt.date(2026, 3, 31))
    assert (3, Spread(3, 15.0, 20.0, 25.0)) == (found.releases, found.spread)


def test_few_gaps_make_no_median() -> None:
    """A publisher needs three, a country ten."""
    early = [release(dt.date(2026, 1, 1) + dt.timedelta(days=20 * n)) for n in range(10)]
    span = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    assert describe_cadence(early[:3], "CN", "east", *span).spread is None
    assert Spread(3, 20.0, 20.0, 20.0) == describe_cadence(early[:4], "CN", "east", *span).spread
    assert describe_cadence(early, "CN", "", *span).spread is None
    later = [*early, release("2026-12-01")]
    assert 10 == (describe_cadence(later, "CN", "", *span).spread or Spread(0, 0, 0, 0)).gaps


def test_a_country_together_is_faster_than_each_of_its_publishers() -> None:
    """Two publishers release every twenty days, ten days apart: twenty days within, ten together."""
    start = dt.date(2026, 1, 1)
    one = [release(start + dt.timedelta(days=20 * n)) for n in range(8)]
    two = [release(start + dt.timedelta(days=10 + 20 * n), "far-east") for n in range(8)]
    found = describe_cadence([*one, *two], "CN", "", start, dt.date(2026, 12, 31))
    assert (2, 16, 10.0) == (found.publishers, found.releases, found.together)
    assert Spread(14, 20.0, 20.0, 20.0) == found.spread


@given(st.lists(days, min_size=1, max_size=40))
def test_the_gaps_of_a_publisher_span_its_days(dates: list[dt.date]) -> None:
    """They are positive and sum to the time from its first day to its last."""
    gaps = [gap for _, gap in list_gaps([release(day) for day in dates])]
    assert (max(dates) - min(dates)).days == sum(gaps)
    assert all(gap > 0 for gap in gaps)
    assert len(set(dates)) - 1 == len(gaps)


def test_months_end_with_the_data() -> None:
    """From the first release's month to the newest date, which ends the last one early."""
    ends = list_month_ends([release("2026-01-15")], dt.date(2026, 3, 8))
    assert [dt.date(2026, 1, 31), dt.date(2026, 2, 28), dt.date(2026, 3, 8)] == ends
    assert [] == list_month_ends([], dt.date(2026, 3, 8))


def test_series_count_whole_months_only() -> None:
    """Two releases in August, one in September, and October is not over: it has no number, not a low one."""
    rows = models(("east/one-1", "2026-08-01"), ("east/two-2", "2026-08-20"), ("west/three-3", "2026-09-10"))
    series = find(make_report(rows, REGISTRY)).series
    assert [2.0, 0.0, None] == [point.value for point in series["releases.per-month.CN"]]
    assert [0.0, 1.0, None] == [point.value for point in series["releases.per-month.US"]]
    assert [2.0, 1.0, None] == [point.value for point in series["releases.per-month.all"]]
    assert [None, None, None] == [point.value for point in series["releases.median-days.CN"]]
    assert dt.date(2026, 10, 8) == series["releases.per-month.CN"][-1].date


def test_persons_and_strangers_release_nothing_and_are_told() -> None:
    """Of four models without a base three are no organisation's; the newest month, not over, is not counted."""
    rows = models(
        ("east/one-1", "2026-08-01"), ("someone/own", "2026-08-02"), ("stranger/own", "2026-08-03"),
        ("stranger/other", "2026-09-03"), ("stranger/late", "2026-10-03"),
    )  # fmt: skip
    topic = find(make_report(rows, REGISTRY))
    assert ["east"] == [each.publisher for each in topic.releases]
    assert topic.originals is not None
    assert (4, 0.25, 0.25, 0.5) == (
        topic.originals.models,
        topic.originals.organisations,
        topic.originals.unaffiliated,
        topic.originals.unreviewed,
    )


def test_without_a_release_there_is_no_figure_and_a_sentence() -> None:
    """A person's model only."""
    report = make_report(models(("someone/own", "2026-08-02")), REGISTRY)
    assert [] == [figure for figure in speak(build_topic_figures(report)) if figure.slug.startswith("releases")]
    assert speak(state_topic("releases", report))["finding"].startswith("No country has enough releases")
    assert {} == find(report).items


def test_six_ways_to_take_the_same_releases() -> None:
    """One publisher every ten days, one every twenty, one every hundred: all, without two, companies, medians, any."""
    publishers = {"east": ("company", 10, 13), "far-east": ("university", 20, 13), "mid-east": ("company", 100, 12)}
    registry = make_registry(*(make_publisher(name, "CN", kind=kind) for name, (kind, _, _) in publishers.items()))
    start = dt.date(2023, 1, 1)
    releases = [
        release(start + dt.timedelta(days=step * n), name)
        for name, (_, step, number) in publishers.items()
        for n in range(number)
    ]
    found = interpret(releases, "CN", registry, ("mid-east",), (start, dt.date(2026, 12, 31)))
    assert [(row.name, row.gaps, row.median) for row in found] == [
        ("publishers", 35, 20.0),
        ("without-largest", 11, 100.0),
        ("companies", 23, 10.0),
        ("top-companies", 11, 100.0),
        ("medians", 3, 20.0),
        ("country", 27, 20.0),
    ]
    assert (found[0].publishers, round(found[0].held, 3)) == (("east", "far-east", "mid-east"), 0.686)


def test_too_few_times_make_no_median_in_any_way() -> None:
    """Ten times between releases, three publishers' medians."""
    registry = make_registry(make_publisher("east", "CN", kind="company"))
    releases = [release(dt.date(2026, 1, 1) + dt.timedelta(days=20 * n)) for n in range(10)]
    found = interpret(releases, "CN", registry, ("east",), (dt.date(2026, 1, 1), dt.date(2026, 12, 31)))
    assert {row.median for row in found} == {None}


def test_the_remark_and_the_finding_speak_of_all_ways(bundled_report: Report) -> None:
    """No way is the number: the finding has the span of them, the remark how many fit it, the page all of them."""
    topic = find(bundled_report)
    days = {code: [row.median for row in topic.interpretations if row.code == code] for code in ("CN", "US")}
    finding = speak(state_topic("releases", bundled_report))["finding"]
    for code, place in (("CN", "China"), ("US", "the United States")):
        least, most = (ENGLISH.number(pick(days[code])) for pick in (min, max))
        assert f"{least} to {most} days in {place}" in finding
    fitting = [sum(first <= value <= last for value in days[code]) for code, first, last in FITS]
    assert speak(state_remark(topic)).endswith(
        f"these fit: {fitting[0]} of 6 in China and {fitting[1]} of 6 in the United States."
    )


def test_the_bundled_cadences_are_those_of_a_plain_computation(bundled_report: Report, registry: Registry) -> None:
    """Median and quartiles of China and the United States in the last 365 days, by pandas."""
    topic = find(bundled_report)
    frame = pd.DataFrame(
        [{"p": each.publisher, "c": each.code, "d": pd.Timestamp(each.date)} for each in topic.releases]
    )
    unique = frame.drop_duplicates(["p", "d"]).sort_values(["p", "d"])
    unique["gap"] = unique.groupby("p")["d"].diff().dt.days
    last = pd.Timestamp(topic.as_of)
    within = unique[(unique["d"] > last - pd.Timedelta(days=365)) & (unique["d"] <= last)]
    for code in ("CN", "US"):
        gaps = within.loc[within["c"] == code, "gap"].dropna()
        found = topic.cadence(code)
        assert found is not None
        assert found.spread is not None
        expected = (len(gaps), *np.percentile(gaps, [25, 50, 75]))
        assert expected == (found.spread.gaps, found.spread.lower, found.spread.median, found.spread.upper)
        assert found.spread.median == topic.series[f"releases.median-days.{code}"][-1].value
    assert set(frame["p"]) <= {registry.canonical(name) for name in registry.publishers} | {
        row.handle for row in registry.publishers.values()
    }


def test_years_months_and_calendars_hold_the_same_releases(bundled_report: Report) -> None:
    """Summed over years, over months, and over a publisher's calendar."""
    topic = find(bundled_report)
    assert len(topic.releases) == sum(row.cadence.releases for row in topic.years)
    assert topic.repositories == sum(len(each.ids) for each in topic.releases)
    for item in topic.calendars:
        number = len(topic.releases_of(item.publisher))
        assert number == sum(month.releases for month in item.months) == item.always.releases
        assert number == sum(row.cadence.releases for row in item.years)
    whole = [each for each in topic.releases if each.date < topic.as_of.replace(day=1)]
    counted = [point.value for point in topic.series["releases.per-month.all"] if point.value is not None]
    assert len(whole) == sum(counted)


def test_no_release_follows_another_of_its_kind_within_fourteen_days(bundled_report: Report) -> None:
    """Of one publisher, line and version: such repositories are one release, but where a launch was moved."""
    found: dict[tuple[str, str, str], list[Release]] = {}
    for each in find(bundled_report).releases:
        found.setdefault((each.publisher, each.line, each.version), []).append(each)
    pairs = [pair for group in found.values() for pair in pairwise(group)]
    assert [] == [late.id for early, late in pairs if (late.date - early.date).days <= 14]


def test_the_headlines_are_those_of_their_numbers(bundled_report: Report) -> None:
    """Medians, releases of twelve months, and the months of the busiest publisher."""
    topic = find(bundled_report)
    figures = {figure.slug: figure for figure in speak(build_topic_figures(bundled_report))}
    assert figures["releases-cadence"].headline == speak(state_topic("releases", bundled_report))["finding"]
    for code, place in (("CN", "China"), ("US", "the United States")):
        points = topic.series[f"releases.per-month.{code}"][-13:-1]
        assert f"{sum(point.value or 0 for point in points):.0f} from {place}" in figures["releases-per-month"].headline
    rows = [row for row in figures["releases-calendar"].rows if row[3]]
    newest = sorted({str(row[2]) for row in figures["releases-calendar"].rows})[-12:]
    most = pd.Series([row[0] for row in rows if row[2] in newest]).value_counts()
    assert f"in {most.iloc[0]} of the last twelve" in figures["releases-calendar"].headline
    assert str(most.index[0]) in figures["releases-calendar"].headline


def test_a_publishers_page_says_how_often_it_releases(bundled_report: Report) -> None:
    """Its releases, its first and last day, its median."""
    topic = find(bundled_report)
    item = topic.items["qwen"]
    said = speak(state_item("releases", item, bundled_report))["finding"]
    mine = topic.releases_of("Qwen")
    assert said.startswith(f"{len(mine)} releases from {ENGLISH.date(mine[-1].date)} to {ENGLISH.date(mine[0].date)}.")
    assert item.always.spread is not None
    assert f"at most {item.always.spread.median:g} days long" in said


def test_names_from_the_hub_cannot_break_the_reading() -> None:
    """No name is refused: each has a line and a version, if an empty one."""
    names = ["east/" + name for name in ("_", "-3-", "1" * 300, "ＱＷＥＮ３", "a" * 5000, "v1..2", "٣")]
    rows = models(*((name, f"2026-0{place + 1}-01") for place, name in enumerate(names)))
    report = make_report(rows, REGISTRY)
    assert len(names) == len(find(report).releases)


def test_releases_come_in_order_of_their_day(bundled_report: Report) -> None:
    """Oldest first, though launches were moved."""
    dates = [each.date for each in find(bundled_report).releases]
    assert sorted(dates) == dates
