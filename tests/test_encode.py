"""Strings from strangers: one printable line, inert on pages, text in spreadsheets."""

import html
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markupsafe import Markup

from generator.base.encode import EMPTY_WORD, MAX_LENGTH, csv_cell, label, line, page
from generator.publish.pages import prose


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Qwen/Qwen3-8B", "Qwen/Qwen3-8B"),
        ("  two   words\t\n", "two words"),
        ("line\u2028separator", "line separator"),
        ("a \u200b b", "a b"),
        ("right\u202eleft", "rightleft"),
        ("nul\x00 bell\x07", "nul bell"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("private \ue000 use", "private use"),
        ("Cafe\u0301", "Café"),
        ("e\u200d\u0301", "é"),
        ("模型", "模型"),
        ("", EMPTY_WORD),
        ("\u200b\n", EMPTY_WORD),
        (None, "None"),
        (7, "7"),
    ],
)
def test_a_label_is_one_printable_line(value: object, expected: str) -> None:
    """White space is folded, invisible characters are dropped, and nothing is ever empty."""
    assert expected == label(value)


def test_a_label_is_cut_at_two_hundred_characters() -> None:
    """A longer text ends in an ellipsis and has 200 characters with it."""
    assert "x" * (MAX_LENGTH - 1) + "…" == label("x" * 1000)
    assert "x" * MAX_LENGTH == label("x" * MAX_LENGTH)


def test_a_sentence_of_any_length_is_whole() -> None:
    """One of Chinese, too, which has no spaces; a name within it is cut as it is elsewhere."""
    sentence = "截至2026年10月8日的30天内，中国机构的模型占下载量的43.7%；" * 20
    assert sentence == line(sentence)
    assert sentence == html.unescape(prose(sentence))
    assert "一，" + "x" * (MAX_LENGTH - 1) + "…。" == line(f"一，{'x' * 1000}。")


@given(st.text())
@example("a \u200b b")
@example("\u200b \u0301")
def test_a_label_of_a_label_is_itself(value: str) -> None:
    """Encoding twice changes nothing, and the result is never longer than allowed."""
    once = label(value)
    assert once == label(once)
    assert 0 < len(once) <= MAX_LENGTH


@given(st.text(st.characters(codec="ascii")))
def test_a_page_holds_no_character_that_markdown_or_html_reads(value: str) -> None:
    """Of ASCII only letters, digits, spaces and the entities themselves reach a page."""
    assert set() == {char for char in page(value) if not char.isalnum() and char not in " &#;"}


@given(st.text())
def test_a_browser_shows_on_a_page_what_the_label_says(value: str) -> None:
    """Decoding the entities gives the label back."""
    assert label(value) == html.unescape(str(page(value)))


def test_a_page_leaves_our_own_markup_alone() -> None:
    """What is marked as markup was encoded before or is ours."""
    assert Markup("<b>ours</b>") == page(Markup("<b>ours</b>"))


def test_a_page_encodes_every_sign_of_an_attack() -> None:
    """Each sign becomes a numeric entity: <a> is 60, 97, 62."""
    assert "&#60;a&#62; &#123;onclick&#61;x&#125;" == str(page("<a> {onclick=x}"))


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\u200b=1"])
def test_a_spreadsheet_shows_a_formula_as_text(value: str) -> None:
    """A cell that a spreadsheet would compute begins with an apostrophe."""
    assert "'" + label(value) == csv_cell(value)


@given(st.text())
def test_no_cell_begins_with_a_formula_sign(value: str) -> None:
    """Whatever comes in, the first character is harmless and the cell is one line."""
    cell = csv_cell(value)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert "\n" not in cell


@given(st.text())
def test_a_label_survives_json_and_utf_8(value: str) -> None:
    """A label has no lone surrogates: it can be written as UTF-8 and read back."""
    assert label(value) == json.loads(json.dumps(label(value), ensure_ascii=False).encode())
