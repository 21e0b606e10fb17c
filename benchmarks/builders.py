"""The site by two builders: what differs between the one that publishes it and Zensical, its successor.

    python -m benchmarks.builders ZENSICAL SITE

ZENSICAL is the program, SITE the site that `oms build` has built last. Both get the same pages and figures.
"""

import html
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from generator.base.files import ROOT
from generator.publish.build import WORK

OUTPUT = WORK / "zensical"
# It wants its configuration in a folder that holds all others.
CONFIG = ROOT / ".zensical.yml"
LISTED = 10


def main(program: str, site: Path) -> int:
    """Build with the other builder, compare, print; return the number of differences."""
    CONFIG.write_text(json.dumps(place_config(WORK / "mkdocs.en.yml"), ensure_ascii=False), encoding="utf-8")
    command = [program, "build", "--clean", "--strict", "--config-file", str(CONFIG)]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True)
    pages = {name: (read_page(site, name), read_page(OUTPUT, name)) for name in list_pages(site) & list_pages(OUTPUT)}
    differing = {
        "addresses": list_pages(site) ^ list_pages(OUTPUT),
        "titles": differ(pages, find_title),
        "texts": differ(pages, find_text),
        "links": differ(pages, find_links),
        "search": read_search(site / "search" / "search_index.json", "docs")
        ^ read_search(OUTPUT / "search.json", "items"),
    }
    for what, names in differing.items():
        rest = f" … and {len(names) - LISTED} more" if len(names) > LISTED else ""
        print(f"{what}: {len(names)} differ {', '.join(sorted(names)[:LISTED])}{rest}")
    print(f"{len(pages)} pages compared")
    return sum(map(len, differing.values()))


def place_config(path: Path) -> dict[str, object]:
    """Return the builder's configuration with its folders as seen from the root."""
    config = json.loads(path.read_text(encoding="utf-8"))

    def see(text: str) -> str:
        return (path.parent / text).resolve().relative_to(ROOT).as_posix()

    theme = {**config["theme"], "custom_dir": see(config["theme"]["custom_dir"])}
    folders = {"INHERIT": see(config["INHERIT"]), "docs_dir": see(config["docs_dir"])}
    return {**config, **folders, "theme": theme, "site_dir": OUTPUT.relative_to(ROOT).as_posix()}


def list_pages(site: Path) -> set[str]:
    """List the addresses of a site's pages."""
    return {path.relative_to(site).as_posix() for path in site.rglob("*.html")}


def read_page(site: Path, name: str) -> str:
    """Read a page."""
    return (site / name).read_text(encoding="utf-8")


def differ(pages: dict[str, tuple[str, str]], find: Callable[[str], object]) -> set[str]:
    """Name the pages in which something is not the same in both."""
    return {name for name, (ours, theirs) in pages.items() if find(ours) != find(theirs)}


def find_title(page: str) -> list[str]:
    """Find a page's title."""
    return re.findall(r"<title>(.*?)</title>", page, re.DOTALL)


def find_article(page: str) -> str:
    """Find what is the page's own, without scripts."""
    inner = re.search(r"<article.*</article>", page, re.DOTALL)
    return re.sub(r"<script.*?</script>", "", inner[0] if inner else page, flags=re.DOTALL)


def find_text(page: str) -> str:
    """Find the words that a reader sees."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", find_article(page))).split())


def find_links(page: str) -> list[str]:
    """Find where a page leads; `./x` is `x`."""
    return [
        html.unescape(link).removeprefix("./") for link in re.findall(r'<a\b[^>]*?href="([^"]*)"', find_article(page))
    ]


def read_search(path: Path, key: str) -> set[str]:
    """Read what the search finds: places and their titles."""
    items: Iterable[dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))[key]
    return {f"{item['location']} ({item['title']})" for item in items}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])) and 1)
