"""Countries in pictures: the larger ones on one scale, the ranks of the first ones, and each by itself."""

from collections.abc import Mapping, Sequence
from typing import Final

from generator.base.settings import MIN_COUNTRY_SHARE
from generator.figures.figure import Figure, build_figure
from generator.figures.lines import LOW, Line, Lines, Panel, draw_lines, rank_lines
from generator.figures.theme import line_colour, place_colour
from generator.questions import phrases
from generator.questions.countries.tables import RANKS, list_large, list_lines, list_ranks, list_shares, pick_large
from generator.questions.countries.words import (
    describe_rank,
    describe_shares,
    state_country,
    state_large,
    state_largest,
    state_origin,
    state_ranks,
)
from generator.questions.ground import Tables
from generator.questions.report import Report
from generator.questions.shares.tables import LEAST_DRAWN, NAMES, NOBODY
from generator.questions.surges import describe_surges, pick_standing
from generator.registry import UNREVIEWED
from generator.star.dominant import ALL_MODELS
from generator.text.say import join, say, write

DASHES: Final[Mapping[str, tuple[int, ...]]] = {"publisher": (), "origin": (5, 3)}


def build(_: Tables, report: Report) -> tuple[Figure | None, ...]:
    """Build the larger countries side by side, the ranks, and each country that has something to show."""
    each = (build_country(country.code, report) for country in report.countries)
    return build_country_panels(report), build_country_ranks(report), *each


def build_country_panels(report: Report) -> Figure | None:
    """Build the figure; None with fewer than two dates, or two countries large enough for a panel."""
    tables = report.histories.get(ALL_MODELS, ())
    codes = pick_large(tables)
    if len(tables) < 2 or len(codes) < 2:
        return None
    return build_figure(
        list_large(tables, codes),
        draw_lines,
        choose_panels(codes, report),
        slug="countries-over-time",
        headline=state_large(tables, codes),
        subtitle=say(
            "Share of downloads · 30 days · all models · by publisher · {first:date} to {last:date} · one scale",
            first=tables[0].as_of,
            last=tables[-1].as_of,
        ),
        how_to_read=join(
            say(
                "Each panel is a country whose share was {least:percent0} or more on one of the dates, the largest of "
                "the newest date first. The dotted grey line is the same in all panels: what is international, "
                "unaffiliated or unreviewed.",
                least=LEAST_DRAWN,
            ),
            phrases.describe_growth(report.data),
            describe_surges(report),
        ),
        alt=phrases.describe_unattributed(tables[-1].unattributed, tables[-1].share_of(UNREVIEWED)),
    )


def choose_panels(codes: Sequence[str], report: Report) -> Lines:
    """Return a panel for each country, its own line before that of what no country is given."""
    nobody = Line(NOBODY, NAMES[NOBODY], place_colour(NOBODY), (2, 3), 1.5, dotted=False)
    panels = tuple(
        Panel((Line(code, write(code, "place"), place_colour(code), weight=2.6, strong=True), nobody), "share")
        for code in codes
    )
    return Lines(panels, x="as_of", series="country_code", standing=pick_standing(report, most=1))


def build_country_ranks(report: Report) -> Figure | None:
    """Build the figure; None with fewer than two dates or countries."""
    tables = report.histories.get(ALL_MODELS, ())
    if len(tables) < 2 or len(tables[-1].places) < 2:
        return None
    codes = [row.code for row in tables[-1].places[:RANKS]]
    return build_figure(
        list_ranks(tables, codes),
        draw_lines,
        choose_ranks(codes, report),
        slug="country-ranks",
        headline=state_ranks(tables, codes, report),
        subtitle=say(
            "Rank by share of downloads · 30 days · all models · by publisher · {first:date} to {last:date}",
            first=tables[0].as_of,
            last=tables[-1].as_of,
        ),
        how_to_read=join(
            say(
                "Each line is a country, number 1 at the top. The countries are the first {ranks} of the newest date; "
                "where a line is broken, the country was not among the first {ranks}.",
                ranks=RANKS,
            ),
            phrases.describe_growth(report.data),
        ),
        alt=describe_shares(tables[-1]),
    )


def choose_ranks(codes: Sequence[str], report: Report) -> Lines:
    """Return the ranks as lines, the first at the top."""
    lines = [
        Line(
            code,
            say("{rank:count}  {place:place}", rank=rank, place=code),
            place_colour(code),
            weight=2.2,
            short=say("{rank:count}  {place:brief}", rank=rank, place=code),
            valued=False,
        )
        for rank, code in enumerate(codes, start=1)
    ]
    return rank_lines(lines, "country_code", pick_standing(report, most=0))


def build_country(code: str, report: Report) -> Figure | None:
    """Build a country's figure; None with fewer than two dates, or where no date shows a share worth drawing."""
    shares = list_shares(code, report)
    dates = {day for points in shares.values() for day in points}
    if len(dates) < 2 or max(max(points.values()) for points in shares.values()) < MIN_COUNTRY_SHARE:
        return None
    names = {name: write(name, "attribution") for name in shares}
    lines = tuple(Line(names[name], names[name], line_colour(code), DASHES[name], 2.2) for name in shares)
    picture = Lines(
        (Panel(lines, "share"),), x="as_of", series="attribution", heights=LOW, standing=pick_standing(report)
    )
    return build_figure(
        list_lines(code, shares),
        draw_lines,
        picture,
        slug=f"country-{code.lower()}",
        headline=join(state_country(code, report), state_largest(code, report)),
        subtitle=say(
            "Share of downloads · 30 days · all models · by publisher and by maker · {first:date} to {last:date}",
            first=min(dates),
            last=max(dates),
        ),
        how_to_read=join(
            say(
                "“By publisher” counts the models that the country's organisations uploaded. “By maker” counts all "
                "models, by anyone, that were built from a model of theirs, and their own."
            ),
            phrases.describe_growth(report.data),
            describe_surges(report),
        ),
        alt=join(state_origin(shares), describe_rank(code, report)),
    )
