"""Origin: the publisher at the root of a model's base-model chain.

First by `base_model` tags, as far as they lead; the root they lead to is then read by its name, because a root
may itself be a re-upload; a model without tags is read by its own name; else it is its own origin.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from generator.base.settings import CHAIN_STEPS
from generator.registry import Family

# Publisher of models without a namespace whose name tells no family.
NO_NAMESPACE: Final = "(none)"
# Longer chains than this are mistakes: the deepest honest one seen has thirteen steps. Python's stack allows 1,000.
MAX_STEPS: Final = 200
_WORD: Final = re.compile(r"[a-z0-9]+")
# Names that are held as Python's texts at once.
NAMES_AT_ONCE: Final = 200_000
_Positions: TypeAlias = npt.NDArray[np.signedinteger[Any]]
# The base models that one model of a chain names, the followed one first.
Step: TypeAlias = tuple[str, ...]


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

    def find_each(self, ids: pa.StringArray | pa.ChunkedArray) -> _Positions:
        """Return the position in `families` of what `find` returns for each model id, or -1.

        Names that fit no pattern cost almost nothing.
        """
        place_of = {id(family): place for place, family in enumerate(self.families)}
        found = np.full(len(ids), -1, dtype=np.int16)
        possible = np.flatnonzero(self._may_match(ids))
        for places in np.split(possible, range(NAMES_AT_ONCE, len(possible), NAMES_AT_ONCE)):
            for place, model_id in zip(places.tolist(), ids.take(pa.array(places)).to_pylist(), strict=True):
                family = self.find(model_id)
                if family:
                    found[place] = place_of[id(family)]
        return found

    def _may_match(self, ids: pa.StringArray | pa.ChunkedArray) -> npt.NDArray[np.bool_]:
        """Tell which ids could have a family; all of them where Arrow's engine cannot read the patterns."""
        names = pc.ascii_lower(pc.replace_substring_regex(ids, "^.*/", ""))
        try:
            fits = pc.match_substring_regex(names, self._any)
        except pa.ArrowInvalid:
            return np.ones(len(ids), dtype=bool)
        # Small letters of other alphabets are Python's matter: `find` decides on them.
        return _to_numpy(pc.or_(fits, pc.invert(pc.string_is_ascii(ids))))

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
        tree: the links that were followed.
        accounts: the distinct Hub accounts.
        publisher: position in `accounts`.
        roots: the same of the origin, for the whole tree: behind the models stand the parents that are not there.
        basis: position in `BASES`: how the origin is known.
        family: position of the model's own family in the registry's list, or -1.
    """

    tree: "_Tree"
    accounts: pa.StringArray
    publisher: _Positions
    roots: _Positions
    basis: _Positions
    family: _Positions

    @property
    def origin(self) -> _Positions:
        """Return the position of each model's origin in `accounts`."""
        return self.roots[: len(self.publisher)]

    def list_chain(self, place: int) -> tuple[Step, ...]:
        """List a model's chain, from what it names itself to the root: by tags alone, at most `CHAIN_STEPS` of it.

        Of several base models the first named one with the model's origin is followed. A circle ends with the model
        that closes it.
        """
        steps: list[Step] = []
        path = [place]
        while len(path) <= CHAIN_STEPS and path[-1] not in path[:-1]:
            parents = self.tree.list_parents(path[-1])
            if not parents:
                break
            fresh = [parent for parent in parents if parent not in path] or parents
            followed = next((parent for parent in fresh if self.roots[parent] == self.roots[path[-1]]), fresh[0])
            path.append(followed)
            steps.append(tuple(self.tree.name(each) for each in dict.fromkeys((followed, *parents))))
        return tuple(steps)


# What the ledger keeps of a chain parts steps by lines and ids by spaces: no id on the Hub has either.
_STEP_END: Final = "\n"


def write_chain(steps: Sequence[Step]) -> str:
    """Write a chain as one text; empty where a model names no base model."""
    return _STEP_END.join(" ".join(step) for step in steps)


def read_chain(text: str) -> tuple[Step, ...]:
    """Read a chain, whoever wrote it."""
    steps = (tuple(line.split()) for line in text.split(_STEP_END))
    return tuple(step for step in steps if step)[:CHAIN_STEPS]


def trace_models(models: pd.DataFrame, matcher: FamilyMatcher) -> Lineage:
    """Trace the rows of a snapshot: `id`, `author` and `base_models` of each model."""
    bases = pa.array(models["base_models"], pa.list_(pa.string()))
    ids, authors = (pa.chunked_array(pa.array(models[column], pa.string())) for column in ("id", "author"))
    return trace_lineage(ids, authors, bases, matcher, matcher.find_each(ids))


def compute_lineage(models: pd.DataFrame, matcher: FamilyMatcher) -> pd.DataFrame:
    """Compute publisher and origin of every model.

    Args:
        models: one row per model with `id`, `author` and `base_models`.
        matcher: the registry's families.

    Returns:
        A frame on the same index with `publisher`, `origin` (Hub accounts), `origin_basis` (`tags`, `family` or
        `self`), `family` (name of the model's own family, or missing) and `family_task_group`.
    """
    return name_lineage(trace_models(models, matcher), matcher, np.arange(len(models))).set_axis(models.index)


def name_lineage(lineage: Lineage, matcher: FamilyMatcher, places: _Positions) -> pd.DataFrame:
    """Return what was traced of some models by names, on their places, with the columns of `compute_lineage`."""
    names = lineage.accounts.to_numpy(zero_copy_only=False)
    families = [matcher.families[family] if family >= 0 else None for family in lineage.family[places]]
    columns = {
        "publisher": names[lineage.publisher[places]],
        "origin": names[lineage.origin[places]],
        "origin_basis": np.array(BASES)[lineage.basis[places]],
        "family": [family.family if family else None for family in families],
        "family_task_group": [family.task_group if family else None for family in families],
    }
    return pd.DataFrame(columns, index=places, dtype="str")


def trace_lineage(
    ids: pa.ChunkedArray, authors: pa.ChunkedArray, bases: pa.ListArray, matcher: FamilyMatcher, family: _Positions
) -> Lineage:
    """Compute publisher and origin of every model.

    Args:
        ids: of the models.
        authors: the account that is named beside each; missing or empty where none is.
        bases: the ids of the base models of each.
        matcher: the registry's families.
        family: of each id, as the matcher finds it.
    """
    tree = _read_tree(ids, bases)
    accounts = _number_accounts(tree, authors, matcher)
    everything = np.concatenate([family, matcher.find_each(tree.absent)])
    own = np.where(everything >= 0, accounts.of_family[everything], accounts.of_id)
    own = np.where(own >= 0, own, accounts.of_nobody)
    roots = _find_origins(tree, own, np.where(everything >= 0, own, -1))
    stated = np.where(accounts.stated >= 0, accounts.stated, accounts.of_id[: len(ids)])
    publisher = np.where(stated >= 0, stated, roots[: len(ids)])
    basis = np.where(tree.tagged[: len(ids)], np.int8(0), np.where(family >= 0, np.int8(1), np.int8(2)))
    return Lineage(tree, accounts.names, publisher, roots, basis, family)


@dataclass(frozen=True)
class _Accounts:
    """All accounts of a tree, and their positions in `names`; -1 for none.

    Attributes:
        names: the distinct accounts.
        of_id: what stands before the slash of each id of the tree.
        stated: the author that is named beside each model.
        of_family: the origin of each family; one more at the end, for no family.
        of_nobody: that of models without a namespace.
    """

    names: pa.StringArray
    of_id: _Positions
    stated: _Positions
    of_family: _Positions
    of_nobody: int


def _number_accounts(tree: "_Tree", authors: pa.ChunkedArray, matcher: FamilyMatcher) -> _Accounts:
    """Number all accounts at once, the named authors after their distinct names."""
    named = pc.dictionary_encode(authors).combine_chunks()
    named = named.combine_chunks() if isinstance(named, pa.ChunkedArray) else named
    written = pc.if_else(pc.equal(named.dictionary, ""), None, named.dictionary)
    makers = pa.array([row.origin for row in matcher.families], pa.string())
    parts = [_read_authors(tree.ids), _read_authors(tree.absent), written, makers, pa.array([NO_NAMESPACE])]
    everyone = pa.chunked_array([chunk for part in parts for chunk in _list_chunks(part)], pa.string())
    encoded = everyone.dictionary_encode().unify_dictionaries()
    codes = np.concatenate([_fill(chunk.indices) for chunk in encoded.chunks])
    of_id, of_author, of_family, of_nobody = np.split(codes, np.cumsum([tree.size, len(written), len(makers)]))
    stated = np.append(of_author, np.int32(-1))[_fill(named.indices)]
    return _Accounts(encoded.chunk(0).dictionary, of_id, stated, np.append(of_family, np.int32(-1)), int(of_nobody[0]))


def _list_chunks(names: pa.Array | pa.ChunkedArray) -> list[pa.Array]:
    return list(names.chunks) if isinstance(names, pa.ChunkedArray) else [names]


def _fill(places: pa.Array) -> _Positions:
    """Return positions with -1 for a missing one."""
    return np.asarray(pc.fill_null(places, -1))


def _to_numpy(values: pa.Array | pa.ChunkedArray) -> npt.NDArray[Any]:
    return np.asarray(values.to_numpy(zero_copy_only=False) if isinstance(values, pa.Array) else values.to_numpy())


@dataclass(frozen=True)
class _Tree:
    """The base-model links of one snapshot, by position: the models, then the parents that are named but not there.

    Attributes:
        ids: the models.
        absent: the parents that are not there.
        child: position of each link's model, ascending; a model's links in the order in which it names them.
        parent: position of each link's base model; never the model itself.
    """

    ids: pa.ChunkedArray
    absent: pa.StringArray
    child: _Positions
    parent: _Positions

    @property
    def size(self) -> int:
        """Return the number of positions."""
        return len(self.ids) + len(self.absent)

    def name(self, position: int) -> str:
        """Return the id at a position."""
        names, place = (self.ids, position) if position < len(self.ids) else (self.absent, position - len(self.ids))
        return str(names[place])

    def list_parents(self, position: int) -> list[int]:
        """List the positions of what an id names as its base models, in the order in which it names them."""
        # A number of another width would have all links converted each time.
        first, last = (self.child.searchsorted(self.child.dtype.type(position), side) for side in ("left", "right"))
        return [int(parent) for parent in self.parent[first:last]]

    @cached_property
    def tagged(self) -> npt.NDArray[np.bool_]:
        """Tell which of the ids have a parent."""
        tagged = np.zeros(self.size, dtype=bool)
        tagged[self.child] = True
        return tagged


def _read_tree(ids: pa.ChunkedArray, bases: pa.ListArray) -> _Tree:
    """Link models with their base models; only the names of the latter, a third as many, are kept to look up."""
    named = bases.flatten().dictionary_encode()
    found = _to_numpy(pc.fill_null(pc.index_in(ids, value_set=named.dictionary), -1))
    place = np.full(len(named.dictionary), -1, dtype=np.int32)
    rows = np.flatnonzero(found >= 0)[::-1]  # of an id that stands twice the first row counts: it is written last
    place[found[rows]] = rows
    absent = np.flatnonzero(place < 0)
    place[absent] = len(ids) + np.arange(len(absent))
    child, parent = pc.list_parent_indices(bases).to_numpy(), place[named.indices.to_numpy()]
    other = child != parent
    return _Tree(ids, named.dictionary.take(pa.array(absent)), child[other].astype(np.int32), parent[other])


def _read_authors(ids: pa.StringArray | pa.ChunkedArray) -> pa.StringArray | pa.ChunkedArray:
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
        for model in sorted(self._parents, key=self._tree.name):
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
