"""Openness in sentences: grades with their bounds, licences, two countries, and three makers."""

from collections.abc import Mapping

from generator.base.encode import label
from generator.questions import phrases, spans
from generator.questions.ground import Tables
from generator.questions.openness.tables import GRADE_OF
from generator.questions.report import Report
from generator.star.table import Row
from generator.text import words
from generator.text.say import NOTHING, SEMICOLON, Sentence, join, say, write


def state(tables: Tables, report: Report) -> Mapping[str, Sentence]:
    """State the sentences of page and figures; those on a maker are named by it."""
    row = tables["openness-shares"].find(attribution="publisher", country_code="all")
    if row is None:
        return {"lead": say("These data hold no downloads by licence.")}
    period = spans.describe_window(row["window"], report)
    about = {**row, "period": period, "models": words.name_models("all", report.data.scope)}
    return {
        "lead": say(
            "{share_fully_open:percent} of the downloads of {models} {period} were of families whose makers released "
            "weights, training data and code. {share_no_grade:percent} were of models without a grade, so the true "
            "share lies between {share_fully_open:percent} and {most:percent}.",
            **about,
            most=row["share_fully_open"] + row["share_no_grade"],
        ),
        "licenses": say(
            "{share_open_license:percent} of the downloads were under a standard open licence, "
            "{share_license_conditions:percent} under one with conditions, {share_non_commercial:percent} for "
            "non-commercial use only; {share_license_unstated:percent} state none.",
            **row,
        ),
        "grades": say(
            "{share_fully_open:percent} of the downloads of {models} are of fully open families, "
            "{share_open_weights:percent} of families that open their weights but not their training data.",
            **about,
        ),
        "pair": _state_pair(tables),
        "growth": phrases.describe_growth(report.data),
        **{
            f"case_{case['case'].lower()}": _state_case({**about, **case})
            for case in tables["openness-cases"].records()
        },
    }


def _state_pair(tables: Tables) -> Sentence:
    """State the shares of two countries that are fully open and under open licences; nothing without both."""
    measures = tables["openness-shares"]
    rows = [row for code in spans.PAIR if (row := measures.find(attribution="publisher", country_code=code))]
    if len(rows) < len(spans.PAIR):
        return NOTHING
    first, second = rows
    return say(
        "Of the downloads of models from publishers in {first:the}, {licence:percent} are under open licences and "
        "{open} of fully open families; of those from publishers in {second:the}, {second_licence:percent} and "
        "{second_open}.",
        first=first["country_code"],
        open=_say_fully_open(first),
        licence=first["share_open_license"],
        second=second["country_code"],
        second_open=_say_fully_open(second),
        second_licence=second["share_open_license"],
    )


def _say_fully_open(row: Row) -> Sentence:
    """Say what part is of families known to be fully open: at least so much, or none that is known."""
    if round(row["share_fully_open"], 3) == 0:
        return say("none as far as is known")
    return say("at least {share_fully_open:percent}", **row)


def _state_case(case: Row) -> Sentence:
    """State what a maker's models are downloaded, how open they are, and which one is the newest."""
    whole = (
        say("Models from {case} account for {share_of_all:percent} of the downloads of {models} {period}.", **case)
        if case["share_of_country"] is None
        else say(
            "Models from {case} account for {share_of_all:percent} of the downloads of {models} {period}, and for "
            "{share_of_country:percent} of those from publishers in {country_code:the}.",
            **case,
        )
    )
    return join(whole, _state_grades_of(case), _state_newest(case))


def _state_grades_of(case: Row) -> Sentence:
    if not case["origin_downloads"]:
        return NOTHING
    found = [
        join(write(case[name], "percent"), words.GRADES[grade])
        for name, grade in GRADE_OF.items()
        if case[name] >= 0.0005
    ]
    return say(
        "The {origin_downloads:spell} downloads of all models that go back to its own are, by the openness of their "
        "family, {parts}.",
        **case,
        parts=join(*found, between=SEMICOLON),
    )


def _state_newest(case: Row) -> Sentence:
    if case["newest_model"] is None:
        return say("These data do not say when its newest model was created.")
    return say(
        "Its newest model among those known by name is {model} of {newest_created:date} ({grade}).",
        **case,
        model=label(case["newest_model"]),
        grade=words.GRADES[case["newest_grade"]],
    )


def state_change(first: Row, last: Row) -> Sentence:
    """State what changed between two dates."""
    return say(
        "Fully open families accounted for {open:percent} of the downloads on {first:date} and {now:percent} on "
        "{last:date}; open licences {licence:percent} and {licence_now:percent}.",
        open=first["share_fully_open"],
        first=first["as_of"],
        now=last["share_fully_open"],
        last=last["as_of"],
        licence=first["share_open_license"],
        licence_now=last["share_open_license"],
    )
