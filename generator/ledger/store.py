"""The store: a folder with snapshots and the ledger; the only place that reads and writes them.

    snapshots/YYYY-MM-DD.parquet            every model of one date
    ledger/<start>_<end>-<hash>.parquet     the rows of an interval, named by the hash of their bytes
    ledger/<start>_<end>-<hash>.models.parquet     its most downloaded models by name; .births and .releases beside
    ledger/manifest.json                    which files count; renamed into place last

A file that the manifest does not name does not exist for a reader, so a run that was killed leaves the last
complete state.
"""

import datetime as dt
import io
import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from generator.base.errors import LedgerError, SnapshotError
from generator.base.files import hash_bytes, hash_file, hash_in_name, write_atomically
from generator.base.records import render_json
from generator.base.settings import MONTH_DAYS
from generator.ledger.families import find_families
from generator.ledger.intervals import Anomaly, Described, Interval, LedgerEntry, compute_interval, is_repeated
from generator.ledger.lineage import FamilyMatcher
from generator.ledger.pairs import read_pair
from generator.ledger.seam import begin_later, find_free_until
from generator.registry import Registry
from generator.sources.snapshot import SnapshotInfo, list_snapshots, read_info, snapshot_path, to_frame

FORMAT: Final = "oms-ledger/3"
# The format before, which knew of no withdrawn dates; it is read, and written anew with the next change.
FORMAT_BEFORE: Final = "oms-ledger/2"
# How a ledger comes back that its snapshots cannot make again.
_REPAIR: Final = (
    "`oms pull` brings it from the dataset repository; without one, move the folder `ledger` aside, keep it, and run "
    "`oms restore URL`, which makes it again from the published site"
)
_HASH: Final = re.compile(r"[0-9a-f]{16}")
_PLAIN_ADDRESS: Final = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+/[A-Za-z0-9/._~%-]*")
# A sixth smaller than the default level; at 3.2 million models an interval takes half a second more to write.
ZSTD_LEVEL: Final = 19
# Texts of which most are another one in each row, or stand in order: numbering them in a dictionary made an interval of
# 3.2 million models a tenth larger (November 2026).
_OWN_TEXTS: Final = frozenset({"id", "key", "publisher"})
# Kinds of an interval's plain fields, as a message names them.
_PLAIN: Final[Mapping[Any, str]] = {str: "a text", int: "a whole number of 0 or more", float: "a number of 0 or more"}
# The frames of an entry, each a file; the first is named by the interval alone.
FRAMES: Final = {"flows": ".parquet", **{name: f".{name}.parquet" for name in ("models", "births", "releases")}}


@dataclass(frozen=True)
class Stored:
    """A manifest's line: an interval, or a snapshot that was refused, and the files behind it.

    Attributes:
        interval: the interval.
        snapshot_sha256: hash of the snapshot that closed it.
        files: name of the file of each of its frames, by the name of the frame in the entry.
    """

    interval: Interval
    snapshot_sha256: str
    files: Mapping[str, str]


@dataclass(frozen=True)
class Manifest:
    """What the ledger holds, oldest interval first.

    Attributes:
        stored: the intervals.
        repeated: hashes of the snapshots that repeat the one before, by date; they close no interval.
        withdrawn: hashes of snapshots that were taken out again, by date; no merge and no append brings them back.
        copied_from: address of the site that the ledger was copied from, by somebody who does not answer for it; empty
            for one's own. Whatever is added to it, it stays a copy, and no copy is pushed.
    """

    stored: tuple[Stored, ...] = ()
    repeated: tuple[tuple[dt.date, str], ...] = ()
    withdrawn: tuple[tuple[dt.date, str], ...] = ()
    copied_from: str = ""


@dataclass(frozen=True)
class Verdict:
    """What the gates decided of one snapshot: of exactly these bytes, and of no others of its date.

    Attributes:
        snapshot_sha256: hash of the snapshot's file.
        held_by: the gates that hold it and that nobody overruled; with one of them no row of it gets in.
        repeats: whether its counts are those of the snapshot before: it closes no interval, and only its date is noted.
    """

    snapshot_sha256: str
    held_by: tuple[str, ...] = ()
    repeats: bool = False

    @property
    def is_held(self) -> bool:
        """Tell whether the ledger must know nothing of the snapshot."""
        return bool(self.held_by) and not self.repeats


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild did, dates being the ends of intervals.

    Attributes:
        again: intervals that were derived again.
        changed: those of them that came out different.
        kept: those that could not be, each with the reason; they are as they were.
    """

    again: tuple[dt.date, ...]
    changed: tuple[dt.date, ...]
    kept: Mapping[dt.date, str]


# Judges a snapshot as the next one of a ledger.
Judge = Callable[[Path, Manifest], Verdict]


class StoredEntry(LedgerEntry):
    """An entry whose frames are read whenever they are asked for, so that a long history does not fill the memory."""

    @classmethod
    def at(cls, interval: Interval, paths: Mapping[str, Path]) -> "StoredEntry":
        """Return the entry of an interval whose frames stand in these files, by their names in the entry."""
        entry = cls.__new__(cls)
        object.__setattr__(entry, "interval", interval)
        object.__setattr__(entry, "paths", paths)
        return entry

    def __getattr__(self, name: str) -> pd.DataFrame:
        """Read a frame; called for what the entry does not hold itself."""
        paths: Mapping[str, Path] = self.__dict__.get("paths", {})
        if name not in paths:
            raise AttributeError(f"{type(self).__name__!r} has no attribute {name!r}")
        return _read_frame(paths[name])

    def locate(self, name: str) -> Path | None:
        """Return the file of a frame; its bytes were checked when the ledger was loaded."""
        path: Path = self.__dict__["paths"][name]
        return path


@dataclass(frozen=True)
class Ledger:
    """The whole ledger, oldest interval first."""

    entries: tuple[LedgerEntry, ...]
    repeated: tuple[dt.date, ...] = ()
    copied_from: str = ""


def read_manifest(store: Path) -> Manifest:
    """Read the ledger's manifest; an empty one where there is no ledger yet.

    Raises:
        LedgerError: the manifest is damaged or of another format.
    """
    path = store / "ledger" / "manifest.json"
    if not path.exists():
        return Manifest()
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        found = raw["format"]
        is_known = found in {FORMAT, FORMAT_BEFORE}
        manifest = _parse_manifest(raw) if is_known else Manifest()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LedgerError(
            f"The ledger's manifest {path} cannot be read: {error!r}. A JSON object with the format {FORMAT!r} was "
            f"expected. {_REPAIR[0].upper()}{_REPAIR[1:]}. Where the store holds the snapshots of the whole history, "
            "`oms append` makes it anew once the folder stands aside."
        ) from error
    if not is_known:
        raise LedgerError(
            f"The ledger's manifest {path} has the format {found!r}, expected {FORMAT!r}: it was written by another "
            "version. Update the program, or use the version that wrote it; the ledger stays as it is."
        )
    return manifest


def load_ledger(store: Path) -> Ledger:
    """Load all intervals with their rows.

    Raises:
        LedgerError: a file that the manifest names is missing, or its bytes are not those that were written.
    """
    manifest = read_manifest(store)
    entries = tuple(_load_entry(store, line) for line in manifest.stored)
    return Ledger(entries, tuple(date for date, _ in manifest.repeated), manifest.copied_from)


def _load_entry(store: Path, line: Stored) -> StoredEntry:
    """Return the entry of a manifest's line, once its files have the bytes that were written."""
    paths = {name: store / "ledger" / file for name, file in line.files.items()}
    for path in paths.values():
        _read_checked(path)
    return StoredEntry.at(line.interval, paths)


def update_ledger(
    store: Path,
    registry: Registry,
    report: Callable[[str], None] = lambda _: None,
    *,
    judge: Judge,
    until: dt.date | None = None,
) -> Manifest:
    """Add the intervals that the store's snapshots close and the ledger lacks; what the verdict holds is left out.

    Intervals stay as they are but those that begin or end at a snapshot that is new, changed or inserted: these are
    made again. Where a date is inserted into days that no count covers, no later snapshot is needed for it: the
    interval after it begins there, with the same flows. What the ledger took before with the same bytes has its
    verdict; of everything else one is asked for.
    With `until`, snapshots after that date are not added yet.

    Raises:
        SnapshotError: there is neither a snapshot nor a ledger, or a snapshot cannot be read.
        LedgerError: a verdict is of other bytes, or an interval would have to be made again from snapshots that are
            not held any more.
    """
    manifest = read_manifest(store)
    paths = [path for path in list_snapshots(store) if not is_withdrawn(manifest, path)]
    if not paths and not manifest.stored:
        raise SnapshotError(
            f"The store {store} holds no snapshot. Expected at least one file snapshots/YYYY-MM-DD.parquet; "
            "run `oms fetch` or `oms import` with this --store first."
        )
    update = _Update(store, registry, judge, report, manifest, {_date_of(path): hash_file(path) for path in paths})
    kept = update.keep_valid()
    for date in update.list_later(kept, until):
        kept = update.go_on(kept, date)
    if kept != manifest:
        write_manifest(store, kept)
        remove_stale(store, kept)
    return kept


@dataclass(frozen=True)
class _Update:
    """One update of a ledger under way.

    Attributes:
        known: the ledger before it.
        hashes: of the snapshots held, by date.
    """

    store: Path
    registry: Registry
    judge: Judge
    report: Callable[[str], None]
    known: Manifest
    hashes: Mapping[dt.date, str]

    def keep_valid(self) -> Manifest:
        """Return the ledger up to the first date whose snapshot is new or changed, and not held.

        Raises:
            LedgerError: the interval after it could neither be made again nor begin there.
        """
        known = list_hashes(self.known)
        last = max(known, default=dt.date.min)
        for date in sorted(self.hashes):
            if date <= last and known.get(date) != self.hashes[date]:
                before = _cut(self.known, date)
                if not self._ask(before, snapshot_path(self.store, date)).is_held:
                    self._check_next(date)
                    return before
        return self.known

    def list_later(self, kept: Manifest, until: dt.date | None) -> list[dt.date]:
        """List the dates that come after the part of the ledger that is kept: known ones, and snapshots held."""
        held = {date for date in self.hashes if until is None or date <= until}
        last = _last_date(kept)
        return sorted(date for date in {*held, *list_dates(self.known)} if last is None or date > last)

    def go_on(self, kept: Manifest, date: dt.date) -> Manifest:
        """Return the ledger with a later date: as it was known, else from its snapshot, else with another start."""
        line = self._lines.get(date)
        if line and self._stands(kept, line):
            return replace(kept, stored=(*kept.stored, line))
        if date in self.hashes:
            return self.take_in(kept, snapshot_path(self.store, date))
        if line:
            return replace(kept, stored=(*kept.stored, self._begin_later(kept, line)))
        return replace(kept, repeated=(*kept.repeated, (date, dict(self.known.repeated)[date])))

    def take_in(self, kept: Manifest, path: Path) -> Manifest:
        """Return the ledger with a snapshot, with the date alone of one that repeats, or without one that is held."""
        verdict = self._ask(kept, path)
        if verdict.is_held:
            return kept
        if verdict.repeats:
            return replace(kept, repeated=(*kept.repeated, (_date_of(path), verdict.snapshot_sha256)))
        self.report(f"adding {path.stem} to the ledger")
        with self._naming_known_hash(path):
            return _add_snapshot(self.store, kept, path, verdict.snapshot_sha256, self.registry)

    def _ask(self, kept: Manifest, path: Path) -> Verdict:
        """Return the verdict on a snapshot's bytes: the one that the ledger took them by, else the judge's."""
        date = _date_of(path)
        found = self.hashes[date]
        if any(line.interval.end == date and line.snapshot_sha256 == found for line in self.known.stored):
            return Verdict(found)
        with self._naming_known_hash(path):
            _check_name(path)
            verdict = self.judge(path, kept)
        if verdict.snapshot_sha256 != found:
            raise LedgerError(
                f"The verdict on the snapshot {path} speaks of a file with the hash {verdict.snapshot_sha256[:16]}; "
                f"this one has {found[:16]}. The file changed meanwhile: run the same command again."
            )
        return verdict

    @cached_property
    def _lines(self) -> dict[dt.date, Stored]:
        """The known intervals by their ends."""
        return {line.interval.end: line for line in self.known.stored}

    def _stands(self, kept: Manifest, line: Stored) -> bool:
        """Tell whether a known interval begins and ends at the snapshots that it was made from."""
        start, end = line.interval.start, line.interval.end
        if self.hashes.get(end, line.snapshot_sha256) != line.snapshot_sha256:
            return False
        if not kept.stored:
            return line == self.known.stored[0]
        last, before = kept.stored[-1], self._lines.get(start)
        return before is not None and last.interval.end == start and last.snapshot_sha256 == before.snapshot_sha256

    def _begin_later(self, kept: Manifest, line: Stored) -> Stored:
        """Return an interval, whose snapshot is not held, as one that begins at the last of the dates before it."""
        start = kept.stored[-1].interval.end
        self._check_room(start, line)
        self.report(f"the interval that ends on {line.interval.end} begins on {start}")
        fresh = [each for each in kept.stored if each not in self.known.stored]
        entry = begin_later(_load_entry(self.store, line), start, [_load_entry(self.store, each) for each in fresh])
        return _save_later(self.store, entry, line)

    def _check_next(self, date: dt.date) -> None:
        """Check that the interval after a date that is new or changed can be made again, or begin there."""
        line = next((line for line in self.known.stored if line.interval.end > date), None)
        if line and line.interval.end not in self.hashes:
            self._check_room(date, line)

    def _check_room(self, date: dt.date, line: Stored) -> None:
        is_known = date in list_hashes(self.known)
        if is_known or date > find_free_until(line.interval):
            raise LedgerError(
                f"The snapshot of {date} is new or changed, so the interval after it must be made again, but the "
                f"snapshot of {line.interval.end} is not held any more. Bring it back, or move the snapshot of {date} "
                "out of the store: the ledger stays as it is."
            )

    @contextmanager
    def _naming_known_hash(self, path: Path) -> Iterator[None]:
        """Add to an error about a snapshot which hash it had when the ledger was made from it."""
        date = _date_of(path)
        try:
            yield
        except SnapshotError as error:
            expected = list_hashes(self.known).get(date)
            if expected is None:
                raise
            raise SnapshotError(
                f"{error} The ledger holds {date} already, made from a file with the hash {expected[:16]}; this one "
                f"has {self.hashes[date][:16]}. Bring that file back, or move this one away: the ledger stays as it is."
            ) from error


def list_ledger_files(store: Path) -> list[Path]:
    """List the manifest and the files that it names; nothing where there is no ledger yet."""
    folder = store / "ledger"
    path = folder / "manifest.json"
    names = [name for line in read_manifest(store).stored for name in line.files.values()]
    return [path, *(folder / name for name in names)] if path.exists() else []


def list_dates(manifest: Manifest) -> list[dt.date]:
    """List the dates that the ledger knows, oldest first: ends of intervals, and snapshots that repeat."""
    return sorted([line.interval.end for line in manifest.stored] + [date for date, _ in manifest.repeated])


def list_hashes(manifest: Manifest) -> dict[dt.date, str]:
    """Return the hash of the snapshot of every date that a ledger knows."""
    return {line.interval.end: line.snapshot_sha256 for line in manifest.stored} | dict(manifest.repeated)


def is_withdrawn(manifest: Manifest, path: Path) -> bool:
    """Tell whether a snapshot is one that was taken out of the ledger again."""
    dates = {date for date, _ in manifest.withdrawn}
    return _date_of(path) in dates and (_date_of(path), hash_file(path)) in manifest.withdrawn


def set_aside(store: Path, manifest: Manifest) -> list[Path]:
    """Move withdrawn snapshots out of the way, into the folder `withdrawn`; return where they stand now."""
    moved = []
    for path in [path for path in list_snapshots(store) if is_withdrawn(manifest, path)]:
        target = store / "withdrawn" / f"{path.stem}-{hash_file(path)[:16]}.parquet"
        target.parent.mkdir(exist_ok=True)
        moved.append(path.replace(target))
    return moved


def prune_snapshots(store: Path, source: str, keep: int = 2, *, under_way: dt.date | None = None) -> list[dt.date]:
    """Remove snapshots of a source that the ledger holds and no later interval needs; return their dates.

    The newest `keep` of the source stay, the one that closes the last interval (the next flow begins there), those
    that close one of more than a month (weeks of an archive can still be put into it), that of the date `under_way`
    (the next one of a backfill begins there), and whatever is not in the ledger yet.
    """
    manifest = read_manifest(store)
    needed = {line.interval.end for line in manifest.stored[-1:]} | {under_way}
    needed |= {line.interval.end for line in manifest.stored if line.interval.days > MONTH_DAYS}
    prunable = set(list_dates(manifest)) - needed
    own = [path for path in list_snapshots(store) if read_info(path).source == source]
    removed = [path for path in own[: max(0, len(own) - keep)] if _date_of(path) in prunable]
    for path in removed:
        path.unlink()
    return [_date_of(path) for path in removed]


def _cut(manifest: Manifest, date: dt.date) -> Manifest:
    """Return what a ledger held before a date."""
    return replace(
        manifest,
        stored=tuple(line for line in manifest.stored if line.interval.end < date),
        repeated=tuple(pair for pair in manifest.repeated if pair[0] < date),
    )


def _check_name(path: Path) -> None:
    info = read_info(path)
    if info.date != _date_of(path):
        raise SnapshotError(
            f"The snapshot {path} says that its counts are of {info.date}. Name it {info.date}.parquet, or move it out "
            "of the store."
        )


def _add_snapshot(store: Path, manifest: Manifest, path: Path, sha256: str, registry: Registry) -> Manifest:
    info = read_info(path)
    start = manifest.stored[-1].interval.end if manifest.stored else None
    before = store / "snapshots" / f"{start}.parquet"
    is_lost = start is not None and not before.exists()
    # A store that was restored holds no old snapshot at all; one that is missing among others was taken away.
    if is_lost and any(_date_of(other) < info.date for other in list_snapshots(store)):
        raise LedgerError(
            f"The snapshot of {path.stem} cannot be added: the one before, {before}, is not held any more. "
            "Bring it back: a flow needs both ends."
        )
    pair = read_pair(path, before if start and not is_lost else None)
    if is_repeated(pair):
        return replace(manifest, repeated=(*manifest.repeated, (info.date, sha256)))
    known = list_hashes(manifest)[start] if start else None
    family = find_families(store, pair, registry.families, sha256, known)
    entry = compute_interval(_describe(info), pair, start, registry, family)
    return replace(manifest, stored=(*manifest.stored, save_entry(store, entry, sha256)))


def _describe(info: SnapshotInfo) -> Described:
    return Described(**{field.name: getattr(info, field.name) for field in fields(Described)})


def save_entry(store: Path, entry: LedgerEntry, snapshot_sha256: str) -> Stored:
    """Write an entry's frames and return the manifest's line for it; until a manifest names it, it does not count."""
    stem = f"{entry.interval.start}_{entry.interval.end}"
    files = {name: _write_frame(store / "ledger", stem, end, getattr(entry, name)) for name, end in FRAMES.items()}
    return Stored(entry.interval, snapshot_sha256, files)


def begin_at(store: Path, line: Stored, start: dt.date) -> Stored:
    """Return an interval with another start: its flows speak for the same days, and the rest is a gap."""
    folder, stem = store / "ledger", f"{start}_{line.interval.end}"
    files = {name: f"{stem}-{file.rpartition('-')[2]}" for name, file in line.files.items()}
    for name, file in line.files.items():
        if files[name] != file:
            shutil.copyfile(folder / file, folder / files[name])
    return Stored(replace(line.interval, start=start), line.snapshot_sha256, files)


def _save_later(store: Path, entry: LedgerEntry, line: Stored) -> Stored:
    """Write what changes of a line whose entry begins later: what was new in it."""
    moved = begin_at(store, line, entry.interval.start)
    stem = f"{entry.interval.start}_{entry.interval.end}"
    new = {
        name: _write_frame(store / "ledger", stem, FRAMES[name], getattr(entry, name))
        for name in ("births", "releases")
    }
    return Stored(entry.interval, line.snapshot_sha256, {**moved.files, **new})


def rebuild_ledger(store: Path, registry: Registry, report: Callable[[str], None] = lambda _: None) -> Rebuilt:
    """Derive again every interval whose snapshots are still held; the others stay as they are.

    The same snapshots under the same program and registry give the same bytes.

    Raises:
        SnapshotError: a snapshot is damaged.
        LedgerError: there is no ledger.
    """
    manifest = read_manifest(store)
    if not manifest.stored:
        raise LedgerError(
            f"The store {store} holds no ledger. Make one from its snapshots: `oms build --store {store}`."
        )
    held = {_date_of(path): path for path in list_snapshots(store)}
    lines: list[Stored] = []
    kept: dict[dt.date, str] = {}
    for position, line in enumerate(manifest.stored):
        reason = _find_obstacle(line, held, is_first=position == 0)
        if reason:
            kept[line.interval.end] = reason
            lines.append(line)
            continue
        report(f"deriving {line.interval.end} again")
        start = line.interval.start if position else None
        lines.append(derive_interval(store, line.interval.end, line.snapshot_sha256, start, registry))
    rebuilt = replace(manifest, stored=tuple(lines))
    changed = tuple(line.interval.end for line in lines if line not in manifest.stored)
    if changed:
        write_manifest(store, rebuilt)
        remove_stale(store, rebuilt)
    again = tuple(line.interval.end for line in lines if line.interval.end not in kept)
    return Rebuilt(again, changed, kept)


def _find_obstacle(line: Stored, held: Mapping[dt.date, Path], *, is_first: bool) -> str:
    """Say why an interval cannot be derived again; nothing if it can."""
    start, end = line.interval.start, line.interval.end
    gone = [date for date in ([end] if is_first else [start, end]) if date not in held]
    if gone:
        return f"the snapshot of {' and that of '.join(str(date) for date in gone)} is not held any more"
    if hash_file(held[end]) != line.snapshot_sha256:
        return f"the snapshot of {end} is another one now; `oms build` takes it in"
    return ""


def derive_interval(store: Path, end: dt.date, sha256: str, start: dt.date | None, registry: Registry) -> Stored:
    """Derive the interval that a snapshot closes, and write its frames.

    Args:
        store: the store's folder, which holds the snapshot.
        end: its date.
        sha256: its hash.
        start: the date before; None for the first. Where its snapshot is not held, flows come from the 30-day counts.
        registry: names the families.
    """
    path, before = snapshot_path(store, end), snapshot_path(store, start) if start else None
    pair = read_pair(path, before if before and before.exists() else None)
    family = FamilyMatcher(registry.families).find_each(pair.models["id"])
    return save_entry(store, compute_interval(_describe(read_info(path)), pair, start, registry, family), sha256)


def _write_frame(folder: Path, stem: str, suffix: str, frame: pd.DataFrame) -> str:
    """Write a frame under the hash of its bytes and return the file's name."""
    buffer = io.BytesIO()
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    counts = [
        field.name for field in table.schema if pa.types.is_integer(field.type) or pa.types.is_floating(field.type)
    ]
    pq.write_table(
        table,
        buffer,
        compression="zstd",
        compression_level=ZSTD_LEVEL,
        use_dictionary=[name for name in table.schema.names if name not in {*counts, *_OWN_TEXTS}],
        # The bytes of numbers by their place: the high ones are almost all zeros. A tenth smaller than without.
        column_encoding=dict.fromkeys(counts, "BYTE_STREAM_SPLIT"),
    )
    data = buffer.getvalue()
    name = f"{stem}-{hash_bytes(data)[:16]}{suffix}"
    write_atomically(folder / name, data)
    return name


@lru_cache(maxsize=4)  # measures that go through the ledger ask an entry for the same frame several times in a row
def _read_frame(path: Path) -> pd.DataFrame:
    return to_frame(pq.read_table(io.BytesIO(_read_checked(path))))


def _read_checked(path: Path) -> bytes:
    """Read a file whose name holds the hash of its bytes."""
    expected = hash_in_name(path.name)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise LedgerError(
            f"The ledger's file {path} cannot be read: {error}. Its manifest names it; bring the file back: {_REPAIR}."
        ) from error
    found = hash_bytes(data)[:16]
    if found != expected:
        raise LedgerError(
            f"The ledger's file {path} is damaged: its bytes have the hash {found}, expected {expected}. "
            f"Bring the file back: {_REPAIR}."
        )
    return data


def write_manifest(store: Path, manifest: Manifest) -> None:
    """Write the manifest in one step; the files that it names must be there already."""
    write_atomically(store / "ledger" / "manifest.json", render_manifest(manifest))


def render_manifest(manifest: Manifest, more: Mapping[str, object] = MappingProxyType({})) -> str:
    """Render a manifest as JSON, with more keys behind its own."""
    raw = {
        "format": FORMAT,
        "intervals": [asdict(line) for line in manifest.stored],
        "repeated": [{"date": date, "sha256": sha256} for date, sha256 in manifest.repeated],
        "withdrawn": [{"date": date, "sha256": sha256} for date, sha256 in manifest.withdrawn],
        **({"copied_from": manifest.copied_from} if manifest.copied_from else {}),
        **more,
    }
    return render_json(raw)


def remove_stale(store: Path, manifest: Manifest) -> None:
    """Remove files that the manifest does not name: of earlier states, and of runs that were killed."""
    named = {name for line in manifest.stored for name in line.files.values()}
    for path in (store / "ledger").glob("*.parquet*"):
        if path.name not in named:
            path.unlink()


def _parse_manifest(raw: dict[str, Any]) -> Manifest:
    stored = tuple(_parse_stored(line) for line in raw["intervals"])
    for before, after in pairwise(stored):
        if after.interval.start < before.interval.end:
            raise ValueError(f"the interval that ends on {after.interval.end} begins before {before.interval.end}")
    withdrawn = raw["withdrawn"] if raw["format"] == FORMAT else []
    copied_from = raw.get("copied_from", "")
    if copied_from and not _PLAIN_ADDRESS.fullmatch(copied_from):
        raise ValueError(f"copied_from is {copied_from!r}, expected a web address")
    return Manifest(stored, _parse_hashes(raw["repeated"]), _parse_hashes(withdrawn), copied_from)


def _parse_hashes(lines: list[dict[str, str]]) -> tuple[tuple[dt.date, str], ...]:
    return tuple((dt.date.fromisoformat(line["date"]), line["sha256"]) for line in lines)


def _parse_stored(line: dict[str, Any]) -> Stored:
    raw = {field.name: line["interval"][field.name] for field in fields(Interval) if field.name in line["interval"]}
    dates = ("start", "end", *(name for name in ("collected_from", "collected_to") if raw.get(name)))
    raw |= {name: dt.date.fromisoformat(raw[name]) for name in dates}
    raw["anomalies"] = tuple(Anomaly(**anomaly) for anomaly in raw["anomalies"])
    files = {name: str(line["files"][name]) for name in FRAMES}
    stem = f"{raw['start']}_{raw['end']}"
    for name, end in FRAMES.items():
        found = files[name].removeprefix(f"{stem}-").removesuffix(end)
        if files[name] != f"{stem}-{found}{end}" or not _HASH.fullmatch(found):
            raise ValueError(f"{stem} names {files[name]!r} as its {name}, expected {stem}-<hash>{end}")
    _check_kinds(raw)
    return Stored(Interval(**raw), line["snapshot_sha256"], files)


def _check_kinds(raw: Mapping[str, Any]) -> None:
    """Check that texts are texts and numbers numbers, as the interval's fields say: a site can be anybody's."""
    for field in fields(Interval):
        if field.type in _PLAIN and field.name in raw and not _is_plain(raw[field.name], field.type):
            raise ValueError(f"{field.name} is {raw[field.name]!r}, expected {_PLAIN[field.type]}")


def _is_plain(value: Any, kind: Any) -> bool:
    """Return whether a value is a text, or a count or a part that a table can hold."""
    if kind is str:
        return isinstance(value, str)
    return isinstance(value, int if kind is int else int | float) and not isinstance(value, bool) and 0 <= value < 2**53


def _last_date(manifest: Manifest) -> dt.date | None:
    ends = [line.interval.end for line in manifest.stored] + [date for date, _ in manifest.repeated]
    return max(ends, default=None)


def _date_of(path: Path) -> dt.date:
    try:
        return dt.date.fromisoformat(path.stem)
    except ValueError as error:
        raise SnapshotError(
            f"The snapshot {path} is named {path.stem!r}; a date as YYYY-MM-DD was expected. Rename it, or move it out."
        ) from error
