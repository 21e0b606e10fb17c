"""The real site: in a real browser, on a phone and on a desk, light and dark, with and without scripts; its links."""

import datetime as dt
import gzip
import html
import itertools
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from generator.base.settings import BUNDLED_SITE_BYTES, MODEL_ROWS
from generator.publish.pages_first import part_bar
from generator.questions import sentences
from generator.questions.report import Report
from generator.registry import Registry
from tests.conftest import begin_to_read, open_context, run_axe
from tests.spoken import ENGLISH

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NARROWEST, PHONE, DESK = 320, 360, 1280
HEIGHTS = {NARROWEST: 740, PHONE: 740, DESK: 900}
KINDS = {
    "home": "index.html",
    "countries": "countries/index.html",
    "country": "countries/cn.html",
    "publishers": "publishers/index.html",
    "publisher": "publishers/qwen.html",
    "models": "models.html",
    "model": "models/qwen-qwen3-6-35b-a3b.html",
    "explore": "explore.html",
    "data": "data.html",
    "method": "method.html",
    "about": "about.html",
    "corrections": "corrections.html",
    "status": "status.html",
    "topics": "topics/index.html",
    "claims": "topics/claims.html",
    "claim": "topics/claims/stanford-fine-tunes.html",
    "week": "topics/weeks/2026-w41.html",
    "letter": "registry/a.html",
    "history": "history.html",
    "coverage": "coverage.html",
    "concentration": "concentration.html",
    "families": "topics/families.html",
    "openness": "topics/openness.html",
    "release": "topics/releases/qwen.html",
    "decision": "decisions/0005-engine-of-the-flow-step.html",
    "embed": "embed/world-map.html",
    "fork": "fork.html",
    "missing": "404.html",
}
# The buttons for colours are drawn by their labels.
SHOWN = (
    "stop => { const seen = stop.matches('.md-option') ? stop.nextElementSibling : stop;"
    " const isShown = seen.checkVisibility({visibilityProperty: true, opacityProperty: true});"
    " return isShown && seen.getBoundingClientRect().width > 0; }"
)
# Of a table's rows, which are all alike, axe looks at the first ones; the soak has it look at all of them.
FEW_ROWS = 12
HIDE_OTHERS = (
    "few => { for (const row of document.querySelectorAll(`tbody tr:nth-child(n + ${few + 1})`)) row.hidden = true; }"
)
# What depends on width or on colours; the rest is looked at once.
WHOLE = {"resultTypes": ["violations"]}
OTHER_VIEW = WHOLE | {"runOnly": ["target-size", "scrollable-region-focusable", "color-contrast", "link-in-text-block"]}
# What is typed, and the page that stands first.
SEARCHES = {
    "us": "countries/us.html",
    "China": "countries/cn.html",
    "Chinese": "countries/cn.html",
    "Qwen": "publishers/qwen.html",
    "license": "topics/openness.html",
    "licence": "topics/openness.html",
    "HHI": "concentration.html",
    "method": "method.html",
    "French": "countries/fr.html",
    "Qwen3-8B": "models/qwen-qwen3-8b.html",
    "deepseek-r1": "models/deepseek-ai-deepseek-r1.html",
    "GPT-OSS-20B": "models/openai-gpt-oss-20b.html",
    "gpt2": "models/openai-community-gpt2.html",
    "DeepSeek-R1-Distill-Qwen-32B": "models/deepseek-ai-deepseek-r1-distill-qwen-32b.html",
    "embedding": "topics/tasks.html",
    "Gemma": "models/google-gemma-4-31b.html",
    "maker": "method.html",
}
# A reader's first page, before anything is pointed at, in bytes of gzip: half a second at a phone's 1.6 Mbit/s. The
# theme's script is two fifths of it.
MAX_HOME_BYTES = 85_000
# The page, style, the theme's script and three of ours, two pictures of the name.
MAX_HOME_REQUESTS = 8
# What may move on a phone while a page loads; Lighthouse calls ten times as much good.
MAX_SHIFT = 0.01
# Of each kind of page what may be sent, in bytes of gzip, and how many elements a phone lays out. The frame is 150
# elements and 4 KB; a figure with its table 150 to 300 elements and 3 to 5 KB.
PLAIN = (8_000, 500)
FIGURES = (18_000, 1_500)
MAX_WEIGHTS = {
    "home": (24_000, 1_500),  # what is not asked for has pages of its own
    "countries": (60_000, 2_500),  # two thirds are the map and the panels, drawn at two widths
    "country": FIGURES,
    "publishers": (40_000, 7_000),  # every publisher with a page, to be sorted and filtered without a server
    "publisher": FIGURES,
    "models": (18_000, 2_000),  # a hundred with a line each, to be sorted and filtered without a server
    "model": (4_000, 250),  # no frame, no script: three hundred of them
    "explore": PLAIN,  # what is shown comes from files
    # Each definition with its newest numbers, and each name that changed, as code; opened when asked for.
    "data": (26_000, 4_300),
    "method": (27_000, 1_100),  # five thousand words
    "about": PLAIN,
    "corrections": PLAIN,
    "status": (9_000, 500),  # a row a night
    "topics": PLAIN,
    "claims": (11_000, 500),  # every claim with its tests
    "claim": FIGURES,
    "week": FIGURES,
    "letter": (18_000, 2_300),  # the accounts under one letter, each with evidence
    "history": (28_000, 3_600),  # each run of each definition
    "coverage": FIGURES,
    "concentration": FIGURES,
    "families": (23_000, 3_000),  # families and models in two tables
    "openness": (22_000, 2_300),  # every family with its licence and its source
    "release": FIGURES,
    "decision": PLAIN,
    "embed": (46_000, 600),  # the map's outlines at two widths
    "fork": (10_000, 500),
    "missing": PLAIN,
}
# A page of a topic as it is sent, in bytes of gzip.
MAX_TOPIC_BYTES = 200_000


@dataclass
class Watched:
    """A page and what it did that it should not.

    Attributes:
        page: the page.
        foreign: addresses outside the site that it asked for.
        complaints: errors in its console, broken policies among them.
    """

    page: Page
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def show(self, width: int, scheme: str) -> None:
        """Show it on a screen of a width, in light or dark."""
        self.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]

    def assert_quiet(self) -> None:
        """Expect no request off the site and no complaint."""
        assert self.foreign == []
        assert self.complaints == []


@pytest.fixture
def visit(browser: Browser, contexts: list[BrowserContext], served_site: str) -> object:
    """Open a page of the site in a window of its own and watch it."""

    def open_page(path: str, width: int = DESK, scheme: str = "light", *, scripts: bool = True) -> Watched:
        contexts.append(open_context(browser, java_script_enabled=scripts))
        watched = _watch(contexts[-1].new_page(), served_site)
        watched.show(width, scheme)
        watched.page.goto(served_site + path)
        return watched

    return open_page


@pytest.fixture(scope="module")
def window(browser: Browser, served_site: str) -> Iterator[Watched]:
    """One window for page after page, which takes half the work of a window for each."""
    context = open_context(browser)
    yield _watch(context.new_page(), served_site)
    context.close()


@pytest.fixture(scope="module", params=sorted(KINDS))
def leaf(request: pytest.FixtureRequest, window: Watched, served_site: str) -> Watched:
    """A page of each kind, opened once on the narrowest screen, for all that is asked of every kind."""
    window.page.goto("about:blank")
    window.foreign.clear()
    window.complaints.clear()
    window.show(NARROWEST, "light")
    window.page.goto(served_site + KINDS[request.param], wait_until="networkidle")
    return window


def _watch(page: Page, site: str) -> Watched:
    watched = Watched(page)
    page.on("request", lambda request: _note_foreign(watched, request.url, site))
    page.on("console", lambda message: _note_complaint(watched, message.type, message.text))
    page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    return watched


def _note_foreign(watched: Watched, url: str, site: str) -> None:
    if not url.startswith((site, "data:", "blob:")):
        watched.foreign.append(url)


def _note_complaint(watched: Watched, kind: str, text: str) -> None:
    if kind in {"error", "warning"} or "Content Security Policy" in text:
        watched.complaints.append(text)


def test_page_is_quiet_and_fits(leaf: Watched) -> None:
    """In light and in dark no request leaves the site, the console is silent, nothing is wider than the screen.

    The narrowest is also a desk at 400 %.
    """
    room = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    found = {}
    for width, scheme in itertools.product((NARROWEST, PHONE, DESK), ("light", "dark")):
        leaf.show(width, scheme)
        found[width, scheme] = leaf.page.evaluate(room)
    assert {} == {view: beyond for view, beyond in found.items() if beyond}
    leaf.assert_quiet()


def test_page_is_accessible(leaf: Watched) -> None:
    """Axe finds nothing where there is least room, in light; on a desk, in the dark, nothing that looks otherwise."""
    leaf.page.evaluate(HIDE_OTHERS, FEW_ROWS)
    found = _find_violations(leaf, [(NARROWEST, "light")], WHOLE)
    assert [] == found + _find_violations(leaf, [(DESK, "dark")], OTHER_VIEW)


@pytest.mark.soak
def test_page_is_accessible_in_every_view(leaf: Watched) -> None:
    """Axe finds nothing, on the narrowest phone, a phone and a desk, in both schemes, in every row."""
    leaf.page.reload(wait_until="networkidle")
    views = list(itertools.product((NARROWEST, PHONE, DESK), ("light", "dark")))
    assert [] == _find_violations(leaf, views, WHOLE)


def _find_violations(watched: Watched, views: Sequence[tuple[int, str]], options: Mapping[str, object]) -> list[object]:
    found = []
    for width, scheme in views:
        watched.show(width, scheme)
        found += [
            (width, scheme, each["id"], each["help"], [node["html"][:160] for node in each["nodes"]][:4])
            for each in run_axe(watched.page, options)
        ]
    return found


@pytest.mark.parametrize("width", [NARROWEST, PHONE])
def test_a_phone_has_six_places_at_most_and_none_beyond_the_edge(visit, width: int) -> None:
    """The rest stand at the foot."""
    page = visit(KINDS["home"], width).page
    places = page.locator(".oms-places a:visible")
    assert 5 <= places.count() <= 6
    assert max(places.evaluate_all("all => all.map(each => each.getBoundingClientRect().right)")) <= width
    leads = {link.split("#")[0] for link in page.locator(".oms-footer a").evaluate_all("all => all.map(e => e.href)")}
    rest = page.locator(".oms-places a").evaluate_all(
        "all => all.slice(1).filter(e => !e.checkVisibility()).map(e => e.href)"
    )
    assert set() == set(rest) - leads


def test_on_a_phone_a_tables_first_column_stays_and_the_country_is_a_tag(visit) -> None:
    """Scrolled to its end, the names are where they were, with the country below each."""
    page = visit(KINDS["publishers"], PHONE).page
    name = page.locator(".oms-table tbody th").first
    page.locator(".oms-table").evaluate("table => { table.scrollLeft = table.scrollWidth; }")
    box = name.bounding_box()
    assert box
    assert (box["x"], box["width"] < PHONE / 2) == (page.locator(".oms-table").bounding_box()["x"], True)
    assert name.evaluate("name => getComputedStyle(name, '::after').content") == '"China"'
    assert not page.locator(".oms-table td.oms-tagged").first.is_visible()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_headings_are_in_order_and_tables_have_captions(bundled_site: Path, kind: str) -> None:
    """One first heading, none skipped, the titles of figures among them."""
    text = (bundled_site / KINDS[kind]).read_text(encoding="utf-8")
    levels = [int(a or b) for a, b in re.findall(r'<h([1-6])[ >]|role="?heading"? aria-level="?(\d)', text)]
    assert (1, 1) == (levels[0], levels.count(1))
    assert [] == [pair for pair in itertools.pairwise(levels) if pair[1] > pair[0] + 1]
    assert [] == [after for after in re.findall(r"<table[^>]*>\s*(<\w+)", text) if after != "<caption"]


@pytest.mark.parametrize("kind", ["home", "country", "data", "status"])
def test_every_stop_of_the_keyboard_can_be_seen(visit, kind: str) -> None:
    """What takes the focus is visible and large enough to point at; a table that does not scroll takes none."""
    page = visit(KINDS[kind]).page
    still = "all => all.filter(e => e.scrollWidth <= e.clientWidth).map(e => e.getAttribute('aria-label'))"
    assert [] == page.locator(".oms-table[tabindex]").evaluate_all(still)
    for _ in range(25):
        page.keyboard.press("Tab")
        assert page.locator(":focus").evaluate(SHOWN), page.locator(":focus").evaluate("e => e.outerHTML.slice(0, 120)")


def test_first_screen_of_the_example_on_a_phone_holds_question_and_longer_answer(visit) -> None:
    """Without scrolling: the line on the data, the question, and what others counted over the whole Hub."""
    page = visit(KINDS["home"], PHONE).page
    for selector in (".oms-dataline", "h1", ".oms-figure__head"):
        box = page.locator(selector).first.bounding_box()
        assert box
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= HEIGHTS[PHONE], selector


def test_home_is_small(browser: Browser, contexts: list[BrowserContext], served_site: str) -> None:
    """What a reader loads before pointing at anything, compressed as servers do: without the words of the search."""
    contexts.append(open_context(browser, viewport={"width": PHONE, "height": HEIGHTS[PHONE]}))
    page = contexts[-1].new_page()
    sizes: dict[str, int] = {}
    page.on("requestfinished", lambda request: sizes.update({request.url: _compressed(request)}))
    page.goto(served_site, wait_until="networkidle")
    assert [url for url in sizes if "search_index" in url or "sitemap" in url] == []
    assert len(sizes) <= MAX_HOME_REQUESTS, sorted(sizes)
    assert sum(sizes.values()) < MAX_HOME_BYTES, sorted(sizes.items(), key=lambda item: -item[1])[:8]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_page_keeps_its_weight(bundled_site: Path, kind: str) -> None:
    """As it is sent, and as it is laid out; beyond a limit a page is parted, or its rows come from a file."""
    text = (bundled_site / KINDS[kind]).read_bytes()
    weight, elements = len(gzip.compress(text, mtime=0)), len(re.findall(rb"<[a-zA-Z]", text))
    most_bytes, most_elements = MAX_WEIGHTS[kind]
    assert (weight <= most_bytes, elements <= most_elements) == (True, True), (weight, elements)


@pytest.mark.parametrize("kind", ["home", "country", "models", "explore"])
def test_nothing_moves_while_a_page_loads_on_a_phone(
    browser: Browser, contexts: list[BrowserContext], served_site: str, kind: str
) -> None:
    """The room of what a script makes work is there before."""
    contexts.append(open_context(browser, viewport={"width": PHONE, "height": HEIGHTS[PHONE]}, is_mobile=True))
    page = contexts[-1].new_page()
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver(list => { for (const each of list.getEntries())"
        " if (!each.hadRecentInput) window.shift += each.value; }).observe({type: 'layout-shift', buffered: true})"
    )
    page.goto(served_site + KINDS[kind], wait_until="networkidle")
    page.wait_for_timeout(500)
    assert page.evaluate("window.shift") <= MAX_SHIFT


def _compressed(request) -> int:
    return len(gzip.compress(request.response().body(), mtime=0))


@pytest.mark.parametrize("way", ["hover", "focus"])
def test_a_chart_comes_alive(visit, way: str) -> None:
    """Pointing at a figure without dates, or moving to it by keyboard, draws it with Vega; the policy allows it."""
    watched = visit(KINDS["home"], PHONE)
    area = watched.page.locator("#figure-share-now .oms-figure__chart")
    area.hover() if way == "hover" else area.focus()
    watched.page.wait_for_selector("#figure-share-now .oms-figure__chart[data-live=true]")
    watched.assert_quiet()


@pytest.mark.parametrize("kind", ["page", "frame"])
@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (DESK, "light")])
def test_anywhere_over_a_figure_the_nearest_date_says_its_values(
    visit, bundled_site: Path, kind: str, width: int, scheme: str
) -> None:
    """By mouse: at each of 45 points a box within the figure, with each line's value of its date, as in the file."""
    watched = visit(KINDS["home"] if kind == "page" else "embed/share-over-time.html", width, scheme)
    page = watched.page
    area = page.locator("[data-figure=share-over-time] .oms-figure__chart")
    area.scroll_into_view_if_needed()
    folder = bundled_site / "figures" / "share-over-time"
    drawn = [line["name"] for line in json.loads((folder / "dates.json").read_text(encoding="utf-8"))[0]["lines"]]
    rows = json.loads((folder / "data.json").read_text(encoding="utf-8"))["rows"]
    assert {"China", "United States", "Other countries", "No country"} <= set(drawn) < {row["country"] for row in rows}
    rows = [row for row in rows if row["country"] in drawn]
    expected = {
        ENGLISH.date(dt.date.fromisoformat(day)): [ENGLISH.percent(row["share"]) for row in rows if row["as_of"] == day]
        for day in {row["as_of"] for row in rows}
    }
    figure = area.evaluate(BOX)
    seen = set()
    for x, y in itertools.product([0.01, *(n / 14 for n in range(1, 14)), 0.99], (0.05, 0.5, 0.95)):
        page.mouse.move(figure["x"] + x * figure["width"], figure["y"] + y * figure["height"])
        box = page.locator(".oms-dates")
        box.wait_for()
        day, values = box.locator("div").first.inner_text(), box.locator("b").all_inner_texts()
        assert expected[day] == values
        seen.add(day)
        assert is_within(box.evaluate(BOX), figure)
        assert 1 == page.locator("[data-rule]").count()
    assert len(seen) > 6
    page.mouse.move(1, 1)
    assert 0 == page.locator(".oms-dates, [data-rule]").count()
    assert [] == [address for address in asked_of(watched) if "vega" in address]
    watched.assert_quiet()


BOX = "e => { const {x, y, width, height} = e.getBoundingClientRect(); return {x, y, width, height}; }"


def is_within(inner: dict[str, float], outer: dict[str, float]) -> bool:
    """Tell whether a box ends nowhere beyond another, but for a rounded pixel."""
    ends = [(each["x"], each["y"], each["x"] + each["width"], each["y"] + each["height"]) for each in (inner, outer)]
    (left, top, right, bottom), (first, high, last, low) = ends
    return left >= first - 1 and top >= high - 1 and right <= last + 1 and bottom <= low + 1


def asked_of(watched: Watched) -> list[str]:
    """List the addresses that a page asked for."""
    return watched.page.evaluate("performance.getEntriesByType('resource').map(each => each.name)")


def test_a_finger_reads_a_figure_and_still_scrolls_the_page(
    browser: Browser, contexts: list[BrowserContext], served_site: str
) -> None:
    """A touch and a drag aside show a date, which stays; a touch elsewhere ends it, a drag downwards scrolls."""
    size = {"width": PHONE, "height": HEIGHTS[PHONE]}
    contexts.append(open_context(browser, viewport=size, has_touch=True, is_mobile=True))
    page = contexts[-1].new_page()
    page.goto(served_site, wait_until="networkidle")
    area = page.locator("#figure-outside-series .oms-figure__chart")
    area.scroll_into_view_if_needed()
    figure = area.evaluate(BOX)
    middle = figure["y"] + figure["height"] / 2
    page.touchscreen.tap(figure["x"] + 60, middle)
    day = page.locator(".oms-dates div").first
    first = day.inner_text()
    finger = page.context.new_cdp_session(page)

    def drag(*points: tuple[float, float]) -> None:
        for number, (x, y) in enumerate(points):
            kind = "touchMove" if number else "touchStart"
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    drag(*((figure["x"] + 60 + step, middle) for step in range(0, 150, 15)))
    expect(day).not_to_have_text(first)
    assert day.is_visible()
    before = page.evaluate("scrollY")
    drag(*((figure["x"] + 60, middle - step) for step in range(0, 150, 15)))
    expect(page.locator(".oms-dates")).to_have_count(0)
    page.wait_for_function("before => scrollY > before", arg=before)


def test_what_has_no_value_at_a_date_says_so(visit) -> None:
    """A country that is not among the first on the oldest date has no rank there."""
    watched = visit(KINDS["countries"], PHONE)
    watched.page.locator("#figure-country-ranks .oms-figure__chart").focus()
    watched.page.keyboard.press("Home")
    expect(watched.page.locator("#figure-country-ranks [aria-live]")).to_have_text(re.compile("no value"))
    watched.assert_quiet()


def test_arrow_keys_step_over_dates_and_say_them(visit) -> None:
    """Escape leaves, up and down lead to the other charts of a figure."""
    watched = visit("history.html", PHONE)
    page = watched.page
    area = page.locator("#figure-lead-over-time .oms-figure__chart")
    area.focus()
    page.keyboard.press("Home")
    voice = page.locator("#figure-lead-over-time [aria-live]")
    expect(voice).to_have_text(re.compile(r"^All models, \d+ \w+ 2026: "))
    first = voice.inner_text()
    page.keyboard.press("ArrowRight")
    expect(voice).not_to_have_text(first)
    page.keyboard.press("ArrowDown")
    expect(voice).to_have_text(re.compile("^Models in their first year, "))
    assert page.locator(".oms-dates").is_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".oms-dates, [data-rule]")).to_have_count(0)
    assert area.evaluate("area => area === document.activeElement")
    watched.assert_quiet()


def test_charts_live_after_instant_navigation(visit) -> None:
    """A page that was swapped in without a reload has figures and tables that work."""
    watched = visit(KINDS["home"])
    page = watched.page
    page.evaluate("window.kept = true")
    begin_to_read(page)
    page.locator(".oms-places a", has_text="Countries").click()
    page.wait_for_url("**/countries/index.html")
    page.wait_for_selector("h1:has-text('Countries')")
    assert page.evaluate("window.kept") is True
    page.locator(".oms-figure__chart").first.hover()
    page.wait_for_selector(".oms-figure__chart[data-live=true]")
    page.locator(".oms-sort", has_text="Country").click()
    assert page.locator("tbody th[scope=row]").first.inner_text() == "Armenia"
    watched.assert_quiet()


def test_without_script_every_picture_stands(visit) -> None:
    """Each figure shows one of its two pictures; no button stands that would do nothing."""
    for kind in ("home", "countries", "country"):
        page = visit(KINDS[kind], PHONE, scripts=False).page
        figures = page.locator(".oms-figure")
        assert figures.count() >= 1, kind
        for index in range(figures.count()):
            pictures = figures.nth(index).locator(".oms-figure__chart svg:visible")
            assert pictures.count() == 1
            box = pictures.first.bounding_box()
            assert box
            assert box["height"] > 50
        assert page.locator("button:visible").count() == 0


def test_print_shows_the_content(visit) -> None:
    """On paper: the answer, the tables and the pictures, without the bar."""
    page = visit(KINDS["home"]).page
    page.emulate_media(media="print")
    for part in ("h1", ".oms-print"):
        box = page.locator(part).bounding_box()
        assert box
        assert box["y"] + box["height"] < 400, part
    assert "Open Model Share http" in page.locator(".oms-print").inner_text()
    assert page.locator("button:visible").count() == 0
    assert page.locator(".oms-matrix table").is_visible()
    assert page.locator(".oms-figure svg:visible").count() >= 1
    assert not page.locator(".oms-header").is_visible()
    assert len(page.pdf()) > 10_000


def test_tables_sort_by_mouse_and_keyboard(visit) -> None:
    """A heading is a button; the order is told to those who do not see it."""
    page = visit(KINDS["models"]).page
    header = page.locator("thead th", has_text="Model").first
    button = header.locator("button")
    button.focus()
    page.keyboard.press("Enter")
    assert header.get_attribute("aria-sort") == "ascending"
    first = page.locator("tbody th[scope=row]").first.inner_text()
    page.keyboard.press("Enter")
    assert header.get_attribute("aria-sort") == "descending"
    assert page.locator("tbody th[scope=row]").last.inner_text() == first
    downloads = page.locator("thead th", has_text="Downloads").first
    downloads.locator("button").click()
    values = page.locator("tbody td[data-value]:nth-child(3)").evaluate_all("a => a.map(c => Number(c.dataset.value))")
    assert values == sorted(values, reverse=True)


def test_tables_filter(visit) -> None:
    """Rows without the words typed are hidden, those of the list's other pages, too; how many are left is said."""
    page = visit(KINDS["models"], PHONE).page
    page.get_by_label("Filter the rows").fill("qwen fp8")
    expect(page.locator(".oms-filter [role=status]")).to_have_text(re.compile(f"of {MODEL_ROWS} rows$"))
    shown = page.locator("tbody tr:visible")
    assert 0 < shown.count() < page.locator("tbody tr").count() == MODEL_ROWS
    assert all("qwen" in text.lower() for text in shown.all_inner_texts())
    assert page.locator(".oms-filter [role=status]").inner_text() == f"{shown.count()} of {MODEL_ROWS} rows"


def test_the_registry_is_filtered_over_all_its_letters(visit) -> None:
    """A row that another page has is found, with links that lead from here; without a word the largest stand there."""
    watched = visit("registry.html", DESK)
    page = watched.page
    largest = page.locator("tbody tr").count()
    page.get_by_label("Filter the rows").fill("qarib")
    expect(page.locator(".oms-filter [role=status]")).to_have_text(re.compile("^1 of "))
    country = page.locator("tbody tr:visible").get_by_role("link", name="Qatar", exact=True)
    assert page.request.get(country.evaluate("link => link.href")).ok
    page.get_by_label("Filter the rows").fill("")
    expect(page.locator("tbody tr:visible")).to_have_count(largest)
    assert ([], []) == (watched.foreign, watched.complaints)


def test_sentence_can_be_copied(visit, served_site: str) -> None:
    """The clipboard holds the sentence, its definition, its date, and a link to that date's numbers, which stays."""
    page = visit(KINDS["home"]).page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    answer = page.locator("#example + p").inner_text()
    page.get_by_role("button", name="Copy this sentence").click()
    page.wait_for_selector("button:has-text('Copied')")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert " ".join(copied.split()).startswith(" ".join(answer.split()))
    assert "by publisher" in copied
    assert "8 Oct 2026" in copied
    link = f"{served_site}data/days/2026-10-08.html"
    assert copied.endswith(link)
    page.goto(link)
    found = page.locator("h1 + p").inner_text().split()
    assert answer.split() == found[: len(answer.split())]  # what stands without one model follows


CHOOSE = """view => {
  const form = document.getElementById("view");
  for (const [name, value] of Object.entries(view)) form.elements[name].value = value;
  form.elements.by.dispatchEvent(new Event("change", {bubbles: true}));
}"""


def test_home_says_of_each_definition_what_the_program_says(visit, bundled_report: Report, served_site: str) -> None:
    """Chosen on a phone: the sentence, the parts of the bar, what is copied, and a link to the same view."""
    watched = visit(KINDS["home"], PHONE)
    page = watched.page
    assert [] == [address for address in asked_of(watched) if "explore" in address]
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    assert len(bundled_report.definitions) > 10
    for definition in bundled_report.definitions:
        chosen = {"window": definition.window, "models": definition.universe, "by": definition.attribution}
        page.evaluate(CHOOSE, chosen)
        table = bundled_report.table(definition)
        answer = ENGLISH.speak(sentences.state_table(table, bundled_report.data.scope))
        expect(page.locator("[data-view=answer]")).to_have_text(answer)
        parts = [f"{part.name} {ENGLISH.percent(part.share)}" for part in part_bar(table, ENGLISH)]
        expect(page.locator("[data-view=parts]")).to_have_text(" · ".join(parts))
        assert parts == page.locator("[data-view=bar] b").all_text_contents()
        without = ENGLISH.speak(sentences.state_without(bundled_report, definition))
        assert without in page.locator("[data-view=more]").inner_text()
        query = parse_qs(urlsplit(page.locator("[data-view=link]").evaluate("link => link.href")).query)
        assert chosen == {name: query[name][0] for name in chosen}
    page.get_by_role("button", name="Copy this sentence").click()
    page.wait_for_selector("button:has-text('Copied')")
    assert page.evaluate("navigator.clipboard.readText()").startswith(answer)
    page.locator("[data-view=link]").click()
    expect(page.locator("#explore-said")).to_contain_text(answer)
    assert page.url.startswith(served_site + "explore.html?")
    watched.assert_quiet()


@pytest.mark.parametrize("width", [NARROWEST, PHONE])
def test_no_choice_of_home_is_cut_off_on_a_phone(visit, width: int) -> None:
    """The longest words of each choice have room in it."""
    page = visit(KINDS["home"], width).page
    selects = page.locator("#view select")
    room = """select => {
      const copy = Object.assign(document.createElement("span"), {style: "position:absolute;white-space:nowrap"});
      copy.style.font = getComputedStyle(select).font;
      document.body.append(copy);
      const widths = [...select.options].map(option => { copy.textContent = option.text; return copy.offsetWidth; });
      return select.clientWidth - 40 - Math.max(...widths);
    }"""
    assert 3 == selects.count()
    assert [] == [each for each in selects.all() if each.evaluate(room) < 0]


def test_search_opens_from_the_keyboard_and_finds(visit) -> None:
    """On a phone the search is a button that Enter opens."""
    watched = visit(KINDS["about"], PHONE)
    page = watched.page
    page.locator(".oms-search-button").focus()
    page.keyboard.press("Enter")
    page.locator(".md-search__input").press_sequentially("headquarters")
    page.wait_for_selector(".md-search-result__item")
    watched.assert_quiet()


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_ten_searches_find_their_page_first(visit, served_site: str, width: int) -> None:
    """Typed as a reader types them, on a list that fits its box; what maintainers decided stands behind the method.

    What is found is the same at every width, so a phone is asked once.
    """
    watched = visit(KINDS["about"], width)
    page = watched.page
    if width == PHONE:
        page.locator(".oms-search-button").click()
    for words, path in SEARCHES.items() if width == DESK else [("us", SEARCHES["us"])]:
        page.locator(".md-search__input").fill("")
        page.locator(".md-search__input").press_sequentially(words)
        first = page.locator(".md-search-result__item a").first
        for _ in range(2):  # once more, since a list of the first letters may already begin with it
            expect(first).to_have_attribute("href", served_site + path)
            page.wait_for_timeout(200)
        assert first.locator("p, li").first.inner_text(), words
    box = page.locator(".md-search__output").evaluate("box => [box.scrollWidth, box.clientWidth]")
    assert box[0] == box[1]
    watched.assert_quiet()


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_targets_are_large_enough(visit, width: int) -> None:
    """Buttons and the links of bar, foot and actions are 24 pixels high at least."""
    page = visit(KINDS["home"], width).page
    heights = page.locator(".oms-places a, .oms-name, .oms-footer a, .oms-actions a, button:visible").evaluate_all(
        "all => all.filter(e => e.checkVisibility({visibilityProperty: true, opacityProperty: true}))"
        ".map(e => [e.textContent.trim() || e.outerHTML, e.getBoundingClientRect().height])"
    )
    assert [name for name, height in heights if height < 24] == []


def test_the_bundled_site_keeps_its_size(bundled_site: Path) -> None:
    """All its files together; beyond it the largest folders are named."""
    sizes: Counter[str] = Counter()
    for path in bundled_site.rglob("*"):
        if path.is_file():
            sizes[path.relative_to(bundled_site).parts[0]] += path.stat().st_size
    assert 0.6 * BUNDLED_SITE_BYTES < sizes.total() <= BUNDLED_SITE_BYTES, sizes.most_common(5)


def test_opened_from_a_folder_it_can_be_read(
    browser: Browser, contexts: list[BrowserContext], bundled_site: Path
) -> None:
    """Without a server: pages, styles, pictures and links work."""
    contexts.append(open_context(browser))
    page = contexts[-1].new_page()
    page.goto((bundled_site / "index.html").as_uri())
    assert page.locator(".oms-figure svg:visible").count() >= 1
    page.locator(".oms-places a", has_text="Countries").click()
    page.wait_for_selector("h1:has-text('Countries')")
    assert page.url.endswith("countries/index.html")


def test_countries_have_names_not_codes(visit, registry: Registry) -> None:
    """Each country of the list is written out."""
    names = visit(KINDS["countries"]).page.locator("tbody:first-of-type th[scope=row]").all_inner_texts()
    assert not set(names) & set(registry.countries)


def test_data_that_no_night_renews_have_no_banner(
    browser: Browser, contexts: list[BrowserContext], served_site: str
) -> None:
    """The bundled snapshots, years later."""
    contexts.append(open_context(browser))
    page = contexts[-1].new_page()
    page.clock.set_fixed_time("2030-03-11")
    page.goto(served_site, wait_until="networkidle")
    assert 0 == page.locator(".oms-banner").count()
    assert "Next update: not scheduled." in page.locator(".oms-dataline").inner_text()


def test_no_topics_page_is_heavy(bundled_site: Path) -> None:
    """Compressed as a server sends it."""
    pages = sorted((bundled_site / "topics").rglob("*.html"))
    assert pages
    heavy = {path.name: len(gzip.compress(path.read_bytes(), mtime=0)) for path in pages}
    assert {} == {name: size for name, size in heavy.items() if size > MAX_TOPIC_BYTES}


def test_every_link_of_the_real_site_leads_somewhere(bundled_site: Path) -> None:
    """Each relative link is a file of the site, each anchor an element of its page."""
    pages = {path: path.read_text(encoding="utf-8") for path in bundled_site.rglob("*.html")}
    ids = {path: {html.unescape(name) for name in re.findall(r'\sid="([^"]*)"', pages[path])} for path in pages}
    broken = set()
    for path, text in pages.items():
        for link in re.findall(r'<a\s[^>]*?href="([^"]*)"', text):
            parts = urlsplit(html.unescape(link))
            if parts.scheme or parts.netloc:
                continue
            base = bundled_site if path.name == "404.html" else path.parent
            goal = (base / unquote(parts.path).lstrip("/")).resolve() if parts.path else path
            goal = goal / "index.html" if goal.is_dir() else goal
            if not goal.is_file() or (parts.fragment and goal in ids and parts.fragment not in ids[goal]):
                broken.add((path.relative_to(bundled_site).as_posix(), link))
    assert broken == set()
