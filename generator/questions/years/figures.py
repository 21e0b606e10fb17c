"""Shares by calendar year: the leading countries, the others together, and what has no country."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from generator.figures.bars import Bar, Bars, Group, draw_bars
from generator.figures.figure import Figure, build_figure
from generator.figures.theme import colour, place_colour
from generator.questions import phrases
from generator.questions.ground import Tables
from generator.questions.report import Report
from generator.questions.shares.tables import NOBODY, PLACE, REST, name_part
from generator.questions.years.words import (
    describe_cover,
    list_years,
    pick_headline,
    state_year,
    sum_nobody,
)
from generator.registry import UNREVIEWED
from generator.star.table import Row, Table
from generator.text.say import Sentence, join, say, write

# Countries with a bar in each year, and the newest years that are drawn; the table has all.
NAMED: Final = 4
DRAWN: Final = 6


def build(tables: Tables, report: Report) -> tuple[Figure, ...]:
    """Build a block of bars for each calendar year with flows; none with fewer than two."""
    years = list_years(pick_headline(tables, report))
    if len(years) < 2:  # one year is the history recorded, which the first page's bar shows
        return ()
    newest = list(years.values())[-1]
    named, about = [row["country_code"] for row in newest.records()[:NAMED] if row["rank"]], newest.records()[0]
    shown = newest.pick("year", "covered_days", "window_days", "country_code", "share")
    shown = replace(shown, columns=tuple(PLACE if column.kind == "place" else column for column in shown.columns))
    shown = shown.fill([row for shares in years.values() for row in sum_rows(shares, named)])
    figure = build_figure(
        shown,
        draw_bars,
        choose_picture(shown, years),
        slug="share-by-year",
        headline=state_year(newest, report),
        subtitle=say(
            "Share of downloads · calendar years · {universe:universe} · {attribution:attribution} · {dates}",
            universe=about["universe"],
            attribution=about["attribution"],
            dates=_describe_dates(report, about["counted_until"]),
        ),
        how_to_read=join(
            say(
                "Each block is a calendar year, each bar a share of the downloads that fell into its covered days. "
                "Days that no count covers are left out, so a year that is covered in part stands for these days only. "
                "“No country” is what is international, unaffiliated or unreviewed."
            ),
            phrases.describe_growth(report.data),
        ),
        alt=_describe_unattributed(newest),
    )
    return (figure,)


def _describe_dates(report: Report, end: dt.date) -> Sentence:
    edges = {"start": report.data.first, "end": end}
    if any(interval.is_blurred for interval in report.data.intervals):
        return say("from about {start:date} to {end:date}", **edges)
    return say("from {start:date} to {end:date}", **edges)


def _describe_unattributed(shares: Table) -> Sentence:
    unreviewed = shares.find(country_code=UNREVIEWED)
    return phrases.describe_unattributed(sum_nobody(shares), unreviewed["share"] if unreviewed else 0.0)


def sum_rows(shares: Table, named: Sequence[str]) -> list[Row]:
    """Return a year's rows of the named countries, the others together, and what has no country; they sum to 1."""
    about, of = shares.records()[0], {row["country_code"]: row["share"] for row in shares.records() if row["rank"]}
    rest = sum(share for code, share in of.items() if code not in named)
    found = {code: of.get(code, 0.0) for code in named} | ({REST: rest} if set(of) - set(named) else {})
    names = ("year", "covered_days", "window_days")
    return [
        {**{name: about[name] for name in names}, "country_code": code, "share": share}
        for code, share in {**found, NOBODY: sum_nobody(shares)}.items()
    ]


def choose_picture(shown: Table, years: dict[str, Table]) -> Bars:
    """Return a group of bars for each of the newest years."""
    groups = []
    for year in list(years)[-DRAWN:]:
        rows = shown.where(year=year).records()
        bars = tuple(Bar(name_part(row["country_code"]), write(row["share"], "percent")) for row in rows)
        groups.append(Group(bars, year, describe_cover(years[year].records()[0]), ("year", year)))
    inks = {code: place_colour(code) for code in shown.frame["country_code"]} | {NOBODY: colour("unaffiliated")}
    return Bars(tuple(groups), name="country", value="share", by="country_code", inks=inks)
