"""A line so small that it stands in the row of a table: no axis, no word, no engine."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

# Width and height in the units of its own picture, which a page stretches to its room: within a row, and on a page.
ROW: Final = (60, 16)
WIDE: Final = (600, 150)


Points = Sequence[tuple[dt.date, float]]


def draw_line(points: Points, span: tuple[dt.date, dt.date], size: tuple[int, int], told: Markup) -> Markup:
    """Draw a value over time, from zero up, as SVG.

    Args:
        points: date and value, oldest first.
        span: first and last date of the whole width, so that lines below one another share their dates.
        size: `ROW` or `WIDE`.
        told: what it shows, in words that passed the encoder, for those who do not see it.
    """
    return Markup(
        '<svg class="oms-spark" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<path d="{}"/></svg>'
    ).format(*size, told, _trace(points, span, size))


def _trace(points: Points, span: tuple[dt.date, dt.date], size: tuple[int, int]) -> str:
    """Trace the line: whole units, a margin of one above and below for its own thickness."""
    (first, last), (width, height) = span, size
    days = max((last - first).days, 1)
    most = max(value for _, value in points) or 1.0
    places = [
        (round((day - first).days / days * width), round(height - 1 - value / most * (height - 2)))
        for day, value in points
    ]
    return "M" + "L".join(f"{x} {y}" for x, y in places)
