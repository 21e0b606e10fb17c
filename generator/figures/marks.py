"""What stands out in figures over time: models that surged, events, and lines broken at a new list."""

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
class Happening:
    """An event: a thin mark with a number in a figure, and a line of the list below it.

    Attributes:
        number: in its figure, from 1, the oldest first.
        day: when.
        label: what happened.
        kind: what it is an event of.
        source: who says so.
        url: where that can be read.
    """

    number: int
    day: dt.date
    label: Said
    kind: Said
    source: Said
    url: str


@dataclass(frozen=True)
class Standing:
    """What stands in every figure over time.

    Attributes:
        marks: of the models that surged most.
        breaks: dates on which lines begin anew.
        events: within its dates, oldest first.
    """

    marks: tuple[Mark, ...] = ()
    breaks: frozenset[dt.date] = frozenset()
    events: tuple[Happening, ...] = ()

    def piece(self, day: dt.date) -> int:
        """Return the number of the piece of a line that a date belongs to."""
        return sum(day >= first for first in self.breaks)
