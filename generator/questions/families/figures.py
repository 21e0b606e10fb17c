"""Families and models: the largest lines of families as bars, and their ranks over time."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from generator.figures.bars import Bar, Bars, Group, draw_bars
from generator.figures.figure import Figure, build_figure
from generator.figures.lines import Line, Lines, draw_lines, rank_lines
from generator.figures.marks import Standing
from generator.figures.theme import place_colour
from generator.questions import phrases, spans
from generator.questions.families.words import RANKS, find_window, list_largest, state, state_ranks
from generator.questions.ground import Tables
from generator.questions.report import Report
from generator.star.shares import NOT_PLACES
from generator.star.table import Row, Table
from generator.text import words
from generator.text.say import NOTHING, Sentence, clauses, join, listing, say

# Lines of families with a bar.
BARS: Final = 15


def build(tables: Tables, report: Report) -> tuple[Figure, ...]:
    """Build the figures; ranks over time need two dates."""
    if not tables["families-downloads"].find():
        return ()
    said = state(tables, report)
    shares = _build_shares(tables, said, report)
    several = tables["families-history"].frame["as_of"].nunique() > 1
    return (shares, _build_ranks(tables, said)) if several else (shares,)


def _build_shares(tables: Tables, said: Mapping[str, Sentence], report: Report) -> Figure:
    window, lines = find_window(tables), list_largest(tables, BARS)
    measures = (f"{name}_{window}" for name in ("downloads", "share", "share_of_country"))
    shown = tables["families-downloads"].first(BARS)
    return build_figure(
        shown.pick(f"rank_{window}", "line", "origin", "country_code", *measures),
        draw_bars,
        _choose_bars(lines, window),
        slug="families-shares",
        headline=_state_bars(lines, report),
        subtitle=spans.describe_subtitle(say("Share of all downloads, lines of families"), window, "origin", report),
        how_to_read=say(
            "A bar is the downloads of all named models of a family, whoever uploaded them: originals, fine-tuned and "
            "quantised versions. Its colour is the country of the maker of the root model. Families of "
            "one maker whose names begin with the same word are one bar."
        ),
        alt=said["coverage"],
    )


def _state_bars(lines: Sequence[Row], report: Report) -> Sentence:
    """State the largest line's share, and how many of the bars are of which countries."""
    most = phrases.count_codes(row["country_code"] for row in lines if row["country_code"] not in NOT_PLACES)[:2]
    named = [say("{number} go back to {place:the}", number=number, place=code) for code, number in most]
    first = say(
        "{line} accounts for at least {share:percent} of the downloads of {counted}.",
        **lines[0],
        counted=words.name_models("all", report.data.scope),
    )
    second = say("Of the {total} largest families {counts}.", total=len(lines), counts=clauses(named))
    return join(first, second if named else NOTHING)


def _choose_bars(lines: Sequence[Row], window: str) -> Bars:
    """Return a bar for each family, in the colour of the country of its root model's maker."""
    bars = (
        Bar(
            row["line"],
            say("{share:percent} · {country_code:place}", **row),
            say("{share:percent} · {country_code:brief}", **row),
        )
        for row in lines
    )
    inks = {row["country_code"]: place_colour(row["country_code"]) for row in lines}
    return Bars((Group(tuple(bars)),), name="line", value=f"share_{window}", by="country_code", inks=inks)


def _build_ranks(tables: Tables, said: Mapping[str, Sentence]) -> Figure:
    lines, history = list_largest(tables, RANKS), tables["families-history"]
    days = history.frame["as_of"].astype(object)
    order = say("The order on the newest date is {lines}.", lines=listing([row["line"] for row in lines]))
    return build_figure(
        _break_lines(tables, lines),
        draw_lines,
        choose_ranks(lines),
        slug="families-ranks",
        headline=state_ranks(tables, lines),
        subtitle=say(
            "Rank among families by downloads · {window:window} to each date · all models · by maker · {first:date} "
            "to {last:date}",
            window=find_window(tables),
            first=days.min(),
            last=days.max(),
        ),
        how_to_read=join(
            say(
                "Each line is a family of models, number 1 at the top. The families are those of the newest date; "
                "where a line is broken, the family was not among the first {ranks}.",
                ranks=RANKS,
            ),
            said["growth"],
        ),
        alt=order,
    )


def _break_lines(tables: Tables, lines: Sequence[Row]) -> Table:
    """Follow lines over time; ranks behind the last one drawn are left out."""
    history, about = tables["families-history"], tables["families-downloads"].pick("slug", "line", "country_code")
    rows = history.where(slug=[row["slug"] for row in lines]).frame.astype({"slug": "str"})
    rows = rows.merge(about.frame.astype({"slug": "str"}), on="slug")
    rows = rows.assign(rank=rows["rank"].astype("Int64").where(rows["rank"] <= RANKS))
    columns = (history.column("as_of"), *about.columns[1:], history.column("rank"), history.column("share_of_all"))
    return replace(history, columns=columns, frame=rows[[column.name for column in columns]])


def choose_ranks(lines: Sequence[Row]) -> Lines:
    """Return the ranks as lines, the first at the top."""
    named = ((row, say("{rank:count}  {line}", rank=rank, line=row["line"])) for rank, row in enumerate(lines, start=1))
    looks = [
        Line(row["line"], name, place_colour(row["country_code"]), weight=2.2, valued=False) for row, name in named
    ]
    return rank_lines(looks, "line", Standing())
