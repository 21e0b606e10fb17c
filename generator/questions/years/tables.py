"""Calendar years: the shares of the downloads that fell in each year, from flows."""

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Final

import pandas as pd

from generator.ledger.intervals import Interval
from generator.questions.ground import Ground
from generator.star.columns import COLUMNS
from generator.star.definitions import ATTRIBUTIONS, UNIVERSES
from generator.star.shares import ShareRow, build_rows, select_universe, sum_window
from generator.star.table import Column, Row, Table, declare_table
from generator.text.say import say

SHARES: Final = declare_table(
    "years-shares",
    "Shares by calendar year",
    "A country or category in a calendar year.",
    Column("year", "text", say("Year"), "The calendar year."),
    *(COLUMNS["universe"], COLUMNS["attribution"]),
    Column("counted_until", "date", say("Counted until"), "31 December, or the newest date."),
    Column("covered_days", "count", say("Days covered"), "Days of the year that flows speak for.", "days"),
    Column("window_days", "count", say("Days"), "Days of the year until then.", "days"),
    Column("year_downloads", "count", say("Downloads"), "All downloads of those days.", "downloads"),
    *(COLUMNS[name] for name in ("country_code", "downloads", "share", "share_lower", "share_upper", "models", "rank")),
)


def compute(ground: Ground) -> tuple[Table, ...]:
    """Compute the shares of every calendar year of which at least one day is covered, oldest year first."""
    intervals = ground.reading.intervals
    years = range(intervals[0].start.year, intervals[-1].end.year + 1)
    return (SHARES.fill([row for year in years for row in compute_year(ground.reading.cube, intervals, year)]),)


def weigh_span(intervals: Sequence[Interval], first: dt.date, last: dt.date) -> dict[dt.date, float]:
    """Return the fraction of each interval's flow that lies in a span of days, both ends included, by its end.

    A flow is spread evenly over the days that it covers, which are the last ones of its interval. Weights of spans
    that adjoin add up to that of the whole.
    """
    before = first - dt.timedelta(days=1)
    weights = {}
    for interval in intervals:
        begin = max(interval.end - dt.timedelta(days=interval.covered_days), before)
        days = (min(interval.end, last) - begin).days
        if days > 0:
            weights[interval.end] = days / interval.covered_days
    return weights


def compute_year(cube: pd.DataFrame, intervals: Sequence[Interval], year: int) -> Iterator[Row]:
    """Compute the shares of a calendar year under each universe and attribution that has downloads.

    Args:
        cube: as `read_ledger` returns it.
        intervals: all intervals, oldest first.
        year: the calendar year.
    """
    first, last = dt.date(year, 1, 1), min(dt.date(year, 12, 31), intervals[-1].end)
    weights = weigh_span(intervals, first, last)
    covered = sum(round(weights.get(interval.end, 0.0) * interval.covered_days) for interval in intervals)
    span = {"year": str(year), "counted_until": last, "covered_days": covered, "window_days": (last - first).days + 1}
    for universe, attribution in product(UNIVERSES, ATTRIBUTIONS):
        rows = select_universe(cube[cube["attribution"] == attribution], universe)
        downloads = sum_window(rows, f"y{year}", weights, last)
        if downloads is not None and downloads.sum() > 0:
            about = {"universe": universe, "attribution": attribution, "year_downloads": round(float(downloads.sum()))}
            for row in build_rows(downloads, _count_models(rows, last)):
                yield {**span, **about, **_describe(row)}


def _describe(row: ShareRow) -> Row:
    return {
        "country_code": row.code,
        "downloads": row.downloads,
        "share": row.share,
        "share_lower": row.lower,
        "share_upper": row.upper,
        "models": row.models,
        "rank": row.rank,
    }


def _count_models(rows: pd.DataFrame, last: dt.date) -> pd.Series:
    """Count the models by code at the newest date up to the last day; none where there is no such date."""
    newest = max((end for end in rows["end"].cat.categories if end <= last), default=None)
    return rows[rows["end"] == newest].groupby("code")["models"].sum()
