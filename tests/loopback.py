"""A Hub on this machine: the model list's protocol on 127.0.0.1, with faults on demand.

It answers `GET /api/models?sort=createdAt&limit=…&expand=…&cursor=…` as the Hub does (November 2026): newest
first, at most 1,000 rows to a page, `direction` ignored, a keyset cursor as base64 JSON in an absolute link,
rate-limit headers on every answer, 400 for fields that the list refuses. Everything else is 404, and logged.

    python -m tests.loopback --models 200000 --port 8000
"""

import argparse
import base64
import datetime as dt
import json
import random
import socket
import struct
import subprocess
import threading
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.servers import run_server

MAX_LIMIT = 1000
REFUSED_FIELDS = frozenset({"usedStorage", "childrenModelCount"})
ALWAYS = 10**9
# The Hub began to store dates of creation in this second; every older model carries it.
OLDEST_SECONDS = 1646263744
NEWEST_SECONDS = 1795132800  # 2026-11-20
# The fraction of a made-up Hub's models that date from the oldest second.
OLDEST_SHARE = 0.02

_AUTHORS = (
    "Qwen", "deepseek-ai", "meta-llama", "google", "mistralai", "microsoft", "nvidia", "openai", "unsloth",
    "mradermacher", "bartowski", "TheBloke", "sentence-transformers", "zai-org", "LGAI-EXAONE", "CohereLabs",
)  # fmt: skip
_FAMILIES = (
    "Qwen3",
    "Llama-3.1",
    "gemma-3",
    "Mistral",
    "DeepSeek-V3",
    "phi-4",
    "bert-base",
    "whisper",
    "SmolLM3",
)
_TASKS = ("text-generation", "image-text-to-text", "feature-extraction", "automatic-speech-recognition", None)
_LIBRARIES = ("transformers", "diffusers", "peft", "gguf", "mlx", None)
_LICENSES = ("apache-2.0", "mit", "other", "llama3.1", "gemma", "cc-by-4.0", None)
_RELATIONS = ("quantized", "finetune", "adapter", "merge")
_SIZES = (0.5, 1, 3, 7, 8, 14, 32, 70, 235)
# Values that the real list has been seen to hold, or might.
_ODD_VALUES: tuple[dict[str, Any], ...] = (
    {"downloads": None, "downloadsAllTime": None},
    {"safetensors": {"parameters": {"BF16": 1_000_000}}},
    {"safetensors": []},
    {"gated": None, "likes": None},
    {"tags": None},
    {"createdAt_extra": "x", "library_name": ""},
    {
        "baseModels": {
            "relation": "finetune",
            "models": [{"_id": "0" * 24, "id": "google-bert/bert-base-uncased"}],
        }
    },
)


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong with one page.

    Attributes:
        kind: `status`, `reset`, `short`, `silent`, `trickle`, `html`, `broken`, `object`, `no_link`, `half`
            (half a page, no link), `empty` (link kept), `empty_end` (no link), `endless` (links to itself),
            `circle` (the page's own rows under ever new cursors), `repeat` (the page before), `link_to`,
            `redirect_to`, `trickle_headers`, `rows` (the page's rows, changed), `raw` (a body and headers as given).
        page: the page, from 1; a request for a position within it counts as one for it.
        times: how many requests for this page it hits, the first ones.
        status: for `status` and `raw`.
        wait: seconds in the rate limit's `t` of a 429; None for an answer without that header.
        target: for `link_to` and `redirect_to`: the start of the other address.
        skip: requests for this page that it lets pass before its first hit.
        change: for `rows`: what it makes of the page's rows.
        body: for `raw`.
        headers: for `status` and `raw`: further headers, or others in place of the usual ones.
    """

    kind: str
    page: int
    times: int = 1
    status: int = 503
    wait: int | None = None
    target: str = ""
    skip: int = 0
    change: Callable[[list[Any]], list[Any]] | None = None
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Request:
    """One request as it arrived; `page` is 0 for anything but the model list."""

    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    page: int


@dataclass
class LoopbackHub:
    """A Hub and its log; `serve` runs it.

    Attributes:
        models: raw rows.
        page_rows: the largest page; smaller than the Hub's in tests of few models.
        refuses: fields answered with 400.
        budget: requests to a window; None for no limit.
        faults: what goes wrong.
        requests: everything that was asked for.
        follows_any_cursor: False: a cursor that this Hub did not write itself is answered with 400.
        url: the address, once it runs.
    """

    models: list[dict[str, Any]]
    page_rows: int = MAX_LIMIT
    refuses: frozenset[str] = REFUSED_FIELDS
    budget: int | None = None
    faults: list[Fault] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    follows_any_cursor: bool = True
    url: str = ""

    def __post_init__(self) -> None:
        """Sort the models and start counting."""
        self._lock = threading.Lock()
        self._hits: Counter[Fault] = Counter()
        self._used = 0
        self.stopped = threading.Event()
        self.publish([])

    def publish(self, models: list[dict[str, Any]]) -> None:
        """Add models to the list."""
        merged = sorted([*self.models, *models], key=_sort_key)
        with self._lock:
            self.models, self._keys = merged, [_sort_key(model) for model in merged]

    def renew_window(self) -> None:
        """Begin a new rate-limit window."""
        self._used = 0

    def pages_asked(self) -> list[int]:
        """Return the pages of the list that were asked for whole, in order."""
        return [seen.page for seen in self.requests if seen.page and seen.query["limit"] != ["10"]]

    def wait_for_page(self, page: int, process: subprocess.Popen[Any]) -> None:
        """Wait until a process has asked for a page, however long that takes it."""
        while page not in self.pages_asked():
            assert process.poll() is None, f"page {page} was not asked for"
            time.sleep(0.005)

    def page_of(self, query: dict[str, list[str]]) -> int:
        """Return the number of the page that a query asks for."""
        return self._start(query) // self.page_rows + 1

    def note(self, request: Request) -> Fault | None:
        """Write a request down and return the fault that it meets."""
        with self._lock:
            self.requests.append(request)
            self._used += 1
            for fault in self.faults:
                if fault.page == request.page:
                    self._hits[fault] += 1
                    if fault.skip < self._hits[fault] <= fault.skip + fault.times:
                        return fault
        return None

    def rate_headers(self) -> dict[str, str]:
        """Return the rate-limit headers after the requests of this window."""
        limit = self.budget or 500
        left = max(0, limit - self._used) if self.budget else 499
        return {
            "ratelimit": f'"api";r={left};t=23',
            "ratelimit-policy": f'"fixed window";"api";q={limit};w=300',
        }

    def is_spent(self) -> bool:
        """Tell whether this window has no requests left for the one that just came."""
        return self.budget is not None and self._used > self.budget

    def refused_field(self, query: dict[str, list[str]]) -> str | None:
        """Return the first field that the list does not give."""
        return next((name for name in query.get("expand", []) if name in self.refuses), None)

    def is_foreign(self, query: dict[str, list[str]]) -> bool:
        """Tell whether a cursor is one that this Hub will not follow: it writes its own without spaces."""
        cursor = base64.b64decode(query.get("cursor", [""])[0])
        return b" " in cursor and not self.follows_any_cursor

    def read_page(self, query: dict[str, list[str]], shift: int = 0) -> tuple[list[dict[str, Any]], str | None]:
        """Return a page's rows, and the query of the next page; `shift` moves the page by so many rows."""
        start = max(0, self._start(query) + shift)
        end = start + min(int(query.get("limit", ["1000"])[0]), self.page_rows)
        names = {"_id", "id", *query.get("expand", [])}
        rows = [{name: model[name] for name in model if name in names} for model in self.models[start:end]]
        return rows, self._next_query(query, self.models[end - 1]) if end < len(self.models) else None

    def _next_query(self, query: dict[str, list[str]], last: dict[str, Any]) -> str:
        return urlencode({**query, "cursor": [_make_cursor(last)]}, doseq=True)

    def _start(self, query: dict[str, list[str]]) -> int:
        if "cursor" not in query:
            return 0
        return bisect_right(self._keys, _read_cursor(query["cursor"][0]))


def make_models(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Make rows that look like the Hub's; the same arguments give the same rows.

    Downloads are skewed, a fifth of the models derive from an earlier one, some values are null or odd, and
    one in fifty dates from the oldest second.
    """
    chance = random.Random(seed)  # noqa: S311 - test data
    models: list[dict[str, Any]] = []
    for number in range(count):
        base = chance.choice(models)["id"] if models and chance.random() < 0.2 else None
        models.append(_make_model(chance, number, _created_seconds(number, count), base))
    return models


def add_tags(model: dict[str, Any], tags: int = 11, characters: int = 160) -> dict[str, Any]:
    """Return a row with as many tags as a real one: eleven, in JSON 200 bytes with quotation marks and commas."""
    own = list(model["tags"] or ())
    missing, rest = tags - len(own), characters - sum(map(len, own))
    if missing <= 0:
        return model
    return {**model, "tags": [*own, *(_fill_tag(number, max(rest // missing, 9)) for number in range(missing))]}


@lru_cache(maxsize=10_000)
def _fill_tag(number: int, characters: int) -> str:
    return f"dataset:{number}".ljust(characters, "x")


@contextmanager
def serve(hub: LoopbackHub, port: int = 0) -> Iterator[LoopbackHub]:
    """Run a Hub until the block ends; its address is `hub.url`."""
    with run_server(type("Handler", (_Handler,), {"hub": hub}), port) as hub.url:
        try:
            yield hub
        finally:
            hub.stopped.set()


class _Handler(BaseHTTPRequestHandler):
    hub: LoopbackHub
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body are two packets; the second must not wait for the first

    def log_message(self, *_: object) -> None:
        """Keep the log in `hub.requests`."""

    def do_GET(self) -> None:
        target = urlsplit(self.path)
        query = parse_qs(target.query)
        is_list = target.path == "/api/models"
        page = self.hub.page_of(query) if is_list else 0
        headers = {name.lower(): value for name, value in self.headers.items()}
        fault = self.hub.note(Request(target.path, query, headers, page))
        if fault is not None and not self.hub.is_foreign(query):
            _FAULTS[fault.kind](self, fault, query)
        elif self.hub.is_spent():
            self.send(429, b'{"error":"We had to rate limit you."}')
        elif not is_list:
            self.send(404, b'{"error":"not found"}')
        else:
            self.send_list(query)

    def send_list(self, query: dict[str, list[str]]) -> None:
        """Answer a request for a page of the list as the Hub does."""
        refused = self.hub.refused_field(query)
        if refused is not None or self.hub.is_foreign(query):
            self.send(400, json.dumps({"error": f"Invalid option: {refused or 'cursor'}"}).encode())
            return
        self.send_rows(*self.hub.read_page(query))

    def send_rows(self, rows: list[dict[str, Any]], next_query: str | None, base: str | None = None) -> None:
        """Send rows, with a link where a query for the next page is given."""
        link = f'<{base or self.hub.url + "/api/models"}?{next_query}>; rel="next"'
        self.send(200, json.dumps(rows).encode(), {"Link": link} if next_query else {})

    def send(self, status: int, body: bytes, headers: dict[str, str] | None = None, length: int | None = None) -> None:
        """Send an answer; `length` is what it says its body's length is."""
        self.send_response(status)
        named = {
            "Content-Type": "application/json; charset=utf-8",
            **self.hub.rate_headers(),
            **(headers or {}),
        }
        for name, value in named.items():
            if value:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def hang_up(self) -> None:
        """Close the connection after this answer."""
        self.close_connection = True


def _fail_status(handler: _Handler, fault: Fault, _: dict[str, list[str]]) -> None:
    rate = "" if fault.wait is None else f'"api";r=0;t={fault.wait}'
    named = {"ratelimit": rate} if fault.status == 429 else {}
    handler.send(fault.status, b'{"error":"later"}', named | dict(fault.headers))


def _fail_reset(handler: _Handler, _: Fault, __: dict[str, list[str]]) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.hang_up()


def _fail_short(handler: _Handler, _: Fault, query: dict[str, list[str]]) -> None:
    body = json.dumps(handler.hub.read_page(query)[0]).encode()
    handler.send(200, body[: len(body) // 2], length=len(body))
    handler.hang_up()


def _fail_silent(handler: _Handler, _: Fault, __: dict[str, list[str]]) -> None:
    handler.hub.stopped.wait(60)
    handler.hang_up()


def _fail_trickle(handler: _Handler, _: Fault, __: dict[str, list[str]]) -> None:
    handler.send(200, b"[", length=1_000_000)
    while not handler.hub.stopped.wait(0.05):
        handler.wfile.write(b" ")
        handler.wfile.flush()


def _fail_trickle_headers(handler: _Handler, _: Fault, __: dict[str, list[str]]) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    handler.wfile.flush()
    while not handler.hub.stopped.wait(0.05):
        handler.wfile.write(b"a")
        handler.wfile.flush()


def _fail_html(handler: _Handler, _: Fault, __: dict[str, list[str]]) -> None:
    handler.send(200, b"<!doctype html><title>Just a moment</title>", {"Content-Type": "text/html"})


def _fail_broken(handler: _Handler, _: Fault, query: dict[str, list[str]]) -> None:
    handler.send(200, json.dumps(handler.hub.read_page(query)[0]).encode()[:-20])


def _fail_object(handler: _Handler, _: Fault, __: dict[str, list[str]]) -> None:
    handler.send(200, b'{"error":"Internal Error - We are working hard to fix this as soon as possible!"}')


def _fail_no_link(handler: _Handler, _: Fault, query: dict[str, list[str]]) -> None:
    handler.send_rows(handler.hub.read_page(query)[0], None)


def _fail_half(handler: _Handler, _: Fault, query: dict[str, list[str]]) -> None:
    rows = handler.hub.read_page(query)[0]
    handler.send_rows(rows[: len(rows) // 2], None)


def _fail_empty(handler: _Handler, fault: Fault, query: dict[str, list[str]]) -> None:
    next_query = handler.hub.read_page(query)[1]
    handler.send_rows([], next_query if fault.kind == "empty" else None)


def _fail_endless(handler: _Handler, _: Fault, query: dict[str, list[str]]) -> None:
    handler.send_rows(handler.hub.read_page(query)[0], urlencode(query, doseq=True))


def _fail_circle(handler: _Handler, _: Fault, query: dict[str, list[str]]) -> None:
    turn = int(query.get("turn", ["0"])[0]) + 1
    handler.send_rows(handler.hub.read_page(query)[0], urlencode({**query, "turn": [str(turn)]}, doseq=True))


def _fail_repeat(handler: _Handler, _: Fault, query: dict[str, list[str]]) -> None:
    rows = handler.hub.read_page(query, shift=-handler.hub.page_rows)[0]
    handler.send_rows(rows, handler.hub.read_page(query)[1])


def _fail_link_to(handler: _Handler, fault: Fault, query: dict[str, list[str]]) -> None:
    rows, next_query = handler.hub.read_page(query)
    handler.send_rows(rows, next_query, base=fault.target)


def _fail_redirect_to(handler: _Handler, fault: Fault, query: dict[str, list[str]]) -> None:
    handler.send(307, b"", {"Location": f"{fault.target}?{urlencode(query, doseq=True)}"})


def _fail_rows(handler: _Handler, fault: Fault, query: dict[str, list[str]]) -> None:
    rows, next_query = handler.hub.read_page(query)
    handler.send_rows(fault.change(rows) if fault.change else rows, next_query)


def _fail_raw(handler: _Handler, fault: Fault, _: dict[str, list[str]]) -> None:
    handler.send(fault.status, fault.body, dict(fault.headers))


_FAULTS: dict[str, Callable[[_Handler, Fault, dict[str, list[str]]], None]] = {
    "status": _fail_status,
    "reset": _fail_reset,
    "short": _fail_short,
    "silent": _fail_silent,
    "trickle": _fail_trickle,
    "trickle_headers": _fail_trickle_headers,
    "html": _fail_html,
    "broken": _fail_broken,
    "object": _fail_object,
    "no_link": _fail_no_link,
    "half": _fail_half,
    "empty": _fail_empty,
    "empty_end": _fail_empty,
    "endless": _fail_endless,
    "circle": _fail_circle,
    "repeat": _fail_repeat,
    "link_to": _fail_link_to,
    "redirect_to": _fail_redirect_to,
    "rows": _fail_rows,
    "raw": _fail_raw,
}


def _created_seconds(number: int, count: int) -> int:
    """Return when a model was made: the first ones in the oldest second, the rest evenly up to the newest."""
    oldest_share = max(OLDEST_SHARE, 1 / count)
    after_oldest = max(0.0, (number + 1) / count - oldest_share) / (1 - oldest_share or 1)
    return OLDEST_SECONDS + int(after_oldest * (NEWEST_SECONDS - OLDEST_SECONDS))


def _make_model(chance: random.Random, number: int, seconds: int, base: str | None) -> dict[str, Any]:
    downloads = int(chance.paretovariate(0.6)) - 1 if chance.random() < 0.35 else 0
    task, library = chance.choice(_TASKS), chance.choice(_LIBRARIES)
    model = {
        "_id": f"{seconds:08x}{chance.getrandbits(32):08x}{number:08x}",
        "createdAt": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(seconds)),
        "downloads": downloads,
        "downloadsAllTime": downloads * chance.randint(1, 20),
        "likes": downloads // 500,
        "private": False,
        "disabled": False,
        "gated": chance.choice((False, False, False, False, "auto", "manual")),
        "tags": _make_tags(chance, task, library, base),
        **_make_name(chance, number),
        **({"pipeline_tag": task} if task else {}),
        **({"library_name": library} if library else {}),
        **({"safetensors": _make_weights(chance)} if chance.random() < 0.23 else {}),
    }
    return {**model, **(chance.choice(_ODD_VALUES) if chance.random() < 0.02 else {})}


def _make_name(chance: random.Random, number: int) -> dict[str, str]:
    name = f"{chance.choice(_FAMILIES)}-{chance.choice(_SIZES)}B-{number}"
    if chance.random() < 0.01:
        return {"id": name}
    author = chance.choice(_AUTHORS) if chance.random() < 0.3 else f"user{chance.randrange(1 + number // 3)}"
    return {"id": f"{author}/{name}", "author": author}


def _make_tags(chance: random.Random, task: str | None, library: str | None, base: str | None) -> list[str]:
    license_name = chance.choice(_LICENSES)
    derived = [f"base_model:{base}", f"base_model:{chance.choice(_RELATIONS)}:{base}"] if base else []
    named = [library, "safetensors", task, chance.choice(("en", "zh", "multilingual", None)), *derived]
    named += [f"license:{license_name}" if license_name else None, "endpoints_compatible", "region:us"]
    return [tag for tag in named if tag]


def _make_weights(chance: random.Random) -> dict[str, Any]:
    total = int(chance.choice(_SIZES) * 1e9) + chance.randrange(10**6)
    return {"parameters": {"BF16": total}, "total": total}


def _sort_key(model: dict[str, Any]) -> tuple[float, str]:
    """Return the list's order: newest first; within a second by `_id`."""
    return -_seconds(model["createdAt"]), model["_id"]


def _seconds(created: str) -> float:
    return dt.datetime.fromisoformat(created).timestamp()


def _make_cursor(last: dict[str, Any]) -> str:
    created = last["createdAt"]
    steps = [
        {"createdAt": created, "_id": {"$gt": last["_id"]}},
        {"createdAt": {"$lt": created}},
        {"createdAt": None},
    ]
    return base64.b64encode(json.dumps({"$or": steps}, separators=(",", ":")).encode()).decode()


def _read_cursor(cursor: str) -> tuple[float, str]:
    """Return the sort key after which a cursor goes on; one without an `_id` begins after its second."""
    steps = json.loads(base64.b64decode(cursor))["$or"]
    if "_id" in steps[0]:
        return -_seconds(steps[0]["createdAt"]), steps[0]["_id"]["$gt"]
    return -_seconds(steps[0]["createdAt"]["$lt"]), "~"


def main() -> None:
    """Serve made-up models until the process is ended."""
    parser = argparse.ArgumentParser(description="Serve a made-up Hub on 127.0.0.1.")
    parser.add_argument("--models", type=int, default=50_000)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with serve(LoopbackHub(make_models(arguments.models, arguments.seed)), arguments.port) as hub:
        print(hub.url, flush=True)  # noqa: T201 - the address is what the caller waits for
        threading.Event().wait()


if __name__ == "__main__":
    main()
