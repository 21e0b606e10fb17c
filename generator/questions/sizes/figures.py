"""Sizes in pictures: what each country's downloads divide into by size, and by what a laptop holds; both over time."""

from collections.abc import Mapping
from typing import Final

from generator.figures.figure import Figure, build_figure
from generator.figures.lines import Lines, Panel, draw_lines
from generator.figures.stacks import Part, Stack, Stacks, draw_stacks
from generator.ledger.classify import SIZE_UNKNOWN
from generator.questions import spans
from generator.questions.ground import Tables
from generator.questions.report import Report
from generator.questions.sizes.tables import LAPTOP_PART
from generator.questions.sizes.words import RULE, state, state_change
from generator.questions.surges import pick_standing
from generator.star.classes import ALL, pick_codes
from generator.star.columns import COLUMNS
from generator.star.table import Table
from generator.text import words
from generator.text.say import Sentence, join, say

# Countries with a bar of their own.
COUNTRIES: Final = 5
# The bands from small to large, and what a laptop holds from easy to not at all, then what is not known.
_BAND_INKS: Final = ("seq-1", "seq-2", "seq-4", "seq-5", "unreviewed")
_LAPTOP_INKS: Final = ("seq-4", "seq-2", "international", "unreviewed")
BANDS: Final = tuple(
    Part(name, ink, say("not stated") if band == SIZE_UNKNOWN else "")
    for (band, name), ink in zip(words.SIZE_BANDS.items(), _BAND_INKS, strict=True)
)
LAPTOP: Final = tuple(map(Part, words.LAPTOP_PARTS.values(), _LAPTOP_INKS))


def build(tables: Tables, report: Report) -> tuple[Figure, ...]:
    """Build the figures; those over time need two dates."""
    measures = tables["sizes-measures"].where(attribution="publisher")
    codes = pick_codes(measures, COUNTRIES)
    if not codes:
        return ()
    shown, said = measures.where(country_code=codes), state(tables, report)
    bands = tables["sizes-bands"].where(attribution="publisher", country_code=codes)
    lines = tables["sizes-history"].where(attribution="publisher", country_code=(ALL, *spans.PAIR))
    now = (_build_bands(bands, shown, said, report), _build_laptop(shown, said, report))
    return now if len(lines.where(country_code=ALL).frame) < 2 else (*now, _build_over_time(lines, said, report))


def _build_bands(bands: Table, measures: Table, said: Mapping[str, Sentence], report: Report) -> Figure:
    bars = (
        Stack(spans.name_place(row["country_code"]), say("{share_quantised:percent} quantised", **row))
        for row in measures.records()
    )
    return build_figure(
        bands.pick("country_code", "size_band", "share", "share_quantised"),
        draw_stacks,
        Stacks(tuple(bars), BANDS, bar="country", part="size_band"),
        slug="sizes-bands",
        headline=said["bands"],
        subtitle=spans.describe_places(say("Share of downloads by number of parameters"), measures, report),
        how_to_read=join(
            say(
                "Each bar is all downloads of a country's publishers and is divided by the size that the models' files "
                "state; B is a billion parameters. The dashed part states none. At the right stands what part is "
                "quantised or converted."
            ),
            said["packed"],
        ),
        alt=said["packed"],
    )


def _build_laptop(measures: Table, said: Mapping[str, Sentence], report: Report) -> Figure:
    bars = (
        Stack(spans.name_place(row["country_code"]), say("{share_laptop:percent} fit", **row))
        for row in measures.records()
    )
    columns = {f"laptop_{part}": part for part in words.LAPTOP_PARTS}
    return build_figure(
        measures.pick("country_code", *columns).unpivot(columns, LAPTOP_PART, COLUMNS["share"]),
        draw_stacks,
        Stacks(tuple(bars), LAPTOP, bar="country", part="laptop"),
        slug="sizes-laptop",
        headline=said["laptop"],
        subtitle=spans.describe_places(say("Share of downloads by what a laptop can hold"), measures, report),
        how_to_read=join(
            RULE,
            say(
                "“Fits as published” includes what its maker published small; “fits quantised” fits only because its "
                "weights were shortened. The dashed part is of unknown size, or not known by name."
            ),
        ),
        alt=said["coverage"],
    )


def _build_over_time(lines: Table, said: Mapping[str, Sentence], report: Report) -> Figure:
    history = lines.where(country_code=ALL).records()
    first, last = history[0], history[-1]
    looks = tuple(spans.follow_place(code) for code in (ALL, *spans.PAIR) if lines.find(country_code=code))
    panels = (
        Panel(looks, "share_under_1b", say("Under a billion parameters")),
        Panel(looks, "share_quantised", say("Quantised or converted")),
    )
    return build_figure(
        lines.pick("as_of", "country_code", "share_under_1b", "share_quantised", "share_laptop"),
        draw_lines,
        Lines(panels, x="as_of", series="country_code", standing=pick_standing(report, most=1)),
        slug="sizes-over-time",
        headline=state_change(first, last),
        subtitle=spans.describe_history(last["window"], first["as_of"], last["as_of"]),
        how_to_read=join(
            say(
                "The lines are all downloads together, and those of China's and of the United States' publishers. Each "
                "small chart is another measure."
            ),
            said["growth"],
        ),
        alt=said["pair"] or RULE,
    )
