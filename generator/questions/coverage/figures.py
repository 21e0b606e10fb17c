"""Coverage over time: the share of the 30-day downloads whose publisher somebody has reviewed."""

import math
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import altair as alt

from generator.figures import parts
from generator.figures.figure import Figure
from generator.figures.marks import Standing
from generator.figures.text import measure
from generator.figures.theme import SMALL_TEXT, TEXT, WIDE, build_canvas, colour
from generator.questions import phrases, sentences
from generator.questions.report import Report
from generator.questions.shares.history import BOTTOM, TOP, Frame, Line, build_axis, build_date_axis, build_lines
from generator.star.coverage import Coverage
from generator.text.language import Language

SLUG: Final = "coverage-over-time"
# The axis begins at the multiple of this below the smallest share: what matters is how much is missing.
STEP: Final = 0.05


def build_coverage(report: Report, language: Language) -> Figure:
    """Build the line of the reviewed share on every date."""
    first, last = report.coverage[0], report.coverage[-1]
    finding = state_finding(report.coverage, language)
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
        columns=(
            parts.date_column("date", language.gettext("Date")),
            parts.share_column("reviewed", language.gettext("Reviewed share")),
            parts.count_column("publishers", language.gettext("Reviewed publishers")),
        ),
        rows=tuple((each.as_of.isoformat(), each.reviewed, each.publishers) for each in report.coverage),
        draw=partial(_draw, report.coverage, language),
    )


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


def _draw(coverage: Sequence[Coverage], language: Language, width: int) -> alt.LayerChart:
    height = 220 if width < WIDE else 260
    floor = choose_floor(min(each.reviewed for each in coverage))
    ticks = [round(floor + (1 - floor) * index / 5, 10) for index in range(6)]
    rows: list[dict[str, Any]] = [
        {"v": tick, "text": parts.write_tick(tick, language, (1 - floor) / 5)} for tick in ticks
    ]
    end = language.percent(coverage[-1].reviewed)
    left = max(measure(row["text"], SMALL_TEXT) for row in rows) + 8
    right = width - measure(end, TEXT) - 12
    y = alt.Scale(domain=[floor, 1], range=[height - BOTTOM, TOP], nice=False)
    frame = Frame(left, right, y, height, width)
    days = [each.as_of for each in coverage]
    line = Line(
        code="REVIEWED",
        label=language.gettext("Reviewed"),
        colour=colour("accent"),
        dash=(),
        weight=2.2,
        points=tuple((each.as_of, each.reviewed) for each in coverage),
    )
    place = height - BOTTOM - (height - BOTTOM - TOP) * (coverage[-1].reviewed - floor) / (1 - floor)
    label = [{"x": round(right + 8, 1), "y": round(place, 1), "text": end}]
    return build_canvas(
        [
            *build_axis(rows, frame),
            build_date_axis(days, frame, language),
            *build_lines([line], frame, language, Standing()),
            parts.build_labels(label, color=colour("accent")),
        ],
        width,
        height,
    )
