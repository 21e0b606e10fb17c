"""The star: ledger, registry and windows as relations, and what is asked of them."""

import datetime as dt
from dataclasses import replace

import duckdb
import pandas as pd
import pytest

from generator.ledger.intervals import DIMENSIONS, LedgerEntry
from generator.ledger.thinning import Period, join_nights, keep_nights
from generator.star.columns import COLUMNS
from generator.star.reading import read_accounts, read_classes, read_cube, read_flows, read_named
from generator.star.relations import Star, open_star
from generator.star.table import Column, Table, ask, declare
from generator.star.window import read_ledger
from generator.star.windowed import name_newest, sum_named
from tests.histories import make_entries
from tests.small import make_publisher, make_registry

NEWEST = dt.date(2026, 11, 22)
REGISTRY = make_registry(
    make_publisher("east", "CN"), make_publisher("west", "US"), make_publisher("old-east", "CN", alias_of="east")
)


def make_ledger(*intervals: tuple[int, int, dict[tuple[str, str], tuple[float, int]]]) -> tuple[LedgerEntry, ...]:
    """Make intervals of days before the newest date: their first and last, and flow and count by publisher and origin.

    All models answer with text and are in their first year.
    """
    *_, like = make_entries(
        [(NEWEST - dt.timedelta(days=1), {"east/a": 1}), (NEWEST, {"east/a": 1})], REGISTRY, "text-generation"
    )
    classes = {"task_group": "language", "generative": True, "size_band": "1b-8b", "license_class": "permissive"}
    found = []
    for first, last, rows in intervals:
        start, end = (NEWEST - dt.timedelta(days=age) for age in (first, last))
        flows = pd.DataFrame(
            {"publisher": publisher, "origin": origin, **classes, "relation": "original", "first_year": True}
            | {"flow": flow, "downloads_30d": count, "downloads_all_time": count * 2, "models": 1}
            for (publisher, origin), (flow, count) in rows.items()
        )
        interval = replace(like.interval, start=start, end=end, covered_days=(end - start).days)
        found.append(replace(like, interval=interval, flows=flows.astype({"downloads_all_time": "Int64"})))
    return tuple(found)


# The year that ends with the newest date begins 365 days before it, a quarter into the interval from 390 to 290.
LEDGER = (
    (500, 390, {("east", "east"): (1000.0, 10)}),
    (390, 290, {("east", "east"): (100.0, 20), ("west", "east"): (40.0, 4)}),
    (290, 30, {("old-east", "east"): (7.5, 30), ("West", "west"): (0.5, 5)}),
    (30, 0, {("east", "east"): (1.25, 40), ("west", "east"): (2.0, 6), ("alice", "west"): (3.0, 9)}),
)


def test_a_year_weighs_its_first_interval_by_the_days_inside() -> None:
    """75 of the 100 days: east 0.75 · 100 + 7.5 + 1.25, with its alias; west on east 0.75 · 40 + 2."""
    star = open_star(keep_nights(make_ledger(*LEDGER)), REGISTRY)
    flows = read_flows(star, "12m").set_index(["publisher", "origin"])["flow"]
    assert {("east", "east"): 83.75, ("west", "east"): 32.0, ("west", "west"): 0.5, ("alice", "west"): 3.0} == (
        flows.to_dict()
    )


def test_every_interval_counts_by_country_under_both_attributions() -> None:
    """Who stands in no row of the registry is unreviewed; a handle counts in whatever case it is written."""
    cube = read_cube(open_star(keep_nights(make_ledger(*LEDGER)), REGISTRY))
    newest = cube[cube["end"] == NEWEST].set_index(["attribution", "code"])
    assert {
        ("publisher", "CN"): (1.25, 40, 80),
        ("publisher", "US"): (2.0, 6, 12),
        ("publisher", "UNREVIEWED"): (3.0, 9, 18),
        ("origin", "CN"): (3.25, 46, 92),
        ("origin", "US"): (3.0, 9, 18),
    } == {key: tuple(row) for key, row in newest[["flow", "downloads_30d", "downloads_all_time"]].T.items()}
    assert newest["language"].all()
    before = cube[(cube["end"] == NEWEST - dt.timedelta(days=30)) & (cube["attribution"] == "publisher")]
    assert {"CN": 7.5, "US": 0.5} == before.set_index("code")["flow"].to_dict()


def test_accounts_are_those_at_the_end_of_each_interval() -> None:
    """By publisher on the newest date: what is counted there, and nothing of the intervals before."""
    accounts = read_accounts(open_star(keep_nights(make_ledger(*LEDGER)), REGISTRY))
    newest = accounts[accounts["end"] == NEWEST]
    assert [("alice", "UNREVIEWED", 9), ("east", "CN", 40), ("west", "US", 6)] == list(
        newest[["account", "code", "downloads_30d"]].itertuples(index=False, name=None)
    )


def test_what_a_question_has_made_goes_with_it() -> None:
    """A table that was defined can be asked until the star forgets it; the relations of the star itself stay."""
    star = open_star(keep_nights(make_ledger(*LEDGER)), REGISTRY)
    star.define("made", "SELECT 7 AS seven")
    assert [(7,)] == star.connection.execute("FROM made").fetchall()
    star.forget()
    with pytest.raises(duckdb.CatalogException):
        star.connection.execute("FROM made")
    assert len(star.ends) == len(star.connection.execute("FROM periods").fetchall())


@pytest.mark.slow
def test_sums_are_the_same_on_any_number_of_threads() -> None:
    """Fractions of downloads and a weight that no binary number holds: on 1, 2 and 4 threads to the last bit."""
    rows = {(f"p{number}", f"o{number % 7}"): (number * 21_845 / 65_536, number) for number in range(3000)}
    nights = [(age + 1, age, rows) for age in range(120, -1, -1)]
    entries = make_ledger((400, 301, rows), (301, 121, rows), *nights)
    stars = [open_star(join_nights(entries), REGISTRY, threads) for threads in (1, 2, 4)]
    for read in (read_cube, read_classes, read_accounts, read_all_named, read_year):
        one, *others = (read(star) for star in stars)
        for other in others:
            pd.testing.assert_frame_equal(one, other, check_exact=True)


def read_year(star: Star) -> pd.DataFrame:
    """Read the flows of twelve months."""
    return read_flows(star, "12m")


def read_all_named(star: Star) -> pd.DataFrame:
    """Read the named models with the flows of all periods."""
    return read_named(star, range(len(star.periods)))


def test_the_flow_of_joined_nights_by_model_is_summed_where_it_is_asked_for() -> None:
    """Three nights as one and a night after them: theirs together, or missing; that of the single night is there."""
    nights = make_ledger(*((age + 1, age, {("east", "east"): (5.0, 5)}) for age in (3, 2, 1, 0)))
    star = open_star((Period.of(*nights[:3]), Period.of(nights[3])), REGISTRY)
    each = float(nights[3].models["flow"].iloc[0])
    assert [3 * each, each] == read_named(star, [0])["flow"].tolist()
    assert [True, False] == read_named(star, [])["flow"].isna().tolist()


def test_the_newest_window_is_the_same_over_its_own_rows_of_the_named_models() -> None:
    """Two years of months: the count and the year that end with the newest date need the rows of their periods."""
    nights = make_ledger(*((age + 30, age, {("east", "east"): (5.0 + age, 5)}) for age in range(690, -1, -30)))
    connection = read_ledger(keep_nights(nights), REGISTRY).star.connection
    read = {name: len(connection.table(name).fetchall()) for name in ("named", "named_last", "named_newest")}
    assert {"named": 24, "named_last": 13, "named_newest": 1} == read  # the year begins within the thirteenth month
    for window in ("30d", "12m"):
        queries = (sum_named(window, "model", name) for name in ("named", name_newest(window)))
        every, newest = ([row for row in connection.sql(query).fetchall() if row[0] == NEWEST] for query in queries)
        assert 1 == len(every)
        assert every == newest


def test_a_class_that_is_met_late_is_counted() -> None:
    """The first intervals had no merge of a large model; the newest one has."""
    early = make_ledger((60, 30, {("east", "east"): (5.0, 5)}))
    (late,) = make_ledger((30, 0, {("west", "east"): (8.0, 8)}))
    late = replace(late, flows=late.flows.assign(relation="merge", size_band="over-70b"))
    classes = read_classes(open_star(keep_nights((*early, late)), REGISTRY))
    rows = classes.loc[classes["attribution"] == "origin", ["size_band", "relation", "flow"]]
    assert [("1b-8b", "original", 5.0), ("over-70b", "merge", 8.0)] == list(rows.itertuples(index=False, name=None))
    assert set(DIMENSIONS) > {"size_band", "relation"}


def test_an_undeclared_column_is_refused() -> None:
    """A query may answer with declared columns only, and with all of them; the message names both sides."""
    connection = duckdb.connect()
    columns = [COLUMNS["code"], COLUMNS["models"]]
    assert [("CN", 2)] == list(
        ask(connection, "models", "SELECT 'CN' AS code, 2 AS models", columns).itertuples(index=False, name=None)
    )
    with pytest.raises(ValueError, match="models: number is not declared; found code, number, declared code, models"):
        ask(connection, "models", "SELECT 'CN' AS code, 2 AS number", columns)
    with pytest.raises(ValueError, match="models: models is declared and missing; found code"):
        ask(connection, "models", "SELECT 'CN' AS code", columns)


def test_each_kind_of_column_has_its_type() -> None:
    """Words and dates are categories in ascending order, counts whole, what is missing stays so."""
    columns = [
        Column("name", "text", "Name", "Any."),
        Column("day", "date", "Day", "Any."),
        Column("made", "time", "Made", "Any."),
        Column("known", "flag", "Known", "Any."),
        Column("downloads", "count", "Downloads", "Any.", "downloads"),
        Column("share", "share", "Share", "Any.", digits=6),
    ]
    query = (
        "SELECT * FROM (VALUES ('b', DATE '2026-11-22', 60, true, 2, 0.5), ('a', DATE '2026-11-21', NULL, false, NULL, "
        "NULL)) AS t (name, day, made, known, downloads, share) WHERE downloads IS NULL OR downloads < $most"
    )
    found = ask(duckdb.connect(), "kinds", query, columns, {"most": 3})
    assert (["a", "b"], ["b", "a"]) == (list(found["name"].cat.categories), list(found["name"]))
    assert [dt.date(2026, 11, 21), dt.date(2026, 11, 22)] == list(found["day"].cat.categories)
    assert found["day"].cat.ordered
    assert ["bool", "Int64", "float64"] == [str(found[name].dtype) for name in ("known", "downloads", "share")]
    assert pd.Timestamp("1970-01-01 00:01", tz="UTC") == found["made"][0]
    assert [True, True, True] == [bool(found[name].isna()[1]) for name in ("made", "downloads", "share")]


def test_a_table_has_the_columns_that_it_declares() -> None:
    """Rows are found by their values; a frame with another column is no such table."""
    columns = (COLUMNS["code"], COLUMNS["models"])
    frame = pd.DataFrame({"code": ["CN", "US"], "models": [1, 2]})
    table = Table("models", "Models", "A country.", columns, frame)
    assert {"code": "US", "models": 2} == table.find(code="US")
    assert [("CN", 1), ("US", 2)] == table.where(code=("US", "CN")).rows()
    assert [(1,), (2,)] == table.pick("models").rows()
    assert "models" == table.column("models").unit
    with pytest.raises(ValueError, match="share is not declared"):
        replace(table, frame=frame.assign(share=0.5))


def test_a_column_is_declared_once_and_of_a_known_kind() -> None:
    """The second declaration of a name, and a kind that no reader knows, are refused."""
    with pytest.raises(ValueError, match="Declared twice: code"):
        declare(COLUMNS["code"], COLUMNS["code"])
    with pytest.raises(ValueError, match="of the kind 'percent'"):
        Column("share", "percent", "Share", "Any.")  # type: ignore[arg-type]
