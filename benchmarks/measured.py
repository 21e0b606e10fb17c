"""What was measured: a line when it is known, and all lines as one table when a run ends."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from benchmarks.processes import watch_memory

ROOT: Final = Path(__file__).resolve().parents[1]
HEAD: Final = f"{'measured':62} {'processors':>12} {'peak':>12}"


@dataclass(frozen=True)
class Measured:
    """A figure.

    Attributes:
        what: was done.
        seconds: of processors, by the process that did it and all that it started; None where they say nothing.
        peak: MB that these processes held at one moment; None where they were not watched.
        more: what else there is to say.
    """

    what: str
    seconds: float | None = None
    peak: float | None = None
    more: str = ""

    def __str__(self) -> str:
        """Return its line."""
        seconds = "" if self.seconds is None else f"{self.seconds:,.2f} s"
        peak = "" if self.peak is None else f"{self.peak:,.0f} MB"
        return f"{self.what:62} {seconds:>12} {peak:>12}  {self.more}".rstrip()


def measure(what: str, work: Callable[[], object], more: Callable[[], str] = str) -> Measured:
    """Do some work in this process, and say what it and all processes that it starts used; `more` is asked after it."""
    before = _sum_seconds()
    with watch_memory(os.getpid()) as peak:
        work()
    return Measured(what, _sum_seconds() - before, peak.memory / 1e6, more())


def run_apart(module: str, *arguments: object) -> Iterator[Measured]:
    """Run a module of ours in a process of its own, whose memory is its own, and yield what it tells.

    Raises:
        CalledProcessError: it failed.
    """
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return (Measured(**json.loads(line)) for line in done.stdout.splitlines())


def tell(found: Iterable[Measured]) -> None:
    """Tell the process that started this one what was measured, an object of JSON a line."""
    for each in found:
        print(json.dumps(asdict(each)), flush=True)


def show(found: Iterable[Measured]) -> None:
    """Print each figure when it is known, and at the end all of them in one table."""
    known = []
    for each in found:
        known.append(each)
        print(each, flush=True)
    print("\n".join(["", HEAD, "-" * len(HEAD), *map(str, known)]), flush=True)


def _sum_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
