"""Shares within each task group: one bar of 100 % for each."""

from collections.abc import Sequence
from functools import partial
from typing import Final

import altair as alt

from generator.base.settings import MIN_GROUP_PART
from generator.figures import parts
from generator.figures.figure import Figure
from generator.figures.stacks import Bar, Part, Style, divide, draw_stacks
from generator.figures.theme import place_colour
from generator.questions import phrases, sentences
from generator.questions.report import Report
from generator.questions.tasks.groups import TaskShares
from generator.questions.tasks.tables import GroupShares
from generator.registry import INTERNATIONAL, UNAFFILIATED, UNREVIEWED
from generator.star.definitions import Definition
from generator.star.shares import NOT_PLACES
from generator.text.language import Language

SLUG: Final = "task-shares"
# Countries with a part of their own in the bars.
NAMED: Final = ("CN", "US")
REST: Final = "REST"
ORDER: Final = (*NAMED, REST, INTERNATIONAL, UNAFFILIATED, UNREVIEWED)
# Parts of all downloads below this are not written with digits.
SMALLEST: Final = 0.001


def build_task_shares(report: Report, language: Language) -> Figure | None:
    """Build the bars of all task groups, the most downloaded first; None where there are no 30-day counts."""
    if not report.tasks:
        return None
    tasks = sorted(report.tasks, key=lambda task: (-task.downloads, task.task_group))
    finding = state_finding(tasks, language)
    return Figure(
        slug=SLUG,
        headline=finding,
        subtitle=language.gettext(
            "Share of the downloads of each group of tasks · %(definition)s · to %(date)s",
            definition=sentences.name_definition(Definition("30d", "all", "publisher"), language),
            date=language.date(report.data.as_of),
        ),
        source=sentences.describe_source(report.data, language),
        how_to_read=language.gettext(
            "Each bar is all downloads of one group of tasks and is divided by the country of the publisher. The "
            "percentage beside a name is the group's part of all downloads. Grey parts are given to no country; the "
            "one with a dashed edge has not been reviewed yet."
        ),
        alt=phrases.join_sentences(finding, _describe_largest(tasks, language)),
        columns=(
            parts.text_column("task_group", language.gettext("Group of tasks")),
            parts.text_column("code", language.gettext("Code")),
            parts.text_column("place", language.gettext("Country or category")),
            parts.count_column("downloads", language.gettext("Downloads, 30 days")),
            parts.share_column("share", language.gettext("Share")),
        ),
        rows=tuple(
            (language.task_group(task.task_group), part.code, part.label, part.downloads, part.share)
            for task in tasks
            for part in pick_parts(task, language)
        ),
        draw=partial(_draw, tuple(tasks), language),
    )


def state_finding(tasks: Sequence[TaskShares | GroupShares], language: Language) -> str:
    """State in how many groups each country has the largest share."""
    leaders: dict[str, int] = {}
    large = [task for task in tasks if task.share_of_all >= MIN_GROUP_PART]
    for task in large:
        code = next((row.code for row in task.rows if row.rank == 1), None)
        if code:
            leaders[code] = leaders.get(code, 0) + 1
    if not leaders:
        return language.gettext("Too few downloads are attributed to tell which country leads.")
    counts = [
        language.gettext("%(place)s in %(number)s", place=parts.in_sentence(code, language), number=number)
        for code, number in sorted(leaders.items(), key=lambda item: (-item[1], item[0]))
    ]
    return language.gettext(
        "Of the %(total)s groups of tasks with at least %(least)s of the downloads, the largest share goes to "
        "models from %(counts)s.",
        total=len(large),
        least=language.percent(MIN_GROUP_PART, digits=0),
        counts=", ".join(counts),
    )


def pick_parts(task: TaskShares | GroupShares, language: Language) -> tuple[Part, ...]:
    """Divide a task's bar: China, the United States, other countries, then what is no country."""
    shares: dict[str, float] = {}
    for row in task.rows:
        code = row.code if row.code in (*NAMED, *NOT_PLACES) else REST
        shares[code] = shares.get(code, 0.0) + row.share
    return divide(shares, task.downloads, list_styles(language))


def list_styles(language: Language) -> dict[str, Style]:
    """Return how the parts of such a bar look, in their order."""
    return {
        code: Style(
            label=language.gettext("Other countries") if code == REST else language.place(code),
            fill=place_colour(code),
            ink="paper" if code in NAMED else "ink",
            is_open=code == UNREVIEWED,
        )
        for code in ORDER
    }


def _describe_largest(tasks: Sequence[TaskShares], language: Language) -> str:
    if not tasks:
        return ""
    first = tasks[0]
    return language.gettext(
        "The largest group is %(name)s with %(part)s of all downloads.",
        name=language.task_group(first.task_group),
        part=language.percent(first.share_of_all),
    )


def _write_part(task: TaskShares, language: Language) -> str:
    """Write a group's part of all downloads; a tiny one is not 0."""
    if task.share_of_all < SMALLEST:
        return language.gettext("under %(part)s of all", part=language.percent(SMALLEST))
    return language.gettext("%(part)s of all", part=language.percent(task.share_of_all))


def _draw(tasks: tuple[TaskShares, ...], language: Language, width: int) -> alt.LayerChart:
    bars = [
        Bar(language.task_group(task.task_group), _write_part(task, language), pick_parts(task, language))
        for task in tasks
    ]
    titles = (language.gettext("Group of tasks"), language.gettext("Place"))
    return draw_stacks(bars, list_styles(language), titles, language, width)
