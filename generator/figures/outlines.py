"""The map's countries as outlines on paper, for a page that paints them itself: paths by code, and circles."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from generator.figures.map import HALF_WIDTH, NORTH, TURN, read_geometry

Point = tuple[float, float]

# Width of the paper; a tenth of its unit is less than a pixel on any screen that shows it whole.
WIDTH: Final = 1000
HEIGHT: Final = 466
# Equal Earth (Šavrič, Patterson and Jenny, 2018): its polynomial.
_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796


def project(longitude: float, latitude: float) -> Point:
    """Place a point of the world, in degrees, on the paper; as the map of the figures is turned."""
    turned = math.radians((longitude + TURN + 180) % 360 - 180)
    angle = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    square = angle * angle
    slope = _A1 + 3 * _A2 * square + square**3 * (7 * _A3 + 9 * _A4 * square)
    x = 2 * math.sqrt(3) / 3 * turned * math.cos(angle) / slope
    y = angle * (_A1 + _A2 * square + square**3 * (_A3 + _A4 * square))
    scale = WIDTH / 2 / HALF_WIDTH
    return round((x + HALF_WIDTH) * scale, 1), round((NORTH - y) * scale, 1)


def list_outlines(numbers: Mapping[str, str]) -> list[tuple[str, str]]:
    """List each country's two-letter code and its outline as a path of SVG; an empty code for areas of none.

    Args:
        numbers: the three-digit code that the geometry uses, by country code.
    """
    codes = {number: code for code, number in numbers.items()}
    arcs = [list(_decode(arc)) for arc in read_geometry()["arcs"]]
    shapes = read_geometry()["objects"]["countries"]["geometries"]
    return [(codes.get(shape.get("id", ""), ""), _draw(shape.get("arcs", ()), arcs)) for shape in shapes]


def list_points(numbers: Mapping[str, str]) -> dict[str, Point]:
    """List where the circles of territories too small to see stand, by two-letter code."""
    points = read_geometry()["points"]
    return {code: project(*points[number]) for code, number in sorted(numbers.items()) if number in points}


def _decode(arc: Iterable[Sequence[int]]) -> Iterator[Point]:
    """Decode an arc of the topology: whole steps from point to point."""
    (wide, high), (left, low) = (read_geometry()["transform"][key] for key in ("scale", "translate"))
    x = y = 0
    for step_x, step_y in arc:
        x, y = x + step_x, y + step_y
        yield project(left + x * wide, low + y * high)


def _draw(polygons: Sequence[Any], arcs: Sequence[Sequence[Point]]) -> str:
    """Draw the rings of a shape; an arc with a number below zero is walked backwards."""
    rings = [
        [point for number in ring for point in (arcs[number] if number >= 0 else arcs[~number][::-1])]
        for polygon in polygons
        for ring in polygon
    ]
    return "".join("M" + "L".join(f"{x:g} {y:g}" for (x, y), _ in groupby(ring)) + "Z" for ring in rings)
