"""Bars of 100 %, each divided into the same kinds of parts, with the names of the colours above them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import altair as alt

from generator.figures import parts
from generator.figures.text import cut, measure
from generator.figures.theme import SMALL_TEXT, TEXT, build_canvas, colour
from generator.text.language import Language

ROW_HEIGHT: Final = 46
BAR_HEIGHT: Final = 20


@dataclass(frozen=True)
class Part:
    """A part of a bar.

    Attributes:
        code: which kind of part it is.
        label: its name.
        start: where it begins, as a fraction of the bar.
        share: its length.
        downloads: that it stands for.
    """

    code: str
    label: str
    start: float
    share: float
    downloads: int


@dataclass(frozen=True)
class Bar:
    """A bar.

    Attributes:
        name: what it is all of.
        note: stands at the right of the name.
        parts: from left to right; they sum to 1.
    """

    name: str
    note: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Style:
    """How a kind of part looks.

    Attributes:
        label: its name above the bars.
        fill: its colour.
        ink: name of the colour of the digits in it, `paper` or `ink`.
        is_open: whether its edge is dashed: nobody knows what it is.
    """

    label: str
    fill: str
    ink: str = "ink"
    is_open: bool = False


def divide(shares: Mapping[str, float], downloads: float, styles: Mapping[str, Style]) -> tuple[Part, ...]:
    """Lay the parts of a bar one behind the other, in the order of the styles; those that are nothing are left out."""
    found, start = [], 0.0
    for code, style in styles.items():
        share = shares.get(code, 0.0)
        if share > 0:
            found.append(Part(code, style.label, start, share, round(share * downloads)))
            start += share
    return tuple(found)


def draw_stacks(
    bars: Sequence[Bar], styles: Mapping[str, Style], titles: tuple[str, str], language: Language, width: int
) -> alt.LayerChart:
    """Draw bars below each other.

    Args:
        bars: from top to bottom.
        styles: of all kinds of parts, in their order in the key; those that no bar has are left out of it.
        titles: what a bar and a part are, for the tooltip.
        language: of the numbers.
        width: in CSS pixels.
    """
    codes = {part.code for bar in bars for part in bar.parts}
    key, top = _place_key([style for code, style in styles.items() if code in codes], width)
    x = alt.Scale(domain=[0, 1], range=[1, width - 1], nice=False)
    heads: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for index, bar in enumerate(bars):
        y = top + ROW_HEIGHT * index
        room = width - measure(bar.note, TEXT) - 14
        heads.append({"x": 0, "y": y + 12, "text": cut(bar.name, TEXT, room), "part": bar.note, "end": width})
        rows += [_place_part(part, bar.name, styles[part.code], y + 21, language, width) for part in bar.parts]
    layers = [
        parts.build_labels(key, fontSize=SMALL_TEXT),
        _build_squares(key),
        parts.build_labels(heads, fontWeight=600),
        parts.build_text(
            heads, parts.pixel_x("end"), parts.pixel_y(), field="part", align="right", color=colour("muted")
        ),
        *_build_bars(rows, x, titles, language),
        parts.build_text(
            [row for row in rows if row["text"]], alt.X("start:Q", scale=x, axis=None), parts.pixel_y(), dx=6
        ).encode(color=parts.own_colour("ink")),
    ]
    return build_canvas(layers, width, top + ROW_HEIGHT * len(bars) + 2)


def _place_key(styles: Sequence[Style], width: int) -> tuple[list[dict[str, Any]], float]:
    """Place the names of the colours in lines above the bars; return them and where they end."""
    rows: list[dict[str, Any]] = []
    x, y = 0.0, 10.0
    for style in styles:
        wide = measure(style.label, SMALL_TEXT) + 30
        if x and x + wide - 12 > width:
            x, y = 0.0, y + 20
        rows.append({"x": round(x + 17, 1), "square": x, "y": y, "text": style.label, "colour": style.fill})
        x += wide
    return rows, y + 16


def _place_part(part: Part, name: str, style: Style, top: float, language: Language, width: int) -> dict[str, Any]:
    text = language.percent(part.share, 0)
    room = part.share * width >= measure(text, SMALL_TEXT) + 12
    return {
        "start": round(part.start, 6),
        "end": round(part.start + part.share, 6),
        "top": top,
        "bottom": top + BAR_HEIGHT,
        "y": top + BAR_HEIGHT / 2 + 0.5,
        "text": text if room else "",
        "bar": name,
        "label": part.label,
        "value": language.percent(part.share),
        "downloads": language.short(part.downloads),
        "colour": style.fill,
        "ink": colour(style.ink),
        "open": style.is_open,
    }


def _build_squares(key: Sequence[dict[str, Any]]) -> alt.Chart:
    squares = [{**row, "x": row["square"] + 6} for row in key]
    chart: alt.Chart = (
        alt.Chart(parts.build_data(squares))
        .mark_point(shape="square", size=120, stroke=colour("muted"), strokeWidth=0.6)
        .encode(x=parts.pixel_x(), y=parts.pixel_y(), fill=parts.own_fill())
    )
    return chart


def _build_bars(
    rows: Sequence[dict[str, Any]], x: alt.Scale, titles: tuple[str, str], language: Language
) -> list[alt.Chart]:
    tooltip = parts.build_tooltip(
        ("bar", titles[0]),
        ("label", titles[1]),
        ("value", language.gettext("Share")),
        ("downloads", language.gettext("Downloads")),
    )
    marks: list[dict[str, Any]] = [
        {"stroke": colour("paper"), "strokeWidth": 1},
        {"stroke": colour("muted"), "strokeDash": [3, 2], "strokeWidth": 1},
    ]
    return [
        alt.Chart(parts.build_data([row for row in rows if row["open"] == is_open]))
        .mark_rect(**mark)
        .encode(
            x=alt.X("start:Q", scale=x, axis=None),
            x2=alt.X2("end:Q"),
            y=parts.pixel_y("top"),
            y2=alt.Y2("bottom:Q"),
            fill=parts.own_fill(),
            tooltip=tooltip,
        )
        for is_open, mark in zip((False, True), marks, strict=True)
    ]
