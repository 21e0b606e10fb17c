"""A copy of this checkout's program and pages, to run `oms` in as its own process."""

import datetime as dt
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from generator.base.files import ROOT

FOLDERS = ("generator", "templates", "site_src")
FILES = ("mkdocs.yml", "pyproject.toml")
# The one place that reads the clock, and what stands there in a copy whose clock is turned.
CLOCK = "    return dt.datetime.now(dt.UTC)\n"
TURNED = (
    "    days = int((Path(__file__).parents[2] / 'days_ago').read_text())\n"
    "    return dt.datetime.now(dt.UTC) - dt.timedelta(days=days)\n"
)
# What a copy for nights changes in the program: nights are tried there, not pages, so it draws and writes few of them.
FASTER = (
    ("generator/base/settings.py", "PUBLISHER_PAGES: Final = 100", "PUBLISHER_PAGES: Final = 3"),
    ("generator/publish/build.py", " = build_figures(report)\n", " = build_figures(report)[:3]\n"),
    ("generator/publish/pages_registry.py", " = list_letters(rows)\n", " = list_letters(rows)[:2]\n"),
    ("generator/publish/pages_registry.py", "(name.lower(), name))\n", "(name.lower(), name))[:20]\n"),
)
# What a copy changes that is to draw every kind of figure, in several processes, but not each of two hundred.
FEWER_FIGURES = (("generator/publish/build.py", " = build_figures(report)\n", " = build_figures(report)[::6]\n"),)
# Lines that it keeps of hand-kept files each of whose rows has a page: the header, and rows that go together.
KEPT = (("generator/registry/claims.csv", 4), ("generator/registry/claim_tests.csv", 2))


def copy_tree(target: Path) -> Path:
    """Copy what `oms build` needs, without what an earlier build generated, to build the site in English.

    Whichever languages this checkout publishes: four take two and a half times as long. `publish_in` names more.
    """
    for name in FOLDERS:
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(ROOT / name, target)
    publish_in(target, ["en"])
    return target


def copy_tree_for_nights(target: Path) -> Path:
    """Copy what `oms build` needs, with `FASTER` put into it and the beginnings of the files in `KEPT`."""
    copy_tree(target)
    for name, lines in KEPT:
        path = target / name
        path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:lines]), encoding="utf-8")
    change_program(target, FASTER)
    return target


def publish_in(tree: Path, languages: Iterable[str]) -> None:
    """Let a copy of the program publish its site in these languages, in this order."""
    path = tree / "mkdocs.yml"
    text, found = re.subn(
        r"^  languages: \[.*?\]", f"  languages: [{', '.join(languages)}]", path.read_text("utf-8"), flags=re.MULTILINE
    )
    assert 1 == found
    path.write_text(text, encoding="utf-8")


def change_program(tree: Path, changes: Iterable[tuple[str, str, str]]) -> None:
    """Replace texts in files of a copy, each of which stands there once."""
    for name, found, wanted in changes:
        path = tree / name
        text = path.read_text(encoding="utf-8")
        assert text.count(found) == 1
        path.write_text(text.replace(found, wanted), encoding="utf-8")


def turn_clock(tree: Path, day: dt.date) -> None:
    """Let a copy of the program take a day for today: the Hub's counts can be read on their own day only."""
    module = tree / "generator/cli/app.py"
    text = module.read_text(encoding="utf-8")
    assert text.count(CLOCK) + text.count(TURNED) == 1
    module.write_text(text.replace(CLOCK, TURNED), encoding="utf-8")
    days = (dt.datetime.now(dt.UTC).date() - day).days
    (tree / "days_ago").write_text(str(days), encoding="utf-8")


def run_oms(tree: Path, *arguments: object, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a verb in a copy, with a small environment and what is given."""
    given = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"} | dict(env or {})
    command = [sys.executable, "-m", "generator", *map(str, arguments)]
    return subprocess.run(command, cwd=tree, env=given, capture_output=True, text=True, encoding="utf-8", check=False)


# Runs `oms` for each line of its input; most of a wrong command's time is the program's start, which is one for all.
VERBS = """
import contextlib, io, json, os, runpy, sys, traceback
outer = dict(os.environ)
for line in sys.stdin:
    words, environment = json.loads(line)
    os.environ.clear()
    os.environ.update(outer | environment)
    sys.argv = ["oms", *words]
    out, err, code = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            runpy.run_module('generator', run_name='__main__')
        except SystemExit as stop:
            code = stop.code
        except BaseException:
            code = traceback.print_exc() or 1
    print(json.dumps([code or 0, out.getvalue(), err.getvalue()]), flush=True)
"""


@dataclass(frozen=True)
class Ended:
    """How a verb ended: its exit code, and what it said."""

    code: int
    out: str
    err: str


@contextmanager
def start_verbs(tree: Path) -> Iterator[Callable[..., Ended]]:
    """Start a copy of the program, whose verbs are then run one after another, each with an environment of its own."""
    given = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    given |= {"HF_ENDPOINT": "http://127.0.0.1:9", "COLUMNS": "400"}
    command = [sys.executable, "-c", VERBS]
    with subprocess.Popen(
        command, cwd=tree, env=given, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdin
        assert process.stdout
        asked, answers = process.stdin, process.stdout

        def run(*words: object, env: Mapping[str, str] | None = None) -> Ended:
            asked.write(json.dumps([[str(word) for word in words], dict(env or {})]) + "\n")
            asked.flush()
            return Ended(*json.loads(answers.readline()))

        yield run
        asked.close()


def hash_files(folder: Path) -> dict[str, str]:
    """Return the hash of every file below a folder, by its path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
