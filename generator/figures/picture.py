"""From a chart's specification to SVG: drawn, made small, and framed so that it can be quoted alone."""

import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any, Final, TypeGuard
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import vl_convert

from generator.base.records import pack_json
from generator.figures.png import shrink_png
from generator.figures.text import wrap
from generator.figures.theme import FONT, resolve

SVG: Final = "http://www.w3.org/2000/svg"
# Pictures are drawn by this version; another one may draw them differently.
RENDERER: Final = f"vl-convert {version('vl-convert-python')}, altair {version('altair')}"
# Margin, type sizes and line heights of a framed picture, in CSS pixels.
_MARGIN: Final = 20
_HEADLINE: Final = 18.0
_LINE: Final = 12.5
# Fonts that files outside a page can count on.
FILE_FONT: Final = "Helvetica Neue, Arial, Liberation Sans, Noto Sans, Noto Sans CJK SC, DejaVu Sans, sans-serif"

_NUMBER: Final = re.compile(r"-?\d*\.\d+(?:e-?\d+)?|-?\d+e-?\d+")
# What the page's style sheet or the picture's root says for every element.
_NOISE: Final = frozenset(
    {"class", "role", "aria-roledescription", "aria-label", "aria-hidden", "pointer-events", "stroke-miterlimit"}
)
_DEFAULTS: Final = {
    "opacity": "1",
    "stroke-width": "1",
    "text-anchor": "start",
    "font-family": FONT,
}
# The columns of a layer of words, and where one stands in a picture that was drawn without them.
_WORD: Final = frozenset({"x", "y", "text"})
_EMPTY: Final = re.compile("(<text [^>]*)/>")
_CLIP: Final = re.compile(r'(?<=["#])clip\d+')
# A dot around its own middle, and where it is moved to.
_DOT: Final = re.compile(r"M([\d.]+),0A\1,\1,0,1,1,-\1,0A\1,\1,0,1,1,\1,0")
_MOVED: Final = re.compile(r"translate\((-?[\d.]+),(-?[\d.]+)\)")
_GEOMETRY: Final = frozenset({"d", "transform", "x", "y", "x1", "x2", "y1", "y2", "width", "height", "r"})


def write_spec(spec: Mapping[str, Any]) -> str:
    """Write a specification as JSON: sorted keys, no space, one line."""
    return pack_json(spec)


def draw_svg(spec: Mapping[str, Any], prefix: str) -> str:
    """Draw a specification; ids in the picture begin with `prefix`, so that pictures can share a page.

    Words stand where the specification places them: the engine draws the elements that hold them, and they are put in
    after it. It measures every word, for nothing, and those of Chinese take it longer than all the rest.
    """
    datasets = spec.get("datasets", {})
    bare = {name: _blank(rows) if _are_words(rows) else rows for name, rows in datasets.items()}
    drawn = _number_clips(vl_convert.vegalite_to_svg(write_spec({**spec, "datasets": bare})))
    return shrink_svg(_put_in(drawn, list(_list_words(spec, datasets))), prefix)


def _number_clips(svg: str) -> str:
    """Number the clips of a picture from 1; the engine counts all those that a process has drawn."""
    names = {name: f"clip{number}" for number, name in enumerate(dict.fromkeys(_CLIP.findall(svg)), 1)}
    return _CLIP.sub(lambda found: names[found[0]], svg)


def _are_words(rows: Any) -> TypeGuard[list[dict[str, Any]]]:
    return bool(rows) and isinstance(rows, list) and rows[0].keys() == _WORD


def _blank(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "text": ""} for row in rows]


def _list_words(layer: Mapping[str, Any], datasets: Mapping[str, Any]) -> Iterator[str]:
    """List the words of a layer, and of those within it, in the order in which they are drawn."""
    rows = datasets.get(layer.get("data", {}).get("name"))
    if _are_words(rows):
        yield from (row["text"] for row in rows)
    for inner in layer.get("layer", ()):
        yield from _list_words(inner, datasets)


def _put_in(svg: str, words: Sequence[str]) -> str:
    """Put words into the elements without any, one after the other."""
    before, *rest = _EMPTY.split(svg)
    placed = zip(rest[::2], words, rest[1::2], strict=True)
    return before + "".join(f"{opened}>{escape(word)}</text>{after}" for opened, word, after in placed)


def shrink_svg(svg: str, prefix: str) -> str:
    """Leave out what does not show, and round coordinates to a tenth of a pixel."""
    ET.register_namespace("", SVG)
    root = ET.fromstring(svg)  # noqa: S314 - our own engine wrote it
    for element in root.iter():
        _shrink_attributes(element, prefix)
    _prune(root)
    _join_dots(root)
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    return ET.tostring(root, encoding="unicode")


def frame_svg(svg: str, width: int, title: str, subtitle: str, source: str) -> str:
    """Put headline, subtitle and source around a picture, in the light scheme's colours, on paper."""
    _, height = measure_svg(svg)
    room = width - 4
    lines = [(line, _HEADLINE, "ink", "bold") for line in wrap(title, _HEADLINE, room)]
    lines += [(line, _LINE, "muted", "normal") for line in wrap(subtitle, _LINE, room)]
    below = [(line, _LINE - 1, "muted", "normal") for line in wrap(source, _LINE - 1, room)]
    head, top = _write_lines(lines, _MARGIN)
    top += 12
    foot, bottom = _write_lines(below, top + height + 12)
    # A group, not a nested picture: the engine would clip that one, which costs more than all the rest.
    inner = svg[svg.index(">") + 1 : svg.rindex("</svg>")]
    picture = f'<g transform="translate({_MARGIN},{top:g})">{inner}</g>'
    total = width + 2 * _MARGIN, bottom + _MARGIN
    return resolve(
        f'<svg xmlns="{SVG}" width="{total[0]:g}" height="{total[1]:g}" viewBox="0 0 {total[0]:g} {total[1]:g}" '
        f'font-family="{FILE_FONT}"><rect width="100%" height="100%" fill="var(--oms-paper)"/>'
        f"{head}{picture}{foot}</svg>\n",
        "light",
    )


def measure_svg(svg: str) -> tuple[float, float]:
    """Return width and height of a picture, in CSS pixels."""
    match = re.search(r'viewBox="\S+ \S+ (\S+) ([^"\s]+)"', svg)
    return (float(match[1]), float(match[2])) if match else (0.0, 0.0)


def draw_png(svg: str) -> bytes:
    """Draw a framed picture as PNG at twice its size."""
    return shrink_png(bytes(vl_convert.svg_to_png(svg, scale=2)))


def _write_lines(lines: Sequence[tuple[str, float, str, str]], top: float) -> tuple[str, float]:
    """Write lines of text below each other; return them and where they end."""
    written = []
    for text, size, colour, weight in lines:
        top += size * 1.35
        written.append(
            f'<text x="{_MARGIN}" y="{top - size * 0.3:.1f}" font-size="{size:g}" font-weight="{weight}" '
            f'fill="var(--oms-{colour})">{escape(text)}</text>'
        )
    return "".join(written), round(top, 1)


def _shrink_attributes(element: ET.Element, prefix: str) -> None:
    for name, value in list(element.attrib.items()):
        if name in _NOISE or _DEFAULTS.get(name) == value:
            del element.attrib[name]
        elif name in _GEOMETRY:
            element.set(name, _NUMBER.sub(_round, value))
        elif name == "id":
            element.set(name, prefix + value)
        elif "url(#" in value:
            element.set(name, value.replace("url(#", f"url(#{prefix}"))
    if element.get("transform") == "translate(0,0)":
        del element.attrib["transform"]


def _prune(element: ET.Element) -> None:
    """Remove empty groups and invisible paths; unwrap groups that say nothing."""
    kept: list[ET.Element] = []
    for child in element:
        _prune(child)
        if _is_invisible(child):
            continue
        kept += list(child) if child.tag == f"{{{SVG}}}g" and not child.attrib else [child]
    element[:] = kept


def _join_dots(element: ET.Element) -> None:
    """Draw dots of one look that follow each other as one path: a page had hundreds of them."""
    kept: list[ET.Element] = []
    for child in element:
        _join_dots(child)
        path = _move_dot(child)
        if path and kept and kept[-1].attrib == {**child.attrib, "d": kept[-1].get("d", "")}:
            kept[-1].set("d", kept[-1].get("d", "") + path)
            continue
        kept.append(child)
    element[:] = kept


def _move_dot(element: ET.Element) -> str:
    """Write a dot without an edge where it stands, by its path alone; nothing for any other mark."""
    dot, moved = _DOT.fullmatch(element.get("d", "")), _MOVED.fullmatch(element.get("transform", ""))
    if not dot or not moved or "stroke" in element.attrib:
        return ""
    radius, x, y = float(dot[1]), float(moved[1]), float(moved[2])
    half = f"a{dot[1]},{dot[1]},0,1,1,"
    path = _NUMBER.sub(_round, f"M{x - radius:.1f},{y:.1f}{half}{2 * radius:.1f},0{half}{-2 * radius:.1f},0")
    del element.attrib["transform"]
    element.set("d", path)
    return path


def _is_invisible(element: ET.Element) -> bool:
    if element.tag == f"{{{SVG}}}g":
        return len(element) == 0
    if element.tag == f"{{{SVG}}}rect" and element.get("fill") == "transparent":
        return True
    if element.tag != f"{{{SVG}}}path":
        return False
    return not element.get("d") or not ({"fill", "stroke"} & element.attrib.keys())


def _round(match: re.Match[str]) -> str:
    text = f"{float(match[0]):.1f}".rstrip("0").rstrip(".")
    text = "0" if text in {"-0", ""} else text
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
