"""A finished page as Markdown: the same words and numbers, its pictures left to their tables."""

import re
from typing import Final
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag
from bs4.filter import SoupStrainer
from markdownify import ATX, MarkdownConverter

# Pictures, whose tables stand beside them, and what only a hand or a printer can use.
_SILENT: Final = (
    "svg, img, script, style, select, button, form, label, textarea, template, .oms-print, [aria-hidden=true]"
)
# What Markdown or HTML within it could read as syntax; a name is written by a stranger. The library's own list has
# points after numbers too, which end many of our sentences.
_SYNTAX: Final = re.compile(r"(?=[\\`*_\[\]<>|~]|&#?\w+;|(?<!\S)(?:#{1,6}|[+=-]+)(?!\S))")
# What would end an address.
_ENDS: Final = str.maketrans({"(": "%28", ")": "%29", "<": "%3C", ">": "%3E", " ": "%20"})


def convert_page(text: str, address: str) -> str:
    """Convert the article of a page; links become whole addresses.

    Args:
        text: the page's HTML.
        address: where it is published.
    """
    page = BeautifulSoup(text, "html.parser", parse_only=SoupStrainer("article"))
    _prepare(page, address)
    converter = _Converter(heading_style=ATX, bullets="-", autolinks=False, table_infer_header=True)
    return re.sub(r"\n{3,}", "\n\n", converter.convert_soup(page).strip()) + "\n"


def _prepare(page: BeautifulSoup, address: str) -> None:
    """Take out what is not read, and name as the converter knows it what it would not know."""
    for silent in page.select(_SILENT):
        silent.decompose()
    for link in page.select("a[href]"):
        link["href"] = urljoin(address, str(link["href"])).translate(_ENDS)
    for heading in page.select("[role=heading]"):
        heading.name = f"h{heading.get('aria-level', '2')}"
    for table in page.select("table"):
        table.insert_before(*table.select("caption"))
    for code in page.select(":is(td, th) code"):
        code.string = code.get_text().replace("|", r"\|")


class _Converter(MarkdownConverter):
    """Names above tables and folded parts are bold, and strangers' words are words."""

    def convert_summary(self, _: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002 - the library's call
        return f"\n\n**{text.strip()}**\n\n"

    convert_caption = convert_summary

    def escape(self, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002 - the library's call
        return _SYNTAX.sub(r"\\", text)
