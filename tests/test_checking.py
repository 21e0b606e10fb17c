"""The gates on a store: what is compared with what, what is kept, what is logged."""

import datetime as dt
import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from generator.audit.checking import append_snapshots, check_path, find_unchecked, list_checks, load_check, run_check
from generator.base.errors import CheckError, RegistryError, SnapshotError
from generator.cli.main import app
from generator.ledger.store import list_dates, read_manifest
from generator.registry import read_corrections
from generator.sources.snapshot import snapshot_path
from tests.small import append_all, make_publisher, make_registry
from tests.test_snapshot import put_snapshot

pytestmark = pytest.mark.slow

REGISTRY = make_registry(make_publisher("east", "CN"), make_publisher("west", "US"))
FIRST, SECOND, THIRD = (dt.date(2026, 11, day) for day in (18, 19, 20))


def put(store: Path, date: dt.date, downloads: int, models: int = 200) -> Path:
    """Put a snapshot of some models, all with the same 30-day count, half east's and half west's."""
    rows = [
        {"key": f"k{i}", "id": f"{'east' if i % 2 else 'west'}/m{i}", "downloads_30d": downloads} for i in range(models)
    ]
    return put_snapshot(store, date.isoformat(), *rows)


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one night in the ledger and one that is new, as it was made."""
    made = tmp_path_factory.mktemp("nights")
    put(made, FIRST, 3000)
    append_all(made, REGISTRY)
    put(made, SECOND, 3030)
    return made


@pytest.fixture
def store(nights: Path, tmp_path: Path) -> Path:
    """A copy of that store."""
    shutil.copytree(nights, tmp_path, dirs_exist_ok=True)
    return tmp_path


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_newest_night_that_the_ledger_lacks_is_checked(store: Path) -> None:
    """Against the last accepted one, and kept; once it is appended there is nothing to check."""
    assert SECOND == find_unchecked(store)
    check = run_check(store, SECOND, SECOND, REGISTRY)
    assert (FIRST, "accept", False) == (check.previous, check.state, check.holds)
    assert check == load_check(store, SECOND)
    append_all(store, REGISTRY)
    assert find_unchecked(store) is None


def test_a_night_after_a_held_one_is_compared_with_the_last_accepted(store: Path) -> None:
    """What was held is passed over."""
    put(store, SECOND, 30)
    assert run_check(store, SECOND, SECOND, REGISTRY).holds
    put(store, THIRD, 3060)
    check = run_check(store, THIRD, THIRD, REGISTRY)
    assert (FIRST, "warn", ["gap"]) == (
        check.previous, check.state, [gate.name for gate in check.gates if gate.state != "accept"],
    )  # fmt: skip


def test_a_check_changes_neither_snapshots_nor_ledger(store: Path) -> None:
    """It adds its own file; the second time not one byte changes."""
    before = tree(store)
    run_check(store, SECOND, SECOND, REGISTRY)
    after = tree(store)
    assert before == {name: data for name, data in after.items() if not name.startswith("checks/")}
    run_check(store, SECOND, SECOND, REGISTRY)
    assert after == tree(store)


def test_a_check_speaks_of_these_bytes_only(store: Path) -> None:
    """A snapshot that was fetched again has no check until it is checked again, and nothing is overruled in it."""
    put(store, SECOND, 30)
    run_check(store, SECOND, SECOND, REGISTRY, [("total", "a purge")])
    kept = run_check(store, SECOND, SECOND, REGISTRY)
    assert ["total"] == [override.gate for override in kept.overrides]
    put(store, SECOND, 31)
    assert load_check(store, SECOND) is None
    assert () == run_check(store, SECOND, SECOND, REGISTRY).overrides


@pytest.mark.parametrize("date", [FIRST, SECOND])
def test_a_snapshot_with_damaged_rows_is_named(store: Path, date: dt.date) -> None:
    """The new one or the last accepted one: its end, which is read first, may be whole."""
    path = snapshot_path(store, date)
    data = bytearray(path.read_bytes())
    data[4:400] = bytes(396)
    path.write_bytes(data)
    with pytest.raises(SnapshotError, match=rf"(?s)The rows of the snapshot {path} cannot be read: .* bring it back"):
        run_check(store, SECOND, SECOND, REGISTRY)
    assert not check_path(store, SECOND).exists()


def test_an_override_stands_in_the_log_once(store: Path) -> None:
    """With the gate, the reason, what was found, and the role that decided; on no count twice."""
    put(store, SECOND, 30)
    for _ in range(2):
        check = run_check(store, SECOND, SECOND, REGISTRY, [("total", "the Hub counts anew,\nfrom today on")])
    assert not check.holds
    entries = read_corrections(store / "corrections.csv")
    assert ["the gate total was overruled for the snapshot of 2026-11-19"] == [entry.what for entry in entries]
    assert ("the Hub counts anew, from today on", "accepted", "maintainer") == (
        entries[0].why, entries[0].after, entries[0].decided_by,
    )  # fmt: skip
    assert entries[0].before.startswith("held: 30-day downloads of all models: 6,000, 600,000 before.")


def test_a_damaged_log_is_refused_before_anything_is_written(store: Path) -> None:
    """By file and line."""
    put(store, SECOND, 30)
    (store / "corrections.csv").write_text("date,what,why,before,after,decided_by\nsoon,a,b,c,d,nobody\n")
    before = tree(store)
    with pytest.raises(RegistryError, match=r"corrections\.csv:2: decided_by is 'nobody'"):
        run_check(store, SECOND, SECOND, REGISTRY, [("total", "a purge")])
    assert before == tree(store)


def test_a_gate_that_is_none_changes_nothing(store: Path) -> None:
    """Neither the check nor the log."""
    before = tree(store)
    with pytest.raises(CheckError, match="There is no gate 'totals'"):
        run_check(store, SECOND, SECOND, REGISTRY, [("totals", "why")])
    assert before == tree(store)


def test_what_need_not_be_overruled_is_a_warning(store: Path) -> None:
    """The gate does not hold: nothing stands in the log, and the command succeeds."""
    code, said = call(store, "--accept", "total", "--reason", "why")
    assert 0 == code
    assert "warning: The gate total does not hold the snapshot of 2026-11-19, and was not overruled" in said
    assert () == run_check(store, SECOND, SECOND, REGISTRY).overrides
    assert not (store / "corrections.csv").exists()


def test_a_date_without_a_snapshot_is_refused(store: Path) -> None:
    """With what to do."""
    with pytest.raises(CheckError, match=r"no snapshot of 2026-11-20 to check: .* Run `oms fetch` first"):
        run_check(store, THIRD, THIRD, REGISTRY)


def test_checks_are_listed_by_date(store: Path) -> None:
    """Oldest first; a damaged one is named."""
    put(store, THIRD, 3060)
    for date in (THIRD, SECOND):
        run_check(store, date, date, REGISTRY)
    assert [SECOND, THIRD] == [check.date for check in list_checks(store)]
    check_path(store, SECOND).write_text("{", encoding="utf-8")
    with pytest.raises(CheckError, match=r"2026-11-19\.json cannot be read"):
        list_checks(store)


def call(store: Path, *arguments: str) -> tuple[int, str]:
    """Run `oms check` on a store and return exit code and output."""
    result = CliRunner().invoke(app, ["check", "--store", str(store), *arguments])
    return result.exit_code, result.output


def test_the_command_fails_on_a_hold_and_says_all(store: Path) -> None:
    """Exit code 1, every gate, what to do; overruled it succeeds, and stays so."""
    put(store, SECOND, 30)
    code, said = call(store)
    assert 1 == code
    assert "HELD by total; nothing is appended or published." in said
    code, said = call(store, "--accept", "total", "--reason", "a purge")
    assert 0 == code
    assert "overruled total" in said
    assert 0 == call(store)[0]


def run_oms(*arguments: str) -> tuple[int, str]:
    """Run `oms` and return exit code and output."""
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.output


def test_what_appends_checks(store: Path) -> None:
    """A day with all counts halved that nobody checked is left out, and said; the day before stays the last one."""
    put(store, SECOND, 1500)
    code, said = run_oms("append", "--store", str(store))
    assert (0, [FIRST]) == (code, list_dates(read_manifest(store)))
    assert "left out: Snapshot of 2026-11-19 (200 models, compared with that of 2026-11-18): HELD by total" in said
    assert "0 intervals made, 1 in all, 1 snapshots held" in said
    kept = load_check(store, SECOND)
    assert kept
    assert ["total"] == [gate.name for gate in kept.held]


def test_what_was_overruled_is_appended(store: Path) -> None:
    """The verdict is the check's with its overrides; the next day is judged against this one."""
    put(store, SECOND, 1500)
    run_check(store, SECOND, SECOND, REGISTRY, [("total", "the Hub counts anew")])
    put(store, THIRD, 1515)
    found = append_snapshots(store, REGISTRY, THIRD)
    assert ([FIRST, SECOND, THIRD], ()) == (list_dates(found.manifest), found.held)


def test_a_day_after_a_held_one_is_appended_and_spans_it(store: Path) -> None:
    """Only the held one is left out."""
    put(store, SECOND, 1500)
    put(store, THIRD, 3060)
    said: list[str] = []
    found = append_snapshots(store, REGISTRY, THIRD, said.append)
    assert [FIRST, THIRD] == list_dates(found.manifest)
    assert said == [
        "adding 2026-11-20 to the ledger",
        f"left out: the snapshot of 2026-11-19 is held by total. `oms check --store {store} "
        "--date 2026-11-19` says why, and how to accept it.",
    ]
    assert [2] == [line.interval.days for line in found.manifest.stored[1:]]


def test_a_changed_snapshot_that_a_gate_holds_leaves_the_ledger_as_it_is(store: Path) -> None:
    """The day that was published stays as it was."""
    before = append_snapshots(store, REGISTRY, SECOND).manifest
    put(store, SECOND, 1500)
    found = append_snapshots(store, REGISTRY, SECOND)
    assert (before, read_manifest(store)) == (found.manifest, before)


def test_counts_that_repeat_are_noted_and_close_no_interval(store: Path) -> None:
    """No row of them gets in, so that nobody has to decide."""
    put(store, SECOND, 3000)
    found = append_snapshots(store, REGISTRY, SECOND)
    assert ([FIRST, SECOND], 1, ()) == (list_dates(found.manifest), len(found.manifest.stored), found.held)


@pytest.mark.parametrize(
    "command", [("registry", "worklist"), ("registry", "explain", "east/m1"), ("registry", "diff", "HEAD"), ("status",)]
)
def test_commands_that_read_do_not_write(store: Path, command: tuple[str, ...]) -> None:
    """A snapshot that nobody checked stays out of the ledger, and no file of the store changes."""
    before = tree(store)
    assert 0 == run_oms(*command, "--store", str(store))[0]
    assert before == tree(store)


def test_the_command_prints_json(store: Path) -> None:
    """The file's own text."""
    code, said = call(store, "--json", "--date", SECOND.isoformat())
    assert 0 == code
    assert json.loads(check_path(store, SECOND).read_text(encoding="utf-8")) == json.loads(said)


def test_the_command_has_nothing_to_check(store: Path) -> None:
    """When the ledger holds all."""
    append_all(store, REGISTRY)
    assert (0, "Nothing to check: the ledger holds every snapshot.\n") == call(store)
