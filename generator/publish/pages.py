"""Pages: the report as Markdown, one template per kind of page. Pure: returns texts, writes nothing.

Every value that a template shows passes the encoder: Jinja's `finalize` encodes plain strings, the filters below
format numbers through the language and encode the result, and `{% trans %}` encodes its variables.
"""

import datetime as dt
import functools
import posixpath
import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

import jinja2
from markupsafe import Markup

from generator.audit.operations import NOTHING_KNOWN, Operations
from generator.base.errors import SiteError
from generator.base.files import TEMPLATES, name_download
from generator.base.repository import NOWHERE, CodeRepository
from generator.base.scope import HEAD
from generator.base.settings import MIN_COUNTRY_SHARE, TABLE_DATES
from generator.publish.badges import name_country, name_organisation
from generator.publish.cards import add_cards
from generator.publish.datafiles import (
    DATASETS,
    build_corrections_file,
    build_data_files,
    build_registry_files,
    list_sources,
)
from generator.publish.datafiles_days import DAYS
from generator.publish.datafiles_years import describe_years
from generator.publish.dataset import cite_data, describe_data
from generator.publish.explorer import describe_embed, list_read
from generator.publish.pages_dataset import build_schema_page
from generator.publish.pages_first import build_first_screen
from generator.publish.pages_history import build_history_pages
from generator.publish.pages_home import build_home_claims, build_home_week
from generator.publish.pages_registry import build_registry_pages
from generator.publish.pages_status import build_status_pages
from generator.publish.pages_topics import build_topic_pages, take_values
from generator.publish.prose import Render, finalize, prose
from generator.publish.renames import read_renames
from generator.publish.search import add_search_terms
from generator.publish.sparks import draw_sparks
from generator.questions import sentences
from generator.questions.countries.words import state_country, state_largest
from generator.questions.publishers.tables import is_organisation
from generator.questions.publishers.words import state_largest_model
from generator.questions.report import CountryReport, PublisherReport, Report
from generator.questions.weeks.words import name_week
from generator.registry import Registry
from generator.sources.archives import NOTICES, is_shared_alike
from generator.star.classes import pick_codes
from generator.star.definitions import ATTRIBUTIONS, UNIVERSES, WINDOWS, Definition
from generator.star.leads import Lead
from generator.star.models import ModelRow
from generator.star.shares import NOT_PLACES, ShareTable
from generator.text import words
from generator.text.language import EU, WAYS, Language
from generator.text.say import Sentence, join, known, write

# Each question's folder has the template of its page.
QUESTIONS: Final = Path(__file__).parents[1] / "questions"
# Rows of the list of all publishers: the rest is in the data files.
PUBLISHER_ROWS: Final = 500
# Models of one page of their list: three hundred rows take a phone a quarter of a second, in which it answers nobody.
ROWS_A_PAGE: Final = 100
# Rows of a definition's table on the page of the data, categories not counted.
DEFINITION_ROWS: Final = 10

# Folders of files that are the same in every language.
_SHARED: Final = ("data/", "cards/")
_SAFE_SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]*")
_SAFE_ID: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)?")


@dataclass(frozen=True)
class ModelPart:
    """A page of the list of models.

    Attributes:
        first: rank at its beginning.
        models: of the page, by rank.
    """

    first: int
    models: tuple[ModelRow, ...]

    @property
    def last(self) -> int:
        """Return the rank at its end."""
        return self.first + len(self.models) - 1

    @property
    def path(self) -> str:
        """Return the page's path relative to the site's source folder."""
        return "models.md" if self.first == 1 else f"models-{self.first}.md"


def build_pages(
    report: Report,
    language: Language,
    registry: Registry,
    figures: Container[str],
    operations: Operations = NOTHING_KNOWN,
    *,
    site_url: str = "/",
    repository: CodeRepository = NOWHERE,
) -> dict[str, str]:
    """Build the text of every generated page, by path: Markdown; paths hold ISO codes and the report's slugs only.

    Args:
        report: what the pages show.
        language: in which they say it.
        registry: says who a publisher is.
        figures: slugs of the figures that exist; a page names no other.
        operations: how the site is run.
        site_url: address that the site is published under, for what readers copy from a page to elsewhere.
        repository: of code and issues, that pages lead to.
    """
    environment = make_environment(language, report, registry, repository)
    environment.globals["site_url"] = f"{site_url}{language.folder}"
    render = Renderer(environment, figures, report.data.as_of, language)
    pages = {
        "index.md": _render_home(render, report, language),
        "countries/index.md": render("countries.md.j2", "countries/index.md", _countries_values(report)),
        "publishers/index.md": render(
            "publishers.md.j2", "publishers/index.md", {"report": report, "rows": report.publishers[:PUBLISHER_ROWS]}
        ),
        "data.md": render("data.md.j2", "data.md", _data_values(report, registry, operations, language, site_url)),
        "schema.md": build_schema_page(render, report, registry, language, site_url),
        "explore.md": render("explore.md.j2", "explore.md", {**list_read(report), **describe_embed()}),
    }
    parts = split_models(report.models)
    for part in parts:
        pages[part.path] = render("models.md.j2", part.path, {"report": report, "part": part, "parts": parts})
    pages |= _render_profiles(render, report, language)
    pages |= build_history_pages(report, language, render)
    pages |= build_topic_pages(report, language, render)
    pages |= build_registry_pages(render, report, registry)
    pages |= build_status_pages(report, operations, language, render)
    pages = add_search_terms(add_cards(pages, report), report, registry, language)
    return {_check_path(path): text for path, text in pages.items()}


def _render_profiles(render: Render, report: Report, language: Language) -> dict[str, str]:
    """Render the page of each country and publisher."""
    pages = {}
    for country in report.countries:
        path = f"countries/{country.code.lower()}.md"
        pages[path] = render("country.md.j2", path, _country_values(report, country, language))
    for profile in report.profiles:
        path = f"publishers/{profile.slug}.md"
        pages[path] = render("publisher.md.j2", path, _publisher_values(report, profile, language))
    return pages


def split_models(models: tuple[ModelRow, ...]) -> tuple[ModelPart, ...]:
    """Split the list of models into its pages; there is a first one without any model, too."""
    starts = range(0, max(len(models), 1), ROWS_A_PAGE)
    return tuple(ModelPart(start + 1, models[start : start + ROWS_A_PAGE]) for start in starts)


def build_home(report: Report, language: Language, registry: Registry, figures: Container[str]) -> str:
    """Build the text of the home page; arguments as of `build_pages`."""
    return _render_home(
        Renderer(make_environment(language, report, registry), figures, report.data.as_of, language), report, language
    )


def _render_home(render: Render, report: Report, language: Language) -> str:
    return render("home.md.j2", "index.md", _home_values(report, language))


def make_environment(
    language: Language, report: Report, registry: Registry, repository: CodeRepository = NOWHERE
) -> jinja2.Environment:
    """Make the templates' environment: strict, escaping, translating, every string encoded."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([TEMPLATES, QUESTIONS]),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        finalize=finalize,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.newstyle_gettext = True  # type: ignore[attr-defined]  # added by the i18n extension
    environment.globals.update(
        gettext=language.page_gettext,
        ngettext=language.page_ngettext,
        finds=_finders(report, registry),
        sparks=draw_sparks(report, language),
        repository=repository,
        EU=EU,
        TABLE_DATES=TABLE_DATES,
        NOT_PLACES=NOT_PLACES,
    )
    environment.filters.update(_filters(report, language))
    in_list = not report.data.scope.is_hub
    environment.filters["state"] = lambda state: prose(language.speak(words.name_state(state, in_list=in_list)))
    return environment


def make_hub_url(hub_id: str) -> str:
    """Return an id's address on the Hub, or an empty string for an id of an unusual shape."""
    if not _SAFE_ID.fullmatch(hub_id):
        return ""
    return "https://huggingface.co/" + quote(hub_id, safe="/")


def make_web_url(url: str) -> str:
    """Return a web address with everything unusual percent-encoded, or an empty string for any other scheme."""
    return quote(url, safe=":/?#[]@!$&'()*+,;=%~") if url.startswith(("https://", "http://")) else ""


class Renderer:
    """Renders templates; knows the figures that exist."""

    def __init__(
        self, environment: jinja2.Environment, figures: Container[str], as_of: dt.date, language: Language
    ) -> None:
        self._environment = environment
        self._language = language
        self._figures = figures
        self._as_of = as_of

    def __call__(self, template: str, path: str, values: Mapping[str, Any]) -> str:
        """Render a template with its values, for the page whose source is at a path."""
        text = self._environment.get_template(template).render(
            values,
            to=functools.partial(_make_link, self._language.up, path),
            save=functools.partial(_make_download, self._language.up, path, self._as_of),
            figure=self._place_figure,
        )
        return re.sub(r"\n{3,}", "\n\n", self._language.tidy(text)).strip() + "\n"

    def _place_figure(self, slug: str) -> Markup:
        """Return the marker that the builder replaces by the figure; nothing where it does not exist."""
        if slug not in self._figures:
            return Markup("")
        return Markup("\n::figure {}::\n").format(Markup(_check_slug(slug)))  # noqa: S704 - a checked slug


def _make_link(up: str, here: str, target: str) -> Markup:
    """Return the relative address from a page to another page, to a place in it, or to a file.

    Pages are named by their source (`countries/cn.md#shares`) and served as `.html`, so that the site can also be
    read from a folder. Data and cards are the same for all languages, and stand `up`, at the root.
    """
    path, mark, anchor = target.partition("#")
    goal = path.removesuffix(".md") + ".html" if path.endswith(".md") else path
    is_shared = path.startswith(_SHARED) and not goal.endswith(".html")
    relative = (up if is_shared else "") + posixpath.relpath(goal, posixpath.dirname(here) or ".")
    if not re.fullmatch(r"[A-Za-z0-9./_-]*", relative + anchor):
        raise SiteError(f"The link {target!r} on {here} is not made of codes and slugs; no page may link there.")
    return Markup(relative + mark + anchor)  # noqa: S704 - checked above


def _make_download(up: str, here: str, as_of: dt.date, target: str) -> Markup:
    """Return the attributes of a link by which a reader saves a file."""
    name = name_download(posixpath.basename(target), as_of)
    return Markup('href="{}" download="{}"').format(_make_link(up, here, target), name)


def _check_path(path: str) -> str:
    for part in path.removesuffix(".md").split("/"):
        _check_slug(part)
    return path


def _check_slug(slug: str) -> str:
    if not _SAFE_SLUG.fullmatch(slug):
        raise SiteError(f"{slug!r} cannot name a page: lower-case letters, digits and hyphens were expected.")
    return slug


def _finders(report: Report, registry: Registry) -> dict[str, Callable[[str], object]]:
    """Return what templates look up by a code or handle."""
    codes = {country.code for country in report.countries}
    slugs = {profile.row.handle: profile.slug for profile in report.profiles}
    models = {item.row.id: item.slug for item in report.model_reports}

    def kind(handle: str) -> str:
        found = registry.find(handle)
        return found.kind if found and found.code != "UNREVIEWED" else ""

    return {
        "country_page": lambda code: f"countries/{code.lower()}.md" if code in codes else "",
        "publisher_page": lambda handle: f"publishers/{slugs[handle]}.md" if handle in slugs else "",
        "model_page": lambda name: f"models/{models[name]}.md" if name in models else "",
        "registry_row": registry.find,
        "kind": kind,
    }


# What a record or a code is called, by the name of its filter.
_SAID: Final[Mapping[str, Callable[[Any], Sentence | str]]] = {
    "spoken": lambda said: said,
    "kind": words.KINDS.__getitem__,
    "relation": words.RELATIONS.__getitem__,
    "license_class": words.LICENSE_CLASSES.__getitem__,
    "grade": words.GRADES.__getitem__,
    "training_data": words.TRAINING_DATA.__getitem__,
    "training_code": words.TRAINING_CODE.__getitem__,
    "origin_basis": words.ORIGIN_BASES.__getitem__,
    "flow_basis": words.FLOW_BASES.__getitem__,
    "anomaly": words.ANOMALIES.__getitem__,
    "missing_reason": words.MISSING_REASONS.__getitem__,
    "reading": words.name_reading,
    "state": words.STATES.__getitem__,
    "condition": words.CONDITIONS.__getitem__,
    "definition": sentences.name_definition,
    "subtitle": sentences.describe_subtitle,
    "period": sentences.describe_period,
    "headline": sentences.state_headline,
    "without": sentences.state_without,
    "week_name": name_week,
    "table_name": sentences.name_table,
    "data_line": sentences.describe_data,
    "source_line": sentences.describe_source,
    "event_kind": words.EVENT_KINDS.__getitem__,
    "list_name": words.name_scope,
}


def _filters(report: Report, language: Language) -> dict[str, Callable[..., object]]:
    """Return the filters that turn a record's values into encoded text."""

    def share(value: float) -> str:
        """Format a share in a table; what is there and would be rounded to nothing is told from nothing."""
        if 0 < value < 0.0005:
            return language.say("< {least:percent}", least=0.001)
        return language.percent(value)

    ways = {name: functools.partial(way, language) for name, way in WAYS.items()}
    tables: dict[str, Callable[..., str]] = {
        "share": share,
        "signed": functools.partial(write_margin, language=language),
    }
    said = {**_SAID, "state_lead": lambda lead: sentences.state_lead(lead, report.data.scope)}
    spoken = {name: lambda value, call=call: language.speak(call(value)) for name, call in said.items()}
    encoded = {name: lambda value, call=call: prose(call(value)) for name, call in (ways | tables | spoken).items()}
    return {
        **encoded,
        "range": lambda bounds, way: prose(write_range(bounds, way, language)),
        "query": lambda text: Markup.escape(quote(text, safe="")),
        "hub_url": make_hub_url,
        "web_url": make_web_url,
        "sentence": prose,
        "known": lambda text, ends="": prose(language.speak(known(text)).rstrip(ends), marks=language.marks),
        "host": lambda url: urlsplit(url).hostname or url,
        "fixed": _fix_digits,
        "places": pick_codes,
    }


def write_margin(difference: float, language: Language) -> str:
    """Write a difference in points with its sign; what would be rounded to nothing is told from nothing."""
    if 0 < difference < 0.0005:
        return language.say("< {least:signed}", least=0.001)
    return language.signed(difference)


def write_range(bounds: tuple[float, float], way: str, language: Language) -> str:
    """Write a range as one number, or as two where its ends differ in what is shown."""
    first, last = (language.speak(write(bound, way)) for bound in bounds)
    return first if first == last else f"{first} – {last}"


def _fix_digits(value: float) -> Markup:
    """Write a number for sorting: six digits, no sign of any language."""
    return Markup("{}").format(f"{value:.6f}".rstrip("0").rstrip("."))


def _home_values(report: Report, language: Language) -> dict[str, object]:
    table = report.table(report.headline)
    return {
        **take_values(("outside",), report, language),
        "table": table,
        "first": build_first_screen(report, language),
        "head": HEAD,
        "matrix": _build_matrix(report),
        "coverage": report.coverage[-1],
        "week": build_home_week(report, language),
        "claims": build_home_claims(report, language),
    }


def _build_matrix(report: Report) -> dict[str, dict[str, list[tuple[Definition, Lead | None]]]]:
    """Build who leads, by window and universe: a definition and its lead, if any, per attribution."""
    matrix: dict[str, dict[str, list[tuple[Definition, Lead | None]]]] = {}
    for window, universe in product(WINDOWS, UNIVERSES):
        pair = _pair(window, universe)
        if any(definition in report.histories for definition in pair):
            cells = [(definition, report.leads.get(definition)) for definition in pair]
            matrix.setdefault(window, {})[universe] = cells
    return matrix


def _pair(window: str, universe: str) -> tuple[Definition, ...]:
    return tuple(Definition(window, universe, attribution) for attribution in ATTRIBUTIONS)


def _base_tables(report: Report) -> tuple[ShareTable, ShareTable | None]:
    """Return the 30-day tables of all models by publisher and by origin."""
    by_publisher, by_origin = _pair("30d", "all")
    first = by_publisher if by_publisher in report.histories else report.headline
    return report.table(first), report.table(by_origin) if by_origin in report.histories else None


def _countries_values(report: Report) -> dict[str, object]:
    by_publisher, by_origin = _base_tables(report)
    return {
        "report": report,
        "table": by_publisher,
        "origin_table": by_origin,
        "rows": tuple(
            (country, by_publisher.find(country.code), by_origin.find(country.code) if by_origin else None)
            for country in report.countries
        ),
    }


def _find_day(table: ShareTable, code: str) -> str:
    """Return the page of a table's date, which stays, at a country's place in it where its share stands there."""
    place = f"#{code}" if table.share_of(code) >= MIN_COUNTRY_SHARE else ""
    return f"{DAYS}/{table.as_of.isoformat()}.html{place}"


def _country_values(report: Report, country: CountryReport, language: Language) -> dict[str, object]:
    by_publisher, by_origin = _base_tables(report)
    code, published = country.code, [row for row in report.models if row.publisher_code == country.code]
    return {
        "report": report,
        "country": country,
        "said": language.speak(join(state_country(country.code, report), state_largest(country.code, report))),
        "table": by_publisher,
        "day": _find_day(by_publisher, country.code),
        "row": by_publisher.find(country.code),
        "origin_row": by_origin.find(country.code) if by_origin else None,
        "built_elsewhere": [row for row in report.models if row.origin_code == code != row.publisher_code][:10],
        "built_abroad": [row for row in published if row.origin_code not in {code, *NOT_PLACES}][:10],
        "task_shares": {task.task_group: task for task in report.tasks},
        "coverage": report.coverage[-1],
        "measures": _list_measures(report, country.code),
        "badge": Markup(_check_slug(name_country(country.code))),  # noqa: S704 - a checked slug
    }


def _list_measures(report: Report, code: str) -> dict[str, float]:
    """List what the topics measure of a country, by the series' name without its code; None is left out."""
    newest = {
        name.removesuffix(f".{code}"): series[-1].value
        for topic in report.topics.values()
        for name, series in topic.series.items()
        if name.endswith(f".{code}") and series
    }
    return {name: value for name, value in newest.items() if value is not None}


def _publisher_values(report: Report, profile: PublisherReport, language: Language) -> dict[str, object]:
    badge = name_organisation(profile) if is_organisation(profile.row, profile.registry) else ""
    return {
        "report": report,
        "profile": profile,
        "row": profile.row,
        "who": profile.registry,
        "largest": language.speak(state_largest_model(profile)),
        "badge": Markup(_check_slug(badge)) if badge else "",  # noqa: S704 - a checked slug
    }


def _data_values(
    report: Report, registry: Registry, operations: Operations, language: Language, site_url: str
) -> dict[str, object]:
    sources, tables = list_sources(report), build_data_files(report)
    return {
        "report": report,
        "dataset": describe_data(report, language, tables, site_url),
        "citation": cite_data(report, language, site_url),
        "files": (*tables, *build_registry_files(registry), build_corrections_file(operations)),
        "years": describe_years(report),
        "renames": read_renames(),
        "archives": [(f"{DATASETS}{source}", NOTICES[source].text) for source in sources if source in NOTICES],
        "left_out": next((each.left_out for each in report.data.intervals[::-1] if each.left_out is not None), None),
        "share_alike": is_shared_alike(sources),
        "tables": tuple(report.table(definition) for definition in report.definitions),
        "rows_shown": DEFINITION_ROWS,
        "missing": sorted({(definition.window, reason) for definition, reason in report.missing.items()}),
        "anomalies": tuple(
            (interval.end, anomaly)
            for interval in report.data.intervals[-TABLE_DATES:]
            for anomaly in interval.anomalies
        ),
    }
