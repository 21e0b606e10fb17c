"""How far a lead hangs on choices: the specification curve, and what single models and publishers move."""

import dataclasses
from collections.abc import Sequence
from dataclasses import replace
from statistics import median
from typing import Final

from generator.base import encode
from generator.figures.bars import Bar, Bars, draw_bars
from generator.figures.bars import Group as BarGroup
from generator.figures.figure import Figure, build_figure
from generator.figures.ranges import OFFSET, Group, Marks, Ranges, Row, draw_ranges
from generator.figures.theme import colour, line_colour
from generator.questions import sentences
from generator.questions.ground import Tables
from generator.questions.report import Report
from generator.questions.sensitivity.words import (
    describe_swings,
    list_kinds,
    name_exclusion,
    state_curve,
    state_reversals,
    state_swings,
)
from generator.star.columns import COLUMNS
from generator.star.sensitivity import LeftOut, Sensitivity
from generator.star.specifications import EXCLUSIONS, Specification, SpecificationCurve
from generator.star.table import Column, Table, declare_table
from generator.text.say import Sentence, say, write

# Models, and publishers, with a bar.
BARS: Final = 8
CURVES: Final = declare_table(
    "specification-curve",
    "The margin under every definition and exclusion",
    "A definition with an exclusion.",
    *(COLUMNS["window"], COLUMNS["universe"], COLUMNS["attribution"]),
    Column("exclusion", "said", say("Exclusion"), "What is left out, or how a doubt is decided."),
    Column("left_out", "text", say("Left out or moved"), "Names of what is left out."),
    Column("leader_share", "share", say("Leader"), "Share of the country that leads under the headline."),
    Column("second_share", "share", say("Second"), "Share of the next one."),
    Column("margin", "points", say("Margin, points"), "Share of the one minus that of the other."),
)
SWINGS: Final = declare_table(
    "leave-one-out",
    "The margin without one model or publisher",
    "A model or publisher that is left out.",
    Column("left_kind", "said", say("Kind"), "Publishers or models."),
    Column("left_name", "text", say("Left out"), "Its name on the Hub."),
    Column("country", "said", say("Country"), "Country that its downloads count for."),
    COLUMNS["downloads"],
    Column("swing", "points", say("Change, points"), "What its absence changes of the margin."),
    Column("margin_left", "points", say("Margin left, points"), "The margin without it."),
)


def build(_: Tables, report: Report) -> tuple[Figure | None, ...]:
    """Build what the report has records for."""
    return build_specification_curve(report), build_leave_one_out(report)


def build_specification_curve(report: Report) -> Figure | None:
    """Build the dots of all definitions and exclusions, a strip per exclusion; None with fewer than two countries."""
    curve = report.specifications
    if curve is None or not curve.rows:
        return None
    return build_figure(
        _list_curve(curve),
        draw_ranges,
        choose_curve(curve),
        slug="specification-curve",
        headline=state_curve(curve, report.data.scope),
        subtitle=say(
            "Margin in percentage points · each dot is one definition (window, models counted, attribution) · newest "
            "date ({date:date})",
            date=report.data.as_of,
        ),
        how_to_read=say(
            "A dot right of zero: {leader:the} has the larger share; left of zero: {second:the} has. Filled dots count "
            "by publisher, rings by maker. Each strip leaves something out, or decides a doubt the other way. The "
            "combinations share the same downloads: their number says how much a choice matters, not how probable an "
            "order is.",
            leader=curve.leader,
            second=curve.second,
        ),
        alt=state_reversals(curve, report.data.scope),
    )


def _list_curve(curve: SpecificationCurve) -> Table:
    table = CURVES.hold([_list_specification(row, curve.second) for row in curve.rows])
    names = {"leader_share": write(curve.leader, "place"), "second_share": write(curve.second, "place")}
    return replace(
        table, columns=tuple(replace(each, title=names.get(each.name, each.title)) for each in table.columns)
    )


def group_rows(curve: SpecificationCurve) -> list[tuple[str, list[Specification]]]:
    """Return each exclusion with its rows: first without one, then those with the smallest margins."""
    groups = {name: [row for row in curve.rows if row.exclusion == name] for name in EXCLUSIONS}
    found = [(name, rows) for name, rows in groups.items() if rows]
    return sorted(found, key=lambda item: (item[0] != "none", median(row.margin for row in item[1])))


def _list_specification(row: Specification, second: str) -> tuple[object, ...]:
    names = ", ".join(encode.label(name) for name in row.names) or "–"
    shares = row.shares.leader, row.shares.second, row.margin
    return *dataclasses.astuple(row.definition), name_exclusion(row.exclusion, second), names, *shares


def choose_curve(curve: SpecificationCurve) -> Ranges:
    """Return a strip for each exclusion: dots by publisher, rings by origin, in the colour of who is ahead."""
    publisher, origin = write("publisher", "attribution"), write("origin", "attribution")
    return Ranges(
        groups=(Group(tuple(_make_strip(name, rows, curve) for name, rows in group_rows(curve))),),
        row="exclusion",
        marks=(
            Marks("margin", where=("attribution", publisher), shift=-OFFSET),
            Marks("margin", hollow=True, where=("attribution", origin), shift=OFFSET),
        ),
        inks={"above": line_colour(curve.leader), "below": line_colour(curve.second)},
        unit="points",
        heads=(
            (say("← {place:brief}", place=curve.second), line_colour(curve.second)),
            (say("{place:brief} →", place=curve.leader), line_colour(curve.leader)),
        ),
        head=say("{place:brief} ahead in", place=curve.leader),
        height=34,
    )


def _make_strip(exclusion: str, rows: Sequence[Specification], curve: SpecificationCurve) -> Row:
    name = name_exclusion(exclusion, curve.second)
    return Row(name, name, f"{sum(row.margin > 0 for row in rows)}/{len(rows)}")


def build_leave_one_out(report: Report) -> Figure | None:
    """Build the bars of the largest swings under the headline; None where it has fewer than two countries."""
    found = report.sensitivity.get(report.headline) if report.sensitivity else None
    if found is None or not (found.models or found.publishers):
        return None
    return build_figure(
        _list_swings(found),
        draw_bars,
        choose_swings(found),
        slug="leave-one-out",
        headline=state_swings(found),
        subtitle=say(
            "Change of the margin in percentage points, one left out at a time · {definition} · {dates}",
            definition=sentences.name_definition(found.definition),
            dates=sentences.describe_dates(report.table(found.definition)),
        ),
        how_to_read=say(
            "A bar to the left: without it, {leader:the} is less far ahead of {second:the}; to the right: farther. "
            "What is left out leaves both the numerator and the denominator. A bold name turns the order. Tried are "
            "the {models:count} models that the ledger names ({named:percent} of these downloads) and every named "
            "publisher.",
            leader=found.leader,
            second=found.second,
            models=found.models_tried,
            named=found.named,
        ),
        alt=describe_swings(found),
    )


def _list_swings(found: Sensitivity) -> Table:
    return SWINGS.hold([_list_swing(kind, row) for kind, rows in list_kinds(found) for row in rows])


def _list_swing(kind: Sentence, row: LeftOut) -> tuple[object, ...]:
    return kind, row.name, write(row.code, "place"), row.downloads, row.swing, row.shares.margin


def choose_swings(found: Sensitivity) -> Bars:
    """Return the largest swings of publishers and of models; a bold name turns the order."""
    groups = []
    for kind, rows in list_kinds(found):
        bars = tuple(
            Bar(
                encode.label(row.name),
                write(row.swing, "signed"),
                strong=row.shares.margin < 0,
            )
            for row in rows[:BARS]
        )
        groups += [BarGroup(bars, kind, where=("left_kind", kind))] if bars else []
    codes = {row.code for _, rows in list_kinds(found) for row in rows[:BARS]}
    return Bars(
        tuple(groups),
        name="left_name",
        value="swing",
        by="country",
        inks={write(code, "place"): _swing_colour(code) for code in sorted(codes)},
        heads=(say("← smaller lead"), say("larger lead →")),
    )


def _swing_colour(code: str) -> str:
    return line_colour(code) if line_colour(code) != colour("accent") else colour("place-other")
