"""The one issue about the nightly run in the repository: opened or updated when a night fails, closed by a good one.

Speaks GitHub's REST API (version 2022-11-28): list, create and update issues, comment on them. The token goes to the
given address only, and redirects are not followed.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from generator.base.errors import IssueError
from generator.base.http import Transient, ask_until_answered, describe_failure, request
from generator.base.repository import is_repository

LABEL: Final = "nightly-run"
MARK: Final = "<!-- written by `oms issue`: the nightly run -->"
SECONDS: Final = 30.0
# Tries of the whole exchange, which begins with a look: what an unanswered request did is seen, and not done twice.
MAX_TRIES: Final = 3
SWITCHED_OFF: Final = 410
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class IssueText:
    """What an issue says.

    Attributes:
        title: its title.
        body: Markdown; strings from outside are encoded already.
        note: what a comment says when a new night is added, or when the issue is closed.
    """

    title: str
    body: str
    note: str


@dataclass(frozen=True)
class IssueResult:
    """What was done.

    Attributes:
        action: `opened`, `updated`, `unchanged`, `closed`, or `none` where there was nothing to close.
        address: the issue's page; empty for `none`.
    """

    action: str
    address: str


class _SwitchedOffError(IssueError):
    """The repository has no issues, as a fork has none until they are switched on."""


class Repository:
    """The issues of a repository."""

    def __init__(self, api_url: str, name: str, token: str, sleep: Callable[[float], None] = time.sleep) -> None:
        """Check where to speak to and with what.

        Raises:
            IssueError: the address, the name or the token is not one.
        """
        self._base = f"{_check_address(api_url)}/repos/{_check_name(name)}/issues"
        self._headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {_check_token(token)}",
            "User-Agent": "open-model-share",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        self._sleep = sleep

    def report(self, text: IssueText) -> IssueResult:
        """Open the issue, or update the one that is open.

        Raises:
            IssueError: the repository cannot be reached or refuses.
        """
        return self._try(lambda: self._report(text))

    def close(self, note: str) -> IssueResult:
        """Close the open issue with a comment, if there is one; where issues are switched off, there is none.

        Raises:
            IssueError: the repository cannot be reached or refuses.
        """
        try:
            return self._try(lambda: self._close(note))
        except _SwitchedOffError:
            return IssueResult("none", "")

    def _report(self, text: IssueText) -> IssueResult:
        body = f"{MARK}\n{text.body}"
        found = self._find()
        if found is None:
            made = self._ask("POST", "", {"title": text.title, "body": body, "labels": [LABEL]})
            return IssueResult("opened", _address_of(made))
        if (found.get("title"), _lines(found.get("body"))) == (text.title, _lines(body)):
            return IssueResult("unchanged", _address_of(found))
        number = int(found["number"])
        changed = self._ask("PATCH", f"/{number}", {"title": text.title, "body": body})
        if found.get("title") != text.title:  # after the update: at most one comment a night
            self._ask("POST", f"/{number}/comments", {"body": text.note})
        return IssueResult("updated", _address_of(changed))

    def _close(self, note: str) -> IssueResult:
        found = self._find()
        if found is None:
            return IssueResult("none", "")
        number = int(found["number"])
        self._ask("POST", f"/{number}/comments", {"body": note})
        closed = self._ask("PATCH", f"/{number}", {"state": "closed", "state_reason": "completed"})
        return IssueResult("closed", _address_of(closed))

    def _find(self) -> dict[str, Any] | None:
        """Return the oldest open issue that carries the label and was written by this module."""
        query = f"?state=open&labels={LABEL}&sort=created&direction=asc&per_page=100"
        found = self._ask("GET", query, None)
        if not isinstance(found, list):
            raise IssueError(f"{self._base} answered with something that is no list of issues. Try again later.")
        own = [issue for issue in found if "pull_request" not in issue and MARK in str(issue.get("body"))]
        return own[0] if own else None

    def _try(self, act: Callable[[], IssueResult]) -> IssueResult:
        return ask_until_answered(
            act,
            self._sleep,
            tries=MAX_TRIES,
            first_wait_seconds=2.0,
            give_up=lambda reason: IssueError(
                f"{self._base} was asked {MAX_TRIES} times without success; the last time: {reason}. The run's own log "
                "holds the report; run `oms issue` again."
            ),
        )

    def _ask(self, method: str, path: str, content: dict[str, Any] | None) -> Any:
        answer = request(method, self._base + path, json=content, headers=self._headers, timeout=SECONDS)
        if answer.status in (408, 429) or answer.status >= 500:
            raise Transient(f"status {answer.status}")
        if answer.status not in (200, 201):
            kind = _SwitchedOffError if answer.status == SWITCHED_OFF else IssueError
            raise kind(_describe_refusal(self._base, answer.status))
        try:
            return json.loads(answer.body)
        except ValueError as error:
            raise Transient(describe_failure(error)) from error


def _describe_refusal(address: str, status: int) -> str:
    advice = {
        401: "It does not accept the token: check GITHUB_TOKEN.",
        403: "The token may not do this: the job needs the permission `issues: write`.",
        404: "There is no such repository for this token: check GITHUB_REPOSITORY, and that it has issues.",
        SWITCHED_OFF: "Issues are switched off in this repository: switch them on in its settings.",
    }.get(status, "200 or 201 was expected.")
    return f"{address} answered with status {status}. {advice}"


def _address_of(issue: object) -> str:
    return str(issue.get("html_url", "")) if isinstance(issue, dict) else ""


def _lines(body: object) -> list[str]:
    """Return a body's lines; GitHub may hand it back with other line ends."""
    return [line.rstrip() for line in str(body or "").strip().splitlines()]


def _check_address(url: str) -> str:
    parts = urlsplit(url)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not safe or not parts.hostname or parts.query or parts.username:
        raise IssueError(
            f"GITHUB_API_URL is {url!r}; an address with https was expected, such as https://api.github.com."
        )
    return url.rstrip("/")


def _check_name(name: str) -> str:
    if not is_repository(name):
        raise IssueError(f"GITHUB_REPOSITORY is {name!r}; OWNER/NAME was expected.")
    return name


def _check_token(token: str) -> str:
    stripped = token.strip()
    if not stripped or not stripped.isascii() or not stripped.isprintable() or " " in stripped:
        raise IssueError("GITHUB_TOKEN is empty or holds characters that no token has; set it from the job's token.")
    return stripped
