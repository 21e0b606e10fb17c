"""A check as text for maintainers: lines for a terminal, Markdown for an issue and for a run's summary.

Pages say the same in the reader's language, from the same records.
"""

from collections.abc import Iterable
from typing import Final

from generator.audit.checks import Check
from generator.audit.gates import HOLD, STATES, Gate
from generator.base.encode import issue, line

MARKS: Final = {"accept": "accepted", "warn": "warning", "hold": "HELD"}


def format_figure(value: float | None, unit: str) -> str:
    """Write a gate's figure or limit with its unit; nothing where there is none."""
    if value is None:
        return ""
    if unit == "share":
        return f"{value:.2%}"
    if unit == "points":
        return f"{value * 100:+.2f} points"
    if unit == "factor":
        return f"{value:.2f} times"
    return f"{value:,.0f} days" if unit == "days" else f"{value:,.0f}"


def name_state(check: Check, gate: Gate) -> str:
    """Name a gate's state, and say where a maintainer overruled it."""
    overruled = gate.state == HOLD and gate not in check.held
    return "overruled" if overruled else MARKS[gate.state]


def describe_check(check: Check) -> str:
    """Say in one sentence what came of a check."""
    against = f"compared with that of {check.previous}" if check.previous else "the first one"
    head = f"Snapshot of {check.date} ({check.rows:,} models, {against}): "
    warnings = sum(gate.state == STATES[1] for gate in check.gates)
    if check.holds:
        return head + f"HELD by {', '.join(gate.name for gate in check.held)}; nothing is appended or published."
    overruled = f", {len(check.overrides)} overruled" if check.overrides else ""
    return head + f"accepted, {warnings} warnings{overruled}."


def list_actions(check: Check) -> Iterable[tuple[Gate, str]]:
    """List what to do, the gates that hold first."""
    for gate in sorted(check.gates, key=lambda gate: -STATES.index(gate.state)):
        if gate.action:
            yield gate, gate.action


def render_lines(check: Check) -> list[str]:
    """Render a check for a terminal: the outcome, what to do about each gate, then all gates."""
    lines = [describe_check(check)]
    for gate in check.gates:
        figures = [format_figure(value, gate.unit) for value in (gate.figure, gate.limit)]
        measured = f" {figures[0]} (limit {figures[1]})" if all(figures) else ""
        lines.append(f"  {name_state(check, gate):9} {gate.name:11}{measured} {line(gate.found)}")
        if gate.action:
            lines.append(f"{'':24}→ {line(gate.action)}")
    return lines


def render_gates(check: Check) -> str:
    """Render all gates as a Markdown table; strings of the Hub are inert in it."""
    lines = ["| Gate | State | Figure | Limit | Found |", "| --- | --- | ---: | ---: | --- |"]
    for gate in check.gates:
        figures = [format_figure(value, gate.unit) for value in (gate.figure, gate.limit)]
        cells = [gate.name, name_state(check, gate), *figures, issue_words(gate.found)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def issue_words(text: str) -> str:
    """Encode a sentence of any length for an issue or a summary on GitHub."""
    return " ".join(issue(word) for word in text.split())
