"""The site: runs the site builder over the pages, then the steps after it, then puts the result in place.

Nothing here depends on the clock: dates come from the data. A site whose inputs are unchanged is not built again.
"""

import hashlib
import html
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from generator.base.errors import SiteError
from generator.base.files import ROOT, hash_bytes, hash_file
from generator.base.imprint import SITE
from generator.base.records import render_json
from generator.base.repository import NOWHERE, CodeRepository
from generator.base.swap import recover_folder, swap_folder
from generator.publish.datafiles_days import DAYS
from generator.publish.models_pages import MODELS
from generator.publish.passages import mark_passages, translate_config
from generator.publish.policy import make_policy, seal_page
from generator.publish.search import cut_words
from generator.publish.styles import shrink_styles
from generator.publish.twins import write_twins
from generator.questions import sentences
from generator.questions.report import DataSource, Report
from generator.sources.archives import is_shared_alike
from generator.text.language import Language
from generator.text.voices import read_voices

# Says what the finished site was made from; the hash of it all is the build's id.
STAMP: Final = "data/build.json"
# The SHA-256 of every data file, one a line as `sha256sum` writes and checks them.
SUMS: Final = "data/SHA256SUMS"
# Where the ledger's files go out with the site.
LEDGER: Final = "data/ledger"
# Libraries that shape the pages: another version is another site.
_LIBRARIES: Final = ("mkdocs", "mkdocs-material", "Markdown", "pymdown-extensions", "Jinja2")
# Files that no page needs: maps for the builder's own developers, word lists of other languages, the README's picture.
_UNUSED: Final = (
    "**/*.map", "assets/javascripts/lunr", "assets/images/favicon.png", "assets/home-light.png", "sitemap.xml.gz",
)  # fmt: skip
# What every page asks for, made of these: a request waits longer than its bytes take. Scripts in one scope each.
_JOINED: Final[Mapping[str, tuple[str, ...]]] = {
    "styles/all.css": (
        "assets/stylesheets/main.*.css", "assets/stylesheets/palette.*.css", "styles/site.css", "styles/figures.css",
    ),
    "scripts/all.js": ("scripts/site.js", "scripts/dates.js", "scripts/charts.js"),
}  # fmt: skip
# Parts that pages without the theme ask for by themselves.
_ASKED_ALONE: Final = ("figures.css", "dates.js")
# What a page says of itself, by which the search finds it; and how it asks to be left out.
_SAID: Final = (
    re.compile(r"<title>(.*?)(?: - Open Model Share)?</title>"),
    re.compile(r'<meta name="description" content="(.*?)"'),
    re.compile(r'<meta name="keywords" content="(.*?)"'),
)
# Copies bear the names of what they were made from, and stand behind it in the list of results. Of names that begin
# with what is typed, the shortest is the one that was meant.
_DERIVED: Final = '<meta name="search" content="derived">'
_DERIVED_BOOST: Final = 0.5
_LOST_A_WORD: Final = 0.01
_MOST_WORDS: Final = 50
_NOT_INDEXED: Final = '<meta name="robots" content="noindex">'
# Modules that make pages of what the builder reads, or of what it wrote.
_EXTENSIONS: Final = (
    "markdown.py",
    "mdpages.py",
    "passages.py",
    "policy.py",
    "search.py",
    "styles.py",
    "twins.py",
)
_CANONICAL: Final = '<link rel="canonical"'
_FIGURE: Final = re.compile(r'<figure class="oms-figure" id="figure-([a-z0-9-]+)"')
_THEME_SCRIPT: Final = re.compile(r'<script src="([^"]*/bundle\.[^"]*\.js)"')
# What only a page has that a script draws.
_DRAWN: Final = '<div id="explorer"'
# The theme's script would fetch two add-ons from here; no page uses them, and none may ask another server.
_FOREIGN_SCRIPTS: Final = "https://unpkg.com/"
# Its search cuts what is typed in Chinese into words of the index, and would try no word that ends with the last sign.
_CUTS: Final = ("o<t.length;o++)t.slice(s,o)in e", "o<=t.length;o++)t.slice(s,o)in e")


@dataclass(frozen=True)
class Tree:
    """A language of the site, in a folder of its own below the root.

    Attributes:
        language: of its pages.
        site_src: they, hand-written and generated, with styles and scripts.
        cache: keeps the generated configuration and the pictures of its figures.
        days: pages of dates, that pass no builder.
        models: pages of models, likewise.
    """

    language: Language
    site_src: Path
    cache: Path
    days: tuple[Path, ...] = ()
    models: tuple[Path, ...] = ()


def build_site(
    report: Report,
    language: Language,
    *,
    site_src: Path,
    site: Path,
    cache: Path,
    root: Path = ROOT,
    site_url: str = "",
    repository: CodeRepository = NOWHERE,
    ledger: Iterable[Path] = (),
    days: Iterable[Path] = (),
    models: Iterable[Path] = (),
    pins: Mapping[str, Iterable[Path]] | None = None,
    facts: Mapping[str, str] | None = None,
    others: Sequence[Tree] = (),
    check: Callable[[Path], object] = lambda _: None,
) -> bool:
    """Build the site from its pages, unless it is there already and none of its inputs changed.

    Args:
        report: dates and source for the lines that stand on every page.
        language: in which they say it.
        site_src: the pages, hand-written and generated, with styles, scripts and data files.
        site: where the finished site goes; it is replaced as a whole once the new one is complete.
        cache: keeps the generated configuration and the pictures of the figures.
        root: holds `mkdocs.yml` and `templates/theme`.
        site_url: address that the site is published under; empty for the one in `mkdocs.yml`.
        repository: of code and issues, that every page leads to.
        ledger: files that go out in `data/ledger/`.
        days: pages of dates, that stay from one night to the next and pass no builder.
        models: pages of models, that pass no builder either; the search finds those that may be indexed.
        pins: frames of dates and what oEmbed answers of them, by folder, that pass no builder.
        facts: what else stands in `data/build.json` beside the build's id: dates, versions, hashes.
        others: the other languages, in the order in which they are offered.
        check: looks at the new site before it takes the old one's place, and raises where it must not.

    Returns:
        Whether the site was built.

    Raises:
        SiteError: the builder warned or failed; the message holds what it said, and the old site stays.
    """
    address = site_url or read_site_url(root)
    trees = [Tree(language, site_src, cache, tuple(sorted(days)), tuple(sorted(models))), *others]
    languages = [tree.language for tree in trees]
    configs = [describe_site(report, tree.language, address, root, languages, repository) for tree in trees]
    copied = sorted(ledger)
    frames = {name: sorted(paths) for name, paths in (pins or {}).items()}
    shared = {LEDGER: copied, **frames}
    hashes = [
        hash_inputs(config, tree.site_src, tree.cache, root, {**shared, DAYS: tree.days, MODELS: tree.models})
        for config, tree in zip(configs, trees, strict=True)
    ]
    build_id = hashes[0] if len(hashes) == 1 else hash_bytes(" ".join(hashes))
    stamp = {"build_id": build_id, **(facts or {})}
    recover_folder(site)
    new = _choose_folder(site)
    if _is_current(site, stamp):
        return False
    for config, tree in zip(configs, trees, strict=True):
        _build_tree(tree, config, new / tree.language.folder, report, root)
    write_twins(new, address, report, language)
    for name, files in shared.items():
        _copy_files(files, new / name)
    _write_robots(new, address, languages)
    _seal(new, stamp)
    check(new)
    swap_folder(new, site)
    return True


def _choose_folder(site: Path) -> Path:
    """Choose where a new site is built, and remove what was left there."""
    for leftover in site.parent.glob(f"{site.name}.new-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    # A name of its own: the builder of a run that was killed may still be writing.
    return site.with_name(f"{site.name}.new-{os.getpid()}")


def _seal(new: Path, stamp: dict[str, str]) -> None:
    """Write the hashes of all files, and what the site was built from with one hash over them all."""
    (new / STAMP).parent.mkdir(exist_ok=True)
    (new / SUMS).write_text("".join(f"{line}\n" for line in list_sums(new)), encoding="utf-8")
    (new / STAMP).write_text(render_json(stamp | {"tree_sha256": hash_tree(new)}), encoding="utf-8")


def _build_tree(tree: Tree, config: Mapping[str, Any], target: Path, report: Report, root: Path) -> None:
    """Build the pages of a language into a folder, and do what follows: those that pass no builder, map and search."""
    path = tree.cache / f"mkdocs.{tree.language.code}.yml"
    tree.cache.mkdir(parents=True, exist_ok=True)
    path.write_text(render_config(config, site_src=tree.site_src, cache=tree.cache, root=root), encoding="utf-8")
    _run_builder(path, target, report, root)
    finish_site(target, config["site_url"])
    copied = {DAYS: tree.days, MODELS: tree.models}
    for name, files in copied.items():
        _copy_files(files, target / name)
    indexed = {name: [path for path in files if _NOT_INDEXED not in _read_head(path)] for name, files in copied.items()}
    _map_pages(target / "sitemap.xml", config["site_url"], indexed)
    _add_to_search(target / "search" / "search_index.json", MODELS, indexed[MODELS])
    if tree.language.up:
        mark_passages(target)


def _write_robots(folder: Path, site_url: str, languages: Iterable[Language]) -> None:
    """Write where the map of each language is, for search engines."""
    maps = "".join(f"Sitemap: {site_url}{language.folder}sitemap.xml\n" for language in languages)
    (folder / "robots.txt").write_text(f"User-agent: *\nAllow: /\n\n{maps}", encoding="utf-8")


def describe_site(
    report: Report,
    language: Language,
    site_url: str,
    root: Path = ROOT,
    languages: Sequence[Language] = (),
    repository: CodeRepository = NOWHERE,
) -> dict[str, Any]:
    """Return what the builder is told beside the root's configuration: address, language, the texts of the theme.

    Args:
        report: dates and source for the lines that stand on every page.
        language: of the pages.
        site_url: address of the whole site.
        root: holds `mkdocs.yml`.
        languages: all that the site has; a single one is not offered for a choice.
        repository: of code and issues, that each page leads to.
    """
    extra: dict[str, Any] = {
        "scope": urlsplit(site_url).path or "/",
        "oms": describe_frame(report, language, repository),
    }
    if len(languages) > 1:
        extra |= {"root_url": site_url, "up": language.up, "choices": [_describe_choice(each) for each in languages]}
    return {
        "site_url": f"{site_url}{language.folder}",
        "theme": {"language": language.code},
        "extra": extra,
        **(translate_config(language, root) if language.up else {}),
    }


def _describe_choice(language: Language) -> dict[str, str]:
    voice = language.voice
    return {"code": language.code, "name": voice.name, "sign": voice.sign, "folder": language.folder}


def render_config(config: Mapping[str, Any], *, site_src: Path, cache: Path, root: Path) -> str:
    """Render the builder's configuration, which stands in `cache`, with the folders as seen from there.

    It is JSON, which every YAML parser reads; relative paths, which every builder reads.
    """

    def see(path: Path) -> str:
        return os.path.relpath(path.resolve(), cache.resolve())

    placed = {
        **config,
        "INHERIT": see(root / "mkdocs.yml"),
        "docs_dir": see(site_src),
        "theme": {**config["theme"], "custom_dir": see(root / "templates" / "theme")},
        "exclude_docs": "".join(f"{name}\n" for name in ("*.j2", *(f"/{code}/" for code in read_voices()))),
        "markdown_extensions": {"generator.publish.mdpages": {"folder": str((cache / "figures").resolve())}},
    }
    return render_json(placed)


def _name_licences(data: DataSource, language: Language) -> str:
    if is_shared_alike(interval.source for interval in data.intervals):
        return language.say("Data CC BY 4.0 and ODbL 1.0 · Code Apache 2.0")
    return language.say("Data CC BY 4.0 · Code Apache 2.0")


def describe_frame(report: Report, language: Language, repository: CodeRepository = NOWHERE) -> dict[str, object]:
    """Return the texts that stand on every page, for the theme; plain text, escaped there."""
    data = report.data
    if data.next_update is None:
        following = language.say("Next update: not scheduled.")
    else:
        following = language.say("Next update: {date:date}.", date=data.next_update)
    return {
        "data_line": language.speak(sentences.describe_data(data)),
        "next_update": following,
        "as_of": data.as_of.isoformat(),
        "next_update_iso": data.next_update.isoformat() if data.next_update else "",
        "source_line": language.speak(sentences.describe_source(data)),
        "left_out_text": language.say("How this was computed") if data.scope.is_example else "",
        "copy_text": language.speak(sentences.warn_of_copy(data)),
        "build_text": "" if data.scope.is_hub or data.copied_from else language.say("Build it from the live Hub"),
        "repository": repository.address,
        "issues": repository.issues,
        "report": repository.report(),
        "words": _say_words(data, language),
    }


def _say_words(data: DataSource, language: Language) -> dict[str, str]:
    return {
        "code": language.say("Code"),
        "report": language.say("Report a mistake"),
        "issues": language.say("Issues"),
        "no_repository": language.say("Code and issues: in the repository that this site was made from"),
        "skip": language.say("Skip to the content"),
        "places": language.say("Pages"),
        "languages": language.say("Languages"),
        "english": language.say("This page is in English only."),
        "stop": language.say(". "),
        "colon": language.say(": "),
        "gap": "" if language.unspaced else " ",
        "feed": language.say("What changed, week by week"),
        "method": language.say("How this is measured"),
        "download": language.say("Download the data"),
        "cite": language.say("Cite"),
        "corrections": language.say("Corrections"),
        "about": language.say("About, accessibility, privacy"),
        "licence": _name_licences(data, language),
        "status": language.say("Status"),
        "late": language.say(
            "Late: these data are of {date:date}, and the night after did not renew them.", date=data.as_of
        ),
        "stale": language.say(
            "Out of date: these data are of {date:date}, more than three days old. They are right for their date, "
            "not for today.",
            date=data.as_of,
        ),
        "rows": language.say("{shown} of {all} rows", shown="{shown}", all="{all}"),  # filled in by site.js
        "question": language.say("which countries build the open AI models that the world downloads"),
        "missing_title": language.say("This page does not exist"),
        "missing_text": language.say("The address may be old or mistyped. These pages exist:"),
    }


def check_site_url(text: str) -> str:
    """Return the address that a site is published under, with its slash at the end; nothing where none is given.

    Raises:
        SiteError: it is no web address of a folder.
    """
    try:
        parts = urlsplit(text)
        is_folder = parts.scheme in ("http", "https") and parts.hostname and not parts.query and not parts.fragment
        is_plain = text.isascii() and not set(text) & set(" \t\n\r\"'<>\\") and parts.port != 0
    except ValueError:
        is_folder = is_plain = False
    if text and not (is_folder and is_plain):
        raise SiteError(
            f"The site's address is {text!r}; something like https://example.org/report/ was expected. Correct "
            "--site-url, or SITE_URL in the environment, or leave it out."
        )
    return text if text.endswith("/") or not text else text + "/"


def check_site_folder(site: Path, kept: Iterable[Path]) -> None:
    """Refuse a folder for the site whose replacement would remove what must be kept.

    Raises:
        SiteError: it is a file, holds other things than a site, or one of the folders to keep stands in it.
    """
    if site.exists() and not site.is_dir():
        raise SiteError(f"The site is to stand in {site}, which is a file. Name a folder with --site, or remove it.")
    if site.is_dir() and any(site.iterdir()) and not (site / "index.html").is_file():
        raise SiteError(
            f"The site is to stand in {site}, which holds other files and would be replaced as a whole. Empty that "
            "folder, or name another one with --site."
        )
    for path in kept:
        if path.resolve().is_relative_to(site.resolve()):
            raise SiteError(
                f"The site is to stand in {site}, which holds {path.resolve()}. That folder is replaced as a whole by "
                "each build: name one of its own with --site, for example site."
            )


def read_site_url(root: Path) -> str:
    """Return the address in the root's configuration."""
    match = re.search(r"^site_url:\s*(\S+)", (root / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE)
    return match[1] if match else "http://127.0.0.1:8000/"


def hash_inputs(
    config: Mapping[str, Any], site_src: Path, cache: Path, root: Path, copied: Mapping[str, Iterable[Path]]
) -> str:
    """Hash everything that the site is made from: names and bytes of all files, configuration, versions.

    Where the folders stand does not count: the same inputs elsewhere make the same site.
    """
    folders = {"pages": site_src, "theme": root / "templates" / "theme", "figures": cache / "figures"}
    digest = hashlib.sha256(json.dumps(config, ensure_ascii=False).encode())
    digest.update("".join(f"{name} {version(name)}\n" for name in _LIBRARIES).encode())
    for path in (Path(__file__), *map(Path(__file__).with_name, _EXTENSIONS), root / "mkdocs.yml"):
        digest.update(_hash_file(path, path.name))
    for name, folder in folders.items():
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            digest.update(_hash_file(path, f"{name}/{path.relative_to(folder).as_posix()}"))
    for name, files in copied.items():
        for path in files:
            digest.update(_hash_file(path, f"{name}/{path.name}"))
    return digest.hexdigest()


def _hash_file(path: Path, name: str) -> bytes:
    content = path.read_bytes() if path.is_file() else b""
    return hashlib.sha256(name.encode() + b"\n" + content).digest()


def finish_site(folder: Path, site_url: str) -> None:
    """Do what follows the build: remove what no page needs, give every page its address and seal it."""
    for pattern in _UNUSED:
        for path in folder.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in sorted((folder / "assets" / "javascripts").rglob("*.js")):
        _make_script_local(path)
    pages = sorted(folder.rglob("*.html"))
    texts = {path: path.read_text(encoding="utf-8") for path in pages}
    shrink_styles(folder, texts.values())
    _join_files(folder)
    policy = make_policy({path.relative_to(folder).as_posix(): text for path, text in texts.items()})
    for path, text in texts.items():
        led = _preload_theme(_name_oembed(text))
        addressed = _name_address(led, site_url, path.relative_to(folder).as_posix()).replace(SITE, site_url)
        path.write_text(seal_page(addressed, policy), encoding="utf-8")
    for path in (folder / "oembed").glob("*.json"):
        path.write_text(path.read_text(encoding="utf-8").replace(SITE, site_url), encoding="utf-8")
    _drop_bare_sections(folder / "search" / "search_index.json")


def _join_files(folder: Path) -> None:
    """Join the style sheets of every page into one, and its scripts into one; no page asks for the parts any more."""
    for name, patterns in _JOINED.items():
        parts = [path for pattern in patterns for path in sorted(folder.glob(pattern))]
        texts = [path.read_text(encoding="utf-8") for path in parts]
        scoped = "".join(["'use strict';\n", *(f"{{\n{text}}}\n" for text in texts)])
        whole = scoped if name.endswith(".js") else "".join(texts)
        (folder / name).write_text(whole, encoding="utf-8")
        for path in parts:
            if path.name not in _ASKED_ALONE:
                path.unlink()


def _name_address(text: str, site_url: str, name: str) -> str:
    """Name the address of a page that the builder only copied; that of a missing page has none."""
    if _CANONICAL in text or name == "404.html":
        return text
    return text.replace("</title>", f'</title>\n{_CANONICAL} href="{html.escape(site_url + name)}">', 1)


def _name_oembed(text: str) -> str:
    """Name in the head of a page with figures where oEmbed's answer of the first one is."""
    found = _FIGURE.search(text)
    if not found:
        return text
    # Not `alternate` alone, which the theme's script takes for a translation.
    link = f'<link rel="alternate oembed" type="application/json+oembed" href="{SITE}oembed/{found[1]}.json">'
    return text.replace("</title>", f"</title>\n{link}", 1)


def _preload_theme(text: str) -> str:
    """Ask for the theme's script at once where the page is drawn by one of ours, which runs after it."""
    found = _THEME_SCRIPT.search(text)
    if not found or _DRAWN not in text:
        return text
    return text.replace("</title>", f'</title>\n<link rel="preload" as="script" href="{found[1]}">', 1)


def _read_head(path: Path) -> str:
    return path.read_text(encoding="utf-8").partition("</head>")[0]


def _map_pages(sitemap: Path, site_url: str, pages: Mapping[str, Iterable[Path]]) -> None:
    """Add the pages that pass no builder, by folder, to the map for search engines."""
    places = [f"{site_url}{folder}/{path.name}" for folder, paths in pages.items() for path in paths]
    lines = "".join(f"<url><loc>{html.escape(place)}</loc></url>\n" for place in places)
    text = sitemap.read_text(encoding="utf-8")
    sitemap.write_text(text.replace("</urlset>", f"{lines}</urlset>"), encoding="utf-8")


def _add_to_search(path: Path, folder: str, pages: Iterable[Path]) -> None:
    """Add pages that pass no builder to the search's index: their titles, and what they say of themselves."""
    index = json.loads(path.read_text(encoding="utf-8"))
    index["docs"] += [_describe_to_search(f"{folder}/{page.name}", _read_head(page)) for page in pages]
    path.write_text(json.dumps(index, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def _describe_to_search(location: str, head: str) -> dict[str, Any]:
    """Describe a page to the search, whose list of results shows the words as HTML."""
    title, text, word = (html.escape(html.unescape(found)) for each in _SAID for found in each.findall(head)[:1])
    words = min(len(re.findall(r"[^\W_]+", word)), _MOST_WORDS)
    boost = round((_DERIVED_BOOST if _DERIVED in head else 1.0) * (1 - _LOST_A_WORD * words), 3)
    return {
        "location": location,
        "title": cut_words(title),
        "text": f"<p>{cut_words(text)}</p>",
        "tags": [word],
        "boost": boost,
    }


def _drop_bare_sections(path: Path) -> None:
    """Take out of the search's index the headings below which no text stands: a result would say nothing."""
    index = json.loads(path.read_text(encoding="utf-8"))
    index["docs"] = [each for each in index["docs"] if each["text"] or "#" not in each["location"]]
    path.write_text(json.dumps(index, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def list_sums(site: Path) -> list[str]:
    """List the hash of every data file, by its path below `data/`; what is written after them is not among them."""
    folder = site / "data"
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    names = {path: path.relative_to(site).as_posix() for path in paths}
    kept = [path for path in paths if names[path] not in {STAMP, SUMS}]
    return [f"{hash_file(path)}  {path.relative_to(folder).as_posix()}" for path in kept]


def hash_tree(site: Path) -> str:
    """Hash all files of a finished site, names and bytes, but the one that says what it was made from."""
    digest = hashlib.sha256()
    for path in sorted(path for path in site.rglob("*") if path.is_file()):
        name = path.relative_to(site).as_posix()
        if name != STAMP:
            digest.update(_hash_file(path, name))
    return digest.hexdigest()


def _is_current(site: Path, stamp: Mapping[str, str]) -> bool:
    path = site / STAMP
    if not path.is_file():
        return False
    found = json.loads(path.read_text(encoding="utf-8"))
    return {name: found.get(name) for name in stamp} == dict(stamp)


def _run_builder(config: Path, target: Path, report: Report, root: Path) -> None:
    """Run the builder with a clean environment; each warning is a failure."""
    seconds = (report.data.as_of.toordinal() - 719163) * 86400  # since 1970-01-01, for the dates in the site's map
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    result = subprocess.run(  # noqa: S603 - our own interpreter and arguments, no shell
        [*command, "--config-file", str(config.resolve()), "--site-dir", str(target.resolve())],
        cwd=root,
        env=_environment(seconds),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if result.returncode != 0 or "WARNING" in result.stderr:
        shutil.rmtree(target, ignore_errors=True)
        log = "\n".join((result.stdout + result.stderr).strip().splitlines()[-40:])
        raise SiteError(
            f"The site builder refused the pages (exit code {result.returncode}); the site before stays. Correct the "
            f"page or the configuration that it names, then build again. It said:\n{log}"
        )


def _environment(seconds: int) -> Mapping[str, str]:
    return {
        "NO_MKDOCS_2_WARNING": "1",
        "SOURCE_DATE_EPOCH": str(seconds),
        "PYTHONUTF8": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": str(ROOT),
    }


def _make_script_local(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    local = re.sub(r"\n//# sourceMappingURL=\S+\s*$", "\n", text.replace(_FOREIGN_SCRIPTS, "./").replace(*_CUTS))
    if local != text:
        path.write_text(local, encoding="utf-8")


def _copy_files(files: Iterable[Path], folder: Path) -> None:
    """Copy files into a folder of the new site."""
    for path in files:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / path.name)
