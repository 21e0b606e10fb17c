"""The report of the bundled data, computed once more by plain pandas from the table that they were made from.

Nothing of the program computes here: a row of the table becomes a count of a day, a handle a code of the registry's
file, and shares are sums.
"""

import datetime as dt
from collections.abc import Callable
from functools import cache
from typing import Any, Final

import pandas as pd
import pytest

from generator.ledger.thinning import keep_nights
from generator.publish.build import load_entries
from generator.questions.report import Report
from generator.registry import Registry
from generator.sources.catalogue import COLLECTIONS, HAND_TYPED, OTHER_NAMES, RENAMED_ACCOUNTS
from generator.star.definitions import Definition
from generator.star.window import read_ledger
from tests.plain_registry import read_codes
from tests.realdata import DATA, needs

WHEELS: Final = DATA / "llmfit-wheels"
SURGED: Final = "Qwen/Qwen3-VL-2B-Instruct"
HELD: Final = Definition("held", "first_year", "publisher")
LAST: Final = COLLECTIONS[-1].collected_to

pytestmark = needs(WHEELS)


def rename(model: str, listed: frozenset[str]) -> str:
    """Return the one name of a repository that is listed under two."""
    account, _, name = model.partition("/")
    moved = f"{RENAMED_ACCOUNTS.get(account, account)}/{name}"
    kept = OTHER_NAMES.get(model, moved)
    return kept if kept in listed else model


@cache
def load_days() -> dict[dt.date, pd.DataFrame]:
    """Load the fresh counts of each date: `id`, `downloads`, `code`, `created`, and what fell into its days.

    `flow` are the downloads of the days since the date before, thirty at most, at the daily mean of the count; `young`
    the part of it within the model's first year, by time.
    """
    table = pd.read_csv(WHEELS / "observations.csv.gz", keep_default_na=False)
    facts = pd.read_csv(WHEELS / "facts.csv.gz", keep_default_na=False).set_index("id")["release_date"]
    listed, codes = frozenset(table["id"]), read_codes()
    table["kept"] = [rename(model, listed) for model in table["id"]]
    created = facts[facts != ""].groupby(lambda model: rename(model, listed)).first()
    days = {}
    before = COLLECTIONS[0].collected_to - dt.timedelta(days=30)
    for collection in COLLECTIONS:
        rows = list_fresh(table, collection.version)
        end = collection.collected_to
        rows["code"] = [codes.get(model.partition("/")[0].lower(), "UNREVIEWED") for model in rows["id"]]
        rows["created"] = pd.to_datetime(rows["id"].map(created), utc=True)
        length = min((end - before).days, 30)
        stop = pd.Timestamp(end, tz="UTC") + pd.Timedelta(days=1)
        begin = stop - pd.Timedelta(days=length)
        rows["flow"] = rows["downloads"] / 30 * length
        alive, last = rows["created"].clip(lower=begin), (rows["created"] + pd.Timedelta(days=365)).clip(upper=stop)
        rows["young"] = rows["flow"] * ((last - alive) / (stop - alive)).clip(lower=0).fillna(0)
        rows["is_young"] = rows["created"] >= stop - pd.Timedelta(days=365)
        days[end] = rows
        before = end
    return days


def list_fresh(table: pd.DataFrame, version: str) -> pd.DataFrame:
    """List a release's counts that were read for it, and those under 1,000; of two names the one that was read."""
    is_new = table["first_version"] == version
    released = table.loc[is_new, "first_released"].iloc[0]
    is_there = (table["first_released"] <= released) & (table["last_released"] >= released)
    rows = table[is_there & ~table["id"].isin(HAND_TYPED)].assign(
        was_read=is_new & (table["downloads_30d"] > 0), is_other=table["id"] != table["kept"]
    )
    rows = rows.sort_values(["was_read", "is_other"], ascending=[False, True]).drop_duplicates("kept")
    fresh = rows[(rows["first_version"] == version) | (rows["downloads_30d"] < 1000)]
    return pd.DataFrame({"id": fresh["kept"], "author": fresh["kept"].str.partition("/")[0]}).assign(
        downloads=fresh["downloads_30d"]
    )


def shares_of(rows: pd.DataFrame, column: str) -> dict[str, Any]:
    """Return the shares by code, for comparison within 1e-9."""
    sums = rows.groupby("code")[column].sum()
    return {str(code): pytest.approx(value / sums.sum(), abs=1e-9) for code, value in sums.items() if value > 0}


def held_to(day: dt.date) -> pd.DataFrame:
    """Return all flows to a date."""
    return pd.concat([rows for end, rows in load_days().items() if end <= day])


Found = Callable[[Definition], dict[dt.date, dict[str, float]]]


@pytest.fixture(scope="module")
def found(registry: Registry) -> Found:
    """The program's shares of a definition on every date, also those that the report thins out."""
    entries = load_entries(None, registry)
    days = read_ledger(keep_nights(entries), registry).days

    def compute(definition: Definition) -> dict[dt.date, dict[str, float]]:
        tables = days.compute(definition, days.places)
        return {table.as_of: {row.code: row.share for row in table.rows} for table in tables}

    return compute


def test_shares_of_thirty_days_are_plain_sums(found: Found) -> None:
    """On every one of the fourteen dates."""
    expected = {day: shares_of(rows, "downloads") for day, rows in load_days().items()}
    assert expected == found(Definition("30d", "all", "publisher"))


def test_shares_of_first_years_are_plain_sums(found: Found) -> None:
    """Of the models created within the 365 days to the end of the date."""
    expected = {day: shares_of(rows[rows["is_young"]], "downloads") for day, rows in load_days().items()}
    assert expected == found(Definition("30d", "first_year", "publisher"))


@pytest.mark.parametrize(("universe", "column"), [("all", "flow"), ("first_year", "young")])
def test_shares_of_the_history_are_sums_of_rates(found: Found, universe: str, column: str) -> None:
    """A count is the mean of thirty days; it stands for the days since the date before. One date is no history."""
    expected = {day: shares_of(held_to(day), column) for day in list(load_days())[1:]}
    assert expected == found(Definition("held", universe, "publisher"))


def test_the_downloads_of_the_history_are_those_sums(bundled_report: Report) -> None:
    """All models, and those in their first year."""
    flows = held_to(LAST)
    tables = [bundled_report.table(Definition("held", universe, "publisher")) for universe in ("all", "first_year")]
    assert [round(flows["flow"].sum()), round(flows["young"].sum())] == [table.downloads for table in tables]


def test_the_headline_stands_with_and_without_the_model_that_surged(bundled_report: Report) -> None:
    """In April 2026 one model had a quarter of all downloads: with it China has 54.7 %, without 49.4 %."""
    assert HELD == bundled_report.headline
    flows = held_to(LAST)
    model = bundled_report.dominant[HELD]
    assert SURGED == model.name == flows.groupby("id")["young"].sum().idxmax()
    rest = flows[flows["id"] != SURGED]
    expected = shares_of(rest, "young")
    assert {code: expected[code] for code in ("CN", "US")} == {row.code: row.share for row in model.without}
    shares = [bundled_report.table(HELD).share_of("CN"), next(row.share for row in model.without if row.code == "CN")]
    assert [54.7, 49.4] == [round(100 * share, 1) for share in shares]


def test_the_surge_is_on_the_dates_on_which_it_was_counted(bundled_report: Report) -> None:
    """From 2 million to 187, and down again to 1.4."""
    counts = {day: int(rows.set_index("id")["downloads"][SURGED]) for day, rows in load_days().items()}
    surge = next(surge for surge in bundled_report.surges if surge.name == SURGED)
    assert [dt.date(2026, 4, 22), dt.date(2026, 5, 22)] == [surge.start, surge.end]
    told = [surge.before, surge.peak, surge.after]
    assert [(row.date, counts[row.date]) for row in told if row] == [
        (row.date, row.downloads_30d) for row in told if row
    ]
    assert surge.peak.downloads_30d == max(counts.values())


def test_a_move_is_measured_over_the_models_counted_on_both_dates(bundled_report: Report) -> None:
    """The two thousand most downloaded, and three of each large publisher, of the first date and the last."""
    compared = bundled_report.compared[Definition("30d", "all", "publisher")]
    before, after = (name_models(load_days()[day]) for day in (compared.before_on, compared.after_on))
    both = before.merge(after[["id", "downloads"]], on="id", suffixes=("_before", "_after"))
    assert len(both) == compared.models
    assert shares_of(both, "downloads_before") == dict(compared.before)
    assert shares_of(both, "downloads_after") == dict(compared.after)


def name_models(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the models that the history names, with downloads."""
    ordered = rows.sort_values(["downloads", "id"], ascending=[False, True])
    is_large = (ordered["downloads"] >= 3000) & (ordered.groupby("author").cumcount() < 3)
    named = ordered[is_large | (pd.Series(range(len(ordered)), index=ordered.index) < 2000)]
    return named[named["downloads"] > 0]
