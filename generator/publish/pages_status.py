"""The pages of status and corrections, from the records of operations."""

from typing import Final

from generator.audit.checks import Check
from generator.audit.gates import HOLD, STATES, Gate
from generator.audit.operations import Operations, Run, list_gaps
from generator.base.settings import MIN_TRANSLATED
from generator.publish.prose import Render, prose
from generator.questions.report import Report
from generator.questions.surges import describe_surges
from generator.star.table import Row
from generator.text import words_status
from generator.text.language import Language
from generator.text.say import say
from generator.text.voices import find_voice
from generator.text.words_status import format_gate_figure, name_gate

# Messages of a language that are listed, of those that it lacks.
UNTRANSLATED: Final = 20
# What the registry keeps in English, by table and column, and the file of the data that holds it.
KEPT: Final = {
    ("publishers.csv", "basis"): (say("Evidence for a publisher's country"), "registry.csv"),
    ("publishers.csv", "note"): (say("Notes on publishers"), "registry.csv"),
    ("openness.csv", "note"): (say("Notes on the openness of families"), "openness.csv"),
    ("families.csv", "note"): (say("Notes on families"), "families.csv"),
}


def build_status_pages(report: Report, operations: Operations, language: Language, render: Render) -> dict[str, str]:
    """Build the pages of status and corrections."""
    values = {
        "report": report,
        "operations": operations,
        "say": prose,
        "decider": lambda role: prose(language.speak(words_status.DECIDERS[role])),
    }
    return {
        "status.md": render("status.md.j2", "status.md", values | _status_values(report, operations, language)),
        "corrections.md": render("corrections.md.j2", "corrections.md", values),
    }


def _list_gates(check: Check | None, language: Language) -> list[Row]:
    """Return a check's gates as rows, the gravest first, else in their order; their kind is their state, or overruled.

    All texts are in the reader's language but what the gate found, and what to do.
    """
    if check is None:
        return []
    reasons = {override.gate: override.reason for override in check.overrides}
    ordered = sorted(check.gates, key=lambda gate: -STATES.index(gate.state))
    return [_describe_gate(gate, reasons.get(gate.name, ""), language) for gate in ordered]


def _describe_gate(gate: Gate, reason: str, language: Language) -> Row:
    kind = "overruled" if gate.state == HOLD and reason else gate.state
    return {
        "gate": gate,
        "name": language.speak(name_gate(gate.name)),
        "state": language.speak(words_status.GATE_STATES[kind]),
        "kind": kind,
        "figure": language.speak(format_gate_figure(gate.figure, gate.unit)),
        "limit": language.speak(format_gate_figure(gate.limit, gate.unit)) if gate.figure is not None else "–",
        "reason": reason,
    }


def _status_values(report: Report, operations: Operations, language: Language) -> dict[str, object]:
    return {
        "gates": _list_gates(operations.check, language),
        "held_gates": [row for row in _list_gates(operations.held, language) if row["kind"] == HOLD],
        "runs": [_describe_run(run, language) for run in operations.runs],
        "gaps": list_gaps(report.data),
        "languages": [
            (find_voice(state.code).name, state, state.share >= MIN_TRANSLATED) for state in operations.languages
        ],
        "listed": UNTRANSLATED,
        "kept": {place: (language.speak(said), file) for place, (said, file) in KEPT.items()},
        "newest": operations.corrections[:5],
        "surges": language.speak(describe_surges(report)),
    }


def _describe_run(run: Run, language: Language) -> Row:
    return {
        "run": run,
        "state": language.speak(words_status.RUN_STATES[run.state]),
        "began": f"{run.started_at:%H:%M}",
        "minutes": _format_minutes(run.seconds, language),
        "waiting_minutes": _format_minutes(run.waiting_seconds, language),
    }


def _format_minutes(seconds: float, language: Language) -> str:
    return language.count(seconds / 60) if seconds >= 60 or not seconds else language.say("under 1")
