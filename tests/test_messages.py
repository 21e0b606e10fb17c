"""Every message of modules and templates: places and values agree, and nothing of its making is shown."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from jinja2.ext import babel_extract

from generator.text.language import WAYS
from generator.text.say import read_places
from tests.spoken import ENGLISH

ROOT = Path(__file__).parents[1]
SAID = {"say", "say_plural"}
CALLS = {"gettext", "ngettext"}
PLACE = re.compile(r"%\((\w+)\)s")
UNFILLED = re.compile(r"[{}]|%\(|%%")
# Babel reads the templates as the site's environment does.
TEMPLATE_OPTIONS = {
    "extensions": "jinja2.ext.i18n",
    "newstyle_gettext": "true",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "silent": "false",
}


@dataclass(frozen=True)
class Message:
    """A message as a file has it.

    Attributes:
        place: file and line.
        text: singular or plural.
        values: names given to it in the call; None where they cannot be read there.
    """

    place: str
    text: str
    values: frozenset[str] | None


def read_module(path: Path) -> Iterator[Message]:
    """Read the messages of a module: literal texts in calls of `say` and `say_plural`, and of a language's `say`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in SAID:
            texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            names = {keyword.arg for keyword in node.keywords}
            values = None if None in names else frozenset(name for name in names if name)
            for text in texts:
                yield Message(f"{path.relative_to(ROOT)}:{node.lineno}", text, values)


def read_template(path: Path) -> Iterator[Message]:
    """Read the messages of a template, with babel's reader."""
    with path.open("rb") as file:
        for line, _, texts, _ in babel_extract(file, tuple(CALLS), (), TEMPLATE_OPTIONS):
            for text in texts if isinstance(texts, tuple) else (texts,):
                if isinstance(text, str):
                    yield Message(f"{path.relative_to(ROOT)}:{line}", text, None)


def read_messages() -> list[Message]:
    """Read the messages of all modules."""
    return [message for path in sorted((ROOT / "generator").rglob("*.py")) for message in read_module(path)]


def list_templates() -> list[Path]:
    """List the templates: those that pages share, and those of questions."""
    return sorted(path for folder in ("templates", "generator") for path in (ROOT / folder).rglob("*.j2"))


def check_message(message: Message) -> list[str]:
    """Return what is wrong with a message: a way that nothing is written in, places and values that do not agree."""
    try:
        places = {place.name: place.way for place in read_places(message.text) if place.name}
    except ValueError as error:
        return [f"{message.place}: {error}: {message.text}"]
    wrong = [f"unknown way {way}" for way in places.values() if way and way not in WAYS and not way.startswith("0")]
    wrong += ["a per cent sign of another mechanism"] if re.search(r"%%|%\(", message.text) else []
    if message.values is not None:
        wrong += [f"no value for {name}" for name in sorted(places.keys() - message.values - {"num"})]
        wrong += [f"no place for {name}" for name in sorted(message.values - places.keys())]
    return [f"{message.place}: {each}: {message.text}" for each in wrong]


def check_template(message: Message) -> list[str]:
    """Fill in a template's message as its page does, and return what is wrong with it."""
    try:
        text = ENGLISH.page_gettext(message.text, **dict.fromkeys(PLACE.findall(message.text), "7"))
    except (TypeError, ValueError, KeyError) as error:
        return [f"{message.place}: {error}: {message.text}"]
    return [f"{message.place}: unfilled: {text}"] if UNFILLED.search(text) else []


def test_every_message_has_a_value_for_each_place_and_a_place_for_each_value() -> None:
    """Places say how their values are written; a sentence of which one is missing is never said."""
    messages = read_messages()
    assert len(messages) > 900
    assert [problem for message in messages for problem in check_message(message)] == []


def test_every_message_of_a_template_shows_its_values_and_nothing_else() -> None:
    """No brace, no place and no doubled sign is left in any of them."""
    messages = [message for path in list_templates() for message in read_template(path)]
    assert len(messages) > 500
    assert [problem for message in messages for problem in check_template(message)] == []


def test_questions_know_no_language() -> None:
    """They say what their numbers show; figures, when they are drawn, and the publisher choose the language."""
    modules = sorted((ROOT / "generator" / "questions").rglob("*.py"))
    assert len(modules) > 40
    assert [path.name for path in modules if re.search(r"\bLanguage\b", path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    ("text", "values", "problem"),
    [
        ("the rest up to 100 %% are in {least}", {"least"}, "per cent"),
        ("%(place)s has {share:percent}", {"share"}, "per cent"),
        ("{place:the} has {share:per_cent}", {"place", "share"}, "unknown way per_cent"),
        ("{place:the} has {share:percent}", {"place"}, "no value for share"),
        ("{place:the} has most", {"place", "share"}, "no place for share"),
        ("{place:the has most", {"place"}, "unmatched '{'"),
    ],
)
def test_messages_that_would_show_their_making_are_found(text: str, values: set[str], problem: str) -> None:
    """A sign of the templates' mechanism, a way that is none, a place and a value without each other."""
    assert problem in " ".join(check_message(Message("here:1", text, frozenset(values))))


@pytest.mark.parametrize("text", ["up to 100 % of it", "{{ place }} has most", "%(place)s has {share}"])
def test_templates_that_would_show_their_making_are_found(text: str) -> None:
    """A bare per cent sign swallows what follows, a brace is not of this mechanism."""
    assert check_template(Message("here:1", text, None))
