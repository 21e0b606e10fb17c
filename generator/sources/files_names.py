"""Columns as people name them → the snapshot's columns: what is plain is taken, what is not must be told.

A name is looked up without regard to case, blanks, dots and dashes. `downloads` alone says no window: beside an
all-time count it is the Hub's count of thirty days, and where it stands alone somebody must say which it is.
"""

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from generator.base.errors import SnapshotError
from generator.sources.snapshot import SCHEMA

# Ours that are no column of a snapshot: `tags` says what other columns leave open, the rest which rows to leave out.
TAGS: Final = "tags"
FLAGS: Final = ("private", "disabled", "removed")
# When a row's counts were taken, in a file of many dates.
DATE: Final = "date"
COUNTS: Final = ("downloads_30d", "downloads_all_time")
TARGETS: Final = (*SCHEMA.names, TAGS, *FLAGS, DATE)

# Each of ours: the names that others give it, those that say most first.
_ALIASES: Final[Mapping[str, str]] = {
    "key": "key _id",
    "id": "id modelid repoid model modelname fullname repo name",
    "author": "author",
    "created_at": "createdat created creationdate createdon datecreated",
    "downloads_30d": "downloads30d downloadslast30days downloads30days downloadslastmonth monthlydownloads dl30",
    "downloads_all_time": "downloadsalltime alltimedownloads totaldownloads downloadstotal dlall",
    "likes": "likes likecount hflikes",
    "task": "task pipelinetag pipeline",
    "library": "library libraryname",
    "license": "license licence",
    "languages": "languages language",
    "parameters": "parameters params numparameters parametercount parametersraw safetensors",
    "base_models": "basemodels basemodel",
    "base_relation": "baserelation basemodelrelation",
    "gated": "gated",
    "unchanged_30d": "unchanged30d",
    TAGS: "tags",
    **{flag: flag for flag in FLAGS},
}
# Counts of downloads that name no window.
_WINDOWLESS: Final = frozenset({"downloads", "download", "hfdownloads", "downloadcount", "numdownloads"})

# Columns that may say when a row's counts were taken; whether they do is seen where models come again.
_MOMENTS: Final = frozenset(
    """
    asof collectedat collectedon committedat crawledat date day fetchedat retrievedat scrapedat snapshotat snapshotdate
    timestamp
    """.split()  # noqa: SIM905 - a name a line would fill pages
)

# What the Hub's API calls those of ours that its answers have.
_HUB_NAMES: Final = frozenset(
    {"_id", "id", "modelId", "author", "createdAt", "downloads", "downloadsAllTime", "likes", "pipeline_tag",
     "library_name", "tags", "safetensors", "baseModels", "gated", "private", "disabled"}
)  # fmt: skip
# Names of its answers that say more than a word anybody would choose.
_HUB_MARKS: Final = frozenset(
    {"_id", "modelId", "createdAt", "lastModified", "downloadsAllTime", "trendingScore", "pipeline_tag",
     "library_name", "private"}
)  # fmt: skip
# Its fields that hold lists and objects.
_HUB_NESTED: Final = ("tags", "safetensors", "baseModels", "cardData", "gguf", "config", "siblings")
# So many of its marks are no accident, in rows whose values have types.
_MANY_MARKS: Final = 3
# Rows that are looked at to tell a layout.
_LOOKED_AT: Final = 100


class UntoldError(SnapshotError):
    """A column's meaning must be told.

    Attributes:
        column: the column, as the file names it.
    """

    def __init__(self, message: str, column: str) -> None:
        super().__init__(message)
        self.column = column


def parse_told(texts: Iterable[str]) -> dict[str, str]:
    """Read `theirs=ours`; `theirs=` leaves a column out.

    Raises:
        SnapshotError: it is written otherwise, or ours is none of a snapshot's columns, or told twice.
    """
    told: dict[str, str] = {}
    for text in texts:
        theirs, sign, ours = (part.strip() for part in text.rpartition("="))
        if not sign or not theirs or (ours and ours not in TARGETS) or (ours and ours in told.values()):
            raise SnapshotError(
                f"--map is {text!r}; theirs=ours was expected, each of ours once, for example downloads=downloads_30d; "
                f"theirs= leaves a column out. Ours are {', '.join(TARGETS)}."
            )
        told[theirs] = ours
    return told


def is_answer(names: Iterable[str], rows: Iterable[Mapping[str, object]]) -> bool:
    """Return whether rows are plainly the Hub's own answers, so that their `downloads` are those of thirty days.

    They name nothing of ours otherwise than its API does, and hold what nobody writes by hand: lists and objects of
    its fields (also as texts, in a table that was made of answers), or values with types under many of its names.
    """
    found, looked_at = set(names), list(itertools.islice(rows, _LOOKED_AT))
    is_theirs = all(name in _HUB_NAMES for name in found if fold(name) in _FOLDED)
    if not is_theirs or "downloads" not in found or found.isdisjoint({"id", "modelId"}):
        return False
    marks = found & _HUB_MARKS
    nested = {name for row in looked_at for name in _HUB_NESTED if _is_nested(row.get(name))}
    has_types = any(isinstance(row.get("downloads"), int | float) for row in looked_at)
    is_typed_answer = has_types and ("_id" in marks or len(marks) >= _MANY_MARKS)
    return bool(nested - {TAGS}) or (bool(nested) and bool(marks)) or is_typed_answer


def _is_nested(value: object) -> bool:
    return value.lstrip().startswith(("[", "{")) if isinstance(value, str) else isinstance(value, list | dict)


def fold(name: str) -> str:
    """Return a column's name as it is looked up; the Hub's `_id` is not an `id`."""
    folded = re.sub(r"[\W_]", "", name.casefold())
    return "_id" if name.strip() == "_id" else folded


@dataclass
class Names:
    """Which of a file's columns is which of ours; it learns columns as rows bring them.

    Attributes:
        told: theirs → ours as somebody said; an empty word leaves a column out.
        is_hub: whether the rows are the Hub's own answers; None until rows were seen.
        found: ours → theirs.
        seen: all of theirs.
        moment: a column that may say when a row's counts were taken, and that nobody told; empty without one.
    """

    told: Mapping[str, str]
    is_hub: bool | None = None
    found: dict[str, str] = field(default_factory=dict)
    seen: dict[str, None] = field(default_factory=dict)
    moment: str = ""

    def is_wanted(self, name: str) -> bool:
        """Return whether a column may be one of ours."""
        return self.told.get(name, name) != "" and (name in self.told or fold(name) in _WANTED)

    def learn(self, names: list[str], rows: Sequence[Mapping[str, object]]) -> None:
        """Take columns in; what was found stays."""
        if self.is_hub is None and rows:
            self.is_hub = is_answer(names, rows)
        new = [name for name in names if name not in self.seen]
        self.seen |= dict.fromkeys(new)
        self.found |= {ours: name for name in new if (ours := self.told.get(name))}
        free = [name for name in new if name not in self.told]
        for ours, aliases in _ALIASES.items():
            for alias in aliases.split():
                for name in free:
                    if fold(name) == alias:
                        self.found.setdefault(ours, name)
        self._take_windowless(free)
        self.moment = self.moment or next((name for name in free if fold(name) in _MOMENTS), "")

    def _take_windowless(self, names: list[str]) -> None:
        """Beside an all-time count, and in the Hub's answers, one that names no window is the Hub's of thirty days."""
        plain = [name for name in names if fold(name) in _WINDOWLESS]
        if plain and (self.is_hub or COUNTS[1] in self.found):
            self.found.setdefault(COUNTS[0], plain[0])

    def check(self, path: object) -> None:
        """See that a model and its downloads can be told.

        Raises:
            UntoldError: the only count names no window.
            SnapshotError: a column is missing, or one that was told is not there.
        """
        problems = [f"there is no column {name!r}, which --map names" for name in self.told if name not in self.seen]
        plain = [name for name in self.seen if fold(name) in _WINDOWLESS and name not in self.told]
        has_count = any(count in self.found for count in COUNTS)
        if not has_count and plain and not problems:
            raise UntoldError(
                f"{path}: column {plain[0]!r} does not say which downloads it counts. Say --map "
                f"{plain[0]}=downloads_30d for those of the thirty days before the date (as the Hub's pages and its "
                f"API give them), or --map {plain[0]}=downloads_all_time for all since a model's creation.",
                plain[0],
            )
        problems += [] if "id" in self.found else ["no column names the model"]
        problems += [] if has_count else ["no column counts its downloads"]
        if problems:
            listed = ", ".join(map(repr, list(self.seen)[:30])) or "none"
            raise SnapshotError(
                f"{path} is not a listing of models: {'; '.join(problems)}. Its columns are {listed}. Expected were id "
                "and downloads_30d or downloads_all_time: say which they are with --map COLUMN=id and "
                "--map COLUMN=downloads_30d."
            )

    def describe(self) -> list[str]:
        """Say what was taken for what of ours, and what was left out; nothing where all columns have our names."""
        taken = [f"{theirs} as {ours}" for ours, theirs in self.found.items() if theirs != ours]
        used = set(self.found.values())
        left = [name for name in self.seen if name not in used and not _is_index(name)]
        read = "read as the Hub's API gives rows" if self.is_hub else "read"
        return [f"{read}: {', '.join(taken)}"] * bool(taken) + [f"left out: {', '.join(left)}"] * bool(left)


def _is_index(name: str) -> bool:
    """Return whether a column is the row numbers that data frames write along."""
    return re.fullmatch(r"|index|Unnamed: \d+|__index_level_\d+__", name) is not None


_FOLDED: Final = frozenset(alias for aliases in _ALIASES.values() for alias in aliases.split())
_WANTED: Final = _FOLDED | _WINDOWLESS | _MOMENTS
