"""Sizes: downloads by number of parameters and country, what is quantised, and what a laptop can hold."""

from typing import Final

from generator.ledger.classify import SIZE_BANDS, SIZE_UNKNOWN
from generator.questions.ground import Ground
from generator.star.columns import COLUMNS
from generator.star.known_sizes import compute_place_medians
from generator.star.named import list_windows
from generator.star.relations import Star
from generator.star.table import Column, Table, ask, ask_table, declare_table
from generator.star.windowed import PLACE_COLUMNS, counted, each_model, follow_places, name_newest, order_places
from generator.text import words
from generator.text.say import say

BANDS: Final = (*SIZE_BANDS, SIZE_UNKNOWN)
# Countries with a history and a row on the page.
PLACES: Final = 12

_MEDIAN: Final = COLUMNS["median_parameters"]
_GENERATIVE: Final = Column(
    "generative_median_parameters", "count", say("Median, generative"), "Of generative models alone.", "parameters"
)
_MEAN: Final = Column("mean_parameters", "count", say("Mean"), "Of the same, weighted alike.", "parameters")
_UNDER_1B: Final = Column("share_under_1b", "share", say("Under 1B"), "Fraction of models with under a billion.")
_QUANTISED: Final = Column("share_quantised", "share", say("Quantised"), "Fraction of quantised or converted models.")
_LAPTOP: Final = Column("share_laptop", "share", say("Fits a laptop"), "Fraction of models that a laptop can hold.")

# Only drawn.
LAPTOP_PART: Final = Column("laptop", "text", say("On a laptop"), "What a laptop holds.", vocabulary=words.LAPTOP_PARTS)

MEASURES: Final = declare_table(
    "sizes-measures",
    "Sizes by country",
    "A place under an attribution.",
    *(*PLACE_COLUMNS, COLUMNS["downloads"], _MEDIAN, _MEAN),
    Column("share_size_known", "share", say("Size known for"), "Fraction that median and mean rest on."),
    _UNDER_1B,
    Column("share_under_8b", "share", say("Under 8B"), "Fraction of models with under 8 billion parameters."),
    Column("share_over_70b", "share", say("70B and more"), "Fraction of models with 70 billion parameters or more."),
    Column("share_size_not_stated", "share", say("Not stated"), "Fraction of models whose files state no size."),
    *(_QUANTISED, _LAPTOP),
    COLUMNS["share_named"],
    Column("share_size_stated", "share", say("Stated"), "Fraction of models not quantised whose files state a size."),
    Column("share_size_by_name", "share", say("By name"), "Fraction of quantised models whose name tells the size."),
    Column("laptop_whole", "share", say("Fits as published"), "Fraction that a laptop holds as published."),
    Column("laptop_quantised", "share", say("Fits quantised"), "Fraction that it holds because it is quantised."),
    Column("laptop_larger", "share", say("Too large"), "Fraction that is larger than that."),
    Column("laptop_unknown", "share", say("Size not known"), "Fraction of unknown size, or not known by name."),
)
BY_BAND: Final = declare_table(
    "sizes-bands",
    "Downloads by size band and country",
    "A size band of a place.",
    *(*PLACE_COLUMNS, COLUMNS["size_band"], COLUMNS["share"], _QUANTISED),
)
HISTORY: Final = declare_table(
    "sizes-history",
    "Sizes over time",
    "A place on a date.",
    *(*PLACE_COLUMNS, _MEDIAN, _GENERATIVE, _UNDER_1B, _QUANTISED, _LAPTOP),
)

# What a model known by name counts for in a median.
_MODEL: Final = tuple(
    COLUMNS[name] for name in ("as_of", "publisher_code", "origin_code", "size", "generative", "downloads")
)

_MEASURE: Final = f"""
    WITH sums AS (
        SELECT as_of, attribution, country_code, sum(if(counted, downloads, 0)) AS total,
            sum(if(counted, 0, downloads)) AS named, greatest(named, total) AS whole,
            sum(if(size_basis = 'stated', downloads, 0)) / whole AS share_size_stated,
            sum(if(size_basis = 'name', downloads, 0)) / whole AS share_size_by_name,
            sum(size * downloads ORDER BY size, downloads) / sum(if(size > 0, downloads, 0)) AS mean_parameters,
            sum(if(size_band = 'under-1b', downloads, 0)) / total AS share_under_1b,
            sum(if(size_band IN ('under-1b', '1b-8b'), downloads, 0)) / total AS share_under_8b,
            sum(if(size_band = 'over-70b', downloads, 0)) / total AS share_over_70b,
            sum(if(size_band = '{SIZE_UNKNOWN}', downloads, 0)) / total AS share_size_not_stated,
            sum(if(counted AND relation = 'quantised', downloads, 0)) / total AS share_quantised,
            sum(if(laptop = 'whole', downloads, 0)) / whole AS laptop_whole,
            sum(if(laptop = 'quantised', downloads, 0)) / whole AS laptop_quantised,
            sum(if(laptop = 'larger', downloads, 0)) / whole AS laptop_larger
        FROM sizes_now WHERE as_of = $as_of GROUP BY ALL
    )
    SELECT * EXCLUDE (total, named, whole, generative_median_parameters), $window AS "window", total AS downloads,
        named / whole AS share_named,
        share_size_stated + share_size_by_name AS share_size_known, laptop_whole + laptop_quantised AS share_laptop,
        greatest(1 - laptop_whole - laptop_quantised - laptop_larger, 0) AS laptop_unknown
    FROM sums LEFT JOIN sizes_medians USING (as_of, attribution, country_code) WHERE total > 0
    ORDER BY {order_places("total")}
"""
_DIVIDE: Final = f"""
    SELECT as_of, $window AS "window", attribution, country_code, band AS size_band,
        sum(if(size_band = band, downloads, 0)) / sum(downloads) AS share,
        sum(if(size_band = band AND relation = 'quantised', downloads, 0)) / sum(downloads) AS share_quantised
    FROM sizes CROSS JOIN (SELECT unnest({list(BANDS)}) AS band) WHERE as_of = $as_of AND counted
    GROUP BY as_of, attribution, country_code, band
    ORDER BY {order_places("sum(downloads)")}, list_position({list(BANDS)}, band)
"""
_FOLLOW: Final = f"""
    WITH followed AS ({follow_places("(FROM sizes WHERE as_of = $as_of AND counted)", PLACES)})
    SELECT as_of, $window AS "window", attribution, country_code, median_parameters, generative_median_parameters,
        sum(if(size_band = 'under-1b', downloads, 0)) / sum(if(counted, downloads, 0)) AS share_under_1b,
        sum(if(counted AND relation = 'quantised', downloads, 0)) / sum(if(counted, downloads, 0)) AS share_quantised,
        sum(if(laptop IN ('whole', 'quantised'), downloads, 0)) / sum(if(counted, downloads, 0)) AS share_laptop
    FROM sizes JOIN followed USING (attribution, country_code)
        LEFT JOIN sizes_medians USING (as_of, attribution, country_code)
    GROUP BY ALL HAVING sum(if(counted, downloads, 0)) > 0 ORDER BY any_value(place), as_of
"""


def compute(ground: Ground) -> tuple[Table, ...]:
    """Compute the tables: places on the newest date, their size bands, and the largest ones over time."""
    window = list_windows(ground.histories)[0]
    now = counted(window, "size_band, relation", "size, size_basis, laptop", name_newest(window))
    ground.reading.star.define("sizes_now", f"FROM ({now}) WHERE as_of = '{ground.as_of}'")
    ground.reading.star.define("sizes", counted(window, "size_band, relation", "laptop"))
    _show_medians(ground.reading.star, window)
    values = {"window": window, "as_of": ground.as_of}
    asked = ((MEASURES, _MEASURE), (BY_BAND, _DIVIDE), (HISTORY, _FOLLOW))
    return tuple(ask_table(ground.reading.star.connection, table, query, values) for table, query in asked)


def _show_medians(star: Star, window: str) -> None:
    """Make `sizes_medians` the medians of each place on each date, of all models and of generative ones."""
    query = f"""
        SELECT as_of, publisher_code, origin_code, size, generative, sum(downloads) AS downloads
        FROM ({each_model(window, "size, generative")}) WHERE size IS NOT NULL GROUP BY ALL
    """
    models = ask(star.connection, "sizes-medians", query, _MODEL).sort_values("size")
    found = compute_place_medians(models).rename(columns={"size": _MEDIAN.name})
    generative = compute_place_medians(models[models["generative"]]).rename(columns={"size": _GENERATIVE.name})
    star.connection.register("sizes_medians", found.merge(generative, how="left"))
