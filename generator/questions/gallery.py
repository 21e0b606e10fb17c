"""Every figure of the site."""

from dataclasses import replace

from generator.base.settings import PUBLISHER_PAGES
from generator.figures.figure import Figure
from generator.questions import sentences
from generator.questions.countries.figures import build_country
from generator.questions.countries.panels import build_country_panels
from generator.questions.countries.ranks import build_country_ranks
from generator.questions.coverage.figures import build_coverage
from generator.questions.doubt import build_doubt_figures
from generator.questions.events import mark_events
from generator.questions.leads.figures import build_lead_matrix
from generator.questions.publishers.figures import build_leading_publishers, build_publisher
from generator.questions.report import Report
from generator.questions.shares.figures import build_share_now
from generator.questions.shares.history import build_share_over_time
from generator.questions.shares.world import build_world_map
from generator.questions.tasks.now import build_task_shares
from generator.questions.topics import build_topic_figures


def build_figures(report: Report) -> tuple[Figure, ...]:
    """Build all figures of a report: what they say, their data, and how to draw them; none is drawn yet."""
    builders = (
        build_share_over_time,
        build_share_now,
        build_lead_matrix,
        build_task_shares,
        build_leading_publishers,
        build_world_map,
        build_country_panels,
        build_country_ranks,
        build_coverage,
    )
    overview = (build(report) for build in builders)
    countries = (build_country(country.code, report) for country in report.countries)
    figures = (
        *(figure for figure in overview if figure is not None),
        *build_doubt_figures(report),
        *build_topic_figures(report),
        *(figure for figure in countries if figure is not None),
        *(build_publisher(profile, report) for profile in report.profiles[:PUBLISHER_PAGES]),
    )
    return tuple(mark_events(_name_source(figure, report), report) for figure in figures)


def _name_source(figure: Figure, report: Report) -> Figure:
    """Name source and list of the report's own numbers."""
    if figure.source:
        return figure
    headline = sentences.name_list(figure.headline, report.data.scope)
    return replace(figure, source=sentences.describe_source(report.data), headline=headline)
