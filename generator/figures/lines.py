"""Lines over time: values by date, a name at each line's end; beside and below each other as small multiples."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from generator.figures import altair as alt
from generator.figures import frame, parts
from generator.figures.dates import Axes, Reading, describe_chart, publish_dates
from generator.figures.figure import Said, SpokenTable, Table, speak_all
from generator.figures.frame import NAME_DX, Days, Patch, Ring, Scale, Stroke, Word
from generator.figures.marks import Standing
from generator.figures.text import BOLD, PLAIN, cut, measure, wrap
from generator.figures.theme import SMALL_TEXT, TEXT, WIDE, colour
from generator.text.language import Language

# With so few dates each is marked by a dot.
FEW_DATES: Final = 20
TOP: Final = 14
BOTTOM: Final = 27
TITLE: Final = 20
# A panel's height, and the room between two.
PANEL: Final = 158
GAP: Final = 30
STRIP: Final = 14
# Between two ranks.
RANK: Final = 27
# Between two names of surges.
LINE: Final = 13


@dataclass(frozen=True)
class Line:
    """A line.

    Attributes:
        key: its value in the column that tells lines apart.
        name: at its end.
        ink: its colour.
        dash: lengths of its dashes in pixels; none for a whole line.
        weight: its width in pixels.
        short: its name where there is little room; none where it is the same.
        strong: whether its name is bold.
        valued: whether its newest value stands behind its name.
        y: its own column of values; none for that of its panel.
        dotted: whether its dates are marked where they are few.
    """

    key: Said
    name: Said
    ink: str
    dash: tuple[int, ...] = ()
    weight: float = 2.0
    short: Said = ""
    strong: bool = False
    valued: bool = True
    y: str = ""
    dotted: bool = True

    @property
    def text_ink(self) -> str:
        """Return the colour of its name: its own, or the page's muted one for what is grey."""
        return "muted" if self.ink == colour("place-other") else self.ink


@dataclass(frozen=True)
class Note:
    """A ring in a chart.

    Attributes:
        day: its date.
        value: its value.
        ink: its colour.
        tip: what it says on pointing at it.
        name: stands left of it; none where it says enough.
    """

    day: dt.date
    value: float
    ink: str
    tip: Said
    name: Said = ""


@dataclass(frozen=True)
class Run:
    """Dates on which the same is true, as a box below a chart."""

    start: dt.date
    end: dt.date
    ink: str
    text_ink: str
    name: Said
    tip: Said


@dataclass(frozen=True)
class Panel:
    """A chart, alone or as one of several.

    Attributes:
        lines: from the most important to the least.
        y: the column of the values.
        title: above it; none for a chart that stands alone.
        where: a column and its value, for the rows that belong here; none for all.
        y2: the column of the upper ends, where a line is a band.
        notes: rings.
        runs: boxes below it.
        ticks: of its values; none to choose them.
        unit: of its values: `share`, `points`, `count`, `days`, `equals`; none for the kind of their column.
        lead: stands in the room before the first date, if `more_days` leave some.
    """

    lines: tuple[Line, ...]
    y: str
    title: Said = ""
    where: tuple[str, Said] = ("", "")
    y2: str = ""
    notes: tuple[Note, ...] = ()
    runs: tuple[Run, ...] = ()
    ticks: tuple[float, ...] = ()
    unit: str = ""
    lead: Said = ""


@dataclass(frozen=True)
class Lines:
    """How a table is drawn as lines.

    Attributes:
        panels: the charts; those of the same column share their scale.
        x: the column of the dates.
        series: the column that tells lines apart; none where there is one line.
        heights: of a chart that stands alone, narrow and wide.
        standing: surges that are named, and dates on which lines begin anew.
        shade: key of a line that is filled down to zero.
        until: lines are dotted up to this date; None where they are not.
        ranks: whether the values are ranks, the first at the top.
        signs: colours of dots above and below zero; none where dots have their line's.
        more_days: dates that the scale holds beside the table's.
    """

    panels: tuple[Panel, ...]
    x: str
    series: str = ""
    heights: tuple[int, int] = (340, 400)
    standing: Standing = field(default_factory=Standing)
    shade: str = ""
    until: dt.date | None = None
    ranks: bool = False
    signs: tuple[str, str] = ("", "")
    more_days: tuple[dt.date, ...] = ()


LOW: Final = (240, 280)


def rank_lines(lines: Sequence[Line], series: str, standing: Standing) -> Lines:
    """Return ranks as lines, the first at the top; `lines` are in the order of the newest date."""
    ticks = tuple(map(float, range(1, max(len(lines), 2) + 1)))
    height = 20 + RANK * len(lines) + 22
    panel = Panel(tuple(lines), "rank", ticks=ticks, unit="count")
    return Lines((panel,), x="as_of", series=series, heights=(height, height), standing=standing, ranks=True)


def draw_lines(table: Table, picture: Lines, width: int, language: Language) -> "alt.LayerChart":
    """Draw a table as lines: one chart, or several in two columns where there is room."""
    spoken, picture = speak_all(table, language), speak_all(picture, language)
    rows = [{**row, "stretch": picture.standing.piece(_day(row, picture))} for row in spoken.records()]
    number = len(picture.panels)
    columns = 2 if width >= WIDE and number > 1 else 1
    room = (width - GAP * (columns - 1)) / columns
    above = _count_heads(picture.standing) + max(len(_wrap_title(panel, room)) for panel in picture.panels) - 1
    height = PANEL + LINE * above if number > 1 else picture.heights[width >= WIDE]
    boxes = [(n % columns * (room + GAP), n // columns * (height + 12), room, height) for n in range(number)]
    charts = [
        _Chart(spoken, picture, panel, rows, language, box) for panel, box in zip(picture.panels, boxes, strict=True)
    ]
    layers = charts[0].build() if number == 1 else [chart.join() for chart in charts]
    total = -(-number // columns) * (height + 12) - 12
    drawn = [row for row in rows if any(chart.belongs(row) for chart in charts)]
    chart = frame.build_picture(spoken, _drop_stretch(drawn, picture), layers, width, total, language)
    if number > 1:
        chart.resolve = alt.Resolve(scale={"x": "independent", "y": "independent"})
    publish_dates(chart, [each.describe() for each in charts])
    return chart


def _count_heads(standing: Standing) -> int:
    """Count the lines above a chart: names of surges, and numbers of events."""
    return len(standing.marks) + bool(standing.events)


def _wrap_title(panel: Panel, room: float) -> list[str]:
    """Break a panel's title into the lines that its room takes; an empty one has one."""
    return wrap(panel.title, TEXT * BOLD, room)


def _day(row: frame.Row, picture: Lines) -> dt.date:
    return dt.date.fromisoformat(str(row[picture.x]))


def _drop_stretch(rows: Sequence[dict[str, Any]], picture: Lines) -> Sequence[dict[str, Any]]:
    """Leave the number of a stretch between two breaks out where there are none."""
    if picture.standing.breaks:
        return rows
    return [{name: value for name, value in row.items() if name != "stretch"} for row in rows]


class _Chart:
    """One panel of lines, placed in pixels."""

    def __init__(
        self,
        table: SpokenTable,
        picture: Lines,
        panel: Panel,
        rows: Sequence[frame.Row],
        language: Language,
        box: tuple[float, float, float, float],
    ) -> None:
        self.table, self.picture, self.panel, self.language = table, picture, panel, language
        self.left, top, self.room, height = box
        self.rows = [row for row in rows if self.belongs(row)]
        self.unit = panel.unit or table.find(panel.y).kind
        self.tight = len(picture.panels) > 1 or self.room < WIDE
        self.size = SMALL_TEXT if len(picture.panels) > 1 else TEXT
        self.top = top
        ticks = self._choose_ticks(rows)
        start = self.left + frame.measure_ticks(ticks, self.unit, language) + 8
        self.named = [line for line in panel.lines if line.name or line.valued]
        self.ends = [self._name(line) for line in self.named]
        broad = max(
            measure(text, self.size) * (BOLD if line.strong else PLAIN)
            for line, texts in zip(self.named, self.ends, strict=True)
            for text in texts
        )
        end = self.left + self.room - broad - NAME_DX - 4
        self.base = top + height - BOTTOM - (STRIP + 9 if panel.runs else 0)
        self.titles = _wrap_title(panel, self.room) if panel.title else []
        self.below_title = top + TOP + (TITLE + LINE * (len(self.titles) - 1) if self.titles else 0)
        head = self.below_title + LINE * _count_heads(picture.standing)
        self.y = Scale(ticks, head if picture.ranks else self.base, self.base if picture.ranks else head)
        self.dated = sorted({_day(row, picture) for row in self.rows})
        self.x = Days(tuple(sorted({*self.dated, *picture.more_days})), start, end)
        self.head, self.bottom = head, top + height

    def belongs(self, row: frame.Row) -> bool:
        """Return whether a row is drawn here."""
        name, value = self.panel.where
        keys = {line.key for line in self.panel.lines}
        series = self.picture.series
        return (not name or row[name] == value) and (not series or row[series] in keys)

    def _choose_ticks(self, rows: Sequence[frame.Row]) -> tuple[float, ...]:
        if self.panel.ticks:
            return self.panel.ticks
        columns = {self.panel.y2 or self._column(line) for line in self.panel.lines}
        values = [float(row[y]) for row in rows for y in columns if row[y] is not None]
        values += [note.value for note in self.panel.notes]
        most = 4 if len(self.picture.panels) > 1 else 5
        return parts.choose_ticks(values or [1.0], most)

    def _of(self, line: Line) -> list[frame.Row]:
        """Return a line's rows that have a value."""
        series, y = self.picture.series, self._column(line)
        return [row for row in self.rows if row[y] is not None and (not series or row[series] == line.key)]

    def _column(self, line: Line) -> str:
        return line.y or self.panel.y

    def _newest(self, line: Line) -> float:
        return float(self._of(line)[-1][self._column(line)])

    def _name(self, line: Line) -> list[str]:
        """Write a line's name and newest value, in two lines where there is little room."""
        name = line.short or line.name if self.tight else line.name
        if not line.valued:
            return [cut(name, self.size, self.room * 0.34)]
        value = frame.write(self._newest(line), self.unit, self.language)
        whole = f"{name} {value}".strip()
        fits = measure(whole, self.size) <= self.room * 0.42
        return [whole] if fits else [*wrap(name, self.size, self.room * 0.34), value]

    def join(self) -> "alt.LayerChart":
        """Return the layers as one, for a scale of their own."""
        return alt.LayerChart(layer=self.build())

    def build(self) -> list[Any]:
        """Return the layers."""
        words, strokes = self._name_ends()
        marks, bands, mark_words = self._mark()
        happenings, numbers = self._number_events()
        rings, ring_words = self._ring()
        boxes, box_words = self._box()
        grid = [] if self.picture.ranks else frame.rule_across(self.y, self.x.start, self.x.end)
        axis = frame.label_values(self.y, self.x.start - 7, self.unit, self.language)
        axis += self._lead()
        dates = self.x.label(self.bottom - 9, self.language, self.dated)
        title = [Word(self.left, self.top + 12 + LINE * n, line, weight=600) for n, line in enumerate(self.titles)]
        return [
            *frame.build_strokes(grid),
            *frame.build_patches([*bands, *boxes], self.language),
            *frame.build_strokes([*marks, *happenings, *strokes]),
            *self._fill(),
            *self._draw(),
            *self._dot(),
            *frame.build_rings(rings, self.language),
            *frame.build_words([*title, *axis, *dates, *mark_words, *numbers, *ring_words, *box_words, *words]),
        ]

    def describe(self) -> dict[str, Any]:
        """Describe what stands at each date."""
        readings = [
            Reading(name, line.short or name, line.ink, self._read(line))
            for line in self.panel.lines
            for name in [line.name or self.table.find(self._column(line)).title]
        ]
        write = self.language.month if self.picture.x == "month_from" else self.language.date
        axes = Axes(self.x.place, self.y)
        return describe_chart(self.panel.title, self.dated, readings, axes, write, self._note_days())

    def _read(self, line: Line) -> dict[dt.date, tuple[float, str]]:
        """Write a line's values by their days, both ends of a band."""
        columns = [self._column(line), *([self.panel.y2] if self.panel.y2 else [])]
        return {
            _day(row, self.picture): (
                float(row[columns[0]]),
                " – ".join(frame.write_whole(float(row[name]), self.unit, self.language) for name in columns),
            )
            for row in self._of(line)
        }

    def _note_days(self) -> dict[dt.date, list[str]]:
        """List what is said of single dates: of rings, and of the boxes below."""
        rings = {day: [note.tip for note in self.panel.notes if note.day == day] for day in self.dated}
        runs = {day: [run.tip for run in self.panel.runs if run.start <= day <= run.end] for day in self.dated}
        return {day: [tip for tip in rings[day] + runs[day] if tip] for day in self.dated}

    def _encode(self, column: str, **y: Any) -> dict[str, Any]:
        return {
            "x": alt.X(f"{self.picture.x}:T", scale=self.x.build(), axis=None),
            "y": alt.Y(f"{column}:Q", scale=self.y.build(), axis=None, **y),
        }

    def _filter(self, lines: Sequence[Line]) -> "alt.Chart":
        """Return a layer of these lines' rows."""
        chart, (name, value) = alt.Chart(), self.panel.where
        if name:
            chart = chart.transform_filter(alt.FieldEqualPredicate(field=name, equal=value))
        if self.picture.series:
            keys = [line.key for line in lines]
            chart = chart.transform_filter(alt.FieldOneOfPredicate(field=self.picture.series, oneOf=keys))
        return chart

    def _paint(self, ink: str) -> dict[str, Any]:
        """Encode the colours of the lines, or give that of the only one."""
        lines = {line.key: line for panel in self.picture.panels for line in panel.lines}
        if not self.picture.series:
            return {"color": alt.ColorValue(frame.paint(ink))}
        scale = alt.Scale(domain=list(lines), range=[frame.paint(line.ink) for line in lines.values()])
        return {"color": alt.Color(f"{self.picture.series}:N", scale=scale, legend=None)}

    def _draw(self) -> "list[alt.Chart]":
        """Draw the lines, the heaviest above the others, beginning anew at breaks."""
        if len(self.x.days) < 2:
            return []
        detail = {"detail": [alt.Detail("stretch:O")]} if self.picture.standing.breaks else {}
        layers = []
        for look in self._list_looks(self.panel.lines):
            base = self._filter([line for line in self.panel.lines if self._look(line) == look])
            stretches = self._part(base) if self.picture.until else [(base, look.dash)]
            layers += [
                part.mark_line(strokeWidth=look.weight, strokeDash=list(dash) or alt.Undefined).encode(
                    **self._encode(self._column(look)), **self._paint(look.ink), **detail
                )
                for part, dash in stretches
            ]
        return layers

    def _look(self, line: Line) -> Line:
        """Return what lines of one layer have in common, as a line: dashes, weight and column."""
        is_only = not self.picture.series
        return Line("", "", line.ink if is_only else "", line.dash, line.weight, y=line.y)

    def _list_looks(self, lines: Sequence[Line]) -> list[Line]:
        """List the looks, the heaviest last."""
        return list(dict.fromkeys(self._look(line) for line in sorted(lines, key=lambda line: line.weight)))

    def _part(self, base: "alt.Chart") -> "list[tuple[alt.Chart, tuple[int, ...]]]":
        """Part lines into their dotted months and the others; both have the date between."""
        day = self.picture.until or dt.date.min
        bound = alt.DateTime(year=day.year, month=day.month, date=day.day, utc=True)
        name = self.picture.x
        early = base.transform_filter(alt.FieldLTEPredicate(field=name, lte=bound, timeUnit="utcyearmonthdate"))
        late = base.transform_filter(alt.FieldGTEPredicate(field=name, gte=bound, timeUnit="utcyearmonthdate"))
        return [(early, (2, 3)), (late, ())]

    def _fill(self) -> "list[alt.Chart]":
        """Fill what no country is given down to zero, or bands between their bounds."""
        layers = []
        for line in self.panel.lines:
            if not self.panel.y2 and (not self.picture.shade or line.key != self.picture.shade):
                continue
            ink, opacity = (line.ink, 0.22) if self.panel.y2 else ("unreviewed", 0.6)
            detail = {"detail": [alt.Detail("stretch:O")]} if self.picture.standing.breaks else {}
            more = {"y2": alt.Y2(f"{self.panel.y2}:Q")} if self.panel.y2 else {}
            area = self._filter([line]).mark_area(fill=frame.paint(ink), opacity=opacity)
            layers.append(area.encode(**self._encode(self._column(line), stack=None), **more, **detail))
        return layers

    def _dot(self) -> "list[alt.Chart]":
        """Mark each date where they are few."""
        if len(self.x.days) > FEW_DATES:
            return []
        above, below = self.picture.signs
        test = alt.FieldGTPredicate(field=self.panel.y, gt=0)
        signs = {"color": alt.ColorValue(**frame.choose(test, frame.paint(above), frame.paint(below)))}
        tips = frame.build_tips(self.table.columns)
        lines = [replace(line, dash=()) for line in self.panel.lines if line.dotted]
        layers = []
        for look in self._list_looks(lines):
            paint = signs if above else self._paint(look.ink)
            dots = self._filter([line for line in lines if self._look(line) == look]).mark_point(size=12 * look.weight)
            layers.append(dots.encode(**self._encode(self._column(look)), **paint, tooltip=tips))
        return layers

    def _name_ends(self) -> tuple[list[Word], list[Stroke]]:
        words = []
        for line in self.named:
            y = self.y.place(self._newest(line))
            weight = 600 if line.strong else 400
            words.append(Word(self.x.end + NAME_DX, y, "", line.text_ink, size=self.size, weight=weight))
        deep = max(len(texts) for texts in self.ends)
        gap = (14 if len(self.picture.panels) > 1 else 15) * deep
        low = min(self.y.start, self.y.end) - 6
        moved, strokes = frame.name_ends(words, low, self.base + 2, gap)
        written = [
            replace(word, y=word.y + 14 * (n - (len(texts) - 1) / 2), text=text)
            for word, texts in zip(moved, self.ends, strict=True)
            for n, text in enumerate(texts)
        ]
        return written, strokes

    def _mark(self) -> tuple[list[Stroke], list[Patch], list[Word]]:
        """Mark the days of surges by bands, each named above, one below the other."""
        strokes, bands, words = [], [], []
        for n, mark in enumerate(self.picture.standing.marks):
            middle = self.below_title - 4 + LINE * n
            left = self.x.place(mark.start)
            right = max(self.x.place(mark.end), left + 2)
            bands.append(Patch(left, middle - LINE / 2, right, self.base, "muted", 0.14))
            strokes.append(Stroke(left, middle - LINE / 2, left, self.base, "muted", 1, (2, 2)))
            last = self.left + self.room
            name = cut(mark.name, SMALL_TEXT, last - self.x.start)
            at = max(self.x.start, min(left + 4, last - measure(name, SMALL_TEXT)))
            words.append(frame.small(at, middle, name))
        return strokes, [band for band in bands if band.x2 - band.x > 2], words

    def _number_events(self) -> tuple[list[Stroke], list[Word]]:
        """Mark the events that lie between the chart's dates."""
        first, last = self.x.days[0], self.x.days[-1]
        inside = [event for event in self.picture.standing.events if first <= event.day <= last]
        return frame.mark_events(inside, self.x.place, self.head, self.base)

    def _lead(self) -> list[Word]:
        """Write what is to be said of the room before the first date."""
        first = self.x.place(min(_day(row, self.picture) for row in self.rows))
        text, start = self.panel.lead, self.x.start
        if not text or first - start < measure(text, SMALL_TEXT) + 16:
            return []
        return [frame.small((start + first) / 2, self.base - 12, text, "center", style="italic")]

    def _ring(self) -> tuple[list[Ring], list[Word]]:
        """Ring what is noted; a name ends before its ring, in as many lines as it needs."""
        rings, words = [], []
        for note in self.panel.notes:
            x, y = self.x.place(note.day), self.y.place(note.value)
            rings.append(Ring(x, y, note.ink, note.tip))
            lines = wrap(note.name, SMALL_TEXT, x - self.x.start - 24) if note.name else []
            words += [
                Word(x - 9, y - 3 + LINE * n, text, align="right", size=SMALL_TEXT) for n, text in enumerate(lines)
            ]
        return rings, words

    def _box(self) -> tuple[list[Patch], list[Word]]:
        """Draw boxes below the chart, half a step of the dates beyond their own, named where there is room."""
        patches, words = [], []
        half = (self.x.end - self.x.start) / max(len(self.x.days) - 1, 1) / 2
        top = self.base + 9
        for run in self.panel.runs:
            start = max(self.x.place(run.start) - half, self.x.start - half) + 0.5
            end = self.x.place(run.end) + half - 0.5
            patches.append(Patch(start, top, end, top + STRIP, run.ink, 1, run.tip))
            if measure(run.name, SMALL_TEXT) + 4 <= end - start:
                middle = (start + end) / 2
                words.append(Word(middle, top + STRIP / 2 + 0.5, run.name, run.text_ink, "center", SMALL_TEXT, 600))
        return patches, words
