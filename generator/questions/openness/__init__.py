"""How open the models downloaded are."""

from typing import Final

from generator.questions.ground import Question
from generator.questions.openness.figures import build
from generator.questions.openness.tables import compute
from generator.questions.openness.words import state
from generator.text.say import say

QUESTION: Final = Question("openness", compute, state, build, title=say("Openness and licences"))
