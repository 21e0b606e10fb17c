"""The margin of the two leaders over time, under every definition, with each change of the order marked."""

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import altair as alt

from generator.base.scope import Scope
from generator.figures import margins, parts
from generator.figures.figure import Figure
from generator.figures.margins import Axis
from generator.figures.marks import Box, Standing, build_marks
from generator.figures.text import cut, measure, spread
from generator.figures.theme import SMALL_TEXT, WIDE, build_canvas, colour, line_colour
from generator.questions import phrases, sentences
from generator.questions.crossovers.tables import PairHistory
from generator.questions.report import Report
from generator.questions.surges import describe_surges, pick_standing
from generator.star.definitions import UNIVERSES, Definition
from generator.text.language import Language

SLUG: Final = "lead-over-time"
PANEL: Final = 176
HEAD: Final = 26
FOOT: Final = 24
FEW_DATES: Final = 20
_DASHES: Final = {"30d": [], "12m": [6, 3], "held": [6, 3], "all_time": [2, 3]}


@dataclass(frozen=True)
class MarginLine:
    """The margin of two countries over time under one definition.

    Attributes:
        definition: what the shares are of.
        points: dates and margins (the first country's share minus the second's), oldest first.
        history: the order of the two, with its changes.
    """

    definition: Definition
    points: tuple[tuple[dt.date, float], ...]
    history: PairHistory


def pick_lines(report: Report, pair: tuple[str, str]) -> tuple[MarginLine, ...]:
    """Return the margin of a pair under every definition that has numbers."""
    lines = []
    for definition, tables in report.histories.items():
        found = [row for row in report.crossovers.get(definition, ()) if set(row.pair) == set(pair)]
        points = tuple((table.as_of, table.share_of(pair[0]) - table.share_of(pair[1])) for table in tables)
        lines += [MarginLine(definition, points, history) for history in found]
    return tuple(lines)


def state_changes(lines: tuple[MarginLine, ...], pair: tuple[str, str], scope: Scope, language: Language) -> str:
    """State under how many definitions the order of the two changed, and who is ahead now; over a list neither."""
    if not scope.may_rank:
        return language.gettext(
            "The difference between %(first)s and %(second)s within %(list)s, under each definition, date by date.",
            first=parts.in_sentence(pair[0], language),
            second=parts.in_sentence(pair[1], language),
            list=scope.name,
        )
    changed = sum(bool(line.history.changes) for line in lines)
    ahead = sum(line.history.leader == pair[0] for line in lines)
    values: dict[str, Any] = {
        "first": phrases.begin(pair[0], language),
        "second": parts.in_sentence(pair[1], language),
        "ahead": language.count(ahead),
        "changed": language.count(changed),
        "total": language.count(len(lines)),
        "since": language.date(min(line.points[0][0] for line in lines)),
    }
    if not changed and ahead == len(lines):
        return language.gettext(
            "%(first)s has been ahead of %(second)s on every date since %(since)s, under all %(total)s definitions "
            "that have numbers.",
            **values,
        )
    return language.gettext(
        "%(first)s is ahead of %(second)s under %(ahead)s of %(total)s definitions; the order has changed under "
        "%(changed)s since %(since)s.",
        **values,
    )


def build_lead_over_time(report: Report, language: Language) -> Figure | None:
    """Build a panel of margins for each group of models; None with fewer than two countries."""
    pair = phrases.find_pair(report)
    lines = pick_lines(report, pair) if pair and report.crossovers else ()
    if pair is None or not lines:
        return None
    finding = state_changes(lines, pair, report.data.scope, language)
    return Figure(
        slug=SLUG,
        headline=finding,
        subtitle=language.gettext(
            "Margin in percentage points: %(first)s minus %(second)s · each definition · %(start)s to %(end)s",
            first=language.place(pair[0]),
            second=language.place(pair[1]),
            start=language.date(min(line.points[0][0] for line in lines)),
            end=language.date(report.data.as_of),
        ),
        source=sentences.describe_source(report.data, language),
        how_to_read=phrases.join_sentences(
            language.gettext(
                "Above zero %(first)s has the larger share, below it %(second)s. Thick lines: by origin; thin lines: "
                "by publisher. Whole lines: 30 days; broken lines: the longer windows. A ring on the zero line marks a "
                "change of the order, which lies between that date and the one before.",
                first=parts.in_sentence(pair[0], language),
                second=parts.in_sentence(pair[1], language),
            ),
            phrases.describe_growth(report.data, language),
            describe_surges(report, language),
        ),
        alt=phrases.join_sentences(finding, _describe_range(lines, language)),
        columns=(
            parts.date_column("date", language.gettext("Date")),
            parts.text_column("definition", language.gettext("Definition")),
            parts.points_column("margin", language.gettext("Margin, points")),
            parts.text_column("change", language.gettext("Change of the order")),
        ),
        rows=tuple(row for line in lines for row in _list_points(line, language)),
        draw=partial(_draw, lines, pair, pick_standing(report, most=1), language),
    )


def _describe_range(lines: tuple[MarginLine, ...], language: Language) -> str:
    newest = [line.points[-1][1] for line in lines]
    return language.gettext(
        "On the newest date the margin lies between %(low)s and %(high)s points.",
        low=margins.write_points(min(newest), language),
        high=margins.write_points(max(newest), language),
    )


def _list_points(line: MarginLine, language: Language) -> list[tuple[str | float, ...]]:
    changes = {change.as_of: language.place(change.leader) for change in line.history.changes}
    name = sentences.name_definition(line.definition, language)
    return [(day.isoformat(), name, margin, changes.get(day, "")) for day, margin in line.points]


def _draw(
    lines: tuple[MarginLine, ...], pair: tuple[str, str], standing: Standing, language: Language, width: int
) -> alt.LayerChart:
    universes = [name for name in UNIVERSES if any(line.definition.universe == name for line in lines)]
    columns = 2 if width >= WIDE and len(universes) > 1 else 1
    room = (width - 20 * (columns - 1)) / columns
    ticks = margins.choose_span([margin for line in lines for _, margin in line.points], most=4)
    layers: list[alt.Chart] = []
    for index, universe in enumerate(universes):
        left, top = (index % columns) * (room + 20), (index // columns) * (PANEL + 10)
        inside = [line for line in lines if line.definition.universe == universe]
        layers += _Panel(inside, pair, standing, language, left, float(top), room, ticks).build()
    count = -(-len(universes) // columns)
    return build_canvas(layers, width, count * (PANEL + 10) - 6)


class _Panel:
    """One group of models: its margins, its names, its changes, placed in pixels."""

    def __init__(
        self,
        lines: list[MarginLine],
        pair: tuple[str, str],
        standing: Standing,
        language: Language,
        left: float,
        top: float,
        room: float,
        ticks: tuple[float, ...],
    ) -> None:
        self.lines, self.pair, self.standing, self.language = lines, pair, standing, language
        self.left, self.top, self.room = left, top, room
        names = [self._name(line) for line in lines]
        self.plot_left = (
            left + max(measure(margins.write_tick(t, ticks[1] - ticks[0], language), SMALL_TEXT) for t in ticks) + 8
        )
        self.plot_right = left + room - max(measure(name, SMALL_TEXT) for name in names) - 12
        self.axis = Axis(ticks, top + PANEL - FOOT, top + HEAD + 4)
        self.days = sorted({day for line in lines for day, _ in line.points})

    def build(self) -> list[alt.Chart]:
        """Return the layers of the panel."""
        return [
            *self._grid(),
            *build_marks(
                self.standing.marks,
                self._x,
                Box(self.plot_left, self.left + self.room, self.top + HEAD, self.top + PANEL - FOOT),
            ),
            *[self._line(line) for line in self.lines],
            *self._dots(),
            *self._changes(),
            *self._names(),
        ]

    def _name(self, line: MarginLine) -> str:
        window = {
            "30d": self.language.gettext("30 d"),
            "12m": self.language.gettext("12 m"),
            "held": self.language.gettext("held"),
        }.get(line.definition.window, self.language.window(line.definition.window))
        kind = {"publisher": self.language.gettext("publisher"), "origin": self.language.gettext("origin")}
        margin = margins.write_points(line.points[-1][1], self.language)
        return f"{kind[line.definition.attribution]}, {window} {margin}"

    def _x(self, day: dt.date) -> float:
        span = (self.days[-1] - self.days[0]).days
        if not span:
            return self.plot_right
        return round(self.plot_left + (self.plot_right - self.plot_left) * (day - self.days[0]).days / span, 1)

    def _points(self, line: MarginLine) -> list[dict[str, Any]]:
        return [
            {
                "x": self._x(day),
                "y": self.axis.place(margin),
                "colour": line_colour(self.pair[0] if margin > 0 else self.pair[1]),
                "label": sentences.name_definition(line.definition, self.language),
                "day": self.language.date(day),
                "value": margins.write_points(margin, self.language),
                "piece": self.standing.piece(day),
            }
            for day, margin in line.points
        ]

    def _line(self, line: MarginLine) -> alt.Chart:
        weight = 2.6 if line.definition.attribution == "origin" else 1.4
        chart: alt.Chart = alt.Chart(parts.build_data(self._points(line))).mark_line(
            color=colour("muted"), strokeWidth=weight, strokeDash=_DASHES[line.definition.window] or alt.Undefined
        )
        return chart.encode(x=parts.pixel_x(), y=parts.pixel_y(), order=alt.Order("x:Q"), detail=alt.Detail("piece:N"))

    def _dots(self) -> list[alt.Chart]:
        """Build the dots in the colour of who is ahead; only the last ones where there are many dates."""
        tooltip = parts.build_tooltip(
            ("label", self.language.gettext("Definition")),
            ("day", self.language.gettext("Date")),
            ("value", self.language.gettext("Margin")),
        )
        first = 0 if len(self.days) <= FEW_DATES else -1
        return [margins.build_dots([row for line in self.lines for row in self._points(line)[first:]], tooltip)]

    def _changes(self) -> list[alt.Chart]:
        rows = [
            {
                "x": self._x(change.as_of),
                "y": self.axis.place(0),
                "colour": line_colour(change.leader),
                "label": sentences.name_definition(line.definition, self.language),
                "day": self.language.date(change.as_of),
                "value": self.language.place(change.leader),
            }
            for line in self.lines
            for change in line.history.changes
        ]
        tooltip = parts.build_tooltip(
            ("label", self.language.gettext("Definition")),
            ("day", self.language.gettext("Seen first on")),
            ("value", self.language.gettext("Ahead from then")),
        )
        return [margins.build_dots(rows, tooltip, hollow=True)] if rows else []

    def _grid(self) -> list[alt.Chart]:
        left, right, axis = self.plot_left, self.plot_right, self.axis
        grid = [margins.line_of(left, right, axis.place(t), axis.place(t)) for t in axis.ticks if t]
        zero = [margins.line_of(left, right, axis.place(0), axis.place(0), "ink")]
        labels = [
            {"x": left - 7, "y": axis.place(t), "text": margins.write_tick(t, axis.step, self.language)}
            for t in axis.ticks
        ]
        title = parts.capital(self.language.universe(self.lines[0].definition.universe))
        return [
            margins.build_strokes(grid, strokeWidth=1),
            margins.build_strokes(zero, strokeWidth=1.4),
            parts.small_labels(labels, align="right"),
            parts.build_labels([{"x": self.left, "y": self.top + 12, "text": title}], fontWeight=600),
            self._dates(),
        ]

    def _dates(self) -> alt.Chart:
        places = [self._x(day) for day in self.days]
        words = [parts.short_date(day, self.days, self.language) for day in self.days]
        room = max(measure(word, SMALL_TEXT) for word in words) + 8
        rows = [
            {"x": places[index], "y": self.top + PANEL - 9, "text": words[index]}
            for index in parts.pick_dates(self.days, places, room)
        ]
        return parts.small_labels(rows, align="center")

    def _names(self) -> list[alt.Chart]:
        wanted = [self.axis.place(line.points[-1][1]) for line in self.lines]
        places = spread(wanted, 14, self.top + HEAD - 4, self.top + PANEL - FOOT + 2)
        rows = [
            {"x": self.plot_right + 9, "y": place, "text": cut(self._name(line), SMALL_TEXT, 200)}
            for line, place in zip(self.lines, places, strict=True)
        ]
        bold = [row for row, line in zip(rows, self.lines, strict=True) if line.definition.attribution == "origin"]
        plain = [row for row in rows if row not in bold]
        return [parts.small_labels(bold, fontWeight=600), parts.small_labels(plain)]
