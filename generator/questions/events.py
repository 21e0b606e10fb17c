"""Which events a figure over time marks, and how an event is named on its page and in the feeds."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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
from generator.text.say import Sentence, known

# A surge is named in the charts by a mark of its own.
_OWN_MARK: Final = "surge"
# The figure of models that came out, whose counts play no part.
_NEW_MODELS: Final = "derivatives-new"
# What runs along a picture, by its kind: the name of a column, which may be one of dates.
_TIMES: Final[Mapping[Any, Callable[[Any], str]]] = {
    draw_lines: lambda picture: picture.x,
    draw_columns: lambda picture: picture.month,
}
_COUNTRY: Final = "country-"
_PUBLISHER: Final = "publisher-"


@dataclass(frozen=True)
class Subject:
    """What a figure shows.

    Attributes:
        codes: of its countries; empty where it shows all together.
        handles: the accounts that it shows, where it shows no others.
        is_archived: whether its counts come from a public archive.
        is_counted: whether it shows downloads; else it shows models that came out.
    """

    codes: Collection[str] = ()
    handles: Collection[str] = ()
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
        if self.handles:
            return bool(set(self.handles) & set(event.publishers))
        return not self.codes or bool(set(self.codes) & set(event.countries))


def name_anchors(events: Sequence[Event]) -> list[str]:
    """Name the places of events on their page: by the date, from the second of a date on with a number."""
    days = [event.date for event in events]
    return [f"{day}-{days[: n + 1].count(day)}" if days[:n].count(day) else str(day) for n, day in enumerate(days)]


def mark_events(figure: Figure, report: Report) -> Figure:
    """Return a figure over time with the events between its first and its last date; any other as it is."""
    draw, axis = figure.draw, find_time(figure)
    if not axis:
        return figure
    table, picture = draw.args
    place = [each.name for each in table.columns].index(axis)
    days = sorted({dt.date.fromisoformat(str(row[place])) for row in table.rows})
    last = days[-1] if draw.func is draw_lines else _end_month(days[-1])
    subject = replace(_find_subject(figure, report), is_counted=_shows_counts(figure.slug, draw.func, picture))
    events = [event for event in report.events if days[0] <= event.date <= last and subject.concerns(event)]
    happenings = tuple(_make_happenings(events))
    if draw.func is draw_lines:
        marked = replace(picture, standing=replace(picture.standing, events=happenings))
    else:
        marked = replace(picture, events=happenings)
    return replace(figure, events=happenings, draw=partial(draw.func, table, marked))


def list_happened(report: Report) -> list[tuple[Event, tuple[str, ...] | None]]:
    """List the events for a chart of which a reader chooses the places, each with the codes that it concerns.

    None is for those that concern all places. A surge is among them: such a chart has no mark of its own for it.
    """
    archived = any(interval.source in NOTICES for interval in report.data.intervals)
    return [
        (event, event.countries if event.countries or event.publishers else None)
        for event in report.events
        if archived or event.kind != "archive"
    ]


def find_time(figure: Figure) -> str:
    """Return the column of dates along which a figure is drawn; empty for a figure that is not over time."""
    draw = figure.draw
    if not isinstance(draw, partial):
        return ""
    axis = _TIMES[draw.func](draw.args[1]) if draw.func in _TIMES else ""
    dates = {column.name for column in figure.columns if column.kind == "date"}
    return axis if axis in dates else ""


def _end_month(month: dt.date) -> dt.date:
    """Return the last day of a month, by its first."""
    return (month + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)


def _shows_counts(slug: str, kind: object, picture: Any) -> bool:
    """Return whether a figure shows downloads: not the days between releases, nor the models of a month."""
    return slug != _NEW_MODELS and kind is draw_lines and all(panel.unit != "days" for panel in picture.panels)


def _say(text: str) -> Sentence:
    return known(label(text))


def _make_happenings(events: Iterable[Event]) -> Iterable[Happening]:
    for number, event in enumerate(events, 1):
        kind = words.EVENT_KINDS[event.kind]
        yield Happening(number, event.date, _say(event.label), kind, _say(event.source), event.source_url)


def _find_subject(figure: Figure, report: Report) -> Subject:
    """Tell what a figure shows by its name and by the codes in its rows."""
    is_archived = figure.slug == OUTSIDE or any(interval.source in NOTICES for interval in report.data.intervals)
    countries = {f"{_COUNTRY}{country.code.lower()}": country.code for country in report.countries}
    if figure.slug in countries:
        return Subject((countries[figure.slug],), (), is_archived)
    handles = {f"{_PUBLISHER}{profile.slug}": profile.row.handle for profile in report.profiles}
    if figure.slug in handles:
        return Subject((), (handles[figure.slug],), is_archived)
    names = [column.name for column in figure.columns]
    column = next((name for name in ("code", "country_code", "origin_code") if name in names), None)
    codes = {str(row[names.index(column)]) for row in figure.rows} if column else set()
    return Subject(codes, (), is_archived)
