"""Nights that are killed and nights that race: the real command, against a Hub on this machine.

These are few, for time; `python -m benchmarks.kills` and `python -m benchmarks.races` run as many as one asks for.
"""

from pathlib import Path

import pytest

from benchmarks.kills import run_kills
from benchmarks.races import run_races


@pytest.mark.slow
def test_a_killed_night_leaves_one_consistent_state_and_completes(tmp_path: Path) -> None:
    """After each kill store, site and repository are whole; the rerun's ledger is that of an undisturbed night."""
    tally = run_kills(tmp_path, 8, models=1000, seed=2)
    assert (8, True) == (tally.kills, tally.completed >= 2)


@pytest.mark.slow
def test_two_nights_at_once_lose_no_interval(tmp_path: Path) -> None:
    """The same day, the next day, and from an empty store; each commit names its parent."""
    tally = run_races(tmp_path, 3, models=300)
    assert (3, 5) == (tally.races, tally.days)
