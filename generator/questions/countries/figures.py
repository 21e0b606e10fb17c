"""One country over time: its share by publisher and by origin."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from generator.base.encode import label
from generator.base.settings import MIN_COUNTRY_SHARE
from generator.figures.figure import Figure, build_figure
from generator.figures.lines import LOW, Line, Lines, Panel, draw_lines
from generator.figures.theme import line_colour
from generator.questions import phrases, sentences
from generator.questions.report import Report
from generator.questions.surges import describe_surges, pick_standing
from generator.star.columns import COLUMNS
from generator.star.definitions import ATTRIBUTIONS, Definition
from generator.star.dominant import ALL_MODELS
from generator.star.shares import ShareTable
from generator.star.table import Table, declare_table
from generator.text import words
from generator.text.say import NOTHING, Sentence, join, say, write

DASHES: Final[Mapping[str, tuple[int, ...]]] = {"publisher": (), "origin": (5, 3)}
LINES: Final = declare_table(
    "country",
    "A country over time",
    "A date under an attribution.",
    COLUMNS["as_of"],
    replace(COLUMNS["country_code"], kind="text", title=say("Code")),
    *(COLUMNS["attribution"], COLUMNS["share"]),
)


def build_country(code: str, report: Report) -> Figure | None:
    """Build a country's figure; None with fewer than two dates, or where no date shows a share worth drawing."""
    shares = list_shares(code, report)
    dates = {day for points in shares.values() for day in points}
    if len(dates) < 2 or max(max(points.values()) for points in shares.values()) < MIN_COUNTRY_SHARE:
        return None
    names = {name: write(name, "attribution") for name in shares}
    lines = tuple(Line(names[name], names[name], line_colour(code), DASHES[name], 2.2) for name in shares)
    picture = Lines(
        (Panel(lines, "share"),), x="as_of", series="attribution", heights=LOW, standing=pick_standing(report)
    )
    return build_figure(
        _list_rows(code, shares),
        draw_lines,
        picture,
        slug=f"country-{code.lower()}",
        headline=join(state_country(code, report), state_largest(code, report)),
        subtitle=say(
            "Share of downloads · 30 days · all models · by publisher and by maker · {first:date} to {last:date}",
            first=min(dates),
            last=max(dates),
        ),
        how_to_read=join(
            say(
                "“By publisher” counts the models that the country's organisations uploaded. “By maker” counts all "
                "models, by anyone, that were built from a model of theirs, and their own."
            ),
            phrases.describe_growth(report.data),
            describe_surges(report),
        ),
        alt=join(state_origin(shares), _describe_rank(code, report)),
    )


def list_shares(code: str, report: Report) -> dict[str, dict[dt.date, float]]:
    """List a country's shares of all models, thirty days, date by date, under each attribution that has numbers."""
    found = {name: report.histories.get(Definition("30d", "all", name), ()) for name in ATTRIBUTIONS}
    return {name: {table.as_of: table.share_of(code) for table in tables} for name, tables in found.items() if tables}


def _list_rows(code: str, shares: Mapping[str, Mapping[dt.date, float]]) -> Table:
    return LINES.hold([(day, code, name, share) for name, points in shares.items() for day, share in points.items()])


def state_country(code: str, report: Report, table: ShareTable | None = None) -> Sentence:
    """State what a country's publishers account for: a share, or downloads where it is under one in a thousand.

    Args:
        code: of the country.
        report: says what the models are a part of.
        table: on another date than the newest one.
    """
    table = table or find_table(report)
    row = table.find(code)
    values: dict[str, Any] = {
        "place": code,
        "models": words.name_models(table.definition.universe, report.data.scope),
        "period": sentences.describe_period(table),
    }
    if row is None:
        return say("No model from organisations in {place:the} was downloaded among {models} {period}.", **values)
    if row.share < MIN_COUNTRY_SHARE:
        return say(
            "Models from organisations in {place:the} account for {downloads:spell} of the {total:spell} downloads of "
            "{models} {period}.",
            downloads=row.downloads,
            total=table.downloads,
            **values,
        )
    return say(
        "Models from organisations in {place:the} account for {share:percent} of the downloads of {models} {period}.",
        share=row.share,
        **values,
    )


def state_largest(code: str, report: Report) -> Sentence:
    """State what stands without a country's most downloaded model, where it has more than a tenth; else nothing."""
    largest = next((country.largest for country in report.countries if country.code == code), None)
    row = find_table(report).find(code)
    if largest is None or row is None or row.models < 2:
        return NOTHING
    if row.share < MIN_COUNTRY_SHARE:
        return say(
            "Without the most downloaded model, {model}, they account for {downloads:spell}.",
            model=label(largest.name),
            downloads=max(row.downloads - largest.downloads, 0),
        )
    return say(
        "Without the most downloaded model, {model}, they account for {share:share}.",
        model=label(largest.name),
        share=largest.share,
    )


def state_origin(shares: Mapping[str, Mapping[dt.date, float]]) -> Sentence:
    """State a country's newest share by origin; nothing where there is none."""
    if "origin" not in shares:
        return NOTHING
    return say(
        "Models made there, and what others built from them, account for {share:share}.",
        share=[*shares["origin"].values()][-1],
    )


def find_table(report: Report) -> ShareTable:
    """Return the newest table of thirty days, all models, by publisher, else the headline's."""
    return report.table(ALL_MODELS if ALL_MODELS in report.histories else report.headline)


def _describe_rank(code: str, report: Report) -> Sentence:
    tables = report.histories.get(Definition("30d", "all", "publisher"), ())
    row = tables[-1].find(code) if tables else None
    if row is None or row.rank is None:
        return say("It has no downloads by publisher on the newest date.")
    return say("By publisher it ranks {rank} of {total} countries.", rank=row.rank, total=len(tables[-1].places))
