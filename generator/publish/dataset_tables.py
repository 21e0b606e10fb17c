"""The tables of the versioned data set: few, joined by their keys, each column with type, unit and meaning."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from generator.audit.headlines import Headline
from generator.publish.datafiles import (
    DATASETS,
    build_models,
    build_publishers,
    build_registry,
    build_shares,
    list_sources,
)
from generator.publish.datafiles_days import list_days, speak_rests
from generator.questions import sentences
from generator.questions.report import Report
from generator.registry import Registry
from generator.sources.archives import NOTICES, is_shared_alike
from generator.star.definitions import DEFINITIONS
from generator.star.shares import NOT_PLACES
from generator.star.table import Column, Table, declare_table
from generator.text import words
from generator.text.language import Language
from generator.text.say import say

_DEFINITION: Final = (
    Column("window", "text", "", "Window of the definition.", vocabulary=words.WINDOWS),
    Column("universe", "text", "", "Models that the definition counts.", vocabulary=words.UNIVERSES),
    Column("attribution", "text", "", "Whom the definition counts a model for.", vocabulary=words.ATTRIBUTIONS),
)
_COUNTRIES: Final = (
    Column("country_code", "text", "", "ISO 3166-1 alpha-2, or INT, UNAFFILIATED, UNREVIEWED."),
    Column("name", "text", "", "Its name in English."),
    Column("is_country", "flag", "", "Whether it is a country or territory, no category beside them."),
    Column("region", "text", "", "Part of the world; empty for a category."),
    Column("is_eu", "flag", "", "Whether it is a member of the European Union."),
)
_DEFINITIONS: Final = (
    Column("definition", "text", "", "The definition in one word, as in addresses."),
    *_DEFINITION,
    Column("name", "text", "", "The definition in words."),
    Column("is_headline", "flag", "", "Whether it is the one that stands first on the newest date."),
    Column("downloads", "count", "", "All downloads in its window; empty where it has no number.", "downloads"),
    Column("missing", "text", "", "Why it has no number; empty where it has one.", vocabulary=words.MISSING_REASONS),
)
_DATES: Final = (
    Column("as_of", "date", "", "Last day of the window (UTC)."),
    *_DEFINITION,
    Column("start", "date", "", "First day of the window; empty for downloads since creation."),
    Column("covered_days", "count", "", "Days of the window that counts speak for.", "days"),
    Column("window_days", "count", "", "Length of the window; 0 for downloads since creation.", "days"),
    Column("downloads", "count", "", "All downloads of the definition in the window.", "downloads"),
    Column("source", "text", "", "Where the counts of the date are from."),
    Column("sentence", "text", "", "The shares of the two largest countries in one sentence, with its scope."),
    Column(
        "without",
        "text",
        "",
        "What stood without the one model that decided the shares, as first published; empty where none decided them, "
        "and on dates that were never the newest one of a build.",
    ),
)
_SCOPES: Final = {"hub": say("every public model of the Hub"), "selection": say("a part of them")}
_INTERVALS: Final = (
    Column("end", "date", "", "Date of the snapshot, which the interval includes (UTC)."),
    Column("start", "date", "", "Date of the snapshot before; the interval begins on the next day."),
    Column("covered_days", "count", "", "Days that its counts speak for; the rest is a gap at its beginning.", "days"),
    Column("basis", "text", "", "What its downloads were computed from.", vocabulary=words.FLOW_BASES),
    Column("source", "text", "", "Where the snapshot is from."),
    Column("scope", "text", "", "Which models the snapshot lists.", vocabulary=_SCOPES),
    Column("models", "count", "", "Models in the snapshot.", "models"),
    Column("added", "count", "", "Models that the snapshot before did not have.", "models"),
    Column("removed", "count", "", "Models that only the snapshot before had.", "models"),
    Column(
        "collected_from", "date", "", "First day on which counts were taken from the Hub; empty for the interval's end."
    ),
    Column("collected_to", "date", "", "Last such day; empty for the interval's end."),
    Column(
        "left_out", "share", "", "Part of the Hub's 30-day downloads that its archive leaves out; empty without one."
    ),
)
_SOURCES: Final = (
    Column("source", "text", "", "Where snapshots are from, as the intervals name it."),
    Column("notice", "text", "", "Whose it is and under which licence; empty for snapshots of our own and for lists."),
    Column("url", "text", "", "Where it can be read; empty where it is no public archive."),
    Column("licenses", "text", "", "SPDX ids of its licences, parted by spaces; empty where it is no public archive."),
    Column("is_shared_alike", "flag", "", "Whether what adds up its rows is offered under its licence as well."),
)


@dataclass(frozen=True)
class Part:
    """A table of the data set.

    Attributes:
        table: its columns and rows.
        key: the columns that tell its rows apart.
    """

    table: Table
    key: tuple[str, ...]


def build_parts(
    report: Report, registry: Registry, language: Language, headlines: Iterable[Headline] = ()
) -> tuple[Part, ...]:
    """Build all tables of the data set, the shares first; `headlines` is what was published of dates."""
    definition = tuple(field.name for field in _DEFINITION)
    return (
        Part(build_shares(report), ("as_of", *definition, "country_code")),
        Part(_build_dates(report, language, headlines), ("as_of",)),
        Part(_build_definitions(report, language), ("definition",)),
        Part(_build_countries(registry, language), ("country_code",)),
        Part(build_publishers(report), ("handle",)),
        Part(build_models(report), ("id",)),
        Part(build_registry(registry), ("handle",)),
        Part(_build_intervals(report), ("end",)),
        Part(_build_sources(report), ("source",)),
    )


def _build_countries(registry: Registry, language: Language) -> Table:
    places = [
        (code, language.place(code), True, country.region, country.eu) for code, country in registry.countries.items()
    ]
    categories = [(code, language.place(code), False, None, False) for code in sorted(NOT_PLACES)]
    rows = (*sorted(places), *categories)
    return declare_table("countries", "Countries", "A country, or a category beside the countries.", *_COUNTRIES).hold(
        rows
    )


def _build_definitions(report: Report, language: Language) -> Table:
    rows = tuple(
        (
            definition.slug,
            definition.window,
            definition.universe,
            definition.attribution,
            language.speak(sentences.name_definition(definition)),
            definition == report.headline,
            report.table(definition).downloads if definition in report.histories else None,
            report.missing.get(definition),
        )
        for definition in DEFINITIONS.values()
    )
    about = "A definition: what a share is a share of."
    return declare_table("definitions", "Definitions", about, *_DEFINITIONS).hold(rows)


def _build_dates(report: Report, language: Language, headlines: Iterable[Headline]) -> Table:
    rests = speak_rests(headlines, language)
    rows = tuple(
        (
            as_of,
            day.table.definition.window,
            day.table.definition.universe,
            day.table.definition.attribution,
            day.table.start,
            day.table.covered_days,
            day.table.window_days,
            day.table.downloads,
            day.source,
            language.speak(sentences.state_table(day.table, day.scope)),
            rests.get(as_of),
        )
        for as_of, day in list_days(report).items()
    )
    return declare_table(
        "dates", "Dates", "What stands first on a date of the history, the oldest first.", *_DATES
    ).hold(rows)


def _build_intervals(report: Report) -> Table:
    rows = tuple(tuple(getattr(interval, field.name) for field in _INTERVALS) for interval in report.data.intervals)
    about = "An interval between two snapshots, the oldest first."
    return declare_table("intervals", "Intervals of the ledger", about, *_INTERVALS).hold(rows)


def _build_sources(report: Report) -> Table:
    rows = []
    for source in list_sources(report):
        notice = NOTICES.get(source)
        url = f"{DATASETS}{source}" if notice else None
        licenses = " ".join(dict.fromkeys(notice.licenses)) if notice else None
        rows.append((source, notice.text if notice else None, url, licenses, is_shared_alike([source])))
    return declare_table("sources", "Sources", "A source of snapshots.", *_SOURCES).hold(rows)
