"""Concentration over time: two indices for publishers, countries and models, with the bounds of what is folded."""

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from babel.numbers import format_decimal

from generator.figures import parts
from generator.figures.figure import Column, Figure, Table
from generator.figures.lines import Line, Lines, Panel, draw_lines
from generator.figures.marks import Standing
from generator.questions import phrases, sentences
from generator.questions.concentration.tables import HHI_POINTS, UNITS, Concentration
from generator.questions.report import Report
from generator.questions.surges import pick_standing
from generator.star.dominant import ALL_MODELS
from generator.text.language import Language

SLUG: Final = "concentration"
# The colours are of nobody's country.
_STYLES: Final[Mapping[str, tuple[str, tuple[int, ...]]]] = {
    "countries": ("ink", ()),
    "publishers": ("accent", ()),
    "models": ("muted", (5, 3)),
}


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
    table = _list_table(rows, language)
    picture = choose_picture(rows, pick_standing(report, most=0), language)
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
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_lines, list_numbers(table), picture, language=language),
    )


def _list_table(rows: Sequence[Concentration], language: Language) -> Table:
    return Table(
        columns=_list_columns(language),
        rows=tuple(_list_row(row, language) for row in rows),
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


def choose_picture(rows: Sequence[Concentration], standing: Standing, language: Language) -> Lines:
    """Return the lines of each unit in a panel for each index; an index with bounds that differ is a band."""
    floor = math.floor(min(row.indices.gini_lower for row in rows) * 20 - 1e-9) / 20
    units = [unit for unit in UNITS if any(row.unit == unit for row in rows)]
    title = language.gettext(
        "Gini coefficient, axis from %(floor)s", floor=format_decimal(floor, "0.00", language.locale)
    )
    lines = tuple(Line(name_unit(unit, language), name_unit(unit, language), *_STYLES[unit]) for unit in units)
    panels = (
        Panel(lines, "hhi_lower", language.gettext("Herfindahl-Hirschman index"), y2="hhi_upper", unit="hhi"),
        Panel(lines, "gini_lower", title, y2="gini_upper", unit="gini", ticks=_choose_ticks(floor)),
    )
    return Lines(panels, series="unit", standing=standing)


def _choose_ticks(floor: float) -> tuple[float, ...]:
    step = (1 - floor) / (2 if round((1 - floor) * 20) % 4 else 4)
    return tuple(round(floor + step * number, 4) for number in range(round((1 - floor) / step) + 1))


def list_numbers(table: Table) -> Table:
    """Return the table with its indices as numbers, which stand in the file with all their digits."""
    return Table(table.columns, tuple((*row[:4], *(float(cell or 0) for cell in row[4:])) for row in table.rows))
