"""Charts: what they say agrees with their data, what they show is complete, and nobody's eyes are left out."""

import csv
import dataclasses
import datetime as dt
import hashlib
import itertools
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from generator.base.encode import label
from generator.figures.dates import list_charts
from generator.figures.figure import Figure
from generator.figures.map import GEOMETRY, read_geometry
from generator.figures.parts import choose_ticks
from generator.figures.picture import write_spec
from generator.figures.text import cut, measure, spread, wrap
from generator.figures.theme import NARROW, SCHEMES, WIDE, place_colour, publish_spec, resolve
from generator.questions.gallery import build_figures
from generator.questions.leads.figures import build_lead_matrix, pick_cells
from generator.questions.publishers.figures import build_publisher
from generator.questions.shares.figures import (
    STEPS,
    build_share_now,
    build_share_over_time,
    build_world_map,
    read_numeric_codes,
)
from generator.questions.shares.tables import pick_rows
from generator.questions.tasks.figures import ORDER, build_task_shares, sum_parts
from generator.registry import Registry, load_registry
from generator.star.definitions import Definition
from tests import small
from tests.figure_reports import ALL, CLEAR, CLOSE, HEADLINE, LAST, make_report, make_table
from tests.spoken import ENGLISH, speak

ROOT = Path(__file__).parents[1]
GOLDEN = Path(__file__).parent / "golden"
# Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB.
SIGHTS = {
    "full": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
}
COUNTRIES = ("place-cn", "place-us", "place-fr", "place-de", "place-gb", "place-kr", "place-other")


def percentages(text: str) -> list[float]:
    """Read the percentages in a sentence."""
    return [float(number) for number in re.findall(r"(\d+\.\d)%", text)]


# --- What is said ------------------------------------------------------------------------------------


def test_share_now_states_both_shares() -> None:
    """Half and a quarter; a number claims no lead, and the bars show what is unreviewed."""
    assert speak(build_share_now(make_report())).headline == (
        "Models from organisations in China account for 50.0% of the downloads of new open models in the thirty days "
        "to 1 Jul 2026, models from organisations in the United States for 25.0%."
    )


def test_history_of_the_whole_hub_states_first_and_last_share() -> None:
    """42% to 50% is a rise, with both numbers and both dates."""
    headline = speak(build_share_over_time(make_report())).headline
    assert "rose" in headline
    assert percentages(headline) == [42.0, 50.0]


def test_what_stays_below_a_percent_has_no_line_and_keeps_its_numbers() -> None:
    """Its downloads are in the line of the others; the file has its own rows, and the figure says so."""
    before = {"CN": 420, "US": 400, "FR": 4, "DE": 60, "UNREVIEWED": 100}
    figure = speak(build_share_over_time(make_report(before | {"CN": 500}, before)))
    (chart,) = list_charts(figure.draw(WIDE, ENGLISH).to_dict())
    assert ["China", "United States", "Germany", "European Union", "Other countries", "No country"] == [
        line["name"] for line in chart["lines"]
    ]
    assert "0.4%" == chart["lines"][4]["said"][-1]
    assert ("FR", 4 / 1064) == (figure.rows[-1][1], pytest.approx(figure.rows[-1][3]))
    assert "below 1% on every date has no line of its own" in figure.how_to_read
    assert figure.how_to_read.count("France") == 1


def test_history_of_a_growing_list_states_no_rise() -> None:
    """Where the list itself changed, the headline states the newest shares, and the reader is told the numbers."""
    figure = speak(build_share_over_time(make_report(kind="selection", first_models=50)))
    assert "rose" not in figure.headline
    assert percentages(figure.headline) == [50.0, 25.0]
    assert "from 50 to 100" in figure.how_to_read


def test_publisher_states_both_ends_of_its_history() -> None:
    """420 downloads became 500."""
    report = make_report()
    headline = speak(build_publisher(report.profiles[0], report)).headline
    assert headline == (
        "Models from Qwen had 500 downloads in the thirty days to 1 Jul 2026, after 420 in those to 1 Jun 2026."
    )


@pytest.mark.parametrize("figure", speak(build_figures(make_report())), ids=lambda figure: figure.slug)
def test_every_figure_says_what_it_is(figure: Figure) -> None:
    """Slug, headline, subtitle, source, reading help, alternative text and complete rows are there."""
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", figure.slug)
    assert figure.headline.endswith(".")
    assert figure.alt.startswith(figure.headline)
    assert len(figure.alt) > len(figure.headline)
    assert all([figure.subtitle, figure.source, figure.how_to_read, figure.rows])
    assert {len(row) for row in figure.rows} == {len(figure.columns)}


@pytest.mark.slow
@pytest.mark.parametrize("figure", speak(build_figures(make_report())), ids=lambda figure: figure.slug)
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_every_figure_is_valid_vega_lite_of_its_width(figure: Figure, width: int) -> None:
    """The schema accepts it, it has the width asked for, no text is under 11 pixels, no expression holds words."""
    spec = figure.draw(width, ENGLISH).to_dict()
    assert spec["width"] == width
    assert min(font_sizes(spec), default=12) >= 11
    assert not {"expr", "calculate", "labelExpr"} & set(keys(spec))


def font_sizes(spec: Any) -> list[float]:
    """Return every type size in a specification."""
    if isinstance(spec, dict):
        own = [spec["fontSize"]] if isinstance(spec.get("fontSize"), int | float) else []
        return own + [size for value in spec.values() for size in font_sizes(value)]
    return [size for value in spec for size in font_sizes(value)] if isinstance(spec, list) else []


def keys(spec: Any) -> list[str]:
    """Return every key in a specification."""
    if isinstance(spec, dict):
        return [*spec, *(key for value in spec.values() for key in keys(value))]
    return [key for value in spec for key in keys(value)] if isinstance(spec, list) else []


# --- What is shown -----------------------------------------------------------------------------------


def test_bars_leave_nothing_out() -> None:
    """The bars add up to 1, and what has no country stands at the end."""
    rows = pick_rows(make_report().table(HEADLINE))
    assert sum(row.share for row in rows) == pytest.approx(1)
    assert [row.code for row in rows[-3:]] == ["INT", "UNAFFILIATED", "UNREVIEWED"]


def test_countries_after_the_tenth_are_summed() -> None:
    """Twelve countries make ten bars and one for the other two."""
    codes = ["CN", "US", "FR", "DE", "GB", "KR", "JP", "CA", "IN", "BR", "CH", "SE"]
    counts = dict(zip(codes, range(120, 0, -10), strict=True))
    report = make_report(now=counts)
    assert pick_rows(report.table(HEADLINE))[10].share == pytest.approx(30 / 780)
    assert "2 other countries" in json.dumps(speak(build_share_now(report)).draw(WIDE, ENGLISH).to_dict())


def test_task_bars_are_whole() -> None:
    """The parts of each bar add up to 1, in the order in which they stand."""
    for task in make_report().tasks:
        shares = sum_parts({row.code: row.share for row in task.rows})
        assert sum(shares.values()) == pytest.approx(1)
        assert list(shares) == [code for code in ORDER if code in shares]


def test_matrix_shows_what_is_missing_and_why() -> None:
    """Definitions without a number are cells, too."""
    report = make_report()
    cells = {cell.definition: cell for cell in speak(pick_cells(report))}
    assert set(cells) == set(report.leads) | set(report.missing)
    assert {cells[key].place for key in report.missing} == {"no data"}
    assert all(cells[key].reason for key in report.missing)
    text = write_spec(speak(build_lead_matrix(report)).draw(NARROW, ENGLISH).to_dict()).replace("\u00a0", " ")
    assert "No data: the dates recorded cover" in text
    assert "No data for 30 days · language models" in text


def test_matrix_names_a_margin_only_where_the_lead_is_clear() -> None:
    """Within the bounds the cell says `level`."""
    cells = {cell.definition: cell.note for cell in speak(pick_cells(make_report()))}
    assert cells[ALL] == "+25.0"
    close = {cell.definition: cell.note for cell in speak(pick_cells(make_report(now=CLOSE)))}
    assert close[ALL] == "level"


def test_a_year_is_drawn_as_years_once_two_months_have_them() -> None:
    """Before, the lines are thirty days; the sentence and the guide name the window that is drawn."""
    year, month = Definition("12m", "first_year", "publisher"), Definition("30d", "first_year", "publisher")
    days = [LAST - dt.timedelta(weeks=weeks) for weeks in range(7, -1, -1)]
    tables = {key: tuple(make_table(key, day, CLEAR) for day in days) for key in (year, month)}
    report = dataclasses.replace(make_report(), headline=year, histories=tables)
    young = dataclasses.replace(report, histories={year: tables[year][1:], month: tables[month]})
    found = [speak(build_share_over_time(one)) for one in (report, young)]
    assert ["12 months", "30 days"] == [figure.how_to_read.partition("(")[2].partition(")")[0] for figure in found]
    assert [True, False] == ["12 months" in figure.subtitle for figure in found]


def test_no_30_day_counts_no_picture_of_them() -> None:
    """A store of counters alone has no shares by task."""
    slugs = {figure.slug for figure in speak(build_figures(dataclasses.replace(make_report(), tasks=())))}
    assert "task-shares" not in slugs


GOLDEN_FIGURES = {
    "share-now": build_share_now,
    "task-shares": build_task_shares,
    "lead-matrix": build_lead_matrix,
}


@pytest.mark.parametrize("slug", GOLDEN_FIGURES)
def test_specifications_are_as_reviewed(slug: str) -> None:
    """The specification equals the reviewed one; after a wanted change, run once with OMS_UPDATE_GOLDEN=1."""
    figure = GOLDEN_FIGURES[slug](make_report())
    assert figure
    spec = publish_spec(figure.draw(NARROW, ENGLISH).to_dict())
    text = json.dumps(spec, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    path = GOLDEN / f"figure-{slug}.json"
    if "OMS_UPDATE_GOLDEN" in os.environ:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.slow
def test_strings_from_the_hub_are_cleaned() -> None:
    """Control characters would end the drawing engine's process; none reaches a specification."""
    handle = "evil\x00\x1b\u202e\ufffe\ud800<script>"
    figures = speak(build_figures(make_report(handle=handle)))
    texts = [write_spec(figure.draw(NARROW, ENGLISH).to_dict()) + figure.headline + figure.alt for figure in figures]
    assert not any(set("\x00\x1b\u202e\ufffe\ud800") & set(text) for text in texts)
    assert any(label(handle) in text for text in texts)


# --- Ticks and labels --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("largest", "expected"), [(0.69, (0, 0.2, 0.4, 0.6, 0.8)), (0.0191, (0, 0.005, 0.01, 0.015, 0.02))]
)
def test_ticks_are_round_and_reach_the_largest(largest: float, expected: tuple[float, ...]) -> None:
    """Ticks begin at 0 and end at or above the largest value."""
    assert choose_ticks([largest]) == expected


@pytest.mark.parametrize("wanted", [[5, 5, 5, 90], [100, 0, 50], [99, 98, 97], [0.0]])
def test_labels_are_moved_apart(wanted: list[float]) -> None:
    """Labels keep their distance, their order and the room they have."""
    places = spread(wanted, 15, 0, 100)
    assert all(b - a >= 14.8 for a, b in itertools.pairwise(sorted(places)))
    assert min(places) >= 0
    assert max(places) <= 100
    order = sorted(range(len(wanted)), key=lambda index: (wanted[index], index))
    assert sorted(range(len(wanted)), key=lambda index: places[index]) == order


def test_text_is_wrapped_and_cut_to_its_room() -> None:
    """Lines fit; a percentage keeps its sign; Chinese breaks without spaces."""
    lines = wrap("China made 50.0% of the downloads of new open models", 12, 90)
    assert all(measure(line, 12) <= 90 for line in lines)
    assert not any(line.startswith("%") for line in lines)
    assert len(wrap("中国的开放模型下载量", 10, 50)) == 2
    assert measure(cut("a-very-long-handle-of-somebody", 12, 80), 12) <= 80


@pytest.mark.parametrize("room", range(30, 150, 10))
def test_a_line_begins_with_no_stop_and_ends_with_nothing_open(room: int) -> None:
    """Of Chinese: no stop, closing bracket or dot begins a line, and no opening bracket ends one; nothing is lost."""
    text = "来源：Model Pulse（T. Stekel），“发布者”、《金融时报》；43.7%，30天 · 首年模型 · 按发布者。1\u00a0月之暗面"
    lines = wrap(text, 10, room)
    assert ["1\u00a0月"] == [found[0] for line in lines if (found := re.search("1\u00a0.?", line))]
    assert "".join(text.split()) == "".join("".join(lines).split())
    assert not [line for line in lines if line[0] in "：）、，；。”》%·\u00a0" or line[-1] in "（“《"]


# --- Colours -----------------------------------------------------------------------------------------


def linear(colour: str) -> tuple[float, ...]:
    """Return a hexadecimal colour as linear RGB, 0 to 1."""
    values = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    return tuple(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values)


def times(matrix: Any, vector: tuple[float, ...]) -> tuple[float, ...]:
    """Multiply a matrix by a vector."""
    return tuple(sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)


def lab(rgb: tuple[float, ...]) -> tuple[float, float, float]:
    """Return linear RGB in CIELAB, D65."""
    to_xyz = ((0.4125, 0.3576, 0.1804), (0.2127, 0.7152, 0.0722), (0.0193, 0.1192, 0.9503))
    xyz = times(to_xyz, tuple(min(1.0, max(0.0, value)) for value in rgb))
    f = [
        value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116
        for value in (part / white for part, white in zip(xyz, (0.9505, 1, 1.089), strict=True))
    ]
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


def distance(first: str, second: str, sight: str) -> float:
    """Return how far apart two colours are for a way of seeing (CIE 1976 ΔE)."""
    pair = [lab(times(SIGHTS[sight], linear(colour))) for colour in (first, second)]
    return sum((a - b) ** 2 for a, b in zip(*pair, strict=True)) ** 0.5


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of WCAG."""
    bright, dark = sorted(
        (times(((0.2126, 0.7152, 0.0722),), linear(colour))[0] for colour in (first, second)), reverse=True
    )
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("sight", SIGHTS)
def test_countries_look_different_to_everybody(scheme: str, sight: str) -> None:
    """Any two countries are at least 20 apart, China and the United States 60."""
    colours = SCHEMES[scheme]
    pairs = {pair: distance(colours[pair[0]], colours[pair[1]], sight) for pair in itertools.combinations(COUNTRIES, 2)}
    assert min(pairs.values()) >= 20
    assert pairs["place-cn", "place-us"] >= 60


@pytest.mark.parametrize("scheme", SCHEMES)
def test_colours_stand_out_from_the_page(scheme: str) -> None:
    """Countries 3:1; text, and what carries text in the paper's colour, 4.5:1."""
    colours = SCHEMES[scheme]
    for name in (*COUNTRIES, "eu", "accent"):
        assert contrast(colours[name], colours["paper"]) >= 3, name
    for name in ("ink", "muted", "accent", "place-cn", "place-us"):
        assert contrast(colours[name], colours["paper"]) >= 4.5, name


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_maps_colours_grow_stronger_step_by_step(scheme: str) -> None:
    """Each step stands out more from the page than the one before."""
    ramp = [contrast(SCHEMES[scheme][f"seq-{step}"], SCHEMES[scheme]["paper"]) for step in range(len(STEPS))]
    assert ramp == sorted(ramp)
    assert min(b / a for a, b in itertools.pairwise(ramp)) > 1.15


def test_style_sheet_has_the_same_colours() -> None:
    """`figures.css` and the theme agree, name by name."""
    css = (ROOT / "site_src" / "styles" / "figures.css").read_text(encoding="utf-8")
    for selector, scheme in ((":root", "light"), ('[data-md-color-scheme="slate"]', "dark")):
        block = css.split(selector + " {", 1)[1].split("}", 1)[0]
        assert dict(re.findall(r"--oms-([a-z0-9-]+): (#[0-9a-f]{6});", block)) == SCHEMES[scheme]


def test_coloured_countries_are_those_of_the_registry() -> None:
    """The registry's `colour` column and the theme name the same countries."""
    for code, country in load_registry().countries.items():
        expected = f"var(--oms-place-{country.colour or 'other'})"
        assert place_colour(code) == expected, code


@pytest.mark.slow
def test_resolving_leaves_no_variable() -> None:
    """Every colour that a chart names has a value in both schemes."""
    for figure in speak(build_figures(make_report())):
        text = write_spec(figure.draw(NARROW, ENGLISH).to_dict())
        assert {"var(" in resolve(text, scheme) for scheme in SCHEMES} == {False}


# --- The map -----------------------------------------------------------------------------------------


def test_geometry_is_the_documented_one() -> None:
    """The file's hash stands in the note beside it; it stays under 150 KB."""
    content = GEOMETRY.read_bytes()
    assert hashlib.sha256(content).hexdigest() in GEOMETRY.with_suffix(".md").read_text(encoding="utf-8")
    assert len(content) <= 150_000


def _read_rings() -> list[tuple[str, list[list[tuple[float, float]]]]]:
    """Read each polygon's rings in degrees, with the code of its shape; empty for an area of no country."""
    topology = read_geometry()
    (east, north), (west, south) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = [
        [
            (x * east + west, y * north + south)
            for x, y in zip(*map(itertools.accumulate, zip(*arc, strict=True)), strict=True)
        ]
        for arc in topology["arcs"]
    ]

    def follow(ring: list[int]) -> list[tuple[float, float]]:
        return [point for place in ring for point in (arcs[place] if place >= 0 else arcs[~place][::-1])]

    shapes = topology["objects"]["countries"]["geometries"]
    return [
        (shape.get("id", ""), [follow(ring) for ring in polygon])
        for shape in shapes
        for polygon in shape.get("arcs", ())
    ]


def _find_cells(longitude: float, latitude: float) -> list[str]:
    """Return the codes of the shapes that hold a point: those where a line to the north crosses borders oddly often."""

    def crosses(start: tuple[float, float], end: tuple[float, float]) -> bool:
        if (start[0] > longitude) == (end[0] > longitude):
            return False
        at = start[1] + (end[1] - start[1]) * (longitude - start[0]) / (end[0] - start[0])
        return at > latitude

    return [
        code
        for code, rings in _read_rings()
        if sum(crosses(*pair) for ring in rings for pair in itertools.pairwise(ring)) % 2
    ]


@pytest.mark.parametrize(
    ("place", "longitude", "latitude", "cells"),
    [
        ("Crimea", 34.1, 45.0, ["804"]),
        ("Kyiv", 30.5, 50.4, ["804"]),
        ("Moscow", 37.6, 55.7, ["643"]),
        ("Kashmir", 75.0, 34.2, [""]),
        ("Aksai Chin", 79.3, 35.2, [""]),
        ("Taiwan", 121.0, 24.0, ["158"]),
        ("Western Sahara", -13.0, 25.0, ["732"]),
        ("the Atlantic", -35.0, 30.0, []),
    ],
)
def test_borders_are_the_united_nations(place: str, longitude: float, latitude: float, cells: list[str]) -> None:
    """Each place lies in one country's shape, or in one that is no country's and stays grey."""
    assert cells == _find_cells(longitude, latitude), place


@pytest.mark.slow
def test_crimea_is_not_coloured_as_russia(registry: Registry) -> None:
    """Where Russia alone has downloads, the colours are those of its shape, and the peninsula is in another."""
    report = small.make_report([{"id": "ai-forever/m", "downloads_30d": 900}], registry)
    spec = json.dumps(build_world_map(report).draw(WIDE, ENGLISH).to_dict())
    assert ['["RU"]'] == re.findall(r'"oneOf": (\[[^]]*\])', spec)[-1:]
    codes = {number: code for code, number in read_numeric_codes().items()}
    assert ["UA"] == [codes[number] for number in _find_cells(34.1, 45.0)]


def test_every_country_has_a_shape_or_a_circle() -> None:
    """San Marino alone is missing from the source; Hong Kong and Singapore have circles."""
    shapes = {shape.get("id") for shape in read_geometry()["objects"]["countries"]["geometries"] if shape.get("arcs")}
    known = shapes | set(read_geometry()["points"])
    with (ROOT / "generator" / "registry" / "countries.csv").open(encoding="utf-8") as lines:
        missing = {row["code"] for row in csv.DictReader(lines) if row["numeric"] not in known}
    assert missing == {"SM"}
    assert {read_numeric_codes()[code] for code in ("HK", "SG")} <= set(read_geometry()["points"])
