"""The history of a published site, brought into a store: one's own that was lost, or a copy of somebody else's.

The two are read alike: every file of the ledger has its hash in its name, and the site's list of hashes has those of
the manifest and of the log. Hashes tell that what came is what the site published, and nothing of whether it is true.
So a copy is marked in its manifest, and stays one.
"""

import datetime as dt
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

from generator.audit.corrections import FILE as CORRECTIONS
from generator.audit.corrections import add_corrections
from generator.base.encode import BYTE_ORDER_MARK, label
from generator.base.errors import LedgerError, RemoteError
from generator.base.files import hash_bytes, hash_in_name, is_whole
from generator.base.progress import Report, tell_nobody, track
from generator.base.settings import (
    MAX_COPY_BYTES,
    MAX_COPY_FILES,
    MAX_COPY_MANIFEST_BYTES,
    MAX_COPY_ROWS,
    MAX_COPY_UNPACKED_BYTES,
)
from generator.base.strangers import PublicOnly
from generator.base.swap import recover_folder, swap_folder
from generator.ledger.store import Manifest, Stored, list_ledger_files, read_manifest, remove_stale, write_manifest
from generator.night.live import Site
from generator.night.remote import DatasetRepo, bring_ledger
from generator.publish.ledger_files import read_earlier
from generator.publish.site import LEDGER, SUMS
from generator.registry import Correction, read_corrections
from generator.sources.snapshot import list_snapshots

_WORK: Final = "restore"
OpenRepo = Callable[[str], DatasetRepo] | None


@dataclass(frozen=True)
class Restored:
    """What a restoration brought back.

    Attributes:
        manifest: the store's ledger now.
        lacking: ends of the intervals that the site names and that could not be had.
        reason: why not; empty where all are there.
        log: the corrections that the site publishes, newest first.
    """

    manifest: Manifest
    lacking: tuple[dt.date, ...] = ()
    reason: str = ""
    log: tuple[Correction, ...] = ()


def restore(
    url: str,
    store: Path,
    known: Collection[Correction] = (),
    open_repo: OpenRepo = None,
    *,
    report: Report = tell_nobody,
) -> Restored:
    """Make a lost store again from the files that its site publishes: the ledger, and the log of corrections.

    Every file is checked against its hash, and the manifest is put in place last. Intervals that the site does not
    carry come from the dataset repository that it names. The snapshots are not published: the next night begins a new
    flow from the 30-day counts.

    Args:
        url: the site's address.
        store: the folder; it must hold no ledger.
        known: corrections that the registry holds: the site publishes them with the store's.
        open_repo: opens a dataset repository by its address; without it earlier intervals are lacking.
        report: told of each file before it is read.

    Raises:
        RemoteError: the site cannot be read, a file is damaged, or the store has a ledger already.
        LedgerError: the manifest is damaged or of another format.
        RegistryError: the log of corrections is damaged.
    """
    if list_ledger_files(store):
        raise RemoteError(
            f"The store {store} has a ledger already; nothing was restored, none is overwritten. Name another folder."
        )
    work = store / _WORK
    shutil.rmtree(work, ignore_errors=True)
    with Site(url) as site:
        found = _bring(site, work, open_repo, report)
    _add_log(store, found.log, known)
    (store / "ledger").mkdir(exist_ok=True)
    for name in _list_names(found.manifest):
        (work / "ledger" / name).replace(store / "ledger" / name)
    write_manifest(store, found.manifest)
    shutil.rmtree(work)
    return found


def copy_site(
    url: str,
    store: Path,
    reach: PublicOnly,
    known: Collection[Correction] = (),
    open_repo: OpenRepo = None,
    *,
    report: Report = tell_nobody,
) -> Restored:
    """Copy the history of somebody's site into a store, to build on it; the copy of before is replaced as a whole.

    The store's manifest says what it was copied from. What was brought before a failure is not brought again.

    Args:
        url: the site's address.
        store: the folder: empty, not there, or such a copy.
        reach: what may be reached.
        known: as for `restore`.
        open_repo: as for `restore`.
        report: told of each file before it is read.

    Raises:
        RemoteError: as for `restore`; or the folder holds something of one's own, or the site sends too much.
        LedgerError: the manifest is damaged or of another format.
        RegistryError: the log of corrections is damaged.
    """
    recover_folder(store)
    _check_replaceable(store)
    work = store.with_name(f"{store.name}.new")
    with Site(url, reach) as site:
        found = _bring(site, work, open_repo, report, held=store)
        manifest = replace(_clean(found.manifest), copied_from=site.base)
    for name in _list_names(manifest):
        _check_size(work / "ledger" / name)
    remove_stale(work, manifest)
    (work / CORRECTIONS).unlink(missing_ok=True)
    _add_log(work, found.log, known)
    write_manifest(work, manifest)
    swap_folder(work, store)
    return replace(found, manifest=manifest)


def _bring(site: Site, work: Path, open_repo: OpenRepo, report: Report, held: Path | None = None) -> Restored:
    """Bring a site's ledger into a work folder, every file checked, and read its log of corrections.

    Args:
        site: the site.
        work: gets the ledger; files that it has from an earlier try stay.
        open_repo: opens a dataset repository by its address.
        report: told of each file before it is read.
        held: a store that may have some of the files.
    """
    (work / "ledger").mkdir(parents=True, exist_ok=True)
    sums = _read_sums(site)
    text = _read_listed(site, sums, f"{LEDGER}/manifest.json", MAX_COPY_MANIFEST_BYTES)
    (work / "ledger" / "manifest.json").write_bytes(text)
    manifest = read_manifest(work)
    remote, lines = read_earlier(text)
    _check_number(site, manifest, lines)
    _bring_files(site, _list_names(manifest), work, held, report)
    log = _read_log(site, sums, work)
    earlier, reason = _bring_earlier(work, remote, lines, open_repo)
    found = {line.interval.end for line in earlier}
    ends = (dt.date.fromisoformat(line["end"]) for line in lines)
    lacking = tuple(end for end in ends if end not in found)
    return Restored(replace(manifest, stored=(*earlier, *manifest.stored)), lacking, reason, log)


def _list_names(manifest: Manifest) -> list[str]:
    return [name for line in manifest.stored for name in line.files.values()]


def _read_sums(site: Site) -> Mapping[str, str]:
    """Read the site's list of hashes, by path below its data."""
    lines = site.read(SUMS).decode("utf-8", "replace").splitlines()
    return {path: sha256 for sha256, _, path in (line.partition("  ") for line in lines)}


def _read_listed(site: Site, sums: Mapping[str, str], path: str, most_bytes: float) -> bytes:
    """Read a file whose hash stands in the site's list."""
    data = site.read(path, most_bytes)
    _check_hash(site, path, data, sums.get(path.removeprefix("data/"), "none"))
    return data


def _check_hash(site: Site, path: str, data: bytes, expected: str) -> None:
    found = hash_bytes(data)
    if not found.startswith(expected):
        raise RemoteError(
            f"The file {path} of {site.base} is damaged: its bytes have the hash {found[:16]}, expected "
            f"{expected[:16]}. Nothing was restored. The site may be publishing anew: try again; or take the ledger "
            "from the dataset repository with `oms pull`."
        )


def _check_number(site: Site, manifest: Manifest, lines: Sequence[object]) -> None:
    number = len(_list_names(manifest)) + len(lines)
    if number > MAX_COPY_FILES:
        raise RemoteError(
            f"The ledger of {site.base} names {number:,} files and intervals; at most {MAX_COPY_FILES:,} were "
            "expected. Nothing was restored: check the address of the site."
        )


def _bring_files(site: Site, names: Sequence[str], work: Path, held: Path | None, report: Report) -> None:
    """Bring the ledger's files, each checked against the hash in its name; what is there already is not asked for."""
    taken = 0
    for name in track(names, "files", report):
        path = work / "ledger" / name
        if is_whole(path):
            continue
        if held and is_whole(held / "ledger" / name):
            shutil.copyfile(held / "ledger" / name, path)
            continue
        data = site.read(f"{LEDGER}/{quote(name)}")
        _check_hash(site, f"{LEDGER}/{name}", data, hash_in_name(name))
        taken += len(data)
        if taken > MAX_COPY_BYTES:
            raise RemoteError(
                f"The ledger of {site.base} has more than {MAX_COPY_BYTES:,} bytes, and no site may have as many. "
                "Nothing was restored: check the address."
            )
        path.write_bytes(data)


def _read_log(site: Site, sums: Mapping[str, str], work: Path) -> tuple[Correction, ...]:
    path = work / "published.csv"
    published = _read_listed(site, sums, f"data/{CORRECTIONS}", MAX_COPY_MANIFEST_BYTES)
    path.write_bytes(published.removeprefix(BYTE_ORDER_MARK.encode()))  # the store's log has none
    found = read_corrections(path)
    path.unlink()
    return found


def _add_log(store: Path, log: Sequence[Correction], known: Collection[Correction]) -> None:
    add_corrections(store, (entry for entry in reversed(log) if entry not in known))  # published with the newest first


def _bring_earlier(
    work: Path, remote: str, lines: Sequence[Mapping[str, Any]], open_repo: OpenRepo
) -> tuple[tuple[Stored, ...], str]:
    """Bring the intervals that the site leaves out; return those whose files are the ones it names, and why not all."""
    if not lines:
        return (), ""
    if open_repo is None:
        return (), f"they are in {remote}, which was not asked"
    part = work / "earlier"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    try:
        theirs = bring_ledger(open_repo(remote), part)
    except (RemoteError, LedgerError) as error:
        return (), str(error)
    files = {line["end"]: line["files"] for line in lines}
    same = tuple(
        line
        for line in theirs.stored
        if dict(line.files) == files.get(line.interval.end.isoformat())
        and all((part / "ledger" / name).is_file() for name in line.files.values())
    )
    for name in (name for line in same for name in line.files.values()):
        (part / "ledger" / name).replace(work / "ledger" / name)
    shutil.rmtree(part)
    return same, f"{remote} has other files for their dates, or none" if len(same) < len(lines) else ""


def _check_replaceable(store: Path) -> None:
    """Check that a folder holds nothing, or a copy that nobody has added to."""
    is_own = bool(list_ledger_files(store)) and not read_manifest(store).copied_from
    if is_own or list_snapshots(store):
        raise RemoteError(
            f"The store {store} holds {'a ledger' if is_own else 'snapshots'} of your own, which a copy would replace. "
            "Name another folder with --store (`make site … STORE=copy`)."
        )


def _clean(manifest: Manifest) -> Manifest:
    """Return a manifest whose words are single printable lines."""

    def clean(line: Stored) -> Stored:
        interval = line.interval
        name = label(interval.name) if interval.name else ""
        return replace(line, interval=replace(interval, source=label(interval.source), name=name))

    return replace(manifest, stored=tuple(clean(line) for line in manifest.stored))


def _check_size(path: Path) -> None:
    """Check what a file of a stranger's ledger unpacks to, before anything reads it."""
    try:
        with pq.ParquetFile(path) as file:
            rows = file.metadata.num_rows
            groups = [file.metadata.row_group(number) for number in range(file.metadata.num_row_groups)]
            unpacked = sum(group.total_byte_size for group in groups)
    except (pa.ArrowException, OSError) as error:
        raise RemoteError(f"The ledger's file {path.name} is no Parquet file: {error}. Nothing was copied.") from error
    if rows > MAX_COPY_ROWS or unpacked > MAX_COPY_UNPACKED_BYTES:
        raise RemoteError(
            f"The ledger's file {path.name} holds {rows:,} rows and {unpacked:,} unpacked bytes; at most "
            f"{MAX_COPY_ROWS:,} and {MAX_COPY_UNPACKED_BYTES:,} were expected. Nothing was copied."
        )
