"""The families that a night found are kept for the next, which matches new names alone and gives the same ledger."""

import datetime as dt
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.scale import draw_models, draw_next_day
from generator.ledger.families import FOLDER, match_new
from generator.ledger.lineage import FamilyMatcher
from generator.ledger.pairs import read_pair
from generator.registry import Family, Registry, load_registry
from generator.sources.snapshot import SnapshotInfo, snapshot_path, write_snapshot
from tests.small import append_all
from tests.test_snapshot import make_models

pytestmark = pytest.mark.slow

NIGHT = dt.date(2026, 11, 22)
DAY = dt.timedelta(days=1)
MATCHER = FamilyMatcher((Family("Qwen", "qwen", "Qwen", "", ""), Family("Llama", "llama", "meta-llama", "", "")))


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a store with the snapshots of two nights, of which the ledger holds the first."""
    store = tmp_path_factory.mktemp("nights")
    first = draw_models(2000)
    for day, rows in ((NIGHT, first), (NIGHT + DAY, draw_next_day(first))):
        write_snapshot(snapshot_path(store, day), [rows], SnapshotInfo(day, "drawn", "hub"))
    append_all(store, load_registry(), until=NIGHT)
    return store


def go_on(
    nights: Path, folder: Path, registry: Registry, change: Callable[[Path], object] = lambda _: None
) -> set[str]:
    """Append the second night in a copy whose kept families were changed; name the ledger's files by their bytes."""
    store = folder / "store"
    shutil.copytree(nights, store)
    change(next((store / FOLDER).iterdir()))
    append_all(store, registry)
    return {path.name for path in (store / "ledger").glob("*.parquet")}


def test_a_night_with_kept_families_gives_the_bytes_of_one_without(nights: Path, tmp_path: Path) -> None:
    """The same files; what is kept afterwards is of the second night alone."""
    registry = load_registry()
    without = go_on(nights, tmp_path / "without", registry, Path.unlink)
    assert without == go_on(nights, tmp_path / "with", registry)
    assert (8, 1) == (len(without), len(list((tmp_path / "with" / "store" / FOLDER).iterdir())))


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-9]),
        lambda path: path.write_bytes(path.read_bytes()[:99] + b"!" + path.read_bytes()[100:]),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"PAR1 and no more"),
        lambda path: shutil.copy(snapshot_path(path.parents[1], NIGHT), path),
    ],
)
def test_a_torn_file_is_ignored(nights: Path, tmp_path: Path, damage: Callable[[Path], object]) -> None:
    """Cut, changed in one byte, emptied, or with other rows than a family each: the night matches all names."""
    registry = load_registry()
    whole = go_on(nights, tmp_path / "whole", registry)
    assert whole == go_on(nights, tmp_path / "torn", registry, damage)


def test_families_found_under_another_registry_do_not_count(nights: Path, tmp_path: Path) -> None:
    """Half of the families are taken out: the second night is that of a store that never knew the others."""
    registry = load_registry()
    fewer = replace(registry, families=registry.families[::2])
    assert go_on(nights, tmp_path / "without", fewer, Path.unlink) == go_on(nights, tmp_path / "with", fewer)
    assert go_on(nights, tmp_path / "all", registry) != go_on(nights, tmp_path / "again", fewer)


def test_only_names_that_did_not_stand_there_are_matched() -> None:
    """A kept position is believed, right or wrong; a new model and one that was renamed are read by their names."""
    before = make_models({"key": "1", "id": "a/qwen-7b"}, {"key": "2", "id": "a/qwen-14b"}, {"key": "3", "id": "a/x"})
    now = make_models({"key": "2", "id": "a/llama-14b"}, {"key": "1", "id": "a/qwen-7b"}, {"key": "4", "id": "a/qwen"})
    pair = read_pair(now, before)
    assert [1, 0, 0] == match_new(pair, MATCHER, None).tolist()
    assert [1, 1, 0] == match_new(pair, MATCHER, np.array([1, 1, -1], dtype=np.int16)).tolist()
