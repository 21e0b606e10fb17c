"""An interval's rows with numbers for names: a tenth of the time and of the memory that names take."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from generator.ledger.classify import LANGUAGE_GROUPS
from generator.ledger.intervals import SMALL
from generator.registry import UNREVIEWED, Registry
from generator.star.definitions import ATTRIBUTIONS

COUNTS: Final = ["flow", "downloads_30d", "downloads_all_time", "models"]
CLASSES: Final = ("size_band", "relation", "license_class")
# What is read of an interval's rows.
FLOW_COLUMNS: Final = (*ATTRIBUTIONS, "task_group", "first_year", "generative", *CLASSES, *COUNTS)

Numbers: TypeAlias = npt.NDArray[Any]


class Names:
    """Gives each distinct name a number, in the order in which they are met."""

    def __init__(self, translate: Callable[[str], str] = str) -> None:
        self._translate = translate
        self._translated: dict[str, int] = {}
        self._known = pa.array([], pa.string())
        self._numbers = np.empty(0, dtype="int64")

    def number(self, column: pa.ChunkedArray) -> Numbers:
        """Return the number of each row's translation, -1 where it has none; each distinct name is translated once.

        Args:
            column: texts as numbers with a dictionary.
        """
        words = column.unify_dictionaries().combine_chunks()
        numbers = np.append(self.number_each(words.dictionary), -1)
        found: Numbers = numbers[np.asarray(words.indices.fill_null(-1))]
        return found

    def number_each(self, names: pa.Array | Sequence[str]) -> Numbers:
        """Return the number of each name's translation."""
        wanted = pa.array(names, pa.string()) if not isinstance(names, pa.Array) else names.cast(pa.string())
        places = pc.index_in(wanted, value_set=self._known)
        if places.null_count:
            fresh = wanted.filter(places.is_null())
            self._known = pa.concat_arrays([self._known, fresh])
            new = [
                self._translated.setdefault(self._translate(name), len(self._translated)) for name in fresh.to_pylist()
            ]
            self._numbers = np.concatenate([self._numbers, new])
            places = pc.index_in(wanted, value_set=self._known)
        found: Numbers = self._numbers[np.asarray(places)]
        return found

    @property
    def names(self) -> tuple[str, ...]:
        """Return the translated names, by number."""
        return tuple(self._translated)


@dataclass(frozen=True)
class CodedRows:
    """Rows of an interval.

    Attributes:
        accounts: the number of each row's account, aliases joined, by attribution.
        countries: the number of that account's country code or category, by attribution.
        task_group: the number of its task group.
        flags: as `pack_flags` returns them.
        classes: the number of its value of each of `CLASSES`.
        counts: as `read_counts` returns them.
    """

    accounts: dict[str, Numbers]
    countries: dict[str, Numbers]
    task_group: Numbers
    flags: Numbers
    classes: dict[str, Numbers]
    counts: dict[str, Numbers]


class Coder:
    """Numbers the names of a ledger.

    Attributes:
        accounts: canonical handles.
        countries: country codes and categories.
        tasks: task groups.
        classes: the values of each of `CLASSES`.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self.accounts = Names(registry.canonical)
        self.countries = Names()
        self.tasks = Names()
        self.classes = {name: Names() for name in CLASSES}
        self._country_of = np.empty(0, dtype="int64")

    def encode(self, rows: pa.Table) -> CodedRows:
        """Encode an interval's rows, read with `FLOW_COLUMNS`."""
        tasks = self.tasks.number(rows["task_group"])
        is_language = np.array([name in LANGUAGE_GROUPS for name in self.tasks.names])
        first_year, generative = (np.asarray(rows[name]) for name in ("first_year", "generative"))
        accounts = {name: self.accounts.number(rows[name]) for name in ATTRIBUTIONS}
        country_of = self.country_of()
        return CodedRows(
            accounts=accounts,
            countries={name: country_of[numbers] for name, numbers in accounts.items()},
            task_group=tasks,
            flags=pack_flags(first_year, generative, is_language[tasks]),
            classes={name: names.number(rows[name]) for name, names in self.classes.items()},
            counts=read_counts(rows),
        )

    def country_of(self) -> Numbers:
        """Return the number of each account's country code or category."""
        fresh = self.accounts.names[len(self._country_of) :]
        numbers = self.countries.number_each([code_of(name, self._registry) for name in fresh])
        self._country_of = np.concatenate([self._country_of, numbers])
        return self._country_of


def pack_flags(first_year: Numbers, generative: Numbers, language: Numbers) -> Numbers:
    """Return what decides on the universes as one number a row, 0 to 7."""
    flags: Numbers = 4 * first_year + 2 * generative + language
    return flags


def unpack_flags(flags: Numbers) -> dict[str, Numbers]:
    """Return the columns `first_year`, `generative` and `language` of flags."""
    return {"first_year": flags >= 4, "generative": flags % 4 >= 2, "language": flags % 2 == 1}


def code_of(account: str, registry: Registry) -> str:
    """Return the country code of an account; the folded small ones are unreviewed."""
    return UNREVIEWED if account == SMALL else registry.code(account)


def read_counts(rows: pa.Table) -> dict[str, Numbers]:
    """Return each of `COUNTS` as floats, which hold whole numbers up to 2**53 exactly; missing ones are 0.

    `counted` is 1 for rows with an all-time counter, else 0.
    """
    counts = {name: np.asarray(rows[name].cast(pa.float64()).fill_null(0)) for name in COUNTS}
    return counts | {"counted": np.asarray(rows["downloads_all_time"].is_valid())}


def sum_counts(keys: Numbers, counts: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """Sum counts, as `read_counts` returns them, by `key`: columns in the order in which the keys are met."""
    places, distinct = pd.factorize(keys)
    sums = {name: np.bincount(places, values) for name, values in counts.items()}
    return {"key": distinct.astype("int32"), **sums}


def build_measures(sums: dict[str, Numbers]) -> dict[str, Any]:
    """Take summed counts out of columns and return the ledger's measures.

    `downloads_all_time` is missing where none of the rows summed had a counter.
    """
    missing = ~sums.pop("counted").astype("bool")
    flow = sums.pop("flow")
    whole = {name: sums.pop(name).astype("int64") for name in COUNTS[1:]}
    return {"flow": flow, **whole, "downloads_all_time": pd.arrays.IntegerArray(whole["downloads_all_time"], missing)}


class Columns:
    """Columns that grow by an interval's rows, each in one piece: thousands of small arrays would scatter memory."""

    def __init__(self) -> None:
        self._columns: dict[str, Numbers] = {}
        self._rows = 0

    def add(self, columns: Mapping[str, Numbers], **labels: int) -> None:
        """Add the rows of an interval; a label is the same number in all of them."""
        end = self._rows + len(next(iter(columns.values())))
        labelled = {label: np.full(1, number, "int16") for label, number in labels.items()}
        for name, values in {**columns, **labelled}.items():
            held = self._columns.setdefault(name, np.empty(0, values.dtype))
            if len(held) < end:
                self._columns[name] = np.empty(2 * end, held.dtype)
                self._columns[name][: self._rows] = held[: self._rows]
            self._columns[name][self._rows : end] = values
        self._rows = end

    def take(self) -> dict[str, Numbers]:
        """Return the columns, and keep nothing of them."""
        columns, self._columns = self._columns, {}
        return {name: column[: self._rows] for name, column in columns.items()}


def categorize(numbers: Numbers, names: Sequence[Any], *, ordered: bool = False) -> pd.Categorical:
    """Return names by their number, -1 for none, as categories in ascending order."""
    ranks = np.argsort(np.array(names, dtype=object), kind="stable")
    place = np.append(np.argsort(ranks), -1)
    return _from_codes(place[numbers], [names[rank] for rank in ranks], ordered=ordered)


def relabel(labels: pd.Categorical, words: Mapping[str, str], missing: str | None = None) -> pd.Categorical:
    """Return other words for categories; `missing`, else none, for what has none."""
    found = [words.get(name, missing) for name in labels.categories] + [missing]
    distinct = sorted({word for word in found if word is not None})
    place = {word: number for number, word in enumerate(distinct)}
    numbers = np.array([-1 if word is None else place[word] for word in found])
    return _from_codes(numbers[labels.codes], distinct)


def _from_codes(codes: Numbers, names: Sequence[Any], *, ordered: bool = False) -> pd.Categorical:
    found: pd.Categorical = pd.Categorical.from_codes(codes, categories=pd.Index(names), ordered=ordered)
    return found


def name_all(numbers: Numbers, names: Sequence[str]) -> pd.Series:
    """Return the name of each number."""
    return pd.Series(np.array(names, dtype=object)[numbers], dtype="str")
