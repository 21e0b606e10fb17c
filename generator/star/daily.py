"""Every night of a long history by country, and the nights on which the order of the leading countries changed."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from generator.ledger.intervals import Interval
from generator.star.definitions import ATTRIBUTIONS, UNIVERSES, WINDOWS, Definition
from generator.star.dominant import ALL_MODELS
from generator.star.reading import read_days
from generator.star.relations import Star
from generator.star.shares import (
    NOT_PLACES,
    Grid,
    ShareTable,
    compute_table,
    select_universe,
    tells_universe,
    weigh_intervals,
)

Numbers = npt.NDArray[Any]


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

    @cached_property
    def matrices(self) -> dict[str, Numbers]:
        """Return the weights of the windows that sum flows, a row for the window that ends with each night."""
        nights = len(self.intervals)
        found = {window: np.zeros((nights, nights)) for window in ("12m", "held")}
        for window, matrix in found.items():
            for row, weights in zip(matrix, self.weights[window], strict=True):
                row[list(weights)] = list(weights.values())
        return found

    def compute(self, definition: Definition, places: Iterable[int]) -> list[ShareTable]:
        """Compute a definition's tables on the nights at some positions; those without a number are left out."""
        grid, weights = self.grids[definition.universe, definition.attribution], self.weights[definition.window]
        found = (
            compute_table(grid, self.intervals[: place + 1], definition, weights[place])
            for place in places
            if weights[place]
        )
        return [table for table in found if table]

    @cached_property
    def by_country(self) -> dict[dt.date, ShareTable]:
        """Return what countries' own sentences are about on every night: thirty days, all models, by publisher."""
        return {table.as_of: table for table in self.compute(ALL_MODELS, range(len(self.intervals)))}

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
            if held
            and tells_universe(definition, self.intervals, held)
            and (found := grid.sum_window(definition.window, held, place)) is not None
            and found.sum() > 0
        }
        return list(sums), np.array(list(sums.values())).reshape(len(sums), len(grid.codes))


def lay_out_days(star: Star) -> Days:
    """Lay out every night of a star by country; the relation that they were read from goes, it takes 0.1 GB."""
    rows = read_days(star)
    star.connection.execute("DROP TABLE days")
    nights = len(star.entries)
    grids = {
        (universe, attribution): _lay_out(select_universe(rows, universe), f"{attribution}_code", nights)
        for universe, attribution in product(UNIVERSES, ATTRIBUTIONS)
    }
    return Days(tuple(entry.interval for entry in star.entries), grids, tuple(star.last_nights))


def _lay_out(rows: pd.DataFrame, by: str, nights: int) -> Grid:
    number, codes = pd.factorize(rows[by], sort=True)
    counted = rows["downloads_all_time"].notna().to_numpy()
    place, shape = rows["night"].to_numpy(), (nights, len(codes))

    cell = place * shape[1] + number

    def lay_out(column: str) -> Numbers:
        return np.bincount(cell, np.nan_to_num(rows[column].to_numpy()), shape[0] * shape[1]).reshape(shape)

    is_counted = np.bincount(cell, counted, shape[0] * shape[1]).reshape(shape) > 0
    return Grid(
        codes=tuple(str(code) for code in codes),
        flow=lay_out("flow"),
        downloads_30d=lay_out("downloads_30d"),
        downloads_all_time=np.where(is_counted, lay_out("downloads_all_time"), np.nan),
        models=lay_out("models"),
        uncounted=np.bincount(place, rows["uncounted"], nights),
    )


def list_turns(days: Days, definition: Definition, codes: Sequence[str]) -> list[int]:
    """List the positions of the nights on which an order changed, each with the night before.

    The orders: which country has most downloads in the definition's window, and each pair of the countries given.
    """
    grid = days.grids[definition.universe, definition.attribution]
    downloads = np.round(np.nan_to_num(_sum_windows(days, grid, definition.window)))
    if not downloads.any():
        return []
    numbers = {code: number for number, code in enumerate(grid.codes)}
    places = [number for code, number in numbers.items() if code not in NOT_PLACES]
    pairs = [(numbers[one], numbers[other]) for one, other in combinations(codes, 2) if {one, other} <= set(numbers)]
    orders = [np.sign(downloads[:, one] - downloads[:, other]) for one, other in pairs]
    orders += [downloads[:, places].argmax(axis=1)] if places else []
    changed = np.flatnonzero(np.any(np.diff(np.array(orders), axis=1) != 0, axis=0)) if orders else np.empty(0, int)
    return sorted({*changed.tolist(), *(changed + 1).tolist()})


def _sum_windows(days: Days, grid: Grid, window: str) -> Numbers:
    """Sum the window that ends with each night by code; 0 where there is none."""
    if window == "30d":
        return grid.downloads_30d
    if window == "all_time":
        return grid.downloads_all_time
    summed: Numbers = days.matrices[window] @ grid.flow
    return summed
