"""The first screen of home: the answer, what it counts, its date, and what these data allow nobody to say."""

from dataclasses import dataclass

from generator.base.scope import HEAD
from generator.figures.theme import colour, place_colour
from generator.questions import sentences
from generator.questions.report import Report
from generator.questions.shares.tables import NAMES, NOBODY, REST
from generator.star.definitions import ATTRIBUTIONS, UNIVERSES, WINDOWS
from generator.star.shares import ShareTable
from generator.text import words
from generator.text.language import Language
from generator.text.say import COMMA, join, say_plural


@dataclass(frozen=True)
class BarPart:
    """A part of all downloads: its name, its share, and the colour of the style sheet that it has."""

    name: str
    share: float
    colour: str


def build_first_screen(report: Report, language: Language) -> dict[str, object]:
    """Choose the sentences of the first screen: of the example, of a list, of a first night, of a history.

    Over the example the title is the question, which it does not answer. `without` is what stands without the model
    that decides the numbers, `said` what follows them, `notes` what they leave out; what does not apply is empty.
    """
    scope, table = report.data.scope, report.table(report.headline)
    answer, lead = language.speak(sentences.state_headline(report)), report.leads.get(report.headline)
    title = language.say("Which countries build the open AI models that the world downloads?")
    return {
        "title": title if scope.is_example else answer,
        "answer": answer,
        "without": language.speak(sentences.state_without(report)),
        "lead": language.speak(sentences.state_lead(lead, scope)) if lead and scope.may_rank else "",
        "definition": language.speak(sentences.name_table(table)),
        "bar": part_bar(table, language),
        "choices": _list_choices(report),
        "said": _say_more(report, language) if scope.may_rank else [],
        "notes": _note(report, language),
        "counted": language.speak(sentences.describe_source(report.data)),
    }


def part_bar(table: ShareTable, language: Language) -> tuple[BarPart, ...]:
    """Part all downloads into the two largest countries, the other countries and what no country is given.

    `scripts/home.js` does the same for a definition that a reader chooses; a test compares them.
    """
    largest, others = table.places[:2], sum(row.share for row in table.places[2:])
    parts = [BarPart(language.place(row.code), row.share, place_colour(row.code)) for row in largest]
    parts += [
        BarPart(language.speak(NAMES[REST]), others, colour("international")),
        BarPart(language.speak(NAMES[NOBODY]), table.unattributed, colour("unreviewed")),
    ]
    return tuple(part for part in parts if part.share > 0)


def _list_choices(report: Report) -> dict[str, tuple[str, ...]]:
    if report.days is None:
        return {}
    known = report.definitions
    return {
        "window": tuple(name for name in WINDOWS if name in {each.window for each in known}),
        "models": tuple(name for name in UNIVERSES if name in {each.universe for each in known}),
        "by": tuple(name for name in ATTRIBUTIONS if name in {each.attribution for each in known}),
    }


def _say_more(report: Report, language: Language) -> list[str]:
    said = []
    if report.beside:
        beside = language.speak(sentences.state_table(report.table(report.beside), report.data.scope))
        said.append(language.say("Counted as here until twelve months were recorded: {beside}", beside=beside))
    if not report.data.is_first:
        said.append(language.speak(sentences.state_matrix(report)))
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
            language.say(
                "The models in {list} are somebody's choice; nothing here is said of the whole Hub.",
                list=words.name_scope(scope),
            )
        )
    elif report.headline.window != "12m":
        notes.append(_announce(report, language))
    sources = _list_sources(report)
    if len(sources) > 1:
        notes.append(
            language.say("These counts come from several sources: {list}.", list=join(*sources, between=COMMA))
        )
    return notes


def _list_sources(report: Report) -> list[str]:
    """List the sources of the headline's window, oldest first, each with its last date."""
    start = report.table(report.headline).start
    inside = [interval for interval in report.data.intervals if start and interval.end >= start]
    return list(dict.fromkeys(interval.source for interval in inside))


def _note_counters(report: Report, language: Language) -> list[str]:
    notes = [language.say("Models that have been deleted are not counted.")]
    if report.falls.models:
        notes.append(
            language.speak(
                say_plural(
                    "The counter of {num} of these models has fallen; the {downloads:count} downloads that it lost "
                    "are missing.",
                    "The counters of {num} of these models have fallen; the {downloads:count} downloads that they "
                    "lost are missing.",
                    report.falls.models,
                    downloads=report.falls.downloads,
                )
            )
        )
    return notes


def _announce(report: Report, language: Language) -> str:
    """Say what will stand here once more is recorded."""
    later = language.say(
        "Once twelve months are recorded, the downloads within them stand here: the definition of the study."
    )
    if not report.data.is_first:
        return later
    return language.say(
        "The history begins with this date. After thirty nights a line shows how these shares move. {later}",
        later=later,
    )


def describe_left_out(language: Language) -> str:
    """Say what the example list leaves out of the head of the Hub, and in which order the countries stand there."""
    return language.say(
        "The list lacks {left_out:percent0} of the downloads of the Hub's most downloaded and most liked models "
        "({models:count} models, thirty days to {date:date}); {us_part:percent0} of what it lacks comes from "
        "publishers in the United States. With nothing left out, models from organisations in the United States "
        "account for {us:percent0} of those downloads, models from organisations in China for {cn:percent0}, by "
        "publisher.",
        left_out=HEAD.left_out,
        us_part=HEAD.left_out_us,
        us=HEAD.us,
        cn=HEAD.cn,
        models=HEAD.models,
        date=HEAD.as_of,
    )
