"""Every figure of the site."""

from dataclasses import replace

from generator.figures.figure import Figure
from generator.questions import sentences
from generator.questions.events import mark_events
from generator.questions.listed import list_questions
from generator.questions.report import Report


def build_figures(report: Report) -> tuple[Figure, ...]:
    """Build all figures of a report: what they say, their data, and how to draw them; none is drawn yet."""
    tables = {name: answer.by_name for name, answer in report.topics.items()}
    asked = (question for question in list_questions().values() if question.name in tables or not question.has_tables)
    found = (figure for question in asked for figure in question.build(tables.get(question.name, {}), report))
    return tuple(mark_events(_name_source(figure, report), report) for figure in found if figure)


def _name_source(figure: Figure, report: Report) -> Figure:
    """Name source and list of the report's own numbers."""
    if figure.source:
        return figure
    headline = sentences.name_list(figure.headline, report.data.scope)
    return replace(figure, source=sentences.describe_source(report.data), headline=headline)
