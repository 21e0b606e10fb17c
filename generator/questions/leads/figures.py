"""Who leads under each definition, as a matrix: the leader and the margin in each cell."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from generator.figures import margins, parts
from generator.figures.figure import Figure, Table
from generator.figures.matrix import Cell as MatrixCell
from generator.figures.matrix import Group, Head, Matrix, draw_matrix
from generator.figures.theme import place_colour
from generator.questions import sentences
from generator.questions.report import Report
from generator.star.definitions import ATTRIBUTIONS, UNIVERSES, WINDOWS, Definition
from generator.text.language import Language
from generator.text.words import name_missing_reason

SLUG: Final = "lead-matrix"
CELL_HEIGHT: Final = 42


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
    table = _list_table(cells, report, language)
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
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_matrix, table, choose_picture(cells, language), language=language),
    )


def _list_table(cells: Sequence[Cell], report: Report, language: Language) -> Table:
    return Table(
        columns=(
            parts.text_column("window", language.gettext("Window")),
            parts.text_column("models", language.gettext("Models")),
            parts.text_column("attribution", language.gettext("Attribution")),
            parts.text_column("leader", language.gettext("First")),
            parts.text_column("second", language.gettext("Second")),
            parts.points_column("margin", language.gettext("Margin, points")),
            parts.text_column("state", language.gettext("State")),
        ),
        rows=tuple(_list_row(cell, report, language) for cell in cells),
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
    window, universe, attribution = dataclasses.astuple(cell.definition)
    name = language.window(window), language.universe(universe), language.attribution(attribution)
    lead = report.leads.get(cell.definition)
    if lead is None:
        return *name, None, None, None, cell.reason
    first = language.gettext("leads") if report.data.scope.may_rank else language.gettext("first in this list")
    state = first if lead.is_clear else _name_level(language)
    return *name, language.place(lead.leader), language.place(lead.second), lead.margin, state


def _describe(report: Report, finding: str, language: Language) -> str:
    if not report.missing:
        return finding
    missing = language.gettext(
        "%(number)s more definitions have no number, because the history or the source does not allow one.",
        number=len(report.missing),
    )
    return f"{finding} {missing}"


def choose_picture(cells: Sequence[Cell], language: Language) -> Matrix:
    """Return the matrix: windows below each other, a row for each attribution, a column for each group of models."""
    columns = tuple(Head(language.universe(name), language.universe(name)) for name in UNIVERSES)
    leaders = {cell.leader for cell in cells if cell.leader}
    return Matrix(
        groups=tuple(
            _group_window(window, [cell for cell in cells if cell.definition.window == window], language)
            for window in dict.fromkeys(cell.definition.window for cell in cells)
        ),
        columns=columns,
        row="attribution",
        column="models",
        by="leader",
        inks={language.place(code): place_colour(code) for code in sorted(leaders)},
        pale=("state", _name_level(language)),
        height=CELL_HEIGHT,
        notes=_write_reasons(cells, language),
    )


def _group_window(window: str, cells: Sequence[Cell], language: Language) -> Group:
    """Return the cells of a window; where none has a number, why."""
    name = language.window(window)
    if _is_empty(cells):
        return Group((), title=name, note=language.gettext("No data: %(reason)s.", reason=cells[0].reason))
    rows = dict.fromkeys(language.attribution(cell.definition.attribution) for cell in cells)
    return Group(
        tuple(Head(row, row) for row in rows),
        tuple(_fill_cell(cell, language) for cell in cells),
        title=name,
        where=("window", name),
    )


def _fill_cell(cell: Cell, language: Language) -> MatrixCell:
    is_filled = cell.leader is not None and cell.is_clear
    return MatrixCell(
        language.attribution(cell.definition.attribution),
        language.universe(cell.definition.universe),
        (cell.place, cell.note) if cell.note else (cell.place,),
        "paper" if is_filled else "ink" if cell.leader else "muted",
    )


def _is_empty(cells: Sequence[Cell]) -> bool:
    return all(cell.leader is None for cell in cells)


def _name_level(language: Language) -> str:
    return language.gettext("level: the review could change the order")


def _write_reasons(cells: Sequence[Cell], language: Language) -> tuple[str, ...]:
    """Write why single definitions have no data, each reason once; whole windows say so themselves."""
    reasons: dict[str, list[str]] = {}
    for cell in cells:
        window = cell.definition.window
        if cell.leader is None and not _is_empty([each for each in cells if each.definition.window == window]):
            name = f"{language.window(window)} · {language.universe(cell.definition.universe)}"
            names = reasons.setdefault(cell.reason, [])
            names += [name] if name not in names else []
    return tuple(
        language.gettext("No data for %(windows)s: %(reason)s.", windows=", ".join(names), reason=reason)
        for reason, names in reasons.items()
    )
