"""The report: everything that a page, a figure or a data file may show, as frozen records.

A pure function of ledger, registry and `today`; nothing here formats a number or names a colour.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

import pandas as pd

from generator.base.collector import without_collector
from generator.base.errors import LedgerError
from generator.base.scope import Scope, make_scope
from generator.base.settings import MAX_FALLS, MODEL_ROWS, PUBLISHER_PAGES
from generator.ledger.intervals import Interval, LedgerEntry
from generator.ledger.thinning import join_nights, thin_dates
from generator.questions.cuts.tables import Cut, compute_cuts
from generator.questions.ground import Answer, Ground, compute_topics
from generator.questions.sensitivity.specifications import SpecificationCurve, compute_specifications
from generator.questions.sensitivity.tables import Sensitivity, compute_sensitivity, list_old_encoders
from generator.registry import UNREVIEWED, Event, Publisher, Registry
from generator.star.accounts import (
    HistoryPoint,
    PublisherRow,
    compute_account_history,
    compute_publishers,
    give_slugs,
    sum_dates,
)
from generator.star.compared import Compared, compare_back, list_breaks
from generator.star.coverage import Coverage, compute_coverages
from generator.star.daily import Days, list_turns
from generator.star.definitions import DEFINITIONS, Definition
from generator.star.dominant import (
    ALL_MODELS,
    Dominant,
    LargestModel,
    Surge,
    find_dominant,
    find_largest_model,
    find_surges,
)
from generator.star.falls import NO_FALLS, Falls, sum_falls
from generator.star.leads import Lead, compute_lead
from generator.star.model_reports import ModelReport, compute_model_reports
from generator.star.models import ModelRow, compute_models
from generator.star.named import take_date
from generator.star.readings import ReadingResult, compute_readings
from generator.star.shares import ShareRow, ShareTable, tells_universe
from generator.star.task_groups import TaskShares, compute_task_shares
from generator.star.window import LedgerSums, read_ledger, sum_models

# The definition of the first sentence: the first of these that has numbers. The study's own, then its nearest kin:
# counters since creation of the models created within a year, which one snapshot has; then what 30-day counts allow.
HEADLINES: Final = tuple(Definition(window, "first_year", "publisher") for window in ("12m", "all_time", "held", "30d"))
# Countries whose changes of order are followed from night to night.
FOLLOWED: Final = 5
# For so many days after the twelve months are recorded, the number that stood first before stands beside them.
DAYS_OF_BOTH: Final = 30
# Why a window may have no number; any other has no downloads.
_WHY_MISSING: Final = {"all_time": "no-counter", "12m": "short-history", "held": "one-date"}
# A night's data are out of date after a day.
UPDATE_EVERY: Final = dt.timedelta(days=1)


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


@without_collector()
def compute_report(
    entries: tuple[LedgerEntry, ...],
    registry: Registry,
    today: dt.date,
    *,
    bundled: bool = False,
    repeated: tuple[dt.date, ...] = (),
    copied_from: str = "",
    outside: Sequence[Mapping[str, str]] = (),
    keep_in: Path | None = None,
) -> Report:
    """Compute the report from a ledger; `outside` are the rows of the outside series, which enters nothing else.

    `copied_from` is the address of the site that the ledger is a copy of: sentences say so, and no night renews it.
    Sums of nights are kept in a store's folder where one is given, so that the next report reads fewer rows.

    Raises:
        LedgerError: the ledger is empty, its newest interval has no downloads, or nothing tells those of any days.
    """
    if not entries:
        raise LedgerError("The ledger is empty. Run `oms fetch` or `oms import` first, then build again.")
    reading = read_ledger(join_nights(entries), registry, keep_in)
    cube, accounts, sums, days = reading.cube, reading.accounts, reading.sums, reading.days
    intervals = list(reading.intervals)
    as_of = intervals[-1].end
    computed, missing = _compute_histories(days)
    turning, earlier = _set_held_aside(computed)
    weekly = {interval.end for interval in intervals}
    histories = _pick_dates(turning, weekly)
    missing |= dict.fromkeys((definition for definition in computed if definition not in histories), "superseded")
    if not histories:
        raise LedgerError(
            f"The snapshot of {as_of} has no downloads at all. An empty result never replaces a good one; "
            "check the snapshot's `downloads_30d`."
        )
    shown = set(thin_dates(weekly))
    dated = [interval for interval in intervals if interval.end in shown]
    coverage = compute_coverages(accounts, reading.account_flows, dated)
    if not coverage:
        raise LedgerError(
            f"The snapshot of {as_of} counts downloads of all time alone, and no other stands beside it: nothing tells "
            "on which days they were made. Bring a second date of the same list, or its `downloads_30d`."
        )
    models = compute_models(entries[-1].models, registry)
    publishers = compute_publishers(sums.accounts["30d"], sums.codes)
    falls = sum_falls(intervals, reading.named)
    headline = _choose_headline({key: tables[-1] for key, tables in histories.items()}, falls)
    tasks = compute_task_shares(cube, as_of)
    leads = {key: lead for key, tables in turning.items() if (lead := compute_lead(tables))}
    encoders = list_old_encoders(entries[-1].models)
    data = _describe_data(intervals, today, bundled=bundled, repeated=repeated, copied_from=copied_from)
    surges = find_surges(reading.named, {table.as_of: table.downloads for table in histories.get(ALL_MODELS, ())})
    by_model = _name_models(sums, ALL_MODELS)
    return Report(
        data=data,
        headline=headline,
        falls=falls,
        histories=_pick_dates(histories, shown),
        earlier=_pick_dates(earlier, shown),
        leads=leads,
        missing=missing,
        countries=_compute_countries(histories, publishers, models, tasks, registry, by_model),
        publishers=publishers,
        reviewed={row.handle: found for row in publishers if (found := registry.find(row.handle))},
        profiles=_compute_profiles(publishers, models, accounts, registry, by_model),
        models=models[:MODEL_ROWS],
        model_reports=compute_model_reports(
            models,
            entries[-1].models,
            reading.named,
            sums,
            [found.window for found in histories if (found.universe, found.attribution) == ("all", "publisher")],
            sum_dates(accounts),
            MODEL_ROWS,
        ),
        tasks=tasks,
        coverage=coverage,
        readings=compute_readings(sums, registry, histories[headline][-1]),
        eu_shares={key: _sum_eu(tables[-1], registry) for key, tables in histories.items()},
        sensitivity=_compute_sensitivities(sums, (headline, Definition("30d", "all", "publisher")), encoders),
        specifications=_compute_curve(sums, registry, tuple(histories), leads.get(headline), encoders),
        topics=compute_topics(
            Ground(
                star=reading.star,
                intervals=reading.intervals,
                registry=registry,
                scope=data.scope,
                headline=headline,
                histories=histories,
                turning=turning,
                cube=cube,
                accounts=accounts,
                publishers=publishers,
                repeated=repeated,
                named=reading.named,
                births=reading.births,
                releases=reading.releases,
                sums=sums,
                outside=tuple(outside),
            )
        ),
        dominant=_find_dominants(sums, histories, surges),
        surges=surges,
        compared={} if data.scope.is_hub else _compare_lists(reading.named, histories, intervals),
        days=days,
        cuts=compute_cuts(cube, reading.classes, intervals, histories),
        events=registry.events,
    )


def _name_models(sums: LedgerSums, definition: Definition) -> pd.DataFrame:
    """Return the newest downloads of each model that the ledger names, with the code that they count for."""
    models = sum_models(sums, definition)
    return models.assign(code=[sums.codes[account] for account in models["account"]])


def _find_dominants(
    sums: LedgerSums, histories: Mapping[Definition, tuple[ShareTable, ...]], surges: Sequence[Surge]
) -> dict[Definition, Dominant]:
    """Find the model that decides each definition's newest table, where one does."""
    found = {}
    for definition, tables in histories.items():
        start = tables[-1].start or dt.date.min
        inside = {surge.model for surge in surges if surge.moved_within(start, tables[-1].as_of)}
        if dominant := find_dominant(tables[-1], _name_models(sums, definition), inside):
            found[definition] = dominant
    return found


def _compare_lists(
    named: pd.DataFrame, histories: Mapping[Definition, tuple[ShareTable, ...]], intervals: Sequence[Interval]
) -> dict[Definition, Compared]:
    """Compare the newest date of each definition of thirty days with an earlier one over the same models."""
    ends = [interval.end for interval in intervals]
    monthly = (definition for definition in histories if definition.window == "30d")
    found = {definition: compare_back(named, ends, definition) for definition in monthly}
    return {definition: compared for definition, compared in found.items() if compared}


def _compute_sensitivities(
    sums: LedgerSums, definitions: Sequence[Definition], encoders: tuple[str, ...]
) -> dict[Definition, Sensitivity]:
    found = {definition: compute_sensitivity(sums, definition, encoders) for definition in definitions}
    return {definition: result for definition, result in found.items() if result}


def _compute_curve(
    sums: LedgerSums,
    registry: Registry,
    definitions: Sequence[Definition],
    lead: Lead | None,
    encoders: tuple[str, ...],
) -> SpecificationCurve | None:
    if lead is None:
        return None
    return compute_specifications(sums, registry, definitions, (lead.leader, lead.second), encoders)


def _compute_histories(days: Days) -> tuple[dict[Definition, tuple[ShareTable, ...]], dict[Definition, str]]:
    """Compute each definition's tables on the dates that stand on their own, and around each change of the order.

    Those of the history held end with the first whole year: beyond it, it is not a window of its own.
    """
    newest = {definition: days.compute(definition, days.places[-1:]) for definition in DEFINITIONS.values()}
    shown = {definition: tables[0] for definition, tables in newest.items() if tables}
    missing = {definition: _tell_why_missing(definition, days) for definition in newest if definition not in shown}
    if not shown:
        return {}, missing
    codes = [row.code for row in shown[_choose_headline(shown)].places[:FOLLOWED]]
    histories: dict[Definition, tuple[ShareTable, ...]] = {}
    for definition in shown:
        turns = list_turns(days, definition, codes)
        begun = [tables[0].as_of for earlier, tables in histories.items() if earlier.window == "12m"]
        end = min(begun, default=dt.date.max) if definition.window == "held" else dt.date.max
        places = [place for place in sorted({*days.places, *turns}) if days.intervals[place].end < end]
        histories[definition] = tuple(days.compute(definition, places))
    return histories, missing


def _tell_why_missing(definition: Definition, days: Days) -> str:
    """Tell why a definition has no number on the newest date."""
    weights = days.weights[definition.window][-1]
    if weights and not tells_universe(definition, days.intervals, weights):
        return "long-interval"
    return _WHY_MISSING.get(definition.window, "empty")


def _pick_dates(
    histories: Mapping[Definition, tuple[ShareTable, ...]], dates: Collection[dt.date]
) -> dict[Definition, tuple[ShareTable, ...]]:
    """Leave out the tables of other dates."""
    return {
        definition: tuple(table for table in tables if table.as_of in dates) for definition, tables in histories.items()
    }


def _set_held_aside(
    histories: Mapping[Definition, tuple[ShareTable, ...]],
) -> tuple[dict[Definition, tuple[ShareTable, ...]], dict[Definition, tuple[ShareTable, ...]]]:
    """Set the history held aside once a whole year is there: its tables of before were published as the headline."""
    if not any(definition.window == "12m" for definition in histories):
        return dict(histories), {}
    held = {definition: tables for definition, tables in histories.items() if definition.window == "held"}
    return {definition: tables for definition, tables in histories.items() if definition not in held}, held


def _choose_headline(newest: Mapping[Definition, ShareTable], falls: Falls = NO_FALLS) -> Definition:
    """Choose the study's definition, with the longest window that the history can show.

    Counters since creation do not stand first where falls have taken away more of them than a gate lets pass.
    """
    found = [definition for definition in HEADLINES if definition in newest]
    sound = [
        definition
        for definition in found
        if definition.window != "all_time" or falls.downloads <= MAX_FALLS * newest[definition].downloads
    ]
    return next(iter([*sound, *found, *newest]))


def _describe_data(
    intervals: list[Interval], today: dt.date, *, bundled: bool, repeated: tuple[dt.date, ...], copied_from: str
) -> DataSource:
    last = intervals[-1]
    scope = make_scope(last.scope, last.name, last.source, bundled=bundled)
    first = intervals[0].start + dt.timedelta(days=1)
    return DataSource(
        as_of=last.end,
        first=first,
        today=today,
        next_update=last.end + UPDATE_EVERY if scope.is_hub and not copied_from else None,
        scope=scope,
        source=last.source,
        models=last.models,
        first_models=intervals[0].models,
        covered_days=sum(interval.covered_days for interval in intervals),
        days=(last.end - first).days + 1,
        created_known=last.created_known,
        intervals=tuple(intervals),
        repeated=repeated,
        copied_from=copied_from,
    )


def _compute_countries(
    histories: Mapping[Definition, tuple[ShareTable, ...]],
    publishers: tuple[PublisherRow, ...],
    models: tuple[ModelRow, ...],
    tasks: tuple[TaskShares, ...],
    registry: Registry,
    by_model: pd.DataFrame,
) -> tuple[CountryReport, ...]:
    base = histories.get(ALL_MODELS, next(iter(histories.values())))[-1]
    inside = _group_models(by_model, "code")
    is_uncounted = not any(row.downloads_30d for row in publishers)
    codes = [row.code for row in base.places]
    seen = {row.code for tables in histories.values() for row in tables[-1].places}
    return tuple(
        CountryReport(
            code=code,
            region=registry.countries[code].region,
            eu=registry.countries[code].eu,
            shares=tuple(
                (definition, row)
                for definition, tables in histories.items()
                if (row := tables[-1].find(code)) is not None
            ),
            publishers=tuple(row for row in publishers if row.code == code and (row.downloads_30d or is_uncounted)),
            models=tuple(row for row in models if row.publisher_code == code)[:50],
            tasks=tuple(
                (task.task_group, row) for task in tasks for row in task.rows if row.code == code and row.downloads
            ),
            largest=_find_largest(base.find(code), base.downloads, inside.get(code, {})),
        )
        for code in [*codes, *sorted(seen - set(codes))]
    )


def _group_models(by_model: pd.DataFrame, by: str) -> dict[str, dict[str, float]]:
    """Return the downloads of the named models by country code or account, then by name."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for key, name, downloads in zip(by_model[by], by_model["name"], by_model["downloads"], strict=True):
        found[str(key)][str(name)] = float(downloads)
    return found


def _find_largest(row: ShareRow | None, total: float, models: Mapping[str, float]) -> LargestModel | None:
    return find_largest_model(row.downloads, total, models) if row else None


def _compute_profiles(
    publishers: tuple[PublisherRow, ...],
    models: tuple[ModelRow, ...],
    accounts: pd.DataFrame,
    registry: Registry,
    by_model: pd.DataFrame,
) -> tuple[PublisherReport, ...]:
    shown = pick_publishers(publishers, registry)
    history = compute_account_history(accounts, [row.handle for row in shown])
    inside, total = _group_models(by_model, "account"), _sum_newest(accounts)
    uploaded, built_on = defaultdict[str, list[ModelRow]](list), defaultdict[str, list[ModelRow]](list)
    for model in models:
        uploaded[model.publisher].append(model)
        if model.origin != model.publisher:
            built_on[model.origin].append(model)
    return tuple(
        PublisherReport(
            slug=slug,
            row=row,
            registry=registry.find(row.handle),
            history=history[row.handle],
            models=tuple(uploaded[row.handle][:50]),
            built_on=tuple(built_on[row.handle][:20]),
            largest=find_largest_model(row.downloads_30d, total, inside.get(row.handle, {})),
        )
        for row, slug in give_slugs(shown)
    )


def pick_publishers(publishers: Sequence[PublisherRow], registry: Registry) -> list[PublisherRow]:
    """Pick those that have a page: the largest, and behind them organisations until there are as many of these."""
    organisations = [row for row in publishers if is_organisation(row, registry.find(row.handle))]
    shown = {*publishers[:PUBLISHER_PAGES], *organisations[:PUBLISHER_PAGES]}
    return [row for row in publishers if row in shown]


def is_organisation(row: PublisherRow, who: Publisher | None) -> bool:
    """Tell whether an organisation runs the account: no person, and nobody of whom it is not known who it is."""
    return who is not None and who.kind not in {"", "person"} and row.code != UNREVIEWED


def _sum_newest(accounts: pd.DataFrame) -> float:
    """Return all 30-day downloads of the newest date."""
    return float(take_date(accounts, accounts["end"].cat.categories[-1])["downloads_30d"].sum())


def _sum_eu(table: ShareTable, registry: Registry) -> float:
    return table.share_of(*(code for code, country in registry.countries.items() if country.eu))
