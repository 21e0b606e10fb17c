"""Coverage over time: the share of the 30-day downloads whose publisher somebody has reviewed."""

import math
from collections.abc import Sequence
from typing import Final

from generator.figures.figure import Figure, build_figure
from generator.figures.lines import Line, Lines, Panel, draw_lines
from generator.figures.theme import colour
from generator.questions import phrases
from generator.questions.ground import Tables
from generator.questions.report import Report
from generator.star.columns import COLUMNS
from generator.star.coverage import Coverage
from generator.star.table import Column, declare_table
from generator.text.say import Sentence, join, say

SLUG: Final = "coverage-over-time"
# The axis begins at the multiple of this below the smallest share: what matters is how much is missing.
STEP: Final = 0.05
LINE: Final = declare_table(
    SLUG,
    "Coverage over time",
    "A date.",
    COLUMNS["as_of"],
    Column("share_reviewed", "share", say("Reviewed share"), "Of the downloads, those whose publisher is reviewed."),
    Column("reviewed_publishers", "count", say("Reviewed publishers"), "How many they are.", "publishers"),
)


def build(_: Tables, report: Report) -> tuple[Figure, ...]:
    """Build the line of the reviewed share on every date."""
    first, last = report.coverage[0], report.coverage[-1]
    figure = build_figure(
        LINE.hold([(each.as_of, each.reviewed, each.publishers) for each in report.coverage]),
        draw_lines,
        choose_picture(report.coverage),
        slug=SLUG,
        headline=state_finding(report.coverage),
        subtitle=say(
            "Share of all downloads in the 30 days before each date whose publisher is reviewed, {first:date} to "
            "{last:date}",
            first=first.as_of,
            last=last.as_of,
        ),
        how_to_read=join(
            say(
                "Each point is the part of the downloads for which somebody has looked up who runs the account. "
                "Today's registry is applied to every date; the axis does not begin at zero."
            ),
            phrases.describe_growth(report.data),
        ),
        alt=say("On the first date, {date:date}, it was {share:percent}.", date=first.as_of, share=first.reviewed),
    )
    return (figure,)


def choose_picture(coverage: Sequence[Coverage]) -> Lines:
    """Return the line of the reviewed share on an axis up to 100 %."""
    floor = choose_floor(min(each.reviewed for each in coverage))
    ticks = tuple(round(floor + (1 - floor) * index / 5, 10) for index in range(6))
    line = Line("reviewed", "", colour("accent"), weight=2.2)
    return Lines((Panel((line,), "share_reviewed", ticks=ticks),), x="as_of", heights=(220, 260))


def state_finding(coverage: Sequence[Coverage]) -> Sentence:
    """State the reviewed share on the newest date and the smallest on any."""
    lowest = min(coverage, key=lambda each: each.reviewed)
    now = coverage[-1]
    if lowest is now:
        return say(
            "On {date:date}, {share:percent} of the downloads come from reviewed publishers.",
            share=now.reviewed,
            date=now.as_of,
        )
    return say(
        "On {date:date}, {share:percent} of the downloads come from reviewed publishers; the lowest share on any "
        "date was {least:percent}, on {when:date}.",
        share=now.reviewed,
        date=now.as_of,
        least=lowest.reviewed,
        when=lowest.as_of,
    )


def choose_floor(smallest: float) -> float:
    """Return where the axis begins: a multiple of 5 % at or below the smallest share, at most 95 %."""
    return round(min(math.floor(smallest / STEP + 1e-9) * STEP, 1 - STEP), 10)
