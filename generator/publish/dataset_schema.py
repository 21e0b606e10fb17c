"""The schema of the versioned data set: every field described, and what may change without a new version.

The version stands in the address (`data/v1/`) and in the schema (`1.2`). Within `v1` the second number grows with what
is added: a table, a column behind the others, a code of a vocabulary, better words for a meaning. Whatever a program
could rely on (a table, a column, its name, type, unit and place, a key, a code) stays until `v2` stands beside it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from generator.base.imprint import NAME
from generator.publish.datafiles import TYPES
from generator.publish.dataset_tables import Part
from generator.star.table import Column
from generator.text.language import Language

VERSION: Final = "1.2"
FOLDER: Final = f"data/v{VERSION.partition('.')[0]}"
# How Parquet stores each type; in JSON a date is text, and what is missing is null.
PARQUET_TYPES: Final = {
    "string": "string",
    "date": "date32",
    "integer": "int64",
    "number": "double",
    "boolean": "bool",
}
_FRACTION: Final = "fraction"
# What of a column programs rely on.
_FIXED: Final = ("name", "type", "unit")


def describe_schema(parts: Iterable[Part], language: Language) -> dict[str, Any]:
    """Describe the tables: columns with type, unit, meaning and codes; nothing in it depends on the data."""
    return {"name": NAME, "version": VERSION, "tables": [_describe_part(part, language) for part in parts]}


def list_broken(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """List what a program that reads one version would miss in another; empty where it need not know of the change."""
    tables = {table["name"]: table for table in now["tables"]}
    broken = []
    for table in before["tables"]:
        if table["name"] in tables:
            broken += _compare_tables(table, tables[table["name"]])
        else:
            broken.append(f"the table {table['name']} is gone")
    return broken


def _describe_part(part: Part, language: Language) -> dict[str, Any]:
    table = part.table
    columns = [_describe_column(column, language) for column in table.columns]
    return {"name": table.name, "title": table.title, "row": table.row, "key": list(part.key), "columns": columns}


def _describe_column(column: Column, language: Language) -> dict[str, Any]:
    codes = {code: language.speak(said) for code, said in column.vocabulary.items() if code}
    return {
        "name": column.name,
        "type": TYPES.get(column.kind, "string"),
        "unit": _FRACTION if column.kind == "share" else column.unit,
        "meaning": column.meaning,
        "codes": codes,
    }


def _compare_tables(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    name = before["name"]
    broken = [] if before["key"] == now["key"] else [f"{name} has another key"]
    for place, column in enumerate(before["columns"]):
        broken += [f"{name}.{column['name']}: {what}" for what in _compare_columns(column, now["columns"][place:][:1])]
    return broken


def _compare_columns(before: Mapping[str, Any], found: Sequence[Mapping[str, Any]]) -> list[str]:
    """Compare a column with the one that stands in its place, if any."""
    if not found:
        return ["the column is gone"]
    changed = [f"another {fact}: {found[0][fact]}" for fact in _FIXED if found[0][fact] != before[fact]]
    return changed + [f"the code {code} is gone" for code in before["codes"] if code not in found[0]["codes"]]
