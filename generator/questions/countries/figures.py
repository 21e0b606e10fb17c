"""One country over time: its share by publisher and by origin."""

from functools import partial
from typing import Any

from generator.base.encode import label
from generator.base.settings import MIN_COUNTRY_SHARE
from generator.figures import parts
from generator.figures.figure import Figure
from generator.figures.theme import line_colour
from generator.questions import phrases, sentences
from generator.questions.report import Report
from generator.questions.shares.history import Line, draw_lines
from generator.questions.surges import describe_surges, pick_standing
from generator.star.definitions import ATTRIBUTIONS, Definition
from generator.star.dominant import ALL_MODELS
from generator.star.shares import ShareTable
from generator.text import words
from generator.text.language import Language


def build_country(code: str, report: Report, language: Language) -> Figure | None:
    """Build a country's figure; None with fewer than two dates, or where no date shows a share worth drawing."""
    lines = pick_lines(code, report, language)
    dates = {day for line in lines for day, _ in line.points}
    if len(dates) < 2 or max(share for line in lines for _, share in line.points) < MIN_COUNTRY_SHARE:
        return None
    finding = phrases.join_sentences(
        state_country(code, report, language),
        state_largest(code, report, language),
        state_origin(lines, language),
    )
    return Figure(
        slug=f"country-{code.lower()}",
        headline=finding,
        subtitle=language.gettext(
            "Share of downloads · 30 days · all models · by publisher and by origin · %(first)s to %(last)s",
            first=language.date(min(dates)),
            last=language.date(max(dates)),
        ),
        source=sentences.describe_source(report.data, language),
        how_to_read=phrases.join_sentences(
            language.gettext(
                "“By publisher” counts the models that the country's organisations uploaded. “By origin” counts all "
                "models, by anyone, that were built from a model of theirs, and their own."
            ),
            phrases.describe_growth(report.data, language),
            describe_surges(report, language),
        ),
        alt=phrases.join_sentences(finding, _describe_rank(code, report, language)),
        columns=(
            parts.date_column("date", language.gettext("Date")),
            parts.text_column("code", language.gettext("Code")),
            parts.text_column("attribution", language.gettext("Attribution")),
            parts.share_column("share", language.gettext("Share")),
        ),
        rows=tuple((day.isoformat(), code, line.label, share) for line in lines for day, share in line.points),
        draw=partial(draw_lines, lines, language, pick_standing(report), low=True),
    )


def pick_lines(code: str, report: Report, language: Language) -> tuple[Line, ...]:
    """Return a country's shares of all models, thirty days, under both attributions."""
    lines = []
    for attribution in ATTRIBUTIONS:
        tables = report.histories.get(Definition("30d", "all", attribution), ())
        points = tuple((table.as_of, table.share_of(code)) for table in tables)
        if points:
            dash = () if attribution == "publisher" else (5, 3)
            lines.append(Line(attribution, language.attribution(attribution), line_colour(code), dash, 2.2, points))
    return tuple(lines)


def state_country(code: str, report: Report, language: Language) -> str:
    """State what a country's publishers account for: a share, or downloads where it is under one in a thousand."""
    table = _find_table(report)
    row = table.find(code)
    values: dict[str, Any] = {
        "place": parts.in_sentence(code, language),
        "models": words.name_models(table.definition.universe, report.data.scope, language),
        "period": sentences.describe_period(table, language),
    }
    if row is None:
        return language.gettext(
            "No model from organisations in %(place)s was downloaded among %(models)s %(period)s.", **values
        )
    if row.share < MIN_COUNTRY_SHARE:
        return language.gettext(
            "Models from organisations in %(place)s account for %(downloads)s of the %(total)s downloads of %(models)s "
            "%(period)s.",
            downloads=language.spell(row.downloads),
            total=language.spell(table.downloads),
            **values,
        )
    return language.gettext(
        "Models from organisations in %(place)s account for %(share)s of the downloads of %(models)s %(period)s.",
        share=language.percent(row.share),
        **values,
    )


def state_largest(code: str, report: Report, language: Language) -> str:
    """State what stands without a country's most downloaded model, where it has more than a tenth; else nothing."""
    largest = next((country.largest for country in report.countries if country.code == code), None)
    row = _find_table(report).find(code)
    if largest is None or row is None or row.models < 2:
        return ""
    if row.share < MIN_COUNTRY_SHARE:
        return language.gettext(
            "Without the most downloaded model, %(model)s, it is %(downloads)s.",
            model=label(largest.name),
            downloads=language.spell(max(row.downloads - largest.downloads, 0)),
        )
    return language.gettext(
        "Without the most downloaded model, %(model)s, it is %(share)s.",
        model=label(largest.name),
        share=phrases.write_share(largest.share, language),
    )


def state_origin(lines: tuple[Line, ...], language: Language) -> str:
    """State a country's newest share by origin; nothing where there is none."""
    share = next((line.points[-1][1] for line in lines if line.code == "origin"), None)
    if share is None:
        return ""
    return language.gettext(
        "Models made there, and what others built from them, account for %(share)s.",
        share=phrases.write_share(share, language),
    )


def _find_table(report: Report) -> ShareTable:
    """Return the newest table of thirty days, all models, by publisher, else the headline's."""
    return report.table(ALL_MODELS if ALL_MODELS in report.histories else report.headline)


def _describe_rank(code: str, report: Report, language: Language) -> str:
    tables = report.histories.get(Definition("30d", "all", "publisher"), ())
    row = tables[-1].find(code) if tables else None
    if row is None or row.rank is None:
        return language.gettext("It has no downloads by publisher on the newest date.")
    return language.gettext(
        "By publisher it ranks %(rank)s of %(total)s countries.", rank=row.rank, total=len(tables[-1].places)
    )
