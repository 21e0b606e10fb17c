"""The documents: what they name exists, and what exists is named."""

import ast
import csv
import hashlib
import re
import subprocess
import sysconfig
import tomllib
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml
from typer.main import get_command

from generator import __version__
from generator.base.imprint import AUTHORS
from generator.cli.main import app
from generator.registry import KINDS
from generator.registry.load import FOLDER as REGISTRY

ROOT = Path(__file__).parents[1]
PAGES = ("site_src/fork.md", "site_src/runbook.md")
DOCUMENTS = [
    ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "LICENSE-data.md", *PAGES)
]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
each_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)


def list_verbs() -> dict[str, set[str]]:
    """List the verbs of `oms`, `registry check` and the like included, each with its options."""
    verbs = {}
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]  # a group
        for sub, leaf in getattr(command, "commands", {"": command}).items():
            verbs[f"{name} {sub}".strip()] = {option for parameter in leaf.params for option in parameter.opts}
    return verbs


def list_targets() -> set[str]:
    """List the Makefile's targets that people call."""
    found = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    return set(found[1].split()) if found else set()


def list_code(text: str) -> list[str]:
    """List the lines of code blocks and the pieces of inline code, without comments."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    rest = re.sub(r"^```\w*\n.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()] + re.findall(r"`([^`\n]+)`", rest)
    return [line.partition(" #")[0].strip().removeprefix(".venv/bin/") for line in lines]


def find_verb(command: str) -> str:
    """Return the verb that a command line of `oms` calls."""
    words = command.split()[1:]
    return " ".join(words[:2]) if words[0] in {"registry", "ledger"} else words[0]


def list_anchors(path: Path) -> set[str]:
    """List the anchors that GitHub gives a document's headings."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def read_first_line(path: Path) -> str:
    """Read what a package says of itself."""
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").splitlines()[0]


def list_map() -> list[str]:
    """List the paths of the map of folders, each from the root."""
    block = next(
        block for block in re.findall(r"^```\n(.*?)^```", README, re.MULTILINE | re.DOTALL) if "generator/  " in block
    )
    paths, parent = [], ""
    for line in block.splitlines():
        name = line.split()[0]
        parent = "" if not line.startswith(" ") else parent
        paths.append(parent + name)
        parent = name if not line.startswith(" ") else parent
    return paths


@each_document
def test_commands_exist(path: Path) -> None:
    """Every make target, oms verb and option that a document names can be run."""
    verbs = list_verbs()
    for line in list_code(path.read_text(encoding="utf-8")):
        if line.startswith("make "):
            assert [word for word in line.split()[1:] if "=" not in word and word not in list_targets()] == [], line
        elif line.startswith("oms ") and line != "oms …":
            options = re.findall(r"--[\w-]+", line)
            assert find_verb(line) in verbs, line
            assert [option for option in options if option not in verbs[find_verb(line)]] == [], line


def test_every_verb_is_in_the_readme() -> None:
    """The table of commands leaves none out."""
    named = {find_verb(line) for line in list_code(README) if line.startswith("oms ") and line != "oms …"}
    assert sorted(named) == sorted(list_verbs())


def test_the_two_commands_come_first() -> None:
    """A reader meets name, picture and the two commands before anything else."""
    first = README.split("\n## ")[1]
    assert README.startswith("# Open Model Share\n")
    assert "![" in README.split("\n## ")[0]
    assert [line for line in list_code(first) if line in {"make site", "make test"}][:2] == ["make site", "make test"]


def test_the_map_is_true() -> None:
    """What the map names exists, and of each package it says that package's own first line, in the road's order."""
    assert [path for path in list_map() if not (ROOT / path).exists()] == []
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    names = settings["contracts"][0]["layers"][::-1]
    packages = [(name, read_first_line(ROOT / "generator" / name / "__init__.py")) for name in names]
    assert [f"  {name + '/':<20} {line}" for name, line in packages] == re.findall(r"^  \w+/ .*$", README, re.MULTILINE)


@each_document
def test_links_resolve(path: Path) -> None:
    """Links within the repository lead to a file, and to a heading where they name one."""
    links = re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8"))
    for link in (link for link in links if not link.startswith("https://")):
        name, _, anchor = unquote(link).partition("#")
        target = path.parent / name if name else path
        assert target.exists(), f"{path.name} links to {link}, which is not there"
        assert not anchor or anchor in list_anchors(target), f"{path.name} links to {link}, which has no such heading"


@each_document
def test_documents_are_plain(path: Path) -> None:
    """No badges, no emoji, no addresses that only some machine has."""
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"[\u2600-\u27bf\U0001f000-\U0001ffff]", text) == []
    assert re.findall(r"shields\.io|!\[[^\]]*\]\([^)]*badge|localhost|/home/|/tmp/|example\.(?:com|org)", text) == []
    assert re.findall(r"[\w.+-]+@[\w-]+\.[a-z]+", text) == []


def test_columns_are_explained() -> None:
    """CONTRIBUTING names every column of the tables that people edit, and every kind of publisher."""
    for name in ("publishers.csv", "families.csv", "openness.csv", "launch_dates.csv"):
        with (REGISTRY / name).open(encoding="utf-8", newline="") as file:
            assert [column for column in next(csv.reader(file)) if f"`{column}`" not in CONTRIBUTING] == []
    assert [kind for kind in sorted(KINDS) if f"`{kind}`" not in CONTRIBUTING] == []


def test_the_citation_can_be_read() -> None:
    """The citation file has what the format asks for, and the version of the program."""
    found = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= found.keys()
    assert (found["version"], found["license"]) == (__version__, "Apache-2.0")
    assert found["authors"] == [{"name": AUTHORS}]
    command = [
        Path(sysconfig.get_path("scripts")) / "check-jsonschema",
        "--builtin-schema",
        "vendor.citation-file-format",
        ROOT / "CITATION.cff",
    ]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_the_licences_are_there() -> None:
    """The code's licence is the unchanged text; the data's names its deed and its legal code."""
    text = (ROOT / "LICENSE").read_bytes()
    # The text that the Apache Software Foundation publishes.
    assert hashlib.sha256(text).hexdigest() == "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"
    data = (ROOT / "LICENSE-data.md").read_text(encoding="utf-8")
    for address in (
        "https://creativecommons.org/licenses/by/4.0/",
        "https://creativecommons.org/licenses/by/4.0/legalcode",
    ):
        assert f"<{address}>" in data
    places = re.findall(r"`(generator/[^`*]+)", data)
    assert [place for place in places if not (ROOT / place).exists()] == []


def test_the_changelog_knows_this_version() -> None:
    """The newest section beside the unreleased one is that of the program's version, which the package has too."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    sections = [name for name in re.findall(r"^## (\S+)", changelog, re.MULTILINE) if name != "Unreleased"]
    assert sections[0] == __version__
    assert f'\nversion = "{__version__}"\n' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
