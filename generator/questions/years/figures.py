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
from generator.text.say import Sentence, join, say, write

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


def describe_cover(table: ShareTable) -> Sentence:
    """Say how many of a year's days flows speak for, and to which date it runs where that is not its end."""
    days = say("{covered:count} of {days:count} days covered", covered=table.covered_days, days=table.window_days)
    if (table.as_of.month, table.as_of.day) == (12, 31):
        return days
    return say("to {end:date}, {days}", end=table.as_of, days=days)


def state_year(table: ShareTable, report: Report) -> Sentence:
    """State the shares of a year's two leading countries, and how much of the year they speak for."""
    if len(table.places) < 2:
        return say("Too few downloads are attributed to tell which country leads.")
    first, second = table.places[:2]
    return say(
        "In {year} models from organisations in {first:the} account for {share:percent} of the downloads of {models}, "
        "models from organisations in {second:the} for {second_share:percent}; {cover}.",
        year=table.as_of.year,
        first=first.code,
        share=first.share,
        models=words.name_models(table.definition.universe, report.data.scope),
        second=second.code,
        second_share=second.share,
        cover=describe_cover(table),
    )


def _describe_dates(report: Report, end: dt.date) -> Sentence:
    edges = {"start": report.data.first, "end": end}
    if any(interval.is_blurred for interval in report.data.intervals):
        return say("from about {start:date} to {end:date}", **edges)
    return say("from {start:date} to {end:date}", **edges)


def build_share_by_year(report: Report) -> Figure | None:
    """Build a block of bars for each calendar year with flows; None where no year has any."""
    tables = pick_tables(report)
    if not tables:
        return None
    finding, table = state_year(tables[-1], report), _list_table(tables)
    return Figure(
        slug=SLUG,
        headline=finding,
        subtitle=say(
            "Share of downloads · calendar years · {universe:universe} · {attribution:attribution} · {dates}",
            universe=tables[-1].definition.universe,
            attribution=tables[-1].definition.attribution,
            dates=_describe_dates(report, tables[-1].as_of),
        ),
        source=sentences.describe_source(report.data),
        how_to_read=join(
            say(
                "Each block is a calendar year, each bar a share of the downloads that fell into its covered days. "
                "Days that no count covers are left out, so a year that is covered in part stands for these days only. "
                "“No country” is what is international, unaffiliated or unreviewed."
            ),
            phrases.describe_growth(report.data),
        ),
        alt=join(finding, phrases.describe_unattributed(tables[-1])),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_bars, table, choose_picture(tables, table)),
    )


def _list_table(tables: Sequence[ShareTable]) -> Table:
    named = [row.code for row in tables[-1].places[:NAMED]]
    names = {REST: say("Other countries"), NOBODY: say("No country")}
    return Table(
        columns=(
            parts.text_column("year", say("Year")),
            parts.count_column("covered_days", say("Days covered")),
            parts.count_column("window_days", say("Days")),
            parts.text_column("code", say("Code")),
            parts.text_column("place", say("Place")),
            parts.share_column("share", say("Share")),
        ),
        rows=tuple(
            (
                str(table.as_of.year),
                table.covered_days,
                table.window_days,
                code,
                names.get(code) or write(code, "place"),
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


def choose_picture(tables: Sequence[ShareTable], table: Table) -> Bars:
    """Return a group of bars for each of the newest years."""
    rows = table.records()
    groups = []
    for each in tables[-DRAWN:]:
        year = str(each.as_of.year)
        bars = tuple(Bar(row["place"], write(row["share"], "percent")) for row in rows if row["year"] == year)
        groups.append(Group(bars, year, describe_cover(each), ("year", year)))
    inks = {str(row["code"]): place_colour(str(row["code"])) for row in rows} | {NOBODY: colour("unaffiliated")}
    return Bars(tuple(groups), name="place", value="share", inks=inks)
