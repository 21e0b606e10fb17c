"""The first screen of home: the answer, what it counts, its date, and what these data allow nobody to say."""

from dataclasses import dataclass

from generator.base.scope import HEAD
from generator.questions import sentences
from generator.questions.report import Report
from generator.text.language import Language


@dataclass(frozen=True)
class FirstScreen:
    """What a reader meets first.

    Attributes:
        title: the answer; over the example the question, which it does not answer.
        answer: the sentence with its numbers, as it can be copied.
        without: what stands without the model that decides the numbers; empty where none does.
        definition: what it counts, in the words of a definition.
        said: sentences that follow: who leads since when, the number that stood here before, the other definitions.
        notes: what the number leaves out, and what will stand here later.
        counted: source, what is counted, date.
    """

    title: str
    answer: str
    without: str
    definition: str
    said: tuple[str, ...]
    notes: tuple[str, ...]
    counted: str


def build_first_screen(report: Report, language: Language) -> FirstScreen:
    """Choose the sentences of the first screen: of the example, of a list, of a first night, of a history."""
    scope, table = report.data.scope, report.table(report.headline)
    answer = sentences.state_headline(report, language)
    title = language.gettext("Which countries build the open AI models that the world downloads?")
    return FirstScreen(
        title=title if scope.is_example else answer,
        answer=answer,
        without=sentences.state_without(report, language),
        definition=sentences.name_table(table, language),
        said=tuple(_say_more(report, language)) if scope.may_rank else (),
        notes=tuple(_note(report, language)),
        counted=sentences.describe_source(report.data, language),
    )


def _say_more(report: Report, language: Language) -> list[str]:
    lead = report.leads.get(report.headline)
    said = [sentences.state_lead(lead, report.data.scope, language)] if lead else []
    if report.beside:
        beside = sentences.state_table(report.table(report.beside), report.data.scope, language)
        said.append(language.gettext("Counted as here until twelve months were recorded: %(beside)s", beside=beside))
    if not report.data.is_first:
        said.append(sentences.state_matrix(report, language))
    return said


def _note(report: Report, language: Language) -> list[str]:
    scope = report.data.scope
    if scope.is_example:
        return [describe_left_out(language)]
    notes = []
    if report.headline.window == "all_time":
        notes += _note_counters(report, language)
    if not scope.is_hub:
        notes.append(
            language.gettext(
                "The models in %(list)s are somebody's choice; nothing here is said of the whole Hub.", list=scope.name
            )
        )
    elif report.headline.window != "12m":
        notes.append(_announce(report, language))
    sources = _list_sources(report)
    if len(sources) > 1:
        notes.append(language.gettext("These counts are of several sources: %(list)s.", list=", ".join(sources)))
    return notes


def _list_sources(report: Report) -> list[str]:
    """List the sources of the headline's window, oldest first, each with its last date."""
    start = report.table(report.headline).start
    inside = [interval for interval in report.data.intervals if start and interval.end >= start]
    return list(dict.fromkeys(interval.source for interval in inside))


def _note_counters(report: Report, language: Language) -> list[str]:
    notes = [language.gettext("Models that were deleted are not in it.")]
    if report.falls.models:
        notes.append(
            language.ngettext(
                "The counter of %(num)s of these models has fallen; the %(downloads)s downloads that it lost are "
                "missing.",
                "The counters of %(num)s of these models have fallen; the %(downloads)s downloads that they lost are "
                "missing.",
                report.falls.models,
                downloads=language.count(report.falls.downloads),
            )
        )
    return notes


def _announce(report: Report, language: Language) -> str:
    """Say what will stand here once more is recorded."""
    later = language.gettext(
        "Once twelve months are recorded, the downloads within them stand here: the definition of the study."
    )
    if not report.data.is_first:
        return later
    return language.gettext(
        "The history begins with this date. After thirty nights a line shows how these shares move. %(later)s",
        later=later,
    )


def describe_left_out(language: Language) -> str:
    """Say what the example list leaves out of the head of the Hub, and in which order the countries stand there."""
    return language.gettext(
        "The list leaves out %(left_out)s of the downloads at the head of the Hub; %(us_part)s of these are American. "
        "Of all downloads at the head, models from organisations in the United States account for %(us)s, models from "
        "organisations in China for %(cn)s (%(models)s models, thirty days to %(date)s, by publisher).",
        left_out=language.percent(HEAD.left_out, 0),
        us_part=language.percent(HEAD.left_out_us, 0),
        us=language.percent(HEAD.us, 0),
        cn=language.percent(HEAD.cn, 0),
        models=language.count(HEAD.models),
        date=language.date(HEAD.as_of),
    )
