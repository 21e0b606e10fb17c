"""A small runner of workflows: takes a workflow's jobs and steps in their order and executes the `run:` steps.

It knows as much of GitHub Actions as this project's workflows use: inputs, variables, secrets, outputs, needs, the
conditions of jobs and steps, and what the actions named in `_ACTIONS` do to files. An action or an expression that it
does not know is an error. One machine runs all jobs; a checkout leaves the caches of earlier builds alone.
"""

import datetime as dt
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from generator.base.files import ROOT
from tests.tree import copy_tree_for_nights, turn_clock

_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")
_TOKEN = re.compile(r"\s*('(?:[^']|'')*'|==|!=|&&|\|\||!|[()]|[A-Za-z_][\w-]*(?:\.[\w-]+)*(?:\(\))?)")
_OPERATORS = {"&&": "and", "||": "or", "!": "not", "==": "==", "!=": "!=", "(": "(", ")": ")"}
_STATUS = ("always()", "failure()", "success()", "cancelled()")
# GitHub's `shell: bash` is this; without a `shell` it is `bash -e`.
_SHELL = ("bash", "-e")


# What `attest-build-provenance` v4 takes.
MAX_SUBJECTS = 1024


class ActionError(Exception):
    """An action refused what it was given."""


@dataclass
class Job:
    """A job that was run, or skipped.

    Attributes:
        result: `success`, `failure` or `skipped`.
        outputs: what it tells the jobs that need it.
        log: what its steps said, by name; of those that were skipped nothing.
        env: the environment of each `run:` step, by name.
    """

    result: str
    outputs: dict[str, str] = field(default_factory=dict)
    log: dict[str, str] = field(default_factory=dict)
    env: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass
class Runner:
    """A repository's runner, and what it keeps from one run to the next.

    Attributes:
        root: its folder.
        published: the folder that the pages are deployed to.
        address: where that folder is served.
        variables: the repository's variables.
        secrets: its secrets.
        services: environment of every step: the addresses of Hub and GitHub.
        identity: environment that a job gets with `id-token: write`.
        attested: files whose origin was attested, by run.
        summary: Markdown of the last run's summary.
    """

    root: Path
    published: Path
    address: str
    variables: Mapping[str, str]
    secrets: Mapping[str, str]
    services: Mapping[str, str]
    identity: Mapping[str, str]
    attested: list[list[str]] = field(default_factory=list)
    runs: int = 0
    summary: str = ""

    def turn_to(self, day: dt.date) -> None:
        """Let the machine's clock stand at a day."""
        if not self.tree.exists():
            self.check_out()
        turn_clock(self.tree, day)

    def run(self, workflow: Path, event: str, inputs: Mapping[str, object] | None = None) -> dict[str, Job]:
        """Run a workflow; return its jobs by name.

        Raises:
            AssertionError: an input is not one of the workflow's.
        """
        raw = yaml.safe_load(workflow.read_text(encoding="utf-8"))
        self.runs += 1
        given = {**_defaults(raw, event), **(inputs or {})}
        assert set(given) == set(_defaults(raw, event)), inputs
        shutil.rmtree(self.root / "artifacts", ignore_errors=True)
        (self.root / "summary.md").unlink(missing_ok=True)
        jobs: dict[str, Job] = {}
        for name, job in raw["jobs"].items():
            jobs[name] = _JobRun(self, job, jobs, {"inputs": given, "event": event}).run()
        path = self.root / "summary.md"
        self.summary = path.read_text(encoding="utf-8") if path.exists() else ""
        return jobs

    @property
    def tree(self) -> Path:
        """Return the workspace."""
        return self.root / "work"

    def check_out(self) -> None:
        """Bring the program into the workspace, and nothing of an earlier job but its caches."""
        if not self.tree.exists():
            copy_tree_for_nights(self.tree)
            shutil.copy(ROOT / "Makefile", self.tree)
            shutil.copytree(ROOT / "requirements", self.tree / "requirements")
            _install(self.tree)
        for name in ("store", "site"):
            shutil.rmtree(self.tree / name, ignore_errors=True)


def _install(tree: Path) -> None:
    """Put the installed program where the Makefile puts it, so that it has nothing left to install."""
    script = tree / ".venv" / "bin" / "oms"
    script.parent.mkdir(parents=True)
    script.write_text(f'#!/bin/sh\nPYTHONPATH="{tree}" exec "{sys.executable}" -m generator "$@"\n', encoding="utf-8")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    (tree / ".venv" / ".run").touch()


def _defaults(raw: dict[Any, Any], event: str) -> dict[str, object]:
    """Return the inputs of a dispatch with their defaults; a schedule has none. YAML takes `on` for true."""
    dispatch = (raw[True].get("workflow_dispatch") or {}) if event == "workflow_dispatch" else {}
    return {name: entry.get("default", "") for name, entry in dispatch.get("inputs", {}).items()}


class _JobRun:
    """One job under way."""

    def __init__(self, runner: Runner, raw: dict[str, Any], before: dict[str, Job], context: dict[str, Any]) -> None:
        self.runner = runner
        self.raw = raw
        names = raw.get("needs", [])
        self.needs = {name: before[name] for name in ([names] if isinstance(names, str) else names)}
        self.context = context
        self.steps: dict[str, dict[str, object]] = {}
        self.job = Job("success")
        self.failed = False

    def run(self) -> Job:
        """Run the job's steps, or skip them all."""
        good = all(job.result == "success" for job in self.needs.values())
        if not self._holds(self.raw.get("if", "success()"), good):
            return Job("skipped")
        for step in self.raw["steps"]:
            if self._holds(step.get("if", "success()"), not self.failed):
                self._step(step)
            else:
                self.steps[step.get("id", "")] = {"outputs": {}, "outcome": "skipped"}
        self.job.result = "failure" if self.failed else "success"
        self.job.outputs = {name: self.fill(text) for name, text in self.raw.get("outputs", {}).items()}
        return self.job

    def _step(self, step: dict[str, Any]) -> None:
        outputs: dict[str, str] = {}
        outcome = "failure"
        try:
            if "run" in step:
                self._execute(step, outputs)
            else:
                action = step["uses"].partition("@")[0]
                values = {name: self.fill(str(value)) for name, value in step.get("with", {}).items()}
                outputs |= _ACTIONS[action](self.runner, values)
            outcome = "success"
        except (subprocess.CalledProcessError, FileNotFoundError, ActionError) as error:
            self.job.log[step["name"]] = str(getattr(error, "output", error))
            self.failed = self.failed or not step.get("continue-on-error", False)
        self.steps[step.get("id", "")] = {"outputs": outputs, "outcome": outcome}

    def _execute(self, step: dict[str, Any], outputs: dict[str, str]) -> None:
        told = self.runner.root / "outputs"
        told.write_text("", encoding="utf-8")
        own = {name: self.fill(str(value)) for name, value in step.get("env", {}).items()}
        identity = self.runner.identity if self.raw["permissions"].get("id-token") == "write" else {}
        files = {"GITHUB_OUTPUT": str(told), "GITHUB_STEP_SUMMARY": str(self.runner.root / "summary.md")}
        machine = {"PATH": os.environ["PATH"], "HOME": str(self.runner.root), "GITHUB_ACTIONS": "true", "CI": "true"}
        env = machine | dict(self.runner.services) | dict(identity) | files | own
        self.job.env[step["name"]] = env
        done = subprocess.run(
            [*_SHELL, "-c", step["run"]],
            cwd=self.runner.tree,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            check=False,
        )
        self.job.log[step["name"]] = done.stdout
        # What a step that fails has told before is read all the same.
        outputs |= dict(line.split("=", 1) for line in told.read_text(encoding="utf-8").splitlines())
        done.check_returncode()

    def fill(self, text: str) -> str:
        """Replace the expressions in a text by their values."""
        return _EXPRESSION.sub(lambda match: _write(self._evaluate(match[1], good=True)), text)

    def _holds(self, condition: str, good: bool) -> bool:
        """Tell whether a condition holds; one that asks for no status holds after successes only."""
        bare = condition.strip().removeprefix("${{").removesuffix("}}")
        asks = any(name in bare for name in _STATUS)
        return bool(self._evaluate(bare, good=good)) and (asks or good)

    def _evaluate(self, text: str, *, good: bool) -> object:
        """Evaluate an expression: names, quoted words, comparisons, and, or, not, the questions for the status."""
        words, end = [], 0
        while text[end:].strip():
            match = _TOKEN.match(text, end)
            if match is None:
                raise ValueError(f"unknown expression {text!r}")
            words.append(_OPERATORS.get(match[1]) or repr(self._look_up(match[1], good)))
            end = match.end()
        return eval(" ".join(words), {"__builtins__": {}})  # noqa: S307 - of literals and operators, made above

    def _look_up(self, word: str, good: bool) -> object:
        if word.startswith("'"):
            return word[1:-1].replace("''", "'")
        if word in _STATUS:
            return {"always()": True, "failure()": not good, "success()": good, "cancelled()": False}[word]
        runner = self.runner
        found: object = {
            "inputs": self.context["inputs"],
            "vars": runner.variables,
            "secrets": runner.secrets,
            "github": {
                "run_id": str(runner.runs), "run_attempt": "1", "token": runner.secrets["GITHUB_TOKEN"],
                "event_name": self.context["event"], "repository": runner.services["GITHUB_REPOSITORY"],
            },
            "steps": self.steps,
            "needs": {name: {"result": job.result, "outputs": job.outputs} for name, job in self.needs.items()},
        }  # fmt: skip
        for part in word.split("."):
            found = found.get(part, "") if isinstance(found, Mapping) else ""
        return found


def _write(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else json.dumps(value)


def _paths(values: Mapping[str, str]) -> list[str]:
    return values["path"].split()


def _upload(runner: Runner, values: Mapping[str, str]) -> dict[str, str]:
    """Keep folders as an artifact: one folder's content, or several folders by their names."""
    target = runner.root / "artifacts" / values["name"]
    shutil.rmtree(target, ignore_errors=True)
    paths = _paths(values)
    for path in paths:
        source = runner.tree / path
        if source.exists():
            shutil.copytree(source, target / path if len(paths) > 1 else target)
    return {}


def _download(runner: Runner, values: Mapping[str, str]) -> dict[str, str]:
    source = runner.root / "artifacts" / values["name"]
    shutil.copytree(source, runner.tree / values.get("path", "."), dirs_exist_ok=True)
    return {}


def _restore(runner: Runner, values: Mapping[str, str]) -> dict[str, str]:
    """Restore the newest cache whose key begins as asked; no cache is no error."""
    found = sorted((runner.root / "caches").glob(f"{values['restore-keys']}*"))
    if found:
        shutil.copytree(found[-1], runner.tree / values["path"])
    return {}


def _save(runner: Runner, values: Mapping[str, str]) -> dict[str, str]:
    source = runner.tree / values["path"]
    if source.exists():
        shutil.copytree(source, runner.root / "caches" / values["key"])
    return {}


def _deploy(runner: Runner, values: Mapping[str, str]) -> dict[str, str]:
    """Put a site where readers see it, in place of the one before."""
    shutil.rmtree(runner.published, ignore_errors=True)
    shutil.copytree(runner.root / "artifacts" / values["artifact_name"], runner.published)
    return {"page_url": runner.address}


def _attest(runner: Runner, values: Mapping[str, str]) -> dict[str, str]:
    """Note which files are attested, by the limits of the real action.

    Its glob takes the files below a folder that matches, and it counts subjects before it drops repeated ones: more
    than 1,024, or none, are an error.
    """
    matched = [path for pattern in values["subject-path"].split() for path in sorted(runner.tree.glob(pattern))]
    files = [each for path in matched for each in (sorted(path.rglob("*")) if path.is_dir() else [path])]
    names = [path.relative_to(runner.tree).as_posix() for path in files if path.is_file()]
    if not 1 <= len(names) <= MAX_SUBJECTS:
        raise ActionError(f"attest: {len(names)} subjects, from 1 to {MAX_SUBJECTS} are allowed")
    runner.attested.append(sorted(set(names)))
    return {}


def _check_out(runner: Runner, _: Mapping[str, str]) -> dict[str, str]:
    runner.check_out()
    return {}


_ACTIONS: dict[str, Callable[[Runner, Mapping[str, str]], dict[str, str]]] = {
    "actions/checkout": _check_out,
    "actions/setup-python": lambda *_: {},
    "actions/configure-pages": lambda runner, _: {"base_url": runner.address.rstrip("/")},
    "actions/cache/restore": _restore,
    "actions/cache/save": _save,
    "actions/upload-artifact": _upload,
    "actions/download-artifact": _download,
    "actions/upload-pages-artifact": _upload,
    "actions/deploy-pages": _deploy,
    "actions/attest-build-provenance": _attest,
}
