"""Downloads by country and class: size band, relation and licence class of what was downloaded."""

from typing import Final

import pandas as pd

# All downloads together, beside the country codes.
ALL: Final = "all"


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
