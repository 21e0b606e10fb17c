"""A file for each date: what a quotation links to still shows that date's numbers later."""

import datetime as dt
import json

import pytest

from generator import __version__
from generator.datafiles_days import COLUMNS, render_days
from generator.i18n import Language
from generator.pages import build_pages
from generator.registry import Registry
from generator.report import Report
from generator.sentences import state_headline
from tests.histories import Snapshot, make_history

ENGLISH = Language("en")
START = dt.date(2025, 9, 1)


def make_snapshots(weeks: int) -> list[Snapshot]:
    """Make a snapshot every four weeks."""
    return [
        (START + dt.timedelta(days=28 * n), {"east/a": 60_000 + n, "west/b": 40_000 - n}) for n in range(weeks // 4 + 1)
    ]


def test_every_date_has_its_file(bundled_report: Report) -> None:
    """With the shares of each definition that had a number then, as the history has them."""
    files = render_days(bundled_report, ENGLISH)
    assert list(files) == [f"data/days/{interval.end}.json" for interval in bundled_report.data.intervals]
    for interval in bundled_report.data.intervals:
        content = json.loads(files[f"data/days/{interval.end}.json"])
        assert (content["as_of"], content["method_version"]) == (interval.end.isoformat(), __version__)
        assert tuple(content["columns"]) == COLUMNS
        for definition, tables in bundled_report.histories.items():
            table = next(table for table in tables if table.as_of == interval.end)
            rows = content["shares"][definition.slug]["rows"]
            assert [row[:2] for row in rows] == [[row.code, row.downloads] for row in table.rows]
            assert sum(row[2] for row in rows) == pytest.approx(1, abs=1e-4)


def test_the_newest_file_holds_the_sentence_that_home_copies(bundled_report: Report, registry: Registry) -> None:
    """Its numbers stand in the sentence, and the button links to the file."""
    day = bundled_report.data.as_of.isoformat()
    content = json.loads(render_days(bundled_report, ENGLISH)[f"data/days/{day}.json"])
    assert content["sentence"] == state_headline(bundled_report, ENGLISH)
    rows = content["shares"][content["definition"]]["rows"]
    for row in rows[:2]:
        assert ENGLISH.percent(row[2]) in content["sentence"]
    home = build_pages(bundled_report, ENGLISH, registry, set())["index.md"]
    assert f'data-copy-link="data/days/{day}.json"' in home


def test_a_quoted_number_is_there_after_a_year() -> None:
    """What was quoted of all dates recorded stays in its file when a whole year is held and the window is gone."""
    early, _ = make_history(make_snapshots(weeks=20))
    later, _ = make_history(make_snapshots(weeks=60))
    assert early.headline.window == "held"
    assert later.headline.window == "12m"
    assert not any(definition.window == "held" for definition in later.histories)
    before, after = render_days(early, ENGLISH), render_days(later, ENGLISH)
    assert before
    assert {name: after[name] for name in before} == before


def test_same_report_same_files(bundled_report: Report) -> None:
    """Nothing of the day of the build is in them."""
    assert render_days(bundled_report, ENGLISH) == render_days(bundled_report, ENGLISH)
