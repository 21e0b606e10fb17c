"""One archived Parquet file of the Hub's models → the rows of a snapshot.

An archive's columns grew over the years: what a file lacks is missing in its rows, and what no snapshot needs
(`cardData`, `config`, `siblings`, the bulk of a file) is never read. The rows are parsed as the live list's are,
so that both parts of a history classify alike.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from generator.base.errors import FetchError
from generator.base.settings import MAX_QUARANTINED_FRACTION
from generator.sources.hub_rows import LeftOut, Quarantined, Row, pack_key, parse_row, parse_time
from generator.sources.kinds import Unread
from generator.sources.snapshot import SCHEMA, read_info

REQUIRED: Final = ("id", "downloads")
OPTIONAL: Final = (
    "_id", "author", "createdAt", "downloadsAllTime", "likes", "tags", "pipeline_tag", "library_name",
    "safetensors", "baseModels", "gated",
)  # fmt: skip
# Rows in memory at a time.
BATCH_ROWS: Final = 20_000
# What does not change, or only gets known later: a week that lacks it takes it from the newest one.
FACTS: Final = ("created_at", "task", "library", "license", "languages", "parameters")
# The relation belongs to the base models and comes with them.
_LINEAGE: Final = ("base_models", "base_relation")
_TEXT_FACTS: Final = ["task", "library", "license", "base_relation"]
_PLACEHOLDER: Final = "0"


@dataclass
class Tally:
    """Counts of what was read of one file; filled while its rows are."""

    rows: int = 0
    quarantined: int = 0
    repeated: int = 0
    keys: set[bytes] = field(default_factory=set)
    unread: Unread = field(default_factory=Unread)


class _Index:
    """Finds the row of a name; holds names as bytes of one width, a fraction of the memory of as many strings."""

    def __init__(self, names: pa.ChunkedArray) -> None:
        found = _to_bytes(names)
        self._order = np.argsort(found, kind="stable")
        self._names = found[self._order]

    def find(self, names: pa.Array) -> pa.Array:
        """Return the row of each name, null where there is none."""
        wanted = _to_bytes(names)
        if len(self._names) == 0 or len(wanted) == 0:
            return pa.nulls(len(wanted), pa.int64())
        places = np.minimum(np.searchsorted(self._names, wanted), len(self._names) - 1)
        is_there = (self._names[places] == wanted) & (wanted != b"")
        return pa.array(self._order[places], mask=~is_there)


class Facts:
    """What the newest week knows of each model, found by the Hub's `_id`, or by its id in weeks without `_id`.

    Memory grows with the models of one week (about 100 bytes each), not with the weeks.
    """

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self._keys = _Index(table.column("key"))

    @classmethod
    def load(cls, path: Path) -> "Facts":
        """Load the facts of a snapshot.

        Raises:
            SnapshotError: the file is damaged or no snapshot.
        """
        read_info(path)
        return cls(pq.read_table(path, columns=["key", "id", *FACTS, *_LINEAGE], read_dictionary=_TEXT_FACTS))

    @cached_property
    def _ids(self) -> _Index:
        return _Index(self._table.column("id"))

    def fill(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return the rows with facts in the places where they have none; what they have stays."""
        columns = {name: batch.column(name) for name in batch.schema.names}
        if columns["key"].null_count:
            found = self._ids.find(columns["id"])
            columns["key"] = pc.coalesce(columns["key"], self._take("key", found))
        else:
            found = self._keys.find(columns["key"])
        for name in FACTS:
            columns[name] = pc.if_else(_is_lacking(columns[name]), self._take(name, found), columns[name])
        lacks_bases = _is_lacking(columns["base_models"])
        for name in _LINEAGE:
            columns[name] = pc.if_else(lacks_bases, self._take(name, found), columns[name])
        return pa.RecordBatch.from_arrays(list(columns.values()), schema=batch.schema)

    def _take(self, name: str, places: pa.Array) -> pa.Array:
        values = self._table.column(name).take(places).combine_chunks()
        return values.cast(SCHEMA.field(name).type)


def open_parquet(file: Any, name: str) -> pq.ParquetFile:
    """Open a Parquet file by its end.

    Raises:
        FetchError: it is no Parquet file, was cut short, or lacks a column that must be there.
    """
    try:
        parquet = pq.ParquetFile(file, pre_buffer=True)
    except (pa.ArrowException, OSError) as error:
        raise _damaged(name, error) from error
    missing = [column for column in REQUIRED if column not in parquet.schema_arrow.names]
    if missing:
        raise FetchError(
            f"{name} has no column {' and no column '.join(missing)}; it has {', '.join(parquet.schema_arrow.names)}. "
            "The archive's format has changed: update the program, or leave this file out with --from and --to."
        )
    return parquet


def find_newest_creation(parquet: pq.ParquetFile, name: str) -> dt.date | None:
    """Return the date on which the newest model of a file was created: the day on which the Hub was read.

    From the statistics in the file's end, else from the column; None where the file has no dates.
    """
    if "createdAt" not in parquet.schema_arrow.names:
        return None
    found = [_newest_of_group(parquet, group, name) for group in range(parquet.num_row_groups)]
    times = [time for time in found if time is not None]
    return max(times).date() if times else None


def read_batches(parquet: pq.ParquetFile, name: str, tally: Tally, facts: Facts | None) -> Iterator[pa.RecordBatch]:
    """Yield a file's models as batches of snapshot rows, row group by row group.

    Args:
        parquet: the file.
        name: what to call it in a message.
        tally: is counted up.
        facts: fill what the rows lack; None to leave it missing.

    Raises:
        FetchError: the file is damaged, or too many rows cannot be parsed.
    """
    columns = _list_columns(parquet.schema_arrow)
    has_keys = "_id" in parquet.schema_arrow.names
    for group in range(parquet.num_row_groups):
        for batch in _iter_group(parquet, group, columns, name):
            rows = [row for raw in _to_raw(batch) if (row := _parse(raw, tally, has_keys=has_keys))]
            table = pa.RecordBatch.from_pylist(rows, schema=SCHEMA)
            yield facts.fill(table) if facts else table
    bad = tally.quarantined
    if bad > MAX_QUARANTINED_FRACTION * (tally.rows + bad) or tally.rows == 0:
        raise FetchError(
            f"Of the rows of {name}, {tally.rows:,} could be read and {bad:,} could not; at least one, and at most "
            f"{MAX_QUARANTINED_FRACTION:.0%} unreadable ones, were expected. The archive's format has changed, or the "
            "file is damaged: leave it out with --from and --to."
        )
    if excess := tally.unread.describe_excess():
        raise FetchError(
            f"{name} is of another format: {excess}. Read as missing, whole columns would be lost: update the program, "
            "or leave this file out with --from and --to."
        )


def _iter_group(parquet: pq.ParquetFile, group: int, columns: list[str], name: str) -> Iterator[pa.RecordBatch]:
    try:
        yield from parquet.iter_batches(batch_size=BATCH_ROWS, row_groups=[group], columns=columns)
    except (pa.ArrowException, OSError) as error:
        raise _damaged(name, error) from error


def _list_columns(schema: pa.Schema) -> list[str]:
    """List what to read: of `safetensors` only the total, not the count of each number format."""
    names = [name for name in (*REQUIRED, *OPTIONAL) if name in schema.names]
    has_total = "safetensors" in names and pa.types.is_struct(schema.field("safetensors").type)
    if has_total and schema.field("safetensors").type.get_field_index("total") >= 0:
        names[names.index("safetensors")] = "safetensors.total"
    return names


def _to_raw(batch: pa.RecordBatch) -> Iterator[dict[str, Any]]:
    """Yield rows as the live list has them: times as text."""
    columns = {name: batch.column(name) for name in batch.schema.names}
    if "createdAt" in columns and pa.types.is_temporal(columns["createdAt"].type):
        columns["createdAt"] = columns["createdAt"].cast(pa.timestamp("s"), safe=False).cast(pa.string())
    lists = [column.to_pylist() for column in columns.values()]
    for values in zip(*lists, strict=True):
        yield dict(zip(columns, values, strict=True))


def _parse(raw: dict[str, Any], tally: Tally, *, has_keys: bool) -> Row | None:
    """Parse a row; None for one that is set aside, left out, or came before."""
    row = parse_row(raw if has_keys else {**raw, "_id": _PLACEHOLDER})
    if isinstance(row, Quarantined):
        tally.quarantined += 1
    if isinstance(row, Quarantined | LeftOut):
        return None
    packed = pack_key(str(row["key"] if has_keys else row["id"]))
    if packed in tally.keys:
        tally.repeated += 1
        return None
    tally.keys.add(packed)
    tally.rows += 1
    tally.unread.look_at(raw, row)
    return row if has_keys else {**row, "key": None}


def _newest_of_group(parquet: pq.ParquetFile, group: int, name: str) -> dt.datetime | None:
    metadata = parquet.metadata.row_group(group)
    for index in range(metadata.num_columns):
        column = metadata.column(index)
        if column.path_in_schema == "createdAt" and column.statistics and column.statistics.has_min_max:
            return _as_time(column.statistics.max)
    batches = _iter_group(parquet, group, ["createdAt"], name)
    times = [_as_time(value) for batch in batches for value in batch.column("createdAt").drop_null().to_pylist()]
    return max((time for time in times if time), default=None)


def _as_time(value: object) -> dt.datetime | None:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC) if value.tzinfo else value.replace(tzinfo=dt.UTC)
    return parse_time(value)


def _is_lacking(values: pa.Array) -> pa.Array:
    if pa.types.is_list(values.type):
        return pc.fill_null(pc.equal(pc.list_value_length(values), 0), fill_value=True)
    return pc.is_null(values)


def _to_bytes(names: Any) -> "np.ndarray[Any, np.dtype[np.bytes_]]":
    chunks = names.chunks if isinstance(names, pa.ChunkedArray) else [names]
    parts = [np.asarray(chunk.cast(pa.binary()).fill_null(b"").to_pylist(), dtype=np.bytes_) for chunk in chunks]
    return np.concatenate(parts) if parts else np.empty(0, dtype="S1")


def _damaged(name: str, error: Exception) -> FetchError:
    found = " ".join(str(error).split())[:300]
    return FetchError(
        f"{name} is not a complete Parquet file: {found}. What is complete stays: run the same command again later; "
        "if the archive's file stays damaged, leave it out with --from and --to."
    )
