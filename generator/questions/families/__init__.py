"""Which families of models, and which models, are downloaded most."""

from typing import Final

from generator.questions.families.figures import build
from generator.questions.families.tables import compute
from generator.questions.families.words import state
from generator.questions.ground import Question
from generator.text.say import say

QUESTION: Final = Question("families", compute, state, build, title=say("Families and models"))
