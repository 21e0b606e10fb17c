"""The registry's records: a row of each of its files, and all of them together."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from generator.registry.cells import (
    DEFINITION,
    WEB_ADDRESS,
    Record,
    column,
    expect,
    filled,
    fitting,
    number,
    one_of,
    parse_date,
    parse_names,
    parse_part_of_date,
    parse_yes_no,
    take,
)
from generator.registry.claims import Claim, ClaimTest

INTERNATIONAL: Final = "INT"
UNAFFILIATED: Final = "UNAFFILIATED"
UNREVIEWED: Final = "UNREVIEWED"

KINDS: Final = frozenset({"company", "non-profit", "university", "government", "community", "person"})
TASK_GROUPS: Final = (
    "language",
    "multimodal",
    "embedding",
    "vision",
    "speech",
    "image-generation",
    "video",
    "other",
    "unstated",
)
UNVERIFIED: Final = "unverified"
# How a published figure was read: in its own source, as another one quotes it, or summed by us from such numbers.
FIGURE_STATES: Final = ("primary", "secondary", "computed")

# What an event is: the Hub's counters failed (`counts`), or what they count was said anew (`definition`); days that a
# public archive of the counts lacks, in whole or in part (`archive`); one model's requests (`surge`); a model that came
# out (`release`), the terms of one (`licence`), and who owns or turns away (`company`).
EVENT_KINDS: Final = ("release", "counts", "definition", "archive", "surge", "licence", "company")
_BREAKS: Final = frozenset({"counts", "definition", "archive", "surge"})

_NAME: Final = r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}"
_HANDLE: Final = fitting(_NAME, "a Hub account name")
_MODEL_ID: Final = f"{_NAME}/{_NAME}"
_ADDRESS: Final = fitting(WEB_ADDRESS, "a web address")
# A repeated group, or many repeats in a row, can take for ever on a name that is made for it.
_REPEATED_GROUP: Final = re.compile(r"\)(?:[*+]|\{\d*,)")
_REPEAT: Final = re.compile(r"[*+]|\{\d*,")
_MAX_REPEATS: Final = 4


def _parse_pattern(text: str, name: str) -> str:
    """Parse a family's pattern; refuse one that takes every model, or that could take for ever on a long name."""
    expect(text and text == text.lower(), name, text, "a lower-case regular expression")
    try:
        compiled = re.compile(text)
    except re.error as error:
        raise ValueError(f"{name} is {text!r}: {error}") from error
    expect(compiled.groups == 0, name, text, "no capture group; write (?:…)")
    expect(not compiled.search(""), name, text, "one that needs a letter; it takes every model")
    bare = re.sub(r"\[(?:\\.|[^\]])*\]", "c", re.sub(r"\\.", "c", text))
    expect(not _REPEATED_GROUP.search(bare), name, text, "no repeated group; it can take for ever")
    expect(len(_REPEAT.findall(bare)) <= _MAX_REPEATS, name, text, f"at most {_MAX_REPEATS} repeats")
    return text


def _parse_count(text: str, name: str) -> int:
    expect(re.fullmatch(r"[1-9]\d*", text), name, text, "a whole number or nothing")
    return int(text)


@dataclass(frozen=True)
class Country(Record):
    """A country or territory of ISO 3166-1.

    Attributes:
        code: the two-letter code.
        numeric: the three-digit code that map geometry uses.
        region: part of the world, in English.
        eu: whether it is a member of the European Union.
        colour: name of its colour in charts; empty for the grey ones.
    """

    code: str = column(fitting(r"[A-Z]{2}", "two capital letters"), key=str)
    numeric: str = column(fitting(r"\d{3}", "three digits"))
    region: str = column(filled("a part of the world"))
    eu: bool = column(parse_yes_no)
    colour: str = column(take)


@dataclass(frozen=True)
class Publisher(Record):
    """A Hub account and the organisation that runs it.

    Attributes:
        handle: the account's name on the Hub.
        organisation: the organisation's name; empty for persons.
        kind: company, non-profit, university, government, community or person.
        country: ISO code of the headquarters, `INT` for no single seat, empty for persons and loose communities.
        parent: the organisation it belongs to, if any.
        parent_country: ISO code of the parent where it differs from `country`.
        alias_of: the account that this one was renamed to, or mirrors.
        alias_since: date of the rename, as exactly as it is known.
        basis: the evidence in a few words; `unverified` where none was found.
        source_url: where the evidence can be read.
        checked_on: when a person checked it.
        note: what is disputed and which rule decides.
    """

    handle: str = column(_HANDLE, key=str.lower)
    organisation: str = column(take)
    kind: str = column(one_of(KINDS))
    country: str = column(take)
    parent: str = column(take)
    parent_country: str = column(take)
    alias_of: str = column(take)
    alias_since: str = column(parse_part_of_date, empty="")
    basis: str = column(filled("the evidence in a few words, or 'unverified'"))
    source_url: str = column(_ADDRESS, empty="")
    checked_on: dt.date = column(parse_date)
    note: str = column(take)

    @property
    def code(self) -> str:
        """Return the country code, or the category beside the countries."""
        if self.basis == UNVERIFIED:
            return UNREVIEWED
        return self.country or UNAFFILIATED


@dataclass(frozen=True)
class Family(Record):
    """A family of models, recognised by name.

    Attributes:
        family: the family's name.
        pattern: lower-case regular expression, matched at the start of a word of the model's name.
        origin: the Hub account that published the root model.
        task_group: what the family is plainly used for.
        note: a remark.
    """

    family: str = column(filled("a name"))
    pattern: str = column(_parse_pattern, key=str)
    origin: str = column(_HANDLE)
    task_group: str = column(one_of(TASK_GROUPS))
    note: str = column(take)


@dataclass(frozen=True)
class Openness(Record):
    """What the makers of a family of models released, and under which terms.

    Attributes:
        family: the family's name.
        weights: open, gated, conditional, partial or closed.
        training_data: released, described or undisclosed.
        training_code: released, partial or none.
        license: the licence's usual short name.
        license_class: open, conditions or non-commercial, as the classes of the Hub's licences are called.
        technical_report: whether there is one.
        grade: fully-open, open-weights-described-data, open-weights or restricted-weights.
        source_url: where this can be read.
        checked_on: when a person checked it.
        note: a remark.
    """

    family: str = column(take, key=str)
    weights: str = column(one_of(("open", "gated", "conditional", "partial", "closed")))
    training_data: str = column(one_of(("released", "described", "undisclosed")))
    training_code: str = column(one_of(("released", "partial", "none")))
    license: str = column(take)
    license_class: str = column(one_of(("open", "conditions", "non-commercial")))
    technical_report: str = column(one_of(("yes", "no")))
    grade: str = column(one_of(("fully-open", "open-weights-described-data", "open-weights", "restricted-weights")))
    source_url: str = column(_ADDRESS)
    checked_on: dt.date = column(parse_date)
    note: str = column(take)


@dataclass(frozen=True)
class Reading(Record):
    """The other reading of a hard case: where an account would stand if the rule were another one.

    Attributes:
        reading: name of the case.
        handle: the Hub account.
        country: its ISO code under the other reading, or a category beside the countries.
        reason: what speaks for that reading.
    """

    reading: str = column(fitting(r"[a-z][a-z-]*", "a name in small letters"), key=str)
    handle: str = column(take, key=str.lower)
    country: str = column(take)
    reason: str = column(filled("what speaks for this reading"))


@dataclass(frozen=True)
class PublishedFigure(Record):
    """A number that others published, to be set beside ours.

    Attributes:
        figure: its name, in small letters.
        source: who published it and where, in words.
        published_on: when.
        what: what the number is of, in words.
        code: country code or category that it is of; empty where it is of none.
        value: the number: a fraction for `share` and `part`, else in the unit.
        unit: `share` of downloads by country, `part` of something else, `downloads`, `models`, `tokens` or `factor`.
        starts_on: the first day that it counts; None where it is not stated.
        ends_on: the last day that it counts; None where it is not stated.
        their_definition: what its source counts, in words.
        nearest: slug of the definition of ours that is nearest to it; empty if none is.
        same_definition: whether both count the same.
        comparable: whether a comparison with a share of ours makes sense.
        reason: what differs, or why there is no comparison.
        status: `primary` where the number was read in its own source, `secondary` where another one quotes it,
            `computed` where it is a sum of ours from numbers that its source publishes.
        source_url: where it can be read; empty where another one quotes it and no address was found.
        checked_on: when a person checked it.
    """

    figure: str = column(fitting(r"[a-z0-9]+(?:-[a-z0-9]+)*", "a name like a-b-1"), key=str)
    source: str = column(filled())
    published_on: dt.date = column(parse_date)
    what: str = column(filled())
    code: str = column(take)
    value: float = column(number("a number such as 0.171", r"\d+(?:\.\d+)?"))
    unit: str = column(one_of(("share", "part", "downloads", "models", "tokens", "factor")))
    starts_on: dt.date | None = column(parse_date, empty=None)
    ends_on: dt.date | None = column(parse_date, empty=None)
    their_definition: str = column(filled())
    nearest: str = column(fitting(DEFINITION, "a definition"), empty="")
    same_definition: bool = column(parse_yes_no)
    comparable: bool = column(parse_yes_no)
    reason: str = column(filled())
    status: str = column(one_of(FIGURE_STATES))
    source_url: str = column(_ADDRESS, empty="")
    checked_on: dt.date = column(parse_date)

    def check(self) -> None:
        """Check that a fraction is one, that what is compared can be, and that there is an address."""
        is_fraction = self.unit in {"share", "part"}
        expect(not is_fraction or self.value <= 1, "value", f"{self.value:g}", "a fraction from 0 to 1")
        complete = self.code and self.nearest and self.unit == "share"
        expect(not self.comparable or complete, "comparable", "yes", "no: it needs unit share, code and nearest")
        expect(self.source_url or self.status == "secondary", "source_url", "", "a web address")


@dataclass(frozen=True)
class Canary(Record):
    """A known model that a complete listing of the Hub holds.

    Attributes:
        id: its id on the Hub.
        why: what it stands for.
        source_url: its page.
        checked_on: the day on which it was last seen in a listing.
    """

    id: str = column(fitting(_MODEL_ID, "a model's id with its account"), key=str)
    why: str = column(filled("what it stands for"))
    source_url: str = column(_ADDRESS)
    checked_on: dt.date = column(parse_date)


@dataclass(frozen=True)
class Correction(Record):
    """An entry of the public log of corrections.

    Attributes:
        date: the UTC day on which it was put right or decided.
        what: what was published wrongly, or which check was overruled, in words.
        why: the reason.
        before: what stood there; empty where nothing did.
        after: what stands there now.
        decided_by: the role that decided: `maintainer`, or `build` for what the build finds by itself.
    """

    date: dt.date = column(parse_date)
    what: str = column(filled())
    why: str = column(filled())
    before: str = column(take)
    after: str = column(filled())
    decided_by: str = column(one_of(("maintainer", "build")))


@dataclass(frozen=True)
class LaunchDate(Record):
    """The day on which a model was launched, where its repository is older or younger.

    Attributes:
        id: a repository of the release.
        repository_date: the day on which the repository was created.
        launch_date: the day on which its maker announced it.
        source_url: where the launch date can be read.
        checked_on: when a person checked it.
        note: a remark.
    """

    id: str = column(fitting(_MODEL_ID, "a model's id such as account/model"), key=str)
    repository_date: dt.date = column(parse_date)
    launch_date: dt.date = column(parse_date)
    source_url: str = column(_ADDRESS)
    checked_on: dt.date = column(parse_date)
    note: str = column(take)

    def check(self) -> None:
        """Check that the launch is on another day than the repository's, and past."""
        found, differs = str(self.launch_date), self.launch_date != self.repository_date
        expect(differs, "launch_date", found, "another day than repository_date, or no line at all")
        is_past = self.launch_date <= self.checked_on
        expect(is_past, "launch_date", found, "a day up to checked_on: what is announced is not launched")


@dataclass(frozen=True)
class Event(Record):
    """Something that happened, and that a reader of a line over time should know of.

    Attributes:
        date: the day on which it was first seen.
        label: what happened, as it stands below a figure.
        kind: one of `EVENT_KINDS`.
        countries: codes of the countries whose share it moves, in the file's order.
        publishers: accounts whose downloads it moves, in the file's order.
        downloads: that it added at least, where that is known; else None.
        source: who says so, in words.
        source_url: where it can be read.
        checked_on: when a person checked it.
        note: a remark.
    """

    date: dt.date = column(parse_date, key=str)
    label: str = column(filled(), key=str)
    kind: str = column(one_of(EVENT_KINDS))
    countries: tuple[str, ...] = column(parse_names)
    publishers: tuple[str, ...] = column(parse_names)
    downloads: int | None = column(_parse_count, empty=None)
    source: str = column(filled())
    source_url: str = column(_ADDRESS)
    checked_on: dt.date = column(parse_date)
    note: str = column(take)

    def check(self) -> None:
        """Check that what one account's models do is somebody's."""
        is_named = self.kind not in {"surge", "release"} or self.publishers
        expect(is_named, "publishers", "", "the account whose model it is")

    @property
    def is_break(self) -> bool:
        """Return whether it moves the counts for another reason than that people chose other models."""
        return self.kind in _BREAKS


@dataclass(frozen=True)
class Registry:
    """All hand-kept facts, ready to be joined.

    Attributes:
        publishers: by lower-case handle.
        countries: by code.
        families: in file order.
        openness: in file order.
        readings: the other readings of hard cases, in file order.
        figures: what others published, in file order.
        claims: what others said, each with the names of its tests, in file order.
        claim_tests: the tests by name, in file order.
        canaries: models that a complete listing of the Hub holds, in file order.
        corrections: the hand-written part of the log of corrections, in file order.
        launch_dates: corrections of repositories' dates, in file order.
        events: what moved the counts or the shares, oldest first.
    """

    publishers: Mapping[str, Publisher]
    countries: Mapping[str, Country]
    families: tuple[Family, ...]
    openness: tuple[Openness, ...] = ()
    readings: tuple[Reading, ...] = ()
    figures: tuple[PublishedFigure, ...] = ()
    claims: tuple[Claim, ...] = ()
    claim_tests: Mapping[str, ClaimTest] = field(default_factory=dict)
    canaries: tuple[Canary, ...] = ()
    corrections: tuple[Correction, ...] = ()
    launch_dates: tuple[LaunchDate, ...] = ()
    events: tuple[Event, ...] = ()

    @cached_property
    def canonical_handles(self) -> Mapping[str, str]:
        """Map each lower-case handle to the handle that its downloads count for: an alias to its target."""
        targets = {key: self.publishers.get(row.alias_of.lower(), row) for key, row in self.publishers.items()}
        return {key: row.handle for key, row in targets.items()}

    def canonical(self, handle: str) -> str:
        """Return the handle that this account's downloads count for."""
        return self.canonical_handles.get(handle.lower(), handle)

    def find(self, handle: str) -> Publisher | None:
        """Return the row of an account, following its alias."""
        return self.publishers.get(self.canonical(handle).lower())

    def code(self, handle: str) -> str:
        """Return the country code of an account, or the category beside the countries."""
        row = self.find(handle)
        return row.code if row else UNREVIEWED
