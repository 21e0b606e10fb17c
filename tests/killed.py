"""Kills by what has been done, never by time: a program is killed with SIGKILL before one of its changes on the disk.

A piece of work in one process is killed before each of its changes. A file that it opens for writing counts twice: it
is not there yet, and it is torn, with a byte of something else. A command with processes of its own is killed before
one change, whichever of them makes it.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
_CHANGES: Final = """
import os
CHANGES = {"os.rename", "os.remove", "os.link", "os.mkdir", "os.rmdir", "os.truncate"}
def is_written(event, arguments):
    return event == "open" and isinstance(arguments[2], int) and bool(arguments[2] & (os.O_WRONLY | os.O_RDWR))
"""
# Begins with every process of a command: each change below the root is a byte in the list of changes, `s` in the store.
_STRIKER: Final = """
import json, signal, sys
from pathlib import Path

HERE = Path(__file__).parent
PLAN = json.loads((HERE / "plan.json").read_text())
OWN = {str(HERE / "changes"), str(HERE / "struck")}
def look(event, arguments):
    if not (event in CHANGES or is_written(event, arguments)) or isinstance(arguments[0], int):
        return
    path = os.path.abspath(os.fsdecode(arguments[0]))
    if not path.startswith(PLAN["root"] + os.sep) or "__pycache__" in path or path in OWN:
        return
    changes = os.open(HERE / "changes", os.O_RDWR | os.O_APPEND | os.O_CREAT)
    os.write(changes, b"s" if path.startswith(PLAN["store"] + os.sep) else b".")
    seen = os.pread(changes, 1 << 20, 0).decode()
    os.close(changes)
    if sum(seen.count(kind) for kind in PLAN["kinds"]) >= PLAN["at"] > 0:
        strike()
def strike():
    try:
        (HERE / "struck").touch(exist_ok=False)
    except FileExistsError:
        return
    first = os.getsid(0)
    os.killpg(first, signal.SIGKILL) if PLAN["whole"] else os.kill(first, signal.SIGKILL)
sys.addaudithook(look)
"""
STORE: Final = "s"
ANYWHERE: Final = "s."
# One process imports what the work needs, once; each kill takes a child of it.
_STRIKE: Final = """
import shutil, signal, sys
from itertools import count
from pathlib import Path

folder = Path(sys.argv[1])
namespace = {}
exec(sys.argv[2], namespace)

def kill_before(step, store):
    left = [step]
    def pass_step():
        left[0] -= 1
        return left[0] == 0
    def look(event, arguments):
        is_opened = is_written(event, arguments) and left[0] > 0
        if not (event in CHANGES or is_opened) or str(store) not in str(arguments[0]):
            return
        is_torn = False
        if pass_step() or (is_opened and (is_torn := pass_step())):
            if is_torn:
                file = os.open(arguments[0], os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
                os.write(file, b"x")
            os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(look)
    namespace["work"](store)
    return step - left[0]

def strike(step, store, tell=lambda passed: None):
    child = os.fork()
    if child == 0:
        try:
            tell(kill_before(step, store))
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status not in {0, -signal.SIGKILL}:
        sys.exit(f"the work failed before its step {step}: {status}")
    return status != 0
"""
_AT_EACH: Final = """
for step in count(1):
    store = folder / str(step)
    shutil.copytree(folder / "store", store)
    if not strike(step, store):
        break
"""
# A work of that many changes is struck after a part of them, goes on, and is struck again after as many more.
_IN_TURN: Final = """
times, whole, killed = int(sys.argv[3]), folder / "whole", folder / "killed"
for store in (whole, killed):
    shutil.copytree(folder / "store", store)
passed = folder / "passed"
strike(10**9, whole, lambda steps: passed.write_text(str(steps)))
part = int(passed.read_text()) // (times + 1)
if not all(strike(part, killed) for _ in range(times)):
    sys.exit(f"the work ended before it was struck {times} times")
strike(10**9, killed)
"""


def kill_at_each_step(folder: Path, work: str) -> tuple[list[Path], Path]:
    """Kill some work before each of its changes; return the stores as each kill left them, and that of no kill.

    Args:
        folder: holds the store before the work, as `store`.
        work: Python that imports what it needs and defines `work(store)`.
    """
    _run(_STRIKE + _AT_EACH, str(folder), work)
    *killed, undisturbed = sorted((path for path in folder.iterdir() if path.name.isdigit()), key=_count)
    return killed, undisturbed


def kill_in_turn(folder: Path, work: str, times: int) -> tuple[Path, Path]:
    """Kill some work several times, each time on top of what the last one left, and let it end; arguments as above.

    Returns:
        The store of the work that was killed, and that of the same work left alone.
    """
    _run(_STRIKE + _IN_TURN, str(folder), work, str(times))
    return folder / "killed", folder / "whole"


def _run(script: str, *arguments: str) -> None:
    command = [sys.executable, "-c", _CHANGES + script, *arguments]
    subprocess.run(command, check=True, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=sys.stderr)


@dataclass(frozen=True)
class Striker:
    """Kills a command before one of its changes; the command must be the first process of a session of its own.

    Attributes:
        folder: on the path of Python's modules of each process that is to be looked at.
        root: changes below it count.
        store: a part of it, whose changes can be counted alone.
    """

    folder: Path
    root: Path
    store: Path

    def aim(self, at: int, kinds: str = ANYWHERE, *, whole: bool = True) -> None:
        """Let the next run be killed before a change, the first being 1; with 0 its changes are only counted.

        Args:
            at: which change.
            kinds: where changes count, in the store or anywhere.
            whole: kill all processes, or the first one alone, whose children then go on.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in ("changes", "struck"):
            (self.folder / name).unlink(missing_ok=True)
        plan = {"root": str(self.root), "store": str(self.store), "at": at, "kinds": kinds, "whole": whole}
        (self.folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
        (self.folder / "sitecustomize.py").write_text(_CHANGES + _STRIKER, encoding="utf-8")

    def count(self, kinds: str = ANYWHERE) -> int:
        """Return how many changes the last run made."""
        seen = (self.folder / "changes").read_text(encoding="utf-8")
        return sum(seen.count(kind) for kind in kinds)


def _count(path: Path) -> int:
    return int(path.name)


def read_all(store: Path) -> dict[str, bytes]:
    """Return the bytes of all files of a store."""
    return {path.relative_to(store).as_posix(): path.read_bytes() for path in store.rglob("*") if path.is_file()}
