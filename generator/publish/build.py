"""One build: ledger → report → figures and pages → site. Each step is a module; here is their order."""

import datetime as dt
import hashlib
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

import pandas as pd

from generator.audit.checking import append_snapshots
from generator.audit.corrections import add_corrections
from generator.audit.headlines import Headline, HeadlineChanges, compute_changes, read_headlines, write_headlines
from generator.audit.operations import Operations
from generator.audit.operations_read import read_operations
from generator.audit.versions import Versions, read_versions
from generator.base.collector import without_collector
from generator.base.errors import LedgerError, SnapshotError
from generator.base.files import ROOT, hash_file
from generator.base.repository import NOWHERE, CodeRepository, check_repository
from generator.figures.cards import render_cards
from generator.figures.files import Pool, RenderResult, render_figures
from generator.figures.keys import hash_code
from generator.ledger.intervals import LedgerEntry
from generator.ledger.store import Ledger, Manifest, Verdict, load_ledger, update_ledger
from generator.publish.badges import render_badges
from generator.publish.cards import build_cards
from generator.publish.datafiles import make_imprint, render_data_files
from generator.publish.datafiles_days import render_days
from generator.publish.dataset_files import render_dataset
from generator.publish.days_embeds import publish_pins, write_pinned_code
from generator.publish.feeds import render_feeds
from generator.publish.languages import list_published, list_states
from generator.publish.ledger_files import list_site_ledger
from generator.publish.pages import build_pages
from generator.publish.renames import list_moved
from generator.publish.site import Tree, build_site, check_site_folder, check_site_url, read_site_url
from generator.publish.statusfiles import render_status_files
from generator.publish.trees import Original, prepare_tree, publish_bare, read_first
from generator.publish.verify import verify_site
from generator.publish.write import Published, publish_files
from generator.questions.compute import compute_report
from generator.questions.gallery import build_figures
from generator.questions.report import Report
from generator.registry import Registry, load_registry
from generator.sources.bundled import FOLDER as BUNDLED
from generator.sources.bundled import fill_store, list_files
from generator.sources.outside import read_outside
from generator.sources.snapshot import list_snapshots, read_snapshot, to_frame
from generator.text.language import Language

SITE_SOURCE: Final = ROOT / "site_src"
# Caches and intermediate files; may be removed at any time.
WORK: Final = ROOT / ".build"
# The first language's sources: the hand-written ones, and the pages, figures and files that are made.
SOURCE: Final = WORK / "src"
# What the ledger's rows depend on beside the snapshots; the bundled ledger is made anew when they change.
_LEDGER_CODE: Final = (
    "base/settings.py",
    "ledger/classify.py",
    "ledger/flows.py",
    "ledger/intervals.py",
    "ledger/lineage.py",
    "ledger/store.py",
    "sources/snapshot.py",
)


@dataclass(frozen=True)
class BuildResult:
    """What a build did.

    Attributes:
        drawn: what came of the figures.
        written: what came of the first language's pages and of the data files.
        site_changed: whether the site builder ran; it does not when none of its inputs changed.
    """

    drawn: RenderResult
    written: Published
    site_changed: bool


@without_collector()
def run_build(
    store: Path | None,
    site: Path,
    today: dt.date,
    say: Callable[[str], None],
    *,
    site_url: str = "",
    repository: str = "",
    remote: str | None = None,
    draft: str = "",
) -> BuildResult:
    """Build the site from a store, or from the bundled snapshots.

    Args:
        store: the folder with snapshots; None for the bundled ones.
        site: where the finished site goes.
        today: the day of the build.
        say: told of each step as it begins.
        site_url: address that the site is published under; empty for a look at it on this machine.
        repository: OWNER/NAME on GitHub of the code, that pages lead to; empty where there is none.
        remote: the dataset repository that holds the store's whole ledger, as `hf://datasets/OWNER/NAME`.
        draft: a language that is built as well, by its code, for who translates it to look at.

    Raises:
        OmsError: something that was given is wrong; nothing was written, and the site before stays.
    """
    address, code = check_site_url(site_url) or read_site_url(ROOT), check_repository(repository)
    check_site_folder(site, [ROOT, *([store] if store else [])])
    say("reading the registry")
    registry = load_registry()
    report = _read_report(store, registry, today, say)
    folder = store or _prepare_bundled_store(registry)
    before, versions = read_headlines(folder), read_versions(folder)
    changes = compute_changes(before, report, versions, today)
    original = _gather(report, registry, folder, changes, (*before, *changes.headlines), address, code, draft)
    with Pool() as pool:
        drawn = _draw(original, say, pool)
        say("writing pages and data files")
        written = publish_files(SOURCE, {**read_first(SITE_SOURCE), **_render_first(original)}, WORK / "src.json")
        trees = _prepare_trees(original, say, pool)
    say("building the site")
    changed = _build(original, trees, site, list_site_ledger(folder, remote, WORK), versions)
    # Only now: a headline is published once its site is whole; killed before, the next build finds the same changes.
    add_corrections(folder, changes.corrections)
    write_headlines(folder, changes.headlines)
    return BuildResult(drawn, written, changed)


def _read_report(store: Path | None, registry: Registry, today: dt.date, say: Callable[[str], None]) -> Report:
    if store:
        say("bringing the ledger up to date")
        append_snapshots(store, registry, today, say)
    return load_report(store, registry, today, say, keeps=True)


def _gather(
    report: Report,
    registry: Registry,
    folder: Path,
    changes: HeadlineChanges,
    headlines: tuple[Headline, ...],
    site_url: str,
    repository: CodeRepository,
    draft: str,
) -> Original:
    """Gather what all languages are made from."""
    states = tuple(list_states(ROOT))
    operations = replace(read_operations(folder, report, registry, changes.corrections), languages=states)
    others = list_published(states, draft)
    choices = (Language("en"), *others) if others else ()
    figures = build_figures(report)
    imprint = make_imprint(report)
    return Original(
        report, registry, operations, figures, imprint, headlines, site_url, repository, SITE_SOURCE, choices
    )


def _draw(original: Original, say: Callable[[str], None], pool: Pool) -> RenderResult:
    say("drawing figures")
    language = Language("en")
    return render_figures(
        original.figures,
        site_src=SOURCE,
        cache=WORK,
        language=language,
        imprint=original.imprint,
        report=say,
        moved=list_moved(),
        pinned=write_pinned_code(original.report, language, original.headlines),
        pool=pool,
    )


def _render_first(original: Original) -> dict[str, str | bytes]:
    return render_files(
        original.report,
        Language("en"),
        original.registry,
        {figure.slug for figure in original.figures},
        original.operations,
        site_url=original.site_url,
        repository=original.repository,
        cache=WORK,
        headlines=original.headlines,
    )


def _prepare_trees(original: Original, say: Callable[[str], None], pool: Pool) -> list[Tree]:
    """Write what is left of the first language's sources, and all of the others'."""
    first = Language("en")
    trees = [publish_bare(first, original, Tree(first, SOURCE, WORK))]
    for language in original.choices[1:]:
        say(f"saying it in {language.voice.name}")
        trees.append(prepare_tree(language, original, WORK / "languages" / language.code, say, pool))
    return trees


def _build(original: Original, trees: Sequence[Tree], site: Path, ledger: Iterable[Path], versions: Versions) -> bool:
    """Build the site from its sources; return whether it was."""
    first, *others = trees
    return build_site(
        original.report,
        first.language,
        site_src=first.site_src,
        site=site,
        cache=first.cache,
        site_url=original.site_url,
        repository=original.repository,
        ledger=ledger,
        days=first.days,
        models=first.models,
        pins=publish_pins(WORK, original.report, first.language, original.headlines, original.site_url),
        facts={"data_date": original.report.data.as_of.isoformat(), **asdict(versions)},
        others=others,
        check=verify_site,
    )


def render_files(
    report: Report,
    language: Language,
    registry: Registry,
    slugs: Container[str],
    operations: Operations,
    *,
    site_url: str,
    repository: CodeRepository = NOWHERE,
    cache: Path,
    headlines: Sequence[Headline] = (),
) -> dict[str, str | bytes]:
    """Render all pages and files of a report, by path below the site's source; arguments as of `build_pages`.

    Cards that were drawn before are in the folder `cards` of the cache; `headlines` is what was published of each date.
    """
    cards = render_cards(build_cards(report, language), cache / "cards", hash_code(language))
    return {
        **build_pages(report, language, registry, slugs, operations, site_url=site_url, repository=repository),
        **render_data_files(report, language, registry, operations),
        **render_dataset(report, registry, language, site_url, headlines),
        **render_status_files(report, operations, language),
        **render_days(report, language),
        **render_feeds(report, language, site_url),
        **render_badges(report, language),
        **{f"cards/{name}.png": picture for name, picture in cards.items()},
    }


def load_report(
    store: Path | None, registry: Registry, today: dt.date, say: Callable[[str], None], *, keeps: bool = False
) -> Report:
    """Read a store's ledger, or that of the bundled snapshots, and compute the report.

    With `keeps` the sums of nights stay in the store, for the next report; else nothing is written.

    Raises:
        LedgerError: the ledger is damaged, or holds nothing.
    """
    folder = store or _prepare_bundled_store(registry)
    ledger = _load(folder)
    say("computing the report")
    return compute_report(
        ledger.entries,
        registry,
        today,
        bundled=store is None,
        repeated=ledger.repeated,
        copied_from=ledger.copied_from,
        outside=read_outside(),
        keep_in=folder if keeps else None,
    )


def load_entries(store: Path | None, registry: Registry) -> tuple[LedgerEntry, ...]:
    """Read the intervals of a store's ledger, or of the bundled one.

    Raises:
        LedgerError: the ledger is damaged, or holds nothing.
    """
    return _load(store or _prepare_bundled_store(registry)).entries


def read_newest(store: Path | None) -> pd.DataFrame:
    """Read the rows of the newest snapshot of a store, or of the bundled ones.

    Raises:
        SnapshotError: the store holds none.
    """
    paths = list_snapshots(store) if store else list_files()
    if not paths:
        raise SnapshotError(f"The store {store} holds no snapshot. Run `oms fetch` or `oms import` first.")
    return to_frame(read_snapshot(paths[-1]))


def _load(store: Path) -> Ledger:
    ledger = load_ledger(store)
    if not ledger.entries:
        raise LedgerError(
            f"The ledger of the store {store} holds no interval yet. `oms append --store {store}` checks its snapshots "
            "and appends those that no gate holds; `oms check` says what holds the others."
        )
    return ledger


def _prepare_bundled_store(registry: Registry) -> Path:
    """Return a store with the bundled snapshots and their ledger, new whenever the registry or its code changed."""
    digest = hashlib.sha256(repr((sorted(registry.publishers), registry.families)).encode())
    for path in [*list_files(), *(ROOT / "generator" / name for name in _LEDGER_CODE)]:
        digest.update(path.read_bytes())
    folder = WORK / "bundled" / digest.hexdigest()[:16]
    fill_store(folder)
    update_ledger(folder, registry, judge=_judge_bundled)
    return folder


def _judge_bundled(path: Path, _: Manifest) -> Verdict:
    """Accept a bundled snapshot: its bytes were looked at when they were put into the program, and came with it."""
    return Verdict(hash_file(BUNDLED / path.name))
