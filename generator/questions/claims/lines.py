"""The picture of a claim: both sides of its test over time, and the day on which it was made."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import altair as alt

from generator.figures import margins, parts
from generator.figures.margins import Axis
from generator.figures.marks import Standing
from generator.figures.text import measure, spread
from generator.figures.theme import SMALL_TEXT, TEXT, build_canvas, colour, line_colour, place_colour
from generator.questions.claims.tables import Outcome
from generator.registry.claims import Claim
from generator.text.language import Language

HEIGHT: Final = 250
TOP: Final = 34
BOTTOM: Final = 30
FEW_DATES: Final = 20


@dataclass(frozen=True)
class Side:
    """One side of a test.

    Attributes:
        name: what it is of.
        colour: of its line.
        dash: lengths of its dashes; none for a whole line.
        points: dates and values, oldest first.
        other: the same by the other attribution; none where there is none.
        then: what the source gave; None where it gave nothing.
    """

    name: str
    colour: str
    dash: tuple[int, ...]
    points: tuple[tuple[dt.date, float], ...]
    other: tuple[tuple[dt.date, float], ...]
    then: float | None


def build_draw(
    claim: Claim, result: Outcome, standing: Standing, language: Language, names: tuple[str, str]
) -> Callable[[int], alt.LayerChart]:
    """Return what draws a test's picture at a width.

    Args:
        claim: the claim that rests on it.
        result: a test with at least one point.
        standing: where its lines are broken.
        language: of dates and numbers.
        names: of the measure and of what it is held against.
    """
    sides = _make_sides(claim, result, names)
    values = [value for side in sides for _, value in (*side.points, *side.other)]
    given = [side.then for side in sides if side.then is not None]
    ticks = tuple(parts.choose_ticks(max([*values, *given, 1e-9]), most=5))
    picture = _Picture(
        sides=sides,
        ticks=ticks,
        unit=result.test.unit,
        claimed_on=claim.claimed_on,
        changes=tuple(change.date for change in result.changes),
        standing=standing,
        language=language,
    )
    return partial(_draw, picture)


def write_value(value: float, unit: str, language: Language) -> str:
    """Write a value in its unit within a sentence."""
    if unit == "parameters":
        return language.gettext("%(number)s parameters", number=language.spell(value))
    if unit == "days":
        return language.gettext("%(number)s days", number=language.number(value))
    return write_short(value, unit, language)


def write_short(value: float, unit: str, language: Language) -> str:
    """Write a value in its unit where there is little room."""
    if unit == "share":
        return language.percent(value)
    if unit == "parameters":
        return language.short(value)
    number = language.number(value)
    return language.gettext("%(number)s\u00a0d", number=number) if unit == "days" else number


@dataclass(frozen=True)
class _Picture:
    """All that is drawn, in words and numbers."""

    sides: tuple[Side, Side]
    ticks: tuple[float, ...]
    unit: str
    claimed_on: dt.date
    changes: tuple[dt.date, ...]
    standing: Standing
    language: Language

    @property
    def days(self) -> list[dt.date]:
        """Return the dates that have numbers."""
        return [day for day, _ in self.sides[0].points]

    def write(self, value: float) -> str:
        """Write a value."""
        return write_short(value, self.unit, self.language)

    def write_tick(self, tick: float) -> str:
        """Write a value on the axis."""
        if self.unit == "share":
            return parts.write_tick(tick, self.language, self.ticks[1] - self.ticks[0])
        return self.write(tick) if tick else "0"


def _make_sides(claim: Claim, result: Outcome, names: tuple[str, str]) -> tuple[Side, Side]:
    test = result.test
    codes = [side[0].replace("/", ".").rpartition(".")[2] for side in (test.measure, test.against)]
    dash = (6, 3) if result.meanwhile else ()
    then = (claim.value_then, claim.against_then) if claim.tests[0] == test.slug else (None, None)
    first = line_colour(codes[0]) if len(test.measure) == 1 else colour("accent")
    left = Side(names[0], first, dash, _read(result, "value"), _read_other(result, "value"), then[0])
    if test.threshold is not None:
        return left, Side("", colour("muted"), (2, 3), _read(result, "against"), (), None)
    own = place_colour(codes[1])
    second = own if own != first else colour("muted")
    right = Side(names[1], second, dash, _read(result, "against"), _read_other(result, "against"), then[1])
    return left, right


def _read(result: Outcome, name: str) -> tuple[tuple[dt.date, float], ...]:
    return tuple((point.date, getattr(point.own, name)) for point in result.points)


def _read_other(result: Outcome, name: str) -> tuple[tuple[dt.date, float], ...]:
    return tuple((point.date, getattr(point.other, name)) for point in result.points if point.other)


def _draw(picture: _Picture, width: int) -> alt.LayerChart:
    return build_canvas(_Frame(picture, width).build(), width, HEIGHT)


class _Frame:
    """A picture, placed in pixels."""

    def __init__(self, picture: _Picture, width: int) -> None:
        self.picture, self.width = picture, width
        self.low = HEIGHT - BOTTOM
        self.tick_names = [picture.write_tick(tick) for tick in picture.ticks]
        self.left = max(measure(name, SMALL_TEXT) for name in self.tick_names) + 10
        self.ends = [_fit_end(side, picture.write(side.points[-1][1]), width) for side in picture.sides]
        self.right = width - max(measure(line, TEXT) for lines in self.ends for line in lines) - 14
        self.axis = Axis(picture.ticks, self.low, TOP)
        self.first = min(picture.claimed_on, picture.days[0])
        self.last = max(picture.claimed_on, picture.days[-1])

    def build(self) -> list[alt.Chart]:
        """Return all layers."""
        return [
            *self._grid(),
            *self._before(),
            *self._claimed(),
            *(layer for index in (1, 0) for layer in self._side(index)),
            *self._changes(),
            *self._names(),
        ]

    def _x(self, day: dt.date) -> float:
        span = (self.last - self.first).days
        return round(self.left + (self.right - self.left) * ((day - self.first).days / span if span else 1), 1)

    def _grid(self) -> list[alt.Chart]:
        strokes = [
            margins.line_of(self.left, self.right, self.axis.place(t), self.axis.place(t)) for t in self.axis.ticks
        ]
        rows = [
            {"x": self.left - 7, "y": self.axis.place(tick), "text": name}
            for tick, name in zip(self.axis.ticks, self.tick_names, strict=True)
        ]
        days = self.picture.days  # the day of the claim stands above
        names = [parts.short_date(day, days, self.picture.language) for day in days]
        places = [self._x(day) for day in days]
        room = max(measure(name, SMALL_TEXT) for name in names) + 8
        dates = [
            {"x": places[index], "y": self.low + 18, "text": names[index]}
            for index in parts.pick_dates(days, places, room)
        ]
        return [
            margins.build_strokes(strokes, strokeWidth=1),
            parts.small_labels(rows, align="right"),
            parts.small_labels(dates, align="center"),
        ]

    def _before(self) -> list[alt.Chart]:
        """Say that there are no data between the claim and the first number."""
        left, right = self._x(self.picture.claimed_on), self._x(self.picture.days[0])
        text = self.picture.language.gettext("no numbers held")
        if right - left < measure(text, SMALL_TEXT) + 16:
            return []
        y = self.low - 12
        return [
            parts.small_labels([{"x": (left + right) / 2, "y": y, "text": text}], align="center", fontStyle="italic")
        ]

    def _claimed(self) -> list[alt.Chart]:
        """Mark the day of the claim, and what its source gave."""
        x, language = self._x(self.picture.claimed_on), self.picture.language
        text = language.gettext("claimed %(date)s", date=language.date(self.picture.claimed_on))
        room = measure(text, SMALL_TEXT)
        label = {
            "x": min(max(x, self.left), self.right - room) if x < self.right - room else x - room,
            "y": 12,
            "text": text,
        }
        layers = [
            margins.build_strokes([margins.line_of(x, x, 20, self.low, "ink")], strokeWidth=1, strokeDash=[2, 2]),
            parts.small_labels([label]),
        ]
        tooltip = parts.build_tooltip(("label", language.gettext("Of")), ("value", language.gettext("The source gave")))
        dots = [
            {
                "x": x,
                "y": self.axis.place(side.then),
                "colour": side.colour,
                "label": side.name,
                "value": self.picture.write(side.then),
            }
            for side in self.picture.sides
            if side.then is not None
        ]
        return [*layers, *([margins.build_dots(dots, tooltip, hollow=True)] if dots else [])]

    def _rows(self, side: Side, points: tuple[tuple[dt.date, float], ...]) -> list[dict[str, Any]]:
        language = self.picture.language
        return [
            {
                "x": self._x(day),
                "y": self.axis.place(value),
                "colour": side.colour,
                "label": side.name,
                "day": language.date(day),
                "value": self.picture.write(value),
                "piece": self.picture.standing.piece(day),
            }
            for day, value in points
        ]

    def _side(self, index: int) -> list[alt.Chart]:
        side, language = self.picture.sides[index], self.picture.language
        rows = self._rows(side, side.points)
        line: alt.Chart = alt.Chart(parts.build_data(rows)).mark_line(
            color=side.colour, strokeWidth=2.4 if index == 0 else 2, strokeDash=list(side.dash) or alt.Undefined
        )
        tooltip = parts.build_tooltip(
            ("label", language.gettext("Of")), ("day", language.gettext("Date")), ("value", language.gettext("Value"))
        )
        is_mark = side.dash == (2, 3)
        shown = rows if len(rows) <= FEW_DATES else rows[-1:]
        return [
            *self._other(side),
            line.encode(**_placed()),
            *([] if is_mark else [margins.build_dots(shown, tooltip)]),
        ]

    def _other(self, side: Side) -> list[alt.Chart]:
        """Draw a side by the other attribution, thin and dashed."""
        if not side.other:
            return []
        rows = alt.Chart(parts.build_data(self._rows(side, side.other)))
        line: alt.Chart = rows.mark_line(color=side.colour, strokeWidth=1.2, strokeDash=[3, 3])
        return [line.encode(**_placed())]

    def _changes(self) -> list[alt.Chart]:
        side = self.picture.sides[0]
        points = self._rows(side, side.points)
        rows = [row for row, day in zip(points, self.picture.days, strict=True) if day in self.picture.changes]
        tooltip = parts.build_tooltip(("day", self.picture.language.gettext("Changed, seen first on")))
        return [margins.build_dots(rows, tooltip, hollow=True)] if rows else []

    def _names(self) -> list[alt.Chart]:
        wanted = [self.axis.place(side.points[-1][1]) for side in self.picture.sides]
        gap = 16.0 * max(len(lines) for lines in self.ends)
        places = spread(wanted, gap, TOP - 6, self.low - gap / 2 + 8)
        layers = []
        for side, lines, place in zip(self.picture.sides, self.ends, places, strict=True):
            start = place - 8.0 * (len(lines) - 1)
            rows = [{"x": self.right + 9, "y": start + 16 * n, "text": line} for n, line in enumerate(lines)]
            layers.append(parts.build_labels(rows, color=side.colour, fontWeight=600 if side.dash != (2, 3) else 400))
        return layers


def _fit_end(side: Side, value: str, width: int) -> list[str]:
    """Write a line's name and value in one line, or in two where there is little room."""
    end = f"{side.name} {value}".strip()
    return [end] if measure(end, TEXT) <= width * 0.28 or not side.name else [side.name, value]


def _placed() -> dict[str, Any]:
    """Encode a line's pixels, in its order and its pieces."""
    return {
        "x": parts.pixel_x(),
        "y": parts.pixel_y(),
        "order": alt.Order("x:Q"),
        "detail": alt.Detail("piece:N"),
    }
