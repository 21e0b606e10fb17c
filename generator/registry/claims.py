"""Claims: what others said about open models, each with the condition under which it holds.

A condition is `measure operator against`, in the columns of those names. A measure is the name of a series, or the sum
of several (`a + b`); what it is held against is a series, a sum, or a number. Series:

- `share/<definition>/<code>`: a country's or category's share, `share/30d-all-publisher/CN`;
- `<topic>.<name>`: a series of a topic, `sizes.share-under-1b.CN`.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from generator.encode import RESERVED_SLUGS
from generator.registry.cells import DEFINITION, WEB_ADDRESS, expect, expect_one_of, parse_date

OPERATORS: Final = ("above", "below", "about")
UNITS: Final = ("share", "days", "parameters", "number")
# Categories beside the countries that a share can be of.
_CATEGORIES: Final = frozenset({"INT", "UNAFFILIATED", "UNREVIEWED"})
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?(?:e\d+)?")
_SHARE: Final = re.compile(rf"share/({DEFINITION.pattern})/([A-Z]+)")
_TOPIC: Final = re.compile(r"[a-z][a-z0-9-]*(?:\.[A-Za-z0-9-]+)+")
_WORDS: Final = ("claim", "claimed_by", "source")


@dataclass(frozen=True)
class Claim:
    """A claim and its test.

    Attributes:
        slug: its name in addresses.
        claim: what is claimed, in our own words, as a sentence.
        claimed_by: who said it.
        claimed_on: when.
        source: where, in words.
        source_url: where it can be read; empty where no free address is known.
        measure: names of the series that are summed; empty where Hub counts cannot tell.
        operator: `above`, `below` or `about`; empty without a measure.
        against: names of series, or one number as text; empty without a measure.
        level_within: difference within which `above` and `below` are called level, and `about` holds; in the unit.
        unit: `share` (fraction), `days`, `parameters` or `number`; empty without a measure.
        test: how the condition stands for the claim, in words.
        value_then: what the source gave for the measure; None where it gave nothing.
        against_then: the same for what it is held against.
        reason: why Hub counts cannot tell, or what the test leaves out; perhaps empty where there is a measure.
        checked_on: when a person read the source.
    """

    slug: str
    claim: str
    claimed_by: str
    claimed_on: dt.date
    source: str
    source_url: str
    measure: tuple[str, ...]
    operator: str
    against: tuple[str, ...]
    level_within: float
    unit: str
    test: str
    value_then: float | None
    against_then: float | None
    reason: str
    checked_on: dt.date

    @property
    def series(self) -> tuple[str, ...]:
        """Return the names of all series on both sides."""
        return self.measure + (self.against if self.threshold is None else ())

    @property
    def threshold(self) -> float | None:
        """Return the number that the measure is held against; None where that is a series."""
        return float(self.against[0]) if len(self.against) == 1 and _NUMBER.fullmatch(self.against[0]) else None


def parse_claim(cells: Mapping[str, str]) -> Claim:
    """Parse a line.

    Raises:
        ValueError: with the first mistake of the line.
    """
    is_slug = re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", cells["slug"]) and cells["slug"] not in RESERVED_SLUGS
    expect(is_slug, "slug", cells["slug"], "a name like a-b-1, and none that a computer keeps for a device")
    for column in _WORDS:
        expect(cells[column], column, cells[column], "words")
    url = cells["source_url"]
    expect(not url or WEB_ADDRESS.fullmatch(url), "source_url", url, "a web address, or nothing")
    for column in ("value_then", "against_then", "level_within"):
        expect(not cells[column] or _NUMBER.fullmatch(cells[column]), column, cells[column], "a number or nothing")
    if cells["measure"]:
        _check_test(cells)
    else:
        _check_untested(cells)
    return Claim(
        slug=cells["slug"],
        claim=cells["claim"],
        claimed_by=cells["claimed_by"],
        claimed_on=parse_date(cells["claimed_on"], "claimed_on"),
        source=cells["source"],
        source_url=url,
        measure=_split(cells["measure"]),
        operator=cells["operator"],
        against=_split(cells["against"]),
        level_within=float(cells["level_within"] or 0),
        unit=cells["unit"],
        test=cells["test"],
        value_then=_number(cells["value_then"]),
        against_then=_number(cells["against_then"]),
        reason=cells["reason"],
        checked_on=parse_date(cells["checked_on"], "checked_on"),
    )


def check_claim(claim: Claim, knows_country: Callable[[str], bool]) -> Iterable[str]:
    """Yield what is wrong with a claim in the light of the other files."""
    for name in claim.series:
        share = _SHARE.fullmatch(name)
        if share and share[2] not in _CATEGORIES and not knows_country(share[2]):
            yield f"{name!r} is of {share[2]!r}, expected a code of countries.csv or a category"


def _check_test(cells: Mapping[str, str]) -> None:
    expect_one_of(cells["operator"], "operator", OPERATORS)
    expect_one_of(cells["unit"], "unit", UNITS)
    expect(cells["test"], "test", "", "words: how the condition stands for the claim")
    for name in _split(cells["measure"]):
        expect(_is_series(name), "measure", name, "share/<definition>/<code> or <topic>.<series>, or a sum with ' + '")
    names = _split(cells["against"])
    is_number = len(names) == 1 and _NUMBER.fullmatch(names[0])
    expect(is_number or (names and all(map(_is_series, names))), "against", cells["against"], "a number or series")
    expect(not cells["against_then"] or not is_number, "against_then", cells["against_then"], "nothing beside a number")
    if cells["operator"] == "about":
        expect(cells["level_within"], "level_within", "", "a number: how far off is still 'about'")


def _check_untested(cells: Mapping[str, str]) -> None:
    expect(cells["reason"], "reason", "", "words: why the counts of the Hub cannot tell")
    for column in ("operator", "against", "level_within", "unit", "test"):
        expect(not cells[column], column, cells[column], "nothing without a measure")


def _is_series(name: str) -> bool:
    return bool(_SHARE.fullmatch(name) or _TOPIC.fullmatch(name))


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(" + ")) if text else ()


def _number(text: str) -> float | None:
    return float(text) if text else None
