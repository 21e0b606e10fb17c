"""Who leads: the two largest countries of a definition, by how much, and since when."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from generator.star.definitions import Definition
from generator.star.shares import ShareTable


@dataclass(frozen=True)
class Lead:
    """The leader of one definition on one date.

    Attributes:
        definition: what the shares are of.
        as_of: the date.
        leader: code of the country with most downloads.
        second: code of the next.
        margin: difference of their shares, as a fraction.
        is_clear: whether the leader's lower bound is above the second's upper bound.
        since: first date of the unbroken run of dates on which this country has had most downloads.
        since_start: whether that run reaches back to the first date of the history.
    """

    definition: Definition
    as_of: dt.date
    leader: str
    second: str
    margin: float
    is_clear: bool
    since: dt.date
    since_start: bool


def compute_lead(history: Sequence[ShareTable]) -> Lead | None:
    """Compute the lead on the last date of a definition's history, oldest table first; None with one country."""
    if not history or len(history[-1].places) < 2:
        return None
    table = history[-1]
    first, second = table.places[:2]
    run = []
    for earlier in reversed(history):
        if not earlier.places or earlier.places[0].code != first.code:
            break
        run.append(earlier.as_of)
    return Lead(
        definition=table.definition,
        as_of=table.as_of,
        leader=first.code,
        second=second.code,
        margin=first.share - second.share,
        is_clear=first.lower > second.upper,
        since=run[-1],
        since_start=len(run) == len(history),
    )
