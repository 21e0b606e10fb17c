"""The archive Model Pulse: daily counts of the models above its floor, as files of a month.

The dataset modelpulse/model-pulse-data (Apache-2.0) is made from hub-stats (Apache-2.0), every day since 29 July 2024.
Its form is that of its card and of the script that writes it, both read in November 2026; the dataset itself was not
reached.

What is read: `meta.json` says which days there are and which must not be used (`skip_days`: the counters stood still,
or went back; `partial`: less than half of the rows). Nothing is measured from such a day or to it, so that what the
counters caught up with is spread over the days between. A day with less than half of its month's usual rows is partial
as well. A month-file is brought once, whole: its rows lie by model, not by day.

A model is in it that ever had ten downloads in thirty days, fifty since its creation, or a like. What that leaves out
of the Hub's downloads is measured, where the archive meets a snapshot of our own; above half a percent it does not
stand for all public models, and is not read.
"""

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import cached_property, partial
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import Final
from urllib.parse import quote

from generator.base.errors import FetchError
from generator.base.files import open_atomically, write_atomically
from generator.base.settings import (
    MAX_LEFT_OUT,
    MAX_MEETING_DAYS,
    MIN_ROWS_OF_USUAL,
    MONTH_DAYS,
    STALE_DAYS,
    STALE_SLACK_DAYS,
)
from generator.sources.archive import WEEK_DAYS, Archive, Edition, Reading
from generator.sources.archive_http import MAX_RANGE_BYTES, DatasetReader, GoneError
from generator.sources.pulse_rows import DayFiles, count_rows, measure_left_out, write_day, write_facts
from generator.sources.snapshot import HUB_SOURCE, SnapshotInfo, list_snapshots, read_info

NAME: Final = "model-pulse"
REPO: Final = "modelpulse/model-pulse-data"
_META: Final = "meta.json"
_MODELS: Final = "models.parquet"
_RENAMES: Final = "renames.parquet"
_REVISION: Final = "revision"
_MAX_META_BYTES: Final = 16_000_000
# Month-files that stay while later ones are read: a day is compared with one of a month or two before.
_KEPT_MONTHS: Final = 3


class Step(StrEnum):
    """From which day to which an interval runs."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


_LONGEST: Final = {Step.DAYS: 1, Step.WEEKS: WEEK_DAYS, Step.MONTHS: MONTH_DAYS}


def make_pulse(step: Step, *, ends: bool = False) -> Archive:
    """Return the archive, read in steps, or its first and last day of a span alone."""
    opened = partial(PulseReading, step=Step.DAYS if ends else step, with_stale=ends)
    return Archive(NAME, REPO, 0 if ends else _LONGEST[step], opened)


class PulseReading(Reading):
    """Reads the archive at one revision; what was brought stays in the folder until the run is complete."""

    def __init__(self, _: Archive, reader: DatasetReader, work: Path, step: Step, *, with_stale: bool = False) -> None:
        """Begin to read.

        Args:
            reader: reads the dataset.
            work: the folder.
            step: from which day to which an interval runs.
            with_stale: 30-day counts whose counter stands still are taken as they are: a file less for each day. They
                are 0.005% of all (audit F of Model Pulse, October 2026), and play no part where two counters differ.
        """
        self._reader = reader
        self._work = work
        self._step = step
        self._with_stale = with_stale
        self._left_out: float | None = None
        self._counted: dict[str, dict[dt.date, int]] = {}

    def list_editions(self) -> list[Edition]:
        """List the days, weeks from Monday to Sunday, or months that have a day that can be used, oldest first."""
        groups = groupby(self._usable, key=lambda day: _begin(day, self._step))
        return [
            Edition(first, _end(first, self._step), _name_month(first), self._revision, None, tuple(days)[::-1])
            for first, days in groups
        ]

    def measure(self, store: Path) -> None:
        """Measure what part of the downloads the archive leaves out, beside a snapshot of the whole Hub.

        Raises:
            FetchError: the store has no such snapshot, or the archive leaves out more than half a percent of it.
        """
        night, date, day = self._find_meeting(store)
        self._left_out = round(measure_left_out(self._bring_files([day]), day, night, date), 6)
        if self._left_out > MAX_LEFT_OUT:
            raise FetchError(
                f"The archive {REPO} leaves out models that account for {self._left_out:.2%} of the 30-day downloads "
                f"of the Hub's snapshot of {date}, compared with its day {day}; at most {MAX_LEFT_OUT:.1%} were "
                "expected of an archive that stands for all public models. Nothing was added: choose --source weekly "
                "or hub-stats."
            )

    def write(self, edition: Edition, path: Path) -> None:
        """Write the newest whole day of an edition as a snapshot.

        Raises:
            GoneError: every one of its days is partial, or its file is not there.
            FetchError: a file cannot be read, or is of another form.
        """
        day = next((day for day in edition.days if self._is_whole(day)), None)
        if day is None:
            raise GoneError(
                f"The days {', '.join(map(str, edition.days))} of {REPO} have less than half of the usual rows."
            )
        compared = None if self._with_stale else self._find_compared(day)
        files = self._bring_files([day, *([compared] if compared else [])])
        write_day(files, day, compared, path, SnapshotInfo(day, REPO, "hub", left_out=self._left_out))
        self._drop_months(day)

    @cached_property
    def _revision(self) -> str:
        """The dataset's revision: that of an earlier run that was not complete, else its newest.

        The dataset grows every day; a run that goes on reads what it began with.
        """
        path = self._work / _REVISION
        if path.exists():
            return path.read_text(encoding="utf-8")
        newest = next(iter(self._reader.list_rows("commits/main")), {}).get("id")
        if not isinstance(newest, str):
            raise FetchError(f"The dataset {REPO} names no revision. Run the same command again later.")
        write_atomically(path, newest)
        return newest

    @cached_property
    def _sizes(self) -> dict[str, int]:
        """The bytes of each file, by its path in the dataset."""
        root = f"tree/{quote(self._revision, safe='')}"
        try:
            rows = [row for route in (root, f"{root}/series") for row in self._reader.list_rows(route)]
        except GoneError:
            (self._work / _REVISION).unlink()  # the next run begins with the newest one
            raise
        return {str(row.get("path")): size for row in rows if isinstance(size := row.get("size"), int)}

    @cached_property
    def _usable(self) -> tuple[dt.date, ...]:
        """The days from which and to which can be measured, oldest first."""
        size = min(self._find_size(_META), _MAX_META_BYTES)
        data = self._reader.read_range(_META, self._revision, 0, size, size)
        try:
            raw = dict(json.loads(data))
            days, skipped = _read_days(raw["days"]), _read_days([*raw["skip_days"], *raw.get("partial", [])])
        except (ValueError, TypeError, KeyError) as error:
            raise FetchError(
                f"The file {_META} of {REPO} is of another form: {error!r}. An object with lists of dates as days, "
                "skip_days and partial was expected: update the program."
            ) from error
        return tuple(day for day in sorted(days) if day not in skipped and _name_month(day) in self._sizes)

    def _find_meeting(self, store: Path) -> tuple[Path, dt.date, dt.date]:
        """Return the newest snapshot of the whole Hub that a usable day lies close before, its date, and that day."""
        for night in reversed(list_snapshots(store)):
            info = read_info(night)
            near = [day for day in self._usable if 0 <= (info.date - day).days <= MAX_MEETING_DAYS]
            if near and info.scope == "hub" and info.source.startswith(HUB_SOURCE):
                return night, info.date, near[-1]
        last = self._usable[-1] if self._usable else None
        raise FetchError(
            f"The archive {REPO} has a floor, and what it leaves out is measured beside a snapshot of the whole Hub; "
            f"the store {store} has none of a day that the archive reaches (its last one is {last}). Run a night "
            "first, or `oms fetch` and `oms append` with this --store; then the same command again."
        )

    def _find_compared(self, day: dt.date) -> dt.date | None:
        """Return the day that a day's counters are compared with: a stale count is one whose counter stands as then."""
        latest = day - dt.timedelta(days=STALE_DAYS)
        earliest = latest - dt.timedelta(days=STALE_SLACK_DAYS)
        return next((each for each in reversed(self._usable) if earliest <= each <= latest), None)

    def _is_whole(self, day: dt.date) -> bool:
        """Return whether a day has at least half of the rows that the usable days of its month usually have."""
        month = _name_month(day)
        counts = self._counts(month)
        usual = median(counts.get(each, 0) for each in self._usable if _name_month(each) == month)
        return counts.get(day, 0) >= max(MIN_ROWS_OF_USUAL * usual, 1)

    def _counts(self, month: str) -> dict[dt.date, int]:
        if month not in self._counted:
            self._counted[month] = count_rows(self._bring(month))
        return self._counted[month]

    def _bring_files(self, days: Sequence[dt.date]) -> DayFiles:
        months = dict.fromkeys(map(_name_month, days))
        return DayFiles(tuple(self._bring(month) for month in months), self._bring_facts(), self._bring(_RENAMES))

    def _bring_facts(self) -> Path:
        """Return the facts of all models, parsed once."""
        path = self._work / "facts.parquet"
        if not path.exists():
            models = self._bring(_MODELS)
            write_facts(models, path, SnapshotInfo(self._usable[-1], REPO, "hub"))
            models.unlink()
        return path

    def _bring(self, name: str) -> Path:
        """Return a file of the dataset on this machine, brought in pieces if it is not here yet."""
        path = self._work / "files" / name
        if path.exists():
            return path
        size = self._find_size(name)
        with open_atomically(path) as file:
            for start in range(0, size, MAX_RANGE_BYTES):
                stop = min(start + MAX_RANGE_BYTES, size)
                file.write(self._reader.read_range(name, self._revision, start, stop, size))
        return path

    def _find_size(self, name: str) -> int:
        if name not in self._sizes:
            raise GoneError(f"The dataset {REPO} has no file {name} at its revision {self._revision}.")
        return self._sizes[name]

    def _drop_months(self, day: dt.date) -> None:
        """Remove month-files that no later day needs."""
        held = sorted(
            path for path in (self._work / "files" / "series").glob("*.parquet") if path.stem <= f"{day:%Y-%m}"
        )
        for path in held[:-_KEPT_MONTHS]:
            path.unlink()


def _read_days(texts: Iterable[str]) -> set[dt.date]:
    return {dt.date.fromisoformat(text) for text in texts}


def _name_month(day: dt.date) -> str:
    return f"series/{day:%Y-%m}.parquet"


def _begin(day: dt.date, step: Step) -> dt.date:
    """Return the first date of the step in which a day lies."""
    if step is Step.MONTHS:
        return day.replace(day=1)
    return day - dt.timedelta(days=day.weekday()) if step is Step.WEEKS else day


def _end(first: dt.date, step: Step) -> dt.date:
    """Return the last date of the step that begins on a date."""
    if step is Step.MONTHS:
        return (first.replace(day=1) + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    return first + dt.timedelta(days=WEEK_DAYS - 1 if step is Step.WEEKS else 0)
