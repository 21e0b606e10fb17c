"""What search engines for data are told: the data set as JSON-LD in the words of schema.org."""

from collections.abc import Iterable
from typing import Final

from markupsafe import Markup

from generator.base.imprint import NAME, describe_dataset
from generator.base.records import pack_json
from generator.publish.datafiles import make_imprint
from generator.publish.dataset_schema import FOLDER
from generator.questions import sentences
from generator.questions.report import Report
from generator.star.table import Table
from generator.text.cite import Citation, cite
from generator.text.language import Language

# Of the versioned set its manifest, and the shares in it.
_FOR_PROGRAMS: Final = {"datapackage.json": "application/json", "shares.parquet": "application/vnd.apache.parquet"}


def cite_data(report: Report, language: Language, site_url: str) -> Citation:
    """Cite the data: by what stands first of them, at the address of the site."""
    title = language.speak(sentences.name_shares(report.table(report.headline), report.data.scope))
    return cite(language, title, report.data.as_of, site_url, "oms")


def describe_data(report: Report, language: Language, tables: Iterable[Table], site_url: str) -> Markup:
    """Describe the data files for the page of the data; nothing in it ends the element that it stands in."""
    data = report.data
    content = describe_dataset(
        make_imprint(report),
        name=NAME,
        description=f"{language.say('Shares of the downloads of open AI models by country.')} "
        f"{language.speak(sentences.describe_source(data))}",
        root=site_url,
        page="data.html",
        files=[
            *({"name": table.title, "type": "text/csv", "path": f"data/{table.name}.csv"} for table in tables),
            *({"name": name, "type": kind, "path": f"{FOLDER}/{name}"} for name, kind in _FOR_PROGRAMS.items()),
        ],
    )
    content["subjectOf"] = {
        "@type": "DataDownload",
        "encodingFormat": "application/ld+json",
        "contentUrl": f"{site_url}{FOLDER}/croissant.json",
    }
    content["temporalCoverage"] = f"{data.first.isoformat()}/{data.as_of.isoformat()}"
    return Markup(pack_json(content).replace("<", "\\u003c"))  # noqa: S704 - JSON, in which no element can end
