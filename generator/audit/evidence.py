"""What the gates look at: a new snapshot beside the last accepted one."""

import datetime as dt
import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from generator.base.settings import MAX_WIDENING
from generator.ledger.intervals import Interval
from generator.registry import Registry
from generator.sources.snapshot import SnapshotInfo, put_back_unchanged, to_frame

# What the gates read of each model; of all other columns only whether they are filled.
COLUMNS: Final = ["key", "id", "author", "downloads_30d", "downloads_all_time", "unchanged_30d"]
NO_AUTHOR: Final = "(none)"


@dataclass(frozen=True)
class Seen:
    """A snapshot as the gates see it.

    Attributes:
        info: what its file says of itself.
        models: one row per model with `COLUMNS`; `downloads_30d` as the list gave it, those counts included that were
            not collected again and stand in `unchanged_30d` too.
        filled: on the same index, for each column of the snapshot whether the model has a value in it; an empty text
            or list is none.
    """

    info: SnapshotInfo
    models: pd.DataFrame
    filled: pd.DataFrame

    @cached_property
    def keys(self) -> pd.Series:
        """Return what a model is joined by: the key, which survives a rename, or the id where it has none."""
        return self.models["key"].fillna(self.models["id"])

    @property
    def has_keys(self) -> bool:
        """Tell whether its models have keys."""
        return bool(self.models["key"].notna().any())


@dataclass(frozen=True)
class Pair:
    """The models that two snapshots are compared over, each side on an index of its own.

    For the whole Hub all models of both; for a selection only those in both, because a list that grows or is cut
    moves every total without any count being wrong.

    Attributes:
        now: rows of the new snapshot.
        before: rows of the last accepted one.
        filled_now: which columns of `now` are filled.
        filled_before: the same of `before`.
    """

    now: pd.DataFrame
    before: pd.DataFrame
    filled_now: pd.DataFrame
    filled_before: pd.DataFrame


@dataclass(frozen=True)
class Evidence:
    """All that the gates are given.

    Attributes:
        current: the snapshot to judge.
        previous: the last accepted one; None for the first, and where the last accepted one is not held any more.
        intervals: the ledger's, oldest first, up to the last accepted one.
        registry: says which country a publisher counts for, and names the canaries.
        today: the day of the check.
    """

    current: Seen
    previous: Seen | None
    intervals: tuple[Interval, ...]
    registry: Registry
    today: dt.date

    @property
    def is_selection(self) -> bool:
        """Tell whether the new snapshot is a part of the Hub, whose rules we do not know."""
        return self.current.info.scope != "hub"

    @property
    def days(self) -> int:
        """Return the days since the last accepted snapshot; 0 for the first."""
        last = self.intervals[-1].end if self.intervals else self.previous.info.date if self.previous else None
        return (self.current.info.date - last).days if last else 0

    @property
    def rows_before(self) -> int | None:
        """Return the models of the last accepted snapshot; None for the first."""
        if self.previous:
            return self.previous.info.rows
        return self.intervals[-1].models if self.intervals else None

    @property
    def widening(self) -> float:
        """Return by how much limits of change are wider than for one day."""
        return min(math.sqrt(max(self.days, 1)), MAX_WIDENING)

    @cached_property
    def matches(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the rows of models that both snapshots hold, in the same order: now and before."""
        now, before, positions = self._positions
        return now.models[positions >= 0], before.models.iloc[positions[positions >= 0]]

    @cached_property
    def pair(self) -> Pair:
        """Return the models to compare totals, shares and fill rates over."""
        now, before, positions = self._positions
        if not self.is_selection:
            return Pair(now.models, before.models, now.filled, before.filled)
        kept = positions[positions >= 0]
        return Pair(
            now.models[positions >= 0],
            before.models.iloc[kept],
            now.filled[positions >= 0],
            before.filled.iloc[kept],
        )

    @property
    def measure(self) -> str:
        """Return the count to compare: of 30 days where both snapshots have it, else of all time."""
        both = all(frame["downloads_30d"].notna().any() for frame in (self.pair.now, self.pair.before))
        return "downloads_30d" if both else "downloads_all_time"

    @cached_property
    def _positions(self) -> tuple[Seen, Seen, pd.Series]:
        """Return both snapshots and, for each row of the new one, its first row in the one before, or -1."""
        if self.previous is None:
            raise ValueError("the first snapshot has nothing to be compared with")
        by_key = self.current.has_keys and self.previous.has_keys
        now = self.current.keys if by_key else self.current.models["id"]
        before = pd.Series(self.previous.keys if by_key else self.previous.models["id"])
        index = pd.Series(range(len(before)), index=before.to_numpy())
        found = now.map(index[~index.index.duplicated()]).fillna(-1).astype("int64")
        return self.current, self.previous, found


def see_snapshot(info: SnapshotInfo, table: pa.Table) -> Seen:
    """Turn a snapshot's table into what the gates look at."""
    listed = put_back_unchanged(table)
    names = [name for name in listed.column_names if name != "unchanged_30d"]
    filled = pd.DataFrame({name: _is_filled(listed[name]) for name in names})
    return Seen(info, to_frame(listed.select(COLUMNS)), filled)


def sum_codes(models: pd.DataFrame, measure: str, registry: Registry) -> dict[str, float]:
    """Sum a count by country code or category of the publisher."""
    totals = models[measure].astype("float64").fillna(0).groupby(models["author"].fillna(NO_AUTHOR)).sum()
    codes = [registry.code(str(author)) for author in totals.index]
    sums: dict[str, float] = {str(code): float(value) for code, value in totals.groupby(codes).sum().items()}
    return sums


def _is_filled(column: pa.ChunkedArray) -> "pd.Series[bool]":
    if pa.types.is_list(column.type):
        filled = pc.greater(pc.fill_null(pc.list_value_length(column), 0), 0)
    elif pa.types.is_string(column.type):
        filled = pc.fill_null(pc.not_equal(column, ""), False)
    else:
        filled = pc.is_valid(column)
    return pd.Series(filled.to_numpy())
