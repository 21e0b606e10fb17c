"""What others counted of the whole Hub, by month."""

from typing import Final

from generator.questions.ground import Question
from generator.questions.outside.figures import build
from generator.questions.outside.tables import compute
from generator.questions.outside.words import state

QUESTION: Final = Question("outside", compute, state, build, is_shared=True)
