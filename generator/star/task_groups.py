"""Shares of countries within each task group on a date, of the last thirty days."""

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from generator.registry import TASK_GROUPS
from generator.star.shares import ShareRow, build_rows


@dataclass(frozen=True)
class TaskShares:
    """The shares within one task group, 30 days, by publisher; they sum to 1.

    Attributes:
        task_group: the group.
        downloads: its downloads of the last thirty days.
        share_of_all: its part of all downloads, 0 to 1.
        rows: as in a share table.
    """

    task_group: str
    downloads: int
    share_of_all: float
    rows: tuple[ShareRow, ...]


def compute_task_shares(cube: pd.DataFrame, as_of: dt.date) -> tuple[TaskShares, ...]:
    """Compute the shares of every task group that has downloads on a date."""
    now = cube[(cube["end"] == as_of) & (cube["attribution"] == "publisher")]
    total = int(now["downloads_30d"].sum())
    tables = []
    for group in TASK_GROUPS:
        rows = now[now["task_group"] == group]
        downloads = rows.groupby("code")["downloads_30d"].sum().astype("float64")
        if downloads.sum() > 0:
            models = rows.groupby("code")["models"].sum()
            part = round(float(downloads.sum()))
            tables.append(TaskShares(group, part, part / total, build_rows(downloads, models)))
    return tuple(tables)
