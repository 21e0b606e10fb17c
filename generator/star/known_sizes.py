"""How large named models are: what their files state, what their names tell, the middle of many, and what fits where.

The files of a quantised model may state packed numbers: eight weights of four bits count as one. Such a model is read
by its name (`…-70B-…`), unless its files state more, and is of unknown size where the name tells nothing. Every size
that is shown comes from here.
"""

from typing import Final

import numpy as np
import pandas as pd

from generator.ledger.classify import HELPER, read_size
from generator.star.coded import categorize
from generator.star.definitions import ATTRIBUTIONS

STATED: Final = "stated"
BY_NAME: Final = "name"
UNKNOWN: Final = "unknown"

# Bytes that a parameter takes: two as models are published, 4.5 bits quantised to four with its scales.
BYTES: Final = 2.0
BYTES_QUANTISED: Final = 4.5 / 8
# Weights that a laptop with 24 GB of memory or more holds beside its system and the text at work.
LAPTOP_BYTES: Final = 18_000_000_000
LAPTOP_PARTS: Final = ("whole", "quantised", "larger", UNKNOWN)


def compute_sizes(models: pd.DataFrame) -> pd.DataFrame:
    """Compute the size of each model.

    Args:
        models: with `id`, `relation` and `parameters` (floats).

    Returns:
        A frame on the same index with `size` (parameters, missing where unknown) and `size_basis`: `stated` by the
        files of a model that is not quantised, `name` for a quantised one (the larger of name and files), else
        `unknown`. A helper has no size: neither its own nor that of the model which it helps says what it takes to run.
    """
    quantised = models["relation"] == "quantised"
    named = {name: read_size(name) for name in models.loc[quantised, "id"].unique()}
    by_name = models["id"].map(named).astype("float64")
    stated = models["parameters"]
    size = stated.where(~quantised, by_name.where(~(stated > by_name), stated))
    size = size.where((size > 0) & (models["relation"] != HELPER))
    basis = np.where(size.isna(), 2, quantised)
    return pd.DataFrame({"size": size, "size_basis": categorize(basis, (STATED, BY_NAME, UNKNOWN))})


def size_models(models: pd.DataFrame) -> pd.DataFrame:
    """Return models by name with the columns of `compute_sizes` instead of their parameters."""
    return models.join(compute_sizes(models)).drop(columns="parameters")


def compute_medians(models: pd.DataFrame, by: list[str]) -> pd.Series:
    """Return of each group the smallest size that, with all smaller ones, has half of the downloads.

    Groups without downloads are left out. Models that come in ascending order of their sizes are not sorted again.

    Args:
        models: with `size`, `downloads` and the columns of `by`.
        by: what the groups are told by.
    """
    known = models.loc[models["size"].notna() & (models["downloads"] > 0), [*by, "size", "downloads"]]
    known = known if known["size"].is_monotonic_increasing else known.sort_values("size")
    downloads = known.groupby(by)["downloads"]
    reached = downloads.cumsum() >= downloads.transform("sum") / 2
    return known[reached].groupby(by)["size"].first()


def compute_place_medians(models: pd.DataFrame) -> pd.DataFrame:
    """Return the median of each place on each date.

    Args:
        models: as `each_model` finds them, with `size`, in ascending order of their sizes.

    Returns:
        A frame of `as_of`, `attribution`, `country_code` (`all` for all places together) and `size`, without those that
        have no downloads of known size.
    """
    whole = compute_medians(models, ["as_of"]).reset_index().assign(country_code="all")
    found = []
    for attribution in ATTRIBUTIONS:
        code = f"{attribution}_code"
        places = compute_medians(models, ["as_of", code]).reset_index().rename(columns={code: "country_code"})
        found.append(pd.concat([whole, places]).assign(attribution=attribution))
    words = {"as_of": "datetime64[s]", "attribution": "str", "country_code": "str"}
    return pd.concat(found, ignore_index=True).astype(words)


def classify_laptop(models: pd.DataFrame) -> pd.Series:
    """Say what fits a laptop: `whole` as it is, `quantised` because it is, `larger`, or `unknown`.

    Args:
        models: with `relation` and the columns of `compute_sizes`.
    """
    quantised = models["relation"] == "quantised"
    weight = models["size"] * np.where(quantised, BYTES_QUANTISED, BYTES)
    part = np.select([weight.isna(), weight > LAPTOP_BYTES, quantised], [3, 2, 1], 0)
    return pd.Series(categorize(part, LAPTOP_PARTS), index=models.index)
