"""What changed in a week, in sentences; each states what its numbers show."""

from generator.base.encode import label
from generator.questions import sentences
from generator.questions.report import Report
from generator.questions.weeks.tables import TOP, Entrant, Move, Week, Weeks
from generator.text import words
from generator.text.say import NOTHING, Sentence, join, say, say_plural, write

# Names in a sentence; the rest is counted and stands in the data file.
NAMED = 3
# From the end of one week to the beginning of the one before: two dates of neighbouring weeks lie no farther apart.
WEEK_DAYS = 13


def state(topic: Weeks, report: Report) -> dict[str, Sentence]:
    """State the newest week's finding, then that of each week by its slug."""
    newest = topic.weeks[0]
    finding = join(state_finding(newest, report), describe_comparison(newest))
    return {"finding": finding} | {week.slug: state_finding(week, report) for week in topic.weeks}


def state_item(item: Week, topic: Weeks, report: Report) -> dict[str, Sentence]:  # noqa: ARG001 - as above
    """State what changed in a week: its finding, then its sentences in their order, by kind."""
    said = {"finding": state_finding(item, report), "compared": describe_comparison(item)}
    return said | list_changes(item, report)


def list_changes(week: Week, report: Report) -> dict[str, Sentence]:
    """List the sentences on a week by kind; a kind with nothing to say is left out.

    Kinds: `moves`, `leaders`, `models`, `publishers`, `claims` or `claim-<slug>:<test>` for each that changed, `falls`,
    `gap`, `repeated`, `growth`, `correction-<number>`.
    """
    found = {
        "moves": _state_moves(week),
        "leaders": _state_leaders(week, report),
        "models": _state_models(week),
        "publishers": _state_publishers(week),
        **_state_flips(week),
        "falls": _state_falls(week),
        "gap": _state_gap(week),
        "repeated": _state_repeated(week),
        "growth": _state_growth(week, report),
        **_state_corrections(week),
    }
    return {kind: text for kind, text in found.items() if text}


def state_finding(week: Week, report: Report) -> Sentence:
    """State a week in one sentence: its largest move, or its leader where there is nothing to compare."""
    leader = week.leader
    if leader is None:
        return say("No downloads are attributed to a country.")
    if not report.data.scope.may_rank:
        return _state_list(week, report)
    values = {"place": leader.code, "share": leader.after}
    if week.previous is None:
        return say("{place:The} has the largest share, {share:percent}; the history begins here.", **values)
    most = _find_most(week)
    if most is None:
        return say(
            "{place:The} has the largest share, {share:percent}; no country's share moved by as much as 0.2 points.",
            **values,
        )
    if most.code != leader.code:
        return say("{place:The} has the largest share, {share:percent}; {move}.", move=_state_change(most), **values)
    if most.change > 0:
        return say("{place:The}, with the largest share, rose {path}.", path=_state_path(most), **values)
    return say("{place:The}, with the largest share, fell {path}.", path=_state_path(most), **values)


def _state_list(week: Week, report: Report) -> Sentence:
    """State a week of a selection: what moved over the models counted on both dates, and no leader."""
    if week.previous is None or not week.over:
        leader = week.leader
        return say(
            "{place} has {share:percent} of the downloads of {models} on {date:date}.",
            place=write(leader.code, "The") if leader else NOTHING,
            share=leader.after if leader else 0.0,
            models=words.name_models(week.definition.universe, report.data.scope),
            date=week.as_of,
        )
    values = {"models": words.name_models(week.definition.universe, report.data.scope)}
    most = _find_most(week)
    if most is None:
        return say("Of {models} counted on both dates, no country's share moved by as much as 0.2 points.", **values)
    return say("Of {models} counted on both dates, {move}.", move=_state_change(most), **values)


def _find_most(week: Week) -> Move | None:
    return max((move for move in (week.rise, week.fall) if move), key=lambda move: abs(move.change), default=None)


def _state_change(move: Move) -> Sentence:
    """Say that a share rose or fell, within a sentence."""
    values = {"place": move.code, "path": _state_path(move)}
    if move.change > 0:
        return say("the share of {place:the} rose {path}", **values)
    return say("the share of {place:the} fell {path}", **values)


def _state_path(move: Move) -> Sentence:
    """Say from where to where a share moved, and what is left of it without the model that explains most."""
    path = say("from {before:percent} to {after:percent}", before=move.before, after=move.after)
    if move.explained is None:
        return path
    return say(
        "{path} (without {model}: from {before:percent} to {after:percent})",
        path=path,
        model=label(move.explained.name),
        before=move.explained.before,
        after=move.explained.after,
    )


def describe_comparison(week: Week) -> Sentence:
    """Say which dates are compared, and under which definition."""
    definition = sentences.name_definition(week.definition)
    if week.previous is None:
        return say(
            "The first week of the history, with the snapshot of {date:date}. Shares: {definition}.",
            date=week.as_of,
            definition=definition,
        )
    values = {
        "date": week.as_of,
        "previous": week.previous,
        "days": (week.as_of - week.previous).days,
        "definition": definition,
    }
    if not week.over:
        return say(
            "{date:date} compared with {previous:date}, {days:count} days before. Shares: {definition}.", **values
        )
    return say(
        "{date:date} compared with {previous:date}, {days:count} days before. Shares: {definition}, over the "
        "{models:count} models counted on both dates; on either date they hold at least {cover:percent0} of the "
        "downloads.",
        models=week.over,
        cover=week.cover,
        **values,
    )


def name_week(week: Week) -> Sentence:
    """Name a week: `Week 41 of 2026`; what is compared over more days by these: `3 Sep 2026 to 8 Oct 2026`."""
    if week.previous and (week.as_of - week.previous).days > WEEK_DAYS:
        return say("{start:date} to {end:date}", start=week.previous, end=week.as_of)
    return say("Week {number} of {year}", number=week.number, year=week.year)


def _state_moves(week: Week) -> Sentence:
    if not week.previous:
        return NOTHING
    definition = sentences.name_definition(week.definition)
    if not week.rise and not week.fall:
        most = say("No country's share moved by as much as 0.2 points ({definition}).", definition=definition)
        return join(most, _state_nobody(week))
    rise, fall = (_state_move(move) if move else NOTHING for move in (week.rise, week.fall))
    up = say("Largest rise: {rise}.", rise=rise) if rise else NOTHING
    down = say("Largest fall: {fall}.", fall=fall) if fall else NOTHING
    none_up = NOTHING if rise else say("No country's share rose by as much as 0.2 points.")
    none_down = NOTHING if fall else say("No country's share fell by as much as 0.2 points.")
    counted = say("Counted: {definition}.", definition=definition)
    return join(up, down, none_up, none_down, _state_nobody(week), counted)


def _state_nobody(week: Week) -> Sentence:
    """State the move of what no country is given, where it is worth telling."""
    if week.nobody is None:
        return NOTHING
    return say("What is given to no country went {path} of the downloads.", path=_state_path(week.nobody))


def _state_move(move: Move) -> Sentence:
    return say("{place:the} {path}", place=move.code, path=_state_path(move))


def _state_leaders(week: Week, report: Report) -> Sentence:
    if not week.compared or not report.data.scope.may_rank:
        return NOTHING
    if not week.leaders:
        return say(
            "The same country has most downloads as before under all {total:count} definitions compared.",
            total=week.compared,
        )
    first = week.leaders[0]
    named = say(
        "{after:the} instead of {before:the} under “{definition}”",
        after=first.after,
        before=first.before,
        definition=sentences.name_definition(first.definition),
    )
    return say(
        "Another country has most downloads under {number:count} of {total:count} definitions: {named}{rest}.",
        number=len(week.leaders),
        total=week.compared,
        named=named,
        rest=_count_rest(len(week.leaders) - 1),
    )


def _state_models(week: Week) -> Sentence:
    if week.previous is None:
        return NOTHING
    if not week.models:
        return say("The ten most downloaded models are the same as before.")
    return say("New among the ten most downloaded models of 30 days: {names}.", names=_name_entrants(week.models))


def _state_publishers(week: Week) -> Sentence:
    if week.previous is None:
        return NOTHING
    if not week.publishers:
        return say("The ten largest publishers are the same as before.")
    return say(
        "New among the ten publishers with most downloads in 30 days: {names}.", names=_name_entrants(week.publishers)
    )


def _name_entrants(entrants: tuple[Entrant, ...]) -> Sentence:
    named = [
        say(
            "{name} ({place:brief}, rank {rank}, {downloads:spell} downloads)",
            name=label(entrant.name),
            place=entrant.code,
            rank=entrant.rank,
            downloads=entrant.downloads_30d,
        )
        for entrant in entrants[: NAMED if len(entrants) > NAMED + 1 else TOP]
    ]
    rest = _count_rest(len(entrants) - len(named))
    return say("{names}{rest}", names=join(*named, between=", "), rest=rest)


def _count_rest(number: int) -> Sentence:
    return say_plural(" and {num} other", " and {num} others", number) if number else NOTHING


def _state_flips(week: Week) -> dict[str, Sentence]:
    if week.previous is None or not week.claims:
        return {}
    if not week.flips:
        return {"claims": say("No claim that can be measured changed its state.")}
    return {
        f"claim-{flip.slug}:{flip.test}": say(
            "“{claim}” Before: {before}; from {date:date}: {after}.",
            claim=flip.words,
            before=words.CONDITIONS[flip.before],
            after=words.CONDITIONS[flip.after],
            date=flip.date,
        )
        for flip in week.flips
    }


def _state_falls(week: Week) -> Sentence:
    if not week.falls:
        return NOTHING
    worst = week.falls[0]
    return say_plural(
        "One counter since creation fell, that of {model} from {before:count} to {after:count}; its downloads count "
        "as 0.",
        "{num} counters since creation fell, most that of {model} from {before:count} to {after:count}; their "
        "downloads count as 0.",
        len(week.falls),
        model=label(worst.model),
        before=worst.before,
        after=worst.after,
    )


def _state_gap(week: Week) -> Sentence:
    if not week.gap_days:
        return NOTHING
    return say_plural(
        "One day since the snapshot before is a gap that no count covers.",
        "{num} days since the snapshot before are a gap that no count covers.",
        week.gap_days,
    )


def _state_repeated(week: Week) -> Sentence:
    if not week.repeated:
        return NOTHING
    return say(
        "Set aside because it repeated the snapshot before: {days}.",
        days=join(*(write(day, "date") for day in week.repeated), between=", "),
    )


def _state_growth(week: Week, report: Report) -> Sentence:
    if report.data.scope.is_hub or week.previous is None or week.models_before == week.models_now:
        return NOTHING
    return say(
        "The list of models tracked went from {before:count} to {now:count}, so part of what moves is the list.",
        before=week.models_before,
        now=week.models_now,
    )


def _state_corrections(week: Week) -> dict[str, Sentence]:
    return {
        f"correction-{number}": say(
            "Put right on {date:date}: {what}", date=correction.date, what=label(correction.what)
        )
        for number, correction in enumerate(week.corrections, start=1)
    }
