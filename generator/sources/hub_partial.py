"""What a crawl has read so far: part files and one state file, so that a crawl can be killed at any moment.

`store/partial/<date>/part-00001.parquet` … hold the rows, a few pages each; `state.json` says how many parts
count and where to go on. The state is renamed into place after its part: whatever else lies there is ignored.
"""

import datetime as dt
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from generator.base.errors import FetchError
from generator.base.files import hold, open_atomically, write_atomically
from generator.base.records import parse_json
from generator.sources.hub_rows import Row
from generator.sources.snapshot import SCHEMA

FORMAT: Final = "oms-partial/2"
# Rows of one block of a snapshot: as many however often the crawl was interrupted (same rows, same bytes).
BLOCK_ROWS: Final = 100_000


@dataclass(frozen=True)
class CrawlState:
    """Where a crawl stands after its last complete part.

    Attributes:
        endpoint: the Hub that is read, without a trailing slash.
        expand: the fields that the Hub was asked for.
        next_path: path and query of the page to read next, without the host; None after the last page.
        begun_at: when the first page came, in UTC; None before that.
        last: `createdAt` (as the Hub wrote it) and `_id` of the last row of the last page.
        canaries: keys of models that stand at the far end of the list.
        pages: pages read.
        repeated: rows that came more than once.
        left_out: rows of private or disabled models.
        quarantined: rows that could not be parsed, by reason.
        unread: how often a field was there and was not read, by field.
        examples: the first such value of each.
        parts: part files that count.
    """

    endpoint: str
    expand: tuple[str, ...]
    next_path: str | None
    begun_at: dt.datetime | None = None
    last: tuple[str, str] | None = None
    canaries: tuple[str, ...] = ()
    pages: int = 0
    repeated: int = 0
    left_out: int = 0
    quarantined: Mapping[str, int] = field(default_factory=dict)
    unread: Mapping[str, int] = field(default_factory=dict)
    examples: Mapping[str, str] = field(default_factory=dict)
    parts: int = 0


@dataclass(frozen=True)
class WorkFolder:
    """The folder of one date's unfinished crawl."""

    path: Path

    def read_state(self, endpoint: str) -> CrawlState | None:
        """Read where the crawl of this endpoint stands, or None if it has to begin at the first page."""
        try:
            state = _parse_state(parse_json((self.path / "state.json").read_bytes(), FORMAT))
        except (OSError, ValueError, TypeError, KeyError):
            return None
        return state if state.endpoint == endpoint and self._parts_exist(state) else None

    def save(self, state: CrawlState, rows: Sequence[Row]) -> CrawlState:
        """Write rows as the next part, then the state that counts it; return that state."""
        counted = replace(state, parts=state.parts + 1)
        table = pa.Table.from_pylist(list(rows), schema=SCHEMA)
        with open_atomically(self._part(counted.parts), durable=True) as file:
            pq.write_table(table, file, compression="zstd")
        text = json.dumps({"format": FORMAT, **asdict(counted)}, sort_keys=True, default=str)
        write_atomically(self.path / "state.json", text, durable=True)
        return counted

    def read_keys(self, state: CrawlState) -> Iterator[str]:
        """Yield the key of every row in the parts that count."""
        for number in range(1, state.parts + 1):
            yield from pq.read_table(self._part(number), columns=["key"]).column("key").to_pylist()

    def read_blocks(self, state: CrawlState) -> Iterator[pa.Table]:
        """Yield all rows in their order, in blocks of 100,000 and a last, smaller one."""
        held = SCHEMA.empty_table()
        for number in range(1, state.parts + 1):
            held = pa.concat_tables([held, pq.read_table(self._part(number), schema=SCHEMA)])
            while held.num_rows >= BLOCK_ROWS:
                yield held.slice(0, BLOCK_ROWS).combine_chunks()
                held = held.slice(BLOCK_ROWS)
        yield held.combine_chunks()

    def remove(self) -> None:
        """Remove this date's folder, and those of earlier dates: their counts cannot be read any more."""
        for folder in self.path.parent.iterdir():
            if folder.name <= self.path.name:
                shutil.rmtree(folder, ignore_errors=True)

    def _part(self, number: int) -> Path:
        return self.path / f"part-{number:05}.parquet"

    def _parts_exist(self, state: CrawlState) -> bool:
        return all(_is_parquet(self._part(number)) for number in range(1, state.parts + 1))


@contextmanager
def open_work_folder(store: Path, date: dt.date) -> Iterator[WorkFolder]:
    """Open the work folder of a date for one process alone.

    Raises:
        FetchError: another process is reading this date into this store.
    """
    path = store / "partial" / date.isoformat()
    message = f"Another run is reading this date into {path}. Wait until it has ended, or end it"
    with hold(path / "lock", FetchError(f"{message}; then run the same command again.")):
        yield WorkFolder(path)


def _parse_state(fields: dict[str, Any]) -> CrawlState:
    sequences = {name: tuple(fields[name]) for name in ("expand", "canaries")}
    last = (fields["last"][0], fields["last"][1]) if fields["last"] else None
    if not isinstance(fields["next_path"], str | None):
        raise TypeError("the next page's address is no text")
    begun_at = dt.datetime.fromisoformat(fields["begun_at"]) if fields["begun_at"] else None
    return CrawlState(**{**fields, **sequences, "last": last, "begun_at": begun_at})


def _is_parquet(path: Path) -> bool:
    try:
        pq.read_table(path, schema=SCHEMA)
    except (OSError, pa.ArrowException):
        return False
    return True
