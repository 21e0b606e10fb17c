"""The schema of the versioned data set: every field described, and what may change without a new version.

The version stands in the address (`data/v1/`) and in the schema (`1.2`). Within `v1` the second number grows with what
is added: a table, a column behind the others, a code of a vocabulary, better words for a meaning. Whatever a program
could rely on (a table, a column, its name, type, unit and place, a key, a code) stays until `v2` stands beside it.
"""

from collections.abc import Iterable
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


def describe_schema(parts: Iterable[Part], language: Language) -> dict[str, Any]:
    """Describe the tables: columns with type, unit, meaning and codes; nothing in it depends on the data."""
    return {"name": NAME, "version": VERSION, "tables": [_describe_part(part, language) for part in parts]}


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
