"""Words for the window and the places that a topic's numbers are of."""

import datetime as dt

from babel.numbers import format_decimal

from generator.figures import parts
from generator.figures.lines import Line
from generator.figures.theme import place_colour
from generator.questions import sentences
from generator.questions.report import Report
from generator.star.classes import ALL
from generator.star.definitions import Definition
from generator.star.shares import ShareTable
from generator.text.language import Language


def find_table(window: str, report: Report) -> ShareTable:
    """Return the newest table of a window, of all models by publisher where there is one."""
    wanted = Definition(window, "all", "publisher")
    found = [definition for definition in report.definitions if definition.window == window]
    return report.table(wanted if wanted in report.histories else found[0])


def describe_window(window: str, report: Report, language: Language) -> str:
    """Say a window within a sentence: `in the thirty days to 8 Oct 2026`."""
    return sentences.describe_period(find_table(window, report), language)


def describe_subtitle(what: str, window: str, attribution: str, report: Report, language: Language) -> str:
    """Say what is shown, with window, universe, attribution and dates."""
    table = find_table(window, report)
    definition = Definition(window, "all", attribution)
    return language.gettext(
        "%(what)s · %(definition)s · %(dates)s",
        what=what,
        definition=sentences.name_definition(definition, language),
        dates=sentences.describe_dates(table, language),
    )


def describe_history(window: str, first: dt.date, last: dt.date, language: Language) -> str:
    """Say what lines of shares over time show: window, universe, attribution and dates."""
    return language.gettext(
        "Share of downloads · %(window)s to each date · all models · by publisher · %(first)s to %(last)s",
        window=language.window(window),
        first=language.date(first),
        last=language.date(last),
    )


def write_size(parameters: float, language: Language) -> str:
    """Write a number of parameters in words: `335 million`, `4.4 billion`."""
    if parameters >= 1e9:
        return language.gettext("%(number)s billion", number=format_decimal(parameters / 1e9, "0.#", language.locale))
    return language.gettext("%(number)s million", number=format_decimal(parameters / 1e6, "0", language.locale))


def name_place(code: str, language: Language) -> str:
    """Name a place, or all downloads together."""
    return language.gettext("All downloads") if code == ALL else language.place(code)


def join_words(words: list[str], language: Language) -> str:
    """Join names as a sentence does: `a`, `a and b`, `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return language.gettext("%(most)s and %(last)s", most=", ".join(words[:-1]), last=words[-1])


def follow_place(code: str, language: Language) -> Line:
    """Return how a place's line looks in a small chart; all downloads are dashed and of no country's colour."""
    if code == ALL:
        return Line(code, language.gettext("All"), "ink", (6, 3))
    return Line(code, parts.short_place(code, language), place_colour(code))
