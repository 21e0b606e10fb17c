"""A night's check: what all gates say of a new snapshot, and what a maintainer overruled.

Pure: from the evidence to a frozen record, and from the record to JSON and back. `checking` reads and writes.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Final

from generator.audit.evidence import Evidence
from generator.audit.gates import ACCEPT, HOLD, NAMES, STATES, Gate, judge_all
from generator.base.errors import CheckError
from generator.base.records import parse_json, render_json

FORMAT: Final = "oms-check/1"


@dataclass(frozen=True)
class Override:
    """A maintainer's decision that a gate's hold is to be passed.

    Attributes:
        gate: the gate's name.
        reason: why.
        decided_on: the UTC day of the decision.
    """

    gate: str
    reason: str
    decided_on: dt.date


@dataclass(frozen=True)
class Check:
    """What the gates say of one snapshot.

    Attributes:
        date: the snapshot's date.
        checked_on: the UTC day of the check.
        previous: date of the last accepted snapshot; None for the first.
        snapshot_sha256: hash of the snapshot's file: a check speaks of these bytes and no others.
        source: where the snapshot came from.
        scope: `hub` or `selection`.
        rows: models in it.
        gates: all gates, in a fixed order.
        overrides: gates that a maintainer overruled for these bytes.
    """

    date: dt.date
    checked_on: dt.date
    previous: dt.date | None
    snapshot_sha256: str
    source: str
    scope: str
    rows: int
    gates: tuple[Gate, ...]
    overrides: tuple[Override, ...] = ()

    @property
    def held(self) -> tuple[Gate, ...]:
        """Return the gates that hold and were not overruled."""
        overruled = {override.gate for override in self.overrides}
        return tuple(gate for gate in self.gates if gate.state == HOLD and gate.name not in overruled)

    @property
    def holds(self) -> bool:
        """Tell whether the snapshot must not be appended to the ledger."""
        return bool(self.held)

    @property
    def state(self) -> str:
        """Return the gravest state of all gates; a hold that was overruled is a warning."""
        if self.holds:
            return HOLD
        states = {gate.state for gate in self.gates}
        return ACCEPT if states <= {ACCEPT} else STATES[1]

    def find(self, name: str) -> Gate:
        """Return a gate by its name."""
        return next(gate for gate in self.gates if gate.name == name)


def compute_check(evidence: Evidence, snapshot_sha256: str, overrides: Iterable[Override] = ()) -> Check:
    """Ask all gates about a snapshot."""
    info = evidence.current.info
    return Check(
        date=info.date,
        checked_on=evidence.today,
        previous=evidence.previous.info.date if evidence.previous else None,
        snapshot_sha256=snapshot_sha256,
        source=info.source,
        scope=info.scope,
        rows=info.rows,
        gates=judge_all(evidence),
        overrides=tuple(overrides),
    )


def overrule(check: Check, override: Override) -> Check:
    """Return a check with a gate overruled; the same where it is overruled already, or holds nothing.

    Raises:
        CheckError: the gate is not one, or the reason is missing.
    """
    if override.gate not in NAMES:
        raise CheckError(f"There is no gate {override.gate!r}. The gates are {', '.join(NAMES)}.")
    if not override.reason.strip():
        raise CheckError(
            f"The gate {override.gate!r} is to be overruled without a reason. Give one: it stands in the public log."
        )
    is_overruled = any(override.gate == earlier.gate for earlier in check.overrides)
    if is_overruled or check.find(override.gate).state != HOLD:
        return check
    return replace(check, overrides=(*check.overrides, override))


def describe_needless(check: Check, names: Iterable[str]) -> list[str]:
    """Say of each gate that was to be overruled and holds nothing that this changed nothing, a sentence each."""
    holding = ", ".join(gate.name for gate in check.held) or "none"
    return [
        f"The gate {name} does not hold the snapshot of {check.date}, and was not overruled; those that do: {holding}."
        for name in names
        if check.find(name).state != HOLD
    ]


def render_check(check: Check) -> str:
    """Render a check as JSON."""
    content = {"format": FORMAT, "state": check.state, **asdict(check)}
    return render_json(content)


def parse_check(text: str, where: str) -> Check:
    """Parse a check from JSON.

    Raises:
        CheckError: it is not one, or of another format.
    """
    try:
        raw = parse_json(text, FORMAT)
        raw.pop("state")
        return Check(
            **raw
            | {
                "date": dt.date.fromisoformat(raw["date"]),
                "checked_on": dt.date.fromisoformat(raw["checked_on"]),
                "previous": dt.date.fromisoformat(raw["previous"]) if raw["previous"] else None,
                "gates": tuple(Gate(**gate) for gate in raw["gates"]),
                "overrides": tuple(
                    Override(**line | {"decided_on": dt.date.fromisoformat(line["decided_on"])})
                    for line in raw["overrides"]
                ),
            }
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CheckError(
            f"The check {where} cannot be read: {error!r}. Move it aside and run `oms check` again: it is made anew."
        ) from error
