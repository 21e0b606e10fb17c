"""A table that readers can download: what a row is, and each column's unit and window."""

from dataclasses import dataclass
from typing import cast

import pandas as pd

from generator.star.table import Column, Kind, Table


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

    def as_table(self) -> Table:
        """Return it as a table, which is what is published."""
        columns = tuple(Column(field.name, cast("Kind", field.kind), "", field.description) for field in self.fields)
        frame = pd.DataFrame(list(self.rows), columns=[field.name for field in self.fields], dtype="object")
        return Table(self.name, self.title, self.description, columns, frame)
