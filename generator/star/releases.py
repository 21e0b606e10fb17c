"""Releases: what a publisher brought out itself, from the repositories that belong together.

A release is the repositories of one publisher, one line of models and one version that were created within fourteen
days of the first of them. Line and version are read from names, so a name that says neither may join two releases,
and one that says more may split one.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from typing import Final

import pandas as pd

from generator.registry import LaunchDate, Registry
from generator.star.coded import code_of
from generator.star.table import Row

# The Hub knows no creation before 2 March 2022, 23:29 UTC: that day stands for all the years before.
FLOOR: Final = dt.date(2022, 3, 2)
SAME_RELEASE_DAYS: Final = 14

# A number with all letters behind it: `3`, `2_5`, `4.5v`; and letters that say a size, a context, a rate or a format.
_NUMBER: Final = re.compile(r"(?<![\d._])(?<!bf)(?<!fp)(?<!int)(\d++(?:[._]\d++)?)([a-z]*+)(?!\d)")
_UNITS: Final = frozenset({"b", "m", "k", "t", "e", "x", "hz", "khz", "bit", "bits", "p", "fps"})
_VERSION_DIGITS: Final = 2
_WORD: Final = re.compile(r"[a-z]{3,}")


@dataclass(frozen=True)
class Release:
    """What a publisher brought out at one time.

    Attributes:
        publisher: the account, aliases joined.
        country_code: its country code or category.
        model_line: the line of models: the family's name without numbers, else the first word of the model's name.
        version: the first number of the name that is no size, context or date; empty where it has none.
        released_on: the day it counts for: of the first repository, or of the launch where a correction says so.
        first_repository: the day on which its first repository was created.
        ids: its repositories, shortest name first.
        task_group: of the first of them.
    """

    publisher: str
    country_code: str
    model_line: str
    version: str
    released_on: dt.date
    first_repository: dt.date
    ids: tuple[str, ...]
    task_group: str

    @property
    def id(self) -> str:
        """Return the repository that stands for it, the one with the shortest name."""
        return self.ids[0]

    @property
    def is_corrected(self) -> bool:
        """Tell whether a correction moved it."""
        return self.released_on != self.first_repository

    @property
    def row(self) -> Row:
        """Return it as the tables name it."""
        return {**asdict(self), "model_id": self.id, "repositories": len(self.ids)}


@dataclass(frozen=True)
class _Repository:
    """A repository on its way into a release, with the fields of one."""

    publisher: str
    line: str
    version: str
    date: dt.date
    created: dt.date
    id: str
    task_group: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.publisher, self.line, self.version


def read_version(model_id: str) -> str:
    """Read the version from a model's name: the first number that is no size, context, rate or date.

    A single letter behind it belongs to it: `Qwen2.5-7B` is 2.5, `internlm2_5-20b` 2.5, `GLM-4.5V` 4.5v, `OLMo-7B-0724`
    nothing.
    """
    name = model_id.rpartition("/")[2].lower()
    for match in _NUMBER.finditer(name):
        number, letters = match.groups()
        if letters not in _UNITS and len(re.split(r"[._]", number)[0]) <= _VERSION_DIGITS:
            return number.replace("_", ".").removesuffix(".0") + (letters if len(letters) == 1 else "")
    return ""


def read_line(model_id: str, family: object) -> str:
    """Read the line of models: the family's name without numbers, else the first word of the model's name.

    `Qwen2.5` is Qwen, `DeepSeek-V3` DeepSeek V, `LFM2-VL` LFM VL. A family that the registry calls small is a size.
    """
    if isinstance(family, str) and family:
        words = [word for word in re.findall(r"[A-Za-z]+", family) if word != "small"]
        return " ".join(words) or family
    name = model_id.rpartition("/")[2].lower()
    word = _WORD.search(name)
    return word[0] if word else name


def list_releases(rows: pd.DataFrame, registry: Registry) -> tuple[Release, ...]:
    """List the releases of all reviewed organisations, oldest first; what is older than the Hub's floor is left out.

    Args:
        rows: the intervals' repositories, with the ledger's columns, the oldest interval first.
        registry: joins aliases and corrects dates.
    """
    repositories = list(_read_repositories(rows, registry))
    corrections = _find_corrections(registry.launch_dates, repositories)
    dated = [_correct(repository, corrections.get(repository.key, ())) for repository in repositories]
    found = [release for group in _group(dated) for release in _make_release(group, registry)]
    return tuple(sorted(found, key=lambda release: (release.released_on, release.publisher, release.id)))


def _read_repositories(rows: pd.DataFrame, registry: Registry) -> Iterator[_Repository]:
    for row in rows.drop_duplicates("id").to_dict("records"):
        created = row["created_at"].date()
        if created > FLOOR:
            yield _Repository(
                publisher=registry.canonical(row["publisher"]),
                line=read_line(row["id"], row["family"]),
                version=read_version(row["id"]),
                date=created,
                created=created,
                id=row["id"],
                task_group=row["task_group"],
            )


def _find_corrections(
    launch_dates: Iterable[LaunchDate], repositories: Iterable[_Repository]
) -> dict[tuple[str, str, str], list[LaunchDate]]:
    """Find which line and version each correction speaks of, by the repository that it names."""
    keys = {repository.id: repository.key for repository in repositories}
    found: dict[tuple[str, str, str], list[LaunchDate]] = {}
    for launch in launch_dates:
        if launch.id in keys:
            found.setdefault(keys[launch.id], []).append(launch)
    return found


def _correct(repository: _Repository, launches: Iterable[LaunchDate]) -> _Repository:
    """Date a repository by the launch that it was made for: created between the two days of a correction."""
    for launch in launches:
        first, last = sorted((launch.repository_date, launch.launch_date))
        if first <= repository.created <= last:
            return replace(repository, date=launch.launch_date)
    return repository


def _group(repositories: Iterable[_Repository]) -> Iterator[list[_Repository]]:
    """Put together the repositories of one publisher, line and version, oldest first."""
    ordered = sorted(repositories, key=lambda each: (each.key, each.date, each.id))
    for _, group in groupby(ordered, key=lambda each: each.key):
        yield list(group)


def _make_release(group: Sequence[_Repository], registry: Registry) -> Iterator[Release]:
    """Cut a line and version into releases: each holds what came within fourteen days of its first repository."""
    rest = list(group)
    while rest:
        last = rest[0].date + dt.timedelta(days=SAME_RELEASE_DAYS)
        inside = [repository for repository in rest if repository.date <= last]
        rest = rest[len(inside) :]
        named = sorted(inside, key=lambda each: (len(each.id), each.id))
        shown = named[0]
        yield Release(
            publisher=shown.publisher,
            country_code=code_of(shown.publisher, registry),
            model_line=shown.line,
            version=shown.version,
            released_on=inside[0].date,
            first_repository=min(repository.created for repository in inside),
            ids=tuple(repository.id for repository in named),
            task_group=shown.task_group,
        )
