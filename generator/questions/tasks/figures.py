"""Tasks: video generation by country, and the shares within the task groups over time."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from generator.base.settings import MIN_GROUP_PART
from generator.figures import parts
from generator.figures.figure import Figure, Table
from generator.figures.lines import Line, Lines, Panel, draw_lines
from generator.figures.stacks import Stack, Stacks, draw_stacks
from generator.figures.theme import place_colour
from generator.questions import phrases, sentences, spans
from generator.questions.report import Report
from generator.questions.series import Point
from generator.questions.shares.history import NOBODY
from generator.questions.surges import pick_standing
from generator.questions.tasks.now import REST, list_kinds, name_part, state_finding, sum_parts
from generator.questions.tasks.tables import VIDEO, GroupShares, Tasks
from generator.star.leads import Lead
from generator.text.say import NOTHING, Sentence, begin, join, listing, say, write

# Countries with a line in a panel.
NAMED: Final = ("CN", "US")
# Groups with a smaller part of all downloads have no panel; video always has one.
PANEL_FROM: Final = 0.005


def build(topic: Tasks, report: Report) -> tuple[Figure, ...]:
    """Build the figures that have data."""
    video = topic.find(VIDEO)
    figures = [_build_video(video, topic, report)] if video else []
    panels = pick_panels(topic)
    if panels:
        figures.append(_build_panels(panels, topic, report))
    return tuple(figures)


def state(topic: Tasks, report: Report) -> dict[str, Sentence]:
    """State the page's sentences; `since_<group>` says of each group since when its leader leads."""
    since = {f"since_{row.task_group}": describe_lead(topic.leads.get(row.task_group)) for row in topic.shown}
    return {
        "video": state_video(topic, report),
        "video_origin": state_video_origin(topic),
        "leads": state_leads(topic, report),
        "window": spans.describe_window(topic.window, report),
        "growth": phrases.describe_growth(report.data),
        **since,
    }


def state_video(topic: Tasks, report: Report) -> Sentence:
    """State who has most downloads in video generation, or that these data cannot tell."""
    video = topic.find(VIDEO)
    if video is None:
        return say(
            "These data hold no download of a model that makes video: who leads in video generation cannot be told "
            "from them."
        )
    period = spans.describe_window(topic.window, report)
    if len(video.places) < 2:
        return say(
            "Too few downloads of video models are attributed {period} to tell which country leads.", period=period
        )
    if video.share_of_all < MIN_GROUP_PART:
        return say(
            "Video generation has {part:share} of the downloads {period}: too few to say who leads in it.",
            part=video.share_of_all,
            period=period,
        )
    first, second = video.places[:2]
    return say(
        "In video generation, models from organisations in {place:the} account for {share:percent} of the downloads "
        "{period}, models from organisations in {second:the} for {second_share:percent}.",
        place=first.code,
        share=first.share,
        period=period,
        second=second.code,
        second_share=second.share,
    )


def state_video_origin(topic: Tasks) -> Sentence:
    """State the two largest shares in video generation by origin; nothing without two countries."""
    video = topic.find(VIDEO, "origin")
    if video is None or len(video.places) < 2 or video.share_of_all < MIN_GROUP_PART:
        return NOTHING
    first, second = video.places[:2]
    return say(
        "By origin, {share:percent} of these downloads go back to models from {place:the}, {second_share:percent} to "
        "models from {second:the}.",
        share=first.share,
        place=first.code,
        second=second.code,
        second_share=second.share,
    )


def state_leads(topic: Tasks, report: Report) -> Sentence:
    """State in how many groups each country leads clearly; over a list, in how many its share is the largest."""
    groups = [row for row in topic.shown if row.share_of_all >= MIN_GROUP_PART]
    if not groups:
        return say("Too few downloads are attributed to tell which country leads.")
    if not report.data.scope.may_rank:
        return sentences.name_list(state_finding(groups), report.data.scope)
    clear = [lead for lead in topic.leads.values() if lead.is_clear]
    counts: dict[str, int] = {}
    for lead in clear:
        counts[lead.leader] = counts.get(lead.leader, 0) + 1
    named = [
        say("{place:the} leads in {number}", place=code, number=number)
        for code, number in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
    rest = len(groups) - len(clear)
    if rest:
        named.append(say("in {rest} the order could change with the review", rest=rest))
    return say(
        "Of the {total} groups of tasks with at least {least:percent0} of the downloads {period}, {counts}.",
        total=len(groups),
        least=MIN_GROUP_PART,
        period=spans.describe_window(topic.window, report),
        counts=listing(named),
    )


def describe_lead(lead: Lead | None) -> Sentence:
    """Say since when a group's leader has had most downloads; where it does not lead clearly, that."""
    if lead is None:
        return say("too few downloads to say")
    if not lead.is_clear:
        return say("level")
    if lead.since_start:
        return say("{date:date} or before", date=lead.since)
    return write(lead.since, "date")


def _build_video(video: GroupShares, topic: Tasks, report: Report) -> Figure:
    origin = topic.find(VIDEO, "origin")
    bars = {"publisher": video} | ({"origin": origin} if origin else {})
    finding = join(state_video(topic, report), state_video_origin(topic))
    table = _list_video(bars)
    return Figure(
        slug="tasks-video",
        headline=finding,
        subtitle=say(
            "Share of the downloads of video generation · {window:window} · all models · by publisher and by origin · "
            "{dates}",
            window=topic.window,
            dates=sentences.describe_dates(spans.find_table(topic.window, report)),
        ),
        source=sentences.describe_source(report.data),
        how_to_read=say(
            "Both bars are all downloads of models that make video from text, pictures or video. The first is divided "
            "by the country of the account that uploaded a model, the second by that of the maker of the root model. "
            "Grey parts are given to no country; the one with a dashed edge has not been reviewed yet."
        ),
        alt=join(finding, say("These are {part:percent} of all downloads.", part=video.share_of_all)),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_stacks, _pick_video(bars), choose_video(bars)),
    )


def _list_video(bars: Mapping[str, GroupShares]) -> Table:
    return Table(
        columns=(
            parts.text_column("attribution", say("Attribution")),
            parts.text_column("code", say("Code")),
            parts.text_column("place", say("Country or category")),
            parts.count_column("downloads", say("Downloads")),
            parts.share_column("share", say("Share")),
            parts.share_column("share_upper", say("Share at most")),
        ),
        rows=tuple(
            (write(name, "attribution"), row.code, write(row.code, "place"), row.downloads, row.share, row.upper)
            for name, group in bars.items()
            for row in group.rows
            if row.downloads
        ),
    )


def _pick_video(bars: Mapping[str, GroupShares]) -> Table:
    """List the parts of the bars that are drawn."""
    return Table(
        (
            parts.text_column("attribution", say("Attribution")),
            parts.text_column("code", say("Code")),
            parts.text_column("place", say("Place")),
            parts.count_column("downloads", say("Downloads")),
            parts.share_column("share", say("Share")),
        ),
        tuple(
            (_name_bar(name), code, name_part(code), round(share * group.downloads), share)
            for name, group in bars.items()
            for code, share in sum_parts(group).items()
        ),
    )


def _name_bar(attribution: str) -> Sentence:
    return begin(write(attribution, "attribution"))


def choose_video(groups: Mapping[str, GroupShares]) -> Stacks:
    """Return a bar for each attribution, divided by country."""
    bars = tuple(
        Stack(
            _name_bar(name),
            say("{downloads:short} downloads", downloads=group.downloads),
        )
        for name, group in groups.items()
    )
    return Stacks(bars, list_kinds(), bar="attribution", part="code")


def list_groups(topic: Tasks) -> tuple[GroupShares, ...]:
    """Return the groups that have a panel: video, and those with a part worth one; none with fewer than two dates."""
    dates = {point.date for history in topic.histories.values() for points in history.values() for point in points}
    groups = [row for row in topic.shown if row.task_group == VIDEO or row.share_of_all >= PANEL_FROM]
    return tuple(sorted(groups, key=lambda row: row.task_group != VIDEO)) if len(dates) > 1 else ()


def pick_panels(topic: Tasks) -> tuple[Panel, ...]:
    """Return a panel for each of these groups."""
    lines = (
        *(Line(code, write(code, "brief"), place_colour(code)) for code in NAMED),
        Line(NOBODY, say("No country"), place_colour(REST), (2, 3)),
    )
    return tuple(_make_panel(group, lines, topic) for group in list_groups(topic))


def _make_panel(group: GroupShares, lines: Sequence[Line], topic: Tasks) -> Panel:
    title = say("{group:task_group}, {part:percent} of all", group=group.task_group, part=group.share_of_all)
    drawn = tuple(line for line in lines if any(point.value is not None for point in _list_points(group, line, topic)))
    return Panel(drawn, "share", title, ("task_group", write(group.task_group, "task_group")))


def _list_points(group: GroupShares, line: Line, topic: Tasks) -> Sequence[Point]:
    name = group.task_group
    return topic.unattributed[name] if line.key == NOBODY else topic.histories[name][line.key]


def _build_panels(panels: tuple[Panel, ...], topic: Tasks, report: Report) -> Figure:
    finding = _state_change(topic)
    picture = Lines(panels, standing=pick_standing(report, most=1))
    days = sorted({point.date for row in list_groups(topic) for point in topic.unattributed[row.task_group]})
    table = _list_history(topic)
    return Figure(
        slug="tasks-over-time",
        headline=finding,
        subtitle=say(
            "Share of the downloads of each group of tasks · {window:window} to each date · all models · by publisher "
            "· {first:date} to {last:date}",
            window=topic.window,
            first=days[0],
            last=days[-1],
        ),
        source=sentences.describe_source(report.data),
        how_to_read=join(
            say(
                "Each small chart is one group of tasks, each line a country's share of what was downloaded in it. "
                "The dotted line is what no country is given; the rest up to 100% are other countries. A group "
                "without downloads on a date has a gap there. Groups with less than {least:percent} of all downloads "
                "have no chart.",
                least=PANEL_FROM,
            ),
            phrases.describe_growth(report.data),
        ),
        alt=join(finding, state_leads(topic, report)),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_lines, table, picture),
    )


def _list_history(topic: Tasks) -> Table:
    return Table(
        columns=(
            parts.text_column("task_group", say("Group of tasks")),
            parts.date_column("date", say("Date")),
            parts.text_column("code", say("Code")),
            parts.share_column("share", say("Share")),
        ),
        rows=tuple(
            (write(row.task_group, "task_group"), point.date.isoformat(), code, point.value)
            for row in list_groups(topic)
            for code, points in {**topic.histories[row.task_group], NOBODY: topic.unattributed[row.task_group]}.items()
            for point in points
        ),
    )


def _state_change(topic: Tasks) -> Sentence:
    """State the newest shares of China and the United States in the two groups with most downloads."""
    rows = [row for row in topic.shown if len(row.places) > 1][:2]
    if not rows:
        return say("Too few downloads are attributed to tell which country leads.")
    named = [
        say(
            "{group:task_group}: {first}, {second}",
            group=row.task_group,
            first=join(write("CN", "brief"), write(row.share_of("CN"), "percent")),
            second=join(write("US", "brief"), write(row.share_of("US"), "percent")),
        )
        for row in rows
    ]
    return say("Shares on {date:date}. {parts}.", date=topic.as_of, parts=join(*named, between="; "))
