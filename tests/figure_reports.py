"""Small reports made by hand, for tests of figures."""

import dataclasses
import datetime as dt

from generator.base.scope import make_scope
from generator.questions.report import CountryReport, DataSource, PublisherReport, Report
from generator.star.accounts import HistoryPoint, PublisherRow
from generator.star.coverage import Coverage
from generator.star.definitions import Definition
from generator.star.leads import compute_lead
from generator.star.shares import NOT_PLACES, ShareRow, ShareTable
from generator.star.task_groups import TaskShares

FIRST = dt.date(2026, 6, 1)
LAST = dt.date(2026, 7, 1)
HEADLINE = Definition("30d", "first_year", "publisher")
ALL = Definition("30d", "all", "publisher")
ORIGIN = Definition("30d", "all", "origin")
# Downloads; they sum to 1,000.
CLEAR = {"CN": 500, "US": 250, "FR": 60, "DE": 40, "SG": 30, "HK": 20, "INT": 10, "UNAFFILIATED": 60, "UNREVIEWED": 30}
CLOSE = {"CN": 420, "US": 380, "FR": 50, "INT": 0, "UNAFFILIATED": 50, "UNREVIEWED": 100}


def make_rows(downloads: dict[str, int]) -> tuple[ShareRow, ...]:
    """Make share rows from downloads by code."""
    total = sum(downloads.values())
    unreviewed = downloads.get("UNREVIEWED", 0) / total
    ordered = sorted(downloads.items(), key=lambda item: (item[0] in NOT_PLACES, -item[1]))
    return tuple(
        ShareRow(
            code=code,
            downloads=count,
            share=count / total,
            lower=0.0 if code == "UNREVIEWED" else count / total,
            upper=count / total if code == "UNREVIEWED" else count / total + unreviewed,
            models=count,
            rank=None if code in NOT_PLACES else rank,
        )
        for rank, (code, count) in enumerate(ordered, start=1)
    )


def make_table(definition: Definition, as_of: dt.date, downloads: dict[str, int]) -> ShareTable:
    """Make a table of shares."""
    start = as_of - dt.timedelta(days=29)
    return ShareTable(definition, as_of, start, 30, 30, sum(downloads.values()), make_rows(downloads))


def make_report(
    now: dict[str, int] | None = None,
    before: dict[str, int] | None = None,
    *,
    handle: str = "Qwen",
    kind: str = "hub",
    first_models: int = 100,
) -> Report:
    """Make a report of two dates from the downloads of each."""
    now = now or CLEAR
    before = before or CLOSE
    histories = {
        definition: (make_table(definition, FIRST, before), make_table(definition, LAST, now))
        for definition in (ALL, ORIGIN, HEADLINE)
    }
    publishers = (
        PublisherRow(handle, "CN", 1, 500, 0.5, 7, 600, None),
        PublisherRow("google", "US", 2, 250, 0.25, 5, 260, None),
        PublisherRow("someone", "UNAFFILIATED", 3, 60, 0.06, 1, 60, None),
    )
    history = (HistoryPoint(FIRST, 420, 1000), HistoryPoint(LAST, 500, 1000))
    values = {
        "data": _make_data(kind, first_models),
        "headline": HEADLINE,
        "histories": histories,
        "leads": {key: lead for key, tables in histories.items() if (lead := compute_lead(tables))},
        "missing": {
            Definition("12m", "all", "publisher"): "short-history",
            Definition("30d", "language", "publisher"): "empty",
        },
        "countries": tuple(_make_country(code) for code in now if code not in NOT_PLACES),
        "publishers": publishers,
        "profiles": (PublisherReport("qwen", publishers[0], None, history, (), ()),),
        "models": (),
        "tasks": (
            TaskShares("language", 800, 0.8, make_rows(now)),
            TaskShares("vision", 200, 0.2, make_rows({"US": 150, "UNREVIEWED": 50})),
        ),
        "coverage": (Coverage(FIRST, "30d", 0.9, 3, ()), Coverage(LAST, "30d", 0.95, 4, ())),
        "eu_shares": {},
        "topics": {},
        "dominant": {},
        "surges": (),
        "compared": {},
        "events": (),
    }
    # What no figure shows yet is left out.
    rest = {field.name: None for field in dataclasses.fields(Report) if field.name not in values}
    return Report(**values, **rest)


def _make_country(code: str) -> CountryReport:
    return CountryReport(code, "", code in {"FR", "DE"}, (), (), (), ())


def _make_data(kind: str, first_models: int) -> DataSource:
    data = DataSource(LAST, FIRST, LAST, None, make_scope(kind, "", "a test"), "a test", 100, 100, 30, 30, 1.0, (), ())
    return dataclasses.replace(data, first_models=first_models)
