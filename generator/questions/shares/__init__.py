"""Which country has which share, now and over time."""

from typing import Final

from generator.questions.ground import Question
from generator.questions.shares.figures import build

QUESTION: Final = Question("shares", build=build, is_shared=True)
