"""The ledger that goes out with the site: the newest intervals; of the rest where they are, and their hashes."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from generator.base.errors import LedgerError
from generator.base.files import write_if_changed
from generator.base.settings import SITE_INTERVALS
from generator.ledger.store import Stored, list_ledger_files, read_manifest, render_manifest

# Beside the manifest's own keys: the intervals that the site does not carry.
EARLIER: Final = "earlier"


def list_site_ledger(store: Path, remote: str | None, cache: Path) -> list[Path]:
    """List the files of the ledger that go out with the site: the newest intervals, with a manifest of their own.

    Without a dataset repository all of them go out: they would be nowhere else.

    Args:
        store: holds the ledger.
        remote: the dataset repository that has all intervals, as `hf://datasets/OWNER/NAME`.
        cache: gets that manifest.
    """
    manifest = read_manifest(store)
    if not remote or len(manifest.stored) <= SITE_INTERVALS:
        return list_ledger_files(store)
    newest = replace(manifest, stored=manifest.stored[-SITE_INTERVALS:])
    path = cache / "ledger" / "manifest.json"
    earlier = {"repository": remote, "intervals": [_describe(line) for line in manifest.stored[:-SITE_INTERVALS]]}
    write_if_changed(path, render_manifest(newest, {EARLIER: earlier}))
    return [path, *(store / "ledger" / name for line in newest.stored for name in line.files.values())]


def read_earlier(text: bytes) -> tuple[str, Sequence[Mapping[str, Any]]]:
    """Return the repository of the intervals that a site's manifest leaves out, and what it says of them.

    Raises:
        LedgerError: it does not say that as it is written.
    """
    try:
        found = json.loads(text).get(EARLIER)
        lines = found["intervals"] if found else ()
        for line in lines:
            dt.date.fromisoformat(line["end"])
            dict(line["files"])
        return (str(found["repository"]), lines) if found else ("", ())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LedgerError(
            f"What the manifest says of earlier intervals cannot be read: {error!r}. Each needs `end` and `files`, as "
            "a build writes them: check the address of the site."
        ) from error


def _describe(line: Stored) -> dict[str, object]:
    interval = line.interval
    return {
        "start": interval.start.isoformat(),
        "end": interval.end.isoformat(),
        "snapshot_sha256": line.snapshot_sha256,
        "files": dict(line.files),
    }
