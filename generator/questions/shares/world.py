"""The map: each country's share in a few steps; small territories as circles."""

import json
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import altair as alt

from generator.figures import parts
from generator.figures.figure import Figure
from generator.figures.text import measure
from generator.figures.theme import SEQUENCE, SMALL_TEXT, build_canvas, colour
from generator.questions import phrases, sentences
from generator.questions.report import Report
from generator.questions.shares.figures import list_columns
from generator.registry import load_registry
from generator.star.definitions import Definition
from generator.star.shares import ShareRow, ShareTable
from generator.text import words
from generator.text.language import Language

SLUG: Final = "world-map"
# Where its source, its licence and the commands that made it stand: world.md beside it.
GEOMETRY: Final = Path(__file__).with_name("world.json")
# Upper ends of the steps; a share belongs to the first one that it does not exceed.
# Width of a step in the key, in pixels: room for its share.
_KEY_WIDTH: Final = 47
STEPS: Final = (0.001, 0.005, 0.02, 0.1, 0.25, 1.0)
# Equal Earth at scale 1: half its width where land reaches farthest, its heights at the northernmost and the
# southernmost land shown.
_HALF_WIDTH: Final = 2.5
_NORTH: Final = 1.3
_SOUTH: Final = 1.03
# Turned west so that no land but Antarctica is cut at the edge.
_TURN: Final = (-11, 0, 0)


def build_world_map(report: Report, language: Language) -> Figure:
    """Build the map of shares in thirty days, all models, by publisher."""
    definition = Definition("30d", "all", "publisher")
    table = (report.histories.get(definition) or report.histories[report.headline])[-1]
    finding = state_finding(table, report, language)
    return Figure(
        slug=SLUG,
        headline=finding,
        subtitle=sentences.describe_subtitle(table, language),
        source=language.gettext(
            "%(source)s Borders: Natural Earth, for orientation only.",
            source=sentences.describe_source(report.data, language),
        ),
        how_to_read=language.gettext(
            "The stronger the colour, the larger the share of the downloads that models from the country account for. "
            "The steps are uneven, because few countries have large shares. Circles are territories too small to see. "
            "Grey: no downloads known."
        ),
        alt=phrases.join_sentences(finding, _describe_largest(table, language)),
        columns=list_columns(language),
        rows=tuple(
            (row.code, language.place(row.code), row.downloads, row.share, row.lower, row.upper, row.models)
            for row in table.places
        ),
        draw=partial(_draw, table.places, language),
    )


def state_finding(table: ShareTable, report: Report, language: Language) -> str:
    """State how many countries have downloads, and how much the first two have together."""
    places = table.places
    if len(places) < 2:
        return language.gettext("Too few downloads are attributed to tell which country leads.")
    return language.gettext(
        "%(count)s countries have downloads of %(models)s; models from %(first)s and %(second)s together "
        "account for %(share)s.",
        count=len(places),
        models=words.name_models(table.definition.universe, report.data.scope, language),
        first=parts.in_sentence(places[0].code, language),
        second=parts.in_sentence(places[1].code, language),
        share=language.percent(places[0].share + places[1].share),
    )


@cache
def read_geometry() -> Mapping[str, Any]:
    """Read the borders: a topology with `countries` by numeric code, and `points` of small territories."""
    content: dict[str, Any] = json.loads(GEOMETRY.read_text(encoding="utf-8"))
    return content


@cache
def read_numeric_codes() -> Mapping[str, str]:
    """Return the three-digit code that the geometry uses for each country code."""
    return {code: country.numeric for code, country in load_registry().countries.items()}


def choose_step(share: float) -> int:
    """Return the step of a share, from 0."""
    return next(index for index, upper in enumerate(STEPS) if share <= upper or upper == STEPS[-1])


def _describe_largest(table: ShareTable, language: Language) -> str:
    names = ", ".join(f"{language.place(row.code)} {language.percent(row.share)}" for row in table.places[:5])
    return language.gettext("The largest shares: %(names)s.", names=names)


def _draw(places: tuple[ShareRow, ...], language: Language, width: int) -> alt.LayerChart:
    scale = width / 2 / _HALF_WIDTH
    height = round(scale * (_NORTH + _SOUTH)) + 4
    projection: dict[str, Any] = {
        "type": "equalEarth",
        "scale": round(scale, 2),
        "translate": [width / 2, round(scale * _NORTH, 1) + 2],
        "rotate": list(_TURN),
    }
    found = {read_numeric_codes()[row.code]: _describe_place(row, language) for row in places if row.share > 0}
    layers = [layer.project(**projection) for layer in (_build_land(found, language), _build_circles(found, language))]
    key, words = _place_key(language, height + 14)
    texts = parts.build_labels(words, fontSize=SMALL_TEXT, align="center", color=colour("muted"))
    return build_canvas([*layers, _build_key(key), texts], width, height + 48)


def _describe_place(row: ShareRow, language: Language) -> dict[str, Any]:
    return {
        "label": language.place(row.code),
        "value": language.percent(row.share),
        "downloads": language.short(row.downloads),
        "colour": colour(SEQUENCE[choose_step(row.share)]),
    }


def _build_land(found: Mapping[str, dict[str, Any]], language: Language) -> alt.Chart:
    """Build all countries; each shape carries its colour, so that none is left out for want of a number."""
    nothing = {"label": "", "value": language.gettext("no downloads"), "downloads": "0", "colour": colour("nothing")}
    topology = dict(read_geometry())
    del topology["points"]
    shapes = [
        {**shape, "properties": found.get(shape.get("id", ""), nothing)}
        for shape in topology["objects"]["countries"]["geometries"]
    ]
    topology["objects"] = {"countries": {"type": "GeometryCollection", "geometries": shapes}}
    data = alt.InlineData(values=topology, format=alt.TopoDataFormat(type="topojson", feature="countries"))
    chart: alt.Chart = (
        alt.Chart(data)
        .mark_geoshape(stroke=colour("paper"), strokeWidth=0.4)
        .encode(fill=parts.own_fill("properties.colour"), tooltip=_build_tooltip("properties.", language))
    )
    return chart


def _build_circles(found: Mapping[str, dict[str, Any]], language: Language) -> alt.Chart:
    points: Mapping[str, tuple[float, float]] = read_geometry()["points"]
    rows = [
        {**found[code], "longitude": points[code][0], "latitude": points[code][1]}
        for code in sorted(found.keys() & points.keys())
    ]
    chart: alt.Chart = (
        alt.Chart(parts.build_data(rows))
        .mark_point(size=44, stroke=colour("ink"), strokeWidth=0.7)
        .encode(
            longitude=alt.Longitude("longitude:Q"),
            latitude=alt.Latitude("latitude:Q"),
            fill=parts.own_fill(),
            tooltip=_build_tooltip("", language),
        )
    )
    return chart


def _build_tooltip(prefix: str, language: Language) -> list[alt.Tooltip]:
    return parts.build_tooltip(
        (f"{prefix}label", language.gettext("Country")),
        (f"{prefix}value", language.gettext("Share")),
        (f"{prefix}downloads", language.gettext("Downloads")),
    )


def _place_key(language: Language, top: float) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Place the steps of the colours side by side, with the shares at which they meet below them."""
    nobody = language.gettext("none")
    start = measure(nobody, SMALL_TEXT) + 22
    boxes: list[dict[str, Any]] = [{"left": 0.0, "right": start - 16, "colour": colour("nothing")}]
    words: list[dict[str, Any]] = [{"x": (start - 16) / 2, "text": nobody}, {"x": start, "text": "0"}]
    for index, upper in enumerate(STEPS):
        left = start + index * _KEY_WIDTH
        boxes.append({"left": left, "right": left + _KEY_WIDTH, "colour": colour(SEQUENCE[index])})
        digits = 1 if upper < 0.01 else 0
        words.append({"x": left + _KEY_WIDTH, "text": language.percent(upper, digits)})
    words[-1]["x"] -= 8
    y = {"top": top, "bottom": top + 10, "y": top + 22}
    return [{**box, **y} for box in boxes], [{**word, **y, "x": round(word["x"], 1)} for word in words]


def _build_key(boxes: list[dict[str, Any]]) -> alt.Chart:
    chart: alt.Chart = (
        alt.Chart(parts.build_data(boxes))
        .mark_rect(stroke=colour("paper"), strokeWidth=0.5)
        .encode(
            x=parts.pixel_x("left"),
            x2=alt.X2("right:Q"),
            y=parts.pixel_y("top"),
            y2=alt.Y2("bottom:Q"),
            fill=parts.own_fill(),
        )
    )
    return chart
