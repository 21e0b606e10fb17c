"""A Hub on this machine that also keeps a dataset repository: it serves files, and takes commits, as the Hub does.

One address answers for both: the model list (`tests.loopback`, its faults included) and one dataset repository with
what `huggingface_hub` 2.4 needs to read and to write it: revision, tree, resolve, preupload, LFS batch, upload and
verify, commit with its parent, and the exchange of an identity token for a short-lived one. A commit whose parent is
not the newest is answered with 412; nothing can move the branch in another way.

    python -m tests.loopback_repo --models 4000 --repo maintainers/history --day 2026-11-20

`PUT /loopback/day/2026-11-21` moves the counts of all models to another day, and adds the models of that day.
"""

import argparse
import base64
import datetime as dt
import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from generator.registry import load_registry
from tests.loopback import LoopbackHub, Request, _Handler, add_tags, make_models
from tests.loopback_dataset import LoopbackDataset
from tests.servers import run_server

REPO = "maintainers/history"
FIRST_COMMIT = "0" * 39 + "1"
# What an identity token of a trusted publisher is exchanged for.
# One token may only read; the push alone has the other.
READ, WRITE = "hf_read", "hf_write"
PUBLISHER_TOKEN = "hf_jwt_publisher"  # noqa: S105 - a made-up one, of a server that runs in tests only
IDENTITY = "identity-of-the-workflow"
LFS_ENDINGS = (".parquet", ".gz", ".zip")
EPOCH = dt.date(2026, 1, 1)


@dataclass(frozen=True)
class Commit:
    """A commit as the repository keeps it.

    Attributes:
        oid: its hash.
        parent: the commit before; empty for the first.
        named_parent: the parent that the writer named; None where it named none.
        message: its first line.
        files: bytes by path, all of them.
        token: the token that was sent with it.
    """

    oid: str
    parent: str
    named_parent: str | None
    message: str
    files: dict[str, bytes]
    token: str = ""


@dataclass
class LoopbackRepo(LoopbackHub):
    """A Hub, one dataset repository on it, and their log.

    Attributes:
        repo: the repository's name, `owner/name`.
        commits: oldest first; the last one is the head of `main`.
        write_token: the one that may write; empty for anybody, as if each token could.
        lag: how many commits the repository's word of itself is behind its list of commits.
        failing: statuses to answer with instead, by route (`commits`, `revision`, `tree`, `resolve`, `preupload`,
            `batch`, `upload`, `commit`), each once and in order; for `commit`, 0 takes the commit and drops the answer.
        refusal: the body of those answers.
        odd: bodies to answer with instead, with status 200, by route, each once and in order.
        tokens: the tokens that each route was asked with, by route.
        archive: another dataset of this Hub, which has a server of its own.
    """

    repo: str = REPO
    commits: list[Commit] = field(default_factory=list)
    write_token: str = ""
    lag: int = 0
    refusal: bytes = b'{"error": "later"}'
    odd: dict[str, list[bytes]] = field(default_factory=dict)
    failing: dict[str, list[int]] = field(default_factory=dict)
    tokens: dict[str, set[str]] = field(default_factory=dict)
    archive: LoopbackDataset | None = None

    def __post_init__(self) -> None:
        """Make the first commit, as the Hub does for a new repository."""
        super().__post_init__()
        self._base = {model["_id"]: model for model in self.models}
        self._objects: dict[str, bytes] = {}
        self._commit_lock = threading.Lock()
        if not self.commits:
            self.commits.append(
                Commit(FIRST_COMMIT, "", None, "initial commit", {".gitattributes": b"*.parquet lfs\n"})
            )

    @property
    def head(self) -> Commit:
        """The newest commit."""
        return self.commits[-1]

    def find(self, revision: str) -> Commit | None:
        """Return the commit of a revision: `main`, or a hash."""
        if revision == "main":
            return self.head
        return next((commit for commit in self.commits if commit.oid == revision), None)

    def turn_to(self, day: dt.date) -> None:
        """Set the counts of all models to those of a day, and add the models made on it."""
        fresh = _make_new_models(len(self._base), day)
        counted = [_count(model, day) for model in [*self._base.values(), *fresh]]
        self.models = []
        self.publish(counted)

    def begin_with(self, other: "LoopbackRepo") -> None:
        """Take the commits of another one, and its large files; what changes here changes nothing there."""
        self.commits[:] = [replace(commit, files=dict(commit.files)) for commit in other.commits]
        self._objects |= other._objects

    def put_object(self, oid: str, data: bytes) -> bool:
        """Keep a large file under its hash; tell whether the hash is right."""
        if hashlib.sha256(data).hexdigest() != oid:
            return False
        self._objects[oid] = data
        return True

    def has_object(self, oid: str) -> bool:
        """Tell whether a large file is there."""
        return oid in self._objects

    def commit(self, lines: list[dict[str, Any]], token: str) -> tuple[int, dict[str, Any]]:
        """Take a commit; return status and answer."""
        with self._commit_lock:
            head = lines[0]["value"]
            parent = head.get("parentCommit")
            if parent is not None and not self.head.oid.startswith(parent):
                return 412, {"error": "A commit has happened since. Please refresh and try again."}
            files = dict(self.head.files)
            for line in lines[1:]:
                problem = self._apply(files, line["key"], line["value"])
                if problem:
                    return 422, {"error": problem}
            oid = _hash_commit(self.head.oid, head["summary"], files)
            self.commits.append(Commit(oid, self.head.oid, parent, head["summary"], files, token))
            return 200, {
                "success": True,
                "commitOid": oid,
                "commitUrl": f"{self.url}/datasets/{self.repo}/commit/{oid}",
            }

    def _apply(self, files: dict[str, bytes], key: str, value: dict[str, Any]) -> str | None:
        path = value["path"]
        if key == "file":
            files[path] = base64.b64decode(value["content"])
        elif key == "lfsFile":
            if not self.has_object(value["oid"]):
                return f"the large file {path} was not uploaded"
            files[path] = self._objects[value["oid"]]
        elif path not in files:
            return "A file with this name doesn't exist"
        else:
            del files[path]
        return None


class _RepoHandler(_Handler, BaseHTTPRequestHandler):
    """Answers for the repository; everything else goes to the model list."""

    hub: LoopbackRepo

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        query = parse_qs(urlsplit(self.path).query)
        api = f"/api/datasets/{self.hub.repo}"
        if path == "/api/models":
            self.note("list")
            super().do_GET()
        elif path == api or path.startswith(f"{api}/revision/"):
            self.answer("revision", lambda: self.send_revision(unquote(path.partition("/revision/")[2]) or "main"))
        elif path == f"{api}/commits/main":
            self.answer("commits", self.send_commits)
        elif path.startswith(f"{api}/tree/"):
            self.answer("tree", lambda: self.send_tree(unquote(path.partition("/tree/")[2]), query))
        elif path.startswith(f"/datasets/{self.hub.repo}/resolve/"):
            self.answer("resolve", lambda: self.send_file(unquote(path.partition("/resolve/")[2])))
        elif self.hub.archive and f"datasets/{self.hub.archive.repo}/" in path:
            self.pass_on(self.hub.archive)
        else:
            self.send_missing()

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        path = urlsplit(self.path).path
        body = self.read_body()
        api = f"/api/datasets/{self.hub.repo}"
        if path == f"{api}/preupload/main":
            self.answer("preupload", lambda: self.send_modes(json.loads(body)["files"]), writes=True)
        elif path == f"/datasets/{self.hub.repo}.git/info/lfs/objects/batch":
            self.answer("batch", lambda: self.send_batch(json.loads(body)["objects"]), writes=True)
        elif path == "/loopback/verify":
            self.send_json(200, {})
        elif path == f"{api}/commit/main":
            self.answer("commit", lambda: self.take_commit(body), writes=True)
        elif path == "/api/validate-yaml":
            self.send_json(200, {"errors": [], "warnings": []})
        elif path == "/oauth/token":
            self.send_token(json.loads(body))
        else:
            self.send_missing()

    def do_PUT(self) -> None:
        path = urlsplit(self.path).path
        body = self.read_body()
        if path.startswith("/loopback/upload/"):
            self.answer("upload", lambda: self.take_object(path.rpartition("/")[2], body))
        elif path.startswith("/loopback/day/"):
            self.hub.turn_to(dt.date.fromisoformat(path.rpartition("/")[2]))
            self.send_json(200, {})
        else:
            self.send_missing()

    def pass_on(self, archive: LoopbackDataset) -> None:
        """Answer with what the server of another dataset answers; a link that it sends on to is not followed."""
        connection = HTTPConnection(urlsplit(archive.url).netloc)
        headers = {name: value for name, value in self.headers.items() if name != "Host"}
        connection.request(self.command, self.path, headers=headers)
        found = connection.getresponse()
        own = {"server", "date", "content-length", "connection"}
        kept = {name: value for name, value in found.getheaders() if name.lower() not in own}
        self.send_bytes(found.status, found.read(), kept)
        connection.close()

    def answer(self, route: str, send: Any, *, writes: bool = False) -> None:
        """Write a request down, and answer it unless it fails by order or lacks the right to write."""
        token = self.note(route)
        statuses = self.hub.failing.get(route, [])
        if writes and self.hub.write_token and token != self.hub.write_token:
            self.send_json(403 if token else 401, {"error": "This token may not write to this repository."})
        elif statuses and statuses[0]:
            self.send_bytes(statuses.pop(0), self.hub.refusal, {"Content-Type": "text/plain"})
        elif self.hub.odd.get(route):
            self.send_bytes(200, self.hub.odd[route].pop(0), {"Content-Type": "application/json"})
        else:
            send()

    def note(self, route: str) -> str:
        """Write the token down that a route was asked with, and return it."""
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        self.hub.tokens.setdefault(route, set()).add(token)
        if route != "list":
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.hub.requests.append(Request(f"{self.command} {urlsplit(self.path).path}", {}, headers, 0))
        return token

    def read_body(self) -> bytes:
        """Read what was sent, in one piece or in chunks."""
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length", "0")))
        body = bytearray()
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return bytes(body)

    def send_revision(self, revision: str) -> None:
        """Tell which commit a revision is."""
        commit = self.hub.find(revision)
        if commit is None:
            self.send_json(404, {"error": "Invalid rev id"}, {"X-Error-Code": "RevisionNotFound"})
        else:
            commit = self.hub.commits[-1 - self.hub.lag] if revision == "main" else commit
            row = {"_id": "0" * 24, "id": self.hub.repo, "sha": commit.oid, "siblings": [], "private": False}
            self.send_json(200, row)

    def send_commits(self) -> None:
        """List the commits, newest first."""
        rows = [
            {
                "id": commit.oid,
                "title": commit.message,
                "message": "",
                "authors": [],
                "date": "2026-11-20T00:00:00.000Z",
            }
            for commit in reversed(self.hub.commits)
        ]
        self.send_json(200, rows)

    def send_tree(self, rest: str, query: dict[str, list[str]]) -> None:
        """List all files of a revision, a page at a time."""
        revision, _, folder = rest.partition("/")
        commit = self.hub.find(revision)
        if commit is None:
            self.send_json(404, {"error": "Invalid rev id"}, {"X-Error-Code": "RevisionNotFound"})
            return
        inside = [path for path in sorted(commit.files) if path.startswith(f"{folder}/" if folder else "")]
        start = int(query.get("cursor", ["0"])[0])
        stop = start + 1000
        rest_of_query = f"recursive=true&cursor={stop}"
        link = {"Link": f'<{self.hub.url}{urlsplit(self.path).path}?{rest_of_query}>; rel="next"'}
        rows = [_describe(path, commit.files[path]) for path in inside[start:stop]]
        self.send_json(200, rows, link if stop < len(inside) else {})

    def send_file(self, rest: str) -> None:
        """Send a file, or the part that was asked for."""
        revision, _, path = rest.partition("/")
        commit = self.hub.find(revision)
        if commit is None or path not in commit.files:
            self.send_json(404, {"error": "Entry not found"}, {"X-Error-Code": "EntryNotFound"})
            return
        data = commit.files[path]
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        headers = {
            "ETag": f'"{_oid(path, data)}"',
            "X-Repo-Commit": commit.oid,
            "Accept-Ranges": "bytes",
            "Content-Type": "application/octet-stream",
        }
        if asked is None:
            self.send_bytes(200, data, headers)
            return
        stop = min(int(asked[2]) + 1, len(data)) if asked[2] else len(data)
        headers["Content-Range"] = f"bytes {asked[1]}-{stop - 1}/{len(data)}"
        self.send_bytes(206, data[int(asked[1]) : stop], headers)

    def send_modes(self, files: list[dict[str, Any]]) -> None:
        """Tell how each file is to be sent, and the hash of the one that is there."""
        there = self.hub.head.files
        rows = [
            {
                "path": file["path"],
                "uploadMode": "lfs" if _is_large(file["path"]) else "regular",
                "shouldIgnore": False,
                "oid": _oid(file["path"], there[file["path"]]) if file["path"] in there else None,
            }
            for file in files
        ]
        self.send_json(200, {"files": rows})

    def send_batch(self, objects: list[dict[str, Any]]) -> None:
        """Tell where each large file is to be sent; none for those that are there."""
        rows = []
        for wanted in objects:
            upload = {"href": f"{self.hub.url}/loopback/upload/{wanted['oid']}"}
            actions = {"upload": upload, "verify": {"href": f"{self.hub.url}/loopback/verify"}}
            there = self.hub.has_object(wanted["oid"])
            rows.append({"oid": wanted["oid"], "size": wanted["size"], **({} if there else {"actions": actions})})
        self.send_json(200, {"transfer": "basic", "objects": rows})

    def take_object(self, oid: str, body: bytes) -> None:
        """Keep a large file."""
        right = self.hub.put_object(oid, body)
        self.send_json(200 if right else 400, {} if right else {"error": "the bytes have another hash"})

    def take_commit(self, body: bytes) -> None:
        """Take a commit, and say its hash, unless the answer is to be lost."""
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        status, row = self.hub.commit([json.loads(line) for line in body.splitlines()], token)
        if self.hub.failing.get("commit") == [0]:
            self.hub.failing["commit"].clear()
            self.connection.close()
            self.hang_up()
        else:
            self.send_json(status, row)

    def send_token(self, asked: dict[str, str]) -> None:
        """Exchange the identity of a trusted publisher for a token of this repository."""
        self.note("token")
        if asked.get("subject_token") == IDENTITY and asked.get("resource") == f"datasets/{self.hub.repo}":
            self.send_json(200, {"access_token": PUBLISHER_TOKEN, "token_type": "bearer", "expires_in": 3600})
        else:
            self.send_json(401, {"error": "invalid_grant"})

    def send_missing(self) -> None:
        """Answer as the Hub does for what is not there, or not theirs to see."""
        self.note("missing")
        self.send_json(401, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"})

    def send_json(self, status: int, value: object, headers: dict[str, str] | None = None) -> None:
        """Send JSON."""
        self.send_bytes(status, json.dumps(value).encode(), {"Content-Type": "application/json", **(headers or {})})

    def send_bytes(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        """Send an answer; to a HEAD request without its body."""
        self.send(status, b"" if self.command == "HEAD" else body, headers, len(body))


@contextmanager
def serve_repo(hub: LoopbackRepo, port: int = 0) -> Iterator[LoopbackRepo]:
    """Run a Hub with its repository until the block ends; its address is `hub.url`."""
    with run_server(type("Handler", (_RepoHandler,), {"hub": hub}), port) as hub.url:
        try:
            yield hub
        finally:
            hub.stopped.set()


def make_hub(
    models: int, day: dt.date, repo: str = REPO, change: Callable[[dict[str, Any]], dict[str, Any]] = dict
) -> LoopbackRepo:
    """Make a Hub of made-up models and the known ones, each changed, with a day's counts, and an empty repository."""
    hub = LoopbackRepo([change(model) for model in [*make_models(models), *_make_known()]], repo=repo)
    hub.turn_to(day)
    return hub


def _count(model: dict[str, Any], day: dt.date) -> dict[str, Any]:
    """Return a model with its counts of a day: its rate is its own, with some noise from day to day."""
    if model.get("downloads") is None:
        return model
    noise = hashlib.sha256(f"{model['_id']}{day}".encode()).digest()[0] / 255 - 0.5
    monthly = model["downloads"]
    days = (day - EPOCH).days
    all_time = (model.get("downloadsAllTime") or 0) + monthly * days // 30
    return {**model, "downloads": max(0, int(monthly * (1 + noise / 50))), "downloadsAllTime": all_time}


def _make_new_models(count: int, day: dt.date) -> list[dict[str, Any]]:
    """Make the models that were created since the first of November 2026, one a day to two hundred others."""
    fresh = []
    for ordinal in range(dt.date(2026, 11, 21).toordinal(), day.toordinal() + 1):
        made = dt.date.fromordinal(ordinal)
        for number, model in enumerate(make_models(max(1, count // 200), seed=ordinal)):
            seconds = int(dt.datetime(made.year, made.month, made.day, 1, tzinfo=dt.UTC).timestamp()) + number
            created = f"{dt.datetime.fromtimestamp(seconds, dt.UTC):%Y-%m-%dT%H:%M:%S}.000Z"
            name = f"{model['id']}-{made:%m%d}"
            few = {"downloads": 5, "downloadsAllTime": 5} if model.get("downloads") else {}
            fresh.append({**model, **few, "_id": f"{seconds:08x}{model['_id'][8:]}", "id": name, "createdAt": created})
    return fresh


def _make_known() -> list[dict[str, Any]]:
    """Make the models that a complete listing of the Hub holds: without them the gates hold each snapshot."""
    known = [canary.id for canary in load_registry().canaries]
    rows = make_models(len(known), seed=2)
    counts = {"downloads": 900, "downloadsAllTime": 90_000}
    return [
        {**row, **counts, "id": name, "author": name.partition("/")[0]} for row, name in zip(rows, known, strict=True)
    ]


def _is_large(path: str) -> bool:
    return path.endswith(LFS_ENDINGS)


def _oid(path: str, data: bytes) -> str:
    """Return the hash that the Hub gives for a file: of its bytes for a large one, else git's."""
    if _is_large(path):
        return hashlib.sha256(data).hexdigest()
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _describe(path: str, data: bytes) -> dict[str, Any]:
    row: dict[str, Any] = {"type": "file", "path": path, "size": len(data), "oid": _oid(path, data)}
    if _is_large(path):
        pointer = f"version 1\noid sha256:{row['oid']}\nsize {len(data)}\n".encode()
        row["lfs"] = {"oid": row["oid"], "size": len(data), "pointerSize": len(pointer)}
        row["oid"] = hashlib.sha1(pointer, usedforsecurity=False).hexdigest()
    return row


def _hash_commit(parent: str, message: str, files: dict[str, bytes]) -> str:
    digest = hashlib.sha1(f"{parent}{message}".encode(), usedforsecurity=False)
    for path, data in sorted(files.items()):
        digest.update(path.encode() + hashlib.sha256(data).digest())
    return digest.hexdigest()


def main() -> None:
    """Serve made-up models and an empty repository until the process is ended."""
    parser = argparse.ArgumentParser(description="Serve a made-up Hub with a dataset repository on 127.0.0.1.")
    parser.add_argument("--models", type=int, default=4000)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--repo", default=REPO)
    parser.add_argument("--heavy-tags", action="store_true", help="as many tags a row as the Hub's")
    parser.add_argument("--day", type=dt.date.fromisoformat, default=dt.date(2026, 11, 20))
    arguments = parser.parse_args()
    change = add_tags if arguments.heavy_tags else dict
    with serve_repo(make_hub(arguments.models, arguments.day, arguments.repo, change), arguments.port) as hub:
        print(hub.url, flush=True)  # noqa: T201 - the address is what the caller waits for
        threading.Event().wait()


if __name__ == "__main__":
    main()
