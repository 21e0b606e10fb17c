"""What is built on whose models."""

from typing import Final

from generator.questions.derivatives.figures import build
from generator.questions.derivatives.tables import compute
from generator.questions.derivatives.words import state
from generator.questions.ground import Question
from generator.text.say import say

QUESTION: Final = Question("derivatives", compute, state, build, title=say("Derivatives"))
