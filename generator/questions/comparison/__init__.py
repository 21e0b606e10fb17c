"""What others published beside what is found here."""

from typing import Final

from generator.questions.comparison.figures import build
from generator.questions.comparison.tables import compute
from generator.questions.comparison.words import state
from generator.questions.ground import Question

QUESTION: Final = Question("comparison", compute, state, build, page="comparison.md")
