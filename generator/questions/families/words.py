"""Families in sentences: the largest in the world and within countries, the two of the press, and who ranked first."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Final

from generator.questions import phrases, spans
from generator.questions.ground import Tables
from generator.questions.report import Report
from generator.star.table import Row
from generator.text import words
from generator.text.say import NOTHING, Sentence, clauses, join, listing, say

# The two lines of China that the press article of November 2025 names.
ARTICLE: Final = ("CN", ("qwen", "deepseek"))
# Lines of families with a rank over time.
RANKS: Final = 6


def state(tables: Tables, report: Report) -> Mapping[str, Sentence]:
    """State the sentences of page and figures."""
    window = find_window(tables)
    about = {
        "period": spans.describe_window(window, report),
        "models": words.name_models("all", report.data.scope),
    }
    return {
        "lead": _state_largest(list_largest(tables), about),
        "countries": _state_countries(tables, about),
        "article": _state_article(tables, about),
        "coverage": say(
            "Models known by name account for {share_named:percent} of all downloads {period}, and those whose name "
            "tells their family for {share_family_known:percent}. The rest stays in the denominators, so every share "
            "is a lower bound.",
            **about,
            **tables["families-named"].records()[0],
        ),
        "growth": phrases.describe_growth(report.data),
    }


def find_window(tables: Tables) -> str:
    """Find the window that is shown over time, which is the first that has a number."""
    return str(tables["families-named"].records()[0]["window"])


def list_largest(tables: Tables, most: int | None = None) -> list[Row]:
    """List the most downloaded lines, with rank and shares in the window that is shown over time."""
    window = find_window(tables)
    rows = tables["families-downloads"].records()[:most]
    return [{**row, "rank": row[f"rank_{window}"], "share": row[f"share_{window}"]} for row in rows]


def _state_largest(lines: Sequence[Row], about: Row) -> Sentence:
    """State the shares of the three most downloaded lines."""
    if not lines:
        return say("No model that is known by name bears the name of a family.")
    named = [say("{line} ({country_code:place}) accounts for at least {share:percent}", **row) for row in lines[:1]]
    named += [say("{line} ({country_code:place}) {share:percent}", **row) for row in lines[1:3]]
    return say("Of the downloads of {models} {period}, {lines}.", **about, lines=clauses(named))


def _state_countries(tables: Tables, about: Row) -> Sentence:
    """State what part of their country's downloads the two largest lines of the first countries have."""
    named = []
    for code, rows in groupby(tables["families-countries"].records(), key=lambda row: row["country_code"]):
        first = list(rows)[:2]
        share = sum(row["share_of_country"] for row in first)
        lines = listing([row["line"] for row in first])
        named.append(
            say(
                "{share:percent} of the downloads that go back to {place:the} ({lines})",
                place=code,
                lines=lines,
                share=share,
            )
        )
    if not named:
        return NOTHING
    return say(
        "Whoever uploaded them, the two largest families of a country account {period} for {parts}.",
        **about,
        parts=clauses(named[:3]),
    )


def _state_article(tables: Tables, about: Row) -> Sentence:
    """State the part of the two lines that the press article names; nothing where one has no downloads."""
    code, slugs = ARTICLE
    lines = {row["slug"]: row for row in list_largest(tables) if row["slug"] in slugs and row["share"]}
    rows = tables["families-countries-history"].where(country_code=code, slug=slugs).records()
    newest = {row["slug"]: row["share_of_country"] for row in rows}
    if len(lines) < len(slugs) or not all(newest.get(slug) for slug in slugs):
        return NOTHING
    return say(
        "{lines} account for {share:percent} of the downloads of models that go back to {place:the}, and for "
        "{world:percent} of all ({period}, by maker).",
        **about,
        lines=listing([lines[slug]["line"] for slug in slugs]),
        share=sum(newest[slug] for slug in slugs),
        place=code,
        world=sum(lines[slug]["share"] for slug in slugs),
    )


def state_ranks(tables: Tables, lines: Sequence[Row]) -> Sentence:
    """State on how many of the dates the newest first line was first, and which of the first ten are new there."""
    history = tables["families-history"].records()
    days = sorted({row["as_of"] for row in history})
    about = {
        "line": lines[0]["line"],
        "led": sum(row["rank"] == 1 for row in history if row["slug"] == lines[0]["slug"]),
        "total": len(days),
        "first": days[0],
        "ranks": RANKS,
        "number": min(RANKS, len(tables["families-downloads"].frame)),
    }
    before = {row["slug"] for row in history if row["as_of"] == days[0] and row["rank"] and row["rank"] <= RANKS}
    entered = [row["line"] for row in lines if row["slug"] not in before]
    led = say("{line} was the most downloaded family on {led} of {total} dates.", **about)
    if not entered:
        return join(led, say("All of the first {number} were among them on {first:date}, too.", **about))
    new = say("Not yet among the first {ranks} on {first:date}: {lines}.", **about, lines=listing(entered))
    return join(led, new)
