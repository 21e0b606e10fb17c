"""Who leads: by how much, whether beyond doubt, and since when."""

import datetime as dt

import pandas as pd
import pytest

from generator.star.definitions import Definition
from generator.star.leads import Lead, compute_lead
from generator.star.shares import ShareTable, build_rows

DEFINITION = Definition("30d", "all", "publisher")


def make_table(day: int, **downloads: int) -> ShareTable:
    """Make the table of a day in October 2026."""
    rows = build_rows(pd.Series(downloads, dtype="float64"), pd.Series(dtype="int64"))
    date = dt.date(2026, 10, day)
    return ShareTable(DEFINITION, date, date - dt.timedelta(days=29), 30, 30, sum(downloads.values()), rows)


def lead_of(*tables: ShareTable) -> Lead:
    """Return the lead of a history that has one."""
    lead = compute_lead(tables)
    assert lead is not None
    return lead


@pytest.mark.parametrize(
    ("unreviewed", "is_clear"),
    [
        (0, True),
        (19, True),
        (20, False),  # 50 against 30 + 20: the unreviewed could draw level
        (21, False),
    ],
)
def test_a_lead_is_clear_when_the_unreviewed_cannot_reverse_it(unreviewed: int, is_clear: bool) -> None:
    """The leader without the unreviewed against the second with all of them."""
    assert is_clear == lead_of(make_table(1, CN=50, US=30, UNREVIEWED=unreviewed)).is_clear


def test_the_margin_is_the_difference_of_the_shares() -> None:
    """Half less three tenths; categories that are no places lead nothing."""
    lead = lead_of(make_table(1, CN=50, US=30, UNAFFILIATED=20))
    assert ["CN", "US", 0.2] == [lead.leader, lead.second, round(lead.margin, 12)]


def test_a_category_never_leads() -> None:
    """Persons have most downloads; the lead is between the countries."""
    lead = lead_of(make_table(1, CN=20, US=30, UNAFFILIATED=500))
    assert ["US", "CN"] == [lead.leader, lead.second]


def test_a_lead_lasts_since_it_was_last_taken() -> None:
    """US, CN, US, US: the run began on the third day, not on the first."""
    lead = lead_of(
        make_table(1, CN=1, US=2), make_table(2, CN=2, US=1), make_table(3, CN=1, US=2), make_table(4, CN=1, US=3)
    )
    assert ["US", dt.date(2026, 10, 3), False] == [lead.leader, lead.since, lead.since_start]


def test_a_lead_without_a_beginning_says_so() -> None:
    """The same leader on every date: its lead may be older than the history."""
    lead = lead_of(make_table(1, CN=2, US=1), make_table(2, CN=3, US=1))
    assert [dt.date(2026, 10, 1), True] == [lead.since, lead.since_start]


def test_a_date_without_places_ends_a_run() -> None:
    """On the second day nobody was attributed; the run begins after it."""
    lead = lead_of(make_table(1, CN=2, US=1), make_table(2, UNREVIEWED=9), make_table(3, CN=2, US=1))
    assert [dt.date(2026, 10, 3), False] == [lead.since, lead.since_start]


def test_one_country_alone_leads_nobody() -> None:
    """There is no lead without a second, and none without a history."""
    assert [None, None] == [compute_lead((make_table(1, CN=2, UNREVIEWED=1),)), compute_lead(())]
