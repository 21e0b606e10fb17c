"""Comparison: what others published beside what this report finds under the nearest definition."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final

from generator.ledger.intervals import Interval
from generator.questions import sentences
from generator.questions.ground import Ground
from generator.registry import PublishedFigure
from generator.star.columns import COLUMNS
from generator.star.definitions import DEFINITIONS, Definition
from generator.star.shares import ShareTable
from generator.star.table import Column, Row, Table, declare_table
from generator.text import words
from generator.text.say import say

# Figures that agree within this many percentage points are called reproduced; many are published as whole ones.
TOLERANCE_POINTS: Final = 1.0
# A table this near to the end of a figure's window speaks of the same time.
TOLERANCE_DAYS: Final = 31
STATES: Final = {
    "reproduced": say("reproduced"),
    "different": say("different"),
    "not-comparable": say("not comparable"),
}
# Why a published figure and ours agree, differ or cannot be compared.
CAUSES: Final = {
    "agrees": say("reproduced within one point"),
    "value": say("same definition and period, different value"),
    "definition": say("ours counts something else"),
    "date": say("ours covers another period"),
    "scope": say("ours covers a selection of models, not the whole Hub"),
    "unit": say("it is not a share of downloads by country"),
    "row": say("it counts what this report keeps apart"),
    "no-number": say("these data have no comparable number"),
}

FIGURES: Final = declare_table(
    "comparison-figures",
    "Published figures beside ours",
    "A figure that others published, in the registry's order.",
    Column("figure", "text", say("Name"), "Its name in the registry."),
    Column("published_by", "text", say("Published by"), "Who, and where, in words."),
    Column("published_on", "date", say("Published on"), "When."),
    Column("what", "text", say("What"), "What the number is of, in words."),
    COLUMNS["country_code"],
    Column("published_value", "number", say("Value"), "The number as published, in its unit; shares are fractions."),
    Column(
        "published_unit", "text", say("Unit"), "share, part (of something else), downloads, models, tokens, factor."
    ),
    Column("share_published", "share", say("Published"), "The number where it is a share of downloads by country."),
    Column("counts_from", "date", say("Counts from"), "The first day that it counts; empty where it is not stated."),
    Column("counts_to", "date", say("Counts to"), "The last day that it counts; empty where it is not stated."),
    Column("their_definition", "text", say("It counts"), "What its source counts, in words."),
    Column("nearest_definition", "text", say("Nearest"), "Definition of ours that is nearest to it; empty if none is."),
    Column(
        "our_definition",
        "text",
        say("Our definition"),
        "Definition of our number; empty without one.",
        vocabulary=sentences.DEFINITION_NAMES,
    ),
    Column("window_ends_on", "date", say("Our window ends on"), "The last day of our window; empty without one."),
    Column("share_ours", "share", say("Ours"), "The country's share under it; empty where none is near."),
    Column("difference_points", "number", say("Difference"), "Ours minus theirs, in percentage points."),
    Column("agreement", "text", say("State"), "reproduced, different or not-comparable.", vocabulary=STATES),
    Column(
        "cause",
        "text",
        say("Why"),
        "The first that holds. Not comparable: unit it is no share of downloads, row the registry says why not, "
        "no-number no table of ours is near it. Different: scope ours is of a selection of models, definition ours "
        "counts something else, date ours covers another period, value none of these. Reproduced: agrees.",
        vocabulary=CAUSES,
    ),
    Column("what_differs", "text", say("What differs"), "What differs, or why there is no comparison, in words."),
    Column("read_in", "text", say("Read"), "primary, secondary or computed.", vocabulary=words.FIGURE_STATUSES),
    COLUMNS["source_url"],
    COLUMNS["checked_on"],
)


def compute(ground: Ground) -> tuple[Table, ...]:
    """Compute the table of the registry's published figures."""
    return (compare_figures(ground.registry.figures, ground.histories, ground.reading.intervals),)


def compare_figures(
    figures: Sequence[PublishedFigure],
    histories: Mapping[Definition, Sequence[ShareTable]],
    intervals: Sequence[Interval],
) -> Table:
    """Compare each published figure with the table nearest to it in definition, then in time.

    Args:
        figures: the registry's rows.
        histories: each definition's tables, oldest first.
        intervals: all intervals; their scopes tell whether a table is of the whole Hub.
    """
    return FIGURES.fill([{**_describe(each), **_compare(each, histories, intervals)} for each in figures])


def find_table(figure: PublishedFigure, histories: Mapping[Definition, Sequence[ShareTable]]) -> ShareTable | None:
    """Return the table nearest to a figure.

    Of its nearest definition, else of the same universe and attribution over the longest window there is; of these
    the one whose last day is nearest to the figure's, the newest where none is within a month of it.
    """
    wanted = DEFINITIONS.get(figure.nearest)
    if wanted is None:
        return None
    windows = dict.fromkeys([wanted.window, "12m", "held", "30d"])
    choices = [Definition(window, wanted.universe, wanted.attribution) for window in windows]
    tables = next((histories[choice] for choice in choices if histories.get(choice)), None)
    if tables is None:
        return None
    near = [table for table in tables if _count_days_between(table, figure) <= TOLERANCE_DAYS]
    return min(near, key=lambda table: _count_days_between(table, figure)) if near else tables[-1]


def _count_days_between(table: ShareTable, figure: PublishedFigure) -> float:
    """Return the days from a figure's last day to a table's, without sign; infinite where the figure names none."""
    return abs((table.as_of - figure.ends_on).days) if figure.ends_on else float("inf")


def _describe(figure: PublishedFigure) -> Row:
    return {
        "figure": figure.figure,
        "published_by": figure.source,
        "published_on": figure.published_on,
        "what": figure.what,
        "country_code": figure.code or None,
        "published_value": figure.value,
        "published_unit": figure.unit,
        "share_published": figure.value if figure.unit == "share" else None,
        "counts_from": figure.starts_on,
        "counts_to": figure.ends_on,
        "their_definition": figure.their_definition,
        "nearest_definition": figure.nearest,
        "what_differs": figure.reason,
        "read_in": figure.status,
        "source_url": figure.source_url,
        "checked_on": figure.checked_on,
    }


def _compare(
    figure: PublishedFigure,
    histories: Mapping[Definition, Sequence[ShareTable]],
    intervals: Sequence[Interval],
) -> Row:
    table = find_table(figure, histories)
    if figure.unit != "share" or not figure.comparable or table is None:
        cause = "unit" if figure.unit != "share" else "row" if not figure.comparable else "no-number"
        return {"agreement": "not-comparable", "cause": cause}
    ours = table.share_of(figure.code)
    difference = round((ours - figure.value) * 100, 9)  # an edge of one point is not a matter of binary fractions
    cause = _find_cause(figure, table, intervals, difference)
    return {
        "our_definition": table.definition.slug,
        "window_ends_on": table.as_of,
        "share_ours": ours,
        "difference_points": difference,
        "agreement": "reproduced" if cause == "agrees" else "different",
        "cause": cause,
    }


def _find_cause(figure: PublishedFigure, table: ShareTable, intervals: Sequence[Interval], difference: float) -> str:
    """Return the first thing that keeps ours from being theirs; `agrees` if nothing does."""
    if not is_whole_hub(table, intervals):
        return "scope"
    if not figure.same_definition or table.definition.slug != figure.nearest:
        return "definition"
    if _count_days_between(table, figure) > TOLERANCE_DAYS:
        return "date"
    return "agrees" if abs(difference) <= TOLERANCE_POINTS else "value"


def is_whole_hub(table: ShareTable, intervals: Sequence[Interval]) -> bool:
    """Tell whether every interval that a table's window touches is of every public model of the Hub."""
    start = table.start or dt.date.min
    inside = [interval for interval in intervals if interval.end >= start and interval.end <= table.as_of]
    return bool(inside) and all(interval.scope == "hub" for interval in inside)
