"""The theme's style sheets, without the rules that no page of the site can use.

A rule stays where each of its classes stands in a page, or may be set by a script in a part of a page that is there; a
property stays where something reads it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# A string, or a sign that opens or closes something, or parts selectors or declarations.
_TOKEN: Final = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|[(){}\[\],;]')
_CLASS: Final = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
_CLASSES: Final = re.compile(r'\sclass="([^"]*)"')
_WORD: Final = re.compile(r"[A-Za-z_][\w-]*")
# What stands within asks for one of several, or for none.
_CHOICE: Final = re.compile(r":(?:is|where|not|has)\((?:[^()]|\([^()]*\))*\)")
_OWN: Final = re.compile(r"\s*(--[\w-]+)\s*:")
_FRAMES: Final = re.compile(r"@(?:-webkit-)?keyframes\s+([\w-]+)")
# Set by the theme's script on whatever the keyboard reaches.
_ANYWHERE: Final = frozenset({"focus-visible", "js-focus-visible"})
# The other way of writing, for which no page of the site is set.
_RIGHT_TO_LEFT: Final = "[dir=rtl]"


@dataclass(frozen=True)
class Rule:
    """A rule, or a statement without a body: what stands before it, and what is in its braces."""

    head: str
    body: str | None


def shrink_styles(folder: Path, pages: Iterable[str]) -> None:
    """Shrink the theme's style sheets in a finished site."""
    scripts = [path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.js")) if path.parent.name != "vega"]
    own = [path.read_text(encoding="utf-8") for path in sorted((folder / "styles").glob("*.css"))]
    classes = {name for page in pages for found in set(_CLASSES.findall(page)) for name in found.split()}
    parts = {_name_part(name) for name in {*classes, *_CLASS.findall("".join(own))}}
    words = {word for text in scripts for word in _WORD.findall(text) if _name_part(word) in parts}
    paths = sorted((folder / "assets" / "stylesheets").glob("*.css"))
    used = classes | words | _ANYWHERE
    kept = {path: keep_used(path.read_text(encoding="utf-8"), used) for path in paths}
    whole = "".join([*kept.values(), *own, *scripts])
    for path, text in kept.items():
        path.write_text(drop_unread(text, whole), encoding="utf-8")


def keep_used(text: str, used: set[str]) -> str:
    """Keep the selectors whose classes are all used, and the rules that have one."""
    kept = []
    for rule in list_rules(text):
        if rule.body is None or rule.head.startswith(("@font-face", "@page")) or _FRAMES.match(rule.head):
            kept.append(rule.head + (";" if rule.body is None else f"{{{rule.body}}}"))
        elif rule.head.startswith("@"):
            inner = keep_used(rule.body, used)
            kept += [f"{rule.head}{{{inner}}}"] if inner else []
        else:
            heads = [each for each in split(rule.head, ",") if _is_used(each, used)]
            kept += [f"{','.join(heads)}{{{rule.body}}}"] if heads else []
    return "".join(kept)


def drop_unread(text: str, whole: str) -> str:
    """Drop the properties of our own kind that nothing in the whole reads, and animations that nothing names."""
    kept = []
    for rule in list_rules(text):
        frames = _FRAMES.match(rule.head)
        if rule.body is None:
            kept.append(f"{rule.head};")
        elif frames:
            kept += [f"{rule.head}{{{rule.body}}}"] if len(re.findall(rf"\b{frames[1]}\b", whole)) > 1 else []
        elif rule.head.startswith("@") and "{" in rule.body:
            kept.append(f"{rule.head}{{{drop_unread(rule.body, whole)}}}")
        else:
            body = ";".join(each for each in split(rule.body, ";") if _is_read(each, whole))
            kept += [f"{rule.head}{{{body}}}"] if body else []
    return "".join(kept)


def list_rules(text: str) -> Iterator[Rule]:
    """List the rules of a style sheet; strings may hold braces."""
    start = depth = opened = 0
    for match in _TOKEN.finditer(text):
        if match[0] == "{":
            opened = match.start() if not depth else opened
            depth += 1
        elif match[0] == "}":
            depth -= 1
            if not depth:
                yield Rule(text[start:opened].strip(), text[opened + 1 : match.start()])
                start = match.end()
        elif match[0] == ";" and not depth:
            yield Rule(text[start : match.start()].strip(), None)
            start = match.end()


def split(text: str, sign: str) -> list[str]:
    """Split a text at a sign that stands in no string and no bracket."""
    parts, start, depth = [], 0, 0
    for match in _TOKEN.finditer(text):
        depth += (match[0] in "([{") - (match[0] in ")]}")
        if match[0] == sign and not depth:
            parts.append(text[start : match.start()])
            start = match.end()
    return [part for part in (*parts, text[start:]) if part.strip()]


def _name_part(name: str) -> str:
    """Name the part of a page that a class belongs to: `md-search` of `md-search__input--wide`."""
    return re.split("__|--", name)[0]


def _is_used(selector: str, used: set[str]) -> bool:
    plain = _CHOICE.sub("", selector)
    return _RIGHT_TO_LEFT not in plain and set(_CLASS.findall(plain)) <= used


def _is_read(declaration: str, whole: str) -> bool:
    name = _OWN.match(declaration)
    return not name or f"var({name[1]}" in whole
