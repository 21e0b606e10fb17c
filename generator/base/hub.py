"""The Hub client's session, shared by all who ask the Hub: no request of its own, and no silence without an end."""

import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

# The client's own HTTP library, installed with it.
import httpx2
from huggingface_hub import constants, get_session, set_client_factory
from huggingface_hub.errors import OfflineModeIsEnabled
from huggingface_hub.utils import build_hf_headers, parse_ratelimit_headers

from generator import __version__
from generator.base.errors import FetchError
from generator.base.http import Answer, Transient, read_answer, tell_failures
from generator.base.settings import REQUEST_TIMEOUT_SECONDS

LIBRARY: Final = "open-model-share"
OFFLINE: Final = "The client is set to work offline: remove HF_HUB_OFFLINE from the environment."

# Otherwise the client's first request is `GET /api/agent-harnesses`. It reads this constant whenever it
# builds headers; the environment variable of that name counts only before the client's first import.
constants.HF_HUB_DISABLE_TELEMETRY = True
# What the client does before each of its requests: it refuses them in offline mode.
_HOOKS: Final = get_session().event_hooks


def _make_client() -> httpx2.Client:
    """Make the client's session with a limit on silence; its own waits for ever."""
    return httpx2.Client(event_hooks=_HOOKS, follow_redirects=True, timeout=REQUEST_TIMEOUT_SECONDS)


set_client_factory(_make_client)


def make_headers(token: str | None) -> dict[str, str]:
    """Return the headers of a request to the Hub; without a token it is nobody's in particular."""
    return build_hf_headers(token=token or False, library_name=LIBRARY, library_version=__version__)


def receive(
    url: str,
    token: str | None,
    seconds: float,
    *,
    headers: Mapping[str, str] = MappingProxyType({}),
    limit: Callable[[httpx2.Response], float],
    count: Callable[[int], None] = lambda _: None,
    **options: Any,
) -> Answer:
    """Ask the Hub once, with options of the HTTP library, and read its answer within so many seconds.

    The token goes to the address' host and to no other; `limit` says how many bytes an answer may have, before its
    body is read, and `count` is told of them as they come.

    Raises:
        Transient: there was no answer, or it did not end.
        FetchError: the client is set to work offline.
    """
    until = time.monotonic() + seconds
    with tell_failures():
        try:
            with get_session().stream("GET", url, headers=make_headers(token) | dict(headers), **options) as response:
                return read_answer(response, limit(response), until, count)
        except OfflineModeIsEnabled as error:
            raise FetchError(OFFLINE) from error


def make_transient(answer: Answer) -> Transient:
    """Return the reason to ask again, with the seconds that the answer asks to wait."""
    is_limit = answer.status == 429
    asked = answer.headers.get("retry-after", "")
    wait = float(asked) if asked.isascii() and asked.isdigit() else None
    rate = parse_ratelimit_headers(answer.headers)
    if is_limit and rate is not None:
        wait = rate.reset_in_seconds + 1.0
    return Transient(answer.describe(), wait, is_limit=is_limit)
