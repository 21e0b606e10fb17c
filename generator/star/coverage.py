"""Coverage: how much of the downloads a person has reviewed."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from generator.ledger.intervals import SMALL, Interval
from generator.registry import UNREVIEWED
from generator.star.named import take_date


@dataclass(frozen=True)
class Coverage:
    """What part of the downloads has a reviewed publisher.

    Attributes:
        as_of: the date.
        counted: `30d` for the Hub's counts of thirty days, `flow` for those of the interval where there are none.
        reviewed: share of the downloads, 0 to 1.
        publishers: publishers with a row in the registry that has a source.
        largest_unreviewed: account and its share, the largest first.
    """

    as_of: dt.date
    counted: str
    reviewed: float
    publishers: int
    largest_unreviewed: tuple[tuple[str, float], ...]


def compute_coverages(
    accounts: pd.DataFrame, flows: pd.DataFrame, intervals: Sequence[Interval]
) -> tuple[Coverage, ...]:
    """Compute the coverage at the end of each interval; one without any download has none.

    Args:
        accounts: as `read_ledger` returns them.
        flows: likewise, of the intervals at whose end there are no counts.
        intervals: oldest first.
    """
    dates = {interval.end: take_date(accounts, interval.end) for interval in intervals}
    counts = {end: rows for end, rows in dates.items() if rows["downloads_30d"].sum() > 0}
    uncounted = dict(iter(flows.groupby("end")))
    found = (
        _measure(counts[end], "downloads_30d", end) if end in counts else _measure(uncounted[end], "flow", end)
        for interval in intervals
        if (end := interval.end) in counts or end in uncounted
    )
    return tuple(coverage for coverage in found if coverage)


def rank_unreviewed(downloads: pd.Series, most: int) -> pd.Series:
    """Rank unreviewed accounts that are known by name, most downloads first, names in order among equals.

    Coverage, the gates and the list of what to review next name the largest by this.

    Args:
        downloads: of each unreviewed account, by the handle that they count for.
        most: accounts to return.
    """
    named = downloads[(downloads > 0) & ~downloads.index.isin([SMALL, ""])].rename_axis("account").rename("downloads")
    candidates = named[named >= named.nlargest(most).min()]  # sorting a million names takes seconds
    ranked: pd.Series = candidates.sort_index().sort_values(ascending=False, kind="stable").head(most)
    return ranked


def _measure(now: pd.DataFrame, column: str, as_of: dt.date, most: int = 20) -> Coverage | None:
    """Measure the coverage by the publishers of a date, in the downloads of a column."""
    total = float(now[column].sum())
    if total <= 0:
        return None
    open_rows = now.loc[now["code"] == UNREVIEWED, ["account", column]]
    counts = open_rows[column].to_numpy("float64", na_value=0.0)
    tried = most + 2  # two of the largest may be no account that is known by name
    first = open_rows[counts >= np.partition(counts, -tried)[-tried]] if len(counts) > tried else open_rows
    largest = rank_unreviewed(first.set_index(first["account"].astype("str"))[column], most)
    return Coverage(
        as_of=as_of,
        counted="30d" if column == "downloads_30d" else "flow",
        reviewed=1 - float(counts.sum()) / total,
        publishers=int((now["code"] != UNREVIEWED).sum()),
        largest_unreviewed=tuple((str(account), float(count) / total) for account, count in largest.items()),
    )
