"""Somebody else's file → its rows as they stand there: Parquet, CSV or JSON, packed or not, within bounds.

What a file is, is read from its bytes, not from its name: Parquet and the two packings have marks, a text that begins
with a bracket is JSON, everything else is CSV. A row is an object of the file's own names and values; in CSV each value
is text, and an empty cell is missing.
"""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from generator.base.errors import SnapshotError
from generator.base.settings import (
    MAX_DOCUMENT_BYTES,
    MAX_LISTING_BYTES,
    MAX_LISTING_ROWS,
    MAX_UNPACK_RATIO,
    UNPACK_RATIO_FROM_BYTES,
)

# Rows in memory at a time.
CHUNK_ROWS: Final = 20_000
_PACKINGS: Final = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_PARQUET: Final = b"PAR1"
# What Parquet calls a text, and the bytes of a place in a list of them.
_TEXT: Final = "BYTE_ARRAY"
_WIDTH: Final = 4
# A spreadsheet's own file, or an archive of several files.
_ZIP: Final = b"PK\x03\x04"
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_DELIMITERS: Final = ",;\t|"
# Names under which a JSON document holds its rows.
_WRAPPER: Final = "models"
_UNREADABLE: Final = (OSError, EOFError, ValueError, RecursionError, pa.ArrowException)

Raw = dict[str, Any]


@dataclass(frozen=True)
class Chunk:
    """Some rows of a file.

    Attributes:
        names: the file's columns, as far as they were seen; of Parquet also those that were not read.
        rows: by name.
    """

    names: list[str]
    rows: list[Raw]


def read_chunks(path: Path, is_wanted: Callable[[str], bool]) -> Iterator[Chunk]:
    """Yield a file's rows, at least one chunk of them, which may be empty.

    Args:
        path: the file.
        is_wanted: whether a column is of use; Parquet's others are not read.

    Raises:
        SnapshotError: the file cannot be read, or is larger than a listing can be.
    """
    seen = 0
    try:
        for chunk in _read_any(path, is_wanted):
            seen += len(chunk.rows)
            if seen > MAX_LISTING_ROWS:
                raise _too_large(path, f"{seen:,} rows and more", f"{MAX_LISTING_ROWS:,}")
            yield chunk
    except _UNREADABLE as error:
        found = " ".join(str(error).split())[:300]
        raise SnapshotError(
            f"{path} cannot be read: {found}. Check that the file is complete, and that it is Parquet, CSV or JSON in "
            "UTF-8 or UTF-16, as it is or packed with gzip or zstd."
        ) from error


def _read_any(path: Path, is_wanted: Callable[[str], bool]) -> Iterator[Chunk]:
    with path.open("rb") as file:
        start = file.read(4)
    if start == _PARQUET:
        return _read_parquet(path, is_wanted)
    if start == _ZIP:
        raise ValueError("it is a spreadsheet's own format or an archive; save it as CSV, or unpack it")
    text = _open_text(path)
    first = _read_line(text)
    return _read_json(text, first) if first.lstrip().startswith(("[", "{")) else _read_csv(path, first)


def _open_text(path: Path) -> IO[str]:
    """Open a text; its packing and its encoding are read from its first bytes."""
    with path.open("rb") as file:
        start = file.read(4)
    bounded = _Bounded(path, next((name for mark, name in _PACKINGS.items() if start.startswith(mark)), None))
    buffered = io.BufferedReader(bounded, 1 << 20)
    encoding = "utf-16" if buffered.peek(2)[:2] in _UTF16 else "utf-8-sig"
    return io.TextIOWrapper(buffered, encoding=encoding, newline="")


class _Bounded(io.RawIOBase):
    """A file that is unpacked while it is read, and stops where it is larger than a listing can be."""

    def __init__(self, path: Path, packing: str | None) -> None:
        self._path = path
        self._packed_bytes = path.stat().st_size if packing else 0
        self._read_bytes = 0
        raw = pa.OSFile(str(path))
        self._file = pa.CompressedInputStream(raw, packing) if packing else raw

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read into a buffer; return how many bytes."""
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        self._read_bytes += len(data)
        _check_size(self._path, self._read_bytes, self._packed_bytes)
        return len(data)


def _check_size(path: Path, unpacked: int, packed: int) -> None:
    if unpacked > MAX_LISTING_BYTES:
        raise _too_large(path, f"{unpacked:,} bytes and more", f"{MAX_LISTING_BYTES:,}")
    if packed and unpacked > max(MAX_UNPACK_RATIO * packed, UNPACK_RATIO_FROM_BYTES):
        raise _too_large(path, f"{unpacked:,} bytes and more, out of {packed:,}", f"{MAX_UNPACK_RATIO} times as many")


def _too_large(path: Path, found: str, limit: str) -> SnapshotError:
    return SnapshotError(
        f"{path} is larger than a listing of the Hub's models can be: it holds {found}; {limit} at the most were "
        "expected. Leave out what no model needs, or correct the file."
    )


def _read_line(text: IO[str]) -> str:
    """Return the next line that is not blank; empty at the end."""
    for line in iter(lambda: text.readline(MAX_DOCUMENT_BYTES), ""):
        if len(line) == MAX_DOCUMENT_BYTES:
            raise ValueError(_describe_document())
        if line.strip():
            return line
    return ""


def _describe_document() -> str:
    return f"one line or one JSON document holds more than {MAX_DOCUMENT_BYTES:,} characters; write one object a line"


def _read_csv(path: Path, header: str) -> Iterator[Chunk]:
    """Read rows whose cells are separated by what separates those of the header."""
    separator = max(_DELIMITERS, key=header.count)
    options: Raw = {"dtype": str, "keep_default_na": False, "na_values": [""], "skipinitialspace": True}
    for frame in pd.read_csv(_open_text(path), sep=separator, chunksize=CHUNK_ROWS, **options):
        if not isinstance(frame.index, pd.RangeIndex):  # pandas takes cells beyond the header as row names
            raise ValueError("its rows have more cells than its header")  # noqa: TRY004 - about data
        names = [str(name).strip() for name in frame.columns]
        rows = frame.astype("object").where(frame.notna(), None).itertuples(index=False, name=None)
        yield Chunk(names, [dict(zip(names, row, strict=True)) for row in rows])


def _read_json(text: IO[str], first: str) -> Iterator[Chunk]:
    """Read one object, list or wrapped list a line, or one over many lines."""
    names: dict[str, None] = {}
    held: list[Raw] = []
    for document in _read_documents(text, first):
        for row in _list_rows(document):
            if not isinstance(row, dict):
                raise ValueError(f"a row is {row!r:.60} ({type(row).__name__}); a JSON object was expected")  # noqa: TRY004 - about data
            names |= dict.fromkeys(row)
            held.append(row)
            if len(held) == CHUNK_ROWS:
                yield Chunk(list(names), held)
                held = []
    yield Chunk(list(names), held)


def _read_documents(text: IO[str], first: str) -> Iterator[object]:
    try:
        document = json.loads(first)
    except ValueError:
        rest = text.read(MAX_DOCUMENT_BYTES)
        if len(rest) == MAX_DOCUMENT_BYTES:
            raise ValueError(_describe_document()) from None
        yield json.loads(first + rest)
        return
    yield document
    for line in iter(lambda: _read_line(text), ""):
        yield json.loads(line)


def _list_rows(document: object) -> list[Any]:
    if isinstance(document, dict) and isinstance(document.get(_WRAPPER), list):
        return list(document[_WRAPPER])
    return document if isinstance(document, list) else [document]


def _read_parquet(path: Path, is_wanted: Callable[[str], bool]) -> Iterator[Chunk]:
    """Read rows within bounds: texts that repeat stay one text each until it is known what they come to."""
    plain = pq.ParquetFile(path)
    names = list(plain.schema_arrow.names)
    wanted = [name for name in names if is_wanted(name)]
    own = pa.schema([column for column in plain.schema_arrow if column.name in wanted])
    packed = path.stat().st_size
    _check_stated(path, plain, wanted, packed)
    leaves = [plain.schema.column(place) for place in range(len(plain.schema))]
    texts = [leaf.path for leaf in leaves if leaf.physical_type == _TEXT]
    unpacked = 0
    for batch in pq.ParquetFile(path, read_dictionary=texts).iter_batches(batch_size=CHUNK_ROWS, columns=wanted):
        size = sum(map(_measure, batch.columns))
        unpacked += size
        _check_size(path, unpacked, packed)
        if size > MAX_DOCUMENT_BYTES:
            raise _too_large(path, f"{size:,} bytes in {batch.num_rows:,} rows", f"{MAX_DOCUMENT_BYTES:,}")
        yield Chunk(names, batch.cast(own).to_pylist())
    yield Chunk(names, [])


def _check_stated(path: Path, plain: pq.ParquetFile, wanted: list[str], packed: int) -> None:
    """See that a file is no larger than a listing by what it says of itself: before any of it is unpacked."""
    stated, inside = plain.metadata, tuple(f"{name}." for name in wanted)
    if stated.num_rows > MAX_LISTING_ROWS:
        raise _too_large(path, f"{stated.num_rows:,} rows", f"{MAX_LISTING_ROWS:,}")
    size = 0
    for place in range(stated.num_columns):
        leaf = plain.schema.column(place)
        if f"{leaf.path}.".startswith(inside):
            parts = [stated.row_group(group).column(place) for group in range(stated.num_row_groups)]
            size += sum(part.total_uncompressed_size + part.num_values * max(leaf.length, 1) for part in parts)
    _check_size(path, size, packed)


def _measure(values: pa.Array) -> int:
    """Return the bytes that values come to where each has its own: a text as often as it stands there."""
    kind = values.type
    if pa.types.is_dictionary(kind) and (pa.types.is_string(kind.value_type) or pa.types.is_binary(kind.value_type)):
        sizes = pc.binary_length(values.dictionary)
        return int(pc.sum(sizes.take(values.indices)).as_py() or 0) + len(values) * _WIDTH
    if pa.types.is_struct(kind):
        return sum(map(_measure, values.flatten()))
    return _measure(values.flatten()) if pa.types.is_nested(kind) else int(values.nbytes)
