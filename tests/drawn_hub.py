"""A whole Hub, drawn: three hundred models of thirty publishers, night by night, with counters and 30-day counts.

Every number follows from the seed: a model's downloads a day fall from its launch to a steady rest, so that its counter
and its 30-day count are sums of the same days.
"""

import datetime as dt
import math
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Final

import pyarrow as pa

from generator.ledger.intervals import Described, LedgerEntry
from generator.questions.compute import compute_report
from generator.questions.report import Report
from generator.registry import Registry
from generator.sources.snapshot import SCHEMA
from tests.small import BLANK, compute_entry, make_publisher, make_registry

FIRST_NIGHT: Final = dt.date(2026, 11, 27)
# A weekly archive before it.
WEEKS: Final = 60
MODELS: Final = 300
# Publishers by country: how many, and how many downloads a day their models begin with, against the others.
COUNTRIES: Final = {"CN": (8, 1.0), "US": (10, 0.8), "FR": (3, 0.5), "DE": (3, 0.3)}
TASKS: Final = ("text-generation", "text-generation", "image-text-to-text", "sentence-similarity", "text-to-image")
# Nights that are drawn beside every seventh one.
DRAWN: Final = frozenset({1, 2, 8, 30, 31})
FADE_DAYS: Final = 150.0
# Part of its first day's downloads that a model keeps.
REST: Final = 0.15


@dataclass(frozen=True)
class Drawn:
    """A model: its id, its account, the day of its creation, its downloads on that day, its task."""

    id: str
    account: str
    created: dt.date
    rate: float
    task: str

    def count(self, day: dt.date) -> int:
        """Return its counter since creation at the end of a day."""
        age = (day - self.created).days
        if age <= 0:
            return 0
        return round(self.rate * (REST * age + (1 - REST) * FADE_DAYS * (1 - math.exp(-age / FADE_DAYS))))


@cache
def make_hub_registry() -> Registry:
    """Make the registry of its publishers; two accounts are persons, two nobody has reviewed."""
    named = [
        make_publisher(f"{code.lower()}-lab-{number}", code)
        for code, (many, _) in COUNTRIES.items()
        for number in range(1, many + 1)
    ]
    persons = [make_publisher(f"person-{number}", "", kind="person") for number in (1, 2)]
    return make_registry(*named, *persons)


@cache
def draw_models() -> tuple[Drawn, ...]:
    """Draw the models, created from the beginning of 2023 to the end of 2027; an old encoder is the largest."""
    random = Random(20261127)  # noqa: S311 - drawn the same each time
    strengths = {row.handle: COUNTRIES.get(row.country, (0, 0.4))[1] for row in make_hub_registry().publishers.values()}
    strengths |= {"unknown-1": 0.3, "unknown-2": 0.2}
    accounts, begin = sorted(strengths), dt.date(2023, 1, 1)
    found = [Drawn("us-lab-1/encoder", "us-lab-1", dt.date(2022, 3, 2), 900_000.0, "sentence-similarity")]
    for number in range(1, MODELS):
        account = random.choice(accounts)
        created = begin + dt.timedelta(days=random.randrange(1826))
        rate = strengths[account] * random.lognormvariate(7.5, 1.6)
        found.append(Drawn(f"{account}/model-{number}", account, created, rate, random.choice(TASKS)))
    return tuple(found)


def take_snapshot(day: dt.date) -> pa.Table:
    """Return the Hub on a day: the models created until then."""
    rows = [
        BLANK
        | {"key": f"{place:024x}", "id": model.id, "author": model.account, "task": model.task}
        | {"created_at": dt.datetime.combine(model.created, dt.time(), tzinfo=dt.UTC)}
        | {"downloads_all_time": model.count(day)}
        | {"downloads_30d": model.count(day) - model.count(day - dt.timedelta(days=30))}
        for place, model in enumerate(draw_models())
        if model.created < day
    ]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


@cache
def _enter(day: dt.date, before: dt.date | None, source: str, fall: float) -> LedgerEntry:
    previous = take_snapshot(before) if before else None
    return compute_entry(
        Described(day, source, "hub"), _let_fall(take_snapshot(day), fall), previous, before, make_hub_registry()
    )


def _let_fall(snapshot: pa.Table, part: float) -> pa.Table:
    """Take a part of the counters of all models together from that of the largest young one, or all that it has."""
    if not part:
        return snapshot
    counts, created = snapshot["downloads_all_time"].to_pylist(), snapshot["created_at"].to_pylist()
    young = [place for place, moment in enumerate(created) if moment.date() > FIRST_NIGHT - dt.timedelta(days=300)]
    place = max(young, key=lambda place: counts[place])
    counts[place] = max(0, counts[place] - round(part * sum(counts[place] for place in young)))
    column = SCHEMA.get_field_index("downloads_all_time")
    return snapshot.set_column(column, SCHEMA.field(column), pa.array(counts, pa.int64()))


@cache
def report_night(night: int, *, backfill: bool = False, fall: float = 0.0) -> Report:
    """Compute the report on a night, the first being 1; with a backfill a weekly archive lies before it.

    Of a year every seventh night is drawn: counters leave no gap, and it takes a sixth of the time.
    With `fall`, the counter of one young model loses this part of all young ones' on the last night.
    """
    weeks = [FIRST_NIGHT - dt.timedelta(days=7 * back) for back in range(WEEKS, 0, -1)] if backfill else []
    drawn = sorted({number for number in range(1, night + 1) if number in DRAWN or number % 7 == 0} | {night})
    nights = [FIRST_NIGHT + dt.timedelta(days=number - 1) for number in drawn]
    days = [*weeks, *nights]
    sources = ["a weekly archive"] * len(weeks) + ["Hugging Face Hub"] * len(nights)
    falls = [0.0] * (len(days) - 1) + [fall]
    entries = [_enter(*each) for each in zip(days, [None, *days], sources, falls, strict=False)]
    return compute_report(tuple(entries), make_hub_registry(), days[-1])


@cache
def report_list() -> Report:
    """Compute the report of a list that a friend made of every third model, on two dates, without counters."""
    days = (FIRST_NIGHT, FIRST_NIGHT + dt.timedelta(days=30))
    column = SCHEMA.get_field_index("downloads_all_time")
    tables = [
        table.take(list(range(0, table.num_rows, 3))).set_column(
            column, SCHEMA.field(column), pa.nulls(-(-table.num_rows // 3), pa.int64())
        )
        for table in map(take_snapshot, days)
    ]
    heads = [Described(day, "a friend's table", "selection", "a friend's list") for day in days]
    first = compute_entry(heads[0], tables[0], None, None, make_hub_registry())
    second = compute_entry(heads[1], tables[1], tables[0], days[0], make_hub_registry())
    return compute_report((first, second), make_hub_registry(), days[1])
