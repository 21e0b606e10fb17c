"""Coverage: how much of the downloads a person has reviewed."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from generator.ledger import SMALL, Interval
from generator.registry import UNREVIEWED


@dataclass(frozen=True)
class Coverage:
    """What part of the 30-day downloads has a reviewed publisher.

    Attributes:
        as_of: the date.
        reviewed: share of the downloads, 0 to 1.
        publishers: publishers with a row in the registry that has a source.
        largest_unreviewed: account and its share, the largest first.
    """

    as_of: dt.date
    reviewed: float
    publishers: int
    largest_unreviewed: tuple[tuple[str, float], ...]


def compute_coverages(accounts: pd.DataFrame, intervals: Sequence[Interval]) -> tuple[Coverage, ...]:
    """Compute the coverage at the end of each interval from accounts as `compute_accounts` returns them."""
    by_end = dict(iter(accounts.groupby("end", observed=True)))
    return tuple(compute_coverage(by_end[interval.end], interval.end) for interval in intervals)


def compute_coverage(accounts: pd.DataFrame, as_of: dt.date, most: int = 20) -> Coverage:
    """Compute the coverage on a date from accounts as `compute_accounts` returns them."""
    now = accounts[(accounts["end"] == as_of) & (accounts["attribution"] == "publisher")]
    total = int(now["downloads_30d"].sum())
    open_rows = now[now["code"] == UNREVIEWED]
    unreviewed = int(open_rows["downloads_30d"].sum())
    named = open_rows[open_rows["account"] != SMALL]
    largest = named.sort_values(["downloads_30d", "account"], ascending=[False, True]).head(most)
    return Coverage(
        as_of=as_of,
        reviewed=1 - unreviewed / total if total else 0.0,
        publishers=int((now["code"] != UNREVIEWED).sum()),
        largest_unreviewed=tuple(
            (row["account"], int(row["downloads_30d"]) / total)
            for row in largest.to_dict("records")
            if row["downloads_30d"]
        ),
    )
