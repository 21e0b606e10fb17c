"""Published shares beside ours: a ring for theirs, a dot for ours, and what keeps them apart."""

from generator.base import encode
from generator.figures.figure import Figure, build_figure
from generator.figures.ranges import Group, Marks, Ranges, draw_ranges
from generator.figures.ranges import Row as Pair
from generator.figures.theme import line_colour
from generator.questions import sentences
from generator.questions.comparison.tables import CAUSES
from generator.questions.comparison.words import state_comparisons
from generator.questions.ground import Tables
from generator.questions.report import Report
from generator.star.definitions import DEFINITIONS
from generator.star.table import Row, Table, say_known
from generator.text.say import Sentence, begin, join, known, say, write


def build(tables: Tables, report: Report) -> tuple[Figure, ...]:
    """Build a pair of marks for each published share that has a number of ours; none where none has."""
    figures = tables["comparison-figures"]
    beside = figures.where(our_definition=list(DEFINITIONS))
    rows = beside.records()
    if not rows:
        return ()
    columns = ("share_published", "share_ours", "our_definition", "window_ends_on", "agreement", "cause")
    figure = build_figure(
        say_known(beside.pick("published_by", "what", *columns), "published_by", "what"),
        draw_ranges,
        choose_picture(beside),
        slug="published-figures",
        headline=state_comparisons(figures),
        subtitle=say(
            "Share of downloads · as published, and ours under the nearest definition · each for its own period · data "
            "of {date:date}",
            date=report.data.as_of,
        ),
        how_to_read=say(
            "A ring is the published share, a dot is ours; the line between is the difference. The words below each "
            "pair say what keeps the two from being the same measurement. A difference does not make either of them "
            "wrong."
        ),
        alt=join(*[_describe(row) for row in rows]),
    )
    return (figure,)


def _describe(row: Row) -> Sentence:
    return say(
        "{what}: {theirs:percent} as published, {ours:percent} here ({cause}).",
        what=_name(row),
        theirs=row["share_published"],
        ours=row["share_ours"],
        cause=CAUSES[row["cause"]],
    )


def choose_picture(beside: Table) -> Ranges:
    """Return a ring for each published share and a dot for ours, with what keeps the two apart below them."""
    rows = beside.records()
    sources = dict.fromkeys(_name(row, "published_by") for row in rows)
    return Ranges(
        groups=tuple(
            Group(
                tuple(_make_pair(row) for row in rows if _name(row, "published_by") == source),
                ("published_by", source),
            )
            for source in sources
        ),
        row="what",
        marks=(Marks("share_ours"), Marks("share_published", hollow=True)),
        link=("share_published", "share_ours"),
        by="what",
        inks={_name(row): line_colour(row["country_code"]) if row["country_code"] else "muted" for row in rows},
        named_above=True,
        outer=True,
        height=30,
    )


def _make_pair(row: Row) -> Pair:
    what = _name(row)
    return Pair(what, join(what, _name(row, "published_by"), between=" · "), note=_note(row))


def _name(row: Row, column: str = "what") -> Sentence:
    return known(encode.label(row[column]))


def _note(row: Row) -> Sentence:
    return say(
        "Theirs to {theirs}; ours: {ours}, to {date:date}. {cause}.",
        theirs=write(row["counts_to"], "date") if row["counts_to"] else say("not stated"),
        ours=sentences.DEFINITION_NAMES[row["our_definition"]],
        date=row["window_ends_on"],
        cause=begin(CAUSES[row["cause"]]),
    )
