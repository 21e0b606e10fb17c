"""The line of each model's history, for the rows of tables and its own page, with its words."""

from typing import Final

from markupsafe import Markup

from generator.base import encode
from generator.figures.spark import ROW, draw_line
from generator.questions.report import Report
from generator.star.model_reports import ModelReport
from generator.text.language import Language

# Fewer dates than this are no line.
_LEAST: Final = 2


def draw_sparks(report: Report, language: Language) -> dict[str, Markup]:
    """Draw the line of each model that has one, by its id, all over the same dates."""
    return {item.row.id: draw_spark(item, report, language, ROW) for item in report.model_reports}


def draw_spark(item: ModelReport, report: Report, language: Language, size: tuple[int, int]) -> Markup:
    """Draw the line of one model; empty with fewer than two dates."""
    if len(item.history) < _LEAST:
        return Markup("")
    points = [(point.as_of, float(point.downloads_30d)) for point in item.history]
    span = (report.data.first, report.data.as_of) if size == ROW else (points[0][0], points[-1][0])
    return draw_line(points, span, size, _tell(item, language))


def _tell(item: ModelReport, language: Language) -> Markup:
    """Tell what a line shows: its ends, and its highest point."""
    first, last = item.history[0], item.history[-1]
    text = language.say(
        "{first:short} on {start:date}, {last:short} on {end:date}, at most {most:short}",
        first=first.downloads_30d,
        start=first.as_of,
        last=last.downloads_30d,
        end=last.as_of,
        most=max(point.downloads_30d for point in item.history),
    )
    return encode.page(text)
