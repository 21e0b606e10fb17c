"""`make bench`: rows parsed per second, seconds per figure and per page, and nights of the Hub's size, step by step.

That takes half an hour and 12 GB of memory on two cores; `python -m benchmarks --quick` takes a few minutes. The last
step is what a history of 1,200 nights costs.
"""

import argparse
import datetime as dt
import os
import platform
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from benchmarks.growth import measure_growth
from benchmarks.night import HUB_MODELS, measure_night
from benchmarks.scale import QUICK_SIZES, SIZES, measure_scale
from generator.figures.files import render_figures
from generator.ledger.lineage import FamilyMatcher
from generator.publish.build import load_report, run_build
from generator.publish.datafiles import render_data_files
from generator.publish.pages import build_pages
from generator.questions.gallery import build_figures
from generator.registry import load_registry
from generator.sources.bundled import FOLDER
from generator.sources.hub_rows import parse_row
from generator.sources.snapshot import read_snapshot
from generator.text.language import Language
from tests.loopback import make_models

QUICK_MODELS: Final = 200_000


def main() -> None:
    """Run all measurements and print one line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"smaller nights: {QUICK_MODELS:,} models; {QUICK_SIZES}")
    arguments = parser.parse_args()
    print(f"# {platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores")
    measure_parsing()
    measure_registry()
    measure_report()
    measure_night(QUICK_MODELS if arguments.quick else HUB_MODELS)
    measure_scale(QUICK_SIZES if arguments.quick else SIZES)
    measure_growth(QUICK_MODELS if arguments.quick else HUB_MODELS)


def measure_parsing(rows: int = 100_000) -> None:
    """Rows of the Hub's list parsed per second."""
    raw = make_models(rows)
    seconds = _time(lambda: [parse_row(row) for row in raw])
    _print("parse rows of the Hub's list", f"{rows / seconds:,.0f} rows/s")


def measure_registry() -> None:
    """Seconds to load the registry; names matched with the families per second."""
    _print("load the registry", f"{_time(load_registry):.3f} s")
    matcher = FamilyMatcher(load_registry().families)
    ids = read_snapshot(sorted(FOLDER.glob("*.parquet"))[-1], ["id"])["id"].to_pylist() * 4
    matcher.find(ids[0])
    seconds = _time(lambda: [matcher.find(model_id) for model_id in ids])
    _print("match names with the families", f"{len(ids) / seconds:,.0f} names/s")


def measure_report() -> None:
    """Seconds for the bundled report, per figure and per page, first and second build."""
    registry, language = load_registry(), Language("en")
    report = load_report(None, registry, dt.date(2026, 11, 23), _silent)
    figures = build_figures(report, language)
    seconds = _time(lambda: [figure.draw(680).to_json() for figure in figures])
    _print("specify a figure", f"{seconds / len(figures):.4f} s each, {len(figures)} figures")
    with tempfile.TemporaryDirectory() as folder:
        cold = Path(folder)
        draw = lambda: render_figures(figures, site_src=cold, cache=cold, language=language, report=_silent)  # noqa: E731
        _print("draw all figures, no cache", f"{_time(draw):.1f} s")
    slugs = {figure.slug for figure in figures}
    pages = build_pages(report, language, registry, slugs)
    seconds = _time(lambda: build_pages(report, language, registry, slugs))
    _print("render a page", f"{seconds / len(pages):.4f} s each, {len(pages)} pages")
    _print("render the data files", f"{_time(lambda: render_data_files(report, language, registry)):.2f} s")
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        first = _time(lambda: run_build(None, site, dt.date(2026, 11, 23), _silent))
        second = _time(lambda: run_build(None, site, dt.date(2026, 11, 23), _silent))
    _print("build the bundled site, figures cached", f"{first:.1f} s")
    _print("build it again, nothing changed", f"{second:.1f} s, {second / first:.0%} of that")


def _time(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _silent(_: str) -> None:
    """Say nothing of the steps."""


def _print(what: str, figure: str) -> None:
    print(f"{what:45} {figure}", flush=True)


if __name__ == "__main__":
    main()
