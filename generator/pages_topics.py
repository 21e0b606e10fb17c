"""Pages of the topics: `topics/<name>.md`, and `topics/<name>/<slug>.md` for items that have pages of their own."""

from collections.abc import Callable, Mapping

from markupsafe import Markup

from generator.charts.topics import state_item, state_topic
from generator.i18n import Language
from generator.report import Report


def build_topic_pages(
    report: Report,
    language: Language,
    render: Callable[[str, str, Mapping[str, object]], str],
    prose: Callable[[str], Markup],
) -> dict[str, str]:
    """Build the pages of all topics.

    A template is given `report`, `topic` (its record), `sentences` (encoded, by name), and on an item's page `item`.
    """
    pages: dict[str, str] = {}
    for name, topic in report.topics.items():
        place = name.replace("_", "-")
        values = {"report": report, "topic": topic}
        said = _encode(state_topic(name, report, language), prose)
        path = f"topics/{place}.md"
        pages[path] = render(f"topics/{name}.md.j2", path, values | {"sentences": said})
        for slug, item in topic.items.items():
            said = _encode(state_item(name, item, report, language), prose)
            path = f"topics/{place}/{slug}.md"
            pages[path] = render(f"topics/{name}_item.md.j2", path, values | {"item": item, "sentences": said})
    return pages


def _encode(said: Mapping[str, str], prose: Callable[[str], Markup]) -> dict[str, Markup]:
    return {name: prose(text) for name, text in said.items()}
