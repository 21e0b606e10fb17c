"""The order of two countries in sentences and in the tables of its page."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from generator.base.settings import TABLE_DATES
from generator.questions import phrases, sentences
from generator.questions.ground import Tables
from generator.questions.report import Report
from generator.star.table import Column, Row, Table
from generator.text import words
from generator.text.say import COMMA, NOTHING, Sentence, join, say, write

# Changes of the order that the page lists, the newest; those of one date stand together.
CHANGES_SHOWN: Final = 100
_PAIR: Final = Column("pair", "said", say("Countries"), "The two countries.")
_UNTIL: Final = Column("until", "said", say("Until"), "When it had turned back.")


def state(tables: Tables, report: Report) -> Mapping[str, Sentence]:
    """State who has been ahead; nothing with fewer than two countries."""
    return {"order": state_order(tables, report), "ties": _state_ties(tables["crossovers-ties"])}


def state_order(tables: Tables, report: Report) -> Sentence:
    """State under how many definitions the order of the two changed, and who is ahead now; over a list neither."""
    pair, scope = phrases.find_pair(report), report.data.scope
    if pair is None:
        return NOTHING
    values: dict[str, Any] = {"first": pair[0], "second": pair[1]}
    if not scope.may_rank:
        return say(
            "The difference between {first:the} and {second:the} within {list}, under each definition, date by date.",
            list=words.name_scope(scope),
            **values,
        )
    orders = pick_pair(tables["crossovers-orders"], pair).records()
    values |= {
        "ahead": sum(row["ahead_code"] == pair[0] for row in orders),
        "changed": sum(row["order_changes"] > 0 for row in orders),
        "total": len(orders),
        "since": min(tables["crossovers-history"].frame["as_of"]),
    }
    if not values["changed"] and values["ahead"] == len(orders):
        return say(
            "{first:The} has been ahead of {second:the} on every date since {since:date}, under all {total:count} "
            "definitions that have numbers.",
            **values,
        )
    return say(
        "{first:The} is ahead of {second:the} under {ahead:count} of {total:count} definitions; the order has changed "
        "under {changed:count} since {since:date}.",
        **values,
    )


def pick_pair(table: Table, pair: tuple[str, str]) -> Table:
    """Return the rows of two countries."""
    return table.where(pair_first_code=pair[0], pair_second_code=pair[1])


def _state_ties(ties: Table) -> Sentence:
    """State the newest dates of each pair on which both had as many downloads; nothing without any."""
    frame = ties.frame
    newest = frame.groupby(["definition", "pair_first_code", "pair_second_code"], sort=False).tail(TABLE_DATES)
    if newest.empty:
        return NOTHING
    return say(
        "On these dates two countries had exactly as many downloads; the order before goes on: {dates}.",
        dates=join(*(_state_tie(row) for row in newest.to_dict("records")), between=COMMA),
    )


def _state_tie(row: Any) -> Sentence:
    return say(
        "{tied_on:date} ({pair}; {definition})",
        tied_on=row["tied_on"],
        pair=_name_pair(row),
        definition=sentences.DEFINITION_NAMES[row["definition"]],
    )


def show(tables: Tables, report: Report) -> Tables:
    """Show the orders of the two leading countries and of the others, and the newest changes."""
    orders, changes, pair = tables["crossovers-orders"], tables["crossovers-changes"], phrases.find_pair(report)
    first = pick_pair(orders, pair) if pair else orders.first(0)
    others = replace(orders, frame=orders.frame.drop(first.frame.index))
    days = sorted(changes.frame["first_seen"], reverse=True)[:CHANGES_SHOWN]
    return {
        "orders": _show_orders(first, report),
        "other-orders": _show_orders(others, report),
        "changes": _show_changes(changes.where(first_seen=days)),
    }


def _show_orders(orders: Table, report: Report) -> Table:
    since = say("Since") if report.data.scope.may_rank else say("In this order from")
    columns = (
        *(orders.column("definition"), _PAIR, orders.column("ahead_code"), orders.column("margin")),
        *(Column("since", "said", since, "The first date of the order."), orders.column("order_changes")),
    )
    return orders.show(columns, pair=_name_pair, since=_name_since)


def _show_changes(changes: Table) -> Table:
    names = ("first_seen", "last_seen", "new_code", "old_code", "margin")
    columns = (*(changes.column(name) for name in names), _UNTIL, changes.column("definition"))
    return changes.show(columns, until=_name_until)


def _name_pair(row: Row) -> Sentence:
    return say("{first:place}, {second:place}", first=row["pair_first_code"], second=row["pair_second_code"])


def _name_since(row: Row) -> Sentence | None:
    if row["ahead_since"] is None:
        return None
    if row["since_first_date"]:
        return say("{date:date}, the first date", date=row["ahead_since"])
    return write(row["ahead_since"], "date")


def _name_until(row: Row) -> Sentence:
    if row["stood_until"] is None:
        return say("it stands")
    if row["is_short"]:
        return say("{date:date} short", date=row["stood_until"])
    return write(row["stood_until"], "date")
