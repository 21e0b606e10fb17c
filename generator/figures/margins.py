"""Differences of shares: signed points, and ticks on both sides of zero."""

import math
from collections.abc import Sequence
from typing import Final

from generator.text.language import Language

TICKS: Final = 5
_FACTORS: Final = (1, 2, 2.5, 5, 10)


def choose_span(values: Sequence[float], most: int = TICKS) -> tuple[float, ...]:
    """Return round values around all values and zero, at least two."""
    low, high = min(0.0, *values), max(0.0, *values)
    rough = max(high - low, 1e-6) / (most - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in _FACTORS if factor * power >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(round(step * index, 10) for index in range(first, max(last, first + 1) + 1))


def write_tick(value: float, step: float, language: Language) -> str:
    """Write a margin on an axis with as many digits as the step needs."""
    digits = next((digits for digits in (0, 1, 2) if abs(round(step * 100, digits) - step * 100) < 1e-9), 2)
    return language.signed(value, digits) if value else "0"
