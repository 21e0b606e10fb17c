"""Finds in a page of another language what is said in English and not marked so."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from html.parser import HTMLParser
from itertools import chain
from typing import Any, Final
from xml.etree import ElementTree

from generator.publish.passages import mark_english
from generator.text.catalogue import LOCALES, name_catalogue, read_catalogue

# A word that is no part of a file's name, an address or an id.
_WORD: Final = re.compile(r"(?<![\w./-])[A-Za-zÀ-ỹ][a-zà-ỹ']+(?![\w/-]|\.\w)")
_PLACE: Final = re.compile(r"\{[^}]*\}|%\(\w+\)s|https?://\S+")
_EMPTY: Final = frozenset({"br", "img", "meta", "link", "input", "hr", "wbr", "col", "source", "area"})
# Elements whose end HTML lets out, by what else ends them.
_EXEMPT: Final = frozenset({"script", "style", "code", "pre", "textarea"})
_SAID: Final = frozenset({"alt", "title", "aria-label", "placeholder", "data-copy", "data-says", "data-copied"})
# Words of names that stand in every language.
_NAMES: Final = frozenset({"open", "model", "share", "hugging", "face", "hub", "feed", "pulse"})


def list_english(code: str) -> frozenset[str]:
    """List the words of the messages that no translation into a language has."""
    messages = [message for message in read_catalogue(name_catalogue(code, LOCALES), code) if message.id]
    english = {word for message in messages for word in _list_words(message.id)}
    own = {word for message in messages for word in _list_words(message.string or "")}
    return frozenset(english - own - _NAMES)


def _list_words(texts: str | list[str] | tuple[str, ...]) -> Iterator[str]:
    for text in [texts] if isinstance(texts, str) else texts:
        yield from (word.lower() for word in _WORD.findall(_PLACE.sub(" ", text)))


def find_english(text: str, english: frozenset[str]) -> list[str]:
    """Find the texts of a page, and of its attributes, that hold two English words and are not marked."""
    reader = _Reader()
    reader.feed(mark_english(text))
    return [said for said in reader.said if sum(word.lower() in english for word in _WORD.findall(said)) > 1]


def find_english_texts(texts: Iterable[str], english: frozenset[str]) -> list[str]:
    """Find the texts that say something in English, each of which may be a piece of HTML."""
    return [said for text in dict.fromkeys(texts) for said in find_english(_PLACE.sub(" ", text), english)]


def read_texts(file: str | bytes) -> Iterator[str]:
    """Read the texts of a file of XML or JSON."""
    text = file.decode() if isinstance(file, bytes) else file
    if not text.startswith("<"):
        return list_texts(json.loads(text))
    elements = ElementTree.fromstring(text).iter()  # noqa: S314 - our own file
    return (said for each in elements for said in (each.text or "", each.get("aria-label", "")))


def list_texts(value: Any) -> Iterator[str]:
    """List the texts within lists and records, at any depth; names of fields are none."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from chain.from_iterable(map(list_texts, value.values()))
    elif isinstance(value, list | tuple):
        yield from chain.from_iterable(map(list_texts, value))


class _Reader(HTMLParser):
    """Collects what a page says outside passages in English and code."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.open: list[tuple[str, bool]] = []

    @property
    def is_exempt(self) -> bool:
        return any(exempt for _, exempt in self.open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        exempt = tag in _EXEMPT or dict(attrs).get("lang") == "en"
        if not (exempt or self.is_exempt):
            self.said += [value for name, value in attrs if name in _SAID and value]
        if tag not in _EMPTY:
            self.open.append((tag, exempt))

    def handle_endtag(self, tag: str) -> None:
        names = [name for name, _ in self.open]
        if tag in names:
            del self.open[len(names) - 1 - names[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        if data.strip() and not self.is_exempt:
            self.said.append(" ".join(data.split()))
