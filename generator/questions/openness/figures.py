"""Openness in pictures: what each country's downloads divide into by grade and by licence; both over time."""

from collections.abc import Mapping
from typing import Final

from generator.figures.figure import Figure, build_figure
from generator.figures.lines import Lines, Panel, draw_lines
from generator.figures.stacks import Part, Stack, Stacks, draw_stacks
from generator.questions import spans
from generator.questions.ground import Tables
from generator.questions.openness.tables import GRADE_OF, LICENSE_OF
from generator.questions.openness.words import state, state_change
from generator.questions.report import Report
from generator.questions.surges import pick_standing
from generator.star.classes import ALL, pick_codes
from generator.star.columns import COLUMNS
from generator.star.table import Table
from generator.text import words
from generator.text.say import Sentence, join, say

# Countries with a bar of their own.
COUNTRIES: Final = 5
# From the most open to the least, then what is not known.
_GRADE_INKS: Final = ("seq-5", "seq-4", "seq-2", "international", "unreviewed", "paper")
_LICENSE_INKS: Final = ("seq-4", "seq-2", "international", "unreviewed")
GRADES: Final = tuple(map(Part, words.GRADES.values(), _GRADE_INKS))
LICENSES: Final = tuple(map(Part, words.LICENSE_CLASSES.values(), _LICENSE_INKS))


def build(tables: Tables, report: Report) -> tuple[Figure, ...]:
    """Build the figures; those over time need two dates."""
    measures = tables["openness-shares"].where(attribution="publisher")
    codes = pick_codes(measures, COUNTRIES)
    if not codes:
        return ()
    shown, said = measures.where(country_code=codes), state(tables, report)
    lines = tables["openness-history"].where(attribution="publisher", country_code=(ALL, *spans.PAIR))
    now = (_build_grades(shown, said, report), _build_licenses(shown, said, report))
    return now if len(lines.where(country_code=ALL).frame) < 2 else (*now, _build_over_time(lines, said, report))


def _build_grades(measures: Table, said: Mapping[str, Sentence], report: Report) -> Figure:
    bars = (
        Stack(spans.name_place(row["country_code"]), say("{share:percent} graded", share=1 - row["share_no_grade"]))
        for row in measures.records()
    )
    return build_figure(
        measures.pick("country_code", *GRADE_OF).unpivot(GRADE_OF, COLUMNS["grade"], COLUMNS["share"]),
        draw_stacks,
        Stacks(tuple(bars), GRADES, bar="country", part="grade"),
        slug="openness-grades",
        headline=said["grades"],
        subtitle=spans.describe_places(say("Share of downloads by openness of the family"), measures, report),
        how_to_read=say(
            "Each bar is all downloads of a country's publishers and is divided by what the makers of the model's "
            "family released. A version made by others has the grade of its family. Dashed parts have no grade: nobody "
            "has graded the family, the name tells none, or the model is not known by name. The percentage beside a "
            "name is the part that has a grade."
        ),
        alt=join(said["pair"], said["licenses"]),
    )


def _build_licenses(measures: Table, said: Mapping[str, Sentence], report: Report) -> Figure:
    bars = (
        Stack(spans.name_place(row["country_code"]), say("{downloads:short} downloads", **row))
        for row in measures.records()
    )
    return build_figure(
        measures.pick("country_code", *LICENSE_OF).unpivot(LICENSE_OF, COLUMNS["license_class"], COLUMNS["share"]),
        draw_stacks,
        Stacks(tuple(bars), LICENSES, bar="country", part="license_class"),
        slug="openness-licences",
        headline=said["licenses"],
        subtitle=spans.describe_places(say("Share of downloads by class of licence"), measures, report),
        how_to_read=say(
            "Each bar is all downloads of a country's publishers and is divided by the licence that the repository "
            "states; the licence files themselves were not read. The dashed part states none."
        ),
        alt=said["pair"] or said["lead"],
    )


def _build_over_time(lines: Table, said: Mapping[str, Sentence], report: Report) -> Figure:
    history = lines.where(country_code=ALL).records()
    first, last = history[0], history[-1]
    looks = tuple(spans.follow_place(code) for code in (ALL, *spans.PAIR) if lines.find(country_code=code))
    panels = (
        Panel(looks, "share_fully_open", say("Fully open families")),
        Panel(looks, "share_open_license", say("Standard open licences")),
    )
    graded = say("On the last date {share_graded:percent} of all downloads have a grade.", **last)
    return build_figure(
        lines.pick("as_of", "country_code", "share_fully_open", "share_graded", "share_open_license"),
        draw_lines,
        Lines(panels, x="as_of", series="country_code", standing=pick_standing(report, most=1)),
        slug="openness-over-time",
        headline=state_change(first, last),
        subtitle=spans.describe_history(last["window"], first["as_of"], last["as_of"]),
        how_to_read=join(
            say(
                "The lines are all downloads together, and those of China's and of the United States' publishers. "
                "Fully open counts what has that grade, a lower bound: what has no grade stands in the denominator."
            ),
            said["growth"],
        ),
        alt=graded,
    )
