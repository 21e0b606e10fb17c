"""Shares as they are drawn: of the largest countries, of the others together, and of what no country is given."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from generator.registry import UNREVIEWED
from generator.star.columns import COLUMNS
from generator.star.shares import NOT_PLACES, ShareRow, ShareTable
from generator.star.table import Table, declare_table
from generator.text.language import EU
from generator.text.say import Sentence, say, write

# Countries with a line of their own.
NAMED: Final = 5
# A country whose share never reaches this is drawn with the others: its line would lie on the axis, upon theirs.
LEAST_DRAWN: Final = 0.01
# Countries with a bar: at most, at least, and from which share on one beyond these has one.
PLACES: Final = (10, 5)
LEAST: Final = 0.005
REST: Final = "REST"
NOBODY: Final = "NOBODY"
NAMES: Final = {REST: say("Other countries"), NOBODY: say("No country")}
# A place, the others together, or what has no country.
PLACE: Final = replace(COLUMNS["country_code"], vocabulary=NAMES)
BARS: Final = declare_table(
    "share-now",
    "Shares now",
    "A country or category.",
    *(COLUMNS[name] for name in ("country_code", "downloads", "share", "share_lower", "share_upper", "models")),
)
LINES: Final = declare_table(
    "share-over-time", "Shares over time", "A place on a date.", COLUMNS["as_of"], PLACE, COLUMNS["share"]
)


def list_rows(rows: Iterable[ShareRow]) -> Table:
    """List rows of shares."""
    return BARS.hold([(row.code, row.downloads, row.share, row.lower, row.upper, row.models) for row in rows])


def pick_rows(table: ShareTable) -> tuple[ShareRow, ...]:
    """Pick the largest countries, the sum of the others, then every category that is no country."""
    most, least = PLACES
    shown = max(sum(row.share >= LEAST for row in table.places[:most]), least)
    rest = table.places[shown:]
    others = [row for code in NOT_PLACES if (row := table.find(code))]
    return (*table.places[:shown], *([_sum_rest(rest, table)] if rest else []), *others)


def _sum_rest(rest: Sequence[ShareRow], table: ShareTable) -> ShareRow:
    """Sum rows; one of them alone could have all that is unreviewed."""
    share = sum(row.share for row in rest)
    return ShareRow(
        code=REST,
        downloads=sum(row.downloads for row in rest),
        share=share,
        lower=share,
        upper=min(1.0, share + table.share_of(UNREVIEWED)),
        models=sum(row.models for row in rest),
        rank=None,
    )


def list_lines(tables: Sequence[ShareTable], shares: Mapping[str, Sequence[float]]) -> Table:
    """List shares over time as rows, given as `list_shares` returns them."""
    return LINES.hold(
        [(each.as_of, code, share) for code, found in shares.items() for each, share in zip(tables, found, strict=True)]
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


def name_part(code: str) -> Sentence:
    """Name a place, the other countries together, or what has no country."""
    return NAMES.get(code) or write(code, "place")
