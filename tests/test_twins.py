"""The pages that matter as Markdown, with the numbers of the pages, and the map that leads to them."""

import html
import json
import re
from collections import Counter
from pathlib import Path

import markdown
import pytest

from generator.publish.markdown import convert_page
from generator.publish.twins import MAP, PAGES
from generator.questions import sentences
from generator.questions.report import Report
from tests.spoken import speak

MOST_MAP_BYTES = 8 * 1024
NUMBER = re.compile(r"\d(?:[\d.,]*\d)?")
# Pictures, what only a hand can use, and the bar of the first screen, a picture whose numbers stand beside it.
UNREAD = re.compile(
    r"<(svg|script|select|button|form|label|textarea|template)\b.*?</\1>"
    r"|<p class=\"oms-print\".*?</p>|<div class=\"oms-bar\".*?</div>",
    re.DOTALL,
)
each_page = pytest.mark.parametrize("name", PAGES)


def convert(body: str) -> str:
    """Convert the body of a page of our site."""
    return convert_page(f"<html><body><article>{body}</article></body></html>", "https://example.org/a/b.html")


def count_in_page(text: str) -> Counter[str]:
    """Count the numbers that a reader of a page sees."""
    article = text.partition("<article")[2].partition(">")[2].rpartition("</article>")[0]
    return Counter(NUMBER.findall(html.unescape(re.sub(r"<[^>]*>", " ", UNREAD.sub(" ", article)))))


def count_in_twin(text: str) -> Counter[str]:
    """Count the numbers in Markdown, without addresses and the numbers of list items."""
    bare = re.sub(r"\]\([^)]*\)", "]", re.sub(r"^\d+\. ", "", text, flags=re.MULTILINE))
    return Counter(NUMBER.findall(bare))


@each_page
def test_a_twin_has_the_numbers_of_its_page(name: str, bundled_site: Path) -> None:
    """All of them, as often, and no other; the page names its twin in its head."""
    page = (bundled_site / f"{name}.html").read_text(encoding="utf-8")
    twin = (bundled_site / f"{name}.md").read_text(encoding="utf-8")
    found = count_in_page(page)
    assert found
    assert found == count_in_twin(twin)
    file = f"{name.rpartition('/')[2]}.md"
    assert f'<link rel="alternate markdown" type="text/markdown" href="{file}">' in page.partition("</head>")[0]


@each_page
def test_a_twin_is_markdown_without_html(name: str, bundled_site: Path) -> None:
    """One heading of the first rank; no element of HTML comes out of it but those of Markdown; its links are whole."""
    twin = (bundled_site / f"{name}.md").read_text(encoding="utf-8")
    outside_code = re.sub(r"^```.*?^```", "", twin, flags=re.DOTALL | re.MULTILINE)
    assert 1 == len(re.findall(r"^# ", outside_code, re.MULTILINE))
    shown = markdown.markdown(twin, extensions=["tables", "fenced_code"])
    assert set() == set(re.findall(r"<(script|svg|div|span|img|iframe|button)\b", shown))
    assert [] == [link for link in re.findall(r"\]\(([^)]*)\)", outside_code) if not re.match(r"https?://", link)]


def test_the_map_leads_to_the_twins_and_the_data(bundled_site: Path, bundled_report: Report, served_site: str) -> None:
    """Under 8 KB: what this is, the first sentence of the site, the licence, and files that are there."""
    text = (bundled_site / MAP).read_text(encoding="utf-8")
    assert len(text.encode()) < MOST_MAP_BYTES
    assert text.startswith("# Open Model Share\n\n> ")
    assert "https://creativecommons.org/licenses/by/4.0/" in text
    assert speak(sentences.describe_data(bundled_report.data)) in text
    links = [link.removeprefix(served_site) for link in re.findall(r"\]\(([^)]*)\)", text) if served_site in link]
    assert [f"{name}.md" for name in PAGES] == [link for link in links if link.endswith(".md")]
    assert [] == [link for link in links if not (bundled_site / link).is_file()]


def test_all_that_machines_read_names_the_licence(bundled_site: Path) -> None:
    """The one that is computed from the sources of the intervals: in map, package, data set and Croissant."""
    address = "https://creativecommons.org/licenses/by/4.0/"
    package = json.loads((bundled_site / "data/v1/datapackage.json").read_text(encoding="utf-8"))
    croissant = json.loads((bundled_site / "data/v1/croissant.json").read_text(encoding="utf-8"))
    assert {address} == {each["path"] for file in package["resources"] for each in file["licenses"]}
    assert [address] == [each["path"] for each in package["licenses"]] == croissant["license"]


def test_words_of_strangers_stay_words() -> None:
    """What Markdown, or HTML within it, would read as syntax is escaped; code ends neither itself nor its cell."""
    assert "a\\*b\\*\\_c \\[x\\](y) \\<b\\> \\&lt;i\n" == convert("<p>a*b*_c [x](y) &lt;b&gt; &amp;lt;i</p>")
    assert "`` a`b|c ``\n" == convert("<p><code>a`b|c</code></p>")
    assert "| `a\\|b` |\n| --- |\n" == convert("<table><tr><td><code>a|b</code></td></tr></table>")
    assert "\\# no heading\n" == convert("<p># no heading</p>")


def test_tables_lists_and_links() -> None:
    """A cell over two columns leaves the second empty; addresses are whole; pictures and controls are silent."""
    table = "<table><caption>Shares</caption><thead><tr><th>A</th><th>B</th></tr></thead>"
    table += '<tbody><tr><td colspan="2"><p>x</p> 1</td></tr><tr><td>y</td><td>2</td></tr></tbody></table>'
    assert "**Shares**\n\n| A | B |\n| --- | --- |\n| x 1 | |\n| y | 2 |\n" == convert(table)
    listed = '<ol><li value="1">one</li><li value="2">two</li></ol><ul><li>point</li></ul>'
    assert "1. one\n2. two\n\n- point\n" == convert(listed)
    assert "[to](https://example.org/c%28d%29.html)\n" == convert('<p><a href="../c(d).html">to</a></p>')
    assert "after\n" == convert("<svg><text>7</text></svg><select><option>8</option></select><p>after</p>")
    assert "```\na\n  b\n```\n" == convert("<pre><code>a\n  b\n</code></pre>")


def test_the_map_says_what_the_site_says_first(bundled_site: Path, bundled_report: Report) -> None:
    """The headline's sentence, word for word."""
    assert speak(sentences.state_headline(bundled_report)) in (bundled_site / MAP).read_text(encoding="utf-8")
