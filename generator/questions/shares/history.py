"""Shares over time: a few countries by name, the European Union as a group, the rest and the unattributed in grey."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from generator.figures.figure import Figure, build_figure
from generator.figures.lines import Line, Lines, Panel, draw_lines
from generator.figures.theme import colour, place_colour
from generator.questions import phrases, sentences
from generator.questions.report import Report
from generator.questions.surges import describe_surges, pick_standing
from generator.star.columns import COLUMNS
from generator.star.definitions import Definition
from generator.star.shares import ShareTable
from generator.star.table import Table, declare_table
from generator.text import words
from generator.text.language import EU
from generator.text.say import NOTHING, Sentence, join, listing, say, write

SLUG: Final = "share-over-time"
# Countries with a line of their own.
NAMED: Final = 5
# A country whose share never reaches this is drawn with the others: its line would lie on the axis, upon theirs.
LEAST_DRAWN: Final = 0.01
REST: Final = "REST"
NOBODY: Final = "NOBODY"
NAMES: Final = {REST: say("Other countries"), NOBODY: say("No country")}
# A place, the others together, or what has no country.
PLACE: Final = replace(COLUMNS["country_code"], vocabulary=NAMES)
LINES: Final = declare_table(
    "share-over-time", "Shares over time", "A place on a date.", COLUMNS["as_of"], PLACE, COLUMNS["share"]
)
# From so many dates with a whole year on, the line shows the years themselves: two months of weeks.
MIN_YEARS: Final = 8


def build_share_over_time(report: Report) -> Figure | None:
    """Build the lines of the headline's definition, or of what stood before it while few dates have a whole year.

    None on a single date, which has bars and no line.
    """
    tables = _choose_tables(report)
    if len(tables) < 2:
        return None
    shares = list_shares(tables, _list_eu(report))
    lines = tuple(style_line(code) for code in pick_drawn(shares))
    finding = join(
        state_finding(report, tables),
        phrases.state_compared(report, tables[-1].definition),
        sentences.state_without(report, tables[-1].definition),
    )
    picture = Lines(
        (Panel(lines, "share"),), x="as_of", series="country_code", standing=pick_standing(report), shade=NOBODY
    )
    return build_figure(
        _list_rows(tables, shares),
        draw_lines,
        picture,
        slug=SLUG,
        headline=finding,
        subtitle=say(
            "Share of downloads · {definition} · at {count} dates, {first:date} to {last:date}",
            definition=sentences.name_definition(tables[-1].definition),
            count=len(tables),
            first=tables[0].as_of,
            last=tables[-1].as_of,
        ),
        how_to_read=join(
            say(
                "A line is a place's share of the downloads in the window that ends on each date ({window:window}). "
                "The European Union is a group: its members are also counted by themselves. “No country” is what is "
                "international, unaffiliated or unreviewed.",
                window=tables[-1].definition.window,
            ),
            _explain_others(shares, lines),
            phrases.describe_growth(report.data),
            describe_surges(report),
        ),
        alt=join(
            describe_run(tables) if report.data.scope.may_rank else NOTHING,
            phrases.describe_unattributed(tables[-1].unattributed, tables[-1].share_of("UNREVIEWED")),
        ),
    )


def _explain_others(shares: Mapping[str, Sequence[float]], lines: Sequence[Line]) -> Sentence:
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


def _list_rows(tables: Sequence[ShareTable], shares: Mapping[str, Sequence[float]]) -> Table:
    return LINES.hold(
        [(each.as_of, code, share) for code, found in shares.items() for each, share in zip(tables, found, strict=True)]
    )


def _choose_tables(report: Report) -> Sequence[ShareTable]:
    own = report.histories[report.headline]
    if report.headline.window == "all_time" or (report.headline.window == "12m" and len(own) >= MIN_YEARS):
        return own
    kin = (Definition(window, report.headline.universe, report.headline.attribution) for window in ("all_time", "30d"))
    return next((report.histories[definition] for definition in kin if definition in report.histories), own)


def state_finding(report: Report, tables: Sequence[ShareTable]) -> Sentence:
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


def list_shares(tables: Sequence[ShareTable], eu: frozenset[str]) -> dict[str, tuple[float, ...]]:
    """List the shares, date by date, of the largest countries, the union, the other countries and what has none.

    The others are those without a line; a large one that stays below `LEAST_DRAWN` is among them, and listed last.
    """

    def add(codes: Iterable[str]) -> tuple[float, ...]:
        return tuple(each.share_of(*codes) for each in tables)

    largest = {row.code: add([row.code]) for row in tables[-1].places[:NAMED]}
    largest |= {EU: add(eu)} if any(add(eu)) else {}
    drawn = pick_drawn(largest)
    rest = {row.code for each in tables for row in each.places} - set(drawn)
    found = {code: largest[code] for code in drawn} | ({REST: add(rest)} if rest else {})
    return {**found, NOBODY: tuple(each.unattributed for each in tables), **largest}


def pick_drawn(shares: Mapping[str, Sequence[float]]) -> list[str]:
    """Pick what has a line: all that reaches `LEAST_DRAWN` once, and the sums of others and of what has no country."""
    return [code for code, found in shares.items() if code in {REST, NOBODY} or max(found) >= LEAST_DRAWN]


def style_line(code: str) -> Line:
    """Return how a place's line looks: its colour, the union dashed, what no country is given dotted."""
    dash = {EU: (6, 3), NOBODY: (2, 3)}.get(code, ())
    name = NAMES.get(code)
    short = name or write(code, "brief")
    return Line(code, name or write(code, "place"), place_colour(code), dash, _weigh(code), short)


def _weigh(code: str) -> float:
    if code in {"CN", "US"}:
        return 2.6
    return 1.5 if place_colour(code) == colour("place-other") else 2.0


def _list_eu(report: Report) -> frozenset[str]:
    return frozenset(country.code for country in report.countries if country.eu)
