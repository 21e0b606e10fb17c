"""A made-up Hub of two years, and the archive Model Pulse of it: every count of every day follows from one function.

What an archive of the real Hub has: counters from 27 February 2025 on, renames, models that are gone, counters that
stood still and went back, days with a part of the models, counts that are stale, names that are none, and a floor.
"""

import datetime as dt
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from generator.registry import Registry
from tests.loopback_dataset import LoopbackDataset
from tests.small import make_publisher, make_registry

REPO = "modelpulse/model-pulse-data"
FIRST = dt.date(2024, 8, 1)
LAST = dt.date(2026, 10, 4)
COUNTERS_SINCE = dt.date(2025, 2, 27)
NIGHT = dt.date(2026, 10, 5)
"""The day of a listing of our own, which has the models below the floor as well."""
AUTHORS = ("east", "west", "north", "south", "former", "later", "newer")
MODELS = 150
BELOW_FLOOR = 40
# The counters stood still on two days, and had caught up on the third.
STALL = (dt.date(2026, 9, 10), dt.date(2026, 9, 11))
# They went back for some days at the end of a month.
ROLLBACK = tuple(dt.date(2025, 5, day) for day in (28, 29, 30, 31))
# Half of the models are missing on two last days of a month; the archive marks the first one only.
PARTIAL, UNMARKED = dt.date(2025, 11, 30), dt.date(2025, 4, 30)
GONE_AFTER = dt.date(2025, 8, 20)
STILL_SINCE = dt.date(2025, 3, 20)
# Among fewer models one name that is none would be more than a gate lets pass.
ODD_SINCE = dt.date(2025, 8, 1)


@dataclass(frozen=True)
class Model:
    """A model of the made-up Hub.

    Attributes:
        number: makes its downloads differ from those of others.
        names: its ids, each with the first day on which it had it; the last one is the one that it has now.
        created: the day of its creation, at noon.
        is_small: whether it stays below the floor.
    """

    number: int
    names: tuple[tuple[dt.date, str], ...]
    created: dt.date
    is_small: bool = False

    @property
    def id(self) -> str:
        """Return the id that it has now."""
        return self.names[-1][1]

    def name_on(self, day: dt.date) -> str:
        """Return the id that it had on a day."""
        return [name for since, name in self.names if since <= day][-1]

    def exists_on(self, day: dt.date) -> bool:
        """Return whether the Hub listed it at the end of a day."""
        return self.created <= day and not (self.id == "south/gone" and day > GONE_AFTER)

    def count_on(self, day: dt.date) -> int:
        """Return its downloads since its creation, at the end of a day."""
        return _counters(self)[(day - FIRST_COUNTED).days] if day >= FIRST_COUNTED else 0

    def count_thirty(self, day: dt.date) -> int:
        """Return its downloads of the thirty days to a day, as they were."""
        return self.count_on(day) - self.count_on(day - dt.timedelta(days=30))

    def list_thirty(self, day: dt.date) -> int:
        """Return its 30-day count as the Hub lists it: that of a model that is not counted any more stands."""
        return self.count_thirty(min(day, STILL_SINCE) if self.id == "west/still" else day)


FIRST_COUNTED = dt.date(2024, 1, 1)


@cache
def _counters(model: Model) -> list[int]:
    counters, total = [], 0
    for offset in range((NIGHT - FIRST_COUNTED).days + 1):
        day = FIRST_COUNTED + dt.timedelta(days=offset)
        total += _downloads(model, day)
        counters.append(total)
    return counters


def _downloads(model: Model, day: dt.date) -> int:
    is_still = model.id == "west/still" and day > STILL_SINCE
    if day < model.created or is_still:
        return 0
    if model.is_small:
        return int((day - model.created).days == 3)
    ordinal = day.toordinal()
    return 60 + 900 // (1 + model.number) + (ordinal * ordinal * 7 + ordinal * model.number * 13) % 41


@cache
def list_models() -> tuple[Model, ...]:
    """List all models of the made-up Hub, those below the floor included."""
    start = FIRST_COUNTED
    usual = [
        Model(number, ((start, f"{AUTHORS[number % 4]}/m{number}"),), start + dt.timedelta(days=5 * number))
        for number in range(MODELS)
    ]
    day = dt.date
    special = [
        Model(200, ((start, "former/one"), (day(2025, 3, 15), "later/one")), day(2024, 3, 1)),
        Model(
            201,
            ((start, "former/x"), (day(2025, 4, 10), "later/x"), (day(2026, 2, 5), "newer/x")),
            day(2024, 3, 2),
        ),
        Model(202, ((day(2025, 4, 1), "former/one"),), day(2025, 4, 1)),  # took the name that was free
        Model(203, ((start, "south/gone"),), day(2024, 5, 1)),
        Model(204, ((start, "west/still"),), day(2024, 5, 2)),
        Model(205, ((start, "former/late"), (day(2026, 9, 20), "later/late")), day(2026, 7, 1)),
    ]
    small = [
        Model(300 + number, ((start, f"north/s{number}"),), NIGHT - dt.timedelta(days=20 + number), is_small=True)
        for number in range(BELOW_FLOOR)
    ]
    return (*usual, *special, *small)


def make_pulse_registry() -> Registry:
    """Make a registry that has every author reviewed, so that no row is folded."""
    countries = ("CN", "US", "FR", "DE", "CN", "US", "FR")
    return make_registry(*(make_publisher(name, code) for name, code in zip(AUTHORS, countries, strict=True)))


def list_days(first: dt.date = FIRST, last: dt.date = LAST) -> list[dt.date]:
    """List the days from one to another."""
    return [first + dt.timedelta(days=offset) for offset in range((last - first).days + 1)]


def make_pulse() -> LoopbackDataset:
    """Make the archive, with one revision."""
    revision = "a" * 40
    return LoopbackDataset(
        REPO, {revision: dict(_make_files())}, [(revision, dt.datetime(2026, 10, 5, 4, tzinfo=dt.UTC))]
    )


@cache
def _make_files() -> tuple[tuple[str, bytes], ...]:
    tracked = [model for model in list_models() if not model.is_small]
    months: dict[str, list[dict[str, Any]]] = {}
    for day in list_days():
        months.setdefault(f"series/{day:%Y-%m}.parquet", []).extend(_list_rows(tracked, day))
    files = {path: _write(rows, _SERIES, ["id", "day"]) for path, rows in months.items()}
    facts = [_describe(model) for model in tracked if model.exists_on(LAST)]
    renames = [
        {"old": old, "new": new, "gone": came - dt.timedelta(days=1), "came": came}
        for model in tracked
        for (_, old), (came, new) in zip(model.names, model.names[1:], strict=False)
    ]
    meta = {
        "days": [str(day) for day in list_days()],
        "skip_days": sorted(map(str, (*STALL, *ROLLBACK, PARTIAL))),
        "partial": [str(PARTIAL)],
        "low_days": [],
        "models": len(facts),
    }
    files |= {"models.parquet": _write(facts, _MODELS, ["id"]), "renames.parquet": _write(renames, _RENAMES, ["old"])}
    return tuple((files | {"meta.json": json.dumps(meta).encode(), "README.md": b"# Model Pulse data\n"}).items())


def _list_rows(models: Sequence[Model], day: dt.date) -> Iterable[dict[str, Any]]:
    """List the archive's rows of a day; counts and counters as the Hub had them that day, right or not."""
    counted = STALL[0] - dt.timedelta(days=1) if day in STALL else day
    for model in models:
        is_missing = day in {PARTIAL, UNMARKED} and model.number % 3 > 0
        if model.exists_on(day) and not is_missing:
            total = model.count_on(counted)
            total -= total // 10 if day in ROLLBACK else 0
            counter = total if day >= COUNTERS_SINCE else None
            yield _make_row(model.name_on(day), day, model.list_thirty(counted), counter, model.number)
    if day == dt.date(2025, 3, 15):  # under both names on the day of its new one
        model = next(model for model in models if model.id == "later/one")
        yield _make_row("former/one", day, model.list_thirty(day), model.count_on(day), 0)
    if day >= ODD_SINCE:
        yield _make_row("../..", day, 5, 5, 0)


def _make_row(name: str, day: dt.date, thirty: int, counter: int | None, likes: int) -> dict[str, Any]:
    return {"id": name, "day": day, "dl30": thirty, "dl_all": counter, "likes": likes}


def _describe(model: Model) -> dict[str, Any]:
    return {
        "id": model.id,
        "author": model.id.partition("/")[0],
        "created_at": dt.datetime(model.created.year, model.created.month, model.created.day, 12, tzinfo=dt.UTC),
        "pipeline_tag": "text-generation",
        "library_name": "transformers",
        "license": "apache-2.0",
        "params": 7_000_000_000,
        "base_relation": "finetune" if model.number == 9 else None,
        "base_ids": ["east/m4"] if model.number == 9 else None,
        "is_gguf": False,
    }


def list_hub(day: dt.date) -> list[dict[str, Any]]:
    """List the whole Hub on a day as its API does."""
    return [
        {
            "_id": f"{model.number:024x}",
            "id": model.name_on(day),
            "author": model.name_on(day).partition("/")[0],
            "createdAt": f"{model.created}T12:00:00.000Z",
            "downloads": model.list_thirty(day),
            "downloadsAllTime": model.count_on(day),
            "likes": model.number,
            "pipeline_tag": "text-generation",
            "library_name": "transformers",
            "tags": ["license:apache-2.0", *(["base_model:finetune:east/m4"] if model.number == 9 else [])],
            "safetensors": {"total": 7_000_000_000},
        }
        for model in list_models()
        if model.exists_on(day)
    ]


_SERIES = pa.schema(
    [("id", pa.string()), ("day", pa.date32()), ("dl30", pa.int32()), ("dl_all", pa.int64()), ("likes", pa.int32())]
)
_MODELS = pa.schema(
    [
        ("id", pa.string()),
        ("author", pa.string()),
        ("created_at", pa.timestamp("ms", tz="UTC")),
        ("pipeline_tag", pa.string()),
        ("library_name", pa.string()),
        ("license", pa.string()),
        ("params", pa.int64()),
        ("base_relation", pa.string()),
        ("base_ids", pa.list_(pa.string())),
        ("is_gguf", pa.bool_()),
    ]
)
_RENAMES = pa.schema([("old", pa.string()), ("new", pa.string()), ("gone", pa.date32()), ("came", pa.date32())])


def _write(rows: list[dict[str, Any]], schema: pa.Schema, order: list[str]) -> bytes:
    buffer = io.BytesIO()
    table = pa.Table.from_pylist(rows, schema).sort_by([(name, "ascending") for name in order])
    pq.write_table(table, buffer, row_group_size=1_000)
    return buffer.getvalue()
