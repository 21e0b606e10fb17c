"""The words by which the search finds a page."""

import json
from pathlib import Path

import pytest

from generator.base.files import TEMPLATES
from generator.publish.pages import QUESTIONS, build_pages
from generator.publish.search import add_search_terms, cut_words, list_terms, read_terms
from generator.publish.site import _describe_to_search, _drop_bare_sections
from generator.registry import Registry
from generator.text.language import Language
from generator.text.voices import read_voices
from tests.conftest import ENGLISH
from tests.small import make_publisher, make_registry, make_report, make_usual_report


def test_every_country_of_the_registry_has_its_adjective(registry: Registry) -> None:
    """One row a country, in the file that is kept by hand; none stands for a country that the registry lacks."""
    rows = {path for path in read_terms("en") if path.startswith("countries/")}
    assert {f"countries/{code.lower()}.md" for code in registry.countries} == rows


def test_hand_kept_words_name_pages_that_exist() -> None:
    """Beside the countries: pages of every report."""
    report, usual = make_usual_report()
    others = {path for path in read_terms("en") if not path.startswith(("countries/", "topics/"))}
    assert set() == others - build_pages(report, ENGLISH, usual, set()).keys()
    topics = {path for path in read_terms("en") if path.startswith("topics/")}
    names = {path.stem.removesuffix(".md") for path in (TEMPLATES / "topics").glob("*.md.j2")}
    names |= {path.parent.name for path in QUESTIONS.glob("*/page.md.j2")}
    assert set() == topics - {f"topics/{name}.md" for name in names}


def test_a_language_without_a_file_has_no_hand_kept_words() -> None:
    """Codes and names are found in it all the same."""
    assert {} == read_terms("fr")


def test_a_country_is_found_by_code_name_and_adjective() -> None:
    """China and its first publisher."""
    registry = make_registry(make_publisher("Qwen", "CN", organisation="Qwen team", parent="Alibaba"))
    report = make_report([{"id": "Qwen/Qwen3-0.6B", "downloads_30d": 900}], registry)
    terms = list_terms(report, registry, ENGLISH)
    assert ("Chinese", "PRC", "CN", "China") == terms["countries/cn.md"]
    assert ("Qwen", "Qwen team", "Alibaba") == terms["publishers/qwen.md"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("de", ("deutsch", "Bundesrepublik", "BRD", "DE", "Deutschland", "Germany")),
        ("vi", ("Cộng hòa Liên bang Đức", "Cong hoa Lien bang Duc", "DE", "Đức", "Germany", "Duc")),
        ("zh", ("德意志", "DE", "德国", "Germany")),
    ],
)
def test_a_country_is_found_as_each_language_calls_it(code: str, expected: tuple[str, ...]) -> None:
    """By its names and its code, by its English name, and by what is typed without the marks of letters."""
    registry = make_registry(make_publisher("somebody", "DE"))
    report = make_report([{"id": "somebody/model", "downloads_30d": 900}], registry)
    assert expected == list_terms(report, registry, Language(code))["countries/de.md"]


@pytest.mark.parametrize("code", [code for code in read_voices() if code != "en"])
def test_hand_kept_words_of_a_language_are_of_pages_that_english_has_too(code: str) -> None:
    """No row names a page that is none."""
    assert set() == read_terms(code).keys() - read_terms("en").keys()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("中国机构的模型", "中国|机构|的|模型"),
        ("Qwen/Qwen3的下载量", "Qwen/Qwen3|的|下载量"),
        ("Modell für alle", "Modell für alle"),
    ],
)
def test_chinese_is_cut_into_words(text: str, expected: str) -> None:
    """Between its words stands a joint that is not seen; a name in Latin letters stays whole."""
    assert expected == cut_words(text).replace("\u200b", "|")


def test_models_of_persons_are_found_on_the_list() -> None:
    """Their own pages are not indexed; the others' are."""
    registry = make_registry(make_publisher("somebody", "UNAFFILIATED", "person"), make_publisher("Qwen", "CN"))
    rows = [{"id": "somebody/tuned", "downloads_30d": 900}, {"id": "Qwen/Qwen3-0.6B", "downloads_30d": 900}]
    kept = read_terms("en").get("models.md", ())
    assert (*kept, "tuned") == list_terms(make_report(rows, registry), registry, ENGLISH)["models.md"]


def test_a_models_whole_name_outweighs_longer_ones_and_copies() -> None:
    """A word more weighs less, a copy of the same name half; a name without a word is no reason to fail."""
    heads = {
        name: f'<title>{name}</title><meta name="description" content="x"><meta name="keywords" content="{name}">'
        for name in ("gpt2", "gpt2-large", "R1-Distill-7B", "日本", "---", "a-" * 99)
    }
    heads["copy"] = heads["gpt2"] + '<meta name="search" content="derived">'
    expected = {"gpt2": 0.99, "gpt2-large": 0.98, "R1-Distill-7B": 0.97, "日本": 0.99, "---": 1.0, "a-" * 99: 0.5}
    assert expected | {"copy": 0.495} == {
        name: _describe_to_search("models/x.html", head)["boost"] for name, head in heads.items()
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", ["<img src=x>", "a&b", 'x"y', "x" * 99, "", "\u202egpj"])
def test_a_name_that_is_no_plain_text_finds_nothing(name: str) -> None:
    """The list of results shows a page's words as HTML."""
    registry = make_registry(make_publisher("somebody", "UNAFFILIATED", "person"))
    report = make_report([{"id": f"somebody/{name}", "downloads_30d": 900}], registry)
    page = add_search_terms({"models.md": "---\n# by hand\n---\n"}, report, registry, ENGLISH)["models.md"]
    assert [] == [line for line in page.splitlines() if name and name in line]


def test_headings_without_text_are_no_results(tmp_path: Path) -> None:
    """A page stays, whatever it says."""
    docs = [{"location": place, "title": "T", "text": text} for place, text in (("a", ""), ("a#b", ""), ("a#c", "x"))]
    path = tmp_path / "search_index.json"
    path.write_text(json.dumps({"config": {}, "docs": docs}), encoding="utf-8")
    _drop_bare_sections(path)
    assert ["a", "a#c"] == [each["location"] for each in json.loads(path.read_text(encoding="utf-8"))["docs"]]
