"""Releases: days between them, by country and publisher; releases a month; a calendar of the largest publishers."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import pandas as pd

from generator.base.encode import label
from generator.figures.columns import Columns, Strip, draw_columns
from generator.figures.figure import Figure, build_figure
from generator.figures.matrix import Cell, Head, Matrix, draw_matrix
from generator.figures.matrix import Group as MatrixGroup
from generator.figures.ranges import Group, Marks, Ranges, draw_ranges
from generator.figures.ranges import Row as RangeRow
from generator.figures.theme import line_colour, place_colour
from generator.questions import phrases, sentences
from generator.questions.ground import Tables
from generator.questions.releases.tables import YEAR, begin_month
from generator.questions.releases.words import (
    BLOCKS,
    HALF_YEARS,
    WEEKS,
    list_newest,
    pick_countries,
    state,
    write_days,
)
from generator.questions.report import Report
from generator.star.classes import ALL
from generator.star.shares import NOT_PLACES
from generator.star.table import Column, Row, Table
from generator.text.say import Sentence, join, say, say_plural, write

# Publishers of a country with a row of their own; days at the end of the axis.
ROWS: Final = 8
LONGEST: Final = 400
MONTHS: Final = 36
CALENDAR_MONTHS: Final = 24
CALENDAR_ROWS: Final = 12
OTHERS: Final = "OTHERS"
_MONTH: Final = Column("month", "date", say("Month"), "First day of the month.")


def build(tables: Tables, report: Report) -> tuple[Figure, ...]:
    """Build the figures; none where there is no release."""
    if not tables["releases"].find():
        return ()
    builders = (_build_cadence, _build_months, _build_calendar)
    return tuple(figure for builder in builders if (figure := builder(tables, report)))


def _build_cadence(tables: Tables, report: Report) -> Figure | None:
    shown = _pick_blocks(tables)
    if shown.find() is None:
        return None
    said = state(tables, report)
    return build_figure(
        shown,
        draw_ranges,
        choose_cadence(shown),
        slug="releases-cadence",
        headline=said["finding"],
        subtitle=say(
            "Days between two releases of one publisher · the 365 days to {end:date} · originals and "
            "instruction-tuned versions by reviewed organisations",
            end=report.data.as_of,
        ),
        source=sentences.describe_source(report.data),
        how_to_read=join(
            say(
                "A dot is the median, its line runs from the lower to the upper quartile: half of the times lie on it. "
                "The first row of a country is all its publishers, the others are the most downloaded ones with at "
                "least three such times. The scale is logarithmic. The bands are what a remark of 2025 said: one to "
                "two weeks for China, six to twelve months for the United States."
            ),
            said["growth"],
        ),
        alt=join(said["finding"], said["remark"]),
    )


def _pick_blocks(tables: Tables) -> Table:
    """Pick the countries to set side by side, each before its most downloaded publishers."""
    newest = tables["releases-cadence"].where(period=YEAR)
    blocks = []
    for row in pick_countries(tables):
        mine = newest.where(country_code=row["country_code"]).frame
        blocks += [mine[mine["publisher"].isna()], mine[mine["publisher"].notna()].head(ROWS)]
    frame = pd.concat(blocks).fillna({"publisher": ALL}).astype({"gaps": "int"}) if blocks else newest.frame.head(0)
    names = ("country_code", "publisher", "releases", "gaps", "lower_days", "median_days", "upper_days")
    return replace(newest, frame=frame).pick(*names)


def choose_cadence(shown: Table) -> Ranges:
    """Return the middle half of the days between releases, and their median, on a logarithmic scale."""
    codes = list(dict.fromkeys(row["country_code"] for row in shown.records()))
    return Ranges(
        groups=tuple(
            Group(
                tuple(_make_row(row) for row in shown.where(country_code=code).records()),
                ("country", write(code, "place")),
            )
            for code in codes
        ),
        row="publisher",
        marks=(Marks("median_days"),),
        link=("lower_days", "upper_days"),
        by="country",
        inks={write(code, "place"): line_colour(code) for code in codes},
        span=LONGEST,
        ticks=(
            (1, say("1 day")),
            (7, say("week")),
            (30, say("month")),
            (91, say("3 months")),
            (365, say("year")),
        ),
        bands=((*WEEKS, say("1–2 weeks")), (*HALF_YEARS, say("6–12 months"))),
    )


def _make_row(row: Row) -> RangeRow:
    days, key = write_days(row["median_days"]), label(row["publisher"])
    if row["publisher"] == ALL:
        return RangeRow(key, write(row["country_code"], "place"), days, strong=True)
    return RangeRow(key, key, days)


def _list_months(last: dt.date, number: int) -> list[dt.date]:
    """List the whole months before a date, by their first days, oldest first."""
    newest = pd.Period(last + dt.timedelta(days=1), "M") - 1
    return [month.start_time.date() for month in pd.period_range(end=newest, periods=number, freq="M")]


def _count_months(releases: pd.DataFrame, by: str, keys: Sequence[str], months: Sequence[dt.date]) -> pd.DataFrame:
    """Count the releases of each publisher, or place, in each month, months without one, too."""
    counts = releases.groupby([by, releases["released_on"].map(begin_month)]).size()
    grid = pd.MultiIndex.from_product([keys, months], names=[by, _MONTH.name])
    return counts.reindex(grid, fill_value=0).rename("releases").reset_index()


def _divide(tables: Tables, months: Sequence[dt.date]) -> Table:
    """Count the releases of months: of the two countries with most of the last 365 days, and of all others."""
    releases = tables["releases"].frame
    newest = (row["country_code"] for row in list_newest(tables).records())
    named = [code for code in newest if code not in NOT_PLACES][:BLOCKS]
    is_named = releases["country_code"].isin(named)
    panels = releases.assign(country_code=releases["country_code"].where(is_named, OTHERS))
    counts = _count_months(panels, "country_code", named if is_named.all() else [*named, OTHERS], months)
    place = replace(tables["releases"].column("country_code"), vocabulary={OTHERS: say("All others")})
    columns = (_MONTH, place, tables["releases-cadence"].column("releases"))
    return replace(tables["releases"], columns=columns, frame=counts[[column.name for column in columns]])


def _build_months(tables: Tables, report: Report) -> Figure | None:
    months = _list_months(report.data.as_of, MONTHS)
    shown = _divide(tables, months)
    if not shown.frame["releases"].any():
        return None
    finding = _state_months(shown, months[-12:])
    newest = [
        say("{place}: {releases} in {month:short_month}.", place=_name_panel(row["country_code"]), **row)
        for row in shown.where(month=months[-1]).records()
    ]
    return build_figure(
        shown,
        draw_columns,
        choose_months(shown),
        slug="releases-per-month",
        headline=finding,
        subtitle=say(
            "Releases a month · {first:short_month} to {last:short_month} · by the publisher's country · by the day "
            "of the first repository, or of the launch",
            first=months[0],
            last=months[-1],
        ),
        source=sentences.describe_source(report.data),
        how_to_read=join(
            say(
                "A bar is a month. Repositories of one publisher, line and version that were created within fourteen "
                "days are one release. What was deleted before the first snapshot is missing, so older months are "
                "lower than they were; a month that is not over is left out."
            ),
            phrases.describe_growth(report.data),
        ),
        alt=join(finding, *newest),
    )


def _state_months(shown: Table, months: Sequence[dt.date]) -> Sentence:
    counts = shown.where(month=tuple(months)).frame.groupby("country_code", sort=False)["releases"].sum()
    numbers = [
        say(
            "{number:count} from {place}",
            number=int(number),
            place=say("elsewhere") if code == OTHERS else write(code, "the"),
        )
        for code, number in counts.items()
    ]
    return say(
        "Releases of the twelve months to {month:short_month}: {numbers}.",
        month=months[-1],
        numbers=join(*numbers, between=", "),
    )


def _name_panel(code: str) -> Sentence:
    return say("All others") if code == OTHERS else write(code, "place")


def choose_months(shown: Table) -> Columns:
    """Return a strip of columns for each of the countries."""
    codes = dict.fromkeys(row["country_code"] for row in shown.records())
    strips = tuple(Strip(code, _name_panel(code), place_colour(code)) for code in codes)
    return Columns(strips, month="month", strip="country_code", value="releases")


def _build_calendar(tables: Tables, report: Report) -> Figure | None:
    months = _list_months(report.data.as_of, CALENDAR_MONTHS)
    shown = _fill_calendar(tables, months)
    if shown.find() is None:
        return None
    newest = shown.where(month=tuple(months[-12:])).frame
    finding = _state_calendar(newest)
    fields = say(
        "Of the twelve last whole months, {number} of {all} fields have a release.",
        number=int((newest["releases"] > 0).sum()),
        all=len(newest),
    )
    return build_figure(
        shown,
        draw_matrix,
        choose_calendar(shown, months),
        slug="releases-calendar",
        headline=finding,
        subtitle=say(
            "Releases a month · the {number} most downloaded publishers with at least two · {first:short_month} to "
            "{last:short_month}",
            number=shown.frame["publisher"].nunique(),
            first=months[0],
            last=months[-1],
        ),
        source=sentences.describe_source(report.data),
        how_to_read=say(
            "A row is a publisher, a field a month, the number how many releases it had. An empty field had none. On a "
            "narrow screen the last twelve months are drawn."
        ),
        alt=join(finding, fields),
    )


def _fill_calendar(tables: Tables, months: Sequence[dt.date]) -> Table:
    """Count the releases of the most downloaded publishers by months."""
    chosen = tables["releases-publishers"].first(CALENDAR_ROWS)
    places = chosen.frame.set_index("publisher")["country_code"]
    counts = _count_months(tables["releases"].frame, "publisher", list(places.index), months)
    columns = (chosen.column("publisher"), chosen.column("country_code"), _MONTH, chosen.column("releases"))
    counts = counts.assign(country_code=counts["publisher"].map(places))
    return replace(tables["releases"], columns=columns, frame=counts[[column.name for column in columns]])


def _state_calendar(newest: pd.DataFrame) -> Sentence:
    """State which of the publishers released in most of the months."""
    active = (newest["releases"] > 0).groupby(newest["publisher"]).sum()
    busiest = active.index[active == active.max()]
    names = sorted(busiest, key=lambda name: (name.lower(), name))
    return say_plural(
        "Of the most downloaded publishers, {names} released something in most months: in one of the last twelve.",
        "Of the most downloaded publishers, {names} released something in most months: in {num} of the last twelve.",
        int(active.max()),
        names=join(*(label(name) for name in names[:3]), between=say(" and ")),
    )


def choose_calendar(shown: Table, months: Sequence[dt.date]) -> Matrix:
    """Return a row for each publisher, a column for each month; the last twelve where there is little room."""
    rows = shown.records()
    cells = tuple(
        Cell(
            label(row["publisher"]),
            row["month"].isoformat(),
            (write(row["releases"], "count"),),
            "paper" if row["releases"] > 2 else "ink",
        )
        for row in rows
        if row["releases"]
    )
    names = [label(name) for name in dict.fromkeys(row["publisher"] for row in rows)]
    return Matrix(
        groups=(MatrixGroup(tuple(Head(name, name) for name in names), cells),),
        columns=tuple(Head(month.isoformat(), write(month, "short_month")) for month in months),
        row="publisher",
        column="month",
        by="releases",
        steps=((1, "seq-0"), (2, "seq-1"), (3, "seq-5")),
        height=24,
        last=12,
        heads_below=True,
    )
