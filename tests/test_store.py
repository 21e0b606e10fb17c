"""The store: hash-named files, a manifest written last, intervals made again where a snapshot changed."""

import datetime as dt
import hashlib
import json
import random
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pyarrow.parquet as pq
import pytest

from generator.base.errors import LedgerError, SnapshotError
from generator.ledger.store import Manifest, Verdict, load_ledger, read_manifest, rebuild_ledger, update_ledger
from generator.registry import Family
from tests.small import accept, append_all, make_publisher, make_registry
from tests.test_snapshot import put_snapshot

pytestmark = pytest.mark.slow

REGISTRY = make_registry(make_publisher("east", "CN"))


def put(store: Path, date: str, downloads: int) -> Path:
    """Put a snapshot of one model into a store."""
    return put_snapshot(store, date, {"id": "east/x", "downloads_30d": downloads})


@cache
def make_filled() -> TemporaryDirectory[str]:
    """Make a store with three dates in its ledger, once for all that begins there."""
    folder = TemporaryDirectory()
    store = Path(folder.name)
    put(store, "2026-10-01", 300)
    put(store, "2026-10-02", 600)
    put(store, "2026-10-03", 900)
    append_all(store, REGISTRY)
    return folder


def fill(store: Path) -> Path:
    """Copy the store with three dates in its ledger; its files keep their times."""
    shutil.copytree(make_filled().name, store, dirs_exist_ok=True)
    return store


def spans(store: Path) -> list[tuple[str, str]]:
    """Return start and end of the ledger's intervals."""
    return [(str(line.interval.start), str(line.interval.end)) for line in read_manifest(store).stored]


def contents(store: Path) -> dict[str, tuple[int, bytes]]:
    """Return time of change and bytes of every file of the ledger."""
    return {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in (store / "ledger").iterdir()}


def test_each_snapshot_closes_an_interval(tmp_path: Path) -> None:
    """The first one's begins thirty days before it, the next ones' where the last ended."""
    assert [
        ("2026-09-01", "2026-10-01"),
        ("2026-10-01", "2026-10-02"),
        ("2026-10-02", "2026-10-03"),
    ] == spans(fill(tmp_path))


def test_files_are_named_by_the_hash_of_their_bytes(tmp_path: Path) -> None:
    """Sixteen digits of SHA-256; the manifest and four files for each of three intervals stand there, nothing else."""
    found = contents(fill(tmp_path))
    named = {name: data for name, (_, data) in found.items() if name != "manifest.json"}
    assert 12 == len(named)
    assert sorted(hashlib.sha256(data).hexdigest()[:16] for data in named.values()) == sorted(
        name.rpartition("-")[2].partition(".")[0] for name in named
    )


def test_the_manifest_is_written_last(tmp_path: Path) -> None:
    """A file that the manifest names is never younger than the manifest."""
    found = contents(fill(tmp_path))
    assert max(time for time, _ in found.values()) == found["manifest.json"][0]


def test_a_second_update_changes_nothing(tmp_path: Path) -> None:
    """Neither bytes nor times; and it says nothing."""
    said: list[str] = []
    before = contents(fill(tmp_path))
    append_all(tmp_path, REGISTRY, said.append)
    assert before == contents(tmp_path)
    assert [] == said


def test_the_same_snapshots_are_the_same_bytes(tmp_path: Path) -> None:
    """Built at once or one by one, here or there."""
    for date, downloads in (("2026-10-01", 300), ("2026-10-02", 600), ("2026-10-03", 900)):
        put(tmp_path / "one", date, downloads)
        append_all(tmp_path / "one", REGISTRY)
    found = {name: data for name, (_, data) in contents(tmp_path / "one").items()}
    assert {name: data for name, (_, data) in contents(fill(tmp_path / "two")).items()} == found


def test_the_order_of_arrival_does_not_matter(tmp_path: Path) -> None:
    """Five dates added in a shuffled order, with an update after each, make the ledger of five added at once."""
    dates = [(f"2026-10-{day:02}", 100 * day) for day in range(1, 6)]
    for date, downloads in random.Random(7).sample(dates, 5):  # noqa: S311 - a fixed shuffle
        put(tmp_path / "shuffled", date, downloads)
        append_all(tmp_path / "shuffled", REGISTRY)
    for date, downloads in dates:
        put(tmp_path / "ordered", date, downloads)
    append_all(tmp_path / "ordered", REGISTRY)
    assert read_manifest(tmp_path / "ordered") == read_manifest(tmp_path / "shuffled")


def test_a_changed_snapshot_makes_the_later_intervals_again(tmp_path: Path) -> None:
    """The first interval keeps its line; the two that depend on the changed one are new."""
    before = read_manifest(fill(tmp_path)).stored
    put(tmp_path, "2026-10-02", 660)
    after = append_all(tmp_path, REGISTRY).stored
    assert [True, False] == [before[0] == after[0], before[1] == after[1]]
    # 660 ÷ 30 × 1 day
    assert [300.0, 22.0, 30.0] == [entry.flows["flow"].sum() for entry in load_ledger(tmp_path).entries]
    assert {name for line in after for name in line.files.values()} | {"manifest.json"} == set(contents(tmp_path))


def test_an_inserted_snapshot_makes_the_later_intervals_again(tmp_path: Path) -> None:
    """A date between two known ones cuts their interval in two."""
    put(tmp_path, "2026-10-01", 300)
    put(tmp_path, "2026-10-05", 600)
    append_all(tmp_path, REGISTRY)
    put(tmp_path, "2026-10-03", 450)
    append_all(tmp_path, REGISTRY)
    assert [
        ("2026-09-01", "2026-10-01"),
        ("2026-10-01", "2026-10-03"),
        ("2026-10-03", "2026-10-05"),
    ] == spans(tmp_path)


def test_a_repeated_snapshot_is_set_aside(tmp_path: Path) -> None:
    """Yesterday's counts again close no interval; the next one spans both days."""
    put(tmp_path, "2026-10-01", 300)
    put(tmp_path, "2026-10-02", 300)
    put(tmp_path, "2026-10-03", 900)
    append_all(tmp_path, REGISTRY)
    assert [("2026-09-01", "2026-10-01"), ("2026-10-01", "2026-10-03")] == spans(tmp_path)
    assert (dt.date(2026, 10, 2),) == load_ledger(tmp_path).repeated


def test_what_a_verdict_holds_is_left_out(tmp_path: Path) -> None:
    """The next interval spans its day, and the ledger does not know the date."""
    fill(tmp_path)
    put(tmp_path, "2026-10-04", 300)
    put(tmp_path, "2026-10-05", 930)
    held = {"2026-10-04"}

    def judge(path: Path, ledger: Manifest) -> Verdict:
        return replace(accept(path, ledger), held_by=("total",) if path.stem in held else ())

    update_ledger(tmp_path, REGISTRY, judge=judge)
    assert ("2026-10-03", "2026-10-05") == spans(tmp_path)[-1]
    held.clear()
    update_ledger(tmp_path, REGISTRY, judge=judge)
    assert [("2026-10-03", "2026-10-04"), ("2026-10-04", "2026-10-05")] == spans(tmp_path)[-2:]


def test_a_verdict_speaks_of_its_bytes_only(tmp_path: Path) -> None:
    """One on another file of the same date lets nothing in."""
    before = contents(fill(tmp_path))
    put(tmp_path, "2026-10-04", 300)
    with pytest.raises(LedgerError, match=r"verdict on the snapshot .*2026-10-04.* hash 0123"):
        update_ledger(tmp_path, REGISTRY, judge=lambda *_: Verdict("0123" * 16))
    assert before == contents(tmp_path)


def test_what_the_ledger_holds_is_not_judged_again(tmp_path: Path) -> None:
    """A day before it is new: the later ones, which it took with these bytes, are made again without a question."""
    fill(tmp_path)
    put(tmp_path, "2026-09-30", 270)
    asked: list[str] = []

    def judge(path: Path, ledger: Manifest) -> Verdict:
        asked.append(path.stem)
        return accept(path, ledger)

    update_ledger(tmp_path, REGISTRY, judge=judge)
    assert {"2026-09-30"} == set(asked)
    assert 4 == len(spans(tmp_path))


def test_old_snapshots_may_go(tmp_path: Path) -> None:
    """Only the newest is needed for the next day; the ledger keeps the past."""
    fill(tmp_path)
    (tmp_path / "snapshots" / "2026-10-01.parquet").unlink()
    (tmp_path / "snapshots" / "2026-10-02.parquet").unlink()
    put(tmp_path, "2026-10-04", 300)
    append_all(tmp_path, REGISTRY)
    assert [300.0, 20.0, 30.0, 10.0] == [entry.flows["flow"].sum() for entry in load_ledger(tmp_path).entries]


def test_without_the_snapshot_before_nothing_is_added(tmp_path: Path) -> None:
    """The message names the file that is missing; the ledger stays."""
    before = contents(fill(tmp_path))
    (tmp_path / "snapshots" / "2026-10-03.parquet").unlink()
    put(tmp_path, "2026-10-04", 300)
    with pytest.raises(LedgerError, match=r"2026-10-04 cannot be added.*2026-10-03\.parquet.*not held any more"):
        append_all(tmp_path, REGISTRY)
    assert before == contents(tmp_path)


def test_an_old_date_cannot_be_changed_when_later_ones_are_gone(tmp_path: Path) -> None:
    """The intervals after it could not be made again; the message names what is missing."""
    before = contents(fill(tmp_path))
    (tmp_path / "snapshots" / "2026-10-02.parquet").unlink()
    put(tmp_path, "2026-10-01", 1)
    with pytest.raises(LedgerError, match=r"2026-10-01 is new or changed.*2026-10-02 is not held any more"):
        append_all(tmp_path, REGISTRY)
    assert before == contents(tmp_path)


def test_a_damaged_file_is_refused_by_name_and_hash(tmp_path: Path) -> None:
    """One changed byte: the message says which file, which hash was found and which was expected."""
    line = read_manifest(fill(tmp_path)).stored[1]
    path = tmp_path / "ledger" / line.files["flows"]
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    found = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    with pytest.raises(LedgerError) as caught:
        load_ledger(tmp_path)
    assert str(path) in str(caught.value)
    assert f"have the hash {found}, expected {hashlib.sha256(data).hexdigest()[:16]}" in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The manifest names it, so it must be there."""
    line = read_manifest(fill(tmp_path)).stored[2]
    (tmp_path / "ledger" / line.files["models"]).unlink()
    with pytest.raises(LedgerError, match=rf"{line.files['models']} cannot be read.*bring the file back"):
        load_ledger(tmp_path)


def test_a_file_that_the_manifest_does_not_name_does_not_exist(tmp_path: Path) -> None:
    """What a killed run left behind is not read, and goes with the next change."""
    stray = fill(tmp_path) / "ledger" / "2026-10-03_2026-10-04-0123456789abcdef.parquet"
    stray.write_bytes(b"half a file")
    assert 3 == len(load_ledger(tmp_path).entries)
    put(tmp_path, "2026-10-04", 300)
    append_all(tmp_path, REGISTRY)
    assert not stray.exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "cannot be read"),
        ("[]", "cannot be read"),
        ('{"format": "oms-ledger/3"}', "cannot be read"),
        ('{"format": "oms-ledger/3", "intervals": [{}], "repeated": []}', "cannot be read"),
        ('{"format": "oms-ledger/9"}', "'oms-ledger/9', expected 'oms-ledger/3'"),
    ],
)
def test_a_damaged_manifest_is_refused(tmp_path: Path, text: str, told: str) -> None:
    """The message names the file and tells how to make the ledger anew."""
    path = fill(tmp_path) / "ledger" / "manifest.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LedgerError) as caught:
        load_ledger(tmp_path)
    assert str(path) in str(caught.value)
    assert told in str(caught.value)


def test_the_manifest_is_readable_json(tmp_path: Path) -> None:
    """Dates as ISO text, anomalies as objects, one line end at the end."""
    raw = json.loads((fill(tmp_path) / "ledger" / "manifest.json").read_text(encoding="utf-8"))
    assert ["oms-ledger/3", "2026-10-01"] == [raw["format"], raw["intervals"][0]["interval"]["end"]]


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    """Loading twice gives the same frames, with whole numbers that can be missing."""
    one, other = load_ledger(fill(tmp_path)), load_ledger(tmp_path)
    pd.testing.assert_frame_equal(one.entries[0].flows, other.entries[0].flows)
    assert "Int64" == str(one.entries[0].flows["downloads_all_time"].dtype)


def test_an_empty_store_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    """No snapshot and no ledger: fetch or import first."""
    with pytest.raises(SnapshotError, match=r"holds no snapshot.*oms fetch.*oms import"):
        append_all(tmp_path, REGISTRY)


def test_a_ledger_alone_is_enough(tmp_path: Path) -> None:
    """Without any snapshot the ledger stays as it is."""
    before = contents(fill(tmp_path))
    for path in (tmp_path / "snapshots").iterdir():
        path.unlink()
    append_all(tmp_path, REGISTRY)
    assert before == contents(tmp_path)


def test_a_file_whose_name_is_no_date_is_refused(tmp_path: Path) -> None:
    """2026-13-45 has the look of a date and is none."""
    put(tmp_path, "2026-10-01", 300).rename(tmp_path / "snapshots" / "2026-13-45.parquet")
    with pytest.raises(SnapshotError, match=r"2026-13-45.*a date as YYYY-MM-DD was expected"):
        append_all(tmp_path, REGISTRY)


def test_a_renamed_snapshot_is_refused(tmp_path: Path) -> None:
    """The file says 1 October, its name says 2 October: which is true is not for the program to guess."""
    put(tmp_path, "2026-10-01", 300).rename(tmp_path / "snapshots" / "2026-10-02.parquet")
    with pytest.raises(SnapshotError, match=r"2026-10-02\.parquet says that its counts are of 2026-10-01"):
        append_all(tmp_path, REGISTRY)


def test_a_rebuild_gives_the_same_bytes(tmp_path: Path) -> None:
    """Derived again from the same snapshots nothing changes, not even a file's time."""
    before = {name: data for name, (_, data) in contents(fill(tmp_path)).items()}
    found = rebuild_ledger(tmp_path, REGISTRY)
    assert [3, (), {}] == [len(found.again), found.changed, dict(found.kept)]
    assert before == {name: data for name, (_, data) in contents(tmp_path).items()}


def test_a_rebuild_heals_what_can_be_derived(tmp_path: Path) -> None:
    """A file of an interval is gone; the snapshots are held, so the rebuild writes it again under its name."""
    line = read_manifest(fill(tmp_path)).stored[1]
    path = tmp_path / "ledger" / line.files["flows"]
    data = path.read_bytes()
    path.unlink()
    rebuild_ledger(tmp_path, REGISTRY)
    assert data == path.read_bytes()


def test_a_rebuild_keeps_what_it_cannot_derive(tmp_path: Path) -> None:
    """Without 2 October neither its interval nor the next one can be derived: both stay, with the reason."""
    before = read_manifest(fill(tmp_path))
    (tmp_path / "snapshots" / "2026-10-02.parquet").unlink()
    found = rebuild_ledger(tmp_path, REGISTRY)
    assert (dt.date(2026, 10, 1),) == found.again
    assert {
        2: "the snapshot of 2026-10-02 is not held any more",
        3: "the snapshot of 2026-10-02 is not held any more",
    } == {date.day: reason for date, reason in found.kept.items()}
    assert before == read_manifest(tmp_path)


def test_a_rebuild_leaves_a_changed_snapshot_to_the_build(tmp_path: Path) -> None:
    """It would make the intervals after it again too; a rebuild derives, it does not take in."""
    before = read_manifest(fill(tmp_path))
    put(tmp_path, "2026-10-02", 660)
    found = rebuild_ledger(tmp_path, REGISTRY)
    assert "the snapshot of 2026-10-02 is another one now; `oms build` takes it in" == found.kept[dt.date(2026, 10, 2)]
    assert before.stored[1] == read_manifest(tmp_path).stored[1]


def test_a_rebuild_follows_a_new_family(tmp_path: Path) -> None:
    """A pattern of the registry that was not there before changes origins of the past, where snapshots are held."""
    put_snapshot(tmp_path, "2026-10-01", {"id": "west/grand-7b", "downloads_30d": 900})
    append_all(tmp_path, REGISTRY)
    told = replace(REGISTRY, families=(Family("Grand", "grand", "east", "language", ""),))
    assert (dt.date(2026, 10, 1),) == rebuild_ledger(tmp_path, told).changed
    assert ["east"] == load_ledger(tmp_path).entries[0].flows["origin"].tolist()


def test_nothing_can_be_rebuilt_without_a_ledger(tmp_path: Path) -> None:
    """The message says how to make one."""
    put(tmp_path, "2026-10-01", 300)
    with pytest.raises(LedgerError, match=r"holds no ledger.*oms build"):
        rebuild_ledger(tmp_path, REGISTRY)


def test_texts_of_their_own_are_written_as_they_are(tmp_path: Path) -> None:
    """Ids and publishers are not numbered in the file, what says little is."""
    put(tmp_path, "2026-10-01", 300)
    append_all(tmp_path, REGISTRY)
    (entry,) = load_ledger(tmp_path).entries
    path = entry.locate("models")
    assert path
    group = pq.read_metadata(path).row_group(0)
    encodings = {
        group.column(place).path_in_schema: group.column(place).encodings for place in range(group.num_columns)
    }
    numbered = {name for name, used in encodings.items() if "RLE_DICTIONARY" in used}
    assert (set(), {"origin"}) == (numbered & {"id", "key", "publisher"}, numbered & {"origin"})
