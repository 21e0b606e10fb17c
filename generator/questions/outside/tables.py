"""The outside series by country: six named labs a side, month by month, and who led by our rule.

Its numbers stand beside the report's own and never enter them: other models are counted, of other accounts.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from generator.base.settings import ONE_MODEL_MARGIN, OUTSIDE_SHARE_ERROR
from generator.questions.ground import Ground
from generator.registry import Event
from generator.star.columns import COLUMNS
from generator.star.table import Column, Row, Table, declare_table
from generator.text import words
from generator.text.say import say, write

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
    def leader(self) -> str | None:
        """Return the code of the side that leads by our rule; None where the two are level."""
        ahead = max(self.shares, key=lambda code: self.shares[code])
        return ahead if max(self.shares.values()) - min(self.shares.values()) > LEAST_LEAD else None


# What stands first in a month or a span: a side by its code, or neither.
LEVEL: Final = "level"
ORDERS: Final = {code: write(code, "place") for code in LABS} | {LEVEL: say("level")}
_SOURCE: Final = (
    "Counted by others: Model Pulse (T. Stekel), Apache-2.0, from hub-stats (C. Fahlgren), Apache-2.0; sums of six "
    "labs a side by Open Model Share."
)
_SIDE: Final = (
    COLUMNS["country_code"],
    Column("share_of_six", "share", say("Share"), "Fraction of the downloads that its six labs have."),
    Column(
        "basis",
        "text",
        say("Basis"),
        "counted, or estimated from 30-day counts.",
        vocabulary={"counted": say("counted"), "estimated": say("estimated")},
    ),
    Column(
        "order",
        "text",
        say("Order in the month"),
        "Code of the side that leads by our rule, or level.",
        vocabulary=ORDERS,
    ),
    Column("listed_downloads", "count", say("Downloads"), "Of all text and vision-language models.", "downloads"),
)
MONTHS: Final = declare_table(
    "outside-months",
    "The outside series by month",
    f"A side in a month. {_SOURCE}",
    Column("month_from", "date", say("Month"), "Its first day."),
    *_SIDE,
)
SPANS: Final = declare_table(
    "outside-spans",
    "Twelve months of the outside series",
    f"A side over twelve months. {_SOURCE}",
    Column("span", "text", say("Span"), "study, newest, or without-surge: the newest without one model's surge."),
    Column("first_month", "date", say("First month"), "Its first day."),
    Column("last_month", "date", say("Last month"), "Its first day."),
    *_SIDE,
)
BREAKS: Final = declare_table(
    "outside-breaks",
    "Breaks in the counts of the outside series",
    "An event of the registry within the series, the oldest first.",
    Column("broke_on", "date", say("Date"), "When."),
    Column("event_kind", "text", say("Kind"), "What it is.", vocabulary=words.EVENT_KINDS),
    Column("handles", "text", say("Publishers"), "Accounts that it is of, joined by spaces; empty for all."),
    Column("least_downloads", "count", say("At least"), "Downloads that it moved; missing where unknown.", "downloads"),
    Column("event", "text", say("What"), "What happened, in words."),
    Column("told_by", "text", say("Told by"), "Who says so."),
    *(COLUMNS["source_url"], COLUMNS["checked_on"]),
)


def compute(ground: Ground) -> tuple[Table, ...]:
    """Compute the tables from the bundled rows and the registry's events."""
    return compute_outside(ground.outside, ground.registry.events)


def parse_month(row: Mapping[str, str]) -> OutsideMonth:
    """Parse a row of the bundled tables."""
    return OutsideMonth(
        month=dt.date.fromisoformat(f"{row['month']}-01"),
        downloads=float(row["total_downloads_millions"]) * 1e6,
        is_counted=row["counter_exact"] == "true",
        shares={lab: float(row[lab]) / 100 for labs in LABS.values() for lab in labs},
    )


def compute_outside(rows: Sequence[Mapping[str, str]], events: Iterable[Event]) -> tuple[Table, ...]:
    """Compute the tables from the bundled rows, oldest first, and the registry's events; empty ones without rows."""
    if not rows:
        return (MONTHS, SPANS, BREAKS)
    months = [parse_month(row) for row in rows]
    first, last = months[0].month, _end_of(months[-1].month)
    inside = [event for event in events if event.is_break and first <= event.date <= last]
    study = [month for month in months if month.month <= STUDY_END][-12:]
    spans = {"study": _sum_months(study), "newest": _sum_months(months[-12:])}
    if surge := _find_surge(inside, months[-12:][0].month):
        spans["without-surge"] = _leave_out(spans["newest"], surge)
    points = (_sum_months([month]) for month in months)
    return (
        MONTHS.fill([{"month_from": point.start, **row} for point in points for row in _list_sides(point)]),
        SPANS.fill([{"span": name, **row} for name, point in spans.items() for row in _list_sides(point)]),
        BREAKS.fill([_describe_event(event) for event in inside]),
    )


def _find_surge(events: Iterable[Event], since: dt.date) -> Event | None:
    """Find the newest surge of known size from a date on."""
    return max(
        (event for event in events if event.kind == "surge" and event.downloads and event.date >= since),
        key=lambda event: event.date,
        default=None,
    )


def _list_sides(point: OutsidePoint) -> list[Row]:
    about = {
        "first_month": point.start,
        "last_month": point.end,
        "basis": "counted" if point.is_counted else "estimated",
        "order": point.leader or LEVEL,
        "listed_downloads": round(point.downloads),
    }
    return [{**about, "country_code": code, "share_of_six": share} for code, share in point.shares.items()]


def _describe_event(event: Event) -> Row:
    return {
        "broke_on": event.date,
        "event_kind": event.kind,
        "handles": " ".join(event.publishers),
        "least_downloads": event.downloads,
        "event": event.label,
        "told_by": event.source,
        "source_url": event.source_url,
        "checked_on": event.checked_on,
    }


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
