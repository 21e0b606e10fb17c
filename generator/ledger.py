"""Flows: what was downloaded between two snapshots, by publisher and class.

An interval runs from the day after its start to its end, both UTC dates. A flow is a number of downloads:

- `counter`: the difference of a model's all-time counter, where both ends have one; a model created within the
  interval started at 0; a counter that fell counts as 0 and is listed as an anomaly.
- `rate`: where only 30-day counts exist, such a count is the mean daily rate of the thirty days before its date;
  the flow is that rate times the days it covers. Days that no count covers are a gap.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from generator.classify import compute_classes
from generator.lineage import FamilyMatcher, compute_lineage, to_arrow
from generator.registry import Registry
from generator.settings import COUNT_DAYS, LEDGER_TOP_MODELS, PUBLISHER_FLOOR_DOWNLOADS, YEAR_DAYS

# Publisher and origin of what is folded below the floor.
SMALL: Final = "(small)"
# A snapshot in which at least this fraction of the counts is unchanged is the one before, served again.
REPEATED_FRACTION: Final = 0.999
# Falls below this are the Hub's own corrections of a few downloads, not worth a line.
MIN_FALL_DOWNLOADS: Final = 1000
MAX_ANOMALIES: Final = 50

CLASSES: Final = ["task_group", "generative", "size_band", "license_class", "relation"]
DIMENSIONS: Final = ["publisher", "origin", *CLASSES, "first_year"]
MEASURES: Final = ["flow", "downloads_30d", "downloads_all_time", "models"]
# What an interval needs of the snapshot that closes it, and of the one before.
CURRENT_COLUMNS: Final = [
    "key", "id", "author", "created_at", "downloads_30d", "downloads_all_time", "likes", "task", "library", "license",
    "parameters", "base_models", "base_relation", "gated",
]  # fmt: skip
PREVIOUS_COLUMNS: Final = ["key", "id", "downloads_30d", "downloads_all_time"]
# The dimensions that are text; grouped as numbers, which takes a tenth of time and memory.
_NAMES: Final = [name for name in DIMENSIONS if name not in {"generative", "first_year"}]
_SPLIT_COLUMNS: Final = [*DIMENSIONS, "created_at", "flow", "downloads_30d", "downloads_all_time"]
MODEL_COLUMNS: Final = [
    "key", "id", "publisher", "origin", "origin_basis", "family", "created_at", *CLASSES, "first_year",
    "task", "license", "parameters", "likes", "gated", "flow", "downloads_30d", "downloads_all_time",
]  # fmt: skip


@dataclass(frozen=True)
class Anomaly:
    """Something in a counter that no download explains.

    Attributes:
        kind: `counter-fell` is the only kind yet.
        model: the model's id.
        before: the all-time counter at the interval's start, in downloads.
        after: the same at its end.
    """

    kind: str
    model: str
    before: int
    after: int


@dataclass(frozen=True)
class Interval:
    """What is known of an interval as a whole; its rows stand beside it.

    Attributes:
        start: the date of the snapshot before; the interval begins on the next day.
        end: the date of its own snapshot, which it includes.
        covered_days: days that its flows speak for; the rest is a gap at its beginning.
        basis: `counter`, `rate`, `mixed` where some models have counters at both ends and others have not, or `none`
            for a first snapshot without 30-day counts, which begins the history and has no flow.
        source: where the snapshot came from.
        scope: `hub` for every public model, `selection` for a part of them.
        models: models in the snapshot.
        created_known: share of the 30-day downloads whose model has a creation date, 0 to 1.
        added: models that the snapshot before did not have.
        removed: models that only the snapshot before had.
        folded_publishers: publishers in the row of the small ones.
        anomalies: the largest falls of counters.
    """

    start: dt.date
    end: dt.date
    covered_days: int
    basis: str
    source: str
    scope: str
    models: int
    created_known: float
    added: int
    removed: int
    folded_publishers: int
    anomalies: tuple[Anomaly, ...]

    @property
    def days(self) -> int:
        """Return the days from start to end."""
        return (self.end - self.start).days

    @property
    def gap_days(self) -> int:
        """Return the days at the beginning that no count covers."""
        return self.days - self.covered_days


@dataclass(frozen=True)
class LedgerEntry:
    """An interval with its rows.

    Attributes:
        interval: the interval.
        flows: one row per combination of `DIMENSIONS`, with `MEASURES`: `flow` in downloads of the interval,
            `downloads_30d` and `downloads_all_time` the Hub's counts at its end, `models` their number.
        models: the most downloaded models by name, with `MODEL_COLUMNS`.
    """

    interval: Interval
    flows: pd.DataFrame
    models: pd.DataFrame


@dataclass(frozen=True)
class Described:
    """A snapshot's head: its date and what it says of itself."""

    date: dt.date
    source: str
    scope: str


def is_repeated(previous: pd.DataFrame, current: pd.DataFrame) -> bool:
    """Tell whether a snapshot holds the counts of the one before: at least 99.9 % of them are the same."""
    before = previous["downloads_30d"].array.take(_find_before(current, previous), allow_fill=True)
    both = pd.DataFrame({"now": current["downloads_30d"], "before": before}).dropna()
    counted = both[(both["now"] > 0) | (both["before"] > 0)]
    return len(counted) > 0 and bool((counted["now"] == counted["before"]).mean() >= REPEATED_FRACTION)


def compute_entry(
    head: Described,
    current: pd.DataFrame,
    previous: pd.DataFrame | None,
    start: dt.date | None,
    registry: Registry,
) -> LedgerEntry:
    """Compute the interval that a snapshot closes.

    Args:
        head: the snapshot's date, source and scope.
        current: its rows, with the snapshot's columns.
        previous: the rows of the snapshot before, or None for the first.
        start: the date of the snapshot before, or None for the first.
        registry: names the families, and the publishers that are never folded.
    """
    begin = start or head.date - dt.timedelta(days=COUNT_DAYS)
    models = current.join(compute_lineage(current, FamilyMatcher(registry.families)))
    models = models.join(compute_classes(models))
    models = models.join(compute_flows(models, previous, begin, head.date))
    models["first_year"] = _is_first_year(models["created_at"], head.date)
    basis = _describe_basis(models)
    days = (head.date - begin).days
    covered_days = {"rate": min(days, COUNT_DAYS), "none": 0}.get(basis, days)
    rows = models[_SPLIT_COLUMNS].astype(dict.fromkeys(_NAMES, "category"))
    split = split_first_year(rows, head.date - dt.timedelta(days=covered_days), head.date)
    folded, small = _fold(split, registry)
    interval = Interval(
        start=begin,
        end=head.date,
        covered_days=covered_days,
        basis=basis,
        source=head.source,
        scope=head.scope,
        models=len(models),
        created_known=_created_known(models),
        added=int(models["is_new"].sum()),
        removed=_count_removed(models, previous),
        folded_publishers=small,
        anomalies=_list_falls(models),
    )
    return LedgerEntry(interval, _aggregate(folded), _pick_top(models))


def compute_flows(current: pd.DataFrame, previous: pd.DataFrame | None, start: dt.date, end: dt.date) -> pd.DataFrame:
    """Compute each model's flow in an interval.

    Returns:
        A frame on the index of `current` with `flow` (downloads), `flow_basis` (`counter`, `rate` or `none`),
        `counter_before` (the all-time counter at the start, missing where there was none) and `is_new`.
    """
    place = _find_before(current, previous)
    known = pd.Series(place >= 0, index=current.index)
    counter_before = pd.Series(_take_counters(previous, place), index=current.index)
    created_inside = current["created_at"] >= pd.Timestamp(start + dt.timedelta(days=1), tz="UTC")
    baseline = counter_before.mask(~known & created_inside & (previous is not None), 0.0)
    counter_now = current["downloads_all_time"].astype("Float64")
    difference = (counter_now - baseline).clip(lower=0)
    rate = current["downloads_30d"].astype("Float64") / COUNT_DAYS * min((end - start).days, COUNT_DAYS)
    flow = difference.fillna(rate)
    basis = pd.Series("none", index=current.index, dtype="str").mask(flow.notna(), "rate")
    return pd.DataFrame(
        {
            "flow": flow.fillna(0).astype("float64"),
            "flow_basis": basis.mask(difference.notna(), "counter"),
            "counter_before": counter_before,
            "is_new": ~known,
        },
        index=current.index,
    )


def split_first_year(models: pd.DataFrame, start: dt.date, end: dt.date) -> pd.DataFrame:
    """Split the flow of models whose first year ends within the interval, by days.

    Counts at the end (`downloads_30d`, `downloads_all_time`, `models`) go with the state at the end.
    """
    begin = pd.Timestamp(start + dt.timedelta(days=1), tz="UTC")
    stop = pd.Timestamp(end + dt.timedelta(days=1), tz="UTC")
    created = models["created_at"]
    first_day = created.where(created > begin, begin)
    last_day = created + pd.Timedelta(days=YEAR_DAYS)
    length = (stop - first_day).dt.total_seconds()
    inside = (last_day.where(last_day < stop, stop) - first_day).dt.total_seconds().clip(lower=0)
    fraction = (inside / length).where(length > 0, 1.0).where(created.notna(), 0.0)
    rest = models.assign(models=1, flow=models["flow"].where(models["first_year"], models["flow"] * (1 - fraction)))
    ended = models[(fraction > 0) & ~models["first_year"]]
    young = ended.assign(
        models=0, first_year=True, downloads_30d=0, flow=ended["flow"] * fraction[ended.index],
        downloads_all_time=ended["downloads_all_time"].where(ended["downloads_all_time"].isna(), 0),
    )  # fmt: skip
    return pd.concat([rest, young], ignore_index=True) if len(young) else rest


def _aggregate(rows: pd.DataFrame) -> pd.DataFrame:
    grouped = rows.groupby(DIMENSIONS, sort=True, observed=True, dropna=False)
    totals = grouped[["flow", "downloads_30d", "models"]].sum()
    totals["downloads_all_time"] = grouped["downloads_all_time"].sum(min_count=1)
    types = {"flow": "float64", "downloads_30d": "int64", "downloads_all_time": "Int64", "models": "int64"}
    return totals.reset_index()[[*DIMENSIONS, *MEASURES]].astype(types | dict.fromkeys(_NAMES, "str"))


def _fold(rows: pd.DataFrame, registry: Registry) -> tuple[pd.DataFrame, int]:
    """Fold publishers and origins that nobody reviewed and that stay under the floor into one name."""
    size = rows[["flow", "downloads_30d"]].fillna(0).max(axis=1)
    reviewed = set(registry.publishers)
    folded: dict[str, pd.Series] = {}
    small: set[str] = set()
    for column in ("publisher", "origin"):
        totals = size.groupby(rows[column], observed=True).sum()
        names = {name for name in totals.index[totals < PUBLISHER_FLOOR_DOWNLOADS] if name.lower() not in reviewed}
        folded[column] = _rename(rows[column], dict.fromkeys(names, SMALL))
        small = names if column == "publisher" else small
    return rows.assign(**folded), len(small)


def _rename(values: pd.Series, names: dict[str, str]) -> pd.Series:
    """Give some categories another name; several may get the same."""
    renamed = pd.Series([names.get(name, name) for name in values.cat.categories], dtype="str")
    codes, categories = pd.factorize(renamed, sort=True)
    return pd.Series(pd.Categorical.from_codes(codes[values.cat.codes], categories), index=values.index)


def _pick_top(models: pd.DataFrame) -> pd.DataFrame:
    """Keep the most downloaded models, and the three most downloaded of each publisher above the floor."""
    order = ["downloads_30d", "downloads_all_time"]
    counts = models["downloads_30d"].fillna(-1).to_numpy(dtype="int64")
    least = np.partition(counts, -LEDGER_TOP_MODELS)[-LEDGER_TOP_MODELS] if len(counts) > LEDGER_TOP_MODELS else -1
    candidates = models[counts >= min(least, PUBLISHER_FLOOR_DOWNLOADS * 10)]
    ordered = candidates.sort_values([*order, "id"], ascending=[False, False, True], na_position="last")
    within = ordered.groupby("publisher").cumcount()
    large = ordered["downloads_30d"].fillna(0) >= PUBLISHER_FLOOR_DOWNLOADS * 10
    overall = pd.Series(range(len(ordered)), index=ordered.index) < LEDGER_TOP_MODELS
    return ordered[overall | (large & (within < 3))][MODEL_COLUMNS].reset_index(drop=True)


def _list_falls(models: pd.DataFrame) -> tuple[Anomaly, ...]:
    after = models["downloads_all_time"].astype("Float64")
    fall = (models["counter_before"] - after).fillna(0)
    worst = models.assign(fall=fall)[fall >= MIN_FALL_DOWNLOADS].sort_values(["fall", "id"], ascending=[False, True])
    return tuple(
        Anomaly("counter-fell", row["id"], int(row["counter_before"]), int(row["downloads_all_time"]))
        for row in worst.head(MAX_ANOMALIES).to_dict("records")
    )


def _describe_basis(models: pd.DataFrame) -> str:
    found = set(models["flow_basis"]) - {"none"}
    return "mixed" if len(found) > 1 else next(iter(found), "none")


def _is_first_year(created_at: pd.Series, date: dt.date) -> pd.Series:
    stop = pd.Timestamp(date + dt.timedelta(days=1), tz="UTC")
    return (created_at >= stop - pd.Timedelta(days=YEAR_DAYS)).fillna(False).astype(bool)


def _created_known(models: pd.DataFrame) -> float:
    counts = models["downloads_30d"].fillna(0).astype("float64")
    total = counts.sum()
    return round(float(counts[models["created_at"].notna()].sum() / total), 6) if total else 0.0


def _count_removed(models: pd.DataFrame, previous: pd.DataFrame | None) -> int:
    if previous is None:
        return 0
    kept = pc.is_in(_join_keys(previous, models), value_set=_join_keys(models, previous))
    return len(previous) - int(pc.sum(kept).as_py() or 0)


def _find_before(current: pd.DataFrame, previous: pd.DataFrame | None) -> npt.NDArray[np.int64]:
    """Return where each model stands in the snapshot before, or -1."""
    if previous is None:
        return np.full(len(current), -1)
    place = pc.index_in(_join_keys(current, previous), value_set=_join_keys(previous, current))
    return np.asarray(pc.fill_null(place, -1), dtype="int64")


def _take_counters(previous: pd.DataFrame | None, place: npt.NDArray[np.int64]) -> pd.api.extensions.ExtensionArray:
    """Return the all-time counters of the snapshot before at these places, missing where there is none."""
    if previous is None:
        return pd.array([pd.NA] * len(place), dtype="Float64")
    return previous["downloads_all_time"].astype("Float64").array.take(place, allow_fill=True)


def _join_keys(models: pd.DataFrame, other: pd.DataFrame) -> pa.Array:
    """Return the keys, which survive a rename, or the ids where one of the two snapshots has no keys."""
    both = models["key"].notna().any() and other["key"].notna().any()
    return to_arrow(models["key"].fillna(models["id"]) if both else models["id"])
