"""One country over time: its share by publisher and by origin."""

from functools import partial
from typing import Any

from generator import sentences
from generator.charts import parts, phrases
from generator.charts.figure import Figure
from generator.charts.history import Line, draw_lines
from generator.charts.marks import describe_surges, pick_marks
from generator.charts.theme import line_colour
from generator.i18n import Language
from generator.metrics.definitions import ATTRIBUTIONS, Definition
from generator.report import Report


def build_country(code: str, report: Report, language: Language) -> Figure | None:
    """Build a country's figure; None where there are fewer than two dates, or no download on any."""
    lines = pick_lines(code, report, language)
    dates = {day for line in lines for day, _ in line.points}
    if len(dates) < 2 or not any(share for line in lines for _, share in line.points):
        return None
    finding = state_finding(code, lines, language)
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
        draw=partial(draw_lines, lines, language, low=True, marks=pick_marks(report), breaks=report.breaks),
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


def state_finding(code: str, lines: tuple[Line, ...], language: Language) -> str:
    """State a country's newest share by publisher and by origin."""
    shares = {line.code: line.points[-1][1] for line in lines}
    values: dict[str, Any] = {
        "place": parts.in_sentence(code, language),
        "date": language.date(lines[0].points[-1][0]),
        **{name: language.percent(share) for name, share in shares.items()},
    }
    if len(shares) < len(ATTRIBUTIONS):
        return language.gettext(
            "Organisations in %(place)s made %(share)s of the downloads in the thirty days to %(date)s.",
            share=language.percent(next(iter(shares.values()))),
            **values,
        )
    return language.gettext(
        "Organisations in %(place)s uploaded %(publisher)s of what was downloaded in the thirty days to %(date)s; "
        "%(origin)s was theirs or built from theirs.",
        **values,
    )


def _describe_rank(code: str, report: Report, language: Language) -> str:
    tables = report.histories.get(Definition("30d", "all", "publisher"), ())
    row = tables[-1].find(code) if tables else None
    if row is None or row.rank is None:
        return language.gettext("It has no downloads by publisher on the newest date.")
    return language.gettext(
        "By publisher it ranks %(rank)s of %(total)s countries.", rank=row.rank, total=len(tables[-1].places)
    )
