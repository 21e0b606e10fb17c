"""Feeds: Atom (RFC 4287) and JSON Feed 1.1. Dates are the data's.

What changed has an entry for each week and event; a country's or an organisation's, its share at the end of each week.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET

from markupsafe import Markup, escape

from generator.base.encode import label
from generator.base.imprint import NAME
from generator.base.records import render_json
from generator.publish.badges import list_organisations, name_country, name_organisation
from generator.publish.datafiles import make_imprint
from generator.questions.countries.tables import find_table
from generator.questions.countries.words import state_country
from generator.questions.events import name_anchors
from generator.questions.publishers.words import state_share
from generator.questions.report import Report
from generator.questions.topics import state_item
from generator.questions.weeks.words import name_week
from generator.star.table import Row
from generator.text import words
from generator.text.language import Language
from generator.text.say import Sentence, known

ATOM: Final = "http://www.w3.org/2005/Atom"
JSON_FEED: Final = "https://jsonfeed.org/version/1.1"
# A year of weeks: a reader that was away for longer finds the pages.
ENTRIES: Final = 52
# Half a year of one place's: there are a hundred and more of these feeds.
PLACE_ENTRIES: Final = 26


@dataclass(frozen=True)
class Entry:
    """An entry of a feed.

    Attributes:
        url: address of its page, which is also its id: a week keeps it for ever, and so does an event its place.
        title: the week, and its finding; or what happened.
        updated: the day of the newest snapshot in the week, or of the event, its midnight in UTC.
        summary: the finding, or what happened; empty where the title is all.
        html: all sentences, as HTML whose texts are escaped; empty where the title is all.
    """

    url: str
    title: str
    updated: dt.datetime
    summary: str = ""
    html: str = ""


@dataclass(frozen=True)
class Feed:
    """What an Atom feed says of itself.

    Attributes:
        path: of the feed, below the site's root.
        page: of what it is about, below the site's root.
        title: its name.
        subtitle: what its entries are.
        rights: addresses of the licences of its numbers.
    """

    path: str
    page: str
    title: str
    subtitle: str
    rights: str


def render_feeds(report: Report, language: Language, site_url: str) -> dict[str, str]:
    """Render the feeds, by path below the site's root.

    Args:
        report: with its weeks and events: those since the first of the weeks.
        language: of the texts.
        site_url: address that the site is published under; every address in a feed is absolute.
    """
    root = site_url.rstrip("/") + "/"
    entries = [_build_entry(week, report, language, root) for week in _list_weeks(report, ENTRIES)]
    since = min((entry.updated for entry in entries), default=dt.datetime.max.replace(tzinfo=dt.UTC))
    entries += [entry for entry in _build_events(report, language, root) if entry.updated >= since]
    entries.sort(key=lambda entry: (entry.updated, entry.url), reverse=True)
    changes = Feed(
        "feeds/changes.atom",
        "topics/weeks.html",
        language.say("{name}: what changed", name=NAME),
        language.say("Each week's changes in the shares of open models by country, in computed sentences; and events."),
        " ".join(make_imprint(report).licences),
    )
    return {
        changes.path: render_atom(entries, changes, language, root),
        "feeds/changes.json": render_json_feed(entries, changes, language, root),
        **_render_places(report, language, root),
    }


def _list_weeks(report: Report, most: int) -> Sequence[Row]:
    """List the newest weeks."""
    return report.topics["weeks"].by_name["weeks-dates"].first(most).records()


def render_atom(entries: Sequence[Entry], about: Feed, language: Language, root: str) -> str:
    """Render entries, newest first, as an Atom feed."""
    feed = ET.Element("feed", {"xmlns": ATOM, "xml:lang": language.code})
    newest = max((entry.updated for entry in entries), default=dt.datetime(1970, 1, 1, tzinfo=dt.UTC))
    _add(feed, "id", root + about.path)
    _add(feed, "title", about.title)
    _add(feed, "subtitle", about.subtitle)
    _add(feed, "updated", _write_time(newest))
    _add(feed, "rights", about.rights)
    _add(_add(feed, "author"), "name", NAME)
    ET.SubElement(feed, "link", rel="self", type="application/atom+xml", href=root + about.path)
    ET.SubElement(feed, "link", rel="alternate", type="text/html", href=root + about.page)
    for entry in entries:
        _add_entry(feed, entry)
    ET.indent(feed, " ")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(feed, encoding="unicode") + "\n"


def _add_entry(feed: ET.Element, entry: Entry) -> None:
    element = _add(feed, "entry")
    _add(element, "id", entry.url)
    _add(element, "title", entry.title)
    _add(element, "updated", _write_time(entry.updated))
    if entry.summary:
        _add(element, "summary", entry.summary)
    ET.SubElement(element, "link", rel="alternate", type="text/html", href=entry.url)
    if entry.html:
        _add(element, "content", entry.html, type="html")


def render_json_feed(entries: Sequence[Entry], about: Feed, language: Language, root: str) -> str:
    """Render entries, newest first, as a JSON Feed; licences stand in an extension, since its version has no field."""
    content = {
        "version": JSON_FEED,
        "title": about.title,
        "description": about.subtitle,
        "home_page_url": root + about.page,
        "feed_url": root + "feeds/changes.json",
        "language": language.code,
        "authors": [{"name": NAME, "url": root}],
        "_rights": {"licenses": about.rights.split()},
        "items": [
            {
                "id": entry.url,
                "url": entry.url,
                "title": entry.title,
                "summary": entry.summary,
                "content_html": entry.html,
                "date_published": _write_time(entry.updated),
                "date_modified": _write_time(entry.updated),
            }
            for entry in entries
        ],
    }
    return render_json(content)


def _render_places(report: Report, language: Language, root: str) -> dict[str, str]:
    """Render the feeds of countries and organisations, each with its share at the end of each week."""
    ends = {week["as_of"]: week["week"] for week in _list_weeks(report, PLACE_ENTRIES)}
    about = language.say("Its share of the downloads of open models at the end of each week.")
    rights = " ".join(make_imprint(report).licences)
    feeds = {}
    for (name, page, title), said in _list_places(report, language).items():
        feed = Feed(f"feeds/{name}.atom", page, f"{NAME}: {title}", about, rights)
        entries = [
            Entry(f"{root}topics/weeks/{slug}.html#{name}", language.speak(said[day]), _begin_day(day))
            for day, slug in ends.items()
            if day in said
        ]
        feeds[feed.path] = render_atom(entries, feed, language, root)
    return feeds


def _list_places(report: Report, language: Language) -> dict[tuple[str, str, str], Mapping[dt.date, Sentence]]:
    """List what has a feed of its own, by its feed's name, its page and its title: its share in a sentence, by date."""
    tables = report.histories[find_table(report).definition]
    places: dict[tuple[str, str, str], Mapping[dt.date, Sentence]] = {}
    for country in report.countries:
        said = {table.as_of: state_country(country.code, report, table) for table in tables}
        page = f"countries/{country.code.lower()}.html"
        places[name_country(country.code), page, language.place(country.code)] = said
    for profile in list_organisations(report):
        said = {point.as_of: state_share(profile, report, point) for point in profile.history}
        page = f"publishers/{profile.slug}.html"
        places[name_organisation(profile), page, label(profile.row.handle)] = said
    return places


def _build_entry(week: Row, report: Report, language: Language, root: str) -> Entry:
    said = {kind: language.speak(text) for kind, text in state_item("weeks", week, report).items()}
    finding, compared = said.pop("finding"), said.pop("compared")
    items = Markup("").join(Markup("<li>{}</li>").format(text) for text in said.values())
    body = Markup("<p>{}</p><p>{}</p>").format(finding, compared)
    return Entry(
        url=f"{root}topics/weeks/{week['week']}.html",
        title=language.say("{week}: {finding}", week=name_week(week), finding=finding),
        summary=finding,
        html=str(body + (Markup("<ul>{}</ul>").format(items) if items else escape(""))),
        updated=_begin_day(week["as_of"]),
    )


def _build_events(report: Report, language: Language, root: str) -> list[Entry]:
    found = []
    for event, anchor in zip(report.events, name_anchors(report.events), strict=True):
        happened, kind, source = (
            language.speak(known(label(event.label))),
            language.speak(words.EVENT_KINDS[event.kind]),
            language.speak(known(label(event.source))),
        )
        told = Markup("<p>{} ({})</p><p>{}: {}</p>").format(happened, kind, source, event.source_url)
        title = language.say("{date:date}: {event}", date=event.date, event=happened)
        found.append(Entry(f"{root}events.html#{anchor}", title, _begin_day(event.date), happened, str(told)))
    return found


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, name, attributes)
    element.text = text or None
    return element


def _begin_day(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)


def _write_time(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
