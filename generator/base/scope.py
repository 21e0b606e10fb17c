"""What is counted: all public models of the Hub, or a list of some of them; its name, and what may be said over it."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

HUB: Final = "hub"
BUNDLED: Final = "bundled"
SELECTION: Final = "selection"
# The list that comes with the program, as a sentence names it.
BUNDLED_NAME: Final = "the llmfit catalogue"


@dataclass(frozen=True)
class Scope:
    """What the models counted are a part of.

    Attributes:
        kind: `hub` for every public model, `bundled` for the list that comes with the program, `selection` for any
            other list.
        name: the list within a sentence ("the llmfit catalogue"), as its maker or importer wrote it; empty for `hub`.
    """

    kind: str
    name: str = ""

    @property
    def is_hub(self) -> bool:
        """Return whether all public models of the Hub are counted."""
        return self.kind == HUB

    @property
    def is_example(self) -> bool:
        """Return whether the data are the example that comes with the program."""
        return self.kind == BUNDLED

    @property
    def may_rank(self) -> bool:
        """Return whether a leader, since when it leads, and a count of definitions may be named.

        Over a list somebody chose, the order is that of the choice.
        """
        return self.is_hub

    @property
    def may_judge_levels(self) -> bool:
        """Return whether a claim about levels of the whole Hub can hold or fail here."""
        return self.is_hub


WHOLE_HUB: Final = Scope(HUB)
EXAMPLE: Final = Scope(BUNDLED, BUNDLED_NAME)


def make_scope(kind: str, name: str, source: str, *, bundled: bool = False) -> Scope:
    """Return the scope of a snapshot or an interval: a list without a name goes by the words of its source."""
    if bundled:
        return EXAMPLE
    return WHOLE_HUB if kind == HUB else Scope(SELECTION, name or source)


@dataclass(frozen=True)
class Head:
    """The head of the Hub as a public list has it, beside which the example stands; a hand-kept fact.

    Attributes:
        source: who publishes the list, daily: the 300 models with most downloads and the 300 with most likes.
        source_url: where.
        as_of: the day of the counts.
        models: models in it.
        us: part of their 30-day downloads whose publisher our registry places in the United States.
        cn: the same for China.
        left_out: part of their 30-day downloads whose model no release of the catalogue has.
        left_out_us: part of these whose publisher is placed in the United States.
        checked_on: the day on which it was computed.
    """

    source: str
    source_url: str
    as_of: dt.date
    models: int
    us: float
    cn: float
    left_out: float
    left_out_us: float
    checked_on: dt.date


HEAD: Final = Head(
    source="namhyeokwoo/huggingface-trending",
    source_url="https://github.com/namhyeokwoo/huggingface-trending",
    as_of=dt.date(2026, 8, 22),
    models=529,
    us=0.596,
    cn=0.239,
    left_out=0.666,
    left_out_us=0.748,
    checked_on=dt.date(2026, 11, 27),
)
