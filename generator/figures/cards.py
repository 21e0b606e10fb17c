"""Cards: the pictures that other sites show beside a link, 1200 × 630 pixels, each drawn once and kept by its key."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

import vl_convert

from generator.base.files import hash_bytes, write_if_changed
from generator.base.records import pack_json, to_plain
from generator.figures.picture import FILE_FONT, SVG
from generator.figures.png import shrink_png
from generator.figures.text import BOLD, PLAIN, cut, measure, wrap
from generator.figures.theme import place_colour, resolve

WIDTH: Final = 1200
HEIGHT: Final = 630
_MARGIN: Final = 72
_ROOM: Final = WIDTH - 2 * _MARGIN
# The largest of these type sizes at which a sentence takes no more lines than fit above the bar.
_SIZES: Final = (44.0, 40.0, 36.0, 32.0, 28.0, 25.0)
_LINE: Final = 1.24
_TOP: Final = 150
_KICKER: Final = 26
_BOTTOM: Final = 430
_BAR: Final = 56
# A share that is narrower has no name in the bar.
_PADDING: Final = 12
# Six values a channel at the edges of letters: a card has two thirds of the bytes (100 cards, November 2026). One of
# much text has four: 29 KB where it had 32.
_COLOUR_STEPS: Final = (51, 85)
# What messengers load at once.
_MOST_BYTES: Final = 30 * 1024


@dataclass(frozen=True)
class Part:
    """A part of a card's bar.

    Attributes:
        code: of a country or a category; says the colour.
        label: what stands in it, where it has the room.
        share: its part of the whole, 0 to 1.
    """

    code: str
    label: str
    share: float


@dataclass(frozen=True)
class Card:
    """What stands on a card.

    Attributes:
        kicker: what the page is about.
        text: its sentence.
        foot: source, date and licence.
        parts: of the bar; none for a card without one.
    """

    kicker: str
    text: str
    foot: str
    parts: tuple[Part, ...] = ()


def render_cards(cards: Mapping[str, Card], cache_folder: Path, code: str) -> dict[str, bytes]:
    """Render cards as PNG, by name; those that were drawn before are read from the folder, others are kept there.

    `code` is the hash of what draws them (`hash_code`).
    """
    found = {}
    for name, card in cards.items():
        path = cache_folder / f"{hash_bytes(code + pack_json(to_plain(card, str)))}.png"
        if not path.is_file():
            write_if_changed(path, _draw_png(card))
        found[name] = path
    for stale in set(cache_folder.glob("*.png")) - set(found.values()):
        stale.unlink()
    return {name: path.read_bytes() for name, path in found.items()}


def _draw_png(card: Card) -> bytes:
    drawn = bytes(vl_convert.svg_to_png(draw_card(card)))
    for step in _COLOUR_STEPS:
        small = shrink_png(drawn, step)
        if len(small) <= _MOST_BYTES:
            break
    return small


def draw_card(card: Card) -> str:
    """Draw a card as SVG, in the light scheme's colours."""
    size, lines = _fit(card.text)
    kicker, foot = wrap(card.kicker, _KICKER * BOLD, _ROOM)[:2], wrap(card.foot, 22 * PLAIN, _ROOM)[:2]
    texts = [
        *(
            _write(line, 104 + 32 * (row + 1 - len(kicker)), _KICKER, "accent", "bold")
            for row, line in enumerate(kicker)
        ),
        *(_write(line, _TOP + size * (_LINE * row + 1), size, "ink", "bold") for row, line in enumerate(lines)),
        *_draw_bar(card.parts),
        *(_write(line, 556 + 30 * row, 22, "muted", "normal") for row, line in enumerate(foot)),
    ]
    return resolve(
        f'<svg xmlns="{SVG}" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="{FILE_FONT}"><rect width="100%" height="100%" fill="var(--oms-paper)"/>'
        f'<rect width="{WIDTH}" height="16" fill="var(--oms-accent)"/>{"".join(texts)}</svg>',
        "light",
    )


def _fit(text: str) -> tuple[float, list[str]]:
    """Find the largest type size that has the room, and the lines; what still does not fit is cut."""
    for size in _SIZES:
        lines = wrap(text, size * BOLD, _ROOM)
        most = int((_BOTTOM - _TOP) / (size * _LINE))
        if len(lines) <= most:
            return size, lines
    return size, [*lines[: most - 1], cut(" ".join(lines[most - 1 :]), size * BOLD, _ROOM)]


def _draw_bar(parts: Iterable[Part]) -> Iterable[str]:
    left = float(_MARGIN)
    for part in parts:
        width = part.share * _ROOM
        yield (
            f'<rect x="{left:.1f}" y="{_BOTTOM + 10}" width="{max(width - 2, 0.5):.1f}" height="{_BAR}" '
            f'fill="{place_colour(part.code)}"/>'
        )
        if measure(part.label, 22 * BOLD) + 2 * _PADDING <= width:
            ink = "paper" if part.code in {"CN", "US"} else "ink"
            yield _write(part.label, _BOTTOM + 46, 22, ink, "bold", left + _PADDING)
        left += width


def _write(text: str, bottom: float, size: float, colour: str, weight: str, left: float = _MARGIN) -> str:
    return (
        f'<text x="{left:.1f}" y="{bottom:.1f}" font-size="{size:g}" font-weight="{weight}" '
        f'fill="var(--oms-{colour})">{escape(text)}</text>'
    )
