"""The nightly workflow, executed: its `run:` steps in their order, against a Hub and issues of this machine.

One story, told by nights: two good ones, one whose counts halve and that a gate holds, its repair by a maintainer, and
what else a maintainer can ask for. No step is skipped or replaced but what GitHub's own actions do.
"""

import datetime as dt
import io
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from huggingface_hub import constants

from benchmarks.growth import draw_history
from generator.audit.gates import NAMES
from generator.audit.nights import read_night
from generator.ledger.merge import find_breaks
from generator.ledger.store import Manifest, list_dates, prune_snapshots, read_manifest
from generator.night.remote import DatasetRepo, push
from generator.publish.verify import verify_site
from generator.registry import load_registry
from tests.actions import Job, Runner
from tests.loopback_dataset import make_weekly, serve_dataset
from tests.loopback_issues import REPOSITORY, TOKEN, Tracker, serve_issues
from tests.loopback_repo import IDENTITY, PUBLISHER_TOKEN, LoopbackRepo, make_hub, serve_repo
from tests.servers import run_server, serve_folder
from tests.small import append_all, write_night

pytestmark = pytest.mark.slow

WORKFLOWS = Path(__file__).parents[1] / ".github" / "workflows"
NIGHTLY = WORKFLOWS / "nightly.yml"
BACKFILL = WORKFLOWS / "backfill.yml"
READ = "hf_read"
REQUEST = "request-of-the-job"
"""What a job with `id-token: write` shows to get its identity."""


@contextmanager
def serve_identity() -> Iterator[str]:
    """Give workflows that show their request an identity, as GitHub does."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            good = self.headers["Authorization"] == f"Bearer {REQUEST}"
            body = json.dumps({"value": IDENTITY}).encode()
            self.send_response(200 if good else 401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with run_server(Handler) as address:
        yield f"{address}/token?api-version=1"


@dataclass
class World:
    """Everything that the workflow meets.

    Attributes:
        hub: the Hub, with the dataset repository.
        tracker: the repository's issues.
        runner: runs the workflow.
        today: the day of this machine's clock, in UTC.
    """

    hub: LoopbackRepo
    tracker: Tracker
    runner: Runner
    today: dt.date

    def turn_to(self, day: dt.date) -> None:
        """Go on to a day: the Hub with its counts, and this machine's clock."""
        self.hub.turn_to(day)
        self.runner.turn_to(day)

    def night(self, event: str = "schedule", **inputs: object) -> dict[str, Job]:
        """Run the workflow once."""
        return self.runner.run(NIGHTLY, event, inputs)

    def backfill(self, first: dt.date, last: dt.date, **inputs: object) -> dict[str, Job]:
        """Run the backfill of some weeks of the weekly archive once."""
        given = {"from": f"{first}", "to": f"{last}", "source": "weekly", **inputs}
        return self.runner.run(BACKFILL, "workflow_dispatch", given)

    def seed(self, days: list[dt.date], nights: int = 0) -> None:
        """Push a history of days, which ends with as many drawn nights; of its snapshots the newest is kept."""
        store, registry = self.runner.root / "seed", load_registry()
        for day in days:
            self.hub.turn_to(day)
            write_night(store, day, self.hub.models)
            append_all(store, registry)
        if nights:
            draw_history(store, nights)
        prune_snapshots(store, "Hugging Face Hub", 1)
        repo = DatasetRepo(self.hub.repo, endpoint=self.hub.url, sleep=lambda _: None)
        push(store, repo, "A history", lambda: PUBLISHER_TOKEN)

    def pushed(self) -> Manifest:
        """Return the manifest that was pushed."""
        self.pushed_dates()
        return read_manifest(self.runner.root / "pushed")

    def pushed_dates(self) -> list[dt.date]:
        """Return the dates in the ledger that was pushed."""
        folder = self.runner.root / "pushed"
        shutil.rmtree(folder, ignore_errors=True)
        for name, data in self.hub.head.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        return list_dates(read_manifest(folder))

    def open_issues(self) -> list[str]:
        """Return the titles of the open issues."""
        return [issue["title"] for issue in self.tracker.issues.values() if issue["state"] == "open"]

    def live_build(self) -> str:
        """Return the build that readers see; the site is whole."""
        return verify_site(self.runner.published).build_id


@contextmanager
def make_world(root: Path, first: dt.date, models: int = 1500) -> Iterator[World]:
    """Make a Hub with an empty repository, no issue, no site."""
    with ExitStack() as stack:
        hub = stack.enter_context(serve_repo(make_hub(models, first)))
        hub.write_token = PUBLISHER_TOKEN
        tracker = stack.enter_context(serve_issues())
        identity = stack.enter_context(serve_identity())
        address = stack.enter_context(serve_folder(root / "published"))
        runner = Runner(
            root=root,
            published=root / "published",
            address=address,
            variables={"STORE_REPO": hub.repo},
            secrets={"HF_TOKEN": READ, "GITHUB_TOKEN": TOKEN},
            services={
                "HF_ENDPOINT": hub.url,
                "HF_HUB_DISABLE_XET": "1",
                "GITHUB_API_URL": tracker.url,
                "GITHUB_SERVER_URL": tracker.url,
                "GITHUB_REPOSITORY": REPOSITORY,
                "GITHUB_RUN_ID": "77",
                "NO_COLOR": "1",
                "COLUMNS": "300",
            },
            identity={"ACTIONS_ID_TOKEN_REQUEST_URL": identity, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": REQUEST},
        )
        yield World(hub, tracker, runner, today_of_this_machine())


def today_of_this_machine() -> dt.date:
    """Return the day of this machine's clock, in UTC."""
    return dt.datetime.now(dt.UTC).date()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A Hub of 1,500 models that has seen no night."""
    with make_world(tmp_path, today_of_this_machine() - dt.timedelta(days=3)) as made:
        yield made


def results(jobs: dict[str, Job]) -> dict[str, str]:
    """Return how each job ended."""
    return {name: job.result for name, job in jobs.items()}


def say(jobs: dict[str, Job]) -> str:
    """Return what all steps said, for a failure's message."""
    return "\n".join(f"[{name}/{step}]\n{log}" for name, job in jobs.items() for step, log in job.log.items())


GOOD = {"night": "success", "publish": "success", "hold": "skipped", "deploy": "success", "report": "success"}
NOTHING_NEW = {"night": "success", "publish": "skipped", "hold": "skipped", "deploy": "skipped", "report": "success"}
HOLDING = {"night": "failure", "publish": "skipped", "hold": "success", "deploy": "skipped", "report": "success"}


@pytest.mark.parametrize("is_whole", [False, pytest.param(True, marks=pytest.mark.soak)])
def test_two_nights_a_held_one_and_its_repair(world: World, *, is_whole: bool) -> None:
    """The story, in order; each night begins where the one before has left repository, site and issues.

    In the soak the held night has its second chance, an acceptance without a hash is refused, and at the end the site
    is built anew, first without being published.
    """
    first, second, third, fourth = (world.today - dt.timedelta(days=days) for days in (3, 2, 1, 0))

    # The first night: nothing is there yet.
    world.turn_to(first)
    jobs = world.night("workflow_dispatch", date=first.isoformat())
    assert results(jobs) == GOOD, say(jobs)
    assert world.pushed_dates() == [first]
    assert world.hub.head.token == PUBLISHER_TOKEN
    assert world.hub.head.named_parent == world.hub.commits[0].oid
    shown = world.live_build()
    assert jobs["publish"].outputs["build_id"] == shown
    assert world.runner.attested[-1] == ["site/data/SHA256SUMS"]
    check_sums(world)
    assert world.tracker.issues == {}
    check_summary(world, first)

    # The second one: a day more.
    world.turn_to(second)
    jobs = world.night()
    assert results(jobs) == GOOD, say(jobs)
    assert world.pushed_dates() == [first, second]
    assert world.live_build() != shown
    shown = world.live_build()
    commits = len(world.hub.commits)

    # The third: all counts are half of yesterday's. A gate holds it; what is published stays.
    world.turn_to(third)
    whole = world.hub.models
    world.hub.models = []
    world.hub.publish([halve(model) for model in whole])
    jobs = world.night()
    assert results(jobs) == HOLDING, say(jobs)
    assert world.pushed_dates() == [first, second]
    assert (world.live_build(), len(world.hub.commits)) == (shown, commits + 1)
    (kept,) = [name for name in world.hub.head.files if name.startswith("held/")]
    looked_at = world.hub.head.files[kept]
    assert len(world.open_issues()) == 1
    issue = next(iter(world.tracker.issues.values()))
    assert third.isoformat() in issue["title"] + issue["body"]
    assert "total" in issue["body"]

    if is_whole:
        check_second_chance(world)

    # The next day a maintainer looks at it and overrules the gates, with a reason: for these bytes, by their hash. What
    # the Hub tells now is of another day.
    told = issue["body"]
    world.turn_to(fourth)
    if is_whole:
        check_refusal(world, third, kept)
    snapshot = re.search(r"`snapshot` set to `([0-9a-f]{16})`", told)
    assert snapshot
    held = re.findall(r"\| (\w+) \| HELD \|", told)
    assert "total" in held
    assert set(held) <= set(NAMES)
    reason = "The Hub counts by a new rule since today"
    decided = {"snapshot": snapshot[1], "accept": " ".join(held), "reason": reason}
    jobs = world.night("workflow_dispatch", date=third.isoformat(), **decided)
    assert results(jobs) == GOOD, say(jobs)
    assert world.pushed_dates() == [first, second, third]
    assert world.hub.head.files[f"snapshots/{third}.parquet"] == looked_at
    assert not [name for name in world.hub.head.files if name.startswith("held/")]
    assert world.live_build() != shown
    shown = world.live_build()
    assert world.open_issues() == []
    check_rights(world, jobs)
    journal = read_night(world.runner.root / "pushed", third)
    assert journal
    assert journal.is_done
    assert reason in (world.runner.published / "data" / "corrections.csv").read_text(encoding="utf-8")

    # The second chance of that day finds it done.
    world.turn_to(third)
    commits = len(world.hub.commits)
    jobs = world.night()
    assert results(jobs) == NOTHING_NEW, say(jobs)
    assert (world.live_build(), len(world.hub.commits)) == (shown, commits)
    if is_whole:
        check_rebuilds(world)
        assert world.pushed_dates() == [first, second, third]


def check_second_chance(world: World) -> None:
    """Run a held night again, some hours later: still held, still one issue, the same bytes kept once."""
    commits = len(world.hub.commits)
    jobs = world.night()
    assert results(jobs) == HOLDING, say(jobs)
    assert len(world.hub.commits) == commits
    assert len(world.tracker.issues) == 1
    assert len(world.open_issues()) == 1


def check_refusal(world: World, date: dt.date, kept: str) -> None:
    """Accept what a gate holds without naming its bytes: refused, with the name of what is kept."""
    jobs = world.night("workflow_dispatch", date=date.isoformat(), accept="total", reason="They are right")
    assert jobs["night"].result == "failure"
    assert f"Name it with --snapshot HASH; kept for that date: {kept}." in say(jobs)


def check_rebuilds(world: World) -> None:
    """Try a build without publishing it, as a maintainer does, then publish the site anew."""
    jobs = world.night("workflow_dispatch", rebuild_only=True, dry_run=True)
    assert results(jobs) == {"night": "success", "publish": "skipped", "deploy": "skipped"} | {
        "hold": "skipped",
        "report": "skipped",
    }
    jobs = world.night("workflow_dispatch", rebuild_only=True)
    assert results(jobs) == GOOD, say(jobs)
    check_rights(world, jobs)


@pytest.mark.soak
def test_a_night_after_four_hundred(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With 400 intervals in the repository a night goes through all steps, and readers see what is attested."""
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    today = today_of_this_machine()
    with make_world(tmp_path, today) as world:
        world.seed([today - dt.timedelta(days=2), today - dt.timedelta(days=1)], nights=400)
        assert len(world.pushed().stored) == 400
        world.turn_to(today)
        jobs = world.night()
        assert results(jobs) == GOOD, say(jobs)
        assert world.pushed_dates() == [today - dt.timedelta(days=age) for age in range(400, -1, -1)]
        assert jobs["publish"].outputs["build_id"] == world.live_build()
        assert world.runner.attested == [["site/data/SHA256SUMS"]]
        check_sums(world)
        assert world.tracker.issues == {}


@pytest.mark.soak
def test_a_backfill_in_two_runs_with_nights_around_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four weeks are put before five nights by two runs, a night between them; the night after it builds on all."""
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    today = today_of_this_machine()
    days = [today - dt.timedelta(days=age) for age in range(6, 1, -1)]
    weeks = [days[0] - dt.timedelta(days=back) for back in (80, 73, 66, 59)]
    ends = [week + dt.timedelta(days=6) for week in weeks]
    known = [row.id for row in load_registry().canaries]
    past = make_weekly(4, first=weeks[0], known=known)
    with make_world(tmp_path, days[0]) as world, serve_dataset(past) as archive:
        world.hub.archive = archive
        world.seed(days)
        world.turn_to(today - dt.timedelta(days=1))
        jobs = world.backfill(weeks[0], weeks[1])
        assert results(jobs) == {"read": "success", "push": "success"}, say(jobs)
        assert world.pushed_dates() == [*ends[:2], *days]
        check_no_secret(jobs)

        world.tracker.faults[:] = [410]  # the answer where a fork's Issues are not switched on yet
        jobs = world.night()
        assert results(jobs) == GOOD, say(jobs)
        jobs = world.backfill(weeks[0], weeks[3])
        assert results(jobs) == {"read": "success", "push": "success"}, say(jobs)
        assert "2 intervals added" in jobs["read"].log["Fill the ledger"]
        yesterday = today - dt.timedelta(days=1)
        assert world.pushed_dates() == [*ends, *days, yesterday]
        assert find_breaks(world.pushed()) == []
        (seam,) = [line.interval for line in world.pushed().stored if line.interval.end == days[0]]
        assert (seam.start, seam.covered_days, seam.basis) == (ends[-1], 30, "rate")

        world.turn_to(today)
        jobs = world.night()
        assert results(jobs) == GOOD, say(jobs)
        assert world.pushed_dates() == [*ends, *days, yesterday, today]
        assert world.live_build() == jobs["publish"].outputs["build_id"]


def test_a_held_week_is_accepted_from_the_actions_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its counts are ten times those before it: the run ends there, says which snapshot, and goes on with a reason."""
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    today = today_of_this_machine()
    weeks = [today - dt.timedelta(days=back) for back in (80, 73)]
    ends = [week + dt.timedelta(days=6) for week in weeks]
    past = make_weekly(2, first=weeks[0], known=[row.id for row in load_registry().canaries])
    files, name = past.revisions["main"], f"models/{weeks[1]}/models.parquet"
    files[name] = multiply(files[name], "downloads", 10)
    with make_world(tmp_path, today) as world, serve_dataset(past) as archive:
        world.hub.archive = archive
        jobs = world.backfill(*weeks)
        assert results(jobs) == {"read": "failure", "push": "success"}, say(jobs)
        assert world.pushed_dates() == ends[:1]
        log = jobs["read"].log["Fill the ledger"]
        found = re.search(r"with the snapshot ([0-9a-f]{16}), the gates to accept and the reason", log)
        assert found, log
        gates = " ".join(name for name in NAMES if f"\n- {name}: " in log)
        jobs = world.backfill(*weeks, snapshot=found[1], accept=gates, reason="the archive counts anew")
        assert results(jobs) == {"read": "success", "push": "success"}, say(jobs)
        assert world.pushed_dates() == ends
        assert "the archive counts anew" in world.hub.head.files["corrections.csv"].decode()


def multiply(data: bytes, column: str, factor: int) -> bytes:
    """Multiply a column of a Parquet file."""
    table = pq.read_table(pa.BufferReader(data))
    grown = pc.multiply(table[column], factor)
    out = io.BytesIO()
    pq.write_table(table.set_column(table.schema.get_field_index(column), column, grown), out)
    return out.getvalue()


def check_no_secret(jobs: dict[str, Job]) -> None:
    """Check that what reads an archive could not have written, and that what pushes had no secret."""
    assert "HF_OIDC_RESOURCE" not in jobs["read"].env["Fill the ledger"]
    assert "HF_TOKEN" not in jobs["push"].env["Push the store in one commit"]


def check_sums(world: World) -> None:
    """Check what is attested as a reader would: `sha256sum --check` finds every file of the published data."""
    folder = world.runner.published / "data"
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=folder, check=True)
    listed = {line.split("  ", 1)[1] for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()}
    assert {"report.json", "ledger/manifest.json"} <= listed


def halve(model: dict[str, object]) -> dict[str, object]:
    """Return a model with half of its counts of thirty days."""
    downloads = model.get("downloads")
    return {**model, "downloads": downloads // 2} if isinstance(downloads, int) else model


def check_summary(world: World, day: dt.date) -> None:
    """Check the run's summary: the day, headline, coverage, gates, timings, links."""
    summary = world.runner.summary
    for words in (day.isoformat(), "Reviewed: ", "fetch", "build", world.runner.address.rstrip("/")):
        assert words in summary, summary


def check_rights(world: World, jobs: dict[str, Job]) -> None:
    """Check that what reads the Hub could not have written, and that the rest had no more than it needs."""
    fetching = jobs["night"].env["Pull, fetch, check, append, build, verify"]
    assert fetching["HF_TOKEN"] == READ
    assert not {"ACTIONS_ID_TOKEN_REQUEST_TOKEN", "HF_OIDC_RESOURCE", "HF_WRITE_TOKEN", "GITHUB_TOKEN"} & set(fetching)
    assert "HF_TOKEN" not in jobs["publish"].env["Push the store in one commit"]
    assert PUBLISHER_TOKEN not in json.dumps([job.env for job in jobs.values()])
    assert {commit.token for commit in world.hub.commits[1:]} == {PUBLISHER_TOKEN}
