"""Concentration: how far the downloads of thirty days gather in a few publishers, countries or models.

With the shares s of n units, which sum to 1, and the downloads x in rising order:

- Herfindahl-Hirschman index: the sum of s². From 1/n (all equal) to 1 (one has all); many write it times 10,000.
- Gini coefficient: 2 · Σ(i · xᵢ) / (n · Σxᵢ) - (n + 1) / n, with i from 1 to n. From 0 (all equal) to 1 - 1/n.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from generator.base.settings import LEDGER_TOP_MODELS
from generator.ledger.intervals import SMALL, Interval
from generator.ledger.thinning import thin_dates
from generator.questions.ground import Ground
from generator.star.columns import COLUMNS
from generator.star.named import take_date
from generator.star.shares import NOT_PLACES
from generator.star.table import Column, Row, Table, declare_table
from generator.text.say import say

Numbers: TypeAlias = npt.NDArray[Any]
# What is concentrated.
UNITS: Final = {"publishers": say("Publishers"), "countries": say("Countries"), "models": say("Models")}

_COLUMNS: Final = (
    COLUMNS["as_of"],
    Column(
        "unit_counted", "text", say("Unit"), "What is concentrated: publishers, countries or models.", vocabulary=UNITS
    ),
    Column("units", "count", say("Number"), "How many there are, those without downloads included.", "units"),
    Column("units_known", "count", "Known by themselves", "Of these, those whose own downloads are known.", "units"),
    Column("share_largest", "share", say("Largest share, of these units"), "Of the largest unit."),
    Column("share_rest", "share", say("Known only together"), "Of units whose downloads are known only together."),
    Column(
        "hhi_lower", "number", say("Index, lower bound"), "Herfindahl-Hirschman index, 0 to 1, at its least.", digits=6
    ),
    Column("hhi_upper", "number", say("Index, upper bound"), "The same at its most.", digits=6),
    Column("gini_lower", "number", say("Gini, lower bound"), "Gini coefficient, 0 to 1, at its least.", digits=6),
    Column("gini_upper", "number", say("Gini, upper bound"), "The same at its most.", digits=6),
)
MEASURES: Final = declare_table("concentration-measures", "Concentration of downloads", "A unit.", *_COLUMNS)
HISTORY: Final = declare_table("concentration-history", "Concentration over time", "A unit on a date.", *_COLUMNS)


@dataclass(frozen=True)
class Rest:
    """Units whose downloads are known only together.

    Attributes:
        units: their number.
        downloads: of all of them together.
        most: the downloads that none of them is above.
        parts: downloads beside these that belong to units of known downloads, nobody knows to which.
    """

    units: int
    downloads: float
    most: float
    parts: float = 0.0


NO_REST: Final = Rest(0, 0.0, 0.0)


@dataclass(frozen=True)
class Indices:
    """Both indices, each between what the rest allows: as equal as it can be, and as uneven.

    Attributes:
        hhi_lower: Herfindahl-Hirschman index, 0 to 1, the rest as equal as it can be.
        hhi_upper: the same with the rest as uneven as it can be.
        gini_lower: Gini coefficient, 0 to 1, the rest as equal as it can be.
        gini_upper: the same with the rest as uneven as it can be.
    """

    hhi_lower: float
    hhi_upper: float
    gini_lower: float
    gini_upper: float


def compute(ground: Ground) -> tuple[Table, ...]:
    """Compute the tables: the indices on the dates that stand on their own, and on the newest of them."""
    shown = set(thin_dates({interval.end for interval in ground.reading.intervals}))
    dated = [interval for interval in ground.reading.intervals if interval.end in shown]
    rows = measure_dates(dated, ground.reading.accounts, ground.reading.named)
    return MEASURES.fill([row for row in rows if row["as_of"] == rows[-1]["as_of"]]), HISTORY.fill(rows)


def measure_dates(intervals: Sequence[Interval], accounts: pd.DataFrame, named: pd.DataFrame) -> list[Row]:
    """Measure publishers, countries and models on every date that has 30-day counts, rows as of the tables.

    Args:
        intervals: all of them, oldest first.
        accounts: as `read_ledger` returns them.
        named: likewise.
    """
    models = named[["end", "downloads_30d"]]
    found = []
    for interval in intervals:
        now = take_date(accounts, interval.end)
        if now["downloads_30d"].sum() > 0:
            by_name = np.nan_to_num(take_date(models, interval.end)["downloads_30d"].to_numpy())
            measured = (
                _measure_publishers(interval, now),
                _measure_countries(interval, now),
                _measure_models(interval, now, by_name),
            )
            found += [row for row in measured if row]
    return found


def compute_indices(downloads: Sequence[float] | Numbers, rest: Rest = NO_REST) -> Indices:
    """Compute both indices over units of known downloads and, if there is one, a rest known only together.

    Raises:
        ValueError: no unit has downloads.
    """
    known = np.sort(np.asarray(downloads, dtype="float64"))
    equal, uneven = _fill_up(known, rest), _pile_up(known, rest)
    return Indices(equal.compute_hhi(), uneven.compute_hhi(), equal.compute_gini(), uneven.compute_gini())


def _fill_up(known: Numbers, rest: Rest) -> "_Groups":
    """Return the units as equal as the rest allows: its units alike, and the parts where the least is."""
    units = _Groups(known, np.ones(len(known)))
    if rest.units:
        units = units.add([(rest.downloads / rest.units, rest.units)])
    return units.raise_lowest(rest.parts) if rest.parts else units


def _pile_up(known: Numbers, rest: Rest) -> "_Groups":
    """Return the units as uneven as the rest allows: as few of its units as can be, and the parts with the largest."""
    piled = np.append(known[:-1], known[-1:] + rest.parts)
    units = _Groups(piled, np.ones(len(piled)))
    return units.add(_spread_unevenly(rest)) if rest.units else units


def _spread_unevenly(rest: Rest) -> list[tuple[float, int]]:
    """Give as few units of the rest as possible all of its downloads: (downloads, units) of each group."""
    most = max(rest.most, rest.downloads / rest.units)
    full = min(int(rest.downloads // most), rest.units) if most else 0
    left = max(rest.downloads - full * most, 0.0) if full < rest.units else 0.0
    groups = [(most, full), (left, 1 if left else 0)]
    return [*groups, (0.0, rest.units - full - (1 if left else 0))]


@dataclass(frozen=True)
class _Groups:
    """Groups of equal units: the downloads of each of their units, and how many these are."""

    downloads: Numbers
    units: Numbers

    def add(self, groups: Sequence[tuple[float, int]]) -> "_Groups":
        """Return these groups and others, each as (downloads, units)."""
        more = np.array(groups, dtype="float64").reshape(-1, 2)
        return _Groups(np.concatenate([self.downloads, more[:, 0]]), np.concatenate([self.units, more[:, 1]]))

    def raise_lowest(self, downloads: float) -> "_Groups":
        """Return these groups with downloads given to the smallest units, all up to one level."""
        order = np.argsort(self.downloads, kind="stable")
        size, units = self.downloads[order], self.units[order]
        # What it takes to lift all units below each group to it: the level lies in the last one that is affordable.
        below = np.cumsum(units)
        cost = size * below - np.cumsum(size * units)
        last = int(np.searchsorted(cost, downloads, side="right")) - 1
        level = size[last] + (downloads - cost[last]) / below[last]
        return _Groups(np.maximum(size, level), units)

    def compute_hhi(self) -> float:
        """Compute the Herfindahl-Hirschman index."""
        return float((self.units * (self.downloads / self._total()) ** 2).sum())

    def compute_gini(self) -> float:
        """Compute the Gini coefficient."""
        total, order = self._total(), np.argsort(self.downloads, kind="stable")
        downloads, units = self.downloads[order], self.units[order]
        before = np.cumsum(units) - units
        ranked = float((downloads * (units * before + units * (units + 1) / 2)).sum())
        count = float(units.sum())
        return 2 * ranked / (count * total) - (count + 1) / count

    def _total(self) -> float:
        total = float((self.downloads * self.units).sum())
        if total <= 0:
            raise ValueError("No unit has downloads; a concentration needs at least one.")
        return total


def _measure_publishers(interval: Interval, now: pd.DataFrame) -> Row | None:
    """Measure over accounts: those with rows of their own, and those folded, of which the interval knows how many."""
    is_small, counts = (now["account"] == SMALL).to_numpy(), _count(now)
    folded = float(counts[is_small].sum())
    parts = min(float(interval.folded_parts), folded)
    return _describe(
        interval,
        "publishers",
        counts[~is_small],
        Rest(interval.folded_publishers, folded - parts, interval.folded_most, parts),
    )


def _measure_countries(interval: Interval, now: pd.DataFrame) -> Row | None:
    code: pd.Categorical = now["code"].array
    sums = np.bincount(code.codes, _count(now), len(code.categories))
    is_place = (np.bincount(code.codes, minlength=len(sums)) > 0) & ~code.categories.isin(NOT_PLACES)
    return _describe(interval, "countries", sums[is_place])


def _count(now: pd.DataFrame) -> Numbers:
    """Return the downloads of a date's accounts; 0 where they are missing."""
    counts: Numbers = now["downloads_30d"].to_numpy("float64", na_value=0.0)
    return counts


def _measure_models(interval: Interval, now: pd.DataFrame, named: Numbers) -> Row | None:
    """Measure over the models by name; none of the others has more than the last of the most downloaded."""
    others = interval.models - len(named)
    downloads = float(_count(now).sum()) - float(named.sum())
    last = min(len(named), LEDGER_TOP_MODELS)
    most = float(np.partition(named, -last)[-last]) if last else 0.0
    return _describe(interval, "models", named, Rest(others, max(downloads, 0.0), most))


def _describe(interval: Interval, unit: str, downloads: Numbers, rest: Rest = NO_REST) -> Row | None:
    unknown = rest.downloads + rest.parts
    total = float(downloads.sum()) + unknown
    if total <= 0 or downloads.sum() <= 0:
        return None
    return {
        "as_of": interval.end,
        "unit_counted": unit,
        "units": len(downloads) + rest.units,
        "units_known": len(downloads),
        "share_largest": float(downloads.max()) / total,
        "share_rest": unknown / total,
        **asdict(compute_indices(downloads, rest)),
    }
