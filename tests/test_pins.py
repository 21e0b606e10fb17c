"""The headline of a date in a frame on another site: it stays, and says what came of it."""

import datetime as dt
import html
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from generator.audit.headlines import Headline, Rest, compute_changes
from generator.audit.versions import Versions
from generator.base.imprint import AUTHORS, NAME
from generator.figures.embeds import FRAMES
from generator.publish.datafiles_days import DAYS
from generator.publish.days_embeds import ANSWERS, EMBEDS, FIGURE, build_pins, publish_pins, render_pins
from generator.questions.compute import compute_report
from generator.questions.report import Report
from tests.conftest import open_context
from tests.histories import make_entries
from tests.small import make_publisher, make_registry
from tests.spoken import ENGLISH

ADDRESS = "https://example.org/report/"
START = dt.date(2025, 9, 1)
OLD = Versions("0.1.0", "c" * 64, "0.1.0", "a" * 64, "e" * 64)
NEW = replace(OLD, registry_sha256="b" * 64)
# A frame and its answer of oEmbed, of every date for ever; the date's page and file have a limit of their own.
MOST_BYTES = 4_000


def publish_newest(report: Report) -> Headline:
    """Return what a build of the report publishes of its newest date."""
    return compute_changes((), report, OLD, report.data.as_of).headlines[-1]


@pytest.mark.slow
@pytest.mark.parametrize("number", [100, pytest.param(200, marks=pytest.mark.soak)])
def test_a_pinned_number_stays_after_a_correction_and_many_nights(number: int) -> None:
    """Sentence and bar as on the day when the code was copied; below them the shares as they are computed now."""
    west, moved = (make_registry(make_publisher("east", "CN"), make_publisher("west", code)) for code in ("US", "FR"))
    nights = [(START + dt.timedelta(days=n), {"east/a": 60_000, "west/b": 40_000}) for n in range(number)]
    entries = make_entries(nights, west, "text-generation")
    copied, corrected, last = (nights[number][0] for number in (1, 2, -1))
    first = compute_report(entries[:2], west, copied)
    published = compute_changes((), first, OLD, copied).headlines
    before = render_pins(first, ENGLISH, published, ADDRESS)[f"{EMBEDS}/{copied}.html"]
    renewed = compute_changes(published, compute_report(entries[:3], moved, corrected), NEW, corrected).headlines
    later = compute_report(entries, moved, last)
    kept = {each.as_of: each for each in [*renewed, *compute_changes(renewed, later, NEW, last).headlines]}
    after = render_pins(later, ENGLISH, kept.values(), ADDRESS)[f"{EMBEDS}/{copied}.html"]
    added = "<p>As computed now: China 60.0%, United States 0.0%, France 40.0%.</p>\n"
    assert "China account for 60.0%" in before
    assert "the United States for 40.0%" in before
    assert before.replace("<p>30 days", f"{added}<p>30 days") == after or added in after
    assert before == after.replace(added, "")


def test_the_window_is_the_one_that_was_published(bundled_report: Report) -> None:
    """A past that was filled in later gives the history recorded another first day, and not what was said of it."""
    day = bundled_report.data.as_of
    kept = replace(publish_newest(bundled_report), start=dt.date(2026, 5, 1))
    pin = build_pins(bundled_report, ENGLISH, [kept])[day]
    assert "from about 1 May 2026 to about 8 Oct 2026" in " ".join(pin.sentence.split())


def test_what_stood_without_one_model_stands_with_the_number(bundled_report: Report) -> None:
    """With the model's name, or of a person's without it: of nobody is a name kept for ever."""
    day = bundled_report.data.as_of
    headline = publish_newest(bundled_report)
    dominant = bundled_report.dominant[bundled_report.headline]
    assert headline.without == Rest(
        dominant.name, dominant.is_largest, {row.code: round(row.share, 12) for row in dominant.without}
    )
    files = render_pins(bundled_report, ENGLISH, [headline], ADDRESS)
    assert f"Without the most downloaded model, {dominant.name}, China accounts for 49.4%" in html.unescape(
        files[f"{EMBEDS}/{day}.html"]
    )
    unknown = replace(bundled_report, models=())
    assert (rest := publish_newest(unknown).without)
    assert rest.name == ""
    pin = build_pins(unknown, ENGLISH, [publish_newest(unknown)])[day]
    assert pin.rest.startswith("Without a single model China accounts for 49.4%")


def test_a_date_of_which_nothing_was_kept_leads_to_its_page(bundled_report: Report) -> None:
    """So does one that is told under another definition now; neither has an answer of oEmbed."""
    headline = publish_newest(bundled_report)
    other = replace(headline, definition="30d-all-publisher")
    for headlines, pinned in (([headline], [headline.as_of]), ([other], []), ([], [])):
        files = render_pins(bundled_report, ENGLISH, headlines, ADDRESS)
        dates = [interval.end for interval in bundled_report.data.intervals]
        assert {f"{EMBEDS}/{day}.html" for day in dates} | {f"{ANSWERS}/{day}.json" for day in pinned} == files.keys()
        for day in set(dates) - set(pinned):
            leads = re.findall(r'content="0; url=(.*?)"', files[f"{EMBEDS}/{day}.html"])
            assert [f"../../{DAYS}/{day}.html"] == leads


def test_a_pinned_number_stays_small(bundled_report: Report) -> None:
    """Corrected, without one model, at a long address: with its answer of oEmbed it has 4 KB."""
    day, shares = bundled_report.data.as_of, {"US": 0.4, "CN": 0.3}
    headline = replace(publish_newest(bundled_report), shares=shares, first={"GB": 0.5, "AE": 0.4})
    files = render_pins(bundled_report, ENGLISH, [headline], f"{ADDRESS}{'long/' * 10}")
    assert "As computed now" in files[f"{EMBEDS}/{day}.html"]
    assert "Without the most" in files[f"{EMBEDS}/{day}.html"]
    assert sum(len(text.encode()) for name, text in files.items() if day.isoformat() in name) <= MOST_BYTES


def test_what_did_not_change_is_not_written_again(bundled_report: Report, tmp_path: Path) -> None:
    """A frame keeps its file, and one whose date is gone loses it."""
    headlines = [publish_newest(bundled_report)]
    paths = publish_pins(tmp_path, bundled_report, ENGLISH, headlines, ADDRESS)
    times = [path.stat().st_mtime_ns for path in paths[EMBEDS]]
    assert paths == publish_pins(tmp_path, bundled_report, ENGLISH, headlines, ADDRESS)
    assert times == [path.stat().st_mtime_ns for path in paths[EMBEDS]]
    publish_pins(tmp_path, bundled_report, ENGLISH, [], ADDRESS)
    assert [False] == [path.exists() for path in paths[ANSWERS]]


def test_the_code_that_stays_stands_beside_the_one_that_follows(bundled_site: Path, served_site: str) -> None:
    """Below the figure of the newest shares, and nowhere else; its frame exists, and so does what oEmbed answers."""
    home = html.unescape((bundled_site / "index.html").read_text(encoding="utf-8"))
    figure = home.partition(f'id="figure-{FIGURE}"')[2].partition("</figure>")[0]
    live, pinned = re.findall(r'<iframe src="([^"]*)" title="([^"]*)" width="100%" height="(\d+)"', figure)
    assert f"{served_site}embed/{FIGURE}.html" == live[0]
    assert f"{served_site}{EMBEDS}/2026-10-08.html" == pinned[0]
    page = (bundled_site / EMBEDS / "2026-10-08.html").read_text(encoding="utf-8")
    assert f"<h1>{pinned[1]}</h1>" in html.unescape(page)
    told = json.loads((bundled_site / ANSWERS / "2026-10-08.json").read_text(encoding="utf-8"))
    expected = ["1.0", "rich", NAME, AUTHORS, served_site, int(pinned[2]), pinned[1]]
    names = ("version", "type", "provider_name", "author_name", "provider_url", "height", "title")
    assert expected == [told[name] for name in names]
    assert f'src="{pinned[0]}"' in told["html"]
    assert f'type="application/json+oembed" href="{served_site}{ANSWERS}/2026-10-08.json"' in page
    assert f'<link rel="canonical" href="{served_site}{DAYS}/2026-10-08.html">' in page
    others = [path for path in bundled_site.rglob("*.html") if f"{EMBEDS}/2026" in path.read_text(encoding="utf-8")]
    assert [bundled_site / "index.html"] == [path for path in others if path.parent.name != "days"]


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_frame_cuts_a_pinned_number(
    browser: Browser, contexts: list[BrowserContext], bundled_site: Path, served_site: str, scheme: str
) -> None:
    """At its height the line of the source is seen in every column; the frame of another date shows its page."""
    contexts.append(open_context(browser, color_scheme=scheme))
    page = contexts[-1].new_page()
    height = json.loads((bundled_site / ANSWERS / "2026-10-08.json").read_text(encoding="utf-8"))["height"]
    for width in FRAMES:
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{served_site}{EMBEDS}/2026-10-08.html")
        needed, across, source = page.evaluate(
            "[document.documentElement.getBoundingClientRect().height, document.documentElement.scrollWidth,"
            " document.querySelector('main > p:last-of-type').getBoundingClientRect().bottom]"
        )
        assert (needed <= height, across <= width, source <= height) == (True,) * 3, (width, needed, height)
    page.goto(f"{served_site}{EMBEDS}/2026-04-05.html")
    page.wait_for_url(f"{served_site}{DAYS}/2026-04-05.html")
