"""How old the data are: the page itself says it, in a browser whose clock was moved."""

import datetime as dt
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from generator.base.files import ROOT
from generator.ledger.intervals import Described
from generator.publish.site import build_site
from generator.questions.compute import compute_report
from generator.text.language import Language
from tests.conftest import begin_to_read, open_context
from tests.servers import serve_folder
from tests.small import DATE, compute_entry, make_publisher, make_registry
from tests.test_site import PAGES
from tests.test_snapshot import make_models

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MIDNIGHT = dt.datetime.combine(DATE, dt.time(), dt.UTC)


@pytest.fixture(scope="module")
def nightly_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a small site whose data are of the whole Hub, which a night renews."""
    folder = tmp_path_factory.mktemp("nightly")
    for name in PAGES:
        path = folder / "site_src" / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n\nText.\n", encoding="utf-8")
    for name in ("styles", "scripts", "assets"):
        shutil.copytree(ROOT / "site_src" / name, folder / "site_src" / name)
    registry = make_registry(make_publisher("east", "CN"), make_publisher("west", "US"))
    models = make_models({"id": "east/x", "downloads_30d": 5000}, {"id": "west/x", "downloads_30d": 4000})
    head = Described(DATE, "Hugging Face Hub", "hub")
    report = compute_report((compute_entry(head, models, None, None, registry),), registry, DATE)
    with serve_folder(folder / "site") as address:
        build_site(
            report, Language("en"), site_src=folder / "site_src", site=folder / "site", cache=folder, site_url=address
        )
        yield address


def open_at(
    browser: Browser, contexts: list[BrowserContext], address: str, hours: float, *, scripts: bool = True
) -> Page:
    """Open a page so many hours after the beginning of the data's day."""
    contexts.append(open_context(browser, java_script_enabled=scripts))
    page = contexts[-1].new_page()
    if scripts:
        page.clock.set_fixed_time(MIDNIGHT + dt.timedelta(hours=hours))
    page.goto(address, wait_until="networkidle")
    return page


def state_of(page: Page) -> str | None:
    """Return what the banner says, or None where it is hidden."""
    banner = page.locator(".oms-banner")
    return banner.get_attribute("data-state") if banner.is_visible() else None


@pytest.mark.parametrize(
    ("hours", "state"),
    [(4, None), (35, None), (35.9, None), (36.1, "amber"), (37, "amber"), (71, "amber"), (73, "red"), (2000, "red")],
)
def test_the_banner_tells_the_age(
    browser: Browser, contexts: list[BrowserContext], nightly_site: str, hours: float, state: str | None
) -> None:
    """Amber after 36 hours from the beginning of the data's date in UTC, red after 72."""
    page = open_at(browser, contexts, nightly_site, hours)
    assert state == state_of(page)
    if state:
        words = {"amber": "Late: these data are of 8 Oct 2026", "red": "Out of date: these data are of 8 Oct 2026"}
        assert page.locator(".oms-banner").inner_text().startswith(words[state])
        assert "status" == page.locator(".oms-banner").get_attribute("role")


def test_the_banner_stays_on_pages_that_are_swapped_in(
    browser: Browser, contexts: list[BrowserContext], nightly_site: str
) -> None:
    """Without a reload, and it leads to the status page."""
    page = open_at(browser, contexts, nightly_site + "index.html", 37)
    page.evaluate("window.kept = true")
    begin_to_read(page)
    page.locator(".oms-places a", has_text="Method").click()
    page.wait_for_selector("h1:has-text('method')")
    assert (True, "amber") == (page.evaluate("window.kept"), state_of(page))
    page.locator(".oms-banner a").click()
    page.wait_for_selector("h1:has-text('status')")
    assert (True, "amber") == (page.evaluate("window.kept"), state_of(page))


def test_a_tab_that_was_left_open_notices(browser: Browser, contexts: list[BrowserContext], nightly_site: str) -> None:
    """When the reader comes back to it: first nothing, then amber, then red."""
    page = open_at(browser, contexts, nightly_site, 10)
    found = [state_of(page)]
    for hours in (40, 80):
        page.clock.set_fixed_time(MIDNIGHT + dt.timedelta(hours=hours))
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        found.append(state_of(page))
    assert [None, "amber", "red"] == found


def test_without_scripts_the_date_stands(browser: Browser, contexts: list[BrowserContext], nightly_site: str) -> None:
    """Date and next update are text; no banner claims what nobody computed."""
    page = open_at(browser, contexts, nightly_site, 100, scripts=False)
    assert state_of(page) is None
    line = page.locator(".oms-dataline").inner_text()
    assert "Data of 8 Oct 2026" in line
    assert "Next update: 9 Oct 2026." in line


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("hours", [40, 80])
def test_the_banner_can_be_read(
    browser: Browser, contexts: list[BrowserContext], nightly_site: str, hours: int, scheme: str
) -> None:
    """Text and its ground differ by 4.5 to 1 at least, in light and dark."""
    contexts.append(open_context(browser, color_scheme=scheme))  # type: ignore[arg-type]
    page = contexts[-1].new_page()
    page.clock.set_fixed_time(MIDNIGHT + dt.timedelta(hours=hours))
    page.goto(nightly_site, wait_until="networkidle")
    colours = page.locator(".oms-banner").evaluate(
        "e => [e.querySelector('span'), e.querySelector('a')].map(part => getComputedStyle(part).color)"
        ".concat(getComputedStyle(e).backgroundColor)"
    )
    text, link, ground = (luminance(colour) for colour in colours)
    assert min(contrast(text, ground), contrast(link, ground)) >= 4.5


def luminance(colour: str) -> float:
    """Return the relative luminance of `rgb(r, g, b)`."""
    parts = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: float, other: float) -> float:
    """Return the contrast of two luminances."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)
