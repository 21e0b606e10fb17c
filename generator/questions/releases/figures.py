"""Releases: days between them, by country and publisher; releases a month; a calendar of the largest publishers."""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from babel.numbers import format_decimal

from generator.base.encode import label
from generator.figures import parts
from generator.figures.columns import Columns, Strip, draw_columns
from generator.figures.figure import Column, Figure, Table
from generator.figures.matrix import Cell, Head, Matrix, draw_matrix
from generator.figures.matrix import Group as MatrixGroup
from generator.figures.ranges import Group, Marks, Ranges, Row, draw_ranges
from generator.figures.theme import line_colour, place_colour
from generator.questions import phrases, sentences
from generator.questions.releases.tables import LEFT_OUT, Cadence, Calendar, Releases, count_months
from generator.questions.report import Report
from generator.star.releases import Release
from generator.star.shares import NOT_PLACES
from generator.text.say import NOTHING, Sentence, join, say, say_plural, write

# Countries side by side, and their publishers with a row of their own.
BLOCKS: Final = 2
ROWS: Final = 8
# Days at the axis's ends, and those that the remark of 2025 names for each country.
LONGEST: Final = 400
WEEKS: Final = (7, 14)
HALF_YEARS: Final = (182, 365)
REMARK: Final[Mapping[str, tuple[int, int]]] = {"CN": WEEKS, "US": HALF_YEARS}
MONTHS: Final = 36
CALENDAR_ROWS: Final = 12
OTHERS: Final = "OTHERS"


def build(topic: Releases, report: Report) -> tuple[Figure, ...]:
    """Build the topic's figures; none where there is no release."""
    if not topic.releases:
        return ()
    builders = (_build_cadence, _build_months, _build_calendar)
    return tuple(figure for builder in builders if (figure := builder(topic, report)))


def state(topic: Releases, report: Report) -> dict[str, Sentence]:
    """State the finding, what is left of the remark, who is left out, and how the list changed."""
    return {
        "finding": state_finding(topic),
        "remark": state_remark(topic),
        "concentrated": _state_concentrated(topic),
        "originals": _state_originals(topic),
        "growth": phrases.describe_growth(report.data),
    }


def state_item(item: Calendar, topic: Releases, report: Report) -> dict[str, Sentence]:
    """State how often one publisher released something."""
    first, last = topic.releases_of(item.publisher)[-1], topic.releases_of(item.publisher)[0]
    told = [
        say_plural(
            "One release from {first:date} to {last:date}.",
            "{num} releases from {first:date} to {last:date}.",
            item.always.releases,
            first=first.date,
            last=last.date,
        )
    ]
    if item.always.spread:
        told.append(
            say(
                "Half of the times between two of them are at most {days} long.",
                days=write_days(item.always.spread.median),
            )
        )
    return {"finding": join(*told), "growth": phrases.describe_growth(report.data)}


def write_days(days: float) -> Sentence:
    """Write a number of days, halves with one decimal."""
    return say("1 day") if days == 1 else say("{number:number} days", number=days)


def pick_countries(topic: Releases) -> tuple[Cadence, ...]:
    """Return the countries to set side by side: those with most releases of the last 365 days and enough gaps."""
    return tuple(row for row in topic.countries if row.spread and row.code not in NOT_PLACES)[:BLOCKS]


def state_finding(topic: Releases) -> Sentence:
    """State how far the ways to take a country's releases lie apart; none of them is the number."""
    spans = [
        (code, min(days), max(days))
        for code in (row.code for row in pick_countries(topic))
        if (days := [row.median for row in topic.interpretations if row.code == code and row.median is not None])
    ]
    if not spans:
        return say("No country has enough releases in the last 365 days to tell how often they come.")
    told = [
        say("{least:number} to {most} in {place:the}", least=least, most=write_days(most), place=code)
        for code, least, most in spans
    ]
    return say(
        "Between two releases lie, at the median, {parts}: it depends on whose releases are taken together.",
        parts=join(*told, between=say(" and ")),
    )


def state_remark(topic: Releases) -> Sentence:
    """State how many of the ways fit the remark of 2025, for the countries that it names."""
    found = [
        say(
            "{fitting:count} of {number:count} in {place:the}",
            fitting=sum(span[0] <= days <= span[1] for days in medians),
            number=len(medians),
            place=code,
        )
        for code, span in REMARK.items()
        if (medians := [row.median for row in topic.interpretations if row.code == code and row.median is not None])
    ]
    if not found:
        return NOTHING
    return say(
        "A remark of November 2025 had it that China releases every one or two weeks and the United States every six "
        "to twelve months. Of the ways to take it, these fit: {parts}.",
        parts=join(*found, between=say(" and ")),
    )


def _state_concentrated(topic: Releases) -> Sentence:
    """State how many of a country's times between releases its two busiest publishers have."""
    return join(
        *(
            say(
                "{first} and {second} have {part:percent} of the times between releases in {place:the}.",
                first=label(row.publishers[0]),
                second=label(row.publishers[1]),
                part=row.held,
                place=row.code,
            )
            for row in next(iter(topic.ways), ())
            if len(row.publishers) > LEFT_OUT
        )
    )


def _state_originals(topic: Releases) -> Sentence:
    found = topic.originals
    if not found:
        return NOTHING
    return say(
        "Of the {models:count} models without a base that were created in the last twelve whole months and are still "
        "listed, reviewed organisations uploaded {organisations:percent}, persons {persons:percent}, and accounts "
        "that nobody has reviewed {unreviewed:percent}: the last two are not among the releases.",
        models=found.models,
        organisations=found.organisations,
        persons=found.unaffiliated,
        unreviewed=found.unreviewed,
    )


# --- Days between releases ---------------------------------------------------------------------------


def _build_cadence(topic: Releases, report: Report) -> Figure | None:
    blocks = [
        (row, [each for each in topic.publishers if each.code == row.code][:ROWS]) for row in pick_countries(topic)
    ]
    if not blocks:
        return None
    finding = state_finding(topic)
    table = _list_table(blocks)
    return Figure(
        slug="releases-cadence",
        headline=finding,
        subtitle=say(
            "Days between two releases of one publisher · the 365 days to {end:date} · originals and "
            "instruction-tuned versions by reviewed organisations",
            end=topic.as_of,
        ),
        source=sentences.describe_source(report.data),
        how_to_read=join(
            say(
                "A dot is the median, its line runs from the lower to the upper quartile: half of the times lie on it. "
                "The first row of a country is all its publishers, the others are the most downloaded ones with at "
                "least three such times. The scale is logarithmic. The bands are what a remark of 2025 said: one to "
                "two weeks for China, six to twelve months for the United States."
            ),
            phrases.describe_growth(report.data),
        ),
        alt=join(finding, state_remark(topic)),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_ranges, list_numbers(table), choose_cadence(blocks)),
    )


def _list_table(blocks: Sequence[tuple[Cadence, Sequence[Cadence]]]) -> Table:
    return Table(
        columns=_list_cadence_columns(),
        rows=tuple(_list_cadence(row) for head, rest in blocks for row in (head, *rest)),
    )


def _list_cadence_columns() -> tuple[Column, ...]:
    return (
        parts.text_column("country", say("Country")),
        parts.text_column("publisher", say("Publisher")),
        parts.count_column("releases", say("Releases")),
        parts.count_column("gaps", say("Times between")),
        parts.text_column("lower", say("Lower quartile, days")),
        parts.text_column("median", say("Median, days")),
        parts.text_column("upper", say("Upper quartile, days")),
    )


def _list_cadence(row: Cadence) -> tuple[Sentence | str | int | None, ...]:
    spread = row.spread
    days = [format_decimal(value, "0.##") for value in (spread.lower, spread.median, spread.upper)] if spread else []
    name = label(row.publisher) if row.publisher else say("all")
    return (write(row.code, "place"), name, row.releases, spread.gaps if spread else None, *(days or ["", "", ""]))


def choose_cadence(blocks: Sequence[tuple[Cadence, Sequence[Cadence]]]) -> Ranges:
    """Return the middle half of the days between releases, and their median, on a logarithmic scale."""
    return Ranges(
        groups=tuple(
            Group(tuple(_make_row(row) for row in (head, *rest)), ("country", write(head.code, "place")))
            for head, rest in blocks
        ),
        row="publisher",
        marks=(Marks("median"),),
        link=("lower", "upper"),
        by="country",
        inks={write(head.code, "place"): line_colour(head.code) for head, _ in blocks},
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


def _make_row(row: Cadence) -> Row:
    if row.spread is None:
        raise ValueError(f"{row.publisher or row.code} has too few releases for a place in the figure.")
    days = write_days(row.spread.median)
    if not row.publisher:
        return Row(say("all"), write(row.code, "place"), days, strong=True)
    return Row(label(row.publisher), label(row.publisher), days)


def list_numbers(table: Table) -> Table:
    """Return the table with its days as numbers, which stand in the file as they are written."""
    return Table(table.columns, tuple((*row[:4], *(float(str(cell or 0)) for cell in row[4:])) for row in table.rows))


# --- Releases a month --------------------------------------------------------------------------------


def _list_months(last: dt.date, number: int) -> list[dt.date]:
    """List the whole months before a date, by their first days, oldest first."""
    month = (last + dt.timedelta(days=1)).replace(day=1)
    months = []
    for _ in range(number):
        month = (month - dt.timedelta(days=1)).replace(day=1)
        months.append(month)
    return months[::-1]


def pick_panels(topic: Releases) -> list[tuple[str, list[Release]]]:
    """Divide the releases: the two countries with most of the last 365 days, and all others."""
    named = [row.code for row in topic.countries if row.code not in NOT_PLACES][:BLOCKS]
    panels = [(code, [release for release in topic.releases if release.code == code]) for code in named]
    rest = [release for release in topic.releases if release.code not in named]
    return [*panels, (OTHERS, rest)] if rest else panels


def _build_months(topic: Releases, report: Report) -> Figure | None:
    months = _list_months(topic.as_of, MONTHS)
    panels = [(code, count_months(releases)) for code, releases in pick_panels(topic)]
    if not panels or not any(counts.get(month) for _, counts in panels for month in months):
        return None
    finding = _state_months(panels, months[-12:])
    table = _list_per_month(panels, months)
    return Figure(
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
        alt=join(
            finding,
            *[
                say(
                    "{place}: {number} in {month:short_month}.",
                    place=_name_panel(code),
                    number=counts.get(months[-1], 0),
                    month=months[-1],
                )
                for code, counts in panels
            ],
        ),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_columns, table, choose_months(panels)),
    )


def _list_per_month(panels: Sequence[tuple[str, Mapping[dt.date, int]]], months: Sequence[dt.date]) -> Table:
    return Table(
        columns=(
            parts.date_column("month", say("Month")),
            parts.text_column("code", say("Code")),
            parts.text_column("place", say("Place")),
            parts.count_column("releases", say("Releases")),
        ),
        rows=tuple(
            (month.isoformat(), code, _name_panel(code), counts.get(month, 0))
            for code, counts in panels
            for month in months
        ),
    )


def _state_months(panels: Sequence[tuple[str, Mapping[dt.date, int]]], months: Sequence[dt.date]) -> Sentence:
    numbers = [
        say(
            "{number:count} from {place}",
            number=sum(counts.get(month, 0) for month in months),
            place=say("elsewhere") if code == OTHERS else write(code, "the"),
        )
        for code, counts in panels
    ]
    return say(
        "Releases of the twelve months to {month:short_month}: {numbers}.",
        month=months[-1],
        numbers=join(*numbers, between=", "),
    )


def _name_panel(code: str) -> Sentence:
    return say("All others") if code == OTHERS else write(code, "place")


def choose_months(panels: Sequence[tuple[str, Mapping[dt.date, int]]]) -> Columns:
    """Return a strip of columns for each of the countries."""
    strips = tuple(Strip(code, _name_panel(code), place_colour(code)) for code, _ in panels)
    return Columns(strips, month="month", strip="code", value="releases")


# --- The calendar ------------------------------------------------------------------------------------


def _build_calendar(topic: Releases, report: Report) -> Figure | None:
    chosen = topic.calendars[:CALENDAR_ROWS]
    if not chosen:
        return None
    months = _list_months(topic.as_of, 24)
    counts = {row.publisher: {each.month: each.releases for each in row.months} for row in chosen}
    finding = _state_calendar(chosen, months[-12:])
    table = _list_calendar(chosen, months)
    return Figure(
        slug="releases-calendar",
        headline=finding,
        subtitle=say(
            "Releases a month · the {number} most downloaded publishers with at least two · {first:short_month} to "
            "{last:short_month}",
            number=len(chosen),
            first=months[0],
            last=months[-1],
        ),
        source=sentences.describe_source(report.data),
        how_to_read=say(
            "A row is a publisher, a field a month, the number how many releases it had. An empty field had none. On a "
            "narrow screen the last twelve months are drawn."
        ),
        alt=join(
            finding,
            say(
                "Of the twelve last whole months, {number} of {all} fields have a release.",
                number=sum(bool(counts[row.publisher].get(month)) for row in chosen for month in months[-12:]),
                all=12 * len(chosen),
            ),
        ),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_matrix, table, choose_calendar(chosen, months)),
    )


def _list_calendar(chosen: Sequence[Calendar], months: Sequence[dt.date]) -> Table:
    return Table(
        columns=(
            parts.text_column("publisher", say("Publisher")),
            parts.text_column("country", say("Country")),
            parts.date_column("month", say("Month")),
            parts.count_column("releases", say("Releases")),
        ),
        rows=tuple(
            (label(row.publisher), write(row.code, "place"), month.isoformat(), found.get(month, 0))
            for row in chosen
            for found in [{each.month: each.releases for each in row.months}]
            for month in months
        ),
    )


def _state_calendar(chosen: Sequence[Calendar], months: Sequence[dt.date]) -> Sentence:
    """State which of the publishers released in most of the months."""
    active = {row.publisher: sum(each.month in months for each in row.months) for row in chosen}
    most = max(active.values())
    busiest = (name for name, number in active.items() if number == most)
    names = sorted(busiest, key=lambda name: (name.lower(), name))
    return say_plural(
        "Of the most downloaded publishers, {names} released something in most months: in one of the last twelve.",
        "Of the most downloaded publishers, {names} released something in most months: in {num} of the last twelve.",
        most,
        names=join(*(label(name) for name in names[:3]), between=say(" and ")),
    )


def choose_calendar(chosen: Sequence[Calendar], months: Sequence[dt.date]) -> Matrix:
    """Return a row for each publisher, a column for each month; the last twelve where there is little room."""
    cells = tuple(
        Cell(
            label(row.publisher),
            each.month.isoformat(),
            (write(each.releases, "count"),),
            "paper" if each.releases > 2 else "ink",
        )
        for row in chosen
        for each in row.months
        if each.releases and each.month in months
    )
    return Matrix(
        groups=(MatrixGroup(tuple(Head(label(row.publisher), label(row.publisher)) for row in chosen), cells),),
        columns=tuple(Head(month.isoformat(), write(month, "short_month")) for month in months),
        row="publisher",
        column="month",
        by="releases",
        steps=((1, "seq-0"), (2, "seq-1"), (3, "seq-5")),
        height=24,
        last=12,
        heads_below=True,
    )
