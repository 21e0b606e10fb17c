"""The outside series in sentences: the newest month's order and since when it stands, and twelve months of it."""

from collections.abc import Callable, Mapping
from itertools import groupby, takewhile
from typing import Any

from generator.questions.ground import Tables
from generator.questions.outside.tables import LEVEL
from generator.questions.report import Report
from generator.star.table import Row, Table
from generator.text.say import NOTHING, Sentence, join, listing, say, write


def state(tables: Tables, _: Report) -> Mapping[str, Sentence]:
    """State the order, since when, the years, and what is counted; nothing without the series."""
    months = list_points(tables["outside-months"], "month_from")
    if not months:
        return {"outside": NOTHING}
    return {
        "outside": state_outside(months),
        "outside-before": _state_before(months),
        "outside-years": _state_years(tables),
        "outside-scope": say(
            "Counted by others over the whole Hub, {start:month} to {end:month}: text and vision-language models of "
            "all ages, six labs a side. Which six is our choice. None of these numbers enters any other on this site.",
            start=months[0]["month_from"],
            end=months[-1]["month_from"],
        ),
    }


def list_points(table: Table, key: str) -> list[Row]:
    """List months or spans, each with its two sides and their shares, the larger first."""
    found: list[Row] = []
    for _, rows in groupby(table.records(), key=lambda row: row[key]):
        first, second = sorted(rows, key=lambda row: -row["share_of_six"])
        shares = {"first_share": first["share_of_six"], "second_share": second["share_of_six"]}
        found.append({**first, **shares, "first": first["country_code"], "second": second["country_code"]})
    return found


def find_run(months: list[Row], order: Callable[[Row], str]) -> list[Row]:
    """Return the newest months without a break that have the same order, oldest first."""
    return list(takewhile(lambda month: order(month) == order(months[-1]), months[::-1]))[::-1]


def state_outside(months: list[Row]) -> Sentence:
    """State the newest month's order, and since when it stands by our rule."""
    newest, run = months[-1], find_run(months, lambda month: str(month["order"]))
    values: dict[str, Any] = {**newest, "month": newest["month_from"], "since": run[0]["month_from"]}
    if newest["order"] == LEVEL:
        return say(
            "Models from six labs in {first:the} account for {first_share:percent} and models from six labs in "
            "{second:the} for {second_share:percent} of the Hub's downloads of text and vision-language models in "
            "{month:month}, which counts as level.",
            **values,
        )
    return say(
        "Models from six labs in {first:the} account for {first_share:percent} of the Hub's downloads of text and "
        "vision-language models in {month:month}, models from six labs in {second:the} for {second_share:percent}; the "
        "lead is clear in every month since {since:month}.",
        **values,
    )


def _state_before(months: list[Row]) -> Sentence:
    """State since when the side that is ahead has been so, and in which of these months the two were level."""
    run = find_run(months, lambda month: str(month["first"]))
    level = [write(month["month_from"], "month") for month in run if month["order"] == LEVEL]
    values = {"first": run[-1]["first"], "since": run[0]["month_from"], "level": listing(level)}
    if not level:
        return say("{first:The} is ahead in every month since {since:month}.", **values)
    return say(
        "{first:The} is ahead in every month since {since:month}; in {level} the lead is so small that the two count "
        "as level.",
        **values,
    )


def _state_years(tables: Tables) -> Sentence:
    """State the twelve months that the study counted and the newest twelve, with and without the surge."""
    return join(*(_state_span(span, tables) for span in list_points(tables["outside-spans"], "span")))


def _state_span(span: Row, tables: Tables) -> Sentence:
    if span["span"] == "without-surge":
        return say(
            "Without one model's surge in {month:month}: about {first_share:percent} and {second_share:percent}.",
            month=find_surge(tables)["broke_on"],
            **span,
        )
    if span["order"] == LEVEL:
        return say(
            "Over the twelve months to {last_month:month}: {first:the} {first_share:percent}, {second:the} "
            "{second_share:percent}, which counts as level.",
            **span,
        )
    return say(
        "Over the twelve months to {last_month:month}: {first:the} {first_share:percent}, {second:the} "
        "{second_share:percent}.",
        **span,
    )


def find_surge(tables: Tables) -> Row:
    """Find the surge that one of the spans leaves out."""
    surges = tables["outside-breaks"].where(event_kind="surge").records()
    return [row for row in surges if row["least_downloads"]][-1]
