"""Concentration in sentences: how many equals would match it, and what the largest country has of two bases."""

from collections.abc import Mapping
from typing import Final

from generator.questions import phrases
from generator.questions.comparison.words import state as state_figures
from generator.questions.ground import Tables
from generator.questions.report import Report
from generator.questions.sentences import name_list
from generator.star.dominant import ALL_MODELS
from generator.star.table import Row, Table
from generator.text.say import NOTHING, Sentence, listing, say

# Words in the names of published figures that are values of an index.
_INDICES: Final = {"concentration", "hhi", "gini"}


def state(tables: Tables, report: Report) -> Mapping[str, Sentence]:
    """State how concentrated the downloads are; nothing where no date has 30-day counts."""
    measures, scope = tables["concentration-measures"], report.data.scope
    others = state_figures(report.topics["comparison"].by_name, report) if "comparison" in report.topics else {}
    published = (name for name in others if name.endswith(":whole") and _INDICES & {*name.split(":")[0].split("-")})
    return {
        "finding": name_list(state_equals(measures), scope),
        "bases": name_list(_state_bases(measures, report), scope),
        "growth": phrases.describe_growth(report.data),
        **{name: others[name] for name in published},
    }


def state_equals(measures: Table) -> Sentence:
    """State by how many equals the concentration of publishers and countries is matched; else that of models."""
    rows = measures.where(unit_counted=("publishers", "countries")).records() or measures.records()
    if not rows:
        return NOTHING
    return say(
        "Downloads are as concentrated as if {parts} had equal shares.",
        parts=listing(_state_number(row) for row in rows),
    )


def _state_number(row: Row) -> Sentence:
    number = 1 / row["hhi_lower"]
    return {
        "publishers": say("{number:0.0} publishers", number=number),
        "countries": say("{number:0.0} countries", number=number),
        "models": say("{number:0.0} models", number=number),
    }[row["unit_counted"]]


def _state_bases(measures: Table, report: Report) -> Sentence:
    """State the largest country's part of what a country is given, and of all; nothing where the two cannot be had."""
    row = measures.find(unit_counted="countries", as_of=report.data.as_of)
    table = report.table(ALL_MODELS) if ALL_MODELS in report.histories else None
    if not row or table is None or not table.places:
        return NOTHING
    return say(
        "Models from the largest country account for {given:percent} of the downloads that are attributed to a "
        "country, and for {all:percent} of all downloads.",
        given=row["share_largest"],
        all=table.places[0].share,
    )
