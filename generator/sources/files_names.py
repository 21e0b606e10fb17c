"""Columns as people name them → the snapshot's columns: what is plain is taken, what is not must be told.

A name is looked up without regard to case, blanks, dots and dashes. `downloads` alone says no window: beside an
all-time count it is the Hub's count of thirty days, and where it stands alone somebody must say which it is.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from generator.base.errors import SnapshotError
from generator.sources.snapshot import SCHEMA

# Ours that are no column of a snapshot: `tags` says what other columns leave open, the rest which rows to leave out.
TAGS: Final = "tags"
FLAGS: Final = ("private", "disabled", "removed")
# When a row's counts were taken, in a file of many dates; taken only where somebody says so.
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
    "parameters": "parameters params numparameters parametercount parametersraw",
    "base_models": "basemodels basemodel",
    "base_relation": "baserelation basemodelrelation",
    "gated": "gated",
    "unchanged_30d": "unchanged30d",
    TAGS: "tags",
    **{flag: flag for flag in FLAGS},
}
# Counts of downloads that name no window.
_WINDOWLESS: Final = frozenset({"downloads", "download", "hfdownloads", "downloadcount", "numdownloads"})

# What only the Hub's own answers call so; with `downloads` beside it a row is one of the API's.
_HUB_MARKS: Final = frozenset(
    {"_id", "modelId", "createdAt", "lastModified", "downloadsAllTime", "trendingScore", "safetensors", "baseModels",
     "cardData", "gguf"}
)  # fmt: skip


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


def is_hub_row(names: Iterable[str]) -> bool:
    """Return whether these are plainly the names of the Hub's own answers, and none is ours."""
    found = set(names)
    is_theirs = "downloads" in found and "downloads_30d" not in found
    return is_theirs and not found.isdisjoint({"id", "modelId"}) and not found.isdisjoint(_HUB_MARKS)


def fold(name: str) -> str:
    """Return a column's name as it is looked up; the Hub's `_id` is not an `id`."""
    folded = re.sub(r"[\W_]", "", name.casefold())
    return "_id" if name.strip() == "_id" else folded


@dataclass
class Names:
    """Which of a file's columns is which of ours; it learns columns as rows bring them.

    Attributes:
        told: theirs → ours as somebody said; an empty word leaves a column out.
        found: ours → theirs.
        seen: all of theirs.
    """

    told: Mapping[str, str]
    found: dict[str, str] = field(default_factory=dict)
    seen: dict[str, None] = field(default_factory=dict)

    def is_wanted(self, name: str) -> bool:
        """Return whether a column may be one of ours."""
        return self.told.get(name, name) != "" and (name in self.told or fold(name) in _FOLDED | _WINDOWLESS)

    def learn(self, names: Iterable[str]) -> None:
        """Take columns in; what was found stays."""
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

    def _take_windowless(self, names: list[str]) -> None:
        """Beside an all-time count, one that names no window is the Hub's of thirty days."""
        plain = [name for name in names if fold(name) in _WINDOWLESS]
        if plain and COUNTS[1] in self.found:
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
        """Say which columns were taken for which of ours, and which were left out; nothing where all have our names."""
        taken = [f"{theirs} as {ours}" for ours, theirs in self.found.items() if theirs != ours]
        used = set(self.found.values())
        left = [name for name in self.seen if name not in used and not _is_index(name)]
        return [f"read: {', '.join(taken)}"] * bool(taken) + [f"left out: {', '.join(left)}"] * bool(left)


def _is_index(name: str) -> bool:
    """Return whether a column is the row numbers that data frames write along."""
    return re.fullmatch(r"|index|Unnamed: \d+|__index_level_\d+__", name) is not None


_FOLDED: Final = frozenset(alias for aliases in _ALIASES.values() for alias in aliases.split())
