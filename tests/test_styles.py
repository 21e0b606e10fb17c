"""The theme's style sheets keep what a page of the site can use."""

from pathlib import Path

import pytest

from generator.publish.styles import drop_unread, keep_used, list_rules, shrink_styles, split

USED = {"md-nav", "md-nav__item", "md-open"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (".md-nav{a:b}.md-gone{a:b}", ".md-nav{a:b}"),
        (".md-nav,.md-gone .x{a:b}", ".md-nav{a:b}"),
        (".md-nav .md-gone,.md-gone{a:b}", ""),
        ("html,[data-x=y] ul{a:b}", "html,[data-x=y] ul{a:b}"),
        (".md-nav:not(.md-gone){a:b}", ".md-nav:not(.md-gone){a:b}"),
        (".md-nav:is(.md-gone,.md-open){a:b}", ".md-nav:is(.md-gone,.md-open){a:b}"),
        ("[dir=ltr] .md-nav{a:b}[dir=rtl] .md-nav{a:c}", "[dir=ltr] .md-nav{a:b}"),
        ('@charset "UTF-8";.md-nav{a:b}', '@charset "UTF-8";.md-nav{a:b}'),
        ("@media print{.md-gone{a:b}.md-nav{a:b}}@media screen{.md-gone{a:b}}", "@media print{.md-nav{a:b}}"),
        ("@keyframes turn{0%{a:b}to{a:c}}", "@keyframes turn{0%{a:b}to{a:c}}"),
    ],
)
def test_a_rule_stays_where_its_classes_are_used(text: str, expected: str) -> None:
    """Of a list of selectors those that can match; what is asked as a choice is never taken for missing."""
    assert expected == keep_used(text, USED)


def test_a_property_and_an_animation_stay_where_something_reads_them() -> None:
    """Also where a script or another sheet does; a value may hold the signs that part rules."""
    text = ":root{--a:url('data:x;{}');--b:1;--c:2}@keyframes turn{to{a:b}}@keyframes rest{to{a:b}}i{animation:turn 1s}"
    kept = ":root{--a:url('data:x;{}');--c:2}@keyframes turn{to{a:b}}i{animation:turn 1s}"
    assert kept == drop_unread(text, text + "b{x:var(--a)} var(--c)")


def test_strings_and_brackets_are_read_as_such() -> None:
    """A brace in a string ends no rule, a comma in brackets no selector."""
    assert [("a", 'content:"}"'), ("b", "c:d")] == [
        (rule.head, rule.body) for rule in list_rules('a{content:"}"}b{c:d}')
    ]
    assert ["a:is(b,c)", "d"] == split("a:is(b,c),d", ",")


def test_what_a_script_sets_stays_where_its_part_is_on_a_page(tmp_path: Path) -> None:
    """The list of what a search found is made by a script in a part that pages have; no page has tabs."""
    sheets = tmp_path / "assets" / "stylesheets"
    sheets.mkdir(parents=True)
    (tmp_path / "theme.js").write_text('make("md-search__item"); make("md-tabs__item"); add("focus-visible")')
    sheet = sheets / "main.css"
    sheet.write_text(".md-search__item{a:b}.md-tabs__item{a:b}a.focus-visible{a:b}.md-search--wide{a:b}")
    shrink_styles(tmp_path, ['<div class="md-search md-plain">'])
    assert ".md-search__item{a:b}a.focus-visible{a:b}" == sheet.read_text()
