"""Feeds of what changed: Atom (RFC 4287) and JSON Feed 1.1, an entry for each week and event. Dates are the data's."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET

from markupsafe import Markup, escape

from generator.base.encode import label
from generator.base.records import render_json
from generator.questions.events import name_anchors
from generator.questions.report import Report
from generator.questions.topics import state_item
from generator.questions.weeks.figures import name_week
from generator.questions.weeks.tables import Week, Weeks
from generator.text import words
from generator.text.language import Language

ATOM: Final = "http://www.w3.org/2005/Atom"
JSON_FEED: Final = "https://jsonfeed.org/version/1.1"
LICENSE: Final = "https://creativecommons.org/licenses/by/4.0/"
NAME: Final = "Open Model Share"
# A year of weeks: a reader that was away for longer finds the pages.
ENTRIES: Final = 52


@dataclass(frozen=True)
class Entry:
    """An entry of a feed.

    Attributes:
        url: address of its page, which is also its id: a week keeps it for ever, and so does an event its place.
        title: the week, and its finding; or what happened.
        summary: the finding, or what happened.
        html: all sentences, as HTML whose texts are escaped.
        updated: the day of the newest snapshot in the week, or of the event, its midnight in UTC.
    """

    url: str
    title: str
    summary: str
    html: str
    updated: dt.datetime


def render_feeds(report: Report, language: Language, site_url: str) -> dict[str, str]:
    """Render the feeds, by path below the site's root.

    Args:
        report: with its weeks and events: those since the first of the weeks.
        language: of the texts.
        site_url: address that the site is published under; every address in a feed is absolute.
    """
    root = site_url.rstrip("/") + "/"
    weeks = report.topics["weeks"]
    entries = [
        _build_entry(week, report, language, root)
        for week in (weeks.weeks if isinstance(weeks, Weeks) else ())[:ENTRIES]
    ]
    since = min((entry.updated for entry in entries), default=dt.datetime.max.replace(tzinfo=dt.UTC))
    entries += [entry for entry in _build_events(report, language, root) if entry.updated >= since]
    entries.sort(key=lambda entry: (entry.updated, entry.url), reverse=True)
    return {
        "feeds/changes.atom": render_atom(entries, language, root),
        "feeds/changes.json": render_json_feed(entries, language, root),
    }


def render_atom(entries: Sequence[Entry], language: Language, root: str) -> str:
    """Render entries, newest first, as an Atom feed."""
    feed = ET.Element("feed", {"xmlns": ATOM, "xml:lang": language.code})
    _add(feed, "id", root + "feeds/changes.atom")
    _add(feed, "title", _name_feed(language))
    _add(feed, "subtitle", _describe_feed(language))
    _add(
        feed,
        "updated",
        _write_time(max((entry.updated for entry in entries), default=dt.datetime(1970, 1, 1, tzinfo=dt.UTC))),
    )
    _add(feed, "rights", LICENSE)
    _add(_add(feed, "author"), "name", NAME)
    ET.SubElement(feed, "link", rel="self", type="application/atom+xml", href=root + "feeds/changes.atom")
    ET.SubElement(feed, "link", rel="alternate", type="text/html", href=root + "topics/weeks.html")
    for entry in entries:
        element = _add(feed, "entry")
        _add(element, "id", entry.url)
        _add(element, "title", entry.title)
        _add(element, "updated", _write_time(entry.updated))
        _add(element, "summary", entry.summary)
        ET.SubElement(element, "link", rel="alternate", type="text/html", href=entry.url)
        _add(element, "content", entry.html, type="html")
    ET.indent(feed, " ")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(feed, encoding="unicode") + "\n"


def render_json_feed(entries: Sequence[Entry], language: Language, root: str) -> str:
    """Render entries, newest first, as a JSON Feed."""
    content = {
        "version": JSON_FEED,
        "title": _name_feed(language),
        "description": _describe_feed(language),
        "home_page_url": root + "topics/weeks.html",
        "feed_url": root + "feeds/changes.json",
        "language": language.code,
        "authors": [{"name": NAME, "url": root}],
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


def _build_entry(week: Week, report: Report, language: Language, root: str) -> Entry:
    said = {kind: language.speak(text) for kind, text in state_item("weeks", week, report).items()}
    finding, compared = said.pop("finding"), said.pop("compared")
    items = Markup("").join(Markup("<li>{}</li>").format(text) for text in said.values())
    body = Markup("<p>{}</p><p>{}</p>").format(finding, compared)
    return Entry(
        url=f"{root}topics/weeks/{week.slug}.html",
        title=language.say("{week}: {finding}", week=name_week(week), finding=finding),
        summary=finding,
        html=str(body + (Markup("<ul>{}</ul>").format(items) if items else escape(""))),
        updated=dt.datetime.combine(week.as_of, dt.time(), tzinfo=dt.UTC),
    )


def _build_events(report: Report, language: Language, root: str) -> list[Entry]:
    found = []
    for event, anchor in zip(report.events, name_anchors(report.events), strict=True):
        happened, kind, source = label(event.label), language.speak(words.EVENT_KINDS[event.kind]), label(event.source)
        told = Markup("<p>{} ({})</p><p>{}: {}</p>").format(happened, kind, source, event.source_url)
        title = language.say("{date:date}: {event}", date=event.date, event=happened)
        moment = dt.datetime.combine(event.date, dt.time(), tzinfo=dt.UTC)
        found.append(Entry(f"{root}events.html#{anchor}", title, happened, str(told), moment))
    return found


def _name_feed(language: Language) -> str:
    return language.say("{name}: what changed", name=NAME)


def _describe_feed(language: Language) -> str:
    return language.say(
        "Each week's changes in the shares of open models by country, in computed sentences; and events."
    )


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, name, attributes)
    element.text = text or None
    return element


def _write_time(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
