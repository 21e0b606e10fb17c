"""Names of gates, states and steps of the nightly run as data, spoken where they stand."""

from typing import Final

from generator.text.say import Sentence, say, say_plural, write


def name_gate(gate: str) -> Sentence:
    """Say what a gate looks at; one without words goes by its name."""
    return GATES.get(gate) or say("{name}", name=gate)


# What each gate looks at.
GATES: Final = {
    "scope": say("what the snapshot holds"),
    "rows": say("number of models, compared with the last snapshot"),
    "survival": say("models of the last snapshot that are still there"),
    "repeats": say("rows listed more than once"),
    "quarantined": say("rows that could not be read"),
    "canaries": say("well-known models missing"),
    "total": say("change of all downloads"),
    "countries": say("largest change of a country’s share"),
    "repeated": say("counts that are those of the last snapshot"),
    "unchanged": say("downloads whose counts were not collected again"),
    "surge": say("large model that moved many times over"),
    "model": say("largest model’s part of the downloads"),
    "columns": say("column that lost most of its values"),
    "counters": say("all-time counters that fell"),
    "flow": say("counters against 30-day counts"),
    "gap": say("days since the last snapshot"),
    "age": say("age of the counts when checked"),
    "unreviewed": say("largest unreviewed publisher"),
    "ledger": say("days of the history that no count covers"),
}
# What a gate decided.
GATE_STATES: Final = {
    "accept": say("accepted"),
    "warn": say("warning"),
    "hold": say("held back"),
    "overruled": say("held back, overruled"),
}
# What came of a run.
RUN_STATES: Final = {
    "published": say("published"),
    "held": say("held back"),
    "failed": say("failed"),
    "unfinished": say("not finished"),
}
# Roles that decide a correction.
DECIDERS: Final = {
    "maintainer": say("a maintainer"),
    "build": say("the build itself"),
}


def format_gate_figure(value: float | None, unit: str) -> Sentence:
    """Write a gate's figure or limit; a dash where there is none."""
    if value is None:
        return say("–")
    if unit == "share":
        return write(value, "percent2")
    if unit == "points":
        sign = "−" if value < 0 else "+" if value > 0 else ""
        return say("{sign}{points:points}", sign=sign, points=value)
    if unit == "factor":
        return say("{number:0.0} times", number=value)
    if unit == "days":
        return say_plural("{num} day", "{num} days", round(value))
    return write(value, "count")
