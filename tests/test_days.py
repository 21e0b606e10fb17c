"""A file for each date: what a quotation links to still shows that date's numbers later."""

import datetime as dt
import json

import pytest

from generator import __version__
from generator.publish.datafiles_days import COLUMNS, PLACES, render_days
from generator.publish.pages import build_pages
from generator.questions.report import Report
from generator.questions.sentences import state_headline
from generator.registry import Registry
from tests.histories import Snapshot, make_history
from tests.spoken import ENGLISH, speak

START = dt.date(2025, 9, 1)


def make_snapshots(weeks: int) -> list[Snapshot]:
    """Make a snapshot every four weeks."""
    return [
        (START + dt.timedelta(days=28 * n), {"east/a": 60_000 + n, "west/b": 40_000 - n}) for n in range(weeks // 4 + 1)
    ]


def test_every_date_has_its_file(bundled_report: Report) -> None:
    """With the headline's shares of that date: the largest countries, and what no country is given."""
    files = render_days(bundled_report, ENGLISH)
    assert list(files) == [f"data/days/{interval.end}.json" for interval in bundled_report.data.intervals]
    for table in bundled_report.histories[bundled_report.headline]:
        content = json.loads(files[f"data/days/{table.as_of}.json"])
        assert (content["as_of"], content["method_version"]) == (table.as_of.isoformat(), __version__)
        assert tuple(content["columns"]) == COLUMNS
        found = content["shares"][content["definition"]]
        shown = [row for row in table.rows if row.rank is None or row.rank <= PLACES]
        assert [row[:2] for row in found["rows"]] == [[row.code, row.downloads] for row in shown]
        assert found["places_left_out"] == len(table.rows) - len(shown)


def test_a_date_stays_small(bundled_report: Report) -> None:
    """It stands there for ever: with a page of its own it has 6 KB."""
    sizes = [len(text.encode()) for text in render_days(bundled_report, ENGLISH).values()]
    assert max(sizes) <= 3_000


@pytest.mark.slow
def test_the_newest_file_holds_the_sentence_that_home_copies(bundled_report: Report, registry: Registry) -> None:
    """Its numbers stand in the sentence, and the button links to the file."""
    day = bundled_report.data.as_of.isoformat()
    content = json.loads(render_days(bundled_report, ENGLISH)[f"data/days/{day}.json"])
    assert content["sentence"] == speak(state_headline(bundled_report))
    rows = content["shares"][content["definition"]]["rows"]
    for row in rows[:2]:
        assert ENGLISH.percent(row[2]) in content["sentence"]
    home = build_pages(bundled_report, ENGLISH, registry, set())["index.md"]
    assert f'data-copy-link="data/days/{day}.json"' in home


@pytest.mark.slow
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
