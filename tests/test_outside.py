"""The outside series: six labs a side by month, computed from the bundled tables, judged by our rule, kept apart."""

import datetime as dt
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from pathlib import Path

import pandas as pd
import pytest

from generator.base.errors import SnapshotError
from generator.base.scope import make_scope
from generator.publish.pages import build_pages, prose
from generator.questions.ground import Answer, Tables
from generator.questions.outside.figures import build
from generator.questions.outside.tables import LABS, LEAST_LEAD, compute_outside
from generator.questions.outside.words import find_run, list_points, state
from generator.questions.report import Report
from generator.registry import Event, Registry, load_registry
from generator.sources.outside import FOLDER, SHARES, TOTALS, read_outside
from generator.star.table import Row
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


def add_series(report: Report, series: Tables) -> Report:
    """Return a report with the series."""
    return replace(report, topics={**report.topics, "outside": Answer("outside", series)})


def make_row(month: str, china: float, us: float, *, counted: bool = True, downloads: float = 100e-6) -> dict[str, str]:
    """Make a month in which one lab a side has all of its side's share, in per cent."""
    labs = dict.fromkeys((lab for side in LABS.values() for lab in side), "0.0")
    given = {"Qwen": str(china), "google": str(us), "month": month, "total_downloads_millions": str(downloads)}
    return labs | given | {"counter_exact": str(counted).lower()}


def compute(rows: Sequence[Mapping[str, str]], events: Iterable[Event] = ()) -> Tables:
    """Compute the tables by name."""
    return {table.name: table for table in compute_outside(rows, events)}


def list_months(series: Tables) -> list[Row]:
    """List the months, each with both sides."""
    return list_points(series["outside-months"], "month_from")


def list_spans(series: Tables) -> dict[str, dict[str, float]]:
    """List the shares of both sides by span."""
    spans = list_points(series["outside-spans"], "span")
    return {row["span"]: {row["first"]: row["first_share"], row["second"]: row["second_share"]} for row in spans}


def speak_series(series: Tables) -> dict[str, str]:
    """Speak the sentences of the series."""
    return {name: speak(said) for name, said in state(series, make_report()).items()}


@pytest.fixture(scope="module")
def series() -> Tables:
    """Compute the bundled series with the real registry's events."""
    return compute(read_outside(), load_registry().events)


def test_it_reaches_from_july_2024_to_september_2026_and_says_what_is_estimated(series: Tables) -> None:
    """27 months, the first eight from 30-day counts."""
    months = list_months(series)
    assert [dt.date(2024, 7, 1), dt.date(2026, 9, 1)] == [month["month_from"] for month in (months[0], months[-1])]
    assert ["estimated"] * 8 + ["counted"] * 19 == [month["basis"] for month in months]


def test_its_twelve_month_sums_are_those_of_the_table(series: Tables) -> None:
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
    spans = list_spans(series)
    assert plain == [pytest.approx(spans[name]) for name in ("study", "newest")]
    rounded = [{code: round(spans[name][code] * 100, 1) for code in LABS} for name in ("study", "newest")]
    assert [{"CN": 18.7, "US": 17.1}, {"CN": 41.9, "US": 15.2}] == rounded


def test_without_the_surge_the_newest_year_is_smaller_and_as_clear(series: Tables) -> None:
    """The surge's downloads leave Qwen and the whole; the other side's share rises by as much as the whole shrinks."""
    found = {code: round(share * 100, 1) for code, share in list_spans(series)["without-surge"].items()}
    order = {row["order"] for row in series["outside-spans"].where(span="without-surge").records()}
    assert [{"CN": 40.4, "US": 15.6}, {"CN"}] == [found, order]


def test_a_lead_is_more_than_rounding_and_one_model_could_change(series: Tables) -> None:
    """Five points of one model, twelve shares at a tenth of a point: ahead since April 2025, clear since September."""
    assert 0.062 == pytest.approx(LEAST_LEAD)
    months = list_months(series)
    ahead, led = (find_run(months, itemgetter(name)) for name in ("first", "order"))
    assert dt.date(2025, 4, 1) == ahead[0]["month_from"]
    level = [month["month_from"].isoformat()[:7] for month in ahead if month["order"] == "level"]
    assert ["2025-04", "2025-05", "2025-08"] == level
    assert dt.date(2025, 9, 1) == led[0]["month_from"]
    assert {"CN"} == {month["order"] for month in led}


def test_november_2024_is_no_lead(series: Tables) -> None:
    """One month of 5.6 points between two of the other side, estimated: one model could do that."""
    months = list_months(series)
    month = next(month for month in months if month["month_from"] == dt.date(2024, 11, 1))
    assert ["CN", "level"] == [month["first"], month["order"]]
    before = [month["order"] for month in months[:3]]
    assert ["US", "US", "US"] == before


@pytest.mark.parametrize(("china", "us", "expected"), [(30.0, 23.7, "CN"), (30.0, 23.9, "level"), (10.0, 20.0, "US")])
def test_the_edge_of_a_lead(china: float, us: float, expected: str) -> None:
    """6.3 points are one, 6.1 are not, on either side."""
    assert expected == list_months(compute([make_row("2025-01", china, us)]))[0]["order"]


def test_a_surge_is_left_out_of_its_side_and_of_the_whole() -> None:
    """Of 200 downloads China has 120, 40 of them a surge: 80 of 160 are left."""
    rows = [make_row("2025-01", 60.0, 20.0), make_row("2025-02", 60.0, 20.0)]
    assert {"CN": 0.5, "US": 0.25} == pytest.approx(list_spans(compute(rows, [SURGE]))["without-surge"])


def test_an_event_after_the_last_month_is_none_of_the_series() -> None:
    """Its events lie between its first and its last day."""
    found = compute([make_row("2025-01", 60.0, 20.0)], [SURGE])
    assert [[], ["study", "newest"]] == [found["outside-breaks"].rows(), list(list_spans(found))]


def test_the_sentences(series: Tables) -> None:
    """The order with its month, its rule, the years, and what is counted."""
    share, said = ENGLISH.percent, speak_series(series)
    assert (
        f"Models from six labs in China account for {share(0.34844)} of the Hub's downloads of text and "
        f"vision-language models in September 2026, models from six labs in the United States for {share(0.12896)}; "
        "the lead is clear in every month since September 2025."
    ) == said["outside"]
    assert (
        "China is ahead in every month since April 2025; in April 2025, May 2025 and August 2025 the lead is so "
        "small that the two count as level."
    ) == said["outside-before"]
    assert (
        f"Over the twelve months to August 2025: China {share(0.187)}, the United States {share(0.171)}, which counts "
        f"as level. Over the twelve months to September 2026: China {share(0.419)}, the United States {share(0.152)}. "
        f"Without one model's surge in April 2026: about {share(0.404)} and {share(0.156)}."
    ) == said["outside-years"]
    assert "None of these numbers enters any other on this site." in said["outside-scope"]


def test_level_months_are_called_level() -> None:
    """Neither side leads in a month of one point's difference."""
    assert "which counts as level" in speak_series(compute([make_row("2025-01", 20.0, 19.0)]))["outside"]


def test_the_caption_says_the_four_differences_and_that_the_labs_are_our_choice(series: Tables) -> None:
    """Ages, kinds of models, six labs, estimated months; the source with both licences."""
    (figure,) = speak(build(series, make_report()))
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
def test_the_surge_stands_on_the_chart_by_name(series: Tables, width: int) -> None:
    """A ring and the model's name, also where there is little room."""
    (figure,) = speak(build(series, make_report()))
    spec = json.dumps(figure.draw(width, ENGLISH).to_dict())
    assert "Qwen3-VL-2B-Instruct" in spec


def test_a_report_without_the_series_has_no_such_figure() -> None:
    """Nothing is drawn from nothing."""
    assert () == build(compute([]), make_report())


def test_over_the_whole_hub_it_stands_on_the_history_page_with_its_breaks(series: Tables) -> None:
    """Beside our own history, with its scope and every break of the counts; over a selection it does not."""
    texts = {}
    for kind in ("hub", "selection"):
        report, registry = make_usual_report()
        data = replace(report.data, scope=make_scope(kind, "a list", "a test"))
        pages = build_pages(add_series(replace(report, data=data), series), ENGLISH, registry, {"outside-series"})
        texts[kind] = pages["history.md"]
    assert "::figure outside-series::" in texts["hub"]
    assert [] == [row["event"] for row in series["outside-breaks"].records() if prose(row["event"]) not in texts["hub"]]
    assert "outside-series" not in texts["selection"].replace("method.md", "")


def test_it_enters_no_number_of_the_report() -> None:
    """The same ledger with and without the series gives the same report but for the series itself."""
    models = [
        {"id": "Qwen/x", "author": "Qwen", "downloads_30d": 5},
        {"id": "google/y", "author": "google", "downloads_30d": 3},
    ]
    registry = make_registry(make_publisher("Qwen", "CN"), make_publisher("google", "US"))
    plain, beside = (make_small_report(models, registry, rows) for rows in ((), read_outside()))
    assert [0, 54] == [len(each.topics["outside"].by_name["outside-months"].rows()) for each in (plain, beside)]
    rest = [replace(each, topics={**each.topics, "outside": plain.topics["outside"]}) for each in (plain, beside)]
    names = list(vars(plain))
    assert [repr(getattr(rest[0], name)) for name in names] == [repr(getattr(rest[1], name)) for name in names]


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
