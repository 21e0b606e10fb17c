"""Comparison: what others published beside what this report finds under the nearest definition."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from generator.ledger.intervals import Interval
from generator.registry import PublishedFigure
from generator.star.definitions import ATTRIBUTIONS, UNIVERSES, WINDOWS, Definition
from generator.star.shares import ShareTable

# Figures that agree within this many percentage points are called reproduced; many are published as whole ones.
TOLERANCE_POINTS: Final = 1.0
# A table this near to the end of a figure's window speaks of the same time.
TOLERANCE_DAYS: Final = 31
STATES: Final = ("reproduced", "different", "not-comparable")
CAUSES: Final = ("agrees", "value", "definition", "date", "scope", "unit", "row", "no-number")

_DEFINITION_OF: Final = {
    definition.slug: definition
    for definition in (Definition(*parts) for parts in product(WINDOWS, UNIVERSES, ATTRIBUTIONS))
}


@dataclass(frozen=True)
class Comparison:
    """One published figure beside ours.

    Attributes:
        figure: the registry's row; its `reason` says in words what differs.
        definition: the definition that ours is under; None where there is no number of ours.
        as_of: the last day of our window.
        ours: the share of the figure's country, 0 to 1; None where there is none.
        difference_points: ours minus theirs, in percentage points.
        state: `reproduced`, `different` or `not-comparable`.
        cause: why, the first that holds. Not comparable: `unit` it is no share of downloads, `row` the registry's row
            says why not, `no-number` no table of ours is near it. Different: `scope` ours is of a selection of
            models, `definition` ours counts something else, `date` ours is of another time, `value` none of these,
            the numbers differ. Reproduced: `agrees`.
    """

    figure: PublishedFigure
    definition: Definition | None
    as_of: dt.date | None
    ours: float | None
    difference_points: float | None
    state: str
    cause: str


def compute_comparisons(
    figures: Sequence[PublishedFigure],
    histories: Mapping[Definition, Sequence[ShareTable]],
    intervals: Sequence[Interval],
) -> tuple[Comparison, ...]:
    """Compare each published figure with the table nearest to it in definition, then in time.

    Args:
        figures: the registry's rows.
        histories: each definition's tables, oldest first.
        intervals: all intervals; their scopes tell whether a table is of the whole Hub.
    """
    return tuple(_compare(figure, histories, intervals) for figure in figures)


def find_table(figure: PublishedFigure, histories: Mapping[Definition, Sequence[ShareTable]]) -> ShareTable | None:
    """Return the table nearest to a figure.

    Of its nearest definition, else of the same universe and attribution over the longest window there is; of these
    the one whose last day is nearest to the figure's, the newest where none is within a month of it.
    """
    wanted = _DEFINITION_OF.get(figure.nearest)
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


def _compare(
    figure: PublishedFigure,
    histories: Mapping[Definition, Sequence[ShareTable]],
    intervals: Sequence[Interval],
) -> Comparison:
    table = find_table(figure, histories)
    if figure.unit != "share" or not figure.comparable or table is None:
        cause = "unit" if figure.unit != "share" else "row" if not figure.comparable else "no-number"
        return Comparison(figure, None, None, None, None, "not-comparable", cause)
    ours = table.share_of(figure.code)
    difference = round((ours - figure.value) * 100, 9)  # an edge of one point is not a matter of binary fractions
    cause = _find_cause(figure, table, intervals, difference)
    state = "reproduced" if cause == "agrees" else "different"
    return Comparison(figure, table.definition, table.as_of, ours, difference, state, cause)


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
