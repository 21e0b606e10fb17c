"""What a definition's window holds, by account and by model: the exact ground on which something is left out."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from generator.classify import LANGUAGE_GROUPS
from generator.ledger import Interval, LedgerEntry, split_first_year
from generator.metrics.cube import code_of
from generator.metrics.definitions import ATTRIBUTIONS, Definition
from generator.metrics.shares import select_universe, sum_window, weigh_intervals
from generator.registry import Registry

_COUNTS: Final = ["flow", "downloads_30d", "downloads_all_time"]
_CLASSES: Final = ["publisher", "origin", "first_year", "generative", "language"]


@dataclass(frozen=True)
class LedgerSums:
    """The ledger summed for measures that leave something out.

    Attributes:
        intervals: all intervals, oldest first.
        accounts: one row per interval (`end`), publisher, origin (aliases joined) and universe, with the counts of
            all their models.
        models: the same per model that the interval names (`model`, its key, else its id), a part of `accounts`.
        names: the newest id of each of those models, by `model`.
        codes: country code or category of every account.
    """

    intervals: tuple[Interval, ...]
    accounts: pd.DataFrame
    models: pd.DataFrame
    names: Mapping[str, str]
    codes: Mapping[str, str]


@dataclass(frozen=True)
class WindowDownloads:
    """What a definition's window holds on a date, in downloads, by the account that the definition counts by.

    Attributes:
        definition: window, universe and attribution.
        as_of: the last day of the window.
        accounts: downloads by account, aliases joined; they sum to all downloads of the window.
        models: downloads of the named models, one row per `model` and `account` with its `name`. A window over
            several intervals sums a model's flow over the intervals that name it, so that a model which was not
            among the most downloaded at first is counted from when it was: what is named is a lower bound.
    """

    definition: Definition
    as_of: dt.date
    accounts: Mapping[str, float]
    models: pd.DataFrame

    @property
    def downloads(self) -> float:
        """Return all downloads of the window."""
        return sum(self.accounts.values())


def compute_ledger_sums(entries: Sequence[LedgerEntry], registry: Registry) -> LedgerSums:
    """Sum the ledger's rows and its models by name; a model whose first year ended is split as the rows are."""
    accounts = _join([_sum_classes(_mark(entry.flows), _CLASSES, entry) for entry in entries], registry)
    models = _join(
        [_sum_classes(_mark(_split_models(entry)), ["model", *_CLASSES], entry) for entry in entries], registry
    )
    names: dict[str, str] = {}
    for entry in entries:
        names.update(zip(entry.models["key"].fillna(entry.models["id"]), entry.models["id"], strict=True))
    columns = [frame[column] for frame in (accounts, models) for column in ATTRIBUTIONS]
    handles = sorted({handle for column in columns for handle in column.unique()})
    codes = {handle: code_of(handle, registry) for handle in handles}
    return LedgerSums(tuple(entry.interval for entry in entries), accounts, models, names, codes)


def compute_window(sums: LedgerSums, definition: Definition) -> WindowDownloads | None:
    """Compute what a definition's window holds on the newest date; None where it has no number."""
    as_of = sums.intervals[-1].end
    weights = weigh_intervals(sums.intervals, definition.window, as_of)
    if not weights:
        return None
    by_end = {sums.intervals[position].end: weight for position, weight in weights.items()}
    rows = select_universe(sums.accounts, definition.universe)
    accounts = sum_window(rows, definition.window, by_end, as_of, by=definition.attribution)
    if accounts is None or accounts.sum() <= 0:
        return None
    models = _sum_models(sums, definition, by_end, as_of)
    return WindowDownloads(definition, as_of, {str(name): float(sum_) for name, sum_ in accounts.items()}, models)


def _sum_models(
    sums: LedgerSums, definition: Definition, weights: dict[dt.date, float], as_of: dt.date
) -> pd.DataFrame:
    """Sum the window's downloads by model and account; no row where their counter is missing."""
    rows = select_universe(sums.models, definition.universe)
    rows = rows.assign(account=rows[definition.attribution])
    groups = rows.groupby(["model", "account"], sort=True)
    rows = rows.assign(group=groups.ngroup())
    found = sum_window(rows, definition.window, weights, as_of, by="group")
    if found is None:
        found = pd.Series(dtype="float64")
    labels = rows[["group", "model", "account"]].drop_duplicates("group").set_index("group").loc[found.index]
    models = labels.assign(downloads=found, name=labels["model"].map(sums.names))
    return models.reset_index(drop=True)


def _join(parts: list[pd.DataFrame], registry: Registry) -> pd.DataFrame:
    """Join the intervals' rows and the aliases."""
    rows = pd.concat(parts, ignore_index=True)
    canonical = {name: registry.canonical(name) for column in ATTRIBUTIONS for name in rows[column].unique()}
    return rows.assign(**{column: rows[column].map(canonical) for column in ATTRIBUTIONS})


def _mark(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(language=rows["task_group"].isin(LANGUAGE_GROUPS))


def _sum_classes(rows: pd.DataFrame, keys: list[str], entry: LedgerEntry) -> pd.DataFrame:
    grouped = rows.groupby(keys, sort=True, observed=True)
    totals = grouped[["flow", "downloads_30d"]].sum()
    totals["downloads_all_time"] = grouped["downloads_all_time"].sum(min_count=1)
    return totals.reset_index()[[*keys, *_COUNTS]].assign(end=entry.interval.end)


def _split_models(entry: LedgerEntry) -> pd.DataFrame:
    start = entry.interval.end - dt.timedelta(days=entry.interval.covered_days)
    models = entry.models.assign(model=entry.models["key"].fillna(entry.models["id"]))
    return split_first_year(models, start, entry.interval.end)
