"""Shares in pictures: bars with their bounds now, lines over time, and a map of the newest date."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Final

from generator.figures.bars import Bar, Bars, Group, draw_bars
from generator.figures.figure import Figure, build_figure, name_codes
from generator.figures.lines import Line, Lines, Panel, draw_lines
from generator.figures.map import WorldMap, draw_map
from generator.figures.theme import colour, place_colour
from generator.questions import phrases, sentences
from generator.questions.ground import Tables
from generator.questions.report import Report
from generator.questions.shares.tables import (
    NAMES,
    NOBODY,
    REST,
    list_lines,
    list_rows,
    list_shares,
    name_part,
    pick_drawn,
    pick_rows,
)
from generator.questions.shares.words import (
    describe_largest,
    describe_run,
    explain_others,
    state_largest_two,
    state_over_time,
)
from generator.questions.surges import describe_surges, pick_standing
from generator.registry import UNREVIEWED, load_countries
from generator.star.columns import COLUMNS
from generator.star.definitions import Definition
from generator.star.shares import NOT_PLACES, ShareRow, ShareTable
from generator.text.language import EU
from generator.text.say import NOTHING, Sentence, join, say, say_plural, write

# From so many dates with a whole year on, the line shows the years themselves: two months of weeks.
MIN_YEARS: Final = 8
# Upper ends of the steps; a share belongs to the first one that it does not exceed.
STEPS: Final = (0.001, 0.005, 0.02, 0.1, 0.25, 1.0)
NO_SHARE: Final = say("no downloads")
BORDERS: Final = say("Borders: as in the United Nations' map data, for orientation only.")


def build(_: Tables, report: Report) -> tuple[Figure | None, ...]:
    """Build the lines, the bars and the map; a single date has no line."""
    return build_share_over_time(report), build_share_now(report), build_world_map(report)


def build_share_now(report: Report) -> Figure:
    """Build the bars of the headline's definition on the newest date."""
    table = report.table(report.headline)
    finding, rows = sentences.state_table(table, report.data.scope), pick_rows(table)
    number = len(table.places) - sum(row.rank is not None for row in rows)
    names = {REST: say_plural("{num:count} other country", "{num:count} other countries", number)}
    shown, place = list_rows(rows), replace(COLUMNS["country_code"], vocabulary=names)
    figure = build_figure(
        replace(shown, columns=(place, *shown.columns[1:])),
        draw_bars,
        choose_bars(rows, lambda code: names.get(code) or write(code, "place")),
        slug="share-now",
        headline=join(finding, sentences.state_without(report, table.definition)),
        subtitle=sentences.describe_subtitle(table),
        how_to_read=say(
            "A bar is a country's share of all downloads counted; the bars add up to 100%. The thin line reaches as "
            "far as the share would if everything that nobody has reviewed yet were that country's. Grey bars below "
            "are downloads that are attributed to no country."
        ),
        alt=phrases.describe_unattributed(table.unattributed, table.share_of("UNREVIEWED")),
    )
    return replace(figure, rows=name_codes(list_rows(table.rows)).rows)


def choose_bars(rows: Sequence[ShareRow], name: Callable[[str], Sentence]) -> Bars:
    """Return the bars of countries and, below them, of what is no country, with their bounds."""
    groups = ([row for row in rows if (row.code in NOT_PLACES) == is_category] for is_category in (False, True))
    return Bars(
        groups=tuple(
            Group(tuple(Bar(name(row.code), write(row.share, "percent")) for row in group)) for group in groups if group
        ),
        name="country",
        value="share",
        by="country_code",
        inks={row.code: place_colour(row.code) for row in rows},
        bounds=("share_lower", "share_upper"),
        open=(UNREVIEWED,),
    )


def build_share_over_time(report: Report) -> Figure | None:
    """Build the lines of the headline's definition, or of what stood before it while few dates have a whole year.

    None on a single date, which has bars and no line.
    """
    tables = _choose_tables(report)
    if len(tables) < 2:
        return None
    shares = list_shares(tables, _list_eu(report))
    lines = tuple(style_line(code) for code in pick_drawn(shares))
    finding = join(
        state_over_time(report, tables),
        phrases.state_compared(report, tables[-1].definition),
        sentences.state_without(report, tables[-1].definition),
    )
    picture = Lines(
        (Panel(lines, "share"),), x="as_of", series="country_code", standing=pick_standing(report), shade=NOBODY
    )
    return build_figure(
        list_lines(tables, shares),
        draw_lines,
        picture,
        slug="share-over-time",
        headline=finding,
        subtitle=say(
            "Share of downloads · {definition} · at {count} dates, {first:date} to {last:date}",
            definition=sentences.name_definition(tables[-1].definition),
            count=len(tables),
            first=tables[0].as_of,
            last=tables[-1].as_of,
        ),
        how_to_read=join(
            say(
                "A line is a place's share of the downloads in the window that ends on each date ({window:window}). "
                "The European Union is a group: its members are also counted by themselves. “No country” is what is "
                "international, unaffiliated or unreviewed.",
                window=tables[-1].definition.window,
            ),
            explain_others(shares, lines),
            phrases.describe_growth(report.data),
            describe_surges(report),
        ),
        alt=join(
            describe_run(tables) if report.data.scope.may_rank else NOTHING,
            phrases.describe_unattributed(tables[-1].unattributed, tables[-1].share_of("UNREVIEWED")),
        ),
    )


def _choose_tables(report: Report) -> Sequence[ShareTable]:
    own = report.histories[report.headline]
    if report.headline.window == "all_time" or (report.headline.window == "12m" and len(own) >= MIN_YEARS):
        return own
    kin = (Definition(window, report.headline.universe, report.headline.attribution) for window in ("all_time", "30d"))
    return next((report.histories[definition] for definition in kin if definition in report.histories), own)


def style_line(code: str) -> Line:
    """Return how a place's line looks: its colour, the union dashed, what no country is given dotted."""
    dash = {EU: (6, 3), NOBODY: (2, 3)}.get(code, ())
    short = NAMES.get(code) or write(code, "brief")
    return Line(code, name_part(code), place_colour(code), dash, _weigh(code), short)


def _weigh(code: str) -> float:
    if code in {"CN", "US"}:
        return 2.6
    return 1.5 if place_colour(code) == colour("place-other") else 2.0


def _list_eu(report: Report) -> frozenset[str]:
    return frozenset(country.code for country in report.countries if country.eu)


def build_world_map(report: Report) -> Figure:
    """Build the map of shares in thirty days, all models, by publisher."""
    definition = Definition("30d", "all", "publisher")
    table = (report.histories.get(definition) or report.histories[report.headline])[-1]
    picture = WorldMap("country_code", "share", STEPS, read_numeric_codes(), NO_SHARE)
    return build_figure(
        list_rows(table.places),
        draw_map,
        picture,
        slug="world-map",
        headline=state_largest_two(table, report),
        subtitle=sentences.describe_subtitle(table),
        source=join(sentences.describe_source(report.data), BORDERS),
        how_to_read=say(
            "The stronger the colour, the larger the share of the downloads that models from the country account for. "
            "The steps are uneven, because few countries have large shares. Circles are territories too small to see. "
            "Grey: no downloads known, and areas that those map data give to no country."
        ),
        alt=describe_largest(table),
    )


@cache
def read_numeric_codes() -> Mapping[str, str]:
    """Return the three-digit code that the geometry uses for each country code."""
    return {code: country.numeric for code, country in load_countries().items()}
