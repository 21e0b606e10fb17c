"""Concentration over time: two indices for publishers, countries and models, with the bounds of what is folded."""

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from generator.figures import parts
from generator.figures.figure import Cell, Column, Figure, Table
from generator.figures.lines import Line, Lines, Panel, draw_lines
from generator.figures.marks import Standing
from generator.questions import phrases, sentences
from generator.questions.concentration.tables import HHI_POINTS, UNITS, Concentration
from generator.questions.report import Report
from generator.questions.surges import pick_standing
from generator.star.dominant import ALL_MODELS
from generator.text.say import NOTHING, Sentence, join, say, write

SLUG: Final = "concentration"
# The colours are of nobody's country.
_STYLES: Final[Mapping[str, tuple[str, tuple[int, ...]]]] = {
    "countries": ("ink", ()),
    "publishers": ("accent", ()),
    "models": ("muted", (5, 3)),
}


def name_unit(unit: str) -> Sentence:
    """Name what is concentrated."""
    return {
        "publishers": say("Publishers"),
        "countries": say("Countries"),
        "models": say("Models"),
    }[unit]


def write_hhi(value: float) -> Sentence:
    """Write a Herfindahl-Hirschman index on its scale from 0 to 10,000."""
    return write(value * HHI_POINTS, "count")


def write_gini(value: float) -> Sentence:
    """Write a Gini coefficient with three decimals."""
    return write(value, "0.000")


def state_concentration(rows: Sequence[Concentration]) -> Sentence:
    """State by how many equals the newest concentration of publishers and countries is matched."""
    newest = max(row.as_of for row in rows)
    found = {row.unit: row for row in rows if row.as_of == newest}
    units = [found[unit] for unit in ("publishers", "countries") if unit in found] or list(found.values())
    return say(
        "Downloads are as concentrated as if {parts} had equal shares.",
        parts=join(*(_state_equals(row) for row in units), between=say(" and ")),
    )


def state_bases(report: Report) -> Sentence:
    """State the largest country's part of what a country is given, and of all; nothing where the two cannot be had."""
    rows = [row for row in report.concentration if row.unit == "countries" and row.as_of == report.data.as_of]
    table = report.table(ALL_MODELS) if ALL_MODELS in report.histories else None
    if not rows or table is None or not table.places:
        return NOTHING
    return say(
        "Models from the largest country account for {given:percent} of the downloads that a country is given, and "
        "for {all:percent} of all downloads.",
        given=rows[-1].largest,
        all=table.places[0].share,
    )


def _state_equals(row: Concentration) -> Sentence:
    number = 1 / row.indices.hhi_lower
    return {
        "publishers": say("{number:0.0} publishers", number=number),
        "countries": say("{number:0.0} countries", number=number),
        "models": say("{number:0.0} models", number=number),
    }[row.unit]


def build_concentration(report: Report) -> Figure | None:
    """Build the two panels of indices; None where no date has 30-day counts."""
    rows = report.concentration
    if not rows:
        return None
    finding = state_concentration(rows)
    newest = max(row.as_of for row in rows)
    table = _list_table(rows)
    picture = choose_picture(rows, pick_standing(report, most=0))
    return Figure(
        slug=SLUG,
        headline=finding,
        subtitle=say(
            "Herfindahl-Hirschman index and Gini coefficient of downloads · 30 days · all models · by publisher · "
            "{start:date} to {end:date}",
            start=min(row.as_of for row in rows),
            end=newest,
        ),
        source=sentences.describe_source(report.data),
        how_to_read=join(
            say(
                "The Herfindahl-Hirschman index is the sum of the squared shares, here times 10,000: 10,000 if one has "
                "all; 10,000 divided by it is the number of equals with the same index. The Gini coefficient is 0 if "
                "all are equal and near 1 if a few have nearly all; it also rises when many with few downloads join. "
                "Its axis does not begin at zero. Countries count the downloads that a country is given. A band shows "
                "what the models that are known only together allow."
            ),
            phrases.describe_growth(report.data),
        ),
        alt=join(finding, *[_describe(row) for row in rows if row.as_of == newest]),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_lines, list_numbers(table), picture),
    )


def _list_table(rows: Sequence[Concentration]) -> Table:
    return Table(
        columns=_list_columns(),
        rows=tuple(_list_row(row) for row in rows),
    )


def _describe(row: Concentration) -> Sentence:
    return say(
        "{unit}: index {hhi}, Gini coefficient {gini}.",
        unit=name_unit(row.unit),
        hhi=write_hhi(row.indices.hhi_lower),
        gini=write_gini(row.indices.gini_lower),
    )


def _list_columns() -> tuple[Column, ...]:
    return (
        parts.date_column("date", say("Date")),
        parts.text_column("unit", say("Unit")),
        parts.count_column("units", say("Number")),
        parts.share_column("largest", say("Largest share, of these units")),
        parts.text_column("hhi_lower", say("Index, lower bound")),
        parts.text_column("hhi_upper", say("Index, upper bound")),
        parts.text_column("gini_lower", say("Gini, lower bound")),
        parts.text_column("gini_upper", say("Gini, upper bound")),
    )


def _list_row(row: Concentration) -> tuple[Cell, ...]:
    indices = row.indices
    numbers = (indices.hhi_lower, indices.hhi_upper, indices.gini_lower, indices.gini_upper)
    name = name_unit(row.unit)
    return (row.as_of.isoformat(), name, row.units, row.largest, *(f"{number:.6f}" for number in numbers))


def choose_picture(rows: Sequence[Concentration], standing: Standing) -> Lines:
    """Return the lines of each unit in a panel for each index; an index with bounds that differ is a band."""
    floor = math.floor(min(row.indices.gini_lower for row in rows) * 20 - 1e-9) / 20
    units = [unit for unit in UNITS if any(row.unit == unit for row in rows)]
    title = say("Gini coefficient, axis from {floor:0.00}", floor=floor)
    lines = tuple(Line(name_unit(unit), name_unit(unit), *_STYLES[unit]) for unit in units)
    panels = (
        Panel(lines, "hhi_lower", say("Herfindahl-Hirschman index"), y2="hhi_upper", unit="hhi"),
        Panel(lines, "gini_lower", title, y2="gini_upper", unit="gini", ticks=_choose_ticks(floor)),
    )
    return Lines(panels, series="unit", standing=standing)


def _choose_ticks(floor: float) -> tuple[float, ...]:
    step = (1 - floor) / (2 if round((1 - floor) * 20) % 4 else 4)
    return tuple(round(floor + step * number, 4) for number in range(round((1 - floor) / step) + 1))


def list_numbers(table: Table) -> Table:
    """Return the table with its indices as numbers, which stand in the file with all their digits."""
    return Table(table.columns, tuple((*row[:4], *(float(str(cell or 0)) for cell in row[4:])) for row in table.rows))
