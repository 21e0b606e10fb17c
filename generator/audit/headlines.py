"""Published headlines: what stood on the first page on each date, and what a re-attribution has changed since.

    published/YYYY-MM-DD.json    the headline of that date as it was last published

A corrected registry or a new method moves the whole past. Where that moves a headline that was published before by
more than a tenth of a point, the build adds an entry to the log of corrections, with the numbers before and after.
The share of each country in thirty days, which its page states, is kept beside the headline: where one moved by so
much, the page of the date says so, and why.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from generator.audit.versions import Versions
from generator.base.errors import CheckError
from generator.base.files import write_atomically
from generator.base.records import parse_json, render_json
from generator.base.settings import MAX_SILENT_CHANGE
from generator.questions.report import HEADLINES, Report
from generator.questions.sentences import name_table
from generator.registry import UNAFFILIATED, UNREVIEWED, Correction
from generator.star.shares import ShareRow, ShareTable
from generator.text.language import Language

FORMAT: Final = "oms-headline/1"
# Countries of a headline whose shares are kept: the two that it names, and those that could take their place.
PLACES_KEPT: Final = 5
# Shares are kept with twelve digits; what differs by less is the same number.
_NOISE: Final = 1e-9
_ENGLISH: Final = Language("en")


@dataclass(frozen=True)
class Renewal:
    """A published headline that moved.

    Attributes:
        on: the day of the build that published it anew.
        why: what moved it.
    """

    on: dt.date
    why: str


@dataclass(frozen=True)
class Rest:
    """What stood without the one model that decided a headline.

    Attributes:
        name: of the model; empty where it is a person's, of whom no name is kept for ever.
        is_largest: whether it was the most downloaded one.
        shares: of the two countries with most downloads without it, the larger first, as fractions.
    """

    name: str
    is_largest: bool
    shares: Mapping[str, float]


@dataclass(frozen=True)
class Headline:
    """The shares of the headline on a date, as they were last published, and as they were first.

    Attributes:
        as_of: the last day of the window.
        definition: slug of the definition.
        shares: fraction of all downloads by country code, the largest countries.
        registry_sha256: hash of the registry that attributed them.
        method: version of the method.
        first: the shares as they were first published, where they were published anew since; else empty.
        renewals: each time that they were published anew, the oldest first.
        countries: share of each country in the thirty days to the date, of all models, by publisher.
        first_countries: the same as they were first published, where they were published anew since; else empty.
        start: the first day of the window as it was first published; None for all time, and where it was not kept.
        without: what stood without one model when it was first published; None where none decided the shares, and
            where it was not kept.
    """

    as_of: dt.date
    definition: str
    shares: Mapping[str, float] = field(default_factory=dict)
    registry_sha256: str = ""
    method: str = ""
    first: Mapping[str, float] = field(default_factory=dict)
    renewals: tuple[Renewal, ...] = ()
    start: dt.date | None = None
    without: Rest | None = None
    countries: Mapping[str, float] = field(default_factory=dict)
    first_countries: Mapping[str, float] = field(default_factory=dict)

    def find_first(self, code: str, share: float) -> float | None:
        """Return a country's share of thirty days as first published, where it is now another; else None."""
        first = (self.first_countries or self.countries).get(code, 0.0)
        return first if self.countries and is_move(first, share) else None

    @property
    def as_first_published(self) -> Mapping[str, float]:
        """Return the shares as they were first published."""
        return self.first or self.shares


@dataclass(frozen=True)
class HeadlineChanges:
    """What a build has to log and to keep.

    Attributes:
        corrections: entries for the log; one for each definition whose published headlines moved.
        headlines: headlines as they are published now: of the newest date, and those that moved.
    """

    corrections: tuple[Correction, ...]
    headlines: tuple[Headline, ...]


@dataclass(frozen=True)
class _Move:
    """A published headline, and the same date's shares now: of its own definition, and of countries in thirty days."""

    before: Headline
    now: ShareTable
    countries: ShareTable | None

    @property
    def codes(self) -> list[str]:
        """Return the countries that it is told by."""
        return list_leaders(self.before.shares, self.now)

    @property
    def size(self) -> float:
        """Return the largest change of one of these shares, as a fraction."""
        return max(
            (abs(self.now.share_of(code) - self.before.shares.get(code, 0.0)) for code in self.codes), default=0.0
        )

    @property
    def moves_headline(self) -> bool:
        """Return whether the headline moved by more than the log leaves out."""
        return is_move(self.size, 0.0)

    @property
    def moves_country(self) -> bool:
        """Return whether a country's share of thirty days did."""
        if self.countries is None or not self.before.countries:
            return False
        now = _keep_shares(self.countries.places)
        return any(
            is_move(now.get(code, 0.0), self.before.countries.get(code, 0.0)) for code in {*now, *self.before.countries}
        )


def is_move(before: float, now: float) -> bool:
    """Return whether a share moved by more than the log leaves out."""
    return abs(now - before) > MAX_SILENT_CHANGE + _NOISE


def list_leaders(shares: Mapping[str, float], now: ShareTable) -> list[str]:
    """Return the countries that a move is told by: the two that led then, and the two that lead now."""
    led = sorted(shares, key=lambda code: (-shares[code], code))[:2]
    return list(dict.fromkeys([*led, *(row.code for row in now.places[:2])]))


def compute_changes(
    published: Iterable[Headline], report: Report, versions: Versions, today: dt.date
) -> HeadlineChanges:
    """Compare what was published with the same dates now.

    A change of at most a tenth of a point is no entry and stays compared with what was published, so that many small
    ones are told once they add up. Headlines whose definition or date is not shown any more cannot be compared.
    """
    every = report.days.compute_first(HEADLINES).values() if report.days else ()
    shown = (*every, *(table for history in report.histories.values() for table in history))
    tables = {(table.definition.slug, table.as_of): table for table in shown}
    held = {(headline.definition, headline.as_of): headline for headline in published}
    by_country = report.days.by_country if report.days else {}
    moves = [
        _Move(headline, tables[key], by_country.get(headline.as_of)) for key, headline in held.items() if key in tables
    ]
    by_definition: dict[str, list[_Move]] = {}
    for move in sorted(moves, key=lambda move: move.before.as_of):
        if move.moves_headline:
            by_definition.setdefault(move.before.definition, []).append(move)
    newest = report.table(report.headline)
    current = replace(_make_headline(newest, by_country.get(newest.as_of), versions), without=_find_rest(report))
    moved = [move for move in moves if move.moves_headline or move.moves_country]
    renewed = [_renew(move, versions, today) for move in moved]
    found = held.get((current.definition, current.as_of))
    new = [] if found in [move.before for move in moved] else _add_current(found, current)
    return HeadlineChanges(
        corrections=tuple(_describe(group, versions, today) for group in by_definition.values()),
        headlines=tuple(sorted([*renewed, *new], key=lambda headline: (headline.as_of, headline.definition))),
    )


def read_headlines(store: Path) -> tuple[Headline, ...]:
    """Read what was published, oldest first.

    Raises:
        CheckError: a file is damaged.
    """
    return tuple(_read(path) for path in sorted((store / "published").glob("????-??-??.json")))


def write_headlines(store: Path, headlines: Iterable[Headline]) -> None:
    """Keep headlines as they are published now."""
    for headline in headlines:
        path = store / "published" / f"{headline.as_of.isoformat()}.json"
        content = {"format": FORMAT, **asdict(headline)}
        write_atomically(path, render_json(content, sort_keys=True))


def _make_headline(table: ShareTable, countries: ShareTable | None, versions: Versions) -> Headline:
    return Headline(
        table.as_of,
        table.definition.slug,
        _keep_shares(table.places[:PLACES_KEPT]),
        versions.registry_sha256,
        versions.method,
        countries=_keep_shares(countries.places) if countries else {},
        start=table.start,
    )


def _keep_shares(rows: Iterable[ShareRow]) -> dict[str, float]:
    """Return the share of each place as it is kept: with the digits that every machine computes alike."""
    return {row.code: round(row.share, 12) for row in rows}


def _add_current(held: Headline | None, current: Headline) -> list[Headline]:
    """Return what is to be kept of the newest date: what its record lacks, if anything."""
    if held is None:
        return [current]
    full = replace(
        held,
        start=held.start or current.start,
        without=held.without or current.without,
        countries=held.countries or current.countries,
    )
    is_same = (held.registry_sha256, held.method, held.renewals) == (current.registry_sha256, current.method, ())
    return [full] if is_same and full != held else []


def _find_rest(report: Report) -> Rest | None:
    """Find what stands without the model that decides the newest headline, if one does."""
    dominant = report.dominant.get(report.headline)
    if dominant is None or len(dominant.without) < 2:
        return None
    known = {row.id for row in report.models if row.publisher_code not in (UNAFFILIATED, UNREVIEWED)}
    name = dominant.name if dominant.name in known else ""
    return Rest(name, dominant.is_largest, _keep_shares(dominant.without))


def _renew(move: _Move, versions: Versions, today: dt.date) -> Headline:
    """Make the headline of a date that moved; what was published first, and each reason, stay with it.

    What did not move stays as it was published: changes too small to be told add up until they are.
    """
    before = move.before
    renewed = replace(
        _make_headline(move.now, move.countries, versions),
        renewals=(*before.renewals, Renewal(today, _explain(before, versions))),
        first=before.as_first_published,
        first_countries=before.first_countries or before.countries,
        start=before.start,
        without=before.without,
    )
    if not move.moves_headline:
        renewed = replace(renewed, shares=before.shares, first=before.first)
    if not move.moves_country and before.countries:
        renewed = replace(renewed, countries=before.countries, first_countries=before.first_countries)
    return renewed


def _describe(moves: list[_Move], versions: Versions, today: dt.date) -> Correction:
    """Describe the newest headline of a definition that moved, and how many before it moved as well."""
    newest = moves[-1]
    what = f"the headline of {newest.before.as_of}: {_ENGLISH.speak(name_table(newest.now))}"
    if len(moves) > 1:
        largest = max(move.size for move in moves)
        what += f"; so did those of {len(moves) - 1} earlier dates, by up to {largest * 100:.1f} points"
    return Correction(
        date=today,
        what=what,
        why=_explain(newest.before, versions),
        before=", ".join(f"{code} {newest.before.shares.get(code, 0.0):.1%}" for code in newest.codes),
        after=", ".join(f"{code} {newest.now.share_of(code):.1%}" for code in newest.codes),
        decided_by="build",
    )


def _explain(before: Headline, versions: Versions) -> str:
    reasons = []
    if before.method != versions.method:
        reasons.append(f"the method changed from version {before.method} to {versions.method}")
    if before.registry_sha256 != versions.registry_sha256:
        reasons.append(
            f"the registry was corrected ({before.registry_sha256[:8]} became {versions.registry_sha256[:8]}), and "
            "with it the whole past"
        )
    return "; ".join(reasons) or "the counts of the history changed"


def _read_rest(raw: Mapping[str, Any]) -> Rest:
    shares = sorted(raw["shares"].items(), key=lambda item: (-item[1], item[0]))
    return Rest(raw["name"], raw["is_largest"], dict(shares))


def _read(path: Path) -> Headline:
    try:
        raw = parse_json(path.read_bytes(), FORMAT)
        renewals = tuple(Renewal(dt.date.fromisoformat(each["on"]), each["why"]) for each in raw.get("renewals", ()))
        told = {"as_of": dt.date.fromisoformat(raw["as_of"]), "shares": dict(raw["shares"]), "renewals": renewals}
        told["start"] = dt.date.fromisoformat(raw["start"]) if raw.get("start") else None
        told["without"] = _read_rest(raw["without"]) if raw.get("without") else None
        return Headline(**raw | told)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CheckError(
            f"The published headline {path} cannot be read: {error!r}. Bring the file back, or move it aside: what was "
            "published on that date is then not compared any more."
        ) from error
