"""Files: written in one step, told apart by their hashes, and held by one process at a time."""

import datetime as dt
import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from generator.base.encode import to_bytes
from generator.base.errors import OmsError

if sys.platform != "win32":
    import fcntl

# What a file is called until it is whole. A run that is killed leaves it beside its place.
PARTIAL: Final = ".partial"
# The folder that the program, its templates and its hand-written pages stand in.
ROOT: Final = Path(__file__).resolve().parents[2]
TEMPLATES: Final = ROOT / "templates"


@contextmanager
def open_atomically(path: Path, *, durable: bool = False) -> Iterator[IO[bytes]]:
    """Open a file to be written: it takes its place when it is whole, and what stood there stays until then.

    Args:
        path: its place; the folder is made if it is not there.
        durable: whether its bytes must be on the disk before it takes its place, so that a power failure leaves the
            old file or the new one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = name_partial(path)
    with partial.open("wb") as file:
        yield file
        file.flush()
        if durable:
            os.fsync(file.fileno())
    partial.replace(path)


def write_atomically(path: Path, content: str | bytes, *, durable: bool = False) -> None:
    """Write a file in one step; arguments as for `open_atomically`."""
    with open_atomically(path, durable=durable) as file:
        file.write(to_bytes(content))


def write_if_changed(path: Path, content: str | bytes) -> bool:
    """Write a file in one step unless it holds these bytes already; return whether it was written."""
    if path.is_file() and path.read_bytes() == to_bytes(content):
        return False
    write_atomically(path, content)
    return True


def name_partial(path: Path) -> Path:
    """Return where the bytes of a file stand until it is whole."""
    return path.with_name(path.name + PARTIAL)


def name_download(name: str, as_of: dt.date) -> str:
    """Return under which name a reader saves a file: whose it is, what it holds, and of which date.

    Args:
        name: what it holds, with its ending: `shares.csv`.
        as_of: the date of the data.
    """
    stem, dot, ending = name.partition(".")
    return f"open-model-share_{stem}_{as_of.isoformat()}{dot}{ending}"


def hash_bytes(content: str | bytes) -> str:
    """Return the SHA-256 of bytes, or of a text in UTF-8."""
    return hashlib.sha256(to_bytes(content)).hexdigest()


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_in_name(name: str) -> str:
    """Return the beginning of the hash that stands in a file's name, `<stem>-<hash>.<endings>`."""
    return name.rpartition("-")[2].partition(".")[0]


def is_whole(path: Path) -> bool:
    """Tell whether a file is there with the bytes that its name says."""
    return path.is_file() and hash_file(path).startswith(hash_in_name(path.name))


@contextmanager
def hold(path: Path, taken: OmsError) -> Iterator[None]:
    """Hold a lock; the system releases it when the process ends, however it ends.

    Args:
        path: the lock's file; its folder is made if it is not there.
        taken: raised where another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        if sys.platform != "win32":
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise taken from None
        yield
