"""Concentration over time: how many equals match publishers and countries; the table has two indices."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from generator.figures import parts
from generator.figures.figure import Figure, build_figure
from generator.figures.lines import Line, Lines, Panel, draw_lines
from generator.figures.marks import Standing
from generator.questions import phrases
from generator.questions.concentration.tables import UNITS
from generator.questions.concentration.words import state_equals
from generator.questions.ground import Tables
from generator.questions.report import Report
from generator.questions.surges import pick_standing
from generator.star.table import Column, Row, Table
from generator.text.say import Sentence, join, say, write

# The colours are of nobody's country.
_STYLES: Final[Mapping[str, str]] = {"publishers": "accent", "countries": "ink"}
_EQUALS: Final = (
    Column("equals_lower", "number", say("Equals, lower bound"), "How many of equal share have the index at its most."),
    Column("equals_upper", "number", say("Equals, upper bound"), "How many have it at its least."),
)


def build(tables: Tables, report: Report) -> tuple[Figure, ...]:
    """Build the two panels of indices; none where no date has 30-day counts."""
    history, measures = tables["concentration-history"], tables["concentration-measures"]
    rows = history.records()
    if not rows:
        return ()
    finding, shown = state_equals(measures), count_equals(history)
    figure = build_figure(
        shown,
        draw_lines,
        choose_picture(shown, pick_standing(report, most=0)),
        slug="concentration",
        headline=finding,
        subtitle=say(
            "Equals with the same concentration of downloads · 30 days · all models · by publisher · {start:date} to "
            "{end:date}",
            start=rows[0]["as_of"],
            end=rows[-1]["as_of"],
        ),
        how_to_read=join(
            say(
                "A line is by how many of equal share the downloads would be as concentrated: 1 if one has all. It is "
                "10,000 divided by the Herfindahl-Hirschman index, the sum of the squared shares times 10,000. For "
                "countries, only the downloads that are attributed to one count. A band shows the range that models "
                "known only as a group leave open. The table has the index, the Gini coefficient and the models, too."
            ),
            phrases.describe_growth(report.data),
        ),
        alt=join(*[_describe(row) for row in measures.records()]),
    )
    return (figure,)


def _describe(row: Row) -> Sentence:
    return say(
        "{unit}: index {hhi}, Gini coefficient {gini}.",
        unit=UNITS[row["unit_counted"]],
        hhi=write(row["hhi_lower"], "hhi"),
        gini=write(row["gini_lower"], "0.000"),
    )


def count_equals(history: Table) -> Table:
    """Say beside both indices how many of equal share would have the first."""
    bounds = {"equals_lower": 1 / history.frame["hhi_upper"], "equals_upper": 1 / history.frame["hhi_lower"]}
    counted = replace(history, columns=(*history.columns, *_EQUALS), frame=history.frame.assign(**bounds))
    indices = ("hhi_lower", "hhi_upper", "gini_lower", "gini_upper")
    return counted.pick("as_of", "unit_counted", "units", "share_largest", *indices, *bounds)


def choose_picture(shown: Table, standing: Standing) -> Lines:
    """Return a panel for publishers and one for countries, each on its own scale; bounds that differ are a band."""
    units = [unit for unit in _STYLES if shown.find(unit_counted=unit)] or list(
        dict.fromkeys(shown.frame["unit_counted"])
    )
    panels = tuple(_make_panel(unit, shown.where(unit_counted=unit).frame["equals_upper"].max()) for unit in units)
    return Lines(panels, x="as_of", series="unit_counted", standing=standing)


def _make_panel(unit: str, largest: float) -> Panel:
    name, ticks = UNITS[unit], parts.choose_ticks([largest], 4)
    line = Line(name, "", _STYLES.get(unit, "muted"))
    return Panel((line,), "equals_upper", name, y2="equals_lower", ticks=ticks, unit="equals")
