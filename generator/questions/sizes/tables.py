"""Sizes: downloads by number of parameters and country, what is quantised, and what a laptop can hold."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from generator.ledger.classify import SIZE_BANDS, SIZE_UNKNOWN
from generator.questions.ground import Ground, Point
from generator.star.classes import ALL, follow_places, order_places, pick_places, split_places, sum_places
from generator.star.definitions import ATTRIBUTIONS
from generator.star.files import DataFile, Field
from generator.star.known_sizes import (
    BY_NAME,
    LAPTOP_PARTS,
    STATED,
    classify_laptop,
    compute_mean,
    compute_median,
    compute_medians,
    compute_sizes,
)
from generator.star.named import list_windows
from generator.star.shares import sum_each, sum_on

BANDS: Final = (*SIZE_BANDS, SIZE_UNKNOWN)
# Countries with series and a row on the page.
PLACES: Final = 12


@dataclass(frozen=True)
class SizeShares:
    """What the downloads of a place divide into.

    Attributes:
        code: country code or category, or `all`.
        attribution: `publisher` or `origin`.
        downloads: of the window.
        bands: by size band as the files state it, `unknown` included, 0 to 1; they sum to 1.
        quantised: the part that is of quantised or converted models, 0 to 1.
        quantised_bands: that part by band; their stated sizes may be packed, and then too low.
        named: the part whose models are known by name, 0 to 1.
        stated: the part of named models whose size the files state and that are not quantised.
        by_name: the part of named quantised models whose size is read in their name.
        median: download-weighted median size of these two parts, in parameters; None where they are empty.
        mean: their download-weighted mean size; None likewise.
        laptop: what fits a laptop, of all downloads of the place; `unknown` is of unknown size or not named. They sum
            to 1.
    """

    code: str
    attribution: str
    downloads: int
    bands: Mapping[str, float]
    quantised: float
    quantised_bands: Mapping[str, float]
    named: float
    stated: float
    by_name: float
    median: float | None
    mean: float | None
    laptop: Mapping[str, float]

    @property
    def known(self) -> float:
        """Return the part of the downloads that median and mean rest on."""
        return self.stated + self.by_name

    @property
    def fits_laptop(self) -> float:
        """Return the part of the downloads that a laptop can hold, as it is or because it is quantised."""
        return self.laptop["whole"] + self.laptop["quantised"]

    def share_of(self, *bands: str) -> float:
        """Return the summed share of bands."""
        return sum(self.bands.get(band, 0.0) for band in bands)


@dataclass(frozen=True)
class SizePoint:
    """The measures of a place on a date that are shown over time.

    Attributes:
        as_of: the date.
        median: as in `SizeShares`.
        generative_median: the same of generative models alone.
        under_1b: share of the downloads.
        quantised: share of the downloads.
        laptop: share of the downloads that a laptop can hold.
    """

    as_of: dt.date
    median: float | None
    generative_median: float | None
    under_1b: float
    quantised: float
    laptop: float


# The measures of a point that are series.
_SERIES: Final[Mapping[str, Callable[[SizePoint], float | None]]] = {
    "median-parameters": lambda point: point.median,
    "generative-median-parameters": lambda point: point.generative_median,
    "share-under-1b": lambda point: point.under_1b,
    "share-quantised": lambda point: point.quantised,
    "share-laptop": lambda point: point.laptop,
}


@dataclass(frozen=True)
class Sizes:
    """The topic's record.

    Attributes:
        as_of: the newest date.
        window: of the downloads: `30d`, or the first window that has a number.
        places: `all`, the countries by downloads, then the categories; by publisher and by origin.
        histories: of `all` and the largest countries by publisher, by code, oldest first.
        origin_histories: the same by origin.
    """

    as_of: dt.date
    window: str
    places: tuple[SizeShares, ...]
    histories: Mapping[str, tuple[SizePoint, ...]]
    origin_histories: Mapping[str, tuple[SizePoint, ...]]

    def find(self, code: str, attribution: str = "publisher") -> SizeShares | None:
        """Return a place's row."""
        return next((row for row in self.places if (row.code, row.attribution) == (code, attribution)), None)

    @property
    def shown(self) -> tuple[SizeShares, ...]:
        """Return the rows of the page by publisher: all, the largest countries, the categories."""
        return pick_places([row for row in self.places if row.attribution == "publisher"], PLACES)

    @property
    def series(self) -> dict[str, tuple[Point, ...]]:
        """Return medians, and shares under a billion, quantised and for a laptop; those by origin with `origin-`."""
        return {
            f"sizes.{prefix}{name}.{code}": tuple(Point(point.as_of, read(point)) for point in points)
            for prefix, histories in (("", self.histories), ("origin-", self.origin_histories))
            for code, points in histories.items()
            for name, read in _SERIES.items()
        }

    @property
    def tables(self) -> tuple[DataFile, ...]:
        """Return the data files."""
        return (_build_measures_file(self), _build_bands_file(self), _build_history_file(self))

    @property
    def items(self) -> dict[str, object]:
        """Return nothing: no size has a page of its own."""
        return {}


def compute(ground: Ground) -> Sizes:
    """Compute the topic's record."""
    window = list_windows(ground.histories)[0]
    columns = ["model", "end", "relation", "generative", *(f"{attribution}_code" for attribution in ATTRIBUTIONS)]
    counts = ["flow", "downloads_30d", "downloads_all_time"]
    named = ground.named[[*columns, *counts]].join(compute_sizes(ground.named))
    named = named.assign(laptop=classify_laptop(named))
    newest = _sum_models(ground, named, window, ground.as_of)
    places = [row for attribution in ATTRIBUTIONS for row in _compute_places(ground, newest, window, attribution)]
    each = _sum_models_each(ground, named, window)
    histories = {
        name: _compute_histories(ground, each, window, name, follow_places(places, name, PLACES))
        for name in ATTRIBUTIONS
    }
    return Sizes(
        as_of=ground.as_of,
        window=window,
        places=tuple(places),
        histories=histories["publisher"],
        origin_histories=histories["origin"],
    )


def _compute_places(ground: Ground, newest: pd.DataFrame, window: str, attribution: str) -> tuple[SizeShares, ...]:
    """Compute the rows of the newest date: all, the countries by downloads, then the categories."""
    rows = ground.classes[ground.classes["attribution"] == attribution]
    found = sum_on(rows, ground.intervals, window, ground.as_of, ["code", "size_band", "relation"])
    if found is None or found.sum() <= 0:
        return ()
    sums = found.rename_axis(["code", "size_band", "relation"]).rename("downloads").reset_index()
    models = newest.assign(code=newest[f"{attribution}_code"])
    totals = {str(code): float(value) for code, value in sums.groupby("code")["downloads"].sum().items()}
    parts = {
        "bands": split_places(sums.groupby(["code", "size_band"])["downloads"].sum()),
        "quantised": split_places(
            sums[sums["relation"] == "quantised"].groupby(["code", "size_band"])["downloads"].sum()
        ),
        "basis": split_places(models.groupby(["code", "size_basis"])["downloads"].sum()),
        "laptop": split_places(models.groupby(["code", "laptop"])["downloads"].sum()),
    }
    medians: dict[Any, float | None] = {ALL: compute_median(models["size"], models["downloads"])}
    medians |= compute_medians(models, ["code"]).to_dict()
    means = {code: compute_mean(rows["size"], rows["downloads"]) for code, rows in models.groupby("code")}
    means[ALL] = compute_mean(models["size"], models["downloads"])
    return tuple(
        _describe(
            code,
            attribution,
            {name: found.get(code, {}) for name, found in parts.items()},
            medians.get(code),
            means.get(code),
        )
        for code in [ALL, *order_places(totals)]
    )


def _compute_histories(
    ground: Ground, each: pd.DataFrame, window: str, attribution: str, codes: list[str]
) -> dict[str, tuple[SizePoint, ...]]:
    """Compute the points of places on every date on which they have downloads."""
    classes = ground.classes[ground.classes["attribution"] == attribution]
    sums = sum_each(classes, ground.intervals, window, ["code", "size_band", "relation"])
    bands, relations = (sums.columns.get_level_values(level) for level in ("size_band", "relation"))
    parts = (
        sum_places(part).reindex(columns=codes, fill_value=0.0)
        for part in (sums, sums.loc[:, bands == "under-1b"], sums.loc[:, relations == "quantised"])
    )
    totals, small, quantised = (part.to_dict("list") for part in parts)
    models = each.assign(code=each[f"{attribution}_code"])
    fits = _sum_fitting(models)
    medians, generative = _list_medians(models), _list_medians(models[models["generative"]])
    return {
        code: tuple(
            SizePoint(
                as_of=end,
                median=medians.get((end, code)),
                generative_median=generative.get((end, code)),
                under_1b=under_1b / total,
                quantised=packed / total,
                laptop=fits.get((end, code), 0.0) / total,
            )
            for end, total, under_1b, packed in zip(sums.index, totals[code], small[code], quantised[code], strict=True)
            if total > 0
        )
        for code in codes
    }


def _sum_fitting(models: pd.DataFrame) -> dict[tuple[dt.date, str], float]:
    """Sum the downloads that a laptop can hold by date and code, and of all codes."""
    fitting = models[models["laptop"].isin(["whole", "quantised"])]
    fits = fitting.groupby(["end", "code"])["downloads"].sum().to_dict()
    return fits | {(end, ALL): downloads for end, downloads in fitting.groupby("end")["downloads"].sum().items()}


def _list_medians(models: pd.DataFrame) -> dict[tuple[dt.date, str], float]:
    """Return the median size by date and code, and of all codes."""
    medians = compute_medians(models, ["end", "code"]).to_dict()
    return medians | {(end, ALL): median for end, median in compute_medians(models, ["end"]).items()}


def _sum_models_each(ground: Ground, named: pd.DataFrame, window: str) -> pd.DataFrame:
    """Return the window's models on every date (`end`), in ascending order of their sizes."""
    if window == "30d":
        models = named.assign(downloads=named["downloads_30d"].astype("float64"))
    else:
        ends = [interval.end for interval in ground.intervals]
        models = pd.concat([_sum_models(ground, named, window, end).assign(end=end) for end in ends])
    columns = ["end", "size", "laptop", "generative", "downloads", *(f"{name}_code" for name in ATTRIBUTIONS)]
    return models.loc[models["size"].notna(), columns].sort_values("size")


def _sum_models(ground: Ground, named: pd.DataFrame, window: str, as_of: dt.date) -> pd.DataFrame:
    """Return the models of the window that ends on a date, each with its newest facts and its `downloads`."""
    held = named[named["end"] <= as_of] if window != "30d" else named[named["end"] == as_of]
    found = sum_on(held, ground.intervals, window, as_of, "model")
    newest = held.drop_duplicates("model", keep="last")
    downloads = newest["model"].map({} if found is None else found.to_dict()).astype("float64")
    return newest.assign(downloads=downloads)[downloads > 0]


def _describe(
    code: str, attribution: str, parts: Mapping[str, Mapping[str, float]], median: float | None, mean: float | None
) -> SizeShares:
    total = sum(parts["bands"].values())
    # Of rows under the ledger's floor the origin is not told: of a tiny place more can be named than is counted.
    named = max(total, sum(parts["basis"].values()))
    wholes = {"bands": total, "quantised": total, "basis": named, "laptop": named}
    shares = {name: {value: part / wholes[name] for value, part in found.items()} for name, found in parts.items()}
    laptop = {part: shares["laptop"].get(part, 0.0) for part in LAPTOP_PARTS[:-1]}
    return SizeShares(
        code=code,
        attribution=attribution,
        downloads=round(total),
        bands={band: shares["bands"].get(band, 0.0) for band in BANDS},
        quantised=sum(shares["quantised"].values(), 0.0),
        quantised_bands={band: shares["quantised"].get(band, 0.0) for band in BANDS},
        named=sum(shares["basis"].values(), 0.0),
        stated=shares["basis"].get(STATED, 0.0),
        by_name=shares["basis"].get(BY_NAME, 0.0),
        median=median,
        mean=mean,
        laptop=laptop | {LAPTOP_PARTS[-1]: max(1 - sum(laptop.values()), 0.0)},
    )


_PLACE: Final = (
    Field("as_of", "date", "Last day of the window."),
    Field("window", "text", "30d, 12m, held or all_time, as in shares.csv."),
    Field("attribution", "text", "publisher: who uploaded; origin: root of the base-model chain."),
    Field("code", "text", "ISO 3166-1 alpha-2, INT, UNAFFILIATED, UNREVIEWED, or all for all downloads."),
)


def _build_measures_file(topic: Sizes) -> DataFile:
    fields = (
        *_PLACE,
        Field("downloads", "count", "Downloads in the window."),
        Field("quantised", "share", "Fraction of them that is of quantised or converted models."),
        Field("named", "share", "Fraction of them whose models are known by name."),
        Field("size_stated", "share", "Fraction of named models that are not quantised and whose files state a size."),
        Field("size_by_name", "share", "Fraction of named quantised models whose size is read in their name."),
        Field("median_parameters", "count", "Download-weighted median of these two parts; empty where they are none."),
        Field("mean_parameters", "count", "Download-weighted mean of these two parts; empty where they are none."),
        Field("laptop_whole", "share", "Fraction that a laptop holds as published."),
        Field("laptop_quantised", "share", "Fraction that a laptop holds because it is quantised."),
        Field("laptop_larger", "share", "Fraction that is larger than that."),
        Field("laptop_unknown", "share", "Fraction of unknown size, or not known by name."),
    )
    rows = tuple(
        (
            topic.as_of,
            topic.window,
            row.attribution,
            row.code,
            row.downloads,
            row.quantised,
            row.named,
            row.stated,
            row.by_name,
            None if row.median is None else round(row.median),
            None if row.mean is None else round(row.mean),
            *(row.laptop[part] for part in LAPTOP_PARTS),
        )
        for row in topic.places
    )
    return DataFile("sizes-measures", "Sizes by country", "A place under an attribution.", fields, rows)


def _build_bands_file(topic: Sizes) -> DataFile:
    fields = (
        *_PLACE,
        Field("size_band", "text", "under-1b, 1b-8b, 8b-70b, over-70b (parameters as the files state them), unknown."),
        Field("share", "share", "Fraction of the place's downloads; sums to 1 within a place."),
        Field("quantised_share", "share", "The part of it that is of quantised models, whose number may be packed."),
    )
    rows = tuple(
        (topic.as_of, topic.window, row.attribution, row.code, band, row.bands[band], row.quantised_bands[band])
        for row in topic.places
        for band in BANDS
    )
    return DataFile("sizes-bands", "Downloads by size band and country", "A size band of a place.", fields, rows)


def _build_history_file(topic: Sizes) -> DataFile:
    fields = (
        Field("date", "date", "Last day of the window."),
        Field("window", "text", "30d, 12m, held or all_time, as in shares.csv."),
        Field("attribution", "text", "publisher: who uploaded; origin: root of the base-model chain."),
        Field("code", "text", "Country code, or all."),
        Field("median_parameters", "count", "Download-weighted median of known sizes; empty where none is known."),
        Field("generative_median_parameters", "count", "The same of generative models alone."),
        Field("share_under_1b", "share", "Fraction of downloads of models with under 1 billion parameters."),
        Field("share_quantised", "share", "Fraction of downloads of quantised or converted models."),
        Field("share_laptop", "share", "Fraction of downloads that a laptop can hold."),
    )
    rows = tuple(
        (
            point.as_of,
            topic.window,
            attribution,
            code,
            None if point.median is None else round(point.median),
            None if point.generative_median is None else round(point.generative_median),
            point.under_1b,
            point.quantised,
            point.laptop,
        )
        for attribution, histories in (("publisher", topic.histories), ("origin", topic.origin_histories))
        for code, points in histories.items()
        for point in points
    )
    return DataFile("sizes-history", "Sizes over time", "A place on a date.", fields, rows)
