"""Topics: questions that each have a page of their own, listed in `listed.py`.

A topic `sizes` is a folder here with `tables.py`, and `figures.py` for its figures and sentences;
`templates/topics/sizes.md.j2` for its page, a line of the list and one of the navigation. No other file names
it. Its tables define

- `compute(ground: Ground) -> Topic`: its record;
- `AFTER: tuple[str, ...]`, if it reads the records of other topics: their names, or `EVERY` for all but those that
  read its own.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from graphlib import TopologicalSorter
from importlib import import_module
from typing import Final, Protocol

import pandas as pd

from generator.base.scope import Scope
from generator.ledger.intervals import Interval, LedgerEntry
from generator.questions.listed import TOPICS
from generator.registry import Registry
from generator.star.accounts import PublisherRow
from generator.star.definitions import Definition
from generator.star.files import DataFile
from generator.star.models import ModelRow
from generator.star.shares import ShareTable
from generator.star.window import LedgerSums

# In a topic's `AFTER`: it reads all topics that do not read it.
EVERY: Final = "*"


@dataclass(frozen=True)
class Point:
    """A measure on a date.

    Attributes:
        date: the last day that it speaks for.
        value: in the unit that the series states; None where it could not be measured.
    """

    date: dt.date
    value: float | None


class Topic(Protocol):
    """What a topic's record offers beside its own fields.

    Attributes:
        series: measures over time by name (`share-under-1b.CN`), oldest point first, for claims and comparisons.
        tables: its data files; each name begins with the topic's.
        items: records of pages of their own, by slug; empty for most topics.
    """

    @property
    def series(self) -> Mapping[str, tuple[Point, ...]]:
        """Return the measures over time."""
        ...

    @property
    def tables(self) -> tuple[DataFile, ...]:
        """Return the data files."""
        ...

    @property
    def items(self) -> Mapping[str, object]:
        """Return the records of pages of their own."""
        ...


@dataclass(frozen=True)
class Ground:
    """What a topic is computed from.

    Attributes:
        intervals: all intervals, oldest first; older nights are joined.
        newest: the newest one with its rows.
        registry: publishers, countries, families, openness.
        today: the day of the build.
        scope: what the models counted are a part of, and what may be said over it.
        headline: the definition of the report's first sentence.
        histories: tables of each definition that has numbers on the newest date, oldest first.
        cube: as `read_ledger` returns it.
        accounts: likewise.
        models: the newest interval's models by name, most downloads first.
        publishers: all publishers, by 30-day downloads.
        repeated: dates whose snapshot repeated the one before and was set aside.
        named: models by name on every date, as `read_ledger` returns them.
        classes: likewise.
        derivatives: likewise.
        births: likewise.
        releases: likewise.
        sums: windows that end with the newest date, by account and model.
        topics: records of the topics named in `AFTER`, by name.
    """

    intervals: tuple[Interval, ...]
    newest: LedgerEntry
    registry: Registry
    today: dt.date
    scope: Scope
    headline: Definition
    histories: Mapping[Definition, tuple[ShareTable, ...]]
    cube: pd.DataFrame
    accounts: pd.DataFrame
    models: tuple[ModelRow, ...]
    publishers: tuple[PublisherRow, ...]
    repeated: tuple[dt.date, ...] = ()
    named: pd.DataFrame = field(default_factory=pd.DataFrame)
    classes: pd.DataFrame = field(default_factory=pd.DataFrame)
    derivatives: pd.DataFrame = field(default_factory=pd.DataFrame)
    births: pd.DataFrame = field(default_factory=pd.DataFrame)
    releases: pd.DataFrame = field(default_factory=pd.DataFrame)
    sums: LedgerSums | None = None
    topics: Mapping[str, Topic] = field(default_factory=dict)

    @property
    def as_of(self) -> dt.date:
        """Return the newest date."""
        return self.intervals[-1].end


@cache
def list_topics() -> tuple[str, ...]:
    """List the topics' names, each after those that it reads."""
    names = [topic.__name__.rpartition(".")[2] for topic in TOPICS]
    return order_topics({name: getattr(_load(name), "AFTER", ()) for name in names})


def order_topics(after: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Order topics, each after those that it reads; one that reads `EVERY` comes after all that do not read it."""
    late = {name for name, wanted in after.items() if EVERY in wanted}
    early = [name for name, wanted in after.items() if name not in late and not late & set(wanted)]
    order = TopologicalSorter({name: early if name in late else wanted for name, wanted in after.items()})
    return tuple(order.static_order())


def compute_topics(ground: Ground, names: Sequence[str] | None = None) -> dict[str, Topic]:
    """Compute the records of all topics, or of those named, in their order."""
    found: dict[str, Topic] = {}
    for name in names or list_topics():
        found[name] = _load(name).compute(replace(ground, topics=dict(found)))
    return dict(sorted(found.items()))


def _load(name: str) -> "_Module":
    return import_module(f"generator.questions.{name}.tables")


class _Module(Protocol):
    """The tables of a topic."""

    def compute(self, ground: Ground) -> Topic:
        """Compute the topic's record."""
        ...
