"""Sentences of the questions, of the report that has their answers."""

from collections.abc import Mapping

from generator.questions.listed import list_questions
from generator.questions.report import Report
from generator.questions.sentences import name_list
from generator.text.say import NOTHING, Sentence


def list_topics(report: Report) -> dict[str, str]:
    """List the questions that the overview leads to: the sources of their pages by name."""
    found = (list_questions()[name] for name in report.topics)
    return {question.name: question.path for question in found if not (question.page or question.is_shared)}


def state_topic(name: str, report: Report) -> Mapping[str, Sentence]:
    """State what a question's page says in sentences."""
    return list_questions()[name].state(report.topics[name].by_name, report)


def state_finding(name: str, report: Report) -> Sentence:
    """State the first of a question's sentences; over a list with the list's name."""
    return name_list(next(iter(state_topic(name, report).values()), NOTHING), report.data.scope)


def state_item(name: str, item: object, report: Report) -> Mapping[str, Sentence]:
    """State what a page of a question's item says in sentences."""
    return list_questions()[name].state_item(item, report.topics[name].by_name, report)
