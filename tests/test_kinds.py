"""The kinds of picture, each on a few rows whose picture is known: marks stand where their scales say."""

import datetime as dt
import json
import re
from typing import Any
from xml.etree import ElementTree as ET

import altair as alt
import pytest

from generator.figures.bars import Bar, Bars, Group, draw_bars
from generator.figures.columns import Columns, Strip, draw_columns
from generator.figures.dates import list_charts, list_places
from generator.figures.figure import Column, Table
from generator.figures.frame import Days, Scale, Word, build_picture, build_words, name_ends
from generator.figures.lines import LINE, Line, Lines, Note, Panel, Run, draw_lines
from generator.figures.map import WorldMap, draw_map
from generator.figures.marks import Standing
from generator.figures.matrix import Cell, Head, Matrix, draw_matrix
from generator.figures.matrix import Group as MatrixGroup
from generator.figures.picture import draw_svg
from generator.figures.ranges import Group as RangeGroup
from generator.figures.ranges import Marks, Ranges, Row, draw_ranges
from generator.figures.stacks import SQUARE, Part, Stack, Stacks, draw_stacks
from generator.figures.text import measure
from generator.figures.theme import NARROW, SCHEMES, SMALL_TEXT, WIDE, colour, place_colour, publish_spec
from generator.questions.shares.figures import read_numeric_codes
from generator.text.language import Language

ENGLISH = Language("en")
SHARES = Table(
    (Column("date", "Date", "date"), Column("code", "Code", "text"), Column("share", "Share", "share")),
    (
        ("2026-01-01", "CN", 0.4),
        ("2026-01-11", "CN", 0.2),
        ("2026-01-21", "CN", 0.8),
        ("2026-01-01", "US", 0.6),
        ("2026-01-21", "US", None),
    ),
)
TEXT_ELEMENT = "{http://www.w3.org/2000/svg}text"
# A dot: where it begins, at the left, and its radius.
DOT = r"M(-?[\d.]+),(-?[\d.]+)a([\d.]+)"
CHINA = Line("CN", "China", place_colour("CN"))
US = Line("US", "United States", place_colour("US"))
BARS = Table(
    (
        Column("publisher", "Publisher", "text"),
        Column("code", "Code", "text"),
        Column("share", "Share", "share"),
        Column("upper", "At most", "share"),
        Column("margin", "Margin", "points"),
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
STACKS = Table(
    (Column("place", "Place", "text"), Column("band", "Size", "text"), Column("share", "Share", "share")),
    (
        ("China", "large", 0.25),
        ("China", "small", 0.75),
        ("France", "small", 0.0),
        ("France", "unknown", 0.5),
        ("France", "large", 0.5),
    ),
)
DAYS = Table(
    (
        Column("publisher", "Publisher", "text"),
        Column("code", "Code", "text"),
        Column("lower", "Lower", "text"),
        Column("median", "Median", "text"),
        Column("upper", "Upper", "text"),
        Column("margin", "Margin", "points"),
    ),
    (
        ("Qwen", "CN", 1, 10, 100, 0.5),
        ("google", "US", 10, 100, 100, -0.25),
        ("BAAI", "CN", 1, 1, 10, 0.25),
        ("nvidia", "US", 1, 10, 10, -0.5),
        ("nobody", "FR", 1, 1, 1, 0.0),
    ),
)
MONTHS = Table(
    (
        Column("month", "Month", "date"),
        Column("code", "Code", "text"),
        Column("releases", "Releases", "count"),
    ),
    (
        ("2025-12-01", "CN", 4),
        ("2026-01-01", "CN", 2),
        ("2026-02-01", "CN", 0),
        ("2025-12-01", "US", 1),
        ("2026-01-01", "US", 4),
    ),
)
WORLD = Table(
    (Column("code", "Code", "text"), Column("place", "Place", "text"), Column("share", "Share", "share")),
    (
        ("CN", "China", 0.5),
        ("US", "United States", 0.001),
        ("SG", "Singapore", 0.0011),
        ("FR", "France", 0.0009),
        ("DE", "Germany", 0.0),
    ),
)
CELLS = Table(
    (
        Column("builder", "Builder", "text"),
        Column("origin", "Origin", "text"),
        Column("share", "Share", "share"),
        Column("leader", "Leader", "text"),
        Column("state", "State", "text"),
    ),
    (
        ("China", "China", 0.75, "CN", "clear"),
        ("China", "France", 0.25, "US", "level"),
        ("France", "China", 0.0, None, "none"),
        ("France", "France", 1.0, "CN", "clear"),
    ),
)
TITLES = (("less", "ink"), ("more", "ink"))
STEPS = ((0.1, "seq-1"), (0.5, "seq-5"))
HEADS = tuple(Head(name, name) for name in ("China", "France"))
SIZES = Stacks(
    (Stack("China", "1M"), Stack("France", "2M")),
    (Part("small", "seq-1"), Part("large", "seq-4"), Part("unknown", "unreviewed")),
    bar="place",
    part="band",
)
ENDS = tuple(Bar(str(row[0]), ENGLISH.percent(float(row[2] or 0))) for row in BARS.rows)


def draw_examples() -> dict[str, tuple[Table, alt.LayerChart]]:
    """Draw an example of each kind."""
    standing = Standing(breaks=frozenset({dt.date(2026, 1, 21)}))
    lines = Lines((Panel((CHINA, US), "share"),), "date", "code", standing=standing)
    panels = (Panel((CHINA,), "share", "China", ("code", "CN")), Panel((US,), "share", "Others", ("code", "US")))
    bars = Bars(
        (Group(ENDS),), "publisher", "share", "code", inks=INKS, bounds=("share", "upper"), open=("UNREVIEWED",)
    )
    cell = Cell("China", "China", ("75%",))
    shares = Matrix((MatrixGroup(HEADS, (cell,)),), HEADS, "builder", "origin", "share", STEPS)
    groups = tuple(MatrixGroup((head,), title=head.name, where=("builder", head.key)) for head in HEADS)
    leaders = Matrix(groups, HEADS, "builder", "origin", "leader", inks=INKS, pale=("state", "level"))
    rows = tuple(Row(str(row[0]), str(row[0]), f"{row[3]} d") for row in DAYS.rows)
    span = Ranges((RangeGroup(rows),), "publisher", (Marks("median"),), ("lower", "upper"), "code", INKS, span=100)
    signs = {"above": "accent", "below": "muted"}
    sides = Ranges(
        (RangeGroup(rows),),
        "publisher",
        (Marks("margin", hollow=True),),
        inks=signs,
        unit="points",
        heads=TITLES,
    )
    strips = tuple(Strip(code, code, place_colour(code)) for code in ("CN", "US"))
    codes = read_numeric_codes()
    world = WorldMap("code", "share", (0.001, 0.25, 1.0), codes, "none")
    signed = Bars((Group(ENDS, "All"),), "publisher", "margin", "code", inks=INKS, heads=("less", "more"))
    return {
        "lines": (SHARES, draw_lines(SHARES, lines, WIDE, ENGLISH)),
        "panels": (SHARES, draw_lines(SHARES, Lines(panels, "date", "code"), WIDE, ENGLISH)),
        "ranges": (DAYS, draw_ranges(DAYS, span, WIDE, ENGLISH)),
        "sides": (DAYS, draw_ranges(DAYS, sides, NARROW, ENGLISH)),
        "columns": (MONTHS, draw_columns(MONTHS, Columns(strips, "month", "code", "releases"), WIDE, ENGLISH)),
        "map": (WORLD, draw_map(WORLD, world, WIDE, ENGLISH)),
        "matrix": (CELLS, draw_matrix(CELLS, shares, NARROW, ENGLISH)),
        "leaders": (CELLS, draw_matrix(CELLS, leaders, WIDE, ENGLISH)),
        "stacks": (STACKS, draw_stacks(STACKS, SIZES, NARROW, ENGLISH)),
        "bars": (BARS, draw_bars(BARS, bars, WIDE, ENGLISH)),
        "signed": (BARS, draw_bars(BARS, signed, NARROW, ENGLISH)),
    }


EXAMPLES = draw_examples()


def draw(name: str) -> ET.Element:
    """Return the picture of an example."""
    return ET.fromstring(draw_svg(EXAMPLES[name][1].to_dict(), "p-"))  # noqa: S314 - our own picture


def read_texts(chart: alt.LayerChart) -> list[str]:
    """Read the words of a picture; those of one look stand together."""
    picture = ET.fromstring(draw_svg(chart.to_dict(), "p-"))  # noqa: S314 - our own picture
    return ["".join(text.itertext()) for text in picture.iter(TEXT_ELEMENT)]


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


@pytest.mark.slow
@pytest.mark.parametrize("name", EXAMPLES)
def test_a_published_specification_is_whole(name: str) -> None:
    """It is valid Vega-Lite, and no colour of a style sheet is left in it; the names of its colours stand beside."""
    spec = publish_spec(EXAMPLES[name][1].to_dict())
    assert alt.LayerChart.from_dict(spec)
    text = json.dumps({key: value for key, value in spec.items() if key != "usermeta"})
    assert "var(" not in text
    assert "oms-" not in text
    for value, own in spec["usermeta"]["colours"].items():
        assert SCHEMES["light"][own] == value
        assert value in text


@pytest.mark.parametrize("name", EXAMPLES)
def test_data_marks_are_encoded_by_columns(name: str) -> None:
    """Fields are columns of the table, their points for a tooltip, a frame's place, text and note in pixels.

    Others are made on the way: the stretch of a line between two breaks, where a part of a stack starts and ends, and
    which shape a country has, or where a small one lies.
    """
    table, chart = EXAMPLES[name]
    columns = {column.name for column in table.columns}
    points = {f"{column.name}_points" for column in table.columns if column.kind == "points"}
    frame = {"x", "y", "x2", "y2", "text", "tip"}
    made = {"stretch", "start", "end", "longitude", "latitude", "id"}
    assert list_fields(chart.to_dict()) - columns - points - frame <= made
    assert list_fields(chart.to_dict()) & columns


def test_a_picture_does_not_depend_on_what_was_drawn_before_it() -> None:
    """The engine counts the clips of all pictures of a process; each picture counts its own from 1."""
    first, second = (draw_svg(EXAMPLES["map"][1].to_dict(), "p-") for _ in range(2))
    assert first == second
    assert "p-clip1" in first


def test_words_stand_in_a_picture_as_they_are_written() -> None:
    """Also those that look like the signs that stand for words while it is drawn, or like elements."""
    names = [
        Word(10, 20 * number, text, size=11 + number % 2)
        for number, text in enumerate(("@1@", "<b>&", "", "通义千问"), 1)
    ]
    spec = build_picture(SHARES, [], build_words(names), WIDE, 100, ENGLISH).to_dict()
    picture = ET.fromstring(draw_svg(spec, "p-"))  # noqa: S314 - our own picture
    assert {"@1@", "<b>&", "通义千问"} == {each.text for each in picture.iter(TEXT_ELEMENT) if each.text}


def test_what_is_equal_in_light_is_equal_in_dark() -> None:
    """A page finds the name of a colour by its value: two names of one value must be one colour everywhere."""
    light, dark = SCHEMES["light"], SCHEMES["dark"]
    for first in light:
        same = [name for name in light if light[name] == light[first]]
        assert {dark[name] for name in same} == {dark[first]}


# --- Lines -------------------------------------------------------------------------------------------


def test_lines_follow_their_scales() -> None:
    """The second of three dates stands in the middle; 0.4, 0.2 and 0.8 are half, a quarter and all of the height."""
    dots = read_dots(draw("lines"), place_colour("CN"))
    (left, first), (middle, second), (right, third) = sorted(dots)
    assert middle == pytest.approx((left + right) / 2, abs=0.1)
    assert (first - third) == pytest.approx(2 * (second - first), abs=0.2)


def read_dots(picture: ET.Element, colour: str) -> list[tuple[float, float]]:
    """Return the middles of the dots of a colour; dots of one look are one path."""
    paths = (path.get("d", "") for path in picture.iter("{http://www.w3.org/2000/svg}path"))
    fills = (path.get("fill") for path in picture.iter("{http://www.w3.org/2000/svg}path"))
    dots = (re.findall(DOT, path) for path, fill in zip(paths, fills, strict=True) if fill == colour)
    return [(float(x) + float(radius), float(y)) for found in dots for x, y, radius in found]


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_dates_are_published_where_their_marks_stand(width: int) -> None:
    """Each dot is found again from the pixels of the first and last day and of the axis, and from the parts of it."""
    lines = Lines((Panel((CHINA, US), "share"),), "date", "code")
    spec = draw_lines(SHARES, lines, width, ENGLISH).to_dict()
    picture = ET.fromstring(draw_svg(spec, "p-"))  # noqa: S314 - our own picture
    ((left, right, start, end),), (chart,) = list_places(spec), list_charts(spec)
    days = [dt.date.fromisoformat(day) for day in chart["days"]]
    across = [left + (right - left) * (day - days[0]).days / (days[-1] - days[0]).days for day in days]
    for line in chart["lines"]:
        expected = [
            (x, start + part * (end - start)) for x, part in zip(across, line["at"], strict=True) if part is not None
        ]
        assert [pytest.approx(dot, abs=0.3) for dot in expected] == read_dots(picture, line["ink"])


def test_dates_say_what_the_picture_says_and_where_nothing_is_known() -> None:
    """Written once: as at the ends of lines; a date without a value has none; the axis ends at 80 %."""
    (chart,) = list_charts(EXAMPLES["lines"][1].to_dict())
    assert ["1 Jan 2026", "11 Jan 2026", "21 Jan 2026"] == chart["said"]
    assert ["40.0%", "20.0%", "80.0%"] == chart["lines"][0]["said"]
    assert (["60.0%", None, None], [0.75, None, None]) == (chart["lines"][1]["said"], chart["lines"][1]["at"])


def test_dates_hold_the_notes_of_rings_and_of_the_boxes_below() -> None:
    """Each on its days."""
    (note, run) = (
        Note(dt.date(2026, 1, 11), 0.2, "accent", "A surge"),
        Run(dt.date(2026, 1, 11), dt.date(2026, 1, 21), "accent", "paper", "level", "Level since"),
    )
    panel = Panel((CHINA,), "share", notes=(note,), runs=(run,))
    (chart,) = list_charts(draw_lines(SHARES, Lines((panel,), "date", "code"), WIDE, ENGLISH).to_dict())
    assert [[], ["A surge", "Level since"], ["Level since"]] == chart["notes"]


def test_every_panel_and_every_strip_is_read_by_itself() -> None:
    """Panels of their own dates, also of those without a value; of a strip its months, in their middle."""
    first, second = list_charts(EXAMPLES["panels"][1].to_dict())
    assert ("China", 3, "Others", 2) == (first["title"], len(first["days"]), second["title"], len(second["days"]))
    spec = EXAMPLES["columns"][1].to_dict()
    china, us = list_charts(spec)
    assert (["December 2025", "January 2026", "February 2026"], ["4", "2", "0"]) == (
        china["said"], china["lines"][0]["said"],
    )  # fmt: skip
    assert ["1", "4"] == us["lines"][0]["said"]
    (left, right, *_), (_, middle, *_) = list_places(spec)
    assert left < middle < right < WIDE
    assert middle == pytest.approx(left + (right - left) * 31 / 60.5, abs=0.1)


def test_a_line_begins_anew_at_a_break() -> None:
    """Three dates with a break before the last: one stroke of two points, and nothing across."""
    strokes = find_paths(draw("lines"), stroke=place_colour("CN"), stroke_width="2")
    assert [4] == [len(path) for path in strokes if len(path) > 2]


def test_a_missing_value_leaves_a_gap() -> None:
    """The second line has one value; the empty row has no dot."""
    assert len(read_dots(draw("lines"), place_colour("US"))) == 1


def test_a_line_ends_in_its_name_and_newest_value() -> None:
    """The newest value that there is; in the line's own colour."""
    texts = ["".join(text.itertext()) for text in draw("lines").iter("{http://www.w3.org/2000/svg}text")]
    assert {"China 80.0%", "United States 60.0%"} <= set(texts)


def test_panels_of_one_column_share_their_scale() -> None:
    """Both panels reach up to the tick above 80 %, though the second has 60 % at most."""
    texts = ["".join(text.itertext()) for text in draw("panels").iter("{http://www.w3.org/2000/svg}text")]
    assert (texts.count("50%"), texts.count("100%")) == (2, 2)


def test_a_panel_whose_title_is_too_broad_has_two_lines_and_so_much_more_height() -> None:
    """Of panels on a phone; nothing of it is cut, and all panels stay alike."""
    title = "Embeddings und Textanalyse, 19,4\u00a0% aller Downloads"
    short, long = (
        draw_lines(
            SHARES,
            Lines((Panel((CHINA,), "share", name), Panel((US,), "share", "Others")), "date", "code"),
            NARROW,
            ENGLISH,
        )
        for name in ("China", title)
    )
    known = read_texts(short)
    added = [text for text in read_texts(long) if text not in known]
    assert ["Embeddings und Textanalyse, 19,4\u00a0% aller", "Downloads"] == added
    assert long.height - short.height == 2 * LINE


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
    bars = [path for path in paths if len(path) == 5 and path[2] != SQUARE]  # M x,y h w v h h -w Z, no square of a key
    return [(path[0], path[0] + path[2]) for path in bars]


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


# --- Stacks ------------------------------------------------------------------------------------------


def test_parts_follow_each_other_in_the_order_of_their_kinds() -> None:
    """Small ends where large begins, whatever the order of the rows; the last part ends at the edge."""
    ((start, end),) = measure_bars("stacks", colour("seq-1"))
    china, france = measure_bars("stacks", colour("seq-4"))
    assert (start, end) == (1, pytest.approx(1 + (NARROW - 2) * 0.75, abs=0.1))
    assert china == (pytest.approx(end, abs=0.1), pytest.approx(NARROW - 1, abs=0.1))
    assert france == (1, pytest.approx(NARROW / 2, abs=0.1))


def test_what_nobody_knows_has_a_dashed_edge() -> None:
    """It stands last, and only it is dashed."""
    edges = find_paths(draw("stacks"), stroke_dasharray="3,2")
    assert [pytest.approx(NARROW / 2, abs=0.1)] == [path[0] for path in edges]


def test_a_share_is_written_where_it_has_room() -> None:
    """As a whole percentage within its part; the note stands at the bar's right."""
    texts = ["".join(text.itertext()) for text in draw("stacks").iter("{http://www.w3.org/2000/svg}text")]
    assert {"75%", "25%", "50%", "China", "1M", "small"} <= set(texts)


# --- Matrix ------------------------------------------------------------------------------------------


def test_cells_stand_in_their_row_and_column_in_the_colour_of_their_value() -> None:
    """From 0.5 on the strong colour, from 0.1 on the pale one; the second column begins where the first ends."""
    (first, _), (_, last) = measure_bars("matrix", colour("seq-5"))
    ((second, end),) = measure_bars("matrix", colour("seq-1"))
    ((empty, _),) = measure_bars("matrix", colour("nothing"))
    assert (first, end) == (empty, last)
    assert second - first == pytest.approx((end - first + 2) / 2, abs=0.2)


def test_who_leads_gives_a_cell_its_colour() -> None:
    """A level lead is pale with a dashed edge; a cell without a leader has nobody's colour."""
    picture = draw("leaders")
    assert len(find_paths(picture, fill=place_colour("CN"))) == 2
    assert len(find_paths(picture, stroke=place_colour("US"), stroke_dasharray="3,2", fill_opacity="0.16")) == 1
    assert len(find_paths(picture, fill=colour("nothing"))) == 1


def test_names_too_broad_for_a_matrix_have_two_lines() -> None:
    """A row's name is whole, a cell's stays between its neighbours; a column has its short name for one long word."""
    row = Head("China", "theo nhà phát triển gốc")
    columns = tuple(Head(name, "Sprachmodelle", "Sprache") for name in ("China", "France", "US", "DE"))
    cells = (Cell("China", "China", ("Trung Quốc", "+38,9")), Cell("China", "France", ("Mỹ", "+4,0")))
    picture = Matrix((MatrixGroup((row,), cells),), columns, "builder", "origin", "share", STEPS, height=42)
    texts = read_texts(draw_matrix(CELLS, picture, NARROW, ENGLISH))
    expected = [*["Sprache"] * 4, "theo nhà phát triển", "gốc", "Trung", "Quốc", "+38,9", "Mỹ", "+4,0"]
    assert sorted(expected) == sorted(texts)


# --- Ranges ------------------------------------------------------------------------------------------


def test_a_logarithmic_scale_gives_each_tenfold_the_same_room() -> None:
    """1, 10 and 100 days: the middle stands halfway; the line of the first row runs over all of the scale."""
    picture = draw("ranges")
    low, middle = sorted(x for x, _ in read_dots(picture, place_colour("CN")))
    middle_of_us, high = sorted(x for x, _ in read_dots(picture, place_colour("US")))
    assert middle == middle_of_us == pytest.approx((low + high) / 2, abs=0.1)
    lines = picture.iter("{http://www.w3.org/2000/svg}line")
    links = [float(line.get("x2", 0)) for line in lines if line.get("stroke") == place_colour("CN")]
    assert max(links) == pytest.approx(high - low, abs=0.1)


def test_rings_have_the_colour_of_their_side() -> None:
    """Two margins above zero, two below; nought is not above."""
    picture = draw("sides")
    assert len(find_paths(picture, stroke=colour("accent"), fill=colour("paper"))) == 2
    assert len(find_paths(picture, stroke=colour("muted"), fill=colour("paper"))) == 3


# --- Columns -----------------------------------------------------------------------------------------


def test_columns_are_as_high_as_their_numbers_in_every_strip() -> None:
    """4 in the second strip is as high as 4 in the first, and twice as high as 2."""
    paths = {code: find_paths(draw("columns"), fill=place_colour(code)) for code in ("CN", "US")}
    heights = {code: sorted(abs(path[3]) for path in found if len(path) == 5) for code, found in paths.items()}
    assert heights["CN"][-1] == heights["US"][-1]
    assert heights["CN"][-1] == pytest.approx(2 * heights["CN"][-2], abs=0.1)


# --- Map ---------------------------------------------------------------------------------------------


def test_countries_have_the_colour_of_their_step() -> None:
    """A share belongs to the first step that it does not exceed; one without is nobody's; Singapore is a circle."""
    picture = draw("map")
    number = {name: len(find_paths(picture, fill=colour(name))) for name in ("seq-0", "seq-1", "seq-2")}
    assert number == {"seq-0": 2 + 1, "seq-1": 1 + 1, "seq-2": 1 + 1}  # countries, and the square of the key
    assert len(find_paths(picture, fill=colour("seq-1"), stroke=colour("ink"))) == 1
    assert len(find_paths(picture, fill=colour("nothing"))) > 100


def test_the_key_of_a_map_fits_a_phone_whatever_nothing_is_called() -> None:
    """Its steps are narrower beside a longer word, and the last one ends within the picture."""
    steps = (0.001, 0.005, 0.02, 0.1, 0.25, 1.0)
    world = WorldMap("code", "share", steps, read_numeric_codes(), "không có lượt tải")
    picture = ET.fromstring(draw_svg(draw_map(WORLD, world, NARROW, ENGLISH).to_dict(), "p-"))  # noqa: S314 - ours
    places = [
        float(text.attrib["transform"].partition("(")[2].partition(",")[0]) for text in picture.iter(TEXT_ELEMENT)
    ]
    assert len(steps) + 2 == len(places)
    assert max(places) <= NARROW - measure("100%", SMALL_TEXT) / 2


def test_a_matrix_draws_the_cells_of_its_rows_alone() -> None:
    """One without a row has no place on the scale, and would stand at the upper edge."""
    head = Head("China", "China")
    one = Matrix((MatrixGroup((head,)),), (head, Head("France", "France")), "builder", "origin", "share", STEPS)
    drawn = draw_matrix(CELLS, one, NARROW, ENGLISH).data.values
    assert [("China", "China"), ("China", "France")] == [(row["builder"], row["origin"]) for row in drawn]
