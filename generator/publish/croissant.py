"""The data set in Croissant, the vocabulary of data sets for machine learning: files, tables, fields."""

from collections.abc import Mapping
from typing import Any, Final

from generator.base.encode import to_bytes
from generator.base.files import hash_bytes
from generator.base.imprint import NAME
from generator.base.records import render_json
from generator.publish.datafiles import make_imprint
from generator.publish.dataset import cite_data
from generator.publish.dataset_schema import FOLDER
from generator.questions import sentences
from generator.questions.report import Report
from generator.text.language import Language

# The version of the vocabulary that the words below are of.
CONFORMS_TO: Final = "http://mlcommons.org/croissant/1.0"
_TYPES: Final = {
    "string": "sc:Text",
    "date": "sc:Date",
    "integer": "sc:Integer",
    "number": "sc:Float",
    "boolean": "sc:Boolean",
}
# As the vocabulary's specification gives it, those words alone that stand below.
_CONTEXT: Final[Mapping[str, Any]] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
    "data": {"@id": "cr:data", "@type": "@json"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
}


def render_croissant(
    report: Report, language: Language, schema: Mapping[str, Any], files: Mapping[str, str | bytes], site_url: str
) -> str:
    """Render the description of the Parquet files.

    Args:
        report: dates, source and licences.
        language: of what it says.
        schema: the tables, as `describe_schema` gives them.
        files: their contents, by name.
        site_url: the address that the site is published under.
    """
    as_of = report.data.as_of
    source = language.speak(sentences.describe_source(report.data))
    content = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "name": NAME,
        "description": f"{language.say('Shares of the downloads of open AI models by country.')} {source}",
        "url": f"{site_url}schema.html",
        "license": list(make_imprint(report).licences),
        "creator": {"@type": "sc:Organization", "name": NAME},
        "datePublished": as_of.isoformat(),
        "version": f"{schema['version']}.0",
        "citeAs": "\n".join(cite_data(report, language, site_url).bibtex),
        "isLiveDataset": True,
        "distribution": [_describe_file(table["name"], files, f"{site_url}{FOLDER}/") for table in schema["tables"]],
        "recordSet": [_describe_records(table) for table in schema["tables"]],
    }
    return render_json(content)


def _describe_file(name: str, files: Mapping[str, str | bytes], folder_url: str) -> dict[str, Any]:
    data = to_bytes(files[f"{name}.parquet"])
    return {
        "@type": "cr:FileObject",
        "@id": f"{name}.parquet",
        "name": f"{name}.parquet",
        "contentUrl": f"{folder_url}{name}.parquet",
        "contentSize": f"{len(data)} B",
        "encodingFormat": "application/x-parquet",
        "sha256": hash_bytes(data),
    }


def _describe_records(table: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": table["name"],
        "name": table["name"],
        "description": table["row"],
        "key": [{"@id": f"{table['name']}/{column}"} for column in table["key"]],
        "field": [_describe_field(table["name"], column) for column in table["columns"]],
    }


def _describe_field(table: str, column: Mapping[str, Any]) -> dict[str, Any]:
    unit = f" Unit: {column['unit']}." if column["unit"] else ""
    return {
        "@type": "cr:Field",
        "@id": f"{table}/{column['name']}",
        "name": f"{table}/{column['name']}",
        "description": f"{column['meaning']}{unit}",
        "dataType": _TYPES[column["type"]],
        "source": {"fileObject": {"@id": f"{table}.parquet"}, "extract": {"column": column["name"]}},
    }
