"""Shares by calendar year: the leading countries, the others together, and what has no country."""

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import Final

from generator.figures import parts
from generator.figures.bars import Bar, Bars, Group, draw_bars
from generator.figures.figure import Figure, Table
from generator.figures.theme import colour, place_colour
from generator.questions import phrases, sentences
from generator.questions.report import Report
from generator.star.shares import ShareTable
from generator.text import words
from generator.text.language import Language

SLUG: Final = "share-by-year"
# Countries with a bar in each year, and the newest years that are drawn; the table has all.
NAMED: Final = 4
DRAWN: Final = 6
REST: Final = "REST"
NOBODY: Final = "NOBODY"


def pick_tables(report: Report) -> tuple[ShareTable, ...]:
    """Return each year's table for the headline's models and attribution, oldest first."""
    wanted = report.headline.universe, report.headline.attribution
    return tuple(
        table
        for _, tables in sorted((report.years or {}).items())
        for table in tables
        if (table.definition.universe, table.definition.attribution) == wanted
    )


def describe_cover(table: ShareTable, language: Language) -> str:
    """Say how many of a year's days flows speak for, and to which date it runs where that is not its end."""
    days = language.gettext(
        "%(covered)s of %(days)s days covered",
        covered=language.count(table.covered_days),
        days=language.count(table.window_days),
    )
    if (table.as_of.month, table.as_of.day) == (12, 31):
        return days
    return language.gettext("to %(end)s, %(days)s", end=language.date(table.as_of), days=days)


def state_year(table: ShareTable, report: Report, language: Language) -> str:
    """State the shares of a year's two leading countries, and how much of the year they speak for."""
    if len(table.places) < 2:
        return language.gettext("Too few downloads are attributed to tell which country leads.")
    first, second = table.places[:2]
    return language.gettext(
        "In %(year)s models from organisations in %(first)s account for %(share)s of the downloads of %(models)s, "
        "models from organisations in %(second)s for %(second_share)s; %(cover)s.",
        year=str(table.as_of.year),
        first=parts.in_sentence(first.code, language),
        share=language.percent(first.share),
        models=words.name_models(table.definition.universe, report.data.scope, language),
        second=parts.in_sentence(second.code, language),
        second_share=language.percent(second.share),
        cover=describe_cover(table, language),
    )


def _describe_dates(report: Report, end: dt.date, language: Language) -> str:
    edges = {"start": language.date(report.data.first), "end": language.date(end)}
    if any(interval.is_blurred for interval in report.data.intervals):
        return language.gettext("from about %(start)s to %(end)s", **edges)
    return language.gettext("from %(start)s to %(end)s", **edges)


def build_share_by_year(report: Report, language: Language) -> Figure | None:
    """Build a block of bars for each calendar year with flows; None where no year has any."""
    tables = pick_tables(report)
    if not tables:
        return None
    finding, table = state_year(tables[-1], report, language), _list_table(tables, language)
    return Figure(
        slug=SLUG,
        headline=finding,
        subtitle=language.gettext(
            "Share of downloads · calendar years · %(universe)s · %(attribution)s · %(dates)s",
            universe=language.universe(tables[-1].definition.universe),
            attribution=language.attribution(tables[-1].definition.attribution),
            dates=_describe_dates(report, tables[-1].as_of, language),
        ),
        source=sentences.describe_source(report.data, language),
        how_to_read=phrases.join_sentences(
            language.gettext(
                "Each block is a calendar year, each bar a share of the downloads that fell into its covered days. "
                "Days that no count covers are left out, so a year that is covered in part stands for these days only. "
                "“No country” is what is international, unaffiliated or unreviewed."
            ),
            phrases.describe_growth(report.data, language),
        ),
        alt=phrases.join_sentences(finding, phrases.describe_unattributed(tables[-1], language)),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_bars, table, choose_picture(tables, table, language), language=language),
    )


def _list_table(tables: Sequence[ShareTable], language: Language) -> Table:
    named = [row.code for row in tables[-1].places[:NAMED]]
    names = {REST: language.gettext("Other countries"), NOBODY: language.gettext("No country")}
    return Table(
        columns=(
            parts.text_column("year", language.gettext("Year")),
            parts.count_column("covered_days", language.gettext("Days covered")),
            parts.count_column("window_days", language.gettext("Days")),
            parts.text_column("code", language.gettext("Code")),
            parts.text_column("place", language.gettext("Place")),
            parts.share_column("share", language.gettext("Share")),
        ),
        rows=tuple(
            (
                str(table.as_of.year),
                table.covered_days,
                table.window_days,
                code,
                names.get(code) or language.place(code),
                share,
            )
            for table in tables
            for code, share in pick_shares(table, named).items()
        ),
    )


def pick_shares(table: ShareTable, named: Sequence[str]) -> dict[str, float]:
    """Return the shares of the named countries, the others together, and what has no country; they sum to 1."""
    rest = [row.code for row in table.places if row.code not in named]
    shares = {code: table.share_of(code) for code in named} | ({REST: table.share_of(*rest)} if rest else {})
    return {**shares, NOBODY: table.unattributed}


def choose_picture(tables: Sequence[ShareTable], table: Table, language: Language) -> Bars:
    """Return a group of bars for each of the newest years."""
    rows = table.records()
    groups = []
    for each in tables[-DRAWN:]:
        year = str(each.as_of.year)
        bars = tuple(
            Bar(str(row["place"]), language.percent(float(row["share"] or 0))) for row in rows if row["year"] == year
        )
        groups.append(Group(bars, year, describe_cover(each, language), ("year", year)))
    inks = {str(row["code"]): place_colour(str(row["code"])) for row in rows} | {NOBODY: colour("unaffiliated")}
    return Bars(tuple(groups), name="place", value="share", inks=inks)
