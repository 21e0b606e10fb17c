"""Derivatives: what is built on whose models, and who uploads copies of whose.

A derivative is a model that is not original and whose origin is another account than the one that uploaded it: a
quantised or converted copy, a fine-tuned version, an adapter, a merge, a helper such as a draft head. What an account
makes of its own models is none; neither is what states no base and has a name that tells none, because its origin
cannot be told. What small accounts, folded into one name, build on one another cannot be told from what they make of
their own, and is left out with it.
"""

from typing import Final

import pyarrow as pa

from generator.ledger.intervals import SMALL
from generator.questions.ground import Ground
from generator.registry import UNREVIEWED
from generator.star.columns import COLUMNS
from generator.star.relations import TO_ACCOUNTS
from generator.star.releases import FLOOR
from generator.star.table import Column, Table, ask_table, declare_table
from generator.text.say import say

# A month with fewer new derivatives than these has no share.
MIN_MODELS: Final = 20
UPLOADERS: Final = 50
YEAR_MONTHS: Final = 12
QUANTISED: Final = "quantised"

_DATED: Final = tuple(COLUMNS[name] for name in ("as_of", "origin_code"))
_COUNTS: Final = tuple(COLUMNS[name] for name in ("models", "downloads_30d"))

NEW: Final = declare_table(
    "derivatives-new",
    "New derivatives",
    "Derivatives created in a month, to its last day or the data's, that go back to a country, made in one way.",
    *(*_DATED, COLUMNS["relation"], COLUMNS["models"]),
)
DOWNLOADS: Final = declare_table(
    "derivatives-downloads",
    "Downloads of derivatives",
    "Derivatives that go back to a country, made in one way, on a date.",
    *(*_DATED, COLUMNS["relation"], COLUMNS["downloads_30d"]),
)
YEAR: Final = declare_table(
    "derivatives-year",
    "New derivatives of a year",
    "Derivatives of the last twelve whole months that go back to a country.",
    *(*_DATED, COLUMNS["models"], COLUMNS["share"]),
)
NEW_HISTORY: Final = declare_table(
    "derivatives-new-history",
    "Shares of new derivatives over time",
    "A country of origin in a month.",
    *_DATED,
    Column(
        "new_share",
        "share",
        say("Share of new derivatives"),
        f"Fraction of the month's new derivatives; missing in a month that is not over or has fewer than {MIN_MODELS}.",
    ),
    Column("new_tuned_share", "share", say("Without copies"), "The same without quantised and converted copies."),
)
DOWNLOADS_HISTORY: Final = declare_table(
    "derivatives-downloads-history",
    "Shares of the downloads of derivatives over time",
    "A country of origin on a date.",
    *_DATED,
    Column("download_share", "share", say("Share of downloads"), "Fraction of the 30-day downloads of derivatives."),
)
MATRIX: Final = declare_table(
    "derivatives-matrix",
    "Who builds on whom",
    "Two countries or categories, on the newest date.",
    *(COLUMNS["publisher_code"], COLUMNS["origin_code"], *_COUNTS),
)
REUPLOADERS: Final = declare_table(
    "derivatives-reuploaders",
    "Re-uploaders",
    "An account that uploads quantised or converted copies of others' models.",
    *(COLUMNS["publisher"], COLUMNS["country_code"], *_COUNTS),
    Column("share_of_copies", "share", say("Share of all copies"), "Fraction of the downloads of all such copies."),
    Column("largest_origin", "account", say("Most go back to"), "Account that most of its downloads go back to."),
    Column("largest_origin_code", "place", say("In"), "That account's country or category."),
    Column("share_largest_origin", "share", say("Share"), "Fraction of its downloads that go back to that account."),
    Column(
        "second_origin", "account", say("Then to"), "The account with the next most; missing where there is one alone."
    ),
    Column("share_second_origin", "share", say("Share"), "Fraction of its downloads that go back to that one."),
)
CARRIED: Final = declare_table(
    "derivatives-carried",
    "Whose models re-uploaders carry",
    "A country or category that downloads of a re-uploader go back to.",
    *(COLUMNS[name] for name in ("publisher", "country_code", "downloads_30d", "origin_code", "share")),
)
BASIS: Final = declare_table(
    "derivatives-basis",
    "What the downloads of derivatives stand on",
    "The newest date.",
    *(COLUMNS["as_of"], COLUMNS["downloads_30d"]),
    Column(
        "downloads_own",
        "count",
        say("Left out"),
        "Downloads of what is not original and whose origin is its own account.",
        "downloads",
    ),
    *(COLUMNS["share_of_all"], COLUMNS["share_named"]),
    Column("share_by_tags", "share", say("By tags"), "Fraction of these whose origin base-model tags tell."),
    Column("share_by_family", "share", say("By name"), "Fraction of these whose origin the name tells."),
    Column("has_tags", "flag", say("Tags"), "Whether the data have base-model tags at all."),
)

_IS_OTHERS: Final = "relation <> 'original' AND coalesce(p.account, publisher) <> coalesce(o.account, origin)"
_ORIGIN: Final = f"coalesce(o.code::VARCHAR, '{UNREVIEWED}') AS origin_code"
_BORN: Final = f"""
    CREATE OR REPLACE TEMP TABLE derivatives_new AS
    SELECT least(last_day(first), $as_of) AS as_of, origin_code, relation, sum(models)::BIGINT AS models
    FROM (
        SELECT try_cast("month" || '-01' AS DATE) AS first, {_ORIGIN}, relation, models
        FROM derivatives_births {TO_ACCOUNTS} WHERE {_IS_OTHERS} AND "month" > '{FLOOR:%Y-%m}'
    ) WHERE first <= $as_of GROUP BY first, origin_code, relation HAVING sum(models) > 0
"""
_COUNTED: Final = """
    CREATE OR REPLACE TEMP TABLE derivatives_downloads AS
    SELECT "end" AS as_of, origin_code::VARCHAR AS origin_code, relation, sum(downloads_30d)::BIGINT AS downloads_30d
    FROM cells JOIN periods USING (period) JOIN classes USING (class)
    WHERE relation <> 'original' AND NOT is_own GROUP BY "end", origin_code, relation HAVING sum(downloads_30d) > 0
"""
_COPIED: Final = f"""
    CREATE OR REPLACE TEMP TABLE derivatives_copies AS
    SELECT coalesce(p.account, publisher) AS uploader, coalesce(p.code::VARCHAR, '{UNREVIEWED}') AS country_code,
        coalesce(o.account, origin) AS maker, {_ORIGIN}, sum(models)::BIGINT AS copies,
        sum(downloads_30d)::BIGINT AS downloads
    FROM rows {TO_ACCOUNTS} WHERE relation = '{QUANTISED}' AND {_IS_OTHERS} GROUP BY ALL
"""
_CODES: Final = "(SELECT origin_code FROM derivatives_new UNION SELECT origin_code FROM derivatives_downloads) AS codes"
_SHARE_NEW: Final = f"""
    WITH months AS (
        SELECT as_of, as_of = last_day(as_of) AS is_whole, sum(models) AS every,
            sum(if(relation <> '{QUANTISED}', models, 0)) AS tuned
        FROM derivatives_new GROUP BY as_of
    )
    SELECT as_of, codes.origin_code,
        if(is_whole AND every >= {MIN_MODELS}, coalesce(sum(models), 0) / every, NULL) AS new_share,
        if(is_whole AND tuned >= {MIN_MODELS},
            coalesce(sum(if(relation <> '{QUANTISED}', models, 0)), 0) / tuned, NULL) AS new_tuned_share
    FROM months CROSS JOIN {_CODES} LEFT JOIN derivatives_new USING (as_of, origin_code)
    GROUP BY as_of, codes.origin_code, is_whole, every, tuned ORDER BY codes.origin_code, as_of
"""
_SHARE_DOWNLOADS: Final = f"""
    WITH dates AS (
        SELECT "end" AS as_of, sum(downloads_30d) AS every
        FROM periods LEFT JOIN derivatives_downloads ON as_of = "end" GROUP BY "end"
    )
    SELECT as_of, codes.origin_code,
        if(every > 0, coalesce(sum(downloads_30d), 0) / every, NULL) AS download_share
    FROM dates CROSS JOIN {_CODES} LEFT JOIN derivatives_downloads USING (as_of, origin_code)
    GROUP BY as_of, codes.origin_code, every ORDER BY codes.origin_code, as_of
"""
_JOIN_YEAR: Final = f"""
    WITH months AS (
        SELECT DISTINCT as_of FROM derivatives_new WHERE as_of = last_day(as_of) ORDER BY as_of DESC LIMIT {YEAR_MONTHS}
    ), sums AS (
        SELECT origin_code, sum(models)::BIGINT AS total FROM derivatives_new SEMI JOIN months USING (as_of)
        GROUP BY origin_code
    )
    SELECT (SELECT max(as_of) FROM months) AS as_of, origin_code, total AS models, total / sum(total) OVER () AS share
    FROM sums ORDER BY total DESC, origin_code
"""
_PAIR: Final = """
    FROM (
        SELECT publisher_code, origin_code, sum(models)::BIGINT AS models,
            coalesce(sum(downloads_30d), 0)::BIGINT AS downloads_30d
        FROM cells JOIN classes USING (class)
        WHERE period = (SELECT max(period) FROM periods) AND relation <> 'original' AND NOT is_own
        GROUP BY publisher_code, origin_code HAVING sum(models) IS NOT NULL
    ) ORDER BY models DESC, publisher_code, origin_code
"""
_UPLOADERS: Final = f"""
    uploaders AS (
        SELECT uploader, country_code, sum(copies)::BIGINT AS models, sum(downloads)::BIGINT AS total
        FROM derivatives_copies WHERE uploader <> '{SMALL}' GROUP BY uploader, country_code HAVING sum(downloads) > 0
        ORDER BY total DESC, uploader LIMIT {UPLOADERS}
    )
"""
_RANK: Final = f"""
    WITH {_UPLOADERS}, makers AS (
        SELECT uploader, maker, origin_code, sum(downloads) AS part,
            row_number() OVER (PARTITION BY uploader ORDER BY sum(downloads) DESC, maker) AS place
        FROM derivatives_copies GROUP BY uploader, maker, origin_code HAVING sum(downloads) > 0
    )
    SELECT uploader AS publisher, country_code, models, total AS downloads_30d,
        total / (SELECT sum(downloads) FROM derivatives_copies) AS share_of_copies, m.maker AS largest_origin,
        m.origin_code AS largest_origin_code, m.part / total AS share_largest_origin,
        n.maker AS second_origin, coalesce(n.part, 0) / total AS share_second_origin
    FROM uploaders JOIN makers AS m USING (uploader) LEFT JOIN makers AS n ON n.uploader = m.uploader AND n.place = 2
    WHERE m.place = 1 ORDER BY total DESC, uploader
"""
_CARRY: Final = f"""
    WITH {_UPLOADERS}
    SELECT uploader AS publisher, uploaders.country_code, total AS downloads_30d, origin_code,
        sum(downloads) / total AS share
    FROM uploaders JOIN derivatives_copies USING (uploader)
    GROUP BY uploader, uploaders.country_code, total, origin_code HAVING sum(downloads) > 0
    ORDER BY total DESC, uploader, sum(downloads) DESC, origin_code
"""
_GROUND: Final = f"""
    WITH counted AS (
        SELECT coalesce(sum(downloads_30d), 0) AS every,
            coalesce(sum(if(relation <> 'original' AND NOT is_own, downloads_30d, 0)), 0) AS derived,
            coalesce(sum(if(relation <> 'original' AND is_own, downloads_30d, 0)), 0) AS own
        FROM cells JOIN classes USING (class) WHERE period = (SELECT max(period) FROM periods)
    ), named AS (
        SELECT coalesce(sum(downloads_30d), 0) AS known,
            sum(if(origin_basis = 'tags', downloads_30d, 0)) AS tags,
            sum(if(origin_basis = 'family', downloads_30d, 0)) AS family
        FROM rows {TO_ACCOUNTS} WHERE {_IS_OTHERS}
    )
    SELECT (SELECT max("end") FROM periods) AS as_of, derived::BIGINT AS downloads_30d, own::BIGINT AS downloads_own,
        if(every > 0, derived / every, 0) AS share_of_all, if(derived > 0, least(known / derived, 1), 0) AS share_named,
        if(known > 0, tags / known, 0) AS share_by_tags, if(known > 0, family / known, 0) AS share_by_family,
        coalesce((SELECT bool_or(origin_basis = 'tags') FROM rows), false) AS has_tags
    FROM counted CROSS JOIN named
"""
_IN_ORDER: Final = "FROM derivatives_{name} ORDER BY as_of, origin_code, relation"


def compute(ground: Ground) -> tuple[Table, ...]:
    """Compute the tables: derivatives by origin, over time and on the newest date, and who uploads copies of whose."""
    star = ground.reading.star
    star.connection.register("derivatives_births", pa.Table.from_pandas(ground.reading.births, preserve_index=False))
    star.connection.execute(_BORN, {"as_of": ground.as_of})
    star.connection.execute(_COUNTED)
    star.show_rows("flows", star.last_nights[-1:])
    star.connection.execute(_COPIED)
    star.show_rows("models", star.last_nights[-1:])
    asked = (
        (NEW, _IN_ORDER.format(name="new")),
        (DOWNLOADS, _IN_ORDER.format(name="downloads")),
        *((YEAR, _JOIN_YEAR), (NEW_HISTORY, _SHARE_NEW), (DOWNLOADS_HISTORY, _SHARE_DOWNLOADS)),
        *((MATRIX, _PAIR), (REUPLOADERS, _RANK), (CARRIED, _CARRY), (BASIS, _GROUND)),
    )
    return tuple(ask_table(star.connection, table, query) for table, query in asked)
