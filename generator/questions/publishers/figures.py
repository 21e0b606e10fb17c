"""Publishers: the largest ones side by side, and one over time."""

from collections.abc import Sequence
from typing import Any, Final

from generator.base.encode import label
from generator.figures.bars import Bar, Bars, Group, draw_bars
from generator.figures.figure import Figure, build_figure
from generator.figures.lines import Line, Lines, Panel, draw_lines
from generator.figures.theme import line_colour, place_colour
from generator.questions import phrases, sentences
from generator.questions.report import PublisherReport, Report
from generator.questions.surges import describe_surges, pick_standing
from generator.star.accounts import HistoryPoint, PublisherRow
from generator.star.columns import COLUMNS
from generator.star.definitions import Definition
from generator.star.shares import NOT_PLACES
from generator.star.table import Table, declare_table
from generator.text import words
from generator.text.say import COMMA, NOTHING, Sentence, clauses, join, say

SLUG: Final = "publishers"
SHOWN: Final = 20
BARS: Final = declare_table(
    "publishers",
    "The largest publishers",
    "A publisher.",
    *(COLUMNS[name] for name in ("rank", "publisher", "country_code", "downloads_30d", "share", "models")),
)
LINE: Final = declare_table(
    "publisher",
    "A publisher over time",
    "A date.",
    *(COLUMNS[name] for name in ("as_of", "publisher", "downloads_30d", "share")),
)
ALL_MODELS: Final = Definition("30d", "all", "publisher")


def build_leading_publishers(report: Report) -> Figure:
    """Build the bars of the publishers with most downloads."""
    rows = report.publishers[:SHOWN]
    return build_figure(
        _list_largest(rows),
        draw_bars,
        choose_bars(rows),
        slug=SLUG,
        headline=state_finding(report),
        subtitle=say(
            "Downloads · {definition} · to {date:date}",
            definition=sentences.name_definition(ALL_MODELS),
            date=report.data.as_of,
        ),
        how_to_read=say(
            "A bar is the downloads of all models of one Hub account in thirty days. Its colour and the name beside it "
            "give the country where the organisation behind the account has its headquarters; private persons are "
            "given none."
        ),
        alt=_describe_top(rows),
    )


def state_finding(report: Report) -> Sentence:
    """State the largest publisher's part, and how many of the twenty largest the first countries have."""
    rows = report.publishers[:SHOWN]
    if not rows:
        return say("No publisher has downloads.")
    counts: dict[str, int] = {}
    for row in rows:
        if row.code not in NOT_PLACES:
            counts[row.code] = counts.get(row.code, 0) + 1
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:2]
    named = [say("{number} are in {place:the}", number=number, place=code) for code, number in most]
    first = say(
        "Models from {publisher} account for {share:percent} of the downloads of {models}.",
        publisher=label(rows[0].handle),
        share=rows[0].share,
        models=words.name_models("all", report.data.scope),
    )
    second = say("Of the {total} largest publishers, {counts}.", total=len(rows), counts=clauses(named))
    return join(first, second if named else NOTHING)


def build_publisher(profile: PublisherReport, report: Report) -> Figure:
    """Build one publisher's downloads over time."""
    picture = Lines(
        (Panel((Line("", "", line_colour(profile.row.code), weight=2.4, strong=True),), "downloads_30d"),),
        x="as_of",
        heights=(220, 260),
        standing=pick_standing(report, profile.row.handle),
    )
    return build_figure(
        _list_history(profile),
        draw_lines,
        picture,
        slug=f"publisher-{profile.slug}",
        headline=join(state_history(profile, report), state_largest_model(profile)),
        subtitle=say(
            "Downloads of the thirty days before each date · all models · by publisher · {first:date} to {last:date}",
            first=profile.history[0].as_of,
            last=profile.history[-1].as_of,
        ),
        how_to_read=join(
            say("The line is the downloads of all models of the account in the thirty days before each date."),
            phrases.describe_growth(report.data),
            describe_surges(report, profile.row.handle),
        ),
        alt=say(
            "It ranks {rank} of all publishers, with {share:percent} of all downloads.",
            rank=profile.row.rank,
            share=profile.row.share,
        ),
    )


def _list_history(profile: PublisherReport) -> Table:
    name = profile.row.handle
    return LINE.hold([(point.as_of, name, point.downloads_30d, point.share) for point in profile.history])


def state_largest_model(profile: PublisherReport) -> Sentence:
    """State a publisher's most downloaded model, and what stands without it; nothing where it has a tenth or less."""
    largest = profile.largest
    if largest is None or profile.row.models < 2:
        return NOTHING
    return say(
        "One model, {model}, accounts for {part:percent} of its downloads; without it {downloads:spell} remain, "
        "{share:share} of all.",
        part=largest.part,
        model=label(largest.name),
        downloads=max(profile.row.downloads_30d - largest.downloads, 0),
        share=largest.share,
    )


def state_share(profile: PublisherReport, report: Report, point: HistoryPoint | None = None) -> Sentence:
    """State what a publisher's models account for, on the newest date or on another one."""
    name, share = label(profile.row.handle), point.share if point else profile.row.share
    return sentences.state_part(
        "publishers", name, share, report.data.scope, point.as_of if point else report.data.as_of
    )


def state_history(profile: PublisherReport, report: Report) -> Sentence:
    """State a publisher's downloads on the first and the last date; on the last alone where the list grew between."""
    first, last = profile.history[0], profile.history[-1]
    values: dict[str, Any] = {"publisher": label(profile.row.handle), "now": last.downloads_30d, "last": last.as_of}
    if len(profile.history) == 1 or any(first.as_of < day <= last.as_of for day in report.breaks):
        return say("Models from {publisher} had {now:spell} downloads in the thirty days to {last:date}.", **values)
    return say(
        "Models from {publisher} had {now:spell} downloads in the thirty days to {last:date}, after {before:spell} in "
        "those to {first:date}.",
        before=first.downloads_30d,
        first=first.as_of,
        **values,
    )


def _describe_top(rows: Sequence[PublisherRow]) -> Sentence:
    return say(
        "The largest are {names}.",
        names=join(
            *(
                say(
                    "{name} ({place:place}, {downloads:spell})",
                    name=label(row.handle),
                    place=row.code,
                    downloads=row.downloads_30d,
                )
                for row in rows[:5]
            ),
            between=COMMA,
        ),
    )


def _list_largest(rows: Sequence[PublisherRow]) -> Table:
    return BARS.hold([(row.rank, row.handle, row.code, row.downloads_30d, row.share, row.models) for row in rows])


def choose_bars(rows: Sequence[PublisherRow]) -> Bars:
    """Return a bar for each publisher, in its country's colour."""
    bars = []
    for row in rows:
        values = {"downloads": row.downloads_30d, "place": row.code}
        end = say("{downloads:short} · {place:place}", **values)
        bars.append(Bar(label(row.handle), end, say("{downloads:short} · {place:brief}", **values)))
    inks = {row.code: place_colour(row.code) for row in rows}
    return Bars((Group(tuple(bars)),), name="publisher", value="downloads_30d", by="country_code", inks=inks)
