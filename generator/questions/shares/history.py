"""Shares over time: a few countries by name, the European Union as a group, the rest and the unattributed in grey."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import altair as alt

from generator.figures import parts
from generator.figures.figure import Figure
from generator.figures.marks import LINE, Box, Standing, build_marks
from generator.figures.text import measure, spread
from generator.figures.theme import SMALL_TEXT, TEXT, WIDE, build_canvas, colour, place_colour
from generator.questions import phrases, sentences
from generator.questions.report import Report
from generator.questions.surges import describe_surges, pick_standing
from generator.star.definitions import Definition
from generator.star.shares import ShareTable
from generator.text import words
from generator.text.language import EU, Language

SLUG: Final = "share-over-time"
# Countries with a line of their own.
NAMED: Final = 5
REST: Final = "REST"
NOBODY: Final = "NOBODY"
# From so many dates with a whole year on, the line shows the years themselves: two months of weeks.
MIN_YEARS: Final = 8
# With so few dates each is marked by a dot.
FEW_DATES: Final = 20
TOP: Final = 14
BOTTOM: Final = 28
LABEL_GAP: Final = 15.0


@dataclass(frozen=True)
class Line:
    """One line.

    Attributes:
        code: of a country, of a group, or `REST` and `NOBODY`.
        label: its name at its end.
        colour: its colour.
        dash: lengths of its dashes in pixels; none for a whole line.
        weight: its width in pixels.
        points: dates and shares, oldest first.
    """

    code: str
    label: str
    colour: str
    dash: tuple[int, ...]
    weight: float
    points: tuple[tuple[dt.date, float], ...]


def build_share_over_time(report: Report, language: Language) -> Figure | None:
    """Build the lines of the headline's definition, or of what stood before it while few dates have a whole year.

    None on a single date, which has bars and no line.
    """
    tables = _choose_tables(report)
    if len(tables) < 2:
        return None
    lines = pick_lines(tables, _list_eu(report), language)
    finding = phrases.join_sentences(
        state_finding(report, tables, language),
        phrases.state_compared(report, tables[-1].definition, language),
        sentences.state_without(report, language, tables[-1].definition),
    )
    return Figure(
        slug=SLUG,
        headline=finding,
        subtitle=language.gettext(
            "Share of downloads · %(definition)s · at %(count)s dates, %(first)s to %(last)s",
            definition=sentences.name_definition(tables[-1].definition, language),
            count=len(tables),
            first=language.date(tables[0].as_of),
            last=language.date(tables[-1].as_of),
        ),
        source=sentences.describe_source(report.data, language),
        how_to_read=phrases.join_sentences(
            language.gettext(
                "A line is a place's share of the downloads in the window that ends on each date (%(window)s). The "
                "European Union is a group: its members are also counted by themselves. “No country” is what is "
                "international, unaffiliated or unreviewed.",
                window=language.window(tables[-1].definition.window),
            ),
            phrases.describe_growth(report.data, language),
            describe_surges(report, language),
        ),
        alt=phrases.join_sentences(
            finding,
            describe_run(tables, language) if report.data.scope.may_rank else "",
            phrases.describe_unattributed(tables[-1], language),
        ),
        columns=(
            parts.date_column("date", language.gettext("Date")),
            parts.text_column("code", language.gettext("Code")),
            parts.text_column("place", language.gettext("Place")),
            parts.share_column("share", language.gettext("Share")),
        ),
        rows=tuple((day.isoformat(), line.code, line.label, share) for line in lines for day, share in line.points),
        draw=partial(draw_lines, lines, language, pick_standing(report)),
    )


def _choose_tables(report: Report) -> Sequence[ShareTable]:
    own = report.histories[report.headline]
    if report.headline.window == "all_time" or (report.headline.window == "12m" and len(own) >= MIN_YEARS):
        return own
    kin = (Definition(window, report.headline.universe, report.headline.attribution) for window in ("all_time", "30d"))
    return next((report.histories[definition] for definition in kin if definition in report.histories), own)


def state_finding(report: Report, tables: Sequence[ShareTable], language: Language) -> str:
    """State what the leader's share was on the first date and is on the last."""
    table = tables[-1]
    if len(table.places) < 2:
        return language.gettext("Too few downloads are attributed to tell which country leads.")
    if phrases.describe_growth(report.data, language):  # a list that changes allows no more than its newest shares
        return sentences.state_table(table, report.data.scope, language)
    code = table.places[0].code
    before, now = tables[0].share_of(code), table.share_of(code)
    values: dict[str, Any] = {
        "place": parts.in_sentence(code, language),
        "models": words.name_models(table.definition.universe, report.data.scope, language),
        "before": language.percent(before),
        "now": language.percent(now),
        "first": language.date(tables[0].as_of),
        "last": language.date(table.as_of),
    }
    if abs(now - before) < 0.005:
        return language.gettext(
            "The share of %(place)s in the downloads of %(models)s was %(before)s on %(first)s and %(now)s on "
            "%(last)s.",
            **values,
        )
    if now > before:
        return language.gettext(
            "The share of %(place)s in the downloads of %(models)s rose from %(before)s on %(first)s to %(now)s "
            "on %(last)s.",
            **values,
        )
    return language.gettext(
        "The share of %(place)s in the downloads of %(models)s fell from %(before)s on %(first)s to %(now)s on "
        "%(last)s.",
        **values,
    )


def describe_run(tables: Sequence[ShareTable], language: Language) -> str:
    """Say since when the leader's share has been the largest; nothing where that is the newest date only."""
    if not tables[-1].places:
        return ""
    code = tables[-1].places[0].code
    run = 0
    for table in reversed(tables):
        if not table.places or table.places[0].code != code:
            break
        run += 1
    if run < 2:
        return ""
    return language.gettext(
        "The share of %(place)s was the largest on each of the %(run)s dates since %(since)s.",
        place=parts.in_sentence(code, language),
        run=run,
        since=language.date(tables[-run].as_of),
    )


def pick_lines(tables: Sequence[ShareTable], eu: frozenset[str], language: Language) -> tuple[Line, ...]:
    """Return the lines of the largest countries, the European Union, the other countries and what has none."""
    table = tables[-1]
    named = [row.code for row in table.places[:NAMED]]
    rest = {row.code for each in tables for row in each.places} - set(named)
    lines = [_make_line(code, language.place(code), [code], tables) for code in named]
    if any(each.share_of(*eu) for each in tables):
        lines.append(_make_line(EU, language.place(EU), eu, tables))
    if rest:
        lines.append(_make_line(REST, language.gettext("Other countries"), rest, tables))
    points = tuple((each.as_of, each.unattributed) for each in tables)
    nobody = Line(NOBODY, language.gettext("No country"), colour("place-other"), (2, 3), 1.5, points)
    return (*lines, nobody)


def draw_lines(
    lines: tuple[Line, ...], language: Language, standing: Standing, width: int, *, low: bool = False
) -> alt.LayerChart:
    """Draw lines with their names at their ends, marked and broken where told; a low picture where there are few."""
    height = (240 if low else 340) if width < WIDE else (280 if low else 400)
    ticks = parts.choose_ticks(max((share for line in lines for _, share in line.points), default=1.0))
    names = [_write_end(line, language, is_short=width < WIDE) for line in lines]
    left = measure(parts.write_tick(ticks[-1], language, ticks[1]), SMALL_TEXT) + 8
    right = width - max(measure(name, TEXT) for name in names) - 16
    head = TOP + LINE * len(standing.marks)
    y = alt.Scale(domain=[0, ticks[-1]], range=[height - BOTTOM, head], nice=False)
    frame = Frame(left, right, y, height, width, head)
    days = sorted({day for line in lines for day, _ in line.points})
    return build_canvas(
        [
            *build_share_axis(ticks, frame, language),
            build_date_axis(days, frame, language),
            *build_marks(standing.marks, partial(frame.place, days=days), Box(left, width, TOP - 4, height - BOTTOM)),
            *[_build_band(line, frame, standing) for line in lines if line.code == NOBODY],
            *build_lines(lines, frame, language, standing),
            *_build_ends(lines, names, ticks[-1], frame),
        ],
        width,
        height,
    )


@dataclass(frozen=True)
class Frame:
    """Where a chart over time stands, in pixels.

    Attributes:
        left: where its first date is.
        right: where its last date is.
        y: the scale of its values.
        height: of the whole picture.
        width: of the whole picture.
        top: where its largest value is.
    """

    left: float
    right: float
    y: alt.Scale
    height: float
    width: int
    top: float = TOP

    def place(self, day: dt.date, days: Sequence[dt.date]) -> float:
        """Return a date's position; a single date stands at the right."""
        span = (days[-1] - days[0]).days
        return self.right if not span else self.left + (self.right - self.left) * (day - days[0]).days / span

    def x(self, days: Sequence[dt.date]) -> alt.Scale:
        """Return the scale of the dates."""
        ends = [days[0] if len(days) > 1 else days[0] - dt.timedelta(days=1), days[-1]]
        domain = [{"year": day.year, "month": day.month, "date": day.day, "utc": True} for day in ends]
        return alt.Scale(type="utc", domain=domain, range=[round(self.left, 1), round(self.right, 1)], nice=False)


def build_share_axis(ticks: Sequence[float], frame: Frame, language: Language) -> list[alt.Chart]:
    """Build the grid of shares and their labels."""
    rows = [{"v": tick, "text": parts.write_tick(tick, language, ticks[1])} for tick in ticks]
    return build_axis(rows, frame)


def build_axis(rows: Sequence[parts.Row], frame: Frame) -> list[alt.Chart]:
    """Build a grid from rows of a value `v` and its `text`."""
    ends = {"left": round(frame.left, 1), "right": round(frame.right, 1), "label": round(frame.left - 8, 1)}
    data = parts.build_data([{**row, **ends} for row in rows])
    y = alt.Y("v:Q", scale=frame.y, axis=None)
    grid = alt.Chart(data).mark_rule().encode(y=y, x=parts.pixel_x("left"), x2=alt.X2("right:Q"))
    labels = alt.Chart(data).mark_text(fontSize=SMALL_TEXT, color=colour("muted"), align="right")
    return [grid, labels.encode(y=y, x=parts.pixel_x("label"), text=alt.Text("text:N"))]


def build_date_axis(days: Sequence[dt.date], frame: Frame, language: Language) -> alt.Chart:
    """Build the dates below a chart: the first, the last, and those between that have room."""
    places = [frame.place(day, days) for day in days]
    words = [parts.short_date(day, days, language) for day in days]
    room = max(measure(word, SMALL_TEXT) for word in words) + 6
    rows = [
        {"x": round(places[index], 1), "y": frame.height - 9, "text": words[index]}
        for index in parts.pick_dates(days, places, room)
    ]
    return parts.small_labels(rows, align="center")


def build_lines(lines: Sequence[Line], frame: Frame, language: Language, standing: Standing) -> list[alt.Chart]:
    """Build the lines, which begin anew at breaks, and dots where there are few dates."""
    days = sorted({day for line in lines for day, _ in line.points})
    x = alt.X("date:T", scale=frame.x(days), axis=None)
    y = alt.Y("share:Q", scale=frame.y, axis=None)
    tooltip = parts.build_tooltip(
        ("label", language.gettext("Place")), ("day", language.gettext("Date")), ("value", language.gettext("Share"))
    )
    order = sorted(lines, key=lambda line: line.weight)
    layers = []
    for style in dict.fromkeys((line.dash, line.weight) for line in order):
        rows = [
            row for line in order if (line.dash, line.weight) == style for row in _list_points(line, language, standing)
        ]
        base = alt.Chart(parts.build_data(rows))
        dash = list(style[0]) or alt.Undefined
        encoding = {
            "x": x,
            "y": y,
            "color": parts.own_colour(),
            "detail": [alt.Detail("code:N"), alt.Detail("piece:N")],
        }
        if len(days) > 1:
            layers.append(base.mark_line(strokeWidth=style[1], strokeDash=dash).encode(**encoding))
        if len(days) <= FEW_DATES:
            layers.append(base.mark_point(size=12 * style[1], tooltip=True).encode(**encoding, tooltip=tooltip))
    return layers


def _list_points(line: Line, language: Language, standing: Standing) -> list[dict[str, Any]]:
    return [
        {
            "date": day.isoformat(),
            "share": round(share, 6),
            "code": line.code,
            "label": line.label,
            "colour": line.colour,
            "day": language.date(day),
            "value": language.percent(share),
            "piece": standing.piece(day),
        }
        for day, share in line.points
    ]


def _make_line(
    code: str, label: str, codes: Sequence[str] | set[str] | frozenset[str], tables: Sequence[ShareTable]
) -> Line:
    points = tuple((table.as_of, table.share_of(*codes)) for table in tables)
    dash = (6, 3) if code == EU else ()
    return Line(code, label, place_colour(code), dash, _weigh(code), points)


def _weigh(code: str) -> float:
    if code in {"CN", "US"}:
        return 2.6
    return 1.5 if place_colour(code) == colour("place-other") else 2.0


def _list_eu(report: Report) -> frozenset[str]:
    return frozenset(country.code for country in report.countries if country.eu)


def _write_end(line: Line, language: Language, *, is_short: bool) -> str:
    is_place = line.label == language.place(line.code)
    name = parts.short_place(line.code, language) if is_place and is_short else line.label
    return f"{name} {language.percent(line.points[-1][1])}"


def _build_band(line: Line, frame: Frame, standing: Standing) -> alt.Chart:
    """Build the band of what no country is given, from zero to its line."""
    days = [day for day, _ in line.points]
    rows = [
        {"date": day.isoformat(), "share": round(share, 6), "piece": standing.piece(day)} for day, share in line.points
    ]
    chart: alt.Chart = (
        alt.Chart(parts.build_data(rows))
        .mark_area(fill=colour("unreviewed"), opacity=0.6)
        .encode(
            x=alt.X("date:T", scale=frame.x(days), axis=None),
            y=alt.Y("share:Q", scale=frame.y, axis=None),
            detail=alt.Detail("piece:N"),
        )
    )
    return chart


def _build_ends(lines: Sequence[Line], names: Sequence[str], top: float, frame: Frame) -> list[alt.Chart]:
    """Build the names at the ends of the lines, moved apart, with a stroke to the end where one moved far."""
    low, high = frame.height - BOTTOM, frame.top
    wanted = [low - (low - high) * line.points[-1][1] / top for line in lines]
    places = spread(wanted, LABEL_GAP, frame.top - 4, low + 2)
    rows: list[dict[str, Any]] = [
        {
            "x": round(frame.right + 12, 1),
            "x0": round(frame.right + 3, 1),
            "x1": round(frame.right + 10, 1),
            "y0": round(want, 1),
            "y": place,
            "text": name,
            "colour": _ink(line),
        }
        for line, name, want, place in zip(lines, names, wanted, places, strict=True)
    ]
    moved = [row for row in rows if abs(row["y"] - row["y0"]) > 3]
    strokes = alt.Chart(parts.build_data(moved)).mark_rule(strokeWidth=0.8).encode(
        x=parts.pixel_x("x0"), x2=alt.X2("x1:Q"), y=parts.pixel_y("y0"), y2=alt.Y2("y:Q"), color=parts.own_colour()
    )  # fmt: skip
    texts = parts.build_text(rows, parts.pixel_x(), parts.pixel_y()).encode(color=parts.own_colour())
    return [*([strokes] if moved else []), texts]


def _ink(line: Line) -> str:
    """Return the colour of a line's name: its own, or the page's muted one for what is grey."""
    return colour("muted") if line.colour == colour("place-other") else line.colour
