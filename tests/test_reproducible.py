"""The same store gives the same site: in another folder, time zone, locale, encoding and order of hashing."""

import datetime as dt
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from generator.base.files import ROOT
from tests.test_snapshot import put_snapshot
from tests.tree import FEWER_FIGURES, change_program, copy_tree, hash_files, run_oms

# Two machines as unlike as they can be: another language, a zone of half hours, another seed, no UTF-8 by default.
HERE = {"TZ": "Asia/Kolkata", "LC_ALL": "C.utf8", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "1", "HOME": "/nowhere"}
THERE = {"TZ": "America/St_Johns", "LC_ALL": "C", "PYTHONHASHSEED": "424242", "PYTHONUTF8": "0", "COLUMNS": "40"}

# The last two are those of the machines above, whose whole sites are compared.
SEEDS = ("0", "2", "3", "42", *(machine["PYTHONHASHSEED"] for machine in (HERE, THERE)))

TEXTS_SCRIPT = """
import datetime, hashlib, json, pathlib, sys
from generator.publish.build import load_report
from generator.questions.gallery import build_figures
from generator.audit.checking import append_snapshots
from generator.figures.keys import hash_code, hash_figure
from generator.publish.datafiles import render_data_files
from generator.base.encode import to_bytes
from generator.text.language import Language
from generator.audit.operations_read import read_operations
from generator.publish.pages import build_pages
from generator.registry import load_registry
store, language, registry = pathlib.Path(sys.argv[1]), Language("en"), load_registry()
today = datetime.date(2026, 10, 5)
append_snapshots(store, registry, today)
report = load_report(store, registry, today, lambda _: None)
operations = read_operations(store, report, registry)
figures, code = build_figures(report), hash_code(language)
slugs = {figure.slug for figure in figures}
texts = {f"pages/{n}": to_bytes(t) for n, t in build_pages(report, language, registry, slugs, operations).items()}
texts |= {f"data/{n}": to_bytes(t) for n, t in render_data_files(report, language, registry, operations).items()}
texts |= {f"ledger/{path.name}": path.read_bytes() for path in (store / "ledger").iterdir()}
texts |= {f"figures/{figure.slug}": hash_figure(figure, code).encode() for figure in figures}
print(json.dumps({name: hashlib.sha256(text).hexdigest() for name, text in sorted(texts.items())}))
"""

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
            scope="selection",
        )


def build_at(folder: Path, environment: dict[str, str], figures: str) -> Path:
    """Build the site from a store of its own in a copy of the program of its own."""
    tree = copy_tree(folder / "tree")
    change_program(tree, FEWER_FIGURES if figures == "some figures" else ())
    fill_store(folder / "store")
    words = ("build", "--store", folder / "store", "--site", folder / "out" / "site", "--today", "2026-10-05")
    done: subprocess.CompletedProcess[str] = run_oms(tree, *words, env=environment)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module", params=["some figures", pytest.param("all figures", marks=pytest.mark.soak)])
def builds(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Build twice, at the same time."""
    root = tmp_path_factory.mktemp("builds")
    folders = [root / "a", root / "another folder" / "with a longer name"]
    with ThreadPoolExecutor() as pool:
        return list(pool.map(build_at, folders, [HERE, THERE], [request.param] * 2))


@pytest.fixture(scope="module", params=[SEEDS[:3], pytest.param(SEEDS, marks=pytest.mark.soak)], ids=len)
def texts(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    """Make ledger, pages, data files and figures' keys, each time with another order of hashing: their hashes."""
    root = tmp_path_factory.mktemp("seeds")
    found = []
    for seed in request.param:
        fill_store(root / seed)
        command = [sys.executable, "-c", TEXTS_SCRIPT, str(root / seed)]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=ROOT)
        assert done.returncode == 0, done.stderr
        found.append(json.loads(done.stdout))
    return found


@pytest.mark.parametrize("part", ["out/site", "store", "tree/.build/src"])
def test_two_builds_are_identical(builds: list[Path], part: str) -> None:
    """The site, the ledger beside the snapshots, and the pages it was made from: the same names, the same bytes."""
    one, other = (hash_files(folder / part) for folder in builds)
    assert len(one) > 5
    assert [name for name in sorted(one | other) if one.get(name) != other.get(name)] == []


def test_a_build_writes_nothing_beside_the_hand_written_pages(builds: list[Path]) -> None:
    """What is made stands in the folder of caches: with it goes all that was made of another list."""
    assert [hash_files(folder / "tree" / "site_src") for folder in builds] == [hash_files(ROOT / "site_src")] * 2


@pytest.mark.parametrize("part", ["pages", "data", "ledger", "figures"])
def test_orders_of_hashing_give_the_same_texts(texts: list[dict[str, str]], part: str) -> None:
    """Two seeds agree on the order of a pair one time in two, three one in four, the soak's six one in 32."""
    first = {name: digest for name, digest in texts[0].items() if name.startswith(part)}
    assert len(first) > 5
    for other in texts[1:]:
        assert [name for name, digest in first.items() if other.get(name) != digest] == []
    assert {len(found) for found in texts} == {len(texts[0])}


def test_no_page_names_the_machine(builds: list[Path]) -> None:
    """No file of the site holds the path of the folder that it was made in."""
    root = builds[0].parent.name.encode()
    assert [
        path for path in (builds[0] / "out" / "site").rglob("*") if path.is_file() and root in path.read_bytes()
    ] == []
