"""Bring snapshots in from files that somebody else made: all of them, or none."""

import datetime as dt
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from generator.base.errors import SnapshotError
from generator.base.files import open_atomically
from generator.base.progress import Report, tell_nobody, track
from generator.base.settings import FRESH_MIN_DOWNLOADS, MAX_OFFENDERS, MAX_UNREAD_FRACTION
from generator.sources.files_names import UntoldError
from generator.sources.files_rows import Listing, Reading, read_listing
from generator.sources.snapshot import (
    SCHEMA,
    SnapshotInfo,
    list_snapshots,
    put_back_unchanged,
    read_snapshot,
    snapshot_path,
    to_frame,
    write_snapshot,
)

# Files that a folder of listings may hold; others there (a README, a licence) are none.
ENDINGS: Final = (".parquet", ".csv", ".tsv", ".json", ".jsonl", ".ndjson")
_PACKED: Final = (".gz", ".zst")
_DATE: Final = re.compile(r"(?<!\d)(20\d\d)-?(\d\d)-?(\d\d)(?!\d)")


@dataclass(frozen=True)
class Imported:
    """A snapshot that was made from a file.

    Attributes:
        info: what it says of itself.
        previous: date of the snapshot that its 30-day counts were compared with; None where they were not.
        unchanged: part of the list's 30-day downloads whose counts stand as on that date.
        notes: what is to be said of the file: what was read as what, left out, mended, taken as missing.
    """

    info: SnapshotInfo
    previous: dt.date | None = None
    unchanged: float = 0.0
    notes: tuple[str, ...] = ()


def import_files(
    files: Mapping[Path, dt.date | None],
    store: Path,
    described: SnapshotInfo,
    reading: Reading,
    *,
    keep_unchanged: bool = False,
    report: Report = tell_nobody,
) -> list[Imported]:
    """Write the models of files as snapshots; where one has a mistake, none is written.

    In a list without all-time counters, a 30-day count that stands as in the snapshot before was not collected again:
    it becomes `unchanged_30d`, and the row's `downloads_30d` is missing. Where a file of many dates and a file of one
    have the same date, the latter stands.

    Args:
        files: each with the UTC date of its counts; None where a column says it.
        store: the store's folder.
        described: source, scope and name of each snapshot; its date is not looked at.
        reading: how the files are to be read.
        keep_unchanged: such counts were collected again and happen to be the same.
        report: told which file is read, of how many.

    Returns:
        What was written, oldest first.

    Raises:
        UntoldError: a column's meaning must be told.
        SnapshotError: with the mistakes of all files.
    """
    with tempfile.TemporaryDirectory() as name:
        work = _Work(Path(name), store, keep_unchanged=keep_unchanged)
        problems = list[SnapshotError]()
        in_order = sorted(files.items(), key=lambda item: (item[1] or dt.date.min, item[0]))
        for path, date in track(in_order, "files", report, lambda item: item[0].name):
            try:
                work.take(path, date, read_listing(path, reading))
            except SnapshotError as error:
                problems.append(error)
        _raise_all(problems)
        return work.put_in_place(described)


def _raise_all(problems: list[SnapshotError]) -> None:
    """Raise what was wrong with several files as one error; untold columns where nothing else is."""
    if len(problems) == 1:
        raise problems[0]
    if problems:
        text = "\n".join(map(str, problems))
        untold = [error.column for error in problems if isinstance(error, UntoldError)]
        raise UntoldError(text, untold[0]) if len(untold) == len(problems) else SnapshotError(text)


@dataclass(frozen=True)
class _Waiting:
    """The counts of one date, as a file has them, until those of all files are known.

    Attributes:
        path: the file.
        table: where its rows wait.
        repeated: rows of a model that came again.
        is_part: the file has other dates as well.
        notes: what is to be said of it.
    """

    path: Path
    table: Path
    repeated: int
    is_part: bool
    notes: tuple[str, ...]


@dataclass
class _Work:
    """A folder beside the store, in which snapshots stand until all are whole."""

    folder: Path
    store: Path
    keep_unchanged: bool
    waiting: dict[dt.date, _Waiting] = field(default_factory=dict)

    def take(self, path: Path, given: dt.date | None, listing: Listing) -> None:
        """Take a listing's dates.

        Raises:
            SnapshotError: nothing says its date, it has models of a time to come, another file has the same date.
        """
        notes = listing.notes
        for date, table in sorted(listing.tables.items(), key=lambda item: str(item[0])):
            day = date or given
            if day is None:
                raise SnapshotError(f"{path}: nothing says the date of its counts. Give it as --date YYYY-MM-DD.")
            rows, said = leave_out_future(path, table, day)
            waits = self.folder / f"{len(list(self.folder.iterdir()))}.rows"
            pq.write_table(rows, waits)
            self._add(day, _Waiting(path, waits, listing.repeated[date], date is not None, (*notes, *said)))
            notes = ()

    def _add(self, day: dt.date, new: _Waiting) -> None:
        """Let a date's rows wait; of a file of many dates and a file of one, the latter's."""
        old = self.waiting.get(day)
        if old and old.is_part == new.is_part:
            raise SnapshotError(f"{new.path} has counts of {day}, as {old.path} has; one file of a date was expected.")
        first, second = (old, new) if old and new.is_part else (new, old)
        said = (f"the counts of {day} in {first.path.name} stand, not those in {second.path.name}",) if second else ()
        spared = second.notes if second else ()
        self.waiting[day] = replace(first, notes=(*first.notes, *said, *spared))

    def _write(self, info: SnapshotInfo, table: pa.Table) -> Imported:
        path, previous = snapshot_path(self.folder, info.date), self._find_previous(info.date)
        has_counters = table["downloads_all_time"].null_count < table.num_rows
        if previous is None or has_counters:
            return Imported(write_snapshot(path, [table], info))
        is_old = pa.array(find_unchanged(to_frame(table.select(["id", "downloads_30d"])), previous))
        listed = pc.coalesce(table["downloads_30d"], table["unchanged_30d"])
        part = (pc.sum(listed.filter(is_old)).as_py() or 0) / max(pc.sum(listed).as_py() or 0, 1)
        written = write_snapshot(path, [table if self.keep_unchanged else _set_aside(table, is_old)], info)
        return Imported(written, dt.date.fromisoformat(previous.stem), part)

    def put_in_place(self, described: SnapshotInfo) -> list[Imported]:
        """Write all dates, each compared with the one before it, and bring them into the store; oldest first."""
        taken = []
        for date, waits in sorted(self.waiting.items()):
            info = replace(described, date=date, repeated=waits.repeated)
            table = pq.read_table(waits.table, schema=SCHEMA)
            taken.append(replace(self._write(info, table), notes=waits.notes))
        for path in list_snapshots(self.folder):
            with open_atomically(self.store / "snapshots" / path.name) as target, path.open("rb") as source:
                shutil.copyfileobj(source, target)
        return taken

    def _find_previous(self, date: dt.date) -> Path | None:
        """Return the snapshot before a date, as it will stand in the store."""
        found = {path.stem: path for path in (*list_snapshots(self.store), *list_snapshots(self.folder))}
        return found.get(max((stem for stem in found if stem < date.isoformat()), default=""))


def leave_out_future(path: Path, table: pa.Table, date: dt.date) -> tuple[pa.Table, list[str]]:
    """Take days of creation for missing that lie more than a day after the counts, and say which.

    Raises:
        SnapshotError: they are many: the date of the counts, or the order of day and month, is another one.
    """
    bound = dt.datetime.combine(date, dt.time(), dt.UTC) + dt.timedelta(days=2)
    late = pc.fill_null(pc.greater_equal(table["created_at"], pa.scalar(bound, table["created_at"].type)), False)
    count = pc.sum(late).as_py() or 0
    if not count:
        return table, []
    shown = ", ".join(
        f"{row['id']!r} {row['created_at']:%Y-%m-%d}"
        for row in table.select(["id", "created_at"]).filter(late).slice(0, MAX_OFFENDERS).to_pylist()
    )
    text = f"{count:,} of {table.num_rows:,} models were created after their counts of {date}: {shown}"
    if count > MAX_UNREAD_FRACTION * table.num_rows:
        raise SnapshotError(
            f"{path} is not taken in: {text}. Correct these dates, or give the date of the counts; where day and month "
            "are in another order, say --dates."
        )
    known = pc.if_else(late, pa.scalar(None, table["created_at"].type), table["created_at"])
    return table.set_column(table.schema.get_field_index("created_at"), "created_at", known), [
        f"taken as missing: {text}"
    ]


def find_unchanged(models: pd.DataFrame, previous: Path) -> "pd.Series[bool]":
    """Tell which models' 30-day counts stand, from 1,000 on, as in the list that an earlier snapshot was made from."""
    before = to_frame(put_back_unchanged(read_snapshot(previous, ["id", "downloads_30d", "unchanged_30d"])))
    last = models["id"].map(before.set_index("id")["downloads_30d"]).astype("Int64")
    counts = models["downloads_30d"]
    return ((counts == last) & (counts >= FRESH_MIN_DOWNLOADS)).fillna(value=False).astype(bool)


def _set_aside(table: pa.Table, is_old: pa.Array) -> pa.Table:
    """Return rows whose old counts stand as unchanged ones."""
    counts = table["downloads_30d"]
    unchanged = pc.if_else(is_old, pc.coalesce(table["unchanged_30d"], counts), table["unchanged_30d"])
    fresh = pc.if_else(is_old, pa.scalar(None, pa.int64()), counts)
    for name, values in (("downloads_30d", fresh), ("unchanged_30d", unchanged)):
        table = table.set_column(table.schema.get_field_index(name), name, values)
    return table


def list_files(paths: Iterable[Path]) -> list[Path]:
    """List files of models, those in folders by their endings, sorted by name.

    Raises:
        SnapshotError: there is no such file, or a folder holds none.
    """
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise SnapshotError(f"{path} cannot be read: there is no such file or folder. Correct its name.")
        inside = sorted(each for each in path.iterdir() if _is_listing(each)) if path.is_dir() else [path]
        if not inside:
            raise SnapshotError(
                f"{path} holds no file of models; {', '.join(ENDINGS)} were expected, also with {' or '.join(_PACKED)}."
            )
        found += inside
    return found


def _is_listing(path: Path) -> bool:
    name = path.name.lower()
    stem = next((name.removesuffix(packed) for packed in _PACKED if name.endswith(packed)), name)
    return path.is_file() and stem.endswith(ENDINGS) and not name.startswith(".")


def date_by_names(paths: Iterable[Path]) -> dict[Path, dt.date]:
    """Return the one date in each file's name, else in its folder's, as YYYY-MM-DD or YYYYMMDD.

    Raises:
        SnapshotError: names without a date, or with several; all of them are named.
    """
    found = {path: _list_dates(path.name) or _list_dates(path.parent.name) for path in paths}
    problems = [
        f"{path}: {len(dates)} dates in its name and its folder's; one was expected, such as models-2026-10-08.csv."
        for path, dates in found.items()
        if len(dates) != 1
    ]
    if problems:
        raise SnapshotError("\n".join([*problems, "Rename them, or import one by one with --date YYYY-MM-DD."]))
    return {path: min(dates) for path, dates in found.items()}


def _list_dates(name: str) -> set[dt.date]:
    return {date for parts in _DATE.findall(name) if (date := _make_date(*parts))}


def _make_date(*parts: str) -> dt.date | None:
    try:
        return dt.date(*map(int, parts))
    except ValueError:
        return None
