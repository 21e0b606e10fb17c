"""Thinning by age: which dates stand on their own, and what the intervals joined between them say."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from generator.ledger.intervals import LedgerEntry
from generator.ledger.store import Manifest, load_ledger, save_entry, write_manifest
from generator.ledger.thinning import join_nights, keep_nights, thin_dates
from generator.questions import compute
from generator.questions.compute import compute_report
from generator.questions.report import HEADLINES
from generator.star.window import read_ledger
from tests.histories import make_entries
from tests.small import make_publisher, make_registry

pytestmark = pytest.mark.slow

NEWEST = dt.date(2026, 11, 22)
REGISTRY = make_registry(make_publisher("east", "CN"), make_publisher("west", "US"))


def list_nights(number: int) -> list[dt.date]:
    """List so many nights up to the newest one, oldest first."""
    return [NEWEST - dt.timedelta(days=age) for age in range(number - 1, -1, -1)]


def test_nights_then_weeks_then_months() -> None:
    """1,200 nights: 91 of them, the last of each week of two years, the last of each month before."""
    kept = thin_dates(list_nights(1200))
    ages = [(NEWEST - day).days for day in kept]
    assert list(range(90, -1, -1)) == [age for age in ages if age <= 90]
    weeks = [day for day, age in zip(kept, ages, strict=True) if 90 < age <= 730]
    assert len({day.isocalendar()[:2] for day in weeks}) == len(weeks) == 92
    months = [day for day, age in zip(kept, ages, strict=True) if age > 730]
    assert len({(day.year, day.month) for day in months}) == len(months) == 16
    assert len(kept) == 91 + 92 + 16


def test_what_was_left_out_never_comes_back() -> None:
    """Night after night over four years, a date that once was thinned away stays so."""
    nights = list_nights(1500)
    gone: set[dt.date] = set()
    for number in range(1, len(nights) + 1, 7):
        kept = set(thin_dates(nights[:number]))
        assert not gone & kept
        gone |= set(nights[:number]) - kept


def test_a_short_history_stays_as_it_is() -> None:
    """Weekly dates of two years, and no date at all."""
    weekly = [NEWEST - dt.timedelta(weeks=age) for age in range(100, -1, -1)]
    assert tuple(weekly) == thin_dates(weekly)
    assert () == thin_dates([])


def make_nights(number: int) -> tuple[LedgerEntry, ...]:
    """Make a ledger of so many nights: the counts grow from night to night, `west` is there on Sundays only."""
    days = [(NEWEST - dt.timedelta(days=1), {"east/a": 900}), (NEWEST, {"east/a": 900, "east/new": 30, "west/b": 90})]
    *_, last = make_entries(days, REGISTRY, "text-generation")
    return tuple(_make_night(last, place, day) for place, day in enumerate(list_nights(number)))


def _make_night(like: LedgerEntry, place: int, day: dt.date) -> LedgerEntry:
    flows, models = (
        frame.assign(downloads_30d=frame["downloads_30d"] + place, flow=frame["flow"] + place)
        for frame in (like.flows, like.models)
    )
    if day.isoweekday() != 7:
        flows, models = (frame[frame["publisher"] != "west"].reset_index(drop=True) for frame in (flows, models))
    interval = replace(like.interval, start=day - dt.timedelta(days=1), end=day, covered_days=1)
    return replace(like, interval=interval, flows=flows, models=models)


def test_joined_nights_sum_their_flows_and_end_as_the_last() -> None:
    """A week has the flow of its nights by account and model, and the counts of its last night."""
    entries = make_nights(120)
    periods = join_nights(entries)
    week = next(period for period in periods if len(period.entries) == 7)
    assert (7, 7) == (week.interval.days, week.interval.covered_days)
    reading = read_ledger(periods, REGISTRY)
    cube, named = (rows[rows["end"] == week.interval.end] for rows in (reading.cube, reading.named))
    last = week.entries[-1]
    by_publisher = cube[cube["attribution"] == "publisher"].groupby("code")[["flow", "downloads_30d"]].sum()
    for publisher, code in (("east", "CN"), ("west", "US")):
        flows = [entry.flows.loc[entry.flows["publisher"] == publisher] for entry in week.entries]
        assert sum(rows["flow"].sum() for rows in flows) == by_publisher.loc[code, "flow"]
        assert flows[-1]["downloads_30d"].sum() == by_publisher.loc[code, "downloads_30d"]
    assert list(last.models["id"]) == list(named["id"])
    expected = sum(entry.models.loc[entry.models["id"] == "east/a", "flow"].sum() for entry in week.entries)
    assert expected == named.set_index("id").loc["east/a", "flow"]
    assert sum(len(entry.releases) for entry in entries) == len(reading.releases)


def test_the_joined_history_adjoins_and_loses_no_day() -> None:
    """From the first day to the newest: each interval begins where the one before ended."""
    entries = make_nights(500)
    intervals = [period.interval for period in join_nights(entries)]
    assert [interval.end for interval in intervals][:-1] == [interval.start for interval in intervals][1:]
    assert sum(entry.interval.covered_days for entry in entries) == sum(day.covered_days for day in intervals)
    assert [entry.interval for entry in entries[-91:]] == intervals[-91:]
    assert len(intervals) < 160


def test_files_are_read_as_entries_in_memory(tmp_path: Path) -> None:
    """The database reads the store's files itself; all that is read is the same."""
    entries = make_nights(110)
    write_manifest(tmp_path, Manifest(tuple(save_entry(tmp_path, entry, "0" * 64) for entry in entries)))
    one, other = (read_ledger(join_nights(each), REGISTRY) for each in (entries, load_ledger(tmp_path).entries))
    for name in ("cube", "accounts", "classes", "named", "births", "releases"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


def test_the_report_of_a_long_history_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Headline, leads, changes of the lead and the numbers of every date are those of the whole ledger.

    Two countries change places every night for a week in the part that is thinned.
    """
    nights = [_swap(night, place) if 20 <= place < 27 else night for place, night in enumerate(make_nights(140))]
    thinned = compute_report(tuple(nights), REGISTRY, NEWEST)
    monkeypatch.setattr(compute, "join_nights", keep_nights)
    whole = compute_report(tuple(nights), REGISTRY, NEWEST)
    for definition, tables in thinned.histories.items():
        by_date = {table.as_of: table for table in whole.histories[definition]}
        assert [by_date[table.as_of] for table in tables] == list(tables)
    assert (whole.headline, whole.leads) == (thinned.headline, thinned.leads)
    found = [{**each.topics["crossovers"].by_name, **each.topics["years"].by_name} for each in (whole, thinned)]
    assert found[1]["crossovers-changes"].rows()
    for name in ("crossovers-orders", "crossovers-changes", "crossovers-ties", "years-shares"):
        assert found[0][name] == found[1][name]
    days = thinned.days.compute_first(HEADLINES)
    assert whole.days.compute_first(HEADLINES) == days
    assert len(thinned.histories[thinned.headline]) < len(days) == 140


def _swap(night: LedgerEntry, place: int) -> LedgerEntry:
    """Give all downloads of every other night to the American account."""
    return replace(night, flows=night.flows.assign(publisher="west")) if place % 2 else night
