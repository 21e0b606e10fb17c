"""Publishers: the largest ones side by side, and one over time."""

from collections.abc import Sequence
from typing import Final

from generator.base.encode import label
from generator.base.settings import PUBLISHER_PAGES
from generator.figures.bars import Bar, Bars, Group, draw_bars
from generator.figures.figure import Figure, build_figure
from generator.figures.lines import Line, Lines, Panel, draw_lines
from generator.figures.theme import line_colour, place_colour
from generator.questions import phrases, sentences
from generator.questions.ground import Tables
from generator.questions.publishers.words import SHOWN, describe_top, state_finding, state_history, state_largest_model
from generator.questions.report import PublisherReport, Report
from generator.questions.surges import describe_surges, pick_standing
from generator.star.accounts import PublisherRow
from generator.star.columns import COLUMNS
from generator.star.dominant import ALL_MODELS
from generator.star.table import Table, declare_table
from generator.text.say import join, say

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


def build(_: Tables, report: Report) -> tuple[Figure, ...]:
    """Build the largest publishers, and each of them that has a figure on its page."""
    each = (build_publisher(profile, report) for profile in report.profiles[:PUBLISHER_PAGES])
    return build_leading_publishers(report), *each


def build_leading_publishers(report: Report) -> Figure:
    """Build the bars of the publishers with most downloads."""
    rows = report.publishers[:SHOWN]
    return build_figure(
        _list_largest(rows),
        draw_bars,
        choose_bars(rows),
        slug="publishers",
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
        alt=describe_top(rows),
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
