"""Shares: a country's downloads ÷ all downloads of the universe in the window."""

import datetime as dt
import itertools

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.ledger.intervals import Described, Interval, LedgerEntry
from generator.ledger.thinning import keep_nights
from generator.questions.report import Report
from generator.star.definitions import DEFINITIONS, Definition
from generator.star.shares import ShareTable, build_rows, tells_universe, weigh_intervals
from generator.star.window import read_ledger
from tests.small import compute_entry, make_publisher, make_registry
from tests.test_snapshot import make_models

REGISTRY = make_registry(
    make_publisher("east", "CN"),
    make_publisher("west", "US"),
    make_publisher("lab", "INT", kind="non-profit"),
    make_publisher("someone", "", kind="person"),
)
ALL_30D = Definition("30d", "all", "publisher")
YEAR = Definition("12m", "all", "publisher")
END = dt.date(2026, 10, 8)


def make_interval(end: dt.date, days: int, covered_days: int) -> Interval:
    """Make an interval of which only the dates matter."""
    start = end - dt.timedelta(days=days)
    return Interval(start, end, covered_days, "rate", "test", "hub", 1, 1.0, 0, 0, 0, ())


def enter(date: str, previous: str | None, *rows: dict[str, object]) -> LedgerEntry:
    """Compute the entry of a date; the models were there on the date before."""
    models = make_models(*rows)
    start = dt.date.fromisoformat(previous) if previous else None
    head = Described(dt.date.fromisoformat(date), "test", "hub")
    return compute_entry(head, models, models if previous else None, start, REGISTRY)


def table_of(definition: Definition, *entries: LedgerEntry) -> ShareTable | None:
    """Compute a definition's table on the last entry's date."""
    days = read_ledger(keep_nights(entries), REGISTRY).days
    return next(iter(days.compute(definition, days.places[-1:])), None)


FIVE: list[dict[str, object]] = [
    {"id": "east/x", "downloads_30d": 500, "task": "text-generation"},
    {"id": "west/x", "downloads_30d": 300, "task": "text-to-image"},
    {"id": "lab/x", "downloads_30d": 80},
    {"id": "someone/east-gguf", "downloads_30d": 20, "base_models": ["east/x"]},
    {"id": "nobody/knows", "downloads_30d": 100},
]


def test_the_shares_of_five_models() -> None:
    """Of 1,000: CN 0.5, US 0.3, then what is no place; 0.1 unreviewed widens every upper bound."""
    found = table_of(ALL_30D, enter("2026-10-08", None, *FIVE))
    assert found is not None
    assert [
        ("CN", 500, 0.5, 0.5, 0.6, 1),
        ("US", 300, 0.3, 0.3, 0.4, 2),
        ("UNREVIEWED", 100, 0.1, 0.0, 0.1, None),
        ("INT", 80, 0.08, 0.08, 0.18, None),
        ("UNAFFILIATED", 20, 0.02, 0.02, 0.12, None),
    ] == [(row.code, row.downloads, row.share, row.lower, round(row.upper, 12), row.rank) for row in found.rows]
    assert [1000, 0.2] == [found.downloads, round(found.unattributed, 12)]


def test_by_origin_the_copies_count_for_the_maker() -> None:
    """Someone's 20 are East's; the total stays."""
    found = table_of(Definition("30d", "all", "origin"), enter("2026-10-08", None, *FIVE))
    assert found is not None
    assert [520, 1000, None] == [found.rows[0].downloads, found.downloads, found.find("UNAFFILIATED")]


@pytest.mark.parametrize(("universe", "total"), [("generative", 800), ("language", 500)])
def test_a_universe_holds_its_own_models(universe: str, total: int) -> None:
    """Language models are generative; image generators are not language models."""
    found = table_of(Definition("30d", universe, "publisher"), enter("2026-10-08", None, *FIVE))
    assert found is not None
    assert total == found.downloads


def test_without_downloads_there_is_no_table() -> None:
    """Nothing is not a hundred percent of nothing."""
    assert table_of(ALL_30D, enter("2026-10-08", None, {"id": "east/x", "downloads_30d": 0})) is None


def test_without_counters_there_is_no_all_time_table() -> None:
    """A source of 30-day counts says nothing about all time."""
    assert table_of(Definition("all_time", "all", "publisher"), enter("2026-10-08", None, *FIVE)) is None


def test_all_time_is_the_counters_sum() -> None:
    """3,000 and 1,000: three quarters."""
    entry = enter(
        "2026-10-08", None, {"id": "east/x", "downloads_all_time": 3000}, {"id": "west/x", "downloads_all_time": 1000}
    )
    found = table_of(Definition("all_time", "all", "publisher"), entry)
    assert found is not None
    assert [0.75, 4000, None] == [found.share_of("CN"), found.downloads, found.start]


def test_one_missing_counter_does_not_remove_all_time() -> None:
    """The Hub has rows with a null count; 4,000 counted downloads stay 4,000."""
    entry = enter(
        "2026-10-08",
        None,
        {"id": "east/x", "downloads_all_time": 3000, "task": "text-generation"},
        {"id": "west/x", "downloads_all_time": 1000, "task": "text-generation"},
        {"id": "west/odd", "task": "robotics"},
    )
    found = table_of(Definition("all_time", "all", "publisher"), entry)
    assert found is not None
    assert 4000 == found.downloads


def test_a_model_without_downloads_changes_nothing() -> None:
    """Neither a share, nor a rank, nor a new country."""
    plain = table_of(ALL_30D, enter("2026-10-08", None, *FIVE[1:]))
    more = table_of(ALL_30D, enter("2026-10-08", None, *FIVE[1:], {"id": "east/zero", "downloads_30d": 0}))
    assert plain == more


def test_held_is_the_sum_of_all_flows() -> None:
    """900 in thirty days, then 600 ÷ 30 for 10 days = 200: East 1,100 of 1,400."""
    first = enter("2026-09-28", None, {"id": "east/x", "downloads_30d": 900}, {"id": "west/x", "downloads_30d": 200})
    second = enter(
        "2026-10-08", "2026-09-28", {"id": "east/x", "downloads_30d": 600}, {"id": "west/x", "downloads_30d": 300}
    )
    found = table_of(Definition("held", "all", "publisher"), first, second)
    assert found is not None
    assert [1400, 1100, 40, 40, dt.date(2026, 8, 30)] == [
        found.downloads, found.rows[0].downloads, found.covered_days, found.window_days, found.start,
    ]  # fmt: skip


def test_a_window_that_cuts_an_interval_takes_it_by_days() -> None:
    """The year begins on 9 Oct 2025; of the 30 days to 18 Oct it holds 10, a third.

    A third of 900 are 300. The 355 days after it are covered by a counter that rose by 3,550. In sum 3,850.
    """
    row: dict[str, object] = {"id": "east/x", "downloads_30d": 900, "downloads_all_time": 10_000}
    first = enter("2025-10-18", None, row)
    head = Described(END, "test", "hub")
    later = make_models(row | {"downloads_all_time": 13_550})
    second = compute_entry(head, later, make_models(row), dt.date(2025, 10, 18), REGISTRY)
    found = table_of(YEAR, first, second)
    assert found is not None
    assert [3850, 365, 365, dt.date(2025, 10, 9)] == [
        found.downloads, found.covered_days, found.window_days, found.start,
    ]  # fmt: skip


def test_a_universe_that_an_interval_lacks_does_not_shift_the_weights() -> None:
    """As above, but the first interval has no language model: nothing of its third, all 3,550 of the year's rest."""
    image: dict[str, object] = {"id": "west/i", "downloads_30d": 900, "downloads_all_time": 9, "task": "text-to-image"}
    text: dict[str, object] = {"id": "east/x", "downloads_30d": 1, "downloads_all_time": 0, "task": "text-generation"}
    first = enter("2025-10-18", None, image)
    head = Described(END, "test", "hub")
    later = make_models(image, text | {"downloads_all_time": 3550})
    second = compute_entry(head, later, make_models(image, text), dt.date(2025, 10, 18), REGISTRY)
    found = table_of(Definition("12m", "language", "publisher"), first, second)
    assert found is not None
    assert 3550 == found.downloads


@pytest.mark.parametrize(("covered", "shown"), [(346, False), (347, True), (365, True)])
def test_a_year_wants_ninety_five_percent_of_its_days(covered: int, shown: bool) -> None:
    """Ninety-five hundredths of 365 are 346.75 days."""
    assert shown == bool(weigh_intervals([make_interval(END, 365, covered)], "12m", END))


def test_weights_are_the_covered_days_within_the_window() -> None:
    """An interval of 40 days to 18 Oct 2025, the last 30 covered: 10 of these 30 lie in the year from 9 Oct.

    The next covers all of its 355 days; an older one lies outside.
    """
    intervals = [
        make_interval(dt.date(2025, 9, 8), 30, 30),
        make_interval(dt.date(2025, 10, 18), 40, 30),
        make_interval(END, 355, 355),
    ]
    assert {1: 10 / 30, 2: 1.0} == weigh_intervals(intervals, "12m", END)


def test_a_gap_at_the_windows_edge_takes_no_flow() -> None:
    """The edge lies in the gap: all covered days are inside, the weight is 1."""
    intervals = [make_interval(dt.date(2025, 11, 2), 40, 20), make_interval(END, 340, 340)]
    assert {0: 1.0, 1: 1.0} == weigh_intervals(intervals, "12m", END)


@pytest.mark.parametrize(("days", "told"), [(92, True), (93, False)])
def test_first_years_are_told_by_short_intervals_alone(days: int, told: bool) -> None:
    """Within 92 days a flow is split at a model's first birthday; within more it is not told from later ones."""
    intervals = [make_interval(END - dt.timedelta(days=days), 30, 30), make_interval(END, days, days)]
    asked = [Definition("12m", "first_year", "publisher"), ALL_30D, Definition("12m", "all", "publisher")]
    assert [told, True, True] == [tells_universe(definition, intervals, {0: 1.0, 1: 1.0}) for definition in asked]


def test_two_half_years_are_a_year() -> None:
    """An interval cut in two at any day weighs, in days, what it weighed whole."""
    whole = [make_interval(END, 365, 365)]
    middle = END - dt.timedelta(days=183)
    halves = [make_interval(middle, 182, 182), make_interval(END, 183, 183)]
    assert 365 == weigh_intervals(whole, "12m", END)[0] * 365
    assert {0: 1.0, 1: 1.0} == weigh_intervals(halves, "12m", END)


@pytest.mark.parametrize("window", ["30d", "all_time"])
def test_counts_at_the_end_need_the_last_interval_alone(window: str) -> None:
    """Its own count, once; and none on a date without a snapshot."""
    intervals = [make_interval(END - dt.timedelta(days=30), 30, 30), make_interval(END, 30, 30)]
    assert {1: 1.0} == weigh_intervals(intervals, window, END)
    assert {} == weigh_intervals(intervals, window, END + dt.timedelta(days=1))


codes = st.sampled_from(["CN", "US", "FR", "DE", "INT", "UNAFFILIATED", "UNREVIEWED"])
downloads_by_code = st.dictionaries(codes, st.integers(1, 10**10), min_size=1)


@given(downloads_by_code)
def test_shares_sum_to_one_and_lie_within_their_bounds(downloads: dict[str, int]) -> None:
    """Whatever the downloads; places come first and are ranked from 1 without a hole."""
    rows = build_rows(pd.Series(downloads, dtype="float64"), pd.Series(dtype="int64"))
    assert pytest.approx(1.0, abs=1e-9) == sum(row.share for row in rows)
    assert all(0 <= row.lower <= row.share <= row.upper <= 1 for row in rows)
    ranks = [row.rank for row in rows if row.rank is not None]
    assert list(range(1, len(ranks) + 1)) == ranks


model_rows = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.tuples(
                st.sampled_from(["east", "west", "lab", "someone", "new", "other"]), st.integers(0, 99)
            ).map(lambda pair: f"{pair[0]}/m{pair[1]}"),
            "downloads_30d": st.none() | st.integers(0, 10**6),
            "task": st.sampled_from(["text-generation", "text-to-image", None]),
            "base_models": st.sampled_from([None, ["east/m1"], ["west/m2"]]),
            "created_at": st.sampled_from(
                [None, dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.datetime(2025, 9, 20, tzinfo=dt.UTC)]
            ),
        }
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda row: row["id"],
)


@pytest.mark.slow
@settings(max_examples=6)
@given(model_rows, model_rows)
def test_tables_of_any_ledger_sum_to_one(first: list[dict[str, object]], second: list[dict[str, object]]) -> None:
    """Under every definition; and the view by origin has the publishers' total."""
    one = enter("2026-09-08", None, *first)
    head = Described(END, "test", "hub")
    two = compute_entry(head, make_models(*second), make_models(*first), one.interval.end, REGISTRY)
    days = read_ledger(keep_nights((one, two)), REGISTRY).days
    tables = [days.compute(definition, [1]) for definition in DEFINITIONS.values()]
    sums = [sum(row.share for row in table.rows) for found in tables for table in found]
    assert [pytest.approx(1.0, abs=1e-9)] * len(sums) == sums
    totals = [sum(table.downloads for table in found) for found in tables]
    assert totals[0::2] == totals[1::2]


def test_the_bundled_tables_sum_to_one_within_their_bounds(bundled_report: Report) -> None:
    """Every definition on every date."""
    tables = list(itertools.chain.from_iterable(bundled_report.histories.values()))
    assert [pytest.approx(1.0, abs=1e-9)] * len(tables) == [sum(row.share for row in table.rows) for table in tables]
    assert [] == [row for table in tables for row in table.rows if not 0 <= row.lower <= row.share <= row.upper <= 1]


def test_the_bundled_tables_show_what_is_unreviewed(bundled_report: Report) -> None:
    """The unknown is a category, bounded from nothing to itself, and it is what stands between the others' bounds."""
    table = bundled_report.table(ALL_30D)
    row = table.find("UNREVIEWED")
    assert row is not None
    assert [0.0, row.share, None] == [row.lower, row.upper, row.rank]
    assert pytest.approx(row.share, abs=1e-12) == table.rows[0].upper - table.rows[0].lower


def test_the_origin_view_changes_no_bundled_total(bundled_report: Report) -> None:
    """Attribution moves downloads between rows and loses none."""
    pairs = [
        (table.downloads, other.downloads)
        for definition, tables in bundled_report.histories.items()
        if definition.attribution == "publisher"
        for table, other in zip(
            tables,
            bundled_report.histories[Definition(definition.window, definition.universe, "origin")],
            strict=True,
        )
    ]
    assert [first for first, _ in pairs] == [second for _, second in pairs]
