"""The report of a ledger: a pure function of ledger, registry and `today`."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeVar

import pandas as pd

from generator.base.collector import without_collector
from generator.base.engine import give_back
from generator.base.errors import LedgerError
from generator.base.scope import make_scope
from generator.base.settings import MAX_FALLS, MODEL_ROWS
from generator.ledger.intervals import Interval, LedgerEntry
from generator.ledger.thinning import join_nights, thin_dates
from generator.questions.countries.tables import compute_countries
from generator.questions.ground import Answer, Ground
from generator.questions.listed import list_questions
from generator.questions.publishers.tables import compute_profiles
from generator.questions.report import HEADLINES, DataSource, Report
from generator.registry import Registry
from generator.star.accounts import compute_publishers, sum_dates
from generator.star.coded import relabel
from generator.star.compared import Compared, compare_back
from generator.star.coverage import Coverage, compute_coverages
from generator.star.cuts import compute_cuts
from generator.star.daily import Days, list_turns
from generator.star.definitions import DEFINITIONS, Definition
from generator.star.dominant import (
    ALL_MODELS,
    Dominant,
    Surge,
    find_dominant,
    find_surges,
)
from generator.star.falls import NO_FALLS, Falls, sum_falls
from generator.star.leads import Lead, compute_lead
from generator.star.model_reports import ModelReport, compute_model_reports
from generator.star.models import ModelRow, compute_models
from generator.star.readings import compute_readings
from generator.star.sensitivity import compute_sensitivity, list_old_encoders
from generator.star.shares import ShareTable, tells_universe
from generator.star.specifications import SpecificationCurve, compute_specifications
from generator.star.task_groups import compute_task_shares
from generator.star.window import LedgerReading, LedgerSums, read_ledger, sum_models

Found = TypeVar("Found")
# Countries whose changes of order are followed from night to night.
FOLLOWED: Final = 5
# Why a window may have no number; any other has no downloads.
_WHY_MISSING: Final = {"all_time": "no-counter", "12m": "short-history", "held": "one-date"}
# A night's data are out of date after a day.
UPDATE_EVERY: Final = dt.timedelta(days=1)


@dataclass(frozen=True)
class _Told:
    """What is told of each definition.

    Attributes:
        histories: tables of each one with numbers on the newest date, on all dates of the ledger, oldest first.
        turning: the same with the dates around each change of the order.
        earlier: tables of the history held before a year was, once one is.
        missing: why each of the others has no numbers.
    """

    histories: Mapping[Definition, tuple[ShareTable, ...]]
    turning: Mapping[Definition, tuple[ShareTable, ...]]
    earlier: Mapping[Definition, tuple[ShareTable, ...]]
    missing: Mapping[Definition, str]


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
    told = _tell_histories(reading)
    newest = entries[-1].models
    data = _describe_data(reading.intervals, today, bundled=bundled, repeated=repeated, copied_from=copied_from)
    falls = sum_falls(reading.intervals, reading.named)
    headline = _choose_headline({key: tables[-1] for key, tables in told.histories.items()}, falls)
    publishers = compute_publishers(reading.sums.accounts["30d"], reading.sums.codes)
    ground = Ground(
        reading, registry, data.scope, headline, told.histories, told.turning, publishers, repeated, tuple(outside)
    )
    return _fill(ground, told, data, falls, newest)


def _fill(ground: Ground, told: _Told, data: DataSource, falls: Falls, newest: pd.DataFrame) -> Report:
    """Fill the report; `newest` are the models that the ledger names on its last date."""
    reading, registry, histories, headline = ground.reading, ground.registry, ground.histories, ground.headline
    sums = reading.sums
    ends = [interval.end for interval in reading.intervals]
    shown = set(thin_dates(ends))
    coverage = _cover(reading, shown)
    models = compute_models(newest, registry)
    tasks = compute_task_shares(reading.cube, ground.as_of)
    leads = _keep_found({key: compute_lead(tables) for key, tables in ground.turning.items()})
    encoders = list_old_encoders(newest)
    surges = find_surges(reading.named, {table.as_of: table.downloads for table in histories.get(ALL_MODELS, ())})
    by_model = _name_models(sums, ALL_MODELS)
    return Report(
        data=data,
        headline=headline,
        falls=falls,
        histories=_pick_dates(histories, shown),
        earlier=_pick_dates(told.earlier, shown),
        leads=leads,
        missing=told.missing,
        countries=compute_countries(histories, ground.publishers, models, tasks, registry, by_model),
        publishers=ground.publishers,
        reviewed={row.handle: found for row in ground.publishers if (found := registry.find(row.handle))},
        profiles=compute_profiles(ground.publishers, models, reading.accounts, registry, by_model),
        models=models[:MODEL_ROWS],
        model_reports=_describe_models(ground, models, newest),
        tasks=tasks,
        coverage=coverage,
        readings=compute_readings(sums, registry, histories[headline][-1]),
        eu_shares={key: _sum_eu(tables[-1], registry) for key, tables in histories.items()},
        sensitivity=_keep_found({key: compute_sensitivity(sums, key, encoders) for key in (headline, ALL_MODELS)}),
        specifications=_draw_curve(ground, leads, encoders),
        topics=_answer_questions(ground),
        dominant=_find_dominants(sums, histories, surges),
        surges=surges,
        compared=_compare_months(ground, ends),
        days=reading.days,
        cuts=compute_cuts(reading.cube, reading.classes, reading.intervals, histories),
        events=registry.events,
    )


def _cover(reading: LedgerReading, shown: Collection[dt.date]) -> tuple[Coverage, ...]:
    """Return the coverage of the dates that are shown."""
    dated = [interval for interval in reading.intervals if interval.end in shown]
    if coverage := compute_coverages(reading.accounts, reading.account_flows, dated):
        return coverage
    raise LedgerError(
        f"The snapshot of {reading.intervals[-1].end} counts downloads of all time alone, and no other stands beside "
        "it: nothing tells on which days they were made. Bring a second date of the same list, or its `downloads_30d`."
    )


def _describe_models(ground: Ground, models: tuple[ModelRow, ...], newest: pd.DataFrame) -> tuple[ModelReport, ...]:
    """Describe the most downloaded models one by one, with their ranks among all models by publisher."""
    reading = ground.reading
    windows = [key.window for key in ground.histories if (key.universe, key.attribution) == ("all", "publisher")]
    dates = sum_dates(reading.accounts)
    return compute_model_reports(models, newest, reading.named, reading.sums, windows, dates, MODEL_ROWS)


def _draw_curve(ground: Ground, leads: Mapping[Definition, Lead], encoders: Sequence[str]) -> SpecificationCurve | None:
    """Return the curve of the headline's two leaders; None with one country."""
    if not (lead := leads.get(ground.headline)):
        return None
    pair = (lead.leader, lead.second)
    return compute_specifications(ground.reading.sums, ground.registry, tuple(ground.histories), pair, encoders)


def _compare_months(ground: Ground, ends: list[dt.date]) -> dict[Definition, Compared]:
    """Compare the newest thirty days of a selection with earlier ones; of the whole Hub nothing."""
    monthly = () if ground.scope.is_hub else [key for key in ground.histories if key.window == "30d"]
    return _keep_found({key: compare_back(ground.reading.named, ends, key) for key in monthly})


def _keep_found(found: Mapping[Definition, Found | None]) -> dict[Definition, Found]:
    """Leave out the definitions of which nothing was found."""
    return {definition: each for definition, each in found.items() if each is not None}


def _answer_questions(ground: Ground) -> dict[str, Answer]:
    """Answer all questions that have tables, in their order."""
    found: dict[str, Answer] = {}
    for name, question in list_questions().items():
        if question.has_tables:
            give_back()
            found[name] = question.answer(replace(ground, topics=dict(found)))
            ground.reading.star.forget()
    return dict(sorted(found.items()))


def _name_models(sums: LedgerSums, definition: Definition) -> pd.DataFrame:
    """Return the newest downloads of each model that the ledger names, with the code that they count for."""
    models = sum_models(sums, definition)
    return models.assign(code=relabel(models["account"].array, sums.codes))


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


def _tell_histories(reading: LedgerReading) -> _Told:
    computed, missing = _compute_histories(reading.days)
    turning, earlier = _set_held_aside(computed)
    histories = _pick_dates(turning, {interval.end for interval in reading.intervals})
    missing |= dict.fromkeys((definition for definition in computed if definition not in histories), "superseded")
    if not histories:
        raise LedgerError(
            f"The snapshot of {reading.intervals[-1].end} has no downloads at all. An empty result never replaces a "
            "good one; check the snapshot's `downloads_30d`."
        )
    return _Told(histories, turning, earlier, missing)


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
    weights = days.weigh(definition.window, len(days.intervals) - 1)
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
    intervals: Sequence[Interval], today: dt.date, *, bundled: bool, repeated: tuple[dt.date, ...], copied_from: str
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


def _sum_eu(table: ShareTable, registry: Registry) -> float:
    return table.share_of(*(code for code, country in registry.countries.items() if country.eu))
