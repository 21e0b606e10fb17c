"""One page for each of the most downloaded models, beside the list of them all.

Small, and written by a template of its own, so that hundreds of them cost the site's builder nothing; a page
whose words did not change keeps its file.
"""

from collections.abc import Sequence
from typing import Any, Final

from generator.base.encode import label
from generator.base.repository import NOWHERE, CodeRepository
from generator.base.settings import TABLE_DATES
from generator.figures.spark import WIDE
from generator.publish.datafiles import list_licenses
from generator.publish.pages import Renderer, make_environment
from generator.publish.prose import prose
from generator.publish.sparks import draw_spark
from generator.questions import sentences
from generator.questions.report import Report
from generator.registry import Registry
from generator.star.model_reports import ModelReport
from generator.text.cite import Citation, cite
from generator.text.language import Language
from generator.text.say import Sentence, say

# Where the pages stand.
MODELS: Final = "models"


def render_model_pages(
    report: Report,
    language: Language,
    registry: Registry,
    site_url: str,
    repository: CodeRepository = NOWHERE,
    choices: Sequence[Language] = (),
) -> dict[str, str]:
    """Render the page of each model, by name.

    Args:
        report: has the models.
        language: in which they are told.
        registry: says who publishes them.
        site_url: the address of the site, which each page names.
        repository: of code and issues, that each page leads to.
        choices: the languages of the site, where it has several.
    """
    render = Renderer(make_environment(language, report, registry, repository), (), report.data.as_of, language)
    shared = {
        "report": report,
        "language": language,
        "licenses": ", ".join(list_licenses(report)),
        "site_url": site_url,
        "repository": repository,
        "choices": choices,
    }
    names = _name_windows(report, language)
    return {
        f"{item.slug}.html": render(
            "model.html.j2",
            f"{MODELS}/{item.slug}.md",
            shared | _describe(item, report, language, names, f"{site_url}{language.folder}{MODELS}/{item.slug}.html"),
        )
        for item in report.model_reports
    }


def _name_windows(report: Report, language: Language) -> dict[str, str]:
    """Name the definition of each window in which models are ranked."""
    definitions = [each for each in report.definitions if (each.universe, each.attribution) == ("all", "publisher")]
    return {each.window: language.speak(sentences.name_table(report.table(each))) for each in definitions}


def _describe(item: ModelReport, report: Report, language: Language, names: dict[str, str], url: str) -> dict[str, Any]:
    sentence = language.speak(state_model(item, report))
    found = cite(language, sentence, report.data.as_of, url, f"oms-{item.slug}")
    return {
        "item": item,
        "url": url,
        "citation": Citation(prose(found.text), tuple(prose(each) for each in found.bibtex)),
        "sentence": sentence,
        "ranks": [(names[place.window], place) for place in item.ranks],
        "dates": item.history[: -TABLE_DATES - 1 : -1],
        "most": max((point.downloads_30d for point in item.history), default=0),
        "picture": draw_spark(item, report, language, WIDE),
    }


def state_model(item: ModelReport, report: Report) -> Sentence:
    """State what a model accounts for in the thirty days to the newest date that counts it."""
    data, newest = report.data, item.history[-1] if item.history else None
    if newest is None:
        return say("{name} has no count of thirty days in these data.", name=label(item.row.id))
    return sentences.state_part("models", label(item.row.id), newest.share, data.scope, newest.as_of)
