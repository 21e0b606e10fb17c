"""What all stand on: files that are whole or not there, hashes, and locks."""

import dataclasses
import datetime as dt
import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from generator.base.encode import label, render_rows
from generator.base.errors import FetchError
from generator.base.files import (
    hash_bytes,
    hash_file,
    hash_in_name,
    hold,
    name_partial,
    open_atomically,
    write_atomically,
    write_if_changed,
)
from generator.base.records import pack_json, parse_json, render_json, to_plain


@dataclasses.dataclass(frozen=True)
class Row:
    """A record as it may be nested in another one."""

    share: float
    past: tuple[float, ...] = ()


HOLDER: Final = """
import sys
from pathlib import Path
from generator.base.errors import FetchError
from generator.base.files import hold
with hold(Path(sys.argv[1]), FetchError("taken")):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("content", ["Straße\n", b"\x00\xff"], ids=["text", "bytes"])
@pytest.mark.parametrize("durable", [False, True], ids=["renamed", "on the disk before"])
def test_a_file_is_written_with_its_folder_and_nothing_beside_it(
    tmp_path: Path, content: str | bytes, durable: bool
) -> None:
    """Texts are written in UTF-8, whatever the system."""
    path = tmp_path / "nights" / "a.json"
    write_atomically(path, content, durable=durable)
    assert ["a.json"] == [found.name for found in path.parent.iterdir()]
    assert (content.encode() if isinstance(content, str) else content) == path.read_bytes()


def write_half(path: Path) -> None:
    """Fail while a file is written."""
    with open_atomically(path) as file:
        file.write(b"ne")
        raise ZeroDivisionError


def test_a_file_that_is_not_finished_leaves_the_one_before(tmp_path: Path) -> None:
    """Half of it stands beside its place, and the next one takes over there."""
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with pytest.raises(ZeroDivisionError):
        write_half(path)
    assert (b"old", b"ne") == (path.read_bytes(), name_partial(path).read_bytes())
    write_atomically(path, b"new")
    assert ["a"] == [found.name for found in tmp_path.iterdir()]
    assert b"new" == path.read_bytes()


def test_a_file_with_the_same_bytes_is_not_written_again(tmp_path: Path) -> None:
    """Its time stays, so what is made from it is not made again."""
    path = tmp_path / "a"
    assert [True, False, True, False] == [write_if_changed(path, data) for data in (b"1", "1", "2", b"2")]
    assert ["a"] == [found.name for found in tmp_path.iterdir()]


def test_a_file_and_its_bytes_have_one_hash(tmp_path: Path) -> None:
    """SHA-256, of which a file's name may hold the beginning."""
    path = tmp_path / "2026-10-08-9834876dcfb05cb1.publishers.parquet"
    path.write_bytes(b"a")
    expected = hashlib.sha256(b"a").hexdigest()
    assert [expected] * 3 == [hash_file(path), hash_bytes(b"a"), hash_bytes("a")]
    assert "9834876dcfb05cb1" == hash_in_name(path.name)


@pytest.mark.skipif(sys.platform == "win32", reason="this system has no such lock")
def test_a_lock_is_held_by_one_process_and_ends_with_it(tmp_path: Path) -> None:
    """A second one is told so; once the first is killed, the lock is free."""
    path = tmp_path / "work" / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout is not None
        assert "held\n" == first.stdout.readline()
        with pytest.raises(FetchError, match="the other has it"), hold(path, FetchError("the other has it")):
            pass
        first.kill()
        first.wait()
        with hold(path, FetchError("the other has it")):
            pass


def test_records_are_plain_in_json() -> None:
    """Dates as text, fractions with twelve digits, strangers' texts encoded, empty ones as they are."""
    value = {"rows": (Row(1 / 3, (0.5,)),), "on": dt.date(2026, 11, 20), "name": "a\u202eb", "note": "", "none": None}
    expected = {"rows": [{"share": 0.333333333333}], "on": "2026-11-20", "name": "ab", "note": "", "none": None}
    assert expected == to_plain(value, label, left_out={"past"})


def test_json_is_for_people_or_for_the_wire() -> None:
    """A value a line in the order of the record, or one line in the order of its keys; letters as they are."""
    content = {"to": dt.date(2026, 11, 20), "from": "Zürich"}
    assert '{\n "to": "2026-11-20",\n "from": "Zürich"\n}\n' == render_json(content)
    assert '{"a":1,"b":"ü"}\n' == pack_json({"b": "ü", "a": 1})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"format": "oms-x/2"}', "its format is 'oms-x/2', expected 'oms-x/1'"),
        ('{"rows": 1}', "format"),
        ("[1]", "cannot convert"),
        ("{", "Expecting property name"),
    ],
)
def test_json_of_another_format_is_refused(text: str, told: str) -> None:
    """What is of another version, or none of ours, is not taken for a record."""
    assert {"rows": 1} == parse_json('{"format": "oms-x/1", "rows": 1}', "oms-x/1")
    with pytest.raises((ValueError, KeyError, TypeError), match=told):
        parse_json(text, "oms-x/1")


def test_a_csv_file_has_lines_of_one_kind() -> None:
    """Line feeds alone, and quotes where a cell needs them."""
    assert 'a,b\n1,"x,y"\n,2\n' == render_rows(["a", "b"], [[1, "x,y"], ["", 2]])
