"""The data files for readers: exact columns, a valid package, harmless cells, the same bytes every time."""

import csv
import dataclasses
import gzip
import hashlib
import html
import io
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from frictionless import Package

from generator.base.encode import BYTE_ORDER_MARK, to_bytes
from generator.base.scope import WHOLE_HUB
from generator.publish.datafiles import render_csv, render_data_files
from generator.publish.pages import build_pages
from generator.publish.site import describe_frame
from generator.questions.gallery import build_figures
from generator.questions.report import Report
from generator.questions.sentences import describe_source
from generator.registry import load_registry
from generator.star.table import Column, declare_table
from tests.small import make_publisher, make_registry, make_report, make_usual_report
from tests.spoken import ENGLISH, speak

pytestmark = pytest.mark.slow

SHARES_COLUMNS = "as_of,window,universe,attribution,country_code,downloads,share,share_lower,share_upper"


@pytest.fixture
def files(bundled_files: Mapping[str, str | bytes]) -> dict[str, str | bytes]:
    """The data files of the bundled snapshots."""
    return dict(bundled_files)


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Write data files as the site does and return the package's path."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(to_bytes(text))
    return folder / "data" / "datapackage.json"


def rows_of(text: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    return list(csv.DictReader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK))))


def test_the_shares_have_exactly_these_columns(files: dict[str, str | bytes]) -> None:
    """Programs read them by name; a change is a new version."""
    assert BYTE_ORDER_MARK + SHARES_COLUMNS == files["data/shares.csv"].splitlines()[0]


def test_the_usual_shares_row_by_row() -> None:
    """500, 300, 150 (a person's) and 50 thousand (unreviewed) of a million; bounds are 5 points apart."""
    report, registry = make_usual_report()
    prefix = "2026-10-08,30d,all,publisher,"
    text = render_data_files(report, ENGLISH, registry)["data/shares.csv"]
    assert [
        f"{prefix}CN,500000,0.500000000000,0.500000000000,0.550000000000",
        f"{prefix}US,300000,0.300000000000,0.300000000000,0.350000000000",
        f"{prefix}UNAFFILIATED,150000,0.150000000000,0.150000000000,0.200000000000",
        f"{prefix}UNREVIEWED,50000,0.050000000000,0.000000000000,0.050000000000",
    ] == [line for line in text.splitlines() if line.startswith(prefix)]


def test_the_shares_of_every_definition_sum_to_one(files: dict[str, str | bytes]) -> None:
    """As read from the file, twelve digits and all."""
    sums: dict[tuple[str, ...], float] = {}
    for row in rows_of(files["data/shares.csv"]):
        key = (row["as_of"], row["window"], row["universe"], row["attribution"])
        sums[key] = sums.get(key, 0.0) + float(row["share"])
    assert {key: pytest.approx(1.0, abs=1e-9) for key in sums} == sums


def test_every_date_of_a_year_stands_in_its_file(files: dict[str, str | bytes], bundled_report: Report) -> None:
    """Under every definition with the downloads that its tables have."""
    text = gzip.decompress(to_bytes(files["data/shares-2026.csv.gz"])).decode()
    found: dict[tuple[str, ...], dict[str, int]] = {}
    for row in rows_of(text):
        key = (row["as_of"], row["window"], row["universe"], row["attribution"])
        found.setdefault(key, {})[row["country_code"]] = int(row["downloads"])
    for definition, tables in bundled_report.histories.items():
        for table in tables:
            key = (str(table.as_of), definition.window, definition.universe, definition.attribution)
            assert {row.code: row.downloads for row in table.rows} == found[key]


def test_the_report_holds_today(files: dict[str, str | bytes], bundled_report: Report) -> None:
    """The newest date alone, on one line: histories stand in the other files."""
    text = str(files["data/report.json"])
    report = json.loads(text)["report"]
    assert {1} == {len(tables) for tables in report["histories"].values()}
    assert [str(bundled_report.data.as_of)] == [row["as_of"] for row in report["coverage"]]
    assert 1 == text.count("\n")
    assert ["claims", "claims-tests"] == list(report["topics"]["claims"])


def test_the_package_is_valid(files: dict[str, str | bytes], tmp_path: Path) -> None:
    """By the reference implementation: columns, types, bytes, hashes."""
    report = Package(str(write(tmp_path, files))).validate()
    assert [] == report.flatten(["resourceName", "type", "message"])


def test_a_wrong_byte_makes_the_package_invalid(files: dict[str, str | bytes], tmp_path: Path) -> None:
    """The check above does look."""
    package = write(tmp_path, files)
    path = package.parent / "shares.csv"
    path.write_bytes(path.read_bytes() + b"x")
    assert not Package(str(package)).validate().valid


def test_bytes_and_hashes_are_true(files: dict[str, str | bytes]) -> None:
    """Of every file but the package itself."""
    package = json.loads(files["data/datapackage.json"])
    assert {
        name.removeprefix("data/"): [len(to_bytes(text)), "sha256:" + hashlib.sha256(to_bytes(text)).hexdigest()]
        for name, text in files.items()
        if name != "data/datapackage.json"
    } == {resource["path"]: [resource["bytes"], resource["hash"]] for resource in package["resources"]}


def test_every_column_is_described(files: dict[str, str | bytes]) -> None:
    """No field without a sentence."""
    package = json.loads(files["data/datapackage.json"])
    fields = [field for resource in package["resources"] for field in resource.get("schema", {}).get("fields", [])]
    assert [] == [field["name"] for field in fields if not field["description"].endswith(".")]


def test_a_formula_stands_as_text() -> None:
    """An account cannot make a spreadsheet compute."""
    table = declare_table("t", "T", "A row.", Column("id", "text", "", "Id."))
    table = table.hold([("=HYPERLINK(1)",), ("@x",), ("plain",)])
    assert f"{BYTE_ORDER_MARK}id\n'=HYPERLINK(1)\n'@x\nplain\n" == render_csv(table)


def test_a_hostile_model_stays_in_its_cell() -> None:
    """Commas, quotes and line ends of an id and a licence add neither a cell nor a row."""
    hostile = {"id": 'east/"a,b"\n=1', "downloads_30d": 5, "license": "=cmd|' /C calc'!A0"}
    registry = make_registry(make_publisher("east", "CN"))
    report = make_report([hostile], registry)
    rows = rows_of(render_data_files(report, ENGLISH, registry)["data/models.csv"])
    assert [('east/"a,b" =1', "'=cmd|' /C calc'!A0")] == [(row["id"], row["license"]) for row in rows]


def test_missing_values_are_empty_cells() -> None:
    """Not `None`, not `nan`."""
    columns = (Column("a", "count", "", "A."), Column("b", "share", "", "B."), Column("c", "text", "", "C."))
    table = declare_table("t", "T", "A row.", *columns).hold([(None, None, None), (0, 0.0, "")])
    assert f"{BYTE_ORDER_MARK}a,b,c\n,,\n0,0.000000000000,\n" == render_csv(table)


def test_the_same_report_gives_the_same_bytes(files: dict[str, str | bytes], bundled_report: Report) -> None:
    """Nothing of the clock or of an order of sets."""
    assert files == render_data_files(bundled_report, ENGLISH, load_registry())


def test_the_report_parses_and_says_what_the_pages_say(files: dict[str, str | bytes], bundled_report: Report) -> None:
    """Strict JSON: no NaN, no Infinity; the headline's shares are in it."""

    def refuse(constant: str) -> None:
        pytest.fail(f"report.json holds {constant}")

    content = json.loads(files["data/report.json"], parse_constant=refuse)
    table = content["report"]["histories"][bundled_report.headline.slug][-1]
    assert bundled_report.data.as_of.isoformat() == content["report"]["data"]["as_of"]
    assert [round(row.share, 12) for row in bundled_report.table(bundled_report.headline).rows] == [
        row["share"] for row in table["rows"]
    ]
    assert content["sentences"]["headline"].startswith("Models from organisations in ")


def test_no_person_has_a_name_or_a_country_in_the_files(files: dict[str, str | bytes]) -> None:
    """A private account is its handle and its downloads."""
    persons = [row for row in rows_of(files["data/publishers.csv"]) if row["kind"] == "person"]
    assert {""} == {row["organisation"] for row in persons}
    assert set() == {row["country_code"] for row in persons} - {"UNAFFILIATED", "UNREVIEWED"}


def test_a_week_of_the_archive_brings_its_licence() -> None:
    """The package of a history that holds one names both licences and both sources; any other one names ours.

    A day of Model Pulse brings its notice, and no other licence of the files.
    """
    report, registry = make_usual_report()
    night = report.data.intervals[0]
    week = dataclasses.replace(night, source="hfmlsoc/hub_weekly_snapshots")
    day = dataclasses.replace(night, source="modelpulse/model-pulse-data")
    filled = [
        dataclasses.replace(report, data=dataclasses.replace(report.data, intervals=(past, night)))
        for past in (week, day)
    ]
    packages = [
        json.loads(render_data_files(one, ENGLISH, registry)["data/datapackage.json"]) for one in (report, *filled)
    ]
    assert [["CC-BY-4.0"], ["CC-BY-4.0", "ODbL-1.0"], ["CC-BY-4.0"]] == [
        [licence["name"] for licence in package["licenses"]] for package in packages
    ]
    assert [week.source, night.source] == [source["title"] for source in packages[1]["sources"]]
    assert {
        "title": "modelpulse/model-pulse-data",
        "path": "https://huggingface.co/datasets/modelpulse/model-pulse-data",
        "notice": "Model Pulse (T. Stekel), Apache-2.0, from hub-stats (C. Fahlgren), Apache-2.0",
    } == packages[2]["sources"][0]


def test_an_archive_is_named_where_its_numbers_are() -> None:
    """The page of the data has its notice and what its floor leaves out; a source line says until when it reaches."""
    report, registry = make_usual_report()
    night = report.data.intervals[0]
    day = dataclasses.replace(night, source="modelpulse/model-pulse-data", left_out=0.0031)
    data = dataclasses.replace(report.data, intervals=(day, night), scope=WHOLE_HUB)
    page = build_pages(dataclasses.replace(report, data=data), ENGLISH, registry, set())["data.md"]
    told = (
        '<a href="https://huggingface.co/datasets/modelpulse/model-pulse-data">Model Pulse (T. Stekel), Apache-2.0, '
        "from hub-stats (C. Fahlgren), Apache-2.0</a>",
        "they accounted for 0.3% of all downloads of thirty days.",
    )
    assert [] == [words for words in told if words not in html.unescape(str(page))]
    assert (
        "Source: Hugging Face Hub, until 8 Oct 2026 by Model Pulse (T. Stekel), Apache-2.0, from hub-stats "
        "(C. Fahlgren), Apache-2.0; attribution by Open Model Share."
    ) in speak(describe_source(data))


def test_weeks_of_the_weekly_archive_bring_its_licence_to_every_figure() -> None:
    """A source line ends with the licences that its files have: with such weeks the archive's own among them."""
    report, _ = make_usual_report()
    night = report.data.intervals[0]
    week = dataclasses.replace(night, source="hfmlsoc/hub_weekly_snapshots")
    data = dataclasses.replace(report.data, intervals=(week, night), scope=WHOLE_HUB)
    filled = dataclasses.replace(report, data=data)
    lines = {speak(figure.source) for figure in build_figures(filled) if "attribution by" in speak(figure.source)}
    assert [] == [line for line in lines if "ODbL-1.0, from hub-stats (C. Fahlgren), Apache-2.0;" not in line]
    assert [] == [line for line in lines if "Licence: CC-BY-4.0, ODbL-1.0." not in line]
    assert lines
    assert "Data CC BY 4.0 and ODbL 1.0" in str(describe_frame(filled, ENGLISH)["words"])
