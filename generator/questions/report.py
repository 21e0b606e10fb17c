"""The report: everything that a page, a figure or a data file may show, as frozen records.

Nothing here formats a number or names a colour.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from generator.base.scope import Scope
from generator.ledger.intervals import Interval
from generator.questions.ground import Answer
from generator.registry import Event, Publisher
from generator.star.accounts import HistoryPoint, PublisherRow
from generator.star.compared import Compared, list_breaks
from generator.star.coverage import Coverage
from generator.star.cuts import Cut
from generator.star.daily import Days
from generator.star.definitions import DEFINITIONS, Definition
from generator.star.dominant import Dominant, LargestModel, Surge
from generator.star.falls import Falls
from generator.star.leads import Lead
from generator.star.model_reports import ModelReport
from generator.star.models import ModelRow
from generator.star.readings import ReadingResult
from generator.star.sensitivity import Sensitivity
from generator.star.shares import ShareRow, ShareTable
from generator.star.specifications import SpecificationCurve
from generator.star.task_groups import TaskShares

# The definition of the first sentence: the first of these that has numbers. The study's own, then its nearest kin:
# counters since creation of the models created within a year, which one snapshot has; then what 30-day counts allow.
HEADLINES: Final = tuple(Definition(window, "first_year", "publisher") for window in ("12m", "all_time", "held", "30d"))
# For so many days after the twelve months are recorded, the number that stood first before stands beside them.
DAYS_OF_BOTH: Final = 30


@dataclass(frozen=True)
class DataSource:
    """What the report was built from.

    Attributes:
        as_of: date of the newest snapshot.
        first: first day of the history.
        today: the day of the build.
        next_update: the day after which newer numbers are due; None for data that no night renews.
        scope: what the models counted are a part of, and what may be said over it.
        source: where the newest snapshot came from.
        models: models in it.
        first_models: models in the oldest snapshot.
        covered_days: days of the history that flows speak for.
        days: days from the first to the last, gaps included.
        created_known: share of the 30-day downloads whose model has a creation date.
        intervals: all intervals, oldest first; older nights are joined (`join_nights`).
        repeated: dates whose snapshot repeated the one before and was set aside.
        copied_from: address of the site that all of it is an unverified copy of; empty for data of one's own.
    """

    as_of: dt.date
    first: dt.date
    today: dt.date
    next_update: dt.date | None
    scope: Scope
    source: str
    models: int
    first_models: int
    covered_days: int
    days: int
    created_known: float
    intervals: tuple[Interval, ...]
    repeated: tuple[dt.date, ...]
    copied_from: str = ""

    @property
    def is_first(self) -> bool:
        """Return whether there is one date only: nothing has a *since*, and no line."""
        return len(self.intervals) < 2


@dataclass(frozen=True)
class CountryReport:
    """Everything about one country.

    Attributes:
        code: its ISO code.
        region: part of the world.
        eu: whether it is a member of the European Union.
        shares: its row under each definition that has numbers, with the table it stands in.
        publishers: its publishers with downloads in the last thirty days, the largest first; all of them where the
            source has no such counts.
        models: the most downloaded models that its publishers uploaded, largest first, at most 50.
        tasks: its part in each task group.
        largest: the model that has more than a tenth of its 30-day downloads by publisher; None without one.
    """

    code: str
    region: str
    eu: bool
    shares: tuple[tuple[Definition, ShareRow], ...]
    publishers: tuple[PublisherRow, ...]
    models: tuple[ModelRow, ...]
    tasks: tuple[tuple[str, ShareRow], ...]
    largest: LargestModel | None = None


@dataclass(frozen=True)
class PublisherReport:
    """Everything about one of the largest publishers.

    Attributes:
        slug: its page's name, made from the registry's or a safe form of the handle.
        row: its numbers.
        registry: its row in the registry; None where nobody has reviewed it.
        history: its 30-day downloads on every date.
        models: its most downloaded models, at most 50.
        built_on: the most downloaded models by others whose origin it is, at most 20.
        largest: the model that has more than a tenth of its 30-day downloads; None without one.
    """

    slug: str
    row: PublisherRow
    registry: Publisher | None
    history: tuple[HistoryPoint, ...]
    models: tuple[ModelRow, ...]
    built_on: tuple[ModelRow, ...]
    largest: LargestModel | None = None


@dataclass(frozen=True)
class Report:
    """The whole report.

    Attributes:
        data: what it was built from.
        headline: the definition of the first sentence.
        falls: counters since creation that fell, of models in their first year.
        histories: for each definition with numbers on the newest date its tables on the dates that stand on their own
            (`thin_dates`), oldest first.
        earlier: tables of the window `held` on dates before a year was held, once one is; oldest first.
        leads: for each of those definitions who leads now.
        missing: definitions without numbers, each with the reason: `no-counter`, `short-history`, `one-date`,
            `long-interval`, `empty`, or `superseded` for the history held once a whole year is there.
        countries: countries with downloads in the headline or the 30-day window, by 30-day downloads.
        publishers: all publishers by 30-day downloads.
        reviewed: the registry's row of each of them that has one, by handle.
        profiles: those that have a page, in the same order: the largest, and as many organisations.
        models: the most downloaded models.
        model_reports: the same one by one.
        tasks: shares within each task group, 30 days, by publisher.
        coverage: of each date, oldest first.
        readings: the headline under the other readings of hard cases.
        eu_shares: sum of the European Union's countries under each definition; a group, never added to them.
        sensitivity: what single models and publishers do to the margin, for the headline and for the last thirty days
            of all models by publisher, where these have numbers and two countries.
        specifications: the headline's two leaders under every definition and exclusion; None with one country.
        topics: the record of each topic, by name.
        dominant: for each definition that one model decides that model, and the shares without it.
        surges: models that moved tenfold between two dates, by their first date.
        compared: over a selection the newest date of a definition of thirty days beside an earlier one, over the models
            counted on both; empty over the whole Hub, and where the list is too short for it.
        days: every date of the ledger, none left out, for the files of each date and of each year.
        cuts: downloads within each task group, size band and class of licences, for the explorer.
        events: what moved counts or shares, oldest first; from the registry.
    """

    data: DataSource
    headline: Definition
    falls: Falls
    histories: Mapping[Definition, tuple[ShareTable, ...]]
    earlier: Mapping[Definition, tuple[ShareTable, ...]]
    leads: Mapping[Definition, Lead]
    missing: Mapping[Definition, str]
    countries: tuple[CountryReport, ...]
    publishers: tuple[PublisherRow, ...]
    reviewed: Mapping[str, Publisher]
    profiles: tuple[PublisherReport, ...]
    models: tuple[ModelRow, ...]
    tasks: tuple[TaskShares, ...]
    coverage: tuple[Coverage, ...]
    readings: tuple[ReadingResult, ...]
    eu_shares: Mapping[Definition, float]
    sensitivity: Mapping[Definition, Sensitivity]
    specifications: SpecificationCurve | None
    topics: Mapping[str, Answer]
    dominant: Mapping[Definition, Dominant]
    surges: tuple[Surge, ...]
    compared: Mapping[Definition, Compared]
    model_reports: tuple[ModelReport, ...] = ()
    days: Days | None = field(default=None, compare=False, repr=False)
    cuts: tuple[Cut, ...] = field(default=(), compare=False, repr=False)
    events: tuple[Event, ...] = field(default=(), repr=False)

    def table(self, definition: Definition) -> ShareTable:
        """Return a definition's newest table."""
        return self.histories[definition][-1]

    @cached_property
    def first_tables(self) -> dict[dt.date, ShareTable]:
        """Return what stands first on every date, oldest first: of the first definition that had a number then."""
        return self.days.compute_first([*HEADLINES, *DEFINITIONS.values()]) if self.days else {}

    @property
    def breaks(self) -> frozenset[dt.date]:
        """Return the dates on which lines over time begin anew, because the list of models grew too much."""
        return list_breaks(self.data.intervals)

    @property
    def beside(self) -> Definition | None:
        """Return what stood first until twelve months were recorded, for the first thirty days after that."""
        before = HEADLINES[1]
        if self.headline != HEADLINES[0] or before not in self.histories:
            return None
        days = (self.data.as_of - self.histories[self.headline][0].as_of).days
        return before if days < DAYS_OF_BOTH else None

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """Return the definitions that have numbers, in a fixed order."""
        return tuple(self.histories)
