"""Models by name on every date, with the line of families that each belongs to and that family's openness.

An interval names its most downloaded models only. What is summed from them is a part of all downloads, and every
measure says how large a part.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from generator.base.encode import RESERVED_SLUGS
from generator.ledger.classify import HELPER
from generator.ledger.intervals import LedgerEntry
from generator.registry import Family, Registry
from generator.star.coded import Columns, Names, Numbers, categorize, code_of, relabel
from generator.star.definitions import ATTRIBUTIONS, WINDOWS, Definition
from generator.star.shares import ShareTable

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
# What a row says of its model, beside publisher and origin; and what it counts, as floats.
TEXTS: Final = ("model", "id", "family", "task_group", "relation", "license_class", "task", "license")
NUMBERS: Final = ("parameters", "flow", "downloads_30d", "downloads_all_time")
_COLUMNS: Final = ("key", *ATTRIBUTIONS, *TEXTS[1:], "generative", "first_year", "created_at", *NUMBERS)
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
        One row per interval (`end`, its date) and `model` (its key, else its id), in the order of the intervals:
        `NUMBERS`, `created_at`, `generative`, `first_year`, and, all of them categories, `TEXTS` with aliases of
        `publisher` and `origin` joined, `publisher_code` and `origin_code`, `line` (slug, missing where its name
        tells no family) and `grade` (of `GRADES`).
    """
    accounts, held = Names(registry.canonical), Columns()
    texts = {name: Names() for name in TEXTS} | dict.fromkeys(ATTRIBUTIONS, accounts)
    for place, entry in enumerate(entries):
        held.add(_encode(entry.read("models", _COLUMNS), texts), end=place)
    joined = held.take()
    lines = {family: line.slug for line in list_lines(registry.families) for family in line.families}
    grades = {row.family: row.grade for row in registry.openness}
    codes = {name: code_of(name, registry) for name in accounts.names}
    labels = {name: categorize(joined.pop(name), names.names) for name, names in texts.items()}
    created_at, place_of = pd.DatetimeIndex(joined.pop("created_at"), tz="UTC"), joined.pop("end")
    columns = {
        **joined,
        **labels,
        "end": categorize(place_of, [entry.interval.end for entry in entries], ordered=True),
        "created_at": created_at,
        "publisher_code": relabel(labels["publisher"], codes),
        "origin_code": relabel(labels["origin"], codes),
        "line": relabel(labels["family"], lines),
        "grade": _grade(labels, grades),
    }
    return pd.DataFrame(columns, copy=False)


def _grade(labels: Mapping[str, pd.Categorical], grades: Mapping[str, str]) -> pd.Categorical:
    """Return the grade of each model's family; a helper is no model of the family, and has none."""
    family, relation = labels["family"], labels["relation"]
    helps = np.append(relation.categories == HELPER, False)[relation.codes]
    own = pd.Categorical.from_codes(np.where(helps, -1, family.codes), categories=family.categories)
    return relabel(own, grades, missing=UNGRADED)


def _encode(rows: pa.Table, texts: Mapping[str, Names]) -> dict[str, Numbers]:
    """Return an interval's columns, its texts as numbers."""
    model = rows["key"]
    if model.null_count:
        model = pc.coalesce(model.cast(pa.string()), rows["id"].cast(pa.string())).dictionary_encode()
    rows = rows.append_column("model", model)
    return {
        **{name: names.number(rows[name]).astype("int32") for name, names in texts.items()},
        **{name: rows[name].cast(pa.float64()).to_numpy() for name in NUMBERS},
        **{name: np.asarray(rows[name]) for name in ("generative", "first_year")},
        "created_at": rows["created_at"].cast(pa.timestamp("s"), safe=False).to_numpy(),
    }


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
