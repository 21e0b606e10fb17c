"""SIGKILL before drawn changes of a night: is store and site one consistent state, and does the same command complete?

    python -m benchmarks.kills --count 200

The night is the real command over made-up models, as many as the smallest bundled snapshot has; the Hub and the
dataset repository stand on this machine. A night is killed before one of its changes on the disk, whichever of its
processes makes it: how fast the machine is decides nothing. Half of the kills take all processes of the night, the
others only the first one, so that its children go on; of each two, one strikes in the store, which has few changes,
one anywhere. Each night is killed several times on its way to its end.
"""

import argparse
import datetime as dt
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from generator.audit.nights import STEPS, read_night
from generator.ledger.store import list_dates
from tests.killed import ANYWHERE, STORE
from tests.loopback_repo import make_hub, serve_repo
from tests.night_runs import (
    DAY,
    Tree,
    check_repo,
    check_site,
    check_store,
    hash_ledger,
    list_leftovers,
    make_tree,
)

FIRST = dt.date(2026, 11, 20)


@dataclass
class Tally:
    """What was found.

    Attributes:
        kills: nights that were killed before their end.
        completed: reruns that went to their end.
        after: kills by the last step that the journal had as done.
    """

    kills: int = 0
    completed: int = 0
    after: Counter[str] = field(default_factory=Counter)


def run_kills(
    folder: Path,
    count: int,
    *,
    models: int,
    seed: int = 1,
    kills_a_night: int = 6,
    say: Callable[[str], None] = lambda _: None,
) -> Tally:
    """Kill nights until the count is reached; check after each kill, and after each rerun that went to its end.

    Raises:
        AssertionError: something was lost, doubled, torn, or did not complete.
    """
    chance = random.Random(seed)  # noqa: S311 - moments, no secrets
    tally = Tally()
    with serve_repo(make_hub(models, FIRST)) as hub:
        tree = make_tree(folder / "tree", hub)
        tree.striker.aim(0)
        tree.run(FIRST)
        night = FIRST + DAY
        hub.turn_to(night)
        start = _keep(tree, folder / "start")
        tree.striker.aim(0)
        tree.run(night)
        changes = {kinds: tree.striker.count(kinds) for kinds in (STORE, ANYWHERE)}
        expected = hash_ledger(tree.store)
        while tally.kills < count:
            _go_back(tree, folder / "start", start)
            for _ in range(min(kills_a_night, count - tally.kills)):
                kinds = (ANYWHERE, STORE)[tally.kills % 2]
                whole = (tally.kills + tally.kills // 2) % 2 == 0  # of four kills each kind comes with and without
                tree.striker.aim(chance.randint(1, changes[kinds]), kinds, whole=whole)
                if not _kill_once(tree, night, tally, folder):
                    break
            tree.striker.aim(0)
            tree.run(night)
            tally.completed += 1
            _check_complete(tree, night, expected, folder)
            say(f"{tally.kills} kills, {tally.completed} reruns to the end")
    return tally


def _kill_once(tree: Tree, night: dt.date, tally: Tally, folder: Path) -> bool:
    """Run the night until it is killed, and check what it left; tell whether it was killed."""
    process = tree.start(night)
    if process.wait() == 0:
        return False
    assert process.returncode == -signal.SIGKILL, tree.log.read_text(encoding="utf-8")
    tally.kills += 1
    dates = list_dates(check_store(tree.store))
    assert dates in ([FIRST], [FIRST, night]), dates
    check_site(tree.site)
    assert list_dates(check_repo(tree.hub, folder / "head")) in ([FIRST], [FIRST, night])
    journal = read_night(tree.store, night)
    done = [step.name for step in journal.steps if step.state in {"done", "skipped"}] if journal else []
    tally.after[next((name for name in reversed(STEPS) if name in done), "nothing")] += 1
    return True


def _check_complete(tree: Tree, night: dt.date, expected: str, folder: Path) -> None:
    journal = read_night(tree.store, night)
    assert journal is not None
    assert journal.is_done
    assert journal.hashes["build"] == check_site(tree.site)
    assert hash_ledger(tree.store) == expected, "the ledger differs from that of an undisturbed night"
    assert check_store(tree.store) == check_repo(tree.hub, folder / "head")
    assert tree.hub.head.files[f"nights/{night}.json"] == (tree.store / "nights" / f"{night}.json").read_bytes()
    assert list_leftovers(tree) == []


def _keep(tree: Tree, folder: Path) -> int:
    """Keep the state before the night; return how many commits the repository has."""
    for name in ("store", "site"):
        shutil.copytree(tree.root / name, folder / name)
    return len(tree.hub.commits)


def _go_back(tree: Tree, folder: Path, commits: int) -> None:
    """Go back to the state before the night; caches and generated pages stay as the last run left them."""
    for name in ("store", "site"):
        shutil.rmtree(tree.root / name)
        shutil.copytree(folder / name, tree.root / name)
    del tree.hub.commits[commits:]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Kill nights, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--models", type=int, default=5341)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        tally = run_kills(Path(folder), arguments.count, models=arguments.models, seed=arguments.seed, say=_say)
    print(f"{tally.kills} kills: after each, store and site and repository were one consistent state")
    print(f"{tally.completed} reruns to the end: none lost, none doubled, none torn, no leftovers")
    print("last step done at the kill: " + ", ".join(f"{name} {count}" for name, count in tally.after.most_common()))
    print(f"{time.monotonic() - begun:,.0f} s")


if __name__ == "__main__":
    main()
