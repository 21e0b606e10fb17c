"""Releases: how often publishers and countries bring out models of their own.

The days between two releases are those between two days on which one publisher released something; they belong to
the day of the later one. A country's are those of all its publishers, each within its own row.
"""

import calendar
import datetime as dt
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np
import pandas as pd

from generator.base.settings import YEAR_DAYS
from generator.questions.ground import Ground
from generator.questions.series import Point
from generator.registry import UNREVIEWED, LaunchDate, Registry
from generator.star.accounts import give_slugs
from generator.star.coded import code_of
from generator.star.files import DataFile, Field
from generator.star.releases import FLOOR, Release, list_releases
from generator.star.shares import NOT_PLACES

# Fewer gaps than these say nothing of a habit.
MIN_GAPS_PUBLISHER: Final = 3
MIN_GAPS_COUNTRY: Final = 10
MIN_MEDIANS: Final = 3
# The most downloaded companies of a country, and its publishers with most gaps that a count leaves out.
TOP_COMPANIES: Final = 5
LEFT_OUT: Final = 2
# Ways to say how often a country releases; none of them is the number.
INTERPRETATIONS: Final = ("publishers", "without-largest", "companies", "top-companies", "medians", "country")
# Publishers with a calendar of their own, the most downloaded first, and the fewest releases for one.
CALENDARS: Final = 60
MIN_RELEASES: Final = 2
# Countries that are taken in every way, those with most releases.
INTERPRETED: Final = 6
SIDE_BY_SIDE: Final = 2
ALL: Final = "all"


@dataclass(frozen=True)
class Spread:
    """How far the days between releases spread.

    Attributes:
        gaps: how many there are.
        lower: lower quartile, in days.
        median: in days.
        upper: upper quartile, in days.
    """

    gaps: int
    lower: float
    median: float
    upper: float


@dataclass(frozen=True)
class Cadence:
    """How often a publisher, or a country's publishers, released within a time.

    Attributes:
        code: country code or category.
        publisher: the account; empty for a country.
        publishers: how many released something.
        releases: how many there were.
        spread: of the days between releases of one publisher; None with too few of them.
        together: days between two days on which any of them released something, median; None with too few.
    """

    code: str
    publisher: str
    publishers: int
    releases: int
    spread: Spread | None
    together: float | None


@dataclass(frozen=True)
class Interpretation:
    """How often a country releases in the last 365 days, taken one way.

    Attributes:
        code: country code.
        name: of `INTERPRETATIONS`. `publishers`: the days between releases of one publisher, of all publishers
            together; `without-largest` without the two that have most of them; `companies`: of companies;
            `top-companies`: of the five most downloaded; `medians`: the median of the publishers' medians; `country`:
            the days between two days on which any of them released something.
        publishers: that it rests on, by how many of the days each has, most first.
        gaps: how many days between releases it rests on.
        held: part of the country's days between releases that the first two of the publishers have, 0 to 1.
        median: in days; None with too few.
    """

    code: str
    name: str
    publishers: tuple[str, ...]
    gaps: int
    held: float
    median: float | None


@dataclass(frozen=True)
class YearCadence:
    """A country's or a publisher's cadence in a calendar year; the newest year ends with the data."""

    year: int
    cadence: Cadence


@dataclass(frozen=True)
class MonthCount:
    """Releases of a month that has some; the month by its first day."""

    month: dt.date
    releases: int


@dataclass(frozen=True)
class Calendar:
    """A publisher's releases, month by month.

    Attributes:
        slug: its page's name.
        publisher: the account.
        code: its country code or category.
        year: its cadence in the last 365 days.
        always: its cadence since its first release.
        years: its cadence in each calendar year with a release, oldest first.
        months: months with releases, oldest first.
    """

    slug: str
    publisher: str
    code: str
    year: Cadence
    always: Cadence
    years: tuple[YearCadence, ...]
    months: tuple[MonthCount, ...]


@dataclass(frozen=True)
class Originals:
    """Who uploaded the models without a base that were created in the last twelve whole months.

    Attributes:
        models: how many.
        organisations: part of them that reviewed organisations uploaded, 0 to 1: what releases are made of.
        unaffiliated: part that persons uploaded.
        unreviewed: part of the accounts that nobody has reviewed.
    """

    models: int
    organisations: float
    unaffiliated: float
    unreviewed: float


@dataclass(frozen=True)
class Releases:
    """The topic's record.

    Attributes:
        as_of: the newest date.
        repositories: that the releases are made of.
        releases: all of them, oldest first.
        countries: cadence of each country and category in the last 365 days, most releases first.
        interpretations: of the countries with most releases and a spread of their own, each taken in every way.
        top_companies: the five most downloaded companies of each country that released something.
        publishers: of each publisher with enough gaps in the last 365 days, the most downloaded first.
        years: of each country in each calendar year.
        calendars: of the most downloaded publishers.
        originals: who uploaded what releases could be made of; None without any.
        corrections: launch dates that moved a release.
    """

    as_of: dt.date
    repositories: int
    releases: tuple[Release, ...]
    countries: tuple[Cadence, ...]
    interpretations: tuple[Interpretation, ...]
    top_companies: Mapping[str, tuple[str, ...]]
    publishers: tuple[Cadence, ...]
    years: tuple[YearCadence, ...]
    calendars: tuple[Calendar, ...]
    originals: Originals | None
    corrections: tuple[LaunchDate, ...]

    @property
    def ways(self) -> tuple[tuple[Interpretation, ...], ...]:
        """Return the interpretations of the two countries with most releases, one row per way of taking them."""
        codes = list(dict.fromkeys(row.code for row in self.interpretations))[:SIDE_BY_SIDE]
        rows = [row for row in self.interpretations if row.code in codes]
        return tuple(tuple(row for row in rows if row.name == name) for name in INTERPRETATIONS) if rows else ()

    def cadence(self, code: str) -> Cadence | None:
        """Return a country's cadence in the last 365 days."""
        return next((row for row in self.countries if row.code == code), None)

    def releases_of(self, publisher: str) -> tuple[Release, ...]:
        """Return a publisher's releases, newest first."""
        return tuple(release for release in reversed(self.releases) if release.publisher == publisher)

    @cached_property
    def series(self) -> Mapping[str, tuple[Point, ...]]:
        """Return for each country, at each month's end, its releases of the month and its median of the year.

        `releases.per-month.CN`: releases of the month; None for one that is not over.
        `releases.median-days.CN`: median days between releases of one publisher, over those that end in the 365 days
        to the date; None with fewer than ten. `releases.together-days.CN`: the same between the days on which any of
        its publishers released something. `releases.top-median-days.CN`: the first, of the five most downloaded
        companies of today.
        """
        ends = list_month_ends(self.releases, self.as_of)
        series: dict[str, tuple[Point, ...]] = {}
        for code in sorted({release.code for release in self.releases} | {ALL}):
            mine = [release for release in self.releases if code in {ALL, release.code}]
            together = list_days_between(mine)
            series[f"releases.per-month.{code}"] = _follow_months(mine, ends)
            series[f"releases.median-days.{code}"] = _follow_median(list_gaps(mine), ends)
            series[f"releases.together-days.{code}"] = _follow_median(together, ends)
            top = self.top_companies.get(code, ())
            series[f"releases.top-median-days.{code}"] = _follow_median(
                list_gaps(release for release in mine if release.publisher in top), ends
            )
        return series

    @property
    def items(self) -> Mapping[str, Calendar]:
        """Return the calendars by slug."""
        return {calendar.slug: calendar for calendar in self.calendars}

    @property
    def tables(self) -> tuple[DataFile, ...]:
        """Return the releases, and the cadences by year."""
        return (
            _tabulate_releases(self.releases),
            _tabulate_cadences(self),
            _tabulate_interpretations(self.interpretations),
        )


def compute(ground: Ground) -> Releases:
    """Compute the topic's record."""
    releases = list_releases(ground.releases, ground.registry)
    first = ground.as_of - dt.timedelta(days=YEAR_DAYS - 1)
    corrected = {name for release in releases if release.is_corrected for name in release.ids}
    countries = compute_countries(releases, first, ground.as_of)
    shown = [row.code for row in countries if row.spread and row.code not in NOT_PLACES][:INTERPRETED]
    top = _find_top_companies(releases, ground)
    return Releases(
        as_of=ground.as_of,
        repositories=sum(len(release.ids) for release in releases),
        releases=releases,
        countries=countries,
        interpretations=tuple(
            row
            for code in shown
            for row in interpret(releases, code, ground.registry, top.get(code, ()), (first, ground.as_of))
        ),
        top_companies=top,
        publishers=_compute_publishers(releases, ground, first),
        years=_compute_years(releases, ground.as_of),
        calendars=_compute_calendars(releases, ground, first),
        originals=compute_originals(ground.births, ground.registry, ground.as_of),
        corrections=tuple(row for row in ground.registry.launch_dates if row.id in corrected),
    )


def list_gaps(releases: Iterable[Release]) -> list[tuple[dt.date, int]]:
    """List the days between two days of release of one publisher, each with the later day."""
    days: dict[str, set[dt.date]] = {}
    for release in releases:
        days.setdefault(release.publisher, set()).add(release.date)
    return [(late, (late - early).days) for mine in days.values() for early, late in pairwise(sorted(mine))]


def list_days_between(releases: Iterable[Release]) -> list[tuple[dt.date, int]]:
    """List the days between two days on which anybody released something, each with the later day."""
    days = sorted({release.date for release in releases})
    return [(late, (late - early).days) for early, late in pairwise(days)]


def describe_cadence(releases: Sequence[Release], code: str, publisher: str, first: dt.date, last: dt.date) -> Cadence:
    """Describe how often the publishers of these releases released between two days, both included.

    A gap belongs to the day that ends it, so one that began before the first day counts whole.
    """
    inside = [release for release in releases if first <= release.date <= last]
    gaps = [days for day, days in list_gaps(releases) if first <= day <= last]
    together = [days for day, days in list_days_between(releases) if first <= day <= last]
    least = MIN_GAPS_PUBLISHER if publisher else MIN_GAPS_COUNTRY
    return Cadence(
        code=code,
        publisher=publisher,
        publishers=len({release.publisher for release in inside}),
        releases=len(inside),
        spread=_spread(gaps) if len(gaps) >= least else None,
        together=_spread(together).median if len(together) >= least else None,
    )


def compute_countries(releases: Sequence[Release], first: dt.date, last: dt.date) -> tuple[Cadence, ...]:
    """Compute the cadence of every country and category with a release between two days, most releases first."""
    rows = [
        describe_cadence([release for release in releases if release.code == code], code, "", first, last)
        for code in {release.code for release in releases if first <= release.date <= last}
    ]
    return tuple(sorted(rows, key=lambda row: (row.code in NOT_PLACES, -row.releases, row.code)))


def interpret(
    releases: Sequence[Release],
    code: str,
    registry: Registry,
    top: Sequence[str],
    span: tuple[dt.date, dt.date],
) -> tuple[Interpretation, ...]:
    """Take a country's releases between two days in every way of `INTERPRETATIONS`.

    Args:
        releases: all of them.
        code: the country.
        registry: knows who is a company.
        top: its most downloaded companies.
        span: the first and the last day.
    """
    mine = _by_publisher(release for release in releases if release.code == code)
    gaps = {name: [days for day, days in list_gaps(found) if span[0] <= day <= span[1]] for name, found in mine.items()}
    gaps = {name: gaps[name] for name in sorted(gaps, key=lambda name: (-len(gaps[name]), name)) if gaps[name]}
    companies = [name for name in gaps if (row := registry.find(name)) and row.kind == "company"]
    chosen = {
        "publishers": list(gaps),
        "without-largest": list(gaps)[LEFT_OUT:],
        "companies": companies,
        "top-companies": [name for name in gaps if name in top],
    }
    pooled = [
        _interpret(code, name, {key: gaps[key] for key in found}, [days for key in found for days in gaps[key]])
        for name, found in chosen.items()
    ]
    medians = [float(np.median(days)) for days in gaps.values() if len(days) >= MIN_GAPS_PUBLISHER]
    everybody = [release for found in mine.values() for release in found]
    together = [days for day, days in list_days_between(everybody) if span[0] <= day <= span[1]]
    return (
        *pooled,
        _interpret(code, "medians", gaps, medians, least=MIN_MEDIANS),
        _interpret(code, "country", gaps, together),
    )


def _interpret(
    code: str, name: str, gaps: Mapping[str, Sequence[int]], days: Sequence[float], least: int = MIN_GAPS_COUNTRY
) -> Interpretation:
    total = sum(map(len, gaps.values()))
    largest = sum(sorted(map(len, gaps.values()))[-LEFT_OUT:])
    return Interpretation(
        code=code,
        name=name,
        publishers=tuple(gaps),
        gaps=len(days),
        held=largest / total if total else 0.0,
        median=float(np.median(days)) if len(days) >= least else None,
    )


def compute_originals(births: pd.DataFrame, registry: Registry, as_of: dt.date) -> Originals | None:
    """Compute who uploaded the models without a base of the twelve whole months before a date."""
    months = pd.period_range(end=pd.Period(as_of, "M") - 1, periods=12, freq="M").astype(str)
    rows = births[(births["relation"] == "original") & births["month"].isin(months)]
    total = int(rows["models"].sum())
    if not total:
        return None
    parts = {"organisations": 0, "unaffiliated": 0, "unreviewed": 0}
    for publisher, models in rows.groupby("publisher")["models"].sum().items():
        parts[_name_part(str(publisher), registry)] += int(models)
    return Originals(models=total, **{name: number / total for name, number in parts.items()})


def count_months(releases: Iterable[Release]) -> dict[dt.date, int]:
    """Count the releases of each month, by its first day."""
    return dict(sorted(Counter(release.date.replace(day=1) for release in releases).items()))


def list_month_ends(releases: Sequence[Release], as_of: dt.date) -> list[dt.date]:
    """List the last days of the months from the first release to a date; the last month ends with the date."""
    if not releases:
        return []
    month, ends = releases[0].date.replace(day=1), []
    while month <= as_of:
        end = month.replace(day=calendar.monthrange(month.year, month.month)[1])
        ends.append(min(end, as_of))
        month = end + dt.timedelta(days=1)
    return ends


def _follow_months(releases: Iterable[Release], ends: Iterable[dt.date]) -> tuple[Point, ...]:
    counts = count_months(releases)
    return tuple(
        Point(end, float(counts.get(end.replace(day=1), 0)) if (end + dt.timedelta(days=1)).day == 1 else None)
        for end in ends
    )


def _follow_median(gaps: Iterable[tuple[dt.date, int]], ends: Iterable[dt.date]) -> tuple[Point, ...]:
    """Follow the median of the gaps of the 365 days to each date."""
    ordered = sorted(gaps)
    dates = [day for day, _ in ordered]
    points = []
    for end in ends:
        first, last = bisect_right(dates, end - dt.timedelta(days=YEAR_DAYS)), bisect_right(dates, end)
        within = [days for _, days in ordered[first:last]]
        points.append(Point(end, _spread(within).median if len(within) >= MIN_GAPS_COUNTRY else None))
    return tuple(points)


def _name_part(publisher: str, registry: Registry) -> str:
    row = registry.find(publisher)
    if code_of(publisher, registry) == UNREVIEWED or row is None:
        return "unreviewed"
    return "unaffiliated" if row.kind == "person" else "organisations"


def _spread(days: Sequence[int]) -> Spread:
    lower, median, upper = (float(value) for value in np.percentile(days, [25, 50, 75]))
    return Spread(len(days), lower, median, upper)


def _compute_publishers(releases: Sequence[Release], ground: Ground, first: dt.date) -> tuple[Cadence, ...]:
    mine = _by_publisher(releases)
    rows = [
        describe_cadence(mine[row.handle], row.code, row.handle, first, ground.as_of)
        for row in ground.publishers
        if row.handle in mine
    ]
    return tuple(row for row in rows if row.spread)


def _find_top_companies(releases: Sequence[Release], ground: Ground) -> dict[str, tuple[str, ...]]:
    """Find the most downloaded companies of each country among those that released something."""
    released = {release.publisher for release in releases}
    found: dict[str, list[str]] = {}
    for row in ground.publishers:
        known = ground.registry.find(row.handle)
        if row.handle in released and known and known.kind == "company":
            found.setdefault(row.code, []).append(row.handle)
    return {code: tuple(names[:TOP_COMPANIES]) for code, names in found.items()}


def _compute_years(releases: Sequence[Release], as_of: dt.date) -> tuple[YearCadence, ...]:
    return tuple(
        YearCadence(first.year, cadence)
        for first, last in _list_years(releases, as_of)
        for cadence in compute_countries(releases, first, last)
    )


def _list_years(releases: Sequence[Release], as_of: dt.date) -> list[tuple[dt.date, dt.date]]:
    """List the first and the last day of each year from the first release on; the newest ends with the data."""
    years = range(releases[0].date.year, as_of.year + 1) if releases else ()
    return [(dt.date(year, 1, 1), min(dt.date(year, 12, 31), as_of)) for year in years]


def _compute_calendars(releases: Sequence[Release], ground: Ground, first: dt.date) -> tuple[Calendar, ...]:
    mine = _by_publisher(releases)
    chosen = [row for row in ground.publishers if len(mine.get(row.handle, ())) >= MIN_RELEASES][:CALENDARS]
    return tuple(
        _make_calendar(slug, row.code, mine[row.handle], first, ground.as_of) for row, slug in give_slugs(chosen)
    )


def _make_calendar(slug: str, code: str, mine: Sequence[Release], first: dt.date, as_of: dt.date) -> Calendar:
    name = mine[0].publisher
    years = [
        YearCadence(start.year, describe_cadence(mine, code, name, start, end))
        for start, end in _list_years(mine, as_of)
    ]
    return Calendar(
        slug=slug,
        publisher=name,
        code=code,
        year=describe_cadence(mine, code, name, first, as_of),
        always=describe_cadence(mine, code, name, FLOOR, as_of),
        years=tuple(year for year in years if year.cadence.releases),
        months=tuple(MonthCount(month, number) for month, number in count_months(mine).items()),
    )


def _by_publisher(releases: Iterable[Release]) -> dict[str, list[Release]]:
    found: dict[str, list[Release]] = {}
    for release in releases:
        found.setdefault(release.publisher, []).append(release)
    return found


def _tabulate_releases(releases: Iterable[Release]) -> DataFile:
    fields = (
        Field(
            "date", "date", "Day that it counts for: its first repository's, or the launch where that was corrected."
        ),
        Field("first_repository", "date", "Day on which the first of its repositories was created."),
        Field("publisher", "text", "Account on the Hub, a reviewed organisation's."),
        Field("country_code", "text", "ISO 3166-1 alpha-2, or INT, UNAFFILIATED."),
        Field("line", "text", "Line of models, read from the family or the name."),
        Field("version", "text", "First number of the name that is no size, context or date; empty without one."),
        Field("model", "text", "One of its repositories, the one with the shortest name."),
        Field("repositories", "count", "Repositories that belong to it."),
        Field("task_group", "text", "Group of that repository's task."),
    )
    rows = tuple(
        (
            release.date,
            release.created,
            release.publisher,
            release.code,
            release.line,
            release.version,
            release.id,
            len(release.ids),
            release.task_group,
        )
        for release in releases
    )
    return DataFile("releases", "Releases", "What a publisher brought out itself at one time.", fields, rows)


def _tabulate_cadences(topic: Releases) -> DataFile:
    fields = (
        Field("period", "text", "Calendar year, or 365d for the 365 days to the data's date."),
        Field("country_code", "text", "ISO 3166-1 alpha-2, or INT, UNAFFILIATED."),
        Field("publisher", "text", "Account on the Hub; empty for all of the country."),
        Field("publishers", "count", "Publishers with a release in the period."),
        Field("releases", "count", "Releases in the period."),
        Field("gaps", "count", "Times between two days of release of one publisher that end in the period."),
        Field("days_lower", "number", "Lower quartile of these times, in days; empty with too few of them."),
        Field("days_median", "number", "Their median, in days."),
        Field("days_upper", "number", "Their upper quartile, in days."),
        Field(
            "days_together", "number", "Median days between two days on which any of the country's publishers released."
        ),
    )
    years = (*topic.years, *(year for item in topic.calendars for year in item.years))
    parts = [(str(row.year), row.cadence) for row in years]
    parts += [("365d", row) for row in (*topic.countries, *topic.publishers)]
    rows = tuple(
        (
            period,
            row.code,
            row.publisher or None,
            row.publishers,
            row.releases,
            row.spread.gaps if row.spread else None,
            row.spread.lower if row.spread else None,
            row.spread.median if row.spread else None,
            row.spread.upper if row.spread else None,
            row.together,
        )
        for period, row in parts
    )
    return DataFile("releases-cadence", "Days between releases", "A country or publisher in a period.", fields, rows)


def _tabulate_interpretations(rows: Iterable[Interpretation]) -> DataFile:
    fields = (
        Field("country_code", "text", "ISO 3166-1 alpha-2."),
        Field("interpretation", "text", f"{', '.join(INTERPRETATIONS)}, as on the page."),
        Field("publishers", "count", "Publishers that it rests on."),
        Field("days_between", "count", "Times between two releases, or medians of them, that it rests on."),
        Field("held_by_two", "share", "Fraction of the times that the two publishers with most of them have."),
        Field("median_days", "number", "The median, in days; empty with too few."),
    )
    found = tuple((row.code, row.name, len(row.publishers), row.gaps, row.held, row.median) for row in rows)
    title = "How often countries release, in every way"
    return DataFile("releases-interpretations", title, "A country taken in one way, 365 days.", fields, found)
