"""Releases in sentences: how far the ways to count them lie apart, and what is left of a remark on them."""

from collections.abc import Mapping
from typing import Final

from generator.base.encode import label
from generator.questions import phrases
from generator.questions.ground import Tables
from generator.questions.releases.tables import LEFT_OUT, YEAR
from generator.questions.report import Report
from generator.star.shares import NOT_PLACES
from generator.star.table import Row, Table, say_known
from generator.text.say import NOTHING, Sentence, clauses, join, say, say_plural

# Countries side by side.
BLOCKS: Final = 2
# The days that the remark of 2025 names for each country.
WEEKS: Final = (7, 14)
HALF_YEARS: Final = (182, 365)
REMARK: Final[Mapping[str, tuple[int, int]]] = {"CN": WEEKS, "US": HALF_YEARS}


def show(tables: Tables, _: Report) -> Tables:
    """Show the launches with what the registry remarks of them, as it is translated."""
    return {"releases-launches": say_known(tables["releases-launches"], "remark")}


def state(tables: Tables, report: Report) -> Mapping[str, Sentence]:
    """State the finding, what is left of the remark, who is left out, and how the list changed."""
    return {
        "finding": _state_finding(tables),
        "remark": state_remark(tables),
        "concentrated": _state_concentrated(tables),
        "originals": _state_originals(tables),
        "growth": phrases.describe_growth(report.data),
    }


def state_item(item: Row, tables: Tables, report: Report) -> Mapping[str, Sentence]:
    """State how often one publisher released something."""
    days = tables["releases"].where(publisher=item["publisher"]).frame["released_on"]
    told = say_plural(
        "One release from {first:date} to {last:date}.",
        "{num} releases from {first:date} to {last:date}.",
        len(days),
        first=days.iloc[0],
        last=days.iloc[-1],
    )
    if median := item["median_days_ever"]:
        half = say("Half of the times between two of them are at most {days} long.", days=write_days(median))
        told = join(told, half)
    return {"finding": told, "growth": phrases.describe_growth(report.data)}


def write_days(days: float) -> Sentence:
    """Write a number of days, halves with one decimal."""
    return say("1 day") if days == 1 else say("{number:number} days", number=days)


def list_newest(tables: Tables) -> Table:
    """List the countries and categories of the 365 days to the newest date, most releases first."""
    return tables["releases-cadence"].where(period=YEAR, publisher=None)


def pick_countries(tables: Tables) -> list[Row]:
    """Return the countries to set side by side: those with most releases of the last 365 days and enough gaps."""
    rows = list_newest(tables).records()
    return [row for row in rows if row["gaps"] and row["country_code"] not in NOT_PLACES][:BLOCKS]


def list_medians(tables: Tables, code: str) -> list[float]:
    """List the medians of a country, taken in every way that has one."""
    rows = tables["releases-interpretations"].where(country_code=code).records()
    return [row["median_days"] for row in rows if row["median_days"] is not None]


def _state_finding(tables: Tables) -> Sentence:
    """State how far the ways to take a country's releases lie apart; none of them is the number."""
    told = [
        say("{least:number} to {most} in {place:the}", least=min(days), most=write_days(max(days)), place=code)
        for code in (row["country_code"] for row in pick_countries(tables))
        if (days := list_medians(tables, code))
    ]
    if not told:
        return say("No country has enough releases in the last 365 days to tell how often they come.")
    return say(
        "The median time between two releases is {parts}; it depends on whose releases are taken together.",
        parts=clauses(told),
    )


def state_remark(tables: Tables) -> Sentence:
    """State how many of the ways fit the remark of 2025, for the countries that it names."""
    found = [
        say(
            "{fitting:count} of {number:count} in {place:the}",
            fitting=sum(span[0] <= days <= span[1] for days in medians),
            number=len(medians),
            place=code,
        )
        for code, span in REMARK.items()
        if (medians := list_medians(tables, code))
    ]
    if not found:
        return NOTHING
    return say(
        "According to a remark of November 2025, China releases every one or two weeks and the United States every "
        "six to twelve months. Of the ways to count this, the remark fits {parts}.",
        parts=clauses(found),
    )


def _state_concentrated(tables: Tables) -> Sentence:
    """State how many of a country's times between releases its two busiest publishers have."""
    return join(
        *(
            say(
                "{first} and {second} account for {part:percent} of the times between releases in {place:the}.",
                first=label(row["largest_publisher"]),
                second=label(row["second_publisher"]),
                part=row["share_held_by_two"],
                place=row["country_code"],
            )
            for row in tables["releases-interpretations"].where(interpretation="publishers").first(BLOCKS).records()
            if row["publishers_releasing"] > LEFT_OUT
        )
    )


def _state_originals(tables: Tables) -> Sentence:
    found = tables["releases-originals"].find()
    if not found:
        return NOTHING
    return say(
        "Of the {models:count} models without a base that were created in the last twelve whole months and are still "
        "listed, reviewed organisations uploaded {share_by_organisations:percent}, persons {share_by_persons:percent}, "
        "and accounts that nobody has reviewed {share_by_others:percent}: the last two are not among the releases.",
        **found,
    )
