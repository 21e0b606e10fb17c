"""What the home page takes from topics: the newest week in a few sentences, and claims with their states."""

from typing import Any

from generator.publish.prose import prose
from generator.questions.claims.tables import list_claims
from generator.questions.report import Report
from generator.questions.topics import state_topic
from generator.questions.weeks.words import Changes, find_changes, list_changes
from generator.text.language import Language

# Sentences on the newest week at most.
SENTENCES = 5
# Claims that are shown; the rest stands on their page.
CLAIMS = 6


def build_home_week(report: Report, language: Language) -> dict[str, Any] | None:
    """Choose the newest week's three to five sentences; None without a week that can be compared."""
    weeks = report.topics.get("weeks")
    week = weeks.by_name["weeks-dates"].find() if weeks else None
    if weeks is None or week is None or week["previous"] is None:
        return None
    changes = find_changes(week, weeks.by_name)
    said = list_changes(week, changes, report)
    for kind in _list_dull(changes):
        if len(said) > SENTENCES:
            said.pop(kind, None)
    return {"week": week, "sentences": [prose(language.speak(text)) for text in list(said.values())[:SENTENCES]]}


def _list_dull(changes: Changes) -> list[str]:
    """List the kinds of sentences that give way: first those that say that nothing changed."""
    lists = {"leaders": changes["leader"], "models": changes["model"], "publishers": changes["publisher"]}
    return ["claims", *(kind for kind, found in lists.items() if not found), "publishers", "models"]


def build_home_claims(report: Report, language: Language) -> dict[str, Any] | None:
    """Choose the claims that are shown: the first, then those with a state; None where the registry has none."""
    claims = report.topics.get("claims")
    results = list_claims(claims.by_name) if claims else {}
    if not results:
        return None
    first, *rest = results.values()
    measured = sorted(rest, key=lambda result: not result.is_judged)  # stable: the registry's order within
    finding = next(iter(state_topic("claims", report).values()))
    return {"finding": prose(language.speak(finding)), "results": [first, *measured[: CLAIMS - 1]]}
