"""The families of a snapshot's names as they were found before, so that a night matches its new names alone.

    families/<snapshot>-<registry>.parquet    position of each row's family, or -1; the names stand in the snapshot

The file is derived and may be absent; nothing pushes it. It counts only for the snapshot whose hash it carries, and for
the same families and the same program.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from generator.base.files import hash_bytes, open_atomically
from generator.ledger import lineage
from generator.ledger.lineage import FamilyMatcher
from generator.ledger.pairs import Numbers, Pair
from generator.registry import Family

FOLDER: Final = "families"
_SCHEMA: Final = pa.schema([pa.field("family", pa.int16())])
_DIGITS: Final = 16


def find_families(store: Path, pair: Pair, families: Sequence[Family], sha256: str, before: str | None) -> Numbers:
    """Return the position of each model's family, or -1, and keep the positions for the night after.

    Args:
        store: the store's folder.
        pair: the snapshot and the one before it.
        families: the registry's.
        sha256: hash of the snapshot.
        before: hash of the one before.
    """
    matcher, registry = FamilyMatcher(tuple(families)), _hash_families(families)
    known = _read(_path(store, before, registry), len(pair.number_before)) if before else None
    found = match_new(pair, matcher, known)
    _keep(_path(store, sha256, registry), found)
    return found


def match_new(pair: Pair, matcher: FamilyMatcher, known: Numbers | None) -> Numbers:
    """Return the position of each model's family: the known one where the name is, else what the matcher finds."""
    ids = pair.models["id"]
    if known is None:
        return matcher.find_each(ids)
    found = np.append(known, np.int16(-1))[pair.known_before]
    fresh = np.flatnonzero(pair.known_before < 0)
    found[fresh] = matcher.find_each(ids.take(pa.array(fresh)))
    return found


def _path(store: Path, sha256: str, registry: str) -> Path:
    return store / FOLDER / f"{sha256[:_DIGITS]}-{registry}.parquet"


def _hash_families(families: Sequence[Family]) -> str:
    """Hash what a match depends on: the patterns in their order, and the program that reads them."""
    patterns = "\n".join(family.pattern for family in families)
    return hash_bytes(patterns.encode() + Path(lineage.__file__).read_bytes())[:_DIGITS]


def _read(path: Path, rows: int) -> Numbers | None:
    """Read kept positions; None where there are none, where bytes changed, or for another number of rows."""
    try:
        table = pq.read_table(path, schema=_SCHEMA, page_checksum_verification=True)
    except (OSError, pa.ArrowException):
        return None
    found = table["family"]
    return found.to_numpy() if len(found) == rows and not found.null_count else None


def _keep(path: Path, found: Numbers) -> None:
    """Keep positions in place of all others: the next night begins at this snapshot."""
    with open_atomically(path) as file:
        table = pa.table({"family": found}, schema=_SCHEMA)
        pq.write_table(table, file, compression="zstd", write_page_checksum=True)
    for other in path.parent.iterdir():
        if other != path:
            other.unlink(missing_ok=True)
