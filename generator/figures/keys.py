"""What a figure's files depend on, as one hash that is known before anything is drawn.

It is made from what the figure says and is drawn from, and from all that can draw it: a key that is equal stands for
equal files. Sentences count as they are, unspoken; the language that speaks them is part of the code's hash.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache, partial
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from generator.base.files import ROOT, hash_bytes
from generator.figures.figure import Figure
from generator.text.catalogue import name_catalogue
from generator.text.language import Language

# Whatever drawing reads, whole packages of it: a list of modules would forget one. A test compares them with what is
# imported to draw.
_CODE: Final = (
    "generator/base/*.py",
    "generator/registry/*.py",
    "generator/text/*.py",
    "generator/figures/*.py",
    "generator/figures/*.json",
    "generator/text/locales/*.csv",
    "templates/figure.html.j2",
    "templates/embed.html.j2",
)
# Libraries that draw, or that write what stands in pictures.
_LIBRARIES: Final = ("vl-convert-python", "altair", "babel", "Jinja2")


def hash_code(language: Language, root: Path = ROOT) -> str:
    """Hash what all figures depend on: language, libraries, code, templates; `root` is the program's folder."""
    digest = sha256(" ".join([language.code, *(f"{name} {version(name)}" for name in _LIBRARIES)]).encode())
    own = root / name_catalogue(language.code).relative_to(ROOT)
    paths = [*(path for pattern in _CODE for path in root.glob(pattern)), *([own] if own.is_file() else [])]
    for path in sorted(paths):
        digest.update(f"\0{path.relative_to(root).as_posix()} {hash_bytes(path.read_bytes())}".encode())
    return digest.hexdigest()


def hash_figure(figure: Figure, code: str) -> str:
    """Hash a figure and the code that draws it.

    Raises:
        TypeError: it is drawn from something whose content cannot be told, such as a function.
    """
    return hash_bytes(code + json.dumps(figure, default=_describe, ensure_ascii=False))


def _describe(value: Any) -> Any:
    """Return values that JSON can write: a record as its fields under the name of its kind."""
    kind: Any = type(value)
    if kind is partial:
        return {value.func.__qualname__: [value.args, value.keywords]}
    if is_dataclass(value):
        return {kind.__name__: [_pair(getattr(value, name)) for name in _list_names(kind)]}
    if isinstance(value, dt.date):
        return {kind.__name__: value.isoformat()}
    if isinstance(value, frozenset):
        return {kind.__name__: sorted(value)}
    raise TypeError(f"A figure is drawn from {kind.__qualname__}, and its key must tell one from another: {value!r}")


def _pair(value: Any) -> Any:
    """Return a mapping as its pairs: a sentence can be a key, and JSON's are texts."""
    return list(value.items()) if isinstance(value, Mapping) else value


@cache
def _list_names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
