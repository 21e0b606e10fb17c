"""Which events a figure over time marks, and how an event is named on its page and in the feeds."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from generator.base.encode import label
from generator.figures.columns import draw_columns
from generator.figures.figure import Figure
from generator.figures.lines import draw_lines
from generator.figures.marks import Happening
from generator.questions.outside.figures import SLUG as OUTSIDE
from generator.questions.report import Report
from generator.registry import Event
from generator.sources.archives import NOTICES
from generator.text import words

# A surge is named in the charts by a mark of its own.
_OWN_MARK: Final = "surge"
# The figure of models that came out, whose counts play no part.
_NEW_MODELS: Final = "derivatives-new"
_COUNTRY: Final = "country-"
_PUBLISHER: Final = "publisher-"


@dataclass(frozen=True)
class Subject:
    """What a figure shows.

    Attributes:
        codes: of its countries; empty where it shows all together.
        handle: the one account that it shows; empty for none.
        is_archived: whether its counts come from a public archive.
        is_counted: whether it shows downloads; else it shows models that came out.
    """

    codes: Collection[str] = ()
    handle: str = ""
    is_archived: bool = False
    is_counted: bool = True

    def concerns(self, event: Event) -> bool:
        """Return whether a reader of the figure should know of an event.

        What happened to the counts concerns all that show counts; to those of an archive, where they are drawn; what
        somebody did, a figure that shows them, or all together.
        """
        if event.kind == _OWN_MARK or (event.is_break and not self.is_counted):
            return False
        if event.kind == "archive":
            return self.is_archived
        if not (event.countries or event.publishers):
            return True
        if self.handle:
            return self.handle in event.publishers
        return not self.codes or bool(set(self.codes) & set(event.countries))


def name_anchors(events: Sequence[Event]) -> list[str]:
    """Name the places of events on their page: by the date, from the second of a date on with a number."""
    days = [event.date for event in events]
    return [f"{day}-{days[: n + 1].count(day)}" if days[:n].count(day) else str(day) for n, day in enumerate(days)]


def mark_events(figure: Figure, report: Report) -> Figure:
    """Return a figure over time with the events between its first and its last date; any other as it is."""
    draw = figure.draw
    if not isinstance(draw, partial) or draw.func not in {draw_lines, draw_columns}:
        return figure
    table, picture = draw.args  # of the two kinds alone, which are asked for above
    column = picture.x if draw.func is draw_lines else picture.month
    place = [each.name for each in table.columns].index(column)
    days = sorted({dt.date.fromisoformat(str(row[place])) for row in table.rows})
    subject = replace(_find_subject(figure, report), is_counted=_shows_counts(figure.slug, draw.func, picture))
    events = [event for event in report.events if days[0] <= event.date <= days[-1] and subject.concerns(event)]
    happenings = tuple(_make_happenings(events))
    if draw.func is draw_lines:
        marked = replace(picture, standing=replace(picture.standing, events=happenings))
    else:
        marked = replace(picture, events=happenings)
    return replace(figure, events=happenings, draw=partial(draw.func, table, marked))


def _shows_counts(slug: str, kind: object, picture: Any) -> bool:
    """Return whether a figure shows downloads: not the days between releases, nor the models of a month."""
    return slug != _NEW_MODELS and kind is draw_lines and all(panel.unit != "days" for panel in picture.panels)


def _make_happenings(events: Iterable[Event]) -> Iterable[Happening]:
    for number, event in enumerate(events, 1):
        kind = words.EVENT_KINDS[event.kind]
        yield Happening(number, event.date, label(event.label), kind, label(event.source), event.source_url)


def _find_subject(figure: Figure, report: Report) -> Subject:
    """Tell what a figure shows by its name and by the codes in its rows."""
    is_archived = figure.slug == OUTSIDE or any(interval.source in NOTICES for interval in report.data.intervals)
    if figure.slug.startswith(_COUNTRY):
        return Subject((figure.slug.removeprefix(_COUNTRY).upper(),), "", is_archived)
    handles = {f"{_PUBLISHER}{profile.slug}": profile.row.handle for profile in report.profiles}
    if figure.slug in handles:
        return Subject((), handles[figure.slug], is_archived)
    names = [column.name for column in figure.columns]
    column = next((name for name in ("code", "origin_code") if name in names), None)
    codes = {str(row[names.index(column)]) for row in figure.rows} if column else set()
    return Subject(codes, "", is_archived)
