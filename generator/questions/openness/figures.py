"""Openness: what each country's downloads divide into by grade and by licence, and three makers in sentences."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from generator.base.encode import label
from generator.figures import parts
from generator.figures.figure import Figure, Table
from generator.figures.lines import Lines, Panel, draw_lines
from generator.figures.stacks import Part, Stack, Stacks, draw_stacks
from generator.questions import phrases, sentences, spans
from generator.questions.openness.tables import LICENSES, Case, OpennessTopic, OpenShares
from generator.questions.report import Report
from generator.questions.surges import pick_standing
from generator.star.classes import ALL
from generator.star.named import GRADES, UNGRADED, UNNAMED
from generator.star.shares import NOT_PLACES
from generator.text import words
from generator.text.language import Language
from generator.text.words import name_grade, name_license_class

# Countries with a bar of their own.
COUNTRIES: Final = 5
NAMED: Final = ("CN", "US")
# From the most open to the least.
GRADE_COLOURS: Final = (("seq-5", "paper"), ("seq-4", "paper"), ("seq-2", "ink"), ("international", "ink"))
LICENSE_COLOURS: Final = (("seq-4", "paper"), ("seq-2", "ink"), ("international", "ink"))


def build(topic: OpennessTopic, report: Report, language: Language) -> tuple[Figure, ...]:
    """Build the figures; those over time need two dates."""
    rows = pick_rows(topic)
    if not rows:
        return ()
    figures = [_build_grades(rows, topic, report, language), _build_licenses(rows, topic, report, language)]
    if len(topic.histories[ALL]) > 1:
        figures.append(_build_over_time(topic, report, language))
    return tuple(figures)


def state(topic: OpennessTopic, report: Report, language: Language) -> dict[str, str]:
    """State the page's sentences; those on a maker are named by it."""
    everything = topic.find(ALL)
    cases = {f"case_{case.slug}": state_case(case, topic, report, language) for case in topic.cases}
    if everything is None:
        empty = dict.fromkeys(("licenses", "pair", "growth", "window"), "")
        return {"lead": language.gettext("These data hold no downloads by licence."), **empty, **cases}
    return {
        "lead": state_grades(everything, topic, report, language),
        "licenses": state_licenses(everything, language),
        "pair": state_pair(topic, language),
        "growth": phrases.describe_growth(report.data, language),
        "window": spans.describe_window(topic.window, report, language),
        **cases,
    }


def state_grades(row: OpenShares, topic: OpennessTopic, report: Report, language: Language) -> str:
    """State the part of the downloads that is fully open, and how much of them nobody has graded."""
    return language.gettext(
        "%(open)s of the downloads of %(models)s %(period)s were of families whose makers released weights, training "
        "data and code. %(unknown)s were of models without a grade, so that it is between %(open)s and %(most)s.",
        open=language.percent(row.grades["fully-open"]),
        models=words.name_models("all", report.data.scope, language),
        period=spans.describe_window(topic.window, report, language),
        unknown=language.percent(row.unknown),
        most=language.percent(row.grades["fully-open"] + row.unknown),
    )


def state_licenses(row: OpenShares, language: Language) -> str:
    """State what part of the downloads is under which class of licence."""
    return language.gettext(
        "%(open)s of the downloads were under a standard open licence, %(conditions)s under one with conditions, "
        "%(restricted)s for non-commercial use only; %(unstated)s state none.",
        open=language.percent(row.licenses["open"]),
        conditions=language.percent(row.licenses["conditions"]),
        restricted=language.percent(row.licenses["non-commercial"]),
        unstated=language.percent(row.licenses["unstated"]),
    )


def state_pair(topic: OpennessTopic, language: Language) -> str:
    """State the shares of China and of the United States that are fully open and under open licences."""
    rows = [row for code in NAMED if (row := topic.find(code))]
    if len(rows) < len(NAMED):
        return ""
    first, second = rows
    return language.gettext(
        "Of the downloads of models from publishers in %(first)s, %(licence)s are under open licences and %(open)s of "
        "fully open families; of those from publishers in %(second)s, %(second_licence)s and %(second_open)s.",
        first=parts.in_sentence(first.code, language),
        open=_say_fully_open(first, language),
        licence=language.percent(first.licenses["open"]),
        second=parts.in_sentence(second.code, language),
        second_open=_say_fully_open(second, language),
        second_licence=language.percent(second.licenses["open"]),
    )


def _say_fully_open(row: OpenShares, language: Language) -> str:
    """Say what part is of families known to be fully open: at least so much, or none that is known."""
    share = row.grades["fully-open"]
    if round(share, 3) == 0:
        return language.gettext("none as far as is known")
    return language.gettext("at least %(share)s", share=language.percent(share))


def state_case(case: Case, topic: OpennessTopic, report: Report, language: Language) -> str:
    """State what a maker's models are downloaded, how open they are, and which one is the newest."""
    known = language.gettext(
        "The accounts of %(name)s have %(share)s of the downloads of %(models)s %(period)s",
        name=case.name,
        share=language.percent(case.share),
        models=words.name_models("all", report.data.scope, language),
        period=spans.describe_window(topic.window, report, language),
    )
    of_country = (
        ""
        if case.share_of_country is None
        else language.gettext(
            ", and %(share)s of those of publishers in %(place)s",
            share=language.percent(case.share_of_country),
            place=parts.in_sentence(case.code, language),
        )
    )
    return phrases.join_sentences(
        known + of_country + ".", _state_grades_of(case, language), _state_newest(case, language)
    )


def _state_grades_of(case: Case, language: Language) -> str:
    if not case.origin_downloads:
        return ""
    found = [
        f"{language.percent(case.grades[grade])} {name_grade(grade, language)}"
        for grade in GRADES
        if case.grades[grade] >= 0.0005
    ]
    return language.gettext(
        "The %(downloads)s downloads of all models that go back to its own are, by the openness of their family, "
        "%(parts)s.",
        downloads=language.spell(case.origin_downloads),
        parts="; ".join(found),
    )


def _state_newest(case: Case, language: Language) -> str:
    if case.newest is None or case.newest_created is None:
        return language.gettext("When its newest model was created is not known here.")
    return language.gettext(
        "Its newest model among those known by name is %(model)s of %(date)s (%(grade)s).",
        model=label(case.newest),
        date=language.date(case.newest_created),
        grade=name_grade(case.newest_grade, language),
    )


def pick_rows(topic: OpennessTopic) -> tuple[OpenShares, ...]:
    """Return all downloads, the largest countries, and what has no country."""
    countries = [row for row in topic.shown if row.code not in {ALL, *NOT_PLACES}][:COUNTRIES]
    return (*topic.shown[:1], *countries, *(row for row in topic.shown if row.code in NOT_PLACES))


def _build_grades(rows: Sequence[OpenShares], topic: OpennessTopic, report: Report, language: Language) -> Figure:
    finding = language.gettext(
        "%(open)s of the downloads of %(models)s are of fully open families, %(weights)s of families that open "
        "their weights but not their training data.",
        open=language.percent(rows[0].grades["fully-open"]),
        models=words.name_models("all", report.data.scope, language),
        weights=language.percent(rows[0].grades["open-weights"]),
    )
    table = _list_grades(rows, language)
    return Figure(
        slug="openness-grades",
        headline=finding,
        subtitle=spans.describe_subtitle(
            language.gettext("Share of downloads by openness of the family"),
            topic.window,
            "publisher",
            report,
            language,
        ),
        source=sentences.describe_source(report.data, language),
        how_to_read=language.gettext(
            "Each bar is all downloads of a country's publishers and is divided by what the makers of the model's "
            "family released. A version made by others has the grade of its family. Dashed parts have no grade: nobody "
            "has graded the family, the name tells none, or the model is not known by name. Beside the name stands "
            "how much has one."
        ),
        alt=phrases.join_sentences(finding, state_pair(topic, language), state_licenses(rows[0], language)),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_stacks, table, choose_grades(rows, language), language=language),
    )


def _list_grades(rows: Sequence[OpenShares], language: Language) -> Table:
    return Table(
        columns=(
            parts.text_column("code", language.gettext("Code")),
            parts.text_column("place", language.gettext("Place")),
            parts.text_column("grade", language.gettext("Openness")),
            parts.share_column("share", language.gettext("Share")),
        ),
        rows=tuple(
            (row.code, spans.name_place(row.code, language), name_grade(grade, language), share)
            for row in rows
            for grade, share in row.grades.items()
        ),
    )


def choose_grades(rows: Sequence[OpenShares], language: Language) -> Stacks:
    """Return a bar for each place, divided by grade; what has none is open."""
    kinds = tuple(
        Part(name_grade(grade, language), ink, text) for grade, (ink, text) in zip(GRADES, GRADE_COLOURS, strict=False)
    )
    unknown = (
        Part(name_grade(UNGRADED, language), "unreviewed", is_open=True),
        Part(name_grade(UNNAMED, language), "paper", is_open=True),
    )
    notes = (language.gettext("%(share)s graded", share=language.percent(1 - row.unknown)) for row in rows)
    bars = (Stack(spans.name_place(row.code, language), note) for row, note in zip(rows, notes, strict=True))
    return Stacks(tuple(bars), (*kinds, *unknown), bar="place", part="grade")


def _build_licenses(rows: Sequence[OpenShares], topic: OpennessTopic, report: Report, language: Language) -> Figure:
    finding = state_licenses(rows[0], language)
    table = _list_licenses(rows, language)
    return Figure(
        slug="openness-licences",
        headline=finding,
        subtitle=spans.describe_subtitle(
            language.gettext("Share of downloads by class of licence"), topic.window, "publisher", report, language
        ),
        source=sentences.describe_source(report.data, language),
        how_to_read=language.gettext(
            "Each bar is all downloads of a country's publishers and is divided by the licence that the repository "
            "states; nobody has read the files. The dashed part states none."
        ),
        alt=phrases.join_sentences(
            finding, state_pair(topic, language) or state_grades(rows[0], topic, report, language)
        ),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_stacks, table, choose_licenses(rows, language), language=language),
    )


def _list_licenses(rows: Sequence[OpenShares], language: Language) -> Table:
    return Table(
        columns=(
            parts.text_column("code", language.gettext("Code")),
            parts.text_column("place", language.gettext("Place")),
            parts.text_column("licence", language.gettext("Licence")),
            parts.share_column("share", language.gettext("Share")),
        ),
        rows=tuple(
            (row.code, spans.name_place(row.code, language), name_license_class(name, language), share)
            for row in rows
            for name, share in row.licenses.items()
        ),
    )


def choose_licenses(rows: Sequence[OpenShares], language: Language) -> Stacks:
    """Return a bar for each place, divided by class of licence; what states none is open."""
    kinds = tuple(
        Part(name_license_class(name, language), ink, text)
        for name, (ink, text) in zip(LICENSES, LICENSE_COLOURS, strict=False)
    )
    unstated = Part(name_license_class("unstated", language), "unreviewed", is_open=True)
    notes = (language.gettext("%(downloads)s downloads", downloads=language.short(row.downloads)) for row in rows)
    bars = (Stack(spans.name_place(row.code, language), note) for row, note in zip(rows, notes, strict=True))
    return Stacks(tuple(bars), (*kinds, unstated), bar="place", part="licence")


def _build_over_time(topic: OpennessTopic, report: Report, language: Language) -> Figure:
    history = topic.histories[ALL]
    finding = language.gettext(
        "Fully open families had %(open)s of the downloads on %(first)s and %(now)s on %(last)s; open licences "
        "%(licence)s and %(licence_now)s.",
        open=language.percent(history[0].fully_open),
        first=language.date(history[0].as_of),
        now=language.percent(history[-1].fully_open),
        last=language.date(history[-1].as_of),
        licence=language.percent(history[0].open_license),
        licence_now=language.percent(history[-1].open_license),
    )
    codes = [code for code in (ALL, *NAMED) if topic.histories.get(code)]
    lines = tuple(spans.follow_place(code, language) for code in codes)
    panels = (
        Panel(lines, "fully_open", language.gettext("Fully open families")),
        Panel(lines, "open_licence", language.gettext("Standard open licences")),
    )
    picture = Lines(panels, standing=pick_standing(report, most=1))
    table = _list_history(topic, codes, language)
    return Figure(
        slug="openness-over-time",
        headline=finding,
        subtitle=spans.describe_history(topic.window, history[0].as_of, history[-1].as_of, language),
        source=sentences.describe_source(report.data, language),
        how_to_read=phrases.join_sentences(
            language.gettext(
                "The lines are all downloads together, and those of China's and of the United States' publishers. "
                "Fully open counts what has that grade, a lower bound: what has no grade stands in the denominator."
            ),
            phrases.describe_growth(report.data, language),
        ),
        alt=phrases.join_sentences(
            finding,
            language.gettext(
                "On the last date %(graded)s of all downloads have a grade.",
                graded=language.percent(history[-1].graded),
            ),
        ),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_lines, table, picture, language=language),
    )


def _list_history(topic: OpennessTopic, codes: Sequence[str], language: Language) -> Table:
    return Table(
        columns=(
            parts.date_column("date", language.gettext("Date")),
            parts.text_column("code", language.gettext("Code")),
            parts.share_column("fully_open", language.gettext("Fully open families")),
            parts.share_column("graded", language.gettext("With a grade")),
            parts.share_column("open_licence", language.gettext("Open licences")),
        ),
        rows=tuple(
            (point.as_of.isoformat(), code, point.fully_open, point.graded, point.open_license)
            for code in codes
            for point in topic.histories[code]
        ),
    )
