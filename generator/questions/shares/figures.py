"""Who has which share now: bars with their bounds, and what no country is given below them."""

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import altair as alt

from generator.figures import parts
from generator.figures.figure import Column, Figure
from generator.figures.text import measure
from generator.figures.theme import TEXT, build_canvas, colour, place_colour
from generator.questions import phrases, sentences
from generator.questions.report import Report
from generator.star.shares import NOT_PLACES, ShareRow, ShareTable
from generator.text.language import Language

SLUG: Final = "share-now"
PLACES: Final = 10
ROW_HEIGHT: Final = 26
BAR_HEIGHT: Final = 16
# Space between the countries and what is no country.
BREAK: Final = 12


@dataclass(frozen=True)
class Bar:
    """One bar, before it has a place.

    Attributes:
        label: its name.
        colour: its colour.
        share: fraction of the downloads.
        lower: least share that the unreviewed downloads allow.
        upper: largest.
        is_place: whether it stands for countries.
        is_open: whether it is what nobody has reviewed, drawn with a dashed outline.
    """

    label: str
    colour: str
    share: float
    lower: float
    upper: float
    is_place: bool
    is_open: bool


def build_share_now(report: Report, language: Language) -> Figure:
    """Build the bars of the headline's definition on the newest date."""
    table = report.table(report.headline)
    bars, finding = pick_bars(table, language), sentences.state_table(table, report.data.scope, language)
    return Figure(
        slug=SLUG,
        headline=phrases.join_sentences(finding, sentences.state_without(report, language, table.definition)),
        subtitle=sentences.describe_subtitle(table, language),
        source=sentences.describe_source(report.data, language),
        how_to_read=language.gettext(
            "A bar is a country's share of all downloads counted; the bars add up to 100%%. The thin line reaches "
            "as far as the share would if everything that nobody has reviewed yet were that country's. Grey bars "
            "below are downloads that no country is given."
        ),
        alt=phrases.join_sentences(
            finding,
            sentences.state_without(report, language, table.definition),
            phrases.describe_unattributed(table, language),
        ),
        columns=list_columns(language),
        rows=tuple(
            (row.code, language.place(row.code), row.downloads, row.share, row.lower, row.upper, row.models)
            for row in table.rows
        ),
        draw=partial(_draw, bars, language),
    )


def list_columns(language: Language) -> tuple[Column, ...]:
    """Describe the columns of a table of shares."""
    return (
        parts.text_column("code", language.gettext("Code")),
        parts.text_column("place", language.gettext("Country or category")),
        parts.count_column("downloads", language.gettext("Downloads")),
        parts.share_column("share", language.gettext("Share")),
        parts.share_column("lower", language.gettext("Without unreviewed accounts")),
        parts.share_column("upper", language.gettext("With all unreviewed accounts")),
        parts.count_column("models", language.gettext("Models")),
    )


def pick_bars(table: ShareTable, language: Language) -> tuple[Bar, ...]:
    """Return the largest countries, the sum of the others, then every category that is no country."""
    bars = [_make_bar(row, language) for row in table.places[:PLACES]]
    rest = table.places[PLACES:]
    if rest:
        share = sum(row.share for row in rest)
        upper = min(1.0, share + table.share_of("UNREVIEWED"))
        label = language.gettext("%(number)s other countries", number=len(rest))
        bars.append(Bar(label, colour("place-other"), share, share, upper, is_place=True, is_open=False))
    bars += [_make_bar(row, language) for code in NOT_PLACES if (row := table.find(code))]
    return tuple(bars)


def _make_bar(row: ShareRow, language: Language) -> Bar:
    is_open = row.code == "UNREVIEWED"
    return Bar(
        label=language.place(row.code),
        colour=place_colour(row.code),
        share=row.share,
        lower=row.share if is_open else row.lower,
        upper=row.upper,
        is_place=row.rank is not None,
        is_open=is_open,
    )


def _draw(bars: tuple[Bar, ...], language: Language, width: int) -> alt.LayerChart:
    left = min(max(measure(bar.label, TEXT) for bar in bars) + 10, width * 0.42)
    right = width - measure(language.percent(0.888), TEXT) - 8
    largest = max((max(bar.upper, bar.share) for bar in bars), default=1.0)
    x = alt.Scale(domain=[0, largest], range=[round(left), round(right)], nice=False, zero=True)
    rows = _place_bars(bars, language)
    height = rows[-1]["bottom"] + 6
    return build_canvas(
        [
            _build_bars([row for row in rows if not row["open"]], x, language),
            _build_bars([row for row in rows if row["open"]], x, language, stroke=colour("muted"), strokeDash=[3, 2]),
            _build_bounds([row for row in rows if row["upper"] > row["lower"]], x),
            parts.build_labels([{**row, "x": left - 8, "text": row["label"]} for row in rows], align="right"),
            parts.build_text(rows, alt.X("end:Q", scale=x, axis=None), parts.pixel_y(), field="value", dx=6),
        ],
        width,
        height,
    )


def _place_bars(bars: tuple[Bar, ...], language: Language) -> list[dict[str, Any]]:
    """Give each bar its place from the top, in pixels."""
    rows: list[dict[str, Any]] = []
    top, was_place = 2.0, True
    for bar in bars:
        top += BREAK if was_place and not bar.is_place else 0
        was_place = bar.is_place
        rows.append(
            {
                "label": bar.label,
                "colour": bar.colour,
                "share": bar.share,
                "lower": bar.lower,
                "upper": bar.upper,
                "zero": 0,
                "end": max(bar.share, bar.upper),
                "value": language.percent(bar.share),
                "bounds": f"{language.percent(bar.lower)} – {language.percent(bar.upper)}",
                "open": bar.is_open,
                "top": top + (ROW_HEIGHT - BAR_HEIGHT) / 2,
                "bottom": top + (ROW_HEIGHT + BAR_HEIGHT) / 2,
                "y": top + ROW_HEIGHT / 2,
            }
        )
        top += ROW_HEIGHT
    return rows


def _build_bars(rows: list[dict[str, Any]], x: alt.Scale, language: Language, **mark: Any) -> alt.Chart:
    tooltip = parts.build_tooltip(
        ("label", language.gettext("Place")),
        ("value", language.gettext("Share")),
        ("bounds", language.gettext("Unreviewed could make it")),
    )
    chart: alt.Chart = (
        alt.Chart(parts.build_data(rows))
        .mark_rect(**mark)
        .encode(
            x=alt.X("zero:Q", scale=x, axis=None),
            x2=alt.X2("share:Q"),
            y=parts.pixel_y("top"),
            y2=alt.Y2("bottom:Q"),
            fill=parts.own_fill(),
            tooltip=tooltip,
        )
    )
    return chart


def _build_bounds(rows: list[dict[str, Any]], x: alt.Scale) -> alt.Chart:
    chart: alt.Chart = (
        alt.Chart(parts.build_data(rows))
        .mark_rule(color=colour("ink"), strokeWidth=1.2)
        .encode(x=alt.X("lower:Q", scale=x, axis=None), x2=alt.X2("upper:Q"), y=parts.pixel_y())
    )
    return chart
