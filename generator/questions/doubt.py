"""The figures of history and uncertainty, those of them that a report has records for."""

from generator.figures.figure import Figure
from generator.questions.report import Report
from generator.questions.sensitivity.figures import build_leave_one_out, build_specification_curve


def build_doubt_figures(report: Report) -> tuple[Figure, ...]:
    """Build the figures of history and uncertainty; one whose numbers the report has not is left out."""
    builders = (
        build_specification_curve,
        build_leave_one_out,
    )
    return tuple(figure for build in builders if (figure := build(report)))
