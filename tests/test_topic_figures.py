"""Figures and pages of all topics on the bundled data: what they say, that they can be drawn."""

import re
from collections.abc import Iterable
from typing import Any

import pytest

from generator.figures.theme import NARROW, WIDE
from generator.questions.gallery import build_figures
from generator.questions.listed import list_questions
from generator.questions.report import Report
from tests.spoken import ENGLISH, speak

# Figures whose addresses are older than their questions.
GIVEN_OUT = {
    "published-figures", "lead-over-time", "share-by-year", "lead-matrix", "leave-one-out", "share-now",
    "share-over-time", "specification-curve", "task-shares", "world-map",
}  # fmt: skip
# What stands before a headline that does not name the list.
LIST = "By models in the llmfit catalogue: "


def walk(spec: Any) -> Iterable[tuple[str, Any]]:
    """Yield every key with its value, at any depth."""
    if isinstance(spec, dict):
        for key, value in spec.items():
            yield key, value
            yield from walk(value)
    elif isinstance(spec, list):
        for value in spec:
            yield from walk(value)


def test_every_topics_figure_says_what_it_is(bundled_report: Report) -> None:
    """Its slug begins with the topic; headline, subtitle, source, help, alternative text and whole rows are there."""
    figures = speak(build_figures(bundled_report))
    assert len({figure.slug for figure in figures}) == len(figures)
    for figure in figures:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", figure.slug)
        named = figure.slug.split("-")[0] in {*list_questions(), "country", "publisher"}
        assert named or figure.slug in GIVEN_OUT, figure.slug
        assert figure.headline.endswith("."), figure.slug
        headline = figure.headline.removeprefix(LIST)
        assert figure.alt.startswith(headline), figure.slug
        # Over a list no order is said to turn.
        assert len(figure.alt) > len(headline) or figure.slug == "specification-curve"
        assert all([figure.subtitle, figure.source, figure.how_to_read, figure.rows]), figure.slug
        assert {len(row) for row in figure.rows} == {len(figure.columns)}, figure.slug


@pytest.mark.slow
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_every_topics_figure_is_valid_and_legible(bundled_report: Report, width: int) -> None:
    """The schema accepts it, it has the width asked for, no text is under 11 pixels, no expression holds words."""
    for figure in speak(build_figures(bundled_report)):
        spec = figure.draw(width, ENGLISH).to_dict()
        assert spec["width"] == width, figure.slug
        sizes = [value for key, value in walk(spec) if key == "fontSize" and isinstance(value, int | float)]
        assert min(sizes, default=12) >= 11, figure.slug
        assert not {"expr", "calculate", "labelExpr"} & {key for key, _ in walk(spec)}, figure.slug
