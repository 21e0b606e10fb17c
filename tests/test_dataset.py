"""The versioned data set: described field by field, kept by its version, readable by the recipes on its page."""

import copy
import dataclasses
import html
import io
import json
import os
import re
from pathlib import Path
from typing import Any

import mlcroissant
import polars
import pyarrow.parquet as pq
import pytest
from frictionless import Package

from generator.base.encode import to_bytes
from generator.base.files import ROOT
from generator.publish.dataset_files import render_dataset
from generator.publish.dataset_schema import FOLDER, PARQUET_TYPES
from generator.publish.pages import build_pages
from generator.publish.pages_dataset import RECIPES
from generator.questions.report import Report
from generator.registry import Registry
from tests.small import make_usual_report
from tests.spoken import ENGLISH

pytestmark = pytest.mark.slow

GOLDEN = Path(__file__).parent / "golden"
SITE = "https://example.org/report/"
each_recipe = pytest.mark.parametrize("recipe", RECIPES.values())
Files = dict[str, str | bytes]


@pytest.fixture(scope="module")
def files(bundled_report: Report, registry: Registry) -> Files:
    """The files of the bundled snapshots."""
    return render_dataset(bundled_report, registry, ENGLISH, SITE)


@pytest.fixture(scope="module")
def folder(files: Files, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same on a disk."""
    root = tmp_path_factory.mktemp("site")
    (root / FOLDER).mkdir(parents=True)
    for name, content in files.items():
        (root / name).write_bytes(to_bytes(content))
    return root / FOLDER


@pytest.fixture(scope="module")
def schema(files: Files) -> dict[str, Any]:
    """The published schema."""
    found: dict[str, Any] = json.loads(files[f"{FOLDER}/schema.json"])
    return found


def read_goldens(version: str) -> list[dict[str, Any]]:
    """Read the schemas that were published under the first number of a version, the oldest first."""
    first = version.partition(".")[0]
    found = [json.loads(path.read_text(encoding="utf-8")) for path in GOLDEN.glob(f"dataset-{first}.*.json")]
    return sorted(found, key=lambda each: [int(part) for part in each["version"].split(".")])


def list_promises(schema: dict[str, Any]) -> set[str]:
    """List what programs can rely on: tables, their keys, columns with place, type and unit, codes."""
    promises = set()
    for table in schema["tables"]:
        promises |= {f"{table['name']}", f"{table['name']}: {' '.join(table['key'])}"}
        for place, column in enumerate(table["columns"]):
            name = f"{table['name']}.{column['name']}"
            promises |= {f"{name} at {place}", f"{name} is {column['type']}", f"{name} in {column['unit']}"}
            promises |= {f"{name} has {code}" for code in column["codes"]}
    return promises


def test_the_schema_is_the_one_of_its_version(files: Files, schema: dict[str, Any]) -> None:
    """A change of the schema is a new version: raise `VERSION`, then OMS_WRITE_GOLDEN=1 writes its file, once."""
    path = GOLDEN / f"dataset-{schema['version']}.json"
    if os.environ.get("OMS_WRITE_GOLDEN") and not path.exists():
        path.write_bytes(to_bytes(files[f"{FOLDER}/schema.json"]))
    assert json.loads(path.read_text(encoding="utf-8")) == schema


def test_a_version_keeps_what_programs_read_in_those_before_it(schema: dict[str, Any]) -> None:
    """What cannot be kept begins another folder."""
    versions = read_goldens(schema["version"])
    assert versions[-1]["version"] == schema["version"]
    assert [set() for _ in versions] == [list_promises(before) - list_promises(schema) for before in versions]


def test_what_a_program_would_miss_is_found(schema: dict[str, Any]) -> None:
    """A table, a column, a type, a code, a key; a column behind the others and better words break nothing."""
    now = copy.deepcopy(schema)
    shares, dates, definitions = now["tables"][:3]
    shares["key"].pop()
    shares["columns"][1]["codes"].pop("30d")
    shares["columns"][6]["type"] = "string"
    shares["columns"][0]["meaning"] = "Better words."
    dates["columns"].pop()
    definitions["columns"].append({"name": "added", "type": "string", "unit": "", "meaning": "New.", "codes": {}})
    now["tables"].pop()
    gone = {each for each in list_promises(schema) if each.startswith(("dates.without ", "sources"))}
    key = "shares: as_of window universe attribution country_code"
    assert {key, "shares.window has 30d", "shares.share is number", *gone} == list_promises(schema) - list_promises(now)


def test_every_field_is_described_and_is_in_the_files(files: Files, schema: dict[str, Any]) -> None:
    """With a meaning of its own; numbers that are counted with a unit, ranks without; types as Parquet has them."""
    for table in schema["tables"]:
        stored = pq.ParquetFile(io.BytesIO(to_bytes(files[f"{FOLDER}/{table['name']}.parquet"]))).schema_arrow
        found = [(field.name, str(field.type)) for field in stored]
        assert [(each["name"], str(arrow_name(each["type"]))) for each in table["columns"]] == found
        assert [] == [each["name"] for each in table["columns"] if len(each["meaning"]) < 10]
        counted = [
            each for each in table["columns"] if each["type"] in {"integer", "number"} and each["name"] != "rank"
        ]
        assert [] == [each["name"] for each in counted if not each["unit"]]


def arrow_name(kind: str) -> str:
    """Name a type as Arrow's schema prints it."""
    return {"date32": "date32[day]"}.get(PARQUET_TYPES[kind], PARQUET_TYPES[kind])


def test_json_and_parquet_hold_the_same_rows(files: Files, schema: dict[str, Any]) -> None:
    """Dates as text in the one; codes are those of the vocabulary; each key stands once."""
    for table in schema["tables"]:
        told = json.loads(files[f"{FOLDER}/{table['name']}.json"])
        frame = pq.read_table(io.BytesIO(to_bytes(files[f"{FOLDER}/{table['name']}.parquet"])))
        rows = [[str(v) if hasattr(v, "isoformat") else v for v in row.values()] for row in frame.to_pylist()]
        assert told["rows"] == rows
        assert told["columns"] == frame.column_names
        places = [told["columns"].index(name) for name in table["key"]]
        keys = [tuple(row[place] for place in places) for row in rows]
        assert len(set(keys)) == len(keys)
        for column in (each for each in table["columns"] if each["codes"]):
            assert set(frame[column["name"]].to_pylist()) - {None} <= set(column["codes"]), column["name"]


def test_every_code_of_a_place_has_a_name_in_the_countries(folder: Path) -> None:
    """So that a join with them loses no row."""
    named = set(polars.read_parquet(folder / "countries.parquet")["country_code"])
    for table, column in (("shares", "country_code"), ("publishers", "country_code"), ("registry", "code")):
        assert set() == set(polars.read_parquet(folder / f"{table}.parquet")[column]) - named


def test_persons_have_no_country_and_no_name(folder: Path) -> None:
    """They are told by their handle alone."""
    registry = polars.read_parquet(folder / "registry.parquet").filter(kind="person")
    assert len(registry) > 0
    assert set(registry["code"]) <= {"UNAFFILIATED", "UNREVIEWED"}
    assert [[None], [None]] == [registry[name].unique().to_list() for name in ("organisation", "parent_country")]


def test_each_file_says_what_it_is(files: Files, schema: dict[str, Any]) -> None:
    """Version, date, licence and source, the same in all of them."""
    about = {name: value for name, value in json.loads(files[f"{FOLDER}/shares.json"]).items() if name != "rows"}
    assert ["1.2", "2026-10-08", ["CC-BY-4.0"]] == [about[name] for name in ("version", "as_of", "licenses")]
    for table in schema["tables"]:
        facts = pq.ParquetFile(io.BytesIO(to_bytes(files[f"{FOLDER}/{table['name']}.parquet"]))).metadata.metadata
        expected = {"as_of": "2026-10-08", "licenses": "CC-BY-4.0", "source": about["source"], "table": table["name"]}
        assert expected == {name: facts[name.encode()].decode() for name in expected}


def test_weeks_of_an_archive_bring_its_licence_to_every_file() -> None:
    """Share-alike weeks in the history: JSON, Parquet, package, Croissant and the page of fields name both licences."""
    report, registry = make_usual_report()
    night = report.data.intervals[0]
    week = dataclasses.replace(night, source="hfmlsoc/hub_weekly_snapshots")
    filled = dataclasses.replace(report, data=dataclasses.replace(report.data, intervals=(week, night)))
    made = render_dataset(filled, registry, ENGLISH, SITE)
    both = ["CC-BY-4.0", "ODbL-1.0"]
    package, croissant = (json.loads(made[f"{FOLDER}/{name}.json"]) for name in ("datapackage", "croissant"))
    assert both == [license_["name"] for license_ in package["licenses"]]
    addresses = [license_["path"] for license_ in package["licenses"]]
    assert addresses == croissant["license"]
    for table in json.loads(made[f"{FOLDER}/schema.json"])["tables"]:
        name = f"{FOLDER}/{table['name']}"
        facts = pq.ParquetFile(io.BytesIO(to_bytes(made[f"{name}.parquet"]))).metadata.metadata
        assert both == json.loads(made[f"{name}.json"])["licenses"] == facts[b"licenses"].decode().split()
    page = html.unescape(str(build_pages(filled, ENGLISH, registry, set())["schema.md"]))
    assert all(f'<a href="{address}" rel="license noopener">' in page for address in addresses)


def test_the_same_report_gives_the_same_bytes(files: Files, bundled_report: Report, registry: Registry) -> None:
    """Parquet included: no clock, no order of chance."""
    assert files == render_dataset(bundled_report, registry, ENGLISH, SITE)


def test_the_usual_shares_are_those_of_the_tables() -> None:
    """500, 300, 150 and 50 thousand of a million."""
    report, registry = make_usual_report()
    told = json.loads(render_dataset(report, registry, ENGLISH, SITE)[f"{FOLDER}/shares.json"])
    rows = [row[4:] for row in told["rows"] if row[1:4] == ["30d", "all", "publisher"]]
    assert [
        ["CN", 500000, 0.5, 0.5, 0.55],
        ["US", 300000, 0.3, 0.3, 0.35],
        ["UNAFFILIATED", 150000, 0.15, 0.15, 0.2],
        ["UNREVIEWED", 50000, 0.05, 0.0, 0.05],
    ] == rows


def test_the_manifest_is_a_valid_data_package(folder: Path) -> None:
    """By the reference implementation, with bytes and hash of each file; a wrong byte is found."""
    package = folder / "datapackage.json"
    assert [] == Package(str(package)).validate().flatten(["resourceName", "type", "message"])
    named = {each["path"] for each in json.loads(package.read_text(encoding="utf-8"))["resources"]}
    described = {"datapackage.json", "schema.json", "croissant.json"}
    assert {path.name for path in folder.iterdir()} == named | described
    path = folder / "dates.parquet"
    before = path.read_bytes()
    path.write_bytes(before + b"x")
    assert not Package(str(package)).validate().valid
    path.write_bytes(before)


def test_the_croissant_is_valid_and_reads_the_files(folder: Path, schema: dict[str, Any]) -> None:
    """By its own library: no error, no warning, and the rows of each table through it."""
    files = {table["name"]: folder / f"{table['name']}.parquet" for table in schema["tables"]}
    mapping = {f"{name}.parquet": str(path) for name, path in files.items()}
    dataset = mlcroissant.Dataset(jsonld=str(folder / "croissant.json"), mapping=mapping)
    issues = dataset.metadata.ctx.issues
    assert (set(), set()) == (issues.errors, issues.warnings)
    assert ["https://creativecommons.org/licenses/by/4.0/"] == dataset.metadata.license
    first = next(iter(dataset.records("countries")))
    assert (b"AD", b"Andorra", True) == tuple(
        first[f"countries/{name}"] for name in ("country_code", "name", "is_country")
    )
    for name, path in files.items():
        assert pq.ParquetFile(path).metadata.num_rows == sum(1 for _ in dataset.records(name))


def test_all_that_is_given_out_is_cited_as_the_page_of_the_data_says(bundled_site: Path) -> None:
    """In text in the package, in BibTeX in the Croissant, by one module; frames name the authors beside it."""
    page = html.unescape((bundled_site / "data.html").read_text(encoding="utf-8"))
    package, croissant = (
        json.loads((bundled_site / FOLDER / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("datapackage", "croissant")
    )
    assert f'<blockquote class="oms-quote">{package["citation"]}</blockquote>' in page
    assert f"<pre><code>{croissant['citeAs']}\n</code></pre>" in page
    sources = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "generator").rglob("*.py")}
    assert {"imprint.py", "cite.py", "embeds.py"} == {name for name, text in sources.items() if "AUTHORS" in text}
    assert {"cite.py"} == {name for name, text in sources.items() if "@misc" in text}


@each_recipe
def test_the_recipes_on_the_page_give_the_headline(recipe: str, bundled_site: Path, bundled_report: Report) -> None:
    """As they stand there, with the folder of the built site for its address: the largest shares, with names."""
    page = (bundled_site / "schema.html").read_text(encoding="utf-8")
    (shown,) = re.findall(rf'<h3 id="{recipe}">.*?<pre><code>(.*?)</code></pre>', page, re.DOTALL)
    code = re.sub(r'folder = "http[^"]+/"', f'folder = "{bundled_site / FOLDER}/"', html.unescape(shown))
    assert f"{bundled_site / FOLDER}/" in code
    told: dict[str, Any] = {}
    exec(code, told)  # noqa: S102 - the recipe that readers copy from our own page
    answer = told["answer"]
    rows = [list(answer[name]) for name in ("country_code", "name", "share")]
    expected = sorted(bundled_report.table(bundled_report.headline).rows, key=lambda row: (-row.share, row.code))[:5]
    assert [[row.code for row in expected], [ENGLISH.place(row.code) for row in expected]] == rows[:2]
    assert [pytest.approx(row.share, abs=1e-9) for row in expected] == rows[2]


def test_the_pages_of_the_data_lead_to_the_croissant(bundled_site: Path) -> None:
    """In their head, for programs, and in the description that search engines read."""
    for name in ("data.html", "schema.html"):
        page = (bundled_site / name).read_text(encoding="utf-8")
        assert '<link rel="describedby" type="application/ld+json" href="data/v1/croissant.json">' in page
    assert (
        "data/v1/croissant.json" in (bundled_site / "data.html").read_text(encoding="utf-8").partition('ld+json">{')[2]
    )


def test_the_page_describes_every_field(bundled_site: Path, schema: dict[str, Any]) -> None:
    """Name, type and meaning of each, as the schema has them."""
    page = html.unescape((bundled_site / "schema.html").read_text(encoding="utf-8"))
    for table in schema["tables"]:
        part = page.partition(f'<h3 id="{table["name"]}">')[2].partition("<h3")[0]
        for column in table["columns"]:
            row = part.partition(f"<code>{column['name']}</code></th><td>")[2].partition("</tr>")[0]
            assert row.startswith(column["meaning"])
            assert f"<td>{column['type']}</td>" in row
