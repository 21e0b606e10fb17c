"""What changed in a week, in sentences; each states what its numbers show."""

from generator import sentences, words
from generator.charts import parts, phrases
from generator.encode import label
from generator.i18n import Language
from generator.metrics.topics.weeks import TOP, Entrant, Move, Week, Weeks
from generator.report import Report

# Names in a sentence; the rest is counted and stands in the data file.
NAMED = 3


def state(topic: Weeks, report: Report, language: Language) -> dict[str, str]:  # noqa: ARG001 - the mechanism's arguments
    """State the newest week's finding, then that of each week by its slug."""
    newest = topic.weeks[0]
    finding = phrases.join_sentences(state_finding(newest, language), describe_comparison(newest, language))
    return {"finding": finding} | {week.slug: state_finding(week, language) for week in topic.weeks}


def state_item(item: Week, topic: Weeks, report: Report, language: Language) -> dict[str, str]:  # noqa: ARG001 - as above
    """State what changed in a week: its finding, then its sentences in their order, by kind."""
    said = {"finding": state_finding(item, language), "compared": describe_comparison(item, language)}
    return said | list_changes(item, report, language)


def list_changes(week: Week, report: Report, language: Language) -> dict[str, str]:
    """List the sentences on a week by kind; a kind with nothing to say is left out.

    Kinds: `moves`, `leaders`, `models`, `publishers`, `claims` or `claim-<slug>:<test>` for each that changed, `falls`,
    `gap`, `repeated`, `growth`, `correction-<number>`.
    """
    found = {
        "moves": _state_moves(week, language),
        "leaders": _state_leaders(week, language),
        "models": _state_models(week, language),
        "publishers": _state_publishers(week, language),
        **_state_flips(week, language),
        "falls": _state_falls(week, language),
        "gap": _state_gap(week, language),
        "repeated": _state_repeated(week, language),
        "growth": _state_growth(week, report, language),
        **_state_corrections(week, language),
    }
    return {kind: text for kind, text in found.items() if text}


def state_finding(week: Week, language: Language) -> str:
    """State a week in one sentence: its largest move, or its leader where there is nothing to compare."""
    leader = week.leader
    if leader is None:
        return language.gettext("No downloads are attributed to a country.")
    values = {"place": phrases.begin(leader.code, language), "share": language.percent(leader.after)}
    if week.previous is None:
        return language.gettext("%(place)s has the largest share, %(share)s; the history begins here.", **values)
    most = max((move for move in (week.rise, week.fall) if move), key=lambda move: abs(move.change), default=None)
    if most is None:
        return language.gettext(
            "%(place)s has the largest share, %(share)s; no country's share moved by as much as 0.2 points.", **values
        )
    values |= {
        "mover": parts.in_sentence(most.code, language),
        "before": language.percent(most.before),
        "now": language.percent(most.after),
    }
    if most.code != leader.code:
        verb = language.gettext("rose") if most.change > 0 else language.gettext("fell")
        return language.gettext(
            "%(place)s has the largest share, %(share)s; %(mover)s %(verb)s from %(before)s to %(now)s.",
            verb=verb,
            **values,
        )
    if most.change > 0:
        return language.gettext("%(place)s, with the largest share, rose from %(before)s to %(now)s.", **values)
    return language.gettext("%(place)s, with the largest share, fell from %(before)s to %(now)s.", **values)


def describe_comparison(week: Week, language: Language) -> str:
    """Say which dates are compared, and under which definition."""
    definition = sentences.name_definition(week.definition, language)
    if week.previous is None:
        return language.gettext(
            "The first week of the history, with the snapshot of %(date)s. Shares: %(definition)s.",
            date=language.date(week.as_of),
            definition=definition,
        )
    return language.gettext(
        "%(date)s compared with %(previous)s, %(days)s days before. Shares: %(definition)s.",
        date=language.date(week.as_of),
        previous=language.date(week.previous),
        days=language.count((week.as_of - week.previous).days),
        definition=definition,
    )


def name_week(week: Week, language: Language) -> str:
    """Name a week: `Week 41 of 2026`."""
    return language.gettext("Week %(number)s of %(year)s", number=week.number, year=week.year)


def _state_moves(week: Week, language: Language) -> str:
    rise = _state_move(week.rise, language) if week.rise else ""
    fall = _state_move(week.fall, language) if week.fall else ""
    values = {"rise": rise, "fall": fall, "definition": sentences.name_definition(week.definition, language)}
    if rise and fall:
        return language.gettext("Largest rise: %(rise)s. Largest fall: %(fall)s (%(definition)s).", **values)
    if rise:
        return language.gettext(
            "Largest rise: %(rise)s (%(definition)s). No share fell by as much as 0.2 points.", **values
        )
    if fall:
        return language.gettext(
            "Largest fall: %(fall)s (%(definition)s). No share rose by as much as 0.2 points.", **values
        )
    if week.previous:
        return language.gettext("No country's share moved by as much as 0.2 points (%(definition)s).", **values)
    return ""


def _state_move(move: Move, language: Language) -> str:
    return language.gettext(
        "%(place)s from %(before)s to %(after)s",
        place=parts.in_sentence(move.code, language),
        before=language.percent(move.before),
        after=language.percent(move.after),
    )


def _state_leaders(week: Week, language: Language) -> str:
    if not week.compared:
        return ""
    if not week.leaders:
        return language.gettext(
            "The same country has most downloads as before under all %(total)s definitions compared.",
            total=language.count(week.compared),
        )
    first = week.leaders[0]
    named = language.gettext(
        "%(after)s instead of %(before)s under “%(definition)s”",
        after=parts.in_sentence(first.after, language),
        before=parts.in_sentence(first.before, language),
        definition=sentences.name_definition(first.definition, language),
    )
    return language.gettext(
        "Another country has most downloads under %(number)s of %(total)s definitions: %(named)s%(rest)s.",
        number=language.count(len(week.leaders)),
        total=language.count(week.compared),
        named=named,
        rest=_count_rest(len(week.leaders) - 1, language),
    )


def _state_models(week: Week, language: Language) -> str:
    if week.previous is None:
        return ""
    if not week.models:
        return language.gettext("The ten most downloaded models are the same as before.")
    return language.gettext(
        "New among the ten most downloaded models of 30 days: %(names)s.", names=_name_entrants(week.models, language)
    )


def _state_publishers(week: Week, language: Language) -> str:
    if week.previous is None:
        return ""
    if not week.publishers:
        return language.gettext("The ten largest publishers are the same as before.")
    return language.gettext(
        "New among the ten publishers with most downloads in 30 days: %(names)s.",
        names=_name_entrants(week.publishers, language),
    )


def _name_entrants(entrants: tuple[Entrant, ...], language: Language) -> str:
    named = [
        language.gettext(
            "%(name)s (%(place)s, rank %(rank)s, %(downloads)s downloads)",
            name=label(entrant.name),
            place=parts.short_place(entrant.code, language),
            rank=entrant.rank,
            downloads=language.spell(entrant.downloads_30d),
        )
        for entrant in entrants[: NAMED if len(entrants) > NAMED + 1 else TOP]
    ]
    return ", ".join(named) + _count_rest(len(entrants) - len(named), language)


def _count_rest(number: int, language: Language) -> str:
    return language.ngettext(" and %(num)s other", " and %(num)s others", number) if number else ""


def _state_flips(week: Week, language: Language) -> dict[str, str]:
    if week.previous is None or not week.claims:
        return {}
    if not week.flips:
        return {"claims": language.gettext("No claim that can be measured changed its state.")}
    return {
        f"claim-{flip.slug}:{flip.test}": language.gettext(
            "“%(claim)s” Before: %(before)s; from %(date)s: %(after)s.",
            claim=flip.words,
            before=words.name_condition(flip.before, language),
            after=words.name_condition(flip.after, language),
            date=language.date(flip.date),
        )
        for flip in week.flips
    }


def _state_falls(week: Week, language: Language) -> str:
    if not week.falls:
        return ""
    worst = week.falls[0]
    return language.ngettext(
        "One counter since creation fell, that of %(model)s from %(before)s to %(after)s; its downloads count as 0.",
        "%(num)s counters since creation fell, most that of %(model)s from %(before)s to %(after)s; their downloads "
        "count as 0.",
        len(week.falls),
        model=label(worst.model),
        before=language.count(worst.before),
        after=language.count(worst.after),
    )


def _state_gap(week: Week, language: Language) -> str:
    if not week.gap_days:
        return ""
    return language.ngettext(
        "One day since the snapshot before is a gap that no count covers.",
        "%(num)s days since the snapshot before are a gap that no count covers.",
        week.gap_days,
    )


def _state_repeated(week: Week, language: Language) -> str:
    if not week.repeated:
        return ""
    return language.gettext(
        "Set aside because it repeated the snapshot before: %(days)s.",
        days=", ".join(language.date(day) for day in week.repeated),
    )


def _state_growth(week: Week, report: Report, language: Language) -> str:
    if report.data.scope.is_hub or week.previous is None or week.models_before == week.models_now:
        return ""
    return language.gettext(
        "The list of models tracked went from %(before)s to %(now)s, so part of what moves is the list.",
        before=language.count(week.models_before),
        now=language.count(week.models_now),
    )


def _state_corrections(week: Week, language: Language) -> dict[str, str]:
    return {
        f"correction-{number}": language.gettext(
            "Put right on %(date)s: %(what)s", date=language.date(correction.date), what=label(correction.what)
        )
        for number, correction in enumerate(week.corrections, start=1)
    }
