"""How close downloads from 30-day counts come to those from counters, on the study's weekly counters."""

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Final

import pandas as pd
import pytest

from generator.base.settings import COUNT_DAYS
from generator.ledger.intervals import compute_flows
from tests.realdata import DATA, needs
from tests.test_snapshot import make_models

PANEL: Final = DATA / "study-panel-2025" / "one_year_rolling.csv.gz"
METHOD: Final = Path(__file__).resolve().parents[1] / "site_src" / "method.md"
FIRST: Final = dt.date(2025, 7, 30)
WEEK, FOUR_WEEKS = dt.timedelta(days=7), dt.timedelta(days=28)
WEEKS: Final = [FIRST + WEEK * number for number in range(1, 23)]


@cache
def load_counters() -> tuple[pd.DataFrame, pd.Series]:
    """Load the counters, one row per model and one column per date, and each model's country."""
    raw = pd.read_csv(PANEL, usecols=["_id", "time", "downloadsAllTime", "org_country_single"])
    raw["date"] = pd.to_datetime(raw["time"], format="mixed", utc=True).dt.date
    counters = raw.groupby(["_id", "date"])["downloadsAllTime"].max().unstack("date")
    return counters, raw.drop_duplicates("_id").set_index("_id")["org_country_single"]


@cache
def compare_weeks() -> pd.DataFrame:
    """Compute each model's downloads of each week twice: from the counters, and from counts of 28 days made of them."""
    counters, country = load_counters()
    parts = []
    for end in WEEKS:
        start = end - WEEK
        known = counters[[end - FOUR_WEEKS, start, end]].dropna().astype("int64")
        made = (known[end] - known[end - FOUR_WEEKS]).clip(lower=0) * COUNT_DAYS // FOUR_WEEKS.days
        flows = [
            compute_flows(
                make_models(*({"id": name, column: int(count)} for name, count in now.items())),
                make_models(*({"id": name, "downloads_all_time": int(count)} for name, count in known[start].items())),
                start,
                end,
            )["flow"]
            for column, now in (("downloads_all_time", known[end]), ("downloads_30d", made))
        ]
        codes = country[known.index].to_numpy()
        parts.append(pd.DataFrame({"week": end, "country": codes, "counter": flows[0], "rate": flows[1]}))
    return pd.concat(parts)


def shares_of(rows: pd.DataFrame, country: str) -> tuple[float, float]:
    """Return a country's share by counters and by rates, in percent."""
    own, whole = (frame[["counter", "rate"]].sum() for frame in (rows[rows["country"] == country], rows))
    return 100 * own["counter"] / whole["counter"], 100 * own["rate"] / whole["rate"]


@pytest.mark.slow
@needs(PANEL)
def test_the_method_says_how_close_they_come() -> None:
    """In all, by country, and in single weeks."""
    rows = compare_weeks()
    sums = rows[["counter", "rate"]].sum()
    weeks = rows.groupby("week")[["counter", "rate"]].sum()
    off = 100 * (weeks["rate"] / weeks["counter"] - 1)
    moves = [abs(rate - counter) for counter, rate in (shares_of(week, "China") for _, week in rows.groupby("week"))]
    china, america = (shares_of(rows, name) for name in ("China", "United States of America"))
    said = METHOD.read_text(encoding="utf-8")
    expected = [
        f"{100 * (sums['rate'] / sums['counter'] - 1):.1f}% above",
        f"China has {china[1]:.1f}% instead of {china[0]:.1f}%",
        f"the United States {america[1]:.1f}% instead of {america[0]:.1f}%",
        f"half of them come out within {off.abs().median():.0f}%",
        f"the worst is {off.max():.0f}% too high",
        f"{max(moves):.1f} points off",
    ]
    assert [] == [words for words in expected if words not in said]
