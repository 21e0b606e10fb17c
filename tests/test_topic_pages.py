"""Families, tasks, sizes, openness on the bundled data and on small ones: sentences are true, figures whole."""

import dataclasses
import re
from collections.abc import Mapping

import pytest

from generator.base.scope import WHOLE_HUB
from generator.base.settings import MIN_GROUP_PART
from generator.figures.figure import Figure
from generator.figures.theme import NARROW, WIDE
from generator.publish.pages import build_pages
from generator.questions.compute import compute_report
from generator.questions.families.words import list_largest
from generator.questions.gallery import build_figures
from generator.questions.ground import Answer
from generator.questions.openness.tables import LICENSE_OF
from generator.questions.report import Report
from generator.questions.sizes.words import RULE
from generator.questions.tasks.figures import choose_groups
from generator.questions.tasks.words import list_groups
from generator.questions.topics import state_topic
from tests.small import make_report
from tests.spoken import ENGLISH, speak
from tests.test_charts import font_sizes, percentages
from tests.test_history_pages import read
from tests.topic_ground import MODELS, REGISTRY, VIDEOS, enter

NAMES = ("families", "openness", "sizes", "tasks")


@pytest.fixture(scope="module")
def figures(bundled_report: Report) -> dict[str, Figure]:
    """The figures of these topics on the bundled data."""
    return {figure.slug: figure for figure in only(bundled_report)}


@pytest.fixture(scope="module")
def small() -> Report:
    """One date of eight models, three of which make video."""
    entry = enter(*MODELS, *VIDEOS)
    return compute_report((entry,), REGISTRY, entry.interval.end)


def only(report: Report) -> tuple[Figure, ...]:
    """Build the figures of these topics."""
    wanted = dataclasses.replace(report, topics={name: report.topics[name] for name in NAMES})
    found = speak(build_figures(wanted))
    return tuple(figure for figure in found if figure.slug.startswith(tuple(f"{name}-" for name in NAMES)))


def rounded(*shares: float) -> list[float]:
    """Return shares as percentages with one decimal."""
    return [round(share * 100, 1) for share in shares]


def test_families_state_the_largest_three(bundled_report: Report) -> None:
    """The shares in the sentence are those of the first three lines; their order is by downloads."""
    tables = bundled_report.topics["families"].by_name  # type: ignore[attr-defined]
    said = speak(state_topic("families", bundled_report))
    lines = list_largest(tables)
    assert rounded(*(row["share"] for row in lines[:3])) == percentages(said["lead"])
    assert sorted((row["downloads_30d"] for row in lines), reverse=True) == [row["downloads_30d"] for row in lines]
    named = tables["families-named"].find()
    assert rounded(named["share_named"], named["share_family_known"]) == percentages(said["coverage"])


def test_families_state_the_two_that_the_press_names(bundled_report: Report) -> None:
    """Qwen and DeepSeek: the sum of their shares of China and of the world, as in the series."""
    series = bundled_report.topics["families"].series
    of_china, of_world = (
        sum(series[f"families.{kind}.{slug}"][-1].value or 0.0 for slug in ("qwen", "deepseek"))
        for kind in ("share-of-country.CN", "share-of-all")
    )
    said = speak(state_topic("families", bundled_report))["article"]
    assert said.startswith("Qwen and DeepSeek account for")
    assert rounded(of_china, of_world) == percentages(said)


def test_tasks_say_that_the_bundled_data_hold_no_video(bundled_report: Report, figures: dict[str, Figure]) -> None:
    """In words; no figure, no series, no row of zeroes."""
    said = speak(state_topic("tasks", bundled_report))
    assert "who leads in video generation cannot be told" in said["video"]
    assert "tasks-video" not in figures
    assert [] == [name for name in bundled_report.topics["tasks"].series if ".video." in name]


def test_tasks_count_the_leads(bundled_report: Report) -> None:
    """The numbers in the sentence are those of the clear leads, and of the groups without one; the Hub has leads."""
    groups = list_groups(bundled_report.topics["tasks"].by_name)  # type: ignore[attr-defined]
    clear = [row["first_code"] for row in groups if row["lead"] in {"leads", "from-the-start"}]
    hub = dataclasses.replace(bundled_report, data=dataclasses.replace(bundled_report.data, scope=WHOLE_HUB))
    said = speak(state_topic("tasks", hub))["leads"]
    assert f"China leads in {clear.count('CN')}" in said
    large = [row for row in groups if row["share_of_all"] >= MIN_GROUP_PART]
    rest = len(large) - len(clear)
    assert (f"in {rest} the order could change with the review" in said) == bool(rest)
    assert said.startswith(f"Of the {len(large)} groups of tasks with at least 1% of the downloads")


def test_nobody_leads_in_a_task_of_a_list(bundled_report: Report) -> None:
    """Over a list its name stands first, and what follows is the list's order."""
    said = speak(state_topic("tasks", bundled_report))["leads"]
    assert said.startswith("By models in the llmfit catalogue: Of the 4 groups of tasks")
    assert "leads" not in said


def test_no_leader_is_named_in_a_group_under_a_hundredth() -> None:
    """Video has 9 of 1,000 downloads, all American: its part is said, and no leader; with 10 it has one."""
    texts, leads = {}, {}
    for video in (9, 10):
        models = [
            {"id": "east/a", "downloads_30d": 600, "task": "text-generation"},
            {"id": "west/b", "downloads_30d": 400 - video, "task": "text-generation"},
            {"id": "west/video", "downloads_30d": video - 1, "task": "text-to-video"},
            {"id": "east/video", "downloads_30d": 1, "task": "text-to-video"},
        ]
        report = make_report(models, REGISTRY)
        groups = list_groups(report.topics["tasks"].by_name)  # type: ignore[attr-defined]
        texts[video] = speak(state_topic("tasks", report))
        leads[video] = {row["task_group"] for row in groups if row["lead"] != "too-few"}
    assert "Video generation accounts for 0.9% of the downloads" in texts[9]["video"]
    assert "United States" not in texts[9]["video"]
    assert (leads[9], leads[10]) == ({"language"}, {"language", "video"})
    assert "models from organisations in the United States account for 90.0%" in texts[10]["video"]


def test_video_is_stated_where_there_is_some(small: Report) -> None:
    """West has 30 of 100 and East 10; by origin East 70 and West 30."""
    said = speak(state_topic("tasks", small))
    assert "models from organisations in the United States account for 30.0%" in said["video"]
    assert "70.0% of these downloads go back to models from China" in said["video_origin"]
    (figure,) = [figure for figure in only(small) if figure.slug == "tasks-video"]
    assert [("CN", 0.1), ("US", 0.3), ("UNAFFILIATED", 0.6), ("CN", 0.7), ("US", 0.3)] == [
        (row[1], row[4]) for row in figure.rows
    ]


def test_sizes_state_median_laptop_and_coverage(bundled_report: Report) -> None:
    """Each percentage is the record's; the median is written in words."""
    topic = bundled_report.topics["sizes"]
    assert isinstance(topic, Answer)
    row = topic.by_name["sizes-measures"].find(attribution="publisher", country_code="all")
    assert row
    said = speak(state_topic("sizes", bundled_report))
    assert f"at most {round(row['median_parameters'] / 1e9, 1):g} billion parameters" in said["lead"]
    laptop = (row["share_laptop"], row["laptop_whole"], row["laptop_quantised"], row["laptop_unknown"])
    assert rounded(*laptop) == percentages(said["laptop"])
    coverage = (row["share_size_known"], row["share_size_stated"], row["share_size_by_name"])
    assert rounded(*coverage) == percentages(said["coverage"])
    rule = speak(RULE)
    assert "18 GB" in rule
    assert ["9 billion", "32 billion"] == re.findall(r"\d+ billion", rule)


def test_openness_states_bounds_and_cases(bundled_report: Report) -> None:
    """Fully open: from its share to that and all without a grade; each maker's share is the record's."""
    topic = bundled_report.topics["openness"]
    assert isinstance(topic, Answer)
    row = topic.by_name["openness-shares"].find(attribution="publisher", country_code="all")
    assert row
    said = speak(state_topic("openness", bundled_report))
    lowest, unknown = row["share_fully_open"], row["share_no_grade"]
    assert rounded(lowest, unknown, lowest, lowest + unknown) == percentages(said["lead"])
    assert rounded(*(row[name] for name in LICENSE_OF)) == percentages(said["licenses"])
    cases = topic.by_name["openness-cases"].records()
    assert ["OpenAI", "Meta", "Ai2"] == [case["case"] for case in cases]
    for case in cases:
        assert rounded(case["share_of_all"])[0] == percentages(said[f"case_{case['case'].lower()}"])[0]
        assert case["newest_model"] in said[f"case_{case['case'].lower()}"]


def test_what_nobody_knows_to_be_fully_open_is_no_number(bundled_report: Report) -> None:
    """Of China's publishers no fully open family is known in the bundled data; the other shares are the records'."""
    topic = bundled_report.topics["openness"]
    assert isinstance(topic, Answer)
    china, states = topic.by_name["openness-shares"].where(attribution="publisher", country_code=("CN", "US")).records()
    assert 0 == china["share_fully_open"]
    assert speak(state_topic("openness", bundled_report))["pair"] == (
        "Of the downloads of models from publishers in China, "
        f"{china['share_open_license']:.1%} are under open licences and "
        "none as far as is known of fully open families; of those from publishers in the United States, "
        f"{states['share_open_license']:.1%} and at least {states['share_fully_open']:.1%}."
    )


def test_derivatives_go_back_to_models(bundled_report: Report) -> None:
    """The part of a country's builders that go back to another country's models, and to their own."""
    found = {figure.slug: figure for figure in speak(build_figures(bundled_report))}
    headline = found["derivatives-matrix"].headline
    assert "Of the derivatives by publishers in the United States, 54.9% go back to models from China," in headline


def test_every_figure_is_there_and_says_what_it_is(figures: dict[str, Figure]) -> None:
    """Nine on the bundled data; headline, subtitle, source, reading help, alternative text, complete rows."""
    assert sorted(figures) == [
        "families-ranks", "families-shares", "openness-grades", "openness-licences", "openness-over-time",
        "sizes-bands", "sizes-laptop", "sizes-over-time", "tasks-over-time",
    ]  # fmt: skip
    for figure in figures.values():
        assert figure.headline.endswith("."), figure.slug
        assert figure.headline.removeprefix("By models in the llmfit catalogue: ") in figure.alt
        assert all([figure.subtitle, figure.source, figure.how_to_read, figure.rows])
        assert {len(row) for row in figure.rows} == {len(figure.columns)}


@pytest.mark.slow
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_figures_are_valid_vega_lite(figures: dict[str, Figure], small: Report, width: int) -> None:
    """The schema accepts them, at the width asked for, no text under 11 pixels; those of one date, too."""
    for figure in [*figures.values(), *only(small)]:
        spec = figure.draw(width, ENGLISH).to_dict()
        assert spec["width"] == width
        assert min(font_sizes(spec), default=12) >= 11, figure.slug


def test_one_date_has_no_figures_over_time(small: Report) -> None:
    """A line needs two dates."""
    found = {figure.slug for figure in only(small)}
    assert not [slug for slug in found if slug.endswith(("-over-time", "-ranks"))]
    assert [] == choose_groups(small.topics["tasks"].by_name)  # type: ignore[attr-defined]


@pytest.mark.slow
def test_pages_show_what_the_data_tell(bundled_report: Report, bundled_pages: Mapping[str, str]) -> None:
    """Each page has its sentence and its tables; without video in words; no grade without its source."""
    text = {name: read(bundled_pages[f"topics/{name}.md"]) for name in NAMES}
    for name in NAMES:
        lead = next(iter(speak(state_topic(name, bundled_report)).values()))
        assert lead.replace("\u00a0", " ") in text[name].replace("\u00a0", " ")
    assert "The catalogue behind these data follows text, vision, speech and embedding models only." in text["tasks"]
    assert "arxiv.org" in text["openness"]
    assert "Meta" in text["openness"]
    assert "Qwen" in text["families"]


def test_pages_of_one_small_date(small: Report) -> None:
    """With video the table names the models; Windows without a number are not there."""
    pages = build_pages(small, ENGLISH, REGISTRY, {figure.slug for figure in only(small)})
    assert "someone/Film-fp8" in read(pages["topics/tasks.md"])
    assert "Rank, 30 days" in read(pages["topics/families.md"])
    assert "all time" not in read(pages["topics/families.md"])
