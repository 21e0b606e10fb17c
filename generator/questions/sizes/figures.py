"""Sizes: what each country's downloads divide into by size, and by what a laptop holds."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from generator.figures import parts
from generator.figures.figure import Figure, Table
from generator.figures.lines import Lines, Panel, draw_lines
from generator.figures.stacks import Part, Stack, Stacks, draw_stacks
from generator.questions import phrases, sentences, spans
from generator.questions.report import Report
from generator.questions.sizes.tables import BANDS, Sizes, SizeShares
from generator.questions.surges import pick_standing
from generator.star.classes import ALL, pick_places
from generator.star.known_sizes import BYTES, BYTES_QUANTISED, LAPTOP_BYTES, LAPTOP_PARTS, UNKNOWN
from generator.text import words
from generator.text.say import NOTHING, Sentence, join, say

# Countries with a bar of their own.
COUNTRIES: Final = 5
NAMED: Final = ("CN", "US")
# Colours of the bands, from small to large; and of what a laptop holds, from easy to not at all.
BAND_COLOURS: Final = (("seq-1", "ink"), ("seq-2", "ink"), ("seq-4", "paper"), ("seq-5", "paper"))
LAPTOP_COLOURS: Final = (("seq-4", "paper"), ("seq-2", "ink"), ("international", "ink"))


def build(topic: Sizes, report: Report) -> tuple[Figure, ...]:
    """Build the figures; those over time need two dates."""
    rows = pick_places(topic.shown, COUNTRIES)
    if not rows:
        return ()
    figures = [_build_bands(rows, topic, report), _build_laptop(rows, topic, report)]
    if len(topic.histories[ALL]) > 1:
        figures.append(_build_over_time(topic, report))
    return tuple(figures)


def state(topic: Sizes, report: Report) -> dict[str, Sentence]:
    """State the page's sentences."""
    everything = topic.find(ALL)
    if everything is None:
        empty = dict.fromkeys(("pair", "laptop", "rule", "coverage", "packed", "growth", "window"), NOTHING)
        return {"lead": say("These data hold no downloads by size."), **empty}
    return {
        "lead": state_middle(everything, topic, report),
        "pair": state_pair(topic),
        "laptop": state_laptop(everything, topic, report),
        "rule": state_rule(),
        "coverage": state_coverage(everything),
        "packed": state_packed(everything),
        "growth": phrases.describe_growth(report.data),
        "window": spans.describe_window(topic.window, report),
    }


def state_middle(row: SizeShares, topic: Sizes, report: Report) -> Sentence:
    """State the median and the mean size of all downloads."""
    period = spans.describe_window(topic.window, report)
    if row.median is None or row.mean is None:
        return say("The size of no model downloaded {period} is known.", period=period)
    return say(
        "Half of the downloads of {models} {period} went to models of at most {median:size} parameters; the mean is "
        "{mean:size}.",
        models=words.name_models("all", report.data.scope),
        period=period,
        median=row.median,
        mean=row.mean,
    )


def state_pair(topic: Sizes) -> Sentence:
    """State the median sizes of China's and the United States' downloads; nothing where one is unknown."""
    found = [(code, row.median) for code in NAMED if (row := topic.find(code)) and row.median is not None]
    if len(found) < len(NAMED):
        return NOTHING
    (first, low), (second, high) = sorted(found, key=lambda item: item[1])
    return say(
        "The median is {low:size} for publishers in {first:the} and {high:size} for those in {second:the}.",
        low=low,
        first=first,
        high=high,
        second=second,
    )


def state_laptop(row: SizeShares, topic: Sizes, report: Report) -> Sentence:
    """State what part of the downloads a laptop can hold."""
    return say(
        "{share:percent} of the downloads {period} were of models that a laptop can hold: {whole:percent} as "
        "published, {quantised:percent} because they are quantised. For {unknown:percent} the size is not known.",
        share=row.fits_laptop,
        whole=row.laptop["whole"],
        period=spans.describe_window(topic.window, report),
        quantised=row.laptop["quantised"],
        unknown=row.laptop[UNKNOWN],
    )


def state_rule() -> Sentence:
    """State what fits a laptop, with the sizes that follow from the rule."""
    return say(
        "Here a laptop holds a model whose weights take at most {bytes:count} GB, which leaves room on one with 24 GB "
        "of memory or more: up to {whole:size} parameters at two bytes each, or {quantised:size} quantised to about "
        "4.5 bits.",
        bytes=LAPTOP_BYTES / 1e9,
        whole=LAPTOP_BYTES / BYTES,
        quantised=LAPTOP_BYTES / BYTES_QUANTISED,
    )


def state_coverage(row: SizeShares) -> Sentence:
    """State how much of the downloads median and mean rest on."""
    return say(
        "Median and mean rest on {known:percent} of the downloads: {stated:percent} are of models whose files state "
        "their size, {by_name:percent} of quantised models whose name tells it. The others are of unknown size, or "
        "not known by name.",
        known=row.known,
        stated=row.stated,
        by_name=row.by_name,
    )


def state_packed(row: SizeShares) -> Sentence:
    """State how much of the downloads is quantised, and what that means for the bands."""
    return say(
        "{share:percent} of the downloads are of quantised or converted models. Their files may state packed numbers, "
        "several weights counted as one, so that the bands show some of them as smaller than they are.",
        share=row.quantised,
    )


def state_bands(row: SizeShares, report: Report) -> Sentence:
    """State the shares of the smallest and the largest models."""
    known = say(
        "Models with under a billion parameters have {small:percent} of the downloads of {models}, those with 70 "
        "billion or more {large:percent}.",
        small=row.share_of("under-1b"),
        models=words.name_models("all", report.data.scope),
        large=row.share_of("over-70b"),
    )
    if row.share_of(UNKNOWN) < 0.0005:
        return known
    unknown = say("For {unknown:percent} the files state no size.", unknown=row.share_of(UNKNOWN))
    return join(known, unknown)


def _build_bands(rows: Sequence[SizeShares], topic: Sizes, report: Report) -> Figure:
    finding = state_bands(rows[0], report)
    table = _list_bands(rows)
    return Figure(
        slug="sizes-bands",
        headline=finding,
        subtitle=spans.describe_subtitle(
            say("Share of downloads by number of parameters"), topic.window, "publisher", report
        ),
        source=sentences.describe_source(report.data),
        how_to_read=join(
            say(
                "Each bar is all downloads of a country's publishers and is divided by the size that the models' files "
                "state; G is a billion parameters. The dashed part states none. At the right stands what part is "
                "quantised or converted."
            ),
            state_packed(rows[0]),
        ),
        alt=join(finding, state_packed(rows[0])),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_stacks, table, choose_bands(rows)),
    )


def _list_bands(rows: Sequence[SizeShares]) -> Table:
    return Table(
        columns=(
            parts.text_column("code", say("Code")),
            parts.text_column("place", say("Place")),
            parts.text_column("size_band", say("Parameters")),
            parts.share_column("share", say("Share")),
            parts.share_column("quantised", say("Of it quantised")),
        ),
        rows=tuple(
            (
                row.code,
                spans.name_place(row.code),
                words.SIZE_BANDS[band],
                share,
                row.quantised_bands[band],
            )
            for row in rows
            for band, share in row.bands.items()
        ),
    )


def choose_bands(rows: Sequence[SizeShares]) -> Stacks:
    """Return a bar for each place, divided by size."""
    kinds = tuple(
        Part(words.SIZE_BANDS[band], ink, text) for band, (ink, text) in zip(BANDS[:-1], BAND_COLOURS, strict=True)
    )
    unknown = Part(words.SIZE_BANDS[UNKNOWN], "unreviewed", is_open=True, name=say("not stated"))
    return Stacks(
        tuple(
            Stack(
                spans.name_place(row.code),
                say("{share:percent} quantised", share=row.quantised),
            )
            for row in rows
        ),
        (*kinds, unknown),
        bar="place",
        part="size_band",
    )


def choose_laptop(rows: Sequence[SizeShares]) -> Stacks:
    """Return a bar for each place, divided by what a laptop can hold."""
    kinds = tuple(
        Part(words.LAPTOP_PARTS[part], ink, text)
        for part, (ink, text) in zip(LAPTOP_PARTS[:-1], LAPTOP_COLOURS, strict=True)
    )
    return Stacks(
        tuple(
            Stack(
                spans.name_place(row.code),
                say("{share:percent} fit", share=row.fits_laptop),
            )
            for row in rows
        ),
        (*kinds, Part(words.LAPTOP_PARTS[UNKNOWN], "unreviewed", is_open=True)),
        bar="place",
        part="part",
    )


def _build_laptop(rows: Sequence[SizeShares], topic: Sizes, report: Report) -> Figure:
    finding = state_laptop(rows[0], topic, report)
    table = _list_laptop(rows)
    return Figure(
        slug="sizes-laptop",
        headline=finding,
        subtitle=spans.describe_subtitle(
            say("Share of downloads by what a laptop can hold"), topic.window, "publisher", report
        ),
        source=sentences.describe_source(report.data),
        how_to_read=join(
            state_rule(),
            say(
                "“Fits as published” includes what its maker published small; “fits quantised” only fits because its "
                "weights were shortened. The dashed part is of unknown size, or not known by name."
            ),
        ),
        alt=join(finding, state_coverage(rows[0])),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_stacks, table, choose_laptop(rows)),
    )


def _list_laptop(rows: Sequence[SizeShares]) -> Table:
    return Table(
        columns=(
            parts.text_column("code", say("Code")),
            parts.text_column("place", say("Place")),
            parts.text_column("part", say("On a laptop")),
            parts.share_column("share", say("Share")),
        ),
        rows=tuple(
            (row.code, spans.name_place(row.code), words.LAPTOP_PARTS[part], share)
            for row in rows
            for part, share in row.laptop.items()
        ),
    )


def _build_over_time(topic: Sizes, report: Report) -> Figure:
    history = topic.histories[ALL]
    finding = say(
        "Under a billion parameters: {small:percent} of the downloads on {first:date}, {now:percent} on {last:date}. "
        "Quantised: {packed:percent}, then {packed_now:percent}.",
        small=history[0].under_1b,
        first=history[0].as_of,
        now=history[-1].under_1b,
        last=history[-1].as_of,
        packed=history[0].quantised,
        packed_now=history[-1].quantised,
    )
    codes = [code for code in (ALL, *NAMED) if topic.histories.get(code)]
    lines = tuple(spans.follow_place(code) for code in codes)
    panels = (
        Panel(lines, "under_1b", say("Under a billion parameters")),
        Panel(lines, "quantised", say("Quantised or converted")),
    )
    picture = Lines(panels, standing=pick_standing(report, most=1))
    table = _list_history(topic, codes)
    return Figure(
        slug="sizes-over-time",
        headline=finding,
        subtitle=spans.describe_history(topic.window, history[0].as_of, history[-1].as_of),
        source=sentences.describe_source(report.data),
        how_to_read=join(
            say(
                "The lines are all downloads together, and those of China's and of the United States' publishers. Each "
                "small chart is another measure."
            ),
            phrases.describe_growth(report.data),
        ),
        alt=join(finding, state_pair(topic) or state_rule()),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_lines, table, picture),
    )


def _list_history(topic: Sizes, codes: Sequence[str]) -> Table:
    return Table(
        columns=(
            parts.date_column("date", say("Date")),
            parts.text_column("code", say("Code")),
            parts.share_column("under_1b", say("Under a billion parameters")),
            parts.share_column("quantised", say("Quantised or converted")),
            parts.share_column("laptop", say("Fits a laptop")),
        ),
        rows=tuple(
            (point.as_of.isoformat(), code, point.under_1b, point.quantised, point.laptop)
            for code in codes
            for point in topic.histories[code]
        ),
    )
