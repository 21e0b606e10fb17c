"""What a store holds, for maintainers: snapshots, intervals, gaps, coverage."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from generator.base.errors import SnapshotError
from generator.ledger.store import Ledger, load_ledger, read_manifest
from generator.ledger.thinning import keep_nights
from generator.registry import Registry
from generator.sources.snapshot import list_snapshots, read_info
from generator.star.coverage import compute_coverages
from generator.star.reading import read_account_flows, read_accounts
from generator.star.relations import open_star


@dataclass(frozen=True)
class SnapshotStatus:
    """One snapshot that the store holds.

    Attributes:
        date: the snapshot's date.
        source: where it came from.
        rows: models in the file.
        quarantined: rows that could not be parsed.
        state: `interval`, `repeated` (holds the counts of the one before), or `not yet` in the ledger.
        reviewed: share of its downloads with a reviewed publisher, 0 to 1; None outside the ledger, or without any.
        file_bytes: size of the file.
    """

    date: dt.date
    source: str
    rows: int
    quarantined: int
    state: str
    reviewed: float | None
    file_bytes: int


@dataclass(frozen=True)
class IntervalStatus:
    """One interval of the ledger.

    Attributes:
        start: the date before its first day.
        end: its last day.
        days: its length.
        gap_days: days that no count covers.
        basis: `counter`, `rate` or `mixed`.
        models: models in its snapshot.
        anomalies: counters that fell, jumped or stood still and 30-day counts that moved tenfold, as listed.
        file_bytes: size of its files.
    """

    start: dt.date
    end: dt.date
    days: int
    gap_days: int
    basis: str
    models: int
    anomalies: int
    file_bytes: int


@dataclass(frozen=True)
class StoreStatus:
    """The whole store.

    Attributes:
        snapshots: the files held, oldest first.
        intervals: the ledger's, oldest first.
        gap_days: days within the history that no count covers.
        copied_from: address of the site that the ledger is an unverified copy of; empty for one's own.
    """

    snapshots: tuple[SnapshotStatus, ...]
    intervals: tuple[IntervalStatus, ...]
    gap_days: int
    copied_from: str = ""


def compute_status(store: Path, registry: Registry) -> StoreStatus:
    """Read what a store holds.

    Raises:
        SnapshotError: the folder does not exist, or a snapshot is damaged.
        LedgerError: the ledger is damaged.
    """
    if not store.is_dir():
        raise SnapshotError(f"There is no store at {store}. Make one with `oms fetch` or `oms import`.")
    ledger = load_ledger(store)
    coverage = _compute_reviewed(ledger, registry)
    ends = {entry.interval.end for entry in ledger.entries}
    snapshots = []
    for path in list_snapshots(store):
        info = read_info(path)
        state = "interval" if info.date in ends else "repeated" if info.date in ledger.repeated else "not yet"
        snapshots.append(
            SnapshotStatus(
                info.date, info.source, info.rows, info.quarantined, state, coverage.get(info.date), path.stat().st_size
            )
        )
    manifest = read_manifest(store)
    intervals = tuple(
        IntervalStatus(
            start=entry.interval.start,
            end=entry.interval.end,
            days=entry.interval.days,
            gap_days=entry.interval.gap_days,
            basis=entry.interval.basis,
            models=entry.interval.models,
            anomalies=len(entry.interval.anomalies),
            file_bytes=sum((store / "ledger" / name).stat().st_size for name in line.files.values()),
        )
        for entry, line in zip(ledger.entries, manifest.stored, strict=True)
    )
    gap_days = sum(interval.gap_days for interval in intervals)
    return StoreStatus(tuple(snapshots), intervals, gap_days, manifest.copied_from)


def _compute_reviewed(ledger: Ledger, registry: Registry) -> dict[dt.date, float]:
    if not ledger.entries:
        return {}
    star = open_star(keep_nights(ledger.entries), registry)
    intervals = [entry.interval for entry in ledger.entries]
    coverages = compute_coverages(read_accounts(star), read_account_flows(star), intervals)
    return {coverage.as_of: coverage.reviewed for coverage in coverages}
