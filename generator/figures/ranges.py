"""Dots, rings and the lines between them on one scale, a row for each thing: intervals, pairs, margins, dates."""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from generator.figures import altair as alt
from generator.figures import frame, parts
from generator.figures.dates import Axes, Reading, describe_chart, publish_dates
from generator.figures.figure import Said, SpokenTable, Table, speak_all
from generator.figures.frame import Patch, Scale, Stroke, Word
from generator.figures.text import BOLD, cut, measure, wrap
from generator.figures.theme import SMALL_TEXT, TEXT, WIDE
from generator.text.language import Language

LINE: Final = 16
# Room above the first row, and between two groups.
TOP: Final = 30
BREAK: Final = 12
# Room below a row that has notes.
GAP: Final = 10
# How far marks of one row stand from its middle, where they are two lines.
OFFSET: Final = 7
# Area of the largest of marks that have one, narrow and wide, in square pixels.
AREAS: Final = (260, 480)


@dataclass(frozen=True)
class Row:
    """A row.

    Attributes:
        key: its value in the column of the rows.
        name: before it, or above it where names stand there.
        end: at its right.
        note: below it.
        strong: whether name and end are bold.
    """

    key: Said
    name: Said
    end: Said = ""
    note: Said = ""
    strong: bool = False


@dataclass(frozen=True)
class Group:
    """Rows that belong together; `where` is a column and its value, for the table's rows that belong here."""

    rows: tuple[Row, ...]
    where: tuple[str, Said] = ("", "")


@dataclass(frozen=True)
class Marks:
    """A dot, or a ring, for each of the table's rows.

    Attributes:
        column: of the values.
        hollow: whether it is a ring.
        where: a column and its value, for the rows that have it; none for all.
        shift: pixels below the middle of its row.
    """

    column: str
    hollow: bool = False
    where: tuple[str, Said] = ("", "")
    shift: int = 0


@dataclass(frozen=True)
class Timeline:
    """What marks are that stand on dates.

    Attributes:
        first: first day of the scale.
        last: its last day.
        size: the column of the marks' areas, whole numbers.
        named: the column of what each mark is, as it is said of its date.
        tags: names above single marks: the row's key, the day, the name.
    """

    first: dt.date
    last: dt.date
    size: str
    named: str
    tags: tuple[tuple[Said, dt.date, Said], ...] = ()


@dataclass(frozen=True)
class Ranges:
    """How a table is drawn as marks on one scale.

    Attributes:
        groups: from top to bottom.
        row: the column of the rows.
        marks: in every row.
        link: two columns, between which a thick line runs; none without it.
        by: the column that gives marks their colours; none for those of their sign.
        inks: colours by the values of `by`, or by `above` and `below` for those of the sign.
        unit: of the values, as in lines.
        span: ends of a logarithmic scale of these values, from 1; none for a linear one.
        ticks: values and their names on that scale.
        bands: from where to where a band stands behind all rows, and its name.
        heads: words above the two sides of zero, with their colours; none where there is one side.
        head: above what stands at the right.
        height: of a row.
        named_above: whether names stand above their rows even where there is room.
        outer: whether the two values of a link stand at its ends.
        timeline: of marks on dates, in one column of them; None for other values.
    """

    groups: tuple[Group, ...]
    row: str
    marks: tuple[Marks, ...]
    link: tuple[str, str] = ("", "")
    by: str = ""
    inks: Mapping[Said, str] = field(default_factory=dict)
    unit: str = "share"
    span: float = 0.0
    ticks: tuple[tuple[float, Said], ...] = ()
    bands: tuple[tuple[float, float, Said], ...] = ()
    heads: tuple[tuple[Said, str], ...] = ()
    head: Said = ""
    height: int = 24
    named_above: bool = False
    outer: bool = False
    timeline: Timeline | None = None


@dataclass(frozen=True)
class LogScale:
    """A logarithmic scale from 1 to `high`, in pixels."""

    high: float
    start: float
    end: float

    def place(self, value: float) -> float:
        """Return the pixel of a value, at least one."""
        share = math.log(min(max(value, 1), self.high)) / math.log(self.high)
        return round(self.start + (self.end - self.start) * share, 1)

    def build(self) -> "alt.Scale":
        """Return the scale for a mark."""
        ends = [round(self.start, 1), round(self.end, 1)]
        return alt.Scale(type="log", domain=[1, self.high], range=ends, clamp=True, nice=False)


@dataclass(frozen=True)
class DayScale:
    """A scale of days, by their ordinals, in pixels."""

    first: dt.date
    last: dt.date
    start: float
    end: float

    def place(self, value: float) -> float:
        """Return the pixel of a day, by its ordinal."""
        part = (value - self.first.toordinal()) / max((self.last - self.first).days, 1)
        return round(self.start + (self.end - self.start) * part, 1)

    def build(self) -> "alt.Scale":
        """Return the scale for a mark."""
        return frame.Days((self.first, self.last), self.start, self.end).build()

    def list_halves(self) -> list[dt.date]:
        """List the first days of half-years on the scale."""
        years = range(self.first.year, self.last.year + 1)
        halves = (dt.date(year, month, 1) for year in years for month in (1, 7))
        return [day for day in halves if self.first <= day <= self.last]


def draw_ranges(table: Table, picture: Ranges, width: int, language: Language) -> "alt.LayerChart":
    """Draw a table as marks on one scale."""
    spoken = speak_all(table, language)
    chart = _Chart(spoken, speak_all(picture, language), width, language)
    layers = chart.build()
    drawn = frame.build_picture(spoken, chart.rows, layers, width, chart.height, language)
    drawn.resolve = alt.Resolve(scale={"y": "independent"})
    if chart.picture.timeline:
        publish_dates(drawn, chart.describe(chart.picture.timeline))
    return drawn


class _Chart:
    """Rows of marks, placed in pixels."""

    def __init__(self, table: SpokenTable, picture: Ranges, width: int, language: Language) -> None:
        self.table, self.picture, self.width, self.language = table, picture, width, language
        self.rows = table.records()
        shown = [row for group in picture.groups for row in group.rows]
        self.above = picture.named_above or (bool(picture.heads) and width < WIDE)
        self.names = {row: self._wrap(row.name, TEXT * BOLD) if self.above else [row.name] for row in shown}
        self.notes = {row: self._wrap(row.note, SMALL_TEXT) if row.note else [] for row in shown}
        self.lift = LINE * max(len(lines) for lines in self.names.values()) if self.above else 0
        self.sink = LINE * max(len(lines) for lines in self.notes.values())
        self.height_of_row = picture.height + self.lift + self.sink + (GAP if self.sink else 0)
        self.tops = self._stack_groups()
        self.x = self._choose_scale(shown)
        self.bottom = self.tops[-1]
        self.height = self.bottom + 22

    def _wrap(self, text: str, size: float) -> list[str]:
        return wrap(text, size, self.width - 4)

    def _stack_groups(self) -> list[float]:
        picture = self.picture
        top: float = TOP if picture.heads or picture.bands or picture.head else 4
        tops = []
        for group in picture.groups:
            tops.append(top)
            top += self.height_of_row * len(group.rows) + BREAK
        return [*tops, top - BREAK]

    def _choose_scale(self, shown: Sequence[Row]) -> Scale | LogScale | DayScale:
        picture, width = self.picture, self.width
        names = max(measure(row.name, TEXT) * (BOLD if row.strong else 1) for row in shown) + 14
        start = 8 if self.above else min(names, width * 0.4)
        ends = max(measure(row.end, TEXT) for row in shown) * BOLD
        if picture.outer:
            ends = start = max(start, measure(self._write(0.888), SMALL_TEXT) + 12)
        end = width - (ends + 14 if ends else 22)
        if picture.timeline:
            edge = math.sqrt(self._largest_area() / math.pi)
            return DayScale(picture.timeline.first, picture.timeline.last, start + edge, end - edge)
        if picture.span:
            return LogScale(picture.span, start, end)
        columns = {mark.column for mark in picture.marks} | {name for name in picture.link if name}
        values = [float(row[column] or 0) for row in self.rows for column in columns]
        return Scale(parts.choose_ticks(values), start, end)

    def _write(self, value: float) -> str:
        return frame.write(value, self.picture.unit, self.language)

    def build(self) -> list[Any]:
        """Return the layers."""
        patches, band_words = self._band()
        strokes, ticks = self._rule()
        layers, words = [], [*band_words, *ticks, *self._head()]
        for group, top in zip(self.picture.groups, self.tops, strict=False):
            layers.append(self._draw(group, top))
            for number, row in enumerate(group.rows):
                words += self._name(row, group, top + self.height_of_row * number)
                words += self._tag(row, top + self.height_of_row * number)
        return [
            *frame.build_patches(patches, self.language),
            *frame.build_strokes(strokes),
            *layers,
            *frame.build_words(words),
        ]

    def _middle(self, top: float) -> float:
        """Return where the marks of a row stand that begins at `top`."""
        return top + self.lift + self.picture.height / 2

    def _draw(self, group: Group, top: float) -> "alt.LayerChart":
        """Draw the lines and marks of a group."""
        base, (name, value) = alt.Chart(), group.where
        if name:
            base = base.transform_filter(alt.FieldEqualPredicate(field=name, equal=value))
        base = base.transform_filter(
            alt.FieldOneOfPredicate(field=self.picture.row, oneOf=[row.key for row in group.rows])
        )
        layers = [self._link(base, group, top)] if self.picture.link[0] else []
        layers += [self._mark(base, group, top, mark) for mark in self.picture.marks]
        return alt.LayerChart(layer=layers, resolve=alt.Resolve(scale={"y": "independent"}))

    def _y(self, group: Group, top: float, shift: float = 0) -> "alt.Y":
        """Encode the rows of a group, one below the other."""
        start = self._middle(top) - self.height_of_row / 2 + shift
        keys = [row.key for row in group.rows]
        scale = frame.band(keys, start, start + self.height_of_row * len(keys), 1)
        return alt.Y(f"{self.picture.row}:N", scale=scale, axis=None)

    def _x(self, column: str) -> "alt.X":
        kind = "T" if self.picture.timeline else "Q"
        return alt.X(f"{column}:{kind}", scale=self.x.build(), axis=None)

    def _largest_area(self) -> int:
        return AREAS[self.width >= WIDE]

    def _size(self) -> dict[str, Any]:
        """Encode the areas of marks on dates, from nothing to the largest."""
        timeline = self.picture.timeline
        if not timeline:
            return {}
        largest = max(float(row[timeline.size] or 0) for row in self.rows)
        scale = alt.Scale(domain=[0, largest], range=[0, self._largest_area()], zero=True)
        return {"size": alt.Size(f"{timeline.size}:Q", scale=scale, legend=None), "opacity": alt.OpacityValue(0.75)}

    def _link(self, base: "alt.Chart", group: Group, top: float) -> "alt.Chart":
        low, high = self.picture.link
        rule: alt.Chart = base.mark_rule(strokeWidth=3, opacity=0.45)
        return rule.encode(x=self._x(low), x2=alt.X2(f"{high}:Q"), y=self._y(group, top), **self._paint("color", low))

    def _mark(self, base: "alt.Chart", group: Group, top: float, mark: Marks) -> "alt.Chart":
        name, value = mark.where
        if name:
            base = base.transform_filter(alt.FieldEqualPredicate(field=name, equal=value))
        look: dict[str, Any] = (
            {"fill": frame.paint("paper"), "size": 46, "strokeWidth": 1.8} if mark.hollow else {"size": 52}
        )
        places: dict[str, Any] = {"x": self._x(mark.column), "y": self._y(group, top, mark.shift)}
        paint = self._paint("stroke" if mark.hollow else "fill", mark.column)
        tips = frame.build_tips(self.table.columns)
        dots: alt.Chart = base.mark_point(**look)
        return dots.encode(**places, **paint, **self._size(), tooltip=tips)

    def _paint(self, channel: str, column: str) -> dict[str, Any]:
        picture = self.picture
        if not picture.by:
            test = alt.FieldGTPredicate(field=column, gt=0)
            above, below = (frame.paint(picture.inks[side]) for side in ("above", "below"))
            value = {"color": alt.ColorValue, "stroke": alt.StrokeValue, "fill": alt.FillValue}[channel]
            return {channel: value(**frame.choose(test, above, below))}
        scale = alt.Scale(domain=list(picture.inks), range=[frame.paint(ink) for ink in picture.inks.values()])
        kind = {"color": alt.Color, "stroke": alt.Stroke, "fill": alt.Fill}[channel]
        return {channel: kind(f"{picture.by}:N", scale=scale, legend=None)}

    def _band(self) -> tuple[list[Patch], list[Word]]:
        patches, words = [], []
        for low, high, name in self.picture.bands:
            start, end = self.x.place(low), self.x.place(high)
            patches.append(Patch(start, TOP - 8, end, self.bottom, "unreviewed"))
            words.append(frame.small((start + end) / 2, 12, name, "center"))
        return patches, words

    def _list_ticks(self) -> list[tuple[float, str]]:
        """List the values on the scale; of named ones those that have room."""
        if isinstance(self.x, Scale):
            step = self.x.step
            return [(tick, frame.write(tick, self.picture.unit, self.language, step)) for tick in self.x.ticks]
        shown: list[tuple[float, str]] = []
        for value, name in self._name_ticks():
            if not shown or self.x.place(value) - self.x.place(shown[-1][0]) >= measure(name, SMALL_TEXT):
                shown.append((value, name))
        return shown

    def _name_ticks(self) -> Sequence[tuple[float, str]]:
        """Name the values on a scale that has no round ones."""
        if isinstance(self.x, DayScale):
            return [(float(day.toordinal()), self.language.short_month(day)) for day in self.x.list_halves()]
        return self.picture.ticks

    def _rule(self) -> tuple[list[Stroke], list[Word]]:
        """Rule the grid; beside the rows alone where words stand between them, and a row's own line."""
        top = TOP - 6 if self.tops[0] == TOP else 0
        middles = [
            self._middle(start + self.height_of_row * number)
            for group, start in zip(self.picture.groups, self.tops, strict=False)
            for number in range(len(group.rows))
        ]
        half = self.picture.height / 2
        spans = [(y - half, y + half) for y in middles] if self.above else [(top, self.bottom)]
        strokes, words = [], []
        for value, name in self._list_ticks():
            x = self.x.place(value)
            is_zero = not value
            strokes += [Stroke(x, y, x, y2, *(("ink", 1.4) if is_zero else ())) for y, y2 in spans]
            words.append(frame.small(x, self.bottom + 12, name, "center"))
        if self.picture.heads:
            strokes += [Stroke(self.x.start, y, self.x.end, y) for y in middles]
        return strokes, words

    def _head(self) -> list[Word]:
        """Write above the scale which side is whose, where there is room, and what stands at the right."""
        words = [frame.small(self.width, 12, self.picture.head, "right")] if self.picture.head else []
        zero = self.x.place(0) if self.picture.heads else 0.0
        for (text, ink), align, shift in zip(self.picture.heads, ("right", "left"), (-7, 7), strict=False):
            room = zero - self.x.start if align == "right" else self.x.end - zero
            if measure(text, TEXT) + 7 <= room:
                words.append(Word(zero + shift, 12, text, ink, align, weight=600))
        return words

    def _name(self, row: Row, group: Group, top: float) -> list[Word]:
        """Write a row's name, its note below and what stands at its right; the values at the ends of its line."""
        weight = 600 if row.strong or self.above else 400
        middle, names = (
            self._middle(top) + (self.picture.marks[0].shift if self.picture.timeline else 0),
            self.names[row],
        )
        words = [
            frame.small(0, middle + self.picture.height / 2 + LINE * (n + 0.5), t)
            for n, t in enumerate(self.notes[row])
        ]
        if self.above:
            words += [Word(0, top + LINE * (n + 0.5), line, weight=weight) for n, line in enumerate(names)]
        else:
            words.append(Word(0, middle, cut(names[0], TEXT, self.x.start - 8), weight=weight))
        if row.end:
            words.append(Word(self.width, middle, row.end, align="right", weight=600 if row.strong else 400))
        return [*words, *(self._ends(row, group, middle) if self.picture.outer else [])]

    def _ends(self, row: Row, group: Group, y: float) -> list[Word]:
        name, value = group.where
        found = next(
            each for each in self.rows if each[self.picture.row] == row.key and (not name or each[name] == value)
        )
        low, high = sorted(float(found[column] or 0) for column in self.picture.link)
        return [
            Word(self.x.place(low) - 8, y, self._write(low), align="right", size=SMALL_TEXT),
            Word(self.x.place(high) + 8, y, self._write(high), size=SMALL_TEXT),
        ]

    def _of(self, row: Row) -> dict[dt.date, list[frame.Row]]:
        """Return the marks of a row on dates by their days, oldest first."""
        column = self.picture.marks[0].column
        found: dict[dt.date, list[frame.Row]] = {}
        for each in sorted(self.rows, key=lambda each: str(each[column])):
            if each[self.picture.row] == row.key:
                found.setdefault(dt.date.fromisoformat(str(each[column])), []).append(each)
        return found

    def _tag(self, row: Row, top: float) -> list[Word]:
        """Write the names of single marks above them, within the picture."""
        timeline, words = self.picture.timeline, []
        for _, day, name in (tag for tag in (timeline.tags if timeline else ()) if tag[0] == row.key):
            text = cut(name, SMALL_TEXT, self.x.end - self.x.start)
            half = measure(text, SMALL_TEXT) / 2
            x = min(max(self.x.place(day.toordinal()), self.x.start + half), self.x.end - half)
            words.append(frame.small(x, top + LINE / 2, text, "center"))
        return words

    def describe(self, timeline: Timeline) -> list[dict[str, Any]]:
        """Describe what stands at the dates of each row."""
        return [
            self._describe(row, timeline, self._middle(top + self.height_of_row * number))
            for group, top in zip(self.picture.groups, self.tops, strict=False)
            for number, row in enumerate(group.rows)
        ]

    def _describe(self, row: Row, timeline: Timeline, y: float) -> dict[str, Any]:
        days, title = self._of(row), self.table.find(timeline.size).title
        sums = {day: sum(float(each[timeline.size] or 0) for each in found) for day, found in days.items()}
        values = {day: (0.5, self.language.short(number)) for day, number in sums.items()}
        ink = self.picture.inks[next(iter(days.values()))[0][self.picture.by]]
        axes = Axes(lambda day: self.x.place(day.toordinal()), Scale((0.0, 1.0), y + LINE, y - LINE))
        notes = {day: [str(each[timeline.named]) for each in found] for day, found in days.items()}
        return describe_chart(
            row.name, list(days), [Reading(title, title, ink, values)], axes, self.language.date, notes
        )
