"""Read and validate the registry's CSV files; all mistakes are reported at once, with file and line."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from generator.base.errors import RegistryError
from generator.registry.cells import DEFINITION as _SLUG
from generator.registry.cells import WEB_ADDRESS as _URL
from generator.registry.cells import expect as _expect
from generator.registry.cells import expect_one_of as _expect_one_of
from generator.registry.cells import is_part_of_date as _is_part_of_date
from generator.registry.cells import parse_date as _parse_date
from generator.registry.claims import Claim, ClaimTest, check_claim, check_test, parse_claim, parse_test
from generator.registry.lines import Line, read_lines
from generator.registry.records import (
    FIGURE_STATES,
    INTERNATIONAL,
    KINDS,
    TASK_GROUPS,
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

_HANDLE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
_MODEL_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
# A repeated group, or many repeats in a row, can take for ever on a name that is made for it.
_REPEATED_GROUP: Final = re.compile(r"\)(?:[*+]|\{\d*,)")
_REPEAT: Final = re.compile(r"[*+]|\{\d*,")
_MAX_REPEATS: Final = 4
_FIGURE_UNITS: Final = frozenset({"share", "part", "downloads", "models", "tokens", "factor"})
_DECIDERS: Final = frozenset({"maintainer", "build"})
_EVENT_KINDS: Final = frozenset({"counter", "gap", "surge"})
_GRADES: Final = frozenset({"fully-open", "open-weights-described-data", "open-weights", "restricted-weights"})

_Record = TypeVar("_Record")


@dataclass(frozen=True)
class _Table(Generic[_Record]):
    """A file's good rows, each with where it stands; `names` and `is_whole` as in `Lines`."""

    rows: tuple[tuple[str, _Record], ...]
    names: frozenset[str]
    is_whole: bool

    def knows(self, name: str) -> bool:
        """Tell whether a row of this name is there, good or not; yes where the file could not be read."""
        return not self.is_whole or name in self.names

    def knows_in_any_case(self, name: str) -> bool:
        """Tell the same of a name whose capitals do not count."""
        return not self.is_whole or name.lower() in self._small_names

    @cached_property
    def _small_names(self) -> frozenset[str]:
        return frozenset(name.lower() for name in self.names)


def load_registry(folder: Path = FOLDER, today: dt.date | None = None) -> Registry:
    """Load the registry and check every line of it.

    Args:
        folder: holds the CSV files.
        today: if given, dates after it are mistakes.

    Raises:
        RegistryError: with all mistakes of all files, each with file, line, what was found and what was expected.
    """
    problems: list[str] = []
    countries = _load(folder / "countries.csv", Country, _parse_country, problems)
    publishers = _load(folder / "publishers.csv", Publisher, _parse_publisher, problems)
    families = _load(folder / "families.csv", Family, _parse_family, problems)
    openness = _load(folder / "openness.csv", Openness, _parse_openness, problems)
    readings = _load(folder / "readings.csv", Reading, _parse_reading, problems)
    figures = _load(folder / "published_figures.csv", PublishedFigure, _parse_figure, problems)
    claims = _load(folder / "claims.csv", Claim, lambda line: parse_claim(line.cells), problems)
    tests = _load(folder / "claim_tests.csv", ClaimTest, lambda line: parse_test(line.cells), problems)
    canaries = _load(folder / "canaries.csv", Canary, _parse_canary, problems)
    corrections = _load(folder / "corrections.csv", Correction, _parse_correction, problems, may_be_empty=True)
    launch_dates = _load(folder / "launch_dates.csv", LaunchDate, _parse_launch_date, problems)
    events = _load(folder / "events.csv", Event, _parse_event, problems, may_be_empty=True)
    by_handle = {row.handle.lower(): row for _, row in publishers.rows}
    problems += _find_duplicates(countries, lambda row: row.code)
    problems += _find_duplicates(publishers, lambda row: row.handle.lower())
    problems += _find_duplicates(families, lambda row: row.pattern)
    problems += _find_lookalikes(families)
    problems += _find_duplicates(openness, lambda row: row.family)
    problems += _find_duplicates(readings, lambda row: f"{row.reading} {row.handle.lower()}")
    problems += _find_duplicates(figures, lambda row: row.figure)
    problems += _find_duplicates(claims, lambda row: row.slug)
    problems += _check_rows(claims, lambda row: check_claim(row, tests.knows))
    problems += _find_duplicates(tests, lambda row: row.slug)
    named = {name for _, row in claims.rows for name in row.tests}
    problems += _check_rows(tests, lambda row: check_test(row, countries.knows, named.__contains__))
    problems += _find_duplicates(launch_dates, lambda row: row.id)
    problems += _check_rows(launch_dates, lambda row: _check_launch_date(row, publishers))
    problems += _find_duplicates(events, lambda row: f"{row.date} {row.label}")
    problems += _check_rows(events, lambda row: _check_event(row, countries, publishers))
    problems += _find_duplicates(canaries, lambda row: row.id)
    problems += _check_rows(publishers, lambda row: _check_publisher(row, countries, publishers, by_handle))
    problems += _check_rows(families, lambda row: _check_family(row, publishers))
    problems += _check_rows(openness, lambda row: _check_openness(row, families))
    problems += _check_rows(readings, lambda row: _check_reading(row, countries, publishers))
    problems += _check_rows(figures, lambda row: _check_figure(row, countries))
    if today is not None:
        check = partial(_check_dates, today=today)
        problems += [*_check_rows(publishers, check), *_check_rows(openness, check), *_check_rows(figures, check)]
        problems += [*_check_rows(claims, check), *_check_rows(canaries, check)]
        problems += _check_rows(events, check)
    if problems:
        raise RegistryError(
            f"The registry in {folder} has {len(problems)} mistake(s); correct them and run the command again:\n"
            + "\n".join(f"  {problem}" for problem in problems)
        )
    return Registry(
        publishers=by_handle,
        countries={row.code: row for _, row in countries.rows},
        families=tuple(row for _, row in families.rows),
        openness=tuple(row for _, row in openness.rows),
        readings=tuple(row for _, row in readings.rows),
        figures=tuple(row for _, row in figures.rows),
        claims=tuple(row for _, row in claims.rows),
        claim_tests={row.slug: row for _, row in tests.rows},
        canaries=tuple(row for _, row in canaries.rows),
        corrections=tuple(row for _, row in corrections.rows),
        launch_dates=tuple(row for _, row in launch_dates.rows),
        events=tuple(sorted((row for _, row in events.rows), key=lambda row: row.date)),
    )


def read_corrections(path: Path) -> tuple[Correction, ...]:
    """Read a log of corrections, oldest first; none where there is no file.

    Raises:
        RegistryError: with all its mistakes, each with file and line.
    """
    if not path.exists():
        return ()
    problems: list[str] = []
    table = _load(path, Correction, _parse_correction, problems, may_be_empty=True)
    if problems:
        raise RegistryError(
            f"The log of corrections {path} has {len(problems)} mistake(s); bring the file back as it was, or correct "
            "them:\n" + "\n".join(f"  {problem}" for problem in problems)
        )
    return tuple(row for _, row in table.rows)


def _load(
    path: Path,
    record: type[_Record],
    parse: Callable[[Line], _Record],
    problems: list[str],
    *,
    may_be_empty: bool = False,
) -> _Table[_Record]:
    """Read a file into rows; add what is wrong to `problems`."""
    rows: list[tuple[str, _Record]] = []
    columns = [field.name for field in fields(record)]  # type: ignore[arg-type]
    lines = read_lines(path, columns, problems, may_be_empty=may_be_empty)
    for line in lines.good:
        try:
            rows.append((line.where, parse(line)))
        except ValueError as error:
            problems.append(f"{line.where}: {error}")
    return _Table(tuple(rows), lines.names, lines.is_whole)


def _parse_country(line: Line) -> Country:
    cells = line.cells
    _expect(re.fullmatch(r"[A-Z]{2}", cells["code"]), "code", cells["code"], "two capital letters")
    _expect(re.fullmatch(r"\d{3}", cells["numeric"]), "numeric", cells["numeric"], "three digits")
    _expect(cells["region"], "region", cells["region"], "a part of the world")
    _expect_one_of(cells["eu"], "eu", {"yes", "no"})
    return Country(cells["code"], cells["numeric"], cells["region"], cells["eu"] == "yes", cells["colour"])


def _parse_publisher(line: Line) -> Publisher:
    cells = line.cells
    _expect(_HANDLE.fullmatch(cells["handle"]), "handle", cells["handle"], "a Hub account name")
    _expect_one_of(cells["kind"], "kind", KINDS)
    _expect(cells["basis"], "basis", cells["basis"], "the evidence in a few words, or 'unverified'")
    url = cells["source_url"]
    _expect(not url or _URL.fullmatch(url), "source_url", url, "a web address")
    since = cells["alias_since"]
    _expect(not since or _is_part_of_date(since), "alias_since", since, "YYYY, YYYY-MM or YYYY-MM-DD")
    rest = {name: value for name, value in cells.items() if name != "checked_on"}
    return Publisher(**rest, checked_on=_parse_date(cells["checked_on"], "checked_on"))


def _parse_family(line: Line) -> Family:
    cells = line.cells
    _expect(cells["family"], "family", cells["family"], "a name")
    _expect(_HANDLE.fullmatch(cells["origin"]), "origin", cells["origin"], "a Hub account name")
    _expect_one_of(cells["task_group"], "task_group", set(TASK_GROUPS))
    _expect(
        cells["pattern"] and cells["pattern"] == cells["pattern"].lower(),
        "pattern",
        cells["pattern"],
        "a lower-case regular expression",
    )
    try:
        compiled = re.compile(cells["pattern"])
    except re.error as error:
        raise ValueError(f"pattern is {cells['pattern']!r}: {error}") from error
    _expect(compiled.groups == 0, "pattern", cells["pattern"], "no capture group; write (?:…)")
    _expect(not compiled.search(""), "pattern", cells["pattern"], "one that needs a letter; it takes every model")
    _check_repeats(cells["pattern"])
    return Family(**cells)


def _check_repeats(pattern: str) -> None:
    """Refuse a pattern that could take for ever on a long name."""
    bare = re.sub(r"\[(?:\\.|[^\]])*\]", "c", re.sub(r"\\.", "c", pattern))
    _expect(not _REPEATED_GROUP.search(bare), "pattern", pattern, "no repeated group; it can take for ever")
    _expect(len(_REPEAT.findall(bare)) <= _MAX_REPEATS, "pattern", pattern, f"at most {_MAX_REPEATS} repeats")


def _parse_openness(line: Line) -> Openness:
    cells = line.cells
    _expect_one_of(cells["weights"], "weights", {"open", "gated", "conditional", "partial", "closed"})
    _expect_one_of(cells["training_data"], "training_data", {"released", "described", "undisclosed"})
    _expect_one_of(cells["training_code"], "training_code", {"released", "partial", "none"})
    _expect_one_of(cells["license_class"], "license_class", {"open", "conditions", "non-commercial"})
    _expect_one_of(cells["technical_report"], "technical_report", {"yes", "no"})
    _expect_one_of(cells["grade"], "grade", _GRADES)
    _expect(_URL.fullmatch(cells["source_url"]), "source_url", cells["source_url"], "a web address")
    rest = {name: value for name, value in cells.items() if name != "checked_on"}
    return Openness(**rest, checked_on=_parse_date(cells["checked_on"], "checked_on"))


def _parse_reading(line: Line) -> Reading:
    cells = line.cells
    _expect(re.fullmatch(r"[a-z][a-z-]*", cells["reading"]), "reading", cells["reading"], "a name in small letters")
    _expect(cells["reason"], "reason", cells["reason"], "what speaks for this reading")
    return Reading(**cells)


def _parse_figure(line: Line) -> PublishedFigure:
    cells = line.cells
    _expect(re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", cells["figure"]), "figure", cells["figure"], "a name like a-b-1")
    for column in ("source", "what", "their_definition", "reason"):
        _expect(cells[column], column, cells[column], "words")
    _expect(re.fullmatch(r"\d+(?:\.\d+)?", cells["value"]), "value", cells["value"], "a number such as 0.171")
    _expect_one_of(cells["unit"], "unit", _FIGURE_UNITS)
    is_fraction = cells["unit"] in {"share", "part"}
    _expect(not is_fraction or float(cells["value"]) <= 1, "value", cells["value"], "a fraction from 0 to 1")
    _expect(not cells["nearest"] or _SLUG.fullmatch(cells["nearest"]), "nearest", cells["nearest"], "a definition")
    for column in ("same_definition", "comparable"):
        _expect_one_of(cells[column], column, {"yes", "no"})
    complete = cells["code"] and cells["nearest"] and cells["unit"] == "share"
    _expect(cells["comparable"] == "no" or complete, "comparable", "yes", "no: it needs unit share, code and nearest")
    _expect_one_of(cells["status"], "status", FIGURE_STATES)
    url = cells["source_url"]
    _expect(_URL.fullmatch(url) or (not url and cells["status"] == "secondary"), "source_url", url, "a web address")
    given: dict[str, Any] = {
        **cells,
        "value": float(cells["value"]),
        "same_definition": cells["same_definition"] == "yes",
        "comparable": cells["comparable"] == "yes",
    }
    given |= {column: _parse_date(cells[column], column) for column in ("published_on", "checked_on")}
    for column in ("starts_on", "ends_on"):
        given[column] = _parse_date(cells[column], column) if cells[column] else None
    return PublishedFigure(**given)


def _parse_canary(line: Line) -> Canary:
    cells = line.cells
    _expect(_MODEL_ID.fullmatch(cells["id"]), "id", cells["id"], "a model's id with its account")
    _expect(cells["why"], "why", cells["why"], "what it stands for")
    _expect(_URL.fullmatch(cells["source_url"]), "source_url", cells["source_url"], "a web address")
    rest = {name: value for name, value in cells.items() if name != "checked_on"}
    return Canary(**rest, checked_on=_parse_date(cells["checked_on"], "checked_on"))


def _parse_correction(line: Line) -> Correction:
    cells = line.cells
    for column in ("what", "why", "after"):
        _expect(cells[column], column, cells[column], "words")
    _expect_one_of(cells["decided_by"], "decided_by", _DECIDERS)
    rest = {name: value for name, value in cells.items() if name != "date"}
    return Correction(date=_parse_date(cells["date"], "date"), **rest)


def _parse_launch_date(line: Line) -> LaunchDate:
    cells = line.cells
    _expect(_MODEL_ID.fullmatch(cells["id"]), "id", cells["id"], "a model's id such as account/model")
    _expect(_URL.fullmatch(cells["source_url"]), "source_url", cells["source_url"], "a web address")
    days = {column: _parse_date(cells[column], column) for column in ("repository_date", "launch_date", "checked_on")}
    differs = days["repository_date"] != days["launch_date"]
    _expect(differs, "launch_date", cells["launch_date"], "another day than repository_date, or no line at all")
    early = days["launch_date"] <= days["checked_on"]
    _expect(early, "launch_date", cells["launch_date"], "a day up to checked_on: what is announced is not launched")
    return LaunchDate(id=cells["id"], source_url=cells["source_url"], note=cells["note"], **days)


def _parse_event(line: Line) -> Event:
    cells = line.cells
    for column in ("label", "source"):
        _expect(cells[column], column, cells[column], "words")
    _expect_one_of(cells["kind"], "kind", _EVENT_KINDS)
    downloads = cells["downloads"]
    _expect(not downloads or re.fullmatch(r"[1-9]\d*", downloads), "downloads", downloads, "a whole number or nothing")
    _expect(cells["kind"] != "surge" or cells["publishers"], "publishers", "", "the account whose model surged")
    _expect(_URL.fullmatch(cells["source_url"]), "source_url", cells["source_url"], "a web address")
    return Event(
        date=_parse_date(cells["date"], "date"),
        label=cells["label"],
        kind=cells["kind"],
        countries=tuple(cells["countries"].split()),
        publishers=tuple(cells["publishers"].split()),
        downloads=int(downloads) if downloads else None,
        source=cells["source"],
        source_url=cells["source_url"],
        checked_on=_parse_date(cells["checked_on"], "checked_on"),
    )


def _check_rows(table: _Table[_Record], check: Callable[[_Record], Iterable[str]]) -> list[str]:
    """Check rows in the light of the others."""
    return [f"{where}: {text}" for where, row in table.rows for text in check(row)]


def _check_family(row: Family, publishers: _Table[Publisher]) -> Iterable[str]:
    if not publishers.knows_in_any_case(row.origin):
        yield f"origin is {row.origin!r}, expected a handle of publishers.csv; add it there or correct the name"


def _check_openness(row: Openness, families: _Table[Family]) -> Iterable[str]:
    if not families.knows(row.family):
        yield f"family {row.family!r} is not in families.csv; add it there or correct the name"


def _check_launch_date(row: LaunchDate, publishers: _Table[Publisher]) -> Iterable[str]:
    if not publishers.knows_in_any_case(row.id.partition("/")[0]):
        yield f"id is {row.id!r}, expected the model of an account of publishers.csv"


def _check_reading(row: Reading, countries: _Table[Country], publishers: _Table[Publisher]) -> Iterable[str]:
    if not publishers.knows_in_any_case(row.handle):
        yield f"handle is {row.handle!r}, expected one of publishers.csv"
    if row.country not in {INTERNATIONAL, UNAFFILIATED} and not countries.knows(row.country):
        yield f"country is {row.country!r}, expected a code of countries.csv, or a category"


def _check_figure(row: PublishedFigure, countries: _Table[Country]) -> Iterable[str]:
    if row.code and row.code not in {INTERNATIONAL, UNAFFILIATED} and not countries.knows(row.code):
        yield f"code is {row.code!r}, expected a code of countries.csv, a category or nothing"
    if row.starts_on and row.ends_on and row.starts_on > row.ends_on:
        yield f"starts_on {row.starts_on} lies after ends_on {row.ends_on}; exchange the two"


def _check_event(row: Event, countries: _Table[Country], publishers: _Table[Publisher]) -> Iterable[str]:
    for code in row.countries:
        if not countries.knows(code):
            yield f"countries holds {code!r}, expected codes of countries.csv, parted by spaces"
    for handle in row.publishers:
        if not publishers.knows_in_any_case(handle):
            yield f"publishers holds {handle!r}, expected handles of publishers.csv, parted by spaces"
    if row.date > row.checked_on:
        yield f"date is {row.date}, expected a day up to checked_on, {row.checked_on}: what is to come is no event"


def _check_dates(row: Publisher | Openness | PublishedFigure | Claim | Canary | Event, today: dt.date) -> Iterable[str]:
    if row.checked_on > today:
        yield f"checked_on is {row.checked_on}, expected a day up to today, {today}"


def _check_publisher(
    row: Publisher, countries: _Table[Country], publishers: _Table[Publisher], by_handle: Mapping[str, Publisher]
) -> Iterable[str]:
    """Yield what is wrong with a row in the light of the other rows."""
    for column, code in (("country", row.country), ("parent_country", row.parent_country)):
        if code and code != INTERNATIONAL and not countries.knows(code):
            yield f"{column} is {code!r}, expected a code of countries.csv, INT or nothing"
    yield from _check_seat(row)
    target = by_handle.get(row.alias_of.lower()) if row.alias_of else None
    if row.alias_of and (not publishers.knows_in_any_case(row.alias_of) or (target and target.alias_of)):
        yield f"alias_of is {row.alias_of!r}, expected the handle of a row that is not itself an alias"
    if row.alias_since and not row.alias_of:
        yield f"alias_since is {row.alias_since!r}, but alias_of is empty: name the account, or remove the date"


def _check_seat(row: Publisher) -> Iterable[str]:
    """Yield what is wrong with the seat, or its evidence."""
    if row.kind == "person" and (row.country or row.organisation or row.parent or row.parent_country):
        yield f"{row.handle} is a person: organisation, country and parent must be empty"
    if row.kind not in {"person", "community"} and not row.country and row.basis != UNVERIFIED:
        yield f"{row.handle} is a {row.kind} without a country: give its seat, INT, or the basis 'unverified'"
    if row.basis == UNVERIFIED and row.country:
        yield f"{row.handle} is unverified: its country must be empty until there is a source"
    if row.basis != UNVERIFIED and not row.source_url:
        yield f"{row.handle} has no source_url: give one, or the basis 'unverified'"


def _find_lookalikes(families: _Table[Family]) -> Iterable[str]:
    """Find families whose names differ in their capitals alone: no list of names, and no reader, keeps them apart."""
    first: dict[str, tuple[str, str]] = {}
    for where, row in families.rows:
        name, seen_at = first.setdefault(row.family.lower(), (row.family, where))
        if name != row.family:
            yield f"{where}: family {row.family!r} differs from {name!r} at {seen_at} in capitals alone; rename one"


def _find_duplicates(table: _Table[_Record], key_of: Callable[[_Record], str]) -> Iterable[str]:
    seen: dict[str, str] = {}
    for where, row in table.rows:
        key = key_of(row)
        if key in seen:
            yield f"{where}: {key!r} stands already at {seen[key]}; keep one of them"
        seen.setdefault(key, where)
