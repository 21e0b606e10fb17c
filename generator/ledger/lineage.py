"""Origin: the publisher at the root of a model's base-model chain.

First by `base_model` tags, as far as they lead; the root they lead to is then read by its name, because a root
may itself be a re-upload; a model without tags is read by its own name; else it is its own origin.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from generator.registry import Family

# Publisher of models without a namespace whose name tells no family.
NO_NAMESPACE: Final = "(none)"
# Longer chains than this are mistakes; the deepest honest ones seen have six steps, Python's stack allows a thousand.
MAX_STEPS: Final = 200
_WORD: Final = re.compile(r"[a-z0-9]+")
_Positions: TypeAlias = npt.NDArray[np.int64]


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

    @cached_property
    def _any(self) -> str:
        """One pattern that every name with a family fits, written for Arrow's engine, which cannot look ahead."""
        patterns = "|".join(f"(?:{family.pattern})" for family in self.families)
        return f"(?:^|[^a-z0-9])(?:{patterns})(?:[^a-z]|$)"

    def find(self, model_id: str) -> Family | None:
        """Return the family of a model id, read from the part after the slash."""
        name = model_id.rpartition("/")[2].lower()
        for word in _WORD.finditer(name):
            start = word.start()
            best: Family | None = None
            best_end = start
            for pattern, family in self._candidates(name[start : start + 2]):
                match = pattern.match(name, start)
                if match and match.end() > best_end:
                    best, best_end = family, match.end()
            if best:
                return best
        return None

    def find_each(self, ids: pa.StringArray) -> _Positions:
        """Return the position in `families` of what `find` returns for each model id, or -1.

        Names that fit no pattern cost almost nothing.
        """
        place_of = {id(family): place for place, family in enumerate(self.families)}
        found = np.full(len(ids), -1)
        possible = np.flatnonzero(self._may_match(ids))
        for place, model_id in zip(possible.tolist(), ids.take(pa.array(possible)).to_pylist(), strict=True):
            family = self.find(model_id)
            if family:
                found[place] = place_of[id(family)]
        return found

    def _may_match(self, ids: pa.StringArray) -> npt.NDArray[np.bool_]:
        """Tell which ids could have a family; all of them where Arrow's engine cannot read the patterns."""
        names = pc.ascii_lower(pc.replace_substring_regex(ids, "^.*/", ""))
        try:
            fits = pc.match_substring_regex(names, self._any)
        except pa.ArrowInvalid:
            return np.ones(len(ids), dtype=bool)
        # Small letters of other alphabets are Python's matter: `find` decides on them.
        found: npt.NDArray[np.bool_] = pc.or_(fits, pc.invert(pc.string_is_ascii(ids))).to_numpy(zero_copy_only=False)
        return found

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


BASES: Final = ("tags", "family", "self")


@dataclass(frozen=True)
class Lineage:
    """Publisher and origin of every model, in the models' order; names by their numbers.

    Attributes:
        accounts: the distinct Hub accounts.
        publisher: position in `accounts`.
        origin: the same.
        basis: position in `BASES`: how the origin is known.
        family: position of the model's own family in the registry's list, or -1.
    """

    accounts: pa.StringArray
    publisher: _Positions
    origin: _Positions
    basis: _Positions
    family: _Positions


def compute_lineage(models: pd.DataFrame, matcher: FamilyMatcher) -> pd.DataFrame:
    """Compute publisher and origin of every model.

    Args:
        models: one row per model with `id`, `author` and `base_models`.
        matcher: the registry's families.

    Returns:
        A frame on the same index with `publisher`, `origin` (Hub accounts), `origin_basis` (`tags`, `family` or
        `self`), `family` (name of the model's own family, or missing) and `family_task_group`.
    """
    bases = pa.array(models["base_models"], pa.list_(pa.string()))
    lineage = trace_lineage(_to_arrow(models["id"]), _to_arrow(models["author"]), bases, matcher)
    names = lineage.accounts.to_numpy(zero_copy_only=False)
    families = [matcher.families[place] if place >= 0 else None for place in lineage.family]
    columns = {
        "publisher": names[lineage.publisher],
        "origin": names[lineage.origin],
        "origin_basis": np.array(BASES)[lineage.basis],
        "family": [family.family if family else None for family in families],
        "family_task_group": [family.task_group if family else None for family in families],
    }
    return pd.DataFrame(columns, index=models.index, dtype="str")


def trace_lineage(ids: pa.StringArray, authors: pa.StringArray, bases: pa.ListArray, matcher: FamilyMatcher) -> Lineage:
    """Compute publisher and origin of every model from its id, its author if one is named, and its base models."""
    tree = _read_tree(ids, bases)
    family = matcher.find_each(tree.ids)
    accounts, own = _read_accounts(tree.ids, family, matcher)
    origin = _find_origins(tree, own, np.where(family >= 0, own, -1))[: len(ids)]
    stated = pc.coalesce(pc.if_else(pc.equal(authors, ""), None, authors), _read_authors(ids))
    own_family = family[: len(ids)]
    publisher, everyone = _number_more(stated, accounts, origin)
    basis = np.where(tree.tagged[: len(ids)], 0, np.where(own_family >= 0, 1, 2))
    return Lineage(everyone, publisher, origin, basis, own_family)


def _number_more(
    stated: pa.StringArray, accounts: pa.StringArray, origin: _Positions
) -> tuple[_Positions, pa.StringArray]:
    """Number the publishers like the accounts, adding those that are none; where none is stated it is the origin."""
    encoded = stated.dictionary_encode()
    known = pc.index_in(encoded.dictionary, accounts)
    fresh = encoded.dictionary.filter(pc.is_null(known))
    everyone = pa.concat_arrays([accounts, fresh])
    number = pc.index_in(encoded.dictionary, everyone).to_numpy().astype("int64")
    places = np.asarray(pc.fill_null(encoded.indices, -1), dtype="int64")
    return np.where(places >= 0, number[places] if len(number) else origin, origin), everyone


def _to_arrow(names: pd.Series) -> pa.StringArray:
    """Return a column of text as one Arrow array."""
    array = pa.array(names, pa.string())
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


@dataclass(frozen=True)
class _Tree:
    """The base-model links of one snapshot, by position.

    Attributes:
        ids: the models, then the parents that are named but not there.
        child: position of each link's model, ascending; a model's links in the order in which it names them.
        parent: position of each link's base model; never the model itself.
    """

    ids: pa.StringArray
    child: _Positions
    parent: _Positions

    @cached_property
    def tagged(self) -> npt.NDArray[np.bool_]:
        """Tell which of the ids have a parent."""
        tagged = np.zeros(len(self.ids), dtype=bool)
        tagged[self.child] = True
        return tagged


def _read_tree(ids: pa.StringArray, bases: pa.ListArray) -> _Tree:
    named = bases.flatten()
    missing = pc.unique(named.filter(pc.invert(pc.is_in(named, ids))))
    everything = pa.concat_arrays([ids, missing])
    child = pc.list_parent_indices(bases).to_numpy()
    parent = pc.index_in(named, everything).to_numpy()
    other = child != parent
    return _Tree(everything, child[other].astype("int64"), parent[other].astype("int64"))


def _read_accounts(
    ids: pa.StringArray, family: _Positions, matcher: FamilyMatcher
) -> tuple[pa.StringArray, _Positions]:
    """Return all accounts, and the position of the one that each id alone speaks for: its family's, else its own."""
    makers = pa.array([row.origin for row in matcher.families], pa.string())
    origins = makers.take(pa.array(family, mask=family < 0))
    encoded = pc.coalesce(origins, _read_authors(ids), NO_NAMESPACE).dictionary_encode()
    return encoded.dictionary, encoded.indices.to_numpy().astype("int64")


def _read_authors(ids: pa.StringArray) -> pa.StringArray:
    """Return the account in each id, missing for old models without a namespace."""
    return pc.if_else(pc.match_substring(ids, "/"), pc.replace_substring_regex(ids, "/.*$", ""), None)


def _find_origins(tree: _Tree, own: _Positions, told: _Positions) -> _Positions:
    """Return the account at the root of each id, as a position like those in `own`.

    Generation by generation: a model is settled when all its parents are. What remains names itself through
    others, or stands on such a cycle, and is walked one by one.

    Args:
        tree: the links.
        own: the account that each id alone speaks for.
        told: the same where the id's name tells a family, else -1.
    """
    origins = own.copy()
    settled = ~tree.tagged
    child, parent = tree.child, tree.parent
    while len(child):
        waiting = np.zeros(len(own), dtype=bool)
        waiting[child[~settled[parent]]] = True
        ready = ~waiting[child]
        if not ready.any():
            _Walk(tree, child, parent, own, told, origins).fill()
            break
        models, chosen = _choose_origins(child[ready], origins[parent[ready]], told)
        origins[models], settled[models] = chosen, True
        child, parent = child[~ready], parent[~ready]
    return origins


def _choose_origins(child: _Positions, origins: _Positions, told: _Positions) -> tuple[_Positions, _Positions]:
    """Return each model and the origin that its own name tells, where one of its parents has it.

    Else the one that most of its parents share, of equally many the first named. A package of a video model also names
    its text encoder as a base, which it is not built from.
    """
    links = pd.DataFrame({"child": child, "origin": origins, "place": np.arange(len(child))})
    votes = links.groupby(["child", "origin"], sort=False)["place"].agg(["size", "min"]).reset_index()
    votes["told"] = told[votes["child"]] == votes["origin"]
    first = votes.sort_values(["child", "told", "size", "min"], ascending=[True, False, False, True])
    first = first.drop_duplicates("child")
    return first["child"].to_numpy(), first["origin"].to_numpy()


class _Walk:
    """Fills in the origins of models that name each other in a circle, and of those above them.

    Inside a circle the answer depends on where one enters: by name, not by row.
    """

    def __init__(
        self,
        tree: _Tree,
        child: _Positions,
        parent: _Positions,
        own: _Positions,
        told: _Positions,
        origins: _Positions,
    ) -> None:
        self._tree, self._own, self._told, self._origins = tree, own, told, origins
        self._parents: dict[int, list[int]] = {}
        for model, base in zip(child.tolist(), parent.tolist(), strict=True):
            self._parents.setdefault(model, []).append(base)
        self._known = {base: int(origins[base]) for base in np.unique(parent).tolist() if base not in self._parents}

    def fill(self) -> None:
        """Write the origins."""
        for model in sorted(self._parents, key=lambda position: str(self._tree.ids[position])):
            self._origins[model] = self._walk(model, ())

    def _walk(self, model: int, path: tuple[int, ...]) -> int:
        """Follow the parents to the root, never twice through a model, and remember what was found."""
        if model in self._known:
            return self._known[model]
        bases = [base for base in self._parents[model] if base not in path]
        if not bases or len(path) >= MAX_STEPS:
            return int(self._own[model])
        found = np.array([self._walk(base, (*path, model)) for base in bases])
        _, chosen = _choose_origins(np.full(len(found), model), found, self._told)
        self._known[model] = int(chosen[0])
        return self._known[model]


def _is_word(char: str) -> bool:
    return char.isascii() and char.isalnum()
