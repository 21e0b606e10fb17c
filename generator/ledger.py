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

import pandas as pd

from generator.classify import compute_classes
from generator.lineage import FamilyMatcher, compute_lineage
from generator.registry import UNREVIEWED, Registry
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
MODEL_COLUMNS: Final = [
    "key", "id", "publisher", "origin", "origin_basis", "family", "created_at", *CLASSES, "first_year",
    "task", "license", "parameters", "likes", "gated", "flow", "downloads_30d", "downloads_all_time",
]  # fmt: skip
BIRTH_DIMENSIONS: Final = ["month", "publisher", "origin", "task_group", "relation"]
RELEASE_COLUMNS: Final = [
    "key", "id", "publisher", "created_at", "family", "task_group", "relation", "size_band", "license_class",
]  # fmt: skip
# What a publisher makes itself: a quantised copy, an adapter or a merge of its own models is not a release.
RELEASE_RELATIONS: Final = ("original", "fine-tuned")


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
        births: models that this snapshot has first, one row per combination of `BIRTH_DIMENSIONS` with their number
            (`models`); `month` is that of their creation (`2026-10`), models without a date are left out.
        releases: of those, the ones by name whose publisher is a reviewed organisation and their own origin, with
            `RELEASE_COLUMNS`; quantised copies, adapters and merges are left out.
    """

    interval: Interval
    flows: pd.DataFrame
    models: pd.DataFrame
    births: pd.DataFrame
    releases: pd.DataFrame


@dataclass(frozen=True)
class Described:
    """A snapshot's head: its date and what it says of itself."""

    date: dt.date
    source: str
    scope: str


def is_repeated(previous: pd.DataFrame, current: pd.DataFrame) -> bool:
    """Tell whether a snapshot holds the counts of the one before: at least 99.9 % of them are the same."""
    keys = _join_keys(current, previous)
    joined = keys.to_frame("join").assign(now=current["downloads_30d"])
    before = pd.Series(previous["downloads_30d"].to_numpy(), index=_join_keys(previous, current).to_numpy())
    joined["before"] = joined["join"].map(before[~before.index.duplicated()])
    both = joined.dropna(subset=["now", "before"])
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
    split = split_first_year(models, head.date - dt.timedelta(days=covered_days), head.date)
    small = _find_small(split, registry)
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
        folded_publishers=len(small["publisher"]),
        anomalies=_list_falls(models),
    )
    new = models[models["is_new"] & models["created_at"].notna()]
    return LedgerEntry(
        interval=interval,
        flows=_aggregate(_fold(split, small)),
        models=_pick_top(models),
        births=_count_births(_fold(new, small)),
        releases=_list_releases(new, registry),
    )


def compute_flows(current: pd.DataFrame, previous: pd.DataFrame | None, start: dt.date, end: dt.date) -> pd.DataFrame:
    """Compute each model's flow in an interval.

    Returns:
        A frame on the index of `current` with `flow` (downloads), `flow_basis` (`counter`, `rate` or `none`),
        `counter_before` (the all-time counter at the start, missing where there was none) and `is_new`.
    """
    keys = current["id"] if previous is None else _join_keys(current, previous)
    before = _counters(previous, current)
    known = keys.isin(before.index)
    counter_before = keys.map(before).astype("Float64")
    created_inside = current["created_at"].dt.date.map(lambda day: pd.notna(day) and day > start).astype(bool)
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
    return totals.reset_index()[[*DIMENSIONS, *MEASURES]].astype(
        {"flow": "float64", "downloads_30d": "int64", "downloads_all_time": "Int64", "models": "int64"}
    )


def _find_small(rows: pd.DataFrame, registry: Registry) -> dict[str, set[str]]:
    """Find the publishers and the origins that nobody reviewed and that stay under the floor."""
    size = rows[["flow", "downloads_30d"]].fillna(0).max(axis=1)
    reviewed = set(registry.publishers)
    small: dict[str, set[str]] = {}
    for column in ("publisher", "origin"):
        totals = size.groupby(rows[column]).sum()
        below = totals.index[totals < PUBLISHER_FLOOR_DOWNLOADS]
        small[column] = {name for name in below if name.lower() not in reviewed}
    return small


def _fold(rows: pd.DataFrame, small: dict[str, set[str]]) -> pd.DataFrame:
    """Give all small publishers, and all small origins, one name."""
    return rows.assign(
        **{column: rows[column].mask(rows[column].isin(names), SMALL) for column, names in small.items()}
    )


def _count_births(new: pd.DataFrame) -> pd.DataFrame:
    rows = new.assign(month=new["created_at"].dt.strftime("%Y-%m").astype("str"))
    counts = rows.groupby(BIRTH_DIMENSIONS, sort=True, observed=True).size()
    return counts.rename("models").reset_index().astype({"models": "int64"})


def _list_releases(new: pd.DataFrame, registry: Registry) -> pd.DataFrame:
    makers = {name for name in new["publisher"].unique() if _is_organisation(name, registry)}
    own = new[new["publisher"].isin(makers) & new["relation"].isin(RELEASE_RELATIONS)]
    same = own["publisher"].map(registry.canonical) == own["origin"].map(registry.canonical)
    return own[same].sort_values(["created_at", "id"])[RELEASE_COLUMNS].reset_index(drop=True)


def _is_organisation(handle: str, registry: Registry) -> bool:
    row = registry.find(handle)
    return row is not None and row.kind != "person" and row.code != UNREVIEWED


def _pick_top(models: pd.DataFrame) -> pd.DataFrame:
    """Keep the most downloaded models, and the three most downloaded of each publisher above the floor."""
    counts = ["downloads_30d", "downloads_all_time"]
    ordered = models.sort_values([*counts, "id"], ascending=[False, False, True], na_position="last")
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
    return int((~_join_keys(previous, models).isin(set(_join_keys(models, previous)))).sum())


def _counters(previous: pd.DataFrame | None, current: pd.DataFrame) -> pd.Series:
    """Return the all-time counters of the snapshot before, by join key."""
    if previous is None:
        return pd.Series(dtype="Float64")
    counters = pd.Series(
        previous["downloads_all_time"].astype("Float64").array, index=_join_keys(previous, current).to_numpy()
    )
    return counters[~counters.index.duplicated()]


def _join_keys(models: pd.DataFrame, other: pd.DataFrame) -> pd.Series:
    """Return the keys, which survive a rename, or the ids where one of the two snapshots has no keys."""
    both = models["key"].notna().any() and other["key"].notna().any()
    return models["key"].fillna(models["id"]) if both else models["id"]
