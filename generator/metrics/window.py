"""What a definition's window holds, by account and by model: the exact ground on which something is left out."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from generator.ledger import Interval, LedgerEntry, split_first_year
from generator.metrics.cube import AccountSum, CodedRows, Coder, CubeSum, Names, Numbers
from generator.metrics.definitions import Definition
from generator.metrics.shares import select_universe, sum_window, weigh_intervals
from generator.registry import Registry

_COUNTS: Final = ["flow", "downloads_30d", "downloads_all_time", "models"]
_CLASSES: Final = ["publisher", "origin", "first_year", "generative", "language"]
# Windows that sum flows over intervals; the others are counts at the end of the newest one.
_FLOW_WINDOWS: Final = ("12m", "held")
# Intervals after which the rows are summed on the way, so that memory does not grow with the history.
_SUMMED_EVERY: Final = 8
_MODEL_COLUMNS: Final = [
    "key", "id", "publisher", "origin", "task_group", "generative", "first_year", "created_at",
    "flow", "downloads_30d", "downloads_all_time",
]  # fmt: skip


@dataclass(frozen=True)
class LedgerSums:
    """The ledger summed for measures that leave something out.

    Attributes:
        intervals: all intervals, oldest first.
        accounts: by window, one row per publisher, origin (aliases joined) and universe with downloads of all their
            models: for `30d` and `all_time`, which are one frame, the counts of the newest interval with its `end`
            and `models`; for `12m` and `held` the `flow` of the window, the intervals weighted by their days in it.
        models: the same per model that an interval names (`model`, its key, else its id), a part of `accounts`.
        names: the newest id of each of those models, by `model`.
        codes: country code or category of every account.
    """

    intervals: tuple[Interval, ...]
    accounts: Mapping[str, pd.DataFrame]
    models: Mapping[str, pd.DataFrame]
    names: Mapping[str, str]
    codes: Mapping[str, str]


@dataclass(frozen=True)
class LedgerReading:
    """What one pass over the ledger gives.

    Attributes:
        cube: as `compute_cube` returns it.
        accounts: as `compute_accounts` returns it.
        sums: for measures that leave something out.
    """

    cube: pd.DataFrame
    accounts: pd.DataFrame
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
    coder, cube, accounts = Coder(registry), CubeSum(), AccountSum()
    windows = _WindowSum([entry.interval for entry in entries], coder)
    for entry in entries:
        rows = coder.encode(entry.flows, entry.interval.end)
        cube.add(rows, coder)
        accounts.add(rows)
        windows.add(rows, entry)
    return LedgerReading(cube.frame(coder), accounts.frame(coder), windows.sums())


def compute_ledger_sums(entries: Sequence[LedgerEntry], registry: Registry) -> LedgerSums:
    """Sum the ledger's rows and its models by name; a model whose first year ended is split as the rows are."""
    return read_ledger(entries, registry).sums


def compute_window(sums: LedgerSums, definition: Definition) -> WindowDownloads | None:
    """Compute what a definition's window holds on the newest date; None where it has no number."""
    if definition.window not in sums.accounts:
        return None
    as_of = sums.intervals[-1].end
    accounts = _sum_window(sums.accounts[definition.window], definition, as_of, definition.attribution)
    if accounts is None or accounts.sum() <= 0:
        return None
    models = _sum_models(sums, definition, as_of)
    return WindowDownloads(definition, as_of, {str(name): float(sum_) for name, sum_ in accounts.items()}, models)


def _sum_window(rows: pd.DataFrame, definition: Definition, as_of: dt.date, by: str) -> pd.Series | None:
    """Sum a window's downloads by a column; None where the counter is missing."""
    return sum_window(select_universe(rows, definition.universe), definition.window, {as_of: 1.0}, as_of, by=by)


def _sum_models(sums: LedgerSums, definition: Definition, as_of: dt.date) -> pd.DataFrame:
    """Sum the window's downloads by model and account; no row where their counter is missing."""
    rows = sums.models[definition.window]
    rows = rows.assign(account=rows[definition.attribution])
    group = rows.groupby(["model", "account"], sort=True, observed=True).ngroup()
    rows = rows.assign(group=group)
    found = _sum_window(rows, definition, as_of, "group")
    if found is None:
        found = pd.Series(dtype="float64")
    labels = rows[["group", "model", "account"]].drop_duplicates("group").set_index("group").loc[found.index]
    labels = labels.astype("str")
    models = labels.assign(downloads=found, name=labels["model"].map(sums.names))
    return models.reset_index(drop=True)


class _WindowSum:
    """The windows on the newest date, interval by interval."""

    def __init__(self, intervals: list[Interval], coder: Coder) -> None:
        as_of = intervals[-1].end
        self._intervals = intervals
        self._coder = coder
        self._model_numbers = Names()
        self._names: dict[str, str] = {}
        weights = {window: weigh_intervals(intervals, window, as_of) for window in _FLOW_WINDOWS}
        self._weights = {window: found for window, found in weights.items() if found}
        self._place = 0
        self._accounts = _FlowSum()
        self._models = _FlowSum()
        self._last: dict[str, pd.DataFrame] = {}

    def add(self, rows: CodedRows, entry: LedgerEntry) -> None:
        """Add an interval."""
        weights = {window: found.get(self._place, 0.0) for window, found in self._weights.items()}
        models = entry.models
        model = models["key"].fillna(models["id"])
        self._names.update(zip(model.tolist(), models["id"].tolist(), strict=True))
        is_last = self._place == len(self._intervals) - 1
        self._place += 1
        if not any(weights.values()) and not is_last:
            return
        split = _split_models(models[_MODEL_COLUMNS].assign(model=model), entry.interval)
        coded = self._coder.encode(split, rows.end)
        numbers = self._model_numbers.number(split["model"])
        self._accounts.add(_list_keys(rows), weights, rows.counts["flow"])
        self._models.add({"model": numbers} | _list_keys(coded), weights, coded.counts["flow"])
        if is_last:
            self._last["accounts"] = self._frame(_count(_list_keys(rows), rows))
            self._last["models"] = self._frame(_count({"model": numbers} | _list_keys(coded), coded))

    def sums(self) -> LedgerSums:
        """Return what was added."""
        codes = dict(zip(self._coder.accounts.names, self._coder.codes(), strict=True))
        found = {
            name: dict.fromkeys(("30d", "all_time"), self._last[name])
            | {window: self._frame(flows.frame(window)) for window in self._weights}
            for name, flows in (("accounts", self._accounts), ("models", self._models))
        }
        return LedgerSums(tuple(self._intervals), found["accounts"], found["models"], self._names, codes)

    def _frame(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Give the numbers their names again; `end` is the newest date's."""
        names = {"publisher": self._coder.accounts.names, "origin": self._coder.accounts.names}
        names |= {"model": self._model_numbers.names}
        flags = rows["flags"].to_numpy()
        labels: dict[str, Any] = {
            name: pd.Categorical.from_codes(rows[name].to_numpy(), categories=pd.Index(names[name]))
            for name in names
            if name in rows
        }
        labels |= {"first_year": flags >= 4, "generative": flags % 4 >= 2, "language": flags % 2 == 1}
        return rows.drop(columns="flags").assign(**labels, end=self._intervals[-1].end)


class _FlowSum:
    """Weighted flows by key, summed now and then on the way."""

    def __init__(self) -> None:
        self._parts: list[pd.DataFrame] = []

    def add(self, keys: dict[str, Numbers], weights: dict[str, float], flow: Numbers) -> None:
        """Add the flows of an interval."""
        self._parts.append(pd.DataFrame(keys | {window: flow * weight for window, weight in weights.items()}))
        if len(self._parts) == _SUMMED_EVERY:
            self._parts = [self._join(list(keys))]

    def frame(self, window: str) -> pd.DataFrame:
        """Return the sums of a window as `flow`."""
        keys = [name for name in self._parts[0].columns if name not in _FLOW_WINDOWS]
        self._parts = [self._join(keys)]
        rows = self._parts[0]
        return rows.loc[rows[window] > 0, [*keys, window]].rename(columns={window: "flow"}).reset_index(drop=True)

    def _join(self, keys: list[str]) -> pd.DataFrame:
        joined = pd.concat(self._parts, ignore_index=True)
        return joined.groupby(keys, sort=False, as_index=False).sum()


def _list_keys(rows: CodedRows) -> dict[str, Numbers]:
    return {**rows.accounts, "flags": rows.flags}


def _count(keys: dict[str, Numbers], rows: CodedRows) -> pd.DataFrame:
    """Sum the counts at the end by key; a sum of counters is missing where all of them are."""
    frame = pd.DataFrame(keys | {name: rows.counts[name] for name in _COUNTS if name in rows.counts})
    grouped = frame.groupby(list(keys), sort=False)
    sums = grouped[[name for name in _COUNTS if name in frame and name != "downloads_all_time"]].sum()
    sums["downloads_all_time"] = grouped["downloads_all_time"].sum(min_count=1)
    return sums.reset_index()


def _split_models(models: pd.DataFrame, interval: Interval) -> pd.DataFrame:
    start = interval.end - dt.timedelta(days=interval.covered_days)
    return split_first_year(models, start, interval.end)
