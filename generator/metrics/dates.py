"""Sums of the window that ends on each date of the history."""

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from generator.ledger import Interval
from generator.metrics.shares import sum_on


def sum_dates(
    rows: pd.DataFrame, intervals: Sequence[Interval], window: str, by: str | list[str]
) -> dict[dt.date, pd.Series]:
    """Sum the downloads of the window that ends with each interval by columns.

    The rows of thirty days are those of their last date alone, so that all dates are summed at once. Dates without a
    number or without downloads are left out.
    """
    if window != "30d":
        found = {interval.end: sum_on(rows, intervals, window, interval.end, by) for interval in intervals}
        return {day: sums for day, sums in found.items() if sums is not None and len(sums)}
    keys = [by] if isinstance(by, str) else by
    sums = rows.groupby(["end", *keys], observed=True)["downloads_30d"].sum().astype("float64")
    held = sums[sums > 0]
    return {day: held.loc[day] for day in held.index.unique("end")}
