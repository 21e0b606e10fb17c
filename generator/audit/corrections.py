"""The log of corrections: what was published and is put right, and which holds were overruled.

The hand-written part stands in the registry, the generated part in the store; a reader sees both as one.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import astuple, fields
from pathlib import Path
from typing import Final

from generator.base.encode import as_text, label
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
        write_atomically(path, _render([*held, *new]))
    return len(new)


def _render(entries: Iterable[Correction]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([field.name for field in fields(Correction)])
    writer.writerows(astuple(entry) for entry in entries)
    return buffer.getvalue()


def _clean(entry: Correction) -> Correction:
    """Return an entry whose texts are single printable lines and no formulas; what is empty stays so."""
    texts = {
        field.name: as_text(" ".join(label(word) for word in value.split()))
        for field in fields(Correction)
        if isinstance(value := getattr(entry, field.name), str) and value
    }
    return Correction(**{field.name: getattr(entry, field.name) for field in fields(Correction)} | texts)
