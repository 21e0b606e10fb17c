"""The status as files: JSON for programs, and a small picture with the data's date for other pages. Pure."""

import datetime as dt
from typing import Final

from generator.audit.operations import Operations, list_gaps
from generator.base.encode import line
from generator.base.imprint import NAME
from generator.base.records import render_json, to_plain
from generator.publish.badges import draw_badge
from generator.questions.report import Report
from generator.text.language import Language

# Colour of the right half by state: white text on each has a contrast of 5 to 1 at least.
COLOURS: Final = {"ok": "#2c6e49", "warn": "#8a5600", "held": "#b3261e", "failed": "#b3261e", "none": "#575c63"}


def render_status_files(report: Report, operations: Operations, language: Language) -> dict[str, str]:
    """Render the status files, by path below the site's root."""
    return {
        "data/status.json": render_status(report, operations),
        "data/badge.svg": render_badge(report, operations, language),
    }


def render_status(report: Report, operations: Operations) -> str:
    """Render the status as JSON: state, data, gates, runs, gaps, corrections, versions and hashes."""
    data = report.data
    check = operations.check
    content = {
        "name": NAME,
        "state": operations.state,
        "data": {
            "as_of": data.as_of,
            "kind": data.scope.kind,
            "name": data.scope.name,
            "source": data.source,
            "models": data.models,
            "first": data.first,
            "days": data.days,
            "covered_days": data.covered_days,
            "next_update": data.next_update,
            "late_after": _make_moment(data.as_of, hours=36) if data.next_update else None,
            "out_of_date_after": _make_moment(data.as_of, hours=72) if data.next_update else None,
        },
        "check": {"state": check.state, **to_plain(check, line)} if check else None,
        "held": operations.held,
        "runs": operations.runs,
        "gaps": [
            {"after": gap.start, "until": gap.end, "days": gap.days, "not_covered": gap.gap_days}
            for gap in list_gaps(data)
        ],
        "repeated": data.repeated,
        "corrections": operations.corrections,
        "versions": operations.versions,
        "snapshot_sha256": operations.snapshot_sha256 or None,
    }
    return render_json(to_plain(content, line))


def render_badge(report: Report, operations: Operations, language: Language) -> str:
    """Render the badge: the site's name, the data's date, and the state in words and colour."""
    kind, state = _describe_badge(report, operations, language)
    told = f"{language.date(report.data.as_of)} · {state}"
    return draw_badge(told, COLOURS[kind], f"{NAME}: {told}")


def _describe_badge(report: Report, operations: Operations, language: Language) -> tuple[str, str]:
    """Return the kind of colour and the words of the state."""
    if operations.state == "held":
        return "held", language.say("a later night is held")
    if operations.state == "failed":
        return "failed", language.say("the last run failed")
    if report.data.scope.is_example:
        return "none", language.say("bundled")
    if operations.check is None:
        return "none", language.say("not checked")
    if operations.warnings:
        return "warn", language.say("accepted with warnings")
    return "ok", language.say("accepted")


def _make_moment(date: dt.date, hours: int) -> str:
    """Return the moment so many hours after a date begins, in UTC."""
    return f"{dt.datetime.combine(date, dt.time()) + dt.timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}"
