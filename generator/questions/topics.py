"""Figures and sentences of the questions, of the report that has their answers."""

from collections.abc import Mapping
from typing import Any

from generator.figures.figure import Figure
from generator.questions.ground import Answer, Topic, list_questions
from generator.questions.report import Report
from generator.questions.sentences import name_list
from generator.text.say import NOTHING, Sentence


def build_topic_figures(report: Report) -> tuple[Figure, ...]:
    """Build the figures of all questions."""
    return tuple(
        figure for name, topic in report.topics.items() for figure in list_questions()[name].build(_give(topic), report)
    )


def state_topic(name: str, report: Report) -> Mapping[str, Sentence]:
    """State what a question's page says in sentences."""
    return list_questions()[name].state(_give(report.topics[name]), report)


def state_finding(name: str, report: Report) -> Sentence:
    """State the first of a question's sentences; over a list with the list's name."""
    return name_list(next(iter(state_topic(name, report).values()), NOTHING), report.data.scope)


def state_item(name: str, item: object, report: Report) -> Mapping[str, Sentence]:
    """State what a page of a question's item says in sentences."""
    return list_questions()[name].state_item(item, _give(report.topics[name]), report)


def _give(topic: Topic) -> Any:
    """Return what a question's functions read: its tables; a topic's record where it is not converted."""
    return topic.by_name if isinstance(topic, Answer) else topic
