"""What a process and all that descend from it use: processor seconds, and memory at its peak."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LOOK_SECONDS: Final = 0.5


@dataclass
class Peak:
    """The most memory that a tree of processes held at one moment, in bytes."""

    memory: int = 0


@contextmanager
def watch_memory(pid: int) -> Iterator[Peak]:
    """Look at the memory of a process and its descendants twice a second until the block ends."""
    peak, ended = Peak(), threading.Event()

    def look() -> None:
        peak.memory = max(peak.memory, sum(map(read_memory, list_tree(pid))))
        while not ended.wait(LOOK_SECONDS):
            peak.memory = max(peak.memory, sum(map(read_memory, list_tree(pid))))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield peak
    finally:
        ended.set()
        watcher.join()


def list_tree(pid: int) -> Iterator[int]:
    """Yield a process and all that descend from it."""
    yield pid
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = path.read_text(encoding="ascii").split()
        except OSError:
            continue
        for child in children:
            yield from list_tree(int(child))


def read_memory(pid: int) -> int:
    """Return a process's memory in bytes; shared pages count for their part."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    return int(text.split("Pss:")[1].split()[0]) * 1024


def read_seconds(pid: int) -> float:
    """Return the processor seconds that a process has used, without its children's."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def sum_sizes(folder: Path) -> int:
    """Return the bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
