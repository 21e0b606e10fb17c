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
from generator.questions.ground import Point
from generator.questions.report import Report
from generator.questions.shares.history import NOBODY
from generator.questions.surges import pick_standing
from generator.questions.tasks.now import REST, list_kinds, name_part, state_finding, sum_parts
from generator.questions.tasks.tables import VIDEO, GroupShares, Tasks
from generator.star.leads import Lead
from generator.text.language import Language

# Countries with a line in a panel.
NAMED: Final = ("CN", "US")
# Groups with a smaller part of all downloads have no panel; video always has one.
PANEL_FROM: Final = 0.005


def build(topic: Tasks, report: Report, language: Language) -> tuple[Figure, ...]:
    """Build the figures that have data."""
    video = topic.find(VIDEO)
    figures = [_build_video(video, topic, report, language)] if video else []
    panels = pick_panels(topic, language)
    if panels:
        figures.append(_build_panels(panels, topic, report, language))
    return tuple(figures)


def state(topic: Tasks, report: Report, language: Language) -> dict[str, str]:
    """State the page's sentences; `since_<group>` says of each group since when its leader leads."""
    since = {f"since_{row.task_group}": describe_lead(topic.leads.get(row.task_group), language) for row in topic.shown}
    return {
        "video": state_video(topic, report, language),
        "video_origin": state_video_origin(topic, language),
        "leads": state_leads(topic, report, language),
        "window": spans.describe_window(topic.window, report, language),
        "growth": phrases.describe_growth(report.data, language),
        **since,
    }


def state_video(topic: Tasks, report: Report, language: Language) -> str:
    """State who has most downloads in video generation, or that these data cannot tell."""
    video = topic.find(VIDEO)
    if video is None:
        return language.gettext(
            "These data hold no download of a model that makes video: who leads in video generation cannot be told "
            "from them."
        )
    period = spans.describe_window(topic.window, report, language)
    if len(video.places) < 2:
        return language.gettext(
            "Too few downloads of video models are attributed %(period)s to tell which country leads.", period=period
        )
    if video.share_of_all < MIN_GROUP_PART:
        return language.gettext(
            "Video generation has %(part)s of the downloads %(period)s: too few to say who leads in it.",
            part=phrases.write_share(video.share_of_all, language),
            period=period,
        )
    first, second = video.places[:2]
    return language.gettext(
        "In video generation, models from organisations in %(place)s account for %(share)s of the downloads "
        "%(period)s, models from organisations in %(second)s for %(second_share)s.",
        place=parts.in_sentence(first.code, language),
        share=language.percent(first.share),
        period=period,
        second=parts.in_sentence(second.code, language),
        second_share=language.percent(second.share),
    )


def state_video_origin(topic: Tasks, language: Language) -> str:
    """State the two largest shares in video generation by origin; nothing without two countries."""
    video = topic.find(VIDEO, "origin")
    if video is None or len(video.places) < 2 or video.share_of_all < MIN_GROUP_PART:
        return ""
    first, second = video.places[:2]
    return language.gettext(
        "By origin, %(share)s of these downloads go back to models from %(place)s, %(second_share)s to models from "
        "%(second)s.",
        share=language.percent(first.share),
        place=parts.in_sentence(first.code, language),
        second=parts.in_sentence(second.code, language),
        second_share=language.percent(second.share),
    )


def state_leads(topic: Tasks, report: Report, language: Language) -> str:
    """State in how many groups each country leads clearly; over a list, in how many its share is the largest."""
    groups = [row for row in topic.shown if row.share_of_all >= MIN_GROUP_PART]
    if not groups:
        return language.gettext("Too few downloads are attributed to tell which country leads.")
    if not report.data.scope.may_rank:
        return sentences.name_list(state_finding(groups, language), report.data.scope, language)
    clear = [lead for lead in topic.leads.values() if lead.is_clear]
    counts: dict[str, int] = {}
    for lead in clear:
        counts[lead.leader] = counts.get(lead.leader, 0) + 1
    named = [
        language.gettext("%(place)s leads in %(number)s", place=parts.in_sentence(code, language), number=number)
        for code, number in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
    rest = len(groups) - len(clear)
    if rest:
        named.append(language.gettext("in %(rest)s the order could change with the review", rest=rest))
    return language.gettext(
        "Of the %(total)s groups of tasks with at least %(least)s of the downloads %(period)s, %(counts)s.",
        total=len(groups),
        least=language.percent(MIN_GROUP_PART, digits=0),
        period=spans.describe_window(topic.window, report, language),
        counts=spans.join_words(named, language),
    )


def describe_lead(lead: Lead | None, language: Language) -> str:
    """Say since when a group's leader has had most downloads; where it does not lead clearly, that."""
    if lead is None:
        return language.gettext("too few downloads to say")
    if not lead.is_clear:
        return language.gettext("level")
    if lead.since_start:
        return language.gettext("%(date)s or before", date=language.date(lead.since))
    return language.date(lead.since)


def _build_video(video: GroupShares, topic: Tasks, report: Report, language: Language) -> Figure:
    origin = topic.find(VIDEO, "origin")
    bars = {"publisher": video} | ({"origin": origin} if origin else {})
    finding = phrases.join_sentences(state_video(topic, report, language), state_video_origin(topic, language))
    table = _list_video(bars, language)
    return Figure(
        slug="tasks-video",
        headline=finding,
        subtitle=language.gettext(
            "Share of the downloads of video generation · %(window)s · all models · by publisher and by origin · "
            "%(dates)s",
            window=language.window(topic.window),
            dates=sentences.describe_dates(spans.find_table(topic.window, report), language),
        ),
        source=sentences.describe_source(report.data, language),
        how_to_read=language.gettext(
            "Both bars are all downloads of models that make video from text, pictures or video. The first is divided "
            "by the country of the account that uploaded a model, the second by that of the maker of the root model. "
            "Grey parts are given to no country; the one with a dashed edge has not been reviewed yet."
        ),
        alt=phrases.join_sentences(
            finding, language.gettext("These are %(part)s of all downloads.", part=language.percent(video.share_of_all))
        ),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_stacks, _pick_video(bars, language), choose_video(bars, language), language=language),
    )


def _list_video(bars: Mapping[str, GroupShares], language: Language) -> Table:
    return Table(
        columns=(
            parts.text_column("attribution", language.gettext("Attribution")),
            parts.text_column("code", language.gettext("Code")),
            parts.text_column("place", language.gettext("Country or category")),
            parts.count_column("downloads", language.gettext("Downloads")),
            parts.share_column("share", language.gettext("Share")),
            parts.share_column("share_upper", language.gettext("Share at most")),
        ),
        rows=tuple(
            (language.attribution(name), row.code, language.place(row.code), row.downloads, row.share, row.upper)
            for name, group in bars.items()
            for row in group.rows
            if row.downloads
        ),
    )


def _pick_video(bars: Mapping[str, GroupShares], language: Language) -> Table:
    """List the parts of the bars that are drawn."""
    return Table(
        (
            parts.text_column("attribution", language.gettext("Attribution")),
            parts.text_column("code", language.gettext("Code")),
            parts.text_column("place", language.gettext("Place")),
            parts.count_column("downloads", language.gettext("Downloads")),
            parts.share_column("share", language.gettext("Share")),
        ),
        tuple(
            (_name_bar(name, language), code, name_part(code, language), round(share * group.downloads), share)
            for name, group in bars.items()
            for code, share in sum_parts(group).items()
        ),
    )


def _name_bar(attribution: str, language: Language) -> str:
    return parts.capital(language.attribution(attribution))


def choose_video(groups: Mapping[str, GroupShares], language: Language) -> Stacks:
    """Return a bar for each attribution, divided by country."""
    bars = tuple(
        Stack(
            _name_bar(name, language),
            language.gettext("%(downloads)s downloads", downloads=language.short(group.downloads)),
        )
        for name, group in groups.items()
    )
    return Stacks(bars, list_kinds(language), bar="attribution", part="code")


def list_groups(topic: Tasks) -> tuple[GroupShares, ...]:
    """Return the groups that have a panel: video, and those with a part worth one; none with fewer than two dates."""
    dates = {point.date for history in topic.histories.values() for points in history.values() for point in points}
    groups = [row for row in topic.shown if row.task_group == VIDEO or row.share_of_all >= PANEL_FROM]
    return tuple(sorted(groups, key=lambda row: row.task_group != VIDEO)) if len(dates) > 1 else ()


def pick_panels(topic: Tasks, language: Language) -> tuple[Panel, ...]:
    """Return a panel for each of these groups."""
    lines = (
        *(Line(code, parts.short_place(code, language), place_colour(code)) for code in NAMED),
        Line(NOBODY, language.gettext("No country"), place_colour(REST), (2, 3)),
    )
    return tuple(_make_panel(group, lines, topic, language) for group in list_groups(topic))


def _make_panel(group: GroupShares, lines: Sequence[Line], topic: Tasks, language: Language) -> Panel:
    title = language.gettext(
        "%(group)s, %(part)s of all",
        group=language.task_group(group.task_group),
        part=language.percent(group.share_of_all),
    )
    drawn = tuple(line for line in lines if any(point.value is not None for point in _list_points(group, line, topic)))
    return Panel(drawn, "share", title, ("task_group", language.task_group(group.task_group)))


def _list_points(group: GroupShares, line: Line, topic: Tasks) -> Sequence[Point]:
    name = group.task_group
    return topic.unattributed[name] if line.key == NOBODY else topic.histories[name][line.key]


def _build_panels(panels: tuple[Panel, ...], topic: Tasks, report: Report, language: Language) -> Figure:
    finding = _state_change(topic, language)
    picture = Lines(panels, standing=pick_standing(report, most=1))
    days = sorted({point.date for row in list_groups(topic) for point in topic.unattributed[row.task_group]})
    table = _list_history(topic, language)
    return Figure(
        slug="tasks-over-time",
        headline=finding,
        subtitle=language.gettext(
            "Share of the downloads of each group of tasks · %(window)s to each date · all models · by publisher · "
            "%(first)s to %(last)s",
            window=language.window(topic.window),
            first=language.date(days[0]),
            last=language.date(days[-1]),
        ),
        source=sentences.describe_source(report.data, language),
        how_to_read=phrases.join_sentences(
            language.gettext(
                "Each small chart is one group of tasks, each line a country's share of what was downloaded in it. The "
                "dotted line is what no country is given; the rest up to 100%% are other countries. A group without "
                "downloads on a date has a gap there. Groups with less than %(least)s of all downloads have no chart.",
                least=language.percent(PANEL_FROM),
            ),
            phrases.describe_growth(report.data, language),
        ),
        alt=phrases.join_sentences(finding, state_leads(topic, report, language)),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_lines, table, picture, language=language),
    )


def _list_history(topic: Tasks, language: Language) -> Table:
    return Table(
        columns=(
            parts.text_column("task_group", language.gettext("Group of tasks")),
            parts.date_column("date", language.gettext("Date")),
            parts.text_column("code", language.gettext("Code")),
            parts.share_column("share", language.gettext("Share")),
        ),
        rows=tuple(
            (language.task_group(row.task_group), point.date.isoformat(), code, point.value)
            for row in list_groups(topic)
            for code, points in {**topic.histories[row.task_group], NOBODY: topic.unattributed[row.task_group]}.items()
            for point in points
        ),
    )


def _state_change(topic: Tasks, language: Language) -> str:
    """State the newest shares of China and the United States in the two groups with most downloads."""
    rows = [row for row in topic.shown if len(row.places) > 1][:2]
    if not rows:
        return language.gettext("Too few downloads are attributed to tell which country leads.")
    named = [
        language.gettext(
            "%(group)s: %(first)s, %(second)s",
            group=language.task_group(row.task_group),
            first=f"{parts.short_place('CN', language)} {language.percent(row.share_of('CN'))}",
            second=f"{parts.short_place('US', language)} {language.percent(row.share_of('US'))}",
        )
        for row in rows
    ]
    return language.gettext(
        "Shares on %(date)s. %(parts)s.",
        date=language.date(topic.as_of),
        parts="; ".join(named),
    )
