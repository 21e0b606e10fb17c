"""Merge two ledgers that grew apart: a store's own, and the one that others have pushed meanwhile.

Pure: manifests in, a manifest out. An interval that both have stands once, as it was pushed; where ours parts it into
several, by dates that were put into it, ours stand. An interval that only
one of them has stays; where the two overlap, it is left out here if its snapshot is at hand, because appending that
snapshot makes it again on top of the other, and it is an error if not: nothing is dropped in silence.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import replace

from generator.base.errors import LedgerError
from generator.ledger.store import Manifest, Stored, list_dates


def merge_manifests(ours: Manifest, theirs: Manifest, held: Collection[dt.date]) -> Manifest:
    """Merge our manifest into theirs.

    Args:
        ours: the store's.
        theirs: the one that was pushed; all of it stays.
        held: dates whose snapshots are at hand, so that their intervals can be made again.

    Raises:
        LedgerError: two intervals overlap, or one began at a date that was withdrawn, and its snapshot is not held any
            more.
    """
    withdrawn = tuple(sorted({*ours.withdrawn, *theirs.withdrawn}))
    whole, pushed = (drop_withdrawn(manifest, withdrawn) for manifest in (ours, theirs))
    pushed = replace(pushed, stored=_keep_begun(pushed, _list_gone(theirs, pushed), whole, held))
    whole = replace(whole, stored=_keep_begun(whole, _list_gone(ours, whole), pushed, held))
    ours, theirs = whole, _part(pushed, whole)
    known = set(list_dates(theirs))
    only_ours = [line for line in ours.stored if line.interval.end not in known]
    clashing = [line for line in only_ours if any(_overlap(line, other) for other in theirs.stored)]
    _check_held(clashing, held)
    kept = [line for line in only_ours if line not in clashing]
    stored = sorted([*theirs.stored, *kept], key=lambda line: line.interval.end)
    repeated = dict(ours.repeated) | dict(theirs.repeated)
    ends = {line.interval.end for line in stored}
    dates = sorted(date for date in repeated if date not in ends and (date in known or date not in held))
    kept_dates = tuple((date, repeated[date]) for date in dates)
    return Manifest(tuple(stored), kept_dates, withdrawn, ours.copied_from or theirs.copied_from)


def drop_withdrawn(manifest: Manifest, withdrawn: Collection[tuple[dt.date, str]]) -> Manifest:
    """Return a ledger without the snapshots that were taken out of it, or of another one, again."""
    return Manifest(
        tuple(line for line in manifest.stored if (line.interval.end, line.snapshot_sha256) not in withdrawn),
        tuple(pair for pair in manifest.repeated if pair not in withdrawn),
        tuple(sorted({*manifest.withdrawn, *withdrawn})),
        manifest.copied_from,
    )


def _list_gone(before: Manifest, after: Manifest) -> set[dt.date]:
    return set(list_dates(before)) - set(list_dates(after))


def _keep_begun(
    manifest: Manifest, gone: Collection[dt.date], other: Manifest, held: Collection[dt.date]
) -> tuple[Stored, ...]:
    """Return the intervals of a ledger but those that began at a date that is gone.

    Such a one stands in the other ledger as it spans the date, or is made again when its snapshot is appended.
    """
    torn = [line for line in manifest.stored if line.interval.start in gone]
    lost = set(gone) - {line.interval.end for line in other.stored}  # a date can be there again, with other counts
    whole = {line.interval.end for line in other.stored if line.interval.start not in lost}
    _check_held([line for line in torn if line.interval.end not in whole], held)
    return tuple(line for line in manifest.stored if line not in torn)


def _check_held(lines: Collection[Stored], held: Collection[dt.date]) -> None:
    """Check that intervals can be made again from their snapshots.

    Raises:
        LedgerError: one is not held any more.
    """
    lost = [line for line in lines if line.interval.end not in held]
    if lost:
        found = ", ".join(f"{line.interval.start} to {line.interval.end}" for line in lost[:5])
        raise LedgerError(
            f"The ledger that was pushed does not join with intervals of this store: {found}. Their snapshots are not "
            "held any more, so they cannot be made again beside it. Bring those snapshots back; or pull into another "
            "store, and keep this one until it is known which of the two is right."
        )


def _part(theirs: Manifest, ours: Manifest) -> Manifest:
    """Return their manifest with those of its intervals in parts that ours parts: the same end, dates between."""
    own = {line.interval.end: line for line in ours.stored}
    parted: list[Stored] = []
    begin = dt.date.min
    for line in theirs.stored:
        same = own.get(line.interval.end)
        parts = [each for end, each in own.items() if begin < end <= line.interval.end]
        is_same = same is not None and same.snapshot_sha256 == line.snapshot_sha256
        parted += parts if is_same and _fill(parts, begin) else [line]
        begin = line.interval.end
    return replace(theirs, stored=tuple(parted))


def _fill(parts: list[Stored], begin: dt.date) -> bool:
    """Tell whether several intervals follow on a date, or on nothing, without a break."""
    follows = begin in {dt.date.min, parts[0].interval.start}
    return len(parts) > 1 and follows and not find_breaks(Manifest(tuple(parts)))


def find_lost(ours: Manifest, theirs: Manifest) -> list[dt.date]:
    """List the dates that theirs knows, and ours neither knows nor withdrew: a push of ours would lose them."""
    return sorted(set(list_dates(drop_withdrawn(theirs, ours.withdrawn))) - set(list_dates(ours)))


def find_breaks(manifest: Manifest) -> list[str]:
    """Describe where the intervals of a ledger overlap, or leave days between them that no gap names."""
    breaks = []
    for before, after in zip(manifest.stored, manifest.stored[1:], strict=False):
        if before.interval.end != after.interval.start:
            breaks.append(f"{before.interval.end} is followed by {after.interval.start}")
    return breaks


def _overlap(one: Stored, other: Stored) -> bool:
    return one.interval.start < other.interval.end and other.interval.start < one.interval.end
