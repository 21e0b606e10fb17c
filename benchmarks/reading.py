"""What a reader waits for: home, the same charts by Altair's `to_html`, and the explorer with each of its changes.

    python -m benchmarks.reading SITE

Seen by Chromium as a phone does: 1.6 Mbit/s, 150 ms away, a quarter of this processor's speed; each is the median of
five first visits. Time runs from the request to the frame that shows the charts.
"""

import functools
import gzip
import http.server
import json
import mimetypes
import statistics
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from altair.utils.html import spec_to_html
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from benchmarks.measured import Measured, show
from tests.chromium import HELP, find_chromium
from tests.screenshot import ARGUMENTS
from tests.servers import run_server

VISITS: Final = 5
PHONE: Final = {"width": 360, "height": 780}
NETWORK: Final = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
SLOWER: Final = 4
COMPRESSED: Final = {".html", ".css", ".js", ".json", ".svg", ".xml"}
PLAIN: Final = "to_html.html"

# Resolves with the milliseconds since the request once a frame has been made in which the test holds.
SHOWN: Final = """test => new Promise(resolve => {
  const holds = new Function(`return ${test}`);
  const look = () => requestAnimationFrame(() => holds() ? setTimeout(() => resolve(performance.now())) : look());
  look();
})"""
# Sets one choice of the explorer, and resolves with the milliseconds until the frame that shows the other view.
CHANGED: Final = """([name, value]) => new Promise(resolve => {
  const choice = document.querySelector('#explore-form').elements[name];
  const said = () => document.querySelector('#explore-said').textContent + location.search;
  const before = said(), begun = performance.now();
  const look = () => requestAnimationFrame(() => said() === before ? look()
    : setTimeout(() => resolve(performance.now() - begun)));
  choice.value = value;
  choice.dispatchEvent(new Event('change', { bubbles: true }));
  look();
})"""
# As long as a reader needs to choose from a list that is open.
CHOOSING: Final = 1000
OURS: Final = "document.querySelectorAll('.oms-figure__narrow svg').length >= {count}"
THEIRS: Final = "document.querySelectorAll('.vega-embed svg.marks, .vega-embed canvas.marks').length > 0"
EXPLORER: Final = (
    "document.querySelector('#explore-said')?.textContent && document.querySelector('#explore-picture svg')"
)
# Of the view that stands first; the last one reads another file.
CHANGES: Final = (
    ("measure", "rank"),
    ("measure", "share"),
    ("as", "bars"),
    ("as", "table"),
    ("as", "lines"),
    ("by", "origin"),
)


def main(site: Path) -> None:
    """Print each figure, and all in a table."""
    if find_chromium() is None:
        sys.exit(HELP)
    show(measure_reading(site))


def measure_reading(site: Path) -> Iterator[Measured]:
    """Yield what the pages of a built site weigh and take, and the charts of its home by `to_html`."""
    slugs = list_charts(site)
    with serve(site, {PLAIN: draw_plainly(site, slugs)}) as address, open_chromium() as browser:
        yield visit(browser, address, "home", "index.html", OURS.format(count=len(slugs)))
        yield visit(browser, address, f"the same {len(slugs)} charts by to_html", PLAIN, THEIRS)
        yield visit(browser, address, "explorer, first view", "explore.html", EXPLORER)
        yield from change(browser, f"{address}/explore.html")


def list_charts(site: Path) -> list[str]:
    """List the slugs of the charts of the site's home, without what waits for a reader's choice."""
    text = (site / "index.html").read_text(encoding="utf-8")
    parts = text.split('data-figure="')[1:]
    return [part.split('"')[0] for part in parts if "oms-figure__narrow" in part]


def draw_plainly(site: Path, slugs: list[str]) -> bytes:
    """Return one page by Altair itself, its scripts inside, of published charts."""
    specs = [json.loads((site / "figures" / slug / "spec-narrow.json").read_text(encoding="utf-8")) for slug in slugs]
    shared = {key: specs[0][key] for key in ("$schema", "config")}
    shared["datasets"] = {name: rows for spec in specs for name, rows in spec.get("datasets", {}).items()}
    only = {"autosize", *shared}  # what a part of a picture cannot have
    parts = [{key: value for key, value in spec.items() if key not in only} for spec in specs]
    versions = dict.fromkeys(("vega_version", "vegaembed_version", "vegalite_version"), "")  # its scripts stand inside
    return spec_to_html({**shared, "vconcat": parts}, "vega-lite", template="inline", **versions).encode()


def visit(browser: Browser, address: str, what: str, name: str, test: str) -> Measured:
    """Visit a page five times anew; say its weight, its requests and when its charts were there."""
    seen = [_visit_once(browser, f"{address}/{name}", test) for _ in range(VISITS)]
    weight, requests = seen[0][1:]
    more = f"{statistics.median(ms for ms, _, _ in seen) / 1000:.2f} s, {weight / 1024:,.1f} KiB, {requests} requests"
    return Measured(f"read {what}", more=more)


def change(browser: Browser, address: str) -> Iterator[Measured]:
    """Make each change in five visits, and say how long it took until it was seen."""
    found: dict[str, list[float]] = {}
    for _ in range(VISITS):
        with _open(browser) as (page, _):
            page.goto(address)
            page.evaluate(SHOWN, EXPLORER)
            for name, value in CHANGES:
                page.focus(f"#explore-form [name={name}]")
                page.wait_for_timeout(CHOOSING)
                found.setdefault(f"{name}={value}", []).append(page.evaluate(CHANGED, [name, value]))
    for what, taken in found.items():
        yield Measured(f"explorer, {what}", more=f"{statistics.median(taken):.0f} ms")


def _visit_once(browser: Browser, address: str, test: str) -> tuple[float, int, int]:
    with _open(browser) as (page, session):
        weights: list[int] = []
        session.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
        page.goto(address, wait_until="commit")
        shown = page.evaluate(SHOWN, test)
        page.wait_for_load_state("networkidle")
        return shown, sum(weights), len(weights)


@contextmanager
def _open(browser: Browser) -> Iterator[tuple[Page, CDPSession]]:
    context = browser.new_context(viewport=PHONE, device_scale_factor=2, has_touch=True, is_mobile=True)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", NETWORK)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    yield page, session
    context.close()


@contextmanager
def open_chromium() -> Iterator[Browser]:
    """Open the browser that the tests use."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def serve(site: Path, more: dict[str, bytes]) -> Iterator[str]:
    """Serve a folder and more pages on loopback as a host of static pages does: text compressed, once."""

    @functools.cache
    def find(name: str) -> bytes | None:
        path = site / name
        body = more.get(name) or (path.read_bytes() if path.is_file() else None)
        return gzip.compress(body, 6) if body and Path(name).suffix in COMPRESSED else body

    with run_server(_make_handler(find)) as address:
        yield address


def _make_handler(find: Callable[[str], bytes | None]) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            name = self.path.split("?")[0].strip("/") or "index.html"
            body = find(name)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Type", mimetypes.guess_type(name)[0] or "application/octet-stream")
            if Path(name).suffix in COMPRESSED and body is not None:
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            """Say nothing of what was asked."""

    return Handler


if __name__ == "__main__":
    main(Path(sys.argv[1]))
