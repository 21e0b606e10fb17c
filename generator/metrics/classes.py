"""Downloads by country and class: size band, relation and licence class of what was downloaded."""

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Final

import pandas as pd

from generator.ledger import LedgerEntry
from generator.metrics.cube import COUNTS, code_of
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
    find_code = cache(partial(code_of, registry=registry))
    parts = [
        _sum_entry(entry, find_code, attribution)
        for position, entry in enumerate(entries, start=1)
        for attribution in (ATTRIBUTIONS if position == len(entries) else ATTRIBUTIONS[:1])
    ]
    return pd.concat(parts, ignore_index=True)


def sum_places(sums: pd.DataFrame) -> pd.DataFrame:
    """Sum columns, of which one level is `code`, to one column per code and one for all."""
    codes = sums.T.groupby(level="code").sum().T
    return codes.assign(**{ALL: codes.sum(axis=1)})


def _sum_entry(entry: LedgerEntry, find_code: Callable[[str], str], attribution: str) -> pd.DataFrame:
    names = entry.flows[attribution]
    codes = names.map({name: find_code(name) for name in names.unique()})
    rows = entry.flows[COUNTS].assign(
        code=codes.astype("category"),
        **{key: entry.flows[key].astype("category") for key in CLASS_KEYS[1:]},
    )
    grouped = rows.groupby(list(CLASS_KEYS), sort=True, observed=True)
    totals = grouped[["flow", "downloads_30d", "models"]].sum()
    totals["downloads_all_time"] = grouped["downloads_all_time"].sum(min_count=1)
    plain = totals.reset_index().astype(dict.fromkeys(CLASS_KEYS, "str"))
    return plain.assign(end=entry.interval.end, attribution=attribution)
