"""Shares: a country's downloads ÷ all downloads of the universe in the window, the unattributed ones included."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from generator.ledger import Interval
from generator.metrics.definitions import Definition
from generator.registry import INTERNATIONAL, UNAFFILIATED, UNREVIEWED
from generator.settings import COUNT_DAYS, MIN_YEAR_COVERAGE, YEAR_DAYS

# An all-time table is not shown where more than this part of the 30-day downloads has no all-time counter.
MAX_UNCOUNTED: Final = 0.01
NOT_PLACES: Final = (INTERNATIONAL, UNAFFILIATED, UNREVIEWED)


@dataclass(frozen=True)
class ShareRow:
    """One country's or category's part.

    Attributes:
        code: ISO code, or `INT`, `UNAFFILIATED`, `UNREVIEWED`.
        downloads: number of downloads, rounded to a whole one.
        share: fraction of the table's downloads, 0 to 1.
        lower: its share if none of the unreviewed downloads were its own.
        upper: its share if all of them were.
        models: models counted at the window's end.
        rank: 1 for the country with most downloads; None for what is not a country.
    """

    code: str
    downloads: int
    share: float
    lower: float
    upper: float
    models: int
    rank: int | None


@dataclass(frozen=True)
class ShareTable:
    """The shares of one definition on one date; they sum to 1.

    Attributes:
        definition: what they are shares of.
        as_of: the last day of the window.
        start: the first day of the window; None for all time.
        covered_days: days of the window that flows speak for.
        window_days: its length in days; 0 for all time.
        downloads: all downloads of the universe in the window, rounded.
        rows: countries by downloads, then the categories that are no places.
    """

    definition: Definition
    as_of: dt.date
    start: dt.date | None
    covered_days: int
    window_days: int
    downloads: int
    rows: tuple[ShareRow, ...]

    @property
    def places(self) -> tuple[ShareRow, ...]:
        """Return the rows that are countries, the largest first."""
        return tuple(row for row in self.rows if row.rank is not None)

    def find(self, code: str) -> ShareRow | None:
        """Return the row of a code, or None where it has no downloads."""
        return next((row for row in self.rows if row.code == code), None)

    def share_of(self, *codes: str) -> float:
        """Return the summed share of codes; 0 for those without downloads."""
        return sum(row.share for row in self.rows if row.code in codes)

    @property
    def unattributed(self) -> float:
        """Return the share that no country is given: international, unaffiliated and unreviewed."""
        return self.share_of(*NOT_PLACES)


def compute_share_table(
    cube: pd.DataFrame, intervals: Sequence[Interval], definition: Definition, as_of: dt.date
) -> ShareTable | None:
    """Compute the shares of a definition on a date.

    Returns:
        None where the definition has no number on that date: no all-time counters, fewer than 95 % of a year's
        days covered, or no download in its universe.
    """
    held = [interval for interval in intervals if interval.end <= as_of]
    weights = weigh_intervals(held, definition.window, as_of)
    if not weights:
        return None
    rows = select_universe(cube[cube["attribution"] == definition.attribution], definition.universe)
    weight_by_end = {held[i].end: weight for i, weight in weights.items()}
    downloads = sum_window(rows, definition.window, weight_by_end, as_of)
    if downloads is None or downloads.sum() <= 0:
        return None
    covered = sum(round(weight * held[i].covered_days) for i, weight in weights.items())
    start = _start_of(held, definition.window, as_of)
    at_end = rows[rows["end"] == as_of].groupby("code")["models"].sum()
    return ShareTable(
        definition=definition,
        as_of=as_of,
        start=start,
        covered_days=COUNT_DAYS if definition.window == "30d" else covered,
        window_days=(as_of - start).days + 1 if start else 0,
        downloads=round(float(downloads.sum())),
        rows=build_rows(downloads, at_end),
    )


def build_rows(downloads: pd.Series, models: pd.Series) -> tuple[ShareRow, ...]:
    """Turn downloads by code into share rows with ranks and bounds."""
    total = float(downloads.sum())
    unreviewed = float(downloads.get(UNREVIEWED, 0.0)) / total
    ordered = sorted(downloads.items(), key=lambda item: (item[0] in NOT_PLACES, -item[1], item[0]))
    rows = []
    for position, (code, value) in enumerate(ordered, start=1):
        share = float(value) / total
        mine = code == UNREVIEWED
        rows.append(
            ShareRow(
                code=str(code),
                downloads=round(float(value)),
                share=share,
                lower=0.0 if mine else share,
                upper=share if mine else min(share + unreviewed, 1.0),
                models=int(models.get(code, 0)),
                rank=None if code in NOT_PLACES else position,
            )
        )
    return tuple(rows)


def weigh_intervals(intervals: Sequence[Interval], window: str, as_of: dt.date) -> dict[int, float]:
    """Return the fraction of each interval's flow that lies in a window, by position; empty if not to be shown.

    A flow is spread evenly over the days that it covers. Counts at the end (`30d`, `all_time`) need the interval
    that ends on the date.
    """
    if not intervals or intervals[-1].end != as_of:
        return {}
    if window in {"30d", "all_time"}:
        return {len(intervals) - 1: 1.0}
    if window == "held":
        return dict.fromkeys(range(len(intervals)), 1.0)
    weights = {}
    for position, interval in enumerate(intervals):
        first = max(interval.end - dt.timedelta(days=interval.covered_days), as_of - dt.timedelta(days=YEAR_DAYS))
        days = (interval.end - first).days
        if days > 0:
            weights[position] = days / interval.covered_days
    covered = sum(weight * intervals[i].covered_days for i, weight in weights.items())
    return weights if covered >= MIN_YEAR_COVERAGE * YEAR_DAYS else {}


def select_universe(rows: pd.DataFrame, universe: str) -> pd.DataFrame:
    """Return the rows of a universe."""
    return rows if universe == "all" else rows[rows[universe].astype(bool)]


def sum_on(
    rows: pd.DataFrame, intervals: Sequence[Interval], window: str, as_of: dt.date, by: str | list[str]
) -> pd.Series | None:
    """Sum the downloads of a window that ends on a date by one column or several; None where there is no number."""
    held = [interval for interval in intervals if interval.end <= as_of]
    weights = weigh_intervals(held, window, as_of)
    return sum_window(rows, window, {held[i].end: weights[i] for i in weights}, as_of, by) if weights else None


def sum_window(
    rows: pd.DataFrame, window: str, weights: dict[dt.date, float], as_of: dt.date, by: str | list[str] = "code"
) -> pd.Series | None:
    """Sum a window's downloads by columns, intervals weighted by their ends; None where the counter is missing."""
    if window in {"30d", "all_time"}:
        column = "downloads_30d" if window == "30d" else "downloads_all_time"
        last = rows[rows["end"] == as_of]
        uncounted = last.loc[last[column].isna(), "downloads_30d"].sum()
        if last[column].isna().all() or uncounted > MAX_UNCOUNTED * last["downloads_30d"].sum():
            return None
        counts = last.groupby(by)[column].sum().astype("float64")
        return counts[counts > 0]
    weighted = rows["flow"].astype("float64") * rows["end"].map(weights).astype("float64").fillna(0.0)
    sums = weighted.groupby(rows[by] if isinstance(by, str) else [rows[column] for column in by]).sum()
    return sums[sums > 0]


def _start_of(intervals: Sequence[Interval], window: str, as_of: dt.date) -> dt.date | None:
    """Return the first day of a window."""
    if window == "all_time":
        return None
    days = {"30d": COUNT_DAYS, "12m": YEAR_DAYS}.get(window)
    first = as_of - dt.timedelta(days=days) if days else intervals[0].start
    return first + dt.timedelta(days=1)
