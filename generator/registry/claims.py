"""Claims: what others said about open models, and the tests that counts of downloads allow.

A claim names its tests; two claims may share one, which counts once. A test is a condition, `measure operator against`,
in the columns of those names. A measure is the name of a series, or the sum of several (`a + b`); what it is held
against is a series, a sum, or a number. Series:

- `share/<definition>/<code>`: a country's or category's share, `share/30d-all-publisher/CN`;
- `<topic>.<name>`: a series of a topic, `sizes.share-under-1b.all`; `sizes.origin-share-under-1b.CN` is the same by
  origin, where a topic has both.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from generator.base.encode import RESERVED_SLUGS
from generator.registry.cells import DEFINITION, WEB_ADDRESS, expect, expect_one_of, parse_date

OPERATORS: Final = ("above", "below", "about")
UNITS: Final = ("share", "days", "parameters", "number")
# Whom a test speaks of: those who made a model (origin), those who uploaded it (publisher), or nobody.
MAKERS: Final = "makers"
UPLOADERS: Final = "uploaders"
ABOUT: Final = (MAKERS, UPLOADERS, "")
# A claim on levels or leads of the whole Hub: a selection cannot tell.
HUB: Final = "hub"
NEEDS: Final = (HUB, "")
# Categories beside the countries that a share can be of.
_CATEGORIES: Final = frozenset({"INT", "UNAFFILIATED", "UNREVIEWED"})
_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?(?:e\d+)?")
_SHARE: Final = re.compile(rf"share/({DEFINITION.pattern})/([A-Z]+)")
_TOPIC: Final = re.compile(r"[a-z][a-z0-9-]*(?:\.[A-Za-z0-9-]+)+")
_BY_ORIGIN: Final = "origin-"
_WORDS: Final = ("claim", "claimed_by", "source")


@dataclass(frozen=True)
class Claim:
    """A claim.

    Attributes:
        slug: its name in addresses.
        claim: what is claimed, in our own words, as a sentence.
        claimed_by: who said it.
        claimed_on: when.
        source: where, in words.
        source_url: where it can be read; empty where no free address is known.
        tests: names of its tests; none where Hub counts cannot tell.
        value_then: what the source gave for the first test's measure; None where it gave nothing.
        against_then: the same for what it is held against.
        reason: why Hub counts cannot tell, or what is to be known of the claim; perhaps empty where there is a test.
        checked_on: when a person read the source.
    """

    slug: str
    claim: str
    claimed_by: str
    claimed_on: dt.date
    source: str
    source_url: str
    tests: tuple[str, ...]
    value_then: float | None
    against_then: float | None
    reason: str
    checked_on: dt.date


@dataclass(frozen=True)
class ClaimTest:
    """A sentence that counts can test.

    Attributes:
        slug: its name in addresses and files.
        test: the sentence.
        about: `makers`, then the measure goes by origin; `uploaders`, then by publisher; empty for what is of no
            account, or the same either way.
        measure: names of the series that are summed.
        operator: `above`, `below` or `about`.
        against: names of series, or one number as text.
        level_within: difference within which `above` and `below` are called level, and `about` holds; in the unit.
        unit: `share` (fraction), `days`, `parameters` or `number`.
        needs: `hub` where only all public models can tell; else empty.
        leaves_out: what the test leaves out; perhaps empty.
    """

    slug: str
    test: str
    about: str
    measure: tuple[str, ...]
    operator: str
    against: tuple[str, ...]
    level_within: float
    unit: str
    needs: str
    leaves_out: str

    @property
    def series(self) -> tuple[str, ...]:
        """Return the names of all series on both sides."""
        return self.measure + (self.against if self.threshold is None else ())

    @property
    def threshold(self) -> float | None:
        """Return the number that the measure is held against; None where that is a series."""
        return float(self.against[0]) if len(self.against) == 1 and _NUMBER.fullmatch(self.against[0]) else None


def parse_claim(cells: Mapping[str, str]) -> Claim:
    """Parse a line of claims.csv.

    Raises:
        ValueError: with the first mistake of the line.
    """
    _check_slug(cells["slug"])
    for column in _WORDS:
        expect(cells[column], column, cells[column], "words")
    url = cells["source_url"]
    expect(not url or WEB_ADDRESS.fullmatch(url), "source_url", url, "a web address, or nothing")
    for column in ("value_then", "against_then"):
        expect(not cells[column] or _NUMBER.fullmatch(cells[column]), column, cells[column], "a number or nothing")
        expect(not cells[column] or cells["tests"], column, cells[column], "nothing without a test")
    expect(cells["tests"] or cells["reason"], "reason", "", "words: why the counts of the Hub cannot tell")
    return Claim(
        slug=cells["slug"],
        claim=cells["claim"],
        claimed_by=cells["claimed_by"],
        claimed_on=parse_date(cells["claimed_on"], "claimed_on"),
        source=cells["source"],
        source_url=url,
        tests=_split(cells["tests"]),
        value_then=_number(cells["value_then"]),
        against_then=_number(cells["against_then"]),
        reason=cells["reason"],
        checked_on=parse_date(cells["checked_on"], "checked_on"),
    )


def parse_test(cells: Mapping[str, str]) -> ClaimTest:
    """Parse a line of claim_tests.csv.

    Raises:
        ValueError: with the first mistake of the line.
    """
    _check_slug(cells["slug"])
    expect(cells["test"], "test", "", "words: the sentence that is tested")
    for column, words in (("operator", OPERATORS), ("unit", UNITS), ("about", ABOUT), ("needs", NEEDS)):
        expect_one_of(cells[column], column, words)
    _check_sides(cells)
    within = cells["level_within"]
    expect(not within or _NUMBER.fullmatch(within), "level_within", within, "a number or nothing")
    expect(within or cells["operator"] != "about", "level_within", "", "a number: how far off is still 'about'")
    return ClaimTest(
        slug=cells["slug"],
        test=cells["test"],
        about=cells["about"],
        measure=_split(cells["measure"]),
        operator=cells["operator"],
        against=_split(cells["against"]),
        level_within=float(within or 0),
        unit=cells["unit"],
        needs=cells["needs"],
        leaves_out=cells["leaves_out"],
    )


def find_other_reading(name: str) -> str:
    """Return the series of the other attribution: by publisher for one by origin, and the other way round."""
    if name.startswith("share/"):
        swap = {"-origin/": "-publisher/", "-publisher/": "-origin/"}
        return re.sub(r"-(?:origin|publisher)/", lambda found: swap[found[0]], name)
    topic, _, rest = name.partition(".")
    return f"{topic}.{rest.removeprefix(_BY_ORIGIN) if is_by_origin(name) else _BY_ORIGIN + rest}"


def is_by_origin(name: str) -> bool:
    """Return whether a series says that it goes by origin."""
    return "-origin/" in name if name.startswith("share/") else name.partition(".")[2].startswith(_BY_ORIGIN)


def check_claim(claim: Claim, knows_test: Callable[[str], bool]) -> Iterable[str]:
    """Yield what is wrong with a claim in the light of the other files."""
    for name in claim.tests:
        if not knows_test(name):
            yield f"tests has {name!r}, expected a name of claim_tests.csv"


def check_test(test: ClaimTest, knows_country: Callable[[str], bool], is_named: Callable[[str], bool]) -> Iterable[str]:
    """Yield what is wrong with a test in the light of the other files."""
    for name in test.series:
        share = _SHARE.fullmatch(name)
        if share and share[2] not in _CATEGORIES and not knows_country(share[2]):
            yield f"{name!r} is of {share[2]!r}, expected a code of countries.csv or a category"
    if not is_named(test.slug):
        yield f"no claim names the test {test.slug!r}; name it in the tests of claims.csv, or remove it"


def _check_slug(slug: str) -> None:
    fits = _SLUG.fullmatch(slug) and slug not in RESERVED_SLUGS
    expect(fits, "slug", slug, "a name like a-b-1, and none that a computer keeps for a device")


def _check_sides(cells: Mapping[str, str]) -> None:
    """Check both sides of a test, and that they go by the attribution that `about` asks for."""
    names, against = _split(cells["measure"]), _split(cells["against"])
    expect(names, "measure", "", "names of series")
    for name in names:
        expect(_is_series(name), "measure", name, "share/<definition>/<code> or <topic>.<series>, or a sum with ' + '")
    is_number = len(against) == 1 and bool(_NUMBER.fullmatch(against[0]))
    expect(is_number or (against and all(map(_is_series, against))), "against", cells["against"], "a number or series")
    for name in names if is_number else names + against:
        is_share = name.startswith("share/")
        expect(cells["about"] or not is_share, "about", "", "makers or uploaders: a share has one of them")
        fits = not is_share or is_by_origin(name) == (cells["about"] == MAKERS)
        expect(fits, "measure", name, "a share by origin for makers, by publisher for uploaders")
        expect(cells["about"] == MAKERS or not is_by_origin(name), "about", cells["about"], "makers: it goes by origin")


def _is_series(name: str) -> bool:
    return bool(_SHARE.fullmatch(name) or _TOPIC.fullmatch(name))


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(" + ")) if text else ()


def _number(text: str) -> float | None:
    return float(text) if text else None
