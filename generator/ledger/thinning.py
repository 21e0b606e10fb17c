"""Thinning by age: which dates of a history stand on their own, and the intervals between them joined.

Nights for ninety days, then one date a week, after two years one a month. Everything that the report holds over time
is computed from what stands here; the numbers of every single date stand in the data files and in the ledger.
"""

import datetime as dt
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Final

from generator.base.settings import MAX_ANOMALIES, THIN_TO_MONTHS_DAYS, THIN_TO_WEEKS_DAYS, YEAR_DAYS
from generator.ledger.intervals import Anomaly, Interval, LedgerEntry

_KINDS: Final = ("counter-fell", "counter-jumped", "counter-stalled")


def thin_dates(dates: Collection[dt.date]) -> tuple[dt.date, ...]:
    """Return the dates that stand on their own, oldest first: nights, then the last of a week, then of a month.

    Ages are counted from the newest date. A date that was left out never comes back as the history grows.
    """
    weeks = thin_to_weeks(dates)
    if not weeks:
        return ()
    limit = weeks[-1] - dt.timedelta(days=THIN_TO_MONTHS_DAYS)
    old = [day for day in weeks if day < limit]
    return (*_keep_last(old, lambda day: (day.year, day.month)), *weeks[len(old) :])


def thin_to_weeks(dates: Collection[dt.date]) -> tuple[dt.date, ...]:
    """Return the dates of the last ninety days and, before, the last of each calendar week, oldest first."""
    ordered = sorted(dates)
    if not ordered:
        return ()
    limit = ordered[-1] - dt.timedelta(days=THIN_TO_WEEKS_DAYS)
    old = [day for day in ordered if day < limit]
    return (*_keep_last(old, lambda day: day.isocalendar()[:2]), *ordered[len(old) :])


@dataclass(frozen=True)
class Period:
    """Adjoining intervals as one: flows are summed, what is counted at the end is the last one's.

    Attributes:
        interval: from the first of them to the last.
        entries: the intervals with their rows, oldest first.
    """

    interval: Interval
    entries: tuple[LedgerEntry, ...]

    @classmethod
    def of(cls, *entries: LedgerEntry) -> "Period":
        """Join some adjoining intervals, oldest first; nothing is read."""
        interval = entries[0].interval if len(entries) == 1 else _join_intervals([entry.interval for entry in entries])
        return cls(interval, entries)


def join_nights(entries: Sequence[LedgerEntry]) -> tuple[Period, ...]:
    """Join the intervals between dates that do not stand on their own; each week keeps its date.

    Only what is alike is joined: the same source, list and basis, without a gap between, within a calendar year. The
    interval in which the newest date's year begins stays as it is, so that the newest twelve months are exact.
    """
    if not entries:
        return ()
    kept = _list_kept([entry.interval for entry in entries])
    groups: list[list[LedgerEntry]] = [[]]
    for entry in entries:
        groups[-1].append(entry)
        if entry.interval.end in kept:
            groups.append([])
    return tuple(Period.of(*group) for group in groups if group)


def keep_nights(entries: Sequence[LedgerEntry]) -> tuple[Period, ...]:
    """Return every interval as a period of its own."""
    return tuple(map(Period.of, entries))


def _list_kept(intervals: Sequence[Interval]) -> set[dt.date]:
    """List the ends that are not joined to what follows."""
    ends = [interval.end for interval in intervals]
    year = ends[-1] - dt.timedelta(days=YEAR_DAYS)
    around = {*[end for end in ends if end <= year][-1:], *[end for end in ends if end >= year][:1]}
    unlike = {one.end for one, other in pairwise(intervals) if not _is_joinable(one, other)}
    return {*thin_to_weeks(ends), *around, *unlike}


def _is_joinable(one: Interval, other: Interval) -> bool:
    alike = all(getattr(one, name) == getattr(other, name) for name in ("source", "scope", "name", "basis"))
    return alike and one.end == other.start and not other.gap_days and one.end.year == other.end.year


def _keep_last(dates: Sequence[dt.date], period: Callable[[dt.date], Hashable]) -> list[dt.date]:
    """Keep the last date of each period; the dates are ascending."""
    return [list(group)[-1] for _, group in groupby(dates, key=period)]


def _join_intervals(parts: Sequence[Interval]) -> Interval:
    anomalies = [anomaly for part in parts for anomaly in part.anomalies]
    return replace(
        parts[-1],
        start=parts[0].start,
        covered_days=sum(part.covered_days for part in parts),
        added=sum(part.added for part in parts),
        removed=sum(part.removed for part in parts),
        anomalies=tuple(found for kind in _KINDS for found in _pick_largest(anomalies, kind)),
    )


def _pick_largest(anomalies: Sequence[Anomaly], kind: str) -> list[Anomaly]:
    """Pick the largest of a kind; of counters that stood still, the first ones."""
    mine = [anomaly for anomaly in anomalies if anomaly.kind == kind]
    return sorted(mine, key=lambda anomaly: -abs(anomaly.after - anomaly.before))[:MAX_ANOMALIES]
