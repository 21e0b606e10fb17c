"""The bundled snapshots: small, real, described, and made again from their source byte by byte of content."""

import datetime as dt
import re
from pathlib import Path

import pytest

from generator.snapshot import list_snapshots, read_info, read_snapshot, snapshot_path
from generator.sources.bundled import FOLDER, fill_store, list_files
from generator.sources.catalogue import HAND_TYPED, import_catalogues, parse_catalogue_row
from tests.realdata import DATA, needs

WHEELS = DATA / "llmfit-wheels"
MAX_BYTES = 1_500_000
FILES = list_files()


def test_there_are_five_of_them_oldest_first() -> None:
    """June to October 2026."""
    assert ["2026-06-01", "2026-07-10", "2026-08-09", "2026-09-03", "2026-10-08"] == [path.stem for path in FILES]


def test_together_they_are_small() -> None:
    """Every clone of the repository carries them."""
    assert sum(path.stat().st_size for path in FILES) < MAX_BYTES


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
def test_each_id_comes_once_and_has_a_count(path: Path) -> None:
    """No model twice, none without downloads_30d, in the order of the ids."""
    table = read_snapshot(path, columns=["id", "downloads_30d"])
    ids = table.column("id").to_pylist()
    assert sorted(set(ids)) == ids
    assert 0 == table.column("downloads_30d").null_count


def test_the_readme_lists_each_file_with_its_rows() -> None:
    """The provenance page and the files say the same."""
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `([\d-]+\.parquet)` \|.*\| ([\d,]+) \|$", text, flags=re.MULTILINE)
    assert [(path.name, f"{read_info(path).rows:,}") for path in FILES] == listed


def test_the_licence_stands_beside_the_files() -> None:
    """The package's licence asks for its text in every copy."""
    text = (FOLDER / "LICENSE-llmfit.txt").read_text(encoding="utf-8")
    assert "MIT License" in text
    assert "Copyright" in text


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
    damaged = snapshot_path(tmp_path, dt.date(2026, 6, 1))
    damaged.write_bytes(b"half")
    fill_store(tmp_path)
    assert FILES[0].read_bytes() == damaged.read_bytes()


def test_a_row_of_the_catalogue_becomes_a_row_of_a_snapshot() -> None:
    """`unknown` and 0 parameters are missing; a date becomes midnight UTC."""
    row = parse_catalogue_row(
        {
            "name": "acme/model",
            "hf_downloads": 5,
            "hf_likes": 1,
            "release_date": "2026-01-02",
            "pipeline_tag": "unknown",
            "license": "mit",
            "parameters_raw": 0,
        }
    )
    assert {
        "id": "acme/model",
        "author": "acme",
        "created_at": dt.datetime(2026, 1, 2, tzinfo=dt.UTC),
        "downloads_30d": 5,
        "likes": 1,
        "license": "mit",
    } == {name: value for name, value in row.items() if value is not None}


@needs(WHEELS)
def test_the_conversion_makes_the_same_rows_again(tmp_path: Path) -> None:
    """From the releases as they were published."""
    named = [path.name.removesuffix(".jsonl.gz").split("_")[1:] for path in sorted(WHEELS.glob("*.jsonl.gz"))]
    releases = [
        (dt.date.fromisoformat(date), version, WHEELS / f"pypi_{version}_{date}.jsonl.gz") for version, date in named
    ]
    import_catalogues(sorted(releases), tmp_path)
    assert [path.name for path in FILES] == [path.name for path in list_snapshots(tmp_path)]
    pairs = zip(FILES, list_snapshots(tmp_path), strict=True)
    assert [] == [ours.name for ours, made in pairs if not read_snapshot(ours).equals(read_snapshot(made))]
