"""The map: each country's share in a few steps; small territories as circles."""

from collections.abc import Mapping
from functools import cache, partial
from typing import Final

from generator.figures import parts
from generator.figures.figure import Figure
from generator.figures.map import WorldMap, draw_map
from generator.questions import phrases, sentences
from generator.questions.report import Report
from generator.questions.shares.figures import list_table
from generator.registry import load_registry
from generator.star.definitions import Definition
from generator.star.shares import ShareTable
from generator.text import words
from generator.text.language import Language

SLUG: Final = "world-map"
# Upper ends of the steps; a share belongs to the first one that it does not exceed.
STEPS: Final = (0.001, 0.005, 0.02, 0.1, 0.25, 1.0)


def build_world_map(report: Report, language: Language) -> Figure:
    """Build the map of shares in thirty days, all models, by publisher."""
    definition = Definition("30d", "all", "publisher")
    table = (report.histories.get(definition) or report.histories[report.headline])[-1]
    finding, places = state_finding(table, report, language), list_table(table.places, language)
    picture = WorldMap("code", "share", STEPS, read_numeric_codes(), language.gettext("none"))
    return Figure(
        slug=SLUG,
        headline=finding,
        subtitle=sentences.describe_subtitle(table, language),
        source=language.gettext(
            "%(source)s Borders: as in the United Nations' map data, for orientation only.",
            source=sentences.describe_source(report.data, language),
        ),
        how_to_read=language.gettext(
            "The stronger the colour, the larger the share of the downloads that models from the country account for. "
            "The steps are uneven, because few countries have large shares. Circles are territories too small to see. "
            "Grey: no downloads known, and areas that those map data give to no country."
        ),
        alt=phrases.join_sentences(finding, _describe_largest(table, language)),
        columns=places.columns,
        rows=places.rows,
        draw=partial(draw_map, places, picture, language=language),
    )


def state_finding(table: ShareTable, report: Report, language: Language) -> str:
    """State how many countries have downloads, and how much the first two have together."""
    places = table.places
    if len(places) < 2:
        return language.gettext("Too few downloads are attributed to tell which country leads.")
    return language.gettext(
        "%(count)s countries have downloads of %(models)s; models from %(first)s and %(second)s together "
        "account for %(share)s.",
        count=len(places),
        models=words.name_models(table.definition.universe, report.data.scope, language),
        first=parts.in_sentence(places[0].code, language),
        second=parts.in_sentence(places[1].code, language),
        share=language.percent(places[0].share + places[1].share),
    )


@cache
def read_numeric_codes() -> Mapping[str, str]:
    """Return the three-digit code that the geometry uses for each country code."""
    return {code: country.numeric for code, country in load_registry().countries.items()}


def _describe_largest(table: ShareTable, language: Language) -> str:
    names = ", ".join(f"{language.place(row.code)} {language.percent(row.share)}" for row in table.places[:5])
    return language.gettext("The largest shares: %(names)s.", names=names)
