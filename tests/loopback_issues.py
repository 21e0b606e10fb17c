"""The issues of a repository on this machine: the few answers of GitHub's REST API that the nightly run needs."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.servers import run_server

REPOSITORY = "owner/name"
TOKEN = "ghs_test"  # noqa: S105 - of this machine
# In place of a status: do it and answer, or do it and close the connection without an answer.
NO_FAULT = -1
LOST = 0


@dataclass
class Tracker:
    """What the repository holds, and what it was asked.

    Attributes:
        issues: by number, with the fields of GitHub's answers.
        comments: bodies of comments by the issue's number.
        requests: method and path of each request.
        faults: one a request: a status to answer with before anything is done, `NO_FAULT`, or `LOST`.
    """

    issues: dict[int, dict[str, Any]] = field(default_factory=dict)
    comments: dict[int, list[str]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    faults: list[int] = field(default_factory=list)
    url: str = ""

    def list_open(self, label: str) -> list[dict[str, Any]]:
        """List open issues with a label, oldest first."""
        return [
            issue
            for _, issue in sorted(self.issues.items())
            if issue["state"] == "open" and label in [item["name"] for item in issue["labels"]]
        ]

    def create(self, content: dict[str, Any]) -> dict[str, Any]:
        """Open an issue."""
        number = len(self.issues) + 1
        labels = [{"name": name} for name in content.get("labels", [])]
        self.issues[number] = {
            "number": number,
            "state": "open",
            "title": content["title"],
            "body": content["body"].replace("\n", "\r\n"),
            "labels": labels,
            "html_url": f"{self.url}/{REPOSITORY}/issues/{number}",
        }
        return self.issues[number]


class Handler(BaseHTTPRequestHandler):
    """Answers for one tracker; a class of its own for each."""

    tracker: Tracker

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """List."""
        self.respond(None)

    def do_POST(self) -> None:
        """Create an issue or a comment."""
        self.respond(self.read_json())

    def do_PATCH(self) -> None:
        """Change an issue."""
        self.respond(self.read_json())

    def read_json(self) -> dict[str, Any]:
        """Read what was sent."""
        found: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return found

    def respond(self, content: dict[str, Any] | None) -> None:
        """Do what was asked, unless a fault stands in the way."""
        path = urlsplit(self.path)
        self.tracker.requests.append(f"{self.command} {path.path}")
        fault = self.tracker.faults.pop(0) if self.tracker.faults else NO_FAULT
        if fault >= 400:
            self.answer(fault, {"message": "no"})
        elif self.headers["Authorization"] != f"Bearer {TOKEN}":
            self.answer(401, {"message": "Bad credentials"})
        else:
            status, found = self.act(path.path, parse_qs(path.query), content)
            if fault == LOST:
                self.close_connection = True
            else:
                self.answer(status, found)

    def act(self, path: str, query: dict[str, list[str]], content: dict[str, Any] | None) -> tuple[int, Any]:
        """Carry a request out."""
        base = f"/repos/{REPOSITORY}/issues"
        parts = path.removeprefix(base).strip("/").split("/")
        if not path.startswith(base):
            return 404, {"message": "Not Found"}
        if content is None:
            return 200, self.tracker.list_open(query["labels"][0])
        if parts == [""]:
            return 201, self.tracker.create(content)
        number = int(parts[0])
        if parts[1:] == ["comments"]:
            self.tracker.comments.setdefault(number, []).append(content["body"])
            return 201, {"id": 1}
        self.tracker.issues[number] |= content
        return 200, self.tracker.issues[number]

    def answer(self, status: int, content: object) -> None:
        """Send JSON."""
        data = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def serve_issues() -> Iterator[Tracker]:
    """Serve an empty repository's issues at `tracker.url`."""
    tracker = Tracker()
    handler = type("OwnHandler", (Handler,), {"tracker": tracker})
    with run_server(handler) as tracker.url:
        yield tracker
