"""What a definition's window holds, by account and by model: the exact ground on which something is left out."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa

from generator.base.engine import give_back
from generator.base.settings import YEAR_DAYS
from generator.ledger.classify import LANGUAGE_GROUPS
from generator.ledger.flows import SECONDS_A_DAY, count_seconds, split_between
from generator.ledger.intervals import MEASURES, Interval
from generator.ledger.thinning import Period
from generator.registry import Registry
from generator.star.coded import categorize, code_of
from generator.star.daily import Days, lay_out_days
from generator.star.definitions import ATTRIBUTIONS, Definition
from generator.star.known_sizes import size_models
from generator.star.named import name_families, take_dates
from generator.star.reading import (
    read_account_flows,
    read_accounts,
    read_births,
    read_classes,
    read_counts,
    read_cube,
    read_flows,
    read_named,
    read_releases,
)
from generator.star.relations import Star, open_star, show_models
from generator.star.shares import select_universe, sum_window, tells_universe, weigh_intervals

# Windows that sum flows over intervals; the others are counts at the end of the newest one.
_FLOW_WINDOWS: Final = ("12m", "held")
_COUNTED: Final = ("30d", "all_time")
# Intervals whose named models are summed at once: at the Hub's size half a million rows.
_SUMMED_AT_ONCE: Final = 28
_NAMED_KEYS: Final = ["model", *ATTRIBUTIONS, "first_year", "generative", "language"]


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
    """What is read of a ledger.

    Attributes:
        star: what it was read through, for questions of their own.
        intervals: oldest first; older nights are joined.
        days: every night by country.
        cube: as `read_cube` returns it, and so on.
        accounts: likewise.
        account_flows: likewise.
        classes: likewise.
        named: likewise, with the `line` and `grade` of each model, and its size instead of its parameters.
        births: likewise.
        releases: likewise.
        sums: for measures that leave something out.
    """

    star: Star
    intervals: tuple[Interval, ...]
    days: Days
    cube: pd.DataFrame
    accounts: pd.DataFrame
    account_flows: pd.DataFrame
    classes: pd.DataFrame
    named: pd.DataFrame
    births: pd.DataFrame
    releases: pd.DataFrame
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


def read_ledger(periods: Sequence[Period], registry: Registry, keep_in: Path | None = None) -> LedgerReading:
    """Read the ledger through a star, for everything that the report asks of it; arguments as for `open_star`."""
    star = open_star(periods, registry, keep_in=keep_in)
    intervals = tuple(period.interval for period in star.periods)
    days = lay_out_days(star)  # before the models: what it takes for a moment is not held beside them
    named = size_models(name_families(read_named(star, _list_summed(star, intervals)), registry))
    show_models(star, named)
    reading = LedgerReading(
        star=star,
        intervals=intervals,
        days=days,
        cube=read_cube(star),
        accounts=read_accounts(star),
        account_flows=read_account_flows(star),
        classes=read_classes(star),
        named=named,
        births=read_births(star),
        releases=read_releases(star),
        sums=_sum_newest(star, named, registry),
    )
    give_back()
    return reading


def _list_summed(star: Star, intervals: Sequence[Interval]) -> Collection[int]:
    """List the periods of whose named models a question reads the flow.

    Where the newest date has counts of thirty days, the past is told in these, and flows in the newest window only.
    """
    query = "SELECT 1 FROM cells WHERE period = ? AND downloads_30d > 0 LIMIT 1"
    is_counted = star.connection.execute(query, [len(intervals) - 1]).fetchall()
    return _weigh_newest(intervals)[1] if is_counted else range(len(intervals))


def _sum_newest(star: Star, named: pd.DataFrame, registry: Registry) -> LedgerSums:
    """Sum the windows that end with the newest date by account and model."""
    intervals = tuple(period.interval for period in star.periods)
    window, weights = _weigh_newest(intervals)
    counts, counted = read_counts(star), _count_named(named, intervals)
    accounts, models = dict.fromkeys(_COUNTED, counts), dict.fromkeys(_COUNTED, counted)
    if window:
        accounts[window], models[window] = read_flows(star, window), _weigh_named(named, intervals, weights)
    handles = {name for frame in accounts.values() for by in ATTRIBUTIONS for name in frame[by].cat.categories}
    handles |= {name for by in ATTRIBUTIONS for name in named[by].cat.categories}
    return LedgerSums(
        intervals=intervals,
        accounts={name: _date(frame, intervals[-1].end) for name, frame in accounts.items()},
        models={name: _date(frame, intervals[-1].end) for name, frame in models.items()},
        names=_list_names(named),
        codes={handle: code_of(handle, registry) for handle in sorted(handles)},
    )


def _date(rows: pd.DataFrame, end: dt.date) -> pd.DataFrame:
    """Return rows with the date that they end on, as a category: comparing so many dates takes longer than summing."""
    return rows.assign(end=categorize(np.zeros(len(rows), "int8"), [end]))


def _weigh_newest(intervals: Sequence[Interval]) -> tuple[str, dict[int, float]]:
    """Return the window of flows that ends with the newest date, and the weights of its intervals.

    Beyond a year, the history held is no window of its own.
    """
    weights = ((window, weigh_intervals(intervals, window, intervals[-1].end)) for window in _FLOW_WINDOWS)
    return next((pair for pair in weights if pair[1]), ("", {}))


def compute_window(sums: LedgerSums, definition: Definition) -> WindowDownloads | None:
    """Compute what a definition's window holds on the newest date; None where it has no number."""
    if definition.window not in sums.accounts:
        return None
    as_of = sums.intervals[-1].end
    weights = weigh_intervals(sums.intervals, definition.window, as_of)
    if not tells_universe(definition, sums.intervals, weights):
        return None
    accounts = _sum_window(sums.accounts[definition.window], definition, as_of, definition.attribution)
    if accounts is None or accounts.sum() <= 0:
        return None
    models = sum_models(sums, definition)
    names = accounts.index.astype("str").to_numpy()
    return WindowDownloads(
        definition, as_of, dict(zip(names, accounts.astype("float64").tolist(), strict=True)), models
    )


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
        "account": pd.Categorical.from_codes(account_numbers, accounts),
        "downloads": found.to_numpy(),
        "name": sums.names[model_numbers],
    }
    return pd.DataFrame(columns)


def _list_names(named: pd.DataFrame) -> pd.Index:
    """Return the newest id of each named model, in the order of the categories of `model`."""
    newest = named[["model", "id"]].drop_duplicates("model", keep="last").astype("str").set_index("model")["id"]
    names: pd.Index = pd.Index(newest.reindex(named["model"].cat.categories))
    return names


def _count_named(named: pd.DataFrame, intervals: Sequence[Interval]) -> pd.DataFrame:
    """Sum what is counted of the named models on the newest date."""
    rows = _split_named(named, intervals, len(intervals) - 1, len(intervals) - 1)
    rows = rows.assign(counted=rows["downloads_all_time"].notna()).drop(columns="period")
    sums = _sum_named(rows)
    missing = ~sums.pop("counted").astype("bool").to_numpy()
    whole: dict[str, Any] = {name: sums[name].to_numpy().astype("int64") for name in MEASURES[1:]}
    counters = pd.arrays.IntegerArray(whole["downloads_all_time"], missing)
    return sums.assign(**{**whole, "downloads_all_time": counters})


def _weigh_named(named: pd.DataFrame, intervals: Sequence[Interval], weights: Mapping[int, float]) -> pd.DataFrame:
    """Sum the flow of the named models in a window, some intervals at a time: together they are millions of rows."""
    factors = np.zeros(len(intervals))
    factors[list(weights)] = list(weights.values())
    parts = []
    for first in range(min(weights), len(intervals), _SUMMED_AT_ONCE):
        rows = _split_named(named, intervals, first, min(first + _SUMMED_AT_ONCE, len(intervals)) - 1)
        parts.append(_sum_named(rows[_NAMED_KEYS].assign(flow=rows["flow"] * factors[rows["period"]])))
    sums = _sum_named(pd.concat(parts, ignore_index=True))
    return sums[sums["flow"] > 0].reset_index(drop=True)


def _sum_named(rows: pd.DataFrame) -> pd.DataFrame:
    sums: pd.DataFrame = rows.groupby(_NAMED_KEYS, observed=True, sort=False, as_index=False).sum()
    return sums


def _split_named(named: pd.DataFrame, intervals: Sequence[Interval], first: int, last: int) -> pd.DataFrame:
    """Return the named models from an interval to another; a first year that ended within one is split as rows are."""
    columns = ["model", *ATTRIBUTIONS, "first_year", "generative", *MEASURES[:-1]]
    mine = take_dates(named, intervals[first].end, intervals[last].end)
    places = {interval.end: place for place, interval in enumerate(intervals)}
    period = np.array([places[end] for end in mine["end"].cat.categories])[mine["end"].cat.codes]
    rows = mine[columns].assign(period=period, language=mine["task_group"].isin(LANGUAGE_GROUPS), models=1)
    created = mine["created_at"].dt.tz_localize(None).to_numpy().astype("datetime64[s]")
    begins = np.array([count_seconds(day.end - dt.timedelta(days=day.covered_days - 1)) for day in intervals])
    stops = np.array([count_seconds(day.end + dt.timedelta(days=1)) for day in intervals])
    begin, stop = begins[rows["period"]], stops[rows["period"]]
    seconds = created.astype("int64")
    is_ended = ~np.isnat(created) & ~mine["first_year"].to_numpy() & (seconds + YEAR_DAYS * SECONDS_A_DAY > begin)
    ended = rows[is_ended].assign(created=seconds[is_ended], begin=begin[is_ended], stop=stop[is_ended])
    found: pd.DataFrame = pd.concat([rows[~is_ended], _split(ended)], ignore_index=True)
    return found


def _split(rows: pd.DataFrame) -> pd.DataFrame:
    """Split rows at the end of their first year, each by its own interval."""
    columns = ["created", "begin", "stop", "first_year", *MEASURES[:-1]]
    table = pa.Table.from_pandas(rows[columns].assign(place=np.arange(len(rows))), preserve_index=False)
    split = split_between(nw.from_native(table), nw.col("begin"), nw.col("stop")).to_native().to_pandas()
    changed: dict[str, Any] = {name: split[name].to_numpy() for name in ("first_year", *MEASURES)}
    found: pd.DataFrame = rows.drop(columns=columns[:3]).take(split["place"]).assign(**changed)
    return found
