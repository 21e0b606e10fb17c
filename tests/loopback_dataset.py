"""A dataset repository on this machine: what the Hub's client asks of one, on 127.0.0.1, with bytes counted.

It answers, as the Hub does (huggingface_hub 2.4.0, November 2026; without Xet):

    GET  /api/datasets/<repo>[/revision/<revision>]
    GET  /api/datasets/<repo>/tree/<revision>[/<folder>]?recursive=…      in pages, by `Link`
    POST /api/datasets/<repo>/paths-info/<revision>
    GET  /api/datasets/<repo>/commits/<revision>                          in pages, by `Link`
    HEAD, GET /datasets/<repo>/resolve/<revision>/<path>                  sent on to another host, with ranges

Files lie on another host (`localhost` here), as the Hub's lie on a CDN: a token that arrives there is a leak.

    python -m tests.loopback_dataset --weeks 10 --models 5000
"""

import argparse
import datetime as dt
import io
import json
import random
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pyarrow as pa
import pyarrow.parquet as pq

from tests.loopback import make_models
from tests.servers import run_server

WEEKLY_REPO = "hfmlsoc/hub_weekly_snapshots"
STATS_REPO = "cfahlgren1/hub-stats"
FIRST_WEEK = dt.date(2024, 7, 24)
COUNTER_SINCE = dt.date(2025, 2, 26)
BASE_MODELS_SINCE = dt.date(2025, 7, 2)
ROW_GROUP_ROWS = 1_000
_SAFETENSORS = pa.struct(
    [("parameters", pa.struct([("BF16", pa.int64()), ("F32", pa.int64())])), ("total", pa.int64())]
)
_BASE_MODELS = pa.struct(
    [("relation", pa.string()), ("models", pa.list_(pa.struct([("_id", pa.string()), ("id", pa.string())])))]
)
_TYPES: dict[str, pa.DataType] = {
    "_id": pa.string(),
    "id": pa.string(),
    "author": pa.string(),
    "cardData": pa.string(),
    "config": pa.string(),
    "createdAt": pa.timestamp("ms", tz="UTC"),
    "downloads": pa.int64(),
    "downloadsAllTime": pa.int64(),
    "likes": pa.int64(),
    "tags": pa.list_(pa.string()),
    "pipeline_tag": pa.string(),
    "library_name": pa.string(),
    "siblings": pa.list_(pa.string()),
    "safetensors": _SAFETENSORS,
    "baseModels": _BASE_MODELS,
}


@dataclass(frozen=True)
class Seen:
    """A request as it arrived, and the bytes of its answer's body."""

    method: str
    path: str
    host: str
    headers: Mapping[str, str]
    status: int
    sent_bytes: int


@dataclass
class LoopbackDataset:
    """A dataset repository and its log; `serve_dataset` runs it.

    Attributes:
        repo: its name, `owner/name`.
        revisions: the files of each revision, by path; `main` is the newest.
        commits: revision and time, newest first.
        page_rows: rows to a page of a list.
        cut: paths whose last half is missing on the disk behind the server: its answers are short.
        refused: paths answered with a status, each once and in order; with `cdn/` before it, by the host of the files.
        refused_lists: statuses of the lists, each once and in order.
        refusal: body and kind of those answers.
        odd: bodies and `Link` headers that lists are answered with, with status 200, each once and in order.
        ignores_ranges: whole files, whatever was asked for.
        requests: everything that was asked for.
        url: the address, once it runs.
    """

    repo: str
    revisions: dict[str, dict[str, bytes]]
    commits: list[tuple[str, dt.datetime]] = field(default_factory=list)
    page_rows: int = 1000
    cut: set[str] = field(default_factory=set)
    refused: dict[str, list[int]] = field(default_factory=dict)
    refused_lists: list[int] = field(default_factory=list)
    refusal: tuple[bytes, str] = (b'{"error":"later"}', "application/json")
    odd: list[tuple[bytes, str]] = field(default_factory=list)
    ignores_ranges: bool = False
    requests: list[Seen] = field(default_factory=list)
    url: str = ""

    def file_bytes(self) -> int:
        """Return the bytes of files that were sent."""
        return sum(seen.sent_bytes for seen in self.requests if seen.path.startswith("/cdn/"))

    def files_asked(self) -> list[str]:
        """Return the paths of files that were asked for, each once, in order."""
        paths = [seen.path for seen in self.requests if "/resolve/" in seen.path]
        return list(dict.fromkeys(path.partition("/resolve/")[2].partition("/")[2] for path in paths))

    def total_bytes(self) -> int:
        """Return the size of all files of the newest revision."""
        return sum(len(data) for data in self.revisions["main"].values())


@contextmanager
def serve_dataset(dataset: LoopbackDataset, port: int = 0) -> Iterator[LoopbackDataset]:
    """Run a dataset until the block ends; its address is `dataset.url`."""
    with run_server(type("Handler", (_Handler,), {"dataset": dataset}), port) as dataset.url:
        yield dataset


class _Handler(BaseHTTPRequestHandler):
    dataset: LoopbackDataset
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        """Keep the log in `dataset.requests`."""

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.headers.get("Content-Type", "").startswith("application/json"):
            paths = json.loads(body)["paths"]
        else:
            paths = parse_qs(body.decode())["paths"]
        revision = unquote(self.path.rpartition("/paths-info/")[2])
        files = self.dataset.revisions.get(revision, {})
        self.send_json([_describe(path, files[path]) for path in paths if path in files])

    def do_GET(self) -> None:
        target = urlsplit(self.path)
        api = f"/api/datasets/{self.dataset.repo}"
        if target.path.startswith("/cdn/") and self.dataset.refused.get(_bare(target.path)):
            self.send_refusal(self.dataset.refused[_bare(target.path)].pop(0))
        elif target.path.startswith(api) and self.dataset.refused_lists:
            self.send_refusal(self.dataset.refused_lists.pop(0))
        elif target.path.startswith(api) and self.dataset.odd:
            body, link = self.dataset.odd.pop(0)
            self.send_body(200, body, {"Link": link} if link else {})
        elif target.path.startswith("/cdn/"):
            self.send_file(target.path.removeprefix("/cdn/"))
        elif target.path.startswith(f"/datasets/{self.dataset.repo}/resolve/"):
            self.send_on(target.path.partition("/resolve/")[2])
        elif target.path == api or target.path.startswith(f"{api}/revision/"):
            self.send_repo(unquote(target.path.partition("/revision/")[2]) or "main")
        elif target.path.startswith(f"{api}/tree/"):
            self.send_tree(target.path.partition("/tree/")[2], parse_qs(target.query))
        elif target.path.startswith(f"{api}/commits/"):
            self.send_commits(parse_qs(target.query))
        else:
            # The Hub's answer to anonymous readers, for repositories that are not there or not theirs to see.
            self.send_body(401, b'{"error":"Repository not found"}', {"X-Error-Code": "RepoNotFound"})

    def send_repo(self, revision: str) -> None:
        """Tell that a revision is there."""
        if revision not in self.dataset.revisions:
            self.send_body(404, b'{"error":"Invalid rev id"}', {"X-Error-Code": "RevisionNotFound"})
            return
        self.send_json({"_id": "0" * 24, "id": self.dataset.repo, "sha": revision, "siblings": [], "private": False})

    def send_tree(self, rest: str, query: dict[str, list[str]]) -> None:
        """List the files, and the folders, of a revision."""
        revision, _, folder = rest.partition("/")
        files = self.dataset.revisions.get(unquote(revision))
        if files is None:
            self.send_body(404, b'{"error":"Invalid rev id"}', {"X-Error-Code": "RevisionNotFound"})
            return
        is_recursive = query.get("recursive", ["false"])[0].lower() == "true"
        self.send_page(_list_tree(files, unquote(folder), recursive=is_recursive), query)

    def send_commits(self, query: dict[str, list[str]]) -> None:
        """List the commits, newest first."""
        rows = [
            {"id": revision, "date": f"{time:%Y-%m-%dT%H:%M:%S}.000Z", "title": "Upload", "message": "", "authors": []}
            for revision, time in self.dataset.commits
        ]
        self.send_page(rows, query)

    def send_page(self, rows: list[dict[str, Any]], query: dict[str, list[str]]) -> None:
        """Send one page of a list, with a link to the next one."""
        start = int(query.get("cursor", ["0"])[0])
        stop = start + self.dataset.page_rows
        more = "&".join(f"{name}={value[0]}" for name, value in query.items() if name != "cursor")
        following = f"{self.dataset.url}{urlsplit(self.path).path}?{more}{'&' if more else ''}cursor={stop}"
        self.send_json(rows[start:stop], {"Link": f'<{following}>; rel="next"'} if stop < len(rows) else {})

    def send_on(self, rest: str) -> None:
        """Send the reader to the host that has the file."""
        revision, _, path = rest.partition("/")
        files = self.dataset.revisions.get(unquote(revision), {})
        statuses = self.dataset.refused.get(unquote(path))
        if statuses:
            self.send_refusal(statuses.pop(0))
        elif unquote(path) not in files:
            self.send_body(404, b'{"error":"Entry not found"}', {"X-Error-Code": "EntryNotFound"})
        else:
            port = urlsplit(self.dataset.url).port
            data = files[unquote(path)]
            headers = {
                "Location": f"http://localhost:{port}/cdn/{rest}",
                "X-Linked-Size": str(len(data)),
                "X-Linked-Etag": '"0"',
                "X-Repo-Commit": unquote(revision),
            }
            self.send_body(302, b"", headers)

    def send_file(self, rest: str) -> None:
        """Send a file, or the part that was asked for."""
        revision, _, path = rest.partition("/")
        data = self.dataset.revisions[unquote(revision)][unquote(path)]
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if asked is None or self.dataset.ignores_ranges:
            self.send_body(200, data, {"Accept-Ranges": "bytes"})
            return
        start, stop = int(asked[1]), min(int(asked[2]) + 1, len(data))
        part = data[start:stop]
        sent = part[: max(0, len(data) // 2 - start)] if unquote(path) in self.dataset.cut else part
        self.send_body(206, sent, {"Content-Range": f"bytes {start}-{stop - 1}/{len(data)}"}, len(part))

    def send_refusal(self, status: int) -> None:
        """Send an answer that is no success."""
        body, kind = self.dataset.refusal
        self.send_body(status, body, {"Content-Type": kind})

    def send_json(self, value: object, headers: dict[str, str] | None = None) -> None:
        """Send JSON."""
        self.send_body(200, json.dumps(value).encode(), {"Content-Type": "application/json", **(headers or {})})

    def send_body(self, status: int, body: bytes, headers: dict[str, str], length: int | None = None) -> None:
        """Send an answer and write it down; `length` is what it says its body's length is."""
        sent = b"" if self.command == "HEAD" else body
        given = {name.lower(): value for name, value in self.headers.items()}
        path = urlsplit(self.path).path
        host = given.get("host", "").partition(":")[0]
        self.dataset.requests.append(Seen(self.command, path, host, given, status, len(sent)))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("ratelimit", '"api";r=499;t=23')
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(sent)
        self.wfile.flush()
        if length is not None and length != len(body):
            self.close_connection = True


def make_weekly(
    weeks: int,
    models: int = 300,
    *,
    first: dt.date = FIRST_WEEK,
    card_bytes: int = 600,
    known: Sequence[str] = (),
) -> LoopbackDataset:
    """Make the weekly archive: growing columns, heavy ones that nobody needs, counts as of each week's last day.

    The oldest models get the ids in `known`.
    """
    rows = make_models(models)
    for row, name in zip(rows, known, strict=False):
        row |= {"id": name, "author": name.partition("/")[0]}
    folders = [first + dt.timedelta(days=7 * number) for number in range(weeks)]
    files = {
        f"models/{folder}/models.parquet": make_file(
            count_models(rows, folder + dt.timedelta(days=6)), folder, card_bytes=card_bytes
        )
        for folder in folders
    }
    return LoopbackDataset(WEEKLY_REPO, {"main": {"README.md": b"# Weekly\n", **files}})


def make_stats(days: list[dt.date], models: int = 300) -> LoopbackDataset:
    """Make the daily archive: two revisions a day, the later one with that day's counts."""
    rows = make_models(models)
    revisions: dict[str, dict[str, bytes]] = {}
    commits = []
    for day in days:
        for hour in (3, 21):
            revision = f"{day:%Y%m%d}{hour:02}".ljust(40, "0")
            counted = count_models(rows, day if hour == 21 else day - dt.timedelta(days=1))
            revisions[revision] = {"models.parquet": make_file(counted, day)}
            commits.append((revision, dt.datetime(day.year, day.month, day.day, hour, tzinfo=dt.UTC)))
    revisions["main"] = revisions[commits[-1][0]]
    return LoopbackDataset(STATS_REPO, revisions, commits[::-1])


def count_models(rows: list[dict[str, Any]], day: dt.date) -> list[dict[str, Any]]:
    """Return the models that exist at the end of a day, with their counts of that day.

    A model's rate is constant but for a little noise; the newest model is a minute old, as on the Hub.
    """
    end = dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC)
    chance = random.Random(day.toordinal())  # noqa: S311 - test data
    counted = []
    for number, row in enumerate(rows):
        created = dt.datetime.fromisoformat(row["createdAt"])
        noise = chance.randrange(30)
        if created > end:
            break
        rate = 40_000 // (number + 1)
        age = (end - created).days
        all_time = rate * age + noise
        counted.append({**row, "downloads": min(all_time, rate * 30 + noise), "downloadsAllTime": all_time})
    counted[-1] = {**counted[-1], "createdAt": f"{end - dt.timedelta(minutes=1):%Y-%m-%dT%H:%M:%S}.000Z"}
    return counted


def make_file(
    rows: list[dict[str, Any]], date: dt.date, *, card_bytes: int = 600, without: tuple[str, ...] = ()
) -> bytes:
    """Write rows as the archive's Parquet file of a date: its columns are those that the archive had then."""
    left_out = {*without}
    left_out |= {"downloadsAllTime"} if date < COUNTER_SINCE else set()
    left_out |= {"baseModels"} if date < BASE_MODELS_SINCE else set()
    names = [name for name in _TYPES if name not in left_out]
    chance = random.Random(1)  # noqa: S311 - test data
    heavy = {
        "cardData": lambda: json.dumps({"text": chance.randbytes(card_bytes).hex()}),
        "config": lambda: json.dumps({"text": chance.randbytes(card_bytes // 4).hex()}),
        "siblings": lambda: [chance.randbytes(12).hex() for _ in range(card_bytes // 100)],
    }
    columns = {name: pa.array([_fit(name, row, heavy) for row in rows], _TYPES[name]) for name in names}
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer, row_group_size=ROW_GROUP_ROWS)
    return buffer.getvalue()


def _fit(name: str, row: dict[str, Any], heavy: Mapping[str, Any]) -> Any:
    """Return a row's value for a column."""
    if name in heavy and name not in row:
        return heavy[name]()
    value = row.get(name)
    if name == "createdAt" and isinstance(value, str):
        return dt.datetime.fromisoformat(value)
    if name in {"safetensors", "baseModels"} and not isinstance(value, dict):
        return None
    return value


def _bare(path: str) -> str:
    """Return a path of the files' host as `cdn/<path>`, without its revision."""
    return "cdn/" + unquote(path.removeprefix("/cdn/").partition("/")[2])


def _describe(path: str, data: bytes) -> dict[str, Any]:
    return {"type": "file", "oid": "0" * 40, "size": len(data), "path": path}


def _list_tree(files: Mapping[str, bytes], folder: str, *, recursive: bool) -> list[dict[str, Any]]:
    prefix = f"{folder}/" if folder else ""
    inside = {path: data for path, data in sorted(files.items()) if path.startswith(prefix)}
    folders: dict[str, dict[str, Any]] = {}
    rows = []
    for path, data in inside.items():
        parts = path.removeprefix(prefix).split("/")
        deepest = len(parts) if recursive else min(len(parts), 2)
        for depth in range(1, deepest):
            name = prefix + "/".join(parts[:depth])
            folders.setdefault(name, {"type": "directory", "oid": "0" * 40, "size": 0, "path": name})
        if recursive or len(parts) == 1:
            rows.append(_describe(path, data))
    return [*folders.values(), *rows]


def main() -> None:
    """Serve a made-up weekly archive until the process is ended."""
    parser = argparse.ArgumentParser(description="Serve a made-up archive on 127.0.0.1.")
    parser.add_argument("--weeks", type=int, default=10)
    parser.add_argument("--models", type=int, default=5_000)
    parser.add_argument("--port", type=int, default=0)
    arguments = parser.parse_args()
    with serve_dataset(make_weekly(arguments.weeks, arguments.models), arguments.port) as dataset:
        print(dataset.url, flush=True)  # noqa: T201 - the address is what the caller waits for
        threading.Event().wait()


if __name__ == "__main__":
    main()
