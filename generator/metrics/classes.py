"""Downloads by country and class: size band, relation and licence class of what was downloaded."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

import numpy as np
import pandas as pd

from generator.ledger import LedgerEntry
from generator.metrics.cube import COUNTS, Names, code_of
from generator.metrics.definitions import ATTRIBUTIONS
from generator.registry import Registry

# All downloads together, beside the country codes.
ALL: Final = "all"
CLASS_KEYS: Final = ("code", "size_band", "relation", "license_class")


def compute_class_sums(entries: Sequence[LedgerEntry], registry: Registry) -> pd.DataFrame:
    """Sum the ledger by country and class; by origin for the newest interval only.

    Returns:
        One row per interval (`end`, its date), `attribution` and `CLASS_KEYS`, with the ledger's measures;
        `downloads_all_time` is missing where an interval's snapshot had no counter.
    """
    names = {"code": Names(partial(code_of, registry=registry))} | {key: Names() for key in CLASS_KEYS[1:]}
    parts = [
        _sum_entry(entry, names, attribution)
        for position, entry in enumerate(entries, start=1)
        for attribution in (ATTRIBUTIONS if position == len(entries) else ATTRIBUTIONS[:1])
    ]
    joined = pd.concat(parts, ignore_index=True).astype({"attribution": "str"})
    for key in CLASS_KEYS:
        joined[key] = pd.Series(np.asarray(names[key].names, dtype=object)[joined[key]], dtype="str")
    order = ["end", "attribution", *CLASS_KEYS]
    ascending = [True, False, *[True] * len(CLASS_KEYS)]
    return joined.sort_values(order, ascending=ascending, ignore_index=True)


def sum_places(sums: pd.DataFrame) -> pd.DataFrame:
    """Sum columns, of which one level is `code`, to one column per code and one for all."""
    codes = sums.T.groupby(level="code").sum().T
    return codes.assign(**{ALL: codes.sum(axis=1)})


def _sum_entry(entry: LedgerEntry, names: Mapping[str, Names], attribution: str) -> pd.DataFrame:
    """Sum an interval by the numbers of its names."""
    flows = entry.flows
    numbers = {key: names[key].number(flows[attribution if key == "code" else key]) for key in CLASS_KEYS}
    grouped = flows[COUNTS].assign(**numbers).groupby(list(CLASS_KEYS), sort=False)
    totals = grouped[["flow", "downloads_30d", "models"]].sum()
    totals["downloads_all_time"] = grouped["downloads_all_time"].sum(min_count=1)
    return totals.reset_index().assign(end=entry.interval.end, attribution=attribution)
