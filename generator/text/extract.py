"""Messages as they stand in the sources: in the program, its templates, the navigation and the registry's tables."""

import ast
import csv
import io
import re
import string
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from jinja2.ext import babel_extract

from generator.base.imprint import NAME
from generator.text.say import read_places

# Found by an extractor: line, name of the call, its messages, comments.
Found = tuple[int, str, str | tuple[str, ...], list[str]]
# Marks what stands alone in little room: in a head of a table, the navigation, a key.
LABEL: Final = "label"
# Calls that say a message, and which of their arguments are one; `known` stands for what is no call.
_KEYWORDS: Final[Mapping[str, Any]] = {
    "say": (1,),
    "gettext": (1,),
    "say_plural": (1, 2),
    "ngettext": (1, 2),
    "known": (1,),
}
# Columns of the registry that readers see as they stand there.
_REGISTRY: Final[Mapping[str, Sequence[str]]] = {
    "claims.csv": ("claim", "claimed_by", "source", "reason"),
    "claim_tests.csv": ("test", "leaves_out"),
    "events.csv": ("label", "source", "note"),
    "published_figures.csv": ("source", "what", "their_definition", "reason"),
    "launch_dates.csv": ("note",),
    "readings.csv": ("reason",),
    "corrections.csv": ("what", "why", "before", "after"),
}
# Columns whose texts are of one row each: readers of every language see them in English, unless many rows share one.
_KEPT: Final[Mapping[str, Sequence[str]]] = {
    "publishers.csv": ("basis", "note"),
    "openness.csv": ("note",),
    "families.csv": ("note",),
}
# Few are in that many rows, and stand for most of what is read: an account of a person, a name without a seat.
_SHARED_ROWS: Final = 20
_NAVIGATION: Final = re.compile(r"^ *- ([A-Z][^:]+):|^site_description: (.+)$|^ +name: ([A-Z].+)$")
_TEMPLATE_OPTIONS: Final = {
    "newstyle_gettext": "true",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "silent": "false",
}
_LABELLED: Final = ("generator/text/words",)
_IN_PAGES: Final = re.compile(r"%\((\w+)\)s")
# What a place holds, by the way in which it is written; for who translates it.
WAYS_EXPLAINED: Final[Mapping[str, str]] = {
    "": "a text, or a sentence",
    "percent": "a share: 17.1%",
    "percent0": "a share: 17%",
    "percent2": "a share: 17.12%",
    "share": "a share: 17.1%, or less than 0.1%",
    "points": "a difference of shares: 1.3 points",
    "bare": "the number of it alone: 1.3",
    "signed": "a difference of shares with its sign: +4.0",
    "difference": "a difference of two shares: 1.3 points",
    "count": "a whole number: 12,345",
    "hhi": "an index on its scale from 0 to 10,000: 1,118",
    "number": "a number: 12.5",
    "short": "a large number, briefly: 1.2M",
    "spell": "a large number: 1.2 million",
    "size": "a number of parameters: 4.4 billion",
    "date": "a date: 22 Nov 2026",
    "month": "a month: September 2026",
    "short_month": "a month, briefly: Sep 2026",
    "place": "a place's name alone: United States",
    "brief": "a place's short name: US",
    "the": "a place within a sentence: the United States",
    "The": "a place at the beginning of a sentence: The United States",
    "accusative": "a place in the fourth case: die Vereinigten Staaten",
    "dative": "a place in the third case: den Vereinigten Staaten",
    "genitive": "a place in the second case: der Vereinigten Staaten",
    "window": "30 days, 12 months, all time",
    "universe": "all models, models in their first year",
    "attribution": "by publisher, by origin",
    "task_group": "a group of tasks: Vision",
    "listing": "a list: a, b and c",
    "clauses": "a list of clauses: a leads in 3, b leads in 2 and c leads in 1",
    "capital": "a sentence that begins with a capital letter",
}


class _Source(NamedTuple):
    """A kind of file that holds messages: where it stands below the root, and what finds them."""

    pattern: str
    find: Callable[..., Iterator[Any]]


def extract_messages(root: Path) -> Catalog:
    """Extract all messages below a root, in the order of their files, each with what its places hold."""
    catalogue = Catalog(project=NAME, header_comment="# Messages of the report; written by `make translations`.")
    for source in _SOURCES:
        for path in sorted(root.glob(source.pattern)):
            _add_messages(catalogue, source, path, path.relative_to(root).as_posix())
    return catalogue


def _add_messages(catalogue: Catalog, source: _Source, path: Path, name: str) -> None:
    with path.open("rb") as file:
        options = _TEMPLATE_OPTIONS if source.find is babel_extract else {"name": name}
        for line, message, comments, _ in extract(source.find, file, _KEYWORDS, options=options):
            if has_words(message if isinstance(message, str) else message[0]):
                catalogue.add(message, None, [(name, line)], auto_comments=[*comments, *explain(message)])


def has_words(message: str) -> bool:
    """Return whether a message has anything to translate beside its places."""
    between = "".join(before for before, _, _ in read_places(message)) if not _IN_PAGES.search(message) else message
    return any(letter.isalpha() or letter in string.punctuation for letter in between)


def explain(message: str | Sequence[str]) -> list[str]:
    """Say what each place of a message holds."""
    texts = [message] if isinstance(message, str) else list(message)
    places = {place.name: place.way for text in texts for place in read_braces(text) if place.name}
    return [f"{{{name}}}: {_explain_way(way)}" for name, way in sorted(places.items())]


def _explain_way(way: str) -> str:
    return f"a number, written as {way}" if way[:1] in {"0", "#"} else WAYS_EXPLAINED.get(way, way)


def read_braces(message: str) -> list[Any]:
    """Read the places of a sentence; a template's message has none of them."""
    return [] if _IN_PAGES.search(message) else [place for place in read_places(message) if place.name]


def list_page_places(message: str) -> set[str]:
    """List the names of the places of a template's message, `%(name)s`."""
    return set(_IN_PAGES.findall(message))


def extract_python(file: IO[bytes], keywords: Sequence[str], *_: object, options: Mapping[str, Any]) -> Iterator[Found]:
    """Find the messages of a module: of calls that say them, and titles of columns."""
    labelled = str(options["name"]).startswith(_LABELLED)
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call):
            yield from _read_call(node, keywords, labelled)


def _read_call(call: ast.Call, keywords: Sequence[str], labelled: bool) -> Iterator[Found]:
    name = _name_call(call)
    if name == "Column":
        yield from ((line, "known", text, [LABEL]) for line, text in _find_title(call))
    elif name in keywords:
        texts = [list(_read_texts(argument)) for argument in call.args[: 2 if "plural" in name else 1]]
        for said in zip(*texts, strict=False):
            yield call.lineno, name, said, [LABEL] if labelled else []


def _name_call(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _find_title(call: ast.Call) -> Iterator[tuple[int, str]]:
    """Find the title of a column of a table, which is said or stands there as it is, before its meaning."""
    for argument in call.args[2:3] if call.args[3:] else []:
        inner = argument.args[0] if isinstance(argument, ast.Call) and argument.args else argument
        yield from ((call.lineno, text) for text in _read_texts(inner) if text)


def _read_texts(node: ast.expr) -> Iterator[str]:
    """Read a text, or both of a choice."""
    if isinstance(node, ast.IfExp):
        yield from (*_read_texts(node.body), *_read_texts(node.orelse))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def extract_navigation(file: IO[bytes], *_: object, **_options: object) -> Iterator[Found]:
    """Find the titles of the navigation, and the other words of the builder's configuration."""
    for line, text in enumerate(file.read().decode().splitlines(), 1):
        if found := _NAVIGATION.match(text):
            yield line, "known", next(filter(None, found.groups())), [LABEL] if found[1] else []


def extract_registry(file: IO[bytes], *_: object, options: Mapping[str, Any]) -> Iterator[Found]:
    """Find the words of the registry that readers see; of columns with a text a row, those that many rows share."""
    table = Path(options["name"]).name
    rows = csv.DictReader(io.StringIO(file.read().decode()))
    read = [(rows.line_num, row) for row in rows]
    for line, column, text in _read_cells(read, _REGISTRY.get(table, ())):
        yield line, "known", text, [f"registry: {column}"]
    shared = Counter(text for _, _, text in _read_cells(read, _KEPT.get(table, ())))
    for line, column, text in _read_cells(read, _KEPT.get(table, ())):
        if shared.pop(text, 0) >= _SHARED_ROWS:
            yield line, "known", text, [f"registry: {column}"]


def _read_cells(
    rows: Iterable[tuple[int, Mapping[str, str]]], columns: Sequence[str]
) -> Iterator[tuple[int, str, str]]:
    return ((line, column, row[column]) for line, row in rows for column in columns if row[column])


def list_kept(root: Path) -> dict[tuple[str, str], list[str]]:
    """List the texts of the registry of which most are of one row, by table and column, each once."""
    found: dict[tuple[str, str], list[str]] = {}
    for table, columns in _KEPT.items():
        with (root / "generator" / "registry" / table).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        found |= {(table, name): list(dict.fromkeys(row[name] for row in rows if row[name])) for name in columns}
    return found


_SOURCES: Final = (
    _Source("mkdocs.yml", extract_navigation),
    _Source("generator/**/*.py", extract_python),
    _Source("templates/*.j2", babel_extract),
    _Source("generator/questions/*/*.j2", babel_extract),
    *(_Source(f"generator/registry/{name}", extract_registry) for name in (*_REGISTRY, *_KEPT)),
)
