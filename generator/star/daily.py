"""Every night of a long history by country, and the nights on which the order of the leading countries changed."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from generator.ledger.classify import LANGUAGE_GROUPS
from generator.ledger.intervals import Interval, LedgerEntry
from generator.ledger.thinning import query_rows
from generator.registry import UNREVIEWED, Registry
from generator.star.coded import code_of
from generator.star.definitions import ATTRIBUTIONS, UNIVERSES, WINDOWS, Definition
from generator.star.shares import (
    NOT_PLACES,
    Grid,
    ShareTable,
    compute_table,
    make_grid,
    select_universe,
    weigh_intervals,
)

Numbers = npt.NDArray[Any]
# The rows of every night by the country of publisher and origin; an account that no row of `codes` names is unreviewed.
_BY_COUNTRY: Final = f"""
    SELECT place, coalesce(p.code, '{UNREVIEWED}') AS publisher, coalesce(o.code, '{UNREVIEWED}') AS origin,
        first_year, generative, task_group IN (SELECT name FROM language) AS language,
        sum(flow) AS flow, sum(downloads_30d)::DOUBLE AS downloads_30d,
        coalesce(sum(downloads_all_time), 0)::DOUBLE AS downloads_all_time, sum(models)::DOUBLE AS models,
        count(downloads_all_time) AS counted,
        coalesce(sum(downloads_30d) FILTER (downloads_all_time IS NULL), 0)::DOUBLE AS uncounted
    FROM parts
        LEFT JOIN codes AS p ON lower(parts.publisher) = p.handle
        LEFT JOIN codes AS o ON lower(parts.origin) = o.handle
    GROUP BY ALL
"""  # noqa: S608 - our own word


@dataclass(frozen=True)
class Days:
    """Every night of the ledger by country.

    Attributes:
        intervals: of all nights, oldest first.
        grids: by universe and attribution, a row a night.
        places: positions of the nights that stand on their own.
    """

    intervals: tuple[Interval, ...]
    grids: Mapping[tuple[str, str], Grid]
    places: tuple[int, ...]

    @cached_property
    def weights(self) -> dict[str, list[dict[int, float]]]:
        """Return the weights of each window on each night."""
        return {
            window: [
                weigh_intervals(self.intervals[: place + 1], window, interval.end)
                for place, interval in enumerate(self.intervals)
            ]
            for window in WINDOWS
        }

    def compute(self, definition: Definition, places: Iterable[int]) -> list[ShareTable]:
        """Compute a definition's tables on the nights at some positions; those without a number are left out."""
        grid, weights = self.grids[definition.universe, definition.attribution], self.weights[definition.window]
        found = (
            compute_table(grid, self.intervals[: place + 1], definition, weights[place])
            for place in places
            if weights[place]
        )
        return [table for table in found if table]

    def compute_first(self, definitions: Sequence[Definition]) -> dict[dt.date, ShareTable]:
        """Compute a table for every date, of the first of some definitions that had a number then; oldest first."""
        found: dict[dt.date, ShareTable] = {}
        for definition in definitions:
            places = [place for place, interval in enumerate(self.intervals) if interval.end not in found]
            found |= {table.as_of: table for table in self.compute(definition, places)}
        return dict(sorted(found.items()))

    def sum_each(self, definition: Definition) -> tuple[list[int], Numbers]:
        """Return the nights on which a definition has a number, and on each of them the downloads by code."""
        grid, weights = self.grids[definition.universe, definition.attribution], self.weights[definition.window]
        sums = {
            place: found
            for place, held in enumerate(weights)
            if held and (found := grid.sum_window(definition.window, held, place)) is not None and found.sum() > 0
        }
        return list(sums), np.array(list(sums.values())).reshape(len(sums), len(grid.codes))


def read_days(
    nights: Sequence[LedgerEntry], entries: Sequence[LedgerEntry], cube: pd.DataFrame, registry: Registry
) -> Days:
    """Read every night by country; from the ledger itself where some of them are joined in the entries.

    Args:
        nights: the ledger, oldest interval first.
        entries: the same, thinned.
        cube: of the entries, as `read_ledger` returns it.
        registry: gives accounts their countries.
    """
    intervals = tuple(entry.interval for entry in nights)
    kept = {entry.interval.end for entry in entries}
    places = tuple(place for place, interval in enumerate(intervals) if interval.end in kept)
    if len(places) < len(intervals):
        return Days(intervals, read_grids(nights, registry), places)
    ends = [interval.end for interval in intervals]
    grids = {pair: make_grid(cube, ends, *pair) for pair in product(UNIVERSES, ATTRIBUTIONS)}
    return Days(intervals, grids, places)


def read_grids(entries: Sequence[LedgerEntry], registry: Registry) -> dict[tuple[str, str], Grid]:
    """Read every night of a ledger by country: for each universe and attribution what `make_grid` lays out."""
    codes = {handle: code_of(registry.canonical(handle), registry) for handle in registry.publishers}
    tables = {
        "codes": pa.table({"handle": list(codes), "code": list(codes.values())}),
        "language": pa.table({"name": sorted(LANGUAGE_GROUPS)}),
    }
    rows = query_rows(entries, "flows", _BY_COUNTRY, tables).to_pandas()
    return {
        (universe, attribution): _lay_out(select_universe(rows, universe), attribution, len(entries))
        for universe, attribution in product(UNIVERSES, ATTRIBUTIONS)
    }


def _lay_out(rows: pd.DataFrame, attribution: str, nights: int) -> Grid:
    number, codes = pd.factorize(rows[attribution], sort=True)
    place, shape = rows["place"].to_numpy(), (nights, len(codes))

    def lay_out(column: str) -> Numbers:
        return np.bincount(place * shape[1] + number, rows[column], shape[0] * shape[1]).reshape(shape)

    return Grid(
        codes=tuple(str(code) for code in codes),
        flow=lay_out("flow"),
        downloads_30d=lay_out("downloads_30d"),
        downloads_all_time=np.where(lay_out("counted") > 0, lay_out("downloads_all_time"), np.nan),
        models=lay_out("models"),
        uncounted=np.bincount(place, rows["uncounted"], nights),
    )


def list_turns(grid: Grid, window: str, weights: Sequence[Mapping[int, float]], codes: Sequence[str]) -> list[int]:
    """List the positions of the nights on which an order changed, each with the night before.

    The orders: which country has most downloads in the window, and each pair of the countries given. The weights are
    those of each night's window, as `weigh_intervals` returns them.
    """
    downloads = np.round(np.nan_to_num(_sum_windows(grid, window, weights)))
    if not downloads.any():
        return []
    numbers = {code: number for number, code in enumerate(grid.codes)}
    places = [number for code, number in numbers.items() if code not in NOT_PLACES]
    pairs = [(numbers[one], numbers[other]) for one, other in combinations(codes, 2) if {one, other} <= set(numbers)]
    orders = [np.sign(downloads[:, one] - downloads[:, other]) for one, other in pairs]
    orders += [downloads[:, places].argmax(axis=1)] if places else []
    changed = np.flatnonzero(np.any(np.diff(np.array(orders), axis=1) != 0, axis=0)) if orders else np.empty(0, int)
    return sorted({*changed.tolist(), *(changed + 1).tolist()})


def _sum_windows(grid: Grid, window: str, weights: Sequence[Mapping[int, float]]) -> Numbers:
    """Sum the window that ends with each night by code; 0 where there is none."""
    if window == "30d":
        return grid.downloads_30d
    if window == "all_time":
        return grid.downloads_all_time
    matrix = np.zeros((len(weights), len(weights)))
    for newest, found in enumerate(weights):
        matrix[newest, list(found)] = list(found.values())
    summed: Numbers = matrix @ grid.flow
    return summed
