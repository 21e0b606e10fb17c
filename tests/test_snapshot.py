"""A snapshot file: written in one step, read back as it was, refused when it is not one."""

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.base.errors import SnapshotError
from generator.sources.snapshot import (
    SCHEMA,
    SnapshotInfo,
    author_of,
    iter_batches,
    list_snapshots,
    read_info,
    read_snapshot,
    snapshot_path,
    to_frame,
    write_snapshot,
)

DAY = dt.date(2026, 10, 8)
INFO = SnapshotInfo(DAY, "Hugging Face Hub", "hub")

counts = st.none() | st.integers(min_value=0, max_value=2**53)
texts = st.none() | st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
lists = st.none() | st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=8), max_size=3)
moments = st.none() | st.datetimes(min_value=dt.datetime(2000, 1, 1), max_value=dt.datetime(2100, 1, 1)).map(  # noqa: DTZ001 - hypothesis wants naive limits
    lambda moment: moment.replace(microsecond=0, tzinfo=dt.UTC)
)
snapshot_rows = st.fixed_dictionaries(
    {
        "key": texts,
        "id": st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=20),
        "author": texts,
        "created_at": moments,
        "downloads_30d": counts,
        "downloads_all_time": counts,
        "likes": counts,
        "task": texts,
        "library": texts,
        "license": texts,
        "languages": lists,
        "parameters": counts,
        "base_models": lists,
        "base_relation": texts,
        "gated": texts,
        "unchanged_30d": counts,
    }
)


def make_table(*rows: dict[str, object]) -> pa.Table:
    """Make a snapshot's table from rows; what a row does not name is missing, the author comes from the id."""
    empty: dict[str, object] = dict.fromkeys(SCHEMA.names)
    full = [empty | {"author": author_of(str(row["id"]))} | row for row in rows]
    return pa.Table.from_pylist(full, schema=SCHEMA)


def make_models(*rows: dict[str, object]) -> pd.DataFrame:
    """Make a snapshot's frame from rows."""
    return to_frame(make_table(*rows))


def put_snapshot(store: Path, date: str, *rows: dict[str, object], scope: str = "hub") -> Path:
    """Write rows as the snapshot of a date and return its path."""
    day = dt.date.fromisoformat(date)
    path = snapshot_path(store, day)
    write_snapshot(path, [make_table(*rows)], SnapshotInfo(day, "test", scope))
    return path


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(snapshot_rows, min_size=1, max_size=5))
def test_writing_and_reading_is_the_identity(tmp_path: Path, rows: list[dict[str, object]]) -> None:
    """Every value comes back, nulls as nulls."""
    path = tmp_path / "snapshots" / "2026-10-08.parquet"
    write_snapshot(path, iter_batches(rows, size=2), INFO)
    assert rows == read_snapshot(path).to_pylist()


def test_the_file_says_what_it_is(tmp_path: Path) -> None:
    """Date, source, scope and counts stand in the file; the rows are counted, not believed."""
    path = snapshot_path(tmp_path, DAY)
    info = SnapshotInfo(DAY, "Hugging Face Hub", "hub", rows=99, quarantined=2, repeated=1)
    write_snapshot(path, [make_table({"id": "a/x"}, {"id": "a/y"})], info)
    assert SnapshotInfo(DAY, "Hugging Face Hub", "hub", rows=2, quarantined=2, repeated=1) == read_info(path)


def test_the_file_says_when_its_counts_were_collected(tmp_path: Path) -> None:
    """From the first day to the last."""
    info = SnapshotInfo(DAY, "a list", "selection", 1, collected_from=DAY - dt.timedelta(days=9), collected_to=DAY)
    path = snapshot_path(tmp_path, DAY)
    write_snapshot(path, [make_table({"id": "a/x"})], info)
    assert info == read_info(path)


def test_a_file_of_the_first_format_is_read(tmp_path: Path) -> None:
    """It knows neither unchanged counts nor days of collection."""
    path = tmp_path / "2026-10-08.parquet"
    table = make_table({"id": "a/x", "downloads_30d": 5}).drop_columns("unchanged_30d")
    pq.write_table(table.replace_schema_metadata(_own(date="2026-10-08", source="x", scope="hub", rows=1)), path)
    assert SnapshotInfo(DAY, "x", "hub", rows=1) == read_info(path)
    assert [{"id": "a/x", "downloads_30d": 5, "unchanged_30d": None}] == read_snapshot(
        path, ["id", "downloads_30d", "unchanged_30d"]
    ).to_pylist()


def test_a_packed_file_holds_the_same_rows(tmp_path: Path) -> None:
    """And says the same of itself."""
    table = make_table({"id": "a/x", "author": "a", "downloads_30d": 5}, {"id": "a/y"})
    path = snapshot_path(tmp_path, DAY)
    write_snapshot(path, [table], INFO, packed=True)
    assert [table.to_pylist(), 2] == [read_snapshot(path).to_pylist(), read_info(path).rows]


def test_the_same_rows_are_the_same_bytes(tmp_path: Path) -> None:
    """Nothing in the file depends on when or where it was written."""
    first = put_snapshot(tmp_path / "one", "2026-10-08", {"id": "a/x", "downloads_30d": 5})
    second = put_snapshot(tmp_path / "two", "2026-10-08", {"id": "a/x", "downloads_30d": 5})
    assert first.read_bytes() == second.read_bytes()


def test_named_columns_are_read_alone(tmp_path: Path) -> None:
    """A reader that needs two columns reads two."""
    path = put_snapshot(tmp_path, "2026-10-08", {"id": "a/x", "downloads_30d": 5, "likes": 1})
    assert [{"id": "a/x", "likes": 1}] == read_snapshot(path, columns=["id", "likes"]).to_pylist()


def test_a_missing_count_stays_missing_in_a_frame() -> None:
    """Null is not 0 and a whole number stays whole."""
    frame = make_models({"id": "a/x", "likes": 3}, {"id": "a/y"})
    assert ["Int64", 3, True] == [str(frame["likes"].dtype), frame["likes"][0], pd.isna(frame["likes"][1])]


def test_snapshots_are_listed_by_date(tmp_path: Path) -> None:
    """Oldest first; other files in the folder are no snapshots."""
    newest = put_snapshot(tmp_path, "2026-10-08", {"id": "a/x"})
    oldest = put_snapshot(tmp_path, "2025-12-31", {"id": "a/x"})
    (tmp_path / "snapshots" / "2026-10-09.partial").touch()
    (tmp_path / "snapshots" / "notes.parquet").touch()
    assert [oldest, newest] == list_snapshots(tmp_path)


def test_a_broken_off_write_leaves_the_old_file(tmp_path: Path) -> None:
    """The name changes hands only when the new file is complete."""

    def break_off() -> Iterator[pa.Table]:
        yield make_table({"id": "a/new"})
        raise RuntimeError("the power went out")

    path = put_snapshot(tmp_path, "2026-10-08", {"id": "a/old"})
    with pytest.raises(RuntimeError, match="power"):
        write_snapshot(path, break_off(), INFO)
    assert ["a/old"] == read_snapshot(path).column("id").to_pylist()


def test_batches_hold_at_most_so_many_rows() -> None:
    """Five rows in batches of two are 2, 2 and 1; no rows are no batch."""
    rows = [dict.fromkeys(SCHEMA.names) | {"id": f"a/{number}"} for number in range(5)]
    assert [2, 2, 1] == [batch.num_rows for batch in iter_batches(rows, size=2)]
    assert [] == list(iter_batches([]))


def test_a_model_without_a_namespace_has_no_author() -> None:
    """The account is what stands before the slash."""
    assert ["Qwen", None] == [author_of("Qwen/Qwen3-8B"), author_of("gpt2")]


def _write_parquet_with(path: Path, metadata: dict[bytes, bytes]) -> None:
    pq.write_table(make_table({"id": "a/x"}).replace_schema_metadata(metadata), path)


def _own(**fields: object) -> dict[bytes, bytes]:
    return {b"oms": json.dumps({"format": "oms-snapshot/1", **fields}).encode()}


@pytest.mark.parametrize(
    ("metadata", "told"),
    [
        ({}, "format is None, expected 'oms-snapshot/1' or 'oms-snapshot/2'"),
        ({b"oms": b'{"format": "oms-snapshot/9"}'}, "'oms-snapshot/9'"),
        (_own(), "'date'"),
        (_own(date="yesterday", source="x", scope="hub"), "yesterday"),
        (_own(date="2026-10-08", source="x", scope="hub", colour="red"), "colour"),
    ],
)
def test_another_parquet_file_is_refused(tmp_path: Path, metadata: dict[bytes, bytes], told: str) -> None:
    """The message names the file and what is wrong with it."""
    path = tmp_path / "2026-10-08.parquet"
    _write_parquet_with(path, metadata)
    with pytest.raises(SnapshotError) as caught:
        read_info(path)
    assert str(path) in str(caught.value)
    assert told in str(caught.value)


def test_a_missing_file_is_an_error_for_readers(tmp_path: Path) -> None:
    """The message names the file and the next step."""
    with pytest.raises(SnapshotError, match=r"nothing\.parquet cannot be read.*its date can then be brought in again"):
        read_info(tmp_path / "nothing.parquet")


def test_a_cut_file_is_refused(tmp_path: Path) -> None:
    """Half a Parquet file is no Parquet file."""
    path = put_snapshot(tmp_path, "2026-10-08", {"id": "a/x"})
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(SnapshotError, match=r"2026-10-08\.parquet cannot be read"):
        read_snapshot(path)


def test_damaged_rows_are_refused(tmp_path: Path) -> None:
    """A file whose footer is whole and whose rows are not names itself."""
    path = put_snapshot(tmp_path, "2026-10-08", {"id": "a/x"})
    data = bytearray(path.read_bytes())
    data[4:120] = b"\xff" * 116
    path.write_bytes(data)
    with pytest.raises(SnapshotError, match=r"2026-10-08\.parquet cannot be read"):
        read_snapshot(path)
