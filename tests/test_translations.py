"""Translations: what is extracted from the sources, how catalogues follow it, and which faults are told."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from generator.text.catalogue import LOCALES, list_languages, name_catalogue, name_template, read_catalogue
from generator.text.extract import WAYS_EXPLAINED, extract_messages
from generator.text.language import WAYS
from generator.text.translations import (
    begin_language,
    count_translations,
    list_faults,
    list_messages,
    update_translations,
)

ROOT = Path(__file__).parents[1]


def make_sources(root: Path) -> Path:
    """Make the smallest sources that have a message of each kind; return the folder of the catalogues."""
    program, templates, folder = root / "generator" / "text", root / "templates", root / "locales"
    for each in (program, templates, folder):
        each.mkdir(parents=True)
    (root / "mkdocs.yml").write_text("nav:\n  - Overview: index.md\n", encoding="utf-8")
    (program / "speech.py").write_text(
        'say("{place:The} has {share:percent}", place="US", share=0.5)\n'
        'say("Fell" if down else "Rose")\n'
        'language.say("By {date:date}.", date=day)\n'
        'say_plural("{num} day", "{num} days", 3)\n'
        'Column("share", "share", say("Share"), "A fraction.")\n'
        'say("{name}", name="nothing to translate")\n',
        encoding="utf-8",
    )
    (templates / "page.md.j2").write_text(
        "{% trans list=name %}Models in {{ list }}: 5% {% endtrans %}{{ gettext('Caption') }}\n", encoding="utf-8"
    )
    return folder


def translate(folder: Path, **translations: str) -> None:
    """Write translations, each under the first word of its message, into the German catalogue."""
    path = name_catalogue("de", folder)
    text = path.read_text(encoding="utf-8")
    for word, translation in translations.items():
        head, _, tail = text.partition(f'msgid "{word}')
        line, _, rest = tail.partition('msgstr ""')
        text = f'{head}msgid "{word}{line}msgstr "{translation}"{rest}'
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of catalogues of small sources, German begun."""
    folder = make_sources(tmp_path)
    update_translations(tmp_path, folder)
    begin_language("de", folder)
    return folder


def test_every_kind_of_message_is_extracted(tmp_path: Path) -> None:
    """Calls, both of a choice, plurals, titles of columns, templates and the navigation; no place without words."""
    make_sources(tmp_path)
    expected = [
        "Overview", "{place:The} has {share:percent}", "Fell", "Rose", "By {date:date}.", ("{num} day", "{num} days"),
        "Share", "Models in %(list)s: 5%% ", "Caption",
    ]  # fmt: skip
    assert expected == [message.id for message in extract_messages(tmp_path) if message.id]


def test_a_message_says_where_it_stands_and_what_its_places_hold(tmp_path: Path) -> None:
    """Who translates sees the file, and an example of each value."""
    make_sources(tmp_path)
    message = extract_messages(tmp_path).get("{place:The} has {share:percent}")
    assert message is not None
    assert [("generator/text/speech.py", 1)] == message.locations
    assert [
        "{place}: a place at the beginning of a sentence: The United States",
        "{share}: a share: 17.1%",
    ] == message.auto_comments


def test_a_translation_without_fault_passes(folder: Path) -> None:
    """Right places in another order are no fault."""
    translate(folder, Overview="Überblick", By="Bis {date:date}.", Models="%(list)s, Modelle: 5%% ")
    assert [] == list_faults("de", folder)
    assert 3 == 9 - len(count_translations("de", list_messages(folder), folder).untranslated)


@pytest.mark.parametrize(
    ("word", "translation", "told"),
    [
        ("By", "Bis {datum:date}.", "places datum; date expected"),
        ("By", "Bis.", "places none; date expected"),
        ("By", "Bis {date:percent}.", "{date:percent}; {date:date} expected"),
        ("By", "Bis {date:dat}.", "{date:dat}; {date:date} expected"),
        ("By", "Bis {date:date.", "each { with its } expected"),
        ("By", "Bis {{date:date}}.", "places none; date expected"),
        ("By", "Bis {{ {date:date}.", "a brace is left"),
        ("Models", "Modelle: %(list)s 5% ", "places %(name)s and a sign %% expected"),
        ("Models", "Modelle: 5%% ", "places none; list expected"),
        ("Caption", "Caption ", "spaces at the ends"),
        ("Share", "Anteil an allen Downloads der Modelle", "signs wide on a phone; at most 24 expected"),
        ("Share", "Downloadanteilsverhältnisse", "signs wide on a phone"),
    ],
)
def test_a_fault_is_told_with_file_and_line(folder: Path, word: str, translation: str, told: str) -> None:
    """What was found and what was expected stands behind the place of the message."""
    translate(folder, **{word: translation})
    faults = list_faults("de", folder)
    lines = name_catalogue("de", folder).read_text(encoding="utf-8").splitlines()
    assert 1 == len({fault.line for fault in faults})
    assert lines[faults[0].line - 1].startswith(f'msgid "{word}')
    assert told in str(faults[0])


def test_a_message_that_changed_is_untranslated_and_its_old_words_stay(folder: Path, tmp_path: Path) -> None:
    """Nothing that a person translated is lost, and nothing old is said of a new message."""
    translate(folder, Overview="Überblick")
    (tmp_path / "mkdocs.yml").write_text("nav:\n  - Summary: index.md\n", encoding="utf-8")
    assert ["de"] == update_translations(tmp_path, folder)
    catalogue = read_catalogue(name_catalogue("de", folder), "de")
    assert "Summary" in count_translations("de", list_messages(folder), folder).untranslated
    assert "Überblick" == catalogue.obsolete["Overview"].string


def test_an_uncertain_translation_is_none(folder: Path) -> None:
    """Marked as fuzzy, it is counted among what is not translated."""
    translate(folder, Overview="Überblick")
    path = name_catalogue("de", folder)
    path.write_text(path.read_text(encoding="utf-8").replace("#: mkdocs.yml", "#: mkdocs.yml\n#, fuzzy"), "utf-8")
    assert "Overview" in count_translations("de", list_messages(folder), folder).untranslated


def test_catalogues_in_step_stay_as_they_are(folder: Path, tmp_path: Path) -> None:
    """The same messages make the same bytes."""
    before = {path: path.read_bytes() for path in folder.rglob("oms.po*")}
    update_translations(tmp_path, folder)
    assert before == {path: path.read_bytes() for path in folder.rglob("oms.po*")}


def test_every_way_of_a_place_is_explained() -> None:
    """Who translates can read what each way writes."""
    assert sorted(WAYS) == sorted(way for way in WAYS_EXPLAINED if way)


@pytest.mark.parametrize("code", list_languages())
def test_translations_that_are_there_have_no_fault(code: str) -> None:
    """Places, plurals, braces, lengths: of every language that has a catalogue."""
    assert [] == [str(fault) for fault in list_faults(code, LOCALES)]


def test_the_template_is_no_binary_and_can_be_read() -> None:
    """It holds the messages of the program, of templates, of the navigation and of the registry."""
    template: Catalog = read_catalogue(name_template())
    named = {name.rpartition(".")[2] for message in template for name, _ in message.locations}
    assert {"py", "j2", "yml", "csv"} == named
