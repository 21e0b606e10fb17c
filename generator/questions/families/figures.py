"""Families and models: the largest lines of families as bars, and their ranks over time."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from generator.figures import parts
from generator.figures.bars import Bar, Bars, Group, draw_bars
from generator.figures.figure import Figure, Table
from generator.figures.lines import Line, Lines, Panel, draw_lines
from generator.figures.theme import place_colour
from generator.questions import phrases, sentences, spans
from generator.questions.families.tables import Families, LineRow
from generator.questions.report import Report
from generator.star.shares import NOT_PLACES
from generator.text import words
from generator.text.language import Language

# Lines of families with a bar, and with a rank over time.
BARS: Final = 15
RANKS: Final = 10
ROW: Final = 27
# The two lines of China that the press article of November 2025 names.
ARTICLE: Final = ("CN", ("qwen", "deepseek"))


def build(topic: Families, report: Report, language: Language) -> tuple[Figure, ...]:
    """Build the figures; ranks over time need two dates."""
    if not topic.lines:
        return ()
    figures = [_build_shares(topic, report, language)]
    return (*figures, _build_ranks(topic, report, language)) if len(topic.dates) > 1 else tuple(figures)


def state(topic: Families, report: Report, language: Language) -> dict[str, str]:
    """State the page's sentences."""
    return {
        "lead": state_largest(topic, report, language),
        "countries": state_countries(topic, report, language),
        "article": state_article(topic, report, language),
        "coverage": state_coverage(topic, report, language),
        "growth": phrases.describe_growth(report.data, language),
    }


def state_largest(topic: Families, report: Report, language: Language) -> str:
    """State the shares of the three most downloaded lines."""
    if not topic.lines:
        return language.gettext("No model that is known by name tells its family.")
    first, *others = [
        (line.name, language.place(line.code), language.percent(line.standings[topic.window].share))
        for line in topic.lines[:3]
    ]
    return language.gettext(
        "Of the downloads of %(models)s %(period)s, %(lines)s.",
        models=words.name_models("all", report.data.scope, language),
        period=spans.describe_window(topic.window, report, language),
        lines=spans.join_words(
            [
                language.gettext(
                    "%(line)s (%(place)s) has at least %(share)s", line=first[0], place=first[1], share=first[2]
                ),
                *(f"{name} ({place}) {share}" for name, place, share in others),
            ],
            language,
        ),
    )


def state_countries(topic: Families, report: Report, language: Language) -> str:
    """State what part of their country's downloads the two largest lines of the first countries have."""
    rows = [row for row in topic.countries[:3] if row.lines]
    if not rows:
        return ""
    named = [
        language.gettext(
            "%(share)s of those that go back to %(place)s (%(lines)s)",
            place=parts.in_sentence(row.code, language),
            lines=spans.join_words([name for _, name, _ in row.lines[:2]], language),
            share=language.percent(sum(share for _, _, share in row.lines[:2])),
        )
        for row in rows
    ]
    return language.gettext(
        "The two largest families of a country have much of its downloads: %(parts)s, by whomever they were uploaded, "
        "%(period)s.",
        parts=spans.join_words(named, language),
        period=spans.describe_window(topic.window, report, language),
    )


def state_article(topic: Families, report: Report, language: Language) -> str:
    """State the part of the two lines that the press article names; nothing where one has no downloads."""
    code, slugs = ARTICLE
    lines = {line.slug: line for line in topic.lines}
    found = [topic.histories[slug][-1] for slug in slugs if slug in lines]
    if len(found) < len(slugs) or any(point.as_of != topic.as_of or code not in point.shares for point in found):
        return ""
    return language.gettext(
        "%(lines)s are %(share)s of the downloads of models that go back to %(place)s, and %(world)s of all "
        "(%(period)s, by origin).",
        lines=spans.join_words([lines[slug].name for slug in slugs], language),
        share=language.percent(sum(point.shares[code] for point in found)),
        place=parts.in_sentence(code, language),
        world=language.percent(sum(point.share for point in found)),
        period=spans.describe_window(topic.window, report, language),
    )


def state_coverage(topic: Families, report: Report, language: Language) -> str:
    """State how much of the downloads is known by name, and of how much the name tells a family."""
    first = topic.coverage[0]
    return language.gettext(
        "Models known by name have %(models)s of all downloads %(period)s; the names of models with %(lines)s tell a "
        "family. The rest stands in the denominators, so every share is a lower bound.",
        models=language.percent(first.models),
        lines=language.percent(first.lines),
        period=spans.describe_window(topic.window, report, language),
    )


def _build_shares(topic: Families, report: Report, language: Language) -> Figure:
    rows = topic.lines[:BARS]
    finding, table = _state_bars(topic, report, language), _list_shares(rows, topic.window, language)
    return Figure(
        slug="families-shares",
        headline=finding,
        subtitle=spans.describe_subtitle(
            language.gettext("Share of all downloads, lines of families"), topic.window, "origin", report, language
        ),
        source=sentences.describe_source(report.data, language),
        how_to_read=language.gettext(
            "A bar is what all named models of a family were downloaded, by whomever they were uploaded: originals, "
            "fine-tuned and quantised versions. Its colour is the country of the maker of the root model. Families of "
            "one maker whose names begin with the same word are one bar."
        ),
        alt=phrases.join_sentences(finding, state_coverage(topic, report, language)),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_bars, table, choose_bars(rows, topic.window, language), language=language),
    )


def _list_shares(rows: Sequence[LineRow], window: str, language: Language) -> Table:
    return Table(
        columns=(
            parts.count_column("rank", language.gettext("Rank")),
            parts.text_column("line", language.gettext("Family")),
            parts.text_column("origin", language.gettext("Origin")),
            parts.text_column("code", language.gettext("Code")),
            parts.count_column("downloads", language.gettext("Downloads")),
            parts.share_column("share", language.gettext("Share of all")),
            parts.share_column("share_of_country", language.gettext("Share of its country")),
        ),
        rows=tuple(_list_row(line, window) for line in rows),
    )


def _state_bars(topic: Families, report: Report, language: Language) -> str:
    """State the largest line's share, and how many of the bars are of which countries."""
    rows = topic.lines[:BARS]
    counts: dict[str, int] = {}
    for line in rows:
        counts[line.code] = counts.get(line.code, 0) + 1
    most = sorted(
        ((code, number) for code, number in counts.items() if code not in NOT_PLACES),
        key=lambda item: (-item[1], item[0]),
    )[:2]
    named = [
        language.gettext("%(number)s go back to %(place)s", number=number, place=parts.in_sentence(code, language))
        for code, number in most
    ]
    first = language.gettext(
        "%(line)s has at least %(share)s of the downloads of %(models)s.",
        line=rows[0].name,
        share=language.percent(rows[0].standings[topic.window].share),
        models=words.name_models("all", report.data.scope, language),
    )
    second = language.gettext(
        "Of the %(total)s largest families %(counts)s.",
        total=len(rows),
        counts=spans.join_words(named, language),
    )
    return phrases.join_sentences(first, second if named else "")


def _list_row(line: LineRow, window: str) -> tuple[Any, ...]:
    place = line.standings[window]
    return (place.rank, line.name, line.origin, line.code, place.downloads, place.share, place.share_of_country)


def choose_bars(rows: Sequence[LineRow], window: str, language: Language) -> Bars:
    """Return a bar for each family, in the colour of the country of its root model's maker."""
    bars = []
    for line in rows:
        share = language.percent(line.standings[window].share)
        name, short = language.place(line.code), parts.short_place(line.code, language)
        bars.append(Bar(line.name, f"{share} · {name}", f"{share} · {short}"))
    inks = {line.code: place_colour(line.code) for line in rows}
    return Bars((Group(tuple(bars)),), name="line", value="share", inks=inks)


def _build_ranks(topic: Families, report: Report, language: Language) -> Figure:
    rows = topic.lines[:RANKS]
    finding, table = _state_ranks(topic, language), _list_ranks(rows, topic, language)
    shown = _break_lines(table, topic)
    return Figure(
        slug="families-ranks",
        headline=finding,
        subtitle=language.gettext(
            "Rank among families by downloads · %(window)s to each date · all models · by origin · %(first)s to "
            "%(last)s",
            window=language.window(topic.window),
            first=language.date(topic.dates[0]),
            last=language.date(topic.dates[-1]),
        ),
        source=sentences.describe_source(report.data, language),
        how_to_read=phrases.join_sentences(
            language.gettext(
                "Each line is a family of models, number 1 at the top. The families are those of the newest date; "
                "where a line is broken, the family was not among the first %(ranks)s.",
                ranks=RANKS,
            ),
            phrases.describe_growth(report.data, language),
        ),
        alt=phrases.join_sentences(finding, _describe_ranks(rows, language)),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_lines, shown, choose_ranks(rows, language), language=language),
    )


def _list_ranks(rows: Sequence[LineRow], topic: Families, language: Language) -> Table:
    return Table(
        columns=(
            parts.date_column("date", language.gettext("Date")),
            parts.text_column("line", language.gettext("Family")),
            parts.text_column("code", language.gettext("Code")),
            parts.count_column("rank", language.gettext("Rank")),
            parts.share_column("share", language.gettext("Share of all")),
        ),
        rows=tuple(
            (point.as_of.isoformat(), line.name, line.code, point.rank, point.share)
            for line in rows
            for point in topic.histories[line.slug]
        ),
    )


def _break_lines(table: Table, topic: Families) -> Table:
    """Leave out the ranks behind the last one drawn, and put an empty one for each date without a rank."""
    rows = {(row[1], row[0]): row for row in table.rows if int(row[3] or 0) <= RANKS}
    codes = {row[1]: row[2] for row in table.rows}
    days = [day.isoformat() for day in topic.dates]
    return Table(
        table.columns,
        tuple(rows.get((name, day)) or (day, name, code, None, None) for name, code in codes.items() for day in days),
    )


def _state_ranks(topic: Families, language: Language) -> str:
    """State on how many of the dates the newest first line was first, and which of the first ten are new there."""
    first = topic.lines[0]
    led = sum(point.rank == 1 for point in topic.histories[first.slug])
    before = {
        line.slug
        for line in topic.lines
        if any(point.as_of == topic.dates[0] and point.rank <= RANKS for point in topic.histories[line.slug])
    }
    entered = [line.name for line in topic.lines[:RANKS] if line.slug not in before]
    led_words = language.gettext(
        "%(line)s was the most downloaded family on %(led)s of %(total)s dates.",
        line=first.name,
        led=led,
        total=len(topic.dates),
    )
    if not entered:
        return phrases.join_sentences(
            led_words,
            language.gettext(
                "All of the first %(ranks)s were among them on %(first)s, too.",
                ranks=min(RANKS, len(topic.lines)),
                first=language.date(topic.dates[0]),
            ),
        )
    return phrases.join_sentences(
        led_words,
        language.gettext(
            "Not yet among the first %(ranks)s on %(first)s: %(lines)s.",
            ranks=RANKS,
            first=language.date(topic.dates[0]),
            lines=spans.join_words(entered, language),
        ),
    )


def _describe_ranks(rows: Sequence[LineRow], language: Language) -> str:
    return language.gettext(
        "The order on the newest date is %(lines)s.", lines=spans.join_words([line.name for line in rows], language)
    )


def choose_ranks(rows: Sequence[LineRow], language: Language) -> Lines:
    """Return the ranks as lines, the first at the top."""
    lines = tuple(
        Line(line.name, f"{language.count(rank)}  {line.name}", place_colour(line.code), weight=2.2, valued=False)
        for rank, line in enumerate(rows, start=1)
    )
    ticks = tuple(map(float, range(1, max(len(rows), 2) + 1)))
    height = 20 + ROW * len(rows) + 22
    panel = Panel(lines, "rank", ticks=ticks, unit="count")
    return Lines((panel,), series="line", heights=(height, height), ranks=True)
