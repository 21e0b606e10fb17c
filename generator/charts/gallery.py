"""Every figure of the site."""

from dataclasses import replace

from generator import sentences
from generator.charts.country import build_country
from generator.charts.coverage import build_coverage
from generator.charts.doubt import build_doubt_figures
from generator.charts.figure import Figure
from generator.charts.history import build_share_over_time
from generator.charts.leads import build_lead_matrix
from generator.charts.outside import build_outside_series
from generator.charts.publishers import build_leading_publishers, build_publisher
from generator.charts.shares import build_share_now
from generator.charts.tasks import build_task_shares
from generator.charts.topics import build_topic_figures
from generator.charts.world import build_world_map
from generator.i18n import Language
from generator.report import Report


def build_figures(report: Report, language: Language) -> tuple[Figure, ...]:
    """Build all figures of a report: what they say, their data, and how to draw them; none is drawn yet."""
    builders = (
        build_share_over_time,
        build_share_now,
        build_lead_matrix,
        build_task_shares,
        build_leading_publishers,
        build_world_map,
        build_coverage,
        build_outside_series,
    )
    overview = (build(report, language) for build in builders)
    countries = (build_country(country.code, report, language) for country in report.countries)
    figures = (
        *(figure for figure in overview if figure is not None),
        *build_doubt_figures(report, language),
        *build_topic_figures(report, language),
        *(figure for figure in countries if figure is not None),
        *(build_publisher(profile, report, language) for profile in report.profiles),
    )
    return tuple(_name_list(figure, report, language) for figure in figures)


def _name_list(figure: Figure, report: Report, language: Language) -> Figure:
    """Let the headline name the list, unless the figure's numbers are not this report's own."""
    if figure.source != sentences.describe_source(report.data, language):
        return figure
    return replace(figure, headline=sentences.name_list(figure.headline, report.data.scope, language))
