"""When the order of two countries changed."""

from typing import Final

from generator.questions.crossovers.figures import build
from generator.questions.crossovers.tables import compute
from generator.questions.crossovers.words import show, state
from generator.questions.ground import Question

QUESTION: Final = Question("crossovers", compute, state, build, show=show, is_shared=True)
