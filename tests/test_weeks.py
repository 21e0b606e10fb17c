"""What changed: known answers for a few small weeks, sentences held against their numbers, and the feeds of them."""

import datetime as dt
import json
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import feedparser
import pytest

from generator.publish.feeds import ENTRIES, JSON_FEED, Entry, Feed, render_atom, render_feeds, render_json_feed
from generator.questions.ground import Answer
from generator.questions.report import Report
from generator.questions.topics import state_item
from generator.questions.weeks.tables import CHANGES, MIN_MOVE, TOP, WEEKS
from generator.questions.weeks.words import Changes, find_changes, name_week
from generator.star.definitions import Definition
from generator.star.table import Row
from tests.histories import make_claim, make_history
from tests.hostile import PAYLOADS
from tests.spoken import ENGLISH, speak

pytestmark = pytest.mark.slow

SITE = "https://share.example/report/"
FEED = Feed("feeds/changes.atom", "topics/weeks.html", "t", "s", "https://creativecommons.org/licenses/by/4.0/")
ATOM = "{http://www.w3.org/2005/Atom}"
MONDAY = dt.date(2026, 9, 7)


def day(number: int) -> dt.date:
    """Return a Monday and some days."""
    return MONDAY + dt.timedelta(days=number)


@pytest.fixture(scope="module")
def report() -> Report:
    """Four snapshots in three weeks: America overtakes China in the last one, with a model that is new."""
    snapshots = [
        (day(1), {"east/a": 60_000, "west/b": 40_000}),
        (day(8), {"east/a": 60_000, "west/b": 40_000}),
        (day(10), {"east/a": 55_000, "west/b": 35_000, "south/c": 10_000}),
        (day(16), {"east/a": 35_000, "west/b": 45_000, "south/c": 10_000, "west/new": 10_000}),
    ]
    return make_history(snapshots, make_claim(), repeated=(day(15),))[0]


def parse_atom(report: Report) -> ET.Element:
    """Parse the Atom feed of a report."""
    return ET.fromstring(render_feeds(report, ENGLISH, SITE)["feeds/changes.atom"])  # noqa: S314 - our own text


def find(report: Report) -> Answer:
    """Return a report's answer to what changed."""
    answer = report.topics["weeks"]
    assert isinstance(answer, Answer)
    return answer


def weeks_of(report: Report) -> list[Row]:
    """Return a report's weeks, the newest first."""
    return find(report).by_name["weeks-dates"].records()


def changes_of(report: Report, week: Row) -> Changes:
    """Return the changes of a week."""
    return find_changes(week, find(report).by_name)


def test_a_week_is_compared_with_the_newest_date_before_it(report: Report) -> None:
    """Not with a date of the same week."""
    weeks = weeks_of(report)
    assert [(week["week"], week["as_of"], week["previous"]) for week in weeks] == [
        ("2026-w39", day(16), day(10)),
        ("2026-w38", day(10), day(1)),
        ("2026-w37", day(1), None),
    ]
    assert (weeks[0]["starts_on"], weeks[0]["ends_on"]) == (day(14), day(20))


def test_the_largest_moves_and_a_new_leader(report: Report) -> None:
    """China from 55 to 35%, America from 35 to 55%, France where it was."""
    week = weeks_of(report)[0]
    changes = changes_of(report, week)
    moves = [row for name in ("rise", "fall") for row in changes[name]]
    told = [(row["change"], row["country_code"], row["before"], row["after"]) for row in moves]
    assert told == [("rise", "US", 0.35, 0.55), ("fall", "CN", 0.55, 0.35)]
    thirty = [row for row in changes["leader"] if row["subject"].startswith("30d-")]
    assert {(row["stood"], row["stands"]) for row in thirty} == {("CN", "US")}
    assert len(changes["leader"]) <= week["definitions"]


def test_new_entries_and_what_the_run_set_aside(report: Report) -> None:
    """With the rank, and the account's country; an account that is there already is not new."""
    newest, middle, _ = weeks_of(report)
    changes = changes_of(report, newest)
    entered = [(row["subject"], row["country_code"], row["after"], row["downloads_30d"]) for row in changes["model"]]
    assert entered == [("west/new", "US", 4, 10_000)]
    assert changes["publisher"] == []
    assert [row["changed_on"] for row in changes["repeated"]] == [day(15)]
    assert (newest["models_before"], newest["models_after"]) == (3, 4)
    assert [row["subject"] for row in changes_of(report, middle)["publisher"]] == ["south"]


def test_a_claim_that_flipped_is_told_in_its_week_only(report: Report) -> None:
    """China was ahead until the last week."""
    newest, middle, oldest = weeks_of(report)
    assert [
        (row["subject"], row["stood"], row["stands"], row["changed_on"]) for row in changes_of(report, newest)["claim"]
    ] == [("china-above-us", "holds", "fails", day(16))]
    assert [changes_of(report, week)["claim"] for week in (middle, oldest)] == [[], []]
    assert (middle["tests_measured"], oldest["tests_measured"]) == (1, 0)


def test_the_sentences_of_a_week(report: Report) -> None:
    """Each states its numbers, the first one with what is compared."""
    said = speak(state_item("weeks", weeks_of(report)[0], report))
    assert said["finding"] == "The United States, with the largest share, rose from 35.0% to 55.0%."
    assert said["compared"].startswith("23 Sep 2026 compared with 17 Sep 2026, 6 days before.")
    assert said["moves"] == (
        "Largest rise: the United States from 35.0% to 55.0%. Largest fall: China from 55.0% to 35.0%. Counted: 30 "
        "days · models in their first year · by publisher."
    )
    assert said["models"] == (
        "New among the ten most downloaded models of 30 days: west/new (US, rank 4, 10,000 downloads)."
    )
    assert said["claim-china-ahead:china-above-us"] == (
        "“China's share is above that of the United States.” Before: held; from 23 Sep 2026: did not hold."
    )
    assert said["repeated"] == "Set aside because it repeated the snapshot before: 22 Sep 2026."


def test_the_first_week_compares_nothing(report: Report) -> None:
    """It says that the history begins."""
    week = weeks_of(report)[-1]
    said = speak(state_item("weeks", week, report))
    assert list(said) == ["finding", "compared"]
    assert said["finding"] == "China has the largest share, 60.0%; the history begins here."


def test_a_week_belongs_to_the_year_of_its_thursday() -> None:
    """The last days of 2026 and the first of 2027 are one week, 53 of 2026."""
    snapshots = [(date, {"east/a": 60_000, "west/b": 40_000 + n}) for n, date in enumerate(
        (dt.date(2026, 12, 31), dt.date(2027, 1, 2), dt.date(2027, 1, 5))
    )]  # fmt: skip
    report, _ = make_history(snapshots)
    assert [(week["week"], week["as_of"]) for week in weeks_of(report)] == [
        ("2027-w01", dt.date(2027, 1, 5)),
        ("2026-w53", dt.date(2027, 1, 2)),
    ]


def test_a_move_too_small_to_show_is_not_told() -> None:
    """A share that moved by a twentieth of a point did not move."""
    snapshots = [
        (day(1), {"east/a": 60_000, "west/b": 40_000}),
        (day(8), {"east/a": 60_050, "west/b": 39_950}),
    ]
    report, _ = make_history(snapshots)
    week = weeks_of(report)[0]
    assert set(changes_of(report, week)) <= {"model", "publisher"}
    assert "no country's share moved" in speak(state_item("weeks", week, report))["finding"]


def test_what_has_no_country_is_told_where_it_moved() -> None:
    """Nobody has reviewed `other`: its fall of ten points stands beside the rises, and none of a country's is said."""
    snapshots = [
        (day(1), {"east/a": 50_000, "west/b": 40_000, "other/c": 10_000}),
        (day(8), {"east/a": 55_000, "west/b": 45_000, "other/c": 0}),
    ]
    report, _ = make_history(snapshots)
    said = speak(state_item("weeks", weeks_of(report)[0], report))
    assert "No country's share fell by as much as 0.2 points." in said["moves"]
    assert "The share of the downloads attributed to no country went from 10.0% to 0.0%." in said["moves"]


def test_what_is_compared_over_weeks_is_named_by_its_days() -> None:
    """Thirty-five days are no week; seven are."""
    counts = {"east/a": 60_000, "west/b": 40_000}
    report, _ = make_history([(day(1), counts), (day(8), {**counts, "east/a": 61_000}), (day(43), counts)])
    names = [speak(name_week(week)) for week in weeks_of(report)]
    assert names == ["15 Sep 2026 to 20 Oct 2026", "Week 38 of 2026", "Week 37 of 2026"]


def test_the_bundled_weeks_say_what_their_numbers_show(bundled_report: Report) -> None:
    """Every percentage in a sentence is one of the record's; lists hold at most ten; moves are worth telling."""
    for week in weeks_of(bundled_report):
        definition = Definition(week["window"], week["universe"], week["attribution"])
        rows = {table.as_of: table.rows for table in bundled_report.histories[definition]}[week["as_of"]]
        changes = changes_of(bundled_report, week)
        moves = [row for name in ("rise", "fall", "nobody") for row in changes[name]]
        numbers = [move[name] for move in moves for name in ("before", "after", "before_without", "after_without")]
        found = [number for number in numbers if number is not None]
        shares = {ENGLISH.percent(share) for share in (*found, *(row.share for row in rows))}
        said = speak(state_item("weeks", week, bundled_report))
        told = re.findall(r"\d+\.\d%", said["finding"] + said.get("moves", ""))
        assert told
        assert set(told) <= shares
        assert len(changes["model"]) <= TOP
        assert all(abs(move["after"] - move["before"]) >= MIN_MOVE for move in moves)


def events_of(report: Report) -> list[str]:
    """Return the days of the events since the first of a report's weeks, oldest first."""
    first = min(week["as_of"] for week in weeks_of(report))
    return [str(event.date) for event in report.events if event.date >= first]


def test_the_atom_feed_is_valid(bundled_report: Report) -> None:
    """A feed reader takes it; it has what RFC 4287 asks of a feed and of each entry, and absolute addresses."""
    text = render_feeds(bundled_report, ENGLISH, SITE)["feeds/changes.atom"]
    parsed = feedparser.parse(text)
    assert not parsed.bozo
    assert parsed.version == "atom10"
    assert len(parsed.entries) == len(weeks_of(bundled_report)) + len(events_of(bundled_report))
    assert all(entry.id == entry.link for entry in parsed.entries)
    root = parse_atom(bundled_report)
    assert root.tag == f"{ATOM}feed"
    for element in (root, *root.findall(f"{ATOM}entry")):
        assert [len(element.findall(f"{ATOM}{name}")) for name in ("id", "title", "updated")] == [1, 1, 1]
    assert len(root.findall(f"{ATOM}author/{ATOM}name")) == 1
    assert {link.get("rel") for link in root.findall(f"{ATOM}link")} == {"self", "alternate"}
    ids = [element.text or "" for element in root.findall(f"{ATOM}entry/{ATOM}id")]
    assert len(set(ids)) == len(ids)
    addresses = [link.get("href", "") for link in root.iter(f"{ATOM}link")] + ids
    assert all(address.startswith(SITE) for address in addresses)
    times = [element.text or "" for element in root.iter(f"{ATOM}updated")]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", time) for time in times)
    assert times[0] == "2026-10-08T00:00:00Z" == max(times)


def test_the_json_feed_is_valid(bundled_report: Report) -> None:
    """What version 1.1 asks for: a version, a title, and of each item an id and content; nothing unknown."""
    feed = json.loads(render_feeds(bundled_report, ENGLISH, SITE)["feeds/changes.json"])
    assert feed["version"] == JSON_FEED
    assert feed["_rights"] == {"licenses": ["https://creativecommons.org/licenses/by/4.0/"]}
    assert feed["feed_url"] == f"{SITE}feeds/changes.json"
    assert {name for name in feed if not name.startswith("_")} <= {  # what begins so is an extension
        *("version", "title", "home_page_url", "feed_url", "description", "language", "authors", "items", "icon")
    }
    assert all({"name", "url"} >= set(author) for author in feed["authors"])
    for item in feed["items"]:
        assert set(item) == {"id", "url", "title", "summary", "content_html", "date_published", "date_modified"}
        assert all(isinstance(value, str) and value for value in item.values())
        assert dt.datetime.fromisoformat(item["date_published"]).tzinfo
        assert item["url"].startswith(SITE)


def test_both_feeds_say_the_same_and_the_page_says_it_too(bundled_report: Report) -> None:
    """One entry a week, its address that of the week's page; and one an event since the first of them."""
    files = render_feeds(bundled_report, ENGLISH, SITE)
    atom = [element.text for element in parse_atom(bundled_report).findall(f"{ATOM}entry/{ATOM}title")]
    items = json.loads(files["feeds/changes.json"])["items"]
    assert atom == [item["title"] for item in items]
    slugs = [week["week"] for week in weeks_of(bundled_report)]
    urls = [item["url"] for item in items]
    assert [url for url in urls if "/weeks/" in url] == [f"{SITE}topics/weeks/{slug}.html" for slug in slugs]
    assert [url.partition("#")[2][:10] for url in urls if "events" in url] == events_of(bundled_report)[::-1]


def test_same_report_same_feed(bundled_report: Report) -> None:
    """No clock in it."""
    assert render_feeds(bundled_report, ENGLISH, SITE) == render_feeds(bundled_report, ENGLISH, SITE)


def test_an_empty_feed_is_one() -> None:
    """A history without a week has a feed without an entry."""
    assert not feedparser.parse(render_atom([], FEED, ENGLISH, SITE)).bozo
    assert json.loads(render_json_feed([], FEED, ENGLISH, SITE))["items"] == []


def test_a_name_from_outside_is_text_in_a_feed() -> None:
    """A model that is named like markup is not markup, in neither feed."""
    name = "west/<script>alert(1)</script>&]]>"
    snapshots = [(day(1), {"east/a": 60_000}), (day(8), {"east/a": 60_000, name: 50_000})]
    report, _ = make_history(snapshots)
    files = render_feeds(report, ENGLISH, SITE)
    entry = feedparser.parse(files["feeds/changes.atom"]).entries[0]
    content = parse_atom(report).findall(f"{ATOM}entry/{ATOM}content")[0].text or ""
    item = json.loads(files["feeds/changes.json"])["items"][0]
    for html in (content, item["content_html"]):
        assert "<script" not in html
        assert "west/&lt;script&gt;" in html
    assert "<script" not in entry.content[0].value


def test_no_hostile_name_leaves_its_place_in_a_feed(bundled_report: Report) -> None:
    """A hundred names, ten a week: both feeds parse, and no tag or attribute is in them that we did not write."""
    week, starts = weeks_of(bundled_report)[0], range(0, len(PAYLOADS), TOP)
    weeks = [week | {"week": f"2026-w{number:02d}"} for number, _ in enumerate(starts, start=1)]
    entered = {"change": "model", "country_code": "CN", "downloads_30d": 1000}
    changes = [
        each | entered | {"subject": word, "after": rank}
        for each, start in zip(weeks, starts, strict=True)
        for rank, word in enumerate(PAYLOADS[start : start + TOP], start=1)
    ]
    answer = Answer("weeks", {table.name: table for table in (CHANGES.fill(changes), WEEKS.fill(weeks))})
    report = replace(bundled_report, topics={**bundled_report.topics, "weeks": answer})
    contents = [element.text or "" for element in parse_atom(report).findall(f"{ATOM}entry/{ATOM}content")]
    items = json.loads(render_feeds(report, ENGLISH, SITE)["feeds/changes.json"])["items"]
    assert len(weeks) == len(contents) == len(items)
    for html in [*contents, *(item["content_html"] for item in items)]:
        assert set(re.findall(r"<[^>]*>", html)) == {"<p>", "</p>", "<ul>", "</ul>", "<li>", "</li>"}


def test_a_feed_holds_a_year() -> None:
    """The pages hold the rest."""
    moment = dt.datetime(2026, 10, 8, tzinfo=dt.UTC)
    entries = [Entry(f"{SITE}{n}", "t", moment, "s", "<p>x</p>") for n in range(3)]
    assert len(feedparser.parse(render_atom(entries, FEED, ENGLISH, SITE)).entries) == 3
    assert ENTRIES == 52
