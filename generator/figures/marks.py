"""What stands out in figures over time: models that surged, named where they did, and lines broken at a new list."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import altair as alt

from generator.figures import parts
from generator.figures.text import cut, measure
from generator.figures.theme import SMALL_TEXT, colour

LINE: Final = 13


@dataclass(frozen=True)
class Mark:
    """Days on which one model decided what a chart shows.

    Attributes:
        name: the model's, without its account where there is little room.
        start: the first day.
        end: the last day; the first one where it has not fallen since.
    """

    name: str
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


@dataclass(frozen=True)
class Box:
    """Where marks stand, in pixels.

    Attributes:
        left: no name begins before it.
        right: no name ends behind it.
        top: middle of the first name's line.
        bottom: where the bands end.
    """

    left: float
    right: float
    top: float
    bottom: float


def build_marks(marks: Sequence[Mark], x: Callable[[dt.date], float], box: Box) -> list[alt.Chart]:
    """Build a band for the days of each mark, with its name above, one below the other; `x` places a day."""
    if not marks:
        return []
    rows = [_place_mark(mark, index, x, box) for index, mark in enumerate(marks)]
    base = alt.Chart(parts.build_data(rows))
    ends = {"x": parts.pixel_x(), "y": parts.pixel_y("top"), "y2": alt.Y2("bottom:Q")}
    return [
        base.mark_rect(fill=colour("muted"), opacity=0.14).encode(**ends, x2=alt.X2("end:Q")),
        base.mark_rule(color=colour("muted"), strokeWidth=1, strokeDash=[2, 2]).encode(**ends),
        parts.small_labels([{"x": row["at"], "y": row["y"], "text": row["text"]} for row in rows]),
    ]


def _place_mark(mark: Mark, index: int, x: Callable[[dt.date], float], box: Box) -> dict[str, Any]:
    left, middle = x(mark.start), box.top + LINE * index
    name = cut(mark.name, SMALL_TEXT, box.right - box.left)
    return {
        "x": round(left, 1),
        "end": round(max(x(mark.end), left + 2), 1),
        "top": middle - LINE / 2,
        "bottom": box.bottom,
        "y": middle,
        "text": name,
        "at": round(max(box.left, min(left + 4, box.right - measure(name, SMALL_TEXT))), 1),
    }
