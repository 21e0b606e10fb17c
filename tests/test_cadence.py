"""The topic of releases: days between them, releases a month, calendars; known answers, and the bundled data."""

import datetime as dt
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.figures.dates import list_charts
from generator.figures.figure import SpokenFigure, speak_figure
from generator.figures.theme import WIDE
from generator.questions.gallery import build_figures
from generator.questions.ground import Tables
from generator.questions.releases.tables import (
    RELEASES,
    YEAR,
    Span,
    describe_cadences,
    interpret,
    list_gaps,
    list_month_ends,
)
from generator.questions.releases.words import list_medians, list_newest, state_remark
from generator.questions.report import Report
from generator.questions.topics import state_item, state_topic
from generator.registry import Registry
from generator.star.definitions import Definition
from generator.star.table import Row
from tests.small import make_publisher, make_registry, make_report
from tests.spoken import ENGLISH, speak
from tests.test_ledger import utc

pytestmark = pytest.mark.slow

REGISTRY = make_registry(
    make_publisher("east", "CN"),
    make_publisher("far-east", "CN"),
    make_publisher("west", "US"),
    make_publisher("someone", "", kind="person"),
)
# One to two weeks, six to twelve months.
FITS = (("CN", 7, 14), ("US", 182, 365))
days = st.dates(dt.date(2024, 1, 1), dt.date(2026, 12, 31))


def release(day: str | dt.date, publisher: str = "east", code: str = "CN") -> Row:
    """Make a release of a day."""
    date = dt.date.fromisoformat(day) if isinstance(day, str) else day
    return {"released_on": date, "publisher": publisher, "country_code": code}


def frame(releases: list[Row]) -> pd.DataFrame:
    """Return releases as the question has them."""
    return RELEASES.fill(releases).frame


def describe(releases: list[Row], by: str, first: dt.date, last: dt.date) -> Row:
    """Describe the cadence of the only publisher, or country, between two days."""
    (found,) = describe_cadences(frame(releases), by, "", (first, last))
    return found


def list_rows(figure: SpokenFigure) -> list[dict[str, object]]:
    """Return a figure's rows by the names of its columns."""
    names = [column.name for column in figure.columns]
    return [dict(zip(names, row, strict=True)) for row in figure.rows]


def spread(row: Row) -> tuple[object, ...]:
    """Return how many times there are, their quartiles and median."""
    return row["gaps"], row["lower_days"], row["median_days"], row["upper_days"]


def find(report: Report) -> Tables:
    """Return the question's tables."""
    return report.topics["releases"].by_name


def models(*rows: tuple[str, str]) -> list[dict[str, object]]:
    """Describe models by name and day of creation."""
    return [{"id": name, "created_at": utc(day), "downloads_30d": 900} for name, day in rows]


def test_gaps_lie_between_days_of_one_publisher() -> None:
    """Two releases of one day are one day; another publisher's day cuts no gap."""
    rows = [release("2026-05-01"), release("2026-05-01"), release("2026-05-11"), release("2026-05-05", "far-east")]
    found = list_gaps(frame(rows), "publisher")
    assert [(dt.date(2026, 5, 11), 10)] == list(zip(found["released_on"], found["days"], strict=True))


def test_a_gap_belongs_to_the_day_that_ends_it() -> None:
    """The one from December to January counts in the new year, whole; the one after its end does not."""
    dates = ["2025-12-02", "2026-01-01", "2026-01-11", "2026-01-31", "2026-06-30"]
    found = describe([release(day) for day in dates], "publisher", dt.date(2026, 1, 1), dt.date(2026, 3, 31))
    assert (3, (3, 15.0, 20.0, 25.0)) == (found["releases"], spread(found))


def test_few_gaps_make_no_median() -> None:
    """A publisher needs three, a country ten."""
    early = [release(dt.date(2026, 1, 1) + dt.timedelta(days=20 * n)) for n in range(10)]
    span = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    assert describe(early[:3], "publisher", *span)["median_days"] is None
    assert (3, 20.0, 20.0, 20.0) == spread(describe(early[:4], "publisher", *span))
    assert describe(early, "country_code", *span)["median_days"] is None
    later = [*early, release("2026-12-01")]
    assert 10 == describe(later, "country_code", *span)["gaps"]


def test_a_country_together_is_faster_than_each_of_its_publishers() -> None:
    """Two publishers release every twenty days, ten days apart: twenty days within, ten together."""
    start = dt.date(2026, 1, 1)
    one = [release(start + dt.timedelta(days=20 * n)) for n in range(8)]
    two = [release(start + dt.timedelta(days=10 + 20 * n), "far-east") for n in range(8)]
    found = describe([*one, *two], "country_code", start, dt.date(2026, 12, 31))
    assert (2, 16, 10.0) == (found["publishers_releasing"], found["releases"], found["together_days"])
    assert (14, 20.0, 20.0, 20.0) == spread(found)


@given(st.lists(days, min_size=1, max_size=40))
def test_the_gaps_of_a_publisher_span_its_days(dates: list[dt.date]) -> None:
    """They are positive and sum to the time from its first day to its last."""
    gaps = list_gaps(frame([release(day) for day in dates]), "publisher")["days"].tolist()
    assert (max(dates) - min(dates)).days == sum(gaps)
    assert all(gap > 0 for gap in gaps)
    assert len(set(dates)) - 1 == len(gaps)


def test_months_end_with_the_data() -> None:
    """From the first release's month to the newest date, which ends the last one early."""
    ends = list_month_ends(dt.date(2026, 1, 15), dt.date(2026, 3, 8))
    assert [dt.date(2026, 1, 31), dt.date(2026, 2, 28), dt.date(2026, 3, 8)] == ends


def test_series_count_whole_months_only() -> None:
    """Two releases in August, one in September, and October is not over: it has no number, not a low one."""
    rows = models(("east/one-1", "2026-08-01"), ("east/two-2", "2026-08-20"), ("west/three-3", "2026-09-10"))
    series = make_report(rows, REGISTRY).topics["releases"].series
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
    tables = find(make_report(rows, REGISTRY))
    assert ["east"] == [row["publisher"] for row in tables["releases"].records()]
    assert [(4, 0.25, 0.25, 0.5)] == tables["releases-originals"].rows()


def test_without_a_release_there_is_no_figure_and_a_sentence() -> None:
    """A person's model only."""
    report = make_report(models(("someone/own", "2026-08-02")), REGISTRY)
    assert [] == [figure for figure in speak(build_figures(report)) if figure.slug.startswith("releases")]
    assert speak(state_topic("releases", report))["finding"].startswith("No country has enough releases")
    assert {} == report.topics["releases"].items


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
    found = interpret(frame(releases), "CN", registry, ("mid-east",), (start, dt.date(2026, 12, 31)))
    assert [(row["interpretation"], row["days_between"], row["median_days"]) for row in found] == [
        ("publishers", 35, 20.0),
        ("without-largest", 11, 100.0),
        ("companies", 23, 10.0),
        ("top-companies", 11, 100.0),
        ("medians", 3, 20.0),
        ("country", 27, 20.0),
    ]
    first = found[0]
    assert (3, "east", "far-east") == tuple(
        first[name] for name in ("publishers_releasing", "largest_publisher", "second_publisher")
    )
    assert 0.686 == round(first["share_held_by_two"], 3)


def test_too_few_times_make_no_median_in_any_way() -> None:
    """Ten times between releases, three publishers' medians."""
    registry = make_registry(make_publisher("east", "CN", kind="company"))
    releases = [release(dt.date(2026, 1, 1) + dt.timedelta(days=20 * n)) for n in range(10)]
    span: Span = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    found = interpret(frame(releases), "CN", registry, ("east",), span)
    assert {None} == {row["median_days"] for row in found}


def test_the_remark_and_the_finding_speak_of_all_ways(bundled_report: Report) -> None:
    """No way is the number: the finding has the span of them, the remark how many fit it, the page all of them."""
    tables = find(bundled_report)
    days = {code: list_medians(tables, code) for code in ("CN", "US")}
    finding = speak(state_topic("releases", bundled_report))["finding"]
    for code, place in (("CN", "China"), ("US", "the United States")):
        least, most = (ENGLISH.number(pick(days[code])) for pick in (min, max))
        assert f"{least} to {most} days in {place}" in finding
    fitting = [sum(first <= value <= last for value in days[code]) for code, first, last in FITS]
    assert speak(state_remark(tables)).endswith(
        f"the remark fits {fitting[0]} of 6 in China and {fitting[1]} of 6 in the United States."
    )


def test_the_bundled_cadences_are_those_of_a_plain_computation(bundled_report: Report, registry: Registry) -> None:
    """Median and quartiles of China and the United States in the last 365 days, by pandas."""
    tables, series = find(bundled_report), bundled_report.topics["releases"].series
    rows = tables["releases"].frame
    unique = rows.assign(d=pd.to_datetime(rows["released_on"])).drop_duplicates(["publisher", "d"])
    unique = unique.sort_values(["publisher", "d"])
    unique["gap"] = unique.groupby("publisher")["d"].diff().dt.days
    last = pd.Timestamp(bundled_report.data.as_of)
    within = unique[(unique["d"] > last - pd.Timedelta(days=365)) & (unique["d"] <= last)]
    for code in ("CN", "US"):
        gaps = within.loc[within["country_code"] == code, "gap"].dropna()
        found = list_newest(tables).find(country_code=code)
        assert found is not None
        assert (len(gaps), *np.percentile(gaps, [25, 50, 75])) == spread(found)
        assert found["median_days"] == series[f"releases.median-days.{code}"][-1].value
    assert set(rows["publisher"]) <= {registry.canonical(name) for name in registry.publishers} | {
        row.handle for row in registry.publishers.values()
    }


def test_years_months_and_calendars_hold_the_same_releases(bundled_report: Report) -> None:
    """Summed over years, over months, and over a publisher's calendar."""
    tables = find(bundled_report)
    releases, cadence = tables["releases"].frame, tables["releases-cadence"].frame
    years = cadence[cadence["period"] != YEAR]
    assert len(releases) == years.loc[years["publisher"].isna(), "releases"].sum()
    for name in tables["releases-publishers"].frame["publisher"]:
        number = (releases["publisher"] == name).sum()
        assert number == years.loc[years["publisher"] == name, "releases"].sum()
    whole = releases["released_on"] < bundled_report.data.as_of.replace(day=1)
    points = bundled_report.topics["releases"].series["releases.per-month.all"]
    assert whole.sum() == sum(point.value for point in points if point.value is not None)


def test_no_release_follows_another_of_its_kind_within_fourteen_days(bundled_report: Report) -> None:
    """Of one publisher, line and version: such repositories are one release, but where a launch was moved."""
    found: dict[tuple[str, str, str], list[Row]] = {}
    for row in find(bundled_report)["releases"].records():
        found.setdefault((row["publisher"], row["model_line"], row["version"]), []).append(row)
    pairs = [pair for group in found.values() for pair in pairwise(group)]
    close = [late["model_id"] for early, late in pairs if (late["released_on"] - early["released_on"]).days <= 14]
    assert [] == close


def test_the_headlines_are_those_of_their_numbers(bundled_report: Report) -> None:
    """Medians, releases of twelve months, and the months of the busiest publisher."""
    series = bundled_report.topics["releases"].series
    figures = {figure.slug: figure for figure in speak(build_figures(bundled_report))}
    assert speak(state_topic("releases", bundled_report))["finding"] in figures["releases-cadence"].headline
    for code, place in (("CN", "China"), ("US", "the United States")):
        points = series[f"releases.per-month.{code}"][-13:-1]
        assert f"{sum(point.value or 0 for point in points):.0f} from {place}" in figures["releases-per-month"].headline
    wide = find(bundled_report)["releases-wide"].frame
    most = wide["publisher"].value_counts()
    expected = (
        f"Of the {len(wide)} widely downloaded releases of two years most are from {most.index[0]}: {most.iloc[0]}."
    )
    assert expected in figures["releases-wide"].headline


def test_a_wide_release_has_a_thousandth_of_all_downloads_with_all_its_repositories(bundled_report: Report) -> None:
    """Its downloads are those of its repositories in the window of the first sentence, over all models."""
    wide = find(bundled_report)["releases-wide"]
    total = bundled_report.histories[Definition("held", "all", "publisher")][-1].downloads
    assert {"held"} == set(wide.frame["window"])
    assert wide.frame["downloads"].min() >= total / 1000
    first = wide.records()[0]
    ranks = {report.row.id: rank.downloads for report in bundled_report.model_reports for rank in report.ranks}
    assert first["repositories"] > 1
    assert first["downloads"] > ranks[first["model_id"]]
    assert wide.frame["released_on"].min() > bundled_report.data.as_of - dt.timedelta(days=731)


def test_a_line_of_time_says_each_rows_releases_by_their_days(bundled_report: Report) -> None:
    """A chart a publisher, which arrow keys step through: its days, what came out on them and how much of it."""
    figure = next(each for each in build_figures(bundled_report) if each.slug == "releases-wide")
    charts = list_charts(speak_figure(figure, ENGLISH).draw(WIDE, ENGLISH).to_dict())
    wide = find(bundled_report)["releases-wide"].where(publisher="Qwen").frame.sort_values("released_on")
    mine = next(chart for chart in charts if chart["title"] == "Qwen")
    assert [str(day) for day in wide["released_on"]] == mine["days"]
    assert [[name] for name in wide["model_id"]] == mine["notes"]
    assert [ENGLISH.short(number) for number in wide["downloads"]] == mine["lines"][0]["said"]


def test_a_publishers_page_says_how_often_it_releases(bundled_report: Report) -> None:
    """Its releases, its first and last day, its median."""
    item = bundled_report.topics["releases"].items["qwen"]
    said = speak(state_item("releases", item, bundled_report))["finding"]
    days = find(bundled_report)["releases"].where(publisher="Qwen").frame["released_on"]
    assert said.startswith(f"{len(days)} releases from {ENGLISH.date(days.min())} to {ENGLISH.date(days.max())}.")
    gaps = list_gaps(find(bundled_report)["releases"].where(publisher="Qwen").frame, "publisher")["days"]
    assert f"at most {gaps.median():g} days long" in said


def test_names_from_the_hub_cannot_break_the_reading() -> None:
    """No name is refused: each has a line and a version, if an empty one."""
    names = ["east/" + name for name in ("_", "-3-", "1" * 300, "ＱＷＥＮ３", "a" * 5000, "v1..2", "٣")]
    rows = models(*((name, f"2026-0{place + 1}-01") for place, name in enumerate(names)))
    report = make_report(rows, REGISTRY)
    assert len(names) == len(find(report)["releases"].frame)


def test_releases_come_in_order_of_their_day(bundled_report: Report) -> None:
    """Oldest first, though launches were moved."""
    dates = find(bundled_report)["releases"].frame["released_on"].tolist()
    assert sorted(dates) == dates
