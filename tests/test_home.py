"""Home: the answer, then why it depends, what changed, what others claim; and a sentence to quote."""

import html
import re
from collections.abc import Mapping

import pytest

from generator.base.encode import page
from generator.publish.pages import build_pages
from generator.publish.pages_home import CLAIMS, SENTENCES, build_home_claims, build_home_week
from generator.questions.report import Report
from generator.text.language import Language
from tests.small import make_usual_report

pytestmark = pytest.mark.slow

ENGLISH = Language("en")


@pytest.fixture
def home(bundled_pages: Mapping[str, str]) -> str:
    """The home page of the bundled data, with its figures."""
    return bundled_pages["index.md"]


def test_what_stands_where(home: str) -> None:
    """Answer, definition, leads; shares over time, shares now, matrix, week, claims, ways to quote and check."""
    order = [
        *('id="answer"', 'class="oms-definition"', "data-copy-link", "::figure share-now::"),
        *("::figure share-over-time::", 'id="matrix"', 'id="week"', 'id="claims"', "corrections.html"),
    ]
    places = [home.index(mark) for mark in order]
    assert places == sorted(places)


def test_headings_and_states_over_a_list_name_it(home: str, bundled_pages: Mapping[str, str]) -> None:
    """The largest publishers are the list's, and a claim holds or fails in this list."""
    assert "The largest publishers in the llmfit catalogue</h2>" in home
    states = [re.findall(r'data-state="([^"]+)">([^<]+)<', text) for text in bundled_pages.values()]
    said = {html.unescape(words) for page in states for state, words in page if html.unescape(state) == "holds"}
    assert {"holds in this list"} == said


def test_the_week_in_three_to_five_sentences(bundled_report: Report, home: str) -> None:
    """Those that say that nothing changed give way first."""
    week = build_home_week(bundled_report, ENGLISH)
    assert week
    assert 3 <= len(week["sentences"]) <= SENTENCES
    assert all(sentence in home for sentence in week["sentences"])
    assert "Largest rise" in week["sentences"][0]


def test_claims_with_numbers_follow_the_first_one(bundled_report: Report, home: str) -> None:
    """The claim that the report begins with, then measured ones; each with its state, and a link to its page."""
    claims = build_home_claims(bundled_report, ENGLISH)
    assert claims
    assert len(claims["results"]) == CLAIMS
    measured = [result.is_judged for result in claims["results"][1:]]
    assert claims["results"][0].claim == next(iter(bundled_report.topics["claims"].items.values())).claim
    assert measured == sorted(measured, reverse=True)
    for result in claims["results"]:
        assert f"topics/claims/{result.claim['claim']}.html" in home
        for state in result.states:
            assert f'data-state="{page(state)}"' in home


def test_one_snapshot_has_neither_a_week_nor_claims() -> None:
    """There is nothing to compare, and a registry without claims has none to show."""
    report, registry = make_usual_report()
    home = build_pages(report, ENGLISH, registry, set())["index.md"]
    assert 'id="week"' not in home
    assert 'id="claims"' not in home
