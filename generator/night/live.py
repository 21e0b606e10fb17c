"""A published site, as anybody can read it: its files, and which build it shows."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from generator import __version__
from generator.base.errors import RemoteError
from generator.base.http import Answer, TooLong, Transient, ask_until_answered, open_client, request
from generator.base.settings import LIVE_WAIT_SECONDS, MAX_COPY_FILE_BYTES, MAX_REDIRECTS
from generator.base.strangers import PublicOnly
from generator.publish.site import STAMP
from generator.publish.verify import read_build_id

_TRIES: Final = 5
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


def read_live_build(url: str) -> str | None:
    """Return the id of the build that a site shows; None where there is none, or no answer."""
    try:
        with Site(url) as site:
            return read_build_id(site.read(STAMP, fresh=True).decode("utf-8", "replace"))
    except RemoteError:
        return None


def await_build(url: str, build_id: str, now: Callable[[], dt.datetime], sleep: Callable[[float], None]) -> float:
    """Ask a site for its build until it shows the one that was deployed; return the seconds that took.

    Raises:
        RemoteError: it still shows another one after ten minutes.
    """
    started = now()
    wait = 2.0
    while True:
        found = read_live_build(url)
        seconds = (now() - started).total_seconds()
        if found == build_id:
            return seconds
        if seconds + wait > LIVE_WAIT_SECONDS:
            raise RemoteError(
                f"The site at {url} shows the build {found or 'without an id'}, expected {build_id}, after "
                f"{seconds:,.0f} s. The deployment failed, or an older copy is still served: deploy the site again."
            )
        sleep(wait)
        wait = min(wait * 2, 60.0)


class Site:
    """Reads the files of one published site, over connections that stay open; used in a `with`.

    Attributes:
        base: the address of the folder that it stands in.
    """

    def __init__(self, url: str, reach: PublicOnly | None = None) -> None:
        """Open a site.

        Args:
            url: its address, with or without the name of its first page.
            reach: what may be reached, for a site that is somebody else's; without it, one's own is trusted.

        Raises:
            RemoteError: that is no web address.
        """
        self.base = _find_base(url)
        self._reach = reach
        # A proxy would be asked in the site's place, and what it reaches cannot be looked at.
        self._client = open_client(with_proxy=reach is None)

    def __enter__(self) -> "Site":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def read(self, path: str, most_bytes: float = MAX_COPY_FILE_BYTES, *, fresh: bool = False) -> bytes:
        """Read a file, again where that can help.

        Raises:
            RemoteError: it is not there, is longer, leads where it must not, or the site does not answer.
        """
        address = urljoin(self.base, path)

        def read() -> bytes:
            answer = self._follow(address, most_bytes, fresh=fresh)
            if answer.status >= 500:
                raise Transient(f"status {answer.status}")
            if answer.status != 200:
                raise give_up(f"status {answer.status}")
            return answer.body

        def give_up(reason: str) -> RemoteError:
            return RemoteError(
                f"{address} cannot be read: {reason}. Check the address of the site, or try again later."
            )

        return ask_until_answered(read, lambda _: None, tries=_TRIES, first_wait_seconds=0.0, give_up=give_up)

    def _follow(self, address: str, most_bytes: float, *, fresh: bool) -> Answer:
        """Ask an address, and those that it sends on to."""
        headers = {"User-Agent": f"open-model-share/{__version__}", **({"Cache-Control": "no-cache"} if fresh else {})}
        asked = address
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._ask(asked, most_bytes, headers)
            if answer.status not in _REDIRECTS or "location" not in answer.headers:
                return answer
            asked = urljoin(asked, answer.headers["location"])
        raise RemoteError(f"{address} sends on from one address to the next, more than {MAX_REDIRECTS} times.")

    def _ask(self, address: str, most_bytes: float, headers: Mapping[str, str]) -> Answer:
        options: Mapping[str, Any] = {}
        if self._reach:
            self._reach.check(address)
            options = self._reach.watch(address)
        try:
            return request("GET", address, client=self._client, most_bytes=most_bytes, headers=headers, **options)
        except TooLong as error:
            raise RemoteError(
                f"{address} has more than {most_bytes:,.0f} bytes, and no such file of a site has as many. Nothing was "
                "taken from it: check the address."
            ) from error


def _find_base(url: str) -> str:
    """Return the address of the folder that a site stands in.

    Raises:
        RemoteError: it is not a web address.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise RemoteError(f"The site's address is {url!r}; something like https://example.org/share/ was expected.")
    return url.removesuffix("index.html").rstrip("/") + "/"
