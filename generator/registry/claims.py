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
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from generator.base.encode import RESERVED_SLUGS
from generator.registry.cells import (
    DEFINITION,
    NUMBER,
    WEB_ADDRESS,
    Record,
    column,
    expect,
    filled,
    fitting,
    number,
    one_of,
    parse_date,
    take,
)

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
_SHARE: Final = re.compile(rf"share/({DEFINITION.pattern})/([A-Z]+)")
_TOPIC: Final = re.compile(r"[a-z][a-z0-9-]*(?:\.[A-Za-z0-9-]+)+")
_BY_ORIGIN: Final = "origin-"


def _parse_slug(text: str, name: str) -> str:
    fits = _SLUG.fullmatch(text) and text not in RESERVED_SLUGS
    expect(fits, name, text, "a name like a-b-1, and none that a computer keeps for a device")
    return text


def _split(text: str, _: str = "") -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(" + ")) if text else ()


def _parse_measure(text: str, name: str) -> tuple[str, ...]:
    series = _split(text)
    expect(series, name, text, "names of series")
    for one in series:
        expect(_is_series(one), name, one, "share/<definition>/<code> or <topic>.<series>, or a sum with ' + '")
    return series


def _parse_against(text: str, name: str) -> tuple[str, ...]:
    expect(NUMBER.fullmatch(text) or (text and all(map(_is_series, _split(text)))), name, text, "a number or series")
    return _split(text)


def _is_series(name: str) -> bool:
    return bool(_SHARE.fullmatch(name) or _TOPIC.fullmatch(name))


@dataclass(frozen=True)
class Claim(Record):
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

    slug: str = column(_parse_slug, key=str)
    claim: str = column(filled())
    claimed_by: str = column(filled())
    claimed_on: dt.date = column(parse_date)
    source: str = column(filled())
    source_url: str = column(fitting(WEB_ADDRESS, "a web address, or nothing"), empty="")
    tests: tuple[str, ...] = column(_split)
    value_then: float | None = column(number("a number or nothing"), empty=None)
    against_then: float | None = column(number("a number or nothing"), empty=None)
    reason: str = column(take)
    checked_on: dt.date = column(parse_date)

    def check(self) -> None:
        """Check that numbers stand beside a test, and words where there is none."""
        for name, value in (("value_then", self.value_then), ("against_then", self.against_then)):
            expect(
                value is None or self.tests, name, f"{value:g}" if value is not None else "", "nothing without a test"
            )
        expect(self.tests or self.reason, "reason", "", "words: why the counts of the Hub cannot tell")


@dataclass(frozen=True)
class ClaimTest(Record):
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

    slug: str = column(_parse_slug, key=str)
    test: str = column(filled("words: the sentence that is tested"))
    about: str = column(one_of(ABOUT))
    measure: tuple[str, ...] = column(_parse_measure)
    operator: str = column(one_of(OPERATORS))
    against: tuple[str, ...] = column(_parse_against)
    level_within: float = column(number("a number or nothing"), empty=0.0)
    unit: str = column(one_of(UNITS))
    needs: str = column(one_of(NEEDS))
    leaves_out: str = column(take)

    @property
    def series(self) -> tuple[str, ...]:
        """Return the names of all series on both sides."""
        return self.measure + (self.against if self.threshold is None else ())

    @property
    def threshold(self) -> float | None:
        """Return the number that the measure is held against; None where that is a series."""
        return float(self.against[0]) if len(self.against) == 1 and NUMBER.fullmatch(self.against[0]) else None

    def check(self) -> None:
        """Check that both sides go by the attribution that `about` asks for, and that `about` says how far off."""
        for name in self.series:
            is_share = name.startswith("share/")
            expect(self.about or not is_share, "about", "", "makers or uploaders: a share has one of them")
            fits = not is_share or is_by_origin(name) == (self.about == MAKERS)
            expect(fits, "measure", name, "a share by maker for makers, by publisher for uploaders")
            expect(self.about == MAKERS or not is_by_origin(name), "about", self.about, "makers: it goes by maker")
        is_vague = self.operator == "about" and not self.level_within
        expect(not is_vague, "level_within", "", "a number: how far off is still 'about'")


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
