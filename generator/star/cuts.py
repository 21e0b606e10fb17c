"""Cuts: downloads by country within a task group, a size band or a class of licences, on every date."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

import pandas as pd

from generator.ledger.classify import SIZE_BANDS, SIZE_UNKNOWN
from generator.ledger.intervals import Interval
from generator.registry import TASK_GROUPS
from generator.star.definitions import ATTRIBUTIONS, WINDOWS, Definition
from generator.star.shares import ShareTable, sum_each
from generator.text.words import LICENSE_CLASSES

# The column of each cut, and its classes in the order in which they are shown.
COLUMNS: Final[Mapping[str, str]] = {"task": "task_group", "size": "size_band", "licence": "license_class"}
CLASSES: Final[Mapping[str, tuple[str, ...]]] = {
    "task": TASK_GROUPS,
    "size": (*SIZE_BANDS, SIZE_UNKNOWN),
    "licence": tuple(LICENSE_CLASSES),
}


@dataclass(frozen=True)
class Cut:
    """The downloads of a window by class and place, of all models.

    Attributes:
        kind: `task`, `size` or `licence`.
        window: as in a definition.
        attribution: `publisher` or `origin`.
        sums: a row for each date that has a number, oldest first, a column for each class and code, in downloads.
    """

    kind: str
    window: str
    attribution: str
    sums: pd.DataFrame

    @property
    def definition(self) -> Definition:
        """Return what the downloads are of before they are cut."""
        return Definition(self.window, "all", self.attribution)

    @property
    def classes(self) -> tuple[str, ...]:
        """Return the classes that have downloads, in their order."""
        found = set(self.sums.columns.get_level_values(0))
        return tuple(name for name in CLASSES[self.kind] if name in found)


def compute_cuts(
    cube: pd.DataFrame,
    classes: pd.DataFrame,
    intervals: Sequence[Interval],
    histories: Mapping[Definition, tuple[ShareTable, ...]],
) -> tuple[Cut, ...]:
    """Compute every cut under every window that has a number, by publisher and by origin.

    Args:
        cube: as `read_ledger` returns it.
        classes: likewise.
        intervals: all intervals, oldest first.
        histories: tables of each definition that has numbers on the newest date.
    """
    return tuple(_compute(cube, classes, intervals, histories))


def _compute(
    cube: pd.DataFrame,
    classes: pd.DataFrame,
    intervals: Sequence[Interval],
    histories: Mapping[Definition, tuple[ShareTable, ...]],
) -> Iterator[Cut]:
    for kind, attribution in product(COLUMNS, ATTRIBUTIONS):
        rows = cube if kind == "task" else classes
        mine = rows[rows["attribution"] == attribution]
        for window in WINDOWS:
            if Definition(window, "all", attribution) in histories:
                sums = sum_each(mine, intervals, window, [COLUMNS[kind], "code"])
                if len(sums) and sums.index[-1] == intervals[-1].end:
                    yield Cut(kind, window, attribution, sums)
