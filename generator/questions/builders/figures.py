"""Builders: the kinds of organisation that a country's downloads come from, and the American case in detail."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from generator.base.encode import label
from generator.base.scope import Scope
from generator.figures import parts
from generator.figures.figure import Column, Figure, Table
from generator.figures.stacks import Part, Stack, Stacks, draw_stacks
from generator.questions import phrases, sentences
from generator.questions.builders.tables import KINDS, MIN_PUBLISHERS, MIN_SHARE, UNKNOWN, WORLD, Builders, Mix
from generator.questions.report import Report
from generator.text import words
from generator.text.say import NOTHING, Sentence, begin, join, say, write

COUNTRIES: Final = 10
# The remark of 2025 is of the United States.
CASE: Final = "US"
# Fill of each kind, and the colour of the digits on it: none of a country's colours.
_COLOURS: Final = {
    "company": ("seq-5", "paper"),
    "non-profit": ("seq-1", "ink"),
    "university": ("eu", "paper"),
    "government": ("international", "ink"),
    "community": ("place-other", "ink"),
    "person": ("unaffiliated", "ink"),
    UNKNOWN: ("unreviewed", "ink"),
}


def build(topic: Builders, report: Report) -> tuple[Figure, ...]:
    """Build the mixes of the world and the countries, and those of the United States."""
    found = (_build_countries(topic, report), _build_case(topic, report))
    return tuple(figure for figure in found if figure)


def state(topic: Builders, report: Report) -> dict[str, Sentence]:
    """State the world's mix, the American case, which countries are left out, and how the list changed."""
    return {
        "world": state_world(topic, report.data.scope),
        "case": state_case(topic),
        "threshold": _state_threshold(topic),
        "growth": phrases.describe_growth(report.data),
    }


def name_kinds(kind: str) -> Sentence:
    """Name a kind in the plural, as a key of colours does."""
    return {
        "company": say("Companies"),
        "non-profit": say("Non-profit organisations"),
        "university": say("Universities"),
        "government": say("Government bodies"),
        "community": say("Communities"),
        "person": say("Persons"),
        UNKNOWN: say("Unreviewed accounts"),
    }[kind]


def state_world(topic: Builders, scope: Scope) -> Sentence:
    """State how all downloads divide among the kinds."""
    if not topic.world:
        return say("No model was downloaded in the thirty days to the newest date.")
    shares = topic.world[0].shares
    return say(
        "Models from companies account for {company:percent} of the downloads of {models} in the thirty days to "
        "{date:date}, those from persons for {person:percent}, from non-profit organisations, universities, "
        "government bodies and communities for {others:percent}; {unreviewed:percent} are of accounts that nobody has "
        "reviewed.",
        models=words.name_models("all", scope),
        date=topic.as_of,
        company=shares.get("company", 0.0),
        person=shares.get("person", 0.0),
        others=sum(shares.get(kind, 0.0) for kind in KINDS[1:-1]),
        unreviewed=shares.get(UNKNOWN, 0.0),
    )


def state_case(topic: Builders) -> Sentence:
    """State the part of companies in the American downloads, and the largest publisher that is and has none."""
    case = topic.find(CASE)
    if not case:
        return NOTHING
    companies = say(
        "Models from companies account for {share:percent} of the downloads of American publishers",
        share=case.mix.shares.get("company", 0.0),
    )
    if not case.independent:
        return say("{companies}; all others belong to one.", companies=companies)
    first = case.independent[0]
    return say(
        "{companies}; the largest publisher that is no company and belongs to none, {name} ({kind}), for "
        "{share:percent}.",
        companies=companies,
        name=label(first.publisher),
        kind=words.KINDS[first.kind],
        share=first.share,
    )


def _state_threshold(topic: Builders) -> Sentence:
    return say(
        "A country is divided where at least {publishers} of its publishers together have at least {share:percent} of "
        "all downloads; {left} other countries with downloads lack them.",
        publishers=MIN_PUBLISHERS,
        share=MIN_SHARE,
        left=len(topic.left_out),
    )


def choose_picture(names: Sequence[tuple[Sentence, Mix]], bar: str) -> Stacks:
    """Return a bar for each mix, divided by the kind of publisher."""
    kinds = tuple(
        Part(kind, ink, text, is_open=kind == UNKNOWN, name=name_kinds(kind)) for kind, (ink, text) in _COLOURS.items()
    )
    bars = tuple(Stack(name, write(mix.downloads, "short")) for name, mix in names)
    return Stacks(bars, kinds, bar=bar, part="kind")


def _build_countries(topic: Builders, report: Report) -> Figure | None:
    if not topic.world:
        return None
    mixes = [topic.world[0], *(country.mix for country in topic.countries[:COUNTRIES])]
    finding = state_world(topic, report.data.scope)
    names = [(_name_place(mix.code), mix) for mix in mixes]
    table = _list_countries(mixes)
    return Figure(
        slug="builders-countries",
        headline=finding,
        subtitle=say(
            "Share of downloads by kind of publisher · 30 days to {date:date} · all models · by publisher",
            date=topic.as_of,
        ),
        source=sentences.describe_source(report.data),
        how_to_read=say(
            "A bar is all downloads, or a country's, with their number at its right; its parts are the kinds of "
            "account that uploaded the models. Persons are never given a country, and unreviewed accounts have none "
            "yet: both stand in the bar of all downloads only."
        ),
        alt=join(finding, *[_describe(mix) for mix in mixes[1:4]]),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_stacks, table, choose_picture(names, "place")),
    )


def _list_countries(mixes: Sequence[Mix]) -> Table:
    return Table(
        columns=_list_columns(parts.text_column("place", say("Country"))),
        rows=tuple((_name_place(mix.code), kind, mix.shares[kind]) for mix in mixes for kind in mix.shares),
    )


def _build_case(topic: Builders, report: Report) -> Figure | None:
    case = topic.find(CASE)
    if not case:
        return None
    finding = state_case(topic)
    names = [(begin(write(mix.universe, "universe")), mix) for mix in case.universes]
    table = _list_case(names)
    return Figure(
        slug="builders-us",
        headline=finding,
        subtitle=say(
            "Share of the downloads of publishers in the United States by their kind · 30 days to {date:date} · four "
            "groups of models · by publisher",
            date=topic.as_of,
        ),
        source=sentences.describe_source(report.data),
        how_to_read=say(
            "A bar is a group of models, with their downloads at its right. A laboratory that belongs to a company "
            "counts as a company if the registry says so; a publisher that “belongs to none” has no parent there."
        ),
        alt=join(finding, *[_describe(mix) for mix in case.universes[:1]]),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_stacks, table, choose_picture(names, "models")),
    )


def _list_case(names: Sequence[tuple[Sentence, Mix]]) -> Table:
    return Table(
        columns=_list_columns(parts.text_column("models", say("Models"))),
        rows=tuple((name, kind, mix.shares[kind]) for name, mix in names for kind in mix.shares),
    )


def _name_place(code: str) -> Sentence:
    return say("All downloads") if code == WORLD else write(code, "place")


def _describe(mix: Mix) -> Sentence:
    return say(
        "{place}: {parts}.",
        place=_name_place(mix.code),
        parts=join(
            *(join(name_kinds(kind), write(share, "percent")) for kind, share in mix.shares.items()), between=", "
        ),
    )


def _list_columns(first: Column) -> tuple[Column, ...]:
    return (
        first,
        parts.text_column("kind", say("Kind")),
        parts.share_column("share", say("Share")),
    )
