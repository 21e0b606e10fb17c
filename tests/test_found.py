"""What lets the numbers be found and pasted: badges, feeds, as the built site has them."""

import codecs
import gzip
import html
import json
import re
import struct
from pathlib import Path
from xml.etree import ElementTree as ET

import duckdb
import feedparser
import pandas as pd
import pytest

from generator.base.settings import PUBLISHER_PAGES
from generator.figures.cards import draw_card
from generator.figures.text import measure
from generator.publish.badges import list_organisations
from generator.publish.cards import build_cards
from generator.publish.feeds import PLACE_ENTRIES
from generator.questions import sentences
from generator.questions.report import Report
from generator.sources.files_open import read_chunks
from generator.text.voices import read_voices
from tests.conftest import CODE
from tests.spoken import ENGLISH, speak

SVG = "{http://www.w3.org/2000/svg}"
MOST_BADGE_BYTES = 1536
MOST_CARD_BYTES = 30 * 1024
# In one language; and what each other one may add, so that four have twice as much.
MOST_SITE_BYTES = 65 * 1024**2
MOST_LANGUAGE_BYTES = MOST_SITE_BYTES // 3
DOWNLOAD = r"open-model-share_[a-z0-9-]+_\d{4}-\d\d-\d\d\.(csv|csv\.gz|json|vl\.json|parquet|png|svg)"
# What of a page is for those who find it and paste it: words in its head, codes and citations beside a figure, a badge.
FOR_OTHERS = re.compile(
    r'<link rel="(?:canonical|describedby|alternate (?:oembed|markdown|feed))"[^>]*>'
    r'|<meta (?:property|name)="(?:og|twitter):[^>]*>'
    r'|<script type="application/ld\+json">.*?</script>|<details><summary>Embed and cite</summary>.*?</details>'
    r'|<h2 id="badge".*?</pre></div>',
    re.DOTALL,
)
MOST_FOR_OTHERS = 2 * 1024


def test_each_badge_is_a_small_picture_that_says_what_it_shows(bundled_site: Path) -> None:
    """SVG without a script, a style or another server; its title names whose share of what, and until when."""
    paths = sorted((bundled_site / "badges").glob("*.svg"))
    assert len(paths) > 100
    for path in paths:
        root = ET.parse(path).getroot()  # noqa: S314 - our own picture
        title = root.findtext(f"{SVG}title") or ""
        assert path.stat().st_size <= MOST_BADGE_BYTES
        assert {f"{SVG}{name}" for name in ("svg", "title", "rect", "g", "text")} == {item.tag for item in root.iter()}
        assert title == root.attrib["aria-label"]
        assert re.fullmatch(
            r"Open Model Share: Models from .+ account for .+ downloads of .+ to 8\sOct\s2026\. \(CC-BY-4\.0.*\)", title
        )
        for text in root.iter(f"{SVG}text"):
            assert measure(text.text or "", 11) <= float(text.attrib["textLength"])


def test_countries_and_organisations_have_a_badge_and_a_feed_and_persons_none(
    bundled_site: Path, bundled_report: Report
) -> None:
    """Their pages lead to both; where nobody knows who it is there is none either."""
    known = list_organisations(bundled_report)
    others = [profile for profile in bundled_report.profiles if profile not in known]
    persons = [profile for profile in others if profile.registry and profile.registry.kind == "person"]
    assert persons
    assert PUBLISHER_PAGES == len(known)
    names = {f"publisher-{profile.slug}" for profile in known}
    assert names == {path.stem for path in (bundled_site / "badges").glob("publisher-*")}
    assert names == {path.stem for path in (bundled_site / "feeds").glob("publisher-*")}
    for profile in bundled_report.profiles:
        page = (bundled_site / "publishers" / f"{profile.slug}.html").read_text(encoding="utf-8")
        found = f"badges/publisher-{profile.slug}.svg" in page, f"feeds/publisher-{profile.slug}.atom" in page
        assert found == (profile in known,) * 2
    page = (bundled_site / "countries" / "cn.html").read_text(encoding="utf-8")
    assert "badges/country-cn.svg)](http" in page


def test_the_feed_of_a_place_has_its_share_of_each_week(bundled_site: Path) -> None:
    """It parses; entries are distinct, the newest first, lead to pages that exist, and name the licence."""
    for path in (bundled_site / "feeds").glob("*-*.atom"):
        feed = feedparser.parse(path.read_text(encoding="utf-8"))
        assert not feed.bozo
        assert feed.feed.rights.startswith("https://creativecommons.org/licenses/by/4.0/")
        assert len(feed.entries) <= PLACE_ENTRIES
        ids = [entry.id for entry in feed.entries]
        assert len(ids) == len(set(ids))
        assert [entry.updated for entry in feed.entries] == sorted((e.updated for e in feed.entries), reverse=True)
        for entry in feed.entries:
            assert (bundled_site / "topics" / "weeks" / entry.link.rpartition("/")[2].partition("#")[0]).is_file()


@pytest.mark.parametrize("name", ["index", "countries/cn", "topics/claims", "topics/claims/study-china-share"])
def test_what_lets_a_page_be_found_and_pasted_weighs_little(name: str, bundled_site: Path) -> None:
    """Of what a page sends before anything is touched, packed as servers pack it."""
    page = (bundled_site / f"{name}.html").read_text(encoding="utf-8")
    bare, found = FOR_OTHERS.subn("", page)
    assert found > 10
    assert pack(page) - pack(bare) <= MOST_FOR_OTHERS


def pack(text: str) -> int:
    """Return how many bytes of gzip a text is."""
    return len(gzip.compress(text.encode(), mtime=0))


def test_each_card_is_a_picture_of_the_size_that_others_show(bundled_site: Path) -> None:
    """PNG, 1200 × 630, at most 30 KB."""
    paths = sorted((bundled_site / "cards").glob("*.png"))
    assert len(paths) > 90
    for path in paths:
        data = path.read_bytes()
        assert data.startswith(b"\x89PNG")
        assert struct.unpack(">II", data[16:24]) == (1200, 630)
        assert len(data) <= MOST_CARD_BYTES, path


def test_every_page_names_a_card_that_exists(bundled_site: Path) -> None:
    """Home, countries, claims and questions their own, all others the general one; each with title and address."""
    for path in bundled_site.rglob("*.html"):
        name = path.relative_to(bundled_site).as_posix()
        if name.startswith("embed/") or name == "404.html":
            continue
        told = dict(re.findall(r'<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)"', path.read_text()))
        card = html.unescape(told["og:image"]).rpartition("/cards/")[2]
        assert (bundled_site / "cards" / card).is_file()
        if not name.startswith("data/days/"):  # which have no byte for what their canonical address says
            assert html.unescape(told["og:url"]).endswith(f"/{name}")
        assert told["og:title"]
        assert told["twitter:card"] == "summary_large_image"
        own = re.fullmatch(r"index\.html|countries/..\.html|topics/claims/.*|topics/(?!index)[a-z]+\.html", name)
        assert (card != "general.png") == bool(own), name


def test_a_card_names_what_it_shows_and_its_licence(bundled_report: Report) -> None:
    """A claim's words stand as a quotation, with whose they are and what came of them."""
    cards = build_cards(bundled_report, ENGLISH)
    assert [] == [name for name, card in cards.items() if not card.foot.endswith("Licence: CC-BY-4.0.")]
    claims = [card for name, card in cards.items() if name.startswith("claim-")]
    assert claims
    assert [] == [card for card in claims if not card.text.startswith("“") or " · claimed by " not in card.kicker]
    assert [] == [card.kicker for card in claims if not card.kicker[0].isupper()]


def test_no_card_cuts_its_sentence_and_homes_says_what_its_number_hangs_on(bundled_report: Report) -> None:
    """In its smallest type each has the room; home's names the one model without which the shares are others."""
    cards = build_cards(bundled_report, ENGLISH)
    assert [] == [name for name, card in cards.items() if "…" in draw_card(card)]
    rest = speak(sentences.state_without(bundled_report))
    assert rest.startswith("Without the most downloaded model, ")
    assert cards["home"].text == f"{speak(sentences.state_headline(bundled_report))} {rest}"


def test_the_page_of_the_data_describes_them(bundled_site: Path) -> None:
    """JSON-LD with what schema.org and search engines ask of a data set; each file named is there."""
    page = (bundled_site / "data.html").read_text(encoding="utf-8")
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    found = json.loads(text)
    assert ("https://schema.org/", "Dataset") == (found["@context"], found["@type"])
    assert {"name", "description", "url", "license", "creator", "temporalCoverage", "distribution"} <= found.keys()
    assert found["license"] == ["https://creativecommons.org/licenses/by/4.0/"]
    assert 50 <= len(found["description"]) <= 5000
    root = found["creator"]["url"]
    files = [each["contentUrl"].removeprefix(root) for each in found["distribution"]]
    assert files
    assert [] == [name for name in files if not (bundled_site / name).is_file()]


def test_downloads_of_every_page_say_what_they_are(bundled_site: Path) -> None:
    """Whose, what and of which date, in every link that saves a file; what a figure saves has the figure's name."""
    found = {}
    for path in bundled_site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        for target, name in re.findall(r'<a href="([^"]*)" download(?:="([^"]*)")?', text):
            found[(path.parent / target).resolve()] = html.unescape(name)
    assert len(found) > 500
    assert [] == [path for path in found if not path.is_file()]
    assert [] == [name for name in found.values() if not re.fullmatch(DOWNLOAD, name)]
    figure = bundled_site / "figures" / "share-now"
    assert "open-model-share_share-now_2026-10-08.csv" == found[figure / "data.csv"]
    assert "open-model-share_shares-2026_2026-10-08.csv.gz" == found[bundled_site / "data" / "shares-2026.csv.gz"]


def test_every_csv_of_the_site_is_read_by_excel_duckdb_and_pandas(bundled_site: Path) -> None:
    """It begins with the mark by which Excel knows UTF-8, which the other two do not take for a name."""
    paths = [path for pattern in ("*.csv", "*.csv.gz") for path in bundled_site.rglob(pattern)]
    assert len(paths) > 200
    for path in paths:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        assert data.startswith(codecs.BOM_UTF8), path
        first = data.decode("utf-8-sig").partition("\n")[0].split(",")
        assert first[0].isidentifier(), path
        assert pd.read_csv(path, nrows=1).columns.tolist() == first, path
    rows = duckdb.read_csv(str(bundled_site / "data" / "publishers.csv"))
    assert (rows.columns[0], rows.limit(1).fetchall()[0][0]) == ("rank", 1)
    year = str(bundled_site / "data" / "shares-2026.csv.gz")
    assert duckdb.read_csv(year).count("as_of").fetchall() == [(len(pd.read_csv(year)),)]


def test_what_the_site_gives_out_can_be_imported(bundled_site: Path, bundled_report: Report) -> None:
    """The list of models is read as a listing is: each model with its downloads."""
    chunks = list(read_chunks(bundled_site / "data" / "models.csv", lambda _: True))
    rows = [row for chunk in chunks for row in chunk.rows]
    expected = [(model.id, str(model.downloads_30d)) for model in bundled_report.models]
    assert expected == [(row["id"], row["downloads_30d"]) for row in rows]


def test_the_site_of_the_example_stays_within_its_budget(bundled_site: Path) -> None:
    """With cards, frames, badges, feeds and the data set; what fetches a copy of it has no more to carry."""
    others = [code for code in read_voices() if (bundled_site / code).is_dir()]
    most = MOST_SITE_BYTES + len(others) * MOST_LANGUAGE_BYTES
    assert sum(path.stat().st_size for path in bundled_site.rglob("*") if path.is_file()) <= most


def test_every_page_leads_to_the_code_to_its_issues_and_to_the_form_for_a_mistake(bundled_site: Path) -> None:
    """Of the repository that the builder was told; frames and what stands at old addresses lead to a page."""
    found = {}
    for path in bundled_site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        if 'http-equiv="refresh"' not in text and "embed" not in path.relative_to(bundled_site).parts:
            found[path] = {html.unescape(link) for link in re.findall(r'href="([^"]*)"', text)}
    assert len(found) > 300
    assert [] == [path for path, links in found.items() if not {CODE.address, CODE.issues} <= links]
    form = CODE.report()
    assert [] == [path for path, links in found.items() if not any(link.startswith(form) for link in links)]


def test_crawlers_are_told_where_the_map_is(bundled_site: Path, served_site: str) -> None:
    """By its whole address, as they ask for it."""
    assert f"Sitemap: {served_site}sitemap.xml" in (bundled_site / "robots.txt").read_text(encoding="utf-8")
