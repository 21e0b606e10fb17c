"""A published day is taken back: out of the ledger, told in the log, spanned by the next interval, gone for good."""

import ast
import datetime as dt
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest
from typer.testing import CliRunner

from generator.audit.checking import append_snapshots
from generator.audit.nights import DONE, STEPS, Night, StepResult, read_night, write_night
from generator.audit.withdrawals import Withdrawn, withdraw_dates
from generator.base.errors import LedgerError
from generator.cli.main import app
from generator.ledger.merge import find_breaks
from generator.ledger.store import list_dates, load_ledger, read_manifest
from generator.night.remote import pull
from generator.publish import ledger_files as publish_ledger
from generator.publish.ledger_files import list_site_ledger
from generator.registry import read_corrections
from tests.killed import kill_at_each_step, read_all
from tests.loopback_repo import READ, WRITE, LoopbackRepo
from tests.small import append_all
from tests.test_remote import list_days, open_repo, push_store, put_days
from tests.test_store import REGISTRY, put, spans

pytestmark = pytest.mark.slow

PACKAGE = Path(__file__).parents[1] / "generator"
TODAY = dt.date(2026, 10, 9)
WHY = "the Hub told half of all counts"


def day(number: int) -> dt.date:
    """Return a day of October."""
    return dt.date(2026, 10, number)


def withdraw(store: Path, *days: int) -> Withdrawn:
    """Withdraw days of October; what is left is whole, and its intervals join."""
    found = withdraw_dates(store, [day(number) for number in days], WHY, TODAY, REGISTRY)
    load_ledger(store)
    assert [] == find_breaks(read_manifest(store))
    return found


def flows(store: Path) -> list[float]:
    """Return the flow of each interval."""
    return [float(entry.flows["flow"].sum()) for entry in load_ledger(store).entries]


def forget(store: Path, *days: int) -> None:
    """Remove snapshots, as a night prunes them."""
    for number in days:
        (store / "snapshots" / f"{day(number)}.parquet").unlink()


def run_oms(*arguments: object) -> tuple[int, str]:
    """Run `oms` and return exit code and output."""
    result = CliRunner().invoke(app, list(map(str, arguments)))
    return result.exit_code, f"{result.output}{result.exception or ''}"


def test_the_newest_day_is_withdrawn_and_the_next_interval_spans_it(tmp_path: Path) -> None:
    """The counter rises by 10 a day: two days between the ends make 20, and the wrong day is in no flow."""
    put_days(tmp_path, 1, 2)
    put_days(tmp_path, 3, count=-100)
    withdraw(tmp_path, 3)
    assert [1, 2] == list_days(tmp_path)
    put_days(tmp_path, 4)
    assert ("2026-10-02", "2026-10-04") == spans(tmp_path)[-1]
    assert [10.0, 20.0] == flows(tmp_path)[1:]


def test_the_interval_after_a_withdrawn_day_is_made_again(tmp_path: Path) -> None:
    """From the two snapshots that are held."""
    put_days(tmp_path, 1, 2, 3, 4)
    assert ((day(2), day(4)),) == withdraw(tmp_path, 3).spanned
    assert [1, 2, 4] == list_days(tmp_path)
    assert [10.0, 20.0] == flows(tmp_path)[1:]


def test_a_flow_that_began_at_withdrawn_counts_goes_with_them(tmp_path: Path) -> None:
    """Only day 6 is held: the flow from 3 to 4 cannot be made again, that from 4 to 5 stays, with a gap before it."""
    put_days(tmp_path, 1, 2, 3, 4, 5, 6)
    forget(tmp_path, 1, 2, 3, 4, 5)
    found = withdraw(tmp_path, 3)
    assert ((day(4),), ((day(2), day(5)),)) == (found.along, found.spanned)
    spanning = read_manifest(tmp_path).stored[2].interval
    assert (3, 2) == (spanning.days, spanning.gap_days)
    assert [10.0, 10.0, 10.0] == flows(tmp_path)[1:]
    assert ["the counts of 2026-10-03 were withdrawn", "the flow up to 2026-10-04 went with the day before it"] == [
        entry.what for entry in read_corrections(tmp_path / "corrections.csv")
    ]


def test_without_the_snapshot_before_the_30_day_counts_span_the_day(tmp_path: Path) -> None:
    """The newest snapshot alone is held: 104 downloads of thirty days are 6.93 in two."""
    put_days(tmp_path, 1, 2, 3, 4)
    forget(tmp_path, 1, 2)
    withdraw(tmp_path, 3)
    assert [10.0, 6.93] == [round(flow, 2) for flow in flows(tmp_path)[1:]]


def test_the_first_day_can_be_withdrawn(tmp_path: Path) -> None:
    """The history begins with the next one, by its 30-day counts."""
    put_days(tmp_path, 1, 2, 3)
    withdraw(tmp_path, 1)
    assert [("2026-09-02", "2026-10-02"), ("2026-10-02", "2026-10-03")] == spans(tmp_path)
    put_days(tmp_path, 4)
    assert [102.0, 10.0, 10.0] == flows(tmp_path)


def test_the_only_day_can_be_withdrawn(tmp_path: Path) -> None:
    """Nothing is left, and the next day begins the history."""
    put_days(tmp_path, 1)
    withdraw(tmp_path, 1)
    assert [] == list_days(tmp_path)
    put_days(tmp_path, 2)
    assert [2] == list_days(tmp_path)


def test_a_withdrawn_snapshot_does_not_come_back(tmp_path: Path) -> None:
    """It is kept beside the store's snapshots; put in its place again it is left out."""
    put_days(tmp_path, 1, 2, 3)
    (kept,) = withdraw(tmp_path, 3).kept
    assert kept.parent == tmp_path / "withdrawn"
    (tmp_path / "snapshots" / "2026-10-03.parquet").write_bytes(kept.read_bytes())
    append_all(tmp_path, REGISTRY)
    assert [1, 2] == list_days(tmp_path)


def test_other_counts_of_a_withdrawn_day_can_come_in(tmp_path: Path) -> None:
    """They are another snapshot."""
    put_days(tmp_path, 1, 2)
    put_days(tmp_path, 3, count=-100)
    withdraw(tmp_path, 3)
    put_days(tmp_path, 3)
    assert ([1, 2, 3], [10.0, 10.0]) == (list_days(tmp_path), flows(tmp_path)[1:])


def test_the_log_says_what_was_withdrawn_and_why(tmp_path: Path) -> None:
    """With the interval before, and what follows from it."""
    put_days(tmp_path, 1, 2, 3)
    withdraw(tmp_path, 3)
    (entry,) = read_corrections(tmp_path / "corrections.csv")
    assert (TODAY, "the counts of 2026-10-03 were withdrawn", WHY, "maintainer") == (
        entry.date, entry.what, entry.why, entry.decided_by,
    )  # fmt: skip
    assert ("the interval 2026-10-02 to 2026-10-03, 1 models", "the next interval spans the day") == (
        entry.before, entry.after,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("number", "reason", "told"), [(7, WHY, "does not know 2026-10-07"), (2, " ", "without a reason")]
)
def test_what_cannot_be_withdrawn_changes_nothing(tmp_path: Path, number: int, reason: str, told: str) -> None:
    """A date that is not in the ledger, a decision without a reason."""
    before = read_manifest(put_days(tmp_path, 1, 2))
    with pytest.raises(LedgerError, match=told):
        withdraw_dates(tmp_path, [day(number)], reason, TODAY, REGISTRY)
    assert (before, False) == (read_manifest(tmp_path), (tmp_path / "corrections.csv").exists())


def test_a_push_takes_the_day_out_of_the_repository(hub: LoopbackRepo, tmp_path: Path) -> None:
    """Ledger and snapshot of it are gone there, the log says why, and another machine pulls the ledger without it."""
    ours = put_days(tmp_path / "ours", 1, 2, 3, 4)
    push_store(ours, hub)
    withdraw(ours, 3)
    push_store(ours, hub)
    assert not [name for name in hub.head.files if "snapshots/2026-10-03" in name or "2026-10-03_" in name]
    assert WHY.encode() in hub.head.files["corrections.csv"]
    pull(tmp_path / "other", open_repo(hub))
    assert [1, 2, 4] == list_days(tmp_path / "other") == list_days(ours)
    assert [10.0, 20.0] == flows(tmp_path / "other")[1:]


def test_a_push_on_a_day_that_is_done_says_what_it_did(hub: LoopbackRepo, tmp_path: Path) -> None:
    """Not what the night's own push had done; the journal of that stays."""
    store = put_days(tmp_path / "store", 1, 2, 3)
    steps = tuple(StepResult(name, DONE, 1.0, f"the night's {name}") for name in STEPS)
    moment = dt.datetime(2026, 10, 3, 4, tzinfo=dt.UTC)
    night = Night(day(3), moment, moment, steps)
    write_night(store, night)
    push_store(store, hub)
    withdraw(store, 2)
    command = [sys.executable, "-m", "generator", "push", "--store", store, "--site", tmp_path / "site"]
    command += ["--date", "2026-10-03", "--remote", f"hf://datasets/{hub.repo}"]
    own = {"HF_ENDPOINT": hub.url, "HF_TOKEN": READ, "HF_WRITE_TOKEN": WRITE, "HF_HUB_DISABLE_XET": "1"}
    told = {"COLUMNS": "200", "NO_COLOR": "1", "PYTHONPATH": str(PACKAGE.parent)}
    result = subprocess.run(command, env=os.environ | own | told, capture_output=True, text=True, check=True)
    assert "the night's push" not in result.stdout
    assert f"commit {hub.head.oid[:8]}: " in result.stdout
    assert (night, [1, 3]) == (read_night(store, day(3)), list_days(store))


def test_a_store_that_still_has_the_day_does_not_bring_it_back(hub: LoopbackRepo, tmp_path: Path) -> None:
    """It was withdrawn elsewhere: the next pull takes it out here, and the next push adds its own day on top."""
    theirs = put_days(tmp_path / "theirs", 1, 2, 3, 4)
    push_store(theirs, hub)
    ours = tmp_path / "ours"
    pull(ours, open_repo(hub))
    withdraw(theirs, 3)
    push_store(theirs, hub)
    put_days(ours, 5)
    push_store(ours, hub)
    assert [1, 2, 4, 5] == list_days(ours)
    assert [10.0, 20.0, 10.0] == flows(ours)[1:]
    pull(theirs, open_repo(hub))
    assert [1, 2, 4, 5] == list_days(theirs)


def test_a_day_that_followed_the_withdrawn_one_meanwhile_is_made_again(hub: LoopbackRepo, tmp_path: Path) -> None:
    """Day 4 was pushed behind day 3 while day 3 was withdrawn here: it spans it now."""
    ours = put_days(tmp_path / "ours", 1, 2, 3)
    push_store(ours, hub)
    theirs = tmp_path / "theirs"
    pull(theirs, open_repo(hub))
    push_store(put_days(theirs, 4), hub)
    (ours / "snapshots" / "2026-10-04.parquet").write_bytes((theirs / "snapshots" / "2026-10-04.parquet").read_bytes())
    withdraw(ours, 3)
    push_store(ours, hub)
    assert [1, 2, 4] == list_days(ours)
    assert [10.0, 20.0] == flows(ours)[1:]


def test_a_replaced_day_replaces_the_pushed_one(hub: LoopbackRepo, tmp_path: Path) -> None:
    """Corrected counts of a day that was pushed: the push brings them, and no pull the old ones back."""
    ours = put_days(tmp_path / "ours", 1, 2)
    put_days(ours, 3, count=-100)
    put_days(ours, 4)
    push_store(ours, hub)
    withdraw(ours, 3)
    put_days(ours, 3)
    push_store(ours, hub)
    pull(tmp_path / "other", open_repo(hub))
    assert [1, 2, 3, 4] == list_days(tmp_path / "other")
    assert [10.0, 10.0, 10.0] == flows(tmp_path / "other")[1:]


def test_the_published_ledger_tells_what_was_withdrawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a long history the newest intervals go out with the site; a store restored from it forgets no withdrawal."""
    store = put_days(tmp_path / "store", 1, 2, 3, 4)
    withdraw(store, 3)
    monkeypatch.setattr(publish_ledger, "SITE_INTERVALS", 1)
    (manifest, *_) = list_site_ledger(store, "hf://datasets/maintainers/history", tmp_path / "cache")
    published = read_manifest(manifest.parents[1])
    assert (1, read_manifest(store).withdrawn) == (len(published.stored), published.withdrawn)


def test_the_command_withdraws(tmp_path: Path) -> None:
    """With its reason alone."""
    put_days(tmp_path, 1, 2, 3)
    assert "without a reason" in run_oms("ledger", "drop", "2026-10-03", "--store", tmp_path)[1]
    code, said = run_oms("ledger", "drop", "2026-10-03", "--store", tmp_path, "--reason", WHY)
    assert (0, [1, 2]) == (code, list_days(tmp_path))
    assert "1 dates withdrawn; spanned by the interval the next night's" in said


DROP = """
import datetime, pathlib
from generator.audit.withdrawals import withdraw_dates
from tests.test_store import REGISTRY
from tests.test_withdrawals import TODAY, WHY, day
def work(store):
    withdraw_dates(store, [day(number) for number in {days}], WHY, TODAY, REGISTRY)
"""
MIGRATE = """
from generator.cli.verbs import ledger_migrate as work
"""


@pytest.mark.parametrize(
    ("days", "forgotten"),
    [
        pytest.param((2,), (), id="spanned"),
        pytest.param((2, 4), (), id="two spanned", marks=pytest.mark.soak),
        pytest.param((2,), (3,), id="with what follows", marks=pytest.mark.soak),
    ],
)
def test_a_withdrawal_that_is_killed_is_done_or_not_begun(
    tmp_path: Path, days: tuple[int, ...], forgotten: tuple[int, ...]
) -> None:
    """Before each change on the disk: the ledger is whole, as before or as after; a second run ends the same."""
    store = put_days(tmp_path / "store", 1, 2, 3, 4)
    forget(store, *forgotten)
    before = read_manifest(store)
    killed, undisturbed = kill_at_each_step(tmp_path, DROP.format(days=days))
    after = read_manifest(undisturbed)
    assert {day(number) for number in days} <= dict(after.withdrawn).keys()
    states = []
    for left in killed:
        load_ledger(left)
        states.append(read_manifest(left))
        withdraw(left, *days)
        assert read_all(undisturbed) == read_all(left)
    assert [before, after] == [state for state, _ in groupby(states)]


def test_a_migration_that_is_killed_is_done_or_not_begun(tmp_path: Path) -> None:
    """The ledger is of the format before or of the present one, with the same intervals."""
    store = put_days(tmp_path / "store", 1, 2)
    before = read_manifest(store)
    age_format(store)
    killed, undisturbed = kill_at_each_step(tmp_path, MIGRATE)
    for left in killed:
        load_ledger(left)
        assert before == read_manifest(left)
        assert 0 == run_oms("ledger", "migrate", "--store", left)[0]
        assert read_all(undisturbed) == read_all(left)
    assert 4 == len(killed)  # before its folder is made sure of, before it is opened, with it torn, before its renaming


def write_list(folder: Path, count: int) -> Path:
    """Write a list of one model."""
    path = folder / "models.csv"
    path.write_text(f"id,downloads_30d\neast/x,{count}\n", encoding="utf-8")
    return path


def import_list(store: Path, count: int, *more: str) -> tuple[int, str]:
    """Import a list of one model as of 3 October."""
    return run_oms("import", write_list(store, count), "--date", "2026-10-03", "--store", store, *more)


def test_an_import_over_an_accepted_date_asks_for_a_reason(tmp_path: Path) -> None:
    """Without one nothing changes; with one the log says so, and the new counts are checked when they are appended."""
    assert 0 == import_list(tmp_path, 900)[0]
    append_snapshots(tmp_path, REGISTRY, TODAY)
    before, path = read_manifest(tmp_path), tmp_path / "snapshots" / "2026-10-03.parquet"
    data = path.read_bytes()
    code, said = import_list(tmp_path, 990)
    assert (1, before, data) == (code, read_manifest(tmp_path), path.read_bytes())
    assert "already, with other counts, and they are published. Give the reason for the new ones with --reason" in said
    code, said = import_list(tmp_path, 990, "--reason", "the list had a mistake")
    assert (0, []) == (code, list_dates(read_manifest(tmp_path)))
    assert "withdrawn: the counts of 2026-10-03 before" in said
    assert data == next((tmp_path / "withdrawn").iterdir()).read_bytes()
    assert ["the list had a mistake"] == [entry.why for entry in read_corrections(tmp_path / "corrections.csv")]
    append_snapshots(tmp_path, REGISTRY, TODAY)
    assert [990.0] == flows(tmp_path)


def test_the_same_import_again_changes_nothing(tmp_path: Path) -> None:
    """And asks for no reason."""
    import_list(tmp_path, 900)
    before = append_snapshots(tmp_path, REGISTRY, TODAY).manifest
    assert 0 == import_list(tmp_path, 900)[0]
    assert (before, False) == (read_manifest(tmp_path), (tmp_path / "withdrawn").exists())


def test_an_import_of_withdrawn_counts_says_so(tmp_path: Path) -> None:
    """They would be left out without a word."""
    import_list(tmp_path, 900)
    append_snapshots(tmp_path, REGISTRY, TODAY)
    withdraw_dates(tmp_path, [day(3)], WHY, TODAY, REGISTRY)
    code, said = import_list(tmp_path, 900)
    assert 1 == code
    assert "The counts of 2026-10-03 are those that were withdrawn; nothing was changed" in said
    assert 0 == import_list(tmp_path, 900, "--source", "the same list, right after all")[0]


def age_format(store: Path) -> Path:
    """Write the manifest in the format before; return its path."""
    path = store / "ledger" / "manifest.json"
    raw = json.loads(path.read_text(encoding="utf-8"))
    del raw["withdrawn"]
    path.write_text(json.dumps(raw | {"format": "oms-ledger/2"}), encoding="utf-8")
    return path


def test_a_ledger_of_the_format_before_is_read_and_migrated(tmp_path: Path) -> None:
    """It has no withdrawn dates; the verb writes the present format, with the same intervals."""
    put(tmp_path, "2026-10-01", 300)
    append_all(tmp_path, REGISTRY)
    path = age_format(tmp_path)
    before = read_manifest(tmp_path)
    code, said = run_oms("ledger", "migrate", "--store", tmp_path)
    assert (0, before) == (code, read_manifest(tmp_path))
    assert "1 intervals in the format oms-ledger/3" in said
    assert "oms-ledger/3" == json.loads(path.read_text(encoding="utf-8"))["format"]


def read_messages(path: Path) -> Iterator[str]:
    """Return the texts of a module as they stand in it, pieces joined, without docstrings."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    described = [node.value for node in ast.walk(module) if isinstance(node, ast.Expr)]
    inner = {id(part) for node in ast.walk(module) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    for node in ast.walk(module):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner
        if node not in described and (is_text or isinstance(node, ast.JoinedStr)):
            yield ast.unparse(node)


def test_no_message_advises_to_remove_what_cannot_come_back() -> None:
    """Ledger, snapshots, journals, checks and the log are the past: they are moved aside at the most."""
    advice = re.compile(r"\b(remove|delete)\b(?! HF_)", re.IGNORECASE)
    past = re.compile(r"ledger|snapshot|journal|check|log of corrections|store\b|headline|history", re.IGNORECASE)
    found = [
        (path.name, text)
        for path in sorted(PACKAGE.rglob("*.py"))
        for text in read_messages(path)
        if advice.search(text) and past.search(text)
    ]
    assert [] == found
