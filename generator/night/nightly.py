"""The nightly run: pull, fetch, check, append, build, verify, push; a step that is run again finds what is done.

A step looks at the store, the site or the repository itself to see whether it has anything to do; the journal only
says what happened. So a night that was killed, or that failed, is run again with the same command and goes on where
it stood, and a day that is done ends at once.
"""

import datetime as dt
import json
import math
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from generator.audit.checking import HELD as KEPT
from generator.audit.checking import append_snapshots, name_held, run_check, take_held
from generator.audit.checks import describe_needless
from generator.audit.checks_text import describe_check
from generator.audit.nights import (
    DONE,
    FAILED,
    HELD,
    SKIPPED,
    STEPS,
    Night,
    StepResult,
    night_path,
    read_night,
    write_night,
)
from generator.audit.nights import render_night as render
from generator.audit.versions import read_versions
from generator.base.errors import HeldError, LedgerError, NightError, OmsError
from generator.base.files import hold
from generator.base.settings import HELD_DAYS, KEPT_SNAPSHOTS, MAX_PULL_REQUESTS, NIGHT_BUDGET_MINUTES, WARN_LIMIT_PART
from generator.ledger.store import list_dates, list_hashes, prune_snapshots, read_manifest
from generator.night.live import read_live_build
from generator.night.remote import DatasetRepo, Pulled, check_own, parse_remote, pull, pull_held, push
from generator.publish.build import run_build
from generator.publish.site import STAMP
from generator.publish.verify import read_build_id, verify_site
from generator.registry import load_registry
from generator.sources.hub import fetch_snapshot
from generator.sources.snapshot import read_info, snapshot_path

if TYPE_CHECKING:
    from generator.sources.hub import FetchProgress


@dataclass(frozen=True)
class Clock:
    """What a night knows of time: the moment in UTC, and a way to wait."""

    now: Callable[[], dt.datetime]
    sleep: Callable[[float], None]


@dataclass(frozen=True)
class NightContext:
    """Everything that a night is given.

    Attributes:
        store: the folder with snapshots and ledger; made if it does not exist.
        date: the UTC date of the counts.
        clock: the one clock.
        started_at: when this run began.
        site: the folder of the finished site.
        remote: the dataset repository as `hf://datasets/OWNER/NAME`; None for a store that is only here.
        endpoint: the Hub; None for the client's (`HF_ENDPOINT`, else https://huggingface.co).
        read_token: sent to the Hub when it is read; None for nobody in particular.
        write_token: asked for the token that may write, at the push and not before.
        accept: gates to overrule, each with its reason.
        snapshot: the held snapshot that they are overruled for: the first 16 digits of its hash, or more.
        budget_minutes: the longest time from start to end.
        site_url: address that the site is published under.
        repository: OWNER/NAME of the code, that pages lead to.
        live_url: address of the published site; a day is done only when it is shown there.
        say: told of each step as it begins, and of progress.
    """

    store: Path
    date: dt.date
    clock: Clock
    started_at: dt.datetime
    site: Path = Path("site")
    remote: str | None = None
    endpoint: str | None = None
    read_token: str | None = None
    write_token: Callable[[], str | None] = lambda: None
    accept: tuple[tuple[str, str], ...] = ()
    snapshot: str = ""
    budget_minutes: float = NIGHT_BUDGET_MINUTES
    site_url: str = ""
    repository: str = ""
    live_url: str = ""
    say: Callable[[str], None] = field(default=lambda _: None)

    def open_repo(self) -> DatasetRepo | None:
        """Return the dataset repository; None where the store is only here."""
        return None if self.remote is None else self.open_repo_of(self.remote)

    def open_repo_of(self, remote: str, most_bytes: float = math.inf) -> DatasetRepo:
        """Return the dataset repository of an address, of whose files a download takes so many bytes at most."""
        return DatasetRepo(
            parse_remote(remote),
            endpoint=self.endpoint,
            token=self.read_token,
            sleep=self.sleep,
            most_bytes=most_bytes,
        )

    def sleep(self, seconds: float) -> None:
        """Wait, unless the budget ends before."""
        self.check_budget(seconds)
        self.clock.sleep(seconds)

    def check_budget(self, needed_seconds: float = 0.0) -> None:
        """Check that there is time left.

        Raises:
            NightError: there is not.
        """
        used = (self.clock.now() - self.started_at).total_seconds() + needed_seconds
        if used > self.budget_minutes * 60:
            raise NightError(
                f"The night of {self.date} has a budget of {self.budget_minutes:g} minutes, and needs more. What is "
                "complete stays: run the same command again, and it goes on where it stood; or give it more time "
                "with --budget."
            )

    def tell(self, text: str) -> None:
        """Say something, and stop where the time is over."""
        self.check_budget()
        self.say(text)


def run_night(context: NightContext, names: tuple[str, ...] = STEPS) -> Night:
    """Run the steps of a night in their order; return its journal.

    Args:
        context: everything that they need.
        names: the steps to run.

    Raises:
        HeldError: a gate holds the snapshot; ledger and site stay.
        OmsError: a step failed; the journal says which and why.
        RemoteError: the store is a copy of somebody's site.
    """
    with _lock(context):
        night = _reread(context, Night(context.date, context.started_at))
        for name in names:
            if is_done(context, night):
                return night
            night, _ = _run_step(context, night, name)
        return night


def run_push(context: NightContext) -> StepResult:
    """Push a store, and return what that did; the journal of a day that was done before stays as it is.

    A store can have changed since its night was done, by a backfill or a withdrawal: who pushes, means it.

    Raises:
        OmsError: the push failed; the journal says why.
    """
    with _lock(context):
        return _run_step(context, _reread(context, Night(context.date, context.started_at)), "push")[1]


def rebuild(context: NightContext, *, with_push: bool = True) -> tuple[StepResult, ...]:
    """Build the site anew from what the ledger holds, without a new day; return what the steps did.

    Raises:
        OmsError: a step failed.
    """
    with _lock(context):
        return tuple(_measure(context, name) for name in ("pull", "build", "verify", *(("push",) if with_push else ())))


def is_done(context: NightContext, night: Night) -> bool:
    """Tell whether a night needs nothing more.

    All its steps are done, and its site is where it belongs: at the live address where one is given, else in the
    folder; a store in a repository may have been built elsewhere.
    """
    if not night.is_done or _is_withdrawn(context):
        return False
    build_id = night.hashes.get("build")
    if context.live_url:
        return read_live_build(context.live_url) == build_id
    path = context.site / STAMP
    if not context.site.exists():
        return context.remote is not None
    return path.is_file() and read_build_id(path.read_text(encoding="utf-8")) == build_id


def _is_withdrawn(context: NightContext) -> bool:
    """Tell whether the day was published and taken back: then it can be read again, while it lasts."""
    manifest = read_manifest(context.store)
    return context.date in dict(manifest.withdrawn) and context.date not in list_dates(manifest)


def _run_step(context: NightContext, night: Night, name: str) -> tuple[Night, StepResult]:
    """Run a step and write the journal, of a failure too; return the journal, and what the step did."""
    started = context.clock.now()
    try:
        result = _measure(context, name)
    except (OmsError, OSError, KeyboardInterrupt) as error:
        state = HELD if isinstance(error, HeldError) else FAILED
        failed = StepResult(name, state, _seconds_since(context, started), _tell_failure(error))
        with suppress(OSError):  # a full disk may not take the journal either: the failure itself is told
            write_night(context.store, replace(_reread(context, night), finished_at=None).add(failed))
        raise
    context.say(f"{result.name}: {result.state}, {result.detail}")
    night = _reread(context, night)
    pushed = night.find("push")
    if (name == "pull" and night.is_done) or (name == "push" and pushed and pushed.state == DONE):
        return night, result  # it came from a commit, or went into one, as it stands
    night = _finish(context, _describe(context, night.add(result)))
    write_night(context.store, night)
    return night, result


def _tell_failure(error: BaseException) -> str:
    """Say in a sentence why a step ended."""
    if isinstance(error, KeyboardInterrupt):
        return "Stopped by the keyboard. What is complete stays: run the same command again, and it goes on."
    if isinstance(error, OSError):
        return f"The file system refused it: {error}. Check the path, its permissions and the free space; run it again."
    return str(error)


def _measure(context: NightContext, name: str) -> StepResult:
    """Run a step and measure it."""
    context.tell(f"{name} …")
    started = context.clock.now()
    return replace(_STEPS[name](context), seconds=_seconds_since(context, started))


def _pull(context: NightContext) -> StepResult:
    repo = context.open_repo()
    if repo is None:
        return StepResult("pull", SKIPPED, 0, "the store is only here")
    pulled = pull(context.store, repo, keep=context.date)
    _check_named(context, pulled.listed)
    if context.snapshot:
        pull_held(context.store, repo, pulled, name_held(context.date, context.snapshot))
    detail = f"{pulled.files:,} files of commit {pulled.head[:8]}, {pulled.intervals:,} intervals"
    if pulled.requests > WARN_LIMIT_PART * MAX_PULL_REQUESTS:
        detail += f"; a new runner would ask {pulled.requests:,} times, {MAX_PULL_REQUESTS:,} were expected at most"
    return StepResult("pull", DONE if pulled.files or pulled.changed else SKIPPED, 0, detail)


def _fetch(context: NightContext) -> StepResult:
    path = snapshot_path(context.store, context.date)
    known = list_dates(read_manifest(context.store))
    if context.date in known:
        return StepResult("fetch", SKIPPED, 0, "the ledger has this date already")
    if context.snapshot:
        return _take_held(context)
    if path.exists():
        return StepResult("fetch", SKIPPED, 0, f"the snapshot is there: {read_info(path).rows:,} models")
    _check_named(context, [])
    if known and context.date < known[-1]:
        raise NightError(
            f"The night of {context.date} lies before {known[-1]}, which the ledger has already: the Hub tells no "
            "past counts. Leave the day out, or bring its counts with `oms import` or `oms backfill`."
        )
    waits: list[float] = []

    def show(progress: "FetchProgress") -> None:
        waits.append(progress.waiting_seconds or 0)
        context.check_budget(progress.waiting_seconds or 0)
        if progress.waiting_seconds or progress.pages % 100 == 0:
            context.say(f"fetch: {progress.pages:,} pages, {progress.rows:,} models")

    result = fetch_snapshot(
        context.store,
        context.date,
        now=context.clock.now,
        endpoint=context.endpoint,
        token=context.read_token,
        report=show,
    )
    detail = f"{result.info.rows:,} models from {result.pages:,} pages, {result.info.quarantined:,} rows set aside"
    detail = " ".join((detail, *(f"Warning: {warning}" for warning in result.warnings)))
    return StepResult("fetch", DONE, 0, detail, sum(waits))


def _check_named(context: NightContext, listed: Iterable[str]) -> None:
    """Check that gates are overruled for a snapshot that is here, or that is named."""
    date = context.date
    is_here = snapshot_path(context.store, date).exists() or date in list_dates(read_manifest(context.store))
    if not context.accept or context.snapshot or is_here:
        return
    kept = ", ".join(sorted(path for path in listed if path.startswith(f"{KEPT}{date}-"))) or "none"
    raise NightError(
        f"Gates are to be overruled for {date}, and no snapshot of that date is here: what is accepted is what was "
        f"looked at. Name it with --snapshot HASH; kept for that date: {kept}. Nothing was fetched in its place."
    )


def _take_held(context: NightContext) -> StepResult:
    """Take the bytes that a maintainer looked at."""
    if not take_held(context.store, context.date, context.snapshot):
        raise NightError(
            f"The held snapshot {context.snapshot} of {context.date} is neither in {context.store} nor in the dataset "
            f"repository as {name_held(context.date, context.snapshot)}. Take hash and date from the issue; one older "
            f"than {HELD_DAYS} days is not kept. Nothing was fetched in its place."
        )
    rows = read_info(snapshot_path(context.store, context.date)).rows
    return StepResult("fetch", DONE, 0, f"the held snapshot {context.snapshot[:16]}: {rows:,} models")


def _check(context: NightContext) -> StepResult:
    if context.date in list_dates(read_manifest(context.store)):
        needless = " Warning: there was nothing to overrule." if context.accept else ""
        return StepResult("check", SKIPPED, 0, f"the ledger has this date already.{needless}")
    today = context.clock.now().date()
    found = run_check(context.store, context.date, today, load_registry(), context.accept)
    if found.holds:
        gates = "\n".join(f"- {gate.name}: {gate.found}" for gate in found.held)
        raise HeldError(
            f"{describe_check(found)} Ledger and site stay as they are. Look at each gate that holds; `oms check` says "
            f"more. If the counts are right, run the same command with --snapshot {found.snapshot_sha256[:16]} "
            "--accept GATE --reason TEXT; if not, leave it: the next night is compared with the last accepted one.\n"
            f"{gates}"
        )
    warnings = describe_needless(found, [gate for gate, _ in context.accept])
    detail = " ".join((describe_check(found), *(f"Warning: {sentence}" for sentence in warnings)))
    return StepResult("check", DONE, 0, detail)


def _append(context: NightContext) -> StepResult:
    before = read_manifest(context.store)
    found = append_snapshots(context.store, load_registry(), context.clock.now().date(), context.tell)
    if context.date in {check.date for check in found.held}:
        raise HeldError(
            f"The snapshot of {context.date} is held by a gate and is not appended. `oms check` shows which; "
            "overrule it there with --accept GATE --reason TEXT if the counts are right."
        )
    after = found.manifest
    path = snapshot_path(context.store, context.date)
    if path.exists():
        prune_snapshots(context.store, read_info(path).source, KEPT_SNAPSHOTS)
    line = next((line for line in after.stored if line.interval.end == context.date), None)
    if line is None:
        repeats = context.date in dict(after.repeated)
        detail = "the counts repeat the ones before: no interval" if repeats else "nothing to append for this date"
    else:
        detail = (
            f"interval {line.interval.start} to {line.interval.end}, {line.interval.days} days by {line.interval.basis}"
        )
    return StepResult("append", DONE if after != before else SKIPPED, 0, detail)


def _build(context: NightContext) -> StepResult:
    # A held day that is accepted late may lie before the newest one, which the site shows.
    today = max([context.date, *list_dates(read_manifest(context.store))])
    result = run_build(
        context.store,
        context.site,
        today,
        context.tell,
        site_url=context.site_url,
        repository=context.repository,
        remote=context.remote,
    )
    detail = f"{result.drawn.drawn:,} figures drawn, {result.written.written:,} pages and data files written"
    return StepResult("build", DONE if result.site_changed else SKIPPED, 0, detail)


def _verify(context: NightContext) -> StepResult:
    found = verify_site(context.site)
    detail = (
        f"build {found.build_id[:16]}: {found.pages:,} pages, {found.links:,} links, {found.size_bytes / 1e6:,.1f} MB"
    )
    for warning in found.warnings:
        context.say(f"warning: {warning}")
    detail = "; ".join([detail, *found.warnings])
    return StepResult("verify", DONE, 0, detail)


def _push(context: NightContext) -> StepResult:
    repo = context.open_repo()
    if repo is None:
        return StepResult("push", SKIPPED, 0, "the store is only here")
    started = context.clock.now()

    def finish(pulled: Pulled) -> Mapping[str, bytes]:
        """Append our snapshots again on top of what came; return the journal with the push done."""
        _bring_up_to_date(context)
        night = read_night(context.store, context.date)
        if night is None or night.is_done or ((done := night.find("push")) and done.state == DONE):
            return {}
        result = StepResult("push", DONE, _seconds_since(context, started), f"on top of commit {pulled.head[:8]}")
        night = _finish(context, _describe(context, night.add(result)))
        return {night_path(Path(), context.date).as_posix(): render(night).encode()}

    pushed = push(context.store, repo, f"Data of {context.date}", context.write_token, keep=context.date, finish=finish)
    detail = f"commit {pushed.commit[:8]}: {pushed.written:,} files written, {pushed.removed:,} removed"
    return StepResult("push", DONE if pushed.written or pushed.removed else SKIPPED, 0, detail)


def _bring_up_to_date(context: NightContext) -> None:
    """Check and append what the ledger lacks, and build the site again where it shows another ledger."""
    if snapshot_path(context.store, context.date).exists():
        _check(context)
        _append(context)
    stamp = context.site / STAMP
    if not stamp.is_file():
        return
    shown = json.loads(stamp.read_text(encoding="utf-8")).get("ledger_sha256")
    if shown != read_versions(context.store).ledger_sha256:
        context.tell("the ledger has grown meanwhile: building again")
        _build(context)
        _verify(context)


def _describe(context: NightContext, night: Night) -> Night:
    """Add hashes and versions to a journal."""
    versions = asdict(read_versions(context.store))
    ledger = versions.pop("ledger_sha256")
    snapshot = list_hashes(read_manifest(context.store)).get(context.date)
    stamp = context.site / STAMP
    build_id = read_build_id(stamp.read_text(encoding="utf-8")) if stamp.is_file() else None
    found = {"snapshot": snapshot, "ledger": ledger, "build": build_id}
    return replace(night, versions=versions, hashes={name: value for name, value in found.items() if value})


def _finish(context: NightContext, night: Night) -> Night:
    """Set the end of a night whose steps are all done."""
    ended = {step.name for step in night.steps if step.state in {DONE, SKIPPED}}
    return replace(night, finished_at=context.clock.now()) if ended == set(STEPS) else night


def _reread(context: NightContext, night: Night) -> Night:
    """Return the journal as it is in the store: a pull may have brought a complete one."""
    return read_night(context.store, context.date) or night


def _seconds_since(context: NightContext, started: dt.datetime) -> float:
    return round((context.clock.now() - started).total_seconds(), 3)


def _lock(context: NightContext) -> AbstractContextManager[None]:
    """Keep a second night away from the same store, and every night from a copy of somebody's.

    Raises:
        RemoteError: the store is such a copy; that its manifest is damaged is told by the step that needs it.
    """
    with suppress(LedgerError):
        check_own(context.store)
    message = f"Another night is under way in {context.store}. Wait until it has ended, or end it"
    return hold(context.store / "night.lock", NightError(f"{message}; then run the same command again."))


_STEPS: Final[Mapping[str, Callable[[NightContext], StepResult]]] = {
    "pull": _pull,
    "fetch": _fetch,
    "check": _check,
    "append": _append,
    "build": _build,
    "verify": _verify,
    "push": _push,
}
