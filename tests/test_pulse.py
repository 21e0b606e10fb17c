"""The archive Model Pulse becomes a ledger: day by day what a plain computation over the same Hub says."""

import datetime as dt
import json
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from generator.base.errors import FetchError
from generator.ledger.store import load_ledger, read_manifest
from generator.ledger.thinning import keep_nights
from generator.night.backfill import BackfillResult, run_backfill
from generator.sources.archive_http import DatasetReader
from generator.sources.archives import choose_archive
from generator.sources.snapshot import list_snapshots, read_info, read_snapshot, snapshot_path
from generator.star.definitions import Definition
from generator.star.window import read_ledger
from tests.killed import kill_in_turn, read_all
from tests.loopback_dataset import LoopbackDataset, serve_dataset
from tests.loopback_pulse import (
    COUNTERS_SINCE,
    FIRST_COUNTED,
    NIGHT,
    PARTIAL,
    REPO,
    ROLLBACK,
    STALL,
    STILL_SINCE,
    UNMARKED,
    Model,
    list_days,
    list_hub,
    list_models,
    make_pulse,
    make_pulse_registry,
)
from tests.small import append_all, write_night

pytestmark = pytest.mark.slow

REGISTRY = make_pulse_registry()
TODAY = dt.date(2026, 10, 6)
UNUSABLE = {*STALL, *ROLLBACK, PARTIAL, UNMARKED}
# What a flow is rounded to.
PARTS = 65_536
WORK = """
import datetime as dt
from generator.night.backfill import run_backfill
from generator.sources.archive_http import DatasetReader
from generator.sources.archives import choose_archive
from tests.loopback_pulse import REPO, make_pulse_registry

def work(store):
    for step, first, last in {spans!r}:
        first, last = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
        reader = DatasetReader(REPO, endpoint={url!r})
        archive = choose_archive("model-pulse", step)
        run_backfill(store, archive, first, last, make_pulse_registry(), reader, dt.date(2026, 10, 6))
"""


@pytest.fixture(scope="module")
def archive() -> Iterator[LoopbackDataset]:
    """The archive."""
    with serve_dataset(make_pulse()) as dataset:
        yield dataset


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with the first night of its own."""
    folder = tmp_path / "store"
    write_night(folder, NIGHT, list_hub(NIGHT))
    append_all(folder, REGISTRY)
    return folder


def fill(
    store: Path, dataset: LoopbackDataset, first: str, last: str, step: str = "", *, ends: bool = False
) -> BackfillResult:
    """Fill a store from the archive."""
    archive = choose_archive("model-pulse", step, ends=ends)
    reader = DatasetReader(archive.repo, endpoint=dataset.url)
    begin, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    return run_backfill(store, archive, begin, end, REGISTRY, reader, TODAY)


def pick_days(first: str, last: str, step: str) -> list[dt.date]:
    """Pick by hand the days that end an interval: the last one that can be used of each month, week or day."""
    names = {"months": "{:%Y-%m}", "weeks": "{:%G-%V}", "days": "{}"}
    span = list_days(dt.date.fromisoformat(first), dt.date.fromisoformat(last))
    return list({names[step].format(day): day for day in span if day not in UNUSABLE}.values())


def list_ends(store: Path) -> list[dt.date]:
    """List the dates of a ledger."""
    return [line.interval.end for line in read_manifest(store).stored]


# --- the same, worked out by hand ---


def work_out(ends: Sequence[dt.date]) -> list[dict[str, object]]:
    """Work out the intervals that end on some days, the last of them our own night."""
    return [_work_out(ends[place - 1] if place else None, end, is_night=end == NIGHT) for place, end in enumerate(ends)]


def _work_out(before: dt.date | None, end: dt.date, *, is_night: bool) -> dict[str, object]:
    start = before or end - dt.timedelta(days=30)
    models = [model for model in list_models() if model.exists_on(end) and (is_night or not model.is_small)]
    counts = [_thirty(model, end, is_night=is_night) for model in models]
    flows = [_flow(model, before, start, end, count) for model, count in zip(models, counts, strict=True)]
    covered = _cover((end - start).days, [(basis, count) for (basis, _), count in zip(flows, counts, strict=True)])
    found = {"flow": Counter(), "thirty": Counter(), "young": Counter()}  # type: dict[str, Counter[str]]
    for model, count, (_, flow) in zip(models, counts, flows, strict=True):
        author = (model.name_on(end) if is_night else model.id).partition("/")[0]
        found["flow"][author] += flow
        found["young"][author] += _young(model, end - dt.timedelta(days=covered), end, flow, is_night=is_night)
        found["thirty"][author] += count
    bases = {basis for basis, _ in flows}
    return {
        "start": start,
        "end": end,
        "basis": bases.pop() if len(bases) == 1 else "mixed",
        "covered": covered,
        "models": len(models),
        **{name: {author: value for author, value in sorted(sums.items()) if value} for name, sums in found.items()},
    }


def _cover(days: int, counts: Sequence[tuple[str, int]]) -> int:
    """Return the days that flows speak for: a rate for thirty; of both kinds the mean by 30-day downloads."""
    rated, total = sum(count for basis, count in counts if basis == "rate"), sum(count for _, count in counts)
    return int(days - max(days - 30, 0) * rated / total)


def _thirty(model: Model, end: dt.date, *, is_night: bool) -> int:
    """Return a 30-day count; a stale one is 0 where the archive has the counter of 31 days before."""
    since = end - dt.timedelta(days=31)
    is_stale = model.id == "west/still" and since >= max(STILL_SINCE, COUNTERS_SINCE)
    return 0 if is_stale and not is_night else model.list_thirty(end)


def _flow(model: Model, before: dt.date | None, start: dt.date, end: dt.date, thirty: int) -> tuple[str, float]:
    """Return what a flow rests on, and how large it is."""
    was_there = before is not None and model.exists_on(before) and not model.is_small
    if end >= COUNTERS_SINCE and was_there and start >= COUNTERS_SINCE:
        return "counter", model.count_on(end) - model.count_on(start)
    if end >= COUNTERS_SINCE and before is not None and model.created > start and not was_there:
        return "counter", model.count_on(end)
    return "rate", math.floor(thirty * min((end - start).days, 30) / 30 * PARTS + 0.5) / PARTS


def _young(model: Model, start: dt.date, end: dt.date, flow: float, *, is_night: bool) -> float:
    """Return the part of a flow that falls into a model's first year, by time."""
    if model.id == "south/gone" and not is_night:
        return 0.0  # the archive tells nothing of a model that is gone
    noon = dt.datetime.combine(model.created, dt.time(12))
    begin, stop = (dt.datetime.combine(day + dt.timedelta(days=1), dt.time()) for day in (start, end))
    birthday = noon + dt.timedelta(days=365)
    if birthday >= stop:
        return flow
    first = max(noon, begin)
    if birthday <= first:
        return 0.0
    return math.floor(flow * ((birthday - first) / (stop - first)) * PARTS + 0.5) / PARTS


def read_out(store: Path) -> list[dict[str, object]]:
    """Return the same of a ledger."""
    found = []
    for entry in load_ledger(store).entries:
        flows, interval = entry.flows, entry.interval
        sums = flows.groupby("publisher")[["flow", "downloads_30d"]].sum()
        young = flows[flows["first_year"]].groupby("publisher")["flow"].sum()
        found.append(
            {
                "start": interval.start,
                "end": interval.end,
                "basis": interval.basis,
                "covered": interval.covered_days,
                "models": interval.models,
                "flow": {name: value for name, value in sums["flow"].items() if value},
                "thirty": {name: value for name, value in sums["downloads_30d"].items() if value},
                "young": {name: value for name, value in young.items() if value},
            }
        )
    return found


def check_by_hand(store: Path, ends: Sequence[dt.date]) -> None:
    """Check a whole ledger against the one worked out by hand."""
    assert [*ends, NIGHT] == list_ends(store)
    for expected, actual in zip(work_out([*ends, NIGHT]), read_out(store), strict=True):
        assert expected == actual


# --- the tests ---


def test_months_become_the_ledger_worked_out_by_hand(archive: LoopbackDataset, store: Path) -> None:
    """Five months with the first counters, a rename, a rollback at an end, a partial day that nobody marked."""
    result = fill(store, archive, "2025-02-01", "2025-06-30", "months")
    ends = pick_days("2025-02-01", "2025-06-30", "months")
    assert [dt.date(2025, 4, 29), dt.date(2025, 5, 27)] == ends[2:4]
    assert (tuple(ends), ()) == (result.added, result.gaps)
    check_by_hand(store, ends)


def test_days_become_the_ledger_worked_out_by_hand(archive: LoopbackDataset, store: Path) -> None:
    """On two days the counters stood still: the third one's interval spans them, and the run says so.

    Forty models below the floor had a download each in thirty days at most: each interval says what part that is.
    """
    result = fill(store, archive, "2026-09-08", "2026-09-13", "days")
    ends = pick_days("2026-09-08", "2026-09-13", "days")
    assert 4 == len(ends)
    assert ("2026-09-09 … 2026-09-12: the archive has nothing to use in between",) == result.gaps
    check_by_hand(store, ends)
    on_the_day = [model for model in list_models() if model.exists_on(NIGHT - dt.timedelta(days=1))]
    missing = sum(model.list_thirty(NIGHT) for model in on_the_day if model.is_small)
    share = round(missing / sum(model.list_thirty(NIGHT) for model in on_the_day), 6)
    assert 0 < share < 0.005
    assert [*[(REPO, "hub", share)] * 4, ("Hugging Face Hub", "hub", None)] == [
        (line.interval.source, line.interval.scope, line.interval.left_out) for line in read_manifest(store).stored
    ]


def test_without_a_night_of_our_own_nothing_is_read(archive: LoopbackDataset, tmp_path: Path) -> None:
    """The floor cannot be measured: the error says what to do first."""
    with pytest.raises(FetchError, match=r"measured beside a snapshot of the whole Hub; .* Run a night first"):
        fill(tmp_path, archive, "2026-09-01", "2026-09-30", "weeks")
    assert not (tmp_path / "ledger").exists()


def test_a_floor_that_hides_too_much_is_refused(archive: LoopbackDataset, store: Path) -> None:
    """Above half a percent the archive does not stand for all public models; the ledger stays as it is."""
    night = [row | {"downloads": 9_000} if "/s" in row["id"] else row for row in list_hub(NIGHT)]
    snapshot_path(store, NIGHT).unlink()
    write_night(store, NIGHT, night)
    with pytest.raises(FetchError, match=r"leaves out models that account for \d+\.\d+% .* at most 0\.5% were"):
        fill(store, archive, "2026-09-01", "2026-09-30", "weeks")
    assert [NIGHT] == list_ends(store)


def test_the_ends_alone_are_one_interval(archive: LoopbackDataset, store: Path) -> None:
    """Two days a year apart: a file for each, and the one in which the archive meets a night of our own."""
    archive.requests.clear()
    fill(store, archive, "2025-09-30", "2026-09-30", ends=True)
    ends = [dt.date(2025, 9, 30), dt.date(2026, 9, 30)]
    assert [*ends, NIGHT] == list_ends(store)
    months = {path for path in archive.files_asked() if path.startswith("series/")}
    assert {f"series/{month}.parquet" for month in ("2025-09", "2026-09", "2026-10")} == months
    expected, actual = work_out([*ends, NIGHT])[1], read_out(store)[1]
    assert expected["flow"] == actual["flow"]
    days = read_ledger(keep_nights(load_ledger(store).entries), REGISTRY).days
    held = {universe: days.compute(Definition("12m", universe, "publisher"), [2]) for universe in ("all", "first_year")}
    assert {"all": 1, "first_year": 0} == {universe: len(tables) for universe, tables in held.items()}


def test_rows_have_the_names_and_the_facts_of_now(archive: LoopbackDataset, store: Path) -> None:
    """A model goes by its present id; one that is gone has counts and no facts; what is no id is set aside."""
    fill(store, archive, "2025-08-15", "2025-08-15", "days")
    rows = {row["id"]: row for row in read_snapshot(snapshot_path(store, dt.date(2025, 8, 15))).to_pylist()}
    assert ["later", "newer", "south"] == [rows[name]["author"] for name in ("later/one", "newer/x", "south/gone")]
    assert [] == [name for name in ("former/x", "later/x", "../..") if name in rows]
    assert "former/one" in rows  # the free name was taken by another model
    assert [None, "apache-2.0"] == [rows[name]["license"] for name in ("south/gone", "later/one")]
    assert (["east/m4"], "finetune", 7_000_000_000, dt.datetime(2024, 2, 15, 12, tzinfo=dt.UTC)) == tuple(
        rows["west/m9"][name] for name in ("base_models", "base_relation", "parameters", "created_at")
    )
    info = read_info(snapshot_path(store, dt.date(2025, 8, 15)))
    assert (1, 0) == (info.quarantined, info.repeated)


def test_a_month_is_brought_once_and_dropped_when_no_later_one_needs_it(archive: LoopbackDataset, store: Path) -> None:
    """Two weeks of two months ask for each file once; a second run asks for the list of days alone."""
    archive.requests.clear()
    fill(store, archive, "2025-06-23", "2025-07-06", "weeks")
    asked = [seen.path for seen in archive.requests if "/resolve/" in seen.path and "series" in seen.path]
    assert len(set(asked)) == len(asked)
    assert not (store / "backfill").exists()
    archive.requests.clear()
    again = fill(store, archive, "2025-06-23", "2025-07-06", "weeks")
    assert ((), ["meta.json"]) == (again.added, archive.files_asked())


def test_a_run_that_goes_on_reads_the_revision_that_it_began_with(archive: LoopbackDataset, store: Path) -> None:
    """The archive grows every day: what was chosen by its older state is not mixed with its newer one."""
    work = store / "backfill" / "model-pulse"
    work.mkdir(parents=True)
    revision = archive.commits[0][0]
    (work / "revision").write_text(revision)
    archive.commits.insert(0, ("b" * 40, dt.datetime(2026, 10, 6, 4, tzinfo=dt.UTC)))
    try:
        assert 1 == len(fill(store, archive, "2026-09-30", "2026-09-30", "days").added)
    finally:
        del archive.commits[0]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"meta.json": b"[]"}, r"meta\.json .* is of another form"),
        ({"meta.json": json.dumps({"days": ["soon"]}).encode()}, r"meta\.json .*Invalid isoformat string: 'soon'"),
        ({"series/2026-09.parquet": b"PAR1"}, r"2026-09\.parquet cannot be read"),
        ({"series/2026-09.parquet": "models.parquet"}, r"dl30 is missing"),
        ({"models.parquet": b"PAR1"}, r"models\.parquet cannot be read"),
    ],
)
def test_files_of_another_form_are_named(store: Path, changes: dict[str, bytes | str], told: str) -> None:
    """The error names the file; the ledger stays as it is."""
    dataset = make_pulse()
    files = dataset.revisions[dataset.commits[0][0]]
    files |= {path: files[data] if isinstance(data, str) else data for path, data in changes.items()}
    with serve_dataset(dataset), pytest.raises(FetchError, match=told):
        fill(store, dataset, "2026-09-20", "2026-09-30", "days")
    assert [NIGHT] == list_ends(store)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("elsewhere", ""), "one of model-pulse, weekly, hub-stats was expected"),
        (("weekly", "months"), "The archive weekly is read in weeks alone"),
        (("hub-stats", "weeks"), "The archive hub-stats is read in days alone"),
        (("model-pulse", "years"), "one of days, weeks, months, or --ends alone, was expected"),
    ],
)
def test_archives_and_steps_that_are_none_are_refused(arguments: tuple[str, str], told: str) -> None:
    """The message lists what there is."""
    with pytest.raises(FetchError, match=told):
        choose_archive(*arguments)


def compare_killed(archive: LoopbackDataset, store: Path, spans: Sequence[tuple[str, str, str]], times: int) -> Path:
    """Kill a backfill of some spans several times; its store is that of one that was left alone. Return it."""
    work = WORK.format(spans=list(spans), url=archive.url)
    killed, whole = kill_in_turn(store.parent, work, times)
    assert read_all(whole) == read_all(killed)
    return killed


def test_kills_leave_no_trace(archive: LoopbackDataset, store: Path) -> None:
    """Killed twice, before or within a change on the disk, the second time further on: the same bytes."""
    spans = [("days", "2026-09-13", "2026-09-14")]
    check_by_hand(compare_killed(archive, store, spans, 2), pick_days("2026-09-13", "2026-09-14", "days"))


@pytest.mark.soak
def test_two_years_of_months_and_thirty_days_killed_five_times(archive: LoopbackDataset, store: Path) -> None:
    """The whole archive, with all that is odd in it, is the ledger worked out by hand."""
    spans = [("months", "2024-09-01", "2026-08-31"), ("days", "2026-09-01", "2026-09-30")]
    killed = compare_killed(archive, store, spans, 5)
    ends = [day for step, first, last in spans for day in pick_days(first, last, step)]
    assert (24 + 28, FIRST_COUNTED.year) == (len(ends), 2024)
    check_by_hand(killed, ends)
    longer = [end for start, end in pairwise(ends) if (end - start).days > 31]
    kept = sorted({*longer, *ends[-2:], NIGHT})
    assert [str(day) for day in kept] == [path.stem for path in list_snapshots(killed)]
