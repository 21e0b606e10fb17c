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
from generator.text.say import NOTHING, Sentence, join, listing, say, write

# Lines of families with a bar, and with a rank over time.
BARS: Final = 15
RANKS: Final = 10
ROW: Final = 27
# The two lines of China that the press article of November 2025 names.
ARTICLE: Final = ("CN", ("qwen", "deepseek"))


def build(topic: Families, report: Report) -> tuple[Figure, ...]:
    """Build the figures; ranks over time need two dates."""
    if not topic.lines:
        return ()
    figures = [_build_shares(topic, report)]
    return (*figures, _build_ranks(topic, report)) if len(topic.dates) > 1 else tuple(figures)


def state(topic: Families, report: Report) -> dict[str, Sentence]:
    """State the page's sentences."""
    return {
        "lead": state_largest(topic, report),
        "countries": state_countries(topic, report),
        "article": state_article(topic, report),
        "coverage": state_coverage(topic, report),
        "growth": phrases.describe_growth(report.data),
    }


def state_largest(topic: Families, report: Report) -> Sentence:
    """State the shares of the three most downloaded lines."""
    if not topic.lines:
        return say("No model that is known by name tells its family.")
    first, *others = [
        (line.name, write(line.code, "place"), write(line.standings[topic.window].share, "percent"))
        for line in topic.lines[:3]
    ]
    return say(
        "Of the downloads of {models} {period}, {lines}.",
        models=words.name_models("all", report.data.scope),
        period=spans.describe_window(topic.window, report),
        lines=listing(
            [
                say("{line} ({place}) has at least {share}", line=first[0], place=first[1], share=first[2]),
                *(
                    say("{line} ({place}) {share}", line=name, place=place, share=share)
                    for name, place, share in others
                ),
            ]
        ),
    )


def state_countries(topic: Families, report: Report) -> Sentence:
    """State what part of their country's downloads the two largest lines of the first countries have."""
    rows = [row for row in topic.countries[:3] if row.lines]
    if not rows:
        return NOTHING
    named = [
        say(
            "{share:percent} of those that go back to {place:the} ({lines})",
            place=row.code,
            lines=listing([name for _, name, _ in row.lines[:2]]),
            share=sum(share for _, _, share in row.lines[:2]),
        )
        for row in rows
    ]
    return say(
        "The two largest families of a country have much of its downloads: {parts}, by whomever they were uploaded, "
        "{period}.",
        parts=listing(named),
        period=spans.describe_window(topic.window, report),
    )


def state_article(topic: Families, report: Report) -> Sentence:
    """State the part of the two lines that the press article names; nothing where one has no downloads."""
    code, slugs = ARTICLE
    lines = {line.slug: line for line in topic.lines}
    found = [topic.histories[slug][-1] for slug in slugs if slug in lines]
    if len(found) < len(slugs) or any(point.as_of != topic.as_of or code not in point.shares for point in found):
        return NOTHING
    return say(
        "{lines} are {share:percent} of the downloads of models that go back to {place:the}, and {world:percent} of "
        "all ({period}, by origin).",
        lines=listing([lines[slug].name for slug in slugs]),
        share=sum(point.shares[code] for point in found),
        place=code,
        world=sum(point.share for point in found),
        period=spans.describe_window(topic.window, report),
    )


def state_coverage(topic: Families, report: Report) -> Sentence:
    """State how much of the downloads is known by name, and of how much the name tells a family."""
    first = topic.coverage[0]
    return say(
        "Models known by name have {models:percent} of all downloads {period}; the names of models with "
        "{lines:percent} tell a family. The rest stands in the denominators, so every share is a lower bound.",
        models=first.models,
        lines=first.lines,
        period=spans.describe_window(topic.window, report),
    )


def _build_shares(topic: Families, report: Report) -> Figure:
    rows = topic.lines[:BARS]
    finding, table = _state_bars(topic, report), _list_shares(rows, topic.window)
    return Figure(
        slug="families-shares",
        headline=finding,
        subtitle=spans.describe_subtitle(
            say("Share of all downloads, lines of families"), topic.window, "origin", report
        ),
        source=sentences.describe_source(report.data),
        how_to_read=say(
            "A bar is what all named models of a family were downloaded, by whomever they were uploaded: originals, "
            "fine-tuned and quantised versions. Its colour is the country of the maker of the root model. Families of "
            "one maker whose names begin with the same word are one bar."
        ),
        alt=join(finding, state_coverage(topic, report)),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_bars, table, choose_bars(rows, topic.window)),
    )


def _list_shares(rows: Sequence[LineRow], window: str) -> Table:
    return Table(
        columns=(
            parts.count_column("rank", say("Rank")),
            parts.text_column("line", say("Family")),
            parts.text_column("origin", say("Origin")),
            parts.text_column("code", say("Code")),
            parts.count_column("downloads", say("Downloads")),
            parts.share_column("share", say("Share of all")),
            parts.share_column("share_of_country", say("Share of its country")),
        ),
        rows=tuple(_list_row(line, window) for line in rows),
    )


def _state_bars(topic: Families, report: Report) -> Sentence:
    """State the largest line's share, and how many of the bars are of which countries."""
    rows = topic.lines[:BARS]
    counts: dict[str, int] = {}
    for line in rows:
        counts[line.code] = counts.get(line.code, 0) + 1
    most = sorted(
        ((code, number) for code, number in counts.items() if code not in NOT_PLACES),
        key=lambda item: (-item[1], item[0]),
    )[:2]
    named = [say("{number} go back to {place:the}", number=number, place=code) for code, number in most]
    first = say(
        "{line} has at least {share:percent} of the downloads of {models}.",
        line=rows[0].name,
        share=rows[0].standings[topic.window].share,
        models=words.name_models("all", report.data.scope),
    )
    second = say("Of the {total} largest families {counts}.", total=len(rows), counts=listing(named))
    return join(first, second if named else NOTHING)


def _list_row(line: LineRow, window: str) -> tuple[Any, ...]:
    place = line.standings[window]
    return (place.rank, line.name, line.origin, line.code, place.downloads, place.share, place.share_of_country)


def choose_bars(rows: Sequence[LineRow], window: str) -> Bars:
    """Return a bar for each family, in the colour of the country of its root model's maker."""
    bars = []
    for line in rows:
        values = {"share": line.standings[window].share, "place": line.code}
        end, short = say("{share:percent} · {place:place}", **values), say("{share:percent} · {place:brief}", **values)
        bars.append(Bar(line.name, end, short))
    inks = {line.code: place_colour(line.code) for line in rows}
    return Bars((Group(tuple(bars)),), name="line", value="share", inks=inks)


def _build_ranks(topic: Families, report: Report) -> Figure:
    rows = topic.lines[:RANKS]
    finding, table = _state_ranks(topic), _list_ranks(rows, topic)
    shown = _break_lines(table, topic)
    return Figure(
        slug="families-ranks",
        headline=finding,
        subtitle=say(
            "Rank among families by downloads · {window:window} to each date · all models · by origin · {first:date} "
            "to {last:date}",
            window=topic.window,
            first=topic.dates[0],
            last=topic.dates[-1],
        ),
        source=sentences.describe_source(report.data),
        how_to_read=join(
            say(
                "Each line is a family of models, number 1 at the top. The families are those of the newest date; "
                "where a line is broken, the family was not among the first {ranks}.",
                ranks=RANKS,
            ),
            phrases.describe_growth(report.data),
        ),
        alt=join(finding, _describe_ranks(rows)),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_lines, shown, choose_ranks(rows)),
    )


def _list_ranks(rows: Sequence[LineRow], topic: Families) -> Table:
    return Table(
        columns=(
            parts.date_column("date", say("Date")),
            parts.text_column("line", say("Family")),
            parts.text_column("code", say("Code")),
            parts.count_column("rank", say("Rank")),
            parts.share_column("share", say("Share of all")),
        ),
        rows=tuple(
            (point.as_of.isoformat(), line.name, line.code, point.rank, point.share)
            for line in rows
            for point in topic.histories[line.slug]
        ),
    )


def _break_lines(table: Table, topic: Families) -> Table:
    """Leave out the ranks behind the last one drawn, and put an empty one for each date without a rank."""
    rows = {(row[1], row[0]): row for row in table.rows if not isinstance(row[3], int) or row[3] <= RANKS}
    codes = {row[1]: row[2] for row in table.rows}
    days = [day.isoformat() for day in topic.dates]
    return Table(
        table.columns,
        tuple(rows.get((name, day)) or (day, name, code, None, None) for name, code in codes.items() for day in days),
    )


def _state_ranks(topic: Families) -> Sentence:
    """State on how many of the dates the newest first line was first, and which of the first ten are new there."""
    first = topic.lines[0]
    led = sum(point.rank == 1 for point in topic.histories[first.slug])
    before = {
        line.slug
        for line in topic.lines
        if any(point.as_of == topic.dates[0] and point.rank <= RANKS for point in topic.histories[line.slug])
    }
    entered = [line.name for line in topic.lines[:RANKS] if line.slug not in before]
    led_words = say(
        "{line} was the most downloaded family on {led} of {total} dates.",
        line=first.name,
        led=led,
        total=len(topic.dates),
    )
    if not entered:
        return join(
            led_words,
            say(
                "All of the first {ranks} were among them on {first:date}, too.",
                ranks=min(RANKS, len(topic.lines)),
                first=topic.dates[0],
            ),
        )
    return join(
        led_words,
        say(
            "Not yet among the first {ranks} on {first:date}: {lines}.",
            ranks=RANKS,
            first=topic.dates[0],
            lines=listing(entered),
        ),
    )


def _describe_ranks(rows: Sequence[LineRow]) -> Sentence:
    return say("The order on the newest date is {lines}.", lines=listing([line.name for line in rows]))


def choose_ranks(rows: Sequence[LineRow]) -> Lines:
    """Return the ranks as lines, the first at the top."""
    lines = tuple(
        Line(
            line.name,
            say("{rank:count}  {line}", rank=rank, line=line.name),
            place_colour(line.code),
            weight=2.2,
            valued=False,
        )
        for rank, line in enumerate(rows, start=1)
    )
    ticks = tuple(map(float, range(1, max(len(rows), 2) + 1)))
    height = 20 + ROW * len(rows) + 22
    panel = Panel(lines, "rank", ticks=ticks, unit="count")
    return Lines((panel,), series="line", heights=(height, height), ranks=True)
