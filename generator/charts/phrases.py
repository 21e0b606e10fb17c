"""Words that several figures share: what is counted, comparisons, notes on the data."""

from generator.charts.parts import capital, in_sentence
from generator.i18n import Language
from generator.metrics.shares import ShareRow, ShareTable
from generator.report import DataSource

# Beyond this ratio a comparison says "twice", "three times" …; below it, the difference in points.
_TIMES = 1.85


def compare(first: ShareRow, second: ShareRow, language: Language) -> str:
    """Say how the second share stands to the first, hedged where what is unreviewed could reverse them."""
    place = in_sentence(second.code, language)
    if first.lower <= second.upper:
        return language.gettext(
            "ahead of %(place)s with %(share)s, but what is unreviewed could reverse the order",
            place=place,
            share=language.percent(second.share),
        )
    ratio = first.share / second.share
    if ratio >= _TIMES:
        return language.gettext("%(times)s the share of %(place)s", times=_name_times(ratio, language), place=place)
    return language.gettext("%(place)s %(share)s", place=place, share=language.percent(second.share))


def _name_times(ratio: float, language: Language) -> str:
    """Say a ratio in words, rounded; `about` where it is not within 3 % of a whole number."""
    whole = round(ratio)
    if whole > 10:
        return language.gettext("more than ten times")
    word = language.gettext("twice") if whole == 2 else language.gettext("%(number)s times", number=whole)
    if abs(ratio - whole) <= 0.03 * whole:
        return word
    return (
        language.gettext("more than %(times)s", times=word)
        if ratio > whole
        else language.gettext("nearly %(times)s", times=word)
    )


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


def join_sentences(*sentences: str) -> str:
    """Put sentences that say something one after the other."""
    return " ".join(sentence for sentence in sentences if sentence)


def begin(code: str, language: Language) -> str:
    """Return a place's name as a sentence begins with it."""
    return capital(in_sentence(code, language))
