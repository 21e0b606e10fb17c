"""Crossovers: which of two countries led when, and every date on which the order changed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Final

from generator.star.definitions import Definition
from generator.star.shares import ShareTable

# Countries whose pairs are followed.
LEADING: Final = 5
# A lead that was lost again sooner than this is marked short: a week's noise and its correction fit into it.
SHORT_DAYS: Final = 21


@dataclass(frozen=True)
class LeadChange:
    """One change of the order of two countries.

    Attributes:
        as_of: the first date on which the new order was seen.
        last_seen: the last date before it on which the old order was seen; the change lies between the two.
        previous: code of the country that led before.
        leader: code of the country that leads from this date.
        margin: share of the new leader minus that of the other on `as_of`, as a fraction.
        until: the first date on which the order had turned back; None while it stands.
        is_short: whether it had turned back in under three weeks.
    """

    as_of: dt.date
    last_seen: dt.date
    previous: str
    leader: str
    margin: float
    until: dt.date | None
    is_short: bool


@dataclass(frozen=True)
class PairHistory:
    """The order of two countries under one definition, from the first date that has one to the newest.

    Attributes:
        definition: what the shares are of.
        pair: the two codes, the larger under the headline first.
        as_of: the newest date.
        leader: code of the country that leads; on an exact tie the one that led before; None where neither ever did.
        margin: share of `leader` minus that of the other on the newest date, as a fraction; 0 on a tie.
        since: the first date of the present order; None without a leader.
        since_start: whether that order reaches back to the first date on which there was one.
        changes: every change of the order, oldest first.
        ties: dates on which both had the same whole number of downloads, and not none.
    """

    definition: Definition
    pair: tuple[str, str]
    as_of: dt.date
    leader: str | None
    margin: float
    since: dt.date | None
    since_start: bool
    changes: tuple[LeadChange, ...]
    ties: tuple[dt.date, ...]


@dataclass(frozen=True)
class _Order:
    """Who leads on a date, and by what difference of shares."""

    as_of: dt.date
    leader: str
    margin: float


def compute_crossovers(
    histories: Mapping[Definition, Sequence[ShareTable]], headline: Definition
) -> dict[Definition, tuple[PairHistory, ...]]:
    """Follow each pair of the five largest countries under the headline through every definition's history.

    Args:
        histories: each definition's tables, oldest first; dates without a table are simply not there.
        headline: the definition whose newest table names the countries.
    """
    codes = [row.code for row in histories[headline][-1].places[:LEADING]]
    return {
        definition: tuple(compute_pair(tables, pair) for pair in combinations(codes, 2))
        for definition, tables in histories.items()
    }


def compute_pair(tables: Sequence[ShareTable], pair: tuple[str, str]) -> PairHistory:
    """Follow two countries through a definition's tables, oldest first, at least one.

    A country without a row has no downloads on that date. Dates with a tie, or with no downloads of either, hold no
    order: the one before goes on.
    """
    orders = [order for table in tables if (order := _read_order(table, pair))]
    changes = _list_changes(orders)
    newest = tables[-1]
    leader = orders[-1].leader if orders else None
    return PairHistory(
        definition=newest.definition,
        pair=pair,
        as_of=newest.as_of,
        leader=leader,
        margin=orders[-1].margin if orders and orders[-1].as_of == newest.as_of else 0.0,
        since=changes[-1].as_of if changes else orders[0].as_of if orders else None,
        since_start=bool(orders) and not changes,
        changes=changes,
        ties=tuple(table.as_of for table in tables if _is_tied(table, pair)),
    )


def _read_order(table: ShareTable, pair: tuple[str, str]) -> _Order | None:
    first, second = (_downloads(table, code) for code in pair)
    if first == second:
        return None
    leader, other = pair if first > second else pair[::-1]
    return _Order(table.as_of, leader, table.share_of(leader) - table.share_of(other))


def _list_changes(orders: Sequence[_Order]) -> tuple[LeadChange, ...]:
    turns = [(before, after) for before, after in pairwise(orders) if before.leader != after.leader]
    ends = [after.as_of for _, after in turns[1:]]
    return tuple(
        LeadChange(
            as_of=after.as_of,
            last_seen=before.as_of,
            previous=before.leader,
            leader=after.leader,
            margin=after.margin,
            until=until,
            is_short=until is not None and (until - after.as_of).days < SHORT_DAYS,
        )
        for (before, after), until in zip(turns, [*ends, None], strict=False)
    )


def _is_tied(table: ShareTable, pair: tuple[str, str]) -> bool:
    first, second = (_downloads(table, code) for code in pair)
    return first == second > 0


def _downloads(table: ShareTable, code: str) -> int:
    row = table.find(code)
    return row.downloads if row else 0
