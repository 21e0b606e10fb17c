"""A corrected registry, from its row to the published page: `oms build` tells what it moved in a headline, once."""

import csv
import datetime as dt
import html
from pathlib import Path

import pytest

from tests.test_snapshot import put_snapshot
from tests.tree import copy_tree_for_nights, run_oms

pytestmark = pytest.mark.slow

# China has 50 %, the United States 46 % and 4 %.
COUNTS = {"Qwen/one": 500_000, "meta-llama/two": 460_000, "microsoft/three": 40_000}
CREATED = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)


def build(tree: Path, folder: Path, today: str) -> list[dict[str, str]]:
    """Build the site and return its log of corrections."""
    done = run_oms(tree, "build", "--store", folder / "store", "--site", folder / "site", "--today", today)
    assert done.returncode == 0, done.stderr
    with (folder / "site" / "data" / "corrections.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_publisher_that_moves_is_told_beside_the_headline_that_it_moved(tmp_path: Path) -> None:
    """Microsoft sits in Britain, for this test alone: the United States lose four points of what was published."""
    tree = copy_tree_for_nights(tmp_path / "tree")
    rows = [{"id": name, "downloads_30d": count, "created_at": CREATED} for name, count in COUNTS.items()]
    put_snapshot(tmp_path / "store", "2026-10-08", *rows, scope="selection")
    assert [] == build(tree, tmp_path, "2026-10-09")

    registry = tree / "generator" / "registry" / "publishers.csv"
    lines = registry.read_text(encoding="utf-8").splitlines(keepends=True)
    moved = [line.replace(",US,", ",GB,", 1) if line.startswith("microsoft,") else line for line in lines]
    registry.write_text("".join(moved), encoding="utf-8")

    (entry,) = build(tree, tmp_path, "2026-10-10")
    assert ("2026-10-10", "build") == (entry["date"], entry["decided_by"])
    assert ("CN 50.0%, US 50.0%", "CN 50.0%, US 46.0%") == (entry["before"], entry["after"])
    assert "the registry was corrected" in entry["why"]
    page = (tmp_path / "site" / "corrections.html").read_text(encoding="utf-8")
    assert entry["after"] in html.unescape(page)
    assert [entry] == build(tree, tmp_path, "2026-10-11")
