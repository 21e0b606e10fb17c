"""What our pages ask of Python-Markdown, as an extension: figures, tables written as HTML, captions of the others."""

import re
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from generator.base.errors import SiteError
from generator.base.imprint import PAGE, SITE

_MARKER: Final = re.compile(r"::figure ([a-z0-9]+(?:-[a-z0-9]+)*)::")
# What a fragment holds in place of the way to the site's root.
_ROOT: Final = "%oms-root%"
_TABLE: Final = re.compile(r"<table\b[^>]*>.*?</table>", re.DOTALL)
_TARGET: Final = re.compile(r"\s(?:id|name|markdown)=")
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4"})


class PageExtension(Extension):
    """Puts figures into pages, and sees to their tables."""

    def __init__(self, **settings: Any) -> None:
        self.config = {
            "folder": [".build/figures", "folder with one HTML fragment per figure"],
            "site_url": ["", "address of the site in embed codes; the builder's own where empty"],
        }
        super().__init__(**settings)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the library's name
        """Register the processors."""
        # After line ends are made alike, and before anybody reads HTML: the library's reader has 20, the builder's 21.
        md.preprocessors.register(_TableProcessor(md), "oms-tables", 25)
        figures = _FigureProcessor(md, Path(self.getConfig("folder")), self.getConfig("site_url"))
        # Before paragraphs and raw HTML are looked for.
        md.parser.blockprocessors.register(figures, "oms-figure", 175)
        # After what stands within headings was read.
        md.treeprocessors.register(_CaptionProcessor(md), "oms-captions", 5)


class _TableProcessor(Preprocessor):
    """Keeps tables written as HTML from being read.

    They are four fifths of the generated pages, and whatever looks for Markdown in HTML reads each of their tags: that
    took a third of the builder's time (November 2026). A table that holds the target of a link is read: the builder
    looks for it.
    """

    def run(self, lines: list[str]) -> list[str]:
        """Put each table aside, where the library keeps HTML until the page is done."""
        return _TABLE.sub(self._keep, "\n".join(lines)).split("\n")

    def _keep(self, found: re.Match[str]) -> str:
        return found[0] if _TARGET.search(found[0]) else self.md.htmlStash.store(found[0])


class _CaptionProcessor(Treeprocessor):
    """Gives a table written in Markdown the heading above it as its caption; those written as HTML have their own."""

    def run(self, root: ET.Element) -> None:
        """Put a caption for those who do not see the heading into each table."""
        heading = ""
        for element in root.iter():
            if element.tag in _HEADINGS:
                heading = "".join(element.itertext())
            elif element.tag == "table" and heading:
                caption = ET.Element("caption", {"class": "oms-hidden"})
                caption.text = heading
                element.insert(0, caption)


class _FigureProcessor(BlockProcessor):
    """Replaces the paragraph `::figure <slug>::` by the figure drawn before the build."""

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


makeExtension = PageExtension  # noqa: N816 - the library's name
