"""Shares within each task group: one bar of 100 % for each."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from generator.base.settings import MIN_GROUP_PART
from generator.figures import parts
from generator.figures.figure import Figure, Table
from generator.figures.stacks import Part, Stack, Stacks, draw_stacks, sum_shares
from generator.figures.theme import place_colour
from generator.questions import phrases, sentences
from generator.questions.report import Report
from generator.questions.tasks.groups import TaskShares
from generator.questions.tasks.tables import GroupShares
from generator.registry import INTERNATIONAL, UNAFFILIATED, UNREVIEWED
from generator.star.definitions import Definition
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
    bars = tuple(Stack(language.task_group(task.task_group), _write_part(task, language)) for task in tasks)
    picture = Stacks(bars, list_kinds(language), bar="task_group", part="code")
    table = _list_table(tasks, language)
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
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_stacks, table, picture, language=language),
    )


def _list_table(tasks: Sequence[TaskShares], language: Language) -> Table:
    return Table(
        columns=(
            parts.text_column("task_group", language.gettext("Group of tasks")),
            parts.text_column("code", language.gettext("Code")),
            parts.text_column("place", language.gettext("Country or category")),
            parts.count_column("downloads", language.gettext("Downloads, 30 days")),
            parts.share_column("share", language.gettext("Share")),
        ),
        rows=tuple(
            (
                language.task_group(task.task_group),
                code,
                name_part(code, language),
                round(share * task.downloads),
                share,
            )
            for task in tasks
            for code, share in sum_parts(task).items()
        ),
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


def sum_parts(task: TaskShares | GroupShares) -> dict[str, float]:
    """Divide a task's downloads: China, the United States, other countries, then what is no country."""
    sums = sum_shares({row.code: row.share for row in task.rows}, {code: code for code in ORDER}, REST)
    return {code: sums[code] for code in ORDER if sums.get(code)}


def name_part(code: str, language: Language) -> str:
    """Name a part of such a bar."""
    return language.gettext("Other countries") if code == REST else language.place(code)


def list_kinds(language: Language) -> tuple[Part, ...]:
    """Return how the parts of such a bar look, in their order."""
    return tuple(
        Part(
            code,
            place_colour(code),
            "paper" if code in NAMED else "ink",
            is_open=code == UNREVIEWED,
            name=name_part(code, language),
        )
        for code in ORDER
    )


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
