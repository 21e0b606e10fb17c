"""The log of corrections: what was published and is put right, and which holds were overruled.

The hand-written part stands in the registry, the generated part in the store; a reader sees both as one.
"""

from collections.abc import Iterable
from dataclasses import astuple, fields
from pathlib import Path
from typing import Final

from generator.base.encode import as_text, line, render_rows
from generator.base.files import write_atomically
from generator.registry import Correction, read_corrections

FILE: Final = "corrections.csv"


def add_corrections(store: Path, entries: Iterable[Correction]) -> int:
    """Add entries that the store's log does not hold yet; return how many.

    Raises:
        RegistryError: the log is damaged; nothing is written.
    """
    path = store / FILE
    held = list(read_corrections(path))
    new = [line for entry in entries if (line := _clean(entry)) not in held]
    if new:
        columns = [field.name for field in fields(Correction)]
        write_atomically(path, render_rows(columns, (astuple(entry) for entry in [*held, *new])))
    return len(new)


def _clean(entry: Correction) -> Correction:
    """Return an entry whose texts are single printable lines and no formulas; what is empty stays so."""
    texts = {
        field.name: as_text(line(value))
        for field in fields(Correction)
        if isinstance(value := getattr(entry, field.name), str) and value
    }
    return Correction(**{field.name: getattr(entry, field.name) for field in fields(Correction)} | texts)
