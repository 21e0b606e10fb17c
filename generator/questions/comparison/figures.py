"""Published shares beside ours: a ring for theirs, a dot for ours, and what keeps them apart."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from generator.base import encode
from generator.figures import parts
from generator.figures.figure import Cell, Figure, Table
from generator.figures.ranges import Group, Marks, Ranges, Row, draw_ranges
from generator.figures.theme import line_colour
from generator.questions import sentences
from generator.questions.comparison.tables import Comparison
from generator.questions.report import Report
from generator.registry.records import FIGURE_STATES
from generator.text.say import NOTHING, Sentence, begin, join, say, write

SLUG: Final = "published-figures"


def name_cause(cause: str) -> Sentence:
    """Say in a few words why a published figure and ours agree, differ or cannot be compared."""
    return {
        "agrees": say("reproduced within one point"),
        "value": say("same definition and time, different value"),
        "definition": say("ours counts something else"),
        "date": say("ours is of another time"),
        "scope": say("ours is of a selection of models, not of the whole Hub"),
        "unit": say("it is no share of downloads by country"),
        "row": say("it counts what this report keeps apart"),
        "no-number": say("these data have no number near it"),
    }[cause]


def name_state(state: str) -> Sentence:
    """Name the state of a comparison."""
    return {
        "reproduced": say("reproduced"),
        "different": say("different"),
        "not-comparable": say("not comparable"),
    }[state]


def state_comparisons(rows: tuple[Comparison, ...]) -> Sentence:
    """State how many published figures there are, how many can be compared, and how many are reproduced."""
    beside = [row for row in rows if row.ours is not None]
    reproduced = sum(row.state == "reproduced" for row in rows)
    selection = sum(row.cause == "scope" for row in beside)
    values = {"total": len(rows), "beside": len(beside), "reproduced": reproduced}
    if beside and selection == len(beside):
        return say(
            "{beside:count} of {total:count} published figures can be set beside a number of ours, but none is "
            "tested: these data are a selection of models, not the whole Hub.",
            **values,
        )
    return say(
        "{beside:count} of {total:count} published figures can be set beside a number of ours; {reproduced:count} "
        "agree within one point.",
        **values,
    )


def state_reading(rows: tuple[Comparison, ...]) -> Sentence:
    """State how many published figures were read in their own source, and how many only as another quotes them."""
    number = {status: sum(row.figure.status == status for row in rows) for status in FIGURE_STATES}
    return say(
        "{primary:count} of {total:count} were read in their own source, {secondary:count} as another quotes them; "
        "{computed:count} are sums of ours from published numbers.",
        total=len(rows),
        **number,
    )


def build_published_figures(report: Report) -> Figure | None:
    """Build a pair of marks for each published share that has a number of ours; None where none has."""
    rows = tuple(row for row in report.comparisons or () if row.ours is not None)
    if not rows:
        return None
    finding = state_comparisons(report.comparisons)
    table = _list_table(rows)
    return Figure(
        slug=SLUG,
        headline=finding,
        subtitle=say(
            "Share of downloads · as published, and ours under the nearest definition · each of its own time · data "
            "of {date:date}",
            date=report.data.as_of,
        ),
        source=sentences.describe_source(report.data),
        how_to_read=say(
            "A ring is the published share, a dot is ours; the line between is the difference. The words below each "
            "pair say what keeps the two from being the same measurement. A difference is no error of either."
        ),
        alt=join(finding, *[_describe(row) for row in rows]),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_ranges, table, choose_picture(rows)),
    )


def _list_table(rows: Sequence[Comparison]) -> Table:
    return Table(
        columns=(
            parts.text_column("published_by", say("Published by")),
            parts.text_column("what", say("What")),
            parts.share_column("published", say("Published")),
            parts.share_column("ours", say("Ours")),
            parts.text_column("definition", say("Our definition")),
            parts.date_column("as_of", say("Our window ends on")),
            parts.text_column("state", say("State")),
            parts.text_column("cause", say("Why")),
        ),
        rows=tuple(_list_row(row) for row in rows),
    )


def _describe(row: Comparison) -> Sentence:
    return say(
        "{what}: {theirs:percent} as published, {ours:percent} here ({cause}).",
        what=encode.label(row.figure.what),
        theirs=row.figure.value,
        ours=row.ours or 0.0,
        cause=name_cause(row.cause),
    )


def _list_row(row: Comparison) -> tuple[Cell, ...]:
    return (
        encode.label(row.figure.source),
        encode.label(row.figure.what),
        row.figure.value,
        row.ours,
        sentences.name_definition(row.definition) if row.definition else "",
        row.as_of.isoformat() if row.as_of else "",
        name_state(row.state),
        name_cause(row.cause),
    )


def choose_picture(rows: Sequence[Comparison]) -> Ranges:
    """Return a ring for each published share and a dot for ours, with what keeps the two apart below them."""
    sources = dict.fromkeys(encode.label(row.figure.source) for row in rows)
    return Ranges(
        groups=tuple(
            Group(
                tuple(_make_row(row) for row in rows if encode.label(row.figure.source) == source),
                ("published_by", source),
            )
            for source in sources
        ),
        row="what",
        marks=(Marks("ours"), Marks("published", hollow=True)),
        link=("published", "ours"),
        by="what",
        inks={
            encode.label(row.figure.what): line_colour(row.figure.code) if row.figure.code else "muted" for row in rows
        },
        named_above=True,
        outer=True,
        height=30,
    )


def _make_row(row: Comparison) -> Row:
    what = encode.label(row.figure.what)
    return Row(what, f"{what} · {encode.label(row.figure.source)}", note=_note(row))


def _note(row: Comparison) -> Sentence:
    ours = sentences.name_definition(row.definition) if row.definition else NOTHING
    ends = write(row.figure.ends_on, "date") if row.figure.ends_on else say("not stated")
    return say(
        "Theirs to {theirs}; ours: {ours}, to {date}. {cause}.",
        theirs=ends,
        ours=ours,
        date=write(row.as_of, "date") if row.as_of else NOTHING,
        cause=begin(name_cause(row.cause)),
    )
