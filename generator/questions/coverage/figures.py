"""Coverage over time: the share of the 30-day downloads whose publisher somebody has reviewed."""

import math
from collections.abc import Sequence
from functools import partial
from typing import Final

from generator.figures import parts
from generator.figures.figure import Figure, Table
from generator.figures.lines import Line, Lines, Panel, draw_lines
from generator.figures.theme import colour
from generator.questions import phrases, sentences
from generator.questions.report import Report
from generator.star.coverage import Coverage
from generator.text.language import Language

SLUG: Final = "coverage-over-time"
# The axis begins at the multiple of this below the smallest share: what matters is how much is missing.
STEP: Final = 0.05


def build_coverage(report: Report, language: Language) -> Figure:
    """Build the line of the reviewed share on every date."""
    first, last = report.coverage[0], report.coverage[-1]
    finding = state_finding(report.coverage, language)
    table = Table(
        columns=(
            parts.date_column("date", language.gettext("Date")),
            parts.share_column("reviewed", language.gettext("Reviewed share")),
            parts.count_column("publishers", language.gettext("Reviewed publishers")),
        ),
        rows=tuple((each.as_of.isoformat(), each.reviewed, each.publishers) for each in report.coverage),
    )
    return Figure(
        slug=SLUG,
        headline=finding,
        subtitle=language.gettext(
            "Share of all downloads in the 30 days before each date whose publisher is reviewed, %(first)s to %(last)s",
            first=language.date(first.as_of),
            last=language.date(last.as_of),
        ),
        source=sentences.describe_source(report.data, language),
        how_to_read=phrases.join_sentences(
            language.gettext(
                "Each point is the part of the downloads for which somebody has looked up who runs the account. "
                "Today's registry is applied to every date; the axis does not begin at zero."
            ),
            phrases.describe_growth(report.data, language),
        ),
        alt=phrases.join_sentences(
            finding,
            language.gettext(
                "On the first date, %(date)s, it was %(share)s.",
                date=language.date(first.as_of),
                share=language.percent(first.reviewed),
            ),
        ),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_lines, table, choose_picture(report.coverage), language=language),
    )


def choose_picture(coverage: Sequence[Coverage]) -> Lines:
    """Return the line of the reviewed share on an axis up to 100 %."""
    floor = choose_floor(min(each.reviewed for each in coverage))
    ticks = tuple(round(floor + (1 - floor) * index / 5, 10) for index in range(6))
    line = Line("reviewed", "", colour("accent"), weight=2.2)
    return Lines((Panel((line,), "reviewed", ticks=ticks),), series="", heights=(220, 260))


def state_finding(coverage: Sequence[Coverage], language: Language) -> str:
    """State the reviewed share on the newest date and the smallest on any."""
    lowest = min(coverage, key=lambda each: each.reviewed)
    now = coverage[-1]
    if lowest is now:
        return language.gettext(
            "The publishers of %(share)s of the downloads are reviewed on %(date)s.",
            share=language.percent(now.reviewed),
            date=language.date(now.as_of),
        )
    return language.gettext(
        "The publishers of %(share)s of the downloads are reviewed on %(date)s, of %(least)s on the date with the "
        "least, %(when)s.",
        share=language.percent(now.reviewed),
        date=language.date(now.as_of),
        least=language.percent(lowest.reviewed),
        when=language.date(lowest.as_of),
    )


def choose_floor(smallest: float) -> float:
    """Return where the axis begins: a multiple of 5 % at or below the smallest share, at most 95 %."""
    return round(min(math.floor(smallest / STEP + 1e-9) * STEP, 1 - STEP), 10)
