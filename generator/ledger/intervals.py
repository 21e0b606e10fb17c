"""Flows: what was downloaded between two snapshots, by publisher and class.

An interval runs from the day after its start to its end, both UTC dates. A flow is a number of downloads:

- `counter`: the difference of a model's all-time counter, where both ends have one; a model created within the
  interval started at 0; a counter that fell counts as 0 and is listed as an anomaly.
- `rate`: where only 30-day counts exist, such a count is the mean daily rate of the thirty days before its date;
  the flow is that rate times the days it covers. Days that no count covers are a gap.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from generator.base.settings import (
    COUNT_DAYS,
    LEDGER_TOP_MODELS,
    MAX_ANOMALIES,
    MIN_FALL_DOWNLOADS,
    MIN_SPIKE_DOWNLOADS,
    MIN_STALL_DOWNLOADS,
    PUBLISHER_FLOOR_DOWNLOADS,
    ROW_FLOOR,
    SPIKE_FACTOR,
    SURGE_FACTOR,
    SURGE_PART,
)
from generator.ledger.classify import classify_each
from generator.ledger.flows import (
    COUNTER,
    GROUPS,
    MODEL_SCHEMA,
    RATE,
    Engine,
    collect,
    is_young,
    measure_flows,
    run_duckdb,
    split_years,
    sum_rows,
)
from generator.ledger.lineage import BASES, FamilyMatcher, Lineage, trace_lineage, write_chain
from generator.ledger.pairs import Numbers, Pair, read_pair
from generator.registry import UNREVIEWED, Family, Registry
from generator.sources.snapshot import SCHEMA, decode_texts, put_back_unchanged, to_frame

# Publisher and origin of what is folded below the floor.
SMALL: Final = "(small)"
# A snapshot in which at least this fraction of the counts is unchanged is the one before, served again.
REPEATED_FRACTION: Final = 0.999
CLASSES: Final = ["task_group", "generative", "size_band", "license_class", "relation"]
DIMENSIONS: Final = ["publisher", "origin", *CLASSES, "first_year"]
MEASURES: Final = ["flow", "downloads_30d", "downloads_all_time", "models"]
MODEL_COLUMNS: Final = [
    "key", "id", "publisher", "origin", "origin_basis", "chain", "family", "created_at", *CLASSES, "first_year",
    "task", "license", "parameters", "likes", "gated", "flow", "downloads_30d", "downloads_all_time",
]  # fmt: skip
BIRTH_DIMENSIONS: Final = ["month", "publisher", "origin", "task_group", "relation"]
RELEASE_COLUMNS: Final = [
    "key", "id", "publisher", "created_at", "family", "task_group", "relation", "size_band", "license_class",
]  # fmt: skip
# What a publisher makes itself: a quantised copy, an adapter or a merge of its own models is not a release.
RELEASE_RELATIONS: Final = ("original", "fine-tuned")
# What stands in a folded row for what it does not tell apart.
FOLDED: Final = {"origin": SMALL, "size_band": "unknown", "license_class": "unstated", "relation": "original"}


@dataclass(frozen=True)
class Anomaly:
    """Something in a count that a reader should know of.

    Attributes:
        kind: `counter-fell`; `counter-jumped`: it rose by more than the Hub's own count of the last thirty days can
            hold, in an interval of at most thirty; `counter-stalled`: it did not move, though that count says that
            the model was downloaded; `count-surged` and `count-collapsed`: the 30-day count of a large model moved many
            times over. The limits stand in the settings.
        model: the model's id.
        before: the all-time counter at the interval's start, or the 30-day count, in downloads.
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
        folded_publishers: publishers all of whose downloads are in the row of the small ones.
        anomalies: the largest falls of counters, jumps and stalls, then 30-day counts that surged or collapsed.
        name: how a sentence names a selection; empty where the words of the source do.
        unchanged: share of the 30-day downloads of the snapshot's list that were not collected again, 0 to 1; none of
            these counts is in the flows.
        collected_from: the first UTC day on which the counts were taken from the Hub; None for the interval's end.
        collected_to: the last such day.
        folded_most: the 30-day downloads that none of the folded publishers is above.
        folded_parts: the 30-day downloads in that row that belong to publishers with rows of their own.
        left_out: part of the Hub's 30-day downloads that the snapshot's archive leaves out, 0 to 1, as it was measured
            beside a snapshot of our own; None for what has no floor.
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
    name: str = ""
    unchanged: float = 0.0
    collected_from: dt.date | None = None
    collected_to: dt.date | None = None
    folded_most: int = PUBLISHER_FLOOR_DOWNLOADS
    folded_parts: int = 0
    left_out: float | None = None

    @property
    def days(self) -> int:
        """Return the days from start to end."""
        return (self.end - self.start).days

    @property
    def is_blurred(self) -> bool:
        """Return whether its flows are partly of other days: a 30-day count is the mean of thirty, whatever it covers.

        Exception: where it covers thirty and was collected on the last of them, it is of exactly these days.
        """
        is_exact = self.covered_days == COUNT_DAYS and self.collected_from in {None, self.end}
        return self.basis == "mixed" or (self.basis == "rate" and not is_exact)

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
            `downloads_30d` and `downloads_all_time` the Hub's counts at its end, `models` their number. Of rows below
            the floor the lesser dimensions are folded: see `_fold_rows`.
        models: the most downloaded models by name, with `MODEL_COLUMNS`; `chain` as `write_chain` writes it, which
            intervals of before November 2026 have not.
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

    def locate(self, name: str) -> Path | None:  # noqa: ARG002 - an entry in memory has no files
        """Return the Parquet file of the frame of this name; None where there is none."""
        return None


@dataclass(frozen=True)
class Described:
    """A snapshot's head: its date and what it says of itself."""

    date: dt.date
    source: str
    scope: str
    name: str = ""
    collected_from: dt.date | None = None
    collected_to: dt.date | None = None
    left_out: float | None = None


def is_repeated(pair: Pair) -> bool:
    """Tell whether a snapshot holds the counts of the one before: at least 99.9 % of them are the same.

    The 30-day counts tell, those that were not collected again included; where one of the two has none, the all-time
    counters do.
    """
    if pair.before is None:
        return False
    before, now = put_back_unchanged(pair.before), put_back_unchanged(pair.models)
    known = pair.place_before >= 0
    for column in ("downloads_30d", "downloads_all_time"):
        earlier = _floats(before[column], np.nan)[pair.place_before[known]]
        counts = _floats(now[column], np.nan)[known]
        both = ~np.isnan(earlier) & ~np.isnan(counts)
        counted = both & ((earlier > 0) | (counts > 0))
        if both.any():
            return bool(counted.any() and (earlier == counts)[counted].mean() >= REPEATED_FRACTION)
    return False


def compute_interval(
    head: Described,
    pair: Pair,
    start: dt.date | None,
    registry: Registry,
    family: Numbers,
    engine: Engine = run_duckdb,
) -> LedgerEntry:
    """Compute the interval between two snapshots that were read, from the family of each model, by its position."""
    models = _attribute(pair, registry, family)
    begin = start or _begin_history(pair.models, head.date)
    measured = _measure(pair, begin, head.date, engine)
    if pair.before is None and start is not None:  # the snapshot before is lost: what was made since then is new
        measured = replace(measured, is_new=_is_created_after(pair.models, start))
    basis, covered_days = _describe_basis(models, measured, (head.date - begin).days)
    groups = _sum_groups(models, measured, head.date, covered_days, engine)
    small = _find_small(groups, models, registry)
    flows = _fold_rows(_name_groups(_fold(groups, small), models), registry)
    folded = _describe_folded(groups, models, flows)
    del groups  # a third as many as the models: what follows looks at single models, and needs their room
    return LedgerEntry(
        interval=Interval(
            start=begin,
            end=head.date,
            covered_days=covered_days,
            basis=basis,
            source=head.source,
            scope=head.scope,
            models=pair.models.num_rows,
            created_known=_created_known(models),
            added=int(measured.is_new.sum()),
            removed=_count_removed(pair),
            anomalies=(*_list_anomalies(models, measured, (head.date - begin).days), *_list_surges(pair)),
            name=head.name,
            unchanged=_sum_unchanged(pair.models),
            collected_from=head.collected_from,
            collected_to=head.collected_to,
            left_out=head.left_out,
            **folded,
        ),
        flows=flows,
        models=_pick_top(models, measured, head.date),
        births=_count_births(models, measured, small),
        releases=_list_releases(models, measured, registry),
    )


def _begin_history(models: pa.Table, date: dt.date) -> dt.date:
    """Return where the first interval begins: thirty days back where 30-day counts speak for these, else at its end."""
    counts = models["downloads_30d"]
    return date if counts.null_count == len(counts) else date - dt.timedelta(days=COUNT_DAYS)


def compute_flows(
    current: pd.DataFrame,
    previous: pd.DataFrame | None,
    start: dt.date,
    end: dt.date,
    engine: Engine = run_duckdb,
) -> pd.DataFrame:
    """Compute each model's flow in an interval.

    Returns:
        A frame on the index of `current` with `flow` (downloads), `flow_basis` (`counter`, `rate` or `none`),
        `counter_before` (the all-time counter at the start, missing where there was none) and `is_new`.
    """
    columns = ["created_at", "downloads_30d", "downloads_all_time"]
    found = _measure(read_pair(current, previous, columns), start, end, engine)
    return pd.DataFrame(
        {
            "flow": found.flow,
            "flow_basis": np.array(["none", "counter", "rate"])[found.basis],
            "counter_before": pd.array(found.counter_before, dtype="Float64"),
            "is_new": found.is_new,
        },
        index=current.index,
    )


@dataclass(frozen=True)
class _Models:
    """The models of a snapshot with what is read of them; arrays stand in the order of the table.

    Attributes:
        pair: the snapshot and the one before it.
        lineage: publisher and origin.
        families: the registry's, to which the lineage's numbers point.
        classes: the distinct classes.
        class_of: the position of each model's.
        names: the accounts, to which the lineage's numbers point.
    """

    pair: Pair
    lineage: Lineage
    families: tuple[Family, ...]
    classes: pd.DataFrame
    class_of: Numbers
    names: Numbers

    @property
    def table(self) -> pa.Table:
        """Return the snapshot's rows, as far as they are held."""
        return self.pair.models

    def describe(self, places: Numbers) -> pd.DataFrame:
        """Return some models by name, with everything that the ledger keeps of one but its flow."""
        families = np.array([*(family.family for family in self.families), None], dtype=object)
        texts = {
            "publisher": self.names[self.lineage.publisher[places]],
            "origin": self.names[self.lineage.origin[places]],
            "origin_basis": np.array(BASES, dtype=object)[self.lineage.basis[places]],
            "family": families[self.lineage.family[places]],
        }
        rows = decode_texts(self.table.take(pa.array(places)))
        frame: pd.DataFrame = to_frame(rows.append_column("key", self.pair.take("key", places)))
        classes = self.classes.iloc[self.class_of[places]].reset_index(drop=True)
        return pd.concat([frame.assign(**pd.DataFrame(texts, dtype="str")), classes], axis=1)

    def is_young(self, end: dt.date) -> Numbers:
        """Tell which models are in their first year at the end of a day."""
        created = self.table["created_at"].to_numpy().astype("datetime64[s]")
        return np.where(np.isnat(created), False, is_young(created.astype("int64"), end))


@dataclass(frozen=True)
class _Measured:
    """What the flow step found of each model, in the order of the snapshot."""

    flow: Numbers
    basis: Numbers
    counter_before: Numbers
    is_new: Numbers


def _attribute(pair: Pair, registry: Registry, family: Numbers) -> _Models:
    ids, authors, matcher = pair.models["id"], pair.models["author"], FamilyMatcher(registry.families)
    lineage = trace_lineage(ids, authors, pair.read_bases(), matcher, family)
    classes, class_of = classify_each(pair.models, lineage, registry.families)
    names = lineage.accounts.to_numpy(zero_copy_only=False)
    return _Models(pair, lineage, registry.families, classes, class_of, names)


def _measure(pair: Pair, start: dt.date, end: dt.date, engine: Engine) -> _Measured:
    counts = [pair.models[column] for column in ("downloads_30d", "downloads_all_time")]
    place = pa.array(np.arange(pair.models.num_rows, dtype=np.int32))
    created = _count_seconds(pair.models["created_at"])
    tables = [pa.table([place, pa.array(pair.number), created, *counts], schema=MODEL_SCHEMA)]
    if pair.before is not None:
        columns = {"join_key": pair.number_before, "counter_before": pair.before["downloads_all_time"]}
        tables.append(pa.table(columns))
    models, before = [*engine(tables), None][:2]
    found = collect(measure_flows(models, before, start, end))
    order = np.argsort(found["place"].to_numpy())
    return _Measured(
        flow=found["flow"].to_numpy()[order],
        basis=found["flow_basis"].to_numpy()[order].astype(np.int8),
        counter_before=_floats(found["counter_before"], np.nan)[order],
        is_new=found["is_new"].to_numpy()[order],
    )


def _describe_basis(models: _Models, measured: _Measured, days: int) -> tuple[str, int]:
    """Return what the flows of an interval rest on, and the days that they speak for.

    A rate speaks for thirty days at most. Where only some flows are rates and the interval is longer, the days are the
    mean over all models, weighed by their 30-day downloads, rounded down: a gap is rather too large than too small.
    """
    found = set(np.unique(measured.basis).tolist()) & {COUNTER, RATE}
    if len(found) < 2:
        return {COUNTER: ("counter", days), RATE: ("rate", min(days, COUNT_DAYS))}.get(
            max(found, default=0), ("none", 0)
        )
    counts = _floats(models.table["downloads_30d"])
    total, rated = float(counts.sum()), float(counts[measured.basis == RATE].sum())
    short = max(days - COUNT_DAYS, 0)
    return "mixed", int(days - short * rated / total) if total else days


def _sum_groups(models: _Models, measured: _Measured, end: dt.date, covered_days: int, engine: Engine) -> pd.DataFrame:
    rows = pa.table(
        {
            "publisher": models.lineage.publisher,
            "origin": models.lineage.origin,
            "model_class": models.class_of,
            "first_year": models.is_young(end),
            "created": _count_seconds(models.table["created_at"]),
            "flow": measured.flow,
            "downloads_30d": models.table["downloads_30d"],
            "downloads_all_time": models.table["downloads_all_time"],
        }
    )
    split = split_years(engine([rows])[0], end - dt.timedelta(days=covered_days), end)
    # Column by column, each freed once it is copied: the groups are a third as many as the models.
    groups: pd.DataFrame = collect(sum_rows(split)).to_pandas(split_blocks=True, self_destruct=True)
    return groups


def _find_small(groups: pd.DataFrame, models: _Models, registry: Registry) -> dict[str, Numbers]:
    """Tell for each account whether nobody reviewed it and it stays under the floor, as publisher and as origin."""
    small = {}
    for column in ("publisher", "origin"):
        totals = groups.groupby(column)["size"].sum()
        below = totals.index[totals < PUBLISHER_FLOOR_DOWNLOADS].to_numpy()
        small[column] = np.zeros(len(models.names), dtype=bool)
        small[column][below] = [name.lower() not in registry.publishers for name in models.names[below]]
    return small


def _fold(rows: pd.DataFrame, small: Mapping[str, Numbers]) -> pd.DataFrame:
    """Give all small publishers, and all small origins, one number: -1."""
    return rows.assign(**{column: rows[column].mask(is_small[rows[column]], -1) for column, is_small in small.items()})


def _name_groups(groups: pd.DataFrame, models: _Models) -> pd.DataFrame:
    """Sum groups of the same numbers, give the numbers their names, and sum once more in the names' order."""
    sums = ["flow", "downloads_30d", "downloads_all_time", "counted", "models"]
    rows = groups.groupby(list(GROUPS), sort=False)[sums].sum().reset_index()
    names = np.array([*models.names, SMALL], dtype=object)
    classes = models.classes.iloc[rows["model_class"]].reset_index(drop=True)
    texts = pd.DataFrame({column: names[rows[column]] for column in ("publisher", "origin")}, dtype="str")
    return pd.concat([texts, classes, rows[["first_year", *sums]]], axis=1)


def _fold_rows(rows: pd.DataFrame, registry: Registry) -> pd.DataFrame:
    """Fold the rows that hold less than one download in four million of the interval.

    Those of a publisher that nobody reviewed go to the row of the small ones, which is unreviewed too, with their
    classes and without their origin; those of a reviewed one lose origin, size, licence and relation, and count as
    originals of a small origin. Totals by publisher's country, universe and task stay as they are.
    """
    size = rows[["flow", "downloads_30d"]].max(axis=1)
    is_low = size < ROW_FLOOR * max(rows["flow"].sum(), rows["downloads_30d"].sum())
    reviewed = [name for name in rows["publisher"].unique() if name.lower() in registry.publishers]
    is_reviewed = rows["publisher"].isin(reviewed)
    folded = rows.assign(publisher=rows["publisher"].mask(is_low & ~is_reviewed, SMALL))
    for column, value in FOLDED.items():
        folded[column] = folded[column].mask(is_low & (is_reviewed | (column == "origin")), value)
    totals = folded.groupby(DIMENSIONS, sort=True, observed=True)[["counted", *MEASURES]].sum().reset_index()
    counters = totals["downloads_all_time"].astype("Int64").where(totals["counted"] > 0)
    types = {"flow": "float64", "downloads_30d": "int64", "models": "int64"}
    return totals.assign(downloads_all_time=counters)[[*DIMENSIONS, *MEASURES]].astype(types)


def _describe_folded(groups: pd.DataFrame, models: _Models, flows: pd.DataFrame) -> dict[str, int]:
    """Describe whom the row of the small ones holds: whole publishers, the largest of them, and parts of others."""
    sums = groups.groupby("publisher")["downloads_30d"].sum()
    sums.index = pd.Index(models.names[sums.index.to_numpy()], dtype="str")
    kept = flows.groupby("publisher")["downloads_30d"].sum().reindex(sums.index)
    whole = sums[kept.isna()]
    return {
        "folded_publishers": len(whole),
        "folded_most": int(whole.max()) if len(whole) else 0,
        "folded_parts": int((sums - kept).sum()),
    }


def _count_births(models: _Models, measured: _Measured, small: Mapping[str, Numbers]) -> pd.DataFrame:
    places = _find_new(models, measured)
    created = models.table["created_at"].to_numpy()[places].astype("datetime64[M]")
    numbers = pd.DataFrame(
        {
            "month": created.astype("int64"),
            "publisher": models.lineage.publisher[places],
            "origin": models.lineage.origin[places],
            "model_class": models.class_of[places],
        }
    )
    rows = _fold(numbers, small).groupby(list(numbers.columns), sort=False).size().rename("models").reset_index()
    names = np.array([*models.names, SMALL], dtype=object)
    texts = {column: names[rows[column]] for column in ("publisher", "origin")}
    months = rows["month"].to_numpy().astype("datetime64[M]").astype("str")
    classes = models.classes.iloc[rows["model_class"]].reset_index(drop=True)[["task_group", "relation"]]
    named = pd.concat([pd.DataFrame({"month": months, **texts}, dtype="str"), classes, rows["models"]], axis=1)
    counts = named.groupby(BIRTH_DIMENSIONS, sort=True, observed=True)["models"].sum()
    return counts.reset_index().astype({"models": "int64"})


def _list_releases(models: _Models, measured: _Measured, registry: Registry) -> pd.DataFrame:
    places = _find_new(models, measured)
    publishers = models.lineage.publisher[places]
    makers = [number for number in np.unique(publishers) if _is_organisation(models.names[number], registry)]
    is_own_kind = models.classes["relation"].isin(RELEASE_RELATIONS).to_numpy()
    own = models.describe(places[np.isin(publishers, makers) & is_own_kind[models.class_of[places]]])
    same = own["publisher"].map(registry.canonical) == own["origin"].map(registry.canonical)
    return own[same.astype(bool)].sort_values(["created_at", "id"])[RELEASE_COLUMNS].reset_index(drop=True)


def _find_new(models: _Models, measured: _Measured) -> Numbers:
    """Return where the new models with a date of creation stand."""
    return np.flatnonzero(measured.is_new & np.asarray(models.table["created_at"].is_valid()))


def _is_created_after(table: pa.Table, day: dt.date) -> Numbers:
    """Tell which models were created on a later day."""
    created = table["created_at"].to_numpy().astype("datetime64[s]")
    since: Numbers = created >= np.datetime64(day + dt.timedelta(days=1))
    return since


def _is_organisation(handle: str, registry: Registry) -> bool:
    row = registry.find(handle)
    return row is not None and row.kind != "person" and row.code != UNREVIEWED


def _pick_top(models: _Models, measured: _Measured, end: dt.date) -> pd.DataFrame:
    """Keep the most downloaded models, and the three most downloaded of each publisher above the floor."""
    downloads = np.asarray(pc.fill_null(models.table["downloads_30d"], -1))
    large = PUBLISHER_FLOOR_DOWNLOADS * 10
    # Whoever is neither among the most downloaded nor large cannot be picked, and need not be sorted.
    least = -1
    if len(downloads) > LEDGER_TOP_MODELS:
        least = np.partition(downloads, -LEDGER_TOP_MODELS)[-LEDGER_TOP_MODELS]
    places = np.flatnonzero(downloads >= min(least, large))
    named = models.describe(places).assign(flow=measured.flow[places], first_year=models.is_young(end)[places])
    counts = ["downloads_30d", "downloads_all_time"]
    counted = named.dropna(subset=counts, how="all")  # a model without a count has no rank
    ordered = counted.sort_values([*counts, "id"], ascending=[False, False, True], na_position="last")
    within = ordered.groupby("publisher").cumcount()
    is_large = ordered["downloads_30d"].fillna(0) >= large
    overall = pd.Series(range(len(ordered)), index=ordered.index) < LEDGER_TOP_MODELS
    kept = ordered[overall | (is_large & (within < 3))]
    chains = [write_chain(models.lineage.list_chain(place)) for place in places[kept.index].tolist()]
    return kept.assign(chain=pd.array(chains, dtype="str"))[MODEL_COLUMNS].reset_index(drop=True)


def _list_anomalies(models: _Models, measured: _Measured, days: int) -> tuple[Anomaly, ...]:
    after, counts = _floats(models.table["downloads_all_time"], np.nan), _floats(models.table["downloads_30d"])
    rise = np.where(measured.basis == COUNTER, after - measured.counter_before, np.nan)
    # All that can be one: an excess is at most the rise, and what was expected at most the count of thirty days.
    is_large = (-rise >= MIN_FALL_DOWNLOADS) | (rise >= MIN_SPIKE_DOWNLOADS)
    places = np.flatnonzero(is_large | ((rise == 0) & (counts >= MIN_STALL_DOWNLOADS)))
    has_count = np.asarray(models.table["downloads_30d"].is_valid())[places]
    rise, counts, after = rise[places], counts[places], after[places]
    expected = counts * min(days, COUNT_DAYS) / COUNT_DAYS
    excess = rise - SPIKE_FACTOR * counts if days <= COUNT_DAYS else np.full(len(rise), np.nan)
    sizes = {
        "counter-fell": np.where(-rise >= MIN_FALL_DOWNLOADS, -rise, 0),
        "counter-jumped": np.where(has_count & (excess >= MIN_SPIKE_DOWNLOADS), excess, 0),
        "counter-stalled": np.where((rise == 0) & (expected >= MIN_STALL_DOWNLOADS), expected, 0),
    }
    return tuple(
        Anomaly(kind, name, int(measured.counter_before[places[row]]), int(after[row]))
        for kind, size in sizes.items()
        for name, row in _order_largest(models, places, size)
    )


def _list_surges(pair: Pair) -> tuple[Anomaly, ...]:
    """List the models that hold one percent of the 30-day downloads, before or after, and moved tenfold."""
    if pair.before is None:
        return ()
    listed = put_back_unchanged(pair.before)
    large = np.union1d(_find_large(pair.models, pair.number), _find_large(listed, pair.number_before))
    now = _look_up(pair.models, pair.number, large).sort_values("id").drop_duplicates("number").set_index("number")
    before = _look_up(listed, pair.number_before, large).groupby("number")["downloads_30d"].max()
    both = now.assign(before=before).dropna()
    ratio = both["downloads_30d"].clip(lower=1) / both["before"].clip(lower=1)
    moved = both[(ratio >= SURGE_FACTOR) | (ratio <= 1 / SURGE_FACTOR)]
    order = (moved["downloads_30d"] - moved["before"]).abs().sort_values(ascending=False, kind="stable").index
    return tuple(
        Anomaly("count-surged" if count > earlier else "count-collapsed", name, int(earlier), int(count))
        for name, count, earlier in moved.loc[order].itertuples(index=False)
    )


def _find_large(models: pa.Table, number: Numbers) -> Numbers:
    """Return the numbers of the models with one percent of the 30-day downloads."""
    counts = _floats(models["downloads_30d"])
    large: Numbers = number[counts >= max(SURGE_PART * counts.sum(), 1)]
    return large


def _look_up(models: pa.Table, number: Numbers, wanted: Numbers) -> pd.DataFrame:
    """Return number, 30-day count and id, where ids are held, of the models with these numbers."""
    places = np.flatnonzero(np.isin(number, wanted))
    columns = [column for column in ("id", "downloads_30d") if column in models.column_names]
    return to_frame(models.select(columns).take(pa.array(places))).assign(number=number[places])


def _order_largest(models: _Models, places: Numbers, size: Numbers) -> list[tuple[str, int]]:
    """Return id and position in `places` of those with the largest sizes above 0, the largest first, then by name."""
    rows = np.flatnonzero(np.nan_to_num(size) > 0)
    ids = models.table["id"].take(pa.array(places[rows])).to_pylist()
    frame = pd.DataFrame({"id": pd.Series(ids, dtype="str"), "row": rows, "size": size[rows]})
    largest = frame.sort_values(["size", "id"], ascending=[False, True]).head(MAX_ANOMALIES)
    return list(zip(largest["id"], largest["row"], strict=True))


def _created_known(models: _Models) -> float:
    counts = _floats(models.table["downloads_30d"])
    total, known = counts.sum(), counts[np.asarray(models.table["created_at"].is_valid())].sum()
    return round(float(known / total), 6) if total else 0.0


def _sum_unchanged(models: pa.Table) -> float:
    old, new = (float(_floats(models[column]).sum()) for column in ("unchanged_30d", "downloads_30d"))
    return round(old / (old + new), 6) if old else 0.0


def _count_removed(pair: Pair) -> int:
    is_kept = np.zeros(len(pair.number_before), dtype=bool)
    is_kept[pair.place_before[pair.place_before >= 0]] = True
    return int((~is_kept[pair.number_before]).sum())


def _count_seconds(created_at: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Return moments as seconds since 1970."""
    return created_at.cast(SCHEMA.field("created_at").type, safe=False).cast(pa.int64())


def _floats(counts: pa.ChunkedArray, missing: float = 0.0) -> Numbers:
    """Return counts as floats, which hold whole numbers up to 2**53 exactly."""
    return np.asarray(pc.fill_null(counts.cast(pa.float64()), missing))
