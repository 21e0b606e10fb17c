"""`make bench`: what every part costs in processor seconds and memory, a line each, and at the end all in one table.

Parsing, registry, figures and pages; the bundled site, built from nothing and again; a night against a Hub on loopback
whose rows carry as many tags as real ones; a night's steps and the report at several sizes of the Hub; and what a
history of 1,200 nights costs. `python -m benchmarks --quick` does the same with a smaller Hub and fewer nights.
"""

import argparse
import datetime as dt
import os
import platform
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.growth import NIGHTS, describe_site, measure_growth
from benchmarks.measured import Measured, measure, show
from benchmarks.night import HUB_MODELS, measure_night
from benchmarks.scale import QUICK_SIZES, SIZES, measure_scale
from generator.figures.files import WIDTHS, render_figures
from generator.ledger.lineage import FamilyMatcher
from generator.publish.build import load_report
from generator.publish.datafiles import make_imprint, render_data_files
from generator.publish.pages import build_pages
from generator.questions.gallery import build_figures
from generator.registry import load_registry
from generator.sources.bundled import FOLDER
from generator.sources.hub_rows import parse_row
from generator.sources.snapshot import read_snapshot
from generator.text.language import Language
from tests.loopback import make_models
from tests.tree import copy_tree, run_oms

QUICK_MODELS: Final = 100_000
QUICK_NIGHTS: Final = 120
PARSED_ROWS: Final = 100_000
DAY: Final = dt.date(2026, 11, 23)


def main() -> None:
    """Run all measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    smaller = f"{QUICK_MODELS:,} models a night, {QUICK_NIGHTS} nights"
    parser.add_argument("--quick", action="store_true", help=f"smaller: {smaller}")
    arguments = parser.parse_args()
    print(f"# {platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores", flush=True)
    show(measure_all(is_quick=arguments.quick))


def measure_all(*, is_quick: bool) -> Iterator[Measured]:
    """Yield every figure."""
    models = QUICK_MODELS if is_quick else HUB_MODELS
    yield measure_parsing()
    yield from measure_registry()
    yield from measure_report()
    yield from measure_site()
    yield from measure_night(models)
    yield from measure_scale(QUICK_SIZES if is_quick else SIZES)
    yield from measure_growth(models, QUICK_NIGHTS if is_quick else NIGHTS)


def measure_parsing() -> Measured:
    """Measure how rows of the Hub's list are parsed."""
    raw = make_models(PARSED_ROWS)
    return measure(f"parse {PARSED_ROWS:,} rows of the Hub's list", lambda: [parse_row(row) for row in raw])


def measure_registry() -> Iterator[Measured]:
    """Measure how the registry is loaded, and names are matched with its families."""
    yield measure("load the registry", load_registry)
    matcher = FamilyMatcher(load_registry().families)
    ids = read_snapshot(sorted(FOLDER.glob("*.parquet"))[-1], ["id"])["id"].to_pylist() * 4
    matcher.find(ids[0])
    yield measure(f"match {len(ids):,} names with the families", lambda: [matcher.find(model_id) for model_id in ids])


def measure_report() -> Iterator[Measured]:
    """Measure the bundled report, its figures, specified and drawn, its pages and its data files."""
    registry, language = load_registry(), Language("en")
    report = load_report(None, registry, DAY, _silent)
    yield measure("report over the bundled history", lambda: load_report(None, registry, DAY, _silent))
    figures = build_figures(report)
    widths = WIDTHS.values()
    specify = lambda: [figure.draw(width, language).to_dict() for figure in figures for width in widths]  # noqa: E731
    yield measure(f"specify {len(figures)} figures in both widths", specify)
    with tempfile.TemporaryDirectory() as folder:
        cold = Path(folder)
        given = {"site_src": cold, "cache": cold, "language": language, "imprint": make_imprint(report)}
        draw = lambda: render_figures(figures, report=_silent, **given)  # noqa: E731
        yield measure(f"draw {len(figures)} figures, all of their files", draw)
        yield measure("the same again, nothing changed", draw)
    slugs = {figure.slug for figure in figures}
    pages = build_pages(report, language, registry, slugs)
    yield measure(f"render {len(pages)} pages", lambda: build_pages(report, language, registry, slugs))
    yield measure("render the data files", lambda: render_data_files(report, language, registry))


def measure_site() -> Iterator[Measured]:
    """Measure the command that builds the bundled site, from nothing and again, in a copy of the program."""
    with tempfile.TemporaryDirectory() as folder:
        tree, site = copy_tree(Path(folder) / "tree"), Path(folder) / "site"

        def run(*words: object) -> None:
            run_oms(tree, *words, env={"PYTHONDONTWRITEBYTECODE": ""}).check_returncode()

        run("--help")  # compiles the program's modules, which is no part of a build
        for what in ("build the bundled site from nothing", "build it again, nothing changed"):
            yield measure(what, lambda: run("build", "--site", site), lambda: describe_site(site))


def _silent(_: str) -> None:
    """Say nothing of the steps."""


if __name__ == "__main__":
    main()
