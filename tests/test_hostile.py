"""A hundred hostile strings in every place that a reader sees, in Chromium: nothing runs, nothing is asked elsewhere.

A whole site is built from a report in which every string from outside is hostile: accounts, organisations, models,
tasks, licences, notes. Every page, frame, picture and data file of it is then opened.
"""

import csv
import datetime as dt
import io
import itertools
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import markdown
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from generator.audit.checks import Check
from generator.audit.gates import HOLD, NAMES, WARN, Gate
from generator.audit.nights import StepResult
from generator.audit.operations import Operations, Run
from generator.base.encode import issue, label, to_bytes
from generator.base.settings import PUBLISHER_PAGES
from generator.figures.figure import Figure
from generator.figures.files import render_figures
from generator.ledger.intervals import Described
from generator.publish.build import SITE_SOURCE, render_files
from generator.publish.datafiles import make_imprint
from generator.publish.models_pages import render_model_pages
from generator.publish.site import build_site
from generator.publish.write import publish_pages
from generator.questions.compute import compute_report
from generator.questions.gallery import build_figures
from generator.questions.publishers import tables as publishers
from generator.questions.publishers.figures import build_leading_publishers
from generator.questions.report import Report
from generator.registry import Correction, Family, PublishedFigure, Registry
from generator.sources.snapshot import SCHEMA, to_frame
from tests.conftest import open_context
from tests.hostile import PAYLOADS
from tests.servers import serve_folder
from tests.small import BLANK, compute_entry, make_publisher, make_registry, make_report
from tests.spoken import ENGLISH, speak

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FIRST, SECOND = dt.date(2026, 9, 8), dt.date(2026, 10, 8)
# Publishers with a page of their own, and of how many models and figures one is there: every string stands in lists,
# tables and data files all the same, and in pictures of its own; in the soak it has all its pages.
FEW_PAGES = 20
EVERY_MODEL = 5
EVERY_FIGURE = 4
# Labels to a picture: as many publishers as the figure names.
PER_FIGURE = 10
# Runs in every document before anything else: what would run, ask or break a policy writes itself down.
WATCH = """
window.omsSeen = [];
for (const name of ['alert', 'confirm', 'prompt', 'print', 'open'])
    window[name] = (...words) => window.omsSeen.push(`${name}(${words})`);
document.addEventListener('securitypolicyviolation',
    event => window.omsSeen.push(`${event.violatedDirective}: ${event.blockedURI}`));
"""
# Done when what a page holds has been laid out and painted.
PAINTED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def make_hostile_registry() -> Registry:
    """Make a registry whose every text is hostile."""
    countries = ("CN", "US", "FR", "DE")
    publishers = [
        make_publisher(word, countries[number % 4], organisation=word, parent=word, basis=word, note=word)
        for number, word in enumerate(PAYLOADS)
        if word
    ]
    registry = make_registry(*publishers)
    families = tuple(Family(word, f"name{number}x", word, "language", word) for number, word in enumerate(PAYLOADS))
    figure = PublishedFigure(
        "hostile", PAYLOADS[0], SECOND, PAYLOADS[1], "CN", 0.2, "share", FIRST, SECOND, PAYLOADS[2],
        "30d-all-publisher", False, True, PAYLOADS[3], "primary", "javascript:alert(1)", SECOND,
    )  # fmt: skip
    return replace(registry, families=families, figures=(figure,))


def make_rows(day: int) -> list[dict[str, object]]:
    """Make the models of a day: one by each account, one that derives from it, all strings hostile."""
    rows: list[dict[str, Any]] = []
    for number, word in enumerate(PAYLOADS):
        count = 900_000 - 5_000 * number
        texts = {"author": word, "task": word, "license": word, "library": word, "languages": [word], "gated": word}
        rows.append({"key": f"{number:024x}", "id": f"{word}/{word}", "downloads_30d": count + day, **texts})
        rows.append(
            {
                "key": f"{number + 1000:024x}",
                "id": f"{word}/name{number}x",
                "author": word,
                "downloads_30d": count // 2 + day,
                "base_models": [f"{word}/{word}"],
                "base_relation": "quantized",
                "task": "text-generation",
            }
        )
    born = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
    return [BLANK | {"created_at": born, "downloads_all_time": 10**7 + 1000 * day} | row for row in rows]


def make_hostile_report(registry: Registry) -> Report:
    """Compute the report of two days."""
    import pyarrow as pa

    before, now = (to_frame(pa.Table.from_pylist(make_rows(day), schema=SCHEMA)) for day in (1, 2))
    first = compute_entry(Described(FIRST, PAYLOADS[0], "hub"), before, None, None, registry)
    second = compute_entry(Described(SECOND, PAYLOADS[0], "hub"), now, before, FIRST, registry)
    return compute_report((first, second), registry, SECOND)


def make_hostile_operations() -> Operations:
    """Make what the pages of status and corrections show, with hostile gates, runs and corrections."""
    noon = dt.datetime(2026, 10, 8, 12, tzinfo=dt.UTC)
    names = itertools.cycle(NAMES)
    gates = tuple(Gate(next(names), WARN, 0.5, 0.1, "share", word, word) for word in PAYLOADS)
    check = Check(SECOND, SECOND, FIRST, "0" * 64, PAYLOADS[0], "hub", 210, gates)
    held = replace(check, date=SECOND + dt.timedelta(days=1), gates=tuple(replace(gate, state=HOLD) for gate in gates))
    runs = tuple(
        Run(SECOND + dt.timedelta(days=number), "failed", noon, (StepResult("fetch", "failed", 1.0, word),))
        for number, word in enumerate(PAYLOADS)
    )
    corrections = tuple(Correction(SECOND, word, word, word, word, "maintainer") for word in PAYLOADS)
    return Operations(runs, check, held, corrections)


def make_label_figures() -> list[Figure]:
    """Make figures that name every hostile account."""
    figures = []
    for start in range(0, len(PAYLOADS), PER_FIGURE):
        words = [word for word in PAYLOADS[start : start + PER_FIGURE] if word]
        registry = make_registry(*(make_publisher(word, "CN", organisation=word) for word in words))
        models = [{"id": f"{word}/x", "author": word, "downloads_30d": 9_000} for word in words]
        figure = speak(build_leading_publishers(make_report(models, registry)))
        hostile = {"headline": words[0], "subtitle": words[1], "alt": " ".join(words), "how_to_read": words[2]}
        clean = {name: label(text) for name, text in hostile.items()}
        figures.append(replace(figure, slug=f"hostile-{start // PER_FIGURE}", **clean))
    return figures


@dataclass(frozen=True)
class Built:
    """A hostile site: its folder, its address, the pages and data files it was made from, its publishers' pages."""

    site: Path
    address: str
    files: dict[str, str]
    pages: int


@pytest.fixture(scope="module", params=[FEW_PAGES, pytest.param(PUBLISHER_PAGES, marks=pytest.mark.soak)])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """Build the hostile site as `oms build` builds one, with so many publishers' own pages, and serve it."""
    root = tmp_path_factory.mktemp("hostile")
    source, site = root / "site_src", root / "site"
    registry = make_hostile_registry()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publishers, "PUBLISHER_PAGES", request.param)
        report = make_hostile_report(registry)
    figures = build_figures(report)
    if request.param == FEW_PAGES:
        report = replace(report, model_reports=report.model_reports[::EVERY_MODEL])
        figures = figures[::EVERY_FIGURE]
    shutil.copytree(SITE_SOURCE, source)
    figures = [*speak(figures), *make_label_figures()]
    imprint = make_imprint(report)
    rendered = render_figures(
        figures, site_src=source, cache=root, language=ENGLISH, imprint=imprint, report=lambda _: None
    )
    operations = make_hostile_operations()
    names = [figure.slug for figure in figures if figure.slug.startswith("hostile-")]
    with serve_folder(site) as address:
        files = render_files(report, ENGLISH, registry, set(rendered.slugs), operations, site_url=address, cache=root)
        files["publishers/labels.md"] = "# Labels\n\n" + "".join(f"::figure {name}::\n\n" for name in names)
        for path, text in files.items():
            (source / path).parent.mkdir(parents=True, exist_ok=True)
            (source / path).write_bytes(to_bytes(text))
        models = publish_pages(root / "models", render_model_pages(report, ENGLISH, registry, address))
        build_site(report, ENGLISH, site_src=source, site=site, cache=root, site_url=address, models=models)
        yield Built(site, address, files, request.param)


@dataclass
class Watched:
    """A page of Chromium, and what it did that it must not."""

    page: Page
    address: str
    seen: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Open an address of the site, and note what it does."""
        self.page.goto(self.address + path, wait_until="load")
        self.look()

    def look(self) -> None:
        """Note what ran in the page by now."""
        self.seen += [f"{self.page.url}: {what}" for what in self.page.evaluate("window.omsSeen")]


@pytest.fixture
def watched(browser: Browser, built: Built) -> Iterator[Watched]:
    """A page that is watched: dialogs, requests, errors, policies."""
    context = open_context(browser)
    context.add_init_script(WATCH)
    found = Watched(context.new_page(), built.address)
    context.on("request", lambda request: _note_request(found, request.url))
    context.on("page", lambda page: found.seen.append(f"a window opened: {page.url}"))
    found.page.on("dialog", lambda dialog: (found.seen.append(f"a dialog: {dialog.message}"), dialog.dismiss()))
    found.page.on("pageerror", lambda error: found.seen.append(f"an error: {error}"))
    found.page.on("console", lambda message: _note_message(found, message))
    yield found
    context.close()


def _note_request(found: Watched, url: str) -> None:
    if not url.startswith((found.address, "data:", "blob:")):
        found.seen.append(f"a request to {url}")


def _note_message(found: Watched, message: ConsoleMessage) -> None:
    if message.location["url"].endswith("/favicon.ico"):
        return  # Chromium asks for it beside a picture or a data file that is opened by itself
    if message.type in {"error", "warning"} or "Content Security Policy" in message.text:
        found.seen.append(f"{message.type}: {message.text}")


def paths_of(built: Built, *endings: str) -> list[str]:
    """List the site's files of some kinds."""
    found = (path.relative_to(built.site).as_posix() for path in sorted(built.site.rglob("*")) if path.is_file())
    return [path for path in found if path.endswith(endings) and not path.startswith("assets/")]


def test_every_page_frame_and_picture_is_inert(built: Built, watched: Watched) -> None:
    """Opened one by one: page, title, table, picture in the page, alternative text, frame, picture by itself."""
    paths = [
        *paths_of(built, ".html", ".atom", "download.svg"),
        *(path for path in paths_of(built, ".json") if "figures/" not in path),
    ]
    assert len([path for path in paths if path.startswith("publishers/")]) >= built.pages
    for path in paths:
        watched.open(path)
    assert watched.seen == []


def test_labels_and_tooltips_of_living_charts_are_text(built: Built, watched: Watched) -> None:
    """Each figure is drawn again by Vega, each mark is pointed at; what the tooltip shows is text."""
    watched.open("publishers/labels.html")
    charts = watched.page.locator(".oms-figure__chart")
    assert charts.count() == -(-len(PAYLOADS) // PER_FIGURE)
    told: set[str] = set()
    for number in range(charts.count()):
        chart = charts.nth(number)
        chart.scroll_into_view_if_needed()
        chart.hover()
        watched.page.wait_for_selector(f":nth-match(.oms-figure__chart, {number + 1})[data-live=true]")
        marks = chart.locator("svg:visible .mark-rect path, svg:visible .mark-symbol path")
        for mark in range(min(marks.count(), PER_FIGURE)):
            marks.nth(mark).hover(force=True)
            tooltip = watched.page.locator("#vg-tooltip-element.visible")
            if tooltip.count():
                told.add(tooltip.first.inner_text())
                assert tooltip.first.locator("script, img, iframe, svg, a, form, object").count() == 0
        watched.look()
    assert watched.seen == []
    shown = " ".join(told)
    assert sum(label(word)[:40] in shown for word in PAYLOADS) > len(PAYLOADS) // 2


def test_search_and_filter_show_text(built: Built, watched: Watched) -> None:
    """What the search finds and what the filter of a table keeps is text."""
    watched.open("models.html")
    watched.page.locator(".md-search__input").fill("ontoggle")
    watched.page.wait_for_selector(".md-search-result__item")
    watched.page.locator(".oms-filter input").first.fill("<script")
    watched.page.wait_for_selector(".oms-filter [role=status]:has-text(' of ')")
    watched.look()
    assert watched.seen == []


def test_no_string_names_a_file(built: Built) -> None:
    """Names of files are slugs and codes of ours."""
    for path in paths_of(built, ""):
        assert re.fullmatch(r"[a-z0-9._/-]+", path, re.IGNORECASE), path
        assert ".." not in path


def test_data_files_hold_the_strings_as_text(built: Built) -> None:
    """In CSV no cell is a formula and no row is longer than its header; in JSON nothing ends a script."""
    held = ""
    for path in paths_of(built, ".csv"):
        text = (built.site / path).read_text(encoding="utf-8-sig")
        header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        assert {len(row) for row in rows} <= {len(header)}, path
        cells = [cell for row in rows for cell in row if cell.startswith(("=", "+", "@", "\t", "\r", "-"))]
        assert [cell for cell in cells if not re.fullmatch(r"-\d+(?:\.\d+)?", cell)] == [], path
        held += text
    for path in paths_of(built, ".json"):
        json.loads((built.site / path).read_text(encoding="utf-8"))
    assert "alert(1)" in held


def test_an_issue_and_a_runs_summary_hold_them_as_text(watched: Watched) -> None:
    """As heading, list and table of a Markdown text they are words: no link, no picture, nobody named."""
    lines = [
        f"## {issue(word)}\n\n- {issue(word)}\n\n| a | b |\n| --- | --- |\n| 1 | {issue(word)} |\n" for word in PAYLOADS
    ]
    watched.page.goto(watched.address + "index.html")
    watched.page.set_content(markdown.markdown("\n".join(lines), extensions=["tables"]))
    tags = set(watched.page.evaluate("[...document.body.querySelectorAll('*')].map(one => one.tagName)"))
    assert tags == {"H2", "UL", "LI", "TABLE", "THEAD", "TBODY", "TR", "TH", "TD"}
    shown = watched.page.locator("li").all_inner_texts()
    assert [label(word) for word in PAYLOADS] == [" ".join(text.replace("\u200b", "").split()) for text in shown]
    assert not [word for text in shown for word in re.findall(r"[@#](?!\u200b)\w+", text)]
    watched.look()
    assert watched.seen == []


def test_the_watch_sees_what_it_looks_for(built: Built, watched: Watched) -> None:
    """A page that runs a string, one that would but for its policy, and one that asks elsewhere are all noticed."""
    text = (built.site / "index.html").read_text(encoding="utf-8")
    policy = re.findall(r"<meta http-equiv=.Content-Security-Policy[^>]*>", text)[0]
    baits = {
        "<img src=x onerror=alert(1)>": "alert(1)",
        f"{policy}<script>alert(1)</script>": "script-src",
        "<img src=https://evil.example/pixel>": "a request to https://evil.example/pixel",
    }
    for number, (bait, expected) in enumerate(baits.items()):
        path = built.site / f"bait-{number}.html"
        path.write_text(bait, encoding="utf-8")
        watched.open(path.name)
        if not expected.startswith("a request"):
            watched.page.wait_for_function("window.omsSeen.length")
        watched.look()
        path.unlink()
        assert any(expected in what for what in watched.seen), bait


def test_feeds_hold_them_as_text(built: Built, watched: Watched) -> None:
    """What a feed's reader shows of an entry is text: no element that runs, loads or leads away from the site."""
    feed = json.loads((built.site / "feeds" / "changes.json").read_text(encoding="utf-8"))
    entries = ET.parse(built.site / "feeds" / "changes.atom").getroot().iter("{http://www.w3.org/2005/Atom}content")  # noqa: S314 - our own file
    texts = [str(item["content_html"]) for item in feed["items"]] + [entry.text or "" for entry in entries]
    assert texts
    watched.page.goto(watched.address + "index.html")
    for text in texts:
        watched.page.set_content(text)
        watched.page.evaluate(PAINTED)
        tags = set(watched.page.evaluate("[...document.body.querySelectorAll('*')].map(one => one.tagName)"))
        assert not tags & {"SCRIPT", "IMG", "IFRAME", "SVG", "FORM", "OBJECT", "STYLE", "LINK", "VIDEO", "DETAILS"}
        links = watched.page.evaluate("[...document.links].map(one => one.href)")
        assert [link for link in links if not link.startswith(built.address)] == []
        watched.look()
    assert watched.seen == []
