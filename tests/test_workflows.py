"""The workflows: pinned, with the least rights, and without logic of their own."""

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from generator.cli.main import app

ROOT = Path(__file__).parents[1]
GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
BIN = Path(sys.executable).parent
SCHEMAS = [
    ("vendor.github-workflows", WORKFLOWS),
    ("custom.github-workflows-require-timeout", WORKFLOWS),
    ("vendor.dependabot", [GITHUB / "dependabot.yml"]),
    ("vendor.github-issue-forms", [GITHUB / "ISSUE_TEMPLATE" / "correction.yml"]),
    ("vendor.github-issue-config", [GITHUB / "ISSUE_TEMPLATE" / "config.yml"]),
]
each_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)


@cache
def read_workflow(path: Path) -> dict[Any, Any]:
    """Read a workflow; YAML takes its key `on` for true."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def list_steps(path: Path) -> list[dict[str, Any]]:
    """List the steps of all jobs."""
    return [step for job in read_workflow(path)["jobs"].values() for step in job["steps"]]


def list_commands(path: Path) -> list[str]:
    """List the lines of all `run:` steps."""
    return [line for step in list_steps(path) for line in step.get("run", "").strip().splitlines()]


def make_targets() -> set[str]:
    """List what the Makefile can make."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([A-Za-z./_-]+):(?!=)", text, re.MULTILINE)) - {".PHONY", ".DEFAULT_GOAL"}


def test_the_workflows_are_there() -> None:
    """What checks changes, publishes, fills the past, keeps the schedules on, renews the locks, takes long."""
    names = ["backfill", "ci", "codeql", "keepalive", "locks", "nightly", "weekly"]
    assert [path.stem for path in WORKFLOWS] == names


def test_each_cache_that_is_restored_is_saved_in_the_same_job() -> None:
    """Under the same path and key; the newest of any run is restored, and no job but the night's has one."""
    jobs = {(path.stem, name): job["steps"] for path in WORKFLOWS for name, job in read_workflow(path)["jobs"].items()}
    caches: dict[str, dict[tuple[str, str], list[dict[str, str]]]] = {"restore": {}, "save": {}}
    for place, steps in jobs.items():
        for step in steps:
            if found := re.match(r"actions/cache/(restore|save)@", step.get("uses", "")):
                caches[found[1]].setdefault(place, []).append(step["with"])
    assert {("nightly", "night"): ["store/partial", "store/families", "store/sums"]} == {
        place: [cache["path"] for cache in restored] for place, restored in caches["restore"].items()
    }
    keys = [{cache["path"]: cache["key"] for cache in caches[way]["nightly", "night"]} for way in ("restore", "save")]
    assert keys[0] == keys[1]


def test_zizmor_finds_nothing() -> None:
    """The security audit passes in its strictest persona, without a network."""
    command = [BIN / "zizmor", "--offline", "--persona=auditor", "--format=json", "--no-progress", GITHUB]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    found = [(finding["ident"], finding["desc"]) for finding in json.loads(result.stdout or "null")]
    assert (result.returncode, found) == (0, []), result.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("schema", "paths"), SCHEMAS, ids=lambda value: value if isinstance(value, str) else "")
def test_schemas_hold(schema: str, paths: list[Path]) -> None:
    """Workflows, forms and update rules have the shape that GitHub reads."""
    command = [BIN / "check-jsonschema", "--builtin-schema", schema, *paths]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@each_workflow
def test_actions_are_pinned(path: Path) -> None:
    """Every action is named by a full hash, with its version beside it for people."""
    lines = re.findall(r"^\s*(?:- )?uses:.*$", path.read_text(encoding="utf-8"), re.MULTILINE)
    pinned = re.compile(r"\s*(?:- )?uses: [\w-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert [line for line in lines if not pinned.fullmatch(line)] == []
    assert len(lines) == sum("uses" in step for step in list_steps(path))


def test_one_version_of_each_action() -> None:
    """No two hashes of one action in the repository."""
    steps = [step["uses"].partition("@") for path in WORKFLOWS for step in list_steps(path) if "uses" in step]
    repositories = {("/".join(name.split("/")[:2]), revision) for name, _, revision in steps}
    assert len(repositories) == len({name for name, _ in repositories})


@each_workflow
def test_nothing_is_allowed_unless_a_job_says_so(path: Path) -> None:
    """Top permissions are empty, and every job names its own."""
    workflow = read_workflow(path)
    assert workflow["permissions"] == {}
    assert [name for name, job in workflow["jobs"].items() if "permissions" not in job] == []


@each_workflow
def test_jobs_end(path: Path) -> None:
    """Every job has a time limit, on a named system."""
    jobs = read_workflow(path)["jobs"].values()
    assert all(1 <= job["timeout-minutes"] <= 180 for job in jobs)
    assert {job["runs-on"] for job in jobs} == {"ubuntu-24.04"}


@each_workflow
def test_checkouts_keep_no_credentials(path: Path) -> None:
    """The token of the checkout is not left on disk for later steps."""
    checkouts = [step for step in list_steps(path) if step.get("uses", "").startswith("actions/checkout@")]
    assert [step for step in checkouts if step["with"]["persist-credentials"] is not False] == []


@each_workflow
def test_commands_hold_no_expressions(path: Path) -> None:
    """No value is pasted into a command; values come through the environment."""
    assert [line for line in list_commands(path) if "${{" in line] == []


@each_workflow
def test_commands_are_those_of_a_person(path: Path) -> None:
    """A step is one command, make's or oms's; schedules alone are switched on by GitHub's own command."""
    enable = "|gh workflow enable [a-z]+\\.yml" if path.name == "keepalive.yml" else ""
    known = re.compile(rf"make \S+( \S+=\S+)*|\.venv/bin/oms [^|&;<>`]+{enable}")
    assert [step["run"] for step in list_steps(path) if "run" in step and not known.fullmatch(step["run"])] == []


@each_workflow
def test_commands_exist(path: Path) -> None:
    """Targets are in the Makefile; verbs and options are in the command line."""
    verbs = get_command(app).commands  # type: ignore[attr-defined]  # a group, because it has several verbs
    for line in list_commands(path):
        program, *words = line.split()
        if program == "make":
            assert [word for word in words if "=" not in word and word not in make_targets()] == []
        elif program == ".venv/bin/oms":
            verb = verbs[words[0]]
            verb = verb.commands[words[1]] if hasattr(verb, "commands") else verb
            options = {option for parameter in verb.params for option in parameter.opts}
            assert [word for word in words if word.startswith("--") and word not in options] == []


def test_the_schedule_is_not_on_the_hour() -> None:
    """Runs start at an odd minute, a few hours apart: a second one takes the place of a dropped one."""
    crons = [entry["cron"].split() for entry in read_workflow(GITHUB / "workflows" / "nightly.yml")[True]["schedule"]]
    assert [minute for minute, *_ in crons if int(minute) % 2 == 0] == []
    assert all(rest == ["*", "*", "*"] for _, _, *rest in crons)
    assert len({hour for _, hour, *_ in crons}) == 2


def test_publications_wait_for_one_another() -> None:
    """Two nightly runs never overlap, and none is cut off by the next."""
    concurrency = read_workflow(GITHUB / "workflows" / "nightly.yml")["concurrency"]
    assert concurrency == {"group": "publish", "cancel-in-progress": False}


def test_only_what_reads_the_hub_sees_the_token() -> None:
    """The Hub's token is in the environment of the steps that read, and of no other."""
    holders = [step["name"] for path in WORKFLOWS for step in list_steps(path) if "secrets." in json.dumps(step)]
    assert holders == ["Pull the store", "Fill the ledger", "Pull, fetch, check, append, build, verify"]
    secrets = {name for path in WORKFLOWS for name in re.findall(r"secrets\.(\w+)", path.read_text(encoding="utf-8"))}
    assert secrets == {"HF_TOKEN"}


def test_the_jobs_that_read_strangers_strings_cannot_write() -> None:
    """What writes to the Hub, to Pages, to issues or to workflows is a job of its own, with that right alone."""
    rights = {
        (path.stem, name): {right for right, level in job["permissions"].items() if level == "write"}
        for path in WORKFLOWS
        for name, job in read_workflow(path)["jobs"].items()
    }
    assert {key: found for key, found in rights.items() if found} == {
        ("nightly", "publish"): {"id-token", "attestations"},
        ("nightly", "hold"): {"id-token"},
        ("nightly", "deploy"): {"pages", "id-token"},
        ("nightly", "report"): {"issues"},
        ("backfill", "push"): {"id-token"},
        ("codeql", "analyze"): {"security-events"},
        ("keepalive", "enable"): {"actions"},
        ("locks", "propose"): {"contents", "pull-requests"},
    }


def test_whatever_writes_to_the_history_waits_for_the_other() -> None:
    """The nightly run and the backfill are one group; none is ended half way."""
    found = [read_workflow(GITHUB / "workflows" / f"{name}.yml")["concurrency"] for name in ("nightly", "backfill")]
    assert found == [{"group": "publish", "cancel-in-progress": False}] * 2


def test_every_input_reaches_a_command_through_its_environment() -> None:
    """Each input is read by an option of oms, by the name of its variable; a dry run is a condition of the jobs."""
    variables = {
        parameter.envvar
        for verb in get_command(app).commands.values()  # type: ignore[attr-defined]
        for parameter in verb.params
    }
    accepting = {"snapshot": "OMS_SNAPSHOT", "accept": "OMS_ACCEPT", "reason": "OMS_REASON"}
    for name, expected in (
        ("nightly", {"date": "OMS_DATE", "rebuild_only": "OMS_REBUILD_ONLY", **accepting}),
        ("backfill", {"from": "OMS_FROM", "to": "OMS_TO", "source": "OMS_SOURCE", "step": "OMS_STEP", **accepting}),
    ):
        path = GITHUB / "workflows" / f"{name}.yml"
        text = path.read_text(encoding="utf-8")
        inputs = set(read_workflow(path)[True]["workflow_dispatch"]["inputs"]) - {"dry_run"}
        assert inputs == set(expected)
        assert set(expected.values()) <= variables
        assert [key for key, value in expected.items() if f"{value}: ${{{{ inputs.{key} }}}}" not in text] == []


def test_a_schedule_stands_in_a_file_of_its_own() -> None:
    """GitHub switches it off with the file; all are switched on again each month."""
    scheduled = [path.name for path in WORKFLOWS if "schedule" in read_workflow(path)[True]]
    enabled = [line.split()[-1] for line in list_commands(GITHUB / "workflows" / "keepalive.yml")]
    assert scheduled == sorted(enabled)
    assert {"keepalive.yml", "nightly.yml"} < set(scheduled)


def test_corrections_need_a_source() -> None:
    """The form for corrections cannot be sent without account, value and source, and asks for no person's data."""
    form = yaml.safe_load((GITHUB / "ISSUE_TEMPLATE" / "correction.yml").read_text(encoding="utf-8"))
    needed = {field["id"] for field in form["body"] if field.get("validations", {}).get("required")}
    assert needed == {"handle", "field", "correct", "source"}
    consent = next(field for field in form["body"] if field.get("id") == "person")
    assert [option["required"] for option in consent["attributes"]["options"]] == [True]


def test_every_python_that_is_promised_is_tested() -> None:
    """Site and tests run on the oldest version of pyproject.toml and on a newer one."""
    jobs = read_workflow(GITHUB / "workflows" / "ci.yml")["jobs"]
    oldest = re.search(r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert oldest
    assert [jobs[name]["strategy"]["matrix"]["python"] for name in ("site", "test")] == [[oldest[1], "3.13"]] * 2


def test_what_publishes_and_what_attributes_has_owners() -> None:
    """Workflows, locks and registry name who is asked before they change."""
    lines = [line.split() for line in (GITHUB / "CODEOWNERS").read_text(encoding="utf-8").splitlines()]
    owned = {path: owners for path, *owners in (line for line in lines if line and line[0] != "#")}
    assert set(owned) == {"/.github/", "/requirements/", "/generator/registry/"}
    assert all(owners for owners in owned.values())
    assert [path for path in owned if not (ROOT / path.strip("/")).is_dir()] == []
