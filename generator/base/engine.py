"""The engine of joins and sums: DuckDB, with a bound on its memory; what it does not hold lies on disk."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb

from generator.base.settings import ENGINE_MEMORY

# What an engine cannot hold lies in the system's folder for such files, not in the one that the program is started in.
SPILL_FOLDER: Final = str(Path(tempfile.gettempdir()) / "oms-engine")


@contextmanager
def open_engine() -> Iterator[duckdb.DuckDBPyConnection]:
    """Open DuckDB with a bound on its memory; what it does not hold lies on disk until it is closed."""
    config: dict[str, Any] = {
        "preserve_insertion_order": "false",
        "memory_limit": ENGINE_MEMORY,
        "temp_directory": SPILL_FOLDER,
    }
    with duckdb.connect(config=config) as connection:
        yield connection
