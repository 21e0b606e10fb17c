"""Ten searches in each language beside English: its own index, asked as readers ask it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from generator.audit.operations import NOTHING_KNOWN
from generator.base.files import ROOT
from generator.base.repository import NOWHERE
from generator.publish.build import SITE_SOURCE
from generator.publish.datafiles import make_imprint
from generator.publish.models_pages import MODELS
from generator.publish.site import (
    _CUTS,
    _NOT_INDEXED,
    _add_to_search,
    _drop_bare_sections,
    describe_site,
    render_config,
)
from generator.publish.trees import Original, prepare_tree
from generator.questions.report import Report
from generator.registry import Registry
from generator.text.language import Language
from tests.conftest import open_context

ADDRESS = "https://example.org/report/"
# A country by name, adjective and code, a publisher, a model, a family, a licence, the method, the index, a term.
SEARCHES = {
    "de": {
        "Frankreich": "countries/fr.html",
        "chinesisch": "countries/cn.html",
        "us": "countries/us.html",
        "Qwen": "publishers/qwen.html",
        "Qwen3-8B": "models/qwen-qwen3-8b.html",
        "Gemma": "models/google-gemma-4-31b.html",
        "Lizenz": "topics/openness.html",
        "Methode": "method.html",
        "HHI": "concentration.html",
        "Entwickler": "method.html",
    },
    "vi": {
        "Pháp": "countries/fr.html",
        "trung quoc": "countries/cn.html",
        "vn": "countries/vn.html",
        "Qwen": "publishers/qwen.html",
        "Qwen3-8B": "models/qwen-qwen3-8b.html",
        "Gemma": "models/google-gemma-4-31b.html",
        "giấy phép": "topics/openness.html",
        "phương pháp": "method.html",
        "HHI": "concentration.html",
        "trung vị": "topics/sizes.html",
    },
    "zh": {
        "法国": "countries/fr.html",
        "中国的": "countries/cn.html",
        "us": "countries/us.html",
        "Qwen": "publishers/qwen.html",
        "Qwen3-8B": "models/qwen-qwen3-8b.html",
        "Gemma": "models/google-gemma-4-31b.html",
        "许可证": "topics/openness.html",
        "方法": "method.html",
        "HHI": "concentration.html",
        "中位数": "topics/sizes.html",
    },
}


def build_index(language: Language, report: Report, registry: Registry, folder: Path) -> str:
    """Build the index of a language's pages by the site's builder; the frame around each page is left out."""
    written = folder / "written"
    shutil.copytree(SITE_SOURCE, written, dirs_exist_ok=True)
    original = Original(report, registry, NOTHING_KNOWN, (), make_imprint(report), (), ADDRESS, NOWHERE, written)
    tree = prepare_tree(language, original, folder / "tree", lambda _: None)
    (tree.cache / "figures").mkdir(exist_ok=True)
    described = describe_site(report, language, ADDRESS)
    config = json.loads(render_config(described, site_src=tree.site_src, cache=tree.cache, root=ROOT))
    (folder / "bare").mkdir()
    (folder / "bare" / "main.html").write_text("{{ page.content }}", encoding="utf-8")
    config["theme"] = {"name": None, "custom_dir": str(folder / "bare"), "palette": None}
    config["plugins"] = [{f"material/{name}": options for name, options in each.items()} for each in config["plugins"]]
    (tree.cache / "mkdocs.yml").write_text(json.dumps(config), encoding="utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(folder / "site")]
    subprocess.run([*command, "--config-file", str(tree.cache / "mkdocs.yml")], cwd=ROOT, check=True)
    path = folder / "site" / "search" / "search_index.json"
    _drop_bare_sections(path)
    _add_to_search(path, MODELS, [page for page in tree.models if _NOT_INDEXED not in page.read_text(encoding="utf-8")])
    return path.read_text(encoding="utf-8")


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("code", ["zh", *(pytest.param(code, marks=pytest.mark.soak) for code in ("de", "vi"))])
def test_ten_searches_find_their_page_first_in_each_language(
    code: str, browser: Browser, served_site: str, bundled_report: Report, registry: Registry, tmp_path: Path
) -> None:
    """A whole word before one that is part of another, the method before what shares a syllable with its name."""
    index = build_index(Language(code), bundled_report, registry, tmp_path)

    def answer(route: Route) -> None:
        route.fulfill(body=index, content_type="application/json")

    with open_context(browser) as context:
        page = context.new_page()
        page.route("**/search/search_index.json", answer)
        page.goto(f"{served_site}about.html")
        for words, path in SEARCHES[code].items():
            page.locator(".md-search__input").fill("")
            page.locator(".md-search__input").press_sequentially(words)
            page.keyboard.press(
                "Shift"
            )  # signs that no key has are put in; the theme waits for a key, as they end with
            first = page.locator(".md-search-result__item a").first
            for _ in range(2):  # once more, since a list of the first letters may already begin with it
                expect(first).to_have_attribute("href", served_site + path)
                page.wait_for_timeout(200)


def test_the_theme_cuts_what_is_typed_in_chinese_to_its_last_sign(bundled_site: Path) -> None:
    """Its own script would lose the sign; once it is mended there, ours finds nothing to mend."""
    scripts = [path.read_text(encoding="utf-8") for path in bundled_site.glob("assets/javascripts/workers/search.*.js")]
    assert [1] == [script.count(_CUTS[1]) for script in scripts]
