"""What search engines for data are told: the data set as JSON-LD in the words of schema.org."""

from collections.abc import Iterable
from typing import Any

from markupsafe import Markup

from generator.base.records import pack_json
from generator.publish.datafiles import NAME, list_sources
from generator.questions import sentences
from generator.questions.report import Report
from generator.sources.archives import find_licenses
from generator.star.table import Table
from generator.text.language import Language


def describe_dataset(report: Report, language: Language, tables: Iterable[Table], site_url: str) -> Markup:
    """Describe the data files for the page of the data; nothing in it ends the element that it stands in."""
    data = report.data
    content = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": NAME,
        "description": f"{language.say('Shares of the downloads of open AI models by country.')} "
        f"{language.speak(sentences.describe_source(data))}",
        "url": f"{site_url}data.html",
        "license": [license_["path"] for license_ in find_licenses(list_sources(report))],
        "creator": {"@type": "Organization", "name": NAME, "url": site_url},
        "isAccessibleForFree": True,
        "dateModified": data.as_of.isoformat(),
        "temporalCoverage": f"{data.first.isoformat()}/{data.as_of.isoformat()}",
        "distribution": [_describe_file(table, site_url) for table in tables],
    }
    return Markup(pack_json(content).replace("<", "\\u003c"))  # noqa: S704 - JSON, in which no element can end


def _describe_file(table: Table, site_url: str) -> dict[str, Any]:
    return {
        "@type": "DataDownload",
        "name": table.title,
        "encodingFormat": "text/csv",
        "contentUrl": f"{site_url}data/{table.name}.csv",
    }
