"""Published headlines: what a corrected registry changes in them is found and told, once."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from generator.audit.corrections import add_corrections
from generator.audit.headlines import Headline, compute_changes, read_headlines, write_headlines
from generator.audit.versions import Versions
from generator.base.errors import CheckError
from generator.ledger.intervals import Described, LedgerEntry
from generator.questions.compute import compute_report
from generator.questions.report import Report
from generator.registry import Correction, read_corrections
from tests.small import compute_entry, make_publisher, make_registry
from tests.test_snapshot import make_models

pytestmark = pytest.mark.slow

OLD = Versions("0.1.0", "c" * 64, "0.1.0", "a" * 64, "e" * 64)
NEW = replace(OLD, registry_sha256="b" * 64)
DATES = tuple(dt.date(2026, 10, day) for day in (1, 2, 3))
TODAY = dt.date(2026, 10, 4)
BEFORE = make_registry(make_publisher("east", "CN"), make_publisher("west", "US"), make_publisher("small", "US"))
# The small publisher sits in France: 2 % of the downloads, or 1 in a thousand.
AFTER = make_registry(make_publisher("east", "CN"), make_publisher("west", "US"), make_publisher("small", "FR"))

MOVED = make_registry(make_publisher("east", "CN"), make_publisher("west", "FR"), make_publisher("small", "US"))


def make_entries(counts: Mapping[str, int]) -> tuple[LedgerEntry, ...]:
    """Make three nights with the same 30-day counts, one model a publisher."""
    rows = [{"id": f"{name}/x", "downloads_30d": count, "downloads_all_time": count} for name, count in counts.items()]
    created = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
    entries = []
    for i, date in enumerate(DATES):
        models = make_models(*[row | {"created_at": created, "likes": i} for row in rows])
        previous, start = (models, DATES[i - 1]) if i else (None, None)
        entries.append(compute_entry(Described(date, "test", "hub"), models, previous, start, BEFORE))
    return tuple(entries)


REGISTRIES = {"before": BEFORE, "after": AFTER, "moved": MOVED}
# Downloads of thirty days by publisher.
COUNTS = {
    "large": {"east": 500_000, "west": 480_000, "small": 20_000},
    "tiny": {"east": 500_000, "west": 499_000, "small": 1_000},
    "more": {"east": 500_000, "west": 498_999, "small": 1_001},
}


@cache
def report_with(registry: str, counts: str, nights: int = 3) -> Report:
    """Compute the report of the first nights under a registry."""
    return compute_report(make_entries(COUNTS[counts])[:nights], REGISTRIES[registry], TODAY)


def publish(counts: str) -> list[Headline]:
    """Publish night by night under the old registry."""
    headlines: list[Headline] = []
    for nights in (1, 2, 3):
        changes = compute_changes(headlines, report_with("before", counts, nights), OLD, DATES[nights - 1])
        assert () == changes.corrections
        headlines += changes.headlines
    return headlines


def test_each_night_keeps_its_headline() -> None:
    """One a date, with the shares of the largest countries and what attributed them."""
    found = publish("large")
    assert list(DATES) == [headline.as_of for headline in found]
    assert {"US": 0.5, "CN": 0.5} == dict(found[-1].shares)
    assert {("a" * 64, "0.1.0")} == {(headline.registry_sha256, headline.method) for headline in found}


def test_the_same_night_again_adds_nothing() -> None:
    """Neither an entry nor a headline."""
    changes = compute_changes(publish("large"), report_with("before", "large"), OLD, TODAY)
    assert ((), ()) == (changes.corrections, changes.headlines)


def test_what_the_newest_record_lacks_is_added_once() -> None:
    """The countries of thirty days: where the same registry and method give the numbers."""
    before = publish("large")
    newest = before[-1]
    assert newest.countries
    lacking = [*before[:-1], replace(newest, countries={})]
    report = report_with("before", "large")
    assert (newest,) == compute_changes(lacking, report, OLD, TODAY).headlines
    assert () == compute_changes(before, report, OLD, TODAY).headlines
    assert () == compute_changes(lacking, report, replace(OLD, registry_sha256="b" * 64), TODAY).headlines


def test_a_corrected_registry_is_told_with_the_numbers_before_and_after() -> None:
    """The United States lose two points; all three published headlines moved, and one entry says so."""
    changes = compute_changes(publish("large"), report_with("after", "large"), NEW, TODAY)
    entry = changes.corrections[0]
    assert 1 == len(changes.corrections)
    assert entry.what.startswith("the headline of 2026-10-03: all time · models in their first year · by publisher")
    assert entry.what.endswith("so did those of 2 earlier dates, by up to 2.0 points")
    assert ("CN 50.0%, US 50.0%", "CN 50.0%, US 48.0%") == (entry.before, entry.after)
    assert "the registry was corrected (aaaaaaaa became bbbbbbbb), and with it the whole past" == entry.why
    assert (TODAY, "build") == (entry.date, entry.decided_by)


def test_what_was_told_is_not_told_again() -> None:
    """The headlines are published anew, under the new registry."""
    first = compute_changes(publish("large"), report_with("after", "large"), NEW, TODAY)
    assert list(DATES) == [headline.as_of for headline in first.headlines]
    assert (0.48, "b" * 64) == (first.headlines[0].shares["US"], first.headlines[0].registry_sha256)
    again = compute_changes(first.headlines, report_with("after", "large"), NEW, TODAY)
    assert ((), ()) == (again.corrections, again.headlines)


def test_a_tenth_of_a_point_is_no_entry() -> None:
    """And stays compared with what was published, so that small changes are told once they add up."""
    published = publish("tiny")
    changes = compute_changes(published, report_with("after", "tiny"), NEW, TODAY)
    assert ((), ()) == (changes.corrections, changes.headlines)
    assert 1 == len(compute_changes(published, report_with("after", "more"), NEW, TODAY).corrections)


@pytest.mark.parametrize(
    ("versions", "told"),
    [
        (replace(OLD, method="0.2.0"), "the method changed from version 0.1.0 to 0.2.0"),
        (replace(NEW, method="0.2.0"), "the method changed from version 0.1.0 to 0.2.0; the registry was corrected"),
        (OLD, "the counts of the history changed"),
    ],
)
def test_the_reason_is_read_from_the_versions(versions: Versions, told: str) -> None:
    """Method, registry, both, or the counts themselves."""
    changes = compute_changes(publish("large"), report_with("after", "large"), versions, TODAY)
    assert changes.corrections[0].why.startswith(told)


def test_a_new_leader_is_named() -> None:
    """The country that takes a place is told, though the headline did not name it before."""
    entry = compute_changes(publish("large"), report_with("moved", "large"), NEW, TODAY).corrections[0]
    assert ("CN 50.0%, US 50.0%, FR 0.0%", "CN 50.0%, US 2.0%, FR 48.0%") == (entry.before, entry.after)


def test_a_definition_that_is_not_shown_any_more_is_left_alone() -> None:
    """There is nothing to compare it with."""
    old = [Headline(DATES[0], "12m-all-origin", {"US": 0.9}, "a" * 64, "0.1.0")]
    changes = compute_changes(old, report_with("before", "large"), OLD, TODAY)
    assert ((), [DATES[2]]) == (changes.corrections, [headline.as_of for headline in changes.headlines])


def test_writing_and_reading_is_the_identity(tmp_path: Path) -> None:
    """One file a date; none where nothing was published."""
    assert () == read_headlines(tmp_path)
    headlines = publish("large")
    write_headlines(tmp_path, headlines)
    assert tuple(headlines) == read_headlines(tmp_path)


def test_what_was_published_first_is_kept_through_every_renewal(tmp_path: Path) -> None:
    """With the day and the reason of each; written and read."""
    first = publish("large")
    once = compute_changes(first, report_with("after", "large"), NEW, TODAY).headlines
    later = TODAY + dt.timedelta(days=1)
    write_headlines(tmp_path, compute_changes(once, report_with("moved", "large"), OLD, later).headlines)
    found = read_headlines(tmp_path)[-1]
    assert dict(first[-1].shares) == found.as_first_published
    assert ([TODAY, later], 0.02) == ([each.on for each in found.renewals], found.shares["US"])
    assert "the registry was corrected (bbbbbbbb became aaaaaaaa), and with it the whole past" == found.renewals[-1].why


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "oms-headline/1"}', '{"format": "oms-headline/2"}'])
def test_a_damaged_headline_is_refused(tmp_path: Path, text: str) -> None:
    """By name, with what to do."""
    path = tmp_path / "published" / "2026-10-01.json"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CheckError, match=r"2026-10-01\.json cannot be read: .* Bring the file back"):
        read_headlines(tmp_path)


def test_an_entry_is_logged_once(tmp_path: Path) -> None:
    """Killed between the log and the headlines, the next build finds the same change and adds nothing."""
    changes = compute_changes(publish("large"), report_with("after", "large"), NEW, TODAY)
    assert [1, 0] == [add_corrections(tmp_path, changes.corrections) for _ in range(2)]
    assert changes.corrections == read_corrections(tmp_path / "corrections.csv")


def test_texts_of_the_log_are_single_lines(tmp_path: Path) -> None:
    """Whatever a reason holds, it can be read back."""
    entry = Correction(TODAY, "a", "because,\r\n“so”\t=1+1\x00\x1b", "", "b", "maintainer")
    add_corrections(tmp_path, [entry])
    found = read_corrections(tmp_path / "corrections.csv")[0]
    assert ("because, “so” =1+1", "") == (found.why, found.before)
