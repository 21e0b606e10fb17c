"""The pages of status and corrections, status.json and the badge: what they say is what the store holds."""

import datetime as dt
import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from generator.audit.checking import run_check
from generator.audit.corrections import add_corrections
from generator.audit.nights import write_night
from generator.audit.operations import NOTHING_KNOWN, Operations, compute_runs, sort_corrections
from generator.audit.operations_read import read_operations
from generator.ledger.store import load_ledger
from generator.publish.datafiles import render_data_files
from generator.publish.pages import build_pages
from generator.publish.statusfiles import COLOURS, render_badge, render_status
from generator.questions.compute import compute_report
from generator.questions.report import Report
from generator.registry import Correction
from generator.text.language import Language
from tests.hostile import PAYLOADS
from tests.small import append_all, make_usual_report
from tests.test_checking import FIRST, REGISTRY, SECOND, THIRD, put
from tests.test_nightreport import make_night
from tests.test_stale import contrast, luminance

pytestmark = pytest.mark.slow

ENGLISH = Language("en")
ENTRY = Correction(SECOND, "the gate total was overruled", "a purge", "held: much", "accepted", "maintainer")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with two nights, the second with a check and a journal."""
    put(tmp_path, FIRST, 3000)
    append_all(tmp_path, REGISTRY)
    put(tmp_path, SECOND, 3030)
    run_check(tmp_path, SECOND, SECOND, REGISTRY)
    write_night(tmp_path, make_night(FIRST))
    write_night(tmp_path, make_night(SECOND, "build"))
    append_all(tmp_path, REGISTRY)
    return tmp_path


def report_of(store: Path) -> Report:
    """Compute the report of a store, on the third day."""
    return compute_report(load_ledger(store).entries, REGISTRY, THIRD)


def read(store: Path) -> tuple[Report, Operations]:
    """Compute the report of a store, and read how it is run."""
    report = report_of(store)
    return report, read_operations(store, report, REGISTRY)


def page(report: Report, operations: Operations, name: str = "status.md") -> str:
    """Return a page's text without tags and entities for punctuation."""
    text = build_pages(report, ENGLISH, REGISTRY, set(), operations)[name]
    plain = re.sub(r"&#(\d+);", lambda match: chr(int(match[1])), re.sub(r"<[^>]*>", " ", text))
    return " ".join(plain.split())


def test_a_good_night(store: Path) -> None:
    """The lead counts the checks; the newest run stands first, and only with what was done before the pages."""
    report, operations = read(store)
    said = page(report, operations)
    assert "ok" == operations.state
    assert "This site shows the data of 19 Nov 2026. They passed 19 checks, 0 of them with a warning." in said
    assert [SECOND, FIRST] == [run.date for run in operations.runs]
    assert ["pull", "fetch", "check", "append"] == [step.name for step in operations.runs[0].steps]
    assert (240.0, 120.0) == (operations.runs[0].seconds, operations.runs[0].waiting_seconds)
    assert "19 Nov 2026 published 03:17 4 2 well" in said
    assert "The next data, of 20 Nov 2026, are due within that day." in said


def test_later_steps_do_not_change_the_pages(store: Path) -> None:
    """Verified and pushed, the same store makes the same pages: a rerun has nothing to publish."""
    report, before = read(store)
    write_night(store, make_night(SECOND))
    assert build_pages(report, ENGLISH, REGISTRY, set(), before) == build_pages(
        report, ENGLISH, REGISTRY, set(), read_operations(store, report, REGISTRY)
    )


def test_a_held_night_is_told_with_what_holds_it(store: Path) -> None:
    """The data are those of the last good night; the gates of the held one stand first."""
    put(store, THIRD, 30)
    run_check(store, THIRD, THIRD, REGISTRY)
    write_night(store, make_night(THIRD, "check", "held", "HELD by total"))
    report, operations = read(store)
    said = page(report, operations)
    assert ("held", THIRD, SECOND) == (operations.state, operations.held and operations.held.date, report.data.as_of)
    assert "The night of 20 Nov 2026 is held: its counts did not pass the checks" in said
    assert "What holds the night of 20 Nov 2026" in said
    assert (
        "held back change of all downloads 30-day downloads of all models: 6,000, 606,000 before. −99.01% −20.00%"
        in said
    )
    assert "20 Nov 2026 held back 03:17" in said


def test_a_failed_run_is_told(store: Path) -> None:
    """With the step's own words."""
    write_night(store, make_night(THIRD, "fetch", "failed", "page 7 did not come"))
    report, operations = read(store)
    said = page(report, operations)
    assert "failed" == operations.state
    assert "The run of 20 Nov 2026 failed. This site shows the data of 19 Nov 2026." in said
    assert "page 7 did not come" in said


def test_an_overruled_gate_stands_with_its_reason(store: Path) -> None:
    """On the status page, in the log, and in the data file."""
    put(store, THIRD, 30)
    run_check(store, THIRD, THIRD, REGISTRY, [("total", "the Hub counts anew")])
    append_all(store, REGISTRY)
    report, operations = read(store)
    said = page(report, operations)
    assert "held back, overruled change of all downloads" in said
    assert "Overruled by a maintainer: the Hub counts anew" in said
    assert "the Hub counts anew a maintainer" in page(report, operations, "corrections.md")
    files = render_data_files(report, ENGLISH, REGISTRY, operations)
    assert (
        "2026-11-20,the gate total was overruled for the snapshot of 2026-11-20,the Hub counts anew,"
        in (files["data/corrections.csv"])
    )


def test_a_snapshot_that_was_never_checked_is_checked_by_the_build(tmp_path: Path) -> None:
    """An imported store has gates too; nothing is written for it."""
    put(tmp_path, FIRST, 3000)
    put(tmp_path, SECOND, 3030)
    append_all(tmp_path, REGISTRY)
    _, operations = read(tmp_path)
    assert operations.check
    assert (SECOND, FIRST, THIRD) == (operations.check.date, operations.check.previous, operations.check.checked_on)
    assert not (tmp_path / "checks").exists()


def test_without_any_record_the_pages_say_so() -> None:
    """They claim neither runs nor checks nor corrections."""
    report, _ = make_usual_report()
    said = page(report, NOTHING_KNOWN)
    for words in ("No check of their snapshot is at hand", "No nightly run has made these data", "Not recorded."):
        assert words in said
    assert "None yet." in page(report, NOTHING_KNOWN, "corrections.md")


def test_gaps_are_listed(tmp_path: Path) -> None:
    """Forty days of which thirty are covered."""
    put(tmp_path, FIRST, 3000)
    put(tmp_path, FIRST + dt.timedelta(days=40), 3030)
    append_all(tmp_path, REGISTRY)
    report, operations = read(tmp_path)
    assert "covers 60 of 70 days. Nothing is filled in for the others." in page(report, operations)
    assert "18 Nov 2026 and 28 Dec 2026 40 10" in page(report, operations)


def test_the_log_is_that_of_registry_and_store(store: Path) -> None:
    """The newest first, what stands in both once."""
    older = replace(ENTRY, date=FIRST, what="a wrong seat", decided_by="maintainer")
    add_corrections(store, [ENTRY])
    registry = replace(REGISTRY, corrections=(older, ENTRY))
    found = read_operations(store, report_of(store), registry).corrections
    assert [ENTRY, older] == list(found)
    assert (ENTRY, older) == sort_corrections([older, ENTRY, older])


def test_versions_and_hashes_stand_in_full(store: Path) -> None:
    """Of code, registry, ledger and snapshot."""
    report, operations = read(store)
    said = page(report, operations)
    versions = operations.versions
    assert versions
    for found in (
        versions.code_sha256, versions.registry_sha256, versions.ledger_sha256, operations.snapshot_sha256,
    ):  # fmt: skip
        assert re.fullmatch(r"[0-9a-f]{64}", found)
        assert found in said


def test_status_json_says_the_same(store: Path) -> None:
    """State, dates, when a reader should call it late, gates, runs, hashes; no clock in it."""
    report, operations = read(store)
    found = json.loads(render_status(report, operations))
    assert ("ok", "2026-11-19", "hub") == (found["state"], found["data"]["as_of"], found["data"]["kind"])
    assert ("2026-11-20T12:00:00Z", "2026-11-22T00:00:00Z") == (
        found["data"]["late_after"], found["data"]["out_of_date_after"],
    )  # fmt: skip
    assert ("accept", 19, []) == (found["check"]["state"], len(found["check"]["gates"]), found["corrections"])
    assert ["2026-11-19", "2026-11-18"] == [run["date"] for run in found["runs"]]
    assert operations.versions
    assert operations.versions.registry_sha256 == found["versions"]["registry_sha256"]
    assert render_status(report, operations) == render_status(report, operations)


def test_the_badge_says_state_and_date_in_words(store: Path) -> None:
    """It is a picture with a name; it asks no other server; colour is not its only sign."""
    report, operations = read(store)
    svg = render_badge(report, operations, ENGLISH)
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own picture
    name = "Open Model Share: 19 Nov 2026 · accepted"
    assert ("img", name) == (root.attrib["role"], root.attrib["aria-label"])
    assert [name] == [item.text for item in root.iter("{http://www.w3.org/2000/svg}title")]
    assert "19 Nov 2026 · accepted" in [item.text for item in root.iter("{http://www.w3.org/2000/svg}text")]
    assert [] == re.findall(r"https?://(?!www\.w3\.org/2000/svg)", svg)


@pytest.mark.parametrize("colour", COLOURS.values())
def test_the_badge_can_be_read(colour: str) -> None:
    """White on each colour has a contrast of 5 to 1 at least."""
    parts = ", ".join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    assert contrast(luminance("rgb(255, 255, 255)"), luminance(f"rgb({parts})")) >= 5


def test_the_badge_of_bundled_data_claims_no_check() -> None:
    """It names them as what they are."""
    report, _ = make_usual_report()
    assert "8 Oct 2026 · bundled" in render_badge(report, NOTHING_KNOWN, ENGLISH)


def test_only_the_newest_runs_are_shown() -> None:
    """Thirty of forty."""
    nights = [make_night(FIRST + dt.timedelta(days=day)) for day in range(40)]
    found = compute_runs(nights, FIRST + dt.timedelta(days=39))
    assert (30, FIRST + dt.timedelta(days=39)) == (len(found), found[0].date)
    assert {"published"} == {run.state for run in found}


def test_strings_of_others_are_inert(store: Path) -> None:
    """In journals, gates and corrections."""
    words = " ".join(PAYLOADS)
    write_night(store, make_night(THIRD, "fetch", "failed", words))
    report, operations = read(store)
    check = operations.check
    assert check
    gates = tuple(replace(gate, found=words, action="look", state="warn") for gate in check.gates)
    entry = replace(ENTRY, what=words, why=words, before=words, after=words)
    loaded = replace(operations, check=replace(check, gates=gates), corrections=(entry,))
    pages = build_pages(report, ENGLISH, REGISTRY, set(), loaded)
    for text in (pages["status.md"], pages["corrections.md"]):
        assert not any(sign in text for sign in ("<script", "<img", "onerror=", "](javascript", "{{", "::figure"))
    assert json.loads(render_status(report, loaded))["corrections"][0]["what"]
