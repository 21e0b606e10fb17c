"""The specification curve: "X leads" under every definition and every reasonable exclusion, in one list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from heapq import nsmallest
from typing import Final

import pandas as pd

from generator.ledger.intervals import SMALL
from generator.registry import UNREVIEWED, Registry
from generator.star.definitions import Definition
from generator.star.readings import PARENT, list_readings
from generator.star.sensitivity import PairShares, compute_pair_shares, sum_codes
from generator.star.window import LedgerSums, WindowDownloads, compute_window

EXCLUSIONS: Final = (
    "none",
    "largest-model",
    "largest-publisher",
    "old-encoders",
    "unreviewed-to-second",
    "parent-country",
)


@dataclass(frozen=True)
class Specification:
    """The two countries under one definition and one exclusion.

    Attributes:
        definition: what the shares are of.
        exclusion: `none`; `largest-model` the most downloaded model by name left out; `largest-publisher` the
            largest account left out (under origin: the largest root); `old-encoders` the five old encoders left
            out; `unreviewed-to-second` all unreviewed downloads given to the second country; `parent-country`
            subsidiaries counted where their parent sits.
        names: what is left out, or the accounts that change country, the largest first; at most twenty.
        shares: of the two countries.
    """

    definition: Definition
    exclusion: str
    names: tuple[str, ...]
    shares: PairShares

    @property
    def margin(self) -> float:
        """Return the leader's share minus the second's."""
        return self.shares.margin


@dataclass(frozen=True)
class SpecificationCurve:
    """How robust it is that one country leads another.

    Attributes:
        leader: code of the country that leads under the headline.
        second: code of the next one there.
        rows: one per definition and exclusion that has a number, the smallest margin first. An exclusion that
            changes nothing under a definition is not listed there.
        led: in how many of the rows the margin is above 0.
    """

    leader: str
    second: str
    rows: tuple[Specification, ...]
    led: int


_Variant = tuple[tuple[str, ...], PairShares]


def compute_specifications(
    sums: LedgerSums,
    registry: Registry,
    definitions: Sequence[Definition],
    pair: tuple[str, str],
    old_encoders: Sequence[str],
) -> SpecificationCurve:
    """Compute the two countries' shares under every definition and exclusion.

    Args:
        sums: as `read_ledger` returns them.
        registry: names the countries of parents.
        definitions: those that have numbers.
        pair: the codes of the two countries that lead under the headline, the leader's first.
        old_encoders: as `list_old_encoders` returns them.
    """
    codes = sums.codes
    parents = list_readings(registry)[PARENT]
    moves = {
        "unreviewed-to-second": {account: pair[1] for account, code in codes.items() if code == UNREVIEWED},
        "parent-country": {account: code for account, code in parents.items() if codes.get(account) != UNREVIEWED},
    }
    rows: list[Specification] = []
    for definition in definitions:
        window = compute_window(sums, definition)
        if window:
            variants = _vary(window, codes, moves, pair, old_encoders)
            rows += [Specification(definition, name, *variant) for name, variant in variants.items()]
    ordered = sorted(rows, key=lambda row: (row.margin, row.definition, EXCLUSIONS.index(row.exclusion)))
    return SpecificationCurve(*pair, tuple(ordered), sum(row.margin > 0 for row in rows))


def _vary(
    window: WindowDownloads,
    codes: Mapping[str, str],
    moves: Mapping[str, Mapping[str, str]],
    pair: tuple[str, str],
    old_encoders: Sequence[str],
) -> dict[str, _Variant]:
    """Return names and shares of each exclusion that changes something; some move accounts to another country."""
    share = partial(compute_pair_shares, sum_codes(window.accounts, codes), codes, pair)
    found: dict[str, _Variant] = {"none": ((), share())}
    for name, rows in (
        ("largest-model", _find_largest(window.models)),
        ("largest-publisher", _find_largest_account(window.accounts)),
        ("old-encoders", window.models[window.models["name"].isin(list(old_encoders))]),
    ):
        if len(rows):
            ordered = rows.sort_values(["downloads", "name"], ascending=[False, True])
            found[name] = (tuple(ordered["name"].drop_duplicates()), share(rows))
    for name, countries in moves.items():
        moved = {account: downloads for account, downloads in window.accounts.items() if account in countries}
        if moved:
            mine = {account: countries.get(account, codes[account]) for account in window.accounts}
            totals = sum_codes(window.accounts, mine)
            found[name] = (_list_largest(moved), compute_pair_shares(totals, codes, pair))
    return found


def _find_largest(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the model, or account, with most downloads; none of none."""
    totals = rows.groupby("model")["downloads"].sum().sort_index()  # of equal ones the first by name
    return rows[rows["model"] == (totals.idxmax() if len(totals) else None)]


def _find_largest_account(accounts: Mapping[str, float]) -> pd.DataFrame:
    """Return the account with most downloads in the form of `WindowDownloads.models`."""
    names = list(_list_largest(accounts, 1))
    return pd.DataFrame({"model": names, "name": names, "account": names, "downloads": [accounts[n] for n in names]})


def _list_largest(accounts: Mapping[str, float], most: int = 20) -> tuple[str, ...]:
    """Return the names of the largest accounts, of equal ones the first; the folded small ones have none."""
    named = (name for name in accounts if name != SMALL)
    return tuple(nsmallest(most, named, key=lambda name: (-accounts[name], name)))
