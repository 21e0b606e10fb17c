"""What kinds of organisation build the models."""

from typing import Final

from generator.questions.builders.figures import build
from generator.questions.builders.tables import compute
from generator.questions.builders.words import state
from generator.questions.ground import Question
from generator.text.say import say

QUESTION: Final = Question("builders", compute, state, build, title=say("Who builds"))
