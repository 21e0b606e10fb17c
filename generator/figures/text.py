"""Widths and places of labels, estimated without drawing them."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Final

# Widths in units of the type size, from the metrics of common sans-serif system fonts, rounded up.
_NARROW: Final = frozenset("ijl.,:;|!'’ft()[] \u00a0")
# How much broader a bold text is, at most; and a plain one in the broadest of the fonts that readers have.
BOLD: Final = 1.12
PLAIN: Final = 1.04
_BROAD: Final = frozenset("mwMW@%—…")
# A line ends after spaces or between full-width signs: none begins with what closes, or ends with what opens.
_WIDE: Final = "\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6"
_WORD: Final = f"[（「《“‘]*(?:[{_WIDE}]|[^ \u00a0{_WIDE}]+)[、。，；：？！）」》”’…%·]*"
_WORDS: Final = re.compile(f"{_WORD}(?:\u00a0+{_WORD})* *")


def measure(text: str, size: float) -> float:
    """Return about how many pixels a text takes at a type size, rather too many than too few."""
    return sum(map(_width, text)) * size


def cut(text: str, size: float, room: float) -> str:
    """Shorten a text to the room it has, in pixels."""
    if measure(text, size) <= room:
        return text
    kept = text
    while kept and measure(kept + "…", size) > room:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def wrap(text: str, size: float, room: float) -> list[str]:
    """Break a text into lines that fit the room, in pixels; Chinese breaks between any signs that may part."""
    lines = [""]
    for word in _WORDS.findall(text.replace(" %", "\u00a0%").replace(" · ", "\u00a0· ")):
        longer = lines[-1] + word
        if lines[-1] and measure(longer.rstrip(), size) > room:
            lines.append(word.lstrip())
        else:
            lines[-1] = longer
    return [line.strip() for line in lines]


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move positions apart to at least `gap`, as little as possible, within `low` and `high`.

    Args:
        wanted: where labels would stand, in pixels, in any order.
        gap: least distance of two of them.
        low: the smallest position allowed.
        high: the largest; exceeded only where the room is too small for all.
    """
    order = sorted(range(len(wanted)), key=lambda index: (wanted[index], index))
    groups: list[list[float]] = []  # each: sum of wanted starts, number of labels
    for position, index in enumerate(order):
        groups.append([wanted[index] - position * gap, 1])
        while len(groups) > 1 and groups[-2][0] / groups[-2][1] > groups[-1][0] / groups[-1][1]:
            total, number = groups.pop()
            groups[-1] = [groups[-1][0] + total, groups[-1][1] + number]
    starts = [total / number for total, number in groups for _ in range(round(number))]
    last = max(low, high - (len(order) - 1) * gap)
    placed = [0.0] * len(order)
    for position, index in enumerate(order):
        placed[index] = round(min(max(starts[position], low), last) + position * gap, 1)
    return placed


@cache
def _width(char: str) -> float:
    if unicodedata.east_asian_width(char) in "WF":
        return 1.0
    if char in _NARROW:
        return 0.32
    if char in _BROAD:
        return 0.9
    return 0.7 if char.isupper() else 0.58
