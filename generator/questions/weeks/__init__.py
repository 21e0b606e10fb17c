"""What changed in a week."""

from typing import Final

from generator.questions.ground import Question
from generator.questions.weeks.tables import compute, list_weeks
from generator.questions.weeks.words import state, state_item
from generator.text.say import say

QUESTION: Final = Question(
    "weeks", compute, state, after=("claims",), list_items=list_weeks, state_item=state_item, title=say("What changed")
)
