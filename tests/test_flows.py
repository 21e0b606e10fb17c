"""The flow step: the same expressions on several engines, and the same ledger from all of them."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import pandas as pd
import pyarrow as pa
import pytest

from benchmarks.scale import draw_models, draw_next_day
from generator.base.engine import SPILL_FOLDER
from generator.ledger.flows import PARTS_OF_A_DOWNLOAD, Engine, run_duckdb
from generator.ledger.intervals import Anomaly, Described, is_repeated
from generator.ledger.pairs import read_pair
from generator.ledger.store import save_entry
from generator.registry import Registry
from tests.small import compute_entry, make_publisher, make_registry
from tests.test_snapshot import make_models

pytestmark = pytest.mark.slow

REGISTRY = make_registry(make_publisher("east", "CN"), make_publisher("west", "US"))
START, END = dt.date(2026, 11, 22), dt.date(2026, 11, 23)


def run_polars(tables: Sequence[pa.Table]) -> list[Any]:
    """Put tables before Polars."""
    polars = pytest.importorskip("polars", reason="Polars is not installed")
    return [nw.from_native(polars.from_arrow(table)).lazy() for table in tables]


def run_pandas(tables: Sequence[pa.Table]) -> list[Any]:
    """Put tables before pandas, with whole numbers that can be missing."""
    types = {pa.int64(): pd.Int64Dtype()}
    return [nw.from_native(table.to_pandas(types_mapper=types.get)) for table in tables]


def run_spark(tables: Sequence[pa.Table]) -> list[Any]:
    """Put tables before Spark, which runs as one process here and on many machines elsewhere."""
    sql = pytest.importorskip("pyspark.sql", reason="Spark is not installed")
    builder = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    session = builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()
    return [nw.from_native(session.createDataFrame(table)) for table in tables]


def save(folder: Path, engine: Engine, registry: Registry, current: pa.Table, previous: pa.Table) -> dict[str, bytes]:
    """Compute an interval on an engine and return the bytes of its files by name."""
    entry = compute_entry(Described(END, "drawn", "hub"), current, previous, START, registry, engine)
    save_entry(folder, entry, "hash")
    return {path.name: path.read_bytes() for path in (folder / "ledger").iterdir()}


@pytest.mark.parametrize("engine", [run_polars, run_pandas, run_spark])
def test_every_engine_gives_the_same_bytes(tmp_path: Path, registry: Registry, engine: Engine) -> None:
    """Five thousand drawn models and the day after them, through DuckDB and through another engine."""
    before = draw_models(5000)
    tables = (draw_next_day(before), before)
    expected = save(tmp_path / "duckdb", run_duckdb, registry, *tables)
    assert 4 == len(expected)
    assert expected == save(tmp_path / "other", engine, registry, *tables)


def test_what_memory_does_not_hold_lies_outside_the_folder_of_the_caller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine, short of memory, writes to the system's folder for such files."""
    monkeypatch.chdir(tmp_path)
    with duckdb.connect(config={"temp_directory": SPILL_FOLDER, "memory_limit": "64MB"}) as connection:
        connection.execute("CREATE TEMP TABLE many AS SELECT range AS number, hash(range) AS text FROM range(9000000)")
        assert [] == list(tmp_path.iterdir())
    (frame,) = run_duckdb([pa.table({"number": [1]})])
    settings = frame.to_native().query("it", "SELECT current_setting('temp_directory')").fetchall()
    assert [(SPILL_FOLDER,)] == settings


def test_the_order_of_the_rows_changes_no_byte(tmp_path: Path, registry: Registry) -> None:
    """Sums of parts of a download are exact, so nothing depends on what is added first."""
    before = draw_models(2000)
    after = draw_next_day(before)
    turned = [table.take(list(range(table.num_rows - 1, -1, -1))) for table in (after, before)]
    expected = save(tmp_path / "one", run_duckdb, registry, after, before)
    assert expected == save(tmp_path / "other", run_duckdb, registry, *turned)


def test_a_flow_is_kept_in_parts_of_a_download() -> None:
    """100 downloads in thirty days are 3.333… a day: the nearest of 65,536ths."""
    row: dict[str, object] = {"id": "east/x", "downloads_30d": 100}
    entry = compute_entry(Described(END, "test", "hub"), make_models(row), make_models(row), START, REGISTRY)
    assert round(100 / 30 * PARTS_OF_A_DOWNLOAD) / PARTS_OF_A_DOWNLOAD == entry.flows["flow"].sum()


def anomalies(days: int, *models: tuple[int | None, int, int]) -> tuple[Anomaly, ...]:
    """Return the anomalies of models with a count of thirty days, a counter before and one after."""
    before = make_models(*({"id": f"a/{n}", "downloads_all_time": row[1]} for n, row in enumerate(models)))
    rows = ({"id": f"a/{n}", "downloads_30d": row[0], "downloads_all_time": row[2]} for n, row in enumerate(models))
    head = Described(END, "test", "hub")
    return compute_entry(head, make_models(*rows), before, END - dt.timedelta(days=days), REGISTRY).interval.anomalies


def test_a_counter_that_rose_beyond_the_thirty_days_is_a_jump() -> None:
    """25,000 of a rise that 7,500 can explain twice over: 10,000 too many; one less is none."""
    found = anomalies(7, (7500, 0, 25_000), (7500, 0, 24_999))
    assert (Anomaly("counter-jumped", "a/0", 0, 25_000),) == found


def test_a_long_interval_has_no_jumps() -> None:
    """In 31 days a counter may rise by more than the last thirty held."""
    assert () == anomalies(31, (100, 0, 900_000))


def test_without_a_count_of_thirty_days_nothing_jumps_or_stalls() -> None:
    """There is nothing to compare with."""
    assert () == anomalies(7, (None, 0, 900_000), (None, 500, 500))


def test_a_counter_that_stands_still_while_the_model_is_downloaded_stalls() -> None:
    """30,000 in thirty days are 1,000 a day; one less is not worth a line."""
    found = anomalies(1, (30_000, 5, 5), (29_999, 5, 5))
    assert (Anomaly("counter-stalled", "a/0", 5, 5),) == found


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [(1_000, 10_000, "count-surged"), (10_000, 1_000, "count-collapsed"), (1_000, 9_999, None), (9_999, 1_000, None)],
)
def test_a_large_count_that_moves_tenfold_is_listed(before: int, after: int, kind: str | None) -> None:
    """Up or down, where the model holds one percent before or after; both counts stand there."""
    found = list_surges((before, 100_000), (after, 100_000))
    assert ([Anomaly(kind, "a/0", before, after)] if kind else []) == found


def test_a_small_count_may_move_tenfold() -> None:
    """999 of 100,000 are under one percent."""
    assert [] == list_surges((1, 100_000), (999, 100_000))


def test_a_count_that_was_not_collected_again_does_not_collapse() -> None:
    """It is missing now; and what was missing before is compared with what its list said."""
    old = {"id": "a/0", "unchanged_30d": 10_000}
    assert [] == list_rows([{"id": "a/0", "downloads_30d": 10_000}], [old])
    assert [Anomaly("count-collapsed", "a/0", 10_000, 900)] == list_rows([old], [{"id": "a/0", "downloads_30d": 900}])


def list_surges(before: Sequence[int], after: Sequence[int]) -> list[Anomaly]:
    """Return the anomalies of models with these 30-day counts."""
    return list_rows(
        *([{"id": f"a/{n}", "downloads_30d": count} for n, count in enumerate(row)] for row in (before, after))
    )


def list_rows(before: Sequence[dict[str, object]], after: Sequence[dict[str, object]]) -> list[Anomaly]:
    """Return the anomalies between two snapshots."""
    entry = compute_entry(
        Described(END, "test", "selection"), make_models(*after), make_models(*before), START, REGISTRY
    )
    return list(entry.interval.anomalies)


def test_the_rates_of_a_mixed_interval_speak_for_thirty_days() -> None:
    """Forty days: three quarters of the downloads have counters, a quarter rates; 40 - 10 ÷ 4 is 37 whole days."""
    old = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    before = make_models({"id": "east/x", "downloads_all_time": 1000})
    after = make_models(
        {"id": "east/x", "downloads_30d": 300, "downloads_all_time": 1400},
        {"id": "west/seen", "downloads_30d": 100, "downloads_all_time": 9000, "created_at": old},
    )
    start = END - dt.timedelta(days=40)
    interval = compute_entry(Described(END, "test", "hub"), after, before, start, REGISTRY).interval
    assert ["mixed", 37, 3] == [interval.basis, interval.covered_days, interval.gap_days]


def test_rows_without_weight_are_folded_and_no_total_moves() -> None:
    """Of 40 million downloads rows under ten are folded: strangers' to the small ones, known ones' to one row."""
    rows: list[dict[str, object]] = [
        {"id": "east/big", "downloads_30d": 40_000_000, "license": "mit"},
        {"id": "east/little", "downloads_30d": 9, "license": "mit", "parameters": 7, "base_models": ["west/a"]},
        {"id": "stranger/known", "downloads_30d": 5000, "license": "mit"},
        {"id": "stranger/little", "downloads_30d": 4, "license": "apache-2.0", "base_models": ["west/a"]},
    ]
    flows = compute_entry(Described(END, "test", "hub"), make_models(*rows), None, None, REGISTRY).flows
    columns = ["publisher", "origin", "license_class", "downloads_30d", "models"]
    assert {
        ("(small)", "(small)", "open", 4, 1),
        ("east", "(small)", "unstated", 9, 1),
        ("east", "east", "open", 40_000_000, 1),
        ("stranger", "stranger", "open", 5000, 1),
    } == set(flows[columns].itertuples(index=False, name=None))


def test_a_repeated_week_of_counters_alone_is_known() -> None:
    """A source without counts of thirty days repeats itself in its counters."""
    before = make_models(*({"id": f"a/{n}", "downloads_all_time": n + 1} for n in range(1000)))
    moved = before.assign(downloads_all_time=before["downloads_all_time"] + 1)
    assert [True, False] == [is_repeated(read_pair(before, before)), is_repeated(read_pair(moved, before))]
