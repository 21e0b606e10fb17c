"""Pieces that several figures are built from: ticks, short names and dates."""

import datetime as dt
import math
from collections.abc import Sequence
from typing import Final

from generator.text.language import Language

TICK_COUNT: Final = 5
# Above this, days of the month say nothing on an axis.
LONG_SPAN_DAYS: Final = 550


def choose_ticks(values: Sequence[float], most: int = TICK_COUNT) -> tuple[float, ...]:
    """Return round values around all values and zero, at least two."""
    low, high = min(0.0, *values), max(0.0, *values)
    rough = max(high - low, 1e-6) / (most - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(round(step * index, 10) for index in range(first, max(last, first + 1) + 1))


def count_digits(step: float, most: int) -> int:
    """Return how many digits a percentage on an axis needs, by the step between two."""
    return next((digits for digits in range(most) if abs(round(step * 100, digits) - step * 100) < 1e-9), most)


def pick_dates(dates: Sequence[dt.date], positions: Sequence[float], gap: float) -> list[int]:
    """Return which dates to write under an axis: first, last, and those between that have room."""
    if len(dates) < 2:
        return list(range(len(dates)))
    chosen = [0]
    for index in range(1, len(dates) - 1):
        if positions[index] - positions[chosen[-1]] >= gap and positions[-1] - positions[index] >= gap:
            chosen.append(index)
    return [*chosen, len(dates) - 1]


def short_date(day: dt.date, days: Sequence[dt.date], language: Language) -> str:
    """Write a date under an axis: day and month, with the year on the last one; month and year over long spans."""
    if (days[-1] - days[0]).days > LONG_SPAN_DAYS:
        return language.short_month(day)
    return language.date(day) if day == days[-1] else language.day(day)
