"""What a definition's window holds, by account and by model: the exact ground on which something is left out."""

import datetime as dt
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from generator.ledger.classify import LANGUAGE_GROUPS
from generator.ledger.intervals import Interval, LedgerEntry, split_first_year
from generator.registry import Registry
from generator.star.classes import ClassSum, DerivativeSum
from generator.star.coded import (
    COUNTS,
    FLOW_COLUMNS,
    Coder,
    Numbers,
    build_measures,
    code_of,
    pack_flags,
    read_counts,
    sum_counts,
    unpack_flags,
)
from generator.star.cube import AccountSum, CubeSum
from generator.star.definitions import ATTRIBUTIONS, Definition
from generator.star.named import compute_named
from generator.star.releases import read_births
from generator.star.shares import select_universe, sum_window, weigh_intervals

# Windows that sum flows over intervals; the others are counts at the end of the newest one.
_FLOW_WINDOWS: Final = ("12m", "held")
# Intervals after which the rows are summed on the way, so that memory does not grow with the history.
_SUMMED_EVERY: Final = 8


@dataclass(frozen=True)
class LedgerSums:
    """The ledger summed for measures that leave something out.

    Attributes:
        intervals: all intervals, oldest first.
        accounts: by window, one row per publisher, origin (aliases joined) and universe with downloads of all their
            models: for `30d` and `all_time`, which are one frame, the counts of the newest interval with its `end`
            and `models`; for `12m`, or `held` while no year is, the `flow` of the window, the intervals weighted by
            their days in it.
        models: the same per model that an interval names (`model`, its key, else its id), a part of `accounts`.
        names: the newest id of each of those models, in the order of the categories of `model`.
        codes: country code or category of every account.
    """

    intervals: tuple[Interval, ...]
    accounts: Mapping[str, pd.DataFrame]
    models: Mapping[str, pd.DataFrame]
    names: pd.Index
    codes: Mapping[str, str]


@dataclass(frozen=True)
class LedgerReading:
    """What one pass over the ledger gives.

    Attributes:
        cube: as `CubeSum` returns it.
        accounts: as `AccountSum` returns it.
        classes: as `ClassSum` returns it.
        derivatives: as `DerivativeSum` returns it.
        named: as `compute_named` returns them.
        births: as `read_births` returns them.
        sums: for measures that leave something out.
    """

    cube: pd.DataFrame
    accounts: pd.DataFrame
    classes: pd.DataFrame
    derivatives: pd.DataFrame
    named: pd.DataFrame
    births: pd.DataFrame
    sums: LedgerSums


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


def read_ledger(entries: Sequence[LedgerEntry], registry: Registry) -> LedgerReading:
    """Read each interval once and sum it for everything that the report asks of it."""
    intervals = [entry.interval for entry in entries]
    ends = [interval.end for interval in intervals]
    coder, cube, accounts, classes, derivatives = Coder(registry), CubeSum(), AccountSum(), ClassSum(), DerivativeSum()
    windows = _WindowSum(intervals)
    with ThreadPoolExecutor(1) as beside:  # reading and summing both work outside the interpreter for the most part
        reading = beside.submit(compute_named, entries, registry)
        for place, entry in enumerate(entries):
            rows = coder.encode(entry.read("flows", FLOW_COLUMNS))
            cube.add(rows, place)
            accounts.add(rows, place)
            for attribution in ATTRIBUTIONS:
                classes.add(rows, place, attribution)
            derivatives.add(rows, place, coder)
            windows.add(place, {**rows.accounts, "flags": rows.flags}, rows.counts)
        named = reading.result()
    handles = dict.fromkeys([*coder.accounts.names, *named["publisher"].cat.categories])
    return LedgerReading(
        cube=cube.frame(coder, ends),
        accounts=accounts.frame(coder, ends),
        classes=classes.frame(coder, ends),
        derivatives=derivatives.frame(coder, ends),
        named=named,
        births=read_births(entries),
        sums=LedgerSums(
            intervals=tuple(intervals),
            accounts=windows.frames(dict.fromkeys(ATTRIBUTIONS, coder.accounts.names)),
            models=_sum_named(named, intervals),
            names=_list_names(named),
            codes={handle: code_of(handle, registry) for handle in handles},
        ),
    )


def compute_window(sums: LedgerSums, definition: Definition) -> WindowDownloads | None:
    """Compute what a definition's window holds on the newest date; None where it has no number."""
    if definition.window not in sums.accounts:
        return None
    as_of = sums.intervals[-1].end
    accounts = _sum_window(sums.accounts[definition.window], definition, as_of, definition.attribution)
    if accounts is None or accounts.sum() <= 0:
        return None
    models = sum_models(sums, definition)
    return WindowDownloads(definition, as_of, {str(name): float(sum_) for name, sum_ in accounts.items()}, models)


def _sum_window(rows: pd.DataFrame, definition: Definition, as_of: dt.date, by: str) -> pd.Series | None:
    """Sum a window's downloads by a column; None where the counter is missing."""
    return sum_window(select_universe(rows, definition.universe), definition.window, {as_of: 1.0}, as_of, by=by)


def sum_models(sums: LedgerSums, definition: Definition) -> pd.DataFrame:
    """Sum the newest window's downloads by model and account; no row where their counter is missing."""
    as_of = sums.intervals[-1].end
    rows = sums.models[definition.window]
    model, account = rows["model"], rows[definition.attribution]
    accounts = account.cat.categories
    rows = rows.assign(group=model.cat.codes.astype("int64") * len(accounts) + account.cat.codes)
    found = _sum_window(rows, definition, as_of, "group")
    if found is None:
        found = pd.Series(dtype="float64", index=pd.Index([], dtype="int64"))
    model_numbers, account_numbers = np.divmod(found.index.to_numpy(), len(accounts))
    columns: dict[str, Any] = {
        "model": model.cat.categories[model_numbers],
        "account": accounts[account_numbers],
        "downloads": found.to_numpy(),
        "name": sums.names[model_numbers],
    }
    return pd.DataFrame(columns)


class _WindowSum:
    """Downloads by key in the window of flows and at its end, interval by interval."""

    def __init__(self, intervals: Sequence[Interval]) -> None:
        self._as_of, self._newest = intervals[-1].end, len(intervals) - 1
        # Beyond a year, the history held is no window of its own.
        weights = ((window, weigh_intervals(intervals, window, self._as_of)) for window in _FLOW_WINDOWS)
        self._window, self._weights = next((pair for pair in weights if pair[1]), ("", {}))
        self._flows: list[pd.DataFrame] = []
        self._last = pd.DataFrame()

    def is_inside(self, place: int) -> bool:
        """Tell whether the interval at a place belongs to any window."""
        return place in self._weights or place == self._newest

    def add(self, place: int, keys: Mapping[str, Numbers], counts: Mapping[str, Numbers]) -> None:
        """Add an interval's rows: the numbers that they are summed by, and their counts."""
        if place in self._weights:
            self._flows.append(pd.DataFrame({**keys, "flow": counts["flow"] * self._weights[place]}))
        if len(self._flows) == _SUMMED_EVERY:
            self._flows = [self._sum_flows()]
        if place == self._newest:
            rows = pd.DataFrame(keys)
            groups = rows.groupby(list(keys), sort=False).ngroup().to_numpy()
            measures = pd.DataFrame(build_measures(sum_counts(groups, counts)))
            self._last = rows.drop_duplicates(ignore_index=True).join(measures)

    def frames(self, names: Mapping[str, Sequence[str]]) -> dict[str, pd.DataFrame]:
        """Return the sums of each window, with names for numbers."""
        frames = dict.fromkeys(("30d", "all_time"), self._label(self._last, names))
        if self._window:
            flows = self._sum_flows()
            frames[self._window] = self._label(flows[flows["flow"] > 0].reset_index(drop=True), names)
        return frames

    def _sum_flows(self) -> pd.DataFrame:
        joined = pd.concat(self._flows, ignore_index=True)
        return joined.groupby([name for name in joined if name != "flow"], sort=False, as_index=False).sum()

    def _label(self, rows: pd.DataFrame, names: Mapping[str, Sequence[str]]) -> pd.DataFrame:
        flags = rows["flags"].to_numpy()
        labels: dict[str, Any] = {
            name: pd.Categorical.from_codes(rows[name].to_numpy(), categories=pd.Index(words))
            for name, words in names.items()
        }
        return rows.drop(columns="flags").assign(**labels, **unpack_flags(flags), end=self._as_of)


def _list_names(named: pd.DataFrame) -> pd.Index:
    """Return the newest id of each named model, in the order of the categories of `model`."""
    newest = named[["model", "id"]].drop_duplicates("model", keep="last").astype("str").set_index("model")["id"]
    names: pd.Index = pd.Index(newest.reindex(named["model"].cat.categories))
    return names


def _sum_named(named: pd.DataFrame, intervals: Sequence[Interval]) -> dict[str, pd.DataFrame]:
    """Sum the named models of each window; one whose first year ended is split as the rows are."""
    windows, keys = _WindowSum(intervals), ("model", *ATTRIBUTIONS)
    bounds = np.searchsorted(named["end"].cat.codes, np.arange(len(intervals) + 1))
    for place, interval in enumerate(intervals):
        if windows.is_inside(place):
            models = named.iloc[bounds[place] : bounds[place + 1]]
            columns: dict[str, Any] = {name: models[name].cat.codes for name in keys}
            columns |= {"language": models["task_group"].isin(LANGUAGE_GROUPS)}
            columns |= {name: models[name] for name in ("created_at", "first_year", "generative", *COUNTS[:-1])}
            rows = split_first_year(
                pa.table({name: pa.array(column) for name, column in columns.items()}),
                interval.end - dt.timedelta(days=interval.covered_days),
                interval.end,
            )
            flags = pack_flags(*(np.asarray(rows[name]) for name in ("first_year", "generative", "language")))
            windows.add(place, {**{name: np.asarray(rows[name]) for name in keys}, "flags": flags}, read_counts(rows))
    return windows.frames({name: list(named[name].cat.categories) for name in keys})
