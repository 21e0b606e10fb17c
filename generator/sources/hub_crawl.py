"""The rules by which the Hub's list of models is read to its end: when to believe a page, and when to stop.

The list names no total, and may be cut short without a word. Here stands what a complete list must show; how
a page is asked for stands in `hub_reader`, and where unfinished work lies in `hub_partial`.
"""

import base64
import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from generator.base.errors import FetchError
from generator.base.progress import Progress
from generator.sources.answers import HUB_HOST
from generator.sources.hub_partial import CrawlState, WorkFolder
from generator.sources.hub_reader import LIST_PATH, BadRequest, Clock, Page, Reader, StartOver, Stop, Unanswered
from generator.sources.hub_rows import LeftOut, Quarantined, Row, pack_key, parse_row, parse_time
from generator.sources.kinds import Unread
from generator.sources.snapshot import HUB_SOURCE, SnapshotInfo, snapshot_path, write_snapshot

# `baseModels` was refused by the list in 2025 and accepted in 2026; the tags carry the same facts.
OPTIONAL_FIELDS: Final = ("baseModels",)
FIELDS: Final = (
    "author",
    "createdAt",
    "disabled",
    "downloads",
    "downloadsAllTime",
    "gated",
    "library_name",
    "likes",
    "pipeline_tag",
    "private",
    "safetensors",
    "tags",
)
# The Hub began to store dates of creation then; every older model carries this one, the lowest value there is
# (huggingface_hub 2.4.0, documentation of `created_at`). A complete list ends in this second.
OLDEST_CREATED: Final = "2022-03-02T23:29:04.000Z"
_AFTER_OLDEST: Final = "2022-03-02T23:29:05.000Z"
# Models asked for at the far end before the list is read, and the fraction that must come at its end: one or
# two may be deleted in between.
CANARIES: Final = 10
MIN_CANARIES_SEEN: Final = 0.8
# Pages to a part file: as many are asked for again after a crash.
PAGES_PER_PART: Final = 5


@dataclass(frozen=True)
class FetchProgress:
    """How far a crawl is; `pages` and `rows` include what an earlier, interrupted run has read.

    Attributes:
        pages: pages read.
        rows: distinct models read.
        rows_per_second: of this run.
        rate_limit_left: requests left in the Hub's window; None if the Hub did not say.
        rate_limit_reset_seconds: seconds until that window ends.
        quarantined: rows that could not be parsed.
        waiting_seconds: the wait that begins now, or None.
    """

    pages: int
    rows: int
    rows_per_second: float
    rate_limit_left: int | None
    rate_limit_reset_seconds: int | None
    quarantined: int
    waiting_seconds: float | None = None

    def describe(self) -> Progress:
        """Return it as progress, with models, their rate and the rate limit in words."""
        parts = [
            f"{self.rows:,} models",
            f"{self.rows_per_second:,.0f} models/s",
            f"{self.quarantined:,} set aside",
        ]
        if self.rate_limit_left is not None:
            reset = f"renewed in {self.rate_limit_reset_seconds} s"
            parts.append(f"rate limit: {self.rate_limit_left:,} left, {reset}")
        if self.waiting_seconds is not None:
            parts.append(f"waiting {self.waiting_seconds:,.0f} s")
        is_waiting = self.waiting_seconds is not None
        return Progress(self.pages, None, "pages", " · ".join(parts), is_waiting=is_waiting)


@dataclass(frozen=True)
class FetchResult:
    """A complete crawl.

    Attributes:
        info: what the snapshot says of itself.
        path: the snapshot.
        pages: pages of the list, those of interrupted runs included.
        resumed_pages: pages that interrupted runs had read.
        seconds: duration of this run.
        left_out: rows of private or disabled models.
        quarantined: rows that could not be parsed, by reason.
        warnings: what a person should know of this run, a sentence each.
    """

    info: SnapshotInfo
    path: Path
    pages: int
    resumed_pages: int
    seconds: float
    left_out: int
    quarantined: Mapping[str, int]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Batch:
    """A page's rows, sorted: new models, and counts of the rest."""

    rows: list[Row] = field(default_factory=list)
    quarantined: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    left_out: int = 0
    unread: Unread = field(default_factory=Unread)

    @property
    def is_fresh(self) -> bool:
        return bool(self.rows or self.left_out)


@dataclass(frozen=True)
class _Standing:
    """Where a crawl stands; replaced as a whole, so that a stop between two statements leaves no half of a page.

    Attributes:
        state: after the last page that was read.
        saved: after the last part that was written.
        held: rows of the pages between.
    """

    state: CrawlState
    saved: CrawlState
    held: tuple[Row, ...] = ()


class Crawl:
    """One reading of the list, from the first page or the last good one to the end."""

    def __init__(
        self,
        work: WorkFolder,
        reader: Reader,
        report: Callable[[FetchProgress], None],
        clock: Clock,
        now: Callable[[], dt.datetime],
    ) -> None:
        self._work = work
        self._reader = reader
        self._report = report
        self._clock = clock
        self._now = now
        self._started = clock.monotonic()
        saved = work.read_state(reader.endpoint)
        # Pages of another day, or of hours ago, and those of now would be no counts of one moment.
        goes_on = saved is not None and self._is_of_now(saved)
        state = saved if saved and goes_on else CrawlState(reader.endpoint, (), None)
        self._standing = _Standing(state, state)
        self._resumed_pages = state.pages
        # Twelve bytes a model instead of a string: 3.2 million of them have to fit.
        self._seen = {pack_key(key) for key in work.read_keys(state)}
        self._resumed_rows = len(self._seen)
        self._paths: set[str] = set()
        reader.before_wait = self._report_progress

    @property
    def _state(self) -> CrawlState:
        return self._standing.state

    def run(self) -> None:
        """Read pages until the list is complete; the next one is asked for while the rows of one are parsed.

        Raises:
            Stop: it cannot be read completely now.
        """
        page = self._continue() if self._state.pages else self._begin()
        while page is not None:
            self._reader.ask_ahead(page.next_path)
            page, batch = self._confirm(page)
            self._take(page, batch)
            self._check_span()
            page = self._reader.read(page.next_path) if page.next_path else None

    def check_rows(self) -> None:
        """Check that the list holds a model; whether it holds enough of them is for the gates, which can be overruled.

        Raises:
            StartOver: it is empty.
        """
        if not self._seen:
            raise StartOver(f"{self._where()} ended the list without one model that could be read.")

    def check_day(self, date: dt.date) -> None:
        """Check that counts of a date can be read now: they belong to the UTC day of the list's first page.

        Raises:
            FetchError: they cannot.
        """
        begun = self._state.begun_at.date() if self._state.begun_at else self._now().date()
        if begun != date:
            raise FetchError(
                f"The Hub tells the counts of the moment: those of {date} cannot be read on {begun} (UTC). Leave the "
                "date out to read today's; a past day comes from `oms import` or `oms backfill`, or stays a gap."
            )

    def check_kinds(self) -> None:
        """Check that no field of the list has changed its type.

        Raises:
            StartOver: one has; what was read lacks it.
        """
        state = self._state
        excess = Unread(len(self._seen), Counter(state.unread), dict(state.examples)).describe_excess()
        if excess:
            raise StartOver(
                f"The list {self._reader.endpoint}{LIST_PATH} is of another format: {excess}. Read as missing, whole "
                "columns would be lost: update the program."
            )

    def save(self) -> None:
        """Write what was read since the last part; does nothing where there is nothing."""
        standing = self._standing
        if standing.state != standing.saved and self._work.path.exists():
            saved = self._work.save(standing.state, standing.held)
            self._standing = _Standing(saved, saved)

    def finish(self, store: Path, date: dt.date) -> FetchResult:
        """Put the snapshot in place and clear the work folder."""
        state = self._state
        info = SnapshotInfo(
            date,
            _name_source(state.endpoint),
            "hub",
            quarantined=sum(state.quarantined.values()),
            repeated=state.repeated,
        )
        path = snapshot_path(store, date)
        written = write_snapshot(path, self._work.read_blocks(state), info)
        self._work.remove()
        return FetchResult(
            info=written,
            path=path,
            pages=state.pages,
            resumed_pages=self._resumed_pages,
            seconds=self._clock.monotonic() - self._started,
            left_out=state.left_out,
            quarantined=dict(state.quarantined),
        )

    def next_step(self) -> str:
        """Say what a person can do after a failure."""
        if not self._state.pages:
            return "Nothing was read yet: run the same command again later."
        return f"Run the same command again: it continues after page {self._state.pages}."

    def _begin(self) -> Page:
        """Read the first page, with as many fields as the Hub accepts, and note the far end of the list."""
        expand = tuple(sorted(FIELDS + OPTIONAL_FIELDS))
        try:
            page = self._read_first(expand)
        except BadRequest:
            expand = tuple(sorted(FIELDS))
            page = self._read_first(expand)
        self._stand(replace(self._state, expand=expand, begun_at=self._now()))
        self._stand(replace(self._state, canaries=self._list_canaries()))
        return page

    def _read_first(self, expand: tuple[str, ...]) -> Page:
        return self._reader.read(self._reader.list_path(expand, self._reader.limits.page_rows))

    def _is_of_now(self, saved: CrawlState) -> bool:
        """Tell whether an interrupted crawl can go on: on the day of its first page, and while there is time left."""
        now, begun = self._now(), saved.begun_at
        limit = self._reader.limits.max_span_seconds
        return begun is not None and begun.date() == now.date() and (now - begun).total_seconds() < limit

    def _check_span(self) -> None:
        limit, begun = self._reader.limits.max_span_seconds, self._state.begun_at
        if begun and (self._now() - begun).total_seconds() > limit:
            raise StartOver(
                f"{self._where()} came more than {limit / 3600:g} hours after the first one: these would be no counts "
                "of one moment."
            )

    def _continue(self) -> Page | None:
        """Read the page after the last good one, whose address lay on a disk: it is checked as a link is."""
        if self._state.next_path is None:
            return None
        first = self._reader.list_path(self._state.expand, self._reader.limits.page_rows)
        try:
            path = self._reader.own_path(first, self._state.next_path)
        except Stop as stop:
            raise StartOver(f"The unfinished work in {self._work.path} is not this program's: {stop}") from stop
        return self._reader.read(path)

    def _list_canaries(self) -> tuple[str, ...]:
        """Return keys of models of the oldest second; none where the Hub does not follow a cursor of ours."""
        rows = self._read_after(_AFTER_OLDEST, "")
        oldest = [row for row in _sort_rows(rows or [], set()).rows if _is_oldest(row["created_at"])]
        return tuple(str(row["key"]) for row in oldest)

    def _confirm(self, page: Page) -> tuple[Page, _Batch]:
        """Return a page that may be believed; one that looks like a cut is asked for once more first.

        Raises:
            Stop: the list was cut short, or goes in circles.
        """
        batch = _sort_rows(page.rows, self._seen)
        if self._looks_cut(page, batch):
            page = self._reader.read(page.path)
            batch = _sort_rows(page.rows, self._seen)
        if page.next_path is None:
            self._check_end(page, batch)
        else:
            self._check_going_on(page, batch)
        return page, batch

    def _looks_cut(self, page: Page, batch: _Batch) -> bool:
        is_full = len(page.rows) >= self._reader.limits.page_rows
        return (is_full and page.next_path is None) or not batch.is_fresh

    def _check_going_on(self, page: Page, batch: _Batch) -> None:
        """Check that a page with a link brought something new and leads to a page that was not read yet."""
        self._paths.add(page.path)
        if page.next_path in self._paths:
            raise Stop(f"{self._where()} names as the next page one that was read already: the list goes in circles.")
        if self._state.pages + 1 >= self._reader.limits.max_pages:
            raise StartOver(
                f"{self._where()} still names a next page; at most {self._reader.limits.max_pages} pages were expected."
            )
        if not batch.is_fresh:
            # Rows that came before: the place to go on from leads back, and would again. An empty page may pass.
            kind = StartOver if batch.repeated else Stop
            raise kind(
                f"{self._where()} was asked for twice and brought no new model: {batch.repeated} "
                f"rows that came before, {dict(batch.quarantined)} that could not be parsed, "
                "and a link to go on."
            )

    def _check_end(self, page: Page, batch: _Batch) -> None:
        """Check that a page without a link is the end of the list: the Hub names no total to compare with."""
        last = _last_position(page.rows) or self._state.last
        if last is None:
            return  # no rows at all: `check_rows` speaks of that
        after = self._count_after(last, batch)
        if after:
            raise Stop(f"{self._where()} names no next page, but the Hub has more models after its last one.")
        self._check_canaries(batch)
        has_reached_oldest = bool(self._state.canaries) or _is_oldest(parse_time(last[0]))
        is_full = len(page.rows) >= self._reader.limits.page_rows
        if not has_reached_oldest or (after is None and is_full):
            raise Stop(
                f"{self._where()} names no next page, and nothing shows that the list is complete: its last "
                f"model dates from {last[0]}, the Hub's oldest ones from {OLDEST_CREATED}."
            )

    def _count_after(self, last: tuple[str, str], batch: _Batch) -> int | None:
        """Count unread models after the last row; None where the Hub does not follow a cursor of ours."""
        rows = self._read_after(*last)
        if rows is None:
            return None
        known = self._seen | {pack_key(str(row["key"])) for row in batch.rows}
        end = parse_time(last[0])
        unread = [row for row in _sort_rows(rows, known).rows if _is_at_or_before(row["created_at"], end)]
        return len(unread) if unread or not rows else None

    def _read_after(self, created: str, key: str) -> list[object] | None:
        """Read the few rows after a position of the list; None where the Hub refuses such a question."""
        path = self._reader.list_path(self._state.expand, CANARIES, _make_cursor(created, key))
        try:
            return self._reader.read(path, tries=2).rows
        except (BadRequest, Unanswered):
            return None

    def _check_canaries(self, batch: _Batch) -> None:
        canaries = {pack_key(key) for key in self._state.canaries}
        seen = canaries & (self._seen | {pack_key(str(row["key"])) for row in batch.rows})
        if len(seen) < MIN_CANARIES_SEEN * len(canaries):
            raise Stop(
                f"{self._where()} names no next page, but only {len(seen)} of the {len(canaries)} models "
                "that the Hub showed at the end of the list have come: it was cut short."
            )

    def _take(self, page: Page, batch: _Batch) -> None:
        """Count a page in; save every few pages and at the end."""
        state = self._state
        taken = replace(
            state,
            next_path=page.next_path,
            last=_last_position(page.rows) or state.last,
            pages=state.pages + 1,
            repeated=state.repeated + batch.repeated,
            left_out=state.left_out + batch.left_out,
            quarantined=dict(Counter(state.quarantined) + batch.quarantined),
            unread=dict(Counter(state.unread) + batch.unread.counts),
            examples=batch.unread.examples | dict(state.examples),
        )
        self._stand(taken, batch.rows)
        self._seen.update(pack_key(str(row["key"])) for row in batch.rows)
        if taken.pages - self._standing.saved.pages >= PAGES_PER_PART:
            self.save()
        self._report_progress()

    def _stand(self, state: CrawlState, rows: Iterable[Row] = ()) -> None:
        """Stand at another place of the list, with the rows on the way there."""
        self._standing = replace(self._standing, state=state, held=(*self._standing.held, *rows))

    def _report_progress(self, waiting_seconds: float | None = None) -> None:
        rate, rows = self._reader.rate, len(self._seen)
        seconds = max(self._clock.monotonic() - self._started, 1e-9)
        self._report(
            FetchProgress(
                pages=self._state.pages,
                rows=rows,
                rows_per_second=(rows - self._resumed_rows) / seconds,
                rate_limit_left=rate.remaining if rate else None,
                rate_limit_reset_seconds=rate.reset_in_seconds if rate else None,
                quarantined=sum(self._state.quarantined.values()),
                waiting_seconds=waiting_seconds,
            )
        )

    def _where(self) -> str:
        return f"Page {self._state.pages + 1} of {self._reader.endpoint}{LIST_PATH}"


def _sort_rows(raw_rows: list[object], seen: set[bytes]) -> _Batch:
    """Parse rows and sort them into new models, repeats, left out and quarantined ones."""
    rows: dict[bytes, Row] = {}
    quarantined: Counter[str] = Counter()
    repeated = left_out = 0
    unread = Unread()
    for raw in raw_rows:
        parsed = parse_row(raw)
        if isinstance(parsed, Quarantined):
            quarantined[parsed.reason] += 1
        elif isinstance(parsed, LeftOut):
            left_out += 1
        elif (key := pack_key(str(parsed["key"]))) in seen or key in rows:
            repeated += 1
        else:
            rows[key] = parsed
            unread.look_at(raw, parsed)  # type: ignore[arg-type]  # what parses is an object
    return _Batch(list(rows.values()), quarantined, repeated, left_out, unread)


def _last_position(rows: list[object]) -> tuple[str, str] | None:
    """Return `createdAt` and `_id` of the last row that has a date and a key, as the Hub wrote them."""
    for row in reversed(rows):
        if isinstance(row, dict) and parse_time(row.get("createdAt")) and isinstance(row.get("_id"), str):
            return row["createdAt"], row["_id"]
    return None


def _make_cursor(created: str, key: str) -> str:
    """Write the Hub's own kind of cursor for what follows a position: older, or as old with a larger id."""
    older = [{"createdAt": {"$lt": created}}, {"createdAt": None}]
    equal = [{"createdAt": created, "_id": {"$gt": key}}] if key else []
    return base64.b64encode(json.dumps({"$or": equal + older}).encode()).decode()


def _is_oldest(created: object) -> bool:
    return _is_at_or_before(created, parse_time(OLDEST_CREATED))


def _is_at_or_before(created: object, limit: dt.datetime | None) -> bool:
    return isinstance(created, dt.datetime) and limit is not None and created <= limit


def _name_source(endpoint: str) -> str:
    host = urlsplit(endpoint).hostname
    return HUB_SOURCE if host == HUB_HOST else f"{HUB_SOURCE} at {host}"
