"""Builders: what kinds of organisation a country's downloads come from, and the world's.

Downloads of the thirty days to a date, by publisher. Persons have no country, so they stand in the world's total only,
as do accounts that nobody has reviewed.
"""

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from generator.ledger.classify import LANGUAGE_GROUPS
from generator.questions.ground import Ground
from generator.registry import UNREVIEWED, Registry
from generator.star.coded import relabel
from generator.star.columns import COLUMNS
from generator.star.definitions import UNIVERSES
from generator.star.shares import NOT_PLACES
from generator.star.table import Column, Table, ask_table, declare_table
from generator.text import words
from generator.text.say import say

if TYPE_CHECKING:
    import pandas as pd

# What stands for accounts that nobody has reviewed.
UNKNOWN: Final = "unreviewed"
# Kinds that have no country.
WORLD_ONLY: Final = ("person", UNKNOWN)
# A country is divided only where its publishers are at least this many with this part of all downloads.
MIN_PUBLISHERS: Final = 5
MIN_SHARE: Final = 0.001
# Publishers of a country that are listed one by one.
INDEPENDENT: Final = 10

# The part of each kind, in the order in which they are shown: what stands in the registry, and its column.
SHARES: Final = {
    "company": Column("share_company", "share", say("Companies"), "Fraction of downloads of companies."),
    "non-profit": Column("share_non_profit", "share", say("Non-profits"), "Fraction of non-profit organisations."),
    "university": Column("share_university", "share", say("Universities"), "Fraction of universities."),
    "government": Column("share_government", "share", say("Government"), "Fraction of government bodies."),
    "community": Column("share_community", "share", say("Communities"), "Fraction of communities."),
    "person": Column("share_person", "share", say("Persons"), "Fraction of persons; missing for a country."),
    UNKNOWN: Column(
        "share_unreviewed",
        "share",
        say("Unreviewed"),
        "Fraction of accounts that nobody has reviewed; missing for a country.",
    ),
}
KIND: Final = Column(
    "kind", "text", say("Kind"), "What the publisher is, as the registry says.", vocabulary=words.KINDS
)
_PUBLISHERS: Final = Column(
    "publishers", "count", say("Publishers"), "Accounts with downloads, aliases joined.", "publishers"
)
_COUNTED: Final = (COLUMNS["country_code"], COLUMNS["downloads_30d"], _PUBLISHERS)

MIXES: Final = declare_table(
    "builders-countries",
    "Who builds, by country",
    "A country with enough publishers, or all downloads, for each choice of models counted.",
    *(COLUMNS["as_of"], COLUMNS["universe"], *_COUNTED, *SHARES.values()),
)
HISTORY: Final = declare_table(
    "builders-history",
    "Who builds, over time",
    "Such a country, or all downloads, on a date: all models.",
    *(COLUMNS["as_of"], *_COUNTED, *SHARES.values()),
)
LEFT_OUT: Final = declare_table(
    "builders-left-out",
    "Countries that are not divided by who builds",
    "A country with downloads, of too few publishers or too few in all.",
    *_COUNTED,
)
INDEPENDENTS: Final = declare_table(
    "builders-independent",
    "The largest independent publishers",
    "A publisher that is no company and belongs to none in the registry.",
    COLUMNS["country_code"],
    COLUMNS["rank"],
    COLUMNS["publisher"],
    Column("organisation", "text", say("Organisation"), "Who runs the account, as the registry says."),
    *(KIND, COLUMNS["downloads_30d"]),
    COLUMNS["share_of_country"],
)
_DATED: Final = pa.schema(
    {"as_of": pa.date32(), "code": pa.string(), "kind": pa.string(), "downloads": pa.int64(), "publishers": pa.int64()}
)

# The newest date by publisher, in each universe that its models belong to.
_COUNT: Final = f"""
    CREATE OR REPLACE TEMP TABLE builders_publishers AS
    SELECT universe, coalesce(account, publisher) AS publisher, coalesce(code::VARCHAR, '{UNREVIEWED}') AS code,
        coalesce(kind, '{UNKNOWN}') AS kind, organisation, parent, sum(downloads_30d) AS downloads
    FROM (
        SELECT publisher, downloads_30d, unnest([
            'all', if(first_year, 'first_year', NULL), if(generative, 'generative', NULL),
            if(task_group IN {tuple(sorted(LANGUAGE_GROUPS))}, 'language', NULL)
        ]) AS universe FROM rows
    ) LEFT JOIN accounts ON lower(publisher) = handle LEFT JOIN builders_registry USING (account)
    WHERE universe IS NOT NULL GROUP BY ALL HAVING sum(downloads_30d) > 0
"""
_PART: Final = "sum(if(kind = '{kind}', downloads, 0)) / sum(downloads)"
_PARTS: Final = ", ".join(
    f"{_PART.format(kind=kind)} AS {column.name}" for kind, column in SHARES.items() if kind not in WORLD_ONLY
)
_WORLD_PARTS: Final = ", ".join(
    f"if(country_code = 'all', {_PART.format(kind=kind)}, NULL) AS {SHARES[kind].name}" for kind in WORLD_ONLY
)
_DIVIDE: Final = f"""
    SELECT as_of, universe, country_code, sum(downloads) AS downloads_30d, sum(publishers) AS publishers,
        {_PARTS}, {_WORLD_PARTS}
    FROM (
        SELECT *, unnest([code, 'all']) AS country_code FROM (
            SELECT as_of, 'all' AS universe, code, kind, downloads, publishers FROM builders_dated
            UNION ALL BY NAME
            SELECT newest.as_of, universe, code, kind, sum(downloads) AS downloads, count(*) AS publishers
            FROM builders_publishers CROSS JOIN (SELECT max("end") AS as_of FROM periods) AS newest
            WHERE universe <> 'all' GROUP BY newest.as_of, universe, code, kind
        )
    ) GROUP BY as_of, universe, country_code
"""
_KEPT: Final = f"""
    newest AS (FROM builders_mixes WHERE as_of = $as_of AND universe = 'all'),
    kept AS (
        SELECT country_code, downloads_30d AS total FROM newest WHERE country_code = 'all' OR (
            country_code NOT IN {NOT_PLACES} AND publishers >= {MIN_PUBLISHERS}
            AND downloads_30d >= {MIN_SHARE} * (SELECT downloads_30d FROM newest WHERE country_code = 'all')))
"""
_IN_ORDER: Final = "country_code <> 'all', total DESC, country_code"
_SHOW: Final = f"""
    WITH {_KEPT} SELECT m.* FROM builders_mixes AS m JOIN kept USING (country_code) WHERE as_of = $as_of
    ORDER BY {_IN_ORDER}, list_position({list(UNIVERSES)}, universe)
"""
_FOLLOW: Final = f"""
    WITH {_KEPT} SELECT m.* EXCLUDE (universe) FROM builders_mixes AS m JOIN kept USING (country_code)
    WHERE universe = 'all' ORDER BY {_IN_ORDER}, as_of
"""
_LEAVE_OUT: Final = f"""
    WITH {_KEPT} SELECT country_code, downloads_30d, publishers FROM newest ANTI JOIN kept USING (country_code)
    WHERE country_code NOT IN {NOT_PLACES} ORDER BY downloads_30d DESC, country_code
"""
_RANK: Final = f"""
    WITH {_KEPT}
    SELECT country_code, row_number() OVER (PARTITION BY country_code ORDER BY downloads DESC, publisher) AS "rank",
        publisher, organisation, kind, downloads AS downloads_30d, downloads / total AS share_of_country
    FROM builders_publishers JOIN kept ON code = country_code
    WHERE universe = 'all' AND kind <> 'company' AND parent = '' QUALIFY "rank" <= {INDEPENDENT}
    ORDER BY {_IN_ORDER}, "rank"
"""


def compute(ground: Ground) -> tuple[Table, ...]:
    """Compute the tables: kinds by country and over time, who is left out, and the largest independent publishers."""
    star = ground.reading.star
    kinds = _list_kinds(ground.registry)
    star.connection.register("builders_registry", kinds)
    star.connection.register("builders_dated", _sum_dates(ground, kinds))
    star.show_rows("flows", star.last_nights[-1:])
    star.connection.execute(_COUNT)
    star.define("builders_mixes", _DIVIDE)
    asked = ((MIXES, _SHOW), (HISTORY, _FOLLOW), (LEFT_OUT, _LEAVE_OUT), (INDEPENDENTS, _RANK))
    return tuple(ask_table(star.connection, table, query, {"as_of": ground.as_of}) for table, query in asked)


def _list_kinds(registry: Registry) -> pa.Table:
    """List what the registry says of each account; `unreviewed` where nobody found who runs it."""
    rows = (row for row in map(registry.find, set(registry.canonical_handles.values())) if row)
    facts = [
        (row.handle, UNKNOWN if row.code == UNREVIEWED else row.kind, row.organisation, row.parent) for row in rows
    ]
    names = ("account", "kind", "organisation", "parent")
    return pa.table({name: pa.array([fact[place] for fact in facts], pa.string()) for place, name in enumerate(names)})


def _sum_dates(ground: Ground, registered: pa.Table) -> pa.Table:
    """Sum the 30-day downloads of each date by country and kind, with the number of publishers that have some."""
    kinds = dict(zip(*(registered[name].to_pylist() for name in ("account", "kind")), strict=True))
    accounts = ground.reading.accounts
    keys: dict[str, pd.Categorical] = {
        "as_of": accounts["end"].array,
        "code": accounts["code"].array,
        "kind": relabel(accounts["account"].array, kinds, UNKNOWN),
    }
    counts = accounts["downloads_30d"].to_numpy("float64", na_value=0.0)
    shape = [len(each.categories) for each in keys.values()]
    cell = np.ravel_multi_index([each.codes for each in keys.values()], shape)
    publishers = np.bincount(cell, counts > 0, int(np.prod(shape))).astype("int64")
    found = np.flatnonzero(publishers)
    places = np.unravel_index(found, shape)
    columns: dict[str, Any] = {
        name: each.categories.to_numpy()[place] for (name, each), place in zip(keys.items(), places, strict=True)
    }
    sums = np.bincount(cell, counts, len(publishers))[found].astype("int64")
    return pa.table({**columns, "downloads": sums, "publishers": publishers[found]}, _DATED)
