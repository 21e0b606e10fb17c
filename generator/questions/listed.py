"""The questions, in one place: a question's folder and its line here are all that the program knows of it."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from generator.questions import (
    builders,
    claims,
    comparison,
    concentration,
    countries,
    coverage,
    crossovers,
    derivatives,
    families,
    leads,
    openness,
    outside,
    publishers,
    releases,
    sensitivity,
    shares,
    sizes,
    tasks,
    weeks,
    years,
)
from generator.questions.ground import Question, order_topics

# What the first page is about stands first.
QUESTIONS: Final = (
    shares.QUESTION,
    leads.QUESTION,
    countries.QUESTION,
    publishers.QUESTION,
    coverage.QUESTION,
    sensitivity.QUESTION,
    builders.QUESTION,
    claims.QUESTION,
    comparison.QUESTION,
    concentration.QUESTION,
    crossovers.QUESTION,
    derivatives.QUESTION,
    families.QUESTION,
    openness.QUESTION,
    outside.QUESTION,
    releases.QUESTION,
    sizes.QUESTION,
    tasks.QUESTION,
    weeks.QUESTION,
    years.QUESTION,
)


@cache
def list_questions() -> Mapping[str, Question]:
    """List the questions by name, each after those that it reads."""
    named = {question.name: question for question in QUESTIONS}
    return {name: named[name] for name in order_topics({name: found.after for name, found in named.items()})}
