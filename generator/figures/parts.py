"""Pieces that several figures are built from: ticks, short names and dates."""

import datetime as dt
import math
from collections.abc import Sequence
from typing import Final

from generator.text.language import Language

TICK_COUNT: Final = 5
# Above this, days of the month say nothing on an axis.
LONG_SPAN_DAYS: Final = 550


def choose_ticks(largest: float, most: int = TICK_COUNT) -> list[float]:
    """Return round values from 0 to the first one at or above the largest."""
    rough = max(largest, 1e-6) / (most - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power * (most - 1) >= largest * (1 - 1e-9))
    count = math.ceil(largest / step - 1e-9)
    return [round(step * index, 10) for index in range(max(count, 1) + 1)]


def write_tick(share: float, language: Language, step: float) -> str:
    """Write a share on an axis with as many digits as the step between two needs."""
    digits = next((digits for digits in (0, 1, 2, 3) if abs(round(step * 100, digits) - step * 100) < 1e-9), 3)
    return language.percent(share, digits)


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
