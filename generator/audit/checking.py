"""Run the gates on a store: read what they need, keep what they found, log what was overruled.

checks/YYYY-MM-DD.json    what the gates said of the snapshot of that date
held/YYYY-MM-DD-<hash>.parquet    a snapshot that a gate holds, for the maintainer who looks at it
corrections.csv           the generated part of the log of corrections
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from generator.audit.checks import Check, Override, compute_check, overrule, parse_check, render_check
from generator.audit.corrections import add_corrections
from generator.audit.evidence import Evidence, Seen
from generator.base.errors import CheckError
from generator.base.files import hash_file, write_atomically
from generator.ledger.intervals import Interval
from generator.ledger.store import Manifest, Verdict, list_dates, read_manifest, update_ledger
from generator.registry import Correction, Registry
from generator.sources.snapshot import list_snapshots, read_info, read_snapshot, snapshot_path

HELD: Final = "held/"
# Digits of a snapshot's hash by which it is named: as many as in the ledger's file names.
HELD_DIGITS: Final = 16


@dataclass(frozen=True)
class Appended:
    """What an append did.

    Attributes:
        manifest: the ledger now.
        held: the checks of the snapshots that were left out, oldest first.
    """

    manifest: Manifest
    held: tuple[Check, ...]


def append_snapshots(
    store: Path,
    registry: Registry,
    today: dt.date,
    say: Callable[[str], None] = lambda _: None,
    *,
    until: dt.date | None = None,
) -> Appended:
    """Check the snapshots that the ledger lacks, and append those that no gate holds; the others are said.

    Args:
        store: the store's folder.
        registry: countries, families and canaries.
        today: the UTC day of the checks.
        say: told of each snapshot that is appended or left out.
        until: snapshots after this date are not looked at.

    Raises:
        SnapshotError: the store holds neither a snapshot nor a ledger, or a snapshot is damaged.
        LedgerError: the ledger is damaged, or cannot be made again behind a snapshot that is new.
        CheckError: a check is damaged.
    """
    held: dict[dt.date, Check] = {}

    def judge(path: Path, accepted: Manifest) -> Verdict:
        check = _find_check(store, dt.date.fromisoformat(path.stem), today, registry, accepted)
        if check.holds:
            held[check.date] = check
        names = tuple(gate.name for gate in check.held)
        return Verdict(check.snapshot_sha256, names, repeats="repeated" in names)

    manifest = update_ledger(store, registry, say, judge=judge, until=until)
    left_out = tuple(check for date, check in sorted(held.items()) if date not in list_dates(manifest))
    for check in left_out:
        gates = ", ".join(gate.name for gate in check.held)
        say(
            f"left out: the snapshot of {check.date} is held by {gates}. `oms check --store {store} "
            f"--date {check.date}` says why, and how to accept it."
        )
    return Appended(manifest, left_out)


def find_unchecked(store: Path) -> dt.date | None:
    """Return the date of the newest snapshot that the ledger does not know; None where it knows all."""
    known = set(list_dates(read_manifest(store)))
    dates = [dt.date.fromisoformat(path.stem) for path in list_snapshots(store)]
    return max((date for date in dates if date not in known and (not known or date > max(known))), default=None)


def list_held(store: Path) -> dict[str, Path]:
    """List the snapshots that a gate holds, by the name under which one is kept: `held/DATE-HASH.parquet`.

    Raises:
        CheckError: a check is damaged.
    """
    known = set(list_dates(read_manifest(store)))
    paths = {dt.date.fromisoformat(path.stem): path for path in list_snapshots(store)}
    checks = {date: load_check(store, date) for date in paths if date not in known}
    return {
        name_held(date, check.snapshot_sha256): paths[date] for date, check in checks.items() if check and check.holds
    }


def name_held(date: dt.date, sha256: str) -> str:
    """Return where a held snapshot is kept, in the store and in the dataset repository."""
    return f"{HELD}{date.isoformat()}-{sha256[:HELD_DIGITS]}.parquet"


def take_held(store: Path, date: dt.date, sha256: str) -> bool:
    """Put the snapshot of a hash in the place of its date; return whether it was kept here.

    Another snapshot of that date that stands there is kept in its stead.

    Args:
        store: the store's folder.
        date: of the snapshot.
        sha256: the first 16 digits of its hash, or more.
    """
    path, kept = snapshot_path(store, date), store / name_held(date, sha256)
    if path.exists() and hash_file(path).startswith(sha256):
        return True
    if not kept.exists() or not hash_file(kept).startswith(sha256):
        return False
    if path.exists():
        path.replace(store / name_held(date, hash_file(path)))
    path.parent.mkdir(parents=True, exist_ok=True)
    kept.replace(path)
    return True


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
    add_corrections(store, [_describe_override(check, override) for override in check.overrides])
    _write(store, check)
    return check


def compute_store_check(
    store: Path, date: dt.date, today: dt.date, registry: Registry, accepted: Manifest | None = None
) -> Check:
    """Check the snapshot of a date without keeping the result.

    Args:
        store: the store's folder.
        date: of the snapshot.
        today: the UTC day of the check.
        registry: countries and canaries.
        accepted: the ledger to compare it with; the store's if not given.

    Raises:
        CheckError: there is no such snapshot.
        SnapshotError: a snapshot cannot be read.
        LedgerError: the ledger is damaged.
    """
    path = snapshot_path(store, date)
    if not path.exists():
        raise CheckError(f"There is no snapshot of {date} to check: {path} was expected. Run `oms fetch` first.")
    intervals = _list_before(accepted or read_manifest(store), date)
    before = _find_before(store, intervals)
    evidence = Evidence(_see(path), _see(before) if before else None, intervals, registry, today)
    sha256 = hash_file(path)
    try:
        return compute_check(evidence, sha256, _keep_overrides(store, date, sha256))
    except duckdb.Error:
        for read in filter(None, (path, before)):
            read_snapshot(read)  # says which file is damaged, and what to do
        raise


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
    if check and snapshot.exists() and hash_file(snapshot) != check.snapshot_sha256:
        return None
    return check


def list_checks(store: Path) -> tuple[Check, ...]:
    """Load all checks of a store, oldest first.

    Raises:
        CheckError: a file is damaged.
    """
    found = (_read(path) for path in sorted((store / "checks").glob("????-??-??.json")))
    return tuple(check for check in found if check)


def _find_check(store: Path, date: dt.date, today: dt.date, registry: Registry, accepted: Manifest) -> Check:
    """Return the check of a snapshot as the next one of a ledger: the kept one of these bytes, else a new one."""
    kept = load_check(store, date)
    intervals = _list_before(accepted, date)
    if kept and (kept.previous == (intervals[-1].end if intervals else None) or not _find_before(store, intervals)):
        return kept  # where the last accepted snapshot is not held any more, a new check would see less
    check = compute_store_check(store, date, today, registry, accepted)
    _write(store, check)
    return check


def _list_before(accepted: Manifest, date: dt.date) -> tuple[Interval, ...]:
    return tuple(line.interval for line in accepted.stored if line.interval.end < date)


def _find_before(store: Path, intervals: Sequence[Interval]) -> Path | None:
    """Return the last accepted snapshot; None before the first, and in a restored store, which holds no old one."""
    path = snapshot_path(store, intervals[-1].end) if intervals else None
    return path if path and path.exists() else None


def _write(store: Path, check: Check) -> None:
    write_atomically(check_path(store, check.date), render_check(check))


def _see(path: Path) -> Seen:
    return Seen(read_info(path), path)


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
        raise CheckError(
            f"The check {path} cannot be read: {error}. Move it aside and run `oms check` again."
        ) from error
    return parse_check(text, str(path))
