"""Sums of the window that ends on each date of the history."""

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from generator.ledger.intervals import Interval
from generator.star.shares import sum_each


def sum_dates(
    rows: pd.DataFrame, intervals: Sequence[Interval], window: str, by: str | list[str]
) -> dict[dt.date, pd.Series]:
    """Sum the downloads of the window that ends with each interval by columns.

    Dates without a number or without downloads are left out, and so is on each date what has none.
    """
    sums = sum_each(rows, intervals, window, [by] if isinstance(by, str) else by)
    held = zip(sums.index, sums.to_numpy(), strict=True)
    return {day: pd.Series(row[row > 0], sums.columns[row > 0]) for day, row in held if (row > 0).any()}
