"""Mistakes in what people and disks hand in: each is named, all at once, and nothing is written."""

# ruff: noqa: E501 - the tables have a case to a line

import datetime as dt
import json
import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from generator.base.errors import LedgerError, RegistryError, SnapshotError
from generator.ledger.store import load_ledger, read_manifest
from generator.registry import Registry, load_registry
from generator.registry.load import FOLDER
from generator.sources.snapshot import snapshot_path
from tests.small import append_all, make_registry
from tests.test_snapshot import put_snapshot
from tests.tree import Ended, copy_tree, hash_files, run_oms, start_verbs

pytestmark = pytest.mark.slow

# After every date that the registry holds, and before the one that is a mistake.
TODAY = dt.date(2040, 1, 1)
PUBLISHER = "acme{},Acme,company,US,,,,,imprint,https://acme.example/,2026-11-23,"
OPENNESS = "{},open,undisclosed,none,mit,open,yes,open-weights,https://x.example/,2026-11-23,"
FIGURE = (
    "figure-{},Someone,2026-01-02,What it is,CN,0.171,share,2025-01-01,2025-12-31,Downloads,12m-all-publisher,no,no,"
    "It counts otherwise,primary,https://x.example/,2026-11-23"
)
EVENT = "2026-04-22,It went up {},surge,CN,Qwen,184,Someone,https://x.example/,2026-11-27,"


def publisher(number: int, before: str = "", after: str = "") -> str:
    """Make a publisher's line with one thing changed."""
    return PUBLISHER.format(number).replace(before, after, 1)


def figure(number: int, before: str = "", after: str = "") -> str:
    """Make a published figure's line with one thing changed."""
    return FIGURE.format(number).replace(before, after, 1)


def event(number: int, before: str, after: str) -> str:
    """Make an event's line with one thing changed."""
    return EVENT.format(number).replace(before, after, 1)


# What, the file, the line, and what is told of it.
MISTAKES = [
    ("a handle with a space", "publishers.csv", publisher(1, "acme1", "ac me"), "handle is 'ac me'"),
    ("an unknown kind", "publishers.csv", publisher(2, "company", "firm"), "kind is 'firm'"),
    ("an unknown country", "publishers.csv", publisher(3, "US", "XX"), "country is 'XX'"),
    ("a country in small letters", "publishers.csv", publisher(31, "US", "us"), "country is 'us'"),
    ("a country by its name", "publishers.csv", publisher(4, "US", "Germany"), "country is 'Germany'"),
    ("a company without a seat", "publishers.csv", publisher(5, "US", ""), "company without a country"),
    ("a person with a country", "publishers.csv", publisher(6, "Acme,company", ",person"), "acme6 is a person"),
    ("a person with a parent's", "publishers.csv", "acme7,,person,,,US,,,a,https://a.example/,2026-11-23,", "a person"),
    ("a seat without evidence", "publishers.csv", publisher(8, "imprint", "unverified"), "acme8 is unverified"),
    ("no source", "publishers.csv", publisher(9, "https://acme.example/", ""), "has no source_url"),
    ("an address that is none", "publishers.csv", publisher(10, "https://", "javascript:"), "source_url is"),
    ("a date in words", "publishers.csv", publisher(11, "2026-11-23", "today"), "checked_on is 'today'"),
    ("a day that is none", "publishers.csv", publisher(12, "11-23", "02-30"), "checked_on is '2026-02-30'"),
    ("a date without dashes", "publishers.csv", publisher(13, "2026-11-23", "20261123"), "checked_on is '20261123'"),
    ("a day to come", "publishers.csv", publisher(14, "2026", "2062"), "checked_on is 2062-11-23, expected a day up"),
    ("an alias of nobody", "publishers.csv", publisher(15, "US,,,,", "US,,,nobody-at-all,"), "alias_of is 'nobody-at"),
    ("an alias of itself", "publishers.csv", publisher(16, "US,,,,", "US,,,acme16,"), "alias_of is 'acme16'"),
    ("a circle of aliases", "publishers.csv", publisher(17, "US,,,,", "US,,,acme18,"), "alias_of is 'acme18'"),
    ("and its other half", "publishers.csv", publisher(18, "US,,,,", "US,,,acme17,"), "alias_of is 'acme17'"),
    ("a rename in month 13", "publishers.csv", publisher(19, "US,,,,", "US,,,Qwen,2025-13"), "alias_since is"),
    ("a rename without a name", "publishers.csv", publisher(20, "US,,,,", "US,,,,2025"), "alias_of is empty"),
    ("a handle in other letters", "publishers.csv", publisher(21, "acme21", "QWEN"), "'qwen' stands already at"),
    ("too few cells", "publishers.csv", "acme22,Acme,company", "3 cells, expected 12"),
    ("too many cells", "publishers.csv", publisher(23) + ",more", "13 cells, expected 12"),
    ("a quote that is not closed", "publishers.csv", publisher(24, "Acme", '"Acme'), "a quote is not closed"),
    ("a trailing space", "publishers.csv", publisher(25, "Acme,", "Acme ,"), "organisation: a cell begins or ends"),
    ("a formula", "publishers.csv", publisher(26, "Acme,", "=1+1,"), "organisation begins with '='"),
    ("a null character", "publishers.csv", publisher(27, "Acme", "Ac\x00me"), "invisible character U+0000"),
    ("a zero-width space", "publishers.csv", publisher(28, "Acme", "Ac\u200bme"), "invisible character U+200B"),
    ("text that runs backwards", "publishers.csv", publisher(29, "Acme", "Ac\u202eme"), "invisible character U+202E"),
    ("an accent apart", "publishers.csv", publisher(30, "Acme", "Acme\u0301"), "letters with separate accents"),
    ("a conflict left by git", "publishers.csv", "<<<<<<< HEAD", "1 cells, expected 12"),
    ("an empty line", "publishers.csv", "", "0 cells, expected 12"),
    ("a code in small letters", "countries.csv", "xx,999,Nowhere,no,", "code is 'xx'"),
    ("a short number", "countries.csv", "XY,99,Nowhere,no,", "numeric is '99'"),
    ("no part of the world", "countries.csv", "XZ,998,,no,", "region is ''"),
    ("neither yes nor no", "countries.csv", "YZ,997,Nowhere,maybe,", "eu is 'maybe'"),
    ("a pattern that does not compile", "families.csv", "New1,new(,Qwen,language,", "pattern is 'new('"),
    ("a pattern in capitals", "families.csv", "New2,New,Qwen,language,", "a lower-case regular expression"),
    ("a capture group", "families.csv", "New3,(new),Qwen,language,", "no capture group"),
    ("a pattern that takes everything", "families.csv", "New4,(?:new)?,Qwen,language,", "it takes every model"),
    ("a pattern without an end", "families.csv", "New5,(?:[a-z]+)+x,Qwen,language,", "no repeated group"),
    ("a pattern of many repeats", "families.csv", "New6,a*a*a*a*a*b,Qwen,language,", "at most 4 repeats"),
    ("an origin that nobody knows", "families.csv", "New7,new,nobody-at-all,language,", "origin is 'nobody-at-all'"),
    ("an unknown task", "families.csv", "New8,newer,Qwen,poetry,", "task_group is 'poetry'"),
    ("a pattern twice", "families.csv", "New9,qwen,Qwen,language,", "'qwen' stands already at"),
    ("openness of an unknown family", "openness.csv", OPENNESS.format("Nonesuch"), "family 'Nonesuch' is not in"),
    ("an unknown grade", "openness.csv", OPENNESS.format("Qwen3").replace("open-weights", "a"), "grade is 'a'"),
    ("an unknown class", "openness.csv", OPENNESS.format("Qwen3").replace("mit,open", "mit,free"), "license_class is"),
    ("a reading of an unknown account", "readings.csv", "new,nobody-at-all,DE,Because", "handle is 'nobody-at-all'"),
    ("a reading in an unknown country", "readings.csv", "new,Qwen,XX,Because", "country is 'XX'"),
    ("a reading without a reason", "readings.csv", "new,Qwen,DE,", "reason is ''"),
    ("a share above one", "published_figures.csv", figure(1, "0.171", "17.1"), "value is '17.1', expected a fraction"),
    ("a share with a comma", "published_figures.csv", figure(2, "0.171", '"0,171"'), "value is '0,171'"),
    ("a figure of an unknown country", "published_figures.csv", figure(3, "CN", "ZZ"), "code is 'ZZ'"),
    ("days the wrong way round", "published_figures.csv", figure(4, "2025-01-01", "2026-01-01"), "lies after ends_on"),
    ("a known model without an account", "canaries.csv", "gpt2,old,https://huggingface.co/gpt2,2026-08-22", "id is 'g"),
    ("a correction by nobody", "corrections.csv", "2026-11-23,What,Why,,After,someone", "expected one of build, maintainer"),
    ("a correction without a reason", "corrections.csv", "2026-11-23,What,,,After,build", "why is ''"),
    ("an unknown kind of event", "events.csv", event(1, "surge", "hype"), "kind is 'hype'"),
    ("an event in an unknown country", "events.csv", event(2, "CN", "CN XX"), "countries holds 'XX'"),
    ("an event of an unknown account", "events.csv", event(3, "Qwen", "nobody-at-all"), "publishers holds 'nobody-at-all'"),
    ("a surge of nobody", "events.csv", event(4, "Qwen", ""), "publishers is ''"),
    ("downloads in words", "events.csv", event(5, "184", "many"), "downloads is 'many'"),
    ("an event to come", "events.csv", event(6, "2026-04-22", "2026-12-01"), "what is to come is no event"),
    ("an event without a source", "events.csv", event(7, "https://x.example/", ""), "source_url is ''"),
    ("an unknown definition", "published_figures.csv", figure(5, "12m-all", "13m-all"), "nearest is '13m-all"),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a copy of the real registry to add mistakes to."""
    shutil.copytree(FOLDER, tmp_path / "registry", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return tmp_path / "registry"


def add_mistakes(folder: Path) -> list[tuple[str, str]]:
    """Add all of them; return where each stands and what is told of it."""
    expected = []
    for _, file, line, told in MISTAKES:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        path.write_text(f"{text}{line}\n", encoding="utf-8")
        expected.append((f"{file}:{text.count(chr(10)) + 1}", told))
    return expected


def problems_of(folder: Path) -> list[str]:
    """Return the lines of the message of a registry that cannot be loaded."""
    with pytest.raises(RegistryError) as caught:
        load_registry(folder, TODAY)
    head, *lines = str(caught.value).splitlines()
    assert f"has {len(lines)} mistake(s); correct them and run the command again:" in head
    return lines


def test_all_mistakes_are_told_at_once(folder: Path) -> None:
    """Each line of the message is one of them, with file and line; none hides another or brings a second one along."""
    expected = add_mistakes(folder)
    lines = problems_of(folder)
    missing = [(where, told) for where, told in expected if not any(f"  {where}: " in x and told in x for x in lines)]
    assert missing == []
    assert len(lines) == len(expected) == len(MISTAKES) >= 25


def replace_header(path: Path, header: str) -> None:
    """Write other columns above the same rows."""
    rows = path.read_text(encoding="utf-8").partition("\n")[2]
    path.write_text(f"{header}\n{rows}", encoding="utf-8")


def encode_file(path: Path, encoding: str) -> None:
    """Save a file in another encoding."""
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding, "replace"))


WHOLE_FILES: list[tuple[str, Callable[[Path], object], str]] = [
    ("a file that is gone", lambda path: path.unlink(), "publishers.csv: cannot be read: No such file"),
    ("a folder in its place", lambda path: (path.unlink(), path.mkdir()), "publishers.csv: cannot be read: Is a dir"),
    ("an empty file", lambda path: path.write_bytes(b""), "publishers.csv:1: the columns are '', expected 'handle,"),
    ("columns alone", lambda path: path.write_text(HEADER + "\n"), "publishers.csv:1: no row stands below"),
    ("an unknown column", lambda path: replace_header(path, HEADER + ",colour"), "unknown: 'colour'"),
    ("a missing column", lambda path: replace_header(path, HEADER.replace(",note", "")), "missing: 'note'"),
    ("a misspelt column", lambda path: replace_header(path, HEADER.replace("note", "nota")), "missing: 'note'"),
    ("columns in another order", lambda path: replace_header(path, f"note,{HEADER[:-5]}"), "publishers.csv:1: the col"),
    ("semicolons", lambda path: replace_header(path, HEADER.replace(",", ";")), "publishers.csv:1: the columns are"),
    ("a byte-order mark", lambda path: encode_file(path, "utf-8-sig"), "publishers.csv:1: begins with a byte-order"),
    ("UTF-16", lambda path: encode_file(path, "utf-16"), "publishers.csv:1: cannot be read as UTF-8 text"),
    ("old Mac line ends", lambda path: path.write_bytes(path.read_bytes().replace(b"\n", b"\r")), "U+000D"),
]  # fmt: skip
HEADER = "handle,organisation,kind,country,parent,parent_country,alias_of,alias_since,basis,source_url,checked_on,note"


@pytest.mark.parametrize(("spoil", "told"), [row[1:] for row in WHOLE_FILES], ids=[row[0] for row in WHOLE_FILES])
def test_a_file_that_cannot_be_read_is_one_mistake(folder: Path, spoil: Callable[[Path], object], told: str) -> None:
    """What refers to its rows is not told as well; mistakes in other files are."""
    spoil(folder / "publishers.csv")
    with (folder / "countries.csv").open("a", encoding="utf-8") as file:
        file.write("XX,99,Nowhere,no,\n")
    lines = problems_of(folder)
    assert told in next(line for line in lines if "publishers.csv" in line)
    if "no row stands" not in told:  # then every reference is one to nobody, and is told
        assert len(lines) == 2


def test_a_spreadsheets_encoding_is_named_line_by_line(folder: Path) -> None:
    """Each line with an accent, saved as Latin-1, is named with the byte; the others are read."""
    path = folder / "publishers.csv"
    accents = [number for number, line in enumerate(path.read_text("utf-8").splitlines(), 1) if not line.isascii()]
    encode_file(path, "latin-1")
    lines = problems_of(folder)
    named = [int(re.findall(r"publishers\.csv:(\d+): cannot be read as UTF-8", line)[0]) for line in lines]
    assert named
    assert set(named) <= set(accents)


def test_line_ends_of_windows_are_none_of_the_mistakes(folder: Path) -> None:
    """Git writes them there by itself."""
    for path in folder.glob("*.csv"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_registry(folder) == load_registry()


def measure_matching(registry: Registry, names: list[str]) -> float:
    """Return the processor's seconds of trying all patterns on names, from many places of each."""
    patterns = [re.compile(family.pattern) for family in registry.families]
    started = time.process_time()
    for name in names:
        for pattern in patterns:
            for start in range(0, 200, 4):
                pattern.match(name, start)
    return time.process_time() - started


def test_no_pattern_takes_long_on_a_name_that_is_made_for_it(registry: Registry) -> None:
    """The longest names that the Hub allows cost less than a hundred times those in which no pattern can begin."""
    names = ["0" * 200, "-_." * 66, "a0" * 100, "qwen" * 50, "vit_a_patch0_clip_" * 11, "llama0for" * 22]
    plain = ["\n" * 200] * len(names)
    assert measure_matching(registry, names) < 100 * measure_matching(registry, plain)


def test_a_bad_registry_stops_every_verb_and_nothing_is_written(tmp_path: Path) -> None:
    """`registry check`, `build` and `backfill` end with code 1 and the whole list; no file is made, none changed."""
    tree = copy_tree(tmp_path / "tree")
    store = tmp_path / "store"
    put_snapshot(store, "2026-10-08", {"id": "a/x", "downloads_30d": 3})
    expected = add_mistakes(tree / "generator" / "registry")
    before = hash_files(tmp_path)
    with start_verbs(tree) as run:
        for words in (
            ("registry", "check"),
            ("build", "--store", store, "--site", tmp_path / "site"),
            ("backfill", "--from", "2025-03-05", "--to", "2025-03-12", "--store", store),
        ):
            result = run(*words)
            assert (result.code, result.out) == (1, ""), result.err
            dated = words[0] == "registry"  # only this verb knows what day it is
            told = [line for line in result.err.splitlines() if line.startswith("  ")]
            assert len(told) == len(expected) - (not dated)
            assert before == hash_files(tmp_path), words


@dataclass(frozen=True)
class Held:
    """A store of three dates, and a way to see that it stays as it is."""

    store: Path

    def use(self) -> None:
        """Use the store as a build does."""
        append_all(self.store, make_registry())
        load_ledger(self.store)

    def ledger_file(self, interval: int, frame: str = "flows") -> Path:
        """Return a file of the ledger."""
        return self.store / "ledger" / read_manifest(self.store).stored[interval].files[frame]

    def snapshot(self, day: int) -> Path:
        """Return the snapshot of a day in October."""
        return snapshot_path(self.store, dt.date(2026, 10, day))

    def manifest(self) -> Path:
        """Return the ledger's manifest."""
        return self.store / "ledger" / "manifest.json"


def cut(path: Path) -> None:
    """Cut a file in half."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def swap(one: Path, other: Path) -> None:
    """Give two files each other's names."""
    held = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(held)


def edit_manifest(held: Held, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the manifest."""
    raw = json.loads(held.manifest().read_text(encoding="utf-8"))
    change(raw)
    held.manifest().write_text(json.dumps(raw), encoding="utf-8")


def describe_anew(path: Path, text: bytes) -> None:
    """Write a snapshot that says something else of itself."""
    table = pq.read_table(path)
    pq.write_table(table.replace_schema_metadata({b"oms": text}), path)


def swap_lines(raw: dict[str, Any]) -> None:
    """Let two intervals name each other's files."""
    one, other = raw["intervals"][:2]
    one["files"], other["files"] = other["files"], one["files"]


def swap_frames(raw: dict[str, Any]) -> None:
    """Let an interval name the file of its models as that of its rows."""
    files = raw["intervals"][1]["files"]
    files["flows"], files["models"] = files["models"], files["flows"]


def name_elsewhere(raw: dict[str, Any]) -> None:
    """Let the manifest name a file outside the store."""
    raw["intervals"][0]["files"]["flows"] = "../../etc/passwd"


# What is done to the store; which words the message needs: the file, hashes where they are known, the repair.
DAMAGES: list[tuple[str, Callable[[Held], object], list[str]]] = [
    ("a ledger file cut short", lambda held: cut(held.ledger_file(1)),
     [r"ledger/2026-10-01_2026-10-02-\w{16}\.parquet is damaged", r"hash \w{16}, expected \w{16}", "Bring the file back"]),
    ("an empty ledger file", lambda held: held.ledger_file(1).write_bytes(b""),
     [r"2026-10-01_2026-10-02-\w{16}\.parquet is damaged", "hash e3b0c44298fc1c14, expected", "Bring the file back"]),
    ("a ledger file that is gone", lambda held: held.ledger_file(2, "models").unlink(),
     [r"2026-10-02_2026-10-03-\w{16}\.models\.parquet cannot be read", "bring the file back"]),
    ("two ledger files swapped", lambda held: swap(held.ledger_file(1), held.ledger_file(2)),
     [r"ledger/2026-10-01_2026-10-02-\w{16}\.parquet is damaged", r"hash \w{16}, expected \w{16}", "Bring the file back"]),
    ("a manifest cut short", lambda held: cut(held.manifest()),
     [r"manifest\.json cannot be read", "move the folder `ledger` aside, keep it"]),
    ("a manifest of a newer format", lambda held: edit_manifest(held, lambda raw: raw.update(format="oms-ledger/9")),
     [r"manifest\.json has the format 'oms-ledger/9', expected 'oms-ledger/\d'", "Update the program"]),
    ("a manifest that swaps two intervals", lambda held: edit_manifest(held, swap_lines),
     [r"manifest\.json cannot be read", r"names '2026-10-01_2026-10-02-\w+\.parquet' as its flows, expected 2026-09-01_"]),
    ("a manifest that swaps two frames", lambda held: edit_manifest(held, swap_frames),
     [r"manifest\.json cannot be read", r"names '2026-10-01_2026-10-02-\w+\.models\.parquet' as its flows"]),
    ("a manifest that names a file elsewhere", lambda held: edit_manifest(held, name_elsewhere),
     [r"manifest\.json cannot be read", r"names '\.\./\.\./etc/passwd' as its flows"]),
    ("an interval twice", lambda held: edit_manifest(held, lambda raw: raw["intervals"].append(raw["intervals"][1])),
     [r"manifest\.json cannot be read", "the interval that ends on 2026-10-02 begins before 2026-10-03"]),
    ("a snapshot cut short", lambda held: cut(held.snapshot(3)),
     [r"snapshots/2026-10-03\.parquet cannot be read", r"with the hash \w{16}; this one has \w{16}", "Bring that file back"]),
    ("a snapshot in the middle cut short", lambda held: cut(held.snapshot(2)),
     [r"snapshots/2026-10-02\.parquet cannot be read", r"with the hash \w{16}; this one has \w{16}", "Bring that file back"]),
    ("two snapshots swapped", lambda held: swap(held.snapshot(2), held.snapshot(3)),
     [r"2026-10-02\.parquet says that its counts are of 2026-10-03", r"hash \w{16}; this one has \w{16}", "Name it"]),
    ("a snapshot of a newer format", lambda held: describe_anew(held.snapshot(3), b'{"format": "oms-snapshot/9"}'),
     [r"2026-10-03\.parquet is not a snapshot", "'oms-snapshot/9', expected 'oms-snapshot/1'", "update the program"]),
    ("a snapshot that says nothing", lambda held: describe_anew(held.snapshot(3), b"[]"),
     [r"2026-10-03\.parquet is not a snapshot", "its format is None", r"hash \w{16}; this one has \w{16}"]),
    ("a snapshot that says nonsense", lambda held: describe_anew(held.snapshot(3), b"\xff{"),
     [r"2026-10-03\.parquet is not a snapshot", "its format is None", r"hash \w{16}; this one has \w{16}"]),
    ("a Parquet file of other columns", lambda held: pq.write_table(pq.read_table(held.ledger_file(0)), held.snapshot(3)),
     [r"2026-10-03\.parquet is not a snapshot", r"hash \w{16}; this one has \w{16}", "oms import"]),
]  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a store of three dates, all in the ledger."""
    store = tmp_path_factory.mktemp("whole")
    for day in (1, 2, 3):
        put_snapshot(store, f"2026-10-0{day}", {"id": "a/x", "downloads_30d": 300 * day})
    append_all(store, make_registry())
    return store


@pytest.fixture
def held(whole: Path, tmp_path: Path) -> Held:
    """Copy that store, to be damaged."""
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    return Held(tmp_path)


@pytest.mark.parametrize(("damage", "told"), [row[1:] for row in DAMAGES], ids=[row[0] for row in DAMAGES])
def test_a_damaged_store_is_refused_by_name_with_the_way_to_repair(
    held: Held, damage: Callable[[Held], object], told: list[str]
) -> None:
    """One message: the file, the hash found and the one expected where both are known, what to do; nothing changes."""
    damage(held)
    before = hash_files(held.store)
    with pytest.raises((LedgerError, SnapshotError)) as caught:
        held.use()
    missing = [words for words in told if not re.search(words, str(caught.value))]
    assert missing == [], str(caught.value)
    assert before == hash_files(held.store)


def test_the_repair_that_is_told_repairs(held: Held) -> None:
    """A damaged snapshot that the ledger holds may go; a ledger without its files is made again from the snapshots."""
    before = load_ledger(held.store)
    cut(held.snapshot(2))
    held.snapshot(2).unlink()
    append_all(held.store, make_registry())
    assert [entry.interval for entry in before.entries] == [x.interval for x in load_ledger(held.store).entries]
    put_snapshot(held.store, "2026-10-02", {"id": "a/x", "downloads_30d": 600})
    cut(held.ledger_file(1))
    shutil.rmtree(held.store / "ledger")
    append_all(held.store, make_registry())
    assert [entry.interval for entry in before.entries] == [x.interval for x in load_ledger(held.store).entries]


# The verb's words, the environment, the exit code, and what is told. `{}` is an empty folder.
SETTINGS = [
    ("a date in words", "build --today tomorrow --site {}/site", {}, 1, "The date is 'tomorrow'; YYYY-MM-DD was"),
    ("a day that is none", "build --today 2026-02-30 --site {}/site", {}, 1, "The date is '2026-02-30'"),
    ("an import without a date", "import {}/a.csv --store {}/store", {}, 1, "The date of the counts is missing"),
    ("a day to come", "fetch --date 2062-10-08 --store {}/store", {}, 1, "The date of the counts is 2062-10-08; a day up"),
    ("an import of a day to come", "import {}/a.csv --date 2062-10-08 --store {}/store", {}, 1, "keep every night before"),
    ("a night to come", "nightly --date 2062-10-08 --store {}/store --site {}/site", {}, 1, "a day up to today"),
    ("a file that is not there", "import {}/a.csv --date 2026-10-08 --store {}/store", {}, 1, "a.csv cannot be read"),
    ("a store that is a file", "build --store {}/file --site {}/site", {}, 2, "is a file"),
    ("a store that is empty", "build --store {}/nothing --site {}/site", {}, 1, "holds no snapshot"),
    ("a site that is a file", "build --site {}/file", {}, 1, "which is a file. Name a folder with --site"),
    ("a site over other files", "build --site {}/full", {}, 1, "holds other files and would be replaced"),
    ("a site over the program", "build --site {tree}", {}, 1, "holds other files and would be replaced"),
    ("a site over the store", "build --store {}/old/store --site {}/old", {}, 1, "That folder is replaced as a whole"),
    ("an address without a scheme", "build --site {}/site", {"SITE_URL": "example.org"}, 1, "'example.org'; something"),
    ("an address of a page", "build --site {}/site --site-url https://a.org/?x", {}, 1, "'https://a.org/?x'; something"),
    ("an address with a quote", "build --site {}/site", {"SITE_URL": 'https://a.org/"'}, 1, "Correct --site-url, or SIT"),
    ("a script for an address", "build --site {}/site", {"SITE_URL": "javascript:x"}, 1, "'javascript:x'; something"),
    ("a token of two words", "fetch --store {}/store", {"HF_TOKEN": "hf_a b"}, 1, "Copy it again"),
    ("a port beyond all ports", "serve --port 70000", {}, 2, "less than or equal to 65535"),
    ("a site that is not there", "serve --site {}/nothing", {}, 1, "There is no site in"),
    ("an archive that nobody keeps", "backfill --from 2025-01-01 --to 2025-02-01 --source x --store {}/s", {}, 1,
     "The source is 'x'; one of"),
    ("days the wrong way round", "backfill --from 2025-02-01 --to 2025-01-01 --store {}/s", {}, 1, "exchange the two"),
    ("a revision that git does not know", "registry diff no-such-revision", {}, 1, "no-such-revision"),
    ("an option for a revision", "registry diff -- --output=x", {}, 1, "is not a git revision"),
    ("a verb that nobody knows", "publish", {}, 2, "No such command 'publish'"),
    ("an option that nobody knows", "build --sote x", {}, 2, "No such option: --sote"),
]  # fmt: skip


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a copy of the program, to run verbs in."""
    return copy_tree(tmp_path_factory.mktemp("copy") / "tree")


@pytest.fixture(scope="module")
def copied(tree: Path) -> dict[str, str]:
    """The hashes of its files, as they were copied."""
    return hash_files(tree)


@pytest.fixture(scope="module")
def run(tree: Path) -> Iterator[Callable[..., Ended]]:
    """Start that copy."""
    with start_verbs(tree) as started:
        yield started


@pytest.mark.parametrize(
    ("words", "environment", "code", "told"), [row[1:] for row in SETTINGS], ids=[row[0] for row in SETTINGS]
)
def test_a_wrong_setting_is_told_and_nothing_is_written(
    tmp_path: Path,
    tree: Path,
    copied: dict[str, str],
    run: Callable[..., Ended],
    words: str,
    environment: dict[str, str],
    code: int,
    told: str,
) -> None:
    """One line that says what was found and what to do; no traceback, no file."""
    for path in ("full/letter.txt", "old/index.html", "file"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("kept", encoding="utf-8")
    put_snapshot(tmp_path / "old" / "store", "2026-10-08", {"id": "a/x", "downloads_30d": 3})
    before = hash_files(tmp_path)
    arguments = [word.replace("{tree}", str(tree)).replace("{}", str(tmp_path)) for word in words.split()]
    result = run(*arguments, env=environment)
    assert (result.code, told in result.err) == (code, True), result.err
    assert "Traceback" not in result.err
    assert (before, copied) == (hash_files(tmp_path), hash_files(tree))


def test_a_hub_without_a_scheme_is_told_and_nothing_is_written(tmp_path: Path, tree: Path) -> None:
    """A process of its own: the Hub's client reads this setting once, when it is loaded."""
    result = run_oms(tree, "fetch", "--store", tmp_path / "store", env={"HF_ENDPOINT": "hub", "COLUMNS": "400"})
    assert (1, True) == (result.returncode, "Correct HF_ENDPOINT, or remove it" in result.stderr), result.stderr
    assert "Traceback" not in result.stderr
    assert {} == hash_files(tmp_path)
