"""A map of the world: each country in the colour of its step, territories too small to see as circles."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from generator.figures import altair as alt
from generator.figures import frame
from generator.figures.figure import Said, SpokenTable, Table, speak_all
from generator.figures.frame import Patch, Word
from generator.figures.text import measure
from generator.figures.theme import SEQUENCE, SMALL_TEXT
from generator.text.language import Language

# Where its source, its licence and the commands that made it stand: world.md beside it.
GEOMETRY: Final = Path(__file__).with_name("world.json")
# Equal Earth at scale 1: half its width where land reaches farthest, its heights at the northernmost and the
# southernmost land shown.
HALF_WIDTH: Final = 2.5
NORTH: Final = 1.3
_SOUTH: Final = 1.03
# Turned west so that no land but Antarctica is cut at the edge.
TURN: Final = -11
# Width of a step in the key, in pixels: room for its share.
_KEY_WIDTH: Final = 47
# How far the last share stands from the end of its step, towards the others.
_SHIFT: Final = 8


@dataclass(frozen=True)
class WorldMap:
    """How a table is drawn as a map.

    Attributes:
        code: the column of the countries' codes.
        value: the column of the shares.
        steps: upper ends of the steps, rising to 1; a share belongs to the first one that it does not exceed.
        numbers: the three-digit code that the geometry uses, by country code.
        nobody: the name of what has no share.
    """

    code: str
    value: str
    steps: tuple[float, ...]
    numbers: Mapping[str, str]
    nobody: Said


@cache
def read_geometry() -> Mapping[str, Any]:
    """Read the borders: a topology with `countries` by numeric code, and `points` of small territories."""
    content: dict[str, Any] = json.loads(GEOMETRY.read_text(encoding="utf-8"))
    return content


def draw_map(table: Table, picture: WorldMap, width: int, language: Language) -> "alt.LayerChart":
    """Draw a table as a map, with the key of its steps below."""
    spoken, picture = speak_all(table, language), speak_all(picture, language)
    scale = width / 2 / HALF_WIDTH
    height = round(scale * (NORTH + _SOUTH)) + 4
    projection: dict[str, Any] = {
        "type": "equalEarth",
        "scale": round(scale, 2),
        "translate": [width / 2, round(scale * NORTH, 1) + 2],
        "rotate": [TURN, 0, 0],
    }
    rows = [row for row in spoken.records() if row[picture.value]]
    layers = [*_build_land(spoken, picture, rows), _build_circles(spoken, picture, rows)]
    boxes, words = _place_key(picture, language, height + 14, width)
    return frame.build_picture(
        spoken,
        rows,
        [
            *(layer.project(**projection) for layer in layers),
            *frame.build_patches(boxes, language),
            *frame.build_words(words),
        ],
        width,
        height + 48,
        language,
    )


def _look_up(
    layer: "alt.Chart", table: SpokenTable, picture: WorldMap, rows: Sequence[frame.Row], key: str
) -> "alt.Chart":
    """Join a layer's shapes with the table's rows, and encode the step of each share."""
    names = [column.name for column in table.columns if column.name != picture.code]
    source = alt.LookupData(data=frame.build_data(rows), key=picture.code, fields=names)
    inks = [frame.paint(ink) for ink in SEQUENCE[: len(picture.steps)]]
    # A step holds its upper end, a threshold begins at it: the next number of six digits.
    scale = alt.Scale(type="threshold", domain=[round(step + 1e-6, 6) for step in picture.steps[:-1]], range=inks)
    share = alt.Fill(f"{picture.value}:Q", scale=scale, legend=None)
    tips = frame.build_tips([column for column in table.columns if column.name != picture.code])
    return layer.transform_lookup(lookup=key, from_=source).encode(fill=share, tooltip=tips)


def _build_land(table: SpokenTable, picture: WorldMap, rows: Sequence[frame.Row]) -> "list[alt.Chart]":
    """Build the countries by their two-letter codes: those without a share, then those with one."""
    codes = {number: code for code, number in picture.numbers.items()}
    topology = dict(read_geometry())
    del topology["points"]
    shapes = [
        {**shape, "id": codes.get(shape.get("id", ""), "")} for shape in topology["objects"]["countries"]["geometries"]
    ]
    topology["objects"] = {"countries": {"type": "GeometryCollection", "geometries": shapes}}
    data = alt.InlineData(values=topology, format=alt.TopoDataFormat(type="topojson", feature="countries"))
    land = alt.Chart(data).mark_geoshape(stroke=frame.paint("paper"), strokeWidth=0.4)
    known = alt.FieldOneOfPredicate(field="id", oneOf=[str(row[picture.code]) for row in rows])
    empty = land.transform_filter({"not": known.to_dict()}).encode(fill=alt.FillValue(frame.paint("nothing")))
    return [empty, _look_up(land.transform_filter(known), table, picture, rows, "id")]


def _build_circles(table: SpokenTable, picture: WorldMap, rows: Sequence[frame.Row]) -> "alt.Chart":
    points: Mapping[str, tuple[float, float]] = read_geometry()["points"]
    found = {str(row[picture.code]): points.get(picture.numbers[str(row[picture.code])]) for row in rows}
    places = [
        {picture.code: code, "longitude": point[0], "latitude": point[1]}
        for code, point in sorted(found.items())
        if point
    ]
    circles = (
        alt.Chart(frame.build_data(places))
        .mark_point(size=44, stroke=frame.paint("ink"), strokeWidth=0.7)
        .encode(longitude=alt.Longitude("longitude:Q"), latitude=alt.Latitude("latitude:Q"))
    )
    return _look_up(circles, table, picture, rows, picture.code)


def _place_key(picture: WorldMap, language: Language, top: float, width: int) -> tuple[list[Patch], list[Word]]:
    """Place the steps of the colours side by side, with the shares at which they meet below them."""
    start = measure(picture.nobody, SMALL_TEXT) + 22
    last = measure(name_step(picture.steps[-1], language), SMALL_TEXT) / 2
    step = min(_KEY_WIDTH, (width - start - max(last - _SHIFT, 0)) / len(picture.steps))
    boxes = [Patch(0, top, start - 16, top + 10, "nothing")]
    words = [frame.small((start - 16) / 2, top + 22, picture.nobody, "center")]
    words.append(frame.small(start, top + 22, "0", "center"))
    for number, upper in enumerate(picture.steps):
        left = start + number * step
        boxes.append(Patch(left + 0.3, top, left + step - 0.3, top + 10, SEQUENCE[number]))
        shift = _SHIFT if upper == picture.steps[-1] else 0
        words.append(frame.small(left + step - shift, top + 22, name_step(upper, language), "center"))
    return boxes, words


def name_step(upper: float, language: Language) -> str:
    """Name the share at which a step ends, as the key of the map does."""
    return language.percent(upper, 1 if upper < 0.01 else 0)
