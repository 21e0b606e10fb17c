"""Families and models: the most downloaded under each window, whose they are, and their part of country and world."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd

from generator.ledger.classify import HELPER
from generator.questions.ground import Ground
from generator.star.columns import COLUMNS
from generator.star.definitions import WINDOWS
from generator.star.known_sizes import compute_medians
from generator.star.named import list_lines, list_windows
from generator.star.shares import NOT_PLACES
from generator.star.table import Column, Table, ask_table, declare_table
from generator.star.windowed import name_newest, sum_named, windowed
from generator.text import words
from generator.text.say import Sentence, say

# Lines of families with a row, a history and series; models with a row, per window.
LINES: Final = 100
MODELS: Final = 25
# Countries whose largest lines are told, and how many of them.
COUNTRIES: Final = 6
TOP_LINES: Final = 5

_SLUG: Final = Column("slug", "text", say("Line"), "The line's name in series.")
_LINE: Final = Column("line", "text", say("Family"), "Families of one origin whose names begin with the same word.")


def _declare(name: str, kind: Any, title: Callable[[str], Sentence], meaning: str, unit: str = "") -> dict[str, Column]:
    """Declare a column for each window, those with the name of one of the star as the star does."""
    return {
        window: COLUMNS.get(f"{name}_{window}") or Column(f"{name}_{window}", kind, title(window), meaning, unit)
        for window in WINDOWS
    }


_RANKS: Final = _declare(
    "rank",
    "count",
    lambda window: say("Rank, {window:window}", window=window),
    "1 for most downloads in the window.",
    "places",
)
_DOWNLOADS: Final = _declare(
    "downloads",
    "count",
    lambda window: say("Downloads, {window:window}", window=window),
    "Of named models in the window, a lower bound.",
    "downloads",
)
_SHARES: Final = _declare(
    "share",
    "share",
    lambda window: say("Share of all, {window:window}", window=window),
    "Fraction of all downloads of the window.",
)
_OF_COUNTRIES: Final = _declare(
    "share_of_country",
    "share",
    lambda window: say("Share of its country, {window:window}", window=window),
    "Fraction of the downloads of all models that go back to the country that most of the line goes back to.",
)

LARGEST: Final = declare_table(
    "families-downloads",
    "Lines of families by downloads",
    "A line of families; columns of a window are empty where it has no downloads.",
    *(_SLUG, _LINE, COLUMNS["origin"], COLUMNS["country_code"]),
    *(*_RANKS.values(), *_DOWNLOADS.values(), *_SHARES.values(), *_OF_COUNTRIES.values()),
    Column("joined", "count", say("Families"), "Families of the registry that the line joins.", "families"),
    Column("share_own", "share", say("Its own"), "Fraction that the origin's own account uploaded; newest date."),
    COLUMNS["models"],
    Column("first_created", "date", say("Since"), "Earliest creation among the origin's named models; empty without."),
    COLUMNS["median_parameters"],
    COLUMNS["license_class"],
    Column(
        "share_license", "share", say("Its part"), "Fraction of the line that is of the class of licence with most."
    ),
    COLUMNS["grade"],
    Column("share_grade", "share", say("Its part"), "Fraction of the line that is of the grade with most."),
)
HISTORY: Final = declare_table(
    "families-history",
    "Lines of families over time",
    "A line on a date; empty where none of its models is named.",
    *(COLUMNS["as_of"], COLUMNS["window"], _SLUG, COLUMNS["rank"], COLUMNS["share_of_all"]),
)
BY_COUNTRY: Final = declare_table(
    "families-countries-history",
    "Lines of families within countries over time",
    "A line, a country that models of it go back to, and a date; empty where none of them is named.",
    *(COLUMNS["as_of"], COLUMNS["window"], COLUMNS["country_code"], _SLUG, COLUMNS["share_of_country"]),
)
COUNTRY_LINES: Final = declare_table(
    "families-countries",
    "The largest lines of families of the largest countries",
    "A line within a country that models of it go back to, in the window that is shown over time.",
    *(COLUMNS["country_code"], _SLUG, _LINE, COLUMNS["share_of_country"]),
)
NAMED: Final = declare_table(
    "families-named",
    "What is known by name",
    "A window.",
    *(COLUMNS["as_of"], COLUMNS["window"], COLUMNS["downloads"], COLUMNS["share_named"]),
    Column("share_family_known", "share", say("Family known"), "Fraction that is of models whose name tells a family."),
)
RANKED: Final = declare_table(
    "families-models",
    "Most downloaded models under each window",
    "A model among the most downloaded of some window; columns of the others are empty.",
    *(COLUMNS["model_id"], COLUMNS["relation"]),
    *(*_RANKS.values(), *_DOWNLOADS.values(), *_SHARES.values()),
    *(COLUMNS[name] for name in ("publisher", "publisher_code", "origin", "origin_code", "created", "size")),
    Column("size_basis", "text", say("Size known"), "stated, name or unknown.", vocabulary=words.SIZE_BASES),
    *(COLUMNS[name] for name in ("license", "license_class", "grade")),
)

# Downloads of lines by the country that they go back to, in one window on every date and in the others on the newest;
# and all downloads by origin. Of a tiny country more can be named than is counted: it has what is named.
_SUM: Final = f"""
    CREATE OR REPLACE TEMP TABLE families_lines AS
    SELECT "window", as_of, line::VARCHAR AS slug, origin_code::VARCHAR AS origin_code, downloads FROM ({{named}});
    CREATE OR REPLACE TEMP TABLE families_totals AS
    SELECT "window", as_of, country_code, greatest(coalesce(total, 0), coalesce(named, 0)) AS total FROM (
        SELECT "window", as_of, country_code, sum(downloads) AS total FROM ({{all}}) WHERE attribution = 'origin'
        GROUP BY "window", as_of, country_code
    ) FULL JOIN (
        SELECT "window", as_of, origin_code AS country_code, sum(downloads) AS named FROM families_lines
        WHERE slug IS NOT NULL GROUP BY "window", as_of, origin_code
    ) USING ("window", as_of, country_code);
    CREATE OR REPLACE TEMP VIEW families_places AS
    SELECT "window", as_of, slug, origin_code AS country_code, downloads, downloads / total AS share_of_country
    FROM families_lines JOIN families_totals
        USING ("window", as_of) WHERE slug IS NOT NULL AND origin_code = families_totals.country_code;
    CREATE OR REPLACE TEMP VIEW families_ranks AS
    SELECT *, summed / total AS share_of_all,
        row_number() OVER (PARTITION BY "window", as_of ORDER BY summed DESC, slug) AS "rank"
    FROM (
        SELECT "window", as_of, slug, sum(downloads) AS summed,
            arg_max(if(country_code IN {NOT_PLACES}, -1, share_of_country), (downloads, country_code)) AS of_home
        FROM families_places GROUP BY "window", as_of, slug
    ) JOIN (SELECT "window", as_of, total FROM families_totals WHERE country_code = 'all') USING ("window", as_of);
"""
_EACH: Final = ", ".join(
    f"""max({{{value}}}) FILTER ("window" = '{window}') AS {name}_{window}"""
    for name, value in (("rank", "rank"), ("downloads", "summed"), ("share", "share"))
    for window in WINDOWS
).format(rank='"rank"', summed="summed", share="share_of_all")
_OF_HOME: Final = ", ".join(
    f"""max(of_home) FILTER ("window" = '{window}' AND of_home >= 0) AS share_of_country_{window}"""
    for window in WINDOWS
)
_FIRST: Final = f"""
    first AS (
        SELECT slug, "rank" AS place FROM families_ranks
        WHERE as_of = $as_of AND "window" = $followed AND "rank" <= {LINES}
    )
"""
_LARGEST: Final = f"""
    WITH {_FIRST}, ranks AS (
        SELECT slug, {_EACH}, {_OF_HOME} FROM families_ranks WHERE as_of = $as_of GROUP BY slug
    )
    SELECT * EXCLUDE (place) FROM first JOIN ranks USING (slug) JOIN families_described USING (slug) ORDER BY place
"""
_FOLLOW: Final = f"""
    WITH {_FIRST}, dates AS (
        SELECT as_of FROM families_totals WHERE "window" = $followed AND country_code = 'all' AND total > 0
    )
    SELECT as_of, $followed AS "window", slug, "rank", share_of_all
    FROM first CROSS JOIN dates LEFT JOIN (FROM families_ranks WHERE "window" = $followed) USING (slug, as_of)
    ORDER BY place, as_of
"""
_FOLLOW_COUNTRIES: Final = f"""
    WITH {_FIRST}, shown AS (
        FROM families_places WHERE "window" = $followed AND country_code NOT IN {NOT_PLACES}
    ), dates AS (
        SELECT as_of FROM families_totals WHERE "window" = $followed AND country_code = 'all' AND total > 0
    ), pairs AS (SELECT DISTINCT place, slug, country_code FROM shown JOIN first USING (slug))
    SELECT as_of, $followed AS "window", country_code, slug, share_of_country
    FROM pairs CROSS JOIN dates LEFT JOIN shown USING (slug, country_code, as_of) ORDER BY place, country_code, as_of
"""
_COUNTRY: Final = f"""
    WITH largest AS (
        SELECT country_code, total FROM families_totals
        WHERE as_of = $as_of AND "window" = $followed AND country_code NOT IN {(*NOT_PLACES, "all")}
        ORDER BY total DESC, country_code LIMIT {COUNTRIES}
    )
    SELECT country_code, slug, line, share_of_country
    FROM largest JOIN (FROM families_places WHERE as_of = $as_of AND "window" = $followed) USING (country_code)
        JOIN families_described USING (slug)
    QUALIFY row_number() OVER (PARTITION BY country_code ORDER BY downloads DESC, slug) <= {TOP_LINES}
    ORDER BY total DESC, country_code, downloads DESC, slug
"""
_MEASURE: Final = """
    SELECT $as_of AS as_of, "window", total AS downloads, coalesce(named, 0) / total AS share_named,
        coalesce(known, 0) / total AS share_family_known
    FROM families_totals LEFT JOIN (
        SELECT "window", sum(downloads) AS named, sum(if(slug IS NULL, 0, downloads)) AS known FROM families_lines
        WHERE as_of = $as_of GROUP BY "window"
    ) USING ("window")
    WHERE as_of = $as_of AND country_code = 'all' ORDER BY list_position($windows, "window")
"""
# What is told of a model by name: a scan of every column of all its dates would take as long as the ranks do.
_TOLD: Final = """
    model, id, relation, publisher, publisher_code, origin, origin_code, created, size, size_basis, license,
    license_class, grade
"""
_RANK: Final = f"""
    WITH ranks AS (
        SELECT "window", model, downloads AS summed, downloads / total AS share_of_all,
            row_number() OVER (PARTITION BY "window" ORDER BY downloads DESC, model) AS "rank"
        FROM ({{models}}) JOIN (
            SELECT "window", total FROM families_totals WHERE as_of = $as_of AND country_code = 'all'
        ) USING ("window") WHERE as_of = $as_of QUALIFY "rank" <= {MODELS}
    ), each AS (SELECT model, min("rank") AS best, {_EACH} FROM ranks GROUP BY model),
    newest AS (
        SELECT newest.* FROM (
            SELECT max_by(struct_pack({_TOLD}), period) AS newest FROM named
            WHERE model IN (SELECT model FROM each) GROUP BY model
        )
    )
    SELECT id AS model_id, relation, {
    ", ".join(f"each.{name}_{window}" for name in ("rank", "downloads", "share") for window in WINDOWS)
}, publisher, publisher_code, origin, origin_code, created::DATE AS created,
        round(size) AS size, size_basis, license, license_class, grade
    FROM each JOIN newest USING (model) ORDER BY best, id
"""


def compute(ground: Ground) -> tuple[Table, ...]:
    """Compute the tables: lines of families now and over time, in the world and in countries, and models by name."""
    windows, connection = list_windows(ground.histories), ground.reading.star.connection
    followed = {"as_of": ground.as_of, "followed": windows[0]}
    joined = {
        "named": _join(windows, "line, origin_code", followed=windows[0]),
        "all": _join(windows, followed=windows[0]),
    }
    for statement in _SUM.format(**joined).split(";"):
        connection.execute(statement, {name: value for name, value in followed.items() if f"${name}" in statement})
    connection.register("families_described", _describe(ground, windows[0]))
    asked = (
        *((LARGEST, _LARGEST), (HISTORY, _FOLLOW), (BY_COUNTRY, _FOLLOW_COUNTRIES), (COUNTRY_LINES, _COUNTRY)),
        *((NAMED, _MEASURE), (RANKED, _RANK.format(models=_join(windows, "model")))),
    )
    values = {**followed, "windows": list(windows)}
    return tuple(
        ask_table(connection, table, query, {name: value for name, value in values.items() if f"${name}" in query})
        for table, query in asked
    )


def _join(windows: tuple[str, ...], named_by: str = "", *, followed: str = "") -> str:
    """Join the downloads of windows, one on all dates: of named models by some columns, or of all by place."""
    return " UNION ALL ".join(
        f"""SELECT '{window}' AS "window", * FROM (
            {_sum(window, named_by, is_newest=window != followed)}) WHERE as_of = $as_of OR '{window}' = '{followed}'"""
        for window in windows
    )


def _sum(window: str, named_by: str, *, is_newest: bool) -> str:
    if not named_by:
        return windowed(window, "relation")
    return sum_named(window, named_by, name_newest(window) if is_newest else "named")


def _describe(ground: Ground, window: str) -> pd.DataFrame:
    """Describe lines by their models on the newest date that names one; a column as declared for each measure."""
    lines = pd.DataFrame(
        [(line.slug, line.name, line.origin, len(line.families)) for line in list_lines(ground.registry.families)],
        columns=["slug", "line", "origin", "joined"],
    )
    lines["country_code"] = lines["origin"].map(ground.registry.code)
    owner = dict(zip(lines["slug"], lines["origin"].map(ground.registry.canonical), strict=True))
    return lines.merge(_measure_lines(_pick_newest(ground.reading.named), owner, window), on="slug")


def _pick_newest(named: pd.DataFrame) -> pd.DataFrame:
    """Pick the models of each line on the newest date that names one."""
    place, line = (named[name].cat.codes.to_numpy() for name in ("end", "line"))
    newest = np.full(len(named["line"].cat.categories) + 1, -1)
    newest[line] = place  # of each line its last row counts, and rows stand in the order of their dates
    rows: pd.DataFrame = named[(place == newest[line]) & (line >= 0)]
    return rows


def _measure_lines(models: pd.DataFrame, owner: dict[str, str], window: str) -> pd.DataFrame:
    """Measure lines by their models; helpers say nothing of licence and grade."""
    downloads = models[count_column(window)].fillna(0)
    slug = models["line"].astype("str")
    models = models.assign(slug=slug, downloads=downloads, is_own=models["publisher"].astype("str") == slug.map(owner))
    groups, own = models.groupby("slug"), models[models["is_own"]].groupby("slug")
    totals = groups["downloads"].sum().replace(0.0, 1.0)
    main = models.assign(downloads=models["downloads"].where(models["relation"] != HELPER, 0))
    measures = {
        "share_own": (own["downloads"].sum() / totals).reindex(totals.index).fillna(0.0),
        "models": groups.size(),
        "first_created": own["created_at"].min().dt.tz_localize(None).dt.date,
        "median_parameters": compute_medians(models, ["slug"]).round(),
    }
    found = pd.DataFrame(measures, index=totals.index)
    for column, share in (("license_class", "share_license"), ("grade", "share_grade")):
        largest = _find_largest(main, column)
        found[column], found[share] = largest[column], largest["downloads"] / largest["whole"]
    return found.rename_axis("slug").reset_index()


def _find_largest(models: pd.DataFrame, column: str) -> pd.DataFrame:
    """Find the class with most downloads of each line, of equal ones the first by name."""
    sums = models.astype({column: "str"}).groupby(["slug", column])["downloads"].sum().reset_index()
    sums["whole"] = sums.groupby("slug")["downloads"].transform("sum").replace(0.0, 1.0)
    ordered = sums.sort_values(["downloads", column], ascending=[False, True]).drop_duplicates("slug")
    return ordered.set_index("slug")


def count_column(window: str) -> str:
    """Return the column of an interval's rows that says how much a model weighs on its date."""
    return {"30d": "downloads_30d", "all_time": "downloads_all_time"}.get(window, "flow")
