"""A real list with all-time counters, imported as somebody's own: models known to an evaluation registry, 20 May 2026.

Its rows are in the archive's own types, which the archive's reader turns into the columns of an import.
"""

import datetime as dt
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from generator.cli.main import app
from generator.ledger.store import load_ledger
from generator.questions.compute import compute_report
from generator.questions.report import Report
from generator.questions.sentences import state_table
from generator.registry import Registry
from generator.sources.archive_rows import Tally, open_parquet, read_batches
from generator.sources.snapshot import SCHEMA, read_info, snapshot_path
from generator.star.definitions import Definition
from tests.realdata import DATA, needs
from tests.small import append_all
from tests.spoken import speak

FILE = DATA / "hub-stats-subset-2026-05-20" / "hub_stats_frozen.parquet"
DAY = dt.date(2026, 5, 20)
SINCE_CREATION = Definition("all_time", "first_year", "publisher")

pytestmark = needs(FILE)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store into which the list was imported through the command line."""
    folder = tmp_path_factory.mktemp("hub-stats")
    batches = read_batches(open_parquet(FILE, FILE.name), FILE.name, Tally(), None)
    pq.write_table(pa.Table.from_batches(batches, SCHEMA), folder / "list.parquet")
    named = ["--name", "a list of models known to evaluations", "--source", "hub-stats, a part"]
    command = ["import", str(folder / "list.parquet"), "--date", str(DAY), "--store", str(folder / "store"), *named]
    found = CliRunner().invoke(app, command)
    assert [0, True] == [found.exit_code, "4,167 models" in found.output]
    return folder / "store"


@pytest.fixture(scope="module")
def report(store: Path, registry: Registry) -> Report:
    """The report of the one date."""
    append_all(store, registry)
    return compute_report(load_ledger(store).entries, registry, dt.date(2026, 11, 27))


def test_the_list_is_a_selection_with_a_name(store: Path) -> None:
    """All rows of it are read."""
    info = read_info(snapshot_path(store, DAY))
    assert ["selection", "a list of models known to evaluations", 4167] == [info.scope, info.name, info.rows]


@pytest.mark.slow
def test_its_downloads_are_those_of_the_file(report: Report) -> None:
    """512 million in thirty days, 7.4 billion since creation."""
    raw = pd.read_parquet(FILE, columns=["downloads", "downloadsAllTime"])
    tables = [report.table(Definition(window, "all", "publisher")) for window in ("30d", "all_time")]
    assert [int(raw["downloads"].sum()), int(raw["downloadsAllTime"].sum())] == [table.downloads for table in tables]


def test_since_creation_it_says_whose_list_it_is(report: Report) -> None:
    """Of the models created in the year to 20 May 2026: China 62.8 %, the United States 36.4 %."""
    table = report.table(SINCE_CREATION)
    assert {"CN": 62.8, "US": 36.4} == {code: round(100 * table.share_of(code), 1) for code in ("CN", "US")}
    sentence = speak(state_table(table, report.data.scope))
    assert [] == [
        words
        for words in ("China account for 62.8%", "United States for 36.4%", "in a list of models known to evaluations")
        if words not in sentence
    ], sentence


def test_its_thirty_days_are_exactly_its_own(report: Report) -> None:
    """One date has a window whose edges are right to the day."""
    assert not report.data.intervals[-1].is_blurred
