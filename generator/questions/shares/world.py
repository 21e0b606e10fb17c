"""The map: each country's share in a few steps; small territories as circles."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from generator.figures.figure import Figure, build_figure
from generator.figures.map import WorldMap, draw_map
from generator.questions import sentences
from generator.questions.report import Report
from generator.questions.shares.figures import list_rows
from generator.registry import load_countries
from generator.star.definitions import Definition
from generator.star.shares import ShareTable
from generator.text import words
from generator.text.say import COMMA, Sentence, join, say, write

SLUG: Final = "world-map"
# Upper ends of the steps; a share belongs to the first one that it does not exceed.
STEPS: Final = (0.001, 0.005, 0.02, 0.1, 0.25, 1.0)
NOBODY: Final = say("none")
BORDERS: Final = say("Borders: as in the United Nations' map data, for orientation only.")


def build_world_map(report: Report) -> Figure:
    """Build the map of shares in thirty days, all models, by publisher."""
    definition = Definition("30d", "all", "publisher")
    table = (report.histories.get(definition) or report.histories[report.headline])[-1]
    picture = WorldMap("country_code", "share", STEPS, read_numeric_codes(), NOBODY)
    return build_figure(
        list_rows(table.places),
        draw_map,
        picture,
        slug=SLUG,
        headline=state_finding(table, report),
        subtitle=sentences.describe_subtitle(table),
        source=join(sentences.describe_source(report.data), BORDERS),
        how_to_read=say(
            "The stronger the colour, the larger the share of the downloads that models from the country account for. "
            "The steps are uneven, because few countries have large shares. Circles are territories too small to see. "
            "Grey: no downloads known, and areas that those map data give to no country."
        ),
        alt=_describe_largest(table),
    )


def state_finding(table: ShareTable, report: Report) -> Sentence:
    """State how many countries have downloads, and how much the first two have together."""
    places = table.places
    if len(places) < 2:
        return say("Too few downloads are attributed to tell which country leads.")
    return say(
        "{count} countries have downloads of {models}; models from {first:the} and {second:the} together account for "
        "{share:percent}.",
        count=len(places),
        models=words.name_models(table.definition.universe, report.data.scope),
        first=places[0].code,
        second=places[1].code,
        share=places[0].share + places[1].share,
    )


@cache
def read_numeric_codes() -> Mapping[str, str]:
    """Return the three-digit code that the geometry uses for each country code."""
    return {code: country.numeric for code, country in load_countries().items()}


def _describe_largest(table: ShareTable) -> Sentence:
    named = (join(write(row.code, "place"), write(row.share, "percent")) for row in table.places[:5])
    return say("The largest shares: {names}.", names=join(*named, between=COMMA))
