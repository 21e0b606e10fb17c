"""Every status from 400 to 599, once and for ever, at each place that answers us: retried or refused as the table says.

The places are the list of models, an archive's list, the host that has its files, and a commit. The whole table is of
the soak; some statuses stand among the ordinary tests.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from huggingface_hub import constants

from generator.base.errors import OmsError
from generator.base.settings import MAX_PUSH_TRIES, MAX_TRIES
from generator.night.remote import DatasetRepo, push
from generator.sources.answers import Meaning, Place, look_up
from generator.sources.archive_http import DatasetReader
from generator.sources.hub_reader import Clock, Limits, Reader, Stop
from tests.loopback import ALWAYS, Fault, LoopbackHub, make_models, serve
from tests.loopback_dataset import STATS_REPO, LoopbackDataset, serve_dataset
from tests.loopback_repo import LoopbackRepo, serve_repo

pytestmark = pytest.mark.slow

TOKEN = "hf_not_a_real_token"  # noqa: S105 - made up
FILE = "models.parquet"
SAMPLES: Final = (400, 401, 403, 404, 409, 412, 425, 429, 503, 520)
STATUSES: Final = [
    pytest.param(status, marks=() if status in SAMPLES else pytest.mark.soak) for status in range(400, 600)
]
# How a request ends that meets a status once, and one that always meets it; and how often it was made.
COMPLETE, ERROR = "complete", "error"
Ends = tuple[tuple[str, int], tuple[str, int]]
REFUSED: Final[Ends] = ((ERROR, 1), (ERROR, 1))
WITHOUT_TOKEN: Final[Ends] = ((COMPLETE, 2), (ERROR, 2))


def expect(place: Place, status: int) -> Ends:
    """Return how requests end that meet a status, by what the table says that it means."""
    tries = MAX_PUSH_TRIES if place is Place.COMMIT else MAX_TRIES
    meaning = look_up(place, status)
    if meaning in {Meaning.AGAIN, Meaning.OVERTAKEN}:
        return (COMPLETE, 2), (ERROR, tries)
    # Lists are public: a token that is refused is left out, once. What writes has nothing to go on with.
    return WITHOUT_TOKEN if status == 401 and place in {Place.LIST, Place.ARCHIVE} else REFUSED


@dataclass
class Servers:
    """A Hub, a dataset and a repository on this machine, and requests to them that wait for nothing."""

    hub: LoopbackHub
    dataset: LoopbackDataset
    repo: LoopbackRepo

    def ask(self, place: Place, status: int, times: int, folder: Path) -> tuple[str, int]:
        """Ask a place that answers so many times with a status; return how that ended and how often it was asked."""
        ask: Mapping[Place, Callable[[int, int, Path], Callable[[], int]]] = {
            Place.LIST: self._list,
            Place.ARCHIVE: self._archive,
            Place.FILES: self._files,
            Place.COMMIT: self._commit,
        }
        run = ask[place](status, times, folder)
        count = {
            Place.LIST: lambda: len(self.hub.requests),
            Place.ARCHIVE: lambda: len(self.dataset.requests),
            Place.FILES: lambda: sum(seen.path.startswith("/cdn/") for seen in self.dataset.requests),
            Place.COMMIT: lambda: sum(seen.path.endswith("/commit/main") for seen in self.repo.requests),
        }[place]
        try:
            run()
        except (OmsError, Stop) as error:
            assert TOKEN not in str(error)  # noqa: PT017 - it may be raised
            return ERROR, count()
        return COMPLETE, count()

    def _list(self, status: int, times: int, _: Path) -> Callable[[], object]:
        self.hub.requests.clear()
        self.hub.faults = [Fault("status", 1, times, status=status)]
        reader = Reader(self.hub.url, TOKEN, Limits(), Clock(sleep=lambda _: None))
        return lambda: reader.read(reader.list_path(("author",), 100))

    def _archive(self, status: int, times: int, _: Path) -> Callable[[], object]:
        self.dataset.requests.clear()
        self.dataset.refused_lists = [status] * min(times, 99)
        return lambda: list(self._open_archive().list_rows("tree/main"))

    def _files(self, status: int, times: int, _: Path) -> Callable[[], object]:
        self.dataset.requests.clear()
        self.dataset.refused_lists = []
        self.dataset.refused = {f"cdn/{FILE}": [status] * min(times, 99)}
        return lambda: self._open_archive().read_range(FILE, "main", 0, 4, 8)

    def _open_archive(self) -> DatasetReader:
        clock = Clock(sleep=lambda _: None)
        return DatasetReader(STATS_REPO, endpoint=self.dataset.url, token=TOKEN, clock=clock)

    def _commit(self, status: int, times: int, folder: Path) -> Callable[[], object]:
        """Push one journal that is not there yet."""
        self.repo.requests.clear()
        self.repo.failing["commit"] = [status] * min(times, 99)
        journal = folder / "published" / f"headlines-{status}-{times}.json"
        journal.parent.mkdir(parents=True, exist_ok=True)
        journal.write_text("{}\n", encoding="utf-8")
        repo = DatasetRepo(self.repo.repo, endpoint=self.repo.url, sleep=lambda _: None)
        return lambda: push(folder, repo, "a journal", lambda: TOKEN)


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    """Three servers for all statuses."""
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        files = {"main": {FILE: b"PAR1PAR1", "README.md": b""}}
        yield Servers(
            stack.enter_context(serve(LoopbackHub(make_models(50)))),
            stack.enter_context(serve_dataset(LoopbackDataset(STATS_REPO, files))),
            stack.enter_context(serve_repo(LoopbackRepo([]))),
        )


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("place", Place)
def test_each_status_is_retried_or_refused_as_the_table_says(
    place: Place, status: int, servers: Servers, tmp_path: Path
) -> None:
    """Once and for ever; nothing is asked for more often than the tries that are allowed."""
    found = tuple(servers.ask(place, status, times, tmp_path) for times in (1, ALWAYS))
    assert expect(place, status) == found


def test_the_table_says_what_each_status_means() -> None:
    """The statuses that mean something of their own; all others are refused below 500 and asked again from there on."""
    usual = {status: Meaning.AGAIN if status >= 500 else Meaning.REFUSED for status in range(400, 600)}
    usual |= dict.fromkeys((408, 425, 429), Meaning.AGAIN)
    tokens, gone = dict.fromkeys((401, 403), Meaning.TOKEN), dict.fromkeys((404, 410, 451), Meaning.GONE)
    expected = {
        Place.LIST: tokens | {400: Meaning.QUESTION},
        Place.ARCHIVE: tokens | gone,
        Place.FILES: dict.fromkeys((401, 403), Meaning.AGAIN) | gone,
        Place.COMMIT: tokens | {404: Meaning.TOKEN} | dict.fromkeys((409, 412), Meaning.OVERTAKEN),
    }
    for place, own in expected.items():
        assert usual | own == {status: look_up(place, status) for status in range(400, 600)}
