"""The cube: every interval's downloads by country code under both attributions, small enough to sum at will."""

from collections.abc import Callable
from typing import Final

import pandas as pd

from generator.classify import LANGUAGE_GROUPS
from generator.ledger import SMALL, LedgerEntry
from generator.metrics.definitions import ATTRIBUTIONS
from generator.registry import UNREVIEWED, Registry

KEYS: Final = ["code", "first_year", "generative", "language", "task_group"]
COUNTS: Final = ["flow", "downloads_30d", "downloads_all_time", "models"]


def compute_cube(entries: tuple[LedgerEntry, ...], registry: Registry) -> pd.DataFrame:
    """Sum the ledger by country.

    Returns:
        One row per interval (`end`, its date), `attribution` and `KEYS`, with the ledger's measures;
        `downloads_all_time` is missing where an interval's snapshot had no counter.
    """
    parts = [
        _sum_entry(entry, registry, attribution).assign(end=entry.interval.end, attribution=attribution)
        for entry in entries
        for attribution in ATTRIBUTIONS
    ]
    return pd.concat(parts, ignore_index=True)


def compute_accounts(entries: tuple[LedgerEntry, ...], registry: Registry) -> pd.DataFrame:
    """Sum the ledger by account, aliases joined to the account they belong to.

    Returns:
        One row per interval (`end`), `attribution` and `account`, with the ledger's measures and `code`.
    """
    parts = []
    for entry in entries:
        for attribution in ATTRIBUTIONS:
            accounts = _map_names(entry.flows[attribution], registry.canonical)
            totals = _sum(entry.flows[COUNTS].assign(account=accounts), ["account"])
            parts.append(totals.assign(end=entry.interval.end, attribution=attribution))
    joined = pd.concat(parts, ignore_index=True)
    return joined.assign(code=_map_names(joined["account"], lambda name: code_of(name, registry)).astype("str"))


def code_of(account: str, registry: Registry) -> str:
    """Return the country code of an account; the folded small ones are unreviewed."""
    return UNREVIEWED if account == SMALL else registry.code(account)


def _sum_entry(entry: LedgerEntry, registry: Registry, attribution: str) -> pd.DataFrame:
    codes = _map_names(entry.flows[attribution], lambda name: code_of(name, registry))
    tasks = entry.flows["task_group"].astype("category")
    language = tasks.isin(LANGUAGE_GROUPS)
    rows = entry.flows[["first_year", "generative", *COUNTS]].assign(code=codes, language=language, task_group=tasks)
    return _sum(rows, KEYS)


def _sum(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    grouped = rows.groupby(keys, sort=True, observed=True)
    totals = grouped[["flow", "downloads_30d", "models"]].sum()
    totals["downloads_all_time"] = grouped["downloads_all_time"].sum(min_count=1)
    named = totals.reset_index()
    return named.astype({key: "str" for key in keys if isinstance(named[key].dtype, pd.CategoricalDtype)})


def _map_names(names: pd.Series, function: Callable[[str], str]) -> pd.Series:
    """Apply a function to each distinct name once; the result holds each distinct answer once."""
    places, distinct = pd.factorize(names)
    answers, categories = pd.factorize(pd.Series([function(name) for name in distinct], dtype="str"), sort=True)
    return pd.Series(pd.Categorical.from_codes(answers[places], categories), index=names.index)
