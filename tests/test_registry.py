"""The registry: hand-kept facts, checked line by line; and the real one under test."""

import datetime as dt
import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from generator.base.errors import RegistryError
from generator.ledger.classify import compute_license_class
from generator.questions.report import Report
from generator.registry import UNAFFILIATED, UNREVIEWED, Registry, load_registry
from generator.registry.load import FOLDER
from generator.text import words
from tests.realdata import DATA, needs
from tests.small import make_publisher, make_registry

TOP = DATA / "top-of-hub-2026-08" / "2026-08-22.json"
# Parts of the 30-day downloads whose publisher a person has reviewed; lower is a step back.
MIN_REVIEWED_BUNDLED = 0.96
MIN_REVIEWED_TOP_OF_HUB = 0.95

PUBLISHER = "acme,Acme,company,US,,,,,imprint,https://acme.example/,2026-11-23,"
LAUNCH = "Qwen/Acme-3,2026-05-01,2026-05-09,https://acme.example/acme-3,2026-11-23,"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a copy of the real registry to add mistakes to."""
    for path in FOLDER.glob("*.csv"):
        shutil.copy(path, tmp_path)
    return tmp_path


def add_line(path: Path, line: str) -> str:
    """Add a line to a file and return where it stands, as messages say it."""
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}{line}\n", encoding="utf-8")
    return f"{path.name}:{text.count(chr(10)) + 1}"


def problems_of(folder: Path) -> str:
    """Return the message of a registry that cannot be loaded."""
    with pytest.raises(RegistryError) as caught:
        load_registry(folder)
    return str(caught.value)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "line", "told"),
    [
        ("publishers.csv", PUBLISHER.replace("acme,", "ac me,", 1), "handle is 'ac me', expected a Hub account name"),
        ("publishers.csv", PUBLISHER.replace("company", "firm"), "kind is 'firm', expected one of"),
        ("publishers.csv", PUBLISHER.replace("US", "XX"), "country is 'XX', expected a code of countries.csv"),
        ("publishers.csv", PUBLISHER.replace("US,,", "US,,YY"), "parent_country is 'YY'"),
        ("publishers.csv", PUBLISHER.replace("US", ""), "is a company without a country"),
        ("publishers.csv", PUBLISHER.replace("https://acme.example/", "acme"), "source_url is 'acme', expected a web"),
        ("publishers.csv", PUBLISHER.replace("https://acme.example/", ""), "has no source_url"),
        ("publishers.csv", PUBLISHER.replace("imprint", ""), "basis is '', expected the evidence"),
        ("publishers.csv", PUBLISHER.replace("imprint", "unverified"), "is unverified: its country must be empty"),
        ("publishers.csv", PUBLISHER.replace("2026-11-23", "yesterday"), "checked_on is 'yesterday', expected a date"),
        ("publishers.csv", PUBLISHER.replace("US,,,,", "US,,,nobody-at-all,"), "alias_of is 'nobody-at-all'"),
        ("publishers.csv", PUBLISHER.replace("US,,,,", "US,,,acme,"), "alias_of is 'acme', expected the handle of a"),
        ("publishers.csv", PUBLISHER.replace("US,,,,", "US,,,Qwen,lately"), "alias_since is 'lately'"),
        ("publishers.csv", PUBLISHER.replace("acme,", "QWEN,", 1), "'qwen' stands already at publishers.csv:"),
        ("publishers.csv", PUBLISHER + ",more", "13 cells, expected 12"),
        ("publishers.csv", PUBLISHER.replace("Acme", " Acme"), "a cell begins or ends with white space"),
        ("publishers.csv", PUBLISHER.replace("Acme,company", "Bob,person"), "person: organisation, country and parent"),
        ("publishers.csv", "", "0 cells, expected 12"),
        ("countries.csv", "Xx,999,Nowhere,no,", "code is 'Xx', expected two capital letters"),
        ("countries.csv", "XX,99,Nowhere,no,", "numeric is '99', expected three digits"),
        ("countries.csv", "XX,999,Nowhere,maybe,", "eu is 'maybe', expected one of no, yes"),
        ("countries.csv", "FR,250,Europe,yes,", "'FR' stands already at countries.csv:"),
        ("families.csv", "New,New,Qwen,language,", "pattern is 'New', expected a lower-case regular expression"),
        ("families.csv", "New,new(,Qwen,language,", "pattern is 'new('"),
        ("families.csv", "New,(new),Qwen,language,", "no capture group"),
        ("families.csv", "New,newfamily,Qwen,poetry,", "task_group is 'poetry'"),
        ("families.csv", "qWEN2.5,qwenty,Qwen,language,", "family 'qWEN2.5' differs from 'Qwen2.5' at families.csv:"),
        ("families.csv", "New,qwen,Qwen,language,", "'qwen' stands already at families.csv:"),
        ("launch_dates.csv", LAUNCH.replace("Qwen/Acme-3", "Acme 3"), "id is 'Acme 3', expected a model's id"),
        ("launch_dates.csv", LAUNCH.replace("Qwen", "nobody-at-all"), "expected the model of an account of publishers"),
        ("launch_dates.csv", LAUNCH.replace("05-09", "05-01"), "expected another day than repository_date"),
        ("launch_dates.csv", LAUNCH.replace("05-09", "12-24"), "a day up to checked_on"),
        ("launch_dates.csv", LAUNCH.replace("2026-05-09", "May"), "launch_date is 'May', expected a date"),
        ("launch_dates.csv", LAUNCH.replace("https://", ""), "source_url is 'acme.example/acme-3', expected a web"),
        ("launch_dates.csv", LAUNCH.replace("Qwen/Acme-3", "zai-org/GLM-4.5"), "'zai-org/GLM-4.5' stands already at"),
        (
            "openness.csv",
            "Nonesuch,open,undisclosed,none,mit,open,yes,open-weights,https://x.example/,2026-11-23,",
            "family 'Nonesuch' is not in families.csv",
        ),
    ],
)
def test_a_mistake_is_named_with_file_and_line(folder: Path, file: str, line: str, told: str) -> None:
    """What was found and what was expected stand behind the place."""
    where = add_line(folder / file, line)
    message = problems_of(folder)
    assert where in message
    assert told in message
    assert "has 1 mistake(s)" in message


def test_all_mistakes_are_told_at_once(folder: Path) -> None:
    """Three mistakes in three files: three lines."""
    places = [
        add_line(folder / "countries.csv", "XX,99,Nowhere,no,"),
        add_line(folder / "publishers.csv", PUBLISHER.replace("company", "firm")),
        add_line(folder / "families.csv", "New,new(,Qwen,language,"),
    ]
    message = problems_of(folder)
    assert "has 3 mistake(s)" in message
    assert places == [place for place in places if f"  {place}: " in message]


def test_all_mistakes_of_a_line_are_told_at_once(folder: Path) -> None:
    """Two cells that are wrong by themselves: two lines, of one place."""
    where = add_line(folder / "publishers.csv", PUBLISHER.replace("acme,", "ac me,", 1).replace("company", "firm"))
    message = problems_of(folder)
    assert "has 2 mistake(s)" in message
    assert f"  {where}: handle is 'ac me', expected a Hub account name\n  {where}: kind is 'firm', expected" in message


@pytest.mark.parametrize("file", sorted(path.name for path in FOLDER.glob("*.csv") if "checked_on" in path.read_text()))
def test_nothing_was_checked_after_today(folder: Path, file: str) -> None:
    """Whatever the file: each of its lines is from a day up to the one on which it is checked."""
    table = pd.read_csv(folder / file, dtype=str, keep_default_na=False)
    newest = dt.date.fromisoformat(max(table["checked_on"]))
    with pytest.raises(RegistryError) as caught:
        load_registry(folder, newest - dt.timedelta(days=1))
    assert f"{file}:{table.index[table['checked_on'] == str(newest)][0] + 2}: checked_on is {newest}" in str(
        caught.value
    )


def test_an_unknown_column_is_refused(folder: Path) -> None:
    """A column that nobody reads would be a fact that nobody shows."""
    path = folder / "countries.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("colour", "color", 1), encoding="utf-8")
    assert "countries.csv:1: the columns are 'code,numeric,region,eu,color', expected" in problems_of(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    """It is one problem among the others, not the end of the check."""
    (folder / "openness.csv").unlink()
    where = add_line(folder / "countries.csv", "XX,99,Nowhere,no,")
    message = problems_of(folder)
    assert "openness.csv: cannot be read" in message
    assert where in message


def test_text_that_is_not_utf_8_is_named(folder: Path) -> None:
    """Saved by a spreadsheet in another encoding."""
    path = folder / "publishers.csv"
    path.write_bytes(path.read_bytes() + "café".encode("latin-1"))
    assert re.search(r"publishers\.csv:\d+: cannot be read as UTF-8 text: it holds the byte 0xe9", problems_of(folder))


def test_broken_quotes_are_named(folder: Path) -> None:
    """A quote that is never closed swallows the rest of the file."""
    where = add_line(folder / "publishers.csv", 'acme,"Acme')
    message = problems_of(folder)
    assert f"{where}: not valid CSV" in message


def test_an_account_is_found_whatever_its_case() -> None:
    """The Hub's names are one account in any case."""
    registry = make_registry(make_publisher("Acme", "US"))
    assert ["US", "Acme"] == [registry.code("aCME"), registry.canonical("ACME")]


def test_an_alias_counts_for_its_target_as_the_target_is_spelt() -> None:
    """`acme-old` says `ACME`; the account is `Acme`."""
    registry = make_registry(make_publisher("Acme", "US"), make_publisher("acme-old", "FR", alias_of="ACME"))
    assert ["US", "Acme"] == [registry.code("acme-old"), registry.canonical("acme-old")]


@pytest.mark.parametrize(
    ("handle", "code"),
    [("acme", "US"), ("someone", UNAFFILIATED), ("doubtful", UNREVIEWED), ("stranger", UNREVIEWED)],
)
def test_every_account_has_a_country_or_a_category(handle: str, code: str) -> None:
    """Reviewed with a seat; reviewed without; looked at without a source; never looked at."""
    registry = make_registry(
        make_publisher("acme", "US"),
        make_publisher("someone", "", kind="person"),
        make_publisher("doubtful", "", basis="unverified", source_url=""),
    )
    assert code == registry.code(handle)


def test_no_person_has_a_country(registry: Registry) -> None:
    """Nor an organisation, nor a parent: a private person is never given a place."""
    assert [] == [
        row.handle
        for row in registry.publishers.values()
        if row.kind == "person" and (row.country or row.organisation or row.parent or row.parent_country)
    ]


def test_a_parent_is_another_organisation(registry: Registry) -> None:
    """None is its own parent, and a parent's country is written down only where it differs."""
    rows = registry.publishers.values()
    assert [] == [row.handle for row in rows if row.parent and row.parent == row.organisation]
    assert [] == [row.handle for row in rows if row.parent_country and row.parent_country == row.country]


def test_an_organisation_has_one_seat(registry: Registry) -> None:
    """Accounts that name the same organisation, without what stands in brackets, agree on its country."""
    seats: dict[str, set[str]] = {}
    for row in registry.publishers.values():
        if row.organisation and row.code != UNREVIEWED and "(" not in row.organisation:
            seats.setdefault(row.organisation, set()).add(row.code)
    assert {} == {organisation: codes for organisation, codes in seats.items() if len(codes) > 1}


def test_no_account_is_more_recent_than_its_check(registry: Registry) -> None:
    """Every reviewed row has a source, and every row a date of this project."""
    unsourced = [row.handle for row in registry.publishers.values() if row.basis != "unverified" and not row.source_url]
    assert [] == unsourced
    assert {2026} == {row.checked_on.year for row in registry.publishers.values()}


def test_every_familys_origin_is_an_account_of_the_registry(registry: Registry) -> None:
    """Else what is read by name is attributed to an account that nobody reviewed."""
    assert [] == sorted({row.origin for row in registry.families if row.origin.lower() not in registry.publishers})


def test_every_family_is_found_by_its_own_pattern_in_order(registry: Registry) -> None:
    """No two rows share a pattern, and none is empty."""
    patterns = [row.pattern for row in registry.families]
    assert len(patterns) == len(set(patterns))
    assert "" not in patterns


def test_the_european_union_has_twenty_seven_members(registry: Registry) -> None:
    """Of the countries listed no other is one; those not listed have no publisher."""
    members = set("AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split())  # noqa: SIM905 - a list of codes
    assert set() == {code for code, country in registry.countries.items() if country.eu} - members
    assert set() == {code for code in members & set(registry.countries) if not registry.countries[code].eu}


def test_the_bundled_downloads_are_reviewed(bundled_report: Report) -> None:
    """The registry knows who uploaded 97 % of what was downloaded in the newest bundled snapshot."""
    assert bundled_report.coverage[-1].reviewed >= MIN_REVIEWED_BUNDLED


@needs(TOP)
def test_the_head_of_the_hub_is_reviewed(registry: Registry) -> None:
    """The registry knows who uploaded 95 % of the most downloaded models of 22 August 2026."""
    models = json.loads(TOP.read_text(encoding="utf-8"))["models"]
    known = sum(m["downloads"] for m in models if registry.code(m["id"].partition("/")[0]) != UNREVIEWED)
    assert known / sum(m["downloads"] for m in models) >= MIN_REVIEWED_TOP_OF_HUB


def test_licence_classes_have_one_vocabulary(registry: Registry) -> None:
    """The registry's words for a family's licence are those of every published file and page."""
    known = set(words.LICENSE_CLASSES) - {"unstated"}
    assert known == {row.license_class for row in registry.openness}
    assert known == set(compute_license_class(pd.Series(["mit", "gemma", "cc-by-nc-4.0"], dtype="str")))
