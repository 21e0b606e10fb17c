"""Words for the window and the places that a topic's numbers are of."""

import datetime as dt
from typing import Final

from generator.figures.lines import Line
from generator.figures.theme import place_colour
from generator.questions import sentences
from generator.questions.report import Report
from generator.star.classes import ALL
from generator.star.definitions import Definition
from generator.star.shares import ShareTable
from generator.star.table import Table
from generator.text.say import Sentence, say, write

# The countries that are held against each other.
PAIR: Final = ("CN", "US")


def find_table(window: str, report: Report) -> ShareTable:
    """Return the newest table of a window, of all models by publisher where there is one."""
    wanted = Definition(window, "all", "publisher")
    found = [definition for definition in report.definitions if definition.window == window]
    return report.table(wanted if wanted in report.histories else found[0])


def describe_window(window: str, report: Report) -> Sentence:
    """Say a window within a sentence: `in the thirty days to 8 Oct 2026`."""
    return sentences.describe_period(find_table(window, report))


def describe_subtitle(what: Sentence, window: str, attribution: str, report: Report) -> Sentence:
    """Say what is shown, with window, universe, attribution and dates."""
    table = find_table(window, report)
    definition = Definition(window, "all", attribution)
    return say(
        "{what} · {definition} · {dates}",
        what=what,
        definition=sentences.name_definition(definition),
        dates=sentences.describe_dates(table),
    )


def describe_history(window: str, first: dt.date, last: dt.date) -> Sentence:
    """Say what lines of shares over time show: window, universe, attribution and dates."""
    return say(
        "Share of downloads · {window:window} to each date · all models · by publisher · {first:date} to {last:date}",
        window=window,
        first=first,
        last=last,
    )


def describe_places(what: Sentence, shown: Table, report: Report) -> Sentence:
    """Say what a table of places by publisher shows, with the window of its rows."""
    return describe_subtitle(what, shown.records()[0]["window"], "publisher", report)


def name_place(code: str) -> Sentence:
    """Name a place, or all downloads together."""
    return say("All downloads") if code == ALL else write(code, "place")


def follow_place(code: str) -> Line:
    """Return how a place's line looks in a small chart; all downloads are dashed and of no country's colour."""
    if code == ALL:
        return Line(code, say("All"), "ink", (6, 3))
    return Line(code, write(code, "brief"), place_colour(code))
