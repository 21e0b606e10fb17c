"""The first screen: what a reader meets over the example, a list, the Hub's first night, and the Hub with a history.

Each is pinned as text: the line on the data, the answer, what follows it, the sentence to copy, the figures below.
After a wanted change, write them anew with OMS_WRITE_GOLDEN=1 and look at the difference.
"""

import datetime as dt
import os
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

import pytest

from generator.audit.headlines import compute_changes
from generator.audit.versions import Versions
from generator.figures.figure import Figure
from generator.publish.pages import build_home, build_pages
from generator.publish.site import describe_frame
from generator.questions.gallery import build_figures
from generator.questions.report import Report
from generator.registry import Registry
from tests.drawn_hub import make_hub_registry, report_list, report_night
from tests.spoken import ENGLISH, speak

pytestmark = pytest.mark.slow

GOLDEN: Final = Path(__file__).parent / "golden"
# Nights of the drawn Hub. Of the first interval's thirty days and these, the 318th makes 347: twelve months.
NIGHTS: Final = (1, 2, 31, 90, 366)
BACKFILLED: Final = (1, 366)
# The nights between them, which change less.
MORE_NIGHTS: Final = [pytest.param(night, marks=pytest.mark.soak) for night in (8, 30, 320)]
MORE_BACKFILLED: Final = [pytest.param(night, marks=pytest.mark.soak) for night in (2, 8, 30, 31, 90)]
# The figures of home above its matrix.
FIGURES: Final = frozenset({"outside-series", "share-over-time", "share-now"})
BLOCKS: Final = frozenset({"h1", "h2", "p"})


class Screen(HTMLParser):
    """The texts of a page before its matrix, a block a line, with the sentence to copy."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self.lines: list[str] = []
        self.inside = self.in_block = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line with each block."""
        values = dict(attrs)
        self.inside = (self.inside or values.get("class") == "oms-answer") and values.get("id") != "matrix"
        if self.inside and tag in BLOCKS:
            self.in_block = True
            self.lines.append(f"{'#' * int(tag[1])} " if tag[0] == "h" else "")
        if self.inside and "data-copy" in values:
            self.lines += [f"copied: {values['data-copy']}", ""]

    def handle_endtag(self, tag: str) -> None:
        """End the line with its block."""
        self.in_block = self.in_block and tag not in BLOCKS

    def handle_data(self, data: str) -> None:
        """Add to the line."""
        if self.inside and self.in_block:
            self.lines[-1] += data


def read_screen(report: Report, registry: Registry) -> str:
    """Return the text of a report's first screen, and the names of the figures below it."""
    figures = {figure.slug: figure for figure in speak(build_figures(report)) if figure.slug in FIGURES}
    home = build_home(report, ENGLISH, registry, figures)
    screen = Screen()
    screen.feed(home)
    below = [line.strip(":").removeprefix("figure ") for line in home.splitlines() if line.startswith("::figure")]
    pictures = [f"figure {slug}: {figures[slug].headline}" for slug in below]
    lines = [str(describe_frame(report, ENGLISH)["data_line"]), *screen.lines, *pictures]
    return "\n".join(text for line in lines if (text := " ".join(line.split()))) + "\n"


def check_golden(name: str, text: str) -> None:
    """Compare a text with the one that is kept."""
    path = GOLDEN / f"first-{name}.txt"
    if os.environ.get("OMS_WRITE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("night", [*NIGHTS, *MORE_NIGHTS])
def test_the_hub_night_by_night(night: int) -> None:
    """Since creation until twelve months are recorded, then these, for thirty days with both."""
    check_golden(f"hub-{night}", read_screen(report_night(night), make_hub_registry()))


@pytest.mark.parametrize("night", [*BACKFILLED, *MORE_BACKFILLED])
def test_the_hub_with_a_backfill(night: int) -> None:
    """An archive of eighteen months lies before the first night: the study's definition from the beginning."""
    check_golden(f"hub-backfilled-{night}", read_screen(report_night(night, backfill=True), make_hub_registry()))


def test_the_example(bundled_report: Report, registry: Registry) -> None:
    """The question first; then, in this example list, the shares, and what the list leaves out."""
    check_golden("example", read_screen(bundled_report, registry))


def test_somebodys_list() -> None:
    """The list's name stands in every sentence."""
    check_golden("list", read_screen(report_list(), make_hub_registry()))


def test_a_first_night_has_no_since_no_count_and_no_line() -> None:
    """And says what will stand there after thirty nights and after a year."""
    text = read_screen(report_night(1), make_hub_registry())
    assert ["share-now"] == re.findall(r"^figure ([a-z-]+):", text, re.MULTILINE)
    for word in ("since the history", "every date", "definitions:", " dates", "today"):
        assert word not in text
    assert "After thirty nights" in text
    assert "Once twelve months are recorded" in text


def test_the_first_night_speaks_of_a_year() -> None:
    """Counters of the models created within it, which one snapshot has; that some were deleted is said."""
    text = read_screen(report_night(1), make_hub_registry())
    assert "downloads since their creation of the models created in the twelve months to 27 Nov 2026" in text
    assert "Models that have been deleted are not counted." in text


@pytest.mark.parametrize(
    ("night", "both"), [(90, False), (318, True), pytest.param(347, True, marks=pytest.mark.soak), (366, False)]
)
def test_both_numbers_stand_there_for_thirty_days(night: int, both: bool) -> None:
    """From the first date with twelve months on; before it there is one number, and after it one."""
    text = read_screen(report_night(night), make_hub_registry())
    assert both == ("Counted as here until twelve months were recorded: " in text)


def test_the_example_claims_nothing_of_the_world(bundled_report: Report, registry: Registry) -> None:
    """Below the outside series no leader, no since, no number of definitions; the sentence to copy names the list."""
    text = read_screen(bundled_report, registry).partition("## In this example list")[2]
    text = "\n".join(line for line in text.splitlines() if not line.startswith("figure outside-series"))
    for word in (" leads", "since", "definitions:", "is ahead"):
        assert word not in text
    assert all("the llmfit catalogue" in line for line in text.splitlines() if line.startswith("copied: "))


def test_no_page_of_a_list_names_a_leader(bundled_pages: Mapping[str, str]) -> None:
    """On home, history, sensitivity and the page of the data: no lead, no date since which, no count of definitions."""
    for path in ("index.md", "history.md", "sensitivity.md", "data.md"):
        assert not any(word in bundled_pages[path] for word in ("has led", " leads in ", " leads the ", " leads China"))
        assert "definitions:" not in bundled_pages[path]


def test_every_headline_of_a_list_names_it(bundled_figures: tuple[Figure, ...]) -> None:
    """What is embedded or cited without its page; the two figures of numbers that others published are not the list's.

    Windows of thirty days have an end and no first day, which counts of thirty days do not tell.
    """
    figures = speak(bundled_figures)
    others = {"outside-series", "published-figures"}
    assert [] == [x.slug for x in figures if "the llmfit catalogue" not in x.headline and x.slug not in others]
    assert [] == [x.slug for x in figures if " · 30 days · " in x.subtitle and "9 Sep 2026 to 8 Oct 2026" in x.subtitle]


def test_a_rank_in_a_list_is_no_rank_of_the_world() -> None:
    """Country and publisher say in which list they rank, and tasks have no column of leads."""
    pages = build_pages(report_list(), ENGLISH, make_hub_registry(), set())
    countries = [text for path, text in pages.items() if re.fullmatch(r"countries/[a-z]{2}\.md", path)]
    assert countries
    assert not any("It ranks" in text or "the world" in text for text in countries)
    assert "Leads since" not in pages["topics/tasks.md"]


def test_a_list_is_named_wherever_it_can_be_copied() -> None:
    """Home and the country pages carry a button; what it copies says which list."""
    pages = build_pages(report_list(), ENGLISH, make_hub_registry(), set())
    copied = [line for text in pages.values() for line in text.splitlines() if "data-copy=" in line]
    assert copied
    assert all("a friend&#39;s list" in line for line in copied)


def test_counters_that_fell_do_not_stand_first() -> None:
    """One hundredth of the sum, and the next definition takes the place; less is told beside the number."""
    small, large = (report_night(8, fall=part) for part in (0.001, 0.2))
    assert "all_time" == small.headline.window
    assert "has fallen; the" in read_screen(small, make_hub_registry())
    assert "held" == large.headline.window


def test_a_change_of_the_definition_is_no_correction() -> None:
    """What was published under one definition is compared with the same one."""
    versions = Versions("0.1.0", "c" * 64, "0.1.0", "a" * 64, "e" * 64)
    before, after = report_night(90), report_night(318)
    published = compute_changes((), before, versions, before.data.as_of).headlines
    changes = compute_changes(published, after, versions, after.data.as_of)
    assert ["all-time-first-year-publisher"] == [headline.definition for headline in published]
    assert ((), ["12m-first-year-publisher"]) == (changes.corrections, [row.definition for row in changes.headlines])
    assert dt.date(2027, 2, 24) == published[0].as_of
