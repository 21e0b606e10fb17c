"""A table that readers can download: what a row is, and each column's unit and window."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

import pandas as pd

from generator.star.table import Column, Kind, Table
from generator.text.say import Sentence


@dataclass(frozen=True)
class Field:
    """A column of a data file.

    Attributes:
        name: its name.
        kind: `text`, `date`, `count` (whole number), `share` (fraction) or `number` (with decimals).
        description: what a value is, its unit and window, and when it is missing.
        unit: what it is counted in; empty for words, dates and shares.
        vocabulary: what its codes are called; empty for names and places.
    """

    name: str
    kind: str
    description: str
    unit: str = ""
    vocabulary: Mapping[str, Sentence] = field(default_factory=dict)


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
        columns = tuple(
            Column(each.name, cast("Kind", each.kind), "", each.description, each.unit, vocabulary=each.vocabulary)
            for each in self.fields
        )
        frame = pd.DataFrame(list(self.rows), columns=[each.name for each in self.fields], dtype="object")
        return Table(self.name, self.title, self.description, columns, frame)
