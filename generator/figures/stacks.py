"""Bars of 100 %, each divided into the same kinds of parts, with the names of the colours above them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from generator.figures import altair as alt
from generator.figures import frame
from generator.figures.figure import Said, SpokenTable, Table, speak_all
from generator.figures.frame import Patch, Scale, Word
from generator.figures.text import cut, measure
from generator.figures.theme import SMALL_TEXT, TEXT
from generator.text.language import Language

ROW: Final = 46
BAR: Final = 20
# Side of a square in the key of the colours.
SQUARE: Final = 11
# Colours so strong that digits in them have the page's own; and those of what nobody knows, which has a dashed edge.
_STRONG: Final = frozenset({"seq-4", "seq-5", "gold", "place-cn", "place-us"})
_UNKNOWN: Final = frozenset({"unreviewed", "paper"})


@dataclass(frozen=True)
class Part:
    """How a kind of part looks.

    Attributes:
        key: its value in the column of the parts.
        ink: the name of its colour.
        name: above the bars; none where the key is its name.
    """

    key: Said
    ink: str
    name: Said = ""

    @property
    def text(self) -> str:
        """Return the colour of the digits in it."""
        return "paper" if self.ink in _STRONG else "ink"

    @property
    def is_open(self) -> bool:
        """Return whether its edge is dashed: nobody knows what it is."""
        return self.ink in _UNKNOWN


@dataclass(frozen=True)
class Stack:
    """A bar: its value in the column of the bars, what stands at its right, its name where that is another."""

    key: Said
    note: Said
    name: Said = ""


@dataclass(frozen=True)
class Stacks:
    """How a table is drawn as bars of 100 %.

    Attributes:
        bars: from top to bottom.
        parts: from left to right, and in the key; those that no bar has are left out of it.
        bar: the column of the bars.
        part: the column of the parts.
        value: the column of the shares, which sum to 1 in each bar.
    """

    bars: tuple[Stack, ...]
    parts: tuple[Part, ...]
    bar: str
    part: str
    value: str = "share"


def sum_shares(shares: Mapping[str, float], groups: Mapping[str, str], rest: str) -> dict[str, float]:
    """Sum shares by the group of their codes; a code without one belongs to the rest."""
    sums: dict[str, float] = {}
    for code, share in shares.items():
        group = groups.get(code, rest)
        sums[group] = sums.get(group, 0.0) + share
    return sums


def draw_stacks(table: Table, picture: Stacks, width: int, language: Language) -> "alt.LayerChart":
    """Draw a table as bars below each other."""
    spoken, picture = speak_all(table, language), speak_all(picture, language)
    rows = _order_rows(spoken, picture)
    shown = {row[picture.part] for row in rows}
    squares, names, top = _place_key([part for part in picture.parts if part.key in shown], width)
    x = Scale((0.0, 1.0), 1, width - 1)
    words: list[Word] = []
    for number, bar in enumerate(picture.bars):
        y = top + ROW * number
        words += [*_head(bar, y, width), *_write(bar, rows, picture, y, x, language)]
    layers = [
        *frame.build_patches(squares, language),
        _build_bars(spoken, picture, x, top),
        *frame.build_words([*names, *words]),
    ]
    return frame.build_picture(spoken, rows, layers, width, top + ROW * len(picture.bars) + 2, language)


def _order_rows(table: SpokenTable, picture: Stacks) -> list[dict[str, Any]]:
    """Return the rows in the order of bars and parts, without those that are nothing."""
    bars, kinds = [bar.key for bar in picture.bars], [part.key for part in picture.parts]
    rows = [row for row in table.records() if row[picture.value] and row[picture.bar] in bars]
    return sorted(rows, key=lambda row: (bars.index(str(row[picture.bar])), kinds.index(str(row[picture.part]))))


def _place_key(kinds: Sequence[Part], width: int) -> tuple[list[Patch], list[Word], float]:
    """Place the names of the colours in lines above the bars; return them and where they end."""
    squares, words = [], []
    x, y = 0.0, 10.0
    for kind in kinds:
        name = kind.name or kind.key
        wide = measure(name, SMALL_TEXT) + 30
        if x and x + wide - 12 > width:
            x, y = 0.0, y + 20
        squares.append(Patch(x + 0.5, y - SQUARE / 2, x + 0.5 + SQUARE, y + SQUARE / 2, kind.ink, edge=True))
        words.append(Word(x + 17, y, name, size=SMALL_TEXT))
        x += wide
    return squares, words, y + 16


def _head(bar: Stack, y: float, width: int) -> list[Word]:
    """Write a bar's name, and at the right what is said of it."""
    name = cut(bar.name or bar.key, TEXT, width - measure(bar.note, TEXT) - 14)
    return [Word(0, y + 12, name, weight=600), Word(width, y + 12, bar.note, "muted", "right")]


def _write(
    bar: Stack, rows: Sequence[frame.Row], picture: Stacks, y: float, x: Scale, language: Language
) -> list[Word]:
    """Write the shares into the parts that have room for them."""
    looks = {part.key: part for part in picture.parts}
    words, start = [], 0.0
    for row in rows:
        if row[picture.bar] != bar.key:
            continue
        share = float(row[picture.value])
        text = language.percent(share, 0)
        if x.place(share) >= measure(text, SMALL_TEXT) + 12:
            words.append(Word(x.place(start) + 6, y + 31.5, text, looks[str(row[picture.part])].text))
        start += share
    return words


def _build_bars(table: SpokenTable, picture: Stacks, x: Scale, top: float) -> "alt.Chart":
    """Build the parts, stacked in the order of the rows; what nobody knows has a dashed edge."""
    keys = [bar.key for bar in picture.bars]
    scale = frame.band(keys, top + 8, top + 8 + ROW * len(keys), BAR / ROW)
    colours = alt.Scale(
        domain=[part.key for part in picture.parts], range=[frame.paint(part.ink) for part in picture.parts]
    )
    is_open = alt.FieldOneOfPredicate(field=picture.part, oneOf=[part.key for part in picture.parts if part.is_open])
    bars: alt.Chart = (
        alt.Chart()
        .transform_stack(stack=picture.value, groupby=[picture.bar], as_=["start", "end"])
        .mark_bar(strokeWidth=1)
        .encode(
            x=alt.X("start:Q", scale=x.build(), axis=None),
            x2=alt.X2("end:Q"),
            y=alt.Y(f"{picture.bar}:N", scale=scale, axis=None),
            fill=alt.Fill(f"{picture.part}:N", scale=colours, legend=None),
            stroke=alt.StrokeValue(**frame.choose(is_open, frame.paint("muted"), frame.paint("paper"))),
            strokeDash=alt.StrokeDashValue(**frame.choose(is_open, [3, 2], [1, 0])),
            tooltip=frame.build_tips(table.columns),
        )
    )
    return bars
