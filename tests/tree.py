"""A copy of this checkout's program and pages, to run `oms` in as its own process."""

import datetime as dt
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from generator.build import ROOT
from tests.conftest import GENERATED

FOLDERS = ("generator", "templates", "site_src")
FILES = ("mkdocs.yml", "pyproject.toml")
# The one place that reads the clock, and what stands there in a copy whose clock is turned.
CLOCK = "    return dt.datetime.now(dt.UTC)\n"
TURNED = (
    "    days = int((Path(__file__).parents[1] / 'days_ago').read_text())\n"
    "    return dt.datetime.now(dt.UTC) - dt.timedelta(days=days)\n"
)


def copy_tree(target: Path) -> Path:
    """Copy what `oms build` needs, without what an earlier build generated."""
    for name in FOLDERS:
        shutil.copytree(ROOT / name, target / name, ignore=_left_out)
    for name in FILES:
        shutil.copy(ROOT / name, target)
    return target


def turn_clock(tree: Path, day: dt.date) -> None:
    """Let a copy of the program take a day for today: the Hub's counts can be read on their own day only."""
    module = tree / "generator" / "cli.py"
    text = module.read_text(encoding="utf-8")
    assert text.count(CLOCK) + text.count(TURNED) == 1
    module.write_text(text.replace(CLOCK, TURNED), encoding="utf-8")
    days = (dt.datetime.now(dt.UTC).date() - day).days
    (tree / "days_ago").write_text(str(days), encoding="utf-8")


def run_oms(
    tree: Path, *arguments: object, env: Mapping[str, str] | None = None, timeout: float = 600
) -> subprocess.CompletedProcess[str]:
    """Run a verb in a copy, with a small environment and what is given."""
    given = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"} | dict(env or {})
    command = [sys.executable, "-m", "generator", *map(str, arguments)]
    return subprocess.run(
        command, cwd=tree, env=given, capture_output=True, text=True, encoding="utf-8", check=False, timeout=timeout
    )


def hash_files(folder: Path) -> dict[str, str]:
    """Return the hash of every file below a folder, by its path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _left_out(folder: str, _: list[str]) -> set[str]:
    generated = GENERATED if Path(folder) == ROOT / "site_src" else frozenset()
    return {"__pycache__", *generated}
