"""Packs: closed months and days of the dataset repository in a few files, and old repositories as they were."""

import datetime as dt
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from generator.base.errors import RemoteError
from generator.base.settings import MAX_PULL_REQUESTS
from generator.ledger.store import FRAMES, Manifest, Stored, load_ledger, read_manifest, save_entry, write_manifest
from generator.night import remote
from generator.night.packs import list_packs, name_pack, unpack, write_pack
from generator.night.remote import DatasetRepo, pull, push
from tests.histories import make_entries
from tests.killed import read_all
from tests.loopback_repo import READ, WRITE, LoopbackRepo
from tests.small import make_publisher, make_registry

pytestmark = pytest.mark.slow

# The last day of a month of 31 days: no day leaves more files loose.
NEWEST = dt.date(2026, 10, 31)
JOURNALS = ("nights", "checks", "published")


def open_repo(hub: LoopbackRepo) -> DatasetRepo:
    """Open the repository; nothing is waited for."""
    return DatasetRepo(hub.repo, endpoint=hub.url, token=READ, sleep=lambda _: None)


def fill_store(store: Path, nights: int, newest: dt.date = NEWEST) -> Path:
    """Fill a store with so many nights and their journals; all nights have the same rows."""
    (entry,) = make_entries([(newest, {"east/a": 900})], make_registry(make_publisher("east", "CN")), "")
    kind = save_entry(store, entry, "0" * 64)
    days = [newest - dt.timedelta(days=age) for age in range(nights - 1, -1, -1)]
    lines = tuple(_repeat(store, kind, day) for day in days)
    write_manifest(store, Manifest(lines))
    for name in kind.files.values():
        (store / "ledger" / name).unlink()
    for folder in JOURNALS:
        (store / folder).mkdir(exist_ok=True)
        for day in days:
            (store / folder / f"{day}.json").write_text(f'{{"date": "{day}"}}\n', encoding="utf-8")
    return store


def _repeat(store: Path, kind: Stored, day: dt.date) -> Stored:
    start, files = day - dt.timedelta(days=1), {}
    for name, ending in FRAMES.items():
        files[name] = f"{start}_{day}-{kind.files[name].rpartition('-')[2]}"
        shutil.copyfile(store / "ledger" / kind.files[name], store / "ledger" / files[name])
        assert files[name].endswith(ending)
    return Stored(replace(kind.interval, start=start, end=day, covered_days=1), kind.snapshot_sha256, files)


def send(store: Path, hub: LoopbackRepo) -> None:
    """Push a store."""
    push(store, open_repo(hub), "a night", lambda: WRITE)


@pytest.mark.parametrize(
    ("path", "pack"),
    [
        ("nights/2026-09-30.json", "packs/records-2026"),
        ("published/2025-12-31.json", "packs/records-2025"),
        ("ledger/2026-09-29_2026-09-30-0123456789abcdef.parquet", "packs/2026-09"),
        ("ledger/2026-10-03_2026-10-04-0123456789abcdef.models.parquet", "packs/2026-10-01"),
        ("checks/2026-10-05.json", "packs/2026-10-05"),
        ("nights/2026-10-09.json", None),
        ("nights/2026-11-01.json", None),
        ("snapshots/2026-09-30.parquet", None),
        ("ledger/manifest.json", None),
        ("held/2026-09-30.parquet", None),
    ],
)
def test_what_is_closed_belongs_to_a_pack(path: str, pack: str | None) -> None:
    """On 10 October: months before it, days of the month before the ninth; snapshots and the manifest never."""
    assert pack == name_pack(path, dt.date(2026, 10, 10))


def test_a_new_runner_asks_for_few_files(hub: LoopbackRepo, tmp_path: Path) -> None:
    """After 1,200 nights at most 200 requests bring the same bytes as were pushed, and the pull counts them rightly."""
    store = fill_store(tmp_path / "store", 1200)
    send(store, hub)
    hub.requests.clear()
    pulled = pull(tmp_path / "new", open_repo(hub))
    assert len(hub.requests) <= MAX_PULL_REQUESTS
    assert abs(pulled.requests - len(hub.requests)) <= 4
    assert read_all(store) == read_all(tmp_path / "new")


def test_a_second_push_and_a_second_pull_bring_nothing(hub: LoopbackRepo, tmp_path: Path) -> None:
    """Packs are known by their names: nothing is packed or asked for again."""
    store = fill_store(tmp_path / "store", 40)
    send(store, hub)
    commits = len(hub.commits)
    send(store, hub)
    assert commits == len(hub.commits)
    hub.requests.clear()
    pull(store, open_repo(hub))
    assert not [request for request in hub.requests if ".zip" in request.path]


def test_the_next_month_closes_the_one_before(hub: LoopbackRepo, tmp_path: Path) -> None:
    """Its loose files and packs of days give way to one pack; the journals stand in that of the year."""
    send(fill_store(tmp_path / "before", 10), hub)
    assert any(name.startswith("packs/2026-10-21-") for name in hub.head.files)
    after = fill_store(tmp_path / "after", 11, NEWEST + dt.timedelta(days=1))
    push(after, open_repo(hub), "a night", lambda: WRITE)
    names = [name for name in hub.head.files if "2026-10" in name and not name.startswith("ledger/2026-10-31_")]
    assert ["packs/2026-10"] == [name.rpartition("-")[0] for name in names]
    assert 1 == len([name for name in hub.head.files if name.startswith("packs/records-2026-")])
    pull(tmp_path / "new", open_repo(hub))
    assert read_all(after) == read_all(tmp_path / "new")


def test_a_repository_of_loose_files_is_read_and_packed(hub: LoopbackRepo, tmp_path: Path) -> None:
    """As earlier versions left it: the pull brings all of it, the next push packs it."""
    store = fill_store(tmp_path / "store", 10)
    hub.head.files.update(read_all(store))
    pull(tmp_path / "new", open_repo(hub))
    assert read_all(store) == read_all(tmp_path / "new")
    send(tmp_path / "new", hub)
    assert not [name for name in hub.head.files if name.startswith(("ledger/2026-10-26", "nights/2026-10-26"))]
    pull(tmp_path / "third", open_repo(hub))
    assert read_all(store) == read_all(tmp_path / "third")


def test_a_corrected_headline_changes_no_pack_of_the_ledger(hub: LoopbackRepo, tmp_path: Path) -> None:
    """Records of closed months stand apart: many small changes do not send the ledger again."""
    store = fill_store(tmp_path / "store", 40)
    send(store, hub)
    before = {name for name in hub.head.files if name.startswith("packs/")}
    (store / "published" / "2026-09-25.json").write_text("{}\n", encoding="utf-8")
    files, removed = remote._compare(store, dict.fromkeys(hub.head.files, ""), {})
    changed = {name.rpartition("-")[0] for name in (*files, *removed) if name.startswith("packs/")}
    assert {"packs/records-2026"} == changed
    assert any(name.startswith("packs/2026-09-") for name in before)


@pytest.mark.parametrize("damage", ["a file", "a member", "a stranger"])
def test_a_damaged_pack_stays_out_of_the_store(hub: LoopbackRepo, tmp_path: Path, damage: str) -> None:
    """Whether it is no pack, holds other bytes than its names say, or something that is no file of a store."""
    send(fill_store(tmp_path / "store", 40), hub)
    name = next(name for name in hub.head.files if name.startswith("packs/2026-09-"))
    if damage == "a file":
        hub.head.files[name] = b"x" * 30
    else:
        (tmp_path / "old.zip").write_bytes(hub.head.files[name])
        with zipfile.ZipFile(tmp_path / "old.zip") as pack:
            members: dict[str, Path | bytes] = {member: pack.read(member) for member in pack.namelist()}
        first = next(iter(members))
        members |= {first: b"x"} if damage == "a member" else {"../../evil.json": b"x"}
        write_pack(tmp_path / "new.zip", members, members)
        hub.head.files[name] = (tmp_path / "new.zip").read_bytes()
    with pytest.raises(RemoteError, match="damaged"):
        pull(tmp_path / "fresh", open_repo(hub))
    assert {} == read_all(tmp_path / "fresh")


def test_a_pack_that_is_gone_is_named_by_what_is_missing(hub: LoopbackRepo, tmp_path: Path) -> None:
    """A commit by hand may have removed it."""
    send(fill_store(tmp_path / "store", 40), hub)
    del hub.head.files[next(name for name in hub.head.files if name.startswith("packs/2026-09-"))]
    with pytest.raises(RemoteError, match=r"names files in its manifest that it does not have: ledger/2026-09"):
        pull(tmp_path / "fresh", open_repo(hub))


def test_a_pull_repairs_a_file_from_its_pack(hub: LoopbackRepo, tmp_path: Path) -> None:
    """What is damaged here is brought again."""
    store = fill_store(tmp_path / "store", 40)
    send(store, hub)
    before = read_all(store)
    path = store / "ledger" / read_manifest(store).stored[0].files["models"]
    path.write_bytes(b"x")
    pull(store, open_repo(hub))
    assert before == read_all(store)
    load_ledger(store)


def test_the_same_members_make_the_same_pack(tmp_path: Path) -> None:
    """Name and bytes, and back."""
    files: dict[str, Path | bytes] = {f"nights/2026-09-0{day}.json": b"{}" for day in (1, 2)}
    (pack, members), *_ = list_packs(files, NEWEST).items()
    for name in ("one", "other"):
        write_pack(tmp_path / name, members, files)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    assert pack == next(iter(list_packs(dict(reversed(files.items())), NEWEST)))
    assert list(files) == unpack(tmp_path / "one", tmp_path / "out")
    assert b"{}" == (tmp_path / "out" / "nights" / "2026-09-02.json").read_bytes()
