"""Who leads under each definition, as a matrix: the leader and the margin in each cell."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from generator.figures.figure import Figure, build_figure
from generator.figures.matrix import Cell as MatrixCell
from generator.figures.matrix import Group, Head, Matrix, draw_matrix
from generator.figures.theme import place_colour
from generator.questions import sentences
from generator.questions.ground import Tables
from generator.questions.report import Report
from generator.star.columns import COLUMNS
from generator.star.definitions import ATTRIBUTIONS, UNIVERSES, WINDOWS, Definition
from generator.star.table import Column, declare_table
from generator.text import words
from generator.text.say import COMMA, NOTHING, Sentence, join, say, write

SLUG: Final = "lead-matrix"
CELL_HEIGHT: Final = 42
# What is counted where there is little room, for languages that say it in one long word.
_SHORT: Final = {"language": say("language")}
MATRIX: Final = declare_table(
    "lead-matrix",
    "Who leads under each definition",
    "A definition.",
    *(COLUMNS["window"], COLUMNS["universe"], COLUMNS["attribution"]),
    Column("leader", "said", say("First"), "Country with most downloads; missing where there is no number."),
    Column("second", "said", say("Second"), "The next one."),
    Column("margin", "points", say("Margin, points"), "Share of the one minus that of the other."),
    Column("lead_state", "said", say("State"), "Whether the order is open, or why there is no number."),
)


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
    place: Sentence
    note: Sentence
    is_clear: bool
    reason: Sentence
    details: Sentence


def build(_: Tables, report: Report) -> tuple[Figure, ...]:
    """Build the matrix."""
    return (build_lead_matrix(report),)


def build_lead_matrix(report: Report) -> Figure:
    """Build the matrix of all definitions, those without numbers too."""
    cells = pick_cells(report)
    return build_figure(
        MATRIX.hold([_list_row(cell, report) for cell in cells]),
        draw_matrix,
        choose_picture(cells),
        slug=SLUG,
        headline=sentences.state_matrix(report),
        subtitle=(
            say(
                "Country with most downloads and its lead in percentage points · newest date ({date:date})",
                date=report.data.as_of,
            )
            if report.data.scope.may_rank
            else say(
                "Country with most downloads in {list} and the difference from the next one, in percentage points: an "
                "order of this list, no lead in the world · newest date ({date:date})",
                list=words.name_scope(report.data.scope),
                date=report.data.as_of,
            )
        ),
        how_to_read=say(
            "Each cell is one definition of “share of downloads”. A filled cell: this country has the most downloads, "
            "and no review of unreviewed accounts could change that. A pale cell with a dashed edge: the country named "
            "is ahead, but the order could be reversed. “No data”: the history or the source does not allow a number."
        ),
        alt=_count_missing(report),
    )


def pick_cells(report: Report) -> tuple[Cell, ...]:
    """Return a cell for every definition that has numbers or a reason to have none, in a fixed order."""
    wanted = [
        Definition(window, universe, attribution)
        for window in WINDOWS
        for attribution in ATTRIBUTIONS
        for universe in UNIVERSES
    ]
    return tuple(
        _make_cell(definition, report)
        for definition in wanted
        if definition in report.histories or definition in report.missing
    )


def _make_cell(definition: Definition, report: Report) -> Cell:
    lead = report.leads.get(definition)
    name = sentences.name_definition(definition)
    if lead is None:
        reason = report.missing.get(definition, "empty")
        why = words.MISSING_REASONS[reason]
        return Cell(definition, None, say("no data"), NOTHING, is_clear=False, reason=why, details=name)
    return Cell(
        definition,
        lead.leader,
        write(lead.leader, "brief"),
        write(lead.margin, "signed") if lead.is_clear else say("level"),
        is_clear=lead.is_clear,
        reason=NOTHING,
        details=sentences.state_lead(lead, report.data.scope),
    )


def _list_row(cell: Cell, report: Report) -> tuple[object, ...]:
    name, lead = dataclasses.astuple(cell.definition), report.leads.get(cell.definition)
    if lead is None:
        return *name, None, None, None, cell.reason
    first = say("leads") if report.data.scope.may_rank else say("first in this list")
    state = first if lead.is_clear else _name_level()
    return *name, write(lead.leader, "place"), write(lead.second, "place"), lead.margin, state


def _count_missing(report: Report) -> Sentence:
    if not report.missing:
        return NOTHING
    return say(
        "{number} more definitions have no number, because the history or the source does not allow one.",
        number=len(report.missing),
    )


def choose_picture(cells: Sequence[Cell]) -> Matrix:
    """Return the matrix: windows below each other, a row for each attribution, a column for each group of models."""
    columns = tuple(Head(write(name, "universe"), write(name, "universe"), _SHORT.get(name, "")) for name in UNIVERSES)
    leaders = {cell.leader for cell in cells if cell.leader}
    return Matrix(
        groups=tuple(
            _group_window(window, [cell for cell in cells if cell.definition.window == window])
            for window in dict.fromkeys(cell.definition.window for cell in cells)
        ),
        columns=columns,
        row="attribution",
        column="universe",
        by="leader",
        inks={write(code, "place"): place_colour(code) for code in sorted(leaders)},
        pale=("lead_state", _name_level()),
        height=CELL_HEIGHT,
        notes=_write_reasons(cells),
    )


def _group_window(window: str, cells: Sequence[Cell]) -> Group:
    """Return the cells of a window; where none has a number, why."""
    name = write(window, "window")
    if _is_empty(cells):
        return Group((), title=name, note=say("No data: {reason}.", reason=cells[0].reason))
    rows = dict.fromkeys(write(cell.definition.attribution, "attribution") for cell in cells)
    return Group(
        tuple(Head(row, row) for row in rows),
        tuple(_fill_cell(cell) for cell in cells),
        title=name,
        where=("window", name),
    )


def _fill_cell(cell: Cell) -> MatrixCell:
    is_filled = cell.leader is not None and cell.is_clear
    return MatrixCell(
        write(cell.definition.attribution, "attribution"),
        write(cell.definition.universe, "universe"),
        (cell.place, cell.note) if cell.note else (cell.place,),
        "paper" if is_filled else "ink" if cell.leader else "muted",
    )


def _is_empty(cells: Sequence[Cell]) -> bool:
    return all(cell.leader is None for cell in cells)


def _name_level() -> Sentence:
    return say("level: the review could change the order")


def _write_reasons(cells: Sequence[Cell]) -> tuple[Sentence, ...]:
    """Write why single definitions have no data, each reason once; whole windows say so themselves."""
    reasons: dict[Sentence, list[Sentence]] = {}
    for cell in cells:
        window = cell.definition.window
        if cell.leader is None and not _is_empty([each for each in cells if each.definition.window == window]):
            name = say("{window:window} · {universe:universe}", window=window, universe=cell.definition.universe)
            names = reasons.setdefault(cell.reason, [])
            names += [name] if name not in names else []
    return tuple(
        say("No data for {windows}: {reason}.", windows=join(*names, between=COMMA), reason=reason)
        for reason, names in reasons.items()
    )
