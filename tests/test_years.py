"""Calendar years: the downloads that fell in each year, and days that are counted once."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.ledger.intervals import Described, Interval, LedgerEntry
from generator.ledger.thinning import keep_nights
from generator.questions.years.tables import compute_year, weigh_span
from generator.star.table import Row
from generator.star.window import read_ledger
from tests.small import compute_entry, make_publisher, make_registry
from tests.test_snapshot import make_models

REGISTRY = make_registry(make_publisher("east", "CN"), make_publisher("west", "US"))
NEW_YEAR = dt.date(2026, 1, 1)


def make_interval(end: dt.date, days: int, covered_days: int) -> Interval:
    """Make an interval of which only the dates matter."""
    start = end - dt.timedelta(days=days)
    return Interval(start, end, covered_days, "counter", "test", "hub", 1, 1.0, 0, 0, 0, ())


def enter(date: str, previous: str, east: tuple[int, int], west: tuple[int, int]) -> LedgerEntry:
    """Compute the entry between two dates from each publisher's counter before and now."""
    models = [
        make_models(
            {"id": "east/x", "downloads_30d": 0, "downloads_all_time": east[moment]},
            {"id": "west/x", "downloads_30d": 0, "downloads_all_time": west[moment]},
        )
        for moment in (0, 1)
    ]
    head = Described(dt.date.fromisoformat(date), "test", "hub")
    return compute_entry(head, models[1], models[0], dt.date.fromisoformat(previous), REGISTRY)


def list_year(year: int, *entries: LedgerEntry) -> list[Row]:
    """List the rows of a year."""
    cube = read_ledger(keep_nights(entries), REGISTRY).cube
    return list(compute_year(cube, [entry.interval for entry in entries], year))


def test_an_interval_over_new_year_counts_by_its_days() -> None:
    """From 21 December to 10 January are 20 days, 10 in each year: 1,000 and 200 downloads fall half and half."""
    entry = enter("2026-01-10", "2025-12-21", (0, 1000), (0, 200))
    rows = {year: [row for row in list_year(year, entry) if row["attribution"] == "publisher"] for year in (2025, 2026)}
    assert {2025: [("CN", 500, 10, 365), ("US", 100, 10, 365)], 2026: [("CN", 500, 10, 10), ("US", 100, 10, 10)]} == {
        year: [
            tuple(row[name] for name in ("country_code", "downloads", "covered_days", "window_days")) for row in found
        ]
        for year, found in rows.items()
    }
    assert ["2025", dt.date(2025, 12, 31)] == [rows[2025][0][name] for name in ("year", "counted_until")]


def test_a_year_has_rows_for_each_universe_and_attribution_with_downloads() -> None:
    """Models without a date or a task are in no universe but all: one table by publisher and one by origin."""
    entry = enter("2026-01-10", "2026-01-01", (0, 10), (0, 0))
    found = list_year(2026, entry)
    assert [("all", "publisher"), ("all", "origin")] == [(row["universe"], row["attribution"]) for row in found]


def test_a_year_without_a_covered_day_is_left_out() -> None:
    """The gap at the interval's beginning holds all days of 2025: 40 days, of which the last 30 are covered."""
    gap = make_interval(dt.date(2026, 1, 31), days=40, covered_days=30)
    assert [{}, {dt.date(2026, 1, 31): 1.0}] == [
        weigh_span([gap], dt.date(2025, 1, 1), dt.date(2025, 12, 31)),
        weigh_span([gap], NEW_YEAR, dt.date(2026, 12, 31)),
    ]


lengths = st.lists(
    st.tuples(st.integers(min_value=1, max_value=90), st.integers(min_value=1, max_value=90)), min_size=1, max_size=12
)


@given(lengths, st.integers(min_value=1, max_value=363))
def test_two_parts_add_up_to_the_year(parts: list[tuple[int, int]], cut: int) -> None:
    """Wherever the year is cut, each interval's weights of both parts sum to its weight in the whole."""
    ends = [NEW_YEAR + dt.timedelta(days=sum(days for days, _ in parts[: place + 1])) for place in range(len(parts))]
    intervals = [make_interval(end, days, min(days, covered)) for end, (days, covered) in zip(ends, parts, strict=True)]
    last, middle = dt.date(2026, 12, 31), NEW_YEAR + dt.timedelta(days=cut)
    first_part = weigh_span(intervals, NEW_YEAR, middle)
    second_part = weigh_span(intervals, middle + dt.timedelta(days=1), last)
    whole = weigh_span(intervals, NEW_YEAR, last)
    assert whole == pytest.approx({end: first_part.get(end, 0) + second_part.get(end, 0) for end in whole})
    assert set(whole) == {*first_part, *second_part}


def test_two_half_years_add_up_to_a_year() -> None:
    """Intervals of 100 days: the weights of January to June and of July to December sum to those of the year."""
    intervals = [make_interval(dt.date(2026, 2, 1) + dt.timedelta(days=100 * step), 100, 100) for step in range(5)]
    halves = [
        weigh_span(intervals, NEW_YEAR, dt.date(2026, 6, 30)),
        weigh_span(intervals, dt.date(2026, 7, 1), dt.date(2026, 12, 31)),
    ]
    assert 365 == pytest.approx(100 * sum(sum(half.values()) for half in halves))
