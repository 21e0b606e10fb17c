"""How often publishers and countries bring out models of their own."""

from typing import Final

from generator.questions.ground import Question
from generator.questions.releases.figures import build
from generator.questions.releases.tables import compute, list_calendars
from generator.questions.releases.words import show, state, state_item
from generator.text.say import say

QUESTION: Final = Question(
    "releases",
    compute,
    state,
    build,
    list_items=list_calendars,
    state_item=state_item,
    show=show,
    title=say("Releases"),
)
