"""What changed in a week, in sentences; each states what its numbers show."""

from generator.base.encode import label
from generator.figures import parts
from generator.questions import phrases, sentences
from generator.questions.report import Report
from generator.questions.weeks.tables import TOP, Entrant, Move, Week, Weeks
from generator.text import words
from generator.text.language import Language

# Names in a sentence; the rest is counted and stands in the data file.
NAMED = 3
# From the end of one week to the beginning of the one before: two dates of neighbouring weeks lie no farther apart.
WEEK_DAYS = 13


def state(topic: Weeks, report: Report, language: Language) -> dict[str, str]:
    """State the newest week's finding, then that of each week by its slug."""
    newest = topic.weeks[0]
    finding = phrases.join_sentences(state_finding(newest, report, language), describe_comparison(newest, language))
    return {"finding": finding} | {week.slug: state_finding(week, report, language) for week in topic.weeks}


def state_item(item: Week, topic: Weeks, report: Report, language: Language) -> dict[str, str]:  # noqa: ARG001 - as above
    """State what changed in a week: its finding, then its sentences in their order, by kind."""
    said = {"finding": state_finding(item, report, language), "compared": describe_comparison(item, language)}
    return said | list_changes(item, report, language)


def list_changes(week: Week, report: Report, language: Language) -> dict[str, str]:
    """List the sentences on a week by kind; a kind with nothing to say is left out.

    Kinds: `moves`, `leaders`, `models`, `publishers`, `claims` or `claim-<slug>:<test>` for each that changed, `falls`,
    `gap`, `repeated`, `growth`, `correction-<number>`.
    """
    found = {
        "moves": _state_moves(week, language),
        "leaders": _state_leaders(week, report, language),
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


def state_finding(week: Week, report: Report, language: Language) -> str:
    """State a week in one sentence: its largest move, or its leader where there is nothing to compare."""
    leader = week.leader
    if leader is None:
        return language.gettext("No downloads are attributed to a country.")
    if not report.data.scope.may_rank:
        return _state_list(week, report, language)
    values = {"place": phrases.begin(leader.code, language), "share": language.percent(leader.after)}
    if week.previous is None:
        return language.gettext("%(place)s has the largest share, %(share)s; the history begins here.", **values)
    most = _find_most(week)
    if most is None:
        return language.gettext(
            "%(place)s has the largest share, %(share)s; no country's share moved by as much as 0.2 points.", **values
        )
    if most.code != leader.code:
        return language.gettext(
            "%(place)s has the largest share, %(share)s; %(move)s.", move=_state_change(most, language), **values
        )
    if most.change > 0:
        return language.gettext(
            "%(place)s, with the largest share, rose %(path)s.", path=_state_path(most, language), **values
        )
    return language.gettext(
        "%(place)s, with the largest share, fell %(path)s.", path=_state_path(most, language), **values
    )


def _state_list(week: Week, report: Report, language: Language) -> str:
    """State a week of a selection: what moved over the models counted on both dates, and no leader."""
    if week.previous is None or not week.over:
        leader = week.leader
        return language.gettext(
            "%(place)s has %(share)s of the downloads of %(models)s on %(date)s.",
            place=phrases.begin(leader.code, language) if leader else "",
            share=language.percent(leader.after if leader else 0.0),
            models=words.name_models(week.definition.universe, report.data.scope, language),
            date=language.date(week.as_of),
        )
    values = {"models": words.name_models(week.definition.universe, report.data.scope, language)}
    most = _find_most(week)
    if most is None:
        return language.gettext(
            "Of %(models)s counted on both dates, no country's share moved by as much as 0.2 points.", **values
        )
    return language.gettext(
        "Of %(models)s counted on both dates, %(move)s.", move=_state_change(most, language), **values
    )


def _find_most(week: Week) -> Move | None:
    return max((move for move in (week.rise, week.fall) if move), key=lambda move: abs(move.change), default=None)


def _state_change(move: Move, language: Language) -> str:
    """Say that a share rose or fell, within a sentence."""
    values = {"place": parts.in_sentence(move.code, language), "path": _state_path(move, language)}
    if move.change > 0:
        return language.gettext("the share of %(place)s rose %(path)s", **values)
    return language.gettext("the share of %(place)s fell %(path)s", **values)


def _state_path(move: Move, language: Language) -> str:
    """Say from where to where a share moved, and what is left of it without the model that explains most."""
    path = language.gettext(
        "from %(before)s to %(after)s", before=language.percent(move.before), after=language.percent(move.after)
    )
    if move.explained is None:
        return path
    return language.gettext(
        "%(path)s (without %(model)s: from %(before)s to %(after)s)",
        path=path,
        model=label(move.explained.name),
        before=language.percent(move.explained.before),
        after=language.percent(move.explained.after),
    )


def describe_comparison(week: Week, language: Language) -> str:
    """Say which dates are compared, and under which definition."""
    definition = sentences.name_definition(week.definition, language)
    if week.previous is None:
        return language.gettext(
            "The first week of the history, with the snapshot of %(date)s. Shares: %(definition)s.",
            date=language.date(week.as_of),
            definition=definition,
        )
    values = {
        "date": language.date(week.as_of),
        "previous": language.date(week.previous),
        "days": language.count((week.as_of - week.previous).days),
        "definition": definition,
    }
    if not week.over:
        return language.gettext(
            "%(date)s compared with %(previous)s, %(days)s days before. Shares: %(definition)s.", **values
        )
    return language.gettext(
        "%(date)s compared with %(previous)s, %(days)s days before. Shares: %(definition)s, over the %(models)s models "
        "counted on both dates; on either date they hold at least %(cover)s of the downloads.",
        models=language.count(week.over),
        cover=language.percent(week.cover, digits=0),
        **values,
    )


def name_week(week: Week, language: Language) -> str:
    """Name a week: `Week 41 of 2026`; what is compared over more days by these: `3 Sep 2026 to 8 Oct 2026`."""
    if week.previous and (week.as_of - week.previous).days > WEEK_DAYS:
        return language.gettext(
            "%(start)s to %(end)s", start=language.date(week.previous), end=language.date(week.as_of)
        )
    return language.gettext("Week %(number)s of %(year)s", number=week.number, year=week.year)


def _state_moves(week: Week, language: Language) -> str:
    if not week.previous:
        return ""
    definition = sentences.name_definition(week.definition, language)
    if not week.rise and not week.fall:
        most = language.gettext(
            "No country's share moved by as much as 0.2 points (%(definition)s).", definition=definition
        )
        return phrases.join_sentences(most, _state_nobody(week, language))
    rise, fall = (_state_move(move, language) if move else "" for move in (week.rise, week.fall))
    up = language.gettext("Largest rise: %(rise)s.", rise=rise) if rise else ""
    down = language.gettext("Largest fall: %(fall)s.", fall=fall) if fall else ""
    none_up = "" if rise else language.gettext("No country's share rose by as much as 0.2 points.")
    none_down = "" if fall else language.gettext("No country's share fell by as much as 0.2 points.")
    counted = language.gettext("Counted: %(definition)s.", definition=definition)
    return phrases.join_sentences(up, down, none_up, none_down, _state_nobody(week, language), counted)


def _state_nobody(week: Week, language: Language) -> str:
    """State the move of what no country is given, where it is worth telling."""
    if week.nobody is None:
        return ""
    return language.gettext(
        "What is given to no country went %(path)s of the downloads.", path=_state_path(week.nobody, language)
    )


def _state_move(move: Move, language: Language) -> str:
    return language.gettext(
        "%(place)s %(path)s", place=parts.in_sentence(move.code, language), path=_state_path(move, language)
    )


def _state_leaders(week: Week, report: Report, language: Language) -> str:
    if not week.compared or not report.data.scope.may_rank:
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
