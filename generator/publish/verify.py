"""Verify a finished site before anybody is shown it: whole, linked, sealed, and with the hashes that it names."""

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from generator.base.errors import SiteError
from generator.base.files import PARTIAL, hash_bytes, hash_file, hash_in_name
from generator.base.settings import MAX_PAGE_BYTES, MAX_SITE_BYTES, WARN_LIMIT_PART
from generator.publish.policy import POLICY_TAG, describe_script, find_inline_scripts, name_script
from generator.publish.site import LEDGER, STAMP, SUMS, hash_tree, list_sums

# What the frame of every page leads to, and what programs look for.
REQUIRED: Final = (
    "index.html", "404.html", "countries/index.html", "publishers/index.html", "models.html", "history.html",
    "explore.html", "data.html", "registry.html", "method.html", "about.html", "corrections.html", "status.html",
    "sitemap.xml", "robots.txt", "data/report.json", "data/datapackage.json", "data/status.json", "data/badge.svg",
    STAMP, SUMS,
)  # fmt: skip
MAX_LISTED: Final = 20
_POLICY: Final = f"{POLICY_TAG}default-src 'none'"
_LINKS: Final = re.compile(r'<(?:a|link|script|img|iframe|source)\b[^>]*?\s(?:href|src)="([^"]*)"')
_IDS: Final = re.compile(r'\s(?:id|name)="([^"]*)"')


@dataclass(frozen=True)
class Verified:
    """A site that was found whole.

    Attributes:
        build_id: the hash of everything that it was made from.
        pages: its pages.
        links: links and assets within the site that were followed, each once a page.
        files: all its files.
        size_bytes: their size.
        warnings: limits of which a good part is used up.
    """

    build_id: str
    pages: int
    links: int
    files: int
    size_bytes: int
    warnings: tuple[str, ...] = ()


def verify_site(site: Path) -> Verified:
    """Verify a finished site.

    Every required file is there; each link and asset within the site leads to a file, and to an element where it
    names one; every page carries a content policy, holds no script but the theme's and keeps its limit of size; data
    package, list of hashes and ledger agree with their files; the build has an id.

    Raises:
        SiteError: something is missing or wrong; the message lists it.
    """
    files = {path.relative_to(site).as_posix(): path for path in site.rglob("*") if path.is_file()}
    problems = [f"{name} is missing" for name in REQUIRED if name not in files]
    pages = {name: path.read_text(encoding="utf-8") for name, path in files.items() if name.endswith(".html")}
    links = {(name, link) for name, text in pages.items() for link in _find_links(text)}
    size = sum(path.stat().st_size for path in files.values())
    problems += _check_pages(pages)
    problems += _check_links(links, pages, files)
    problems += _check_package(files) + _check_sums(site, files) + _check_ledger(files)
    problems += [f"{name} is a leftover of a write that did not end" for name in files if name.endswith(PARTIAL)]
    if size > MAX_SITE_BYTES:
        problems.append(f"the site has {size:,} bytes, at most {MAX_SITE_BYTES:,} may be published")
    stamp = files[STAMP].read_text(encoding="utf-8") if STAMP in files else ""
    build_id = read_build_id(stamp)
    if build_id is None:
        problems.append(f"{STAMP} names no build")
    elif json.loads(stamp).get("tree_sha256") != hash_tree(site):
        problems.append(f"{STAMP} names other files: some were changed, added or lost after the build")
    if problems or build_id is None:
        raise SiteError(_describe(site, problems))
    return Verified(build_id, len(pages), len(links), len(files), size, tuple(_list_warnings(pages, size)))


def _list_warnings(pages: Mapping[str, str], size: int) -> Iterator[str]:
    """Yield what has used up a good part of its limit."""
    if size > WARN_LIMIT_PART * MAX_SITE_BYTES:
        yield f"the site has {size / MAX_SITE_BYTES:.0%} of the {MAX_SITE_BYTES:,} bytes that may be published"
    for name, text in pages.items():
        length = len(text.encode())
        if length > WARN_LIMIT_PART * MAX_PAGE_BYTES:
            yield f"{name} has {length / MAX_PAGE_BYTES:.0%} of the {MAX_PAGE_BYTES:,} bytes that a page may have"


def read_build_id(text: str) -> str | None:
    """Return the id in the text of a `data/build.json`; None where there is none."""
    try:
        found = json.loads(text)["build_id"]
    except (ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, str) and re.fullmatch(r"[0-9a-f]{64}", found) else None


def _describe(site: Path, problems: list[str]) -> str:
    listed = "\n".join(f"- {problem}" for problem in problems[:MAX_LISTED])
    rest = f"\n… and {len(problems) - MAX_LISTED} more" if len(problems) > MAX_LISTED else ""
    return (
        f"The site in {site} is not complete, and is not published: {len(problems)} problems. Build it again with "
        f"`oms build`; if they come back, the page or file that is named is at fault.\n{listed}{rest}"
    )


def _find_links(text: str) -> Iterator[str]:
    """Yield the links and assets of a page that do not leave the site."""
    for found in _LINKS.findall(text):
        link = html.unescape(found)
        parts = urlsplit(link)
        if link and not parts.scheme and not parts.netloc:
            yield link


def _check_pages(pages: Mapping[str, str]) -> list[str]:
    unsealed = [f"{name} has no content policy" for name, text in pages.items() if _POLICY not in text]
    sizes = {name: len(text.encode()) for name, text in pages.items()}
    large = [
        f"{name} has {size:,} bytes, at most {MAX_PAGE_BYTES:,} were expected"
        for name, size in sizes.items()
        if size > MAX_PAGE_BYTES
    ]
    strange = [
        f"a script that nobody has signed stands in {describe_script(name, script)}"
        for name, text in pages.items()
        for script in find_inline_scripts(text)
        if not name_script(script)
    ]
    return unsealed + large + strange


def _check_links(links: set[tuple[str, str]], pages: Mapping[str, str], files: Mapping[str, Path]) -> list[str]:
    ids = cache(lambda name: {html.unescape(found) for found in _IDS.findall(pages[name])})
    problems = []
    for page, link in sorted(links):
        path, fragment = _resolve(page, link)
        target = path if path in files else f"{path}/index.html".lstrip("/")
        if target not in files:
            problems.append(f"{page} leads to {link}, which is not there")
        elif fragment and target in pages and fragment not in ids(target):
            problems.append(f"{page} leads to {link}, and there is no such place on that page")
    return problems


def _resolve(page: str, link: str) -> tuple[str, str]:
    """Return the file below the site's root that a link on a page leads to, and the place on it."""
    parts = urlsplit(link)
    if not parts.path:
        return page, unquote(parts.fragment)
    # The page of a missing address is shown anywhere, so its links begin at the root.
    base = [] if page.endswith("404.html") or parts.path.startswith("/") else page.split("/")[:-1]
    for step in unquote(parts.path).strip("/").split("/"):
        base = base[:-1] if step == ".." else base if step in {".", ""} else [*base, step]
    return "/".join(base), unquote(parts.fragment)


def _check_package(files: Mapping[str, Path]) -> list[str]:
    """Compare what the data package says of its files with the files."""
    if "data/datapackage.json" not in files:
        return []
    package: dict[str, Any] = json.loads(files["data/datapackage.json"].read_text(encoding="utf-8"))
    problems = []
    for resource in package["resources"]:
        name = f"data/{resource['path']}"
        if name not in files:
            problems.append(f"{name} is missing, and the data package names it")
            continue
        data = files[name].read_bytes()
        found = f"sha256:{hash_bytes(data)}"
        if (found, len(data)) != (resource["hash"], resource["bytes"]):
            problems.append(f"{name} has the hash {found}, the data package says {resource['hash']}")
    return problems


def _check_sums(site: Path, files: Mapping[str, Path]) -> list[str]:
    """Compare the list of hashes with the data files; it names them all, since it is what is attested."""
    listed = set(files[SUMS].read_text(encoding="utf-8").splitlines()) if SUMS in files else set()
    return [f"{SUMS} does not say {line}" for line in list_sums(site) if line not in listed] if listed else []


def _check_ledger(files: Mapping[str, Path]) -> list[str]:
    """Compare the hash in the name of each file of the ledger with its bytes; all that the manifest names are there."""
    manifest = files.get(f"{LEDGER}/manifest.json")
    if manifest is None:
        return [f"{LEDGER}/manifest.json is missing: a lost store could not be made from this site"]
    lines = json.loads(manifest.read_text(encoding="utf-8"))["intervals"]
    names = [name for line in lines for name in line["files"].values()]
    missing = [f"{LEDGER}/{name} is missing" for name in names if f"{LEDGER}/{name}" not in files]
    damaged = [
        f"{LEDGER}/{name} is damaged"
        for name in names
        if f"{LEDGER}/{name}" in files and hash_file(files[f"{LEDGER}/{name}"])[:16] != hash_in_name(name)
    ]
    return missing + damaged
