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
from generator.text.language import Language

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


def build(topic: Builders, report: Report, language: Language) -> tuple[Figure, ...]:
    """Build the mixes of the world and the countries, and those of the United States."""
    found = (_build_countries(topic, report, language), _build_case(topic, report, language))
    return tuple(figure for figure in found if figure)


def state(topic: Builders, report: Report, language: Language) -> dict[str, str]:
    """State the world's mix, the American case, which countries are left out, and how the list changed."""
    return {
        "world": state_world(topic, report.data.scope, language),
        "case": state_case(topic, language),
        "threshold": _state_threshold(topic, language),
        "growth": phrases.describe_growth(report.data, language),
    }


def name_kinds(kind: str, language: Language) -> str:
    """Name a kind in the plural, as a key of colours does."""
    return {
        "company": language.gettext("Companies"),
        "non-profit": language.gettext("Non-profit organisations"),
        "university": language.gettext("Universities"),
        "government": language.gettext("Government bodies"),
        "community": language.gettext("Communities"),
        "person": language.gettext("Persons"),
        UNKNOWN: language.gettext("Unreviewed accounts"),
    }[kind]


def state_world(topic: Builders, scope: Scope, language: Language) -> str:
    """State how all downloads divide among the kinds."""
    if not topic.world:
        return language.gettext("No model was downloaded in the thirty days to the newest date.")
    shares = topic.world[0].shares
    return language.gettext(
        "Models from companies account for %(company)s of the downloads of %(models)s in the thirty days to %(date)s, "
        "those from persons for %(person)s, from non-profit organisations, universities, government bodies and "
        "communities for %(others)s; %(unreviewed)s are of accounts that nobody has reviewed.",
        models=words.name_models("all", scope, language),
        date=language.date(topic.as_of),
        company=language.percent(shares.get("company", 0.0)),
        person=language.percent(shares.get("person", 0.0)),
        others=language.percent(sum(shares.get(kind, 0.0) for kind in KINDS[1:-1])),
        unreviewed=language.percent(shares.get(UNKNOWN, 0.0)),
    )


def state_case(topic: Builders, language: Language) -> str:
    """State the part of companies in the American downloads, and the largest publisher that is and has none."""
    case = topic.find(CASE)
    if not case:
        return ""
    companies = language.gettext(
        "Models from companies account for %(share)s of the downloads of American publishers",
        share=language.percent(case.mix.shares.get("company", 0.0)),
    )
    if not case.independent:
        return language.gettext("%(companies)s; all others belong to one.", companies=companies)
    first = case.independent[0]
    return language.gettext(
        "%(companies)s; the largest publisher that is no company and belongs to none, %(name)s (%(kind)s), for "
        "%(share)s.",
        companies=companies,
        name=label(first.publisher),
        kind=words.name_kind(first.kind, language),
        share=language.percent(first.share),
    )


def _state_threshold(topic: Builders, language: Language) -> str:
    return language.gettext(
        "A country is divided where at least %(publishers)s of its publishers together have at least %(share)s of all "
        "downloads; %(left)s other countries with downloads lack them.",
        publishers=MIN_PUBLISHERS,
        share=language.percent(MIN_SHARE),
        left=len(topic.left_out),
    )


def choose_picture(names: Sequence[tuple[str, Mix]], bar: str, language: Language) -> Stacks:
    """Return a bar for each mix, divided by the kind of publisher."""
    kinds = tuple(
        Part(kind, ink, text, is_open=kind == UNKNOWN, name=name_kinds(kind, language))
        for kind, (ink, text) in _COLOURS.items()
    )
    bars = tuple(Stack(name, language.short(mix.downloads)) for name, mix in names)
    return Stacks(bars, kinds, bar=bar, part="kind")


def _build_countries(topic: Builders, report: Report, language: Language) -> Figure | None:
    if not topic.world:
        return None
    mixes = [topic.world[0], *(country.mix for country in topic.countries[:COUNTRIES])]
    finding = state_world(topic, report.data.scope, language)
    names = [(_name_place(mix.code, language), mix) for mix in mixes]
    table = _list_countries(mixes, language)
    return Figure(
        slug="builders-countries",
        headline=finding,
        subtitle=language.gettext(
            "Share of downloads by kind of publisher · 30 days to %(date)s · all models · by publisher",
            date=language.date(topic.as_of),
        ),
        source=sentences.describe_source(report.data, language),
        how_to_read=language.gettext(
            "A bar is all downloads, or a country's, with their number at its right; its parts are the kinds of "
            "account that uploaded the models. Persons are never given a country, and unreviewed accounts have none "
            "yet: both stand in the bar of all downloads only."
        ),
        alt=phrases.join_sentences(finding, *[_describe(mix, language) for mix in mixes[1:4]]),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_stacks, table, choose_picture(names, "place", language), language=language),
    )


def _list_countries(mixes: Sequence[Mix], language: Language) -> Table:
    return Table(
        columns=_list_columns(language, parts.text_column("place", language.gettext("Country"))),
        rows=tuple((_name_place(mix.code, language), kind, mix.shares[kind]) for mix in mixes for kind in mix.shares),
    )


def _build_case(topic: Builders, report: Report, language: Language) -> Figure | None:
    case = topic.find(CASE)
    if not case:
        return None
    finding = state_case(topic, language)
    names = [(parts.capital(language.universe(mix.universe)), mix) for mix in case.universes]
    table = _list_case(names, language)
    return Figure(
        slug="builders-us",
        headline=finding,
        subtitle=language.gettext(
            "Share of the downloads of publishers in the United States by their kind · 30 days to %(date)s · four "
            "groups of models · by publisher",
            date=language.date(topic.as_of),
        ),
        source=sentences.describe_source(report.data, language),
        how_to_read=language.gettext(
            "A bar is a group of models, with their downloads at its right. A laboratory that belongs to a company "
            "counts as a company if the registry says so; a publisher that “belongs to none” has no parent there."
        ),
        alt=phrases.join_sentences(finding, *[_describe(mix, language) for mix in case.universes[:1]]),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_stacks, table, choose_picture(names, "models", language), language=language),
    )


def _list_case(names: Sequence[tuple[str, Mix]], language: Language) -> Table:
    return Table(
        columns=_list_columns(language, parts.text_column("models", language.gettext("Models"))),
        rows=tuple((name, kind, mix.shares[kind]) for name, mix in names for kind in mix.shares),
    )


def _name_place(code: str, language: Language) -> str:
    return language.gettext("All downloads") if code == WORLD else language.place(code)


def _describe(mix: Mix, language: Language) -> str:
    return language.gettext(
        "%(place)s: %(parts)s.",
        place=_name_place(mix.code, language),
        parts=", ".join(
            f"{name_kinds(kind, language)} {language.percent(share)}" for kind, share in mix.shares.items()
        ),
    )


def _list_columns(language: Language, first: Column) -> tuple[Column, ...]:
    return (
        first,
        parts.text_column("kind", language.gettext("Kind")),
        parts.share_column("share", language.gettext("Share")),
    )
