"""Figures on disk: complete, drawn once, the same every time, and harmless whatever their labels say."""

import csv
import datetime as dt
import json
import pickle
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import markdown
import pytest
import vl_convert

from generator.base.encode import BYTE_ORDER_MARK
from generator.base.errors import SiteError
from generator.base.files import ROOT, hash_bytes
from generator.base.imprint import Imprint
from generator.figures.bars import draw_bars
from generator.figures.figure import Column, Figure, Table
from generator.figures.files import RenderResult, format_cell, render_figures, write_csv
from generator.figures.keys import hash_code, hash_figure
from generator.figures.lines import Line, Lines, Note, Panel, draw_lines
from generator.figures.marks import Standing
from generator.figures.pagetable import lay_table
from generator.publish.renames import list_moved
from generator.questions.gallery import build_figures
from generator.questions.publishers.figures import build_leading_publishers
from generator.questions.shares.figures import build_share_now, build_share_over_time
from generator.text.language import Language
from generator.text.say import say
from tests.figure_reports import CLOSE, make_report
from tests.spoken import ENGLISH, speak

pytestmark = pytest.mark.slow

DATE = dt.date(2026, 11, 22)
NAMES = {
    "download.svg", "download.png",
    "spec-narrow.json", "spec-wide.json", "data.csv", "data.json",
}  # fmt: skip
# What imports all that a build imports, and renders one figure into a folder.
BUILD_ALONE = """
import pickle, sys
from pathlib import Path
import generator.publish.build
from tests.test_figures import render
drawn = render(Path(sys.argv[1]), pickle.loads(Path(sys.argv[2]).read_bytes())).drawn
print(f"{drawn} drawn, Altair imported: {'altair' in sys.modules}")
"""


def render(folder: Path, *figures: Figure, moved: Mapping[str, str] | None = None) -> RenderResult:
    """Render figures below a folder."""
    return render_figures(
        figures,
        site_src=folder / "src",
        cache=folder / "cache",
        language=ENGLISH,
        imprint=Imprint(DATE, ("https://creativecommons.org/licenses/by/4.0/",)),
        report=lambda _: None,
        moved=moved or {},
    )


def read_all(folder: Path) -> Mapping[str, bytes]:
    """Read all files below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def list_syntax(text: str) -> tuple[set[str], set[str]]:
    """Return the tags and the attributes in a text, as a browser would read them."""
    tags: set[str] = set()
    attributes: set[str] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.add(tag)
            attributes.update(name for name, _ in attrs)

    Reader().feed(text)
    return tags, attributes


@pytest.fixture(scope="module", autouse=True)
def one_bundle() -> Iterator[None]:
    """Bundle the engine once for all folders of this file; it takes two seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vl_convert, "javascript_bundle", cache(vl_convert.javascript_bundle))
        yield


@pytest.fixture(scope="module")
def share_now() -> Figure:
    """A figure of bars, as it is published: its source is named where all figures come together."""
    return next(figure for figure in build_figures(make_report()) if figure.slug == "share-now")


@pytest.fixture(scope="module")
def rendered(share_now: Figure, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one rendered figure."""
    folder = tmp_path_factory.mktemp("rendered")
    render(folder, share_now)
    return folder


def read_pictures(rendered: Path) -> dict[str, str]:
    """Read the two pictures of the fragment, by the name of their width."""
    html = (rendered / "cache" / "figures" / "share-now.html").read_text(encoding="utf-8")
    return dict(re.findall(r'data-width="(\w+)" aria-hidden="true">(<svg.*?</svg>)</div>', html, re.DOTALL))


def test_a_figure_has_all_its_files(rendered: Path) -> None:
    """Files for download, specifications, data, an embed page, a fragment and the engine."""
    assert {path.name for path in (rendered / "src" / "figures" / "share-now").iterdir()} == NAMES
    assert (rendered / "src" / "embed" / "share-now.html").is_file()
    assert (rendered / "cache" / "figures" / "share-now.html").is_file()
    assert (rendered / "src" / "vega" / "vega.js").read_text(encoding="utf-8").rstrip().endswith("};")


def test_a_difference_of_shares_is_shown_in_points() -> None:
    """With its sign, and as a fraction in the file; a percent sign would make it a relative change."""
    column = Column("margin", "Margin, points", "points")
    assert ("−56.0", "+3.4") == tuple(format_cell(value, column, Language("en")) for value in (-0.56, 0.034))


def test_pictures_keep_variables_and_downloads_do_not(rendered: Path) -> None:
    """One picture serves light and dark pages; a file outside a page has colours, words and source of its own."""
    folder = rendered / "src" / "figures" / "share-now"
    assert "var(--oms-place-cn)" in read_pictures(rendered)["narrow"]
    download = (folder / "download.svg").read_text(encoding="utf-8")
    specifications = [(folder / f"spec-{name}.json").read_text(encoding="utf-8") for name in ("narrow", "wide")]
    assert not [text for text in (download, *specifications) if "var(" in text]
    assert json.loads(specifications[0])["usermeta"]["colours"]["#b5480a"] == "place-cn"
    assert "China account for 50.0" in " ".join(re.sub(r"<[^>]+>", " ", download).split())
    assert "attribution by Open" in download
    assert (folder / "download.png").read_bytes().startswith(b"\x89PNG")


def test_pictures_are_small_and_have_the_right_width(rendered: Path) -> None:
    """A picture's own coordinates are CSS pixels; it weighs a few kilobytes."""
    for name, width in (("narrow", 358), ("wide", 680)):
        text = read_pictures(rendered)[name]
        assert ET.fromstring(text).attrib["viewBox"].split()[2] == str(width)  # noqa: S314 - our own file
        assert len(text) < 8_000


def test_the_fragment_holds_every_part_of_a_figure(rendered: Path, share_now: Figure) -> None:
    """Headline, subtitle, pictures, alternative text, source, help, table, links, code, permanent link."""
    html = (rendered / "cache" / "figures" / "share-now.html").read_text(encoding="utf-8")
    words = unescape(html)
    said = speak(share_now)
    for text in (said.headline, said.subtitle, said.source, said.alt, said.how_to_read):
        assert text in words
    assert html.count("<svg") == 2
    assert html.count("<tr>") == len(share_now.rows) + 1
    for name in ("data.csv", "data.json", "download.png", "download.svg", "spec-wide.json"):
        assert f"figures/share-now/{name}" in html
    assert 'href="#figure-share-now"' in html
    assert "&lt;iframe src=" in html
    assert "\n\n" not in html.strip()
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_the_embed_page_asks_nobody(rendered: Path) -> None:
    """It names no other origin, runs the script that tells its height alone and says so in its policy."""
    html = (rendered / "src" / "embed" / "share-now.html").read_text(encoding="utf-8")
    assert "default-src 'none'; style-src 'unsafe-inline'" in html
    assert ['<script defer src="../scripts/embed.js">'] == [
        tag for tag in re.findall(r"<script[^>]*>", html) if "ld+json" not in tag
    ]
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', html)
    assert "prefers-color-scheme:dark" in html


def test_a_figure_over_time_publishes_its_dates_and_its_frame_reads_them(tmp_path: Path) -> None:
    """A file beside the data, the pixels at each picture, and in the embed page one script of this site alone."""
    report = make_report()
    figure = build_share_over_time(report)
    assert figure
    render(tmp_path, figure)
    folder = tmp_path / "src" / "figures" / "share-over-time"
    assert {*NAMES, "dates.json"} == {path.name for path in folder.iterdir()}
    (chart,) = json.loads((folder / "dates.json").read_text(encoding="utf-8"))
    newest = {row[2]: row[3] for row in speak(figure).rows if row[0] == chart["days"][-1]}
    assert {line["name"]: line["said"][-1] for line in chart["lines"]} == {
        name: ENGLISH.percent(share) for name, share in newest.items()
    }
    for path in ("src/embed/share-over-time.html", "cache/figures/share-over-time.html"):
        assert 2 == len(re.findall(r'data-dates="\[\[[\d., ]+\]\]"', (tmp_path / path).read_text(encoding="utf-8")))
    html = (tmp_path / "src/embed/share-over-time.html").read_text(encoding="utf-8")
    scripts = ['src="../scripts/embed.js"', 'src="../scripts/dates.js"']
    assert scripts == re.findall(r"<script[^>]*?(src=\S+)></script>", html)
    assert "script-src 'self'; connect-src 'self'; base-uri 'none'" in html


TEXTS = (Column("country_code", "Code", "text"), Column("country", "Place", "text"))
SHARE = Column("share", "Share", "share")


def test_a_table_over_time_has_a_row_a_date_and_a_column_a_line(share_now: Figure) -> None:
    """Without the codes; a column that says the same of all lines of a date stays, and a missing value is none."""
    columns = (Column("month", "Month", "date"), *TEXTS, SHARE, Column("basis", "Basis", "text"))
    rows = (
        ("2026-01-01", "CN", "China", 0.5, "counted"),
        ("2026-01-01", "US", "United States", 0.25, "counted"),
        ("2026-02-01", "CN", "China", 0.75, "estimated"),
    )
    table = lay_table(replace(speak(share_now), columns=columns, rows=rows))
    assert ["Month", "Basis", "China", "United States"] == [column.title for column in table.columns]
    assert (("2026-01-01", "counted", 0.5, 0.25), ("2026-02-01", "estimated", 0.75, None)) == table.rows
    assert (False, False) == (table.is_newest, table.is_first)


def test_a_page_shows_words_for_the_codes_of_a_table(share_now: Figure) -> None:
    """A code stays in the files alone where its word stands beside it; one without a word stays on the page, too."""
    columns = (*(Column(name, name, "text") for name in ("country_code", "country", "publisher_code")), SHARE)
    rows = (("CN", "China", "INT", 0.75), ("US", "United States", "INT", 0.25))
    table = lay_table(replace(speak(share_now), columns=columns, rows=rows))
    assert ["country", "publisher_code", "share"] == [column.name for column in table.columns]
    assert (("China", "INT", 0.75), ("United States", "INT", 0.25)) == table.rows


def test_a_long_table_on_a_page_ends_and_says_where_it_goes_on(share_now: Figure, tmp_path: Path) -> None:
    """Ten rows of places, ten dates; all are in the file."""
    places = tuple((f"C{number}", f"Place {number}", 0.01) for number in range(25))
    by_place = replace(share_now, columns=(*TEXTS, SHARE), rows=places)
    assert (10, True) == (len(lay_table(speak(by_place)).rows), lay_table(speak(by_place)).is_first)
    dated = tuple((f"2026-01-{number + 1:02}", *place) for number, place in enumerate(places))
    by_date = replace(share_now, columns=(Column("date", "Date", "date"), *TEXTS, SHARE), rows=dated)
    assert (10, True) == (len(lay_table(speak(by_date)).rows), lay_table(speak(by_date)).is_newest)
    render(tmp_path, by_place)
    html = (tmp_path / "cache" / "figures" / "share-now.html").read_text(encoding="utf-8")
    assert "The first rows." in html
    assert 26 == len((tmp_path / "src" / "figures" / "share-now" / "data.csv").read_text(encoding="utf-8").splitlines())


def test_nothing_is_drawn_or_written_twice(rendered: Path, share_now: Figure) -> None:
    """A second run reuses everything and touches no file."""
    before = {path: path.stat().st_mtime_ns for path in rendered.rglob("*")}
    result = render(rendered, share_now)
    assert (result.drawn, result.reused) == (0, 1)
    assert {path: path.stat().st_mtime_ns for path in rendered.rglob("*")} == before


@pytest.mark.slow
def test_the_drawing_library_stays_away_while_all_figures_are_there(
    rendered: Path, share_now: Figure, tmp_path: Path
) -> None:
    """A build in a process of its own imports Altair when a figure has to be drawn, and not before."""
    shutil.copytree(rendered, tmp_path / "folder")
    (tmp_path / "figure").write_bytes(pickle.dumps(share_now))
    command = [sys.executable, "-c", BUILD_ALONE, str(tmp_path / "folder"), str(tmp_path / "figure")]
    unchanged = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    (tmp_path / "folder" / "cache" / "figures.json").unlink()
    changed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert ("0 drawn, Altair imported: False\n", "1 drawn, Altair imported: True\n") == (unchanged, changed)


def test_two_runs_give_the_same_bytes(rendered: Path, share_now: Figure, tmp_path: Path) -> None:
    """Drawing again elsewhere gives the same files, pictures included."""
    render(tmp_path, share_now)
    assert read_all(tmp_path) == read_all(rendered)


def test_a_change_is_drawn_and_a_damaged_file_is_replaced(share_now: Figure, tmp_path: Path) -> None:
    """Other words, other numbers or a file that somebody changed lead to a new drawing."""
    render(tmp_path, share_now)
    good = read_all(tmp_path)
    assert render(tmp_path, replace(share_now, how_to_read=say("Otherwise."))).drawn == 1
    assert render(tmp_path, build_share_now(make_report(now=CLOSE))).drawn == 1
    assert render(tmp_path, share_now).drawn == 1
    (tmp_path / "src" / "figures" / "share-now" / "data.csv").write_text("broken")
    assert render(tmp_path, share_now).drawn == 1
    assert read_all(tmp_path) == good


def test_an_unchanged_figure_is_known_without_drawing_it(
    share_now: Figure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its key is made from what it says and is drawn from; no chart is put together for it."""
    render(tmp_path, share_now)
    monkeypatch.delattr("generator.figures.files.speak_figure")
    assert render(tmp_path, share_now) == RenderResult(("share-now",), 0, 1)
    with pytest.raises(NameError, match="speak_figure"):
        render(tmp_path, replace(share_now, alt=say("Otherwise.")))


def test_the_key_tells_apart_what_only_the_picture_says() -> None:
    """A colour, a note, a name, a date at which lines break: none of them stands in the figure's table."""
    table = Table((Column("date", say("Date"), "date"), Column("share", say("Share"), "share")), (("2026-11-22", 0.5),))
    line = Line("CN", say("China"), "ink")
    pictures = [
        Lines((Panel((line,), "share"),), "date", "code"),
        Lines((Panel((replace(line, ink="muted"),), "share"),), "date", "code"),
        Lines((Panel((replace(line, name=say("{code:place}", code="CN")),), "share"),), "date", "code"),
        Lines((Panel((replace(line, name=say("{code:place}", code="US")),), "share"),), "date", "code"),
        Lines((Panel((line,), "share", notes=(Note(DATE, 0.5, "ink", say("highest")),)),), "date", "code"),
        Lines((Panel((line,), "share"),), "date", "code", standing=Standing(breaks=frozenset({DATE}))),
        Lines(
            (Panel((line,), "share"),), "date", "code", standing=Standing(breaks=frozenset({DATE, DATE.replace(day=1)}))
        ),
    ]
    words = [say("A")] * 5
    figures = [Figure("x", *words, table.columns, table.rows, partial(draw_lines, table, each)) for each in pictures]
    figures += [replace(figures[0], draw=partial(draw_bars, *figures[0].draw.args))]
    figures += [replace(figures[0], rows=(("2026-11-22", 0.25),)), replace(figures[0], subtitle=say("B"))]
    keys = [hash_figure(figure, "code") for figure in [*figures, figures[0]]]
    assert (len(figures), keys[0]) == (len(set(keys)), keys[-1])
    assert keys[0] != hash_figure(figures[0], "other code")


def test_a_key_is_made_of_values_only() -> None:
    """Of a function nobody can tell whether it is the one from before: it is refused, not taken for the same."""
    figure = Figure("x", *[say("A")] * 5, (), (), partial(draw_lines, lambda: 0))
    with pytest.raises(TypeError, match="its key must tell one from another"):
        hash_figure(figure, "code")


def test_a_changed_line_of_what_draws_is_drawn_anew(tmp_path: Path) -> None:
    """Each module of ours that drawing imports, the borders and both templates are part of every key."""
    kinds = ", ".join(f"generator.figures.{path.stem}" for path in (ROOT / "generator" / "figures").glob("*.py"))
    listed = "print(*(module.__file__ for name, module in sys.modules.items() if name.startswith('generator.')))"
    script = f"import sys, {kinds}; {listed}"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    modules = [Path(name).relative_to(ROOT) for name in done.stdout.split()]
    names = [
        *modules,
        *map(Path, ("generator/figures/world.json", "templates/figure.html.j2", "templates/embed.html.j2")),
    ]
    assert len(names) > 30
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    before, unseen = hash_code(ENGLISH, tmp_path), []
    for name in names:
        content = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(content + b"\n")
        unseen += [name] if hash_code(ENGLISH, tmp_path) == before else []
        (tmp_path / name).write_bytes(content)
    assert [] == unseen
    assert before == hash_code(ENGLISH, tmp_path) != hash_code(Language("de"), tmp_path)


def test_figures_that_are_gone_leave_nothing_behind(share_now: Figure, tmp_path: Path) -> None:
    """Folder, embed page and fragment go with the figure."""
    render(tmp_path, share_now, replace(share_now, slug="old"))
    render(tmp_path, share_now)
    assert not [name for name in read_all(tmp_path) if "old" in name]


def test_files_that_a_figure_no_longer_has_go_when_it_is_drawn_anew(share_now: Figure, tmp_path: Path) -> None:
    """Those that an older program made; else the site would be another than one built from nothing."""
    render(tmp_path, share_now)
    new = read_all(tmp_path)
    manifest, old = tmp_path / "cache" / "figures.json", tmp_path / "src" / "figures" / share_now.slug / "old.json"
    old.write_text("{}")
    entries = json.loads(manifest.read_text())
    entries[share_now.slug] |= {"key": "of an older program"}
    entries[share_now.slug]["files"] |= {f"site:figures/{share_now.slug}/old.json": hash_bytes("{}")}
    manifest.write_text(json.dumps(entries))
    render(tmp_path, share_now)
    assert new == read_all(tmp_path)


@pytest.mark.parametrize(
    "handle", ["\x00\ufffe\x1b[31m", "</text><script>alert(1)</script>", '"onload="x', "=1+1", "名前" * 90]
)
def test_hostile_names_are_drawn_as_text(handle: str, tmp_path: Path) -> None:
    """No name ends the process, leaves its element or becomes a formula."""
    figure = speak(build_leading_publishers(make_report(handle=handle)))
    render(tmp_path, figure)
    for name, content in read_all(tmp_path).items():
        if name.endswith((".html", ".svg")):
            _, attributes = list_syntax(content.decode())
            assert content.count(b"<script") == (2 if name.startswith("src/embed/") else 0)  # height, and JSON-LD
            assert not [attribute for attribute in attributes if attribute.startswith("on")]
    first = next(csv.DictReader(write_csv(figure).removeprefix(BYTE_ORDER_MARK).splitlines()))
    assert not first["publisher"].startswith("=")


def test_data_files_have_fixed_digits(rendered: Path) -> None:
    """Shares have six digits, counts none; JSON names its columns."""
    folder = rendered / "src" / "figures" / "share-now"
    first = next(csv.DictReader((folder / "data.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert (first["country_code"], first["downloads"], first["share"]) == ("CN", "500", "0.500000")
    content = json.loads((folder / "data.json").read_text(encoding="utf-8"))
    assert content["rows"][1]["share"] == 0.25
    assert [column["name"] for column in content["columns"]][:2] == ["country_code", "country"]


def test_an_empty_cell_stays_empty() -> None:
    """What is not known is an empty cell in CSV."""
    figure = Figure(
        "x", "", "", "", "", "", (Column("a", "A", "share"), Column("b", "B", "text")), ((None, "-1"),), print
    )  # type: ignore[arg-type]
    assert write_csv(figure).splitlines()[1] == ",'-1"


# --- Pages -------------------------------------------------------------------------------------------


def convert(text: str, folder: Path) -> str:
    """Convert a page's text as the site builder does."""
    return markdown.markdown(
        text,
        extensions=["md_in_html", "toc", "tables", "generator.publish.mdpages"],
        extension_configs={"generator.publish.mdpages": {"folder": str(folder), "site_url": "https://example.org/"}},
    )


def test_a_marker_becomes_the_figure(rendered: Path) -> None:
    """The fragment's bytes stand where the marker stood, in a page and in a block of HTML within it."""
    fragment = (rendered / "cache" / "figures" / "share-now.html").read_text(encoding="utf-8").strip()
    expected = fragment
    for mark, address in {"root": "", "page": "https://example.org/", "site": "https://example.org/"}.items():
        expected = expected.replace(f"%oms-{mark}%", address)
    html = convert("# T\n\n::figure share-now::\n\nText.\n", rendered / "cache" / "figures")
    assert expected in html
    within = convert('<div markdown="1">\n\n::figure share-now::\n\n</div>\n', rendered / "cache" / "figures")
    assert expected in within


def test_a_marker_within_a_sentence_stays_text(rendered: Path) -> None:
    """Only a paragraph that is nothing else is a figure."""
    html = convert("See ::figure share-now:: here.", rendered / "cache" / "figures")
    assert html == "<p>See ::figure share-now:: here.</p>"


def test_an_unknown_figure_is_an_error(rendered: Path) -> None:
    """The message names the figure, the file that is missing and those that are there."""
    with pytest.raises(SiteError, match=r"'nowhere'.*share-now"):
        convert("::figure nowhere::", rendered / "cache" / "figures")


def test_who_embeds_a_figure_that_is_gone_is_led_to_the_one_in_its_place(tmp_path: Path) -> None:
    """Not where the figure is still drawn, nor where nothing took its place."""
    moved = {"bars": "share-now", "share-now": "bars", "lines": "nothing"}
    render(tmp_path, build_share_now(make_report()), moved=moved)
    pages = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "src" / "embed").iterdir()}
    assert {"bars.html", "share-now.html"} == pages.keys()
    assert '<meta http-equiv="refresh" content="0; url=share-now.html">' in pages["bars.html"]
    assert "<svg" in pages["share-now.html"]


def test_every_figure_that_is_gone_names_one_that_is_drawn(bundled_figures: tuple[Figure, ...]) -> None:
    """What took its place is not gone itself."""
    slugs = {figure.slug for figure in bundled_figures}
    assert list_moved()
    assert set(list_moved().values()) <= slugs
    assert not set(list_moved()) & slugs
