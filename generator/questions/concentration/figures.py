"""Concentration over time: two indices for publishers, countries and models, with the bounds of what is folded."""

import math
from collections.abc import Mapping
from typing import Final

from generator.figures.figure import Figure, build_figure
from generator.figures.lines import Line, Lines, Panel, draw_lines
from generator.figures.marks import Standing
from generator.questions import phrases, sentences
from generator.questions.concentration.tables import UNITS
from generator.questions.concentration.words import state_equals
from generator.questions.ground import Tables
from generator.questions.report import Report
from generator.questions.surges import pick_standing
from generator.star.table import Row, Table
from generator.text.say import Sentence, join, say, write

# The colours are of nobody's country.
_STYLES: Final[Mapping[str, tuple[str, tuple[int, ...]]]] = {
    "countries": ("ink", ()),
    "publishers": ("accent", ()),
    "models": ("muted", (5, 3)),
}


def build(tables: Tables, report: Report) -> tuple[Figure, ...]:
    """Build the two panels of indices; none where no date has 30-day counts."""
    history, measures = tables["concentration-history"], tables["concentration-measures"]
    rows = history.records()
    if not rows:
        return ()
    finding = state_equals(measures)
    figure = build_figure(
        history.pick(
            "as_of", "unit_counted", "units", "share_largest", "hhi_lower", "hhi_upper", "gini_lower", "gini_upper"
        ),
        draw_lines,
        choose_picture(history, pick_standing(report, most=0)),
        slug="concentration",
        headline=finding,
        subtitle=say(
            "Herfindahl-Hirschman index and Gini coefficient of downloads · 30 days · all models · by publisher · "
            "{start:date} to {end:date}",
            start=rows[0]["as_of"],
            end=rows[-1]["as_of"],
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
        alt=join(finding, *[_describe(row) for row in measures.records()]),
    )
    return (figure,)


def _describe(row: Row) -> Sentence:
    return say(
        "{unit}: index {hhi}, Gini coefficient {gini}.",
        unit=UNITS[row["unit_counted"]],
        hhi=write(row["hhi_lower"], "hhi"),
        gini=write(row["gini_lower"], "0.000"),
    )


def choose_picture(history: Table, standing: Standing) -> Lines:
    """Return the lines of each unit in a panel for each index; an index with bounds that differ is a band."""
    floor = math.floor(history.frame["gini_lower"].min() * 20 - 1e-9) / 20
    title = say("Gini coefficient, axis from {floor:0.00}", floor=floor)
    lines = tuple(Line(name, name, *_STYLES[unit]) for unit, name in UNITS.items() if history.find(unit_counted=unit))
    panels = (
        Panel(lines, "hhi_lower", say("Herfindahl-Hirschman index"), y2="hhi_upper", unit="hhi"),
        Panel(lines, "gini_lower", title, y2="gini_upper", unit="gini", ticks=_choose_ticks(floor)),
    )
    return Lines(panels, x="as_of", series="unit_counted", standing=standing)


def _choose_ticks(floor: float) -> tuple[float, ...]:
    step = (1 - floor) / (2 if round((1 - floor) * 20) % 4 else 4)
    return tuple(round(floor + step * number, 4) for number in range(round((1 - floor) / step) + 1))
