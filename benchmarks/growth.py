"""What a history of 1,200 nights costs: the report, the site and its pages, at the Hub's size.

The ledger is drawn at the level of publishers: the entry of one drawn night, with the counts of a few variants, stands
for all nights. Files of one variant have the same bytes, so the disk holds them once.
"""

import datetime as dt
import os
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from generator.ledger import Interval, LedgerEntry
from generator.store import FRAMES, Manifest, Stored, load_ledger, read_manifest, save_entry, write_manifest

NIGHTS: Final = 1200
VARIANTS: Final = 8


def draw_history(store: Path, nights: int = NIGHTS) -> None:
    """Make a history of so many nights up to the newest one from the ledger's newest entry."""
    manifest = read_manifest(store)
    entry, sha256 = load_ledger(store).entries[-1], manifest.stored[-1].snapshot_sha256
    kinds = [save_entry(store, _vary(entry, seed), sha256) for seed in range(VARIANTS)]
    newest = entry.interval.end
    lines = [_repeat(store, kinds[age % VARIANTS], newest - dt.timedelta(days=age)) for age in range(nights - 1, 0, -1)]
    write_manifest(store, Manifest((*lines, manifest.stored[-1])))


def _vary(entry: LedgerEntry, seed: int) -> LedgerEntry:
    """Return the entry of the night before with other counts, some tenths up or down, and a week's births less."""
    rng = np.random.default_rng(seed)
    interval = _move(entry.interval, entry.interval.start)

    def shake(frame: pd.DataFrame) -> pd.DataFrame:
        grown = (frame["downloads_30d"].astype("float64") * rng.uniform(0.8, 1.2, len(frame))).astype("int64")
        return frame.assign(flow=grown / 32, downloads_30d=grown)

    flows, models = shake(entry.flows), shake(entry.models)
    return LedgerEntry(interval, flows, models, entry.births, entry.releases)


def _move(interval: Interval, end: dt.date) -> Interval:
    return replace(interval, start=end - dt.timedelta(days=1), end=end, covered_days=1)


def _repeat(store: Path, kind: Stored, end: dt.date) -> Stored:
    """Give a variant's files the names of another night."""
    interval = _move(kind.interval, end)
    files = {}
    for name, ending in FRAMES.items():
        digest = kind.files[name].rpartition("-")[2].removesuffix(ending)
        files[name] = f"{interval.start}_{interval.end}-{digest}{ending}"
        if not (store / "ledger" / files[name]).exists():
            os.link(store / "ledger" / kind.files[name], store / "ledger" / files[name])
    return Stored(interval, kind.snapshot_sha256, files)
