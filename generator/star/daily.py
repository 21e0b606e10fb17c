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

from generator.base.settings import COUNT_DAYS
from generator.ledger.intervals import Interval
from generator.star.definitions import ATTRIBUTIONS, UNIVERSES, WINDOWS, Definition
from generator.star.dominant import ALL_MODELS
from generator.star.reading import read_days
from generator.star.relations import Star
from generator.star.shares import (
    NOT_PLACES,
    Grid,
    ShareTable,
    WindowDays,
    compute_table,
    select_universe,
    start_of,
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

    def weigh(self, window: str, place: int) -> dict[int, float]:
        """Return the weights of the window that ends with a night, as `weigh_intervals` does."""
        if window not in self.matrices:
            return {place: 1.0}
        row = self.matrices[window][place]
        held = np.flatnonzero(row)
        return dict(zip(held.tolist(), row[held].tolist(), strict=True))

    @cached_property
    def matrices(self) -> dict[str, Numbers]:
        """Return the weights of the windows that sum flows, a row for the window that ends with each night."""
        nights = len(self.intervals)
        found = {window: np.zeros((nights, nights)) for window in ("12m", "held")}
        for window, matrix in found.items():
            for place, interval in enumerate(self.intervals):
                weights = weigh_intervals(self.intervals[: place + 1], window, interval.end)
                matrix[place, list(weights)] = list(weights.values())
        return found

    @cached_property
    def windows(self) -> dict[str, list[WindowDays]]:
        """Return the days of each window that ends with each night; all definitions of a window have the same."""
        covered = np.array([interval.covered_days for interval in self.intervals])
        blurred = np.array([interval.is_blurred for interval in self.intervals], "float64")
        flows = {window: np.rint(matrix * covered).sum(axis=1) for window, matrix in self.matrices.items()}
        sums = {"30d": np.full(len(covered), COUNT_DAYS), "all_time": covered, **flows}
        blurs = {window: (matrix > 0) @ blurred > 0 for window, matrix in self.matrices.items()}
        never = np.zeros(len(covered), bool)
        return {
            window: [
                WindowDays(interval.end, start_of(self.intervals, window, interval.end), int(days), bool(is_blurred))
                for interval, days, is_blurred in zip(
                    self.intervals, sums[window], blurs.get(window, never), strict=True
                )
            ]
            for window in WINDOWS
        }

    def compute(self, definition: Definition, places: Iterable[int]) -> list[ShareTable]:
        """Compute a definition's tables on the nights at some positions; those without a number are left out."""
        grid, days = self.grids[definition.universe, definition.attribution], self.windows[definition.window]
        found = (
            compute_table(grid, place, definition, weights, days[place])
            for place in places
            if (weights := self.weigh(definition.window, place)) and tells_universe(definition, self.intervals, weights)
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
        grid = self.grids[definition.universe, definition.attribution]
        sums = {
            place: found
            for place in range(len(self.intervals))
            if (held := self.weigh(definition.window, place))
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
