"""Nights that are killed and nights that race: the real command, against a Hub on this machine.

These are few, for time; `python -m benchmarks.kills` and `python -m benchmarks.races` run as many as one asks for.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.kills import run_kills
from benchmarks.races import run_data_races, run_races
from generator.base.files import ROOT

# Starts one drawing process as a build does, says its number, and waits to be killed.
DRAWER = """
import multiprocessing, os, signal
from concurrent.futures import ProcessPoolExecutor
from generator.figures.files import _end_with_parent
if __name__ == "__main__":
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(1, mp_context=context, initializer=_end_with_parent)
    print(pool.submit(os.getpid).result(), flush=True)
    signal.pause()
"""


@pytest.mark.slow
def test_a_killed_night_leaves_one_consistent_state_and_completes(tmp_path: Path) -> None:
    """After a kill store, site and repository are whole; the rerun's ledger is that of an undisturbed night.

    One of the hundred that the soak begins.
    """
    tally = run_kills(tmp_path, 1, models=1000, seed=2)
    assert (1, 1) == (tally.kills, tally.completed)


@pytest.mark.slow
@pytest.mark.parametrize(("races", "days"), [(3, 5), pytest.param(10, 16, marks=pytest.mark.soak)])
def test_two_nights_without_their_sites_lose_no_interval(tmp_path: Path, races: int, days: int) -> None:
    """Everything that touches store and repository, again and again: no day is lost or doubled, no push forced."""
    tally = run_data_races(tmp_path, races, models=200)
    assert (races, days) == (tally.races, tally.days)


@pytest.mark.soak
def test_two_nights_at_once_lose_no_interval(tmp_path: Path) -> None:
    """The same day, two days and an empty store, as in races without sites, which are a twentieth of the work."""
    tally = run_races(tmp_path, 3, models=300)
    assert (3, 5) == (tally.races, tally.days)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="this system does not list its processes in /proc")
def test_a_drawing_process_ends_with_the_night_that_started_it(tmp_path: Path) -> None:
    """The night alone is killed with SIGKILL: its workers do not wait for ever for figures to draw."""
    script = tmp_path / "drawer.py"
    script.write_text(DRAWER, encoding="utf-8")
    night = subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    assert night.stdout is not None
    told = night.stdout.readline().strip()
    assert told.isdecimal()
    worker = Path("/proc") / told
    assert worker.exists()
    night.kill()
    night.wait()
    while is_running(worker):
        time.sleep(0.01)
    night.stdout.close()


def is_running(process: Path) -> bool:
    """Return whether a process is there that has not ended; it may end while it is looked at."""
    try:
        return "State:\tZ" not in (process / "status").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
