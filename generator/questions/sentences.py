"""Computed sentences: each states what its numbers show, with its definition, window, date and hedge."""

from generator.base.encode import label
from generator.base.scope import BUNDLED, HEAD, HUB, Scope
from generator.questions.report import DataSource, Report
from generator.star.definitions import Definition
from generator.star.leads import Lead
from generator.star.shares import ShareTable
from generator.text.language import Language
from generator.text.words import name_models


def name_definition(definition: Definition, language: Language) -> str:
    """Name a definition: `12 months · models in their first year · by publisher`."""
    return _join(language.window(definition.window), definition, language)


def name_table(table: ShareTable, language: Language) -> str:
    """Name a table's definition; all that is recorded goes by its dates."""
    if table.definition.window != "held":
        return name_definition(table.definition, language)
    return _join(_describe_span(table, language), table.definition, language)


def _join(window: str, definition: Definition, language: Language) -> str:
    return " · ".join((window, language.universe(definition.universe), language.attribution(definition.attribution)))


def describe_subtitle(table: ShareTable, language: Language) -> str:
    """Say unit, definition and dates of a table of shares."""
    return language.gettext(
        "Share of downloads · %(definition)s · %(dates)s",
        definition=name_definition(table.definition, language),
        dates=describe_dates(table, language),
    )


def describe_dates(table: ShareTable, language: Language) -> str:
    """Say which days a table covers, and how many of them."""
    span = _describe_span(table, language)
    if table.is_blurred:
        return language.gettext("%(span)s, from 30-day counts", span=span)
    if table.start is None or table.covered_days >= table.window_days:
        return span
    return language.gettext(
        "%(span)s (%(covered)s of %(days)s days covered)",
        span=span,
        covered=language.count(table.covered_days),
        days=language.count(table.window_days),
    )


def _describe_span(table: ShareTable, language: Language) -> str:
    if table.start is None or table.definition.window == "30d":
        return language.gettext("to %(end)s", end=language.date(table.as_of))
    edges = {"start": language.date(table.start), "end": language.date(table.as_of)}
    if table.is_blurred:
        return language.gettext("about %(start)s to %(end)s", **edges)
    return language.gettext("%(start)s to %(end)s", **edges)


def state_headline(report: Report, language: Language) -> str:
    """State the answer: the shares of the two leading countries under the headline's definition."""
    return state_table(report.table(report.headline), report.data.scope, language)


def state_table(table: ShareTable, scope: Scope, language: Language) -> str:
    """State the shares of a table's two leading countries."""
    if len(table.places) < 2:
        return language.gettext("Too few downloads are attributed to tell which country leads.")
    first, second = table.places[:2]
    return language.gettext(
        "Models from organisations in %(first)s account for %(first_share)s of the downloads %(counted)s, models from "
        "organisations in %(second)s for %(second_share)s.",
        first=language.place_in_sentence(first.code),
        first_share=language.percent(first.share),
        counted=describe_counted(table, scope, language),
        second=language.place_in_sentence(second.code),
        second_share=language.percent(second.share),
    )


def state_without(report: Report, language: Language, definition: Definition | None = None) -> str:
    """State what stands without the model that decides a definition, the headline's if none is given; else nothing."""
    dominant = report.dominant.get(definition or report.headline)
    if dominant is None or len(dominant.without) < 2:
        return ""
    first, second = dominant.without
    values = {
        "model": label(dominant.name),
        "first": language.place_in_sentence(first.code),
        "first_share": language.percent(first.share),
        "second": language.place_in_sentence(second.code),
        "second_share": language.percent(second.share),
    }
    if dominant.is_largest:
        return language.gettext(
            "Without the most downloaded model, %(model)s, %(first)s accounts for %(first_share)s and %(second)s for "
            "%(second_share)s.",
            **values,
        )
    return language.gettext(
        "Without the model %(model)s, %(first)s accounts for %(first_share)s and %(second)s for %(second_share)s.",
        **values,
    )


def describe_counted(table: ShareTable, scope: Scope, language: Language) -> str:
    """Say of what, and over which days, downloads are counted, as it follows the word *downloads*."""
    definition, end = table.definition, language.date(table.as_of)
    models = name_models(definition.universe, scope, language)
    if definition.window != "all_time":
        return language.gettext("of %(models)s %(period)s", models=models, period=describe_period(table, language))
    if definition.universe != "first_year":
        return language.gettext("since their creation of %(models)s, counted on %(end)s", models=models, end=end)
    if scope.is_hub:
        return language.gettext("since their creation of the models created in the twelve months to %(end)s", end=end)
    return language.gettext(
        "since their creation of the models in %(list)s created in the twelve months to %(end)s",
        list=scope.name,
        end=end,
    )


def describe_period(table: ShareTable, language: Language) -> str:
    """Say a window within a sentence; where its edges are not right to the day, so that nobody takes them for it."""
    edges = {"start": language.date(table.start or table.as_of), "end": language.date(table.as_of)}
    if table.definition.window == "held" and table.is_blurred:
        return language.gettext("from about %(start)s to about %(end)s", **edges)
    return {
        "30d": language.gettext("in the thirty days to %(end)s", end=language.date(table.as_of)),
        "12m": language.gettext("in the twelve months to %(end)s", end=language.date(table.as_of)),
        "held": language.gettext("from %(start)s to %(end)s", **edges),
        "all_time": language.gettext("since they were created"),
    }[table.definition.window]


def state_lead(lead: Lead, scope: Scope, language: Language) -> str:
    """State who leads, by how much and since when; over a list, in which order the two stand.

    Within the bounds' overlap nobody leads. On a single date there is no *since*.
    """
    values = {
        "first": language.place_in_sentence(lead.leader),
        "second": language.place_in_sentence(lead.second),
        "margin": language.points(lead.margin),
        "since": language.date(lead.since),
    }
    if not scope.may_rank:
        text = language.gettext(
            "in %(list)s %(first)s comes before %(second)s by %(margin)s.", list=scope.name, **values
        )
    elif not lead.is_clear:
        text = language.gettext(
            "%(first)s is ahead of %(second)s by %(margin)s, but what is unreviewed could reverse the order.", **values
        )
    elif lead.since == lead.as_of:
        text = language.gettext("%(first)s leads %(second)s by %(margin)s.", **values)
    elif lead.since_start:
        text = language.gettext(
            "%(first)s leads %(second)s by %(margin)s, as on every date recorded since %(since)s.", **values
        )
    else:
        text = language.gettext(
            "%(first)s leads %(second)s by %(margin)s, and has led on every date since %(since)s.", **values
        )
    return _capital(text)


def state_matrix(report: Report, language: Language) -> str:
    """State how many definitions each country leads clearly in; over a list, what the matrix shows instead."""
    if not report.leads:
        return language.gettext("No definition has two countries to compare.")
    if not report.data.scope.may_rank:
        return language.gettext(
            "The order of countries within %(list)s, under each definition.", list=report.data.scope.name
        )
    wins: dict[str, int] = {}
    for lead in report.leads.values():
        if lead.is_clear:
            wins[lead.leader] = wins.get(lead.leader, 0) + 1
    total = len(report.leads)
    parts = [
        language.gettext("%(place)s leads in %(wins)s", place=language.place_in_sentence(code), wins=number)
        for code, number in sorted(wins.items(), key=lambda item: (-item[1], item[0]))
    ]
    level = total - sum(wins.values())
    if level:
        parts.append(language.gettext("in %(level)s the order could change with the review", level=level))
    return language.gettext("Of %(total)s definitions: %(parts)s.", total=total, parts="; ".join(parts))


def name_list(text: str, scope: Scope, language: Language) -> str:
    """Put the list's name before what is said of it and does not name it: a sentence is copied without its page."""
    if scope.is_hub or not text or scope.name in text:
        return text
    return language.gettext("By models in %(list)s: %(finding)s", list=scope.name, finding=text)


def describe_data(data: DataSource, language: Language) -> str:
    """Say in one line what the site was built from; it stands on every page."""
    if data.scope.is_example:
        return language.gettext(
            "Data of %(date)s: example data from one software catalogue; it leaves out two thirds of the downloads at "
            "the head of the Hub, most of them American. There models from organisations in the United States account "
            "for %(us)s, models from organisations in China for %(cn)s.",
            date=language.date(data.as_of),
            us=language.percent(HEAD.us, 0),
            cn=language.percent(HEAD.cn, 0),
        )
    return language.gettext(
        "Data of %(date)s: %(models)s.",
        date=language.date(data.as_of),
        models=name_models("all", data.scope, language),
    )


def describe_source(data: DataSource, language: Language) -> str:
    """Name source, what is counted, and date, as a figure's source line does."""
    name = {
        BUNDLED: language.gettext("Hugging Face Hub, by the model catalogue of llmfit"),
        HUB: language.gettext("Hugging Face Hub"),
    }.get(data.scope.kind, data.source)
    return language.gettext(
        "Source: %(name)s; attribution by Open Model Share. Counted: %(models)s. Data of %(date)s.",
        name=name,
        models=name_models("all", data.scope, language),
        date=language.date(data.as_of),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
