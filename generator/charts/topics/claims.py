"""Claims in sentences, and a figure of each that has numbers."""

from generator import sentences, words
from generator.charts import parts, phrases
from generator.charts.claim_lines import build_draw, write_short, write_value
from generator.charts.figure import Column, Figure
from generator.i18n import Language
from generator.metrics.topics.claims import STATES, ClaimPoint, ClaimResult, Claims
from generator.registry.claims import Claim
from generator.report import Report

_KINDS = {"share": "share", "parameters": "count"}


def build(topic: Claims, report: Report, language: Language) -> tuple[Figure, ...]:
    """Build a figure for each claim whose two sides have values."""
    return tuple(_build_figure(result, report, language) for result in topic.results if result.points)


def state(topic: Claims, report: Report, language: Language) -> dict[str, str]:
    """State how many claims hold; then, for each claim, what its source gave and what is measured."""
    said = {"finding": state_finding(topic, report, language)}
    for result in topic.results:
        slug = result.claim.slug
        said[f"{slug}:then"] = state_then(result.claim, language)
        said[f"{slug}:now"] = phrases.join_sentences(state_now(result, language), state_since(result, language))
    return said


def state_item(item: ClaimResult, topic: Claims, report: Report, language: Language) -> dict[str, str]:  # noqa: ARG001 - the mechanism's arguments
    """State a claim's number, since when it stands, and what its source gave."""
    return {
        "now": state_now(item, language),
        "since": state_since(item, language),
        "then": state_then(item.claim, language),
        "condition": describe_condition(item.claim, language),
        "scope": _describe_scope(item, report, language),
        **{
            f"change-{number}": write_pair(item.claim, point, language)
            for number, change in enumerate(item.changes)
            for point in item.points
            if point.date == change.date
        },
    }


def state_finding(topic: Claims, report: Report, language: Language) -> str:
    """State how many claims are in which state."""
    total = len(topic.results)
    if not total:
        return language.gettext("The registry has no claim.")
    counted = [text for name in STATES if (text := _count_state(name, topic.count(name), language))]
    values = {
        "total": language.count(total),
        "date": language.date(report.data.as_of),
        "counts": ", ".join(counted),
    }
    if report.data.scope.is_hub:
        return language.gettext("Of %(total)s claims that others made, as of %(date)s: %(counts)s.", **values)
    return language.gettext(
        "Of %(total)s claims that others made, by the models tracked and as of %(date)s: %(counts)s.", **values
    )


def _describe_scope(result: ClaimResult, report: Report, language: Language) -> str:
    if report.data.scope.is_hub or result.since is None:
        return ""
    return language.gettext("The state is that of the models tracked, which are a part of the Hub.")


def _count_state(state: str, number: int, language: Language) -> str:
    if not number:
        return ""
    return {
        "holds": language.ngettext("%(num)s holds", "%(num)s hold", number),
        "level": language.ngettext("%(num)s is level", "%(num)s are level", number),
        "no-longer": language.ngettext("%(num)s no longer holds", "%(num)s no longer hold", number),
        "does-not": language.ngettext("%(num)s does not hold", "%(num)s do not hold", number),
        "too-little": language.ngettext("%(num)s has too little history", "%(num)s have too little history", number),
        "not-measurable": language.ngettext("%(num)s cannot be measured", "%(num)s cannot be measured", number),
    }[state]


def state_now(result: ClaimResult, language: Language) -> str:
    """State both sides on the newest date, or why there is no number."""
    point = result.newest
    if result.state == "not-measurable":
        return result.claim.reason
    if result.state == "too-little":
        why = {
            "short-history": language.gettext("It needs a year of data, and the history held covers less."),
            "no-counter": language.gettext("It needs a counter since creation, which these data do not have."),
            "no-measure": language.gettext("These data have no number for it."),
            "old": language.gettext("The last number is too old to say how it stands."),
        }[result.missing]
        return phrases.join_sentences(why, _state_meanwhile(result, point, language) if point else "")
    if point is None:
        return ""
    return language.gettext(
        "%(pair)s on %(date)s.", pair=write_pair(result.claim, point, language), date=language.date(point.date)
    )


def state_since(result: ClaimResult, language: Language) -> str:
    """State since when a claim stands as it does; nothing for one without a number."""
    if result.since is None:
        return ""
    values = {"since": language.date(result.since)}
    condition = result.points[-1].condition
    if result.since_start:
        return {
            "holds": language.gettext("It has held on every date that could be measured, from %(since)s on.", **values),
            "level": language.gettext("Level on every date that could be measured, from %(since)s on.", **values),
            "fails": language.gettext("It has held on no date that could be measured, from %(since)s on.", **values),
        }[condition]
    values["before"] = {
        "holds": language.gettext("it held"),
        "level": language.gettext("the two were level"),
        "fails": language.gettext("it did not hold"),
    }[result.changes[-1].before]
    values["last"] = language.date(result.changes[-1].last_seen)
    return {
        "holds": language.gettext("It has held since %(since)s; on %(last)s %(before)s.", **values),
        "level": language.gettext("Level since %(since)s; on %(last)s %(before)s.", **values),
        "fails": language.gettext("It has not held since %(since)s; on %(last)s %(before)s.", **values),
    }[condition]


def state_then(claim: Claim, language: Language) -> str:
    """State what the source gave; nothing where it gave no number."""
    if claim.value_then is None:
        return ""
    value = write_value(claim.value_then, claim.unit, language)
    if claim.against_then is None:
        return language.gettext("Then: %(value)s.", value=value)
    return language.gettext(
        "Then: %(value)s against %(against)s.",
        value=value,
        against=write_value(claim.against_then, claim.unit, language),
    )


def describe_condition(claim: Claim, language: Language) -> str:
    """Say a claim's condition as the registry has it: measure, operator, other side, tolerance."""
    if not claim.measure:
        return ""
    condition = " ".join((" + ".join(claim.measure), claim.operator, " + ".join(claim.against)))
    if not claim.level_within:
        return condition
    within = write_difference(claim.level_within, claim.unit, language)
    return language.gettext("%(condition)s, within %(within)s", condition=condition, within=within)


def write_pair(claim: Claim, point: ClaimPoint, language: Language) -> str:
    """Write both sides of a claim: `China 48.5 % against United States 33.7 %`."""
    left = f"{name_side(claim, claim.measure, language)} {write_value(point.value, claim.unit, language)}".strip()
    right = write_value(point.against, claim.unit, language)
    if claim.threshold is None:
        right = f"{name_side(claim, claim.against, language)} {right}"
    return language.gettext("%(left)s against %(right)s", left=left, right=right)


def write_difference(value: float, unit: str, language: Language) -> str:
    """Write a difference in its unit; shares differ by points."""
    return language.points(value) if unit == "share" else write_short(value, unit, language)


def name_side(claim: Claim, names: tuple[str, ...], language: Language) -> str:
    """Name what series are of: countries by their names, families as the claim spells them, the whole not at all."""
    spelled = {word.strip(".,").lower(): word.strip(".,") for word in claim.claim.split()}
    tails = [name.replace("/", ".").rpartition(".")[2] for name in names]
    named = [language.place(tail) if tail.isupper() else spelled.get(tail, tail) for tail in tails if tail != "all"]
    return parts.capital(" + ".join(named))


def _state_meanwhile(result: ClaimResult, point: ClaimPoint, language: Language) -> str:
    pair = write_pair(result.claim, point, language)
    if not result.meanwhile:
        return language.gettext("%(pair)s on %(date)s.", pair=pair, date=language.date(point.date))
    window = {
        "held": language.gettext("over the whole history held"),
        "30d": language.gettext("over thirty days"),
        "12m": language.gettext("over twelve months"),
    }[result.meanwhile]
    return language.gettext(
        "Meanwhile, %(window)s to %(date)s: %(pair)s.", window=window, date=language.date(point.date), pair=pair
    )


def _build_figure(result: ClaimResult, report: Report, language: Language) -> Figure:
    claim = result.claim
    kind = _KINDS.get(claim.unit, "number")
    finding = _state_figure(result, language)
    now = phrases.join_sentences(state_now(result, language), state_since(result, language))
    return Figure(
        slug=f"claims-{claim.slug}",
        headline=finding,
        subtitle=describe_measure(result, language),
        source=sentences.describe_source(report.data, language),
        how_to_read=phrases.join_sentences(
            language.gettext(
                "Lines: the two sides of the test on each date that has both. The upright stroke marks the day on "
                "which the claim was made, hollow dots what its source gave then. A ring marks a change."
            ),
            claim.test,
            claim.reason,
            phrases.describe_growth(report.data, language),
        ),
        alt=phrases.join_sentences(finding, claim.claim, now, state_then(claim, language)),
        columns=(
            parts.date_column("date", language.gettext("Date")),
            Column("value", name_side(claim, claim.measure, language) or language.gettext("Measure"), kind),
            Column("against", _name_against(claim, language), kind),
            parts.text_column("condition", language.gettext("The claim")),
        ),
        rows=tuple(
            (point.date.isoformat(), point.value, point.against, words.name_condition(point.condition, language))
            for point in result.points
        ),
        draw=build_draw(result, language, (name_side(claim, claim.measure, language), _name_against(claim, language))),
    )


def _state_figure(result: ClaimResult, language: Language) -> str:
    """State the newest numbers of both sides, and what they say of the claim."""
    pair = write_pair(result.claim, result.points[-1], language)
    return {
        "holds": language.gettext("%(pair)s: the claim holds.", pair=pair),
        "level": language.gettext("%(pair)s: level, the claim is open.", pair=pair),
        "no-longer": language.gettext("%(pair)s: the claim no longer holds.", pair=pair),
        "does-not": language.gettext("%(pair)s: the claim does not hold.", pair=pair),
        "too-little": language.gettext("%(pair)s, with too little history to test the claim.", pair=pair),
    }[result.state]


def _name_against(claim: Claim, language: Language) -> str:
    return language.gettext("Mark") if claim.threshold is not None else name_side(claim, claim.against, language)


def describe_measure(result: ClaimResult, language: Language) -> str:
    """Say what is measured: the claim, its test, and the window that stands in where its own has no number."""
    claim = result.claim
    if not result.meanwhile:
        return language.gettext("The claim: %(claim)s Its test: %(test)s", claim=claim.claim, test=claim.test)
    return language.gettext(
        "The claim: %(claim)s Shown meanwhile: the window “%(window)s”, which is not the claim's own.",
        claim=claim.claim,
        window=language.window(result.meanwhile),
    )
