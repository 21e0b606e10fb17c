"""Columns over time: one for each month, in a strip for each thing, all on one scale."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from generator.figures import altair as alt
from generator.figures import frame, parts
from generator.figures.dates import Axes, Reading, describe_chart, publish_dates
from generator.figures.figure import Said, SpokenTable, Table, speak_all, speak_table
from generator.figures.frame import Scale, Word
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
    spoken, picture = speak_table(table, language), speak_all(picture, language)
    rows = spoken.records()
    months = sorted({dt.date.fromisoformat(str(row[picture.month])) for row in rows})
    largest = max(float(row[picture.value] or 0) for row in rows)
    ticks = [tick for tick in parts.choose_ticks(largest, 3) if tick == int(tick)]
    left = measure(language.count(ticks[-1]), SMALL_TEXT) + 10
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
        axes = Axes(partial(_find_middle, months=months, left=left, width=width), y)
        charts.append(_describe(picture, strip, rows, axes, language))
        columns = _build(spoken, picture, strip, months, left, width, y)
        layers.append(alt.LayerChart(layer=[*frame.build_strokes(grid), columns]))
    bottom = above + (STRIP + GAP) * len(picture.strips) - GAP
    strokes, numbers = frame.mark_events(picture.events, partial(_place, months, left, width), NUMBERS, bottom)
    layers += frame.build_strokes(strokes)
    words += numbers + _label_years(months, left, width, bottom + 13)
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


def _find_middle(month: dt.date, *, months: Sequence[dt.date], left: float, width: int) -> float:
    """Return the middle of a month's column, in pixels."""
    days = (_next_month(months[-1]) - months[0]).days
    middle = ((month - months[0]).days + (_next_month(month) - months[0]).days) / 2
    return left + (width - left) / days * middle


def _build(
    table: SpokenTable, picture: Columns, strip: Strip, months: Sequence[dt.date], left: float, width: int, y: Scale
) -> "alt.Chart":
    """Build the columns of a strip, each as broad as its month."""
    ends = [months[0], _next_month(months[-1])]
    domain = [{"year": day.year, "month": day.month, "date": day.day, "utc": True} for day in ends]
    x = alt.Scale(type="utc", domain=domain, range=[round(left, 1), width], nice=False)
    columns: alt.Chart = (
        alt.Chart()
        .transform_filter(alt.FieldEqualPredicate(field=picture.strip, equal=strip.key))
        .mark_bar(fill=frame.paint(strip.ink), binSpacing=1.6)
        .encode(
            x=alt.X(f"{picture.month}:T", timeUnit="utcyearmonth", scale=x, axis=None),
            y=alt.Y(f"{picture.value}:Q", scale=y.build(), axis=None),
            tooltip=frame.build_tips(table.columns),
        )
    )
    return columns


def _place(months: Sequence[dt.date], left: float, width: int, day: dt.date) -> float:
    """Return the pixel of a day."""
    first, last = months[0], _next_month(months[-1])
    return left + (width - left) * (day - first).days / (last - first).days


def _next_month(month: dt.date) -> dt.date:
    return (month + dt.timedelta(days=31)).replace(day=1)


def _label_years(months: Sequence[dt.date], left: float, width: int, y: float) -> list[Word]:
    """Write the years below the Januaries."""
    first, last = months[0], _next_month(months[-1])
    day = (width - left) / (last - first).days
    januaries = [month for month in months if month.month == 1]
    return [frame.small(left + day * ((month - first).days + 15), y, str(month.year), "center") for month in januaries]
