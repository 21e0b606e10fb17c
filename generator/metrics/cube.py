"""The cube: every interval's downloads by country code under both attributions, small enough to sum at will."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from generator.classify import LANGUAGE_GROUPS
from generator.ledger import SMALL, LedgerEntry
from generator.metrics.definitions import ATTRIBUTIONS
from generator.registry import UNREVIEWED, Registry

KEYS: Final = ["code", "first_year", "generative", "language", "task_group"]
COUNTS: Final = ["flow", "downloads_30d", "downloads_all_time", "models"]

Numbers: TypeAlias = npt.NDArray[Any]


@dataclass
class Names:
    """Gives each distinct name a number, in the order in which they are met."""

    translate: Callable[[str], str] = str
    numbers: dict[str, int] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=dict)

    def number(self, names: pd.Series) -> Numbers:
        """Return the number of each name's translation; each distinct name is translated once."""
        places, distinct = pd.factorize(names)
        return np.asarray([self._find(name) for name in distinct.tolist()], dtype="int64")[places]

    def _find(self, name: str) -> int:
        if name not in self.known:
            self.known[name] = self.numbers.setdefault(self.translate(name), len(self.numbers))
        return self.known[name]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the translated names, by number."""
        return tuple(self.numbers)


@dataclass(frozen=True)
class CodedRows:
    """Rows of an interval with numbers for names: a tenth of the time and the memory.

    Attributes:
        end: the interval's date.
        accounts: the number of each row's account, aliases joined, by attribution.
        task_group: the number of its task group.
        flags: first year, generative and language as one number, 0 to 7.
        counts: each of `COUNTS` that the rows have, as floats, which hold whole numbers up to 2**53 exactly.
    """

    end: dt.date
    accounts: dict[str, Numbers]
    task_group: Numbers
    flags: Numbers
    counts: dict[str, Numbers]


class Coder:
    """Numbers the names of a ledger."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self.accounts = Names(registry.canonical)
        self.tasks = Names()
        self._codes: list[str] = []

    def encode(self, rows: pd.DataFrame, end: dt.date) -> CodedRows:
        """Encode an interval's rows."""
        tasks = self.tasks.number(rows["task_group"])
        is_language = np.array([name in LANGUAGE_GROUPS for name in self.tasks.names])
        flags = 4 * rows["first_year"].to_numpy() + 2 * rows["generative"].to_numpy() + is_language[tasks]
        return CodedRows(
            end=end,
            accounts={name: self.accounts.number(rows[name]) for name in ATTRIBUTIONS},
            task_group=tasks,
            flags=flags,
            counts={
                name: rows[name].to_numpy(dtype="float64", na_value=np.nan) for name in COUNTS if name in rows.columns
            },
        )

    def codes(self) -> list[str]:
        """Return the country code, or category, of each account."""
        self._codes += [code_of(name, self._registry) for name in self.accounts.names[len(self._codes) :]]
        return self._codes


def compute_cube(entries: Sequence[LedgerEntry], registry: Registry) -> pd.DataFrame:
    """Sum the ledger by country.

    Returns:
        One row per interval (`end`, its date), `attribution` and `KEYS`, with the ledger's measures;
        `downloads_all_time` is missing where an interval's snapshot had no counter.
    """
    cube, coder = CubeSum(), Coder(registry)
    for entry in entries:
        cube.add(coder.encode(entry.flows, entry.interval.end), coder)
    return cube.frame(coder)


def compute_accounts(entries: Sequence[LedgerEntry], registry: Registry) -> pd.DataFrame:
    """Sum the ledger by account, aliases joined to the account they belong to.

    Returns:
        One row per interval (`end`), `attribution` and `account`, with the ledger's measures and `code`; these four
        columns are categories in ascending order.
    """
    accounts, coder = AccountSum(), Coder(registry)
    for entry in entries:
        accounts.add(coder.encode(entry.flows, entry.interval.end))
    return accounts.frame(coder)


def code_of(account: str, registry: Registry) -> str:
    """Return the country code of an account; the folded small ones are unreviewed."""
    return UNREVIEWED if account == SMALL else registry.code(account)


class CubeSum:
    """The cube, interval by interval."""

    def __init__(self) -> None:
        self._countries = Names()
        self._country_of: list[int] = []
        self._parts: list[pd.DataFrame] = []

    def add(self, rows: CodedRows, coder: Coder) -> None:
        """Add an interval."""
        fresh = coder.codes()[len(self._country_of) :]
        self._country_of += self._countries.number(pd.Series(fresh, dtype="str")).tolist()
        country_of = np.asarray(self._country_of, dtype="int64")
        for attribution in ATTRIBUTIONS:
            country = country_of[rows.accounts[attribution]]
            keys = (country * 8 + rows.flags) * 64 + rows.task_group
            part = _sum(keys, rows.counts)
            self._parts.append(part.assign(end=rows.end, attribution=attribution))

    def frame(self, coder: Coder) -> pd.DataFrame:
        """Return what was added."""
        joined = pd.concat(self._parts, ignore_index=True)
        keys = joined["key"].to_numpy()
        country, flags, task = keys // 512, keys // 64 % 8, keys % 64
        named = joined.assign(
            code=_name(country, self._countries.names),
            first_year=flags >= 4,
            generative=flags % 4 >= 2,
            language=flags % 2 == 1,
            task_group=_name(task, coder.tasks.names),
        )
        ordered = named.sort_values(["end", "attribution", *KEYS], ascending=[True, False, *[True] * len(KEYS)])
        columns = [*KEYS, "flow", "downloads_30d", "models", "downloads_all_time", "end", "attribution"]
        return ordered[columns].reset_index(drop=True).astype({"attribution": "str"})


class AccountSum:
    """The ledger by account, interval by interval."""

    def __init__(self) -> None:
        self._parts: list[pd.DataFrame] = []
        self._ends: list[dt.date] = []

    def add(self, rows: CodedRows) -> None:
        """Add an interval."""
        self._ends.append(rows.end)
        for place, attribution in enumerate(ATTRIBUTIONS):
            part = _sum(rows.accounts[attribution], rows.counts).rename(columns={"key": "account"})
            labels = {"end": len(self._ends) - 1, "attribution": place}
            self._parts.append(part.assign(**{name: np.int16(value) for name, value in labels.items()}))

    def frame(self, coder: Coder) -> pd.DataFrame:
        """Return what was added."""
        joined = pd.concat(self._parts, ignore_index=True)
        self._parts.clear()
        numbers = joined["account"].to_numpy()
        code = pd.Categorical(coder.codes())
        labels = {
            "account": _categorize(numbers, coder.accounts.names),
            "end": _categorize(joined["end"].to_numpy(), self._ends),
            "attribution": _categorize(joined["attribution"].to_numpy(), ATTRIBUTIONS),
            "code": pd.Categorical.from_codes(code.codes[numbers], code.categories),
        }
        order = np.lexsort((labels["account"].codes, joined["attribution"].to_numpy(), joined["end"].to_numpy()))
        return joined.assign(**labels).take(order).reset_index(drop=True)


def _sum(keys: Numbers, counts: dict[str, Numbers]) -> pd.DataFrame:
    """Sum counts by key; a sum of counters is missing where all of them are."""
    places, distinct = pd.factorize(keys)
    sums = {name: np.bincount(places, np.nan_to_num(values)) for name, values in counts.items()}
    held = np.bincount(places, ~np.isnan(counts["downloads_all_time"])) > 0
    return pd.DataFrame(
        {
            "key": distinct,
            "flow": sums["flow"],
            "downloads_30d": sums["downloads_30d"].astype("int64"),
            "models": sums["models"].astype("int64"),
            "downloads_all_time": pd.arrays.IntegerArray(sums["downloads_all_time"].astype("int64"), ~held),
        }
    )


def _name(numbers: Numbers, names: Sequence[str]) -> pd.Series:
    return pd.Series(np.asarray(names, dtype=object)[numbers], dtype="str")


def _categorize(numbers: Numbers, names: Sequence[Any]) -> pd.Categorical:
    """Return names by their number as ordered categories."""
    ordered = sorted(range(len(names)), key=lambda place: names[place])
    rank = np.empty(len(names), dtype="int64")
    rank[ordered] = np.arange(len(names))
    found: pd.Categorical = pd.Categorical.from_codes(
        rank[numbers], categories=pd.Index([names[place] for place in ordered]), ordered=True
    )
    return found
