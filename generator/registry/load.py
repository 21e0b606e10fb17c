"""Read and validate the registry's CSV files; all mistakes are reported at once, with file and line."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from generator.base.errors import RegistryError
from generator.registry.cells import Record, key_of, read_record
from generator.registry.claims import Claim, ClaimTest, check_claim, check_test
from generator.registry.lines import read_lines
from generator.registry.records import (
    INTERNATIONAL,
    UNAFFILIATED,
    UNVERIFIED,
    Canary,
    Correction,
    Country,
    Event,
    Family,
    LaunchDate,
    Openness,
    PublishedFigure,
    Publisher,
    Reading,
    Registry,
)

FOLDER: Final = Path(__file__).parent

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class _Table(Generic[R]):
    """A file's good rows, in its order, each by where it stands; `names` and `is_whole` as in `Lines`."""

    places: Mapping[str, R]
    names: frozenset[str]
    is_whole: bool

    def knows(self, name: str) -> bool:
        """Tell whether a row of this name is there, good or not; yes where the file could not be read."""
        return not self.is_whole or name in self.names

    def knows_in_any_case(self, name: str) -> bool:
        """Tell the same of a name whose capitals do not count."""
        return not self.is_whole or name.lower() in self._small_names

    @property
    def rows(self) -> tuple[R, ...]:
        """The rows alone."""
        return tuple(self.places.values())

    @cached_property
    def by_key(self) -> Mapping[str, R]:
        """The rows by the name that only one of them may have."""
        return {key_of(row): row for row in self.rows}

    @cached_property
    def _small_names(self) -> frozenset[str]:
        return frozenset(name.lower() for name in self.names)


# The registry's files, each by its record.
_Tables = Mapping[type[Record], _Table[Any]]


def load_registry(folder: Path = FOLDER, today: dt.date | None = None) -> Registry:
    """Load the registry and check every line of it.

    Args:
        folder: holds the CSV files.
        today: if given, dates after it are mistakes.

    Raises:
        RegistryError: with all mistakes of all files, each with file, line, what was found and what was expected.
    """
    problems: list[str] = []
    tables: _Tables = {record: _load(folder / name, record, problems) for name, record, _ in _FILES}
    for _, record, check in _FILES:
        problems += _find_duplicates(tables[record])
        for where, row in tables[record].places.items():
            problems += [f"{where}: {text}" for text in (*check(row, tables), *_check_date(row, today))]
    problems += _find_lookalikes(tables[Family])
    _refuse(folder, problems)
    return Registry(
        publishers=tables[Publisher].by_key,
        countries=tables[Country].by_key,
        families=tables[Family].rows,
        openness=tables[Openness].rows,
        readings=tables[Reading].rows,
        figures=tables[PublishedFigure].rows,
        claims=tables[Claim].rows,
        claim_tests=tables[ClaimTest].by_key,
        canaries=tables[Canary].rows,
        corrections=tables[Correction].rows,
        launch_dates=tables[LaunchDate].rows,
        events=tuple(sorted(tables[Event].rows, key=lambda row: row.date)),
    )


def load_countries(folder: Path = FOLDER) -> Mapping[str, Country]:
    """Load the countries alone, by their codes; `load_registry` checks them with everything else.

    Raises:
        RegistryError: with all mistakes of the file.
    """
    problems: list[str] = []
    table = _load(folder / "countries.csv", Country, problems)
    _refuse(folder, problems)
    return table.by_key


def read_corrections(path: Path) -> tuple[Correction, ...]:
    """Read a log of corrections, oldest first; none where there is no file.

    Raises:
        RegistryError: with all its mistakes, each with file and line.
    """
    if not path.exists():
        return ()
    problems: list[str] = []
    table = _load(path, Correction, problems)
    if problems:
        raise RegistryError(
            f"The log of corrections {path} has {len(problems)} mistake(s); bring the file back as it was, or correct "
            "them:\n" + "\n".join(f"  {problem}" for problem in problems)
        )
    return table.rows


def _refuse(folder: Path, problems: list[str]) -> None:
    if problems:
        raise RegistryError(
            f"The registry in {folder} has {len(problems)} mistake(s); correct them and run the command again:\n"
            + "\n".join(f"  {problem}" for problem in problems)
        )


def _load(path: Path, record: type[R], problems: list[str]) -> _Table[R]:
    """Read a file into rows; add what is wrong to `problems`."""
    rows: dict[str, R] = {}
    columns = [field.name for field in fields(record)]
    lines = read_lines(path, columns, problems, may_be_empty=record in _MAY_BE_EMPTY)
    for line in lines.good:
        try:
            rows[line.where] = read_record(record, line.cells)
        except ValueError as error:
            problems += [f"{line.where}: {problem}" for problem in error.args]
    return _Table(rows, lines.names, lines.is_whole)


def _check_family(row: Family, tables: _Tables) -> Iterable[str]:
    if not tables[Publisher].knows_in_any_case(row.origin):
        yield f"origin is {row.origin!r}, expected a handle of publishers.csv; add it there or correct the name"


def _check_openness(row: Openness, tables: _Tables) -> Iterable[str]:
    if not tables[Family].knows(row.family):
        yield f"family {row.family!r} is not in families.csv; add it there or correct the name"


def _check_launch_date(row: LaunchDate, tables: _Tables) -> Iterable[str]:
    if not tables[Publisher].knows_in_any_case(row.id.partition("/")[0]):
        yield f"id is {row.id!r}, expected the model of an account of publishers.csv"


def _check_reading(row: Reading, tables: _Tables) -> Iterable[str]:
    if not tables[Publisher].knows_in_any_case(row.handle):
        yield f"handle is {row.handle!r}, expected one of publishers.csv"
    if row.country not in {INTERNATIONAL, UNAFFILIATED} and not tables[Country].knows(row.country):
        yield f"country is {row.country!r}, expected a code of countries.csv, or a category"


def _check_figure(row: PublishedFigure, tables: _Tables) -> Iterable[str]:
    if row.code and row.code not in {INTERNATIONAL, UNAFFILIATED} and not tables[Country].knows(row.code):
        yield f"code is {row.code!r}, expected a code of countries.csv, a category or nothing"
    if row.starts_on and row.ends_on and row.starts_on > row.ends_on:
        yield f"starts_on {row.starts_on} lies after ends_on {row.ends_on}; exchange the two"


def _check_claim(row: Claim, tables: _Tables) -> Iterable[str]:
    return check_claim(row, tables[ClaimTest].knows)


def _check_test(row: ClaimTest, tables: _Tables) -> Iterable[str]:
    named = {name for claim in tables[Claim].rows for name in claim.tests}
    return check_test(row, tables[Country].knows, named.__contains__)


def _check_event(row: Event, tables: _Tables) -> Iterable[str]:
    for code in row.countries:
        if not tables[Country].knows(code):
            yield f"countries holds {code!r}, expected codes of countries.csv, parted by spaces"
    for handle in row.publishers:
        if not tables[Publisher].knows_in_any_case(handle):
            yield f"publishers holds {handle!r}, expected handles of publishers.csv, parted by spaces"
    if row.date > row.checked_on:
        yield f"date is {row.date}, expected a day up to checked_on, {row.checked_on}: what is to come is no event"


def _check_date(row: Record, today: dt.date | None) -> Iterable[str]:
    checked_on = getattr(row, "checked_on", None)
    if today and checked_on and checked_on > today:
        yield f"checked_on is {checked_on}, expected a day up to today, {today}"


def _check_publisher(row: Publisher, tables: _Tables) -> Iterable[str]:
    """Yield what is wrong with a row in the light of the other rows."""
    publishers = tables[Publisher]
    for column, code in (("country", row.country), ("parent_country", row.parent_country)):
        if code and code != INTERNATIONAL and not tables[Country].knows(code):
            yield f"{column} is {code!r}, expected a code of countries.csv, INT or nothing"
    yield from _check_seat(row)
    target = publishers.by_key.get(row.alias_of.lower()) if row.alias_of else None
    if row.alias_of and (not publishers.knows_in_any_case(row.alias_of) or (target and target.alias_of)):
        yield f"alias_of is {row.alias_of!r}, expected the handle of a row that is not itself an alias"
    if row.alias_since and not row.alias_of:
        yield f"alias_since is {row.alias_since!r}, but alias_of is empty: name the account, or remove the date"


def _check_seat(row: Publisher) -> Iterable[str]:
    """Yield what is wrong with the seat, or its evidence."""
    if row.kind == "person" and (row.country or row.organisation or row.parent or row.parent_country):
        yield f"{row.handle} is a person: organisation, country and parent must be empty"
    if row.kind not in {"person", "community"} and not row.country and row.basis != UNVERIFIED:
        yield (
            f"{row.handle} is a {row.kind} without a country: give that of its headquarters, INT, or the basis "
            "'unverified'"
        )
    if row.basis == UNVERIFIED and row.country:
        yield f"{row.handle} is unverified: its country must be empty until there is a source"
    if row.basis != UNVERIFIED and not row.source_url:
        yield f"{row.handle} has no source_url: give one, or the basis 'unverified'"


def _find_lookalikes(families: _Table[Family]) -> Iterable[str]:
    """Find families whose names differ in their capitals alone: no list of names, and no reader, keeps them apart."""
    first: dict[str, tuple[str, str]] = {}
    for where, row in families.places.items():
        name, seen_at = first.setdefault(row.family.lower(), (row.family, where))
        if name != row.family:
            yield f"{where}: family {row.family!r} differs from {name!r} at {seen_at} in capitals alone; rename one"


def _find_duplicates(table: _Table[R]) -> Iterable[str]:
    seen: dict[str, str] = {}
    for where, row in table.places.items():
        key = key_of(row)
        if key in seen and key:
            yield f"{where}: {key!r} stands already at {seen[key]}; keep one of them"
        seen.setdefault(key, where)


# Where each record's lines stand, and what is checked of one in the light of the other files.
_Check = Callable[[Any, _Tables], Iterable[str]]
_FILES: Final[tuple[tuple[str, type[Record], _Check], ...]] = (
    ("countries.csv", Country, lambda *_: ()),
    ("publishers.csv", Publisher, _check_publisher),
    ("families.csv", Family, _check_family),
    ("openness.csv", Openness, _check_openness),
    ("readings.csv", Reading, _check_reading),
    ("published_figures.csv", PublishedFigure, _check_figure),
    ("claims.csv", Claim, _check_claim),
    ("claim_tests.csv", ClaimTest, _check_test),
    ("canaries.csv", Canary, lambda *_: ()),
    ("corrections.csv", Correction, lambda *_: ()),
    ("launch_dates.csv", LaunchDate, _check_launch_date),
    ("events.csv", Event, _check_event),
)
# There may have been none so far.
_MAY_BE_EMPTY: Final = frozenset({Correction, Event})
