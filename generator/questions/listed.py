"""The questions, in one place: a question's folder and its line here are all that the program knows of it."""

from typing import Final

from generator.questions import builders, claims, derivatives, families, openness, releases, sizes, tasks, weeks
from generator.questions.unconverted import adapt

QUESTIONS: Final = (
    builders.QUESTION,
    claims.QUESTION,
    derivatives.QUESTION,
    families.QUESTION,
    openness.QUESTION,
    adapt(releases),
    sizes.QUESTION,
    tasks.QUESTION,
    weeks.QUESTION,
)
