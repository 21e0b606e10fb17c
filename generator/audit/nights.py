"""The journal of nights: what each step of a night did, kept in the store, one file a date.

    nights/YYYY-MM-DD.json

It is written in one step after each step of a night, so a run that was killed finds what is done; the status page
reads it.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Final

from generator.base.errors import NightError
from generator.base.files import write_atomically
from generator.base.records import parse_json, render_json

FORMAT: Final = "oms-night/1"
DONE: Final = "done"
SKIPPED: Final = "skipped"
HELD: Final = "held"
FAILED: Final = "failed"
# The steps of a night, in their order.
STEPS: Final = ("pull", "fetch", "check", "append", "build", "verify", "push")


@dataclass(frozen=True)
class StepResult:
    """What a step of a night did.

    Attributes:
        name: one of `STEPS`.
        state: `done`; `skipped` where there was nothing to do; `held` by a gate; `failed`.
        seconds: its duration.
        detail: what it did, for readers; of a failure, its message.
        waiting_seconds: how much of its duration was waiting for the Hub's rate limit.
    """

    name: str
    state: str
    seconds: float
    detail: str
    waiting_seconds: float = 0.0


@dataclass(frozen=True)
class Night:
    """One night's journal.

    Attributes:
        date: the UTC date of its counts.
        started_at: when its first run began, in UTC.
        finished_at: when its last step was done, in UTC; None before that.
        steps: the results, in the order of the steps.
        hashes: what it was made from and made: `snapshot`, `ledger`, `build`; SHA-256.
        versions: of code, method and registry.
    """

    date: dt.date
    started_at: dt.datetime
    finished_at: dt.datetime | None = None
    steps: tuple[StepResult, ...] = ()
    hashes: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_done(self) -> bool:
        """Tell whether every step is done."""
        return self.finished_at is not None

    def find(self, name: str) -> StepResult | None:
        """Return the result of a step; None where it did not run."""
        return next((step for step in self.steps if step.name == name), None)

    def add(self, result: StepResult) -> "Night":
        """Return the journal with a result; one that only says that nothing was to do keeps the one before."""
        earlier = self.find(result.name)
        if result.state == SKIPPED and earlier and earlier.state in {DONE, SKIPPED}:
            return self
        others = [step for step in self.steps if step.name != result.name]
        ordered = sorted([*others, result], key=lambda step: STEPS.index(step.name))
        return replace(self, steps=tuple(ordered))


def night_path(store: Path, date: dt.date) -> Path:
    """Return where the journal of a date stands in a store."""
    return store / "nights" / f"{date.isoformat()}.json"


def read_night(store: Path, date: dt.date) -> Night | None:
    """Read the journal of a date; None where there is none.

    Raises:
        NightError: the file is damaged or of another format.
    """
    path = night_path(store, date)
    if not path.exists():
        return None
    try:
        return parse_night(path.read_bytes())
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NightError(
            f"The journal {path} cannot be read: {error!r}. JSON of the format {FORMAT!r} was expected. Move it "
            "aside and run `oms nightly` again: it finds in the store what is done."
        ) from error


def list_nights(store: Path) -> tuple[Night, ...]:
    """Read all journals of a store, oldest first.

    Raises:
        NightError: a file is damaged.
    """
    dates = [dt.date.fromisoformat(path.stem) for path in sorted((store / "nights").glob("????-??-??.json"))]
    return tuple(night for date in dates if (night := read_night(store, date)))


def write_night(store: Path, night: Night) -> None:
    """Write the journal of a date in one step."""
    write_atomically(night_path(store, night.date), render_night(night))


def render_night(night: Night) -> str:
    """Render a journal as JSON."""
    raw = {"format": FORMAT, "done": night.is_done, **asdict(night)}
    return render_json(raw)


def parse_night(data: bytes) -> Night:
    """Parse a journal.

    Raises:
        ValueError: it is of another format.
        KeyError: something is missing.
        TypeError: something has another shape.
    """
    raw = parse_json(data, FORMAT)
    finished = raw["finished_at"]
    return Night(
        date=dt.date.fromisoformat(raw["date"]),
        started_at=dt.datetime.fromisoformat(raw["started_at"]),
        finished_at=dt.datetime.fromisoformat(finished) if finished else None,
        steps=tuple(StepResult(**step) for step in raw["steps"]),
        hashes=dict(raw["hashes"]),
        versions=dict(raw["versions"]),
    )
