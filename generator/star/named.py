"""Models by name on every date, with the line of families that each belongs to and that family's openness.

An interval names its most downloaded models only. What is summed from them is a part of all downloads, and every
measure says how large a part.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from generator.base.encode import RESERVED_SLUGS
from generator.ledger.classify import HELPER
from generator.registry import Family, Registry
from generator.star.coded import relabel
from generator.star.definitions import WINDOWS, Definition
from generator.star.shares import ShareTable
from generator.text import words

# Of a named model whose family nobody has graded, or whose name tells none.
UNGRADED: Final = "ungraded"
# The grades of the registry, the most open first, then what has none.
GRADES: Final = tuple(words.GRADES)
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


def name_families(named: pd.DataFrame, registry: Registry) -> pd.DataFrame:
    """Return models by name, as `read_named` returns them, with what the registry says of their families.

    Returns:
        The same rows with the categories `line` (slug, missing where its name tells no family) and `grade` (of
        `GRADES`).
    """
    lines = {family: line.slug for line in list_lines(registry.families) for family in line.families}
    grades = {row.family: row.grade for row in registry.openness}
    family, relation = named["family"].array, named["relation"].array
    return named.assign(line=relabel(family, lines), grade=_grade(family, relation, grades))


def take_date(rows: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    """Return the rows of a date (`end`), models by name or accounts; they stand in the order of their dates."""
    return take_dates(rows, day, day)


def take_dates(rows: pd.DataFrame, first: dt.date, last: dt.date) -> pd.DataFrame:
    """Return the rows of the dates from a first to a last one."""
    ends = rows["end"].array
    places = (ends.categories.searchsorted(first), ends.categories.searchsorted(last, "right"))
    # Of another width, all codes were converted each time.
    begin, stop = (np.searchsorted(ends.codes, ends.codes.dtype.type(place)) for place in places)
    return rows.iloc[begin:stop]


def _grade(family: pd.Categorical, relation: pd.Categorical, grades: Mapping[str, str]) -> pd.Categorical:
    """Return the grade of each model's family; a helper is no model of the family, and has none."""
    helps = np.append(relation.categories == HELPER, False)[relation.codes]
    own = pd.Categorical.from_codes(np.where(helps, -1, family.codes), categories=family.categories)
    return relabel(own, grades, missing=UNGRADED)


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
    if plain not in taken and plain not in RESERVED_SLUGS:
        return plain
    slug = f"{plain}-{_clean(origin)}"
    while slug in taken:
        slug += "-x"
    return slug


def _clean(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
