"""The sums of nights are kept in the store, so that a report reads new nights alone, and is the same as without."""

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from generator.ledger.intervals import LedgerEntry
from generator.ledger.store import Manifest, load_ledger, save_entry, write_manifest
from generator.ledger.thinning import Period, join_nights
from generator.registry import Registry
from generator.star.kept import FOLDER
from generator.star.reading import read_classes, read_cube, read_days
from generator.star.relations import open_star
from tests.small import make_publisher, make_registry
from tests.test_star import make_ledger

pytestmark = pytest.mark.slow

REGISTRY = make_registry(make_publisher("east", "CN"), make_publisher("west", "US"))
NIGHTS = 100


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> tuple[LedgerEntry, ...]:
    """Give a ledger in files: nights of which the oldest are joined to weeks, one of them without any row."""
    store = tmp_path_factory.mktemp("nights")
    made = list(make_ledger(*((age + 1, age, make_rows(age)) for age in range(NIGHTS - 1, -1, -1))))
    late = made[50].flows.assign(relation="merge", downloads_all_time=pd.array([pd.NA] * 3, "Int64"))
    made[50] = replace(made[50], flows=late)
    made[3] = replace(made[3], flows=made[3].flows.iloc[:0])
    write_manifest(store, Manifest(tuple(save_entry(store, entry, "0" * 64) for entry in made)))
    return load_ledger(store).entries


def make_rows(age: int) -> dict[tuple[str, str], tuple[float, int]]:
    """Make flow and count of three pairs of accounts, of which one is reviewed by nobody, on a night."""
    return {
        ("east", "east"): (age / 65_536, age),
        ("west", "east"): (age + 0.5, 1),
        ("alice", "west"): (3.0, 2 * age),
    }


def read_sums(periods: Iterable[Period], registry: Registry, store: Path | None) -> list[pd.DataFrame]:
    """Read what is asked of the sums, in the order of their keys."""
    star = open_star(list(periods), registry, keep_in=store)
    days = read_days(star)
    keys = days.columns[:6].tolist()
    return [read_cube(star), read_classes(star), days.sort_values(keys, ignore_index=True)]


def check_alike(one: list[pd.DataFrame], other: list[pd.DataFrame]) -> None:
    """Check that both have the same rows to the last bit."""
    for left, right in zip(one, other, strict=True):
        pd.testing.assert_frame_equal(left, right, check_exact=True)


def list_kept(store: Path) -> dict[str, bytes]:
    """List the kept files and their bytes."""
    return {path.name: path.read_bytes() for path in (store / FOLDER).iterdir()}


def test_kept_sums_are_those_of_the_rows(entries: tuple[LedgerEntry, ...], tmp_path: Path) -> None:
    """Without a store, with an empty one, with one that holds all: the same, and a file a period."""
    periods = join_nights(entries)
    without = read_sums(periods, REGISTRY, None)
    check_alike(without, read_sums(periods, REGISTRY, tmp_path))
    assert (len(periods), True) == (len(list_kept(tmp_path)), len(periods) < NIGHTS)
    check_alike(without, read_sums(periods, REGISTRY, tmp_path))


def test_the_next_night_reads_its_own_rows_and_those_that_are_joined_anew(
    entries: tuple[LedgerEntry, ...], tmp_path: Path
) -> None:
    """What stands in both ledgers is not written again; what is in neither period goes."""
    before, after = join_nights(entries[:-1]), join_nights(entries)
    read_sums(before, REGISTRY, tmp_path)
    for path in (tmp_path / FOLDER).iterdir():
        os.utime(path, (0, 0))
    check_alike(read_sums(after, REGISTRY, None), read_sums(after, REGISTRY, tmp_path))
    old = [path for path in (tmp_path / FOLDER).iterdir() if path.stat().st_mtime == 0]
    spans, later = ({(each.interval.start, each.interval.end) for each in periods} for periods in (before, after))
    same = spans & later
    assert (len(same), len(after)) == (len(old), len(list_kept(tmp_path)))


def test_a_corrected_registry_reads_all_rows_again(entries: tuple[LedgerEntry, ...], tmp_path: Path) -> None:
    """The whole past is attributed anew: alice is an alias of west now."""
    periods = join_nights(entries)
    read_sums(periods, REGISTRY, tmp_path)
    before = list_kept(tmp_path)
    corrected = make_registry(*REGISTRY.publishers.values(), make_publisher("alice", "US", alias_of="west"))
    check_alike(read_sums(periods, corrected, None), read_sums(periods, corrected, tmp_path))
    assert set() == set(before) & set(list_kept(tmp_path))


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-9]),
        lambda path: path.write_bytes(path.read_bytes()[:99] + b"!" + path.read_bytes()[100:]),
        lambda path: path.write_bytes(b""),
        Path.unlink,
    ],
)
def test_a_torn_file_is_made_again(
    entries: tuple[LedgerEntry, ...], tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    """Cut, changed in one byte, emptied or gone: the rows of that period are read."""
    periods = join_nights(entries[-12:])
    read_sums(periods, REGISTRY, tmp_path)
    whole = list_kept(tmp_path)
    damage(min((tmp_path / FOLDER).iterdir()))
    check_alike(read_sums(periods, REGISTRY, None), read_sums(periods, REGISTRY, tmp_path))
    assert whole == list_kept(tmp_path)


def test_rows_that_stand_in_no_file_are_not_kept(tmp_path: Path) -> None:
    """Nothing names them, so nothing could be known of their bytes."""
    made = make_ledger((2, 1, make_rows(1)), (1, 0, make_rows(2)))
    check_alike(read_sums(map(Period.of, made), REGISTRY, None), read_sums(map(Period.of, made), REGISTRY, tmp_path))
    assert not (tmp_path / FOLDER).exists()
