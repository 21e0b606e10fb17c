"""`make bench`: what every part costs in processor seconds and memory, a line each, and at the end all in one table.

Parsing, registry, figures and pages; the bundled site, built from nothing, again, and in all languages, and what its
readers wait for; a night against a Hub on loopback whose rows carry as many tags as real ones; a night's steps and the
report at several sizes of the Hub; and what a history of 1,200 nights costs. `python -m benchmarks --quick` does the
same with a smaller Hub and fewer nights, and `--small` with so few that a look takes minutes: its figures say that
every part runs, and nothing of the Hub.
"""

import argparse
import datetime as dt
import os
import platform
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from benchmarks.growth import NIGHTS, describe_site, measure_growth
from benchmarks.measured import Measured, measure, show
from benchmarks.night import HUB_MODELS, measure_night
from benchmarks.reading import measure_reading
from benchmarks.scale import SIZES, measure_scale
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
from generator.text.voices import read_voices
from tests.loopback import make_models
from tests.tree import copy_tree, publish_in, run_oms

DAY: Final = dt.date(2026, 11, 23)


@dataclass(frozen=True)
class Size:
    """How much is measured.

    Attributes:
        models: of the Hub that a night reads, and of the nights of a history.
        scale: models at which the steps are compared.
        nights: of a history.
        parsed: rows of the Hub's list.
    """

    models: int
    scale: tuple[int, ...]
    nights: int
    parsed: int = 100_000


WHOLE: Final = Size(HUB_MODELS, SIZES, NIGHTS)
SMALLER: Final = {
    "quick": Size(100_000, (100_000, 200_000), 120),
    "small": Size(5_000, (5_000, 10_000), 12, 10_000),
}


def main() -> None:
    """Run all measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    only_one = parser.add_mutually_exclusive_group()
    for name, size in SMALLER.items():
        told = f"{size.models:,} models a night, {size.nights} nights"
        only_one.add_argument(f"--{name}", dest="size", action="store_const", const=size, default=WHOLE, help=told)
    arguments = parser.parse_args()
    print(f"# {platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores", flush=True)
    show(measure_all(arguments.size))


def measure_all(size: Size) -> Iterator[Measured]:
    """Yield every figure."""
    yield measure_parsing(size.parsed)
    yield from measure_registry()
    yield from measure_report()
    yield from measure_site()
    yield from measure_night(size.models)
    yield from measure_scale(size.scale)
    yield from measure_growth(size.models, size.nights)


def measure_parsing(rows: int) -> Measured:
    """Measure how rows of the Hub's list are parsed."""
    raw = make_models(rows)
    return measure(f"parse {rows:,} rows of the Hub's list", lambda: [parse_row(row) for row in raw])


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
    """Measure the build of the bundled site, from nothing and again, in a copy of the program, and what it gives."""
    with tempfile.TemporaryDirectory() as folder:
        tree, site = copy_tree(Path(folder) / "tree"), Path(folder) / "site"
        run_oms(tree, "--help").check_returncode()  # compiles the program's modules, which is no part of a build
        first = _measure_build("build the bundled site from nothing", tree, site)
        yield first
        yield _measure_build("build it again, nothing changed", tree, site)
        yield from measure_reading(site)
        several = copy_tree(Path(folder) / "several")
        publish_in(several, read_voices())
        found = _measure_build(f"build it in {len(read_voices())} languages from nothing", several, site)
        ratio = (found.seconds or 0) / (first.seconds or 1)
        yield replace(found, more=f"{ratio:.2f} times the processors of one; {found.more}")


def _measure_build(what: str, tree: Path, site: Path) -> Measured:
    def run() -> None:
        run_oms(tree, "build", "--site", site, env={"PYTHONDONTWRITEBYTECODE": ""}).check_returncode()

    return measure(what, run, lambda: describe_site(site))


def _silent(_: str) -> None:
    """Say nothing of the steps."""


if __name__ == "__main__":
    main()
