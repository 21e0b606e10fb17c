"""What changed in a week, in sentences; each states what its numbers show."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from generator.base.encode import label
from generator.questions import sentences
from generator.questions.claims.tables import find_claim, list_claims
from generator.questions.ground import Tables
from generator.questions.report import Report
from generator.questions.weeks.tables import TOP
from generator.star.definitions import Definition
from generator.star.table import Row
from generator.text import words
from generator.text.say import COMMA, NOTHING, Sentence, join, known, listing, say, say_plural, write

# Names in a sentence; the rest is counted and stands in the data file.
NAMED: Final = 3
# From the end of one week to the beginning of the one before: two dates of neighbouring weeks lie no farther apart.
WEEK_DAYS: Final = 13
# The changes of a week by what changed.
Changes: TypeAlias = Mapping[str, Sequence[Row]]


def state(tables: Tables, report: Report) -> Mapping[str, Sentence]:
    """State the newest week's finding, then that of each week by its name."""
    weeks = tables["weeks-dates"].records()
    found = {week["week"]: state_finding(week, find_changes(week, tables), report) for week in weeks}
    return {"finding": join(found[weeks[0]["week"]], describe_comparison(weeks[0]))} | found


def state_item(item: Row, tables: Tables, report: Report) -> Mapping[str, Sentence]:
    """State what changed in a week: its finding, then its sentences in their order, by kind."""
    changes = find_changes(item, tables)
    said = {"finding": state_finding(item, changes, report), "compared": describe_comparison(item)}
    return said | list_changes(item, changes, report)


def find_changes(week: Row, tables: Tables) -> Changes:
    """Return the changes of a week by what changed."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in tables["weeks"].where(week=week["week"]).records():
        found[row["change"]].append(row)
    return found


def list_changes(week: Row, changes: Changes, report: Report) -> dict[str, Sentence]:
    """List the sentences on a week by kind; a kind with nothing to say is left out.

    Kinds: `moves`, `leaders`, `models`, `publishers`, `claims` or `claim-<slug>:<test>` for each that changed, `falls`,
    `gap`, `repeated`, `growth`, `correction-<number>`.
    """
    compared = {} if week["previous"] is None else _state_compared(week, changes, report)
    found = {
        **compared,
        "falls": _state_falls(changes["counter-fell"]),
        "gap": _state_gap(changes["gap"]),
        "repeated": _state_repeated(changes["repeated"]),
        "growth": _state_growth(week, report),
        **_state_corrections(changes["correction"]),
    }
    return {kind: text for kind, text in found.items() if text}


def _state_compared(week: Row, changes: Changes, report: Report) -> dict[str, Sentence]:
    """State what only a week has that is compared with one before."""
    return {
        "moves": _state_moves(week, changes),
        "leaders": _state_leaders(week, changes["leader"], report),
        "models": _state_models(changes["model"]),
        "publishers": _state_publishers(changes["publisher"]),
        **_state_flips(week, changes["claim"], report),
    }


def state_finding(week: Row, changes: Changes, report: Report) -> Sentence:
    """State a week in one sentence: its largest move, or its leader where there is nothing to compare."""
    leader = week["leader_code"]
    if leader is None:
        return say("No downloads are attributed to a country.")
    if not report.data.scope.may_rank:
        return _state_list(week, changes, report)
    values = {"place": leader, "share": week["share_of_leader"]}
    if week["previous"] is None:
        return say("{place:The} has the largest share, {share:percent}; the history begins here.", **values)
    most = _find_most(changes)
    if most is None:
        return say(
            "{place:The} has the largest share, {share:percent}; no country's share moved by as much as 0.2 points.",
            **values,
        )
    if most["country_code"] != leader:
        return say("{place:The} has the largest share, {share:percent}; {move}.", move=_state_change(most), **values)
    if most["change"] == "rise":
        return say("{place:The}, with the largest share, rose {path}.", path=_state_path(most), **values)
    return say("{place:The}, with the largest share, fell {path}.", path=_state_path(most), **values)


def _state_list(week: Row, changes: Changes, report: Report) -> Sentence:
    """State a week of a selection: what moved over the models counted on both dates, and no leader."""
    if week["previous"] is None or not week["models_on_both"]:
        return say(
            "{place} has {share:percent} of the downloads of {models} on {date:date}.",
            place=write(week["leader_code"], "The"),
            share=week["share_of_leader"],
            models=words.name_models(week["universe"], report.data.scope),
            date=week["as_of"],
        )
    values = {"models": words.name_models(week["universe"], report.data.scope)}
    most = _find_most(changes)
    if most is None:
        return say("Of {models} counted on both dates, no country's share moved by as much as 0.2 points.", **values)
    return say("Of {models} counted on both dates, {move}.", move=_state_change(most), **values)


def _find_most(changes: Changes) -> Row | None:
    moves = (*changes["rise"], *changes["fall"])
    return max(moves, key=lambda move: abs(move["after"] - move["before"]), default=None)


def _state_change(move: Row) -> Sentence:
    """Say that a share rose or fell, within a sentence."""
    values = {"place": move["country_code"], "path": _state_path(move)}
    if move["change"] == "rise":
        return say("the share of {place:the} rose {path}", **values)
    return say("the share of {place:the} fell {path}", **values)


def _state_path(move: Row) -> Sentence:
    """Say from where to where a share moved, and what is left of it without the model that explains most."""
    path = say("from {before:percent} to {after:percent}", **move)
    if move["without"] is None:
        return path
    return say(
        "{path} (without {model}: from {before_without:percent} to {after_without:percent})",
        path=path,
        model=label(move["without"]),
        **move,
    )


def describe_comparison(week: Row) -> Sentence:
    """Say which dates are compared, and under which definition."""
    definition = _name_definition(week)
    if week["previous"] is None:
        return say(
            "The first week of the history, with the snapshot of {date:date}. Shares: {definition}.",
            date=week["as_of"],
            definition=definition,
        )
    values = {
        "date": week["as_of"],
        "previous": week["previous"],
        "days": (week["as_of"] - week["previous"]).days,
        "definition": definition,
    }
    if not week["models_on_both"]:
        return say(
            "{date:date} compared with {previous:date}, {days:count} days before. Shares: {definition}.", **values
        )
    return say(
        "{date:date} compared with {previous:date}, {days:count} days before. Shares: {definition}, over the "
        "{models:count} models counted on both dates; on either date they hold at least {cover:percent0} of the "
        "downloads.",
        models=week["models_on_both"],
        cover=week["share_on_both"],
        **values,
    )


def name_week(week: Row) -> Sentence:
    """Name a week: `Week 41 of 2026`; what is compared over more days by these: `3 Sep 2026 to 8 Oct 2026`."""
    if week["previous"] and (week["as_of"] - week["previous"]).days > WEEK_DAYS:
        return say("{previous:date} to {as_of:date}", **week)
    year, number, _ = week["as_of"].isocalendar()
    return say("Week {number} of {year}", number=number, year=year)


def _name_definition(week: Row) -> Sentence:
    return sentences.name_definition(Definition(week["window"], week["universe"], week["attribution"]))


def _state_moves(week: Row, changes: Changes) -> Sentence:
    definition = _name_definition(week)
    rise, fall = (_state_move(changes[name]) for name in ("rise", "fall"))
    if not rise and not fall:
        most = say("No country's share moved by as much as 0.2 points ({definition}).", definition=definition)
        return join(most, _state_nobody(changes["nobody"]))
    up = say("Largest rise: {rise}.", rise=rise) if rise else NOTHING
    down = say("Largest fall: {fall}.", fall=fall) if fall else NOTHING
    none_up = NOTHING if rise else say("No country's share rose by as much as 0.2 points.")
    none_down = NOTHING if fall else say("No country's share fell by as much as 0.2 points.")
    counted = say("Counted: {definition}.", definition=definition)
    return join(up, down, none_up, none_down, _state_nobody(changes["nobody"]), counted)


def _state_nobody(moves: Sequence[Row]) -> Sentence:
    """State the move of what no country is given, where it is worth telling."""
    if not moves:
        return NOTHING
    return say("The share of the downloads attributed to no country went {path}.", path=_state_path(moves[0]))


def _state_move(moves: Sequence[Row]) -> Sentence:
    if not moves:
        return NOTHING
    return say("{place:the} {path}", place=moves[0]["country_code"], path=_state_path(moves[0]))


def _state_leaders(week: Row, leaders: Sequence[Row], report: Report) -> Sentence:
    if not week["definitions"] or not report.data.scope.may_rank:
        return NOTHING
    if not leaders:
        return say(
            "Under all {total:count} definitions compared, the same country has the most downloads as before.",
            total=week["definitions"],
        )
    definitions = {definition.slug: definition for definition in report.definitions}
    named = say(
        "{after:the} instead of {before:the} under “{definition}”",
        after=leaders[0]["stands"],
        before=leaders[0]["stood"],
        definition=sentences.name_definition(definitions[leaders[0]["subject"]]),
    )
    return say(
        "Another country has the most downloads under {number:count} of {total:count} definitions: {named}.",
        number=len(leaders),
        total=week["definitions"],
        named=listing([named, *_count_rest(len(leaders) - 1)]),
    )


def _state_models(entrants: Sequence[Row]) -> Sentence:
    if not entrants:
        return say("The ten most downloaded models are the same as before.")
    return say("New among the ten most downloaded models of 30 days: {names}.", names=_name_entrants(entrants))


def _state_publishers(entrants: Sequence[Row]) -> Sentence:
    if not entrants:
        return say("The ten largest publishers are the same as before.")
    return say(
        "New among the ten publishers with the most downloads in 30 days: {names}.", names=_name_entrants(entrants)
    )


def _name_entrants(entrants: Sequence[Row]) -> Sentence:
    named = [
        say(
            "{name} ({place:brief}, rank {after:count}, {downloads_30d:spell} downloads)",
            name=label(entrant["subject"]),
            place=entrant["country_code"],
            **entrant,
        )
        for entrant in entrants[: NAMED if len(entrants) > NAMED + 1 else TOP]
    ]
    return listing([*named, *_count_rest(len(entrants) - len(named))])


def _count_rest(number: int) -> list[Sentence]:
    return [say_plural("{num} other", "{num} others", number)] if number else []


def _state_flips(week: Row, flips: Sequence[Row], report: Report) -> dict[str, Sentence]:
    claims = report.topics["claims"]
    if not week["tests_measured"]:
        return {}
    if not flips:
        return {"claims": say("No claim that can be measured changed its state.")}
    tests = {row["test"]: row["words"] for row in claims.by_name["claims-tests"].records()}
    results = list_claims(claims.by_name).values()
    return {
        f"claim-{find_claim(flip['subject'], results)['claim']}:{flip['subject']}": say(
            "“{claim}” Before: {before}; from {date:date}: {after}.",
            claim=known(tests[flip["subject"]]),
            before=words.CONDITIONS[flip["stood"]],
            after=words.CONDITIONS[flip["stands"]],
            date=flip["changed_on"],
        )
        for flip in flips
    }


def _state_falls(falls: Sequence[Row]) -> Sentence:
    if not falls:
        return NOTHING
    return say_plural(
        "One counter since creation fell, that of {model} from {before:count} to {after:count}; its downloads count "
        "as 0.",
        "{num} counters since creation fell, most that of {model} from {before:count} to {after:count}; their "
        "downloads count as 0.",
        len(falls),
        model=label(falls[0]["subject"]),
        before=falls[0]["before"],
        after=falls[0]["after"],
    )


def _state_gap(gaps: Sequence[Row]) -> Sentence:
    if not gaps:
        return NOTHING
    return say_plural(
        "One day since the snapshot before is a gap that no count covers.",
        "{num} days since the snapshot before are a gap that no count covers.",
        int(gaps[0]["after"]),
    )


def _state_repeated(repeated: Sequence[Row]) -> Sentence:
    if not repeated:
        return NOTHING
    return say(
        "Set aside because it repeated the snapshot before: {days}.",
        days=join(*(write(row["changed_on"], "date") for row in repeated), between=COMMA),
    )


def _state_growth(week: Row, report: Report) -> Sentence:
    if report.data.scope.is_hub or week["previous"] is None or week["models_before"] == week["models_after"]:
        return NOTHING
    return say(
        "The list of models tracked went from {models_before:count} to {models_after:count}, so part of what "
        "moves is the list.",
        **week,
    )


def _state_corrections(corrections: Sequence[Row]) -> dict[str, Sentence]:
    return {
        f"correction-{number}": say("Put right on {changed_on:date}: {what}", what=label(row["subject"]), **row)
        for number, row in enumerate(corrections, start=1)
    }
