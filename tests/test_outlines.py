"""Outlines of countries: placed as the engine that draws the figures places them, closed, of the world's width."""

import re
from itertools import pairwise

import altair as alt
import pytest
import vl_convert

from generator.figures.map import TURN
from generator.figures.outlines import HEIGHT, WIDTH, list_outlines, list_points, project
from generator.questions.shares.figures import read_numeric_codes

POINTS = [(0, 0), (-169, 66), (179, -18), (116.4, 39.9), (-74, 40.7), (151.2, -33.9), (-45, 83)]


def test_points_stand_where_the_engine_places_them() -> None:
    """Equal Earth, turned as the map of the figures is."""
    rows = [{"longitude": longitude, "latitude": latitude} for longitude, latitude in POINTS]
    x0, y0 = project(-TURN, 0)
    projection = {"type": "equalEarth", "scale": WIDTH / 5, "translate": [x0, y0], "rotate": [TURN, 0, 0]}
    chart = alt.Chart(alt.InlineData(rows)).mark_point().encode(longitude="longitude:Q", latitude="latitude:Q")
    drawn = chart.project(**projection).properties(width=WIDTH, height=HEIGHT, padding=0)
    svg = vl_convert.vegalite_to_svg(drawn.to_dict())
    found = re.findall(r'<path[^>]*transform="translate\(([-\d.e]+),([-\d.e]+)\)"', svg)
    assert len(POINTS) == len(found)
    for point, (x, y) in zip(POINTS, found, strict=True):
        assert pytest.approx((float(x), float(y)), abs=0.06) == project(*point), point


def test_outlines_fit_the_paper_and_none_runs_across_it() -> None:
    """A ring that was cut at the edge of the map would have a line from one side to the other."""
    outlines = list_outlines(read_numeric_codes())
    assert {"CN", "US", "TW", "UA", ""} <= {code for code, _ in outlines}
    for code, path in outlines:
        for ring in filter(None, path.split("M")):
            assert ring.endswith("Z")
            xs, ys = zip(*(map(float, place.split()) for place in ring[:-1].split("L")), strict=True)
            assert all(abs(one - other) < WIDTH / 10 for one, other in pairwise(xs)), code
            assert 0 <= min(xs) <= max(xs) <= WIDTH, code
            assert -2 <= min(ys) <= max(ys) <= HEIGHT, code


def test_small_territories_have_circles() -> None:
    """Singapore is a speck on a phone."""
    x, y = list_points(read_numeric_codes())["SG"]
    assert 700 < x < 800
    assert 240 < y < 280
