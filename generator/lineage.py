"""Origin: the publisher at the root of a model's base-model chain.

First by `base_model` tags, as far as they lead; the root they lead to is then read by its name, because a root
may itself be a re-upload; a model without tags is read by its own name; else it is its own origin.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pandas as pd

from generator.registry import Family
from generator.snapshot import author_of

# Publisher of models without a namespace whose name tells no family.
NO_NAMESPACE: Final = "(none)"
# Longer chains than this are mistakes; the deepest honest ones seen have six steps, Python's stack allows a thousand.
MAX_STEPS: Final = 200
_WORD: Final = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True)
class FamilyMatcher:
    """Finds the family that a model's name speaks of: the earliest match, then the longest, then file order."""

    families: tuple[Family, ...]

    @cached_property
    def _compiled(self) -> tuple[tuple[frozenset[str], re.Pattern[str], Family], ...]:
        """Each pattern with the heads that it can start with."""
        return tuple(
            (frozenset(list_heads(family.pattern)), re.compile(f"(?:{family.pattern})(?![a-z])"), family)
            for family in self.families
        )

    @cached_property
    def _by_head(self) -> dict[str, list[tuple[re.Pattern[str], Family]]]:
        """Filled as heads are met: the patterns that can match where these two characters stand."""
        return {}

    def find(self, model_id: str) -> Family | None:
        """Return the family of a model id, read from the part after the slash."""
        name = model_id.rpartition("/")[2].lower()
        for start in _word_starts(name):
            best: Family | None = None
            best_end = start
            for pattern, family in self._candidates(name[start : start + 2]):
                match = pattern.match(name, start)
                if match and match.end() > best_end:
                    best, best_end = family, match.end()
            if best:
                return best
        return None

    def _candidates(self, head: str) -> list[tuple[re.Pattern[str], Family]]:
        """Return the patterns to try at a head: a few of some eight hundred, in file order."""
        if head not in self._by_head:
            possible = {head, head[:1], ""}
            self._by_head[head] = [(pattern, family) for heads, pattern, family in self._compiled if heads & possible]
        return self._by_head[head]


def list_heads(pattern: str) -> set[str]:
    """Return what a pattern can start with: two characters, one, or none where nothing is known."""
    alternatives = _split_alternatives(pattern)
    if len(alternatives) > 1:
        return set().union(*(list_heads(part) for part in alternatives))
    if pattern.startswith("(?:"):
        end = _find_end(pattern)
        inner, rest = pattern[3:end], pattern[end + 1 :]
        optional = rest.startswith("?")
        heads = set().union(*(list_heads(part + rest[optional:]) for part in _split_alternatives(inner)))
        return heads | list_heads(rest[1:]) if optional else heads
    first, after = pattern[:1], pattern[1:2]
    if not _is_word(first) or after in set("*{+"):
        return {""}
    if after == "?":
        return list_heads(first + pattern[2:]) | list_heads(pattern[2:])
    literal = bool(after) and (_is_word(after) or after in "-_") and pattern[2:3] not in set("?*{+")
    return {first + after} if literal else {first}


def _split_alternatives(pattern: str) -> list[str]:
    """Split a pattern at the bars that stand outside all brackets."""
    depth, parts = 0, [""]
    for char in pattern:
        depth += (char in "([") - (char in ")]")
        if char == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def _find_end(pattern: str) -> int:
    """Return where the group that a pattern opens with is closed."""
    depth = 0
    for position, char in enumerate(pattern):
        depth += (char in "([") - (char in ")]")
        if depth == 0:
            return position
    return len(pattern)


def _word_starts(name: str) -> list[int]:
    """Return where runs of letters and digits begin in a lower-case name."""
    return [match.start() for match in _WORD.finditer(name)]


def compute_lineage(models: pd.DataFrame, matcher: FamilyMatcher) -> pd.DataFrame:
    """Compute publisher and origin of every model.

    Args:
        models: one row per model with `id`, `author` and `base_models`.
        matcher: the registry's families.

    Returns:
        A frame on the same index with `publisher`, `origin` (Hub accounts), `origin_basis` (`tags`, `family` or
        `self`), `family` (name of the model's own family, or missing) and `family_task_group`.
    """
    family_of = {model_id: matcher.find(model_id) for model_id in models["id"]}
    tree = _Tree(
        {
            model_id: links
            for model_id, bases in zip(models["id"], models["base_models"], strict=True)
            if _is_filled(bases) and (links := [base for base in bases if base != model_id])
        },
        matcher,
        dict(family_of),
    )
    records = [
        _compute_row(model_id, author, family_of[model_id], tree)
        for model_id, author in zip(models["id"], models["author"], strict=True)
    ]
    columns = ["publisher", "origin", "origin_basis", "family", "family_task_group"]
    return pd.DataFrame(records, index=models.index, columns=columns, dtype="str")


def _compute_row(
    model_id: str, author: object, family: Family | None, tree: "_Tree"
) -> tuple[str, str, str, str | None, str | None]:
    origin, basis = tree.find_origin(model_id)
    publisher = author if isinstance(author, str) and author else author_of(model_id)
    if publisher is None:
        publisher = origin
    return (
        publisher,
        origin,
        basis,
        family.family if family else None,
        family.task_group if family else None,
    )


class _Tree:
    """The base-model links of one snapshot."""

    def __init__(
        self, parents: dict[str, list[str]], matcher: FamilyMatcher, families: dict[str, Family | None]
    ) -> None:
        self._parents = parents
        self._matcher = matcher
        self._families = families
        self._origins: dict[str, str] = {}
        for model_id in sorted(parents):  # inside a cycle the answer depends on where one enters: by name, not by row
            self._root_of(model_id, ())

    def find_origin(self, model_id: str) -> tuple[str, str]:
        """Return the origin's account and how it is known."""
        if model_id in self._parents:
            return self._root_of(model_id, ()), "tags"
        family = self._family(model_id)
        if family:
            return family.origin, "family"
        return author_of(model_id) or NO_NAMESPACE, "self"

    def _root_of(self, model_id: str, path: Sequence[str]) -> str:
        """Follow the parents to the root: of several the origin that most of them share, else see `_choose`."""
        known = self._origins.get(model_id)
        if known is not None:
            return known
        parents = [parent for parent in self._parents.get(model_id, []) if parent not in path]
        if not parents or len(path) >= MAX_STEPS:
            family = self._family(model_id)
            return family.origin if family else author_of(model_id) or NO_NAMESPACE
        found = [self._root_of(parent, (*path, model_id)) for parent in parents]
        self._origins[model_id] = self._choose(model_id, found)
        return self._origins[model_id]

    def _choose(self, model_id: str, found: list[str]) -> str:
        """Choose the most frequent origin of the parents; of equals the one the model's name tells, else the first."""
        counts = Counter(found)
        if len(counts) == 1:
            return found[0]
        most = max(counts.values())
        equals = [origin for origin in found if counts[origin] == most]
        family = self._family(model_id) if len(set(equals)) > 1 else None
        return family.origin if family and family.origin in equals else equals[0]

    def _family(self, model_id: str) -> Family | None:
        if model_id not in self._families:
            self._families[model_id] = self._matcher.find(model_id)
        return self._families[model_id]


def _is_word(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _is_filled(bases: object) -> bool:
    return bases is not None and hasattr(bases, "__len__") and len(bases) > 0
