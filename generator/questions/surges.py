"""Models that surged: which of them a chart marks, and what each did in words."""

from typing import Any, Final

from generator.base.encode import label
from generator.figures.marks import Mark, Standing
from generator.questions.report import Report
from generator.star.dominant import Surge
from generator.text.say import Sentence, join, say

# Names above a chart; what surged less is told in words.
SHOWN: Final = 2


def pick_standing(report: Report, publisher: str | None = None, most: int = SHOWN) -> Standing:
    """Return the marks of the models that surged most, of one publisher's where it is given, and the breaks."""
    mine = [surge for surge in report.surges if publisher in {None, surge.publisher}]
    largest = sorted(mine, key=lambda surge: (-surge.part, surge.name))[:most]
    marks = (
        Mark(label(surge.name).rpartition("/")[2], surge.start, surge.end if surge.after else surge.start)
        for surge in largest
    )
    return Standing(tuple(marks), report.breaks)


def describe_surges(report: Report, publisher: str | None = None) -> Sentence:
    """Say what each model that surged did; nothing without one."""
    return join(*(_describe_surge(surge) for surge in report.surges if publisher in {None, surge.publisher}))


def _describe_surge(surge: Surge) -> Sentence:
    values: dict[str, Any] = {
        "model": label(surge.name),
        "high": surge.peak.downloads_30d,
        "peak": surge.peak.date,
        "part": surge.part,
    }
    rise, fall = surge.before, surge.after
    if rise:
        values |= {"low": rise.downloads_30d, "from": rise.date}
    if fall:
        values |= {"after": fall.downloads_30d, "by": fall.date}
    if rise and fall:
        return say(
            "{model} went from {low:spell} downloads in thirty days on {from:date} to {high:spell} on {peak:date}, up "
            "to {part:percent} of all, and had {after:spell} on {by:date}.",
            **values,
        )
    if rise:
        return say(
            "{model} went from {low:spell} downloads in thirty days on {from:date} to {high:spell} on {peak:date}, up "
            "to {part:percent} of all.",
            **values,
        )
    return say(
        "{model} had {high:spell} downloads in thirty days on {peak:date}, up to {part:percent} of all, and "
        "{after:spell} on {by:date}.",
        **values,
    )
