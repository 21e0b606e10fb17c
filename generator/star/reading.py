"""What the report reads of the star: by country, account, class, model and window, a statement each."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from generator.ledger.classify import LANGUAGE_GROUPS
from generator.ledger.intervals import BIRTH_DIMENSIONS, RELEASE_COLUMNS
from generator.registry import UNREVIEWED
from generator.star.columns import COLUMNS
from generator.star.definitions import ATTRIBUTIONS
from generator.star.relations import TEXT, TO_ACCOUNTS, Star
from generator.star.table import Column, ask, categorize, read_answer

# What a row of a named model says, and what it counts, beside its publisher and origin.
NAMED_TEXTS: Final = ("model", "id", "family", "task_group", "relation", "license_class", "task", "license")
NAMED_NUMBERS: Final = ("parameters", "flow", "downloads_30d", "downloads_all_time")
# The measures of cells, as the ledger has them: a counter is missing where no row has one.
_SUMS: Final = """
    sum(flow) AS flow, coalesce(sum(downloads_30d), 0)::BIGINT AS downloads_30d,
    sum(downloads_all_time)::BIGINT AS downloads_all_time, coalesce(sum(models), 0)::BIGINT AS models
"""
_MEASURES: Final = ("flow", "downloads_30d", "downloads_all_time", "models")
_FLAGS: Final = ("first_year", "generative", "language")
_LANGUAGE: Final = "task_group IN (" + ", ".join(f"'{name}'" for name in sorted(LANGUAGE_GROUPS)) + ") AS language"

_CUBE: Final = f"""
    SELECT "end", attribution, code, first_year, generative, language, task_group, {_SUMS}
    FROM attributed JOIN periods USING (period) JOIN classes USING (class) GROUP BY ALL ORDER BY ALL
"""
_CLASSES: Final = f"""
    SELECT "end", attribution, code, size_band, relation, license_class, {_SUMS}
    FROM attributed JOIN periods USING (period) JOIN classes USING (class) GROUP BY ALL ORDER BY ALL
"""
_DAYS: Final = """
    SELECT night, publisher_code, origin_code, first_year, generative, language, flow,
        coalesce(downloads_30d, 0) AS downloads_30d, downloads_all_time, coalesce(uncounted, 0) AS uncounted,
        coalesce(models, 0) AS models
    FROM days
"""
_ACCOUNTS_SCHEMA: Final = pa.schema([("publisher", TEXT), ("downloads_30d", pa.int64())])
_ACCOUNT_FLOWS: Final = f"""
    SELECT "end", coalesce(account, publisher) AS account, coalesce(code, '{UNREVIEWED}'::place) AS code,
        sum(flow) AS flow
    FROM rows JOIN nights USING (night) JOIN periods USING (period)
        LEFT JOIN accounts ON lower(publisher) = accounts.handle
    GROUP BY ALL ORDER BY "end", account
"""
_COUNTS: Final = f"""
    SELECT coalesce(p.account, publisher) AS publisher, coalesce(o.account, origin) AS origin,
        first_year, generative, {_LANGUAGE}, sum(flow) AS flow, sum(downloads_30d)::BIGINT AS downloads_30d,
        sum(downloads_all_time)::BIGINT AS downloads_all_time, sum(models)::BIGINT AS models
    FROM rows {TO_ACCOUNTS} GROUP BY ALL ORDER BY ALL
"""
_FLOWS: Final = f"""
    WITH weighed AS (
        SELECT publisher, origin, first_year, generative, {_LANGUAGE}, weight, sum(flow) AS flow
        FROM rows JOIN nights USING (night) JOIN weights USING (period)
        WHERE "window" = $window AND as_of = $as_of GROUP BY ALL
    )
    SELECT coalesce(p.account, publisher) AS publisher, coalesce(o.account, origin) AS origin,
        first_year, generative, language, sum(flow * weight ORDER BY weight, publisher, origin) AS flow
    FROM weighed {TO_ACCOUNTS} GROUP BY ALL HAVING flow > 0
    ORDER BY publisher, origin, first_year, generative, language
"""
# The account and the code of each of some names, in ascending order.
_OWNERS: Final = f"""
    SELECT coalesce(account, name) AS account, coalesce(code, '{UNREVIEWED}'::place)::VARCHAR AS code
    FROM names LEFT JOIN accounts ON lower(name) = accounts.handle ORDER BY name
"""
# Nights whose rows are read at once: at the Hub's size so many name half a million models.
_READ_AT_ONCE: Final = 28
_NAMED_READ: Final = (*NAMED_NUMBERS, "generative", "first_year", "created_at", *NAMED_TEXTS, *ATTRIBUTIONS, "end")
# Texts that most rows have of their own are no numbers in the files: those of many dates are numbered together.
_OWN: Final = ("key", "id", "publisher")
_NAMED_SCHEMA: Final = pa.schema(
    [pa.field(name, pa.float64()) for name in NAMED_NUMBERS]
    + [pa.field(name, pa.bool_()) for name in ("generative", "first_year")]
    + [pa.field("created_at", pa.timestamp("s", "UTC"))]
    + [pa.field(name, pa.string()) for name in _OWN]
    + [pa.field(name, TEXT) for name in (*NAMED_TEXTS[2:], "origin")]
)
_FLOW_SCHEMA: Final = pa.schema([_NAMED_SCHEMA.field(name) for name in ("key", "flow")])
_ID_SCHEMA: Final = pa.schema([_NAMED_SCHEMA.field("id")])
_BIRTHS: Final = f"""
    SELECT {", ".join(BIRTH_DIMENSIONS)}, sum(models)::BIGINT AS models FROM rows GROUP BY ALL ORDER BY ALL
"""
_RELEASES: Final = f"""
    SELECT {", ".join(name for name in RELEASE_COLUMNS if name != "created_at")},
        epoch_us(created_at) // 1000000 AS created_at
    FROM rows ORDER BY night, file_row_number
"""


def read_cube(star: Star) -> pd.DataFrame:
    """Return one row per period, attribution, country code, universe's flags and task group, with the measures."""
    keys = ("end", "attribution", "code", *_FLAGS, "task_group")
    return ask(star.connection, "the cube", _CUBE, _declare(*keys, *_MEASURES))


def read_classes(star: Star) -> pd.DataFrame:
    """Return one row per period, attribution, country code and class, with the measures."""
    keys = ("end", "attribution", "code", "size_band", "relation", "license_class")
    return ask(star.connection, "classes", _CLASSES, _declare(*keys, *_MEASURES))


def read_days(star: Star) -> pd.DataFrame:
    """Return one row per night, publisher's and origin's code and universe's flags, with the measures of the night.

    `downloads_all_time` is missing where none of its models has a counter; `uncounted` are the 30-day downloads of
    those that have none.
    """
    columns = ("night", "publisher_code", "origin_code", *_FLAGS, *_MEASURES[:3], "uncounted", "models")
    return ask(star.connection, "days", _DAYS, _declare(*columns))


def read_accounts(star: Star) -> pd.DataFrame:
    """Return one row per period and publisher with rows at its end, with its count of thirty days; in this order."""
    counted = pa.concat_tables(_count_accounts(star, numbers) for numbers in _split([1] * len(star.periods)))
    accounts = read_answer("accounts", counted, _declare("end", "account", "downloads_30d"))
    accounts.insert(2, "code", pd.Series(_find_owners(star, accounts["account"].array)[1]))
    return accounts


def _count_accounts(star: Star, periods: Sequence[int]) -> pa.Table:
    """Sum what is counted of each publisher at the end of some periods that follow one another."""
    nights = [star.read_rows("flows", star.last_nights[number], _ACCOUNTS_SCHEMA) for number in periods]
    rows, place = pa.concat_tables(nights), np.repeat(np.arange(len(nights)), [night.num_rows for night in nights])
    account = _find_owners(star, categorize(rows["publisher"]))[0]
    cell = place * len(account.categories) + account.codes
    found = np.flatnonzero(np.bincount(cell))
    places, accounts = (part.astype("int32") for part in np.divmod(found, len(account.categories)))
    ends = star.ends[periods[0] : periods[-1] + 1]
    keys = ((places, ends), (accounts, account.categories))
    columns = [pa.DictionaryArray.from_arrays(numbers, pa.array(names)) for numbers, names in keys]
    counts = rows["downloads_30d"]
    sums = np.bincount(cell, counts.fill_null(0).to_numpy())[found].astype("int64")
    is_missing = np.bincount(cell, counts.is_valid().to_numpy())[found] == 0
    return pa.Table.from_arrays([*columns, pa.array(sums, mask=is_missing)], ["end", "account", "downloads_30d"])


def read_account_flows(star: Star) -> pd.DataFrame:
    """Return the flow of each publisher in the periods at whose end no model has a 30-day count."""
    query = "SELECT period FROM cells GROUP BY period HAVING coalesce(sum(downloads_30d), 0) = 0"
    periods = {number for (number,) in star.connection.execute(query).fetchall()}
    columns = _declare("end", "account", "code", "flow")
    if not periods:
        return pd.DataFrame(columns=[column.name for column in columns])
    star.show_rows("flows", [night for number in sorted(periods) for night in star.nights_of(number)])
    return ask(star.connection, "flows of accounts", _ACCOUNT_FLOWS, columns)


def read_counts(star: Star) -> pd.DataFrame:
    """Return one row per publisher, origin and universe's flags: what is counted on the newest date, and its flow."""
    star.show_rows("flows", star.last_nights[-1:])
    return ask(star.connection, "counts", _COUNTS, _declare("publisher", "origin", *_FLAGS, *_MEASURES))


def read_flows(star: Star, window: str) -> pd.DataFrame:
    """Return the flow of a window that ends with the newest date by publisher, origin and universe's flags."""
    as_of = star.ends[-1]
    query = 'SELECT DISTINCT period FROM weights WHERE "window" = ? AND as_of = ?'
    periods = {number for (number,) in star.connection.execute(query, [window, as_of]).fetchall()}
    star.show_rows("flows", [night for number in sorted(periods) for night in star.nights_of(number)])
    columns = _declare("publisher", "origin", *_FLAGS, "flow")
    return ask(star.connection, f"flows of {window}", _FLOWS, columns, {"window": window, "as_of": as_of})


def read_named(star: Star, summed: Collection[int]) -> pd.DataFrame:
    """Return the models by name at the end of each period, in the order of the files.

    Their `flow` is that of all nights of the period that name them; of a period of several nights it is missing where
    its number is not among those `summed`. Counts are floats, missing where there are none.
    """
    # Nothing here holds what is read: columns are let go as the frame takes them.
    named = read_answer("named models", pa.concat_tables(_list_models(star, summed)), _declare(*_NAMED_READ))
    owners = {by: _find_owners(star, named[by].array) for by in ATTRIBUTIONS}
    accounts: dict[str, Any] = {by: found[0] for by, found in owners.items()}
    codes: dict[str, Any] = {f"{by}_code": found[1] for by, found in owners.items()}
    return named.drop(columns="end").assign(**accounts, **codes, end=named["end"])


def _list_models(star: Star, summed: Collection[int]) -> Iterator[pa.Table]:
    """Yield the models by name of some periods each time; names and buffers of each date would take as much again."""
    for numbers in _split([1] * len(star.periods)):
        rows = pa.concat_tables(_read_models(star, number, is_summed=number in summed) for number in numbers)
        columns = [column.dictionary_encode() if pa.types.is_string(column.type) else column for column in rows.columns]
        yield pa.Table.from_arrays(columns, rows.column_names).unify_dictionaries().combine_chunks()


def _read_models(star: Star, period: int, *, is_summed: bool) -> pa.Table:
    """Return the models by name at the end of a period, with `end` and what joins them, key or id, as `model`."""
    rows = star.read_rows("models", star.last_nights[period], _NAMED_SCHEMA)
    end = pa.DictionaryArray.from_arrays(np.zeros(rows.num_rows, "int32"), pa.array(star.ends[period : period + 1]))
    if len(star.nights_of(period)) > 1:
        flow = _sum_models(star, period)[-rows.num_rows :] if is_summed else pa.nulls(rows.num_rows, pa.float64())
        rows = rows.set_column(rows.schema.get_field_index("flow"), "flow", flow)
    return (
        rows.drop_columns(["key"])
        .append_column("model", pc.coalesce(rows["key"], rows["id"]))
        .append_column("end", end)
    )


def _sum_models(star: Star, period: int) -> pa.DoubleArray:
    """Sum the flow of each model over the nights of a period; as the rows stand in the files, the last night's last."""
    rows = pa.concat_tables(_read_flows(star, night) for night in star.nights_of(period))
    model = rows["model"].combine_chunks().dictionary_encode().indices.to_numpy()
    return pa.array(np.bincount(model, rows["flow"].fill_null(0.0).to_numpy())[model])


def _read_flows(star: Star, night: int) -> pa.Table:
    """Return the flow of a night's models with what joins them; ids are read where one of them has no key."""
    rows = star.read_rows("models", night, _FLOW_SCHEMA)
    model = rows["key"]
    if model.null_count:
        model = pc.coalesce(model, star.read_rows("models", night, _ID_SCHEMA)["id"])
    return pa.table({"model": model, "flow": rows["flow"]})


def _find_owners(star: Star, names: pd.Categorical) -> tuple[pd.Categorical, pd.Categorical]:
    """Return the accounts that names belong to, and their codes."""
    star.connection.register("names", pa.table({"name": pa.array(names.categories, pa.string())}))
    owners = ask(star.connection, "owners", _OWNERS, _declare("account", "code"))
    account, code = (owners[name].array.take(names.codes, allow_fill=True) for name in ("account", "code"))
    return account, code


def _split(nights: Sequence[int]) -> Iterator[list[int]]:
    """Yield positions that follow one another, with about as many nights each time; given are those of each."""
    found: list[int] = []
    for place in range(len(nights)):
        found.append(place)
        if sum(nights[number] for number in found) > _READ_AT_ONCE or place == len(nights) - 1:
            yield found
            found = []


def read_births(star: Star) -> pd.DataFrame:
    """Return how many models were new in the ledger by month of creation, publisher, origin, task and relation."""
    star.show_rows("births", range(len(star.entries)))
    births = ask(star.connection, "births", _BIRTHS, _declare(*BIRTH_DIMENSIONS, "models"))
    return births.astype(dict.fromkeys(BIRTH_DIMENSIONS, "str"))


def read_releases(star: Star) -> pd.DataFrame:
    """Return the repositories of releases of all nights, in the order of the files."""
    star.show_rows("releases", range(len(star.entries)))
    releases = ask(star.connection, "releases", _RELEASES, _declare(*RELEASE_COLUMNS))
    return releases.astype({name: "str" for name in RELEASE_COLUMNS if name != "created_at"})


def _declare(*names: str) -> list[Column]:
    return [COLUMNS[name] for name in names]
