"""The largest publishers, and each of them."""

from typing import Final

from generator.questions.ground import Question
from generator.questions.publishers.figures import build

QUESTION: Final = Question("publishers", build=build, is_shared=True)
