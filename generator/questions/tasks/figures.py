"""Tasks: the shares within each group now and over time, and video generation by country."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import pandas as pd

from generator.base.settings import MIN_GROUP_PART
from generator.figures.figure import Figure, build_figure
from generator.figures.lines import Line, Lines, Panel, draw_lines
from generator.figures.stacks import Part, Stack, Stacks, draw_stacks, sum_shares
from generator.figures.theme import name_colour, place_colour
from generator.questions import sentences, spans
from generator.questions.ground import Tables
from generator.questions.report import Report
from generator.questions.shares.tables import NOBODY, PLACE, REST, name_part
from generator.questions.surges import pick_standing
from generator.questions.tasks.tables import VIDEO
from generator.questions.tasks.words import divide_group, find_video, list_groups, state, state_largest
from generator.registry import INTERNATIONAL, UNAFFILIATED, UNREVIEWED
from generator.star.columns import COLUMNS
from generator.star.definitions import Definition
from generator.star.table import Row, Table, declare_table
from generator.star.task_groups import TaskShares
from generator.text import words
from generator.text.say import NOTHING, Sentence, begin, join, say, write

# Countries with a part of their own in the bars.
NAMED: Final = ("CN", "US")
ORDER: Final = (*NAMED, REST, INTERNATIONAL, UNAFFILIATED, UNREVIEWED)
# Parts of all downloads below this are not written with digits.
SMALLEST: Final = 0.001
# Groups with a smaller part of all downloads have no panel; video always has one.
PANEL_FROM: Final = 0.005
BARS: Final = declare_table(
    "task-shares",
    "Shares within task groups",
    "A part of a task group.",
    COLUMNS["task_group"],
    PLACE,
    *(COLUMNS["downloads_30d"], COLUMNS["share"]),
)
# Places that are drawn together have the names of their sums; bars by attribution begin with a capital.
_BARS: Final = {name: begin(said) for name, said in words.ATTRIBUTIONS.items()}
_ATTRIBUTION: Final = replace(COLUMNS["attribution"], vocabulary=_BARS)
# The lines of a panel.
_LINES: Final = (
    *(Line(code, write(code, "brief"), place_colour(code)) for code in spans.PAIR),
    Line(NOBODY, say("No country"), place_colour(REST), (2, 3)),
)


def build(tables: Tables, report: Report) -> tuple[Figure | None, ...]:
    """Build the figures."""
    said = state(tables, report)
    return build_task_shares(report), _build_video(tables, said, report), _build_panels(tables, said, report)


def build_task_shares(report: Report) -> Figure | None:
    """Build the bars of all task groups, the most downloaded first; None where there are no 30-day counts."""
    if not report.tasks:
        return None
    tasks = sorted(report.tasks, key=lambda task: (-task.downloads, task.task_group))
    large = (task for task in tasks if task.share_of_all >= MIN_GROUP_PART)
    bars = tuple(Stack(write(task.task_group, "task_group"), _write_part(task)) for task in tasks)
    picture = Stacks(bars, list_kinds(), bar="task_group", part="country_code")
    return build_figure(
        _list_shares(tasks),
        draw_stacks,
        picture,
        slug="task-shares",
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


def _list_shares(tasks: Sequence[TaskShares]) -> Table:
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


def _build_video(tables: Tables, said: Mapping[str, Sentence], report: Report) -> Figure | None:
    bars = [row for name in words.ATTRIBUTIONS if (row := find_video(tables, name))]
    if not bars:
        return None
    stacks = (Stack(_BARS[row["attribution"]], say("{downloads:short} downloads", **row)) for row in bars)
    return build_figure(
        _divide_bars(tables, bars),
        draw_stacks,
        Stacks(tuple(stacks), list_kinds(), bar="attribution", part="country_code"),
        slug="tasks-video",
        headline=join(said["video"], said["video_origin"]),
        subtitle=say(
            "Share of the downloads of video generation · {window:window} · all models · by publisher and by maker · "
            "{dates}",
            **bars[0],
            dates=sentences.describe_dates(spans.find_table(bars[0]["window"], report)),
        ),
        how_to_read=say(
            "Both bars are all downloads of models that make video from text, pictures or video. The first is divided "
            "by the country of the account that uploaded a model, the second by that of the maker of the root model. "
            "Grey parts are attributed to no country; the one with a dashed edge has not been reviewed yet."
        ),
        alt=say("These are {share_of_all:percent} of all downloads.", **bars[0]),
    )


def _divide_bars(tables: Tables, bars: list[Row]) -> Table:
    """Divide bars by the countries and categories that are drawn."""
    parts = [
        {"attribution": row["attribution"], "country_code": code, "downloads": share * row["downloads"], "share": share}
        for row in bars
        for code, share in sum_parts(divide_group(tables, row)).items()
    ]
    columns = (_ATTRIBUTION, PLACE, COLUMNS["downloads"], COLUMNS["share"])
    return replace(tables["tasks-shares"], columns=columns, frame=pd.DataFrame(parts))


def choose_groups(tables: Tables) -> list[Row]:
    """Choose the groups with a panel: video, and those with a part worth one; none with fewer than two dates."""
    if tables["tasks-no-country"].frame["as_of"].nunique() < 2:
        return []
    groups = [row for row in list_groups(tables) if row["task_group"] == VIDEO or row["share_of_all"] >= PANEL_FROM]
    return sorted(groups, key=lambda row: row["task_group"] != VIDEO)


def _make_panel(group: Row, shares: pd.DataFrame) -> Panel:
    known = set(shares.dropna(subset=["share"])["country_code"])
    title = say("{task_group:task_group}, {share_of_all:percent} of all", **group)
    drawn = tuple(line for line in _LINES if line.key in known)
    return Panel(drawn, "share", title, ("task_group", words.TASK_GROUPS[group["task_group"]]))


def _follow_group(tables: Tables, group: str) -> pd.DataFrame:
    """Return a group's shares over time by publisher: of the countries followed, and of what has none."""
    places = tables["tasks-history"].where(task_group=group, attribution="publisher").frame
    nobody = tables["tasks-no-country"].where(task_group=group).frame.rename(columns={"share_no_country": "share"})
    names: dict[str, Any] = {"country_code": NOBODY}
    rows = pd.concat([places.astype({"country_code": "str"}), nobody.assign(**names)])
    return rows[["task_group", "as_of", "country_code", "share"]]


def _build_panels(tables: Tables, said: Mapping[str, Sentence], report: Report) -> Figure | None:
    groups = choose_groups(tables)
    if not groups:
        return None
    followed = [_follow_group(tables, row["task_group"]) for row in groups]
    panels = tuple(map(_make_panel, groups, followed))
    rows = pd.concat(followed, ignore_index=True)
    columns = (COLUMNS["task_group"], COLUMNS["as_of"], PLACE, COLUMNS["share"])
    days = rows["as_of"].astype(object)
    return build_figure(
        replace(tables["tasks-history"], columns=columns, frame=rows),
        draw_lines,
        Lines(panels, x="as_of", series="country_code", standing=pick_standing(report, most=1)),
        slug="tasks-over-time",
        headline=said["change"],
        subtitle=say(
            "Share of the downloads of each group of tasks · {window:window} to each date · all models · by publisher "
            "· {first:date} to {last:date}",
            window=groups[0]["window"],
            first=days.min(),
            last=days.max(),
        ),
        how_to_read=join(
            say(
                "Each small chart is one group of tasks, each line a country's share of what was downloaded in it. "
                "The dotted line is what is attributed to no country; the rest up to 100% are other countries. A group "
                "without downloads on a date has a gap there. Groups with less than {least:percent} of all downloads "
                "have no chart.",
                least=PANEL_FROM,
            ),
            said["growth"],
        ),
        alt=said["leads"],
    )
