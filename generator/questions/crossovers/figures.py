"""The margin of the two leaders over time, under every definition, with each change of the order marked."""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from generator.base.scope import Scope
from generator.figures import margins, parts
from generator.figures.figure import Figure, Table
from generator.figures.lines import Line, Lines, Note, Panel, draw_lines
from generator.figures.marks import Standing
from generator.figures.theme import line_colour
from generator.questions import phrases, sentences
from generator.questions.crossovers.tables import LeadChange, PairHistory
from generator.questions.report import Report
from generator.questions.surges import describe_surges, pick_standing
from generator.star.definitions import UNIVERSES, Definition
from generator.text.language import Language

SLUG: Final = "lead-over-time"
_DASHES: Final[Mapping[str, tuple[int, ...]]] = {"30d": (), "12m": (6, 3), "held": (6, 3), "all_time": (2, 3)}


@dataclass(frozen=True)
class MarginLine:
    """The margin of two countries over time under one definition.

    Attributes:
        definition: what the shares are of.
        points: dates and margins (the first country's share minus the second's), oldest first.
        history: the order of the two, with its changes.
    """

    definition: Definition
    points: tuple[tuple[dt.date, float], ...]
    history: PairHistory


def pick_lines(report: Report, pair: tuple[str, str]) -> tuple[MarginLine, ...]:
    """Return the margin of a pair under every definition that has numbers."""
    lines = []
    for definition, tables in report.histories.items():
        found = [row for row in report.crossovers.get(definition, ()) if set(row.pair) == set(pair)]
        points = tuple((table.as_of, table.share_of(pair[0]) - table.share_of(pair[1])) for table in tables)
        lines += [MarginLine(definition, points, history) for history in found]
    return tuple(lines)


def state_changes(lines: tuple[MarginLine, ...], pair: tuple[str, str], scope: Scope, language: Language) -> str:
    """State under how many definitions the order of the two changed, and who is ahead now; over a list neither."""
    if not scope.may_rank:
        return language.gettext(
            "The difference between %(first)s and %(second)s within %(list)s, under each definition, date by date.",
            first=parts.in_sentence(pair[0], language),
            second=parts.in_sentence(pair[1], language),
            list=scope.name,
        )
    changed = sum(bool(line.history.changes) for line in lines)
    ahead = sum(line.history.leader == pair[0] for line in lines)
    values: dict[str, Any] = {
        "first": phrases.begin(pair[0], language),
        "second": parts.in_sentence(pair[1], language),
        "ahead": language.count(ahead),
        "changed": language.count(changed),
        "total": language.count(len(lines)),
        "since": language.date(min(line.points[0][0] for line in lines)),
    }
    if not changed and ahead == len(lines):
        return language.gettext(
            "%(first)s has been ahead of %(second)s on every date since %(since)s, under all %(total)s definitions "
            "that have numbers.",
            **values,
        )
    return language.gettext(
        "%(first)s is ahead of %(second)s under %(ahead)s of %(total)s definitions; the order has changed under "
        "%(changed)s since %(since)s.",
        **values,
    )


def build_lead_over_time(report: Report, language: Language) -> Figure | None:
    """Build a panel of margins for each group of models; None with fewer than two countries."""
    pair = phrases.find_pair(report)
    lines = pick_lines(report, pair) if pair and report.crossovers else ()
    if pair is None or not lines:
        return None
    finding = state_changes(lines, pair, report.data.scope, language)
    picture = choose_picture(lines, pair, pick_standing(report, most=1), language)
    table = _list_table(lines, language)
    return Figure(
        slug=SLUG,
        headline=finding,
        subtitle=language.gettext(
            "Margin in percentage points: %(first)s minus %(second)s · each definition · %(start)s to %(end)s",
            first=language.place(pair[0]),
            second=language.place(pair[1]),
            start=language.date(min(line.points[0][0] for line in lines)),
            end=language.date(report.data.as_of),
        ),
        source=sentences.describe_source(report.data, language),
        how_to_read=phrases.join_sentences(
            language.gettext(
                "Above zero %(first)s has the larger share, below it %(second)s. Thick lines: by origin; thin lines: "
                "by publisher. Whole lines: 30 days; broken lines: the longer windows. A ring on the zero line marks a "
                "change of the order, which lies between that date and the one before.",
                first=parts.in_sentence(pair[0], language),
                second=parts.in_sentence(pair[1], language),
            ),
            phrases.describe_growth(report.data, language),
            describe_surges(report, language),
        ),
        alt=phrases.join_sentences(finding, _describe_range(lines, language)),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_lines, table, picture, language=language),
    )


def _list_table(lines: Sequence[MarginLine], language: Language) -> Table:
    return Table(
        columns=(
            parts.date_column("date", language.gettext("Date")),
            parts.text_column("definition", language.gettext("Definition")),
            parts.points_column("margin", language.gettext("Margin, points")),
            parts.text_column("change", language.gettext("Change of the order")),
        ),
        rows=tuple(row for line in lines for row in _list_points(line, language)),
    )


def _describe_range(lines: tuple[MarginLine, ...], language: Language) -> str:
    newest = [line.points[-1][1] for line in lines]
    return language.gettext(
        "On the newest date the margin lies between %(low)s and %(high)s points.",
        low=margins.write_points(min(newest), language),
        high=margins.write_points(max(newest), language),
    )


def _list_points(line: MarginLine, language: Language) -> list[tuple[str | float, ...]]:
    changes = {change.as_of: language.place(change.leader) for change in line.history.changes}
    name = sentences.name_definition(line.definition, language)
    return [(day.isoformat(), name, margin, changes.get(day, "")) for day, margin in line.points]


def choose_picture(lines: Sequence[MarginLine], pair: tuple[str, str], standing: Standing, language: Language) -> Lines:
    """Return a panel of margins for each group of models, each change of the order as a ring on zero."""
    universes = [name for name in UNIVERSES if any(line.definition.universe == name for line in lines)]
    return Lines(
        tuple(
            _make_panel([line for line in lines if line.definition.universe == name], language) for name in universes
        ),
        series="definition",
        standing=standing,
        signs=(line_colour(pair[0]), line_colour(pair[1])),
    )


def _make_panel(lines: Sequence[MarginLine], language: Language) -> Panel:
    notes = [
        Note(change.as_of, 0.0, line_colour(change.leader), _describe_change(line, change, language))
        for line in lines
        for change in line.history.changes
    ]
    title = parts.capital(language.universe(lines[0].definition.universe))
    return Panel(tuple(_style_line(line, language) for line in lines), "margin", title, notes=tuple(notes))


def _describe_change(line: MarginLine, change: LeadChange, language: Language) -> str:
    return language.gettext(
        "%(definition)s: %(place)s ahead, seen first on %(date)s",
        definition=sentences.name_definition(line.definition, language),
        place=language.place(change.leader),
        date=language.date(change.as_of),
    )


def _style_line(line: MarginLine, language: Language) -> Line:
    """Return how a definition's line looks: thick by origin, thin by publisher, whole over thirty days."""
    window, _, attribution = dataclasses.astuple(line.definition)
    short = {"30d": language.gettext("30 d"), "12m": language.gettext("12 m"), "held": language.gettext("held")}
    kind = {"publisher": language.gettext("publisher"), "origin": language.gettext("origin")}[attribution]
    is_strong = attribution == "origin"
    return Line(
        sentences.name_definition(line.definition, language),
        f"{kind}, {short.get(window) or language.window(window)}",
        "muted",
        _DASHES[window],
        2.6 if is_strong else 1.4,
        strong=is_strong,
    )
