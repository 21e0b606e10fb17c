"""One country: its share by publisher and by maker."""

from typing import Final

from generator.questions.countries.figures import build
from generator.questions.ground import Question

QUESTION: Final = Question("countries", build=build, is_shared=True)
