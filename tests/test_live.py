"""A published site: which build it shows, and the way back from a lost store."""

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import constants

from generator.audit.corrections import add_corrections
from generator.base.errors import LedgerError, RemoteError
from generator.ledger.store import list_dates, list_ledger_files, load_ledger, read_manifest
from generator.night.live import await_build, read_live_build
from generator.night.remote import DatasetRepo, push
from generator.night.restore import restore
from generator.publish import ledger_files as publish_ledger
from generator.publish.site import SUMS, list_sums
from generator.registry import Correction, read_corrections
from tests.loopback_repo import REPO, LoopbackRepo, serve_repo
from tests.servers import serve_folder
from tests.small import append_all
from tests.test_snapshot import put_snapshot
from tests.test_store import REGISTRY

OLD, NEW = "a" * 64, "b" * 64
pytestmark = pytest.mark.slow

BY_HAND = Correction(dt.date(2026, 10, 1), "a seat", "it moved", "FR", "US", "maintainer")
OVERRULED = [
    Correction(dt.date(2026, 10, day), "the gate total was overruled", "a new rule", "held", "accepted", "maintainer")
    for day in (2, 3)
]


class Site:
    """A folder that is served, and its address."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url

    def publish(self, name: str, data: bytes) -> None:
        """Put a file in its place."""
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(data)

    def seal(self) -> None:
        """List the hashes of its data files, as a build does."""
        self.publish(SUMS, "".join(f"{line}\n" for line in list_sums(self.folder)).encode())

    def show(self, build_id: str) -> None:
        """Show a build."""
        self.publish("data/build.json", json.dumps({"build_id": build_id}).encode())


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """An empty site on this machine."""
    folder = tmp_path / "site"
    folder.mkdir()
    with serve_folder(folder) as address:
        yield Site(folder, address)


class Waits:
    """A clock that goes on by its waits alone; something can happen after each of them."""

    def __init__(self) -> None:
        self.moment = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
        self.waits: list[float] = []
        self.after = lambda: None

    def sleep(self, seconds: float) -> None:
        """Go on by so many seconds."""
        self.waits.append(seconds)
        self.moment += dt.timedelta(seconds=seconds)
        self.after()


def test_a_deployment_is_waited_for(site: Site) -> None:
    """An old copy is served for some seconds; the third look finds the new one."""
    clock = Waits()
    site.show(OLD)
    clock.after = lambda: site.show(NEW if len(clock.waits) == 2 else OLD)
    assert 6.0 == await_build(site.url, NEW, lambda: clock.moment, clock.sleep)
    assert [2.0, 4.0] == clock.waits


@pytest.mark.parametrize("shown", [OLD, None])
def test_a_deployment_that_does_not_arrive_is_an_error(site: Site, shown: str | None) -> None:
    """After ten minutes, with what is shown and what was expected; no wait is longer than one minute."""
    clock = Waits()
    if shown:
        site.show(shown)
    with pytest.raises(RemoteError, match=f"shows the build {shown or 'without an id'}, expected {NEW}"):
        await_build(site.url, NEW, lambda: clock.moment, clock.sleep)
    assert 60.0 == max(clock.waits)
    assert sum(clock.waits) <= 600


@pytest.mark.parametrize("ending", ["", "index.html"])
def test_the_address_may_name_the_folder_or_its_first_page(site: Site, ending: str) -> None:
    """Both lead to the same build."""
    site.show(NEW)
    assert NEW == read_live_build(site.url + ending)


def test_no_answer_is_no_build() -> None:
    """A site that cannot be reached shows none."""
    assert read_live_build("http://127.0.0.1:9/") is None


@pytest.fixture
def store(tmp_path: Path, site: Site) -> Path:
    """A store of three days whose ledger is published."""
    folder = tmp_path / "store"
    for day in (1, 2, 3):
        put_day(folder, day)
    append_all(folder, REGISTRY)
    for path in list_ledger_files(folder):
        site.publish(f"data/ledger/{path.name}", path.read_bytes())
    add_corrections(tmp_path / "log", [BY_HAND, *OVERRULED])
    newest_first = read_corrections(tmp_path / "log" / "corrections.csv")[::-1]
    add_corrections(tmp_path / "published", newest_first)
    site.publish("data/corrections.csv", (tmp_path / "published" / "corrections.csv").read_bytes())
    site.seal()
    return folder


def put_day(store: Path, day: int) -> None:
    """Put the snapshot of an October day into a store: two models, one of them made on that day."""
    made = dt.datetime(2026, 10, day, 12, tzinfo=dt.UTC)
    old = {"id": "east/x", "downloads_30d": 300 + day, "downloads_all_time": 1000 + 10 * day}
    new = {"id": f"east/y{day}", "downloads_30d": 30, "downloads_all_time": 30, "created_at": made}
    put_snapshot(store, f"2026-10-{day:02}", old | {"created_at": dt.datetime(2025, 1, 1, tzinfo=dt.UTC)}, new)


def ledger_of(store: Path) -> dict[str, bytes]:
    """Return the bytes of a store's ledger."""
    return {path.name: path.read_bytes() for path in (store / "ledger").iterdir()}


def test_a_lost_store_is_made_again_from_the_site(site: Site, store: Path, tmp_path: Path) -> None:
    """The ledger is the same, byte for byte, and nothing else is left in the folder."""
    restore(site.url, tmp_path / "again", [BY_HAND])
    assert ledger_of(store) == ledger_of(tmp_path / "again")
    assert ["corrections.csv", "ledger"] == sorted(path.name for path in (tmp_path / "again").iterdir())


def test_the_log_of_corrections_comes_back(site: Site, store: Path, tmp_path: Path) -> None:
    """Oldest first, and without the entries that the registry holds."""
    restore(site.url, tmp_path / "again", [BY_HAND])
    assert tuple(OVERRULED) == read_corrections(tmp_path / "again" / "corrections.csv")


def test_the_night_after_it_goes_by_the_30_day_counts(site: Site, store: Path, tmp_path: Path) -> None:
    """The snapshot before is lost with the store: the day's flow is a rate, and old models are not taken for new."""
    again = tmp_path / "again"
    restore(site.url, again)
    put_day(again, 4)
    append_all(again, REGISTRY)
    last = load_ledger(again).entries[-1]
    assert ("rate", 1, 1) == (last.interval.basis, last.interval.days, last.interval.added)
    assert (304 + 30) / 30 == pytest.approx(last.flows["flow"].sum())
    assert 1 == last.births["models"].sum()
    put_day(again, 5)
    append_all(again, REGISTRY)
    assert "counter" == load_ledger(again).entries[-1].interval.basis


def test_a_snapshot_that_was_taken_away_is_not_a_lost_store(store: Path) -> None:
    """Older ones are held: the missing one is asked for, as before."""
    (store / "snapshots" / "2026-10-03.parquet").unlink()
    put_day(store, 4)
    with pytest.raises(LedgerError, match=r"2026-10-03\.parquet, is not held any more"):
        append_all(store, REGISTRY)


def test_a_damaged_file_restores_nothing(site: Site, store: Path, tmp_path: Path) -> None:
    """The message names it and both hashes; there is no ledger afterwards."""
    name = next(path.name for path in sorted((site.folder / "data" / "ledger").glob("*.models.parquet")))
    site.publish(f"data/ledger/{name}", b"PAR1 half of it")
    with pytest.raises(RemoteError, match=rf"{name}.*is damaged"):
        restore(site.url, tmp_path / "again")
    assert [] == list_dates(read_manifest(tmp_path / "again"))


def test_a_store_with_a_ledger_is_not_overwritten(site: Site, store: Path) -> None:
    """Nothing is read from the site."""
    before = ledger_of(store)
    with pytest.raises(RemoteError, match="has a ledger already"):
        restore(site.url, store)
    assert before == ledger_of(store)


@pytest.mark.parametrize("url", ["", "site", "file:///etc", "ftp://127.0.0.1/"])
def test_an_address_that_is_none_is_refused(tmp_path: Path, url: str) -> None:
    """Nothing is written."""
    with pytest.raises(RemoteError, match="was expected"):
        restore(url, tmp_path / "again")


def test_a_site_without_a_ledger_says_so(site: Site, tmp_path: Path) -> None:
    """It may be another site, or an older one."""
    with pytest.raises(RemoteError, match=r"data/SHA256SUMS cannot be read: status 404"):
        restore(site.url, tmp_path / "again")


@pytest.fixture
def hub(store: Path, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackRepo]:
    """A Hub with the store's copy; the site carries the newest interval alone and names the others."""
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr(publish_ledger, "SITE_INTERVALS", 1)
    with serve_repo(LoopbackRepo([])) as running:
        push(store, open_repo(running), "a night", lambda: "hf_write")
        shutil.rmtree(site.folder / "data" / "ledger")
        for path in publish_ledger.list_site_ledger(store, f"hf://datasets/{REPO}", tmp_path / "cache"):
            site.publish(f"data/ledger/{path.name}", path.read_bytes())
        site.seal()
        yield running


def open_repo(hub: LoopbackRepo) -> DatasetRepo:
    """Open the repository; nothing is waited for."""
    return DatasetRepo(REPO, endpoint=hub.url, sleep=lambda _: None)


def test_the_site_carries_the_newest_intervals_alone(hub: LoopbackRepo, site: Site, store: Path) -> None:
    """Of the others it names files, hashes and the repository; without a repository all of them go out."""
    folder = site.folder / "data" / "ledger"
    assert ["2026-10-02_2026-10-03"] == sorted({path.name[:21] for path in folder.glob("*.parquet")})
    remote, lines = publish_ledger.read_earlier((folder / "manifest.json").read_bytes())
    assert f"hf://datasets/{REPO}" == remote
    assert [dict(line.files) for line in read_manifest(store).stored[:-1]] == [line["files"] for line in lines]
    assert list_ledger_files(store) == publish_ledger.list_site_ledger(store, None, folder)


def test_a_restoration_follows_the_addresses(hub: LoopbackRepo, site: Site, store: Path, tmp_path: Path) -> None:
    """What the site does not carry comes from the repository: the ledger is the same, byte for byte."""
    found = restore(site.url, tmp_path / "again", [BY_HAND], lambda _: open_repo(hub))
    assert ((), "") == (found.lacking, found.reason)
    assert ledger_of(store) == ledger_of(tmp_path / "again")


@pytest.mark.parametrize("fault", ["not asked", "gone", "damaged"])
def test_a_restoration_says_what_it_lacks(
    hub: LoopbackRepo, site: Site, store: Path, tmp_path: Path, fault: str
) -> None:
    """The newest intervals come back; the dates of the others are told with the reason."""
    if fault == "gone":
        hub.head.files.pop("ledger/manifest.json")
    elif fault == "damaged":
        name = read_manifest(store).stored[0].files["flows"]
        hub.head.files[f"ledger/{name}"] = b"x"
    asked = None if fault == "not asked" else lambda _: open_repo(hub)
    found = restore(site.url, tmp_path / "again", [BY_HAND], asked)
    assert [dt.date(2026, 10, 1), dt.date(2026, 10, 2)] == list(found.lacking)
    assert found.reason
    assert [dt.date(2026, 10, 3)] == list_dates(read_manifest(tmp_path / "again"))
    load_ledger(tmp_path / "again")
