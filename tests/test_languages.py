"""The site in other languages: which are published, how they stand below the first, and what is marked as English."""

import gzip
import html
import json
import re
import shutil
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Browser

from generator.audit.operations import NOTHING_KNOWN
from generator.base.errors import SiteError
from generator.base.repository import NOWHERE
from generator.base.settings import MIN_TRANSLATED
from generator.figures.figure import Figure, speak_figure
from generator.figures.theme import WIDE
from generator.publish.badges import render_badges
from generator.publish.datafiles import make_imprint
from generator.publish.explorer import render_words
from generator.publish.feeds import render_feeds
from generator.publish.languages import list_published, list_states
from generator.publish.pages import build_pages
from generator.publish.passages import mark_english, mark_links, mark_page, mark_passages, translate_config
from generator.publish.site import Tree, build_site, describe_site
from generator.publish.trees import Original, prepare_tree
from generator.questions.gallery import build_figures
from generator.questions.report import Report
from generator.text.catalogue import END, ENGLISH, list_languages
from generator.text.cite import cite
from generator.text.language import Language
from generator.text.say import known
from generator.text.translations import State
from generator.text.voices import read_voices
from tests.conftest import open_context
from tests.left_english import find_english, find_english_texts, list_english, list_texts, read_texts
from tests.servers import serve_folder
from tests.small import make_usual_report
from tests.test_site import PAGES
from tests.tree import copy_tree, publish_in, run_oms

ROOT = Path(__file__).parents[1]
ADDRESS = "https://example.org/report/"
UNKNOWN = "A message that no catalogue has"
# Of the example's site in four languages; and of its first page before anything is touched, in bytes of gzip.
MOST_SITE_BYTES = 130 * 1024**2
MOST_HOME_BYTES = 85_000
# What a page asks for by itself.
ASKED = re.compile(r'<(?:link rel="(?:stylesheet|icon)" href|script [^>]*?src|img [^>]*?src)="([^"]+)"')


def test_a_language_is_published_once_enough_is_translated() -> None:
    """One message below the limit keeps it back; the limit itself does not."""
    most = round(100 * (1 - MIN_TRANSLATED))
    states = [State(code, 100, tuple("x" * missing)) for code, missing in (("de", most), ("vi", most + 1), ("zh", 0))]
    assert [Language("de"), Language("zh")] == list_published(states)


def test_a_draft_is_built_however_little_is_translated() -> None:
    """Who translates looks at it; one that nobody began is refused with what to do."""
    states = [State(code, 100, tuple("x" * 99)) for code in ("de", "vi")]
    assert [Language("vi")] == list_published(states, "vi")
    with pytest.raises(SiteError, match=r"draft in 'fr' from; .* de, vi\. Run `oms translations --begin fr`"):
        list_published(states, "fr")


def test_the_status_page_counts_what_is_said_in_english() -> None:
    """Messages, the first of which are listed, and by kind the texts that the registry keeps, with the file of each."""
    report, registry = make_usual_report()
    left = {("publishers.csv", "basis"): 1_077, ("publishers.csv", "note"): 0, ("openness.csv", "note"): 123}
    state = State("de", 100, ("A message of ours",), left)
    operations = replace(NOTHING_KNOWN, languages=(state,))
    pages = build_pages(report, Language("en"), registry, set(), operations)
    told = html.unescape(pages["status.md"]).partition('<h2 id="languages">')[2].partition("</ul>\n")[0]
    assert "99 of 100 messages translated" in told
    assert '<ul lang="en"><li>A message of ours</li></ul>' in told
    assert "Texts of the registry in English: 1,200" in told
    assert ["data/registry.csv", "data/openness.csv"] == re.findall(r'<li><a href="([^"]*)"', told)


def test_the_configuration_names_languages_that_have_a_voice(tmp_path: Path) -> None:
    """Another code is refused with the file that lacks it; the languages of this repository all have one."""
    (tmp_path / "mkdocs.yml").write_text("extra:\n  languages: [en, tlh]\n", encoding="utf-8")
    with pytest.raises(SiteError, match=r"names the language 'tlh', of which .*voices\.csv has no row"):
        list_states(tmp_path)
    named = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["extra"]["languages"]
    assert named == ["en", *(state.code for state in list_states(ROOT))]
    assert set(named) <= read_voices().keys()


def test_what_is_not_translated_stands_between_marks() -> None:
    """Sentences and templates' messages alike; what has no letters is in no language, and English needs no mark."""
    marked = Language("de", marks=True)
    assert f"{ENGLISH}{UNKNOWN}{END}" == marked.say(UNKNOWN) == str(marked.page_gettext(UNKNOWN))
    assert "3 · 4" == marked.say("{a} · {b}", a=3, b=4)
    assert UNKNOWN == Language("de").say(UNKNOWN) == Language("en", marks=True).say(UNKNOWN)
    assert "Clause {1}" == Language("de").speak(known("Clause {1}"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p>[a]</p>", '<p><span lang="en">a</span></p>'),
        ("<p>[a <b>b</b>]</p>", '<p><span lang="en">a <b>b</b></span></p>'),
        ("<p>[a [b] c] d</p>", '<p><span lang="en">a b c</span> d</p>'),
        ('<a title="[a]">b</a>', '<a title="a">b</a>'),
        ("<title>[a]</title>", "<title>a</title>"),
        ("<option>[a]</option>", "<option>a</option>"),
        ('<script type="application/json">["[a]"]</script>', '<script type="application/json">"a"</script>'),
        ("<p>a] b</p>", "<p>a b</p>"),
    ],
)
def test_marks_become_elements_where_one_can_stand(text: str, expected: str) -> None:
    """Elsewhere they are taken out, and one without its other half opens or closes nothing."""
    marked = mark_english(text.replace("[", ENGLISH).replace("]", END))
    assert expected == marked


def test_no_mark_is_left_in_any_file(tmp_path: Path) -> None:
    """Neither in pages nor in the index of the search."""
    for name in ("page.html", "search/search_index.json", "feeds/a.atom"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"<p>{ENGLISH}a{END}</p>", encoding="utf-8")
    mark_passages(tmp_path)
    assert '<p><span lang="en">a</span></p>' == (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<p>a</p>" == (tmp_path / "search/search_index.json").read_text(encoding="utf-8")


def test_an_english_page_says_so_in_its_front_matter() -> None:
    """With front matter or without."""
    assert '---\nlang: "en"\ntitle: A\n---\n\nText' == mark_page("---\ntitle: A\n---\n\nText")
    assert '---\nlang: "en"\n---\n\n# Title' == mark_page("# Title")


def test_the_builder_is_told_the_words_of_a_language() -> None:
    """Navigation, choice of colours, and the theme's own language; the search loads no script of another one."""
    config = translate_config(Language("de"), ROOT)
    own = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    assert len(own["nav"]) == len(config["nav"])
    assert ["en"] == config["plugins"][0]["search"]["lang"]
    assert len(own["theme"]["palette"]) == len(config["theme"]["palette"])
    described = describe_site_of("de")
    assert ("de", f"{ADDRESS}de/", "../", "/report/") == (
        described["theme"]["language"],
        described["site_url"],
        described["extra"]["up"],
        described["extra"]["scope"],
    )


@pytest.mark.slow
@pytest.mark.parametrize("code", list_languages())
def test_no_english_is_left_but_what_is_marked(code: str) -> None:
    """In texts of pages and of their attributes; names of files, of columns and of accounts are in no language."""
    report, registry = make_usual_report()
    english = list_english(code)
    pages = build_pages(report, Language(code, marks=True), registry, set(), NOTHING_KNOWN)
    bodies = {name: str(text).partition("\n---\n")[2] for name, text in pages.items() if name.endswith(".md")}
    found = {name: find_english(text, english) for name, text in bodies.items()}
    assert {} == {name: said for name, said in found.items() if said}


@pytest.mark.slow
@pytest.mark.parametrize("code", [language.code for language in list_published(list_states(ROOT))])
def test_no_english_is_left_where_none_can_be_marked(
    code: str, bundled_report: Report, bundled_figures: tuple[Figure, ...]
) -> None:
    """In feeds, badges, the words of Explore, and what figures say, draw, and answer to those who embed them."""
    accounts = {profile.row.handle.lower() for profile in bundled_report.profiles}
    english, language = list_english(code) - accounts, Language(code)
    files = {
        **render_feeds(bundled_report, language, ADDRESS),
        **render_badges(bundled_report, language),
        **render_words(bundled_report, language),
    }
    found = {name: find_english_texts(read_texts(text), english) for name, text in files.items()}
    own = [figure for figure in bundled_figures if not figure.slug.startswith(("country-", "publisher-"))]
    for figure in [*own, *[each for each in bundled_figures if each not in own][:2]]:
        spoken = speak_figure(figure, language)
        cited = cite(language, spoken.headline, bundled_report.data.as_of, ADDRESS, "x")
        drawn = spoken.draw(WIDE, language).to_dict(validate=False)
        said = {**asdict(replace(spoken, draw=None)), "drawn": drawn, "cited": asdict(cited)}
        found[figure.slug] = find_english_texts(list_texts(said), english)
    assert {} == {name: said for name, said in found.items() if said}


def test_english_that_is_left_is_found() -> None:
    """Two words that no translation has; marked, in code, or as a file's name they are none of it."""
    english = frozenset({"some", "words"})
    texts = ["<p>some words</p>", '<a title="some words">x</a>', f"<p>{ENGLISH}some words{END}</p>"]
    texts += ['<p lang="en">some words</p>', "<code>some words</code>", "<p>some-words.csv words</p>"]
    assert [1, 1, 0, 0, 0, 0] == [len(find_english(text, english)) for text in texts]


def test_links_to_english_pages_say_so() -> None:
    """By their names, whatever leads there; links that say so by themselves, and those elsewhere, stay."""
    english = {"0001-x.html"}
    there = '<a href="../decisions/0001-x.html#why">'
    others = ['<a href="0001-x.html" hreflang="en">', '<a href="method.html">', '<a href="https://a.org/0001-x.html">']
    assert '<a href="../decisions/0001-x.html#why" hreflang="en">' == mark_links(there, english)
    assert others == [mark_links(link, english) for link in others]


def describe_site_of(code: str) -> dict[str, Any]:
    """Describe a language's site of three to the builder."""
    languages = [Language("en"), Language("de"), Language("zh")]
    return describe_site(make_usual_report()[0], Language(code), ADDRESS, ROOT, languages)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small site in three languages: one-line pages of the frame, with the real scripts and styles."""
    folder = tmp_path_factory.mktemp("languages")
    for code in ("en", "de", "vi"):
        source = folder / code / "src"
        for name in PAGES:
            path = source / f"{name}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"# {name} {code}\n\n{ENGLISH}Text{END} 模型 text\n", encoding="utf-8")
        for name in ("styles", "scripts", "assets"):
            shutil.copytree(ROOT / "site_src" / name, source / name)
    others = [Tree(Language(code), folder / code / "src", folder / code) for code in ("de", "vi")]
    build_site(
        make_usual_report()[0],
        Language("en"),
        site_src=folder / "en" / "src",
        site=folder / "site",
        cache=folder / "en",
        site_url=ADDRESS,
        others=others,
    )
    return folder / "site"


@pytest.mark.slow
def test_every_page_is_there_in_each_language(site: Path) -> None:
    """At the same address below the language, with its own words, and marked where it is English."""
    for name in PAGES:
        first, second = (site / folder / f"{name}.html" for folder in ("", "de"))
        assert '<html lang="en"' in first.read_text(encoding="utf-8")
        text = second.read_text(encoding="utf-8")
        assert '<html lang="de"' in text
        assert '<span lang="en">Text</span>' in text
        assert ENGLISH not in text


@pytest.mark.slow
def test_each_page_names_itself_in_every_language(site: Path) -> None:
    """In its head for search engines, with English for everybody else, and in the bar for readers."""
    expected = [
        ("en", f"{ADDRESS}countries/index.html"),
        ("de", f"{ADDRESS}de/countries/index.html"),
        ("vi", f"{ADDRESS}vi/countries/index.html"),
        ("x-default", f"{ADDRESS}countries/index.html"),
    ]
    for folder, links in (
        ("", ["../de/countries/index.html", "../vi/countries/index.html"]),
        ("de", ["../../countries/index.html", "../../vi/countries/index.html"]),
    ):
        text = (site / folder / "countries" / "index.html").read_text(encoding="utf-8")
        assert expected == re.findall(r'<link rel="alternate" hreflang="([^"]*)" href="([^"]*)"', text)
        switch = text.partition('class="oms-languages"')[2].partition("</nav>")[0]
        assert links == re.findall(r'href="([^"]*)"', switch)


@pytest.mark.slow
def test_each_language_has_its_search_and_its_map(site: Path) -> None:
    """An index of its own pages, and a map that robots are led to."""
    index = json.loads((site / "de/search/search_index.json").read_text(encoding="utf-8"))
    assert {"de"} == {doc["title"].rpartition(" ")[2] for doc in index["docs"]}
    assert f"{ADDRESS}de/method.html" in (site / "de/sitemap.xml").read_text(encoding="utf-8")
    robots = (site / "robots.txt").read_text(encoding="utf-8")
    maps = [f"{ADDRESS}{folder}sitemap.xml" for folder in ("", "de/", "vi/")]
    assert maps == re.findall(r"Sitemap: (\S+)", robots)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 360])
@pytest.mark.parametrize("folder", ["", "de", "vi"])
def test_the_bar_fits_a_phone_with_its_languages(browser: Browser, site: Path, folder: str, width: int) -> None:
    """Name, languages, colours and search stand beside each other; nothing is wider than the screen."""
    with serve_folder(site) as address, open_context(browser, viewport={"width": width, "height": 640}) as context:
        page = context.new_page()
        page.goto(f"{address}{folder}/index.html")
        assert page.locator(".oms-languages a").count()
        assert 0 == page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("folder", ["", "de", "vi"])
def test_the_places_of_a_phone_stand_in_one_row(browser: Browser, site: Path, folder: str) -> None:
    """Six of them, none beyond the edge or over the next one, each large enough for a finger."""
    with serve_folder(site) as address, open_context(browser, viewport={"width": 360, "height": 780}) as context:
        page = context.new_page()
        page.goto(f"{address}{folder}/index.html")
        boxes = [box for each in page.locator(".oms-places a:visible").all() if (box := each.bounding_box())]
        assert (6, 1) == (len(boxes), len({box["y"] for box in boxes}))
        edges = [edge for box in boxes for edge in (box["x"], box["x"] + box["width"])]
        assert [0, *edges, 360] == sorted([0, *edges, 360])
        assert min(min(box["width"], box["height"]) for box in boxes) >= 24


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("folder", ["", "de", "vi"])
def test_all_places_stand_beside_each_other_on_a_desk(browser: Browser, site: Path, folder: str) -> None:
    """Eleven of them, none beyond the edge of the bar, whichever is the bold one."""
    with serve_folder(site) as address, open_context(browser, viewport={"width": 1280, "height": 800}) as context:
        page = context.new_page()
        for name in ("index", "countries/index"):
            page.goto(f"{address}{folder}/{name}.html")
            assert 11 == page.locator(".oms-places a:visible").count()
            bar = page.locator(".oms-places ul")
            assert bar.evaluate("bar => bar.scrollWidth") == bar.evaluate("bar => bar.clientWidth")


@pytest.mark.slow
def test_one_policy_holds_for_all_languages(site: Path) -> None:
    """A page that is swapped in keeps the policy of the one before."""
    texts = [path.read_text(encoding="utf-8") for path in site.rglob("*.html")]
    assert 1 == len({re.findall(r'Content-Security-Policy" content="([^"]*)"', text)[0] for text in texts})


@pytest.mark.slow
def test_a_single_language_offers_no_choice(site: Path) -> None:
    """Neither to readers nor to search engines."""
    described = describe_site(make_usual_report()[0], Language("en"), ADDRESS, ROOT, [Language("en")])
    assert "choices" not in described["extra"]
    assert 'class="oms-languages"' in (site / "index.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_sources_of_a_language_lead_to_data_at_the_root(tmp_path: Path) -> None:
    """Numbers stand once; pages, words of pictures, feeds and Explore's words stand with the language."""
    report, registry = make_usual_report()
    source = tmp_path / "site_src"
    for name in ("styles", "scripts", "assets"):
        shutil.copytree(ROOT / "site_src" / name, source / name)
    for name, text in (("about.md", "# About"), ("method.md", "# Method [all](data/report.json)")):
        (source / name).write_text(text, encoding="utf-8")
    (source / "de").mkdir()
    (source / "de" / "method.md").write_text("# Methode [alle](data/report.json)", encoding="utf-8")
    figures = build_figures(report)[:2]
    original = Original(report, registry, NOTHING_KNOWN, figures, make_imprint(report), (), ADDRESS, NOWHERE, source)
    tree = prepare_tree(Language("de"), original, tmp_path / "de", lambda _: None)
    made = {path.relative_to(tree.site_src).as_posix() for path in tree.site_src.rglob("*") if path.is_file()}
    assert {f"figures/{figures[0].slug}/spec-wide.json", f"embed/{figures[0].slug}.html"} <= made
    assert [] == [name for name in made if name.endswith((".png", "/data.csv", "/data.json")) and "assets" not in name]
    assert "feeds/changes.atom" in made
    assert 'href="../data/shares.csv"' in (tree.site_src / "data.md").read_text(encoding="utf-8")
    assert '# Methode <a href="../data/report.json">alle</a>' == (tree.site_src / "method.md").read_text("utf-8")
    assert '---\nlang: "en"\n---\n\n# About' == (tree.site_src / "about.md").read_text(encoding="utf-8")
    fragment = (tree.cache / "figures" / f"{figures[0].slug}.html").read_text(encoding="utf-8")
    assert f'href="%oms-root%../figures/{figures[0].slug}/data.csv"' in fragment


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1.15e9, ["1.1B", "1,1\u00a0Mrd.", "1,1\u00a0tỷ", "11.5亿"]),
        (123_456, ["123.5K", "123.456", "123,5\u00a0nghìn", "12.3万"]),
        (999_951, ["1M", "1\u00a0Mio.", "1\u00a0triệu", "100万"]),
    ],
)
def test_large_numbers_have_the_units_of_the_language(number: float, said: list[str]) -> None:
    """One decimal of the unit that is written, rounded once."""
    assert said == [Language(code).short(number) for code in ("en", "de", "vi", "zh")]


def test_less_than_nothing_has_one_sign() -> None:
    """A part and a difference alike."""
    assert ["−7.3%", "−7.3"] == [Language("en").percent(-0.073), Language("en").signed(-0.073)]


@pytest.mark.soak
def test_the_example_in_four_languages_stays_within_its_budget(tmp_path: Path) -> None:
    """The whole site, and what a reader of English waits for: nobody pays for languages that they do not read."""
    site = tmp_path / "site"
    publish_in(copy_tree(tmp_path / "tree"), read_voices())
    run_oms(tmp_path / "tree", "build", "--site", site).check_returncode()
    pages = {code: len(list((site / Language(code).folder / "topics").rglob("*.html"))) for code in read_voices()}
    assert dict.fromkeys(read_voices(), pages["en"]) == pages
    assert sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) <= MOST_SITE_BYTES
    asked = ASKED.findall((site / "index.html").read_text(encoding="utf-8"))
    assert {"styles/all.css", "scripts/all.js"} <= set(asked)
    sent = [site / "index.html", *(site / name for name in dict.fromkeys(asked))]
    assert sum(len(gzip.compress(path.read_bytes(), mtime=0)) for path in sent) <= MOST_HOME_BYTES
