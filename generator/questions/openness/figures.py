"""Openness: what each country's downloads divide into by grade and by licence, and three makers in sentences."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from generator.base.encode import label
from generator.figures import parts
from generator.figures.figure import Figure, Table
from generator.figures.lines import Lines, Panel, draw_lines
from generator.figures.stacks import Part, Stack, Stacks, draw_stacks
from generator.questions import phrases, sentences, spans
from generator.questions.openness.tables import LICENSES, Case, OpennessTopic, OpenShares
from generator.questions.report import Report
from generator.questions.surges import pick_standing
from generator.star.classes import ALL, pick_places
from generator.star.named import GRADES, UNGRADED, UNNAMED
from generator.text import words
from generator.text.say import NOTHING, Sentence, join, say, write

# Countries with a bar of their own.
COUNTRIES: Final = 5
NAMED: Final = ("CN", "US")
# From the most open to the least.
GRADE_COLOURS: Final = (("seq-5", "paper"), ("seq-4", "paper"), ("seq-2", "ink"), ("international", "ink"))
LICENSE_COLOURS: Final = (("seq-4", "paper"), ("seq-2", "ink"), ("international", "ink"))


def build(topic: OpennessTopic, report: Report) -> tuple[Figure, ...]:
    """Build the figures; those over time need two dates."""
    rows = pick_places(topic.shown, COUNTRIES)
    if not rows:
        return ()
    figures = [_build_grades(rows, topic, report), _build_licenses(rows, topic, report)]
    if len(topic.histories[ALL]) > 1:
        figures.append(_build_over_time(topic, report))
    return tuple(figures)


def state(topic: OpennessTopic, report: Report) -> dict[str, Sentence]:
    """State the page's sentences; those on a maker are named by it."""
    everything = topic.find(ALL)
    cases = {f"case_{case.slug}": state_case(case, topic, report) for case in topic.cases}
    if everything is None:
        empty = dict.fromkeys(("licenses", "pair", "growth", "window"), NOTHING)
        return {"lead": say("These data hold no downloads by licence."), **empty, **cases}
    return {
        "lead": state_grades(everything, topic, report),
        "licenses": state_licenses(everything),
        "pair": state_pair(topic),
        "growth": phrases.describe_growth(report.data),
        "window": spans.describe_window(topic.window, report),
        **cases,
    }


def state_grades(row: OpenShares, topic: OpennessTopic, report: Report) -> Sentence:
    """State the part of the downloads that is fully open, and how much of them nobody has graded."""
    return say(
        "{open:percent} of the downloads of {models} {period} were of families whose makers released weights, "
        "training data and code. {unknown:percent} were of models without a grade, so that it is between "
        "{open:percent} and {most:percent}.",
        open=row.grades["fully-open"],
        models=words.name_models("all", report.data.scope),
        period=spans.describe_window(topic.window, report),
        unknown=row.unknown,
        most=row.grades["fully-open"] + row.unknown,
    )


def state_licenses(row: OpenShares) -> Sentence:
    """State what part of the downloads is under which class of licence."""
    return say(
        "{open:percent} of the downloads were under a standard open licence, {conditions:percent} under one with "
        "conditions, {restricted:percent} for non-commercial use only; {unstated:percent} state none.",
        open=row.licenses["open"],
        conditions=row.licenses["conditions"],
        restricted=row.licenses["non-commercial"],
        unstated=row.licenses["unstated"],
    )


def state_pair(topic: OpennessTopic) -> Sentence:
    """State the shares of China and of the United States that are fully open and under open licences."""
    rows = [row for code in NAMED if (row := topic.find(code))]
    if len(rows) < len(NAMED):
        return NOTHING
    first, second = rows
    return say(
        "Of the downloads of models from publishers in {first:the}, {licence:percent} are under open licences and "
        "{open} of fully open families; of those from publishers in {second:the}, {second_licence:percent} and "
        "{second_open}.",
        first=first.code,
        open=_say_fully_open(first),
        licence=first.licenses["open"],
        second=second.code,
        second_open=_say_fully_open(second),
        second_licence=second.licenses["open"],
    )


def _say_fully_open(row: OpenShares) -> Sentence:
    """Say what part is of families known to be fully open: at least so much, or none that is known."""
    share = row.grades["fully-open"]
    if round(share, 3) == 0:
        return say("none as far as is known")
    return say("at least {share:percent}", share=share)


def state_case(case: Case, topic: OpennessTopic, report: Report) -> Sentence:
    """State what a maker's models are downloaded, how open they are, and which one is the newest."""
    known = say(
        "The accounts of {name} have {share:percent} of the downloads of {models} {period}",
        name=case.name,
        share=case.share,
        models=words.name_models("all", report.data.scope),
        period=spans.describe_window(topic.window, report),
    )
    of_country = (
        NOTHING
        if case.share_of_country is None
        else say(
            ", and {share:percent} of those of publishers in {place:the}", share=case.share_of_country, place=case.code
        )
    )
    whole = say("{known}{of_country}.", known=known, of_country=of_country)
    return join(whole, _state_grades_of(case), _state_newest(case))


def _state_grades_of(case: Case) -> Sentence:
    if not case.origin_downloads:
        return NOTHING
    found = [
        join(write(case.grades[grade], "percent"), words.GRADES[grade])
        for grade in GRADES
        if case.grades[grade] >= 0.0005
    ]
    return say(
        "The {downloads:spell} downloads of all models that go back to its own are, by the openness of their family, "
        "{parts}.",
        downloads=case.origin_downloads,
        parts=join(*found, between="; "),
    )


def _state_newest(case: Case) -> Sentence:
    if case.newest is None or case.newest_created is None:
        return say("When its newest model was created is not known here.")
    return say(
        "Its newest model among those known by name is {model} of {date:date} ({grade}).",
        model=label(case.newest),
        date=case.newest_created,
        grade=words.GRADES[case.newest_grade],
    )


def _build_grades(rows: Sequence[OpenShares], topic: OpennessTopic, report: Report) -> Figure:
    finding = say(
        "{open:percent} of the downloads of {models} are of fully open families, {weights:percent} of families that "
        "open their weights but not their training data.",
        open=rows[0].grades["fully-open"],
        models=words.name_models("all", report.data.scope),
        weights=rows[0].grades["open-weights"],
    )
    table = _list_grades(rows)
    return Figure(
        slug="openness-grades",
        headline=finding,
        subtitle=spans.describe_subtitle(
            say("Share of downloads by openness of the family"), topic.window, "publisher", report
        ),
        source=sentences.describe_source(report.data),
        how_to_read=say(
            "Each bar is all downloads of a country's publishers and is divided by what the makers of the model's "
            "family released. A version made by others has the grade of its family. Dashed parts have no grade: nobody "
            "has graded the family, the name tells none, or the model is not known by name. Beside the name stands how "
            "much has one."
        ),
        alt=join(finding, state_pair(topic), state_licenses(rows[0])),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_stacks, table, choose_grades(rows)),
    )


def _list_grades(rows: Sequence[OpenShares]) -> Table:
    return Table(
        columns=(
            parts.text_column("code", say("Code")),
            parts.text_column("place", say("Place")),
            parts.text_column("grade", say("Openness")),
            parts.share_column("share", say("Share")),
        ),
        rows=tuple(
            (row.code, spans.name_place(row.code), words.GRADES[grade], share)
            for row in rows
            for grade, share in row.grades.items()
        ),
    )


def choose_grades(rows: Sequence[OpenShares]) -> Stacks:
    """Return a bar for each place, divided by grade; what has none is open."""
    kinds = tuple(
        Part(words.GRADES[grade], ink, text) for grade, (ink, text) in zip(GRADES, GRADE_COLOURS, strict=False)
    )
    unknown = (
        Part(words.GRADES[UNGRADED], "unreviewed", is_open=True),
        Part(words.GRADES[UNNAMED], "paper", is_open=True),
    )
    notes = (say("{share:percent} graded", share=1 - row.unknown) for row in rows)
    bars = (Stack(spans.name_place(row.code), note) for row, note in zip(rows, notes, strict=True))
    return Stacks(tuple(bars), (*kinds, *unknown), bar="place", part="grade")


def _build_licenses(rows: Sequence[OpenShares], topic: OpennessTopic, report: Report) -> Figure:
    finding = state_licenses(rows[0])
    table = _list_licenses(rows)
    return Figure(
        slug="openness-licences",
        headline=finding,
        subtitle=spans.describe_subtitle(
            say("Share of downloads by class of licence"), topic.window, "publisher", report
        ),
        source=sentences.describe_source(report.data),
        how_to_read=say(
            "Each bar is all downloads of a country's publishers and is divided by the licence that the repository "
            "states; nobody has read the files. The dashed part states none."
        ),
        alt=join(finding, state_pair(topic) or state_grades(rows[0], topic, report)),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_stacks, table, choose_licenses(rows)),
    )


def _list_licenses(rows: Sequence[OpenShares]) -> Table:
    return Table(
        columns=(
            parts.text_column("code", say("Code")),
            parts.text_column("place", say("Place")),
            parts.text_column("licence", say("Licence")),
            parts.share_column("share", say("Share")),
        ),
        rows=tuple(
            (row.code, spans.name_place(row.code), words.LICENSE_CLASSES[name], share)
            for row in rows
            for name, share in row.licenses.items()
        ),
    )


def choose_licenses(rows: Sequence[OpenShares]) -> Stacks:
    """Return a bar for each place, divided by class of licence; what states none is open."""
    kinds = tuple(
        Part(words.LICENSE_CLASSES[name], ink, text)
        for name, (ink, text) in zip(LICENSES, LICENSE_COLOURS, strict=False)
    )
    unstated = Part(words.LICENSE_CLASSES["unstated"], "unreviewed", is_open=True)
    notes = (say("{downloads:short} downloads", downloads=row.downloads) for row in rows)
    bars = (Stack(spans.name_place(row.code), note) for row, note in zip(rows, notes, strict=True))
    return Stacks(tuple(bars), (*kinds, unstated), bar="place", part="licence")


def _build_over_time(topic: OpennessTopic, report: Report) -> Figure:
    history = topic.histories[ALL]
    finding = say(
        "Fully open families had {open:percent} of the downloads on {first:date} and {now:percent} on {last:date}; "
        "open licences {licence:percent} and {licence_now:percent}.",
        open=history[0].fully_open,
        first=history[0].as_of,
        now=history[-1].fully_open,
        last=history[-1].as_of,
        licence=history[0].open_license,
        licence_now=history[-1].open_license,
    )
    codes = [code for code in (ALL, *NAMED) if topic.histories.get(code)]
    lines = tuple(spans.follow_place(code) for code in codes)
    panels = (
        Panel(lines, "fully_open", say("Fully open families")),
        Panel(lines, "open_licence", say("Standard open licences")),
    )
    picture = Lines(panels, standing=pick_standing(report, most=1))
    table = _list_history(topic, codes)
    return Figure(
        slug="openness-over-time",
        headline=finding,
        subtitle=spans.describe_history(topic.window, history[0].as_of, history[-1].as_of),
        source=sentences.describe_source(report.data),
        how_to_read=join(
            say(
                "The lines are all downloads together, and those of China's and of the United States' publishers. "
                "Fully open counts what has that grade, a lower bound: what has no grade stands in the denominator."
            ),
            phrases.describe_growth(report.data),
        ),
        alt=join(
            finding, say("On the last date {graded:percent} of all downloads have a grade.", graded=history[-1].graded)
        ),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_lines, table, picture),
    )


def _list_history(topic: OpennessTopic, codes: Sequence[str]) -> Table:
    return Table(
        columns=(
            parts.date_column("date", say("Date")),
            parts.text_column("code", say("Code")),
            parts.share_column("fully_open", say("Fully open families")),
            parts.share_column("graded", say("With a grade")),
            parts.share_column("open_licence", say("Open licences")),
        ),
        rows=tuple(
            (point.as_of.isoformat(), code, point.fully_open, point.graded, point.open_license)
            for code in codes
            for point in topic.histories[code]
        ),
    )
