"""What came of a night, told to maintainers: one issue, and a summary of the run."""

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from generator.audit.checking import run_check
from generator.audit.checks import Check
from generator.audit.nights import Night, StepResult, write_night
from generator.cli.main import app
from generator.night.nightreport import (
    Outcome,
    decide_outcome,
    parse_results,
    write_closing,
    write_issue,
    write_summary,
)
from tests.hostile import PAYLOADS
from tests.loopback_issues import REPOSITORY, TOKEN, Tracker, serve_issues
from tests.small import append_all
from tests.test_checking import FIRST, REGISTRY, SECOND, THIRD, put

RUN_URL = "https://github.com/owner/name/actions/runs/7"


def make_night(date: dt.date, last: str = "push", state: str = "done", detail: str = "as it should") -> Night:
    """Make the journal of a night that ended with a step in a state."""
    names = ("pull", "fetch", "check", "append", "build", "verify", "push")
    ended = names[: names.index(last)]
    steps = (*(StepResult(name, "done", 60.0, "well", 30.0) for name in ended), StepResult(last, state, 1.5, detail))
    started = dt.datetime.combine(date, dt.time(3, 17), dt.UTC)
    finished = started + dt.timedelta(hours=1) if (last, state) == ("push", "done") else None
    return Night(date, started, finished, steps)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store whose second night fell to a hundredth, and is held."""
    put(tmp_path, FIRST, 3000)
    append_all(tmp_path, REGISTRY)
    put(tmp_path, SECOND, 30)
    run_check(tmp_path, SECOND, SECOND, REGISTRY)
    write_night(tmp_path, make_night(SECOND, "check", "held", "HELD by total"))
    return tmp_path


@pytest.fixture
def held(store: Path) -> Outcome:
    """The outcome of that night."""
    return decide_outcome(make_night(SECOND, "check", "held"), check_of(store), {})


def check_of(store: Path) -> Check:
    """Check the second night."""
    return run_check(store, SECOND, SECOND, REGISTRY)


@pytest.mark.parametrize(
    ("night", "results", "state"),
    [
        (make_night(FIRST), "", "good"),
        (make_night(FIRST, "fetch", "failed"), "", "failed"),
        (make_night(FIRST, "check", "held"), "night=failure", "held"),
        (make_night(FIRST, "verify"), "", "unfinished"),
        (make_night(FIRST, "verify"), "night=success publish=success deploy=success", "good"),
        (make_night(FIRST), "night=success publish=skipped deploy=skipped", "good"),
        (make_night(FIRST), "night=success publish=failure deploy=skipped", "failed"),
        (make_night(FIRST), "night=cancelled", "failed"),
        (None, "night=failure publish=skipped", "failed"),
        (None, "", "failed"),
    ],
)
def test_journal_and_workflow_together_decide(night: Night | None, results: str, state: str) -> None:
    """A push that failed in a job of its own is no good night, whatever the journal says."""
    assert state == decide_outcome(night, None, parse_results(results)).state


def test_results_without_a_value_did_not_run() -> None:
    """A step that was skipped leaves its place empty."""
    assert {"night": "success"} == parse_results(" night=success  live= ")


def test_the_issue_of_a_held_night_says_what_holds_and_what_to_do(held: Outcome) -> None:
    """Title, gates with figure and limit, and how to pass them."""
    text = write_issue(held, RUN_URL)
    assert "The night of 2026-11-19 is held by total" == text.title
    assert "| total | HELD | -99.00% | -20.00% |" in text.body
    assert "leave it out" in text.body
    digits = held.check.snapshot_sha256[:16] if held.check else ""
    assert (
        f"with the date 2026-11-19, `snapshot` set to `{digits}`, `accept` set to `total` and the reason" in text.body
    )
    assert f"[The run with its log]({RUN_URL})" in text.body


def test_the_issue_of_a_failed_run_names_the_step() -> None:
    """With its message; a run without a journal says so."""
    night = make_night(FIRST, "fetch", "failed", "page 7 was asked for 6 times")
    text = write_issue(decide_outcome(night, None, {}), "")
    assert "The nightly run of 2026-11-18 failed at the step fetch" == text.title
    assert "**fetch**: page 7 was asked for 6 times" in text.body
    lost = write_issue(decide_outcome(None, None, {"night": "failure"}), RUN_URL)
    assert "The nightly run failed in night" == lost.title
    assert "left no journal" in lost.body


def test_the_summary_has_headline_coverage_gates_timings_and_links(held: Outcome) -> None:
    """In this order."""
    site = {"headline": "China made 17.1% of it.", "definition": "12 months", "data": "Data of 19 Nov 2026."}
    site |= {"reviewed": "97.3%", "build_id": "abc123"}
    text = write_summary(held, site, "https://example.org/", RUN_URL)
    parts = ["# Night of 2026-11-19: held", "17&#46;1&#37;", "Reviewed: 97.3%", "## Gates", "## Timings", "## Links"]
    places = [text.index(part) for part in parts]
    assert sorted(places) == places
    assert "| fetch | done | 60.0 | 30.0 |\n" in text
    assert "| all | | 121.5 | 60.0 |" in text
    assert "- [Status](https://example.org/status.html)\n" in text
    assert "- Build `abc123`" in text


@pytest.mark.parametrize("word", PAYLOADS)
def test_strings_of_others_are_inert(word: str) -> None:
    """In the detail of a step and in the names of jobs: no mention, no tag, no row of their own."""
    night = make_night(FIRST, "fetch", "failed", word)
    outcome = decide_outcome(night, None, {word.replace("=", ""): "failure"})
    text = write_issue(outcome, RUN_URL)
    site = dict.fromkeys(("headline", "definition", "data", "build_id"), word) | {"reviewed": "50.0%"}
    summary = write_summary(outcome, site, "https://example.org/", RUN_URL)
    for said in (text.title, text.body, summary):
        assert not any(sign in said for sign in ("<script", "<img", "@evil", "](javascript", "onerror=", "\x1b"))
    own = [line for line in summary.splitlines() if line.startswith("|")]
    assert 2 + len(night.steps) + 1 == len(own)


def call(tracker: Tracker, store: Path, *more: str) -> tuple[int, str]:
    """Run `oms issue` as a workflow does."""
    environment = {
        "GITHUB_API_URL": tracker.url,
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_RUN_ID": "7",
    }
    result = CliRunner().invoke(app, ["issue", "--store", str(store), *more], env=environment)
    return result.exit_code, result.output


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    """An empty repository."""
    with serve_issues() as found:
        yield found


def test_one_issue_through_held_and_good_nights(tracker: Tracker, store: Path) -> None:
    """Held: opened. Held again: unchanged. Another night held: updated. A good one: closed. Good again: nothing."""
    said = [call(tracker, store)[1].split(":")[0] for _ in range(2)]
    put(store, THIRD, 29)
    run_check(store, THIRD, THIRD, REGISTRY)
    write_night(store, make_night(THIRD, "check", "held"))
    said.append(call(tracker, store)[1].split(":")[0])
    assert "The night of 2026-11-20 is held by total" == tracker.issues[1]["title"]
    put(store, THIRD, 3060)
    run_check(store, THIRD, THIRD, REGISTRY)
    write_night(store, make_night(THIRD))
    said += [call(tracker, store)[1].split(":")[0] for _ in range(2)]
    assert ["issue opened", "issue unchanged", "issue updated", "issue closed"] == said[:4]
    assert "no issue is open, and none is needed\n" == said[4]
    assert (1, "closed") == (len(tracker.issues), tracker.issues[1]["state"])
    assert RUN_URL in tracker.issues[1]["body"]


def test_a_push_that_failed_keeps_the_issue_open(tracker: Tracker, store: Path) -> None:
    """The journal in the artifact is good; the workflow knows better."""
    write_night(store, make_night(THIRD, "verify"))
    code, said = call(tracker, store, "--results", "night=success publish=failure deploy=skipped")
    assert (0, "issue opened") == (code, said.split(":")[0])
    assert "failed in publish" in tracker.issues[1]["title"]


def test_a_store_that_is_not_there_is_a_failure(tracker: Tracker, tmp_path: Path) -> None:
    """The night stopped before its first step."""
    assert 0 == call(tracker, tmp_path / "none", "--results", "night=failure")[0]
    assert "left no journal" in tracker.issues[1]["body"]


def test_the_text_can_be_looked_at_alone(store: Path, tmp_path: Path) -> None:
    """Without a repository."""
    file = tmp_path / "issue.md"
    result = CliRunner().invoke(app, ["issue", "--store", str(store), "--file", str(file)])
    assert 0 == result.exit_code
    assert file.read_text(encoding="utf-8").startswith("# The night of 2026-11-19 is held by total\n")


def test_without_a_repository_it_says_what_is_missing(store: Path) -> None:
    """By the names of the variables."""
    result = CliRunner().invoke(
        app, ["issue", "--store", str(store)], env={"GITHUB_TOKEN": "", "GITHUB_REPOSITORY": ""}
    )
    assert "GITHUB_TOKEN and GITHUB_REPOSITORY are needed" in str(result.exception)


def test_the_summary_is_added_to_the_runs_file(store: Path, tmp_path: Path) -> None:
    """What another step wrote stays; a site that is not there is said."""
    file = tmp_path / "summary.md"
    file.write_text("before\n", encoding="utf-8")
    command = ["summary", "--store", str(store), "--site", str(tmp_path / "site")]
    result = CliRunner().invoke(app, command, env={"GITHUB_STEP_SUMMARY": str(file)})
    assert 0 == result.exit_code
    text = file.read_text(encoding="utf-8")
    assert text.startswith("before\n# Night of 2026-11-19: held\n")
    assert "No site was built." in text


def test_the_summary_reads_the_finished_site(store: Path, tmp_path: Path) -> None:
    """Headline, definition and coverage from its own report."""
    site = tmp_path / "site"
    (site / "data").mkdir(parents=True)
    report = {
        "about": {"data": "Data of 18 Nov 2026."},
        "sentences": {"headline": "Somebody leads.", "definition": "30 days"},
        "report": {"coverage": [{"reviewed": 0.5}, {"reviewed": 0.75}]},
    }
    (site / "data" / "report.json").write_text(json.dumps(report), encoding="utf-8")
    (site / "data" / "build.json").write_text('{"build_id": "' + "a" * 64 + '"}', encoding="utf-8")
    result = CliRunner().invoke(app, ["summary", "--store", str(store), "--site", str(site)])
    assert 0 == result.exit_code
    assert "Somebody leads&#46;" in result.output
    assert "Reviewed: 75.0%" in result.output
    assert f"- Build `{'a' * 64}`" in result.output


def test_the_closing_comment_names_the_night() -> None:
    """And the run."""
    assert f"The night of 2026-11-18 is good and published.\n\n[The run with its log]({RUN_URL})" == write_closing(
        decide_outcome(make_night(FIRST), None, {}), RUN_URL
    )
