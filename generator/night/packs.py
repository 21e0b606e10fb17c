"""Packs: many files of the dataset repository in one, so that a new runner asks for few.

    packs/2026-10-<hash>.zip            the ledger's files of a closed month
    packs/records-2026-<hash>.zip       journals, checks and headlines of the closed months of a year
    packs/2026-11-05-<hash>.zip         all of them of four closed days of the month under way, named by the first

A pack is named by the hash of its members' names and hashes, and holds their bytes as they are. What it holds follows
from the ledger's newest date alone: whoever packs the same files makes the same packs. The newest days stand loose.
"""

import datetime as dt
import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from generator.base.errors import RemoteError
from generator.base.files import hash_bytes, hash_in_name
from generator.base.settings import MAX_COPY_BYTES

FOLDER: Final = "packs/"
# A short run keeps few files loose (seven a night), a long one few packs: of four days a month needs least.
RUN_DAYS: Final = 4
_LEDGER: Final = re.compile(r"ledger/\d{4}-\d\d-\d\d_(\d{4}-\d\d-\d\d)-[0-9a-f]{16}[a-z.]*\.parquet")
_RECORD: Final = re.compile(r"(?:nights|checks|published)/(\d{4}-\d\d-\d\d)[a-z.]*\.json")


def name_pack(path: str, newest: dt.date) -> str | None:
    """Return the beginning of the name of the pack that a file belongs to; None for one that stands loose."""
    found = _LEDGER.fullmatch(path) or _RECORD.fullmatch(path)
    if found is None:
        return None
    day = dt.date.fromisoformat(found[1])
    if (day.year, day.month) < (newest.year, newest.month):
        return f"{FOLDER}records-{day.year}" if _RECORD.fullmatch(path) else f"{FOLDER}{day:%Y-%m}"
    run = (day.day - 1) // RUN_DAYS
    if (day.year, day.month) == (newest.year, newest.month) and run < (newest.day - 1) // RUN_DAYS:
        return f"{FOLDER}{day:%Y-%m}-{run * RUN_DAYS + 1:02}"
    return None


def list_packs(files: Mapping[str, Path | bytes], newest: dt.date | None) -> dict[str, list[str]]:
    """List the packs that files make: the paths of its members by its own path."""
    members: dict[str, list[str]] = {}
    for path in sorted(files):
        begin = name_pack(path, newest) if newest else None
        if begin:
            members.setdefault(begin, []).append(path)
    return {f"{begin}-{_hash_members(paths, files)}.zip": paths for begin, paths in members.items()}


def write_pack(target: Path, paths: Iterable[str], files: Mapping[str, Path | bytes]) -> None:
    """Write a pack; the same members give the same bytes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as pack:
        for path in paths:
            head = zipfile.ZipInfo(path)  # of 1 January 1980: no clock is in a pack
            head.create_system, head.external_attr = 3, 0o644 << 16
            pack.writestr(head, _read(files[path]))


def unpack(pack: Path, folder: Path) -> list[str]:
    """Write the members of a pack below a folder and return their paths.

    Raises:
        RemoteError: it is no pack, or one of its members is no file of a store.
    """
    try:
        with zipfile.ZipFile(pack) as opened:
            names = opened.namelist()
            unpacked = sum(info.file_size for info in opened.infolist())
            if unpacked > MAX_COPY_BYTES:
                raise zipfile.BadZipFile(f"it unpacks to {unpacked:,} bytes")  # noqa: TRY301 - told like the others
            strange = [name for name in names if not (_LEDGER.fullmatch(name) or _RECORD.fullmatch(name))]
            if strange:
                raise zipfile.BadZipFile(f"it holds {strange[0]!r}")  # noqa: TRY301 - told like the others
            for name in names:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(opened.read(name))
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise RemoteError(
            f"The pack {pack.name} of the dataset repository is damaged: {error}. Nothing was taken from it. Go back "
            "to the commit before on the Hub, or push a whole store with `oms push`."
        ) from error
    return names


def _hash_members(paths: Iterable[str], files: Mapping[str, Path | bytes]) -> str:
    """Hash what a pack holds; a file of the ledger has its hash in its name."""
    hashes = {path: hash_in_name(path) if _LEDGER.fullmatch(path) else hash_bytes(_read(files[path])) for path in paths}
    return hash_bytes("".join(f"{path} {found}\n" for path, found in hashes.items()))[:16]


def _read(content: Path | bytes) -> bytes:
    return content if isinstance(content, bytes) else content.read_bytes()
