"""Lists that change: a small list that doubles, and the bundled one against plain pandas."""

import datetime as dt

import pandas as pd
import pytest

from generator.questions import phrases
from generator.questions.report import Report
from generator.questions.shares.figures import build_share_over_time
from generator.questions.shares.words import state_over_time
from generator.questions.topics import state_item
from generator.registry import load_registry
from generator.star.compared import compare_dates
from generator.star.definitions import Definition
from tests.histories import make_history
from tests.realdata import DATA, needs
from tests.spoken import ENGLISH, speak

pytestmark = pytest.mark.slow

FIRST = dt.date(2026, 9, 1)
ALL = Definition("30d", "all", "publisher")
OBSERVATIONS = DATA / "llmfit-wheels" / "observations.csv.gz"
# China has half on both dates over the whole list; over the models that were there before it rises to six tenths.
BEFORE = {"east/a": 300_000, "east/b": 200_000, "west/c": 250_000, "west/d": 250_000}
AFTER = {**BEFORE, "east/a": 400_000, "west/c": 150_000, "west/e": 199_990, "west/f": 1, "west/g": 1, "west/h": 1}


def day(number: int) -> dt.date:
    """Return the first date and some days."""
    return FIRST + dt.timedelta(days=number)


@pytest.fixture(scope="module")
def doubled() -> Report:
    """A selection of four models, then of eight."""
    return make_history([(day(0), BEFORE), (day(7), AFTER)], scope="selection")[0]


def test_a_change_is_measured_over_the_models_counted_on_both_dates(doubled: Report) -> None:
    """Four models, which hold five sixths of the downloads on the second date."""
    compared = doubled.compared[ALL]
    assert (compared.models, compared.before_on, compared.after_on) == (4, day(0), day(7))
    assert compared.cover == pytest.approx(1_000_000 / 1_199_993)
    assert (compared.before["CN"], compared.after["CN"]) == (0.5, 0.6)
    assert speak(phrases.state_compared(doubled, ALL)) == (
        "Over the 4 models counted on both dates, the share of China rose from 50.0% on 1 Sep 2026 to 60.0% on "
        "8 Sep 2026."
    )


def test_the_line_is_broken_where_the_list_doubled(doubled: Report) -> None:
    """Two pieces of one date each; over the whole Hub the same counts make one line."""
    hub = make_history([(day(0), BEFORE), (day(7), AFTER)])[0]
    assert (doubled.breaks, hub.breaks) == ({day(7)}, frozenset())
    for report, pieces in ((doubled, {0, 1}), (hub, set())):
        drawn = speak(build_share_over_time(report)).draw(720, ENGLISH).to_dict()
        rows = [row for data in drawn["datasets"].values() for row in data if "stretch" in row]
        assert {row["stretch"] for row in rows} == pieces


def test_the_sentences_of_a_list_that_doubled(doubled: Report) -> None:
    """The rise of the old models is told, that the share of the list stood still is not told as a trend."""
    said = speak(build_share_over_time(doubled)).headline
    assert "rose from 50.0% on 1 Sep 2026 to 60.0% on 8 Sep 2026" in said
    assert "was 50.0% on" not in said
    assert "rose" not in speak(state_over_time(doubled, doubled.histories[ALL]))
    newest = next(iter(doubled.topics["weeks"].items.values()))
    week = speak(state_item("weeks", newest, doubled))
    assert (
        "over the 4 models counted on both dates; on either date they hold at least 83% of the downloads"
        in (week["compared"])
    )
    assert "rose from 50.0% to 60.0%" in week["finding"]
    assert "leaders" not in week


def test_a_count_that_is_missing_on_one_date_is_compared_on_none() -> None:
    """A model without a count on the second date leaves both sums."""
    named = make_named({"east/a": (100, 120), "west/b": (100, 80), "west/c": (50, None)})
    pairs = compare_dates(named, day(0), day(7), ALL)
    assert pairs
    compared = pairs.compared
    assert (compared.models, dict(compared.before), dict(compared.after)) == (
        2,
        {"CN": 0.5, "US": 0.5},
        {"CN": 0.6, "US": 0.4},
    )


def make_named(counts: dict[str, tuple[int | None, int | None]]) -> pd.DataFrame:
    """Make named models of two dates, Chinese ones of `east`, American ones of `west`."""
    rows = [
        {"end": day(7 * n), "model": name, "id": name, "downloads_30d": count, "task_group": "language"}
        | dict.fromkeys(("publisher_code", "origin_code"), "CN" if name.startswith("east") else "US")
        for name, pair in counts.items()
        for n, count in enumerate(pair)
    ]
    named = pd.DataFrame(rows).sort_values("end", ignore_index=True)
    words = dict.fromkeys(("model", "id", "publisher_code", "origin_code"), "category")
    return named.astype(words).assign(end=pd.Categorical(named["end"], ordered=True))


def read_collected(version: str) -> pd.Series:
    """Read the counts that a release of the catalogue was the first to carry, by model: those collected for it."""
    counts = pd.read_csv(OBSERVATIONS)
    return counts[counts["first_version"] == version].set_index("id")["downloads_30d"]


@needs(OBSERVATIONS)
def test_over_a_fixed_list_china_rises_from_august(bundled_report: Report) -> None:
    """Plain pandas over the counts collected for 1.1.8 (3 August) and 1.1.17 (8 October) gives the same rise.

    Over the whole list, which grew by two thirds between them, the share does not rise. Ours names the 2,000 most
    downloaded models of each date, which hold 99 % of the downloads: a quarter of a point of slack.
    """
    registry = load_registry()
    both = pd.concat(
        [read_collected("1.1.8"), read_collected("1.1.17")], axis=1, keys=["before", "after"], join="inner"
    )
    is_chinese = [registry.code(name.partition("/")[0]) == "CN" for name in both.index]
    plain = both[is_chinese].sum() / both.sum()
    assert plain["after"] - plain["before"] > 0.01
    compared = bundled_report.compared[ALL]
    assert (compared.before_on, compared.after_on) == (dt.date(2026, 8, 3), dt.date(2026, 10, 8))
    assert [compared.before["CN"], compared.after["CN"]] == pytest.approx(list(plain), abs=0.0025)
    shares = {table.as_of: table.share_of("CN") for table in bundled_report.histories[ALL]}
    assert shares[compared.after_on] < shares[compared.before_on]
