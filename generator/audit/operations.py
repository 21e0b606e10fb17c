"""How the site is run, as a reader may see it: runs, gates, gaps, corrections, versions. Pure records."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from generator.audit.checks import Check
from generator.audit.gates import HOLD, WARN, Gate
from generator.audit.nights import FAILED, HELD, Night, StepResult
from generator.audit.versions import Versions
from generator.ledger.intervals import Interval
from generator.questions.report import DataSource
from generator.registry import Correction
from generator.text.translations import State

# Runs on the status page.
RUNS_SHOWN: Final = 30
# The steps of a run that are over when the site is built; what follows them is not known to its own pages.
STEPS_BEFORE: Final = ("pull", "fetch", "check", "append")


@dataclass(frozen=True)
class Run:
    """One night's run.

    Attributes:
        date: the UTC date of its counts.
        state: `published`, `held`, `failed` or `unfinished`.
        started_at: when its first try began, in UTC.
        steps: what its steps did; of the run that made these pages only those before the build.
    """

    date: dt.date
    state: str
    started_at: dt.datetime
    steps: tuple[StepResult, ...]

    @property
    def seconds(self) -> float:
        """Return how long the steps shown took together."""
        return sum(step.seconds for step in self.steps)

    @property
    def waiting_seconds(self) -> float:
        """Return how much of that was waiting for the Hub's rate limit."""
        return sum(step.waiting_seconds for step in self.steps)

    @property
    def detail(self) -> str:
        """Return what stopped the run, or what its fetch did."""
        stopped = next((step for step in self.steps if step.state in {HELD, FAILED}), None)
        told = stopped or next((step for step in self.steps if step.name == "fetch"), None)
        return told.detail if told else ""


@dataclass(frozen=True)
class Operations:
    """What the pages of status and corrections show.

    Attributes:
        runs: the newest runs, newest first.
        check: what the gates say of the snapshot that the site shows; None where none of it is held any more.
        held: the newest check that holds a later snapshot; None where none does.
        corrections: the whole log, newest first.
        versions: of code, method, registry and ledger; None where nothing was read.
        snapshot_sha256: hash of the newest snapshot in the ledger; empty where there is none.
        languages: how far the translation into each is.
    """

    runs: tuple[Run, ...] = ()
    check: Check | None = None
    held: Check | None = None
    corrections: tuple[Correction, ...] = ()
    versions: Versions | None = None
    snapshot_sha256: str = ""
    languages: tuple[State, ...] = ()

    @property
    def warnings(self) -> tuple[Gate, ...]:
        """Return the gates that warn of the snapshot shown, overruled ones included."""
        return tuple(gate for gate in self.check.gates if gate.state in {WARN, HOLD}) if self.check else ()

    @property
    def state(self) -> str:
        """Return `held` where a later night is held, `failed` where the newest run failed, else `ok`."""
        if self.held:
            return "held"
        return "failed" if self.runs and self.runs[0].state == "failed" else "ok"


# Of a site whose making nobody recorded.
NOTHING_KNOWN: Final = Operations()


def compute_runs(nights: Iterable[Night], as_of: dt.date) -> tuple[Run, ...]:
    """Compute the newest runs from the journals, newest first.

    Args:
        nights: all journals.
        as_of: the date that the site shows: its own run is published by the time that anybody reads of it.
    """
    newest = sorted(nights, key=lambda night: night.date, reverse=True)[:RUNS_SHOWN]
    return tuple(_compute_run(night, as_of) for night in newest)


def sort_corrections(entries: Iterable[Correction]) -> tuple[Correction, ...]:
    """Put the log's entries in the order of the page: newest first, those of a day as they were written."""
    unique = dict.fromkeys(entries)
    return tuple(sorted(unique, key=lambda entry: entry.date, reverse=True))


def list_gaps(data: DataSource) -> tuple[Interval, ...]:
    """List the intervals with days that no count covers, newest first."""
    return tuple(interval for interval in reversed(data.intervals) if interval.gap_days)


def _compute_run(night: Night, as_of: dt.date) -> Run:
    if night.date == as_of:
        steps = tuple(step for step in night.steps if step.name in STEPS_BEFORE)
        return Run(night.date, "published", night.started_at, steps)
    states = {step.state for step in night.steps}
    if HELD in states:
        state = "held"
    elif FAILED in states:
        state = "failed"
    else:
        state = "published" if night.is_done else "unfinished"
    return Run(night.date, state, night.started_at, night.steps)
