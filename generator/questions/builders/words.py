"""What is said of who builds: the world's kinds, the American case, which countries are left out."""

from collections.abc import Mapping
from typing import Final

from generator.base.encode import label
from generator.questions import phrases
from generator.questions.builders.tables import MIN_PUBLISHERS, MIN_SHARE, SHARES, UNKNOWN
from generator.questions.ground import Tables
from generator.questions.report import Report
from generator.star.table import Row
from generator.text import words
from generator.text.say import NOTHING, Sentence, say, say_plural

# The remark of 2025 is of the United States.
CASE: Final = "US"
# The kinds in the plural, as a key of colours names them.
KINDS: Final = {
    "company": say("Companies"),
    "non-profit": say("Non-profit organisations"),
    "university": say("Universities"),
    "government": say("Government bodies"),
    "community": say("Communities"),
    "person": say("Persons"),
    UNKNOWN: say("Unreviewed accounts"),
}


def state(tables: Tables, report: Report) -> Mapping[str, Sentence]:
    """State the sentences of page and figures."""
    return {
        "world": _state_world(tables, report),
        "case": _state_case(tables),
        "threshold": say_plural(
            "A country is shown if it has at least {publishers} publishers and their models account for "
            "at least {share:percent} of all downloads; one other country with downloads has too few.",
            "A country is shown if it has at least {publishers} publishers and their models account for "
            "at least {share:percent} of all downloads; {num:count} other countries with downloads have too few.",
            len(tables["builders-left-out"].frame),
            publishers=MIN_PUBLISHERS,
            share=MIN_SHARE,
        ),
        "growth": phrases.describe_growth(report.data),
    }


def _state_world(tables: Tables, report: Report) -> Sentence:
    """State how all downloads divide among the kinds."""
    row = tables["builders-countries"].find(country_code="all", universe="all")
    if row is None:
        return say("No model was downloaded in the thirty days to the newest date.")
    others = sum(row[SHARES[kind].name] for kind in ("non-profit", "university", "government", "community"))
    return say(
        "Models from companies account for {share_company:percent} of the downloads of {models} in the thirty days to "
        "{as_of:date}, those from persons for {share_person:percent}, from non-profit organisations, universities, "
        "government bodies and communities for {others:percent}; {share_unreviewed:percent} come from accounts that "
        "nobody has reviewed.",
        **row,
        models=words.name_models("all", report.data.scope),
        others=others,
    )


def _state_case(tables: Tables) -> Sentence:
    """State the part of companies in the American downloads, and the largest publisher that is and has none."""
    row = tables["builders-countries"].find(country_code=CASE, universe="all")
    if row is None:
        return NOTHING
    first = tables["builders-independent"].find(country_code=CASE)
    if first is None:
        return say(
            "Models from companies account for {share_company:percent} of the downloads of publishers in the United "
            "States; all other publishers there belong to a company.",
            **row,
        )
    return say(
        "Models from companies account for {share_company:percent} of the downloads of publishers in the United "
        "States; those from {name} ({kind}), the largest publisher that is no company and belongs to none, for "
        "{share_of_country:percent}.",
        share_company=row["share_company"],
        name=label(first["publisher"]),
        kind=words.KINDS[first["kind"]],
        share_of_country=first["share_of_country"],
    )


def describe_mix(name: Sentence, row: Row) -> Sentence:
    """Describe a mix kind by kind, those that it has."""
    found = ((KINDS[kind], row[column.name]) for kind, column in SHARES.items() if row[column.name])
    return say("{name}: {parts}.", name=name, parts=phrases.list_shares(found))
