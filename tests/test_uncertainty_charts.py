"""Figures of history and uncertainty: what they say agrees with their data, and no name becomes more than text."""

import dataclasses
import datetime as dt
import json

import pytest

from generator.base.scope import WHOLE_HUB
from generator.figures.figure import Figure, TableOf
from generator.figures.frame import Scale
from generator.figures.parts import choose_ticks
from generator.figures.picture import draw_svg
from generator.figures.theme import NARROW, WIDE
from generator.questions.comparison.tables import FIGURES, compare_figures
from generator.questions.concentration.tables import HISTORY, MEASURES
from generator.questions.crossovers.tables import compute_crossovers
from generator.questions.gallery import build_figures
from generator.questions.ground import Answer
from generator.questions.report import Report
from generator.questions.sensitivity.figures import build_leave_one_out, build_specification_curve
from generator.questions.sensitivity.words import state_reversals
from generator.questions.years.tables import SHARES
from generator.registry import PublishedFigure
from generator.star.definitions import Definition
from generator.star.sensitivity import LeftOut, PairShares, Sensitivity
from generator.star.specifications import Specification, SpecificationCurve
from generator.star.table import Row, Table
from tests.figure_reports import ALL, CLEAR, FIRST, HEADLINE, LAST, ORIGIN, make_report, make_rows
from tests.spoken import ENGLISH, speak

# The figures of history and uncertainty.
DOUBT = {
    "specification-curve", "leave-one-out", "lead-over-time", "share-by-year", "concentration", "published-figures",
}  # fmt: skip
HOSTILE = "</script><b>x\u202e\x00" + "y" * 300


def left_out(name: str, code: str, swing: float) -> LeftOut:
    """Make what is left out of a margin of 25 points."""
    return LeftOut(name, code, 100, PairShares(0.25 + swing + 0.2, 0.2, 900), swing)


def specification(margin: float, exclusion: str, definition: Definition = HEADLINE) -> Specification:
    """Make a combination of this margin."""
    names = ("Qwen",) if exclusion != "none" else ()
    return Specification(definition, exclusion, names, PairShares(0.3 + margin, 0.3, 1000))


def make_curve(*rows: Specification) -> SpecificationCurve:
    """Make a curve of China and the United States, the smallest margin first."""
    ordered = tuple(sorted(rows, key=lambda row: row.margin))
    return SpecificationCurve("CN", "US", ordered, sum(row.margin > 0 for row in rows))


def make_published(ours: float | None, state: str, cause: str, url: str = "https://example.org/") -> Row:
    """Make a published share of 41% beside ours."""
    figure = PublishedFigure(
        "spring", "Somebody", LAST, "China's share", "CN", 0.41, "share", FIRST, LAST, "Downloads", ALL.slug,
        False, True, "It counts otherwise.", "primary", url, LAST,
    )  # fmt: skip
    (row,) = compare_figures((figure,), {}, ()).records()
    judged = {"agreement": state, "cause": cause}
    number = {"our_definition": ALL.slug, "window_ends_on": LAST, "share_ours": ours} if ours is not None else {}
    return {**row, **judged, **number}


def make_answer(name: str, *tables: Table) -> dict[str, Answer]:
    """Make a question's answer of its tables."""
    return {name: Answer(name, {table.name: table for table in tables})}


def answer_comparison(*rows: Row) -> dict[str, Answer]:
    """Answer what others published by these figures."""
    return make_answer("comparison", FIGURES.fill(rows))


def answer_crossovers(report: Report) -> dict[str, Answer]:
    """Answer when the order of two countries changed."""
    dated = [table for tables in report.histories.values() for table in tables]
    return make_answer("crossovers", *compute_crossovers(report.histories, dated, report.headline))


def index(as_of: dt.date, unit: str, hhi: tuple[float, float], gini: tuple[float, float]) -> Row:
    """Make the indices of a unit."""
    bounds = dict(zip(("hhi_lower", "hhi_upper", "gini_lower", "gini_upper"), (*hhi, *gini), strict=True))
    return {"as_of": as_of, "unit_counted": unit, "units": 4, "share_largest": 0.5, "share_rest": 0.0, **bounds}


def make_doubtful(name: str = "Qwen") -> Report:
    """Make a report with every record of history and uncertainty."""
    report = make_report()
    sensitivity = Sensitivity(
        HEADLINE, LAST, "CN", "US", PairShares(0.5, 0.25, 1000), (left_out("west/model", "US", 0.03),),
        (left_out(name, "CN", -0.4),), 12, 0.9, (name,), (), PairShares(0.5, 0.25, 1000),
    )  # fmt: skip
    curve = make_curve(
        specification(0.25, "none"), specification(-0.15, "largest-publisher"), specification(0.1, "none", ORIGIN)
    )
    span = {"year": "2026", "counted_until": LAST, "covered_days": 31, "window_days": 182}
    before = {"year": "2025", "counted_until": dt.date(2025, 12, 31), "covered_days": 365, "window_days": 365}
    kinds = {"universe": "first_year", "attribution": "publisher"}
    year = [
        {**each, **kinds, "country_code": row.code, "share": row.share, "rank": row.rank}
        for each in (before, span)
        for row in make_rows(CLEAR)
    ]
    indices = (
        index(FIRST, "publishers", (0.5, 0.5), (0.6, 0.6)),
        index(LAST, "publishers", (0.25, 0.25), (0.5, 0.5)),
        index(LAST, "models", (0.1, 0.12), (0.4, 0.6)),
    )
    return dataclasses.replace(
        report,
        sensitivity={HEADLINE: sensitivity},
        specifications=curve,
        topics=answer_crossovers(report)
        | make_answer("years", SHARES.fill(year))
        | make_answer("concentration", MEASURES.fill(indices[1:]), HISTORY.fill(indices))
        | answer_comparison(make_published(0.5, "different", "scope"), make_published(None, "not-comparable", "unit")),
    )


def build_all(report: Report) -> tuple[Figure, ...]:
    """Build the figures of history and uncertainty."""
    return speak(tuple(figure for figure in build_figures(report) if figure.slug in DOUBT))


def pick(slug: str, report: Report) -> Figure:
    """Return the figure of a name."""
    return next(figure for figure in build_all(report) if figure.slug == slug)


def found(figure: Figure | None) -> Figure:
    """Return a figure that must be there."""
    assert figure is not None
    return figure


# --- What is said ------------------------------------------------------------------------------------


def test_curve_counts_the_combinations_and_names_the_range() -> None:
    """Two of three margins are above zero; they run from -15 to +25 points."""
    headline = found(speak(build_specification_curve(make_doubtful()))).headline
    assert headline == (
        "China is ahead of the United States in 2 of 3 combinations of definition and exclusion; the margin runs from "
        "−15.0 to +25.0 points."
    )


def test_curve_says_what_its_reversals_share() -> None:
    """The one reversal leaves out the largest publisher, which is named."""
    report = make_doubtful()
    assert report.specifications is not None
    assert "“Without the largest publisher (Qwen)”" in speak(state_reversals(report.specifications, WHOLE_HUB))


def test_curve_without_reversal_says_so() -> None:
    """A margin above zero throughout."""
    assert speak(state_reversals(make_curve(specification(0.1, "none")), WHOLE_HUB)) == (
        "None of the exclusions turns the order."
    )


def test_leave_one_out_names_what_turns_the_order() -> None:
    """A swing of -40 points turns 25 into -15."""
    headline = found(speak(build_leave_one_out(make_doubtful()))).headline
    assert headline == (
        "Without Qwen alone, the margin of China over the United States would turn from 25.0 points to −15.0 points."
    )


def test_leave_one_out_says_when_nothing_turns() -> None:
    """The largest swing is named with the margin that it leaves."""
    report = make_doubtful()
    sensitivity = dataclasses.replace(report.sensitivity[HEADLINE], publishers=(), turned_by=())
    headline = found(speak(build_leave_one_out(dataclasses.replace(report, sensitivity={HEADLINE: sensitivity}))))
    assert "No single model or publisher turns the order" in headline.headline
    assert "west/model moves the margin of 25.0 points most, to +28.0 points" in headline.headline


def test_lead_over_time_claims_no_change_where_there_is_none() -> None:
    """China has more on both dates under all three definitions."""
    headline = pick("lead-over-time", make_doubtful()).headline
    assert headline == (
        "China has been ahead of the United States on every date since 1 Jun 2026, under all 3 definitions that have "
        "numbers."
    )


def test_lead_over_time_counts_and_marks_changes() -> None:
    """The United States were ahead at first: three changes, each in its row of the table."""
    report = make_report(before={"CN": 300, "US": 500, "UNREVIEWED": 200})
    figure = pick("lead-over-time", dataclasses.replace(report, topics=answer_crossovers(report)))
    assert "under 3 of 3 definitions; the order has changed under 3" in figure.headline
    assert ["", "China"] * 3 == [row[3] for row in figure.rows]
    assert [-0.2, 0.25] * 3 == pytest.approx([row[2] for row in figure.rows])


def test_year_says_its_covered_days() -> None:
    """31 of 182 days."""
    figure = pick("share-by-year", make_doubtful())
    assert "In 2026 models from organisations in China account for 50.0%" in figure.headline
    assert figure.headline.endswith("to 1 Jul 2026, 31 of 182 days covered.")
    assert sum(float(row[5] or 0) for row in figure.rows if row[0] == "2026") == pytest.approx(1)


def test_a_single_year_has_no_picture() -> None:
    """It would repeat the bars of the first page; the table of the page has it."""
    report = make_doubtful()
    newest = report.topics["years"].by_name["years-shares"].where(year="2026")
    single = dataclasses.replace(report, topics={**report.topics, **make_answer("years", newest)})
    assert "share-by-year" not in [figure.slug for figure in build_all(single)]


def test_concentration_states_equals() -> None:
    """An index of 1/4 is that of four equals."""
    figure = pick("concentration", make_doubtful())
    assert figure.headline == "Downloads are as concentrated as if 4.0 publishers had equal shares."


def test_concentration_keeps_both_bounds() -> None:
    """The models' Gini coefficient lies between 0.4 and 0.6; the picture has both as numbers, for its band."""
    figure = pick("concentration", make_doubtful())
    rows = TableOf(figure.columns, figure.rows).records()
    newest = {
        row["unit_counted"]: (row["gini_lower"], row["gini_upper"]) for row in rows if row["as_of"] == LAST.isoformat()
    }
    assert {"Publishers": (0.5, 0.5), "Models": (0.4, 0.6)} == newest
    last = [row for row in rows if row["as_of"] == LAST.isoformat()]
    equals = {row["unit_counted"]: (row["equals_lower"], row["equals_upper"]) for row in last}
    assert {"Publishers": (4.0, 4.0), "Models": (pytest.approx(8.333, abs=1e-3), 10.0)} == equals


def test_published_figures_of_another_scope_are_no_test() -> None:
    """One of two has a number of ours, of a selection of models."""
    figure = pick("published-figures", make_doubtful())
    assert figure.headline.startswith("1 of 2 published figures can be set beside a number of ours, but none is tested")
    assert len(figure.rows) == 1
    assert "selection of models" in str(figure.rows[0][-1])


def test_published_figures_count_what_is_reproduced() -> None:
    """41% against 41.5%."""
    topics = answer_comparison(make_published(0.415, "reproduced", "agrees"))
    report = dataclasses.replace(make_doubtful(), topics=topics)
    assert "; 1 agree within one point" in pick("published-figures", report).headline


def test_a_report_without_these_records_has_none_of_these_figures() -> None:
    """Nothing is drawn as zero."""
    assert build_all(make_report()) == ()


# --- How it is drawn ---------------------------------------------------------------------------------


@pytest.mark.parametrize("figure", build_all(make_doubtful()), ids=lambda figure: figure.slug)
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_every_figure_is_whole_and_valid(figure: Figure, width: int) -> None:
    """The schema accepts it at both widths; its words and its table are complete."""
    assert figure.draw(width, ENGLISH).to_dict()["width"] == width
    assert figure.headline.endswith(".")
    assert figure.alt.startswith(figure.headline)
    assert len(figure.alt) > len(figure.headline)
    assert {len(figure.columns)} == {len(row) for row in figure.rows}


def test_six_figures() -> None:
    """Each record has its figure."""
    assert sorted(DOUBT) == sorted(figure.slug for figure in build_all(make_doubtful()))


def test_hostile_names_are_drawn_as_text() -> None:
    """Control characters would end the process; tags stay text; long names are cut."""
    figure = found(speak(build_leave_one_out(make_doubtful(HOSTILE))))
    picture = draw_svg(figure.draw(NARROW, ENGLISH).to_dict(), "x-")
    assert "<b>" not in picture
    assert "\u202e" not in json.dumps(figure.rows, ensure_ascii=False) + figure.headline
    assert max(len(str(cell)) for row in figure.rows for cell in row) <= 200


@pytest.mark.parametrize(
    ("difference", "text"), [(0.04, "+4.0"), (-0.033, "−3.3"), (0.0, "0.0"), (-0.0001, "0.0"), (0.1234, "+12.3")]
)
def test_points_carry_their_sign(difference: float, text: str) -> None:
    """Plus, a real minus, and no sign for what rounds to nothing."""
    assert text == ENGLISH.signed(difference)


@pytest.mark.parametrize(
    ("values", "ticks"),
    [((-0.43, 0.55), (-0.5, -0.25, 0.0, 0.25, 0.5, 0.75)), ((0.2, 0.4), (0.0, 0.1, 0.2, 0.3, 0.4)), ((0.0,), None)],
)
def test_axes_hold_zero_and_every_value(values: tuple[float, ...], ticks: tuple[float, ...] | None) -> None:
    """Round steps around zero; even a single zero has an axis."""
    chosen = choose_ticks(values)
    assert chosen == (ticks or chosen)
    assert 0.0 in chosen
    assert chosen[0] <= min(values) <= max(values) <= chosen[-1]
    assert chosen[-1] > chosen[0]


def test_an_axis_places_by_proportion() -> None:
    """Zero between -1 and 3 stands a quarter of the way."""
    assert Scale((-1.0, 3.0), 100, 200).place(0) == 125
