"""The margin of the two leaders over time, under every definition, with each change of the order marked."""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from generator.base.scope import Scope
from generator.figures import parts
from generator.figures.figure import Cell, Figure, Table
from generator.figures.lines import Line, Lines, Note, Panel, draw_lines
from generator.figures.marks import Standing
from generator.figures.theme import line_colour
from generator.questions import phrases, sentences
from generator.questions.crossovers.tables import LeadChange, PairHistory
from generator.questions.report import Report
from generator.questions.surges import describe_surges, pick_standing
from generator.star.definitions import UNIVERSES, Definition
from generator.text import words
from generator.text.say import Sentence, begin, join, say, write

SLUG: Final = "lead-over-time"
_DASHES: Final[Mapping[str, tuple[int, ...]]] = {"30d": (), "12m": (6, 3), "held": (6, 3), "all_time": (2, 3)}


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


def state_changes(lines: tuple[MarginLine, ...], pair: tuple[str, str], scope: Scope) -> Sentence:
    """State under how many definitions the order of the two changed, and who is ahead now; over a list neither."""
    if not scope.may_rank:
        return say(
            "The difference between {first:the} and {second:the} within {list}, under each definition, date by date.",
            first=pair[0],
            second=pair[1],
            list=scope.name,
        )
    changed = sum(bool(line.history.changes) for line in lines)
    ahead = sum(line.history.leader == pair[0] for line in lines)
    values: dict[str, Any] = {
        "first": pair[0],
        "second": pair[1],
        "ahead": ahead,
        "changed": changed,
        "total": len(lines),
        "since": min(line.points[0][0] for line in lines),
    }
    if not changed and ahead == len(lines):
        return say(
            "{first:The} has been ahead of {second:the} on every date since {since:date}, under all {total:count} "
            "definitions that have numbers.",
            **values,
        )
    return say(
        "{first:The} is ahead of {second:the} under {ahead:count} of {total:count} definitions; the order has changed "
        "under {changed:count} since {since:date}.",
        **values,
    )


def build_lead_over_time(report: Report) -> Figure | None:
    """Build a panel of margins for each group of models; None with fewer than two countries."""
    pair = phrases.find_pair(report)
    lines = pick_lines(report, pair) if pair and report.crossovers else ()
    if pair is None or not lines:
        return None
    finding = state_changes(lines, pair, report.data.scope)
    picture = choose_picture(lines, pair, pick_standing(report, most=1))
    table = _list_table(lines)
    return Figure(
        slug=SLUG,
        headline=finding,
        subtitle=say(
            "Margin in percentage points: {first:place} minus {second:place} · each definition · {start:date} to "
            "{end:date}",
            first=pair[0],
            second=pair[1],
            start=min(line.points[0][0] for line in lines),
            end=report.data.as_of,
        ),
        source=sentences.describe_source(report.data),
        how_to_read=join(
            say(
                "Above zero {first:the} has the larger share, below it {second:the}. Thick lines: by origin; thin "
                "lines: by publisher. Whole lines: 30 days; broken lines: the longer windows. A ring on the zero line "
                "marks a change of the order, which lies between that date and the one before.",
                first=pair[0],
                second=pair[1],
            ),
            phrases.describe_growth(report.data),
            describe_surges(report),
        ),
        alt=join(finding, _describe_range(lines)),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_lines, table, picture),
    )


def _list_table(lines: Sequence[MarginLine]) -> Table:
    return Table(
        columns=(
            parts.date_column("date", say("Date")),
            parts.text_column("definition", say("Definition")),
            parts.points_column("margin", say("Margin, points")),
            parts.text_column("change", say("Change of the order")),
        ),
        rows=tuple(row for line in lines for row in _list_points(line)),
    )


def _describe_range(lines: tuple[MarginLine, ...]) -> Sentence:
    newest = [line.points[-1][1] for line in lines]
    return say(
        "On the newest date the margin lies between {low:signed} and {high:signed} points.",
        low=min(newest),
        high=max(newest),
    )


def _list_points(line: MarginLine) -> list[tuple[Cell, ...]]:
    changes = {change.as_of: write(change.leader, "place") for change in line.history.changes}
    name = sentences.name_definition(line.definition)
    return [(day.isoformat(), name, margin, changes.get(day, "")) for day, margin in line.points]


def choose_picture(lines: Sequence[MarginLine], pair: tuple[str, str], standing: Standing) -> Lines:
    """Return a panel of margins for each group of models, each change of the order as a ring on zero."""
    universes = [name for name in UNIVERSES if any(line.definition.universe == name for line in lines)]
    return Lines(
        tuple(_make_panel([line for line in lines if line.definition.universe == name]) for name in universes),
        series="definition",
        standing=standing,
        signs=(line_colour(pair[0]), line_colour(pair[1])),
    )


def _make_panel(lines: Sequence[MarginLine]) -> Panel:
    notes = [
        Note(change.as_of, 0.0, line_colour(change.leader), _describe_change(line, change))
        for line in lines
        for change in line.history.changes
    ]
    title = begin(write(lines[0].definition.universe, "universe"))
    return Panel(tuple(_style_line(line) for line in lines), "margin", title, notes=tuple(notes))


def _describe_change(line: MarginLine, change: LeadChange) -> Sentence:
    return say(
        "{definition}: {place:place} ahead, seen first on {date:date}",
        definition=sentences.name_definition(line.definition),
        place=change.leader,
        date=change.as_of,
    )


def _style_line(line: MarginLine) -> Line:
    """Return how a definition's line looks: thick by origin, thin by publisher, whole over thirty days."""
    window, _, attribution = dataclasses.astuple(line.definition)
    short = {"30d": say("30 d"), "12m": say("12 m"), "held": say("held")}
    kind = {"publisher": say("publisher"), "origin": say("origin")}[attribution]
    is_strong = attribution == "origin"
    return Line(
        sentences.name_definition(line.definition),
        say("{kind}, {window}", kind=kind, window=short.get(window) or words.WINDOWS[window]),
        "muted",
        _DASHES[window],
        2.6 if is_strong else 1.4,
        strong=is_strong,
    )
