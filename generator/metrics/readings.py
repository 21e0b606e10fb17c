"""Other readings: what a share would be if a hard case of attribution were decided the other way.

Two kinds: the parent's country instead of a subsidiary's own seat; and the cases listed in the registry's
`readings.csv`, such as an account's former runner. Never the nationality of founders or persons.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from generator.ledger import LedgerEntry
from generator.metrics.cube import compute_cube
from generator.metrics.definitions import Definition
from generator.metrics.shares import ShareTable, compute_share_table
from generator.registry import Registry

PARENT: Final = "parent"


@dataclass(frozen=True)
class ReadingResult:
    """A definition's newest table under another reading.

    Attributes:
        reading: `parent`, or the name of a case in the registry.
        handles: the accounts that it moves, most downloads first, at most twenty.
        moved: share of the definition's downloads that change country, 0 to 1.
        table: the shares under this reading.
    """

    reading: str
    handles: tuple[str, ...]
    moved: float
    table: ShareTable


def compute_readings(
    entries: Sequence[LedgerEntry], registry: Registry, table: ShareTable
) -> tuple[ReadingResult, ...]:
    """Compute a definition's table again under each other reading.

    Args:
        entries: the ledger.
        registry: with its readings.
        table: the newest table of the definition under the rule.
    """
    results = []
    for reading, countries in list_readings(registry).items():
        changed = apply_reading(registry, countries)
        result = _compute_table(entries, changed, table.definition)
        if result:
            moved = _sum_moves(table, result)
            handles = _order_by_downloads(entries, countries)
            results.append(ReadingResult(reading, handles, moved, result))
    return tuple(results)


def list_readings(registry: Registry) -> dict[str, dict[str, str]]:
    """Return the country of each account that a reading moves, by reading."""
    readings = {PARENT: {row.handle: row.parent_country for row in registry.publishers.values() if row.parent_country}}
    for row in registry.readings:
        readings.setdefault(row.reading, {})[row.handle] = row.country
    return readings


def apply_reading(registry: Registry, countries: dict[str, str]) -> Registry:
    """Return the registry with other countries for some accounts."""
    changed = {
        handle.lower(): replace(registry.publishers[handle.lower()], country=country)
        for handle, country in countries.items()
    }
    return replace(registry, publishers={**registry.publishers, **changed})


def _compute_table(entries: Sequence[LedgerEntry], registry: Registry, definition: Definition) -> ShareTable | None:
    intervals = [entry.interval for entry in entries]
    cube = compute_cube(tuple(entries), registry)
    return compute_share_table(cube, intervals, definition, intervals[-1].end)


def _sum_moves(before: ShareTable, after: ShareTable) -> float:
    """Return the share that stands in another country's row: half of all differences."""
    codes = {row.code for row in (*before.rows, *after.rows)}
    return sum(abs(before.share_of(code) - after.share_of(code)) for code in codes) / 2


def _order_by_downloads(entries: Sequence[LedgerEntry], countries: dict[str, str]) -> tuple[str, ...]:
    downloads = entries[-1].flows.groupby("publisher")["downloads_30d"].sum()
    present = [handle for handle in countries if downloads.get(handle, 0) > 0]
    return tuple(sorted(present, key=lambda handle: (-int(downloads[handle]), handle))[:20])
