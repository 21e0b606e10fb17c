"""What others claim, measured."""

from typing import Final

from generator.questions.claims.figures import build
from generator.questions.claims.tables import compute, list_claims
from generator.questions.claims.words import state, state_item
from generator.questions.ground import EVERY, Question
from generator.text.say import say

QUESTION: Final = Question(
    "claims",
    compute,
    state,
    build,
    after=(EVERY,),
    list_items=list_claims,
    state_item=state_item,
    title=say("What others claim"),
)
