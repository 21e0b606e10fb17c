"""What a search engine and a pasted address are told of a page: title, description, address, each its own."""

import html
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from generator.questions.report import Report
from generator.registry import Registry

pytestmark = pytest.mark.slow

SUFFIX = " - Open Model Share"
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
DESCRIPTION = re.compile(r'<meta name="description" content="(.*?)"', re.DOTALL)
CANONICAL = re.compile(r'<link rel="canonical" href="(.*?)"')
HIDDEN = '<meta name="robots" content="noindex">'


@cache
def read_heads(site: Path) -> dict[str, str]:
    """Read the head of every page of a site, by its path."""
    return {
        path.relative_to(site).as_posix(): path.read_text(encoding="utf-8").partition("</head>")[0]
        for path in sorted(site.rglob("*.html"))
    }


def find(pattern: re.Pattern[str], site: Path) -> dict[str, str]:
    """Find what every page says of itself; empty where it says nothing."""
    found = {name: pattern.findall(head) for name, head in read_heads(site).items()}
    assert {} == {name: texts for name, texts in found.items() if len(texts) > 1}
    return {name: " ".join(html.unescape(texts[0]).split()) if texts else "" for name, texts in found.items()}


def is_frame(name: str, site: Path) -> bool:
    """Tell whether a page is a frame of a date, or leads from an old frame to another page: it is found as that one."""
    return name.startswith("embed/days/") or 'http-equiv="refresh"' in read_heads(site)[name]


def list_shared(said: dict[str, str]) -> list[str]:
    """List what is said by several pages."""
    return [text for text, number in Counter(said.values()).items() if number > 1]


def fold(text: str) -> str:
    """Keep a text's letters and digits, in lower case."""
    return re.sub(r"[\W_]", "", text).lower()


def test_every_page_has_a_title_of_its_own(bundled_site: Path) -> None:
    """One that is more than the name of its file."""
    titles = find(TITLE, bundled_site)
    assert ([], True) == (list_shared(titles), all(titles.values()))
    stems = {name: fold(Path(name).stem) for name in titles}
    assert [] == [name for name, title in titles.items() if fold(title.removesuffix(SUFFIX)) == stems[name]]


def test_every_page_has_a_description_of_its_own(bundled_site: Path) -> None:
    """It says what stands there, in more than a word."""
    described = {
        name: text for name, text in find(DESCRIPTION, bundled_site).items() if not is_frame(name, bundled_site)
    }
    assert [] == list_shared(described)
    assert [] == [name for name, text in described.items() if len(text) < 30]


def test_every_page_names_its_own_address(bundled_site: Path, served_site: str) -> None:
    """Below the one that the site is published under; a missing page has none, a frame of a date that of its page."""
    named = find(CANONICAL, bundled_site)
    places = {name: f"{served_site}{name}" for name in named if not is_frame(name, bundled_site)}
    assert places | {"404.html": ""} == {name: named[name] for name in places}
    days = [name for name in named if name.startswith("embed/days/")]
    assert days
    assert [f"{served_site}data/days/{Path(name).name}" for name in days] == [named[name] for name in days]


def test_no_title_states_a_claim(bundled_site: Path, bundled_report: Report) -> None:
    """What others claim is called a claim, and the title says what became of its test."""
    titles = find(TITLE, bundled_site)
    for slug, item in bundled_report.topics["claims"].items.items():
        title = titles[f"topics/claims/{slug}.html"]
        assert re.match(r"Claim \([a-z ,;]+\): ", title), title
        assert title.endswith(f": {' '.join(item.claim['words'].rstrip('.').split())}{SUFFIX}")


def test_persons_are_not_listed(bundled_site: Path, bundled_report: Report, registry: Registry) -> None:
    """Their pages ask not to be indexed, and the map for search engines leaves them out, as what is hidden at all."""
    heads = read_heads(bundled_site)
    sitemap = (bundled_site / "sitemap.xml").read_text(encoding="utf-8")
    found = {p.slug: registry.find(p.row.handle) for p in bundled_report.profiles}
    persons = [slug for slug, row in found.items() if row and row.kind == "person"]
    assert persons
    assert [] == [slug for slug in persons if HIDDEN not in heads[f"publishers/{slug}.html"]]
    hidden = {name for name, head in heads.items() if HIDDEN in head}
    listed = set(re.findall(r"<loc>[^<]*?//[^/]*/([^<]*)</loc>", sitemap))
    assert set() == hidden & listed
    assert heads.keys() - hidden == listed
