"""What is said of derivatives: on whose models the world builds, and what that is known by."""

from collections.abc import Mapping

from generator.base.encode import label
from generator.questions import phrases
from generator.questions.derivatives.tables import MIN_MODELS
from generator.questions.ground import Tables
from generator.questions.report import Report
from generator.star.shares import NOT_PLACES
from generator.star.table import Row
from generator.text import words
from generator.text.say import NOTHING, Sentence, clauses, say


def state(tables: Tables, report: Report) -> Mapping[str, Sentence]:
    """State the sentences of page and figures: findings, what the origins are known by, how the list changed."""
    basis = tables["derivatives-basis"].find()
    assert basis is not None  # noqa: S101 - the newest date has its row
    return {
        "new": _state_new(tables),
        "downloads": _state_downloads(tables, report),
        "tags": _state_tags(basis),
        "basis": _state_basis(basis),
        "relations": _state_relations(tables, report),
        "growth": phrases.describe_growth(report.data),
        "uploaders": _state_uploaders(tables),
    }


def read_year(tables: Tables) -> dict[str, float]:
    """Return the shares of new derivatives of the last twelve whole months, by country or category of origin."""
    return {row["origin_code"]: row["share"] for row in tables["derivatives-year"].records()}


def read_downloads(tables: Tables, report: Report) -> dict[str, float]:
    """Return the shares of the downloads of derivatives on the newest date, those that are not nothing."""
    newest = tables["derivatives-downloads-history"].where(as_of=report.data.as_of)
    return {row["origin_code"]: row["download_share"] for row in newest.records() if row["download_share"]}


def _state_new(tables: Tables) -> Sentence:
    """State on whose models the new derivatives of the last twelve whole months were built."""
    rows = tables["derivatives-year"].records()
    number = sum(row["models"] for row in rows)
    if number < MIN_MODELS:
        return say("Too few new derivatives are in these data to tell on whose models they are built.")
    return say(
        "Of the {number:count} derivatives listed that were made in the twelve months to {date:date}, {parts}.",
        number=number,
        date=rows[0]["as_of"],
        parts=_name_leaders(read_year(tables)),
    )


def _state_downloads(tables: Tables, report: Report) -> Sentence:
    """State whose models the downloads of derivatives go back to on the newest date."""
    shares = read_downloads(tables, report)
    if not shares:
        return say("No derivative was downloaded in the thirty days to the newest date.")
    return say(
        "Of the downloads of derivatives in the thirty days to {date:date}, {parts}.",
        date=report.data.as_of,
        parts=_name_leaders(shares),
    )


def _name_leaders(shares: Mapping[str, float]) -> Sentence:
    places = sorted((code for code in shares if code not in NOT_PLACES), key=lambda code: (-shares[code], code))[:2]
    named = [
        say("{share:percent} go back to models from {place:the}", share=shares[code], place=code) for code in places[:1]
    ]
    named += [say("{share:percent} to models from {place:the}", share=shares[code], place=code) for code in places[1:]]
    nobody = sum(shares.get(code, 0.0) for code in NOT_PLACES)
    named.append(say("{share:percent} to accounts without a country", share=nobody))
    return clauses(named)


def _state_tags(basis: Row) -> Sentence:
    """Say what is missing where the data have no base-model tags; else nothing."""
    if basis["has_tags"]:
        return NOTHING
    return say(
        "These data have no base-model tags. A derivative is known here by its name only, where that tells another "
        "account's family; one with a name of its own is taken for an original, and adapters and merges cannot be told "
        "from other fine-tuned versions. The numbers of derivatives are therefore lower bounds."
    )


def _state_basis(basis: Row) -> Sentence:
    if not basis["downloads_30d"]:
        return NOTHING
    known = say("the maker of all of these is known by the model's name")
    if basis["has_tags"]:
        known = say(
            "of these, the maker of {share_by_tags:percent} is known by base-model tags and of "
            "{share_by_family:percent} by the model's name",
            **basis,
        )
    return say(
        "Derivatives account for {share_of_all:percent} of all downloads in the thirty days to {as_of:date}. Of their "
        "downloads {share_named:percent} are of models that the history names; {known}. Models with "
        "{downloads_own:spell} downloads that are not originals and name no other account as their maker are left out: "
        "they are made of their account's own models, or do not tell their base.",
        **basis,
        known=known,
    )


def _state_relations(tables: Tables, report: Report) -> Sentence:
    rows = tables["derivatives-downloads"].where(as_of=report.data.as_of).records()
    total = sum(row["downloads_30d"] for row in rows)
    if not total:
        return NOTHING
    sums = {
        relation: sum(row["downloads_30d"] for row in rows if row["relation"] == relation)
        for relation in {row["relation"] for row in rows}
    }
    ordered = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    named = phrases.list_shares((words.RELATIONS[relation], number / total) for relation, number in ordered)
    return say("By how they are made: {parts}.", parts=named)


def _state_uploaders(tables: Tables) -> Sentence:
    first = tables["derivatives-reuploaders"].find()
    if first is None:
        return say("No copy was downloaded in these days.")
    return say(
        "Copies by {name}, more than by any other account, account for {share_of_copies:percent} of the downloads of "
        "copies; {share_largest_origin:percent} of the downloads of its copies go back to {origin}.",
        **first,
        name=label(first["publisher"]),
        origin=label(first["largest_origin"]),
    )


def state_matrix(cells: Mapping[str, Mapping[str, float]]) -> Sentence:
    """State how much the largest builder country builds on the largest origin; given are shares by builder."""
    builder, shares = next(iter(cells.items()))
    origin, share = next(iter(shares.items()))
    values = {"builder": builder, "origin": origin, "share": share, "own": shares.get(builder)}
    if origin == builder:
        return say(
            "Of the derivatives by publishers in {builder:the}, {share:percent} go back to models from their own "
            "country.",
            **values,
        )
    if values["own"] is None:
        return say(
            "Of the derivatives by publishers in {builder:the}, {share:percent} go back to models from {origin:the}.",
            **values,
        )
    return say(
        "Of the derivatives by publishers in {builder:the}, {share:percent} go back to models from {origin:the}, "
        "{own:percent} to models from their own country.",
        **values,
    )
