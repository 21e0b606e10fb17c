"""Everything that has been seen to go wrong with the Hub's list, at its first, a middle and its last page.

Each fault ends in a complete snapshot or in no change at all, within the time that a reading may take; the table at
the end of the run says which. Time is the real one plus the waits, which are noted instead of waited for.
"""

import datetime as dt
import gzip
import hashlib
import json
import shutil
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from generator.base.errors import FetchError
from generator.sources import hub_reader
from generator.sources.hub import Clock, FetchResult, Limits, fetch_snapshot
from generator.sources.snapshot import read_snapshot, snapshot_path
from tests.loopback import ALWAYS, Fault, LoopbackHub, make_models, serve
from tests.small import append_all, make_registry
from tests.test_snapshot import put_snapshot

pytestmark = pytest.mark.slow

DATE = dt.date(2026, 11, 21)
MOMENT = dt.datetime.combine(DATE, dt.time(3, 17), dt.UTC)
TOKEN = "hf_not_a_real_token"  # noqa: S105 - made up
COMPLETE, NO_CHANGE = "complete", "no change"
# Five pages, the last one half full.
MODELS = make_models(450)
FIRST, MIDDLE, LAST = 1, 3, 5
LIMITS = Limits(page_rows=100)
# Short enough for tests that wait for them, and long for a whole page from this machine.
IMPATIENT = replace(LIMITS, request_seconds=1.0, page_seconds=1.5)
HTML = b"<!doctype html><title>Just a moment</title>"
Rows = list[Any]


@dataclass(frozen=True)
class Case:
    """A fault by name.

    Attributes:
        name: what happens, in words.
        faults: makes it happen at a page.
        ends: how the reading ends.
        elsewhere: how it ends at a page where that differs.
        limits: the limits of the reading.
    """

    name: str
    faults: Callable[[int], list[Fault]]
    ends: str
    elsewhere: dict[int, str] = field(default_factory=dict)
    limits: Limits = LIMITS


def once(kind: str, times: int = 1, **more: Any) -> Callable[[int], list[Fault]]:
    """Let a fault pass after some requests; at the last page the question for the list's far end goes before."""
    return lambda page: [Fault(kind, page, times, skip=1 if page == LAST else 0, **more)]


def ever(kind: str, **more: Any) -> Callable[[int], list[Fault]]:
    """Let a fault stay."""
    return lambda page: [Fault(kind, page, ALWAYS, **more)]


def changed(change: Callable[[Rows], Rows]) -> Callable[[int], list[Fault]]:
    """Let a page's rows come changed, whenever it is asked for."""
    return lambda page: [Fault("rows", page, ALWAYS, change=change)]


def raw(body: bytes, status: int = 200, **headers: str) -> dict[str, Any]:
    """Describe an answer byte for byte."""
    return {"body": body, "status": status, "headers": tuple(headers.items())}


def edit(**values: Any) -> Callable[[Rows], Rows]:
    """Change values of a page's last row."""
    return lambda rows: [*rows[:-1], *({**row, **values} for row in rows[-1:])]


def add(row: object) -> Callable[[Rows], Rows]:
    """Put one more row before a page's last one."""
    return lambda rows: [*rows[:-1], row, *rows[-1:]]


def nest(depth: int) -> bytes:
    """Make JSON that is deeper than a parser goes."""
    return b"[" * depth + b"]" * depth


CASES = [
    # Refusals for a while, and for ever.
    Case("429 that says how long", once("status", status=429, wait=55), COMPLETE),
    Case("429 without a header, twice", once("status", 2, status=429), COMPLETE),
    Case("429 that asks for a day", once("status", status=429, wait=86_400), COMPLETE),
    Case("429 with a wait in another header", once("status", status=429, headers=(("Retry-After", "9"),)), COMPLETE),
    Case("429 with a header of nonsense", once("status", status=429, headers=(("ratelimit", '"api";r=x'),)), COMPLETE),
    Case("429 for ever", ever("status", status=429), NO_CHANGE),
    Case("429 for ever, a window each time", ever("status", status=429, wait=300), NO_CHANGE),
    Case(
        "429 five times at every page",
        lambda _: [Fault("status", page, 5, 429, 300) for page in range(1, 6)],
        NO_CHANGE,
    ),
    Case("408 once", once("status", status=408), COMPLETE),
    Case("500 once", once("status", status=500), COMPLETE),
    Case("502 three times", once("status", 3, status=502), COMPLETE),
    Case("503 for ever", ever("status", status=503), NO_CHANGE),
    Case("504 five times", once("status", 5, status=504), COMPLETE),
    Case("520 twice", once("status", 2, status=520), COMPLETE),
    Case("520 for ever", ever("status", status=520), NO_CHANGE),
    Case("400 once", once("status", status=400), NO_CHANGE, {FIRST: COMPLETE}),
    Case("400 for ever", ever("status", status=400), NO_CHANGE),
    Case("401 for the token", once("status", status=401), COMPLETE),
    Case("401 for ever", ever("status", status=401), NO_CHANGE),
    Case("403 for the token", once("status", status=403), COMPLETE, {FIRST: NO_CHANGE}),
    Case("403 with a page of HTML, once", once("raw", **raw(HTML, 403)), COMPLETE),
    Case("403 with a page of HTML, for ever", ever("raw", **raw(HTML, 403)), NO_CHANGE),
    Case("403 for ever", ever("status", status=403), NO_CHANGE),
    Case("404", once("status", status=404), NO_CHANGE),
    Case("204 without a body", once("raw", **raw(b"", 204)), NO_CHANGE),
    # Connections that break or fall silent.
    Case("reset once", once("reset"), COMPLETE),
    Case("reset for ever", ever("reset"), NO_CHANGE),
    Case("short body once", once("short"), COMPLETE),
    Case("short body for ever", ever("short"), NO_CHANGE),
    Case("silent socket", once("silent"), COMPLETE, limits=IMPATIENT),
    Case("body that trickles", once("trickle"), COMPLETE, limits=IMPATIENT),
    Case("headers that trickle", once("trickle_headers"), COMPLETE, limits=IMPATIENT),
    # Answers that are no list.
    Case("HTML with status 200, once", once("html"), COMPLETE),
    Case("HTML with status 200, for ever", ever("html"), NO_CHANGE),
    Case("HTML that names a length of JSON", ever("raw", **raw(HTML, content_type="application/json")), NO_CHANGE),
    Case("broken JSON once", once("broken"), COMPLETE),
    Case("broken JSON for ever", ever("broken"), NO_CHANGE),
    Case("JSON nested too deep", ever("raw", **raw(nest(200_000))), NO_CHANGE),
    Case("text that is not UTF-8", once("raw", **raw(b'[{"_id":"\xff\xfe"}]')), COMPLETE),
    Case("empty body with status 200", once("raw", **raw(b"")), COMPLETE),
    Case("an error's object with status 200", once("object"), COMPLETE),
    Case("null in place of the list", ever("raw", **raw(b"null")), NO_CHANGE),
    Case("broken compression", once("raw", **raw(b"no gzip", **{"Content-Encoding": "gzip"})), COMPLETE),
    Case(
        "a small answer that unpacks to a hundred times its size",
        once("raw", **raw(gzip.compress(b" " * 9_000_000), **{"Content-Encoding": "gzip"})),
        COMPLETE,
    ),
    Case("an answer that is too large", ever("raw", **raw(b" " * 9_000_000)), NO_CHANGE),
    # Lists cut short, and lists without an end. The last page has no link: nothing is missing there.
    Case("no link once", once("no_link"), COMPLETE),
    Case("no link for ever", ever("no_link"), NO_CHANGE, {LAST: COMPLETE}),
    Case("half a page without a link", ever("half"), NO_CHANGE),
    Case("empty page once", once("empty"), COMPLETE),
    Case("empty page for ever", ever("empty"), NO_CHANGE),
    Case("empty page as the end, once", once("empty_end"), COMPLETE),
    Case("empty page as the end, for ever", ever("empty_end"), NO_CHANGE),
    Case("a link to the page itself", ever("endless"), NO_CHANGE),
    Case("ever new links to the same rows", ever("circle"), NO_CHANGE),
    Case("the page before again, once", once("repeat"), COMPLETE, {FIRST: COMPLETE}),
    Case("the page before again, for ever", ever("repeat"), NO_CHANGE, {FIRST: COMPLETE}),
    # Kept once each and counted: the list comes to its end, and the gate of repeats holds it.
    Case("each row a hundred times", changed(lambda rows: rows * 100), COMPLETE),
    # Ways to another place.
    Case(
        "a link to another host", ever("link_to", target="http://127.0.0.2:9/api/models"), NO_CHANGE, {LAST: COMPLETE}
    ),
    Case("a redirect to another host", ever("redirect_to", target="http://127.0.0.2:9/api/models"), NO_CHANGE),
    Case("a redirect to itself, for ever", ever("redirect_to", target="/api/models"), NO_CHANGE),
    # Single records.
    Case("a null record", changed(add(None)), COMPLETE),
    Case("a record without an id", changed(add({"_id": "a" * 24, "createdAt": "2026-01-01"})), COMPLETE),
    Case("a record without an _id", changed(add({"id": "a/b"})), COMPLETE),
    Case("a record that is a number", changed(add(7)), COMPLETE),
    Case("a bad date", changed(edit(createdAt="2026-13-45T99:00:00Z")), COMPLETE),
    Case("a date that is a number", changed(edit(createdAt=20261121)), COMPLETE),
    Case("a huge record", changed(edit(tags=["x" * 1_000] * 900)), COMPLETE),
    Case("a count beyond every column", changed(edit(downloads=10**30, likes=-5, downloadsAllTime="many")), COMPLETE),
    Case("a name with half a character", changed(add({"_id": "b" * 24, "id": "a/\ud800"})), COMPLETE),
    Case("every record without an id", changed(lambda rows: [{"_id": row["_id"]} for row in rows]), NO_CHANGE),
]


@dataclass
class Night:
    """A store that holds yesterday, a clock whose waits cost nothing, and what they saw."""

    store: Path
    waits: list[float] = field(default_factory=list)

    def fetch(self, hub: LoopbackHub, limits: Limits) -> FetchResult:
        """Fetch today's list."""
        return fetch_snapshot(
            self.store,
            DATE,
            endpoint=hub.url,
            token=TOKEN,
            now=lambda: MOMENT,
            limits=limits,
            clock=Clock(self.now, self.waits.append),
        )

    def now(self) -> float:
        """Return the real seconds plus those that were not waited."""
        return time.monotonic() + sum(self.waits)

    def contents(self) -> dict[str, str]:
        """Hash every file of the store but the unfinished work."""
        return {
            path.relative_to(self.store).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.store.rglob("*"))
            if path.is_file() and "partial" not in path.relative_to(self.store).parts
        }

    def keys(self) -> list[str]:
        """Return the keys in today's snapshot."""
        return list(read_snapshot(snapshot_path(self.store, DATE), ["key"]).column("key").to_pylist())


@pytest.fixture(scope="module")
def yesterday(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with yesterday's snapshot and its interval."""
    store = tmp_path_factory.mktemp("yesterday")
    put_snapshot(store, "2026-11-20", *({"id": f"a/{number}", "downloads_30d": number} for number in range(450)))
    append_all(store, make_registry())
    return store


@pytest.fixture
def night(yesterday: Path, tmp_path: Path) -> Night:
    """A copy of that store, before a night."""
    shutil.copytree(yesterday, tmp_path, dirs_exist_ok=True)
    return Night(tmp_path)


def keys_of(hub: LoopbackHub) -> list[str]:
    """Return the keys of a Hub's models, in its order."""
    return [model["_id"] for model in hub.models]


def run_case(case: Case, page: int, hub: LoopbackHub, night: Night) -> str:
    """Read the list with the fault and tell how that ended; whatever is neither of the two ends fails."""
    hub.faults = case.faults(page)
    before = night.contents()
    try:
        night.fetch(hub, case.limits)
    except FetchError as error:
        assert TOKEN not in str(error)  # noqa: PT017 - it may be raised
        assert before == night.contents()
        return NO_CHANGE
    assert keys_of(hub) == night.keys()
    assert before == {name: found for name, found in night.contents().items() if name in before}
    assert len(night.contents()) == len(before) + 1
    return COMPLETE


def recover(hub: LoopbackHub, night: Night, limits: Limits) -> list[str]:
    """Read the list when the fault is over, once more if what was read before it cannot be part of a whole."""
    try:
        night.fetch(hub, limits)
    except FetchError as error:
        assert "What was read is dropped: run the same command again" in str(error)  # noqa: PT017 - it may be raised
        night.fetch(hub, limits)
    return night.keys()


@pytest.mark.parametrize("page", [FIRST, MIDDLE, LAST])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))
def test_a_fault_ends_in_a_complete_snapshot_or_in_no_change(
    case: Case,
    page: int,
    night: Night,
    record_property: Callable[[str, object], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No wait is over its cap, the reading ends in its time, and when the fault is over the next one is complete."""
    monkeypatch.setattr(hub_reader, "MAX_PAGE_BYTES", 8_000_000)
    started = night.now()
    with ExitStack() as stack:
        hub = stack.enter_context(serve(LoopbackHub(MODELS, page_rows=100)))
        found = run_case(case, page, hub, night)
        seconds = night.now() - started
        record_property("fault", json.dumps([case.name, page, found, len(hub.requests), round(sum(night.waits))]))
        assert found == case.elsewhere.get(page, case.ends)
        assert max(night.waits, default=0.0) <= LIMITS.max_wait_seconds
        assert seconds <= case.limits.max_seconds
        assert len(hub.requests) <= 60
        hub.faults = []
        if found == NO_CHANGE:
            assert keys_of(hub) == recover(hub, night, case.limits)


def test_each_fault_has_a_name_of_its_own() -> None:
    """Thirty of them at the least."""
    assert len({case.name for case in CASES}) == len(CASES) >= 30


@pytest.mark.parametrize("field_name", ["baseModels", "tags"])
def test_a_field_that_the_list_refuses(field_name: str, night: Night) -> None:
    """A 400 to `baseModels` costs one request; a 400 to what is needed changes nothing."""
    with serve(LoopbackHub(MODELS, page_rows=100, refuses=frozenset({field_name}))) as hub:
        case = Case("refused", lambda _: [], COMPLETE)
        assert run_case(case, 1, hub, night) == (COMPLETE if field_name == "baseModels" else NO_CHANGE)


def test_waits_end_where_the_time_does(night: Night) -> None:
    """A wait that would pass the end of the reading's time is not begun; the next run goes on behind what was read."""
    with serve(LoopbackHub(MODELS, page_rows=100, faults=[Fault("status", 3, 5, 429, 300)])) as hub:
        limits = replace(LIMITS, max_seconds=1_000)
        with pytest.raises(FetchError, match=r"asks to wait 301 seconds, and of the 1,000 .* (?:9[67])\b.* are left"):
            night.fetch(hub, limits)
        assert night.waits == [301.0, 301.0, 301.0]
        assert night.fetch(hub, limits).resumed_pages == 2
        assert night.waits == [301.0] * 4


def test_a_reading_without_waits_ends_in_time_too(night: Night) -> None:
    """A Hub whose every answer is slow is given up in the middle, not at its end."""
    ticks = iter(range(0, 100_000, 100))
    with serve(LoopbackHub(MODELS, page_rows=100)) as hub, pytest.raises(FetchError, match="takes longer than 500"):
        fetch_snapshot(
            night.store,
            DATE,
            endpoint=hub.url,
            now=lambda: MOMENT,
            limits=replace(LIMITS, max_seconds=500),
            clock=Clock(lambda: float(next(ticks)), night.waits.append),
        )
    assert not snapshot_path(night.store, DATE).exists()
