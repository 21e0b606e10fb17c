"""The command `oms`: help, messages, exit codes."""

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from generator import __version__
from generator.cli.main import app
from generator.sources.snapshot import read_info, snapshot_path
from tests.test_snapshot import put_snapshot

pytestmark = pytest.mark.slow

RUNNER = CliRunner()


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a person does."""
    return subprocess.run(
        [sys.executable, "-m", "generator", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).resolve().parents[1],
        env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1"},
    )


def list_verbs() -> list[tuple[str, ...]]:
    """Return every verb, those of a group with its name before them."""
    group = typer.main.get_command(app)
    names: list[tuple[str, ...]] = []
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        names += [(name, verb) for verb in inner] if inner else [(name,)]
    return names


@pytest.mark.parametrize("verb", list_verbs(), ids=" ".join)
def test_every_verb_has_help_with_an_example(verb: tuple[str, ...]) -> None:
    """The example is a whole command that begins with the verb itself."""
    found = RUNNER.invoke(app, [*verb, "--help"], prog_name="oms")
    assert 0 == found.exit_code
    assert f"Example: oms {' '.join(verb)}" in found.output


def test_every_option_has_a_description() -> None:
    """No line of help is a bare name."""
    group = typer.main.get_command(app)
    commands = [
        command
        for name, outer in group.commands.items()  # type: ignore[attr-defined]
        for command in getattr(outer, "commands", {name: outer}).values()
    ]
    assert [] == [
        (command.name, parameter.name)
        for command in commands
        for parameter in command.params
        if not getattr(parameter, "help", None)
    ]


def test_the_version_is_printed() -> None:
    """Without a verb."""
    assert [0, __version__] == [(found := RUNNER.invoke(app, ["--version"])).exit_code, found.output.strip()]


def test_without_a_verb_the_help_is_shown() -> None:
    """It lists what there is to do."""
    assert "Usage: oms" in RUNNER.invoke(app, [], prog_name="oms").output


def test_an_error_is_one_paragraph_and_exit_code_one(tmp_path: Path) -> None:
    """What went wrong, where, what to do; no traceback, nothing on the standard output."""
    found = run("status", "--store", str(tmp_path / "nowhere"))
    assert [1, ""] == [found.returncode, found.stdout]
    assert 1 == len(found.stderr.splitlines())
    assert found.stderr.startswith("oms: There is no store at ")


def test_debug_shows_where_the_error_was_raised(tmp_path: Path) -> None:
    """The same error with a traceback; the option may stand anywhere."""
    found = run("status", "--store", str(tmp_path / "nowhere"), "--debug")
    assert 1 == found.returncode
    assert "Traceback (most recent call last)" in found.stderr
    assert "SnapshotError: There is no store at " in found.stderr


@pytest.mark.parametrize("date", ["08/10/2026", "2026-13-01", "8 Oct 2026", "yesterday", ""])
def test_an_unknown_date_format_is_an_error(tmp_path: Path, date: str) -> None:
    """The message shows what was given and an example of what was expected."""
    file = tmp_path / "models.csv"
    file.write_text("id,downloads_30d\na/x,5\n", encoding="utf-8")
    found = RUNNER.invoke(app, ["import", str(file), "--date", date, "--store", str(tmp_path / "store")])
    assert f"The date is {date!r}; YYYY-MM-DD was expected, for example 2026-10-08." == str(found.exception)
    assert not (tmp_path / "store").exists()


def test_an_import_says_what_it_wrote(tmp_path: Path) -> None:
    """The path and the number of models; `--whole-hub` and `--source` reach the file."""
    file = tmp_path / "models.jsonl"
    file.write_text('{"id":"a/x","downloads_30d":5}\n{"id":"a/y","downloads_30d":6}\n', encoding="utf-8")
    arguments = ["--date", "2026-10-08", "--store", str(tmp_path), "--source", "my crawl", "--whole-hub"]
    found = RUNNER.invoke(app, ["import", str(file), *arguments])
    assert [0, f"{tmp_path}/snapshots/2026-10-08.parquet: 2 models"] == [found.exit_code, found.output.strip()]
    info = read_info(tmp_path / "snapshots" / "2026-10-08.parquet")
    assert ["my crawl", "hub", 2] == [info.source, info.scope, info.rows]


def test_a_bad_import_is_one_paragraph(tmp_path: Path) -> None:
    """From the outside too; the store is not made."""
    file = tmp_path / "models.csv"
    file.write_text("id,downloads_30d\na/x,many\n", encoding="utf-8")
    found = run("import", str(file), "--date", "2026-10-08", "--store", str(tmp_path / "store"))
    assert [1, 1, False] == [found.returncode, len(found.stderr.splitlines()), (tmp_path / "store").exists()]
    assert f"oms: {file} is not taken in: column 'downloads_30d', 1 of 1 values: row 1 (a/x) 'many'" in found.stderr


def test_a_store_that_is_a_file_is_refused(tmp_path: Path) -> None:
    """`--store` names a file, not a folder."""
    file = tmp_path / "models.csv"
    file.write_text("id,downloads_30d\na/x,5\n", encoding="utf-8")
    found = run("import", str(file), "--date", "2026-10-08", "--store", str(file))
    assert 2 == found.returncode
    assert "Invalid value for '--store'" in found.stderr
    assert "is a file" in found.stderr


def test_the_status_can_be_read_by_a_machine(tmp_path: Path) -> None:
    """JSON with the same facts as the table; dates as ISO text."""
    put_snapshot(tmp_path, "2026-10-08", {"id": "a/x", "downloads_30d": 5})
    found = json.loads(RUNNER.invoke(app, ["status", "--store", str(tmp_path), "--json"]).output)
    assert {
        "snapshots": [
            {
                "date": "2026-10-08",
                "source": "test",
                "rows": 1,
                "quarantined": 0,
                "state": "not yet",
                "reviewed": None,
                "file_bytes": snapshot_path(tmp_path, dt.date(2026, 10, 8)).stat().st_size,
            }
        ],
        "intervals": [],
        "gap_days": 0,
        "copied_from": "",
    } == found


def test_the_status_can_be_read_by_a_person(tmp_path: Path) -> None:
    """A line for each snapshot."""
    put_snapshot(tmp_path, "2026-10-08", {"id": "a/x", "downloads_30d": 5})
    found = run("status", "--store", str(tmp_path))
    assert 0 == found.returncode
    assert "2026-10-08" in found.stdout
    assert "not yet" in found.stdout


def test_a_snapshot_that_is_there_is_not_fetched_again(tmp_path: Path) -> None:
    """No network is touched: the answer names the file and how to fetch it again."""
    put_snapshot(tmp_path, "2026-10-08", {"id": "a/x"})
    found = RUNNER.invoke(app, ["fetch", "--store", str(tmp_path), "--date", "2026-10-08"])
    assert 0 == found.exit_code
    assert "is there already" in found.output


def test_no_site_cannot_be_served(tmp_path: Path) -> None:
    """The message says which command makes one."""
    found = run("serve", "--site", str(tmp_path))
    assert 1 == found.returncode
    assert "index.html is missing. Run `oms build --site" in found.stderr


def test_the_registry_is_checked() -> None:
    """The real one has no mistakes."""
    found = RUNNER.invoke(app, ["registry", "check"])
    assert 0 == found.exit_code
    assert "no mistakes" in found.output


def test_the_help_needs_neither_pandas_nor_the_engine() -> None:
    """The verbs import their modules when they run."""
    heavy = "{'pandas', 'altair', 'huggingface_hub', 'vl_convert'}"
    code = f"import sys, generator.cli.main; print({heavy} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "set()" == found.stdout.strip()


# A stop whose interrupt becomes another error on its way, as in a lock that was let go of or a module half imported.
STOPPED_VERB = """
import os, signal, sys
from generator.cli import main as module
def run(**_):
    try:
        os.kill(os.getpid(), signal.SIGINT)
    finally:
        {then}
module.app = run
module.main()
"""


@pytest.mark.parametrize(
    "then", ["raise RuntimeError('release unlocked lock')", "raise OSError('closed')", "sys.exit(1)", "pass"]
)
def test_a_stop_by_the_keyboard_is_told_as_one_whatever_comes_of_it(then: str) -> None:
    """One sentence, the code of a stop, no traceback."""
    command = [sys.executable, "-c", STOPPED_VERB.format(then=then)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    told = found.stderr.splitlines()[-1]
    assert (130, "oms: stopped by the keyboard; what is complete stays, run the same command again to go on.") == (
        found.returncode,
        told,
    )
    assert "Traceback" not in found.stderr
