"""What several test files share: no network outside this machine, and one real site for all browser tests."""

import datetime as dt
import fcntl
import gc
import ipaddress
import json
import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from huggingface_hub import constants
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from generator.audit.headlines import compute_changes
from generator.audit.operations_read import read_operations
from generator.audit.versions import read_versions
from generator.base.encode import to_bytes
from generator.base.repository import CodeRepository
from generator.figures.figure import Figure
from generator.figures.files import render_figures
from generator.publish.build import SITE_SOURCE, SOURCE, WORK, _prepare_bundled_store, load_report, render_files
from generator.publish.datafiles import make_imprint, render_data_files
from generator.publish.days_embeds import publish_pins, write_pinned_code
from generator.publish.days_pages import render_day_pages
from generator.publish.ledger_files import list_site_ledger
from generator.publish.models_pages import render_model_pages
from generator.publish.pages import build_pages
from generator.publish.site import build_site
from generator.publish.write import publish_pages
from generator.questions.gallery import build_figures
from generator.questions.report import Report
from generator.registry import Registry, load_registry
from tests.chromium import HELP, find_chromium
from tests.loopback_repo import WRITE, LoopbackRepo, serve_repo
from tests.servers import serve_folder
from tests.spoken import ENGLISH

BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What does not come in this time does not come.
MOST_MILLISECONDS = 300_000
TODAY = dt.date(2026, 11, 23)
# Files of a quarter of a minute and more, the longest first; the second begins without the bundled site.
LONGEST = (
    "test_browser.py",
    "test_workflow_runs.py",
    "test_first_screen.py",
    "test_disturbed.py",
    "test_nightly.py",
    "test_reproducible.py",
    "test_archive.py",
    "test_checks_real.py",
    "test_hostile.py",
    "test_backfill.py",
    "test_explorer.py",
    "test_embeds.py",
    "test_withdrawals.py",
    "test_operations.py",
    "test_corrected_site.py",
    "test_copied_site.py",
    "test_days.py",
    "test_topic_measures.py",
    "test_sensitivity.py",
    "test_types.py",
)
# Where the code of that site is: as little a place as the address of a test.
CODE = CodeRepository("example/open-model-share")
# The folder of the bundled site, and its address.
BUNDLED = pytest.StashKey[tuple[str, str]]()


# What is drawn is judged by what comes out, however slow or busy the machine is.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the slow files, the longest first: a long one that begins last is what all others wait for.

    What needs the report of the bundled snapshots is slow: it takes five seconds, in each process.
    """
    for item in items:
        if "bundled_report" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)
    quick = {item.path for item in items if not item.get_closest_marker("slow")}
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: (places.get(item.path.name, len(places)), item.path in quick))


def pytest_collection_finish() -> None:
    """Keep the collector of circles away from what was collected: thousands of tests, which all stay."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what each fault of the Hub's list ended in, where its tests ran."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    faults: dict[str, list[str]] = {}
    for report in reports:
        for _, value in (pair for pair in report.user_properties if pair[0] == "fault"):
            name, page, end, requests, seconds = json.loads(value)
            faults.setdefault(name, []).append(f"page {page}: {end}, {requests} requests, {seconds:,} s to wait")
    if faults:
        terminalreporter.section("what each fault of the Hub's list ended in")
    for name, ends in faults.items():
        terminalreporter.line("\n    ".join([name, *sorted(ends)]))


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackRepo]:
    """A Hub with an empty dataset repository; the client's own store for large files is not part of it."""
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    with serve_repo(LoopbackRepo([], write_token=WRITE)) as running:
        yield running


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Refuse every connection of this process to another machine."""
    connect = socket.socket.connect

    def refuse(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else "127.0.0.1"  # a path: a socket of this machine
        if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
            pytest.fail(f"a test reached for {host}; tests talk to this machine only")
        connect(self, address)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        yield


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The real registry."""
    return load_registry()


@pytest.fixture(scope="session")
def bundled_report(registry: Registry) -> Report:
    """The report of the bundled snapshots."""
    return load_report(None, registry, TODAY, lambda _: None)


@pytest.fixture(scope="session")
def bundled_figures(bundled_report: Report) -> tuple[Figure, ...]:
    """The figures of that report, not yet drawn."""
    return tuple(build_figures(bundled_report))


@pytest.fixture(scope="session")
def bundled_pages(bundled_report: Report, bundled_figures: tuple[Figure, ...], registry: Registry) -> Mapping[str, str]:
    """Its pages, with all its figures, as Markdown by path."""
    return build_pages(bundled_report, ENGLISH, registry, {figure.slug for figure in bundled_figures})


@pytest.fixture(scope="session")
def bundled_files(bundled_report: Report, registry: Registry) -> Mapping[str, str | bytes]:
    """Its data files by path."""
    return render_data_files(bundled_report, ENGLISH, registry)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    path = find_chromium()
    if path is None:
        pytest.fail(HELP)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=BROWSER_ARGUMENTS)
        yield running
        running.close()


def begin_to_read(page: Page) -> None:
    """Move as a reader does, and wait until the theme has the list of pages that it swaps without a reload."""
    with page.expect_event("requestfinished", lambda request: request.url.endswith("/sitemap.xml")):
        page.mouse.move(100, 300)
        page.mouse.move(110, 310)


def run_axe(page: Page, options: Mapping[str, object]) -> list[dict[str, Any]]:
    """Return what axe finds wrong with a page; its half a megabyte is read into a page once."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[dict[str, Any]] = page.evaluate("options => axe.run(options)", dict(options))["violations"]
    return found


def open_context(browser: Browser, **options: Any) -> BrowserContext:
    """Open a window of a browser that waits for what a test waits for, also on a machine with much else to do."""
    context = browser.new_context(**options)
    context.set_default_timeout(MOST_MILLISECONDS)
    return context


@pytest.fixture
def contexts(browser: Browser) -> Iterator[list[BrowserContext]]:
    """Close what a test opened."""
    opened: list[BrowserContext] = []
    yield opened
    for context in opened:
        context.close()


def pytest_configure(config: pytest.Config) -> None:
    """Serve the folder of the bundled site from the process that starts all others, and outlives them.

    Run in the background of a shell, tests ignore the keyboard, and so would the commands that they stop by it.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(config, "workerinput"):
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        address = stack.enter_context(serve_folder(folder / "site"))
        config.stash[BUNDLED] = (str(folder), address)
        config.add_cleanup(stack.pop_all().close)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a process of the tests where the bundled site is, or will be."""
    node.workerinput["bundled"] = node.config.stash[BUNDLED]


@pytest.fixture(scope="session")
def served_site(
    request: pytest.FixtureRequest, bundled_report: Report, bundled_figures: tuple[Figure, ...], registry: Registry
) -> str:
    """The address of the whole site of the bundled snapshots, as `oms build` makes it: one for all processes.

    Who asks first builds it, the others wait until it is there.
    """
    folder, address = _find_bundled(request.config)
    with (Path(folder) / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (Path(folder) / "done").exists():
            _build_bundled(Path(folder), address, bundled_report, bundled_figures, registry)
            (Path(folder) / "done").touch()
    return address


@pytest.fixture(scope="session")
def bundled_site(request: pytest.FixtureRequest, served_site: str) -> Path:
    """The folder of that site."""
    return Path(_find_bundled(request.config)[0]) / "site"


def _find_bundled(config: pytest.Config) -> tuple[str, str]:
    told: dict[str, Any] = getattr(config, "workerinput", {})
    return told["bundled"] if told else config.stash[BUNDLED]


def _build_bundled(folder: Path, address: str, report: Report, figures: Sequence[Figure], registry: Registry) -> None:
    """Build the site of the bundled snapshots in a folder."""
    source, cache, site = (folder / name for name in ("site_src", "cache", "site"))
    _take_last_pictures(source, cache)
    store = _prepare_bundled_store(registry)
    headlines = compute_changes((), report, read_versions(store), report.data.as_of).headlines
    imprint = make_imprint(report)
    rendered = render_figures(
        figures,
        site_src=source,
        cache=cache,
        language=ENGLISH,
        imprint=imprint,
        report=lambda _: None,
        pinned=write_pinned_code(report, ENGLISH, headlines),
    )
    operations = read_operations(store, report, registry)
    slugs = set(rendered.slugs)
    files = render_files(
        report,
        ENGLISH,
        registry,
        slugs,
        operations,
        site_url=address,
        repository=CODE,
        cache=cache,
        headlines=headlines,
    )
    for path, text in files.items():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_bytes(to_bytes(text))
    ledger = list_site_ledger(store, None, WORK)
    days = publish_pages(cache / "days", render_day_pages(report, ENGLISH, headlines, address, CODE))
    models = publish_pages(cache / "models", render_model_pages(report, ENGLISH, registry, address, CODE))
    build_site(
        report,
        ENGLISH,
        site_src=source,
        site=site,
        cache=cache,
        site_url=address,
        repository=CODE,
        ledger=ledger,
        days=days,
        models=models,
        pins=publish_pins(cache, report, ENGLISH, headlines, address),
    )


def _take_last_pictures(source: Path, cache: Path) -> None:
    """Copy hand-written pages, and figures and cards of the last build: what is unchanged is not drawn again."""
    shutil.copytree(SITE_SOURCE, source)
    for name in ("figures", "embed", "oembed", "vega"):
        if (SOURCE / name).exists():
            shutil.copytree(SOURCE / name, source / name)
    for name in ("figures", "cards"):
        if (WORK / name).exists():
            shutil.copytree(WORK / name, cache / name)
    if (WORK / "figures.json").exists():
        shutil.copy(WORK / "figures.json", cache)
