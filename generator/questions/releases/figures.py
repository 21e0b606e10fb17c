"""Releases: the widely downloaded ones on a line of time; days between them; releases a month."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import pandas as pd

from generator.base.encode import label
from generator.figures.columns import Columns, Strip, draw_columns
from generator.figures.figure import Figure, build_figure
from generator.figures.ranges import Group, Marks, Ranges, Timeline, draw_ranges
from generator.figures.ranges import Row as RangeRow
from generator.figures.theme import line_colour, place_colour
from generator.questions import phrases, sentences
from generator.questions.ground import Tables
from generator.questions.releases.tables import WIDE_DAYS, WIDE_PART, YEAR, begin_month
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
from generator.star.definitions import Definition
from generator.star.shares import NOT_PLACES
from generator.star.table import Column, Row, Table
from generator.text.say import COMMA, Sentence, join, listing, say, say_plural, write

# Publishers of a country with a row of their own; days at the end of the axis.
ROWS: Final = 8
LONGEST: Final = 400
MONTHS: Final = 36
# Publishers on the line of time, their height, how far marks stand below names, and releases that its text says.
TIMELINE_ROWS: Final = 12
TIMELINE_ROW: Final = 38
TAG_SHIFT: Final = 6
SAID: Final = 5
OTHERS: Final = "OTHERS"
_MONTH: Final = Column("month", "date", say("Month"), "First day of the month.")


def build(tables: Tables, report: Report) -> tuple[Figure | None, ...]:
    """Build the figures; none where there is no release."""
    if not tables["releases"].find():
        return ()
    return _build_timeline(tables, report), _build_cadence(tables, report), _build_months(tables, report)


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
        how_to_read=join(
            say(
                "A dot is the median, its line runs from the lower to the upper quartile: half of the times lie on it. "
                "The first row of a country is all its publishers, the others are the most downloaded ones with at "
                "least three such times. The scale is logarithmic. The bands show what a remark of 2025 claimed: one "
                "to two weeks for China, six to twelve months for the United States."
            ),
            said["growth"],
        ),
        alt=said["remark"],
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
    newest = [
        say("{place}: {releases} in {month:short_month}.", place=_name_panel(row["country_code"]), **row)
        for row in shown.where(month=months[-1]).records()
    ]
    return build_figure(
        shown,
        draw_columns,
        choose_months(shown),
        slug="releases-per-month",
        headline=_state_months(shown, months[-12:]),
        subtitle=say(
            "Releases a month · {first:short_month} to {last:short_month} · by the publisher's country · by the day "
            "of the first repository, or of the launch",
            first=months[0],
            last=months[-1],
        ),
        how_to_read=join(
            say(
                "A bar is a month. Repositories of one publisher, line and version that were created within fourteen "
                "days are one release. What was deleted before the first snapshot is missing, so older months are "
                "lower than they were; a month that is not over is left out."
            ),
            phrases.describe_growth(report.data),
        ),
        alt=join(*newest),
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
        numbers=join(*numbers, between=COMMA),
    )


def _name_panel(code: str) -> Sentence:
    return say("All others") if code == OTHERS else write(code, "place")


def choose_months(shown: Table) -> Columns:
    """Return a strip of columns for each of the countries."""
    codes = dict.fromkeys(row["country_code"] for row in shown.records())
    strips = tuple(Strip(code, _name_panel(code), place_colour(code)) for code in codes)
    return Columns(strips, month="month", strip="country_code", value="releases")


def _build_timeline(tables: Tables, report: Report) -> Figure | None:
    shown = _pick_wide(tables)
    if shown.find() is None:
        return None
    finding, first, last = _state_wide(tables["releases-wide"]), *_find_ends(report)
    window = shown.records()[0]["window"]
    dates = report.histories[Definition(window, "all", "publisher")][-1]
    return build_figure(
        shown,
        draw_ranges,
        choose_timeline(shown, first, last),
        slug="releases-wide",
        headline=finding,
        subtitle=say(
            "Releases of {first:short_month} to {last:short_month} with at least {least:percent} of all downloads · "
            "the {number:count} publishers with most downloads of them · area of a mark: downloads {period}",
            first=first,
            last=last,
            least=WIDE_PART,
            number=shown.frame["publisher"].nunique(),
            period=sentences.describe_period(dates),
        ),
        how_to_read=join(
            say(
                "A row is a publisher, a mark a release on the day that it counts for, the larger the more its "
                "repositories were downloaded; the most downloaded one of a row is named. A release may be many "
                "repositories: sizes and formats of one version. A new one had less time to be downloaded."
            ),
            phrases.describe_growth(report.data),
        ),
        alt=join(*(_describe_wide(row) for row in shown.first(SAID).records())),
    )


def _find_ends(report: Report) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of a timeline."""
    return report.data.as_of - dt.timedelta(days=WIDE_DAYS - 1), report.data.as_of


def _pick_wide(tables: Tables) -> Table:
    """Pick the widely downloaded releases of the publishers with most downloads of them."""
    frame = tables["releases-wide"].frame
    sums = frame.groupby("publisher", sort=False)["downloads"].sum().sort_values(ascending=False, kind="stable")
    shown = frame[frame["publisher"].isin(sums.index[:TIMELINE_ROWS])]
    order = shown["publisher"].map({name: place for place, name in enumerate(sums.index)})
    return replace(tables["releases-wide"], frame=shown.loc[order.sort_values(kind="stable").index])


def _state_wide(wide: Table) -> Sentence:
    """State who has most widely downloaded releases, and which of them has most downloads."""
    counts = wide.frame["publisher"].value_counts()
    names = sorted(counts.index[counts == counts.max()], key=lambda name: (name.lower(), name))
    largest = wide.records()[0]
    most = say(
        "Of the {number:count} widely downloaded releases of two years most are from {names}: {most:count}.",
        number=len(wide.frame),
        names=listing(map(label, names[:3])),
        most=int(counts.max()),
    )
    told = say_plural(
        "The most downloaded one, of {day:date}, is {model}.",
        "The most downloaded one, of {day:date}, is {model} with its variants: {num} repositories.",
        largest["repositories"],
        day=largest["released_on"],
        model=label(largest["model_id"]),
    )
    return join(most, told)


def _describe_wide(row: Row) -> Sentence:
    return say(
        "{name} of {released_on:date}: {downloads:spell}.",
        name=label(row["model_id"]),
        released_on=row["released_on"],
        downloads=row["downloads"],
    )


def choose_timeline(shown: Table, first: dt.date, last: dt.date) -> Ranges:
    """Return a row for each publisher, a mark for each release; the most downloaded of a row is named."""
    largest = {row["publisher"]: row for row in reversed(shown.records())}
    rows = [largest[name] for name in dict.fromkeys(row["publisher"] for row in shown.records())]
    return Ranges(
        groups=(Group(tuple(RangeRow(_key(row), _key(row), write(row["country_code"], "brief")) for row in rows)),),
        row="publisher",
        marks=(Marks("released_on", shift=TAG_SHIFT),),
        by="country",
        inks={write(row["country_code"], "place"): place_colour(row["country_code"]) for row in rows},
        height=TIMELINE_ROW,
        timeline=Timeline(
            first,
            last,
            size="downloads",
            named="model_id",
            tags=tuple((_key(row), row["released_on"], label(row["model_id"].rpartition("/")[2])) for row in rows),
        ),
    )


def _key(row: Row) -> str:
    return label(row["publisher"])
