"""What several test files share: no network outside this machine, and one real site for all browser tests."""

import datetime as dt
import functools
import http.server
import ipaddress
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.build import SITE_SOURCE, WORK, load_report
from generator.charts import build_figures
from generator.datafiles import render_data_files
from generator.figures import render_figures
from generator.i18n import Language
from generator.pages import build_pages
from generator.registry import Registry, load_registry
from generator.report import Report
from generator.site import build_site

TODAY = dt.date(2026, 11, 23)
ENGLISH = Language("en")
# Written by `oms build` beside the hand-written pages; the test's site makes its own.
GENERATED = frozenset(
    {
        "index.md",
        "models.md",
        "data.md",
        "history.md",
        "sensitivity.md",
        "concentration.md",
        "comparison.md",
        "countries",
        "publishers",
        "topics",
        "data",
        "figures",
        "embed",
        "vega",
    }
)


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
def server() -> Iterator[tuple[Path, str]]:
    """A folder named `site` that will be served, and its address."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        handler = functools.partial(Handler, directory=str(site))
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
            threading.Thread(target=running.serve_forever, daemon=True).start()
            yield site, f"http://127.0.0.1:{running.server_address[1]}/"
            running.shutdown()


@pytest.fixture(scope="session")
def bundled_site(
    bundled_report: Report, registry: Registry, server: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The whole site of the bundled snapshots, as `oms build` makes it."""
    site, address = server
    source = tmp_path_factory.mktemp("source") / "site_src"
    shutil.copytree(SITE_SOURCE, source, ignore=lambda folder, _: GENERATED if Path(folder) == SITE_SOURCE else ())
    figures = build_figures(bundled_report, ENGLISH)
    rendered = render_figures(figures, site_src=source, cache=WORK / "tests", language=ENGLISH, report=lambda _: None)
    files = build_pages(bundled_report, ENGLISH, registry, set(rendered.slugs))
    for path, text in (files | render_data_files(bundled_report, ENGLISH, registry)).items():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_text(text, encoding="utf-8")
    build_site(bundled_report, ENGLISH, site_src=source, site=site, cache=WORK / "tests", site_url=address)
    return site


@pytest.fixture(scope="session")
def served_site(bundled_site: Path, server: tuple[Path, str]) -> str:
    """The address of that site on this machine."""
    assert (bundled_site / "index.html").is_file()
    return server[1]
