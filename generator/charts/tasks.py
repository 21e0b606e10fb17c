"""Shares within each task group: one bar of 100 % for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import altair as alt

from generator import sentences
from generator.charts import parts, phrases
from generator.charts.figure import Figure
from generator.charts.text import measure
from generator.charts.theme import SMALL_TEXT, build_canvas, colour, place_colour
from generator.i18n import Language
from generator.metrics.definitions import Definition
from generator.metrics.shares import NOT_PLACES
from generator.metrics.tasks import TaskShares
from generator.registry import INTERNATIONAL, UNAFFILIATED, UNREVIEWED
from generator.report import Report

SLUG: Final = "task-shares"
# Countries with a part of their own in the bars.
NAMED: Final = ("CN", "US")
REST: Final = "REST"
ORDER: Final = (*NAMED, REST, INTERNATIONAL, UNAFFILIATED, UNREVIEWED)
ROW_HEIGHT: Final = 46
BAR_HEIGHT: Final = 20
# Parts of all downloads below this are not written with digits.
SMALLEST: Final = 0.001


@dataclass(frozen=True)
class Part:
    """A part of a task's bar.

    Attributes:
        code: country, `REST` or category.
        label: its name.
        start: where it begins, as a fraction of the bar.
        share: its length.
        downloads: in thirty days.
    """

    code: str
    label: str
    start: float
    share: float
    downloads: int


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


def state_finding(tasks: Sequence[TaskShares], language: Language) -> str:
    """State in how many groups each country has the largest share."""
    leaders: dict[str, int] = {}
    for task in tasks:
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
        "Of %(total)s groups of tasks, the largest share is held by %(counts)s.",
        total=len(tasks),
        counts=", ".join(counts),
    )


def pick_parts(task: TaskShares, language: Language) -> tuple[Part, ...]:
    """Divide a task's bar: China, the United States, other countries, then what is no country."""
    groups: dict[str, list[float]] = {code: [0.0, 0] for code in ORDER}
    for row in task.rows:
        code = row.code if row.code in (*NAMED, *NOT_PLACES) else REST
        groups[code][0] += row.share
        groups[code][1] += row.downloads
    found, start = [], 0.0
    for code, (share, downloads) in groups.items():
        if share > 0:
            found.append(Part(code, _name(code, language), start, share, round(downloads)))
            start += share
    return tuple(found)


def _name(code: str, language: Language) -> str:
    return language.gettext("Other countries") if code == REST else language.place(code)


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
    codes = {part.code for task in tasks for part in pick_parts(task, language)}
    key, top = _place_key([code for code in ORDER if code in codes], language, width)
    x = alt.Scale(domain=[0, 1], range=[1, width - 1], nice=False)
    heads: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for index, task in enumerate(tasks):
        y = top + ROW_HEIGHT * index
        name = language.task_group(task.task_group)
        heads.append({"x": 0, "y": y + 12, "text": name, "part": _write_part(task, language), "end": width})
        rows += [_place_part(part, name, y + 21, language, width) for part in pick_parts(task, language)]
    layers = [
        parts.build_labels(key, fontSize=SMALL_TEXT),
        _build_squares(key),
        parts.build_labels(heads, fontWeight=600),
        parts.build_text(
            heads, parts.pixel_x("end"), parts.pixel_y(), field="part", align="right", color=colour("muted")
        ),
        *_build_bars(rows, x, language),
        parts.build_text(
            [row for row in rows if row["text"]], alt.X("start:Q", scale=x, axis=None), parts.pixel_y(), dx=6
        ).encode(color=parts.own_colour("ink")),
    ]
    return build_canvas(layers, width, top + ROW_HEIGHT * len(tasks) + 2)


def _place_key(codes: Sequence[str], language: Language, width: int) -> tuple[list[dict[str, Any]], float]:
    """Place the names of the colours in lines above the bars; return them and where they end."""
    rows: list[dict[str, Any]] = []
    x, y = 0.0, 10.0
    for code in codes:
        name = _name(code, language)
        wide = measure(name, SMALL_TEXT) + 30
        if x and x + wide - 12 > width:
            x, y = 0.0, y + 20
        rows.append({"x": round(x + 17, 1), "square": x, "y": y, "text": name, "colour": place_colour(code)})
        x += wide
    return rows, y + 16


def _place_part(part: Part, name: str, top: float, language: Language, width: int) -> dict[str, Any]:
    text = language.percent(part.share, 0)
    room = part.share * width >= measure(text, SMALL_TEXT) + 12
    return {
        "start": round(part.start, 6),
        "end": round(part.start + part.share, 6),
        "top": top,
        "bottom": top + BAR_HEIGHT,
        "y": top + BAR_HEIGHT / 2 + 0.5,
        "text": text if room else "",
        "task": name,
        "label": part.label,
        "value": language.percent(part.share),
        "downloads": language.short(part.downloads),
        "colour": place_colour(part.code),
        "ink": colour("paper" if part.code in NAMED else "ink"),
        "open": part.code == UNREVIEWED,
    }


def _build_squares(key: Sequence[dict[str, Any]]) -> alt.Chart:
    squares = [{**row, "x": row["square"] + 6} for row in key]
    chart: alt.Chart = (
        alt.Chart(parts.build_data(squares))
        .mark_point(shape="square", size=120, stroke=colour("muted"), strokeWidth=0.6)
        .encode(x=parts.pixel_x(), y=parts.pixel_y(), fill=parts.own_fill())
    )
    return chart


def _build_bars(rows: Sequence[dict[str, Any]], x: alt.Scale, language: Language) -> list[alt.Chart]:
    tooltip = parts.build_tooltip(
        ("task", language.gettext("Group of tasks")),
        ("label", language.gettext("Place")),
        ("value", language.gettext("Share")),
        ("downloads", language.gettext("Downloads")),
    )
    marks: list[dict[str, Any]] = [
        {"stroke": colour("paper"), "strokeWidth": 1},
        {"stroke": colour("muted"), "strokeDash": [3, 2], "strokeWidth": 1},
    ]
    return [
        alt.Chart(parts.build_data([row for row in rows if row["open"] == is_open]))
        .mark_rect(**mark)
        .encode(
            x=alt.X("start:Q", scale=x, axis=None),
            x2=alt.X2("end:Q"),
            y=parts.pixel_y("top"),
            y2=alt.Y2("bottom:Q"),
            fill=parts.own_fill(),
            tooltip=tooltip,
        )
        for is_open, mark in zip((False, True), marks, strict=True)
    ]
