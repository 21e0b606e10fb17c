"""Badges: small pictures with a share and a rank, for the model cards of organisations and for other pages. Pure."""

import html
from typing import Final

from generator.base.imprint import NAME
from generator.figures.text import PLAIN, measure
from generator.publish.datafiles import list_licenses
from generator.questions.countries.tables import find_table
from generator.questions.countries.words import state_country
from generator.questions.publishers.tables import is_organisation
from generator.questions.publishers.words import state_share
from generator.questions.report import PublisherReport, Report
from generator.text.language import Language
from generator.text.say import Sentence, join, say

# White text on it has a contrast of 5 to 1 at least.
PLAIN_COLOUR: Final = "#006789"
_LEFT_COLOUR: Final = "#1c1e21"
_SIZE: Final = 11
_PADDING: Final = 8


def draw_badge(told: str, colour: str, title: str) -> str:
    """Draw a badge of two halves: the site's name, and what is told; `title` says it in full."""
    left, right = (round(measure(text, _SIZE) * PLAIN + 2 * _PADDING) for text in (NAME, told))
    name = html.escape(title, quote=True)
    halves = ((NAME, left / 2, left - 2 * _PADDING), (told, left + right / 2, right - 2 * _PADDING))
    texts = "".join(
        f'<text x="{middle:g}" y="14" textLength="{width}" lengthAdjust="spacingAndGlyphs">{html.escape(text)}</text>'
        for text, middle, width in halves
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" aria-label="{name}">'
        f"<title>{name}</title>"
        f'<rect width="{left}" height="20" fill="{_LEFT_COLOUR}"/>'
        f'<rect x="{left}" width="{right}" height="20" fill="{colour}"/>'
        '<g fill="#fff" text-anchor="middle" font-family="system-ui,Segoe UI,Roboto,Helvetica,Arial,sans-serif" '
        f'font-size="{_SIZE}">{texts}</g></svg>\n'
    )


def render_badges(report: Report, language: Language) -> dict[str, str]:
    """Render the badges of countries and organisations, by path below the site's root."""
    licence = ", ".join(list_licenses(report))
    table = find_table(report)
    rows = ((country.code, table.find(country.code)) for country in report.countries)
    countries = {
        name_country(code): (
            _add_place(say("{place:place} · {share:share}", place=row.code, share=row.share), row.rank, report),
            state_country(code, report),
        )
        for code, row in rows
        if row
    }
    organisations = {
        name_organisation(profile): (
            _add_place(say("{share:share} of downloads", share=profile.row.share), profile.row.rank, report),
            state_share(profile, report),
        )
        for profile in list_organisations(report)
    }
    return {
        f"badges/{name}.svg": draw_badge(
            language.speak(told), PLAIN_COLOUR, f"{NAME}: {language.speak(stated)} ({licence})"
        )
        for name, (told, stated) in (countries | organisations).items()
    }


def list_organisations(report: Report) -> tuple[PublisherReport, ...]:
    """List the organisations that have a page: the hundred largest, where there are as many."""
    return tuple(profile for profile in report.profiles if is_organisation(profile.row, profile.registry))


def name_country(code: str) -> str:
    """Name the badge and the feed of a country."""
    return f"country-{code.lower()}"


def name_organisation(profile: PublisherReport) -> str:
    """Name the badge and the feed of an organisation."""
    return f"publisher-{profile.slug}"


def _add_place(told: Sentence, rank: int | None, report: Report) -> Sentence:
    """Add a rank; over a selection, that it is one."""
    if not report.data.scope.may_rank:
        return join(told, say("in a list of models"), between=" · ")
    return join(told, say("rank {rank:count}", rank=rank), between=" · ") if rank else told
