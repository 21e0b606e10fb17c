"""The registry's records: a row of each of its files, and all of them together."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

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


@dataclass(frozen=True)
class Country:
    """A country or territory of ISO 3166-1.

    Attributes:
        code: the two-letter code.
        numeric: the three-digit code that map geometry uses.
        region: part of the world, in English.
        eu: whether it is a member of the European Union.
        colour: name of its colour in charts; empty for the grey ones.
    """

    code: str
    numeric: str
    region: str
    eu: bool
    colour: str


@dataclass(frozen=True)
class Publisher:
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

    handle: str
    organisation: str
    kind: str
    country: str
    parent: str
    parent_country: str
    alias_of: str
    alias_since: str
    basis: str
    source_url: str
    checked_on: dt.date
    note: str

    @property
    def code(self) -> str:
        """Return the country code, or the category beside the countries."""
        if self.basis == UNVERIFIED:
            return UNREVIEWED
        return self.country or UNAFFILIATED


@dataclass(frozen=True)
class Family:
    """A family of models, recognised by name.

    Attributes:
        family: the family's name.
        pattern: lower-case regular expression, matched at the start of a word of the model's name.
        origin: the Hub account that published the root model.
        task_group: what the family is plainly used for.
        note: a remark.
    """

    family: str
    pattern: str
    origin: str
    task_group: str
    note: str


@dataclass(frozen=True)
class Openness:
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

    family: str
    weights: str
    training_data: str
    training_code: str
    license: str
    license_class: str
    technical_report: str
    grade: str
    source_url: str
    checked_on: dt.date
    note: str


@dataclass(frozen=True)
class Reading:
    """The other reading of a hard case: where an account would stand if the rule were another one.

    Attributes:
        reading: name of the case.
        handle: the Hub account.
        country: its ISO code under the other reading, or a category beside the countries.
        reason: what speaks for that reading.
    """

    reading: str
    handle: str
    country: str
    reason: str


# How a published figure was read: in its own source, as another one quotes it, or summed by us from such numbers.
FIGURE_STATES: Final = ("primary", "secondary", "computed")


@dataclass(frozen=True)
class PublishedFigure:
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

    figure: str
    source: str
    published_on: dt.date
    what: str
    code: str
    value: float
    unit: str
    starts_on: dt.date | None
    ends_on: dt.date | None
    their_definition: str
    nearest: str
    same_definition: bool
    comparable: bool
    reason: str
    status: str
    source_url: str
    checked_on: dt.date


@dataclass(frozen=True)
class Canary:
    """A known model that a complete listing of the Hub holds.

    Attributes:
        id: its id on the Hub.
        why: what it stands for.
        source_url: its page.
        checked_on: the day on which it was last seen in a listing.
    """

    id: str
    why: str
    source_url: str
    checked_on: dt.date


@dataclass(frozen=True)
class Correction:
    """An entry of the public log of corrections.

    Attributes:
        date: the UTC day on which it was put right or decided.
        what: what was published wrongly, or which check was overruled, in words.
        why: the reason.
        before: what stood there; empty where nothing did.
        after: what stands there now.
        decided_by: the role that decided: `maintainer`, or `build` for what the build finds by itself.
    """

    date: dt.date
    what: str
    why: str
    before: str
    after: str
    decided_by: str


@dataclass(frozen=True)
class LaunchDate:
    """The day on which a model was launched, where its repository is older or younger.

    Attributes:
        id: a repository of the release.
        repository_date: the day on which the repository was created.
        launch_date: the day on which its maker announced it.
        source_url: where the launch date can be read.
        checked_on: when a person checked it.
        note: a remark.
    """

    id: str
    repository_date: dt.date
    launch_date: dt.date
    source_url: str
    checked_on: dt.date
    note: str


@dataclass(frozen=True)
class Event:
    """A break in the Hub's counts: what moved them for another reason than that people chose other models.

    Attributes:
        date: the day on which it was first seen.
        label: what happened, as it stands on a figure or below it.
        kind: `counter` the way of counting changed or failed, `gap` days without counts, `surge` one model's requests.
        countries: codes of the countries whose share it moves, in the file's order.
        publishers: accounts whose downloads it moves, in the file's order.
        downloads: that it added at least, where that is known; else None.
        source: who says so, in words.
        source_url: where it can be read.
        checked_on: when a person checked it.
    """

    date: dt.date
    label: str
    kind: str
    countries: tuple[str, ...]
    publishers: tuple[str, ...]
    downloads: int | None
    source: str
    source_url: str
    checked_on: dt.date


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
        events: breaks in the Hub's counts, oldest first.
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
