"""The flow step: what was downloaded between two snapshots, in expressions that every engine runs alike.

The frames are narwhals': the same lines run on DuckDB, Polars, Spark or pandas. A flow is kept in 65,536ths of a
download. Such numbers add up exactly in whatever order an engine adds them, as long as a sum stays below 2**37
downloads, so that the ledger's bytes depend neither on the engine nor on the order of the rows.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

import narwhals as nw
import pyarrow as pa

from generator.base.engine import borrow
from generator.base.settings import COUNT_DAYS, YEAR_DAYS

# A power of two: dividing by it is exact.
PARTS_OF_A_DOWNLOAD: Final = 65_536
SECONDS_A_DAY: Final = 86_400
NONE, COUNTER, RATE = range(3)
# What the step knows of a model; names are numbers, dates seconds since 1970, both of which any engine sorts alike.
MODEL_SCHEMA: Final = pa.schema(
    [
        pa.field("place", pa.int32()),
        pa.field("join_key", pa.int32()),
        pa.field("created", pa.int64()),
        pa.field("downloads_30d", pa.int64()),
        pa.field("downloads_all_time", pa.int64()),
    ]
)
GROUPS: Final = ("publisher", "origin", "model_class", "first_year")

Frame: TypeAlias = Any  # a narwhals frame, lazy or not
# Puts tables before an engine, which can join them.
Engine: TypeAlias = Callable[[Sequence[pa.Table]], list[Frame]]


def run_duckdb(tables: Sequence[pa.Table]) -> list[Frame]:
    """Put tables before DuckDB: on all cores, with a bound on its memory, and on disk where that does not hold them."""
    connection = borrow()
    return [nw.from_native(connection.from_arrow(table)).lazy() for table in tables]


def collect(frame: Frame) -> pa.Table:
    """Run what a frame describes and return its rows, in any order."""
    table: pa.Table = frame.lazy().collect(backend="pyarrow").to_native()
    return table


def measure_flows(models: Frame, previous: Frame | None, start: dt.date, end: dt.date) -> Frame:
    """Measure each model's flow in an interval.

    Args:
        models: the snapshot at the end, with `MODEL_SCHEMA`.
        previous: the one at the start, with `join_key` and `counter_before` (its all-time counter), or None.
        start: the interval begins on the day after.
        end: its last day.

    Returns:
        `place`, `flow`, `flow_basis` (`COUNTER`, `RATE` or `NONE`), `counter_before` (missing where there was none)
        and `is_new`.
    """
    if previous is None:
        joined = models.with_columns(counter_before=nw.lit(None, nw.Int64()), is_new=nw.lit(value=True))
        baseline = nw.col("counter_before")
    else:
        # A key that stands twice in a snapshot is one model; which of its rows counts must not depend on the order.
        before = previous.group_by("join_key").agg(nw.col("counter_before").max(), seen=nw.len())
        joined = models.join(before, on="join_key", how="left")
        joined = joined.with_columns(is_new=nw.col("seen").is_null())
        is_created_inside = nw.col("created").fill_null(0) >= count_seconds(start + dt.timedelta(days=1))
        baseline = nw.when(nw.col("is_new") & is_created_inside).then(nw.lit(0)).otherwise(nw.col("counter_before"))
    days = min((end - start).days, COUNT_DAYS)
    difference = nw.col("downloads_all_time") - baseline
    joined = joined.with_columns(difference=difference, rate=_to_parts(nw.col("downloads_30d") * days / COUNT_DAYS))
    counted = nw.when(nw.col("difference") < 0).then(nw.lit(0)).otherwise(nw.col("difference")).cast(nw.Float64())
    by_rate = nw.when(~nw.col("rate").is_null()).then(nw.lit(RATE)).otherwise(nw.lit(NONE))
    return joined.select(
        "place",
        "counter_before",
        "is_new",
        flow=nw.when(~nw.col("difference").is_null()).then(counted).otherwise(nw.col("rate").fill_null(0.0)),
        flow_basis=nw.when(~nw.col("difference").is_null()).then(nw.lit(COUNTER)).otherwise(by_rate).cast(nw.Int64()),
    )


def split_years(rows: Frame, start: dt.date, end: dt.date) -> Frame:
    """Split the flow of models whose first year ends within an interval, by time.

    The counts at the end (`downloads_30d`, `downloads_all_time`, `models`) go with the state at the end.

    Args:
        rows: one row per model with `created`, `first_year` (at the end), `flow` and the counts.
        start: the interval's covered days begin on the day after.
        end: its last day.

    Returns:
        The rows with `models`, which is 1, and one more row for each first year that ended, in which it is 0.
    """
    begin, stop = count_seconds(start + dt.timedelta(days=1)), count_seconds(end + dt.timedelta(days=1))
    return split_between(rows, nw.lit(begin), nw.lit(stop))


def split_between(rows: Frame, begin: Any, stop: Any) -> Frame:
    """Split rows as `split_years` does, each by its own interval: from the second `begin` up to the second `stop`."""
    created = nw.col("created")
    first = nw.when(created > begin).then(created).otherwise(begin)
    last = created + YEAR_DAYS * SECONDS_A_DAY
    ended = nw.when(last < stop).then(last).otherwise(stop)
    has_ended = ~nw.col("first_year") & ~created.is_null() & (ended > first).fill_null(value=False)
    young = _to_parts(nw.col("flow") * (ended - first) / (stop - first))
    rows = rows.with_columns(has_ended=has_ended)
    rows = rows.with_columns(young=nw.when(nw.col("has_ended")).then(young).otherwise(nw.lit(0.0)))
    columns = [name for name in rows.collect_schema().names() if name not in {"has_ended", "young"}]
    whole = rows.with_columns(flow=nw.col("flow") - nw.col("young"), models=nw.lit(1))
    counter = nw.col("downloads_all_time")
    parts = rows.filter(nw.col("has_ended")).with_columns(
        flow=nw.col("young"),
        first_year=nw.lit(value=True),
        downloads_30d=nw.col("downloads_30d") * 0,
        downloads_all_time=counter - counter,
        models=nw.lit(0),
    )
    order = [*columns, "models"]
    return nw.concat([whole.select(order), parts.select(order)])


def sum_rows(rows: Frame) -> Frame:
    """Sum rows by `GROUPS`.

    Returns:
        `flow`, `downloads_30d`, `downloads_all_time`, `counted` (rows with an all-time counter), `models`, and `size`:
        of each row the flow or the 30-day downloads, whichever is more.
    """
    counts = nw.col("downloads_30d").fill_null(0)
    size = nw.when(nw.col("flow") > counts).then(nw.col("flow")).otherwise(counts.cast(nw.Float64()))
    rows = rows.with_columns(
        downloads_30d=counts,
        counted=(~nw.col("downloads_all_time").is_null()).cast(nw.Int64()),
        downloads_all_time=nw.col("downloads_all_time").fill_null(0),
        size=size,
    )
    whole = ("downloads_30d", "downloads_all_time", "counted", "models")
    sums = rows.group_by(*GROUPS).agg(*(nw.col(name).sum() for name in ("flow", "size", *whole)))
    return sums.with_columns(*(nw.col(name).cast(nw.Int64()) for name in whole))


def is_young(created: Any, end: dt.date) -> Any:
    """Tell whether a date of creation, in seconds, is within the year that ends with a day."""
    return created >= count_seconds(end + dt.timedelta(days=1)) - YEAR_DAYS * SECONDS_A_DAY


def _to_parts(downloads: Any) -> Any:
    """Round downloads to the parts in which a flow is kept."""
    return (downloads * PARTS_OF_A_DOWNLOAD + 0.5).floor() / PARTS_OF_A_DOWNLOAD


def count_seconds(day: dt.date) -> int:
    """Return the beginning of a day in UTC, in seconds since 1970."""
    return (day - dt.date(1970, 1, 1)).days * SECONDS_A_DAY
