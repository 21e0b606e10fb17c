"""The store's copy in a dataset repository on the Hub: pull it, push to it, and lose nobody's interval.

What lies there is what the next night needs: the ledger, the newest snapshots, the journals, the checks, the headlines
that were published, the log of corrections. Files of closed days and months stand in packs. A push is one commit that
names its parent; where somebody was faster, the Hub refuses it, and it begins again on top of the newer commit. Nothing
is ever forced.
"""

import datetime as dt
import errno
import hashlib
import math
import random
import re
import shutil
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Final, Literal, TypeVar

# The client's own HTTP library, installed with it.
import httpx2
from huggingface_hub import (
    CommitOperationAdd,
    CommitOperationDelete,
    HfApi,
    RepoFile,
    get_session,
    get_token,
    hf_raise_for_status,
)
from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled, OIDCError
from huggingface_hub.utils import disable_progress_bars

from generator import __version__
from generator.audit.checking import HELD, list_held
from generator.audit.corrections import FILE as CORRECTIONS
from generator.audit.corrections import add_corrections
from generator.audit.nights import Night, parse_night
from generator.base.errors import LedgerError, NightError, RemoteError
from generator.base.files import hash_file, hash_in_name, is_whole, write_atomically
from generator.base.http import Answer, Transient, ask_until_answered, describe_failure, describe_response
from generator.base.hub import LIBRARY, OFFLINE, make_headers, make_transient
from generator.base.settings import HELD_DAYS, MAX_PUSH_TRIES, MAX_WAIT_SECONDS
from generator.ledger.merge import drop_withdrawn, find_lost, merge_manifests
from generator.ledger.store import (
    Manifest,
    list_dates,
    list_hashes,
    list_ledger_files,
    read_manifest,
    remove_stale,
    set_aside,
    write_manifest,
)
from generator.night.packs import FOLDER, list_packs, unpack, write_pack
from generator.registry import read_corrections
from generator.sources.answers import Meaning, Place, judge
from generator.sources.snapshot import list_snapshots

T = TypeVar("T")

SCHEME: Final = "hf://datasets/"
MANIFEST: Final = "ledger/manifest.json"
# Folders whose files are the store's; whatever else lies in the repository is not ours to touch.
MIRRORED: Final = ("ledger/", "snapshots/")
PACKS: Final = FOLDER
JOURNALS: Final = ("nights/", "checks/", "published/")
# Errors of this machine's disk, which asking the Hub again does not mend.
_DISK_ERRORS: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM})
_HASH: Final = re.compile(r"[0-9a-f]{40,64}")
_WORK: Final = "pull"
_PACKING: Final = "push"


disable_progress_bars()


@dataclass(frozen=True)
class Pulled:
    """What a pull did.

    Attributes:
        head: the commit that was merged.
        files: files that were brought.
        intervals: intervals of the merged ledger.
        changed: whether the store's ledger is another one now.
        listed: hash of each file in the repository, by path.
        pushed: the ledger in the repository.
    """

    head: str
    files: int
    intervals: int
    changed: bool
    listed: Mapping[str, str]
    pushed: Manifest

    @property
    def requests(self) -> int:
        """Return how often a runner without any file would ask: two requests a file, and a few for the lists."""
        own = (*MIRRORED, *JOURNALS, PACKS, CORRECTIONS)
        return 2 * sum(path.startswith(own) for path in self.listed) + 4


@dataclass(frozen=True)
class Pushed:
    """What a push did.

    Attributes:
        commit: the newest commit afterwards.
        written: files that it added or changed; 0 where everything was there.
        removed: files that it removed.
        tries: how often it began.
    """

    commit: str
    written: int
    removed: int
    tries: int


def parse_remote(text: str) -> str:
    """Return `OWNER/NAME` of an address `hf://datasets/OWNER/NAME`.

    Raises:
        RemoteError: it is not one.
    """
    repo = text.removeprefix(SCHEME)
    parts = repo.split("/")
    if repo == text or len(parts) != 2 or not all(part and not part.startswith(".") for part in parts):
        raise RemoteError(
            f"The remote is {text!r}; a dataset repository as hf://datasets/OWNER/NAME was expected, for example "
            "hf://datasets/open-model-share/history."
        )
    return repo


def exchange_identity() -> str | None:
    """Exchange the workflow's identity for a token of one hour for the repository in HF_OIDC_RESOURCE.

    Raises:
        RemoteError: the identity is missing, or the Hub does not accept it.
    """
    try:
        return get_token()
    except (OIDCError, HfHubHTTPError, httpx2.HTTPError) as error:
        raise RemoteError(
            f"HF_OIDC_RESOURCE is set, but no token came for it: {describe_failure(error)}. Give the job the "
            "permission `id-token: write`, and make the workflow a trusted publisher of the repository on the Hub; or "
            "remove HF_OIDC_RESOURCE and set HF_WRITE_TOKEN."
        ) from error


class DatasetRepo:
    """One dataset repository, read with one token and written with another.

    Attributes:
        repo: its name, `owner/name`.
    """

    def __init__(
        self,
        repo: str,
        *,
        endpoint: str | None = None,
        token: str | None = None,
        sleep: Callable[[float], None],
        jitter: Callable[[], float] = random.random,
        most_bytes: float = math.inf,
    ) -> None:
        """Open a repository.

        Args:
            repo: its name, `owner/name`.
            endpoint: the Hub; None for the client's.
            token: sent when it is read.
            sleep: waits so many seconds.
            jitter: a number from 0 to 1, by which two that were refused together do not come back together.
            most_bytes: of the files of one `download`, by the list of files; for a repository that is a stranger's.
        """
        self.repo = repo
        self._token: str | Literal[False] = (token or "").strip() or False
        self._sleep = sleep
        self._jitter = jitter
        self._most_bytes = most_bytes
        self._sizes: dict[str, int] = {}
        self._api = HfApi(endpoint=endpoint, library_name=LIBRARY, library_version=__version__)

    def read_head(self) -> str:
        """Return the hash of the newest commit of `main`.

        From the list of commits, which is git's own: what the repository says of itself can lag behind by seconds.

        Raises:
            RemoteError: the repository cannot be read.
        """
        url = f"{self._api.endpoint}/api/datasets/{self.repo}/commits/main"

        def read() -> str:
            response = get_session().get(url, headers=make_headers(self._token or None))
            hf_raise_for_status(response)
            newest = str(response.json()[0]["id"])
            if not _HASH.fullmatch(newest):
                raise ValueError(f"the newest commit is called {newest[:80]!r}")
            return newest

        return self._ask(read)

    def list_files(self, commit: str) -> dict[str, str]:
        """List the files of a commit: of large ones the SHA-256, of others git's hash.

        A repository is made with one file: a list without any is no list, and a push on top of it would drop all.
        """

        def read() -> dict[str, str]:
            tree = self._api.list_repo_tree(
                self.repo, repo_type="dataset", revision=commit, recursive=True, token=self._token
            )
            files = [item for item in tree if isinstance(item, RepoFile)]
            self._sizes = {item.path: item.size for item in files}
            found = {item.path: item.lfs.sha256 if item.lfs else item.blob_id for item in files}
            if not found:
                raise ValueError(f"the list of files of commit {commit[:8]} is empty")
            return found

        return self._ask(read)

    def download(self, paths: Iterable[str], commit: str, folder: Path) -> None:
        """Bring files of a commit into a folder.

        Raises:
            RemoteError: they cannot be read, or have more bytes than are taken.
        """
        wanted = sorted(paths)
        needed = sum(self._sizes.get(path, 0) for path in wanted)
        if needed > self._most_bytes:
            raise RemoteError(
                f"The dataset repository {self.repo} would send {needed:,} bytes; at most {self._most_bytes:,.0f} were "
                "expected. Nothing was taken from it."
            )
        if wanted:
            self._ask(
                lambda: self._api.snapshot_download(
                    self.repo,
                    repo_type="dataset",
                    revision=commit,
                    allow_patterns=wanted,
                    local_dir=folder,
                    token=self._token,
                    max_workers=4,
                )
            )

    def commit(
        self, files: Mapping[str, Path | bytes], removed: Iterable[str], parent: str, message: str, token: str | None
    ) -> str:
        """Make one commit on top of its parent; return its hash.

        Raises:
            RemoteError: the repository does not accept it.
        """
        additions = [
            CommitOperationAdd(path, data if isinstance(data, bytes) else str(data))
            for path, data in sorted(files.items())
        ]
        deletions = [CommitOperationDelete(path, is_folder=False) for path in sorted(removed)]
        made = self._try(
            lambda: self._api.create_commit(
                self.repo,
                [*additions, *deletions],
                commit_message=message,
                repo_type="dataset",
                parent_commit=parent,
                token=(token or "").strip() or False,
            )
        )
        return str(made.oid)

    def pause(self, seconds: float) -> None:
        """Wait, and up to half as long again."""
        self._sleep(min(seconds * (1 + self._jitter() / 2), MAX_WAIT_SECONDS))

    def _ask(self, ask: Callable[[], T]) -> T:
        """Ask for something until it comes."""
        return ask_until_answered(
            lambda: self._try(ask),
            self.pause,
            tries=MAX_PUSH_TRIES,
            first_wait_seconds=1.0,
            give_up=lambda reason: RemoteError(
                f"The dataset repository {self.repo} was asked {MAX_PUSH_TRIES} times without success; the last time: "
                f"{reason}. Nothing was changed: run the same command again later."
            ),
        )

    def _try(self, ask: Callable[[], T]) -> T:
        """Ask once.

        Raises:
            Transient: asking again can help; what the client cannot read is an answer that was not the Hub's.
            RemoteError: it cannot.
        """
        try:
            return ask()
        except HfHubHTTPError as error:
            raise self._explain(error) from error
        except OfflineModeIsEnabled as error:
            raise RemoteError(OFFLINE) from error
        except OSError as error:
            if error.errno in _DISK_ERRORS:
                raise
            raise Transient(describe_failure(error)) from error
        except (httpx2.HTTPError, RuntimeError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise Transient(f"no answer that can be read: {describe_failure(error)}") from error

    def _explain(self, error: HfHubHTTPError) -> Exception:
        """Return what an answer of the Hub means for us."""
        answer = _describe_answer(error.response)
        meaning = judge(Place.COMMIT, answer)
        if meaning is Meaning.AGAIN:
            return make_transient(answer)
        if meaning is Meaning.OVERTAKEN:
            return Transient(f"somebody else commits, or has committed ({answer.describe()})")
        if meaning is Meaning.TOKEN:
            return RemoteError(
                f"The dataset repository {self.repo} answered with {answer.describe()}: it is not there, or the token "
                "may not do it. Make it once on the Hub as a dataset. A private one needs HF_TOKEN. To write, set "
                f"HF_WRITE_TOKEN, or HF_OIDC_RESOURCE=datasets/{self.repo} in a workflow that is its trusted publisher."
            )
        return RemoteError(
            f"The dataset repository {self.repo} answered with {answer.describe()}: {describe_failure(error)}."
        )


def pull(store: Path, repo: DatasetRepo, *, keep: dt.date | None = None) -> Pulled:
    """Bring what others have pushed into a store, and merge the two ledgers.

    What was pushed stands: its intervals, its snapshots and its journals replace ours of the same dates. Intervals
    that only this store has stay. Everything is brought and checked before the first file of the store changes.

    Args:
        store: the folder; made if it does not exist.
        repo: the repository.
        keep: the date of the night under way: its journal stays unless the pushed one is complete.

    Raises:
        RemoteError: the repository cannot be read, or one of its files is damaged; the store is as it was.
        LedgerError: the two ledgers cannot be merged.
    """
    check_own(store)
    head = repo.read_head()
    listed = repo.list_files(head)
    work = store / _WORK
    shutil.rmtree(work, ignore_errors=True)
    try:
        return _merge(store, repo, head, listed, work, keep)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def check_own(store: Path) -> None:
    """Check that a store is one's own: what was copied from somebody's site is in nobody's care.

    Raises:
        RemoteError: it is a copy.
        LedgerError: its manifest is damaged.
    """
    site = read_manifest(store).copied_from
    if site:
        raise RemoteError(
            f"The store {store} is an unverified copy of {site}: nobody here has checked its counts, so no night "
            "renews it, and it is neither pushed nor pulled into. Build a report from it with `oms build`. For a "
            "history of your own name another folder, and begin with `oms nightly`, or with `oms restore` without "
            "--copy."
        )


def push(
    store: Path,
    repo: DatasetRepo,
    message: str,
    token: Callable[[], str | None],
    *,
    keep: dt.date | None = None,
    finish: Callable[[Pulled], Mapping[str, bytes]] = lambda _: {},
) -> Pushed:
    """Push a store in one commit on top of the newest one.

    Args:
        store: the folder.
        repo: the repository.
        message: the commit's first line.
        token: called for the token that may write, when there is something to write.
        keep: as for `pull`.
        finish: called after each merge, to append this store's snapshots again and to bring the site up to date;
            returns files as they stand once the commit is made: they go into it, and then into the store.

    Raises:
        RemoteError: the repository cannot be read or written, or the commit would lose an interval.
    """
    tries = count(1)

    def attempt() -> Pushed:
        pulled = pull(store, repo, keep=keep)
        extra = finish(pulled)
        files, removed = _compare(store, pulled.listed, extra)
        begun = Pushed(pulled.head, 0, 0, next(tries))
        if not files and not removed:
            return begun
        _check_nothing_lost(store, repo, pulled)
        commit = repo.commit(files, removed, pulled.head, message, token())
        for path, data in extra.items():
            write_atomically(store / path, data)
        return replace(begun, commit=commit, written=len(files), removed=len(removed))

    def attempt_and_clean() -> Pushed:
        try:
            return attempt()
        finally:
            shutil.rmtree(store / _PACKING, ignore_errors=True)

    return _try_until_taken(repo, attempt_and_clean)


def push_held(store: Path, repo: DatasetRepo, message: str, token: Callable[[], str | None]) -> Pushed:
    """Push the snapshots that a gate holds to the folder `held` of the repository, and nothing else.

    So what a maintainer accepts later is what was looked at. The ledger there stays as it is.

    Raises:
        RemoteError: the repository cannot be read or written.
        CheckError: a check of the store is damaged.
    """
    tries = count(1)
    held = list_held(store)

    check_own(store)

    def attempt() -> Pushed:
        head = repo.read_head()
        listed = repo.list_files(head)
        begun = Pushed(head, 0, 0, next(tries))
        files = {path: file for path, file in held.items() if not _is_same(file, listed.get(path, ""))}
        if not files:
            return begun
        return replace(begun, commit=repo.commit(files, [], head, message, token()), written=len(files))

    return _try_until_taken(repo, attempt)


def pull_held(store: Path, repo: DatasetRepo, pulled: Pulled, path: str) -> None:
    """Bring a held snapshot of the commit that was pulled into the store; nothing where it is here, or not there.

    Raises:
        RemoteError: the repository cannot be read, or the file is damaged.
    """
    if path not in pulled.listed or (store / path).exists():
        return
    work = store / _WORK
    repo.download([path], pulled.head, work)
    found = hash_file(work / path)
    if not found.startswith(hash_in_name(path)):
        raise RemoteError(
            f"The held snapshot {path} of {repo.repo} is damaged: its bytes have the hash {found[:16]}. Nothing was "
            "taken from it."
        )
    _move(work, store, [path])
    shutil.rmtree(work, ignore_errors=True)


def _try_until_taken(repo: DatasetRepo, attempt: Callable[[], Pushed]) -> Pushed:
    return ask_until_answered(
        attempt,
        repo.pause,
        tries=MAX_PUSH_TRIES,
        first_wait_seconds=1.0,
        give_up=lambda reason: RemoteError(
            f"The push to {repo.repo} was tried {MAX_PUSH_TRIES} times without success; the last time: {reason}. The "
            "store is complete: run `oms push` again later."
        ),
    )


def _merge(
    store: Path, repo: DatasetRepo, head: str, listed: Mapping[str, str], work: Path, keep: dt.date | None
) -> Pulled:
    ours = read_manifest(store)
    if MANIFEST in listed:
        repo.download([MANIFEST], head, work)
    pushed = read_manifest(work)
    theirs = drop_withdrawn(pushed, ours.withdrawn)  # what we withdrew is not brought here again
    wanted = _bring(store, repo, head, listed, work, theirs)
    _check_files(work, theirs, wanted)
    held = {dt.date.fromisoformat(path.stem) for path in list_snapshots(store)}
    merged = merge_manifests(ours, pushed, held)
    journals = [path for path in wanted if path.startswith(JOURNALS) and not _keeps(store, work, path, keep)]
    rest = [path for path in wanted if path.startswith(MIRRORED)]
    _move(work, store, [*journals, *rest])
    _drop_replaced(store, merged)
    set_aside(store, merged)
    if CORRECTIONS in wanted:
        add_corrections(store, read_corrections(work / CORRECTIONS))
    if merged != ours:
        write_manifest(store, merged)
    remove_stale(store, merged)
    return Pulled(head, len(rest) + len(journals), len(merged.stored), merged != ours, listed, pushed)


def bring_ledger(repo: DatasetRepo, folder: Path) -> Manifest:
    """Bring the ledger of a repository into a work folder, every file checked; return its manifest.

    The folder's own manifest is another one's and stays.

    Raises:
        RemoteError: the repository cannot be read, or a file is damaged.
        LedgerError: its manifest cannot be read.
    """
    head = repo.read_head()
    listed = repo.list_files(head)
    store, work = folder / "empty", folder / _WORK
    repo.download([MANIFEST], head, work)
    theirs = read_manifest(work)
    only = {path: found for path, found in listed.items() if path.startswith(("ledger/", PACKS))}
    wanted = [path for path in _bring(store, repo, head, only, work, theirs) if path.startswith("ledger/")]
    _check_files(work, theirs, wanted)
    _move(work, folder, wanted)
    return theirs


def _bring(
    store: Path, repo: DatasetRepo, head: str, listed: Mapping[str, str], work: Path, theirs: Manifest
) -> list[str]:
    """Bring what the store lacks, or has with other bytes, and unpack it; return the paths."""
    named = {f"ledger/{name}" for line in theirs.stored for name in line.files.values()}
    dates = list_hashes(theirs)
    snapshots = {path for path in listed if path.startswith("snapshots/") and _date_of(path) in dates}
    others = {path for path in listed if path.startswith(JOURNALS) or path == CORRECTIONS}
    loose = sorted(
        path for path in (named & set(listed)) | snapshots | others if not _is_same(store / path, listed[path])
    )
    sought = {path for path in named if path not in listed and not is_whole(store / path)}
    lists = _list_wanted_packs(store, named - sought, theirs, listed)
    repo.download([*loose, *lists], head, work)
    unpacked = {path for pack in lists for path in unpack(work / pack, work)}
    missing = sorted(sought - unpacked)
    if missing:
        raise RemoteError(
            f"The dataset repository names files in its manifest that it does not have: {', '.join(missing[:5])}. Go "
            "back to the commit before on the Hub, or push a whole store with `oms push`."
        )
    records = {path for path in unpacked if path.startswith(JOURNALS) and path not in listed}
    here = {path for path in records if (store / path).is_file()}
    same = {path for path in here if (store / path).read_bytes() == (work / path).read_bytes()}
    return sorted({*loose, *(sought & unpacked), *(records - same)})


def _list_wanted_packs(store: Path, whole: Collection[str], theirs: Manifest, listed: Mapping[str, str]) -> list[str]:
    """List the packs of the repository that the store could not make itself from the files that it has whole."""
    held = {path: store / path for path in whole if path not in listed}
    held |= {_name(store, path): path for path in _list_records(store)}
    own = list_packs(held, _newest(theirs))
    return sorted(path for path in listed if path.startswith(PACKS) and path not in own)


def _newest(manifest: Manifest) -> dt.date | None:
    return max(list_dates(manifest), default=None)


def _name(store: Path, path: Path) -> str:
    return path.relative_to(store).as_posix()


def _check_files(work: Path, theirs: Manifest, wanted: list[str]) -> None:
    """Check what was brought against the hashes in names and manifest, before it gets into the store."""
    hashes = list_hashes(theirs)
    damaged = []
    for path in (path for path in wanted if path.startswith(MIRRORED)):
        found = hash_file(work / path)
        date = _date_of(path)
        expected = hashes[date] if date and path.startswith("snapshots/") else hash_in_name(path)
        if not found.startswith(expected):
            damaged.append(f"{path} has the hash {found[:16]}, expected {expected[:16]}")
    if damaged:
        raise RemoteError(
            f"Files of the dataset repository are damaged: {'; '.join(damaged[:5])}. Nothing was taken from it. Go "
            "back to the commit before on the Hub, or push a whole store with `oms push`."
        )


def _keeps(store: Path, work: Path, path: str, keep: dt.date | None) -> bool:
    """Tell whether our own journal or check of the night under way stays."""
    if keep is None or _date_of(path) != keep or not (store / path).exists():
        return False
    pushed = _read_pushed(work / f"nights/{keep}.json")
    return pushed is None or not pushed.is_done


def _read_pushed(path: Path) -> Night | None:
    try:
        return parse_night(path.read_bytes()) if path.exists() else None
    except (ValueError, KeyError, TypeError) as error:
        raise NightError(
            f"The journal {path.name} of the dataset repository cannot be read: {error!r}. Bring its last good "
            "copy back there."
        ) from error


def _move(work: Path, store: Path, paths: Iterable[str]) -> None:
    for path in paths:
        (store / path).parent.mkdir(parents=True, exist_ok=True)
        (work / path).replace(store / path)


def _drop_replaced(store: Path, merged: Manifest) -> None:
    """Remove our snapshots of dates for which another one was pushed that is not held any more."""
    hashes = list_hashes(merged)
    for path in list_snapshots(store):
        known = hashes.get(dt.date.fromisoformat(path.stem))
        if known is not None and hash_file(path) != known:
            path.unlink()


def _compare(
    store: Path, listed: Mapping[str, str], extra: Mapping[str, bytes]
) -> tuple[dict[str, Path | bytes], list[str]]:
    """Return what a commit has to write and to remove so that the repository holds what the store holds.

    Packs that are not there yet are written below the store's work folder.
    """
    ours: dict[str, Path | bytes] = {_name(store, path): path for path in _list_published(store)}
    ours |= extra
    packs = list_packs(ours, _newest(read_manifest(store)))
    packed = {path for members in packs.values() for path in members}
    files = {
        path: content
        for path, content in ours.items()
        if path not in packed and not _is_same(content, listed.get(path, ""))
    }
    for name in packs.keys() - listed.keys():
        write_pack(store / _PACKING / name, packs[name], ours)
        files[name] = store / _PACKING / name
    targets = {*ours, *packs} - packed
    mirrored = [path for path in listed if path.startswith((*MIRRORED, PACKS)) and path not in targets]
    records = [path for path in listed if path.startswith(JOURNALS) and path in packed]
    return files, [*mirrored, *records, *_list_decided(store, listed)]


def _list_decided(store: Path, listed: Iterable[str]) -> list[str]:
    """List the held snapshots of the repository whose dates the ledger has now, or that waited long enough."""
    known = list_dates(read_manifest(store))
    dates = {path: _date_of(path.rpartition("-")[0]) for path in listed if path.startswith(HELD)}
    oldest = known[-1] - dt.timedelta(days=HELD_DAYS) if known else dt.date.min
    return [path for path, date in dates.items() if date and (date in known or date < oldest)]


def _list_published(store: Path) -> list[Path]:
    """List the files that belong into the repository; a snapshot does once it is in the ledger."""
    dates = list_hashes(read_manifest(store))
    snapshots = [path for path in list_snapshots(store) if dt.date.fromisoformat(path.stem) in dates]
    log = [store / CORRECTIONS] if (store / CORRECTIONS).exists() else []
    return [*list_ledger_files(store), *snapshots, *_list_records(store), *log]


def _list_records(store: Path) -> list[Path]:
    return [path for folder in JOURNALS for path in sorted((store / folder).glob("*.json"))]


def _check_nothing_lost(store: Path, repo: DatasetRepo, pulled: Pulled) -> None:
    """Check that every date of the pushed ledger is in the one that would replace it."""
    lost = find_lost(read_manifest(store), pulled.pushed)
    if lost:
        raise LedgerError(
            f"The push would lose the dates {', '.join(map(str, lost[:5]))} of {repo.repo}, which the store's ledger "
            "does not know; nothing was pushed. Run `oms pull`, and push again."
        )


def _is_same(content: Path | bytes, listed: str) -> bool:
    """Tell whether a file, or bytes that will be one, have a hash of the repository's list: SHA-256, or git's of 40."""
    if not listed or (isinstance(content, Path) and not content.is_file()):
        return False
    if isinstance(content, Path) and len(listed) == 64:
        return hash_file(content) == listed
    data = content.read_bytes() if isinstance(content, Path) else content
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest() == listed


def _date_of(path: str) -> dt.date | None:
    """Return the date in the name of a snapshot, journal or check; None where it has another name."""
    try:
        return dt.date.fromisoformat(path.rpartition("/")[2].partition(".")[0])
    except ValueError:
        return None


def _describe_answer(response: httpx2.Response) -> Answer:
    """Return an answer of the client's library; the body of a file's is not read."""
    try:
        body = response.content
    except httpx2.ResponseNotRead:
        body = b""
    return describe_response(response, body)
