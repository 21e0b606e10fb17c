"""What stands on the cards of pages: a sentence that the page states, a bar, source and licence. No pixels."""

from collections.abc import Mapping
from typing import Final

from generator.base.encode import label
from generator.base.imprint import NAME
from generator.figures.cards import Card, Part
from generator.publish.badges import name_country
from generator.publish.search import add_to_front_matter
from generator.questions import sentences
from generator.questions.claims.tables import ClaimResult, list_claims
from generator.questions.claims.words import state_now
from generator.questions.countries.tables import find_table
from generator.questions.countries.words import state_country
from generator.questions.listed import list_questions
from generator.questions.report import Report
from generator.questions.topics import list_topics, state_finding
from generator.registry import UNREVIEWED
from generator.star.shares import ShareTable
from generator.text import words
from generator.text.language import Language, capital
from generator.text.say import COMMA, NOTHING, join, known, say

# Of every page without one of its own.
GENERAL: Final = "general"
# Countries in the bar, beside the page's own.
_SHOWN: Final = 6


def build_cards(report: Report, language: Language) -> dict[str, Card]:
    """Build the cards by name: home's, one a country, claim and question, and the general one."""
    foot = language.speak(sentences.describe_source(report.data))
    told = language.speak(join(sentences.state_headline(report), sentences.state_without(report)))
    question = language.say("Which countries build the open AI models that the world downloads?")
    cards = {
        GENERAL: Card(NAME, question, foot),
        "home": Card(question, told, foot, _list_parts(report.table(report.headline), language)),
    }
    table = find_table(report)
    for country in report.countries:
        said = language.speak(state_country(country.code, report))
        kicker = f"{NAME} · {language.place(country.code)}"
        cards[name_country(country.code)] = Card(kicker, said, foot, _list_parts(table, language, country.code))
    return cards | _build_topics(report, language, foot)


def add_cards(pages: Mapping[str, str], report: Report) -> dict[str, str]:
    """Return the pages, each with the name of its card in its front matter; those without an own one have none."""
    names = {"index.md": "home"}
    names |= {f"countries/{country.code.lower()}.md": name_country(country.code) for country in report.countries}
    names |= {path: f"topic-{name}" for name, path in list_topics(report).items()}
    names |= {f"topics/claims/{slug}.md": f"claim-{slug}" for slug in _list_claims(report)}
    return {
        path: add_to_front_matter(text, {"card": names[path]}) if path in names else text
        for path, text in pages.items()
    }


def _build_topics(report: Report, language: Language, foot: str) -> dict[str, Card]:
    cards = {}
    for name in list_topics(report):
        kicker = f"{NAME} · {language.speak(list_questions()[name].title)}"
        cards[f"topic-{name}"] = Card(kicker, language.speak(state_finding(name, report)), foot)
    claims = _list_claims(report).items()
    return cards | {f"claim-{slug}": _build_claim(item, report, language, foot) for slug, item in claims}


def _list_claims(report: Report) -> Mapping[str, ClaimResult]:
    return list_claims(report.topics["claims"].by_name)


def _build_claim(item: ClaimResult, report: Report, language: Language, foot: str) -> Card:
    """Build the card of a claim: whose it is, its words as a quotation, and what the data say of it."""
    scope = report.data.scope
    states = (words.name_state(state, in_list=not scope.is_hub) for state in dict.fromkeys(item.states))
    kicker = language.say(
        "{states} · claimed by {who}", states=join(*states, between=COMMA), who=label(item.claim["claimed_by"])
    )
    now = state_now(item.tests[0], scope) if item.tests else NOTHING
    text = join(say("“{claim}”", claim=known(item.claim["words"])), sentences.name_list(now, scope))
    return Card(capital(kicker), language.speak(text), foot)


def _list_parts(table: ShareTable, language: Language, code: str = "") -> tuple[Part, ...]:
    """List the largest countries, the page's own among them, and all others as one."""
    shown = [row for row in table.places if row.code == code or (row.rank or 0) <= _SHOWN]
    said = [language.say("{place:brief} {share:percent}", place=row.code, share=row.share) for row in shown]
    parts = [Part(row.code, text, row.share) for row, text in zip(shown, said, strict=True)]
    rest = max(1 - sum(part.share for part in parts), 0.0)
    return (*parts, Part(UNREVIEWED, language.say("all others"), rest))
