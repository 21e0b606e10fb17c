"""What a history of 1,200 nights costs: processor seconds and memory of the report, size of the site and its pages.

    python -m benchmarks.growth --models 3200000

The ledger is drawn at the level of publishers: the entry of one drawn night, with the counts of a few variants, stands
for all nights. Files of one variant have the same bytes, so the disk holds them once.
"""

import argparse
import datetime as dt
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from benchmarks.processes import watch_memory
from benchmarks.scale import draw_night, run_step
from generator.ledger.intervals import Interval, LedgerEntry
from generator.ledger.store import FRAMES, Manifest, Stored, load_ledger, read_manifest, save_entry, write_manifest
from generator.publish.build import load_report, run_build
from generator.registry import load_registry

ROOT: Final = Path(__file__).resolve().parents[1]
# The repository that the drawn site names for its older intervals; nobody asks it.
REMOTE: Final = "hf://datasets/drawn/history"
STEPS: Final = ("report", "build")
NIGHTS: Final = 1200
VARIANTS: Final = 8


def measure_growth(models: int, nights: int = NIGHTS, store: Path | None = None) -> None:
    """Draw a history of a Hub of so many models, or take one, and print what report and site cost.

    Each step runs in a process of its own, so that its processor time and its memory are its own.
    """
    with tempfile.TemporaryDirectory() as folder:
        drawn = store or Path(folder) / "store"
        if store is None:
            for step in ("first", "next"):
                draw_night(drawn, models, step)
                print(f"{models:,} models: {run_step(step, drawn)}", flush=True)
            draw_history(drawn, nights)
        for step in STEPS:
            command = [sys.executable, "-m", "benchmarks.growth", "--step", step, "--store", str(drawn)]
            subprocess.run([*command, "--site", f"{folder}/site"], cwd=ROOT, check=True)


def run_growth_step(step: str, store: Path, site: Path) -> None:
    """Run one step here and print processor seconds and the peak of memory, of it and the processes that it starts."""
    day = read_manifest(store).stored[-1].interval.end + dt.timedelta(days=1)
    if step == "report":
        _watch(f"report after {NIGHTS:,} nights", lambda: load_report(store, load_registry(), day, _say_nothing))
        return
    _watch(
        f"build after {NIGHTS:,} nights",
        lambda: run_build(store, site, day, _say_nothing, site_url="https://example.org/", remote=REMOTE),
    )
    sizes = {path: path.stat().st_size for path in site.rglob("*") if path.is_file()}
    page = max((path for path in sizes if path.suffix == ".html"), key=lambda path: sizes[path])
    print(f"site: {sum(sizes.values()) / 1e6:,.1f} MB in {len(sizes):,} files", flush=True)
    print(f"largest page: {page.relative_to(site)}, {sizes[page] / 1e6:,.2f} MB", flush=True)
    for ending in sorted({path.suffix for path in sizes}):
        total = sum(size for path, size in sizes.items() if path.suffix == ending)
        print(f"  {ending or 'without an ending'}: {total / 1e6:,.1f} MB", flush=True)


def _watch(what: str, work: Callable[[], object]) -> None:
    """Run some work, and print what it and all the processes that it starts used."""
    with watch_memory(os.getpid()) as peak:
        work()
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    seconds = sum(one.ru_utime + one.ru_stime for one in used)
    print(f"{what}: {seconds:,.1f} s of processors, peak of all processes {peak.memory / 1e6:,.0f} MB", flush=True)


def _say_nothing(_: str) -> None:
    """Say nothing of the steps."""


def draw_history(store: Path, nights: int = NIGHTS) -> None:
    """Make a history of so many nights up to the newest one from the ledger's newest entry."""
    manifest = read_manifest(store)
    entry, sha256 = load_ledger(store).entries[-1], manifest.stored[-1].snapshot_sha256
    kinds = [save_entry(store, _vary(entry, seed), sha256) for seed in range(VARIANTS)]
    newest = entry.interval.end
    lines = [_repeat(store, kinds[age % VARIANTS], newest - dt.timedelta(days=age)) for age in range(nights - 1, 0, -1)]
    write_manifest(store, Manifest((*lines, manifest.stored[-1])))


def _vary(entry: LedgerEntry, seed: int) -> LedgerEntry:
    """Return the entry of the night before with other counts, up to a fifth more or less."""
    rng = np.random.default_rng(seed)
    interval = _move(entry.interval, entry.interval.start)

    def shake(frame: pd.DataFrame) -> pd.DataFrame:
        grown = (frame["downloads_30d"].astype("float64") * rng.uniform(0.8, 1.2, len(frame))).astype("int64")
        return frame.assign(flow=grown / 32, downloads_30d=grown)

    flows, models = shake(entry.flows), shake(entry.models)
    return LedgerEntry(interval, flows, models, entry.births, entry.releases)


def _move(interval: Interval, end: dt.date) -> Interval:
    return replace(interval, start=end - dt.timedelta(days=1), end=end, covered_days=1)


def _repeat(store: Path, kind: Stored, end: dt.date) -> Stored:
    """Give a variant's files the names of another night."""
    interval = _move(kind.interval, end)
    files = {}
    for name, ending in FRAMES.items():
        digest = kind.files[name].rpartition("-")[2].removesuffix(ending)
        files[name] = f"{interval.start}_{interval.end}-{digest}{ending}"
        if not (store / "ledger" / files[name]).exists():
            os.link(store / "ledger" / kind.files[name], store / "ledger" / files[name])
    return Stored(interval, kind.snapshot_sha256, files)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=3_200_000)
    parser.add_argument("--nights", type=int, default=NIGHTS)
    parser.add_argument("--store", type=Path, help="a drawn history to look at, instead of a new one")
    parser.add_argument("--site", type=Path, default=Path("site"))
    parser.add_argument("--step", choices=STEPS)
    arguments = parser.parse_args()
    if arguments.step:
        run_growth_step(arguments.step, arguments.store, arguments.site)
    else:
        measure_growth(arguments.models, arguments.nights, arguments.store)
