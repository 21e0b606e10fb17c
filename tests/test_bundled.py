"""The bundled snapshots: small, real, described, and made again from their source byte by byte of content."""

import datetime as dt
import re
from pathlib import Path

import pandas as pd
import pytest

from generator.base.settings import FRESH_MIN_DOWNLOADS
from generator.sources.bundled import FOLDER, fill_store, list_files
from generator.sources.catalogue import COLLECTIONS, HAND_TYPED, find_names, import_catalogue, join_names, list_counts
from generator.sources.snapshot import list_snapshots, read_info, read_snapshot, snapshot_path, to_frame
from tests.realdata import DATA, needs

WHEELS = DATA / "llmfit-wheels"
MAX_BYTES = 1_800_000
FILES = list_files()
# The folders of data that come with the program.
CARRIED = (FOLDER, FOLDER.with_name("outside"))
# Days of collection, and the part of the listed downloads that was read anew, in percent.
FRESH = {
    "2026-04-05": 100.0,
    "2026-04-08": 100.0,
    "2026-04-22": 100.0,
    "2026-04-29": 100.0,
    "2026-05-06": 100.0,
    "2026-05-10": 100.0,
    "2026-05-22": 89.7,
    "2026-06-23": 77.4,
    "2026-07-05": 83.7,
    "2026-08-03": 92.5,
    "2026-08-17": 92.5,
    "2026-09-03": 91.8,
    "2026-09-19": 93.2,
    "2026-10-08": 93.0,
}


def test_there_are_fourteen_of_them_oldest_first() -> None:
    """April to October 2026."""
    assert list(FRESH) == [path.stem for path in FILES]


def test_together_they_are_small() -> None:
    """Every clone of the repository carries them, with the outside series and what is said of both."""
    assert sum(path.stat().st_size for folder in CARRIED for path in folder.iterdir()) < MAX_BYTES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_says_what_it_is(path: Path) -> None:
    """Its date is its name, its scope a selection, its source a release of the catalogue."""
    info = read_info(path)
    assert [path.stem, "selection"] == [info.date.isoformat(), info.scope]
    assert info.source.startswith("catalogue of llmfit ")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_row_was_typed_by_hand(path: Path) -> None:
    """Four round numbers of the catalogue are not counts of the Hub."""
    assert set() == HAND_TYPED & set(read_snapshot(path, columns=["id"]).column("id").to_pylist())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_id_comes_once_and_has_one_of_two_counts(path: Path) -> None:
    """In the order of the ids; a count was read anew, or it is 1,000 and more and stands unchanged."""
    models = to_frame(read_snapshot(path, columns=["id", "downloads_30d", "unchanged_30d"]))
    ids = list(models["id"])
    assert sorted(set(ids)) == ids
    assert [True] == list((models["downloads_30d"].isna() ^ models["unchanged_30d"].isna()).unique())
    assert not (models["unchanged_30d"] < FRESH_MIN_DOWNLOADS).any()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_three_quarters_of_the_downloads_are_fresh(path: Path) -> None:
    """Or more; how much of each is known."""
    models = to_frame(read_snapshot(path, columns=["downloads_30d", "unchanged_30d"]))
    fresh, old = (int(models[name].sum()) for name in models.columns)
    assert FRESH[path.stem] == round(100 * fresh / (fresh + old), 1)
    assert FRESH[path.stem] >= 75


def test_a_count_that_was_not_read_again_is_missing() -> None:
    """Kokoro was read on 5 July and stands in every release after it: 13,685,663."""
    counts = []
    for path in FILES[list(FRESH).index("2026-07-05") :]:
        models = to_frame(read_snapshot(path, columns=["id", "downloads_30d", "unchanged_30d"])).set_index("id")
        counts.append(tuple(models.loc["hexgrad/Kokoro-82M"].fillna(0)))
    assert [(13_685_663, 0), *[(0, 13_685_663)] * 5] == counts


def test_a_repository_has_one_name() -> None:
    """An account that was renamed, and two spellings of one account's model."""
    ids = set(read_snapshot(FILES[-1], columns=["id"]).column("id").to_pylist())
    assert {"ornith-ai/Ornith-1.0-35B", "microsoft/Phi-3-mini-4k-instruct"} <= ids
    assert not {"deepreinforce-ai/Ornith-1.0-35B", "microsoft/phi-3-mini-4k-instruct"} & ids


def test_the_days_of_collection_are_those_of_the_file() -> None:
    """The last is the date; of 0.9.29 they are two weeks, and of the last three the release before bounds them."""
    infos = [read_info(path) for path in FILES]
    assert list(FRESH) == [str(info.collected_to) for info in infos]
    spans = {str(info.date): str(info.collected_from) for info in infos if info.collected_from != info.date}
    assert {
        "2026-05-22": "2026-05-09",
        "2026-09-03": "2026-08-28",
        "2026-09-19": "2026-09-10",
        "2026-10-08": "2026-09-19",
    } == spans


def test_the_readme_lists_each_file_with_what_is_in_it() -> None:
    """The provenance page and the files say the same."""
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    listed = re.findall(
        r"^\| `([\d-]+)\.parquet` \|.*\| ([\d,]+) \| ([\d,]+) \| ([\d.]+)% \|$", text, flags=re.MULTILINE
    )
    expected = []
    for path in FILES:
        table = read_snapshot(path, columns=["unchanged_30d"])
        old = table.num_rows - table.column("unchanged_30d").null_count
        expected.append((path.stem, f"{table.num_rows:,}", f"{old:,}", f"{FRESH[path.stem]:.1f}"))
    assert expected == listed


@pytest.mark.parametrize("folder", CARRIED, ids=lambda folder: folder.name)
def test_licence_and_changes_stand_beside_the_files(folder: Path) -> None:
    """Both licences ask for their text in every copy, one of them for a statement of what was changed."""
    (licence,) = folder.glob("LICENSE-*.txt")
    assert "License" in licence.read_text(encoding="utf-8")
    assert "changes" in (folder / "README.md").read_text(encoding="utf-8").lower()


def test_a_store_is_filled_once(tmp_path: Path) -> None:
    """A second time nothing is written; files of other dates stay."""
    fill_store(tmp_path)
    times = [path.stat().st_mtime_ns for path in list_snapshots(tmp_path)]
    fill_store(tmp_path)
    assert times == [path.stat().st_mtime_ns for path in list_snapshots(tmp_path)]
    assert [path.read_bytes() for path in FILES] == [path.read_bytes() for path in list_snapshots(tmp_path)]


def test_a_damaged_copy_is_put_right(tmp_path: Path) -> None:
    """A file whose bytes differ is copied again."""
    fill_store(tmp_path)
    damaged = snapshot_path(tmp_path, dt.date(2026, 4, 5))
    damaged.write_bytes(b"half")
    fill_store(tmp_path)
    assert FILES[0].read_bytes() == damaged.read_bytes()


COUNTS = pd.DataFrame(
    [
        ("old/one", 5_000, "1", "2026-01-01", "2026-01-02"),
        ("old/one", 6_000, "3", "2026-01-03", "2026-01-03"),
        ("old/still", 5_000, "1", "2026-01-01", "2026-01-03"),
        ("old/small", 999, "1", "2026-01-01", "2026-01-03"),
        ("old/gone", 7_000, "1", "2026-01-01", "2026-01-01"),
        ("new/one", 8_000, "2", "2026-01-02", "2026-01-03"),
        ("openai/whisper-medium", 5_000_000, "1", "2026-01-01", "2026-01-03"),
    ],
    columns=["id", "downloads_30d", "first_version", "first_released", "last_released"],
)


@pytest.mark.parametrize(
    ("version", "fresh", "unchanged"),
    [
        ("1", {"old/one": 5_000, "old/still": 5_000, "old/small": 999, "old/gone": 7_000}, {}),
        ("2", {"old/small": 999, "new/one": 8_000}, {"old/one": 5_000, "old/still": 5_000}),
        ("3", {"old/one": 6_000, "old/small": 999}, {"old/still": 5_000, "new/one": 8_000}),
    ],
)
def test_a_count_belongs_to_the_release_that_brought_it(
    version: str, fresh: dict[str, int], unchanged: dict[str, int]
) -> None:
    """In a later one it is not collected again, from 1,000 on; what is typed by hand is left out."""
    rows = list_counts(COUNTS, version).set_index("id")
    assert fresh == rows["downloads_30d"].dropna().to_dict()
    assert unchanged == rows["unchanged_30d"].dropna().to_dict()


def test_of_two_rows_of_a_repository_the_one_that_was_read_stays() -> None:
    """Where both were, that of the name that is kept."""
    names = {"a/one": "b/one", "a/two": "b/two"}
    rows = pd.DataFrame(
        [("a/one", 1, True), ("a/two", 2, True), ("b/one", 3, True), ("b/two", 4, False), ("c/three", 5, True)],
        columns=["id", "downloads_30d", "is_read"],
    )
    assert {"b/one": 3, "b/two": 2, "c/three": 5} == join_names(rows, names).set_index("id")["downloads_30d"].to_dict()


@needs(WHEELS)
def test_the_second_names_are_those_that_the_counts_show() -> None:
    """Read for one release, the counts of one name without its marks are the same to the digit.

    Exceptions: names that differ in capitals only, and an account whose counts were never read again.
    """
    counts = pd.read_csv(WHEELS / "observations.csv.gz", keep_default_na=False)
    names = find_names(counts["id"])
    counts["letters"] = counts["id"].str.partition("/")[2].str.lower().str.replace(r"[^a-z0-9]", "", regex=True)
    read = counts[counts["downloads_30d"] >= 500]
    pairs = [list(ids) for _, ids in read.groupby(["first_version", "downloads_30d", "letters"])["id"] if len(ids) > 1]
    assert [] == [ids for ids in pairs if 1 != len({names.get(name, name) for name in ids})]
    shown = {names_of(other, kept) for ids in pairs for other, kept in names.items() if {other, kept} <= set(ids)}
    missing = {names_of(other, kept) for other, kept in names.items() if other.lower() != kept.lower()} - shown
    assert {("deepreinforce-ai", "ornith-ai")} == missing


def names_of(other: str, kept: str) -> tuple[str, str]:
    """Return the accounts of two names, or the names where they are one account's."""
    accounts = (other.partition("/")[0], kept.partition("/")[0])
    return accounts if accounts[0] != accounts[1] else (other, kept)


@needs(WHEELS)
def test_no_other_release_is_as_fresh() -> None:
    """Of all releases exactly these brought three quarters of their downloads anew."""
    counts = pd.read_csv(WHEELS / "observations.csv.gz", keep_default_na=False)
    fresh = []
    for version in counts.drop_duplicates("first_version").sort_values("first_released")["first_version"]:
        rows = list_counts(counts, version)
        read, old = (int(rows[name].sum()) for name in ("downloads_30d", "unchanged_30d"))
        if read >= 0.75 * (read + old):
            fresh.append(version)
    assert [collection.version for collection in COLLECTIONS] == fresh


@pytest.mark.slow
@needs(WHEELS)
def test_the_conversion_makes_the_same_bytes_again(tmp_path: Path) -> None:
    """From the tables of all releases."""
    import_catalogue(WHEELS, tmp_path)
    assert [path.name for path in FILES] == [path.name for path in list_snapshots(tmp_path)]
    assert [] == [
        path.name for path in FILES if path.read_bytes() != snapshot_path(tmp_path, date_of(path)).read_bytes()
    ]


def date_of(path: Path) -> dt.date:
    """Return the date in a file's name."""
    return dt.date.fromisoformat(path.stem)
