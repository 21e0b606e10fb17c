"""Publishers: the largest ones side by side, and one over time."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from generator.base.encode import label
from generator.figures import parts
from generator.figures.bars import Bar, Bars, Group, draw_bars
from generator.figures.figure import Figure, Table
from generator.figures.lines import Line, Lines, Panel, draw_lines
from generator.figures.theme import line_colour, place_colour
from generator.questions import phrases, sentences
from generator.questions.report import PublisherReport, Report
from generator.questions.surges import describe_surges, pick_standing
from generator.star.accounts import PublisherRow
from generator.star.definitions import Definition
from generator.star.shares import NOT_PLACES
from generator.text import words
from generator.text.language import Language

SLUG: Final = "publishers"
SHOWN: Final = 20
ALL_MODELS: Final = Definition("30d", "all", "publisher")


def build_leading_publishers(report: Report, language: Language) -> Figure:
    """Build the bars of the publishers with most downloads."""
    rows = report.publishers[:SHOWN]
    finding, table = state_finding(report, language), _list_largest(rows, language)
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
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_bars, table, choose_bars(rows, language), language=language),
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
    table = _list_history(profile, language)
    picture = Lines(
        (Panel((Line("", "", line_colour(profile.row.code), weight=2.4, strong=True),), "downloads_30d"),),
        series="",
        heights=(220, 260),
        standing=pick_standing(report, profile.row.handle),
    )
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
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_lines, table, picture, language=language),
    )


def _list_history(profile: PublisherReport, language: Language) -> Table:
    name = label(profile.row.handle)
    return Table(
        columns=(
            parts.date_column("date", language.gettext("Date")),
            parts.text_column("publisher", language.gettext("Publisher")),
            parts.count_column("downloads_30d", language.gettext("Downloads, 30 days")),
            parts.share_column("share", language.gettext("Share")),
        ),
        rows=tuple((point.as_of.isoformat(), name, point.downloads_30d, point.share) for point in profile.history),
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


def _list_largest(rows: Sequence[PublisherRow], language: Language) -> Table:
    return Table(
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
    )


def choose_bars(rows: Sequence[PublisherRow], language: Language) -> Bars:
    """Return a bar for each publisher, in its country's colour."""
    bars = []
    for row in rows:
        downloads = language.short(row.downloads_30d)
        name, short = language.place(row.code), parts.short_place(row.code, language)
        bars.append(Bar(label(row.handle), f"{downloads} · {name}", f"{downloads} · {short}"))
    inks = {row.code: place_colour(row.code) for row in rows}
    return Bars((Group(tuple(bars)),), name="publisher", value="downloads_30d", inks=inks)
