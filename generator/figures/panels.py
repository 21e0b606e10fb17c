"""Small line charts beside and below each other: the same lines, another measure or group in each."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import altair as alt

from generator.figures import margins, parts
from generator.figures.margins import Axis
from generator.figures.marks import Box, Standing, build_marks
from generator.figures.text import cut, measure, spread
from generator.figures.theme import SMALL_TEXT, TEXT, WIDE, build_canvas, colour, place_colour
from generator.star.classes import ALL
from generator.text.language import Language

HEIGHT: Final = 158
HEAD: Final = 34
FOOT: Final = 24
GAP: Final = 30
# With so few dates each is marked by a dot.
FEW_DATES: Final = 20


@dataclass(frozen=True)
class Trace:
    """A line of shares.

    Attributes:
        label: its name at its end.
        colour: its colour.
        dash: lengths of its dashes in pixels; none for a whole line.
        points: dates and shares, oldest first; None where there is no number, and the line is broken.
    """

    label: str
    colour: str
    dash: tuple[int, ...]
    points: tuple[tuple[dt.date, float | None], ...]


@dataclass(frozen=True)
class Panel:
    """A small chart.

    Attributes:
        title: stands above it.
        traces: its lines, each with a number on some date.
    """

    title: str
    traces: tuple[Trace, ...]


def trace_place(code: str, points: Iterable[tuple[dt.date, float | None]], language: Language) -> Trace:
    """Return a place's line; all downloads together are dashed and of no country's colour."""
    if code == ALL:
        return Trace(language.gettext("All"), colour("ink"), (6, 3), tuple(points))
    return Trace(parts.short_place(code, language), place_colour(code), (), tuple(points))


def draw_panels(panels: Sequence[Panel], language: Language, standing: Standing, width: int) -> alt.LayerChart:
    """Draw panels in two columns, in one where there is little room."""
    columns = 2 if width >= WIDE and len(panels) > 1 else 1
    room = (width - GAP * (columns - 1)) / columns
    layers = [
        layer
        for index, panel in enumerate(panels)
        for layer in _Frame(
            panel, language, standing, index % columns * (room + GAP), index // columns * (HEIGHT + 12), room
        ).build()
    ]
    lines = -(-len(panels) // columns)
    return build_canvas(layers, width, lines * (HEIGHT + 12) - 12)


class _Frame:
    """A panel, placed in pixels."""

    def __init__(
        self, panel: Panel, language: Language, standing: Standing, left: float, top: float, room: float
    ) -> None:
        self.standing = standing
        self.panel, self.language, self.left, self.top, self.room = panel, language, left, top, room
        largest = max((share for trace in panel.traces for _, share in trace.points if share is not None), default=1.0)
        self.ticks = parts.choose_ticks(largest, most=3)
        self.axis = Axis(tuple(self.ticks), top + HEIGHT - FOOT, top + HEAD)
        self.days = sorted({day for trace in panel.traces for day, _ in trace.points})
        words = [parts.write_tick(tick, language, self.ticks[1]) for tick in self.ticks]
        self.start = left + max(measure(word, SMALL_TEXT) for word in words) + 8
        self.end = left + room - max(measure(self._name(trace), SMALL_TEXT) for trace in panel.traces) - 12

    def build(self) -> list[alt.Chart]:
        """Return the layers of the panel."""
        box = Box(self.start, self.left + self.room, self.top + HEAD - 6, self.top + HEIGHT - FOOT)
        marks = build_marks(self.standing.marks[:1], self._x, box)
        lines = [layer for trace in self.panel.traces for layer in self._draw(trace)]
        return [*self._grid(), *marks, *lines, self._ends()]

    def _name(self, trace: Trace) -> str:
        last = [share for _, share in trace.points if share is not None][-1]
        return f"{trace.label} {self.language.percent(last)}"

    def _x(self, day: dt.date) -> float:
        span = (self.days[-1] - self.days[0]).days
        part = (day - self.days[0]).days / span if span else 1.0
        return round(self.start + (self.end - self.start) * part, 1)

    def _grid(self) -> list[alt.Chart]:
        places = [self.axis.place(tick) for tick in self.ticks]
        grid = [margins.line_of(self.start, self.end, place, place) for place in places]
        labels = [
            {"x": self.start - 7, "y": place, "text": parts.write_tick(tick, self.language, self.ticks[1])}
            for tick, place in zip(self.ticks, places, strict=True)
        ]
        words = [parts.short_date(day, self.days, self.language) for day in self.days]
        gap = max(measure(word, SMALL_TEXT) for word in words) + 8
        spots = [self._x(day) for day in self.days]
        dates = [
            {"x": spots[index], "y": self.top + HEIGHT - 9, "text": words[index]}
            for index in parts.pick_dates(self.days, spots, gap)
        ]
        title = cut(self.panel.title, TEXT, self.room)
        return [
            margins.build_strokes(grid, strokeWidth=1),
            parts.small_labels(labels, align="right"),
            parts.small_labels(dates, align="center"),
            parts.build_labels([{"x": self.left, "y": self.top + 12, "text": title}], fontWeight=600),
        ]

    def _draw(self, trace: Trace) -> list[alt.Chart]:
        rows: list[dict[str, Any]] = []
        run = 0
        for day, share in trace.points:
            if share is None:
                run += 1
                continue
            rows.append(
                {
                    "x": self._x(day),
                    "y": self.axis.place(share),
                    "run": run + self.standing.piece(day),
                    "colour": trace.colour,
                    "label": trace.label,
                    "day": self.language.date(day),
                    "value": self.language.percent(share),
                }
            )
        base = alt.Chart(parts.build_data(rows))
        line = base.mark_line(color=trace.colour, strokeWidth=2, strokeDash=list(trace.dash) or alt.Undefined)
        layers = [line.encode(x=parts.pixel_x(), y=parts.pixel_y(), order=alt.Order("x:Q"), detail=alt.Detail("run:N"))]
        if len(self.days) <= FEW_DATES:
            tooltip = parts.build_tooltip(
                ("label", self.language.gettext("Line")),
                ("day", self.language.gettext("Date")),
                ("value", self.language.gettext("Share")),
            )
            layers.append(margins.build_dots(rows, tooltip))
        return layers

    def _ends(self) -> alt.Chart:
        last = [[share for _, share in trace.points if share is not None][-1] for trace in self.panel.traces]
        wanted = [self.axis.place(share) for share in last]
        places = spread(wanted, 14, self.top + HEAD - 6, self.top + HEIGHT - FOOT + 2)
        rows = [
            {"x": self.end + 9, "y": place, "text": self._name(trace), "colour": _ink(trace)}
            for trace, place in zip(self.panel.traces, places, strict=True)
        ]
        return parts.build_labels(rows, fontSize=SMALL_TEXT).encode(color=parts.own_colour())


def _ink(trace: Trace) -> str:
    """Return the colour of a line's name: its own, or the page's muted one for what is grey."""
    return colour("muted") if trace.colour == colour("place-other") else trace.colour
