"""What a store holds, for maintainers."""

import datetime as dt
from pathlib import Path

import pytest

from generator.audit.status import compute_status
from generator.base.errors import SnapshotError
from generator.ledger.store import read_manifest
from generator.registry import Registry
from tests.small import append_all, make_publisher, make_registry
from tests.test_snapshot import put_snapshot

REGISTRY: Registry = make_registry(make_publisher("east", "CN"))

SNAPSHOT = ("date", "source", "rows", "quarantined", "state", "reviewed", "file_bytes")
INTERVAL = ("start", "end", "days", "gap_days", "basis", "models", "anomalies", "file_bytes")


def put(store: Path, date: str, downloads: int) -> None:
    """Put a snapshot: three quarters of the downloads have a reviewed publisher."""
    rows = [{"id": "east/x", "downloads_30d": downloads * 3}, {"id": "new/y", "downloads_30d": downloads}]
    put_snapshot(store, date, *rows)


def test_a_store_tells_its_dates_gaps_and_coverage(tmp_path: Path) -> None:
    """An interval, a repeated snapshot, a date that is not in the ledger yet; 40 days with 30-day counts: gap 10."""
    put(tmp_path, "2026-08-01", 100)
    put(tmp_path, "2026-08-02", 100)
    put(tmp_path, "2026-09-10", 200)
    append_all(tmp_path, REGISTRY)
    put(tmp_path, "2026-09-11", 300)
    sizes = [
        sum((tmp_path / "ledger" / name).stat().st_size for name in line.files.values())
        for line in read_manifest(tmp_path).stored
    ]

    def size_of(date: str) -> int:
        return (tmp_path / "snapshots" / f"{date}.parquet").stat().st_size

    start, first, second = dt.date(2026, 7, 2), dt.date(2026, 8, 1), dt.date(2026, 9, 10)
    snapshots = (
        (first, "test", 2, 0, "interval", 0.75, size_of("2026-08-01")),
        (dt.date(2026, 8, 2), "test", 2, 0, "repeated", None, size_of("2026-08-02")),
        (second, "test", 2, 0, "interval", 0.75, size_of("2026-09-10")),
        (dt.date(2026, 9, 11), "test", 2, 0, "not yet", None, size_of("2026-09-11")),
    )
    intervals = ((start, first, 30, 0, "rate", 2, 0, sizes[0]), (first, second, 40, 10, "rate", 2, 0, sizes[1]))
    expected = {
        "snapshots": [dict(zip(SNAPSHOT, row, strict=True)) for row in snapshots],
        "intervals": [dict(zip(INTERVAL, row, strict=True)) for row in intervals],
        "gap_days": 10,
        "copied_from": "",
    }
    assert expected == compute_status(tmp_path, REGISTRY)


def test_an_empty_folder_is_an_empty_store(tmp_path: Path) -> None:
    """Nothing fetched yet is no error."""
    empty = {"snapshots": [], "intervals": [], "gap_days": 0, "copied_from": ""}
    assert empty == compute_status(tmp_path, REGISTRY)


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """The message says how to make one."""
    with pytest.raises(SnapshotError, match=r"no store at .*nowhere.*oms fetch"):
        compute_status(tmp_path / "nowhere", REGISTRY)
