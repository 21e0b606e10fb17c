"""Shares by calendar year: the leading countries, the others together, and what has no country."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import altair as alt

from generator.figures import margins, parts
from generator.figures.figure import Figure
from generator.figures.margins import Axis
from generator.figures.text import measure
from generator.figures.theme import TEXT, WIDE, build_canvas, colour, place_colour
from generator.questions import phrases, sentences
from generator.questions.report import Report
from generator.star.shares import ShareTable
from generator.text import words
from generator.text.language import Language

SLUG: Final = "share-by-year"
# Countries with a bar in each year, and the newest years that are drawn; the table has all.
NAMED: Final = 4
DRAWN: Final = 6
REST: Final = "REST"
NOBODY: Final = "NOBODY"
ROW: Final = 24


@dataclass(frozen=True)
class YearBar:
    """One share of one year.

    Attributes:
        code: of a country, or `REST` and `NOBODY`.
        label: its name.
        share: of the year's downloads, 0 to 1.
    """

    code: str
    label: str
    share: float


def pick_tables(report: Report) -> tuple[ShareTable, ...]:
    """Return each year's table for the headline's models and attribution, oldest first."""
    wanted = report.headline.universe, report.headline.attribution
    return tuple(
        table
        for _, tables in sorted((report.years or {}).items())
        for table in tables
        if (table.definition.universe, table.definition.attribution) == wanted
    )


def describe_cover(table: ShareTable, language: Language) -> str:
    """Say how many of a year's days flows speak for, and to which date it runs where that is not its end."""
    days = language.gettext(
        "%(covered)s of %(days)s days covered",
        covered=language.count(table.covered_days),
        days=language.count(table.window_days),
    )
    if (table.as_of.month, table.as_of.day) == (12, 31):
        return days
    return language.gettext("to %(end)s, %(days)s", end=language.date(table.as_of), days=days)


def state_year(table: ShareTable, report: Report, language: Language) -> str:
    """State the shares of a year's two leading countries, and how much of the year they speak for."""
    if len(table.places) < 2:
        return language.gettext("Too few downloads are attributed to tell which country leads.")
    first, second = table.places[:2]
    return language.gettext(
        "In %(year)s models from organisations in %(first)s account for %(share)s of the downloads of %(models)s, "
        "models from organisations in %(second)s for %(second_share)s; %(cover)s.",
        year=str(table.as_of.year),
        first=parts.in_sentence(first.code, language),
        share=language.percent(first.share),
        models=words.name_models(table.definition.universe, report.data.scope, language),
        second=parts.in_sentence(second.code, language),
        second_share=language.percent(second.share),
        cover=describe_cover(table, language),
    )


def _describe_dates(report: Report, end: dt.date, language: Language) -> str:
    edges = {"start": language.date(report.data.first), "end": language.date(end)}
    if any(interval.is_blurred for interval in report.data.intervals):
        return language.gettext("from about %(start)s to %(end)s", **edges)
    return language.gettext("from %(start)s to %(end)s", **edges)


def build_share_by_year(report: Report, language: Language) -> Figure | None:
    """Build a block of bars for each calendar year with flows; None where no year has any."""
    tables = pick_tables(report)
    if not tables:
        return None
    blocks = [(table, pick_bars(table, [row.code for row in tables[-1].places[:NAMED]], language)) for table in tables]
    finding = state_year(tables[-1], report, language)
    return Figure(
        slug=SLUG,
        headline=finding,
        subtitle=language.gettext(
            "Share of downloads · calendar years · %(universe)s · %(attribution)s · %(dates)s",
            universe=language.universe(tables[-1].definition.universe),
            attribution=language.attribution(tables[-1].definition.attribution),
            dates=_describe_dates(report, tables[-1].as_of, language),
        ),
        source=sentences.describe_source(report.data, language),
        how_to_read=phrases.join_sentences(
            language.gettext(
                "Each block is a calendar year, each bar a share of the downloads that fell into its covered days. "
                "Days that no count covers are left out, so a year that is covered in part stands for these days only. "
                "“No country” is what is international, unaffiliated or unreviewed."
            ),
            phrases.describe_growth(report.data, language),
        ),
        alt=phrases.join_sentences(finding, phrases.describe_unattributed(tables[-1], language)),
        columns=(
            parts.text_column("year", language.gettext("Year")),
            parts.count_column("covered_days", language.gettext("Days covered")),
            parts.count_column("window_days", language.gettext("Days")),
            parts.text_column("code", language.gettext("Code")),
            parts.text_column("place", language.gettext("Place")),
            parts.share_column("share", language.gettext("Share")),
        ),
        rows=tuple(
            (str(table.as_of.year), table.covered_days, table.window_days, bar.code, bar.label, bar.share)
            for table, bars in blocks
            for bar in bars
        ),
        draw=partial(_draw, blocks[-DRAWN:], language),
    )


def pick_bars(table: ShareTable, named: Sequence[str], language: Language) -> tuple[YearBar, ...]:
    """Return the bars of the named countries, the others together, and what has no country; they sum to 1."""
    bars = [YearBar(code, language.place(code), table.share_of(code)) for code in named]
    rest = [row.code for row in table.places if row.code not in named]
    if rest:
        bars.append(YearBar(REST, language.gettext("Other countries"), table.share_of(*rest)))
    return (*bars, YearBar(NOBODY, language.gettext("No country"), table.unattributed))


def _draw(blocks: list[tuple[ShareTable, tuple[YearBar, ...]]], language: Language, width: int) -> alt.LayerChart:
    labels = [bar.label for _, bars in blocks for bar in bars]
    left = min(max(measure(label, TEXT) for label in labels) + 12, width * 0.42)
    right = width - measure(language.percent(0.888), TEXT) - 8
    largest = max(bar.share for _, bars in blocks for bar in bars)
    axis = Axis((0.0, largest or 1.0), left, right)
    top: float = 0
    heads: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for table, bars in blocks:
        year = str(table.as_of.year)
        heads.append({"x": 0, "y": top + 12, "text": year})
        notes.append({"x": measure(year, TEXT) + 14, "y": top + 12, "text": describe_cover(table, language)})
        top += 26
        for bar in bars:
            rows.append(_place_bar(bar, year, axis, top, language))
            top += ROW if width >= WIDE else ROW - 1
        top += 14
    tooltip = parts.build_tooltip(
        ("year", language.gettext("Year")), ("label", language.gettext("Place")), ("text", language.gettext("Share"))
    )
    names = [{"x": left - 8, "y": row["y"] + 8, "text": row["label"]} for row in rows]
    values = [{"x": row["x2"] + 6, "y": row["y"] + 8, "text": row["text"]} for row in rows]
    return build_canvas(
        [
            margins.build_bars(rows, tooltip),
            parts.build_labels(heads, fontWeight=700),
            parts.small_labels(notes),
            parts.build_labels(names, align="right"),
            parts.build_labels(values),
        ],
        width,
        top - 8,
    )


def _place_bar(bar: YearBar, year: str, axis: Axis, top: float, language: Language) -> dict[str, Any]:
    return {
        "year": year,
        "label": bar.label,
        "text": language.percent(bar.share),
        "x": axis.place(0),
        "x2": max(axis.place(bar.share), axis.place(0) + 0.8),
        "y": top,
        "y2": top + 16,
        "colour": colour("unaffiliated") if bar.code == NOBODY else place_colour(bar.code),
    }
