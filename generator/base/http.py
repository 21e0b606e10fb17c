"""The one HTTP client: an answer is read whole, within its time and its size, and one loop asks again where that helps.

Why not a library of retries: how long to wait is said by the answer (seconds, or a window of requests), whoever waits
may refuse to, and in the tests nobody waits.
"""

import json
import math
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx2

from generator.base.settings import RATE_WINDOW_SECONDS, REQUEST_TIMEOUT_SECONDS

T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """One answer, read whole.

    Attributes:
        status: its status.
        headers: by name in small letters.
        link: address of the next page, None without one.
        body: its bytes.
        host: the host that answered, after redirects.
        had_token: a token was sent to that host.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    link: str | None = None
    body: bytes = b""
    host: str = ""
    had_token: bool = False

    @property
    def code(self) -> str:
        """The Hub's own word for the reason; empty where the answer is not the Hub's, or has none."""
        return self.headers.get("x-error-code", "")

    @property
    def beginning(self) -> str:
        """How its body begins, for a message."""
        return repr(self.body[:120].decode("utf-8", "replace"))

    def describe(self) -> str:
        """Say status, host, and whether a token was sent there."""
        code = f" ({self.code})" if self.code else ""
        return f"status {self.status}{code} from {self.host}, asked {'with' if self.had_token else 'without'} a token"

    def parse_rows(self) -> list[object]:
        """Parse a list.

        Raises:
            Transient: it is none.
        """
        try:
            rows = json.loads(self.body)
        except (ValueError, RecursionError):
            raise Transient(f"the answer is not JSON: it begins with {self.beginning}") from None
        if not isinstance(rows, list):
            raise Transient(f"the answer is not a list: it begins with {self.beginning}")
        return rows


class Transient(Exception):  # noqa: N818 - a reason to ask again, no error yet
    """One try failed.

    Attributes:
        wait_seconds: what the server asked for; None where it did not say.
        is_limit: it refuses because there were too many requests.
    """

    def __init__(self, reason: str, wait_seconds: float | None = None, *, is_limit: bool = False) -> None:
        super().__init__(reason)
        self.wait_seconds = wait_seconds
        self.is_limit = is_limit


def ask_until_answered(
    ask: Callable[[], T],
    pause: Callable[[float], None],
    *,
    tries: int,
    first_wait_seconds: float,
    give_up: Callable[[str], Exception],
) -> T:
    """Ask until there is an answer that counts; each wait is twice as long, or as long as the server says.

    A refusal for too many requests that names no time is waited out for a whole window, once.

    Args:
        ask: asks once; raises `Transient` where asking again can help.
        pause: waits so many seconds, or for less, or refuses to.
        tries: how often to ask at most.
        first_wait_seconds: the wait after the first failure.
        give_up: makes the error from the last reason.
    """
    reason, has_waited_window = "", False
    for attempt in range(tries):
        try:
            return ask()
        except Transient as failure:
            reason, wait = str(failure), failure.wait_seconds
            if wait is None and failure.is_limit and not has_waited_window:
                wait, has_waited_window = RATE_WINDOW_SECONDS, True
        if attempt + 1 < tries:
            pause(first_wait_seconds * 2.0**attempt if wait is None else wait)
    raise give_up(reason)


# Keeps connections open between requests.
Client = httpx2.Client


def open_client(*, with_proxy: bool = True) -> Client:
    """Open a client that ends a silence; with the environment's proxy, or without any."""
    return Client(timeout=REQUEST_TIMEOUT_SECONDS, trust_env=with_proxy)


def look_up(host: str, port: int) -> list[str]:
    """Return all addresses of a host.

    Raises:
        OSError: nobody knows it.
    """
    return sorted({str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)})


class TooLong(Transient):
    """An answer has more bytes than whoever asked takes; asking again brings no other."""


def request(
    method: str, url: str, *, client: Client | None = None, most_bytes: float = math.inf, **options: Any
) -> Answer:
    """Send one request, with options of the HTTP library, and read the answer.

    Args:
        method: of the request.
        url: where to.
        client: whose connections to use; without it each request has its own.
        most_bytes: of the answer, unpacked.
        options: of the HTTP library.

    Raises:
        Transient: there was no answer.
        TooLong: it is longer.
    """
    stream = client.stream if client else httpx2.stream
    with tell_failures(), stream(method, url, **options) as response:
        return read_answer(response, most_bytes)


def read_answer(
    response: httpx2.Response,
    most_bytes: float = math.inf,
    until: float = math.inf,
    count: Callable[[int], None] = lambda _: None,
) -> Answer:
    """Read the body of an answer, and tell `count` of its bytes as they come.

    Raises:
        TooLong: it is longer than `most_bytes`.
        Transient: it trickles on after the moment `until`, of `time.monotonic`.
    """
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        count(len(chunk))
        if len(body) > most_bytes or time.monotonic() > until:
            raise (TooLong if len(body) > most_bytes else Transient)(
                f"the answer was not complete after {len(body):,} bytes"
            )
    return describe_response(response, bytes(body))


def describe_response(response: httpx2.Response, body: bytes) -> Answer:
    """Return an answer whose body was read, or is of no interest."""
    link = response.links.get("next", {}).get("url")
    host, had_token = response.url.netloc.decode(), "authorization" in response.request.headers
    return Answer(response.status_code, dict(response.headers), link, body, host, had_token)


@contextmanager
def tell_failures() -> Iterator[None]:
    """Turn failures of a connection into reasons to ask again."""
    try:
        yield
    # A session that was closed raises a RuntimeError: it belongs to a try that was given up.
    except (httpx2.HTTPError, httpx2.StreamError, OSError, RuntimeError) as error:
        raise Transient(describe_failure(error)) from error


def describe_failure(error: Exception) -> str:
    """Return the first line of an error, behind its kind."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else 'no details'}"
