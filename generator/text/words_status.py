"""Names of gates, states and steps of the nightly run in the reader's language."""

from babel.numbers import format_decimal

from generator.text.language import Language


def name_gate(gate: str, language: Language) -> str:
    """Say what a gate looks at."""
    return {
        "scope": language.gettext("what the snapshot holds"),
        "rows": language.gettext("number of models, compared with the last snapshot"),
        "survival": language.gettext("models of the last snapshot that are still there"),
        "repeats": language.gettext("rows listed more than once"),
        "quarantined": language.gettext("rows that could not be read"),
        "canaries": language.gettext("well-known models missing"),
        "total": language.gettext("change of all downloads"),
        "countries": language.gettext("largest change of a country’s share"),
        "repeated": language.gettext("counts that are those of the last snapshot"),
        "unchanged": language.gettext("downloads whose counts were not collected again"),
        "surge": language.gettext("large model that moved many times over"),
        "model": language.gettext("largest model’s part of the downloads"),
        "columns": language.gettext("column that lost most of its values"),
        "counters": language.gettext("all-time counters that fell"),
        "flow": language.gettext("counters against 30-day counts"),
        "gap": language.gettext("days since the last snapshot"),
        "age": language.gettext("age of the counts when checked"),
        "unreviewed": language.gettext("largest unreviewed publisher"),
        "ledger": language.gettext("days of the history that no count covers"),
    }.get(gate, gate)


def name_gate_state(state: str, language: Language) -> str:
    """Name what a gate decided."""
    return {
        "accept": language.gettext("accepted"),
        "warn": language.gettext("warning"),
        "hold": language.gettext("held"),
        "overruled": language.gettext("held, overruled"),
    }[state]


def name_run_state(state: str, language: Language) -> str:
    """Name what came of a run."""
    return {
        "published": language.gettext("published"),
        "held": language.gettext("held"),
        "failed": language.gettext("failed"),
        "unfinished": language.gettext("not finished"),
    }[state]


def name_decider(role: str, language: Language) -> str:
    """Name the role that decided a correction."""
    return {
        "maintainer": language.gettext("a maintainer"),
        "build": language.gettext("the build itself"),
    }[role]


def format_gate_figure(value: float | None, unit: str, language: Language) -> str:
    """Write a gate's figure or limit; a dash where there is none."""
    if value is None:
        return "–"
    if unit == "share":
        return language.percent(value, digits=2)
    if unit == "points":
        sign = "−" if value < 0 else "+" if value > 0 else ""
        return sign + language.points(value)
    if unit == "factor":
        return language.gettext("%(number)s times", number=format_decimal(value, "0.0", language.locale))
    if unit == "days":
        return language.ngettext("%(num)s day", "%(num)s days", round(value))
    return language.count(value)
