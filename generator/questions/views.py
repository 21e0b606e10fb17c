"""What is said of a view that a reader chose: its leaders, their order, and the places chosen beside them."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from generator.base.scope import Scope
from generator.base.settings import MIN_GROUP_PART
from generator.questions.sentences import state_lead, state_part, state_table
from generator.star.leads import compute_lead
from generator.star.shares import ShareTable
from generator.text.say import NOTHING, SEMICOLON, Sentence, join, say
from generator.text.words import LICENSE_CLASSES, SIZE_BANDS, TASK_GROUPS

# What can stand beside each other instead of places.
SIDES: Final = {"publishers": say("Publishers"), "models": say("Models")}
# What divides the models, and the names of its classes.
CUTS: Final = {"task": say("Task"), "size": say("Size"), "licence": say("Licence")}
CLASS_NAMES: Final = {"task": TASK_GROUPS, "size": SIZE_BANDS, "licence": LICENSE_CLASSES}


def state_view(
    history: Sequence[ShareTable],
    scope: Scope,
    *,
    codes: Sequence[str] = (),
    cut: str = "",
    class_name: str = "",
    part: float = 1.0,
    without: Sentence = NOTHING,
) -> Sentence:
    """State what a view shows on its last date.

    Args:
        history: its share tables up to that date, oldest first.
        scope: what may be said.
        codes: the places chosen.
        cut: what divides the models, where one class is looked at.
        class_name: that class.
        part: its fraction of all downloads; under `MIN_GROUP_PART` nobody leads in it.
        without: what stands without the model that decides the definition, where one does.
    """
    table = history[-1]
    lead = compute_lead(history) if part >= MIN_GROUP_PART else None
    said = state_table(table, scope)
    return join(
        state_cut(cut, class_name, said) if cut else said,
        without,
        state_lead(lead, scope) if lead else NOTHING,
        state_others(table, codes),
    )


def state_cut(cut: str, class_name: str, said: Sentence | str) -> Sentence:
    """Say before a sentence that it holds for one class of models alone."""
    values = {"name": CLASS_NAMES[cut][class_name], "said": said}
    return {
        "task": say("Counting only the task “{name}”: {said}", **values),
        "size": say("Counting only models of the size “{name}”: {said}", **values),
        "licence": say("Counting only models whose licence is “{name}”: {said}", **values),
    }[cut]


def state_others(table: ShareTable, codes: Sequence[str]) -> Sentence:
    """State the shares of the places chosen that are not the two leading countries; nothing without any."""
    named = {row.code for row in table.places[:2]} if len(table.places) > 1 else set()
    others = [state_other(table, code) for code in codes if code not in named]
    return list_others(join(*others, between=SEMICOLON)) if others else NOTHING


def list_others(said: Sentence | str) -> Sentence:
    """Put what is said of single places into one sentence."""
    return say("Of the same downloads: {places}.", places=said)


def state_sides(kind: str, named: Sequence[tuple[str, float]], scope: Scope, day: dt.date) -> Sentence:
    """State the shares of publishers or models beside each other: names and shares on a date."""
    (name, share), *others = named
    listed = join(*(name_part(name, share) for name, share in others), between=SEMICOLON)
    return join(state_part(kind, name, share, scope, day), list_others(listed) if others else NOTHING)


def name_part(name: str, share: float) -> Sentence:
    """Name a publisher or a model with its share."""
    return say("{name} {share:share}", name=name, share=share)


def state_other(table: ShareTable, code: str) -> Sentence:
    """State the share of one place, with its rank if it is a country that has one."""
    row = table.find(code)
    if row is None:
        return say("{code:place} none", code=code)
    if row.rank is None:
        return say("{code:place} {share:share}", code=code, share=row.share)
    return say("{code:place} {share:share}, rank {rank:count}", code=code, share=row.share, rank=row.rank)
