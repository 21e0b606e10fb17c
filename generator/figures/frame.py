"""The frame of every picture: its words, grid and notes, placed in pixels; scales that marks and words share.

Marks are encoded by the columns of a table, on real scales. Words stand where nothing overlaps, in the reader's
language; so they are placed here, and only here.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Final

from generator.figures import altair as alt
from generator.figures import parts
from generator.figures.figure import SpokenColumn, SpokenTable
from generator.figures.marks import Happening
from generator.figures.text import measure, spread
from generator.figures.theme import SMALL_TEXT, TEXT, build_canvas, colour
from generator.text.language import Language

Row = Mapping[str, Any]

# Distance of two names at the ends of lines, and what a name stands beyond the last value.
NAME_GAP: Final = 15.0
NAME_DX: Final = 11
# So many strokes through a chart leave its lines readable; of more only the upper ends are drawn.
FEW_EVENTS: Final = 8
# How values are written in tooltips, by the kind of their column.
_FORMATS: Final = {"share": ".1%", "points": "+.1f", "count": ",.0f"}


@dataclass(frozen=True)
class Word:
    """A text at a place, in pixels; `y` is its middle."""

    x: float
    y: float
    text: str
    ink: str = "ink"
    align: str = "left"
    size: float = TEXT
    weight: int = 400
    style: str = "normal"


@dataclass(frozen=True)
class Stroke:
    """A straight stroke between two places, in pixels."""

    x: float
    y: float
    x2: float
    y2: float
    ink: str = "grid"
    width: float = 1
    dash: tuple[int, ...] = ()


@dataclass(frozen=True)
class Patch:
    """A filled rectangle, in pixels, behind the marks or beside them."""

    x: float
    y: float
    x2: float
    y2: float
    ink: str
    opacity: float = 1
    tip: str = ""
    edge: bool = False


@dataclass(frozen=True)
class Ring:
    """A ring at a place, in pixels, with what it says on pointing at it."""

    x: float
    y: float
    ink: str
    tip: str = ""


@dataclass(frozen=True)
class Scale:
    """A linear scale of values.

    Attributes:
        ticks: round values, rising; the first and the last are its ends.
        start: pixel of the first.
        end: pixel of the last; above `start` for an axis that runs upwards.
    """

    ticks: tuple[float, ...]
    start: float
    end: float

    def place(self, value: float) -> float:
        """Return the pixel of a value."""
        low, high = self.ticks[0], self.ticks[-1]
        return round(self.start + (self.end - self.start) * (value - low) / (high - low), 1)

    @property
    def step(self) -> float:
        """Return the distance of two ticks."""
        return self.ticks[1] - self.ticks[0]

    def build(self) -> "alt.Scale":
        """Return the scale for a mark."""
        ends = [round(self.start, 1), round(self.end, 1)]
        return alt.Scale(domain=[self.ticks[0], self.ticks[-1]], range=ends, nice=False, zero=False)


@dataclass(frozen=True)
class Days:
    """A scale of dates.

    Attributes:
        days: all dates, rising.
        start: pixel of the first.
        end: pixel of the last; a single date stands there.
    """

    days: tuple[dt.date, ...]
    start: float
    end: float

    def place(self, day: dt.date) -> float:
        """Return the pixel of a date."""
        span = (self.days[-1] - self.days[0]).days
        part = (day - self.days[0]).days / span if span else 1.0
        return round(self.start + (self.end - self.start) * part, 1)

    def build(self) -> "alt.Scale":
        """Return the scale for a mark."""
        first = self.days[0] if self.days[0] < self.days[-1] else self.days[0] - dt.timedelta(days=1)
        domain = [
            {"year": day.year, "month": day.month, "date": day.day, "utc": True} for day in (first, self.days[-1])
        ]
        return alt.Scale(type="utc", domain=domain, range=[round(self.start, 1), round(self.end, 1)], nice=False)

    def label(self, y: float, language: Language, days: Sequence[dt.date] = ()) -> list[Word]:
        """Write dates below a chart, all or some of them: the first, the last, and those between that have room."""
        days = days or self.days
        places = [self.place(day) for day in days]
        words = [parts.short_date(day, days, language) for day in days]
        room = max(measure(word, SMALL_TEXT) for word in words) + 8
        return [small(places[n], y, words[n], "center") for n in parts.pick_dates(days, places, room)]


def band(domain: Sequence[str], start: float, end: float, part: float) -> "alt.Scale":
    """Return a scale of names side by side; a mark takes `part` of each one's room."""
    return alt.Scale(
        type="band",
        domain=list(domain),
        range=[round(start, 1), round(end, 1)],
        paddingInner=round(1 - part, 4),
        paddingOuter=round((1 - part) / 2, 4),
    )


def small(x: float, y: float, text: str, align: str = "left", **word: Any) -> Word:
    """Return a small, muted word."""
    return Word(x, y, text, **{"ink": "muted", "align": align, "size": SMALL_TEXT, **word})


def write(value: float, unit: str, language: Language, step: float | None = None) -> str:
    """Write a value where there is little room; on an axis with as many digits as the `step` of its ticks needs."""
    digits = () if step is None else (parts.count_digits(step, 2 if unit == "points" else 3),)
    if unit == "share":
        return language.percent(value, *digits)
    if unit == "points":
        return language.signed(value, *digits) if step is None or value else "0"
    if unit == "equals":
        return language.number(value) if step is None else language.short(value)
    if unit == "days":
        number = language.number(value)
        return language.say("{number}\u00a0d", number=number) if step is None or value else "0"
    return language.short(value)


def write_whole(value: float, unit: str, language: Language) -> str:
    """Write a value where there is room: a count to its last digit, anything else as `write` does."""
    if unit == "count":
        return language.count(value)
    return language.number(value) if unit == "number" else write(value, unit, language)


def label_values(scale: Scale, x: float, unit: str, language: Language) -> list[Word]:
    """Write the ticks of an upward axis left of it."""
    return [small(x, scale.place(tick), write(tick, unit, language, scale.step), "right") for tick in scale.ticks]


def measure_ticks(ticks: Sequence[float], unit: str, language: Language) -> float:
    """Return the room that the ticks of an axis take."""
    return max(measure(write(tick, unit, language, ticks[1] - ticks[0]), SMALL_TEXT) for tick in ticks)


def rule_across(scale: Scale, left: float, right: float) -> list[Stroke]:
    """Rule the grid of an upward axis; its zero is stronger where values lie on both sides."""
    both = scale.ticks[0] < 0 < scale.ticks[-1]
    return [
        Stroke(left, place, right, place, *(("ink", 1.4) if both and not tick else ()))
        for tick in scale.ticks
        for place in [scale.place(tick)]
    ]


def name_ends(words: Sequence[Word], low: float, high: float, gap: float = NAME_GAP) -> tuple[list[Word], list[Stroke]]:
    """Move names at the ends of lines apart, between two pixels; one that moved far gets a stroke to its end."""
    places = spread([word.y for word in words], gap, low, high)
    moved = [replace(word, y=place) for word, place in zip(words, places, strict=True)]
    strokes = [
        Stroke(word.x - NAME_DX + 2, round(word.y, 1), word.x - 2, place, word.ink, 0.8)
        for word, place in zip(words, places, strict=True)
        if abs(place - word.y) > 3
    ]
    return moved, strokes


def mark_events(
    events: Iterable[Happening], place: Callable[[dt.date], float], head: float, base: float
) -> tuple[list[Stroke], list[Word]]:
    """Mark events by thin strokes, many of them by ticks, with numbers above; those that lack room share one: 2–4."""
    marks = [(event.number, place(event.day)) for event in events]
    end, look = (base, (1, 3)) if len(marks) <= FEW_EVENTS else (head + 4, ())
    strokes = [Stroke(x, head - 3, x, end, "muted", 0.7, look) for _, x in marks]
    groups: list[tuple[tuple[int, float], tuple[int, float]]] = []
    for mark in marks:
        groups.append((mark, mark))
        while len(groups) > 1 and _find_edges(groups[-2])[1] + 3 > _find_edges(groups[-1])[0]:
            (first, _), (_, last) = groups[-2:]
            groups[-2:] = [(first, last)]
    return strokes, [small(sum(_find_edges(group)) / 2, head - 9, _number(group), "center") for group in groups]


def _number(group: tuple[tuple[int, float], tuple[int, float]]) -> str:
    (first, _), (last, _) = group
    return str(first) if first == last else f"{first}\u2013{last}"


def _find_edges(group: tuple[tuple[int, float], tuple[int, float]]) -> tuple[float, float]:
    """Return where the word of a group of marks begins and ends, in pixels."""
    middle, half = (group[0][1] + group[1][1]) / 2, measure(_number(group), SMALL_TEXT) / 2
    return middle - half, middle + half


def build_data(rows: Sequence[Row]) -> "alt.InlineData":
    """Put rows into a chart as they are."""
    return alt.InlineData(values=[dict(row) for row in rows])


def build_words(words: Iterable[Word]) -> "list[alt.Chart]":
    """Build the layers of words, one for each look."""
    looks = groupby(sorted(words, key=_look), key=_look)
    return [_build_look(look, list(found)) for look, found in looks]


def _look(word: Word) -> tuple[Any, ...]:
    return word.weight, word.size, word.align, word.style, word.ink


def _build_look(look: tuple[Any, ...], words: Sequence[Word]) -> "alt.Chart":
    weight, size, align, style, ink = look
    rows = [{"x": round(word.x, 1), "y": round(word.y, 1), "text": word.text} for word in words]
    plain = {"fontWeight": (weight, 400), "fontStyle": (style, "normal"), "align": (align, "left")}
    mark = {name: own for name, (own, usual) in plain.items() if own != usual}
    chart: alt.Chart = alt.Chart(build_data(rows)).mark_text(fontSize=size, color=paint(ink), **mark)
    return chart.encode(**_place(), text=alt.Text("text:N"))


def build_strokes(strokes: Sequence[Stroke]) -> "list[alt.Chart]":
    """Build the layers of strokes, one for each look."""
    layers = []
    for ink, width, dash in dict.fromkeys((each.ink, each.width, each.dash) for each in strokes):
        rows = [
            {name: round(getattr(each, name), 1) for name in ("x", "y", "x2", "y2")}
            for each in strokes
            if (each.ink, each.width, each.dash) == (ink, width, dash)
        ]
        mark = alt.Chart(build_data(rows)).mark_rule(
            color=paint(ink), strokeWidth=width, strokeDash=list(dash) or alt.Undefined
        )
        layers.append(mark.encode(**_corners()))
    return layers


def build_patches(patches: Sequence[Patch], language: Language) -> "list[alt.Chart]":
    """Build the layers of rectangles, one for each look."""
    layers = []
    for ink, opacity, edge in dict.fromkeys((each.ink, each.opacity, each.edge) for each in patches):
        found = [each for each in patches if (each.ink, each.opacity, each.edge) == (ink, opacity, edge)]
        rows = [{**{n: round(getattr(each, n), 1) for n in ("x", "y", "x2", "y2")}, "tip": each.tip} for each in found]
        line: dict[str, Any] = {"stroke": paint("muted"), "strokeWidth": 0.6} if edge else {}
        mark = alt.Chart(build_data(rows)).mark_rect(fill=paint(ink), opacity=opacity, **line)
        layers.append(mark.encode(**_corners(), **_note(rows, language)))
    return layers


def build_rings(rings: Sequence[Ring], language: Language) -> "list[alt.Chart]":
    """Build rings."""
    layers = []
    for ink in dict.fromkeys(ring.ink for ring in rings):
        rows = [{"x": ring.x, "y": ring.y, "tip": ring.tip} for ring in rings if ring.ink == ink]
        mark = alt.Chart(build_data(rows)).mark_point(fill=paint("paper"), stroke=paint(ink), size=46, strokeWidth=1.8)
        layers.append(mark.encode(**_place(), **_note(rows, language)))
    return layers


def _corners() -> dict[str, Any]:
    return {**_place(), "x2": alt.X2("x2:Q"), "y2": alt.Y2("y2:Q")}


def _place() -> dict[str, Any]:
    return {"x": alt.X("x:Q", scale=None, axis=None), "y": alt.Y("y:Q", scale=None, axis=None)}


def _note(rows: Sequence[Row], language: Language) -> dict[str, Any]:
    told = any(row["tip"] for row in rows)
    return {"tooltip": [alt.Tooltip("tip:N", title=language.say("Note"))]} if told else {}


def choose(test: Any, chosen: Any, other: Any) -> dict[str, Any]:
    """Return the value of a channel where a test holds, and where it does not."""
    return {"condition": {"test": test, "value": chosen}, "value": other}


def paint(ink: str) -> str:
    """Return a colour by its name in the schemes; what is a colour already stays."""
    return ink if ink.startswith("var(") else colour(ink)


def build_tips(columns: Sequence[SpokenColumn], plain: Sequence[str] = ()) -> "list[alt.Tooltip]":
    """Build the tooltip of a mark from the declared columns of its table; `plain` ones are names, as they stand.

    Codes of places are not among them: their names are.
    """
    told = [column for column in columns if not column.name.endswith("code")]
    return [_build_tip(column, is_plain=column.name in plain) for column in told]


def _build_tip(column: SpokenColumn, *, is_plain: bool) -> "alt.Tooltip":
    if is_plain:
        return alt.Tooltip(f"{column.name}:N", title=column.title)
    if column.kind == "date":
        return alt.Tooltip(f"{column.name}:T", timeUnit="utcyearmonthdate", format="%-d %b %Y", title=column.title)
    if column.kind == "number":
        return alt.Tooltip(f"{column.name}:Q", format=f",.{column.digits}~f", title=column.title)
    if column.kind in _FORMATS:
        name = f"{column.name}_points" if column.kind == "points" else column.name
        return alt.Tooltip(f"{name}:Q", format=_FORMATS[column.kind], title=column.title)
    return alt.Tooltip(f"{column.name}:N", title=column.title)


def build_picture(
    table: SpokenTable, rows: Sequence[Row], layers: Sequence[Any], width: int, height: float, language: Language
) -> "alt.LayerChart":
    """Join layers into a picture; those without data of their own show the table's rows."""
    chart = build_canvas(layers, width, height)
    chart.data = build_data(fill_points(table, rows))
    chart.config.locale = describe_locale(language)
    return chart


def fill_points(table: SpokenTable, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Add to rows each difference of shares in percentage points, for the tooltip: expressions are not allowed."""
    names = [column.name for column in table.columns if column.kind == "points"]
    return [{**row, **{f"{name}_points": round(row[name] * 100, 1) for name in names if row[name] is not None}}
            for row in rows]  # fmt: skip


def describe_locale(language: Language) -> "alt.Locale":
    """Describe how a language writes numbers and dates, for tooltips."""
    locale = language.locale
    symbols = locale.number_symbols.get("latn", locale.number_symbols)
    pattern = locale.percent_formats[None].pattern
    months = [[locale.months["format"][width][number] for number in range(1, 13)] for width in ("wide", "abbreviated")]
    days = [[locale.days["format"][width][(n - 1) % 7] for n in range(7)] for width in ("wide", "abbreviated")]
    number = alt.NumberLocale(
        decimal=symbols["decimal"],
        thousands=symbols["group"],
        grouping=[3],
        currency=["", ""],
        percent=pattern.lstrip("#,0."),
    )
    time = alt.TimeLocale(
        dateTime="%x, %X", date="%-d %b %Y", time="%H:%M:%S", periods=["AM", "PM"],
        days=days[0], shortDays=days[1], months=months[0], shortMonths=months[1],
    )  # fmt: skip
    return alt.Locale(number=number, time=time)
