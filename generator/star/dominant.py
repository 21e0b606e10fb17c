"""Models that decide a sentence alone: what stands without them, and when one of them surged.

The rule stands here once: a model decides if it carries more of the margin of the two leaders than
`ONE_MODEL_MARGIN`, more than `ONE_MODEL_PART` of a total, or if it holds `SURGE_PART` of it and moved
`SURGE_FACTOR` times over between two dates.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from generator.base.settings import COUNT_DAYS, ONE_MODEL_MARGIN, ONE_MODEL_PART, SURGE_FACTOR, SURGE_PART
from generator.star.definitions import Definition
from generator.star.shares import ShareRow, ShareTable, rank_rows

# Below this part of a total no model is tried: it could neither surge nor move a margin by points.
MIN_NOTICED: Final = SURGE_PART / 2
ALL_MODELS: Final = Definition("30d", "all", "publisher")


@dataclass(frozen=True)
class Counted:
    """A model's downloads in the thirty days to a date."""

    date: dt.date
    downloads_30d: int


@dataclass(frozen=True)
class Surge:
    """A model that held a hundredth of all 30-day downloads, ten times as many as on a date close by.

    Attributes:
        model: what joins it over dates.
        name: its newest id on the Hub, as a stranger wrote it.
        publisher: the account that uploaded it.
        publisher_code: country code or category of that account.
        origin_code: the same of its maker.
        start: the first date on which it was up.
        end: the last one.
        peak: its largest count.
        part: its largest part of all downloads, 0 to 1.
        before: its last count before it was up; None where the history begins with it up.
        after: its first count after that; None while it is up.
        moved_on: the dates on which it had moved tenfold, up or down, since one close by.
    """

    model: str
    name: str
    publisher: str
    publisher_code: str
    origin_code: str
    start: dt.date
    end: dt.date
    peak: Counted
    part: float
    before: Counted | None
    after: Counted | None
    moved_on: tuple[dt.date, ...]

    def moved_within(self, start: dt.date, end: dt.date) -> bool:
        """Return whether it moved tenfold on a day of a window."""
        return any(start <= day <= end for day in self.moved_on)


@dataclass(frozen=True)
class Dominant:
    """A model without which a table of shares says something else.

    Attributes:
        name: its id on the Hub, as a stranger wrote it.
        downloads: its part of the table's downloads, rounded.
        part: the same as a fraction, 0 to 1.
        swing: the leader's margin without it minus the margin with it, as a fraction; 0 with fewer than two countries.
        is_largest: whether no model of the table has more downloads.
        without: the two countries with most downloads without it, as rows of the table that is left.
    """

    name: str
    downloads: int
    part: float
    swing: float
    is_largest: bool
    without: tuple[ShareRow, ...]


@dataclass(frozen=True)
class LargestModel:
    """The most downloaded model of one country or publisher, where it has more than a tenth of its downloads.

    Attributes:
        name: its id on the Hub, as a stranger wrote it.
        downloads: its 30-day downloads.
        part: of the country's or publisher's downloads, 0 to 1.
        share: of the country or publisher in all downloads, the model left out of both, 0 to 1.
    """

    name: str
    downloads: int
    part: float
    share: float


def leave_out(table: ShareTable, gone: Mapping[str, float]) -> ShareTable:
    """Return a table without downloads of one model, given by code."""
    rows = rank_rows(
        [row.code for row in table.rows],
        [max(row.downloads - gone.get(row.code, 0.0), 0.0) for row in table.rows],
        [row.models - (row.code in gone) for row in table.rows],
    )
    return replace(table, downloads=round(table.downloads - sum(gone.values())), rows=rows)


def find_dominant(table: ShareTable, models: pd.DataFrame, surged: Iterable[str] = ()) -> Dominant | None:
    """Find the model that decides a table most; None where none decides it.

    Args:
        table: the shares.
        models: `model`, `name`, `code` and `downloads` of models that are part of it, one row per model and code.
        surged: the `model` of those that moved tenfold between two dates.
    """
    large = models[models["downloads"] >= MIN_NOTICED * table.downloads]
    found = [_leave_out_model(table, mine) for _, mine in large.groupby("model", observed=True)]
    largest = max((row.downloads for row in found), default=0)
    moved = {str(name) for name in models.loc[models["model"].isin(list(surged)), "name"]}
    deciding = [
        replace(row, is_largest=row.downloads == largest)
        for row in found
        if row.part > ONE_MODEL_PART
        or abs(row.swing) > ONE_MODEL_MARGIN
        or (row.part >= SURGE_PART and row.name in moved)
    ]
    return max(deciding, key=lambda row: (abs(row.swing), row.part, row.name), default=None)


def find_largest_model(own: float, total: float, models: Mapping[str, float]) -> LargestModel | None:
    """Find the largest model of one country or publisher; None where it has a tenth of its downloads or less.

    Args:
        own: downloads of the country or publisher.
        total: all downloads.
        models: downloads of its models by name.
    """
    name = min(models, key=lambda name: (-models[name], name), default=None)
    if name is None or own <= 0 or models[name] <= ONE_MODEL_PART * own:
        return None
    left = total - models[name]
    share = max(own - models[name], 0.0) / left if left > 0 else 0.0
    return LargestModel(name, round(models[name]), min(models[name] / own, 1.0), share)


def group_models(by_model: pd.DataFrame, by: str) -> dict[str, dict[str, float]]:
    """Return the downloads of the named models by country code or account, then by name."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for key, name, downloads in zip(by_model[by], by_model["name"], by_model["downloads"], strict=True):
        found[str(key)][str(name)] = float(downloads)
    return found


def find_surges(named: pd.DataFrame, totals: Mapping[dt.date, float]) -> tuple[Surge, ...]:
    """Find the models that surged, by their first date.

    Compared are the counts of two dates that follow each other, or lie at most thirty days apart: a count of thirty
    days is then the same month, and a model that grew tenfold over a year is no surge.

    Args:
        named: as `read_ledger` returns them.
        totals: all 30-day downloads by date.
    """
    rows = named[["end", "model", "id", "publisher", "publisher_code", "origin_code", "downloads_30d"]]
    rows = rows[rows["downloads_30d"] > 0]
    floors = rows["end"].map(totals).astype("float64") * SURGE_PART
    holders = rows.loc[rows["downloads_30d"] >= floors, "model"].unique()
    found = (_find_surge(mine, totals) for _, mine in rows[rows["model"].isin(holders)].groupby("model", observed=True))
    return tuple(sorted((surge for surge in found if surge), key=lambda surge: (surge.start, surge.name)))


def _find_surge(rows: pd.DataFrame, totals: Mapping[dt.date, float]) -> Surge | None:
    """Find a model's surge in its rows, oldest first."""
    counts = [Counted(end, int(count)) for end, count in zip(rows["end"], rows["downloads_30d"], strict=True)]
    moves = [pair for pair in _list_near(counts) if _has_moved(*pair, totals)]
    if not moves:
        return None
    low = min(point.downloads_30d for pair in moves for point in pair)
    up = [p for p in counts if p.downloads_30d >= max(SURGE_FACTOR * low, SURGE_PART * totals[p.date])]
    last = rows.iloc[-1]
    return Surge(
        model=last["model"],
        name=last["id"],
        publisher=last["publisher"],
        publisher_code=last["publisher_code"],
        origin_code=last["origin_code"],
        start=up[0].date,
        end=up[-1].date,
        peak=max(up, key=lambda point: point.downloads_30d),
        part=max(point.downloads_30d / totals[point.date] for point in up),
        before=next((point for point in reversed(counts) if point.date < up[0].date), None),
        after=next((point for point in counts if point.date > up[-1].date), None),
        moved_on=tuple(sorted({later.date for _, later in moves})),
    )


def _list_near(counts: Sequence[Counted]) -> Iterator[tuple[Counted, Counted]]:
    """List each two counts that follow each other, or lie at most thirty days apart."""
    for place, first in enumerate(counts):
        for distance, second in enumerate(counts[place + 1 :]):
            if distance and (second.date - first.date).days > COUNT_DAYS:
                break
            yield first, second


def _has_moved(first: Counted, second: Counted, totals: Mapping[dt.date, float]) -> bool:
    """Return whether a model moved tenfold between two counts, the larger of which holds enough."""
    low, high = sorted((first, second), key=lambda point: point.downloads_30d)
    is_large = high.downloads_30d >= SURGE_PART * totals[high.date]
    return is_large and high.downloads_30d >= SURGE_FACTOR * low.downloads_30d


def _leave_out_model(table: ShareTable, rows: pd.DataFrame) -> Dominant:
    """Leave one model out, given by its rows: one for each code that it counts for."""
    gone = dict.fromkeys(sorted(map(str, rows["code"])), 0.0)
    for code, count in zip(rows["code"], rows["downloads"], strict=True):
        gone[str(code)] += float(count)
    downloads, without = sum(gone.values()), leave_out(table, gone)
    swing, part = _swing(table, without), downloads / table.downloads
    return Dominant(
        str(rows["name"].iloc[0]), round(downloads), part, swing, is_largest=False, without=without.places[:2]
    )


def _swing(table: ShareTable, without: ShareTable) -> float:
    """Return what leaving a model out does to the margin of a table's two leaders."""
    if len(table.places) < 2:
        return 0.0
    first, second = (row.code for row in table.places[:2])
    margins = [each.share_of(first) - each.share_of(second) for each in (without, table)]
    return margins[0] - margins[1]
