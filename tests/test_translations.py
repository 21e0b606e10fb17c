"""Translations: what is extracted from the sources, how catalogues follow it, and which faults are told."""

import datetime as dt
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.numbers import parse_decimal

from generator.publish.explorer_rules import build_formats
from generator.text.catalogue import LOCALES, list_languages, name_catalogue, name_template, read_catalogue
from generator.text.extract import WAYS_EXPLAINED, extract_messages, list_kept
from generator.text.language import WAYS, Language
from generator.text.say import clauses, join, say, say_plural
from generator.text.translations import (
    begin_language,
    count_translations,
    list_faults,
    list_messages,
    update_translations,
)
from generator.text.voices import list_cases, read_voices

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


DAY = dt.date(2026, 11, 22)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("en", "17.1%, 1.2M, 3.4 billion, 9 million, 22 Nov 2026, Nov 2026, a, b and c"),
        (
            "de",
            "17,1\u00a0%, 1,2\u00a0Mio., 3,4\u00a0Milliarden, 9\u00a0Millionen, "
            "22.\u00a0Nov. 2026, Nov. 2026, a, b und c",
        ),
        ("vi", "17,1%, 1,2\u00a0triệu, 3,4\u00a0tỷ, 9\u00a0triệu, 22/11/2026, 11/2026, a, b và c"),
        ("zh", "17.1%, 120万, 34亿, 900万, 2026年11月22日, 2026年11月, a、b和c"),
    ],
)
def test_each_language_writes_as_its_newspapers_do(code: str, expected: str) -> None:
    """Per cent, units, dates and lists; the gap before a unit does not break."""
    sentence = say(
        "{a:percent}, {b:short}, {c:spell}, {d:size}, {e:date}, {e:short_month}, {f:listing}",
        a=0.171, b=1.2e6, c=3.4e9, d=9e6, e=DAY, f=("a", "b", "c"),
    )  # fmt: skip
    assert expected == Language(code).speak(sentence)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("US", "die Vereinigten Staaten, die Vereinigten Staaten, den Vereinigten Staaten, der Vereinigten Staaten"),
        ("CN", "China, China, China, Chinas"),
        ("CH", "die Schweiz, die Schweiz, der Schweiz, der Schweiz"),
        ("LB", "der Libanon, den Libanon, dem Libanon, des Libanons"),
        ("LA", "Laos, Laos, Laos, von Laos"),
    ],
)
def test_german_has_the_case_that_the_sentence_wants(code: str, expected: str) -> None:
    """Articles and endings are data; a name without a row takes the rule."""
    sentence = say("{p:the}, {p:accusative}, {p:dative}, {p:genitive}", p=code)
    assert expected == Language("de").speak(sentence)


def test_a_language_without_cases_writes_the_name() -> None:
    """A way that its grammar lacks is the name alone."""
    assert "美国" == Language("zh").speak(say("{p:dative}", p="US"))
    assert ([], ["accusative", "dative", "genitive"]) == (list_cases("vi"), list_cases("de"))


def test_chinese_has_no_space_beside_its_own_signs() -> None:
    """Sentences that are joined stand side by side; a space between Latin words stays."""
    assert "一。二，AI model" == Language("zh").speak(join("一。", "二， AI model"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("中国 43.7%、Qwen 41.0%", "中国43.7%、Qwen 41.0%"),
        ("美国 由33.9%变为36.1%", "美国由33.9%变为36.1%"),
        ("rhymes-ai 另有5个", "rhymes-ai另有5个"),
        ("51.9% – 54.9%", "51.9%–54.9%"),
        ("2026年6月29日 – 2026年7月5日", "2026年6月29日–2026年7月5日"),
        ("<b>一国。</b> <a href='x'>方法</a> <a>数据</a>", "<b>一国。</b><a href='x'>方法</a> <a>数据</a>"),
        ("30天 · 首年模型", "30天\u00a0· 首年模型"),
        ("1  美国, Open Model Share", "1  美国, Open Model Share"),
    ],
)
def test_chinese_has_no_space_within_a_sentence(text: str, expected: str) -> None:
    """Neither between words, nor beside a number, a name or a range; between links, and after ranks, one stays."""
    language = Language("zh")
    assert expected == language.tidy(text) == language.tidy(language.tidy(text))
    assert text == Language("de").tidy(text)


def test_clauses_are_joined_as_each_language_does() -> None:
    """Chinese has a comma between them and no word; elsewhere they are a list as any other."""
    named = clauses(say("{place:the} {share:percent}", place=code, share=0.5) for code in ("CN", "US"))
    assert "中国50.0%，美国50.0%" == Language("zh").speak(named)
    assert "China 50.0% and the United States 50.0%" == Language("en").speak(named)


@pytest.mark.parametrize("code", list(read_voices()))
def test_numbers_parse_back(code: str) -> None:
    """What is written in full is read as the same value by who knows the language."""
    language = Language(code)
    for number in (0, 7, 950, 12_345, 1_234_567_890):
        assert number == parse_decimal(language.count(number), locale=language.locale)
    for share in (0.0, 0.171, 0.5, 1.0):
        text = language.percent(share).replace("\u00a0", "").removesuffix("%")
        assert pytest.approx(share) == float(parse_decimal(text, locale=language.locale)) / 100
    for month in range(1, 13):
        day = dt.date(2026, month, 3)
        digits = re.findall(r"\d+", language.date(day))
        assert {"2026", "3"} <= set(digits)


def test_the_explorer_learns_how_each_language_writes_numbers() -> None:
    """Units as the language has them, and a pattern for points that may have no space."""
    assert [10**12, 10**8, 10**4] == [unit for unit, _ in build_formats(Language("zh"))["short"]]
    assert [10**12, 10**9, 10**6] == [unit for unit, _ in build_formats(Language("de"))["short"]]
    assert "{number}\u00a0%" == build_formats(Language("de"))["percent"]


def test_a_text_of_the_registry_that_many_rows_share_is_a_message_and_others_are_counted(tmp_path: Path) -> None:
    """What twenty accounts have in common is worth a translation; what is of one of them is said in English."""
    registry = tmp_path / "generator" / "registry"
    registry.mkdir(parents=True)
    rows = ["personal account,"] * 20 + ["headquartered in Ulm,moved in 2024", "headquartered in Ulm,"]
    (registry / "publishers.csv").write_text("basis,note\n" + "\n".join(rows) + "\n", encoding="utf-8")
    for name in ("openness.csv", "families.csv"):
        (registry / name).write_text("note\n", encoding="utf-8")
    folder = tmp_path / "locales"
    folder.mkdir()
    update_translations(tmp_path, folder)
    begin_language("de", folder)
    assert ["personal account"] == [message.id for message in list_messages(folder)]
    translate(folder, personal="persönliches Konto")
    state = count_translations("de", list_messages(folder), folder, list_kept(tmp_path))
    left = {("publishers.csv", "basis"): 1, ("publishers.csv", "note"): 1}
    assert left == {place: number for place, number in state.kept.items() if number}


def test_a_number_of_points_stands_without_its_word() -> None:
    """German inflects it: an Abstand of Prozentpunkte, and one von Prozentpunkten."""
    expected = "1,3 Prozentpunkte, von 1,3 Prozentpunkten"
    assert expected == Language("de").speak(say("{a:points}, von {a:bare} Prozentpunkten", a=-0.013))


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1, ["1 other country", "1 weiteres Land", "1 nước khác", "另外1个国家和地区"]),
        (1_234, ["1,234 other countries", "1.234 weitere Länder", "1.234 nước khác", "另外1,234个国家和地区"]),
    ],
)
def test_one_country_is_no_countries(number: int, expected: list[str]) -> None:
    """Where a language has forms for one and for more."""
    said = say_plural("{num:count} other country", "{num:count} other countries", number)
    assert expected == [Language(code).speak(said) for code in ("en", "de", "vi", "zh")]
