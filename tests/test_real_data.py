"""Sixteen real days of the head of the Hub, through the program and through a plain computation beside it."""

import datetime as dt
import json
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from generator.cli.main import app
from generator.ledger.store import load_ledger
from generator.questions.compute import compute_report
from generator.questions.report import Report
from generator.registry import Registry
from generator.star.definitions import Definition
from tests.plain_registry import read_codes
from tests.realdata import DATA, needs
from tests.small import append_all

DAYS = DATA / "top-of-hub-2026-08"
NAMES = {
    "id": "id",
    "downloads": "downloads_30d",
    "likes": "likes",
    "pipeline_tag": "task",
    "library_name": "library",
    "createdAt": "created_at",
}
FIRST, REPEATED, LAST = dt.date(2026, 8, 7), dt.date(2026, 8, 8), dt.date(2026, 8, 22)

pytestmark = [needs(DAYS), pytest.mark.slow]


@pytest.fixture(scope="module")
def report(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The report of the sixteen days, brought in through the command line."""
    folder = tmp_path_factory.mktemp("real")
    runner = CliRunner()
    for path in sorted(DAYS.glob("*.json")):
        models = json.loads(path.read_text(encoding="utf-8"))["models"]
        lines = [json.dumps({ours: model[theirs] for theirs, ours in NAMES.items()}) for model in models]
        file = folder / f"{path.stem}.jsonl"
        file.write_text("\n".join(lines), encoding="utf-8")
        found = runner.invoke(app, ["import", str(file), "--date", path.stem, "--store", str(folder / "store")])
        assert 0 == found.exit_code
    append_all(folder / "store", registry)
    ledger = load_ledger(folder / "store")
    return compute_report(ledger.entries, registry, dt.date(2026, 11, 23), repeated=ledger.repeated)


@pytest.fixture(scope="module")
def days() -> dict[dt.date, pd.DataFrame]:
    """The days as plain frames with id, downloads, created and code; all ids have an account.

    Counts of 1,000 and more that stand as on the day before were not collected again: they are missing.
    """
    codes = read_codes()
    frames = {}
    before: dict[str, int] = {}
    for path in sorted(DAYS.glob("*.json")):
        frame = pd.DataFrame(json.loads(path.read_text(encoding="utf-8"))["models"])
        frame["code"] = [codes.get(name.split("/")[0].lower(), "UNREVIEWED") for name in frame["id"]]
        frame["created"] = pd.to_datetime(frame["createdAt"])
        listed = frame["downloads"]
        is_old = (listed >= 1000) & (listed == frame["id"].map(before))
        frame["downloads"] = listed.mask(is_old)
        before = dict(zip(frame["id"], listed, strict=True))
        frames[dt.date.fromisoformat(path.stem)] = frame
    return frames


def midnight(day: dt.date) -> pd.Timestamp:
    """Return the end of a day, in UTC."""
    return pd.Timestamp(day, tz="UTC") + pd.Timedelta(days=1)


def shares(downloads: pd.Series) -> dict[str, Any]:
    """Return the shares by code, for comparison within 1e-9."""
    positive = downloads[downloads > 0]
    return {str(code): pytest.approx(value / positive.sum(), abs=1e-9) for code, value in positive.items()}


def found_shares(report: Report, window: str, universe: str) -> dict[str, float]:
    """Return the report's shares by publisher."""
    return {row.code: row.share for row in report.table(Definition(window, universe, "publisher")).rows}


def held_flows(days: dict[dt.date, pd.DataFrame]) -> pd.DataFrame:
    """Compute every model's flow on every accepted day, and how much of it fell in its first year.

    The first day stands for its thirty days, each later one for the days since the one before at a thirtieth a day.
    """
    parts = []
    before = FIRST - dt.timedelta(days=30)
    for day, frame in days.items():
        if day == REPEATED:
            continue
        begin, stop = midnight(before), midnight(day)
        flow = frame["downloads"] / 30 * (day - before).days
        alive = frame["created"].clip(lower=begin)
        end_of_year = (frame["created"] + pd.Timedelta(days=365)).clip(upper=stop)
        young = ((end_of_year - alive) / (stop - alive)).clip(lower=0).where(alive < stop, 1.0)
        parts.append(pd.DataFrame({"code": frame["code"], "flow": flow, "young": flow * young}))
        before = day
    return pd.concat(parts)


def test_the_stale_copy_is_set_aside(report: Report) -> None:
    """8 August repeats 7 August; the interval to 9 August spans two days, the others one."""
    assert (REPEATED,) == report.data.repeated
    assert [30, 2, *[1] * 13] == [interval.days for interval in report.data.intervals]
    assert [FIRST - dt.timedelta(days=29), LAST, 529] == [report.data.first, report.data.as_of, report.data.models]


def test_no_id_lacks_an_account(days: dict[dt.date, pd.DataFrame]) -> None:
    """The plain computation below reads the account from the id."""
    assert [] == [name for frame in days.values() for name in frame["id"] if "/" not in name]


def test_the_thirty_day_shares_are_those_of_a_plain_sum(report: Report, days: dict[dt.date, pd.DataFrame]) -> None:
    """Downloads by code on the last day."""
    last = days[LAST]
    assert shares(last.groupby("code")["downloads"].sum()) == found_shares(report, "30d", "all")
    assert last["downloads"].sum() == report.table(Definition("30d", "all", "publisher")).downloads


def test_the_first_year_shares_are_those_of_a_plain_sum(report: Report, days: dict[dt.date, pd.DataFrame]) -> None:
    """Of the models created within the 365 days to the end of the last day."""
    last = days[LAST]
    young = last[last["created"] >= midnight(LAST) - pd.Timedelta(days=365)]
    assert shares(young.groupby("code")["downloads"].sum()) == found_shares(report, "30d", "first_year")


def test_the_held_flows_are_those_of_a_plain_sum(report: Report, days: dict[dt.date, pd.DataFrame]) -> None:
    """Rates times days, over all accepted days."""
    flows = held_flows(days)
    assert shares(flows.groupby("code")["flow"].sum()) == found_shares(report, "held", "all")
    assert round(flows["flow"].sum()) == report.table(Definition("held", "all", "publisher")).downloads


def test_the_held_first_years_are_those_of_a_plain_sum(report: Report, days: dict[dt.date, pd.DataFrame]) -> None:
    """Where a first year ends between two days its flow is split by time."""
    flows = held_flows(days)
    assert shares(flows.groupby("code")["young"].sum()) == found_shares(report, "held", "first_year")
