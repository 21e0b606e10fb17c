"""Downloads by country and class: size band, relation and licence class of what was downloaded."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol, TypeVar

import pandas as pd

from generator.star.shares import NOT_PLACES
from generator.star.table import Table

# All downloads together, beside the country codes.
ALL: Final = "all"


class Placed(Protocol):
    """A row about a place under an attribution."""

    @property
    def code(self) -> str:
        """Return the place's code, a category's, or `ALL`."""
        ...

    @property
    def attribution(self) -> str:
        """Return `publisher` or `origin`."""
        ...


Row = TypeVar("Row", bound=Placed)


def order_places(totals: Mapping[str, float]) -> list[str]:
    """Order codes by downloads, the countries first, then the categories."""
    return sorted(totals, key=lambda code: (code in NOT_PLACES, -totals[code], code))


def pick_places(rows: Sequence[Row], most: int) -> tuple[Row, ...]:
    """Return all downloads, which stand first, the largest countries, and what has no country."""
    countries = [row for row in rows if row.code not in {ALL, *NOT_PLACES}][:most]
    return (*rows[:1], *countries, *(row for row in rows if row.code in NOT_PLACES))


def pick_codes(table: Table, most: int) -> tuple[str, ...]:
    """Return what `pick_places` does: the codes of a table's places, in its order."""
    found = table.frame["country_code"].tolist()
    countries = [code for code in found if code not in {ALL, *NOT_PLACES}][:most]
    return (*found[:1], *countries, *(code for code in found if code in NOT_PLACES))


def follow_places(rows: Sequence[Placed], attribution: str, most: int) -> list[str]:
    """Return the codes of all downloads and of the largest countries under an attribution."""
    codes = [row.code for row in rows if row.attribution == attribution and row.code not in NOT_PLACES]
    return codes[: most + 1]


def split_places(sums: pd.Series | None) -> dict[str, dict[str, float]]:
    """Turn sums by code and class into those of each class by code, and of all codes together under `ALL`."""
    found: dict[str, dict[str, float]] = {ALL: {}}
    if sums is not None:
        for (code, name), value in zip(sums.index, sums.tolist(), strict=True):
            found.setdefault(code, {})[name] = value
            found[ALL][name] = found[ALL].get(name, 0.0) + value
    return found


def sum_places(sums: pd.DataFrame) -> pd.DataFrame:
    """Sum columns, of which one level is `code`, to one column per code and one for all."""
    codes = sums.T.groupby(level="code").sum().T
    return codes.assign(**{ALL: codes.sum(axis=1)})
