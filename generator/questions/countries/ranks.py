"""The ranks of the largest countries over time."""

from collections.abc import Sequence
from typing import Final

from generator.figures.figure import Figure, build_figure
from generator.figures.lines import Line, Lines, Panel, draw_lines
from generator.figures.theme import place_colour
from generator.questions import phrases
from generator.questions.report import Report
from generator.questions.surges import pick_standing
from generator.star.columns import COLUMNS
from generator.star.dominant import ALL_MODELS
from generator.star.shares import ShareTable
from generator.star.table import Table, declare_table
from generator.text.say import COMMA, Sentence, join, listing, say, write

SLUG: Final = "country-ranks"
# Ranks that are drawn, and countries with a line: those of the newest date.
RANKS: Final = 10
_ROW: Final = 27
LINES: Final = declare_table(
    "country-ranks",
    "Ranks of countries over time",
    "A country on a date.",
    *(COLUMNS[name] for name in ("as_of", "country_code", "rank", "share")),
)


def build_country_ranks(report: Report) -> Figure | None:
    """Build the figure; None with fewer than two dates or countries."""
    tables = report.histories.get(ALL_MODELS, ())
    if len(tables) < 2 or len(tables[-1].places) < 2:
        return None
    codes = [row.code for row in tables[-1].places[:RANKS]]
    return build_figure(
        list_ranks(tables, codes),
        draw_lines,
        _choose_lines(codes, report),
        slug=SLUG,
        headline=state_ranks(tables, codes, report),
        subtitle=say(
            "Rank by share of downloads · 30 days · all models · by publisher · {first:date} to {last:date}",
            first=tables[0].as_of,
            last=tables[-1].as_of,
        ),
        how_to_read=join(
            say(
                "Each line is a country, number 1 at the top. The countries are the first {ranks} of the newest date; "
                "where a line is broken, the country was not among the first {ranks}.",
                ranks=RANKS,
            ),
            phrases.describe_growth(report.data),
        ),
        alt=_describe_shares(tables[-1]),
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


def _describe_shares(table: ShareTable) -> Sentence:
    named = (join(write(row.code, "place"), write(row.share, "percent")) for row in table.places[:RANKS])
    return say("Their shares on that date: {names}.", names=join(*named, between=COMMA))


def list_ranks(tables: Sequence[ShareTable], codes: Sequence[str]) -> Table:
    """List the ranks of countries on each date; a rank behind the last one drawn is left empty."""
    return LINES.hold(
        [(table.as_of, code, _find_rank(table, code), table.share_of(code)) for code in codes for table in tables]
    )


def _find_rank(table: ShareTable, code: str) -> int | None:
    row = table.find(code)
    return row.rank if row and row.rank and row.rank <= RANKS else None


def _choose_lines(codes: Sequence[str], report: Report) -> Lines:
    lines = tuple(
        Line(
            code,
            say("{rank:count}  {place:place}", rank=rank, place=code),
            place_colour(code),
            weight=2.2,
            short=say("{rank:count}  {place:brief}", rank=rank, place=code),
            valued=False,
        )
        for rank, code in enumerate(codes, start=1)
    )
    ticks = tuple(map(float, range(1, len(codes) + 1)))
    height = 20 + _ROW * len(codes) + 22
    panel = Panel(lines, "rank", ticks=ticks, unit="count")
    return Lines(
        (panel,),
        x="as_of",
        series="country_code",
        heights=(height, height),
        standing=pick_standing(report, most=0),
        ranks=True,
    )
