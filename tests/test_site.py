"""The site: strict, sealed, the same bytes from the same inputs, and never half of one in place of a whole."""

import base64
import hashlib
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from generator.base.errors import SiteError
from generator.base.files import ROOT
from generator.publish.policy import THEME_SCRIPTS, find_inline_scripts, make_policy, name_script, seal_page
from generator.publish.site import STAMP, build_site, read_site_url
from generator.text.language import Language
from tests.small import make_usual_report

pytestmark = pytest.mark.slow

ENGLISH = Language("en")


def list_places(nav: list[dict[str, object]]) -> list[str]:
    """List the pages of a navigation, those of its sections included."""
    found = [value for item in nav for value in item.values()]
    return [page for value in found for page in (list_places(value) if isinstance(value, list) else [str(value)])]


# What every page of the frame links to.
NAV = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
PAGES = tuple(page.removesuffix(".md") for page in [*list_places(NAV), "corrections.md", "status.md"])

Build = Callable[..., bool]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A site of one-line pages with the real scripts and styles."""
    folder = tmp_path / "site_src"
    for name in PAGES:
        path = folder / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n\nText.\n", encoding="utf-8")
    for name in ("styles", "scripts", "assets"):
        shutil.copytree(ROOT / "site_src" / name, folder / name)
    return folder


@pytest.fixture
def build(tmp_path: Path, source: Path) -> Build:
    """Build that site; say whether the builder ran."""
    report, _ = make_usual_report()

    def run(site: Path = tmp_path / "site", site_src: Path = source) -> bool:
        return build_site(report, ENGLISH, site_src=site_src, site=site, cache=site.parent / "cache")

    return run


def test_every_page_is_sealed(build: Build, tmp_path: Path) -> None:
    """The policy is the first element of the head, names each inline script by its hash, and allows no other site."""
    assert build()
    pages = sorted((tmp_path / "site").rglob("*.html"))
    assert len(pages) == len(PAGES) + 1
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert '<head><meta http-equiv="Content-Security-Policy" content="default-src \'none\'' in text
        assert text.index("<meta charset") < 1024
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
        assert policy
        assert "http" not in policy[1]
        for script in find_inline_scripts(text):
            digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy[1]


def test_the_policy_signs_the_three_scripts_of_the_theme(build: Build, tmp_path: Path) -> None:
    """One policy for all pages, and each of its hashes has a name."""
    assert build()
    texts = [path.read_text(encoding="utf-8") for path in sorted((tmp_path / "site").rglob("*.html"))]
    assert len({re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1] for text in texts}) == 1  # type: ignore[index]
    assert {name_script(script) for text in texts for script in find_inline_scripts(text)} == set(
        THEME_SCRIPTS.values()
    )
    assert texts[0].partition("</head>")[0].count("'sha256-") == len(THEME_SCRIPTS)


@pytest.mark.parametrize(
    "script",
    [
        "<script>run()</script>",
        "<SCRIPT\n>run()</SCRIPT>",
        '<script type="module">run()</script>',
        '<script type="speculationrules">{}</script>',
        "<!-- <script>run()</script> -->",
    ],
)
def test_any_other_script_is_refused(script: str) -> None:
    """Nothing signs a script that nobody has read, wherever it came from; the message names page and hash."""
    with pytest.raises(SiteError, match=r"x\.html: .*\([0-9a-f]{64}\)"):
        make_policy({"x.html": f"<head></head>{script}"})


def test_data_blocks_and_files_are_no_inline_scripts() -> None:
    """Only what a browser would run from within the page needs a hash."""
    text = (
        '<script src="x.js"></script><script id="a" type="application/json">{}</script>'
        "<script type=application/ld+json>{}</script><script>run()</script>"
    )
    assert find_inline_scripts(text) == ["run()"]


def test_a_page_without_a_head_is_an_error() -> None:
    """It could not be sealed."""
    with pytest.raises(SiteError, match="without a head"):
        seal_page("<p>x</p>", "default-src 'none'")


def test_a_page_with_its_own_policy_keeps_it() -> None:
    """Pages for frames on other sites are stricter than the rest."""
    own = '<head><meta http-equiv="Content-Security-Policy" content="default-src \'none\'"></head>'
    assert seal_page(own, "x") == own


def test_second_build_is_skipped(build: Build, source: Path) -> None:
    """Nothing changed: nothing is built. A word changed: it is."""
    assert build()
    assert not build()
    (source / "about.md").write_text("# About\n\nOther text.\n", encoding="utf-8")
    assert build()


def test_same_inputs_same_bytes(build: Build, source: Path, tmp_path: Path) -> None:
    """Two builds in different folders are identical, dates in the site's map included."""
    shutil.copytree(source, tmp_path / "elsewhere" / "pages")
    build(tmp_path / "site")
    build(tmp_path / "elsewhere" / "other", tmp_path / "elsewhere" / "pages")
    first, second = (
        {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        for root in (tmp_path / "site", tmp_path / "elsewhere" / "other")
    )
    assert first == second
    assert b"<lastmod>2026-10-08</lastmod>" in first[Path("sitemap.xml")]


def test_a_warning_is_a_failure_and_the_old_site_stays(build: Build, source: Path, tmp_path: Path) -> None:
    """A broken link stops the build; readers keep the site before."""
    build()
    before = (tmp_path / "site" / STAMP).read_bytes()
    (source / "about.md").write_text("[gone](gone.md)\n", encoding="utf-8")
    with pytest.raises(SiteError, match=r"gone\.md"):
        build()
    assert (tmp_path / "site" / STAMP).read_bytes() == before
    assert [] == list(tmp_path.glob("site.new*"))


def test_leftovers_are_not_published(build: Build, tmp_path: Path) -> None:
    """The folder of the site is replaced as a whole, leftovers of a killed run included."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "stale.html").write_text("old", encoding="utf-8")
    (tmp_path / "site.new-1").mkdir()
    (tmp_path / "site.new-1" / "half.html").write_text("half", encoding="utf-8")
    build()
    names = {path.name for path in (tmp_path / "site").rglob("*")}
    assert not names & {"stale.html", "half.html"}
    assert [] == list(tmp_path.glob("site.new*"))


def test_nothing_calls_another_site(build: Build, tmp_path: Path) -> None:
    """No script, style or picture of the theme names another server, and its maps and spare parts are gone."""
    build()
    site = tmp_path / "site"
    assert not list(site.rglob("*.map"))
    for path in [*site.rglob("*.js"), *site.rglob("*.css")]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(?:unpkg|googleapis|gstatic|jsdelivr|cdnjs)\.", text), path
    for path in site.rglob("*.html"):
        for address in re.findall(r'<(?:script|link|img|iframe)[^>]*(?:src|href)="([^"]*)"', path.read_text()):
            assert address.startswith(read_site_url(ROOT)) or not urlsplit(address).netloc, (path, address)


def test_every_page_names_the_feeds(build: Build, tmp_path: Path) -> None:
    """A feed reader that is given any page finds both, by an address that leads there from that page."""
    build()
    for path in (tmp_path / "site").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        feeds = re.findall(r'<link rel="alternate feed" type="([^"]+)"[^>]*href="([^"]+)"', text)
        assert [kind for kind, _ in feeds] == ["application/atom+xml", "application/feed+json"]
        base = tmp_path / "site" if path.name == "404.html" else path.parent
        goals = [(base / urlsplit(address).path.lstrip("/")).resolve() for _, address in feeds]
        assert goals == [(tmp_path / "site" / "feeds" / name).resolve() for name in ("changes.atom", "changes.json")]


def test_texts_of_the_frame_are_escaped(build: Build, tmp_path: Path) -> None:
    """The line on the data stands on every page, and says that nothing is scheduled."""
    build()
    for path in (tmp_path / "site").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "Data of 8 Oct 2026" in text
        assert "Next update: not scheduled." in text
