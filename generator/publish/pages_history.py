"""The pages of history and uncertainty: leads, sensitivity, events."""

from collections import Counter
from typing import Final

from generator.publish.pages_topics import take_values
from generator.publish.prose import Render, prose
from generator.questions import phrases, sentences
from generator.questions.events import name_anchors
from generator.questions.report import Report
from generator.questions.sensitivity.figures import group_rows
from generator.questions.sensitivity.words import name_exclusion, state_curve, state_reversals, state_swings
from generator.star.sensitivity import Sensitivity
from generator.text import words
from generator.text.language import Language
from generator.text.say import join

# Names that a list on a page gives; the rest is counted.
NAMES_SHOWN: Final = 6


def build_history_pages(report: Report, language: Language, render: Render) -> dict[str, str]:
    """Build the three pages.

    Args:
        report: what they show.
        language: in which they say it.
        render: renders a template for a path.
    """
    values = {
        "report": report,
        "say": prose,
        "growth": language.speak(phrases.describe_growth(report.data)),
    }
    history = (
        values | take_values(("crossovers", "outside", "years"), report, language) | _history_values(report, language)
    )
    return {
        "history.md": render("history.md.j2", "history.md", history),
        "sensitivity.md": render("sensitivity.md.j2", "sensitivity.md", values | _sensitivity_values(report, language)),
        "events.md": render("events.md.j2", "events.md", values | _events_values(report, language)),
    }


def _events_values(report: Report, language: Language) -> dict[str, object]:
    numbers = Counter(event.kind for event in report.events)
    return {
        "rows": tuple(zip(report.events, name_anchors(report.events), strict=True))[::-1],
        "kinds": [(language.speak(words.EVENT_KINDS[kind]), number) for kind, number in numbers.most_common()],
    }


def _history_values(report: Report, language: Language) -> dict[str, object]:
    # Leaders may be counted where all models are, and on more than one date.
    may_count = report.leads and report.data.scope.may_rank and not report.data.is_first
    return {
        "matrix": language.speak(sentences.state_matrix(report)) if may_count else "",
        "unknown": list_unknown(report, language),
    }


def list_unknown(report: Report, language: Language) -> tuple[str, ...]:
    """Say what these data cannot tell: the whole Hub, a year, counters since creation."""
    windows = {definition.window: reason for definition, reason in report.missing.items()}
    shown = {definition.window for definition in report.histories}
    found = []
    if not report.data.scope.is_hub:
        models = language.speak(words.name_models("all", report.data.scope))
        found.append(language.say("How the whole Hub's shares moved: these are {models}.", models=models))
    if "12m" in windows and "12m" not in shown:
        found.append(
            language.say(
                "Who was ahead over twelve months: the history covers {covered:count} days.",
                covered=report.data.covered_days,
            )
        )
    if "all_time" in windows and "all_time" not in shown:
        found.append(language.say("Who is ahead since the models were created: the source has no such counter."))
    gaps = sum(interval.gap_days for interval in report.data.intervals)
    if gaps:
        found.append(
            language.say(
                "What happened on {days:count} days that no count covers. Nothing is filled in for them.", days=gaps
            )
        )
    return tuple(found)


def _sensitivity_values(report: Report, language: Language) -> dict[str, object]:
    curve = report.specifications
    found = tuple(report.sensitivity.values())
    return {
        "table": report.table(report.headline),
        "lead": report.leads.get(report.headline),
        "curve": curve,
        "curve_finding": language.speak(
            join(state_curve(curve, report.data.scope), state_reversals(curve, report.data.scope))
        )
        if curve and curve.rows
        else "",
        "strips": _list_strips(report, language),
        "found": tuple((row, language.speak(state_swings(row)), _state_encoders(row, language)) for row in found),
        "names_shown": NAMES_SHOWN,
    }


def _list_strips(report: Report, language: Language) -> list[dict[str, object]]:
    """List the exclusions, each over all definitions under which it changes something; margins with their signs."""
    curve = report.specifications
    if curve is None:
        return []
    strips: list[dict[str, object]] = []
    for exclusion, rows in group_rows(curve):
        names = Counter(name for row in rows for name in row.names)
        strips.append(
            {
                "name": language.speak(name_exclusion(exclusion, curve.second)),
                "led": sum(row.margin > 0 for row in rows),
                "total": len(rows),
                "low": language.signed(rows[0].margin),
                "high": language.signed(rows[-1].margin),
                "names": sorted(names, key=lambda name: (-names[name], name)),
            }
        )
    return strips


def _state_encoders(found: Sensitivity, language: Language) -> str:
    """State what the margin would be without the old encoders; that nothing changes is said, too."""
    if not found.old_encoders:
        return language.say("No old encoder has downloads in these data.")
    before, after = found.shares.margin, found.without_old_encoders.margin
    if found.without_old_encoders.downloads == found.shares.downloads:
        return language.say("None of them is among the models counted here, so the margin does not change.")
    return language.say(
        "Without them the margin of {first:the} over {second:the} would be {after:signed} points instead of "
        "{before:signed}.",
        first=found.leader,
        second=found.second,
        after=after,
        before=before,
    )
