"""Listings as people have them: every shape, the sentences that lead on, files at once, the command."""

import csv
import datetime as dt
import gzip
import io
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from generator.audit.review import compute_attribution
from generator.base.errors import OmsError, SnapshotError
from generator.cli.main import app
from generator.registry import load_registry
from generator.sources import files_open
from generator.sources.files import date_by_names, import_files, list_files
from generator.sources.files_cells import mend_id, read_count, read_date, read_license, read_parameters
from generator.sources.files_names import UntoldError, is_answer, parse_told
from generator.sources.files_rows import Reading, read_listing
from generator.sources.snapshot import SnapshotInfo, list_snapshots, read_info, read_snapshot, snapshot_path
from tests.killed import ROOT
from tests.realdata import DATA, needs

DAY = dt.date(2026, 10, 8)
LIST = SnapshotInfo(DAY, "somebody", "selection")
CASES = DATA / "cases"
HUB_STATS = DATA / "hub-stats-subset-2026-05-20" / "hub_stats_frozen.parquet"
RECENT = DATA / "recent-models-2026-08"
TOP = DATA / "top-of-hub-2026-08"
ANSWERS = DATA / "api-examples"
RUNNER = CliRunner()


def read(path: Path, data: bytes | str, reading: Reading | None = None) -> list[dict[str, Any]]:
    """Write a file and return its rows as they would be imported, without what is missing."""
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_rows(path, reading)


def read_rows(path: Path, reading: Reading | None = None) -> list[dict[str, Any]]:
    """Return a file's rows as they would be imported, without what is missing."""
    (table,) = read_listing(path, reading or Reading()).tables.values()
    return [{name: value for name, value in row.items() if value not in (None, [])} for row in table.to_pylist()]


NAMES = {
    "id": ("id", "modelId", "model_id", "Model ID", "repo_id"),
    "downloads_30d": ("downloads_30d", "downloads30d", "Downloads last 30 days", "downloads"),
    "downloads_all_time": ("downloads_all_time", "downloadsAllTime", "Downloads all time"),
    "likes": ("likes", "Likes"),
    "task": ("task", "pipeline_tag", "Pipeline Tag"),
    "license": ("license", "Licence"),
    "created_at": ("created_at", "createdAt", "Created"),
    "languages": ("languages", "language"),
    "base_models": ("base_models", "base_model"),
    "base_relation": ("base_relation",),
    "gated": ("gated",),
    "parameters": ("parameters", "params"),
    "tags": ("tags", "Tags"),
}
# Ours as the Hub's API names them.
API = {
    "key": "_id", "downloads_30d": "downloads", "downloads_all_time": "downloadsAllTime", "likes": "likes",
    "task": "pipeline_tag", "created_at": "createdAt", "gated": "gated", "parameters": "safetensors",
    "base_models": "baseModels", "tags": "tags",
}  # fmt: skip
BY_DAY = {"day-first": "%d/%m/%Y", "month-first": "%m/%d/%Y"}
ENGLISH = {"en": "English", "de": "german", "zh": "Chinese"}
IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,8}[a-z]/[A-Za-z0-9][A-Za-z0-9_.-]{0,20}[a-z0-9]", fullmatch=True)
TIMES = st.integers(1_550_000_000, 1_790_000_000).map(lambda second: dt.datetime.fromtimestamp(second, dt.UTC))
MODELS = st.lists(
    st.fixed_dictionaries(
        {"id": IDS, "downloads_30d": st.integers(0, 10**9)},
        optional={
            "downloads_all_time": st.integers(10**9, 2**50),
            "likes": st.integers(0, 10**6),
            "task": st.sampled_from(["text-generation", "fill-mask", "text-to-image"]),
            "license": st.sampled_from(["mit", "apache-2.0", "llama3.1"]),
            "created_at": TIMES,
            "languages": st.lists(st.sampled_from(["en", "de", "zh"]), min_size=1, unique=True),
            "base_models": st.lists(st.sampled_from(["root/base", "root/other-7B"]), min_size=1, unique=True),
            "base_relation": st.sampled_from(["finetune", "quantized"]),
            "gated": st.sampled_from(["no", "auto", "manual"]),
            "parameters": st.integers(1, 10**12),
        },
    ).map(lambda row: {name: row[name] for name in row if name != "base_relation" or "base_models" in row}),
    min_size=1,
    max_size=6,
    unique_by=lambda row: row["id"],
)


def write_cell(value: object, how: dict[str, Any]) -> str:
    """Write a value as one of the ways in which tables do."""
    if value is None:
        return how["missing"]
    if isinstance(value, list | dict):
        return {"python": repr(value), "json": json.dumps(value)}.get(how["list"]) or how["list"].join(value)
    if isinstance(value, dt.datetime):
        return str(write_time(value, how))
    if isinstance(value, int):
        return f"{value:,}".replace(",", how["thousands"])
    return "False" if value == "no" else str(value)


def write_csv(rows: list[dict[str, Any]], names: dict[str, str], how: dict[str, Any]) -> bytes:
    """Write a table of text."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=how["delimiter"], lineterminator=how["line"])
    index = [""] if how["index"] else []
    writer.writerow(index + list(names.values()))
    for number, row in enumerate(rows):
        cells = [how["id"].format(row[name]) if name == "id" else write_cell(row.get(name), how) for name in names]
        writer.writerow([number] * len(index) + cells)
    return (how["blank"] + out.getvalue()).encode(how["encoding"])


def write_json(rows: list[dict[str, Any]], names: dict[str, str], how: dict[str, Any]) -> bytes:
    """Write JSON: an array, lines, or wrapped; pretty or not."""
    named = [{names[name]: write_value(value, how) for name, value in row.items()} for row in rows]
    if how["shape"] == "lines":
        text = how["line"].join(json.dumps(row) for row in named)
    else:
        text = json.dumps({"models": named} if how["shape"] == "wrapped" else named, indent=how["indent"])
    return (how["blank"] + text).encode(how["encoding"])


def write_time(time: dt.datetime, how: dict[str, Any]) -> object:
    """Write a time: by day and month, as an epoch, or with the year first."""
    if how["dates"]:
        return time.strftime(BY_DAY[how["dates"]])
    return int(time.timestamp() * how["epoch"]) if how["epoch"] else time.isoformat(sep=how["between"])


def write_value(value: object, how: dict[str, Any]) -> object:
    """Write a value as JSON has it."""
    if isinstance(value, dt.datetime):
        return write_time(value, how)
    return False if value == "no" else value


def write_parquet(rows: list[dict[str, Any]], names: dict[str, str], how: dict[str, Any]) -> bytes:
    """Write a frame, with row numbers along or the ids as its index."""
    frame = pd.DataFrame([{theirs: write_typed(row.get(ours), how) for ours, theirs in names.items()} for row in rows])
    out = io.BytesIO()
    (frame.set_index(names["id"]) if how["index"] else frame[::-1][::-1]).to_parquet(out)
    return out.getvalue()


def write_typed(value: object, how: dict[str, Any]) -> object:
    """Write a value as a frame has it."""
    return write_time(value, how) if isinstance(value, dt.datetime) and how["dates"] else value


def put_in_tags(row: dict[str, Any], spared: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a row whose licence, languages and lineage stand in tags, as on the Hub."""
    relation = [row["base_relation"]] if "base_relation" in row else []
    bases = [] if "base_models" in spared else row.get("base_models", [])
    licence = [f"license:{row['license']}"] if "license" in row else []
    tags = ["region:us", *row.get("languages", []), *licence]
    tags += [":".join(["base_model", *relation, base]) for base in bases]
    left = {"license", "languages", "base_models", "base_relation"} - set(spared)
    return {**{name: value for name, value in row.items() if name not in left}, "tags": tags}


def put_as_the_hub(row: dict[str, Any], how: dict[str, Any]) -> dict[str, Any]:
    """Return a row in the shape of the API's answers, or of the archive that has them as Parquet."""
    given = put_in_tags(row, ("base_models",) if how["lineage"] == "field" else ())
    if "base_models" in given:
        models = [{"_id": "k", "id": base} for base in given["base_models"]]
        given["base_models"] = {"relation": row.get("base_relation"), "models": models}
    if "parameters" in given:
        given["parameters"] = {"parameters": {"BF16": row["parameters"]}, "total": row["parameters"]}
    return given


def put(rows: list[dict[str, Any]], how: dict[str, Any]) -> tuple[list[dict[str, Any]], dict[str, str], Reading]:
    """Return rows in the layout that was drawn, their columns' names, and what has to be told to read them."""
    dates = how["dates"]
    if how["layout"] == "hub":
        given = [put_as_the_hub(row, how) for row in rows]
        return (
            given,
            {"id": how["names"]["id"] if how["names"]["id"] in {"id", "modelId"} else "id"} | API,
            Reading(dates=dates),
        )
    given = [put_in_tags(row) for row in rows] if how["layout"] == "tags" else rows
    if how["english"] and how["layout"] == "plain":
        given = [
            row | {"languages": [ENGLISH[code] for code in row["languages"]]} if "languages" in row else row
            for row in rows
        ]
    told = {"downloads": "downloads_30d"} if how["names"]["downloads_30d"] == "downloads" else {}
    return given, how["names"], Reading(told=told, dates=dates)


WAYS = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from([",", ";", "\t", "|"]),
        "line": st.sampled_from(["\n", "\r\n"]),
        "index": st.booleans(),
        "missing": st.sampled_from(["", "NaN", "None", "null", "N/A"]),
        "list": st.sampled_from(["python", "json", ",", ";"]),
        "epoch": st.sampled_from([0, 1, 1000]),
        "between": st.sampled_from(["T", " "]),
        "thousands": st.sampled_from(["", ",", "\u202f", "'", " "]),
        "id": st.sampled_from(["{}", " {} ", "https://huggingface.co/{}", "huggingface.co/{}/"]),
        "blank": st.sampled_from(["", "\n"]),
        "encoding": st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
        "shape": st.sampled_from(["array", "lines", "wrapped"]),
        "indent": st.sampled_from([None, 1]),
        "packing": st.sampled_from([None, "gzip", "zstd"]),
        "names": st.fixed_dictionaries({ours: st.sampled_from(theirs) for ours, theirs in NAMES.items()}),
        "kind": st.sampled_from([write_csv, write_json, write_parquet]),
        "layout": st.sampled_from(["plain", "tags", "hub"]),
        "lineage": st.sampled_from(["tags", "field"]),
        "english": st.booleans(),
        "dates": st.sampled_from(["", "", "day-first", "month-first"]),
    }
)


def pack(data: bytes, packing: str | None) -> bytes:
    """Pack a file's bytes."""
    if packing is None:
        return data
    out = pa.BufferOutputStream()
    with pa.CompressedOutputStream(out, packing) as file:
        file.write(data)
    return bytes(out.getvalue())


@pytest.mark.slow
@given(rows=MODELS, how=WAYS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
def test_the_same_rows_come_out_of_every_shape(tmp_path: Path, rows: list[dict[str, Any]], how: dict[str, Any]) -> None:
    """Whatever the columns are called, and however the file is written and packed."""
    if how["layout"] == "hub":
        rows = [{"key": f"{number:024x}", **row} for number, row in enumerate(rows)]
        how = how | {"list": how["list"] if how["list"] in {"python", "json"} else "json"}
    given, named, reading = put(rows, how)
    used = {name for row in given for name in row}
    names = {ours: theirs for ours, theirs in named.items() if ours in used}
    data = how["kind"](given, names, how)
    packed = data if how["kind"] is write_parquet else pack(data, how["packing"])
    expected = [{**row, "author": row["id"].split("/")[0]} for row in rows]
    for row in expected:
        if how["dates"] and "created_at" in row:
            row["created_at"] = row["created_at"].replace(hour=0, minute=0, second=0)
    assert expected == read(tmp_path / "listing", packed, reading)


@pytest.mark.parametrize(
    ("given", "model_id"),
    [
        (" Qwen/Qwen3-8B ", "Qwen/Qwen3-8B"),
        ("https://huggingface.co/Qwen/Qwen3-8B", "Qwen/Qwen3-8B"),
        ("http://www.huggingface.co/Qwen/Qwen3-8B/", "Qwen/Qwen3-8B"),
        ("huggingface.co/Qwen/Qwen3-8B/tree/main/x", "Qwen/Qwen3-8B"),
        ("https://hf.co/Qwen/Qwen3-8B?library=vllm#use", "Qwen/Qwen3-8B"),
        ("https://huggingface.co/gpt2", "gpt2"),
        ("https://huggingface.co/datasets/a/b", "https://huggingface.co/datasets/a/b"),
        ("https://huggingface.co.example.org/a/b", "https://huggingface.co.example.org/a/b"),
        ("Qwen", "Qwen"),
    ],
)
def test_an_address_of_the_hub_is_an_id(given: str, model_id: str) -> None:
    """Of a model's page or of one behind it; what leads elsewhere stays as it is, and is no id."""
    assert model_id == mend_id(given)


@pytest.mark.parametrize(
    ("given", "count"),
    [
        ("1200", 1200), ("1,234,567", 1234567), ("1.234.567", 1234567), ("1 234", 1234), ("1’234", 1234),
        ("1200.0", 1200), ("1.2e3", 1200), (1200.0, 1200), (2**53, 2**53), ("NaN", None), ("", None),
    ],
)  # fmt: skip
def test_a_count_may_separate_thousands(given: object, count: int | None) -> None:
    """By any of the signs in use; a missing one is not zero."""
    assert count == read_count(given)


@pytest.mark.parametrize("given", ["1,23", "1,2345", "1.5", "1.234", "-1", "inf", "0x10", "2e16", float(2**53), [1]])
def test_what_is_no_whole_number_is_no_count(given: object) -> None:
    """Nor a fraction that may once have been one."""
    with pytest.raises(ValueError, match="expected"):
        read_count(given)


@pytest.mark.parametrize(
    ("given", "order", "date"),
    [
        ("2024-07-31T21:13:44.000Z", "", "2024-07-31 21:13:44"),
        ("2024-07-31 21:13:44+02:00", "", "2024-07-31 19:13:44"),
        ("2024/07/31", "", "2024-07-31 00:00:00"),
        (1722460424, "", "2024-07-31 21:13:44"),
        (1722460424000.0, "", "2024-07-31 21:13:44"),
        ("1722460424000000", "", "2024-07-31 21:13:44"),
        (1722460424000000000, "", "2024-07-31 21:13:44"),
        ("04/07/2024", "day-first", "2024-07-04 00:00:00"),
        ("04.07.2024 10:00", "day-first", "2024-07-04 00:00:00"),
        ("04/07/2024", "month-first", "2024-04-07 00:00:00"),
    ],
)
def test_a_date_is_read_as_it_is_told(given: object, order: str, date: str) -> None:
    """Year first and epochs by themselves; day and month only in the order that somebody said."""
    assert f"{date}+00:00" == str(read_date(given, order))


def test_a_licence_goes_by_its_name_on_the_hub() -> None:
    """In prose or in a list; the one that says something."""
    assert ["apache-2.0", "mit", "mit", "llama3.1", "other"] == [
        read_license(text) for text in ("Apache License 2.0", "MIT License", "['other', 'mit']", "llama3.1", "other")
    ]


def test_parameters_may_be_written_short() -> None:
    """As names and cards have them."""
    assert [7_000_000_000, 135_000_000, 7_620_000_000, 12] == [
        read_parameters(text) for text in ("7B", "135m", "7.62 B", "12")
    ]


def test_columns_are_named_and_said(tmp_path: Path) -> None:
    """What was taken for what, and what was left out; row numbers of a data frame are not worth a word."""
    data = "Unnamed: 0,Model ID,downloads30d,pipeline_tag,colour\n0,a/x,5,fill-mask,red\n"
    (tmp_path / "m.csv").write_text(data, encoding="utf-8")
    found = read_listing(tmp_path / "m.csv", Reading())
    assert (
        "read: Model ID as id, downloads30d as downloads_30d, pipeline_tag as task",
        "left out: colour",
    ) == found.notes


def test_downloads_alone_must_be_told(tmp_path: Path) -> None:
    """The error names the option; told, it is what was said, all time as well as thirty days."""
    data = "id,downloads\na/x,5\n"
    with pytest.raises(UntoldError, match=r"--map downloads=downloads_30d .* --map downloads=downloads_all_time"):
        read(tmp_path / "m.csv", data)
    for ours in ("downloads_30d", "downloads_all_time"):
        told = Reading(told={"downloads": ours})
        assert [{"id": "a/x", "author": "a", ours: 5}] == read(tmp_path / "m.csv", data, told)


def test_downloads_beside_a_counter_are_those_of_thirty_days(tmp_path: Path) -> None:
    """As the Hub's own client names the two."""
    rows = read(tmp_path / "m.csv", "id,downloads,downloads_all_time\na/x,5,9\n")
    assert [{"id": "a/x", "author": "a", "downloads_30d": 5, "downloads_all_time": 9}] == rows


def test_a_column_may_be_told_or_left_out(tmp_path: Path) -> None:
    """Ours once, theirs as the file has it; one that is not there is a mistake of writing."""
    told = Reading(told=parse_told(["a=b=id", "n=downloads_30d", "task="]))
    rows = read(tmp_path / "m.csv", "a=b,n,task\na/x,5,chat\n", told)
    assert [{"id": "a/x", "author": "a", "downloads_30d": 5}] == rows
    with pytest.raises(SnapshotError, match="there is no column 'm', which --map names"):
        read(tmp_path / "m.csv", "id,downloads_30d\na/x,5\n", Reading(told={"m": "likes"}))
    for wrong in (["x=colour"], ["x"], ["x=id", "y=id"]):
        with pytest.raises(SnapshotError, match="theirs=ours was expected"):
            parse_told(wrong)


def test_rare_words_are_missing_and_many_stop_the_file(tmp_path: Path) -> None:
    """Up to one in a hundred, with the first of them; five are named where the file is refused."""
    rows = [f"a/m{number},{number},fill-mask" for number in range(199)] + ["a/odd,1,chat"]
    (tmp_path / "m.csv").write_text("\n".join(["id,downloads_30d,task", *rows]), encoding="utf-8")
    found = read_listing(tmp_path / "m.csv", Reading())
    assert (
        "taken as missing: column 'task', 1 of 200 values: row 200 (a/odd) 'chat'; one of the Hub's tasks"
        in found.notes[0]
    )
    with pytest.raises(SnapshotError, match=r"column 'task', 6 of 6 values: row 1 .*, row 5 \(a/5\) 'chat'; one of"):
        read(
            tmp_path / "m.csv", "\n".join(["id,downloads_30d,task", *(f"a/{number},1,chat" for number in range(1, 7))])
        )


def test_the_tags_say_what_columns_leave_open(tmp_path: Path) -> None:
    """As in the Hub's own rows; what a column says stands."""
    row = {"id": "a/x", "downloads_30d": 5, "license": "mit"}
    tags = ["license:apache-2.0", "en", "fill-mask", "base_model:quantized:root/base"]
    expected = {**row, "author": "a", "languages": ["en"], "task": "fill-mask"}
    lineage = {"base_models": ["root/base"], "base_relation": "quantized"}
    assert [expected | lineage] == read(tmp_path / "m.jsonl", json.dumps({**row, "tags": tags}))


def test_what_is_no_public_model_is_left_out(tmp_path: Path) -> None:
    """And how many that are is said."""
    (tmp_path / "m.csv").write_text("id,downloads_30d,removed\na/x,5,True\na/y,6,False\n", encoding="utf-8")
    found = read_listing(tmp_path / "m.csv", Reading())
    assert (1, ("1 rows left out: removed",)) == (found.tables[None].num_rows, found.notes)


def test_a_row_of_the_hub_that_comes_twice_is_kept_once(tmp_path: Path) -> None:
    """Pages of its list overlap while it is read."""
    row = {"_id": "k1", "id": "a/x", "downloads": 5}
    (tmp_path / "m.json").write_text(json.dumps([row, row]), encoding="utf-8")
    found = read_listing(tmp_path / "m.json", Reading())
    assert ({None: 1}, 1) == (found.repeated, found.tables[None].num_rows)


def test_a_few_models_may_come_again_with_other_counts(tmp_path: Path) -> None:
    """The last row stands, and that is said; many are another date's rows, and a column that looks like it is named."""
    head, pairs = "id,downloads_30d,collected_at\n", [f"a/m{number}" for number in range(6)]
    rows = [f"{name},{count},2026-10-0{count}" for count in (1, 2) for name in pairs]
    (tmp_path / "m.csv").write_text(head + "\n".join(rows[:7]), encoding="utf-8")
    found = read_listing(tmp_path / "m.csv", Reading())
    assert {"a/m0": 2} | dict.fromkeys(pairs[1:], 1) == {
        row["id"]: row["downloads_30d"] for row in found.tables[None].to_pylist()
    }
    told = "column 'id', 1 of 7 values come again with other counts: row 7 'a/m0'; the last row of a model stands"
    assert told == found.notes[-1]
    with pytest.raises(SnapshotError, match=r"6 of 12 values come again .*told as --map collected_at=date"):
        read(tmp_path / "m.csv", head + "\n".join(rows))


TABLE = (
    "modelId,downloads,createdAt,license,library,task,base_model,languages\n"
    "a/x,5,31/07/2024,mit,peft,fill-mask,root/base,English\n"
)
TABLED = {
    "id": "a/x", "author": "a", "downloads_30d": 5, "created_at": dt.datetime(2024, 7, 31, tzinfo=dt.UTC),
    "license": "mit", "library": "peft", "task": "fill-mask", "base_models": ["root/base"], "languages": ["en"],
}  # fmt: skip


def test_a_table_with_some_of_the_apis_names_is_a_table(tmp_path: Path) -> None:
    """Nobody knows what its downloads count; every other column of ours is read."""
    with pytest.raises(UntoldError, match=r"column 'downloads' does not say"):
        read(tmp_path / "m.csv", TABLE, Reading(dates="day-first"))
    assert [TABLED] == read(tmp_path / "m.csv", TABLE, Reading(told={"downloads": "downloads_30d"}, dates="day-first"))
    assert [TABLED] == read(tmp_path / "m.csv", TABLE, Reading(layout="hub", dates="day-first"))


@pytest.mark.parametrize(
    ("row", "is_plain"),
    [
        ({"_id": "k1", "id": "a/x", "downloads": 5}, True),
        ({"id": "a/x", "downloads": 5, "createdAt": "2024-07-31", "pipeline_tag": None, "library_name": "x"}, True),
        ({"modelId": "a/x", "downloads": 5, "tags": []}, True),
        ({"id": "a/x", "downloads": 5, "safetensors": {"total": 7}}, True),
        ({"modelId": "a/x", "downloads": "5", "tags": "['en']"}, True),
        ({"id": "a/x", "downloads": 5}, False),
        ({"modelId": "a/x", "downloads": 5, "createdAt": "2024-07-31"}, False),
        ({"modelId": "a/x", "downloads": "5", "createdAt": "2024-07-31", "pipeline_tag": "fill-mask"}, False),
        ({"modelId": "a/x", "downloads": 5, "tags": ["en"], "license": "mit"}, False),
        ({"id": "a/x", "downloads": 5, "tags": ["en"]}, False),
        ({"id": "a/x", "downloads_30d": 5, "tags": ["en"]}, False),
    ],
)
def test_an_answer_of_the_api_is_told_by_what_is_plain(row: dict[str, object], is_plain: bool) -> None:
    """Lists and objects of its fields, or values with types under its names; no word that people choose."""
    assert is_plain == is_answer(row, [row])


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("pipeline_tag", "chat", "column 'pipeline_tag', 1 of 1 values: row 1 (a/x) 'chat'; one of the Hub's tasks"),
        ("library_name", "x" * 101, "column 'library_name', 1 of 1 values: row 1 (a/x) 'xx"),
        ("tags", ["license:" + "x" * 101], "licences of at most 100 characters were expected"),
        ("gated", "maybe", "false, auto or manual was expected"),
        ("createdAt", "31/07/2024", "--dates day-first or --dates month-first was expected"),
        ("baseModels", {"models": 5}, "the Hub's account of base models was expected"),
        ("safetensors", True, "a number of parameters was expected"),
    ],
)
def test_words_of_the_hubs_answers_are_looked_at(tmp_path: Path, field: str, value: object, told: str) -> None:
    """As in any other listing; nothing is cut, and the column is named as the file has it."""
    row = {"_id": "k1", "modelId": "a/x", "downloads": 5, "tags": [], field: value}
    with pytest.raises(SnapshotError) as caught:
        read(tmp_path / "m.json", json.dumps([row]))
    assert told in str(caught.value)


def test_dates_of_the_hubs_answers_are_read_as_they_are_told(tmp_path: Path) -> None:
    """A table made of them may have its dates rewritten."""
    row = {"_id": "k1", "id": "a/x", "downloads": 5, "createdAt": "31/07/2024"}
    (found,) = read(tmp_path / "m.json", json.dumps([row]), Reading(dates="day-first"))
    assert dt.datetime(2024, 7, 31, tzinfo=dt.UTC) == found["created_at"]


def test_the_columns_of_the_hubs_answers_are_said(tmp_path: Path) -> None:
    """What was taken for what, in a dry run too."""
    row = {"_id": "6" * 24, "modelId": "a/x", "downloads": 5, "pipeline_tag": "fill-mask", "sha": "0"}
    (tmp_path / "m.json").write_text(json.dumps([row]), encoding="utf-8")
    arguments = ["import", str(tmp_path / "m.json"), "--date", "2026-10-08", "--store", str(tmp_path), "--dry-run"]
    found = " ".join(RUNNER.invoke(app, arguments).output.split())
    read_as = "_id as key, modelId as id, pipeline_tag as task, downloads as downloads_30d left out: sha"
    assert f"read as the Hub's API gives rows: {read_as}" in found


def test_languages_may_be_named_in_english(tmp_path: Path) -> None:
    """Whatever the case, and said; what is none is left out where another stands."""
    (tmp_path / "m.csv").write_text(
        'id,downloads_30d,languages\na/x,5,"English, simplified chinese, Klingonese, fr"\n', encoding="utf-8"
    )
    found = read_listing(tmp_path / "m.csv", Reading())
    assert [["en", "zh", "fr"]] == found.tables[None]["languages"].to_pylist()
    assert ("languages by their English names: English as en, simplified chinese as zh",) == found.notes


def test_a_list_that_is_cut_is_said(tmp_path: Path) -> None:
    """A merge of sixty keeps fifty of its base models."""
    row = {"id": "a/x", "downloads_30d": 5, "base_models": [f"a/m{number}" for number in range(60)]}
    (tmp_path / "m.json").write_text(json.dumps([row]), encoding="utf-8")
    found = read_listing(tmp_path / "m.json", Reading())
    assert 50 == len(found.tables[None]["base_models"][0])
    assert ("column 'base_models', 1 lists held more than 50: the first 50 were kept",) == found.notes


def test_a_long_text_is_not_cut(tmp_path: Path) -> None:
    """It is another thing than its column's name says."""
    with pytest.raises(SnapshotError, match="a text of at most 100 printable characters was expected"):
        read(tmp_path / "m.csv", f"id,downloads_30d,license\na/x,5,{'x' * 101}\n")


def test_the_hubs_answers_may_lie_in_a_table(tmp_path: Path) -> None:
    """As a data frame writes them: lists and objects as Python prints them."""
    row = {"_id": "k1", "id": "a/x", "downloads": 5, "private": False, "tags": ["en", "license:mit"]}
    row["safetensors"] = {"parameters": {"BF16": 7}, "total": 7}
    pd.DataFrame([row]).to_csv(tmp_path / "m.csv")
    expected = {"key": "k1", "id": "a/x", "author": "a", "downloads_30d": 5, "license": "mit", "parameters": 7}
    assert [{**expected, "languages": ["en"]}] == read_rows(tmp_path / "m.csv")


def test_a_file_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    """Before it fills a memory: a thousandfold of nothing."""
    path = tmp_path / "m.csv.gz"
    path.write_bytes(gzip.compress(b"id,downloads_30d\n" + b" " * 50_000_000))
    with pytest.raises(SnapshotError, match=r"larger than a listing .* out of .*; 100 times as many at the most"):
        read_rows(path)


def test_a_parquet_file_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    """One long id, ten thousand times."""
    frame = pd.DataFrame({"id": ["a/" + "x" * 5_000] * 10_000, "downloads_30d": 1})
    frame.to_parquet(tmp_path / "m.parquet", compression="zstd")
    with pytest.raises(SnapshotError, match="larger than a listing"):
        read_rows(tmp_path / "m.parquet")


READ = """
import sys
from pathlib import Path
import pyarrow
from generator.base.errors import SnapshotError
from generator.sources.files_rows import Reading, read_listing
try:
    read_listing(Path(sys.argv[1]), Reading())
except SnapshotError as error:
    print(pyarrow.default_memory_pool().max_memory(), error)
"""
TEXTS = pa.DictionaryArray.from_arrays(np.zeros(20_000, "int32"), ["x" * 24_000])
# Made where they are asked for: unpacked they take what no reader of them shall take.
HOSTILE = {
    "text": lambda: TEXTS,
    "list": lambda: pa.ListArray.from_arrays(pa.array(range(20_001), pa.int32()), TEXTS),
    "object": lambda: pa.StructArray.from_arrays([TEXTS], ["total"]),
    "bytes": lambda: pa.array([b"x" * 24_000] * 20_000, pa.binary(24_000)),
    "elements": lambda: pa.ListArray.from_arrays(
        pa.array([number * 1_000 for number in range(20_001)], pa.int32()),
        pa.DictionaryArray.from_arrays(np.zeros(20_000_000, "int8"), ["x"]),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_parquet_file_is_refused_before_it_is_unpacked(tmp_path: Path, kind: str) -> None:
    """Some kilobytes that say hundreds of megabytes: a text, list, object or bytes repeated, or many elements."""
    ids = [f"a/m{number}" for number in range(20_000)]
    table = pa.table({"id": ids, "downloads_30d": [1] * 20_000, "tags": HOSTILE[kind]()})
    pq.write_table(table, tmp_path / "m.parquet", compression="zstd")
    done = subprocess.run(
        [sys.executable, "-c", READ, str(tmp_path / "m.parquet")], capture_output=True, text=True, check=True
    )
    most_bytes, _, told = done.stdout.partition(" ")
    assert "larger than a listing" in told
    assert int(most_bytes) < 20_000_000


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        ("MAX_LISTING_ROWS", "3 rows and more; 2 at the most"),
        ("MAX_LISTING_BYTES", "bytes and more; 2 at the most"),
        ("MAX_DOCUMENT_BYTES", "holds more than 2 characters; write one object a line"),
    ],
)
def test_a_file_beyond_a_limit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, told: str
) -> None:
    """Rows, bytes, and what one line may hold."""
    monkeypatch.setattr(files_open, limit, 2)
    with pytest.raises(SnapshotError, match=told):
        read(tmp_path / "m.csv", "id,downloads_30d\na/x,1\na/y,2\na/z,3\n")


def put_folder(folder: Path, **files: str) -> Path:
    """Write files of a folder; a name's underlines stand for dashes."""
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / f"{name.replace('_', '-')}.csv").write_text(text, encoding="utf-8")
    return folder


def test_a_folder_of_files_becomes_a_history(tmp_path: Path) -> None:
    """Each by the date in its name; what is no listing is passed over."""
    folder = put_folder(
        tmp_path / "mine", m_2026_10_01="id,downloads_30d\na/x,5\n", m_20261002="id,downloads_30d\na/x,6\n"
    )
    (folder / "README.md").write_text("no listing", encoding="utf-8")
    import_files(date_by_names(list_files([folder])), tmp_path / "store", LIST, Reading())
    assert ["2026-10-01", "2026-10-02"] == [path.stem for path in list_snapshots(tmp_path / "store")]


def test_the_mistakes_of_all_files_are_told_and_nothing_is_written(tmp_path: Path) -> None:
    """A line a file, each with its row; the good one waits."""
    good, bad = "id,downloads_30d\na/x,5\n", "id,downloads_30d\na/x,5\na/y,-1\n"
    folder = put_folder(tmp_path / "mine", m_2026_10_01=good, m_2026_10_02=bad, m_2026_10_03="id\na/x\n")
    with pytest.raises(SnapshotError) as caught:
        import_files(date_by_names(list_files([folder])), tmp_path / "store", LIST, Reading())
    first, second = str(caught.value).splitlines()
    assert ("2026-10-02" in first, "row 2 (a/y) '-1'" in first, "2026-10-03" in second) == (True, True, True)
    assert not (tmp_path / "store").exists()


def test_each_name_has_one_date_and_each_date_one_file(tmp_path: Path) -> None:
    """None, two, a day that is none: told by file."""
    one = "id,downloads_30d\na/x,5\n"
    folder = put_folder(tmp_path / "mine", models=one, m_2026_10_01_to_2026_10_02=one, m_2026_02_30=one)
    with pytest.raises(SnapshotError) as caught:
        date_by_names(list_files([folder]))
    assert ["m-2026-02-30.csv: 0", "m-2026-10-01-to-2026-10-02.csv: 2", "models.csv: 0"] == [
        line.rpartition("/")[2].partition(" dates")[0] for line in str(caught.value).splitlines()[:-1]
    ]
    again = put_folder(tmp_path / "again", a_2026_10_01=one, b_2026_10_01=one)
    with pytest.raises(SnapshotError, match=r"b-2026-10-01\.csv has counts of 2026-10-01, as .*a-2026-10-01\.csv has"):
        import_files(date_by_names(list_files([again])), tmp_path / "store", LIST, Reading())
    with pytest.raises(SnapshotError, match="holds no file of models"):
        list_files([put_folder(tmp_path / "empty")])


def test_a_file_of_many_dates_is_taken_apart(tmp_path: Path) -> None:
    """By the column that somebody names; of a model's counts on one UTC day the last one stands."""
    path = tmp_path / "m.csv"
    rows = ["a/x,1,2026-10-01T09:00:00+02:00", "a/x,2,2026-10-01T20:00:00+02:00", "a/x,3,2026-10-03T01:00:00+02:00"]
    path.write_text("\n".join(["id,downloads_30d,taken", *rows]), encoding="utf-8")
    found = import_files({path: None}, tmp_path, LIST, Reading(told={"taken": "date"}))
    assert [(dt.date(2026, 10, 1), 1, 0), (dt.date(2026, 10, 2), 1, 0)] == [
        (each.info.date, each.info.rows, each.info.repeated) for each in found
    ]
    assert "1 rows are of an earlier moment of the same day: the last of a day stands" in found[0].notes
    assert [2, 3] == [
        read_snapshot(snapshot_path(tmp_path, each.info.date))["downloads_30d"][0].as_py() for each in found
    ]


def test_files_of_many_dates_and_of_one_go_in_together(tmp_path: Path) -> None:
    """By a column that tells a model's rows apart; of a date that both have the file of that date stands."""
    many = "id,downloads_30d,committed_at\na/x,1,2026-10-01\na/x,2,2026-10-02\na/x,3,2026-10-03\n"
    folder = put_folder(tmp_path / "mine", a_2026_10_01_to_03=many, m_2026_10_03="id,downloads_30d\na/x,7\na/y,1\n")
    words = ["import", str(folder), "--date-from-name", "--store", str(tmp_path / "store")]
    found = RUNNER.invoke(app, words)
    assert (0, True) == (found.exit_code, "read: committed_at as date" in found.output)
    paths = list_snapshots(tmp_path / "store")
    assert {"2026-10-01": [1], "2026-10-02": [2], "2026-10-03": [7, 1]} == {
        path.stem: read_snapshot(path)["downloads_30d"].to_pylist() for path in paths
    }
    told = "the counts of 2026-10-03 in m-2026-10-03.csv stand, not those in a-2026-10-01-to-03.csv"
    assert told in " ".join(found.output.split())


def test_a_column_of_dates_where_no_model_comes_again_is_left_out(tmp_path: Path) -> None:
    """The file's name says the date."""
    folder = put_folder(tmp_path / "mine", m_2026_10_01="id,downloads_30d,date\na/x,1,2026-09-30\na/y,2,2026-10-01\n")
    reading = Reading(by_moment=True)
    (found,) = import_files(date_by_names(list_files([folder])), tmp_path / "store", LIST, reading)
    assert (dt.date(2026, 10, 1), 2, ("left out: date",)) == (found.info.date, found.info.rows, found.notes)


def test_a_files_date_may_stand_in_its_folders_name(tmp_path: Path) -> None:
    """As archives have it."""
    folder = put_folder(tmp_path / "mine-2026-10-01", models="id,downloads_30d\na/x,5\n")
    assert {folder / "models.csv": dt.date(2026, 10, 1)} == date_by_names(list_files([folder]))


def test_a_model_is_not_created_after_its_counts(tmp_path: Path) -> None:
    """A day is another clock's; a few later ones are missing and said, many are another date of the counts."""
    head, path = "id,downloads_30d,created_at\n", tmp_path / "m.csv"
    rows = [f"a/m{number},1,2026-10-09T23:59:59Z" for number in range(199)]
    path.write_text(head + "\n".join([*rows, "a/late,1,2026-10-10"]), encoding="utf-8")
    (found,) = import_files({path: DAY}, tmp_path, LIST, Reading())
    told = "taken as missing: 1 of 200 models were created after their counts of 2026-10-08: 'a/late' 2026-10-10"
    dates = read_snapshot(snapshot_path(tmp_path, DAY))["created_at"]
    assert ((told,), 1) == (found.notes, dates.null_count)
    path.write_text(head + "a/x,1,2027-01-01\na/y,1,2026-01-01\n", encoding="utf-8")
    with pytest.raises(SnapshotError, match=r"1 of 2 models were created after .* 'a/x' 2027-01-01\. Correct these"):
        import_files({path: DAY}, tmp_path, LIST, Reading())


def test_the_column_of_dates_goes_before_the_names(tmp_path: Path) -> None:
    """So that one command takes a folder whose files' names have none."""
    folder = put_folder(tmp_path / "mine", models="id,downloads_30d,day\na/x,1,2026-10-01\na/x,2,2026-10-02\n")
    words = ["import", str(folder), "--date-from-name", "--map", "day=date", "--store", str(tmp_path / "store")]
    assert (0, 2) == (RUNNER.invoke(app, words).exit_code, len(list_snapshots(tmp_path / "store")))


def test_each_folder_has_a_store_of_its_own(tmp_path: Path) -> None:
    """Also where two are called alike, or by dots; a slash at the end makes no other one."""
    sources = [f"{tmp_path}/a/mine", f"{tmp_path}/a/mine/", f"{tmp_path}/b/mine", ".", "..", f"{tmp_path}/my own"]
    first, same, *others = map(find_store, sources)
    assert first == same
    assert 5 == len({first, *others})
    assert ["mine", "mine", ROOT.name, ROOT.parent.name, "my own"] == [
        store.removeprefix(".build/lists/").rpartition("-")[0] for store in (first, *others)
    ]


def find_store(source: str) -> str:
    """Return the store that `make site` would put a folder's history in."""
    make = ["make", "-n", "site", f"SOURCE={source}"]
    done = subprocess.run(make, cwd=ROOT, capture_output=True, text=True, check=True)
    (store,) = set(re.findall(r"--store '(.*?)'", done.stdout))
    return store


def test_a_folders_name_names_the_list(tmp_path: Path) -> None:
    """Every sentence is said of it; a part of the Hub, and no more."""
    folder = put_folder(tmp_path / "mine", m_2026_10_01="id,downloads_30d\na/x,5\n")
    found = RUNNER.invoke(app, ["import", str(folder), "--date-from-name", "--store", str(tmp_path / "store")])
    info = read_info(snapshot_path(tmp_path / "store", dt.date(2026, 10, 1)))
    assert (0, "selection", "the list “mine”") == (found.exit_code, info.scope, info.name)


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    """It shows the columns, rows, and whose the downloads are."""
    path = tmp_path / "m.csv"
    path.write_text(
        "modelId,downloads_30d\nQwen/Qwen3-8B,5\n" + "".join(f"a/m{n},0\n" for n in range(20)), encoding="utf-8"
    )
    arguments = ["import", str(path), "--date", "2026-10-08", "--store", str(tmp_path / "store"), "--dry-run"]
    found = RUNNER.invoke(app, arguments)
    assert (0, 10) == (found.exit_code, sum(": downloads_30d " in line for line in found.output.splitlines()))
    for told in ("21 models would be written", "read: modelId as id", "Qwen/Qwen3-8B: downloads_30d 5", "100.0%"):
        assert told in found.output
    assert not (tmp_path / "store").exists()


def test_an_attribution_is_by_the_account_that_uploaded() -> None:
    """Shares of all downloads; counters of all time where nothing else was counted."""
    models = pd.DataFrame({"id": ["Qwen/a", "Qwen/b", "nobody-at-all/c"], "author": ["Qwen", "Qwen", "nobody-at-all"]})
    models = models.assign(downloads_30d=pd.array([None] * 3, "Int64"), downloads_all_time=pd.array([1, 2, 1], "Int64"))
    found = compute_attribution(models, load_registry())
    assert {"CN": [3, 1, 0.75], "UNREVIEWED": [1, 1, 0.25]} == {code: row.tolist() for code, row in found.iterrows()}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["{}"], "The date of the counts is missing"),
        (["{}", "{}", "--date", "2026-10-08"], "of several files by their names"),
        (["{}", "--date", "2026-10-08", "--date-from-name"], "told twice"),
        (["{}", "--date-from-name"], "0 dates in its name"),
        (["{}", "--date", "2026-10-08", "--map", "x=y"], "theirs=ours was expected"),
        (["nothing/", "--date-from-name"], "there is no such file or folder"),
        (["{}", "--layout", "study", "--date", "2026-10-08"], "names its own dates"),
    ],
)
def test_a_wrong_option_of_an_import_is_told(tmp_path: Path, words: list[str], told: str) -> None:
    """Before anything is read."""
    path = tmp_path / "m.csv"
    path.write_text("id,downloads_30d\na/x,5\n", encoding="utf-8")
    found = RUNNER.invoke(app, ["import", *(word.format(path) for word in words), "--store", str(tmp_path / "store")])
    assert isinstance(found.exception, OmsError)
    assert told in str(found.exception)
    assert not (tmp_path / "store").exists()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="terminals of Unix")
@pytest.mark.parametrize(("answer", "column"), [(b"y\n", "downloads_30d"), (b"n\n", "downloads_all_time")])
def test_a_terminal_asks_what_is_counted(tmp_path: Path, answer: bytes, column: str) -> None:
    """The one question that nobody but the reader can answer."""
    (tmp_path / "m.csv").write_text("id,downloads\na/x,5\n", encoding="utf-8")
    ours, theirs = pty.openpty()
    os.write(ours, answer)
    verb = [sys.executable, "-m", "generator", "import", str(tmp_path / "m.csv"), "--date", "2026-10-08"]
    done = subprocess.run([*verb, "--store", str(tmp_path)], stdin=theirs, capture_output=True, text=True, check=False)
    assert (0, True) == (done.returncode, "Does 'downloads' count the thirty days" in done.stderr)
    assert 5 == read_snapshot(snapshot_path(tmp_path, DAY))[column][0].as_py()


def test_an_account_is_explained_by_its_address() -> None:
    """As it stands in a browser."""
    by_address = RUNNER.invoke(app, ["registry", "explain", "https://huggingface.co/Qwen"])
    by_name = RUNNER.invoke(app, ["registry", "explain", "Qwen"])
    assert (0, by_name.output) == (by_address.exit_code, by_address.output)


@pytest.mark.parametrize(
    "address", ["https://huggingface.co/datasets/a/b", "https://example.org/Qwen/Qwen3-8B", "../etc", "https://"]
)
def test_what_is_no_account_and_no_model_is_not_explained(address: str) -> None:
    """The sentence names what is."""
    found = RUNNER.invoke(app, ["registry", "explain", address])
    assert isinstance(found.exception, OmsError)
    assert f"{address!r} is neither an account nor a model of the Hub" in str(found.exception)
    assert "https://huggingface.co/Qwen/Qwen3-8B" in str(found.exception)


ONE, TWO = ("acme/one", 1200), ("acme/two", 15)
# The models and counts of each file, or the sentence that leads on.
SHAPES: dict[str, list[tuple[str, int]] | str] = {
    "a01_semicolon.csv": [ONE, TWO],
    "a03_bom.jsonl": [ONE],
    "a04_array_after_newline.json": [ONE],
    "a05_wrapped_pretty.json": [ONE],
    "a06_wrapped_one_line.json": [ONE],
    "a08_url_ids.csv": [ONE, TWO],
    "a09_python_lists_and_bools.csv": [ONE, TWO],
    "a10_thousands.csv": [("acme/one", 1234567), TWO],
    "a11_negative.csv": r"row 2 \(acme/two\) '-5'; a whole number",
    "a12_epoch_ms.jsonl": [ONE, ("acme/two", 5)],
    "a13_epoch_ms.csv": [ONE],
    "a14_dmy.csv": r"'31/07/2024'; --dates day-first or --dates month-first",
    "a15_nan_inf.jsonl": r"row 2 \(acme/two\) inf; a whole number",
    "a16_trailing_space.csv": [("acme/one", 15)],
    "a17_all_time_below_30d.csv": r"row 1 \(acme/one\) '90 < 1,200'; all time holds",
    "a18_index_column.csv": [ONE, TWO],
    "a19_tab.csv": [ONE],
    "a20_utf16.csv": [ONE],
    "a22_upper.JSONL.GZ": [ONE],
    "a24_params_text.csv": [ONE],
    "a25_huge.csv": r"row 1 \(acme/one\) '9007199254740993'; a whole number",
    "a27_hostile_ids.csv": r"row 1 'acme/<script>alert\(1\)</script>', row 2 '../../etc/passwd'; an id of the Hub",
    "a28_gated_true.jsonl": [ONE],
    "a29_unknown_vocabulary.jsonl": r"row 1 \(acme/one\) 'quantised'; one of adapter, finetune, merge, quantized",
    "a31.tsv": [ONE],
    "a32.ndjson": [ONE],
    "b01_id_as_index.parquet": [ONE, TWO],
    "b06_hub_stats_like.parquet": [ONE],
    "d01_url_space_and_python_lists.csv": [
        ("unsloth/Qwen3-8B-bnb", 900000),
        ("acme/tune-of-llama", 500000),
        ("deepseek-ai/DeepSeek-R1", 700000),
        ("Qwen/Qwen3-8B", 100000),
    ],
    "d02_hub_api_answer.json": [("acme/one-7B", 1200)],
    "e01_embed_overflow.json": r"no column names the model; no column counts its downloads.*--map COLUMN=id",
    "f02_archive_tags_as_json_text.parquet": [("acme/one-7B", 1200), ("acme/two-7B", 15)],
    "passing/a02_bom.csv": [ONE],
    "passing/a21_na_names.csv": [("NA", 1200), ("null", 7), ("None", 8), ("acme/nan", 9)],
    "passing/a23_offset_and_year1.csv": [ONE, ("acme/two", 3)],
    "passing/a26_dups.csv": [("acme/one", 1300), ("acme/two", 5)],
    "passing/a30_bool_count.jsonl": [ONE],
    "passing/b02_concat_index.parquet": [ONE, TWO, ("acme/three", 1200), ("acme/four", 15)],
    "passing/b03_categorical.parquet": [ONE, TWO],
    "passing/b04_large_types.parquet": [ONE],
    "passing/b05_text_counts.parquet": [ONE],
    "passing/b07_float.parquet": [ONE],
    "passing/b08_float_nan.parquet": [ONE, ("acme/two", 0)],
}


@needs(CASES)
@pytest.mark.parametrize("name", SHAPES)
def test_a_file_in_anybodys_shape_is_read_or_leads_on(name: str) -> None:
    """Made-up rows in shapes that real listings have."""
    expected = SHAPES[name]
    if isinstance(expected, str):
        with pytest.raises(SnapshotError, match=expected):
            read_rows(CASES / name)
        return
    assert expected == [(row["id"], row.get("downloads_30d", 0)) for row in read_rows(CASES / name)]


@needs(CASES)
def test_every_shape_is_tried() -> None:
    """A file that was added has a line above."""
    assert sorted(SHAPES) == sorted(path.relative_to(CASES).as_posix() for path in CASES.rglob("*.*"))


@needs(HUB_STATS)
def test_an_archives_rows_go_through_the_crawls_parser() -> None:
    """Parquet in the archive's own types, recognised by its columns; with the layout told, the same."""
    rows = read_rows(HUB_STATS)
    assert rows == read_rows(HUB_STATS, Reading(layout="hub"))
    raw = pd.read_parquet(HUB_STATS, columns=["downloads", "downloadsAllTime"])
    totals = [sum(row[name] for row in rows) for name in ("downloads_30d", "downloads_all_time")]
    assert (4167, raw.sum().tolist()) == (len(rows), totals)


@pytest.mark.slow
@needs(RECENT)
def test_a_list_of_new_models_is_read_as_it_lies_there(tmp_path: Path) -> None:
    """Its models with what they were made from; and its fourteen versions, of each day the last."""
    (models,) = RECENT.glob("models_*.jsonl.gz")
    rows = read_rows(models)
    assert (15_156, True) == (len(rows), sum("base_relation" in row for row in rows) > 5_000)
    (series,) = RECENT.glob("series_*.csv.gz")
    found = import_files({series: None}, tmp_path, LIST, Reading(told={"committed_at": "date"}))
    assert [11_952, 13_285, 13_862, 15_904] == [each.info.rows for each in found]
    whole = import_files(date_by_names(list_files([RECENT])), tmp_path / "whole", LIST, Reading(by_moment=True))
    assert [11_952, 13_285, 13_862, 15_156] == [each.info.rows for each in whole]


@needs(TOP)
def test_the_head_of_the_hub_is_read_as_it_lies_there(tmp_path: Path) -> None:
    """Sixteen days, a file a day."""
    found = import_files(date_by_names(list_files([TOP])), tmp_path, LIST, Reading())
    assert (16, 531, dt.date(2026, 8, 22)) == (len(found), found[0].info.rows, found[-1].info.date)


@needs(ANSWERS)
def test_answers_of_the_hub_are_read_as_they_lie_there() -> None:
    """Lists and single models, plain and expanded; what is no answer about models is refused."""
    counts = {}
    for path in sorted(ANSWERS.glob("*.json")):
        try:
            counts[path.name[:2]] = len(read_rows(path))
        except SnapshotError as error:
            counts[path.name[:2]] = str(error).partition(": ")[2][:26]
    none = "no column names the model;"
    assert {"01": 1, "03": 1, "05": 2, "06": 1, "07": 2, "09": 1, "cu": none, "er": none, "mo": 3} == counts
