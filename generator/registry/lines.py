"""Read a hand-edited CSV file line by line: what is wrong with one line hides nothing that is wrong with the next."""

import csv
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from generator.base.encode import BYTE_ORDER_MARK

# Cc control, Cf format (zero-width and bidirectional ones), Cs surrogate, Co private use, Cn unassigned.
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_LINE_SEPARATORS: Final = "\u2028\u2029"
_FORMULA_STARTS: Final = ("=", "+", "-", "@")


@dataclass(frozen=True)
class Line:
    """One line of a CSV file: where it stands and its cells by column."""

    where: str
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Lines:
    """What could be read of a file.

    Attributes:
        good: the lines whose cells can be looked at.
        names: the first cell of every line: what other files may refer to, whether its row is good or not.
        is_whole: whether the file could be read at all; if not, references to it cannot be checked.
    """

    good: tuple[Line, ...] = ()
    names: frozenset[str] = frozenset()
    is_whole: bool = False


def read_lines(path: Path, columns: list[str], problems: list[str], *, may_be_empty: bool = False) -> Lines:
    """Read a file of which each line is one row of these columns; add what is wrong with it to `problems`."""
    text = _read_text(path, problems)
    if text is None:
        return Lines()
    header, *rows = text.removesuffix("\n").split("\n")
    problem = _check_header(header, columns)
    if problem:
        problems.append(f"{path.name}:1: {problem}")
        return Lines()
    if not rows and not may_be_empty:
        problems.append(f"{path.name}:1: no row stands below the columns; an empty file would replace a full one")
    good, names = [], set()
    for number, row in enumerate(rows, start=2):
        cells, problem = _parse_row(row, columns)
        names.update(cells[:1])
        if problem:
            problems.append(f"{path.name}:{number}: {problem}")
        else:
            good.append(Line(f"{path.name}:{number}", dict(zip(columns, cells, strict=True))))
    return Lines(tuple(good), frozenset(names), is_whole=True)


def _read_text(path: Path, problems: list[str]) -> str | None:
    """Read a file's text, with surrogates for bytes that are not UTF-8; None where it cannot be read."""
    try:
        text = path.read_bytes().decode("utf-8", "surrogateescape")
    except OSError as error:
        problems.append(f"{path.name}: cannot be read: {error.strerror}")
        return None
    if text.startswith(BYTE_ORDER_MARK):
        problems.append(f"{path.name}:1: begins with a byte-order mark (U+FEFF); save the file as UTF-8 without one")
    return text.removeprefix(BYTE_ORDER_MARK).replace("\r\n", "\n")


def _check_header(header: str, columns: list[str]) -> str | None:
    """Return what is wrong with the line of the columns."""
    if hidden := _find_hidden(header):
        return hidden
    found = _split(header) or []
    if found == columns:
        return None
    known = [
        f"{word}: {', '.join(map(repr, names))}"
        for word, names in (
            ("unknown", [name for name in found if name not in columns]),
            ("missing", [name for name in columns if name not in found]),
        )
        if names
    ]
    return "; ".join([f"the columns are {','.join(found)!r}, expected {','.join(columns)!r}", *known])


def _parse_row(row: str, columns: list[str]) -> tuple[list[str], str | None]:
    """Return a row's cells, and what is wrong with them."""
    cells = _split(row)
    if cells is None:
        return [], "not valid CSV: a quote is not closed, or stands within a cell; each row is one line"
    if hidden := _find_hidden(row):
        return cells, hidden
    if not unicodedata.is_normalized("NFC", row):
        return cells, "holds letters with separate accents (not Unicode's form NFC); type them again"
    if len(cells) != len(columns):
        return cells, f"{len(cells)} cells, expected {len(columns)}"
    for column, cell in zip(columns, cells, strict=True):
        if cell != cell.strip():
            return cells, f"{column}: a cell begins or ends with white space; remove it"
        if cell.startswith(_FORMULA_STARTS):
            return cells, f"{column} begins with {cell[0]!r}, which a spreadsheet takes for a formula; reword it"
    return cells, None


def _split(line: str) -> list[str] | None:
    """Split one line into cells; None where its quotes do not match."""
    try:
        return next(csv.reader([line], strict=True), [])
    except csv.Error:
        return None


def _find_hidden(line: str) -> str | None:
    """Say which character of a line cannot be seen, or is none."""
    char = next((char for char in line if char in _LINE_SEPARATORS or unicodedata.category(char) in _HIDDEN), None)
    if char is None:
        return None
    if "\udc80" <= char <= "\udcff":
        return f"cannot be read as UTF-8 text: it holds the byte {ord(char) - 0xDC00:#04x}; save the file in UTF-8"
    return f"holds the invisible character U+{ord(char):04X}; remove it"
