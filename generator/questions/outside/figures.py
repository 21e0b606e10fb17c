"""The outside series: six labs a side by month, one model's surge by name, and who led by our rule below it."""

import datetime as dt
from collections.abc import Sequence
from functools import partial
from itertools import groupby
from typing import Any, Final

import altair as alt

from generator.base.settings import ONE_MODEL_MARGIN, OUTSIDE_SHARE_ERROR
from generator.figures import margins, parts
from generator.figures.figure import Figure
from generator.figures.marks import Standing
from generator.figures.text import measure, spread, wrap
from generator.figures.theme import SMALL_TEXT, TEXT, WIDE, build_canvas, colour, place_colour
from generator.questions import phrases
from generator.questions.outside.tables import LABS, LEAST_LEAD, ROUNDING_MARGIN, OutsidePoint, OutsideSeries
from generator.questions.report import Report
from generator.questions.shares.history import Frame, Line, build_date_axis, build_lines, build_share_axis
from generator.text.language import Language

SLUG: Final = "outside-series"
TOP: Final = 22
# Room below the lines: the strip of who led, and the dates.
BOTTOM: Final = 50
STRIP: Final = 14
LINE: Final = 14
DASH: Final = (2, 3)


def state_outside(series: OutsideSeries, language: Language) -> str:
    """State the newest month's order, and since when it stands by our rule."""
    newest, run = series.months[-1], series.run_led
    values = _name_sides(newest, language) | {
        "month": language.month(newest.start),
        "since": language.month(run[0].start),
    }
    if newest.leader is None:
        return language.gettext(
            "Models from six labs in %(first)s account for %(first_share)s and models from six labs in %(second)s for "
            "%(second_share)s of the Hub's downloads of text and vision-language models in %(month)s, which counts as "
            "level.",
            **values,
        )
    return language.gettext(
        "Models from six labs in %(first)s account for %(first_share)s of the Hub's downloads of text and "
        "vision-language models in %(month)s, models from six labs in %(second)s for %(second_share)s; the lead is "
        "clear in every month since %(since)s.",
        **values,
    )


def state_before(series: OutsideSeries, language: Language) -> str:
    """State since when the side that is ahead has been so, and in which of these months the two were level."""
    run = series.run_ahead
    level = [language.month(month.start) for month in run if month.leader is None]
    values = {
        "first": phrases.begin(run[-1].ahead, language),
        "since": language.month(run[0].start),
        "level": language.listing(level),
    }
    if not level:
        return language.gettext("%(first)s is ahead in every month since %(since)s.", **values)
    return language.gettext(
        "%(first)s is ahead in every month since %(since)s, but in %(level)s by so little that the two count as level.",
        **values,
    )


def state_years(series: OutsideSeries, language: Language) -> str:
    """State the twelve months that the study counted and the newest twelve, with and without the surge."""
    return phrases.join_sentences(
        *(_state_year(year, language) for year in series.years), _state_without(series, language)
    )


def _state_year(year: OutsidePoint, language: Language) -> str:
    values = _name_sides(year, language) | {"end": language.month(year.end)}
    if year.leader is None:
        return language.gettext(
            "Over the twelve months to %(end)s: %(first)s %(first_share)s, %(second)s %(second_share)s, which counts "
            "as level.",
            **values,
        )
    return language.gettext(
        "Over the twelve months to %(end)s: %(first)s %(first_share)s, %(second)s %(second_share)s.", **values
    )


def _state_without(series: OutsideSeries, language: Language) -> str:
    year, surge = series.without_surge, series.surge
    if year is None or surge is None:
        return ""
    return language.gettext(
        "Without one model's surge in %(month)s: about %(first_share)s and %(second_share)s.",
        month=language.month(surge.date),
        **_name_sides(year, language),
    )


def _name_sides(point: OutsidePoint, language: Language) -> dict[str, str]:
    """Name the two sides with their shares, the larger first."""
    first, second = sorted(point.shares, key=lambda code: -point.shares[code])
    return {
        "first": parts.in_sentence(first, language),
        "first_share": language.percent(point.shares[first]),
        "second": parts.in_sentence(second, language),
        "second_share": language.percent(point.shares[second]),
    }


def describe_scope(series: OutsideSeries, language: Language) -> str:
    """Say what the series counts, and that it is none of our numbers."""
    return language.gettext(
        "Counted by others over the whole Hub, %(start)s to %(end)s: text and vision-language models of all ages, six "
        "labs a side. Which six is our choice. None of these numbers enters any other on this site.",
        start=language.month(series.months[0].start),
        end=language.month(series.months[-1].end),
    )


def name_source(language: Language) -> str:
    """Name whose counts these are, with their licences."""
    return language.gettext(
        "Model Pulse (T. Stekel), Apache-2.0, from hub-stats (C. Fahlgren), Apache-2.0; sums of six labs a side by "
        "Open Model Share"
    )


def build_outside_series(report: Report, language: Language) -> Figure | None:
    """Build the two lines; None where the report has no outside series."""
    series = report.outside
    if series is None:
        return None
    finding = state_outside(series, language)
    return Figure(
        slug=SLUG,
        headline=finding,
        subtitle=language.gettext(
            "Share of the downloads of text and vision-language models of all ages · six labs a side · by month, "
            "%(start)s to %(end)s · not this report's own numbers",
            start=language.month(series.months[0].start),
            end=language.month(series.months[-1].end),
        ),
        source=language.gettext("Source: %(name)s.", name=name_source(language)),
        how_to_read=_explain(series, language),
        alt=phrases.join_sentences(finding, state_before(series, language), state_years(series, language)),
        columns=(
            parts.date_column("month", language.gettext("Month")),
            parts.text_column("code", language.gettext("Code")),
            parts.text_column("place", language.gettext("Place")),
            parts.share_column("share", language.gettext("Share")),
            parts.text_column("basis", language.gettext("Basis")),
            parts.text_column("order", language.gettext("Order in the month")),
        ),
        rows=tuple(
            (
                month.start.isoformat(),
                code,
                language.place(code),
                share,
                _name_basis(month, language),
                _name_order(month, language),
            )
            for month in series.months
            for code, share in month.shares.items()
        ),
        draw=partial(_draw, series, language),
    )


def _explain(series: OutsideSeries, language: Language) -> str:
    return phrases.join_sentences(
        language.gettext(
            "A line is the sum of six labs' shares in a month: %(labs)s. Which six stand for a side is our choice.",
            labs="; ".join(f"{language.place(code)}: {language.listing(labs)}" for code, labs in LABS.items()),
        ),
        language.gettext(
            "This is not the study's definition, in four ways: models of all ages count, not those in their first "
            "year; only text and vision-language models; only six named labs a side; and the months before %(counted)s "
            "are estimated from 30-day counts (dotted).",
            counted=language.month(next(month.start for month in series.months if month.is_counted)),
        ),
        language.gettext(
            "The strip says who led. A lead is more than %(least)s: %(model)s that a single model may carry, as the "
            "source names none, and %(rounding)s for the shares' own error (%(number)s shares, each good to "
            "%(error)s). Less counts as level.",
            least=language.points(LEAST_LEAD),
            model=language.points(ONE_MODEL_MARGIN),
            rounding=language.points(ROUNDING_MARGIN),
            number=language.count(sum(len(labs) for labs in LABS.values())),
            error=language.points(OUTSIDE_SHARE_ERROR),
        ),
    )


def _name_basis(month: OutsidePoint, language: Language) -> str:
    return language.gettext("counted") if month.is_counted else language.gettext("estimated")


def _name_order(month: OutsidePoint, language: Language) -> str:
    return language.place(month.leader) if month.leader else language.gettext("level")


def _draw(series: OutsideSeries, language: Language, width: int) -> alt.LayerChart:
    height = 300 if width < WIDE else 360
    days = [month.start for month in series.months]
    ticks = parts.choose_ticks(max(share for month in series.months for share in month.shares.values()))
    names = {code: _write_end(series.months[-1], code, language) for code in LABS}
    left = measure(parts.write_tick(ticks[-1], language, ticks[1]), SMALL_TEXT) + 8
    right = width - max(measure(name, TEXT) for name in names.values()) - 16
    y = alt.Scale(domain=[0, ticks[-1]], range=[height - BOTTOM, TOP], nice=False)
    frame = Frame(left, right, y, height, width)
    axis = margins.Axis(tuple(ticks), height - BOTTOM, TOP)
    return build_canvas(
        [
            *build_share_axis(ticks, frame, language),
            build_date_axis(days, frame, language),
            *build_lines(_list_lines(series, language), frame, language, Standing()),
            *_build_strip(series, days, frame, language),
            _build_ends(series, names, axis, frame),
            *_build_surge(series, axis, frame, language),
        ],
        width,
        height,
    )


def _write_end(month: OutsidePoint, code: str, language: Language) -> str:
    return f"{parts.short_place(code, language)} {language.percent(month.shares[code])}"


def _list_lines(series: OutsideSeries, language: Language) -> list[Line]:
    """List each side's estimated months, dotted up to the first counted one, and its counted ones."""
    first = next(index for index, month in enumerate(series.months) if month.is_counted)
    stretches: tuple[tuple[tuple[int, ...], Sequence[OutsidePoint]], ...] = (
        (DASH, series.months[: first + 1]),
        ((), series.months[first:]),
    )
    return [
        Line(
            code,
            language.place(code),
            place_colour(code),
            dash,
            2.6,
            tuple((month.start, month.shares[code]) for month in months),
        )
        for dash, months in stretches
        for code in LABS
    ]


def _build_strip(series: OutsideSeries, days: Sequence[dt.date], frame: Frame, language: Language) -> list[alt.Chart]:
    """Build a box for each run of months with the same order, named where there is room."""
    half = (frame.right - frame.left) / (len(days) - 1) / 2
    top = frame.height - BOTTOM + 9
    boxes: list[dict[str, Any]] = []
    for leader, run in groupby(series.months, key=lambda month: month.leader):
        months = list(run)
        start, end = frame.place(months[0].start, days) - half, frame.place(months[-1].start, days) + half
        name = parts.short_place(leader, language) if leader else language.gettext("level")
        boxes.append(
            {
                "x": round(max(start, frame.left - half) + 0.5, 1),
                "x2": round(end - 0.5, 1),
                "y": top,
                "y2": top + STRIP,
                "colour": place_colour(leader) if leader else colour("unaffiliated"),
                "text": name if measure(name, SMALL_TEXT) + 4 <= end - start else "",
                "order": name,
                "months": f"{language.month(months[0].start)} – {language.month(months[-1].start)}",
            }
        )
    tooltip = parts.build_tooltip(("months", language.gettext("Months")), ("order", language.gettext("Ahead")))
    named = [
        {**box, "x": (box["x"] + box["x2"]) / 2, "y": top + STRIP / 2 + 0.5, "ink": _ink(box["colour"])}
        for box in boxes
        if box["text"]
    ]
    labels = parts.build_labels(named, fontSize=SMALL_TEXT, align="center", fontWeight=600)
    return [margins.build_bars(boxes, tooltip), labels.encode(color=parts.own_colour("ink"))]


def _ink(fill: str) -> str:
    return colour("ink") if fill == colour("unaffiliated") else colour("paper")


def _build_ends(series: OutsideSeries, names: dict[str, str], axis: margins.Axis, frame: Frame) -> alt.Chart:
    wanted = [axis.place(series.months[-1].shares[code]) for code in names]
    rows = [
        {"x": round(frame.right + 10, 1), "y": place, "text": name, "colour": place_colour(code)}
        for (code, name), place in zip(names.items(), spread(wanted, 15, TOP, axis.start), strict=True)
    ]
    return parts.build_labels(rows).encode(color=parts.own_colour())


def _build_surge(series: OutsideSeries, axis: margins.Axis, frame: Frame, language: Language) -> list[alt.Chart]:
    """Build the ring around the month of a surge and its name, which ends there."""
    surge = series.surge
    if surge is None:
        return []
    month = next(month for month in series.months if month.start == surge.date.replace(day=1))
    code = next(code for code, labs in LABS.items() if set(labs) & set(surge.publishers))
    days = [each.start for each in series.months]
    x, y = frame.place(month.start, days), axis.place(month.shares[code])
    ring = {"x": round(x, 1), "y": y, "colour": place_colour(code), "label": surge.label}
    lines = wrap(surge.label, SMALL_TEXT, x - frame.left - 24)
    names = [{"x": round(x - 9, 1), "y": y - 3 + LINE * index, "text": line} for index, line in enumerate(lines)]
    return [
        margins.build_dots([ring], parts.build_tooltip(("label", language.gettext("What happened"))), hollow=True),
        parts.build_labels(names, fontSize=SMALL_TEXT, align="right"),
    ]
