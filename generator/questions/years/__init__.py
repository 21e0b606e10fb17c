"""The shares of each calendar year."""

from typing import Final

from generator.questions.ground import Question
from generator.questions.years.figures import build
from generator.questions.years.tables import compute
from generator.questions.years.words import show, state

QUESTION: Final = Question("years", compute, state, build, show=show, is_shared=True)
