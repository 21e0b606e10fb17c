"""Fields that change their type: what is in a raw row but of another kind is counted, and never taken for missing.

The Hub's list and its archives change a field's type without notice (a list becomes JSON text, a count a text). What
can be read all the same is read (`hub_rows`); what cannot would leave the whole column empty in silence. So each file,
and each reading of the list, counts by field what was there and was not read, and too much of it stops.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from generator.base.settings import MAX_UNREAD_FRACTION
from generator.sources.hub_rows import Row, read_count, read_gated, read_list, read_object, read_text

MAX_EXAMPLE: Final = 60


@dataclass(frozen=True)
class _Field:
    """A field of a raw row.

    Attributes:
        plain: the type that the Hub writes; a value of it is looked at no further.
        read: reads other types; None where it cannot.
        expected: what was expected, in words.
    """

    plain: type
    read: Callable[[object], object]
    expected: str


FIELDS: Final[Mapping[str, _Field]] = {
    "author": _Field(str, read_text, "text"),
    "downloads": _Field(int, read_count, "a whole number"),
    "downloadsAllTime": _Field(int, read_count, "a whole number"),
    "gated": _Field(str, read_gated, "false, auto or manual"),
    "library_name": _Field(str, read_text, "text"),
    "likes": _Field(int, read_count, "a whole number"),
    "pipeline_tag": _Field(str, read_text, "text"),
    "safetensors": _Field(dict, read_object, "an object"),
    "baseModels": _Field(dict, read_object, "an object"),
}
_TIME: Final = "createdAt"
_TAGS: Final = "tags"


@dataclass
class Unread:
    """What was present in rows and was not read, by field; filled while rows are.

    Attributes:
        rows: rows that were looked at.
        counts: how many of them, by field.
        examples: the first value of each, with its kind, in words.
    """

    rows: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def look_at(self, raw: Mapping[str, object], row: Row) -> None:
        """Count the fields of a raw row that its snapshot row lacks although they are there."""
        self.rows += 1
        for name in list_unread(raw, row):
            self.counts[name] += 1
            self.examples.setdefault(name, f"{raw[name]!r:.{MAX_EXAMPLE}} ({type(raw[name]).__name__})")

    def describe_excess(self) -> str:
        """Say of each field that holds too much of another kind what was found and expected; empty where none does."""
        return "; ".join(
            f"{name} holds something else than {_name_expected(name)} in {count:,} of {self.rows:,} rows, for example "
            f"{self.examples[name]}"
            for name, count in sorted(self.counts.items())
            if count > MAX_UNREAD_FRACTION * self.rows
        )


def list_unread(raw: Mapping[str, object], row: Row) -> list[str]:
    """List the fields of a raw row that are there, are of another kind than expected, and cannot be read."""
    found = [
        name
        for name, each in FIELDS.items()
        if (value := raw.get(name)) and type(value) is not each.plain and _is_there(value) and each.read(value) is None
    ]
    if raw.get(_TIME) and row["created_at"] is None:
        found.append(_TIME)
    if (tags := raw.get(_TAGS)) and _is_there(tags) and not _is_list_of_texts(tags):
        found.append(_TAGS)
    return found


def _is_there(value: object) -> bool:
    """Return whether a value is one: JSON text may say `null`, and a missing number differs from itself."""
    return value == value and value != "null"


def _is_list_of_texts(value: object) -> bool:
    items = read_list(value)
    return items is not None and (not items or any(isinstance(item, str) for item in items))


def _name_expected(name: str) -> str:
    return FIELDS[name].expected if name in FIELDS else "a date" if name == _TIME else "a list of texts"
