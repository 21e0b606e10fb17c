"""Releases: days between them, by country and publisher; releases a month; a calendar of the largest publishers."""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from babel.dates import format_skeleton
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
from generator.text.language import Language

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


def build(topic: Releases, report: Report, language: Language) -> tuple[Figure, ...]:
    """Build the topic's figures; none where there is no release."""
    if not topic.releases:
        return ()
    builders = (_build_cadence, _build_months, _build_calendar)
    return tuple(figure for builder in builders if (figure := builder(topic, report, language)))


def state(topic: Releases, report: Report, language: Language) -> dict[str, str]:
    """State the finding, what is left of the remark, who is left out, and how the list changed."""
    return {
        "finding": state_finding(topic, language),
        "remark": state_remark(topic, language),
        "concentrated": _state_concentrated(topic, language),
        "originals": _state_originals(topic, language),
        "growth": phrases.describe_growth(report.data, language),
    }


def state_item(item: Calendar, topic: Releases, report: Report, language: Language) -> dict[str, str]:
    """State how often one publisher released something."""
    first, last = topic.releases_of(item.publisher)[-1], topic.releases_of(item.publisher)[0]
    parts_ = [
        language.ngettext(
            "One release from %(first)s to %(last)s.",
            "%(num)s releases from %(first)s to %(last)s.",
            item.always.releases,
            first=language.date(first.date),
            last=language.date(last.date),
        )
    ]
    if item.always.spread:
        parts_.append(
            language.gettext(
                "Half of the times between two of them are at most %(days)s long.",
                days=write_days(item.always.spread.median, language),
            )
        )
    return {"finding": " ".join(parts_), "growth": phrases.describe_growth(report.data, language)}


def write_days(days: float, language: Language) -> str:
    """Write a number of days, halves with one decimal."""
    return language.gettext("1 day") if days == 1 else language.gettext("%(number)s days", number=language.number(days))


def pick_countries(topic: Releases) -> tuple[Cadence, ...]:
    """Return the countries to set side by side: those with most releases of the last 365 days and enough gaps."""
    return tuple(row for row in topic.countries if row.spread and row.code not in NOT_PLACES)[:BLOCKS]


def state_finding(topic: Releases, language: Language) -> str:
    """State how far the ways to take a country's releases lie apart; none of them is the number."""
    spans = [
        (code, min(days), max(days))
        for code in (row.code for row in pick_countries(topic))
        if (days := [row.median for row in topic.interpretations if row.code == code and row.median is not None])
    ]
    if not spans:
        return language.gettext("No country has enough releases in the last 365 days to tell how often they come.")
    told = [
        language.gettext(
            "%(least)s to %(most)s in %(place)s",
            least=language.number(least),
            most=write_days(most, language),
            place=parts.in_sentence(code, language),
        )
        for code, least, most in spans
    ]
    return language.gettext(
        "Between two releases lie, at the median, %(parts)s: it depends on whose releases are taken together.",
        parts=language.gettext(" and ").join(told),
    )


def state_remark(topic: Releases, language: Language) -> str:
    """State how many of the ways fit the remark of 2025, for the countries that it names."""
    found = [
        language.gettext(
            "%(fitting)s of %(number)s in %(place)s",
            fitting=language.count(sum(span[0] <= days <= span[1] for days in medians)),
            number=language.count(len(medians)),
            place=parts.in_sentence(code, language),
        )
        for code, span in REMARK.items()
        if (medians := [row.median for row in topic.interpretations if row.code == code and row.median is not None])
    ]
    if not found:
        return ""
    return language.gettext(
        "A remark of November 2025 had it that China releases every one or two weeks and the United States every six "
        "to twelve months. Of the ways to take it, these fit: %(parts)s.",
        parts=language.gettext(" and ").join(found),
    )


def _state_concentrated(topic: Releases, language: Language) -> str:
    """State how many of a country's times between releases its two busiest publishers have."""
    return " ".join(
        language.gettext(
            "%(first)s and %(second)s have %(part)s of the times between releases in %(place)s.",
            first=label(row.publishers[0]),
            second=label(row.publishers[1]),
            part=language.percent(row.held),
            place=parts.in_sentence(row.code, language),
        )
        for row in next(iter(topic.ways), ())
        if len(row.publishers) > LEFT_OUT
    )


def _state_originals(topic: Releases, language: Language) -> str:
    found = topic.originals
    if not found:
        return ""
    return language.gettext(
        "Of the %(models)s models without a base that were created in the last twelve whole months and are still "
        "listed, reviewed organisations uploaded %(organisations)s, persons %(persons)s, and accounts that nobody has "
        "reviewed %(unreviewed)s: the last two are not among the releases.",
        models=language.count(found.models),
        organisations=language.percent(found.organisations),
        persons=language.percent(found.unaffiliated),
        unreviewed=language.percent(found.unreviewed),
    )


# --- Days between releases ---------------------------------------------------------------------------


def _build_cadence(topic: Releases, report: Report, language: Language) -> Figure | None:
    blocks = [
        (row, [each for each in topic.publishers if each.code == row.code][:ROWS]) for row in pick_countries(topic)
    ]
    if not blocks:
        return None
    finding = state_finding(topic, language)
    table = _list_table(blocks, language)
    return Figure(
        slug="releases-cadence",
        headline=finding,
        subtitle=language.gettext(
            "Days between two releases of one publisher · the 365 days to %(end)s · originals and instruction-tuned "
            "versions by reviewed organisations",
            end=language.date(topic.as_of),
        ),
        source=sentences.describe_source(report.data, language),
        how_to_read=phrases.join_sentences(
            language.gettext(
                "A dot is the median, its line runs from the lower to the upper quartile: half of the times lie on "
                "it. The first row of a country is all its publishers, the others are the most downloaded ones with "
                "at least three such times. The scale is logarithmic. The bands are what a remark of 2025 said: one "
                "to two weeks for China, six to twelve months for the United States."
            ),
            phrases.describe_growth(report.data, language),
        ),
        alt=phrases.join_sentences(finding, state_remark(topic, language)),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_ranges, list_numbers(table), choose_cadence(blocks, language), language=language),
    )


def _list_table(blocks: Sequence[tuple[Cadence, Sequence[Cadence]]], language: Language) -> Table:
    return Table(
        columns=_list_cadence_columns(language),
        rows=tuple(_list_cadence(row, language) for head, rest in blocks for row in (head, *rest)),
    )


def _list_cadence_columns(language: Language) -> tuple[Column, ...]:
    return (
        parts.text_column("country", language.gettext("Country")),
        parts.text_column("publisher", language.gettext("Publisher")),
        parts.count_column("releases", language.gettext("Releases")),
        parts.count_column("gaps", language.gettext("Times between")),
        parts.text_column("lower", language.gettext("Lower quartile, days")),
        parts.text_column("median", language.gettext("Median, days")),
        parts.text_column("upper", language.gettext("Upper quartile, days")),
    )


def _list_cadence(row: Cadence, language: Language) -> tuple[str | int | float | None, ...]:
    spread = row.spread
    days = [format_decimal(value, "0.##") for value in (spread.lower, spread.median, spread.upper)] if spread else []
    name = label(row.publisher) if row.publisher else language.gettext("all")
    return (language.place(row.code), name, row.releases, spread.gaps if spread else None, *(days or ["", "", ""]))


def choose_cadence(blocks: Sequence[tuple[Cadence, Sequence[Cadence]]], language: Language) -> Ranges:
    """Return the middle half of the days between releases, and their median, on a logarithmic scale."""
    return Ranges(
        groups=tuple(
            Group(tuple(_make_row(row, language) for row in (head, *rest)), ("country", language.place(head.code)))
            for head, rest in blocks
        ),
        row="publisher",
        marks=(Marks("median"),),
        link=("lower", "upper"),
        by="country",
        inks={language.place(head.code): line_colour(head.code) for head, _ in blocks},
        span=LONGEST,
        ticks=(
            (1, language.gettext("1 day")),
            (7, language.gettext("week")),
            (30, language.gettext("month")),
            (91, language.gettext("3 months")),
            (365, language.gettext("year")),
        ),
        bands=((*WEEKS, language.gettext("1–2 weeks")), (*HALF_YEARS, language.gettext("6–12 months"))),
    )


def _make_row(row: Cadence, language: Language) -> Row:
    if row.spread is None:
        raise ValueError(f"{row.publisher or row.code} has too few releases for a place in the figure.")
    days = write_days(row.spread.median, language)
    if not row.publisher:
        return Row(language.gettext("all"), language.place(row.code), days, strong=True)
    return Row(label(row.publisher), label(row.publisher), days)


def list_numbers(table: Table) -> Table:
    """Return the table with its days as numbers, which stand in the file as they are written."""
    return Table(table.columns, tuple((*row[:4], *(float(cell or 0) for cell in row[4:])) for row in table.rows))


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


def _build_months(topic: Releases, report: Report, language: Language) -> Figure | None:
    months = _list_months(topic.as_of, MONTHS)
    panels = [(code, count_months(releases)) for code, releases in pick_panels(topic)]
    if not panels or not any(counts.get(month) for _, counts in panels for month in months):
        return None
    finding = _state_months(panels, months[-12:], language)
    table = _list_per_month(panels, months, language)
    return Figure(
        slug="releases-per-month",
        headline=finding,
        subtitle=language.gettext(
            "Releases a month · %(first)s to %(last)s · by the publisher's country · by the day of the first "
            "repository, or of the launch",
            first=_write_month(months[0], language),
            last=_write_month(months[-1], language),
        ),
        source=sentences.describe_source(report.data, language),
        how_to_read=phrases.join_sentences(
            language.gettext(
                "A bar is a month. Repositories of one publisher, line and version that were created within fourteen "
                "days are one release. What was deleted before the first snapshot is missing, so older months are "
                "lower than they were; a month that is not over is left out."
            ),
            phrases.describe_growth(report.data, language),
        ),
        alt=phrases.join_sentences(
            finding,
            *[
                language.gettext(
                    "%(place)s: %(number)s in %(month)s.",
                    place=_name_panel(code, language),
                    number=counts.get(months[-1], 0),
                    month=_write_month(months[-1], language),
                )
                for code, counts in panels
            ],
        ),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_columns, table, choose_months(panels, language), language=language),
    )


def _list_per_month(
    panels: Sequence[tuple[str, Mapping[dt.date, int]]], months: Sequence[dt.date], language: Language
) -> Table:
    return Table(
        columns=(
            parts.date_column("month", language.gettext("Month")),
            parts.text_column("code", language.gettext("Code")),
            parts.text_column("place", language.gettext("Place")),
            parts.count_column("releases", language.gettext("Releases")),
        ),
        rows=tuple(
            (month.isoformat(), code, _name_panel(code, language), counts.get(month, 0))
            for code, counts in panels
            for month in months
        ),
    )


def _state_months(
    panels: Sequence[tuple[str, Mapping[dt.date, int]]], months: Sequence[dt.date], language: Language
) -> str:
    numbers = [
        language.gettext(
            "%(number)s from %(place)s",
            number=language.count(sum(counts.get(month, 0) for month in months)),
            place=language.gettext("elsewhere") if code == OTHERS else parts.in_sentence(code, language),
        )
        for code, counts in panels
    ]
    return language.gettext(
        "Releases of the twelve months to %(month)s: %(numbers)s.",
        month=_write_month(months[-1], language),
        numbers=", ".join(numbers),
    )


def _name_panel(code: str, language: Language) -> str:
    return language.gettext("All others") if code == OTHERS else language.place(code)


def _write_month(month: dt.date, language: Language) -> str:
    return format_skeleton("yMMM", month, locale=language.locale)


def choose_months(panels: Sequence[tuple[str, Mapping[dt.date, int]]], language: Language) -> Columns:
    """Return a strip of columns for each of the countries."""
    strips = tuple(Strip(code, _name_panel(code, language), place_colour(code)) for code, _ in panels)
    return Columns(strips, month="month", strip="code", value="releases")


# --- The calendar ------------------------------------------------------------------------------------


def _build_calendar(topic: Releases, report: Report, language: Language) -> Figure | None:
    chosen = topic.calendars[:CALENDAR_ROWS]
    if not chosen:
        return None
    months = _list_months(topic.as_of, 24)
    counts = {row.publisher: {each.month: each.releases for each in row.months} for row in chosen}
    finding = _state_calendar(chosen, months[-12:], language)
    table = _list_calendar(chosen, months, language)
    return Figure(
        slug="releases-calendar",
        headline=finding,
        subtitle=language.gettext(
            "Releases a month · the %(number)s most downloaded publishers with at least two · %(first)s to %(last)s",
            number=len(chosen),
            first=_write_month(months[0], language),
            last=_write_month(months[-1], language),
        ),
        source=sentences.describe_source(report.data, language),
        how_to_read=language.gettext(
            "A row is a publisher, a field a month, the number how many releases it had. An empty field had none. On "
            "a narrow screen the last twelve months are drawn."
        ),
        alt=phrases.join_sentences(
            finding,
            language.gettext(
                "Of the twelve last whole months, %(number)s of %(all)s fields have a release.",
                number=sum(bool(counts[row.publisher].get(month)) for row in chosen for month in months[-12:]),
                all=12 * len(chosen),
            ),
        ),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_matrix, table, choose_calendar(chosen, months, language), language=language),
    )


def _list_calendar(chosen: Sequence[Calendar], months: Sequence[dt.date], language: Language) -> Table:
    return Table(
        columns=(
            parts.text_column("publisher", language.gettext("Publisher")),
            parts.text_column("country", language.gettext("Country")),
            parts.date_column("month", language.gettext("Month")),
            parts.count_column("releases", language.gettext("Releases")),
        ),
        rows=tuple(
            (label(row.publisher), language.place(row.code), month.isoformat(), found.get(month, 0))
            for row in chosen
            for found in [{each.month: each.releases for each in row.months}]
            for month in months
        ),
    )


def _state_calendar(chosen: Sequence[Calendar], months: Sequence[dt.date], language: Language) -> str:
    """State which of the publishers released in most of the months."""
    active = {row.publisher: sum(each.month in months for each in row.months) for row in chosen}
    most = max(active.values())
    busiest = (name for name, number in active.items() if number == most)
    names = sorted(busiest, key=lambda name: (name.lower(), name))
    return language.ngettext(
        "Of the most downloaded publishers, %(names)s released something in most months: in one of the last twelve.",
        "Of the most downloaded publishers, %(names)s released something in most months: in %(num)s of the last "
        "twelve.",
        most,
        names=language.gettext(" and ").join(label(name) for name in names[:3]),
    )


def choose_calendar(chosen: Sequence[Calendar], months: Sequence[dt.date], language: Language) -> Matrix:
    """Return a row for each publisher, a column for each month; the last twelve where there is little room."""
    cells = tuple(
        Cell(
            label(row.publisher),
            each.month.isoformat(),
            (language.count(each.releases),),
            "paper" if each.releases > 2 else "ink",
        )
        for row in chosen
        for each in row.months
        if each.releases and each.month in months
    )
    return Matrix(
        groups=(MatrixGroup(tuple(Head(label(row.publisher), label(row.publisher)) for row in chosen), cells),),
        columns=tuple(Head(month.isoformat(), _write_month(month, language)) for month in months),
        row="publisher",
        column="month",
        by="releases",
        steps=((1, "seq-0"), (2, "seq-1"), (3, "seq-5")),
        height=24,
        last=12,
        heads_below=True,
    )
