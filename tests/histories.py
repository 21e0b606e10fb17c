"""A report made from a few snapshots of a handful of models, for tests of what changes over time."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pyarrow as pa

from generator.ledger.intervals import Described, LedgerEntry
from generator.questions.compute import compute_report
from generator.questions.report import Report
from generator.registry import Registry
from generator.registry.cells import read_record
from generator.registry.claims import Claim, ClaimTest
from generator.sources.snapshot import SCHEMA, to_frame
from tests.small import BLANK, compute_entry, make_publisher, make_registry

Snapshot = tuple[dt.date, Mapping[str, int]]
CREATED = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
CELLS = {
    "slug": "china-ahead",
    "claim": "China is ahead.",
    "claimed_by": "Somebody",
    "claimed_on": "2026-08-01",
    "source": "An article",
    "source_url": "",
    "tests": "china-above-us",
    "value_then": "",
    "against_then": "",
    "reason": "",
    "checked_on": "2026-11-24",
}
TEST_CELLS = {
    "slug": "china-above-us",
    "test": "China's share is above that of the United States.",
    "about": "uploaders",
    "measure": "share/30d-all-publisher/CN",
    "operator": "above",
    "against": "share/30d-all-publisher/US",
    "level_within": "",
    "unit": "share",
    "needs": "",
    "leaves_out": "",
}


def make_claim(**cells: str) -> Claim:
    """Make a claim; cells name what differs from "China is ahead"."""
    return read_record(Claim, CELLS | cells)


def make_test(**cells: str) -> ClaimTest:
    """Make a test; cells name what differs from China above the United States, by uploader."""
    return read_record(ClaimTest, TEST_CELLS | cells)


def make_entries(
    snapshots: Sequence[Snapshot], registry: Registry, task: str, scope: str = "hub"
) -> tuple[LedgerEntry, ...]:
    """Make the ledger of snapshots: 30-day downloads by model, oldest first."""
    entries, previous, start = [], None, None
    for day, downloads in snapshots:
        rows = [
            BLANK
            | {"id": name, "author": name.partition("/")[0], "downloads_30d": count}
            | {"created_at": CREATED, "task": task}
            for name, count in downloads.items()
        ]
        frame = to_frame(pa.Table.from_pylist(rows, schema=SCHEMA))
        entries.append(compute_entry(Described(day, "a test", scope), frame, previous, start, registry))
        previous, start = frame, day
    return tuple(entries)


def make_history(
    snapshots: Sequence[Snapshot],
    *claims: Claim,
    tests: Sequence[ClaimTest] = (),
    repeated: tuple[dt.date, ...] = (),
    task: str = "text-generation",
    scope: str = "hub",
) -> tuple[Report, Registry]:
    """Make the report of snapshots, with a Chinese account `east`, an American `west`, a French `south` and claims.

    The tests are those given, or the one of `make_test`.
    """
    publishers = (make_publisher("east", "CN"), make_publisher("west", "US"), make_publisher("south", "FR"))
    tested = {test.slug: test for test in tests or (make_test(),)} if claims else {}
    registry = replace(make_registry(*publishers), claims=claims, claim_tests=tested)
    entries = make_entries(snapshots, registry, task, scope)
    return compute_report(entries, registry, snapshots[-1][0], repeated=repeated), registry
