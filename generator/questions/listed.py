"""The questions, in one place: a question's folder and its line here are all that the program knows of it."""

from typing import Final

from generator.questions import (
    builders,
    claims,
    comparison,
    concentration,
    crossovers,
    derivatives,
    families,
    openness,
    outside,
    releases,
    sizes,
    tasks,
    weeks,
    years,
)

QUESTIONS: Final = (
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
