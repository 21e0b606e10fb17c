"""Shares within each task group: one bar of 100 % for each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from generator.base.settings import MIN_GROUP_PART
from generator.figures.figure import Figure, build_figure
from generator.figures.stacks import Part, Stack, Stacks, draw_stacks, sum_shares
from generator.figures.theme import name_colour
from generator.questions import sentences
from generator.questions.report import Report
from generator.questions.tasks.words import state_largest
from generator.registry import INTERNATIONAL, UNAFFILIATED, UNREVIEWED
from generator.star.columns import COLUMNS
from generator.star.definitions import Definition
from generator.star.table import Table, declare_table
from generator.star.task_groups import TaskShares
from generator.text.say import NOTHING, Sentence, say, write

SLUG: Final = "task-shares"
# Countries with a part of their own in the bars.
NAMED: Final = ("CN", "US")
REST: Final = "REST"
ORDER: Final = (*NAMED, REST, INTERNATIONAL, UNAFFILIATED, UNREVIEWED)
# Parts of all downloads below this are not written with digits.
SMALLEST: Final = 0.001
BARS: Final = declare_table(
    "task-shares",
    "Shares within task groups",
    "A part of a task group.",
    COLUMNS["task_group"],
    replace(COLUMNS["country_code"], vocabulary={REST: say("Other countries")}),
    *(COLUMNS["downloads_30d"], COLUMNS["share"]),
)


def build_task_shares(report: Report) -> Figure | None:
    """Build the bars of all task groups, the most downloaded first; None where there are no 30-day counts."""
    if not report.tasks:
        return None
    tasks = sorted(report.tasks, key=lambda task: (-task.downloads, task.task_group))
    large = (task for task in tasks if task.share_of_all >= MIN_GROUP_PART)
    bars = tuple(Stack(write(task.task_group, "task_group"), _write_part(task)) for task in tasks)
    picture = Stacks(bars, list_kinds(), bar="task_group", part="country_code")
    return build_figure(
        _list_rows(tasks),
        draw_stacks,
        picture,
        slug=SLUG,
        headline=state_largest(next((row.code for row in task.rows if row.rank == 1), None) for task in large),
        subtitle=say(
            "Share of the downloads of each group of tasks · {definition} · to {date:date}",
            definition=sentences.name_definition(Definition("30d", "all", "publisher")),
            date=report.data.as_of,
        ),
        how_to_read=say(
            "Each bar is all downloads of one group of tasks and is divided by the country of the publisher. The "
            "percentage beside a name is the group's part of all downloads. Grey parts are attributed to no country; "
            "the one with a dashed edge has not been reviewed yet."
        ),
        alt=_describe_largest(tasks),
    )


def _list_rows(tasks: Sequence[TaskShares]) -> Table:
    return BARS.hold(
        [
            (task.task_group, code, round(share * task.downloads), share)
            for task in tasks
            for code, share in sum_parts({row.code: row.share for row in task.rows}).items()
        ]
    )


def sum_parts(shares: Mapping[str, float]) -> dict[str, float]:
    """Divide a task's downloads: China, the United States, other countries, then what is no country."""
    sums = sum_shares(shares, {code: code for code in ORDER}, REST)
    return {code: sums[code] for code in ORDER if sums.get(code)}


def name_part(code: str) -> Sentence:
    """Name a part of such a bar."""
    return say("Other countries") if code == REST else write(code, "place")


def list_kinds() -> tuple[Part, ...]:
    """Return how the parts of such a bar look, in their order."""
    return tuple(Part(code, name_colour(code), name_part(code)) for code in ORDER)


def _describe_largest(tasks: Sequence[TaskShares]) -> Sentence:
    if not tasks:
        return NOTHING
    first = tasks[0]
    return say(
        "The largest group is {name:task_group} with {part:percent} of all downloads.",
        name=first.task_group,
        part=first.share_of_all,
    )


def _write_part(task: TaskShares) -> Sentence:
    """Write a group's part of all downloads; a tiny one is not 0."""
    if task.share_of_all < SMALLEST:
        return say("under {part:percent} of all", part=SMALLEST)
    return say("{part:percent} of all", part=task.share_of_all)
