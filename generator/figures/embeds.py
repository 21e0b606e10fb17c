"""Figures on other sites: how tall the page of one is, the code that others paste, and what oEmbed answers of it.

Addresses begin with `SITE`, in whose place the site's own is put once it is known.
"""

import html
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from generator.base.imprint import AUTHORS, NAME, SITE, Imprint, describe_dataset
from generator.base.records import pack_json
from generator.figures.figure import SpokenFigure
from generator.figures.picture import measure_svg
from generator.figures.text import BOLD, PLAIN, measure, wrap

# Columns that others have, from a phone's to a newspaper's, in CSS pixels.
FRAMES: Final = (300, 360, 480, 640, 760)
# A message with a height in these limits is taken, and no other.
LEAST_HEIGHT: Final = 100
MOST_HEIGHT: Final = 4_000
# What oEmbed asks a figure to be as wide as; its height is enough for every narrower column.
_OEMBED_WIDTH: Final = 640
_LINE: Final = 1.45
_TITLE_LINE: Final = 1.25
# Lines that a title may take beyond those that are measured: the bold of the broadest font is a quarter broader, and a
# word that is broken leaves the rest of its line.
_SPARE: Final = 1


@dataclass(frozen=True)
class Layout:
    """How the page of a figure is laid out, in CSS pixels; its template has the same.

    Attributes:
        padding: around everything.
        most: width of the column, at most.
        wide_from: width of the frame from which the wide picture is shown.
        narrow_most: width of the narrow picture, at most.
        title, wide_title, text: type sizes.
        gap: below each part.
        summary: height of the line that opens the list of events: as tall as a finger needs.
    """

    padding: int = 16
    most: int = 720
    wide_from: int = 632
    narrow_most: int = 480
    title: int = 17
    wide_title: int = 20
    text: int = 14
    gap: int = 12
    summary: int = 24


LAYOUT: Final = Layout()


def list_heights(figure: SpokenFigure, pictures: Mapping[str, str]) -> dict[int, int]:
    """List the height of a figure's page in each of the frames, by the frame's width; rather too much than too little.

    Args:
        figure: has the words.
        pictures: SVG by `narrow` and `wide`.
    """
    return {width: _compute_height(figure, pictures, width) for width in FRAMES}


def _compute_height(figure: SpokenFigure, pictures: Mapping[str, str], frame: int) -> int:
    is_wide, room = frame >= LAYOUT.wide_from, _find_room(frame)
    width, height = measure_svg(pictures["wide" if is_wide else "narrow"])
    shown = room if is_wide else min(room, LAYOUT.narrow_most)
    parts = [
        measure_title(figure.headline, frame),
        measure_text(figure.subtitle, frame),
        shown * height / width,
        measure_text(f"{figure.source} {NAME}", frame),
    ]
    parts.append(LAYOUT.summary + LAYOUT.gap if figure.events else 0)
    return math.ceil(sum(parts)) + 2 * LAYOUT.padding


def measure_title(text: str, frame: int) -> float:
    """Return how tall a title is at most in a frame of a width, with what follows it."""
    size = LAYOUT.wide_title if frame >= LAYOUT.wide_from else LAYOUT.title
    return (_measure(text, size * BOLD, _find_room(frame)) + _SPARE) * size * _TITLE_LINE + 4


def measure_text(text: str, frame: int) -> float:
    """Return how tall a paragraph is at most in a frame of a width, with what follows it."""
    return _measure(text, LAYOUT.text, _find_room(frame)) * LAYOUT.text * _LINE + LAYOUT.gap


def _find_room(frame: int) -> int:
    return min(frame - 2 * LAYOUT.padding, LAYOUT.most)


def _measure(text: str, size: float, room: float) -> int:
    """Return how many lines a text takes at most."""
    size *= PLAIN
    return sum(max(1, math.ceil(measure(line, size) / room)) for line in wrap(text, size, room))


@dataclass(frozen=True)
class Embed:
    """What stands in a frame on another page.

    Attributes:
        address: of the page in the frame.
        title: what it says.
        height: tall enough for every column, in CSS pixels.
    """

    address: str
    title: str
    height: int | str


def embed_figure(figure: SpokenFigure, heights: Iterable[int]) -> Embed:
    """Make the embed of a figure."""
    return Embed(f"{SITE}embed/{figure.slug}.html", figure.headline, max(heights))


def write_frame(embed: Embed, width: str) -> str:
    """Write the frame."""
    return (
        f'<iframe src="{html.escape(embed.address)}" title="{html.escape(embed.title)}" width="{width}" '
        f'height="{embed.height}" loading="lazy" style="border:0"></iframe>'
    )


def write_code(embed: Embed) -> str:
    """Write what others paste: the frame, and the script that lets its height follow."""
    return f"{write_frame(embed, '100%')}\n{SNIPPET}"


# Ten lines for the page around a figure. It takes a height from its own frame and nothing else: what another frame
# sends, or what is no whole number within the limits, changes nothing.
SNIPPET: Final = f"""<script>
(function (frame) {{
  addEventListener("message", function (event) {{
    if (event.source !== frame.contentWindow) return;
    var height = event.data;
    if (!Number.isInteger(height) || height < {LEAST_HEIGHT} || height > {MOST_HEIGHT}) return;
    frame.style.height = height + "px";
  }});
}})(document.currentScript.previousElementSibling);
</script>"""


def write_oembed(embed: Embed, root: str = SITE) -> str:
    """Write the answer of oEmbed 1.0; `root` is the site's address."""
    return pack_json(
        {
            "version": "1.0",
            "type": "rich",
            "title": embed.title,
            "author_name": AUTHORS,
            "author_url": root,
            "provider_name": NAME,
            "provider_url": root,
            "cache_age": 86_400,
            "html": write_frame(embed, str(_OEMBED_WIDTH)),
            "width": _OEMBED_WIDTH,
            "height": embed.height,
        }
    )


def describe_figure(figure: SpokenFigure, imprint: Imprint, up: str = "") -> Markup:
    """Describe a figure's data as JSON-LD; nothing in it ends the element that it stands in.

    The files stand at the root, to which a translation has the way `up`.
    """
    folder = f"{up}figures/{figure.slug}"
    content = describe_dataset(
        imprint,
        name=figure.headline,
        description=f"{figure.subtitle}. {figure.alt} {figure.source}",
        root=SITE,
        page=f"embed/{figure.slug}.html",
        files=[
            {"name": "CSV", "type": "text/csv", "path": f"{folder}/data.csv"},
            {"name": "JSON", "type": "application/json", "path": f"{folder}/data.json"},
        ],
    )
    return Markup(pack_json(content).replace("<", "\\u003c"))  # noqa: S704 - JSON, in which no element can end
