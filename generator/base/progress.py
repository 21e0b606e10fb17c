"""How far long work is: a value that any package tells, and that the command line alone shows.

Work that takes minutes is given a `Report`, and calls it as it goes; the command line draws a bar on a terminal, and
writes a line now and then elsewhere (`cli/progress.py`).
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Progress:
    """How far some work is.

    Attributes:
        done: what is done, in `unit`.
        total: all of it; None where nobody knows.
        unit: what is counted, in the plural: `files`, `snapshots`.
        detail: what is being done, and what else can be said; empty for nothing.
        is_waiting: whether the work waits now, which is told at once.
    """

    done: int
    total: int | None
    unit: str
    detail: str = ""
    is_waiting: bool = False

    @property
    def text(self) -> str:
        """Return it in one line."""
        counted = f"{self.done:,} {self.unit}" if self.total is None else f"{self.done:,} of {self.total:,} {self.unit}"
        return f"{counted} · {self.detail}" if self.detail else counted


Report: TypeAlias = Callable[[Progress], None]


def tell_nobody(_: Progress) -> None:
    """Report to nobody."""


def track(items: Collection[T], unit: str, report: Report, name: Callable[[T], str] = str) -> Iterator[T]:
    """Yield items, and report before each how many are done and which comes; after the last one, that all are.

    Args:
        items: what is worked on, one after the other.
        unit: what they are, in the plural.
        report: told of it.
        name: what to call an item.
    """
    for done, item in enumerate(items):
        report(Progress(done, len(items), unit, name(item)))
        yield item
    report(Progress(len(items), len(items), unit))
