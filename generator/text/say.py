"""Sentences: a message and its values, in no language yet; `Language.speak` says one in a reader's."""

import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Final, NamedTuple


class Place(NamedTuple):
    """A place of a message, with the text before it.

    Attributes:
        before: text up to the place.
        name: of its value; empty after the last place.
        way: how the value is written: `percent`, `date`, `the` and so on; empty for a text or a sentence.
    """

    before: str
    name: str
    way: str


@dataclass(frozen=True)
class Sentence:
    """Something to say; one without a message says nothing, and is false.

    Attributes:
        message: its text, with places such as `{share:percent}`.
        values: of its places, by name; a sentence among them is spoken in its turn.
        plural: the message for other numbers than one, where it depends on the value `num`.
    """

    message: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    plural: str = ""

    def __bool__(self) -> bool:
        """Return whether it says anything."""
        return bool(self.message)

    def __hash__(self) -> int:
        """Hash the message: values may be lists of others."""
        return hash(self.message)

    def __str__(self) -> str:
        """Refuse to be a text: only a language says which.

        Raises:
            TypeError: always.
        """
        raise TypeError(f"A sentence is no text before a language speaks it: {self.message}")

    def mentions(self, name: "Sentence | str") -> bool:
        """Return whether a text, or a sentence, is among its values, or among those of its sentences."""
        return any(value == name or (isinstance(value, Sentence) and value.mentions(name)) for value in self.listed)

    @property
    def listed(self) -> tuple[Any, ...]:
        """Return its values, those of lists one by one."""
        return tuple(
            each for value in self.values.values() for each in (value if isinstance(value, tuple) else [value])
        )


NOTHING: Final = Sentence()


@cache
def read_places(message: str) -> tuple[Place, ...]:
    """Read the places of a message, the last one with the text behind all others."""
    parts = string.Formatter().parse(message)
    return tuple(Place(before, name or "", way or "") for before, name, way, _ in parts)


def say(message: str, /, **values: Any) -> Sentence:
    """Say a message with its values; of a whole row, those that have a place in it.

    Raises:
        KeyError: a place has no value.
    """
    return _check(Sentence(message, values))


def say_plural(singular: str, plural: str, number: int, /, **values: Any) -> Sentence:
    """Say a message that depends on a number, which stands at its place `num`; errors as `say`."""
    return _check(Sentence(singular, {**values, "num": number}, plural))


def known(text: str) -> Sentence:
    """Say a text that the registry keeps: as it is translated, or as it stands there."""
    return Sentence(text.replace("{", "{{").replace("}", "}}")) if text else NOTHING


def write(value: Any, way: str) -> Sentence:
    """Say a value alone, in a way that a place could name."""
    return Sentence(f"{{value:{way}}}", {"value": value})


def join(*parts: Sentence | str, between: Sentence | str = " ") -> Sentence:
    """Say sentences one after the other; those that say nothing are left out."""
    values = {f"part{number}": part for number, part in enumerate(filter(None, parts))}
    return Sentence("{between}".join(f"{{{name}}}" for name in values), {**values, "between": between})


def listing(items: Iterable[Sentence | str]) -> Sentence:
    """List items as a sentence does: a, b and c; nothing without any."""
    found = tuple(items)
    return Sentence("{items:listing}", {"items": found}) if found else NOTHING


def clauses(items: Iterable[Sentence | str]) -> Sentence:
    """List clauses, each of which says something: a leads in 3, b leads in 2 and in 4 nobody does."""
    return Sentence("{items:clauses}", {"items": tuple(items)})


def begin(sentence: Sentence) -> Sentence:
    """Say a sentence with a capital at its beginning."""
    return Sentence("{said:capital}", {"said": sentence}) if sentence else NOTHING


def _check(sentence: Sentence) -> Sentence:
    names = {place.name for place in read_places(sentence.message) + read_places(sentence.plural) if place.name}
    missing = sorted(names - sentence.values.keys())
    if missing:
        raise KeyError(f"No value for {missing[0]!r}, among {sorted(sentence.values)}: {sentence.message}")
    kept = names | {"num"}
    return replace(sentence, values={name: value for name, value in sentence.values.items() if name in kept})


# Between items that are no sentence's list; each language has signs of its own.
SEMICOLON: Final = say("; ")
COMMA: Final = say(", ")
