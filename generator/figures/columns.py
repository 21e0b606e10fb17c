"""Columns over time: one for each month, in a strip for each thing, all on one scale."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from generator.figures import altair as alt
from generator.figures import frame, parts
from generator.figures.dates import Axes, Reading, describe_chart, publish_dates
from generator.figures.figure import Said, SpokenTable, Table, speak_all
from generator.figures.frame import Days, Scale, Word
from generator.figures.marks import Happening
from generator.figures.text import measure
from generator.figures.theme import SMALL_TEXT
from generator.text.language import Language

STRIP: Final = 92
GAP: Final = 6
TITLE: Final = 28
# Room for the numbers of events.
NUMBERS: Final = 16


@dataclass(frozen=True)
class Strip:
    """A strip: its value in the column of the strips, its name, its colour."""

    key: Said
    name: Said
    ink: str


@dataclass(frozen=True)
class Columns:
    """How a table is drawn as columns over time.

    Attributes:
        strips: from top to bottom.
        month: the column of the months, by their first days.
        strip: the column of the strips.
        value: the column of the heights, whole numbers.
        events: within its months, oldest first; marked through all strips.
    """

    strips: tuple[Strip, ...]
    month: str
    strip: str
    value: str
    events: tuple[Happening, ...] = ()


def draw_columns(table: Table, picture: Columns, width: int, language: Language) -> "alt.LayerChart":
    """Draw a table as strips of columns."""
    spoken, picture = speak_all(table, language), speak_all(picture, language)
    rows = spoken.records()
    months = sorted({dt.date.fromisoformat(str(row[picture.month])) for row in rows})
    largest = max(float(row[picture.value] or 0) for row in rows)
    ticks = [tick for tick in parts.choose_ticks([largest], 3) if tick == int(tick)]
    left = measure(language.count(ticks[-1]), SMALL_TEXT) + 10
    x = Days((months[0], _next_month(months[-1])), left, width)
    above = NUMBERS if picture.events else 0
    layers: list[Any] = []
    words: list[Word] = []
    charts: list[dict[str, Any]] = []
    for number, strip in enumerate(picture.strips):
        top = above + (STRIP + GAP) * number
        y = Scale((0.0, float(ticks[-1])), top + STRIP, top + TITLE)
        grid = [frame.Stroke(left, y.place(tick), width, y.place(tick)) for tick in ticks]
        words += [frame.small(left - 6, y.place(tick), language.count(tick), "right") for tick in ticks]
        words.append(Word(0, top + 10, strip.name, weight=600))
        axes = Axes(partial(_find_middle, x), y)
        charts.append(_describe(picture, strip, rows, axes, language))
        columns = _build(spoken, picture, strip, x, y)
        layers.append(alt.LayerChart(layer=[*frame.build_strokes(grid), columns]))
    bottom = above + (STRIP + GAP) * len(picture.strips) - GAP
    strokes, numbers = frame.mark_events(picture.events, x.place, NUMBERS, bottom)
    layers += frame.build_strokes(strokes)
    words += numbers + [
        frame.small(x.place(month + dt.timedelta(days=15)), bottom + 13, str(month.year), "center")
        for month in months
        if month.month == 1
    ]
    layers += frame.build_words(words)
    drawn = frame.build_picture(spoken, rows, layers, width, bottom + 24, language)
    drawn.resolve = alt.Resolve(scale={"y": "independent"})
    publish_dates(drawn, charts)
    return drawn


def _describe(
    picture: Columns, strip: Strip, rows: Sequence[frame.Row], axes: Axes, language: Language
) -> dict[str, Any]:
    """Describe what stands at the months of a strip."""
    heights = {
        dt.date.fromisoformat(str(row[picture.month])): float(row[picture.value])
        for row in rows
        if row[picture.strip] == strip.key and row[picture.value] is not None
    }
    values = {month: (height, language.count(height)) for month, height in heights.items()}
    reading = Reading(strip.name, strip.name, strip.ink, values)
    return describe_chart("", sorted(heights), [reading], axes, language.month)


def _find_middle(x: Days, month: dt.date) -> float:
    """Return the middle of a month's column, in pixels."""
    return (x.place(month) + x.place(_next_month(month))) / 2


def _build(table: SpokenTable, picture: Columns, strip: Strip, x: Days, y: Scale) -> "alt.Chart":
    """Build the columns of a strip, each as broad as its month."""
    columns: alt.Chart = (
        alt.Chart()
        .transform_filter(alt.FieldEqualPredicate(field=picture.strip, equal=strip.key))
        .mark_bar(fill=frame.paint(strip.ink), binSpacing=1.6)
        .encode(
            x=alt.X(f"{picture.month}:T", timeUnit="utcyearmonth", scale=x.build(), axis=None),
            y=alt.Y(f"{picture.value}:Q", scale=y.build(), axis=None),
            tooltip=frame.build_tips(table.columns),
        )
    )
    return columns


def _next_month(month: dt.date) -> dt.date:
    return (month + dt.timedelta(days=31)).replace(day=1)
