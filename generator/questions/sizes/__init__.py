"""How large the models downloaded are."""

from typing import Final

from generator.questions.ground import Question
from generator.questions.sizes.figures import build
from generator.questions.sizes.tables import compute
from generator.questions.sizes.words import state
from generator.text.say import say

QUESTION: Final = Question("sizes", compute, state, build, title=say("Sizes"))
