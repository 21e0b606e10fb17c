"""Other readings: what a share would be if a hard case of attribution were decided the other way.

Two kinds: the parent's country instead of a subsidiary's own seat; and the cases listed in the registry's
`readings.csv`, such as an account's former runner. Never the nationality of founders or persons.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from generator.registry import Registry
from generator.star.coded import code_of
from generator.star.shares import ShareTable, build_rows, select_universe
from generator.star.window import LedgerSums, compute_window

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


def compute_readings(sums: LedgerSums, registry: Registry, table: ShareTable) -> tuple[ReadingResult, ...]:
    """Compute a definition's table again under each other reading.

    Args:
        sums: as `read_ledger` returns them.
        registry: with its readings.
        table: the newest table of the definition under the rule.
    """
    window = compute_window(sums, table.definition)
    if window is None:
        return ()
    downloads = pd.Series(dict(window.accounts), dtype="float64")
    newest = select_universe(sums.accounts["30d"], table.definition.universe)
    models = newest.groupby(table.definition.attribution, observed=True)["models"].sum()
    size = sums.accounts["30d"].groupby("publisher", observed=True)["downloads_30d"].sum()
    results = []
    for reading, countries in list_readings(registry).items():
        codes = _move(sums.codes, registry, countries)
        rows = build_rows(_sum_codes(downloads, codes), _sum_codes(models, codes))
        result = replace(table, rows=rows)
        handles = _order_by_downloads(size, countries)
        results.append(ReadingResult(reading, handles, _sum_moves(table, result), result))
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


def _move(codes: Mapping[str, str], registry: Registry, countries: dict[str, str]) -> dict[str, str]:
    """Return the codes of all accounts with those of the accounts that a reading moves."""
    changed, moved = apply_reading(registry, countries), {handle.lower() for handle in countries}
    new = {account: code_of(account, changed) for account in codes if account.lower() in moved}
    return {**codes, **new}


def _sum_codes(accounts: pd.Series, codes: Mapping[str, str]) -> pd.Series:
    return accounts.groupby([codes[str(account)] for account in accounts.index]).sum()


def _sum_moves(before: ShareTable, after: ShareTable) -> float:
    """Return the share that stands in another country's row: half of all differences."""
    codes = sorted({row.code for row in (*before.rows, *after.rows)})  # in any order, the last digits would differ
    return sum(abs(before.share_of(code) - after.share_of(code)) for code in codes) / 2


def _order_by_downloads(downloads: pd.Series, countries: dict[str, str]) -> tuple[str, ...]:
    present = [handle for handle in countries if downloads.get(handle, 0) > 0]
    return tuple(sorted(present, key=lambda handle: (-int(downloads[handle]), handle))[:20])
