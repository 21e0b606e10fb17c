"""A snapshot: every model of one UTC date, one row per model, in one Parquet file.

A row is a public model. Missing is null, never 0. Counts are downloads; `downloads_30d` covers the thirty days
before it was collected, `downloads_all_time` all days since the model was created. `unchanged_30d` is a 30-day count
that a list gave once more without collecting it again: of such a row `downloads_30d` is missing.
"""

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from generator.base.errors import SnapshotError
from generator.base.files import open_atomically

FORMAT: Final = "oms-snapshot/2"
# Format 1 has no unchanged counts and no days of collection.
_READABLE: Final = ("oms-snapshot/1", FORMAT)
_META_KEY: Final = b"oms"
# The source of a listing of huggingface.co itself; one of a mirror or a test names its host behind it.
HUB_SOURCE: Final = "Hugging Face Hub"

SCHEMA: Final = pa.schema(
    [
        pa.field("key", pa.string()),  # the Hub's `_id`; survives a rename
        pa.field("id", pa.string(), nullable=False),  # `author/name`, or `name` for old models without a namespace
        pa.field("author", pa.string()),
        pa.field("created_at", pa.timestamp("s", tz="UTC")),
        pa.field("downloads_30d", pa.int64()),
        pa.field("downloads_all_time", pa.int64()),
        pa.field("likes", pa.int64()),
        pa.field("task", pa.string()),
        pa.field("library", pa.string()),
        pa.field("license", pa.string()),
        pa.field("languages", pa.list_(pa.string())),
        pa.field("parameters", pa.int64()),
        pa.field("base_models", pa.list_(pa.string())),
        pa.field("base_relation", pa.string()),  # quantized, finetune, adapter or merge
        pa.field("gated", pa.string()),  # no, auto or manual
        pa.field("unchanged_30d", pa.int64()),
    ]
)

# For rows in the order of their ids: a name is kept as what differs from the one before. A quarter smaller.
_PACKED: Final[dict[str, Any]] = {
    "compression_level": 19,
    "use_dictionary": ["created_at", "task", "license", "parameters"],
    "column_encoding": {
        "id": "DELTA_BYTE_ARRAY",
        "author": "DELTA_BYTE_ARRAY",
        "downloads_30d": "BYTE_STREAM_SPLIT",
        "unchanged_30d": "BYTE_STREAM_SPLIT",
    },
}


@dataclass(frozen=True)
class SnapshotInfo:
    """What a snapshot file says of itself.

    Attributes:
        date: the UTC date that the counts belong to.
        source: where the rows came from, for readers ("Hugging Face Hub", "llmfit 1.1.17").
        scope: `hub` for every public model, `selection` for a part of them.
        rows: models in the file.
        quarantined: rows that could not be parsed and were left out.
        repeated: rows that came more than once and were kept once.
        name: how a sentence names a selection ("the head of the Hub"); empty where the source's words do.
        collected_from: the first UTC day on which its counts were taken from the Hub; None for its date.
        collected_to: the last such day.
        left_out: part of the Hub's 30-day downloads that an archive with a floor leaves out, 0 to 1, as it was measured
            beside a snapshot of our own; None for what has no floor.
    """

    date: dt.date
    source: str
    scope: str
    rows: int = 0
    quarantined: int = 0
    repeated: int = 0
    name: str = ""
    collected_from: dt.date | None = None
    collected_to: dt.date | None = None
    left_out: float | None = None


def snapshot_path(store: Path, date: dt.date) -> Path:
    """Return where the snapshot of a date stands in a store."""
    return store / "snapshots" / f"{date.isoformat()}.parquet"


def list_snapshots(store: Path) -> list[Path]:
    """Return the store's snapshot files, oldest first."""
    return sorted((store / "snapshots").glob("????-??-??.parquet"))


def read_info(path: Path) -> SnapshotInfo:
    """Read what a snapshot file says of itself, without its rows.

    Raises:
        SnapshotError: the file is missing, damaged or not a snapshot.
    """
    try:
        metadata = pq.read_metadata(path).metadata or {}
    except (OSError, pa.ArrowException) as error:
        raise SnapshotError(
            f"The snapshot {path} cannot be read: {error}. A Parquet file was expected; "
            "bring that file back, or move it out of the store: its date can then be brought in again."
        ) from error
    return _parse_info(metadata.get(_META_KEY), path)


def read_snapshot(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Read a snapshot's rows, all columns or the named ones.

    Raises:
        SnapshotError: the file is missing, damaged or not a snapshot.
    """
    read_info(path)
    try:
        return pq.read_table(path, columns=columns, schema=SCHEMA)
    except (OSError, pa.ArrowException) as error:
        raise SnapshotError(
            f"The rows of the snapshot {path} cannot be read: {error}. "
            "The file is damaged: bring it back, or move it out of the store, and its date can be brought in again."
        ) from error


def write_snapshot(
    path: Path, batches: Iterable[pa.RecordBatch | pa.Table], info: SnapshotInfo, *, packed: bool = False
) -> SnapshotInfo:
    """Write a snapshot batch by batch and put it in place in one step.

    The counts in `info` are replaced by what was written. The file appears under its name only when it is
    complete; an older file of that date stays until then. `packed` takes its time for a smaller file.
    """
    rows = 0
    options = _PACKED if packed else {}
    with open_atomically(path) as file, pq.ParquetWriter(file, SCHEMA, compression="zstd", **options) as writer:
        for batch in batches:
            table = pa.table(batch) if isinstance(batch, pa.RecordBatch) else batch
            writer.write_table(table.cast(SCHEMA))
            rows += table.num_rows
        written = replace(info, rows=rows)
        writer.add_key_value_metadata({_META_KEY: json.dumps(_as_json(written), sort_keys=True, default=str).encode()})
    return written


def iter_batches(rows: Iterable[dict[str, object]], size: int = 50_000) -> Iterator[pa.RecordBatch]:
    """Turn row dictionaries with the snapshot's columns into record batches of at most `size` rows."""
    held: list[dict[str, object]] = []
    for row in rows:
        held.append(row)
        if len(held) == size:
            yield pa.RecordBatch.from_pylist(held, schema=SCHEMA)
            held = []
    if held:
        yield pa.RecordBatch.from_pylist(held, schema=SCHEMA)


def to_frame(table: pa.Table) -> pd.DataFrame:
    """Return a table as a frame in which a whole number can be missing."""
    frame: pd.DataFrame = table.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
    return frame


def decode_texts(table: pa.Table) -> pa.Table:
    """Return a table whose texts are texts; numbers with a dictionary become what they stand for."""
    texts = {field.name: field.type.value_type for field in table.schema if pa.types.is_dictionary(field.type)}
    return pa.table({name: table[name].cast(texts.get(name, table[name].type)) for name in table.column_names})


def put_back_unchanged(models: pa.Table) -> pa.Table:
    """Return rows with their 30-day counts as a list gave them: those that were not collected again put back."""
    place = models.schema.get_field_index("downloads_30d")
    listed = pc.coalesce(models["downloads_30d"], models["unchanged_30d"])
    return models.set_column(place, "downloads_30d", listed)


def author_of(model_id: str) -> str | None:
    """Return the account in a model id, or None for old models without a namespace."""
    author, slash, _ = model_id.partition("/")
    return author if slash else None


def _as_json(info: SnapshotInfo) -> dict[str, object]:
    """Return what is said; what is not given is left out, so that a new field changes no file."""
    given = {name: value for name, value in asdict(info).items() if value not in (None, "")}
    return {"format": FORMAT, **given}


def _parse_info(raw: bytes | None, path: Path) -> SnapshotInfo:
    try:
        fields = dict(json.loads(raw)) if raw else {}
    except (ValueError, TypeError):
        fields = {}
    found = fields.pop("format", None)
    if found not in _READABLE:
        raise SnapshotError(
            f"{path} is not a snapshot that this version reads: its format is {found!r}, expected "
            f"{' or '.join(map(repr, _READABLE))}. "
            "Bring other data in with `oms import`, or update the program."
        )
    try:
        given = ["date", *(name for name in ("collected_from", "collected_to") if fields.get(name))]
        return SnapshotInfo(**(fields | {name: dt.date.fromisoformat(fields[name]) for name in given}))
    except (KeyError, TypeError, ValueError) as error:
        raise SnapshotError(
            f"What the snapshot {path} says of itself cannot be read: {error!r}. Fetch or import that date again."
        ) from error
