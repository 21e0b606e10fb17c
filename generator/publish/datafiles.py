"""The data files that readers download: text made from the report, each described in a data package."""

import dataclasses
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from generator import __version__
from generator.audit.operations import NOTHING_KNOWN, Operations
from generator.base.encode import as_text, label, line, render_download, to_bytes
from generator.base.files import hash_bytes
from generator.base.imprint import NAME, Imprint
from generator.base.records import DIGITS, pack_json, to_plain
from generator.base.settings import TABLE_DATES
from generator.publish.datafiles_years import describe_years, render_years
from generator.publish.explorer import render_explorer
from generator.questions import sentences
from generator.questions.report import Report
from generator.registry import EVENT_KINDS, Registry
from generator.sources.archives import LICENSE, NOTICES, find_licenses
from generator.star.table import Cell, Column, Table, declare_table
from generator.text import words
from generator.text.language import Language

DATASETS: Final = "https://huggingface.co/datasets/"
# Fields of records that hold a value for each date.
_HISTORIES: Final = frozenset({"history", "histories", "origin_histories", "dates", "points"})
# Types of a data package by the kinds of columns; of the others it is a string.
TYPES: Final = {
    "count": "integer",
    "share": "number",
    "points": "number",
    "number": "number",
    "flag": "boolean",
    "date": "date",
}


def render_data_files(
    report: Report, language: Language, registry: Registry, operations: Operations = NOTHING_KNOWN
) -> dict[str, str | bytes]:
    """Render all data files, by path below the site's root."""
    tables = (*build_data_files(report), *build_registry_files(registry), build_corrections_file(operations))
    files: dict[str, str | bytes] = {f"data/{table.name}.csv": render_csv(table) for table in tables}
    files |= render_years(report) | render_explorer(report, language)
    files["data/report.json"] = render_report(report, language)
    files["data/datapackage.json"] = render_datapackage(report, language, tables, files)
    return files


def list_licenses(report: Report) -> list[str]:
    """List the names of the licences of files that the ledger went into."""
    return [str(license_["name"]) for license_ in find_licenses(list_sources(report))]


def list_sources(report: Report) -> list[str]:
    """List the sources of the ledger's intervals, the oldest first."""
    return list(dict.fromkeys(interval.source for interval in report.data.intervals))


def make_imprint(report: Report) -> Imprint:
    """Make what all figures of a report say of themselves."""
    licences = tuple(license_["path"] for license_ in find_licenses(list_sources(report)))
    return Imprint(report.data.as_of, licences)


def _describe_source(source: str) -> dict[str, str]:
    """Describe a source as a data package does; an archive with whose it is, and under which licence."""
    if source not in NOTICES:
        return {"title": source}
    return {"title": source, "path": f"{DATASETS}{source}", "notice": NOTICES[source].text}


def build_data_files(report: Report) -> tuple[Table, ...]:
    """Build the CSV files' contents."""
    topics = (table for topic in report.topics.values() for table in topic.tables)
    found = (build_shares(report), build_publishers(report), build_models(report))
    return (*found, *topics)


def build_registry_files(registry: Registry) -> tuple[Table, ...]:
    """Build the CSV files of the registry's contents."""
    return build_registry(registry), _build_families(registry), _build_openness(registry), _build_events(registry)


def build_corrections_file(operations: Operations) -> Table:
    """Build the contents of the log of corrections."""
    fields = (
        Column("date", "date", "", "UTC day on which it was put right or decided."),
        Column("what", "text", "", "What was published wrongly, or which check was overruled."),
        Column("why", "text", "", "The reason."),
        Column("before", "text", "", "What stood there."),
        Column("after", "text", "", "What stands there now."),
        Column("decided_by", "text", "", "maintainer, or build for what the build finds by itself."),
    )
    rows = _pick(fields, operations.corrections)
    return declare_table("corrections", "Log of corrections", "A correction, the newest first.", *fields).hold(rows)


def render_csv(table: Table) -> str:
    """Render a CSV file; texts pass the encoder, fractions have twelve digits where nothing else is declared."""
    rows = ([_cell(*pair) for pair in zip(row, table.columns, strict=True)] for row in table.rows())
    return render_download([column.name for column in table.columns], rows)


def render_report(report: Report, language: Language) -> str:
    """Render everything that the pages show as JSON; the sentences stand beside the records."""
    scope = report.data.scope
    leads = {key: language.speak(sentences.state_lead(lead, scope)) for key, lead in report.leads.items()}
    content = {
        "about": {
            "name": NAME,
            "data": language.speak(sentences.describe_data(report.data)),
            "license": LICENSE["name"],
            "method_version": __version__,
        },
        "sentences": {
            "headline": language.speak(sentences.state_headline(report)),
            "without": language.speak(sentences.state_without(report)),
            "definition": language.speak(sentences.name_table(report.table(report.headline))),
            "lead": leads.get(report.headline),
            "matrix": language.speak(sentences.state_matrix(report)),
            "leads": list(leads.values()),
        },
        "report": to_plain(_take_today(report), label, _HISTORIES),
    }
    return pack_json(content)


def _take_today(report: Report) -> dict[str, object]:
    """Take what holds on the newest date; earlier dates and the registry's rows stand in the data files."""
    fields = {field.name: getattr(report, field.name) for field in dataclasses.fields(report)}
    newest = {definition: tables[-1:] for definition, tables in report.histories.items()}
    topics = {
        name: {table: rows.records() for table, rows in topic.by_name.items() if not table.endswith("-history")}
        for name, topic in report.topics.items()
    }
    today = {
        "data": dataclasses.replace(report.data, intervals=report.data.intervals[-1:]),
        "histories": newest,
        "topics": topics,
        "coverage": report.coverage[-1:],
    }
    left_out = {"earlier", "days", "reviewed", "cuts", "events"}
    return {name: value for name, value in (fields | today).items() if name not in left_out}


def render_datapackage(
    report: Report, language: Language, tables: Iterable[Table], files: Mapping[str, str | bytes]
) -> str:
    """Render the data package: what each file is, its columns, its bytes and its hash."""
    resources = [_describe_table(table, f"{table.name}.csv", files, language) for table in tables]
    resources += [_describe_table(table, f"{table.name}.csv.gz", files, language) for table in describe_years(report)]
    resources.append(_describe_json("report.json", "Everything that the pages show", files))
    explorer = sorted(name.removeprefix("data/") for name in files if name.startswith("data/explorer/"))
    resources += [_describe_json(path, "Downloads by place and date, for the page Explore", files) for path in explorer]
    sources = list_sources(report)
    package = {
        "name": "open-model-share",
        "title": NAME,
        "description": "Which countries build the open AI models that the world downloads.",
        "version": report.data.as_of.isoformat(),
        "licenses": find_licenses(sources),
        "sources": [_describe_source(source) for source in sources],
        "resources": resources,
    }
    return json.dumps(package, ensure_ascii=False, indent=2) + "\n"


_SHARES_COLUMNS: Final = (
    Column("as_of", "date", "", "Last day of the window (UTC)."),
    Column(
        "window",
        "text",
        "",
        "30d: the Hub's count of 30 days; 12m, held: flows; all_time: counter since creation.",
        vocabulary=words.WINDOWS,
    ),
    Column("universe", "text", "", "all, first_year, generative or language models.", vocabulary=words.UNIVERSES),
    Column(
        "attribution",
        "text",
        "",
        "publisher: who uploaded; origin: root of the base-model chain.",
        vocabulary=words.ATTRIBUTIONS,
    ),
    Column("country_code", "text", "", "ISO 3166-1 alpha-2, or INT, UNAFFILIATED, UNREVIEWED."),
    Column("downloads", "count", "", "Downloads in the window, rounded to a whole number.", "downloads"),
    Column("share", "share", "", "Fraction of all downloads of the definition, 0 to 1; sums to 1 within a definition."),
    Column("share_lower", "share", "", "Share if none of the unreviewed downloads were this country's."),
    Column("share_upper", "share", "", "Share if all of the unreviewed downloads were this country's."),
)


def build_shares(report: Report) -> Table:
    """Build the shares of every country on the newest dates."""
    rows = tuple(
        (
            table.as_of,
            definition.window,
            definition.universe,
            definition.attribution,
            row.code,
            row.downloads,
            row.share,
            row.lower,
            row.upper,
        )
        for definition, tables in report.histories.items()
        for table in tables[-TABLE_DATES:]
        for row in table.rows
    )
    return declare_table(
        "shares",
        "Shares by country",
        "A country's share on one of the newest dates under a definition.",
        *_SHARES_COLUMNS,
    ).hold(rows)


_PUBLISHERS_COLUMNS: Final = (
    Column("rank", "count", "", "1 for the publisher with most downloads in 30 days."),
    Column("handle", "text", "", "Account on the Hub."),
    Column("organisation", "text", "", "Organisation that runs it; empty for persons and unreviewed accounts."),
    Column("kind", "text", "", "Kind of organisation; empty where unreviewed.", vocabulary=words.KINDS),
    Column("country_code", "text", "", "ISO 3166-1 alpha-2, or INT, UNAFFILIATED, UNREVIEWED."),
    Column("downloads_30d", "count", "", "Downloads of its models in the 30 days before the data's date.", "downloads"),
    Column("share_30d", "share", "", "Fraction of all downloads in these 30 days."),
    Column("models", "count", "", "Its models.", "models"),
    Column(
        "origin_downloads_30d",
        "count",
        "",
        "30-day downloads of all models, by anyone, whose origin it is.",
        "downloads",
    ),
    Column(
        "downloads_all_time",
        "count",
        "",
        "Downloads since creation; empty where the source has no counter.",
        "downloads",
    ),
    Column("basis", "text", "", "Evidence for organisation and country."),
    Column("source_url", "text", "", "Where the evidence can be read."),
    Column("checked_on", "date", "", "When a person checked it."),
)


def build_publishers(report: Report) -> Table:
    """Build the list of all publishers: what is counted of each, and what the registry says of those reviewed."""
    counted = {"country_code": "code", "share_30d": "share"}
    names = [counted.get(field.name, field.name) for field in _PUBLISHERS_COLUMNS]
    rows = (
        tuple(getattr(row if hasattr(row, name) else report.reviewed.get(row.handle), name, None) for name in names)
        for row in report.publishers
    )
    return declare_table("publishers", "Publishers", "An account of the Hub.", *_PUBLISHERS_COLUMNS).hold(rows)


_MODELS_COLUMNS: Final = (
    Column("rank", "count", "", "1 for the model with most downloads in 30 days."),
    Column("id", "text", "", "Id on the Hub."),
    Column("publisher", "text", "", "Account that uploaded it."),
    Column("publisher_country_code", "text", "", "That account's country or category."),
    Column("origin", "text", "", "Account at the root of its base-model chain."),
    Column("origin_country_code", "text", "", "That account's country or category."),
    Column("origin_basis", "text", "", "tags, family (by name) or self.", vocabulary=words.ORIGIN_BASES),
    Column("created", "date", "", "Creation date of the repository; empty where unknown."),
    Column("task_group", "text", "", "Group of its task.", vocabulary=words.TASK_GROUPS),
    Column(
        "relation",
        "text",
        "",
        "original, quantised (or converted), fine-tuned, adapter, merge, helper (draft head …).",
        vocabulary=words.RELATIONS,
    ),
    Column("license", "text", "", "Licence as the Hub names it; empty where unstated."),
    Column(
        "license_class", "text", "", "open, conditions, non-commercial or unstated.", vocabulary=words.LICENSE_CLASSES
    ),
    Column(
        "parameters", "count", "", "By the files, of a quantised model by its name; empty where unknown.", "parameters"
    ),
    Column("downloads_30d", "count", "", "Downloads in the 30 days before the data's date.", "downloads"),
    Column(
        "downloads_all_time",
        "count",
        "",
        "Downloads since creation; empty where the source has no counter.",
        "downloads",
    ),
    Column("likes", "count", "", "Likes of the repository.", "likes"),
    Column(
        "base_models",
        "text",
        "",
        "Ids that it names as its base models, the followed one first, parted by spaces; empty where none are known.",
    ),
    Column(
        "chain",
        "text",
        "",
        "Ids from that base model to the root, as base-model tags lead, parted by spaces; a circle ends with the id "
        "that closes it.",
    ),
)


def build_models(report: Report) -> Table:
    """Build the list of the most downloaded models."""
    names = [
        {
            "publisher_country_code": "publisher_code",
            "origin_country_code": "origin_code",
            "parameters": "size",
            "chain": "followed",
        }.get(field.name, field.name)
        for field in _MODELS_COLUMNS
    ]
    rows = tuple(tuple(getattr(model, name) for name in names) for model in report.models)
    return declare_table("models", "Most downloaded models", "A model.", *_MODELS_COLUMNS).hold(rows)


_REGISTRY_COLUMNS: Final = (
    Column("handle", "text", "", "Account on the Hub."),
    Column("organisation", "text", "", "Organisation that runs it; empty for persons and where none is known."),
    Column(
        "kind", "text", "", "company, non-profit, university, government, community or person.", vocabulary=words.KINDS
    ),
    Column("code", "text", "", "ISO 3166-1 alpha-2, or INT, UNAFFILIATED, UNREVIEWED: what the shares count it as."),
    Column("parent", "text", "", "Organisation that it belongs to."),
    Column("parent_country", "text", "", "Country code of the parent where it differs."),
    Column("alias_of", "text", "", "Account that its downloads count for: it was renamed to it or mirrors it."),
    Column("alias_since", "text", "", "Date of the rename, as exactly as it is known: YYYY, YYYY-MM or YYYY-MM-DD."),
    Column("basis", "text", "", "The evidence in a few words; unverified where none was found."),
    Column("source_url", "text", "", "Where the evidence can be read."),
    Column("checked_on", "date", "", "When a person checked it."),
    Column("note", "text", "", "What is disputed and what decides."),
)


def build_registry(registry: Registry) -> Table:
    """Build the list of the reviewed accounts; a person has no country in it."""
    rows = _pick(_REGISTRY_COLUMNS, (registry.publishers[key] for key in sorted(registry.publishers)))
    return declare_table("registry", "Registry of accounts", "A reviewed account of the Hub.", *_REGISTRY_COLUMNS).hold(
        rows
    )


def _build_families(registry: Registry) -> Table:
    fields = (
        Column("family", "text", "", "Name of the family."),
        Column(
            "pattern", "text", "", "Lower-case regular expression, matched at the start of a word of a model's name."
        ),
        Column("origin", "text", "", "Account on the Hub that published the root model."),
        Column("task_group", "text", "", "What the family is plainly used for."),
        Column("note", "text", "", "A remark."),
    )
    rows = _pick(fields, registry.families)
    return declare_table("families", "Families of models", "A pattern that tells a family.", *fields).hold(rows)


def _build_openness(registry: Registry) -> Table:
    fields = (
        Column("family", "text", "", "Name of the family."),
        Column("weights", "text", "", "open, gated, conditional, partial or closed."),
        Column("training_data", "text", "", "released, described or undisclosed."),
        Column("training_code", "text", "", "released, partial or none."),
        Column("license", "text", "", "The licence's usual short name."),
        Column("license_class", "text", "", "open, conditions or non-commercial."),
        Column("technical_report", "text", "", "yes or no: whether there is one."),
        Column("grade", "text", "", "fully-open, open-weights-described-data, open-weights or restricted-weights."),
        Column("source_url", "text", "", "Where this can be read."),
        Column("checked_on", "date", "", "When a person checked it."),
        Column("note", "text", "", "A remark."),
    )
    rows = _pick(fields, registry.openness)
    return declare_table("openness", "Openness of families", "What the makers of a family released.", *fields).hold(
        rows
    )


def _build_events(registry: Registry) -> Table:
    fields = (
        Column("date", "date", "", "The day on which it was first seen."),
        Column("label", "text", "", "What happened."),
        Column("kind", "text", "", f"One of {', '.join(EVENT_KINDS)}."),
        Column(
            "countries", "text", "", "Codes of the countries whose share it moves, parted by spaces; empty for all."
        ),
        Column("publishers", "text", "", "Accounts whose downloads it moves, parted by spaces; empty for all."),
        Column("downloads", "count", "", "That it added at least, where that is known."),
        Column("source", "text", "", "Who says so."),
        Column("source_url", "text", "", "Where it can be read."),
        Column("checked_on", "date", "", "When a person checked it."),
        Column("note", "text", "", "A remark."),
    )
    rows = (
        tuple(" ".join(value) if isinstance(value, tuple) else value for value in row)
        for row in _pick(fields, registry.events)
    )
    return declare_table("events", "Events", "Something that moved counts or shares, the oldest first.", *fields).hold(
        rows
    )


def _pick(fields: Iterable[Column], records: Iterable[object]) -> tuple[tuple[object, ...], ...]:
    """Return the columns of records that have an attribute of each column's name."""
    names = [field.name for field in fields]
    return tuple(tuple(getattr(record, name) for name in names) for record in records)


def _cell(value: Cell, column: Column) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return as_text(line(value))
    if isinstance(value, bool):
        return str(value).lower()
    if column.kind == "count":
        return str(round(cast("float", value)))
    digits = DIGITS if column.digits is None else column.digits
    if column.kind in {"share", "points"}:
        return f"{value:.{digits}f}"
    return f"{value:.{digits}g}" if column.kind == "number" else str(value)


def _describe_table(table: Table, path: str, files: Mapping[str, str | bytes], language: Language) -> dict[str, Any]:
    return {
        "name": table.name,
        "path": path,
        "profile": "tabular-data-resource",
        "title": table.title,
        "description": table.row,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        **_measure(files[f"data/{path}"]),
        "schema": {
            "fields": [_describe_column(column, language) for column in table.columns],
            "missingValues": [""],
        },
    }


def _describe_column(column: Column, language: Language) -> dict[str, str]:
    said = {"title": language.speak(column.title), "description": column.meaning, "unit": column.unit}
    told = {name: text for name, text in said.items() if text}
    return {"name": column.name, "type": TYPES.get(column.kind, "string"), **told}


def _describe_json(path: str, title: str, files: Mapping[str, str | bytes]) -> dict[str, Any]:
    return {
        "name": path.removesuffix(".json").replace("/", "-"),
        "path": path,
        "type": "json",  # by its name alone validators take it for one of their own reports
        "title": title,
        "format": "json",
        "mediatype": "application/json",
        **_measure(files[f"data/{path}"]),
    }


def _measure(content: str | bytes) -> dict[str, Any]:
    data = to_bytes(content)
    return {"bytes": len(data), "hash": f"sha256:{hash_bytes(data)}"}
