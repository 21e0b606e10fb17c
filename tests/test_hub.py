"""Reading the Hub's list: complete, once each, through every fault, and never short in silence."""

import datetime as dt
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from generator.base.errors import FetchError
from generator.sources import hub_crawl
from generator.sources.hub import Clock, FetchProgress, FetchResult, Limits, fetch_snapshot
from generator.sources.hub_partial import WorkFolder
from generator.sources.snapshot import read_info, read_snapshot, snapshot_path
from tests.loopback import ALWAYS, Fault, LoopbackHub, make_models, serve

pytestmark = pytest.mark.slow

DATE = dt.date(2026, 11, 21)
TOKEN = "hf_not_a_real_token"  # noqa: S105 - made up
# Twenty pages of a thousand models are as good as three thousand pages, and quicker.
LIMITS = Limits(page_rows=100)
# Short enough for a test that waits for them; too short for a busy machine in all the others.
IMPATIENT = replace(LIMITS, request_seconds=1.0, page_seconds=1.5)
MODELS = make_models(2_000)

FETCH_SCRIPT = """
import datetime, pathlib, sys
from generator.sources.hub import fetch_snapshot
moment = datetime.datetime.fromisoformat(sys.argv[2] + "T03:17+00:00")
fetch_snapshot(pathlib.Path(sys.argv[1]), moment.date(), endpoint=sys.argv[3], now=lambda: moment)
"""

COUNTING_IN = {
    way.__code__ for way in (hub_crawl.Crawl._take, hub_crawl.Crawl._stand, hub_crawl.Crawl.save, WorkFolder.save)
}
Start = Callable[..., LoopbackHub]


@dataclass
class Desk:
    """A store, a clock that does not wait, and what they saw."""

    store: Path
    moment: dt.datetime = dt.datetime(2026, 11, 21, 3, 17, tzinfo=dt.UTC)
    waits: list[float] = field(default_factory=list)
    reports: list[FetchProgress] = field(default_factory=list)
    on_wait: Callable[[], None] = lambda: None

    def fetch(self, hub: LoopbackHub, **arguments: Any) -> FetchResult:
        """Fetch the whole list of a Hub."""
        given = {"limits": LIMITS, "endpoint": hub.url, "report": self.reports.append, **arguments}
        return fetch_snapshot(self.store, DATE, clock=Clock(sleep=self.sleep), now=lambda: self.moment, **given)

    def sleep(self, seconds: float) -> None:
        """Note a wait instead of waiting."""
        self.waits.append(seconds)
        self.on_wait()

    def keys(self) -> list[str]:
        """Return the keys in the snapshot, in its order."""
        return list(read_snapshot(snapshot_path(self.store, DATE), ["key"]).column("key").to_pylist())


@pytest.fixture
def start() -> Iterator[Start]:
    """Start Hubs that stop when the test ends."""
    with ExitStack() as stack:
        yield lambda faults=(), models=MODELS, **more: stack.enter_context(
            serve(LoopbackHub(models, **{"page_rows": 100, "faults": list(faults), **more}))
        )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Give an empty store."""
    return Desk(tmp_path)


def keys_of(hub: LoopbackHub) -> list[str]:
    """Return the keys of a Hub's models, in its order."""
    return [model["_id"] for model in hub.models]


def wait_until_kept(desk: Desk, pages: int, process: subprocess.Popen[Any]) -> None:
    """Wait until the unfinished work of a process counts so many pages: it asks for the next one before that."""
    state = desk.store / "partial" / DATE.isoformat() / "state.json"
    while not state.exists() or json.loads(state.read_text(encoding="utf-8"))["pages"] < pages:
        assert process.poll() is None
        time.sleep(0.005)


def test_fifty_thousand_models_are_stored_once_each(start: Start, desk: Desk) -> None:
    """Fifty pages of a thousand rows become fifty thousand rows, with no question asked but for the list."""
    hub = start(models=make_models(50_000), page_rows=1000)
    result = desk.fetch(hub, limits=Limits())
    assert (result.info.rows, result.pages, result.resumed_pages) == (50_000, 50, 0)
    assert keys_of(hub) == desk.keys()
    assert {"/api/models"} == {request.path for request in hub.requests}
    assert [*range(1, 51), 50] == hub.pages_asked()  # a full last page is asked for once more


def test_killed_half_way_it_goes_on_without_asking_again(start: Start, desk: Desk) -> None:
    """A process killed at page 26 leaves 25 pages behind; the next run asks for the 26th first."""
    hub = start([Fault("silent", 26, ALWAYS)], models=make_models(50_000), page_rows=1000)
    arguments = [str(desk.store), DATE.isoformat(), hub.url]
    process = subprocess.Popen([sys.executable, "-c", FETCH_SCRIPT, *arguments])
    hub.wait_for_page(26, process)
    wait_until_kept(desk, 25, process)
    process.kill()
    assert process.wait() == -9
    assert {request.path for request in hub.requests} == {"/api/models"}
    hub.faults.clear()
    hub.requests.clear()
    result = desk.fetch(hub, limits=Limits())
    assert (result.info.rows, result.pages, result.resumed_pages) == (50_000, 50, 25)
    assert keys_of(hub) == desk.keys()
    assert [*range(26, 51), 50] == hub.pages_asked()


def test_stopped_by_the_keyboard_the_command_says_so(start: Start, desk: Desk) -> None:
    """One sentence and the code of a stop; what came before the silent page is kept."""
    hub = start([Fault("silent", 5, ALWAYS)])
    command = [sys.executable, "-m", "generator", "fetch", "--store", str(desk.store)]
    environment = {**os.environ, "HF_ENDPOINT": hub.url}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    hub.wait_for_page(5, process)
    process.send_signal(signal.SIGINT)
    told = process.communicate()[1]
    sentence = "oms: stopped by the keyboard; what is complete stays, run the same command again to go on.\n"
    assert (process.returncode, told[-len(sentence) :]) == (130, sentence)
    assert len(list(desk.store.rglob("part-00001.parquet"))) == 1


def stop_at_line(number: int) -> Callable[..., Any]:
    """Make a trace that stops a program by the keyboard at a line of what counts a page in, and of no other."""
    left = itertools.count(number, -1)

    def trace(frame: FrameType, event: str, _: object) -> Callable[..., Any] | None:
        if event == "line" and next(left) == 0:
            raise KeyboardInterrupt
        return trace if frame.f_code in COUNTING_IN else None

    return trace


def test_stopped_at_any_line_of_counting_a_page_in_it_goes_on(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also between two statements no half of a page is kept: the next run writes the bytes of an undisturbed one."""
    monkeypatch.setattr(hub_crawl, "PAGES_PER_PART", 2)
    hub = start(models=make_models(130), page_rows=50)
    whole = Desk(tmp_path / "whole")
    whole.fetch(hub)
    for number in itertools.count():
        broken = Desk(tmp_path / str(number))
        sys.settrace(stop_at_line(number))
        try:
            broken.fetch(hub)
        except KeyboardInterrupt:
            sys.settrace(None)
            broken.fetch(hub)
        else:
            break
        finally:
            sys.settrace(None)
        assert snapshot_path(broken.store, DATE).read_bytes() == snapshot_path(whole.store, DATE).read_bytes(), number
    assert number > 50


def test_an_interrupted_crawl_writes_the_bytes_of_an_uninterrupted_one(start: Start, tmp_path: Path) -> None:
    """Stops at any page leave no trace in the snapshot."""
    hub = start()
    whole, broken = Desk(tmp_path / "whole"), Desk(tmp_path / "broken")
    whole.fetch(hub)
    for page in (1, 2, 7, 8, 13, 20):
        hub.faults = [Fault("status", page, ALWAYS, status=404)]
        with pytest.raises(FetchError):
            broken.fetch(hub)
    hub.faults.clear()
    assert broken.fetch(hub).resumed_pages == 19
    assert snapshot_path(whole.store, DATE).read_bytes() == snapshot_path(broken.store, DATE).read_bytes()


def test_models_created_meanwhile_are_left_to_the_next_day(start: Start, desk: Desk) -> None:
    """New models stand before the first page: they neither shift nor repeat the unread ones."""
    hub = start([Fault("status", 11, ALWAYS, status=404)])
    expected = keys_of(hub)
    with pytest.raises(FetchError):
        desk.fetch(hub)
    hub.faults.clear()
    hub.publish([{**model, "createdAt": "2026-11-21T00:00:00.000Z"} for model in make_models(250, seed=2)])
    assert desk.fetch(hub).info.repeated == 0
    assert expected == desk.keys()


def test_the_next_page_is_asked_for_while_one_is_parsed(start: Start, desk: Desk) -> None:
    """When a page is counted in, the one after it is under way, and none after that: each is asked for once."""
    hub, asked = start(), []

    def note(progress: FetchProgress) -> None:
        give_up = time.monotonic() + 300
        while progress.pages < 20 and progress.pages + 1 not in hub.pages_asked():
            assert time.monotonic() < give_up, f"page {progress.pages + 1} is asked for after page {progress.pages}"
            time.sleep(0.005)
        asked.append(hub.pages_asked())

    assert desk.fetch(hub, report=note).info.rows == 2000
    assert [*(list(range(1, page + 1)) for page in range(2, 21)), [*range(1, 21), 20]] == asked
    assert keys_of(hub) == desk.keys()


@pytest.mark.parametrize("page", [1, 2, 11, 19, 20])
@pytest.mark.parametrize("kind", ["status", "reset", "short", "html"])
def test_a_fault_on_a_page_asked_for_ahead_costs_one_try(start: Start, desk: Desk, kind: str, page: int) -> None:
    """First, middle or last: the failed page is asked for once more after one wait, and no other page is."""
    hub = start([Fault(kind, page, skip=int(page == 20))])  # the far end is looked at before the list is read
    assert desk.fetch(hub).info.rows == 2000
    again = [*range(1, page + 1), *range(page, 21), 20]
    assert (keys_of(hub), again, [2.0]) == (desk.keys(), hub.pages_asked(), desk.waits)


def test_a_token_refused_twice_is_dropped_once(start: Start, desk: Desk) -> None:
    """Page 7 is asked for again without the token, while page 8 was asked for ahead with it: both go on without."""
    hub = start([Fault("repeat", 7), Fault("status", 7, status=401), Fault("status", 8, status=401)])
    result = desk.fetch(hub, token=TOKEN)
    assert (result.info.rows, len(result.warnings)) == (2000, 1)
    assert keys_of(hub) == desk.keys()


@pytest.mark.parametrize("kind", ["reset", "short", "html", "broken", "object"])
def test_a_page_that_failed_once_is_asked_for_again(start: Start, desk: Desk, kind: str) -> None:
    """Connections that break and answers that are no list cost one wait of two seconds."""
    hub = start([Fault(kind, 7)])
    assert desk.fetch(hub).info.rows == 2_000
    assert desk.waits == [2.0]
    assert hub.pages_asked().count(7) == 2


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504, 520])
def test_waits_double_while_the_hub_is_out(start: Start, desk: Desk, status: int) -> None:
    """Three failures wait 2, 4 and 8 seconds; the fourth try counts."""
    hub = start([Fault("status", 7, 3, status=status)])
    assert desk.fetch(hub).info.rows == 2_000
    assert desk.waits == [2.0, 4.0, 8.0]


@pytest.mark.parametrize("kind", ["silent", "trickle", "trickle_headers"])
def test_a_socket_that_never_finishes_does_not_hang_the_crawl(start: Start, desk: Desk, kind: str) -> None:
    """Silence ends after the request's limit, trickling headers or bodies after the page's."""
    hub = start([Fault(kind, 7)])
    assert desk.fetch(hub, limits=IMPATIENT).info.rows == 2_000
    assert hub.pages_asked().count(7) >= 2  # more often where a busy machine is as slow as a broken one


def test_an_outage_ends_in_an_error_that_says_how_to_go_on(start: Start, desk: Desk) -> None:
    """Six tries, then what, where and the next step; the pages so far are kept."""
    hub = start([Fault("status", 8, ALWAYS, status=503)])
    with pytest.raises(FetchError) as raised:
        desk.fetch(hub, token=TOKEN)
    assert (
        f"{hub.url}/api/models was asked for 6 times without success; the last time: status 503 from "
        f"{hub.url.removeprefix('http://')}, asked with a token. "
        "Run the same command again: it continues after page 7."
    ) == str(raised.value)
    assert desk.waits == [2.0, 4.0, 8.0, 16.0, 32.0]
    assert not snapshot_path(desk.store, DATE).exists()
    hub.faults.clear()
    assert desk.fetch(hub).resumed_pages == 7


def test_a_429_waits_as_long_as_the_hub_says(start: Start, desk: Desk) -> None:
    """`t=55` is a wait of 56 seconds, and a report says so."""
    assert desk.fetch(start([Fault("status", 7, status=429, wait=55)])).info.rows == 2_000
    assert desk.waits == [56.0]
    assert [report.waiting_seconds for report in desk.reports if report.waiting_seconds] == [56.0]


def test_a_429_that_names_no_time_waits_one_window_once(start: Start, desk: Desk) -> None:
    """The Hub's window is 300 seconds long; what still refuses after it is waited for as an outage is."""
    assert desk.fetch(start([Fault("status", 7, 3, status=429)])).info.rows == 2_000
    assert desk.waits == [300.0, 4.0, 8.0]


def test_no_wait_is_longer_than_one_window(start: Start, desk: Desk) -> None:
    """A Hub that asks for a day of patience gets five and a half minutes."""
    desk.fetch(start([Fault("status", 7, status=429, wait=86_400)]))
    assert desk.waits == [330.0]


def test_a_spent_window_is_waited_out_ahead_of_the_429(start: Start, desk: Desk) -> None:
    """With eight requests to a window nothing is ever refused."""
    hub = start(budget=8)
    desk.on_wait = hub.renew_window
    assert desk.fetch(hub).info.rows == 2_000
    assert desk.waits == [24.0, 24.0]
    assert [*range(1, 21), 20] == hub.pages_asked()


@pytest.mark.parametrize("page", [1, 7, 19])
@pytest.mark.parametrize("kind", ["no_link", "half", "empty", "empty_end", "endless", "circle"])
def test_a_list_cut_short_is_never_accepted(start: Start, desk: Desk, kind: str, page: int) -> None:
    """A missing link, a short or empty page or an endless cursor that persists is an error."""
    with pytest.raises(FetchError):
        desk.fetch(start([Fault(kind, page, ALWAYS)]))
    assert not snapshot_path(desk.store, DATE).exists()


@pytest.mark.parametrize("kind", ["no_link", "half", "empty_end"])
def test_a_cut_shows_where_the_hub_follows_only_its_own_cursors(start: Start, desk: Desk, kind: str) -> None:
    """Then the last row's date tells: a complete list ends in the Hub's oldest second."""
    with pytest.raises(FetchError, match="nothing shows that the list is complete"):
        desk.fetch(start([Fault(kind, 7, ALWAYS)], follows_any_cursor=False))


@pytest.mark.parametrize("kind", ["no_link", "empty", "empty_end", "repeat"])
def test_a_page_that_looked_cut_once_is_asked_for_once_more(start: Start, desk: Desk, kind: str) -> None:
    """A fault that passes costs one request, not the crawl."""
    hub = start([Fault(kind, 7)])
    assert desk.fetch(hub).info.rows == 2_000
    assert keys_of(hub) == desk.keys()


def test_a_complete_list_is_accepted_without_a_cursor_of_our_own(start: Start, desk: Desk) -> None:
    """A Hub that refuses such cursors is believed where its last model dates from the oldest second."""
    hub = start(models=MODELS[:1_950], follows_any_cursor=False)
    assert desk.fetch(hub).info.rows == 1_950


def test_a_full_last_page_is_the_end_if_nothing_follows(start: Start, desk: Desk) -> None:
    """Two thousand models in pages of a hundred: the last page is full and has no link."""
    assert desk.fetch(start()).info.rows == 2_000


def test_missing_models_of_the_far_end_are_noticed(start: Start, desk: Desk) -> None:
    """The ten models that the Hub showed at its far end do not come: the list was cut, whatever it says."""
    hub = start()
    oldest = {model["_id"] for model in hub.models if model["createdAt"].startswith("2022-03-02")}

    def forget() -> None:
        hub.models = [model for model in hub.models if model["_id"] not in oldest]
        hub.publish([])

    with pytest.raises(FetchError, match="only 0 of the 10 models"):
        desk.fetch(hub, report=lambda progress: forget() if progress.pages == 1 else None)


def test_two_deleted_models_of_the_far_end_are_no_cut(start: Start, desk: Desk) -> None:
    """Models are deleted while the list is read."""
    hub = start()
    oldest = [model["_id"] for model in hub.models if model["createdAt"].startswith("2022-03-02")]

    def delete() -> None:
        hub.models = [model for model in hub.models if model["_id"] not in oldest[:2]]
        hub.publish([])

    assert desk.fetch(hub, report=lambda seen: delete() if seen.pages == 1 else None).info.rows == 1_998


def test_repeated_rows_are_stored_once_and_counted(start: Start, desk: Desk) -> None:
    """Ten rows of two thousand that come twice are ten repeats: as many as are let pass."""
    models = [*MODELS, *(dict(model, likes=None) for model in MODELS[500:510])]
    hub = start(models=models)
    result = desk.fetch(hub)
    assert (result.info.rows, result.info.repeated) == (2_000, 10)
    assert sorted(model["_id"] for model in MODELS) == sorted(desk.keys())


def test_a_list_full_of_repeats_becomes_a_snapshot_that_says_so(start: Start, desk: Desk) -> None:
    """It passed the proofs of its end: whether a hundred repeats are too many is for the gates."""
    result = desk.fetch(start(models=[*MODELS, *MODELS[500:600]]))
    assert (result.info.rows, read_info(result.path).repeated) == (2_000, 100)


def test_a_bad_row_is_set_aside_and_counted(start: Start, desk: Desk) -> None:
    """Rows without an id do not kill the list; the snapshot says how many there were."""
    broken = [{**MODELS[500], "_id": "6" * 24, "id": None}, {**MODELS[900], "_id": "5" * 24, "id": "a/b/c"}]
    result = desk.fetch(start(models=[*MODELS, *broken]))
    assert dict(result.quarantined) == {"no usable id": 2}
    assert (result.info.rows, read_info(result.path).quarantined) == (2_000, 2)


def test_a_list_of_many_bad_rows_becomes_a_snapshot_that_says_so(start: Start, desk: Desk) -> None:
    """One row in twenty is set aside: whether that is too many is for the gates."""
    broken = [{**model, "_id": f"{number:024x}", "id": None} for number, model in enumerate(MODELS[500:600])]
    result = desk.fetch(start(models=[*MODELS, *broken]))
    assert (result.info.rows, read_info(result.path).quarantined) == (2_000, 100)


@pytest.mark.parametrize(("hour", "day"), [(0, 22), (23, 20)])
def test_counts_of_another_day_cannot_be_read(start: Start, desk: Desk, hour: int, day: int) -> None:
    """The Hub tells those of the moment: not one page is asked for."""
    hub = start()
    desk.moment = dt.datetime(2026, 11, day, hour, 30, tzinfo=dt.UTC)
    with pytest.raises(FetchError, match=rf"those of 2026-11-21 cannot be read on 2026-11-{day}.*stays a gap"):
        desk.fetch(hub)
    assert [] == hub.requests


def test_a_crawl_belongs_to_the_day_of_its_first_page(start: Start, desk: Desk) -> None:
    """Begun ten minutes before midnight and ended after it, it is of the day on which it began."""
    desk.moment = dt.datetime(2026, 11, 21, 23, 50, tzinfo=dt.UTC)

    def go_on(seen: FetchProgress) -> None:
        desk.moment += dt.timedelta(minutes=2)

    assert DATE == desk.fetch(start(), report=go_on).info.date
    assert 22 == desk.moment.day


def test_a_crawl_whose_first_page_comes_after_midnight_is_none_of_the_day_before(start: Start, desk: Desk) -> None:
    """The Hub was out until then."""
    desk.moment = dt.datetime(2026, 11, 21, 23, 59, tzinfo=dt.UTC)
    desk.on_wait = lambda: setattr(desk, "moment", desk.moment + dt.timedelta(minutes=2))
    with pytest.raises(FetchError, match="those of 2026-11-21 cannot be read on 2026-11-22"):
        desk.fetch(start([Fault("status", 1, 1, status=503)]))
    assert not snapshot_path(desk.store, DATE).exists()


def test_a_crawl_of_more_than_three_hours_is_dropped(start: Start, desk: Desk) -> None:
    """Its first and its last pages are not of one moment."""

    def go_on(seen: FetchProgress) -> None:
        desk.moment += dt.timedelta(minutes=10)

    with pytest.raises(FetchError, match=r"Page 20 .*more than 3 hours after the first one.*What was read is dropped"):
        desk.fetch(start(), report=go_on)
    assert 0 == desk.fetch(start()).resumed_pages


@pytest.mark.parametrize(("hours", "resumed"), [(2, 7), (4, 0)])
def test_an_interrupted_crawl_goes_on_while_there_is_time(start: Start, desk: Desk, hours: int, resumed: int) -> None:
    """After two hours it goes on behind what was read; after four it starts anew, on the same day."""
    hub = start([Fault("status", 8, ALWAYS, status=404)])
    with pytest.raises(FetchError, match="continues after page 7"):
        desk.fetch(hub)
    hub.faults.clear()
    desk.moment += dt.timedelta(hours=hours)
    assert resumed == desk.fetch(hub).resumed_pages
    assert keys_of(hub) == desk.keys()


def test_a_list_whose_tags_become_text_is_read_as_before(start: Start, tmp_path: Path) -> None:
    """Tags as JSON text, counts as digits: the same snapshot, byte for byte."""
    as_text = [
        {**model, "tags": json.dumps(model["tags"]), "downloads": model["downloads"] and str(model["downloads"])}
        for model in MODELS
    ]
    hubs = {"lists": start(models=MODELS), "texts": start(models=as_text)}
    found = [Desk(tmp_path / name).fetch(hub).path.read_bytes() for name, hub in hubs.items()]
    assert found[0] == found[1]


@pytest.mark.parametrize("stop_at", [None, 11])
def test_a_field_that_changes_its_type_is_no_empty_column(start: Start, desk: Desk, stop_at: int | None) -> None:
    """Stopped with field, numbers, kind and an example, also where an earlier run read the first half."""
    changed = [{**model, "likes": {"count": 5}} for model in MODELS[:25]] + MODELS[25:]
    hub = start([Fault("status", stop_at, ALWAYS, status=404)] if stop_at else [], models=changed)
    if stop_at:
        with pytest.raises(FetchError, match="404"):
            desk.fetch(hub)
        hub.faults.clear()
    expected = (
        r"likes holds something else than a whole number in 25 of 2,000 rows, for example \{'count': 5\} \(dict\)"
    )
    with pytest.raises(FetchError, match=expected):
        desk.fetch(hub)
    assert not snapshot_path(desk.store, DATE).exists()


def test_a_few_values_of_another_kind_are_missing_values(start: Start, desk: Desk) -> None:
    """One in a hundred is somebody's oddity, not another format."""
    odd = [{**model, "likes": {"count": 5}} for model in MODELS[:20]]
    assert desk.fetch(start(models=[*odd, *MODELS[20:]])).info.rows == 2_000


def test_private_and_disabled_models_are_left_out(start: Start, desk: Desk) -> None:
    """They are neither rows nor mistakes."""
    hidden = [
        {**MODELS[3], "_id": "7" * 24, "private": True},
        {**MODELS[4], "_id": "8" * 24, "disabled": True},
    ]
    result = desk.fetch(start(models=[*MODELS, *hidden]))
    assert (result.info.rows, result.left_out, dict(result.quarantined)) == (2_000, 2, {})


def test_an_empty_hub_gives_no_snapshot(start: Start, desk: Desk) -> None:
    """Nothing is not a list of models."""
    with pytest.raises(FetchError, match=r"without one model that could be read"):
        desk.fetch(start(models=[]))


def test_base_models_are_given_up_where_the_list_refuses_them(start: Start, desk: Desk) -> None:
    """A 400 to the first page leads to one more try, without the field that the list refused in 2025."""
    hub = start(refuses=frozenset({"baseModels"}))
    assert desk.fetch(hub).info.rows == 2_000
    assert [1, *range(1, 21), 20] == hub.pages_asked()


def test_another_refusal_is_an_error(start: Start, desk: Desk) -> None:
    """A 400 that remains is told with the Hub's own words."""
    with pytest.raises(FetchError, match="Invalid option: tags"):
        desk.fetch(start(refuses=frozenset({"tags"})))


@pytest.mark.parametrize("kind", ["link_to", "redirect_to"])
@pytest.mark.parametrize("path", ["/api/models", "/elsewhere"])
def test_the_token_goes_to_no_other_host(start: Start, desk: Desk, kind: str, path: str) -> None:
    """A link or a redirect to another host is refused before anything is sent there."""
    other = start()
    hub = start([Fault(kind, 7, ALWAYS, target=other.url + path)])
    with pytest.raises(FetchError, match="nothing was sent elsewhere") as raised:
        desk.fetch(hub, token=TOKEN)
    assert other.requests == []
    assert TOKEN not in str(raised.value)
    assert {f"Bearer {TOKEN}"} == {request.headers.get("authorization") for request in hub.requests}


@pytest.mark.parametrize("target", ["https://127.0.0.1:{port}", "http://localhost:{port}", "http://[::", "ftp://x"])
def test_another_scheme_or_name_is_another_host(start: Start, desk: Desk, target: str) -> None:
    """The same machine under another name, scheme or no valid one is refused as well."""
    hub = start()
    hub.faults = [Fault("link_to", 7, ALWAYS, target=target.format(port=hub.url.rpartition(":")[2]))]
    with pytest.raises(FetchError, match="nothing was sent elsewhere"):
        desk.fetch(hub, token=TOKEN)


def test_other_addresses_of_the_hub_are_not_read(start: Start, desk: Desk) -> None:
    """A link to another path of the same host is no page of the list."""
    hub = start()
    hub.faults = [Fault("link_to", 7, ALWAYS, target=f"{hub.url}/api/whoami-v2")]
    with pytest.raises(FetchError, match="nothing was sent elsewhere"):
        desk.fetch(hub, token=TOKEN)
    assert {"/api/models"} == {request.path for request in hub.requests}


def test_a_redirect_within_the_list_is_followed(start: Start, desk: Desk) -> None:
    """The Hub may send a reader to the same list on the same host."""
    hub = start()
    hub.faults = [Fault("redirect_to", 7, target=f"{hub.url}/api/models")]
    assert desk.fetch(hub).info.rows == 2_000


def test_without_a_token_none_is_sent(start: Start, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token of this machine stays here unless it is handed over."""
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    hub = start()
    desk.fetch(hub)
    assert {None} == {request.headers.get("authorization") for request in hub.requests}


def test_a_refused_token_is_an_error_at_once(start: Start, desk: Desk) -> None:
    """Asking again does not make a token valid; the message names the host and does not spell the token out."""
    hub = start([Fault("status", 1, ALWAYS, status=403)])
    host = hub.url.removeprefix("http://")
    with pytest.raises(
        FetchError, match=f"403 from {host}, asked with a token.*correct HF_TOKEN, or remove it"
    ) as raised:
        desk.fetch(hub, token=TOKEN)
    assert desk.waits == []
    assert TOKEN not in str(raised.value)


@pytest.mark.parametrize("page", [1, 7])
def test_a_401_lets_the_list_go_on_without_the_token(start: Start, desk: Desk, page: int) -> None:
    """The list is public: an expired token costs the higher rate limit and a warning, not the day."""
    hub = start([Fault("status", page, status=401)])
    result = desk.fetch(hub, token=TOKEN)
    assert (result.info.rows, desk.waits) == (2_000, [])
    assert ["does not accept the token" in warning for warning in result.warnings] == [True]
    sent = [request.headers.get("authorization") for request in hub.requests]
    assert (sent[0], sent[-1]) == (f"Bearer {TOKEN}", None)


def test_a_401_without_a_token_says_that_none_was_sent(start: Start, desk: Desk) -> None:
    """The advice is not to correct what is not there."""
    with pytest.raises(FetchError, match=r"401 from .*, asked without a token.*: set HF_TOKEN, or correct HF_ENDPOINT"):
        desk.fetch(start([Fault("status", 1, ALWAYS, status=401)]))


@pytest.mark.parametrize(
    "body",
    [b"<!DOCTYPE html><title>Request blocked</title>", b"<?xml version='1.0'?><Error>Request has expired</Error>"],
)
def test_a_403_with_a_page_is_no_word_of_the_token(start: Start, desk: Desk, body: bytes) -> None:
    """A firewall's HTML and a content host's XML pass with time."""
    assert desk.fetch(start([Fault("raw", 1, 2, status=403, body=body)]), token=TOKEN).info.rows == 2_000
    assert desk.waits == [2.0, 4.0]


def test_a_403_after_pages_that_came_is_no_word_of_the_token(start: Start, desk: Desk) -> None:
    """The same token was good for six pages; a Hub that goes on refusing ends in an error, within the tries."""
    assert desk.fetch(start([Fault("status", 7, 2, status=403)]), token=TOKEN).info.rows == 2_000
    assert desk.waits == [2.0, 4.0]


def test_a_mirror_that_passes_on_the_hubs_links_gets_advice_for_mirrors(start: Start, desk: Desk) -> None:
    """Its second page lies on the Hub itself, where nobody sent this token."""
    hub = start([Fault("link_to", 1, ALWAYS, target="https://huggingface.co/api/models")])
    with pytest.raises(FetchError, match=r"HF_ENDPOINT names a mirror.*or to https://huggingface\.co"):
        desk.fetch(hub, token=TOKEN)


@pytest.mark.parametrize(
    "path", ["@{host}/api/models?x", ".{host}/api/models?x", "//{host}/api/models", "/api/whoami-v2", 7]
)
def test_unfinished_work_leads_to_no_other_place(start: Start, desk: Desk, path: object) -> None:
    """The next page's address lies on a disk: it passes the check of a link, and what does not is read anew."""
    other = start()
    hub = start([Fault("status", 11, ALWAYS, status=404)])
    with pytest.raises(FetchError):
        desk.fetch(hub, token=TOKEN)
    hub.faults.clear()
    state = desk.store / "partial" / DATE.isoformat() / "state.json"
    given = path.format(host=other.url.removeprefix("http://")) if isinstance(path, str) else path
    state.write_text(json.dumps({**json.loads(state.read_text()), "next_path": given}))
    if isinstance(path, str):
        with pytest.raises(FetchError, match=r"unfinished work.*What was read is dropped"):
            desk.fetch(hub, token=TOKEN)
    assert desk.fetch(hub, token=TOKEN).info.rows == 2_000
    assert (other.requests, {request.path for request in hub.requests}) == ([], {"/api/models"})


@pytest.mark.parametrize("token", ["hf_two words", "hf_line\nend", "hf_ü"])
def test_a_damaged_token_is_refused_without_spelling_it_out(start: Start, desk: Desk, token: str) -> None:
    """The HTTP library would quote it in its own error."""
    with pytest.raises(FetchError, match="The Hub token holds") as raised:
        desk.fetch(start(), token=token)
    assert token not in str(raised.value)


@pytest.mark.parametrize("endpoint", ["huggingface.co", "ftp://huggingface.co", "http://", "http://x:y", ""])
def test_an_address_that_is_none_is_an_error(desk: Desk, endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says which address was expected."""
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", endpoint)
    with pytest.raises(FetchError, match=r"something like https://huggingface.co"):
        fetch_snapshot(desk.store, DATE, now=lambda: desk.moment)


def test_the_endpoint_of_the_client_is_the_default(start: Start, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """`HF_ENDPOINT` sets it for both."""
    hub = start()
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", hub.url)
    assert desk.fetch(hub, endpoint=None).info.rows == 2_000


def test_an_offline_client_says_so(start: Start, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """`HF_HUB_OFFLINE` is no outage of the Hub."""
    monkeypatch.setattr("huggingface_hub.constants.is_offline_mode", lambda: True)
    with pytest.raises(FetchError, match="remove HF_HUB_OFFLINE"):
        desk.fetch(start())
    assert desk.waits == []


def test_a_hub_that_is_not_there_is_an_error(desk: Desk) -> None:
    """A refused connection is tried as often as an outage."""
    with serve(LoopbackHub([])) as hub:
        pass
    with pytest.raises(FetchError, match=r"ConnectError.*Nothing was read yet: run the same command again"):
        desk.fetch(hub)


def test_a_damaged_work_folder_is_read_anew(start: Start, desk: Desk) -> None:
    """A part that cannot be read costs time, not the snapshot."""
    hub = start([Fault("status", 11, ALWAYS, status=404)])
    with pytest.raises(FetchError):
        desk.fetch(hub)
    part = desk.store / "partial" / DATE.isoformat() / "part-00002.parquet"
    part.write_bytes(part.read_bytes()[:-9])
    hub.faults.clear()
    assert ((result := desk.fetch(hub)).resumed_pages, result.info.rows) == (0, 2_000)


def test_another_endpoints_work_is_not_continued(start: Start, desk: Desk) -> None:
    """Half a Hub and half a mirror make no snapshot."""
    with pytest.raises(FetchError):
        desk.fetch(start([Fault("status", 11, ALWAYS, status=404)]))
    assert desk.fetch(start()).resumed_pages == 0


def test_two_runs_do_not_share_a_work_folder(start: Start, desk: Desk) -> None:
    """The second run of the same date is turned away while the first one reads."""
    hub = start()
    errors: list[str] = []

    def run_another(progress: FetchProgress) -> None:
        if progress.pages == 3:
            with pytest.raises(FetchError) as raised:
                fetch_snapshot(desk.store, DATE, endpoint=hub.url, now=lambda: desk.moment)
            errors.append(str(raised.value))

    assert desk.fetch(hub, report=run_another).info.rows == 2_000
    assert ["Another run is reading this date" in message for message in errors] == [True]


def test_the_work_folder_is_gone_afterwards(start: Start, desk: Desk) -> None:
    """So are those of earlier dates: their counts cannot be read any more."""
    (desk.store / "partial" / "2026-11-20").mkdir(parents=True)
    desk.fetch(start())
    assert list((desk.store / "partial").iterdir()) == []


def test_progress_counts_pages_rows_and_the_rate_limit(start: Start, desk: Desk) -> None:
    """One report after each page."""
    desk.fetch(start())
    assert list(range(1, 21)) == [report.pages for report in desk.reports]
    assert list(range(100, 2_001, 100)) == [report.rows for report in desk.reports]
    assert {(499, 23)} == {(seen.rate_limit_left, seen.rate_limit_reset_seconds) for seen in desk.reports}
    assert all(later.rows_per_second > 0 for later in desk.reports)


def test_an_endless_list_ends_at_the_page_limit(start: Start, desk: Desk) -> None:
    """Three times the Hub's pages is not a list any more; here, twelve."""
    with pytest.raises(FetchError, match="at most 12 pages"):
        desk.fetch(start(), limits=replace(LIMITS, max_pages=12))


def test_any_single_fault_on_any_page_leaves_the_list_whole(start: Start, tmp_path: Path) -> None:
    """One passing fault, wherever it strikes, changes nothing in the snapshot."""
    hub = start(models=make_models(500))
    kinds = ("reset", "short", "html", "broken", "object", "no_link", "empty", "empty_end", "repeat")
    for kind, page in itertools.product(kinds, (1, 2, 5)):
        hub.faults = [Fault(kind, page)]
        desk = Desk(tmp_path / f"{kind}-{page}")
        desk.fetch(hub)
        assert (kind, page, keys_of(hub)) == (kind, page, desk.keys())
