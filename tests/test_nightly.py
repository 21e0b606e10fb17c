"""The night: steps in their order, each of which can be done again, and a journal of what they did."""

import datetime as dt
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from huggingface_hub import constants
from typer.testing import CliRunner

from generator.audit import nights
from generator.audit.checking import load_check
from generator.audit.nights import DONE, FAILED, SKIPPED, Night, StepResult, list_nights, read_night, write_night
from generator.base.errors import HeldError, NightError, OmsError, RemoteError
from generator.cli.main import app
from generator.ledger.store import list_dates, read_manifest
from generator.night.nightly import Clock, NightContext, is_done, run_night
from generator.night.remote import push_held
from generator.sources.snapshot import snapshot_path
from tests.loopback import Fault
from tests.loopback_repo import READ, WRITE, LoopbackRepo, make_hub, serve_repo
from tests.night_runs import DATA_STEPS, DAY, check_repo, check_store

pytestmark = pytest.mark.slow

FIRST = dt.date(2026, 11, 20)


class Hours:
    """A clock that goes on by its waits alone, and by a second at each look."""

    def __init__(self, day: dt.date) -> None:
        self.moment = dt.datetime(day.year, day.month, day.day, 3, 17, tzinfo=dt.UTC)
        self.waits: list[float] = []

    def now(self) -> dt.datetime:
        """Return the moment."""
        self.moment += dt.timedelta(seconds=1)
        return self.moment

    def sleep(self, seconds: float) -> None:
        """Go on by so many seconds."""
        self.waits.append(seconds)
        self.moment += dt.timedelta(seconds=seconds)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackRepo]:
    """A Hub of some hundred models with an empty dataset repository."""
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    with serve_repo(make_hub(300, FIRST)) as running:
        running.write_token = WRITE
        yield running


@dataclass(frozen=True)
class Begun:
    """A store and a repository after a good night: what most stories begin with.

    Attributes:
        folder: holds the store.
        hub: the repository's server, closed.
        snapshot: the hash of the next day's snapshot, which is held and kept in the repository; else empty.
    """

    folder: Path
    hub: LoopbackRepo
    snapshot: str = ""

    def copy(self, folder: Path, hub: LoopbackRepo) -> None:
        """Put a copy of the store into a folder, and of the commits into a repository."""
        shutil.copytree(self.folder / "store", folder / "store")
        hub.begin_with(self.hub)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Begun:
    """One good night."""
    folder = tmp_path_factory.mktemp("begun")
    with pytest.MonkeyPatch.context() as patch, serve_repo(make_hub(300, FIRST)) as running:
        patch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        run_night(make_context(folder, running), DATA_STEPS)
        return Begun(folder, running)


@pytest.fixture(scope="module")
def held(begun: Begun, tmp_path_factory: pytest.TempPathFactory) -> Begun:
    """A good night and one that a gate holds, whose snapshot is kept as the workflow does."""
    folder = tmp_path_factory.mktemp("held")
    with pytest.MonkeyPatch.context() as patch, serve_repo(make_hub(300, FIRST)) as running:
        patch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        begun.copy(folder, running)
        return Begun(folder, running, hold(folder, running))


def make_context(folder: Path, hub: LoopbackRepo, date: dt.date = FIRST, **more: object) -> NightContext:
    """Make what a night is given; the Hub stands at that day."""
    hub.turn_to(date)
    clock = Hours(date)
    context = NightContext(
        store=folder / "store",
        date=date,
        clock=Clock(clock.now, clock.sleep),
        started_at=clock.moment,
        site=folder / "site",
        remote=f"hf://datasets/{hub.repo}",
        endpoint=hub.url,
        read_token=READ,
        write_token=lambda: WRITE,
    )
    return replace(context, **more)  # type: ignore[arg-type]


def states(night: Night) -> dict[str, str]:
    """Return the state of each step of a night."""
    return {step.name: step.state for step in night.steps}


def test_a_night_adds_a_day_and_pushes_it(hub: LoopbackRepo, tmp_path: Path) -> None:
    """Three nights in a row: three intervals, three commits, each on top of the one before."""
    for number in range(3):
        run_night(make_context(tmp_path, hub, FIRST + DAY * number), DATA_STEPS)
    expected = [FIRST, FIRST + DAY, FIRST + DAY * 2]
    assert expected == list_dates(check_store(tmp_path / "store"))
    assert expected == list_dates(check_repo(hub, tmp_path / "head"))
    assert 4 == len(hub.commits)


def test_a_step_that_is_done_is_not_done_again(hub: LoopbackRepo, tmp_path: Path) -> None:
    """The second run reads no page of the list, and makes no commit; the journal keeps what the first one did."""
    first = run_night(make_context(tmp_path, hub), DATA_STEPS)
    asked = len(hub.pages_asked())
    second = run_night(make_context(tmp_path, hub), DATA_STEPS)
    assert [asked, 2] == [len(hub.pages_asked()), len(hub.commits)]
    assert first.find("fetch") == second.find("fetch")


def test_another_machine_goes_on_where_the_first_one_stood(begun: Begun, hub: LoopbackRepo, tmp_path: Path) -> None:
    """With an empty store it pulls the history, and adds its day to it."""
    hub.begin_with(begun.hub)
    night = run_night(make_context(tmp_path / "other", hub, FIRST + DAY), DATA_STEPS)
    assert [FIRST, FIRST + DAY] == list_dates(check_store(tmp_path / "other" / "store"))
    assert dict.fromkeys(DATA_STEPS, DONE) == states(night)


def test_a_full_disk_is_written_down_and_goes_on_later(hub: LoopbackRepo, tmp_path: Path) -> None:
    """No space for the first part of the list: a sentence in the journal, and the next run completes."""
    hub.page_rows = 50
    part = tmp_path / "store" / "partial" / str(FIRST) / "part-00001.parquet.partial"
    part.parent.mkdir(parents=True)
    part.symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left on device"):
        run_night(make_context(tmp_path, hub), DATA_STEPS)
    failed = read_night(tmp_path / "store", FIRST)
    assert failed is not None
    assert [("pull", SKIPPED), ("fetch", FAILED)] == [(step.name, step.state) for step in failed.steps]
    assert re.search(r"The file system refused it: .*No space left on device.*free space", failed.steps[-1].detail)
    part.unlink()
    run_night(make_context(tmp_path, hub), DATA_STEPS)
    assert [FIRST] == list_dates(check_repo(hub, tmp_path / "head"))


def test_a_stop_by_the_keyboard_is_written_down_and_goes_on_later(hub: LoopbackRepo, tmp_path: Path) -> None:
    """In the middle of a wait: the pages that came are not asked for again."""
    hub.page_rows = 50
    hub.faults = [Fault("status", page=4, times=1)]

    def stop(text: str) -> None:
        if text.startswith("fetch: 3 pages"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_night(make_context(tmp_path, hub, say=stop), DATA_STEPS)
    failed = read_night(tmp_path / "store", FIRST)
    assert failed is not None
    assert failed.steps[-1].detail.startswith("Stopped by the keyboard. What is complete stays")
    hub.requests.clear()
    run_night(make_context(tmp_path, hub), DATA_STEPS)
    assert [FIRST] == list_dates(check_repo(hub, tmp_path / "head"))
    assert 4 == hub.pages_asked()[0]


def test_a_failed_fetch_is_written_down_and_goes_on_later(hub: LoopbackRepo, tmp_path: Path) -> None:
    """The error stands in the journal; the next run reads the rest and completes."""
    hub.page_rows = 50
    hub.faults = [Fault("status", page=3, times=1, status=404)]
    with pytest.raises(OmsError, match="404"):
        run_night(make_context(tmp_path, hub), DATA_STEPS)
    failed = read_night(tmp_path / "store", FIRST)
    assert failed is not None
    assert {"pull": SKIPPED, "fetch": "failed"} == states(failed)
    assert [] == list_dates(read_manifest(tmp_path / "store"))
    assert DONE == states(run_night(make_context(tmp_path, hub), DATA_STEPS))["fetch"]


def test_a_held_snapshot_changes_neither_ledger_nor_repository(begun: Begun, hub: LoopbackRepo, tmp_path: Path) -> None:
    """All counts are ten times as high: the night fails, and so does each rerun, until a maintainer accepts them."""
    begun.copy(tmp_path, hub)
    context = make_context(tmp_path, hub, FIRST + DAY)
    hub.models = [{**model, "downloads": (model["downloads"] or 0) * 10} for model in hub.models]
    for _ in range(2):
        with pytest.raises(HeldError, match=r"HELD by total.*--accept GATE --reason TEXT"):
            run_night(context, DATA_STEPS)
    assert [FIRST] == list_dates(check_store(tmp_path / "store"))
    assert 2 == len(hub.commits)
    with pytest.raises(HeldError, match="held by a gate"):
        run_night(context, ("append",))
    held = read_night(tmp_path / "store", FIRST + DAY)
    assert held is not None
    assert "held" == states(held)["append"]
    gates = tuple((gate, "the Hub counts by a new rule") for gate in ("total", "unchanged") if gate in str(held.steps))
    accepted = run_night(replace(context, accept=gates[:1]), DATA_STEPS)
    assert DONE == states(accepted)["append"]
    assert [FIRST, FIRST + DAY] == list_dates(check_repo(hub, tmp_path / "head"))
    assert b"a new rule" in hub.head.files["corrections.csv"]


def hold(folder: Path, hub: LoopbackRepo) -> str:
    """Run a night that a gate holds after a good one, keep its snapshot as the workflow does; return its hash."""
    context = make_context(folder, hub, FIRST + DAY)
    hub.models = [{**model, "downloads": (model["downloads"] or 0) * 10} for model in hub.models]
    with pytest.raises(HeldError, match=r"--snapshot [0-9a-f]{16} --accept GATE"):
        run_night(context, DATA_STEPS)
    repo = context.open_repo()
    assert repo is not None
    push_held(context.store, repo, "held", lambda: WRITE)
    check = load_check(context.store, FIRST + DAY)
    assert check is not None
    return check.snapshot_sha256


def test_what_is_accepted_is_what_was_looked_at(held: Begun, hub: LoopbackRepo, tmp_path: Path) -> None:
    """Two days later, on another machine: these bytes are appended, not one page of the list is asked for."""
    hub.begin_with(held.hub)
    kept = f"held/{FIRST + DAY}-{held.snapshot[:16]}.parquet"
    looked_at = hub.head.files[kept]
    assert [FIRST] == list_dates(check_repo(hub, tmp_path / "head"))
    late = Hours(FIRST + DAY * 3)
    accepted = {
        "accept": (("total", "a new rule"),),
        "snapshot": held.snapshot[:16],
        "clock": Clock(late.now, late.sleep),
    }
    hub.requests.clear()
    context = make_context(tmp_path / "other", hub, FIRST + DAY, started_at=late.moment, **accepted)
    run_night(context, DATA_STEPS)
    assert [] == hub.pages_asked()
    assert looked_at == hub.head.files[f"snapshots/{FIRST + DAY}.parquet"]
    assert kept not in hub.head.files
    assert [FIRST, FIRST + DAY] == list_dates(check_repo(hub, tmp_path / "head"))


def test_what_nobody_looked_at_is_not_accepted(held: Begun, hub: LoopbackRepo, tmp_path: Path) -> None:
    """Without a hash, or with one that is not kept, nothing is fetched in its place."""
    hub.begin_with(held.hub)
    hub.requests.clear()
    context = make_context(tmp_path / "other", hub, FIRST + DAY, accept=(("total", "a new rule"),))
    for given, told in (
        ("", rf"--snapshot HASH; kept for that date: held/2026-11-21-{held.snapshot[:16]}\."),
        ("0" * 16, "The held snapshot 0000000000000000 of"),
    ):
        with pytest.raises(NightError, match=told):
            run_night(replace(context, snapshot=given), DATA_STEPS)
    assert [] == hub.pages_asked()


def test_a_held_snapshot_that_was_damaged_is_refused(held: Begun, hub: LoopbackRepo, tmp_path: Path) -> None:
    """Its bytes are not those of the hash."""
    hub.begin_with(held.hub)
    name = next(name for name in hub.head.files if name.startswith("held/"))
    hub.head.files[name] = hub.head.files[name][:-1] + b"x"
    context = make_context(tmp_path / "other", hub, FIRST + DAY, accept=(("total", "why"),), snapshot=held.snapshot)
    with pytest.raises(RemoteError, match=r"held snapshot .* is damaged"):
        run_night(context, DATA_STEPS)


def test_a_held_day_that_is_accepted_late_splits_the_interval(held: Begun, hub: LoopbackRepo, tmp_path: Path) -> None:
    """The night after it was good already: its interval is made again behind the accepted day."""
    hub.begin_with(held.hub)
    run_night(make_context(tmp_path / "two", hub, FIRST + DAY * 2), DATA_STEPS)
    assert [FIRST, FIRST + DAY * 2] == list_dates(check_repo(hub, tmp_path / "head"))
    accept = tuple((gate, "a new rule") for gate in ("total", "countries"))
    run_night(make_context(tmp_path / "two", hub, FIRST + DAY, accept=accept, snapshot=held.snapshot), DATA_STEPS)
    assert [FIRST + DAY * number for number in range(3)] == list_dates(check_repo(hub, tmp_path / "head"))


def test_a_held_snapshot_waits_for_two_weeks(held: Begun, hub: LoopbackRepo, tmp_path: Path) -> None:
    """The first good night after that takes it out of the repository."""
    hub.begin_with(held.hub)
    for days, kept in ((15, 1), (16, 0)):
        run_night(make_context(tmp_path / "two", hub, FIRST + DAY * days), DATA_STEPS)
        assert kept == sum(name.startswith("held/") for name in hub.head.files)


def test_what_need_not_be_accepted_is_a_warning(begun: Begun, hub: LoopbackRepo, tmp_path: Path) -> None:
    """The day is in the ledger: nothing is overruled, and the night ends well."""
    begun.copy(tmp_path, hub)
    night = run_night(make_context(tmp_path / "two", hub, accept=(("total", "why"),)), DATA_STEPS)
    assert [FIRST] == list_dates(check_repo(hub, tmp_path / "head"))
    assert "corrections.csv" not in hub.head.files
    assert night.find("push") is not None


def test_a_night_of_another_day_is_refused(begun: Begun, hub: LoopbackRepo, tmp_path: Path) -> None:
    """The Hub tells today's counts: they do not become those of yesterday."""
    begun.copy(tmp_path, hub)
    late = Hours(FIRST + DAY * 2)
    context = make_context(tmp_path, hub, FIRST + DAY, clock=Clock(late.now, late.sleep), started_at=late.moment)
    with pytest.raises(OmsError, match="those of 2026-11-21 cannot be read on 2026-11-22"):
        run_night(context, DATA_STEPS)


def test_a_purge_becomes_a_snapshot_that_can_be_accepted(begun: Begun, hub: LoopbackRepo, tmp_path: Path) -> None:
    """A tenth fewer models, the list read to its proven end: held by the gates alone, and accepted with a reason."""
    begun.copy(tmp_path, hub)
    context = make_context(tmp_path, hub, FIRST + DAY)
    purged = [model for number, model in enumerate(hub.models) if number % 10 or not model["id"].startswith("user")]
    hub.models = []
    hub.publish(purged)
    with pytest.raises(HeldError, match="HELD by rows, survival"):
        run_night(context, DATA_STEPS)
    reason = "the Hub removed empty repositories"
    accepted = replace(context, accept=(("rows", reason), ("survival", reason)))
    assert DONE == states(run_night(accepted, DATA_STEPS))["append"]


def test_a_build_leaves_a_held_snapshot_out(begun: Begun, hub: LoopbackRepo, tmp_path: Path) -> None:
    """`oms append` and every build skip it, and say nothing of it."""
    begun.copy(tmp_path, hub)
    context = make_context(tmp_path, hub, FIRST + DAY)
    hub.models = [{**model, "downloads": (model["downloads"] or 0) * 10} for model in hub.models]
    with pytest.raises(HeldError):
        run_night(context, DATA_STEPS)
    said = CliRunner().invoke(app, ["append", "--store", str(tmp_path / "store")])
    assert "0 intervals made, 1 in all, 1 snapshots held" in said.output


def test_the_budget_ends_a_night_between_two_pages(hub: LoopbackRepo, tmp_path: Path) -> None:
    """The Hub asks for a wait that does not fit: the night stops before it, and says how to go on."""
    hub.page_rows = 50
    hub.faults = [Fault("status", page=4, times=1, status=429, wait=299)]
    with pytest.raises(NightError, match=r"budget of 3 minutes.*goes on where it stood"):
        run_night(make_context(tmp_path, hub, budget_minutes=3.0), DATA_STEPS)
    hub.requests.clear()
    run_night(make_context(tmp_path, hub), DATA_STEPS)
    assert 1 not in hub.pages_asked()


def test_a_night_that_has_no_time_left_does_not_begin(hub: LoopbackRepo, tmp_path: Path) -> None:
    """Nothing is asked for."""
    with pytest.raises(NightError, match="budget of 0 minutes"):
        run_night(make_context(tmp_path, hub, budget_minutes=0.0), DATA_STEPS)
    assert [] == hub.requests


def test_a_day_before_the_newest_one_cannot_be_a_night(begun: Begun, hub: LoopbackRepo, tmp_path: Path) -> None:
    """The Hub tells today's counts only."""
    begun.copy(tmp_path, hub)
    with pytest.raises(NightError, match=r"2026-11-19 lies before 2026-11-20.*oms backfill"):
        run_night(make_context(tmp_path, hub, FIRST - DAY), DATA_STEPS)


def test_only_one_night_at_a_time_works_in_a_store(hub: LoopbackRepo, tmp_path: Path) -> None:
    """A second one says so and touches nothing."""
    context = make_context(tmp_path, hub)
    inner: list[str] = []

    def say(_: str) -> None:
        if not inner:
            inner.append("")
            with pytest.raises(NightError, match="Another night is under way"):
                run_night(make_context(tmp_path, hub), DATA_STEPS)

    run_night(replace(context, say=say), DATA_STEPS)
    assert inner


def test_reading_is_never_done_with_the_token_that_may_write(hub: LoopbackRepo, tmp_path: Path) -> None:
    """List, pull and fetch send the one that reads; the one that writes is asked for at the push."""
    run_night(make_context(tmp_path, hub), DATA_STEPS)
    assert {READ} == {token for route in ("list", "commits", "tree") for token in hub.tokens[route]}
    assert {WRITE} == hub.tokens["commit"]


def test_a_local_store_needs_no_repository(hub: LoopbackRepo, tmp_path: Path) -> None:
    """Pull and push have nothing to do."""
    night = run_night(make_context(tmp_path, hub, remote=None), DATA_STEPS)
    assert {"pull": SKIPPED, "fetch": DONE, "check": DONE, "append": DONE, "push": SKIPPED} == states(night)


def make_night(**changes: object) -> Night:
    """Make the journal of a night whose steps are all done."""
    steps = tuple(StepResult(name, DONE, 1.0, "did it") for name in nights.STEPS)
    started = dt.datetime(2026, 11, 20, 3, 17, tzinfo=dt.UTC)
    night = Night(FIRST, started, started + dt.timedelta(minutes=40), steps, {"build": "a" * 64}, {"code": "0.1.0"})
    return replace(night, **changes)  # type: ignore[arg-type]


def test_a_journal_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Oldest first, nothing left beside them."""
    written = [make_night(date=FIRST + DAY * number) for number in range(3)]
    for night in written:
        write_night(tmp_path, night)
    assert tuple(written) == list_nights(tmp_path)
    assert [] == list(tmp_path.rglob("*.partial"))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "oms-night/9"}', '{"format": "oms-night/1"}'])
def test_a_journal_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    """The message says what to do: the store tells what is done."""
    write_night(tmp_path, make_night())
    nights.night_path(tmp_path, FIRST).write_text(text, encoding="utf-8")
    with pytest.raises(NightError, match=r"2026-11-20\.json cannot be read.*Move it aside"):
        read_night(tmp_path, FIRST)


def put_stamp(site: Path, build_id: str) -> None:
    """Put a site's build id in its place."""
    (site / "data").mkdir(parents=True, exist_ok=True)
    (site / "data" / "build.json").write_text(json.dumps({"build_id": build_id}), encoding="utf-8")


def test_a_day_is_done_when_its_site_stands(hub: LoopbackRepo, tmp_path: Path) -> None:
    """Another build in the folder, or none for a store that is only here: the night goes on with the build."""
    context = make_context(tmp_path, hub)
    local = replace(context, remote=None)
    assert [False, True] == [is_done(context, make_night(finished_at=None)), is_done(context, make_night())]
    assert not is_done(local, make_night())
    put_stamp(context.site, "a" * 64)
    assert is_done(local, make_night())
    put_stamp(context.site, "b" * 64)
    assert [False, False] == [is_done(local, make_night()), is_done(context, make_night())]


def test_the_hub_is_not_asked_for_a_day_that_is_done(hub: LoopbackRepo, tmp_path: Path) -> None:
    """The command says so and ends with success."""
    write_night(tmp_path / "store", make_night())
    put_stamp(tmp_path / "site", "a" * 64)
    options = ["--store", str(tmp_path / "store"), "--site", str(tmp_path / "site"), "--date", str(FIRST)]
    found = CliRunner().invoke(app, ["nightly", *options, "--remote", f"hf://datasets/{hub.repo}"])
    assert (0, "The night of 2026-11-20 is done already; nothing was changed.") == (
        found.exit_code,
        found.output.strip(),
    )
    assert [] == hub.requests


def test_a_snapshot_that_is_only_begun_is_not_in_the_store(hub: LoopbackRepo, tmp_path: Path) -> None:
    """Pages that were read lie beside it until the list is complete."""
    hub.page_rows = 50
    hub.faults = [Fault("status", page=3, times=1, status=404)]
    with pytest.raises(OmsError):
        run_night(make_context(tmp_path, hub), DATA_STEPS)
    assert not snapshot_path(tmp_path / "store", FIRST).exists()
