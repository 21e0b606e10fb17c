"""Comparison: published figures beside ours, and the registry's file of them."""

import datetime as dt
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from generator.base.errors import RegistryError
from generator.figures.figure import speak_figure
from generator.figures.theme import NARROW
from generator.ledger.intervals import Interval
from generator.questions.comparison.figures import build
from generator.questions.comparison.tables import FIGURES, compare_figures
from generator.questions.comparison.words import state_reading
from generator.questions.outside.tables import compute_outside
from generator.questions.report import Report
from generator.registry import PublishedFigure, Registry, load_registry
from generator.registry.load import FOLDER
from generator.registry.records import FIGURE_STATES
from generator.sources.outside import read_outside
from generator.star.definitions import DEFINITIONS, Definition
from generator.star.shares import ShareTable, build_rows
from generator.star.table import Row
from generator.text.language import Language
from generator.text.voices import read_voices
from tests.spoken import speak

YEAR = Definition("12m", "first_year", "publisher")
END = dt.date(2025, 8, 31)
FIGURE = PublishedFigure(
    figure="study-china",
    source="a study",
    published_on=dt.date(2025, 11, 27),
    what="China's share of downloads",
    code="CN",
    value=0.171,
    unit="share",
    starts_on=dt.date(2024, 9, 1),
    ends_on=END,
    their_definition="downloads of new models",
    nearest="12m-first-year-publisher",
    same_definition=True,
    comparable=True,
    reason="their list of accounts differs",
    status="primary",
    source_url="https://arxiv.org/abs/2512.03073",
    checked_on=dt.date(2026, 11, 24),
)


def make_table(end: dt.date = END, china: int = 175, definition: Definition = YEAR) -> ShareTable:
    """Make a table of 1,000 downloads over the year up to a day."""
    rows = build_rows(pd.Series({"CN": china, "US": 1000 - china}, dtype="float64"), pd.Series(dtype="int64"))
    return ShareTable(definition, end, end - dt.timedelta(days=364), 365, 365, 1000, rows)


def make_interval(end: dt.date = END, scope: str = "hub") -> Interval:
    """Make a year's interval of a scope."""
    return Interval(end - dt.timedelta(days=365), end, 365, "counter", "test", scope, 1, 1.0, 0, 0, 0, ())


def compare(figure: PublishedFigure, *tables: ShareTable, scope: str = "hub") -> Row:
    """Compare one figure with the history of one definition."""
    histories = {tables[0].definition: tables} if tables else {}
    intervals = [make_interval(table.as_of, scope) for table in tables]
    return compare_figures([figure], histories, intervals).records()[0]


def test_a_figure_within_a_point_is_reproduced() -> None:
    """17.5 % of ours against 17.1 %: 0.4 points, same definition, same time, the whole Hub."""
    found = compare(FIGURE, make_table())
    assert [YEAR.slug, END, 0.175, 0.4, "reproduced", "agrees"] == [
        found["our_definition"], found["window_ends_on"], found["share_ours"], found["difference_points"],
        found["agreement"], found["cause"],
    ]  # fmt: skip


@pytest.mark.parametrize(("china", "state"), [(181, "reproduced"), (161, "reproduced"), (182, "different")])
def test_the_edge_is_one_point(china: int, state: str) -> None:
    """18.1 % is one point away and still agrees; 18.2 % is not."""
    assert state == compare(FIGURE, make_table(china=china))["agreement"]


def test_a_selection_of_models_never_reproduces_a_figure() -> None:
    """The same number from a selection is an accident: its scope differs."""
    found = compare(FIGURE, make_table(china=171), scope="selection")
    assert ["different", "scope", 0] == [found["agreement"], found["cause"], found["difference_points"]]


def test_one_interval_of_a_selection_is_enough() -> None:
    """A window that begins with a selection and goes on with the whole Hub is of neither."""
    intervals = [make_interval(END - dt.timedelta(days=30), "selection"), make_interval(END)]
    found = compare_figures([FIGURE], {YEAR: (make_table(),)}, intervals).find()
    assert found
    assert "scope" == found["cause"]


@pytest.mark.parametrize(
    ("figure", "table", "cause"),
    [
        (replace(FIGURE, same_definition=False), make_table(), "definition"),
        (FIGURE, make_table(definition=Definition("held", "first_year", "publisher")), "definition"),
        (FIGURE, make_table(END + dt.timedelta(days=32)), "date"),
        (replace(FIGURE, ends_on=None), make_table(), "date"),
        (FIGURE, make_table(china=400), "value"),
    ],
)
def test_why_a_number_differs(figure: PublishedFigure, table: ShareTable, cause: str) -> None:
    """They count something else, over another window, at another time, at no stated time, or the numbers differ."""
    found = compare(figure, table)
    assert ["different", cause] == [found["agreement"], found["cause"]]


@pytest.mark.parametrize(
    ("figure", "cause"),
    [
        (replace(FIGURE, unit="downloads", value=1.15e9, comparable=False), "unit"),
        (replace(FIGURE, comparable=False), "row"),
        (replace(FIGURE, nearest="12m-all-origin"), "no-number"),
        (replace(FIGURE, nearest=""), "no-number"),
    ],
)
def test_what_cannot_be_compared_has_no_number(figure: PublishedFigure, cause: str) -> None:
    """Not a share; the row says why not; nothing of ours is near."""
    found = compare(figure, make_table())
    assert ["not-comparable", cause, None, None] == [
        found[name] for name in ("agreement", "cause", "share_ours", "difference_points")
    ]


def test_the_table_nearest_in_time_is_taken() -> None:
    """One ends 20 days before the figure's end, one 5 days after: the second; the newest is too late."""
    tables = [make_table(END + dt.timedelta(days=days), china) for days, china in ((-20, 100), (5, 200), (90, 300))]
    assert 0.2 == compare(FIGURE, *tables)["share_ours"]


def test_without_a_table_of_its_time_the_newest_is_shown() -> None:
    """A reader sees the number that the other pages show, and that the time differs."""
    tables = [make_table(END + dt.timedelta(days=days), china) for days, china in ((90, 200), (180, 300))]
    found = compare(FIGURE, *tables)
    assert [0.3, "date"] == [found["share_ours"], found["cause"]]


def test_a_country_without_downloads_has_the_share_0() -> None:
    """Nothing of ours is a number too."""
    assert 0.0 == compare(replace(FIGURE, code="FR", value=0.005), make_table())["share_ours"]


def test_the_bundled_data_reproduce_nothing(bundled_report: Report) -> None:
    """They are a selection: every comparable figure differs by its scope."""
    found = bundled_report.topics["comparison"].by_name["comparison-figures"].records()
    assert {("different", "scope"), ("not-comparable", "unit"), ("not-comparable", "row")} == {
        (row["agreement"], row["cause"]) for row in found
    }


@pytest.mark.slow
@pytest.mark.parametrize("code", list(read_voices()))
def test_its_picture_is_drawn_in_every_language(bundled_report: Report, code: str) -> None:
    """Its rows are told by what was measured, as the language says it; English is left in none but its own."""
    (figure,) = build(bundled_report.topics["comparison"].by_name, bundled_report)
    language = Language(code)
    drawn = json.dumps(speak_figure(figure, language).draw(NARROW, language).to_dict(), ensure_ascii=False)
    assert (code == "en") == ("share of downloads" in drawn)


def test_the_headline_of_the_study_is_in_the_registry(registry: Registry) -> None:
    """17.1 % and 15.8 %, read in the study itself, under the definition that is its own."""
    found = {row.figure: row for row in registry.figures}
    assert [(0.171, "CN"), (0.158, "US")] == [
        (found[name].value, found[name].code) for name in ("study-china", "study-us")
    ]
    assert {("primary", True, YEAR.slug)} == {
        (found[name].status, found[name].same_definition, found[name].nearest) for name in ("study-china", "study-us")
    }


def test_every_nearest_definition_exists(registry: Registry) -> None:
    """The registry names definitions by their slugs; each is one of ours."""
    slugs = {definition.slug for definition in DEFINITIONS.values()}
    assert [] == [row.figure for row in registry.figures if row.nearest and row.nearest not in slugs]


def test_a_figure_says_how_it_was_read(registry: Registry) -> None:
    """What was read in its own source has an address; a sum of ours names the numbers that it is of."""
    found = {status: [row for row in registry.figures if row.status == status] for status in FIGURE_STATES}
    assert [] == [row.figure for row in (*found["primary"], *found["computed"]) if not row.source_url]
    assert {"Open Model Share, from Model Pulse"} == {row.source[:34] for row in found["computed"]}
    assert [] == [status for status, rows in found.items() if not rows]


def test_a_number_without_a_method_is_not_set_beside_ours(registry: Registry) -> None:
    """Two shares for China and the United States are quoted without saying what was counted: they stay out."""
    shares = {row.value for row in registry.figures if row.unit == "share"}
    assert set() == shares & {0.58, 0.3, 0.157}


def test_our_sums_of_the_outside_series_are_those_of_its_tables(registry: Registry) -> None:
    """The registry's four sums are the two years of the figure, rounded."""
    _, spans, _ = compute_outside(read_outside(), registry.events)
    values = {row.figure: row.value for row in registry.figures if row.figure.startswith("pulse-labs-")}
    names = {"CN": "china", "US": "us"}
    years = {"study": 2025, "newest": 2026}
    assert values == {
        f"pulse-labs-{names[row['country_code']]}-{years[row['span']]}": round(row["share_of_six"], 3)
        for row in spans.where(span=list(years)).records()
    }


def test_the_finding_counts_how_they_were_read() -> None:
    """One of each."""
    rows = [compare(replace(FIGURE, status=status)) for status in FIGURE_STATES]
    assert (
        "1 of 3 were read in their own source, 1 as another source quotes them; 1 are our sums of published numbers."
    ) == speak(state_reading(FIGURES.fill(rows)))


def test_mistakes_in_the_file_are_all_told(tmp_path: Path) -> None:
    """A value above 1, a wrong word, a figure that cannot be compared, a name that stands twice, a wrong code."""
    folder = tmp_path / "registry"
    shutil.copytree(FOLDER, folder)
    path = folder / "published_figures.csv"
    header, china, us, *rest = path.read_text(encoding="utf-8").splitlines()
    wrong = [
        china.replace("0.171", "17.1"),
        china.replace("study-china", "a").replace(",primary,", ",hearsay,"),
        china.replace("study-china", "b").replace("12m-first-year-publisher", ""),
        us,
        us,
        china.replace("study-china", "c").replace(",CN,", ",XX,"),
    ]
    path.write_text("\n".join([header, *wrong, *rest]) + "\n", encoding="utf-8")
    with pytest.raises(RegistryError) as caught:
        load_registry(folder)
    message = str(caught.value)
    expected = [
        "published_figures.csv:2: value is '17.1', expected a fraction from 0 to 1",
        "published_figures.csv:3: status is 'hearsay', expected one of computed, primary, secondary",
        "published_figures.csv:4: comparable is 'yes', expected no: it needs unit share, code and nearest",
        "published_figures.csv:6: 'study-us' stands already at published_figures.csv:5; keep one of them",
        "published_figures.csv:7: code is 'XX', expected a code of countries.csv, a category or nothing",
    ]
    assert [] == [line for line in expected if line not in message]
