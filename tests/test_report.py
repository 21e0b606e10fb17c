"""The report: everything that a page may show, as frozen records."""

import dataclasses
import datetime as dt
import re

import pytest

from generator.base.errors import LedgerError
from generator.ledger.intervals import Described, LedgerEntry
from generator.questions.compute import compute_report
from generator.questions.report import Report
from generator.registry import Registry
from generator.star.definitions import DEFINITIONS, Definition
from tests.small import DATE, compute_entry, make_publisher, make_registry, make_report, make_usual_report
from tests.test_snapshot import make_models

pytestmark = pytest.mark.slow

REGISTRY = make_registry(make_publisher("east", "CN"), make_publisher("west", "US"), make_publisher("loire", "FR"))
TODAY = dt.date(2026, 10, 9)
HEADLINE_30D = Definition("30d", "first_year", "publisher")
ALL_30D = Definition("30d", "all", "publisher")


def enter(date: dt.date, days: int, *rows: dict[str, object], scope: str = "hub") -> LedgerEntry:
    """Compute the entry of a date; with days, an interval of that length, else the first one."""
    models = make_models(*rows)
    start = date - dt.timedelta(days=days) if days else None
    return compute_entry(Described(date, "test", scope), models, models if days else None, start, REGISTRY)


PAIR: list[dict[str, object]] = [
    {"id": "east/x", "downloads_30d": 600, "created_at": dt.datetime(2026, 7, 1, tzinfo=dt.UTC)},
    {"id": "west/x", "downloads_30d": 400, "created_at": dt.datetime(2026, 7, 1, tzinfo=dt.UTC)},
]


def test_the_usual_report_knows_its_four_publishers() -> None:
    """500, 300, 150 and 50 thousand of a million; by origin East has the 150 of its copy too."""
    report, _ = make_usual_report()
    assert [
        ("east", "CN", 1, 500_000, 0.5, 650_000),
        ("west", "US", 2, 300_000, 0.3, 300_000),
        ("someone", "UNAFFILIATED", 3, 150_000, 0.15, 0),
        ("unknown", "UNREVIEWED", 4, 50_000, 0.05, 50_000),
    ] == [
        (row.handle, row.code, row.rank, row.downloads_30d, row.share, row.origin_downloads_30d)
        for row in report.publishers
    ]


def test_a_country_has_its_publishers_models_and_shares() -> None:
    """China: one publisher, one model, half of the downloads; persons are nobody's."""
    report, _ = make_usual_report()
    china = report.countries[0]
    assert ["CN", ["east"], ["east/large"]] == [
        china.code,
        [row.handle for row in china.publishers],
        [row.id for row in china.models],
    ]
    assert 0.5 == dict(china.shares)[ALL_30D].share
    assert 0.65 == dict(china.shares)[Definition("30d", "all", "origin")].share
    assert ["CN", "US"] == [country.code for country in report.countries]


def test_the_coverage_names_what_to_review_next() -> None:
    """95 % are reviewed; the rest is one account."""
    report, _ = make_usual_report()
    coverage = report.coverage[-1]
    assert [0.95, 3, (("unknown", 0.05),)] == [
        round(coverage.reviewed, 12),
        coverage.publishers,
        coverage.largest_unreviewed,
    ]


def test_a_profile_lists_what_was_built_on_it() -> None:
    """The person's copy stands on East's page."""
    report, _ = make_usual_report()
    assert [["someone/large-gguf"], []] == [[row.id for row in profile.built_on] for profile in report.profiles[:2]]


def test_the_european_union_is_a_sum_beside_the_countries() -> None:
    """France and Germany are members in the test's registry: 300 of 1,000."""
    registry = make_registry(make_publisher("loire", "FR"), make_publisher("rhein", "DE"), make_publisher("west", "US"))
    models = [
        {"id": "loire/x", "downloads_30d": 100},
        {"id": "rhein/x", "downloads_30d": 200},
        {"id": "west/x", "downloads_30d": 700},
    ]
    report = make_report(models, registry)
    assert pytest.approx(0.3, abs=1e-12) == report.eu_shares[ALL_30D]
    assert None is report.table(ALL_30D).find("EU")


def test_the_headline_is_the_longest_window_that_there_is() -> None:
    """One date without counters: thirty days; two: all that is recorded; a year: twelve months."""
    single = compute_report((enter(DATE, 0, *PAIR),), REGISTRY, TODAY)
    two = [enter(DATE - dt.timedelta(days=30), 0, *PAIR), enter(DATE, 30, *PAIR)]
    short = compute_report(tuple(two), REGISTRY, TODAY)
    year = [enter(DATE - dt.timedelta(days=30 * back), 30, *PAIR) for back in range(12, -1, -1)]
    long = compute_report(tuple(year), REGISTRY, TODAY)
    assert [Definition(window, "first_year", "publisher") for window in ("30d", "held", "12m")] == [
        single.headline,
        short.headline,
        long.headline,
    ]
    assert [] == [definition for definition in long.definitions if definition.window == "held"]


def test_a_definition_without_numbers_says_why() -> None:
    """No counters, half a history, no language model."""
    report = compute_report((enter(DATE, 0, *PAIR),), REGISTRY, TODAY)
    assert ["no-counter", "short-history", "empty"] == [
        report.missing[Definition("all_time", "all", "publisher")],
        report.missing[Definition("12m", "all", "publisher")],
        report.missing[Definition("30d", "language", "publisher")],
    ]
    assert set(DEFINITIONS.values()) == set(report.histories) | set(report.missing)


def test_the_data_say_what_they_cover() -> None:
    """Thirty days, then forty of which ten are a gap: 60 of 70 days, from 31 July to 8 October."""
    entries = (enter(DATE - dt.timedelta(days=40), 0, *PAIR), enter(DATE, 40, *PAIR))
    data = compute_report(entries, REGISTRY, TODAY, repeated=(dt.date(2026, 9, 1),)).data
    assert [dt.date(2026, 7, 31), DATE, 70, 60, TODAY, (dt.date(2026, 9, 1),)] == [
        data.first,
        data.as_of,
        data.days,
        data.covered_days,
        data.today,
        data.repeated,
    ]


@pytest.mark.parametrize(
    ("scope", "bundled", "kind", "next_update"),
    [
        ("hub", False, "hub", DATE + dt.timedelta(days=1)),
        ("selection", False, "selection", None),
        ("selection", True, "bundled", None),
    ],
)
def test_only_the_whole_hub_is_renewed(scope: str, bundled: bool, kind: str, next_update: dt.date | None) -> None:
    """A catalogue or an import has no next night."""
    data = compute_report((enter(DATE, 0, *PAIR, scope=scope),), REGISTRY, TODAY, bundled=bundled).data
    assert [kind, next_update] == [data.scope.kind, data.next_update]


def test_an_empty_ledger_is_an_error() -> None:
    """The message says which command fills it."""
    with pytest.raises(LedgerError, match=r"ledger is empty.*oms fetch"):
        compute_report((), REGISTRY, TODAY)


def test_an_empty_result_is_an_error() -> None:
    """A snapshot without any download does not become a report."""
    with pytest.raises(LedgerError, match="has no downloads at all"):
        compute_report((enter(DATE, 0, {"id": "east/x", "downloads_30d": 0}),), REGISTRY, TODAY)


def test_counters_of_one_date_are_no_report() -> None:
    """They tell the downloads of no days; the message says what does."""
    with pytest.raises(LedgerError, match=r"Bring a second date of the same list, or its `downloads_30d`"):
        compute_report((enter(DATE, 0, {"id": "east/x", "downloads_all_time": 9}),), REGISTRY, TODAY)


def test_one_country_alone_is_a_report_without_leads() -> None:
    """There is nobody to lead."""
    report = compute_report((enter(DATE, 0, PAIR[0]),), REGISTRY, TODAY)
    assert [{}, ["CN"]] == [report.leads, [country.code for country in report.countries]]


def test_no_two_publishers_share_a_page() -> None:
    """Where names would come to the same, each bears a part of its hash, whoever is larger; `a-b-3` has its own."""
    models = [
        {"id": f"{handle}/x", "downloads_30d": downloads}
        for handle, downloads in (("a-b", 4000), ("a-b-3", 3000), ("a.b", 2000), ("A_B", 1000))
    ]
    report = make_report(models, REGISTRY)
    slugs = [profile.slug for profile in report.profiles]
    assert "a-b-3" == slugs.pop(1)
    assert len({*slugs}) == 3
    assert all(re.fullmatch(r"a-b-[0-9a-f]{12}", slug) for slug in slugs)


@pytest.mark.parametrize("name", ["index", "CON", "nul", "aux", "com1", "LPT9"])
def test_no_publisher_takes_the_lists_page_or_a_name_that_a_computer_keeps(name: str) -> None:
    """`publishers/index.md` is the list, and on Windows `con.html` is the console."""
    report = make_report([{"id": f"{name}/x", "downloads_30d": 4000}, *PAIR], REGISTRY)
    assert re.fullmatch(rf"{name.lower()}-[0-9a-f]{{12}}", report.profiles[0].slug)


def test_two_accounts_of_one_publisher_are_one_row() -> None:
    """The old name's downloads count for the new one, 300 + 700."""
    registry = make_registry(make_publisher("Acme", "US"), make_publisher("acme-old", "US", alias_of="Acme"))
    report = make_report([{"id": "Acme/x", "downloads_30d": 300}, {"id": "acme-old/y", "downloads_30d": 700}], registry)
    assert [("Acme", 1000, 2)] == [(row.handle, row.downloads_30d, row.models) for row in report.publishers]


def test_a_corrected_registry_moves_the_past() -> None:
    """The ledger knows publishers only: under another registry the same entries speak of another country."""
    entries = (enter(DATE, 0, *PAIR),)
    corrected = make_registry(make_publisher("east", "DE"), make_publisher("west", "US"))
    assert ["CN", "DE"] == [
        compute_report(entries, registry, TODAY).table(ALL_30D).rows[0].code for registry in (REGISTRY, corrected)
    ]


def test_the_same_ledger_gives_the_same_report(bundled_report: Report) -> None:
    """Records are values: computed twice they are equal, and nobody can change one."""
    assert make_usual_report()[0] == make_usual_report.__wrapped__()[0]
    with pytest.raises(dataclasses.FrozenInstanceError):
        bundled_report.headline = ALL_30D  # type: ignore[misc]


def test_the_bundled_report_agrees_with_itself(bundled_report: Report, registry: Registry) -> None:
    """By country the publishers' downloads are the table's, and the task groups' are all of them."""
    table = bundled_report.table(ALL_30D)
    by_country = {
        country.code: sum(row.downloads_30d for row in country.publishers) for country in bundled_report.countries
    }
    assert {row.code: row.downloads for row in table.places} == {
        code: downloads for code, downloads in by_country.items() if downloads
    }
    assert table.downloads == sum(task.downloads for task in bundled_report.tasks)
    assert pytest.approx(1.0, abs=1e-9) == sum(task.share_of_all for task in bundled_report.tasks)


def test_the_bundled_reports_persons_have_no_country(bundled_report: Report) -> None:
    """Whoever is a person in the registry is unaffiliated, or unreviewed where nobody could verify it."""
    persons = {handle for handle, row in bundled_report.reviewed.items() if row.kind == "person"}
    codes = {row.code for row in bundled_report.publishers if row.handle in persons}
    assert set() == codes - {"UNAFFILIATED", "UNREVIEWED"}
