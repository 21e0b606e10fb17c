"""Colours, type and the frame that every figure shares.

Colours stand in charts as CSS variables, so that one picture serves light and dark pages; `resolve` puts the
values of one scheme in their place where there is no page around a picture, and `publish_spec` those of the light one
in a specification, with their names beside them so that a page can put its variables back.
`site_src/styles/figures.css` holds the same values; a test compares them.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from generator.figures import altair as alt
from generator.registry import INTERNATIONAL, UNAFFILIATED, UNREVIEWED
from generator.text.language import EU

# The two widths in CSS pixels: a phone's text column, and the column of a page on a desk.
NARROW: Final = 358
WIDE: Final = 680

# Text in pictures, in CSS pixels; 11 is the smallest that a phone shows legibly.
TEXT: Final = 12.5
SMALL_TEXT: Final = 11.5

# The page sets the type; these are for viewers without a style sheet, and for metrics when a picture is drawn.
FONT: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Noto Sans', sans-serif"

# Six countries have a colour of their own. No flag's colours: China is orange-brown, the United States petrol.
# Lightness differs as well as hue, so that each pair stays apart for protanopes and deuteranopes; every country
# has a contrast of at least 3:1 against the page, the two that carry white figures 4.5:1.
SCHEMES: Final[Mapping[str, Mapping[str, str]]] = {
    "light": {
        "paper": "#fdfcf9",
        "ink": "#1d2024",
        "muted": "#5a6068",
        "grid": "#e3e1da",
        "accent": "#006789",
        "place-cn": "#b5480a",
        "place-us": "#006789",
        "place-fr": "#5b21d6",
        "place-de": "#459f49",
        "place-gb": "#5c0f45",
        "place-kr": "#5f8ae5",
        "place-other": "#87898f",
        "eu": "#3c4046",
        "international": "#a9abae",
        "unaffiliated": "#c9cacb",
        "unreviewed": "#eceae4",
        "nothing": "#ebe9e3",
        "seq-0": "#d3e4ea",
        "seq-1": "#a5cbd8",
        "seq-2": "#6fabc0",
        "seq-3": "#3b88a4",
        "seq-4": "#0e6484",
        "seq-5": "#043c55",
        "gold": "#7d6a12",
    },
    "dark": {
        "paper": "#14181b",
        "ink": "#eceae4",
        "muted": "#a4a9ae",
        "grid": "#30363a",
        "accent": "#58c2e8",
        "place-cn": "#eeaa5c",
        "place-us": "#58c2e8",
        "place-fr": "#9450ff",
        "place-de": "#57dd9b",
        "place-gb": "#c4665c",
        "place-kr": "#8b9cff",
        "place-other": "#858992",
        "eu": "#d5d6d8",
        "international": "#686d73",
        "unaffiliated": "#4b5157",
        "unreviewed": "#2a3034",
        "nothing": "#262c30",
        "seq-0": "#1d4452",
        "seq-1": "#22617a",
        "seq-2": "#2f83a3",
        "seq-3": "#4aa5c8",
        "seq-4": "#83c8e4",
        "seq-5": "#d0eefb",
        "gold": "#cdb64e",
    },
}

SEQUENCE: Final = ("seq-0", "seq-1", "seq-2", "seq-3", "seq-4", "seq-5")

_COLOUR_OF: Final[Mapping[str, str]] = {
    "CN": "place-cn",
    "US": "place-us",
    "FR": "place-fr",
    "DE": "place-de",
    "GB": "place-gb",
    "KR": "place-kr",
    EU: "eu",
    INTERNATIONAL: "international",
    UNAFFILIATED: "unaffiliated",
    UNREVIEWED: "unreviewed",
}
_VARIABLE: Final = re.compile(r"var\(--oms-([a-z0-9-]+)\)")


def colour(name: str) -> str:
    """Return a colour of the schemes as a CSS variable."""
    return f"var(--oms-{name})"


def place_colour(code: str) -> str:
    """Return the colour of a country, a group or a category; most countries share one grey."""
    return colour(name_colour(code))


def name_colour(code: str) -> str:
    """Name the colour of the schemes that a country, a group or a category has."""
    return _COLOUR_OF.get(code, "place-other")


def line_colour(code: str) -> str:
    """Return the colour of a single line that is about one place: its own, or the accent for the grey ones."""
    own = place_colour(code)
    return own if own.startswith("var(--oms-place-") and own != colour("place-other") else colour("accent")


def resolve(text: str, scheme: str) -> str:
    """Replace colour variables by the values of a scheme, `light` or `dark`."""
    values = SCHEMES[scheme]
    return _VARIABLE.sub(lambda match: values[match[1]], text)


def publish_spec(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return a specification in the light scheme's colours, and in `usermeta` which of them have which name here."""
    text = json.dumps(spec, ensure_ascii=False)
    names = sorted(set(_VARIABLE.findall(text)))
    colours = {SCHEMES["light"][name]: name for name in names}
    resolved: dict[str, Any] = json.loads(resolve(text, "light"))
    return {**resolved, "usermeta": {"colours": colours}}


def build_canvas(layers: "Sequence[alt.Chart]", width: int, height: float) -> "alt.LayerChart":
    """Join layers into a picture of exactly this size, without axes, titles or frame of its own.

    Builders place every label themselves: in the reader's language, and where nothing overlaps.
    """
    return alt.LayerChart(
        layer=list(layers),
        width=width,
        height=round(height),
        padding=0,
        autosize=alt.AutoSizeParams(type="none"),
        config=alt.Config(**_config()),
    )


def _config() -> dict[str, Any]:
    return {
        "background": "transparent",
        "font": FONT,
        "aria": False,
        "view": {"stroke": None, "continuousWidth": 10, "continuousHeight": 10},
        "text": {"color": colour("ink"), "fontSize": TEXT, "baseline": "middle", "align": "left"},
        "rule": {"color": colour("grid"), "strokeWidth": 1},
        "bar": {"color": colour("place-other")},
        "point": {"filled": True, "opacity": 1},
    }
