"""Models that surged: which of them a chart marks, and what each did in words."""

from typing import Any, Final

from generator.base.encode import label
from generator.figures.marks import Mark, Standing
from generator.questions.report import Report
from generator.star.dominant import Surge
from generator.text.language import Language

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


def describe_surges(report: Report, language: Language, publisher: str | None = None) -> str:
    """Say what each model that surged did; nothing without one."""
    return " ".join(_describe_surge(surge, language) for surge in report.surges if publisher in {None, surge.publisher})


def _describe_surge(surge: Surge, language: Language) -> str:
    values: dict[str, Any] = {
        "model": label(surge.name),
        "high": language.spell(surge.peak.downloads_30d),
        "peak": language.date(surge.peak.date),
        "part": language.percent(surge.part),
    }
    rise, fall = surge.before, surge.after
    if rise:
        values |= {"low": language.spell(rise.downloads_30d), "from": language.date(rise.date)}
    if fall:
        values |= {"after": language.spell(fall.downloads_30d), "by": language.date(fall.date)}
    if rise and fall:
        return language.gettext(
            "%(model)s went from %(low)s downloads in thirty days on %(from)s to %(high)s on %(peak)s, up to %(part)s "
            "of all, and had %(after)s on %(by)s.",
            **values,
        )
    if rise:
        return language.gettext(
            "%(model)s went from %(low)s downloads in thirty days on %(from)s to %(high)s on %(peak)s, up to %(part)s "
            "of all.",
            **values,
        )
    return language.gettext(
        "%(model)s had %(high)s downloads in thirty days on %(peak)s, up to %(part)s of all, and %(after)s on %(by)s.",
        **values,
    )
