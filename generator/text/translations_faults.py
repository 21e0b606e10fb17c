"""Faults of a translation: places, plurals, what comes out with values, and what is too long for a phone."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from babel.messages.catalog import Message

from generator.text.extract import LABEL, list_page_places, read_braces
from generator.text.language import WAYS, Language
from generator.text.say import Sentence, read_places
from generator.text.voices import CASES

# Signs of a label that a phone shows: this many, or so many times the English one; one of Chinese counts as two.
_LEAST_LABEL: Final = 24
_LABEL_GROWTH: Final = 1.8
_LONGEST_WORD: Final = 24
# Ways of one kind of value: a translation may choose another among them.
_KINDS: Final[Mapping[str, frozenset[str]]] = {
    "share": frozenset({"percent", "percent0", "percent2", "share", "points", "bare", "signed"}),
    "number": frozenset({"count", "number", "short", "spell", "size"}),
    "day": frozenset({"date", "month", "short_month"}),
    "place": frozenset({"place", "brief", "The", *CASES}),
}
# Values that a message is tried with, by the kind of its place.
_SAMPLES: Final[Mapping[str, Sequence[Any]]] = {
    "share": (0.171, 0.0, 0.0004, 0.5, 1.0),
    "number": (1, 0, 950, 12_345, 1_234_567_890),
    "day": tuple(dt.date(year, month, day) for year, month, day in ((2026, 11, 22), (2025, 1, 1), (2024, 2, 29))),
    "place": ("US", "CN", "VN", "INT", "EU"),
    "difference": ((0.171, 0.158), (0.5, 0.5)),
    "window": ("30d", "12m", "held", "all_time"),
    "universe": ("all", "first_year", "generative", "language"),
    "attribution": ("publisher", "origin"),
    "task_group": ("language", "vision", "unstated"),
    "listing": (("X",), ("X", "Y"), ("X", "Y", "Z")),
    "clauses": (("X",), ("X", "Y"), ("X", "Y", "Z")),
    "capital": ("x",),
    "text": ("X",),
}
_PATTERN: Final = re.compile(r"[0#][0#,.]*")


def find_faults(message: Message, code: str, plurals: int) -> Iterator[str]:
    """Find what is wrong with a translation: of each fault, what was found and what was expected."""
    originals = [message.id] if isinstance(message.id, str) else list(message.id)
    texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if len(originals) > 1 and len(texts) != plurals:
        yield f"{len(texts)} forms of the plural; {plurals} expected"
    in_pages = {name.endswith(".j2") for name, _ in message.locations}
    for text in texts:
        found = list(_find_in_page(originals, text)) if True in in_pages else []
        found += list(_find_in_sentence(originals, text, code)) if False in in_pages else []
        yield from found or _find_layout(originals[0], text, code, is_label=LABEL in message.auto_comments)


def _find_in_page(originals: Sequence[str], text: str) -> Iterator[str]:
    """Find faults of a template's message, whose places are `%(name)s` and whose per cent signs are doubled."""
    expected = set().union(*(list_page_places(each) for each in originals))
    found = list_page_places(text)
    if found != expected and not (len(originals) > 1 and expected - found <= {"num"}):
        yield f"places {_list(found)}; {_list(expected)} expected: {text}"
    try:
        _ = text % dict.fromkeys(expected | {"num"}, "X")
    except (KeyError, TypeError, ValueError) as error:
        yield f"{text!r} cannot be filled in ({error}); places %(name)s and a sign %% expected"


def _find_in_sentence(originals: Sequence[str], text: str, code: str) -> Iterator[str]:
    """Find faults of a sentence, whose places are `{name:way}`."""
    try:
        places = [place for place in read_places(text) if place.name or place.way]
    except ValueError as error:
        yield f"{text!r} cannot be read ({error}); each {{ with its }} expected"
        return
    ways = {place.name: place.way for each in originals for place in read_braces(each)}
    names = {place.name for place in places}
    if names != ways.keys() and not (len(originals) > 1 and ways.keys() - names <= {"num"}):
        yield f"places {_list(names)}; {_list(ways)} expected: {text}"
        return
    wrong = [place for place in places if not _is_alike(place.way, ways[place.name])]
    yield from (f"{{{place.name}:{place.way}}}; {{{place.name}:{ways[place.name]}}} expected" for place in wrong)
    if not wrong:
        yield from _find_when_said(text, ways, code)


def _find_when_said(text: str, ways: Mapping[str, str], code: str) -> Iterator[str]:
    """Find faults of what comes out: with every kind of value no brace is left, and no place is empty."""
    language = Language(code)
    samples = {name: _SAMPLES[name_kind(way)] for name, way in ways.items()}
    for turn in range(max(map(len, samples.values()), default=1)):
        values = {name: these[turn % len(these)] for name, these in samples.items()}
        said = language.speak(Sentence(text, values))
        if re.search(r"[{}]", said):
            yield f"a brace is left; none expected: {said}"
        for place in read_braces(text):
            if not language.speak(Sentence(f"{{{place.name}:{place.way}}}" if place.way else "X", values)).strip():
                yield f"nothing stands at {{{place.name}}} with {values[place.name]!r}; a text expected"


def _find_layout(original: str, text: str, code: str, *, is_label: bool) -> Iterator[str]:
    """Find what a phone cannot show, and spaces at the ends unlike the original's; some signs bring their own."""
    ends = ((original[:1], text[:1]), (original[-1:], text[-1:]))
    own = Language(code).voice.unspaced
    if any(first.isspace() != second.isspace() and second not in own for first, second in ends):
        yield f"spaces at the ends of {text!r}; as in {original!r} expected"
    most = max(_LEAST_LABEL, int(measure_width(original) * _LABEL_GROWTH))
    if is_label and measure_width(text) > most:
        yield f"{measure_width(text)} signs wide on a phone; at most {most} expected: {text}"
    longest = max((measure_width(word) for word in re.split(r"[\s\u00ad/-]|[\u3000-\u9fff]", text)), default=0)
    if is_label and longest > _LONGEST_WORD:
        yield f"a word of {longest} signs; at most {_LONGEST_WORD}, or a soft hyphen, expected: {text}"


def measure_width(text: str) -> int:
    """Measure a text in signs of Latin letters: one of Chinese is as wide as two, a mark on a letter has none."""
    composed = unicodedata.normalize("NFC", text)
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in composed if sign != "\u00ad")


def name_kind(way: str) -> str:
    """Name the kind of value that a way writes."""
    if _PATTERN.fullmatch(way):
        return "number"
    return next((kind for kind, ways in _KINDS.items() if way in ways), way or "text")


def _is_alike(way: str, expected: str) -> bool:
    """Return whether a way is known and writes the same kind of value."""
    is_known = not way or way in WAYS or _PATTERN.fullmatch(way)
    return bool(is_known) and name_kind(way) == name_kind(expected)


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"
