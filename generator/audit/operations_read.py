"""Read from a store how the site is run."""

from collections.abc import Iterable
from pathlib import Path

from generator.audit.checking import compute_store_check, list_checks, load_check
from generator.audit.checks import Check
from generator.audit.corrections import FILE as CORRECTIONS
from generator.audit.nights import list_nights
from generator.audit.operations import Operations, compute_runs, sort_corrections
from generator.audit.versions import read_versions
from generator.ledger.store import list_dates, read_manifest
from generator.questions.report import Report
from generator.registry import Correction, Registry, read_corrections
from generator.sources.snapshot import snapshot_path


def read_operations(
    store: Path, report: Report, registry: Registry, corrections: Iterable[Correction] = ()
) -> Operations:
    """Read runs, checks, corrections and versions of a store.

    Args:
        store: the folder that the report was made from.
        report: says which date the site shows.
        registry: holds the hand-written corrections.
        corrections: entries that this build adds.

    Raises:
        OmsError: a file of the store is damaged.
    """
    data, manifest = report.data, read_manifest(store)
    known = set(list_dates(manifest))
    held = [
        check for check in list_checks(store) if check.holds and check.date > data.as_of and check.date not in known
    ]
    return Operations(
        runs=compute_runs(list_nights(store), data.as_of),
        check=_find_check(store, report, registry),
        held=held[-1] if held else None,
        corrections=sort_corrections([*registry.corrections, *read_corrections(store / CORRECTIONS), *corrections]),
        versions=read_versions(store),
        snapshot_sha256=manifest.stored[-1].snapshot_sha256 if manifest.stored else "",
    )


def _find_check(store: Path, report: Report, registry: Registry) -> Check | None:
    """Return the check of the snapshot shown; one that was never checked is checked now, if it is still held."""
    date = report.data.as_of
    check = load_check(store, date)
    if check or not snapshot_path(store, date).exists():
        return check
    return compute_store_check(store, date, report.data.today, registry)
