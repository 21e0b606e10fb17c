"""The same store gives the same site: in another folder, time zone, locale, encoding and order of hashing."""

import datetime as dt
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.test_snapshot import put_snapshot
from tests.tree import copy_tree, hash_files, run_oms

# Two machines as unlike as they can be: another language, a zone of half hours, another seed, no UTF-8 by default.
HERE = {"TZ": "Asia/Kolkata", "LC_ALL": "C.utf8", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "1", "HOME": "/nowhere"}
THERE = {"TZ": "America/St_Johns", "LC_ALL": "C", "PYTHONHASHSEED": "424242", "PYTHONUTF8": "0", "COLUMNS": "40"}

pytestmark = pytest.mark.slow


def fill_store(store: Path) -> None:
    """Put four days of a small Hub into a store: known and unknown publishers, derived models, letters of the world."""
    accounts = ("Qwen", "deepseek-ai", "meta-llama", "mistralai", "google", "LGAI-EXAONE", "unknown-ü", "someone")
    for day in range(1, 5):
        put_snapshot(
            store,
            f"2026-10-0{day}",
            *(
                {
                    "key": f"{number:024x}",
                    "id": f"{account}/Model-{number}",
                    "author": account,
                    "created_at": dt.datetime(2026, 1 + number % 9, 1, tzinfo=dt.UTC),
                    "downloads_30d": 10_000 * (number + 1) + 900 * day * number,
                    "downloads_all_time": 50_000 * (number + 1) + 1_000 * day * (number + 2),
                    "task": ("text-generation", "text-to-image", "feature-extraction")[number % 3],
                    "license": ("apache-2.0", "mit", "llama3.1", None)[number % 4],
                    "parameters": 10**9 * (number + 1),
                    "base_models": ["Qwen/Model-0"] if number % 5 == 4 else [],
                    "base_relation": "quantized" if number % 5 == 4 else None,
                }
                for number, account in enumerate(accounts * 4)
            ),
        )


def build_at(folder: Path, environment: dict[str, str]) -> Path:
    """Build the site from a store of its own in a copy of the program of its own."""
    tree = copy_tree(folder / "tree")
    fill_store(folder / "store")
    words = ("build", "--store", folder / "store", "--site", folder / "out" / "site", "--today", "2026-10-05")
    done: subprocess.CompletedProcess[str] = run_oms(tree, *words, env=environment)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Build twice, at the same time."""
    root = tmp_path_factory.mktemp("builds")
    folders = [root / "a", root / "another folder" / "with a longer name"]
    with ThreadPoolExecutor() as pool:
        return list(pool.map(build_at, folders, [HERE, THERE]))


@pytest.mark.parametrize("part", ["out/site", "store", "tree/site_src"])
def test_two_builds_are_identical(builds: list[Path], part: str) -> None:
    """The site, the ledger beside the snapshots, and the pages it was made from: the same names, the same bytes."""
    one, other = (hash_files(folder / part) for folder in builds)
    assert len(one) > 5
    assert [name for name in sorted(one | other) if one.get(name) != other.get(name)] == []


def test_no_page_names_the_machine(builds: list[Path]) -> None:
    """No file of the site holds the path of the folder that it was made in."""
    root = builds[0].parent.name.encode()
    assert [
        path for path in (builds[0] / "out" / "site").rglob("*") if path.is_file() and root in path.read_bytes()
    ] == []
