"""A snapshot beside the one before it: which rows are the same model, and what the ledger reads of both, as numbers.

Keys become numbers inside the engine, which reads them from the files itself and goes to disk where its memory ends.
Of the older snapshot only counts are held afterwards; of the newer one the ids, and of other texts each word once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeAlias

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from generator.base.engine import connect
from generator.sources.snapshot import SCHEMA, read_info, read_snapshot

# What is held of a snapshot, and of the one before; keys and base models are read where they are needed.
CURRENT_COLUMNS: Final = (
    "id", "author", "created_at", "downloads_30d", "downloads_all_time", "likes", "task", "library", "license",
    "parameters", "base_relation", "gated", "unchanged_30d",
)  # fmt: skip
PREVIOUS_COLUMNS: Final = ("downloads_30d", "downloads_all_time", "unchanged_30d")

# A file, or rows in memory.
Source: TypeAlias = Path | pa.Table | pd.DataFrame
Numbers: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True)
class Pair:
    """A snapshot and the one before it, if there is one.

    Attributes:
        source: the snapshot.
        models: its rows with the columns asked for; texts but the id are numbers with a dictionary.
        before: counts of the one before; None where there is none.
        place_before: of each row the first place of the same model in the one before, or -1.
        number_before: of each row of the one before its place; of further rows of the same model that of the first.
        known_before: of each row the place in the one before where the same model has the same id, or -1.
    """

    source: Source
    models: pa.Table
    before: pa.Table | None
    place_before: Numbers
    number_before: Numbers
    known_before: Numbers

    @cached_property
    def number(self) -> Numbers:
        """Return a number for each row: that of the same model in `number_before`, or one that is not in there."""
        fresh = len(self.number_before) + np.arange(self.models.num_rows, dtype=np.int32)
        return np.where(self.place_before >= 0, self.place_before, fresh)

    def take(self, column: str, places: Numbers) -> pa.Array:
        """Read a column that is not held, at some rows."""
        table = _read(self.source, [column])
        return pc.take(table[column], pa.array(places)).combine_chunks()

    def read_bases(self) -> pa.ListArray:
        """Read the base models of all rows."""
        bases = _read(self.source, ["base_models"])["base_models"].combine_chunks()
        return bases.combine_chunks() if isinstance(bases, pa.ChunkedArray) else bases


def read_pair(current: Source, previous: Source | None, columns: Sequence[str] = CURRENT_COLUMNS) -> Pair:
    """Read a snapshot and the one before it for the ledger.

    A model is known by its key, which survives a rename, or by its id where one of the two snapshots has no keys.

    Args:
        current: the snapshot.
        previous: the one before it; None for the first, and where that one is lost.
        columns: what to hold of the snapshot.

    Raises:
        SnapshotError: a file is missing, damaged or not a snapshot.
    """
    before = None if previous is None else _read(previous, list(PREVIOUS_COLUMNS))
    found = None if previous is None else _match_rows(current, previous)
    models = _read_encoded(current, columns)
    place_before = np.full(models.num_rows, -1, dtype=np.int32)
    known_before = place_before.copy()
    number_before = np.arange(before.num_rows if before else 0, dtype=np.int32)
    if found is not None:
        place, match, same = (found[column].to_numpy() for column in ("place", "before", "same"))
        first = np.full(models.num_rows, len(number_before), dtype=np.int32)
        np.minimum.at(first, place, match)
        place_before[place], number_before[match] = first[place], first[place]
        known_before[place[same]] = match[same]
    return Pair(current, models, before, place_before, number_before, known_before)


def show_snapshot(
    connection: duckdb.DuckDBPyConnection, name: str, source: Source, columns: Sequence[str] = ("key", "id")
) -> None:
    """Show the engine columns of a snapshot's rows, each row with its place; a column that a file lacks is missing.

    Raises:
        SnapshotError: the file is missing or not a snapshot.
    """
    if isinstance(source, Path):
        read_info(source)
        rows = connection.read_parquet(str(source), file_row_number=True)
        held = [column if column in rows.columns else f"NULL AS {column}" for column in columns]
        rows.project(", ".join(["file_row_number::INTEGER AS place", *held])).create_view(name)
        return
    table = _read(source, list(columns))
    place = pa.array(np.arange(table.num_rows, dtype=np.int32))
    connection.from_arrow(table.append_column("place", place)).create_view(name)


def join_snapshots(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
    """Join the rows of `newer` and `older` that are the same model, each column under its side: `older_place`.

    By the key, or by the id where one of the two has no keys; a model with several rows comes with each.
    """
    keyed = "SELECT EXISTS (FROM newer WHERE key IS NOT NULL) AND EXISTS (FROM older WHERE key IS NOT NULL)"
    key = "coalesce(key, id)" if connection.execute(keyed).fetchall()[0][0] else "id"
    newer, older = (
        connection.table(side).project(f'{key} AS join_key, COLUMNS(*) AS "{side}_\\0"') for side in ("newer", "older")
    )
    return newer.join(older, "join_key").project("* EXCLUDE (join_key)")


def _match_rows(current: Source, previous: Source) -> pa.Table:
    """Return where the same models stand: `place`, `before`, and whether the id is the `same`."""
    with connect() as connection:
        show_snapshot(connection, "newer", current)
        show_snapshot(connection, "older", previous)
        same = "newer_place AS place, older_place AS before, newer_id = older_id AS same"
        return join_snapshots(connection).project(same).to_arrow_table()


def _read(source: Source, columns: list[str]) -> pa.Table:
    if isinstance(source, Path):
        return read_snapshot(source, columns)
    if isinstance(source, pa.Table):
        return source.select(columns)
    schema = pa.schema([SCHEMA.field(column) for column in columns])
    return pa.Table.from_pandas(source[columns], schema=schema, preserve_index=False)


def _read_encoded(source: Source, columns: Sequence[str]) -> pa.Table:
    """Read columns one by one, so that no text but the ids is ever held whole beside another."""
    read = {}
    for column in columns:
        values = _read(source, [column])[column]
        is_text = pa.types.is_string(values.type) and column != "id"
        read[column] = values.combine_chunks().dictionary_encode() if is_text else values
    return pa.table(read)
