"""Bringing a snapshot in from somebody else's file: CSV, JSON lines, Parquet."""

import datetime as dt
import gzip
import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from generator.base.errors import SnapshotError
from generator.sources.files import Imported, import_files
from generator.sources.files_rows import Reading
from generator.sources.snapshot import SnapshotInfo, read_snapshot, snapshot_path

DAY = dt.date(2026, 10, 8)
LIST = SnapshotInfo(DAY, "somebody", "selection")
MODEL = {
    "key": "k1",
    "id": "acme/model",
    "author": "acme",
    "created_at": dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
    "downloads_30d": 12,
    "downloads_all_time": 345,
    "likes": 6,
    "task": "text-generation",
    "library": "transformers",
    "license": "mit",
    "languages": ["en", "de"],
    "parameters": 7_000_000_000,
    "base_models": ["root/base"],
    "base_relation": "finetune",
    "gated": "no",
    "unchanged_30d": None,
}
CSV = (
    "id,key,created_at,downloads_30d,downloads_all_time,likes,task,library,license,languages,parameters,base_models,"
    "base_relation,gated\nacme/model,k1,2026-01-02T03:04:05Z,12,345,6,text-generation,transformers,mit,en;de,"
    "7000000000,root/base,finetune,no\n"
)
JSON = json.dumps(
    {name: value for name, value in MODEL.items() if name != "author"} | {"created_at": "2026-01-02T03:04:05Z"}
)


def rows_of(tmp_path: Path, name: str, data: bytes) -> list[dict[str, object]]:
    """Import a file and return the snapshot's rows."""
    path = tmp_path / name
    path.write_bytes(data)
    import_files({path: DAY}, tmp_path / "store", LIST, Reading())
    found: list[dict[str, object]] = read_snapshot(tmp_path / "store/snapshots/2026-10-08.parquet").to_pylist()
    return found


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("models.csv", CSV.encode()),
        ("models.v2.CSV", CSV.encode()),
        ("models.csv.gz", gzip.compress(CSV.encode())),
        ("models.jsonl", JSON.encode() + b"\n\n"),
        ("models.jsonl.gz", gzip.compress(JSON.encode())),
        ("models.json", f"[{JSON}]".encode()),
        ("models.json.gz", gzip.compress(f"[{JSON}]".encode())),
    ],
)
def test_every_format_gives_the_same_row(tmp_path: Path, name: str, data: bytes) -> None:
    """All columns, lists joined by semicolons in CSV, the author read from the id."""
    assert [MODEL] == rows_of(tmp_path, name, data)


def test_parquet_gives_the_same_row(tmp_path: Path) -> None:
    """A frame that pandas wrote, without any of our metadata."""
    path = tmp_path / "models.parquet"
    pd.DataFrame([MODEL]).to_parquet(path)
    import_files({path: DAY}, tmp_path, LIST, Reading())
    assert [MODEL] == read_snapshot(tmp_path / "snapshots/2026-10-08.parquet").to_pylist()


def test_two_columns_are_enough(tmp_path: Path) -> None:
    """What is not given is missing, not zero; an empty cell is missing too."""
    rows = rows_of(tmp_path, "m.csv", b"id,downloads_30d\na/x,5\ngpt2,\n")
    assert [("a/x", "a", 5, None), ("gpt2", None, None, None)] == [
        (row["id"], row["author"], row["downloads_30d"], row["likes"]) for row in rows
    ]


def test_a_list_may_be_json_text(tmp_path: Path) -> None:
    """As archives and data frames write it; an empty one is none."""
    data = b'id,downloads_30d,languages,base_models\na/x,5,"[""en"", ""zh""]",[]\n'
    assert [(["en", "zh"], None)] == [
        (row["languages"], row["base_models"]) for row in rows_of(tmp_path, "m.csv", data)
    ]


def test_words_that_look_missing_are_names(tmp_path: Path) -> None:
    """An account may be called `nan` or `NA`."""
    assert ["NA", "nan", "null/None"] == [
        row["id"] for row in rows_of(tmp_path, "m.csv", b"id,downloads_30d\nNA,1\nnan,2\nnull/None,3\n")
    ]


def test_the_import_says_what_it_wrote(tmp_path: Path) -> None:
    """Date, source and scope as given, rows as counted."""
    path = tmp_path / "m.csv"
    path.write_text("id,downloads_30d\na/x,5\n", encoding="utf-8")
    whole = SnapshotInfo(DAY, "somebody", "hub")
    assert [replace(whole, rows=1)] == [found.info for found in import_files({path: DAY}, tmp_path, whole, Reading())]


CUT = gzip.compress(b"".join(b'{"id":"a/b%d","downloads_30d":1}\n' % n for n in range(500)))[:-12]
HEAD = b"id,downloads_30d\n"


@pytest.mark.parametrize("name", ["..", "../..", "a/..", "a/<script>", "a/" + "x" * 200])
def test_a_base_model_is_an_id_as_a_model_is(tmp_path: Path, name: str) -> None:
    """What no model can be called is left out where another base stands beside it."""
    data = HEAD.replace(b"\n", b",base_models\n") + f"a/x,1,{name};root/base\n".encode()
    assert [["root/base"]] == [row["base_models"] for row in rows_of(tmp_path, "m.csv", data)]


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("models.txt", b"hello", "no column names the model; no column counts its downloads. Its columns are 'hello'"),
        ("empty.csv", b"", "cannot be read"),
        ("header.csv", HEAD, "it has no rows"),
        ("empty.jsonl", b"[]", "no column names the model"),
        ("missing.csv", b"id\na/x\n", "no column counts its downloads"),
        (
            "twice.csv",
            HEAD + b"".join(b"a/x,%d\n" % n for n in range(7)),
            "column 'id', 6 of 7 values come again with other counts: row 2 'a/x', row 3",
        ),
        ("noid.csv", HEAD + b"a/x,1\n,2\n", "column 'id', 1 of 2 values: row 2 None; a model's id"),
        ("dots.csv", HEAD + b"..,1\na/..,2\na/x,3\n", "column 'id', 2 of 3 values: row 1 '..', row 2 'a/..'; an id of"),
        ("markup.csv", HEAD + b"a/<script>,1\n", "row 1 'a/<script>'; an id of the Hub"),
        ("elsewhere.csv", HEAD + b"https://example.org/a/x,1\n", "row 1 'https://example.org/a/x'; an id of the Hub"),
        ("dataset.csv", HEAD + b"https://huggingface.co/datasets/a/x,1\n", "an id of the Hub"),
        ("emptyid.jsonl", b'{"id":"","downloads_30d":1}', "row 1 ''; a model's id"),
        ("numberid.jsonl", b'{"id":5,"downloads_30d":1}', "row 1 5; a model's id"),
        ("objectid.jsonl", b'{"id":{"a":1},"downloads_30d":1}', "row 1 {'a': 1}; a model's id"),
        ("negative.csv", HEAD + b"a/x,-1\n", "column 'downloads_30d', 1 of 1 values: row 1 (a/x) '-1'; a whole number"),
        ("fraction.csv", HEAD + b"a/x,1.5\n", "row 1 (a/x) '1.5'; a whole number"),
        (
            "dot.csv",
            HEAD + b"a/x,350.210\na/y,150.000\n",
            "row 1 (a/x) '350.210', row 2 (a/y) '150.000'; a whole number was expected; write one whose dot separates",
        ),
        ("word.csv", HEAD + b"a/x,many\n", "row 1 (a/x) 'many'; a whole number"),
        ("huge.csv", HEAD + b"a/x,99999999999999999999\n", "a whole number from 0 to 9,007,199,254,740,992 was"),
        ("odd.csv", HEAD + b"a/x,9007199254740993\n", "a whole number from 0 to 9,007,199,254,740,992 was"),
        ("float.jsonl", b'{"id":"a/x","downloads_30d":9007199254740992.0}', "this number lost its last digits"),
        ("infinite.csv", HEAD + b"a/x,inf\n", "row 1 (a/x) 'inf'; a whole number"),
        ("list.jsonl", b'{"id":"a/x","downloads_30d":[1]}', "row 1 (a/x) [1]; a whole number"),
        (
            "below.csv",
            b"id,downloads_30d,downloads_all_time\na/x,12,9\n",
            "'9 < 12'; all time holds at least",
        ),
        ("object.jsonl", b'{"id":"a/x","downloads_30d":1,"languages":{"en":1}}', "row 1 (a/x) {'en': 1}; a list of"),
        ("numbers.jsonl", b'{"id":"a/x","downloads_30d":1,"base_models":[7]}', "row 1 (a/x) [7]; a list of texts"),
        ("english.csv", HEAD[:-1] + b",languages\na/x,1,Klingonese\n", "'Klingonese'; codes of languages"),
        ("task.csv", HEAD[:-1] + b",task\na/x,1,chat\n", "row 1 (a/x) 'chat'; one of the Hub's tasks"),
        (
            "kind.csv",
            HEAD[:-1] + b",base_relation\na/x,1,child\n",
            "'child'; one of adapter, finetune, merge",
        ),
        ("gate.csv", HEAD[:-1] + b",gated\na/x,1,maybe\n", "'maybe'; false, auto or manual was expected"),
        ("date.csv", HEAD[:-1] + b",created_at\na/x,1,08/10/2026\n", "--dates day-first or --dates month-first was"),
        ("words.csv", HEAD[:-1] + b",created_at\na/x,1,last week\n", "a date with the year first (2024-07-31)"),
        ("epoch.csv", HEAD[:-1] + b",created_at\na/x,1,99999999999\n", "an epoch of the years 2000 to 2100"),
        ("ragged.csv", HEAD + b"a/x,1\nb/y,2,3\n", "Expected 2 fields in line 3, saw 3"),
        ("shifted.csv", HEAD + b"a/x,1,2\nb/y,2,3\n", "its rows have more cells than its header"),
        ("latin.csv", HEAD + "a/café,1\n".encode("latin-1"), "'utf-8' codec can't decode"),
        ("array.json", b"[1, 2]", "a row is 1 (int); a JSON object was expected"),
        ("broken.jsonl", b'{"id":"a/x",', "cannot be read"),
        ("deep.json", b"[" * 100_000, "cannot be read"),
        ("cut.jsonl.gz", CUT, "Truncated compressed stream"),
        ("cut.csv.gz", CUT, "Truncated compressed stream"),
        ("book.xlsx", b"PK\x03\x04", "a spreadsheet's own format or an archive; save it as CSV"),
        ("bad.parquet", b"PAR1", "cannot be read"),
        ("hub.json", b'[{"_id":"k1","id":"a/x","downloads":-4}]', "column 'downloads', 1 of 1 values: row 1 (a/x) -4;"),
        (
            "private.json",
            b'[{"_id":"k1","id":"a/x","downloads":4,"private":true}]',
            "none of its rows is a public",
        ),
        (
            "tags.json",
            b'[{"_id":"k1","id":"a/x","downloads":4,"tags":7}]',
            "column 'tags', 1 of 1 values: row 1 (a/x) 7",
        ),
    ],
)
def test_a_bad_file_is_refused_and_the_store_stays(tmp_path: Path, name: str, data: bytes, told: str) -> None:
    """One paragraph that names the file and what is wrong; the date's older snapshot is untouched."""
    rows_of(tmp_path, "good.csv", b"id,downloads_30d\nold/model,1\n")
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SnapshotError) as caught:
        import_files({tmp_path / name: DAY}, tmp_path / "store", LIST, Reading())
    assert str(tmp_path / name) in str(caught.value)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
    store = tmp_path / "store"
    assert ["snapshots", "snapshots/2026-10-08.parquet"] == sorted(
        path.relative_to(store).as_posix() for path in store.rglob("*")
    )
    assert ["old/model"] == read_snapshot(store / "snapshots/2026-10-08.parquet").column("id").to_pylist()


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    """Neither is a file of models."""
    with pytest.raises(SnapshotError, match=r"none\.csv cannot be read"):
        import_files({tmp_path / "none.csv": DAY}, tmp_path, LIST, Reading())
    (tmp_path / "folder.jsonl").mkdir()
    with pytest.raises(SnapshotError, match=r"folder\.jsonl cannot be read"):
        import_files({tmp_path / "folder.jsonl": DAY}, tmp_path, LIST, Reading())


def test_a_text_of_the_wrong_type_is_told(tmp_path: Path) -> None:
    """`gated: false`, as the Hub writes it, is not missing; it is refused or understood."""
    rows = rows_of(tmp_path, "m.jsonl", b'{"id":"a/x","downloads_30d":1,"gated":false}')
    assert "no" == rows[0]["gated"]


def import_counts(store: Path, day: int, keep_unchanged: bool = False, **counts: int) -> Imported:
    """Import a list with these 30-day counts as that of a day of October 2026."""
    path = store.with_suffix(".csv")
    path.write_text("id,downloads_30d\n" + "".join(f"a/{name},{count}\n" for name, count in counts.items()))
    date = DAY.replace(day=day)
    return import_files({path: date}, store, LIST, Reading(), keep_unchanged=keep_unchanged)[0]


def read_counts(store: Path, day: int) -> dict[str, tuple[int | None, int | None]]:
    """Return each model's count, and the one that was not collected again."""
    rows = read_snapshot(snapshot_path(store, DAY.replace(day=day))).to_pylist()
    return {row["id"]: (row["downloads_30d"], row["unchanged_30d"]) for row in rows}


def test_a_count_that_was_not_collected_again_is_missing(tmp_path: Path) -> None:
    """From 1,000 on; it is compared with the last list, even where that snapshot took it as missing already."""
    store = tmp_path / "store"
    first = import_counts(store, 1, still=4000, moves=5000, small=999)
    assert [None, 0.0] == [first.previous, first.unchanged]
    second = import_counts(store, 2, still=4000, moves=5001, small=999)
    third = import_counts(store, 3, still=4000, moves=5001, small=998)
    assert {"a/still": (None, 4000), "a/moves": (5001, None), "a/small": (999, None)} == read_counts(store, 2)
    assert {"a/still": (None, 4000), "a/moves": (None, 5001), "a/small": (998, None)} == read_counts(store, 3)
    assert [DAY.replace(day=1), DAY.replace(day=2)] == [second.previous, third.previous]
    assert [0.4, 9001 / 9999] == [second.unchanged, third.unchanged]


def test_a_count_may_be_said_to_be_collected_again(tmp_path: Path) -> None:
    """How much is the same is told all the same."""
    store = tmp_path / "store"
    import_counts(store, 1, still=4000, moves=5000)
    found = import_counts(store, 2, keep_unchanged=True, still=4000, moves=6000)
    assert {"a/still": (4000, None), "a/moves": (6000, None)} == read_counts(store, 2)
    assert 0.4 == found.unchanged


def test_a_list_with_counters_is_taken_as_it_is(tmp_path: Path) -> None:
    """The counters say what was downloaded."""
    for day in (1, 2):
        path = tmp_path / "m.csv"
        path.write_text("id,downloads_30d,downloads_all_time\na/x,5000,90000\n")
        (found,) = import_files({path: DAY.replace(day=day)}, tmp_path, LIST, Reading())
    assert [None, {"a/x": (5000, None)}] == [found.previous, read_counts(tmp_path, 2)]
