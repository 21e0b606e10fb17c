"""Who leads under each definition, as a matrix: the leader and the margin in each cell."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import altair as alt

from generator.figures import margins, parts
from generator.figures.figure import Figure
from generator.figures.text import cut, measure, wrap
from generator.figures.theme import SMALL_TEXT, build_canvas, colour, place_colour
from generator.questions import sentences
from generator.questions.report import Report
from generator.star.definitions import ATTRIBUTIONS, UNIVERSES, WINDOWS, Definition
from generator.text.language import Language
from generator.text.words import name_missing_reason

SLUG: Final = "lead-matrix"
GAP: Final = 3
CELL_HEIGHT: Final = 42
HEAD_LINE: Final = 15


@dataclass(frozen=True)
class Cell:
    """One definition.

    Attributes:
        definition: the definition.
        leader: code of the country with most downloads; None where there is no number.
        place: the leader's short name, or that there are no data.
        note: the margin, or that the order is open.
        is_clear: whether the lead is beyond the bounds.
        reason: why there is no number; empty where there is one.
        details: the whole sentence for a tooltip.
    """

    definition: Definition
    leader: str | None
    place: str
    note: str
    is_clear: bool
    reason: str
    details: str


def build_lead_matrix(report: Report, language: Language) -> Figure:
    """Build the matrix of all definitions, those without numbers too."""
    cells = pick_cells(report, language)
    finding = sentences.state_matrix(report, language)
    return Figure(
        slug=SLUG,
        headline=finding,
        subtitle=(
            language.gettext(
                "Country with most downloads and its lead in percentage points · newest date (%(date)s)",
                date=language.date(report.data.as_of),
            )
            if report.data.scope.may_rank
            else language.gettext(
                "Country with most downloads in %(list)s and the difference from the next one, in percentage points: "
                "an order of this list, no lead in the world · newest date (%(date)s)",
                list=report.data.scope.name,
                date=language.date(report.data.as_of),
            )
        ),
        source=sentences.describe_source(report.data, language),
        how_to_read=language.gettext(
            "Each cell is one definition of “share of downloads”. A filled cell: this country has most downloads, and "
            "what nobody has reviewed yet could not change that. A pale cell with a dashed edge: the country named is "
            "ahead, but the order could be reversed. “No data”: the history or the source does not allow a number."
        ),
        alt=_describe(report, finding, language),
        columns=(
            parts.text_column("definition", language.gettext("Definition")),
            parts.text_column("leader", language.gettext("First")),
            parts.text_column("second", language.gettext("Second")),
            parts.points_column("margin", language.gettext("Margin, points")),
            parts.text_column("state", language.gettext("State")),
        ),
        rows=tuple(_list_row(cell, report, language) for cell in cells),
        draw=partial(_draw, cells, language),
    )


def pick_cells(report: Report, language: Language) -> tuple[Cell, ...]:
    """Return a cell for every definition that has numbers or a reason to have none, in a fixed order."""
    wanted = [
        Definition(window, universe, attribution)
        for window in WINDOWS
        for attribution in ATTRIBUTIONS
        for universe in UNIVERSES
    ]
    return tuple(
        _make_cell(definition, report, language)
        for definition in wanted
        if definition in report.histories or definition in report.missing
    )


def _make_cell(definition: Definition, report: Report, language: Language) -> Cell:
    lead = report.leads.get(definition)
    name = sentences.name_definition(definition, language)
    if lead is None:
        reason = report.missing.get(definition, "empty")
        words = name_missing_reason(reason, language)
        return Cell(definition, None, language.gettext("no data"), "", is_clear=False, reason=words, details=name)
    margin = margins.write_points(lead.margin, language)
    return Cell(
        definition,
        lead.leader,
        parts.short_place(lead.leader, language),
        margin if lead.is_clear else language.gettext("level"),
        is_clear=lead.is_clear,
        reason="",
        details=sentences.state_lead(lead, report.data.scope, language),
    )


def _list_row(cell: Cell, report: Report, language: Language) -> tuple[str | float | None, ...]:
    name = sentences.name_definition(cell.definition, language)
    lead = report.leads.get(cell.definition)
    if lead is None:
        return name, None, None, None, cell.reason
    first = language.gettext("leads") if report.data.scope.may_rank else language.gettext("first in this list")
    state = first if lead.is_clear else language.gettext("level: the review could change the order")
    return name, language.place(lead.leader), language.place(lead.second), lead.margin, state


def _describe(report: Report, finding: str, language: Language) -> str:
    if not report.missing:
        return finding
    missing = language.gettext(
        "%(number)s more definitions have no number, because the history or the source does not allow one.",
        number=len(report.missing),
    )
    return f"{finding} {missing}"


@dataclass(frozen=True)
class Grid:
    """Where the cells stand, and the labels around them.

    Attributes:
        boxes: left and top edge of each definition's cell, in pixels; none where a whole window has no data.
        cell: width of a cell.
        labels: texts around the cells, with `x`, `y`, `text`, `align` and `strong`.
        bottom: where the last row ends.
    """

    boxes: Mapping[Definition, tuple[float, float]]
    cell: float
    labels: tuple[dict[str, Any], ...]
    bottom: float


def _draw(cells: tuple[Cell, ...], language: Language, width: int) -> alt.LayerChart:
    grid = _lay_out(cells, language, width)
    rows = [_place_cell(cell, grid) for cell in cells if cell.definition in grid.boxes]
    notes = _write_reasons(cells, language, width, grid.bottom)
    strong = [row for row in grid.labels if row["strong"]]
    soft = [row for row in grid.labels if not row["strong"]]
    layers = [
        *_build_boxes(rows, language),
        parts.build_text(rows, parts.pixel_x("middle"), parts.pixel_y("first"), align="center", fontWeight=600).encode(
            color=parts.own_colour("ink")
        ),
        parts.build_text(
            [row for row in rows if row["note"]],
            parts.pixel_x("middle"),
            parts.pixel_y("below"),
            field="note",
            align="center",
            fontSize=SMALL_TEXT,
        ).encode(color=parts.own_colour("ink")),
        parts.build_labels(strong, fontWeight=600),
        parts.small_labels([row for row in soft if row["align"] == "left"]),
        parts.small_labels([row for row in soft if row["align"] == "center"], align="center"),
        parts.small_labels(notes),
    ]
    return build_canvas(layers, width, grid.bottom + 8 + 16 * len(notes))


def _lay_out(cells: tuple[Cell, ...], language: Language, width: int) -> Grid:
    """Place windows below each other, a row for each attribution, a column for each universe."""
    rows_of = list(dict.fromkeys((cell.definition.window, cell.definition.attribution) for cell in cells))
    words = [name for row in rows_of for name in (language.attribution(row[1]), language.window(row[0]))]
    left = min(max(measure(word, SMALL_TEXT) for word in words) + 10, width * 0.3)
    cell = (width - left) / len(UNIVERSES)
    head = [wrap(language.universe(universe), SMALL_TEXT, cell - 8) for universe in UNIVERSES]
    top: float = HEAD_LINE * max(map(len, head)) + 4
    labels = [
        _label(left + cell * (index + 0.5), HEAD_LINE * (line + 0.6), text, "center")
        for index, lines in enumerate(head)
        for line, text in enumerate(lines)
    ]
    boxes: dict[Definition, tuple[float, float]] = {}
    empty = _find_empty(cells)
    for number, (window, attribution) in enumerate(rows_of):
        if number == 0 or rows_of[number - 1][0] != window:
            labels.append(_label(0, top + 14, language.window(window), "left", strong=True))
            top += 24
            if window in empty:
                found = _write_empty(_find_reason(window, cells), language, left, top - 20, width)
                labels += found
                top = float(found[-1]["y"]) + 14
        if window in empty:
            continue
        labels.append(
            _label(0, top + CELL_HEIGHT / 2, cut(language.attribution(attribution), SMALL_TEXT, left), "left")
        )
        for index, universe in enumerate(UNIVERSES):
            boxes[Definition(window, universe, attribution)] = (left + cell * index, top)
        top += CELL_HEIGHT
    return Grid(boxes, cell, tuple(labels), top)


def _write_empty(reason: str, language: Language, left: float, top: float, width: int) -> list[dict[str, Any]]:
    """Write beside the name of a window without data why it has none."""
    text = language.gettext("No data: %(reason)s.", reason=reason)
    lines = wrap(text, SMALL_TEXT, width - left - 4)
    return [_label(left + 2, top + 10 + 15 * index, line, "left") for index, line in enumerate(lines)]


def _find_reason(window: str, cells: tuple[Cell, ...]) -> str:
    return next(cell.reason for cell in cells if cell.definition.window == window)


def _find_empty(cells: tuple[Cell, ...]) -> set[str]:
    """Return the windows in which no definition has a number."""
    windows = {cell.definition.window for cell in cells}
    return windows - {cell.definition.window for cell in cells if cell.leader is not None}


def _label(x: float, y: float, text: str, align: str, *, strong: bool = False) -> dict[str, Any]:
    return {"x": round(x, 1), "y": round(y, 1), "text": text, "align": align, "strong": strong}


def _place_cell(cell: Cell, grid: Grid) -> dict[str, Any]:
    left, top = grid.boxes[cell.definition]
    filled = cell.leader is not None and cell.is_clear
    return {
        "left": round(left + GAP / 2, 1),
        "right": round(left + grid.cell - GAP / 2, 1),
        "top": top + GAP / 2,
        "bottom": top + CELL_HEIGHT - GAP / 2,
        "middle": round(left + grid.cell / 2, 1),
        "first": top + CELL_HEIGHT / 2 - (7 if cell.note else 0),
        "below": top + CELL_HEIGHT / 2 + 8,
        "text": cell.place,
        "note": cell.note,
        "state": "clear" if filled else "level" if cell.leader else "none",
        "colour": place_colour(cell.leader) if cell.leader else colour("nothing"),
        "ink": colour("paper") if filled else colour("ink" if cell.leader else "muted"),
        "details": cell.details if cell.leader else cell.reason,
    }


def _build_boxes(rows: list[dict[str, Any]], language: Language) -> list[alt.Chart]:
    marks: dict[str, dict[str, Any]] = {
        "clear": {},
        "level": {"fillOpacity": 0.16, "strokeDash": [3, 2], "strokeWidth": 1.2},
        "none": {"fillOpacity": 0.55},
    }
    layers = []
    for state, mark in marks.items():
        found = [row for row in rows if row["state"] == state]
        encoding: dict[str, Any] = {"stroke": alt.Stroke("colour:N", scale=None)} if state == "level" else {}
        if found:
            layers.append(
                alt.Chart(parts.build_data(found))
                .mark_rect(**mark)
                .encode(
                    x=parts.pixel_x("left"),
                    x2=alt.X2("right:Q"),
                    y=parts.pixel_y("top"),
                    y2=alt.Y2("bottom:Q"),
                    fill=parts.own_fill(),
                    tooltip=parts.build_tooltip(("details", language.gettext("Lead"))),
                    **encoding,
                )
            )
    return layers


def _write_reasons(cells: tuple[Cell, ...], language: Language, width: int, top: float) -> list[dict[str, Any]]:
    """Write below the matrix why single definitions have no data, each reason once."""
    reasons: dict[str, list[str]] = {}
    empty = _find_empty(cells)
    for cell in cells:
        if cell.leader is None and cell.definition.window not in empty:
            names = reasons.setdefault(cell.reason, [])
            name = f"{language.window(cell.definition.window)} · {language.universe(cell.definition.universe)}"
            names += [name] if name not in names else []
    lines = [
        line
        for reason, names in reasons.items()
        for line in wrap(
            language.gettext("No data for %(windows)s: %(reason)s.", windows=", ".join(names), reason=reason),
            SMALL_TEXT,
            width - 2,
        )
    ]
    return [_label(0, top + 14 + 16 * index, line, "left") for index, line in enumerate(lines)]
