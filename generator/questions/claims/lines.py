"""The picture of a claim: both sides of its test over time, and the day on which it was made."""

from collections.abc import Sequence
from dataclasses import replace

from generator.figures.lines import Line, Lines, Note, Panel
from generator.figures.marks import Mark, Standing
from generator.figures.theme import colour, line_colour, place_colour
from generator.questions.claims.tables import Outcome
from generator.registry.claims import Claim
from generator.text.say import Sentence, say, write

_THIN = (3, 3)


def choose_picture(claim: Claim, result: Outcome, standing: Standing, names: tuple[Sentence, Sentence]) -> Lines:
    """Return the two sides of a test as lines.

    Args:
        claim: the claim that rests on it.
        result: a test with at least one point.
        standing: where its lines are broken.
        names: of the measure and of what it is held against.
    """
    sides = _style_sides(result, names)
    claimed = say("claimed {date:date}", date=claim.claimed_on)
    panel = Panel(
        (*sides, *_style_others(result, sides)),
        "value",
        notes=(*_note_then(claim, result, sides), *_note_changes(result, sides[0])),
        unit={"parameters": "count"}.get(result.test.unit, result.test.unit),
        lead=say("no numbers held"),
    )
    return Lines(
        (panel,),
        series="",
        heights=(250, 250),
        standing=replace(standing, marks=(Mark(claimed, claim.claimed_on, claim.claimed_on),)),
        more_days=(claim.claimed_on,),
    )


def write_value(value: float, unit: str) -> Sentence:
    """Write a value in its unit within a sentence."""
    if unit == "parameters":
        return say("{number:spell} parameters", number=value)
    if unit == "days":
        return say("{number:number} days", number=value)
    return write_short(value, unit)


def write_short(value: float, unit: str) -> Sentence:
    """Write a value in its unit where there is little room."""
    if unit == "share":
        return write(value, "percent")
    if unit == "parameters":
        return write(value, "short")
    number = write(value, "number")
    return say("{number}\u00a0d", number=number) if unit == "days" else number


def _style_sides(result: Outcome, names: tuple[Sentence, Sentence]) -> tuple[Line, Line]:
    """Return how the two sides look: in the colours of their places, a threshold dotted."""
    test = result.test
    codes = [side[0].replace("/", ".").rpartition(".")[2] for side in (test.measure, test.against)]
    dash = (6, 3) if result.meanwhile else ()
    first = line_colour(codes[0]) if len(test.measure) == 1 else colour("accent")
    left = Line("value", names[0], first, dash, 2.4, strong=True, y="value")
    if test.threshold is not None:
        return left, Line("against", "", colour("muted"), (2, 3), 2.0, y="against", dotted=False)
    own = place_colour(codes[1])
    second = own if own != first else colour("muted")
    return left, Line("against", names[1], second, dash, 2.0, strong=True, y="against")


def _style_others(result: Outcome, sides: Sequence[Line]) -> tuple[Line, ...]:
    """Return how the sides look by the other attribution: thin and dashed, without a name."""
    if not any(point.other for point in result.points):
        return ()
    shown = sides[:1] if result.test.threshold is not None else sides
    return tuple(
        Line(f"other_{side.key}", "", side.ink, _THIN, 1.2, valued=False, y=f"other_{side.y}", dotted=False)
        for side in shown
    )


def _note_then(claim: Claim, result: Outcome, sides: Sequence[Line]) -> tuple[Note, ...]:
    """Note what the source of the claim gave on its day."""
    if claim.tests[0] != result.test.slug:
        return ()
    given = zip(sides, (claim.value_then, claim.against_then), strict=True)
    return tuple(
        Note(
            claim.claimed_on,
            value,
            side.ink,
            say("{name}: the source gave {value}", name=side.name, value=write_short(value, result.test.unit)),
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
            point.value,
            side.ink,
            say("Changed, seen first on {date:date}", date=point.date),
        )
        for point in result.points
        if point.date in days
    )
