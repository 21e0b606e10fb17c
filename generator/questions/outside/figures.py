"""The outside series: six labs a side by month, one model's surge by name, and who led by our rule below it."""

from functools import partial
from itertools import groupby
from typing import Final

from generator.base.settings import ONE_MODEL_MARGIN, OUTSIDE_SHARE_ERROR
from generator.figures import parts
from generator.figures.figure import Figure, Table
from generator.figures.lines import Line, Lines, Note, Panel, Run, draw_lines
from generator.figures.theme import place_colour
from generator.questions import phrases
from generator.questions.outside.tables import LABS, LEAST_LEAD, ROUNDING_MARGIN, OutsidePoint, OutsideSeries
from generator.questions.report import Report
from generator.text.language import Language

SLUG: Final = "outside-series"


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
    finding, table = state_outside(series, language), _list_table(series, language)
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
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_lines, table, choose_picture(series, language), language=language),
    )


def _list_table(series: OutsideSeries, language: Language) -> Table:
    return Table(
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


def choose_picture(series: OutsideSeries, language: Language) -> Lines:
    """Return the two lines, dotted where they are estimated, the surge, and the strip of who led."""
    lines = tuple(
        Line(code, language.place(code), place_colour(code), weight=2.6, short=parts.short_place(code, language))
        for code in LABS
    )
    return Lines(
        (Panel(lines, "share", notes=_note_surge(series), runs=_list_runs(series, language)),),
        x="month",
        heights=(300, 360),
        until=next(month.start for month in series.months if month.is_counted),
    )


def _list_runs(series: OutsideSeries, language: Language) -> tuple[Run, ...]:
    """List the runs of months with the same order."""
    found = []
    for leader, run in groupby(series.months, key=lambda month: month.leader):
        months = list(run)
        name = parts.short_place(leader, language) if leader else language.gettext("level")
        ink, text = (place_colour(leader), "paper") if leader else ("unaffiliated", "ink")
        tip = f"{name}: {language.month(months[0].start)} – {language.month(months[-1].start)}"
        found.append(Run(months[0].start, months[-1].start, ink, text, name, tip))
    return tuple(found)


def _note_surge(series: OutsideSeries) -> tuple[Note, ...]:
    """Note the month of a surge on the line of its side, by its name."""
    surge = series.surge
    if surge is None:
        return ()
    month = next(month for month in series.months if month.start == surge.date.replace(day=1))
    code = next(code for code, labs in LABS.items() if set(labs) & set(surge.publishers))
    return (Note(month.start, month.shares[code], place_colour(code), surge.label, surge.label),)
