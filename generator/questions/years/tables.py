"""Calendar years: the shares of the downloads that fell in each year, from flows.

A year is a window of its own (`y2025`), beside the definitions that the report is built on.
"""

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from generator.ledger.intervals import Interval
from generator.star.definitions import ATTRIBUTIONS, UNIVERSES, Definition
from generator.star.shares import ShareTable, build_rows, select_universe, sum_window


def compute_years(cube: pd.DataFrame, intervals: Sequence[Interval]) -> dict[int, tuple[ShareTable, ...]]:
    """Compute the tables of every calendar year of which at least one day is covered, oldest year first.

    Args:
        cube: as `read_ledger` returns it.
        intervals: all intervals, oldest first.

    Returns:
        For each year one table per universe and attribution that has downloads. Its definition's window is `y2025`
        and so on; `start` is 1 January, `as_of` 31 December or the newest date, `covered_days` the days between
        them that flows speak for.
    """
    return {
        year: tables
        for year in range(intervals[0].start.year, intervals[-1].end.year + 1)
        if (tables := _compute_year(cube, intervals, year))
    }


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


def _compute_year(cube: pd.DataFrame, intervals: Sequence[Interval], year: int) -> tuple[ShareTable, ...]:
    first, last = dt.date(year, 1, 1), min(dt.date(year, 12, 31), intervals[-1].end)
    weights = weigh_span(intervals, first, last)
    covered = sum(round(weights.get(interval.end, 0.0) * interval.covered_days) for interval in intervals)
    tables = []
    for universe in UNIVERSES:
        for attribution in ATTRIBUTIONS:
            definition = Definition(f"y{year}", universe, attribution)
            rows = select_universe(cube[cube["attribution"] == attribution], universe)
            downloads = sum_window(rows, definition.window, weights, last)
            if downloads is not None and downloads.sum() > 0:
                models = _count_models(rows, last)
                total = round(float(downloads.sum()))
                shares = build_rows(downloads, models)
                tables.append(ShareTable(definition, last, first, covered, (last - first).days + 1, total, shares))
    return tuple(tables)


def _count_models(rows: pd.DataFrame, last: dt.date) -> pd.Series:
    """Count the models by code at the newest date up to the last day; none where there is no such date."""
    newest = max((end for end in rows["end"].cat.categories if end <= last), default=None)
    return rows[rows["end"] == newest].groupby("code")["models"].sum()
