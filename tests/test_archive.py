"""Past counts from the public archives: every week once, whatever interrupts it, and nothing read in vain."""

import datetime as dt
import io
import json
import os
import random
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from huggingface_hub import HfFileSystem

from generator.base.errors import FetchError, HeldError, OmsError
from generator.base.progress import Progress, Report, tell_nobody
from generator.ledger.store import load_ledger, prune_snapshots, read_manifest
from generator.night.backfill import Acceptance, BackfillResult, run_backfill
from generator.registry import load_registry, read_corrections
from generator.sources.archive import HUB_STATS, WEEKLY, Archive, Edition, choose_date
from generator.sources.archive_http import DatasetReader
from generator.sources.archive_rows import Tally, open_parquet, read_batches
from generator.sources.hub_reader import Clock, Limits
from generator.sources.snapshot import list_snapshots, read_info, read_snapshot, snapshot_path
from tests.killed import ROOT, Striker
from tests.loopback_dataset import (
    STATS_REPO,
    WEEKLY_REPO,
    LoopbackDataset,
    make_file,
    make_stats,
    make_weekly,
    serve_dataset,
)
from tests.realdata import DATA, needs
from tests.small import append_all, make_registry

pytestmark = pytest.mark.slow

REGISTRY = make_registry()
TAGS_AS_TEXT = DATA / "cases" / "f02_archive_tags_as_json_text.parquet"
FIRST = dt.date(2025, 3, 5)
LAST = dt.date(2026, 12, 31)
CREATED = "2025-02-01T12:00:00.000Z"
TOKEN = "hf_not_a_real_token"  # noqa: S105 - made up
BACKFILL_SCRIPT = """
import datetime, pathlib, sys
from generator.night.backfill import run_backfill
from generator.sources.archive import WEEKLY
from generator.sources.archive_http import DatasetReader
from tests.small import make_registry
reader = DatasetReader(WEEKLY.repo, endpoint=sys.argv[2])
first, last = datetime.date(2024, 1, 1), datetime.date(2026, 12, 31)
run_backfill(pathlib.Path(sys.argv[1]), WEEKLY, first, last, make_registry(), reader, last)
"""

Start = Callable[[LoopbackDataset], LoopbackDataset]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start datasets that stop when the test ends."""
    with ExitStack() as stack:
        yield lambda dataset: stack.enter_context(serve_dataset(dataset))


def fill(
    store: Path,
    dataset: LoopbackDataset,
    archive: Archive = WEEKLY,
    *,
    first: dt.date = dt.date(2024, 1, 1),
    last: dt.date = LAST,
    report: Report = tell_nobody,
    acceptance: Acceptance | None = None,
    **more: Any,
) -> BackfillResult:
    """Fill a store from a dataset, without waiting between tries."""
    clock = Clock(sleep=lambda _: None)
    reader = DatasetReader(archive.repo, **{"endpoint": dataset.url, "clock": clock, **more})
    return run_backfill(store, archive, first, last, REGISTRY, reader, LAST, report, acceptance=acceptance)


def make_model(key: str, model_id: str, downloads: int, all_time: int | None = None, **more: Any) -> dict[str, Any]:
    """Make a raw row of an archive."""
    return {
        "_id": key,
        "id": model_id,
        "createdAt": CREATED,
        "downloads": downloads,
        "downloadsAllTime": all_time,
        "tags": [],
        **more,
    }


def make_week_end(folder: dt.date) -> dict[str, Any]:
    """Make the model that tells when a week was read: created on its last day."""
    created = f"{folder + dt.timedelta(days=6)}T09:00:00.000Z"
    return make_model("f" * 24, "someone/newest", 0, 0, createdAt=created)


def make_dataset(weeks: dict[dt.date, list[dict[str, Any]]], **more: Any) -> LoopbackDataset:
    """Make a weekly archive of a few models; each week gets one that tells its date."""
    files = {
        f"models/{folder}/models.parquet": make_file([*rows, make_week_end(folder)], folder, **more)
        for folder, rows in weeks.items()
    }
    return LoopbackDataset(WEEKLY_REPO, {"main": files})


def weeks_after(count: int, first: dt.date = FIRST) -> list[dt.date]:
    """Return the first days of as many weeks."""
    return [first + dt.timedelta(days=7 * number) for number in range(count)]


def list_intervals(store: Path) -> list[tuple[str, str, str]]:
    """Return start, end and basis of each interval."""
    intervals = [line.interval for line in read_manifest(store).stored]
    return [(str(interval.start), str(interval.end), interval.basis) for interval in intervals]


def list_flows(store: Path) -> list[float]:
    """Return the sum of flows of each interval, in downloads."""
    return [round(float(entry.flows["flow"].sum()), 3) for entry in load_ledger(store).entries]


def read_ledger_bytes(store: Path) -> dict[str, bytes]:
    """Return the ledger's files."""
    return {path.name: path.read_bytes() for path in sorted((store / "ledger").iterdir())}


def read_rows(store: Path, date: dt.date) -> dict[str, dict[str, Any]]:
    """Return a snapshot's rows by id."""
    return {row["id"]: row for row in read_snapshot(snapshot_path(store, date)).to_pylist()}


def test_counters_become_flows(start: Start, tmp_path: Path) -> None:
    """Three weeks of one counter: a rate for the thirty days before the first, then the differences."""
    one, two, three = weeks_after(3)
    dataset = start(
        make_dataset(
            {
                one: [make_model("a" * 24, "x/y", 3_000, 10_000)],
                two: [make_model("a" * 24, "x/y", 3_100, 10_700)],
                three: [make_model("a" * 24, "x/y", 3_200, 11_500)],
            }
        )
    )
    result = fill(tmp_path, dataset)
    assert list_intervals(tmp_path) == [
        ("2025-02-09", "2025-03-11", "rate"),
        ("2025-03-11", "2025-03-18", "counter"),
        ("2025-03-18", "2025-03-25", "counter"),
    ]
    assert list_flows(tmp_path) == [3_000.0, 700.0, 800.0]
    assert result.added == (dt.date(2025, 3, 11), dt.date(2025, 3, 18), dt.date(2025, 3, 25))
    assert (result.repeated, result.present, result.gaps) == ((), 0, ())


@pytest.mark.parametrize(
    ("newest", "expected"),
    [
        (dt.date(2025, 3, 11), dt.date(2025, 3, 11)),
        (dt.date(2025, 3, 8), dt.date(2025, 3, 8)),
        (dt.date(2025, 3, 1), dt.date(2025, 3, 5)),
        (dt.date(2099, 1, 1), dt.date(2025, 3, 11)),
        (None, dt.date(2025, 3, 11)),
    ],
)
def test_counts_belong_to_the_day_of_the_newest_model(newest: dt.date | None, expected: dt.date) -> None:
    """Within the week that the folder names, the newest model dates the counts; else the nearest day of the week."""
    edition = Edition(dt.date(2025, 3, 5), dt.date(2025, 3, 11), "models/2025-03-05/models.parquet", "main", 1)
    assert choose_date(edition, newest) == expected


def test_weeks_without_counters_are_rates(start: Start, tmp_path: Path) -> None:
    """Before 26 February 2025 there are only 30-day counts: 3,000 of them are 700 downloads in seven days."""
    one, two, three = weeks_after(3, dt.date(2025, 2, 12))
    dataset = start(
        make_dataset(
            {
                one: [make_model("a" * 24, "x/y", 3_300)],
                two: [make_model("a" * 24, "x/y", 3_000)],
                three: [make_model("a" * 24, "x/y", 3_600, 9_000)],
            }
        )
    )
    fill(tmp_path, dataset)
    assert [basis for _, _, basis in list_intervals(tmp_path)] == ["rate", "rate", "rate"]
    assert list_flows(tmp_path) == [3_300.0, 700.0, 840.0]


def test_a_repeated_week_closes_no_interval(start: Start, tmp_path: Path) -> None:
    """A week that holds the file of the one before is recorded as repeated; the next interval spans it."""
    one, two, three = weeks_after(3)
    dataset = make_dataset(
        {one: [make_model("a" * 24, "x/y", 30, 100)], two: [], three: [make_model("a" * 24, "x/y", 31, 150)]}
    )
    files = dataset.revisions["main"]
    files[f"models/{two}/models.parquet"] = files[f"models/{one}/models.parquet"]
    result = fill(tmp_path, start(dataset))
    assert result.repeated == (dt.date(2025, 3, 12),)
    assert list_intervals(tmp_path)[1:] == [("2025-03-11", "2025-03-25", "counter")]
    assert list_flows(tmp_path)[1:] == [50.0]
    assert fill(tmp_path, dataset).transferred_bytes == 0


def test_repeated_weeks_do_not_push_out_the_snapshot_that_the_next_flow_begins_at(start: Start, tmp_path: Path) -> None:
    """After three repeats the counters of the first week are still there to subtract."""
    one, two, three, four, five = weeks_after(5)
    dataset = make_dataset({one: [make_model("a" * 24, "x/y", 30, 100)], five: [make_model("a" * 24, "x/y", 31, 150)]})
    files = dataset.revisions["main"]
    for week in (two, three, four):
        files[f"models/{week}/models.parquet"] = files[f"models/{one}/models.parquet"]
    fill(tmp_path, start(dataset))
    assert list_flows(tmp_path)[1:] == [50.0]


def test_a_missing_week_is_a_gap(start: Start, tmp_path: Path) -> None:
    """What the archive leaves out is named, and the next interval spans it."""
    one, _, three = weeks_after(3)
    dataset = start(
        make_dataset({one: [make_model("a" * 24, "x/y", 30, 100)], three: [make_model("a" * 24, "x/y", 31, 150)]})
    )
    result = fill(tmp_path, dataset)
    assert result.gaps == ("2025-03-05 … 2025-03-19: the archive has nothing to use in between",)
    assert list_intervals(tmp_path)[1:] == [("2025-03-11", "2025-03-25", "counter")]


def test_a_week_that_a_gate_holds_ends_the_run(start: Start, tmp_path: Path) -> None:
    """Counts ten times as high: the ledger ends before it; overruled, the same command goes on to the end."""
    one, two, three = weeks_after(3)
    weeks = {one: 3_000, two: 30_000, three: 30_300}
    dataset = start(make_dataset({week: [make_model("a" * 24, "x/y", count)] for week, count in weeks.items()}))
    told = r"2025-03-18 .*HELD by total.*with the snapshot ([0-9a-f]{16}), the gates to accept and the reason"
    with pytest.raises(HeldError, match=told) as held:
        fill(tmp_path, dataset)
    assert [end for _, end, _ in list_intervals(tmp_path)] == ["2025-03-11"]
    (tmp_path / "snapshots" / "2025-03-18.parquet").unlink()  # as on another runner, which reads the week again
    with pytest.raises(HeldError, match="HELD by total"):
        fill(tmp_path, dataset, acceptance=Acceptance("0" * 16, (("total", "a new rule"),)))
    found = re.search(told, str(held.value))
    assert found
    accepted = Acceptance(found[1], (("total", "a new rule"),))
    assert fill(tmp_path, dataset, acceptance=accepted).warnings == ()
    assert [end for _, end, _ in list_intervals(tmp_path)] == ["2025-03-11", "2025-03-18", "2025-03-25"]
    assert ["a new rule"] == [entry.why for entry in read_corrections(tmp_path / "corrections.csv")]
    (told_again,) = fill(tmp_path, dataset, acceptance=accepted).warnings
    assert told_again.startswith(f"No snapshot of this run has the hash {found[1]}: nothing was overruled.")


def test_a_week_whose_column_was_emptied_is_held(start: Start, tmp_path: Path) -> None:
    """Archived weeks pass the gate of columns: no tags, so no licences, in the second one."""
    one, two = weeks_after(2)
    licensed = {one: ["license:mit"], two: []}
    weeks = {
        week: [make_model(f"{n:024x}", f"x/m{n}", 300 + n + len(tags), tags=tags) for n in range(50)]
        for week, tags in licensed.items()
    }
    with pytest.raises(HeldError, match=r"columns: license is filled for 0\.0% of all models, 9\d\.\d% before"):
        fill(tmp_path, start(make_dataset(weeks)))
    assert [end for _, end, _ in list_intervals(tmp_path)] == ["2025-03-11"]


def test_a_renamed_model_keeps_its_counter(start: Start, tmp_path: Path) -> None:
    """The Hub's `_id` joins the weeks: a model that moved to another account was downloaded 30 times, not 130."""
    one, two = weeks_after(2)
    dataset = start(
        make_dataset({one: [make_model("a" * 24, "old/y", 30, 100)], two: [make_model("a" * 24, "new/z", 31, 130)]})
    )
    fill(tmp_path, dataset)
    assert list_flows(tmp_path)[1:] == [30.0]
    assert [line.interval.removed for line in read_manifest(tmp_path).stored] == [0, 0]


def test_a_row_is_read_from_tags_and_structures(start: Start, tmp_path: Path) -> None:
    """Licence, languages, base models with their relation come from the tags, parameters from the total."""
    model = make_model(
        "a" * 24,
        "x/y-gguf",
        30,
        100,
        author="x",
        likes=7,
        pipeline_tag="text-generation",
        library_name="gguf",
        tags=["gguf", "en", "zh", "base_model:a/b", "base_model:quantized:a/b", "license:mit", "region:us"],
        safetensors={"parameters": {"BF16": 5}, "total": 7},
    )
    fill(tmp_path, start(make_dataset({FIRST: [model]})))
    assert read_rows(tmp_path, dt.date(2025, 3, 11))["x/y-gguf"] == {
        "key": "a" * 24,
        "id": "x/y-gguf",
        "author": "x",
        "created_at": dt.datetime(2025, 2, 1, 12, tzinfo=dt.UTC),
        "downloads_30d": 30,
        "downloads_all_time": 100,
        "likes": 7,
        "task": "text-generation",
        "library": "gguf",
        "license": "mit",
        "languages": ["en", "zh"],
        "parameters": 7,
        "base_models": ["a/b"],
        "base_relation": "quantized",
        "gated": None,
        "unchanged_30d": None,
    }
    info = read_info(snapshot_path(tmp_path, dt.date(2025, 3, 11)))
    assert (info.source, info.scope, info.rows, info.quarantined) == (WEEKLY_REPO, "hub", 2, 0)


def test_base_models_come_from_the_column_where_no_tag_names_them(start: Start, tmp_path: Path) -> None:
    """`baseModels`, a column since July 2025, stands in for missing tags."""
    bases = {"relation": "finetune", "models": [{"_id": "b" * 24, "id": "a/b"}]}
    week = dt.date(2025, 7, 9)
    fill(tmp_path, start(make_dataset({week: [make_model("a" * 24, "x/y", 30, 100, baseModels=bases)]})))
    row = read_rows(tmp_path, dt.date(2025, 7, 15))["x/y"]
    assert (row["base_models"], row["base_relation"]) == (["a/b"], "finetune")


def test_what_a_week_lacks_comes_from_the_newest(start: Start, tmp_path: Path) -> None:
    """Facts fill empty places by `_id`; what a week says of itself stays, counts are never filled."""
    one, two = weeks_after(2)
    others = [make_model(f"{number:024x}", f"x/m{number}", 5, 9) for number in range(100)]  # one that goes is no purge
    known = {
        "pipeline_tag": "text-generation",
        "tags": ["license:mit", "en", "base_model:adapter:a/b"],
        "safetensors": {"parameters": {"BF16": 7, "F32": None}, "total": 7},
    }
    dataset = make_dataset(
        {
            one: [
                make_model("a" * 24, "old/y", 30, None, createdAt=None),
                make_model("b" * 24, "x/relicensed", 5, 9, tags=["license:other"]),
                make_model("c" * 24, "x/gone", 5, 9),
                *others,
            ],
            two: [
                make_model("a" * 24, "new/y", 31, 500, **known),
                make_model("b" * 24, "x/relicensed", 6, 10, tags=["license:apache-2.0"]),
                *(model | {"downloads": 6} for model in others),
            ],
        }
    )
    fill(tmp_path, start(dataset))
    rows = read_rows(tmp_path, dt.date(2025, 3, 11))
    filled = rows["old/y"]
    assert (filled["created_at"], filled["task"]) == (dt.datetime(2025, 2, 1, 12, tzinfo=dt.UTC), "text-generation")
    assert (filled["license"], filled["languages"], filled["parameters"]) == ("mit", ["en"], 7)
    assert (filled["base_models"], filled["base_relation"]) == (["a/b"], "adapter")
    assert (filled["downloads_30d"], filled["downloads_all_time"]) == (30, None)
    assert (rows["x/relicensed"]["license"], rows["x/gone"]["license"]) == ("other", None)


def test_missing_columns_are_missing_values(start: Start, tmp_path: Path) -> None:
    """A file with `_id`, `id` and `downloads` alone makes a snapshot, and says nothing that it does not know."""
    without = (
        "author",
        "createdAt",
        "downloadsAllTime",
        "likes",
        "tags",
        "pipeline_tag",
        "library_name",
        "safetensors",
    )
    dataset = make_dataset({FIRST: [make_model("a" * 24, "x/y", 30)]}, without=without)
    fill(tmp_path, start(dataset))
    row = read_rows(tmp_path, dt.date(2025, 3, 11))["x/y"]
    assert {name for name, value in row.items() if value not in (None, [])} == {"key", "id", "author", "downloads_30d"}


def test_a_week_without_keys_takes_them_from_the_newest(start: Start, tmp_path: Path) -> None:
    """Where a file has no `_id`, models are found by their id, so that counters still join."""
    one, two = weeks_after(2)
    dataset = make_dataset({two: [make_model("a" * 24, "x/y", 31, 130)]})
    old = make_file([make_model("", "x/y", 30, 100), make_week_end(one)], one, without=("_id",))
    dataset.revisions["main"][f"models/{one}/models.parquet"] = old
    fill(tmp_path, start(dataset))
    assert list_flows(tmp_path)[1:] == [30.0]


def retype(dataset: LoopbackDataset, week: dt.date, **columns: Any) -> None:
    """Write a week's file again with columns of another type."""
    files, path = dataset.revisions["main"], f"models/{week}/models.parquet"
    table = pq.read_table(io.BytesIO(files[path]))
    for name, values in columns.items():
        table = table.set_column(table.schema.get_field_index(name), name, pa.array(values))
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    files[path] = buffer.getvalue()


def test_a_column_that_becomes_text_is_read_as_before(start: Start, tmp_path: Path) -> None:
    """Tags as JSON text and counts as digits in one week: licences and flows stay."""
    one, two = weeks_after(2)
    tags = ["license:mit", "base_model:adapter:a/b"]
    weeks = {
        week: [make_model("a" * 24, "x/y", all_time // 4, all_time, tags=tags)]
        for week, all_time in ((one, 120), (two, 150))
    }
    dataset = make_dataset(weeks)
    retype(dataset, two, tags=[json.dumps(tags), "[]"], downloadsAllTime=["150", "0"])
    fill(tmp_path, start(dataset))
    assert list_flows(tmp_path)[1:] == [30.0]
    row = read_rows(tmp_path, dt.date(2025, 3, 18))["x/y"]
    assert (row["license"], row["base_models"], row["base_relation"]) == ("mit", ["a/b"], "adapter")


@pytest.mark.parametrize(
    ("column", "values", "told"),
    [
        ("tags", [{"license": "mit"}] * 2, r"tags holds something else than a list of texts in 2 of 2 .*\(dict\)"),
        ("tags", ["license:mit"] * 2, r"tags .* for example 'license:mit' \(str\)"),
        ("downloads", ["many"] * 2, r"downloads holds something else than a whole number in 2 of 2 .*'many' \(str\)"),
        ("likes", [1.5] * 2, r"likes .* 1\.5 \(float\)"),
        ("createdAt", [1738411200] * 2, r"createdAt holds something else than a date .* 1738411200 \(int\)"),
        ("safetensors", ["7B"] * 2, r"safetensors holds something else than an object .* '7B' \(str\)"),
    ],
)
def test_a_column_of_another_kind_stops_with_file_and_example(
    start: Start, tmp_path: Path, column: str, values: list[Any], told: str
) -> None:
    """It would be read as a column without values; what stands before it stays."""
    one, two = weeks_after(2)
    model = {"likes": 3, "safetensors": {"parameters": {"BF16": 5}, "total": 7}}
    dataset = make_dataset({week: [make_model("a" * 24, "x/y", 30, 100, **model)] for week in (one, two)})
    retype(dataset, one, **{column: values})
    with pytest.raises(FetchError, match=rf"{one}/models\.parquet.* is of another format: {told}"):
        fill(tmp_path, start(dataset))
    assert list_snapshots(tmp_path) == []


@needs(TAGS_AS_TEXT)
def test_a_file_with_tags_as_text_has_its_licences() -> None:
    """Two rows in the form of an archive that wrote lists as JSON text."""
    batches = read_batches(open_parquet(TAGS_AS_TEXT, "the file"), "the file", Tally(), None)
    assert ["mit", "mit"] == [row["license"] for batch in batches for row in batch.to_pylist()]


def test_a_week_under_another_file_name_is_found_by_its_folder(start: Start, tmp_path: Path) -> None:
    """`train.parquet` in the folder of the week is the week; of several files none can be told to be."""
    one, two, three = weeks_after(3)
    weeks = {week: [make_model("a" * 24, "x/y", 30 + n, 100 + n)] for n, week in enumerate((one, two, three))}
    dataset = make_dataset(weeks)
    files = dataset.revisions["main"]
    files[f"models/{two}/train.parquet"] = files.pop(f"models/{two}/models.parquet")
    for part in (1, 2):
        files[f"models/{three}/part-{part}.parquet"] = files[f"models/{one}/models.parquet"]
    del files[f"models/{three}/models.parquet"]
    result = fill(tmp_path, start(dataset))
    assert result.added == (dt.date(2025, 3, 11), dt.date(2025, 3, 18))
    assert ["2025-03-19: The folder models/2025-03-19 of"] == [gap[:43] for gap in result.gaps]


def test_repeated_and_unreadable_rows_are_counted(start: Start, tmp_path: Path) -> None:
    """Of 200 models one comes twice, and one has an id that is none: the snapshot says so."""
    models = [make_model(f"{number:024x}", f"x/m{number}", 30, 100) for number in range(200)]
    dataset = start(make_dataset({FIRST: [*models, models[0], make_model("e" * 24, "no id/at all/here", 1, 1)]}))
    fill(tmp_path, dataset)
    info = read_info(snapshot_path(tmp_path, dt.date(2025, 3, 11)))
    assert (info.rows, info.repeated, info.quarantined) == (201, 1, 1)


def test_only_the_needed_columns_travel(start: Start, tmp_path: Path) -> None:
    """Of wide files less than a quarter is read; a second run reads nothing of them."""
    dataset = start(make_weekly(3, 3_000, first=FIRST))
    result = fill(tmp_path, dataset)
    assert result.transferred_bytes == dataset.file_bytes()
    assert dataset.file_bytes() < dataset.total_bytes() / 4
    dataset.requests.clear()
    again = fill(tmp_path, dataset)
    assert (again.present, again.added, again.transferred_bytes, dataset.file_bytes()) == (3, (), 0, 0)


def test_the_token_goes_to_the_hub_only(start: Start, tmp_path: Path) -> None:
    """The Hub sends readers on to another host for the bytes; that host sees no token."""
    dataset = start(make_weekly(1, first=FIRST))
    fill(tmp_path, dataset, token=TOKEN)
    told = {(seen.host, seen.headers.get("authorization")) for seen in dataset.requests}
    assert told == {("127.0.0.1", f"Bearer {TOKEN}"), ("localhost", None)}


def test_the_newest_two_snapshots_stay(start: Start, tmp_path: Path) -> None:
    """Older ones are removed once their interval stands; nothing else is left behind."""
    fill(tmp_path, start(make_weekly(5, first=FIRST)))
    assert [path.stem for path in list_snapshots(tmp_path)] == ["2025-04-01", "2025-04-08"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checks", "families", "ledger", "snapshots"]


def test_progress_counts_weeks_and_bytes(start: Start, tmp_path: Path) -> None:
    """The newest week is read first; then each is read and added, oldest first; at the end all are there."""
    reports: list[Progress] = []
    fill(tmp_path, start(make_weekly(3, first=FIRST)), report=reports.append)
    one, two, three = weeks_after(3)
    assert [(seen.done, seen.total, seen.unit, seen.detail.partition(" ·")[0]) for seen in reports] == [
        (0, 3, "snapshots", f"reading {three}"),
        (0, 3, "snapshots", f"reading {one}"),
        (0, 3, "snapshots", f"adding {one}"),
        (1, 3, "snapshots", f"reading {two}"),
        (1, 3, "snapshots", f"adding {two}"),
        (2, 3, "snapshots", f"adding {three}"),
        (3, 3, "snapshots", "bringing the ledger up to date"),
    ]
    assert [" · 0.0 MB" in seen.detail for seen in reports[:2]] == [True, False]


def test_a_shorter_run_then_the_rest_is_the_whole(start: Start, tmp_path: Path) -> None:
    """Two runs, the second further, read each week once and end at the same last date."""
    dataset = start(make_weekly(4, first=FIRST))
    fill(tmp_path, dataset, last=weeks_after(2)[1])
    dataset.requests.clear()
    result = fill(tmp_path, dataset)
    assert (result.present, len(result.added)) == (2, 2)
    assert sorted(dataset.files_asked()) == [f"models/{week}/models.parquet" for week in weeks_after(4)[2:]]


def test_later_snapshots_of_the_store_follow(start: Start, tmp_path: Path) -> None:
    """A store with later days gets its past before them; their intervals are made again, and their files stay."""
    fill(tmp_path, start(make_weekly(6, first=FIRST)), first=weeks_after(6)[4])
    kept = [path.stem for path in list_snapshots(tmp_path)]
    fill(tmp_path, start(make_weekly(6, first=FIRST)))
    assert [end for _, end, _ in list_intervals(tmp_path)] == [str(w + dt.timedelta(days=6)) for w in weeks_after(6)]
    assert [path.stem for path in list_snapshots(tmp_path)] == kept


def test_weeks_that_the_first_of_the_ledger_covers_are_not_read(start: Start, tmp_path: Path) -> None:
    """The fourth week's counts speak for thirty days, and its snapshot is gone: those before it are covered."""
    dataset = start(make_weekly(6, first=FIRST))
    fill(tmp_path, dataset, first=weeks_after(4)[3])
    before = read_ledger_bytes(tmp_path)
    result = fill(tmp_path, dataset)
    assert (result.added, len(result.covered), result.present) == ((), 3, 3)
    assert read_ledger_bytes(tmp_path) == before


def test_the_daily_archive_takes_one_revision_a_day(start: Start, tmp_path: Path) -> None:
    """Of two commits on each of three days the later ones are read, and each day closes an interval."""
    days = [dt.date(2026, 3, 1), dt.date(2026, 3, 2), dt.date(2026, 3, 4)]
    dataset = start(make_stats(days))
    dataset.page_rows = 2
    result = fill(tmp_path, dataset, HUB_STATS)
    revisions = {seen.path.split("/")[5] for seen in dataset.requests if "/resolve/" in seen.path}
    assert {revision[:10] for revision in revisions} == {"2026030121", "2026030221", "2026030421"}
    assert [end for _, end, _ in list_intervals(tmp_path)] == ["2026-03-01", "2026-03-02", "2026-03-04"]
    assert result.gaps == ("2026-03-02 … 2026-03-04: the archive has nothing to use in between",)


def test_a_revision_that_is_gone_is_a_gap(start: Start, tmp_path: Path) -> None:
    """The other days are there, and the day is named with its reason."""
    dataset = make_stats([dt.date(2026, 3, 1), dt.date(2026, 3, 2), dt.date(2026, 3, 3)])
    del dataset.revisions["2026030221".ljust(40, "0")]
    result = fill(tmp_path, start(dataset), HUB_STATS)
    assert [end for _, end, _ in list_intervals(tmp_path)] == ["2026-03-01", "2026-03-03"]
    assert [gap.partition(":")[0] for gap in result.gaps] == ["2026-03-02"]
    assert "answered with status 404 (RevisionNotFound)" in result.gaps[0]


def test_a_dataset_that_is_gone_is_said_to_be(start: Start, tmp_path: Path) -> None:
    """The error names the dataset and the next step; nothing is written."""
    dataset = start(make_weekly(1, first=FIRST))
    with pytest.raises(FetchError, match=f"The dataset {STATS_REPO} may have been taken down"):
        fill(tmp_path, dataset, HUB_STATS)
    assert not (tmp_path / "ledger").exists()


def test_an_unreachable_server_is_said_to_be(start: Start, tmp_path: Path) -> None:
    """After six tries the error names the address and what to do."""
    with serve_dataset(make_weekly(1, first=FIRST)) as dataset:
        pass
    with pytest.raises(FetchError, match=r"asked for 6 times without success.*run the same command again"):
        fill(tmp_path, dataset)


def test_dates_without_a_week_are_said_to_be(start: Start, tmp_path: Path) -> None:
    """The error names the dates that the archive has."""
    with pytest.raises(FetchError, match="it has from 2025-03-05 to 2025-03-12"):
        fill(tmp_path, start(make_weekly(2, first=FIRST)), first=dt.date(2026, 1, 1))


def test_a_file_cut_on_the_way_keeps_what_is_complete(start: Start, tmp_path: Path) -> None:
    """Two weeks stand, the third comes short at every try; once it is whole, the run ends as if nothing had been."""
    dataset = start(make_weekly(4, first=FIRST))
    cut = f"models/{weeks_after(3)[2]}/models.parquet"
    dataset.cut.add(cut)
    with pytest.raises(FetchError, match=r"2025-03-19/models\.parquet was asked for 6 times"):
        fill(tmp_path / "broken", dataset)
    assert len(list_intervals(tmp_path / "broken")) == 2
    dataset.cut.clear()
    fill(tmp_path / "broken", dataset)
    fill(tmp_path / "whole", dataset)
    assert read_ledger_bytes(tmp_path / "broken") == read_ledger_bytes(tmp_path / "whole")


@pytest.mark.parametrize("keep", [0.0, 0.5, 0.99])
def test_a_truncated_file_keeps_what_is_complete(start: Start, tmp_path: Path, keep: float) -> None:
    """A file that is cut in the archive itself is named, with the way around it."""
    dataset = make_weekly(3, first=FIRST)
    files, path = dataset.revisions["main"], f"models/{weeks_after(2)[1]}/models.parquet"
    files[path] = files[path][: int(len(files[path]) * keep)]
    with pytest.raises(FetchError, match=r"2025-03-12.*is not a complete Parquet file.*--from and --to"):
        fill(tmp_path, start(dataset))
    assert len(list_intervals(tmp_path)) == 1


def test_a_file_of_another_format_is_refused(start: Start, tmp_path: Path) -> None:
    """A file without the 30-day counts is named with the columns that it has."""
    dataset = make_dataset({FIRST: [make_model("a" * 24, "x/y", 30)]}, without=("downloads",))
    with pytest.raises(FetchError, match="has no column downloads; it has _id, id"):
        fill(tmp_path, start(dataset))


def test_a_file_of_unreadable_rows_is_refused(start: Start, tmp_path: Path) -> None:
    """Two of three rows without a usable id: no snapshot is made of the third."""
    models = [make_model("a" * 24, "a b", 1), make_model("b" * 24, "", 1)]
    with pytest.raises(FetchError, match="1 could be read and 2 could not"):
        fill(tmp_path, start(make_dataset({FIRST: models})))
    assert list_snapshots(tmp_path) == []


def test_refusals_are_asked_again(start: Start, tmp_path: Path) -> None:
    """A rate limit and an outage pass; no wait is longer than the cap."""
    dataset = start(make_weekly(1, first=FIRST))
    dataset.refused[f"models/{FIRST}/models.parquet"] = [429, 503, 502]
    waits: list[float] = []
    fill(tmp_path, dataset, clock=Clock(sleep=waits.append), limits=Limits(max_wait_seconds=5))
    assert waits == [5.0, 4.0, 5.0]


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_of_the_files_host_is_no_word_of_the_token(start: Start, tmp_path: Path, status: int) -> None:
    """It saw none: a signature expired. The Hub signs a new link at the next try."""
    dataset = start(make_weekly(1, first=FIRST))
    dataset.refused[f"cdn/models/{FIRST}/models.parquet"] = [status, status]
    waits: list[float] = []
    assert len(fill(tmp_path, dataset, clock=Clock(sleep=waits.append), token=TOKEN).added) == 1
    assert waits == [2.0, 4.0]


def test_a_files_host_that_goes_on_refusing_is_named(start: Start, tmp_path: Path) -> None:
    """The message says which host answered, and that it was sent no token."""
    dataset = start(make_weekly(1, first=FIRST))
    dataset.refused[f"cdn/models/{FIRST}/models.parquet"] = [403] * 9
    with pytest.raises(FetchError, match=r"403 from localhost:\d+, asked without a token"):
        fill(tmp_path, dataset, token=TOKEN)


def test_an_archive_goes_on_without_a_token_that_is_refused(start: Start, tmp_path: Path) -> None:
    """Archives are public: a 401 costs the token, and a warning."""
    dataset = start(make_weekly(1, first=FIRST))
    dataset.refused_lists = [401]
    result = fill(tmp_path, dataset, token=TOKEN)
    assert (len(result.added), ["does not accept the token" in text for text in result.warnings]) == (1, [True])
    assert {None} == {seen.headers.get("authorization") for seen in dataset.requests[1:]}


def test_a_403_to_an_archives_first_list_is_the_tokens(start: Start, tmp_path: Path) -> None:
    """Nothing was answered before: the token may not read it, and asking again does not help."""
    dataset = start(make_weekly(1, first=FIRST))
    dataset.refused_lists = [403]
    with pytest.raises(FetchError, match=r"403 from .*, asked with a token.*correct HF_TOKEN"):
        fill(tmp_path, dataset, token=TOKEN)


def test_a_list_that_is_none_is_asked_for_again(start: Start, tmp_path: Path) -> None:
    """A page of HTML, an object, nothing, broken JSON: once each, they cost waits."""
    dataset = start(make_weekly(1, first=FIRST))
    dataset.odd = [(body, "") for body in (b"<html>", b"{}", b"", b"[{", b"null")]
    assert len(fill(tmp_path, dataset).added) == 1


@pytest.mark.parametrize("archive", [WEEKLY, HUB_STATS])
@pytest.mark.parametrize(
    ("body", "link"),
    [
        (b"[]", ""),
        (b"[null, 7, [], {}]", ""),
        (b'[{"type": "file", "path": ["models"], "size": "many", "id": 7, "date": 7}]', ""),
        (b'[{"type": "file", "path": "models/2025-13-45/models.parquet", "size": 9}]', ""),
        (b'[{"type": "file", "path": "models/2025-03-05/../../x.parquet", "size": 9}]', ""),
        (b'[{"type": "file", "path": "models/2025-03-05/models.parquet", "size": -9}]', ""),
        (b'[{"id": "../../x", "date": "2025-03-05T00:00:00.000Z"}]', ""),
        (b"[]", '<http://[::>; rel="next"'),
        (b"[]", '<https://huggingface.co/x>; rel="next"'),
        (b"[]", "nonsense"),
    ],
)
def test_odd_answers_of_the_dataset_end_in_a_sentence(
    start: Start, tmp_path: Path, archive: Archive, body: bytes, link: str
) -> None:
    """Whatever a list holds, the message is one of ours, nothing is added, and no other place was asked."""
    dataset = start(make_weekly(1, first=FIRST))
    dataset.repo = archive.repo
    dataset.odd = [(body, link)]
    try:
        added = fill(tmp_path, dataset, archive, token=TOKEN).added
    except FetchError:
        added = ()
    assert added == ()
    allowed = (f"/api/datasets/{archive.repo}/", f"/datasets/{archive.repo}/resolve/", "/cdn/")
    assert [seen.path for seen in dataset.requests if not seen.path.startswith(allowed)] == []


def test_a_server_without_ranges_is_refused(start: Start, tmp_path: Path) -> None:
    """Whole files are not taken for parts, nor read to their end."""
    dataset = start(make_weekly(1, first=FIRST))
    dataset.ignores_ranges = True
    with pytest.raises(FetchError, match="does not serve byte ranges"):
        fill(tmp_path, dataset)


def test_two_runs_at_once_are_refused(start: Start, tmp_path: Path) -> None:
    """The second one says that the first is at work."""
    dataset = start(make_weekly(1, first=FIRST))
    errors: list[OmsError] = []

    def run_another(_: Progress) -> None:
        with pytest.raises(FetchError, match="Another run is filling") as caught:
            fill(tmp_path, dataset)
        errors.append(caught.value)

    fill(tmp_path, dataset, report=run_another)
    assert len(errors) == 3


def test_pruning_spares_other_sources_and_what_is_not_in_the_ledger(start: Start, tmp_path: Path) -> None:
    """Only snapshots of the named source go, and only those that the ledger holds."""
    fill(tmp_path, start(make_weekly(2, first=FIRST)))
    assert prune_snapshots(tmp_path, "Hugging Face Hub", keep=0) == []
    assert prune_snapshots(tmp_path, WEEKLY_REPO, keep=0) == [dt.date(2025, 3, 11)]
    assert [path.stem for path in list_snapshots(tmp_path)] == ["2025-03-18"]
    assert len(append_all(tmp_path, REGISTRY).stored) == 2


def test_the_hubs_own_client_reads_the_loopback(start: Start) -> None:
    """The server of these tests speaks the protocol: the client lists its files and reads a range of one."""
    dataset = start(make_weekly(2, first=FIRST))
    client = HfFileSystem(endpoint=dataset.url, skip_instance_cache=True)
    folder = f"datasets/{WEEKLY_REPO}/models"
    assert [path.rpartition("/")[2] for path in client.ls(folder, detail=False)] == ["2025-03-05", "2025-03-12"]
    with client.open(f"{folder}/2025-03-05/models.parquet", "rb", cache_type="none") as file:
        assert file.read(4) == b"PAR1"


@pytest.mark.slow
@pytest.mark.parametrize(("weeks", "kills"), [(12, 2), pytest.param(100, 5, marks=pytest.mark.soak)])
def test_kills_leave_no_trace(start: Start, tmp_path: Path, weeks: int, kills: int) -> None:
    """A run that was killed again and again ends with the ledger of an undisturbed one."""
    dataset = start(make_weekly(weeks))
    changes = run_until_struck(tmp_path / "whole", dataset, 0)
    chance = random.Random(5)  # noqa: S311 - moments, no secrets
    for _ in range(kills):
        run_until_struck(tmp_path / "killed", dataset, chance.randint(1, changes // (kills + 1)))
    fill(tmp_path / "killed", dataset)
    assert read_ledger_bytes(tmp_path / "killed") == read_ledger_bytes(tmp_path / "whole")
    assert len(list_intervals(tmp_path / "killed")) == weeks
    assert 2 == len(list_snapshots(tmp_path / "killed"))


def run_until_struck(store: Path, dataset: LoopbackDataset, at: int) -> int:
    """Start a run of its own, which is killed before one of its changes, or with 0 is not; return how many it made."""
    striker = Striker(store.with_name("striker"), store, store)
    striker.aim(at)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(striker.folder), str(ROOT)])}
    command = [sys.executable, "-c", BACKFILL_SCRIPT, str(store), dataset.url]
    done = subprocess.run(command, env=environment, start_new_session=True, check=False)
    assert done.returncode == (-signal.SIGKILL if at else 0)
    return striker.count()


def run_command(dataset: LoopbackDataset, *options: str) -> subprocess.CompletedProcess[str]:
    """Run `oms backfill` against a dataset, as a person does."""
    command = [sys.executable, "-m", "generator", "backfill", *options]
    environment = {**os.environ, "HF_ENDPOINT": dataset.url}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_the_command_honours_the_endpoint_and_tells_what_it_did(start: Start, tmp_path: Path) -> None:
    """One line says intervals, repeats, gaps and megabytes; dates and sources that are none are refused."""
    dataset = start(make_weekly(2, first=FIRST, known=[row.id for row in load_registry().canaries]))
    dates = ("--from", "2025-03-05", "--to", "2025-03-12", "--store", str(tmp_path))
    done = run_command(dataset, *dates, "--source", "weekly")
    assert (done.returncode, done.stdout.partition(":")[2].split(" gaps")[0]) == (
        0,
        " 2 intervals added, 0 snapshots repeat the one before, 0 were there already, 0 covered, 0",
    )
    assert "0 of 2 snapshots · reading 2025-03-12 · 0.0 MB transferred" in done.stderr
    refused = run_command(dataset, *dates, "--source", "elsewhere")
    assert (refused.returncode, refused.stderr) == (
        1,
        "oms: The source is 'elsewhere'; one of model-pulse, weekly, hub-stats was expected.\n",
    )
