"""Names of rows as categories: a tenth of the time and of the memory that texts take; and the code of an account."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from generator.ledger.intervals import SMALL
from generator.registry import UNREVIEWED, Registry

Numbers: TypeAlias = npt.NDArray[Any]


def code_of(account: str, registry: Registry) -> str:
    """Return the country code of an account; the folded small ones are unreviewed."""
    return UNREVIEWED if account == SMALL else registry.code(account)


def categorize(numbers: Numbers, names: Sequence[Any], *, ordered: bool = False) -> pd.Categorical:
    """Return names by their number, -1 for none, as categories in ascending order."""
    ranks = np.argsort(np.array(names, dtype=object), kind="stable")
    place = np.append(np.argsort(ranks), -1)
    return _from_codes(place[numbers], [names[rank] for rank in ranks], ordered=ordered)


def relabel(labels: pd.Categorical, words: Mapping[str, str], missing: str | None = None) -> pd.Categorical:
    """Return other words for categories; `missing`, else none, for what has none."""
    found = [words.get(name, missing) for name in labels.categories.to_numpy()] + [missing]
    distinct = sorted({word for word in found if word is not None})
    place = {word: number for number, word in enumerate(distinct)}
    numbers = np.array([-1 if word is None else place[word] for word in found], "int32")
    return _from_codes(numbers[labels.codes], distinct)


def _from_codes(codes: Numbers, names: Sequence[Any], *, ordered: bool = False) -> pd.Categorical:
    found: pd.Categorical = pd.Categorical.from_codes(codes, categories=pd.Index(names), ordered=ordered)
    return found
