"""A line so small that it stands in the row of a table: no axis, no word, no engine."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

# Width and height in the units of its own picture, which a page stretches to its room: within a row, and on a page.
ROW: Final = (60, 16)
WIDE: Final = (600, 150)


@dataclass(frozen=True)
class Spark:
    """A value over time, from zero up.

    Attributes:
        points: date and value, oldest first.
        span: first and last date of the whole width, so that lines below one another share their dates.
    """

    points: Sequence[tuple[dt.date, float]]
    span: tuple[dt.date, dt.date]

    def render(self, size: tuple[int, int], told: Markup) -> Markup:
        """Render it as SVG; fewer than two dates make no line, and no picture.

        Args:
            size: `ROW` or `WIDE`.
            told: what it shows, in words that passed the encoder, for those who do not see it.
        """
        if len(self.points) < 2:
            return Markup("")
        width, height = size
        return Markup(
            '<svg class="oms-spark" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">'
            '<path d="{}"/></svg>'
        ).format(width, height, told, self._trace(width, height))

    def _trace(self, width: int, height: int) -> str:
        """Trace the line: whole units, a margin of one above and below for its own thickness."""
        first, last = self.span
        days = max((last - first).days, 1)
        most = max(value for _, value in self.points) or 1.0
        places = [
            (round((day - first).days / days * width), round(height - 1 - value / most * (height - 2)))
            for day, value in self.points
        ]
        return "M" + "L".join(f"{x} {y}" for x, y in places)
