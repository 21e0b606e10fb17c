"""What came of a night, told to maintainers: the text of the one issue, and the summary of a run. Pure.

Strings from outside pass `issue_words`: they make no link, no mention and no table cell of their own.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from generator.audit.checks import Check
from generator.audit.checks_text import describe_check, issue_words, list_actions, render_gates
from generator.audit.nights import FAILED, HELD, Night, StepResult
from generator.base.settings import HELD_DAYS
from generator.night.issues import IssueText

GOOD: Final = "good"
UNFINISHED: Final = "unfinished"
# What GitHub says of a job or step that did not do its work; `skipped` is one that had none.
BAD_RESULTS: Final = frozenset({"failure", "cancelled"})
# What a finished site says of itself: headline, definition, data, share of the downloads reviewed, id of its build.
Site: TypeAlias = Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    """What came of a run.

    Attributes:
        state: `good`, `held`, `failed`, or `unfinished` where steps are still to come.
        date: the UTC date of its counts; None where it left no journal.
        night: its journal, if there is one.
        check: what the gates say of its snapshot, if they were asked.
        failures: jobs or steps of the workflow that failed, by name.
    """

    state: str
    date: dt.date | None
    night: Night | None
    check: Check | None
    failures: tuple[str, ...] = ()

    @property
    def stopped(self) -> StepResult | None:
        """Return the step that stopped the night."""
        steps = self.night.steps if self.night else ()
        return next((step for step in steps if step.state in {HELD, FAILED}), None)


def decide_outcome(night: Night | None, check: Check | None, results: Mapping[str, str]) -> Outcome:
    """Decide what came of a run.

    Args:
        night: the journal of the night; None where the run left none.
        check: what the gates say of its snapshot; None where they were not asked.
        results: what the workflow says of its jobs and steps, by name; empty outside of a workflow.
    """
    failures = tuple(name for name, result in results.items() if result in BAD_RESULTS)
    date = night.date if night else None
    states = {step.state for step in night.steps} if night else set()
    if HELD in states or (check and check.holds):
        state = HELD
    elif failures or FAILED in states or (night is None and not results):
        state = FAILED
    else:
        state = GOOD if results or (night and night.is_done) else UNFINISHED
    return Outcome(state, date, night, check, failures)


def parse_results(text: str) -> dict[str, str]:
    """Parse `night=success publish=failure`; a name without a result did not run."""
    pairs = (word.partition("=") for word in text.split())
    return {name: result for name, _, result in pairs if result}


def write_issue(outcome: Outcome, run_url: str) -> IssueText:
    """Write the issue about a night that is held or failed."""
    of = f" of {outcome.date}" if outcome.date else ""
    if outcome.state == HELD:
        title = f"The night{of} is held by {_name_gates(outcome)}"
        first = "A check holds the new counts. The last good site and the history stay as they are until it is decided."
    else:
        title = f"The nightly run{of} failed{_name_place(outcome)}"
        first = "The nightly run did not finish. The last good site and the history stay as they are."
    parts = [first, _link_run(run_url), _describe_stop(outcome), _describe_gates(outcome), _say_what_to_do(outcome)]
    parts.append("A later good night closes this issue; until then each night that is held or fails updates it.")
    body = "\n\n".join(part for part in parts if part)
    return IssueText(title, body, "\n\n".join(part for part in (f"{title}.", _link_run(run_url)) if part))


def write_closing(outcome: Outcome, run_url: str) -> str:
    """Write the comment that closes the issue."""
    of = f" of {outcome.date}" if outcome.date else ""
    return "\n\n".join(part for part in (f"The night{of} is good and published.", _link_run(run_url)) if part)


def write_summary(outcome: Outcome, site: Site | None, site_url: str, run_url: str) -> str:
    """Write the summary of a run: headline, coverage, gates, timings, links."""
    title = {GOOD: "published", HELD: "held", FAILED: "failed"}.get(outcome.state, "not finished yet")
    of = f" of {outcome.date}" if outcome.date else ""
    parts = [f"# Night{of}: {title}", _describe_stop(outcome), _describe_site(site)]
    parts += [_describe_gates(outcome), _describe_steps(outcome.night), _list_links(site, site_url, run_url)]
    return "\n\n".join(part for part in parts if part) + "\n"


def read_site(report: Mapping[str, Any], build_id: str) -> Site:
    """Return what a finished site says of itself, from its `report.json` and its build's id.

    Raises:
        KeyError: it is of another shape.
        TypeError: the same.
    """
    sentences = report["sentences"]
    coverage = report["report"]["coverage"][-1]
    about = report["about"]
    told = {"headline": sentences["headline"], "definition": sentences["definition"], "data": about["data"]}
    return told | {"reviewed": f"{float(coverage['reviewed']):.1%}", "build_id": build_id}


def _name_gates(outcome: Outcome) -> str:
    held = outcome.check.held if outcome.check else ()
    return ", ".join(gate.name for gate in held) or "a gate"


def _name_place(outcome: Outcome) -> str:
    if outcome.stopped:
        return f" at the step {outcome.stopped.name}"
    return f" in {', '.join(issue_words(name) for name in outcome.failures)}" if outcome.failures else ""


def _describe_stop(outcome: Outcome) -> str:
    stopped = outcome.stopped
    lines = [f"**{stopped.name}**: {issue_words(stopped.detail)}"] if stopped and stopped.state == FAILED else []
    lines += [f"Failed in the workflow: {issue_words(', '.join(outcome.failures))}."] if outcome.failures else []
    if outcome.state == FAILED and outcome.night is None:
        lines.append("The run left no journal: it stopped before its first step. Its log says why.")
    return "\n\n".join(lines)


def _describe_gates(outcome: Outcome) -> str:
    check = outcome.check
    return f"## Gates\n\n{issue_words(describe_check(check))}\n\n{render_gates(check)}" if check else ""


def _say_what_to_do(outcome: Outcome) -> str:
    if outcome.state != HELD:
        again = "Run the workflow *Nightly* again: it goes on where it stood. What is complete stays."
        return f"## What to do\n\n{again}"
    check = outcome.check
    held = [] if check is None else [(gate, text) for gate, text in list_actions(check) if gate in check.held]
    lines = [f"- **{gate.name}**: {issue_words(text)}" for gate, text in held]
    names = " ".join(gate.name for gate, _ in held) or "GATE"
    kept = f"`snapshot` set to `{check.snapshot_sha256[:16]}`, " if check else ""
    lines.append(
        f"- To pass what is true: run the workflow *Nightly* with the date {outcome.date}, {kept}`accept` set to "
        f"`{names}` and the reason, on any day of the next {HELD_DAYS}: the bytes that were looked at are kept. The "
        "reason stands in the public log of corrections."
    )
    return "## What to do\n\n" + "\n".join(lines)


def _describe_site(site: Site | None) -> str:
    if site is None:
        return "No site was built."
    return (
        f"{issue_words(site['headline'])}\n\n{issue_words(site['definition'])}. {issue_words(site['data'])}\n\n"
        f"Reviewed: {site['reviewed']} of the downloads of thirty days."
    )


def _describe_steps(night: Night | None) -> str:
    if night is None or not night.steps:
        return ""
    lines = [
        f"| {step.name} | {step.state} | {step.seconds:,.1f} | {step.waiting_seconds:,.1f} |" for step in night.steps
    ]
    total = sum(step.seconds for step in night.steps)
    waiting = sum(step.waiting_seconds for step in night.steps)
    lines.append(f"| all | | {total:,.1f} | {waiting:,.1f} |")
    head = "| Step | Outcome | Seconds | Waiting for the Hub |\n| --- | --- | ---: | ---: |"
    return f"## Timings\n\n{head}\n" + "\n".join(lines)


def _list_links(site: Site | None, site_url: str, run_url: str) -> str:
    lines = []
    if site_url:
        pages = {"Site": "", "Status": "status.html", "Corrections": "corrections.html", "Data": "data.html"}
        base = site_url.rstrip("/") + "/"
        lines += [f"- [{name}]({_encode_url(base + path)})" for name, path in pages.items()]
    lines += [f"- [Run]({_encode_url(run_url)})"] if run_url else []
    lines += [f"- Build `{site['build_id']}`"] if site and site["build_id"].isalnum() else []
    return "## Links\n\n" + "\n".join(lines) if lines else ""


def _link_run(run_url: str) -> str:
    return f"[The run with its log]({_encode_url(run_url)})" if run_url else ""


def _encode_url(url: str) -> str:
    """Return an address without signs that end a link of Markdown."""
    return "".join(char if char.isalnum() or char in "-._~:/?#%&=+" else "" for char in url if char.isascii())
