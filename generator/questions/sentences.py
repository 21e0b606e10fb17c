"""Computed sentences: each states what its numbers show, with its definition, window, date and hedge."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from generator.base.encode import label
from generator.base.scope import BUNDLED, HEAD, HUB, Scope
from generator.ledger.intervals import Interval
from generator.questions.phrases import count_codes
from generator.questions.report import DataSource, Report
from generator.sources.archives import NOTICES, find_licenses
from generator.star.definitions import DEFINITIONS, Definition
from generator.star.leads import Lead
from generator.star.shares import ShareTable
from generator.text.say import COMMA, NOTHING, SEMICOLON, Sentence, join, say, write
from generator.text.words import name_models, name_scope


def name_shares(table: ShareTable, scope: Scope) -> Sentence:
    """Name a table of shares as a citation does: of what, and its definition."""
    if scope.is_hub:
        return say("Downloads of open AI models by country: {definition}.", definition=name_table(table))
    return say(
        "Downloads of models in {list} by country: {definition}.",
        list=name_scope(scope),
        definition=name_table(table),
    )


def _join(window: Sentence, definition: Definition) -> Sentence:
    return say(
        "{window} · {universe:universe} · {attribution:attribution}",
        window=window,
        universe=definition.universe,
        attribution=definition.attribution,
    )


def name_definition(definition: Definition) -> Sentence:
    """Name a definition: `12 months · models in their first year · by publisher`."""
    return _join(write(definition.window, "window"), definition)


DEFINITION_NAMES: Final = {slug: name_definition(definition) for slug, definition in DEFINITIONS.items()}


def name_table(table: ShareTable) -> Sentence:
    """Name a table's definition; all that is recorded goes by its dates."""
    if table.definition.window != "held":
        return name_definition(table.definition)
    return _join(_describe_span(table), table.definition)


def describe_subtitle(table: ShareTable) -> Sentence:
    """Say unit, definition and dates of a table of shares."""
    return say(
        "Share of downloads · {definition} · {dates}",
        definition=name_definition(table.definition),
        dates=describe_dates(table),
    )


def describe_dates(table: ShareTable) -> Sentence:
    """Say which days a table covers, and how many of them."""
    span = _describe_span(table)
    if table.is_blurred:
        return say("{span}, from 30-day counts", span=span)
    if table.start is None or table.covered_days >= table.window_days:
        return span
    return say(
        "{span} ({covered:count} of {days:count} days covered)",
        span=span,
        covered=table.covered_days,
        days=table.window_days,
    )


def _describe_span(table: ShareTable) -> Sentence:
    if table.start is None or table.definition.window == "30d":
        return say("to {end:date}", end=table.as_of)
    edges = {"start": table.start, "end": table.as_of}
    if table.is_blurred:
        return say("about {start:date} to {end:date}", **edges)
    return say("{start:date} to {end:date}", **edges)


def state_headline(report: Report) -> Sentence:
    """State the answer: the shares of the two leading countries under the headline's definition."""
    return state_table(report.table(report.headline), report.data.scope)


def state_table(table: ShareTable, scope: Scope) -> Sentence:
    """State the shares of a table's two leading countries."""
    return state_leaders({row.code: row.share for row in table.places[:2]}, table, scope)


def state_leaders(shares: Mapping[str, float], table: ShareTable, scope: Scope) -> Sentence:
    """State two countries' shares, the larger first, of what a table counts."""
    if len(shares) < 2:
        return say("Too few downloads are attributed to tell which country leads.")
    (first, first_share), (second, second_share) = shares.items()
    return say(
        "Models from organisations in {first:the} account for {first_share:percent} of the downloads {counted}, "
        "models from organisations in {second:the} for {second_share:percent}.",
        first=first,
        first_share=first_share,
        counted=describe_counted(table, scope),
        second=second,
        second_share=second_share,
    )


def state_part(kind: str, name: str, share: float, scope: Scope, day: dt.date) -> Sentence:
    """State what a publisher's models, or one model, account for in the thirty days to a date.

    Args:
        kind: `publishers` or `models`.
        name: a handle or an id, as it is shown.
        share: 0 to 1.
        scope: what may be said.
        day: the date.
    """
    values: dict[str, Any] = {"name": name, "share": share, "models": name_models("all", scope), "date": day}
    return {
        "publishers": say(
            "Models from {name} account for {share:share} of the downloads of {models} in the thirty days to "
            "{date:date}.",
            **values,
        ),
        "models": say(
            "{name} accounts for {share:share} of the downloads of {models} in the thirty days to {date:date}.",
            **values,
        ),
    }[kind]


def state_without(report: Report, definition: Definition | None = None) -> Sentence:
    """State what stands without the model that decides a definition, the headline's if none is given; else nothing."""
    dominant = report.dominant.get(definition or report.headline)
    if dominant is None or len(dominant.without) < 2:
        return NOTHING
    shares = {row.code: row.share for row in dominant.without}
    return state_rest(dominant.name, dominant.is_largest, shares)


def state_rest(name: str, is_largest: bool, shares: Mapping[str, float]) -> Sentence:
    """State two countries' shares without a model, which has no name where it is a person's that was not kept."""
    (first, first_share), (second, second_share) = shares.items()
    values = {"first": first, "first_share": first_share, "second": second, "second_share": second_share}
    if not name:
        return say(
            "Without a single model {first:the} accounts for {first_share:percent} and {second:the} for "
            "{second_share:percent}.",
            **values,
        )
    values |= {"model": label(name)}
    if is_largest:
        return say(
            "Without the most downloaded model, {model}, {first:the} accounts for {first_share:percent} and "
            "{second:the} for {second_share:percent}.",
            **values,
        )
    return say(
        "Without the model {model}, {first:the} accounts for {first_share:percent} and {second:the} for "
        "{second_share:percent}.",
        **values,
    )


def describe_counted(table: ShareTable, scope: Scope) -> Sentence:
    """Say of what, and over which days, downloads are counted, as it follows the word *downloads*."""
    definition, end = table.definition, write(table.as_of, "date")
    models = name_models(definition.universe, scope)
    if definition.window != "all_time":
        return say("of {models} {period}", models=models, period=describe_period(table))
    if definition.universe != "first_year":
        return say("since their creation of {models}, counted on {end}", models=models, end=end)
    if scope.is_hub:
        return say("since their creation of the models created in the twelve months to {end}", end=end)
    return say(
        "since their creation of the models in {list} created in the twelve months to {end}",
        list=name_scope(scope),
        end=end,
    )


def describe_period(table: ShareTable) -> Sentence:
    """Say a window within a sentence; where its edges are not right to the day, so that nobody takes them for it."""
    edges = {"start": table.start or table.as_of, "end": table.as_of}
    if table.definition.window == "held" and table.is_blurred:
        return say("from about {start:date} to about {end:date}", **edges)
    return {
        "30d": say("in the thirty days to {end:date}", end=table.as_of),
        "12m": say("in the twelve months to {end:date}", end=table.as_of),
        "held": say("from {start:date} to {end:date}", **edges),
        "all_time": say("since they were created"),
    }[table.definition.window]


def state_lead(lead: Lead, scope: Scope) -> Sentence:
    """State who leads, by how much and since when; over a list, in which order the two stand.

    Within the bounds' overlap nobody leads. On a single date there is no *since*.
    """
    values = {"first": lead.leader, "second": lead.second, "margin": lead.margin, "since": lead.since}
    if not scope.may_rank:
        return say(
            "In {list}, {first:the} comes before {second:the} by {margin:points}.", list=name_scope(scope), **values
        )
    if not lead.is_clear:
        return say(
            "{first:The} is ahead of {second:the} by {margin:points}, but what is unreviewed could reverse the order.",
            **values,
        )
    if lead.since == lead.as_of:
        return say("{first:The} leads {second:the} by {margin:points}.", **values)
    if lead.since_start:
        return say(
            "{first:The} leads {second:the} by {margin:points}, as on every date recorded since {since:date}.", **values
        )
    return say(
        "{first:The} leads {second:the} by {margin:points}, and has led on every date since {since:date}.", **values
    )


def state_matrix(report: Report) -> Sentence:
    """State how many definitions each country leads clearly in; over a list, what the matrix shows instead."""
    if not report.leads:
        return say("No definition has two countries to compare.")
    if not report.data.scope.may_rank:
        return say("The order of countries within {list}, under each definition.", list=name_scope(report.data.scope))
    clear, total = [lead.leader for lead in report.leads.values() if lead.is_clear], len(report.leads)
    parts = [say("{place:the} leads in {wins}", place=code, wins=number) for code, number in count_codes(clear)]
    level = total - len(clear)
    if level:
        parts.append(say("in {level} the order could change with the review", level=level))
    return say("Of {total} definitions: {parts}.", total=total, parts=join(*parts, between=SEMICOLON))


def name_list(sentence: Sentence, scope: Scope) -> Sentence:
    """Put the list's name before what is said of it and does not name it: a sentence is copied without its page."""
    if scope.is_hub or not sentence or sentence.mentions(name_scope(scope)):
        return sentence
    return say("By models in {list}: {finding}", list=name_scope(scope), finding=sentence)


def describe_data(data: DataSource) -> Sentence:
    """Say in one line what the site was built from; it stands on every page."""
    if data.copied_from:
        return join(state_copy(data), _describe_day(data))
    if data.scope.is_example:
        return say(
            "Data of {date:date}: example data from one software catalogue. It lacks two thirds of the downloads of "
            "the Hub's leading models, most of them American. With them, models from organisations in the United "
            "States account for {us:percent0}, models from organisations in China for {cn:percent0}.",
            date=data.as_of,
            us=HEAD.us,
            cn=HEAD.cn,
        )
    return _describe_day(data)


def _describe_day(data: DataSource) -> Sentence:
    return say("Data of {date:date}: {models}.", date=data.as_of, models=name_models("all", data.scope))


def state_copy(data: DataSource) -> Sentence:
    """State that the data are a copy of somebody's site, and of which; nothing for data of one's own."""
    if not data.copied_from:
        return NOTHING
    return say("Unverified copy of {site}.", site=data.copied_from)


def warn_of_copy(data: DataSource) -> Sentence:
    """Warn readers that nobody answers for a copy; nothing for data of one's own."""
    if not data.copied_from:
        return NOTHING
    return say(
        "This site is built from an unverified copy of {site}: its files came whole, and nobody here has checked what "
        "they count.",
        site=data.copied_from,
    )


def _name_hub(intervals: Sequence[Interval]) -> Sentence:
    """Name the Hub as a source, and the archives that its past comes from."""
    archived = [interval for interval in intervals if interval.source in NOTICES]
    if not archived:
        return say("Hugging Face Hub")
    notices = dict.fromkeys(NOTICES[interval.source].text for interval in archived)
    return say(
        "Hugging Face Hub, until {date:date} by {archives}",
        date=archived[-1].end,
        archives=join(*notices, between=SEMICOLON),
    )


def describe_source(data: DataSource) -> Sentence:
    """Name source, what is counted, date and licences, as a figure's source line does."""
    own = {BUNDLED: say("Hugging Face Hub, by the model catalogue of llmfit, MIT"), HUB: _name_hub(data.intervals)}
    licenses = find_licenses(interval.source for interval in data.intervals)
    source = say(
        "Source: {name}; attribution by Open Model Share. Counted: {models}. Data of {date:date}. Licence: {licenses}.",
        name=own.get(data.scope.kind, data.source),
        models=name_models("all", data.scope),
        date=data.as_of,
        licenses=join(*(str(license_["name"]) for license_ in licenses), between=COMMA),
    )
    return join(source, state_copy(data)) if data.copied_from else source
