"""What the gates look at: a new snapshot beside the last accepted one."""

import datetime as dt
import math
from dataclasses import dataclass
from functools import cached_property

from generator.audit.comparison import Comparison, Listing, compare_snapshots
from generator.base.settings import MAX_WIDENING
from generator.ledger.intervals import Interval
from generator.ledger.pairs import Source
from generator.registry import Registry
from generator.sources.snapshot import SnapshotInfo


@dataclass(frozen=True)
class Seen:
    """A snapshot as the gates see it.

    Attributes:
        info: what its file says of itself.
        source: its rows, or the file that the engine reads them from.
    """

    info: SnapshotInfo
    source: Source


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

    @property
    def listing(self) -> Listing:
        """Return what is read of the new snapshot alone."""
        return self._found[0]

    @property
    def comparison(self) -> Comparison:
        """Return what both snapshots say together."""
        if (found := self._found[1]) is None:
            raise ValueError("the first snapshot has nothing to be compared with")
        return found

    @cached_property
    def _found(self) -> tuple[Listing, Comparison | None]:
        before = self.previous.source if self.previous else None
        return compare_snapshots(self.current.source, before, self.registry, only_matches=self.is_selection)
