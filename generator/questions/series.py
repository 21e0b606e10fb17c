"""Series: measures over time, by name, read from the columns of a question's tables."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from generator.star.table import Column, Row, Table

# Columns that tell no two series apart.
_NO_KEYS: Final = ("window", "attribution")


@dataclass(frozen=True)
class Point:
    """A measure on a date.

    Attributes:
        date: the last day that it speaks for.
        value: in the unit that the series states; None where it could not be measured.
    """

    date: dt.date
    value: float | None


def list_series(question: str, table: Table) -> dict[str, tuple[Point, ...]]:
    """List the measures of a table with a row a date, oldest first, as series.

    A series is named by the question, the column and what tells its rows apart: the column `share_under_1b` of the
    question `sizes` is `sizes.share-under-1b.CN`, and by origin `sizes.origin-share-under-1b.CN`.
    """
    keys = [column.name for column in table.columns if _is_key(column)]
    measures = [column.name for column in table.columns if column.is_number]
    found: dict[str, list[Point]] = defaultdict(list)
    for row in table.records():
        for measure in measures:
            found[_name_series(question, measure, row, keys)].append(_read_point(row, measure))
    return {name: tuple(points) for name, points in found.items()}


def _is_key(column: Column) -> bool:
    return not column.is_number and column.kind != "date" and column.name not in _NO_KEYS


def _name_series(question: str, measure: str, row: Row, keys: list[str]) -> str:
    prefix = "origin-" if row.get("attribution") == "origin" else ""
    return ".".join([question, prefix + measure.replace("_", "-"), *(str(row[key]) for key in keys)])


def _read_point(row: Mapping[str, object], measure: str) -> Point:
    day, value = row["as_of"], row[measure]
    assert isinstance(day, dt.date)  # noqa: S101 - a history has a day in each row
    return Point(day, value if isinstance(value, float | int) else None)
