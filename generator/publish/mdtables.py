"""A Python-Markdown extension: tables written as HTML pass it as they are.

They are four fifths of the generated pages, and whatever looks for Markdown in HTML reads each of their tags: that
took a third of the builder's time (November 2026). A table that holds the target of a link is read: the builder looks
for it.
"""

import re
from typing import Any, Final

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

_TABLE: Final = re.compile(r"<table\b[^>]*>.*?</table>", re.DOTALL)
_TARGET: Final = re.compile(r"\s(?:id|name|markdown)=")
# After line ends are made alike, and before anybody reads HTML: the library's reader has 20, the builder's 21.
_PRIORITY: Final = 25


class TableExtension(Extension):
    """Keeps tables from being read."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the library's name
        """Register the processor before HTML is looked for."""
        md.preprocessors.register(_TableProcessor(md), "oms-tables", _PRIORITY)


class _TableProcessor(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        """Put each table aside, where the library keeps HTML until the page is done."""
        return _TABLE.sub(self._keep, "\n".join(lines)).split("\n")

    def _keep(self, found: re.Match[str]) -> str:
        return found[0] if _TARGET.search(found[0]) else self.md.htmlStash.store(found[0])


def makeExtension(**settings: Any) -> TableExtension:  # noqa: N802 - the library's name
    """Return the extension for Python-Markdown."""
    return TableExtension(**settings)
