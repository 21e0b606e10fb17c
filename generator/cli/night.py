"""The verbs of the nightly run: the night as a whole, its steps one by one, and the way back from a lost store."""

import datetime as dt
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from generator.base.encode import label
from generator.base.errors import HeldError, OmsError
from generator.base.settings import NIGHT_BUDGET_MINUTES
from generator.cli.app import (
    AcceptOption,
    DateOption,
    HeldOption,
    ReasonOption,
    RepositoryOption,
    SiteUrlOption,
    StoreOption,
    app,
    err,
    out,
    parse_counted,
    parse_date,
    parse_hash,
    read_clock,
)
from generator.cli.progress import StepReporter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.audit.nights import StepResult
    from generator.night.nightly import NightContext
    from generator.night.remote import DatasetRepo

RemoteOption = Annotated[
    str | None,
    typer.Option("--remote", envvar="OMS_REMOTE", help="Dataset repository as hf://datasets/OWNER/NAME."),
]
SiteOption = Annotated[Path, typer.Option("--site", help="Folder for the finished site.")]
OutputsOption = Annotated[
    Path | None,
    typer.Option(
        "--outputs", envvar="GITHUB_OUTPUT", help="File that gets date, build_id, publish and held (true, false)."
    ),
]
BudgetOption = Annotated[float, typer.Option("--budget", help="Longest time from start to end, in minutes.", min=0.0)]


@app.command()
def nightly(
    store: StoreOption,
    site: SiteOption = Path("site"),
    date: DateOption = None,
    remote: RemoteOption = None,
    accept: AcceptOption = None,
    reason: ReasonOption = "",
    snapshot: HeldOption = "",
    budget: BudgetOption = NIGHT_BUDGET_MINUTES,
    rebuild_only: Annotated[
        bool,
        typer.Option(
            "--rebuild-only", envvar="OMS_REBUILD_ONLY", help="Build the site anew from the ledger; no new day."
        ),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Everything but the push.")] = False,
    site_url: SiteUrlOption = "",
    repository: RepositoryOption = "",
    live: Annotated[
        str,
        typer.Option(
            "--live",
            envvar="OMS_LIVE",
            help="Address of the published site: a day is done only when it is shown there.",
        ),
    ] = "",
    outputs: OutputsOption = None,
) -> None:
    """Run a whole night: pull, fetch, check, append, build, verify, push.

    Run again after a failure it goes on where it stood; a day that is done ends at once. Where a gate holds the
    snapshot, ledger and site stay as they are, and the command fails; what is accepted then are these bytes, by their
    hash. Fetch and pull send HF_TOKEN, which needs no
    right to write; only the push asks for the right to write, as `oms push --help` says.

    Example: oms nightly --store store --site site --remote hf://datasets/open-model-share/history
    """
    from generator.audit.nights import STEPS, read_night
    from generator.night.nightly import is_done, rebuild, run_night

    with StepReporter(err) as steps:
        context = replace(
            _make_context(steps, store, date),
            site=site,
            remote=remote,
            accept=tuple((gate, reason) for gate in accept or []),
            snapshot=parse_hash(snapshot),
            budget_minutes=budget,
            site_url=site_url,
            repository=repository,
            live_url=live,
        )
        if rebuild_only:
            results, publish = rebuild(context, with_push=not dry_run), True
        else:
            before = read_night(store, context.date)
            if before and is_done(context, before):
                out.print(f"The night of {context.date} is done already; nothing was changed.")
                _write_outputs(outputs, context.date, site, publish=False)
                return
            try:
                night = run_night(context, tuple(name for name in STEPS if not (dry_run and name == "push")))
            except HeldError:
                _write_outputs(outputs, context.date, site, publish=False, held=True)
                raise
            results, publish = night.steps, not is_done(context, night)
    _print_steps(results)
    _write_outputs(outputs, context.date, site, publish=publish)


@app.command()
def pull(store: StoreOption, remote: RemoteOption = None) -> None:
    """Bring into a store what was pushed to its dataset repository, and merge the two ledgers.

    What was pushed stands; intervals that only this store has stay, too. HF_TOKEN is needed for a private repository.

    Example: oms pull --store store --remote hf://datasets/open-model-share/history
    """
    from generator.night.remote import pull as pull_store

    with StepReporter(err) as steps:
        found = pull_store(store, _make_context(steps, store).open_repo_of(_need_remote(remote)))
    out.print(f"{store}: {found.files:,} files of commit {found.head}, {found.intervals:,} intervals in the ledger")


@app.command()
def append(store: StoreOption) -> None:
    """Check the store's snapshots, and add to the ledger the intervals that they close; what a gate holds is left out.

    Example: oms append --store store
    """
    from generator.audit.checking import append_snapshots
    from generator.audit.checks_text import describe_check
    from generator.ledger.store import read_manifest
    from generator.registry import load_registry

    before = read_manifest(store)
    with StepReporter(err) as steps:
        found = append_snapshots(store, load_registry(), parse_date(None), steps.say)
    kept = {line.files["flows"] for line in before.stored}
    stored = found.manifest.stored
    made = [line.interval for line in stored if line.files["flows"] not in kept]
    for check in found.held:
        out.print(f"left out: {label(describe_check(check))}")
    out.print(f"{store}: {len(made):,} intervals made, {len(stored):,} in all, {len(found.held):,} snapshots held")


@app.command()
def verify(
    site: SiteOption = Path("site"),
    url: Annotated[
        str, typer.Option("--url", help="Ask this published site for its build instead, until it shows it.")
    ] = "",
    build_id: Annotated[
        str, typer.Option("--build-id", help="The build that it must show; that of --site if not given.")
    ] = "",
) -> None:
    """Verify that a built site is whole; with --url, that the published one shows it after a deployment.

    Of a folder: required pages, links and assets, content policy, sizes, hashes of data package and ledger, build id.

    Example: oms verify --site site --url https://open-model-share.github.io/
    """
    from generator.night.live import await_build
    from generator.publish.site import STAMP
    from generator.publish.verify import read_build_id, verify_site

    if not url:
        found = verify_site(site)
        out.print(
            f"{site}: build {found.build_id}, {found.pages:,} pages, {found.links:,} links, {found.files:,} files, "
            f"{found.size_bytes / 1e6:,.1f} MB: nothing is missing"
        )
        for warning in found.warnings:
            out.print(f"warning: {warning}")
        return
    stamp = site / STAMP
    expected = build_id or (read_build_id(stamp.read_text(encoding="utf-8")) if stamp.is_file() else None)
    if expected is None:
        raise OmsError(f"There is no build to look for: {stamp} names none. Give one with --build-id, or --site.")
    seconds = await_build(url, expected, read_clock, time.sleep)
    out.print(f"{url} shows the build {expected} ({seconds:,.0f} s)")


@app.command()
def push(
    store: StoreOption,
    site: SiteOption = Path("site"),
    date: DateOption = None,
    remote: RemoteOption = None,
    held: Annotated[
        bool, typer.Option("--held", help="Push the snapshots that a gate holds, to keep them, and nothing else.")
    ] = False,
    outputs: OutputsOption = None,
) -> None:
    """Push a store to its dataset repository: one commit, on top of the newest one, which it names as its parent.

    Where somebody else was faster, their ledger is merged and the commit is made on top of theirs; nothing is forced.
    The right to write comes from HF_OIDC_RESOURCE=datasets/OWNER/NAME (a token of one hour, for a workflow that is
    the repository's trusted publisher), else from HF_WRITE_TOKEN, else from HF_TOKEN.

    Example: oms push --store store --site site --remote hf://datasets/open-model-share/history
    """
    from generator.night.nightly import run_push

    with StepReporter(err) as steps:
        context = replace(_make_context(steps, store, date), site=site, remote=_need_remote(remote))
        if held:
            _push_held(context)
            return
        result = run_push(context)
    _print_steps([result])
    _write_outputs(outputs, context.date, site, publish=True)


def _push_held(context: "NightContext") -> None:
    from generator.night.remote import push_held

    repo = context.open_repo_of(_need_remote(context.remote))
    pushed = push_held(context.store, repo, f"Snapshots held until {context.date}", context.write_token)
    out.print(f"commit {pushed.commit[:8]}: {pushed.written:,} held snapshots kept")


@app.command()
def restore(
    url: Annotated[str, typer.Argument(help="Address of the published site.")],
    store: StoreOption,
    copy: Annotated[
        bool,
        typer.Option("--copy", help="The site is somebody else's: a copy to build on, marked as such, never pushed."),
    ] = False,
    allow_loopback: Annotated[
        bool,
        typer.Option("--allow-loopback", envvar="OMS_ALLOW_LOOPBACK", help="With --copy: this machine may be asked."),
    ] = False,
) -> None:
    """Make a lost store again from what its site publishes: the ledger, every hash checked, and the log of corrections.

    Intervals that the site does not carry come from the dataset repository that it names; what is lacking is said.
    The snapshots are not published: the first night after it takes its flow from the 30-day counts.

    With --copy the site can be anybody's. It is read from the public web alone, without a proxy and without a token,
    and sends at most 1 GB. Store and pages say that they are an unverified copy; push and nightly refuse it. Run again
    it brings what is new, and goes on where it stopped.

    Example: oms restore https://open-model-share.github.io/ --store store
    """
    from generator.base.settings import MAX_COPY_BYTES
    from generator.base.strangers import PublicOnly
    from generator.night.restore import copy_site
    from generator.night.restore import restore as restore_store
    from generator.registry import load_registry

    def open_repo(remote: str) -> "DatasetRepo":
        return _make_context(steps, store).open_repo_of(remote)

    def open_stranger(remote: str) -> "DatasetRepo":
        return replace(_make_context(steps, store), read_token=None).open_repo_of(remote, MAX_COPY_BYTES)

    known = load_registry().corrections
    with StepReporter(err) as steps:
        if copy:
            found = copy_site(url, store, PublicOnly(allow_loopback), known, open_stranger, report=steps.show)
        else:
            found = restore_store(url, store, known, open_repo, report=steps.show)
    manifest = found.manifest
    first, last = (manifest.stored[0].interval.start, manifest.stored[-1].interval.end) if manifest.stored else ("", "")
    done = f"copied from {manifest.copied_from}, unverified" if manifest.copied_from else "restored"
    out.print(f"{store}: {len(manifest.stored):,} intervals {done}, {first} to {last}")
    if found.lacking:
        out.print(
            f"{len(found.lacking):,} earlier intervals are lacking, {found.lacking[0]} to {found.lacking[-1]}: "
            f"{found.reason}"
        )


def _make_context(steps: StepReporter, store: Path, date: str | None = None) -> "NightContext":
    """Make what every night is given from the clock and the environment."""
    from generator.night.nightly import Clock, NightContext

    return NightContext(
        store=store,
        date=parse_counted(date),
        clock=Clock(read_clock, time.sleep),
        started_at=read_clock(),
        read_token=os.environ.get("HF_TOKEN"),
        write_token=_find_write_token,
        say=steps.say,
    )


def _find_write_token() -> str | None:
    """Return the token that may write: of a trusted publisher, else from the environment."""
    from generator.night.remote import exchange_identity

    if os.environ.get("HF_OIDC_RESOURCE"):
        return exchange_identity()
    return os.environ.get("HF_WRITE_TOKEN") or os.environ.get("HF_TOKEN")


def _need_remote(remote: str | None) -> str:
    if not remote:
        raise OmsError("The dataset repository is missing: give it as --remote hf://datasets/OWNER/NAME.")
    return remote


def _write_outputs(path: Path | None, date: dt.date, site: Path, *, publish: bool, held: bool = False) -> None:
    """Tell the next jobs of a workflow date and build, and whether there is something to publish, or to keep."""
    if path is None:
        return
    from generator.publish.site import STAMP
    from generator.publish.verify import read_build_id

    stamp = site / STAMP
    build_id = read_build_id(stamp.read_text(encoding="utf-8")) if stamp.is_file() else None
    with path.open("a", encoding="utf-8") as file:
        file.write(
            f"date={date}\nbuild_id={build_id or ''}\npublish={str(publish).lower()}\nheld={str(held).lower()}\n"
        )


def _print_steps(results: "Iterable[StepResult]") -> None:
    table = Table("step", "state", "seconds", "waiting", "what it did")
    for step in results:
        waiting = f"{step.waiting_seconds:,.0f}" if step.waiting_seconds else ""
        table.add_row(step.name, step.state, f"{step.seconds:,.1f}", waiting, label(step.detail))
    out.print(table)
