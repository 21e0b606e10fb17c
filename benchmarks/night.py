"""How long each step of a night takes, and how much of it is waiting for the Hub's rate limit.

Two nights run as the real command against a Hub in a process of its own; the second one, which has a day before it, is
measured. That Hub has no limit: what the real one's limit adds is computed from the pages that were asked for.
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

from generator.base.settings import PAGE_ROWS
from tests.loopback_repo import REPO

ROOT: Final = Path(__file__).resolve().parents[1]
NIGHTS: Final = (dt.date(2026, 11, 20), dt.date(2026, 11, 21))
# What the Hub says of its limit (November 2026): requests to a window of five minutes, by kind of token.
WINDOW_SECONDS: Final = 300
LIMITS: Final = {"no token": 500, "a free token": 1000, "a PRO token": 2500}
HUB_MODELS: Final = 3_200_000


def measure_night(models: int) -> None:
    """Print seconds of each step, and the share of waiting, at a number of models; then what the limit costs."""
    with tempfile.TemporaryDirectory() as folder, _serve(models) as endpoint:
        for date in NIGHTS:
            _turn(endpoint, date)
            cpu, peak = _run(Path(folder), endpoint, date)
        journal = json.loads((Path(folder) / "store" / "nights" / f"{NIGHTS[-1]}.json").read_text(encoding="utf-8"))
    steps = journal["steps"]
    total = sum(step["seconds"] for step in steps)
    for step in steps:
        _print(
            f"night of {models:,} models: {step['name']}", f"{step['seconds']:,.1f} s, {step['seconds'] / total:.0%}"
        )
    waited = sum(step["waiting_seconds"] for step in steps)
    _print(f"night of {models:,} models: all steps", f"{total:,.1f} s, {waited:,.0f} s of it waiting")
    _print(f"night of {models:,} models: processor, memory", f"{cpu:,.1f} s, peak {peak:,.0f} MB")
    fetch = next(step["seconds"] for step in steps if step["name"] == "fetch")
    for size in sorted({models, HUB_MODELS}):
        _print_limits(size, fetch * size / models, total * size / models, computed=size != models)


def compute_waiting(models: int, requests_a_window: int, fetch_seconds: float) -> float:
    """Compute the seconds that a crawl waits for the next window, beside the seconds that it works."""
    windows = math.ceil(math.ceil(models / PAGE_ROWS) / requests_a_window)
    return max(0.0, (windows - 1) * WINDOW_SECONDS - fetch_seconds)


def _print_limits(models: int, fetch_seconds: float, night_seconds: float, *, computed: bool) -> None:
    """Print the share of waiting for each kind of token; of a size that was not run, all figures are scaled."""
    for name, limit in LIMITS.items():
        waiting = compute_waiting(models, limit, fetch_seconds)
        share = waiting / (night_seconds + waiting)
        how = "computed, scaled in proportion from the night above" if computed else "computed from the limit"
        _print(f"{models:,} models with {name}", f"waits {waiting:,.0f} s, {share:.0%} of the night ({how})")


def _run(folder: Path, endpoint: str, date: dt.date) -> tuple[float, float]:
    """Run a night in a process of its own; return its seconds of processor time and its peak memory in MB."""
    days = (dt.datetime.now(dt.UTC).date() - date).days  # the Hub's counts can be read on their own day only
    program = (
        "import datetime as dt, resource, sys; from generator.cli import app, main, night, verbs; "
        f"now = lambda: dt.datetime.now(dt.UTC) - dt.timedelta(days={days}); "
        "app.read_clock = night.read_clock = verbs.read_clock = now; "
        "app.app(args=sys.argv[1:], standalone_mode=False); "
        "from benchmarks.scale import read_peak; "
        "used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]; "
        "print(sum(one.ru_utime + one.ru_stime for one in used), max(read_peak(), used[1].ru_maxrss / 1024))"
    )
    options = ["--store", str(folder / "store"), "--site", str(folder / "site"), "--date", date.isoformat()]
    environment = os.environ | {"HF_ENDPOINT": endpoint, "HF_HUB_DISABLE_XET": "1", "HF_HOME": str(folder / "hf")}
    done = subprocess.run(
        [sys.executable, "-c", program, "nightly", *options, "--remote", f"hf://datasets/{REPO}"],
        env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    cpu, peak = done.stdout.split()[-2:]
    return float(cpu), float(peak)


@contextmanager
def _serve(models: int) -> Iterator[str]:
    """Start the Hub and yield its address."""
    command = [sys.executable, "-m", "tests.loopback_repo", "--models", str(models)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def _turn(endpoint: str, date: dt.date) -> Any:
    request = urllib.request.Request(f"{endpoint}/loopback/day/{date}", method="PUT")  # noqa: S310 - our own server
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
        return answer.read()


def _print(what: str, figure: str) -> None:
    print(f"{what:45} {figure}", flush=True)
