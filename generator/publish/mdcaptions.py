"""A Python-Markdown extension: a table written in Markdown gets the heading above it as its caption."""

from typing import Any, Final
from xml.etree import ElementTree as ET

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4"})


class CaptionExtension(Extension):
    """Gives captions to tables; those written as HTML have their own."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the library's name
        """Register the processor after the one that reads what stands within headings."""
        md.treeprocessors.register(_CaptionProcessor(md), "oms-captions", 5)


class _CaptionProcessor(Treeprocessor):
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


def makeExtension(**settings: Any) -> CaptionExtension:  # noqa: N802 - the library's name
    """Return the extension for Python-Markdown."""
    return CaptionExtension(**settings)
