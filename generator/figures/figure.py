"""A figure before it is drawn: what it says, its data, and how to draw it at a width."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import altair as alt

Cell = str | int | float | None
# Digits of a share in files: a millionth.
SHARE_DIGITS: Final = 6
AnyChart = alt.Chart | alt.LayerChart | alt.HConcatChart | alt.VConcatChart | alt.FacetChart


@dataclass(frozen=True)
class Column:
    """A column of a figure's table and data files.

    Attributes:
        name: its name in CSV and JSON.
        title: its heading for readers.
        kind: `text`, `date`, `count` (whole number), `share` (fraction, shown as a percentage), `points`
            (difference of two shares, shown in percentage points) or `number` (any other).
    """

    name: str
    title: str
    kind: str


@dataclass(frozen=True)
class Table:
    """What a picture is drawn from, and what its data files hold.

    Attributes:
        columns: declared.
        rows: one value per column.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def find(self, name: str) -> Column:
        """Return a column by its name; KeyError for one that is not declared."""
        return {column.name: column for column in self.columns}[name]

    def records(self) -> list[dict[str, Cell]]:
        """Return the rows by the names of the columns; fractions as they stand in files."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, map(round_cell, row), strict=True)) for row in self.rows]


def round_cell(cell: Cell) -> Cell:
    """Round a fraction to the digits that files have."""
    return round(cell, SHARE_DIGITS) if isinstance(cell, float) else cell


@dataclass(frozen=True)
class Figure:
    """Everything that is published of one figure.

    Attributes:
        slug: its name in addresses and files: lower-case letters, digits, hyphens; never a string from the Hub.
        headline: what it shows, as a computed sentence.
        subtitle: unit, window, universe and attribution.
        source: source and date.
        how_to_read: one or two sentences for somebody who sees such a chart for the first time.
        alt: the same finding in words for those who do not see the picture.
        columns: of the table.
        rows: of the table, one value per column; texts from the Hub already passed `encode.label`.
        draw: returns the chart for a width in CSS pixels.
    """

    slug: str
    headline: str
    subtitle: str
    source: str
    how_to_read: str
    alt: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    draw: Callable[[int], AnyChart]
