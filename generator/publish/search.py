"""Words by which the search finds a page beside those that it shows: codes, adjectives, other spellings, names.

They stand in a page's front matter as `tags`, which the search's index holds and weighs above titles. What is listed
in a page's own tables is named there, because the tables themselves would make up most of the index.
"""

import csv
import html
import json
import logging
import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import jieba

from generator.questions.report import PublisherReport, Report
from generator.registry import Registry
from generator.text.catalogue import SOURCE, unmark
from generator.text.language import Language

# How much more a page's words weigh than another's. A country outweighs the organisations that bear its name, and an
# account those whose models do, as long as one word alone is typed: of a model's whole name each word counts, so that
# its page stands first. A list that names hundreds stands behind the pages that are about one of them. A page that has
# one word of two is worth a third of one that has both: with no more than twice the weight a part of what was typed,
# such as *pháp* of *phương pháp*, stays behind the whole.
BOOSTS: Final = {
    "countries/": 2,
    "publishers/": 1.5,
    "models.md": 0.02,
    "families.md": 0.02,
    "topics/families.md": 0.4,
}
# Pages that are called by their titles, each of so many words at most: those of longer ones have their words as such.
_CALLED: Final = re.compile(r"(?:topics/|.*/(?=index\.md))?[a-z0-9-]+\.md")
_TITLE: Final = re.compile(r"^# (.+)$", re.MULTILINE)
_TITLE_WORDS: Final = 2
# Letters with a bar, which no decomposition parts from it.
_BARRED: Final = str.maketrans("đĐłŁøØ", "dDlLoO")
_HAN: Final = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]+")
_FOLDER: Final = Path(__file__).parent
jieba.setLogLevel(logging.WARNING)  # else it tells of its dictionary
# None of these signs has a meaning in HTML, as which the list of results shows a page's words. Longer names, and those
# with other signs, are not what anybody types.
_TYPED: Final = re.compile(r"\w[\w .,()+'-]{0,59}")


def add_search_terms(
    pages: Mapping[str, str], report: Report, registry: Registry, language: Language
) -> dict[str, str]:
    """Return the pages, each with the words that find it in its front matter."""
    terms = list_terms(report, registry, language)
    return {
        path: add_to_front_matter(text, _describe(path, (*terms.get(path, ()), *_read_title(path, text))))
        for path, text in pages.items()
    }


def _read_title(path: str, text: str) -> tuple[str, ...]:
    """Read the title of a page that is called by it, with its marks and without; nothing of a longer one."""
    found = _TITLE.search(text.partition("\n---\n")[2]) if _CALLED.fullmatch(path) else None
    title = unmark(html.unescape(found[1])) if found else ""
    return map_plain([title]) if 0 < len(cut_words(title).replace("\u200b", " ").split()) <= _TITLE_WORDS else ()


def list_terms(report: Report, registry: Registry, language: Language) -> dict[str, tuple[str, ...]]:
    """List the words of each page, by its path: those kept by hand, then those of the report."""
    kept = read_terms(language.code)
    codes = [country.code for country in report.countries]
    found: dict[str, tuple[str, ...]] = {
        **{f"countries/{code.lower()}.md": _name_country(code, language) for code in codes},
        **{f"publishers/{profile.slug}.md": _name_publisher(profile) for profile in report.profiles},
        # The others' pages are found by themselves.
        "models.md": tuple(
            row.id.rpartition("/")[2]
            for row in report.models
            if (who := registry.find(row.publisher)) and who.kind == "person"
        ),
        "families.md": tuple(dict.fromkeys(family.family for family in registry.families)),
    }
    if families := report.topics.get("families"):
        found["topics/families.md"] = tuple(families.by_name["families-downloads"].frame["line"])
    return {path: (*map_plain(kept.get(path, ())), *found.get(path, ())) for path in kept.keys() | found.keys()}


def _name_country(code: str, language: Language) -> tuple[str, ...]:
    """Name a country by its code, in the page's language with its marks and without, and as English does."""
    return code, *map_plain(dict.fromkeys((language.place(code), Language(SOURCE).place(code))))


def map_plain(terms: Iterable[str]) -> tuple[str, ...]:
    """Return words, and each as who types no marks on letters writes it: Đức and Duc."""
    named = tuple(terms)
    return tuple(dict.fromkeys((*named, *map(_drop_marks, named))))


def _drop_marks(text: str) -> str:
    bare = "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))
    return unicodedata.normalize("NFC", bare).translate(_BARRED)


def cut_words(text: str) -> str:
    """Cut Chinese into words where a page passes no builder; the builder cuts that of all others so."""
    return _HAN.sub(lambda found: "\u200b".join(("", *jieba.cut(found[0]), "")), text).strip("\u200b")


def read_terms(language_code: str) -> dict[str, tuple[str, ...]]:
    """Read the words kept by hand in a language, by page; none where it has no such file."""
    path = _FOLDER / f"search_terms.{language_code}.csv"
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as lines:
        return {row["page"]: tuple(row["terms"].split(";")) for row in csv.DictReader(lines)}


def _name_publisher(profile: PublisherReport) -> tuple[str, ...]:
    """Name the account and the organisations behind it; a person has an account only."""
    who = profile.registry
    names = (profile.row.handle, who.organisation, who.parent) if who else (profile.row.handle,)
    return tuple(dict.fromkeys(name for name in names if name))


def _describe(path: str, terms: tuple[str, ...]) -> dict[str, Any]:
    """Describe a page to the search; a name that nobody types, or that is no plain text, is left out."""
    described: dict[str, Any] = {}
    typed = [term for term in dict.fromkeys(terms) if _TYPED.fullmatch(term)]
    if typed:
        described["tags"] = typed
    boost = next((boost for place, boost in BOOSTS.items() if path.startswith(place)), None)
    if boost:
        described["search"] = {"boost": boost}
    return described


def add_to_front_matter(text: str, described: Mapping[str, Any]) -> str:
    """Add lines to a page's front matter, behind the comment that it begins with."""
    first, comment, rest = text.split("\n", 2)
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in described.items()]
    return "\n".join([first, comment, *lines, rest])
