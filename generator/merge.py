"""Merge two ledgers that grew apart: a store's own, and the one that others have pushed meanwhile.

Pure: manifests in, a manifest out. An interval that both have stands once, as it was pushed. An interval that only
one of them has stays; where the two overlap, it is left out here if its snapshot is at hand, because appending that
snapshot makes it again on top of the other, and it is an error if not: nothing is dropped in silence.
"""

import datetime as dt
from collections.abc import Collection

from generator.errors import LedgerError
from generator.store import Manifest, Stored, list_dates


def merge_manifests(ours: Manifest, theirs: Manifest, held: Collection[dt.date]) -> Manifest:
    """Merge our manifest into theirs.

    Args:
        ours: the store's.
        theirs: the one that was pushed; all of it stays.
        held: dates whose snapshots are at hand, so that their intervals can be made again.

    Raises:
        LedgerError: two intervals overlap, and the snapshot of ours is not held any more.
    """
    known = set(list_dates(theirs))
    only_ours = [line for line in ours.stored if line.interval.end not in known]
    clashing = [line for line in only_ours if any(_overlap(line, other) for other in theirs.stored)]
    lost = [line for line in clashing if line.interval.end not in held]
    if lost:
        found = ", ".join(f"{line.interval.start} to {line.interval.end}" for line in lost[:5])
        raise LedgerError(
            f"The ledger that was pushed overlaps intervals of this store that it does not have: {found}. Their "
            "snapshots are not held any more, so they cannot be made again beside it. Bring those snapshots back, or "
            "move the folder `ledger` of this store away and pull again."
        )
    kept = [line for line in only_ours if line not in clashing]
    stored = sorted([*theirs.stored, *kept], key=lambda line: line.interval.end)
    repeated = dict(ours.repeated) | dict(theirs.repeated)
    ends = {line.interval.end for line in stored}
    dates = sorted(date for date in repeated if date not in ends and (date in known or date not in held))
    return Manifest(tuple(stored), tuple((date, repeated[date]) for date in dates))


def list_hashes(manifest: Manifest) -> dict[dt.date, str]:
    """Return the hash of the snapshot of every date that a ledger knows."""
    return {line.interval.end: line.snapshot_sha256 for line in manifest.stored} | dict(manifest.repeated)


def find_lost(ours: Manifest, theirs: Manifest) -> list[dt.date]:
    """List the dates that theirs knows and ours does not: a push of ours would lose them."""
    return sorted(set(list_dates(theirs)) - set(list_dates(ours)))


def find_breaks(manifest: Manifest) -> list[str]:
    """Describe where the intervals of a ledger overlap, or leave days between them that no gap names."""
    breaks = []
    for before, after in zip(manifest.stored, manifest.stored[1:], strict=False):
        if before.interval.end != after.interval.start:
            breaks.append(f"{before.interval.end} is followed by {after.interval.start}")
    return breaks


def _overlap(one: Stored, other: Stored) -> bool:
    return one.interval.start < other.interval.end and other.interval.start < one.interval.end
