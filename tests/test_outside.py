"""The outside series: six labs a side by month, computed from the bundled tables, judged by our rule, kept apart."""

import datetime as dt
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from generator.base.errors import SnapshotError
from generator.base.scope import make_scope
from generator.publish.pages import build_pages, prose
from generator.questions.outside.figures import (
    build_outside_series,
    describe_scope,
    state_before,
    state_outside,
    state_years,
)
from generator.questions.outside.tables import LABS, LEAST_LEAD, OutsideSeries, compute_outside
from generator.registry import Event, Registry, load_registry
from generator.sources.outside import FOLDER, SHARES, TOTALS, read_outside
from tests.figure_reports import make_report
from tests.small import make_publisher, make_registry, make_usual_report
from tests.small import make_report as make_small_report
from tests.spoken import ENGLISH, speak

SURGE = Event(
    dt.date(2025, 2, 3),
    "Surge of x",
    "surge",
    ("CN",),
    ("Qwen",),
    40,
    "a test",
    "https://x.example/",
    dt.date(2026, 1, 1),
    "",
)


def make_row(month: str, china: float, us: float, *, counted: bool = True, downloads: float = 100e-6) -> dict[str, str]:
    """Make a month in which one lab a side has all of its side's share, in per cent."""
    labs = dict.fromkeys((lab for side in LABS.values() for lab in side), "0.0")
    given = {"Qwen": str(china), "google": str(us), "month": month, "total_downloads_millions": str(downloads)}
    return labs | given | {"counter_exact": str(counted).lower()}


@pytest.fixture(scope="module")
def series() -> OutsideSeries:
    """Compute the bundled series with the real registry's events."""
    found = compute_outside(read_outside(), load_registry().events)
    assert found is not None
    return found


def test_it_reaches_from_july_2024_to_september_2026_and_says_what_is_estimated(series: OutsideSeries) -> None:
    """27 months, the first eight from 30-day counts."""
    assert [dt.date(2024, 7, 1), dt.date(2026, 9, 1)] == [series.months[0].start, series.months[-1].end]
    assert [False] * 8 + [True] * 19 == [month.is_counted for month in series.months]


def test_its_twelve_month_sums_are_those_of_the_table(series: OutsideSeries) -> None:
    """The study's year 18.7 against 17.1 %, the newest 41.9 against 15.2 %: weighed by each month's downloads."""
    table = pd.read_csv(FOLDER / SHARES).set_index("month")
    years = [table.loc["2024-09":"2025-08"], table.loc["2025-10":"2026-09"]]
    plain = [
        {
            code: (year[list(labs)].sum(axis=1) * year.iloc[:, 0]).sum() / year.iloc[:, 0].sum() / 100
            for code, labs in LABS.items()
        }
        for year in years
    ]
    assert plain == [pytest.approx(dict(year.shares)) for year in series.years]
    rounded = [{code: round(share * 100, 1) for code, share in year.shares.items()} for year in series.years]
    assert [{"CN": 18.7, "US": 17.1}, {"CN": 41.9, "US": 15.2}] == rounded


def test_without_the_surge_the_newest_year_is_smaller_and_as_clear(series: OutsideSeries) -> None:
    """The surge's downloads leave Qwen and the whole; the other side's share rises by as much as the whole shrinks."""
    assert series.without_surge is not None
    found = {code: round(share * 100, 1) for code, share in series.without_surge.shares.items()}
    assert [{"CN": 40.4, "US": 15.6}, "CN"] == [found, series.without_surge.leader]


def test_a_lead_is_more_than_rounding_and_one_model_could_change(series: OutsideSeries) -> None:
    """Five points of one model, twelve shares at a tenth of a point: ahead since April 2025, clear since September."""
    assert 0.062 == pytest.approx(LEAST_LEAD)
    assert dt.date(2025, 4, 1) == series.run_ahead[0].start
    level = [month.start.isoformat()[:7] for month in series.run_ahead if month.leader is None]
    assert ["2025-04", "2025-05", "2025-08"] == level
    assert dt.date(2025, 9, 1) == series.run_led[0].start
    assert {"CN"} == {month.leader for month in series.run_led}


def test_november_2024_is_no_lead(series: OutsideSeries) -> None:
    """One month of 5.6 points between two of the other side, estimated: one model could do that."""
    month = next(month for month in series.months if month.start == dt.date(2024, 11, 1))
    assert ["CN", None] == [month.ahead, month.leader]
    before = [month.leader for month in series.months[:3]]
    assert ["US", "US", "US"] == before


@pytest.mark.parametrize(("china", "us", "expected"), [(30.0, 23.7, "CN"), (30.0, 23.9, None), (10.0, 20.0, "US")])
def test_the_edge_of_a_lead(china: float, us: float, expected: str | None) -> None:
    """6.3 points are one, 6.1 are not, on either side."""
    found = compute_outside([make_row("2025-01", china, us)], ())
    assert found is not None
    assert expected == found.months[0].leader


def test_a_surge_is_left_out_of_its_side_and_of_the_whole() -> None:
    """Of 200 downloads China has 120, 40 of them a surge: 80 of 160 are left."""
    rows = [make_row("2025-01", 60.0, 20.0), make_row("2025-02", 60.0, 20.0)]
    found = compute_outside(rows, [SURGE])
    assert found is not None
    assert found.without_surge is not None
    assert {"CN": 0.5, "US": 0.25} == pytest.approx(dict(found.without_surge.shares))


def test_an_event_after_the_last_month_is_none_of_the_series() -> None:
    """Its events lie between its first and its last day."""
    found = compute_outside([make_row("2025-01", 60.0, 20.0)], [SURGE])
    assert found is not None
    assert [(), None, None] == [found.events, found.surge, found.without_surge]


def test_the_sentences(series: OutsideSeries) -> None:
    """The order with its month, its rule, the years, and what is counted."""
    share = ENGLISH.percent
    assert (
        f"Models from six labs in China account for {share(0.34844)} of the Hub's downloads of text and "
        f"vision-language models in September 2026, models from six labs in the United States for {share(0.12896)}; "
        "the lead is clear in every month since September 2025."
    ) == speak(state_outside(series))
    assert (
        "China is ahead in every month since April 2025, but in April 2025, May 2025 and August 2025 by so little "
        "that the two count as level."
    ) == speak(state_before(series))
    assert (
        f"Over the twelve months to August 2025: China {share(0.187)}, the United States {share(0.171)}, which counts "
        f"as level. Over the twelve months to September 2026: China {share(0.419)}, the United States {share(0.152)}. "
        f"Without one model's surge in April 2026: about {share(0.404)} and {share(0.156)}."
    ) == speak(state_years(series))
    assert "None of these numbers enters any other on this site." in speak(describe_scope(series))


def test_level_months_are_called_level() -> None:
    """Neither side leads in a month of one point's difference."""
    found = compute_outside([make_row("2025-01", 20.0, 19.0)], ())
    assert found is not None
    assert "which counts as level" in speak(state_outside(found))


def test_the_caption_says_the_four_differences_and_that_the_labs_are_our_choice(series: OutsideSeries) -> None:
    """Ages, kinds of models, six labs, estimated months; the source with both licences."""
    figure = speak(build_outside_series(replace(make_report(), outside=series)))
    assert figure is not None
    wanted = [
        "models of all ages count",
        "only text and vision-language models",
        "only six named labs a side",
        "the months before March 2025 are estimated",
        "Which six stand for a side is our choice",
        "6.2",
    ]
    assert [] == [words for words in wanted if words not in figure.how_to_read]
    assert "Model Pulse (T. Stekel), Apache-2.0, from hub-stats (C. Fahlgren), Apache-2.0" in figure.source
    assert 54 == len(figure.rows)


@pytest.mark.parametrize("width", [358, 680])
def test_the_surge_stands_on_the_chart_by_name(series: OutsideSeries, width: int) -> None:
    """A ring and the model's name, also where there is little room."""
    figure = speak(build_outside_series(replace(make_report(), outside=series)))
    assert figure is not None
    spec = json.dumps(figure.draw(width, ENGLISH).to_dict())
    assert "Qwen3-VL-2B-Instruct" in spec


def test_a_report_without_the_series_has_no_such_figure() -> None:
    """Nothing is drawn from nothing."""
    assert speak(build_outside_series(make_report())) is None


def test_over_the_whole_hub_it_stands_on_the_history_page_with_its_breaks(series: OutsideSeries) -> None:
    """Beside our own history, with its scope and every break of the counts; over a selection it does not."""
    texts = {}
    for kind in ("hub", "selection"):
        report, registry = make_usual_report()
        data = replace(report.data, scope=make_scope(kind, "a list", "a test"))
        pages = build_pages(replace(report, data=data, outside=series), ENGLISH, registry, {"outside-series"})
        texts[kind] = pages["history.md"]
    assert "::figure outside-series::" in texts["hub"]
    assert [] == [event.label for event in series.events if prose(event.label) not in texts["hub"]]
    assert "outside-series" not in texts["selection"].replace("method.md", "")


def test_it_enters_no_number_of_the_report() -> None:
    """The same ledger with and without the series gives the same report but for the series itself."""
    models = [
        {"id": "Qwen/x", "author": "Qwen", "downloads_30d": 5},
        {"id": "google/y", "author": "google", "downloads_30d": 3},
    ]
    registry = make_registry(make_publisher("Qwen", "CN"), make_publisher("google", "US"))
    plain, beside = (make_small_report(models, registry, rows) for rows in ((), read_outside()))
    assert plain.outside is None
    assert beside.outside is not None
    names = [name for name in vars(plain) if name != "outside"]
    assert [repr(getattr(plain, name)) for name in names] == [repr(getattr(beside, name)) for name in names]


def test_each_lab_is_placed_by_the_registry_where_the_series_counts_it() -> None:
    """The six labs of a side sit in its country."""
    registry: Registry = load_registry()
    assert {code: {code} for code in LABS} == {
        code: {registry.code(lab) for lab in labs} for code, labs in LABS.items()
    }


def test_tables_of_different_months_are_refused(tmp_path: Path) -> None:
    """A month that one of the two lacks would be counted under another's name."""
    folder = tmp_path / "outside"
    shutil.copytree(FOLDER, folder)
    lines = (folder / TOTALS).read_text(encoding="utf-8").splitlines()
    (folder / TOTALS).write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    with pytest.raises(SnapshotError, match="do not hold the same months"):
        read_outside(folder)


def test_licence_notice_and_changes_stand_beside_the_tables() -> None:
    """As the licence asks for: its text, whose work it is, and what was changed."""
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert "Model Pulse (T. Stekel), Apache-2.0, from hub-stats (C. Fahlgren), Apache-2.0" in text
    assert "**Changes.**" in text
    assert "Apache License" in (FOLDER / "LICENSE-model-pulse.txt").read_text(encoding="utf-8")
