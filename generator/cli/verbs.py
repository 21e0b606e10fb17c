"""The verbs of every day: fetch, backfill, check, build, serve, status, and those of ledger and registry."""

import json
import os
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from generator.base.encode import label
from generator.base.errors import OmsError
from generator.cli.app import (
    AcceptOption,
    DateOption,
    HeldOption,
    ReadOption,
    ReasonOption,
    RepositoryOption,
    StoreOption,
    app,
    err,
    ledger_app,
    out,
    parse_counted,
    parse_date,
    parse_hash,
    read_clock,
    registry_app,
)
from generator.cli.progress import StepReporter

# The verbs import their modules when they run: `oms --help` and `oms serve` need neither pandas nor the engine.


@app.command()
def fetch(store: StoreOption, date: DateOption = None) -> None:
    """Read all public models of the Hub into the snapshot of a date.

    Needs a network. The Hub is HF_ENDPOINT (https://huggingface.co if not set); HF_TOKEN raises the rate limit. About
    3.2 million models in 3,300 requests: 17 minutes or more. After a failure the same command goes on where it stopped,
    on the same UTC day and within three hours of the first page. The Hub tells no counts of any other day.

    Example: oms fetch --store store
    """
    from generator.sources.hub import fetch_snapshot
    from generator.sources.snapshot import snapshot_path

    day = parse_counted(date)
    if snapshot_path(store, day).exists():
        out.print(
            f"The snapshot of {day} is there already: {snapshot_path(store, day)}. While it is that day (UTC), it can "
            "be fetched again: move it out of the store before."
        )
        return
    with StepReporter(err) as steps:
        result = fetch_snapshot(
            store,
            day,
            now=read_clock,
            token=os.environ.get("HF_TOKEN"),
            report=lambda progress: steps.show(progress.describe()),
        )
    for warning in result.warnings:
        err.print(f"warning: {warning}")
    reasons = "; ".join(f"{count} × {reason}" for reason, count in result.quarantined.items())
    out.print(
        f"{result.path}: {result.info.rows:,} models from {result.pages:,} pages in {result.seconds:,.0f} s"
        f" ({result.resumed_pages:,} pages from an earlier run), {result.info.quarantined:,} rows set aside"
        + (f" ({reasons})" if reasons else "")
    )


@app.command()
def backfill(
    first: Annotated[
        str, typer.Option("--from", envvar="OMS_FROM", help="First date of the first snapshot, as YYYY-MM-DD.")
    ],
    last: Annotated[str, typer.Option("--to", envvar="OMS_TO", help="First date of the last snapshot, as YYYY-MM-DD.")],
    store: StoreOption,
    source: Annotated[
        str,
        typer.Option(
            "--source",
            envvar="OMS_SOURCE",
            help="model-pulse (modelpulse/model-pulse-data), weekly (hfmlsoc/hub_weekly_snapshots) or hub-stats "
            "(cfahlgren1/hub-stats).",
        ),
    ] = "model-pulse",
    step: Annotated[
        str,
        typer.Option("--step", envvar="OMS_STEP", help="Of model-pulse: days, weeks or months; weeks if not given."),
    ] = "",
    ends: Annotated[
        bool, typer.Option("--ends", help="Of model-pulse: the first and the last day alone, one interval.")
    ] = False,
    accept: AcceptOption = None,
    reason: ReasonOption = "",
    snapshot: HeldOption = "",
) -> None:
    """Fill the ledger with past counts from a public archive: model-pulse, weekly or hub-stats.

    Needs a network; HF_ENDPOINT and HF_TOKEN as for fetch. model-pulse has every day since 2024-07-29 in files of a
    month; --step days, weeks (if not given) or months says how long an interval is, and --ends reads two days alone,
    for the downloads between them: no first years, and no date since when somebody leads. It leaves out models below
    its floor, and what that is is measured: the store needs a snapshot of the Hub. weekly has a file a week since
    2024-07-24, hub-stats one a day: of each only the columns needed are read, some tens of MB instead of 1.5 GB.
    All-time counters begin on 2025-02-26; before, downloads are rates of thirty days.
    After a failure the same command goes on where it stopped; what is done is not read again. A store may have nights
    already: older weeks are put before them.

    Where a gate holds a snapshot, the command stops there and names its hash; if the counts are right, the same command
    with --snapshot, --accept and --reason goes on.

    Example: oms backfill --source model-pulse --step months --from 2025-09-30 --to 2026-09-30 --store store
    """
    from generator.night.backfill import Acceptance, run_backfill
    from generator.registry import load_registry
    from generator.sources.archive_http import DatasetReader
    from generator.sources.archives import choose_archive

    archive = choose_archive(source, step, ends=ends)
    begin, end = parse_date(first), parse_date(last)
    if begin > end:
        raise OmsError(f"--from {begin} lies after --to {end}; exchange the two.")
    named = parse_hash(snapshot)
    if bool(named) != bool(accept):
        raise OmsError(
            "What is accepted is what was looked at: give --snapshot with the digits of its hash, --accept with the "
            "gates and --reason, all as the message about the held snapshot has them; or none of them."
        )
    reader = DatasetReader(archive.repo, token=os.environ.get("HF_TOKEN"))
    with StepReporter(err) as steps:
        result = run_backfill(
            store,
            archive,
            begin,
            end,
            load_registry(),
            reader,
            parse_date(None),
            steps.show,
            acceptance=Acceptance(named, tuple((gate, reason) for gate in accept or [])) if named else None,
        )
    for warning in result.warnings:
        err.print(f"warning: {warning}")
    for line in result.covered:
        out.print(f"covered: {line}")
    for gap in result.gaps:
        out.print(f"gap: {gap}")
    out.print(
        f"{store}: {len(result.added):,} intervals added, {len(result.repeated):,} snapshots repeat the one before, "
        f"{result.present:,} were there already, {len(result.covered):,} covered, {len(result.gaps):,} gaps, "
        f"{result.transferred_bytes / 1e6:,.1f} MB transferred"
    )


@app.command()
def check(
    store: StoreOption,
    date: Annotated[
        str | None,
        typer.Option("--date", help="Date of the snapshot, as YYYY-MM-DD; the newest that is not accepted yet."),
    ] = None,
    accept: Annotated[
        list[str] | None, typer.Option("--accept", help="A gate whose hold is to be passed; can be given again.")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why; stands in the public log of corrections.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check a new snapshot against the last accepted one; exit code 1 where a gate holds it.

    Each gate accepts, warns or holds, with its figure, its limit and what to do. The result is kept in STORE/checks.

    Example: oms check --store store --accept total --reason "the Hub counts by a new rule since 3 November"
    """
    from generator.audit.checking import find_unchecked, run_check
    from generator.audit.checks import describe_needless, render_check
    from generator.audit.checks_text import render_lines
    from generator.registry import load_registry

    day = parse_date(date) if date else find_unchecked(store)
    if day is None:
        out.print("Nothing to check: the ledger holds every snapshot.")
        return
    overrides = [(gate, reason) for gate in accept or []]
    found = run_check(store, day, parse_date(None), load_registry(), overrides)
    for sentence in describe_needless(found, accept or []):
        err.print(f"warning: {sentence}")
    out.print(render_check(found).rstrip() if as_json else "\n".join(render_lines(found)))
    if found.holds:
        raise typer.Exit(1)


@app.command()
def build(
    site: Annotated[Path, typer.Option("--site", help="Folder for the finished site.")] = Path("site"),
    store: ReadOption = None,
    today: Annotated[
        str | None, typer.Option("--today", help="The day of the build, as YYYY-MM-DD; today if not given.")
    ] = None,
    site_url: Annotated[
        str,
        typer.Option("--site-url", envvar="SITE_URL", help="Address that the site is published under, with its slash."),
    ] = "",
    repository: RepositoryOption = "",
    draft: Annotated[
        str, typer.Option("--draft", help="Language to build as well, by its code, however little of it is translated.")
    ] = "",
) -> None:
    """Build the whole site from a store's snapshots, or from the bundled ones.

    Example: oms build --store store --site site
    """
    from generator.publish.build import run_build

    day = parse_date(today)
    with StepReporter(err) as steps:
        result = run_build(store, site, day, steps.say, site_url=site_url, repository=repository, draft=draft)
    drawn, written = result.drawn, result.written
    out.print(
        f"figures: {drawn.drawn} drawn, {drawn.reused} unchanged; pages and data files: {written.written} written, "
        f"{written.unchanged} unchanged; site {'built' if result.site_changed else 'unchanged'}"
    )
    out.print(f"Open it: {(site / 'index.html').resolve()} — or serve it: oms serve --site {site}")


@app.command()
def serve(
    site: Annotated[Path, typer.Option("--site", help="Folder of the finished site.")] = Path("site"),
    port: Annotated[int, typer.Option("--port", help="Port on this machine.", min=1, max=65535)] = 8000,
) -> None:
    """Serve the finished site on this machine, until Ctrl-C.

    Example: oms serve --port 8000
    """
    if not (site / "index.html").is_file():
        raise OmsError(f"There is no site in {site}: index.html is missing. Run `oms build --site {site}` first.")
    handler = partial(SimpleHTTPRequestHandler, directory=str(site))
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise OmsError(f"Port {port} cannot be used: {error}. Give another one with --port.") from error
    out.print(f"Serving {site} at http://127.0.0.1:{port}/ — Ctrl-C stops.")
    with server:
        server.serve_forever()


@app.command()
def status(
    store: StoreOption,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Tell what a store holds: dates, rows, intervals, gaps (days), coverage by the registry, sizes.

    Example: oms status --store store --json
    """
    from generator.audit.status import compute_status
    from generator.registry import load_registry

    found = compute_status(store, load_registry())
    if as_json:
        out.print(json.dumps(found, indent=1, default=str))
        return
    snapshots = Table("snapshot", "source", "models", "set aside", "in the ledger", "reviewed", "MB")
    for line in found["snapshots"]:
        reviewed = "" if line["reviewed"] is None else f"{line['reviewed']:.1%}"
        counts = f"{line['rows']:,}", f"{line['quarantined']:,}"
        size = f"{line['file_bytes'] / 1e6:,.1f}"
        snapshots.add_row(str(line["date"]), line["source"], *counts, line["state"], reviewed, size)
    intervals = Table("interval", "days", "gap", "basis", "models", "anomalies", "KB")
    for line in found["intervals"]:
        days = str(line["days"]), str(line["gap_days"])
        counts = f"{line['models']:,}", str(line["anomalies"])
        size = f"{line['file_bytes'] / 1000:,.0f}"
        intervals.add_row(f"{line['start']} … {line['end']}", *days, line["basis"], *counts, size)
    if found["copied_from"]:
        out.print(f"An unverified copy of {found['copied_from']}")
    out.print(snapshots)
    out.print(intervals)


@ledger_app.command("drop")
def ledger_drop(
    dates: Annotated[list[str], typer.Argument(help="Dates to withdraw, as YYYY-MM-DD.")],
    store: StoreOption,
    reason: Annotated[str, typer.Option("--reason", help="Why; stands in the public log of corrections.")] = "",
) -> None:
    """Withdraw published days: the next interval spans them, the log of corrections says why, a push takes them.

    Nothing brings these counts back, no merge and no append; other counts of the same date can be imported. The
    snapshots stay in STORE/withdrawn.

    Example: oms ledger drop 2026-11-20 --reason "the Hub told half of all counts" --store store
    """
    from generator.audit.withdrawals import withdraw_dates
    from generator.registry import load_registry

    days = [parse_date(text) for text in dates]
    found = withdraw_dates(store, days, reason, parse_date(None), load_registry())
    for date in found.along:
        out.print(f"with them: {date}, whose flow began at withdrawn counts and whose snapshot is not held any more")
    for path in found.kept:
        out.print(f"kept: {path}")
    spanned = ", ".join(f"{start} to {end}" for start, end in found.spanned) or "the next night's"
    out.print(f"{store}: {len(found.dates):,} dates withdrawn; spanned by the interval {spanned}")


@ledger_app.command("migrate")
def ledger_migrate(store: StoreOption) -> None:
    """Write a ledger of the format before anew in the present one; rows and hashes stay as they are.

    Every verb reads the format before; the first change writes the present one. An older program reads it no more.

    Example: oms ledger migrate --store store
    """
    from generator.ledger.store import FORMAT, load_ledger, read_manifest, write_manifest

    load_ledger(store)
    manifest = read_manifest(store)
    if not manifest.stored:
        raise OmsError(f"There is no ledger in {store}: nothing to migrate.")
    write_manifest(store, manifest)
    out.print(f"{store}/ledger: {len(manifest.stored):,} intervals in the format {FORMAT}")


@ledger_app.command("rebuild")
def ledger_rebuild(store: StoreOption) -> None:
    """Derive the ledger again from the snapshots still held, as after an update of the program or of a family pattern.

    Intervals whose snapshots are gone stay as they are and are named. Countries need no rebuild: each build joins them.

    Example: oms ledger rebuild --store store
    """
    from generator.ledger.store import rebuild_ledger
    from generator.registry import load_registry

    with StepReporter(err) as steps:
        found = rebuild_ledger(store, load_registry(), steps.say)
    for date, reason in found.kept.items():
        out.print(f"kept as it was: the interval to {date}: {reason}")
    out.print(
        f"{store}/ledger: {len(found.again):,} intervals derived again, {len(found.changed):,} of them changed; "
        f"{len(found.kept):,} kept as they were"
    )


@registry_app.command("check")
def registry_check() -> None:
    """Check the registry's files; all mistakes at once, with file and line.

    Example: oms registry check
    """
    from generator.registry import load_registry

    registry = load_registry(today=parse_date(None))
    out.print(
        f"{len(registry.publishers):,} publishers, {len(registry.countries):,} countries, "
        f"{len(registry.families):,} family patterns, {len(registry.openness):,} openness rows: no mistakes"
    )


@registry_app.command("worklist")
def registry_worklist(
    store: ReadOption = None,
    most: Annotated[int, typer.Option("--most", help="Rows at the most.", min=1)] = 30,
) -> None:
    """List what to review next: unreviewed publishers by downloads of thirty days, and what each would add.

    `share` is how far its review raises the coverage and narrows every bound (fraction of all downloads).

    Example: oms registry worklist --store store --most 50
    """
    from generator.audit.review import compute_worklist
    from generator.publish.build import load_entries
    from generator.registry import load_registry

    registry = load_registry()
    entries = load_entries(store, registry)
    table = Table("publisher", "downloads 30 d", "share", "coverage after", "models")
    for item in compute_worklist(entries, registry, most):
        models = ", ".join(label(model) for model in item.models)
        table.add_row(
            label(item.handle), f"{item.downloads_30d:,}", f"{item.share:.3%}", f"{item.coverage_after:.2%}", models
        )
    out.print(table)
    out.print("share: of all downloads; by so much a review raises the coverage and narrows every bound.")


@registry_app.command("explain")
def registry_explain(
    name: Annotated[
        str,
        typer.Argument(
            help="A Hub account (Qwen), a model's id (unsloth/Qwen3-8B-GGUF), or the address of either's page."
        ),
    ],
    store: ReadOption = None,
) -> None:
    """Say step by step why an account or a model is attributed as it is.

    Alias, publisher, parent, base-model chain, family, country, sources.

    Example: oms registry explain unsloth/Qwen3-8B-GGUF
    """
    from generator.audit.review import explain
    from generator.publish.build import read_newest
    from generator.registry import load_registry
    from generator.sources.files_cells import read_id

    try:
        found = read_id(name)
    except ValueError as error:
        raise OmsError(
            f"{name!r} is neither an account nor a model of the Hub: {error}. Give an account (Qwen), a model's id "
            "(Qwen/Qwen3-8B), or the address of either's page, such as https://huggingface.co/Qwen/Qwen3-8B."
        ) from error
    for step in explain(found, read_newest(store), load_registry()):
        out.print(label(step) if step.strip() else "")


@registry_app.command("diff")
def registry_diff(
    revision: Annotated[str, typer.Argument(help="A git revision of this repository, such as main or HEAD~1.")],
    store: ReadOption = None,
    summary: Annotated[
        Path | None,
        typer.Option("--summary", envvar="GITHUB_STEP_SUMMARY", help="File that gets the table as Markdown, too."),
    ] = None,
) -> None:
    """Show what the registry's changes since a revision do to the shares, in percentage points.

    Example: oms registry diff main
    """
    from generator.audit.review import compare_reports, load_registry_at, render_changes
    from generator.publish.build import load_report
    from generator.registry import load_registry

    today = parse_date(None)
    with StepReporter(err) as steps:
        before = load_report(store, load_registry_at(revision), today, steps.say)
        after = load_report(store, load_registry(), today, steps.say)
    changes = compare_reports(before, after)
    table = Table("definition", "country", "before", "after", "points")
    for change in changes:
        difference = f"{(change.after - change.before) * 100:+.2f}"
        table.add_row(change.definition.slug, change.code, f"{change.before:.2%}", f"{change.after:.2%}", difference)
    out.print(table if changes else f"No share differs from that at {revision}.")
    if summary is not None:
        with summary.open("a", encoding="utf-8") as file:
            file.write(render_changes(changes, revision) + "\n")
