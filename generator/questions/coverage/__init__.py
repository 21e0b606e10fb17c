"""How much of the downloads somebody has reviewed."""

from typing import Final

from generator.questions.coverage.figures import build
from generator.questions.ground import Question

QUESTION: Final = Question("coverage", build=build, is_shared=True)
