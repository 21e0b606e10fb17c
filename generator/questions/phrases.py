"""Words that several figures share: what is counted, comparisons, notes on the data."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from generator.questions.report import DataSource, Report
from generator.star.definitions import Definition
from generator.star.shares import ShareRow
from generator.text.say import COMMA, NOTHING, Sentence, join, say, write


def describe_unattributed(share: float, unreviewed: float) -> Sentence:
    """Say how much of the downloads no country is given."""
    return say(
        "{share:percent} of the downloads are attributed to no country, {unreviewed:percent} because nobody has "
        "reviewed the publisher yet.",
        share=share,
        unreviewed=unreviewed,
    )


def describe_growth(data: DataSource) -> Sentence:
    """Say how the list of models grew, where the data are not the whole Hub; else nothing."""
    if data.scope.is_hub or data.first_models == data.models:
        return NOTHING
    return say(
        "The list of models tracked changed from {first:count} to {last:count} over these dates, so part of what "
        "moves is the list.",
        first=data.first_models,
        last=data.models,
    )


def state_compared(report: Report, definition: Definition, code: str = "") -> Sentence:
    """State how a share moved over the models of a list that are counted on both dates; else nothing.

    The share is that of the country with most of their downloads, or of the code given.
    """
    compared = report.compared.get(definition)
    if compared is None:
        return NOTHING
    place = code or report.table(definition).places[0].code
    before, after = (round(shares.get(place, 0.0), 3) for shares in (compared.before, compared.after))
    values: dict[str, Any] = {
        "models": compared.models,
        "place": place,
        "before": before,
        "after": after,
        "first": compared.before_on,
        "last": compared.after_on,
    }
    if before == after:
        return say(
            "Over the {models:count} models counted on both dates, the share of {place:the} was {after:percent} on "
            "{first:date} and on {last:date}.",
            **values,
        )
    if after > before:
        return say(
            "Over the {models:count} models counted on both dates, the share of {place:the} rose from "
            "{before:percent} on {first:date} to {after:percent} on {last:date}.",
            **values,
        )
    return say(
        "Over the {models:count} models counted on both dates, the share of {place:the} fell from {before:percent} on "
        "{first:date} to {after:percent} on {last:date}.",
        **values,
    )


def find_pair(report: Report) -> tuple[str, str] | None:
    """Return the codes of the two countries that lead under the headline; None with fewer than two."""
    lead = report.leads.get(report.headline)
    return (lead.leader, lead.second) if lead else None


def list_shares(parts: Iterable[tuple[Sentence | str, float]], way: str = "percent") -> Sentence:
    """List names with their shares, one behind the other."""
    return join(*(join(name, write(share, way)) for name, share in parts), between=COMMA)


def list_places(rows: Iterable[ShareRow]) -> Sentence:
    """List places with their shares."""
    return list_shares((write(row.code, "place"), row.share) for row in rows)


def count_codes(codes: Iterable[str]) -> list[tuple[str, int]]:
    """Count codes, the most frequent first."""
    return sorted(Counter(codes).items(), key=lambda item: (-item[1], item[0]))
