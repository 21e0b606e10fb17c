"""Downloads by country and class: size band, relation and licence class of what was downloaded."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from generator.star.coded import CLASSES, CodedRows, Coder, Columns, build_measures, name_all, sum_counts
from generator.star.definitions import ATTRIBUTIONS

# All downloads together, beside the country codes.
ALL: Final = "all"
CLASS_KEYS: Final = ("code", *CLASSES)
ORIGINAL: Final = "original"


class ClassSum:
    """The ledger by country and class, interval by interval."""

    def __init__(self) -> None:
        self._columns = Columns()

    def add(self, rows: CodedRows, place: int, attribution: str) -> None:
        """Add the interval at a place under an attribution."""
        keys = rows.countries[attribution]
        for name in CLASSES:
            keys = keys * 64 + rows.classes[name]
        self._columns.add(sum_counts(keys, rows.counts), end=place, attribution=ATTRIBUTIONS.index(attribution))

    def frame(self, coder: Coder, ends: Sequence[dt.date]) -> pd.DataFrame:
        """Return what was added.

        Returns:
            One row per interval (`end`, its date), `attribution` and `CLASS_KEYS`, with the ledger's measures;
            `downloads_all_time` is missing where an interval's snapshot had no counter.
        """
        joined = self._columns.take()
        keys, classes = joined["key"], {}
        for name in reversed(CLASSES):
            classes[name] = name_all(keys % 64, coder.classes[name].names)
            keys = keys // 64
        frame = pd.DataFrame(
            {
                "code": name_all(keys, coder.countries.names),
                **classes,
                **build_measures(joined),
                "end": np.array(ends, dtype=object)[joined["end"]],
                "attribution": name_all(joined["attribution"], ATTRIBUTIONS),
            }
        )
        order, ascending = ["end", "attribution", *CLASS_KEYS], [True, False, *[True] * len(CLASS_KEYS)]
        return frame.sort_values(order, ascending=ascending, ignore_index=True)


class DerivativeSum:
    """The 30-day downloads of what is neither original nor of its publisher's own origin, interval by interval."""

    def __init__(self) -> None:
        self._columns = Columns()

    def add(self, rows: CodedRows, place: int, coder: Coder) -> None:
        """Add the interval at a place."""
        original = coder.classes["relation"].number_each([ORIGINAL])[0]
        derived = (rows.classes["relation"] != original) & (rows.accounts["publisher"] != rows.accounts["origin"])
        keys = rows.countries["origin"] * 64 + rows.classes["relation"]
        self._columns.add(
            sum_counts(keys[derived], {"downloads_30d": rows.counts["downloads_30d"][derived]}), end=place
        )

    def frame(self, coder: Coder, ends: Sequence[dt.date]) -> pd.DataFrame:
        """Return what was added.

        Returns:
            One row per interval (`end`, its date), `origin_code` and `relation`, in this order, with `downloads_30d`.
        """
        joined = self._columns.take()
        frame = pd.DataFrame(
            {
                "downloads_30d": joined["downloads_30d"].astype("int64"),
                "end": np.array(ends, dtype=object)[joined["end"]],
                "origin_code": name_all(joined["key"] // 64, coder.countries.names),
                "relation": name_all(joined["key"] % 64, coder.classes["relation"].names),
            }
        )
        return frame.sort_values(["end", "origin_code", "relation"], ignore_index=True)


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
