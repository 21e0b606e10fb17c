"""The page of the versioned data set: its tables field by field, what may change, and how to read it."""

from typing import Final

from generator.publish.datafiles import list_sources
from generator.publish.dataset_schema import FOLDER, PARQUET_TYPES, describe_schema
from generator.publish.dataset_tables import build_parts
from generator.publish.prose import Render
from generator.questions.report import Report
from generator.registry import Registry
from generator.sources.archives import find_licenses
from generator.text.language import Language

# The recipes, by the name of the library; each is a template below `templates/recipes`.
RECIPES: Final = {"DuckDB": "duckdb", "pandas": "pandas", "Polars": "polars"}


def build_schema_page(render: Render, report: Report, registry: Registry, language: Language, site_url: str) -> str:
    """Build the text of the page; the recipes on it read the set from the site's own address."""
    values = {
        "report": report,
        "schema": describe_schema(build_parts(report, registry, language), language),
        "parquet": PARQUET_TYPES,
        "folder": f"{site_url}{FOLDER}/",
        "definition": report.headline,
        "recipes": RECIPES,
        "licenses": find_licenses(list_sources(report)),
    }
    return render("schema.md.j2", "schema.md", values)
