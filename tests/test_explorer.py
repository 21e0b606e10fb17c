"""The page Explore: its files hold the published numbers, and its script says of them what the pages say."""

import csv
import dataclasses
import gzip
import html
import io
import json
import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from generator.base.encode import BYTE_ORDER_MARK, label, to_bytes
from generator.base.scope import WHOLE_HUB
from generator.base.settings import EXPLORER_FILE_BYTES
from generator.figures.theme import SEQUENCE, colour
from generator.publish.explorer import Block, Part, build_index, find_runs, list_read, name_file, render_explorer
from generator.publish.explorer_rules import build_rules
from generator.questions.report import Report
from generator.questions.sentences import state_without
from generator.questions.shares.figures import STEPS
from generator.questions.views import state_sides, state_view
from generator.star.accounts import HistoryPoint
from generator.star.cuts import Cut
from generator.star.dominant import ALL_MODELS
from generator.star.shares import ShareTable, rank_rows
from generator.text.language import Language
from generator.text.say import NOTHING
from tests.conftest import open_context, run_axe

ENGLISH = Language("en")
PHONE, DESK = 360, 1280
MAX_PLACES = 20
# What the page adds to a first visit: scripts, style, and the files that it reads at once; in bytes of gzip.
MAX_FIRST_BYTES = 60_000
SCRIPTS = ("explore.js", "explore-say.js", "explore-draw.js")
SAID = "#explore-said:not(:empty)"


@pytest.fixture(scope="module")
def files(bundled_report: Report) -> dict[str, Any]:
    """The files of the bundled report, read, by name."""
    rendered = render_explorer(bundled_report, ENGLISH)
    return {Path(name).stem: json.loads(text) for name, text in rendered.items()}


def compute_rows(part: dict[str, Any], at: int) -> dict[str, tuple[int, str]]:
    """Compute downloads and share of each code on a date, as the page does."""
    found = {code: values[at] for code, values in part["downloads"].items() if values[at] > 0}
    return {code: (round(value), f"{value / part['totals'][at]:.12f}") for code, value in found.items()}


@pytest.mark.slow
def test_files_hold_the_published_shares_digit_for_digit(
    bundled_files: Mapping[str, str | bytes], files: dict[str, Any]
) -> None:
    """Of every definition and date in shares.csv."""
    text = str(bundled_files["data/shares.csv"])
    published: dict[tuple[str, str], dict[str, tuple[int, str]]] = {}
    for row in csv.DictReader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK))):
        slug = f"{row['window']}-{row['universe']}-{row['attribution']}".replace("_", "-")
        rows = published.setdefault((slug, row["as_of"]), {})
        rows[row["country_code"]] = (int(row["downloads"]), row["share"])
    assert len(published) > 100
    for (slug, day), rows in published.items():
        block = files[slug]
        assert rows == compute_rows(block["classes"][""], block["dates"].index(day)), (slug, day)


def test_cuts_hold_the_published_shares_of_task_groups(bundled_report: Report, files: dict[str, Any]) -> None:
    """On the newest date, of every window and attribution."""
    tables = bundled_report.topics["tasks"].by_name  # type: ignore[attr-defined]
    groups = tables["tasks-groups"].records()
    assert len(groups) > 20
    for group in groups:
        keys = {name: group[name] for name in ("window", "attribution", "task_group")}
        block = files[f"task-{group['window']}-{group['attribution']}".replace("_", "-")]
        found = compute_rows(block["classes"][group["task_group"]], -1)
        rows = tables["tasks-shares"].where(**keys).records()
        assert {row["country_code"]: (round(row["downloads"]), f"{row['share']:.12f}") for row in rows} == found


def test_every_cut_adds_up_to_all_downloads(bundled_report: Report, files: dict[str, Any]) -> None:
    """The classes of a task, a size or a licence leave no download out."""
    assert {cut.kind for cut in bundled_report.cuts} == {"task", "size", "licence"}
    for cut in bundled_report.cuts:
        block, whole = files[name_file(cut)], files[cut.definition.slug]
        for at, day in enumerate(block["dates"]):
            total = whole["classes"][""]["totals"][whole["dates"].index(day)]
            assert sum(part["totals"][at] for part in block["classes"].values()) == pytest.approx(total, rel=1e-12)


def test_a_file_that_would_be_too_large_has_fewer_old_dates() -> None:
    """The newest ones stay, and so does the first; since when a country leads was found over all of them."""
    days = tuple(f"{2000 + n // 12}-{n % 12 + 1:02}-01" for n in range(100))
    part = Part({"CN": [float(n) for n in range(1, 101)]}, days, (True,) * 100)
    thinned = Block(days, None, (False,) * 100, {"": part}).thin()
    assert (*days[:51:2], *days[51:]) == thinned.dates
    assert thinned.dates == tuple(thinned.classes[""].since)
    assert [1.0, 3.0, 100.0] == [thinned.classes[""].downloads["CN"][place] for place in (0, 1, -1)]


def test_a_run_begins_where_another_country_led_before() -> None:
    """Categories lead nowhere, an earlier code wins a tie, and a date without downloads is passed over."""
    dates, codes = ("d1", "d2", "d3", "d4", "d5"), ("CN", "UNREVIEWED", "US")
    rows = [(1.0, 9.0, 2.0), (3.0, 0.0, 2.0), (0.0, 0.0, 0.0), (2.0, 0.0, 2.0), (1.0, 0.0, 2.0)]
    found = find_runs(dates, codes, rows)
    assert [("d1", True), ("d2", False), ("d2", False), ("d2", False), ("d5", False)] == found


def test_weights(bundled_report: Report) -> None:
    """What a first visit adds, the page apart, and the largest file that a choice reads."""
    rendered = render_explorer(bundled_report, ENGLISH)
    source = Path(__file__).parents[1] / "site_src"
    first = [source / "scripts" / name for name in SCRIPTS] + [source / "styles" / "explore.css"]
    names = ("index", bundled_report.headline.slug)
    texts = [path.read_bytes() for path in first] + [to_bytes(rendered[f"data/explorer/{name}.json"]) for name in names]
    assert sum(len(gzip.compress(text, 6)) for text in texts) <= MAX_FIRST_BYTES
    assert max(len(to_bytes(text)) for text in rendered.values()) <= EXPLORER_FILE_BYTES


def test_what_the_first_view_needs_is_asked_for_before_the_script_that_reads_it(bundled_site: Path) -> None:
    """The theme's script, which runs first, our modules, and the files of the usual view, each of which exists."""
    text = (bundled_site / "explore.html").read_text(encoding="utf-8")
    asked = [html.unescape(path) for path in re.findall(r'rel="(?:module)?preload"[^>]* href="([^"]*)"', text)]
    kinds = ["bundle", "explore-say.js", "explore-draw.js", "index.json", "held-first-year-publisher.json"]
    assert kinds == [Path(path).name if "bundle" not in path else "bundle" for path in asked]
    assert all((bundled_site / path).is_file() for path in asked)


def test_the_interpreter_is_small() -> None:
    """It reads rules and messages; a new sentence adds none of its lines."""
    path = Path(__file__).parents[1] / "site_src" / "scripts" / "explore-say.js"
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def test_over_a_list_no_message_claims_a_lead(bundled_report: Report) -> None:
    """Every message of the order names the list; over the whole Hub the bounds decide."""
    listed = build_rules(bundled_report.data.scope, ENGLISH)
    assert all("{list}" in text and "leads" not in text for text in listed["lead"]["say"].values())
    lead = build_rules(WHOLE_HUB, ENGLISH)["lead"]["say"]
    assert {facts for facts, text in lead.items() if "could reverse" in text} == {"000", "001", "010", "011"}
    assert {facts for facts, text in lead.items() if "{since:date}" in text} == {"100", "101"}


@pytest.mark.slow
def test_a_file_is_linked_where_no_script_runs(bundled_report: Report, bundled_pages: Mapping[str, str]) -> None:
    """The page names every file that it reads."""
    assert set(render_explorer(bundled_report, ENGLISH)) == set(list_read(bundled_report)["files"])
    assert all(f'href="{name}"' in bundled_pages["explore.md"] for name in list_read(bundled_report)["files"])


# --- in a browser ------------------------------------------------------------------------------------


@pytest.fixture
def visit(browser: Browser, contexts: list[BrowserContext], served_site: str) -> Any:
    """Open a view and wait until it says something."""

    def open_view(query: str = "", width: int = DESK, scheme: str = "light", **options: Any) -> Page:
        size = {"width": width, "height": 800}
        context = open_context(browser, viewport=size, color_scheme=scheme, accept_downloads=True, **options)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        return go_to(context.new_page(), served_site, query)

    return open_view


def go_to(page: Page, site: str, query: str) -> Page:
    """Go to a view in an open window, and wait until it says something."""
    page.goto(f"{site}explore.html{query}")
    page.locator(SAID).wait_for()
    return page


def list_views(report: Report) -> Iterator[tuple[dict[str, str], list[ShareTable]]]:
    """List every definition with each of its largest places, and every cut's classes with one."""
    usual = {"measure": "share", "as": "lines", "from": "", "to": "", "cut": "", "class": ""}
    for definition, tables in report.histories.items():
        keys = {"window": definition.window, "models": definition.universe, "by": definition.attribution}
        for row in tables[-1].rows[:MAX_PLACES]:
            yield {**usual, **keys, "places": row.code}, list(tables)
    for cut in report.cuts:
        keys = {"window": cut.window, "models": "all", "by": cut.attribution, "cut": cut.kind}
        for name in cut.classes:
            tables = make_tables(cut, name, report.histories[cut.definition])
            yield {**usual, **keys, "class": name, "places": "US,UNREVIEWED,VN"}, tables


def make_tables(cut: Cut, name: str, whole: Sequence[ShareTable]) -> list[ShareTable]:
    """Make the share tables of a cut's class on the dates of those of all classes, where it has downloads."""
    sums = {table: cut.sums.loc[table.as_of, name] for table in whole}
    return [
        dataclasses.replace(table, rows=rank_rows([*map(str, row.index)], row.tolist(), [0.0] * len(row)))
        for table, row in sums.items()
        if row.any()
    ]


def say_in_python(report: Report, view: dict[str, str], tables: list[ShareTable], language: Language) -> str:
    """State a view as the program does."""
    part, without = 1.0, NOTHING
    if view["cut"]:
        cut = next(
            cut
            for cut in report.cuts
            if (cut.kind, cut.window, cut.attribution) == (view["cut"], view["window"], view["by"])
        )
        row = cut.sums.loc[tables[-1].as_of]
        part = float(row[view["class"]].sum() / row.sum())
    elif tables[-1].as_of == report.data.as_of:
        without = state_without(report, tables[-1].definition)
    said = state_view(
        tables,
        report.data.scope,
        codes=view["places"].split(","),
        cut=view["cut"],
        class_name=view["class"],
        part=part,
        without=without,
    )
    return language.speak(said)


SAY = """async ([index, views]) => {
  const { load, nameFile, state } = await import(new URL("scripts/explore-say.js", location.href).href);
  return Promise.all(views.map(async (view) => {
    const block = await load(nameFile(view));
    const names = { ...index.names, places: block.names ?? index.names.places };
    return state({ ...index, names }, block, view);
  }));
}"""


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize(("scope", "code"), [("list", "en"), ("hub", "en"), ("list", "zh")])
def test_script_and_program_say_the_same(visit, bundled_report: Report, scope: str, code: str) -> None:
    """Of every definition and its twenty largest places, and of every class; on the newest date and an early one."""
    data = bundled_report.data if scope == "list" else dataclasses.replace(bundled_report.data, scope=WHOLE_HUB)
    report = dataclasses.replace(bundled_report, data=data)
    views = list(list_views(report))
    views += [({**view, "to": tables[2].as_of.isoformat()}, tables[:3]) for view, tables in views if len(tables) > 3]
    assert len(views) > 400
    codes = sorted({row.code for tables in report.histories.values() for table in tables for row in table.rows})
    language = Language(code)
    index = build_index(report, language, codes)
    said = visit().evaluate(SAY, [index, [view for view, _ in views]])
    expected = [say_in_python(report, view, tables, language) for view, tables in views]
    assert expected == said


@pytest.mark.browser
@pytest.mark.slow
def test_numbers_of_the_saved_view_equal_the_published_ones(
    visit, served_site: str, bundled_report: Report, bundled_files: Mapping[str, str | bytes]
) -> None:
    """The CSV of a view is lines of shares.csv, to the last digit."""
    published = str(bundled_files["data/shares.csv"]).splitlines()
    page = visit()
    for definition in bundled_report.definitions:
        keys = f"window={definition.window}&models={definition.universe}&by={definition.attribution}"
        go_to(page, served_site, f"?places=CN,US,FR,UNREVIEWED&{keys}")
        with page.expect_download() as download:
            page.get_by_role("button", name="CSV").click()
        lines = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
        last = bundled_report.histories[definition][-1].as_of
        assert f"open-model-share_cn-us-fr-unreviewed-{definition.slug}_{last}.csv" == download.value.suggested_filename
        shown = {table.as_of.isoformat() for table in bundled_report.histories[definition][-12:]}
        mine = [line for line in lines[1:] if line[:10] in shown]
        assert lines[0] == published[0]
        assert len(mine) > 20
        assert set(mine) <= set(published)


TOO_SMALL = """[...document.querySelectorAll("#explorer :is(button, select), #explore-files :is(a, summary)")]
  .filter((each) => each.offsetParent && each.getBoundingClientRect().height < 24).map((each) => each.outerHTML)"""
VIEWS = (
    "?places=CN,US,DE&window=30d&models=all&by=origin&measure=margin&as=bars",
    "?places=CN,IN,UNREVIEWED&window=held&models=all&by=publisher&cut=size&class=1b-8b&measure=share&as=lines",
    "?places=CN,US,FR,GB,KR&window=30d&models=language&by=publisher&measure=rank&as=table&to=2026-08-03",
    "?places=CN,FR,US&window=30d&models=all&by=origin&measure=share&as=map&to=2026-08-03",
    "?places=US&window=held&models=generative&by=origin&measure=downloads&as=lines&from=2026-05-10&to=2026-09-03",
)


def read_view(page: Page) -> list[str]:
    """Read what a reader sees of a view: sentence, picture, table, what is chosen."""
    parts = ("#explore-said", "#explore-picture", "#explore-table", "#explore-places")
    chosen = "[...document.querySelectorAll('#explore-form select')].map((each) => each.value).join(' ')"
    return [*(page.locator(part).inner_html() for part in parts), page.evaluate(chosen)]


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("query", VIEWS)
def test_an_address_opened_anew_gives_the_same_view(visit, served_site: str, query: str) -> None:
    """Also the one that a change writes."""
    page = visit(query)
    assert page.locator("#explore-problem").inner_text() == ""
    if "GB" in query:
        page.get_by_role("button", name="Remove United Kingdom").click()
    else:
        page.get_by_label("Add").select_option("JP")
    expect(page).to_have_url(re.compile("CN,US,FR,KR&|,JP&"))
    changed = read_view(page)
    assert changed == read_view(go_to(page, served_site, "?" + urlsplit(page.url).query))
    assert set(parse_qs(urlsplit(page.url).query)) >= {
        "places",
        "window",
        "models",
        "by",
        "measure",
        "as",
        "from",
        "to",
    }


BAD_ADDRESSES = (
    "?places=ZZ", "?places=CN,CN", "?window=1d", "?cut=task", "?colour=red", "?from=yesterday", "?places=constructor",
    "?places=CN,US,FR,DE,GB,KR", "?measure=rank&as=bars", "?measure=downloads&as=map",
    "?of=publishers&places=CN", "?of=publishers&measure=rank", "?of=constructor", "?of=publishers&window=held",
    "?places=%3Cimg src=x onerror=alert(1)%3E",
)  # fmt: skip


@pytest.mark.browser
@pytest.mark.slow
def test_a_bad_address_gives_the_usual_view_and_one_sentence(visit, served_site: str) -> None:
    """Nothing of it reaches the page."""
    page = visit()
    usual = read_view(page)
    said = "This address names a view that does not exist; the usual one is shown."
    for query in BAD_ADDRESSES:
        go_to(page, served_site, query)
        assert (query, said, usual) == (query, page.locator("#explore-problem").inner_text(), read_view(page))


@pytest.mark.browser
@pytest.mark.slow
def test_by_mouse_touch_and_keyboard_a_date_says_all_values(visit, bundled_report: Report) -> None:
    """The nearest date to where one points; arrow keys step over them; the last one is the end."""
    query = "?places=CN,US&window=30d&models=all&by=publisher"
    page, point = visit(query), "#explore-point"
    before, last = (
        f"{ENGLISH.date(table.as_of)}: China {ENGLISH.percent(table.share_of('CN'))}, "
        f"United States {ENGLISH.percent(table.share_of('US'))}"
        for table in bundled_report.histories[ALL_MODELS][-2:]
    )
    box = page.locator("#explore-picture svg").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2)
    expect(page.locator(point)).to_have_text(last)
    page.locator("#explore-picture").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(point)).to_have_text(before)
    for key in ("End", "ArrowRight"):
        page.keyboard.press(key)
        expect(page.locator(point)).to_have_text(last)
    touched = visit(query, PHONE, has_touch=True)
    touched.locator("#explore-picture svg").scroll_into_view_if_needed()
    box = touched.locator("#explore-picture svg").bounding_box()
    touched.touchscreen.tap(box["x"] + box["width"] * 0.68, box["y"] + 100)
    expect(touched.locator(point)).to_have_text(last)


def test_the_index_holds_what_happened_and_whom_it_concerns(bundled_report: Report, files: dict[str, Any]) -> None:
    """All places where nobody is named; what an archive lacks only where its counts are drawn; a surge as well."""
    found = {(event["date"], event["label"]): event["places"] for event in files["index"]["events"]["happened"]}
    expected = {
        (str(event.date), event.label): list(event.countries) if event.countries or event.publishers else None
        for event in bundled_report.events
        if event.kind != "archive"
    }
    assert expected == found
    assert {"surge", "release", "counts"} <= {event.kind for event in bundled_report.events if event.kind != "archive"}


@pytest.mark.browser
@pytest.mark.slow
def test_lines_mark_what_happened_to_the_places_shown(visit, bundled_report: Report) -> None:
    """Between the first and the last date; below them a list with sources; bars have none."""
    page = visit("?places=CN&window=30d&models=all&by=publisher")
    dates = [table.as_of for table in bundled_report.histories[ALL_MODELS]]
    expected = [
        ENGLISH.date(event.date)
        for event in bundled_report.events
        if dates[0] <= event.date <= dates[-1]
        and event.kind != "archive"
        and ("CN" in event.countries or not (event.countries or event.publishers))
    ]
    marked = page.locator("#explore-marked")
    assert {"release", "surge"} <= {event.kind for event in bundled_report.events if "CN" in event.countries}
    assert expected
    expect(marked.locator("summary")).to_have_text(f"Events marked: {len(expected)}")
    assert expected == marked.locator("time").evaluate_all("all => all.map((each) => each.textContent)")
    written = page.locator("#explore-picture svg text").evaluate_all("all => all.map((each) => each.textContent)")
    numbers = [int(number) for text in written if re.fullmatch(r"\d+(–\d+)?", text) for number in text.split("–")]
    assert [1, len(expected)] == [numbers[0], numbers[-1]]
    assert [] == [
        link for link in marked.locator("li a").all() if not link.get_attribute("href").startswith("https://")
    ]
    page.get_by_label("Shown as").select_option("bars")
    expect(marked).to_be_hidden()
    beside = visit("?of=publishers&places=Qwen,openai")
    names = beside.locator("#explore-marked li").evaluate_all("all => all.map((each) => each.textContent)")
    assert [True, False] == [any(word in name for name in names) for word in ("Surge of Qwen3", "Moonshot")]


@pytest.mark.browser
@pytest.mark.slow
def test_a_map_has_every_country_of_the_view(visit, bundled_report: Report) -> None:
    """In its step's colour, its share told where one points; the table names all of them, the largest first."""
    page = visit("?places=CN&window=30d&models=all&by=publisher&as=map")
    rows = bundled_report.histories[ALL_MODELS][-1].places
    inks = [colour(SEQUENCE[next(n for n, step in enumerate(STEPS) if row.share <= step)]) for row in rows]
    drawn = {row.code: page.locator(f"#explore-picture [data-code={row.code}]").first for row in rows}
    assert inks == [drawn[row.code].get_attribute("fill") for row in rows]
    names = [ENGLISH.place(row.code) for row in rows]
    assert names == page.locator("#explore-table tbody th").all_inner_texts()
    drawn["US"].hover()
    said = f"United States {ENGLISH.percent(next(row.share for row in rows if row.code == 'US'))}"
    expect(page.locator("#explore-point")).to_have_text(said)
    page.get_by_label("Measure").select_option("downloads")
    expect(page.get_by_label("Shown as")).to_have_value("lines")


def list_histories(report: Report, kind: str) -> dict[str, Sequence[HistoryPoint]]:
    """List the histories of what can stand beside each other, the largest first."""
    if kind == "publishers":
        return {profile.row.handle: profile.history for profile in report.profiles}
    return {model.row.id: model.history for model in report.model_reports[:100]}


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["publishers", "models"])
@pytest.mark.parametrize("scope", ["list", "hub"])
def test_publishers_and_models_beside_each_other(visit, bundled_report: Report, kind: str, scope: str) -> None:
    """Script and program say the same of every one; a person among them has no country."""
    data = bundled_report.data if scope == "list" else dataclasses.replace(bundled_report.data, scope=WHOLE_HUB)
    report = dataclasses.replace(bundled_report, data=data)
    histories = list_histories(report, kind)
    names = list(histories)
    views = [{"of": kind, "places": ",".join(names[start : start + 5]), "class": ""} for start in range(0, 100, 5)]
    shares = {name: history[-1].share for name, history in histories.items() if history[-1].as_of == data.as_of}
    said = visit().evaluate(SAY, [build_index(report, ENGLISH, ["CN"]), views])
    expected = [
        ENGLISH.speak(
            state_sides(
                kind,
                [(label(name), shares.get(name, 0.0)) for name in view["places"].split(",")],
                data.scope,
                data.as_of,
            )
        )
        for view in views
    ]
    assert expected == said


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize(("kind", "column"), [("publishers", "publisher"), ("models", "model_id")])
def test_publishers_and_models_are_chosen_drawn_listed_and_saved(
    visit, bundled_report: Report, kind: str, column: str
) -> None:
    """What is not known of them is not offered; the CSV has their numbers of every date."""
    page = visit("?places=CN&window=30d&models=all&by=publisher&as=map")
    page.get_by_label("Compare").select_option(kind)
    histories = list_histories(bundled_report, kind)
    first, second, third, *_ = histories
    expect(page.locator("#explore-table thead")).to_contain_text(first)
    expect(page.locator("#explore-places")).to_have_text(" ×".join([first, second, third, ""]))
    for name in ("Window", "Models counted", "Attribution", "Cut"):
        expect(page.get_by_label(name)).to_be_disabled()
    assert page.get_by_label("Measure").locator("option:not([disabled])").count() == 2
    assert read_view(page) == read_view(visit("?" + urlsplit(page.url).query))
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8-sig"))))
    mine = {point.as_of.isoformat(): str(point.downloads_30d) for point in histories[first] if point.downloads_30d}
    assert mine == {row["as_of"]: row["downloads"] for row in rows if row[column] == first}


@pytest.mark.browser
@pytest.mark.slow
def test_by_keyboard_alone_a_view_is_changed(visit) -> None:
    """Sentence, table and address follow the choice, and the sentence is told to who listens."""
    page = visit("?places=CN,US&window=30d&models=all&by=publisher")
    page.get_by_label("Cut").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#explore-said")).to_contain_text("Counting only the task “Text generation”")
    assert page.locator("#explore-said").get_attribute("aria-live") == "polite"
    assert "cut=task&class=language" in page.url
    page.get_by_label("Shown as").select_option("bars")
    expect(page.locator("#explore-table thead")).to_contain_text("Unreviewed could make it")


@pytest.mark.browser
@pytest.mark.slow
def test_copied_sentence_embed_code_and_picture(visit) -> None:
    """The sentence comes with definition, date and address; the code opens the same view; the picture is a PNG."""
    page = visit("?places=CN,US&window=30d&models=all&by=publisher")
    page.get_by_role("button", name="Copy the sentence").click()
    expect(page.locator("#explore-done")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(page.locator("#explore-said").inner_text())
    assert "the llmfit catalogue" in copied
    assert "30 days · all models · by publisher · 8 Oct 2026. http" in copied
    again = visit("?" + urlsplit(copied.split()[-1]).query)
    assert read_view(page) == read_view(again)
    page.get_by_role("button", name="embed").click()
    code = page.evaluate("navigator.clipboard.readText()")
    embedded = visit("?" + urlsplit(html.unescape(code.split('"')[1])).query)
    assert page.locator("#explore-said").inner_text() == embedded.locator("#explore-said").inner_text()
    assert not embedded.locator("#explore-form").is_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="PNG").click()
    picture = Path(download.value.path()).read_bytes()
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">I", picture[16:20])[0] > 1200
    assert len(picture) > 10_000


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        *((PHONE, "light"), (DESK, "dark")),
        *(pytest.param(*view, marks=pytest.mark.soak) for view in ((PHONE, "dark"), (DESK, "light"))),
    ],
)
def test_every_kind_of_view_is_accessible_and_fits(visit, width: int, scheme: str) -> None:
    """Axe finds nothing serious, no request leaves the site, no target is under 24 pixels, nothing is too wide."""
    page = visit("", width, scheme)
    for kind in ("lines", "bars", "map", "table"):
        page.get_by_label("Shown as").select_option(kind)
        expect(page).to_have_url(re.compile(f"as={kind}"))
        found = run_axe(page, {"resultTypes": ["violations"]})
        grave = [each["id"] for each in found if each["impact"] in {"serious", "critical"}]
        assert grave == []
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert page.evaluate(TOO_SMALL) == []


@pytest.mark.browser
@pytest.mark.slow
def test_after_instant_navigation_the_page_works_each_time(visit) -> None:
    """The theme swaps pages in without a reload: the first visit and the second show the view."""
    page = visit()
    for _ in range(2):
        page.get_by_role("link", name="History").first.click()
        expect(page.locator("h1")).to_have_text("History")
        page.get_by_role("link", name="Explore").first.click()
        page.locator(SAID).wait_for()
        expect(page.locator("#explore-picture svg")).to_be_visible()


@pytest.mark.browser
@pytest.mark.slow
def test_from_a_folder_the_page_names_its_files(
    browser: Browser, contexts: list[BrowserContext], bundled_site: Path
) -> None:
    """On the first screen, though scripts run: nothing can be fetched there."""
    contexts.append(open_context(browser, viewport={"width": PHONE, "height": 800}))
    page = contexts[-1].new_page()
    page.goto((bundled_site / "explore.html").as_uri())
    assert page.locator("#explore-files a", has_text="shares.csv").first.bounding_box()["y"] < 800


@pytest.mark.browser
@pytest.mark.slow
def test_without_scripts_the_page_names_its_files(
    browser: Browser, contexts: list[BrowserContext], served_site: str
) -> None:
    """Nothing that does not work is shown."""
    context = open_context(browser, java_script_enabled=False)
    contexts.append(context)
    page = context.new_page()
    page.goto(f"{served_site}explore.html")
    assert not page.locator("#explore-form").is_visible()
    assert page.locator("#explore-files a", has_text="shares.csv").first.is_visible()
