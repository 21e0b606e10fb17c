"""Pages of the questions, an overview of them, and `topics/<name>/<slug>.md` for items with pages of their own."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from markupsafe import Markup

from generator.base.errors import SiteError
from generator.publish.prose import Render, prose
from generator.questions.listed import list_questions
from generator.questions.report import Report
from generator.questions.topics import list_topics, state_finding, state_item, state_topic
from generator.text.language import Language
from generator.text.say import Sentence

_TITLE: Final = re.compile(r"^# (.+)$", re.MULTILINE)


def build_topic_pages(report: Report, language: Language, render: Render) -> dict[str, str]:
    """Build the pages of all questions.

    A template is given `report`, `tables` (by name), `sentences` (encoded, by name), and on an item's page `item`.
    """
    pages: dict[str, str] = {}
    for name, topic in report.topics.items():
        question = list_questions()[name]
        if question.is_shared:
            continue
        path, values = question.path, take_values((name,), report, language)
        pages[path] = render(f"{name}/page.md.j2", path, values)
        for slug, item in topic.items.items():
            said = _encode(state_item(name, item, report), language)
            path = f"topics/{name}/{slug}.md"
            pages[path] = render(f"{name}/item.md.j2", path, values | {"item": item, "sentences": said})
    links = [
        (_find_title(path, pages[path]), path, prose(language.speak(state_finding(name, report))))
        for name, path in list_topics(report).items()
    ]
    values = {"report": report, "links": sorted(links)}
    return pages | {"topics/index.md": render("topics.md.j2", "topics/index.md", values)}


def take_values(names: Iterable[str], report: Report, language: Language) -> dict[str, object]:
    """Take what a page of these questions is made from; of those that the report has."""
    found = [name for name in names if name in report.topics]
    tables: dict[str, object] = {}
    said: dict[str, Markup] = {}
    for name in found:
        own = report.topics[name].by_name
        tables |= {**own, **list_questions()[name].show(own, report)}
        said |= _encode(state_topic(name, report), language)
    return {"report": report, "tables": tables, "sentences": said}


def _find_title(path: str, text: str) -> Markup:
    found = _TITLE.search(text.partition("\n---\n")[2])  # what stands between the first two lines is no part of it
    if not found:
        raise SiteError(f"The page {path} has no title; its template needs a line that begins with '# '.")
    return Markup(found[1])  # noqa: S704 - a rendered page is encoded


def _encode(said: Mapping[str, Sentence], language: Language) -> dict[str, Markup]:
    return {name: prose(language.speak(sentence)) for name, sentence in said.items()}
