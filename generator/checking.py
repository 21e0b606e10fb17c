"""Run the gates on a store: read what they need, keep what they found, log what was overruled.

checks/YYYY-MM-DD.json    what the gates said of the snapshot of that date
corrections.csv           the generated part of the log of corrections
"""

import datetime as dt
import hashlib
from collections.abc import Sequence
from pathlib import Path

from generator.checks import Check, Override, compute_check, overrule, parse_check, render_check
from generator.checks_evidence import Evidence, Seen, see_snapshot
from generator.corrections import add_corrections
from generator.errors import CheckError
from generator.registry import Correction, Registry
from generator.snapshot import list_snapshots, read_info, read_snapshot, snapshot_path
from generator.store import list_dates, read_manifest


def find_unchecked(store: Path) -> dt.date | None:
    """Return the date of the newest snapshot that the ledger does not know; None where it knows all."""
    known = set(list_dates(read_manifest(store)))
    dates = [dt.date.fromisoformat(path.stem) for path in list_snapshots(store)]
    return max((date for date in dates if date not in known and (not known or date > max(known))), default=None)


def run_check(
    store: Path,
    date: dt.date,
    today: dt.date,
    registry: Registry,
    accept: Sequence[tuple[str, str]] = (),
) -> Check:
    """Check the snapshot of a date against the last accepted one and keep the result; the same bytes give the same.

    What was overruled for these bytes before stays overruled. New overrides go into the store's log of corrections.

    Args:
        store: the store's folder.
        date: of the snapshot to check.
        today: the UTC day of the check.
        registry: countries and canaries.
        accept: gates to overrule, each with its reason.

    Raises:
        CheckError: there is no such snapshot, or a gate cannot be overruled.
        SnapshotError: a snapshot cannot be read.
        LedgerError: the ledger is damaged.
    """
    check = compute_store_check(store, date, today, registry)
    for gate, reason in accept:
        check = overrule(check, Override(gate, reason, today))
    path = check_path(store, date)
    path.parent.mkdir(parents=True, exist_ok=True)
    add_corrections(store, [_describe_override(check, override) for override in check.overrides])
    partial = path.with_suffix(".partial")
    partial.write_text(render_check(check), encoding="utf-8")
    partial.replace(path)
    return check


def compute_store_check(store: Path, date: dt.date, today: dt.date, registry: Registry) -> Check:
    """Check the snapshot of a date without keeping the result.

    Raises:
        CheckError: there is no such snapshot.
        SnapshotError: a snapshot cannot be read.
        LedgerError: the ledger is damaged.
    """
    path = snapshot_path(store, date)
    if not path.exists():
        raise CheckError(f"There is no snapshot of {date} to check: {path} was expected. Run `oms fetch` first.")
    stored = [line for line in read_manifest(store).stored if line.interval.end < date]
    before = snapshot_path(store, stored[-1].interval.end) if stored else None
    previous = _see(before) if before and before.exists() else None  # a restored store holds no old snapshot
    intervals = tuple(line.interval for line in stored)
    evidence = Evidence(_see(path), previous, intervals, registry, today)
    sha256 = _hash_file(path)
    return compute_check(evidence, sha256, _keep_overrides(store, date, sha256))


def check_path(store: Path, date: dt.date) -> Path:
    """Return where the check of a date stands in a store."""
    return store / "checks" / f"{date.isoformat()}.json"


def load_check(store: Path, date: dt.date) -> Check | None:
    """Load the check of a date; None where there is none, or where the snapshot has changed since.

    Raises:
        CheckError: the file is damaged.
    """
    check = _read(check_path(store, date))
    snapshot = snapshot_path(store, date)
    if check and snapshot.exists() and _hash_file(snapshot) != check.snapshot_sha256:
        return None
    return check


def list_checks(store: Path) -> tuple[Check, ...]:
    """Load all checks of a store, oldest first.

    Raises:
        CheckError: a file is damaged.
    """
    found = (_read(path) for path in sorted((store / "checks").glob("????-??-??.json")))
    return tuple(check for check in found if check)


def list_held(store: Path) -> frozenset[dt.date]:
    """List the dates whose snapshots a gate holds: nothing may append them.

    Raises:
        CheckError: a check is damaged.
    """
    known = set(list_dates(read_manifest(store)))
    dates = [dt.date.fromisoformat(path.stem) for path in list_snapshots(store)]
    checks = [check for date in dates if date not in known and (check := load_check(store, date))]
    return frozenset(check.date for check in checks if check.holds)


def _see(path: Path) -> Seen:
    return see_snapshot(read_info(path), read_snapshot(path))


def _keep_overrides(store: Path, date: dt.date, sha256: str) -> tuple[Override, ...]:
    earlier = _read(check_path(store, date))
    return earlier.overrides if earlier and earlier.snapshot_sha256 == sha256 else ()


def _describe_override(check: Check, override: Override) -> Correction:
    gate = check.find(override.gate)
    return Correction(
        date=override.decided_on,
        what=f"the gate {gate.name} was overruled for the snapshot of {check.date}",
        why=override.reason,
        before=f"held: {gate.found}",
        after="accepted",
        decided_by="maintainer",
    )


def _read(path: Path) -> Check | None:
    if not path.exists():
        return None
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CheckError(f"The check {path} cannot be read: {error}. Remove it and run `oms check` again.") from error
    return parse_check(text, str(path))


def _hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
