"""What a history of 1,200 nights costs: processor seconds and memory of the report, size of the site and its pages.

    python -m benchmarks.growth --models 3200000

The ledger is drawn at the level of publishers: the entry of one drawn night, with the counts of a few variants, stands
for all nights. Files of one variant have the same bytes, so the disk holds them once.
"""

import argparse
import datetime as dt
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from benchmarks.measured import Measured, measure, run_apart, show, tell
from benchmarks.scale import draw_night
from generator.ledger.intervals import Interval, LedgerEntry
from generator.ledger.store import FRAMES, Manifest, Stored, load_ledger, read_manifest, save_entry, write_manifest
from generator.publish.build import load_report, run_build
from generator.registry import load_registry
from generator.star.kept import FOLDER
from tests.small import append_all

# The repository that the drawn site names for its older intervals; nobody asks it.
REMOTE: Final = "hf://datasets/drawn/history"
# The report with every row read, the next one, which takes the sums that the first has kept, and the site.
STEPS: Final = ("report", "next", "build")
NIGHTS: Final = 1200
VARIANTS: Final = 8


def measure_growth(models: int, nights: int = NIGHTS, store: Path | None = None) -> Iterator[Measured]:
    """Draw a history of a Hub of so many models, or take one, and yield what report and site cost."""
    with tempfile.TemporaryDirectory() as folder:
        drawn = store or Path(folder) / "store"
        if store is None:
            for step in ("first", "next"):
                draw_night(drawn, models, step)
                append_all(drawn, load_registry())
            draw_history(drawn, nights)
        for step in STEPS:
            arguments = ("--step", step, "--store", drawn, "--site", f"{folder}/site")
            yield from run_apart("benchmarks.growth", *arguments)


def run_growth_step(step: str, store: Path, site: Path) -> Measured:
    """Run one step here and return what it and the processes that it starts used."""
    stored = read_manifest(store).stored
    day, after = stored[-1].interval.end + dt.timedelta(days=1), f"after {len(stored):,} nights"
    if step == "report":
        shutil.rmtree(store / FOLDER, ignore_errors=True)
    if step != "build":
        which = "first" if step == "report" else "next"
        report = lambda: load_report(store, load_registry(), day, _say_nothing, keeps=True)  # noqa: E731
        return measure(f"{which} report {after}", report)
    build = lambda: run_build(store, site, day, _say_nothing, site_url="https://example.org/", remote=REMOTE)  # noqa: E731
    return measure(f"build {after}", build, lambda: describe_site(site))


def describe_site(site: Path) -> str:
    """Describe a site's size: all of it, its three largest kinds of files, and its largest page."""
    sizes = {path: path.stat().st_size for path in site.rglob("*") if path.is_file()}
    page = max((path for path in sizes if path.suffix == ".html"), key=lambda path: sizes[path])
    endings = Counter[str]()
    for path, size in sizes.items():
        endings[path.suffix or "no ending"] += size
    parts = ", ".join(f"{ending} {size / 1e6:,.1f}" for ending, size in endings.most_common(3))
    largest = f"largest page {page.relative_to(site)} {sizes[page] / 1e6:,.2f} MB"
    return f"site {sum(sizes.values()) / 1e6:,.1f} MB in {len(sizes):,} files ({parts}); {largest}"


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
        tell([run_growth_step(arguments.step, arguments.store, arguments.site)])
    else:
        show(measure_growth(arguments.models, arguments.nights, arguments.store))
