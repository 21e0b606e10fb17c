"""The locks: all that pyproject.toml asks for, with hashes, from one resolution, and no index's address."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
RUN = [*PROJECT["project"]["dependencies"], *EXTRAS["build"]]
ASKED = {"run": RUN, "dev": [*RUN, *EXTRAS["dev"]]}
each_lock = pytest.mark.parametrize("name", ASKED)


def read_lock(name: str) -> dict[str, tuple[Requirement, ...]]:
    """Read a lock: what is pinned, by name; a marker may tell several pins of one name apart."""
    pins: dict[str, tuple[Requirement, ...]] = {}
    for entry in list_entries(name):
        pin = Requirement(entry.partition("\\")[0].strip())
        pins[canonicalize_name(pin.name)] = (*pins.get(canonicalize_name(pin.name), ()), pin)
    return pins


def list_entries(name: str) -> list[str]:
    """List a lock's entries, each with its hashes."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return [entry.strip() for entry in re.split(r"\n(?=\S)", text) if entry.strip()]


@each_lock
def test_what_is_asked_for_is_locked(name: str) -> None:
    """Each dependency of pyproject.toml has a pin within its range; `make lock` mends a lock that has not."""
    pins = read_lock(name)
    wanted = [Requirement(text) for text in ASKED[name]]
    found = {str(each): pins.get(canonicalize_name(each.name), ()) for each in wanted}
    versions = {text: [str(spec.version) for pin in held for spec in pin.specifier] for text, held in found.items()}
    wrong = [
        str(each)
        for each in wanted
        if not versions[str(each)] or not all(version in each.specifier for version in versions[str(each)])
    ]
    assert wrong == []


def test_what_builds_the_package_is_locked() -> None:
    """The build tools are among the pins, since the build is not isolated: an isolated one takes the newest."""
    assert PROJECT["build-system"]["requires"] == EXTRAS["build"]
    assert "--no-build-isolation" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_both_locks_pin_the_same() -> None:
    """What a run needs is pinned for development in the same version, with the same hashes."""
    assert set(list_entries("run")) - set(list_entries("dev")) == set()


@each_lock
def test_every_pin_has_a_hash(name: str) -> None:
    """An exact version and a hash for each, and nothing that names an index."""
    entries = list_entries(name)
    assert [entry for entry in entries if "--hash=sha256:" not in entry or "==" not in entry] == []
    assert [entry for entry in entries if "://" in entry or "--index" in entry] == []
