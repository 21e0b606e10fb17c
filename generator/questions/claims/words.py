"""Claims in sentences: what their sources gave, what is measured, since when a test stands as it does."""

from collections.abc import Sequence
from typing import Any

from generator.base.scope import Scope
from generator.questions.claims.tables import (
    STATES,
    ClaimPoint,
    ClaimResult,
    Outcome,
    Sides,
    list_attributions,
    list_claims,
    list_names,
    list_tests,
)
from generator.questions.ground import Tables
from generator.questions.report import Report
from generator.star.table import Row
from generator.text.say import COMMA, NOTHING, Sentence, begin, join, known, say, say_plural, write
from generator.text.words import name_models


def state(tables: Tables, report: Report) -> dict[str, Sentence]:
    """State how many tests hold; then what each claim's source gave, and what is measured.

    Keys: `finding`; for each source the first claim's `<slug>:source`; `<slug>:then` of each claim; `<test>:now`.
    """
    results = tuple(list_claims(tables).values())
    said = {"finding": state_finding(results, report)}
    for group in group_by_source(results):
        said[f"{group[0].claim['claim']}:source"] = state_source(group)
    for result in results:
        said[f"{result.claim['claim']}:then"] = state_then(result)
    scope = report.data.scope
    for test in list_tests(results):
        said[f"{test.test['test']}:now"] = join(state_now(test, scope), state_since(test))
    return said


def state_item(item: ClaimResult, tables: Tables, report: Report) -> dict[str, Sentence]:
    """State what a claim's source gave, and of each of its tests the numbers, since when it stands and its scope.

    Keys: `then`, `scope`, and for each test `<test>:now`, `<test>:since`, `<test>:condition`, `<test>:shared`, perhaps
    empty, and `<test>:change-<number>`.
    """
    said = {"then": state_then(item), "scope": _describe_scope(item, report)}
    for result in item.tests:
        slug = result.test["test"]
        said[f"{slug}:now"] = state_now(result, report.data.scope)
        said[f"{slug}:since"] = state_since(result)
        said[f"{slug}:condition"] = describe_condition(result.test)
        said[f"{slug}:shared"] = _describe_shared(item.claim, slug, tables)
        at = {point.date: point for point in result.points}
        for number, change in enumerate(result.changes):
            said[f"{slug}:change-{number}"] = write_counts(result.test, at[change.date])
    return said


def group_by_source(results: Sequence[ClaimResult]) -> tuple[tuple[ClaimResult, ...], ...]:
    """Return claims by source, in the order in which the sources come first."""
    groups: dict[str, list[ClaimResult]] = {}
    for result in results:
        groups.setdefault(result.claim["source"], []).append(result)
    return tuple(map(tuple, groups.values()))


def state_finding(results: Sequence[ClaimResult], report: Report) -> Sentence:
    """State how many tests are in which state, and how many claims have none."""
    if not results:
        return say("The registry has no claim.")
    tests = list_tests(results)
    counted = [_count_state(name, sum(test.state == name for test in tests)) for name in STATES[:-1]]
    values = {
        "claims": len(results),
        "tests": len(tests),
        "date": report.data.as_of,
        "counts": join(*counted, between=COMMA),
        "models": name_models("all", report.data.scope),
    }
    text = say(
        "{claims:count} claims by others and {tests:count} tests of them, measured on {models} as of {date:date}: "
        "{counts}.",
        **values,
    )
    return join(text if counted else NOTHING, _count_untested(sum(not result.tests for result in results)))


def state_source(results: tuple[ClaimResult, ...]) -> Sentence:
    """State how many assertions of a source are tested, and how many cannot be; nothing of a single one."""
    untested = sum(not result.tests for result in results)
    if len(results) < 2:
        return NOTHING
    values = {"number": len(results), "tested": len(results) - untested}
    tested = say("{tested:count} of its {number:count} assertions can be tested.", **values)
    return join(tested, _count_untested(untested))


def _count_untested(number: int) -> Sentence:
    if not number:
        return NOTHING
    return say_plural(
        "{num} claim cannot be measured by counts of downloads; the reason stands beside it.",
        "{num} claims cannot be measured by counts of downloads; the reason stands beside each.",
        number,
    )


def _describe_scope(result: ClaimResult, report: Report) -> Sentence:
    if report.data.scope.is_hub or not result.is_judged:
        return NOTHING
    models = name_models("all", report.data.scope)
    return say("The state describes {models} only, a part of the Hub.", models=models)


def _describe_shared(claim: Row, test: str, tables: Tables) -> Sentence:
    """Say who else claims what this test says."""
    others = [
        known(each["claimed_by"])
        for each in tables["claims"].records()
        if test in list_names(each["tests"]) and each["claim"] != claim["claim"]
    ]
    if not others:
        return NOTHING
    return say("This test also stands for a claim by {names}; it counts once.", names=join(*others, between=COMMA))


def _count_state(state: str, number: int) -> Sentence:
    if not number:
        return NOTHING
    return {
        "holds": say_plural("{num} holds", "{num} hold", number),
        "does-not": say_plural("{num} does not hold", "{num} do not hold", number),
        "depends": say_plural("{num} depends on who is counted", "{num} depend on who is counted", number),
        "level": say_plural("{num} is level", "{num} are level", number),
        "too-little": say_plural("{num} has too little history", "{num} have too little history", number),
        "no-data": say_plural("{num} has no data", "{num} have no data", number),
        "selection": say_plural(
            "{num} cannot be tested on a selection", "{num} cannot be tested on a selection", number
        ),
    }[state]


def state_now(result: Outcome, scope: Scope) -> Sentence:
    """State both sides on the newest date by each attribution, or why there is no state."""
    point = result.newest
    if result.missing:
        models = name_models("all", scope)
        why = {
            "short-history": say("It needs a year of data, and the dates recorded cover less."),
            "no-counter": say("It needs a counter since creation, which these data do not have."),
            "no-measure": say("These data have no model that it could be measured by."),
            "old": say("The last number is too old to say how it stands."),
            "selection": say("It is about all public models; {models} are only some of them.", models=models),
        }[result.missing]
        return join(why, _state_meanwhile(result, point, models) if point else NOTHING)
    if point is None:
        return NOTHING
    return join(write_counts(result.test, point), _state_disagreement(result.test, point))


def _state_disagreement(test: Row, point: ClaimPoint) -> Sentence:
    """Say how the two ways of counting disagree."""
    if point.condition != "depends" or point.other is None:
        return NOTHING
    said = {
        "holds": say("it holds"),
        "level": say("it is level"),
        "fails": say("it does not hold"),
    }
    told = dict(
        zip(list_attributions(test["about"]), (said[point.own.condition], said[point.other.condition]), strict=True)
    )
    return say("By maker {maker}, by publisher {publisher}.", maker=told["origin"], publisher=told["publisher"])


def state_since(result: Outcome) -> Sentence:
    """State since when a test stands as it does; nothing for one without a state."""
    if result.since is None:
        return NOTHING
    values: dict[str, Any] = {"since": result.since}
    condition = result.points[-1].condition
    if result.since_start:
        return {
            "holds": say("It has held on every date that could be measured, from {since:date} on.", **values),
            "level": say("Level on every date that could be measured, from {since:date} on.", **values),
            "fails": say("It has held on no date that could be measured, from {since:date} on.", **values),
            "depends": say(
                "It has depended on who is counted on every date that could be measured, from {since:date} on.",
                **values,
            ),
        }[condition]
    values["before"] = {
        "holds": say("it held"),
        "level": say("the two were level"),
        "fails": say("it did not hold"),
        "depends": say("it depended on who is counted"),
    }[result.changes[-1].before]
    values["last"] = result.changes[-1].last_seen
    return {
        "holds": say("It has held since {since:date}; on {last:date} {before}.", **values),
        "level": say("Level since {since:date}; on {last:date} {before}.", **values),
        "fails": say("It has not held since {since:date}; on {last:date} {before}.", **values),
        "depends": say("It has depended on who is counted since {since:date}; on {last:date} {before}.", **values),
    }[condition]


def state_then(result: ClaimResult) -> Sentence:
    """State what the source gave; nothing where it gave no number."""
    claim = result.claim
    if claim["value_then"] is None:
        return NOTHING
    unit = result.tests[0].test["unit"]
    value = write_value(claim["value_then"], unit)
    if claim["against_then"] is None:
        return say("Then: {value}.", value=value)
    against = write_value(claim["against_then"], unit)
    return say("Then: {value} against {against}.", value=value, against=against)


def describe_condition(test: Row) -> Sentence:
    """Say a test's condition as the registry has it: measure, operator, other side, tolerance."""
    condition = " ".join(test[name] for name in ("measure", "operator", "against"))
    if not test["level_within"]:
        return say("{condition}", condition=condition)
    within = write_difference(test["level_within"], test["unit"])
    return say("{condition}, within {within}", condition=condition, within=within)


def write_counts(test: Row, point: ClaimPoint) -> Sentence:
    """Write both sides on a date, by each attribution that there is."""
    pair, date = write_pair(test, point.own), write(point.date, "date")
    if not test["about"]:
        return say("{pair} on {date}.", pair=pair, date=date)
    own = _write_counted(list_attributions(test["about"])[0], pair)
    told = say("On {date}, {counted}.", date=date, counted=own)
    if point.other is None:
        return told
    other = _write_counted(list_attributions(test["about"])[1], write_pair(test, point.other))
    return join(told, begin(say("{counted}.", counted=other)))


def _write_counted(attribution: str, pair: Sentence) -> Sentence:
    if attribution == "origin":
        return say("counted by maker: {pair}", pair=pair)
    return say("counted by publisher: {pair}", pair=pair)


def write_pair(test: Row, sides: Sides) -> Sentence:
    """Write both sides of a test: `China 48.5% against United States 33.7%`."""
    left = join(name_side(test, "measure"), write_value(sides.value, test["unit"]))
    against = name_side(test, "against") if test["threshold"] is None else NOTHING
    return say("{left} against {right}", left=left, right=join(against, write_value(sides.against, test["unit"])))


def write_difference(value: float, unit: str) -> Sentence:
    """Write a difference in its unit; shares differ by points."""
    return write(value, "points") if unit == "share" else write_short(value, unit)


def name_side(test: Row, side: str) -> Sentence:
    """Name what series are of: countries by their names, families as the test spells them, the whole not at all.

    Args:
        test: its row.
        side: `measure` or `against`.
    """
    spelled = {bare.lower(): bare for word in test["words"].split() if (bare := word.strip(".,").removesuffix("'s"))}
    tails = [name.replace("/", ".").rpartition(".")[2] for name in list_names(test[side])]
    named = [write(tail, "place") if tail.isupper() else spelled.get(tail, tail) for tail in tails if tail != "all"]
    return begin(join(*named, between=" + "))


def _state_meanwhile(result: Outcome, point: ClaimPoint, models: Sentence) -> Sentence:
    """State the numbers of a test that has no state."""
    pair = write_pair(result.test, point.own)
    values = {"pair": pair, "date": point.date}
    if result.state == "selection":
        return say("Among {models}: {pair} on {date:date}.", models=models, **values)
    if not result.meanwhile:
        return say("{pair} on {date:date}.", **values)
    window = {
        "held": say("over all dates recorded"),
        "30d": say("over thirty days"),
        "12m": say("over twelve months"),
    }[result.meanwhile]
    return say("Meanwhile, {window} to {date:date}: {pair}.", window=window, **values)


def write_value(value: float, unit: str) -> Sentence:
    """Write a value in its unit within a sentence."""
    if unit == "parameters":
        return say("{number:spell} parameters", number=value)
    if unit == "days":
        return say("{number:number} days", number=value)
    return write_short(value, unit)


def write_short(value: float, unit: str) -> Sentence:
    """Write a value in its unit where there is little room."""
    if unit == "share":
        return write(value, "percent")
    if unit == "parameters":
        return write(value, "short")
    number = write(value, "number")
    return say("{number}\u00a0d", number=number) if unit == "days" else number
