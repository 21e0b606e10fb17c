"""What a translated site says in English: passages that are marked as such, and the builder's words in its language."""

import re
from collections.abc import Container, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from generator.text.catalogue import END, ENGLISH, SOURCE, unmark
from generator.text.language import Language

# What cannot hold an element: comments, scripts, styles, titles, choices, tags with their attributes.
_WHOLE: Final = re.compile(
    r"(<!--.*?-->|<(script|style|title|option|textarea|svg)\b.*?</\2>|<[^>]*>)", re.DOTALL | re.IGNORECASE
)
# Between words of every language: spaces, the signs of Chinese, and the joints at which its words were cut. No words
# are reduced to stems: the script that would is another 10 KB, and names have none.
_BETWEEN_WORDS: Final = r"[\s\u200b\u3000\-、。，．？！；：（）「」]+"
# How a page says that it is in English, and a link to a page of the site, with the page's name.
_IN_ENGLISH: Final = f'id="content" lang="{SOURCE}"'
_LINK: Final = re.compile(r'<a href="(?![a-z]+:)(?:[^"#?]*/)?([^"#?/]+\.html)(?:[#?][^"]*)?"(?! hreflang)')
_OPENED: Final = '<span lang="en">'


def mark_passages(folder: Path) -> None:
    """Mark on each page of a folder what is said in English; where no element can stand the marks are taken out."""
    paths = [path for path in folder.rglob("*") if path.suffix in {".html", ".json", ".atom", ".xml", ".svg"}]
    texts = {path: path.read_text(encoding="utf-8") for path in paths}
    english = {path.name for path, text in texts.items() if _IN_ENGLISH in text}
    for path, text in texts.items():
        marked = mark_links(mark_english(text), english) if path.suffix == ".html" else unmark(text)
        if marked != text:
            path.write_text(marked, encoding="utf-8")


def mark_links(text: str, english: Container[str]) -> str:
    """Say of links to pages that are there in English only, by their names, that they lead to English."""
    return _LINK.sub(lambda found: f'{found[0]} hreflang="{SOURCE}"' if found[1] in english else found[0], text)


def mark_english(text: str) -> str:
    """Put passages between marks into elements whose language is English, the outermost where one holds others."""
    depth, parts, place = 0, [], 0
    for found in [*_WHOLE.finditer(text), None]:
        said = text[place : found.start() if found else len(text)]
        for part in re.split(f"([{ENGLISH}{END}])", said):
            if part == ENGLISH:
                parts += [_OPENED] if not depth else []
                depth += 1
            elif part == END:
                parts += ["</span>"] if depth == 1 else []
                depth = max(depth - 1, 0)
            else:
                parts.append(part)
        if found:
            parts.append(unmark(found[0]))
            place = found.end()
    return "".join(parts)


def translate_config(language: Language, root: Path) -> dict[str, Any]:
    """Return the words of the builder's configuration in a language: the navigation, and the choice of colours."""
    config = yaml.safe_load((root / "mkdocs.yml").read_text(encoding="utf-8"))
    return {
        "site_description": language.say(config["site_description"]),
        "theme": {
            "language": language.code,
            "palette": [_translate_toggle(each, language) for each in config["theme"]["palette"]],
        },
        "plugins": [{"search": {"pipeline": [], "lang": [SOURCE], "separator": _BETWEEN_WORDS}}],
        "nav": [_translate_item(item, language) for item in config["nav"]],
    }


def _translate_toggle(scheme: Mapping[str, Any], language: Language) -> dict[str, Any]:
    toggle = scheme["toggle"]
    return {**scheme, "toggle": {**toggle, "name": language.say(toggle["name"])}}


def _translate_item(item: Mapping[str, Any], language: Language) -> dict[str, Any]:
    return {
        language.say(title): [_translate_item(each, language) for each in inner] if isinstance(inner, list) else inner
        for title, inner in item.items()
    }


def mark_page(text: str) -> str:
    """Say in a hand-written page's front matter that it is in English."""
    head = f'---\nlang: "{SOURCE}"\n'
    return head + text.removeprefix("---\n") if text.startswith("---\n") else f"{head}---\n\n{text}"
