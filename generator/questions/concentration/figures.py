"""Concentration over time: two indices for publishers, countries and models, with the bounds of what is folded."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import altair as alt
from babel.numbers import format_decimal

from generator.figures import margins, parts
from generator.figures.figure import Column, Figure
from generator.figures.margins import Axis
from generator.figures.marks import Standing
from generator.figures.text import measure, spread
from generator.figures.theme import SMALL_TEXT, WIDE, build_canvas, colour
from generator.questions import phrases, sentences
from generator.questions.concentration.tables import HHI_POINTS, UNITS, Concentration
from generator.questions.report import Report
from generator.questions.surges import pick_standing
from generator.star.dominant import ALL_MODELS
from generator.text.language import Language

SLUG: Final = "concentration"
PANEL: Final = 210
FEW_DATES: Final = 20
# The colours are of nobody's country.
_STYLES: Final[dict[str, tuple[str, list[int]]]] = {
    "countries": ("ink", []),
    "publishers": ("accent", []),
    "models": ("muted", [5, 3]),
}


@dataclass(frozen=True)
class Band:
    """One index of one unit over time.

    Attributes:
        unit: `publishers`, `countries` or `models`.
        points: date, lower and upper value, 0 to 1, oldest first.
    """

    unit: str
    points: tuple[tuple[dt.date, float, float], ...]


def name_unit(unit: str, language: Language) -> str:
    """Name what is concentrated."""
    return {
        "publishers": language.gettext("Publishers"),
        "countries": language.gettext("Countries"),
        "models": language.gettext("Models"),
    }[unit]


def write_hhi(value: float, language: Language) -> str:
    """Write a Herfindahl-Hirschman index on its scale from 0 to 10,000."""
    return language.count(value * HHI_POINTS)


def write_gini(value: float, language: Language) -> str:
    """Write a Gini coefficient with three decimals."""
    return format_decimal(value, "0.000", locale=language.locale)


def state_concentration(rows: Sequence[Concentration], language: Language) -> str:
    """State by how many equals the newest concentration of publishers and countries is matched."""
    newest = max(row.as_of for row in rows)
    found = {row.unit: row for row in rows if row.as_of == newest}
    units = [found[unit] for unit in ("publishers", "countries") if unit in found] or list(found.values())
    return language.gettext(
        "Downloads are as concentrated as if %(parts)s had equal shares.",
        parts=language.gettext(" and ").join(_state_equals(row, language) for row in units),
    )


def state_bases(report: Report, language: Language) -> str:
    """State the largest country's part of what a country is given, and of all; nothing where the two cannot be had."""
    rows = [row for row in report.concentration if row.unit == "countries" and row.as_of == report.data.as_of]
    table = report.table(ALL_MODELS) if ALL_MODELS in report.histories else None
    if not rows or table is None or not table.places:
        return ""
    return language.gettext(
        "Models from the largest country account for %(given)s of the downloads that a country is given, and for "
        "%(all)s of all downloads.",
        given=language.percent(rows[-1].largest),
        all=language.percent(table.places[0].share),
    )


def _state_equals(row: Concentration, language: Language) -> str:
    number = 1 / row.indices.hhi_lower
    values = {"number": format_decimal(number, "0.0", locale=language.locale)}
    return {
        "publishers": language.gettext("%(number)s publishers", **values),
        "countries": language.gettext("%(number)s countries", **values),
        "models": language.gettext("%(number)s models", **values),
    }[row.unit]


def build_concentration(report: Report, language: Language) -> Figure | None:
    """Build the two panels of indices; None where no date has 30-day counts."""
    rows = report.concentration
    if not rows:
        return None
    finding = state_concentration(rows, language)
    newest = max(row.as_of for row in rows)
    return Figure(
        slug=SLUG,
        headline=finding,
        subtitle=language.gettext(
            "Herfindahl-Hirschman index and Gini coefficient of downloads · 30 days · all models · by publisher · "
            "%(start)s to %(end)s",
            start=language.date(min(row.as_of for row in rows)),
            end=language.date(newest),
        ),
        source=sentences.describe_source(report.data, language),
        how_to_read=phrases.join_sentences(
            language.gettext(
                "The Herfindahl-Hirschman index is the sum of the squared shares, here times 10,000: 10,000 if one has "
                "all; 10,000 divided by it is the number of equals with the same index. The Gini coefficient is 0 if "
                "all are equal and near 1 if a few have nearly all; it also rises when many with few downloads join. "
                "Its axis does not begin at zero. Countries count the downloads that a country is given. A band shows "
                "what the models that are known only together allow."
            ),
            phrases.describe_growth(report.data, language),
        ),
        alt=phrases.join_sentences(finding, *[_describe(row, language) for row in rows if row.as_of == newest]),
        columns=_list_columns(language),
        rows=tuple(_list_row(row, language) for row in rows),
        draw=partial(_draw, rows, pick_standing(report), language),
    )


def _describe(row: Concentration, language: Language) -> str:
    return language.gettext(
        "%(unit)s: index %(hhi)s, Gini coefficient %(gini)s.",
        unit=name_unit(row.unit, language),
        hhi=write_hhi(row.indices.hhi_lower, language),
        gini=write_gini(row.indices.gini_lower, language),
    )


def _list_columns(language: Language) -> tuple[Column, ...]:
    return (
        parts.date_column("date", language.gettext("Date")),
        parts.text_column("unit", language.gettext("Unit")),
        parts.count_column("units", language.gettext("Number")),
        parts.share_column("largest", language.gettext("Largest share, of these units")),
        parts.text_column("hhi_lower", language.gettext("Index, lower bound")),
        parts.text_column("hhi_upper", language.gettext("Index, upper bound")),
        parts.text_column("gini_lower", language.gettext("Gini, lower bound")),
        parts.text_column("gini_upper", language.gettext("Gini, upper bound")),
    )


def _list_row(row: Concentration, language: Language) -> tuple[str | int | float, ...]:
    indices = row.indices
    numbers = (indices.hhi_lower, indices.hhi_upper, indices.gini_lower, indices.gini_upper)
    name = name_unit(row.unit, language)
    return (row.as_of.isoformat(), name, row.units, row.largest, *(f"{number:.6f}" for number in numbers))


def pick_bands(rows: Sequence[Concentration], index: str) -> tuple[Band, ...]:
    """Return the bands of an index, `hhi` or `gini`, one per unit."""
    bands = []
    for unit in UNITS:
        points = tuple(
            (row.as_of, getattr(row.indices, f"{index}_lower"), getattr(row.indices, f"{index}_upper"))
            for row in rows
            if row.unit == unit
        )
        bands += [Band(unit, points)] if points else []
    return tuple(bands)


def _draw(rows: Sequence[Concentration], standing: Standing, language: Language, width: int) -> alt.LayerChart:
    wide = width >= WIDE
    room = (width - 28) / 2 if wide else width
    hhi, gini = pick_bands(rows, "hhi"), pick_bands(rows, "gini")
    floor = math.floor(min(low for band in gini for _, low, _ in band.points) * 20 - 1e-9) / 20
    first = _Panel(hhi, standing, language, 0, 0, room, language.gettext("Herfindahl-Hirschman index"), "hhi", 0.0)
    title = language.gettext(
        "Gini coefficient, axis from %(floor)s", floor=format_decimal(floor, "0.00", language.locale)
    )
    left, top = (room + 28, 0) if wide else (0, PANEL + 12)
    second = _Panel(gini, standing, language, left, top, room, title, "gini", floor)
    height = PANEL if wide else 2 * PANEL + 12
    return build_canvas([*first.build(), *second.build()], width, height)


class _Panel:
    """One index, placed in pixels."""

    def __init__(
        self,
        bands: tuple[Band, ...],
        standing: Standing,
        language: Language,
        left: float,
        top: float,
        room: float,
        title: str,
        index: str,
        floor: float,
    ) -> None:
        self.bands, self.standing, self.language, self.title, self.index = bands, standing, language, title, index
        self.left, self.top = left, top
        write = write_hhi if index == "hhi" else write_gini
        self.names = [f"{name_unit(band.unit, language)} {write(band.points[-1][1], language)}" for band in bands]
        self.axis = Axis(_choose_ticks(bands, floor, index), top + PANEL - 24, top + 34)
        self.start = left + max(measure(self._tick(tick), SMALL_TEXT) for tick in self.axis.ticks) + 8
        self.end = left + room - max(measure(name, SMALL_TEXT) for name in self.names) - 12
        self.days = sorted({day for band in bands for day, _, _ in band.points})

    def build(self) -> list[alt.Chart]:
        """Return the layers of the panel."""
        return [*self._frame(), *[layer for band in self.bands for layer in self._band(band)], *self._ends()]

    def _tick(self, tick: float) -> str:
        if self.index == "hhi":
            return write_hhi(tick, self.language)
        return format_decimal(tick, "0.00", locale=self.language.locale)

    def _x(self, day: dt.date) -> float:
        span = (self.days[-1] - self.days[0]).days
        return (
            self.end if not span else round(self.start + (self.end - self.start) * (day - self.days[0]).days / span, 1)
        )

    def _frame(self) -> list[alt.Chart]:
        grid = [
            margins.line_of(self.start, self.end, self.axis.place(tick), self.axis.place(tick))
            for tick in self.axis.ticks
        ]
        labels = [
            {"x": self.start - 7, "y": self.axis.place(tick), "text": self._tick(tick)} for tick in self.axis.ticks
        ]
        words = [parts.short_date(day, self.days, self.language) for day in self.days]
        gap = max(measure(word, SMALL_TEXT) for word in words) + 8
        places = [self._x(day) for day in self.days]
        dates = [
            {"x": places[position], "y": self.top + PANEL - 9, "text": words[position]}
            for position in parts.pick_dates(self.days, places, gap)
        ]
        return [
            margins.build_strokes(grid, strokeWidth=1),
            parts.small_labels(labels, align="right"),
            parts.small_labels(dates, align="center"),
            parts.build_labels([{"x": self.left, "y": self.top + 12, "text": self.title}], fontWeight=600),
        ]

    def _band(self, band: Band) -> list[alt.Chart]:
        name, dash = _STYLES[band.unit]
        rows: list[dict[str, Any]] = [
            {
                "x": self._x(day),
                "y": self.axis.place(low),
                "y2": self.axis.place(high),
                "colour": colour(name),
                "label": name_unit(band.unit, self.language),
                "day": self.language.date(day),
                "value": self._write_range(low, high),
                "piece": self.standing.piece(day),
            }
            for day, low, high in band.points
        ]
        base = alt.Chart(parts.build_data(rows))
        area = base.mark_area(fill=colour(name), opacity=0.22).encode(
            x=parts.pixel_x(), y=parts.pixel_y(), y2=alt.Y2("y2:Q"), detail=alt.Detail("piece:N")
        )
        line = base.mark_line(color=colour(name), strokeWidth=2, strokeDash=dash or alt.Undefined)
        places = {"x": parts.pixel_x(), "y": parts.pixel_y(), "order": alt.Order("x:Q")}
        layers = [area, line.encode(**places, detail=alt.Detail("piece:N"))]
        if len(self.days) <= FEW_DATES:
            tooltip = parts.build_tooltip(
                ("label", self.language.gettext("Unit")),
                ("day", self.language.gettext("Date")),
                ("value", self.language.gettext("Index")),
            )
            layers.append(margins.build_dots(rows, tooltip))
        return layers

    def _write_range(self, low: float, high: float) -> str:
        write = write_hhi if self.index == "hhi" else write_gini
        first, last = write(low, self.language), write(high, self.language)
        return first if first == last else f"{first} – {last}"

    def _ends(self) -> list[alt.Chart]:
        wanted = [self.axis.place(band.points[-1][1]) for band in self.bands]
        places = spread(wanted, 15, self.top + 30, self.top + PANEL - 24)
        rows = [
            {"x": self.end + 9, "y": place, "text": name, "colour": colour(_STYLES[band.unit][0])}
            for band, name, place in zip(self.bands, self.names, places, strict=True)
        ]
        return [parts.build_labels(rows, fontSize=SMALL_TEXT).encode(color=parts.own_colour())]


def _choose_ticks(bands: Sequence[Band], floor: float, index: str) -> tuple[float, ...]:
    if index == "hhi":
        return tuple(parts.choose_ticks(max(high for band in bands for _, _, high in band.points)))
    step = (1 - floor) / (2 if round((1 - floor) * 20) % 4 else 4)
    return tuple(round(floor + step * number, 4) for number in range(round((1 - floor) / step) + 1))
