"""Every message of the catalogue: filled in, it shows values and no place, brace or sign of its own making."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from jinja2.ext import babel_extract

from generator.text.language import Language

ROOT = Path(__file__).parents[1]
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
    """Read the messages of a module: literal texts in calls of gettext and ngettext."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CALLS:
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


def read_catalogue() -> list[Message]:
    """Read all messages of modules and templates."""
    modules = [message for path in sorted((ROOT / "generator").rglob("*.py")) for message in read_module(path)]
    pages = [message for path in sorted((ROOT / "templates").rglob("*.j2")) for message in read_template(path)]
    return [*modules, *pages]


def check(message: Message) -> list[str]:
    """Fill in a message as the language does, and return what is wrong with it."""
    places = {*PLACE.findall(message.text)}
    try:
        text = Language("en").gettext(message.text, **dict.fromkeys({*places, "num"}, "7"))
    except (TypeError, ValueError, KeyError) as error:
        return [f"{message.place}: {error}: {message.text}"]
    wrong = [f"{message.place}: unfilled: {text}"] if UNFILLED.search(text) else []
    missing = places - {"num"} - message.values if message.values is not None else set()
    return [*wrong, *(f"{message.place}: no value for {name}: {message.text}" for name in sorted(missing))]


def test_every_message_shows_its_values_and_nothing_else() -> None:
    """No brace, no place and no doubled sign is left in any of them, and each place has its value."""
    messages = read_catalogue()
    assert len(messages) > 1500
    assert [problem for message in messages for problem in check(message)] == []


@pytest.mark.parametrize(
    ("text", "values", "problem"),
    [
        ("the rest up to 100 % are in %(least)s", {"least"}, "unfilled"),
        ("up to 100 % of it", set(), "format"),
        ("%(place)s has {share}", {"place"}, "unfilled"),
        ("%(place)s has %(share)s", {"place"}, "no value for share"),
    ],
)
def test_messages_that_would_show_their_making_are_found(text: str, values: set[str], problem: str) -> None:
    """A bare per cent sign swallows what follows, a brace is not of this mechanism, a place wants its value."""
    found = check(Message("here:1", text, frozenset(values)))
    assert re.search(problem, " ".join(found))
