"""Claims in sentences, and a figure of each test that has numbers."""

from functools import partial

from generator.base.scope import Scope
from generator.figures import parts
from generator.figures.figure import Column, Figure, Table
from generator.figures.lines import draw_lines
from generator.questions import phrases, sentences
from generator.questions.claims.lines import choose_picture, write_short, write_value
from generator.questions.claims.tables import STATES, ClaimPoint, ClaimResult, Claims, Outcome, Sides, list_attributions
from generator.questions.report import Report
from generator.questions.surges import pick_standing
from generator.registry.claims import Claim, ClaimTest
from generator.text import words
from generator.text.language import Language
from generator.text.words import name_models

_KINDS = {"share": "share", "parameters": "count"}


def build(topic: Claims, report: Report, language: Language) -> tuple[Figure, ...]:
    """Build a figure for each test whose two sides have values that say something of it."""
    drawn = (result for result in topic.tests if result.is_drawn)
    return tuple(_build_figure(topic.find_claim(result.test.slug), result, report, language) for result in drawn)


def state(topic: Claims, report: Report, language: Language) -> dict[str, str]:
    """State how many tests hold; then what each claim's source gave, and what is measured.

    Keys: `finding`; for each source the first claim's `<slug>:source`; `<slug>:then` of each claim; `<test>:now`.
    """
    said = {"finding": state_finding(topic, report, language)}
    for results in topic.groups:
        said[f"{results[0].claim.slug}:source"] = state_source(results, language)
    for result in topic.results:
        said[f"{result.claim.slug}:then"] = state_then(result, language)
    scope = report.data.scope
    for test in topic.tests:
        said[f"{test.test.slug}:now"] = phrases.join_sentences(
            state_now(test, scope, language), state_since(test, language)
        )
    return said


def state_item(item: ClaimResult, topic: Claims, report: Report, language: Language) -> dict[str, str]:
    """State what a claim's source gave, and of each of its tests the numbers, since when it stands and its scope.

    Keys: `then`, `scope`, and for each test `<test>:now`, `<test>:since`, `<test>:condition`, `<test>:shared`, perhaps
    empty, and `<test>:change-<number>`.
    """
    said = {"then": state_then(item, language), "scope": _describe_scope(item, report, language)}
    for result in item.tests:
        slug = result.test.slug
        said[f"{slug}:now"] = state_now(result, report.data.scope, language)
        said[f"{slug}:since"] = state_since(result, language)
        said[f"{slug}:condition"] = describe_condition(result.test, language)
        said[f"{slug}:shared"] = _describe_shared(item.claim, slug, topic, language)
        at = {point.date: point for point in result.points}
        for number, change in enumerate(result.changes):
            said[f"{slug}:change-{number}"] = write_counts(result.test, at[change.date], language)
    return said


def state_finding(topic: Claims, report: Report, language: Language) -> str:
    """State how many tests are in which state, and how many claims have none."""
    if not topic.results:
        return language.gettext("The registry has no claim.")
    counted = [text for name in STATES[:-1] if (text := _count_state(name, topic.count(name), language))]
    values = {
        "claims": language.count(len(topic.results)),
        "tests": language.count(len(topic.tests)),
        "date": language.date(report.data.as_of),
        "counts": ", ".join(counted),
    }
    values["models"] = name_models("all", report.data.scope, language)
    text = language.gettext(
        "%(claims)s claims that others made, and %(tests)s tests of them; by %(models)s, as of %(date)s: %(counts)s.",
        **values,
    )
    return phrases.join_sentences(text if counted else "", _count_untested(len(topic.unmeasurable), language))


def state_source(results: tuple[ClaimResult, ...], language: Language) -> str:
    """State how many assertions of a source are tested, and how many cannot be; nothing of a single one."""
    untested = sum(not result.tests for result in results)
    if len(results) < 2:
        return ""
    values = {"number": language.count(len(results)), "tested": language.count(len(results) - untested)}
    tested = language.gettext("%(tested)s of its %(number)s assertions can be tested.", **values)
    return phrases.join_sentences(tested, _count_untested(untested, language))


def _count_untested(number: int, language: Language) -> str:
    if not number:
        return ""
    return language.ngettext(
        "%(num)s claim cannot be measured by counts of downloads; the reason stands beside it.",
        "%(num)s claims cannot be measured by counts of downloads; the reason stands beside each.",
        number,
    )


def _describe_scope(result: ClaimResult, report: Report, language: Language) -> str:
    if report.data.scope.is_hub or not result.is_judged:
        return ""
    models = name_models("all", report.data.scope, language)
    return language.gettext("The state is that of %(models)s, which are a part of the Hub.", models=models)


def _describe_shared(claim: Claim, test: str, topic: Claims, language: Language) -> str:
    """Say who else claims what this test says."""
    others = [
        each.claim.claimed_by for each in topic.results if test in each.claim.tests and each.claim.slug != claim.slug
    ]
    if not others:
        return ""
    names = ", ".join(others)
    return language.gettext("This test also stands for a claim by %(names)s; it counts once.", names=names)


def _count_state(state: str, number: int, language: Language) -> str:
    if not number:
        return ""
    return {
        "holds": language.ngettext("%(num)s holds", "%(num)s hold", number),
        "does-not": language.ngettext("%(num)s does not hold", "%(num)s do not hold", number),
        "depends": language.ngettext("%(num)s depends on who is counted", "%(num)s depend on who is counted", number),
        "level": language.ngettext("%(num)s is level", "%(num)s are level", number),
        "too-little": language.ngettext("%(num)s has too little history", "%(num)s have too little history", number),
        "no-data": language.ngettext("%(num)s has no data", "%(num)s have no data", number),
        "selection": language.ngettext(
            "%(num)s cannot be tested on a selection", "%(num)s cannot be tested on a selection", number
        ),
    }[state]


def state_now(result: Outcome, scope: Scope, language: Language) -> str:
    """State both sides on the newest date by each attribution, or why there is no state."""
    point = result.newest
    if result.missing:
        models = name_models("all", scope, language)
        why = {
            "short-history": language.gettext("It needs a year of data, and the dates recorded cover less."),
            "no-counter": language.gettext("It needs a counter since creation, which these data do not have."),
            "no-measure": language.gettext("These data have no model that it could be measured by."),
            "old": language.gettext("The last number is too old to say how it stands."),
            "selection": language.gettext(
                "It speaks of all public models, and %(models)s are some of them, which cannot tell.", models=models
            ),
        }[result.missing]
        return phrases.join_sentences(why, _state_meanwhile(result, point, models, language) if point else "")
    if point is None:
        return ""
    return phrases.join_sentences(
        write_counts(result.test, point, language), _state_disagreement(result.test, point, language)
    )


def _state_disagreement(test: ClaimTest, point: ClaimPoint, language: Language) -> str:
    """Say how the two ways of counting disagree."""
    if point.condition != "depends" or point.other is None:
        return ""
    said = {
        "holds": language.gettext("it holds"),
        "level": language.gettext("it is level"),
        "fails": language.gettext("it does not hold"),
    }
    told = dict(zip(list_attributions(test), (said[point.own.condition], said[point.other.condition]), strict=True))
    return language.gettext(
        "By maker %(maker)s, by uploader %(uploader)s.", maker=told["origin"], uploader=told["publisher"]
    )


def state_since(result: Outcome, language: Language) -> str:
    """State since when a test stands as it does; nothing for one without a state."""
    if result.since is None:
        return ""
    values = {"since": language.date(result.since)}
    condition = result.points[-1].condition
    if result.since_start:
        return {
            "holds": language.gettext("It has held on every date that could be measured, from %(since)s on.", **values),
            "level": language.gettext("Level on every date that could be measured, from %(since)s on.", **values),
            "fails": language.gettext("It has held on no date that could be measured, from %(since)s on.", **values),
            "depends": language.gettext(
                "It has depended on who is counted on every date that could be measured, from %(since)s on.", **values
            ),
        }[condition]
    values["before"] = {
        "holds": language.gettext("it held"),
        "level": language.gettext("the two were level"),
        "fails": language.gettext("it did not hold"),
        "depends": language.gettext("it depended on who is counted"),
    }[result.changes[-1].before]
    values["last"] = language.date(result.changes[-1].last_seen)
    return {
        "holds": language.gettext("It has held since %(since)s; on %(last)s %(before)s.", **values),
        "level": language.gettext("Level since %(since)s; on %(last)s %(before)s.", **values),
        "fails": language.gettext("It has not held since %(since)s; on %(last)s %(before)s.", **values),
        "depends": language.gettext(
            "It has depended on who is counted since %(since)s; on %(last)s %(before)s.", **values
        ),
    }[condition]


def state_then(result: ClaimResult, language: Language) -> str:
    """State what the source gave; nothing where it gave no number."""
    claim = result.claim
    if claim.value_then is None:
        return ""
    unit = result.tests[0].test.unit
    value = write_value(claim.value_then, unit, language)
    if claim.against_then is None:
        return language.gettext("Then: %(value)s.", value=value)
    against = write_value(claim.against_then, unit, language)
    return language.gettext("Then: %(value)s against %(against)s.", value=value, against=against)


def describe_condition(test: ClaimTest, language: Language) -> str:
    """Say a test's condition as the registry has it: measure, operator, other side, tolerance."""
    condition = " ".join((" + ".join(test.measure), test.operator, " + ".join(test.against)))
    if not test.level_within:
        return condition
    within = write_difference(test.level_within, test.unit, language)
    return language.gettext("%(condition)s, within %(within)s", condition=condition, within=within)


def write_counts(test: ClaimTest, point: ClaimPoint, language: Language) -> str:
    """Write both sides on a date, by each attribution that there is."""
    pair, date = write_pair(test, point.own, language), language.date(point.date)
    if not test.about:
        return language.gettext("%(pair)s on %(date)s.", pair=pair, date=date)
    own = _write_counted(list_attributions(test)[0], pair, language)
    told = language.gettext("On %(date)s, %(counted)s.", date=date, counted=own)
    if point.other is None:
        return told
    other = _write_counted(list_attributions(test)[1], write_pair(test, point.other, language), language)
    return phrases.join_sentences(told, parts.capital(f"{other}."))


def _write_counted(attribution: str, pair: str, language: Language) -> str:
    if attribution == "origin":
        return language.gettext("counted by maker: %(pair)s", pair=pair)
    return language.gettext("counted by uploader: %(pair)s", pair=pair)


def write_pair(test: ClaimTest, sides: Sides, language: Language) -> str:
    """Write both sides of a test: `China 48.5% against United States 33.7%`."""
    left = f"{name_side(test, test.measure, language)} {write_value(sides.value, test.unit, language)}".strip()
    right = write_value(sides.against, test.unit, language)
    if test.threshold is None:
        right = f"{name_side(test, test.against, language)} {right}"
    return language.gettext("%(left)s against %(right)s", left=left, right=right)


def write_difference(value: float, unit: str, language: Language) -> str:
    """Write a difference in its unit; shares differ by points."""
    return language.points(value) if unit == "share" else write_short(value, unit, language)


def name_side(test: ClaimTest, names: tuple[str, ...], language: Language) -> str:
    """Name what series are of: countries by their names, families as the test spells them, the whole not at all."""
    spelled = {bare.lower(): bare for word in test.test.split() if (bare := word.strip(".,").removesuffix("'s"))}
    tails = [name.replace("/", ".").rpartition(".")[2] for name in names]
    named = [language.place(tail) if tail.isupper() else spelled.get(tail, tail) for tail in tails if tail != "all"]
    return parts.capital(" + ".join(named))


def _state_meanwhile(result: Outcome, point: ClaimPoint, models: str, language: Language) -> str:
    """State the numbers of a test that has no state."""
    pair = write_pair(result.test, point.own, language)
    values = {"pair": pair, "date": language.date(point.date)}
    if result.state == "selection":
        return language.gettext("By %(models)s: %(pair)s on %(date)s.", models=models, **values)
    if not result.meanwhile:
        return language.gettext("%(pair)s on %(date)s.", **values)
    window = {
        "held": language.gettext("over all dates recorded"),
        "30d": language.gettext("over thirty days"),
        "12m": language.gettext("over twelve months"),
    }[result.meanwhile]
    return language.gettext("Meanwhile, %(window)s to %(date)s: %(pair)s.", window=window, **values)


def _build_figure(claim: Claim, result: Outcome, report: Report, language: Language) -> Figure:
    test = result.test
    finding = _state_figure(result, language)
    now = phrases.join_sentences(state_now(result, report.data.scope, language), state_since(result, language))
    names = (name_side(test, test.measure, language), _name_against(test, language))
    table = Table(_list_columns(result, language), tuple(_list_row(result, point, language) for point in result.points))
    picture = choose_picture(claim, result, pick_standing(report, most=0), language, names)
    return Figure(
        slug=f"claims-{test.slug}",
        headline=finding,
        subtitle=describe_measure(claim, result, language),
        source=sentences.describe_source(report.data, language),
        how_to_read=phrases.join_sentences(
            language.gettext(
                "Lines: the two sides of the test on each date that has both. The upright stroke marks the day on "
                "which the claim was made, hollow dots what its source gave then. A ring marks a change."
            ),
            _explain_other(result, language),
            test.leaves_out,
            phrases.describe_growth(report.data, language),
        ),
        alt=phrases.join_sentences(finding, claim.claim, test.test, now),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_lines, table, picture, language=language),
    )


def _list_columns(result: Outcome, language: Language) -> tuple[Column, ...]:
    """List the columns: date, both sides, the same by the other attribution where there is one, the condition."""
    test, kind = result.test, _KINDS.get(result.test.unit, "number")
    left = name_side(test, test.measure, language) or language.gettext("Measure")
    right = _name_against(test, language)
    others = [
        Column("other_value", language.gettext("%(name)s, counted the other way", name=left), kind),
        Column("other_against", language.gettext("%(name)s, counted the other way", name=right), kind),
    ]
    return (
        parts.date_column("date", language.gettext("Date")),
        Column("value", left, kind),
        Column("against", right, kind),
        *(others if _has_other(result) else ()),
        parts.text_column("condition", language.gettext("The test")),
    )


def _list_row(result: Outcome, point: ClaimPoint, language: Language) -> tuple[str | int | float | None, ...]:
    others = (point.other.value, point.other.against) if point.other else (None, None)
    return (
        *(point.date.isoformat(), point.value, point.against),
        *(others if _has_other(result) else ()),
        words.name_condition(point.condition, language),
    )


def _has_other(result: Outcome) -> bool:
    return any(point.other for point in result.points)


def _explain_other(result: Outcome, language: Language) -> str:
    """Say what the thin dashed lines are."""
    if not _has_other(result):
        return ""
    if list_attributions(result.test)[0] == "origin":
        return language.gettext("Thick: counted by maker, as the claim is about makers; thin and dashed: by uploader.")
    return language.gettext("Thick: counted by uploader, as the claim is about uploaders; thin and dashed: by maker.")


def _state_figure(result: Outcome, language: Language) -> str:
    """State the newest numbers of both sides, and what they say of the test."""
    pair = write_pair(result.test, result.points[-1].own, language)
    return {
        "holds": language.gettext("%(pair)s: it holds.", pair=pair),
        "level": language.gettext("%(pair)s: level, the question is open.", pair=pair),
        "does-not": language.gettext("%(pair)s: it does not hold.", pair=pair),
        "depends": language.gettext("%(pair)s: it depends on who is counted.", pair=pair),
        "too-little": language.gettext("%(pair)s, with too little history to test the claim.", pair=pair),
        "no-data": language.gettext("%(pair)s, which cannot test the claim.", pair=pair),
    }[result.state]


def _name_against(test: ClaimTest, language: Language) -> str:
    return language.gettext("Mark") if test.threshold is not None else name_side(test, test.against, language)


def describe_measure(claim: Claim, result: Outcome, language: Language) -> str:
    """Say what is measured: the claim, its test, and the window that stands in where its own has no number."""
    if not result.meanwhile:
        return language.gettext("The claim: %(claim)s Its test: %(test)s", claim=claim.claim, test=result.test.test)
    return language.gettext(
        "The claim: %(claim)s Shown meanwhile: the window “%(window)s”, which is not the claim's own.",
        claim=claim.claim,
        window=language.window(result.meanwhile),
    )
