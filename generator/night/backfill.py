"""Fills the ledger from an archive of past counts: one snapshot, one interval, then on to the next.

    backfill/<archive>/<first date>.parquet    a snapshot that waits for its turn; the newest week waits longest
    backfill/<archive>/…                       what an archive keeps of its own files until the run is complete

The newest week is read first: what it knows of a model (licence, base models, task, parameters, date of creation)
fills the places where an older week says nothing. What an older week says of itself stays: a licence that changed
was another one then. A model that is gone by the newest week keeps what its own weeks say.

Weeks older than what the ledger holds are put before it: nights between two runs close no door. What stands in the
ledger stays; only the interval after a week begins there, and is made again where its snapshot is held.

Every step ends with a rename, and each is found done, or is done again with the same result: a run that was killed
goes on where it stopped, and ends with the ledger of one that was not.
"""

import datetime as dt
import shutil
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Final

from generator.audit.checking import HELD_DIGITS, append_snapshots, run_check
from generator.audit.checks import Check, describe_needless
from generator.audit.checks_text import describe_check
from generator.base.errors import FetchError, HeldError
from generator.base.files import hash_file, hold
from generator.base.progress import Progress, Report, tell_nobody
from generator.ledger.seam import find_free_until
from generator.ledger.store import Manifest, list_dates, prune_snapshots, read_manifest
from generator.registry import Registry
from generator.sources.archive import Archive, Edition, Reading, choose_editions
from generator.sources.archive_http import DatasetReader, GoneError
from generator.sources.snapshot import list_snapshots, read_info, snapshot_path

# Snapshots that stay: the next interval begins at the newest, and the one before can show what that one changed.
KEPT_SNAPSHOTS: Final = 2


@dataclass(frozen=True)
class Acceptance:
    """A held edition that a maintainer looked at.

    Attributes:
        snapshot: the first 16 digits of the hash of its snapshot, or more; an archive that tells other counts now
            makes another one, which is held again.
        gates: the gates to overrule for it, each with its reason.
    """

    snapshot: str
    gates: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class BackfillResult:
    """A complete backfill.

    Attributes:
        added: dates that closed an interval in this run.
        repeated: dates whose counts repeat the ones before.
        present: editions that the ledger had already.
        covered: editions whose days the ledger counts already, a sentence each; they were not read.
        gaps: what is not in the history, a sentence each, with its reason.
        transferred_bytes: bytes of files transferred in this run.
        warnings: what a person should know of this run, a sentence each.
    """

    added: tuple[dt.date, ...]
    repeated: tuple[dt.date, ...]
    present: int
    covered: tuple[str, ...]
    gaps: tuple[str, ...]
    transferred_bytes: int
    warnings: tuple[str, ...]


def run_backfill(
    store: Path,
    archive: Archive,
    first: dt.date,
    last: dt.date,
    registry: Registry,
    reader: DatasetReader,
    today: dt.date,
    report: Report = tell_nobody,
    *,
    acceptance: Acceptance | None = None,
) -> BackfillResult:
    """Add the editions of an archive to a store's ledger, oldest first.

    Args:
        store: the folder; made if it does not exist.
        archive: where the past counts lie.
        first: the first edition's date at the earliest.
        last: the last edition's date at the latest.
        registry: as for any build of the ledger.
        reader: reads the archive's dataset.
        today: the UTC day of the checks.
        report: called before each step.
        acceptance: gates to overrule for one of the editions.

    Raises:
        CheckError: a gate cannot be overruled.
        HeldError: a gate holds an edition; what stands before it stays.
        FetchError: the archive cannot be read, or one of its files is damaged; what is complete stays.
        LedgerError: the ledger is damaged.
    """
    work = store / "backfill" / archive.name
    with _lock(work):
        reading = archive.open(archive, reader, work)
        editions = choose_editions(archive, reading.list_editions(), first, last)
        unmet = _tell_unmet(acceptance)
        run = _Run(store, work, archive, reading, registry, reader, today, report, len(editions), acceptance, unmet)
        run.add_all(editions)
        report(Progress(len(editions), len(editions), "snapshots", "bringing the ledger up to date"))
        if list_snapshots(store):
            append_snapshots(store, registry, today)  # what the store held of later dates
        prune_snapshots(store, archive.repo, KEPT_SNAPSHOTS)
    shutil.rmtree(work.parent, ignore_errors=True)
    return run.result(_find_gaps(archive, editions))


@dataclass
class _Run:
    """One backfill under way."""

    store: Path
    work: Path
    archive: Archive
    reading: Reading
    registry: Registry
    reader: DatasetReader
    today: dt.date
    report: Report
    total: int
    acceptance: Acceptance | None
    needless: tuple[str, ...]
    done: int = 0
    present: int = 0
    covered: list[str] = field(default_factory=list)
    gone: dict[dt.date, str] = field(default_factory=dict)
    dates: list[dt.date] = field(default_factory=list)

    def add_all(self, editions: list[Edition]) -> None:
        """Add what the ledger lacks."""
        manifest = read_manifest(self.store)
        missing = [edition for edition in editions if not _holds(list_dates(manifest), edition)]
        self.present = self.done = len(editions) - len(missing)
        over = {edition.first: _find_cover(self.store, edition, manifest) for edition in missing}
        self.covered = [f"{first}: {interval}" for first, interval in sorted(over.items()) if interval]
        possible = [edition for edition in missing if not over[edition.first]]
        if possible:
            self.reading.measure(self.store)
        if self.reading.learns:
            self._prepare_newest(possible)
        for edition in possible:
            self._add(edition)

    def result(self, gaps: list[str]) -> BackfillResult:
        """Tell what was done."""
        repeated = {date for date, _ in read_manifest(self.store).repeated}
        lost = [f"{first}: {reason}" for first, reason in sorted(self.gone.items())]
        return BackfillResult(
            added=tuple(date for date in self.dates if date not in repeated),
            repeated=tuple(date for date in self.dates if date in repeated),
            present=self.present,
            covered=tuple(self.covered),
            gaps=(*gaps, *lost),
            transferred_bytes=self.reader.file_bytes,
            warnings=(*self.reader.warnings, *self.needless),
        )

    def _prepare_newest(self, editions: list[Edition]) -> None:
        """Read the newest edition that is there, ahead of its turn, and keep its facts."""
        for edition in reversed(editions):
            if self._find_snapshot(edition) is None and not self._read(edition):
                continue
            if edition is not editions[0]:
                waiting = self._waiting(edition)
                self.reading.learn(waiting if waiting.exists() else self._found(edition))
            return

    def _add(self, edition: Edition) -> None:
        """Bring one edition into the ledger; one that is not there is a gap."""
        if edition.first in self.gone or (self._find_snapshot(edition) is None and not self._read(edition)):
            return
        self._say(edition, "adding")
        waiting = self._waiting(edition)
        if waiting.exists():
            path = snapshot_path(self.store, read_info(waiting).date)
            path.parent.mkdir(parents=True, exist_ok=True)
            waiting.replace(path)
        date = dt.date.fromisoformat(self._found(edition).stem)
        self._overrule(date)
        found = append_snapshots(self.store, self.registry, self.today, until=date)
        if date in {check.date for check in found.held}:
            raise HeldError(_describe_hold(self.store, found.held[-1]))
        prune_snapshots(self.store, self.archive.repo, KEPT_SNAPSHOTS, under_way=date)
        self.dates.append(date)
        self.done += 1

    def _overrule(self, date: dt.date) -> None:
        """Check an edition with the gates that are overruled for it, if it is the one that was looked at."""
        accepted = self.acceptance
        if accepted and hash_file(snapshot_path(self.store, date)).startswith(accepted.snapshot):
            check = run_check(self.store, date, self.today, self.registry, accepted.gates)
            self.needless = tuple(describe_needless(check, [gate for gate, _ in accepted.gates]))

    def _read(self, edition: Edition) -> bool:
        """Read an edition, unless an earlier run did; return whether it is there."""
        if self._waiting(edition).exists():
            return True
        self._say(edition, "reading")
        try:
            self.reading.write(edition, self._waiting(edition))
        except GoneError as error:
            self.gone[edition.first] = str(error)
            return False
        return True

    def _waiting(self, edition: Edition) -> Path:
        return self.work / f"{edition.first}.parquet"

    def _find_snapshot(self, edition: Edition) -> Path | None:
        """Return the snapshot of an edition in the store, if it is there."""
        span = (edition.first.isoformat(), edition.last.isoformat())
        return next((path for path in list_snapshots(self.store) if span[0] <= path.stem <= span[1]), None)

    def _found(self, edition: Edition) -> Path:
        path = self._find_snapshot(edition)
        if path is None:
            raise FetchError(f"The snapshot of {edition.first} has disappeared from {self.store}. Run it again.")
        return path

    def _say(self, edition: Edition, step: str) -> None:
        detail = f"{step} {edition.first} · {self.reader.file_bytes / 1e6:,.1f} MB transferred"
        self.report(Progress(self.done, self.total, "snapshots", detail))


def _describe_hold(store: Path, check: Check) -> str:
    found = "\n".join(f"- {gate.name}: {gate.found}" for gate in check.held)
    return (
        f"{describe_check(check)} What stands before it is in the ledger of {store}. If the counts are right, run the "
        f"same command, or the same workflow, with the snapshot {check.snapshot_sha256[:HELD_DIGITS]}, the gates to "
        "accept and the reason: it goes on. If not, go around it: once with --to before it, once with --from after "
        f"it.\n{found}"
    )


def _tell_unmet(acceptance: Acceptance | None) -> tuple[str, ...]:
    """Say that no edition was the one that was looked at, as long as none is."""
    if acceptance is None:
        return ()
    return (
        f"No snapshot of this run has the hash {acceptance.snapshot}: nothing was overruled. The ledger has it "
        "already, or the archive tells other counts now.",
    )


def _holds(known: list[dt.date], edition: Edition) -> bool:
    return any(edition.first <= date <= edition.last for date in known)


def _find_cover(store: Path, edition: Edition, manifest: Manifest) -> str:
    """Say which interval counts the days of an edition and cannot be parted; nothing if the edition can be added."""
    after = next((line.interval for line in manifest.stored if line.interval.end > edition.last), None)
    if after is None or snapshot_path(store, after.end).exists() or edition.last <= find_free_until(after):
        return ""
    return f"the interval from {after.start} to {after.end} counts these days, and its snapshot is not held any more"


def _find_gaps(archive: Archive, editions: list[Edition]) -> list[str]:
    """List what the archive itself leaves out: more days between two editions than there should be."""
    return [
        f"{before.first} … {after.first}: the archive has nothing to use in between"
        for before, after in pairwise(editions)
        if 0 < archive.days < (after.first - before.first).days
    ]


def _lock(work: Path) -> AbstractContextManager[None]:
    """Keep a second backfill out of this store."""
    message = f"Another run is filling {work.parents[1]}. Wait until it has ended, or end it"
    return hold(work / "lock", FetchError(f"{message}; then run the same command again."))
