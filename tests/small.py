"""A small report made from a handful of models, for tests that know every number in it."""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import pyarrow as pa

from generator.ledger.flows import Engine, run_duckdb
from generator.ledger.intervals import Described, LedgerEntry, compute_interval
from generator.ledger.lineage import FamilyMatcher
from generator.ledger.pairs import Source, read_pair
from generator.ledger.store import Manifest, Verdict, update_ledger
from generator.questions.compute import compute_report
from generator.questions.report import Report
from generator.registry import Country, Publisher, Registry
from generator.sources.hub_rows import parse_row
from generator.sources.snapshot import SCHEMA, SnapshotInfo, iter_batches, snapshot_path, to_frame, write_snapshot

DATE = dt.date(2026, 10, 8)
BLANK = dict.fromkeys(SCHEMA.names)


def make_registry(*publishers: Publisher) -> Registry:
    """Make a registry of four countries and the publishers given."""
    countries = {
        code: Country(code, numeric, "Somewhere", code in {"FR", "DE"}, "")
        for code, numeric in (("CN", "156"), ("US", "840"), ("FR", "250"), ("DE", "276"))
    }
    return Registry({row.handle.lower(): row for row in publishers}, countries, ())


def make_publisher(handle: str, country: str, kind: str = "company", **changes: str) -> Publisher:
    """Make a reviewed publisher."""
    facts = {
        "organisation": "" if kind == "person" else f"{handle} Ltd",
        "parent": "",
        "parent_country": "",
        "alias_of": "",
        "alias_since": "",
        "basis": "its own imprint",
        "source_url": "https://example.org/imprint",
        "note": "",
    } | changes
    return Publisher(handle=handle, kind=kind, country=country, checked_on=dt.date(2026, 11, 1), **facts)


def append_all(
    store: Path, registry: Registry, report: Callable[[str], None] = lambda _: None, *, until: dt.date | None = None
) -> Manifest:
    """Append every snapshot of a store: a few made-up models would hold at gates that are made for the Hub."""
    return update_ledger(store, registry, report, judge=accept, until=until)


def accept(path: Path, _: Manifest) -> Verdict:
    """Give the verdict that nothing holds a snapshot."""
    return Verdict(hashlib.sha256(path.read_bytes()).hexdigest())


def write_night(store: Path, day: dt.date, raw: Sequence[Mapping[str, object]]) -> None:
    """Write the snapshot of a day from rows as the Hub lists them."""
    rows = [row for row in map(parse_row, raw) if isinstance(row, dict)]
    write_snapshot(snapshot_path(store, day), iter_batches(rows), SnapshotInfo(day, "Hugging Face Hub", "hub"))


def make_report(
    models: Sequence[Mapping[str, object]], registry: Registry, outside: Sequence[Mapping[str, str]] = ()
) -> Report:
    """Compute the report of one snapshot; models name what differs from an empty row."""
    created = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
    rows = [BLANK | {"created_at": created, "task": "text-generation"} | dict(model) for model in models]
    frame = to_frame(pa.Table.from_pylist(rows, schema=SCHEMA))
    entry = compute_entry(Described(DATE, "a test", "selection"), frame, None, None, registry)
    return compute_report((entry,), registry, dt.date(2026, 10, 9), bundled=True, outside=outside)


@cache
def make_usual_report() -> tuple[Report, Registry]:
    """Make a report with a Chinese and an American company, a person, and an account that nobody reviewed."""
    registry = make_registry(
        make_publisher("east", "CN"), make_publisher("west", "US"), make_publisher("someone", "", kind="person")
    )
    models = [
        {"id": "east/large", "author": "east", "downloads_30d": 500_000, "license": "apache-2.0"},
        {"id": "west/small", "author": "west", "downloads_30d": 300_000, "parameters": 2_000_000_000},
        {
            "id": "someone/large-gguf",
            "author": "someone",
            "downloads_30d": 150_000,
            "base_models": ["east/large"],
            "base_relation": "quantized",
        },
        {"id": "unknown/thing", "author": "unknown", "downloads_30d": 50_000},
    ]
    return make_report(models, registry), registry


def compute_entry(
    head: Described,
    current: Source,
    previous: Source | None,
    start: dt.date | None,
    registry: Registry,
    engine: Engine = run_duckdb,
) -> LedgerEntry:
    """Compute the interval that a snapshot closes.

    Args:
        head: the snapshot's date, source, scope and name.
        current: the snapshot: its file, or its rows with the snapshot's columns.
        previous: the snapshot before, or None for the first, and where the one before is lost: its flow is then taken
            from the 30-day counts.
        start: the date of the snapshot before, or None for the first.
        registry: names the families, and the publishers that are never folded.
        engine: runs the flow step; all of them give the same entry.
    """
    pair = read_pair(current, previous)
    family = FamilyMatcher(registry.families).find_each(pair.models["id"])
    return compute_interval(head, pair, start, registry, family, engine)
