"""A record's columns: how a cell is parsed, whether it may be empty, and what keeps two lines apart.

    @dataclass(frozen=True)
    class Country(Record):
        code: str = column(fitting(r"[A-Z]{2}", "two capital letters"), key=str)
        eu: bool = column(parse_yes_no)

A column has its field's name. A parser gets a cell and that name, and raises ValueError with found and expected.
"""

import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

WEB_ADDRESS: Final = re.compile(r"https?://[A-Za-z0-9.-]+\.[A-Za-z]{2,}(?:[/?#]\S*)?")
# The slug of a definition; the definitions themselves belong to the measures, which build on the registry.
DEFINITION: Final = re.compile(r"(?:30d|12m|held|all-time)-(?:all|first-year|generative|language)-(?:publisher|origin)")
NUMBER: Final = re.compile(r"\d+(?:\.\d+)?(?:e\d+)?")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")

Parse = Callable[[str, str], object]


@dataclass(frozen=True)
class Record:
    """A line of one of the registry's files."""

    def check(self) -> None:
        """Check the cells of the line in the light of one another.

        Raises:
            ValueError: with the first mistake.
        """


R = TypeVar("R", bound=Record)


def column(parse: Parse, *, empty: object = dataclasses.MISSING, key: Callable[[Any], str] | None = None) -> Any:
    """Declare a record's column.

    Args:
        parse: parses a cell.
        empty: what an empty cell stands for; without it, an empty cell is parsed like the others.
        key: makes of a value its part of the name that only one line may have.
    """
    return dataclasses.field(metadata={"parse": parse, "empty": empty, "key": key})


def read_record(record: type[R], cells: Mapping[str, str]) -> R:
    """Make a record of a line's cells.

    Raises:
        ValueError: with one argument a mistake.
    """
    values: dict[str, object] = {}
    problems: list[str] = []
    for field in dataclasses.fields(record):
        cell, empty = cells[field.name], field.metadata["empty"]
        try:
            is_parsed = cell or empty is dataclasses.MISSING
            values[field.name] = field.metadata["parse"](cell, field.name) if is_parsed else empty
        except ValueError as error:
            problems.append(str(error))
    if problems:
        raise ValueError(*problems)
    made = record(**values)
    made.check()
    return made


def key_of(row: Record) -> str:
    """Return the name that only one line of a file may have; empty where any may stand twice."""
    keys = ((field.metadata["key"], getattr(row, field.name)) for field in dataclasses.fields(row))
    return " ".join(key(value) for key, value in keys if key)


def take(text: str, _: str) -> str:
    """Take any text, none as well."""
    return text


def filled(expected: str = "words") -> Parse:
    """Parse a text that must be there."""
    return lambda text, name: _check(text, text, name, expected)


def fitting(pattern: str | re.Pattern[str], expected: str) -> Parse:
    """Parse a text that fits a pattern as a whole."""
    return lambda text, name: _check(re.fullmatch(pattern, text), text, name, expected)


def one_of(words: Iterable[str]) -> Parse:
    """Parse one of some words."""
    allowed = sorted(words)
    return lambda text, name: _check(text in allowed, text, name, "one of " + ", ".join(allowed))


def parse_yes_no(text: str, name: str) -> bool:
    """Parse yes or no."""
    return one_of(("yes", "no"))(text, name) == "yes"


def number(expected: str, pattern: str | re.Pattern[str] = NUMBER) -> Parse:
    """Parse a number that fits a pattern."""
    return lambda text, name: float(_check(re.fullmatch(pattern, text), text, name, expected))


def parse_date(text: str, name: str) -> dt.date:
    """Parse a date."""
    expect(is_part_of_date(text) and _DATE.fullmatch(text), name, text, "a date as YYYY-MM-DD")
    return dt.date.fromisoformat(text)


def parse_part_of_date(text: str, name: str) -> str:
    """Parse a date, or the year or the month of one."""
    return _check(is_part_of_date(text), text, name, "YYYY, YYYY-MM or YYYY-MM-DD")


def parse_names(text: str, _: str) -> tuple[str, ...]:
    """Parse names that are parted by spaces."""
    return tuple(text.split())


def is_part_of_date(text: str) -> bool:
    """Tell whether a text is a date, or the year or the month of one."""
    whole = f"{text}{'-01-01'[: 3 * (2 - text.count('-'))]}"
    try:
        return bool(_DATE.fullmatch(whole)) and dt.date.fromisoformat(whole) is not None
    except ValueError:
        return False


def expect(condition: object, column: str, found: str, expected: str) -> None:
    """Expect a condition of a cell."""
    if not condition:
        raise ValueError(f"{column} is {found!r}, expected {expected}")


def _check(condition: object, text: str, name: str, expected: str) -> str:
    expect(condition, name, text, expected)
    return text
