"""Pages: what they say, where they link, and that no string from outside becomes syntax."""

import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import markdown
import pytest
from markupsafe import Markup

from generator.base.encode import label
from generator.base.errors import SiteError
from generator.base.files import TEMPLATES
from generator.base.scope import HEAD
from generator.ledger.classify import RELATIONS, SIZE_BANDS, SIZE_UNKNOWN
from generator.publish import pages_registry
from generator.publish.pages import build_pages, finalize, make_hub_url, make_web_url, prose
from generator.publish.pages_registry import list_letters, list_rows
from generator.questions.listed import list_questions
from generator.questions.report import Report
from generator.registry import KINDS, Registry
from generator.text import words
from tests.hostile import PAYLOADS
from tests.small import make_publisher, make_registry, make_report, make_usual_report
from tests.spoken import ENGLISH, speak

GOLDEN = Path(__file__).parent / "golden"
EXTENSIONS = ["admonition", "md_in_html", "tables", "toc"]


class Outline(HTMLParser):
    """Collects the tags with their attributes, the addresses and the text of a page."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self.shapes: set[tuple[str, ...]] = set()
        self.links: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.shapes.add((tag, *sorted(name for name, _ in attrs)))
        self.links += [value or "" for name, value in attrs if name in {"href", "src", "action"}]

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.text += data


def outline(text: str) -> Outline:
    """Render a page's Markdown and parse the result."""
    _, _, body = text.removeprefix("---\n").partition("\n---\n")
    found = Outline()
    found.feed(markdown.markdown(body, extensions=EXTENSIONS))
    return found


@pytest.fixture(scope="module")
def usual() -> tuple[Report, Registry]:
    """A report of four models."""
    return make_usual_report()


@pytest.fixture(scope="module")
def pages(usual: tuple[Report, Registry]) -> dict[str, str]:
    """Its pages, with two figures."""
    return build_pages(usual[0], ENGLISH, usual[1], {"share-over-time", "country-cn"})


def pages_of(payloads: list[str]) -> dict[str, str]:
    """Build pages of a report in which every string from outside is a payload."""
    registry = make_registry(
        *(
            make_publisher(word, "CN", organisation=word, parent=word, basis=word, note=word)
            for word in payloads
            if word
        ),
        make_publisher("west", "US", source_url="https://example.org/" + payloads[0]),
    )
    models = [
        {"id": f"{word}/{word}", "author": word, "downloads_30d": 9_000, "license": word, "task": word}
        for word in payloads
    ]
    models += [
        {"id": word, "author": "west", "downloads_30d": 8_000 + number, "base_models": [word]}
        for number, word in enumerate(payloads)
    ]
    return build_pages(make_report(models, registry), ENGLISH, registry, {"share-now"})


@pytest.fixture(scope="module")
def hostile() -> dict[str, str]:
    """Pages full of hostile strings."""
    return pages_of(list(PAYLOADS))


@pytest.fixture(scope="module")
def harmless() -> dict[str, str]:
    """The same pages with harmless ones."""
    return pages_of([f"harmless-name-{number}" for number in range(len(PAYLOADS))])


def test_every_page_is_built(pages: dict[str, str], usual: tuple[Report, Registry]) -> None:
    """Overview, lists, data, one page per country and per large publisher, the topics with theirs; nothing else."""
    fixed = {"index.md", "countries/index.md", "publishers/index.md", "models.md", "data.md", "explore.md"}
    registry = {"registry.md", "coverage.md", "families.md", "openness.md"}
    history = {"history.md", "sensitivity.md", "concentration.md", "comparison.md", "events.md"}
    countries = {"countries/cn.md", "countries/us.md"}
    publishers = {f"publishers/{name}.md" for name in ("east", "west", "someone", "unknown")}
    topics = {"topics/index.md"} | {
        f"topics/{path}.md"
        for name, topic in usual[0].topics.items()
        if not list_questions()[name].is_shared
        for path in (name.replace("_", "-"), *(f"{name.replace('_', '-')}/{slug}" for slug in topic.items))
    } - {"topics/concentration.md", "topics/comparison.md"}  # pages of the history
    status = {"status.md", "corrections.md", "schema.md"}
    registry |= {"registry/e.md", "registry/s.md", "registry/w.md"}
    assert set(pages) == fixed | registry | history | status | countries | publishers | topics


@pytest.mark.slow
def test_the_registry_is_listed_by_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each account once under its letter, by name; the first page has the largest ones and leads to all letters."""
    registry = make_registry(*(make_publisher(handle, "CN") for handle in ("b", "Az", "ab", "7x", "_u")))
    models = [{"id": f"{handle}/m", "downloads_30d": count} for handle, count in (("b", 900), ("ab", 500))]
    rows = list_rows(make_report(models, registry), registry)
    found = {letter.path: [row["facts"].handle for row in letter.rows] for letter in list_letters(rows)}
    assert {"registry/0-9.md": ["7x", "_u"], "registry/a.md": ["ab", "Az"], "registry/b.md": ["b"]} == found
    monkeypatch.setattr(pages_registry, "REGISTRY_ROWS", 1)
    page = build_pages(make_report(models, registry), ENGLISH, registry, set())["registry.md"]
    assert ["b"] == [match[1] for match in re.finditer(r'<th scope="row"[^>]*>.*?>([^<]+)</a>', page)]
    assert all(f'href="{path.removesuffix(".md")}.html"' in page for path in found)


def test_every_page_says_that_it_is_generated(pages: dict[str, str]) -> None:
    """In a comment of the front matter; before the title stands nothing that the search takes for a section."""
    for path, text in pages.items():
        head, _, body = text.partition("\n---\n")
        assert re.match("---\n# Generated by `oms build` from (templates|generator/questions)/", head), path
        assert body.lstrip().startswith(("# ", "<h1", "<section ", '<p class="oms-actions" data-search-exclude>')), path


def test_same_report_same_bytes(usual: tuple[Report, Registry], pages: dict[str, str]) -> None:
    """Nothing in a page depends on anything but the report."""
    assert build_pages(usual[0], ENGLISH, usual[1], {"share-over-time", "country-cn"}) == pages


def test_home_begins_with_the_answer(pages: dict[str, str]) -> None:
    """Over the example the question, then the computed sentence with the list's name; its definition follows."""
    text = " ".join(outline(pages["index.md"]).text.split())
    assert text.startswith(
        "Which countries build the open AI models that the world downloads? In this example list Models from "
        "organisations in China account for 50.0% of the downloads of new models in the llmfit catalogue in the thirty "
        "days to 8 Oct 2026, models from organisations in the United States for 30.0%."
    )
    bar, definition = text.find("China 50.0% · United States 30.0%"), text.find("30 days · models in their first year")
    assert 0 < bar < definition


def test_matrix_links_each_cell_to_its_definition(pages: dict[str, str]) -> None:
    """Every definition with a lead is a cell, and the page of the data has a place for each."""
    cells = re.findall(r'class="oms-cell[^>]*href="data\.html#([a-z0-9-]+)"', pages["index.md"])
    places = re.findall(r'<h3 id="([a-z0-9-]+)"', html.unescape(pages["data.md"]))
    assert len(cells) == 8
    assert set(cells) <= set(places)


def test_downloads_are_named_after_what_they_are(pages: dict[str, str]) -> None:
    """Each table on the page of the data is saved under the project's name, its own and the date's."""
    text = html.unescape(pages["data.md"])
    links = dict(re.findall(r'href="data/([a-z-]+)\.csv" download="([^"]*)"', text))
    assert "open-model-share_shares_2026-10-08.csv" == links["shares"]
    assert {name: f"open-model-share_{name}_2026-10-08.csv" for name in links} == links
    assert "author = {{Open Model Share maintainers}}" in text


def test_a_lead_within_the_bounds_is_marked(pages: dict[str, str]) -> None:
    """With 5% unreviewed a lead of 20 points is clear; none is marked here."""
    assert "oms-cell--open" not in pages["index.md"]
    registry = make_registry(make_publisher("east", "CN"), make_publisher("west", "US"))
    models = [
        {"id": f"{name}/m", "author": name, "downloads_30d": number}
        for name, number in (("east", 500_000), ("west", 450_000), ("unknown", 100_000))
    ]
    close = build_pages(make_report(models, registry), ENGLISH, registry, set())
    assert "oms-cell--open" in close["index.md"]
    assert "<small>level</small>" in close["index.md"]


def test_figures_are_placed_only_where_they_exist(pages: dict[str, str]) -> None:
    """A page names the figures that were drawn and no other."""
    named = {path: re.findall(r"^::figure ([a-z0-9-]+)::$", text, re.MULTILINE) for path, text in pages.items()}
    assert {path: slugs for path, slugs in named.items() if slugs} == {
        "index.md": ["share-over-time"],
        "history.md": ["share-over-time"],
        "countries/cn.md": ["country-cn"],
    }


def test_a_person_has_no_country(pages: dict[str, str]) -> None:
    """A person's page says so; the list says unaffiliated."""
    text = " ".join(outline(pages["publishers/someone.md"]).text.split())
    assert "Kindperson Countrynone: persons are never given a country" in text


def test_an_unreviewed_publisher_is_called_so(pages: dict[str, str]) -> None:
    """Nobody looked it up: the page says so, and gives no organisation."""
    text = " ".join(outline(pages["publishers/unknown.md"]).text.split())
    assert "Nobody has looked up yet who runs this account." in text


def test_built_on_others_is_told_both_ways(pages: dict[str, str]) -> None:
    """China's origin share is its own 50% and the 15% that a person quantised."""
    text = " ".join(outline(pages["countries/cn.md"]).text.split())
    assert "models from China account for 65.0% of the downloads, against 50.0% by publisher." in text
    assert "The difference of 15.0 points is others' work on its models" in text


def test_pages_outside_the_navigation_have_a_title(pages: dict[str, str]) -> None:
    """Else a browser and a search engine show the name of the file: `Us`, `2026 w41`."""
    found = re.compile(r"(countries|publishers|topics/weeks|topics/claims)/(?!index).+")
    heads = {path: text.split("\n---\n")[0] for path, text in pages.items() if found.fullmatch(path)}
    assert heads
    assert [] == [path for path, head in heads.items() if "\ntitle: " not in head]
    assert 'title: "United States"' in heads["countries/us.md"]


def test_small_page_is_as_it_was(pages: dict[str, str]) -> None:
    """The page of a publisher, whole. After a wanted change, copy the new text into tests/golden."""
    assert (GOLDEN / "publisher.md").read_text(encoding="utf-8") == pages["publishers/west.md"]


@pytest.mark.slow
def test_no_string_from_outside_becomes_syntax(hostile: dict[str, str], harmless: dict[str, str]) -> None:
    """Rendered to HTML, a hostile report has the tags and attributes of a harmless one, and no other address."""
    shapes = set().union(*(outline(text).shapes for text in harmless.values()))
    for path, text in hostile.items():
        page = outline(text)
        assert page.shapes <= shapes, (path, page.shapes - shapes)
        for link in page.links:
            known = link.startswith(
                ("https://huggingface.co/", "https://example.org/", "https://creativecommons.org/", HEAD.source_url)
            )
            assert known or re.fullmatch(r"[A-Za-z0-9./_-]*(?:#[a-z0-9-]*)?", link), (path, link)


@pytest.mark.slow
@pytest.mark.parametrize("payload", [word for word in PAYLOADS if label(word) == word])
def test_hostile_strings_are_shown_as_they_are(payload: str, hostile: dict[str, str]) -> None:
    """A payload is readable text: nothing of it was taken for syntax, evaluated or fetched."""
    shown = outline(hostile["publishers/index.md"]).text
    assert payload in shown


def test_paths_are_slugs_and_figures_are_ours(hostile: dict[str, str]) -> None:
    """No payload names a file, writes front matter or places a figure."""
    for path, text in hostile.items():
        assert re.fullmatch(r"(?:[a-z]+/){0,2}[a-z0-9-]+\.md", path)
        assert re.findall(r"^::figure (\S+)::", text, re.MULTILINE) in ([], ["share-now"])
        head = text.split("\n---\n")[0].replace("\nsearch:\n  exclude: true", "").splitlines()
        assert head[0] == "---"
        assert re.match(r"# Generated by `oms build` from (?:templates|generator/questions)/", head[1])
        lines = [line for line in head[2:] if not re.fullmatch(r'search: {"boost": [0-9.]+}', line)]
        terms = [line.removeprefix("tags: ") for line in lines if line.startswith("tags: ")]
        assert all(re.fullmatch(r"[\w .,()+'-]+", term) for line in terms for term in json.loads(line)), head
        others = [line for line in lines if not line.startswith("tags: ")]
        known = re.compile(
            r'(?:description|(?:full_)?title|feed|card|handle): "[^"\\]*"|robots: noindex|'
            r"described_by: [a-z0-9/]+\.json"
        )
        assert all(known.fullmatch(line) for line in others), head


def test_hub_links_only_for_usual_ids() -> None:
    """An id of an unusual shape stays text."""
    assert make_hub_url("Qwen/Qwen3-0.6B") == "https://huggingface.co/Qwen/Qwen3-0.6B"
    assert make_hub_url("gpt2") == "https://huggingface.co/gpt2"
    for odd in ("../x", "a/b/c", "a/..", ".hidden/x", "a b", "javascript:x", "a?b", "", "ü/x", "a/b\n"):
        assert make_hub_url(odd) == ""


def test_web_links_only_for_web_addresses() -> None:
    """A source in the registry is a web address or no link."""
    assert make_web_url("https://example.org/a b") == "https://example.org/a%20b"
    assert make_web_url("javascript:alert(1)") == ""


def test_a_sentence_keeps_its_length_and_its_unbroken_spaces() -> None:
    """Names are cut at 200 characters, sentences are not; 17.1% does not break."""
    long = "word " * 100
    assert html.unescape(prose(long)).split() == long.split()
    assert prose("17\u00a0x") == Markup("17\u00a0x")


def test_nothing_is_not_shown() -> None:
    """A None in a template is a mistake, not a word."""
    with pytest.raises(SiteError, match="None"):
        finalize(None)


def test_each_template_names_its_variables() -> None:
    """Templates open with a comment that says what they expect."""
    found = sorted(TEMPLATES.glob("*.md.j2"))
    assert len(found) >= 8
    for path in found:
        comment = path.read_text(encoding="utf-8").partition("#}")[0]
        assert comment.startswith("{#"), path
        assert "expects" in comment.lower(), path


def test_each_variable_that_a_template_uses_is_named_in_its_comment() -> None:
    """What a template reads from outside stands in its opening comment."""
    import jinja2
    from jinja2 import meta

    environment = jinja2.Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    shared = {"gettext", "ngettext", "finds", "figure", "to", "save", "EU", "NOT_PLACES", "site_url", "_", "_trans"}
    shared |= {"repository"}
    for path in TEMPLATES.glob("*.md.j2"):
        text = path.read_text(encoding="utf-8")
        environment.filters.update(dict.fromkeys(re.findall(r"\|\s*(\w+)", text), str))
        used = meta.find_undeclared_variables(environment.parse(text)) - shared
        used -= set(re.findall(r"{% set (\w+)\b", text))
        assert all(re.search(rf"\b{name}\b", text.partition("#}")[0]) for name in used), (path.name, used)


def test_every_category_has_a_name() -> None:
    """Each value that the report may hold can be said."""
    for kind in KINDS:
        assert speak(words.KINDS[kind])
    for relation in RELATIONS:
        assert speak(words.RELATIONS[relation])
    for band in (*SIZE_BANDS, SIZE_UNKNOWN):
        assert speak(words.SIZE_BANDS[band])
