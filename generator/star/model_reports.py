"""The most downloaded models one by one: history, ranks in each window, what each was made from, what from it."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import pandas as pd

from generator.base.encode import make_slugs
from generator.ledger.classify import HELPER
from generator.ledger.lineage import Step
from generator.star.accounts import HistoryPoint
from generator.star.definitions import WINDOWS, Definition
from generator.star.models import ModelRow
from generator.star.window import LedgerSums, sum_models

# Models named of those that are built on one.
_BUILT_ON: Final = 20
_WORD: Final = re.compile(r"[a-z0-9]+")
_Key: TypeAlias = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class ModelRank:
    """A model's place among the models that the ledger names, in a window.

    Attributes:
        window: of the downloads.
        rank: 1 for the model with most of them.
        downloads: its own; of a window over several intervals those in which the ledger names it.
    """

    window: str
    rank: int
    downloads: float


@dataclass(frozen=True)
class Descent:
    """What a model was made from.

    Attributes:
        tagged: ids that are named as base models, from what the model itself names to the root, the followed one first.
        named: id of the original that the last of them, or the model where it names none, tells by its name; empty
            where none is found.
    """

    tagged: tuple[Step, ...]
    named: str

    @property
    def ids(self) -> tuple[str, ...]:
        """Return all of them, each once."""
        return tuple(dict.fromkeys(each for step in (*self.tagged, (self.named,)) for each in step if each))


@dataclass(frozen=True)
class ModelReport:
    """One model in detail.

    Attributes:
        slug: its page's name.
        row: what it is and what is counted of it on the newest date.
        family: as its name tells it; empty where it tells none.
        history: its 30-day downloads on each date that has them, oldest first.
        ranks: its rank in each window that has a number.
        descent: what it was made from; nothing where it is an original, or where nothing tells.
        built_on: models that were made from it, as far as their own descent tells, most downloaded first, at most 20.
        built_on_models: how many there are of them.
        built_on_downloads: their 30-day downloads.
    """

    slug: str
    row: ModelRow
    family: str
    history: tuple[HistoryPoint, ...]
    ranks: tuple[ModelRank, ...]
    descent: Descent
    built_on: tuple[ModelRow, ...]
    built_on_models: int
    built_on_downloads: int


def compute_model_reports(
    models: Sequence[ModelRow],
    newest: pd.DataFrame,
    named: pd.DataFrame,
    sums: LedgerSums,
    windows: Sequence[str],
    totals: Mapping[dt.date, int],
    number: int,
) -> tuple[ModelReport, ...]:
    """Compute the reports of the first models.

    Args:
        models: all models that the newest interval names, most downloaded first.
        newest: the rows of that interval in the same order, with `key`, `id` and `family`.
        named: models by name on every date.
        sums: of the windows that end with the newest date.
        windows: those that have a number.
        totals: all 30-day downloads on each date.
        number: of reports.
    """
    first = newest.head(number)
    keys = first["key"].fillna(first["id"]).astype("str").tolist()
    histories = _list_histories(named, keys, totals)
    ranks = _list_ranks(sums, windows)
    descents = find_descents(models)
    built = _group_built(models, descents)
    families = first["family"].fillna("").astype("str")
    slugs = make_slugs([row.id for row in models[:number]], "model")
    return tuple(
        ModelReport(
            slug=slug,
            row=row,
            family=family,
            history=histories.get(key, ()),
            ranks=ranks.get(key, ()),
            descent=descents.get(row.id, Descent((), "")),
            built_on=tuple(built[row.id][:_BUILT_ON]),
            built_on_models=len(built[row.id]),
            built_on_downloads=sum(other.downloads_30d or 0 for other in built[row.id]),
        )
        for slug, row, family, key in zip(slugs, models, families, keys, strict=False)
    )


def find_descents(models: Sequence[ModelRow]) -> dict[str, Descent]:
    """Find what each derivative was made from, by id: by tags, and where they end by the name of what they led to.

    What a name tells is an original of the derivative's origin whose own name stands in it as whole words; of several
    the longest. A helper is built on nothing: it is made for the model that it names.
    """
    originals: dict[_Key, str] = {}
    for row in models:
        if row.relation == "original" and row.publisher == row.origin:
            originals.setdefault((row.origin, _split_name(row.id)), row.id)
    return {row.id: _find_descent(row, originals) for row in models if row.relation != "original"}


def _find_descent(row: ModelRow, originals: Mapping[_Key, str]) -> Descent:
    if not row.chain:
        return Descent((), "" if row.relation == HELPER else _find_original(row.id, row.origin, originals))
    root = row.chain[-1][0]
    return Descent(row.chain, _find_original(root, row.origin, originals) if row.chain_end == "name" else "")


def _find_original(model_id: str, origin: str, originals: Mapping[_Key, str]) -> str:
    parts = ((origin, part) for part in _list_parts(_split_name(model_id)))
    return next((originals[part] for part in parts if part in originals), "")


def _split_name(model_id: str) -> tuple[str, ...]:
    """Split a model's name, without its account, into words."""
    return tuple(_WORD.findall(model_id.rpartition("/")[2].lower()))


def _list_parts(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """List the runs of words, the longest first; one word alone names no model."""
    for length in range(len(words), 1, -1):
        for start in range(len(words) - length + 1):
            yield words[start : start + length]


def _group_built(models: Sequence[ModelRow], descents: Mapping[str, Descent]) -> dict[str, list[ModelRow]]:
    """Group the derivatives by each model that they were made from, in the order of the models."""
    found = defaultdict[str, list[ModelRow]](list)
    for row in models:
        if row.id in descents and row.relation != HELPER:
            for base in descents[row.id].ids:
                if base != row.id:
                    found[base].append(row)
    return found


def _list_histories(
    named: pd.DataFrame, keys: Sequence[str], totals: Mapping[dt.date, int]
) -> dict[str, tuple[HistoryPoint, ...]]:
    """List the 30-day downloads of some models on every date that has them, oldest first."""
    mine = named[named["model"].isin(keys) & (named["downloads_30d"] > 0)]
    found = defaultdict[str, list[HistoryPoint]](list)
    for key, end, downloads in zip(mine["model"], mine["end"], mine["downloads_30d"], strict=True):
        found[key].append(HistoryPoint(end, int(downloads), totals.get(end, 0)))
    return {key: tuple(sorted(points, key=lambda point: point.as_of)) for key, points in found.items()}


def _list_ranks(sums: LedgerSums, windows: Sequence[str]) -> dict[str, tuple[ModelRank, ...]]:
    """Rank all named models in each window, models of equal downloads by name."""
    found = defaultdict[str, list[ModelRank]](list)
    for window in (name for name in WINDOWS if name in windows and name in sums.models):
        rows = sum_models(sums, Definition(window, "all", "publisher"))
        downloads = rows.groupby(rows["model"].astype("str"))["downloads"].sum()
        ordered = sorted(downloads.items(), key=lambda pair: (-pair[1], pair[0]))
        for rank, (key, number) in enumerate(ordered, start=1):
            found[str(key)].append(ModelRank(window, rank, float(number)))
    return {key: tuple(ranks) for key, ranks in found.items()}
