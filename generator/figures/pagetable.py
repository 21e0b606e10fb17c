"""A figure's table as it stands on a page: made for reading, and small; the files beside it hold every row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from generator.base.settings import FIGURE_ROWS
from generator.figures.figure import SpokenCell, SpokenColumn, SpokenFigure, SpokenTable

# A column for programs; beside it stands what the code means.
CODE: Final = "_code"
# Beside other texts it is the code of what the whole figure is of.
COUNTRY: Final = "country_code"


@dataclass(frozen=True)
class PageTable:
    """What a page shows of a table.

    Attributes:
        columns: those shown, or a date and one for each line.
        rows: one value per column.
        is_newest: whether dates are left out, the oldest.
        is_first: whether rows are left out, the last.
    """

    columns: tuple[SpokenColumn, ...]
    rows: tuple[tuple[SpokenCell, ...], ...]
    is_newest: bool = False
    is_first: bool = False


def lay_table(figure: SpokenFigure) -> PageTable:
    """Lay out a figure's table: one row a date where that can be, else its first rows; without codes."""
    table = _drop_codes(SpokenTable(figure.columns, figure.rows))
    date = next((place for place, column in enumerate(table.columns) if column.kind == "date"), None)
    if date is None:
        return PageTable(table.columns, table.rows[:FIGURE_ROWS], is_first=len(table.rows) > FIGURE_ROWS)
    dates = sorted({str(row[date]) for row in table.rows})
    newest = SpokenTable(table.columns, tuple(row for row in table.rows if str(row[date]) in dates[-FIGURE_ROWS:]))
    wide = _widen(newest, date) or newest
    return PageTable(wide.columns, wide.rows, is_newest=len(dates) > FIGURE_ROWS)


def _drop_codes(table: SpokenTable) -> SpokenTable:
    """Leave the codes out where another column of texts says the same: `country` what `country_code` means."""
    texts = [column.name for column in table.columns if column.kind == "text"]
    kept = [place for place, column in enumerate(table.columns) if not _is_said(column.name, texts)]
    return SpokenTable(
        tuple(table.columns[place] for place in kept), tuple(tuple(row[place] for place in kept) for row in table.rows)
    )


def _is_said(name: str, texts: Sequence[str]) -> bool:
    """Tell whether a column holds codes and another one their words."""
    if name == COUNTRY:
        return list(texts) != [COUNTRY]
    return name.endswith(CODE) and name.removesuffix(CODE) in texts


def _widen(table: SpokenTable, date: int) -> SpokenTable | None:
    """Give each line a column of its own; None where rows are told apart by more than a date and a name."""
    columns = table.columns
    values = [place for place, column in enumerate(columns) if column.kind not in {"text", "date"}]
    texts = [place for place, column in enumerate(columns) if column.kind == "text"]
    names = [place for place in texts if not _is_of_date(table, date, place)]
    if len(names) != 1 or len(values) != 1:
        return None
    cells = {(row[date], row[names[0]]): row[values[0]] for row in table.rows}
    if len(cells) != len(table.rows):
        return None
    kept = [date, *(place for place in texts if place not in names)]
    heads = {row[date]: tuple(row[place] for place in kept) for row in table.rows}
    lines = list(dict.fromkeys(row[names[0]] for row in table.rows))
    kind = columns[values[0]].kind
    return SpokenTable(
        (*(columns[place] for place in kept), *(SpokenColumn("line", str(line), kind) for line in lines)),
        tuple((*head, *(cells.get((day, line)) for line in lines)) for day, head in heads.items()),
    )


def _is_of_date(table: SpokenTable, date: int, place: int) -> bool:
    """Tell whether a column says the same in all rows of a date."""
    pairs = {(row[date], row[place]) for row in table.rows}
    return len(pairs) == len({row[date] for row in table.rows})
