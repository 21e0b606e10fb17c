"""One build: ledger → report → figures and pages → site. Each step is a module; here is their order."""

import datetime as dt
import hashlib
from collections.abc import Callable, Container, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

import pandas as pd

from generator.audit.checking import append_snapshots
from generator.audit.corrections import add_corrections
from generator.audit.headlines import Headline, compute_changes, read_headlines, write_headlines
from generator.audit.operations import Operations
from generator.audit.operations_read import read_operations
from generator.audit.versions import read_versions
from generator.base.collector import without_collector
from generator.base.errors import LedgerError, SnapshotError
from generator.base.files import ROOT, hash_file
from generator.base.repository import NOWHERE, CodeRepository, check_repository
from generator.figures.cards import render_cards
from generator.figures.files import Pool, render_figures
from generator.figures.keys import hash_code
from generator.ledger.intervals import LedgerEntry
from generator.ledger.store import Ledger, Manifest, Verdict, load_ledger, update_ledger
from generator.publish.badges import render_badges
from generator.publish.cards import build_cards
from generator.publish.datafiles import make_imprint, render_data_files
from generator.publish.datafiles_days import render_days
from generator.publish.dataset_files import render_dataset
from generator.publish.days_embeds import publish_pins, write_pinned_code
from generator.publish.days_pages import render_day_pages
from generator.publish.feeds import render_feeds
from generator.publish.languages import list_published, list_states
from generator.publish.ledger_files import list_site_ledger
from generator.publish.models_pages import render_model_pages
from generator.publish.pages import build_pages
from generator.publish.renames import list_moved
from generator.publish.site import Tree, build_site, check_site_folder, check_site_url, read_site_url
from generator.publish.statusfiles import render_status_files
from generator.publish.trees import Original, prepare_tree
from generator.publish.verify import verify_site
from generator.publish.write import publish_files, publish_pages
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
        report: the report that it shows.
        site: the folder of the finished site.
        drawn: figures drawn anew.
        reused: figures taken from the cache.
        written: pages and data files whose bytes changed.
        unchanged: those that stayed as they were.
        site_changed: whether the site builder ran; it does not when none of its inputs changed.
    """

    report: Report
    site: Path
    drawn: int
    reused: int
    written: int
    unchanged: int
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

    Raises:
        OmsError: something that was given is wrong; nothing was written, and the site before stays.
    """
    site_url, code = check_site_url(site_url), check_repository(repository)
    check_site_folder(site, [ROOT, *([store] if store else [])])
    language = Language("en")
    say("reading the registry")
    registry = load_registry()
    if store:
        say("bringing the ledger up to date")
        append_snapshots(store, registry, today, say)
    report = load_report(store, registry, today, say, keeps=True)
    say("drawing figures")
    figures = build_figures(report)
    imprint = make_imprint(report)
    folder = store or _prepare_bundled_store(registry)
    before = read_headlines(folder)
    changes = compute_changes(before, report, read_versions(folder), today)
    headlines = (*before, *changes.headlines)
    with Pool() as pool:
        rendered = render_figures(
            figures,
            site_src=SITE_SOURCE,
            cache=WORK,
            language=language,
            imprint=imprint,
            report=say,
            moved=list_moved(),
            pinned=write_pinned_code(report, language, headlines),
            pool=pool,
        )
        say("writing pages and data files")
        slugs = {figure.slug for figure in figures}
        states = tuple(list_states(ROOT))
        operations = replace(read_operations(folder, report, registry, changes.corrections), languages=states)
        address = site_url or read_site_url(ROOT)
        files = render_files(
            report,
            language,
            registry,
            slugs,
            operations,
            site_url=address,
            repository=code,
            cache=WORK,
            headlines=headlines,
        )
        published = publish_files(SITE_SOURCE, files, WORK / "generated.json")
        published_in = list_published(states)
        choices = (language, *published_in) if published_in else ()
        days = publish_pages(WORK / "days", render_day_pages(report, language, headlines, address, code, choices))
        pins = publish_pins(WORK, report, language, headlines, address)
        models = publish_pages(WORK / "models", render_model_pages(report, language, registry, address, code, choices))
        generated = frozenset(files)
        original = Original(
            report, registry, operations, figures, imprint, headlines, address, code, SITE_SOURCE, generated, choices
        )
        others = [_prepare_language(each, original, say, pool) for each in published_in]
    say("building the site")
    changed = build_site(
        report,
        language,
        site_src=SITE_SOURCE,
        site=site,
        cache=WORK,
        site_url=site_url,
        repository=code,
        ledger=list_site_ledger(folder, remote, WORK),
        days=days,
        models=models,
        pins=pins,
        facts={"data_date": report.data.as_of.isoformat(), **asdict(read_versions(folder))},
        others=others,
        check=verify_site,
    )
    # Only now: a headline is published once its site is whole; killed before, the next build finds the same changes.
    add_corrections(folder, changes.corrections)
    write_headlines(folder, changes.headlines)
    return BuildResult(report, site, rendered.drawn, rendered.reused, published.written, published.unchanged, changed)


def _prepare_language(language: Language, original: Original, say: Callable[[str], None], pool: Pool) -> Tree:
    say(f"saying it in {language.voice.name}")
    return prepare_tree(language, original, WORK / "languages" / language.code, say, pool)


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
