"""Shares in sentences: the leader's on the first and the last date, how many countries have downloads."""

from collections.abc import Mapping, Sequence
from typing import Any

from generator.figures.lines import Line
from generator.questions import phrases, sentences
from generator.questions.report import Report
from generator.questions.shares.tables import LEAST_DRAWN
from generator.star.shares import ShareTable
from generator.text import words
from generator.text.say import NOTHING, Sentence, listing, say


def state_over_time(report: Report, tables: Sequence[ShareTable]) -> Sentence:
    """State what the leader's share was on the first date and is on the last."""
    table = tables[-1]
    if len(table.places) < 2:
        return say("Too few downloads are attributed to tell which country leads.")
    if phrases.describe_growth(report.data):  # a list that changes allows no more than its newest shares
        return sentences.state_table(table, report.data.scope)
    code = table.places[0].code
    before, now = tables[0].share_of(code), table.share_of(code)
    values: dict[str, Any] = {
        "place": code,
        "models": words.name_models(table.definition.universe, report.data.scope),
        "before": before,
        "now": now,
        "first": tables[0].as_of,
        "last": table.as_of,
    }
    if abs(now - before) < 0.005:
        return say(
            "The share of {place:the} in the downloads of {models} was {before:percent} on {first:date} and "
            "{now:percent} on {last:date}.",
            **values,
        )
    if now > before:
        return say(
            "The share of {place:the} in the downloads of {models} rose from {before:percent} on {first:date} to "
            "{now:percent} on {last:date}.",
            **values,
        )
    return say(
        "The share of {place:the} in the downloads of {models} fell from {before:percent} on {first:date} to "
        "{now:percent} on {last:date}.",
        **values,
    )


def describe_run(tables: Sequence[ShareTable]) -> Sentence:
    """Say since when the leader's share has been the largest; nothing where that is the newest date only."""
    if not tables[-1].places:
        return NOTHING
    code = tables[-1].places[0].code
    run = 0
    for table in reversed(tables):
        if not table.places or table.places[0].code != code:
            break
        run += 1
    if run < 2:
        return NOTHING
    return say(
        "The share of {place:the} was the largest on each of the {run} dates since {since:date}.",
        place=code,
        run=run,
        since=tables[-run].as_of,
    )


def explain_others(shares: Mapping[str, Sequence[float]], lines: Sequence[Line]) -> Sentence:
    """Name the places that have no line, though the file has their shares; nothing where all have one."""
    drawn = {line.key for line in lines}
    hidden = [say("{place:the}", place=code) for code in shares if code not in drawn]
    if not hidden:
        return NOTHING
    return say(
        "What stays below {least:percent0} on every date has no line of its own; the table and the files have the "
        "shares of {places}.",
        least=LEAST_DRAWN,
        places=listing(hidden),
    )


def state_largest_two(table: ShareTable, report: Report) -> Sentence:
    """State how many countries have downloads, and how much the first two have together."""
    places = table.places
    if len(places) < 2:
        return say("Too few downloads are attributed to tell which country leads.")
    return say(
        "{count} countries have downloads of {models}; models from {first:the} and {second:the} together account for "
        "{share:percent}.",
        count=len(places),
        models=words.name_models(table.definition.universe, report.data.scope),
        first=places[0].code,
        second=places[1].code,
        share=places[0].share + places[1].share,
    )


def describe_largest(table: ShareTable) -> Sentence:
    """Say the largest shares."""
    return say("The largest shares: {names}.", names=phrases.list_places(table.places[:5]))
