"""Real series of snapshots, as the gates see them: what is bundled, and what lies at hand beside the checkout."""

import csv
import datetime as dt
import gzip
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

import pyarrow as pa

from generator.audit.evidence import Seen
from generator.sources.bundled import list_files
from generator.sources.snapshot import SCHEMA, SnapshotInfo, author_of, read_info, read_snapshot
from generator.sources.study import _read, parse_study
from tests.realdata import DATA

TOP: Final = DATA / "top-of-hub-2026-08"
RECENT: Final = DATA / "recent-models-2026-08" / "series_2026-08-19_to_22.csv.gz"
STUDY: Final = DATA / "study-panel-2025" / "one_year_rolling.csv.gz"


def load_bundled() -> list[Seen]:
    """Load the fourteen bundled snapshots."""
    return [Seen(read_info(path), read_snapshot(path)) for path in list_files()]


def load_top() -> list[Seen]:
    """Load sixteen days of the head of the Hub."""
    return [_see_top(path) for path in sorted(TOP.glob("*.json"))]


def load_recent() -> list[Seen]:
    """Load fourteen versions, within four days, of a collection of new models."""
    versions: dict[str, list[dict[str, object]]] = {}
    with gzip.open(RECENT, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            counts = {name: int(row[name]) if row[name] else None for name in ("downloads_30d", "likes")}
            versions.setdefault(row["committed_at"], []).append({"id": row["id"]} | counts)
    moments = {dt.datetime.fromisoformat(text): rows for text, rows in versions.items()}
    return [_see(moment.astimezone(dt.UTC).date(), moments[moment]) for moment in sorted(moments)]


def load_study() -> list[Seen]:
    """Load the study's 67 dates."""
    models = parse_study(_read(STUDY), STUDY)
    found = []
    for date, rows in models.groupby("date"):
        table = pa.Table.from_pandas(rows[SCHEMA.names], schema=SCHEMA, preserve_index=False)
        repeated = int(rows["repeated"].sum())
        found.append(Seen(SnapshotInfo(date, "study", "selection", len(rows), repeated=repeated), table))
    return found


SERIES: Final[Mapping[str, tuple[Path | None, Callable[[], list[Seen]]]]] = {
    "bundled": (None, load_bundled),
    "top": (TOP, load_top),
    "recent": (RECENT, load_recent),
    "study": (STUDY, load_study),
}


def _see_top(path: Path) -> Seen:
    models = json.loads(path.read_text(encoding="utf-8"))["models"]
    names = {
        "id": "id",
        "downloads": "downloads_30d",
        "likes": "likes",
        "pipeline_tag": "task",
        "library_name": "library",
    }
    rows = [
        {ours: model[theirs] for theirs, ours in names.items()}
        | {"created_at": dt.datetime.fromisoformat(model["createdAt"])}
        for model in models
    ]
    return _see(dt.date.fromisoformat(path.stem), rows)


def _see(date: dt.date, rows: Iterable[Mapping[str, object]]) -> Seen:
    blank = dict.fromkeys(SCHEMA.names)
    full = [blank | {"author": author_of(str(row["id"]))} | dict(row) for row in rows]
    table = pa.Table.from_pylist(full, schema=SCHEMA)
    return Seen(SnapshotInfo(date, "test", "selection", table.num_rows), table)
