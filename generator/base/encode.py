"""The one encoder: every string from outside passes one of these functions on its way to a reader.

Ids, authors, tasks, licences and tags are written by strangers. Escaping HTML alone is not enough: Markdown
links, attribute lists and snippets survive it. `page` therefore writes every ASCII character that is neither a
letter, a digit nor a space as a numeric entity, which no Markdown or HTML parser reads as syntax.
"""

import csv
import hashlib
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from markupsafe import Markup

MAX_LENGTH: Final = 200
EMPTY_WORD: Final = "(empty)"
# Cc control, Cf format (bidirectional overrides among them), Cs surrogate, Co private use, Cn unassigned.
_DROPPED_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
# Names that no page or file of ours has: that of a folder's own page, and those that Windows keeps for its devices,
# with any ending.
RESERVED_SLUGS: Final = frozenset(
    {"index", "con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}
)
# Characters of a page's name before what tells it from others.
_SLUG_LENGTH: Final = 80
_NO_SLUG: Final = re.compile(r"[^a-z0-9]+")
# How a name ends that bears a part of its hash, and that of somebody who would have it taken for another's.
_MARKED: Final = re.compile(r"-[0-9a-f]{12}\Z")
# What every ASCII character that could be syntax is written as in a page.
_ENTITIES: Final = {
    number: f"&#{number};" for number in range(128) if not (chr(number).isalnum() or chr(number) == " ")
}
# Sentences are encoded word by word, so that names alone are cut; those of Chinese have signs where others have spaces.
SIGNS: Final = "。，、；：？！（）《》"
_PHRASES: Final = re.compile(f"([{SIGNS}])")
# Pages and files say the same words again and again, some hundreds of thousands in a build (November 2026).
_KEPT_TEXTS: Final = 65_536
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
# Without it Excel reads a file in the system's own encoding and shows *TÃ¼rkiye*; other readers of CSV skip it.
BYTE_ORDER_MARK: Final = "\ufeff"


def label(value: object) -> str:
    """Return one printable line for a chart's label, a tooltip or a JSON value.

    Normalised to NFC, without control, format, surrogate, private and unassigned characters (the drawing engine
    aborts the process on some of them), white space folded, cut at 200 characters, never empty.
    """
    return _label(str(value))


@lru_cache(_KEPT_TEXTS)
def _label(text: str) -> str:
    # Nearly all texts are plain, and there are hundreds of thousands of them: for these the rest changes nothing.
    if not (text.isascii() and text.isprintable()):
        text = _drop_unprintable(text)
    kept = " ".join(text.split())
    if len(kept) > MAX_LENGTH:
        kept = kept[: MAX_LENGTH - 1] + "…"
    return kept or EMPTY_WORD


def line(value: str) -> str:
    """Return a text as one printable line of any length."""
    return " ".join("".join(map(label, filter(None, _PHRASES.split(word)))) for word in value.split())


def page(value: object) -> Markup:
    """Return text that is inert in Markdown and in HTML, in element content and in quoted attributes."""
    return value if isinstance(value, Markup) else _encode(str(value))


@lru_cache(_KEPT_TEXTS)
def _encode(text: str) -> Markup:
    return Markup(label(text).translate(_ENTITIES))  # noqa: S704 - encoded character by character


def make_slugs(names: Sequence[str], empty: str) -> list[str]:
    """Make a page's name of letters, digits and hyphens for each name, no two the same on any file system.

    Names that come to the same, to a reserved word or to a cut one each bear a part of their own hash, so that none
    depends on how they are ordered.

    Args:
        names: all different, in any alphabet.
        empty: for what has neither letter nor digit.
    """
    plain = [_NO_SLUG.sub("-", name.lower()).strip("-") for name in names]
    counts = Counter(plain)
    return [
        slug if counts[slug] == 1 and _is_plain(slug) else f"{slug[:_SLUG_LENGTH].strip('-') or empty}-{_mark(name)}"
        for name, slug in zip(names, plain, strict=True)
    ]


def _is_plain(slug: str) -> bool:
    return slug not in RESERVED_SLUGS and 0 < len(slug) <= _SLUG_LENGTH and not _MARKED.search(slug)


def _mark(name: str) -> str:
    return hashlib.sha256(name.encode(errors="replace")).hexdigest()[:12]


def issue(value: object) -> str:
    """Return text that is inert in GitHub's Markdown, and names nobody and no other issue there.

    GitHub looks for `@name` and `#1` after it has read the entities; a zero-width space behind the sign hides them.
    """
    return str(page(str(value))).replace("&#64;", "&#64;&#8203;").replace("&#35;", "&#35;&#8203;")


def csv_cell(value: str) -> str:
    """Return a cell that a spreadsheet shows as text: a leading formula sign is preceded by an apostrophe."""
    return as_text(label(value))


def as_text(line: str) -> str:
    """Return a line that a spreadsheet does not compute, however long it is."""
    return "'" + line if line.startswith(_FORMULA_STARTS) else line


def render_rows(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a CSV file of cells that passed the encoder, or need not."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return buffer.getvalue()


def render_download(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a CSV file for readers, with the mark by which Excel knows its encoding."""
    return BYTE_ORDER_MARK + render_rows(columns, rows)


def _drop_unprintable(text: str) -> str:
    spaced = "".join(" " if char.isspace() else char for char in text)
    printable = "".join(char for char in spaced if unicodedata.category(char) not in _DROPPED_CATEGORIES)
    return unicodedata.normalize("NFC", printable)


def to_bytes(content: str | bytes) -> bytes:
    """Return the content of a file, text or bytes, as it is written."""
    return content.encode() if isinstance(content, str) else content
