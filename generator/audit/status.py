"""What a store holds, for maintainers: snapshots, intervals, gaps, coverage."""

import datetime as dt
from pathlib import Path
from typing import Any

from generator.base.errors import SnapshotError
from generator.ledger.store import Ledger, load_ledger, read_manifest
from generator.ledger.thinning import keep_nights
from generator.registry import Registry
from generator.sources.snapshot import list_snapshots, read_info
from generator.star.coverage import compute_coverages
from generator.star.reading import read_account_flows, read_accounts
from generator.star.relations import open_star


def compute_status(store: Path, registry: Registry) -> dict[str, Any]:
    """Read what a store holds.

    Returns:
        `snapshots` held, oldest first, with their `state` (`interval`, `repeated` where they hold the counts of the one
        before, or `not yet` in the ledger) and the part of their downloads that has a reviewed publisher, 0 to 1;
        `intervals` of the ledger, oldest first; `gap_days` that no count covers; `copied_from`, the site that the
        ledger is an unverified copy of, empty for one's own.

    Raises:
        SnapshotError: the folder does not exist, or a snapshot is damaged.
        LedgerError: the ledger is damaged.
    """
    if not store.is_dir():
        raise SnapshotError(f"There is no store at {store}. Make one with `oms fetch` or `oms import`.")
    ledger, manifest = load_ledger(store), read_manifest(store)
    coverage = _compute_reviewed(ledger, registry)
    ends = {entry.interval.end for entry in ledger.entries}
    snapshots = []
    for path in list_snapshots(store):
        info = read_info(path)
        state = "interval" if info.date in ends else "repeated" if info.date in ledger.repeated else "not yet"
        snapshots.append(
            {name: getattr(info, name) for name in ("date", "source", "rows", "quarantined")}
            | {"state": state, "reviewed": coverage.get(info.date), "file_bytes": path.stat().st_size}
        )
    intervals = [
        {name: getattr(line.interval, name) for name in ("start", "end", "days", "gap_days", "basis", "models")}
        | {"anomalies": len(line.interval.anomalies)}
        | {"file_bytes": sum((store / "ledger" / name).stat().st_size for name in line.files.values())}
        for line in manifest.stored
    ]
    gap_days = sum(line.interval.gap_days for line in manifest.stored)
    about = {"gap_days": gap_days, "copied_from": manifest.copied_from}
    return {"snapshots": snapshots, "intervals": intervals, **about}


def _compute_reviewed(ledger: Ledger, registry: Registry) -> dict[dt.date, float]:
    if not ledger.entries:
        return {}
    star = open_star(keep_nights(ledger.entries), registry)
    intervals = [entry.interval for entry in ledger.entries]
    coverages = compute_coverages(read_accounts(star), read_account_flows(star), intervals)
    return {coverage.as_of: coverage.reviewed for coverage in coverages}
