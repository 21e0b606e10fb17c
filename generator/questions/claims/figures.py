"""A figure of each test that has numbers: both sides over time, and the day on which the claim was made."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from generator.figures.figure import Figure, build_figure
from generator.figures.lines import Line, Lines, Note, Panel, draw_lines
from generator.figures.marks import Mark, Standing
from generator.figures.theme import colour, line_colour, place_colour
from generator.questions import phrases
from generator.questions.claims import tables as declared
from generator.questions.claims.tables import (
    Outcome,
    find_claim,
    list_attributions,
    list_claims,
    list_names,
    list_tests,
)
from generator.questions.claims.words import name_side, state_now, state_since, write_pair, write_short
from generator.questions.ground import Tables
from generator.questions.report import Report
from generator.questions.surges import pick_standing
from generator.star.columns import COLUMNS
from generator.star.table import Column, Kind, Row, Table, declare_table
from generator.text.say import NOTHING, Sentence, join, known, say

_KINDS: Final[Mapping[str, Kind]] = {"share": "share", "parameters": "count"}
_THIN = (3, 3)


def build(tables: Tables, report: Report) -> tuple[Figure, ...]:
    """Build a figure for each test whose two sides have values that say something of it."""
    claims = list_claims(tables).values()
    drawn = (result for result in list_tests(claims) if result.is_drawn)
    return tuple(_build_figure(find_claim(result.test["test"], claims), result, report) for result in drawn)


def _build_figure(claim: Row, result: Outcome, report: Report) -> Figure:
    test = result.test
    now = join(state_now(result, report.data.scope), state_since(result))
    names = (name_side(test, "measure"), _name_against(test))
    picture = choose_picture(claim, result, pick_standing(report, most=0), names)
    return build_figure(
        _fill_table(result),
        draw_lines,
        picture,
        slug=f"claims-{test['test']}",
        headline=_state_figure(result),
        subtitle=describe_measure(claim, result),
        how_to_read=join(
            say(
                "Lines: the two sides of the test on each date that has both. The vertical line marks the day on "
                "which the claim was made; hollow dots show what its source gave then. A ring marks a change."
            ),
            _explain_other(result),
            known(test["leaves_out"]),
            phrases.describe_growth(report.data),
        ),
        alt=join(known(claim["words"]), known(test["words"]), now),
    )


def _fill_table(result: Outcome) -> Table:
    """Return date, both sides, the same by the other attribution where there is one, the condition."""
    test = result.test
    left, right = name_side(test, "measure") or say("Measure"), _name_against(test)
    sides = [_name_column(declared.VALUE, left, test), _name_column(declared.AGAINST, right, test)]
    if _has_other(result):
        sides += [
            _name_column(declared.OTHER, say("{name}, counted the other way", name=left), test),
            _name_column(declared.OTHER_AGAINST, say("{name}, counted the other way", name=right), test),
        ]
    columns = (COLUMNS["as_of"], *sides, declared.CONDITION)
    table = declare_table(f"claims-{test['test']}", "A test over time", "A date.", *columns)
    return table.fill([{**point.row, "condition": point.condition} for point in result.points])


def _name_column(column: Column, title: Sentence, test: Row) -> Column:
    return replace(column, title=title, kind=_KINDS.get(test["unit"], "number"))


def choose_picture(claim: Row, result: Outcome, standing: Standing, names: tuple[Sentence, Sentence]) -> Lines:
    """Return the two sides of a test as lines.

    Args:
        claim: the claim that rests on it.
        result: a test with at least one point.
        standing: where its lines are broken.
        names: of the measure and of what it is held against.
    """
    sides = _style_sides(result, names)
    claimed = say("claimed {claimed_on:date}", **claim)
    panel = Panel(
        (*sides, *_style_others(result, sides)),
        "value",
        notes=(*_note_then(claim, result, sides), *_note_changes(result, sides[0])),
        unit="count" if result.test["unit"] == "parameters" else str(result.test["unit"]),
        lead=say("no numbers recorded"),
    )
    return Lines(
        (panel,),
        x="as_of",
        series="",
        heights=(250, 250),
        standing=replace(standing, marks=(Mark(claimed, claim["claimed_on"], claim["claimed_on"]),)),
        more_days=(claim["claimed_on"],),
    )


def _style_sides(result: Outcome, names: tuple[Sentence, Sentence]) -> tuple[Line, Line]:
    """Return how the two sides look: in the colours of their places, a threshold dotted."""
    test = result.test
    measured, against = (list_names(test[side]) for side in ("measure", "against"))
    codes = [side[0].replace("/", ".").rpartition(".")[2] for side in (measured, against)]
    dash = (6, 3) if result.meanwhile else ()
    first = line_colour(codes[0]) if len(measured) == 1 else colour("accent")
    left = Line("value", names[0], first, dash, 2.4, strong=True, y="value")
    if test["threshold"] is not None:
        return left, Line("against", "", colour("muted"), (2, 3), 2.0, y="against_value", dotted=False)
    own = place_colour(codes[1])
    second = own if own != first else colour("muted")
    return left, Line("against", names[1], second, dash, 2.0, strong=True, y="against_value")


def _style_others(result: Outcome, sides: Sequence[Line]) -> tuple[Line, ...]:
    """Return how the sides look by the other attribution: thin and dashed, without a name."""
    if not any(point.other for point in result.points):
        return ()
    shown = sides[:1] if result.test["threshold"] is not None else sides
    return tuple(
        Line(f"other_{side.key}", "", side.ink, _THIN, 1.2, valued=False, y=f"other_{side.y}", dotted=False)
        for side in shown
    )


def _note_then(claim: Row, result: Outcome, sides: Sequence[Line]) -> tuple[Note, ...]:
    """Note what the source of the claim gave on its day."""
    if list_names(claim["tests"])[0] != result.test["test"]:
        return ()
    given = zip(sides, (claim["value_then"], claim["against_then"]), strict=True)
    return tuple(
        Note(
            claim["claimed_on"],
            value,
            side.ink,
            say("{name}: the source gave {value}", name=side.name, value=write_short(value, result.test["unit"])),
        )
        for side, value in given
        if value is not None and side.name
    )


def _note_changes(result: Outcome, side: Line) -> tuple[Note, ...]:
    """Note the dates on which a change was seen first."""
    days = {change.date for change in result.changes}
    return tuple(
        Note(
            point.date,
            point.own.value,
            side.ink,
            say("Changed, seen first on {date:date}", date=point.date),
        )
        for point in result.points
        if point.date in days
    )


def _has_other(result: Outcome) -> bool:
    return any(point.other for point in result.points)


def _explain_other(result: Outcome) -> Sentence:
    """Say what the thin dashed lines are."""
    if not _has_other(result):
        return NOTHING
    if list_attributions(result.test["about"])[0] == "origin":
        return say("Thick: counted by maker, as the claim is about makers; thin and dashed: by publisher.")
    return say("Thick: counted by publisher, as the claim is about publishers; thin and dashed: by maker.")


def _state_figure(result: Outcome) -> Sentence:
    """State the newest numbers of both sides, and what they say of the test."""
    pair = write_pair(result.test, result.points[-1].own)
    return {
        "holds": say("{pair}: it holds.", pair=pair),
        "level": say("{pair}: level, the question is open.", pair=pair),
        "does-not": say("{pair}: it does not hold.", pair=pair),
        "depends": say("{pair}: it depends on who is counted.", pair=pair),
        "too-little": say("{pair}, with too little history to test the claim.", pair=pair),
        "no-data": say("{pair}, which cannot test the claim.", pair=pair),
    }[result.state]


def _name_against(test: Row) -> Sentence:
    return say("Mark") if test["threshold"] is not None else name_side(test, "against")


def describe_measure(claim: Row, result: Outcome) -> Sentence:
    """Say what is measured: the claim, its test, and the window that stands in where its own has no number."""
    if not result.meanwhile:
        return say("The claim: {claim} Its test: {test}", claim=known(claim["words"]), test=known(result.test["words"]))
    return say(
        "The claim: {claim} Shown meanwhile: the window “{window:window}”, which is not the claim's own.",
        claim=known(claim["words"]),
        window=result.meanwhile,
    )
