"""Figures and sentences of the topics: what the `figures.py` of each offers.

A module defines, where the topic has them,

- `build(topic, report) -> tuple[Figure, ...]`: its figures; slugs begin with the topic's name;
- `state(topic, report) -> dict[str, Sentence]`: the sentences that its page shows, by name;
- `state_item(item, topic, report) -> dict[str, Sentence]`: those of a page of its own.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from generator.figures.figure import Figure
from generator.questions.report import Report
from generator.text.say import Sentence


def build_topic_figures(report: Report) -> tuple[Figure, ...]:
    """Build the figures of all topics."""
    return tuple(
        figure
        for name, topic in report.topics.items()
        if (build := _find(name, "build"))
        for figure in build(topic, report)
    )


def state_topic(name: str, report: Report) -> Mapping[str, Sentence]:
    """State what a topic's page says in sentences."""
    state = _find(name, "state")
    return state(report.topics[name], report) if state else {}


def state_item(name: str, item: object, report: Report) -> Mapping[str, Sentence]:
    """State what a page of a topic's item says in sentences."""
    state = _find(name, "state_item")
    return state(item, report.topics[name], report) if state else {}


def _find(name: str, function: str) -> Callable[..., Any] | None:
    module = f"generator.questions.{name}.figures"
    return getattr(import_module(module), function, None) if find_spec(module) else None
