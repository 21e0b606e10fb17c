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
from generator.star.classes import ALL
from generator.star.known_sizes import BYTES, BYTES_QUANTISED, LAPTOP_BYTES, LAPTOP_PARTS, UNKNOWN
from generator.star.shares import NOT_PLACES
from generator.text import words
from generator.text.language import Language
from generator.text.words import name_laptop_part, name_size_band

# Countries with a bar of their own.
COUNTRIES: Final = 5
NAMED: Final = ("CN", "US")
# Colours of the bands, from small to large; and of what a laptop holds, from easy to not at all.
BAND_COLOURS: Final = (("seq-1", "ink"), ("seq-2", "ink"), ("seq-4", "paper"), ("seq-5", "paper"))
LAPTOP_COLOURS: Final = (("seq-4", "paper"), ("seq-2", "ink"), ("international", "ink"))


def build(topic: Sizes, report: Report, language: Language) -> tuple[Figure, ...]:
    """Build the figures; those over time need two dates."""
    rows = pick_rows(topic)
    if not rows:
        return ()
    figures = [_build_bands(rows, topic, report, language), _build_laptop(rows, topic, report, language)]
    if len(topic.histories[ALL]) > 1:
        figures.append(_build_over_time(topic, report, language))
    return tuple(figures)


def state(topic: Sizes, report: Report, language: Language) -> dict[str, str]:
    """State the page's sentences."""
    everything = topic.find(ALL)
    if everything is None:
        empty = dict.fromkeys(("pair", "laptop", "rule", "coverage", "packed", "growth", "window"), "")
        return {"lead": language.gettext("These data hold no downloads by size."), **empty}
    return {
        "lead": state_middle(everything, topic, report, language),
        "pair": state_pair(topic, language),
        "laptop": state_laptop(everything, topic, report, language),
        "rule": state_rule(language),
        "coverage": state_coverage(everything, language),
        "packed": state_packed(everything, language),
        "growth": phrases.describe_growth(report.data, language),
        "window": spans.describe_window(topic.window, report, language),
    }


def state_middle(row: SizeShares, topic: Sizes, report: Report, language: Language) -> str:
    """State the median and the mean size of all downloads."""
    period = spans.describe_window(topic.window, report, language)
    if row.median is None or row.mean is None:
        return language.gettext("The size of no model downloaded %(period)s is known.", period=period)
    return language.gettext(
        "Half of the downloads of %(models)s %(period)s went to models of at most %(median)s parameters; the mean is "
        "%(mean)s.",
        models=words.name_models("all", report.data.scope, language),
        period=period,
        median=spans.write_size(row.median, language),
        mean=spans.write_size(row.mean, language),
    )


def state_pair(topic: Sizes, language: Language) -> str:
    """State the median sizes of China's and the United States' downloads; nothing where one is unknown."""
    found = [(code, row.median) for code in NAMED if (row := topic.find(code)) and row.median is not None]
    if len(found) < len(NAMED):
        return ""
    (first, low), (second, high) = sorted(found, key=lambda item: item[1])
    return language.gettext(
        "The median is %(low)s for publishers in %(first)s and %(high)s for those in %(second)s.",
        low=spans.write_size(low, language),
        first=parts.in_sentence(first, language),
        high=spans.write_size(high, language),
        second=parts.in_sentence(second, language),
    )


def state_laptop(row: SizeShares, topic: Sizes, report: Report, language: Language) -> str:
    """State what part of the downloads a laptop can hold."""
    return language.gettext(
        "%(share)s of the downloads %(period)s were of models that a laptop can hold: %(whole)s as published, "
        "%(quantised)s because they are quantised. For %(unknown)s the size is not known.",
        share=language.percent(row.fits_laptop),
        whole=language.percent(row.laptop["whole"]),
        period=spans.describe_window(topic.window, report, language),
        quantised=language.percent(row.laptop["quantised"]),
        unknown=language.percent(row.laptop[UNKNOWN]),
    )


def state_rule(language: Language) -> str:
    """State what fits a laptop, with the sizes that follow from the rule."""
    return language.gettext(
        "Here a laptop holds a model whose weights take at most %(bytes)s GB, which leaves room on one with 24 GB of "
        "memory or more: up to %(whole)s parameters at two bytes each, or %(quantised)s quantised to about 4.5 bits.",
        bytes=language.count(LAPTOP_BYTES / 1e9),
        whole=spans.write_size(LAPTOP_BYTES / BYTES, language),
        quantised=spans.write_size(LAPTOP_BYTES / BYTES_QUANTISED, language),
    )


def state_coverage(row: SizeShares, language: Language) -> str:
    """State how much of the downloads median and mean rest on."""
    return language.gettext(
        "Median and mean rest on %(known)s of the downloads: %(stated)s are of models whose files state their size, "
        "%(by_name)s of quantised models whose name tells it. The others are of unknown size, or not known by name.",
        known=language.percent(row.known),
        stated=language.percent(row.stated),
        by_name=language.percent(row.by_name),
    )


def state_packed(row: SizeShares, language: Language) -> str:
    """State how much of the downloads is quantised, and what that means for the bands."""
    return language.gettext(
        "%(share)s of the downloads are of quantised or converted models. Their files may state packed numbers, "
        "several weights counted as one, so that the bands show some of them as smaller than they are.",
        share=language.percent(row.quantised),
    )


def state_bands(row: SizeShares, report: Report, language: Language) -> str:
    """State the shares of the smallest and the largest models."""
    known = language.gettext(
        "Models with under a billion parameters have %(small)s of the downloads of %(models)s, those with 70 billion "
        "or more %(large)s.",
        small=language.percent(row.share_of("under-1b")),
        models=words.name_models("all", report.data.scope, language),
        large=language.percent(row.share_of("over-70b")),
    )
    if row.share_of(UNKNOWN) < 0.0005:
        return known
    unknown = language.gettext(
        "For %(unknown)s the files state no size.", unknown=language.percent(row.share_of(UNKNOWN))
    )
    return phrases.join_sentences(known, unknown)


def pick_rows(topic: Sizes) -> tuple[SizeShares, ...]:
    """Return all downloads, the largest countries, and what has no country."""
    countries = [row for row in topic.shown if row.code not in {ALL, *NOT_PLACES}][:COUNTRIES]
    return (*topic.shown[:1], *countries, *(row for row in topic.shown if row.code in NOT_PLACES))


def _build_bands(rows: Sequence[SizeShares], topic: Sizes, report: Report, language: Language) -> Figure:
    finding = state_bands(rows[0], report, language)
    table = _list_bands(rows, language)
    return Figure(
        slug="sizes-bands",
        headline=finding,
        subtitle=spans.describe_subtitle(
            language.gettext("Share of downloads by number of parameters"), topic.window, "publisher", report, language
        ),
        source=sentences.describe_source(report.data, language),
        how_to_read=phrases.join_sentences(
            language.gettext(
                "Each bar is all downloads of a country's publishers and is divided by the size that the models' files "
                "state; G is a billion parameters. The dashed part states none. At the right stands what part is "
                "quantised or converted."
            ),
            state_packed(rows[0], language),
        ),
        alt=phrases.join_sentences(finding, state_packed(rows[0], language)),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_stacks, table, choose_bands(rows, language), language=language),
    )


def _list_bands(rows: Sequence[SizeShares], language: Language) -> Table:
    return Table(
        columns=(
            parts.text_column("code", language.gettext("Code")),
            parts.text_column("place", language.gettext("Place")),
            parts.text_column("size_band", language.gettext("Parameters")),
            parts.share_column("share", language.gettext("Share")),
            parts.share_column("quantised", language.gettext("Of it quantised")),
        ),
        rows=tuple(
            (
                row.code,
                spans.name_place(row.code, language),
                name_size_band(band, language),
                share,
                row.quantised_bands[band],
            )
            for row in rows
            for band, share in row.bands.items()
        ),
    )


def choose_bands(rows: Sequence[SizeShares], language: Language) -> Stacks:
    """Return a bar for each place, divided by size."""
    kinds = tuple(
        Part(name_size_band(band, language), ink, text)
        for band, (ink, text) in zip(BANDS[:-1], BAND_COLOURS, strict=True)
    )
    unknown = Part(name_size_band(UNKNOWN, language), "unreviewed", is_open=True, name=language.gettext("not stated"))
    return Stacks(
        tuple(
            Stack(
                spans.name_place(row.code, language),
                language.gettext("%(share)s quantised", share=language.percent(row.quantised)),
            )
            for row in rows
        ),
        (*kinds, unknown),
        bar="place",
        part="size_band",
    )


def choose_laptop(rows: Sequence[SizeShares], language: Language) -> Stacks:
    """Return a bar for each place, divided by what a laptop can hold."""
    kinds = tuple(
        Part(name_laptop_part(part, language), ink, text)
        for part, (ink, text) in zip(LAPTOP_PARTS[:-1], LAPTOP_COLOURS, strict=True)
    )
    return Stacks(
        tuple(
            Stack(
                spans.name_place(row.code, language),
                language.gettext("%(share)s fit", share=language.percent(row.fits_laptop)),
            )
            for row in rows
        ),
        (*kinds, Part(name_laptop_part(UNKNOWN, language), "unreviewed", is_open=True)),
        bar="place",
        part="part",
    )


def _build_laptop(rows: Sequence[SizeShares], topic: Sizes, report: Report, language: Language) -> Figure:
    finding = state_laptop(rows[0], topic, report, language)
    table = _list_laptop(rows, language)
    return Figure(
        slug="sizes-laptop",
        headline=finding,
        subtitle=spans.describe_subtitle(
            language.gettext("Share of downloads by what a laptop can hold"),
            topic.window,
            "publisher",
            report,
            language,
        ),
        source=sentences.describe_source(report.data, language),
        how_to_read=phrases.join_sentences(
            state_rule(language),
            language.gettext(
                "“Fits as published” includes what its maker published small; “fits quantised” only fits because its "
                "weights were shortened. The dashed part is of unknown size, or not known by name."
            ),
        ),
        alt=phrases.join_sentences(finding, state_coverage(rows[0], language)),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_stacks, table, choose_laptop(rows, language), language=language),
    )


def _list_laptop(rows: Sequence[SizeShares], language: Language) -> Table:
    return Table(
        columns=(
            parts.text_column("code", language.gettext("Code")),
            parts.text_column("place", language.gettext("Place")),
            parts.text_column("part", language.gettext("On a laptop")),
            parts.share_column("share", language.gettext("Share")),
        ),
        rows=tuple(
            (row.code, spans.name_place(row.code, language), name_laptop_part(part, language), share)
            for row in rows
            for part, share in row.laptop.items()
        ),
    )


def _build_over_time(topic: Sizes, report: Report, language: Language) -> Figure:
    history = topic.histories[ALL]
    finding = language.gettext(
        "Under a billion parameters: %(small)s of the downloads on %(first)s, %(now)s on %(last)s. Quantised: "
        "%(packed)s, then %(packed_now)s.",
        small=language.percent(history[0].under_1b),
        first=language.date(history[0].as_of),
        now=language.percent(history[-1].under_1b),
        last=language.date(history[-1].as_of),
        packed=language.percent(history[0].quantised),
        packed_now=language.percent(history[-1].quantised),
    )
    codes = [code for code in (ALL, *NAMED) if topic.histories.get(code)]
    lines = tuple(spans.follow_place(code, language) for code in codes)
    panels = (
        Panel(lines, "under_1b", language.gettext("Under a billion parameters")),
        Panel(lines, "quantised", language.gettext("Quantised or converted")),
    )
    picture = Lines(panels, standing=pick_standing(report, most=1))
    table = _list_history(topic, codes, language)
    return Figure(
        slug="sizes-over-time",
        headline=finding,
        subtitle=spans.describe_history(topic.window, history[0].as_of, history[-1].as_of, language),
        source=sentences.describe_source(report.data, language),
        how_to_read=phrases.join_sentences(
            language.gettext(
                "The lines are all downloads together, and those of China's and of the United States' publishers. Each "
                "small chart is another measure."
            ),
            phrases.describe_growth(report.data, language),
        ),
        alt=phrases.join_sentences(finding, state_pair(topic, language) or state_rule(language)),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_lines, table, picture, language=language),
    )


def _list_history(topic: Sizes, codes: Sequence[str], language: Language) -> Table:
    return Table(
        columns=(
            parts.date_column("date", language.gettext("Date")),
            parts.text_column("code", language.gettext("Code")),
            parts.share_column("under_1b", language.gettext("Under a billion parameters")),
            parts.share_column("quantised", language.gettext("Quantised or converted")),
            parts.share_column("laptop", language.gettext("Fits a laptop")),
        ),
        rows=tuple(
            (point.as_of.isoformat(), code, point.under_1b, point.quantised, point.laptop)
            for code in codes
            for point in topic.histories[code]
        ),
    )
