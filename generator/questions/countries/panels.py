"""The larger countries one by one: a panel each on one scale, with what no country is given in all of them."""

from collections.abc import Sequence
from typing import Final

from generator.figures.figure import Figure, build_figure
from generator.figures.lines import Line, Lines, Panel, draw_lines
from generator.figures.theme import place_colour
from generator.questions import phrases
from generator.questions.report import Report
from generator.questions.shares.history import LEAST_DRAWN, LINES, NAMES, NOBODY
from generator.questions.surges import describe_surges, pick_standing
from generator.registry import UNREVIEWED
from generator.star.dominant import ALL_MODELS
from generator.star.shares import ShareTable
from generator.star.table import Table
from generator.text.say import Sentence, clauses, join, say, write

SLUG: Final = "countries-over-time"
# Panels: two columns of three where there is room.
PANELS: Final = 6


def build_country_panels(report: Report) -> Figure | None:
    """Build the figure; None with fewer than two dates, or two countries large enough for a panel."""
    tables = report.histories.get(ALL_MODELS, ())
    codes = pick_large(tables)
    if len(tables) < 2 or len(codes) < 2:
        return None
    return build_figure(
        list_shares(tables, codes),
        draw_lines,
        choose_panels(codes, report),
        slug=SLUG,
        headline=state_large(tables, codes),
        subtitle=say(
            "Share of downloads · 30 days · all models · by publisher · {first:date} to {last:date} · one scale",
            first=tables[0].as_of,
            last=tables[-1].as_of,
        ),
        how_to_read=join(
            say(
                "Each panel is a country whose share was {least:percent0} or more on one of the dates, the largest of "
                "the newest date first. The dotted grey line is the same in all panels: what is international, "
                "unaffiliated or unreviewed.",
                least=LEAST_DRAWN,
            ),
            phrases.describe_growth(report.data),
            describe_surges(report),
        ),
        alt=phrases.describe_unattributed(tables[-1].unattributed, tables[-1].share_of(UNREVIEWED)),
    )


def pick_large(tables: Sequence[ShareTable]) -> list[str]:
    """Pick the countries with a share worth a panel on one of the dates, the largest of the newest date first."""
    newest = [row.code for row in tables[-1].places] if tables else []
    large = (code for code in newest if max(table.share_of(code) for table in tables) >= LEAST_DRAWN)
    return list(large)[:PANELS]


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


def list_shares(tables: Sequence[ShareTable], codes: Sequence[str]) -> Table:
    """List the shares of the countries with a panel, and what no country is given, date by date."""
    return LINES.hold(
        [
            (table.as_of, code, table.unattributed if code == NOBODY else table.share_of(code))
            for code in [*codes, NOBODY]
            for table in tables
        ]
    )


def choose_panels(codes: Sequence[str], report: Report) -> Lines:
    """Return a panel for each country, its own line before that of what no country is given."""
    nobody = Line(NOBODY, NAMES[NOBODY], place_colour(NOBODY), (2, 3), 1.5, dotted=False)
    panels = tuple(
        Panel((Line(code, write(code, "place"), place_colour(code), weight=2.6, strong=True), nobody), "share")
        for code in codes
    )
    return Lines(panels, x="as_of", series="country_code", standing=pick_standing(report, most=1))
