"""The kinds of picture, each on a few rows whose picture is known: marks stand where their scales say."""

import datetime as dt
import json
import re
from typing import Any
from xml.etree import ElementTree as ET

import altair as alt
import pytest

from generator.figures import parts
from generator.figures.bars import Bar, Bars, Group, draw_bars
from generator.figures.figure import Table
from generator.figures.frame import Days, Scale, Word, name_ends
from generator.figures.lines import Line, Lines, Panel, draw_lines
from generator.figures.marks import Standing
from generator.figures.picture import draw_svg, write_spec
from generator.figures.theme import NARROW, SCHEMES, WIDE, place_colour, publish_spec
from generator.text.language import Language

ENGLISH = Language("en")
SHARES = Table(
    (parts.date_column("date", "Date"), parts.text_column("code", "Code"), parts.share_column("share", "Share")),
    (
        ("2026-01-01", "CN", 0.4),
        ("2026-01-11", "CN", 0.2),
        ("2026-01-21", "CN", 0.8),
        ("2026-01-01", "US", 0.6),
        ("2026-01-21", "US", None),
    ),
)
CHINA = Line("CN", "China", place_colour("CN"))
US = Line("US", "United States", place_colour("US"))
BARS = Table(
    (
        parts.text_column("publisher", "Publisher"),
        parts.text_column("code", "Code"),
        parts.share_column("share", "Share"),
        parts.share_column("upper", "At most"),
        parts.points_column("margin", "Margin"),
    ),
    (
        ("Qwen", "CN", 0.5, 0.6, 0.25),
        ("google", "US", 0.25, 0.25, -0.5),
        ("BAAI", "CN", 0.125, 0.2, 0.1),
        ("mistralai", "FR", 0.0, 0.1, 0.0),
        ("someone", "UNREVIEWED", 0.125, 0.125, 0.05),
    ),
)
INKS = {code: place_colour(code) for code in ("CN", "US", "FR", "UNREVIEWED")}
ENDS = tuple(Bar(str(row[0]), ENGLISH.percent(float(row[2] or 0))) for row in BARS.rows)


def draw_examples() -> dict[str, tuple[Table, alt.LayerChart]]:
    """Draw an example of each kind."""
    standing = Standing(breaks=frozenset({dt.date(2026, 1, 21)}))
    lines = Lines((Panel((CHINA, US), "share"),), standing=standing)
    panels = (Panel((CHINA,), "share", "China", ("code", "CN")), Panel((US,), "share", "Others", ("code", "US")))
    bars = Bars((Group(ENDS),), "publisher", "share", inks=INKS, bounds=("share", "upper"), open=("UNREVIEWED",))
    signed = Bars((Group(ENDS, "All"),), "publisher", "margin", inks=INKS, heads=("less", "more"))
    return {
        "lines": (SHARES, draw_lines(SHARES, lines, WIDE, ENGLISH)),
        "panels": (SHARES, draw_lines(SHARES, Lines(panels), WIDE, ENGLISH)),
        "bars": (BARS, draw_bars(BARS, bars, WIDE, ENGLISH)),
        "signed": (BARS, draw_bars(BARS, signed, NARROW, ENGLISH)),
    }


EXAMPLES = draw_examples()


def draw(name: str) -> ET.Element:
    """Return the picture of an example."""
    return ET.fromstring(draw_svg(write_spec(EXAMPLES[name][1].to_dict()), "p-"))  # noqa: S314 - our own picture


def find_paths(picture: ET.Element, **attributes: str) -> list[list[float]]:
    """Return the coordinates of the paths that have these attributes."""
    return [
        [float(number) for number in re.findall(r"-?\d*\.?\d+", path.attrib["d"])]
        for path in picture.iter("{http://www.w3.org/2000/svg}path")
        if all(path.get(name.replace("_", "-")) == value for name, value in attributes.items())
    ]


def list_fields(spec: Any) -> set[str]:
    """Return the fields that a specification encodes."""
    if isinstance(spec, dict):
        own = {spec["field"]} if "field" in spec else set()
        return own.union(*map(list_fields, spec.values()))
    return set().union(*map(list_fields, spec)) if isinstance(spec, list) else set()


# --- What is published -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_published_specification_is_whole(name: str) -> None:
    """It is valid Vega-Lite, and no colour of a style sheet is left in it; the names of its colours stand beside."""
    spec = publish_spec(EXAMPLES[name][1].to_dict())
    assert alt.LayerChart.from_dict(spec)
    text = json.dumps({key: value for key, value in spec.items() if key != "usermeta"})
    assert "var(" not in text
    assert "oms-" not in text
    for colour, own in spec["usermeta"]["colours"].items():
        assert SCHEMES["light"][own] == colour
        assert colour in text


@pytest.mark.parametrize("name", EXAMPLES)
def test_data_marks_are_encoded_by_columns(name: str) -> None:
    """Fields are columns of the table, their points for a tooltip, or a frame's place, text and note in pixels."""
    table, chart = EXAMPLES[name]
    columns = {column.name for column in table.columns}
    points = {f"{column.name}_points" for column in table.columns if column.kind == "points"}
    frame = {"x", "y", "x2", "y2", "text", "tip"}
    assert list_fields(chart.to_dict()) - columns - points <= frame | {"stretch"}
    assert list_fields(chart.to_dict()) & columns


def test_what_is_equal_in_light_is_equal_in_dark() -> None:
    """A page finds the name of a colour by its value: two names of one value must be one colour everywhere."""
    light, dark = SCHEMES["light"], SCHEMES["dark"]
    for first in light:
        same = [name for name in light if light[name] == light[first]]
        assert {dark[name] for name in same} == {dark[first]}


# --- Lines -------------------------------------------------------------------------------------------


def test_lines_follow_their_scales() -> None:
    """The second of three dates stands in the middle; 0.4, 0.2 and 0.8 are half, a quarter and all of the height."""
    dots = [(shift[4], shift[5]) for shift in read_shifts(draw("lines"), place_colour("CN"))]
    (left, first), (middle, second), (right, third) = sorted(dots)
    assert middle == pytest.approx((left + right) / 2, abs=0.1)
    assert (first - third) == pytest.approx(2 * (second - first), abs=0.2)


def read_shifts(picture: ET.Element, colour: str) -> list[list[float]]:
    """Return where the dots of a colour stand, as the matrix of a translation."""
    found = []
    for path in picture.iter("{http://www.w3.org/2000/svg}path"):
        shift = re.fullmatch(r"translate\((-?[\d.]+),(-?[\d.]+)\)", path.get("transform", ""))
        if shift and path.get("fill") == colour:
            found.append([1, 0, 0, 1, float(shift[1]), float(shift[2])])
    return found


def test_a_line_begins_anew_at_a_break() -> None:
    """Three dates with a break before the last: one stroke of two points, and nothing across."""
    strokes = find_paths(draw("lines"), stroke=place_colour("CN"), stroke_width="2")
    assert [4] == [len(path) for path in strokes if len(path) > 2]


def test_a_missing_value_leaves_a_gap() -> None:
    """The second line has one value; the empty row has no dot."""
    assert len(read_shifts(draw("lines"), place_colour("US"))) == 1


def test_a_line_ends_in_its_name_and_newest_value() -> None:
    """The newest value that there is; in the line's own colour."""
    texts = ["".join(text.itertext()) for text in draw("lines").iter("{http://www.w3.org/2000/svg}text")]
    assert {"China 80.0%", "United States 60.0%"} <= set(texts)


def test_panels_of_one_column_share_their_scale() -> None:
    """Both panels reach up to the tick above 80 %, though the second has 60 % at most."""
    texts = ["".join(text.itertext()) for text in draw("panels").iter("{http://www.w3.org/2000/svg}text")]
    assert (texts.count("50%"), texts.count("100%")) == (2, 2)


def test_names_at_ends_are_moved_apart() -> None:
    """Three names at one place stand a line apart, with strokes for those that moved."""
    words, strokes = name_ends([Word(100, 50, name) for name in "abc"], 0, 200, 15)
    assert [word.y for word in words] == [35, 50, 65]
    assert [stroke.y2 for stroke in strokes] == [35, 65]


def test_scales_place_words_where_marks_stand() -> None:
    """A value and a date in the middle of their scales; a single date stands at the right."""
    assert Scale((0, 0.5, 1), 100, 0).place(0.25) == 75
    days = (dt.date(2026, 1, 1), dt.date(2026, 1, 11), dt.date(2026, 1, 21))
    assert Days(days, 10, 30).place(days[1]) == 20
    assert Days(days[:1], 10, 30).place(days[0]) == 30


# --- Bars --------------------------------------------------------------------------------------------


def measure_bars(name: str, colour: str) -> list[tuple[float, float]]:
    """Return the left and right ends of the bars of a colour."""
    paths = find_paths(draw(name), fill=colour)
    return [(path[0], path[0] + path[2]) for path in paths if len(path) == 5]  # M x,y h w v h h -w Z


def test_bars_are_as_long_as_their_values() -> None:
    """0.5, 0.25 and 0.125 from the same zero; what has none has no length."""
    (start, first), (_, third) = measure_bars("bars", place_colour("CN"))
    ((other, second),) = measure_bars("bars", place_colour("US"))
    assert start == other
    assert (first - start) == pytest.approx(2 * (second - start), abs=0.2)
    assert (first - start) == pytest.approx(4 * (third - start), abs=0.2)


def test_bars_on_both_sides_of_zero() -> None:
    """−0.5 runs left from where 0.25 begins, twice as far."""
    (zero, more), _ = measure_bars("signed", place_colour("CN"))
    ((less, end),) = measure_bars("signed", place_colour("US"))
    assert max(less, end) == pytest.approx(zero, abs=0.1)
    assert abs(less - end) == pytest.approx(2 * (more - zero), abs=0.2)
