"""Models by name on every date, with the line of families that each belongs to and that family's openness.

An interval names its most downloaded models only. What is summed from them is a part of all downloads, and every
measure says how large a part.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from generator.ledger import LedgerEntry
from generator.metrics.cube import code_of
from generator.metrics.definitions import ATTRIBUTIONS, WINDOWS, Definition
from generator.metrics.shares import ShareTable
from generator.registry import Family, Registry

# Of a named model whose family nobody has graded, or whose name tells none; and of what no interval names.
UNGRADED: Final = "ungraded"
UNNAMED: Final = "unnamed"
# The grades of the registry, the most open first, then what has none.
GRADES: Final = (
    "fully-open",
    "open-weights-described-data",
    "open-weights",
    "restricted-weights",
    UNGRADED,
    UNNAMED,
)
# The first word: up to a space, a hyphen, a dot, or digits after three letters or more.
_WORD: Final = re.compile(r"[A-Za-z]{3,}|[^\s._-]+")


@dataclass(frozen=True)
class FamilyLine:
    """Families of one origin whose names begin with the same word: Qwen2.5, Qwen3 and Qwen-VL are the line Qwen.

    Attributes:
        slug: its name for series and files, of small letters, digits and hyphens.
        name: the word; the family's whole name where it has one only.
        origin: the account that published the root models.
        families: names of its families, in file order.
    """

    slug: str
    name: str
    origin: str
    families: tuple[str, ...]


def list_lines(families: Sequence[Family]) -> tuple[FamilyLine, ...]:
    """Join the registry's families to lines, in file order; a family with several origins counts by its first."""
    origins: dict[str, str] = {}
    for row in families:
        origins.setdefault(row.family, row.origin)
    members: dict[tuple[str, str], list[str]] = {}
    for family, origin in origins.items():
        members.setdefault((_first_word(family).lower(), origin), []).append(family)
    lines: dict[str, FamilyLine] = {}
    for (_, origin), names in members.items():
        name = names[0] if len(names) == 1 else _first_word(names[0])
        slug = _make_slug(name, origin, lines)
        lines[slug] = FamilyLine(slug, name, origin, tuple(names))
    return tuple(lines.values())


def compute_named(entries: Sequence[LedgerEntry], registry: Registry) -> pd.DataFrame:
    """Join the models that the intervals name with what the registry says of them.

    Returns:
        One row per interval (`end`, its date) and `model` (its key, else its id): the ledger's columns, with aliases
        of `publisher` and `origin` joined, `publisher_code` and `origin_code`, `line` (slug, missing where its name
        tells no family) and `grade` (of `GRADES`).
    """
    lines = {family: line.slug for line in list_lines(registry.families) for family in line.families}
    grades = {row.family: row.grade for row in registry.openness}
    rows = pd.concat([entry.models.assign(end=entry.interval.end) for entry in entries], ignore_index=True)
    handles = {name for column in ATTRIBUTIONS for name in rows[column].unique()}
    codes = {name: code_of(name, registry) for name in handles}
    canonical = {name: registry.canonical(name) for name in handles}
    return rows.assign(
        model=rows["key"].fillna(rows["id"]),
        publisher_code=rows["publisher"].map(codes),
        origin_code=rows["origin"].map(codes),
        publisher=rows["publisher"].map(canonical),
        origin=rows["origin"].map(canonical),
        line=rows["family"].map(lines).astype("str"),
        grade=rows["family"].map(grades).astype("str").fillna(UNGRADED),
    )


def list_windows(histories: Mapping[Definition, tuple[ShareTable, ...]]) -> tuple[str, ...]:
    """List the windows that have a number for all models on the newest date; over time the first one is shown."""
    found = tuple(window for window in WINDOWS if Definition(window, "all", "publisher") in histories)
    return found or tuple(dict.fromkeys(definition.window for definition in histories))


def _first_word(family: str) -> str:
    found = _WORD.match(family)
    return found[0] if found else family


def _make_slug(name: str, origin: str, taken: Mapping[str, object]) -> str:
    """Make a slug of the name, with the origin behind it where an earlier line has the name."""
    plain = _clean(name) or _clean(origin)
    if plain not in taken:
        return plain
    slug = f"{plain}-{_clean(origin)}"
    while slug in taken:
        slug += "-x"
    return slug


def _clean(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
