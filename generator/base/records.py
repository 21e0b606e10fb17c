"""Records as JSON: rendered in two ways, for people and for the wire, and read back in the format that is known."""

import dataclasses
import datetime as dt
import json
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

# Digits of a fraction, in every file.
DIGITS: Final = 12


def render_json(content: object, *, sort_keys: bool = False) -> str:
    """Render JSON that people read too: a value a line, dates and moments as text."""
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=sort_keys, default=str) + "\n"


def pack_json(content: object) -> str:
    """Render JSON on one line, its keys in order."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


def parse_json(text: str | bytes, known: str) -> dict[str, Any]:
    """Parse an object of JSON that names its format, and return the rest of it.

    Raises:
        ValueError: it is no JSON, or of another format.
        KeyError: it names none.
        TypeError: it is no object.
    """
    raw = dict(json.loads(text))
    found = raw.pop("format")
    if found != known:
        raise ValueError(f"its format is {found!r}, expected {known!r}")
    return raw


def to_plain(value: object, encode: Callable[[str], str], left_out: Collection[str] = ()) -> Any:
    """Turn records into JSON's values: dates as ISO text, fractions with twelve digits, texts encoded.

    Args:
        value: a record, a mapping, a sequence, or a single value.
        encode: makes a text of strangers fit for readers.
        left_out: fields that are left out, of whatever record.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value) if field.name not in left_out]
        return {name: to_plain(getattr(value, name), encode, left_out) for name in names}
    if isinstance(value, Mapping):
        return {getattr(key, "slug", key): to_plain(item, encode, left_out) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [to_plain(item, encode, left_out) for item in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float):
        return round(value, DIGITS)
    return encode(value) if isinstance(value, str) and value else value
