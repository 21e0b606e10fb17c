"""Tables that stand in pages as HTML come through the builder's Markdown as they are."""

import pytest
from markdown import Markdown

TABLE = "<table>\n<tr><td>*a* &#42;</td></tr>\n\n<tr><td><a href='b.html'>_b_</a></td></tr>\n</table>"


USUAL = ("md_in_html", "tables")


def convert(text: str) -> str:
    """Convert a page as the builder does."""
    return Markdown(extensions=[*USUAL, "generator.publish.mdpages"]).convert(text)


@pytest.mark.parametrize("table", [TABLE, TABLE.replace("<td>", '<td id="row">', 1)])
def test_a_table_keeps_its_bytes(table: str) -> None:
    """Within a region and after text, with the target of a link in it or without; nothing in it becomes Markdown."""
    region = f'<div class="oms-table" tabindex="0">\n{table}\n</div>'
    page = f"Text\n\n{region}\n\nMore"
    assert Markdown(extensions=USUAL).convert(page) == convert(page)
    assert region in convert(page)


def test_a_table_within_markdown_stands_where_it_stood() -> None:
    """Between the paragraphs of a part that is read as Markdown."""
    found = convert(f"<div markdown>\nOne *word*\n\n{TABLE}\n\nTwo\n</div>")
    assert f"<div>\n<p>One <em>word</em></p>\n{TABLE}\n<p>Two</p>\n</div>" == found


def test_a_table_in_markdown_is_still_one() -> None:
    """Lines with strokes are not HTML yet."""
    assert "<td>1</td>" in convert("| a |\n|---|\n| 1 |\n")
