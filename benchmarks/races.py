"""Two nights at once against one dataset repository: is any interval lost, is any push forced?

    python -m benchmarks.races --count 50

Both nights are the real command, each in a tree of its own. They race for one and the same day, or for two days that
follow one another, in turn; in every third race one of them begins from an empty store.
"""

import argparse
import datetime as dt
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from generator.nights import read_night
from generator.store import list_dates
from tests.loopback_repo import make_hub, serve_repo
from tests.night_runs import DAY, Tree, check_repo, check_site, check_store, make_tree

# Long enough ago for a race a day: counts of days to come are held.
FIRST = dt.date(2026, 6, 1)


@dataclass
class Tally:
    """What was found.

    Attributes:
        races: pairs of nights.
        days: days in the ledger at the end.
        commits: commits of the repository at the end.
        again: nights whose push began again on top of the other's commit.
    """

    races: int = 0
    days: int = 0
    commits: int = 0
    again: int = 0


def run_races(folder: Path, count: int, *, models: int, say: Callable[[str], None] = lambda _: None) -> Tally:
    """Run pairs of nights at once; check the repository after each pair.

    Raises:
        AssertionError: an interval was lost or doubled, a commit did not name its parent, or a night failed.
    """
    tally = Tally()
    with serve_repo(make_hub(models, FIRST)) as hub:
        trees = (make_tree(folder / "one", hub), make_tree(folder / "other", hub))
        trees[0].run(FIRST)
        day = FIRST
        for number in range(count):
            day += DAY
            hub.turn_to(day)
            dates = (day, day) if number % 2 == 0 else (day, day + DAY)
            if number % 3 == 2:
                shutil.rmtree(trees[number % 2].store, ignore_errors=True)
            _race(trees, dates)
            day = dates[1]
            manifest = check_repo(hub, folder / "head")
            expected = [FIRST + DAY * ordinal for ordinal in range((day - FIRST).days + 1)]
            assert list_dates(manifest) == expected, "a day was lost or doubled"
            tally.races += 1
            say(f"{tally.races} races, {len(expected)} days, {len(hub.commits) - 1} commits")
        asked = sum("/commit/" in request.path for request in hub.requests)
        tally.days, tally.commits = len(list_dates(manifest)), len(hub.commits) - 1
        tally.again = asked - tally.commits
    return tally


def _race(trees: tuple[Tree, Tree], dates: tuple[dt.date, dt.date]) -> None:
    """Run two nights at once, to their ends."""
    running = [tree.start(date) for tree, date in zip(trees, dates, strict=True)]
    for process, tree, date in zip(running, trees, dates, strict=True):
        process.wait(timeout=1800)
        assert process.returncode == 0, tree.log.read_text(encoding="utf-8")
        journal = read_night(tree.store, date)
        assert journal is not None
        assert journal.is_done
        assert date in list_dates(check_store(tree.store))
        check_site(tree.site)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Run the races, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--models", type=int, default=1000)
    arguments = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        tally = run_races(Path(folder), arguments.count, models=arguments.models, say=_say)
    print(f"{tally.races} races of two nights: {tally.days} days in the ledger, none lost, none doubled")
    print(f"{tally.commits} commits, each on top of the one it names; {tally.again} refused and made again")
    print(f"{time.monotonic() - begun:,.0f} s")


if __name__ == "__main__":
    main()
