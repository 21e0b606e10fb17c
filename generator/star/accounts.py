"""Publishers: what each account's models were downloaded, and what was built on them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from generator.base.encode import make_slugs
from generator.ledger.intervals import SMALL


@dataclass(frozen=True)
class PublisherRow:
    """One publisher on the report's date.

    Attributes:
        handle: the Hub account.
        code: country code or category.
        rank: 1 for the publisher with most downloads in the last thirty days.
        downloads_30d: the Hub's counts of the last thirty days of its models, summed.
        share: of all 30-day downloads, 0 to 1.
        models: its models.
        origin_downloads_30d: 30-day downloads of all models, by anyone, whose origin it is.
        downloads_all_time: the same from the all-time counters; None where there are none.
    """

    handle: str
    code: str
    rank: int
    downloads_30d: int
    share: float
    models: int
    origin_downloads_30d: int
    downloads_all_time: int | None


@dataclass(frozen=True)
class HistoryPoint:
    """A value on a date.

    Attributes:
        as_of: the date.
        downloads_30d: downloads of the thirty days before.
        total: all 30-day downloads on that date.
    """

    as_of: dt.date
    downloads_30d: int
    total: int

    @property
    def share(self) -> float:
        """Return its share of all 30-day downloads on that date, 0 to 1."""
        return self.downloads_30d / self.total if self.total else 0.0


def compute_publishers(counts: pd.DataFrame, codes: Mapping[str, str]) -> tuple[PublisherRow, ...]:
    """Rank all publishers by 30-day downloads on the newest date; the folded small ones are left out.

    Args:
        counts: of that date by publisher and origin, as `read_counts` returns them.
        codes: country code or category of every account.
    """
    total = int(counts["downloads_30d"].sum())
    origin, publisher = (counts.groupby(by, observed=True) for by in ("origin", "publisher"))
    origin_downloads = origin["downloads_30d"].sum()
    now = publisher[["downloads_30d", "downloads_all_time", "models"]].sum(min_count=1).reset_index()
    mine = now[now["publisher"] != SMALL]
    ordered = mine.sort_values(["downloads_30d", "publisher"], ascending=[False, True])
    return tuple(
        PublisherRow(
            handle=row["publisher"],
            code=codes[row["publisher"]],
            rank=rank,
            downloads_30d=int(row["downloads_30d"]),
            share=int(row["downloads_30d"]) / total if total else 0.0,
            models=int(row["models"]),
            origin_downloads_30d=int(origin_downloads.get(row["publisher"], 0)),
            downloads_all_time=None if pd.isna(row["downloads_all_time"]) else int(row["downloads_all_time"]),
        )
        for rank, row in enumerate(ordered.to_dict("records"), start=1)
    )


def compute_account_history(accounts: pd.DataFrame, handles: Sequence[str]) -> dict[str, tuple[HistoryPoint, ...]]:
    """Return the 30-day downloads of some publishers on every date that has them, oldest first."""
    totals = sum_dates(accounts)
    mine = accounts[accounts["account"].isin(list(handles))]
    points: dict[str, list[HistoryPoint]] = {}
    for account, end, downloads in zip(mine["account"], mine["end"], mine["downloads_30d"], strict=True):
        points.setdefault(account, []).append(HistoryPoint(end, int(downloads), totals[end]))
    return {account: tuple(history) for account, history in points.items()}


def sum_dates(accounts: pd.DataFrame) -> dict[dt.date, int]:
    """Sum the 30-day downloads of all publishers on each date."""
    totals = accounts.groupby("end", observed=True)["downloads_30d"].sum()
    return {end: int(total) for end, total in zip(totals.index, totals, strict=True)}


def give_slugs(rows: Sequence[PublisherRow]) -> list[tuple[PublisherRow, str]]:
    """Give each publisher a page name."""
    return list(zip(rows, make_slugs([row.handle for row in rows], "publisher"), strict=True))
