"""Concentration: how far the downloads of thirty days gather in a few publishers, countries or models.

With the shares s of n units, which sum to 1, and the downloads x in rising order:

- Herfindahl-Hirschman index: the sum of s². From 1/n (all equal) to 1 (one has all); many write it times 10,000.
- Gini coefficient: 2 · Σ(i · xᵢ) / (n · Σxᵢ) - (n + 1) / n, with i from 1 to n. From 0 (all equal) to 1 - 1/n.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from generator.base.settings import LEDGER_TOP_MODELS
from generator.ledger.intervals import SMALL, Interval
from generator.star.named import take_date
from generator.star.shares import NOT_PLACES

Numbers: TypeAlias = npt.NDArray[Any]
UNITS: Final = ("publishers", "countries", "models")
# The index times this is what competition authorities write.
HHI_POINTS: Final = 10_000


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

    @property
    def hhi_points(self) -> float:
        """Return the lower Herfindahl-Hirschman index on its scale from 0 to 10,000."""
        return self.hhi_lower * HHI_POINTS


@dataclass(frozen=True)
class Concentration:
    """Concentration of the downloads of thirty days on one date, by publisher account, all models.

    Attributes:
        as_of: the date.
        unit: `publishers` accounts, persons included; `countries` those with models, and only the downloads that a
            country is given; `models`.
        units: their number, those without downloads included.
        named: units whose own downloads are known.
        rest: share of the downloads of the units that are known only together, 0 to 1: the folded small publishers and
            what is folded of others, the models that the ledger does not name.
        largest: share of the largest unit, 0 to 1.
        indices: over all units.
    """

    as_of: dt.date
    unit: str
    units: int
    named: int
    rest: float
    largest: float
    indices: Indices


def compute_concentration(
    intervals: Sequence[Interval], accounts: pd.DataFrame, named: pd.DataFrame
) -> tuple[Concentration, ...]:
    """Compute the concentration of publishers, countries and models on every date that has 30-day counts.

    Args:
        intervals: all of them, oldest first.
        accounts: as `read_ledger` returns them.
        named: likewise.
    """
    by_publisher = accounts.loc[accounts["attribution"] == "publisher", ["end", "account", "code", "downloads_30d"]]
    models = named[["end", "downloads_30d"]]
    found = []
    for interval in intervals:
        now = take_date(by_publisher, interval.end)
        if now["downloads_30d"].sum() > 0:
            by_name = take_date(models, interval.end)["downloads_30d"].fillna(0)
            measured = (
                _measure_publishers(interval, now),
                _measure_countries(interval, now),
                _measure_models(interval, now, by_name),
            )
            found += [row for row in measured if row]
    return tuple(found)


def compute_indices(downloads: Sequence[float] | Numbers, rest: Rest | None = None) -> Indices:
    """Compute both indices over units of known downloads and, if there is one, a rest known only together.

    Raises:
        ValueError: no unit has downloads.
    """
    known = np.sort(np.asarray(downloads, dtype="float64"))
    rest = rest or Rest(0, 0.0, 0.0)
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


def _measure_publishers(interval: Interval, now: pd.DataFrame) -> Concentration | None:
    """Measure over accounts: those with rows of their own, and those folded, of which the interval knows how many."""
    named = now.loc[now["account"] != SMALL, "downloads_30d"].astype("float64")
    folded = float(now.loc[now["account"] == SMALL, "downloads_30d"].sum())
    parts = min(float(interval.folded_parts), folded)
    return _describe(
        interval,
        "publishers",
        named,
        Rest(interval.folded_publishers, folded - parts, interval.folded_most, parts),
    )


def _measure_countries(interval: Interval, now: pd.DataFrame) -> Concentration | None:
    placed = now[~now["code"].isin(NOT_PLACES)]
    return _describe(interval, "countries", placed.groupby("code")["downloads_30d"].sum().astype("float64"))


def _measure_models(interval: Interval, now: pd.DataFrame, named: pd.Series) -> Concentration | None:
    """Measure over the models by name; none of the others has more than the last of the most downloaded."""
    others = interval.models - len(named)
    downloads = float(now["downloads_30d"].sum()) - float(named.sum())
    last = min(len(named), LEDGER_TOP_MODELS)
    most = float(np.partition(named, -last)[-last]) if last else 0.0
    return _describe(interval, "models", named, Rest(others, max(downloads, 0.0), most))


def _describe(
    interval: Interval, unit: str, downloads: pd.Series, rest: Rest = Rest(0, 0.0, 0.0)
) -> Concentration | None:
    unknown = rest.downloads + rest.parts
    total = float(downloads.sum()) + unknown
    if total <= 0 or downloads.sum() <= 0:
        return None
    return Concentration(
        as_of=interval.end,
        unit=unit,
        units=len(downloads) + rest.units,
        named=len(downloads),
        rest=unknown / total,
        largest=float(downloads.max()) / total,
        indices=compute_indices(downloads.to_numpy(), rest),
    )
