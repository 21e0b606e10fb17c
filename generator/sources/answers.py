"""What an answer of the Hub means, and how long to wait before it is asked again: one table, one loop, for all who ask.

A status says less than it seems. A content host answers 403 to a link that has expired (in XML), a firewall to an
address that many share (in HTML): neither speaks of the token, nor does a 403 to a run whose earlier pages came.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Final, TypeVar
from urllib.parse import urlsplit

from generator.base.settings import RATE_WINDOW_SECONDS

T = TypeVar("T")

HUB_HOST: Final = "huggingface.co"


class Place(StrEnum):
    """Where an answer comes from."""

    LIST = "list of models"
    ARCHIVE = "archive"
    FILES = "host that a file's address leads to"
    COMMIT = "dataset repository"


class Meaning(Enum):
    """What follows from an answer that is no success."""

    AGAIN = "asking again can help"
    TOKEN = "the token, or the lack of one"  # noqa: S105 - no token
    QUESTION = "the question itself is refused"
    GONE = "it is not there"
    OVERTAKEN = "somebody else commits, or has committed"
    REFUSED = "asking again cannot help"


# By place; then whatever the place; what stands in neither is REFUSED below 500 and AGAIN from 500 on.
MEANINGS: Final[Mapping[Place, Mapping[int, Meaning]]] = {
    Place.LIST: {400: Meaning.QUESTION, 401: Meaning.TOKEN, 403: Meaning.TOKEN},
    Place.ARCHIVE: {
        401: Meaning.TOKEN, 403: Meaning.TOKEN, 404: Meaning.GONE, 410: Meaning.GONE, 451: Meaning.GONE,
    },
    # The Hub signs each link for minutes, and the next try gets a new one.
    Place.FILES: {401: Meaning.AGAIN, 403: Meaning.AGAIN, 404: Meaning.GONE, 410: Meaning.GONE, 451: Meaning.GONE},
    # 409: the repository is locked for seconds; 412: the parent is not the head, which can also lag behind.
    Place.COMMIT: {
        401: Meaning.TOKEN, 403: Meaning.TOKEN, 404: Meaning.TOKEN, 409: Meaning.OVERTAKEN, 412: Meaning.OVERTAKEN,
    },
}  # fmt: skip
ANYWHERE: Final[Mapping[int, Meaning]] = {408: Meaning.AGAIN, 425: Meaning.AGAIN, 429: Meaning.AGAIN}
# The Hub answers 401 where a repository does not exist, and names the reason in a header.
GONE_CODES: Final = frozenset({"RepoNotFound", "RevisionNotFound", "EntryNotFound"})


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

    def describe(self) -> str:
        """Say status, host, and whether a token was sent there."""
        code = f" ({self.code})" if self.code else ""
        return f"status {self.status}{code} from {self.host}, asked {'with' if self.had_token else 'without'} a token"


class Transient(Exception):  # noqa: N818 - a reason to ask again, no error yet
    """One try failed.

    Attributes:
        wait_seconds: what the Hub asked for; None where it did not say.
        is_limit: the Hub refuses because there were too many requests.
    """

    def __init__(self, reason: str, wait_seconds: float | None = None, *, is_limit: bool = False) -> None:
        super().__init__(reason)
        self.wait_seconds = wait_seconds
        self.is_limit = is_limit


def judge(place: Place, answer: Answer, *, has_answered: bool = False) -> Meaning:
    """Return what an answer that is no success means.

    Args:
        place: where it comes from.
        answer: the answer.
        has_answered: the place has sent this run what it asked for before, with the same token.
    """
    if place is not Place.COMMIT and answer.code in GONE_CODES:
        return Meaning.GONE
    if answer.status == 403 and not answer.code and (_is_page(answer) or has_answered):
        return Meaning.AGAIN
    return look_up(place, answer.status)


def look_up(place: Place, status: int) -> Meaning:
    """Return what the table says of a status, whatever else the answer holds."""
    usual = Meaning.AGAIN if status >= 500 else Meaning.REFUSED
    return MEANINGS[place].get(status, ANYWHERE.get(status, usual))


def make_transient(answer: Answer, window_seconds: float | None) -> Transient:
    """Return the reason to ask again, with the seconds that the answer asks to wait.

    Args:
        answer: the answer.
        window_seconds: seconds until the Hub's next window of requests, as it said; None where it did not.
    """
    is_limit = answer.status == 429
    asked = answer.headers.get("retry-after", "")
    wait = float(asked) if asked.isascii() and asked.isdigit() else None
    if is_limit and window_seconds is not None:
        wait = window_seconds + 1.0
    return Transient(answer.describe(), wait, is_limit=is_limit)


def ask_until_answered(
    ask: Callable[[], T],
    pause: Callable[[float], None],
    *,
    tries: int,
    first_wait_seconds: float,
    give_up: Callable[[str], Exception],
) -> T:
    """Ask until there is an answer that counts; each wait is twice as long, or as long as the Hub says.

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


def advise_elsewhere(endpoint: str, link: str) -> str:
    """Say what to do where a link leads away from the endpoint: a mirror's may name the Hub that it mirrors."""
    kept = f"Only {endpoint} is read and gets the token: nothing was sent elsewhere."
    if _host(endpoint) == HUB_HOST or _host(link) != HUB_HOST:
        return f"{kept} If the Hub has moved, set HF_ENDPOINT."
    return (
        f"{kept} HF_ENDPOINT names a mirror that passes on the Hub's own links, so that only its first page can be "
        f"read: set HF_ENDPOINT to a mirror that writes links to itself, or to https://{HUB_HOST}."
    )


def _is_page(answer: Answer) -> bool:
    """Tell whether an answer is HTML or XML: the Hub's own refusals are JSON or plain words."""
    kind = answer.headers.get("content-type", "").lower()
    return "html" in kind or "xml" in kind or answer.body.lstrip().startswith(b"<")


def _host(link: str) -> str | None:
    try:
        return urlsplit(link).hostname
    except ValueError:
        return None
