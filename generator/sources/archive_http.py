"""Reads a dataset repository of the Hub: its lists, and byte ranges of its files.

Why the client's session and headers, but not its `HfFileSystem` (huggingface_hub 2.4.0, November 2026): its lists
wait on a silent socket for ever, its waits after a 429 have no cap, and where a server ignores a range it takes the
whole file, 1.5 GB of it, for the few bytes asked for. Here every wait has an end, and a range is what was asked for.
"""

import io
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final, TypeVar
from urllib.parse import quote, urljoin, urlsplit

# The client's own HTTP library, installed with it.
import httpx2
from huggingface_hub import constants

from generator.base.errors import FetchError
from generator.base.http import Answer, ask_until_answered
from generator.base.hub import make_transient, receive
from generator.sources.answers import Meaning, Place, advise_elsewhere, judge
from generator.sources.hub_reader import DEFAULT_LIMITS, SYSTEM_CLOCK, Clock, Limits

T = TypeVar("T")

# A list's page of 1,000 files is a third of a megabyte.
MAX_LIST_BYTES: Final = 16_000_000
MAX_LIST_PAGES: Final = 1_000
# Longer ranges are asked for in pieces, so that a broken connection costs one piece.
MAX_RANGE_BYTES: Final = 16_000_000


class GoneError(FetchError):
    """A repository, revision or file is not there (any more)."""


class DatasetReader:
    """Asks one Hub for lists and ranges of one dataset, again where that can help.

    Attributes:
        repo: the dataset's name, `owner/name`.
        file_bytes: bytes of files that were transferred, failed tries included.
        warnings: what a person should know of a reading that goes on, a sentence each.
    """

    def __init__(
        self,
        repo: str,
        *,
        endpoint: str | None = None,
        token: str | None = None,
        limits: Limits = DEFAULT_LIMITS,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self.repo = repo
        self.file_bytes = 0
        self._endpoint = (endpoint or constants.ENDPOINT).rstrip("/")
        self._limits = limits
        self._clock = clock
        self._token = (token or "").strip() or None
        self._has_answered = False
        self.warnings: list[str] = []

    def list_rows(self, route: str, query: str = "") -> Iterator[dict[str, object]]:
        """List the rows of `tree/<revision>/<folder>` or `commits/<revision>`, over all pages.

        Raises:
            GoneError: the dataset, the revision or the folder is not there.
            FetchError: the list cannot be read.
        """
        name = f"{self._endpoint}/api/datasets/{self.repo}/{route}"
        url: str | None = name + (f"?{query}" if query else "")
        for _ in range(MAX_LIST_PAGES):
            if url is None:
                return
            rows, link = self._ask(url, {}, MAX_LIST_BYTES, lambda answer: (answer.parse_rows(), answer.link))
            yield from (row for row in rows if isinstance(row, dict))
            url = self._own_link(link, url)
        raise FetchError(f"The list {name} did not end after {MAX_LIST_PAGES} pages. Run the same command again later.")

    def read_range(self, path: str, revision: str, start: int, stop: int, size: int) -> bytes:
        """Read the bytes from `start` up to, and without, `stop` of a file of `size` bytes.

        Raises:
            GoneError: the file is not there.
            FetchError: the range cannot be read, or the file has another size.
        """
        url = f"{self._endpoint}/datasets/{self.repo}/resolve/{quote(revision, safe='')}/{quote(path)}"
        pieces = []
        for begin in range(start, stop, MAX_RANGE_BYTES):
            end = min(begin + MAX_RANGE_BYTES, stop)
            asked = {"Range": f"bytes={begin}-{end - 1}"}
            take = partial(_take_range, start=begin, stop=end, size=size, url=url)
            pieces.append(self._ask(url, asked, end - begin, take))
        return b"".join(pieces)

    def _ask(self, url: str, headers: dict[str, str], most_bytes: int, take: Callable[[Answer], T]) -> T:
        """Ask until there is an answer that counts, and return what was taken from it."""
        taken = ask_until_answered(
            lambda: take(self._try(url, headers, most_bytes)),
            lambda seconds: self._clock.sleep(min(seconds, self._limits.max_wait_seconds)),
            tries=self._limits.max_tries,
            first_wait_seconds=self._limits.first_wait_seconds,
            give_up=lambda reason: FetchError(
                f"{_address(url)} was asked for {self._limits.max_tries} times without success; the last time: "
                f"{reason}. What is complete stays: run the same command again later."
            ),
        )
        self._has_answered = True
        return taken

    def _try(self, url: str, headers: dict[str, str], most_bytes: int) -> Answer:
        answer = self._receive(url, headers, most_bytes)
        if answer.status in (200, 206):
            return answer
        meaning = judge(self._place_of(answer), answer, has_answered=self._has_answered)
        if meaning is Meaning.TOKEN and answer.status == 401 and answer.had_token:
            self._token = None
            self.warnings.append(
                f"{_address(url)} does not accept the token ({answer.describe()}); the archive is public and was read "
                "without it. Correct HF_TOKEN, or remove it."
            )
            return self._try(url, headers, most_bytes)
        raise self._explain(answer, meaning, url)

    def _place_of(self, answer: Answer) -> Place:
        is_own = answer.host == urlsplit(self._endpoint).netloc.rpartition("@")[2]
        return Place.ARCHIVE if is_own else Place.FILES

    def _explain(self, answer: Answer, meaning: Meaning, url: str) -> Exception:
        """Return what an answer that is no success means for the reading."""
        where = f"{_address(url)} answered with {answer.describe()}"
        if meaning is Meaning.AGAIN:
            return make_transient(answer)
        if meaning is Meaning.GONE:
            return GoneError(
                f"{where}: it is not there. The dataset {self.repo} may have been taken down, or renamed; look at "
                f"{self._endpoint}/datasets/{self.repo}."
            )
        if meaning is Meaning.TOKEN:
            advice = "correct HF_TOKEN, or remove it" if answer.had_token else "set HF_TOKEN, or correct HF_ENDPOINT"
            return FetchError(f"{where}: {answer.beginning}. It wants a token that may read {self.repo}: {advice}.")
        return FetchError(f"{where}, where 200 was expected: {answer.beginning}. Try again later.")

    def _receive(self, url: str, headers: dict[str, str], most_bytes: int) -> Answer:
        """Ask once; a file's bytes are counted as they come."""
        is_range = "Range" in headers

        def limit(response: httpx2.Response) -> int:
            if is_range and response.status_code == 200:
                raise FetchError(
                    f"{_address(url)} answered a request for a part with the whole file. Nothing of it was read: "
                    "behind this address (HF_ENDPOINT) stands a server that does not serve byte ranges."
                )
            # A refusal says why in more bytes than a short range has.
            return most_bytes if response.status_code == 206 else MAX_LIST_BYTES

        def count(size: int) -> None:
            self.file_bytes += size if is_range else 0

        return receive(
            url,
            self._token,
            self._limits.page_seconds,
            headers={**headers, "Accept-Encoding": "identity"},
            limit=limit,
            count=count,
            timeout=self._limits.request_seconds,
            follow_redirects=True,  # files lie on other hosts; the client's library sends them no token
        )

    def _own_link(self, link: str | None, url: str) -> str | None:
        """Return the address of a list's next page.

        Raises:
            FetchError: it lies on another host; the token must not go there.
        """
        if link is None:
            return None
        try:
            following = urljoin(url, link)
            is_own = urlsplit(following)[:2] == urlsplit(self._endpoint)[:2]
        except ValueError:  # an address that is none
            following, is_own = link, False
        if not is_own:
            advice = advise_elsewhere(self._endpoint, following)
            raise FetchError(f"{_address(url)} names {link[:200]!r} as its next page. {advice}")
        return following


class RemoteFile(io.RawIOBase):
    """A file of a dataset as a seekable Python file: each read is a request for a range."""

    def __init__(self, reader: DatasetReader, path: str, revision: str, size: int) -> None:
        self._reader = reader
        self._path = path
        self._revision = revision
        self._size = size
        self._position = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the position, in bytes from the start."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a position and return it."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = base + offset
        return self._position

    def read(self, size: int | None = -1) -> bytes:
        """Read `size` bytes, or all to the end."""
        wanted = self._size if size is None or size < 0 else self._position + size
        stop = min(wanted, self._size)
        if stop <= self._position:
            return b""
        data = self._reader.read_range(self._path, self._revision, self._position, stop, self._size)
        self._position = stop
        return data


def _take_range(answer: Answer, *, start: int, stop: int, size: int, url: str) -> bytes:
    """Return the bytes of a partial answer; it must be the part that was asked for, of the file that was listed."""
    expected = f"bytes {start}-{stop - 1}/{size}"
    found = answer.headers.get("content-range", "")
    if answer.status != 206 or found != expected or len(answer.body) != stop - start:
        raise FetchError(
            f"{_address(url)} sent {len(answer.body):,} bytes as {found!r} (status {answer.status}), expected "
            f"{expected!r}: the file is not the one that was listed, or was cut short. What is complete stays: "
            "run the same command again later."
        )
    return answer.body


def _address(url: str) -> str:
    """Return an address without query, user or password, for a message."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
