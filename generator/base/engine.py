"""The engine of joins and sums: DuckDB, with a bound on its memory; what it does not hold lies on disk."""

import tempfile
from functools import cache
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from generator.base.settings import ENGINE_MEMORY

# What an engine cannot hold lies in the system's folder for such files, not in the one that the program is started in.
SPILL_FOLDER: Final = str(Path(tempfile.gettempdir()) / "oms-engine")


def connect(threads: int | None = None, memory: str | None = ENGINE_MEMORY) -> duckdb.DuckDBPyConnection:
    """Connect to DuckDB; what its memory does not hold lies on disk.

    Args:
        threads: all cores where nothing is said.
        memory: its bound; None for the engine's own, most of the machine's.
    """
    said = {"threads": threads, "memory_limit": memory}
    config: dict[str, Any] = {"temp_directory": SPILL_FOLDER, **{name: each for name, each in said.items() if each}}
    return duckdb.connect(config={**config, "preserve_insertion_order": "false"})


def borrow() -> duckdb.DuckDBPyConnection:
    """Connect to the engine that all of this process share, for queries over tables of Arrow that are given no name.

    It is started once: a start takes 13 ms of processor, and an interval, of 180 where models are few, asks for two.
    """
    return _start_shared().cursor()


@cache
def _start_shared() -> duckdb.DuckDBPyConnection:
    return connect()


def give_back() -> None:
    """Give the system what was freed: it lies between what stays, and of a long history it is 0.4 GB."""
    pa.default_memory_pool().release_unused()
