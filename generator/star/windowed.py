"""Downloads of a window on every date that has a number, as queries: of all models by class, of those that are named.

Both have `as_of`, `attribution`, `country_code` (of a country, a category, or `all` for all places together), the
columns asked for, and `downloads`. They are exact: flows are kept in 65,536ths of a download, which add up alike in any
order; a weighed flow is rounded to such a part again.

Columns of `named` that can be asked for: family, line, grade, task_group, task, relation, license_class, license,
generative, first_year, created, size, size_basis, laptop; of each model id, publisher and origin.
"""

from typing import Final

from generator.star.columns import COLUMNS
from generator.star.definitions import ATTRIBUTIONS
from generator.star.shares import NOT_PLACES

# The columns that a table by place begins with.
PLACE_COLUMNS: Final = tuple(COLUMNS[name] for name in ("as_of", "window", "attribution", "country_code"))
# Counts at the end of a window; the others sum flows.
_COUNTS: Final = {"30d": "downloads_30d", "all_time": "downloads_all_time"}
_WEIGHED: Final = "round(flow * weight * 65536) / 65536"


def name_newest(window: str) -> str:
    """Return the relation of the models by name in the window that ends with the newest date: a part of `named`."""
    return "named_newest" if window in _COUNTS else "named_last"


def order_places(downloads: str = "downloads") -> str:
    """Return the order of places in a list: all together, the countries by downloads, then what is no country."""
    return f"""
        attribution DESC, country_code <> 'all', country_code IN {NOT_PLACES}, {downloads} DESC, country_code
    """


def follow_places(source: str, most: int) -> str:
    """Return a query for the places with a history: all together and the largest countries under each attribution.

    Each is numbered, as `place`.

    Args:
        source: what is downloaded on the newest date: `attribution`, `country_code` and `downloads`.
        most: countries.
    """
    return f"""
        SELECT attribution, country_code, (row_number() OVER (ORDER BY {order_places()}))::UTINYINT AS place FROM (
            SELECT attribution, country_code, sum(downloads) AS downloads FROM {source}
            WHERE country_code NOT IN {NOT_PLACES} GROUP BY attribution, country_code
            QUALIFY row_number() OVER (PARTITION BY attribution ORDER BY {order_places("sum(downloads)")}) <= {most + 1}
        )
    """


def counted(window: str, by: str, named_by: str, named: str = "named") -> str:
    """Return a query for all downloads (`counted`), and below them for those of the models that intervals name.

    Of rows under the ledger's floor the origin is not told: of a tiny place more can be named than is counted.

    Args:
        window: of the definition.
        by: columns of the relation `classes`, as a query lists them.
        named_by: columns of the relation `named`, likewise.
        named: that relation, or as `name_newest` returns it.
    """
    return f"""
        SELECT *, true AS counted FROM ({windowed(window, by)})
        UNION ALL BY NAME SELECT *, false AS counted FROM ({windowed_models(window, named_by, named)})
    """


def windowed(window: str, by: str) -> str:
    """Return a query for the downloads of all models.

    Args:
        window: of the definition.
        by: columns of the relation `classes`, as a query lists them.
    """
    weighed = _COUNTS.get(window, _WEIGHED)
    return f"""
        SELECT as_of, attribution, country_code, {by}, sum({weighed}) AS downloads
        FROM (
            SELECT *, unnest([code::VARCHAR, 'all']) AS country_code FROM (
                SELECT period, attribution, code, {by}, sum(flow) AS flow, sum(downloads_30d) AS downloads_30d,
                    sum(downloads_all_time) AS downloads_all_time
                FROM attributed JOIN classes USING (class) GROUP BY ALL
            )
        ) JOIN weights USING (period)
        WHERE "window" = '{window}' GROUP BY ALL HAVING sum({weighed}) > 0
    """


def windowed_models(window: str, by: str, named: str = "named") -> str:
    """Return a query for the downloads of the models that intervals name, a part of all.

    Args:
        window: of the definition.
        by: columns of the relation `named`, as a query lists them.
        named: that relation, or as `name_newest` returns it.
    """
    codes = ", ".join(f"{attribution}_code::VARCHAR" for attribution in ATTRIBUTIONS)
    return f"""
        SELECT as_of, attribution, unnest([code, 'all']) AS country_code, {by}, downloads FROM (
            SELECT as_of, unnest({list(ATTRIBUTIONS)}) AS attribution, unnest([{codes}]) AS code, {by}, downloads FROM (
                SELECT as_of, publisher_code, origin_code, {by}, sum(downloads) AS downloads
                FROM ({each_model(window, by, named)}) GROUP BY ALL
            )
        )
    """


def each_model(window: str, by: str, named: str = "named") -> str:
    """Return a query for the models that intervals name: a row for each on a date, with its places.

    A model that a window names on several dates is what it is on the last of them.

    Args:
        window: of the definition.
        by: columns of the relation `named`, as a query lists them.
        named: that relation, or as `name_newest` returns it.
    """
    return f"""
        SELECT as_of, publisher_code, origin_code, {by}, downloads
        FROM ({(_count_models if window in _COUNTS else _sum_models)(window, named)}) WHERE downloads > 0
    """


def sum_named(window: str, by: str, named: str = "named") -> str:
    """Return a query for the downloads of the models that intervals name, each counted as what it was on its date.

    Args:
        window: of the definition.
        by: columns of the relation `named`, as a query lists them.
        named: that relation, or as `name_newest` returns it.
    """
    weighed = _COUNTS.get(window, _WEIGHED)
    return f"""
        SELECT as_of, {by}, sum({weighed}) AS downloads FROM {named} JOIN weights USING (period)
        WHERE "window" = '{window}' GROUP BY ALL HAVING sum({weighed}) > 0
    """


def _count_models(window: str, named: str) -> str:
    return f"""
        SELECT as_of, {named}.*, {_COUNTS[window]} AS downloads FROM {named} JOIN weights USING (period)
        WHERE "window" = '{window}'
    """


def _sum_models(window: str, named: str) -> str:
    """Return the newest row of each model in each window, with the downloads of all of its rows there."""
    return f"""
        SELECT as_of, newest.*, downloads FROM (
            SELECT as_of, max_by({named}, period) AS newest, sum({_WEIGHED}) AS downloads
            FROM {named} JOIN weights USING (period) WHERE "window" = '{window}' GROUP BY as_of, model
        )
    """
