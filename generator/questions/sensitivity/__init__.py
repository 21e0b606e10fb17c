"""What the lead hangs on."""

from typing import Final

from generator.questions.ground import Question
from generator.questions.sensitivity.figures import build

QUESTION: Final = Question("sensitivity", build=build, is_shared=True)
