"""Questions: what each is computed from, what it offers, and in which order they are answered.

A question is a folder here: `tables.py` (its columns, its SQL, `compute`), `words.py` (`state`: its sentences),
`figures.py` (`build`), `page.md.j2`, and a line of `listed.py`. No other file names it but the navigation.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import TopologicalSorter
from typing import Any, Final, TypeAlias

from generator.base.scope import Scope
from generator.figures.figure import Figure
from generator.questions.series import Point, list_series
from generator.registry import Registry
from generator.star.accounts import PublisherRow
from generator.star.definitions import Definition
from generator.star.shares import ShareTable
from generator.star.table import Table
from generator.star.window import LedgerReading
from generator.text.say import NOTHING, Sentence

# In a question's `after`: it reads all questions that do not read it.
EVERY: Final = "*"
Tables: TypeAlias = Mapping[str, Table]


@dataclass(frozen=True)
class Answer:
    """A question's tables, as others read them.

    Attributes:
        question: its name.
        by_name: its tables.
        items: what has a page of its own, by slug.
    """

    question: str
    by_name: Tables
    items: Mapping[str, object] = field(default_factory=dict)

    @cached_property
    def series(self) -> Mapping[str, tuple[Point, ...]]:
        """Return the measures over time: the columns of its tables that end in `-history`."""
        histories = (table for name, table in self.by_name.items() if name.endswith("-history"))
        return {name: points for table in histories for name, points in list_series(self.question, table).items()}

    @property
    def tables(self) -> tuple[Table, ...]:
        """Return the data files."""
        return tuple(self.by_name.values())


@dataclass(frozen=True)
class Ground:
    """What a topic is computed from.

    Attributes:
        reading: of the ledger, whose `star` is open to be asked in SQL.
        registry: publishers, countries, families, openness.
        scope: what the models counted are a part of, and what may be said over it.
        headline: the definition of the report's first sentence.
        histories: tables of each definition that has numbers on the newest date, oldest first.
        turning: the same with the dates around each change of the order of leading countries.
        publishers: all publishers, by 30-day downloads.
        repeated: dates whose snapshot repeated the one before and was set aside.
        outside: rows of the outside series, which enters nothing else, oldest first.
        topics: answers of the questions named in `after`, by name.
    """

    reading: LedgerReading
    registry: Registry
    scope: Scope
    headline: Definition
    histories: Mapping[Definition, tuple[ShareTable, ...]]
    turning: Mapping[Definition, tuple[ShareTable, ...]] = field(default_factory=dict)
    publishers: tuple[PublisherRow, ...] = ()
    repeated: tuple[dt.date, ...] = ()
    outside: tuple[Mapping[str, str], ...] = ()
    topics: Mapping[str, Answer] = field(default_factory=dict)

    @property
    def as_of(self) -> dt.date:
        """Return the newest date."""
        return self.reading.intervals[-1].end


def _compute_nothing(_: Ground) -> tuple[Table, ...]:
    return ()


def _say_nothing(*_: Any) -> Mapping[str, Any]:
    return {}


def _draw_nothing(*_: Any) -> tuple[Figure, ...]:
    return ()


def _list_nothing(_: Tables) -> Mapping[str, object]:
    return {}


@dataclass(frozen=True)
class Question:
    """A question: what is imported of its folder. The report, which is given last, knows window and scope of the data.

    Attributes:
        name: of its folder, its page and its files.
        compute: its tables, their names beginning with its own; none where it shows what the report has.
        state: the sentences of its page by name, of its tables; the first one also stands on the overview.
        build: its figures, of its tables, or None for one without data; slugs begin with its name.
        after: the questions whose answers it reads, or `EVERY` for all but those that read its own.
        list_items: what has a page of its own (`item.md.j2`), by slug, of its tables.
        state_item: the sentences of such a page, of the item and the tables.
        show: tables that its page alone has, of its tables.
        is_shared: whether it stands on pages with others, instead of one of its own.
        page: the source of its page; `topics/<name>.md`, which the overview lists, where none is given.
        title: what the overview, the navigation and the page's card call it.
    """

    name: str
    compute: Callable[[Ground], tuple[Table, ...]] = _compute_nothing
    state: Callable[..., Mapping[str, Sentence]] = _say_nothing
    build: Callable[..., tuple[Figure | None, ...]] = _draw_nothing
    after: tuple[str, ...] = ()
    list_items: Callable[[Tables], Mapping[str, object]] = _list_nothing
    state_item: Callable[..., Mapping[str, Sentence]] = _say_nothing
    show: Callable[..., Tables] = _say_nothing
    is_shared: bool = False
    page: str = ""
    title: Sentence = NOTHING

    @property
    def has_tables(self) -> bool:
        """Return whether it has tables of its own."""
        return self.compute is not _compute_nothing

    @property
    def path(self) -> str:
        """Return the source of its page."""
        return self.page or f"topics/{self.name}.md"

    def answer(self, ground: Ground) -> Answer:
        """Answer the question."""
        tables = {table.name: table for table in self.compute(ground)}
        return Answer(self.name, tables, self.list_items(tables))


def order_topics(after: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Order questions, each after those that it reads; one that reads `EVERY` comes after all that do not read it."""
    late = {name for name, wanted in after.items() if EVERY in wanted}
    early = [name for name, wanted in after.items() if name not in late and not late & set(wanted)]
    order = TopologicalSorter({name: early if name in late else wanted for name, wanted in after.items()})
    return tuple(order.static_order())
