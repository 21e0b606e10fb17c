"""One raw row of the Hub: known answers, odd values, and a property over everything that JSON can hold."""

import datetime as dt
import json
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.sources.hub_rows import LeftOut, Quarantined, parse_row
from generator.sources.kinds import Unread
from generator.sources.snapshot import SCHEMA
from tests.loopback import make_models

KEY = "621ffdc036468d709f174338"

# The shape of a row as the list gives it with `expand`.
RAW: dict[str, Any] = {
    "_id": KEY,
    "id": "unsloth/Qwen3-8B-GGUF",
    "author": "unsloth",
    "createdAt": "2025-04-28T10:34:10.000Z",
    "disabled": False,
    "private": False,
    "downloads": 71234,
    "downloadsAllTime": 1502233,
    "gated": False,
    "likes": 59,
    "library_name": "transformers",
    "pipeline_tag": "text-generation",
    "safetensors": {"parameters": {"BF16": 8190735360}, "total": 8190735360},
    "tags": [
        "transformers",
        "gguf",
        "text-generation",
        "en",
        "zh",
        "base_model:Qwen/Qwen3-8B",
        "base_model:quantized:Qwen/Qwen3-8B",
        "license:apache-2.0",
        "endpoints_compatible",
        "region:us",
    ],
}


def parse(**changes: Any) -> dict[str, Any]:
    """Parse the known row with some of its fields changed."""
    row = parse_row({**RAW, **changes})
    assert isinstance(row, dict)
    return row


def test_a_whole_row() -> None:
    """Every column of a snapshot, from a row in the list's shape."""
    assert parse_row(RAW) == {
        "key": KEY,
        "id": "unsloth/Qwen3-8B-GGUF",
        "author": "unsloth",
        "created_at": dt.datetime(2025, 4, 28, 10, 34, 10, tzinfo=dt.UTC),
        "downloads_30d": 71234,
        "downloads_all_time": 1502233,
        "likes": 59,
        "task": "text-generation",
        "library": "transformers",
        "license": "apache-2.0",
        "languages": ["en", "zh"],
        "parameters": 8190735360,
        "base_models": ["Qwen/Qwen3-8B"],
        "base_relation": "quantized",
        "gated": "no",
        "unchanged_30d": None,
    }


def test_a_bare_row() -> None:
    """A row of an id alone: everything else is missing, and nothing is 0."""
    row = parse_row({"_id": KEY, "id": "gpt2"})
    assert isinstance(row, dict)
    assert set(SCHEMA.names) == set(row)
    assert {name: value for name, value in row.items() if value is not None} == {
        "key": KEY,
        "id": "gpt2",
        "languages": [],
        "base_models": [],
    }


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, 0),
        (7, 7),
        (7.0, 7),
        (2**63 - 1, 2**63 - 1),
        (2**63, None),
        (-1, None),
        (1.5, None),
        (True, None),
        (float("nan"), None),
        (float("inf"), None),
        ("12", 12),
        ("9223372036854775808", None),
        ("1,200", None),
        ("12.5", None),
        ("²", None),
        ("1" * 5_000, None),
        (None, None),
        ([3], None),
    ],
)
def test_counts(value: object, expected: int | None) -> None:
    """A count is an integral number from 0 up; anything else is missing."""
    row = parse(downloads=value, downloadsAllTime=value, likes=value)
    assert [expected] * 3 == [row["downloads_30d"], row["downloads_all_time"], row["likes"]]


@pytest.mark.parametrize(
    ("value", "expected"),
    [(False, "no"), ("auto", "auto"), ("manual", "manual"), (True, None), (0, None), ("yes", None), ([], None)],
)
def test_gated(value: object, expected: str | None) -> None:
    """The three values of the Hub; another one is unknown."""
    assert parse(gated=value)["gated"] == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"total": 5}, 5),
        ({"parameters": {"BF16": 3, "F32": 4}}, 7),
        ({"parameters": {"BF16": 3, "F32": None}, "total": "many"}, 3),
        ('{"total": 5}', 5),
        ("5", None),
        ({"total": 0, "parameters": {}}, None),
        ({}, None),
        ([5], None),
        (None, None),
    ],
)
def test_parameters(value: object, expected: int | None) -> None:
    """The total, or the sum of its parts; a file without tensors has no number."""
    assert parse(safetensors=value)["parameters"] == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2022-03-02T23:29:04.000Z", dt.datetime(2022, 3, 2, 23, 29, 4, tzinfo=dt.UTC)),
        ("2026-01-01T00:30:00.999+02:00", dt.datetime(2025, 12, 31, 22, 30, tzinfo=dt.UTC)),
        ("2026-01-01", dt.datetime(2026, 1, 1, tzinfo=dt.UTC)),
        ("0001-01-01T00:00:00+23:59", None),
        ("yesterday", None),
        (1767225600, None),
        (None, None),
    ],
)
def test_created_at(value: object, expected: dt.datetime | None) -> None:
    """A time in UTC, whole seconds."""
    assert parse(createdAt=value)["created_at"] == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (["license:mit"], "mit"),
        (["license:other"], "other"),
        (["license:other", "license:gemma", "license:mit"], "gemma"),
        (["license:"], None),
        (["license:a\u202eb"], None),
        (["license:" + "x" * 500], "x" * 100),
        (["mit"], None),
    ],
)
def test_license(tags: list[str], expected: str | None) -> None:
    """The first licence that says more than `other`, printable and not longer than a name."""
    assert parse(tags=tags)["license"] == expected


@pytest.mark.parametrize(
    ("tags", "field", "expected"),
    [
        (["base_model:a/b"], None, (None, ["a/b"])),
        (["base_model:adapter:a/b"], None, ("adapter", ["a/b"])),
        (["base_model:a/b", "base_model:c/d", "base_model:merge:a/b", "base_model:merge:c/d"], None,
         ("merge", ["a/b", "c/d"])),
        (["base_model:finetune:gpt2", "base_model:finetune:a/.."], None, ("finetune", ["gpt2"])),
        (["base_model:unheard_of:a/b", "base_model:", "base_model:quantized:", "base_model:a/b/c"], None, (None, [])),
        (["base_model:finetune:unsloth/Qwen3-8B-GGUF"], None, (None, [])),
        ([], {"relation": "finetune", "models": [{"_id": "1", "id": "a/b"}]}, ("finetune", ["a/b"])),
        ([], {"relation": ["x"], "models": [{"id": "a/b"}, {"id": 3}, None]}, (None, ["a/b"])),
        ([], {"relation": "finetune", "models": None}, (None, [])),
        ([], '{"relation": "finetune", "models": [{"id": "a/b"}]}', ("finetune", ["a/b"])),
        (["base_model:c/d"], {"relation": "finetune", "models": [{"id": "a/b"}]}, (None, ["c/d"])),
    ],
)  # fmt: skip
def test_base_models(tags: list[str], field: object, expected: tuple[str | None, list[str]]) -> None:
    """The relation and the parents: from the tags, else from the field; a model is not its own parent."""
    row = parse(tags=tags, baseModels=field)
    assert expected == (row["base_relation"], row["base_models"])


def test_tags_as_json_text() -> None:
    """A list that comes as text is the same list; another text is none."""
    tags = json.dumps(["license:mit", "en", "base_model:adapter:a/b"])
    assert parse(tags=tags) == parse(tags=json.loads(tags))
    assert [parse(tags=text)["license"] for text in ("license:mit", '{"license": "mit"}', "[" * 100_000)] == [None] * 3


def test_values_of_another_kind_are_counted_by_field() -> None:
    """What is missing, empty or readable all the same is no mistake; each of the rest is one, with an example."""
    fine = {"downloads": "12", "tags": '["en"]', "safetensors": [], "baseModels": "null", "library_name": None}
    odd = {
        "downloads": "many", "downloadsAllTime": [3], "likes": True, "tags": [{"name": "en"}], "safetensors": 7,
        "gated": True, "pipeline_tag": {"a": 1}, "createdAt": 1767225600, "baseModels": "a/b", "author": 7,
    }  # fmt: skip
    unread = Unread()
    for raw in ({**RAW, **fine}, {**RAW, "downloadsAllTime": float("nan"), "tags": "[]", "safetensors": "{}"}):
        unread.look_at(raw, parse(**raw))
    assert (unread.rows, dict(unread.counts)) == (2, {})
    unread.look_at({**RAW, **odd}, parse(**odd))
    assert dict.fromkeys(odd, 1) == dict(unread.counts)
    assert "downloadsAllTime holds something else than a whole number in 1 of 3 rows, for example [3] (list)" in (
        unread.describe_excess()
    )


def test_languages() -> None:
    """Codes of languages only: no region, no word of the trade, each once."""
    tags = ["en", "zh", "yue", "en", "region:us", "EN", "moe", "trl", "multilingual", "code", "8-bit", 5, None]
    assert parse(tags=tags)["languages"] == ["en", "zh", "yue"]


def test_task_and_library_from_tags() -> None:
    """Where the fields are missing, a tag that is exactly a known task or library stands in."""
    row = parse(pipeline_tag=None, library_name="", tags=["gguf-my-repo", "diffusers", "robotics", "text-to-image"])
    assert (row["task"], row["library"]) == ("robotics", "diffusers")


def test_author_from_the_id() -> None:
    """The account in the id stands in for a missing author."""
    assert [parse(author=value)["author"] for value in ("Qwen", None, "", 7)] == ["Qwen"] + ["unsloth"] * 3


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": None}, "no usable id"),
        ({"id": ""}, "no usable id"),
        ({"id": 7}, "no usable id"),
        ({"id": "a/b/c"}, "no usable id"),
        ({"id": "/b"}, "no usable id"),
        ({"id": "a/"}, "no usable id"),
        ({"id": "a b"}, "no usable id"),
        ({"id": "."}, "no usable id"),
        ({"id": ".."}, "no usable id"),
        ({"id": "a/."}, "no usable id"),
        ({"id": "a/.."}, "no usable id"),
        ({"id": "../a"}, "no usable id"),
        ({"id": "a/b\n"}, "no usable id"),
        ({"id": "a/b\x00"}, "no usable id"),
        ({"id": "a/\ud800"}, "no usable id"),
        ({"id": "a/" + "b" * 199}, "no usable id"),
        ({"_id": None}, "no usable _id"),
        ({"_id": "a b"}, "no usable _id"),
        ({"_id": {"$oid": KEY}}, "no usable _id"),
    ],
)
def test_rows_that_name_no_model_are_quarantined(changes: dict[str, object], reason: str) -> None:
    """Each with its reason."""
    assert parse_row({**RAW, **changes}) == Quarantined(reason)


@pytest.mark.parametrize("raw", [None, 7, "a/b", [], True])
def test_what_is_no_object_is_quarantined(raw: object) -> None:
    """A list may hold anything."""
    assert parse_row(raw) == Quarantined("not an object")


def test_private_and_disabled_rows_are_left_out() -> None:
    """They are no models of the public Hub, and no mistakes."""
    assert parse_row({**RAW, "private": True}) == LeftOut("private")
    assert parse_row({**RAW, "disabled": True}) == LeftOut("disabled")


def test_ids_are_kept_as_the_hub_gives_them() -> None:
    """Two hundred characters, other scripts and markup included: encoding is the business of who shows them."""
    for model_id in ("a/" + "b" * 198, "Ünïcode/模型", "a/<b>&'", "a/=1+1", ".a/..b", "..."):
        assert parse(id=model_id)["id"] == model_id


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4),
    max_leaves=12,
)
TAGS = st.lists(
    st.sampled_from(RAW["tags"]) | st.text() | st.text().map("base_model:".__add__) | JSON_VALUES, max_size=8
)
ROWS = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.just(value) | JSON_VALUES for name, value in RAW.items()},
        "tags": TAGS,
        "baseModels": st.fixed_dictionaries({"relation": JSON_VALUES, "models": JSON_VALUES}),
    },
)


@given(ROWS.map(lambda row: {**row, "_id": KEY, "id": RAW["id"]}))
def test_any_value_can_be_counted(raw: dict[str, object]) -> None:
    """Looking for other kinds raises as little as reading does, and finds nothing where nothing is."""
    row = parse_row(raw)
    if isinstance(row, dict):
        unread = Unread()
        unread.look_at(raw, row)
        assert set(unread.counts) <= {name for name, value in raw.items() if value}
        assert all(text.isprintable() for text in unread.examples.values())


@given(JSON_VALUES | ROWS | ROWS.map(lambda row: {**row, "_id": KEY, "id": RAW["id"]}))
def test_any_value_is_a_row_or_is_set_aside(raw: object) -> None:
    """Whatever JSON holds either fits a snapshot's columns or is set aside; nothing raises."""
    parsed = parse_row(raw)
    if isinstance(parsed, dict):
        assert pa.RecordBatch.from_pylist([parsed], schema=SCHEMA).num_rows == 1
        assert list(SCHEMA.names) == list(parsed)
        json.dumps(parsed, default=str).encode()
    else:
        assert isinstance(parsed, Quarantined | LeftOut)


def test_the_loopback_hubs_rows_are_all_usable() -> None:
    """Its odd values are odd, but every row names a model."""
    assert {dict} == {type(parse_row(model)) for model in make_models(3_000)}
