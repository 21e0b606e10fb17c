"""Places in a table: all downloads together, and which of them are shown."""

from typing import Final

from generator.star.shares import NOT_PLACES
from generator.star.table import Table

# All downloads together, beside the country codes.
ALL: Final = "all"


def pick_codes(table: Table, most: int) -> tuple[str, ...]:
    """Return the codes of all downloads, which stand first, of the largest countries, and of what has no country."""
    found = table.frame["country_code"].tolist()
    countries = [code for code in found if code not in {ALL, *NOT_PLACES}][:most]
    return (*found[:1], *countries, *(code for code in found if code in NOT_PLACES))
