"""For machines that read: the pages that matter as Markdown beside them, and a map of these, `llms.txt`."""

import html
import posixpath
import re
from pathlib import Path
from typing import Final

from generator.base.imprint import NAME
from generator.publish.datafiles import list_sources
from generator.publish.dataset_schema import FOLDER
from generator.publish.markdown import convert_page
from generator.questions import sentences
from generator.questions.report import Report
from generator.sources.archives import find_licenses
from generator.text.language import Language

MAP: Final = "llms.txt"
# In the order of the map.
PAGES: Final = (
    "index",
    "countries/index",
    "publishers/index",
    "models",
    "topics/claims",
    "sensitivity",
    "method",
    "data",
    "schema",
    "about",
)
_TITLE: Final = re.compile(r"<title>\s*(.*?)(?: - [^<]*)?\s*</title>", re.DOTALL)
_DESCRIPTION: Final = re.compile(r'<meta name="description" content="(.*?)"', re.DOTALL)


def write_twins(folder: Path, site_url: str, report: Report, language: Language) -> None:
    """Write the twin of each page that matters, name it in the page's head, and write the map of all.

    Args:
        folder: the finished site.
        site_url: the address that it is published under.
        report: its date, source and licences.
        language: in which the map says them.
    """
    lines = []
    for name in PAGES:
        path = folder / f"{name}.html"
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        if "<article" not in text:
            continue
        path.with_suffix(".md").write_text(convert_page(text, f"{site_url}{name}.html"), encoding="utf-8")
        path.write_text(_name_twin(text, name), encoding="utf-8")
        lines.append(f"- [{_find(_TITLE, text)}]({site_url}{name}.md): {_find(_DESCRIPTION, text)}")
    (folder / MAP).write_text(_render_map(lines, site_url, report, language), encoding="utf-8")


def _name_twin(text: str, name: str) -> str:
    # not `alternate` alone: the theme's script takes such a link for a translation, and looks for its sitemap
    link = f'<link rel="alternate markdown" type="text/markdown" href="{posixpath.basename(name)}.md">'
    return text.replace("</title>", f"</title>\n{link}", 1)


def _find(pattern: re.Pattern[str], text: str) -> str:
    """Find what a page says of itself, on one line."""
    match = pattern.search(text)
    return " ".join(html.unescape(match[1]).split()) if match else NAME


def _render_map(lines: list[str], site_url: str, report: Report, language: Language) -> str:
    """Render the map: what this is, of which date, under which licence, then the pages and the data."""
    folder = f"{site_url}{FOLDER}/"
    licenses = ", ".join(
        f"[{license_['name']}]({license_['path']})" for license_ in find_licenses(list_sources(report))
    )
    data = [
        f"- [{name}]({folder}{name}): {about}"
        for name, about in {
            "shares.parquet": language.say(
                "shares by date, definition and country; each table is there as JSON as well"
            ),
            "datapackage.json": language.say("every table with its fields, bytes and hashes"),
            "croissant.json": language.say("the same in Croissant"),
        }.items()
    ]
    said = [language.speak(each) for each in (sentences.describe_data(report.data), sentences.state_headline(report))]
    return "\n".join(
        [
            f"# {NAME}",
            "",
            f"> {language.say('Which countries build the open AI models that the world downloads.')}",
            "",
            " ".join([*said, language.say("Quote a number with its definition, its date and its page.")]),
            "",
            f"{language.say('Licence of the data:')} {licenses}",
            "",
            f"## {language.say('Pages')}",
            "",
            *lines,
            "",
            f"## {language.say('Data')}",
            "",
            *data,
            "",
        ]
    )
