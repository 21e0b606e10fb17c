"""Take published days back: out of the ledger, told in the log of corrections, and so that nothing brings them back.

withdrawn/YYYY-MM-DD-<hash>.parquet    a snapshot that was taken out, kept for who looks into it
"""

import datetime as dt
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from generator.audit.corrections import add_corrections
from generator.base.errors import LedgerError
from generator.base.files import hash_file
from generator.ledger.store import (
    Manifest,
    Stored,
    begin_at,
    derive_interval,
    is_withdrawn,
    list_hashes,
    read_manifest,
    remove_stale,
    set_aside,
    write_manifest,
)
from generator.registry import Correction, Registry
from generator.sources.snapshot import snapshot_path

_WORK: Final = "replaced"


@dataclass(frozen=True)
class Withdrawn:
    """What a withdrawal did.

    Attributes:
        dates: the dates that were asked for.
        along: dates that went with them: their flow began at withdrawn counts, and their snapshots are not held.
        spanned: the intervals that span the withdrawn days now, as start and end.
        kept: where withdrawn snapshots stand now.
    """

    dates: tuple[dt.date, ...]
    along: tuple[dt.date, ...] = ()
    spanned: tuple[tuple[dt.date, dt.date], ...] = ()
    kept: tuple[Path, ...] = ()


def withdraw_dates(
    store: Path, dates: Collection[dt.date], reason: str, today: dt.date, registry: Registry
) -> Withdrawn:
    """Take dates out of a store's ledger; the next interval spans them.

    An interval that began at a withdrawn date is derived again from its snapshot. Where that is not held any more, its
    flow, which began at withdrawn counts, goes as well, and its days are a gap at the beginning of the one after it.
    Of dates that were withdrawn already, what a run that was stopped has left is done.

    Args:
        store: the store's folder.
        dates: to withdraw.
        reason: why; stands in the public log of corrections.
        today: the UTC day of the decision.
        registry: as for any interval.

    Raises:
        LedgerError: the ledger does not know a date, or the reason is missing.
    """
    manifest = read_manifest(store)
    known = list_hashes(manifest)
    unknown = sorted(date for date in dates if date not in known)
    if dates and unknown == sorted(dates) and set(dates) <= dict(manifest.withdrawn).keys():
        return Withdrawn(tuple(unknown), spanned=_list_spanning(manifest, dates), kept=_tidy(store, manifest))
    if unknown or not dates:
        raise LedgerError(
            f"The ledger in {store} does not know {', '.join(map(str, unknown)) or 'a date to withdraw'}. `oms status "
            f"--store {store}` lists its dates; a snapshot that a gate holds is not in it."
        )
    if not reason.strip():
        raise LedgerError("A published day is withdrawn without a reason. Give one: it stands in the public log.")
    run = _Withdrawal(store, registry, set(dates))
    stored = run.join(manifest.stored)
    gone = sorted(run.gone)
    after = replace(
        manifest,
        stored=stored,
        repeated=tuple(pair for pair in manifest.repeated if pair[0] not in run.gone),
        withdrawn=tuple(sorted({*manifest.withdrawn, *((date, known[date]) for date in gone)})),
    )
    add_corrections(store, [_describe(date, manifest, reason, today, set(run.along)) for date in gone])
    write_manifest(store, after)
    return Withdrawn(tuple(sorted(dates)), tuple(run.along), tuple(run.spanned), _tidy(store, after))


def _tidy(store: Path, manifest: Manifest) -> tuple[Path, ...]:
    """Take away what a ledger does not name any more; return where its withdrawn snapshots stand now."""
    remove_stale(store, manifest)
    return tuple(set_aside(store, manifest))


def _list_spanning(manifest: Manifest, dates: Collection[dt.date]) -> tuple[tuple[dt.date, dt.date], ...]:
    spans = [(line.interval.start, line.interval.end) for line in manifest.stored]
    return tuple((start, end) for start, end in spans if any(start < date < end for date in dates))


@contextmanager
def replacing(store: Path, reason: str, today: dt.date, registry: Registry) -> Iterator[list[dt.date]]:
    """Let an import write over accepted dates: what changes is withdrawn with its reason, and checked anew.

    Yields:
        A list that holds the replaced dates afterwards.

    Raises:
        LedgerError: an accepted date would change, and there is no reason; its snapshot stays as it was.
    """
    known = list_hashes(read_manifest(store))
    work = store / _WORK
    shutil.rmtree(work, ignore_errors=True)
    for date in known:
        _link(snapshot_path(store, date), work / f"{date}.parquet")
    replaced: list[dt.date] = []
    try:
        yield replaced
        _refuse_withdrawn(store, work)
        replaced += _list_changed(store, known, work)
        if replaced and not reason.strip():
            _put_back(store, work, replaced)
            raise LedgerError(
                f"The ledger holds {', '.join(map(str, replaced[:5]))} already, with other counts, and they are "
                "published. Give the reason for the new ones with --reason: it stands in the public log. Nothing was "
                "changed."
            )
        if replaced:
            withdraw_dates(store, replaced, reason, today, registry)
    finally:
        _keep_old(store, known, work, replaced)
        shutil.rmtree(work, ignore_errors=True)


@dataclass
class _Withdrawal:
    """One withdrawal under way.

    Attributes:
        gone: the dates that go.
        along: those of them that nobody asked for.
        spanned: the intervals that span days of them.
    """

    store: Path
    registry: Registry
    gone: set[dt.date]
    along: list[dt.date] = field(default_factory=list)
    spanned: list[tuple[dt.date, dt.date]] = field(default_factory=list)

    def join(self, lines: Iterable[Stored]) -> tuple[Stored, ...]:
        """Return the intervals without the dates that go, each beginning where the one before it ends."""
        joined: list[Stored] = []
        for line in lines:
            if line.interval.end in self.gone:
                continue
            if line.interval.start not in self.gone:
                joined.append(line)
                continue
            start = joined[-1].interval.end if joined else None
            spanning = self._span(line, start)
            if spanning is None:
                self.gone.add(line.interval.end)
                self.along.append(line.interval.end)
            else:
                joined.append(spanning)
                self.spanned.append((spanning.interval.start, spanning.interval.end))
        return tuple(joined)

    def _span(self, line: Stored, start: dt.date | None) -> Stored | None:
        """Return an interval that began at a withdrawn date as one that spans it; None where its flow is lost too."""
        path = snapshot_path(self.store, line.interval.end)
        if path.exists() and hash_file(path) == line.snapshot_sha256:
            return derive_interval(self.store, line.interval.end, line.snapshot_sha256, start, self.registry)
        if line.interval.start in self.along:  # these counts were right: only the flow up to them is lost
            return begin_at(self.store, line, start) if start else line
        return None


def _describe(date: dt.date, manifest: Manifest, reason: str, today: dt.date, along: Collection[dt.date]) -> Correction:
    line = next((line.interval for line in manifest.stored if line.interval.end == date), None)
    before = f"the interval {line.start} to {line.end}, {line.models:,} models" if line else "noted as repeated"
    what = "the flow up to {} went with the day before it" if date in along else "the counts of {} were withdrawn"
    return Correction(
        date=today,
        what=what.format(date),
        why=reason,
        before=before,
        after="the next interval spans the day",
        decided_by="maintainer",
    )


def _refuse_withdrawn(store: Path, work: Path) -> None:
    """Check that nothing came in again that was taken out."""
    manifest = read_manifest(store)
    paths = [snapshot_path(store, date) for date, _ in manifest.withdrawn]
    again = [path for path in paths if path.exists() and is_withdrawn(manifest, path)]
    if again:
        dates = sorted({dt.date.fromisoformat(path.stem) for path in again})
        _put_back(store, work, dates)
        raise LedgerError(
            f"The counts of {', '.join(map(str, dates))} are those that were withdrawn; nothing was changed. If they "
            "are right after all, say with another --source where they came from: that makes another snapshot of them."
        )


def _list_changed(store: Path, known: Mapping[dt.date, str], work: Path) -> list[dt.date]:
    """List the accepted dates whose snapshots came with other bytes than the ledger took."""
    new = {date: snapshot_path(store, date) for date in known}
    return sorted(
        date
        for date, path in new.items()
        if path.exists() and not _is_same(path, work / path.name) and hash_file(path) != known[date]
    )


def _is_same(path: Path, before: Path) -> bool:
    return before.exists() and path.samefile(before)


def _put_back(store: Path, work: Path, dates: Iterable[dt.date]) -> None:
    for date in dates:
        path = snapshot_path(store, date)
        path.unlink()
        _link(work / path.name, path)


def _keep_old(store: Path, known: Mapping[dt.date, str], work: Path, dates: Iterable[dt.date]) -> None:
    """Keep what was replaced beside the other withdrawn snapshots."""
    for date in dates:
        before = work / f"{date}.parquet"
        if before.exists() and hash_file(before) == known[date] and not _is_same(snapshot_path(store, date), before):
            _link(before, store / "withdrawn" / f"{date}-{known[date][:16]}.parquet")


def _link(source: Path, target: Path) -> None:
    """Give a file another name, or copy it where the file system has no links; nothing where it is not there."""
    if not source.exists() or target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
