"""Bars below each other from zero, each with its name before it and its value behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import altair as alt

from generator.figures import margins, parts
from generator.figures.text import cut, measure
from generator.figures.theme import SMALL_TEXT, TEXT, WIDE, build_canvas, colour

ROW_HEIGHT: Final = 25
BAR_HEIGHT: Final = 15


@dataclass(frozen=True)
class ValueBar:
    """A bar.

    Attributes:
        name: stands before it; texts from the Hub already passed `encode.label`.
        value: its length.
        end: stands behind it.
        short_end: the same where there is little room.
        place: of what, for the tooltip.
        colour: of the bar.
    """

    name: str
    value: float
    end: str
    short_end: str
    place: str
    colour: str


def draw_bars(rows: Sequence[ValueBar], titles: tuple[str, str, str], width: int) -> alt.LayerChart:
    """Draw the bars from top to bottom; `titles` of the tooltip: what has a bar, its place, its value."""
    size = TEXT if width >= WIDE else SMALL_TEXT
    left = min(max((measure(row.name, size) for row in rows), default=0) + 10, width * 0.4)
    ends = [row.end if width >= WIDE else row.short_end for row in rows]
    largest = max((row.value for row in rows), default=0) or 1
    rooms = [
        (width - left - measure(end, SMALL_TEXT) - 8) * largest / (row.value or largest)
        for row, end in zip(rows, ends, strict=True)
    ]
    axis = margins.Axis((0.0, largest), round(left), round(left + min(rooms, default=1)))
    placed = [_place(index, row, end, axis) for index, (row, end) in enumerate(zip(rows, ends, strict=True))]
    names = [{"x": round(left - 7), "y": row["middle"], "text": cut(row["name"], size, left - 8)} for row in placed]
    values = [{"x": row["last"] + 5, "y": row["middle"], "text": row["end"]} for row in placed]
    tooltip = parts.build_tooltip(("name", titles[0]), ("place", titles[1]), ("end", titles[2]))
    layers = [
        margins.build_bars(placed, tooltip, stroke=colour("muted"), strokeWidth=0.4),
        parts.build_labels(names, align="right", fontSize=size),
        parts.small_labels(values),
    ]
    return build_canvas(layers, width, ROW_HEIGHT * len(rows) + 2)


def _place(index: int, row: ValueBar, end: str, axis: margins.Axis) -> dict[str, Any]:
    middle = ROW_HEIGHT * (index + 0.5)
    return {
        "x": axis.place(0),
        "x2": max(axis.place(row.value), axis.place(0) + 0.8),
        "y": middle - BAR_HEIGHT / 2,
        "y2": middle + BAR_HEIGHT / 2,
        "middle": middle,
        "last": axis.place(row.value),
        "name": row.name,
        "place": row.place,
        "end": end,
        "colour": row.colour,
    }
