"""Words that several figures share: what is counted, comparisons, notes on the data."""

from typing import Any

from generator.figures.parts import capital, in_sentence
from generator.questions.report import DataSource, Report
from generator.star.definitions import Definition
from generator.star.shares import ShareTable
from generator.text.language import Language


def describe_unattributed(table: ShareTable, language: Language) -> str:
    """Say how much of the downloads no country is given."""
    return language.gettext(
        "%(share)s of the downloads are given to no country, %(unreviewed)s because nobody has reviewed the "
        "publisher yet.",
        share=language.percent(table.unattributed),
        unreviewed=language.percent(table.share_of("UNREVIEWED")),
    )


def describe_growth(data: DataSource, language: Language) -> str:
    """Say how the list of models grew, where the data are not the whole Hub; else nothing."""
    if data.scope.is_hub or data.first_models == data.models:
        return ""
    return language.gettext(
        "The list of models tracked changed from %(first)s to %(last)s over these dates, so part of what moves is "
        "the list.",
        first=language.count(data.first_models),
        last=language.count(data.models),
    )


def state_compared(report: Report, definition: Definition, language: Language, code: str = "") -> str:
    """State how a share moved over the models of a list that are counted on both dates; else nothing.

    The share is that of the country with most of their downloads, or of the code given.
    """
    compared = report.compared.get(definition)
    if compared is None:
        return ""
    place = code or report.table(definition).places[0].code
    before, after = (round(shares.get(place, 0.0), 3) for shares in (compared.before, compared.after))
    values: dict[str, Any] = {
        "models": language.count(compared.models),
        "place": in_sentence(place, language),
        "before": language.percent(before),
        "after": language.percent(after),
        "first": language.date(compared.before_on),
        "last": language.date(compared.after_on),
    }
    if before == after:
        return language.gettext(
            "Over the %(models)s models counted on both dates, the share of %(place)s was %(after)s on %(first)s and "
            "on %(last)s.",
            **values,
        )
    if after > before:
        return language.gettext(
            "Over the %(models)s models counted on both dates, the share of %(place)s rose from %(before)s on "
            "%(first)s to %(after)s on %(last)s.",
            **values,
        )
    return language.gettext(
        "Over the %(models)s models counted on both dates, the share of %(place)s fell from %(before)s on %(first)s to "
        "%(after)s on %(last)s.",
        **values,
    )


def write_share(share: float, language: Language) -> str:
    """Write a share; what is there and would be rounded to nothing is told from nothing."""
    if 0 < share < 0.0005:
        return language.gettext("less than %(least)s", least=language.percent(0.001))
    return language.percent(share)


def join_sentences(*sentences: str) -> str:
    """Put sentences that say something one after the other."""
    return " ".join(sentence for sentence in sentences if sentence)


def begin(code: str, language: Language) -> str:
    """Return a place's name as a sentence begins with it."""
    return capital(in_sentence(code, language))


def find_pair(report: Report) -> tuple[str, str] | None:
    """Return the codes of the two countries that lead under the headline; None with fewer than two."""
    lead = report.leads.get(report.headline)
    return (lead.leader, lead.second) if lead else None
