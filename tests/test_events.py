"""Events: what stands in which figure, once each, with its source; on a page, in the feeds and in a file."""

import csv
import dataclasses
import datetime as dt
import html
import io
import json
from functools import partial
from xml.etree import ElementTree as ET

import pytest

from generator.base.encode import BYTE_ORDER_MARK
from generator.figures.bars import draw_bars
from generator.figures.columns import draw_columns
from generator.figures.figure import Figure, speak_figure
from generator.figures.files import name_events, write_json
from generator.figures.frame import FEW_EVENTS
from generator.figures.frame import mark_events as draw_events
from generator.figures.lines import draw_lines
from generator.figures.map import draw_map
from generator.figures.marks import Happening
from generator.figures.matrix import draw_matrix
from generator.figures.ranges import draw_ranges
from generator.figures.stacks import draw_stacks
from generator.publish.datafiles import build_registry_files, render_csv
from generator.publish.feeds import ATOM, render_feeds
from generator.publish.pages import build_pages
from generator.questions.events import Subject, find_time, name_anchors
from generator.questions.gallery import build_figures
from generator.questions.report import Report
from generator.registry import EVENT_KINDS, Event, load_registry
from tests.histories import make_history
from tests.spoken import ENGLISH, speak

pytestmark = pytest.mark.slow

CHECKED = dt.date(2026, 11, 27)


def make_event(day: str, kind: str = "counts", countries: str = "", publishers: str = "", label: str = "") -> Event:
    """Make an event."""
    return Event(
        dt.date.fromisoformat(day),
        label or f"Something of {day}",
        kind,
        tuple(countries.split()),
        tuple(publishers.split()),
        None,
        "Somebody",
        "https://example.org/x",
        CHECKED,
        "",
    )


def test_the_registry_has_at_least_fifteen_each_with_a_source_and_a_day_it_was_read() -> None:
    """Of every kind one at least; the oldest first."""
    events = load_registry().events
    assert len(events) >= 15
    assert set(EVENT_KINDS) == {event.kind for event in events}
    assert sorted(event.date for event in events) == [event.date for event in events]
    assert [] == [event.label for event in events if not (event.source_url.startswith("https://") and event.source)]


@pytest.mark.parametrize(
    ("day", "what"),
    [
        ("2025-05-20", "counts"),
        ("2025-11-24", "archive"),
        ("2026-04-22", "surge"),
        ("2026-06-13", "counts"),
        ("2026-09-03", "company"),
        ("2025-01-20", "release"),
        ("2025-02-27", "definition"),
    ],
)
def test_what_moved_the_lines_most_is_among_them(day: str, what: str) -> None:
    """The falls of the counters and their beginning, the partial day, the surge, the purchase of the Hub, R1."""
    assert what in {event.kind for event in load_registry().events if event.date == dt.date.fromisoformat(day)}


ALL = Subject()
CHINA = Subject(("CN",))
QWEN = Subject((), ("Qwen",))
ARCHIVED = Subject(is_archived=True)
RELEASES = Subject(("CN", "US"), is_counted=False)


@pytest.mark.parametrize(
    ("event", "shown"),
    [
        (make_event("2026-01-01", "counts"), [ALL, CHINA, QWEN, ARCHIVED]),
        (make_event("2026-01-01", "definition"), [ALL, CHINA, QWEN, ARCHIVED]),
        (make_event("2026-01-01", "archive"), [ARCHIVED]),
        (make_event("2026-01-01", "company"), [ALL, CHINA, QWEN, ARCHIVED, RELEASES]),
        (make_event("2026-01-01", "company", "US", "meta-llama"), [ALL, ARCHIVED, RELEASES]),
        (make_event("2026-01-01", "release", "CN", "Qwen"), [ALL, CHINA, QWEN, ARCHIVED, RELEASES]),
        (make_event("2026-01-01", "release", "CN", "deepseek-ai"), [ALL, CHINA, ARCHIVED, RELEASES]),
        (make_event("2026-01-01", "release", "FR", "mistralai"), [ALL, ARCHIVED]),
        (make_event("2026-01-01", "licence", "CN", "Qwen"), [ALL, CHINA, QWEN, ARCHIVED, RELEASES]),
        (make_event("2026-01-01", "surge", "CN", "Qwen"), []),
    ],
)
def test_an_event_stands_where_it_concerns_the_reader(event: Event, shown: list[Subject]) -> None:
    """What happened to the counts wherever counts are, what somebody did where they are; a surge has its own mark."""
    assert shown == [subject for subject in (ALL, CHINA, QWEN, ARCHIVED, RELEASES) if subject.concerns(event)]


DAYS = [dt.date(2026, 8, 10) + dt.timedelta(days=7 * number) for number in range(4)]
COUNTS = {"east/one": 500, "west/two": 400, "south/three": 100}


@pytest.fixture(scope="module")
def report() -> Report:
    """A report of four dates, with an event before them, on the first and the last, between, and after."""
    made, _ = make_history([(day, {name: count + day.day for name, count in COUNTS.items()}) for day in DAYS])
    day = dt.timedelta(days=1)
    dates = [DAYS[0] - day, DAYS[0], DAYS[0] + day, DAYS[-1], DAYS[-1] + day]
    return dataclasses.replace(made, events=tuple(make_event(str(date)) for date in dates))


def find_figure(report: Report, slug: str) -> Figure:
    """Build a report's figure."""
    return next(figure for figure in build_figures(report) if figure.slug == slug)


def test_a_figure_marks_the_events_between_its_dates(report: Report) -> None:
    """The first and the last day belong to it; they are numbered from 1, in the picture as below it."""
    figure = find_figure(report, "share-over-time")
    assert [event.date for event in report.events[1:4]] == [event.day for event in figure.events]
    assert [1, 2, 3] == [event.number for event in figure.events]
    assert isinstance(figure.draw, partial)
    assert figure.events == figure.draw.args[1].standing.events


def test_every_figure_over_time_has_them_and_no_other(report: Report) -> None:
    """Lines over dates, columns and cells by month; bars, maps and matrices of definitions have no dates to mark."""
    marked = {figure.slug for figure in build_figures(report) if figure.events}
    assert {"share-over-time", "coverage-over-time", "lead-over-time"} <= marked
    assert not {"share-now", "world-map", "lead-matrix"} & marked


# Kinds of pictures that have no axis of dates, or, as the line of releases, whose marks are themselves what happened.
TIMELESS = {draw_bars, draw_map, draw_matrix, draw_ranges, draw_stacks}


def test_whatever_is_drawn_along_dates_says_what_happened_then(bundled_report: Report) -> None:
    """Every figure of the bundled example is asked: one whose axis is time has an event of its last days."""
    late = tuple(make_event(day, "company") for day in ("2026-09-01", "2026-09-30", "2026-10-08"))
    figures = build_figures(dataclasses.replace(bundled_report, events=late))
    kinds = {figure.draw.func for figure in figures}
    assert {draw_lines, draw_columns} == kinds - TIMELESS
    timed = {figure.slug: figure for figure in figures if find_time(figure)}
    others = {figure.slug for figure in figures if figure.draw.func not in TIMELESS} - set(timed)
    assert set() == others
    assert [] == [slug for slug, figure in timed.items() if not figure.events]
    assert {"releases-per-month", "share-over-time"} <= set(timed)


def test_a_figure_of_some_countries_marks_what_happened_there(report: Report) -> None:
    """One of them named by its figure, or several by its rows."""
    happened = (make_event("2026-08-20", "company", "CN"), make_event("2026-08-21", "company", "JP"))
    given = dataclasses.replace(report, events=happened)
    for slug in ("country-cn", "country-ranks"):
        assert ["Something of 2026-08-20"] == [speak(event.label) for event in find_figure(given, slug).events]


def test_without_events_a_figure_is_as_it_was(report: Report) -> None:
    """Its picture has no row of numbers, and its file no list."""
    plain = find_figure(dataclasses.replace(report, events=()), "share-over-time")
    assert () == plain.events
    assert "events" not in json.loads(write_json(speak_figure(plain, ENGLISH)))


def happen(*days: int) -> list[Happening]:
    """Make events on days of January."""
    return [
        Happening(number, dt.date(2026, 1, day), "x", "y", "z", "https://example.org/")
        for number, day in enumerate(days, 1)
    ]


@pytest.mark.parametrize(
    ("days", "numbers"),
    [
        ((), []),
        ((1, 10), ["1", "2"]),
        ((1, 2, 20), ["1–2", "3"]),
        ((1, 10, 11, 12, 30), ["1", "2–4", "5"]),
        ((1, 1, 1), ["1–3"]),
    ],
)
def test_numbers_that_lack_room_share_a_word(days: tuple[int, ...], numbers: list[str]) -> None:
    """Ten pixels a day; a number needs some seven."""
    strokes, words = draw_events(happen(*days), lambda day: day.day * 7.0, 20, 200)
    assert numbers == [word.text for word in words]
    assert [day * 7.0 for day in days] == [stroke.x for stroke in strokes]


def test_many_marks_are_ticks() -> None:
    """Up to eight strokes go through the chart; of more the lines could not be read."""
    few, _ = draw_events(happen(*range(1, FEW_EVENTS + 1)), lambda day: day.day * 10.0, 20, 200)
    many, _ = draw_events(happen(*range(1, FEW_EVENTS + 2)), lambda day: day.day * 10.0, 20, 200)
    assert ({200}, {24}) == ({stroke.y2 for stroke in few}, {stroke.y2 for stroke in many})


def test_a_picture_that_stands_alone_names_its_events(report: Report) -> None:
    """A few by name and day; many are counted."""
    figure = speak_figure(find_figure(report, "share-over-time"), ENGLISH)
    assert name_events(figure, ENGLISH).startswith(f"Marked: 1\u00a0{report.events[1].label} (")
    many = dataclasses.replace(figure, events=figure.events * 3)
    assert "The numbers mark 9 events, listed with the figure." == name_events(many, ENGLISH)


def test_two_events_of_a_day_have_places_of_their_own() -> None:
    """A place stays when events of other days are added."""
    events = [make_event("2026-01-01"), make_event("2026-01-02"), make_event("2026-01-02")]
    assert ["2026-01-01", "2026-01-02", "2026-01-02-2"] == name_anchors(events)


def test_the_page_lists_all_of_them_newest_first(report: Report) -> None:
    """With kind, whom it concerns, and the source."""
    text = html.unescape(build_pages(report, ENGLISH, load_registry(), set())["events.md"])
    places = [text.index(event.label) for event in reversed(report.events)]
    assert sorted(places) == places
    assert 5 == text.count('href="https://example.org/x"')


def test_the_feeds_hold_those_of_their_weeks(report: Report) -> None:
    """Beside the weeks, by their date; each leads to its place on the page of events."""
    files = render_feeds(report, ENGLISH, "https://example.org/")
    items = json.loads(files["feeds/changes.json"])["items"]
    found = [item for item in items if "events.html#" in item["id"]]
    assert sorted((item["date_published"] for item in items), reverse=True) == [
        item["date_published"] for item in items
    ]
    assert found
    feed = ET.fromstring(files["feeds/changes.atom"])  # noqa: S314 - our own
    entries = feed.findall(f"{{{ATOM}}}entry/{{{ATOM}}}id")
    assert [item["id"] for item in items] == [entry.text for entry in entries]


def test_the_file_holds_what_the_registry_has() -> None:
    """All columns, all events."""
    registry = load_registry()
    (table,) = [table for table in build_registry_files(registry) if table.name == "events"]
    rows = list(csv.DictReader(io.StringIO(render_csv(table).removeprefix(BYTE_ORDER_MARK))))
    assert [str(event.date) for event in registry.events] == [row["date"] for row in rows]
    assert [field.name for field in dataclasses.fields(Event)] == list(rows[0])
    assert " ".join(registry.events[-3].publishers) == rows[-3]["publishers"]


HOSTILE = "<img src=x onerror=alert(1)>](javascript:alert(1)) {{ 7*7 }} =1+1"


def test_a_hostile_label_is_text_wherever_it_stands(report: Report) -> None:
    """On the page, in the feeds, in the file: nothing of it is markup, and no cell is a formula."""
    hostile = dataclasses.replace(report, events=(make_event(str(report.data.as_of), label=HOSTILE),))
    page = build_pages(hostile, ENGLISH, load_registry(), set())["events.md"]
    feeds = render_feeds(hostile, ENGLISH, "https://example.org/")
    assert "<img" not in page + feeds["feeds/changes.atom"]
    assert [] == [item for item in json.loads(feeds["feeds/changes.json"])["items"] if "<img" in item["content_html"]]
    (event,) = find_figure(hostile, "share-over-time").events
    assert (1, HOSTILE) == (event.number, speak(event.label))


def test_a_release_is_somebodys() -> None:
    """As a surge is: a line without its account is a mistake."""
    with pytest.raises(ValueError, match="publishers is ''"):
        make_event("2026-01-01", "release").check()
