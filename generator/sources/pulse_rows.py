"""Model Pulse's files on this machine → the rows of one day, with SQL and within the engine's memory.

    series/YYYY-MM.parquet   id, day, dl30, dl_all, likes: a row per model and day, raw counts of the Hub
    models.parquet           id, author, created_at, pipeline_tag, license, params, base_relation, base_ids and more
    renames.parquet          old, new, came: an id that a model had until the day `came`, and the next one

A model goes by the id that it has now, on all its days: that is how a day joins the next one, and a later snapshot of
the Hub, without the Hub's `_id`. Facts are parsed as those of the live list are.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from generator.base.engine import connect
from generator.base.errors import FetchError
from generator.sources.archive_rows import BATCH_ROWS, Tally, open_parquet, read_batches
from generator.sources.hub_rows import is_model_id
from generator.sources.snapshot import SnapshotInfo, write_snapshot

# All-time counters begin then; what stands there for days before is none.
COUNTERS_SINCE: Final = dt.date(2025, 2, 27)
# A model that was renamed can stand under both ids for so long.
OVERLAP_DAYS: Final = 3
_WHOLE: Final = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"})
_WHOLE_OR_NONE: Final = _WHOLE | {f"U{name}" for name in _WHOLE} | {"NULL", '"NULL"'}
_SERIES: Final[Mapping[str, frozenset[str]]] = {
    "id": frozenset({"VARCHAR"}),
    "day": frozenset({"DATE"}),
    **dict.fromkeys(("dl30", "dl_all", "likes"), _WHOLE_OR_NONE),
}
_FOREVER: Final = dt.date.max
# What hub-stats calls the facts, in terms of Model Pulse's columns; one that a file lacks is missing.
_FACTS: Final[Mapping[str, tuple[str, ...]]] = {
    "author": ("author",),
    "created_at AS createdAt": ("created_at",),
    "pipeline_tag": ("pipeline_tag",),
    "library_name": ("library_name",),
    "gated": ("gated",),
    "{'total': params} AS safetensors": ("params",),
    "{'relation': base_relation, 'models': list_transform(base_ids, lambda name: {'id': name})} AS baseModels": (
        "base_relation",
        "base_ids",
    ),
}
_TAGS: Final = {"license": "'license:' || license", "is_gguf": "CASE WHEN is_gguf THEN 'gguf' END"}


@dataclass(frozen=True)
class DayFiles:
    """What the rows of a day are read from.

    Attributes:
        series: the month-files of the day and of the one that its counters are compared with.
        facts: as `write_facts` wrote them.
        renames: the file of renames.
    """

    series: tuple[Path, ...]
    facts: Path
    renames: Path


def count_rows(series: Path) -> dict[dt.date, int]:
    """Count the rows of each day of a month-file."""
    with connect() as engine:
        _show_series(engine, [series])
        return dict(engine.execute("SELECT day, count(*) FROM series GROUP BY day ORDER BY day").fetchall())


def write_facts(models: Path, path: Path, info: SnapshotInfo) -> None:
    """Write what the newest day knows of each model as rows of a snapshot without counts.

    Raises:
        FetchError: the file is damaged, or of another format.
    """
    raw = path.with_suffix(".raw")
    with connect() as engine, _naming(models):
        relation = engine.read_parquet(str(models))
        held = set(relation.columns)
        tags = ", ".join(text for column, text in _TAGS.items() if column in held)
        columns = [text for text, needed in _FACTS.items() if held.issuperset(needed)]
        columns += ["id", "0::BIGINT AS downloads", f"list_filter([{tags}], lambda tag: tag IS NOT NULL) AS tags"]
        relation.project(", ".join(columns)).write_parquet(str(raw))
    name = f"The file {models.name} of {info.source}"
    write_snapshot(path, read_batches(open_parquet(raw, name), name, Tally(), None), info)
    raw.unlink()


def write_day(files: DayFiles, day: dt.date, compared: dt.date | None, path: Path, info: SnapshotInfo) -> SnapshotInfo:
    """Write the rows of a day as a snapshot.

    Args:
        files: what to read.
        day: the day.
        compared: a day some thirty days before; a 30-day count whose all-time counter stands as on it counts as 0.
        path: where the snapshot goes.
        info: what it says of itself; rows set aside and repeated ones are counted here.
    """
    with _open_days(files, day, compared) as engine:
        total, names = engine.execute("SELECT count(*), count(DISTINCT id) FROM today").fetchall()[0]
        bad = _list_bad_ids(engine)
        counted = replace(info, repeated=total - names, quarantined=len(bad))
        engine.from_arrow(pa.table({"id": pa.array(bad, pa.string())})).create_view("bad")
        batches = engine.sql(_ROWS).to_arrow_reader(BATCH_ROWS)
        return write_snapshot(path, batches, counted)


def measure_left_out(files: DayFiles, day: dt.date, night: Path, night_date: dt.date) -> float:
    """Measure what part of a Hub snapshot's 30-day downloads the archive leaves out, from 0 to 1.

    Models that were created after the archive's day could not be in it, and are in neither sum.
    """
    with _open_days(files, day, None) as engine:
        engine.read_parquet(str(night)).create_view("night")
        found = engine.execute(_LEFT_OUT, {"night": night_date, "next": day + dt.timedelta(days=1)}).fetchall()
    missing, total = found[0]
    return float(missing / total) if total else 1.0


@contextmanager
def _open_days(files: DayFiles, day: dt.date, compared: dt.date | None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open an engine that has the day as `today`, the one it is compared with as `earlier`, and the facts."""
    with connect() as engine:
        _show_series(engine, files.series)
        _show_renames(engine, files.renames)
        engine.read_parquet(str(files.facts)).create_view("facts")
        values = {"since": COUNTERS_SINCE, "overlap": OVERLAP_DAYS}
        for name, date in (("today", day), ("earlier", compared)):
            engine.execute(f"CREATE TEMP TABLE {name} AS {_NAMED}", values | {"day": date})
        yield engine


def _show_series(engine: duckdb.DuckDBPyConnection, paths: Sequence[Path]) -> None:
    with _naming(paths[0]):
        relation = engine.read_parquet([str(path) for path in paths], union_by_name=True)
    found = dict(zip(relation.columns, map(str, relation.types), strict=True))
    wrong = [
        f"{name} is {found.get(name, 'missing')}" for name, kinds in _SERIES.items() if found.get(name) not in kinds
    ]
    if wrong:
        raise FetchError(
            f"{' and '.join(path.name for path in paths)} of the archive's series are of another format: "
            f"{', '.join(wrong)}; expected id as text, day as a date, dl30, dl_all and likes as whole numbers. "
            "Update the program."
        )
    relation.create_view("series")


def _show_renames(engine: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Show the engine each id that a model had, until when, and the one that it has now."""
    with _naming(path):
        relation = engine.read_parquet(str(path))
        came = "CAST(came AS DATE)" if "came" in relation.columns else "NULL"
        rows = relation.project(f"old, new, {came} AS came").order("old, came").fetchall()
    latest = {old: (new, came or _FOREVER) for old, new, came in rows if is_model_id(old) and is_model_id(new)}
    columns = {
        "old": pa.array(latest, pa.string()),
        "new": pa.array([_follow(latest, old) for old in latest], pa.string()),
        "came": pa.array([came for _, came in latest.values()], pa.date32()),
    }
    engine.from_arrow(pa.table(columns)).create_view("renames")


def _follow(latest: Mapping[str, tuple[str, dt.date]], old: str) -> str:
    """Return the id that a model has now, over renames that came one after the other."""
    seen = {old}
    new, came = latest[old]
    while new in latest and new not in seen and latest[new][1] >= came:
        seen.add(new)
        new, came = latest[new]
    return new


def _list_bad_ids(engine: duckdb.DuckDBPyConnection) -> list[str]:
    """List what stands as an id in the day's rows and names no model; those with facts were looked at there."""
    unknown = engine.sql("SELECT DISTINCT id FROM today ANTI JOIN facts USING (id)").to_arrow_reader(BATCH_ROWS)
    names = (name for batch in unknown for name in batch.column(0).to_pylist())
    return sorted(name for name in names if not is_model_id(name))


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Name the archive's file in an error of the engine."""
    try:
        yield
    except duckdb.Error as error:
        found = " ".join(str(error).split())[:300]
        raise FetchError(
            f"The archive's file {path.name} cannot be read: {found}. Delete {path}, and run the same command again; "
            "if it is damaged in the archive, try again on another day."
        ) from error


# A day's rows by the ids that their models have now. An old id on the day its model got another one is a second row of
# it; some days later it is another model, that took the name.
_NAMED: Final = """
    SELECT coalesce(CASE WHEN day < came THEN new END, id) AS id,
        CASE WHEN dl30 >= 0 THEN dl30 END::BIGINT AS dl30,
        CASE WHEN dl_all >= 0 AND day >= $since THEN dl_all END::BIGINT AS dl_all,
        CASE WHEN likes >= 0 THEN likes END::BIGINT AS likes
    FROM series LEFT JOIN renames ON old = series.id
    WHERE day = $day AND series.id IS NOT NULL AND (came IS NULL OR day < came OR day - came >= $overlap)"""
_ONE: Final = """
    SELECT * FROM today ANTI JOIN bad USING (id)
    QUALIFY row_number() OVER (
        PARTITION BY id ORDER BY dl_all DESC NULLS LAST, dl30 DESC NULLS LAST, likes DESC NULLS LAST) = 1"""
_ROWS: Final = f"""
    WITH one AS ({_ONE}), before AS (SELECT id, max(dl_all) AS counter FROM earlier GROUP BY id)
    SELECT NULL::VARCHAR AS key, id,
        coalesce(author, CASE WHEN contains(id, '/') THEN split_part(id, '/', 1) END) AS author, created_at,
        CASE WHEN dl_all = counter THEN 0 ELSE dl30 END AS downloads_30d, dl_all AS downloads_all_time,
        one.likes AS likes, task, library, license, languages, parameters, base_models, base_relation, gated,
        NULL::BIGINT AS unchanged_30d
    FROM one LEFT JOIN facts USING (id) LEFT JOIN before USING (id) ORDER BY id"""  # noqa: S608 - our own words
_LEFT_OUT: Final = """
    SELECT coalesce(sum(downloads_30d) FILTER (today.id IS NULL), 0)::DOUBLE, coalesce(sum(downloads_30d), 0)::DOUBLE
    FROM (SELECT coalesce(CASE WHEN $night < came THEN new END, id) AS id, downloads_30d FROM night
          LEFT JOIN renames ON old = night.id WHERE created_at IS NULL OR created_at < $next) AS listed
    LEFT JOIN (SELECT DISTINCT id FROM today) AS today USING (id)"""
