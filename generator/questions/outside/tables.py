"""The outside series by country: six named labs a side, month by month, and who led by our rule.

Its numbers stand beside the report's own and never enter them: other models are counted, of other accounts.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from generator.base.settings import ONE_MODEL_MARGIN, OUTSIDE_SHARE_ERROR
from generator.registry import Event

# Which labs stand for a country is our choice: the largest on each side that the source names, as many as on the other.
LABS: Final[Mapping[str, tuple[str, ...]]] = {
    "CN": ("Qwen", "deepseek-ai", "moonshotai", "zai-org", "tencent", "baidu"),
    "US": ("meta-llama", "google", "microsoft", "openai", "nvidia", "ibm-granite"),
}
# What the shares' own error can change of a margin: every lab's share is off, those of one side up, the others down.
ROUNDING_MARGIN: Final = OUTSIDE_SHARE_ERROR * sum(len(labs) for labs in LABS.values())
# A lead is larger than what rounding and one model can change together: the source names no models, so one may carry as
# much of any margin as we let pass without a word.
LEAST_LEAD: Final = ONE_MODEL_MARGIN + ROUNDING_MARGIN
# The last month of the year that the study counted.
STUDY_END: Final = dt.date(2025, 8, 1)


@dataclass(frozen=True)
class OutsideMonth:
    """A month of text-generation and vision-language models of all ages.

    Attributes:
        month: its first day.
        downloads: of all these models in the month, to a tenth of a million.
        is_counted: whether they are differences of all-time counters; else they are estimated from 30-day counts.
        shares: of `downloads` by lab, 0 to 1.
    """

    month: dt.date
    downloads: float
    is_counted: bool
    shares: Mapping[str, float]


@dataclass(frozen=True)
class OutsidePoint:
    """A month, or a span of months.

    Attributes:
        start: first day of the first month.
        end: first day of the last month; the same for one month.
        is_counted: whether all of it is counted; else some of it is estimated from 30-day counts.
        downloads: of all text and vision-language models.
        shares: of these, the sum of each side's labs, 0 to 1, by country code.
    """

    start: dt.date
    end: dt.date
    is_counted: bool
    downloads: float
    shares: Mapping[str, float]

    @property
    def ahead(self) -> str:
        """Return the code of the side with the larger share, by however little."""
        return max(self.shares, key=lambda code: self.shares[code])

    @property
    def leader(self) -> str | None:
        """Return the code of the side that leads by our rule; None where the two are level."""
        return self.ahead if max(self.shares.values()) - min(self.shares.values()) > LEAST_LEAD else None


@dataclass(frozen=True)
class OutsideSeries:
    """The series.

    Attributes:
        months: oldest first.
        years: the twelve months that the study counted, and the newest twelve.
        surge: one model's surge within the newest twelve months; None without one.
        without_surge: the newest twelve months without its downloads; None without one.
        events: breaks in the counts within the series, oldest first.
    """

    months: tuple[OutsidePoint, ...]
    years: tuple[OutsidePoint, OutsidePoint]
    surge: Event | None
    without_surge: OutsidePoint | None
    events: tuple[Event, ...]

    @property
    def run_ahead(self) -> tuple[OutsidePoint, ...]:
        """Return the newest months without a break in which the same side has the larger share, oldest first."""
        return self._run(lambda month: month.ahead)

    @property
    def run_led(self) -> tuple[OutsidePoint, ...]:
        """Return the newest months without a break in which the order by our rule is the same, oldest first."""
        return self._run(lambda month: month.leader)

    def _run(self, order: Callable[[OutsidePoint], str | None]) -> tuple[OutsidePoint, ...]:
        newest = order(self.months[-1])
        return tuple(takewhile(lambda month: order(month) == newest, self.months[::-1]))[::-1]


def parse_month(row: Mapping[str, str]) -> OutsideMonth:
    """Parse a row of the bundled tables."""
    return OutsideMonth(
        month=dt.date.fromisoformat(f"{row['month']}-01"),
        downloads=float(row["total_downloads_millions"]) * 1e6,
        is_counted=row["counter_exact"] == "true",
        shares={lab: float(row[lab]) / 100 for labs in LABS.values() for lab in labs},
    )


def compute_outside(rows: Sequence[Mapping[str, str]], events: Iterable[Event]) -> OutsideSeries | None:
    """Compute the series from the bundled rows, oldest first, and the registry's events; None without rows."""
    if not rows:
        return None
    months = [parse_month(row) for row in rows]
    newest = months[-12:]
    study = [month for month in months if month.month <= STUDY_END][-12:]
    inside = tuple(
        event for event in events if event.is_break and months[0].month <= event.date <= _end_of(months[-1].month)
    )
    surges = [event for event in inside if event.kind == "surge" and event.downloads and event.date >= newest[0].month]
    return OutsideSeries(
        months=tuple(_sum_months([month]) for month in months),
        years=(_sum_months(study), _sum_months(newest)),
        surge=surges[-1] if surges else None,
        without_surge=_leave_out(_sum_months(newest), surges[-1]) if surges else None,
        events=inside,
    )


def _end_of(month: dt.date) -> dt.date:
    """Return the last day of a month."""
    return (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


def _sum_months(months: Sequence[OutsideMonth]) -> OutsidePoint:
    total = sum(month.downloads for month in months)
    return OutsidePoint(
        start=months[0].month,
        end=months[-1].month,
        is_counted=all(month.is_counted for month in months),
        downloads=total,
        shares={
            code: sum(month.shares[lab] * month.downloads for month in months for lab in labs) / total
            for code, labs in LABS.items()
        },
    )


def _leave_out(year: OutsidePoint, surge: Event) -> OutsidePoint:
    """Leave a surge's downloads out of its side and of the whole."""
    downloads = surge.downloads or 0
    left = year.downloads - downloads
    shares = {
        code: (share * year.downloads - (downloads if set(surge.publishers) & set(LABS[code]) else 0)) / left
        for code, share in year.shares.items()
    }
    return OutsidePoint(year.start, year.end, year.is_counted, left, shares)
