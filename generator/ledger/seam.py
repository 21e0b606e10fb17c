"""The seam: an interval before which older dates were put, and whose own snapshot is not held any more.

Its flows speak for its last days and stay as they are; only where it begins moves. What its snapshot had first was
counted from nothing: of that, what is older than the new start belongs to the dates before.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from generator.ledger.intervals import BIRTH_DIMENSIONS, Interval, LedgerEntry


def find_free_until(interval: Interval) -> dt.date:
    """Return the last date that fits between an interval's start and the days that its flows speak for.

    The mean of what rates and counters cover is no such place: where both are in it, there is only the start.
    """
    return interval.start if interval.basis == "mixed" else interval.end - dt.timedelta(days=interval.covered_days)


def begin_later(entry: LedgerEntry, start: dt.date, before: Sequence[LedgerEntry]) -> LedgerEntry:
    """Return an interval that begins at a date put before it; flows and models by name are the same rows.

    New is what was created since, as in every interval whose start is not held. Births are kept by month: in that of
    the new start, those that the dates before have already are taken off.

    Args:
        entry: the interval.
        start: the date that it begins at now, at most `find_free_until` of it.
        before: the intervals that were put before it.
    """
    births = _take_off(entry.births, f"{start:%Y-%m}", pd.concat([each.births for each in before]))
    since = pd.Timestamp(start + dt.timedelta(days=1), tz="UTC")
    created = pd.to_datetime(entry.releases["created_at"], utc=True)
    releases = entry.releases[(created >= since).to_numpy()].reset_index(drop=True)
    interval = replace(entry.interval, start=start, added=int(births["models"].sum()))
    return LedgerEntry(interval, entry.flows, entry.models, births, releases)


def _take_off(births: pd.DataFrame, month: str, known: pd.DataFrame) -> pd.DataFrame:
    """Return the births from a month on, without those of that month that are known."""
    since = births[births["month"] >= month]
    counted = known[known["month"] == month].groupby(BIRTH_DIMENSIONS, observed=True)["models"].sum()
    places = pd.MultiIndex.from_frame(since[BIRTH_DIMENSIONS])
    left = since["models"].to_numpy() - counted.reindex(places, fill_value=0).to_numpy()
    rows: pd.DataFrame = since.assign(models=left)[left > 0].reset_index(drop=True)
    return rows
