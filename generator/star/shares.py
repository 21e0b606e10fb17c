"""Shares: a country's downloads ÷ all downloads of the universe in the window, the unattributed ones included."""

import datetime as dt
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from generator.base.settings import COUNT_DAYS, MAX_SPLIT_DAYS, MIN_YEAR_COVERAGE, YEAR_DAYS
from generator.ledger.intervals import Interval
from generator.registry import INTERNATIONAL, UNAFFILIATED, UNREVIEWED
from generator.star.definitions import Definition

# An all-time table is not shown where more than this part of the 30-day downloads has no all-time counter.
MAX_UNCOUNTED: Final = 0.01
Numbers: TypeAlias = npt.NDArray[Any]
NOT_PLACES: Final = (INTERNATIONAL, UNAFFILIATED, UNREVIEWED)


@dataclass(frozen=True, slots=True)
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
        is_blurred: whether counts of other days than its own stand for flows of the window, so that no edge of it is
            right to the day.
    """

    definition: Definition
    as_of: dt.date
    start: dt.date | None
    covered_days: int
    window_days: int
    downloads: int
    rows: tuple[ShareRow, ...]
    is_blurred: bool = False

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


@dataclass(frozen=True)
class WindowDays:
    """The days of the window that ends with an interval.

    Attributes:
        as_of: the last of them.
        start: the first; None for all time.
        covered: how many of them flows speak for.
        is_blurred: as a table is.
    """

    as_of: dt.date
    start: dt.date | None
    covered: int
    is_blurred: bool


def compute_table(
    grid: "Grid", newest: int, definition: Definition, weights: Mapping[int, float], days: WindowDays
) -> ShareTable | None:
    """Compute the shares of a definition on the date of an interval; None where it has no number.

    Args:
        grid: of the definition's universe and attribution.
        newest: position of the interval.
        definition: what the shares are of; flows of the window tell its universe (`tells_universe`).
        weights: as `weigh_intervals` returns them for the intervals up to it, not empty.
        days: those of the window.
    """
    downloads = grid.sum_window(definition.window, weights, newest)
    if downloads is None or downloads.sum() <= 0:
        return None
    return ShareTable(
        definition=definition,
        as_of=days.as_of,
        start=days.start,
        covered_days=days.covered,
        window_days=(days.as_of - days.start).days + 1 if days.start else 0,
        downloads=round(float(downloads.sum())),
        rows=rank_rows(grid.codes, downloads.tolist(), grid.models[newest].tolist()),
        is_blurred=days.is_blurred,
    )


@dataclass(frozen=True)
class Grid:
    """The cube of one universe and attribution: one row per interval, one column per code.

    Attributes:
        codes: country codes and categories, ascending.
        flow: downloads of the interval.
        downloads_30d: the Hub's counts at its end.
        downloads_all_time: the same since creation; missing (NaN) where no model has one.
        models: their number at its end.
        uncounted: for each interval the 30-day downloads of rows without an all-time counter.
    """

    codes: tuple[str, ...]
    flow: Numbers
    downloads_30d: Numbers
    downloads_all_time: Numbers
    models: Numbers
    uncounted: Numbers

    def sum_window(self, window: str, weights: Mapping[int, float], newest: int) -> npt.NDArray[Any] | None:
        """Sum a window's downloads by code, intervals weighted by position; None where the counter is missing."""
        if window == "30d":
            last: Numbers = self.downloads_30d[newest]
            return last
        if window == "all_time":
            counts = self.downloads_all_time[newest]
            uncounted = self.uncounted[newest] > MAX_UNCOUNTED * self.downloads_30d[newest].sum()
            return None if uncounted or np.isnan(counts).all() else np.nan_to_num(counts)
        places = list(weights)
        summed: Numbers = np.array([weights[place] for place in places]) @ self.flow[places]
        return summed


def _lay_out(rows: pd.DataFrame, ends: Sequence[dt.date], number: Numbers, codes: Sequence[str]) -> Grid:
    """Lay out rows, each with the number of its code; other dates, and rows without a code (-1), are left out."""
    place_of = {end: place for place, end in enumerate(ends)}
    held = rows["end"].astype("category").array
    places = np.array([place_of.get(end, -1) for end in held.categories] + [-1])[held.codes]
    is_held, shape = (places >= 0) & (number >= 0), (len(ends), len(codes))
    cell = (places * max(len(codes), 1) + number)[is_held]

    def lay_out(values: Numbers) -> Numbers:
        return np.bincount(cell, values[is_held], minlength=shape[0] * shape[1]).reshape(shape)

    def read(name: str) -> Numbers:
        found: Numbers = np.nan_to_num(rows[name].to_numpy(dtype="float64", na_value=np.nan))
        return found

    counted = rows["downloads_all_time"].notna().to_numpy()
    return Grid(
        codes=tuple(codes),
        flow=lay_out(read("flow")),
        downloads_30d=lay_out(read("downloads_30d")),
        downloads_all_time=np.where(lay_out(counted) > 0, lay_out(read("downloads_all_time")), np.nan),
        models=lay_out(read("models")) if "models" in rows else np.zeros(shape),
        uncounted=lay_out(read("downloads_30d") * ~counted).sum(axis=1),
    )


def build_rows(downloads: pd.Series, models: pd.Series) -> tuple[ShareRow, ...]:
    """Turn downloads by code into share rows with ranks and bounds."""
    codes = [str(code) for code in downloads.index]
    values = downloads.astype("float64").tolist()
    return rank_rows(codes, values, [float(models.get(code, 0)) for code in codes])


def rank_rows(codes: Sequence[str], downloads: Sequence[float], models: Sequence[float]) -> tuple[ShareRow, ...]:
    """Turn codes, each with its downloads and models, into share rows; those without downloads are left out."""
    found = [row for row in zip(codes, downloads, models, strict=True) if row[1] > 0]
    if not found:
        return ()
    total = sum(value for _, value, _ in found)
    unreviewed = next((value for code, value, _ in found if code == UNREVIEWED), 0.0) / total
    ordered = sorted(found, key=lambda row: (row[0] in NOT_PLACES, -row[1], row[0]))
    return tuple(
        ShareRow(
            code=code,
            downloads=round(value),
            share=value / total,
            lower=0.0 if code == UNREVIEWED else value / total,
            upper=value / total if code == UNREVIEWED else min(value / total + unreviewed, 1.0),
            models=int(count),
            rank=None if code in NOT_PLACES else position,
        )
        for position, (code, value, count) in enumerate(ordered, start=1)
    )


def weigh_intervals(intervals: Sequence[Interval], window: str, as_of: dt.date) -> dict[int, float]:
    """Return the fraction of each interval's flow that lies in a window, by position; empty if not to be shown.

    A flow is spread evenly over the days that it covers. Counts at the end (`30d`, `all_time`) need the interval
    that ends on the date.
    """
    if not intervals or intervals[-1].end != as_of:
        return {}
    if window in {"30d", "all_time"}:
        return {len(intervals) - 1: 1.0}
    if window == "held":  # of a single interval it would be the thirty days once more
        return dict.fromkeys(range(len(intervals)), 1.0) if len(intervals) > 1 else {}
    weights, covered = {}, 0
    begin = as_of - dt.timedelta(days=YEAR_DAYS)
    since = bisect_right(intervals, begin, key=lambda interval: interval.end)
    for position, interval in enumerate(intervals[since:], start=since):
        days = min(interval.covered_days, (interval.end - begin).days)
        if days > 0:
            weights[position] = days / interval.covered_days
            covered += days
    return weights if covered >= MIN_YEAR_COVERAGE * YEAR_DAYS else {}


def tells_universe(definition: Definition, intervals: Sequence[Interval], weights: Mapping[int, float]) -> bool:
    """Return whether flows over these intervals tell the definition's models from others: first years need short ones.

    A flow of thirty days, which begins a history, does; so does a count at the end.
    """
    if definition.universe != "first_year" or definition.window not in {"12m", "held"}:
        return True
    return all(intervals[place].covered_days <= MAX_SPLIT_DAYS for place in weights)


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


def sum_each(rows: pd.DataFrame, intervals: Sequence[Interval], window: str, by: list[str]) -> pd.DataFrame:
    """Sum the downloads of a window by columns on every date; rows in which one of them is missing are left out.

    Returns:
        One row per date that has a number, one column per combination of the values of `by`; 0 where it has none.
    """
    number, names = _number_groups(rows, by)
    grid = _lay_out(rows, [interval.end for interval in intervals], number, [str(name) for name in names])
    sums = {}
    for newest, interval in enumerate(intervals):
        weights = weigh_intervals(intervals[: newest + 1], window, interval.end)
        found = grid.sum_window(window, weights, newest) if weights else None
        if found is not None:
            sums[interval.end] = found
    return pd.DataFrame.from_dict(sums, orient="index", columns=names)


def _number_groups(rows: pd.DataFrame, by: list[str]) -> tuple[Numbers, pd.Index]:
    """Number the combinations of the values of columns in ascending order; -1 where one of them is missing.

    Millions of rows have a few hundred combinations: those alone are sorted.
    """
    number, size, is_held = np.zeros(len(rows), "int64"), 1, np.ones(len(rows), bool)
    for name in by:
        values = rows[name].array
        codes = values.codes if isinstance(values, pd.Categorical) else pd.factorize(values)[0]
        width = int(codes.max(initial=0)) + 1
        number, size, is_held = number * width + codes, size * width, is_held & (codes >= 0)
    number = np.where(is_held, number, size)
    first = np.full(size + 1, -1)
    first[number[::-1]] = np.arange(len(rows))[::-1]
    found = np.flatnonzero(first[:-1] >= 0)
    groups = rows[by].iloc[first[found]].groupby(by, observed=True)
    place = np.full(size + 1, -1)
    place[found] = groups.ngroup()
    return place[number], groups.size().index


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
    keys = [by] if isinstance(by, str) else by
    held = rows.loc[rows["end"].isin(list(weights)), list(dict.fromkeys([*keys, "end", "flow"]))]
    weighted = held["flow"].astype("float64") * held["end"].map(weights).astype("float64")
    sums = weighted.groupby(held[by] if isinstance(by, str) else [held[column] for column in by]).sum()
    return sums[sums > 0]


def start_of(intervals: Sequence[Interval], window: str, as_of: dt.date) -> dt.date | None:
    """Return the first day of a window."""
    if window == "all_time":
        return None
    days = {"30d": COUNT_DAYS, "12m": YEAR_DAYS}.get(window)
    first = as_of - dt.timedelta(days=days) if days else intervals[0].start
    return first + dt.timedelta(days=1)
