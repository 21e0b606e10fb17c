"""Crossovers: which of two countries led when, and every date on which the order changed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Final

from generator.ledger.thinning import thin_dates
from generator.questions import sentences
from generator.questions.ground import Ground
from generator.star.columns import COLUMNS
from generator.star.definitions import Definition
from generator.star.shares import ShareTable
from generator.star.table import Column, Row, Table, declare_table
from generator.text.say import say

# Countries whose pairs are followed.
LEADING: Final = 5
# A lead that was lost again sooner than this is marked short: a week's noise and its correction fit into it.
SHORT_DAYS: Final = 21


_DEFINITION: Final = Column(
    "definition", "text", say("Definition"), "What the shares are of.", vocabulary=sentences.DEFINITION_NAMES
)
_PAIR: Final = (
    _DEFINITION,
    Column("pair_first_code", "place", say("Of"), "The country of the two that is larger under the site's first one."),
    Column("pair_second_code", "place", say("And"), "The other."),
)
_MARGIN: Final = Column("margin", "points", say("Margin, points"), "Share of the one minus that of the other.")
ORDERS: Final = declare_table(
    "crossovers-orders",
    "The order of two countries",
    "A pair of the five largest countries under a definition.",
    *_PAIR,
    Column("ahead_code", "place", say("Ahead"), "Country with more; on a tie the one before; missing if neither ever."),
    _MARGIN,
    Column("ahead_since", "date", say("Since"), "The first date of the present order; missing without one."),
    Column("since_first_date", "flag", say("From the first"), "Whether it reaches back to the first date with one."),
    Column("order_changes", "count", say("Changes"), "Changes of the order.", "changes"),
)
CHANGES: Final = declare_table(
    "crossovers-changes",
    "Changes of the order of two countries",
    "A change of a pair, the oldest first.",
    Column("first_seen", "date", say("First seen"), "The first date on which the new order was seen."),
    Column("last_seen", "date", say("Old order last seen"), "The last date before it with the old order."),
    Column("new_code", "place", say("Ahead from then"), "Country that is ahead from that date."),
    Column("old_code", "place", say("Ahead before"), "Country that was ahead before."),
    _MARGIN,
    Column("stood_until", "date", say("Until"), "The first date on which it had turned back; missing while it stands."),
    Column("is_short", "flag", say("Short"), f"Whether it had turned back in under {SHORT_DAYS} days."),
    *_PAIR,
)
TIES: Final = declare_table(
    "crossovers-ties",
    "Ties of two countries",
    "A date on which both had the same whole number of downloads, and not none.",
    Column("tied_on", "date", say("Date"), "The date."),
    *_PAIR,
)
HISTORY: Final = declare_table(
    "crossovers-history",
    "Margin of the two leading countries over time",
    "A definition on a date.",
    *(COLUMNS["as_of"], _DEFINITION, _MARGIN),
)


@dataclass(frozen=True)
class _Order:
    """Who leads on a date, and by what difference of shares."""

    as_of: dt.date
    leader: str
    margin: float


def compute(ground: Ground) -> tuple[Table, ...]:
    """Compute the tables, the margins on the dates that stand on their own."""
    shown = thin_dates({interval.end for interval in ground.reading.intervals})
    dated = [table for tables in ground.histories.values() for table in tables if table.as_of in shown]
    return compute_crossovers(ground.turning, dated, ground.headline)


def compute_crossovers(
    histories: Mapping[Definition, Sequence[ShareTable]], dated: Sequence[ShareTable], headline: Definition
) -> tuple[Table, ...]:
    """Compute the order of each pair of the five largest countries, its changes and ties, under each definition.

    Args:
        histories: each definition's tables, oldest first; dates without a table are simply not there.
        dated: those of which the margin of the two largest is listed.
        headline: the definition whose newest table names the countries.
    """
    codes = [row.code for row in histories[headline][-1].places[:LEADING]]
    pairs = [follow_pair(tables, pair) for tables in histories.values() for pair in combinations(codes, 2)]
    return (
        ORDERS.fill([pair.order for pair in pairs]),
        CHANGES.fill([row for pair in pairs for row in pair.changes]),
        TIES.fill([row for pair in pairs for row in pair.ties]),
        HISTORY.fill([_measure(table, *codes[:2]) for table in dated] if pairs else []),
    )


@dataclass(frozen=True)
class Followed:
    """Two countries under one definition: rows of their order now, of its changes and of ties, oldest first."""

    order: Row
    changes: tuple[Row, ...]
    ties: tuple[Row, ...]


def follow_pair(tables: Sequence[ShareTable], pair: tuple[str, str]) -> Followed:
    """Follow two countries through a definition's tables, oldest first, at least one.

    A country without a row has no downloads on that date. Dates with a tie, or with no downloads of either, hold no
    order: the one before goes on.
    """
    orders = [order for table in tables if (order := _read_order(table, pair))]
    newest = tables[-1]
    key = {"definition": newest.definition.slug, "pair_first_code": pair[0], "pair_second_code": pair[1]}
    changes = tuple({**key, **row} for row in _list_changes(orders))
    since = changes[-1]["first_seen"] if changes else orders[0].as_of if orders else None
    now = {
        "ahead_code": orders[-1].leader if orders else None,
        "margin": orders[-1].margin if orders and orders[-1].as_of == newest.as_of else 0.0,
        "ahead_since": since,
        "since_first_date": bool(orders) and not changes,
        "order_changes": len(changes),
    }
    ties = ({**key, "tied_on": table.as_of} for table in tables if _is_tied(table, pair))
    return Followed({**key, **now}, changes, tuple(ties))


def _measure(table: ShareTable, first: str, second: str) -> Row:
    margin = table.share_of(first) - table.share_of(second)
    return {"as_of": table.as_of, "definition": table.definition.slug, "margin": margin}


def _read_order(table: ShareTable, pair: tuple[str, str]) -> _Order | None:
    first, second = (table.find(code) for code in pair)
    downloads = [row.downloads if row else 0 for row in (first, second)]
    if downloads[0] == downloads[1]:
        return None
    shares = [row.share if row else 0 for row in (first, second)]
    sign = 1 if downloads[0] > downloads[1] else -1
    return _Order(table.as_of, pair[0] if sign > 0 else pair[1], (shares[0] - shares[1]) * sign)


def _list_changes(orders: Sequence[_Order]) -> list[Row]:
    turns = [(before, after) for before, after in pairwise(orders) if before.leader != after.leader]
    ends = [after.as_of for _, after in turns[1:]]
    return [
        {
            "first_seen": after.as_of,
            "last_seen": before.as_of,
            "new_code": after.leader,
            "old_code": before.leader,
            "margin": after.margin,
            "stood_until": until,
            "is_short": until is not None and (until - after.as_of).days < SHORT_DAYS,
        }
        for (before, after), until in zip(turns, [*ends, None], strict=False)
    ]


def _is_tied(table: ShareTable, pair: tuple[str, str]) -> bool:
    first, second = (_downloads(table, code) for code in pair)
    return first == second > 0


def _downloads(table: ShareTable, code: str) -> int:
    row = table.find(code)
    return row.downloads if row else 0
