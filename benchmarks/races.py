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
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import constants

from generator.audit.nights import read_night
from generator.ledger.store import list_dates
from generator.night.nightly import Clock, NightContext, run_night
from tests.loopback_repo import READ, WRITE, LoopbackRepo, make_hub, serve_repo
from tests.night_runs import DATA_STEPS, DAY, Tree, check_repo, check_site, check_store, make_tree

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
    """Run pairs of nights at once, each a process of its own; check the repository after each pair.

    Raises:
        AssertionError: an interval was lost or doubled, a commit did not name its parent, or a night failed.
    """
    with serve_repo(make_hub(models, FIRST)) as hub:
        trees = (make_tree(folder / "one", hub), make_tree(folder / "other", hub))
        trees[0].run(FIRST)
        stores = [tree.store for tree in trees]
        return _run_pairs(hub, stores, count, folder, lambda dates: _race(trees, dates), trees[0].fetch, say)


def run_data_races(folder: Path, count: int, *, models: int, say: Callable[[str], None] = lambda _: None) -> Tally:
    """Run pairs of nights at once without their sites, each a thread of its own: twenty times as fast.

    Raises:
        AssertionError: an interval was lost or doubled, or a commit did not name its parent.
        OmsError: a night failed.
    """
    constants.HF_HUB_DISABLE_XET = True
    with serve_repo(make_hub(models, FIRST)) as hub, ThreadPoolExecutor(2) as threads:
        stores = [folder / "one", folder / "other"]
        run_night(_make_context(hub, stores[0], FIRST), DATA_STEPS)

        def race(dates: Sequence[dt.date]) -> None:
            contexts = [_make_context(hub, store, date) for store, date in zip(stores, dates, strict=True)]
            for night in list(threads.map(lambda context: run_night(context, DATA_STEPS), contexts)):
                assert night.date in list_dates(check_store(stores[dates.index(night.date)]))

        def fetch(date: dt.date) -> None:
            run_night(_make_context(hub, stores[0], date), ("fetch",))

        return _run_pairs(hub, stores, count, folder, race, fetch, say)


def _run_pairs(
    hub: LoopbackRepo,
    stores: Sequence[Path],
    count: int,
    folder: Path,
    race: Callable[[Sequence[dt.date]], None],
    fetch: Callable[[dt.date], object],
    say: Callable[[str], None],
) -> Tally:
    """Run pairs for one and the same day, and for two days that follow one another; some from an empty store.

    Of two days, the first one's counts are read before the Hub goes on to the second.
    """
    tally, day = Tally(), FIRST
    for number in range(count):
        day += DAY
        hub.turn_to(day)
        dates = (day, day) if number % 2 == 0 else (day, day + DAY)
        if number % 3 == 2:
            shutil.rmtree(stores[number % 2], ignore_errors=True)
        if dates[1] != day:
            fetch(day)
            hub.turn_to(dates[1])
        race(dates)
        day = dates[1]
        found = list_dates(check_repo(hub, folder / "head"))
        assert [FIRST + DAY * ordinal for ordinal in range((day - FIRST).days + 1)] == found, "a day is lost or doubled"
        tally.races, tally.days, tally.commits = tally.races + 1, len(found), len(hub.commits) - 1
        tally.again = sum("/commit/" in request.path for request in hub.requests) - tally.commits
        say(f"{tally.races} races, {tally.days} days, {tally.commits} commits, {tally.again} refused and made again")
    return tally


def _race(trees: tuple[Tree, Tree], dates: Sequence[dt.date]) -> None:
    """Run two nights at once, to their ends."""
    running = [tree.start(date) for tree, date in zip(trees, dates, strict=True)]
    for process, tree, date in zip(running, trees, dates, strict=True):
        process.wait()
        assert process.returncode == 0, tree.log.read_text(encoding="utf-8")
        journal = read_night(tree.store, date)
        assert journal is not None
        assert journal.is_done
        assert date in list_dates(check_store(tree.store))
        check_site(tree.site)


def _make_context(hub: LoopbackRepo, store: Path, date: dt.date) -> NightContext:
    """Make what a night is given."""
    moment = dt.datetime.combine(date, dt.time(3, 17), dt.UTC)  # the Hub's counts can be read on their own day only
    clock = Clock(lambda: moment, time.sleep)
    return NightContext(
        store=store,
        date=date,
        clock=clock,
        started_at=clock.now(),
        site=store / "no-site",
        remote=f"hf://datasets/{hub.repo}",
        endpoint=hub.url,
        read_token=READ,
        write_token=lambda: WRITE,
    )


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Run the races, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--models", type=int, default=1000)
    parser.add_argument("--without-sites", action="store_true", help="everything but build and verify")
    arguments = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        run = run_data_races if arguments.without_sites else run_races
        tally = run(Path(folder), arguments.count, models=arguments.models, say=_say)
    print(f"{tally.races} races of two nights: {tally.days} days in the ledger, none lost, none doubled")
    print(f"{tally.commits} commits, each on top of the one it names; {tally.again} refused and made again")
    print(f"{time.monotonic() - begun:,.0f} s")


if __name__ == "__main__":
    main()
