"""Pages of history and uncertainty: what they say about small reports, and what they say they cannot tell."""

import dataclasses
import datetime as dt
import html
import re

import pytest

from generator.base.encode import page
from generator.publish.pages import build_pages, write_margin, write_range
from generator.questions.gallery import build_figures
from generator.questions.report import Report
from generator.star.table import Row
from tests.histories import make_history
from tests.small import make_publisher, make_registry, make_usual_report
from tests.small import make_report as make_small
from tests.spoken import ENGLISH, speak
from tests.test_uncertainty_charts import answer_comparison, make_published

pytestmark = pytest.mark.slow

PAGES = ("history.md", "sensitivity.md", "concentration.md", "comparison.md", "events.md")


def build(report: Report) -> dict[str, str]:
    """Build the four pages."""
    slugs = {figure.slug for figure in speak(build_figures(report))}
    built = build_pages(report, ENGLISH, make_registry(), slugs)
    return {path: built[path] for path in PAGES}


def compare(report: Report, *rows: Row) -> Report:
    """Return a report with these published figures beside ours."""
    return dataclasses.replace(report, topics={**report.topics, **answer_comparison(*rows)})


def read(text: str) -> str:
    """Return what a reader sees of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


@pytest.fixture(scope="module")
def usual() -> dict[str, str]:
    """The pages of one snapshot with two companies."""
    report, _ = make_usual_report()
    return build(report)


def test_history_says_who_is_ahead(usual: dict[str, str]) -> None:
    """Over the whole Hub; over a list the page says what it shows, and claims no order of the world."""
    report, registry = make_history([(dt.date(2026, 9, 8 + n), {"east/a": 60_000, "west/b": 40_000}) for n in (0, 7)])
    whole = build_pages(report, ENGLISH, registry, set())["history.md"]
    assert "China has been ahead of the United States on every date since" in read(whole)
    assert "The difference between China and the United States within the llmfit catalogue" in read(usual["history.md"])
    assert "No order changed on the dates that the history has." in read(usual["history.md"])


def test_history_says_what_it_cannot_tell(usual: dict[str, str]) -> None:
    """A selection, thirty days, no counters: three things in words."""
    text = read(usual["history.md"])
    assert "How the whole Hub's shares moved: these are models in the llmfit catalogue." in text
    assert "Who was ahead over twelve months: the history covers 30 days." in text
    assert "the source has no such counter" in text


def test_history_names_covered_days_of_a_year(usual: dict[str, str]) -> None:
    """Thirty days of the 281 to 8 October."""
    assert "2026: to 8 Oct 2026, 30 of 281 days covered" in read(usual["history.md"])


def test_sensitivity_names_models_publishers_and_readings(usual: dict[str, str]) -> None:
    """East alone turns the order: 500,000 of 1,000,000 against 300,000."""
    text = read(usual["sensitivity.md"])
    assert "east/large" in text
    assert "there is no margin of error" in text
    assert "The share of each country" in text


def test_concentration_writes_formulas_and_values(usual: dict[str, str]) -> None:
    """Shares of 0.5, 0.3, 0.15 and 0.05 have an index of 3,650."""
    text = read(usual["concentration.md"])
    assert "10,000 · Σ" in text
    assert "3,650" in text


def test_comparison_without_figures_says_so(usual: dict[str, str]) -> None:
    """The small registry lists none."""
    assert "The registry lists no published figure." in read(usual["comparison.md"])


def test_comparison_sets_values_side_by_side() -> None:
    """41% published, 50% ours of a selection, which is said; of how far apart they are nothing is."""
    report, _ = make_usual_report()
    text = read(build(compare(report, make_published(0.5, "different", "scope")))["comparison.md"])
    assert "41.0%" in text
    assert "50.0%" in text
    assert "9.0 points" not in text
    assert f"of models in {report.data.scope.name}" in text
    assert "different: ours covers a selection of models" in text
    assert "It counts otherwise." in text


def test_addresses_of_other_schemes_are_no_links() -> None:
    """A source's address is a web address or no link at all."""
    row = make_published(0.5, "different", "value", "javascript:alert(1)")
    report, _ = make_usual_report()
    assert "javascript:" not in build(compare(report, row))["comparison.md"]


def test_one_country_alone_has_pages_too() -> None:
    """No second country: no lead, no curve, and each page says so instead of failing."""
    registry = make_registry(make_publisher("east", "CN"))
    report = make_small([{"id": "east/large", "author": "east", "downloads_30d": 500_000}], registry)
    pages = build(report)
    assert "Too few downloads are attributed" in read(pages["history.md"])
    assert "Too few downloads are attributed" in read(pages["sensitivity.md"])


def test_names_of_strangers_are_encoded() -> None:
    """A model's name is text on every page."""
    names = ["</td></tr></table>", "<script>alert(1)</script>", "::figure share-now::", "{{ 7*7 }}", "](javascript:x)"]
    registry = make_registry(make_publisher("east", "CN"), make_publisher("west", "US"))
    models = [
        *({"id": name, "author": "east", "downloads_30d": 100_000} for name in names),
        {"id": "west/small", "author": "west", "downloads_30d": 300_000},
    ]
    pages = build(make_small(models, registry))
    whole = "".join(pages.values())
    assert [] == [name for name in names if name in whole]
    assert [] == [name for name in names if page(name) not in pages["sensitivity.md"]]


def test_pages_lead_to_one_another(usual: dict[str, str]) -> None:
    """Each of the five links the other four."""
    for path in PAGES:
        linked = set(re.findall(r'href="(history|sensitivity|concentration|comparison|events)\.html"', usual[path]))
        assert linked | {path.removesuffix(".md")} == {
            "history",
            "sensitivity",
            "concentration",
            "comparison",
            "events",
        }


def test_a_small_margin_is_told_from_none() -> None:
    """0.007 points is not 0.0."""
    assert ["< +0.1", "0.0", "+0.1"] == [write_margin(value, ENGLISH) for value in (0.00007, 0.0, 0.001)]


def test_bounds_are_two_numbers_only_where_they_differ() -> None:
    """Indices that agree in what is shown stand once."""
    assert write_range((0.1118, 0.1118), "hhi", ENGLISH) == "1,118"
    assert write_range((0.9579, 0.9714), "0.000", ENGLISH) == "0.958 – 0.971"
