"""A file for each date: what a quotation links to still shows that date's numbers later."""

import datetime as dt
import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from generator import __version__
from generator.audit.headlines import Headline, Renewal, Rest, compute_changes
from generator.audit.versions import Versions
from generator.base.repository import NOWHERE, CodeRepository
from generator.base.settings import MIN_COUNTRY_SHARE
from generator.publish.datafiles_days import COLUMNS, PLACES, render_days
from generator.publish.days_pages import render_day_pages
from generator.publish.pages import build_pages
from generator.publish.write import publish_pages
from generator.questions.compute import compute_report
from generator.questions.report import Report
from generator.questions.sentences import state_headline
from generator.star.dominant import ALL_MODELS
from generator.text.language import Language
from tests.histories import Snapshot, make_entries, make_history
from tests.small import make_publisher, make_registry
from tests.spoken import ENGLISH, speak

START = dt.date(2025, 9, 1)
ADDRESS = "https://example.org/report/"
CODE = CodeRepository("open-model-share/open-model-share")
# Of a date's page and file together.
MOST_BYTES = 6 * 1024
OLD = Versions("0.1.0", "c" * 64, "0.1.0", "a" * 64, "e" * 64)
NEW = replace(OLD, registry_sha256="b" * 64)


def make_snapshots(weeks: int) -> list[Snapshot]:
    """Make a snapshot every four weeks."""
    return [
        (START + dt.timedelta(days=28 * n), {"east/a": 60_000 + n, "west/b": 40_000 - n}) for n in range(weeks // 4 + 1)
    ]


def test_every_date_has_its_file(bundled_report: Report) -> None:
    """With the headline's shares of that date: the largest countries, and what no country is given."""
    files = render_days(bundled_report, ENGLISH)
    assert list(files) == [f"data/days/{interval.end}.json" for interval in bundled_report.data.intervals]
    for table in bundled_report.histories[bundled_report.headline]:
        content = json.loads(files[f"data/days/{table.as_of}.json"])
        assert (content["as_of"], content["method_version"]) == (table.as_of.isoformat(), __version__)
        assert tuple(content["columns"]) == COLUMNS
        found = content["shares"][content["definition"]]
        shown = [row for row in table.rows if row.rank is None or row.rank <= PLACES]
        assert [row[:2] for row in found["rows"]] == [[row.code, row.downloads] for row in shown]
        assert found["places_left_out"] == len(table.rows) - len(shown)


def test_a_date_stays_small(bundled_report: Report) -> None:
    """It stands for ever: with its page, all corrected three times, a long name and address, it has at most 6 KB."""
    files = list(render_days(bundled_report, ENGLISH).values())
    why = "the registry was corrected (01234567 became 89abcdef), and with it the whole past"
    slug = bundled_report.headline.slug
    renewals = (Renewal(dt.date(2026, 11, 20), why),) * 3
    all_moved = dict.fromkeys(["CN", "US", "DE", "FR", "JP"], 0.2)
    moved = [
        Headline(
            interval.end,
            slug,
            {"US": 0.4, "CN": 0.3},
            first={"FR": 0.4, "DE": 0.3},
            renewals=renewals,
            countries=all_moved,
            without=Rest(f"o/{'m' * 94}", True, {"GB": 0.4, "US": 0.3}),
        )
        for interval in bundled_report.data.intervals
    ]
    address = "https://open-model-share-of-nobody.github.io/open-model-share/"
    choices = [ENGLISH, *map(Language, ("de", "vi", "zh"))]
    pages = list(render_day_pages(bundled_report, ENGLISH, moved, address, CODE, choices).values())
    sizes = [len(f"{file}{page}".encode()) for file, page in zip(files, pages, strict=True)]
    assert max(sizes) <= MOST_BYTES


def test_every_date_has_its_page(bundled_report: Report) -> None:
    """With the sentence and the table of its file, its address, and how to cite it; it runs and fetches nothing."""
    files, pages = render_days(bundled_report, ENGLISH), render_day_pages(bundled_report, ENGLISH, (), ADDRESS)
    assert [f"data/days/{name}" for name in pages] == [name.replace(".json", ".html") for name in files]
    for name, text in pages.items():
        content = json.loads(files[f"data/days/{name}".replace(".html", ".json")])
        shown = " ".join(html.unescape(text).split())
        assert content["page"] == name
        assert 1 == shown.count(" ".join(content["sentence"].split()))
        rows = content["shares"][content["definition"]]["rows"]
        told = [(code, share) for code, _, share, *_ in rows if share >= MIN_COUNTRY_SHARE]
        assert len(told) >= 4
        two = ", ".join(f"{ENGLISH.place(row[0])} {ENGLISH.percent(row[2])}" for row in rows[:2])
        assert re.search(rf'name="description" content="{content["as_of"]}: Downloads of [^"]* {two}"', shown)
        assert all(f"{ENGLISH.place(code)}<td>{ENGLISH.percent(share)}" in shown for code, share in told)
        assert [f"{ADDRESS}data/days/{name}"] == re.findall(r'rel="canonical" href="([^"]*)"', text)
        assert f'<meta property="og:image" content="{ADDRESS}cards/general.png">' in text
        assert f"url = {{{ADDRESS}data/days/{name}}}" in text
        assert "author = {{Open Model Share maintainers}}" in text
        assert "YYYY-MM-DD stands for the day on which you read this page." in text
        assert [] == re.findall(r"<script|src=", text)


def test_what_the_first_page_showed_is_told_where_it_was_kept(bundled_report: Report) -> None:
    """The same number, another one by less than a log has, another definition, nothing known."""
    day, definition = bundled_report.data.as_of, bundled_report.headline
    shares = {row.code: row.share for row in bundled_report.table(definition).places[:5]}
    first, second = list(shares)[:2]
    little = shares | {first: shares[first] - 0.001, second: shares[second] + 0.001}
    cases = {
        "The shares that stood first are as they were first published.": [Headline(day, definition.slug, shares)],
        "It moved by no more than a tenth of a point": [Headline(day, definition.slug, little)],
        "First published under another definition, 30 days": [Headline(day, "30d-all-publisher", shares)],
        "was not kept": [],
    }
    for said, headlines in cases.items():
        page = render_day_pages(bundled_report, ENGLISH, headlines, ADDRESS)[f"{day}.html"]
        assert [said] == [each for each in cases if each in page]


def test_what_stood_without_one_model_stands_beside_the_number_that_hangs_on_it(bundled_report: Report) -> None:
    """After the sentence; where the numbers moved since, after those that were published with it."""
    day, slug = bundled_report.data.as_of, bundled_report.headline.slug
    shares = {row.code: row.share for row in bundled_report.table(bundled_report.headline).places[:5]}
    rest = Rest("acme/one", True, {"US": 0.41, "CN": 0.3})
    said = "Without the most downloaded model, acme/one, the United States accounts for 41.0% and China for 30.0%."
    held = Headline(day, slug, shares, without=rest)
    moved = replace(held, first={"US": 0.5, "CN": 0.4})
    pages = [
        html.unescape(render_day_pages(bundled_report, ENGLISH, [each], ADDRESS)[f"{day}.html"])
        for each in (held, moved, replace(held, without=None))
    ]
    assert [1, 1, 0] == [page.count(said) for page in pages]
    assert f"<p>{speak(state_headline(bundled_report))} {said}\n" in pages[0]
    assert f"<p>First published: United States 50.0%, China 40.0%. {said}<br>Now: " in pages[1]


def test_a_page_that_did_not_change_keeps_its_file(bundled_report: Report, tmp_path: Path) -> None:
    """It is written once; a date that is gone loses its page."""
    (tmp_path / "days").mkdir()
    pages = render_day_pages(bundled_report, ENGLISH, (), ADDRESS)
    paths = publish_pages(tmp_path / "days", pages)
    before = [path.stat().st_mtime_ns for path in paths]
    assert paths == publish_pages(tmp_path / "days", pages)
    assert before == [path.stat().st_mtime_ns for path in paths]


def test_every_country_has_its_place_on_the_page_of_a_date(bundled_report: Report) -> None:
    """With the share that its own page states: of thirty days, all models, by publisher."""
    table = bundled_report.histories[ALL_MODELS][-1]
    page = render_day_pages(bundled_report, ENGLISH, (), ADDRESS)[f"{table.as_of}.html"]
    told = [row for row in table.places if row.share >= MIN_COUNTRY_SHARE]
    assert len(told) >= 5
    for row in told:
        assert re.search(rf"<tr id={row.code}><th>[^<]+<td>[^<]+<td>{ENGLISH.percent(row.share)}\n", page)


def test_a_page_leads_to_the_code_and_to_the_form_for_a_mistake(bundled_report: Report) -> None:
    """Where its builder was told which; else words stand there and no link."""
    known, unknown = (
        next(iter(render_day_pages(bundled_report, ENGLISH, (), ADDRESS, code).values())) for code in (CODE, NOWHERE)
    )
    for address in (CODE.address, CODE.issues, CODE.report()):
        assert f'<a href="{address}">' in html.unescape(known)
    assert "github.com" not in unknown
    assert "in the repository that this site was made from" in unknown


@dataclass(frozen=True)
class Quoted:
    """What stands at the address of two copied sentences, two hundred nights after a correction.

    Attributes:
        copied: the date on which they were copied.
        corrected: the date of the correction.
        links: to where the sentences led on that date, by the name of the page that they were copied from.
        page: what stands there in the end.
        file: the date's file in the end.
    """

    copied: dt.date
    corrected: dt.date
    links: Mapping[str, str]
    page: str
    file: Mapping[str, Any]


@pytest.fixture(scope="module", params=[range(9, 101, 7), pytest.param(range(3, 203), marks=pytest.mark.soak)])
def quoted(request: pytest.FixtureRequest) -> Quoted:
    """Publish a night, correct the registry on the next one, and publish again so many days after the first one.

    So many that its date is older than those of which every night is shown.
    """
    west, moved = (make_registry(make_publisher("east", "CN"), make_publisher("west", code)) for code in ("US", "FR"))
    counts = {"east/a": 60_000, "west/b": 40_000}
    nights = [(START + dt.timedelta(days=n), counts) for n in (0, 1, 2, *request.param)]
    entries = make_entries(nights, west, "text-generation")
    copied, corrected, last = nights[1][0], nights[2][0], nights[-1][0]
    then = compute_report(entries[:2], west, copied)
    published = compute_changes((), then, OLD, copied).headlines
    pages = build_pages(then, ENGLISH, west, set())
    renewed = compute_changes(published, compute_report(entries[:3], moved, corrected), NEW, corrected).headlines
    later = compute_report(entries, moved, last)
    kept = {each.as_of: each for each in renewed}.values()
    after = [*kept, *compute_changes(kept, later, NEW, last).headlines]
    return Quoted(
        copied,
        corrected,
        {name: html.unescape(link) for name in pages for link in re.findall(r'data-copy-link="([^"]*)"', pages[name])},
        render_day_pages(later, ENGLISH, after, ADDRESS)[f"{copied}.html"],
        json.loads(render_days(later, ENGLISH)[f"data/days/{copied}.json"]),
    )


@pytest.mark.slow
def test_a_copied_sentence_is_told_after_a_correction_and_two_hundred_nights(quoted: Quoted) -> None:
    """The page of its date shows the number as it was, as it is, and why it moved; the file has the number of now."""
    assert f"data/days/{quoted.copied}.html" == quoted.links["index.md"]
    assert "First published: China 60.0%, United States 40.0%." in quoted.page
    assert "Now: China 60.0%, United States 0.0%, France 40.0%." in quoted.page
    why = f"{ENGLISH.date(quoted.corrected)}: the registry was corrected (aaaaaaaa became bbbbbbbb)"
    assert why in quoted.page
    assert "organisations in France for 40.0%" in quoted.file["sentence"]


@pytest.mark.slow
def test_a_countrys_copied_sentence_is_told_so_too(quoted: Quoted) -> None:
    """It leads to the country's place on the page of its date, with its own number as it is and as it was."""
    rows = dict(re.findall(r"<tr id=(..)><th>[^<]+<td>[^<]+<td>([^<\n]*)", quoted.page))
    assert f"../data/days/{quoted.copied}.html#US" == quoted.links["countries/us.md"]
    assert {"CN": "60.0%", "US": "0.0% (first 40.0%)", "FR": "40.0% (first 0.0%)"} == rows


@pytest.mark.slow
def test_the_newest_file_holds_the_sentence_that_home_copies(
    bundled_report: Report, bundled_pages: Mapping[str, str]
) -> None:
    """Its numbers stand in the sentence, and the button links to the file."""
    day = bundled_report.data.as_of.isoformat()
    content = json.loads(render_days(bundled_report, ENGLISH)[f"data/days/{day}.json"])
    assert content["sentence"] == speak(state_headline(bundled_report))
    rows = content["shares"][content["definition"]]["rows"]
    for row in rows[:2]:
        assert ENGLISH.percent(row[2]) in content["sentence"]
    assert f'data-copy-link="data/days/{day}.html"' in bundled_pages["index.md"]


@pytest.mark.slow
def test_a_quoted_number_is_there_after_a_year() -> None:
    """What was quoted of all dates recorded stays in its file when a whole year is held and the window is gone."""
    early, _ = make_history(make_snapshots(weeks=20))
    later, _ = make_history(make_snapshots(weeks=60))
    assert early.headline.window == "held"
    assert later.headline.window == "12m"
    assert not any(definition.window == "held" for definition in later.histories)
    before, after = render_days(early, ENGLISH), render_days(later, ENGLISH)
    assert before
    assert {name: after[name] for name in before} == before


def test_same_report_same_files(bundled_report: Report) -> None:
    """Nothing of the day of the build is in them."""
    assert render_days(bundled_report, ENGLISH) == render_days(bundled_report, ENGLISH)
