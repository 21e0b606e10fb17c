"""Read every public model from the Hub's list into a snapshot.

The list is read newest first, by date of creation, which never changes: models created meanwhile stand before
the first page and are left to the next day, and no model can move from an unread page to a read one.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from generator.base.errors import FetchError
from generator.sources.hub_crawl import Crawl, FetchProgress, FetchResult
from generator.sources.hub_partial import open_work_folder
from generator.sources.hub_reader import DEFAULT_LIMITS, SYSTEM_CLOCK, Clock, Limits, Reader, StartOver, Stop

__all__ = ["Clock", "FetchProgress", "FetchResult", "Limits", "fetch_snapshot"]


def fetch_snapshot(
    store: Path,
    date: dt.date,
    *,
    now: Callable[[], dt.datetime],
    endpoint: str | None = None,
    token: str | None = None,
    report: Callable[[FetchProgress], None] = lambda _: None,
    clock: Clock = SYSTEM_CLOCK,
    limits: Limits = DEFAULT_LIMITS,
) -> FetchResult:
    """Read the Hub's list of models into the snapshot of a date, going on where an interrupted run stopped.

    Args:
        store: the folder of snapshots; unfinished work lies in its folder `partial`.
        date: the UTC date that the counts belong to: the day on which the first page is read, and no other.
        now: tells the moment in UTC.
        endpoint: the Hub; None for the client's (`HF_ENDPOINT`, else https://huggingface.co).
        token: sent to the endpoint and to no other host; None for an anonymous crawl.
        report: called after each page and before each wait.
        clock: replaced in tests.
        limits: replaced in tests.

    Raises:
        FetchError: the list could not be read completely; no snapshot was written.
    """
    reader = Reader(endpoint, token, limits, clock)
    with open_work_folder(store, date) as work:
        crawl = Crawl(work, reader, report, clock, now)
        try:
            crawl.check_day(date)
            crawl.run()
            crawl.check_day(date)
            crawl.check_rows()
            crawl.check_kinds()
        except StartOver as stop:
            work.remove()
            raise FetchError(f"{stop} What was read is dropped: run the same command again to start over.") from stop
        except Stop as stop:
            raise FetchError(f"{stop} {crawl.next_step()}") from stop
        finally:
            crawl.save()
        return replace(crawl.finish(store, date), warnings=tuple(reader.warnings))
