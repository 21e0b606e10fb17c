"""How far the downloads gather in a few publishers, countries and models."""

from typing import Final

from generator.questions.concentration.figures import build
from generator.questions.concentration.tables import compute
from generator.questions.concentration.words import state
from generator.questions.ground import Question

QUESTION: Final = Question("concentration", compute, state, build, page="concentration.md")
