"""The figures of history and uncertainty, those of them that a report has records for."""

from generator.charts.concentration import build_concentration
from generator.charts.figure import Figure
from generator.charts.lead_history import build_lead_over_time
from generator.charts.published import build_published_figures
from generator.charts.uncertainty import build_leave_one_out, build_specification_curve
from generator.charts.years import build_share_by_year
from generator.i18n import Language
from generator.report import Report


def build_doubt_figures(report: Report, language: Language) -> tuple[Figure, ...]:
    """Build the figures of history and uncertainty; one whose numbers the report has not is left out."""
    builders = (
        build_lead_over_time,
        build_share_by_year,
        build_specification_curve,
        build_leave_one_out,
        build_concentration,
        build_published_figures,
    )
    return tuple(figure for build in builders if (figure := build(report, language)))
