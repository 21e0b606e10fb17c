"""Publishers: the largest ones side by side, and one over time."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import altair as alt

from generator.base.encode import label
from generator.figures import parts
from generator.figures.figure import Figure
from generator.figures.marks import LINE, Box, Standing, build_marks
from generator.figures.text import cut, measure
from generator.figures.theme import SMALL_TEXT, TEXT, WIDE, build_canvas, colour, line_colour, place_colour
from generator.questions import phrases, sentences
from generator.questions.report import PublisherReport, Report
from generator.questions.shares.history import BOTTOM, FEW_DATES, TOP, Frame, build_axis, build_date_axis
from generator.questions.surges import describe_surges, pick_standing
from generator.star.accounts import PublisherRow
from generator.star.definitions import Definition
from generator.star.shares import NOT_PLACES
from generator.text import words
from generator.text.language import Language

SLUG: Final = "publishers"
SHOWN: Final = 20
ROW_HEIGHT: Final = 25
BAR_HEIGHT: Final = 15
ALL_MODELS: Final = Definition("30d", "all", "publisher")


def build_leading_publishers(report: Report, language: Language) -> Figure:
    """Build the bars of the publishers with most downloads."""
    rows = report.publishers[:SHOWN]
    finding = state_finding(report, language)
    return Figure(
        slug=SLUG,
        headline=finding,
        subtitle=language.gettext(
            "Downloads · %(definition)s · to %(date)s",
            definition=sentences.name_definition(ALL_MODELS, language),
            date=language.date(report.data.as_of),
        ),
        source=sentences.describe_source(report.data, language),
        how_to_read=language.gettext(
            "A bar is what all models of one Hub account were downloaded in thirty days. Its colour and the name "
            "beside it are the country where the organisation behind the account has its headquarters; private "
            "persons are given none."
        ),
        alt=phrases.join_sentences(finding, _describe_top(rows, language)),
        columns=(
            parts.count_column("rank", language.gettext("Rank")),
            parts.text_column("publisher", language.gettext("Publisher")),
            parts.text_column("code", language.gettext("Code")),
            parts.text_column("place", language.gettext("Country or category")),
            parts.count_column("downloads_30d", language.gettext("Downloads, 30 days")),
            parts.share_column("share", language.gettext("Share")),
            parts.count_column("models", language.gettext("Models")),
        ),
        rows=tuple(
            (row.rank, label(row.handle), row.code, language.place(row.code), row.downloads_30d, row.share, row.models)
            for row in rows
        ),
        draw=partial(_draw_bars, tuple(rows), language),
    )


def state_finding(report: Report, language: Language) -> str:
    """State the largest publisher's part, and how many of the twenty largest the first countries have."""
    rows = report.publishers[:SHOWN]
    if not rows:
        return language.gettext("No publisher has downloads.")
    counts: dict[str, int] = {}
    for row in rows:
        if row.code not in NOT_PLACES:
            counts[row.code] = counts.get(row.code, 0) + 1
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:2]
    named = [
        language.gettext("%(number)s are in %(place)s", number=number, place=parts.in_sentence(code, language))
        for code, number in most
    ]
    first = language.gettext(
        "%(publisher)s has %(share)s of the downloads of %(models)s.",
        publisher=label(rows[0].handle),
        share=language.percent(rows[0].share),
        models=words.name_models("all", report.data.scope, language),
    )
    second = language.gettext(
        "Of the %(total)s largest publishers, %(counts)s.",
        total=len(rows),
        counts=language.gettext(" and ").join(named),
    )
    return phrases.join_sentences(first, second if named else "")


def build_publisher(profile: PublisherReport, report: Report, language: Language) -> Figure:
    """Build one publisher's downloads over time."""
    finding = phrases.join_sentences(state_history(profile, report, language), state_largest_model(profile, language))
    name = label(profile.row.handle)
    return Figure(
        slug=f"publisher-{profile.slug}",
        headline=finding,
        subtitle=language.gettext(
            "Downloads of the thirty days before each date · all models · by publisher · %(first)s to %(last)s",
            first=language.date(profile.history[0].as_of),
            last=language.date(profile.history[-1].as_of),
        ),
        source=sentences.describe_source(report.data, language),
        how_to_read=phrases.join_sentences(
            language.gettext(
                "The line is what all models of the account were downloaded in the thirty days before each date."
            ),
            phrases.describe_growth(report.data, language),
            describe_surges(report, language, profile.row.handle),
        ),
        alt=phrases.join_sentences(
            finding,
            language.gettext(
                "It ranks %(rank)s of all publishers, with %(share)s of all downloads.",
                rank=profile.row.rank,
                share=language.percent(profile.row.share),
            ),
        ),
        columns=(
            parts.date_column("date", language.gettext("Date")),
            parts.text_column("publisher", language.gettext("Publisher")),
            parts.count_column("downloads_30d", language.gettext("Downloads, 30 days")),
            parts.share_column("share", language.gettext("Share")),
        ),
        rows=tuple((point.as_of.isoformat(), name, point.downloads_30d, point.share) for point in profile.history),
        draw=partial(_draw_history, profile, pick_standing(report, profile.row.handle), language),
    )


def state_largest_model(profile: PublisherReport, language: Language) -> str:
    """State a publisher's most downloaded model, and what stands without it; nothing where it has a tenth or less."""
    largest = profile.largest
    if largest is None or profile.row.models < 2:
        return ""
    return language.gettext(
        "%(part)s of its downloads are of one model, %(model)s; without it, it has %(downloads)s and %(share)s of all.",
        part=language.percent(largest.part),
        model=label(largest.name),
        downloads=language.spell(max(profile.row.downloads_30d - largest.downloads, 0)),
        share=phrases.write_share(largest.share, language),
    )


def state_history(profile: PublisherReport, report: Report, language: Language) -> str:
    """State a publisher's downloads on the first and the last date; on the last alone where the list grew between."""
    first, last = profile.history[0], profile.history[-1]
    values: dict[str, Any] = {
        "publisher": label(profile.row.handle),
        "now": language.spell(last.downloads_30d),
        "last": language.date(last.as_of),
    }
    if len(profile.history) == 1 or any(first.as_of < day <= last.as_of for day in report.breaks):
        return language.gettext("%(publisher)s had %(now)s downloads in the thirty days to %(last)s.", **values)
    return language.gettext(
        "%(publisher)s had %(now)s downloads in the thirty days to %(last)s, after %(before)s in those to %(first)s.",
        before=language.spell(first.downloads_30d),
        first=language.date(first.as_of),
        **values,
    )


def _describe_top(rows: Sequence[PublisherRow], language: Language) -> str:
    return language.gettext(
        "The largest are %(names)s.",
        names=", ".join(
            f"{label(row.handle)} ({language.place(row.code)}, {language.spell(row.downloads_30d)})" for row in rows[:5]
        ),
    )


def _draw_bars(rows: tuple[PublisherRow, ...], language: Language, width: int) -> alt.LayerChart:
    size = TEXT if width >= WIDE else SMALL_TEXT
    left = min(max((measure(label(row.handle), size) for row in rows), default=0) + 10, width * 0.4)
    ends = [_write_end(row, language, width) for row in rows]
    largest = max((row.downloads_30d for row in rows), default=0) or 1
    x = alt.Scale(domain=[0, largest], range=[round(left), _find_right(rows, ends, left, width)], nice=False)
    placed = [
        _place_publisher(index, row, language) | {"x": round(left - 7), "name": _fit(row, size, left), "end": end}
        for index, (row, end) in enumerate(zip(rows, ends, strict=True))
    ]
    at_end = alt.X("downloads:Q", scale=x, axis=None)
    layers = [
        _build_bars(placed, x, language),
        parts.build_text(placed, parts.pixel_x(), parts.pixel_y(), field="name", align="right", fontSize=size),
        parts.build_text(
            placed, at_end, parts.pixel_y(), field="end", dx=5, fontSize=SMALL_TEXT, color=colour("muted")
        ),
    ]
    return build_canvas(layers, width, ROW_HEIGHT * len(rows) + 2)


def _find_right(rows: Sequence[PublisherRow], ends: Sequence[str], left: float, width: int) -> int:
    """Return where the longest bar may end so that every bar's label still fits behind it."""
    largest = max((row.downloads_30d for row in rows), default=0) or 1
    rooms = [
        (width - left - measure(end, SMALL_TEXT) - 8) * largest / max(row.downloads_30d, 1)
        for row, end in zip(rows, ends, strict=True)
    ]
    return round(left + min(rooms, default=0))


def _fit(row: PublisherRow, size: float, left: float) -> str:
    return cut(label(row.handle), size, left - 8)


def _place_publisher(index: int, row: PublisherRow, language: Language) -> dict[str, Any]:
    middle = ROW_HEIGHT * (index + 0.5)
    return {
        "y": middle,
        "top": middle - BAR_HEIGHT / 2,
        "bottom": middle + BAR_HEIGHT / 2,
        "publisher": label(row.handle),
        "zero": 0,
        "downloads": row.downloads_30d,
        "full": language.count(row.downloads_30d),
        "place": language.place(row.code),
        "colour": place_colour(row.code),
    }


def _build_bars(placed: Sequence[dict[str, Any]], x: alt.Scale, language: Language) -> alt.Chart:
    tooltip = parts.build_tooltip(
        ("publisher", language.gettext("Publisher")),
        ("place", language.gettext("Country")),
        ("full", language.gettext("Downloads")),
    )
    chart: alt.Chart = (
        alt.Chart(parts.build_data(placed))
        .mark_rect(stroke=colour("muted"), strokeWidth=0.4)
        .encode(
            x=alt.X("zero:Q", scale=x, axis=None),
            x2=alt.X2("downloads:Q"),
            y=parts.pixel_y("top"),
            y2=alt.Y2("bottom:Q"),
            fill=parts.own_fill(),
            tooltip=tooltip,
        )
    )
    return chart


def _write_end(row: PublisherRow, language: Language, width: int) -> str:
    place = language.place(row.code) if width >= WIDE else parts.short_place(row.code, language)
    return f"{language.short(row.downloads_30d)} · {place}"


def _draw_history(profile: PublisherReport, standing: Standing, language: Language, width: int) -> alt.LayerChart:
    height = 260 if width >= WIDE else 220
    points = profile.history
    ticks = parts.choose_ticks(max((point.downloads_30d for point in points), default=1), most=4)
    axis = [{"v": tick, "text": language.short(tick)} for tick in ticks]
    left = max(measure(str(row["text"]), SMALL_TEXT) for row in axis) + 8
    end = language.short(points[-1].downloads_30d)
    y = alt.Scale(domain=[0, ticks[-1]], range=[height - BOTTOM, TOP + LINE * len(standing.marks)], nice=False)
    frame = Frame(left, width - measure(end, TEXT) - 16, y, height, width)
    days = [point.as_of for point in points]
    layers = [
        *build_axis(axis, frame),
        build_date_axis(days, frame, language),
        *build_marks(standing.marks, partial(frame.place, days=days), Box(left, width, TOP - 4, height - BOTTOM)),
    ]
    return build_canvas([*layers, *_build_history(profile, frame, standing, language)], width, height)


def _build_history(profile: PublisherReport, frame: Frame, standing: Standing, language: Language) -> list[alt.Chart]:
    """Build the line, its dots where there are few dates, and the value at its end."""
    days = [point.as_of for point in profile.history]
    rows = [
        {
            "date": point.as_of.isoformat(),
            "downloads": point.downloads_30d,
            "day": language.date(point.as_of),
            "full": language.count(point.downloads_30d),
            "text": language.short(point.downloads_30d),
            "piece": standing.piece(point.as_of),
        }
        for point in profile.history
    ]
    x = alt.X("date:T", scale=frame.x(days), axis=None)
    y = alt.Y("downloads:Q", scale=frame.y, axis=None)
    ink = line_colour(profile.row.code)
    base = alt.Chart(parts.build_data(rows)).encode(x=x, y=y)
    layers = [base.mark_line(color=ink, strokeWidth=2.4).encode(detail=alt.Detail("piece:N"))] if len(days) > 1 else []
    if len(days) <= FEW_DATES:
        tooltip = parts.build_tooltip(("day", language.gettext("Date")), ("full", language.gettext("Downloads")))
        layers.append(base.mark_point(color=ink, size=32).encode(tooltip=tooltip))
    return [*layers, parts.build_text(rows[-1:], x, y, dx=8, color=ink, fontWeight=600)]
