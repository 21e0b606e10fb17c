"""Read the model catalogue that the package `llmfit` carries, and turn its collections into snapshots.

This is how the bundled snapshots were made; nothing of it runs in a build. `observations.csv.gz` has every distinct
count of every model with the first and the last release that carries it; `facts.csv.gz` what does not change.
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa

from generator.base.settings import FRESH_MIN_DOWNLOADS
from generator.sources.snapshot import SCHEMA, SnapshotInfo, author_of, snapshot_path, write_snapshot


@dataclass(frozen=True)
class Collection:
    """A release in which at least three quarters of the downloads are counts that were read anew.

    Attributes:
        version: of the package.
        collected_from: the first UTC day on which they were read.
        collected_to: the last one, by which the snapshot is dated.
    """

    version: str
    collected_from: dt.date
    collected_to: dt.date


def _collected(version: str, first: str, last: str = "") -> Collection:
    return Collection(version, dt.date.fromisoformat(first), dt.date.fromisoformat(last or first))


# Days of the makers' own commits, or on which the Hub's daily counts are these to the digit. Of the last three only
# the release before is known, after which they were read.
COLLECTIONS: Final = (
    _collected("0.9.1", "2026-04-05"),
    _collected("0.9.3", "2026-04-08"),
    _collected("0.9.14", "2026-04-22"),
    _collected("0.9.17", "2026-04-29"),
    _collected("0.9.22", "2026-05-06"),
    _collected("0.9.23", "2026-05-10"),
    _collected("0.9.29", "2026-05-09", "2026-05-22"),
    _collected("0.9.32", "2026-06-23"),
    _collected("1.0.0", "2026-07-05"),
    _collected("1.1.8", "2026-08-03"),
    _collected("1.1.10", "2026-08-17"),
    _collected("1.1.13", "2026-08-28", "2026-09-03"),
    _collected("1.1.16", "2026-09-10", "2026-09-19"),
    _collected("1.1.17", "2026-09-19", "2026-10-08"),
)
# Typed by hand into the catalogue as round numbers, not counted by the Hub.
HAND_TYPED: Final = frozenset(
    {
        "openai/whisper-large-v3",
        "openai/whisper-large-v3-turbo",
        "openai/whisper-medium",
        "distil-whisper/distil-large-v3",
    }
)
# Accounts that the catalogue lists under two names: the earlier one, and the one that it lists since. Where both list
# a model of one name it is one repository: read on one day, the two counts are the same to the digit.
RENAMED_ACCOUNTS: Final = {
    "AIDC-AI": "ATH-MaaS",
    "CohereForAI": "CohereLabs",
    # Read under one name only since August 2026, under the other never again.
    "deepreinforce-ai": "ornith-ai",
    "inceptionai": "inception42",
    "rednote-hilab": "dots-studio",
}
# Repositories that are listed twice otherwise: the other name, and the Hub's own spelling or the later account.
OTHER_NAMES: Final = {
    "RedHatAI/gemma-4-26B-A4B-it-FP8-Dynamic": "RedHatAI/gemma-4-26B-A4B-it-FP8-dynamic",
    "RedHatAI/gemma-4-31B-it-FP8-Dynamic": "RedHatAI/gemma-4-31B-it-FP8-dynamic",
    "XCurOS/XCurOS-0.1-8B-Instruct": "XCurOS/XCurOS0.1-8B-Instruct",
    "XCurOS/XCurOS-1.2-8B-VLBF16-Instruct": "XCurOS/XCurOS1.2-8B-VLBF16-Instruct",
    "anrilombard/mzansilm-125m": "uctnlp/mzansilm-125m",
    "microsoft/phi-3-mini-4k-instruct": "microsoft/Phi-3-mini-4k-instruct",
    "nvidia/Llama-3.3-Nemotron-Super-49B-v1": "nvidia/Llama-3_3-Nemotron-Super-49B-v1",
}

_TEXTS: Final = {"task": "pipeline_tag", "license": "license"}


def import_catalogue(folder: Path, store: Path) -> list[SnapshotInfo]:
    """Write one snapshot for each of the collections; the same files give the same bytes.

    Args:
        folder: holds `observations.csv.gz` and `facts.csv.gz`.
        store: the folder to write `snapshots/` into.
    """
    counts = pd.read_csv(folder / "observations.csv.gz", keep_default_na=False)
    names = find_names(counts["id"])
    facts = join_names(_read_facts(folder / "facts.csv.gz"), names).set_index("id").drop(columns="is_read")
    # Likes are those of the last release.
    earlier = facts.assign(likes=None)
    return [
        _write(collection, join_names(list_counts(counts, collection.version), names).join(known, on="id"), store)
        for collection, known in zip(COLLECTIONS, [*[earlier] * (len(COLLECTIONS) - 1), facts], strict=True)
    ]


def list_counts(counts: pd.DataFrame, version: str) -> pd.DataFrame:
    """List the counts that a release carries.

    Args:
        counts: `id`, `downloads_30d`, `first_version`, `first_released` and `last_released` of each distinct count.
        version: the release.

    Returns:
        One row per model that is not typed by hand: `id`, `downloads_30d`, `unchanged_30d`, which has the count instead
        where it was read for an earlier release and stands here again, and `is_read`.
    """
    is_new = counts["first_version"] == version
    released = counts.loc[is_new, "first_released"].iloc[0]
    is_listed = (counts["first_released"] <= released) & (counts["last_released"] >= released)
    listed = counts["downloads_30d"].astype("Int64")
    is_old = ~is_new & (listed >= FRESH_MIN_DOWNLOADS)
    rows: pd.DataFrame = counts[["id"]].assign(
        downloads_30d=listed.mask(is_old), unchanged_30d=listed.where(is_old), is_read=is_new & (listed > 0)
    )
    kept: pd.DataFrame = rows[is_listed & ~rows["id"].isin(HAND_TYPED)]
    return kept


def find_names(ids: pd.Series) -> dict[str, str]:
    """Return, by the other name, the name that is kept of each repository that is listed under two."""
    known = set(ids)
    accounts = {name: RENAMED_ACCOUNTS.get(author_of(name) or "") for name in known}
    moved = {name: f"{account}/{name.partition('/')[2]}" for name, account in accounts.items() if account}
    return {name: kept for name, kept in (moved | OTHER_NAMES).items() if kept in known}


def join_names(rows: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Make one row of each repository: of two the one that was read, of two that were the one under the name kept."""
    ordered = rows.assign(is_other=rows["id"].isin(names)).sort_values(["is_other", "id"])
    ordered = ordered.sort_values("is_read", ascending=False, kind="stable").drop(columns="is_other")
    return ordered.assign(id=ordered["id"].replace(names)).drop_duplicates("id").sort_values("id")


def _read_facts(path: Path) -> pd.DataFrame:
    """Read what does not change of each model; an empty text and 0 parameters are missing."""
    raw = pd.read_csv(path, dtype={"parameters_raw": "Int64", "hf_likes": "Int64"}, keep_default_na=False)
    texts = {name: raw[column].replace("", None) for name, column in _TEXTS.items()}
    created = pd.to_datetime(raw["release_date"].replace("", None), utc=True).dt.as_unit("s")
    facts = pd.DataFrame({"id": raw["id"], "created_at": created, **texts})
    parameters = raw["parameters_raw"].mask(raw["parameters_raw"] == 0)
    return facts.assign(parameters=parameters, likes=raw["hf_likes"], is_read=created.notna())


def _write(collection: Collection, rows: pd.DataFrame, store: Path) -> SnapshotInfo:
    rows = rows.assign(author=rows["id"].map(author_of))
    full = rows.assign(**dict.fromkeys(set(SCHEMA.names) - set(rows.columns)))[SCHEMA.names]
    info = SnapshotInfo(
        date=collection.collected_to,
        source=f"catalogue of llmfit {collection.version}",
        scope="selection",
        collected_from=collection.collected_from,
        collected_to=collection.collected_to,
    )
    table = pa.Table.from_pandas(full, schema=SCHEMA, preserve_index=False)
    return write_snapshot(snapshot_path(store, info.date), [table], info, packed=True)
