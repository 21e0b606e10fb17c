"""Past weeks in a store that has nights already: they are put before them, and what stands there stays."""

import datetime as dt
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from generator.base.errors import LedgerError
from generator.ledger.intervals import Interval
from generator.ledger.merge import find_breaks, merge_manifests
from generator.ledger.seam import find_free_until
from generator.ledger.store import FRAMES, Manifest, Stored, load_ledger, prune_snapshots, read_manifest
from generator.night.backfill import BackfillResult, run_backfill
from generator.sources.archive import WEEKLY
from generator.sources.archive_http import DatasetReader
from generator.sources.snapshot import list_snapshots
from tests.loopback import make_models
from tests.loopback_dataset import LoopbackDataset, count_models, make_weekly, serve_dataset
from tests.small import append_all, make_registry, write_night

pytestmark = pytest.mark.slow

REGISTRY = make_registry()
HUB = "Hugging Face Hub"
WEEK = dt.timedelta(days=7)
FIRST = dt.date(2026, 7, 1)
WEEKS = [FIRST + WEEK * number for number in range(6)]
"""First days of the archive's weeks: counts of 7 July to 11 August."""
NIGHT = dt.date(2026, 10, 20)
"""The first night: its counts of thirty days speak for the time from 21 September on."""
MODELS = 120
SCRIPT = """
import datetime, pathlib, sys
from generator.night.backfill import run_backfill
from generator.sources.archive import WEEKLY
from generator.sources.archive_http import DatasetReader
from tests.small import make_registry
first, last = datetime.date(2026, 1, 1), datetime.date(2026, 12, 31)
reader = DatasetReader(WEEKLY.repo, endpoint=sys.argv[2])
run_backfill(pathlib.Path(sys.argv[1]), WEEKLY, first, last, make_registry(), reader, last)
"""


@pytest.fixture(scope="module")
def archive() -> Iterator[LoopbackDataset]:
    """Six weeks of an archive."""
    with serve_dataset(make_weekly(len(WEEKS), MODELS, first=FIRST)) as dataset:
        yield dataset


def fill(store: Path, dataset: LoopbackDataset, weeks: Iterable[dt.date] = WEEKS) -> BackfillResult:
    """Run a backfill from the first to the last of some weeks."""
    chosen = list(weeks)
    reader = DatasetReader(WEEKLY.repo, endpoint=dataset.url)
    return run_backfill(store, WEEKLY, chosen[0], chosen[-1], REGISTRY, reader, dt.date(2026, 12, 31))


def pass_nights(store: Path, *days: dt.date, keep: int = 2) -> Manifest:
    """Add nights of the Hub, each as the nightly run does: append it, and keep the newest snapshots."""
    for day in days:
        write_night(store, day, count_models(make_models(MODELS), day))
        append_all(store, REGISTRY)
        prune_snapshots(store, HUB, keep)
    return read_manifest(store)


@pytest.fixture(scope="module")
def past(archive: LoopbackDataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with all weeks and no night, to be copied."""
    store = tmp_path_factory.mktemp("past")
    fill(store, archive)
    return store


def list_nights(count: int, first: dt.date = NIGHT) -> list[dt.date]:
    """List as many nights."""
    return [first + dt.timedelta(days=number) for number in range(count)]


def list_ends(manifest: Manifest) -> list[dt.date]:
    """List the dates of a ledger."""
    return [line.interval.end for line in manifest.stored]


def find_line(manifest: Manifest, end: dt.date) -> Stored:
    """Return the interval that ends on a date."""
    return next(line for line in manifest.stored if line.interval.end == end)


def hash_rows(line: Stored) -> dict[str, str]:
    """Return the hash of each file of an interval."""
    return {name: file.rpartition("-")[2].partition(".")[0] for name, file in line.files.items()}


def count_births(store: Path) -> int:
    """Count the models that the ledger has first, over all its intervals."""
    return sum(int(entry.births["models"].sum()) for entry in load_ledger(store).entries)


ENDS = [week + dt.timedelta(days=6) for week in WEEKS]


def test_weeks_go_before_nights_whose_snapshots_are_gone(archive: LoopbackDataset, tmp_path: Path) -> None:
    """Six weeks before four nights: only the start of the first night moves; its flows are the same bytes."""
    nights = list_nights(4)
    before = pass_nights(tmp_path, *nights)
    assert [path.stem for path in list_snapshots(tmp_path)] == [str(day) for day in nights[-2:]]
    result = fill(tmp_path, archive)
    after = read_manifest(tmp_path)
    assert (result.added, result.covered) == (tuple(ENDS), ())
    assert list_ends(after) == [*ENDS, *nights]
    assert find_breaks(after) == []
    assert after.stored[-3:] == before.stored[-3:]
    was, now = (find_line(manifest, NIGHT) for manifest in (before, after))
    assert (was.interval.start, now.interval.start) == (dt.date(2026, 9, 20), ENDS[-1])
    assert (was.interval.covered_days, now.interval.covered_days, now.interval.gap_days) == (30, 30, 40)
    assert [hash_rows(was)[name] == hash_rows(now)[name] for name in FRAMES] == [True, True, False, False]


def test_the_order_of_nights_and_weeks_changes_the_seam_alone(
    archive: LoopbackDataset, past: Path, tmp_path: Path
) -> None:
    """Either order gives the same intervals but that of the first night: counted since the last week, or by rate."""
    nights = list_nights(3)
    shutil.copytree(past, tmp_path / "past-first")
    past_first = pass_nights(tmp_path / "past-first", *nights)
    pass_nights(tmp_path / "nights-first", *nights)
    fill(tmp_path / "nights-first", archive)
    nights_first = read_manifest(tmp_path / "nights-first")
    assert list_ends(nights_first) == list_ends(past_first)
    different = [
        one.interval.end for one, other in zip(past_first.stored, nights_first.stored, strict=True) if one != other
    ]
    assert different == [NIGHT]
    one, other = (find_line(manifest, NIGHT).interval for manifest in (past_first, nights_first))
    assert (one.start, one.end, one.basis, one.covered_days) == (ENDS[-1], NIGHT, "counter", 70)
    assert (other.start, other.end, other.basis, other.covered_days) == (ENDS[-1], NIGHT, "rate", 30)


@pytest.mark.parametrize("gap_days", [40, 0])
def test_no_model_is_born_twice(archive: LoopbackDataset, tmp_path: Path, gap_days: int) -> None:
    """The first night had all models first; with weeks before it, it keeps those that were created since."""
    nights = list_nights(3, ENDS[-1] + dt.timedelta(days=30 + gap_days))
    pass_nights(tmp_path, *nights)
    before = count_births(tmp_path)
    fill(tmp_path, archive)
    seam = find_line(read_manifest(tmp_path), nights[0]).interval
    assert (seam.start, seam.gap_days) == (ENDS[-1], gap_days)
    assert count_births(tmp_path) == before


def test_where_the_first_night_is_held_the_order_changes_nothing(
    archive: LoopbackDataset, past: Path, tmp_path: Path
) -> None:
    """Its interval is then made again, from the last week and its own counts."""
    shutil.copytree(past, tmp_path / "past-first")
    pass_nights(tmp_path / "past-first", *list_nights(2))
    pass_nights(tmp_path / "nights-first", *list_nights(2))
    fill(tmp_path / "nights-first", archive)
    assert read_manifest(tmp_path / "nights-first") == read_manifest(tmp_path / "past-first")


def test_a_backfill_of_several_runs_with_nights_between(archive: LoopbackDataset, past: Path, tmp_path: Path) -> None:
    """Weeks, nights, more weeks, nights, the rest: the ledger of one run, wherever the nights came.

    The night after the first weeks spans more than thirty days; its snapshot stays, so that weeks fit into it.
    """
    nights = list_nights(6)
    shutil.copytree(past, tmp_path / "whole")
    whole = pass_nights(tmp_path / "whole", *nights)
    store = tmp_path / "parts"
    fill(store, archive, WEEKS[:2])
    pass_nights(store, *nights[:4])
    assert [path.stem for path in list_snapshots(store)][-3:] == [str(nights[0]), str(nights[2]), str(nights[3])]
    fill(store, archive, WEEKS[:4])
    pass_nights(store, *nights[4:])
    assert fill(store, archive).present == 4
    assert read_manifest(store) == whole


def test_nights_first_and_several_runs(archive: LoopbackDataset, tmp_path: Path) -> None:
    """The same where the nights came first: two runs, with nights before, between and after, are as one run."""
    nights = list_nights(7)
    pass_nights(tmp_path / "one", *nights)
    fill(tmp_path / "one", archive)
    store = tmp_path / "two"
    pass_nights(store, *nights[:3])
    fill(store, archive, WEEKS[:3])
    pass_nights(store, *nights[3:6])
    fill(store, archive)
    pass_nights(store, *nights[6:])
    assert read_manifest(store) == read_manifest(tmp_path / "one")


def test_what_the_first_night_counts_already_is_said(archive: LoopbackDataset, tmp_path: Path) -> None:
    """Weeks within the thirty days of a first night whose snapshot is gone are not read, but named."""
    nights = list_nights(3, dt.date(2026, 8, 25))
    pass_nights(tmp_path, *nights)
    archive.requests.clear()
    result = fill(tmp_path, archive)
    assert result.added == tuple(end for end in ENDS if end <= dt.date(2026, 7, 26))
    reason = "the interval from 2026-07-21 to 2026-08-25 counts these days, and its snapshot is not held any more"
    last = [week for week, end in zip(WEEKS, ENDS, strict=True) if end > dt.date(2026, 7, 26)]
    assert [text.partition(": ")[0] for text in result.covered] == [str(week) for week in last]
    assert len(archive.files_asked()) == len(WEEKS) - len(last)
    assert fill(tmp_path, archive).covered == tuple(f"{week}: {reason}" for week in last)


def test_a_date_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    """A snapshot put by hand into days that are counted stops the append; the ledger stays as it is."""
    nights = list_nights(4)
    before = pass_nights(tmp_path, *nights)
    with pytest.raises(LedgerError, match=r"2026-10-01 is new or changed.*2026-10-20 is not held any more"):
        pass_nights(tmp_path, dt.date(2026, 10, 1))
    assert read_manifest(tmp_path) == before


@pytest.mark.parametrize("kills", [1, pytest.param(6, marks=pytest.mark.soak)])
def test_kills_leave_no_trace(archive: LoopbackDataset, tmp_path: Path, kills: int) -> None:
    """A backfill before nights that is killed again and again, after drawn requests, ends as one left alone."""
    pass_nights(tmp_path / "whole", *list_nights(3))
    shutil.copytree(tmp_path / "whole", tmp_path / "killed")
    before = len(archive.requests)
    assert run(tmp_path / "whole", archive).wait() == 0
    requests = len(archive.requests) - before
    chance = random.Random(8)  # noqa: S311 - moments, no secrets
    for _ in range(kills):
        kill_after(run(tmp_path / "killed", archive), archive, chance.randint(1, requests))
        assert list_ends(read_manifest(tmp_path / "killed"))[-3:] == list_nights(3)
        assert find_breaks(read_manifest(tmp_path / "killed")) == []
        load_ledger(tmp_path / "killed")
    assert run(tmp_path / "killed", archive).wait() == 0
    assert read_manifest(tmp_path / "killed") == read_manifest(tmp_path / "whole")
    assert [path.name for path in list_snapshots(tmp_path / "killed")] == [
        path.name for path in list_snapshots(tmp_path / "whole")
    ]


def kill_after(process: subprocess.Popen[bytes], dataset: LoopbackDataset, requests: int) -> None:
    """Kill a backfill when it has made so many requests; one that goes on with less may end before."""
    last = len(dataset.requests) + requests
    while process.poll() is None and len(dataset.requests) < last:
        time.sleep(0.005)
    process.kill()
    process.wait()


def run(store: Path, dataset: LoopbackDataset) -> subprocess.Popen[bytes]:
    """Start a backfill of its own."""
    return subprocess.Popen([sys.executable, "-c", SCRIPT, str(store), dataset.url])


@pytest.mark.parametrize(
    ("basis", "covered_days", "expected"),
    [
        ("rate", 30, dt.date(2026, 10, 2)),
        ("counter", 61, dt.date(2026, 9, 1)),
        ("counter", 1, dt.date(2026, 10, 31)),
        ("mixed", 45, dt.date(2026, 9, 1)),
        ("none", 0, dt.date(2026, 11, 1)),
    ],
)
def test_dates_fit_before_the_days_that_flows_speak_for(basis: str, covered_days: int, expected: dt.date) -> None:
    """Of sixty-one days to 1 November, those at the beginning that no count covers are free."""
    start, end = dt.date(2026, 9, 1), dt.date(2026, 11, 1)
    interval = Interval(start, end, covered_days, basis, HUB, "hub", 1, 1.0, 0, 0, 0, ())
    assert find_free_until(interval) == expected


def make_line(start: int, end: int, sha256: str = "") -> Stored:
    """Make an interval between two days of November, of a snapshot with a hash."""
    first, last = dt.date(2026, 11, start), dt.date(2026, 11, end)
    interval = Interval(first, last, end - start, "rate", HUB, "hub", 1, 1.0, 0, 0, 0, ())
    return Stored(interval, sha256 or f"{end:064}", {})


def make_manifest(*lines: Stored) -> Manifest:
    """Make a ledger of intervals."""
    return Manifest(tuple(lines))


NIGHTS = make_manifest(make_line(10, 20), make_line(20, 21))


@pytest.mark.parametrize(
    "ours",
    [
        pytest.param(make_manifest(make_line(2, 5), make_line(5, 8), make_line(8, 20), make_line(20, 21)), id="before"),
        pytest.param(make_manifest(make_line(10, 12), make_line(12, 20), make_line(20, 21)), id="within the first"),
        pytest.param(make_manifest(make_line(2, 5), make_line(5, 20)), id="without the newest night"),
    ],
)
def test_a_merge_takes_what_was_put_between(ours: Manifest) -> None:
    """What was pushed stands but where ours parts it; the result joins, and pushed nights stay."""
    merged = merge_manifests(ours, NIGHTS, held=())
    assert list_ends(merged) == sorted({*list_ends(ours), *list_ends(NIGHTS)})
    assert find_breaks(merged) == []
    assert merge_manifests(NIGHTS, merged, held=()) == merged


def test_a_merge_parts_nothing_of_another_snapshot() -> None:
    """Where the same date was made from other bytes, what was pushed stands, and ours is refused as before."""
    ours = make_manifest(make_line(10, 12), make_line(12, 20, "f" * 64))
    with pytest.raises(LedgerError, match="2026-11-10 to 2026-11-12"):
        merge_manifests(ours, NIGHTS, held=())


def test_a_merge_parts_nothing_with_a_break() -> None:
    """Parts that do not fill the interval do not replace it."""
    ours = make_manifest(make_line(11, 12), make_line(12, 21))
    pushed = make_manifest(make_line(1, 10), make_line(10, 21))
    with pytest.raises(LedgerError, match="2026-11-11 to 2026-11-12"):
        merge_manifests(ours, pushed, held=())


def test_two_backfills_that_were_pushed_one_after_the_other() -> None:
    """The further one goes on from the shorter one, which others have pushed meanwhile with one more night."""
    pushed = make_manifest(make_line(1, 5), make_line(5, 20), make_line(20, 21), make_line(21, 22))
    ours = make_manifest(make_line(1, 5), make_line(5, 8), make_line(8, 20), make_line(20, 21))
    merged = merge_manifests(ours, pushed, held=())
    assert merged == replace(pushed, stored=(*ours.stored, pushed.stored[-1]))
