"""Write generated files into the site's source: what changed is written, what is stale is removed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.base.errors import SiteError
from generator.base.files import name_partial, write_if_changed
from generator.base.records import render_json


@dataclass(frozen=True)
class Published:
    """What a publication did.

    Attributes:
        written: files whose bytes are new.
        unchanged: files that stayed as they were.
        removed: generated files of an earlier build that this one does not have.
    """

    written: int
    unchanged: int
    removed: int


def publish_files(folder: Path, files: Mapping[str, str | bytes], record: Path) -> Published:
    """Write generated files below a folder.

    Args:
        folder: the site's source.
        files: text, or bytes, by path relative to it.
        record: where the list of generated files is kept from one build to the next.

    Raises:
        SiteError: a path leads out of the folder.
    """
    targets = {name: (folder / name).resolve() for name in files}
    for name, target in targets.items():
        if not target.is_relative_to(folder.resolve()):
            raise SiteError(f"The generated file {name!r} would stand outside {folder}; nothing was written.")
    before = set(json.loads(record.read_text(encoding="utf-8"))) if record.is_file() else set()
    # Known before the first one is written: a run that is killed leaves no file that the next one would not remove.
    write_if_changed(record, render_json(sorted(before | set(files))))
    written = sum(write_if_changed(targets[name], content) for name, content in files.items())
    removed = 0
    for name in sorted(before | set(files)):
        path = folder / name
        name_partial(path).unlink(missing_ok=True)  # of a run that was killed
        if name not in files and path.is_file():
            path.unlink()
            removed += 1
    write_if_changed(record, render_json(sorted(files)))
    return Published(written, len(files) - written, removed)


def publish_pages(folder: Path, pages: Mapping[str, str]) -> list[Path]:
    """Write pages that pass no builder into a folder of the cache, and return their paths; unchanged ones stay."""
    publish_files(folder, pages, folder.with_suffix(".json"))
    return [folder / name for name in pages]
