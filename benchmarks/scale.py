"""How a night and the report grow with the Hub: processor seconds, peak memory and file sizes at several sizes.

The models are drawn, not real, with the Hub's skew of November 2026: 35 % have any download in thirty days, 1.5 %
hold 99 % of them, 28 % name a base model, one publisher to five models. Names and tasks are those of the bundled
snapshots; the reviewed accounts publish most of what is downloaded. Same size, same models.
"""

import argparse
import datetime as dt
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.measured import Measured, measure, run_apart, tell
from generator.ledger.intervals import LedgerEntry
from generator.ledger.lineage import FamilyMatcher, trace_lineage
from generator.ledger.store import Manifest, load_ledger, read_manifest, save_entry, write_manifest
from generator.questions.compute import compute_report
from generator.registry import load_registry
from generator.sources.bundled import list_files
from generator.sources.snapshot import SCHEMA, SnapshotInfo, read_snapshot, snapshot_path, write_snapshot
from tests.small import append_all

# Up to the Hub of November 2026, and to one four times as large.
SIZES: Final = (400_000, 800_000, 1_600_000, 3_200_000, 12_800_000)
STEPS: Final = ("first", "next", "lineage", "report")
WEEKS: Final = 120
NIGHT: Final = dt.date(2026, 11, 22)
DAY: Final = dt.timedelta(days=1)
_Numbers: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"

MODELS_A_PUBLISHER: Final = 5.3
DOWNLOADED: Final = 0.35
HEAD: Final = 0.015
HEAD_DOWNLOADS: Final = 0.99
DOWNLOADS_A_MODEL: Final = 650
WITH_BASE: Final = 0.28
IN_CIRCLES: Final = 0.0001
# How many models fill in a field; the same publishers tend to fill in all of them.
FILLED: Final = {"task": 0.55, "license": 0.45, "parameters": 0.3}
# What a publisher's models have in common, so that they fall into as many classes as those of the bundled snapshot:
# of 20 to 50 models 14, of 50 to 100 22, of 100 to 200 50, counted in November 2026.
HABIT: Final = 0.85
ROWS_A_PUBLISHER: Final = 6
WITH_LIBRARY: Final = 0.65
PLAIN_NAMES: Final = ("ppo-LunarLander-v2", "my_model", "checkpoint", "results", "sentiment-finetuned", "lora-style")
LIBRARIES: Final = ("transformers", "peft", "diffusers", "sentence-transformers", "gguf", "timm")
RELATIONS: Final = ("quantized", "finetune", "adapter", "merge")


def measure_scale(sizes: tuple[int, ...] = SIZES) -> Iterator[Measured]:
    """Yield what each step costs at each size, with its time as a multiple of the same step at the size before.

    Every step runs in a process of its own, for its peak of memory.
    """
    before: dict[str, tuple[int, float]] = {}
    for models in sizes:
        with tempfile.TemporaryDirectory() as folder:
            for step in STEPS:
                draw_night(Path(folder), models, step)
                (found,) = run_apart("benchmarks.scale", "--step", step, "--store", folder)
                seconds, more = found.seconds or 0.0, [found.more] if found.more else []
                if step in before:
                    times = (
                        f"{seconds / before[step][1]:.2f} × the time for {models / before[step][0]:.0f} × the models"
                    )
                    more = [times, *more]
                before[step] = (models, seconds)
                yield replace(found, what=f"{models:,} models: {found.what}", more=", ".join(more))


def draw_night(store: Path, models: int, step: str) -> None:
    """Put the snapshot that a step adds into the store; the second one is a day younger than the first."""
    if step == "first":
        write_snapshot(snapshot_path(store, NIGHT), [draw_models(models)], SnapshotInfo(NIGHT, "drawn", "hub"))
    elif step == "next":
        later = draw_next_day(read_snapshot(snapshot_path(store, NIGHT)))
        write_snapshot(snapshot_path(store, NIGHT + DAY), [later], SnapshotInfo(NIGHT + DAY, "drawn", "hub"))
    elif step == "report":
        repeat_weeks(store)


def draw_models(models: int) -> pa.Table:
    """Draw a snapshot's rows, the columns of a snapshot."""
    rng = np.random.default_rng(models)
    downloads = _draw_downloads(models, rng)
    publisher = _draw_publishers(downloads, rng)
    real = _take_bundled(publisher, downloads, rng)
    authors = _list_handles(int(publisher.max()) + 1).take(pa.array(publisher))
    numbers = pa.array(np.arange(models)).cast("string")
    ids = pc.binary_join_element_wise(pc.binary_join_element_wise(authors, real["name"], "/"), numbers, "-")
    age = (_draw_habit(publisher, 1, rng) ** 1.5 * 1500 * 86_400).astype("int64")
    created = int(pd.Timestamp(NIGHT, tz="UTC").timestamp()) - age
    columns = {
        "key": pc.binary_join_element_wise("65f0c1d2a3b4c5d6", numbers, ""),
        "id": ids,
        "author": authors,
        "created_at": pa.array(created).cast(SCHEMA.field("created_at").type),
        "downloads_30d": downloads,
        "downloads_all_time": downloads * rng.integers(1, 25, models) + rng.integers(0, 200, models),
        "likes": downloads // 500,
        "task": real["task"],
        "library": _draw_usual(LIBRARIES, publisher, rng, rng.random(models) < WITH_LIBRARY),
        "license": real["license"],
        "languages": pa.nulls(models, SCHEMA.field("languages").type),
        "parameters": real["parameters"],
        **_draw_bases(ids, downloads, publisher, rng),
        "gated": pa.array(["no"]).take(pa.array(np.zeros(models, "int64"))),
        "unchanged_30d": pa.nulls(models, pa.int64()),
    }
    return pa.table(columns, schema=SCHEMA)


def draw_next_day(before: pa.Table) -> pa.Table:
    """Draw the rows of a day later: one model in two thousand is gone, one in a thousand new, the counts went on."""
    rng = np.random.default_rng(before.num_rows + 1)
    kept = before.filter(pa.array(rng.random(before.num_rows) > 1 / 2000))
    counts = kept["downloads_30d"].to_numpy()
    today = rng.poisson(counts / 30)
    kept = _replace(kept, "downloads_30d", np.maximum(counts + today - counts // 30, 0))
    kept = _replace(kept, "downloads_all_time", kept["downloads_all_time"].to_numpy() + today)
    fresh = draw_models(before.num_rows).slice(0, before.num_rows // 1000)
    for column in ("key", "id"):
        fresh = _replace(fresh, column, pc.binary_join_element_wise(fresh[column], "new", "-"))
    midnight = pa.array([int(pd.Timestamp(NIGHT + DAY, tz="UTC").timestamp())] * fresh.num_rows)
    return pa.concat_tables([kept, _replace(fresh, "created_at", midnight)])


def repeat_weeks(store: Path, weeks: int = WEEKS) -> None:
    """Make a history of weekly intervals from the ledger's newest one, each with its own counts."""
    manifest = read_manifest(store)
    entry, rng = load_ledger(store).entries[-1], np.random.default_rng(weeks)
    flows, models = entry.flows, entry.models
    stored = []
    for week in range(weeks):
        end = NIGHT - dt.timedelta(weeks=weeks - 1 - week)
        interval = replace(entry.interval, start=end - dt.timedelta(weeks=1), end=end, covered_days=7)
        grown = (flows["downloads_30d"] * rng.uniform(0.5, 1.5, len(flows))).astype("int64")
        named = (models["downloads_30d"].astype("float64") * rng.uniform(0.5, 1.5, len(models))).astype("int64")
        changed = LedgerEntry(
            interval=interval,
            flows=flows.assign(flow=grown * 7 // 30, downloads_30d=grown),
            models=models.assign(flow=named * 7 // 30, downloads_30d=named),
            births=entry.births,
            releases=entry.releases,
        )
        stored.append(save_entry(store, changed, manifest.stored[-1].snapshot_sha256))
    write_manifest(store, Manifest(tuple(stored)))


def _draw_downloads(models: int, rng: np.random.Generator) -> _Numbers:
    """Draw 30-day downloads: a long head, a thin tail, and most without any; in random order."""
    head, some = int(models * HEAD), int(models * DOWNLOADED)
    total = models * DOWNLOADS_A_MODEL
    weights = 1 / (np.arange(head) + 10) ** 1.1
    large = weights / weights.sum() * total * HEAD_DOWNLOADS
    small = rng.exponential(total * (1 - HEAD_DOWNLOADS) / max(some - head, 1), some - head)
    counts = np.concatenate([large, small + 1, np.zeros(models - some)]).astype("int64")
    return rng.permutation(counts)


def _draw_publishers(downloads: _Numbers, rng: np.random.Generator) -> _Numbers:
    """Draw each model's publisher by number; the more it is downloaded, the nearer to the first, reviewed ones."""
    models = len(downloads)
    count = models / MODELS_A_PUBLISHER
    steepness = 2.5 + 10 * np.log10(np.maximum(downloads, 300) / 300)
    return (count * rng.random(models) ** steepness).astype("int64")


def _list_handles(count: int) -> pa.Array:
    reviewed = sorted(row.handle for row in load_registry().publishers.values())[:count]
    others = pa.array(np.arange(count - len(reviewed))).cast("string")
    return pa.concat_arrays([pa.array(reviewed), pc.binary_join_element_wise("user", others, "-")])


def _take_bundled(publisher: _Numbers, downloads: _Numbers, rng: np.random.Generator) -> dict[str, pa.Array]:
    """Take name, task, licence and parameters together from real models, a publisher's ones from a few rows.

    Of what nobody downloads half has a name that tells nothing, and few of them fill in the rest.
    """
    models = len(publisher)
    bundled = read_snapshot(list_files()[-1], ["id", "task", "license", "parameters"]).combine_chunks()
    row = (publisher * 7919 + rng.exponential(ROWS_A_PUBLISHER, models).astype("int64")) % bundled.num_rows
    taken = bundled.take(pa.array(row))
    habit = _draw_habit(publisher, 2, rng)
    habit = np.where(downloads > 0, habit * 0.7, habit)
    plain = pa.array(PLAIN_NAMES).take(pa.array(rng.integers(0, len(PLAIN_NAMES), models)))
    named = pc.replace_substring_regex(taken["id"], ".*/", "")
    tells = pa.array((downloads > 0) | (rng.random(models) < 0.5))
    return {"name": pc.if_else(tells, named, plain)} | {
        column: pc.if_else(pa.array(habit < filled), taken[column], None) for column, filled in FILLED.items()
    }


def _draw_habit(publisher: _Numbers, what: int, rng: np.random.Generator) -> _Numbers:
    """Draw numbers from 0 to 1 that are mostly the publisher's own: who fills in a field fills it in everywhere."""
    own = (publisher * 2654435761 * what) % 1009 / 1009
    return np.where(rng.random(len(publisher)) < HABIT, own, rng.random(len(publisher)))


def _draw_usual(words: tuple[str, ...], publisher: _Numbers, rng: np.random.Generator, filled: _Numbers) -> pa.Array:
    """Draw words, mostly the publisher's usual one; missing where they are not filled in."""
    drawn = (_draw_habit(publisher, 3, rng) * len(words)).astype("int64")
    return pa.array(words).take(pa.array(drawn, mask=~filled))


def _draw_bases(
    ids: pa.ChunkedArray, downloads: _Numbers, publisher: _Numbers, rng: np.random.Generator
) -> dict[str, pa.Array]:
    """Draw base models: mostly one, and a popular one; one in ten has several, one in thirty left the Hub."""
    models = len(ids)
    tagged = rng.random(models) < WITH_BASE
    lengths = np.where(tagged, np.where(rng.random(models) < 0.1, rng.integers(2, 5, models), 1), 0)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    order = np.argsort(-downloads, kind="stable")
    mine = np.repeat(np.argsort(order), lengths)
    below = np.where(rng.random(offsets[-1]) < IN_CIRCLES, models, mine)
    parents = ids.take(pa.array(order[(below * rng.random(offsets[-1]) ** 6).astype("int64")])).combine_chunks()
    gone = pc.binary_join_element_wise(parents, "gone", "-")
    parents = pc.if_else(pa.array(rng.random(len(parents)) < 1 / 30), gone, parents)
    filled = pa.ListArray.from_arrays(pa.array(offsets, "int32"), parents)
    relation = _draw_usual(RELATIONS, publisher, rng, tagged)
    has_base = pa.array(tagged)
    return {
        "base_models": pc.if_else(has_base, filled, pa.scalar(None, filled.type)),
        "base_relation": pc.if_else(has_base, relation, pa.scalar(None, pa.string())),
    }


def _replace(table: pa.Table, column: str, values: object) -> pa.Table:
    field = SCHEMA.field(column)
    array = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values)
    return table.set_column(SCHEMA.get_field_index(column), field, array.cast(field.type))


def run_step(step: str, store: Path) -> Measured:
    """Run one step here and return what it used."""
    registry = load_registry()
    if step == "lineage":
        return measure("attribute the models", lambda: _attribute(store, FamilyMatcher(registry.families)))
    if step == "report":
        work = lambda: compute_report(load_ledger(store).entries, registry, NIGHT + DAY)  # noqa: E731
        return measure(f"report over {WEEKS} weeks", work)
    return measure(f"append the {step} night", lambda: append_all(store, registry), lambda: _describe_newest(store))


def _describe_newest(store: Path) -> str:
    """Describe the files of the ledger's newest interval."""
    stored = read_manifest(store).stored[-1]
    sizes = {name: (store / "ledger" / file).stat().st_size / 1000 for name, file in stored.files.items()}
    rows = pq.read_metadata(store / "ledger" / stored.files["flows"]).num_rows
    return f"flows in {rows:,} rows, " + ", ".join(f"{name} {kb:,.0f} KB" for name, kb in sizes.items())


def _attribute(store: Path, matcher: FamilyMatcher) -> None:
    models = read_snapshot(snapshot_path(store, NIGHT), ["id", "author", "base_models"]).combine_chunks()
    ids, authors, bases = models.columns
    trace_lineage(ids, authors, bases.combine_chunks(), matcher, matcher.find_each(ids))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--step", required=True)
    parser.add_argument("--store", type=Path, required=True)
    arguments = parser.parse_args()
    tell([run_step(arguments.step, arguments.store)])
