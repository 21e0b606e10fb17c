"""Countries in sentences: what each accounts for, with and without its largest model, and the order of the first."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from generator.base.encode import label
from generator.base.settings import MIN_COUNTRY_SHARE
from generator.questions import phrases, sentences
from generator.questions.countries.tables import RANKS, find_table
from generator.questions.report import Report
from generator.star.dominant import ALL_MODELS
from generator.star.shares import ShareTable
from generator.text import words
from generator.text.say import NOTHING, Sentence, clauses, join, listing, say, write


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


def describe_rank(code: str, report: Report) -> Sentence:
    """Say which rank a country has by publisher."""
    tables = report.histories.get(ALL_MODELS, ())
    row = tables[-1].find(code) if tables else None
    if row is None or row.rank is None:
        return say("It has no downloads by publisher on the newest date.")
    return say("By publisher it ranks {rank} of {total} countries.", rank=row.rank, total=len(tables[-1].places))


def state_large(tables: Sequence[ShareTable], codes: Sequence[str]) -> Sentence:
    """State the newest shares of the countries with a panel, and what no country is given."""
    newest, (first, *others) = tables[-1], codes
    named = [say("in {place:the} for {share:percent}", share=newest.share_of(code), place=code) for code in others]
    return say(
        "Models from organisations in {place:the} account for {share:percent} of the downloads in the thirty days to "
        "{date:date}, {others}; {nobody:percent} are given to no country.",
        place=first,
        share=newest.share_of(first),
        date=newest.as_of,
        others=clauses(named),
        nobody=newest.unattributed,
    )


def state_ranks(tables: Sequence[ShareTable], codes: Sequence[str], report: Report) -> Sentence:
    """State the newest order; over the whole Hub also how many of the countries had another rank at first."""
    order = say(
        "The order on {date:date} is {places}.",
        date=tables[-1].as_of,
        places=listing([write(code, "place") for code in codes]),
    )
    if not report.data.scope.may_rank or report.breaks:
        return order
    before = {row.code: row.rank for row in tables[0].places}
    moved = sum(before.get(code) != rank for rank, code in enumerate(codes, start=1))
    return join(
        order,
        say(
            "On {date:date}, {moved:count} of these {number:count} had another rank.",
            date=tables[0].as_of,
            moved=moved,
            number=len(codes),
        ),
    )


def describe_shares(table: ShareTable) -> Sentence:
    """Say the shares of the countries that have a rank."""
    return say("Their shares on that date: {names}.", names=phrases.list_places(table.places[:RANKS]))
