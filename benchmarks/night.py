"""How long each step of a night takes, and how much of it is waiting for the Hub's rate limit.

Three nights run as the real command against a Hub in a process of its own, whose rows carry as many tags as real ones;
the last one, which has days before it, is measured: the command with all processes that it starts, and apart from it
the Hub. That Hub has no limit: what the real one's limit adds is computed from the pages that were asked for.
"""

import datetime as dt
import json
import math
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from benchmarks.measured import ROOT, Measured
from benchmarks.processes import read_seconds, sum_sizes, watch_memory
from generator.base.settings import PAGE_ROWS
from tests.loopback_repo import REPO

NIGHTS: Final = (dt.date(2026, 11, 20), dt.date(2026, 11, 21), dt.date(2026, 11, 22))
# What the Hub says of its limit (November 2026): requests to a window of five minutes, by kind of token.
WINDOW_SECONDS: Final = 300
LIMITS: Final = {"no token": 500, "a free token": 1000, "a PRO token": 2500}
HUB_MODELS: Final = 3_200_000


def measure_night(models: int) -> Iterator[Measured]:
    """Yield what a night costs at a number of models, the command and the Hub that answers it apart.

    Then its steps by the clock and the share of waiting, and what the real Hub's limit would add.
    """
    with tempfile.TemporaryDirectory() as folder, _serve(models) as (endpoint, server):
        for date in NIGHTS:
            _turn(endpoint, date)
            before, sizes = read_seconds(server), _measure_folders(Path(folder))
            cpu, peak = _run(Path(folder), endpoint, date)
        served = read_seconds(server) - before
        grown = {name: size - sizes[name] for name, size in _measure_folders(Path(folder)).items()}
        journal = json.loads((Path(folder) / "store" / "nights" / f"{NIGHTS[-1]}.json").read_text(encoding="utf-8"))
    what, steps = f"night of {models:,} models", journal["steps"]
    total, waited = (sum(step[name] for step in steps) for name in ("seconds", "waiting_seconds"))
    yield Measured(f"{what}: the command", cpu, peak, f"{total:,.1f} s by the clock, {waited:,.0f} s of it waiting")
    yield Measured(f"{what}: the Hub on loopback that answers it", served)
    for step in steps:
        share = step["seconds"] / total
        yield Measured(f"{what}: {step['name']}", more=f"{step['seconds']:,.1f} s by the clock, {share:.0%}")
    for name, size in grown.items():
        yield Measured(f"{what}: {name}", more=f"{size / 1e6:+,.2f} MB from night {len(NIGHTS) - 1} to the next")
    fetch = next(step["seconds"] for step in steps if step["name"] == "fetch")
    for size in sorted({models, HUB_MODELS}):
        yield from _compute_limits(size, fetch * size / models, total * size / models, computed=size != models)


def _measure_folders(folder: Path) -> dict[str, int]:
    """Return the bytes of what a night writes, by folder."""
    return {name: sum_sizes(folder / name) for name in ("store/ledger", "store/snapshots", "store", "site")}


def compute_waiting(models: int, requests_a_window: int, fetch_seconds: float) -> float:
    """Compute the seconds that a crawl waits for the next window, beside the seconds that it works."""
    windows = math.ceil(math.ceil(models / PAGE_ROWS) / requests_a_window)
    return max(0.0, (windows - 1) * WINDOW_SECONDS - fetch_seconds)


def _compute_limits(models: int, fetch_seconds: float, night_seconds: float, *, computed: bool) -> Iterator[Measured]:
    """Yield the share of waiting for each kind of token; of a size that was not run, all figures are scaled."""
    for name, limit in LIMITS.items():
        waiting = compute_waiting(models, limit, fetch_seconds)
        share = waiting / (night_seconds + waiting)
        how = "computed, scaled in proportion from the night above" if computed else "computed from the limit"
        more = f"waits {waiting:,.0f} s, {share:.0%} of the night ({how})"
        yield Measured(f"{models:,} models with {name}", more=more)


def _run(folder: Path, endpoint: str, date: dt.date) -> tuple[float, float]:
    """Run a night in a process of its own; return the seconds of processors and the peak of memory in MB.

    Both are of it and all processes that it starts.
    """
    days = (dt.datetime.now(dt.UTC).date() - date).days  # the Hub's counts can be read on their own day only
    program = (
        "import datetime as dt, resource, sys; from generator.cli import app, main, night, verbs; "
        f"now = lambda: dt.datetime.now(dt.UTC) - dt.timedelta(days={days}); "
        "app.read_clock = night.read_clock = verbs.read_clock = now; "
        "app.app(args=sys.argv[1:], standalone_mode=False); "
        "used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]; "
        "print(sum(one.ru_utime + one.ru_stime for one in used))"
    )
    options = ["--store", str(folder / "store"), "--site", str(folder / "site"), "--date", date.isoformat()]
    environment = os.environ | {"HF_ENDPOINT": endpoint, "HF_HUB_DISABLE_XET": "1", "HF_HOME": str(folder / "hf")}
    command = [sys.executable, "-c", program, "nightly", *options, "--remote", f"hf://datasets/{REPO}"]
    night = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with night, watch_memory(night.pid) as peak:
        told, _ = night.communicate()
    if night.returncode:
        raise subprocess.CalledProcessError(night.returncode, command, told)
    return float(told.split()[-1]), peak.memory / 1e6


@contextmanager
def _serve(models: int) -> Iterator[tuple[str, int]]:
    """Start the Hub and yield its address and the number of its process."""
    command = [sys.executable, "-m", "tests.loopback_repo", "--models", str(models), "--heavy-tags"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip(), server.pid
        finally:
            server.terminate()


def _turn(endpoint: str, date: dt.date) -> Any:
    request = urllib.request.Request(f"{endpoint}/loopback/day/{date}", method="PUT")  # noqa: S310 - our own server
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
        return answer.read()
