"""The store's copy in a dataset repository: what is pushed, what is merged, and that nothing is ever lost or forced."""

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from huggingface_hub import constants

from generator.base.errors import LedgerError, RemoteError
from generator.ledger.families import FOLDER as FAMILIES
from generator.ledger.merge import find_breaks
from generator.ledger.store import list_dates, load_ledger, read_manifest
from generator.ledger.thinning import keep_nights
from generator.night import remote
from generator.night.remote import DatasetRepo, Pushed, parse_remote, pull, push
from generator.star.kept import FOLDER as SUMS
from generator.star.relations import open_star
from tests.loopback_repo import IDENTITY, PUBLISHER_TOKEN, READ, WRITE, LoopbackRepo
from tests.small import append_all
from tests.test_snapshot import put_snapshot
from tests.test_store import REGISTRY

pytestmark = pytest.mark.slow


def open_repo(hub: LoopbackRepo, waits: list[float] | None = None, jitter: float = 0.0) -> DatasetRepo:
    """Open the repository; waiting is written down instead."""
    held = [] if waits is None else waits
    return DatasetRepo(hub.repo, endpoint=hub.url, token=READ, sleep=held.append, jitter=lambda: jitter)


def put_days(store: Path, *days: int, count: int = 0) -> Path:
    """Put snapshots of October days into a store and append them; the counter grows by 10 a day."""
    if store.exists() and any(store.iterdir()):
        return _put(store, *days, count=count)
    shutil.copytree(_begin(*days, count=count).name, store, dirs_exist_ok=True)
    return store


@cache
def _begin(*days: int, count: int) -> TemporaryDirectory[str]:
    """Make a store of these days, once for all that begin with it."""
    folder = TemporaryDirectory()
    _put(Path(folder.name), *days, count=count)
    return folder


def _put(store: Path, *days: int, count: int) -> Path:
    for day in days:
        row = {"id": "a/x", "downloads_30d": 100 + day + count, "downloads_all_time": 1000 + 10 * day + count}
        put_snapshot(store, f"2026-10-{day:02}", row)
    append_all(store, REGISTRY)
    return store


def push_store(store: Path, hub: LoopbackRepo, waits: list[float] | None = None) -> Pushed:
    """Push a store; what the other night brought is appended to, as a night does it."""
    return push(store, open_repo(hub, waits), "a night", lambda: WRITE, finish=lambda _: _append(store))


def _append(store: Path) -> dict[str, bytes]:
    append_all(store, REGISTRY)
    return {}


def list_days(store: Path) -> list[int]:
    """List the days of October that a store's ledger knows; its files are whole and its intervals join."""
    load_ledger(store)
    manifest = read_manifest(store)
    assert [] == find_breaks(manifest)
    return [date.day for date in list_dates(manifest)]


@pytest.mark.parametrize(
    "text", ["maintainers/history", "hf://datasets/history", "hf://datasets/a/b/c", "hf://a/b", ""]
)
def test_an_address_that_is_none_is_refused(text: str) -> None:
    """The message shows one that is."""
    with pytest.raises(RemoteError, match="hf://datasets/OWNER/NAME"):
        parse_remote(text)


def test_an_address_names_a_repository() -> None:
    """The part that the Hub's client wants."""
    assert "maintainers/history" == parse_remote("hf://datasets/maintainers/history")


def test_what_was_pushed_comes_back_the_same(hub: LoopbackRepo, tmp_path: Path) -> None:
    """A store that is lost is pulled again: ledger, snapshots, journals and log are the same bytes."""
    ours = put_days(tmp_path / "ours", 1, 2)
    for name in ("nights/2026-10-02.json", "checks/2026-10-02.json"):
        (ours / name).parent.mkdir()
        (ours / name).write_text("{}\n", encoding="utf-8")
    pushed = push_store(ours, hub)
    assert (1, len(hub.head.files) - 1) == (pushed.tries, pushed.written)
    pull(tmp_path / "other", open_repo(hub))
    assert contents(ours) == contents(tmp_path / "other")


def contents(store: Path) -> dict[str, bytes]:
    """Return the bytes of all files of a store but those that are derived, which nothing pushes."""
    files = {path.relative_to(store).as_posix(): path for path in store.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if not name.startswith(f"{FAMILIES}/")}


def test_a_second_push_makes_no_commit(hub: LoopbackRepo, tmp_path: Path) -> None:
    """Everything is there already."""
    store = put_days(tmp_path / "store", 1, 2)
    push_store(store, hub)
    assert [0, 2] == [push_store(store, hub).written, len(hub.commits)]


def test_a_second_pull_brings_nothing(hub: LoopbackRepo, tmp_path: Path) -> None:
    """What is here with the same bytes is not asked for."""
    push_store(put_days(tmp_path / "ours", 1, 2), hub)
    pull(tmp_path / "other", open_repo(hub))
    hub.requests.clear()
    found = pull(tmp_path / "other", open_repo(hub))
    assert (0, False) == (found.files, found.changed)
    assert ["ledger/manifest.json"] == sorted({r.path.split("/resolve/")[1].split("/", 1)[1] for r in asked_files(hub)})


def asked_files(hub: LoopbackRepo) -> list[object]:
    """List the requests for files."""
    return [request for request in hub.requests if "/resolve/" in request.path]


def test_each_commit_names_its_parent(hub: LoopbackRepo, tmp_path: Path) -> None:
    """One commit a push, each on top of the one before."""
    for days in ((1, 2), (3,), (4,)):
        push_store(put_days(tmp_path / "store", *days), hub)
    assert 4 == len(hub.commits)
    assert [commit.oid for commit in hub.commits[:-1]] == [commit.named_parent for commit in hub.commits[1:]]


def test_the_next_day_of_somebody_else_is_kept(hub: LoopbackRepo, tmp_path: Path) -> None:
    """Both began at day 2; one adds day 3, the other day 4: the later push holds 3 and 4, as two intervals."""
    ours, theirs = (put_days(tmp_path / name, 1, 2) for name in ("ours", "theirs"))
    push_store(ours, hub)
    push_store(put_days(theirs, 3), hub)
    push_store(put_days(ours, 4), hub)
    assert [1, 2, 3, 4] == list_days(ours)
    pull(tmp_path / "check", open_repo(hub))
    assert [1, 2, 3, 4] == list_days(tmp_path / "check")


def test_an_earlier_day_that_comes_late_splits_the_interval(hub: LoopbackRepo, tmp_path: Path) -> None:
    """The other one was first with day 4: its interval from 2 to 4 becomes two, and the flow stays the same."""
    ours, theirs = (put_days(tmp_path / name, 1, 2) for name in ("ours", "theirs"))
    push_store(theirs, hub)
    push_store(put_days(theirs, 4), hub)
    assert 20.0 == load_ledger(theirs).entries[-1].flows["flow"].sum()
    push_store(put_days(ours, 3), hub)
    assert [1, 2, 3, 4] == list_days(ours)
    assert [10.0, 10.0] == [entry.flows["flow"].sum() for entry in load_ledger(ours).entries[-2:]]


def test_the_same_day_stands_once_as_it_was_pushed_first(hub: LoopbackRepo, tmp_path: Path) -> None:
    """Two nights read the same day a little apart: the second one takes the first one's."""
    ours, theirs = (put_days(tmp_path / name, 1, 2) for name in ("ours", "theirs"))
    push_store(theirs, hub)
    push_store(put_days(theirs, 3), hub)
    put_days(ours, 3, count=2)
    assert 0 == push_store(ours, hub).written
    assert [1, 2, 3] == list_days(ours)
    assert contents(theirs / "ledger") == contents(ours / "ledger")


def test_days_that_were_never_pushed_are_pushed_later(hub: LoopbackRepo, tmp_path: Path) -> None:
    """Three nights without the Hub, whose snapshots are gone but for the newest: all their intervals go out."""
    store = put_days(tmp_path / "store", 1, 2)
    push_store(store, hub)
    put_days(store, 3, 4, 5)
    for day in (1, 2, 3):
        (store / "snapshots" / f"2026-10-0{day}.parquet").unlink()
    push_store(store, hub)
    pull(tmp_path / "check", open_repo(hub))
    assert [1, 2, 3, 4, 5] == list_days(tmp_path / "check")


def test_two_histories_that_cannot_be_joined_are_an_error(hub: LoopbackRepo, tmp_path: Path) -> None:
    """Our interval overlaps theirs, and its snapshot is gone: the message names it, and nothing changes."""
    theirs = put_days(tmp_path / "theirs", 1, 6)
    push_store(theirs, hub)
    ours = put_days(tmp_path / "ours", 1, 3, 5)
    (ours / "snapshots" / "2026-10-03.parquet").unlink()
    before = contents(ours)
    with pytest.raises(LedgerError, match=r"2026-10-01 to 2026-10-03.*not held any more"):
        pull(ours, open_repo(hub))
    assert before == contents(ours)


def test_a_push_that_is_overtaken_begins_again(hub: LoopbackRepo, tmp_path: Path) -> None:
    """Somebody commits between our pull and our commit: refused with 412, merged, pushed on top."""
    ours, theirs = (put_days(tmp_path / name, 1, 2) for name in ("ours", "theirs"))
    push_store(ours, hub)
    put_days(theirs, 3)
    put_days(ours, 4)
    others = [lambda: push_store(theirs, hub)]

    def finish(_: object) -> dict[str, bytes]:
        _append(ours)
        while others:
            others.pop()()
        return {}

    pushed = push(ours, open_repo(hub), "a night", lambda: WRITE, finish=finish)
    assert 2 == pushed.tries
    assert [1, 2, 3, 4] == list_days(ours)
    assert [commit.oid for commit in hub.commits[:-1]] == [commit.named_parent for commit in hub.commits[1:]]


def test_a_commit_whose_answer_is_lost_is_not_made_twice(hub: LoopbackRepo, tmp_path: Path) -> None:
    """The connection breaks after the Hub took it: the next try finds everything there."""
    waits: list[float] = []
    hub.failing["commit"] = [0]
    pushed = push_store(put_days(tmp_path / "store", 1, 2), hub, waits)
    assert (2, 0, 2) == (pushed.tries, pushed.written, len(hub.commits))
    assert [1.0] == waits


@pytest.mark.parametrize("status", [409, 412])
def test_a_push_waits_for_a_lock_to_open(hub: LoopbackRepo, tmp_path: Path, status: int) -> None:
    """The Hub refuses six times, for a minute in all: the tries are not used up within seconds."""
    waits: list[float] = []
    hub.failing["commit"] = [status] * 6
    pushed = push_store(put_days(tmp_path / "store", 1, 2), hub, waits)
    assert (7, 2) == (pushed.tries, len(hub.commits))
    assert [1.0, 2.0, 4.0, 8.0, 16.0, 32.0] == waits


def test_two_that_were_refused_together_do_not_come_back_together(hub: LoopbackRepo) -> None:
    """Each waits up to half as long again, by chance; never longer than one window and its slack."""
    waits: list[float] = []
    for jitter in (0.0, 1.0):
        open_repo(hub, waits, jitter).pause(4.0)
    open_repo(hub, waits, 1.0).pause(300.0)
    assert [4.0, 6.0, 330.0] == waits


def test_the_newest_commit_is_read_from_the_list_of_commits(hub: LoopbackRepo, tmp_path: Path) -> None:
    """What the repository says of itself is one commit behind: a push on top of that would be refused."""
    push_store(put_days(tmp_path / "store", 1, 2), hub)
    hub.lag = 1
    assert 1 == push_store(put_days(tmp_path / "store", 3), hub).tries
    assert hub.commits[-2].oid == hub.head.named_parent


@pytest.mark.parametrize("route", ["commits", "tree", "preupload", "commit"])
def test_an_answer_that_is_none_is_asked_for_again(hub: LoopbackRepo, tmp_path: Path, route: str) -> None:
    """A page of a hotel's network, an empty list, another shape: no head, no file, no commit, and nobody's day lost."""
    ours, theirs = (put_days(tmp_path / name, 1, 2) for name in ("ours", "theirs"))
    push_store(put_days(theirs, 3), hub)
    hub.odd[route] = [b"<html>", b"[]", b"null", b'[{"id":7}]', b'{"error":"x"}', b'[{"id":"../../x"}]']
    push_store(put_days(ours, 4), hub)
    pull(tmp_path / "check", open_repo(hub))
    assert [1, 2, 3, 4] == list_days(tmp_path / "check")
    assert [] == hub.odd[route]


def test_answers_that_are_none_end_in_a_sentence(hub: LoopbackRepo, tmp_path: Path) -> None:
    """After eight tries the message names the repository and what came."""
    hub.odd["commits"] = [b"<html>"] * 8
    with pytest.raises(RemoteError, match=r"was asked 8 times.*no answer that can be read: JSONDecodeError"):
        push_store(put_days(tmp_path / "store", 1), hub)


@pytest.mark.parametrize("route", ["commits", "tree", "resolve", "preupload", "batch", "upload", "commit"])
def test_an_outage_of_a_moment_is_waited_out(hub: LoopbackRepo, tmp_path: Path, route: str) -> None:
    """On whatever way to the repository; nothing is lost or done twice."""
    push_store(put_days(tmp_path / "store", 1, 2), hub)
    hub.failing[route] = [503]
    push_store(put_days(tmp_path / "store", 3), hub)
    assert [] == hub.failing[route]
    assert 3 == len(hub.commits)


def test_an_outage_that_lasts_is_an_error(hub: LoopbackRepo, tmp_path: Path) -> None:
    """After eight tries, each wait longer than the one before; the store is as it was."""
    store = put_days(tmp_path / "store", 1, 2)
    before, waits = contents(store), []
    hub.failing["commits"] = [503] * 8
    with pytest.raises(RemoteError, match=r"maintainers/history was asked 8 times.*status 503"):
        push_store(store, hub, waits)
    assert waits == sorted(waits)
    assert before == contents(store)


def test_reading_and_writing_have_a_token_each(hub: LoopbackRepo, tmp_path: Path) -> None:
    """What only reads is never asked with the token that may write."""
    push_store(put_days(tmp_path / "store", 1, 2), hub)
    pull(tmp_path / "other", open_repo(hub))
    reading = {token for route in ("commits", "tree", "resolve") for token in hub.tokens[route]}
    writing = {token for route in ("preupload", "batch", "commit") for token in hub.tokens[route]}
    assert ({READ}, {WRITE}) == (reading, writing)


def test_without_the_right_to_write_the_message_says_how_to_get_it(hub: LoopbackRepo, tmp_path: Path) -> None:
    """Nothing is tried again: no later try would help."""
    with pytest.raises(
        RemoteError, match=r"status 403 from.*with a token.*HF_WRITE_TOKEN.*HF_OIDC_RESOURCE=datasets/maintainers"
    ):
        push(put_days(tmp_path / "store", 1), open_repo(hub), "a night", lambda: READ)
    assert 1 == len(hub.commits)


def test_a_firewalls_403_is_no_word_of_the_token(hub: LoopbackRepo, tmp_path: Path) -> None:
    """It comes as a page of HTML, and passes; the Hub's own 403 is JSON."""
    waits: list[float] = []
    hub.failing["commit"], hub.refusal = [403, 403], b"<!doctype html><title>Request blocked</title>"
    assert 3 == push_store(put_days(tmp_path / "store", 1), hub, waits).tries
    assert [1.0, 2.0] == waits


def test_a_trusted_publisher_needs_no_secret(
    hub: LoopbackRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The workflow's identity is exchanged for a token of this repository, and that one is sent with the commit."""
    hub.write_token = PUBLISHER_TOKEN
    monkeypatch.setattr(constants, "ENDPOINT", hub.url)
    monkeypatch.setenv("HF_OIDC_RESOURCE", f"datasets/{hub.repo}")
    monkeypatch.setenv("HF_OIDC_ID_TOKEN", IDENTITY)
    push(put_days(tmp_path / "store", 1), open_repo(hub), "a night", remote.exchange_identity)
    assert PUBLISHER_TOKEN == hub.head.token


def test_an_identity_that_is_missing_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trusted publishing is asked for, and this is no workflow."""
    for name in ("HF_OIDC_ID_TOKEN", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_OIDC_RESOURCE", "datasets/maintainers/elsewhere")
    with pytest.raises(RemoteError, match=r"HF_OIDC_RESOURCE is set, but no token came.*id-token: write"):
        remote.exchange_identity()


@pytest.mark.parametrize("path", ["ledger/", "snapshots/"])
def test_damage_in_the_repository_stays_out_of_the_store(hub: LoopbackRepo, tmp_path: Path, path: str) -> None:
    """A file whose bytes are not those of its hash is named, and the store is as it was."""
    push_store(put_days(tmp_path / "ours", 1, 2), hub)
    name = next(name for name in sorted(hub.head.files) if name.startswith(path) and name.endswith(".parquet"))
    hub.head.files[name] = hub.head.files[name][:-1] + b"x"
    store = put_days(tmp_path / "store", 1)
    (store / "snapshots" / "2026-10-01.parquet").write_bytes(
        (tmp_path / "ours/snapshots/2026-10-01.parquet").read_bytes()
    )
    before = contents(store)
    with pytest.raises(RemoteError, match=r"damaged.*has the hash"):
        pull(tmp_path / "fresh", open_repo(hub))
    assert [] == list((tmp_path / "fresh").rglob("*.parquet"))
    assert before == contents(store)


def test_a_file_that_the_manifest_names_and_the_repository_lacks_is_named(hub: LoopbackRepo, tmp_path: Path) -> None:
    """A commit by hand may have removed it."""
    push_store(put_days(tmp_path / "ours", 1), hub)
    name = next(name for name in hub.head.files if name.endswith(".models.parquet"))
    del hub.head.files[name]
    with pytest.raises(RemoteError, match=name):
        pull(tmp_path / "other", open_repo(hub))


def test_a_ledger_of_another_version_is_refused(hub: LoopbackRepo, tmp_path: Path) -> None:
    """A newer program has pushed: the message says both formats, and the store is as it was."""
    push_store(put_days(tmp_path / "ours", 1), hub)
    manifest = hub.head.files["ledger/manifest.json"]
    hub.head.files["ledger/manifest.json"] = manifest.replace(b"oms-ledger/", b"oms-ledger/9")
    with pytest.raises(LedgerError, match=r"has the format 'oms-ledger/9.*Update the program"):
        pull(tmp_path / "other", open_repo(hub))


def test_files_that_are_not_ours_stay(hub: LoopbackRepo, tmp_path: Path) -> None:
    """A card, attributes, a folder of somebody's: no push removes them."""
    hub.head.files["README.md"] = b"# The history\n"
    hub.head.files["papers/figure.parquet"] = b"x"
    push_store(put_days(tmp_path / "store", 1), hub)
    assert {"README.md", "papers/figure.parquet", ".gitattributes"} <= set(hub.head.files)


def test_a_snapshot_that_is_not_in_the_ledger_is_not_pushed(hub: LoopbackRepo, tmp_path: Path) -> None:
    """A gate may hold it."""
    store = put_days(tmp_path / "store", 1)
    put_snapshot(store, "2026-10-02", {"id": "a/x", "downloads_30d": 1})
    push(store, open_repo(hub), "a night", lambda: WRITE)
    assert ["snapshots/2026-10-01.parquet"] == [name for name in hub.head.files if name.startswith("snapshots/")]


def test_what_a_night_keeps_for_the_next_is_not_pushed(hub: LoopbackRepo, tmp_path: Path) -> None:
    """Families and sums are derived, and counted on nowhere but in the store that made them."""
    store = put_days(tmp_path / "store", 1, 2)
    open_star(keep_nights(load_ledger(store).entries), REGISTRY, keep_in=store)
    assert (1, 2) == tuple(len(list((store / folder).iterdir())) for folder in (FAMILIES, SUMS))
    push_store(store, hub)
    assert {"", "ledger", "snapshots", "nights", "checks"} >= {name.rpartition("/")[0] for name in hub.head.files}
    assert [] == [name for name in hub.head.files if FAMILIES in name or SUMS in name]


@pytest.mark.parametrize("damage", ["short", "gone", "no manifest"])
def test_a_pull_repairs_a_damaged_ledger(hub: LoopbackRepo, tmp_path: Path, damage: str) -> None:
    """As the message of the damage says: afterwards the store is the same as before it."""
    store = put_days(tmp_path / "store", 1, 2)
    push_store(store, hub)
    before = contents(store)
    path = next((store / "ledger").glob("*.models.parquet"))
    if damage == "short":
        path.write_bytes(path.read_bytes()[:-9])
    elif damage == "gone":
        path.unlink()
    else:
        shutil.rmtree(store / "ledger")
    if damage != "no manifest":
        with pytest.raises(LedgerError, match=f"{path.name} .*`oms pull` brings it"):
            load_ledger(store)
    pull(store, open_repo(hub))
    assert before == contents(store)
