"""Releases: how often publishers and countries bring out models of their own.

The days between two releases are those between two days on which one publisher released something; they belong to
the day of the later one. A country's are those of all its publishers, each within its own row.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

import numpy as np
import pandas as pd

from generator.base.settings import YEAR_DAYS
from generator.questions.ground import Ground, Tables
from generator.registry import UNREVIEWED, Registry
from generator.star.accounts import give_slugs
from generator.star.classes import ALL
from generator.star.coded import code_of
from generator.star.columns import COLUMNS
from generator.star.definitions import Definition
from generator.star.releases import FLOOR, Release, list_releases
from generator.star.shares import NOT_PLACES
from generator.star.table import Column, Row, Table, declare_table
from generator.star.window import LedgerSums, WindowDownloads, compute_window
from generator.text import words
from generator.text.say import say

# Fewer gaps than these say nothing of a habit.
MIN_GAPS_PUBLISHER: Final = 3
MIN_GAPS_COUNTRY: Final = 10
MIN_MEDIANS: Final = 3
# The most downloaded companies of a country, and its publishers with most gaps that a count leaves out.
TOP_COMPANIES: Final = 5
LEFT_OUT: Final = 2
# Publishers with a calendar of their own, the most downloaded first, and the fewest releases for one.
CALENDARS: Final = 60
MIN_RELEASES: Final = 2
# A widely downloaded release has this part of all downloads, and is not older than so many days: older ones are
# many repositories of research, and what stood before the history began is known in part.
WIDE_PART: Final = 0.001
WIDE_DAYS: Final = 2 * YEAR_DAYS
# Countries that are taken in every way, those with most releases.
INTERPRETED: Final = 6
# The period of the 365 days to the newest date.
YEAR: Final = "365d"
Span: TypeAlias = tuple[dt.date, dt.date]

_RELEASED: Final = Column(
    "released_on",
    "date",
    say("Date"),
    "Day that it counts for: its first repository's, or the launch where that was corrected.",
)
_PERIOD: Final = Column(
    "period", "text", say("Period"), "Calendar year, the newest to the data's date; 365d for the 365 days to it."
)
_PUBLISHERS: Final = Column(
    "publishers_releasing", "count", say("Publishers"), "Publishers with a release, whose times count.", "publishers"
)
_REPOSITORIES: Final = Column(
    "repositories", "count", say("Repositories"), "Repositories that belong to it.", "repositories"
)
_RELEASES: Final = Column("releases", "count", say("Releases"), "Releases in the period.", "releases")
_MEDIAN: Final = Column(
    "median_days", "number", say("Median days"), "Median of the times between, in days; empty with too few."
)
_TOGETHER: Final = Column(
    "together_days",
    "number",
    say("Any"),
    "Median days between two days on which any of the country's publishers released; empty with too few.",
)
_SPREAD: Final = (
    Column("lower_days", "number", say("Lower quartile"), "Lower quartile of the times, in days; empty with too few."),
    _MEDIAN,
    Column("upper_days", "number", say("Upper quartile"), "Their upper quartile, in days; empty with too few."),
)

RELEASES: Final = declare_table(
    "releases",
    "Releases",
    "What a publisher brought out itself at one time, the oldest first.",
    _RELEASED,
    Column("first_repository", "date", say("First repository"), "Day on which the first of its repositories began."),
    *(COLUMNS["publisher"], COLUMNS["country_code"]),
    Column("model_line", "text", say("Line"), "Line of models, read from the family or the name."),
    Column("version", "text", say("Version"), "First number of the name that is no size, context or date; or empty."),
    COLUMNS["model_id"],
    *(_REPOSITORIES, COLUMNS["task_group"]),
)
CADENCE: Final = declare_table(
    "releases-cadence",
    "Days between releases",
    "A country, or a publisher, in a period; without a publisher it is all of the country.",
    *(_PERIOD, COLUMNS["country_code"], COLUMNS["publisher"], _PUBLISHERS, _RELEASES),
    Column("gaps", "count", say("Times between"), "Times between two releases of one that end in the period.", "times"),
    *(*_SPREAD, _TOGETHER),
)
INTERPRETATIONS: Final = declare_table(
    "releases-interpretations",
    "How often countries release, counted in every way",
    "A country taken in one way, 365 days.",
    COLUMNS["country_code"],
    Column(
        "interpretation",
        "text",
        say("Whose releases"),
        f"{', '.join(words.INTERPRETATIONS)}, as on the page.",
        vocabulary=words.INTERPRETATIONS,
    ),
    _PUBLISHERS,
    Column("days_between", "count", say("Times between"), "Times, or medians of them, that it rests on.", "times"),
    Column("share_held_by_two", "share", say("Two largest"), "Fraction of the times that the two publishers have."),
    Column("largest_publisher", "account", say("Most times"), "Publisher with most of the times; empty without."),
    Column("second_publisher", "account", say("Second"), "Publisher with most of the others; empty without."),
    _MEDIAN,
)
CALENDAR: Final = declare_table(
    "releases-publishers",
    "Publishers with a calendar of releases",
    "One of the most downloaded publishers with at least two releases, in the 365 days to the data's date.",
    *(COLUMNS["publisher"], COLUMNS["country_code"], _RELEASES, *_SPREAD),
    Column("page", "text", say("Page"), "Name of the page with its calendar."),
    Column("median_days_ever", "number", say("Median ever"), "The median since its first release, in days."),
)
ORIGINALS: Final = declare_table(
    "releases-originals",
    "Who uploads models without a base",
    "The models created in the last twelve whole months; no row where there is none.",
    COLUMNS["models"],
    Column("share_by_organisations", "share", say("Organisations"), "Fraction that reviewed organisations uploaded."),
    Column("share_by_persons", "share", say("Persons"), "Fraction that persons uploaded."),
    Column("share_by_others", "share", say("Unreviewed"), "Fraction of accounts that nobody has reviewed."),
)
LAUNCHES: Final = declare_table(
    "releases-launches",
    "Launches on another day than the repository's",
    "A correction that moved a release.",
    *(COLUMNS["model_id"], COLUMNS["created"], _RELEASED, COLUMNS["source_url"]),
    Column("remark", "text", say("Remark"), "What the registry remarks; empty for nothing."),
)
WIDE: Final = declare_table(
    "releases-wide",
    "Widely downloaded releases",
    "A release of the last two years that has at least 0.1% of all downloads, the most downloaded first.",
    *(_RELEASED, COLUMNS["publisher"], COLUMNS["country_code"], COLUMNS["model_id"]),
    *(_REPOSITORIES, COLUMNS["window"], COLUMNS["downloads"]),
)
HISTORY: Final = declare_table(
    "releases-history",
    "Releases over time",
    "A country, or all, at the end of a month, or on the newest date; a month that is not over has no number.",
    *(COLUMNS["as_of"], COLUMNS["country_code"]),
    Column("per_month", "count", say("Releases a month"), "Releases of the month; empty for one not over.", "releases"),
    *(_MEDIAN, _TOGETHER),
    Column(
        "top_median_days",
        "number",
        say("Median days, companies"),
        "The median of the five most downloaded companies of today; empty with too few times.",
    ),
)


def compute(ground: Ground) -> tuple[Table, ...]:
    """Compute the tables."""
    found = list_releases(ground.reading.releases, ground.registry)
    releases = RELEASES.fill([release.row for release in found])
    year = (ground.as_of - dt.timedelta(days=YEAR_DAYS - 1), ground.as_of)
    top = _find_top_companies(releases.frame, ground)
    cadence, calendars = _describe_all(releases.frame, year, ground)
    corrected = {name for release in found if release.is_corrected for name in release.ids}
    return (
        releases,
        CADENCE.fill(cadence),
        INTERPRETATIONS.fill(_interpret_countries(releases.frame, cadence, ground.registry, top, year)),
        CALENDAR.fill(calendars),
        ORIGINALS.fill(list_originals(ground.reading.births, ground.registry, ground.as_of)),
        LAUNCHES.fill(_list_launches(ground.registry, corrected)),
        WIDE.fill(list_wide(found, ground.reading.sums, ground.as_of)),
        HISTORY.fill(list(_follow(releases.frame, top, ground.as_of))),
    )


def list_calendars(tables: Tables) -> Mapping[str, Row]:
    """List the publishers that have a page, by its name."""
    return {str(row["page"]): row for row in tables["releases-publishers"].records()}


def list_gaps(releases: pd.DataFrame, by: str) -> pd.DataFrame:
    """List the days between two days on which one publisher, or country, released something, at the later day."""
    days = releases.drop_duplicates([by, "released_on"]).sort_values([by, "released_on"])
    dates = pd.to_datetime(days["released_on"])
    gaps = (dates - dates.groupby(days[by]).shift()).dt.days
    return days.assign(days=gaps).dropna(subset="days")


def _cut(rows: pd.DataFrame, span: Span) -> pd.DataFrame:
    """Cut out the rows between two days, both included; a gap that began before the first counts whole."""
    return rows[rows["released_on"].between(*span)]


def describe_cadences(releases: pd.DataFrame, by: str, period: str, span: Span) -> list[Row]:
    """Describe how often each publisher, or the publishers of each country, released between two days."""
    least = MIN_GAPS_PUBLISHER if by == "publisher" else MIN_GAPS_COUNTRY
    own = dict(list(_cut(list_gaps(releases, "publisher"), span).groupby(by)["days"]))
    together = dict(list(_cut(list_gaps(releases, by), span).groupby(by)["days"]))
    return [
        {
            "period": period,
            "country_code": mine["country_code"].iloc[0],
            "publisher": key if by == "publisher" else None,
            "publishers_releasing": mine["publisher"].nunique(),
            "releases": len(mine),
            **_spread(own.get(key, ()), least),
            "together_days": _take_median(together.get(key, ()), least),
        }
        for key, mine in _cut(releases, span).groupby(by)
    ]


def _spread(days: Sequence[float] | pd.Series, least: int) -> Row:
    """Return how many times there are, their quartiles and median; of too few nothing."""
    if len(days) < least:
        return {"gaps": None, "lower_days": None, "median_days": None, "upper_days": None}
    lower, median, upper = np.percentile(days, [25, 50, 75]).tolist()
    return {"gaps": len(days), "lower_days": lower, "median_days": median, "upper_days": upper}


def _take_median(days: Sequence[float] | pd.Series, least: int = MIN_GAPS_COUNTRY) -> float | None:
    return float(np.median(days)) if len(days) >= least else None


def _describe_all(releases: pd.DataFrame, year: Span, ground: Ground) -> tuple[list[Row], list[Row]]:
    """Describe countries and publishers in each period, and the publishers with a calendar."""
    counts = releases["publisher"].value_counts()
    chosen = [row for row in ground.publishers if counts.get(row.handle, 0) >= MIN_RELEASES][:CALENDARS]
    shown = releases[releases["publisher"].isin([row.handle for row in chosen])]
    years = _list_years(releases, ground.as_of)
    found = [row for name, span in years for row in _describe_countries(releases, name, span)]
    found += [row for name, span in years for row in describe_cadences(shown, "publisher", name, span)]
    found += _describe_countries(releases, YEAR, year)
    newest = {row["publisher"]: row for row in describe_cadences(releases, "publisher", YEAR, year)}
    named = [newest[row.handle] for row in ground.publishers if row.handle in newest]
    always = describe_cadences(shown, "publisher", "", (FLOOR, ground.as_of))
    medians = {row["publisher"]: row["median_days"] for row in always}
    calendars: list[Row] = [
        {
            **newest.get(row.handle, {"publisher": row.handle, "country_code": row.code, "releases": 0}),
            "page": slug,
            "median_days_ever": medians.get(row.handle),
        }
        for row, slug in give_slugs(chosen)
    ]
    return [*found, *(row for row in named if row["gaps"])], calendars


def _describe_countries(releases: pd.DataFrame, period: str, span: Span) -> list[Row]:
    """Describe every country and category with a release between two days, most releases first."""
    rows = describe_cadences(releases, "country_code", period, span)
    return sorted(rows, key=lambda row: (row["country_code"] in NOT_PLACES, -row["releases"], row["country_code"]))


def _list_years(releases: pd.DataFrame, as_of: dt.date) -> list[tuple[str, Span]]:
    """List the first and the last day of each year from the first release on; the newest ends with the data."""
    years = range(releases["released_on"].iloc[0].year, as_of.year + 1) if len(releases) else ()
    return [(str(year), (dt.date(year, 1, 1), min(dt.date(year, 12, 31), as_of))) for year in years]


def _is_company(handle: str, registry: Registry) -> bool:
    row = registry.find(handle)
    return row is not None and row.kind == "company"


def _find_top_companies(releases: pd.DataFrame, ground: Ground) -> dict[str, tuple[str, ...]]:
    """Find the most downloaded companies of each country among those that released something."""
    released = set(releases["publisher"])
    found: dict[str, list[str]] = {}
    for row in ground.publishers:
        if row.handle in released and _is_company(row.handle, ground.registry):
            found.setdefault(row.code, []).append(row.handle)
    return {code: tuple(names[:TOP_COMPANIES]) for code, names in found.items()}


def _interpret_countries(
    releases: pd.DataFrame, cadence: list[Row], registry: Registry, top: Mapping[str, Collection[str]], year: Span
) -> list[Row]:
    """Take the countries with most releases and a spread of their own in every way."""
    wanted = [row["country_code"] for row in cadence if row["period"] == YEAR and not row["publisher"] and row["gaps"]]
    shown = [code for code in wanted if code not in NOT_PLACES][:INTERPRETED]
    return [row for code in shown for row in interpret(releases, code, registry, top.get(code, ()), year)]


def interpret(releases: pd.DataFrame, code: str, registry: Registry, top: Collection[str], span: Span) -> list[Row]:
    """Take a country's releases between two days in every way.

    `publishers`: the days between releases of one publisher, of all publishers together; `without-largest` without the
    two that have most of them; `companies`: of companies; `top-companies`: of the five most downloaded; `medians`: the
    median of the publishers' medians; `country`: the days between two days on which any of them released something.

    Args:
        releases: all of them.
        code: the country.
        registry: knows who is a company.
        top: its most downloaded companies.
        span: the first and the last day.
    """
    mine = releases[releases["country_code"] == code]
    gaps = _cut(list_gaps(mine, "publisher"), span)
    counts = gaps["publisher"].value_counts()
    names = sorted(counts.index, key=lambda name: (-counts[name], name))
    chosen = {
        "publishers": names,
        "without-largest": names[LEFT_OUT:],
        "companies": [name for name in names if _is_company(name, registry)],
        "top-companies": [name for name in names if name in top],
    }
    days = {way: gaps.loc[gaps["publisher"].isin(found), "days"] for way, found in chosen.items()}
    medians = gaps.groupby("publisher")["days"].agg(["size", "median"])
    days["medians"] = medians.loc[medians["size"] >= MIN_GAPS_PUBLISHER, "median"]
    days["country"] = _cut(list_gaps(mine, "country_code"), span)["days"]
    return [
        {
            "country_code": code,
            "interpretation": way,
            **_count_publishers(counts[chosen.get(way, names)]),
            "days_between": len(found),
            "median_days": _take_median(found, MIN_MEDIANS if way == "medians" else MIN_GAPS_COUNTRY),
        }
        for way, found in days.items()
    ]


def _count_publishers(counts: pd.Series) -> Row:
    """Count publishers by how many of the times each has, most first; name the first two."""
    first, second = [*counts.index[:LEFT_OUT], None, None][:LEFT_OUT]
    return {
        "publishers_releasing": len(counts),
        "share_held_by_two": float(counts.iloc[:LEFT_OUT].sum() / counts.sum()) if len(counts) else 0.0,
        "largest_publisher": first,
        "second_publisher": second,
    }


def list_originals(births: pd.DataFrame, registry: Registry, as_of: dt.date) -> list[Row]:
    """Tell who uploaded the models without a base of the twelve whole months before a date; nothing without any."""
    months = pd.period_range(end=pd.Period(as_of, "M") - 1, periods=12, freq="M").astype(str)
    rows = births[(births["relation"] == "original") & births["month"].isin(months)]
    total = int(rows["models"].sum())
    if not total:
        return []
    parts = dict.fromkeys(("share_by_organisations", "share_by_persons", "share_by_others"), 0)
    for publisher, models in rows.groupby("publisher")["models"].sum().items():
        parts[_name_part(str(publisher), registry)] += int(models)
    return [{"models": total, **{name: number / total for name, number in parts.items()}}]


def _name_part(publisher: str, registry: Registry) -> str:
    row = registry.find(publisher)
    if code_of(publisher, registry) == UNREVIEWED or row is None:
        return "share_by_others"
    return "share_by_persons" if row.kind == "person" else "share_by_organisations"


def _list_launches(registry: Registry, corrected: Collection[str]) -> list[Row]:
    return [
        {
            "model_id": row.id,
            "created": row.repository_date,
            "released_on": row.launch_date,
            "source_url": row.source_url,
            "remark": row.note or None,
        }
        for row in registry.launch_dates
        if row.id in corrected
    ]


def list_wide(releases: Sequence[Release], sums: LedgerSums, as_of: dt.date) -> list[Row]:
    """List the widely downloaded releases of the last two years, most downloaded first.

    Their downloads are those of their repositories that the ledger names: since creation where these are counted, else
    of all dates recorded, else of thirty days.
    """
    window = _find_window(sums)
    if window is None:
        return []
    first = as_of - dt.timedelta(days=WIDE_DAYS - 1)
    counts = window.models.groupby("name")["downloads"].sum().to_dict()
    rows: list[Row] = [
        {
            **release.row,
            "window": window.definition.window,
            "downloads": round(sum(counts.get(name, 0.0) for name in release.ids)),
        }
        for release in releases
        if release.released_on >= first
    ]
    wide = (row for row in rows if row["downloads"] >= WIDE_PART * window.downloads)
    return sorted(wide, key=lambda row: (-row["downloads"], row["model_id"]))


def _find_window(sums: LedgerSums) -> WindowDownloads | None:
    """Return the longest window of all models that has a number."""
    windows = (Definition(window, "all", "publisher") for window in ("all_time", "12m", "held", "30d"))
    return next((found for each in windows if (found := compute_window(sums, each))), None)


def list_month_ends(first: dt.date, as_of: dt.date) -> list[dt.date]:
    """List the last days of the months from a date's to another date, which ends the last one."""
    months = pd.period_range(pd.Period(first, "M"), pd.Period(as_of, "M"))
    return [min(month.end_time.date(), as_of) for month in months]


def _follow(releases: pd.DataFrame, top: Mapping[str, Collection[str]], as_of: dt.date) -> Iterator[Row]:
    """Follow each country, and all, by the ends of months: releases, and medians of the 365 days to each."""
    ends = list_month_ends(releases["released_on"].iloc[0], as_of) if len(releases) else []
    twice = pd.concat([releases, releases.assign(country_code=ALL)])
    own, together = list_gaps(releases, "publisher"), list_gaps(twice, "country_code")
    for code in sorted(set(twice["country_code"])):
        gaps = own if code == ALL else _pick(own, code)
        measures = {
            "per_month": _follow_months(_pick(twice, code), ends),
            "median_days": _follow_median(gaps, ends),
            "together_days": _follow_median(_pick(together, code), ends),
            "top_median_days": _follow_median(gaps[gaps["publisher"].isin(top.get(code, ()))], ends),
        }
        for place, end in enumerate(ends):
            found = {name: values[place] for name, values in measures.items()}
            yield {"as_of": end, "country_code": code, **found}


def _pick(rows: pd.DataFrame, code: str) -> pd.DataFrame:
    return rows[rows["country_code"] == code]


def _follow_months(releases: pd.DataFrame, ends: Sequence[dt.date]) -> list[float | None]:
    """Count the releases of each month; none for one that is not over."""
    counts = releases["released_on"].map(begin_month).value_counts()
    is_over = [(end + dt.timedelta(days=1)).day == 1 for end in ends]
    return [float(counts.get(begin_month(end), 0)) if over else None for end, over in zip(ends, is_over, strict=True)]


def begin_month(day: dt.date) -> dt.date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def _follow_median(gaps: pd.DataFrame, ends: Sequence[dt.date]) -> list[float | None]:
    """Follow the median of the gaps of the 365 days to each date."""
    ordered = gaps.sort_values("released_on", kind="stable")
    dates, days = ordered["released_on"].to_numpy("datetime64[D]"), ordered["days"].tolist()
    last = np.array(ends, dtype="datetime64[D]")
    spans = zip(
        np.searchsorted(dates, last - YEAR_DAYS, side="right"),
        np.searchsorted(dates, last, side="right"),
        strict=True,
    )
    return [_take_median(days[first:stop]) for first, stop in spans]
