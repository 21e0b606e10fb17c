"""The files of the versioned data set: each table as Parquet and JSON, schema, data package, description for machines.

Same tables, same bytes: the writers' options are fixed here, and no clock is in a file.
"""

import io
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

import pyarrow as pa
import pyarrow.parquet as pq

from generator.audit.headlines import Headline
from generator.base import encode
from generator.base.files import hash_bytes
from generator.base.imprint import NAME
from generator.base.records import DIGITS, render_json
from generator.publish.croissant import render_croissant
from generator.publish.datafiles import TYPES, list_licenses, list_sources
from generator.publish.dataset import cite_data
from generator.publish.dataset_schema import FOLDER, PARQUET_TYPES, VERSION, describe_schema
from generator.publish.dataset_tables import build_parts
from generator.questions import sentences
from generator.questions.report import Report
from generator.registry import Registry
from generator.sources.archives import find_licenses
from generator.star.table import Cell, Column, Table
from generator.text.language import Language

_MEDIA_TYPES: Final = {"parquet": "application/vnd.apache.parquet", "json": "application/json"}
# Fixed, so that another default of the library does not change the bytes.
_WRITER: Final[Mapping[str, Any]] = {
    "version": "2.6",
    "data_page_version": "1.0",
    "compression": "zstd",
    "compression_level": 9,
    "use_dictionary": True,
    "write_statistics": True,
    "store_schema": False,
}


def render_dataset(
    report: Report, registry: Registry, language: Language, site_url: str, headlines: Iterable[Headline] = ()
) -> dict[str, str | bytes]:
    """Render all files of the data set, by path below the site's root; `headlines` is what was published of dates."""
    parts = build_parts(report, registry, language, headlines)
    about = describe_origin(report, language)
    files: dict[str, str | bytes] = {}
    for part in parts:
        files[f"{part.table.name}.parquet"] = render_parquet(part.table, about)
        files[f"{part.table.name}.json"] = render_table(part.table, about)
    schema = describe_schema(parts, language)
    cited = {"citation": cite_data(report, language, site_url).text}
    files["schema.json"] = render_json(schema)
    files["datapackage.json"] = _render_package(report, schema, about | cited, files)
    files["croissant.json"] = render_croissant(report, language, schema, files, site_url)
    return {f"{FOLDER}/{name}": content for name, content in files.items()}


def describe_origin(report: Report, language: Language) -> dict[str, Any]:
    """Describe what every file says of itself: version, date, licences, source."""
    return {
        "name": NAME,
        "version": VERSION,
        "as_of": report.data.as_of.isoformat(),
        "licenses": list_licenses(report),
        "source": language.speak(sentences.describe_source(report.data)),
    }


def render_parquet(table: Table, about: Mapping[str, Any]) -> bytes:
    """Render a table as Parquet, its version, date, licences and source in the file's own facts."""
    types = [pa.type_for_alias(PARQUET_TYPES[TYPES.get(column.kind, "string")]) for column in table.columns]
    facts = {name: value if isinstance(value, str) else " ".join(value) for name, value in about.items()}
    fields = [pa.field(column.name, kind) for column, kind in zip(table.columns, types, strict=True)]
    schema = pa.schema(fields)
    columns = zip(*_list_rows(table), strict=True) if len(table.frame) else [[] for _ in fields]
    arrays = [pa.array(column, kind) for column, kind in zip(columns, types, strict=True)]
    file = io.BytesIO()
    with pq.ParquetWriter(file, schema, **_WRITER) as writer:
        writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
        writer.add_key_value_metadata(facts | {"table": table.name})
    return file.getvalue()


def render_table(table: Table, about: Mapping[str, Any]) -> str:
    """Render a table as JSON: what it is, the names of its columns, and a line a row."""
    head = {**about, "table": table.name, "columns": [column.name for column in table.columns]}
    lines = [f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)},\n" for name, value in head.items()]
    rows = [json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=str) for row in _list_rows(table)]
    return "{\n" + "".join(lines) + '"rows": [\n' + ",\n".join(rows) + "\n]}\n"


def _list_rows(table: Table) -> list[list[Cell]]:
    """List the rows as they are published: texts encoded, empty ones missing, counts whole, fractions rounded."""
    return [[_clean(*pair) for pair in zip(row, table.columns, strict=True)] for row in table.rows()]


def _clean(value: Cell, column: Column) -> Cell:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return encode.line(value)
    if column.kind == "count":
        return round(cast("float", value))
    return round(value, DIGITS) if isinstance(value, float) else value


def _render_package(
    report: Report, schema: Mapping[str, Any], about: Mapping[str, Any], files: Mapping[str, str | bytes]
) -> str:
    """Render the manifest: every file with its fields, bytes and hash, as a Frictionless data package."""
    resources = [
        _describe_file(table, ending, report, files[f"{table['name']}.{ending}"])
        for table in schema["tables"]
        for ending in _MEDIA_TYPES
    ]
    package = {
        "name": f"open-model-share-v{VERSION.partition('.')[0]}",
        "title": NAME,
        "description": "Which countries build the open AI models that the world downloads.",
        "version": VERSION,
        "as_of": about["as_of"],
        "licenses": find_licenses(list_sources(report)),
        "sources": [{"title": about["source"]}],
        "citation": about["citation"],
        "resources": resources,
    }
    return render_json(package)


def _describe_file(table: Mapping[str, Any], ending: str, report: Report, content: str | bytes) -> dict[str, Any]:
    data = encode.to_bytes(content)
    fields = [
        {"name": column["name"], "type": column["type"], "description": column["meaning"], "unit": column["unit"]}
        for column in table["columns"]
    ]
    return {
        "name": f"{table['name']}-{ending}",
        "path": f"{table['name']}.{ending}",
        "type": "file",
        "title": table["title"],
        "description": table["row"],
        "format": ending,
        "mediatype": _MEDIA_TYPES[ending],
        "bytes": len(data),
        "hash": f"sha256:{hash_bytes(data)}",
        "licenses": find_licenses(list_sources(report)),
        "schema": {"fields": fields, "primaryKey": table["key"]},
    }
