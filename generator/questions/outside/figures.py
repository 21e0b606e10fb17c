"""The outside series: six labs a side by month, one model's surge by name, and who led by our rule below it."""

from itertools import groupby
from typing import Final

from generator.base.settings import ONE_MODEL_MARGIN, OUTSIDE_SHARE_ERROR
from generator.figures.figure import Figure, build_figure
from generator.figures.lines import Line, Lines, Note, Panel, Run, draw_lines
from generator.figures.theme import place_colour
from generator.questions.ground import Tables
from generator.questions.outside.tables import LABS, LEAST_LEAD, LEVEL, ROUNDING_MARGIN
from generator.questions.outside.words import find_surge, list_points, state, state_outside
from generator.questions.report import Report
from generator.star.table import Row
from generator.text.say import SEMICOLON, Sentence, join, known, listing, say, write

SLUG: Final = "outside-series"


def build(tables: Tables, report: Report) -> tuple[Figure, ...]:
    """Build the two lines; none without the series."""
    months = list_points(tables["outside-months"], "month_from")
    if not months:
        return ()
    said = state(tables, report)
    figure = build_figure(
        tables["outside-months"].pick("month_from", "country_code", "share_of_six", "basis", "order"),
        draw_lines,
        choose_picture(tables, months),
        slug=SLUG,
        headline=state_outside(months),
        subtitle=say(
            "Share of the downloads of text and vision-language models of all ages · six labs a side · by month, "
            "{start:month} to {end:month} · not this report's own numbers",
            start=months[0]["month_from"],
            end=months[-1]["month_from"],
        ),
        source=say("Source: {name}.", name=name_source()),
        how_to_read=_explain(months),
        alt=join(said["outside-before"], said["outside-years"]),
    )
    return (figure,)


def name_source() -> Sentence:
    """Name whose counts these are, with their licences."""
    return say(
        "Model Pulse (T. Stekel), Apache-2.0, from hub-stats (C. Fahlgren), Apache-2.0; sums of six labs a side by "
        "Open Model Share"
    )


def _explain(months: list[Row]) -> Sentence:
    return join(
        say(
            "A line is the sum of six labs' shares in a month: {labs}. Which six stand for a side is our choice.",
            labs=join(
                *(say("{place:place}: {labs}", place=code, labs=listing(labs)) for code, labs in LABS.items()),
                between=SEMICOLON,
            ),
        ),
        say(
            "This is not the study's definition, in four ways: models of all ages count, not those in their first "
            "year; only text and vision-language models; only six named labs a side; and the months before "
            "{counted:month} are estimated from 30-day counts (dotted).",
            counted=_find_counted(months)["month_from"],
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


def _find_counted(months: list[Row]) -> Row:
    """Find the first month that is counted and not estimated."""
    return next(month for month in months if month["basis"] == "counted")


def choose_picture(tables: Tables, months: list[Row]) -> Lines:
    """Return the two lines, dotted where they are estimated, the surge, and the strip of who led."""
    lines = tuple(
        Line(code, write(code, "place"), place_colour(code), weight=2.6, short=write(code, "brief")) for code in LABS
    )
    return Lines(
        (Panel(lines, "share_of_six", notes=_note_surge(tables), runs=_list_runs(months)),),
        x="month_from",
        series="country_code",
        heights=(300, 360),
        until=_find_counted(months)["month_from"],
    )


def _list_runs(months: list[Row]) -> tuple[Run, ...]:
    """List the runs of months with the same order."""
    found = []
    for order, run in groupby(months, key=lambda month: str(month["order"])):
        days = [month["month_from"] for month in run]
        name = say("level") if order == LEVEL else write(order, "brief")
        ink, text = ("unaffiliated", "ink") if order == LEVEL else (place_colour(order), "paper")
        tip = say("{order}: {first:month} – {last:month}", order=name, first=days[0], last=days[-1])
        found.append(Run(days[0], days[-1], ink, text, name, tip))
    return tuple(found)


def _note_surge(tables: Tables) -> tuple[Note, ...]:
    """Note the month of a surge on the line of its side, by its name."""
    if not tables["outside-spans"].find(span="without-surge"):
        return ()
    surge = find_surge(tables)
    code = next(code for code, labs in LABS.items() if set(labs) & set(surge["handles"].split()))
    row = tables["outside-months"].find(month_from=surge["broke_on"].replace(day=1), country_code=code)
    assert row  # noqa: S101 - a surge lies within the series
    named = known(surge["event"])
    return (Note(row["month_from"], row["share_of_six"], place_colour(code), named, named),)
