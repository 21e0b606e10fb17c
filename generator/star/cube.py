"""The cube: every interval's downloads by country code under both attributions, small enough to sum at will."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from generator.ledger.intervals import LedgerEntry
from generator.registry import Registry
from generator.star.coded import (
    FLOW_COLUMNS,
    CodedRows,
    Coder,
    Columns,
    build_measures,
    categorize,
    name_all,
    sum_counts,
    unpack_flags,
)
from generator.star.definitions import ATTRIBUTIONS

KEYS: Final = ["code", "first_year", "generative", "language", "task_group"]


class CubeSum:
    """The cube, interval by interval."""

    def __init__(self) -> None:
        self._columns = Columns()

    def add(self, rows: CodedRows, place: int) -> None:
        """Add the interval at a place."""
        for number, attribution in enumerate(ATTRIBUTIONS):
            keys = (rows.countries[attribution] * 8 + rows.flags) * 64 + rows.task_group
            self._columns.add(sum_counts(keys, rows.counts), end=place, attribution=number)

    def frame(self, coder: Coder, ends: Sequence[dt.date]) -> pd.DataFrame:
        """Return what was added.

        Returns:
            One row per interval (`end`, its date), `attribution` and `KEYS`, with the ledger's measures;
            `downloads_all_time` is missing where an interval's snapshot had no counter.
        """
        joined = self._columns.take()
        country, flags, task = joined["key"] // 512, joined["key"] // 64 % 8, joined["key"] % 64
        frame = pd.DataFrame(
            {
                "code": name_all(country, coder.countries.names),
                **unpack_flags(flags),
                "task_group": name_all(task, coder.tasks.names),
                **build_measures(joined),
                "end": np.array(ends, dtype=object)[joined["end"]],
                "attribution": name_all(joined["attribution"], ATTRIBUTIONS),
            }
        )
        ascending = [True, False, *[True] * len(KEYS)]
        return frame.sort_values(["end", "attribution", *KEYS], ascending=ascending, ignore_index=True)


class AccountSum:
    """The ledger by account, aliases joined to the account they belong to, interval by interval."""

    def __init__(self) -> None:
        self._columns = Columns()

    def add(self, rows: CodedRows, place: int) -> None:
        """Add the interval at a place."""
        for number, attribution in enumerate(ATTRIBUTIONS):
            self._columns.add(sum_counts(rows.accounts[attribution], rows.counts), end=place, attribution=number)

    def frame(self, coder: Coder, ends: Sequence[dt.date]) -> pd.DataFrame:
        """Return what was added.

        Returns:
            One row per interval (`end`), `attribution` and `account`, with the ledger's measures and `code`; these
            four columns are categories in ascending order.
        """
        joined = self._columns.take()
        account = categorize(joined["key"], coder.accounts.names, ordered=True)
        order = np.lexsort((account.codes, joined["attribution"], joined["end"]))
        account = account[order]
        sums = {name: joined.pop(name)[order] for name in list(joined)}
        return pd.DataFrame(
            {
                "account": account,
                **build_measures(sums),
                "end": categorize(sums["end"], ends, ordered=True),
                "attribution": categorize(sums["attribution"], ATTRIBUTIONS, ordered=True),
                "code": categorize(coder.country_of()[sums["key"]], coder.countries.names),
            },
            copy=False,
        )


def compute_accounts(entries: Sequence[LedgerEntry], registry: Registry) -> pd.DataFrame:
    """Sum the ledger by account alone, as `AccountSum` does; `read_ledger` sums it for everything."""
    accounts, coder = AccountSum(), Coder(registry)
    for place, entry in enumerate(entries):
        accounts.add(coder.encode(entry.read("flows", FLOW_COLUMNS)), place)
    return accounts.frame(coder, [entry.interval.end for entry in entries])
