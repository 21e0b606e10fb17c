"""Calendar years in sentences: the two leading countries, and how much of a year flows speak for."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from generator.questions.ground import Tables
from generator.questions.report import Report
from generator.questions.shares.tables import NOBODY, PLACE
from generator.star.shares import NOT_PLACES
from generator.star.table import Row, Table
from generator.text import words
from generator.text.say import NOTHING, Sentence, say

# Countries of a year on the page.
ROWS: Final = 5


def pick_headline(tables: Tables, report: Report) -> Table:
    """Return the rows of the headline's models and attribution, oldest year first."""
    headline = report.headline
    return tables["years-shares"].where(universe=headline.universe, attribution=headline.attribution)


def list_years(shares: Table) -> dict[str, Table]:
    """List the years with their rows, the oldest first."""
    return {year: shares.where(year=year) for year in dict.fromkeys(shares.frame["year"])}


def state(tables: Tables, report: Report) -> Mapping[str, Sentence]:
    """State the newest year's shares, and how much of each year is covered; nothing where no year has downloads."""
    years = list_years(pick_headline(tables, report))
    newest = state_year(list(years.values())[-1], report) if years else NOTHING
    return {"year": newest, **{f"cover-{year}": describe_cover(rows.records()[0]) for year, rows in years.items()}}


def describe_cover(row: Row) -> Sentence:
    """Say how many of a year's days flows speak for, and to which date it runs where that is not its end."""
    days = say("{covered_days:count} of {window_days:count} days covered", **row)
    if (row["counted_until"].month, row["counted_until"].day) == (12, 31):
        return days
    return say("to {end:date}, {days}", end=row["counted_until"], days=days)


def state_year(shares: Table, report: Report) -> Sentence:
    """State the shares of a year's two leading countries, and how much of the year they speak for."""
    first, second = (shares.find(rank=rank) for rank in (1, 2))
    if first is None or second is None:
        return say("Too few downloads are attributed to tell which country leads.")
    return say(
        "In {year} models from organisations in {first:the} account for {share:percent} of the downloads of {models}, "
        "models from organisations in {second:the} for {second_share:percent}; {cover}.",
        year=first["year"],
        first=first["country_code"],
        share=first["share"],
        models=words.name_models(first["universe"], report.data.scope),
        second=second["country_code"],
        second_share=second["share"],
        cover=describe_cover(first),
    )


def sum_nobody(shares: Table) -> float:
    """Return the share of a year that no country is given."""
    return float(shares.where(country_code=NOT_PLACES).frame["share"].sum())


def show(tables: Tables, report: Report) -> Tables:
    """Show the largest countries of each year, with what no country is given as the last row."""
    found, country = {}, replace(PLACE, title=say("Country"))
    for year, shares in list_years(pick_headline(tables, report)).items():
        largest = shares.where(rank=list(range(1, ROWS + 1))).records()
        shown = replace(shares, columns=tuple(country if each.kind == "place" else each for each in shares.columns))
        found[f"year-{year}"] = shown.fill([*largest, {"country_code": NOBODY, "share": sum_nobody(shares)}])
    return found
