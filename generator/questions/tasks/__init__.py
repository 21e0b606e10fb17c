"""What the models downloaded are for."""

from typing import Final

from generator.questions.ground import Question
from generator.questions.tasks.figures import build
from generator.questions.tasks.tables import compute
from generator.questions.tasks.words import state
from generator.text.say import say

QUESTION: Final = Question("tasks", compute, state, build, title=say("Tasks"))
