"""Builders: the kinds of organisation that a country's downloads come from."""

from dataclasses import replace
from typing import Final

from generator.figures.figure import Figure, build_figure
from generator.figures.stacks import Part, Stack, Stacks, draw_stacks
from generator.questions import spans
from generator.questions.builders.tables import KIND, SHARES, UNKNOWN
from generator.questions.builders.words import KINDS, describe_mix, state
from generator.questions.ground import Tables
from generator.questions.report import Report
from generator.star.classes import pick_codes
from generator.star.columns import COLUMNS
from generator.star.table import Table
from generator.text import words
from generator.text.say import Sentence, join, say, write

COUNTRIES: Final = 10
# Fill of each kind: none of a country's colours.
_COLOURS: Final = {
    "company": "seq-5",
    "non-profit": "seq-1",
    "university": "gold",
    "government": "international",
    "community": "place-other",
    "person": "unaffiliated",
    UNKNOWN: "unreviewed",
}
_PARTS: Final = tuple(Part(words.KINDS[kind], ink, KINDS[kind]) for kind, ink in _COLOURS.items())


def build(tables: Tables, report: Report) -> tuple[Figure, ...]:
    """Build the mixes of the world and the countries."""
    said, mixes = state(tables, report), tables["builders-countries"]
    every = mixes.where(universe="all")
    countries = every.where(country_code=pick_codes(every, COUNTRIES))
    return (_build_countries(countries, said["world"]),) if len(countries.frame) else ()


def _build_countries(mixes: Table, finding: Sentence) -> Figure:
    rows = mixes.records()
    bars = (Stack(spans.name_place(row["country_code"]), write(row["downloads_30d"], "short")) for row in rows)
    return build_figure(
        _divide(mixes, "country_code"),
        draw_stacks,
        Stacks(tuple(bars), _PARTS, bar="country", part="kind"),
        slug="builders-countries",
        headline=finding,
        subtitle=say(
            "Share of downloads by kind of publisher · 30 days to {as_of:date} · all models · by publisher", **rows[0]
        ),
        how_to_read=say(
            "A bar is all downloads, or a country's, with their number at its right; its parts are the kinds of "
            "account that uploaded the models. Persons are never given a country, and unreviewed accounts have none "
            "yet: both stand in the bar of all downloads only."
        ),
        alt=join(*(describe_mix(spans.name_place(row["country_code"]), row) for row in rows[1:4])),
    )


def _divide(mixes: Table, bar: str) -> Table:
    """Return a row for each kind that a bar can have."""
    kinds = {column.name: kind for kind, column in SHARES.items()}
    every = mixes.pick(bar, *kinds).unpivot(kinds, KIND, COLUMNS["share"])
    return replace(every, frame=every.frame.dropna())
