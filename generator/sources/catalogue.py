"""Read the model catalogue that the package `llmfit` carries, and turn its releases into snapshots.

This is how the bundled snapshots were made; nothing of it runs in a build.
"""

import datetime as dt
import gzip
import json
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from generator.snapshot import SCHEMA, SnapshotInfo, author_of, snapshot_path, write_snapshot

# Typed by hand into the catalogue as round numbers, not counted by the Hub.
HAND_TYPED: Final = frozenset(
    {
        "openai/whisper-large-v3",
        "openai/whisper-large-v3-turbo",
        "openai/whisper-medium",
        "distil-whisper/distil-large-v3",
    }
)
# Facts that do not change; a release that lacks one takes it from the newest release that has it.
STATIC: Final = ("created_at", "task", "license", "parameters")


def import_catalogues(releases: list[tuple[dt.date, str, Path]], store: Path) -> list[SnapshotInfo]:
    """Write one snapshot for each release of the catalogue.

    Args:
        releases: date, version and file (`.jsonl.gz`, one catalogue row a line) of each release.
        store: the folder to write `snapshots/` into.
    """
    rows_of = {date: _read_rows(path) for date, _, path in releases}
    newest: dict[str, dict[str, Any]] = {}
    for date in sorted(rows_of):
        for row in rows_of[date]:
            facts = newest.setdefault(row["id"], {})
            facts.update({name: row[name] for name in STATIC if row[name] is not None})
    infos = []
    for date, version, _ in releases:
        rows = [row | {name: newest[row["id"]].get(name) for name in STATIC} for row in rows_of[date]]
        table = pa.Table.from_pylist(sorted(rows, key=lambda row: row["id"]), schema=SCHEMA)
        info = SnapshotInfo(date, f"catalogue of llmfit {version}", "selection")
        infos.append(write_snapshot(snapshot_path(store, date), [table], info))
    return infos


def parse_catalogue_row(raw: dict[str, Any]) -> dict[str, Any]:
    """Turn a catalogue row into a snapshot row; `unknown` and 0 parameters are missing."""
    released = raw.get("release_date")
    task = raw.get("pipeline_tag")
    row: dict[str, Any] = dict.fromkeys(SCHEMA.names)
    row |= {
        "id": raw["name"],
        "author": author_of(raw["name"]),
        "created_at": dt.datetime.fromisoformat(released).replace(tzinfo=dt.UTC) if released else None,
        "downloads_30d": raw["hf_downloads"],
        "likes": raw["hf_likes"],
        "task": None if task == "unknown" else task,
        "license": raw.get("license"),
        "parameters": raw.get("parameters_raw") or None,
    }
    return row


def _read_rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [parse_catalogue_row(json.loads(line)) for line in file]
    return [row for row in rows if row["id"] not in HAND_TYPED]
