"""One page for each date of the history: what a copied sentence links to, beside the date's file.

Small, and written by a template of its own, so that thousands of nights cost the site's builder nothing; a page whose
words did not change keeps its file.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import jinja2
from markupsafe import Markup

from generator.audit.headlines import Headline, list_leaders
from generator.base.encode import line
from generator.base.files import TEMPLATES
from generator.base.repository import NOWHERE, CodeRepository
from generator.base.settings import MIN_COUNTRY_SHARE
from generator.publish.datafiles import list_licenses
from generator.publish.datafiles_days import DAYS, PLACES, Day, list_days, speak_rests
from generator.questions import sentences
from generator.questions.report import Report
from generator.star.definitions import DEFINITIONS
from generator.star.shares import NOT_PLACES
from generator.text.cite import cite
from generator.text.language import Language
from generator.text.say import COMMA, join


@dataclass(frozen=True)
class Then:
    """What was published of a date, beside what is computed of it now.

    Attributes:
        headline: the shares as they were published.
        day: what stands first on the date now.
        language: in which both are spoken.
    """

    headline: Headline
    day: Day
    language: Language

    @property
    def definition(self) -> str:
        """Name what it was a share of where that is another definition than now; else nothing."""
        slug = self.headline.definition
        if slug == self.day.table.definition.slug or slug not in DEFINITIONS:
            return ""
        return self.language.speak(sentences.name_definition(DEFINITIONS[slug]))

    @cached_property
    def codes(self) -> list[str]:
        """Return the countries that led when it was published, and those that lead now."""
        return list_leaders(self.headline.as_first_published, self.day.table)

    @property
    def before(self) -> str:
        """Say the shares as they were first published."""
        return self._list(self.headline.as_first_published)

    @property
    def now(self) -> str:
        """Say the shares as they are."""
        return self._list({code: self.day.table.share_of(code) for code in self.codes})

    def _list(self, shares: Mapping[str, float]) -> str:
        """List shares by country; of a country whose share was not kept nothing is said."""
        return _list_shares({code: shares[code] for code in self.codes if code in shares}, self.language)


def _list_shares(shares: Mapping[str, float], language: Language) -> str:
    told = (f"{language.place(code)} {language.percent(share)}" for code, share in shares.items())
    return language.speak(join(*told, between=COMMA))


@dataclass(frozen=True)
class DayRow:
    """A country on the page of a date, or what no country is given.

    Attributes:
        code: of the country.
        is_place: whether it is a country.
        share: of what stands first on the date.
        thirty: of thirty days, all models, by publisher: what the country's own page states; None without.
        first: the same as first published, where it moved since; else None.
    """

    code: str
    is_place: bool
    share: float
    thirty: float | None
    first: float | None

    @property
    def most(self) -> float:
        """Return the largest of its shares."""
        return max(self.share, self.thirty or 0.0, self.first or 0.0)


def _list_places(day: Day, headline: Headline | None) -> list[DayRow]:
    """List the countries of a date, the largest first, and those whose downloads a correction gave to others."""
    tables = [day.table, *([day.countries] if day.countries else [])]
    codes = [row.code for table in tables for row in table.places]
    codes += (headline.first_countries or headline.countries) if headline else ()
    return [_make_row(code, day, headline) for code in dict.fromkeys(codes)]


def _pick_rows(places: list[DayRow], day: Day) -> list[DayRow]:
    """Pick the countries of a page, those that can be told from nothing, and add what no country is given."""
    told = [row for row in places if row.most >= MIN_COUNTRY_SHARE] or places[:2]
    kept = sorted(told, key=lambda row: -row.most)[:PLACES]
    nobody = [_make_row(row.code, day, None) for row in day.table.rows if row.rank is None]
    return [*(row for row in told if row in kept), *nobody]


def _make_row(code: str, day: Day, headline: Headline | None) -> DayRow:
    thirty = day.countries.share_of(code) if day.countries else None
    first = headline.find_first(code, thirty) if headline and thirty is not None else None
    return DayRow(code, code not in NOT_PLACES, day.table.share_of(code), thirty, first)


def render_day_pages(
    report: Report,
    language: Language,
    headlines: Iterable[Headline],
    site_url: str,
    repository: CodeRepository = NOWHERE,
    choices: Sequence[Language] = (),
) -> dict[str, str]:
    """Render the page of each date, by name.

    Args:
        report: has the dates.
        language: in which they are told.
        headlines: what was published; of a date with several the last one counts.
        site_url: the address of the site, which each page names.
        repository: of code and issues, that each page leads to.
        choices: the languages of the site, where it has several.
    """
    published = {headline.as_of: headline for headline in headlines}
    template = make_environment(language).get_template("day.html.j2")
    shared = {"language": language, "licenses": list_licenses(report), "site_url": site_url, "repository": repository}
    shared |= {"choices": choices}
    return {
        f"{as_of.isoformat()}.html": language.tidy(
            template.render(
                shared,
                **_describe(day, published.get(as_of), language),
                **_cite(day, language, f"{site_url}{language.folder}{DAYS}/{as_of.isoformat()}.html"),
            )
        )
        for as_of, day in list_days(report).items()
    }


def _cite(day: Day, language: Language, url: str) -> dict[str, object]:
    title = language.speak(sentences.name_shares(day.table, day.scope))
    return {"url": url, "citation": cite(language, title, day.table.as_of, url, "oms")}


def _summarize(day: Day, language: Language) -> str:
    """Say what the shares are of, and the two largest, in few words."""
    leaders = _list_shares({row.code: row.share for row in day.table.places[:2]}, language)
    return f"{language.speak(sentences.name_shares(day.table, day.scope))} {leaders}".rstrip()


def _describe(day: Day, headline: Headline | None, language: Language) -> dict[str, object]:
    table, places = day.table, _list_places(day, headline)
    rows = _pick_rows(places, day)
    return {
        "as_of": table.as_of,
        "summary": f"{table.as_of.isoformat()}{language.say(': ')}{_summarize(day, language)}",
        "sentence": language.speak(sentences.state_table(table, day.scope)),
        "rest": speak_rests([headline] if headline else (), language).get(table.as_of, ""),
        "definition": language.speak(sentences.name_table(table)),
        "scope": day.scope,
        "source": day.source,
        "rows": rows,
        "left_out": len(places) - sum(row.is_place for row in rows),
        "then": Then(headline, day, language) if headline else None,
    }


def make_environment(language: Language) -> jinja2.Environment:
    """Make the template's environment: strict, escaping, every string a printable line."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        finalize=lambda value: line(value) if type(value) is str else value,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.newstyle_gettext = True  # type: ignore[attr-defined]  # added by the i18n extension
    environment.globals.update(
        gettext=lambda message, **values: Markup.escape(language.gettext(message, **values)),  # spaces at its ends stay
        ngettext=language.page_ngettext,
        up=language.up,
    )
    return environment
