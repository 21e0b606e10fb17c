"""Families, tasks, sizes, openness: known answers, parts that sum to 1, and data files that say what they hold."""

import datetime as dt
from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generator.publish.datafiles import render_csv
from generator.questions.families import QUESTION as FAMILIES
from generator.questions.ground import Answer, Ground, Question
from generator.questions.openness import QUESTION as OPENNESS
from generator.questions.openness.tables import GRADE_OF, LICENSE_OF
from generator.questions.sizes import QUESTION as SIZES
from generator.questions.tasks import QUESTION as TASKS
from generator.star.known_sizes import LAPTOP_PARTS
from generator.star.table import Row, Table
from tests.topic_ground import FIRST, LAST, MODELS, VIDEOS, enter, make_ground, scale

pytestmark = pytest.mark.slow

QUESTIONS = (FAMILIES, TASKS, SIZES, OPENNESS)


def find_sizes(ground: Ground, code: str = "all", attribution: str = "publisher") -> Row:
    """Find the sizes of a place, with its bands by name and the quantised part of each."""
    return read_sizes(SIZES.compute(ground), code, attribution)


def read_sizes(tables: Sequence[Table], code: str, attribution: str) -> Row:
    """Read the sizes of a place from the question's tables."""
    measures, bands, _ = tables
    row = measures.find(country_code=code, attribution=attribution)
    assert row
    parts = bands.where(country_code=code, attribution=attribution).records()
    return {
        **row,
        "bands": {part["size_band"]: part["share"] for part in parts},
        "quantised_bands": {part["size_band"]: part["share_quantised"] for part in parts},
        "laptop": {part: row[f"laptop_{part}"] for part in LAPTOP_PARTS},
    }


@pytest.fixture(scope="module")
def ground() -> Ground:
    """One date with five models."""
    return make_ground(enter(*MODELS))


@pytest.fixture(scope="module")
def two_dates() -> Ground:
    """Two dates; on the first East had half of what it has later, and Olm was not there."""
    before = scale(MODELS, [300, 100, 400, 0, 200])
    return make_ground(
        enter(*[before[index] for index in (0, 1, 2, 4)], end=FIRST), enter(*MODELS, end=LAST, previous=FIRST)
    )


# --- Families ----------------------------------------------------------------------------------------


def answer(question: Question, ground: Ground) -> Answer:
    """Answer a question."""
    found = question.answer(ground)
    assert isinstance(found, Answer)
    return found


def find_lines(ground: Ground) -> dict[str, Row]:
    """Find the lines of families by their names in series."""
    return {row["slug"]: row for row in answer(FAMILIES, ground).by_name["families-downloads"].records()}


def test_a_family_counts_whoever_uploaded_it(ground: Ground) -> None:
    """East has 600 of its own and 100 by someone: 70 % of all, and all that goes back to China."""
    found = find_lines(ground)
    lines = [found[slug] for slug in ("east", "west", "olm")]
    assert [(1, 700), (2, 200), (3, 50)] == [(row["rank_30d"], row["downloads_30d"]) for row in lines]
    assert pytest.approx([0.7, 0.2, 0.05]) == [row["share_30d"] for row in lines]
    assert pytest.approx([1.0, 200 / 300, 50 / 300]) == [row["share_of_country_30d"] for row in lines]
    assert pytest.approx([600 / 700, 1.0]) == [found["east"]["share_own"], found["west"]["share_own"]]
    east = found["east"]
    assert ("open", pytest.approx(6 / 7)) == (east["license_class"], east["share_license"])
    assert ("open-weights", pytest.approx(6 / 7)) == (east["grade"], east["share_grade"])
    assert [7e9, dt.date(2026, 7, 1), 2] == [east["median_parameters"], east["first_created"], east["models"]]


def test_a_helper_counts_for_its_family_and_says_nothing_of_it() -> None:
    """A draft head with 5,000 downloads: East's downloads grow by them; size, licence and grade stay as they were."""
    head = {"id": "someone/East-1-70B-EAGLE3", "downloads_30d": 5000, "parameters": 2_000_000_000, "license": "mit"}
    plain, helped = (make_ground(enter(*models)) for models in (MODELS, (*MODELS, head)))
    before, after = (find_lines(each)["east"] for each in (plain, helped))
    assert (before["downloads_30d"], after["downloads_30d"]) == (700, 5700)
    for name in ("median_parameters", "license_class", "grade"):
        assert before[name] == after[name]
    everything = find_sizes(helped, attribution="origin")
    assert (everything["median_parameters"], everything["bands"]["1b-8b"]) == (7e9, pytest.approx(700 / 6000))
    china = OPENNESS.compute(helped)[0].find(country_code="CN", attribution="origin")
    assert (china["share_open_weights"], china["share_ungraded"]) == pytest.approx((600 / 5700, 5100 / 5700))


def test_what_is_named_and_what_tells_a_family_is_measured(ground: Ground) -> None:
    """All five are named; `west/thing` tells no family."""
    row = answer(FAMILIES, ground).by_name["families-named"].find()
    assert row
    assert ("30d", 1000, 1.0, 0.95) == tuple(
        row[name] for name in ("window", "downloads", "share_named", "share_family_known")
    )


def test_the_largest_lines_of_a_country(ground: Ground) -> None:
    """Of the 300 downloads that go back to the United States West has 200 and Olm 50."""
    rows = answer(FAMILIES, ground).by_name["families-countries"].where(country_code="US").records()
    assert [("west", "West", 200 / 300), ("olm", "Olm", 50 / 300)] == [
        (row["slug"], row["line"], row["share_of_country"]) for row in rows
    ]


def test_series_of_families_have_gaps_where_nothing_is_named(two_dates: Ground) -> None:
    """Olm has no value on the first date; East rises from 40 % to 70 % of all."""
    series = answer(FAMILIES, two_dates).series
    assert [(FIRST, 0.4), (LAST, 0.7)] == [(point.date, point.value) for point in series["families.share-of-all.east"]]
    assert [1.0, 1.0] == [point.value for point in series["families.share-of-country.CN.east"]]
    assert [None, 50 / 300] == [point.value for point in series["families.share-of-country.US.olm"]]


def test_models_stand_under_each_window(two_dates: Ground) -> None:
    """In thirty days East's has 600, over both dates 900; the best rank orders the list."""
    tables = answer(FAMILIES, two_dates).by_name
    first = tables["families-models"].records()[0]
    assert "east/East-1-7B" == first["model_id"]
    assert [1, 600, 1, 900] == [first[name] for name in ("rank_30d", "downloads_30d", "rank_held", "downloads_held")]
    assert [None, None] == [first["rank_12m"], first["downloads_12m"]]
    assert ["30d", "held"] == [row["window"] for row in tables["families-named"].records()]


# --- Tasks -------------------------------------------------------------------------------------------


def test_video_is_told_by_task_and_by_family() -> None:
    """Of 100 downloads someone has 60, West 30, East 10; by origin Film is East's: 70."""
    tables = answer(TASKS, make_ground(enter(*MODELS, *VIDEOS))).by_name
    shares = {
        (row["attribution"], row["country_code"]): row["share"]
        for row in tables["tasks-shares"].where(task_group="video", window="30d").records()
    }
    assert shares == pytest.approx(
        {
            ("publisher", "US"): 0.3,
            ("publisher", "CN"): 0.1,
            ("publisher", "UNAFFILIATED"): 0.6,
            ("origin", "US"): 0.3,
            ("origin", "CN"): 0.7,
        }
    )
    video = tables["tasks-groups"].find(task_group="video", attribution="publisher")
    assert video
    assert pytest.approx([100 / 1100, 1.0, 0.6, 0.7]) == [
        *(video["share_of_all"], video["share_named"], video["share_no_country"], video["share_first_origin"]),
    ]
    assert ["US", "CN", "from-the-start", "CN"] == [
        *(video["first_code"], video["second_code"], video["lead"], video["first_origin_code"]),
    ]
    models = tables["tasks-video-models"].records()
    assert ["someone/Film-fp8", "west/moving", "east/still"] == [model["model_id"] for model in models]
    assert [None, "text-to-video", "image-to-video"] == [model["task"] for model in models]
    assert pytest.approx([0.6, 0.3, 0.1]) == [model["share"] for model in models]


def test_without_video_there_is_no_series_of_it(ground: Ground) -> None:
    """Nothing downloaded is no share of zero."""
    found = answer(TASKS, ground)
    assert [] == found.by_name["tasks-groups"].where(task_group="video").records()
    assert [] == found.by_name["tasks-video-models"].records()
    names = [f"tasks.{kind}.language.{code}" for kind in ("origin-share", "share") for code in ("CN", "US")]
    assert names == sorted(found.series)


def test_task_shares_over_time(two_dates: Ground) -> None:
    """East's own had 300 of 1,000, then 600; a lead by China since the second date only."""
    found = answer(TASKS, two_dates)
    assert [0.3, 0.6] == [point.value for point in found.series["tasks.share.language.CN"]]
    assert [0.4, 0.7] == [point.value for point in found.series["tasks.origin-share.language.CN"]]
    group = found.by_name["tasks-groups"].find(task_group="language", attribution="publisher")
    assert group
    assert ("CN", "leads", LAST) == (group["first_code"], group["lead"], group["leads_since"])


def test_a_group_without_downloads_on_a_date_has_no_value() -> None:
    """Video appears on the second date."""
    ground = make_ground(enter(*MODELS, end=FIRST), enter(*MODELS, *VIDEOS, end=LAST, previous=FIRST))
    found = answer(TASKS, ground)
    assert [None, 0.3] == [point.value for point in found.series["tasks.share.video.US"]]
    nobody = found.by_name["tasks-no-country"].where(task_group="video").records()
    assert [None, 0.6] == [row["share_no_country"] for row in nobody]


# --- Sizes -------------------------------------------------------------------------------------------


def test_bands_are_what_the_files_state(ground: Ground) -> None:
    """The packed 70B counts as 2 G there, and is told as quantised."""
    row = find_sizes(ground)
    bands = {"under-1b": 0.05, "1b-8b": 0.7, "8b-70b": 0.2, "over-70b": 0.0, "unknown": 0.05}
    assert bands == pytest.approx(row["bands"])
    assert pytest.approx([0.1, 0.1]) == [row["share_quantised"], row["quantised_bands"]["1b-8b"]]
    assert pytest.approx([0.05, 0.75, 0.0, 0.05]) == [
        row[f"share_{name}"] for name in ("under_1b", "under_8b", "over_70b", "size_not_stated")
    ]


def test_median_and_mean_read_the_packed_one_by_its_name(ground: Ground) -> None:
    """Of 950 downloads of known size 650 are at most 7 G; (7 · 600 + 70 · 100 + 9 · 200 + 0.5 · 50) ÷ 950."""
    row = find_sizes(ground)
    assert 7e9 == row["median_parameters"]
    assert pytest.approx(13_025e9 / 950) == row["mean_parameters"]
    assert pytest.approx([0.85, 0.1, 0.95]) == [row[f"share_size_{name}"] for name in ("stated", "by_name", "known")]


def test_what_a_laptop_holds(ground: Ground) -> None:
    """7 G, 9 G and 0.5 G fit; 70 G at 4.5 bits does not; one is of unknown size."""
    assert {"whole": 0.85, "quantised": 0.0, "larger": 0.1, "unknown": 0.05} == pytest.approx(
        find_sizes(ground)["laptop"]
    )
    by_origin = find_sizes(ground, "CN", "origin")
    assert pytest.approx([1 / 7, 6 / 7]) == [by_origin["share_quantised"], by_origin["share_laptop"]]


def test_series_of_sizes(two_dates: Ground) -> None:
    """Under a billion: nothing, then 5 %; quantised 10 % on both; the median falls from 9 G to 7 G."""
    series = SIZES.answer(two_dates).series
    assert [0.0, 0.05] == [point.value for point in series["sizes.share-under-1b.all"]]
    assert [0.1, 0.1] == pytest.approx([point.value for point in series["sizes.share-quantised.all"]])
    assert [9e9, 7e9] == [point.value for point in series["sizes.median-parameters.all"]]
    assert [7e9, 7e9] == [point.value for point in series["sizes.median-parameters.CN"]]
    assert [1 / 4, 1 / 7] == pytest.approx([point.value for point in series["sizes.origin-share-quantised.CN"]])


# --- Openness ----------------------------------------------------------------------------------------


def test_grades_and_licences_divide_all_downloads(ground: Ground) -> None:
    """East-2 has no row, `west/thing` no family: 15 % without a grade."""
    row = OPENNESS.compute(ground)[0].find(country_code="all")
    assert {
        "fully-open": 0.05,
        "open-weights-described-data": 0.0,
        "open-weights": 0.6,
        "restricted-weights": 0.2,
        "ungraded": 0.15,
        "unnamed": 0.0,
    } == pytest.approx({grade: row[name] for name, grade in GRADE_OF.items()})
    licenses = {"open": 0.65, "conditions": 0.2, "non-commercial": 0.05, "unstated": 0.1}
    assert licenses == pytest.approx({license_: row[name] for name, license_ in LICENSE_OF.items()})
    assert pytest.approx(0.15) == row["share_no_grade"]


def test_openness_by_country(ground: Ground) -> None:
    """Of the 300 downloads of publishers in the United States 50 are fully open; of China's none."""
    series = OPENNESS.answer(ground).series
    assert [50 / 300] == pytest.approx([point.value for point in series["openness.share-fully-open.US"]])
    assert [0.0] == [point.value for point in series["openness.share-fully-open.CN"]]
    assert [1.0] == [point.value for point in series["openness.share-open-license.CN"]]
    assert [0.65] == pytest.approx([point.value for point in series["openness.share-open-license.all"]])


def test_the_makers_are_found_by_their_organisation(ground: Ground) -> None:
    """West is OpenAI's here, lab Ai2's; Meta has no account and no profile."""
    *_, makers, families = OPENNESS.compute(ground)
    openai, lab = makers.records()
    assert ["OpenAI", "Ai2"] == [openai["case"], lab["case"]]
    assert ["west", 250, 250] == [openai["accounts"], openai["downloads"], openai["origin_downloads"]]
    assert pytest.approx([0.25, 250 / 300]) == [openai["share_of_all"], openai["share_of_country"]]
    assert pytest.approx([0.8, 0.2]) == [openai["share_restricted_weights"], openai["share_ungraded"]]
    assert [("West", 200)] == [(row["family"], row["downloads"]) for row in families.where(case="OpenAI").records()]
    assert ["lab/Olm-0.5B", "fully-open"] == [lab["newest_model"], lab["newest_grade"]]


def test_families_with_a_grade_are_counted(ground: Ground) -> None:
    """Three rows of the registry, three grades."""
    graded = OPENNESS.answer(ground).by_name["openness-graded"]
    assert [("fully-open", 1), ("open-weights", 1), ("restricted-weights", 1)] == graded.rows()


# --- All of them -------------------------------------------------------------------------------------


# In the two examples the ledger folds a row with one download of four million, which the models by name still hold.
@example([0, 0, 0, 1, 0, 0, 0, 4_000_000])
@example([0, 0, 0, 0, 1, 0, 2, 3_999_998])
@settings(max_examples=5)
@given(st.lists(st.integers(0, 10**7), min_size=8, max_size=8).filter(lambda counts: sum(counts[:5]) > 0))
def test_parts_sum_to_one(counts: list[int]) -> None:
    """Bands, laptop, grades, licences, and the shares within each task group, of every place."""
    ground = make_ground(enter(*scale([*MODELS, *VIDEOS], counts)))
    sizes = SIZES.compute(ground)
    places = {(row["country_code"], row["attribution"]) for row in sizes[0].records()}
    sums = [sum(read_sizes(sizes, *place)[parts].values()) for place in places for parts in ("bands", "laptop")]
    opens = OPENNESS.compute(ground)[0].records()
    sums += [sum(row[name] for name in names) for row in opens for names in (GRADE_OF, LICENSE_OF)]
    shares, groups, *_ = TASKS.compute(ground)
    keys = ["window", "attribution", "task_group"]
    sums += shares.frame.groupby(keys, observed=True)["share"].sum().tolist()
    sums += groups.frame.groupby(keys[:2], observed=True)["share_of_all"].sum().tolist()
    assert [1.0] * len(sums) == pytest.approx(sums)
    tables = answer(FAMILIES, ground).by_name
    known = tables["families-named"].frame["share_family_known"].iloc[0]
    assert tables["families-downloads"].frame["share_30d"].sum() == pytest.approx(known)


@settings(max_examples=3)
@given(st.permutations(range(8)))
def test_the_order_of_the_models_does_not_matter(order: list[int]) -> None:
    """The same records from the same models."""
    models = [*MODELS, *VIDEOS]
    other = make_ground(enter(*(models[index] for index in order)))
    assert show_usual() == [show(question, other) for question in QUESTIONS]


@cache
def show_usual() -> list[list[str]]:
    """Show all questions' data files over the models as they stand here."""
    usual = make_ground(enter(*MODELS, *VIDEOS))
    return [show(question, usual) for question in QUESTIONS]


def show(question: Question, ground: Ground) -> list[str]:
    """Show a question's data files."""
    tables = question.answer(ground).tables
    return [render_csv(table) for table in tables]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_every_data_file_is_named_after_its_question_and_whole(question: Question, two_dates: Ground) -> None:
    """Its name begins with the question's, each column says what it holds, each row has a value per column."""
    topic = question.answer(two_dates)
    assert topic.tables
    for table in topic.tables:
        assert table.name.startswith(f"{question.name}-")
        assert [] == [column.name for column in table.columns if not column.meaning.endswith(".")]
    assert {} == topic.items
    assert [] == [series for series in topic.series if not series.startswith(f"{question.name}.")]
    dates = [[point.date for point in points] for points in topic.series.values()]
    assert dates == [sorted(days) for days in dates]
