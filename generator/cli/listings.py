"""`oms import`: snapshots from files that people have."""

import datetime as dt
import sys
import tempfile
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.table import Table

from generator.base.encode import label, line
from generator.base.errors import OmsError
from generator.base.progress import tell_nobody
from generator.cli.app import StoreOption, app, err, out, parse_counted, parse_date
from generator.cli.progress import StepReporter

if TYPE_CHECKING:
    from generator.sources.files import Imported
    from generator.sources.files_rows import Reading
    from generator.sources.snapshot import SnapshotInfo

# Rows and accounts that a dry run shows.
SHOWN: Final = 10
SHOWN_COLUMNS: Final = ("created_at", "downloads_30d", "downloads_all_time", "task", "license", "base_models")


class Layout(StrEnum):
    """What a row of a file to import is."""

    SNAPSHOT = "snapshot"
    HUB = "hub"
    STUDY = "study"


class DateOrder(StrEnum):
    """The order of day and month in dates that do not begin with the year."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


@app.command("import")
def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Parquet, CSV (comma, semicolon, tab) or JSON (array, lines); also .gz, .zst; or folders of them."
        ),
    ],
    store: StoreOption,
    date: Annotated[
        str | None, typer.Option("--date", help="UTC date of the counts, as YYYY-MM-DD; not with --layout study.")
    ] = None,
    date_from_name: Annotated[
        bool, typer.Option("--date-from-name", help="Each file's name holds the date of its counts.")
    ] = False,
    layout: Annotated[
        Layout | None,
        typer.Option(
            "--layout",
            help="snapshot: columns by their names; hub: the same, and `downloads` are those of thirty days, as the "
            "Hub's API gives them; study: a study's file of many dates. If not given, the first two are told apart by "
            "the rows.",
        ),
    ] = None,
    told: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="THEIRS=OURS",
            help="Which column is which of ours; THEIRS= leaves one out. Can be given again.",
        ),
    ] = None,
    dates: Annotated[DateOrder | None, typer.Option("--dates", help="How to read 31/07/2024, and the like.")] = None,
    source: Annotated[
        str, typer.Option("--source", help="Where the data came from, in words for readers.")
    ] = "an imported file",
    name: Annotated[
        str,
        typer.Option(
            "--name",
            help="The list as sentences name it: “models in NAME”; if not given, after the folder, or as the source.",
        ),
    ] = "",
    whole_hub: Annotated[
        bool, typer.Option("--whole-hub", help="Each file holds every public model of the Hub.")
    ] = False,
    keep_unchanged: Annotated[
        bool,
        typer.Option("--keep-unchanged", help="Counts that stand as in the snapshot before were collected again."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write nothing; show what is read, ten rows, and whose they are.")
    ] = False,
    reason: Annotated[
        str, typer.Option("--reason", help="Why an accepted date gets other counts; stands in the public log.")
    ] = "",
) -> None:
    """Take snapshots from files of models: your own table, a saved answer of the Hub's API, an archive's file.

    A model's id and a count of its downloads are enough: downloads_30d (of the thirty days before the date) or
    downloads_all_time. The other columns are key, created_at, likes, task, library, license, languages, parameters,
    base_models, base_relation, gated, and tags; names that are written otherwise (modelId, pipeline_tag, createdAt …)
    are understood, and said. Nothing wrong gets in: all mistakes of all files are told at once, and then nothing is
    written.

    With --map COLUMN=date a file of many dates is taken apart, with --date-from-name also by a column like
    committed_at where models come again; --layout study is the public file of "Economies of
    Open Intelligence" (one_year_rolling.csv).

    In a list without all-time counters, a 30-day count of 1,000 and more that equals that of the snapshot before was
    not collected again. It is taken as missing: no downloads, no rank. The command says what part of the list's
    downloads that is; --keep-unchanged takes such counts in.

    A date that the ledger holds already gets other counts with --reason only: the old ones are withdrawn, the new ones
    are checked when they are appended.

    Example: oms import listings/ --date-from-name --store store
    """
    from generator.audit.withdrawals import replacing
    from generator.registry import load_registry
    from generator.sources.files_names import parse_told
    from generator.sources.files_rows import Reading
    from generator.sources.snapshot import SnapshotInfo

    if layout is Layout.STUDY:
        _import_study(files, store, source, name, reason, is_dated=bool(date or date_from_name or whole_hub))
        return
    if whole_hub and name:
        raise OmsError("--whole-hub leaves nothing to name: all public models are counted. Leave --name out.")
    reading = Reading(
        layout.value if layout else "", parse_told(told or []), dates.value if dates else "", by_moment=date_from_name
    )
    dated = _date_files(files, date, reading, date_from_name=date_from_name)
    scope = "hub" if whole_hub else "selection"
    described = SnapshotInfo(parse_date(None), source, scope, name=name or _name_after(files, scope))
    if dry_run:
        _show(dated, described, reading)
        return
    with replacing(store, reason, parse_date(None), load_registry()) as replaced:
        found = _import(dated, store, described, reading, keep_unchanged=keep_unchanged)
    _print_replaced(replaced)
    for imported in _say_once(found):
        _print_imported(imported, store, keep_unchanged=keep_unchanged)


def _import_study(files: list[Path], store: Path, source: str, name: str, reason: str, *, is_dated: bool) -> None:
    from generator.audit.withdrawals import replacing
    from generator.registry import load_registry
    from generator.sources.study import import_study

    if is_dated or len(files) != 1:
        raise OmsError(
            "A study's file comes alone, names its own dates and is a selection: leave --date, --date-from-name and "
            "--whole-hub out."
        )
    with replacing(store, reason, parse_date(None), load_registry()) as replaced:
        infos = import_study(files[0], store, source, name)
    _print_replaced(replaced)
    out.print(f"{store}/snapshots: {len(infos)} dates, {infos[0].date} to {infos[-1].date}")


def _date_files(
    paths: list[Path], date: str | None, reading: "Reading", *, date_from_name: bool
) -> dict[Path, dt.date | None]:
    """Return each file with the date of its counts, None where a column says it."""
    from generator.sources.files import date_by_names, list_files
    from generator.sources.files_names import DATE

    has_column = DATE in reading.told.values()
    if date is not None and (date_from_name or has_column):
        raise OmsError("The date of the counts is told twice. Give --date, or --date-from-name or --map …=date.")
    day = parse_counted(date) if date is not None else None
    files = list_files(paths) if day or date_from_name or has_column else paths
    if has_column:
        return dict.fromkeys(files)
    if date_from_name:
        return {path: parse_counted(found.isoformat()) for path, found in date_by_names(files).items()}
    if day is None or len(files) > 1:
        raise OmsError(
            "The date of the counts is missing. Give it as --date YYYY-MM-DD, for example 2026-10-08; of several files "
            "by their names, as --date-from-name; of a file of many dates as --map COLUMN=date."
        )
    return {files[0]: day}


def _name_after(paths: list[Path], scope: str) -> str:
    """Return what sentences call the list of a folder; empty for files, which go by their source."""
    is_folder = scope != "hub" and len(paths) == 1 and paths[0].is_dir()
    return f"the list “{label(paths[0].resolve().name)}”" if is_folder else ""


def _import(
    dated: dict[Path, dt.date | None],
    store: Path,
    described: "SnapshotInfo",
    reading: "Reading",
    *,
    keep_unchanged: bool = False,
) -> list["Imported"]:
    """Import files; on a terminal, ask what a column counts that does not say it."""
    from generator.sources.files import import_files
    from generator.sources.files_names import COUNTS, UntoldError

    try:
        with StepReporter(err) as steps:
            report = steps.show if len(dated) > 1 else tell_nobody
            return import_files(
                dated,
                store,
                described,
                reading,
                keep_unchanged=keep_unchanged,
                report=report,
            )
    except UntoldError as error:
        if not sys.stdin.isatty():
            raise
        question = f"Does {error.column!r} count the thirty days before the date, as the Hub's pages do (no: all time)?"
        column = COUNTS[0] if typer.confirm(question, err=True) else COUNTS[1]
        told = replace(reading, told={**reading.told, error.column: column})
    return _import(dated, store, described, told, keep_unchanged=keep_unchanged)


def _show(dated: dict[Path, dt.date | None], described: "SnapshotInfo", reading: "Reading") -> None:
    """Show what an import would write; nothing is."""
    from generator.audit.review import compute_attribution
    from generator.registry import load_registry
    from generator.sources.snapshot import read_snapshot, snapshot_path, to_frame

    with tempfile.TemporaryDirectory() as folder:
        found = _import(dated, Path(folder), described, reading)
        newest = found[-1].info
        models = read_snapshot(snapshot_path(Path(folder), newest.date))
    for imported in _say_once(found):
        out.print(f"{imported.info.date}: {imported.info.rows:,} models would be written")
        _print_notes(imported)
    for row in models.slice(0, SHOWN).to_pylist():
        cells = ((column, row[column]) for column in SHOWN_COLUMNS if row[column] not in (None, []))
        out.print(f"  {label(row['id'])}: " + ", ".join(f"{column} {_as_text(value)}" for column, value in cells))
    attributed = compute_attribution(to_frame(models), load_registry()).head(SHOWN)
    table = Table("country", "downloads", "share", "accounts")
    for code, counted in attributed.iterrows():
        table.add_row(
            str(code), f"{counted['downloads']:,.0f}", f"{counted['share']:.1%}", f"{counted['accounts']:,.0f}"
        )
    out.print(table)
    out.print(f"Of {newest.date}, by the account that uploaded a model. Nothing was written.")


def _as_text(value: object) -> str:
    if isinstance(value, dt.datetime):
        return str(value.date())
    return (
        " ".join(map(label, value))
        if isinstance(value, list)
        else f"{value:,}"
        if isinstance(value, int)
        else label(value)
    )


def _print_imported(imported: "Imported", store: Path, *, keep_unchanged: bool) -> None:
    from generator.base.settings import FRESH_MIN_DOWNLOADS

    out.print(f"{store}/snapshots/{imported.info.date}.parquet: {imported.info.rows:,} models")
    _print_notes(imported)
    if imported.previous:
        taken = "taken as collected again" if keep_unchanged else "taken as missing (--keep-unchanged takes them in)"
        out.print(
            f"{imported.unchanged:.1%} of the 30-day downloads are counts of {FRESH_MIN_DOWNLOADS:,} and more that "
            f"stand as on {imported.previous}" + (f": {taken}" if imported.unchanged else "")
        )


def _say_once(found: list["Imported"]) -> list["Imported"]:
    """Leave out of each what was said of an earlier one."""
    told: dict[str, int] = {}
    for number, imported in enumerate(found):
        for note in imported.notes:
            told.setdefault(note, number)
    return [replace(one, notes=tuple(note for note in one.notes if told[note] == n)) for n, one in enumerate(found)]


def _print_notes(imported: "Imported") -> None:
    for note in imported.notes:
        out.print(f"  {line(note)}")
    if imported.info.repeated:
        out.print(f"  {imported.info.repeated:,} rows of a model that came again, kept once")


def _print_replaced(dates: list[dt.date]) -> None:
    for date in dates:
        out.print(f"withdrawn: the counts of {date} before; the new ones are checked when they are appended")
