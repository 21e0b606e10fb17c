"""Bars that are divided: each row a whole, each part of it a share, with a key of the colours above."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import altair as alt

from generator.charts import margins, parts
from generator.charts.text import cut, measure
from generator.charts.theme import SMALL_TEXT, TEXT, build_canvas, colour
from generator.i18n import Language

ROW: Final = 50
BAR: Final = 22


@dataclass(frozen=True)
class Piece:
    """A part of a bar.

    Attributes:
        label: its name in the key; the same name has the same colour in every bar.
        share: of the bar, 0 to 1.
        fill: its colour.
        ink: colour of the share that is written on it; empty where none is.
        dashed: whether its edge is dashed, as of what nobody has reviewed.
    """

    label: str
    share: float
    fill: str
    ink: str
    dashed: bool = False


@dataclass(frozen=True)
class Stack:
    """A bar.

    Attributes:
        name: what it is of.
        note: what stands at its right end, such as its downloads.
        pieces: its parts in order; they sum to 1.
    """

    name: str
    note: str
    pieces: tuple[Piece, ...]


def draw_stacks(stacks: Sequence[Stack], row_title: str, language: Language, width: int) -> alt.LayerChart:
    """Draw the bars below each other; `row_title` says in the tooltip what a bar is of."""
    pieces = {piece.label: piece for stack in stacks for piece in stack.pieces}
    order = [label for label in _order_labels(stacks) if label in pieces]
    key, top = _place_key([pieces[label] for label in order], width)
    heads, notes, bars = [], [], []
    for index, stack in enumerate(stacks):
        y = top + ROW * index
        room = width - measure(stack.note, TEXT) - 12
        heads.append({"x": 0, "y": y + 12, "text": cut(stack.name, TEXT * 1.06, room)})
        notes.append({"x": width, "y": y + 12, "text": stack.note})
        bars += _place_bars(stack, y + 22, language, width)
    tooltip = parts.build_tooltip(
        ("name", row_title), ("label", language.gettext("Part")), ("value", language.gettext("Share"))
    )
    texts = [bar | {"x": bar["x"] + 6, "y": bar["y"] + BAR / 2 + 0.5} for bar in bars if bar["text"]]
    return build_canvas(
        [
            parts.build_labels([{**row, "x": row["x"] + 17} for row in key], fontSize=SMALL_TEXT),
            _build_squares(key),
            parts.build_labels(heads, fontWeight=600),
            parts.build_labels(notes, align="right", color=colour("muted")),
            margins.build_bars([bar for bar in bars if not bar["dashed"]], tooltip, stroke=colour("paper")),
            margins.build_bars(
                [bar for bar in bars if bar["dashed"]], tooltip, stroke=colour("muted"), strokeDash=[3, 2]
            ),
            parts.build_labels(texts).encode(color=parts.own_colour("ink")),
        ],
        width,
        top + ROW * len(stacks),
    )


def _order_labels(stacks: Sequence[Stack]) -> list[str]:
    """Return the labels in the order of the bars: a bar that lacks one does not move the others."""
    order: list[str] = []
    for stack in stacks:
        place = 0
        for piece in stack.pieces:
            if piece.label in order:
                place = order.index(piece.label) + 1
            else:
                order.insert(place, piece.label)
                place += 1
    return order


def _place_key(pieces: Sequence[Piece], width: int) -> tuple[list[dict[str, Any]], float]:
    rows: list[dict[str, Any]] = []
    x, y = 0.0, 10.0
    for piece in pieces:
        wide = measure(piece.label, SMALL_TEXT) + 30
        if x and x + wide - 12 > width:
            x, y = 0.0, y + 20
        rows.append({"x": round(x, 1), "y": y, "text": piece.label, "colour": piece.fill})
        x += wide
    return rows, y + 16


def _build_squares(key: Sequence[dict[str, Any]]) -> alt.Chart:
    chart: alt.Chart = alt.Chart(parts.build_data([{**row, "x": row["x"] + 6} for row in key])).mark_point(
        shape="square", size=120, stroke=colour("muted"), strokeWidth=0.6
    )
    return chart.encode(x=parts.pixel_x(), y=parts.pixel_y(), fill=parts.own_fill())


def _place_bars(stack: Stack, top: float, language: Language, width: int) -> list[dict[str, Any]]:
    rows, start = [], 0.0
    for piece in stack.pieces:
        text = language.percent(piece.share, 0)
        has_room = piece.ink and piece.share * (width - 2) >= measure(text, TEXT) + 10
        rows.append(
            {
                "x": round(1 + start * (width - 2), 1),
                "x2": round(1 + (start + piece.share) * (width - 2), 1),
                "y": top,
                "y2": top + BAR,
                "text": text if has_room else "",
                "name": stack.name,
                "label": piece.label,
                "value": language.percent(piece.share),
                "colour": piece.fill,
                "ink": piece.ink or colour("ink"),
                "dashed": piece.dashed,
            }
        )
        start += piece.share
    return rows
