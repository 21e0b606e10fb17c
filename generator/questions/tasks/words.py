"""Tasks in sentences: who has most downloads in video generation, and in how many groups each country leads."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from generator.base.settings import MIN_GROUP_PART
from generator.questions import phrases, sentences, spans
from generator.questions.ground import Tables
from generator.questions.report import Report
from generator.questions.tasks.tables import VIDEO
from generator.star.table import Row, Table
from generator.text.say import COMMA, NOTHING, SEMICOLON, Sentence, clauses, join, say, write

_TOO_FEW: Final = say("Too few downloads are attributed to tell which country leads.")


def state(tables: Tables, report: Report) -> Mapping[str, Sentence]:
    """State the sentences of page and figures."""
    return {
        "video": _state_video(find_video(tables), report),
        "video_origin": _state_video_origin(find_video(tables, "origin")),
        "leads": _state_leads(list_groups(tables), report),
        "growth": phrases.describe_growth(report.data),
        "change": _state_change(tables),
    }


def list_groups(tables: Tables) -> list[Row]:
    """List the groups by publisher in the window that is shown over time, the most downloaded first."""
    return _show(tables, "publisher").records()


def find_video(tables: Tables, attribution: str = "publisher") -> Row | None:
    """Find video generation in the window that is shown over time; None where nothing of it is downloaded."""
    return _show(tables, attribution).find(task_group=VIDEO)


def _show(tables: Tables, attribution: str) -> Table:
    groups = tables["tasks-groups"]
    return groups.where(window=next(iter(groups.frame["window"]), None), attribution=attribution)


def _state_video(video: Row | None, report: Report) -> Sentence:
    """State who has most downloads in video generation, or that these data cannot tell."""
    if video is None:
        return say(
            "These data hold no download of a model that makes video: who leads in video generation cannot be told "
            "from them."
        )
    about = {**video, "period": spans.describe_window(video["window"], report)}
    if video["second_code"] is None:
        return say("Too few downloads of video models are attributed {period} to tell which country leads.", **about)
    if video["share_of_all"] < MIN_GROUP_PART:
        return say(
            "Video generation accounts for {share_of_all:share} of the downloads {period}: too few to say who leads "
            "in it.",
            **about,
        )
    return say(
        "In video generation, models from organisations in {first_code:the} account for {share_first:percent} of the "
        "downloads {period}, models from organisations in {second_code:the} for {share_second:percent}.",
        **about,
    )


def _state_video_origin(video: Row | None) -> Sentence:
    """State the two largest shares in video generation by origin; nothing without two countries."""
    if video is None or video["second_code"] is None or video["share_of_all"] < MIN_GROUP_PART:
        return NOTHING
    return say(
        "By maker, {share_first:percent} of these downloads go back to models from {first_code:the}, "
        "{share_second:percent} to models from {second_code:the}.",
        **video,
    )


def _state_leads(groups: Sequence[Row], report: Report) -> Sentence:
    """State in how many groups each country leads clearly; over a list, in how many its share is the largest."""
    large = [row for row in groups if row["share_of_all"] >= MIN_GROUP_PART]
    if not large:
        return _TOO_FEW
    if not report.data.scope.may_rank:
        return sentences.name_list(state_largest(row["first_code"] for row in large), report.data.scope)
    clear = [row["first_code"] for row in large if row["leads_since"]]
    named = [
        say("{place:the} leads in {number}", place=code, number=number) for code, number in phrases.count_codes(clear)
    ]
    rest = len(large) - len(clear)
    if rest:
        named.append(say("in {rest} the order could change with the review", rest=rest))
    return say(
        "Of the {total} groups of tasks with at least {least:percent0} of the downloads {period}, {counts}.",
        total=len(large),
        least=MIN_GROUP_PART,
        period=spans.describe_window(large[0]["window"], report),
        counts=clauses(named),
    )


def state_largest(leaders: Iterable[str | None]) -> Sentence:
    """State in how many groups each country has the largest share; given is that of each group, None without one."""
    large = tuple(leaders)
    counts = phrases.count_codes(code for code in large if code)
    if not counts:
        return _TOO_FEW
    return say(
        "Of the {total} groups of tasks with at least {least:percent0} of the downloads, the largest share goes to "
        "models from {counts}.",
        total=len(large),
        least=MIN_GROUP_PART,
        counts=join(
            *(say("{place:the} in {number}", place=code, number=number) for code, number in counts), between=COMMA
        ),
    )


def divide_group(tables: Tables, group: Row) -> dict[str, float]:
    """Return the share of each country and category in a group."""
    keys = {name: group[name] for name in ("window", "attribution", "task_group")}
    return {row["country_code"]: row["share"] for row in tables["tasks-shares"].where(**keys).records()}


def _state_change(tables: Tables) -> Sentence:
    """State the newest shares of China and the United States in the two groups with most downloads."""
    rows = [row for row in list_groups(tables) if row["second_code"]][:2]
    if not rows:
        return _TOO_FEW
    named = []
    for row in rows:
        shares = divide_group(tables, row)
        parts = [join(write(code, "brief"), write(shares.get(code, 0.0), "percent")) for code in spans.PAIR]
        named.append(
            say("{group:task_group}: {first}, {second}", group=row["task_group"], first=parts[0], second=parts[1])
        )
    return say("Shares on {date:date}. {parts}.", date=rows[0]["as_of"], parts=join(*named, between=SEMICOLON))
