"""A finished page as Markdown: the same words and numbers, its pictures left to their tables."""

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin

_HEADINGS: Final = {f"h{level}": "#" * level for level in range(1, 7)}
_BLOCKS: Final = frozenset(
    {*_HEADINGS, "p", "div", "section", "figure", "figcaption", "details", "summary", "blockquote", "ul", "ol", "li"}
    | {"dl", "dt", "dd", "pre", "table", "caption", "tr", "th", "td"}
)
_VOID: Final = frozenset({"br", "img", "input", "hr", "wbr", "link", "meta"})
# Pictures, whose tables stand beside them, and what only a hand can use.
_SILENT: Final = frozenset({"svg", "script", "style", "select", "button", "form", "label", "textarea", "template"})
_MARKS: Final = {"strong": "**", "b": "**", "em": "*", "i": "*"}
# What Markdown or HTML within it could read as syntax; a name is written by a stranger.
_SYNTAX: Final = re.compile(r"[\\`*_\[\]<>|~]|&(?=#?\w+;)")
_LINE_START: Final = re.compile(r"^(?=[#+=-])")


def convert_page(text: str, address: str) -> str:
    """Convert the article of a page; links become whole addresses.

    Args:
        text: the page's HTML.
        address: where it is published.
    """
    article = text.partition("<article")[2].partition(">")[2].rpartition("</article>")[0]
    converter = _Converter(address)
    converter.feed(article)
    converter.close()
    return converter.finish()


class _Converter(HTMLParser):
    """Collects blocks of Markdown while the elements go by."""

    def __init__(self, address: str) -> None:
        super().__init__(convert_charrefs=True)
        self._address = address
        self._open: list[str] = []
        self._silent = 0
        self._blocks: list[str] = []
        self._text: list[str] = []
        self._links: list[str] = []
        self._heading = ""
        self._counters: list[int | None] = []
        self._item = ""
        self._rows: list[list[str]] = []
        self._width = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        told = {name: value or "" for name, value in attrs}
        if tag in _VOID:
            self._text.append(" ")
        elif (
            self._silent or tag in _SILENT or told.get("aria-hidden") == "true" or "oms-print" in told.get("class", "")
        ):
            self._silent += 1
        else:
            self._open.append(tag)
            self._begin(tag, told)

    def handle_endtag(self, tag: str) -> None:
        """End an element."""
        if tag in _VOID:
            return
        if self._silent:
            self._silent -= 1
        elif tag in self._open:
            self._end(tag)
            self._open.reverse()
            self._open.remove(tag)
            self._open.reverse()

    def handle_data(self, data: str) -> None:
        """Take a text, without what could be syntax in it."""
        if self._silent:
            return
        if "pre" in self._open:
            self._text.append(data)
        elif "code" in self._open:
            self._text.append(data.replace("`", "'").replace("|", "\\|"))
        else:
            self._text.append(_SYNTAX.sub(lambda found: f"\\{found[0]}", data))

    def finish(self) -> str:
        """Return the whole page."""
        self._close_block()
        return re.sub(r"\n{3,}", "\n\n", "\n\n".join(self._blocks)) + "\n"

    def _begin(self, tag: str, told: Mapping[str, str]) -> None:
        if tag in _BLOCKS and not self._in_cell(tag):
            self._close_block()
        if tag in {"ul", "ol"}:
            self._counters.append(0 if tag == "ol" else None)
        elif tag == "li":
            self._item = self._name_item(told)
        elif told.get("role") == "heading":
            self._heading = "#" * int(told.get("aria-level", "2"))
        elif tag == "table":
            self._rows = []
        elif tag == "tr":
            self._rows.append([])
        elif tag in {"th", "td"}:
            self._width = int(told.get("colspan") or 1)
        elif tag == "a":
            self._links.append(told.get("href", ""))
            self._text.append("[")
        self._text.append(self._mark(tag))

    def _end(self, tag: str) -> None:
        self._text.append(self._mark(tag))
        if tag == "a":
            self._end_link()
        elif tag in {"th", "td"}:
            self._rows[-1] += [self._take(), *[""] * (self._width - 1)]
        elif tag == "table":
            self._blocks.append(_draw_table(self._rows))
        elif tag in {"ul", "ol"}:
            self._close_block()
            self._counters.pop()
        elif tag in _BLOCKS and not self._in_cell(tag):
            self._close_block(tag)

    def _in_cell(self, tag: str) -> bool:
        return tag not in {"th", "td", "tr", "table", "caption"} and ("td" in self._open or "th" in self._open)

    def _mark(self, tag: str) -> str:
        """Return what stands on both sides of an element's text."""
        return "`" if tag == "code" and "pre" not in self._open else _MARKS.get(tag, "")

    def _end_link(self) -> None:
        target = self._links.pop() if self._links else ""
        address = urljoin(self._address, target).replace("(", "%28").replace(")", "%29").replace(" ", "%20")
        self._text.append(f"]({address})")

    def _name_item(self, told: Mapping[str, str]) -> str:
        if not self._counters or self._counters[-1] is None:
            return "- "
        self._counters[-1] = int(told.get("value") or self._counters[-1] + 1)
        return f"{self._counters[-1]}. "

    def _take(self) -> str:
        """Take the text so far as one line."""
        found = " ".join("".join(self._text).split())
        self._text.clear()
        return found

    def _close_block(self, tag: str = "") -> None:
        if tag == "pre":
            self._blocks.append("```\n" + "".join(self._text).strip("\n") + "\n```")
            self._text.clear()
            return
        line = self._take()
        if not line:
            return
        prefix = _HEADINGS.get(tag) or self._heading
        self._heading = ""
        if prefix:
            self._blocks.append(f"{prefix} {line}")
        elif tag in {"summary", "caption", "dt"}:
            self._blocks.append(f"**{line}**")
        else:
            self._blocks.append(("> " if "blockquote" in self._open else self._item) + _LINE_START.sub(r"\\", line))
        self._item = ""


def _draw_table(rows: list[list[str]]) -> str:
    """Draw a table with pipes; its first row is its head."""
    kept = [row for row in rows if row]
    width = max((len(row) for row in kept), default=0)
    lines = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in kept]
    return "\n".join([*lines[:1], "|" + " --- |" * width, *lines[1:]])
