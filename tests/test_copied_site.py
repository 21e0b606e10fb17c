"""A copy of somebody's site: real numbers to build on, marked wherever they stand, and never pushed."""

import datetime as dt
import gzip
import http.server
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from generator.base.errors import LedgerError, RemoteError
from generator.base.files import hash_bytes
from generator.base.http import look_up
from generator.base.strangers import PublicOnly
from generator.ledger.merge import merge_manifests
from generator.ledger.store import Manifest, load_ledger, read_manifest
from generator.night import restore as restoring
from generator.night.remote import DatasetRepo, check_own, push, push_held
from generator.night.restore import copy_site, restore
from generator.publish.site import SUMS, list_sums
from tests.servers import run_server
from tests.test_snapshot import put_snapshot
from tests.tree import Ended, copy_tree_for_nights, start_verbs

pytestmark = pytest.mark.slow
HERE = PublicOnly(with_loopback=True)
MANIFEST = "data/ledger/manifest.json"


@dataclass
class Stranger:
    """A site on this machine that sends what it is told to.

    Attributes:
        folder: its files.
        url: its address.
        moved: answers with another address, by path.
        packed: the paths whose answers are packed.
        asked: the paths that it was asked for.
    """

    folder: Path
    url: str = ""
    moved: dict[str, str] = field(default_factory=dict)
    packed: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def seal(self) -> None:
        """List the hashes of its data files anew."""
        (self.folder / SUMS).write_text("".join(f"{line}\n" for line in list_sums(self.folder)))

    def change_manifest(self, change: Callable[[dict], object]) -> None:
        """Change the manifest, and list its new hash."""
        raw = json.loads((self.folder / MANIFEST).read_text())
        change(raw)
        (self.folder / MANIFEST).write_text(json.dumps(raw))
        self.seal()

    def replace_file(self, ending: str, data: bytes) -> str:
        """Put other bytes in the place of the last interval's file, under their own hash; return its name."""
        found: list[str] = []

        def change(raw: dict) -> None:
            files = raw["intervals"][-1]["files"]
            name = files[ending].rpartition("-")[0] + f"-{hash_bytes(data)[:16]}.{ending}.parquet"
            files[ending] = name
            found.append(name)

        self.change_manifest(change)
        (self.folder / "data" / "ledger" / found[0]).write_bytes(data)
        self.seal()
        return found[0]


def serve(stranger: Stranger) -> Iterator[Stranger]:
    """Serve a site."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.lstrip("/")
            stranger.asked.append(path)
            if path in stranger.moved:
                self.send_response(302)
                self.send_header("Location", stranger.moved[path])
                self.end_headers()
                return
            file = stranger.folder / path
            body = file.read_bytes() if file.is_file() else b""
            self.send_response(200 if file.is_file() else 404)
            if path in stranger.packed:
                body = gzip.compress(body)
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with run_server(Handler) as address:
        stranger.url = f"{address}/"
        yield stranger


def put_day(store: Path, day: int) -> None:
    """Put a list of October into a store: three models of two countries."""
    made = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
    counts = {"Qwen/one": 500_000, "meta-llama/two": 460_000, "microsoft/three": 40_000}
    rows = [{"id": name, "downloads_30d": count + day, "created_at": made} for name, count in counts.items()]
    put_snapshot(store, f"2026-10-{day:02}", *rows, scope="selection")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Ended]]:
    """The program in a copy of its own."""
    with start_verbs(copy_tree_for_nights(tmp_path_factory.mktemp("tree"))) as verbs:
        yield verbs


@pytest.fixture(scope="module")
def built(run: Callable[..., Ended], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store of three days and the site that `oms build` made of it."""
    folder = tmp_path_factory.mktemp("built")
    for day in (1, 2, 3):
        put_day(folder / "store", day)
    words = ("build", "--store", folder / "store", "--site", folder / "site", "--today", "2026-10-04")
    ended = run(*words)
    assert 0 == ended.code, ended.err
    return folder


@pytest.fixture
def stranger(built: Path, tmp_path: Path) -> Iterator[Stranger]:
    """That site's data, served by somebody."""
    shutil.copytree(built / "site" / "data", tmp_path / "theirs" / "data")
    yield from serve(Stranger(tmp_path / "theirs"))


def copy(stranger: Stranger, store: Path, reach: PublicOnly = HERE) -> Manifest:
    """Copy a site into a store."""
    return copy_site(stranger.url, store, reach).manifest


def test_a_site_is_built_on_the_published_history_of_another(
    run: Callable[..., Ended], built: Path, stranger: Stranger, tmp_path: Path
) -> None:
    """The intervals are the same; every page, figure, file and quoted sentence says that they are a copy, and of what.

    The site of the copy publishes the mark, too: a store restored from it is a copy of the first site again.
    """
    store, site = tmp_path / "copy", tmp_path / "site"
    ended = run("restore", stranger.url, "--copy", "--allow-loopback", "--store", store)
    assert (0, True) == (ended.code, f"copied from {stranger.url}, unverified" in ended.out), ended.err
    assert read_manifest(built / "store").stored == read_manifest(store).stored
    assert f"An unverified copy of {stranger.url}" in run("status", "--store", store).out
    ended = run("build", "--store", store, "--site", site, "--today", "2026-10-04")
    assert 0 == ended.code, ended.err
    mark = f"Unverified copy of {stranger.url}."
    for page in sorted(site.glob("*.html")):
        assert "built from an unverified copy of" in page.read_text(), page.name
    unmarked = [path.parent.name for path in (site / "figures").glob("*/data.json") if mark not in path.read_text()]
    assert unmarked == []
    (copied,) = [line for line in (site / "index.html").read_text().splitlines() if "data-copy=" in line]
    assert mark in copied.replace("&#58;", ":").replace("&#47;", "/").replace("&#46;", ".")
    assert stranger.url == json.loads((site / MANIFEST).read_text())["copied_from"]


@pytest.mark.parametrize("verb", ["push", "nightly", "nightly --rebuild-only", "push --held", "pull"])
def test_a_copy_is_neither_pushed_nor_renewed(
    run: Callable[..., Ended], stranger: Stranger, tmp_path: Path, verb: str
) -> None:
    """The verbs name the site, and what to do; nothing is asked of the Hub, and the store stays."""
    store = tmp_path / "copy"
    copy(stranger, store)
    before = read_manifest(store)
    ended = run(*verb.split(), "--store", store, "--remote", "hf://datasets/maintainers/history")
    assert 1 == ended.code
    assert f"is an unverified copy of {stranger.url}" in ended.err
    assert "name another folder" in ended.err
    assert before == read_manifest(store)


def test_what_is_added_to_a_copy_leaves_it_one(stranger: Stranger, tmp_path: Path) -> None:
    """A merge keeps the mark, on whichever side it stands; the functions refuse as the verbs do."""
    store = tmp_path / "copy"
    marked = copy(stranger, store)
    for ours, theirs in ((marked, Manifest()), (Manifest(), marked)):
        assert stranger.url == merge_manifests(ours, theirs, ()).copied_from
    repo = DatasetRepo("maintainers/history", endpoint="http://127.0.0.1:9", sleep=lambda _: None)
    for refused in (push, push_held):
        with pytest.raises(RemoteError, match="unverified copy"):
            refused(store, repo, "a night", lambda: "hf_write")


def test_a_copy_of_a_copy_is_no_store_of_ones_own(stranger: Stranger, tmp_path: Path) -> None:
    """A restoration without --copy takes the mark over."""
    stranger.change_manifest(lambda raw: raw.update(copied_from="https://example.org/share/"))
    assert "https://example.org/share/" == restore(stranger.url, tmp_path / "again").manifest.copied_from
    with pytest.raises(RemoteError, match=r"example\.org"):
        check_own(tmp_path / "again")


def test_a_second_copy_brings_what_is_new(stranger: Stranger, tmp_path: Path) -> None:
    """Files that are there are not asked for; what a failure left behind is not asked for again either."""
    store = tmp_path / "copy"
    names = [name for line in copy(stranger, store).stored for name in line.files.values()]
    stranger.asked.clear()
    copy(stranger, store)
    assert [SUMS, MANIFEST, "data/corrections.csv"] == stranger.asked
    shutil.rmtree(store)
    lost = stranger.folder / "data" / "ledger" / names[-1]
    data = lost.read_bytes()
    lost.unlink()
    with pytest.raises(RemoteError, match="status 404"):
        copy(stranger, store)
    lost.write_bytes(data)
    stranger.asked.clear()
    copy(stranger, store)
    assert 1 == sum(path.endswith(".parquet") for path in stranger.asked)
    load_ledger(store)


def test_a_store_of_ones_own_is_not_replaced(stranger: Stranger, built: Path, tmp_path: Path) -> None:
    """Neither its ledger nor its snapshots; the message names another folder."""
    with pytest.raises(RemoteError, match=r"holds a ledger of your own.*STORE=copy"):
        copy(stranger, built / "store")
    put_day(tmp_path / "store", 1)
    with pytest.raises(RemoteError, match="holds snapshots of your own"):
        copy(stranger, tmp_path / "store")


def refuses(stranger: Stranger, tmp_path: Path, match: str, reach: PublicOnly = HERE) -> None:
    """Expect that a copy is refused, and that no store is made."""
    with pytest.raises((RemoteError, LedgerError), match=match):
        copy(stranger, tmp_path / "copy", reach)
    assert not (tmp_path / "copy").exists()


def test_this_machine_is_asked_when_it_is_allowed_alone(stranger: Stranger, tmp_path: Path) -> None:
    """Without the option nothing is sent; the message names the variable."""
    refuses(stranger, tmp_path, r"leads to 127\.0\.0\.1.*OMS_ALLOW_LOOPBACK=1", PublicOnly())
    assert [] == stranger.asked


@pytest.mark.parametrize(
    ("target", "address"),
    [
        ("http://10.0.0.1/x", "10.0.0.1"),
        ("https://169.254.169.254/latest/meta-data/", "169.254.169.254"),
        ("https://[fd00::1]/", "fd00::1"),
        ("https://[::ffff:192.168.0.1]/", "192.168.0.1"),
        ("https://0.0.0.0/", "0.0.0.0"),  # noqa: S104 - an address to be refused
        ("https://[64:ff9b::a00:1]/", "10.0.0.1"),
        ("https://[64:ff9b:1::a00:1]/", "64:ff9b:1::a00:1"),
        ("https://[::127.0.0.1]/", "::7f00:1"),
        ("https://[::ffff:0:10.0.0.1]/", "::ffff:0:a00:1"),
        ("https://[fec0::1]/", "fec0::1"),
        ("https://[2002:a00:1::]/", "10.0.0.1"),
    ],
)
def test_a_redirect_to_a_private_address_is_not_followed(
    stranger: Stranger, tmp_path: Path, target: str, address: str
) -> None:
    """Of the manifest: the address is refused before it is asked."""
    stranger.moved[MANIFEST] = target
    refuses(stranger, tmp_path, rf"leads to {address.replace('.', '[.]')}, which is no public address")


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.org/", "https://user:word@example.org/"])
def test_a_redirect_to_something_else_is_not_followed(stranger: Stranger, tmp_path: Path, target: str) -> None:
    """Nor to an address with a password."""
    stranger.moved[MANIFEST] = target
    refuses(stranger, tmp_path, "is no address of a public site")


def test_a_redirect_within_the_site_is_followed_a_few_times(stranger: Stranger, tmp_path: Path) -> None:
    """A site that moved is read; one that sends round in circles is not."""
    stranger.moved[SUMS] = "/moved"
    (stranger.folder / "moved").write_bytes((stranger.folder / SUMS).read_bytes())
    copy(stranger, tmp_path / "first")
    stranger.moved["moved"] = f"/{SUMS}"
    refuses(stranger, tmp_path, "from one address to the next, more than 5 times")


def test_a_name_that_changes_its_address_is_caught_at_the_connection(stranger: Stranger, tmp_path: Path) -> None:
    """Looked up it was public, reached it is not: nothing is sent."""
    lying = PublicOnly(look_up=lambda *_: ["93.184.215.14"])
    stranger.url = stranger.url.replace("http:", "https:")
    refuses(stranger, tmp_path, r"leads to 127\.0\.0\.1", lying)
    assert [] == stranger.asked


def test_a_public_site_is_encrypted(stranger: Stranger, tmp_path: Path) -> None:
    """What comes over http could be anybody's."""
    stranger.url = "http://example.org/"
    refuses(stranger, tmp_path, "is not encrypted", PublicOnly(look_up=lambda *_: ["93.184.215.14"]))


def test_one_private_address_of_several_is_enough() -> None:
    """The name of a machine in the house that also has a public address."""
    with pytest.raises(RemoteError, match=r"10\.1\.2\.3"):
        PublicOnly(look_up=lambda *_: ["93.184.215.14", "10.1.2.3"]).check("https://example.org/")
    assert "127.0.0.1" in look_up("localhost", 80)


def test_a_wrong_hash_copies_nothing(stranger: Stranger, tmp_path: Path) -> None:
    """Of a file of the ledger by its name, of the manifest and of the log by the list of hashes."""
    (name, *_) = sorted((stranger.folder / "data" / "ledger").glob("*.models.parquet"))
    data = name.read_bytes()
    name.write_bytes(b"PAR1 half of it")
    refuses(stranger, tmp_path, rf"{name.name} of .* is damaged")
    name.write_bytes(data)
    (stranger.folder / "data" / "corrections.csv").write_text("other\n")
    refuses(stranger, tmp_path, r"corrections\.csv of .* is damaged")
    (stranger.folder / MANIFEST).write_text("{}")
    refuses(stranger, tmp_path, r"manifest\.json of .* is damaged")


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_file_that_is_too_large_is_not_read_to_its_end(
    stranger: Stranger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_packed: bool
) -> None:
    """Nor asked for again; what is compressed on the way counts as what it unpacks to."""
    monkeypatch.setattr(restoring, "MAX_COPY_MANIFEST_BYTES", 100_000)
    stranger.change_manifest(lambda raw: raw.update(more=" " * 200_000))
    if is_packed:
        stranger.packed.add(MANIFEST)
    refuses(stranger, tmp_path, r"manifest\.json has more than 100,000 bytes")
    assert 1 == stranger.asked.count(MANIFEST)


@pytest.mark.parametrize(
    ("limit", "value", "match"),
    [
        ("MAX_COPY_FILES", 5, r"names 12 files and intervals; at most 5"),
        ("MAX_COPY_BYTES", 5_000, "has more than 5,000 bytes"),
        ("MAX_COPY_ROWS", 0, r"rows and .* unpacked bytes; at most 0"),
        ("MAX_COPY_UNPACKED_BYTES", 10, "unpacked bytes; at most"),
    ],
)
def test_a_site_that_sends_too_much_is_given_up(
    stranger: Stranger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, match: str
) -> None:
    """Files, bytes, rows, and what they unpack to: each with the limit in its message."""
    monkeypatch.setattr(restoring, limit, value)
    refuses(stranger, tmp_path, match)


def test_a_file_that_unpacks_to_far_more_is_not_opened(stranger: Stranger, tmp_path: Path) -> None:
    """Three million equal rows in some kilobytes: their number stands in the file's own description."""
    buffer = pa.BufferOutputStream()
    pq.write_table(pa.table({"id": pa.array(["x"] * 3_000_000).dictionary_encode()}), buffer)
    data = buffer.getvalue().to_pybytes()
    assert len(data) < 100_000
    name = stranger.replace_file("models", data)
    refuses(stranger, tmp_path, rf"{name} holds 3,000,000 rows")
    broken = stranger.replace_file("models", b"no parquet at all")
    refuses(stranger, tmp_path, rf"{broken} is no Parquet file")


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda raw: raw["intervals"][0]["files"].update(flows="../../../x-0123456789abcdef.parquet"), "expected"),
        (
            lambda raw: raw["intervals"][0]["interval"].update(models="many"),
            "models is 'many', expected a whole number",
        ),
        (lambda raw: raw["intervals"][0]["interval"].update(created_known=-1), "created_known is -1"),
        (lambda raw: raw["intervals"][0]["interval"].update(source=["x"]), r"source is \['x'\], expected a text"),
        (lambda raw: raw.update(earlier={"repository": "x", "intervals": [{"end": 1}]}), "earlier intervals"),
        (lambda raw: raw.update(copied_from="javascript:alert(1)"), "copied_from is .*, expected a web address"),
    ],
)
def test_a_manifest_that_was_made_to_harm_is_refused(
    stranger: Stranger, tmp_path: Path, change: Callable[[dict], object], match: str
) -> None:
    """Paths that lead elsewhere, numbers that are texts, addresses that are none."""
    stranger.change_manifest(change)
    refuses(stranger, tmp_path, match)


def test_the_words_of_a_stranger_are_single_lines(stranger: Stranger, tmp_path: Path) -> None:
    """The engine that draws the figures ends on some control characters."""
    stranger.change_manifest(lambda raw: raw["intervals"][-1]["interval"].update(source="a\x00b\n\u202ec"))
    assert "ab c" == copy(stranger, tmp_path / "copy").stored[-1].interval.source
