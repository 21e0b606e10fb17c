"""Read and validate the registry's CSV files; all mistakes are reported at once, with file and line."""

import csv
import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeVar

from generator.errors import RegistryError
from generator.registry.cells import DEFINITION, WEB_ADDRESS, expect, expect_one_of, parse_date
from generator.registry.claims import Claim, check_claim, parse_claim

FOLDER: Final = Path(__file__).parent

INTERNATIONAL: Final = "INT"
UNAFFILIATED: Final = "UNAFFILIATED"
UNREVIEWED: Final = "UNREVIEWED"

KINDS: Final = frozenset({"company", "non-profit", "university", "government", "community", "person"})
TASK_GROUPS: Final = (
    "language",
    "multimodal",
    "embedding",
    "vision",
    "speech",
    "image-generation",
    "video",
    "other",
    "unstated",
)
UNVERIFIED: Final = "unverified"
_HANDLE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
_DATE: Final = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
_FIGURE_UNITS: Final = frozenset({"share", "part", "downloads", "models", "factor"})
_GRADES: Final = frozenset({"fully-open", "open-weights-described-data", "open-weights", "restricted-weights"})


@dataclass(frozen=True)
class Country:
    """A country or territory of ISO 3166-1.

    Attributes:
        code: the two-letter code.
        numeric: the three-digit code that map geometry uses.
        region: part of the world, in English.
        eu: whether it is a member of the European Union.
        colour: name of its colour in charts; empty for the grey ones.
    """

    code: str
    numeric: str
    region: str
    eu: bool
    colour: str


@dataclass(frozen=True)
class Publisher:
    """A Hub account and the organisation that runs it.

    Attributes:
        handle: the account's name on the Hub.
        organisation: the organisation's name; empty for persons.
        kind: company, non-profit, university, government, community or person.
        country: ISO code of the headquarters, `INT` for no single seat, empty for persons and loose communities.
        parent: the organisation it belongs to, if any.
        parent_country: ISO code of the parent where it differs from `country`.
        alias_of: the account that this one was renamed to, or mirrors.
        alias_since: date of the rename, as exactly as it is known.
        basis: the evidence in a few words; `unverified` where none was found.
        source_url: where the evidence can be read.
        checked_on: when a person checked it.
        note: what is disputed and which rule decides.
    """

    handle: str
    organisation: str
    kind: str
    country: str
    parent: str
    parent_country: str
    alias_of: str
    alias_since: str
    basis: str
    source_url: str
    checked_on: dt.date
    note: str

    @property
    def code(self) -> str:
        """Return the country code, or the category beside the countries."""
        if self.basis == UNVERIFIED:
            return UNREVIEWED
        return self.country or UNAFFILIATED


@dataclass(frozen=True)
class Family:
    """A family of models, recognised by name.

    Attributes:
        family: the family's name.
        pattern: lower-case regular expression, matched at the start of a word of the model's name.
        origin: the Hub account that published the root model.
        task_group: what the family is plainly used for.
        note: a remark.
    """

    family: str
    pattern: str
    origin: str
    task_group: str
    note: str


@dataclass(frozen=True)
class Openness:
    """What the makers of a family of models released, and under which terms.

    Attributes:
        family: the family's name.
        weights: open, gated, conditional, partial or closed.
        training_data: released, described or undisclosed.
        training_code: released, partial or none.
        license: the licence's usual short name.
        license_class: open, open-with-conditions or non-commercial.
        technical_report: whether there is one.
        grade: fully-open, open-weights-described-data, open-weights or restricted-weights.
        source_url: where this can be read.
        checked_on: when a person checked it.
        note: a remark.
    """

    family: str
    weights: str
    training_data: str
    training_code: str
    license: str
    license_class: str
    technical_report: str
    grade: str
    source_url: str
    checked_on: dt.date
    note: str


@dataclass(frozen=True)
class Reading:
    """The other reading of a hard case: where an account would stand if the rule were another one.

    Attributes:
        reading: name of the case.
        handle: the Hub account.
        country: its ISO code under the other reading.
        reason: what speaks for that reading.
    """

    reading: str
    handle: str
    country: str
    reason: str


@dataclass(frozen=True)
class PublishedFigure:
    """A number that others published, to be set beside ours.

    Attributes:
        figure: its name, in small letters.
        source: who published it and where, in words.
        published_on: when.
        what: what the number is of, in words.
        code: country code or category that it is of; empty where it is of none.
        value: the number: a fraction for `share` and `part`, else in the unit.
        unit: `share` of downloads by country, `part` of something else, `downloads`, `models` or `factor`.
        starts_on: the first day that it counts; None where it is not stated.
        ends_on: the last day that it counts; None where it is not stated.
        their_definition: what its source counts, in words.
        nearest: slug of the definition of ours that is nearest to it; empty if none is.
        same_definition: whether both count the same.
        comparable: whether a comparison with a share of ours makes sense.
        reason: what differs, or why there is no comparison.
        status: `primary` where the number was read in its own source, `secondary` where another one quotes it.
        source_url: where it can be read.
        checked_on: when a person checked it.
    """

    figure: str
    source: str
    published_on: dt.date
    what: str
    code: str
    value: float
    unit: str
    starts_on: dt.date | None
    ends_on: dt.date | None
    their_definition: str
    nearest: str
    same_definition: bool
    comparable: bool
    reason: str
    status: str
    source_url: str
    checked_on: dt.date


@dataclass(frozen=True)
class Registry:
    """All hand-kept facts, ready to be joined.

    Attributes:
        publishers: by lower-case handle.
        countries: by code.
        families: in file order.
        openness: in file order.
        readings: the other readings of hard cases, in file order.
        figures: what others published, in file order.
        claims: what others said, each with the condition that tests it, in file order.
    """

    publishers: Mapping[str, Publisher]
    countries: Mapping[str, Country]
    families: tuple[Family, ...]
    openness: tuple[Openness, ...] = ()
    readings: tuple[Reading, ...] = ()
    figures: tuple[PublishedFigure, ...] = ()
    claims: tuple[Claim, ...] = ()

    @cached_property
    def canonical_handles(self) -> Mapping[str, str]:
        """Map each lower-case handle to the handle that its downloads count for: an alias to its target."""
        targets = {key: self.publishers.get(row.alias_of.lower(), row) for key, row in self.publishers.items()}
        return {key: row.handle for key, row in targets.items()}

    def canonical(self, handle: str) -> str:
        """Return the handle that this account's downloads count for."""
        return self.canonical_handles.get(handle.lower(), handle)

    def find(self, handle: str) -> Publisher | None:
        """Return the row of an account, following its alias."""
        return self.publishers.get(self.canonical(handle).lower())

    def code(self, handle: str) -> str:
        """Return the country code of an account, or the category beside the countries."""
        row = self.find(handle)
        return row.code if row else UNREVIEWED


@dataclass(frozen=True)
class _Line:
    """One line of a CSV file: where it stands and its cells by column."""

    where: str
    cells: Mapping[str, str]


_Record = TypeVar("_Record")


def load_registry(folder: Path = FOLDER) -> Registry:
    """Load the registry and check every line of it.

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
    by_code = {row.code: row for _, row in countries}
    by_handle = {row.handle.lower(): row for _, row in publishers}
    problems += _find_duplicates(countries, lambda row: row.code)
    problems += _find_duplicates(publishers, lambda row: row.handle.lower())
    problems += _find_duplicates(families, lambda row: row.pattern)
    problems += _find_duplicates(openness, lambda row: row.family)
    for where, row in publishers:
        problems += [f"{where}: {text}" for text in _check_publisher(row, by_code, by_handle)]
    names = {row.family for _, row in families}
    problems += [
        f"{where}: family {row.family!r} is not in families.csv; add it there or correct the name"
        for where, row in openness
        if row.family not in names
    ]
    problems += _find_duplicates(figures, lambda row: row.figure)
    problems += [
        f"{where}: code is {row.code!r}, expected a code of countries.csv, a category or nothing"
        for where, row in figures
        if row.code and row.code not in {*by_code, INTERNATIONAL, UNAFFILIATED}
    ]
    problems += _find_duplicates(claims, lambda row: row.slug)
    for where, claim in claims:
        problems += [f"{where}: {text}" for text in check_claim(claim, by_code)]
    for where, reading in readings:
        problems += [f"{where}: {text}" for text in _check_reading(reading, by_code, by_handle)]
    if problems:
        raise RegistryError(
            f"The registry in {folder} has {len(problems)} mistake(s); correct them and run the command again:\n"
            + "\n".join(f"  {problem}" for problem in problems)
        )
    return Registry(
        publishers=by_handle,
        countries=by_code,
        families=tuple(row for _, row in families),
        openness=tuple(row for _, row in openness),
        readings=tuple(row for _, row in readings),
        figures=tuple(row for _, row in figures),
        claims=tuple(row for _, row in claims),
    )


def _load(
    path: Path, record: type[_Record], parse: Callable[[_Line], _Record], problems: list[str]
) -> list[tuple[str, _Record]]:
    """Read a file into (where, record) pairs; add what is wrong to `problems`."""
    rows: list[tuple[str, _Record]] = []
    columns = [field.name for field in fields(record)]  # type: ignore[arg-type]
    for line in _read_lines(path, columns, problems):
        try:
            rows.append((line.where, parse(line)))
        except ValueError as error:
            problems.append(f"{line.where}: {error}")
    return rows


def _read_lines(path: Path, columns: list[str], problems: list[str]) -> Iterable[_Line]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{path.name}: cannot be read as UTF-8 text: {error}")
        return
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        header = next(reader, [])
        if header != columns:
            problems.append(f"{path.name}:1: the columns are {','.join(header)!r}, expected {','.join(columns)!r}")
            return
        for cells in reader:
            where = f"{path.name}:{reader.line_num}"
            if len(cells) != len(columns):
                problems.append(f"{where}: {len(cells)} cells, expected {len(columns)}")
            elif any(cell != cell.strip() for cell in cells):
                problems.append(f"{where}: a cell begins or ends with white space; remove it")
            else:
                yield _Line(where, dict(zip(columns, cells, strict=True)))
    except csv.Error as error:
        problems.append(f"{path.name}:{reader.line_num}: not valid CSV: {error}")


def _parse_country(line: _Line) -> Country:
    cells = line.cells
    expect(re.fullmatch(r"[A-Z]{2}", cells["code"]), "code", cells["code"], "two capital letters")
    expect(re.fullmatch(r"\d{3}", cells["numeric"]), "numeric", cells["numeric"], "three digits")
    expect(cells["region"], "region", cells["region"], "a part of the world")
    expect_one_of(cells["eu"], "eu", {"yes", "no"})
    return Country(cells["code"], cells["numeric"], cells["region"], cells["eu"] == "yes", cells["colour"])


def _parse_publisher(line: _Line) -> Publisher:
    cells = line.cells
    expect(_HANDLE.fullmatch(cells["handle"]), "handle", cells["handle"], "a Hub account name")
    expect_one_of(cells["kind"], "kind", KINDS)
    expect(cells["basis"], "basis", cells["basis"], "the evidence in a few words, or 'unverified'")
    url = cells["source_url"]
    expect(not url or WEB_ADDRESS.fullmatch(url), "source_url", url, "a web address")
    expect(
        not cells["alias_since"] or _DATE.fullmatch(cells["alias_since"]),
        "alias_since",
        cells["alias_since"],
        "YYYY, YYYY-MM or YYYY-MM-DD",
    )
    rest = {name: value for name, value in cells.items() if name != "checked_on"}
    return Publisher(**rest, checked_on=parse_date(cells["checked_on"], "checked_on"))


def _parse_family(line: _Line) -> Family:
    cells = line.cells
    expect(cells["family"], "family", cells["family"], "a name")
    expect(_HANDLE.fullmatch(cells["origin"]), "origin", cells["origin"], "a Hub account name")
    expect_one_of(cells["task_group"], "task_group", set(TASK_GROUPS))
    expect(
        cells["pattern"] and cells["pattern"] == cells["pattern"].lower(),
        "pattern",
        cells["pattern"],
        "a lower-case regular expression",
    )
    try:
        compiled = re.compile(cells["pattern"])
    except re.error as error:
        raise ValueError(f"pattern is {cells['pattern']!r}: {error}") from error
    expect(compiled.groups == 0, "pattern", cells["pattern"], "no capture group; write (?:…)")
    return Family(**cells)


def _parse_openness(line: _Line) -> Openness:
    cells = line.cells
    expect_one_of(cells["weights"], "weights", {"open", "gated", "conditional", "partial", "closed"})
    expect_one_of(cells["training_data"], "training_data", {"released", "described", "undisclosed"})
    expect_one_of(cells["training_code"], "training_code", {"released", "partial", "none"})
    expect_one_of(cells["license_class"], "license_class", {"open", "open-with-conditions", "non-commercial"})
    expect_one_of(cells["technical_report"], "technical_report", {"yes", "no"})
    expect_one_of(cells["grade"], "grade", _GRADES)
    expect(WEB_ADDRESS.fullmatch(cells["source_url"]), "source_url", cells["source_url"], "a web address")
    rest = {name: value for name, value in cells.items() if name != "checked_on"}
    return Openness(**rest, checked_on=parse_date(cells["checked_on"], "checked_on"))


def _parse_reading(line: _Line) -> Reading:
    cells = line.cells
    expect(re.fullmatch(r"[a-z][a-z-]*", cells["reading"]), "reading", cells["reading"], "a name in small letters")
    expect(cells["reason"], "reason", cells["reason"], "what speaks for this reading")
    return Reading(**cells)


def _parse_figure(line: _Line) -> PublishedFigure:
    cells = line.cells
    expect(re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", cells["figure"]), "figure", cells["figure"], "a name like a-b-1")
    for column in ("source", "what", "their_definition", "reason"):
        expect(cells[column], column, cells[column], "words")
    expect(re.fullmatch(r"\d+(?:\.\d+)?", cells["value"]), "value", cells["value"], "a number such as 0.171")
    expect_one_of(cells["unit"], "unit", _FIGURE_UNITS)
    is_fraction = cells["unit"] in {"share", "part"}
    expect(not is_fraction or float(cells["value"]) <= 1, "value", cells["value"], "a fraction from 0 to 1")
    expect(not cells["nearest"] or DEFINITION.fullmatch(cells["nearest"]), "nearest", cells["nearest"], "a definition")
    for column in ("same_definition", "comparable"):
        expect_one_of(cells[column], column, {"yes", "no"})
    complete = cells["code"] and cells["nearest"] and cells["unit"] == "share"
    expect(cells["comparable"] == "no" or complete, "comparable", "yes", "no: it needs unit share, code and nearest")
    expect_one_of(cells["status"], "status", {"primary", "secondary"})
    expect(WEB_ADDRESS.fullmatch(cells["source_url"]), "source_url", cells["source_url"], "a web address")
    given: dict[str, Any] = {
        **cells,
        "value": float(cells["value"]),
        "same_definition": cells["same_definition"] == "yes",
        "comparable": cells["comparable"] == "yes",
    }
    given |= {column: parse_date(cells[column], column) for column in ("published_on", "checked_on")}
    for column in ("starts_on", "ends_on"):
        given[column] = parse_date(cells[column], column) if cells[column] else None
    return PublishedFigure(**given)


def _check_reading(
    row: Reading, countries: Mapping[str, Country], publishers: Mapping[str, Publisher]
) -> Iterable[str]:
    if row.handle.lower() not in publishers:
        yield f"handle is {row.handle!r}, expected one of publishers.csv"
    if row.country not in countries:
        yield f"country is {row.country!r}, expected a code of countries.csv"


def _check_publisher(
    row: Publisher, countries: Mapping[str, Country], publishers: Mapping[str, Publisher]
) -> Iterable[str]:
    """Yield what is wrong with a row in the light of the other rows."""
    for column, code in (("country", row.country), ("parent_country", row.parent_country)):
        if code and code != INTERNATIONAL and code not in countries:
            yield f"{column} is {code!r}, expected a code of countries.csv, INT or nothing"
    if row.kind == "person" and (row.country or row.organisation or row.parent):
        yield f"{row.handle} is a person: organisation, country and parent must be empty"
    if row.kind not in {"person", "community"} and not row.country and row.basis != UNVERIFIED:
        yield f"{row.handle} is a {row.kind} without a country: give its seat, INT, or the basis 'unverified'"
    if row.basis == UNVERIFIED and row.country:
        yield f"{row.handle} is unverified: its country must be empty until there is a source"
    if row.basis != UNVERIFIED and not row.source_url:
        yield f"{row.handle} has no source_url: give one, or the basis 'unverified'"
    target = publishers.get(row.alias_of.lower()) if row.alias_of else None
    if row.alias_of and (target is None or target.alias_of):
        yield f"alias_of is {row.alias_of!r}, expected the handle of a row that is not itself an alias"


def _find_duplicates(rows: Iterable[tuple[str, _Record]], key_of: Callable[[_Record], str]) -> Iterable[str]:
    seen: dict[str, str] = {}
    for where, row in rows:
        key = key_of(row)
        if key in seen:
            yield f"{where}: {key!r} stands already at {seen[key]}; keep one of them"
        seen.setdefault(key, where)
