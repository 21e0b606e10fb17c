"""Asks the Hub for pages of its list of models, one at a time, again where that can help.

Why the client's session, headers and rate-limit parser, but not its `list_models` (huggingface_hub 2.4.0,
November 2026): that waits on a silent socket for ever, takes a page without `Link` or without rows for the
end of the list, loses the whole list over one malformed row, sends the token to whatever host a `Link` names,
and cannot go on after a failure. The crawl sees each page, its link and its rate limit.
"""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

from huggingface_hub import close_session, constants
from huggingface_hub.utils import RateLimitInfo, parse_ratelimit_headers

from generator.base.errors import FetchError
from generator.base.http import Answer, Transient, ask_until_answered
from generator.base.hub import make_transient, receive
from generator.base.settings import (
    MAX_CRAWL_SECONDS,
    MAX_CRAWL_SPAN_SECONDS,
    MAX_PAGES,
    MAX_TRIES,
    MAX_WAIT_SECONDS,
    PAGE_ROWS,
    REQUEST_TIMEOUT_SECONDS,
)
from generator.sources.answers import Meaning, Place, advise_elsewhere, judge

LIST_PATH: Final = "/api/models"
# A thousand rows are about a megabyte.
MAX_PAGE_BYTES: Final = 64_000_000
MAX_REDIRECTS: Final = 3


@dataclass(frozen=True)
class Clock:
    """What the crawl knows of time: seconds that only go forward, and a way to wait."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Limits:
    """How long and how often the crawl asks; the defaults are the settings.

    Attributes:
        page_rows: rows to a page.
        request_seconds: the longest silence of a connection.
        page_seconds: the longest time for one answer, however steadily it trickles.
        first_wait_seconds: wait after the first failed try; each further one is twice as long.
        max_wait_seconds: the longest single wait.
        max_tries: tries for one page, the first one included.
        max_pages: pages after which the list is taken to be endless.
        max_seconds: the longest reading of the list, waits included.
        max_span_seconds: the longest time from the first page to the last one, interruptions included.
    """

    page_rows: int = PAGE_ROWS
    request_seconds: float = REQUEST_TIMEOUT_SECONDS
    page_seconds: float = 3 * REQUEST_TIMEOUT_SECONDS
    first_wait_seconds: float = 2.0
    max_wait_seconds: float = MAX_WAIT_SECONDS
    max_tries: int = MAX_TRIES
    max_pages: int = MAX_PAGES
    max_seconds: float = MAX_CRAWL_SECONDS
    max_span_seconds: float = MAX_CRAWL_SPAN_SECONDS


SYSTEM_CLOCK: Final = Clock()
DEFAULT_LIMITS: Final = Limits()


class Stop(Exception):  # noqa: N818 - becomes a FetchError, with the next step, at the one place that knows it
    """The crawl cannot go on; the message says what was found where, and what was expected."""


class StartOver(Stop):
    """What was read cannot be part of a good snapshot."""


class Unanswered(Stop):
    """All tries for a page failed."""


class BadRequest(Stop):
    """The Hub refused the request itself (400)."""


@dataclass(frozen=True)
class Page:
    """One answer of the list: where it stands, its raw rows, and path and query of the next page."""

    path: str
    rows: list[object]
    next_path: str | None


@dataclass(frozen=True)
class _Request:
    """A request under way: what it asks for, since when, and where its outcome will stand."""

    path: str
    since: float = field(default_factory=time.monotonic)
    outcome: "queue.SimpleQueue[Answer | Exception]" = field(default_factory=queue.SimpleQueue)


class Reader:
    """Asks one Hub for pages, again where that can help, and never asks another host.

    One request may be under way ahead: the crawl parses a page while the Hub prepares the next.

    Attributes:
        warnings: what a person should know of a reading that goes on, a sentence each.
    """

    def __init__(self, endpoint: str | None, token: str | None, limits: Limits, clock: Clock) -> None:
        self.endpoint = (endpoint or constants.ENDPOINT).rstrip("/")
        self.limits = limits
        self.clock = clock
        self.rate: RateLimitInfo | None = None
        self.before_wait: Callable[[float], None] = lambda _: None
        self.warnings: list[str] = []
        self._has_answered = False
        self._ahead: _Request | None = None
        self._end = clock.monotonic() + limits.max_seconds
        self._base = _split_endpoint(self.endpoint)
        self._token = _check_token(token)

    def read(self, path: str, tries: int | None = None) -> Page:
        """Read one page of the list.

        Raises:
            Stop: asking again cannot help, or did not.
        """
        allowed = tries or self.limits.max_tries
        page = ask_until_answered(
            lambda: self._try(path),
            self._pause,
            tries=allowed,
            first_wait_seconds=self.limits.first_wait_seconds,
            give_up=lambda reason: Unanswered(
                f"{self.name(path)} was asked for {allowed} times without success; the last time: {reason}."
            ),
        )
        self._has_answered = True
        return page

    def ask_ahead(self, path: str | None) -> None:
        """Ask for the page that will probably be read next, without waiting; the first try of `read` takes it over.

        Nothing is asked where the Hub's window or the reading's budget is spent: what follows from that is for `read`.
        """
        is_spent = self.rate is not None and self.rate.remaining == 0
        if path is not None and not is_spent and self._left() > 0:
            self._ahead = self._send(path)

    def name(self, path: str) -> str:
        """Name a page in a message: its address, cut before the cursor, which says nothing to a reader."""
        return f"{self._base.scheme}://{self._base.netloc.rpartition('@')[2]}{path.partition('?')[0]}"

    def list_path(self, expand: tuple[str, ...], rows: int, cursor: str | None = None) -> str:
        """Return path and query of a page: the first one, or the one after a cursor."""
        query = [("sort", "createdAt"), ("limit", str(rows)), *(("expand", name) for name in expand)]
        query += [("cursor", cursor)] if cursor else []
        return f"{self._base.path}{LIST_PATH}?{urlencode(query)}"

    def _try(self, path: str, redirects: int = 0) -> Page:
        request = self._take_ahead(path)
        if request is None:
            self._await_window()
        answer = self._receive(request, path)
        self.rate = parse_ratelimit_headers(answer.headers)
        if answer.status in (301, 302, 303, 307, 308) and redirects < MAX_REDIRECTS:
            return self._try(self.own_path(path, answer.headers.get("location", "")), redirects + 1)
        if answer.status == 401 and answer.had_token:
            self._drop_token(answer, path)
            return self._try(path, redirects)
        if answer.status != 200:
            raise self._explain(answer, path)
        next_path = self.own_path(path, answer.link) if answer.link is not None else None
        return Page(path, answer.parse_rows(), next_path)

    def _drop_token(self, answer: Answer, path: str) -> None:
        """Go on as nobody in particular: the list is public, and an expired token is no reason to miss a day."""
        if self._token is None:
            return  # the request was under way when the token was dropped
        self._token = None
        self.warnings.append(
            f"{self.name(path)} does not accept the token ({answer.describe()}); the list was read without it, under "
            "the lower rate limit. Correct HF_TOKEN, or remove it."
        )

    def _explain(self, answer: Answer, path: str) -> Exception:
        """Return what an answer that is no page means for the crawl."""
        meaning = judge(Place.LIST, answer, has_answered=self._has_answered)
        where = f"{self.name(path)} answered with {answer.describe()}"
        if meaning is Meaning.AGAIN:
            return make_transient(answer)
        if meaning is Meaning.QUESTION:
            return BadRequest(f"{where}, to the request for its list: {answer.beginning}.")
        if meaning is Meaning.TOKEN:
            advice = "correct HF_TOKEN, or remove it" if answer.had_token else "set HF_TOKEN, or correct HF_ENDPOINT"
            return Stop(
                f"{where}: {answer.beginning}. The Hub's list of public models needs no token, and refuses none "
                f"that is valid: {advice}."
            )
        return Stop(f"{where}, where 200 was expected: {answer.beginning}.")

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

    def own_path(self, path: str, link: str) -> str:
        """Return path and query of a link to another page of the same list.

        Raises:
            Stop: the link names another host, port, scheme or path; the token must not go there.
        """
        target = _split_link(link, f"{self._base.scheme}://{self._base.netloc}{path}")
        if target is None or _origin(target) != _origin(self._base) or target.path != self._base.path + LIST_PATH:
            advice = advise_elsewhere(self.endpoint, link)
            raise Stop(f"{self.name(path)} points to {link[:200]!r} as its continuation. {advice}")
        return f"{target.path}?{target.query}"

    def _take_ahead(self, path: str) -> _Request | None:
        """Take over the request that is under way, if it asks for this page."""
        request = self._ahead
        if request is None or request.path != path:
            return None
        self._ahead = None
        return request

    def _receive(self, request: _Request | None, path: str) -> Answer:
        """Return the answer to a request, sent now if none is under way.

        Give up `page_seconds` after it was sent, or when the reading's budget is spent.
        """
        left = self._left()
        if left <= 0:
            raise Stop(f"Reading the Hub's list takes longer than {self.limits.max_seconds:,.0f} seconds.")
        request = request or self._send(path)
        seconds = min(self.limits.page_seconds - (time.monotonic() - request.since), left)
        try:
            return _unwrap(request.outcome.get(timeout=max(seconds, 0.0)))
        except queue.Empty:
            close_session()  # ends the thread's connection; the next try opens its own
            allowed = min(self.limits.page_seconds, time.monotonic() - request.since)
            raise Transient(f"no complete answer within {allowed:.3g} seconds") from None

    def _send(self, path: str) -> _Request:
        """Ask for a page in a thread of its own.

        Name resolution, and headers or a body that trickle, escape the client's timeouts, which count silences only.
        """
        request = _Request(path)
        url = f"{self._base.scheme}://{self._base.netloc}{path}"
        threading.Thread(target=self._receive_into, args=(url, request.outcome), daemon=True).start()
        return request

    def _receive_into(self, url: str, outcome: "queue.SimpleQueue[Answer | Exception]") -> None:
        try:
            options: dict[str, Any] = {"timeout": self.limits.request_seconds, "follow_redirects": False}
            outcome.put(receive(url, self._token, self.limits.page_seconds, limit=lambda _: MAX_PAGE_BYTES, **options))
        except Exception as error:  # noqa: BLE001 - handed over to the thread that waits
            outcome.put(error)


def _unwrap(outcome: Answer | Exception) -> Answer:
    """Return an answer, or raise what came instead of it."""
    if isinstance(outcome, FetchError):
        raise Stop(str(outcome)) from outcome
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


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
