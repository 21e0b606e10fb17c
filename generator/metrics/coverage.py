"""Coverage: how much of the downloads a person has reviewed."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from generator.ledger import SMALL, Interval
from generator.registry import UNREVIEWED


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


def compute_coverages(accounts: pd.DataFrame, intervals: Sequence[Interval]) -> tuple[Coverage, ...]:
    """Compute the coverage at the end of each interval from accounts as `read_ledger` returns them.

    An interval without any download has none.
    """
    columns = ["end", "account", "code", "downloads_30d", "flow"]
    by_publisher = accounts.loc[accounts["attribution"] == "publisher", columns]
    by_end = dict(iter(by_publisher.groupby("end", observed=True)))
    found = (_measure(by_end[interval.end], interval.end) for interval in intervals)
    return tuple(coverage for coverage in found if coverage)


def _measure(now: pd.DataFrame, as_of: dt.date, most: int = 20) -> Coverage | None:
    """Measure the coverage by the publishers of a date."""
    column = "downloads_30d" if now["downloads_30d"].sum() > 0 else "flow"
    total = float(now[column].sum())
    if total <= 0:
        return None
    open_rows = now[now["code"] == UNREVIEWED]
    named = open_rows[(open_rows["account"] != SMALL) & (open_rows[column] > 0)]
    candidates = named[named[column] >= named[column].nlargest(most).min()]
    largest = candidates.sort_values([column, "account"], ascending=[False, True]).head(most)
    return Coverage(
        as_of=as_of,
        counted="30d" if column == "downloads_30d" else "flow",
        reviewed=1 - float(open_rows[column].sum()) / total,
        publishers=int((now["code"] != UNREVIEWED).sum()),
        largest_unreviewed=tuple((row["account"], float(row[column]) / total) for row in largest.to_dict("records")),
    )
