"""How far a lead hangs on choices: the specification curve, and what single models and publishers move."""

import dataclasses
from collections import Counter
from collections.abc import Sequence
from functools import partial
from statistics import median
from typing import Final

from generator.base import encode
from generator.base.scope import Scope
from generator.figures import margins, parts
from generator.figures.bars import Bar, Bars, draw_bars
from generator.figures.bars import Group as BarGroup
from generator.figures.figure import Figure, Table
from generator.figures.ranges import OFFSET, Group, Marks, Ranges, Row, draw_ranges
from generator.figures.theme import colour, line_colour
from generator.questions import phrases, sentences
from generator.questions.report import Report
from generator.questions.sensitivity.specifications import EXCLUSIONS, Specification, SpecificationCurve
from generator.questions.sensitivity.tables import LeftOut, Sensitivity
from generator.text.language import Language

CURVE: Final = "specification-curve"
SWINGS: Final = "leave-one-out"
# Models, and publishers, with a bar.
BARS: Final = 8


def name_exclusion(exclusion: str, second: str, language: Language) -> str:
    """Name an exclusion; `second` is the code of the country that trails."""
    return {
        "none": language.gettext("Nothing left out"),
        "largest-model": language.gettext("Without the largest model"),
        "largest-publisher": language.gettext("Without the largest publisher"),
        "old-encoders": language.gettext("Without the five old encoders"),
        "unreviewed-to-second": language.gettext(
            "All unreviewed given to %(place)s", place=parts.in_sentence(second, language)
        ),
        "parent-country": language.gettext("Subsidiaries where their parent sits"),
    }[exclusion]


def state_curve(curve: SpecificationCurve, scope: Scope, language: Language) -> str:
    """State in how many combinations the leader is ahead, and between what margins; over a list the margins alone."""
    values = {
        "place": phrases.begin(curve.leader, language),
        "second": parts.in_sentence(curve.second, language),
        "low": margins.write_points(curve.rows[0].margin, language),
        "high": margins.write_points(curve.rows[-1].margin, language),
    }
    if not scope.may_rank:
        return language.gettext(
            "%(place)s minus %(second)s within %(list)s: from %(low)s to %(high)s points, by definition and exclusion.",
            list=scope.name,
            **values,
        )
    return language.gettext(
        "%(place)s is ahead of %(second)s in %(led)s of %(total)s combinations of definition and exclusion; the "
        "margin runs from %(low)s to %(high)s points.",
        led=language.count(curve.led),
        total=language.count(len(curve.rows)),
        **values,
    )


def state_reversals(curve: SpecificationCurve, scope: Scope, language: Language) -> str:
    """State which exclusion most of the other combinations share; nothing over a list, where none are counted."""
    if not scope.may_rank:
        return ""
    turned = [row for row in curve.rows if row.margin <= 0]
    if not turned:
        return language.gettext("None of the exclusions turns the order.")
    exclusion, number = Counter(row.exclusion for row in turned).most_common(1)[0]
    names = {name for row in turned if row.exclusion == exclusion for name in row.names[:1]}
    return language.gettext(
        "Of the %(turned)s combinations in which it is not ahead, %(number)s have in common: “%(exclusion)s”%(who)s.",
        turned=language.count(len(turned)),
        number=language.count(number),
        exclusion=name_exclusion(exclusion, curve.second, language),
        who=f" ({encode.label(names.pop())})" if exclusion.startswith("largest") and len(names) == 1 else "",
    )


def build_specification_curve(report: Report, language: Language) -> Figure | None:
    """Build the dots of all definitions and exclusions, a strip per exclusion; None with fewer than two countries."""
    curve = report.specifications
    if curve is None or not curve.rows:
        return None
    finding = state_curve(curve, report.data.scope, language)
    table = _list_curve(curve, language)
    return Figure(
        slug=CURVE,
        headline=finding,
        subtitle=language.gettext(
            "Margin in percentage points · each dot is one definition (window, models counted, attribution) · newest "
            "date (%(date)s)",
            date=language.date(report.data.as_of),
        ),
        source=sentences.describe_source(report.data, language),
        how_to_read=language.gettext(
            "A dot right of zero: %(leader)s has the larger share; left of zero: %(second)s has. Full dots count by "
            "publisher, rings by origin. Each strip leaves something out, or decides a doubt the other way. The "
            "combinations share the same downloads: their number says how much a choice matters, not how probable "
            "an order is.",
            leader=parts.in_sentence(curve.leader, language),
            second=parts.in_sentence(curve.second, language),
        ),
        alt=phrases.join_sentences(finding, state_reversals(curve, report.data.scope, language)),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_ranges, table, choose_curve(curve, language), language=language),
    )


def _list_curve(curve: SpecificationCurve, language: Language) -> Table:
    return Table(
        columns=(
            parts.text_column("window", language.gettext("Window")),
            parts.text_column("models", language.gettext("Models")),
            parts.text_column("attribution", language.gettext("Attribution")),
            parts.text_column("exclusion", language.gettext("Exclusion")),
            parts.text_column("names", language.gettext("Left out or moved")),
            parts.share_column("leader_share", language.place(curve.leader)),
            parts.share_column("second_share", language.place(curve.second)),
            parts.points_column("margin", language.gettext("Margin, points")),
        ),
        rows=tuple(_list_specification(row, curve.second, language) for row in curve.rows),
    )


def group_rows(curve: SpecificationCurve) -> list[tuple[str, list[Specification]]]:
    """Return each exclusion with its rows: first without one, then those with the smallest margins."""
    groups = {name: [row for row in curve.rows if row.exclusion == name] for name in EXCLUSIONS}
    found = [(name, rows) for name, rows in groups.items() if rows]
    return sorted(found, key=lambda item: (item[0] != "none", median(row.margin for row in item[1])))


def _list_specification(row: Specification, second: str, language: Language) -> tuple[str | float, ...]:
    window, universe, attribution = dataclasses.astuple(row.definition)
    return (
        language.window(window),
        language.universe(universe),
        language.attribution(attribution),
        name_exclusion(row.exclusion, second, language),
        ", ".join(encode.label(name) for name in row.names) or "–",
        row.shares.leader,
        row.shares.second,
        row.margin,
    )


def choose_curve(curve: SpecificationCurve, language: Language) -> Ranges:
    """Return a strip for each exclusion: dots by publisher, rings by origin, in the colour of who is ahead."""
    publisher, origin = language.attribution("publisher"), language.attribution("origin")
    leader, second = parts.short_place(curve.leader, language), parts.short_place(curve.second, language)
    return Ranges(
        groups=(Group(tuple(_make_strip(name, rows, curve, language) for name, rows in group_rows(curve))),),
        row="exclusion",
        marks=(
            Marks("margin", where=("attribution", publisher), shift=-OFFSET),
            Marks("margin", hollow=True, where=("attribution", origin), shift=OFFSET),
        ),
        inks={"above": line_colour(curve.leader), "below": line_colour(curve.second)},
        unit="points",
        heads=((f"← {second}", line_colour(curve.second)), (f"{leader} →", line_colour(curve.leader))),
        head=language.gettext("%(place)s ahead in", place=leader),
        height=34,
    )


def _make_strip(exclusion: str, rows: Sequence[Specification], curve: SpecificationCurve, language: Language) -> Row:
    name = name_exclusion(exclusion, curve.second, language)
    return Row(name, name, f"{sum(row.margin > 0 for row in rows)}/{len(rows)}")


def state_swings(found: Sensitivity, language: Language) -> str:
    """State what turns the order when left out alone, or what moves it most."""
    values = {
        "first": parts.in_sentence(found.leader, language),
        "second": parts.in_sentence(found.second, language),
        "margin": language.points(found.shares.margin),
    }
    rows = (*found.models, *found.publishers)
    if len(found.turned_by) == 1:
        left = next(row.shares.margin for row in rows if row.name == found.turned_by[0])
        return language.gettext(
            "Without %(name)s alone, the margin of %(first)s over %(second)s would turn from %(margin)s to %(left)s "
            "points.",
            name=encode.label(found.turned_by[0]),
            left=margins.write_points(left, language),
            **values,
        )
    if found.turned_by:
        return language.gettext(
            "Any one of %(number)s models and publishers, left out alone, would turn the margin of %(first)s over "
            "%(second)s (%(margin)s), among them %(name)s.",
            number=language.count(len(found.turned_by)),
            name=encode.label(found.turned_by[-1]),
            **values,
        )
    largest = max(rows, key=lambda row: abs(row.swing), default=None)
    if largest is None:
        return language.gettext("No single model or publisher is known by name in this window.")
    return language.gettext(
        "No single model or publisher turns the order of %(first)s and %(second)s; %(name)s moves the margin of "
        "%(margin)s most, to %(left)s points.",
        name=encode.label(largest.name),
        left=margins.write_points(largest.shares.margin, language),
        **values,
    )


def build_leave_one_out(report: Report, language: Language) -> Figure | None:
    """Build the bars of the largest swings under the headline; None where it has fewer than two countries."""
    found = report.sensitivity.get(report.headline) if report.sensitivity else None
    if found is None or not (found.models or found.publishers):
        return None
    finding, table = state_swings(found, language), _list_swings(found, language)
    return Figure(
        slug=SWINGS,
        headline=finding,
        subtitle=language.gettext(
            "Change of the margin in percentage points, one left out at a time · %(definition)s · %(dates)s",
            definition=sentences.name_definition(found.definition, language),
            dates=sentences.describe_dates(report.table(found.definition), language),
        ),
        source=sentences.describe_source(report.data, language),
        how_to_read=language.gettext(
            "A bar to the left: without it, %(leader)s is less far ahead of %(second)s; to the right: farther. What is "
            "left out leaves both the numerator and the denominator. A bold name turns the order. Tried are the "
            "%(models)s models that the ledger names (%(named)s of these downloads) and every named publisher.",
            leader=parts.in_sentence(found.leader, language),
            second=parts.in_sentence(found.second, language),
            models=language.count(found.models_tried),
            named=language.percent(found.named),
        ),
        alt=phrases.join_sentences(finding, _describe_largest(found, language)),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_bars, table, choose_swings(found, language), language=language),
    )


def _list_swings(found: Sensitivity, language: Language) -> Table:
    return Table(
        columns=(
            parts.text_column("kind", language.gettext("Kind")),
            parts.text_column("name", language.gettext("Left out")),
            parts.text_column("place", language.gettext("Country")),
            parts.count_column("downloads", language.gettext("Downloads")),
            parts.points_column("swing", language.gettext("Change, points")),
            parts.points_column("margin", language.gettext("Margin left, points")),
        ),
        rows=tuple(_list_swing(kind, row, language) for kind, rows in _kinds(found, language) for row in rows),
    )


def _describe_largest(found: Sensitivity, language: Language) -> str:
    return " ".join(
        language.gettext(
            "%(kind)s: the largest change is %(swing)s points, without %(name)s.",
            kind=kind,
            swing=margins.write_points(rows[0].swing, language),
            name=encode.label(rows[0].name),
        )
        for kind, rows in _kinds(found, language)
        if rows
    )


def _kinds(found: Sensitivity, language: Language) -> list[tuple[str, Sequence[LeftOut]]]:
    return [(language.gettext("Publishers"), found.publishers), (language.gettext("Models"), found.models)]


def _list_swing(kind: str, row: LeftOut, language: Language) -> tuple[str | int | float, ...]:
    place = language.place(row.code)
    return kind, encode.label(row.name), place, row.downloads, row.swing, row.shares.margin


def choose_swings(found: Sensitivity, language: Language) -> Bars:
    """Return the largest swings of publishers and of models; a bold name turns the order."""
    groups = []
    for kind, rows in _kinds(found, language):
        bars = tuple(
            Bar(
                encode.label(row.name),
                margins.write_points(row.swing, language),
                strong=row.shares.margin < 0,
            )
            for row in rows[:BARS]
        )
        groups += [BarGroup(bars, kind, where=("kind", kind))] if bars else []
    codes = {row.code for _, rows in _kinds(found, language) for row in rows[:BARS]}
    return Bars(
        tuple(groups),
        name="name",
        value="swing",
        by="place",
        inks={language.place(code): _swing_colour(code) for code in sorted(codes)},
        heads=(language.gettext("← smaller lead"), language.gettext("larger lead →")),
    )


def _swing_colour(code: str) -> str:
    return line_colour(code) if line_colour(code) != colour("accent") else colour("place-other")
