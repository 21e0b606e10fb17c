"""A Python-Markdown extension: the paragraph `::figure <slug>::` becomes the figure drawn before the build."""

import re
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.util import AtomicString

from generator.base.errors import SiteError
from generator.base.imprint import PAGE, SITE

_MARKER: Final = re.compile(r"::figure ([a-z0-9]+(?:-[a-z0-9]+)*)::")
# What a fragment holds in place of the way to the site's root.
_ROOT: Final = "%oms-root%"


class FigureExtension(Extension):
    """Puts figures into pages."""

    def __init__(self, **settings: Any) -> None:
        self.config = {
            "folder": [".build/figures", "folder with one HTML fragment per figure"],
            "site_url": ["", "address of the site in embed codes; the builder's own where empty"],
        }
        super().__init__(**settings)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the library's name
        """Register the processor before paragraphs and raw HTML are looked for."""
        processor = _FigureProcessor(md, Path(self.getConfig("folder")), self.getConfig("site_url"))
        md.parser.blockprocessors.register(processor, "oms-figure", 175)


class _FigureProcessor(BlockProcessor):
    """Replaces a block that is a marker and nothing else."""

    def __init__(self, md: Markdown, folder: Path, site_url: str) -> None:
        super().__init__(md.parser)
        self._md = md
        self._folder = folder
        self._site_url = site_url

    def test(self, parent: ET.Element, block: str) -> bool:  # noqa: ARG002 - the library's signature
        """Tell whether a block is a marker."""
        return _MARKER.fullmatch(block.strip()) is not None

    def run(self, parent: ET.Element, blocks: list[str]) -> None:
        """Put the figure where the marker stood."""
        match = _MARKER.fullmatch(blocks.pop(0).strip())
        if match is None:
            return
        fragment = self._read(match[1])
        site_url, page = _find_page(self._md)
        site = self._site_url or site_url
        html = fragment.replace(_ROOT, "../" * page.count("/")).replace(PAGE, f"{SITE}{page}").replace(SITE, site)
        ET.SubElement(parent, "p").text = AtomicString(self._md.htmlStash.store(html))

    def _read(self, slug: str) -> str:
        path = self._folder / f"{slug}.html"
        try:
            return path.read_text(encoding="utf-8")
        except OSError as error:
            known = ", ".join(sorted(path.stem for path in self._folder.glob("*.html"))[:8]) or "none"
            raise SiteError(
                f"A page asks for the figure {slug!r}, and there is no {path}. Drawn figures: {known}. "
                "Correct the name in the page, or draw the figures again with `oms build`."
            ) from error


def _find_page(md: Markdown) -> tuple[str, str]:
    """Return the site's address and the page's below it, as the site builder knows them."""
    if "relpath" not in md.treeprocessors:
        return "", ""
    links: Any = md.treeprocessors["relpath"]
    url: str = links.file.url
    site_url: str = links.config["site_url"] or ""
    if site_url and not site_url.endswith("/"):
        site_url += "/"
    return site_url, urlsplit(url).path


def makeExtension(**settings: Any) -> FigureExtension:  # noqa: N802 - the library's name
    """Return the extension for Python-Markdown."""
    return FigureExtension(**settings)
