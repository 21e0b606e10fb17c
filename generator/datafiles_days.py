"""One file for each date of the history, with its shares under every definition: what a quotation links to.

Every file is computed anew each night from the ledger, so that none is ever lost; a corrected registry corrects the
past, and each file names the version of the method by which it was computed.
"""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Final

from generator import __version__, sentences
from generator.datafiles import list_licenses
from generator.encode import label
from generator.i18n import Language
from generator.ledger import Interval
from generator.metrics.definitions import Definition
from generator.metrics.shares import ShareTable
from generator.report import HEADLINES, Report
from generator.scope import Scope, make_scope

# Digits of a share: a millionth.
DIGITS: Final = 6
COLUMNS: Final = ("code", "downloads", "share", "lower", "upper")


def render_days(report: Report, language: Language) -> dict[str, str]:
    """Render the file of each date, by path below the site's root."""
    intervals = {interval.end: interval for interval in report.data.intervals}
    licenses = list_licenses(report)
    example = report.data.scope.is_example
    scopes = {day: make_scope(i.scope, i.name, i.source, bundled=example) for day, i in intervals.items()}
    return {
        f"data/days/{day.isoformat()}.json": _render_day(intervals[day], tables, licenses, scopes[day], language)
        for day, tables in _list_tables(report).items()
    }


def _list_tables(report: Report) -> dict[dt.date, dict[Definition, ShareTable]]:
    """List the tables of each date, with those that were the headline before a year was held."""
    days: dict[dt.date, dict[Definition, ShareTable]] = {}
    for histories in (report.histories, report.earlier):
        for definition, tables in histories.items():
            for table in tables:
                days.setdefault(table.as_of, {})[definition] = table
    return dict(sorted(days.items()))


def _render_day(
    interval: Interval,
    tables: Mapping[Definition, ShareTable],
    licenses: list[str],
    scope: Scope,
    language: Language,
) -> str:
    chosen = next((definition for definition in HEADLINES if definition in tables), next(iter(tables)))
    content = {
        "about": language.gettext(
            "Open Model Share: shares of downloads by country on one date. Computed anew each night from the history; "
            "a correction may change it."
        ),
        "as_of": interval.end.isoformat(),
        "sentence": sentences.state_table(tables[chosen], scope, language),
        "definition": chosen.slug,
        "definition_in_words": sentences.name_definition(chosen, language),
        "source": label(interval.source),
        "method_version": __version__,
        "method": "../../method.html",
        "corrections": "../../corrections.html",
        "licenses": licenses,
        "columns": COLUMNS,
        "shares": {definition.slug: _describe(table) for definition, table in tables.items()},
    }
    return _dump(content)


def _describe(table: ShareTable) -> dict[str, object]:
    return {
        "start": table.start.isoformat() if table.start else None,
        "covered_days": table.covered_days,
        "window_days": table.window_days,
        "downloads": table.downloads,
        "rows": [
            [row.code, row.downloads, *(round(value, DIGITS) for value in (row.share, row.lower, row.upper))]
            for row in table.rows
        ],
    }


def _dump(content: Mapping[str, object]) -> str:
    """Write JSON with one line a definition: to be read by people, and small."""
    lines = [
        f" {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}"
        for name, value in content.items()
        if name != "shares"
    ]
    shares = content["shares"]
    tables = [
        f"  {json.dumps(name)}: {json.dumps(value, separators=(',', ':'))}"
        for name, value in dict(shares).items()  # type: ignore[call-overload]
    ]
    return "{\n" + ",\n".join([*lines, ' "shares": {\n' + ",\n".join(tables) + "\n }"]) + "\n}\n"
