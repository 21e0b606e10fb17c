"""Published shares beside ours: a ring for theirs, a dot for ours, and what keeps them apart."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from generator.base import encode
from generator.figures import parts
from generator.figures.figure import Figure, Table
from generator.figures.ranges import Group, Marks, Ranges, Row, draw_ranges
from generator.figures.theme import line_colour
from generator.questions import phrases, sentences
from generator.questions.comparison.tables import Comparison
from generator.questions.report import Report
from generator.registry.records import FIGURE_STATES
from generator.text.language import Language

SLUG: Final = "published-figures"


def name_cause(cause: str, language: Language) -> str:
    """Say in a few words why a published figure and ours agree, differ or cannot be compared."""
    return {
        "agrees": language.gettext("reproduced within one point"),
        "value": language.gettext("same definition and time, different value"),
        "definition": language.gettext("ours counts something else"),
        "date": language.gettext("ours is of another time"),
        "scope": language.gettext("ours is of a selection of models, not of the whole Hub"),
        "unit": language.gettext("it is no share of downloads by country"),
        "row": language.gettext("it counts what this report keeps apart"),
        "no-number": language.gettext("these data have no number near it"),
    }[cause]


def name_state(state: str, language: Language) -> str:
    """Name the state of a comparison."""
    return {
        "reproduced": language.gettext("reproduced"),
        "different": language.gettext("different"),
        "not-comparable": language.gettext("not comparable"),
    }[state]


def state_comparisons(rows: tuple[Comparison, ...], language: Language) -> str:
    """State how many published figures there are, how many can be compared, and how many are reproduced."""
    beside = [row for row in rows if row.ours is not None]
    reproduced = sum(row.state == "reproduced" for row in rows)
    selection = sum(row.cause == "scope" for row in beside)
    values = {
        "total": language.count(len(rows)),
        "beside": language.count(len(beside)),
        "reproduced": language.count(reproduced),
    }
    if beside and selection == len(beside):
        return language.gettext(
            "%(beside)s of %(total)s published figures can be set beside a number of ours, but none is tested: these "
            "data are a selection of models, not the whole Hub.",
            **values,
        )
    return language.gettext(
        "%(beside)s of %(total)s published figures can be set beside a number of ours; %(reproduced)s agree within one "
        "point.",
        **values,
    )


def state_reading(rows: tuple[Comparison, ...], language: Language) -> str:
    """State how many published figures were read in their own source, and how many only as another quotes them."""
    number = {status: sum(row.figure.status == status for row in rows) for status in FIGURE_STATES}
    return language.gettext(
        "%(primary)s of %(total)s were read in their own source, %(secondary)s as another quotes them; %(computed)s "
        "are sums of ours from published numbers.",
        total=language.count(len(rows)),
        **{status: language.count(count) for status, count in number.items()},
    )


def build_published_figures(report: Report, language: Language) -> Figure | None:
    """Build a pair of marks for each published share that has a number of ours; None where none has."""
    rows = tuple(row for row in report.comparisons or () if row.ours is not None)
    if not rows:
        return None
    finding = state_comparisons(report.comparisons, language)
    table = _list_table(rows, language)
    return Figure(
        slug=SLUG,
        headline=finding,
        subtitle=language.gettext(
            "Share of downloads · as published, and ours under the nearest definition · each of its own time · data of "
            "%(date)s",
            date=language.date(report.data.as_of),
        ),
        source=sentences.describe_source(report.data, language),
        how_to_read=language.gettext(
            "A ring is the published share, a dot is ours; the line between is the difference. The words below each "
            "pair say what keeps the two from being the same measurement. A difference is no error of either."
        ),
        alt=phrases.join_sentences(finding, *[_describe(row, language) for row in rows]),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_ranges, table, choose_picture(rows, language), language=language),
    )


def _list_table(rows: Sequence[Comparison], language: Language) -> Table:
    return Table(
        columns=(
            parts.text_column("published_by", language.gettext("Published by")),
            parts.text_column("what", language.gettext("What")),
            parts.share_column("published", language.gettext("Published")),
            parts.share_column("ours", language.gettext("Ours")),
            parts.text_column("definition", language.gettext("Our definition")),
            parts.date_column("as_of", language.gettext("Our window ends on")),
            parts.text_column("state", language.gettext("State")),
            parts.text_column("cause", language.gettext("Why")),
        ),
        rows=tuple(_list_row(row, language) for row in rows),
    )


def _describe(row: Comparison, language: Language) -> str:
    return language.gettext(
        "%(what)s: %(theirs)s as published, %(ours)s here (%(cause)s).",
        what=encode.label(row.figure.what),
        theirs=language.percent(row.figure.value),
        ours=language.percent(row.ours or 0.0),
        cause=name_cause(row.cause, language),
    )


def _list_row(row: Comparison, language: Language) -> tuple[str | float | None, ...]:
    return (
        encode.label(row.figure.source),
        encode.label(row.figure.what),
        row.figure.value,
        row.ours,
        sentences.name_definition(row.definition, language) if row.definition else "",
        row.as_of.isoformat() if row.as_of else "",
        name_state(row.state, language),
        name_cause(row.cause, language),
    )


def choose_picture(rows: Sequence[Comparison], language: Language) -> Ranges:
    """Return a ring for each published share and a dot for ours, with what keeps the two apart below them."""
    sources = dict.fromkeys(encode.label(row.figure.source) for row in rows)
    return Ranges(
        groups=tuple(
            Group(
                tuple(_make_row(row, language) for row in rows if encode.label(row.figure.source) == source),
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


def _make_row(row: Comparison, language: Language) -> Row:
    what = encode.label(row.figure.what)
    return Row(what, f"{what} · {encode.label(row.figure.source)}", note=_note(row, language))


def _note(row: Comparison, language: Language) -> str:
    ours = sentences.name_definition(row.definition, language) if row.definition else ""
    ends = language.date(row.figure.ends_on) if row.figure.ends_on else language.gettext("not stated")
    return language.gettext(
        "Theirs to %(theirs)s; ours: %(ours)s, to %(date)s. %(cause)s.",
        theirs=ends,
        ours=ours,
        date=language.date(row.as_of) if row.as_of else "",
        cause=parts.capital(name_cause(row.cause, language)),
    )
