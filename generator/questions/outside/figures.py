"""The outside series: six labs a side by month, one model's surge by name, and who led by our rule below it."""

from functools import partial
from itertools import groupby
from typing import Final

from generator.base.settings import ONE_MODEL_MARGIN, OUTSIDE_SHARE_ERROR
from generator.figures import parts
from generator.figures.figure import Figure, Table
from generator.figures.lines import Line, Lines, Note, Panel, Run, draw_lines
from generator.figures.theme import place_colour
from generator.questions.outside.tables import LABS, LEAST_LEAD, ROUNDING_MARGIN, OutsidePoint, OutsideSeries
from generator.questions.report import Report
from generator.text.say import NOTHING, Sentence, join, listing, say, write

SLUG: Final = "outside-series"


def state_outside(series: OutsideSeries) -> Sentence:
    """State the newest month's order, and since when it stands by our rule."""
    newest, run = series.months[-1], series.run_led
    values = _name_sides(newest) | {
        "month": write(newest.start, "month"),
        "since": write(run[0].start, "month"),
    }
    if newest.leader is None:
        return say(
            "Models from six labs in {first} account for {first_share} and models from six labs in {second} for "
            "{second_share} of the Hub's downloads of text and vision-language models in {month}, which counts as "
            "level.",
            **values,
        )
    return say(
        "Models from six labs in {first} account for {first_share} of the Hub's downloads of text and vision-language "
        "models in {month}, models from six labs in {second} for {second_share}; the lead is clear in every month "
        "since {since}.",
        **values,
    )


def state_before(series: OutsideSeries) -> Sentence:
    """State since when the side that is ahead has been so, and in which of these months the two were level."""
    run = series.run_ahead
    level = [write(month.start, "month") for month in run if month.leader is None]
    values = {"first": run[-1].ahead, "since": run[0].start, "level": listing(level)}
    if not level:
        return say("{first:The} is ahead in every month since {since:month}.", **values)
    return say(
        "{first:The} is ahead in every month since {since:month}, but in {level} by so little that the two count as "
        "level.",
        **values,
    )


def state_years(series: OutsideSeries) -> Sentence:
    """State the twelve months that the study counted and the newest twelve, with and without the surge."""
    return join(*(_state_year(year) for year in series.years), _state_without(series))


def _state_year(year: OutsidePoint) -> Sentence:
    values = _name_sides(year) | {"end": write(year.end, "month")}
    if year.leader is None:
        return say(
            "Over the twelve months to {end}: {first} {first_share}, {second} {second_share}, which counts as level.",
            **values,
        )
    return say("Over the twelve months to {end}: {first} {first_share}, {second} {second_share}.", **values)


def _state_without(series: OutsideSeries) -> Sentence:
    year, surge = series.without_surge, series.surge
    if year is None or surge is None:
        return NOTHING
    return say(
        "Without one model's surge in {month:month}: about {first_share} and {second_share}.",
        month=surge.date,
        **_name_sides(year),
    )


def _name_sides(point: OutsidePoint) -> dict[str, Sentence]:
    """Name the two sides with their shares, the larger first."""
    first, second = sorted(point.shares, key=lambda code: -point.shares[code])
    return {
        "first": write(first, "the"),
        "first_share": write(point.shares[first], "percent"),
        "second": write(second, "the"),
        "second_share": write(point.shares[second], "percent"),
    }


def describe_scope(series: OutsideSeries) -> Sentence:
    """Say what the series counts, and that it is none of our numbers."""
    return say(
        "Counted by others over the whole Hub, {start:month} to {end:month}: text and vision-language models of all "
        "ages, six labs a side. Which six is our choice. None of these numbers enters any other on this site.",
        start=series.months[0].start,
        end=series.months[-1].end,
    )


def name_source() -> Sentence:
    """Name whose counts these are, with their licences."""
    return say(
        "Model Pulse (T. Stekel), Apache-2.0, from hub-stats (C. Fahlgren), Apache-2.0; sums of six labs a side by "
        "Open Model Share"
    )


def build_outside_series(report: Report) -> Figure | None:
    """Build the two lines; None where the report has no outside series."""
    series = report.outside
    if series is None:
        return None
    finding, table = state_outside(series), _list_table(series)
    return Figure(
        slug=SLUG,
        headline=finding,
        subtitle=say(
            "Share of the downloads of text and vision-language models of all ages · six labs a side · by month, "
            "{start:month} to {end:month} · not this report's own numbers",
            start=series.months[0].start,
            end=series.months[-1].end,
        ),
        source=say("Source: {name}.", name=name_source()),
        how_to_read=_explain(series),
        alt=join(finding, state_before(series), state_years(series)),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_lines, table, choose_picture(series)),
    )


def _list_table(series: OutsideSeries) -> Table:
    return Table(
        columns=(
            parts.date_column("month", say("Month")),
            parts.text_column("code", say("Code")),
            parts.text_column("place", say("Place")),
            parts.share_column("share", say("Share")),
            parts.text_column("basis", say("Basis")),
            parts.text_column("order", say("Order in the month")),
        ),
        rows=tuple(
            (
                month.start.isoformat(),
                code,
                write(code, "place"),
                share,
                _name_basis(month),
                _name_order(month),
            )
            for month in series.months
            for code, share in month.shares.items()
        ),
    )


def _explain(series: OutsideSeries) -> Sentence:
    return join(
        say(
            "A line is the sum of six labs' shares in a month: {labs}. Which six stand for a side is our choice.",
            labs=join(
                *(say("{place:place}: {labs}", place=code, labs=listing(labs)) for code, labs in LABS.items()),
                between="; ",
            ),
        ),
        say(
            "This is not the study's definition, in four ways: models of all ages count, not those in their first "
            "year; only text and vision-language models; only six named labs a side; and the months before "
            "{counted:month} are estimated from 30-day counts (dotted).",
            counted=next(month.start for month in series.months if month.is_counted),
        ),
        say(
            "The strip says who led. A lead is more than {least:points}: {model:points} that a single model may "
            "carry, as the source names none, and {rounding:points} for the shares' own error ({number:count} shares, "
            "each good to {error:points}). Less counts as level.",
            least=LEAST_LEAD,
            model=ONE_MODEL_MARGIN,
            rounding=ROUNDING_MARGIN,
            number=sum(len(labs) for labs in LABS.values()),
            error=OUTSIDE_SHARE_ERROR,
        ),
    )


def _name_basis(month: OutsidePoint) -> Sentence:
    return say("counted") if month.is_counted else say("estimated")


def _name_order(month: OutsidePoint) -> Sentence:
    return write(month.leader, "place") if month.leader else say("level")


def choose_picture(series: OutsideSeries) -> Lines:
    """Return the two lines, dotted where they are estimated, the surge, and the strip of who led."""
    lines = tuple(
        Line(code, write(code, "place"), place_colour(code), weight=2.6, short=write(code, "brief")) for code in LABS
    )
    return Lines(
        (Panel(lines, "share", notes=_note_surge(series), runs=_list_runs(series)),),
        x="month",
        heights=(300, 360),
        until=next(month.start for month in series.months if month.is_counted),
    )


def _list_runs(series: OutsideSeries) -> tuple[Run, ...]:
    """List the runs of months with the same order."""
    found = []
    for leader, run in groupby(series.months, key=lambda month: month.leader):
        months = list(run)
        name = write(leader, "brief") if leader else say("level")
        ink, text = (place_colour(leader), "paper") if leader else ("unaffiliated", "ink")
        tip = say("{order}: {first:month} – {last:month}", order=name, first=months[0].start, last=months[-1].start)
        found.append(Run(months[0].start, months[-1].start, ink, text, name, tip))
    return tuple(found)


def _note_surge(series: OutsideSeries) -> tuple[Note, ...]:
    """Note the month of a surge on the line of its side, by its name."""
    surge = series.surge
    if surge is None:
        return ()
    month = next(month for month in series.months if month.start == surge.date.replace(day=1))
    code = next(code for code, labs in LABS.items() if set(labs) & set(surge.publishers))
    return (Note(month.start, month.shares[code], place_colour(code), surge.label, surge.label),)
