"""One file for each date of the history, with the shares of its headline: what a quotation links to.

Every file is computed anew each night from the ledger, so that none is ever lost; a corrected registry corrects the
past, and each file names the version of the method by which it was computed.
"""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from generator import __version__
from generator.audit.headlines import Headline
from generator.base.encode import label
from generator.base.scope import Scope, make_scope
from generator.publish.datafiles import list_licenses
from generator.questions import sentences
from generator.questions.report import Report
from generator.star.shares import ShareTable
from generator.text.language import Language

# Where the files and pages of dates stand.
DAYS: Final = "data/days"
# Digits of a share: a millionth.
DIGITS: Final = 6
# Countries of a file and of a page at most: both stay under 6 KB together, for every date for ever.
PLACES: Final = 12
_pack: Final = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))
COLUMNS: Final = ("code", "downloads", "share", "lower", "upper")


@dataclass(frozen=True)
class Day:
    """What stands first on a date.

    Attributes:
        table: its shares.
        scope: what they are shares of.
        source: where its counts are from.
        countries: shares of thirty days, which countries' own sentences are about; None where there are none.
    """

    table: ShareTable
    scope: Scope
    source: str
    countries: ShareTable | None


def list_days(report: Report) -> dict[dt.date, Day]:
    """List every date of the history, oldest first, with what stands first on it."""
    if report.days is None:
        return {}
    intervals = {interval.end: interval for interval in report.days.intervals}
    example = report.data.scope.is_example
    scopes = {day: make_scope(i.scope, i.name, i.source, bundled=example) for day, i in intervals.items()}
    return {
        day: Day(table, scopes[day], intervals[day].source, report.days.by_country.get(day))
        for day, table in report.first_tables.items()
    }


def render_days(report: Report, language: Language) -> dict[str, str]:
    """Render the file of each date, by path below the site's root: the headline of that date, by country."""
    licenses = list_licenses(report)
    return {
        f"{DAYS}/{day.isoformat()}.json": _render_day(found, licenses, language)
        for day, found in list_days(report).items()
    }


def speak_rests(headlines: Iterable[Headline], language: Language) -> dict[dt.date, str]:
    """Say by date what stood without the one model that decided its headline when it was first published."""
    kept = ((headline.as_of, headline.without) for headline in headlines)
    return {
        as_of: language.speak(sentences.state_rest(rest.name, rest.is_largest, rest.shares))
        for as_of, rest in kept
        if rest
    }


def _render_day(day: Day, licenses: list[str], language: Language) -> str:
    table, definition = day.table, day.table.definition
    content = {
        "about": language.say(
            "Open Model Share: shares of downloads by country on one date. Computed anew each night from the history; "
            "a correction may change it."
        ),
        "as_of": table.as_of.isoformat(),
        "sentence": language.speak(sentences.state_table(table, day.scope)),
        "definition": definition.slug,
        "definition_in_words": language.speak(sentences.name_table(table)),
        "source": label(day.source),
        "method_version": __version__,
        "page": f"{table.as_of.isoformat()}.html",
        "method": "../../method.html",
        "corrections": "../../corrections.html",
        "other_definitions": f"../shares-{table.as_of.year}.csv.gz",
        "licenses": licenses,
        "columns": COLUMNS,
        "shares": {definition.slug: _describe(table)},
    }
    return _dump(content)


def _describe(table: ShareTable) -> dict[str, object]:
    shown = [row for row in table.rows if row.rank is None or row.rank <= PLACES]
    return {
        "start": table.start.isoformat() if table.start else None,
        "covered_days": table.covered_days,
        "window_days": table.window_days,
        "downloads": table.downloads,
        "rows": [
            [row.code, row.downloads, *(round(value, DIGITS) for value in (row.share, row.lower, row.upper))]
            for row in shown
        ],
        "places_left_out": len(table.rows) - len(shown),
    }


def _dump(content: Mapping[str, object]) -> str:
    """Write JSON with a line for each value: to be read by people, and small."""
    lines = (f"{_pack(name)}:{_pack(value)}" for name, value in content.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"
