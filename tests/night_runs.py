"""Nights as a scheduler runs them: the real command in a tree of its own, against a Hub on this machine.

A tree is a copy of the program and its pages: generated pages and caches of one night are not those of another.
"""

import datetime as dt
import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from generator.audit.checking import list_checks
from generator.audit.corrections import FILE as CORRECTIONS
from generator.audit.nights import list_nights
from generator.ledger.merge import find_breaks
from generator.ledger.store import Manifest, list_dates, load_ledger, read_manifest
from generator.night.packs import FOLDER, unpack
from generator.publish.verify import verify_site
from generator.registry import read_corrections
from generator.sources.snapshot import list_snapshots, read_snapshot
from tests.killed import Striker
from tests.loopback_repo import READ, WRITE, LoopbackRepo
from tests.tree import copy_tree_for_nights, turn_clock

DAY = dt.timedelta(days=1)
# Steps that need no site.
DATA_STEPS = ("pull", "fetch", "check", "append", "push")


@dataclass(frozen=True)
class Tree:
    """A copy of the program with a store and a site beside it.

    Attributes:
        root: the copy.
        hub: the Hub that its nights talk to.
    """

    root: Path
    hub: LoopbackRepo

    @property
    def store(self) -> Path:
        """Return its store."""
        return self.root / "store"

    @property
    def site(self) -> Path:
        """Return its site."""
        return self.root / "site"

    def command(self, date: dt.date, *more: str) -> list[str]:
        """Return the command of a night."""
        remote = f"hf://datasets/{self.hub.repo}"
        options = ["--store", "store", "--site", "site", "--remote", remote, "--date", date.isoformat(), *more]
        return [sys.executable, "-m", "generator", "nightly", *options]

    @property
    def log(self) -> Path:
        """Return the file of what the last night said."""
        return self.root / "night.log"

    def start(self, date: dt.date, *more: str) -> subprocess.Popen[str]:
        """Start a night in a session of its own, on its day."""
        turn_clock(self.root, date)
        with self.log.open("w", encoding="utf-8") as log:  # a pipe would stay open as long as an orphan holds it
            return subprocess.Popen(
                self.command(date, *more),
                cwd=self.root,
                env=self.environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )

    @property
    def striker(self) -> Striker:
        """Return what kills its nights."""
        return Striker(self.root, self.root, self.store)

    def fetch(self, date: dt.date) -> None:
        """Read the Hub's counts of a date into the store, and do no more of its night."""
        turn_clock(self.root, date)
        command = [sys.executable, "-m", "generator", "fetch", "--store", "store", "--date", date.isoformat()]
        subprocess.run(command, cwd=self.root, env=self.environment(), check=True, capture_output=True)

    def environment(self) -> dict[str, str]:
        """Return the environment of a night: this machine's Hub, one token to read and one to write."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "SITE_URL", "OMS_"))}
        kept |= {"PYTHONPATH": str(self.root)}  # of all processes of a night, its own program and the striker
        own = {"HF_ENDPOINT": self.hub.url, "HF_TOKEN": READ, "HF_WRITE_TOKEN": WRITE, "HF_HUB_DISABLE_XET": "1"}
        return kept | own | {"HF_HOME": str(self.root / "hf"), "COLUMNS": "200", "NO_COLOR": "1"}

    def run(self, date: dt.date, *more: str) -> str:
        """Run a night to its end; return what it said.

        Raises:
            AssertionError: it failed.
        """
        process = self.start(date, *more)
        process.wait()
        said = self.log.read_text(encoding="utf-8")
        assert process.returncode == 0, said
        return said


def make_tree(root: Path, hub: LoopbackRepo) -> Tree:
    """Copy the program and its pages, few of them."""
    return Tree(copy_tree_for_nights(root), hub)


def check_store(store: Path) -> Manifest:
    """Check that a store is whole: every file is what it says, and no interval is doubled or torn."""
    manifest = read_manifest(store)
    load_ledger(store)  # every file that counts has the bytes in its name
    dates = list_dates(manifest)
    assert len(dates) == len(set(dates)), dates
    assert find_breaks(manifest) == []
    for path in list_snapshots(store):
        read_snapshot(path)
    list_nights(store)
    list_checks(store)
    read_corrections(store / CORRECTIONS)
    return manifest


def check_site(site: Path) -> str:
    """Check that a published site is whole, byte for byte as it was built; return its build."""
    return verify_site(site).build_id


def check_repo(hub: LoopbackRepo, folder: Path) -> Manifest:
    """Check the repository: one line of commits, each with its parent named, and at its head a whole ledger."""
    for before, after in zip(hub.commits, hub.commits[1:], strict=False):
        assert after.parent == before.oid == after.named_parent, "a commit was forced"
        assert after.token == WRITE
    shutil.rmtree(folder, ignore_errors=True)
    for path, data in hub.head.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    for pack in sorted((folder / FOLDER).glob("*.zip")):
        unpack(pack, folder)
    manifest = check_store(folder)
    dates = set(list_dates(manifest))
    for commit in hub.commits[-5:]:  # what was pushed once is there for ever
        shutil.rmtree(folder / "earlier", ignore_errors=True)
        data = commit.files.get("ledger/manifest.json")
        if data is not None:
            (folder / "earlier" / "ledger").mkdir(parents=True)
            (folder / "earlier" / "ledger" / "manifest.json").write_bytes(data)
            assert set(list_dates(read_manifest(folder / "earlier"))) <= dates
    shutil.rmtree(folder / "earlier", ignore_errors=True)
    return manifest


def list_leftovers(tree: Tree) -> list[str]:
    """List files that a complete night does not leave behind."""
    beside = [path.name for path in tree.root.glob("site.*")]
    partial = [path.name for path in [*tree.store.rglob("*.partial"), *tree.site.rglob("*.partial")]]
    return beside + partial


def hash_ledger(store: Path) -> str:
    """Hash the manifest, which names every file of the ledger by its hash."""
    return hashlib.sha256((store / "ledger" / "manifest.json").read_bytes()).hexdigest()
