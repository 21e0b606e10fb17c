"""Crossovers: who of two countries led when, and every change of their order."""

import datetime as dt

import pandas as pd
import pytest

from generator.questions.crossovers.tables import compute_crossovers, follow_pair
from generator.star.definitions import Definition
from generator.star.shares import ShareTable, build_rows

DEFINITION = Definition("30d", "all", "publisher")
PAIR = ("CN", "US")


def day(number: int) -> dt.date:
    """Return a day counted from 1 October 2026."""
    return dt.date(2026, 9, 30) + dt.timedelta(days=number)


def make_table(number: int, **downloads: int) -> ShareTable:
    """Make the table of a day."""
    rows = build_rows(pd.Series(downloads, dtype="float64"), pd.Series(dtype="int64"))
    return ShareTable(DEFINITION, day(number), None, 30, 30, sum(downloads.values()), rows)


def test_a_lead_that_never_changed() -> None:
    """East leads on both dates: by 0.6 - 0.4 now, since the start, without a change."""
    found = follow_pair([make_table(1, CN=70, US=30), make_table(8, CN=60, US=40)], PAIR)
    assert ["CN", 0.2, day(1), True, (), ()] == [
        found.order["ahead_code"], round(found.order["margin"], 12), found.order["ahead_since"],
        found.order["since_first_date"], found.changes, found.ties,
    ]  # fmt: skip


def test_a_change_names_the_first_date_of_the_new_order() -> None:
    """US led until the 8th, China leads from the 15th by 0.2; the change lies between."""
    found = follow_pair([make_table(1, CN=30, US=70), make_table(8, CN=45, US=55), make_table(15, CN=60, US=40)], PAIR)
    (change,) = found.changes
    assert [day(15), day(8), "US", "CN", None, False] == [
        change[name] for name in ("first_seen", "last_seen", "old_code", "new_code", "stood_until", "is_short")
    ]
    assert [day(15), False, 0.2, found.order["margin"]] == [
        found.order["ahead_since"], found.order["since_first_date"], round(change["margin"], 12), change["margin"],
    ]  # fmt: skip


@pytest.mark.parametrize(("days", "is_short"), [(1, True), (20, True), (21, False), (60, False)])
def test_a_lead_lost_again_in_under_three_weeks_is_short(days: int, is_short: bool) -> None:
    """China leads from the 8th and loses the lead so many days later; the second change still stands."""
    found = follow_pair(
        [make_table(1, CN=40, US=60), make_table(8, CN=60, US=40), make_table(8 + days, CN=40, US=60)], PAIR
    )
    assert [(day(8), day(8 + days), is_short), (day(8 + days), None, False)] == [
        (change["first_seen"], change["stood_until"], change["is_short"]) for change in found.changes
    ]


def test_a_tie_changes_nothing_and_is_listed() -> None:
    """50 and 50 on the 8th: China, which led before, leads on; the margin of a tie today is 0."""
    before = make_table(1, CN=60, US=40)
    tied = follow_pair([before, make_table(8, CN=50, US=50)], PAIR)
    after = follow_pair([before, make_table(8, CN=50, US=50), make_table(15, CN=55, US=45)], PAIR)
    assert [["CN", 0.0, day(1)], ["CN", after.order["margin"], day(1)]] == [
        [found.order[name] for name in ("ahead_code", "margin", "ahead_since")] for found in (tied, after)
    ]
    assert [[day(8)], [day(8)]] == [[row["tied_on"] for row in found.ties] for found in (tied, after)]
    assert () == after.changes


def test_a_change_through_a_tie_was_last_seen_before_it() -> None:
    """US ahead, then level, then China ahead: the old order was last seen on the 1st."""
    found = follow_pair([make_table(1, CN=40, US=60), make_table(8, CN=50, US=50), make_table(15, CN=60, US=40)], PAIR)
    assert [(day(1), day(15))] == [(change["last_seen"], change["first_seen"]) for change in found.changes]


def test_dates_that_are_missing_are_skipped() -> None:
    """Nothing between the 1st and the 60th: the change is dated by what was seen."""
    found = follow_pair([make_table(1, CN=40, US=60), make_table(60, CN=60, US=40)], PAIR)
    assert [(day(1), day(60), None)] == [
        (change["last_seen"], change["first_seen"], change["stood_until"]) for change in found.changes
    ]


def test_a_country_without_a_row_has_no_downloads() -> None:
    """Only China has downloads on the 1st, neither on the 8th: no tie, no change."""
    found = follow_pair([make_table(1, CN=60, FR=1), make_table(8, FR=10)], PAIR)
    assert ["CN", 0.0, (), ()] == [found.order["ahead_code"], found.order["margin"], found.changes, found.ties]


def test_two_countries_that_never_had_downloads_have_no_leader() -> None:
    """Neither is in the table."""
    found = follow_pair([make_table(1, FR=10)], PAIR)
    names = ("ahead_code", "ahead_since", "since_first_date")
    assert [None, None, False] == [found.order[name] for name in names]


def test_the_five_largest_of_the_headline_make_ten_pairs() -> None:
    """The sixth country is in no pair; the larger stands first; other definitions get the same pairs."""
    other = Definition("30d", "all", "origin")
    table = make_table(1, CN=60, US=50, FR=40, DE=30, JP=20, KR=10, UNREVIEWED=90)
    orders = compute_crossovers({DEFINITION: [table], other: [table]}, [], DEFINITION)[0]
    assert ["CN-US", "CN-FR", "CN-DE", "CN-JP", "US-FR", "US-DE", "US-JP", "FR-DE", "FR-JP", "DE-JP"] * 2 == [
        f"{row['pair_first_code']}-{row['pair_second_code']}" for row in orders.records()
    ]
