"""A published site, as anybody can read it: which build it shows, and the ledger that goes out with it."""

import datetime as dt
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urljoin, urlsplit

from generator import __version__
from generator.audit.corrections import FILE as CORRECTIONS
from generator.audit.corrections import add_corrections
from generator.base.errors import LedgerError, RemoteError
from generator.base.files import hash_bytes, hash_in_name
from generator.base.http import Transient, ask_until_answered, request
from generator.base.progress import Report, tell_nobody, track
from generator.base.settings import LIVE_WAIT_SECONDS, REQUEST_TIMEOUT_SECONDS
from generator.ledger.store import Manifest, Stored, list_ledger_files, read_manifest, write_manifest
from generator.night.remote import DatasetRepo, bring_ledger
from generator.publish.ledger_files import read_earlier
from generator.publish.site import LEDGER, STAMP
from generator.publish.verify import read_build_id
from generator.registry import Correction, read_corrections

_TRIES: Final = 5
_WORK: Final = "restore"


def read_live_build(url: str) -> str | None:
    """Return the id of the build that a site shows; None where there is none, or no answer."""
    try:
        return read_build_id(_read(url, STAMP, fresh=True).decode("utf-8", "replace"))
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


@dataclass(frozen=True)
class Restored:
    """What a restoration brought back.

    Attributes:
        manifest: the store's ledger now.
        lacking: ends of the intervals that the site names and that could not be had.
        reason: why not; empty where all are there.
    """

    manifest: Manifest
    lacking: tuple[dt.date, ...] = ()
    reason: str = ""


def restore(
    url: str,
    store: Path,
    known: Collection[Correction] = (),
    open_repo: Callable[[str], DatasetRepo] | None = None,
    *,
    report: Report = tell_nobody,
) -> Restored:
    """Make a lost store again from the files that its site publishes: the ledger, and the log of corrections.

    Every file of the ledger is checked against the hash in its name, and the manifest is put in place last. Intervals
    that the site does not carry come from the dataset repository that it names. The snapshots are not published: the
    next night begins a new flow from the 30-day counts.

    Args:
        url: the site's address.
        store: the folder; it must hold no ledger.
        known: corrections that the registry holds: the site publishes them with the store's.
        open_repo: opens a dataset repository by its address; without it earlier intervals are lacking.
        report: told of each file before it is read.

    Raises:
        RemoteError: the site cannot be read, a file is damaged, or the store has a ledger already.
        LedgerError: the manifest is damaged or of another format.
        RegistryError: the log of corrections is damaged.
    """
    if list_ledger_files(store):
        raise RemoteError(
            f"The store {store} has a ledger already; nothing was restored, none is overwritten. Name another folder."
        )
    work = store / _WORK
    shutil.rmtree(work, ignore_errors=True)
    (work / "ledger").mkdir(parents=True)
    (work / "ledger" / "manifest.json").write_bytes(_read(url, f"{LEDGER}/manifest.json"))
    manifest = read_manifest(work)
    remote, lines = read_earlier((work / "ledger" / "manifest.json").read_bytes())
    for name in track([name for line in manifest.stored for name in line.files.values()], "files", report):
        (work / "ledger" / name).write_bytes(_read_checked(url, name))
    (work / CORRECTIONS).write_bytes(_read(url, f"data/{CORRECTIONS}"))
    corrections = [entry for entry in read_corrections(work / CORRECTIONS) if entry not in known]
    add_corrections(store, reversed(corrections))  # published with the newest first
    earlier, reason = _bring_earlier(work, remote, lines, open_repo)
    found = {line.interval.end for line in earlier}
    manifest = replace(manifest, stored=(*earlier, *manifest.stored))
    (store / "ledger").mkdir(exist_ok=True)
    for name in (name for line in manifest.stored for name in line.files.values()):
        (work / "ledger" / name).replace(store / "ledger" / name)
    write_manifest(store, manifest)
    shutil.rmtree(work)
    ends = (dt.date.fromisoformat(line["end"]) for line in lines)
    return Restored(manifest, tuple(end for end in ends if end not in found), reason)


def _bring_earlier(
    work: Path,
    remote: str,
    lines: Sequence[Mapping[str, Any]],
    open_repo: Callable[[str], DatasetRepo] | None,
) -> tuple[tuple[Stored, ...], str]:
    """Bring the intervals that the site leaves out; return those whose files are the ones it names, and why not all."""
    if not lines:
        return (), ""
    if open_repo is None:
        return (), f"they are in {remote}, which was not asked"
    try:
        theirs = bring_ledger(open_repo(remote), work)
    except (RemoteError, LedgerError) as error:
        return (), str(error)
    files = {line["end"]: line["files"] for line in lines}
    same = tuple(
        line
        for line in theirs.stored
        if dict(line.files) == files.get(line.interval.end.isoformat())
        and all((work / "ledger" / name).is_file() for name in line.files.values())
    )
    reason = f"{remote} has other files for their dates, or none" if len(same) < len(lines) else ""
    return same, reason


def _read_checked(url: str, name: str) -> bytes:
    data = _read(url, f"{LEDGER}/{quote(name)}")
    found = hash_bytes(data)
    if found[:16] != hash_in_name(name):
        raise RemoteError(
            f"The file {LEDGER}/{name} of {url} is damaged: its bytes have the hash {found[:16]}, expected "
            f"{hash_in_name(name)}. Nothing was restored. Try again, or take the ledger from the dataset repository "
            "with `oms pull`."
        )
    return data


def _read(url: str, path: str, *, fresh: bool = False) -> bytes:
    """Read a file of a site, again where that can help.

    Raises:
        RemoteError: it is not there, or the site does not answer.
    """
    address = urljoin(_base(url), path)
    headers = {"User-Agent": f"open-model-share/{__version__}", **({"Cache-Control": "no-cache"} if fresh else {})}

    def read() -> bytes:
        answer = request("GET", address, headers=headers, timeout=REQUEST_TIMEOUT_SECONDS, follow_redirects=True)
        if answer.status >= 500:
            raise Transient(f"status {answer.status}")
        if answer.status != 200:
            raise give_up(f"status {answer.status}")
        return answer.body

    def give_up(reason: str) -> RemoteError:
        return RemoteError(f"{address} cannot be read: {reason}. Check the address of the site, or try again later.")

    return ask_until_answered(read, lambda _: None, tries=_TRIES, first_wait_seconds=0.0, give_up=give_up)


def _base(url: str) -> str:
    """Return the address of the folder that a site stands in.

    Raises:
        RemoteError: it is not a web address.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise RemoteError(f"The site's address is {url!r}; something like https://example.org/share/ was expected.")
    return url.removesuffix("index.html").rstrip("/") + "/"
