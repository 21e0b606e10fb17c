"""A figure before it is drawn: what it says, its data, and how to draw it at a width."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias, TypeVar

from generator.base.encode import label
from generator.text.language import Language
from generator.text.say import NOTHING, Sentence, join, say, write

if TYPE_CHECKING:
    from generator.figures import altair as alt
    from generator.star import table as star

# What figures and tables say in: sentences, or, once they are spoken, texts.
Words = TypeVar("Words", Sentence, str)
# The same in a kind of picture, which is spoken as a whole when it is drawn.
Said = Any
Cell = Sentence | str | int | float | None
SpokenCell = str | int | float | None
# Digits of a share in files: a millionth.
SHARE_DIGITS: Final = 6
# All places together, in a column of places.
ALL: Final = "all"
# Kinds of columns whose cells are numbers or dates; the others are texts.
_SHOWN: Final = ("date", "count", "share", "points", "number")
# What every kind of picture draws.
Drawn: TypeAlias = "alt.LayerChart"


@dataclass(frozen=True)
class ColumnOf(Generic[Words]):
    """A column of a figure's table and data files.

    Attributes:
        name: its name in CSV and JSON.
        title: its heading for readers.
        kind: `text`, `date`, `count` (whole number), `share` (fraction, shown as a percentage), `points`
            (difference of two shares, shown in percentage points) or `number` (any other).
        digits: decimals of a number, at most.
    """

    name: str
    title: Words
    kind: str
    digits: int = 1


@dataclass(frozen=True)
class TableOf(Generic[Words]):
    """What a picture is drawn from, and what its data files hold.

    Attributes:
        columns: declared.
        rows: one value per column.
    """

    columns: tuple[ColumnOf[Words], ...]
    rows: tuple[tuple[Words | SpokenCell, ...], ...]

    def find(self, name: str) -> ColumnOf[Words]:
        """Return a column by its name; KeyError for one that is not declared."""
        return {column.name: column for column in self.columns}[name]

    def records(self) -> list[dict[str, Words | SpokenCell]]:
        """Return the rows by the names of the columns; fractions as they stand in files."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, map(round_cell, row), strict=True)) for row in self.rows]


C = TypeVar("C", bound=Cell)


def round_cell(cell: C) -> C:
    """Round a fraction to the digits that files have."""
    return round(cell, SHARE_DIGITS) if isinstance(cell, float) else cell  # type: ignore[return-value]  # a float


@dataclass(frozen=True)
class FigureOf(Generic[Words]):
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
        events: the events that it marks, each a `Happening`, oldest first.
        draw: returns the chart for a width in CSS pixels and a language: the function of a kind of picture, with what
            it is drawn from bound to it, so that both can be told without drawing.
    """

    slug: str
    headline: Words
    subtitle: Words
    source: Words
    how_to_read: Words
    alt: Words
    columns: tuple[ColumnOf[Words], ...]
    rows: tuple[tuple[Words | SpokenCell, ...], ...]
    draw: partial[Drawn]
    events: tuple[Any, ...] = ()


Column = ColumnOf[Sentence]
Table = TableOf[Sentence]
Figure = FigureOf[Sentence]
SpokenColumn = ColumnOf[str]
SpokenTable = TableOf[str]
SpokenFigure = FigureOf[str]


def build_figure(
    table: "star.Table",
    draw: Callable[[Table, Any, int, Language], Drawn],
    picture: Any,
    *,
    slug: str,
    headline: Sentence,
    subtitle: Sentence,
    how_to_read: Sentence,
    alt: Sentence,
    source: Sentence = NOTHING,
) -> Figure:
    """Build the figure of a table.

    Args:
        table: what is drawn and published; its codes are spoken when it is drawn.
        draw: the kind of picture, such as `draw_stacks`.
        picture: which columns are what; keys of codes are their words (`name_code`).
        slug: as of a figure, and so on.
        headline: likewise.
        subtitle: likewise.
        how_to_read: likewise.
        alt: what the alternative text says behind the headline.
        source: of numbers that are not the report's own, which name the report's.
    """
    shown = name_codes(table)
    return Figure(
        slug=slug,
        headline=headline,
        subtitle=subtitle,
        source=source,
        how_to_read=how_to_read,
        alt=join(headline, alt),
        columns=shown.columns,
        rows=shown.rows,
        draw=partial(draw, shown, picture),
    )


def name_codes(table: "star.Table") -> Table:
    """Return a table with words for its codes; a column of places stays, and one of their names stands behind it.

    The names of `country_code` are in the column `country`.
    """
    rows = table.rows()
    columns: list[Column] = []
    cells: list[list[Any]] = []
    for place, column in enumerate(table.columns):
        values = [row[place] for row in rows]
        if column.kind == "place":
            columns.append(Column(column.name, say("Code"), "text"))
            cells.append(values)
        columns.append(_show_column(column))
        cells.append([name_code(column, value) for value in values])
    return Table(tuple(columns), tuple(zip(*cells, strict=True)))


def _show_column(column: "star.Column") -> Column:
    name = column.name.removesuffix("_code") if column.kind == "place" else column.name
    title = say(column.title) if isinstance(column.title, str) else column.title
    return Column(name, title, column.kind if column.kind in _SHOWN else "text", column.digits or 1)


def name_code(column: "star.Column", value: Any) -> Any:
    """Return a value of a column as a figure shows it: the word for a code, a date as a text."""
    if value is None:
        return None
    if value in column.vocabulary:
        return column.vocabulary[value]
    if column.kind == "place":
        return say("All downloads") if value == ALL else write(value, "place")
    if column.kind == "date":
        return value.isoformat()
    return label(value) if isinstance(value, str) else value


def speak_figure(figure: Figure, language: Language) -> SpokenFigure:
    """Speak a figure's words and its table; the picture is spoken when it is drawn."""
    spoken: SpokenFigure = speak_all(figure, language)
    return spoken


def speak_all(value: Any, language: Language) -> Any:
    """Speak every sentence that a record holds, and the records in it."""
    if isinstance(value, Sentence):
        return language.speak(value)
    if isinstance(value, tuple):
        return tuple(speak_all(each, language) for each in value)
    if isinstance(value, Mapping):
        return {speak_all(name, language): speak_all(each, language) for name, each in value.items()}
    if not is_dataclass(value) or isinstance(value, type):
        return value
    return replace(value, **{each.name: speak_all(getattr(value, each.name), language) for each in fields(value)})
