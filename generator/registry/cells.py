"""What a cell of the registry's files must hold; each check raises ValueError with found and expected."""

import datetime as dt
import re
from collections.abc import Iterable
from typing import Final

WEB_ADDRESS: Final = re.compile(r"https?://[A-Za-z0-9.-]+\.[A-Za-z]{2,}(?:[/?#]\S*)?")
# The slug of a definition; the definitions themselves belong to the measures, which build on the registry.
DEFINITION: Final = re.compile(r"(?:30d|12m|held|all-time)-(?:all|first-year|generative|language)-(?:publisher|origin)")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def parse_date(text: str, column: str) -> dt.date:
    """Parse a date."""
    expect(is_part_of_date(text) and _DATE.fullmatch(text), column, text, "a date as YYYY-MM-DD")
    return dt.date.fromisoformat(text)


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


def expect_one_of(found: str, column: str, allowed: Iterable[str]) -> None:
    """Expect one of some words in a cell."""
    expect(found in set(allowed), column, found, "one of " + ", ".join(sorted(allowed)))
