"""Cells in rows and columns: the colour of each is its value, or who leads in it; what it says stands in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from generator.figures import altair as alt
from generator.figures import frame
from generator.figures.figure import Said, SpokenTable, Table, speak_all
from generator.figures.frame import Word
from generator.figures.text import BOLD, cut, measure, wrap
from generator.figures.theme import SMALL_TEXT, TEXT, WIDE
from generator.text.language import Language

TITLE: Final = 24
LINE: Final = 15
# Between two lines of a row's name, or within a cell that has three.
CLOSE: Final = 12


@dataclass(frozen=True)
class Head:
    """A row or a column: its key in the table, its name, the same where there is little room, what stands behind it."""

    key: Said
    name: Said
    short: Said = ""
    note: Said = ""


@dataclass(frozen=True)
class Cell:
    """What a cell says: keys of its row and column, lines of text, the first of them bold where there are two."""

    row: Said
    column: Said
    lines: tuple[Said, ...]
    ink: str = "ink"


@dataclass(frozen=True)
class Group:
    """Rows that belong together.

    Attributes:
        rows: from top to bottom; none where the group has no cells.
        cells: that say something.
        title: above them; none where they need none.
        note: beside the title, in place of cells.
        where: a column and its value, for the rows that belong here; none for all.
    """

    rows: tuple[Head, ...]
    cells: tuple[Cell, ...] = ()
    title: Said = ""
    note: Said = ""
    where: tuple[str, Said] = ("", "")


@dataclass(frozen=True)
class Matrix:
    """How a table is drawn as a matrix.

    Attributes:
        groups: from top to bottom.
        columns: from left to right.
        row: the column of the table that says a cell's row.
        column: the one that says its column.
        by: the one that gives it its colour.
        steps: values from which on a number has a colour, rising; a smaller one has that of `nothing`.
        inks: colours by the texts of `by`, where it is no number.
        pale: a column and the value on which a cell is pale, with a dashed edge; none for none.
        height: of a row.
        notes: lines below all.
    """

    groups: tuple[Group, ...]
    columns: tuple[Head, ...]
    row: str
    column: str
    by: str
    steps: tuple[tuple[float, str], ...] = ()
    inks: Mapping[Said, str] = field(default_factory=dict)
    pale: tuple[str, Said] = ("", "")
    height: int = 30
    notes: tuple[Said, ...] = ()


def draw_matrix(table: Table, picture: Matrix, width: int, language: Language) -> "alt.LayerChart":
    """Draw a table as cells."""
    spoken = speak_all(table, language)
    chart = _Chart(spoken, speak_all(picture, language), width)
    layers = chart.build()
    drawn = frame.build_picture(spoken, chart.rows, layers, width, chart.height, language)
    drawn.resolve = alt.Resolve(scale={"y": "independent"})
    return drawn


class _Chart:
    """A matrix, placed in pixels."""

    def __init__(self, table: SpokenTable, picture: Matrix, width: int) -> None:
        self.table, self.picture, self.width = table, picture, width
        wide = width >= WIDE
        self.columns = picture.columns
        keys = [column.key for column in self.columns]
        rows = [row for group in picture.groups for row in group.rows]
        shown = {row.key for row in rows}  # another one would be drawn at the top edge: it has no place on the scale
        self.rows = [row for row in table.records() if row[picture.column] in keys and row[picture.row] in shown]
        self.size = SMALL_TEXT if any(group.title for group in picture.groups) else TEXT
        self.names = {row.key: row.short or row.name if not wide else row.name for row in rows}
        titles = [group.title for group in picture.groups]
        broad = max(measure(name, self.size) for name in [*self.names.values(), *titles]) + 12
        self.left = min(broad, width * 0.34)
        notes = [measure(row.note, SMALL_TEXT) for row in rows if row.note]
        self.right = width - (max(notes) + 12 if notes else 0)
        self.step = (self.right - self.left) / len(self.columns)
        self.heads = [wrap(self._head(column), SMALL_TEXT, self.step - 8) for column in self.columns]
        self.tops = self._stack_groups(LINE * max(map(len, self.heads), default=0) + 6)
        self.below = [line for note in picture.notes for line in wrap(note, SMALL_TEXT, width - 2)]
        self.height = self.tops[-1] + 2 + 16 * len(self.below)

    def _head(self, column: Head) -> str:
        """Name a column as its room allows; a word may reach to the next column."""
        longest = max(measure(word, SMALL_TEXT) for word in str(column.name).split())
        return str(column.name if longest <= self.step + 4 or not column.short else column.short)

    def _stack_groups(self, top: float) -> list[float]:
        """Return where each group begins, with its title, and where the last one ends."""
        tops = []
        for group in self.picture.groups:
            tops.append(top)
            lines = len(self._wrap_note(group)) if group.note else 0
            top += (max(TITLE, LINE * lines + 6) if group.title else 0) + self.picture.height * len(group.rows)
        return [*tops, top]

    def _wrap_note(self, group: Group) -> list[str]:
        return wrap(group.note, SMALL_TEXT, self.width - self.left - 4)

    def build(self) -> list[Any]:
        """Return the layers."""
        layers: list[Any] = []
        words = self._name_columns()
        for group, top in zip(self.picture.groups, self.tops, strict=False):
            start = top + (TITLE if group.title else 0)
            words += [*self._title(group, top), *self._name_rows(group, start), *self._fill(group, start)]
            layers += [self._draw(group, start)] if group.rows else []
        end = self.tops[-1]
        words += [frame.small(0, end + 14 + 16 * n, line) for n, line in enumerate(self.below)]
        return [*layers, *frame.build_words(words)]

    def _draw(self, group: Group, top: float) -> "alt.LayerChart":
        picture, (name, value) = self.picture, group.where
        base = alt.Chart()
        if name:
            base = base.transform_filter(alt.FieldEqualPredicate(field=name, equal=value))
        keys = [row.key for row in group.rows]
        part = 1 - 2 / picture.height
        y = frame.band(keys, top, top + picture.height * len(keys), part)
        x = frame.band([column.key for column in self.columns], self.left, self.right, 1 - 2 / self.step)
        cells = base.mark_bar(strokeWidth=1.2).encode(
            x=alt.X(f"{picture.column}:N", scale=x, axis=None),
            y=alt.Y(f"{picture.row}:N", scale=y, axis=None),
            **self._paint(),
            tooltip=frame.build_tips(self.table.columns, plain=(picture.column, picture.row)),
        )
        return alt.LayerChart(layer=[cells])

    def _paint(self) -> dict[str, Any]:
        picture = self.picture
        nothing = frame.paint("nothing")
        if picture.steps:
            inks = [nothing, *(frame.paint(ink) for _, ink in picture.steps)]
            scale = alt.Scale(type="threshold", domain=[value for value, _ in picture.steps], range=inks)
            return {"fill": alt.Fill(f"{picture.by}:Q", scale=scale, legend=None)}
        scale = alt.Scale(domain=list(picture.inks), range=[frame.paint(ink) for ink in picture.inks.values()])
        known = alt.FieldOneOfPredicate(field=picture.by, oneOf=list(picture.inks))
        column, value = picture.pale
        pale = alt.FieldEqualPredicate(field=column, equal=value)
        ink = {"field": picture.by, "type": "nominal", "scale": scale, "legend": None}
        return {
            "fill": alt.FillValue(nothing, condition={"test": known, **ink}),
            "stroke": alt.StrokeValue(None, condition={"test": pale, **ink}),
            "fillOpacity": alt.FillOpacityValue(**frame.choose(pale, 0.16, 1)),
            "strokeDash": alt.StrokeDashValue(**frame.choose(pale, [3, 2], [1, 0])),
        }

    def _middle(self, place: int) -> float:
        return self.left + self.step * (place + 0.5)

    def _name_columns(self) -> list[Word]:
        return [
            frame.small(self._middle(place), LINE * (line + 0.6), text, "center")
            for place, lines in enumerate(self.heads)
            for line, text in enumerate(lines)
        ]

    def _title(self, group: Group, top: float) -> list[Word]:
        title = [Word(0, top + 14, group.title, size=SMALL_TEXT, weight=600)] if group.title else []
        notes = self._wrap_note(group) if group.note else []
        return [*title, *(frame.small(self.left + 2, top + 14 + LINE * n, line) for n, line in enumerate(notes))]

    def _name_rows(self, group: Group, top: float) -> list[Word]:
        words = []
        for number, row in enumerate(group.rows):
            y = top + self.picture.height * (number + 0.5)
            ink = "muted" if group.title else "ink"
            lines = self._break_name(self.names[row.key])
            words += [Word(0, _spread(y, n, lines), line, ink, size=self.size) for n, line in enumerate(lines)]
            words += [frame.small(self.width, y, row.note, "right")] if row.note else []
        return words

    def _break_name(self, name: str) -> list[str]:
        """Break a row's name into two lines at most, as far as it is broader than its room."""
        room = self.left - 6
        first, *others = wrap(name, self.size, room) if measure(name, self.size) > room else [name]
        return [cut(line, self.size, room) for line in [first, *([" ".join(others)] if others else [])]]

    def _fill(self, group: Group, top: float) -> list[Word]:
        """Write what the cells say."""
        places = {column.key: place for place, column in enumerate(self.columns)}
        lines = {row.key: number for number, row in enumerate(group.rows)}
        return [
            word
            for cell in group.cells
            if cell.column in places
            for word in self._say(cell, self._middle(places[cell.column]), top, lines[cell.row])
        ]

    def _say(self, cell: Cell, x: float, top: float, number: int) -> Sequence[Word]:
        y = top + self.picture.height * (number + 0.5)
        if len(cell.lines) == 1:
            return [Word(x, y, cell.lines[0], cell.ink, "center", SMALL_TEXT)]
        first, second = cell.lines
        if measure(first, TEXT * BOLD) > self.step and " " in first:
            names = wrap(first, SMALL_TEXT * BOLD, self.step)
            lines = [*((name, 600) for name in names), (second, 400)]
            return [
                Word(x, _spread(y, n, lines), line, cell.ink, "center", SMALL_TEXT, weight)
                for n, (line, weight) in enumerate(lines)
            ]
        return [
            Word(x, y - 7, first, cell.ink, "center", TEXT, 600),
            Word(x, y + 8, second, cell.ink, "center", SMALL_TEXT),
        ]


def _spread(middle: float, number: int, lines: Sequence[object]) -> float:
    """Place one of several lines around the middle of a row."""
    return middle + CLOSE * (number - (len(lines) - 1) / 2)
