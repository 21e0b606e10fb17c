"""Two dates of a list compared over the models that are counted on both, and where a line over the list breaks.

A list that changes moves its shares by itself. What is said of a change over a selection is therefore measured over
the models that the history names, with a count, on both dates; a line is broken where the list grew by more than
`MAX_LIST_GROWTH`.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import pandas as pd

from generator.base.scope import HUB
from generator.base.settings import MAX_LIST_GROWTH, MIN_SURVIVING_OF_SELECTION
from generator.ledger.classify import LANGUAGE_GROUPS
from generator.ledger.intervals import Interval
from generator.star.coded import Numbers
from generator.star.definitions import Definition
from generator.star.named import take_date

_COUNTED: Final = "downloads_30d"


@dataclass(frozen=True)
class Compared:
    """Shares of 30-day downloads on two dates over the same models.

    Attributes:
        definition: its universe and attribution are those counted.
        before_on: the earlier date.
        after_on: the later one.
        models: how many models are counted on both.
        cover: the smaller of the parts that they hold of the downloads of the models named on each date, 0 to 1.
        before: share by country code or category on the earlier date; they sum to 1.
        after: the same on the later one.
    """

    definition: Definition
    before_on: dt.date
    after_on: dt.date
    models: int
    cover: float
    before: Mapping[str, float]
    after: Mapping[str, float]


@dataclass(frozen=True)
class Explained:
    """The model that explains most of a move of a share.

    Attributes:
        name: its id on the Hub, as a stranger wrote it.
        before: the share without it on the earlier date, 0 to 1.
        after: the same on the later date.
    """

    name: str
    before: float
    after: float


@dataclass(frozen=True)
class Pairs:
    """The models that are counted on two dates.

    Attributes:
        compared: what they say of the two dates.
        rows: `name`, `code`, and `before` and `after` in downloads of each.
    """

    compared: Compared
    rows: pd.DataFrame

    def explain(self, code: str) -> Explained | None:
        """Return the model without which a country's share moved least.

        None where it explains less than half of the move, and where the country has no other.
        """
        sums = {name: float(self.rows[name].sum()) for name in ("before", "after")}
        is_own = (self.rows["code"] == code).to_numpy()
        shares = {}
        for name, total in sums.items():
            counts = self.rows[name].to_numpy(dtype="float64")
            left = total - counts
            own = counts[is_own].sum() - np.where(is_own, counts, 0.0)
            shares[name] = np.divide(own, left, out=np.zeros_like(own), where=left > 0)
        move = self.compared.after.get(code, 0.0) - self.compared.before.get(code, 0.0)
        explained = (move - (shares["after"] - shares["before"])) * np.sign(move)
        if not len(explained) or explained.max() < abs(move) / 2 or not move:
            return None
        place = int(explained.argmax())
        name, rest = str(self.rows["name"].iloc[place]), [float(shares[side][place]) for side in ("before", "after")]
        return Explained(name, rest[0], rest[1]) if any(rest) else None


def compare_dates(named: pd.DataFrame, before_on: dt.date, after_on: dt.date, definition: Definition) -> Pairs | None:
    """Compare the shares of 30-day downloads on two dates over the models counted on both; None without one.

    Args:
        named: as `read_ledger` returns them.
        before_on: the earlier date.
        after_on: the later one.
        definition: its universe, which the models belong to on both dates, and its attribution.
    """
    first, last = (_select(named, day, definition.universe) for day in (before_on, after_on))
    return _compare(first, last, (before_on, after_on), definition)


def _compare(
    first: pd.DataFrame, last: pd.DataFrame, days: tuple[dt.date, dt.date], definition: Definition
) -> Pairs | None:
    """Compare what `_select` returned for two dates."""
    found = _match(first["model"].array, last["model"].array)
    both = last.take(found[found >= 0])
    if both.empty:
        return None
    code: pd.Categorical = both[f"{definition.attribution}_code"].array
    counts = {"before": first[_COUNTED].to_numpy()[found >= 0], "after": both[_COUNTED].to_numpy()}
    rows = pd.DataFrame({"name": both["id"].array, "code": code, **counts})
    sums = {side: np.bincount(code.codes, each, len(code.categories)) for side, each in counts.items()}
    covers = [counts["before"].sum() / first[_COUNTED].sum(), counts["after"].sum() / last[_COUNTED].sum()]
    compared = Compared(
        definition=definition,
        before_on=days[0],
        after_on=days[1],
        models=len(rows),
        cover=float(min(covers)),
        before=_divide(sums["before"], code.categories),
        after=_divide(sums["after"], code.categories),
    )
    return Pairs(compared, rows)


def _match(first: pd.Categorical, last: pd.Categorical) -> Numbers:
    """Return where each model of one date is among those of another, -1 for none; both are of the same categories."""
    place = np.full(len(last.categories), -1)
    place[last.codes] = np.arange(len(last))
    found: Numbers = place[first.codes]
    return found


def _divide(sums: Numbers, codes: pd.Index) -> dict[str, float]:
    """Return the share of each code that has some of the downloads."""
    shares = sums / sums.sum()
    return {str(codes[place]): float(shares[place]) for place in np.flatnonzero(sums).tolist()}


def compare_back(named: pd.DataFrame, ends: Sequence[dt.date], definition: Definition) -> Compared | None:
    """Compare the newest date with the earliest one at which most downloads are of models counted on both.

    Most: three quarters, the limit below which a list is another one. None where no date has so many.
    """
    last = _select(named, ends[-1], definition.universe)
    for day in ends[:-1]:
        pairs = _compare(_select(named, day, definition.universe), last, (day, ends[-1]), definition)
        if pairs and pairs.compared.cover >= MIN_SURVIVING_OF_SELECTION:
            return pairs.compared
    return None


def list_breaks(intervals: Sequence[Interval]) -> frozenset[dt.date]:
    """List the dates on which a line over a selection begins anew, because the list grew by more than a fifth."""
    return frozenset(
        now.end
        for before, now in pairwise(intervals)
        if HUB not in (before.scope, now.scope) and now.models > (1 + MAX_LIST_GROWTH) * before.models
    )


def _select(named: pd.DataFrame, day: dt.date, universe: str) -> pd.DataFrame:
    """Return the models of a universe that are counted on a date."""
    rows = take_date(named, day)
    is_held = rows[_COUNTED] > 0
    if universe == "language":
        is_held &= rows["task_group"].isin(LANGUAGE_GROUPS)
    elif universe != "all":
        is_held &= rows[universe].astype(bool)
    return rows.loc[is_held, ["model", "id", "publisher_code", "origin_code", _COUNTED]]
