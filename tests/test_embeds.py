"""Figures on other sites: frames that cut nothing, a height that follows, what oEmbed answers, citations."""

import datetime as dt
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect

from generator.base.imprint import AUTHORS, NAME
from generator.figures.embeds import FRAMES, LEAST_HEIGHT, MOST_HEIGHT, SNIPPET
from generator.text.cite import cite
from generator.text.language import Language
from tests.conftest import MOST_MILLISECONDS, open_context
from tests.servers import serve_folder
from tests.spoken import ENGLISH

DAY, ADDRESS = dt.date(2026, 10, 8), "https://example.org/#x"
NOTE = """window.noted = []; const frame = document.querySelector("#column iframe");
  new MutationObserver(() => noted.push(frame.style.height)).observe(frame, {attributes: true})"""
HEIGHT = "Math.ceil(document.documentElement.getBoundingClientRect().height)"
CODE = re.compile(r'<pre class="oms-figure__code" tabindex="0"><code>(.*?)</code></pre>', re.DOTALL)
FIGURE = re.compile(r'<figure class="oms-figure" id="figure-([a-z0-9-]+)".*?</figure>', re.DOTALL)
# Fields that the specification asks of every answer of the type `rich`, and those by which we name ourselves.
OEMBED = {"version", "type", "html", "width", "height", "title", "author_name", "provider_name", "provider_url"}


@pytest.fixture(scope="module")
def codes(bundled_site: Path) -> dict[str, list[str]]:
    """What every figure gives to be pasted: its frame with the script, its citation, its entry of BibTeX."""
    found = {}
    for path in sorted(bundled_site.rglob("*.html")):
        for figure in FIGURE.finditer(path.read_text(encoding="utf-8")):
            found[figure[1]] = [html.unescape(text) for text in CODE.findall(figure[0])]
    return found


@pytest.fixture
def outside(browser: Browser, contexts: list[BrowserContext], tmp_path: Path) -> Iterator[object]:
    """Open a page of another site that pastes a figure's code into a column of a width."""
    contexts.append(open_context(browser))
    page = contexts[-1].new_page()
    with serve_folder(tmp_path) as address:

        def paste(code: str, width: int) -> Page:
            path = tmp_path / f"{len(list(tmp_path.iterdir()))}.html"  # the server tells changes by whole seconds alone
            path.write_text(
                f'<!doctype html><body style="margin:0"><div id="column" style="width:{width}px">{code}</div>'
                '<iframe id="other" srcdoc="nothing"></iframe>'
            )
            page.goto(f"{address}{path.name}")
            return page

        yield paste


def read_height(page: Page) -> int:
    """Return how tall the frame of the page is."""
    return round(page.locator("#column iframe").bounding_box()["height"])


def settle(frame: Frame, condition: str) -> None:
    """Wait until something holds in a frame, whose policy refuses what a browser's tool would wait with."""
    for _ in range(MOST_MILLISECONDS // 50):
        if frame.evaluate(condition):
            return
        frame.page.wait_for_timeout(50)
    raise AssertionError(condition)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize(
    ("scheme", "every"),
    [
        ("light", 6),
        ("dark", 40),
        *(pytest.param(*each, marks=pytest.mark.soak) for each in (("light", 1), ("dark", 10))),
    ],
)
def test_no_frame_cuts_a_figure(
    browser: Browser, contexts: list[BrowserContext], served_site: str, bundled_site: Path, scheme: str, every: int
) -> None:
    """At the height that is told for its width, and so in the pasted one, the line of the source is seen.

    The layout does not know of colours: in the dark fewer figures are looked at. All of them are in the soak.
    """
    contexts.append(open_context(browser, color_scheme=scheme))
    page = contexts[-1].new_page()
    told = {}
    for path in sorted(bundled_site.rglob("*.html")):
        for figure in FIGURE.finditer(path.read_text(encoding="utf-8")):
            heights = re.search(r"width of the frame: ([\d:, ]+)\.", figure[0])
            assert heights
            told[figure[1]] = {int(w): int(h) for w, h in re.findall(r"(\d+): (\d+)", heights[1])}
    assert len(told) > 100
    for slug, heights in list(told.items())[::every]:
        assert tuple(heights) == FRAMES
        page.goto(f"{served_site}embed/{slug}.html")
        for width, height in heights.items():
            page.set_viewport_size({"width": width, "height": height})
            needed, across, source = page.evaluate(
                f"[{HEIGHT}, document.documentElement.scrollWidth,"
                " document.querySelector('main > p:last-of-type').getBoundingClientRect().bottom]"
            )
            assert (needed <= height, across <= width, source <= height) == (True,) * 3, (slug, width, needed, height)
            assert height <= 1.25 * needed + 60, (slug, width, needed, height)


def test_the_pasted_height_is_enough_for_every_width(codes: dict[str, list[str]]) -> None:
    """Within what the script takes."""
    assert len(codes) > 100
    for code, *_ in codes.values():
        (height,) = map(int, re.findall(r'height="(\d+)"', code))
        assert LEAST_HEIGHT <= height <= MOST_HEIGHT
        assert len(re.findall(r"<script>.*</script>", code, re.DOTALL)[0].splitlines()) <= 10


@pytest.mark.browser
@pytest.mark.slow
def test_the_height_follows_the_width(outside, codes: dict[str, list[str]]) -> None:
    """From a phone's column to a newspaper's and back the frame is as tall as its figure."""
    page = outside(codes["share-now"][0], FRAMES[0])
    heights = []
    for width in (*FRAMES, FRAMES[0]):
        page.locator("#column").evaluate(f"column => {{ column.style.width = '{width}px'; }}")
        frame = page.frame(url=re.compile("embed/share-now"))
        assert frame
        settle(frame, f"innerWidth === {width} && innerHeight === {HEIGHT}")
        heights.append(read_height(page))
    assert heights[0] == heights[-1] > heights[-2]


@pytest.mark.browser
@pytest.mark.slow
def test_the_snippet_takes_a_whole_number_from_its_own_frame_and_nothing_else(
    outside, codes: dict[str, list[str]]
) -> None:
    """From 100 to 4,000; what is no such number, and what another frame or the page itself sends, changes nothing."""
    page = outside(codes["share-now"][0], 480)
    frame = page.frame(url=re.compile("embed/share-now"))
    assert frame
    settle(frame, f"innerHeight === {HEIGHT}")
    before = read_height(page)
    refused = ["'500'", "99", "4001", "150.5", "NaN", "Infinity", "-500", "null", "true", "[500]", "{height: 500}"]
    for message in refused:
        frame.evaluate(f"parent.postMessage({message}, '*')")
    page.frames[-1].evaluate("parent.postMessage(500, '*')")
    page.evaluate("postMessage(500, '*')")
    page.wait_for_timeout(200)
    assert before == read_height(page)
    # A frame that is too low gets a bar, says its height again and has it: what it had in between is noted.
    page.evaluate(NOTE)
    for height in (LEAST_HEIGHT, MOST_HEIGHT):
        frame.evaluate(f"parent.postMessage({height}, '*')")
        page.wait_for_function(f"noted.includes('{height}px')")


# A view of each kind, and one whose events are too many or whose names are too long for a narrow column.
VIEWS = ("", "as=bars", "as=map", "as=table", "of=models", "places=CN,US,FR,GB,DE&measure=rank")


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.soak)])
def test_no_frame_cuts_a_view_of_explore(
    browser: Browser, contexts: list[BrowserContext], served_site: str, outside, scheme: str
) -> None:
    """At the pasted height, which is the view's own, the source is seen in every column; its title is what it says.

    With the script, which is the figures' own, the frame is as tall as the view.
    """
    options = {"color_scheme": scheme, "permissions": ["clipboard-read", "clipboard-write"]}
    contexts.append(open_context(browser, viewport={"width": 1280, "height": 800}, **options))
    page = contexts[-1].new_page()
    for query in VIEWS:
        page.goto(f"{served_site}explore.html?{query}")
        page.get_by_role("button", name="embed").click()
        expect(page.locator("#explore-done")).to_have_text("Copied")
        code = page.evaluate("navigator.clipboard.readText()")
        title, height = re.search(r'title="([^"]*)" width="100%" height="(\d+)"', code).groups()
        assert page.locator("#explore-said").inner_text() == html.unescape(title)
        assert code.endswith(SNIPPET)
        assert LEAST_HEIGHT <= int(height) <= MOST_HEIGHT
        around = outside(code, FRAMES[0])
        around.emulate_media(color_scheme=scheme)
        needed = read_needed(around, int(height))
        assert max(needed.values()) <= int(height) <= 1.1 * max(needed.values()) + 20, (query, height, needed)


def read_needed(page: Page, height: int) -> dict[int, int]:
    """Return how tall the frame of a view becomes by the width of its column, once its source is seen in each."""
    needed = {}
    for width in FRAMES:
        page.locator("#column").evaluate(f"column => {{ column.style.width = '{width}px'; }}")
        frame = page.frame(url=re.compile(r"explore\.html"))
        assert frame
        settle(frame, f"innerWidth === {width} && !!document.querySelector('#explorer[data-as]')")
        settle(frame, f"innerHeight === {HEIGHT}")
        across, source, last = frame.evaluate(
            "[document.documentElement.scrollWidth, document.querySelector('#explore-origin a').checkVisibility(),"
            " document.querySelector('#explore-origin').getBoundingClientRect().bottom]"
        )
        needed[width] = read_height(page)
        assert (across <= width, source, last <= needed[width]) == (True,) * 3, (width, height, needed)
    return needed


def test_each_figure_has_an_answer_of_oembed(bundled_site: Path, served_site: str, codes: dict[str, list[str]]) -> None:
    """Of version 1.0 and type `rich`, with a frame of a page that exists; the figure's page leads to it."""
    paths = sorted((bundled_site / "oembed").glob("*.json"))
    assert {path.stem for path in (bundled_site / "embed").glob("*.html")} == {path.stem for path in paths}
    assert codes.keys() <= {path.stem for path in paths}
    for path in paths:
        found = json.loads(path.read_text(encoding="utf-8"))
        assert found.keys() >= OEMBED
        assert (found["version"], found["type"], found["provider_name"]) == ("1.0", "rich", NAME)
        assert {type(found["width"]), type(found["height"])} == {int}
        assert [served_site] * 2 == [found["provider_url"], found["author_url"]]
        assert f'src="{served_site}embed/{path.stem}.html"' in found["html"]
        assert f'height="{found["height"]}"' in found["html"]
        page = (bundled_site / "embed" / f"{path.stem}.html").read_text(encoding="utf-8")
        assert f'type="application/json+oembed" title="{found["title"]}"' in html.unescape(page)
        assert f'href="{served_site}oembed/{path.stem}.json"' in page


def test_a_page_with_figures_names_the_answer_of_its_first(bundled_site: Path, served_site: str) -> None:
    """In its head; no other page names one."""
    number = 0
    for path in bundled_site.rglob("*.html"):
        if path.parent.name == "embed":
            continue
        text = path.read_text(encoding="utf-8")
        first = FIGURE.search(text)
        links = re.findall(r'<link rel="alternate oembed" type="application/json\+oembed" href="([^"]*)">', text)
        assert ([f"{served_site}oembed/{first[1]}.json"] if first else []) == links, path
        number += len(links)
    assert number > 100


def test_each_figure_describes_its_data(bundled_site: Path, served_site: str) -> None:
    """As JSON-LD on its own page, with its licence and files that exist."""
    for path in (bundled_site / "embed").glob("*.html"):
        (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', path.read_text(), re.DOTALL)
        found = json.loads(text)
        assert ("Dataset", ["https://creativecommons.org/licenses/by/4.0/"]) == (found["@type"], found["license"])
        assert f"{served_site}embed/{path.name}" == found["url"]
        files = [each["contentUrl"].removeprefix(served_site) for each in found["distribution"]]
        assert [name for name in files if (bundled_site / name).is_file()] == files != []


def test_a_citation_has_author_address_and_a_place_for_the_day(bundled_site: Path, codes: dict[str, list[str]]) -> None:
    """In text and in BibTeX, of every figure; the address is of a page that has it."""
    for slug, (*_, text, bibtex) in codes.items():
        assert text.startswith(f"{AUTHORS} (2026): “")
        (address,) = re.findall(r"http\S+", text)
        parts = urlsplit(address)
        assert f'id="{parts.fragment}"' in (bundled_site / parts.path.lstrip("/")).read_text(encoding="utf-8")
        assert text.endswith(f"{address} (accessed on YYYY-MM-DD).")
        assert f"@misc{{oms-{slug}-2026-10-08," == bibtex.splitlines()[0]
        assert f"  url = {{{address}}}," in bibtex.splitlines()
        assert "  urldate = {YYYY-MM-DD}" in bibtex.splitlines()


def test_no_stop_stands_within_the_marks_of_a_title() -> None:
    """Of Chinese, whose stop stands behind them; an English one has its own."""
    said = {
        code: cite(Language(code), f"甲。乙{stop}", DAY, ADDRESS, "x") for code, stop in (("zh", "。"), ("en", "."))
    }
    assert "：《甲。乙》。" in said["zh"].text
    assert "“甲。乙.” " in said["en"].text
    assert "  title = {甲。乙}," == said["zh"].bibtex[2]


def test_signs_of_bibtex_are_text_in_a_title() -> None:
    """A title ends no field and begins no command."""
    found = cite(ENGLISH, r"a} % \b ~^ 5%_&#$ {", DAY, ADDRESS, "oms-x")
    title = r"a\} \% \textbackslash{}b \textasciitilde{}\textasciicircum{} 5\%\_\&\#\$ \{"
    assert f"  title = {{{title}}}," == found.bibtex[2]


@pytest.mark.browser
@pytest.mark.slow
def test_a_copied_citation_has_the_day_of_its_copying(
    browser: Browser, contexts: list[BrowserContext], served_site: str
) -> None:
    """By the button, and by selecting it; a page cannot know it before."""
    contexts.append(open_context(browser, permissions=["clipboard-read", "clipboard-write"]))
    page = contexts[-1].new_page()
    page.goto(served_site, wait_until="networkidle")
    figure = page.locator("#figure-share-now")
    figure.get_by_text("Embed and cite").click()
    today = page.evaluate("new Date().toISOString().slice(0, 10)")
    figure.get_by_role("button", name="Copy").nth(2).click()
    expect(figure.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").endswith(f"(accessed on {today}).")
    code = figure.locator(".oms-figure__code").nth(3)
    assert "urldate = {YYYY-MM-DD}" in code.inner_text()
    code.locator("code").click()
    page.keyboard.press("Control+c")
    assert f"urldate = {{{today}}}" in page.evaluate("navigator.clipboard.readText()")
