"""What an answer of the Hub means: one table for all who ask.

A status says less than it seems. A content host answers 403 to a link that has expired (in XML), a firewall to an
address that many share (in HTML): neither speaks of the token, nor does a 403 to a run whose earlier pages came.
"""

from collections.abc import Mapping
from enum import Enum, StrEnum
from typing import Final
from urllib.parse import urlsplit

from generator.base.http import Answer

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
