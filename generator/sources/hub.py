"""Read every public model from the Hub's list into a snapshot: the only module that touches the network.

The list is read newest first, by date of creation, which never changes: models created meanwhile stand before
the first page and are left to the next day, and no model can move from an unread page to a read one.

Why the client's session, headers and rate-limit parser, but not its `list_models` (huggingface_hub 2.4.0,
November 2026): that waits on a silent socket for ever, takes a page without `Link` or without rows for the
end of the list, loses the whole list over one malformed row, sends the token to whatever host a `Link` names,
and cannot go on after a failure. The loop of `hub_crawl` sees each page, its link and its rate limit.
"""

import datetime as dt
import json
import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

# The client's own HTTP library, installed with it: named here for its errors only.
import httpx2
from huggingface_hub import close_session, constants, get_session
from huggingface_hub.errors import OfflineModeIsEnabled
from huggingface_hub.utils._headers import build_hf_headers
from huggingface_hub.utils._http import RateLimitInfo, parse_ratelimit_headers

from generator import __version__
from generator.errors import FetchError
from generator.snapshot import SnapshotInfo
from generator.sources.hub_crawl import (
    DEFAULT_LIMITS,
    LIST_PATH,
    SYSTEM_CLOCK,
    BadRequest,
    Clock,
    Crawl,
    FetchProgress,
    FetchResult,
    Limits,
    Page,
    StartOver,
    Stop,
    Unanswered,
)
from generator.sources.hub_partial import open_work_folder

__all__ = ["Clock", "FetchProgress", "FetchResult", "Limits", "fetch_snapshot"]

# Otherwise the client's first request is `GET /api/agent-harnesses`. It reads this constant whenever it
# builds headers; the environment variable of that name counts only before the client's first import.
constants.HF_HUB_DISABLE_TELEMETRY = True

# A thousand rows are about a megabyte.
MAX_PAGE_BYTES: Final = 64_000_000
MAX_REDIRECTS: Final = 3


class _Transient(Exception):  # noqa: N818 - a reason to ask again, no error yet
    """One try failed; `wait_seconds` is what the Hub asked for, None where it did not say."""

    def __init__(self, reason: str, wait_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.wait_seconds = wait_seconds


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    link: str | None
    body: bytes


def fetch_snapshot(
    store: Path,
    date: dt.date,
    *,
    endpoint: str | None = None,
    token: str | None = None,
    previous: SnapshotInfo | None = None,
    report: Callable[[FetchProgress], None] = lambda _: None,
    clock: Clock = SYSTEM_CLOCK,
    limits: Limits = DEFAULT_LIMITS,
) -> FetchResult:
    """Read the Hub's list of models into the snapshot of a date, going on where an interrupted run stopped.

    Args:
        store: the folder of snapshots; unfinished work lies in its folder `partial`.
        date: the UTC date that the counts will belong to.
        endpoint: the Hub; None for the client's (`HF_ENDPOINT`, else https://huggingface.co).
        token: sent to the endpoint and to no other host; None for an anonymous crawl.
        previous: the last accepted snapshot; a whole-Hub one sets the least number of rows.
        report: called after each page and before each wait.
        clock: replaced in tests.
        limits: replaced in tests.

    Raises:
        FetchError: the list could not be read completely; no snapshot was written.
    """
    reader = Reader((endpoint or constants.ENDPOINT).rstrip("/"), token, limits, clock)
    with open_work_folder(store, date) as work:
        crawl = Crawl(work, reader, report, clock)
        try:
            crawl.run()
            crawl.check_counts(previous)
        except StartOver as stop:
            work.remove()
            raise FetchError(f"{stop} What was read is dropped: run the same command again to start over.") from stop
        except Stop as stop:
            raise FetchError(f"{stop} {crawl.next_step()}") from stop
        finally:
            crawl.save()
        return crawl.finish(store, date)


class Reader:
    """Asks one Hub for pages, again where that can help, and never asks another host."""

    def __init__(self, endpoint: str, token: str | None, limits: Limits, clock: Clock) -> None:
        self.endpoint = endpoint
        self.limits = limits
        self.clock = clock
        self.rate: RateLimitInfo | None = None
        self.before_wait: Callable[[float], None] = lambda _: None
        self._end = clock.monotonic() + limits.max_seconds
        self._base = _split_endpoint(endpoint)
        self._headers = build_hf_headers(
            token=_check_token(token) or False, library_name="open-model-share", library_version=__version__
        )

    def read(self, path: str, tries: int | None = None) -> Page:
        """Read one page of the list.

        Raises:
            Stop: asking again cannot help, or did not.
        """
        allowed = tries or self.limits.max_tries
        for attempt in range(1, allowed + 1):
            self._await_window()
            try:
                return self._try(path)
            except _Transient as failure:
                reason = str(failure)
                if attempt < allowed:
                    self._pause(self._wait_after(failure, attempt))
        raise Unanswered(f"{self.name(path)} was asked for {allowed} times without success; the last time: {reason}.")

    def name(self, path: str) -> str:
        """Name a page in a message: its address, cut before the cursor, which says nothing to a reader."""
        return f"{self._base.scheme}://{self._base.netloc.rpartition('@')[2]}{path.partition('?')[0]}"

    def list_path(self, expand: tuple[str, ...], rows: int, cursor: str | None = None) -> str:
        """Return path and query of a page: the first one, or the one after a cursor."""
        query = [("sort", "createdAt"), ("limit", str(rows)), *(("expand", name) for name in expand)]
        query += [("cursor", cursor)] if cursor else []
        return f"{self._base.path}{LIST_PATH}?{urlencode(query)}"

    def _try(self, path: str, redirects: int = 0) -> Page:
        answer = self._receive(path)
        self.rate = parse_ratelimit_headers(answer.headers)
        if answer.status in (301, 302, 303, 307, 308) and redirects < MAX_REDIRECTS:
            return self._try(self._own_path(path, answer.headers.get("location", "")), redirects + 1)
        self._check_status(answer, path)
        next_path = self._own_path(path, answer.link) if answer.link is not None else None
        return Page(path, _parse_page(answer.body), next_path)

    def _check_status(self, answer: _Answer, path: str) -> None:
        status = answer.status
        if status == 200:
            return
        if status in (408, 429) or status >= 500:
            raise _Transient(f"status {status}", self._asked_wait(answer))
        if status == 400:
            raise BadRequest(f"{self.name(path)} answered 400 to the request for its list: {_quote(answer.body)}.")
        if status in (401, 403):
            raise Stop(
                f"{self.name(path)} answered {status}: it does not accept the token that was sent. The list "
                "of public models needs none: correct HF_TOKEN, or remove it."
            )
        raise Stop(f"{self.name(path)} answered with status {status} where 200 was expected: {_quote(answer.body)}.")

    def _asked_wait(self, answer: _Answer) -> float | None:
        """Return the seconds that the Hub asks to wait: its window's on a 429, else its `Retry-After`."""
        if answer.status == 429 and self.rate is not None:
            return self.rate.reset_in_seconds + 1.0
        asked = answer.headers.get("retry-after", "")
        return float(asked) if asked.isascii() and asked.isdigit() else None

    def _wait_after(self, failure: _Transient, attempt: int) -> float:
        doubled = self.limits.first_wait_seconds * 2.0 ** (attempt - 1)
        return doubled if failure.wait_seconds is None else failure.wait_seconds

    def _await_window(self) -> None:
        """Wait for the Hub's next window where this one has no requests left, ahead of the refusal."""
        if self.rate is not None and self.rate.remaining == 0:
            self._pause(self.rate.reset_in_seconds + 1.0)

    def _pause(self, seconds: float) -> None:
        capped = min(seconds, self.limits.max_wait_seconds)
        if capped >= self._left():
            raise Stop(
                f"The Hub asks to wait {capped:,.0f} seconds, and of the {self.limits.max_seconds:,.0f} that reading "
                f"its list may take {max(self._left(), 0.0):,.0f} are left: nothing was waited for."
            )
        self.before_wait(capped)
        self.rate = None
        self.clock.sleep(capped)

    def _left(self) -> float:
        """Return the seconds left of the reading's budget."""
        return self._end - self.clock.monotonic()

    def _own_path(self, path: str, link: str) -> str:
        """Return path and query of a link to another page of the same list.

        Raises:
            Stop: the link names another host, port, scheme or path; the token must not go there.
        """
        target = _split_link(link, f"{self._base.scheme}://{self._base.netloc}{path}")
        if target is None or _origin(target) != _origin(self._base) or target.path != self._base.path + LIST_PATH:
            raise Stop(
                f"{self.name(path)} points to {link[:200]!r} as its continuation. Only "
                f"{self.endpoint}{LIST_PATH} is read and gets the token: nothing was sent elsewhere. "
                "If the Hub has moved, set HF_ENDPOINT."
            )
        return f"{target.path}?{target.query}"

    def _receive(self, path: str) -> _Answer:
        """Ask once, and give up after `page_seconds`, or when the reading's budget is spent.

        The request runs in a thread of its own: name resolution, and headers or a body that trickle, escape
        the client's timeouts, which count silences only.
        """
        seconds = min(self.limits.page_seconds, self._left())
        if seconds <= 0:
            raise Stop(f"Reading the Hub's list takes longer than {self.limits.max_seconds:,.0f} seconds.")
        outcome: queue.SimpleQueue[_Answer | Exception] = queue.SimpleQueue()
        url = f"{self._base.scheme}://{self._base.netloc}{path}"
        threading.Thread(target=self._receive_into, args=(url, outcome), daemon=True).start()
        try:
            return _unwrap(outcome.get(timeout=seconds))
        except queue.Empty:
            close_session()  # ends the thread's connection; the next try opens its own
            raise _Transient(f"no complete answer within {seconds:.3g} seconds") from None

    def _receive_into(self, url: str, outcome: "queue.SimpleQueue[_Answer | Exception]") -> None:
        try:
            outcome.put(_stream(url, self._headers, self.limits))
        except Exception as error:  # noqa: BLE001 - handed over to the thread that waits
            outcome.put(error)


def _stream(url: str, headers: Mapping[str, str], limits: Limits) -> _Answer:
    """Read one answer whole, with the client's session."""
    give_up = time.monotonic() + limits.page_seconds
    body = bytearray()
    with get_session().stream(
        "GET", url, headers=dict(headers), timeout=limits.request_seconds, follow_redirects=False
    ) as response:
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > MAX_PAGE_BYTES or time.monotonic() > give_up:
                raise _Transient(f"the answer was not complete after {len(body):,} bytes")
        link = response.links.get("next", {}).get("url")
        return _Answer(response.status_code, dict(response.headers), link, bytes(body))


def _unwrap(outcome: _Answer | Exception) -> _Answer:
    """Return an answer, or raise what came instead of it."""
    if isinstance(outcome, _Answer):
        return outcome
    if isinstance(outcome, OfflineModeIsEnabled):
        raise Stop("The client is set to work offline: remove HF_HUB_OFFLINE from the environment.") from outcome
    # A closed session raises a RuntimeError: it belongs to a try that was given up.
    if isinstance(outcome, httpx2.HTTPError | httpx2.StreamError | OSError | RuntimeError):
        raise _Transient(f"{type(outcome).__name__}: {outcome or 'no details'}") from outcome
    raise outcome


def _parse_page(body: bytes) -> list[object]:
    try:
        rows = json.loads(body)
    except (ValueError, RecursionError):
        raise _Transient(f"the answer is not JSON: it begins with {_quote(body)}") from None
    if not isinstance(rows, list):
        raise _Transient(f"the answer is not a list of models: it begins with {_quote(body)}")
    return rows


def _quote(body: bytes) -> str:
    return repr(body[:120].decode("utf-8", "replace"))


def _check_token(token: str | None) -> str | None:
    """Return the token without the line end that files and secrets bring along.

    Raises:
        FetchError: it holds characters that no token has, and that an error message would spell out.
    """
    stripped = token.strip() if token else None
    if stripped and not (stripped.isascii() and stripped.isprintable() and " " not in stripped):
        raise FetchError(
            "The Hub token holds spaces or characters outside ASCII; a token looks like hf_… and has none. "
            "Copy it again from https://huggingface.co/settings/tokens, or remove HF_TOKEN."
        )
    return stripped or None


def _split_endpoint(endpoint: str) -> SplitResult:
    parts = _split_link(endpoint)
    if parts is None:
        raise FetchError(
            f"The Hub's address {endpoint!r} is not one: something like https://huggingface.co was expected. "
            "Correct HF_ENDPOINT, or remove it."
        )
    return parts


def _split_link(link: str, page: str = "") -> SplitResult | None:
    """Split a web address, or one relative to a page's; return None where it is not one."""
    try:
        parts = urlsplit(urljoin(page, link))
        is_address = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return None
    return parts if is_address else None


def _origin(parts: SplitResult) -> tuple[str, str | None, int]:
    return parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
