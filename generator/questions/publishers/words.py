"""Publishers in sentences: the largest, and what each is downloaded with and without its largest model."""

from collections.abc import Sequence
from typing import Any, Final

from generator.base.encode import label
from generator.questions import phrases, sentences
from generator.questions.report import PublisherReport, Report
from generator.star.accounts import HistoryPoint, PublisherRow
from generator.star.shares import NOT_PLACES
from generator.text import words
from generator.text.say import COMMA, NOTHING, Sentence, clauses, join, say

# The largest publishers, side by side.
SHOWN: Final = 20


def state_finding(report: Report) -> Sentence:
    """State the largest publisher's part, and how many of the twenty largest the first countries have."""
    rows = report.publishers[:SHOWN]
    if not rows:
        return say("No publisher has downloads.")
    most = phrases.count_codes(row.code for row in rows if row.code not in NOT_PLACES)[:2]
    named = [say("{number} are in {place:the}", number=number, place=code) for code, number in most]
    first = say(
        "Models from {publisher} account for {share:percent} of the downloads of {models}.",
        publisher=label(rows[0].handle),
        share=rows[0].share,
        models=words.name_models("all", report.data.scope),
    )
    second = say("Of the {total} largest publishers, {counts}.", total=len(rows), counts=clauses(named))
    return join(first, second if named else NOTHING)


def describe_top(rows: Sequence[PublisherRow]) -> Sentence:
    """Say who the largest are."""
    return say(
        "The largest are {names}.",
        names=join(
            *(
                say(
                    "{name} ({place:place}, {downloads:spell})",
                    name=label(row.handle),
                    place=row.code,
                    downloads=row.downloads_30d,
                )
                for row in rows[:5]
            ),
            between=COMMA,
        ),
    )


def state_history(profile: PublisherReport, report: Report) -> Sentence:
    """State a publisher's downloads on the first and the last date; on the last alone where the list grew between."""
    first, last = profile.history[0], profile.history[-1]
    values: dict[str, Any] = {"publisher": label(profile.row.handle), "now": last.downloads_30d, "last": last.as_of}
    if len(profile.history) == 1 or any(first.as_of < day <= last.as_of for day in report.breaks):
        return say("Models from {publisher} had {now:spell} downloads in the thirty days to {last:date}.", **values)
    return say(
        "Models from {publisher} had {now:spell} downloads in the thirty days to {last:date}, after {before:spell} in "
        "those to {first:date}.",
        before=first.downloads_30d,
        first=first.as_of,
        **values,
    )


def state_largest_model(profile: PublisherReport) -> Sentence:
    """State a publisher's most downloaded model, and what stands without it; nothing where it has a tenth or less."""
    largest = profile.largest
    if largest is None or profile.row.models < 2:
        return NOTHING
    return say(
        "One model, {model}, accounts for {part:percent} of its downloads; without it {downloads:spell} remain, "
        "{share:share} of all.",
        part=largest.part,
        model=label(largest.name),
        downloads=max(profile.row.downloads_30d - largest.downloads, 0),
        share=largest.share,
    )


def state_share(profile: PublisherReport, report: Report, point: HistoryPoint | None = None) -> Sentence:
    """State what a publisher's models account for, on the newest date or on another one."""
    name, share = label(profile.row.handle), point.share if point else profile.row.share
    return sentences.state_part(
        "publishers", name, share, report.data.scope, point.as_of if point else report.data.as_of
    )
