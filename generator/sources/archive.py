"""Past counts: public archives of the Hub's whole list of models, on the Hub as datasets.

Three archives are known. `weekly`, the dataset hfmlsoc/hub_weekly_snapshots (ODbL): one file a week since 24 July 2024.
`hub-stats`, cfahlgren1/hub-stats (Apache-2.0): one file, and each of its git revisions a snapshot; the other two are
made from it. All-time counters begin on 26 February 2025 in both; before, flows can only be rates. The third one is
`model-pulse` (`pulse.py`): counts of a day in files of a month.

Which date do a week's counts belong to? Its folder is named after the first day of the week, but the file in it is
the last revision before the *next* week begins: the weekly archive's own script takes that one (hub_download.py,
read in November 2026), and the figures that the study made from it hold models created up to 5.99 days after the
folder's date. So the counts are of the week's last day, or of an earlier one where hub-stats missed some. The day on
which the file's newest model was created tells which: the Hub gets a new model every minute. It is held within the
week. A file whose newest model is older than its week is the week before, served again.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pyarrow.parquet as pq

from generator.base.errors import FetchError
from generator.sources.archive_http import DatasetReader, GoneError, RemoteFile
from generator.sources.archive_rows import Facts, Tally, find_newest_creation, open_parquet, read_batches
from generator.sources.hub_rows import parse_time
from generator.sources.snapshot import SnapshotInfo, write_snapshot

WEEK_DAYS: Final = 7
_MODELS_FILE: Final = "models.parquet"


@dataclass(frozen=True)
class Edition:
    """One snapshot of an archive.

    Attributes:
        first: the first date that its counts may be of; names the edition.
        last: the last such date.
        path: the file, within the dataset.
        revision: the git revision to read it at.
        size_bytes: its size; None where the list of editions does not tell.
        days: of an archive of days those that can be used, the newest first; the first that is whole is taken.
    """

    first: dt.date
    last: dt.date
    path: str
    revision: str
    size_bytes: int | None = None
    days: tuple[dt.date, ...] = ()

    @property
    def asked(self) -> dt.date:
        """Return the date by which it is asked for: its first one, or the day that is taken of several."""
        return self.days[0] if self.days else self.first


class Reading:
    """An archive that is being read.

    Attributes:
        learns: whether what the newest edition knows fills the others.
    """

    learns = False

    def list_editions(self) -> list[Edition]:
        """List all editions, oldest first.

        Raises:
            GoneError: the dataset is not there.
            FetchError: it cannot be read, or is of another form.
        """
        raise NotImplementedError

    def learn(self, newest: Path) -> None:
        """Keep what the snapshot of the newest edition knows of each model, where that is to be learnt from it."""

    def measure(self, store: Path) -> None:
        """Measure what the archive leaves out, beside a snapshot of our own, where it leaves anything out."""

    def write(self, edition: Edition, path: Path) -> None:
        """Write an edition as a snapshot, whose date is known only then; what is read for it may stay beside it.

        Raises:
            GoneError: it is not there.
            FetchError: it cannot be read, or is not what was expected; no snapshot is written.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class Archive:
    """A dataset with past counts.

    Attributes:
        name: what the command line calls it.
        repo: the dataset, which is also the source that its snapshots name.
        days: days from one edition to the next, at most; 0 where only the first and the last one are read.
        open: begins to read it, with a folder for what is read.
    """

    name: str
    repo: str
    days: int
    open: Callable[["Archive", DatasetReader, Path], Reading]


def choose_editions(archive: Archive, editions: Sequence[Edition], first: dt.date, last: dt.date) -> list[Edition]:
    """Choose the editions that are asked for by dates between two, both included, oldest first.

    Raises:
        FetchError: there is no edition in that time.
    """
    chosen = [edition for edition in editions if first <= edition.asked <= last]
    if not chosen:
        held = f"from {editions[0].asked} to {editions[-1].asked}" if editions else "none at all"
        raise FetchError(
            f"The dataset {archive.repo} has no snapshot from {first} to {last}; it has {held}. "
            "Give other dates with --from and --to."
        )
    return chosen if archive.days else sorted({chosen[0], chosen[-1]}, key=lambda edition: edition.first)


class FileReading(Reading):
    """Reads an archive each of whose editions is a file in the Hub's own columns."""

    learns = True

    def __init__(
        self, archive: Archive, reader: DatasetReader, _: Path, listing: Callable[[DatasetReader], list[Edition]]
    ) -> None:
        self._archive = archive
        self._reader = reader
        self._listing = listing
        self._facts: Facts | None = None

    def list_editions(self) -> list[Edition]:
        """List all editions, oldest first."""
        return self._listing(self._reader)

    def learn(self, newest: Path) -> None:
        """Keep what the snapshot of the newest edition knows of each model."""
        self._facts = Facts.load(newest)

    def write(self, edition: Edition, path: Path) -> None:
        """Write an edition as a snapshot."""
        write_edition(self._archive, self._reader, edition, path, self._facts)


def write_edition(
    archive: Archive, reader: DatasetReader, edition: Edition, path: Path, facts: Facts | None = None
) -> SnapshotInfo:
    """Read an edition into a snapshot.

    Args:
        archive: the archive.
        reader: reads its dataset.
        edition: what to read.
        path: where the snapshot goes; its date is known only when the edition is open.
        facts: fill what its rows lack; None to leave it missing.

    Raises:
        GoneError: the file is not there.
        FetchError: it cannot be read, or is not what was expected; no snapshot is written.
    """
    name = f"The file {edition.path} of {archive.repo} ({edition.first})"
    size = _find_size(reader, edition) if edition.size_bytes is None else edition.size_bytes
    parquet = open_parquet(RemoteFile(reader, edition.path, edition.revision, size), name)
    date = choose_date(edition, find_newest_creation(parquet, name))
    tally = Tally()
    info = SnapshotInfo(date, archive.repo, "hub")
    reading = path.with_suffix(".reading")
    written = write_snapshot(reading, read_batches(parquet, name, tally, facts), info)
    if tally.quarantined or tally.repeated:  # rare, and known only now: the counts stand in the file's end
        counted = replace(info, quarantined=tally.quarantined, repeated=tally.repeated)
        written = write_snapshot(path, pq.ParquetFile(reading).iter_batches(), counted)
        reading.unlink()
    else:
        reading.replace(path)
    return written


def choose_date(edition: Edition, newest_created: dt.date | None) -> dt.date:
    """Return the date of an edition's counts: its newest model's, held within the edition; its last one without."""
    return min(max(newest_created or edition.last, edition.first), edition.last)


def _list_weeks(reader: DatasetReader) -> list[Edition]:
    """List the Parquet file of each folder `models/<YYYY-MM-DD>`: `models.parquet`, or whatever it is called."""
    weeks: dict[dt.date, list[tuple[str, int]]] = {}
    for row in reader.list_rows("tree/main/models", "recursive=true"):
        folder, _, file = str(row.get("path")).removeprefix("models/").partition("/")
        first, size = _parse_date(folder), row.get("size")
        is_file = row.get("type") == "file" and file.endswith(".parquet") and "/" not in file
        if is_file and first and isinstance(size, int):
            weeks.setdefault(first, []).append((str(row["path"]), size))
    return [_choose_file(first, files) for first, files in sorted(weeks.items())]


def _choose_file(first: dt.date, files: list[tuple[str, int]]) -> Edition:
    """Return a week's edition; of several files the one of the usual name, else their folder, which is no file."""
    usual = [(path, size) for path, size in files if path.endswith(f"/{_MODELS_FILE}")]
    path, size = (usual or files)[0] if len(usual or files) == 1 else (f"models/{first}", None)
    return Edition(first, first + dt.timedelta(days=WEEK_DAYS - 1), path, "main", size)


def _list_days(reader: DatasetReader) -> list[Edition]:
    """List the last revision of each UTC day: it holds that day's upload of the models, or repeats an earlier one."""
    newest: dict[dt.date, tuple[dt.datetime, str]] = {}
    for row in reader.list_rows("commits/main"):
        time, revision = parse_time(row.get("date")), row.get("id")
        if time and isinstance(revision, str) and (time, revision) > newest.get(time.date(), (_LONG_AGO, "")):
            newest[time.date()] = (time, revision)
    return [Edition(day, day, _MODELS_FILE, revision) for day, (_, revision) in sorted(newest.items())]


def _find_size(reader: DatasetReader, edition: Edition) -> int:
    """Ask for the size of an edition's file at its revision."""
    if not edition.path.endswith(".parquet"):
        raise GoneError(
            f"The folder {edition.path} of {reader.repo} holds several Parquet files and none called {_MODELS_FILE}: "
            "which of them is the week's cannot be told."
        )
    for row in reader.list_rows(f"tree/{quote(edition.revision, safe='')}"):
        size = row.get("size")
        if row.get("path") == edition.path and isinstance(size, int):
            return size
    raise GoneError(
        f"The dataset {reader.repo} has no file {edition.path} at its revision {edition.revision} of {edition.first}."
    )


def _parse_date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


_LONG_AGO: Final = dt.datetime.min.replace(tzinfo=dt.UTC)
WEEKLY: Final = Archive("weekly", "hfmlsoc/hub_weekly_snapshots", WEEK_DAYS, partial(FileReading, listing=_list_weeks))
HUB_STATS: Final = Archive("hub-stats", "cfahlgren1/hub-stats", 1, partial(FileReading, listing=_list_days))
