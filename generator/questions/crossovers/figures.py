"""The margin of the two leaders over time, under every definition, with each change of the order marked."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from generator.figures.figure import Figure, build_figure
from generator.figures.lines import Line, Lines, Note, Panel, draw_lines
from generator.figures.theme import line_colour
from generator.questions import phrases, sentences
from generator.questions.crossovers.words import pick_pair, state_order
from generator.questions.ground import Tables
from generator.questions.report import Report
from generator.questions.surges import describe_surges, pick_standing
from generator.star.definitions import DEFINITIONS, UNIVERSES
from generator.star.table import Column, Row, Table
from generator.text import words
from generator.text.say import NOTHING, Sentence, begin, join, say, write

# Windows that are drawn where they have numbers; the longer ones lag behind them, and stand in the table.
_DRAWN: Final = ("30d", "12m")
_DASHES: Final[Mapping[str, tuple[int, ...]]] = {"30d": (), "12m": (6, 3), "held": (6, 3), "all_time": (2, 3)}

_TURN: Final = Column("turned_to", "said", say("Change of the order"), "Country ahead from this date; else empty.")


def build(tables: Tables, report: Report) -> tuple[Figure, ...]:
    """Build a panel of margins for each group of models; none with fewer than two countries."""
    pair, history = phrases.find_pair(report), tables["crossovers-history"]
    if pair is None or history.frame.empty:
        return ()
    changes = pick_pair(tables["crossovers-changes"], pair)
    figure = build_figure(
        history.show((*history.columns, _TURN), turned_to=partial(_name_turn, changes)),
        draw_lines,
        Lines(
            _list_panels(history, changes),
            x="as_of",
            series="definition",
            standing=pick_standing(report, most=1),
            signs=(line_colour(pair[0]), line_colour(pair[1])),
        ),
        slug="lead-over-time",
        headline=state_order(tables, report),
        subtitle=say(
            "Margin in percentage points: {first:place} minus {second:place} · each definition · {start:date} to "
            "{end:date}",
            first=pair[0],
            second=pair[1],
            start=min(history.frame["as_of"]),
            end=report.data.as_of,
        ),
        how_to_read=join(
            say(
                "Above zero {first:the} has the larger share, below it {second:the}. Thick lines: by maker; thin "
                "lines: by publisher. Solid lines: 30 days; dashed lines: twelve months; other windows stand in the "
                "table alone. A ring on the zero line marks a change of the order, which lies between that date and "
                "the one before.",
                first=pair[0],
                second=pair[1],
            ),
            phrases.describe_growth(report.data),
            describe_surges(report),
        ),
        alt=_describe_range(history),
    )
    return (figure,)


def _describe_range(history: Table) -> Sentence:
    newest = history.frame.groupby("definition")["margin"].last()
    return say(
        "On the newest date the margin lies between {low:signed} and {high:signed} points.",
        low=newest.min(),
        high=newest.max(),
    )


def _name_turn(changes: Table, row: Row) -> Sentence:
    """Name who is ahead from a date on, if the order changed on it."""
    found = changes.find(definition=row["definition"], first_seen=row["as_of"])
    return write(found["new_code"], "place") if found else NOTHING


def _list_panels(history: Table, changes: Table) -> tuple[Panel, ...]:
    """Return a panel of margins for each group of models, each change of the order as a ring on zero."""
    known = dict.fromkeys(history.frame["definition"])
    found = [slug for slug in known if DEFINITIONS[slug].window in _DRAWN] or list(known)
    groups = ([slug for slug in found if DEFINITIONS[slug].universe == universe] for universe in UNIVERSES)
    return tuple(_make_panel(slugs, changes.where(definition=slugs).records()) for slugs in groups if slugs)


def _make_panel(slugs: Sequence[str], changes: Sequence[Row]) -> Panel:
    notes = (Note(row["first_seen"], 0.0, line_colour(row["new_code"]), _describe_change(row)) for row in changes)
    title = begin(write(DEFINITIONS[slugs[0]].universe, "universe"))
    return Panel(tuple(_style_line(slug) for slug in slugs), "margin", title, notes=tuple(notes))


def _describe_change(row: Row) -> Sentence:
    return say(
        "{definition}: {place:place} ahead, seen first on {date:date}",
        definition=sentences.DEFINITION_NAMES[row["definition"]],
        place=row["new_code"],
        date=row["first_seen"],
    )


def _style_line(slug: str) -> Line:
    """Return how a definition's line looks: thick by origin, thin by publisher, whole over thirty days."""
    definition = DEFINITIONS[slug]
    short = {"30d": say("30 d"), "12m": say("12 m"), "held": say("recorded")}
    kind = {"publisher": say("publisher"), "origin": say("origin")}[definition.attribution]
    is_strong = definition.attribution == "origin"
    return Line(
        sentences.DEFINITION_NAMES[slug],
        say("{kind}, {window}", kind=kind, window=short.get(definition.window) or words.WINDOWS[definition.window]),
        "muted",
        _DASHES[definition.window],
        2.6 if is_strong else 1.4,
        strong=is_strong,
    )
