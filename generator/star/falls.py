"""Counters since creation that fell: how much of a sum of counters they have taken away."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from generator.base.settings import YEAR_DAYS
from generator.ledger.intervals import Interval


@dataclass(frozen=True)
class Falls:
    """Falls of the counters of models in their first year, as far as the intervals log them.

    Attributes:
        models: how many of them fell.
        downloads: by how much together.
    """

    models: int
    downloads: int


NO_FALLS: Final = Falls(0, 0)


def sum_falls(intervals: Sequence[Interval], named: pd.DataFrame) -> Falls:
    """Sum the logged falls of models that are in their first year on the newest date.

    Args:
        intervals: all intervals, oldest first.
        named: models by name on every date, as `read_ledger` returns them; one that is not among them may be as young
            as any, and counts.
    """
    begin = intervals[-1].end - dt.timedelta(days=YEAR_DAYS)
    fallen = [
        (anomaly.model, anomaly.before - anomaly.after)
        for interval in intervals
        if interval.end > begin
        for anomaly in interval.anomalies
        if anomaly.kind == "counter-fell"
    ]
    old = _list_older(named, {model for model, _ in fallen}, begin)
    young = [(model, downloads) for model, downloads in fallen if model not in old]
    return Falls(len({model for model, _ in young}), sum(downloads for _, downloads in young))


def _list_older(named: pd.DataFrame, models: set[str], begin: dt.date) -> set[str]:
    """List those of some models that were created before a day."""
    if not models:
        return set()
    rows = named.loc[named["id"].isin(models), ["id", "created_at"]].dropna()
    return set(rows.loc[rows["created_at"] < pd.Timestamp(begin, tz="UTC"), "id"].astype("str"))
