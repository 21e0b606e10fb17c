"""How far a lead hangs on choices, in sentences: what turns the order, and what moves the margin most."""

from collections import Counter
from collections.abc import Sequence

from generator.base import encode
from generator.base.scope import Scope
from generator.star.sensitivity import LeftOut, Sensitivity
from generator.star.specifications import SpecificationCurve
from generator.text import words
from generator.text.say import NOTHING, Sentence, join, say


def name_exclusion(exclusion: str, second: str) -> Sentence:
    """Name an exclusion; `second` is the code of the country that trails."""
    return {
        "none": say("Nothing left out"),
        "largest-model": say("Without the largest model"),
        "largest-publisher": say("Without the largest publisher"),
        "old-encoders": say("Without the five old encoders"),
        "unreviewed-to-second": say("All unreviewed downloads given to {place:the}", place=second),
        "parent-country": say("Subsidiaries in their parent's country"),
    }[exclusion]


def state_curve(curve: SpecificationCurve, scope: Scope) -> Sentence:
    """State in how many combinations the leader is ahead, and between what margins; over a list the margins alone."""
    values = {
        "place": curve.leader,
        "second": curve.second,
        "low": curve.rows[0].margin,
        "high": curve.rows[-1].margin,
    }
    if not scope.may_rank:
        return say(
            "{place:The} minus {second:the} within {list}: from {low:signed} to {high:signed} points, by definition "
            "and exclusion.",
            list=words.name_scope(scope),
            **values,
        )
    return say(
        "{place:The} is ahead of {second:the} in {led:count} of {total:count} combinations of definition and "
        "exclusion; the margin runs from {low:signed} to {high:signed} points.",
        led=curve.led,
        total=len(curve.rows),
        **values,
    )


def state_reversals(curve: SpecificationCurve, scope: Scope) -> Sentence:
    """State which exclusion most of the other combinations share; nothing over a list, where none are counted."""
    if not scope.may_rank:
        return NOTHING
    turned = [row for row in curve.rows if row.margin <= 0]
    if not turned:
        return say("None of the exclusions turns the order.")
    exclusion, number = Counter(row.exclusion for row in turned).most_common(1)[0]
    names = {name for row in turned if row.exclusion == exclusion for name in row.names[:1]}
    common = name_exclusion(exclusion, curve.second)
    if exclusion.startswith("largest") and len(names) == 1:
        common = say("{exclusion} ({name})", exclusion=common, name=encode.label(names.pop()))
    return say(
        "Of the {turned:count} combinations in which it is not ahead, {number:count} have in common: “{exclusion}”.",
        turned=len(turned),
        number=number,
        exclusion=common,
    )


def state_swings(found: Sensitivity) -> Sentence:
    """State what turns the order when left out alone, or what moves it most."""
    values = {"first": found.leader, "second": found.second, "margin": found.shares.margin}
    rows = (*found.models, *found.publishers)
    if len(found.turned_by) == 1:
        left = next(row.shares.margin for row in rows if row.name == found.turned_by[0])
        return say(
            "Without {name} alone, the margin of {first:the} over {second:the} would turn from {margin:points} to "
            "{left:signed} points.",
            name=encode.label(found.turned_by[0]),
            left=left,
            **values,
        )
    if found.turned_by:
        return say(
            "Any one of {number:count} models and publishers, left out alone, would turn the margin of {first:the} "
            "over {second:the} ({margin:points}), among them {name}.",
            number=len(found.turned_by),
            name=encode.label(found.turned_by[-1]),
            **values,
        )
    largest = max(rows, key=lambda row: abs(row.swing), default=None)
    if largest is None:
        return say("No single model or publisher is known by name in this window.")
    return say(
        "No single model or publisher turns the order of {first:the} and {second:the}; {name} moves the margin of "
        "{margin:points} most, to {left:signed} points.",
        name=encode.label(largest.name),
        left=largest.shares.margin,
        **values,
    )


def describe_swings(found: Sensitivity) -> Sentence:
    """Say the largest change of each kind."""
    return join(
        *(
            say(
                "{kind}: the largest change is {swing:signed} points, without {name}.",
                kind=kind,
                swing=rows[0].swing,
                name=encode.label(rows[0].name),
            )
            for kind, rows in list_kinds(found)
            if rows
        )
    )


def list_kinds(found: Sensitivity) -> list[tuple[Sentence, Sequence[LeftOut]]]:
    """List what was left out by kind."""
    return [(say("Publishers"), found.publishers), (say("Models"), found.models)]
