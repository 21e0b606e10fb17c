"""Pieces of figures that show margins: signed points, axes on both sides of zero, strokes and dots at pixels."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import altair as alt
from babel.numbers import format_decimal

from generator.figures import parts
from generator.figures.theme import colour
from generator.text.language import Language

TICKS: Final = 5
_FACTORS: Final = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class Axis:
    """Values and the pixels that they stand at.

    Attributes:
        ticks: round values, rising; the first and the last are the ends.
        start: pixel of the first.
        end: pixel of the last; below `start` for an axis that runs upwards.
    """

    ticks: tuple[float, ...]
    start: float
    end: float

    def place(self, value: float) -> float:
        """Return the pixel of a value."""
        low, high = self.ticks[0], self.ticks[-1]
        return round(self.start + (self.end - self.start) * (value - low) / (high - low), 1)

    @property
    def step(self) -> float:
        """Return the distance of two ticks."""
        return self.ticks[1] - self.ticks[0]


def choose_span(values: Sequence[float], most: int = TICKS) -> tuple[float, ...]:
    """Return round values around all values and zero, at least two."""
    low, high = min(0.0, *values), max(0.0, *values)
    rough = max(high - low, 1e-6) / (most - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in _FACTORS if factor * power >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(round(step * index, 10) for index in range(first, max(last, first + 1) + 1))


def write_points(difference: float, language: Language, digits: int = 1) -> str:
    """Write a difference of shares in percentage points with its sign: +4.0, −3.3, 0.0."""
    pattern = "0." + "0" * digits if digits else "0"
    text = format_decimal(abs(difference) * 100, pattern, locale=language.locale)
    rounded = round(difference * 100, digits)
    return text if rounded == 0 else ("+" if rounded > 0 else "\u2212") + text


def write_tick(value: float, step: float, language: Language) -> str:
    """Write a margin on an axis with as many digits as the step needs."""
    digits = next((digits for digits in (0, 1, 2) if abs(round(step * 100, digits) - step * 100) < 1e-9), 2)
    return write_points(value, language, digits) if value else "0"


def build_strokes(rows: Sequence[parts.Row], **mark: Any) -> alt.Chart:
    """Build straight strokes; rows have `x`, `x2`, `y`, `y2` and `colour`."""
    chart: alt.Chart = alt.Chart(parts.build_data(rows)).mark_rule(**mark)
    return chart.encode(
        x=parts.pixel_x(), x2=alt.X2("x2:Q"), y=parts.pixel_y(), y2=alt.Y2("y2:Q"), color=parts.own_colour()
    )


def build_bars(rows: Sequence[parts.Row], tooltip: list[alt.Tooltip], **mark: Any) -> alt.Chart:
    """Build bars; rows have `x`, `x2`, `y`, `y2` and `colour`."""
    chart: alt.Chart = alt.Chart(parts.build_data(rows)).mark_rect(**mark)
    return chart.encode(
        x=parts.pixel_x(),
        x2=alt.X2("x2:Q"),
        y=parts.pixel_y(),
        y2=alt.Y2("y2:Q"),
        fill=parts.own_fill(),
        tooltip=tooltip,
    )


def build_dots(rows: Sequence[parts.Row], tooltip: list[alt.Tooltip], *, hollow: bool = False) -> alt.Chart:
    """Build dots, or rings; rows have `x`, `y` and `colour`."""
    if hollow:
        ring: alt.Chart = alt.Chart(parts.build_data(rows)).mark_point(
            filled=True, fill=colour("paper"), size=46, strokeWidth=1.8
        )
        stroke = alt.Stroke("colour:N", scale=None, legend=None)
        return ring.encode(x=parts.pixel_x(), y=parts.pixel_y(), stroke=stroke, tooltip=tooltip)
    dot: alt.Chart = alt.Chart(parts.build_data(rows)).mark_point(filled=True, size=52, opacity=0.85)
    return dot.encode(x=parts.pixel_x(), y=parts.pixel_y(), color=parts.own_colour(), tooltip=tooltip)


def line_of(x: float, x2: float, y: float, y2: float, name: str = "grid") -> dict[str, Any]:
    """Describe a stroke in a colour of the schemes."""
    return {"x": round(x, 1), "x2": round(x2, 1), "y": round(y, 1), "y2": round(y2, 1), "colour": colour(name)}
