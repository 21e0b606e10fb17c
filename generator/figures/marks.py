"""What stands out in figures over time: models that surged, named where they did, and lines broken at a new list."""

import datetime as dt
from dataclasses import dataclass

from generator.figures.figure import Said


@dataclass(frozen=True)
class Mark:
    """Days on which one model decided what a chart shows.

    Attributes:
        name: the model's, without its account where there is little room.
        start: the first day.
        end: the last day; the first one where it has not fallen since.
    """

    name: Said
    start: dt.date
    end: dt.date


@dataclass(frozen=True)
class Standing:
    """What stands in every figure over time.

    Attributes:
        marks: of the models that surged most.
        breaks: dates on which lines begin anew.
    """

    marks: tuple[Mark, ...] = ()
    breaks: frozenset[dt.date] = frozenset()

    def piece(self, day: dt.date) -> int:
        """Return the number of the piece of a line that a date belongs to."""
        return sum(day >= first for first in self.breaks)
