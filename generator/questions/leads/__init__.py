"""Who leads under which definition."""

from typing import Final

from generator.questions.ground import Question
from generator.questions.leads.figures import build

QUESTION: Final = Question("leads", build=build, is_shared=True)
