"""A table that readers can download: what a row is, and each column's unit and window."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """A column of a data file.

    Attributes:
        name: its name.
        kind: `text`, `date`, `count` (whole number), `share` (fraction) or `number` (with decimals).
        description: what a value is, its unit and window, and when it is missing.
    """

    name: str
    kind: str
    description: str


@dataclass(frozen=True)
class DataFile:
    """A CSV file for readers.

    Attributes:
        name: its name without the ending.
        title: what it holds.
        description: what a row is.
        fields: its columns.
        rows: one value per column; None is an empty cell.
    """

    name: str
    title: str
    description: str
    fields: tuple[Field, ...]
    rows: tuple[tuple[object, ...], ...]
