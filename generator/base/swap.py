"""Put a finished folder in another one's place, so that readers find the old one or the new one, and never neither."""

import ctypes
import errno
import os
import shutil
from pathlib import Path
from typing import Final

# From Linux' fcntl.h and fs.h: paths are relative to the working folder; exchange two names in one step.
_AT_FDCWD: Final = -100
_RENAME_EXCHANGE: Final = 2
# A system or a file system that does not know the call.
_UNKNOWN: Final = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP})


def swap_folder(new: Path, target: Path) -> None:
    """Put `new` in the place of `target`, and remove what stood there.

    Where the system can exchange two names (Linux), there is no moment without a folder. Elsewhere two renames
    follow one another; a run that is killed between them leaves the old folder beside its place, and
    `recover_folder` puts it back.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    old = target.with_name(target.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if not target.exists():
        new.rename(target)
    elif exchange(new, target):
        shutil.rmtree(new, ignore_errors=True)
    else:
        target.rename(old)
        new.rename(target)
        shutil.rmtree(old, ignore_errors=True)


def recover_folder(target: Path) -> bool:
    """Put a folder back that a killed swap left beside its place; tell whether there was one to put back."""
    old = target.with_name(target.name + ".old")
    if target.exists() or not old.exists():
        return False
    old.rename(target)
    return True


def exchange(one: Path, other: Path) -> bool:
    """Exchange two names in one step; tell whether the system could.

    Raises:
        OSError: it could not for another reason: a name that is not there, no permission.
    """
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if os.name == "posix" else None
    if rename is None:
        return False
    if rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _UNKNOWN:
        return False
    raise OSError(number, os.strerror(number), str(one), None, str(other))
